"""Page one: what people care about, policy by policy, beside what each costs, with a dot for each twin world."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from experiments.comparison.effect_verdicts import VERDICTS, judge
from experiments.comparison.headline_measures import BY_NAME
from experiments.figures.dot_strip import HATCH, field, ruler
from experiments.narrative.answers import most
from experiments.narrative.ceiling_sentences import ends_of
from experiments.narrative.report_reading import Arm, Site, enough
from experiments.words.bilingual import Both, both

FINE = 10.0
"""Below so many a year, a count is told with its decimal."""


@dataclass(frozen=True)
class Column:
    """One thing that people care about, or what it costs: its measure, its heading, and what it is counted in."""

    measure: str
    head: Both
    unit: Both
    harm: bool = False
    section: str = "headline"


A_YEAR = both("al año", "a year")
SOUGHT = (
    Column("trust_mean", both("Confianza", "Trust"), both("puntos de 100", "points of 100")),
    Column("violent_crimes", both("Delito violento", "Violent crime"), A_YEAR),
    Column("extortions", both("Extorsión", "Extortion"), A_YEAR),
    Column("complaints_filed", both("Denuncias en el MP", "Complaints, prosecutor"), A_YEAR),
)
HARMS = (
    Column("women_without_remedy", both("Mujeres sin remedio", "Women without remedy"), A_YEAR, harm=True),
    Column("refused", both("Denuncias rechazadas", "Complaints refused"), A_YEAR, harm=True),
    Column("wrongful_detentions", both("Detenciones sin causa", "Wrongful detentions"), A_YEAR, harm=True),
)
COSTS = (
    Column("officers", both("Agentes", "Officers"), both("más", "more")),
    Column("army_visits", both("Visitas del Ejército", "Army visits"), A_YEAR),
    Column("litres", both("Litros", "Litres"), both("al mes", "a month"), section="cost"),
    Column("training_days", both("Días de curso", "Training days"), A_YEAR),
)
OUTCOMES = (*SOUGHT, *HARMS)
SHAPES = {"rises": "b", "falls": "b", "open": "n", "alike": "n", "unknown": "n", "few": "n", "missing": "n"}


@dataclass(frozen=True)
class Cell:
    """What stands in the table for one policy and one column."""

    kind: str
    sign: str
    said: Both
    number: Markup
    dots: Markup
    count: Both
    ruler: Markup


def cell(site: Site, arm: Arm, column: Column) -> Cell:
    """Return the cell of a policy: sign and number, a dot for each twin, in how many it went this way, the ruler."""
    row, verdict = site.effect(arm, column.measure), site.judged(arm, column.measure)
    told = verdict in ("rises", "falls")
    kind = "h" if column.harm and verdict == "rises" else SHAPES[verdict]
    said = VERDICTS[verdict]
    return Cell(
        kind,
        said.sign,
        both(said.es, said.en),
        number(site, row, "typical", "+") if told else Markup(""),
        dots(row, verdict, kind),
        counted(site, row, verdict),
        on_ruler(site, row, verdict, kind),
    )


def number(site: Site, row: Any, name: str, sign: str = "") -> Markup:
    """Return a number as page one tells it: points with a decimal, counts whole unless they are few."""
    digits = 1 if row["measure"] == "trust_mean" or abs(row[name]) < FINE else 0
    return site.number(row, name, enough(row, name, digits) if name == "typical" else digits, sign)


def base_of(site: Site, column: Column) -> Markup:
    """Return how much of a column there is today."""
    row = site.effect(site.others[0], column.measure, column.section)
    if row is None:
        return Markup("–")
    return number(site, row, "base") if row["base"] else site.number(row, "base", 0)


def dots(row: Any, verdict: str, kind: str) -> Markup:
    """Return a dot for each twin, large for those that went the way of most; hatched where it is not known."""
    if verdict == "unknown":
        return HATCH
    if row is None or verdict == "missing":
        return Markup("")
    return field(int(row["n"]), 0 if verdict in ("alike", "few") else most(row)[1], kind)


def counted(site: Site, row: Any, verdict: str) -> Both:
    """Return in how many of the twin worlds a number went this way, or why that is not said."""
    if verdict in ("rises", "falls", "open"):
        return both("{k} de {n}", "{k} of {n}", k=site.number(row, most(row)[0], 0), n=site.number(row, "n", 0))
    short = {
        "alike": both("igual", "alike"),
        "unknown": both("no se sabe", "not known"),
        "few": both("muy pocos", "too few"),
        "missing": both("sin dato", "no data"),
    }
    return short[verdict]


def on_ruler(site: Site, row: Any, verdict: str, kind: str) -> Markup:
    """Return where an effect lies between the ends of what the model can show; nothing where these were not run."""
    ends = None if row is None else ends_of(site, row["measure"])
    if ends is None:
        return Markup("")
    known = verdict not in ("unknown", "few", "missing")
    return ruler(ends.span, row["typical"] if known else None, (row["typical_low"], row["typical_high"]), kind)


def cost(site: Site, arm: Arm, column: Column) -> Markup:
    """Return how much more or less of a cost there is; 0 where it is the same, ≈ where luck alone moves it."""
    row = site.effect(arm, column.measure, column.section)
    verdict = judge(row)
    if verdict in ("rises", "falls", "few"):
        return number(site, row, "typical", "+")
    return Markup("0") if verdict == "alike" else Markup('<span class="null">{}</span>').format(VERDICTS[verdict].sign)


def costs(site: Site) -> list[Column]:
    """Return the costs that are another under any policy."""
    verdicts = {one: {judge(site.effect(arm, one.measure, one.section)) for arm in site.others} for one in COSTS}
    return [one for one, given in verdicts.items() if given - {"alike", "missing"}]


def outcomes(site: Site) -> list[Column]:
    """Return what the model of this comparison knows of what people care about."""
    return [one for one in OUTCOMES if any(site.effect(arm, one.measure) is not None for arm in site.others)]


def decimals(column: Column) -> int:
    """Return with how many decimals the ends of a column are told."""
    return 1 if BY_NAME[column.measure].unit == "0-100" else 0


def example() -> Markup:
    """Return a field of dots for the key."""
    return field(8, 7, "b")


def example_ruler() -> Markup:
    """Return a ruler for the key."""
    return ruler((-1.0, 1.0), 0.5, (0.3, 0.7), "b")
