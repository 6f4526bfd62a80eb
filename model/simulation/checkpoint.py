"""Checkpoints: the state of a world as named tables, reassembled with checks of types."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import month_of, tick_of
from model.engine.errors import InputError
from model.engine.tables import ArraySpec, GrowingTableSpec
from model.simulation import state_file
from model.simulation.registry import MEASURES, TABLES
from model.simulation.state_check import check_rows, check_state, sizes_with_tables
from model.world.state import State

if TYPE_CHECKING:
    from model.engine.domains import Domain
    from model.engine.tables import TableSizes, TableSpec
    from model.town.town import Town

type CheckpointRows = NDArray[Any]


class HistoryTable(NamedTuple):
    """Row type of monthly results, or of what is kept of shifts, and the domains of its columns."""

    dtype: np.dtype[np.void]
    domains: Mapping[str, Domain]
    rule: Callable[[Any], bool] | None = None


type HistoryTables = Mapping[str, HistoryTable]


class Checkpoint(TypedDict):
    """Everything that a run changes, with the fingerprint of the code."""

    fingerprint: str
    tick: int
    seed: int
    state: State
    past: dict[str, list[CheckpointRows]]
    kept: dict[str, list[CheckpointRows]]
    collected: dict[str, list[Any]]


def checkpoint_bytes(checkpoint: Checkpoint) -> int:
    """Return the memory that the tables of a checkpoint take, bytes."""
    held = (getattr(checkpoint["state"], table.name) for table in TABLES)
    return sum(int(getattr(table, "rows", table).nbytes) for table in held)


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint into a folder."""
    state_file.write_state(folder, *split_checkpoint(checkpoint))


def read_checkpoint(
    folder: Path, town: Town, sizes: TableSizes, past: HistoryTables, kept: HistoryTables, whole: bool = False
) -> Checkpoint:
    """Return the checkpoint in a folder.

    Parameters
    ----------
    folder
        Folder written by `write_checkpoint`.
    town, sizes
        Town of the scenario and its numbers of rows.
    past, kept
        Row types of the monthly history and of what is kept of shifts.
    whole
        Skip the check of the digest, for a file known to be intact.

    Raises
    ------
    InputError
        If the file is damaged, or belongs to other code or another town.
    """
    tables, about = state_file.read_state(folder, whole)
    try:
        return assemble_checkpoint(tables, about, town, sizes, past, kept)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as reason:
        what = " ".join(str(reason).split())
        raise InputError(f"{folder} does not fit this scenario ({what}): {state_file.SAVE_AGAIN_HINT}") from None


def split_checkpoint(checkpoint: Checkpoint) -> tuple[dict[str, CheckpointRows], dict[str, Any]]:
    """Return the tables of a checkpoint by name, and its description."""
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
    past: HistoryTables,
    kept: HistoryTables,
) -> Checkpoint:
    """Return a checkpoint from its tables and description, in a new state of this town."""
    state, tick = State(TABLES, town, sizes), int(about["tick"])
    for table in TABLES:
        fill_table(state, table, tables)
    numbers = sizes_with_tables(state, tick, town, sizes)
    check_state(state, town, numbers)
    return {
        "fingerprint": about["fingerprint"],
        "tick": tick,
        "seed": int(about["seed"]),
        "state": state,
        "past": read_history("past", past, tables, about["past"], numbers),
        "kept": read_history("kept", {name: kept[name] for name in about["kept"]}, tables, about["kept"], numbers),
        "collected": read_measures(tables, numbers["month"]),
    }


def read_measures(tables: dict[str, CheckpointRows], end: int) -> dict[str, list[Any]]:
    """Return the measures of every month by name; ``end`` is the number after the present month."""
    months = [datetime.date.fromordinal(int(day)) for day in copy_as_type("months", tables, np.dtype(np.int64))]
    ordered = [month_of(tick_of(month)) for month in months]
    steady = all(after == before + 1 for before, after in pairwise(ordered))
    if not steady or any(month.day != 1 for month in months) or max(ordered, default=0) >= end:
        raise ValueError("its months are not one after the other, up to the present")
    numbers = copy_as_type("collected", tables, np.dtype(np.float64))
    if numbers.shape != (len(MEASURES), len(months)):
        raise ValueError("its months have other measures")
    return {"month": months} | dict(zip(MEASURES, numbers.tolist(), strict=True))


def read_history(
    part: str,
    declared: HistoryTables,
    tables: dict[str, CheckpointRows],
    lengths: Mapping[str, list[int]],
    sizes: Mapping[str, int],
) -> dict[str, list[CheckpointRows]]:
    """Return the stored rows of ``part`` by table, month by month; raise ValueError for a wrong value."""
    found = {}
    for name, table in declared.items():
        place = f"{part}/{name}"
        found[name] = split_by_length(place, tables, lengths[name], table.dtype)
        if sum(lengths[name]):
            check_rows(place, tables[place], table.domains, sizes)
            if table.rule is not None and not table.rule(tables[place]):
                raise ValueError(f"'{place}' breaks a rule: {str(table.rule.__doc__).rstrip('.')}")
    return found


def fill_table(state: State, table: TableSpec, tables: dict[str, CheckpointRows]) -> None:
    """Write stored values into one table of a state; raise ValueError if type or shape differ."""
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
    elif isinstance(table, ArraySpec) and 0 in table.shape and numbers.ndim == held.ndim:
        setattr(state, table.name, copy_as_type(name, tables, held.dtype))
    else:
        raise ValueError(f"'{table.name}' has {numbers.shape} rows, not {held.shape}")


def read_array(tables: dict[str, CheckpointRows], name: str, kind: np.dtype[Any]) -> CheckpointRows:
    """Return a stored array by name; raise ValueError if it is missing or of another type."""
    if name not in tables:
        raise ValueError(f"'{name}' is missing")
    if tables[name].dtype != kind:
        raise ValueError(f"'{name}' has other columns")
    return tables[name]


def copy_as_type(name: str, tables: dict[str, CheckpointRows], kind: np.dtype[Any]) -> CheckpointRows:
    """Return a copy of a stored array in the data type of kernels."""
    found = read_array(tables, name, kind)
    made = np.zeros(found.shape, kind)
    made[...] = found
    return made


def split_by_length(
    name: str, tables: dict[str, CheckpointRows], lengths: list[int], kind: np.dtype[np.void]
) -> list[CheckpointRows]:
    """Return the stored rows of every month, or shift, as a list of tables."""
    if not lengths:
        return []
    rows, ends = copy_as_type(name, tables, kind) if sum(lengths) else np.zeros(0, kind), np.cumsum(lengths)
    if min(lengths) < 0 or rows.shape != (ends[-1],):
        raise ValueError(f"'{name}' has other months")
    return [part.copy() for part in np.split(rows, ends[:-1])]
