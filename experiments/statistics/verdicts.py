"""Verdicts on whether a measure rises or falls: by itself, among several rows, and under several laws of trust."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.statistics.paired_effects import LEVEL, Effect, t_quantile

MIN_RUNS = 8
"""Number of runs below which no verdict is given: the interval was not tested with fewer."""
ALPHA = 1.0 - LEVEL
SAMPLE_SIZES = (8, 16, 32, 64)
"""Numbers of runs at which sampling may stop: doublings."""
INTERIM_LEVEL = 0.0182
"""Level of each of four looks at doublings, for an error of 5 % of the whole procedure (Pocock, Biometrika 1977)."""


@dataclass(frozen=True)
class VerdictWords:
    """Symbol of a verdict, and its words in Spanish and in English."""

    sign: str
    es: str
    en: str


VERDICTS = {
    "rises": VerdictWords("▲", "sube", "rises"),
    "falls": VerdictWords("▼", "baja", "falls"),
    "rises_little": VerdictWords("△", "sube, menos de lo que importa", "rises, by less than matters"),
    "falls_little": VerdictWords("▽", "baja, menos de lo que importa", "falls, by less than matters"),
    "nothing": VerdictWords("○", "prácticamente nada", "practically nothing"),
    "open": VerdictWords("≈", "no se distingue del azar", "not distinguishable from chance"),
    "turns": VerdictWords("?", "depende de la ley de la confianza", "depends on the law of trust"),
    "assumed": VerdictWords("¿", "depende de lo que se supone", "depends on what is assumed"),
    "few": VerdictWords("…", "muy pocos mundos gemelos", "too few paired runs"),
    "rare": VerdictWords("·", "muy pocos casos para decir algo", "too few cases to say anything"),
    "missing": VerdictWords("–", "sin dato", "no data"),
}
RISES, FALLS = ("rises", "rises_little"), ("falls", "falls_little")
SIGN_UNKNOWN = ("turns", "assumed")
"""Verdicts without a direction, whatever the paired runs at the default parameters show."""
CONCLUSIVE = (*RISES, *FALLS, "nothing")
"""Verdicts that state an effect, or that there is none."""


def judge(effect: Any, laws: str | None = None) -> str:
    """Return the verdict on an effect, which is a row of the table or None.

    ``laws`` is the sign under other laws of trust (`sign_under_laws`), or ``assumed`` if draws of assumed parameters do
    not agree on a direction (`sign_over_draws`); None if none were run.
    """
    if effect is None or math.isnan(effect.effect):
        return "missing"
    if effect.n < MIN_RUNS:
        return "few"
    inside = -effect.delta <= effect.low and effect.high <= effect.delta
    settled = effect.adjusted <= ALPHA and (effect.low > 0.0 or effect.high < 0.0)
    if laws in SIGN_UNKNOWN:
        return laws
    if laws == "open" or not settled:
        return "nothing" if inside and laws != "open" else "open"
    return ("rises" if effect.effect > 0.0 else "falls") + ("_little" if inside else "")


def is_settled(effect: Effect, level: float = INTERIM_LEVEL) -> bool:
    """Return whether sampling may stop: at this level, the effect is significant or its interval within delta."""
    if effect.n < MIN_RUNS:
        return False
    used = max(effect.error, effect.floor / math.sqrt(effect.n))
    reach = t_quantile(effect.n - 1, 1.0 - level) * used
    return effect.p <= level or abs(effect.effect) + reach <= effect.delta


def direction(verdict: str) -> int:
    """Return 1 if a verdict is that a measure rises, -1 if it falls, else 0."""
    return (verdict in RISES) - (verdict in FALLS)


def benjamini_hochberg(p_values: Sequence[float]) -> np.ndarray:
    """Return p-values corrected for the false discovery rate: at most 5 % of the reported rows; nan stays nan."""
    from scipy.stats import false_discovery_control  # takes half a second to import

    values = np.asarray(p_values, float)
    known = ~np.isnan(values)
    adjusted = np.full(len(values), math.nan)
    if known.any():
        adjusted[known] = false_discovery_control(values[known], method="bh")
    return adjusted


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Return p-values corrected for the chance that any reported row is false: at most 5 % (Holm 1979).

    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    values = np.asarray(p_values, float)
    order, known = np.argsort(values, kind="stable"), int((~np.isnan(values)).sum())
    adjusted = np.full(len(values), math.nan)
    steps = values[order[:known]] * np.arange(known, 0, -1)
    adjusted[order[:known]] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def corrected_together(
    effects: Sequence[Effect], correct: Callable[[Sequence[float]], np.ndarray] = benjamini_hochberg
) -> list[Effect]:
    """Return effects with p-values corrected for the number of effects."""
    adjusted = correct([one.p for one in effects])
    return [replace(one, adjusted=float(p)) for one, p in zip(effects, adjusted, strict=True)]


def corrected(table: pd.DataFrame, families: Sequence[str]) -> pd.DataFrame:
    """Return a table of effects whose ``adjusted`` p-values are corrected among the rows of each family."""
    if table.empty:
        return table
    adjusted = pd.Series(math.nan, table.index)
    for _, p_values in table.groupby(list(families), sort=False, dropna=False)["p"]:
        adjusted[p_values.index] = benjamini_hochberg(list(p_values))
    return table.assign(adjusted=adjusted)


def sign_under_laws(effects: Sequence[float], p_values: Sequence[float]) -> str:
    """Return whether the sign of an effect is known, turns or is open over all laws of trust.

    It is known if it is the same under every law, each at 5 % (intersection-union test, which needs no correction). It
    turns if two laws have opposite signs, each at 5 % divided by the number of laws.

    >>> sign_under_laws([0.1, 0.2], [0.01, 0.02]), sign_under_laws([0.1, -0.2], [0.01, 0.02])
    ('known', 'turns')
    """
    signs, p = np.sign(effects), np.asarray(p_values)
    if not len(p):
        return "open"
    if (p <= ALPHA).all() and abs(signs.sum()) == len(signs):
        return "known"
    sure = set(signs[p <= ALPHA / len(signs)])
    return "turns" if {1.0, -1.0} <= sure else "open"
