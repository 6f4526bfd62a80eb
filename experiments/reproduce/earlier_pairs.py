"""Reuse the pairs of runs of another folder of `confianza answer` in a new folder.

A sample of them is run again first: two versions of the code may share a folder only if they give the same bits.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.level_runs import LEVELS_FILE
from experiments.reproduce.lock import LOCK_FILE, check_settings, read_lock
from experiments.reproduce.repeat_pair import run_pairs
from experiments.reproduce.runs import PAIR_KEYS, PAIRS_FILE, SIDE_COLUMNS, pair_names
from experiments.storage.progress import print_note
from experiments.storage.result_tables import read_parquet
from experiments.storage.run_identity import sha256_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError

EARLIER_PAIRS_FILE, EARLIER_LOCK_FILE = "earlier.parquet", "earlier.json"
"""Files of a folder: reused pairs, and their provenance."""
COLUMNS = (*PAIR_KEYS, "measure", *SIDE_COLUMNS[0], *SIDE_COLUMNS[1])


def earlier_pairs(folder: Path) -> pd.DataFrame:
    """Return the reused pairs of a folder; no rows if there are none."""
    path = folder / EARLIER_PAIRS_FILE
    return read_pairs(path) if path.is_file() else pd.DataFrame(columns=COLUMNS)


def read_pairs(path: Path) -> pd.DataFrame:
    """Return a table of pairs with its columns checked."""
    return read_parquet(path, COLUMNS, "pairs").select(COLUMNS).to_pandas()


def import_levels(design: ReproduceDesign, source: Path, folder: Path) -> None:
    """Copy the solved levels of another folder into this one, if the design needs them and this folder has none."""
    path, lock = source / LEVELS_FILE, read_lock(source)
    if not design.size.levels or (folder / LEVELS_FILE).is_file():
        return
    if not path.is_file() or sha256_of(path.read_bytes()) != lock["files"].get(LEVELS_FILE):
        raise InputError(f"{path} is not the file whose digest {source / LOCK_FILE} states: begin without --from")
    write_atomically(folder / LEVELS_FILE, path.read_bytes())


def import_pairs(design: ReproduceDesign, source: Path, folder: Path, current: Mapping[str, Any], workers: int) -> None:
    """Copy the pairs of another folder into this one, if a repeated sample of them agrees bit for bit.

    ``current`` are the settings of this folder (`lock.settings_of`); those of ``source`` may differ only in the code
    of the model. The sample has one pair of each kind of block and site.
    """
    if (folder / EARLIER_PAIRS_FILE).is_file() or (folder / LOCK_FILE).is_file():
        raise InputError(f"--from: {folder} has begun already: leave --from out to go on, or begin anew with --fresh")
    lock = read_lock(source)
    check_settings(source, lock, {key: current[key] for key in current if key != "fingerprint"})
    path = source / PAIRS_FILE
    pairs = read_pairs(path)
    if sha256_of(path.read_bytes()) != lock["files"].get(PAIRS_FILE):
        raise InputError(f"{path} is not the file whose digest {source / LOCK_FILE} states")
    if pairs.empty:
        raise InputError(f"{path} holds no pair of runs: begin without --from")
    sample = sample_of(pairs, design.plan.seed)
    sampled_pairs = [design.find_pair(name, path) for name in sample]
    print_note(f"{len(sample)} pairs of {source} are run again")
    repeated = run_pairs(design, sampled_pairs, folder, workers, "repeating pairs")
    check_equal(repeated, pairs, path)
    provenance = {key: lock.get(key) for key in ("fingerprint", "commit", "written")} | {"repeated": sample}
    write_atomically(folder / EARLIER_LOCK_FILE, json.dumps(provenance, indent=1).encode())
    write_atomically(folder / EARLIER_PAIRS_FILE, path.read_bytes())


def sample_of(pairs: pd.DataFrame, seed: int) -> list[str]:
    """Return the names of a random sample of pairs: one of each kind of block and site."""
    sample = pairs.sample(frac=1.0, random_state=seed).drop_duplicates(["site", "kind"])
    return sorted(pair_names(sample))


def check_equal(repeated: pd.DataFrame, pairs: pd.DataFrame, path: Path) -> None:
    """Raise InputError unless repeated pairs are equal bit for bit to those of a table."""
    keys = [*PAIR_KEYS, "measure"]
    stored = repeated[keys].merge(pairs, how="left", on=keys)
    differ = stored[repeated.columns].compare(repeated)
    if len(differ):
        name = pair_names(repeated.loc[differ.index[:1]])[0]
        raise InputError(f"{path}: pair {name} comes out otherwise with this version: begin without --from")


def earlier_provenance(folder: Path) -> dict[str, Any]:
    """Return the entry of the lock on reused pairs: their code, and the repeated sample; empty if there are none."""
    path = folder / EARLIER_LOCK_FILE
    return {"earlier": json.loads(path.read_text(encoding="utf-8"))} if path.is_file() else {}
