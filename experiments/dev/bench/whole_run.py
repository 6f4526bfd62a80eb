"""Measure the time of a whole run by part: its start, then shifts and month ends of a decade."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from experiments.dev.bench.bare_loop import YEARS, WorkCounts
from experiments.dev.bench.fresh import FIRST_SHIFTS, SHIFTS_PER_YEAR, SITE, processor_seconds

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

MONTHS = 12
SMALL_SCALE = 0.05
"""Scale of the small town from which the time that does not depend on residents is estimated."""
START_PARTS = {
    "imports": "imports",
    "town": "scenario and town",
    "state": "state of a new world",
    "kernels": "loading kernels",
    "warm_up": "warm-up",
}
PLACES_IN_CODE = {
    "shifts": "shifts",
    "residents": "month's end: residents up to date",
    "measures": "month's end: measures and tables",
    "steps": "month's end: other steps",
}
KINDS_OF_WORK = {"draws": "draws", "reads": "rows read", "writes": "rows written", "exponentials": "exponentials"}


def parts_of_run(years: int) -> dict[str, float]:
    """Return processor seconds by part: those of `START_PARTS`, those of `PLACES_IN_CODE` for one year, and ``small``.

    ``small`` is one year of a town of scale `SMALL_SCALE`, without its month ends.
    """
    seconds: dict[str, float] = {}
    with add_processor_seconds(seconds, "imports"):
        from model.simulation.model import TrustModel
        from scenarios import load
    with add_processor_seconds(seconds, "town"):
        from model.town.town import build_town

        town = build_town(load(SITE))
    without_warm_up = {"calendar.warm_up": 0}
    with add_processor_seconds(seconds, "state"):
        world = TrustModel(load(SITE, set=without_warm_up), rng=1, town=town)
    with add_processor_seconds(seconds, "kernels"):  # the first month loads kernels; a mean month is subtracted below
        world.run_for(FIRST_SHIFTS)
    year = mean_year(world, years)
    seconds["kernels"] = max(0.0, seconds["kernels"] - sum(year.values()) / MONTHS)
    del world
    state = processor_seconds(lambda: TrustModel(load(SITE, set=without_warm_up), rng=1, town=town))
    seconds["warm_up"] = processor_seconds(lambda: TrustModel(load(SITE), rng=1, town=town)) - state
    small = TrustModel(load(SITE, set=without_warm_up | {"population.scale": SMALL_SCALE}), rng=1)
    small.run_for(FIRST_SHIFTS)
    return seconds | year | {"small": mean_year(small, 1)["shifts"]}


@contextmanager
def add_processor_seconds(seconds: dict[str, float], part: str) -> Iterator[None]:
    """Add the processor seconds of a block to those of a part."""
    begun = time.process_time()
    yield
    seconds[part] = seconds.get(part, 0.0) + time.process_time() - begun


def mean_year(world: "TrustModel", years: int) -> dict[str, float]:
    """Return the processor seconds of a mean year of a world, by the keys of `PLACES_IN_CODE`."""
    with measure_month_ends(world) as seconds:
        total = processor_seconds(lambda: world.run_for(years * SHIFTS_PER_YEAR))
    seconds["residents"] -= seconds["measures"]  # `close_month` updates residents, then collects measures
    seconds["shifts"] = total - sum(seconds.values())
    return {place: spent / years for place, spent in seconds.items()}


@contextmanager
def measure_month_ends(world: Any) -> Iterator[dict[str, float]]:
    """Measure the work of a world at month ends; ``residents`` includes ``measures``."""
    seconds = dict.fromkeys(("residents", "measures", "steps"), 0.0)
    steps = world.month_steps
    world.month_steps = tuple(add_processor_seconds(seconds, "steps")(step) for step in steps)
    world.close_month = add_processor_seconds(seconds, "residents")(world.close_month)
    world._report = add_processor_seconds(seconds, "measures")(world._report)
    try:
        yield seconds
    finally:
        world.month_steps = steps
        del world.close_month, world._report


def without_residents(small: float, shifts: float) -> float:
    """Return the seconds of shifts that do not depend on residents, from a town of scale `SMALL_SCALE` and the whole.

    >>> round(without_residents(0.24, 1.0), 3)
    0.2
    """
    return (small - SMALL_SCALE * shifts) / (1.0 - SMALL_SCALE)


def run_lines(seconds: dict[str, float], work: WorkCounts, nanoseconds: dict[str, float], loop: float) -> Iterator[str]:
    """Yield the processor seconds of the start and of a decade by part, with those of the bare loop."""
    yield f"{'the start of a run':44}{'seconds':>8}"
    yield from (f"  {name:42}{seconds[part]:8.3f}" for part, name in START_PARTS.items())
    places = {name: YEARS * seconds[place] for place, name in PLACES_IN_CODE.items()}
    total = sum(places.values())
    yield from share_lines("a decade by place", places, total)
    kinds = {name: 1e-9 * getattr(work, kind) * nanoseconds[kind] for kind, name in KINDS_OF_WORK.items()}
    kinds["Python and all else without residents"] = YEARS * without_residents(seconds["small"], seconds["shifts"])
    kinds["months' ends"] = total - YEARS * seconds["shifts"]
    kinds["the rest: memory, rules, what draws decide"] = total - sum(kinds.values())
    yield from share_lines("a decade by kind of work", kinds, total)
    yield f"{'the bare loop of a decade':44}{loop:8.3f}{loop / total:7.1%}"


def share_lines(title: str, parts: dict[str, float], total: float) -> Iterator[str]:
    """Yield a title with the total, and a line for each part with its share of it."""
    yield f"{title:44}{total:8.3f}"
    yield from (f"  {name:42}{spent:8.3f}{spent / total:7.1%}" for name, spent in parts.items())
