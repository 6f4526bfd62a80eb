"""A comparison from its words to its tables: what has to be run is run, what lies in folders is read."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from experiments.compare.arms import Arm, check_double, check_horizons, found_arms, planned_arms, read_word, told_apart
from experiments.compare.effects import by_seed
from experiments.compare.headlines import present
from experiments.compare.request import Request
from experiments.runs.plan import Plan
from experiments.runs.pool import carry_out
from experiments.runs.runs import Outcome
from experiments.runs.seats import Tell
from experiments.runs.side_by_side import ASYMMETRY, MEMORY_YEARS, Task, TwinRuns, live, shifts_for
from experiments.runs.towns import TOWNS
from experiments.runs.twins import paired, saved, unpaired
from model.errors import InputError

Blocks = list[list[Arm]]


@dataclass(frozen=True)
class Lives:
    """What the tasks of a comparison left, arm by arm in the order of the blocks."""

    runs: dict[tuple[int, int], Outcome]
    residents: pd.DataFrame
    memory: pd.DataFrame
    alone: pd.DataFrame
    interrupted: bool


def arms_of(request: Request) -> tuple[list[Arm], list[Arm]]:
    """Return the arms that are to be run, and those whose results lie in folders; refuse what cannot be compared."""
    words = [read_word(text) for text in request.arms]
    found = told_apart([arm for word in words if word.folder for arm in found_arms(word.folder)])
    planned = planned_arms(words, request.scenarios, **request.of_plans)
    if planned and found:
        raise InputError(
            "arms are either all to be run or all folders: run the policies first, then name their folders"
        )
    if found and (request.memory or request.independent):
        raise InputError("--memory and --independent run worlds: they have no meaning for folders of results")
    arms = planned or found
    if len(arms) < 2:
        raise InputError(f"a comparison needs at least two arms, got {len(arms)}")
    check_horizons(arms)
    check_double(arms)
    return planned, found


def blocks_of(arms: Sequence[Arm]) -> Blocks:
    """Return the arms of every site."""
    sites: dict[str, list[Arm]] = {}
    for arm in arms:
        sites.setdefault(arm.scenario, []).append(arm)
    return list(sites.values())


def tasks_of(request: Request, blocks: Blocks) -> list[Task]:
    """Return everything that has to be run, site by site: twins, arms on their own luck, other laws of trust."""
    seeds = blocks[0][0].seeds
    tasks = []
    for number, arms in enumerate(blocks):
        tasks += [Task(number, seed) for seed in seeds]
        if request.independent and len(arms) > 1:
            tasks += [Task(number, seed + len(seeds), "alone") for seed in seeds]
        if len(arms) > 1:
            laws = [(memory, asymmetry) for memory in MEMORY_YEARS for asymmetry in ASYMMETRY]
            grid = range(request.seed, request.seed + request.memory)
            tasks += [Task(number, seed, "memory", law) for law in laws for seed in grid]
    return tasks


@dataclass(frozen=True)
class TwinJob:
    """A task with the plans that it is about."""

    task: Task
    plans: tuple[Plan, ...]

    @property
    def key(self) -> str:
        """What tells it from every other task of the comparison."""
        return f"{self.task.kind} of {self.plans[0].scenario.name}, seed {self.task.seed}, {self.task.law}"

    @property
    def shifts(self) -> int:
        """Shifts that it simulates."""
        return shifts_for(self.task, self.plans)


def live_twins(job: TwinJob, tell: Tell) -> TwinRuns:
    """Carry out one task."""
    return live(job.task, job.plans, TOWNS.of(job.plans[0].scenario), tell)


def run(request: Request, arms: Sequence[Arm], workers: int) -> Lives:
    """Run all arms of a comparison."""
    blocks = blocks_of(arms)
    plans = [tuple(arm.plan for arm in own if arm.plan) for own in blocks]
    jobs = [TwinJob(task, plans[task.block]) for task in tasks_of(request, blocks)]
    outcome = carry_out(jobs, live_twins, workers, "comparing")
    lived = outcome.results
    twins = [one for one in lived if one.task.kind == "twins"]
    return Lives(
        runs={
            (number, k): Outcome([one.finished[k] for one in twins if one.task.block == number], outcome.interrupted)
            for number, own in enumerate(blocks)
            for k in range(len(own))
        },
        residents=residents_table(twins, blocks),
        memory=memory_table([one for one in lived if one.task.kind == "memory"], blocks),
        alone=alone_table(lived, blocks),
        interrupted=outcome.interrupted,
    )


def residents_table(twins: Sequence[TwinRuns], blocks: Blocks) -> pd.DataFrame:
    """Return how many residents live otherwise, by site, arm, seed and deed."""
    rows = [
        {"site": arms[0].scenario, "against": arms[row["arm"]].name, **{k: v for k, v in row.items() if k != "arm"}}
        for one in twins
        for arms in [blocks[one.task.block]]
        for row in one.residents
    ]
    return pd.DataFrame(rows, columns=["site", "against", "seed", "what", "only_arm", "only_base"])


def memory_table(lived: Sequence[TwinRuns], blocks: Blocks) -> pd.DataFrame:
    """Return the effect on every headline measure under every law of trust."""
    rows: list[dict[str, Any]] = []
    cells: dict[tuple[int, Any], list[TwinRuns]] = {}
    for one in lived:
        cells.setdefault((one.task.block, one.task.law), []).append(one)
    for (number, law), own in cells.items():
        months = [
            pd.concat([one.finished[k].tables["measures"].to_pandas() for one in own]) for k in arms_in(blocks, number)
        ]
        for k, arm in enumerate(blocks[number][1:], start=1):
            for headline in present(months[0].columns):
                values = [by_seed(side, headline.of) for side in (months[0], months[k])]
                effect = dataclasses.asdict(paired(*(list(one.values()) for one in values)))
                place = {"site": arm.scenario, "against": arm.name, "memory_years": law[0], "asymmetry": law[1]}
                rows.append(place | {"measure": headline.name} | effect)
    return pd.DataFrame(rows)


def arms_in(blocks: Blocks, number: int) -> range:
    """Return the numbers of the arms of a block."""
    return range(len(blocks[number]))


def alone_table(lived: Sequence[TwinRuns], blocks: Blocks) -> pd.DataFrame:
    """Return, for every arm but the first, its effect against worlds of other seeds, and what twins save."""
    rows: list[dict[str, Any]] = []
    for number, arms in enumerate(blocks):
        twins = [one for one in lived if one.task.block == number and one.task.kind == "twins"]
        alone = [one for one in lived if one.task.block == number and one.task.kind == "alone"]
        for k, arm in enumerate(arms[1:] if alone and twins else [], start=1):
            base, twin, other = (months_of(side, at) for side, at in ((twins, 0), (twins, k), (alone, k - 1)))
            for headline in present(base.columns):
                values = [by_seed(side, headline.of) for side in (base, twin, other)]
                apart = unpaired(list(values[0].values()), list(values[2].values()))
                beside = paired(*([side[seed] for seed in values[0]] for side in values[:2]))
                ratio = saved(apart.error**2, beside.error**2)
                where = {"site": arm.scenario, "against": arm.name, "measure": headline.name}
                rows.append(where | dataclasses.asdict(apart) | {"variance_ratio": ratio})
    return pd.DataFrame(rows)


def months_of(lived: Sequence[TwinRuns], k: int) -> pd.DataFrame:
    """Return the measures of one arm in some tasks."""
    return pd.concat([one.finished[k].tables["measures"].to_pandas() for one in lived])
