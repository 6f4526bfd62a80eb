"""Measure the phases of a shift: seconds and events of each.

A phase is a call that the schedule of a world makes with the world as argument.  `sys.monitoring` reports each such
call, so that no names of steps are needed here.  Reading the counts of events at each call takes as long as some
phases do; seconds and events are therefore taken from two runs of the same seed.

Draws and exponentials are counted with compilation disabled, since counting within compiled kernels would distort
their cost.  Uncompiled kernels give the same bits, and each draw is an ordinary call that Python can count.
"""

import os
import pickle
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from model.simulation.model import TrustModel

SCHEDULE_ITSELF = "the schedule itself"
TOOL_ID = sys.monitoring.PROFILER_ID
EVENTS = sys.monitoring.events.CALL | sys.monitoring.events.PY_RETURN
MONTHLY_COUNTS = ("candidates", "ceiling_hits", "contacts", "stops", "payments", "births", "natural_deaths")
"""Monthly counts of events that leave no row in the event tables of a shift, such as draws without effect."""


@dataclass
class Phases:
    """Seconds and events of some shifts, by phase."""

    seconds: dict[str, float] = field(default_factory=dict)
    events: dict[str, dict[str, int]] = field(default_factory=dict)
    tallied: dict[str, float] = field(default_factory=dict)
    months: int = 0

    @property
    def written(self) -> dict[str, float]:
        """Rows written into each event table, and the monthly counts of `MONTHLY_COUNTS`."""
        rows: Counter[str] = Counter()
        for by_table in self.events.values():
            rows.update(by_table)
        return {**rows, **self.tallied}


def seconds_by_phase(world: "TrustModel", shifts: int) -> dict[str, float]:
    """Simulate some shifts of a world; return the seconds of each phase."""
    seconds: dict[str, float] = {}
    last = time.perf_counter()

    def phase_ended(ended: str) -> None:
        nonlocal last
        now = time.perf_counter()
        seconds[ended] = seconds.get(ended, 0.0) + now - last
        last = now

    with watch_phases(world, phase_ended):
        world.run_for(shifts)
    return seconds


def events_by_phase(world: "TrustModel", shifts: int) -> Phases:
    """Simulate some shifts of a world; return the events that each phase wrote, and the monthly counts."""
    events: dict[str, Counter[str]] = {}
    names = list(world.shift_events.tables)
    last = world.shift_events.counts.copy()  # of the previous shift, whose events are not cleared yet

    def phase_ended(ended: str) -> None:
        now = world.shift_events.counts
        # A count below the last one was reset in between, at the start of a shift.
        written = np.where(now < last, now, now - last)
        last[:] = now
        for table in np.flatnonzero(written):
            events.setdefault(ended, Counter())[names[table]] += int(written[table])

    before = len(world.datacollector.get_model_vars_dataframe())
    with watch_phases(world, phase_ended):
        world.run_for(shifts)
    months = world.datacollector.get_model_vars_dataframe()[before:]
    tallied = {name: float(months[name].sum()) for name in MONTHLY_COUNTS if name in months}
    return Phases(events={phase: dict(rows) for phase, rows in events.items()}, tallied=tallied, months=len(months))


@contextmanager
def watch_phases(world: "TrustModel", phase_ended: Callable[[str], None]) -> Iterator[None]:
    """Call ``phase_ended`` with the name of the phase that has just ended, at every call and return of the schedule."""
    current = SCHEDULE_ITSELF

    def at_call(code: CodeType, offset: int, called: object, first: object) -> None:
        nonlocal current
        phase_ended(current)
        current = name_of(called) if first is world else SCHEDULE_ITSELF

    def at_return(code: CodeType, offset: int, value: object) -> None:
        nonlocal current
        phase_ended(current)
        current = SCHEDULE_ITSELF

    schedule = type(world).step.__code__
    sys.monitoring.use_tool_id(TOOL_ID, "confianza bench")
    sys.monitoring.register_callback(TOOL_ID, sys.monitoring.events.CALL, at_call)
    sys.monitoring.register_callback(TOOL_ID, sys.monitoring.events.PY_RETURN, at_return)
    sys.monitoring.set_local_events(TOOL_ID, schedule, EVENTS)
    try:
        yield
    finally:
        sys.monitoring.set_local_events(TOOL_ID, schedule, 0)
        sys.monitoring.free_tool_id(TOOL_ID)


def name_of(called: object) -> str:
    """Return the name of a step: that of a method alone, or module and name of a function."""
    names = str(getattr(called, "__qualname__", called)).split(".")
    module = str(getattr(called, "__module__", "")).split(".")[-1]
    return names[-1] if len(names) > 1 else f"{module}.{names[-1]}"


def count_draws(site: str, shifts: int, town: Path) -> dict[str, dict[str, dict[str, int]] | dict[str, int]]:
    """Return the draws by phase and decision, and the exponentials by phase, of the first shifts of a site."""
    if "numba" in sys.modules:
        raise RuntimeError("draws can only be counted in a process that has not loaded the compiler")
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    draws: dict[str, Counter[str]] = {}
    exponentials: Counter[str] = Counter()
    current: Counter[str] = Counter()
    count_draw_calls(current)  # before anything that draws is imported

    def phase_ended(ended: str) -> None:
        exponentials[ended] += current.pop("exp", 0)
        draws.setdefault(ended, Counter()).update(current)
        current.clear()

    load, model = import_module("scenarios").load, import_module("model.simulation.model").TrustModel
    world = model(load(site, set={"calendar.warm_up": 0}), rng=1, town=pickle.loads(town.read_bytes()))
    current.clear()
    with watch_phases(world, phase_ended):
        world.run_for(shifts)
    return {
        "draws": {phase: dict(counts) for phase, counts in draws.items() if counts},
        "exponentials": dict(exponentials),
    }


def count_draw_calls(current: "Counter[str]") -> None:
    """Patch the draw functions to count every draw by its decision, and every exponential as `exp`."""
    elementary: Any = import_module("model.engine.elementary")
    exponential = elementary.exp
    names: dict[int, str] = {}

    def counting_uniform(seed: int, decision: int, tick: int, who: int, nth: int) -> float:
        current[names.get(int(decision), "unnamed")] += 1
        return float(draw(seed, decision, tick, who, nth))

    def naming_stream(name: str) -> object:
        identity = number(name)
        names[int(identity)] = name
        return identity

    def counting_exponential(x: float) -> float:
        current["exp"] += 1
        return exponential(x)

    elementary.exp = counting_exponential
    streams: Any = import_module("model.engine.random_streams")
    draw, number = streams.keyed_uniform, streams.stream_id
    streams.keyed_uniform, streams.stream_id = counting_uniform, naming_stream
