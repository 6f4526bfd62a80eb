"""The crate of a comparison: which files of the program its arms were made from, of which it holds copies."""

import contextlib
from pathlib import Path
from typing import Any

from experiments.storage import run_crate
from experiments.storage.run_crate import About
from model.engine.errors import InputError
from scenarios.policy_files import included_policy_files, is_world
from scenarios.reading import FOLDER, built_in_files

SHARED = ("baseline", "criteria", "timeline")
"""Files that every municipality extends or reads."""
WHAT = "Twin worlds of a Guatemalan municipality: tables of a comparison of policies"


def inputs_of(manifest: dict[str, Any]) -> dict[str, bytes]:
    """Return the files of the program from which the arms of a comparison were made, by the name of their copy."""
    sites = {arm["scenario"] for arm in manifest["arms"]}
    policies = {policy["name"] for arm in manifest["arms"] for policy in arm["policies"]}
    paths = [path for name, path in built_in_files().items() if name in {*SHARED, *sites}]
    paths += [path for path in sorted((FOLDER / "maps").glob("*.geojson")) if path.stem in sites or "lake" in path.stem]
    found = {f"inputs/{path.relative_to(FOLDER).as_posix()}": path for path in paths}
    for name in sorted(policies):
        with contextlib.suppress(InputError):  # its file is gone
            found |= {
                f"inputs/policies/{'worlds/' * is_world(path)}{path.name}": path for path in included_policy_files(name)
            }
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def crate_of(folder: Path, manifest: dict[str, Any]) -> bytes:
    """Return the metadata of the crate that the folder of a comparison is."""
    run = f"seeds {manifest['seeds']}, from {manifest['begins']} to {manifest['until']}"
    return run_crate.crate_of(folder, manifest, About(WHAT, manifest["command"], run), kept(folder, manifest))


def kept(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Return the inputs of which copies lie in the folder: a crate lists nothing that it does not hold."""
    return [name for name in inputs_of(manifest) if (folder / name).is_file()]
