"""The figures of a folder of results, whatever it holds: a run, a sweep or a sensitivity analysis."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib.figure import Figure

from experiments.figures.charts import effects, heat_map
from experiments.figures.forest import forest
from experiments.figures.maps import effect_maps, pair_map
from experiments.figures.run import picture
from experiments.figures.svg import png_of
from experiments.figures.tornado import index_charts
from experiments.runs.folder import write_whole
from experiments.runs.manifest import MANIFEST, SWEEP, kind_of, read_manifest
from experiments.runs.reading import first_columns, runs_of, specs_of, tables
from experiments.sensitivity.indices import INDICES
from model.errors import InputError

SHOWN = ("trust_mean", "told_share", "crimes_occurred", "homicides")


def draw(folder: Path) -> list[Path]:
    """Draw all figures of a folder into it; return their files."""
    if kind_of(folder) != SWEEP:
        return [write(folder, "summary", drawn_run(folder))]
    if (folder / INDICES).is_file():
        return [write(folder, name, png_of(figure)) for name, figure in index_charts(folder)]
    return [write(folder, name, png_of(figure)) for name, figure in sweep_charts(folder)]


def write(folder: Path, name: str, content: bytes) -> Path:
    """Write one figure; return its file."""
    path = folder / f"{name}.png"
    write_whole(path, content)
    return path


def drawn_run(folder: Path) -> bytes:
    """Return the picture of a folder that `run` wrote."""
    measures = tables(folder, "measures").to_pandas()
    if measures.empty:
        raise InputError(f"{folder}: no full month lies within this run, so there is nothing to draw")
    specs = list(specs_of(folder).values())
    if not specs:
        raise InputError(
            f"{folder / MANIFEST}: runs must name at least one of its seeds, got none: make the folder anew"
        )
    try:
        return picture(specs[0], measures)
    except KeyError as missing:
        raise InputError(f"{folder} kept no {missing}: only a run of all measures can be drawn again") from None


def sweep_charts(folder: Path) -> list[tuple[str, Figure]]:
    """Return the figures of a sweep: effects of every factor, and what they do together."""
    measures = [name for name in SHOWN if name in kept(folder)] or kept(folder)[:4]
    runs, factors = runs_of(folder, measures), first_columns(folder)
    if not factors:
        raise InputError(f"{folder}: nothing was varied but seeds, so there is no effect to draw")
    numbers = [name for name in factors if "." in name]
    drawn = {
        "forest": forest(runs, factors, measures),
        "effects": effects(runs, numbers, measures) if numbers else None,
        "heat_map": heat_map(runs, factors, measures),
        "policies_in_pairs": pair_map(runs, factors, measures),
        **effect_maps(runs, factors, measures),
    }
    charts = [(name, figure) for name, figure in drawn.items() if figure is not None]
    if not charts:
        raise InputError(f"{folder}: no two runs differ in one change alone, so there is no effect to draw")
    return charts


def kept(folder: Path) -> list[str]:
    """Return the measures that a sweep kept."""
    from model.measures import MEASURES

    return list(read_manifest(folder)["measures"] or MEASURES)
