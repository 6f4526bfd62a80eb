"""Labels of figures: measures with their units, places, policies, factors and their levels."""

import contextlib
import math
from dataclasses import replace
from functools import cache

import numpy as np

from experiments.comparison.headline_measures import BY_NAME, HEADLINES
from experiments.statistics.annual_aggregation import MONTHS
from experiments.statistics.contrasts import INTERACTION, POLICY, SCENARIO
from experiments.statistics.interactions import TIMES_SIGN
from experiments.statistics.thresholds import Scale, monthly_scale
from experiments.statistics.verdicts import VERDICTS
from experiments.storage.result_tables import STATUS_QUO, split_policies
from experiments.words.bilingual import BilingualText, FigureTexts, bilingual
from experiments.words.catalogue import bilingual_words, meaning, mechanism, parameter, unit
from model.engine.errors import InputError
from model.simulation.registry import MEASURES
from scenarios import load
from scenarios.policy_files import read_policy

FACTOR_LABELS = {
    SCENARIO: ("municipio", "municipality"),
    POLICY: ("políticas", "policies"),
    INTERACTION: ("juntas, más allá de la suma", INTERACTION),
    "trust": ("la ley de la confianza", "the law of trust"),
    "survey": ("cómo se contesta una encuesta", "how surveys are answered"),
    "gangs": ("clicas", "cliques"),
    "plant": ("quiénes son los agentes al inicio", "who the officers are at the start"),
}
"""Labels of the factors of studies (Spanish, English); parameters and mechanisms have their own."""

CRIME_RECORDS = ("crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded")
"""Measures of the four records of crime, from what happened to what the police write down."""
UNITS_TIMES_100 = {"0-1": "0-100", "share": "%"}
"""Units of measures from 0 to 1, and the units in which they are displayed."""
AS_TODAY = "como hoy", "as today"
YEARLY_COUNTS = frozenset(one.read.sum[0] for one in HEADLINES if one.how == "year" and len(one.read.sum) == 1)
"""Monthly counts that are displayed as counts a year."""
PER_YEAR = {"es": " al año", "en": " a year"}


def verdict_label(verdict: str) -> BilingualText:
    """Return the label of a verdict."""
    return bilingual(VERDICTS[verdict].es, VERDICTS[verdict].en)


def verdict_cell(verdict: str) -> BilingualText:
    """Return the word for a verdict in a cell of a table."""
    return bilingual(**VERDICTS[verdict].cell)


def display_factor(measure: str) -> float:
    """Return the display scale of a measure: 100 for those from 0 to 1, 12 for yearly counts."""
    if measure in YEARLY_COUNTS:
        return float(MONTHS)
    return 100.0 if MEASURES[measure].unit in UNITS_TIMES_100 else 1.0


def display_scale(measure: str) -> Scale:
    """Return the scale that effects on a measure are judged on in display units (`display_factor`)."""
    scale, times = monthly_scale(measure, MEASURES[measure].unit), display_factor(measure)
    return replace(
        scale, unit=scale.unit * times, per_year=scale.per_year / times if measure in YEARLY_COUNTS else scale.per_year
    )


def display_unit(measure: str, language: str) -> str:
    """Return the display unit of a measure.

    >>> display_unit("trust_mean", "en"), display_unit("told_share", "es"), display_unit("homicides", "es")
    ('0-100', '%', 'muertes al año')
    """
    model_unit = MEASURES[measure].unit
    return UNITS_TIMES_100.get(model_unit) or unit(model_unit, language) + PER_YEAR[language] * (
        measure in YEARLY_COUNTS
    )


def headline_name(measure: str, wording: FigureTexts) -> str:
    """Return the name of a headline measure."""
    return wording.of(BY_NAME[measure].label)


def meaning_with_unit(measure: str, wording: FigureTexts) -> str:
    """Return the meaning of a measure with its unit."""
    es, en = (f"{meaning(measure, one)} ({display_unit(measure, one)})" for one in ("es", "en"))
    return wording(es, en)


def capital_meaning(measure: str, wording: FigureTexts) -> str:
    """Return the meaning of a measure, capitalised.

    >>> capital_meaning("homicides", FigureTexts("es"))
    'Homicidios'
    """
    words = wording.of(bilingual_words(meaning, measure))
    return words[:1].upper() + words[1:]


@cache
def titles_of(name: str) -> tuple[str, str]:
    """Return the titles of a policy or municipality in Spanish and English, or its name without a file."""
    if name == STATUS_QUO:
        return AS_TODAY
    for title in (lambda: read_policy(name).title, lambda: load(name).title):
        with contextlib.suppress(InputError):
            return title()["es"], title()["en"]
    return (name.replace("_", " "),) * 2


def title_label(names: str, wording: FigureTexts) -> str:
    """Return the title of a municipality or of some policies joined by +.

    >>> title_label("mopsic_full+resources_only", FigureTexts("es"))
    'MOPSIC completo + Solo recursos'
    """
    es, en = (" + ".join(titles_of(name)[k] for name in split_policies(names) or [names]) for k in (0, 1))
    return wording(es, en)


def factor_label(factor: str, wording: FigureTexts) -> str:
    """Return the label of a factor, or its name if it has none."""
    if factor in FACTOR_LABELS:
        return wording(*FACTOR_LABELS[factor])
    for words in (parameter, mechanism):
        with contextlib.suppress(InputError):
            return wording.of(bilingual_words(words, factor))
    return factor


def level_label(level: object, wording: FigureTexts) -> str:
    """Return the label of a level of a factor.

    >>> level_label(0.35, FigureTexts("en")), level_label("reporting_support", FigureTexts("es"))
    ('0.35', 'Apoyo a la denuncia')
    """
    return title_label(level, wording) if isinstance(level, str) else f"{level:.4g}"


def change_label(change: str, wording: FigureTexts) -> str:
    """Return the label of one, two or three changes of a study.

    >>> change_label("mopsic_full × trust.harm=0.5", FigureTexts("en"))
    'MOPSIC in full × weight of a harm of severity 1 = 0.5'
    """
    return TIMES_SIGN.join(single_change_label(one, wording) for one in change.split(TIMES_SIGN))


def single_change_label(change: str, wording: FigureTexts) -> str:
    """Return the label of one change: the title of a policy, or a parameter with its level."""
    factor, is_level, level = change.partition("=")
    return f"{factor_label(factor, wording)} = {level}" if is_level else title_label(change, wording)


def with_sign(value: float, form: str = "+,.3g") -> str:
    """Format a number with its sign and a true minus; 0 has no sign.

    >>> with_sign(-1234.5, "+,.1f"), with_sign(-0.04, "+,.1f")
    ('−1,234.5', '0')
    """
    text = f"{value:{form}}".replace("-", "−")
    return text if text.strip("+−0.") else "0"


def range_label(low: float, high: float, between: str = "to") -> str:
    """Format a range of values.

    >>> range_label(1.0, 3e6), range_label(-0.1, 0.1, "a")
    ('1 to 3,000,000', '-0.1 a 0.1')
    """
    first, last = (f"{end:g}" if abs(end) < 1e6 else f"{end:,.0f}" for end in (low, high))
    return f"{first} {between} {last}"


def plain_number(value: float) -> str:
    """Format a number with four significant digits, or with its whole integer part, without an exponent.

    >>> plain_number(19634.2), plain_number(40.44), plain_number(0.25)
    ('19,634', '40.44', '0.25')
    """
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}"


def decimals_needed(values: np.ndarray) -> int:
    """Return the number of decimals that distinguish values.

    >>> [decimals_needed(np.array(some)) for some in ([0.4231, 0.4239], [100.0, 250.0], [math.nan])]
    [5, 0, 2]
    """
    known = values[np.isfinite(values)]
    span = float(np.ptp(known)) if known.size else 0.0
    return min(max(0, 1 - math.floor(math.log10(span / 2.0))), 7) if span > 0.0 else 2
