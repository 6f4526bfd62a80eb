"""Verdicts on whether a measure rises or falls: in pairs, among several rows, over worlds and under laws of trust."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from experiments.statistics.paired_effects import LEVEL, Effect, t_quantile
from experiments.words.toml_files import toml_beside

MIN_RUNS = 8
"""Number of runs below which no verdict is given: the interval was not tested with fewer."""
ALPHA = 1.0 - LEVEL
SAMPLE_SIZES = (8, 16, 32, 64)
"""Numbers of runs at which sampling may stop: doublings."""
INTERIM_LEVEL = 0.0182
"""Level of each of four looks at doublings, for an error of 5 % of the whole procedure (Pocock, Biometrika 1977)."""


@dataclass(frozen=True)
class Verdict:
    """Words of a verdict in Spanish and English, and its direction: 1 rises, -1 falls, 0 neither.

    ``es`` and ``en`` are for sentences, ``label`` is for boxes and panels, ``cell`` for a column of a table beside a
    signed effect; both by language.
    """

    direction: int
    es: str
    en: str
    label: Mapping[str, str]
    cell: Mapping[str, str]


def read_verdict(direction: int = 0, label: Any = None, cell: Any = None, **words: str) -> Verdict:
    """Return an entry of the table; its label is by default its words, its cell the label."""
    return Verdict(direction, **words, label=label or words, cell=cell or label or words)


TABLE: Mapping[str, Any] = toml_beside(__file__)
VERDICTS: Mapping[str, Verdict] = {name: read_verdict(**one) for name, one in TABLE["verdict"].items()}
SHARES: Mapping[str, float] = TABLE["shares"]
"""Shares of worlds that verdicts over worlds ask for, by name."""
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
    return VERDICTS[verdict].direction


@dataclass(frozen=True)
class WorldsRule:
    """A verdict over worlds, the least shares of worlds that it asks for, and shares that must not be reached.

    Shares are those of worlds in which an effect ``rises`` by what matters, ``falls`` by it, or does ``nothing``.
    """

    verdict: str
    reached: Mapping[str, float]
    missed: Mapping[str, float]


def read_rule(verdict: str, **limits: Mapping[str, str]) -> WorldsRule:
    """Return a rule of the table with its limits as numbers."""
    reached, missed = (
        {case: SHARES[name] for case, name in limits.get(part, {}).items()} for part in ("reached", "missed")
    )
    return WorldsRule(verdict, reached, missed)


WORLDS_RULES: Sequence[WorldsRule] = [read_rule(**one) for one in TABLE["worlds"]]
"""Rules of the verdict over worlds, in the order in which they are asked; the last one always holds."""


def verdict_over_worlds(rises: float, nothing: float, falls: float) -> str:
    """Return the verdict for the shares of worlds in which an effect rises, is practically nothing, and falls.

    >>> verdict_over_worlds(0.95, 0.05, 0.0), verdict_over_worlds(0.4, 0.6, 0.0), verdict_over_worlds(0.2, 0.6, 0.2)
    ('rises', 'rises_or_nothing', 'unknown')
    """
    shares = {"rises": rises, "nothing": nothing, "falls": falls}
    return next(
        rule.verdict
        for rule in WORLDS_RULES
        if all(shares[case] >= least for case, least in rule.reached.items())
        and all(shares[case] < limit for case, limit in rule.missed.items())
    )


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
