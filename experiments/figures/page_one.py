"""Build the table of page one: outcomes and costs of each policy, with a dot for each pair of worlds."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from markupsafe import Markup

from experiments.comparison.headline_measures import BY_NAME
from experiments.figures.dot_strip import HATCH_SVG, dot_field, draw_ruler
from experiments.narrative.effect_sentences import ceiling_bounds
from experiments.narrative.findings import DOMESTIC_VIOLENCE, WOMEN, displayed_digits, main_direction
from experiments.narrative.labels import verdict_cell, verdict_label
from experiments.narrative.report_reading import ArmReading, Site
from experiments.statistics.verdicts import RISES, SIGN_UNKNOWN, direction, judge
from experiments.words.bilingual import BilingualText, bilingual


class OutcomeColumn(NamedTuple):
    """Column of an outcome or cost: measure, heading, unit, and whether an increase is a harm."""

    measure: str
    head: BilingualText
    unit: BilingualText
    harm: bool = False
    section: str = "headline"


A_YEAR = bilingual("al año", "a year")
# Long words have soft hyphens: in print a column is narrower than some of them.
GOALS = (
    OutcomeColumn("trust_mean", bilingual("Confianza", "Trust"), bilingual("puntos de 100", "points of 100")),
    OutcomeColumn("violent_crimes", bilingual("Delito violento", "Violent crime"), A_YEAR),
    OutcomeColumn("extortions", bilingual("Extorsión", "Extortion"), A_YEAR),
    OutcomeColumn("complaints_filed", bilingual("Denuncias en el MP", "Com\u00adplaints, prose\u00adcutor"), A_YEAR),
)
HARMS = (
    OutcomeColumn(
        DOMESTIC_VIOLENCE, bilingual("Violencia en casa sin remedio", "Violence at home, no remedy"), A_YEAR, harm=True
    ),
    OutcomeColumn(WOMEN, bilingual("Mujeres sin remedio", "Women without remedy"), A_YEAR, harm=True),
    OutcomeColumn("refused", bilingual("Denuncias recha\u00adzadas", "Com\u00adplaints refused"), A_YEAR, harm=True),
    OutcomeColumn(
        "wrongful_detentions", bilingual("Deten\u00adciones sin causa", "Wrongful deten\u00adtions"), A_YEAR, harm=True
    ),
)
COSTS = (
    OutcomeColumn("officers", bilingual("Agentes", "Officers"), bilingual("más", "more")),
    OutcomeColumn("visits_foot", bilingual("Visitas a pie", "Visits on foot"), A_YEAR),
    OutcomeColumn("army_visits", bilingual("Visitas del Ejército", "Army visits"), A_YEAR),
    OutcomeColumn("litres", bilingual("Litros", "Litres"), bilingual("al mes", "a month"), section="cost"),
    OutcomeColumn("training_days", bilingual("Días de curso", "Training days"), A_YEAR),
)
OUTCOMES = (*GOALS, *HARMS)
UNCOUNTED = (*SIGN_UNKNOWN, "nothing", "few", "missing")
"""Verdicts without a count of worlds in which a measure rose or fell."""


@dataclass(frozen=True)
class OutcomeCell:
    """Cell of one policy and one outcome: effect, verdict, and ``span``, the range that the model can reach.

    ``number`` is the effect, or the word of a verdict without direction.
    """

    row: Any
    verdict: str
    number: BilingualText
    count: BilingualText
    span: tuple[float, float] | None
    harm: bool

    @property
    def kind(self) -> str:
        """Style of the cell: `h` for an increased harm, `b` for a change that matters, `n` otherwise."""
        if self.harm and self.verdict in RISES:
            return "h"
        return "b" if self.verdict in ("rises", "falls") else "n"

    @property
    def verdict_words(self) -> BilingualText:
        """Words of the verdict."""
        return verdict_label(self.verdict)

    @property
    def pair_counts(self) -> tuple[int, int] | None:
        """Number of paired worlds, and of those in the main direction; None if not known."""
        if self.row is None or self.verdict in SIGN_UNKNOWN:
            return None
        return int(self.row["n"]), 0 if self.verdict in ("nothing", "few") else main_direction(self.row)[1]

    @property
    def dots(self) -> Markup:
        """Dots for paired worlds, large for those in the main direction; a hatch if the effect is not known."""
        if self.verdict in SIGN_UNKNOWN:
            return HATCH_SVG
        return (
            Markup("")
            if self.pair_counts is None or self.verdict == "missing"
            else dot_field(*self.pair_counts, self.kind)
        )

    @property
    def effect(self) -> float | None:
        """Effect to mark on the ruler, or None."""
        return None if self.verdict in (*SIGN_UNKNOWN, "few", "missing") else self.row["effect"]

    @property
    def ruler(self) -> Markup:
        """Ruler with the effect in the range that the model can reach; empty if that range was not computed."""
        if self.row is None or self.span is None:
            return Markup("")
        return draw_ruler(self.span, self.effect, (self.row["low"], self.row["high"]), self.kind)


def cell(site: Site, arm: ArmReading, column: OutcomeColumn) -> OutcomeCell:
    """Return the cell of a policy and an outcome."""
    row, verdict = site.effect(arm, column.measure), site.verdict(arm, column.measure)
    number = both(page_one_number(site, row, "effect", "+")) if direction(verdict) else verdict_cell(verdict)
    count, ends = bilingual("", ""), ceiling_bounds(site, column.measure)
    if verdict not in UNCOUNTED:
        count = bilingual(
            "{k} de {n}", "{k} of {n}", k=site.number(row, main_direction(row)[0], 0), n=site.number(row, "n", 0)
        )
    return OutcomeCell(row, verdict, number, count, None if ends is None else ends.span, column.harm)


def page_one_number(site: Site, row: Any, name: str, sign: str = "") -> Markup:
    """Return a number in the format of page one: points with a decimal, counts without unless they are small."""
    return site.number(row, name, displayed_digits(row, name), sign)


def base_of(site: Site, column: OutcomeColumn) -> Markup:
    """Return the value of a column today."""
    row = site.effect(site.others[0], column.measure, column.section)
    if row is None:
        return Markup("–")
    return page_one_number(site, row, "base") if row["base"] else site.number(row, "base", 0)


def is_number_shown(site: Site, arm: ArmReading, column: OutcomeColumn) -> bool:
    """Return whether the change of a cost is shown as a number."""
    verdict = judge(site.effect(arm, column.measure, column.section))
    return bool(direction(verdict)) or verdict == "few"


def both(number: Markup) -> BilingualText:
    """Return a number, which is the same in both languages."""
    return BilingualText(number, number)


def cost(site: Site, arm: ArmReading, column: OutcomeColumn) -> BilingualText:
    """Return the change of a cost; 0 if it is unchanged, else the verdict if it has no direction."""
    row = site.effect(arm, column.measure, column.section)
    if is_number_shown(site, arm, column):
        return both(page_one_number(site, row, "effect", "+"))
    verdict = judge(row)
    return both(Markup("0")) if verdict == "nothing" else verdict_cell(verdict)


def costs(site: Site) -> list[OutcomeColumn]:
    """Return the costs that any policy changes."""
    verdicts = {one: {judge(site.effect(arm, one.measure, one.section)) for arm in site.others} for one in COSTS}
    return [one for one, given in verdicts.items() if given - {"nothing", "missing"}]


def outcomes(site: Site) -> list[OutcomeColumn]:
    """Return the outcomes for which the comparison has results."""
    return [one for one in OUTCOMES if any(site.effect(arm, one.measure) is not None for arm in site.others)]


def decimals(column: OutcomeColumn) -> int:
    """Return the number of decimals for the ends of a column's range."""
    return 1 if BY_NAME[column.measure].unit == "0-100" else 0
