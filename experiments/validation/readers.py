"""Readers of experiments: functions that compute one number from the paired worlds of one seed."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.comparison.headline_measures import BY_NAME, VIOLENT_CRIMES
from experiments.validation.experiment import BASE, Reader, RunTables, Window, Worlds

STREET_KINDS = ("robbery", "theft")
STREET = tuple(f"crimes_occurred_{kind}" for kind in STREET_KINDS)
PROPERTY = tuple(f"crimes_occurred_{kind}" for kind in ("theft", "vehicle_theft", "theft_from_vehicle", "burglary"))
ALL_CRIMES = ("crimes_occurred",)
CRIMES_PREFIX = "crimes_occurred_"
SINGLE_KINDS = {
    kind: (CRIMES_PREFIX + kind,) for kind in ("robbery", "theft", "burglary", "assault", "homicide", "extortion")
}
COUNTS = {
    "street": STREET,
    "property": PROPERTY,
    "pool": (*STREET, *PROPERTY[1:]),
    "violent": VIOLENT_CRIMES,
    "killed": ("homicides", "-homicides_gang"),
    "all": ALL_CRIMES,
    "cliques": ("clashes", "punishments"),
    "vehicles": (CRIMES_PREFIX + "vehicle_theft", CRIMES_PREFIX + "theft_from_vehicle"),
    **SINGLE_KINDS,
}
"""Measures that are summed, by name; the pool covers crimes by offenders who can be detained."""
ALWAYS_MANNED = 900.0
"""Additional visits a month at a post that is manned all the time: the number of its stretches."""
MANNED_MOSTLY = ALWAYS_MANNED / 2.0
"""Additional visits a month from which a post counts as manned most of the time."""
TREATED = 15.0
"""Additional visits a month from which a cell counts as treated: half a visit a day."""
Names = Sequence[str]


def divide(part: float, whole: float) -> float:
    """Return a ratio, NaN if the denominator is 0."""
    return part / whole if whole else math.nan


def log_or_nan(ratio: float) -> float:
    """Return the natural logarithm of a ratio, NaN unless it is positive."""
    return math.log(ratio) if ratio > 0.0 else math.nan


def ratio(worlds: Worlds, world: str, names: Names, window: Window, against: str = BASE) -> float:
    """Return a count in one world divided by that in the base."""
    return divide(worlds[world].total(names, window), worlds[against].total(names, window))


def change(worlds: Worlds, world: str, names: Names, window: Window, against: str = BASE) -> float:
    """Return the change of a count, in per cent."""
    return 100.0 * (ratio(worlds, world, names, window, against) - 1.0)


def logs(worlds: Worlds, world: str, names: Names, window: Window) -> float:
    """Return the change of a count, in log points."""
    return 100.0 * log_or_nan(ratio(worlds, world, names, window))


def more(worlds: Worlds, world: str, names: Names, window: Window) -> float:
    """Return the additional events a year per 100,000 residents, compared with the base."""
    arm, base = worlds[world], worlds[BASE]
    residents = (window[1] - window[0]) * base.mean("residents", window)
    return 12e5 * divide(arm.total(names, window) - base.total(names, window), residents)


def more_of(worlds: Worlds, world: str, measure: str, window: Window) -> float:
    """Return the additional events of a headline count a year per 100,000 residents, compared with the base."""
    return more(worlds, world, BY_NAME[measure].read.sum, window)


def points(worlds: Worlds, world: str, name: str, window: Window, against: str = BASE) -> float:
    """Return the difference of a mean, in points of 100."""
    return 100.0 * (worlds[world].mean(name, window) - worlds[against].mean(name, window))


def share(worlds: Worlds, world: str, parts: Names, wholes: Names, window: Window) -> float:
    """Return a share in one world, in per cent."""
    return 100.0 * divide(worlds[world].total(parts, window), worlds[world].total(wholes, window))


def mean(worlds: Worlds, world: str, name: str, window: Window) -> float:
    """Return a mean in one world."""
    return worlds[world].mean(name, window)


def in_days(worlds: Worlds, world: str, first: int, end: int) -> float:
    """Return street crime from day ``first`` to before day ``end``, divided by that in the base."""
    return divide(*(worlds[name].in_days(STREET_KINDS, first, end) for name in (world, BASE)))


def elasticity(worlds: Worlds, world: str, names: Names, window: Window, of: float | str) -> float:
    """Return the elasticity of a count to a factor, or to the change of a measure's mean."""
    log_change = log_or_nan(ratio(worlds, world, names, window))
    if isinstance(of, float):
        return log_change / math.log(of)
    return divide(log_change, log_or_nan(divide(worlds[world].mean(of, window), worlds[BASE].mean(of, window))))


def quotient(worlds: Worlds, above: Reader, below: Reader) -> float:
    """Return the quotient of two readers."""
    return divide(above(worlds), below(worlds))


def beyond_sum(worlds: Worlds, together: str, parts: Names, names: Names, window: Window) -> float:
    """Return the effect in a combined world minus the sum of those of its parts, in log points."""
    return logs(worlds, together, names, window) - sum(logs(worlds, part, names, window) for part in parts)


def apart(worlds: Worlds, pairs: Mapping[str, str]) -> float:
    """Return the largest difference between pairs of worlds over all measures and months; 0 if bit-identical."""
    return max(largest_gap(worlds[name].months, worlds[other_name].months) for name, other_name in pairs.items())


def largest_gap(first: pd.DataFrame, second: pd.DataFrame) -> float:
    """Return the largest difference between two tables of measures."""
    left, right = (table.select_dtypes("number").to_numpy(float) for table in (first, second))
    if left.shape != right.shape:
        return math.inf
    gap = np.abs(left - right)
    gap[np.isnan(left) & np.isnan(right)] = 0.0
    return float(np.nan_to_num(gap, nan=math.inf).max())


def top_share(counts: Sequence[int], share: float = 0.1) -> float:
    """Return the part of all events that is due to the most active ``share``, in per cent.

    >>> top_share([91, 1, 1, 1, 1, 1, 1, 1, 1, 1]), round(top_share([1] * 15), 6)
    (91.0, 10.0)
    """
    descending = np.sort(np.asarray(counts, float))[::-1]
    if not descending.size:
        return math.nan
    n = share * len(descending)
    n_whole = int(n)
    top = descending[:n_whole].sum() + (n - n_whole) * (descending[n_whole] if n_whole < len(descending) else 0.0)
    return float(100.0 * top / descending.sum())


def concentration(worlds: Worlds) -> float:
    """Return the share (per cent) of a year's offences due to the most active tenth of offenders."""
    return top_share(worlds[BASE].table("offenders")["crimes"].tolist())


def even(worlds: Worlds) -> float:
    """Return the share as in `concentration`, if all offenders had offended equally often."""
    return top_share([1] * len(worlds[BASE].table("offenders")))


def difference(worlds: Worlds, world: str, name: str) -> float:
    """Return a difference of trust between adults at the end of a run, by its name in `differences_table`."""
    return float(worlds[world].table("differences")[name].iloc[0])


def repeated(worlds: Worlds, world: str, kinds: Names) -> float:
    """Return the share (per cent) of the last year's crimes of some kinds that hit a target again."""
    table = worlds[world].table("targets")
    crimes = table[table["kind"].isin(kinds)].groupby("target")["crimes"].sum()
    return 100.0 * (1.0 - divide(len(crimes), float(crimes.sum())))


def dispersion(worlds: Worlds, world: str, names: Names, years: int) -> float:
    """Return the variance of yearly counts over their mean."""
    counts = [worlds[world].total(names, (12 * year, 12 * year + 12)) for year in range(years)]
    return divide(float(np.var(counts, ddof=1)), float(np.mean(counts)))


def regained(worlds: Worlds, world: str, name: str, fall: Window, later: Window) -> float:
    """Return how much of a difference of a mean is gone in a later window, in per cent."""
    return 100.0 * (1.0 - divide(points(worlds, world, name, later), points(worlds, world, name, fall)))


def constant(_: Worlds, value: float) -> float:
    """Return a number that does not depend on the worlds."""
    return value


def cells_of(run: RunTables) -> pd.DataFrame:
    """Return visits and crimes by month and cell."""
    return with_timestamps(run.table("cells")).set_index(["month", "cell"]).sort_index()


def with_timestamps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with months as timestamps, even if it has no row."""
    return rows.assign(month=pd.to_datetime(rows["month"]))


def in_cells(worlds: Worlds, world: str, cells: str) -> float:
    """Return the change of crime (per cent) in treated cells, in adjacent cells (``beside``), or elsewhere."""
    base, arm = cells_of(worlds[BASE]), cells_of(worlds[world])
    mask = cell_masks(base, arm)[cells]
    return 100.0 * (divide(float(arm["incidents"][mask].sum()), float(base["incidents"][mask].sum())) - 1.0)


def kinds_by_cell(run: RunTables, names: Names) -> pd.Series:
    """Return crimes of some kinds, named by their counts, by month and cell in the order of `cells_of`."""
    rows = with_timestamps(run.table("kinds"))
    selected = rows[rows["kind"].isin([name.removeprefix(CRIMES_PREFIX) for name in names])]
    return selected.groupby(["month", "cell"])["crimes"].sum().reindex(cells_of(run).index, fill_value=0)


def kind_in_cells(worlds: Worlds, world: str, names: Names, cells: str = "treated", least: float = TREATED) -> float:
    """Return the change of some kinds of crime (per cent) in treated or adjacent cells."""
    base, arm = worlds[BASE], worlds[world]
    mask = cell_masks(cells_of(base), cells_of(arm), least)[cells]
    arm_crimes, base_crimes = (float(kinds_by_cell(run, names).to_numpy()[mask].sum()) for run in (arm, base))
    return 100.0 * (divide(arm_crimes, base_crimes) - 1.0)


def to_visits(worlds: Worlds, world: str, names: Names, least: float = TREATED) -> float:
    """Return the elasticity of some kinds of crime in treated cells to their visits."""
    base, arm = cells_of(worlds[BASE]), cells_of(worlds[world])
    mask = cell_masks(base, arm, least)["treated"]
    visits = divide(float(arm["visits"][mask].sum()), float(base["visits"][mask].sum()))
    return divide(log_or_nan(1.0 + kind_in_cells(worlds, world, names, least=least) / 100.0), log_or_nan(visits))


def kind_afterwards(worlds: Worlds, world: str, names: Names, end: int) -> float:
    """Return the change of some kinds (per cent) from month ``end`` on, in cells treated in the month before."""
    base, arm = cells_of(worlds[BASE]), cells_of(worlds[world])
    months, cells = (base.index.get_level_values(level) for level in ("month", "cell"))
    number = np.searchsorted(np.unique(months), months)
    treated = cells[cell_masks(base, arm)["treated"] & (number == end - 1)]
    mask = (number >= end) & cells.isin(treated)
    arm_crimes, base_crimes = (
        float(kinds_by_cell(worlds[name], names).to_numpy()[mask].sum()) for name in (world, BASE)
    )
    return 100.0 * (divide(arm_crimes, base_crimes) - 1.0)


def on_block(worlds: Worlds, world: str, names: Names, share: float) -> float:
    """Return the change (per cent) on the block of a manned post, beyond that in adjacent cells.

    ``share`` is the part of a cell's crime on the block; the post is manned part of the time.
    """
    base, arm = cells_of(worlds[BASE]), cells_of(worlds[world])
    more_visits = (arm["visits"] - base["visits"])[cell_masks(base, arm, MANNED_MOSTLY)["treated"]]
    manned = float(more_visits.mean()) / ALWAYS_MANNED
    treated, beside = (
        1.0 + kind_in_cells(worlds, world, names, cells, MANNED_MOSTLY) / 100.0 for cells in ("treated", "beside")
    )
    return divide(100.0 * (divide(treated, beside) - 1.0), share * manned)


def cell_masks(base: pd.DataFrame, arm: pd.DataFrame, least: float = TREATED) -> dict[str, np.ndarray]:
    """Return masks of the months and cells that are treated, adjacent to a treated cell, or neither."""
    treated = (arm["visits"] - base["visits"]).to_numpy() >= least
    months = base.index.get_level_values("month")
    spots = pd.DataFrame({"month": months, "x": base["x"].to_numpy(), "y": base["y"].to_numpy()})
    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    near = {(m, x + i, y + j) for m, x, y in spots[treated].itertuples(index=False) for i, j in around}
    beside = np.array([spot in near for spot in spots.itertuples(index=False, name=None)], bool) & ~treated
    return {"treated": treated, "beside": beside, "elsewhere": ~treated & ~beside}
