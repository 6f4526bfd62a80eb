"""Run several seeds, or groups of runs that share a town and a warm-up; finished ones are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from experiments.execution.executor import JobResults, run_jobs
from experiments.execution.job_cache import JobCache, Tables, run_unfinished
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_tables import finished_run, restored_run, simulate, simulate_until
from experiments.execution.shared_towns import town_for
from experiments.execution.trust_accounts import Law, parameters_of_law
from experiments.execution.warm_starts import checkpoint_at_start
from experiments.storage.manifest_schema import RunPart, TwinsPart
from experiments.storage.progress import Progress
from experiments.storage.run_folder import StoredRun
from experiments.storage.run_spec import RunSpec
from experiments.storage.saved_states import digest_of_state
from experiments.words.console import console_text
from model.engine.calendar import SHIFTS, tick_of
from model.simulation.columns import MINDS
from model.simulation.model import TrustModel
from model.town.town import Town
from model.world.shift_events import COMMUNAL, NOBODY, Incident

type Runs = JobResults[RunSpec, StoredRun]
"""Finished runs, in the order of their specifications."""


def run_all(specs: Sequence[RunSpec], workers: int = 1, label: str = "") -> Runs:
    """Simulate runs; an interruption keeps the finished ones."""
    return run_jobs(specs, run_in_shared_town, workers, label or console_text("label.running"))


def run_missing(specs: Sequence[RunSpec], workers: int, label: str, folder: Path, save: Path | None) -> Runs:
    """Simulate the runs of which ``folder`` holds no part; save the final states in ``save``, if given."""
    parts = JobCache(folder, partial(part_of_run, save=save), partial(run_of_part, save=save), RunPart)
    return run_unfinished(specs, partial(run_in_shared_town, save=save), workers, label, parts)


def run_in_shared_town(spec: RunSpec, report: ReportProgress, save: Path | None = None) -> StoredRun:
    """Simulate one run in a town that other runs may share."""
    return simulate(spec, town_for(spec), report, save)


def part_of_run(run: StoredRun, save: Path | None) -> tuple[dict[str, Any], Tables]:
    """Return the facts and tables of a finished run; the facts include the digest of its saved state, if any."""
    state_digest = digest_of_state(save, run.seed) if save else ""
    return {"ceiling_hits": run.ceiling_hits, "state": state_digest}, run.tables


def run_of_part(spec: RunSpec, facts: Mapping[str, Any], tables: Tables, save: Path | None = None) -> StoredRun:
    """Restore a finished run from its part; if states are saved, that of the run must exist, unchanged."""
    if save is not None:
        digest = digest_of_state(save, spec.seed)
        if not digest or facts["state"] != digest:
            raise ValueError("the saved state of the run is missing or has changed")
    return restored_run(spec, tables, facts["ceiling_hits"])


DAYS_OF_YEAR = 365.25
NOTABLE_DIFFERENCE = 0.01
"""Difference of trust (0-1) above which a resident differs: one point of a hundred."""


class DrawLabel(NamedTuple):
    """Number of a draw of parameters, account, and which of the two runs of the draw it is (0, 1)."""

    number: int
    account: str
    run: int


class CompareLabel(NamedTuple):
    """Label of a group of runs in a comparison: index of its site, purpose, and law, draw or arm if it has one."""

    block: int
    purpose: Literal["pairs", "law", "independent", "draw"] = "pairs"
    law: Law | None = None
    draw: DrawLabel | None = None
    arm: int = 0


@dataclass(frozen=True)
class RunGroup[L]:
    """Runs of one seed that share a town and a warm-up, with the label that their design gives them.

    Of each run all tables are read if ``all_tables``, and how many residents differ from the first run; else the
    measures alone.
    """

    specs: tuple[RunSpec, ...]
    label: L
    all_tables: bool = False

    @property
    def key(self) -> str:
        """Unique key in a design."""
        return f"{self.label}, {self.all_tables}, runs {', '.join(spec.run for spec in self.specs)}"

    @property
    def shifts(self) -> int:
        """Number of simulated shifts; the runs share one warm-up."""
        return self.specs[0].shifts + sum(spec.reported_shifts for spec in self.specs[1:])


@dataclass(frozen=True)
class GroupResults[L]:
    """Finished runs of a group, and numbers of residents who differ from the first run."""

    group: RunGroup[L]
    finished: list[StoredRun]
    residents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def label(self) -> L:
        """Label of the group."""
        return self.group.label

    @property
    def years(self) -> float:
        """Reported years of each run."""
        return self.group.specs[0].reported_shifts / SHIFTS / DAYS_OF_YEAR


type CompareResults = GroupResults[CompareLabel]


def run_group[L](group: RunGroup[L], report: ReportProgress) -> GroupResults[L]:
    """Simulate the runs of a group."""
    for spec in group.specs:
        town = town_for(spec)
    runs, residents, first = [], [], None
    for arm, (spec, world, cells) in enumerate(simulated_twins(group.specs, town, report)):
        runs.append(finished_run(world, spec, cells, all_tables=group.all_tables))
        if group.all_tables and first is not None:
            residents += [{"seed": spec.seed, "arm": arm, **row} for row in count_differing_residents(first, world)]
        if group.all_tables and first is None:
            first = world
        else:
            world.release()
    if first is not None:
        first.release()
    return GroupResults(group, runs, residents)


def part_of_results[L](results: GroupResults[L]) -> tuple[dict[str, Any], Tables]:
    """Return the facts and tables of a group; names of tables begin with the number of the run."""
    tables = {f"{k}/{name}": table for k, run in enumerate(results.finished) for name, table in run.tables.items()}
    return {"ceiling_hits": [run.ceiling_hits for run in results.finished], "residents": results.residents}, tables


def results_of_part[L](group: RunGroup[L], facts: Mapping[str, Any], tables: Tables) -> GroupResults[L]:
    """Restore the results of a group from its part; raise if the part does not fit the group."""
    tables_by_arm: list[dict[str, Any]] = [{} for _ in group.specs]
    for name, table in tables.items():
        k, _, kind = name.partition("/")
        tables_by_arm[int(k)][kind] = table
    if any(row["arm"] >= len(group.specs) for row in facts["residents"]):
        raise ValueError("residents of an arm that there is not")
    finished = [
        restored_run(spec, tables, hits, all_tables=group.all_tables)
        for spec, tables, hits in zip(group.specs, tables_by_arm, facts["ceiling_hits"], strict=True)
    ]
    return GroupResults(group, finished, facts["residents"])


def run_missing_groups[L](
    groups: Sequence[RunGroup[L]], workers: int, label: str | Progress, folder: Path
) -> JobResults[RunGroup[L], GroupResults[L]]:
    """Simulate the groups of which ``folder`` holds no part; an interruption keeps the finished ones."""
    cache = JobCache[RunGroup[L], GroupResults[L]](folder, part_of_results, results_of_part, TwinsPart)
    return run_unfinished(groups, run_group, workers, label, cache)


def under_law(law: Law, spec: RunSpec) -> RunSpec:
    """Return a run under another law of trust."""
    return spec.with_values(parameters_of_law(law))


def twin_worlds[W: TrustModel](
    specs: Sequence[RunSpec], town: Town, report: ReportProgress, world_type: type[W]
) -> Iterator[W]:
    """Yield a world for each run of one seed, all at the end of one warm-up, which no policy affects."""
    common, keep = checkpoint_at_start(specs[0], town), ("incidents",)
    report(specs[0].shifts - specs[0].reported_shifts)
    for spec in specs:
        yield world_type.resumed(spec.scenario, common, town=town, keep=keep)


def simulated_twins(
    specs: Sequence[RunSpec], town: Town, report: ReportProgress
) -> Iterator[tuple[RunSpec, TrustModel, list[np.ndarray]]]:
    """Yield each run of one seed with its world at the end and the monthly rows of its cells."""
    for spec, world in zip(specs, twin_worlds(specs, town, report, TrustModel), strict=True):
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
    """Return the residents who reported to the state, complained, were harmed, or met the police since the start."""
    rows = np.concatenate([np.zeros(0, Incident.dtype), *world.kept["incidents"]])
    reporting = (rows["handed"] == 1) | ((rows["reported_to"] != NOBODY) & (rows["reported_to"] != COMMUNAL))
    return {
        "told": resident_numbers(rows["teller"][reporting]),
        "complained": resident_numbers(rows["teller"][rows["complaint"] == 1]),
        "harmed": resident_numbers(rows["victim"]),
        "met": resident_numbers(np.flatnonzero(world.state[MINDS]["met"] >= tick_of(world.settings.start))),
    }


def resident_numbers(numbers: np.ndarray) -> set[int]:
    """Return the set of the numbers of residents, without negative codes."""
    return set(np.unique(numbers[numbers >= 0]).tolist())
