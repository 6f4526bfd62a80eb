"""Run the worlds of experiments as paired runs; results are stored by run identity, so that a rerun resumes."""

import dataclasses
import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table, months_table, tables_of
from experiments.execution.runs import RunGroup, simulated_twins
from experiments.execution.shared_towns import TOWNS
from experiments.storage.run_folder import parquet_of
from experiments.storage.run_spec import OWN_TOWN, RunSpec
from experiments.storage.writing import make_folder, write_atomically
from experiments.validation.experiment import (
    BASE,
    CENTRAL,
    NEXT_STATUS_QUO,
    VALUE_CHANGES,
    Experiment,
    RunTables,
    Variant,
    Worlds,
)
from experiments.validation.lasting_differences import differences_table, targets_table
from model.engine.calendar import SHIFTS, first_of_month, month_of, tick_of
from model.engine.errors import InputError
from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.town.crime_kinds import NAMES as KINDS
from model.trust.ledger import NATION
from model.world.shift_events import Incident

RUNS = Path("results") / "validate" / "runs"
LAST_TABLE = "measures"
"""Table that is written last: a run that has it is complete."""
DAYS_PER_YEAR = 365
POLICY_FOLDER = "worlds"


@dataclass(frozen=True)
class ExperimentSize:
    """Size of experiments: seeds, scale of the town, warm-up and longest run (years), workers, corners."""

    seeds: int = 5
    scale: float = 1.0
    warm_up: int | None = None
    max_years: float = 100.0
    workers: int = 1
    max_corners: int = 100

    @property
    def sets(self) -> list[str]:
        """Settings that it adds to every world."""
        small = [] if self.scale == 1.0 else [f"population.scale={self.scale}"]
        return small + ([] if self.warm_up is None else [f"calendar.warm_up={self.warm_up}"])


QUICK = ExperimentSize(seeds=2, scale=0.05, warm_up=0, max_years=4 / 12, max_corners=2)
"""Smoke test; its numbers have no meaning."""


def run_worlds(
    experiment: Experiment, size: ExperimentSize, runs: Path, texts: Mapping[str, str] = {}, variant: Variant = CENTRAL
) -> list[Worlds]:
    """Run the worlds of an experiment and return those of each seed; ``texts`` are policy files by name."""
    specs, missing = plan_worlds(experiment, variant, size, runs, texts)
    label = f"{experiment.name}{'' if variant == CENTRAL else f', {variant.name}'}"
    run_missing_worlds([spec for runs_of_world in specs.values() for spec in runs_of_world], runs, size.workers, label)
    if BASE in specs:
        specs[NEXT_STATUS_QUO] = (*specs[BASE][1:], specs[BASE][0])
    return [
        Worlds({name: RunTables(runs, runs_of_world[number].run) for name, runs_of_world in specs.items()}, missing)
        for number in range(size.seeds)
    ]


def plan_worlds(
    experiment: Experiment, variant: Variant, size: ExperimentSize, runs: Path, texts: Mapping[str, str]
) -> tuple[dict[str, tuple[RunSpec, ...]], dict[str, str]]:
    """Return the runs of each world of an experiment, none without the status quo, and why others are missing."""
    specs: dict[str, tuple[RunSpec, ...]] = {}
    missing: dict[str, str] = {}
    world_specs(experiment, (), CENTRAL, size)  # raises errors of the size itself
    for name, items in ({BASE: ()} | dict(experiment.worlds)).items():
        try:
            specs[name] = world_specs(experiment, policies_as_files(items, texts, runs), variant, size)
        except InputError as reason:
            missing[name] = str(reason)
    return specs if BASE in specs else {}, missing


def world_specs(
    experiment: Experiment, items: Sequence[str], variant: Variant, size: ExperimentSize
) -> tuple[RunSpec, ...]:
    """Return the runs of one world of policies and settings; raise InputError for anything unknown to the model.

    Each seed has a town of its own, so that intervals include the differences between towns.
    """
    base = plan_runs(experiment.site, sets=size.sets)[0]
    policies, settings = ([item for item in items if ("=" in item) == is_set] for is_set in (False, True))
    sets = [*size.sets, *settings, *(f"{key}={value!r}" for key, value in variant_values(base, variant).items())]
    years, keep = min(experiment.years, size.max_years), experiment.keep
    return plan_runs(
        experiment.site, policies=policies, sets=sets, years=years, replicates=size.seeds, keep=keep, town=OWN_TOWN
    )


def variant_values(spec: RunSpec, variant: Variant) -> dict[str, float]:
    """Return the values that a variant sets, by dotted name."""
    values: dict[str, float] = {}
    for pattern, change, number in variant.changes:
        group, _, key = pattern.partition(".")
        specs = spec.scenario.groups[group].parameter_specs() if group in spec.scenario.groups else {}
        names = fnmatch.filter(specs, key)
        if not names:
            raise InputError(f"no parameter '{pattern}'")
        for name in names:
            values[f"{group}.{name}"] = VALUE_CHANGES[change](float(getattr(spec.scenario[group], name)), number)
    return values


def policies_as_files(items: Sequence[str], texts: Mapping[str, str], runs: Path) -> list[str]:
    """Return policies by name; those made for experiments are written and returned as file paths."""
    return [str(write_policy_file(item, texts[item], runs)) if item in texts else item for item in items]


def write_policy_file(name: str, text: str, runs: Path) -> Path:
    """Write the policy file of a world, unless it exists with this text."""
    path = runs.resolve() / POLICY_FOLDER / f"{name}.toml"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        make_folder(path.parent)
        write_atomically(path, text.encode())
    return path


def run_missing_worlds(specs: Sequence[RunSpec], runs: Path, workers: int, label: str) -> None:
    """Run the specifications without stored results."""
    make_folder(runs)
    missing = {spec.run: spec for spec in specs if not (runs / f"{spec.run}.{LAST_TABLE}.parquet").is_file()}
    by_warm_up: dict[object, list[RunSpec]] = {}
    for spec in missing.values():
        by_warm_up.setdefault((spec.source, spec.overrides, spec.start, spec.seed), []).append(spec)
    groups = [RunGroup(tuple(specs), label) for specs in by_warm_up.values()]
    if groups and run_jobs(groups, partial(run_and_store, runs=runs), workers, label).interrupted:
        raise KeyboardInterrupt


def run_and_store(group: RunGroup[str], tell: ReportProgress, runs: Path) -> None:
    """Run the worlds of one seed side by side and store their tables."""
    town = TOWNS.of(group.specs[0].scenario)
    for spec, world, cells in simulated_twins(group.specs, town, tell):
        incidents = np.concatenate([np.zeros(0, Incident.dtype), *world.kept["incidents"]])
        tables = world_tables(world, incidents)
        if "cells" in spec.keep:
            tables["cells"] = tables_of(world, dataclasses.replace(spec, keep=("cells",)), cells)["cells"]
            tables["kinds"] = crimes_by_cell(incidents)
        for name, table in (tables | {LAST_TABLE: measures_table(world, spec)}).items():
            write_atomically(runs / f"{spec.run}.{name}.parquet", parquet_of(table))
        world.release()


def crimes_by_cell(incidents: np.ndarray) -> pa.Table:
    """Return crimes by month, cell and kind; months are dates as in the table of cells."""
    months = np.array([month_of(int(tick)) for tick in incidents["tick"]], np.int64)
    keys, crimes = np.unique(np.stack([months, incidents["cell"], incidents["kind"]]), axis=1, return_counts=True)
    return pa.table(
        {
            "month": pa.array([first_of_month(int(month)) for month in keys[0]], pa.date32()),
            "cell": pa.array(keys[1]),
            "kind": pa.array([KINDS[int(kind)] for kind in keys[2]], pa.string()),
            "crimes": pa.array(crimes),
        }
    )


def world_tables(world: TrustModel, incidents: np.ndarray) -> dict[str, pa.Table]:
    """Return the tables of a run but those of measures and cells: crimes, what surveys measure, accounts of trust."""
    day = (incidents["tick"] - tick_of(world.settings.start)) // SHIFTS
    keys, crimes = np.unique(np.stack([day, incidents["kind"]]), axis=1, return_counts=True)
    names = pa.array([KINDS[int(kind)] for kind in keys[1]], pa.string())
    tables = {"days": pa.table({"day": pa.array(keys[0]), "kind": names, "crimes": pa.array(crimes)})}
    tables["origins"] = months_table(world, world.origin_months(), {"origin": CAUSES})
    tables |= {"targets": targets_table(world, incidents), "differences": differences_table(world)}
    accounts = world.ledger_months()
    tables["ledger"] = months_table(world, accounts[accounts["cause"] == NATION], {"cause": CAUSES})
    if "offender" in (incidents.dtype.names or ()):
        recent = incidents["offender"][(incidents["offender"] >= 0) & (day > day.max(initial=0) - DAYS_PER_YEAR)]
        who, counts = np.unique(recent, return_counts=True)
        tables["offenders"] = pa.table({"number": pa.array(np.arange(len(who))), "crimes": pa.array(counts)})
    return tables
