"""Read the arms of a sweep: one for each municipality and combination of policies, over parameter draws.

Runs are paired by their world number, which combines the seed and the draw, that is the values of all parameters that
the study varies.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.comparison.arms import Arm
from experiments.storage.manifest import read_manifest
from experiments.storage.reading import load_table, specs_of
from experiments.storage.run_identity import canonical_json, digest_of
from experiments.storage.run_spec import RunSpec

SEED_LIMIT = 2**32
"""Upper limit of seeds; a world number is ``draw * SEED_LIMIT + seed``."""


def draw_of(world: int) -> int:
    """Return the draw in a world number; 0 if nothing was drawn."""
    return world // SEED_LIMIT


def seed_of(world: int) -> int:
    """Return the seed in a world number.

    >>> seed_of(5), seed_of(7 * SEED_LIMIT + 5), draw_of(7 * SEED_LIMIT + 5)
    (5, 5, 7)
    """
    return world % SEED_LIMIT


def arms_of_sweep(folder: Path) -> list[Arm]:
    """Return the arms of a sweep that have finished runs, in the order of its plan."""
    manifest, finished = read_manifest(folder), set(load_table(folder, "measures")["run"].to_pylist())
    groups: dict[tuple[str, tuple[str, ...]], dict[str, RunSpec]] = {}
    for run, spec in specs_of(folder).items():
        if run in finished:
            groups.setdefault((spec.source, spec.policies), {})[run] = spec
    return [swept_arm(folder, manifest, specs) for specs in groups.values()]


def swept_arm(folder: Path, manifest: dict[str, Any], specs: dict[str, RunSpec]) -> Arm:
    """Return the arm made of some runs of a sweep."""
    worlds = {run: world_of(spec, manifest["varied"]) for run, spec in specs.items()}
    first = next(iter(specs.values()))
    return Arm.from_runs(
        "+".join(first.policies),
        list(specs.values()),
        policies=first.policies,
        seeds=tuple(worlds.values()),
        fingerprint=manifest["fingerprint"],
        folder=folder,
        varied=tuple(manifest["varied"]),
        runs=worlds,
    )


def world_of(spec: RunSpec, varied: Sequence[str]) -> int:
    """Return the world number of a run; the draw is a digest of the drawn values, 0 if nothing was drawn."""
    values = {name: text for name, text in spec.overrides if name in varied}
    draw = int(digest_of(canonical_json(values).encode())[:7], 16) + 1 if values else 0
    return draw * SEED_LIMIT + spec.seed


def distinct_draws(worlds: Sequence[int]) -> list[int]:
    """Return the distinct draws in some world numbers, sorted."""
    return sorted({draw_of(world) for world in worlds})
