"""An RO-Crate beside the results of a comparison: what each file is, from what it came, and how to make it anew."""

import contextlib
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from experiments.runs.dictionary import stated
from experiments.runs.folder import json_of
from experiments.runs.manifest import MANIFEST
from model.errors import InputError
from scenarios.policy_files import is_world, policy_files
from scenarios.reading import FOLDER, built_in

SHARED = ("baseline", "criteria", "timeline")
"""Files that every municipality extends or reads."""
FILE = "ro-crate-metadata.json"
LICENCE = "https://spdx.org/licenses/MIT"
MANIFEST_SAYS = "settings, seeds, versions and command"


def inputs_of(manifest: dict[str, Any]) -> dict[str, bytes]:
    """Return the files of the program from which the arms of a comparison were made, by the name of their copy."""
    sites = {arm["scenario"] for arm in manifest["arms"]}
    policies = {policy["name"] for arm in manifest["arms"] for policy in arm["policies"]}
    paths = [path for name, path in built_in().items() if name in {*SHARED, *sites}]
    paths += [path for path in sorted((FOLDER / "maps").glob("*.geojson")) if path.stem in sites or "lake" in path.stem]
    found = {f"inputs/{path.relative_to(FOLDER).as_posix()}": path for path in paths}
    for name in sorted(policies):
        with contextlib.suppress(InputError):  # its file is gone
            found |= {f"inputs/policies/{'worlds/' * is_world(path)}{path.name}": path for path in policy_files(name)}
    return {name: path.read_bytes() for name, path in found.items() if path.is_file()}


def crate_of(folder: Path, manifest: dict[str, Any]) -> bytes:
    """Return the metadata of the crate that a folder of results is; always the same for the same manifest."""
    crate = ROCrate()
    crate.name = f"Confianza: {manifest['command']}"
    crate.description = "Twin worlds of a Guatemalan municipality: tables of a comparison of policies"
    crate.datePublished = manifest["written"]
    crate.license = LICENCE
    program = crate.add(ContextEntity(crate, "#confianza", properties=program_of(manifest)))
    files = [crate.add_file(dest_path=name, properties=about) for name, about in files_of(folder)]
    action = {
        "@type": "CreateAction",
        "name": manifest["command"],
        "endTime": manifest["written"],
        "description": f"seeds {manifest['seeds']}, from {manifest['begins']} to {manifest['until']}",
    }
    run = crate.add(ContextEntity(crate, "#run", properties=action))
    inputs = [crate.add_file(dest_path=name, properties=input_named(name)) for name in kept(folder, manifest)]
    run["instrument"], run["object"], run["result"] = program, inputs, files
    crate.root_dataset["mentions"] = run
    return json_of(crate.metadata.generate())


def kept(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Return the inputs of which copies lie in the folder: a crate lists nothing that it does not hold."""
    return [name for name in inputs_of(manifest) if (folder / name).is_file()]


def program_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what the crate says of the program."""
    versions = manifest["versions"]
    return {
        "@type": "SoftwareApplication",
        "name": "confianza",
        "version": versions["confianza"],
        "softwareRequirements": [f"{name} {version}" for name, version in sorted(versions.items())],
        "identifier": f"fingerprint {manifest['fingerprint']}",
    }


def files_of(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Return the files of a comparison that lie in its folder, with what they are."""
    kinds = {".json": "application/json", ".parquet": "application/vnd.apache.parquet"}
    return [
        (
            path.relative_to(folder).as_posix(),
            {"name": path.name, "description": what, "encodingFormat": kinds[path.suffix]},
        )
        for path in sorted(folder.rglob("*"))
        if (what := told_of(path))
    ]


def told_of(path: Path) -> str | None:
    """Return what a file of a comparison is; None if it is none."""
    if path.name == MANIFEST:
        return MANIFEST_SAYS
    tables = stated()["tables"]
    return tables[path.stem]["en"] if path.suffix == ".parquet" and path.stem in tables else None


def input_named(name: str) -> dict[str, Any]:
    """Return what the crate says of a copy of an input."""
    kind = "application/geo+json" if name.endswith(".geojson") else "application/toml"
    kinds = {"/worlds/": "world", "/policies/": "policy", "/maps/": "outline"}
    what = next((what for folder, what in kinds.items() if folder in name), "scenario")
    return {"name": Path(name).name, "description": f"input: {what}", "encodingFormat": kind}
