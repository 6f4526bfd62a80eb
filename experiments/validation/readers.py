"""Readers of experiments: small functions from the twin worlds of one seed, and what to read there, to a number."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from experiments.comparison.headline_measures import VIOLENT
from experiments.validation.experiment import BASE, Read, RunTables, Window, Worlds

STREET_KINDS = ("robbery", "theft")
STREET = tuple(f"crimes_occurred_{kind}" for kind in STREET_KINDS)
PROPERTY = tuple(f"crimes_occurred_{kind}" for kind in ("theft", "vehicle_theft", "theft_from_vehicle", "burglary"))
ALL = ("crimes_occurred",)
CRIMES = "crimes_occurred_"
ONE_KIND = {kind: (CRIMES + kind,) for kind in ("robbery", "theft", "burglary", "assault", "homicide", "extortion")}
COUNTS = {
    "street": STREET,
    "property": PROPERTY,
    "pool": (*STREET, *PROPERTY[1:]),
    "violent": VIOLENT,
    "killed": ("homicides", "-homicides_gang"),
    "all": ALL,
    "vehicles": (CRIMES + "vehicle_theft", CRIMES + "theft_from_vehicle"),
    **ONE_KIND,
}
"""Measures that are added up, by name; the pool is what those commit who can be held."""
ALWAYS = 900.0
"""More visits a month than in the twin where a post is manned all the time: its stretches."""
MANNED = ALWAYS / 2.0
"""The same from which it is manned most of the time."""
TREATED = 15.0
"""More visits a month than in the twin from which a cell is treated: half a visit a day."""
Names = Sequence[str]


def over(part: float, whole: float) -> float:
    """Return a ratio, nan where there is nothing to divide by."""
    return part / whole if whole else math.nan


def log_of(ratio: float) -> float:
    """Return a logarithm, nan of what has none."""
    return math.log(ratio) if ratio > 0.0 else math.nan


def ratio(worlds: Worlds, world: str, names: Names, window: Window, against: str = BASE) -> float:
    """Return a count in one world over that in its twin."""
    return over(worlds[world].total(names, window), worlds[against].total(names, window))


def change(worlds: Worlds, world: str, names: Names, window: Window, against: str = BASE) -> float:
    """Return the change of a count, in per cent."""
    return 100.0 * (ratio(worlds, world, names, window, against) - 1.0)


def logs(worlds: Worlds, world: str, names: Names, window: Window) -> float:
    """Return the change of a count, in log points."""
    return 100.0 * log_of(ratio(worlds, world, names, window))


def more(worlds: Worlds, world: str, names: Names, window: Window) -> float:
    """Return how many more there are a year than in the twin, for 100,000 residents."""
    arm, base = worlds[world], worlds[BASE]
    residents = (window[1] - window[0]) * base.mean("residents", window)
    return 12e5 * over(arm.total(names, window) - base.total(names, window), residents)


def points(worlds: Worlds, world: str, name: str, window: Window, against: str = BASE) -> float:
    """Return the difference of a mean, in points of 100."""
    return 100.0 * (worlds[world].mean(name, window) - worlds[against].mean(name, window))


def outcomes(worlds: Worlds, world: str, trust: Window, counts: Window) -> dict[str, float]:
    """Return trust in points, and crimes and homicides in per cent of those of the twin."""
    return {
        "trust": points(worlds, world, "trust_mean", trust),
        "crimes": change(worlds, world, ALL, counts),
        "homicides": change(worlds, world, ("homicides",), counts),
    }


def share(worlds: Worlds, world: str, parts: Names, wholes: Names, window: Window) -> float:
    """Return a share in one world, in per cent."""
    return 100.0 * over(worlds[world].total(parts, window), worlds[world].total(wholes, window))


def mean(worlds: Worlds, world: str, name: str, window: Window) -> float:
    """Return a mean in one world."""
    return worlds[world].mean(name, window)


def in_days(worlds: Worlds, world: str, first: int, end: int) -> float:
    """Return street crime from one day up to another, over that in the twin."""
    return over(*(worlds[one].in_days(STREET_KINDS, first, end) for one in (world, BASE)))


def elasticity(worlds: Worlds, world: str, names: Names, window: Window, of: float | str) -> float:
    """Return the elasticity of a count to a factor, or to the change of a measure's mean."""
    up = log_of(ratio(worlds, world, names, window))
    if isinstance(of, float):
        return up / math.log(of)
    return over(up, log_of(over(worlds[world].mean(of, window), worlds[BASE].mean(of, window))))


def quotient(worlds: Worlds, above: Read, below: Read) -> float:
    """Return one number over another."""
    return over(above(worlds), below(worlds))


def beyond_sum(worlds: Worlds, together: str, parts: Names, names: Names, window: Window) -> float:
    """Return the change in a world beyond the sum of those in others, in log points."""
    return logs(worlds, together, names, window) - sum(logs(worlds, part, names, window) for part in parts)


def apart(worlds: Worlds, pairs: Mapping[str, str]) -> float:
    """Return the largest difference between pairs of worlds, any measure and month; 0: the same bits."""
    return max(largest_gap(worlds[one].months, worlds[other].months) for one, other in pairs.items())


def largest_gap(one: pd.DataFrame, other: pd.DataFrame) -> float:
    """Return the largest difference between two tables of measures."""
    left, right = (table.select_dtypes("number").to_numpy(float) for table in (one, other))
    if left.shape != right.shape:
        return math.inf
    gap = np.abs(left - right)
    gap[np.isnan(left) & np.isnan(right)] = 0.0
    return float(np.nan_to_num(gap, nan=math.inf).max())


def top_share(counts: Sequence[int], share: float = 0.1) -> float:
    """Return the part of all that the most active share did, in per cent.

    >>> top_share([91, 1, 1, 1, 1, 1, 1, 1, 1, 1]), round(top_share([1] * 15), 6)
    (91.0, 10.0)
    """
    told = np.sort(np.asarray(counts, float))[::-1]
    if not told.size:
        return math.nan
    n = share * len(told)
    whole = int(n)
    part = told[:whole].sum() + (n - whole) * (told[whole] if whole < len(told) else 0.0)
    return float(100.0 * part / told.sum())


def concentration(worlds: Worlds) -> float:
    """Return the share of a year's offences by the most active tenth of those who offended."""
    return top_share(worlds[BASE].table("offenders")["crimes"].tolist())


def even(worlds: Worlds) -> float:
    """Return the same as it would be if all who offended had done so alike."""
    return top_share([1] * len(worlds[BASE].table("offenders")))


def constant(_: Worlds, value: float) -> float:
    """Return a number that does not depend on the worlds."""
    return value


def by_cell(run: RunTables) -> pd.DataFrame:
    """Return visits and crimes by month and cell."""
    return dated(run.table("cells")).set_index(["month", "cell"]).sort_index()


def dated(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose months are dates even where it has no row."""
    return rows.assign(month=pd.to_datetime(rows["month"]))


def in_cells(worlds: Worlds, world: str, where: str) -> float:
    """Return the change of crime in treated cells, in those beside them, or elsewhere, in per cent."""
    base, arm = by_cell(worlds[BASE]), by_cell(worlds[world])
    chosen = places(base, arm)[where]
    return 100.0 * (over(float(arm["incidents"][chosen].sum()), float(base["incidents"][chosen].sum())) - 1.0)


def kinds_by_cell(run: RunTables, names: Names) -> pd.Series:
    """Return the crimes of some kinds, named as their counts, by month and cell, in the order of `by_cell`."""
    rows = dated(run.table("kinds"))
    some = rows[rows["kind"].isin([name.removeprefix(CRIMES) for name in names])]
    return some.groupby(["month", "cell"])["crimes"].sum().reindex(by_cell(run).index, fill_value=0)


def kind_in_cells(worlds: Worlds, world: str, names: Names, where: str = "treated", least: float = TREATED) -> float:
    """Return the change of some kinds of crime in treated cells or beside them, in per cent."""
    base, arm = worlds[BASE], worlds[world]
    chosen = places(by_cell(base), by_cell(arm), least)[where]
    here, there = (float(kinds_by_cell(one, names).to_numpy()[chosen].sum()) for one in (arm, base))
    return 100.0 * (over(here, there) - 1.0)


def to_visits(worlds: Worlds, world: str, names: Names, least: float = TREATED) -> float:
    """Return the elasticity of some kinds of crime in treated cells to the visits that these get."""
    base, arm = by_cell(worlds[BASE]), by_cell(worlds[world])
    chosen = places(base, arm, least)["treated"]
    visits = over(float(arm["visits"][chosen].sum()), float(base["visits"][chosen].sum()))
    return over(log_of(1.0 + kind_in_cells(worlds, world, names, least=least) / 100.0), log_of(visits))


def kind_afterwards(worlds: Worlds, world: str, names: Names, end: int) -> float:
    """Return the change of some kinds in the months from ``end`` on, in cells treated in the last month before."""
    base, arm = by_cell(worlds[BASE]), by_cell(worlds[world])
    months, cells = (base.index.get_level_values(level) for level in ("month", "cell"))
    number = np.searchsorted(np.unique(months), months)
    treated = cells[places(base, arm)["treated"] & (number == end - 1)]
    chosen = (number >= end) & cells.isin(treated)
    here, there = (float(kinds_by_cell(worlds[one], names).to_numpy()[chosen].sum()) for one in (world, BASE))
    return 100.0 * (over(here, there) - 1.0)


def on_block(worlds: Worlds, world: str, names: Names, share: float) -> float:
    """Return the change on the block of a post while it is manned, beyond that in cells beside, in per cent.

    A cell's crime has a share on the block, and the post is manned for a part of the time.
    """
    base, arm = by_cell(worlds[BASE]), by_cell(worlds[world])
    more_visits = (arm["visits"] - base["visits"])[places(base, arm, MANNED)["treated"]]
    manned = float(more_visits.mean()) / ALWAYS
    here, beside = (1.0 + kind_in_cells(worlds, world, names, where, MANNED) / 100.0 for where in ("treated", "beside"))
    return over(100.0 * (over(here, beside) - 1.0), share * manned)


def places(base: pd.DataFrame, arm: pd.DataFrame, least: float = TREATED) -> dict[str, np.ndarray]:
    """Tell of every month and cell whether it is treated, beside a treated one, or neither."""
    treated = (arm["visits"] - base["visits"]).to_numpy() >= least
    months = base.index.get_level_values("month")
    spots = pd.DataFrame({"month": months, "x": base["x"].to_numpy(), "y": base["y"].to_numpy()})
    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    near = {(m, x + i, y + j) for m, x, y in spots[treated].itertuples(index=False) for i, j in around}
    beside = np.array([spot in near for spot in spots.itertuples(index=False, name=None)], bool) & ~treated
    return {"treated": treated, "beside": beside, "elsewhere": ~treated & ~beside}
