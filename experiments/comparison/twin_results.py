"""Simulate one world of a pair of the page from a stored warm-up, and keep the results that are shown."""

import itertools
import math
import multiprocessing
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.life_recorder import LifeRecorder, WorldRecord
from experiments.comparison.policy_choice import HORIZONS
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_tables import measures_table, simulate_until
from experiments.execution.shared_towns import town_for
from experiments.execution.warm_starts import world_at_start
from experiments.statistics.paired_effects import Value
from experiments.storage.run_spec import MAX_SCENARIOS_OF_PAGE, RunSpec, forget_scenarios
from model.engine.calendar import tick_of
from model.engine.causes import CAUSES as CAUSES_BY_NUMBER
from model.simulation.model import TrustModel
from model.world.state import ARRIVED, TRUST_TOTAL

MONTHS = 12 * max(HORIZONS)


class SharedOutcomes:
    """Shared table of places × months; a row has the turn that it belongs to, then the measures."""

    def __init__(self, places: int, measures: tuple[str, ...]) -> None:
        self.shape = (places, MONTHS, 1 + len(measures))
        self.measures = measures
        self.memory: Any = multiprocessing.get_context("spawn").RawArray("d", places * MONTHS * (1 + len(measures)))

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for pickling: the shared memory without its view as rows."""
        return {name: value for name, value in vars(self).items() if name != "rows"}

    @cached_property
    def rows(self) -> np.ndarray:
        """View of the shared memory, shape (places, months, 1 + measures)."""
        return np.frombuffer(self.memory, np.float64).reshape(self.shape)

    def write(self, place: int, turn: int, month: int, measured: Mapping[str, float]) -> None:
        """Write a month; its turn is written last, so that a concurrent reader ignores an incomplete row."""
        row = self.rows[place, month]
        row[0] = 0.0
        row[1:] = [measured[name] for name in self.measures]
        row[0] = turn

    def read(self, place: int, turn: int) -> pd.DataFrame:
        """Return the months of a turn written so far."""
        rows = self.rows[place]
        written = int(np.argmin(np.append(rows[:, 0] == turn, False)))
        return pd.DataFrame(rows[:written, 1:].copy(), columns=list(self.measures))


CAUSE_NUMBERS = tuple(sorted(CAUSES_BY_NUMBER))
"""Causes of the ledger in the order of their axis in `WorldResult`."""


class Superseded(Exception):
    """The visitor has chosen something else in the meantime."""


@dataclass(frozen=True)
class TwinJob:
    """A run with a place in shared memory; it is abandoned once that place is at a later turn."""

    spec: RunSpec
    place: int
    turn: int
    measures: frozenset[str]
    """Monthly measures that are shown; no others are computed."""

    @property
    def key(self) -> str:
        """Unique key of the job."""
        return f"{self.spec.run} {self.place} {self.turn}"


type MonthCallback = Callable[[int, Mapping[str, float]], None]
"""Callback that takes the index of a finished month and its measures."""


@dataclass(frozen=True)
class WorldResult:
    """Results of a world: its months, the final trust of each resident, and monthly trust by cell and cause.

    ``cells`` has inhabited cells. ``places`` has residents and the sum of their trust (0-1), shape (2, 1 + months,
    settlements), at the start and at the end of each month; ``ledger`` the change of that sum by cause, and the part of
    earlier changes that was forgotten in the month, shape (2, months, causes, settlements). ``recorded`` is shown on
    the map, in life stories and with the criteria.
    """

    run: str
    seed: int
    months: pd.DataFrame
    people: np.ndarray
    cells: np.ndarray
    places: np.ndarray
    ledger: np.ndarray
    recorded: WorldRecord | None = field(default=None, compare=False)
    headline_cache: dict[str, Value] = field(init=False, default_factory=dict, compare=False)
    """Cache of headline measures."""
    outcome_cache: dict[str, np.ndarray] = field(init=False, default_factory=dict, compare=False)
    """Cache of monthly outcomes."""


def run_twin_job(turns: Any, lines: SharedOutcomes, job: TwinJob, tell: ReportProgress) -> WorldResult | str | None:
    """Simulate one world; return None if superseded, a text if it failed, since not every error can be pickled."""

    def report(shifts: int) -> None:
        if turns[job.place] > job.turn:
            raise Superseded
        tell(shifts)

    forget_scenarios(MAX_SCENARIOS_OF_PAGE)
    try:
        report(0)
        return simulate_world(job.spec, job.measures, report, partial(lines.write, job.place, job.turn))
    except Superseded:
        return None
    except Exception as reason:
        return f"{type(reason).__name__}: {reason}"


def simulate_world(
    spec: RunSpec, measures: Collection[str], tell: ReportProgress, draw: MonthCallback = lambda *_: None
) -> WorldResult:
    """Simulate one world from its warm-up to its end; call ``draw`` after each month."""
    world = world_at_start(spec, town_for(spec))
    world.measured = measures
    opening = residents_by_place(world)
    numbers = itertools.count()
    recorder = LifeRecorder(world)

    def report(shifts: int) -> None:
        tell(shifts)
        draw(next(numbers), world.month_row)

    def step_and_record(world: TrustModel, shifts: int) -> None:
        for _ in range(shifts):
            type(world).step(world)
            recorder.record_shift(world)
        recorder.close_month(world)

    cells = simulate_until(world, tick_of(spec.until), report, step_and_record)
    is_present = world.minds["gone"][: world.state[ARRIVED][0]] < 0
    people = np.where(is_present, world.trust()[: len(is_present)], math.nan).astype(np.float32)
    months = measures_table(world, spec).select(["month", *sorted(measures)]).to_pandas()
    tables = by_cell(cells), by_place(opening, world), by_cause(world)
    recorded = recorder.recorded(world)
    world.release()
    return WorldResult(spec.run, spec.seed, months, people, *tables, recorded)


def by_cell(months: Sequence[np.ndarray]) -> np.ndarray:
    """Return trust by month and cell, nan where nobody is left; an unfinished month is left out."""
    rows = np.array([one for one in months if len(one)])
    return np.where(rows["residents"] > 0, rows["trust"], math.nan).astype(np.float32)


def residents_by_place(world: TrustModel) -> np.ndarray:
    """Return residents and the opening balance of the ledger by settlement, shape (2, settlements)."""
    is_present = world.minds["gone"] < 0
    residents = np.bincount(world.town.people["settlement"][is_present], minlength=world.town.n_settlements)
    return np.array([residents, world.state[TRUST_TOTAL]])


def by_place(opening: np.ndarray, world: TrustModel) -> np.ndarray:
    """Return residents and the sum of their trust by settlement, at the start and at the end of each month."""
    rows = world.settlement_months().reshape(-1, world.town.n_settlements)
    ends = np.array([rows["residents"], rows["residents"] * np.nan_to_num(rows["trust"])])
    return np.concatenate([opening[:, None], ends], axis=1)


def by_cause(world: TrustModel) -> np.ndarray:
    """Return changes of summed trust and the forgotten part of them, shape (2, months, causes, settlements)."""
    rows = world.ledger_months()
    shape = len(CAUSE_NUMBERS), world.town.n_settlements
    return np.array([rows[name].reshape(-1, *shape) for name in ("change", "forgotten")], np.float32)


class PairedWorlds:
    """Finished worlds of paired runs by side and seed, and the errors of failed ones by run.

    ``sides`` are the runs of today, then those compared with it, paired by seed.
    """

    def __init__(self, *sides: Sequence[RunSpec]) -> None:
        self.specs = [spec for pair in zip(*sides, strict=True) for spec in pair]
        self.places = {spec.run: (side, spec.seed) for side, specs in enumerate(sides) for spec in specs}
        self.results: tuple[dict[int, WorldResult], dict[int, WorldResult]] = ({}, {})
        self.failed: dict[str, str] = {}

    def add(self, result: WorldResult | str, run: str) -> None:
        """Add a finished world, or the error of a failed one."""
        side, seed = self.places[run]
        if isinstance(result, str):
            self.failed[run] = result
        else:
            self.results[side][seed] = result

    @property
    def sides(self) -> tuple[tuple[WorldResult, ...], tuple[WorldResult, ...]]:
        """Worlds as today and those compared with them, in the order of their seeds."""
        base, arm = (tuple(one[seed] for seed in sorted(one)) for one in self.results)
        return base, arm

    @property
    def faults(self) -> tuple[str, ...]:
        """One error for each pair with a failed world."""
        return tuple({self.places[run][1]: reason for run, reason in self.failed.items()}.values())


def paired_results(base: Sequence[WorldResult], arm: Sequence[WorldResult]) -> list[tuple[WorldResult, WorldResult]]:
    """Return the pairs whose worlds are both finished, in the order of their seeds."""
    others = {one.seed: one for one in arm}
    return [(one, others[one.seed]) for one in sorted(base, key=lambda one: one.seed) if one.seed in others]
