"""Measure the time of a whole run by part: its start, then shifts and month ends of a decade."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from experiments.tools.bench.bare_loop import YEAR, YEARS, WorkCounts
from experiments.tools.bench.fresh import FIRST_SHIFTS, SITE, processor_seconds

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

MONTHS = 12
SMALL = 0.05
"""Scale of the small town from which the time that does not depend on residents is estimated."""
START = {
    "imports": "imports",
    "town": "scenario and town",
    "state": "state of a new world",
    "kernels": "loading kernels",
    "warm_up": "warm-up",
}
PLACES = {
    "shifts": "shifts",
    "residents": "month's end: residents up to date",
    "measures": "month's end: measures and tables",
    "steps": "month's end: other steps",
}
KINDS = {"draws": "draws", "reads": "rows read", "writes": "rows written", "exponentials": "exponentials"}


def parts_of_run(years: int) -> dict[str, float]:
    """Return processor seconds by part: those of `START`, those of `PLACES` for one year, and ``small``.

    ``small`` is one year of a town of scale `SMALL`, without its month ends.
    """
    seconds: dict[str, float] = {}
    with clocked(seconds, "imports"):
        from model.simulation.model import TrustModel
        from scenarios import load
    with clocked(seconds, "town"):
        from model.town.town import build_town

        town = build_town(load(SITE))
    bare = {"calendar.warm_up": 0}
    with clocked(seconds, "state"):
        world = TrustModel(load(SITE, set=bare), rng=1, town=town)
    with clocked(seconds, "kernels"):  # the first month loads kernels; a mean month is subtracted below
        world.run_for(FIRST_SHIFTS)
    year = year_of(world, years)
    seconds["kernels"] = max(0.0, seconds["kernels"] - sum(year.values()) / MONTHS)
    del world
    state = processor_seconds(lambda: TrustModel(load(SITE, set=bare), rng=1, town=town))
    seconds["warm_up"] = processor_seconds(lambda: TrustModel(load(SITE), rng=1, town=town)) - state
    small = TrustModel(load(SITE, set=bare | {"population.scale": SMALL}), rng=1)
    small.run_for(FIRST_SHIFTS)
    return seconds | year | {"small": year_of(small, 1)["shifts"]}


@contextmanager
def clocked(seconds: dict[str, float], part: str) -> Iterator[None]:
    """Add the processor seconds of a block to those of a part."""
    begun = time.process_time()
    yield
    seconds[part] = seconds.get(part, 0.0) + time.process_time() - begun


def year_of(world: "TrustModel", years: int) -> dict[str, float]:
    """Return the processor seconds of a mean year of a world, by the keys of `PLACES`."""
    with watched_months(world) as seconds:
        whole = processor_seconds(lambda: world.run_for(years * YEAR))
    seconds["residents"] -= seconds["measures"]  # `close_month` updates residents, then collects measures
    seconds["shifts"] = whole - sum(seconds.values())
    return {place: spent / years for place, spent in seconds.items()}


@contextmanager
def watched_months(world: Any) -> Iterator[dict[str, float]]:
    """Measure the work of a world at month ends; ``residents`` includes ``measures``."""
    seconds = dict.fromkeys(("residents", "measures", "steps"), 0.0)
    steps = world.month_steps
    world.month_steps = tuple(clocked(seconds, "steps")(step) for step in steps)
    world.close_month = clocked(seconds, "residents")(world.close_month)
    world._report = clocked(seconds, "measures")(world._report)
    try:
        yield seconds
    finally:
        world.month_steps = steps
        del world.close_month, world._report


def without_residents(small: float, shifts: float) -> float:
    """Return the seconds of shifts that do not depend on residents, from a town of scale `SMALL` and the full one.

    >>> round(without_residents(0.24, 1.0), 3)
    0.2
    """
    return (small - SMALL * shifts) / (1.0 - SMALL)


def lines(seconds: dict[str, float], work: WorkCounts, nanoseconds: dict[str, float], loop: float) -> Iterator[str]:
    """Yield the processor seconds of the start and of a decade by part, with those of the bare loop."""
    yield f"{'the start of a run':44}{'seconds':>8}"
    yield from (f"  {name:42}{seconds[part]:8.3f}" for part, name in START.items())
    places = {name: YEARS * seconds[place] for place, name in PLACES.items()}
    whole = sum(places.values())
    yield from block("a decade by place", places, whole)
    kinds = {name: 1e-9 * getattr(work, kind) * nanoseconds[kind] for kind, name in KINDS.items()}
    kinds["Python and all else without residents"] = YEARS * without_residents(seconds["small"], seconds["shifts"])
    kinds["months' ends"] = whole - YEARS * seconds["shifts"]
    kinds["the rest: memory, rules, what draws decide"] = whole - sum(kinds.values())
    yield from block("a decade by kind of work", kinds, whole)
    yield f"{'the bare loop of a decade':44}{loop:8.3f}{loop / whole:7.1%}"


def block(title: str, parts: dict[str, float], whole: float) -> Iterator[str]:
    """Yield a title with the total, and a line for each part with its share of it."""
    yield f"{title:44}{whole:8.3f}"
    yield from (f"  {name:42}{spent:8.3f}{spent / whole:7.1%}" for name, spent in parts.items())
