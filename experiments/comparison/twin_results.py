"""One world of the decision view: from a warm-up that lies ready to what is shown of its end."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.comparison.life_recorder import LifeRecorder, Recorded
from experiments.comparison.outcome_lines import Lines
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_tables import measures_table, simulate_until
from experiments.execution.shared_towns import town_for
from experiments.statistics.paired_effects import Value
from experiments.storage.run_identity import canonical, digest_of
from experiments.storage.run_spec import MOST_READ, RunSpec, forget_scenarios
from experiments.storage.saved_states import seed_folder
from model.engine.calendar import tick_of
from model.engine.causes import CAUSES as CAUSES_BY_NUMBER
from model.simulation.model import TrustModel
from model.simulation.state_file import STATE_FILE
from model.town.town import Town
from model.world.state import ARRIVED, TOTAL

CAUSE_NUMBERS = tuple(sorted(CAUSES_BY_NUMBER))
"""Causes of the ledger in the order in which a `WorldResult` has them."""


class Superseded(Exception):
    """Somebody has chosen something else meanwhile."""


@dataclass(frozen=True)
class TwinJob:
    """A run with a place in shared memory; it is given up once that place is at a later turn."""

    spec: RunSpec
    place: int
    turn: int
    warm: Path
    measures: frozenset[str]
    """Measures that are shown of its months; no others are measured."""

    @property
    def key(self) -> str:
        """Key that no other job has."""
        return f"{self.spec.run} {self.place} {self.turn}"


type Draw = Callable[[int, Mapping[str, float]], None]
"""Takes the number of a month that has ended, and its measures."""


@dataclass(frozen=True)
class WorldResult:
    """Results kept of a world: its months, at their end the trust of each resident, month by month cells and causes.

    Cells are those where people live. ``places`` has residents and the sum of their trust (0-1), shape (2, 1 + months,
    settlements), at the start and at the end of each month; ``ledger`` the change of that sum by cause, and the part of
    earlier changes that was forgotten in the month, shape (2, months, causes, settlements). ``recorded`` is what the
    map, the lives and the criteria show beside that.
    """

    run: str
    seed: int
    months: pd.DataFrame
    people: np.ndarray
    cells: np.ndarray
    places: np.ndarray
    ledger: np.ndarray
    recorded: Recorded | None = field(default=None, compare=False)
    told: dict[str, Value] = field(init=False, default_factory=dict, compare=False)
    """Headlines that have been read of it already."""
    drawn: dict[str, np.ndarray] = field(init=False, default_factory=dict, compare=False)
    """Outcomes month by month that have been read of it already."""


def run_twin_job(turns: Any, lines: Lines, job: TwinJob, tell: ReportProgress) -> WorldResult | str | None:
    """Simulate one world; None if nobody waits for it any more, a text if it failed: not every error can be sent."""

    def heard(shifts: int) -> None:
        if turns[job.place] > job.turn:
            raise Superseded
        tell(shifts)

    forget_scenarios(MOST_READ)
    try:
        heard(0)
        return simulate_world(job.spec, job.warm, job.measures, heard, partial(lines.write, job.place, job.turn))
    except Superseded:
        return None
    except Exception as reason:
        return f"{type(reason).__name__}: {reason}"


def simulate_world(
    spec: RunSpec, warm: Path, measures: Collection[str], tell: ReportProgress, draw: Draw = lambda *_: None
) -> WorldResult:
    """Simulate one world from its warm-up to its end and measure this of it; each month is drawn as it ends."""
    world = world_after_warm_up(spec, town_for(spec), warm)
    world.measured = measures
    opening = residents_by_place(world)
    numbers = itertools.count()
    recorder = LifeRecorder(world)

    def heard(shifts: int) -> None:
        tell(shifts)
        draw(next(numbers), world.month_row)

    def listened(world: TrustModel, shifts: int) -> None:
        for _ in range(shifts):
            type(world).step(world)
            recorder.hear(world)
        recorder.close_month(world)

    cells = simulate_until(world, tick_of(spec.until), heard, listened)
    here = world.minds["gone"][: world.state[ARRIVED][0]] < 0
    people = np.where(here, world.trust()[: len(here)], math.nan).astype(np.float32)
    months = measures_table(world, spec).select(["month", *sorted(measures)]).to_pandas()
    tables = by_cell(cells), by_place(opening, world), by_cause(world)
    return WorldResult(spec.run, spec.seed, months, people, *tables, recorder.recorded(world))


def by_cell(months: Sequence[np.ndarray]) -> np.ndarray:
    """Return trust by month and cell, nan where nobody is left; a month that has not ended tells nothing."""
    rows = np.array([one for one in months if len(one)])
    return np.where(rows["residents"] > 0, rows["trust"], math.nan).astype(np.float32)


def residents_by_place(world: TrustModel) -> np.ndarray:
    """Return residents and the opening balance of the ledger by settlement, shape (2, settlements)."""
    here = world.minds["gone"] < 0
    n = np.bincount(world.town.people["settlement"][here], minlength=world.town.n_settlements)
    return np.array([n, world.state[TOTAL]])


def by_place(opening: np.ndarray, world: TrustModel) -> np.ndarray:
    """Return residents and the sum of their trust at the start and at the end of each month."""
    rows = world.settlement_months().reshape(-1, world.town.n_settlements)
    ends = np.array([rows["residents"], rows["residents"] * np.nan_to_num(rows["trust"])])
    return np.concatenate([opening[:, None], ends], axis=1)


def by_cause(world: TrustModel) -> np.ndarray:
    """Return changes of summed trust and what was forgotten of them, shape (2, months, causes, settlements)."""
    rows = world.ledger_months()
    shape = len(CAUSE_NUMBERS), world.town.n_settlements
    return np.array([rows[name].reshape(-1, *shape) for name in ("change", "forgotten")], np.float32)


def world_after_warm_up(spec: RunSpec, town: Town, warm: Path) -> TrustModel:
    """Return a world at the end of its warm-up, which no policy can touch: simulated once, then kept.

    It lies in a folder of this server alone, so that it need not be looked at whether the file is whole.
    """
    without = {name: value for name, value in spec.settings.items() if name != "policies"}
    folder = seed_folder(warm / digest_of(canonical(without).encode())[:16], spec.seed)
    if not (folder / STATE_FILE).is_file():
        TrustModel(dataclasses.replace(spec.scenario, policies=()), rng=spec.seed, town=town).save(folder)
    return TrustModel.restore(folder, spec.scenario, town=town, whole=True)


class PairedWorlds:
    """Finished worlds of paired runs by side and seed, and the reasons of those that failed by run.

    ``sides`` are the runs of today, then of what is compared with it; of each, those of one seed are a pair.
    """

    def __init__(self, *sides: Sequence[RunSpec]) -> None:
        self.specs = [spec for pair in zip(*sides, strict=True) for spec in pair]
        self.places = {spec.run: (side, spec.seed) for side, specs in enumerate(sides) for spec in specs}
        self.results: tuple[dict[int, WorldResult], dict[int, WorldResult]] = ({}, {})
        self.failed: dict[str, str] = {}

    def add(self, result: WorldResult | str, run: str) -> None:
        """Add a finished world, or the reason of its failure."""
        side, seed = self.places[run]
        if isinstance(result, str):
            self.failed[run] = result
        else:
            self.results[side][seed] = result

    @property
    def sides(self) -> tuple[tuple[WorldResult, ...], tuple[WorldResult, ...]]:
        """Worlds as today and of what is compared with it, in the order of their seeds."""
        base, arm = (tuple(one[seed] for seed in sorted(one)) for one in self.results)
        return base, arm

    @property
    def faults(self) -> tuple[str, ...]:
        """A reason for each pair of which a world failed."""
        return tuple({self.places[run][1]: reason for run, reason in self.failed.items()}.values())


def paired_results(base: Sequence[WorldResult], arm: Sequence[WorldResult]) -> list[tuple[WorldResult, WorldResult]]:
    """Return twins that have both been simulated, in the order of their seeds."""
    others = {one.seed: one for one in arm}
    return [(one, others[one.seed]) for one in sorted(base, key=lambda one: one.seed) if one.seed in others]
