"""Cache of worlds at the end of their warm-up, shared by all runs with the same town, seed and warm-up.

No policy acts before the reported run, and values set for a run apply from its start.  Runs that differ only in these
have the same warm-up; a worker simulates it once and starts the others from a copy, with bit-identical results.  That
of a run, of paired runs and of the page is also stored, for later commands.
"""

import dataclasses
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from experiments.execution.start_store import keeps_start, read_entry, write_entry
from experiments.storage.run_identity import canonical_json, digest_of, settings_of
from experiments.storage.run_spec import MAX_SCENARIOS, RunSpec, read_once, scenario_with
from model.engine.scenario import Scenario

if TYPE_CHECKING:
    from model.simulation.checkpoint import Checkpoint
    from model.simulation.model import TrustModel
    from model.town.town import Town

MAX_BYTES = 512 * 2**20
"""Memory (bytes) of a worker for warm starts; the last one is kept in any case."""


def warm_up_scenario(scenario: Scenario) -> Scenario:
    """Return the scenario in force during the warm-up: without policies and values set for the run."""
    return dataclasses.replace(scenario, policies=(), groups={**scenario.groups, **scenario.before}, before={})


def warm_up_key(spec: RunSpec) -> str:
    """Return the key of a warm-up: digest of the settings in force until its end, seed and town."""
    return f"{_settings_digest(*spec.files)}-{spec.seed}-{spec.town}"


@read_once(MAX_SCENARIOS)
def _settings_digest(*files: Any) -> str:
    return digest_of(canonical_json(settings_of(warm_up_scenario(scenario_with(*files)))).encode())


def with_shared_warm_ups(specs: Sequence[RunSpec]) -> list[RunSpec]:
    """Return the runs, marked if another one shares their warm-up; runs from saved states have none."""
    keys = [warm_up_key(spec) if has_warm_up(spec) else "" for spec in specs]
    shared = Counter(keys)
    return [mark_as_sharing(spec) if key and shared[key] > 1 else spec for spec, key in zip(specs, keys, strict=True)]


def has_warm_up(spec: RunSpec) -> bool:
    """Return whether a run simulates a warm-up."""
    return spec.branch is None and spec.scenario["calendar"].warm_up > 0


def mark_as_sharing(spec: RunSpec) -> RunSpec:
    """Return a run that is marked as sharing its warm-up, with its identity unchanged."""
    new = dataclasses.replace(spec, shares_warm_up=True)
    vars(new)["run"] = spec.run
    return new


@dataclass
class WarmStarts:
    """Cache of the last warm starts, in the order in which they were used."""

    checkpoints: "dict[str, Checkpoint]" = field(default_factory=dict)
    n_simulated: int = 0
    lock: Lock = field(default_factory=Lock)

    def world(self, spec: RunSpec, town: "Town", keep: Collection[str]) -> "TrustModel":
        """Return the world of a run at its start; simulate its warm-up if that is not cached."""
        from model.simulation.model import TrustModel  # imports Mesa, which the coordinator does not need

        with self.lock:  # a worker of a cluster may have several threads
            start = self.checkpoints.pop(key := warm_up_key(spec), None)
            if start is None:
                self.free_memory()
                start = simulated_start(spec, town)
                self.n_simulated += 1
            self.checkpoints[key] = start
        return TrustModel.resumed(spec.scenario, start, town=town, keep=keep)

    def free_memory(self) -> None:
        """Remove the least recently used warm starts until another one fits."""
        from model.simulation.checkpoint import checkpoint_bytes

        while self.checkpoints and sum(map(checkpoint_bytes, self.checkpoints.values())) > MAX_BYTES / 2:
            del self.checkpoints[next(iter(self.checkpoints))]


WARM_STARTS = WarmStarts()
"""Cache of this process."""


def world_at_start(spec: RunSpec, town: "Town", keep: Collection[str] = ()) -> "TrustModel":
    """Return the world of a run at its start, for this run alone: from the store, or simulated."""
    from model.simulation.model import TrustModel

    if not is_stored(spec):
        return TrustModel(spec.scenario, rng=spec.seed, town=town, keep=keep)
    return TrustModel.resumed(spec.scenario, checkpoint_at_start(spec, town), town=town, keep=keep, own=True)


def checkpoint_at_start(spec: RunSpec, town: "Town") -> "Checkpoint":
    """Return the checkpoint at the end of a warm-up: from the store, or simulated and stored."""
    from model.simulation.checkpoint import write_checkpoint
    from model.simulation.model import read_checkpoint  # imports Mesa, which the coordinator does not need

    if not is_stored(spec):
        return simulated_start(spec, town)
    key = f"world {warm_up_key(spec)}"

    def read(folder: Path, whole: bool) -> "Checkpoint":
        return read_checkpoint(folder, whole, warm_up_scenario(spec.scenario), town)

    start = read_entry(key, read)
    if start is None:
        start = simulated_start(spec, town)
        write_entry(key, partial(write_checkpoint, checkpoint=start))
    return start


def simulated_start(spec: RunSpec, town: "Town") -> "Checkpoint":
    """Return the checkpoint at the end of a warm-up that is simulated anew."""
    from model.simulation.model import TrustModel  # imports Mesa, which the coordinator does not need

    world = TrustModel(warm_up_scenario(spec.scenario), rng=spec.seed, town=town)
    start = world.checkpoint()
    world.release()
    return start


def is_stored(spec: RunSpec) -> bool:
    """Return whether the end of the warm-up of a run is stored."""
    return has_warm_up(spec) and keeps_start(spec)
