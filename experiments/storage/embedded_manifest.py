"""Read the manifest of a report or results folder, to repeat its runs."""

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.storage.manifest import read_manifest
from experiments.storage.manifest_schema import ComparisonManifest, ManifestEntry, check_types
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from scenarios.files import parse_json, read_text

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
