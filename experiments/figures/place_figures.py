"""Draw maps of a comparison: trust by inhabited cell, and the effect of each policy."""

from collections.abc import Iterator
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.comparison.headline_measures import worse_direction
from experiments.figures.drawing import note_of, policy_panels, register_figure
from experiments.figures.small_multiples import MAP_COLOURS, PanelFigure, PanelSizes
from experiments.figures.theme import SOFT
from experiments.narrative.report_reading import Site
from experiments.words.bilingual import BilingualText, FigureTexts, bilingual

MIN_EFFECT_SHOWN = 0.2
"""Points of trust below which an effect has no colour."""
MIN_SHARE_STATED = 0.005
"""Share of cells below which the finding gives no number, as it would be rounded to 0 %."""
SHARE_COLOURED = 0.98
"""Share of cells within the colour scale, so that outliers do not make all others pale."""
COLOUR_LEVELS = 17
"""Number of colours on a map: as many as can be distinguished, and odd, so that zero has a colour."""
TRUST_COLOURS = MAP_COLOURS[worse_direction("trust_mean")]
OUTLINE_GREY, SCALE_HEIGHT = "0.6", 0.38
"""Grey level of an outline; height of a colour scale below a map, in inches."""


@register_figure(
    "maps",
    "Confianza donde vive la gente, al final: como hoy, y la diferencia que hace cada política.",
    "Trust where people live, at the end: as today, and the difference that every policy makes.",
)
def draw_maps(site: Site, wording: FigureTexts) -> Figure:
    """Draw trust by cell under the status quo, and the effect of every policy."""
    today, *others = grids_of(site)
    gaps = [grid - today for grid in others]
    note = note_of(
        site,
        f"Color: diferencia de confianza; sin color: menos de {MIN_EFFECT_SHOWN:g} puntos.",
        f"Colour: difference of trust; no colour: less than {MIN_EFFECT_SHOWN:g} points.",
    )
    left, bottom, right, top = site.outline.bounds if site.outline else (0, 0, *today.shape[::-1])
    sizes = PanelSizes(float(min(1.6, max(0.75, (top - bottom) / (right - left)))), 0.0, space_below=SCALE_HEIGHT)
    heads = [wording("Como hoy, al final", "As today, at the end"), *(wording.of(arm.title) for arm in site.others)]
    sheet = policy_panels(site, wording, (map_finding(site, gaps), note), sizes, heads)
    low, high = (float(np.nanquantile(today, edge)) for edge in (1.0 - SHARE_COLOURED, SHARE_COLOURED))
    widest = max(MIN_EFFECT_SHOWN, *(float(np.nanquantile(np.abs(gap), SHARE_COLOURED)) for gap in gaps))
    images = [draw_map(sheet.panel(0), today, "viridis", (low, high))]
    for number, gap in enumerate(gaps, start=1):
        shown = np.where(np.abs(gap) < MIN_EFFECT_SHOWN, np.nan, gap)
        images.append(draw_map(sheet.panel(number), shown, TRUST_COLOURS, (-widest, widest)))
    for axes in (image.axes for image in images if site.outline is not None):
        for part in getattr(site.outline, "geoms", [site.outline]):
            axes.plot(*part.exterior.xy, color=OUTLINE_GREY, linewidth=0.6)
        axes.margins(0.02)
        axes.autoscale()
    draw_colour_scale(sheet, images[0], wording("confianza (0-100)", "trust (0-100)"))
    ends = wording("menos · peor", "less · worse"), wording("más · mejor", "more · better")
    draw_colour_scale(sheet, images[1], *ends)
    return sheet.figure


def map_finding(site: Site, gaps: list[np.ndarray]) -> BilingualText:
    """Return the finding on the policy that changes trust in the most cells."""
    shares = [float((np.abs(gap) >= MIN_EFFECT_SHOWN).sum()) / max(1, int((~np.isnan(gap)).sum())) for gap in gaps]
    first = max(range(len(gaps)), key=shares.__getitem__)
    if not shares[first]:
        return bilingual("En ningún lugar se mueve la confianza", "Trust moves nowhere")
    if shares[first] < MIN_SHARE_STATED:
        return bilingual("Casi en ningún lugar se mueve la confianza", "Trust moves almost nowhere")
    return bilingual(
        f"{{arm}} mueve la confianza en {100.0 * shares[first]:.0f} % de donde vive gente",
        f"{{arm}} moves trust in {100.0 * shares[first]:.0f} % of where people live",
        arm=site.others[first].title,
    )


def grids_of(site: Site) -> Iterator[np.ndarray]:
    """Yield trust by cell in the last month for each arm, averaged over the worlds in which the cell is inhabited.

    All grids have the size of the largest, since the inhabited cells differ between towns.
    """
    tables = [arm.table("cells") for arm in site.arms]
    shape = tuple(max(int(cells[name].max()) for cells in tables) + 1 for name in ("y", "x"))
    for cells in tables:
        means = cells[cells["month"] == cells["month"].max()].groupby(["y", "x"])["trust"].mean() * 100.0
        grid = np.full(shape, np.nan)
        grid[tuple(means.index.get_level_values(name).to_numpy() for name in ("y", "x"))] = means.to_numpy()
        yield grid


def draw_map(axes: Axes, grid: np.ndarray, colours: str | Colormap, ends: tuple[float, float]) -> Any:
    """Draw a grid as a map, north up, and return its image."""
    axes.set_axis_off()
    steps = matplotlib.colormaps.get_cmap(colours).resampled(COLOUR_LEVELS)
    return axes.imshow(grid, origin="lower", cmap=steps, vmin=ends[0], vmax=ends[1], interpolation="none")


def draw_colour_scale(sheet: PanelFigure, image: Any, label: str, label_of_most: str = "") -> None:
    """Draw the colour scale below a map, with a label at its left and one at its right."""
    box, height = image.axes.get_position(original=True), sheet.figure.get_figheight()
    place = sheet.figure.add_axes((box.x0, box.y0 - 0.19 / height, box.width, 0.05 / height))
    scale = sheet.figure.colorbar(image, cax=place, orientation="horizontal", extend="both", ticks=MaxNLocator(3))
    scale.outline.set_visible(False)
    scale.ax.tick_params(length=0, labelsize=6.5, pad=1.5, colors=SOFT)
    ends: tuple[tuple[Literal["left", "right"], str], ...] = (("left", label), ("right", label_of_most))
    for side, text in ends:
        scale.ax.set_title(text, loc=side, fontsize=6.5, color=SOFT, pad=1.5)
