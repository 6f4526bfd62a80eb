"""Find a run by its identity, its command, or its file in quarantine."""

import re
from pathlib import Path

import pyarrow as pa

from experiments.storage.manifest import SWEEP, kind_of, read_manifest
from experiments.storage.progress import print_note
from experiments.storage.reading import load_table, run_folders, specs_of
from experiments.storage.run_spec import RunSpec
from experiments.storage.run_store import stored_table
from experiments.storage.saved_states import FilesChanged, check_origin
from experiments.studies import quarantine
from model.engine.errors import InputError

IDENTITY = re.compile(r"[0-9a-f]{16}")
RESULTS = Path("results")

type FoundRun = tuple[str, RunSpec, pa.Table | None, bool]
"""Identity under which a run is stored, its specification, its stored measures, and whether a sweep would store it."""


def find_run(word: str, within: Path | None) -> FoundRun:
    """Return the run named by ``word`` in a folder or any in `RESULTS`, with its measures if it has finished."""
    if word.endswith(".json"):
        return *quarantine.read(Path(word)), None, True
    named = RunSpec.read(word).run if word.startswith("confianza ") else word
    if not IDENTITY.fullmatch(named):
        raise InputError(
            f"a run is named by 16 hexadecimal digits, its command, or its file in quarantine/, got '{word}'"
        )
    folders = [within] if within else sorted(path.parent for path in RESULTS.glob("*/manifest.json"))
    for folder in folders:
        try:
            if one := run_in_folder(folder, named):
                return one
        except FilesChanged:
            raise
        except InputError as reason:
            if within:
                raise
            print_note(f"not looked into: {reason}")
    if named != word and within is None:
        return named, RunSpec.read(word), None, False
    where = str(within) if within else f"any folder in {RESULTS}/; name its folder with --in"
    raise InputError(f"no run '{word}' in {where}")


def run_in_folder(folder: Path, run: str) -> FoundRun | None:
    """Return a run if it belongs to a folder, else None."""
    for place in filter(Path.is_dir, run_folders(folder)):
        if spec := specs_of(place).get(run):
            check_origin(place, read_manifest(place))
            return run, spec, months_of(place, run), kind_of(place) == SWEEP
    return None


def months_of(folder: Path, run: str) -> pa.Table | None:
    """Return the stored measures of a run, if it has finished."""
    if kind_of(folder) != SWEEP:
        return load_table(folder, "measures", {run})
    table = stored_table(folder, {run})
    return table if table is not None and len(table) else None
