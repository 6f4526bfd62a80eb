"""Measure where the time of a whole run goes: its start, then shifts and months' ends of a decade."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from experiments.tools.bench.bare_loop import YEAR, YEARS, WorkCounts
from experiments.tools.bench.fresh import FIRST_SHIFTS, SITE, processor_seconds

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

MONTHS = 12
SMALL = 0.05
"""Scale of the town whose years tell what does not depend on residents."""
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
    """Return seconds of the processor by part: those of `START`, and of `PLACES` for one year; see `small` below.

    ``small`` is a year of a town of `SMALL`, without its months' ends.
    """
    seconds = {
        "imports": processor_seconds(lambda: [import_module(name) for name in ("model.simulation.model", "scenarios")])
    }
    load, model = import_module("scenarios").load, import_module("model.simulation.model").TrustModel
    bare = {"calendar.warm_up": 0}
    towns: list[Any] = []
    seconds["town"] = processor_seconds(lambda: towns.append(import_module("model.town.town").build_town(load(SITE))))
    worlds: list[TrustModel] = []
    seconds["state"] = processor_seconds(lambda: worlds.append(model(load(SITE, set=bare), rng=1, town=towns[0])))
    seconds |= first_years(worlds.pop(), years)
    state = processor_seconds(lambda: model(load(SITE, set=bare), rng=1, town=towns[0]))
    seconds["warm_up"] = processor_seconds(lambda: model(load(SITE), rng=1, town=towns[0])) - state
    small = model(load(SITE, set=bare | {"population.scale": SMALL}), rng=1)
    small.run_for(FIRST_SHIFTS)
    return seconds | {"small": year_of(small, 1)["shifts"]}


def first_years(world: "TrustModel", years: int) -> dict[str, float]:
    """Return the seconds of loading kernels, which a first month takes longer than others, and of a mean year."""
    first = processor_seconds(lambda: world.run_for(FIRST_SHIFTS))
    year = year_of(world, years)
    return year | {"kernels": max(0.0, first - sum(year.values()) / MONTHS)}


def year_of(world: "TrustModel", years: int) -> dict[str, float]:
    """Return the seconds by place of a mean year of a world."""
    with watched_months(world) as seconds:
        whole = processor_seconds(lambda: world.run_for(years * YEAR))
    seconds["residents"] -= seconds["measures"]  # the month is closed by bringing residents up to date, then measuring
    seconds["shifts"] = whole - sum(seconds.values())
    return {place: spent / years for place, spent in seconds.items()}


@contextmanager
def watched_months(world: Any) -> Iterator[dict[str, float]]:
    """Clock what a world does at the end of a month; ``residents`` holds the measures, too."""
    seconds = dict.fromkeys(("residents", "measures", "steps"), 0.0)

    def clocking(place: str, work: Callable[..., None]) -> Callable[..., None]:
        def done(*arguments: object) -> None:
            seconds[place] += processor_seconds(lambda: work(*arguments))

        return done

    steps = world.month_steps
    world.month_steps = tuple(clocking("steps", step) for step in steps)
    world.close_month, world._report = clocking("residents", world.close_month), clocking("measures", world._report)
    try:
        yield seconds
    finally:
        world.month_steps = steps
        del world.close_month, world._report


def without_residents(small: float, shifts: float) -> float:
    """Return the seconds of shifts that do not depend on residents, from a town of `SMALL` and the whole one.

    >>> round(without_residents(0.24, 1.0), 3)
    0.2
    """
    return (small - SMALL * shifts) / (1.0 - SMALL)


def lines(seconds: dict[str, float], work: WorkCounts, nanoseconds: dict[str, float], loop: float) -> Iterator[str]:
    """Yield the seconds of a start and of a decade by part, beside those of the bare loop; of the processor."""
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
    """Yield a title with the whole, and a line for each part with its share."""
    yield f"{title:44}{whole:8.3f}"
    yield from (f"  {name:42}{spent:8.3f}{spent / whole:7.1%}" for name, spent in parts.items())
