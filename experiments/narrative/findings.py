"""Findings: effects of policies with their verdicts, and the sentence on each."""

import math
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from experiments.comparison.effects import EVENTS
from experiments.comparison.headline_measures import BY_NAME, RULE_WORDS
from experiments.narrative.messages import EMPTY, message, messages
from experiments.narrative.report_reading import INTERVAL_COLUMNS, ArmReading, Site, digits_needed, settled
from experiments.statistics.verdicts import judge
from experiments.words.bilingual import LANGUAGES, BilingualText, bilingual, insert_parts

TRUST, WRONGFUL, WOMEN, DEATHS = "trust_mean", "wrongful_detentions", "women_without_remedy", "homicides"
DOMESTIC_VIOLENCE = "domestic_without_remedy"
"""Acts of violence at home without remedy for the woman; reported before `WOMEN`, those left without remedy."""
SMALL_SIZE = 10.0
"""Sizes below this are shown with a decimal."""


@dataclass(frozen=True, eq=False)
class Finding:
    """An effect with its verdict, and its numbers formatted for readers.

    ``effect`` is signed, ``size`` is not; ``k`` of ``n`` paired runs changed in direction ``way``. ``events`` are those
    of both sides, the pairs that differ, and the limits of their share in per cent, if few pairs differ.
    """

    measure: str
    verdict: str
    size: str = ""
    effect: str = ""
    bounds: tuple[str, ...] = ()
    n: str = ""
    k: str = ""
    way: BilingualText = EMPTY
    base: str = ""
    error: str = ""
    smallest: str = ""
    delta: str = ""
    events: tuple[str, ...] = ()
    row: Any = None

    @property
    def label(self) -> BilingualText:
        """Name of the measure within a sentence."""
        return BY_NAME[self.measure].label

    @property
    def names(self) -> dict[str, BilingualText]:
        """Labels of the measure: within a sentence, capitalised, and for the period that it covers."""
        if self.measure not in BY_NAME:
            return {}
        how = RULE_WORDS[BY_NAME[self.measure].how if self.row is None else self.row["how"]]
        return {"label": self.label, "name": capital(self.label), "how": bilingual(how["es"], how["en"])}

    @property
    def rare(self) -> bool:
        """True if too few pairs differ for a mean, so that events are reported."""
        return self.row is not None and not math.isnan(self.row["events_base"])

    @property
    def little(self) -> bool:
        """True if the change is significant but smaller than the smallest effect that matters."""
        return self.verdict.endswith("_little")

    @property
    def settled(self) -> bool:
        """True if random variation alone does not explain the effect, regardless of other laws of trust."""
        return self.row is not None and settled(self.row)

    @property
    def falls(self) -> bool:
        """True if the number falls significantly."""
        return self.settled and bool(self.row["high"] < 0.0)


def finding(site: Site, arm: ArmReading, measure: str, laws: bool = True) -> Finding:
    """Return the finding on one effect in a report; its verdict considers other laws of trust if ``laws``."""
    row = site.effect(arm, measure)
    verdict = site.verdict(arm, measure) if laws else judge(row)
    if row is None:
        return Finding(measure, verdict)
    way, _ = main_direction(row)
    effect, *bounds = (site.number(row, name, sign="+") for name in INTERVAL_COLUMNS)
    return Finding(
        measure,
        verdict,
        size=effect_size(site, row),
        effect=effect,
        bounds=tuple(bounds),
        n=site.number(row, "n", 0),
        k=site.number(row, way, 0),
        way=direction_verb(measure, way),
        base=site.number(row, "base"),
        error=site.number(row, "base_error"),
        smallest=site.number(row, "smallest", BY_NAME[measure].digits + 1),
        delta=site.number(row, "delta", min(1, BY_NAME[measure].digits)),
        events=tuple(site.number(row, name, 0) for name in EVENTS),
        row=row,
    )


def sentence(result: Finding, language: str, form: str, **parts: object) -> Markup:
    """Return a finding as text: the message of a form for its verdict and measure, or the next general one.

    >>> sentence(Finding("refused", "rises", size="12"), "en", "phrase")
    Markup('12 more complaints refused')
    """
    own = f"{form}.{result.verdict}"
    way = own.removesuffix("_little")
    measure = result.measure
    keys = (f"{own}.{measure}", f"{way}.{measure}", f"{form}.else.{measure}", own, way)
    found = next(messages()[key] for key in (*keys, f"{form}.else", form) if key in messages())
    return insert_parts(found[language], vars(result) | result.names | parts, language)


def finding_text(result: Finding, form: str, **parts: object) -> BilingualText:
    """Return a finding as text in both languages."""
    return BilingualText(*(sentence(result, language, form, **parts) for language in LANGUAGES))


def effect_size(site: Site, row: Any) -> str:
    """Return the size of an effect without its sign."""
    scale = -1.0 if row["effect"] < 0.0 else 1.0
    return site.numbers.show("effects", row.name, "effect", displayed_digits(row, "effect"), "", scale)


def displayed_digits(row: Any, name: str) -> int:
    """Return the decimals of a number in sentences and on page one: one for trust and small numbers, else 0."""
    digits = 1 if row["measure"] == TRUST or abs(row[name]) < SMALL_SIZE else 0
    return digits_needed(row, digits) if name == "effect" else digits


def main_direction(row: Any) -> tuple[str, int]:
    """Return the direction of most pairs (``rose`` or ``fell``) and their count."""
    rose = row["rose"] > row["fell"] or (row["rose"] == row["fell"] and row["effect"] >= 0.0)
    name = "rose" if rose else "fell"
    return name, int(row[name])


def direction_verb(measure: str, way: str) -> BilingualText:
    """Return the verb for a measure that rose or fell; in Spanish it agrees in number with the measure.

    >>> print(direction_verb("trust_mean", "rose").es, direction_verb("crimes_told", "fell").es)
    subió bajaron
    """
    many = BY_NAME[measure].es.partition(" ")[0].endswith("s")
    return message(f"verb.{'many_' * many}{way}")


def capital(text: BilingualText) -> BilingualText:
    """Capitalise the first letter of a text in both languages."""
    return BilingualText(text.es[:1].upper() + text.es[1:], text.en[:1].upper() + text.en[1:])
