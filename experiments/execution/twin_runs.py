"""Simulate twin worlds of one seed: one town, one warm-up, then every arm; count the residents who differ."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from experiments.execution.executor import JobResults
from experiments.execution.job_cache import JobCache, Tables, run_unfinished
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_tables import finished_run, restored_run, simulate, simulate_until
from experiments.execution.shared_towns import town_for
from experiments.execution.trust_accounts import Law, parameters_of_law
from experiments.storage.manifest_schema import TwinsPart
from experiments.storage.progress import Progress
from experiments.storage.run_folder import StoredRun
from experiments.storage.run_spec import RunSpec
from model.engine.calendar import SHIFTS, tick_of
from model.simulation.columns import MINDS
from model.simulation.model import TrustModel
from model.town.town import Town
from model.world.shift_events import COMMUNAL, NOBODY, Incident

DAYS_OF_YEAR = 365.25
NOTABLE_DIFFERENCE = 0.01
"""Difference of trust (0-1) above which a resident differs: one point of a hundred."""


class DrawLabel(NamedTuple):
    """Number of a draw of parameters, account, and which of the two runs of the draw it is (0, 1)."""

    number: int
    account: str
    run: int


@dataclass(frozen=True)
class Task:
    """Runs of one seed and site: twins; twins under another law of trust; or the arms, unpaired.

    ``draw`` identifies the draw of parameters and the account of the runs, if these are drawn.
    """

    block: int
    specs: tuple[RunSpec, ...]
    kind: Literal["twins", "memory", "alone", "draw"] = "twins"
    law: Law | None = None
    draw: DrawLabel | None = None

    @property
    def key(self) -> str:
        """Unique key in the comparison."""
        runs = ", ".join(spec.run for spec in self.specs)
        return f"{self.kind} of {self.specs[0].scenario.name}, {self.law}, runs {runs}"

    @property
    def shifts(self) -> int:
        """Number of simulated shifts; twins share one warm-up."""
        first, *others = self.specs
        return first.shifts + sum(spec.shifts if self.kind == "alone" else spec.reported_shifts for spec in others)


@dataclass(frozen=True)
class TaskResults:
    """Results of a task: runs by arm, and numbers of residents who differ from the first arm's world."""

    task: Task
    finished: list[StoredRun]
    residents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def years(self) -> float:
        """Reported years of each run."""
        return self.task.specs[0].reported_shifts / SHIFTS / DAYS_OF_YEAR


def run_task(task: Task, report: ReportProgress) -> TaskResults:
    """Simulate the runs of a task."""
    for spec in task.specs:
        town = town_for(spec)
    if task.kind == "alone":
        return TaskResults(task, [simulate(spec, town, report, all_tables=False) for spec in task.specs])
    runs, residents, first = [], [], None
    for spec, world, cells in simulated_twins(task.specs, town, report):
        runs.append(finished_run(world, spec, cells, all_tables=task.kind == "twins"))
        if first is not None and task.kind == "twins":
            residents += [
                {"seed": spec.seed, "arm": len(runs) - 1, **row} for row in count_differing_residents(first, world)
            ]
        first = first or world
    return TaskResults(task, runs, residents)


def part_of_results(results: TaskResults) -> tuple[dict[str, Any], Tables]:
    """Return the facts and tables of a task; names of tables begin with the number of the arm."""
    tables = {f"{k}/{name}": table for k, run in enumerate(results.finished) for name, table in run.tables.items()}
    return {"ceiling_hits": [run.ceiling_hits for run in results.finished], "residents": results.residents}, tables


def results_of_part(task: Task, facts: Mapping[str, Any], tables: Tables) -> TaskResults:
    """Restore the results of a task from its part; raise if the part does not fit the task."""
    tables_by_arm: list[dict[str, Any]] = [{} for _ in task.specs]
    for name, table in tables.items():
        k, _, kind = name.partition("/")
        tables_by_arm[int(k)][kind] = table
    if any(row["arm"] >= len(task.specs) for row in facts["residents"]):
        raise ValueError("residents of an arm that there is not")
    finished = [
        restored_run(spec, tables, hits, all_tables=task.kind == "twins")
        for spec, tables, hits in zip(task.specs, tables_by_arm, facts["ceiling_hits"], strict=True)
    ]
    return TaskResults(task, finished, facts["residents"])


def run_missing_tasks(
    tasks: Sequence[Task], workers: int, label: str | Progress, folder: Path
) -> JobResults[Task, TaskResults]:
    """Simulate the tasks of which ``folder`` holds no part; an interruption keeps the finished ones."""
    cache = JobCache(folder, part_of_results, results_of_part, TwinsPart)
    return run_unfinished(tasks, run_task, workers, label, cache)


def under_law(law: Law, spec: RunSpec) -> RunSpec:
    """Return a run under another law of trust."""
    return spec.with_values(parameters_of_law(law))


def twin_worlds(specs: Sequence[RunSpec], town: Town, report: ReportProgress) -> Iterator[TrustModel]:
    """Yield a world for each run of one seed, all at the end of one warm-up, which no policy affects."""
    scenario = dataclasses.replace(specs[0].scenario, policies=())
    keep = ("incidents",)
    common = TrustModel(scenario, rng=specs[0].seed, town=town, keep=keep).checkpoint()
    report(specs[0].shifts - specs[0].reported_shifts)
    for spec in specs:
        yield TrustModel.resumed(spec.scenario, common, town=town, keep=keep)


def simulated_twins(
    specs: Sequence[RunSpec], town: Town, report: ReportProgress
) -> Iterator[tuple[RunSpec, TrustModel, list[np.ndarray]]]:
    """Yield each run of one seed with its world at the end and the monthly rows of its cells."""
    for spec, world in zip(specs, twin_worlds(specs, town, report), strict=True):
        yield spec, world, simulate_until(world, tick_of(spec.until), report)


# Residents who differ


def count_differing_residents(base: TrustModel, arm: TrustModel) -> list[dict[str, Any]]:
    """Return the numbers of residents with an event, or a notable change of trust, in only one of two twin worlds."""
    base_events, arm_events = resident_events(base), resident_events(arm)
    rows = [
        {
            "what": kind,
            "only_arm": len(arm_events[kind] - base_events[kind]),
            "only_base": len(base_events[kind] - arm_events[kind]),
        }
        for kind in base_events
    ]
    alive = (base.state[MINDS]["gone"] < 0) & (arm.state[MINDS]["gone"] < 0)
    change = arm.trust()[alive] - base.trust()[alive]
    rows.append(
        {
            "what": "trust",
            "only_arm": int((change > NOTABLE_DIFFERENCE).sum()),
            "only_base": int((change < -NOTABLE_DIFFERENCE).sum()),
        }
    )
    return rows


def resident_events(world: TrustModel) -> dict[str, set[int]]:
    """Return the residents who told the state, complained, were harmed, or met the police since the start."""
    rows = np.concatenate([np.zeros(0, Incident.dtype), *world.kept["incidents"]])
    told_the_state = (rows["handed"] == 1) | ((rows["told"] != NOBODY) & (rows["told"] != COMMUNAL))
    return {
        "told": resident_numbers(rows["teller"][told_the_state]),
        "complained": resident_numbers(rows["teller"][rows["complaint"] == 1]),
        "harmed": resident_numbers(rows["victim"]),
        "met": resident_numbers(np.flatnonzero(world.state[MINDS]["met"] >= tick_of(world.settings.start))),
    }


def resident_numbers(numbers: np.ndarray) -> set[int]:
    """Return the set of the numbers of residents, without negative codes."""
    return set(np.unique(numbers[numbers >= 0]).tolist())
