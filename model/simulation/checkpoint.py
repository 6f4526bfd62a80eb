"""Checkpoints: the State taken apart into tables by name, and put together again from numbers of the same kinds."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from model.engine.errors import InputError
from model.engine.tables import ArraySpec, GrowingTableSpec, TableSizes, TableSpec
from model.simulation import state_file
from model.simulation.registry import MEASURES, TABLES
from model.town.town import Town
from model.world.state import State

type CheckpointRows = NDArray[Any]
type DtypeMapping = Mapping[str, np.dtype[np.void]]


class Checkpoint(TypedDict):
    """Everything that a run changes, and which code it comes from."""

    fingerprint: str
    tick: int
    seed: int
    state: State
    past: dict[str, list[CheckpointRows]]
    kept: dict[str, list[CheckpointRows]]
    collected: dict[str, list[Any]]


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint into a folder."""
    state_file.write_state(folder, *split_checkpoint(checkpoint))


def read_checkpoint(
    folder: Path, town: Town, sizes: TableSizes, past: DtypeMapping, kept: DtypeMapping, whole: bool = False
) -> Checkpoint:
    """Return the checkpoint in a folder, or raise if it is none, or not of this code and town."""
    tables, about = state_file.read_state(folder, whole)
    try:
        return assemble_checkpoint(tables, about, town, sizes, past, kept)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as reason:
        told = " ".join(str(reason).split())
        raise InputError(f"{folder} does not fit this scenario ({told}): {state_file.SAVE_AGAIN_HINT}") from None


def split_checkpoint(checkpoint: Checkpoint) -> tuple[dict[str, CheckpointRows], dict[str, Any]]:
    """Return the tables of a checkpoint by name, and what else is to be known of it."""
    tables: dict[str, CheckpointRows] = {}
    for table in TABLES:
        held = getattr(checkpoint["state"], table.name)
        if isinstance(table, GrowingTableSpec):
            tables |= {f"state/{table.name}": held.rows, f"count/{table.name}": held.count}
        else:
            tables[f"state/{table.name}"] = held
    collected = checkpoint["collected"]
    tables["collected"] = np.array([collected[name] for name in MEASURES], np.float64)
    tables["months"] = np.array([month.toordinal() for month in collected["month"]], np.int64)
    about: dict[str, Any] = {key: checkpoint[key] for key in ("fingerprint", "tick", "seed")}
    for part, months in (("past", checkpoint["past"]), ("kept", checkpoint["kept"])):
        tables |= {f"{part}/{name}": np.concatenate(rows) for name, rows in months.items() if rows}
        about[part] = {name: [len(one) for one in rows] for name, rows in months.items()}
    return tables, about


def assemble_checkpoint(
    tables: dict[str, CheckpointRows],
    about: dict[str, Any],
    town: Town,
    sizes: TableSizes,
    past: DtypeMapping,
    kept: DtypeMapping,
) -> Checkpoint:
    """Return a checkpoint from its tables: a State as this town has it, filled with numbers of the same kinds."""
    state = State(TABLES, town, sizes)
    for table in TABLES:
        fill_table(state, table, tables)
    months = [datetime.date.fromordinal(int(day)) for day in copy_as_type("months", tables, np.dtype(np.int64))]
    numbers = copy_as_type("collected", tables, np.dtype(np.float64))
    if numbers.shape != (len(MEASURES), len(months)):
        raise ValueError("its months have other measures")
    collected: dict[str, list[Any]] = dict(zip(MEASURES, numbers.tolist(), strict=True))
    return {
        "fingerprint": about["fingerprint"],
        "tick": int(about["tick"]),
        "seed": int(about["seed"]),
        "state": state,
        "past": {name: split_by_length(f"past/{name}", tables, about["past"][name], past[name]) for name in past},
        "kept": {
            name: split_by_length(f"kept/{name}", tables, about["kept"][name], kept[name]) for name in about["kept"]
        },
        "collected": {"month": months} | collected,
    }


def fill_table(state: State, table: TableSpec, tables: dict[str, CheckpointRows]) -> None:
    """Put the numbers of a file into one table of a State, whose kind and shape they must have."""
    held, name = getattr(state, table.name), f"state/{table.name}"
    if isinstance(table, GrowingTableSpec):
        rows, count = (
            copy_as_type(name, tables, held.rows.dtype),
            copy_as_type(f"count/{table.name}", tables, held.count.dtype),
        )
        if count.shape != (1,) or not 0 <= count[0] <= len(rows):
            raise ValueError(f"'{table.name}' has more rows in use than rows")
        held.replace_rows(rows)
        held.count[:] = count
        return
    numbers = read_array(tables, name, held.dtype)
    if numbers.shape == held.shape:
        held[...] = numbers
    elif isinstance(table, ArraySpec) and numbers.ndim == held.ndim:
        setattr(state, table.name, copy_as_type(name, tables, held.dtype))
    else:
        raise ValueError(f"'{table.name}' has {numbers.shape} rows, not {held.shape}")


def read_array(tables: dict[str, CheckpointRows], name: str, kind: np.dtype[Any]) -> CheckpointRows:
    """Return the numbers of a file by name, or raise if they are not of a kind."""
    if name not in tables:
        raise ValueError(f"'{name}' is missing")
    if tables[name].dtype != kind:
        raise ValueError(f"'{name}' has other columns")
    return tables[name]


def copy_as_type(name: str, tables: dict[str, CheckpointRows], kind: np.dtype[Any]) -> CheckpointRows:
    """Return numbers of a file in memory of their own, in the type that kernels know."""
    found = read_array(tables, name, kind)
    made = np.zeros(found.shape, kind)
    made[...] = found
    return made


def split_by_length(
    name: str, tables: dict[str, CheckpointRows], lengths: list[int], kind: np.dtype[np.void]
) -> list[CheckpointRows]:
    """Return the rows of every month, or shift, one after the other."""
    if not lengths:
        return []
    rows, ends = copy_as_type(name, tables, kind) if sum(lengths) else np.zeros(0, kind), np.cumsum(lengths)
    if min(lengths) < 0 or rows.shape != (ends[-1],):
        raise ValueError(f"'{name}' has other months")
    return [part.copy() for part in np.split(rows, ends[:-1])]
