"""Draw effects over trust laws and over draws of parameters, and the minutes of a couple's shift by use."""

import numpy as np
from matplotlib.figure import Figure

from experiments.comparison.effect_verdicts import crossed_laws, sign_over_laws
from experiments.comparison.headline_measures import worse_direction
from experiments.comparison.practice_effects import MINUTES
from experiments.figures.drawing import finding_of, note_of, policy_panels, register_figure
from experiments.figures.small_multiples import COLOUR_B, MAP_COLOURS, PanelSizes, name_rows
from experiments.figures.theme import INK, SOFT, USES, text_colour_on
from experiments.narrative.labels import headline_name, with_sign
from experiments.narrative.report_reading import Site
from experiments.words.bilingual import BilingualText, FigureTexts, bilingual

DRAWS_MEASURES = ("trust_mean", "fear_mean", "crimes_told", "women_without_remedy")
MIN_LABELLED_MINUTES = 30.0
"""Minutes above which a bar is labelled with its value."""
CELL_FONT_SIZE, ROW_FONT_SIZES = 6.5, 19.0
"""Font size (points) of a number in a cell, and the sum of font sizes over a row, so that numbers do not touch."""
BAR_HEIGHT, CELL_HEIGHT, NAMES_WIDTH = 0.2, 0.17, 1.75
"""Height of the bar of an arm, size of a grid cell and width of row names, in inches."""


@register_figure(
    "memory",
    "Efecto en la confianza según cuánto dura la memoria y cuánto pesa lo malo.",
    "Effect on trust by how long memory lasts and how much bad news weighs.",
)
def draw_memory(site: Site, wording: FigureTexts) -> Figure:
    """Draw the effect on trust over memory and asymmetry; each cell shows its number, so that colour is redundant."""
    grid = crossed_laws(site.numbers.rows("memory", site=site.name, measure="trust_mean"))
    note = note_of(
        site,
        "Puntos de confianza. Columnas: años en que se borra la mitad de lo vivido; filas: cuánto más pesa lo malo. "
        "Café: peor; azul: mejor.",
        "Points of trust. Columns: years in which half of an experience fades; rows: how much more bad news weighs. "
        "Brown: worse; blue: better.",
    )
    sizes = PanelSizes(CELL_HEIGHT * grid["asymmetry"].nunique(), 0.5)
    sheet = policy_panels(site, wording, (sign_finding(site), note), sizes)
    widest, colours = float(grid["effect"].abs().max()) or 1.0, MAP_COLOURS[worse_direction("trust_mean")]
    for number, arm in enumerate(site.others):
        axes = sheet.panel(number)
        cells = grid[grid["against"] == arm.name].pivot(index="asymmetry", columns="memory_years", values="effect")
        axes.imshow(cells, cmap=colours, vmin=-widest, vmax=widest, origin="lower", interpolation="none", aspect="auto")
        for (row, column), value in np.ndenumerate(cells.to_numpy()):
            text_colour = INK if abs(value) < 0.6 * widest else text_colour_on(INK)
            text, size = with_sign(value, "+.2f"), min(CELL_FONT_SIZE, ROW_FONT_SIZES / cells.shape[1])
            axes.text(column, row, text, fontsize=size, ha="center", va="center", color=text_colour)
        axes.set_xticks(range(cells.shape[1]), [f"{year:g}" for year in cells.columns])
        first = number % sheet.columns == 0
        axes.set_yticks(range(cells.shape[0]), [f"×{weight:g}" if first else "" for weight in cells.index])
        axes.grid(visible=False)
    return sheet.figure


def sign_finding(site: Site) -> BilingualText:
    """Return the finding on policies for which the sign of the effect depends on the trust law."""
    known = [sign_over_laws(site.law_verdicts(arm, "trust_mean")) for arm in site.others]
    if all(one is None for one in known):
        return bilingual(
            "Con tan pocos mundos por ley de la confianza no se puede decir",
            "With so few worlds a law of trust it cannot be said",
        )
    return finding_of(
        [arm for arm, one in zip(site.others, known, strict=True) if one not in ("known", None)],
        "De {arms} no se sabe si sube o baja la confianza",
        "Of {arms} it is not known whether trust rises or falls",
        bilingual(
            "El signo no depende de la ley de la confianza; el tamaño, sí",
            "The sign does not hang on the law of trust; the size does",
        ),
    )


@register_figure(
    "draws",
    "Efecto en cada juego de parámetros (punto) con el intervalo del azar dentro de él (línea).",
    "Effect in every draw of parameters (dot) with the interval of random variation within it (line).",
)
def draw_draws(site: Site, wording: FigureTexts) -> Figure:
    """Draw the effect in every draw of parameters in ascending order, with its interval."""
    shown = [name for name in DRAWS_MEASURES if len(site.numbers.rows("draws", site=site.name, measure=name))]
    texts = (
        bilingual("Lo que cambia con otros parámetros", "What changes with other parameters"),
        note_of(site, "Un punto por juego de parámetros, por orden.", "A dot for each draw of parameters, in order."),
    )
    sheet = policy_panels(site, wording, texts, PanelSizes(0.8, NAMES_WIDTH, rows=len(shown)))
    for at, name in enumerate(shown):
        sheet.label(at, headline_name(name, wording))
        for number, arm in enumerate(site.others):
            axes = sheet.panel(number, at)
            rows = site.numbers.rows("draws", site=site.name, against=arm.name, measure=name).sort_values(
                "effect", kind="stable"
            )
            axes.axhline(0.0, color=SOFT, linewidth=0.8)
            rank = np.arange(1, len(rows) + 1)
            axes.vlines(rank, rows["low"], rows["high"], color=COLOUR_B, alpha=0.4, linewidth=1.2)
            axes.plot(rank, rows["effect"], "o", color=COLOUR_B, markersize=2.5)
            axes.set_xticks([])
    return sheet.figure


@register_figure(
    "minutes",
    "En qué se van los minutos del turno de una pareja con cada política; escrito, lo que pasa de media hora.",
    "What the minutes of a couple's shift go to under every policy; written are those over half an hour.",
)
def draw_minutes(site: Site, wording: FigureTexts) -> Figure:
    """Draw the minutes of a couple's shift by use, with one bar for each arm."""
    texts = least_patrol(site), note_of(site, "Minutos por turno de pareja.", "Minutes in a couple-shift.")
    sheet = policy_panels(site, wording, texts, PanelSizes(BAR_HEIGHT * len(site.arms) + 0.4, NAMES_WIDTH), [""])
    axes, bar_ends = sheet.panel(0), np.zeros(len(site.arms))
    for one, colour in zip(MINUTES[:-1], USES, strict=True):
        values = np.array(
            [row[side] for row, side in (site.row_and_column(arm, one.name, "minutes") for arm in site.arms)]
        )
        bars = axes.barh(range(len(values)), values, 0.55, bar_ends, color=colour, label=wording.of(one.label))
        written = [f"{value:.0f}" if value > MIN_LABELLED_MINUTES else "" for value in values]
        axes.bar_label(bars, written, label_type="center", fontsize=6.5, color=text_colour_on(colour))
        bar_ends += values
    name_rows(axes, [wording("Como hoy", "As today"), *(wording.of(arm.title) for arm in site.arms[1:])])
    axes.set_ylim(len(site.arms) + 0.9, -0.5)
    axes.set_xlim(0.0, float(bar_ends.max()))
    axes.set_xticks([])
    axes.legend(
        loc="lower right", bbox_to_anchor=(1.01, -0.02), ncols=5, fontsize=6, handlelength=1.0, columnspacing=1.0
    )
    return sheet.figure


def least_patrol(site: Site) -> BilingualText:
    """Return the finding on the policy that leaves the fewest minutes of patrol, if any reduces them."""
    falling = [arm for arm in site.others if site.verdict(arm, "minutes_patrol", "minutes") == "falls"]
    if not falling:
        return bilingual("Ninguna política quita minutos al patrullaje", "No policy takes minutes from patrol")
    first = min(falling, key=lambda arm: float(site.effect(arm, "minutes_patrol", "minutes")["effect"]))
    row = site.effect(first, "minutes_patrol", "minutes")
    return bilingual(
        f"{{arm}} deja {row['arm']:.0f} minutos de patrullaje, de {row['base']:.0f} que hay hoy",
        f"{{arm}} leaves {row['arm']:.0f} minutes of patrol, of {row['base']:.0f} today",
        arm=first.title,
    )
