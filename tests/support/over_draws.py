"""A folder as `compare --draws` writes it, with made-up numbers over draws: making real ones takes hours."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from experiments.comparison.policy_choice import Choice, runs_of
from experiments.storage.manifest import COMPARISON, RUN
from experiments.storage.run_folder import json_of, parquet_of
from experiments.words.dictionary import with_meanings
from model.engine.fingerprint import fingerprint

ROW = {
    "draws": 50, "mean": 1.4, "low": -0.2, "high": 2.5, "sd_random": 0.3, "sd_town": 0.1, "sd_assumed": 0.7,
    "sd_account": 0.4, "sd": 0.866, "share_up": 0.98, "share_down": 0.02, "sign": "known", "against_accounts": "",
}  # fmt: skip


def written(folder: Path, choice: Choice, rows: dict[str, dict[str, Any]], **more: Any) -> Path:
    """Write a comparison of a choice with today; ``rows`` change the row of a measure, ``more`` its arms."""
    place, arms = folder / "compared", []
    for name, specs in zip(("status_quo", "decision"), runs_of(choice, folder), strict=True):
        stated = {"format": RUN, "settings": specs[0].settings, "until": specs[0].until.isoformat()}
        (place / "arms" / name).mkdir(parents=True)
        (place / "arms" / name / "manifest.json").write_bytes(json_of(stated))
        site = specs[0].scenario.name
        arms.append({
            "folder": f"arms/{name}", "name": name, "scenario": site, "title": {"en": name, "es": name},
            "policies": [], "seeds": [1], "fingerprint": fingerprint(), **more,
        })  # fmt: skip
    table = [{"site": site, "against": "decision", "measure": name, **ROW, **row} for name, row in rows.items()]
    frame = with_meanings(pa.Table.from_pandas(pd.DataFrame(table), preserve_index=False), "uncertainty")
    (place / "uncertainty.parquet").write_bytes(parquet_of(frame))
    stated = {"format": COMPARISON, "command": "confianza compare status_quo x", "arms": arms, "seeds": [1]}
    (place / "manifest.json").write_bytes(json_of(stated))
    return place
