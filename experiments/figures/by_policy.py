"""Figures of effects, a panel for each policy and a row for each thing: where it moves, full; where not, hollow."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison.effects import GROUPS
from experiments.figures import small_multiples as m
from experiments.figures.drawing import (  # fmt: skip
    measured,
    movers,
    named,
    of_base,
    panels,
    rows_there,
    shows,
    spoken,
    title_of,
    worlds,
)
from experiments.narrative.report_reading import Arm, Site, few_deaths
from experiments.words.bilingual import Both, Tongue, both, listed
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
"""What a logarithm shows where there is nothing."""
ROW, LEFT = 0.14, 1.7
"""Inches of a row, and of the names of rows."""


def dots_and_intervals(site: Site, unit: Both) -> Both:
    """Return what dots and strokes are, and in what they are told."""
    n = worlds(site)
    return measured(
        site,
        f"{{unit}}. Punto: lo típico de {n} gemelos; raya: 95 %; hueco: no se distingue del azar.",
        f"{{unit}}. Dot: what is typical of {n} twins; stroke: 95 %; hollow: cannot be told from luck.",
        unit=unit,
    )


def forest(
    axes: Axes, site: Site, arm: Arm, names: Sequence[str], section: str = "headline", per_cent: bool = False
) -> None:
    """Draw effects of a policy, a row for each."""
    m.at_nothing(axes)
    for at, name in enumerate(names):
        row = site.effect(arm, name, section)
        if row is not None:
            m.effect(axes, at, row, site.judged(arm, name, section), of_base(row) if per_cent else 1.0)
    axes.margins(x=0.12)


def forests(
    site: Site, tongue: Tongue, told: tuple[Both, Both], names: list[str], labels: list[str], **of: Any
) -> Figure:
    """Draw effects in rows that all policies share, on one scale."""
    sheet = panels(site, tongue, told, m.Sizes(0.1 + ROW * len(names), LEFT))
    drawn = [sheet.panel(number) for number in range(len(site.others))]
    for number, (axes, arm) in enumerate(zip(drawn, site.others, strict=True)):
        forest(axes, site, arm, names, **of)
        m.rows_of(axes, labels if number % sheet.across == 0 else [""] * len(names))
        m.signed(axes)
    m.share_scale(drawn)
    return sheet.figure


@shows(
    "Lo que cambia cada política en los cuatro registros del delito, en por ciento de lo de hoy.",
    "What each policy changes in the four records of crime, in per cent of today.",
)
def books(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect of every policy on the four books of crime."""
    told = parted(site), dots_and_intervals(site, PER_CENT)
    return forests(site, tongue, told, list(BOOKS), [named(name, tongue) for name in BOOKS], per_cent=True)


def parted(site: Site) -> Both:
    """Return which policies raise what is recorded without raising what happens: the finding of the four books."""
    apart = [
        arm
        for arm in site.others
        if "rises" in {site.judged(arm, name) for name in BOOKS[2:]} and site.judged(arm, BOOKS[0]) != "rises"
    ]
    if apart:
        return both(
            "{arms}: sube lo denunciado o registrado, no el delito",
            "{arms}: what is filed or recorded rises, crime does not",
            arms=listed([arm.title for arm in apart]),
        )
    return movers(site, BOOKS[0], ("Lo ocurrido", "sube", "baja"), ("What happened", "rises", "falls"))


@shows(
    "Lo que cambia cada política en las medidas principales, en por ciento de lo de hoy.",
    "What each policy changes in the main measures, in per cent of today.",
)
def effects(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect of every policy on the main measures."""
    shown = [name for name in rows_there(site, MAIN) if not (name == "homicides" and few_deaths(site))]
    finding = movers(
        site, "violent_crimes", ("El delito violento", "sube", "baja"), ("Violent crime", "rises", "falls")
    )
    labels = [named(name, tongue) for name in shown]
    return forests(site, tongue, (finding, dots_and_intervals(site, PER_CENT)), shown, labels, per_cent=True)


@shows("Efecto en la confianza, por grupo.", "Effect on trust, by group.")
def groups(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect on trust in groups of residents."""
    there = rows_there(site, GROUPS, "group", "trust_")
    labels = [tongue(*in_both(group, name)) for name in there]
    told = split(site, there), dots_and_intervals(site, POINTS)
    return forests(site, tongue, told, [f"trust_{name}" for name in there], labels, section="group")


def split(site: Site, names: Sequence[str]) -> Both:
    """Return under which policies some groups gain while others lose: the finding of the groups."""
    found = []
    for arm in site.others:
        given = {site.judged(arm, f"trust_{name}", "group") for name in names}
        if {"rises", "falls"} <= given:
            found.append(arm.title)
    if not found:
        return both(
            "Con ninguna política unos grupos ganan confianza y otros la pierden",
            "Under no policy do some groups gain trust and others lose it",
        )
    return both(
        "{arms}: unos ganan confianza y otros la pierden", "{arms}: some gain trust, others lose it", arms=listed(found)
    )


@shows(
    "Por qué: puntos de confianza que trajo cada causa, más o menos que como hoy.",
    "Why: points of trust that every cause brought, more or less than as today.",
)
def causes(site: Site, tongue: Tongue) -> Figure:
    """Draw what moved trust more or less than as today, by cause, in points of the mean."""
    table = site.effects("cause")
    sizes = table.assign(size=table["effect"].abs()).groupby("measure")["size"].max().sort_values(ascending=False)
    shown = list(sizes[sizes > 0.0].index[:CAUSES_SHOWN]) or list(sizes.index[:1])
    labels = [tongue(*in_both(cause, name)) for name in shown]
    return forests(
        site, tongue, (strongest(site, shown), dots_and_intervals(site, POINTS)), shown, labels, section="cause"
    )


def strongest(site: Site, names: Sequence[str]) -> Both:
    """Return which cause moves trust most under a policy under which it is told from luck."""
    told = [
        (abs(site.effect(arm, name, "cause")["typical"]), name)
        for name in names
        for arm in site.others
        if site.judged(arm, name, "cause") in ("rises", "falls")
    ]
    if not told:
        return both("Ninguna causa se distingue del azar", "No cause can be told from luck")
    first = both(*in_both(cause, max(told)[1]))
    return both("Lo que más mueve la confianza: {first}", "What moves trust most: {first}", first=first)


@shows(
    "Los cuatro criterios y la rendición de cuentas, de 0 a 100: ◆ como hoy, ● con la política.",
    "The four criteria and accountability, from 0 to 100: ◆ as today, ● with the policy.",
)
def criteria(site: Site, tongue: Tongue) -> Figure:
    """Draw the four criteria and accountability as today and under every policy."""
    arms = site.others or site.arms
    known = [name for name in CRITERIA if any(score(site, arm, name) is not None for arm in site.arms)]
    finding = both("La práctica frente a los cuatro criterios", "Practice beside the four criteria")
    if site.others:
        finding = improved(site)
    words = both(" Nota media de los sorteos de la vara.", " Mean score over draws of where the bar is set.")
    under = measured(site, "◆ como hoy, ● con la política.", "◆ as today, ● with the policy.") + words
    sheet = m.Sheet(
        tongue, (spoken(finding, tongue), spoken(under, tongue)), [title_of(arm, tongue) for arm in arms],
        m.Sizes(0.1 + ROW * len(known), LEFT),
    )  # fmt: skip
    for number, arm in enumerate(arms):
        axes = sheet.panel(number)
        for at, name in enumerate(known):
            scores = [score(site, one, name) for one in (site.base, arm)]
            if None not in scores:
                given = site.judged(arm, name) if site.others else "open"
                m.from_a_to_b(axes, at, scores[0] or 0.0, scores[1] or 0.0, given)
        m.rows_of(axes, [named(name, tongue) for name in known] if number % sheet.across == 0 else [""] * len(known))
        axes.set_xlim(-3.0, 103.0)
    return sheet.figure


def score(site: Site, arm: Arm, name: str) -> float | None:
    """Return the mean score of a criterion in an arm, from 0 to 100."""
    rows = site.numbers.rows("criteria", site=site.name, arm=arm.name, criterion=name)
    return None if rows.empty else 100.0 * float(rows.iloc[0]["score"])


def improved(site: Site) -> Both:
    """Return which policies bring practice nearer to two criteria or more."""
    better = [arm for arm in site.others if sum(site.judged(arm, name) == "rises" for name in CRITERIA) > 1]
    if not better:
        return both(
            "Ninguna política acerca la práctica a más de un criterio",
            "No policy brings practice nearer to two criteria",
        )
    return both(
        "{arms}: la práctica se acerca a más de un criterio",
        "{arms}: practice comes nearer to more than one criterion",
        arms=listed([arm.title for arm in better]),
    )


@shows(
    "Del delito a la sentencia, por año (escala logarítmica): ◆ como hoy, ● con la política.",
    "From crime to sentence, a year (logarithmic scale): ◆ as today, ● with the policy.",
)
def funnel(site: Site, tongue: Tongue) -> Figure:
    """Draw the way from crime to sentence, a year."""
    shown = rows_there(site, FUNNEL)
    told = (
        movers(site, "sentenced", ("Las sentencias", "suben", "bajan"), ("Sentences", "rise", "fall")),
        measured(site, "◆ como hoy, ● con la política; por año.", "◆ as today, ● with the policy; a year."),
    )
    sheet = panels(site, tongue, told, m.Sizes(0.1 + ROW * len(shown), LEFT))
    for number, arm in enumerate(site.others):
        axes = sheet.panel(number)
        m.rows_of(axes, [named(name, tongue) for name in shown] if number % sheet.across == 0 else [""] * len(shown))
        for at, name in enumerate(shown):
            row = site.effect(arm, name)
            m.from_a_to_b(axes, at, max(row["base"], LEAST), max(row["arm"], LEAST), site.judged(arm, name))
        axes.set_xscale("log")
        axes.set_xlim(left=0.3)
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}" if x >= 1.0 else "")
        axes.minorticks_off()
    return sheet.figure
