"""Towns that a worker keeps: a few at a time, shared by all runs that do not change what a town is built from."""

from collections import UserDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from experiments.storage.run_identity import canonical, digest_of, numbers_of, places_of
from experiments.storage.run_spec import RunSpec
from model.engine.parameters import ParameterGroup
from model.engine.scenario import Scenario
from scenarios import load

if TYPE_CHECKING:
    from model.town.town import Town

MOST = 2
"""Towns that a worker keeps: as many as a study that goes to and fro between two municipalities needs."""


class Watched(UserDict[str, ParameterGroup]):
    """The groups of a scenario; remembers which of them were read."""

    def __init__(self, groups: Mapping[str, ParameterGroup]) -> None:
        super().__init__(groups)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> ParameterGroup:
        self.read.add(name)
        return super().__getitem__(name)


@dataclass
class Towns:
    """The last towns that were needed."""

    kept: list[tuple[frozenset[str], str, "Town"]] = field(default_factory=list)
    built: int = 0
    lock: Lock = field(default_factory=Lock)

    def of(self, scenario: Scenario) -> "Town":
        """Return the town of a scenario: one that is kept if it would be the same, else a new one."""
        with self.lock:  # a worker of a cluster may have several threads
            for entry in self.kept:
                groups, mark, town = entry
                if mark == mark_of(scenario, groups):
                    self.kept.remove(entry)
                    self.kept.append(entry)
                    return town
            del self.kept[: len(self.kept) - MOST + 1]
            town, groups = build(scenario)
            self.built += 1
            self.kept.append((groups, mark_of(scenario, groups), town))
            return town


TOWNS = Towns()
"""The towns that this process keeps."""


def town_for(spec: RunSpec) -> "Town":
    """Return the town of a run, unless its files have changed since it was asked for."""
    spec.check_files()
    return TOWNS.of(spec.scenario)


def build(scenario: Scenario) -> "tuple[Town, frozenset[str]]":
    """Return the town of a scenario, and the names of the groups of parameters that it was built from."""
    from model.town.town import build_town  # brings the compiler, which the coordinator does without

    watched = Watched(scenario.groups)
    town = build_town(replace(scenario, groups=watched))
    return town, frozenset(watched.read)


def mark_of(scenario: Scenario, groups: frozenset[str]) -> str:
    """Return what stands for all that a town is built from, if it reads these groups."""
    places = places_of(scenario) | {"start": scenario.start.isoformat()}
    numbers = {name: numbers_of(scenario[name]) for name in groups}
    return digest_of(canonical([places, numbers]).encode())


def groups_of_towns() -> frozenset[str]:
    """Return the names of the groups that towns are built from, as a small one shows."""
    return build(load("baseline", set={"population.scale": 0.05}))[1]
