"""Compare a tiny run with recorded figures, to check that this machine computes the same as others."""

import json
import math
from pathlib import Path
from typing import Any

from experiments.storage.manifest import machine
from experiments.storage.run_folder import json_of
from experiments.storage.writing import write_atomically
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint

RECORD = Path(__file__).with_name("figures.json")
RELATIVE_TOLERANCE = 1e-9
"""Relative tolerance of a figure: processors round differently, and no rule depends on the last digits."""
SMALL_TOWN = {"population.scale": 0.05, "calendar.warm_up": 0}
SEED, SHIFTS = 1, 3 * 90


def compute_figures() -> dict[str, float | None]:
    """Simulate a small town for three months; return every measure of every month, None for missing values."""
    import pandas as pd

    from model.simulation.model import TrustModel
    from scenarios import load

    world = TrustModel(load("baseline", set=SMALL_TOWN), rng=SEED)
    world.run_for(SHIFTS)
    table = world.datacollector.get_model_vars_dataframe()
    figures: dict[str, float | None] = {}
    for name in table.columns:
        values = pd.to_numeric(table[name], errors="coerce") if name not in ("run", "month") else []
        for month, value in enumerate(values, 1):
            figures[f"{name} in month {month}"] = None if math.isnan(value) else float(value)
    return figures


def differing_figures(computed: dict[str, float | None], recorded: dict[str, float | None]) -> list[str]:
    """Return the names of figures that differ from the recorded ones or exist on one side only.

    >>> differing_figures({"a": 1.0, "b": None, "c": 2.0}, {"a": 1.0 + 1e-12, "b": None, "c": 2.001, "d": 3.0})
    ['c', 'd']
    """
    names = sorted({*computed, *recorded})
    return [
        name
        for name in names
        if name not in computed or name not in recorded or is_different(computed[name], recorded[name])
    ]


def is_different(one: float | None, other: float | None) -> bool:
    """Return whether two figures differ by more than rounding."""
    if one is None or other is None:
        return one is not other
    return not math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE)


def read_record() -> dict[str, Any]:
    """Return the recorded figures, with the reason for which they were recorded."""
    if not RECORD.is_file():
        raise InputError(f"doctor: no figures on record in {RECORD}; store them with --store REASON")
    record: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return record


def store_record(reason: str) -> Path:
    """Compute and record the figures, with the reason; return the path of the record."""
    if not reason.strip():
        raise InputError("doctor --store must give the reason in words, got ''")
    content = {"reason": reason, "fingerprint": fingerprint(), "machine": machine(), "figures": compute_figures()}
    write_atomically(RECORD, json_of(content))
    return RECORD
