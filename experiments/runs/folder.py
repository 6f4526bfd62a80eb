"""The folder of a run: tables, picture and manifest, written aside first so that no half file is left."""

import dataclasses
import datetime
import io
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.runs.identity import settings_of
from experiments.runs.saved import SAVED
from experiments.runs.spec import RunSpec, command_of, overrides_of, read_specs
from model import fingerprint
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.runs.worlds import Finished

MANIFEST = "manifest.json"
FORMAT = "confianza run 1"
VERSIONS = ("confianza", "mesa", "numpy", "numba", "llvmlite", "scipy", "shapely", "pandas", "pyarrow")


def folder_of(spec: RunSpec, out: Path | None) -> Path:
    """Return the folder to write into, after checking that nothing foreign would be lost."""
    names = spec.policy if len(spec.policy) <= 80 else f"{spec.policy[:60]}-and-more"
    folder = out or Path("results") / f"{spec.scenario.name}-{names}-{spec.seed}"
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder} is a file, not a folder")
    if folder.is_dir() and any(folder.iterdir()) and not is_ours(folder):
        raise InputError(f"--out {folder} holds something else than a run; choose another folder")
    return folder


def is_ours(folder: Path) -> bool:
    """Tell whether a folder holds a run that this program wrote."""
    try:
        return bool(read_manifest(folder)["format"] == FORMAT)
    except (InputError, KeyError, TypeError):
        return False


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder of results."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(f"no folder '{folder}'")
    if not path.is_file():
        raise InputError(f"{folder} holds no run: {MANIFEST} is missing")
    try:
        stated: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError(f"{path} is not readable as JSON") from None
    return stated


def read_table(folder: Path, name: str) -> pa.Table:
    """Return one table of a folder of results."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise InputError(f"{folder} holds no {path.name}")
    try:
        return pq.read_table(path)
    except pa.ArrowInvalid:
        raise InputError(f"{path} is not readable as Parquet") from None


def joined(finished: "list[Finished]") -> dict[str, pa.Table]:
    """Return the tables of all runs, one below the other."""
    return {
        name: pa.concat_tables([one.tables[name] for one in finished], promote_options="permissive")
        for name in finished[0].tables
    }


def parquet_of(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def write(folder: Path, files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    """Write all files of a run, the manifest last; files of an earlier run that are not written anew go."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    for name, content in (files | {MANIFEST: text.encode()}).items():
        write_whole(folder / name, content)
    for old in folder.glob("*.parquet"):
        if old.name not in files:
            old.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside, make sure that it is on the disk, and put it in its place at once."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        settle(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Make sure that the names of the files in a folder are on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def manifest_of(
    specs: Sequence[RunSpec], finished: "list[Finished]", seconds: float, interrupted: bool
) -> dict[str, Any]:
    """Return everything that is needed to know and to repeat runs that differ in their seeds."""
    first, saved = specs[0], specs[0].saved
    parents = saved["runs"] if saved else {}
    return {
        "format": FORMAT,
        "command": command_of(specs),
        "scenario": first.scenario.name,
        "source": first.source,
        "policy": first.policy,
        "policies": list(first.words),
        "varied": first.columns,
        "begins": first.begins.isoformat(),
        "until": first.until.isoformat(),
        "keep": list(first.keep),
        "seeds": [one.seed for one in finished],
        "seeds_planned": [one.seed for one in specs],
        "interrupted": interrupted,
        "runs": {str(one.seed): one.run for one in finished},
        "branched_from": {str(one.seed): parents[one.seed] for one in specs if one.seed in parents},
        "ceiling_hits": {str(one.seed): one.ceiling_hits for one in finished},
        "settings": first.settings,
        "fingerprint": fingerprint(),
        "versions": {name: version(name) for name in VERSIONS} | {"python": platform.python_version()},
        "commit": commit(),
        "machine": machine(),
        "written": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
    }


def specs_of(folder: Path, stated: dict[str, Any]) -> tuple[RunSpec, ...]:
    """Return the runs that a manifest means; in pieces if it is old, or if the state they went on from may be gone."""
    if "command" in stated and not stated["branched_from"]:
        return read_specs(stated["command"])
    try:
        return tuple(
            RunSpec(
                source=stated["source"],
                policies=tuple(stated["policies"]),
                overrides=overrides_of(stated["varied"]),
                varied=tuple(stated["varied"]),
                start=datetime.date.fromisoformat(stated["settings"]["start"]),
                until=datetime.date.fromisoformat(stated["until"]),
                seed=seed,
                keep=tuple(stated["keep"]),
            )
            for seed in stated["seeds"]
        )
    except KeyError as missing:
        raise InputError(f"{folder / MANIFEST} does not say {missing}: run it again") from None


def write_saved(folder: Path, specs: Sequence[RunSpec]) -> None:
    """Write down beside saved states what they are states of."""
    stated = {
        "settings": settings_of(dataclasses.replace(specs[0].scenario, policies=())),
        "policies": specs[0].words,
        "until": specs[0].until.isoformat(),
        "runs": {one.seed: one.run for one in specs},
    }
    write_whole(folder / SAVED, (json.dumps(stated, indent=1, ensure_ascii=False) + "\n").encode())


def machine() -> dict[str, Any]:
    """Return what kind of machine this is, without its name."""
    return {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()}


def commit() -> str | None:
    """Return the commit of the checkout that this program stands in, marked if files differ; else None."""
    root = Path(__file__).parent.parent.parent
    if not (root / ".git").exists():
        return None
    head = git(root, "rev-parse", "HEAD")
    changed = git(root, "status", "--porcelain", "--untracked-files=no")
    return f"{head}, changed" if head and changed else head


def git(root: Path, *words: str) -> str | None:
    """Return what git answers, or None."""
    try:
        stated = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return stated.stdout.strip() or None
