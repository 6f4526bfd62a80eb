"""Draw figures of effects, a panel for each policy and a row for each thing: full where it moves, else hollow."""

from collections.abc import Callable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison.effects import GROUPS
from experiments.figures import small_multiples as m
from experiments.figures.drawing import (
    count_worlds,
    finding_of,
    movers_finding,
    name_of,
    note_of,
    policy_panels,
    register_figure,
)
from experiments.figures.theme import LINE
from experiments.narrative.report_reading import ArmReading, Site, few_deaths
from experiments.words.bilingual import Both, Tongue, both
from experiments.words.catalogue import cause, group, in_both
from model.measures.criteria import CRITERIA

MAIN = (
    *("trust_mean", "fear_mean", "violent_crimes", "extortions", "crimes_told"),
    *("complaints_filed", "women_without_remedy", "homicides", "response_minutes_median"),
)
BOOKS = ("crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded")
FUNNEL = ("crimes_occurred", "crimes_told", "complaints_filed", "charged", "sentenced")
PER_CENT, POINTS = both("Por ciento de hoy", "Per cent of today"), both("Puntos de confianza", "Points of trust")
CAUSES_SHOWN = 7
LEAST = 0.1
"""Value drawn on a logarithmic scale in place of zero."""
ROW, LEFT = 0.14, 1.7
"""Inches of a row, and of the names of rows."""


def draw_forests(
    site: Site, tongue: Tongue, finding: Both, labels: Mapping[str, str], section: str = "headline"
) -> Figure:
    """Draw effects in rows that all policies share, on one scale: headlines in per cent of today, others in points."""
    n, per_cent = count_worlds(site), section == "headline"
    note = note_of(
        site,
        f"{{unit}}. Punto: lo típico de {n} gemelos; raya: 95 %; hueco: no se distingue del azar.",
        f"{{unit}}. Dot: what is typical of {n} twins; stroke: 95 %; hollow: cannot be told from chance.",
        unit=PER_CENT if per_cent else POINTS,
    )
    sheet, drawn = policy_panels(site, tongue, (finding, note), m.PanelSizes(0.1 + ROW * len(labels), LEFT)), []
    for number, arm in enumerate(site.others):
        axes = sheet.panel_of_rows(number, list(labels.values()))
        m.mark_zero(axes)
        for at, name in enumerate(labels):
            row = site.effect(arm, name, section)
            if row is not None:
                scale = (100.0 / row["base"] if row["base"] else 0.0) if per_cent else 1.0
                low, value, high = (scale * row[end] for end in ("low", "effect", "high"))
                m.draw_estimate(axes, at, low, value, high, site.judged(arm, name, section) in ("rises", "falls"))
        axes.margins(x=0.12)
        m.sign_values(axes)
        drawn.append(axes)
    m.share_scale(drawn)
    return sheet.figure


def known_rows(site: Site, names: Sequence[str], section: str = "headline", prefix: str = "") -> list[str]:
    """Return those of some measures that are known of any policy."""
    return [name for name in names if any(site.effect(arm, prefix + name, section) is not None for arm in site.others)]


@register_figure(
    "books",
    "Lo que cambia cada política en los cuatro registros del delito, en por ciento de lo de hoy.",
    "What each policy changes in the four records of crime, in per cent of today.",
)
def draw_books(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect of every policy on the four counts of crime; the finding is which raise the records alone."""
    apart = [
        arm
        for arm in site.others
        if "rises" in {site.judged(arm, name) for name in BOOKS[2:]} and site.judged(arm, BOOKS[0]) != "rises"
    ]
    finding = finding_of(
        apart,
        "{arms}: sube lo denunciado o registrado, no el delito",
        "{arms}: what is filed or recorded rises, crime does not",
        movers_finding(site, BOOKS[0], ("Lo ocurrido", "sube", "baja"), ("What happened", "rises", "falls")),
    )
    return draw_forests(site, tongue, finding, {name: name_of(name, tongue) for name in BOOKS})


@register_figure(
    "effects",
    "Lo que cambia cada política en las medidas principales, en por ciento de lo de hoy.",
    "What each policy changes in the main measures, in per cent of today.",
)
def draw_effects(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect of every policy on the main measures."""
    shown = [name for name in known_rows(site, MAIN) if not (name == "homicides" and few_deaths(site))]
    words = ("El delito violento", "sube", "baja"), ("Violent crime", "rises", "falls")
    finding = movers_finding(site, "violent_crimes", *words)
    return draw_forests(site, tongue, finding, {name: name_of(name, tongue) for name in shown})


@register_figure("groups", "Efecto en la confianza, por grupo.", "Effect on trust, by group.")
def draw_groups(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect on trust in groups of residents; the finding is where some groups gain while others lose."""
    labels = {f"trust_{name}": tongue(*in_both(group, name)) for name in known_rows(site, GROUPS, "group", "trust_")}
    finding = finding_of(
        [arm for arm in site.others if {"rises", "falls"} <= {site.judged(arm, name, "group") for name in labels}],
        "{arms}: unos ganan confianza y otros la pierden",
        "{arms}: some gain trust, others lose it",
        both(
            "Con ninguna política unos grupos ganan confianza y otros la pierden",
            "Under no policy do some groups gain trust and others lose it",
        ),
    )
    return draw_forests(site, tongue, finding, labels, "group")


@register_figure(
    "causes",
    "Por qué: puntos de confianza que trajo cada causa, más o menos que como hoy.",
    "Why: points of trust that every cause brought, more or less than as today.",
)
def draw_causes(site: Site, tongue: Tongue) -> Figure:
    """Draw the points of mean trust that each cause brought, more or less than as today."""
    table = site.effects("cause")
    sizes = table.assign(size=table["effect"].abs()).groupby("measure")["size"].max().sort_values(ascending=False)
    shown = list(sizes[sizes > 0.0].index[:CAUSES_SHOWN]) or list(sizes.index[:1])
    labels = {name: tongue(*in_both(cause, name)) for name in shown}
    return draw_forests(site, tongue, cause_finding(site, shown), labels, "cause")


def cause_finding(site: Site, names: Sequence[str]) -> Both:
    """Return the cause that moves trust most under a policy under which it is told from chance."""
    told = [
        (abs(site.effect(arm, name, "cause")["effect"]), name)
        for name in names
        for arm in site.others
        if site.judged(arm, name, "cause") in ("rises", "falls")
    ]
    if not told:
        return both("Ninguna causa se distingue del azar", "No cause can be told from chance")
    first = both(*in_both(cause, max(told)[1]))
    return both("Lo que más mueve la confianza: {first}", "What moves trust most: {first}", first=first)


Change = Callable[[ArmReading, str], tuple[float, float, str] | None]
"""Value as today and under a policy, with the verdict; None where it is not known."""


def draw_changes(
    site: Site, tongue: Tongue, texts: tuple[Both, Both], names: Sequence[str], change: Change
) -> tuple[Figure, list[Axes]]:
    """Draw world A as ◆ and world B as ●, with a line between them, in rows that all policies share."""
    sheet, drawn = policy_panels(site, tongue, texts, m.PanelSizes(0.1 + ROW * len(names), LEFT)), []
    for number, arm in enumerate(site.others or site.arms):
        axes = sheet.panel_of_rows(number, [name_of(name, tongue) for name in names])
        for at, name in enumerate(names):
            if (found := change(arm, name)) is not None:
                before, after, verdict = found
                axes.plot([before, after], [at, at], color=LINE, linewidth=2.2)
                axes.plot(after, at, "o", markersize=4.6, color=m.colour_of(verdict))
                axes.plot(before, at, "D", markersize=3.4, color=m.A)
        drawn.append(axes)
    return sheet.figure, drawn


@register_figure(
    "criteria",
    "Los cuatro criterios y la rendición de cuentas, de 0 a 100: ◆ como hoy, ● con la política.",
    "The four criteria and accountability, from 0 to 100: ◆ as today, ● with the policy.",
)
def draw_criteria(site: Site, tongue: Tongue) -> Figure:
    """Draw the four criteria and accountability as today and under every policy."""
    known = [name for name in CRITERIA if any(score_of(site, arm, name) is not None for arm in site.arms)]
    words = both(" Nota media de los sorteos de la vara.", " Mean score over draws of where the bar is set.")
    note = note_of(site, "◆ como hoy, ● con la política.", "◆ as today, ● with the policy.") + words

    def change(arm: ArmReading, name: str) -> tuple[float, float, str] | None:
        before, after = (score_of(site, one, name) for one in (site.base, arm))
        verdict = site.judged(arm, name) if site.others else "open"
        return None if before is None or after is None else (before, after, verdict)

    figure, drawn = draw_changes(site, tongue, (criteria_finding(site), note), known, change)
    for axes in drawn:
        axes.set_xlim(-3.0, 103.0)
    return figure


def score_of(site: Site, arm: ArmReading, name: str) -> float | None:
    """Return the mean score of a criterion in an arm, from 0 to 100."""
    rows = site.numbers.rows("criteria", site=site.name, arm=arm.name, criterion=name)
    return None if rows.empty else 100.0 * float(rows.iloc[0]["score"])


def criteria_finding(site: Site) -> Both:
    """Return the policies that bring practice nearer to two criteria or more."""
    if not site.others:
        return both("La práctica frente a los cuatro criterios", "Practice beside the four criteria")
    return finding_of(
        [arm for arm in site.others if sum(site.judged(arm, name) == "rises" for name in CRITERIA) > 1],
        "{arms}: la práctica se acerca a más de un criterio",
        "{arms}: practice comes nearer to more than one criterion",
        both(
            "Ninguna política acerca la práctica a más de un criterio",
            "No policy brings practice nearer to two criteria",
        ),
    )


@register_figure(
    "funnel",
    "Del delito a la sentencia, por año (escala logarítmica): ◆ como hoy, ● con la política.",
    "From crime to sentence, a year (logarithmic scale): ◆ as today, ● with the policy.",
)
def draw_funnel(site: Site, tongue: Tongue) -> Figure:
    """Draw the way from crime to sentence, a year."""
    texts = (
        movers_finding(site, "sentenced", ("Las sentencias", "suben", "bajan"), ("Sentences", "rise", "fall")),
        note_of(site, "◆ como hoy, ● con la política; por año.", "◆ as today, ● with the policy; a year."),
    )

    def change(arm: ArmReading, name: str) -> tuple[float, float, str]:
        row = site.effect(arm, name)
        return max(row["base"], LEAST), max(row["arm"], LEAST), site.judged(arm, name)

    figure, drawn = draw_changes(site, tongue, texts, known_rows(site, FUNNEL), change)
    for axes in drawn:
        axes.set_xscale("log")
        axes.set_xlim(left=0.3)
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}" if x >= 1.0 else "")
        axes.minorticks_off()
    return figure
