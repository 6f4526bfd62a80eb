"""The figures of a comparison at one site; each is a function of the results alone."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.compare.breakeven import crossed
from experiments.compare.effects import GROUPS
from experiments.compare.headlines import BY_NAME
from experiments.compare.practice import MINUTES
from experiments.compare.swept import draw_of
from experiments.figures.looks import COLOURS, USES, on, stroke
from experiments.figures.svg import LOOK, Tongue
from experiments.report.both import Both, both
from experiments.report.reading import TOO_FEW_HOMICIDES, Arm, Site
from experiments.runs.words import cause, group, in_both, verdict
from experiments.runs.yearly import MONTHS
from model.criteria import CRITERIA, WORDS

WIDE = 4.8
MAPS_ACROSS = 3
MOST = 0.98
"""Share of cells that the scale of a map holds, so that a few do not pale all others."""
LEVELS = 17
"""Steps of colour on a map: as many as an eye tells apart, and odd, so that no difference has a colour of its own."""
ACROSS = 24
"""Letters in a line above half a figure."""
INK, FRAME, PALE = "0.25", "0.6", "0.9"
CAUSES_SHOWN = 8
WRITTEN = 30.0
"""Minutes of a use above which a figure writes them out."""
MAIN = (
    *("trust_mean", "fear_mean", "crimes_occurred", "crimes_told"),
    *("complaints_filed", "women_without_remedy", "homicides", "response_minutes_median"),
)
DRAWN = ("trust_mean", "fear_mean", "crimes_told", "women_without_remedy")
FUNNEL = ("crimes_occurred", "crimes_told", "complaints_filed", "charged", "sentenced")
BOOKS = ("crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded")

DARK = (
    " (la oscura, si la hay, los promedios de cada juego de parámetros).",
    " (the dark one, if there is one, the means of every draw of parameters).",
)
Draw = Callable[[Site, Tongue], Figure]
Read = Callable[[pd.DataFrame], pd.Series]
FIGURES: dict[str, tuple[Draw, Both]] = {}
"""Every figure of a site, with what it shows, in the order in which they stand below."""


def shows(es: str, en: str) -> Callable[[Draw], Draw]:
    """Put a drawing among the figures of a site, with what it shows."""

    def put(draw: Draw) -> Draw:
        FIGURES[draw.__name__] = draw, both(es, en)
        return draw

    return put


def named(measure: str, tongue: Tongue) -> str:
    """Return a headline measure in the language of a figure."""
    return tongue(BY_NAME[measure].es, BY_NAME[measure].en)


def title_of(arm: Arm, tongue: Tongue) -> str:
    """Return an arm in the language of a figure."""
    return tongue(arm.title.es.striptags(), arm.title.en.striptags())


def sheet(height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """Return an empty figure with its axes."""
    figure = Figure(figsize=(WIDE, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


# Effects with intervals


@shows(
    "Lo que cambia con cada política: promedio de los mundos gemelos e intervalo de la suerte; en gris, de un"
    " extremo a otro de las leyes de la confianza, si se barrieron.",
    "What every policy changes: mean of the twin worlds and interval of luck; in grey, from one end of the laws of"
    " trust to the other, where they were swept.",
)
def effects(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect of every arm on the main measures, with intervals."""
    shown = [name for name in MAIN if any(site.effect(arm, name) is not None for arm in site.others)]
    if few_deaths(site):
        shown.remove("homicides")
    rows = math.ceil(len(shown) / 2)
    figure, axes = sheet(rows * (0.55 + 0.2 * len(site.others)), rows, 2, sharey=True)
    for place in axes.flat[len(shown) :]:
        place.set_visible(False)
    for place, name in zip(axes.flat, shown, strict=False):
        forest(place, [site.effect(arm, name) for arm in site.others])
        for number, arm in enumerate(site.others):
            if (grid := site.verdict(arm, name)) is not None:
                place.plot([grid["low"], grid["high"]], [number, number], color="0.82", linewidth=5, zorder=0)
        place.set_title(tongue.lines(named(name, tongue), ACROSS))
    label_rows(axes.flat[0], [tongue.lines(title_of(arm, tongue), ACROSS) for arm in site.others])
    return figure


def few_deaths(site: Site) -> bool:
    """Tell whether homicides are so few that no effect on them is shown."""
    row = site.effect(site.others[0], "homicides")
    return row is not None and row["base"] < TOO_FEW_HOMICIDES


def forest(place: Axes, rows: Sequence[Any]) -> None:
    """Draw effects with their intervals, one below the other, beside a line at nothing."""
    place.axvline(0.0, color="0.6", linewidth=0.8)
    for number, row in enumerate(rows):
        if row is None:
            continue
        colour = COLOURS[(number + 1) % len(COLOURS)]
        place.plot([row["low"], row["high"]], [number, number], color=colour, linewidth=1.6)
        place.plot([row["effect"]], [number], "o", color=colour, markersize=4)
    place.xaxis.set_major_locator(MaxNLocator(4))
    place.tick_params(length=2)
    place.margins(x=0.12)


def label_rows(place: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a forest from top to bottom."""
    place.set_yticks(range(len(labels)), labels)
    place.set_ylim(len(labels) - 0.5, -0.5)


# Courses over time


def courses(site: Site, tongue: Tongue, panels: Sequence[tuple[Read, str]], **limits: float) -> Figure:
    """Draw four numbers over the months, each under its name."""
    figure, axes = sheet(4.4, 2, 2)
    for place, (read, title) in zip(axes.flat, panels, strict=True):
        course(place, site, read)
        if limits:
            place.set_ylim(**limits)
        place.set_title(tongue.lines(title, ACROSS))
    legend(figure, site, tongue)
    return figure


def course(place: Axes, site: Site, read: Read) -> None:
    """Draw one number over the months: the mean of the worlds of every arm, and all its worlds as a band."""
    for number, arm in enumerate(site.arms):
        months = arm.table("measures").sort_values(["seed", "month"])
        months = months.assign(shown=read(months), draw=months["seed"].map(draw_of))
        runs = months.groupby("month")["shown"]
        when = [one.year + (one.month - 1) / MONTHS for one in runs.mean().index]
        look = stroke(number)
        place.plot(when, runs.mean(), linewidth=1.4, marker="o" if len(when) == 1 else None, **look)
        place.fill_between(when, runs.min(), runs.max(), color=look["color"], alpha=0.13, linewidth=0)
        if months["draw"].nunique() > 1:
            draws = months.groupby(["month", "draw"])["shown"].mean().groupby("month")
            place.fill_between(when, draws.min(), draws.max(), color=look["color"], alpha=0.2, linewidth=0)
    place.set_xlim(when[0] - 0.5 / MONTHS, when[-1] + 0.5 / MONTHS)
    if len(when) > 2 * MONTHS:
        place.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    else:
        place.set_xticks(when[:: math.ceil(len(when) / 4)])
    place.xaxis.set_major_formatter(FuncFormatter(calendar_word))
    place.grid(axis="y", color=PALE)
    place.tick_params(length=2)


def calendar_word(when: float, _: int) -> str:
    """Return a place on the axis of time as a year, or a month within it."""
    year, month = divmod(round(when * MONTHS), MONTHS)
    return f"{year}-{month + 1:02d}" if month else f"{year}"


def legend(figure: Figure, site: Site, tongue: Tongue, arms: Sequence[Arm] = ()) -> None:
    """Name the arms once for all panels."""
    shown = arms or site.arms
    lines = [matplotlib.lines.Line2D([], [], **stroke(site.arms.index(arm))) for arm in shown]
    names = [tongue.lines(title_of(arm, tongue), 34) for arm in shown]
    figure.legend(lines, names, loc="outside lower center", ncols=2)


def scaled(column: str, scale: float = 1.0) -> Read:
    """Return a reader of a column."""
    return lambda months: months[column] * scale


def rolled(column: str, window: int = MONTHS, scale: float = 1.0) -> Read:
    """Return a reader of a column's mean over the last months of its run."""
    return lambda months: (
        months.groupby("seed")[column].rolling(window, min_periods=1).mean().reset_index(level=0, drop=True) * scale
    )


@shows(
    "Confianza, creencias y temor, de 0 a 100; la banda abarca todos los mundos" + DARK[0],
    "Trust, beliefs and fear, from 0 to 100; the band holds all worlds" + DARK[1],
)
def trust(site: Site, tongue: Tongue) -> Figure:
    """Draw trust, beliefs and fear over time."""
    names = ("trust_mean", "fear_mean", "fairness_mean", "effectiveness_mean")
    return courses(site, tongue, [(scaled(name, 100.0), named(name, tongue)) for name in names])


@shows(
    "Delitos por mes en los cuatro libros, promedio de tres meses; la banda abarca todos los mundos" + DARK[0],
    "Crimes a month in the four books, mean of three months; the band holds all worlds" + DARK[1],
)
def books(site: Site, tongue: Tongue) -> Figure:
    """Draw crime a month in its four books."""
    return courses(site, tongue, [(rolled(name, 3), named(name, tongue)) for name in BOOKS], bottom=0.0)


@shows(
    "Del delito a la sentencia, por año; la raya es de dos errores a cada lado.",
    "From crime to sentence, a year; the stroke is two errors to each side.",
)
def funnel(site: Site, tongue: Tongue) -> Figure:
    """Draw the way from crime to sentence, a year."""
    shown = [name for name in FUNNEL if site.effect(site.others[0], name) is not None]
    n = len(site.arms)
    figure, axes = sheet(0.6 + len(shown) * (0.14 + 0.14 * n))
    place = axes[0, 0]
    for number, arm in enumerate(site.arms):
        rows = [site.effect(arm if number else site.others[0], name) for name in shown]
        values = [row["arm" if number else "base"] for row in rows]
        heights = np.arange(len(shown)) + (number - (n - 1) / 2.0) * 0.8 / n
        errors = [row["arm_error" if number else "base_error"] for row in rows]
        reach = {"ecolor": INK, "elinewidth": 0.8}
        shown_values = np.maximum(values, 0.1)
        colour = COLOURS[number % len(COLOURS)]
        place.barh(heights, shown_values, 0.72 / n, color=colour, xerr=np.multiply(2.0, errors), error_kw=reach)
    label_rows(place, [named(name, tongue) for name in shown])
    place.set_xscale("log")
    place.set_xlim(left=0.3)
    place.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}" if x >= 1 else f"{x:g}"))
    place.set_xlabel(tongue("por año (escala logarítmica)", "a year (logarithmic scale)"))
    place.grid(axis="x", color=PALE)
    place.set_axisbelow(True)
    legend(figure, site, tongue)
    return figure


@shows(
    "Homicidios, avisos, respuesta y mujeres que quedan sin remedio; la banda abarca todos los mundos" + DARK[0],
    "Homicides, reporting, response and women left without remedy; the band holds all worlds" + DARK[1],
)
def outcomes(site: Site, tongue: Tongue) -> Figure:
    """Draw homicides, reporting, response and women without remedy over time."""
    panels = (
        (rolled("homicides", scale=12.0), tongue("homicidios (12 meses)", "homicides (12 months)")),
        (rolled("told_share", 3, 100.0), tongue("avisados de lo ocurrido, %", "told of all crimes, %")),
        (rolled("response_minutes_median", 3), tongue("minutos de respuesta", "minutes to respond")),
        (
            rolled("women_without_remedy", scale=12.0),
            tongue("mujeres sin remedio (12 meses)", "women without remedy (12 m)"),
        ),
    )
    return courses(site, tongue, panels, bottom=0.0)


# Places


@shows(
    "Confianza donde vive la gente: al comienzo, al final, y la diferencia que hace cada política.",
    "Trust where people live: at the start, at the end, and the difference that every policy makes.",
)
def maps(site: Site, tongue: Tongue) -> Figure:
    """Draw trust by cell: before, after, and the difference that every policy makes."""
    grids = [grid_of(arm) for arm in site.arms]
    before, after = grids[0]
    base = site.base.title
    after_word = tongue(f"al final: {base.es.striptags()}", f"at the end: {base.en.striptags()}")
    panels = [(before, tongue("al comienzo", "at the start")), (after, after_word)]
    gaps = [(last - after, title_of(arm, tongue)) for arm, (_, last) in zip(site.others, grids[1:], strict=True)]
    columns = MAPS_ACROSS
    rows = 1 + math.ceil(len(gaps) / columns)
    left, bottom, right, top = site.outline.bounds if site.outline else (0, 0, *before.shape[::-1])
    shape = (top - bottom) / (right - left)
    figure, axes = sheet(rows * (0.3 + min(1.5, max(0.75, shape)) * 0.85 * WIDE / columns), rows, columns)
    low, high = (float(np.nanquantile([before, after], edge)) for edge in (1.0 - MOST, MOST))
    widest = max(float(np.nanquantile(np.abs(gap), MOST)) for gap, _ in gaps) or 1.0
    for place in axes.flat:
        place.set_axis_off()
    for place, (grid, title) in zip(axes.flat, panels, strict=False):
        level = shade(place, grid, tongue.lines(title, 22), "viridis", low, high)
        surround(place, site.outline)
    for place, (grid, title) in zip(axes.flat[columns:], gaps, strict=False):
        change = shade(place, grid, tongue.lines(title, 22), "PuOr", -widest, widest)
        surround(place, site.outline)
    bar(figure, level, axes[0, :], tongue("confianza (0-100)", "trust (0-100)"), "both")
    bar(figure, change, axes[1:, :], tongue("diferencia", "difference"), "both")
    return figure


def grid_of(arm: Arm) -> tuple[np.ndarray, np.ndarray]:
    """Return trust by cell in the first and the last month, mean of the worlds, on the grid of the map."""
    cells = arm.table("cells")
    grids = []
    for month in (cells["month"].min(), cells["month"].max()):
        means = cells[cells["month"] == month].groupby(["y", "x"])["trust"].mean() * 100.0
        grid = np.full((cells["y"].max() + 1, cells["x"].max() + 1), np.nan)
        grid[tuple(means.index.get_level_values(name).to_numpy() for name in ("y", "x"))] = means.to_numpy()
        grids.append(grid)
    return grids[0], grids[1]


def shade(place: Axes, grid: np.ndarray, title: str, colours: str, low: float, high: float) -> Any:
    """Draw a grid as a map, north up."""
    place.set_title(title, fontsize=7.5)
    steps = matplotlib.colormaps[colours].resampled(LEVELS)
    return place.imshow(grid, origin="lower", cmap=steps, vmin=low, vmax=high, interpolation="none")


def surround(place: Axes, outline: Any) -> None:
    """Draw the outline of a municipality around what is shown of it, if it is known."""
    if outline is not None:
        for part in getattr(outline, "geoms", [outline]):
            place.plot(*part.exterior.xy, color=FRAME, linewidth=0.6)
        place.margins(0.02)
        place.autoscale()


def bar(figure: Figure, shown: Any, axes: Any, label: str, extend: str = "neither") -> None:
    """Draw the scale of colours of some maps."""
    scale = figure.colorbar(shown, ax=list(np.ravel(axes)), shrink=0.8, label=label, extend=extend)
    scale.outline.set_visible(False)
    scale.locator = MaxNLocator(4)
    scale.update_ticks()


# Judgement


@shows(
    "Los cuatro criterios y la rendición de cuentas en el último año; la línea abarca nueve de cada diez sorteos.",
    "The four criteria and accountability in the last year; the line holds nine draws in ten.",
)
def criteria(site: Site, tongue: Tongue) -> Figure:
    """Draw the four criteria and accountability, with nine draws in ten of anchors and weights."""
    figure, axes = sheet(0.8 + 0.42 * len(CRITERIA))
    place = axes[0, 0]
    place.axvspan(0.0, 1.0, color="1.0")
    for edge in (0.2, 0.4, 0.6, 0.8):
        place.axvline(edge, color=PALE, linewidth=0.8)
    for number, arm in enumerate(site.arms):
        rows = site.numbers.rows("criteria", site=site.name, arm=arm.name).set_index("criterion")
        heights = np.arange(len(CRITERIA)) + (number - (len(site.arms) - 1) / 2.0) * 0.16
        for criterion, height in zip(CRITERIA, heights, strict=True):
            if criterion not in rows.index:
                continue
            row = rows.loc[criterion]
            colour = COLOURS[number % len(COLOURS)]
            place.plot([row["low"], row["high"]], [height, height], color=colour, linewidth=1.4)
            place.plot([row["score"]], [height], "o", color=colour, markersize=3.5)
    label_rows(place, [named(name, tongue) for name in CRITERIA])
    for number, word in enumerate(WORDS):
        place.text(
            0.1 + 0.2 * number, -0.62, tongue(*in_both(verdict, word)), ha="center", va="bottom", fontsize=7, color=INK
        )
    place.set_xlim(0.0, 1.0)
    legend(figure, site, tongue)
    return figure


@shows(
    "Efecto en la confianza, por grupo.",
    "Effect on trust, by group.",
)
def groups(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect on trust in groups of residents."""
    present = [
        name for name in GROUPS if any(site.effect(arm, f"trust_{name}", "group") is not None for arm in site.others)
    ]
    n = len(site.others)
    figure, axes = sheet(0.7 + 0.26 * len(present), 1, n, sharey=True)
    for arm, place in zip(site.others, axes.flat, strict=True):
        forest(place, [site.effect(arm, f"trust_{name}", "group") for name in present])
        for line in place.lines[1:]:
            line.set_color(COLOURS[(site.others.index(arm) + 1) % len(COLOURS)])
        place.xaxis.set_major_locator(MaxNLocator(max(2, 5 - n)))
        place.set_title(tongue.lines(title_of(arm, tongue), 42 // n), fontsize=7.5)
    label_rows(axes.flat[0], [tongue(*in_both(group, name)) for name in present])
    return figure


@shows(
    "Por qué: puntos de confianza que trajo cada causa, más o menos que en la primera opción.",
    "Why: points of trust that every cause brought, more or less than in the first arm.",
)
def causes(site: Site, tongue: Tongue) -> Figure:
    """Draw what moved trust more or less than in the first arm, by cause, in points of the mean."""
    table = site.effects("cause")
    sizes = table.assign(size=table["effect"].abs()).groupby("measure")["size"].max().sort_values(ascending=False)
    shown = list(sizes[sizes > 0.0].index[:CAUSES_SHOWN]) or list(sizes.index[:1])
    figure, axes = sheet(0.7 + 0.28 * len(shown), 1, len(site.others), sharey=True)
    for number, (arm, place) in enumerate(zip(site.others, axes.flat, strict=True), start=1):
        values = [site.effect(arm, name, "cause")["effect"] for name in shown]
        place.barh(range(len(shown)), values, 0.65, color=COLOURS[number % len(COLOURS)])
        place.axvline(0.0, color="0.6", linewidth=0.8)
        place.set_title(tongue.lines(title_of(arm, tongue), 42 // len(site.others)), fontsize=7.5)
        place.xaxis.set_major_locator(MaxNLocator(3))
    label_rows(axes.flat[0], [tongue(*in_both(cause, name)) for name in shown])
    return figure


@shows(
    "Efecto en la confianza según cuánto dura la memoria y cuánto pesa lo malo.",
    "Effect on trust by how long memory lasts and how much bad news weighs.",
)
def memory(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect on trust over memory and asymmetry."""
    grid = crossed(site.numbers.rows("memory", site=site.name, measure="trust_mean"))
    figure, axes = sheet(2.3, 1, len(site.others), sharey=True)
    widest = float(grid["effect"].abs().max()) or 1.0
    for arm, place in zip(site.others, axes.flat, strict=True):
        cells = grid[grid["against"] == arm.name].pivot(index="asymmetry", columns="memory_years", values="effect")
        shown = place.imshow(
            cells, cmap="PuOr", vmin=-widest, vmax=widest, origin="lower", interpolation="none", aspect="auto"
        )
        place.set_xticks(range(cells.shape[1]), [f"{year:g}" for year in cells.columns])
        place.set_yticks(range(cells.shape[0]), [f"×{weight:g}" for weight in cells.index])
        place.set_title(tongue.lines(title_of(arm, tongue), 42 // len(site.others)), fontsize=7.5)
    figure.supxlabel(
        tongue("memoria (vida media de la parte lenta, años)", "memory (half-life of its slow part, years)"), fontsize=8
    )
    axes[0, 0].set_ylabel(tongue("peso de lo malo", "weight of bad news"))
    bar(figure, shown, axes[0, :], tongue("efecto en la confianza", "effect on trust"))
    return figure


@shows(
    "Efecto en cada juego de parámetros (punto) con el intervalo de la suerte dentro de él (línea).",
    "Effect in every draw of parameters (dot) with the interval of luck within it (line).",
)
def draws(site: Site, tongue: Tongue) -> Figure:
    """Draw the effect in every draw of parameters, from the lowest to the highest, with the luck within each."""
    shown = [name for name in DRAWN if len(site.numbers.rows("draws", site=site.name, measure=name))]
    figure, axes = sheet(0.5 + 1.5 * math.ceil(len(shown) / 2), math.ceil(len(shown) / 2), 2)
    for place in axes.flat[len(shown) :]:
        place.set_visible(False)
    for place, name in zip(axes.flat, shown, strict=False):
        place.axhline(0.0, color="0.6", linewidth=0.8)
        for number, arm in enumerate(site.others, start=1):
            rows = site.numbers.rows("draws", site=site.name, against=arm.name, measure=name).sort_values("effect")
            rank, colour = np.arange(1, len(rows) + 1), COLOURS[number % len(COLOURS)]
            place.vlines(rank, rows["low"], rows["high"], color=colour, alpha=0.4, linewidth=1.2)
            place.plot(rank, rows["effect"], "o", color=colour, markersize=2.5)
        place.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        place.set_title(tongue.lines(named(name, tongue), ACROSS))
    for place in axes[-1]:
        place.set_xlabel(tongue("juegos de parámetros, por orden", "draws of parameters, in order"))
    legend(figure, site, tongue, site.others)
    return figure


@shows(
    "En qué se van los minutos del turno de una pareja con cada política; escrito, lo que pasa de media hora.",
    "What the minutes of a couple's shift go to under every policy; written are those over half an hour.",
)
def minutes(site: Site, tongue: Tongue) -> Figure:
    """Draw the minutes of a couple's shift by use, a bar for each arm."""
    figure, axes = sheet(1.7 + 0.42 * len(site.arms))
    place, begun = axes[0, 0], np.zeros(len(site.arms))
    for one, colour in zip(MINUTES[:-1], USES, strict=True):
        sides = [site.side(arm, one.name, "minutes") for arm in site.arms]
        values = np.array([row[side] for row, side in sides])
        bars = place.barh(range(len(values)), values, 0.5, begun, color=colour, label=tongue(one.es, one.en))
        written = [f"{value:.0f}" if value > WRITTEN else "" for value in values]
        place.bar_label(bars, written, label_type="center", fontsize=7, color=on(colour))
        begun += values
    for number, arm in enumerate(site.arms):
        place.text(0.0, number - 0.32, title_of(arm, tongue), fontsize=7.5)
    place.set_yticks([])
    place.spines["left"].set_visible(False)
    place.set_ylim(len(site.arms) - 0.6, -0.75)
    place.set_xlim(0.0, float(begun.max()))
    place.set_xlabel(tongue("minutos", "minutes"))
    figure.legend(loc="outside lower center", ncols=2)
    return figure


ONE_ARM = ("trust", "outcomes", "books", "criteria")
"""Figures that say something of a site at which there is nothing to compare with."""


def available(site: Site) -> list[str]:
    """Return the figures for which this comparison has the results."""
    there = {name: len(site.numbers.rows(name, site=site.name)) > 0 for name in ("memory", "criteria", "draws")}
    there |= {"groups": len(site.effects("group")) > 0, "causes": len(site.effects("cause")) > 0}
    there["minutes"] = len(site.effects("minutes")) > 0
    there["maps"] = all(arm.has("cells") for arm in site.arms)
    drawable = FIGURES if site.others else ONE_ARM
    return [name for name in drawable if there.get(name, True)]


def drawn(name: str, site: Site, tongue: Tongue) -> Figure:
    """Return one figure."""
    with matplotlib.rc_context(LOOK):
        return FIGURES[name][0](site, tongue)
