"""Maps of a comparison: trust where people live, and the difference that each policy makes."""

from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures.drawing import measured, shows, spoken, title_of
from experiments.figures.small_multiples import EDGE, Sheet, Sizes
from experiments.figures.theme import SOFT
from experiments.narrative.report_reading import Arm, Site
from experiments.words.bilingual import Both, Tongue, both

FLOOR = 0.2
"""Points of trust below which a difference between twins has no colour."""
LEAST_SHARE = 0.005
"""Share of cells below which it is not told as a number, which would be 0 %."""
MOST = 0.98
"""Share of cells that the scale of a map holds, so that a few do not pale all others."""
LEVELS = 17
"""Steps of colour on a map: as many as an eye tells apart, and odd, so that no difference has a colour of its own."""
FRAME, SCALE = "0.6", 0.38
"""Grey of an outline; inches of a scale of colours below a map."""


@shows(
    "Confianza donde vive la gente, al final: como hoy, y la diferencia que hace cada política.",
    "Trust where people live, at the end: as today, and the difference that every policy makes.",
)
def maps(site: Site, tongue: Tongue) -> Figure:
    """Draw trust by cell as today, and the difference that every policy makes."""
    grids = [grid_of(arm)[1] for arm in site.arms]
    gaps = [grid - grids[0] for grid in grids[1:]]
    sheet = Sheet(
        tongue,
        (spoken(finding(site, gaps), tongue), spoken(under(site), tongue)),
        [tongue("Como hoy, al final", "As today, at the end"), *(title_of(arm, tongue) for arm in site.others)],
        Sizes(tall_of(site, grids[0]), EDGE, foot=SCALE),
    )
    low, high = (float(np.nanquantile(grids[0], edge)) for edge in (1.0 - MOST, MOST))
    widest = max(FLOOR, *(float(np.nanquantile(np.abs(gap), MOST)) for gap in gaps))
    shown = [shade(sheet.panel(0), grids[0], "viridis", low, high)]
    shown += [
        shade(sheet.panel(number), floored(gap), "PuOr", -widest, widest) for number, gap in enumerate(gaps, start=1)
    ]
    for image in shown:
        surround(image.axes, site.outline)
    bar(sheet, shown[0], tongue("confianza (0-100)", "trust (0-100)"))
    bar(sheet, shown[1], tongue("diferencia", "difference"))
    return sheet.figure


def tall_of(site: Site, grid: np.ndarray) -> float:
    """Return the height of a map in inches, as its outline asks for."""
    left, bottom, right, top = site.outline.bounds if site.outline else (0, 0, *grid.shape[::-1])
    return float(min(1.6, max(0.75, (top - bottom) / (right - left))))


def floored(gap: np.ndarray) -> np.ndarray:
    """Return a difference without the cells in which it is too small to be told."""
    return np.where(np.abs(gap) < FLOOR, np.nan, gap)


def finding(site: Site, gaps: list[np.ndarray]) -> Both:
    """Return under which policy trust moves in most cells."""
    shares = [float((np.abs(gap) >= FLOOR).sum()) / max(1, int((~np.isnan(gap)).sum())) for gap in gaps]
    first = max(range(len(gaps)), key=shares.__getitem__)
    if not shares[first]:
        return both("En ningún lugar se mueve la confianza", "Trust moves nowhere")
    if shares[first] < LEAST_SHARE:
        return both("Casi en ningún lugar se mueve la confianza", "Trust moves almost nowhere")
    return both(
        f"{{arm}} mueve la confianza en {100.0 * shares[first]:.0f} % de donde vive gente",
        f"{{arm}} moves trust in {100.0 * shares[first]:.0f} % of where people live",
        arm=site.others[first].title,
    )


def under(site: Site) -> Both:
    """Return what colours and blanks are."""
    return measured(
        site,
        f"Sin color: menos de {FLOOR:g} puntos de diferencia.",
        f"No colour: less than {FLOOR:g} points of difference.",
    )


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


def shade(axes: Axes, grid: np.ndarray, colours: str, low: float, high: float) -> Any:
    """Draw a grid as a map, north up."""
    axes.set_axis_off()
    steps = matplotlib.colormaps[colours].resampled(LEVELS)
    return axes.imshow(grid, origin="lower", cmap=steps, vmin=low, vmax=high, interpolation="none")


def surround(place: Axes, outline: Any) -> None:
    """Draw the outline of a municipality around what is shown of it, if it is known."""
    if outline is not None:
        for part in getattr(outline, "geoms", [outline]):
            place.plot(*part.exterior.xy, color=FRAME, linewidth=0.6)
        place.margins(0.02)
        place.autoscale()


def bar(sheet: Sheet, shown: Any, label: str) -> None:
    """Draw the scale of colours below a map."""
    box = shown.axes.get_position(original=True)
    place = sheet.figure.add_axes(
        (box.x0, box.y0 - 0.19 / sheet.figure.get_figheight(), box.width, 0.05 / sheet.figure.get_figheight())
    )
    scale = sheet.figure.colorbar(shown, cax=place, orientation="horizontal", extend="both", ticks=MaxNLocator(3))
    scale.outline.set_visible(False)
    scale.ax.tick_params(length=0, labelsize=6.5, pad=1.5, colors=SOFT)
    scale.ax.set_title(label, loc="left", fontsize=6.5, color=SOFT, pad=1.5)
