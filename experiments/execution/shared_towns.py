"""Cache of the last towns in a process, shared by all runs with the same inputs of a town."""

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from experiments.execution.start_store import keeps_start, read_entry, write_entry
from experiments.storage.run_identity import canonical_json, digest_of, map_of, numbers_of
from experiments.storage.run_spec import RunSpec
from model.engine.scenario import TOWN_GROUPS, Scenario

if TYPE_CHECKING:
    from model.town.town import Town

MAX_CACHED_TOWNS = 2
"""Number of cached towns; enough for a study that alternates between two municipalities."""


@dataclass
class Towns:
    """Cache of the towns used last, by digest of their inputs."""

    entries: "dict[str, Town]" = field(default_factory=dict)
    n_built: int = 0
    lock: Lock = field(default_factory=Lock)

    def of(self, scenario: Scenario, stored: bool = False) -> "Town":
        """Return the town of a scenario: a cached one if its inputs are the same, else one of the store or a new one.

        Without ``stored`` the store is left alone.
        """
        with self.lock:  # a worker of a cluster may have several threads
            town = self.entries.pop(key := digest_of_inputs(scenario), None)
            if town is None:
                while len(self.entries) >= MAX_CACHED_TOWNS:
                    del self.entries[next(iter(self.entries))]
                town = (stored and read_town_entry(key)) or self.build(key, scenario, stored)
            self.entries[key] = town
            return town

    def build(self, key: str, scenario: Scenario, stored: bool) -> "Town":
        """Return a new town of a scenario, and write it to the store if ``stored``."""
        from model.simulation.town_file import write_town
        from model.town.town import build_town  # imports Numba, which the coordinator does not need

        town = build_town(scenario)
        self.n_built += 1
        if stored:
            write_entry(f"town {key}", lambda folder: write_town(folder, town))
        return town


TOWNS = Towns()
"""Cache of this process."""


def town_for(spec: RunSpec, stored: bool = True) -> "Town":
    """Return the town of a run, by way of the store if ``stored``; raise if files of the run have changed meanwhile."""
    spec.check_files()
    return TOWNS.of(spec.scenario, stored and keeps_start(spec))


def read_town_entry(key: str) -> "Town | None":
    """Return a town of the store by the digest of its inputs, or None."""
    from model.simulation.town_file import read_town  # imports Numba, which the coordinator does not need

    return read_entry(f"town {key}", read_town)


def digest_of_inputs(scenario: Scenario) -> str:
    """Return the digest of all inputs of the town of a scenario."""
    places = map_of(scenario) | {"start": scenario.start.isoformat()}
    numbers = {name: numbers_of(scenario[name]) for name in TOWN_GROUPS}
    return digest_of(canonical_json([places, numbers]).encode())
