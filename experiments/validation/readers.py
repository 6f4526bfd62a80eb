"""Readers of experiments: small functions from the twin worlds of one seed to a number."""

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
COUNTS = {
    "street": STREET,
    "property": PROPERTY,
    "pool": (*STREET, *PROPERTY[1:]),
    "violent": VIOLENT,
    "killed": ("homicides", "-homicides_gang"),
    "all": ALL,
}
"""Measures that are added up, by name; the pool is what those commit who can be held."""
TREATED = 15.0
"""More visits a month than in the twin from which a cell is treated: half a visit a day."""


def over(part: float, whole: float) -> float:
    """Return a ratio, nan where there is nothing to divide by."""
    return part / whole if whole else math.nan


def log_of(ratio: float) -> float:
    """Return a logarithm, nan of what has none."""
    return math.log(ratio) if ratio > 0.0 else math.nan


def ratio(world: str, names: Sequence[str], window: Window, against: str = BASE) -> Read:
    """Return the reader of a count in one world over that in its twin."""
    return lambda worlds: over(worlds[world].total(names, window), worlds[against].total(names, window))


def change(world: str, names: Sequence[str], window: Window, against: str = BASE) -> Read:
    """Return the reader of the change of a count, in per cent."""
    read = ratio(world, names, window, against)
    return lambda worlds: 100.0 * (read(worlds) - 1.0)


def logs(world: str, names: Sequence[str], window: Window) -> Read:
    """Return the reader of the change of a count, in log points."""
    read = ratio(world, names, window)
    return lambda worlds: 100.0 * log_of(read(worlds))


def more(world: str, names: Sequence[str], window: Window) -> Read:
    """Return the reader of how many more there are a year than in the twin, for 100,000 residents."""
    months = window[1] - window[0]
    return lambda worlds: (
        12e5
        * over(
            worlds[world].total(names, window) - worlds[BASE].total(names, window),
            months * worlds[BASE].mean("residents", window),
        )
    )


def points(world: str, name: str, window: Window, against: str = BASE) -> Read:
    """Return the reader of the difference of a mean, in points of 100."""
    return lambda worlds: 100.0 * (worlds[world].mean(name, window) - worlds[against].mean(name, window))


def outcomes(world: str, trust: Window, counts: Window) -> dict[str, Read]:
    """Return the readers of trust in points, and of crimes and homicides in per cent of those of the twin."""
    return {
        "trust": points(world, "trust_mean", trust),
        "crimes": change(world, ALL, counts),
        "homicides": change(world, ("homicides",), counts),
    }


def share(world: str, parts: Sequence[str], wholes: Sequence[str], window: Window) -> Read:
    """Return the reader of a share in one world, in per cent."""
    return lambda worlds: 100.0 * over(worlds[world].total(parts, window), worlds[world].total(wholes, window))


def mean(world: str, name: str, window: Window) -> Read:
    """Return the reader of a mean in one world."""
    return lambda worlds: worlds[world].mean(name, window)


def in_days(world: str, first: int, end: int) -> Read:
    """Return the reader of street crime from one day up to another, over that in the twin."""
    return lambda worlds: over(
        worlds[world].in_days(STREET_KINDS, first, end), worlds[BASE].in_days(STREET_KINDS, first, end)
    )


def elasticity(world: str, names: Sequence[str], window: Window, of: float | str) -> Read:
    """Return the reader of the elasticity of a count to a factor, or to what a measure was on average."""

    def read(worlds: Worlds) -> float:
        up = log_of(ratio(world, names, window)(worlds))
        if isinstance(of, float):
            return up / math.log(of)
        return over(up, log_of(over(worlds[world].mean(of, window), worlds[BASE].mean(of, window))))

    return read


def quotient(above: Read, below: Read) -> Read:
    """Return the reader of one number over another."""
    return lambda worlds: over(above(worlds), below(worlds))


def beyond_sum(together: str, parts: Sequence[str], names: Sequence[str], window: Window) -> Read:
    """Return the reader of what worlds do together beyond the sum of what each does, in log points."""
    return lambda worlds: (
        logs(together, names, window)(worlds) - sum(logs(part, names, window)(worlds) for part in parts)
    )


def apart(pairs: Mapping[str, str]) -> Read:
    """Return the reader of the largest difference between pairs of worlds, any measure and month; 0: the same bits."""
    return lambda worlds: max(largest_gap(worlds[one].months, worlds[other].months) for one, other in pairs.items())


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


def concentration() -> Read:
    """Return the reader of the share of a year's offences by the most active tenth of those who offended."""
    return lambda worlds: top_share(worlds[BASE].table("offenders")["crimes"].tolist())


def even() -> Read:
    """Return the same as it would be if all who offended had done so alike."""
    return lambda worlds: top_share([1] * len(worlds[BASE].table("offenders")))


def constant(value: float) -> Read:
    """Return the reader of a number that does not depend on the worlds."""
    return lambda _: value


# Cells


def by_cell(lived: RunTables) -> pd.DataFrame:
    """Return visits and crimes by month and cell."""
    return lived.table("cells").set_index(["month", "cell"]).sort_index()


def in_cells(world: str, where: str) -> Read:
    """Return the reader of the change of crime in treated cells, in those beside them, or elsewhere, in per cent."""

    def read(worlds: Worlds) -> float:
        base, arm = by_cell(worlds[BASE]), by_cell(worlds[world])
        chosen = places(base, arm)[where]
        return 100.0 * (over(float(arm["incidents"][chosen].sum()), float(base["incidents"][chosen].sum())) - 1.0)

    return read


def places(base: pd.DataFrame, arm: pd.DataFrame) -> dict[str, np.ndarray]:
    """Tell of every month and cell whether it is treated, beside a treated one, or neither."""
    treated = (arm["visits"] - base["visits"]).to_numpy() >= TREATED
    months = base.index.get_level_values("month")
    spots = pd.DataFrame({"month": months, "x": base["x"].to_numpy(), "y": base["y"].to_numpy()})
    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    near = {(m, x + i, y + j) for m, x, y in spots[treated].itertuples(index=False) for i, j in around}
    beside = np.array([spot in near for spot in spots.itertuples(index=False, name=None)], bool) & ~treated
    return {"treated": treated, "beside": beside, "elsewhere": ~treated & ~beside}
