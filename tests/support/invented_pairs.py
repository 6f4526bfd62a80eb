"""Invented pairs of packages with effects that are known, and a folder of `reproduce` with them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from experiments.reproduce.design import AGAIN, DRAWS, ReproduceDesign, account_of_turn, design_of
from experiments.reproduce.lock import LOCK_FILE, settings_of
from experiments.reproduce.plan import SITES
from experiments.reproduce.runs import PAIRS_FILE
from experiments.storage.result_tables import parquet_bytes
from experiments.voi.choice import GAINS

WORLDS, REPEATED = 135, 54
NUMBER_THAT_MATTERS = "patrol.visits_foot"


def invented_pairs(design: ReproduceDesign, worlds: int = WORLDS, repeated: int = REPEATED) -> pd.DataFrame:
    """Pairs in which MOPSIC moves trust if treatment does, resources act through a number, and luck is added."""
    rng = np.random.default_rng(3)
    column = design.names.index(NUMBER_THAT_MATTERS)
    rows = []
    for site in SITES:
        for kind, draws in ((DRAWS, worlds), (AGAIN, repeated)):
            for draw in range(draws):
                account = account_of_turn(draw)
                mopsic = 0.0 if account in ("fixed_attitudes", "performance_only") else 1.2
                resources = 2.4 * (design.cube[draw, column] - 0.25)
                crime = 0.0 if account in ("certainty_off", "offenders_only") else -25.0
                effects = {
                    "adoption": (mopsic, 0.5 * crime), "reporting": (0.1, -5.0), "resources": (resources, crime),
                    "everything": (mopsic + 0.1 + resources, 1.5 * crime - 5.0),
                }  # fmt: skip
                for arm, (trust, crimes) in effects.items():
                    values = {"trust_mean": (40.0, trust + 0.15 * rng.standard_normal())}
                    values["crimes_occurred"] = (1000.0, crimes + 4.0 * rng.standard_normal())
                    values |= {measure: (200.0, rng.standard_normal()) for measure in GAINS["harm"]}
                    for measure, (base, effect) in values.items():
                        rows.append((site, kind, draw, draw, account, arm, 3, measure, base, 1.0, base + effect, 1.0))
    names = ["site", "kind", "draw", "seed", "account", "arm", "years", "measure"]
    return pd.DataFrame(rows, columns=[*names, "base", "base_per", "arm_value", "arm_per"])


def folder_of_pairs(folder: Path, pairs: pd.DataFrame, **changed: str) -> Path:
    folder.mkdir()
    (folder / PAIRS_FILE).write_bytes(parquet_bytes(pa.Table.from_pandas(pairs, preserve_index=False)))
    lock = settings_of(design_of("quick"), "quick") | {"files": {}} | changed
    (folder / LOCK_FILE).write_text(json.dumps(lock), encoding="utf-8")
    return folder
