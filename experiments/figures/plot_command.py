"""Draw the figures of a results folder of a run, a sweep or a sensitivity analysis."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from experiments.figures.charts import draw_main_effects
from experiments.figures.drawing import draw_or_skip
from experiments.figures.forest import draw_levels
from experiments.figures.maps import draw_effect_maps, draw_factor_pairs, draw_policy_pairs
from experiments.figures.run import draw_run
from experiments.figures.svg import ENDINGS, render_figure, title_of
from experiments.figures.tornado import index_charts
from experiments.narrative.labels import display_factor
from experiments.storage.manifest import MANIFEST, SWEEP, kind_of
from experiments.storage.progress import print_note
from experiments.storage.reading import load_table, means_of_runs, specs_of, stored_measures, varied_columns
from experiments.storage.writing import make_folder, write_requested
from experiments.studies.sensitivity_indices import INDICES_FILE
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError, suggest_nearest

DEFAULT_MEASURES = ("trust_mean", "told_share", "crimes_occurred", "homicides")
CONTRAST_MEASURES = (
    *("trust_mean", "crimes_occurred", "crimes_told", "crimes_recorded", "homicides", "crimes_occurred_extortion"),
    *("told_share", "c1", "c2", "c3", "c4"),
)
"""Default measures of contrasts."""


def draw_folder(
    folder: Path, requested: str = "", out: Path | None = None, lang: str = "en", fresh: bool = False
) -> list[Path]:
    """Draw all figures of a folder into a folder or a file, by default into itself; return the paths written.

    Of sweeps the measures can be chosen.
    """
    is_sweep, wording = kind_of(folder) == SWEEP, FigureTexts(lang)
    has_indices = is_sweep and (folder / INDICES_FILE).is_file()
    if requested and (has_indices or not is_sweep):
        raise InputError(f"--measures goes with a sweep, {folder} holds none")
    if has_indices:
        figures = dict(index_charts(folder, wording))
    elif is_sweep:
        figures = sweep_figures(folder, chosen_measures(folder, requested, DEFAULT_MEASURES), wording)
    else:
        figures = {"summary": run_figure(folder, wording)}
    place = out or folder
    target = place if names_a_file(place) else place / f"{language_suffix(lang)}.png"
    by_path = {path_of(target, name, len(figures) == 1): figure for name, figure in figures.items()}
    return write_figures(by_path, fresh)


def names_a_file(place: Path) -> bool:
    """Return whether a path for figures names a file, by its ending, rather than a folder."""
    return bool(place.suffix) and not place.is_dir()


def language_suffix(lang: str) -> str:
    """Return the suffix of figure names in a language.

    >>> language_suffix("en"), language_suffix("es")
    ('', '-es')
    """
    return "" if lang == "en" else f"-{lang}"


def chosen_measures(folder: Path, requested: str, default: Sequence[str]) -> list[str]:
    """Return the requested measures; without a request the defaults that a sweep kept, or its first four."""
    there = stored_measures(folder)
    if not requested:
        return [name for name in default if name in there] or there[:4]
    names = [name.strip() for name in requested.split(",") if name.strip()]
    for name in names:
        if name not in there:
            raise InputError(f"--measures: {folder} kept no '{name}'{suggest_nearest(name, there)}")
    return list(dict.fromkeys(names))


def path_of(target: Path, name: str, alone: bool) -> Path:
    """Return the path of one of several figures: `x.svg` becomes `x-forest.svg`.

    >>> path_of(Path("a/x.svg"), "forest", False).as_posix(), path_of(Path("a/-es.png"), "forest", True).as_posix()
    ('a/x-forest.svg', 'a/forest-es.png')
    """
    if target.name in (*ENDINGS, "-es.png"):
        return target.with_name(name + target.name)
    return target if alone else target.with_stem(f"{target.stem}-{name}")


def write_figures(figures: Mapping[Path, Figure], fresh: bool) -> list[Path]:
    """Write figures as PNG, SVG or PDF, by the suffix of each path; print their findings; return the paths."""
    write_requested({path: figure_bytes(figure, path) for path, figure in figures.items()}, fresh)
    for path, figure in figures.items():
        print_note(f"{path.name}: {title_of(figure)}")
    return list(figures)


def figure_bytes(figure: Figure, path: Path) -> bytes:
    """Return a figure as PNG, SVG or PDF, by the suffix of its path."""
    ending = path.suffix or path.name
    if ending not in ENDINGS:
        raise InputError(f"{path} must end in {', '.join(ENDINGS)}, got '{path.suffix}'")
    make_folder(path.parent)
    return render_figure(figure, ending, path.stem)


def run_figure(folder: Path, wording: FigureTexts) -> Figure:
    """Return the figure of a folder written by `run`."""
    measures = load_table(folder, "measures").to_pandas()
    if measures.empty:
        raise InputError(f"{folder}: no full month lies within this run, so there is nothing to draw")
    specs = list(specs_of(folder).values())
    if not specs:
        raise InputError(
            f"{folder / MANIFEST}: runs must name at least one of its seeds, got none: make the folder anew"
        )
    try:
        return draw_run(specs[0], measures, wording)
    except KeyError as missing:
        raise InputError(f"{folder} kept no {missing}: only a run of all measures can be drawn again") from None


def sweep_figures(folder: Path, measures: list[str], wording: FigureTexts) -> dict[str, Figure]:
    """Return the figures of a sweep by name: effects of single factors and of pairs of factors."""
    runs, factors = means_of_runs(folder, measures), varied_columns(folder)
    runs[measures] *= [display_factor(name) for name in measures]
    if not factors:
        raise InputError(f"{folder}: nothing was varied but seeds, so there is no effect to draw")
    numbers = [name for name in factors if "." in name]
    draws: dict[str, Callable[[], Figure | None]] = {
        "forest": lambda: draw_levels(runs, factors, measures, wording),
        "effects": lambda: draw_main_effects(runs, numbers, measures, wording) if numbers else None,
        "heat_map": lambda: draw_factor_pairs(runs, factors, measures, wording),
        "policies_in_pairs": lambda: draw_policy_pairs(runs, factors, measures, wording),
    }
    found = {name: draw_or_skip(name, draw) for name, draw in draws.items()}
    found |= draw_or_skip("effect_map", lambda: draw_effect_maps(runs, factors, measures, wording)) or {}
    figures = {name: figure for name, figure in found.items() if figure is not None}
    if not figures:
        raise InputError(f"{folder}: no two runs differ in one change alone, so there is no effect to draw")
    return figures
