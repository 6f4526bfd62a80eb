"""Manifest of a results folder: its kind, its schema, and its provenance (code, machine, time)."""

import contextlib
import datetime
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from experiments.storage.manifest_schema import (
    ComparisonManifest,
    ManifestEntry,
    OtherVersion,
    check_types,
    read_validated_json,
)
from experiments.words.dictionary import SCHEMA_VERSION
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from scenarios.files import parse_json, read_text

MANIFEST, ARMS = "manifest.json", "arms"
RUN, COMPARISON, SWEEP = "confianza run 1", "confianza compare 1", "confianza sweep 1"
NAMES_OF_KINDS = {RUN: "run", COMPARISON: "comparison", SWEEP: "sweep"}
UNFINISHED = "unfinished"
REMEDY = "choose another folder with --out, or begin anew with --fresh"
TEMPORARY_FILE = re.compile(r"\..+\.(?:parquet|json|png)\.\d+")
"""Temporary files that a killed process may leave behind."""
VERSIONS = ("confianza", "mesa", "numpy", "numba", "llvmlite", "scipy", "shapely", "pandas", "pyarrow")


def read_manifest(folder: Path) -> ManifestEntry:
    """Return the manifest of a results folder; raise if its schema is newer or the folder is unfinished."""
    manifest = read_any_manifest(folder)
    if schema_version(manifest) > SCHEMA_VERSION:
        raise InputError(
            f"{folder / MANIFEST}: schema must be at most {SCHEMA_VERSION}, got {schema_version(manifest)}:"
            " read it with the version of the program that wrote it"
        )
    if manifest.get(UNFINISHED):
        raise InputError(f"{folder} was being written when its program was killed: give the same command again")
    return manifest


def read_any_manifest(folder: Path) -> ManifestEntry:
    """Return the manifest of a folder, of any schema."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(f"no folder '{folder}'")
    if not path.is_file():
        raise InputError(f"{folder} holds no run: {MANIFEST} is missing")
    return read_validated_json(path)


def schema_version(manifest: Mapping[str, Any]) -> int:
    """Return the schema version of a manifest; 0 if it is older than schema versions."""
    return int(manifest.get("schema", 0))


def kind_of(folder: Path) -> str | None:
    """Return the kind of a results folder; None if it is no results folder; raise for another version of its format."""
    try:
        return str(read_any_manifest(folder).get("format"))
    except OtherVersion:
        raise
    except InputError:
        return None


def require_keys(folder: Path, *keys: str) -> ManifestEntry:
    """Return the manifest of a folder; raise with the first of the required keys that is missing."""
    manifest = read_manifest(folder)
    for key in keys:
        if key not in manifest:
            raise InputError(f"{folder / MANIFEST} does not say '{key}': make the folder anew")
    return manifest


def check_schema(folder: Path) -> None:
    """Raise if a folder has another schema, since tables of different schemas must not be mixed."""
    schema = schema_version(read_any_manifest(folder))
    if schema != SCHEMA_VERSION:
        raise InputError(
            f"{folder / MANIFEST}: schema is {schema}, this program writes {SCHEMA_VERSION}: go on with the program"
            f" that began it, {REMEDY}"
        )


def check_goes_on(folder: Path) -> None:
    """Raise if a folder cannot be continued: it has another schema or was computed by other code."""
    check_schema(folder)
    manifest = read_any_manifest(folder)
    if manifest["fingerprint"] != fingerprint():
        raise InputError(
            f"{folder} was computed by code {manifest['fingerprint']}, this is {fingerprint()}: go on with that code,"
            f" {REMEDY}"
        )


def checked_output_folder(folder: Path, kind: str, allowed_file: str = "") -> Path:
    """Return a folder to write into; raise if it holds anything but results of this kind and the ``allowed_file``."""
    if folder.is_symlink() and not folder.exists():
        raise InputError(f"--out {folder} is a link to '{folder.readlink()}', which is not there")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder} is a file, not a folder")
    names = {path.name for path in folder.glob("*") if not TEMPORARY_FILE.fullmatch(path.name)} - {allowed_file}
    if names and kind_of(folder) != kind:
        raise InputError(f"--out {folder} holds something else than a {NAMES_OF_KINDS[kind]}; choose another folder")
    return folder


def leftover_files(folder: Path) -> list[Path]:
    """Return the temporary files that a killed process left behind."""
    return [path for path in folder.glob(".*") if TEMPORARY_FILE.fullmatch(path.name)]


def short_name(names: str) -> str:
    """Shorten joined names for use in the name of a folder."""
    return names if len(names) <= 80 else f"{names[:60]}-and-more"


def provenance() -> dict[str, Any]:
    """Return the entries of every manifest on program, machine and time."""
    return {
        "schema": SCHEMA_VERSION,
        "fingerprint": fingerprint(),
        "versions": {name: version(name) for name in VERSIONS} | {"python": platform.python_version()},
        "commit": commit(),
        "machine": machine(),
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def today() -> datetime.date:
    """Return the date of today, for printed pages."""
    return datetime.date.today()


def machine() -> dict[str, Any]:
    """Return system, processor and number of cores of this machine, without its name."""
    return {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()}


def machine_text() -> str:
    """Return system, processor and number of cores of this machine as text."""
    return "{system} {processor}, {cores} cores".format(**machine())


def commit() -> str | None:
    """Return the commit of the program's checkout, marked if tracked files differ; None outside of a checkout."""
    root = Path(__file__).parent.parent.parent
    if not (root / ".git").exists():
        return None
    head = git_output(root, "rev-parse", "HEAD")
    changed = git_output(root, "status", "--porcelain", "--untracked-files=no")
    return f"{head}, changed" if head and changed else head


def git_output(root: Path, *words: str) -> str | None:
    """Return the output of a git command; None if it fails or is empty."""
    try:
        finished = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, encoding="utf-8", check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return finished.stdout.strip() or None


NOT_REPRODUCIBLE = ("written", "seconds", "commit", "machine", "arms", "interrupted")
"""Keys of a manifest that a repetition cannot reproduce, since they depend on time, machine or folder."""
MANIFEST_IN_HTML = re.compile(r'<script type="application/json" id="manifest">(.*?)</script>', re.DOTALL)
LANGUAGES = ("es", "en", "both")
MAX_HTML_BYTES = 2**25
FIRST_BYTES = 64


def checked_manifest(path: Path) -> ManifestEntry:
    """Return the manifest of a report or folder; raise if another version of the model made it."""
    if not path.exists():
        raise InputError(f"no file or folder '{path}'")
    manifest = read_manifest(path) if path.is_dir() else read_report_manifest(path)
    check_code(str(path), manifest)
    return manifest


def read_report_manifest(file: Path) -> ManifestEntry:
    """Return the manifest embedded in a report; raise if the file is no report."""
    start = b"<"  # read_text reports files that cannot be read
    if file.is_file():
        with contextlib.suppress(OSError), file.open("rb") as opened:
            start = opened.read(FIRST_BYTES)
    if not start.lstrip().startswith(b"<"):
        raise InputError(f"{file} is no report of this program, which is an HTML file; or name the folder of results")
    match = MANIFEST_IN_HTML.search(read_text(file, str(file), MAX_HTML_BYTES))
    if match is None:
        raise InputError(f"{file} is no report of this program: it holds no manifest")
    where = f"{file}, manifest"
    manifest = check_types(parse_json(match.group(1), where), where, ComparisonManifest)
    for key in NOT_REPRODUCIBLE:
        manifest[key]  # a missing key raises here, before hours of computing
    if manifest["lang"] not in LANGUAGES:
        raise InputError(f"{where}: lang knows {', '.join(LANGUAGES)}, got '{manifest['lang']}'")
    return manifest


def report_manifest_or_none(file: Path) -> dict[str, Any] | None:
    """Return the manifest embedded in a report of any version, unchecked; None if the file is no report."""
    with contextlib.suppress(InputError):
        match = MANIFEST_IN_HTML.search(read_text(file, str(file), MAX_HTML_BYTES))
        manifest = parse_json(match.group(1), str(file)) if match else None
        return manifest if isinstance(manifest, dict) else None
    return None


def check_code(name: str, manifest: Mapping[str, Any]) -> None:
    """Raise if another version of the model made these results, since this version could not verify them."""
    if manifest.get("fingerprint") != fingerprint():
        raise InputError(
            f"{name} was made by model {manifest.get('fingerprint')}, this is {fingerprint()}:"
            f" check out commit {manifest.get('commit')} and verify there"
        )
