"""Jobs: one run each, small enough to hold many thousands and to send to another machine."""

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from experiments.runs.identity import identity, settings_of
from experiments.runs.plan import Plan, value_in_force
from model.errors import InputError
from model.parameters import date_of
from model.policies import check_policies
from model.scenario import Scenario
from scenarios import load


@dataclass(frozen=True)
class Point:
    """What a run is asked to be, but for its seed; plain values only."""

    source: str
    policies: tuple[str, ...]
    sets: tuple[tuple[str, Any], ...]
    varied: tuple[str, ...]
    start: str | None
    until: str
    keep: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """One run: a point, a seed, and the identity that both have with this code."""

    run: str
    seed: int
    point: Point

    @property
    def key(self) -> str:
        """What tells it from every other."""
        return self.run


def jobs_at(point: Point, seeds: Iterable[int]) -> Iterator[Job]:
    """Yield the jobs of a point; reads and checks all that the point says."""
    full = settings_of(scenario_of(point))
    until = datetime.date.fromisoformat(point.until)
    for seed in seeds:
        yield Job(identity(full, seed, until, (*point.keep, *point.measures)), seed, point)


def scenario_of(point: Point) -> Scenario:
    """Return the scenario of a point.

    Reading a scenario takes a hundredth of a second; so what all points of a study share is read once, and the
    numbers that differ are laid over it.
    """
    numbers = {key: value for key, value in point.sets if key in point.varied and is_number(value)}
    shared = tuple((key, value) for key, value in point.sets if key not in numbers)
    scenario = base(point.source, point.policies, shared, point.start)
    if not numbers:
        return scenario
    changes: dict[str, dict[str, Any]] = {}
    for dotted, value in numbers.items():
        name, _, key = dotted.partition(".")
        changes.setdefault(name, {})[key] = value
    groups = dict(scenario.groups) | {name: scenario.groups[name].replace(new) for name, new in changes.items()}
    changed = dataclasses.replace(scenario, groups=groups)
    check_policies(changed)
    return changed


def is_number(value: Any) -> bool:
    """Tell whether a value is a number, and no switch."""
    return isinstance(value, int | float) and not isinstance(value, bool)


@lru_cache(maxsize=16)
def base(source: str, policies: tuple[str, ...], sets: tuple[tuple[str, Any], ...], start: str | None) -> Scenario:
    """Return a scenario as its files and fixed settings say."""
    return load(source, policies=policies, set=dict(sets), start=date_of("start", start) if start else None)


def plan_of(job: Job) -> Plan:
    """Return the plan of a single run."""
    point, scenario = job.point, scenario_of(job.point)
    values = dict(point.sets)
    return Plan(
        source=point.source,
        scenario=scenario,
        words=point.policies,
        varied={key: value_in_force(scenario, key, values[key]) for key in point.varied},
        begins=scenario.start,
        until=datetime.date.fromisoformat(point.until),
        seeds=(job.seed,),
        keep=frozenset(point.keep),
    )


def labels_of(job: Job) -> dict[str, Any]:
    """Return what stands beside the measures of a run in every table."""
    plan = plan_of(job)
    named = {"run": job.run, "scenario": plan.scenario.name, "policy": plan.policy, "seed": job.seed}
    return named | plan.varied


def as_words(job: Job) -> dict[str, Any]:
    """Return a job as JSON can hold it."""
    return {"run": job.run, "seed": job.seed, "point": dataclasses.asdict(job.point)}


def from_words(stated: Mapping[str, Any]) -> Job:
    """Return the job that `as_words` wrote down."""
    try:
        point = dict(stated["point"])
        lists = {key: tuple(point[key]) for key in ("policies", "varied", "keep", "measures")}
        sets = tuple((str(key), value) for key, value in point["sets"])
        return Job(str(stated["run"]), int(stated["seed"]), Point(**point | lists | {"sets": sets}))
    except (KeyError, TypeError, ValueError):
        raise InputError("this file holds no run that could be repeated") from None
