"""Grids of what two changes do together: levels, the effect of a policy over uncertainties, policies in pairs."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_hex
from matplotlib.figure import Figure

from experiments.figures.charts import levels, strength
from experiments.figures.rows import LETTER
from experiments.figures.small_multiples import WIDE, Sheet, Sizes
from experiments.figures.theme import INK, NULL, SOFT, on
from experiments.narrative.labels import begun, called, decimals, factor_words, in_lines, level_words, named, with_sign
from experiments.statistics.contrasts import (
    MOST_LEVELS,
    POLICY,
    SCENARIO,
    TOGETHER,
    Contrast,
    Grid,
    contrasts,
    grid_of,
    over,
    parts_of,
)
from experiments.statistics.paired_effects import Effect
from experiments.words.bilingual import Tongue

EFFECTS, VALUES = "PuOr", "cividis"
"""Colours of effects, in whose middle lies nothing, and of values; told apart also without red or green."""
MOST_FACETS, MOST_WRITTEN = 4, 80
FEWEST, LONG = 4, 34
"""Cells that a panel has room for at least; letters in a line of a row's name."""
CELL, WIDEST, AXIS, OVER, FOOT = 0.3, 0.6, 0.4, 0.3, 0.55
"""Inches of a cell's height and width, of the name of an axis, over and below a panel."""


def heat_map(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], tongue: Tongue) -> Figure | None:
    """Return a grid for each measure and municipality of the two factors that matter most to it together."""
    free = [name for name in factors if name != SCENARIO]
    if len(free) < 2:
        return None
    scenarios = list(runs[SCENARIO].unique())
    places = [(measure, scenario) for measure in measures for scenario in scenarios]
    grids, pairs = [], []
    for measure, scenario in places:
        own = runs[runs[SCENARIO] == scenario]
        strong = sorted(free, key=lambda one: -strength(own, one, measure))[:2]
        pairs.append(sorted(strong, key=POLICY.__eq__))
        grids.append(means(own, pairs[-1], measure))
    (first, second), what = (factor_words(one, tongue) for one in pairs[0]), begun(measures[0], tongue)
    told = (
        tongue(
            f"{what}: depende más de {first} y {second}",
            f"{what}: depends most on {first} and {second}",
        ),
        tongue(
            "Los dos factores más fuertes de cada medida; medias mensuales del último año ± error de Monte Carlo.",
            "The two strongest factors of each measure; monthly means of the last year ± Monte Carlo error.",
        ),
    )
    heads = [f"{named(one, tongue)}, {called(where, tongue)}" for one, where in places]
    sheet = sheet_of(grids, tongue, told, heads, 2)
    for number, (grid, pair) in enumerate(zip(grids, pairs, strict=True)):
        axes = sheet.panel(number)
        cells(axes, grid, Normalize(np.nanmin(grid.effect), np.nanmax(grid.effect)), VALUES, tongue)
        name_axes(axes, pair[0], pair[1], tongue)
    return sheet.figure


def means(runs: pd.DataFrame, pair: Sequence[str], measure: str) -> Grid:
    """Return the mean of a measure, with its Monte Carlo error, at every pair of levels of two factors."""
    across, up = (levels(runs, factor, most_bins=4) for factor in pair)
    by = [up.rename("up"), across.rename("across")]
    by_seed = runs.groupby([*by, runs["seed"]], observed=True)[measure].mean().groupby(["up", "across"], observed=True)
    mean = by_seed.mean().unstack()
    return Grid(mean, (by_seed.std() / np.sqrt(by_seed.count())).unstack(), mean.notna().astype(float))


def sheet_of(
    grids: Sequence[Grid], tongue: Tongue, told: tuple[str, str], heads: list[str], across: int, rows: int = 0
) -> Sheet:
    """Return a sheet whose panels have room for the largest of some grids; with rows, each panel has its own title."""
    high, wide = (max(FEWEST, *(one.effect.shape[side] for one in grids)) for side in (0, 1))
    names = [in_lines(level_words(name, tongue), LONG) for one in grids for name in one.effect.index]
    left = AXIS + LETTER * max(len(line) for name in names for line in name.split("\n"))
    across, over = min(across, len(heads)), OVER if rows else 0.0
    room = max(WIDE, across * (wide * WIDEST + left))
    return Sheet(tongue, told, heads, Sizes(CELL * high, left, over, max(rows, 1), across, room, left, foot=FOOT))


def effect_maps(
    runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], tongue: Tongue
) -> dict[str, Figure]:
    """Return a map for each scenario and policy but the first: its effect over the first two or three factors."""
    grids = [name for name in factors if "." in name and 2 <= runs[name].nunique() <= MOST_LEVELS]
    if POLICY not in factors or len(grids) < 2:
        return {}
    found = []
    for scenario, own in runs.groupby(SCENARIO, sort=False):
        for policy in own[POLICY].unique()[1:]:
            found.append(effect_map(own, grids, str(policy), measures, str(scenario), tongue))
    return {f"effect_map{f'_{number}' if len(found) > 1 else ''}": one for number, one in enumerate(found, start=1)}


def effect_map(
    runs: pd.DataFrame, names: Sequence[str], policy: str, measures: Sequence[str], scenario: str, tongue: Tongue
) -> Figure:
    """Return the map of one policy: a row for each measure, a panel for each level of the third factor."""
    up, across, *third = names
    facets: list[object] = [None]
    if third and runs[third[0]].nunique() <= MOST_FACETS:
        facets = sorted(runs[third[0]].unique())
    parts = [runs if facet is None else runs[runs[third[0]] == facet] for facet in facets]
    maps = {measure: [over(part, names, up, across, policy, measure) for part in parts] for measure in measures}
    heads = [
        "" if facet is None else f"{factor_words(third[0], tongue)} = {level_words(facet, tongue)}" for facet in facets
    ]
    told = turning(maps[measures[0]], policy, measures[0], tongue), under_of(runs, scenario, tongue)
    sheet = sheet_of([one for some in maps.values() for one in some], tongue, told, heads, len(heads), len(measures))
    for row, (measure, some) in enumerate(maps.items()):
        reach = max(reach_of(one) for one in some)
        for number, one in enumerate(some):
            axes = sheet.panel(number, row)
            cells(axes, one, centred(reach), EFFECTS, tongue)
            name_axes(axes, across, up, tongue)
            axes.set_title(in_lines(named(measure, tongue), 46), loc="left", fontsize=7.5, color=INK, pad=4)
    return sheet.figure


def turning(grids: Sequence[Grid], policy: str, measure: str, tongue: Tongue) -> str:
    """Return whether the sign of a policy's effect on the first measure hangs on what was varied."""
    effects, settled = (
        np.concatenate([getattr(one, part).to_numpy(float).ravel() for one in grids]) for part in ("effect", "settled")
    )
    told = effects[settled == 1.0]
    up, down, every = (told > 0.0).sum(), (told < 0.0).sum(), np.isfinite(effects).sum()
    who, what = called(policy, tongue), begun(measure, tongue)
    return tongue(
        f"{what}, {who}: sube en {up} de {every} casos y baja en {down}",
        f"{what}, {who}: rises in {up} of {every} cases and falls in {down}",
    )


def under_of(runs: pd.DataFrame, scenario: str, tongue: Tongue) -> str:
    """Return how effects in cells were measured."""
    place, first = called(scenario, tongue), called(str(runs[POLICY].iloc[0]), tongue)
    return tongue(
        f"{place}, frente a: {first}. Media de gemelos ± error de Monte Carlo; sin color: no se distingue del azar.",
        f"{place}, against: {first}. Mean of twins ± Monte Carlo error; no colour: cannot be told from luck.",
    )


def reach_of(one: Grid) -> float:
    """Return the largest effect of a grid, up or down."""
    sizes = np.abs(one.effect.to_numpy(float))
    return float(np.nanmax(sizes)) if np.isfinite(sizes).any() else 0.0


def centred(reach: float) -> Normalize:
    """Return a scale in whose middle lies nothing."""
    return Normalize(-reach or -1.0, reach or 1.0)


def cells(axes: Axes, one: Grid, scale: Normalize, colours: str, tongue: Tongue) -> None:
    """Draw a grid and write its numbers where they fit; what is not told from luck has no colour."""
    values, settled = one.effect.to_numpy(float), one.settled.to_numpy(float) == 1.0
    shown = colormaps[colours](scale(np.nan_to_num(values)))
    shown[~settled, 3] = 0.0
    axes.imshow(shown, origin="lower", aspect="auto", interpolation="none")
    axes.set_xticks(range(values.shape[1]), [in_lines(level_words(name, tongue), 12) for name in one.effect.columns])
    axes.set_yticks(range(values.shape[0]), [in_lines(level_words(name, tongue), LONG) for name in one.effect.index])
    axes.grid(visible=False)
    if values.size > MOST_WRITTEN:
        axes.figure.colorbar(ScalarMappable(scale, colours), ax=axes)
        return
    digits, errors = decimals(values), one.error.to_numpy(float)
    for (row, column), value in np.ndenumerate(values):
        if math.isfinite(value):
            text = with_sign(value, f"+,.{digits}f") if colours == EFFECTS else f"{value:,.{digits}f}"
            text += f"\n±{errors[row, column]:.{digits}f}" if math.isfinite(errors[row, column]) else ""
            colour = on(to_hex(shown[row, column])) if settled[row, column] else NULL
            axes.text(column, row, text, ha="center", va="center", fontsize=6, color=colour)


def name_axes(axes: Axes, across: str, up: str, tongue: Tongue) -> None:
    """Write below and beside a panel what its columns and rows are."""
    axes.set_xlabel(factor_words(across, tongue), fontsize=7, color=SOFT, labelpad=2)
    axes.set_ylabel(factor_words(up, tongue), fontsize=7, color=SOFT, labelpad=2)


def pair_map(runs: pd.DataFrame, factors: Sequence[str], measures: Sequence[str], tongue: Tongue) -> Figure | None:
    """Return the map of policies in pairs: alone on the diagonal, together below it, beyond the sum above it."""
    first = str(runs[POLICY].iloc[0])
    every = [parts_of(str(name), first) for name in runs[POLICY].unique()]
    names = list(dict.fromkeys(name for parts in every if len(parts) == 1 for name in parts))
    if POLICY not in factors or not any(len(parts) == 2 for parts in every):
        return None
    scenarios = list(runs[SCENARIO].unique())
    found = {measure: list(contrasts(runs, [POLICY], measure)) for measure in measures}
    grids = [
        [in_pairs([one for one in some if one.scenario == place], names, first) for place in scenarios]
        for some in found.values()
    ]
    told = (
        beyond(found[measures[0]], measures[0], tongue),
        tongue(
            f"Frente a: {called(first, tongue)}. En la diagonal, solas; debajo, juntas; encima, lo que juntas hacen"
            " más allá de la suma; ± error de Monte Carlo; sin color: no se distingue del azar.",
            f"Against: {called(first, tongue)}. On the diagonal, alone; below it, together; above it, what they do"
            " together beyond the sum; ± Monte Carlo error; no colour: cannot be told from luck.",
        ),
    )
    heads = [called(place, tongue) for place in scenarios]
    sheet = sheet_of([one for some in grids for one in some], tongue, told, heads, len(heads), len(measures))
    for row, some in enumerate(grids):
        for number, one in enumerate(some):
            axes = sheet.panel(number, row)
            cells(axes, one, centred(reach_of(one)), EFFECTS, tongue)
            axes.invert_yaxis()
            axes.set_title(in_lines(named(measures[row], tongue), 46), loc="left", fontsize=7.5, color=INK, pad=4)
    return sheet.figure


def beyond(found: Sequence[Contrast], measure: str, tongue: Tongue) -> str:
    """Return how many pairs of policies do more or less together than the sum of both, on the first measure."""
    pairs = [one for one in found if one.factor == TOGETHER]
    told = sum(one.effect.settled for one in pairs)
    what = begun(measure, tongue)
    return tongue(
        f"{what}: {told} de {len(pairs)} pares hacen juntos otra cosa que la suma",
        f"{what}: {told} of {len(pairs)} pairs do together other than the sum",
    )


def in_pairs(found: Sequence[Contrast], names: list[str], first: str) -> Grid:
    """Return effects alone, together and beyond the sum as one grid of policies by policies."""
    cells: dict[tuple[object, object], Effect] = {}
    for one in found:
        parts = sorted(parts_of(str(one.level), first), key=list(names).index)
        if len(parts) <= 2:
            low, high = parts[0], parts[-1]
            cells[(low, high) if one.factor == TOGETHER else (high, low)] = one.effect
    whole = grid_of(cells)
    return Grid(*(part.reindex(index=names, columns=names) for part in (whole.effect, whole.error, whole.settled)))
