"""Simulate one run, and build its tables."""

import datetime
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from experiments.execution.local_workers import ReportProgress
from experiments.execution.warm_starts import WARM_STARTS, world_at_start
from experiments.storage.result_tables import RUN_KEYS, RUN_TABLES, TIMESTAMP, name_column
from experiments.storage.run_folder import StoredRun
from experiments.storage.run_spec import RunSpec
from experiments.storage.saved_states import seed_folder
from experiments.words.dictionary import with_meanings
from model.engine.calendar import SHIFTS, date_of_tick, first_of_month, month_of, tick_of
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED, MOST_OPTIONS
from model.engine.random_streams import keyed_uniform, stream_id
from model.simulation.model import KEPT_TABLES, TrustModel
from model.simulation.registry import CAUSES, MEASURES
from model.town.crime_kinds import NAMES as KINDS
from model.town.town import Town
from model.trust.couple_impressions import KEY_COLUMNS, TONES, TOWN_PARTS
from model.world.month import GROUPS
from model.world.shift_events import CHANNELS, MOTIVES

INCIDENT_COLUMNS = (
    *("minute", "severity", "loss", "motive", "told", "found", "complaint", "recorded", "arrested"),
    "displaced",
)
"""Stored columns of an incident; victims, tellers and places are never stored."""
FIELDS = {"told": "reported_to"}
"""Fields of an incident whose stored column keeps the name of earlier versions."""

CEILING_HITS = "ceiling_hits"
"""Measure that counts how often a hazard reached its ceiling in a month."""
AGENT_LABEL_STREAM, COUPLE_LABEL_STREAM = stream_id("label of who decides"), stream_id("label of a couple")

type Advance = Callable[[TrustModel, int], None]
"""Simulates a number of shifts of a world."""
type Codes = Mapping[str, Sequence[str]]
"""Names by code, for each column of codes."""


def simulate(
    spec: RunSpec,
    town: Town,
    report: ReportProgress,
    save: Path | None = None,
    measured: Collection[str] = (),
    *,
    all_tables: bool = True,
    stored: bool = True,
) -> StoredRun:
    """Simulate one run to its end; compute the measures in ``measured`` (all if empty) and leave others null.

    ``stored`` is that of `start_world`.
    """
    world = start_world(spec, town, stored)
    if measured:
        world.measured = {*measured, CEILING_HITS}
    report(spec.shifts - spec.reported_shifts)
    cells = simulate_until(world, tick_of(spec.until), report)
    if save is not None:
        world.save(seed_folder(save, spec.seed))
    finished = finished_run(world, spec, cells, all_tables=all_tables)
    world.release()
    return finished


def finished_run(world: TrustModel, spec: RunSpec, cells: list[np.ndarray], *, all_tables: bool) -> StoredRun:
    """Return the finished run of a world at its end, with all tables or with its measures only."""
    tables = tables_of(world, spec, cells) if all_tables else {"measures": measures_table(world, spec)}
    return StoredRun(spec.seed, spec.run, tables, float(sum(world.datacollector.model_vars[CEILING_HITS])))


def start_world(spec: RunSpec, town: Town, stored: bool = True) -> TrustModel:
    """Return the world of a run at its start: from a saved state, or after a warm-up, which other runs may share.

    ``stored`` reads a warm-up that is not shared from the store, or writes it there.
    """
    keep = set(KEPT_TABLES).intersection(spec.keep)
    if spec.branch is not None:
        return TrustModel.restore(seed_folder(Path(spec.branch), spec.seed), spec.scenario, town=town, keep=keep)
    if spec.shares_warm_up:
        return WARM_STARTS.world(spec, town, keep)
    if stored:
        return world_at_start(spec, town, keep)
    return TrustModel(spec.scenario, rng=spec.seed, town=town, keep=keep)


def simulate_until(
    world: TrustModel, end: int, report: ReportProgress, advance: Advance = TrustModel.advance
) -> list[np.ndarray]:
    """Simulate a world month by month to a tick; return the rows of its cells for every month.

    ``advance`` simulates a number of shifts; callers that observe each shift pass their own function.
    """
    cells = []
    while world.tick < end:
        goal = min(end, tick_of(first_of_month(world.month + 1)))
        shifts = goal - world.tick
        advance(world, shifts)
        rows = world.cell_months()
        cells.append(rows[rows["month"] == month_of(goal - 1)])
        report(shifts)
    return cells


def tables_of(world: TrustModel, spec: RunSpec, cells: list[np.ndarray]) -> dict[str, pa.Table]:
    """Return all tables of a world at its end."""
    rows = np.concatenate(cells) if "cells" in spec.keep and cells else world.cell_months()
    settlement = {"settlement": world.town.settlement_names}
    tables = {
        "settlements": months_table(world, world.settlement_months(), settlement),
        "groups": months_table(world, world.group_months(), {"group": tuple(GROUPS)}),
        "cells": months_table(world, rows, {}),
        "ledger": months_table(world, world.ledger_months(), settlement | {"cause": CAUSES}),
        "origins": months_table(world, world.origin_months(), {"origin": CAUSES}),
    }
    if CHOICES_DECLARED:
        tables["decisions"] = decisions_table(world)
    if "incidents" in spec.keep:
        tables["incidents"] = incidents_table(world)
    if "impressions" in spec.keep:
        tables["impressions"] = impressions_table(world)
    keyed = {name: with_meanings(with_key_columns(table, world, spec), name) for name, table in tables.items()}
    return {"measures": measures_table(world, spec), **keyed}


def with_key_columns(table: pa.Table, world: TrustModel, spec: RunSpec) -> pa.Table:
    """Return a table with the key columns of its run in front."""
    keys = {"run": spec.run, "scenario": world.settings.name, "policy": spec.policy, "seed": world.seed}
    columns = [pa.repeat(value, len(table)) for value in keys.values()]
    return pa.table([*columns, *table.columns], [*keys, *table.column_names])


def restored_run(
    spec: RunSpec, tables: Mapping[str, pa.Table], ceiling_hits: float, *, all_tables: bool = True
) -> StoredRun:
    """Restore a finished run from stored tables; raise `ValueError` if they are not those of this run."""
    if set(tables) != ({*RUN_TABLES, *spec.keep} if all_tables else {"measures"}):
        raise ValueError(f"tables of another kind of run: {', '.join(tables)}")
    if not {*RUN_KEYS, *spec.columns, *MEASURES} <= set(tables["measures"].column_names):
        raise ValueError("measures are missing")
    for table in tables.values():
        if not set(table["run"].to_pylist()) <= {spec.run}:
            raise ValueError("rows of another run")
    return StoredRun(spec.seed, spec.run, dict(tables), ceiling_hits)


def measures_table(world: TrustModel, spec: RunSpec) -> pa.Table:
    """Return the table of measures, a row per full month: keys, varied parameters, all measures."""
    history = world.datacollector.model_vars
    is_full_month = [month >= world.settings.start for month in history["month"]]
    measures = {name: list(itertools.compress(values, is_full_month)) for name, values in history.items()}
    months = measures.pop("month")
    columns = {"month": date_column(months)} | {
        key: pa.repeat(value, len(months)) for key, value in spec.columns.items()
    }
    columns |= {name: number_column(values) for name, values in measures.items()}
    return with_meanings(with_key_columns(pa.table(columns), world, spec), "measures")


def months_table(world: TrustModel, rows: np.ndarray, codes: Codes) -> pa.Table:
    """Return the monthly rows of full months as a table, with names in place of codes."""
    rows = rows[np.array([first_of_month(int(month)) >= world.settings.start for month in rows["month"]], bool)]
    columns: dict[str, pa.Array] = {}
    for name in rows.dtype.names or ():
        if name == "month":
            columns[name] = date_column([first_of_month(int(month)) for month in rows[name]])
        elif name in codes:
            columns[name] = name_column(rows[name], codes[name])
        else:
            columns[name] = number_column(rows[name])
    return pa.table(columns)


def incidents_table(world: TrustModel) -> pa.Table:
    """Return the table of stored incidents, without persons and places."""
    rows = np.concatenate(world.kept["incidents"])
    columns: dict[str, pa.Array] = {
        "date": date_column([date_of_tick(int(tick)) for tick in rows["tick"]]),
        "shift": number_column(rows["tick"] % SHIFTS),
        "kind": name_column(rows["kind"], KINDS),
    }
    columns |= {name: number_column(rows[FIELDS.get(name, name)]) for name in INCIDENT_COLUMNS}
    columns |= {"motive": name_column(rows["motive"], MOTIVES), "told": name_column(rows["reported_to"], CHANNELS)}
    return pa.table(columns)


def impressions_table(world: TrustModel) -> pa.Table:
    """Return the impressions that police couples left in full months.

    A random number from the seed replaces the number of a couple, also in the order of rows, since stations have names.
    """
    table = months_table(world, world.impressions(), {"part": TOWN_PARTS, "tone": TONES, "cause": CAUSES})
    labels = {
        couple: int(2**31 * keyed_uniform(world.seed, COUPLE_LABEL_STREAM, 0, couple, 0))
        for couple in set(table["couple"].to_pylist())
    }
    couples = pa.array([labels[couple] for couple in table["couple"].to_pylist()], pa.int64())
    table = table.set_column(table.schema.get_field_index("couple"), "couple", couples)
    return table.sort_by([(name, "ascending") for name in ("month", *KEY_COLUMNS[1:])])


def decisions_table(world: TrustModel) -> pa.Table:
    """Return the decisions: date, kind of agent, matter, chosen option, its chance and reason, weights of all options.

    A random number from the seed replaces the number of an agent, since boards are in named places; residents have
    none, to protect victims who report.
    """
    rows = world.choices()
    rows = rows[rows["tick"] >= tick_of(world.settings.start)]
    choices = [CHOICES_DECLARED[number] for number in rows["matter"].tolist()]
    options, terms = rows["option"].tolist(), rows["term"].tolist()
    agents = [(choice.agent, int(number)) for choice, number in zip(choices, rows["who"], strict=True)]
    labels = {agent: None if agent[0] == "resident" else anonymous_label(world.seed, *agent) for agent in set(agents)}
    chosen = [choice.options[option] for choice, option in zip(choices, options, strict=True)]
    reasons = ["luck" if term < 0 else choice.terms[term - 1] for choice, term in zip(choices, terms, strict=True)]
    return pa.table(
        {
            "date": date_column([date_of_tick(int(tick)) for tick in rows["tick"]]),
            "agent": pa.array([choice.agent for choice in choices], pa.string()),
            "who": pa.array([labels[agent] for agent in agents], pa.int64()),
            "matter": pa.array([choice.name for choice in choices], pa.string()),
            "option": pa.array(chosen, pa.string()),
            "chance": number_column(rows["chance"]),
            "reason": pa.array(reasons, pa.string()),
        }
        | {f"v{o}": number_column(rows[f"v{o}"]) for o in range(MOST_OPTIONS)}
    )


def anonymous_label(seed: int, agent: str, who: int) -> int:
    """Return a random label of an agent, constant in a run, that reveals neither name nor place."""
    return int(2**31 * keyed_uniform(seed, AGENT_LABEL_STREAM, AGENT_TYPES.index(agent), who, 0))


def date_column(values: list[datetime.date]) -> pa.Array:
    """Return a column of timestamps."""
    return pa.array(values, pa.date32()).cast(TIMESTAMP)


def number_column(values: Any) -> pa.Array:
    """Return a column of numbers; NaN becomes null."""
    return pa.array(np.ascontiguousarray(values), from_pandas=True)
