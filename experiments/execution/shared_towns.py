"""Cache of the last towns in a process, shared by all runs with the same inputs of a town."""

from collections import UserDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from experiments.storage.run_identity import canonical_json, digest_of, map_of, numbers_of
from experiments.storage.run_spec import RunSpec
from model.engine.parameters import ParameterGroup
from model.engine.scenario import Scenario
from scenarios import load

if TYPE_CHECKING:
    from model.town.town import Town

MAX_CACHED_TOWNS = 2
"""Number of cached towns; enough for a study that alternates between two municipalities."""


class RecordingGroups(UserDict[str, ParameterGroup]):
    """Parameter groups of a scenario; records the names of those that are read."""

    def __init__(self, groups: Mapping[str, ParameterGroup]) -> None:
        super().__init__(groups)
        self.names_read: set[str] = set()

    def __getitem__(self, name: str) -> ParameterGroup:
        self.names_read.add(name)
        return super().__getitem__(name)


@dataclass
class Towns:
    """Cache of the towns used last."""

    entries: list[tuple[frozenset[str], str, "Town"]] = field(default_factory=list)
    n_built: int = 0
    lock: Lock = field(default_factory=Lock)

    def of(self, scenario: Scenario) -> "Town":
        """Return the town of a scenario: a cached one if its inputs are the same, else a new one."""
        with self.lock:  # a worker of a cluster may have several threads
            for entry in self.entries:
                groups, digest, town = entry
                if digest == digest_of_inputs(scenario, groups):
                    self.entries.remove(entry)
                    self.entries.append(entry)
                    return town
            del self.entries[: len(self.entries) - MAX_CACHED_TOWNS + 1]
            town, groups = build_and_record_groups(scenario)
            self.n_built += 1
            self.entries.append((groups, digest_of_inputs(scenario, groups), town))
            return town


TOWNS = Towns()
"""Cache of this process."""


def town_for(spec: RunSpec) -> "Town":
    """Return the town of a run; raise if its files have changed since the run was requested."""
    spec.check_files()
    return TOWNS.of(spec.scenario)


def build_and_record_groups(scenario: Scenario) -> "tuple[Town, frozenset[str]]":
    """Return a new town of a scenario, and the names of the parameter groups from which it was built."""
    from model.town.town import build_town  # imports Numba, which the coordinator does not need

    recording = RecordingGroups(scenario.groups)
    town = build_town(replace(scenario, groups=recording))
    return town, frozenset(recording.names_read)


def digest_of_inputs(scenario: Scenario, groups: frozenset[str]) -> str:
    """Return the digest of all inputs of a town that is built from the given parameter groups."""
    places = map_of(scenario) | {"start": scenario.start.isoformat()}
    numbers = {name: numbers_of(scenario[name]) for name in groups}
    return digest_of(canonical_json([places, numbers]).encode())


def groups_of_towns() -> frozenset[str]:
    """Return the names of the parameter groups from which towns are built, found by building a small one."""
    return build_and_record_groups(load("baseline", set={"population.scale": 0.05}))[1]
