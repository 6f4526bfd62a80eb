"""The figures of a folder of results, whatever it holds: a run, a sweep or a sensitivity analysis."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib.figure import Figure

from experiments.figures.charts import effects
from experiments.figures.forest import forest
from experiments.figures.maps import effect_maps, heat_map, pair_map
from experiments.figures.run import picture
from experiments.figures.svg import ENDINGS, content_of, title_of
from experiments.figures.tornado import index_charts
from experiments.narrative.labels import for_people
from experiments.storage.manifest import MANIFEST, SWEEP, kind_of
from experiments.storage.progress import say
from experiments.storage.reading import first_columns, kept, runs_of, specs_of, tables
from experiments.storage.run_folder import write_whole
from experiments.studies.sensitivity_indices import INDICES
from experiments.words.bilingual import Tongue
from model.engine.errors import InputError, suggest_nearest

SHOWN = ("trust_mean", "told_share", "crimes_occurred", "homicides")
MEASURES_SHOWN = ("trust_mean", "told_share", "c1", "c2", "c3", "c4")
"""What tables and figures of contrasts show if nothing is asked for."""


def draw(folder: Path, asked: str = "", out: Path | None = None, lang: str = "en") -> list[Path]:
    """Draw all figures of a folder into it, or those of a sweep by some measures beside a file; return their files."""
    is_sweep = kind_of(folder) == SWEEP and not (folder / INDICES).is_file()
    if not is_sweep and (asked or out is not None):
        raise InputError(f"--measures and --out draw sweeps, {folder} holds none")
    charts = drawn_of(folder, chosen(folder, asked, SHOWN) if is_sweep else [], Tongue(lang))
    return [
        written(figure, beside(out or folder / f"{marked(lang)}.png", name, len(charts) == 1))
        for name, figure in charts
    ]


def drawn_of(folder: Path, measures: list[str], tongue: Tongue) -> list[tuple[str, Figure]]:
    """Return the figures of a folder with their names."""
    if kind_of(folder) != SWEEP:
        return [("summary", drawn_run(folder, tongue))]
    if (folder / INDICES).is_file():
        return list(index_charts(folder, tongue))
    return sweep_charts(folder, measures, tongue)


def marked(lang: str) -> str:
    """Return how names of figures in a language end.

    >>> marked("en"), marked("es")
    ('', '-es')
    """
    return "" if lang == "en" else f"-{lang}"


def chosen(folder: Path, asked: str, default: Sequence[str]) -> list[str]:
    """Return the measures that are asked for, or of some those that a sweep kept, or its first."""
    there = kept(folder)
    if not asked:
        return [name for name in default if name in there] or there[:4]
    names = [name.strip() for name in asked.split(",") if name.strip()]
    for name in names:
        if name not in there:
            raise InputError(f"--measures: {folder} kept no '{name}'{suggest_nearest(name, there)}")
    return list(dict.fromkeys(names))


def beside(target: Path, name: str, alone: bool) -> Path:
    """Return where one of several figures goes: `x.svg` becomes `x-forest.svg`.

    >>> beside(Path("a/x.svg"), "forest", False).as_posix(), beside(Path("a/-es.png"), "forest", True).as_posix()
    ('a/x-forest.svg', 'a/forest-es.png')
    """
    if target.name in (*ENDINGS, "-es.png"):
        return target.with_name(name + target.name)
    return target if alone else target.with_stem(f"{target.stem}-{name}")


def written(figure: Figure, path: Path) -> Path:
    """Write a figure as its file's name ends, PNG, SVG or PDF, always the same bytes; say what it found."""
    ending = path.suffix or path.name
    if ending not in ENDINGS:
        raise InputError(f"--out {path} must end in {', '.join(ENDINGS)}, got '{path.suffix}'")
    if not path.parent.is_dir():
        raise InputError(f"--out {path}: no folder '{path.parent}'")
    write_whole(path, content_of(figure, ending, path.stem))
    say(f"{path.name}: {title_of(figure)}")
    return path


def drawn_run(folder: Path, tongue: Tongue) -> Figure:
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
        return picture(specs[0], measures, tongue)
    except KeyError as missing:
        raise InputError(f"{folder} kept no {missing}: only a run of all measures can be drawn again") from None


def sweep_charts(folder: Path, measures: list[str], tongue: Tongue) -> list[tuple[str, Figure]]:
    """Return the figures of a sweep: effects of every factor, and what they do together."""
    runs, factors = runs_of(folder, measures), first_columns(folder)
    runs[measures] *= [for_people(name) for name in measures]
    if not factors:
        raise InputError(f"{folder}: nothing was varied but seeds, so there is no effect to draw")
    numbers = [name for name in factors if "." in name]
    drawn = {
        "forest": forest(runs, factors, measures, tongue),
        "effects": effects(runs, numbers, measures, tongue) if numbers else None,
        "heat_map": heat_map(runs, factors, measures, tongue),
        "policies_in_pairs": pair_map(runs, factors, measures, tongue),
        **effect_maps(runs, factors, measures, tongue),
    }
    charts = [(name, figure) for name, figure in drawn.items() if figure is not None]
    if not charts:
        raise InputError(f"{folder}: no two runs differ in one change alone, so there is no effect to draw")
    return charts
