"""Twin worlds of one seed, side by side: one town, one warm-up, then every arm; and who lives otherwise in each."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from experiments.runs.plan import Plan
from experiments.runs.seats import Tell
from experiments.runs.worlds import Finished, go_on, hits_of, measures_table, shifts_of, tables_of
from model.calendar import tick_of
from model.daybook import COMMUNAL, NOBODY, Incident
from model.model import TrustModel
from model.scenario import Scenario
from model.town import Town

MEMORY_YEARS = (0.15, 0.5, 1.0, 3.0, 10.0)
ASYMMETRY = (1.0, 2.0, 4.0, 8.0)
MOST_ASYMMETRY_OF_FAIRNESS = 2.0
"""Bad news weighs up to eight times for effectiveness, up to twice for fairness: so far the studies go (Z01)."""
NOTABLE = 0.01
"""A resident trusts otherwise if trust differs by a point of a hundred."""

Law = tuple[float, float]
"""Half-life of an event in years, and weight of bad over good news."""


@dataclass(frozen=True)
class Task:
    """One seed of one site: its twins; or again under another law of trust; or the arms on luck of their own."""

    block: int
    seed: int
    kind: Literal["twins", "memory", "alone"] = "twins"
    law: Law | None = None


@dataclass(frozen=True)
class TwinRuns:
    """What a task leaves: runs by arm, and how many residents live otherwise than in the first arm's world."""

    task: Task
    finished: list[Finished]
    residents: list[dict[str, Any]] = field(default_factory=list)


def live(task: Task, plans: Sequence[Plan], town: Town, tell: Tell) -> TwinRuns:
    """Carry out a task."""
    if task.law is not None:
        plans = [dataclasses.replace(plan, scenario=under(task.law, plan.scenario)) for plan in plans]
    if task.kind == "alone":
        return TwinRuns(task, [lone(plan, task.seed, town, tell) for plan in plans[1:]])
    worlds = twins(plans, task.seed, town, tell)
    runs, residents, first = [], [], None
    for plan, world in zip(plans, worlds, strict=True):
        cells = go_on(world, tick_of(plan.until), tell)
        runs.append(finished(world, plan, cells, whole=task.kind == "twins"))
        if first is not None and task.kind == "twins":
            residents += [{"seed": task.seed, "arm": len(runs) - 1, **row} for row in differing(first, world)]
        first = first or world
    return TwinRuns(task, runs, residents)


def shifts_for(task: Task, plans: Sequence[Plan]) -> int:
    """Return how many shifts a task simulates."""
    whole = shifts_of(plans[0])
    if task.kind == "alone":
        return whole * (len(plans) - 1)
    return whole + (len(plans) - 1) * (tick_of(plans[0].until) - tick_of(plans[0].begins))


def under(law: Law, scenario: Scenario) -> Scenario:
    """Return a scenario in which memory and asymmetry are these."""
    memory, asymmetry = law
    changes: dict[str, Any] = {
        "memory_years": memory,
        "negativity_effectiveness": asymmetry,
        "negativity_fairness": min(asymmetry, MOST_ASYMMETRY_OF_FAIRNESS),
    }
    trust = dataclasses.replace(scenario.groups["trust"], **changes)
    return dataclasses.replace(scenario, groups={**scenario.groups, "trust": trust})


def twins(plans: Sequence[Plan], seed: int, town: Town, tell: Tell) -> Any:
    """Yield a world for each plan, all at the end of one warm-up, which no policy can touch."""
    scenario = dataclasses.replace(plans[0].scenario, policies=())
    keep = ("incidents",)
    common = TrustModel(scenario, rng=seed, town=town, keep=keep).checkpoint()
    tell(shifts_of(plans[0]) - (tick_of(plans[0].until) - tick_of(plans[0].begins)))
    for plan in plans:
        yield TrustModel.resumed(plan.scenario, common, town=town, keep=keep)


def lone(plan: Plan, seed: int, town: Town, tell: Tell) -> Finished:
    """Run one world from its own beginning."""
    world = TrustModel(plan.scenario, rng=seed, town=town)
    tell(shifts_of(plan) - (tick_of(plan.until) - tick_of(plan.begins)))
    return finished(world, plan, go_on(world, tick_of(plan.until), tell), whole=False)


def finished(world: TrustModel, plan: Plan, cells: list[np.ndarray], *, whole: bool) -> Finished:
    """Return the run of a world that has ended, with all tables or its measures alone."""
    run = plan.run(world.seed)
    tables = tables_of(world, plan, run, cells) if whole else {"measures": measures_table(world, plan, run)}
    return Finished(world.seed, run, tables, hits_of(world))


# Residents who differ


def differing(base: TrustModel, arm: TrustModel) -> list[dict[str, Any]]:
    """Return how many residents did or suffered something in one of two twin worlds only."""
    left, right = deeds(base), deeds(arm)
    rows = [
        {"what": what, "only_arm": len(right[what] - left[what]), "only_base": len(left[what] - right[what])}
        for what in left
    ]
    alive = (base.state.minds["gone"] < 0) & (arm.state.minds["gone"] < 0)
    moved = arm.trust()[alive] - base.trust()[alive]
    rows.append({"what": "trust", "only_arm": int((moved > NOTABLE).sum()), "only_base": int((moved < -NOTABLE).sum())})
    return rows


def deeds(world: TrustModel) -> dict[str, set[int]]:
    """Return who told the state, who complained, who was harmed, whom the police met since the start."""
    rows = np.concatenate([np.zeros(0, Incident.dtype), *world.kept["incidents"]])
    stated = (rows["handed"] == 1) | ((rows["told"] != NOBODY) & (rows["told"] != COMMUNAL))
    return {
        "told": people(rows["teller"][stated]),
        "complained": people(rows["teller"][rows["complaint"] == 1]),
        "harmed": people(rows["victim"]),
        "met": people(np.flatnonzero(world.state.minds["met"] >= tick_of(world.settings.start))),
    }


def people(numbers: np.ndarray) -> set[int]:
    """Return those numbers that are of residents."""
    return set(np.unique(numbers[numbers >= 0]).tolist())
