"""RO-Crate metadata of results: content and inputs of the files, authors of the program, command to repeat the run."""

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.storage.manifest import MANIFEST
from experiments.storage.run_folder import json_of
from experiments.words.dictionary import data_dictionary
from model.engine.errors import InputError
from scenarios.policy_files import included_policy_files, is_world
from scenarios.reading import FOLDER, built_in_files

CRATE = "ro-crate-metadata.json"
LICENCE = "https://spdx.org/licenses/MIT"
FILE_DESCRIPTIONS = {MANIFEST: "settings, seeds, versions and command", "summary.png": "figure of the run"}
KINDS_OF_INPUTS = {"worlds": "world", "policies": "policy", "maps": "outline"}
"""Kind of an input by the folder of its copy; in any other folder it is a scenario."""
MEDIA_TYPES = {
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".geojson": "application/geo+json",
    ".toml": "application/toml",
}
VERSION = "1.1"
"""Version of RO-Crate: the one of the profile of runs, which allows a program without a URL."""
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TEAM, PERSON, ARTICLE = "#team", "#matute", "https://doi.org/10.12924/johs2021.16020097"
SHARED_FILES = ("baseline", "criteria", "timeline")
"""Files that every municipality extends or reads."""
CONTENT = "Twin worlds of a Guatemalan municipality: tables of a comparison of policies"
FIXED_ENTITIES: dict[str, dict[str, Any]] = {
    PROFILE: {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
    LICENCE: {
        "@type": "CreativeWork",
        "name": "MIT License",
        "description": "Whoever names the authors may use, change and pass on program and results, without warranty.",
    },
    TEAM: {"@type": "Organization", "name": "The Confianza team"},
    PERSON: {"@type": "Person", "name": "A. Matute"},
    ARTICLE: {
        "@type": "ScholarlyArticle",
        "name": "Possibilities of Advancing Police Reform in Guatemala through Community-Oriented Policing",
        "datePublished": "2021",
    },
}
"""Fixed entities of a crate: profile and licence, the program's authors, the paper that it implements."""


def crate_of(
    folder: Path, manifest: dict[str, Any], content: str, command: str, runs: str, inputs: Sequence[str] = ()
) -> bytes:
    """Return the RO-Crate metadata of a results folder, described by ``content``; the same for the same manifest."""
    from rocrate.model.contextentity import ContextEntity  # takes half a second to import
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=VERSION)
    crate.name = f"Confianza: {command}"
    crate.description = content
    crate.datePublished = manifest["written"]
    entities = {name: crate.add(ContextEntity(crate, name, properties=said)) for name, said in FIXED_ENTITIES.items()}
    entities[ARTICLE]["author"], crate.root_dataset["author"] = entities[PERSON], entities[TEAM]
    crate.root_dataset["license"], crate.root_dataset["conformsTo"] = entities[LICENCE], entities[PROFILE]
    program = crate.add(ContextEntity(crate, "#confianza", properties=program_of(manifest)))
    program["author"], program["citation"] = entities[TEAM], entities[ARTICLE]
    said = {path: what for path in sorted(folder.rglob("*")) if (what := describe_file(path))}
    files = [add_file(crate, folder, path, what, manifest) for path, what in said.items()]
    action = {"@type": "CreateAction", "name": command, "endTime": manifest["written"], "description": runs}
    run = crate.add(ContextEntity(crate, "#run", properties=action))
    copies = [folder / name for name in inputs]
    input_entities = [
        add_file(crate, folder, path, f"input: {KINDS_OF_INPUTS.get(path.parent.name, 'scenario')}", manifest)
        for path in copies
    ]
    run["instrument"], run["object"], run["result"] = program, input_entities, files
    crate.root_dataset["mentions"] = run
    return json_of(crate.metadata.generate())


def seeds_and_dates(manifest: dict[str, Any]) -> str:
    """Return the seeds and the reported time of runs as text."""
    return f"seeds {manifest['seeds']}, from {manifest['begins']} to {manifest['until']}"


def program_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of the program in a crate."""
    versions = manifest["versions"]
    return {
        "@type": "SoftwareApplication",
        "name": "confianza",
        "version": versions["confianza"],
        "softwareRequirements": [f"{name} {version}" for name, version in sorted(versions.items())],
        "identifier": f"fingerprint {manifest['fingerprint']}",
    }


def add_file(crate: Any, folder: Path, path: Path, description: str, manifest: dict[str, Any]) -> Any:
    """Add a file with its description; the manifest, written after the crate, has its size computed."""
    size = len(json_of(manifest)) if path.name == MANIFEST else path.stat().st_size
    entry = {
        "name": path.name,
        "description": description,
        "encodingFormat": MEDIA_TYPES[path.suffix],
        "contentSize": str(size),
    }
    return crate.add_file(dest_path=path.relative_to(folder).as_posix(), properties=entry)


def describe_file(path: Path) -> str | None:
    """Return the description of a results file (by its name or, in sweeps, its folder's), or None for other files."""
    if path.suffix != ".parquet":
        return FILE_DESCRIPTIONS.get(path.name)
    tables = data_dictionary()["tables"]
    return next((tables[name]["en"] for name in (path.stem, path.parent.name) if name in tables), None)


def inputs_of(manifest: dict[str, Any]) -> dict[str, bytes]:
    """Return the input files of a comparison's arms (scenarios, maps, policies) by the path of their copy."""
    sites = {arm["scenario"] for arm in manifest["arms"]}
    policies = {policy["name"] for arm in manifest["arms"] for policy in arm["policies"]}
    paths = [path for name, path in built_in_files().items() if name in {*SHARED_FILES, *sites}]
    paths += [path for path in sorted((FOLDER / "maps").glob("*.geojson")) if path.stem in sites or "lake" in path.stem]
    copies = {f"inputs/{path.relative_to(FOLDER).as_posix()}": path for path in paths}
    for name in sorted(policies):
        with contextlib.suppress(InputError):  # the file of the policy was removed
            copies |= {
                f"inputs/policies/{'worlds/' * is_world(path)}{path.name}": path for path in included_policy_files(name)
            }
    return {name: path.read_bytes() for name, path in copies.items() if path.is_file()}


def comparison_crate(folder: Path, manifest: dict[str, Any]) -> bytes:
    """Return the RO-Crate metadata of the folder of a comparison."""
    inputs = [name for name in inputs_of(manifest) if (folder / name).is_file()]  # a crate lists only existing files
    return crate_of(folder, manifest, CONTENT, manifest["command"], seeds_and_dates(manifest), inputs)
