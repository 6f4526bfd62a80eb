"""Draw figures of effects with a panel for each policy; marks are filled if distinguishable from chance."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from experiments.comparison.effects import GROUPS, by_seed, number_of
from experiments.comparison.headline_measures import BY_NAME
from experiments.figures.drawing import (
    count_worlds,
    finding_of,
    movers_finding,
    note_of,
    policy_panels,
    register_figure,
)
from experiments.figures.small_multiples import (
    COLOUR_A,
    PanelSizes,
    draw_estimate,
    draw_pairs,
    mark_zero,
    share_scale,
    sign_values,
)
from experiments.narrative.labels import CRIME_RECORDS, headline_name
from experiments.narrative.number_format import format_number
from experiments.narrative.report_reading import ArmReading, Site, too_few_homicides
from experiments.words.bilingual import BilingualText, FigureTexts, bilingual
from experiments.words.catalogue import bilingual_words, cause, group
from model.measures.criteria import CRITERIA

MAIN_MEASURES = (
    *("trust_mean", "fear_mean", "violent_crimes", "extortions", "crimes_told"),
    *("complaints_filed", "women_without_remedy", "homicides", "response_minutes_median"),
)
FUNNEL_MEASURES = ("crimes_occurred", "crimes_told", "complaints_filed", "charged", "sentenced")
PER_CENT, POINTS = (
    bilingual("Por ciento de hoy", "Per cent of today"),
    bilingual("Puntos de confianza", "Points of trust"),
)
SCORE = bilingual("Puntos de la nota, de 100", "Points of the score, of 100")
HEADLINE_NOTE = bilingual(
    " Punto pequeño: la diferencia de un par de gemelos. Entre paréntesis, hoy.",
    " Small dot: the difference within one pair of twins. In brackets, today.",
)
MAX_CAUSES = 7
ROW_HEIGHT, NAMES_WIDTH = 0.15, 2.0
"""Height of a row and width of row names, in inches."""


def draw_headlines(
    site: Site, wording: FigureTexts, finding: BilingualText, names: Sequence[str], unit: BilingualText = PER_CENT
) -> Figure:
    """Draw effects on headline measures, each labelled with its value under the status quo."""
    return draw_forests(site, wording, finding, labels_with_today(site, names, wording), "headline", unit)


def draw_forests(
    site: Site,
    wording: FigureTexts,
    finding: BilingualText,
    labels: Mapping[str, str],
    section: str,
    unit: BilingualText,
) -> Figure:
    """Draw effects in rows on one scale, a panel per policy; headline measures also show each pair of runs."""
    texts = finding, note_of_forest(site, unit, section)
    sheet = policy_panels(site, wording, texts, PanelSizes(0.1 + ROW_HEIGHT * len(labels), NAMES_WIDTH))
    drawn = []
    for number, arm in enumerate(site.others):
        axes = sheet.panel_of_rows(number, list(labels.values()))
        mark_zero(axes)
        for at, name in enumerate(labels):
            row = site.effect(arm, name, section)
            if row is not None and not math.isnan(row["effect"]):
                scale = (100.0 / row["base"] if row["base"] else 0.0) if unit is PER_CENT else 1.0
                low, value, high = (scale * row[end] for end in ("low", "effect", "high"))
                settled = site.verdict(arm, name, section) in ("rises", "falls")
                pairs = pair_differences(site, arm, name) if section == "headline" else []
                draw_pairs(axes, at, [scale * one for one in pairs], settled)
                draw_estimate(axes, at, low, value, high, settled)
        axes.margins(x=0.12)
        sign_values(axes)
        drawn.append(axes)
    share_scale(drawn)
    return sheet.figure


def note_of_forest(site: Site, unit: BilingualText, section: str) -> BilingualText:
    """Return the note on the marks of a figure of effects."""
    n = count_worlds(site)
    note = note_of(
        site,
        f"{{unit}}. Punto: media de {n} gemelos; raya: 95 %; hueco: no se distingue del azar.",
        f"{{unit}}. Dot: mean of {n} twins; stroke: 95 %; hollow: cannot be told from chance.",
        unit=unit,
    )
    return note + HEADLINE_NOTE if section == "headline" else note


def pair_differences(site: Site, arm: ArmReading, measure: str) -> list[float]:
    """Return the effect of a policy in each pair of runs, in the unit of a headline measure.

    Empty if policy and first arm are not paired, or if the monthly tables of their runs were not kept.
    """
    row = site.effect(arm, measure)
    if row is None or row["why_unpaired"] or not all(one.folder.is_dir() for one in (site.base, arm)):
        return []
    base, other = (by_seed(one.table("measures"), BY_NAME[measure].value) for one in (site.base, arm))
    differences = [number_of(other[seed]) - number_of(base[seed]) for seed in base if seed in other]
    return [one for one in differences if not math.isnan(one)]


def labels_with_today(site: Site, names: Sequence[str], wording: FigureTexts) -> dict[str, str]:
    """Return labels of headline measures, each with its value under the status quo in brackets."""
    found = [(arm, name) for name in names for arm in reversed(site.others)]
    rows = {name: row for arm, name in found if (row := site.effect(arm, name)) is not None}
    today = {name: format_number(row["base"], BY_NAME[name].digits) for name, row in rows.items()}
    return {name: f"{headline_name(name, wording)} ({value})" for name, value in today.items()}


def measures_with_results(site: Site, names: Sequence[str], section: str = "headline", prefix: str = "") -> list[str]:
    """Return the measures that have results for any policy."""
    return [name for name in names if any(site.effect(arm, prefix + name, section) is not None for arm in site.others)]


@register_figure(
    "books",
    "Lo que cambia cada política en los cuatro registros del delito, en por ciento de lo de hoy.",
    "What each policy changes in the four records of crime, in per cent of today.",
)
def draw_books(site: Site, wording: FigureTexts) -> Figure:
    """Draw effects on the four counts of crime; the finding names policies that raise recorded crime only."""
    apart = [
        arm
        for arm in site.others
        if "rises" in {site.verdict(arm, name) for name in CRIME_RECORDS[2:]}
        and site.verdict(arm, CRIME_RECORDS[0]) != "rises"
    ]
    finding = finding_of(
        apart,
        "{arms}: sube lo denunciado o registrado, no el delito",
        "{arms}: what is filed or recorded rises, crime does not",
        movers_finding(site, CRIME_RECORDS[0], ("Lo ocurrido", "sube", "baja"), ("What happened", "rises", "falls")),
    )
    return draw_headlines(site, wording, finding, CRIME_RECORDS)


@register_figure(
    "effects",
    "Lo que cambia cada política en los indicadores principales, en por ciento de lo de hoy.",
    "What each policy changes in the main measures, in per cent of today.",
)
def draw_effects(site: Site, wording: FigureTexts) -> Figure:
    """Draw the effect of every policy on the main measures."""
    left_out = {"homicides"} if too_few_homicides(site) else set()
    shown = [name for name in measures_with_results(site, MAIN_MEASURES) if name not in left_out]
    words = ("El delito violento", "sube", "baja"), ("Violent crime", "rises", "falls")
    finding = movers_finding(site, "violent_crimes", *words)
    return draw_headlines(site, wording, finding, shown)


@register_figure("groups", "Efecto en la confianza, por grupo.", "Effect on trust, by group.")
def draw_groups(site: Site, wording: FigureTexts) -> Figure:
    """Draw the effect on trust by group; the finding names policies under which some groups gain and others lose."""
    known = measures_with_results(site, GROUPS, "group", "trust_")
    labels = {f"trust_{name}": wording.of(bilingual_words(group, name)) for name in known}
    finding = finding_of(
        [arm for arm in site.others if {"rises", "falls"} <= {site.verdict(arm, name, "group") for name in labels}],
        "{arms}: unos ganan confianza y otros la pierden",
        "{arms}: some gain trust, others lose it",
        bilingual(
            "Con ninguna política unos grupos ganan confianza y otros la pierden",
            "Under no policy do some groups gain trust and others lose it",
        ),
    )
    return draw_forests(site, wording, finding, labels, "group", POINTS)


@register_figure(
    "causes",
    "Por qué: puntos de confianza que trajo cada causa, más o menos que como hoy.",
    "Why: points of trust that every cause brought, more or less than as today.",
)
def draw_causes(site: Site, wording: FigureTexts) -> Figure:
    """Draw the change in the contribution of each cause to mean trust, in points."""
    table = site.effects("cause")
    sizes = (
        table.assign(size=table["effect"].abs())
        .groupby("measure")["size"]
        .max()
        .sort_values(ascending=False, kind="stable")
    )
    shown = list(sizes[sizes > 0.0].index[:MAX_CAUSES]) or list(sizes.index[:1])
    labels = {name: wording.of(bilingual_words(cause, name)) for name in shown}
    return draw_forests(site, wording, cause_finding(site, shown), labels, "cause", POINTS)


def cause_finding(site: Site, names: Sequence[str]) -> BilingualText:
    """Return the cause with the largest effect on trust under any policy that is distinguishable from chance."""
    sizes = [
        (abs(site.effect(arm, name, "cause")["effect"]), name)
        for name in names
        for arm in site.others
        if site.verdict(arm, name, "cause") in ("rises", "falls")
    ]
    if not sizes:
        return bilingual("Ninguna causa se distingue del azar", "No cause can be told from chance")
    first = bilingual_words(cause, max(sizes)[1])
    return bilingual("Lo que más mueve la confianza: {first}", "What moves trust most: {first}", first=first)


@register_figure(
    "criteria",
    "Lo que cambia cada política en los cuatro criterios y la rendición de cuentas, en puntos de la nota de 0 a 100.",
    "What each policy changes in the four criteria and accountability, in points of the score from 0 to 100.",
)
def draw_criteria(site: Site, wording: FigureTexts) -> Figure:
    """Draw effects on the four criteria and accountability; with a single arm, draw its scores."""
    if not site.others:
        return draw_scores(site, wording)
    return draw_headlines(site, wording, criteria_finding(site), measures_with_results(site, CRITERIA), SCORE)


def draw_scores(site: Site, wording: FigureTexts) -> Figure:
    """Draw the scores of the only arm of a site."""
    rows = {name: site.numbers.row("criteria", site=site.name, arm=site.base.name, criterion=name) for name in CRITERIA}
    known = {name: 100.0 * float(row["score"]) for name, row in rows.items() if row is not None}
    note = note_of(site, "Nota media de los sorteos de la vara.", "Mean score over draws of where the bar is set.")
    sizes = PanelSizes(0.1 + ROW_HEIGHT * len(known), NAMES_WIDTH)
    sheet = policy_panels(site, wording, (criteria_finding(site), note), sizes)
    axes = sheet.panel_of_rows(0, [headline_name(name, wording) for name in known])
    axes.plot(list(known.values()), range(len(known)), "D", markersize=3.4, color=COLOUR_A)
    axes.set_xlim(-3.0, 103.0)
    return sheet.figure


def criteria_finding(site: Site) -> BilingualText:
    """Return the finding on policies that improve at least two criteria."""
    if not site.others:
        return bilingual("La práctica frente a los cuatro criterios", "Practice beside the four criteria")
    return finding_of(
        [arm for arm in site.others if sum(site.verdict(arm, name) == "rises" for name in CRITERIA) > 1],
        "{arms}: la práctica se acerca a más de un criterio",
        "{arms}: practice comes nearer to more than one criterion",
        bilingual(
            "Ninguna política acerca la práctica a más de un criterio",
            "No policy brings practice nearer to two criteria",
        ),
    )


@register_figure(
    "funnel",
    "Del delito a la sentencia: lo que cambia cada política en cada paso, en por ciento de lo de hoy.",
    "From crime to sentence: what each policy changes at each step, in per cent of today.",
)
def draw_funnel(site: Site, wording: FigureTexts) -> Figure:
    """Draw the effect of every policy on the yearly number of each step from crime to sentence."""
    finding = movers_finding(site, "sentenced", ("Las sentencias", "suben", "bajan"), ("Sentences", "rise", "fall"))
    return draw_headlines(site, wording, finding, measures_with_results(site, FUNNEL_MEASURES))
