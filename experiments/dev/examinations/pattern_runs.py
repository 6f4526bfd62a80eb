"""Runs for the patterns of the evidence: worlds of one seed and town, and their monthly columns."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from experiments.dev.examinations.hindcast import START, UNTIL, WARM_UP, without_events
from experiments.dev.examinations.patterns import ENTRIES, HISTORY, UNCHANGED, Runs
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table, months_table, simulate_until
from experiments.execution.runs import RunGroup, twin_worlds
from experiments.execution.shared_towns import town_for
from experiments.storage.run_spec import RunSpec
from experiments.validation.experiment import SITES
from experiments.validation.experiment_runs import RUNS, ExperimentSize, policies_as_files
from model.engine.calendar import SHIFTS, tick_of
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.town.town import Town
from model.world.month import GROUPS
from scenarios.timeline import MOOD_PARAMETER

COMPARED_GROUPS = ("free_contact", "council")
"""Groups of residents that patterns compare with all others."""
FAR_FUTURE = datetime.date(2100, 1, 1)
DAYS_PER_WEEK = 7.0
type WorldNames = tuple[str, ...]
"""Names of the worlds of a group of runs."""


def run_patterns(size: ExperimentSize, years: float) -> Runs:
    """Run every world to which patterns refer, at both sites."""
    jobs = [job for site in SITES for job in (*twin_jobs(site, size, years), *history_jobs(site, size))]
    return {
        (job.specs[0].scenario.name, name, job.specs[0].seed): months
        for job, worlds in run_jobs(jobs, run_pattern, size.workers, "scorecard").all_pairs
        for name, months in worlds.items()
    }


def twin_jobs(site: str, size: ExperimentSize, years: float) -> Iterator[RunGroup[WorldNames]]:
    """Yield, by seed, the unchanged world and those of policies at a site."""
    entries = {name: entry for name, entry in ENTRIES["worlds"].items() if "history" not in entry}
    texts = {name: entry["text"] for name, entry in entries.items() if "text" in entry}
    policies_by_world = {
        name: entry.get("policies", [name]) for name, entry in entries.items() if site in entry.get("sites", SITES)
    }
    worlds: dict[str, list[str]] = {UNCHANGED: [], **policies_by_world}
    specs = [
        plan_runs(
            site, policies=policies_as_files(policies, texts, RUNS), sets=size.sets, years=years, replicates=size.seeds
        )
        for policies in worlds.values()
    ]
    return (RunGroup(together, tuple(worlds)) for together in zip(*specs, strict=True))


def history_jobs(site: str, size: ExperimentSize) -> Iterator[RunGroup[WorldNames]]:
    """Yield, by seed, the worlds of 2009 to 2019 at a site."""
    names = (HISTORY, *(name for name, entry in ENTRIES["worlds"].items() if "history" in entry))
    sets = [*size.sets, f"calendar.warm_up={WARM_UP}"]
    specs = plan_runs(site, sets=sets, start=START, until=UNTIL, replicates=size.seeds)
    return (RunGroup((spec,) * len(names), names) for spec in specs)


def run_pattern(job: RunGroup[WorldNames], tell: ReportProgress) -> dict[str, pd.DataFrame]:
    """Return the monthly columns of the worlds of a job."""
    town = town_for(job.specs[0])
    worlds = history_worlds(job, town) if job.label[0] == HISTORY else twin_worlds(job.specs, town, tell, TrustModel)
    return {
        name: monthly_columns(world, spec, simulate_until(world, tick_of(spec.until), tell))
        for name, spec, world in zip(job.label, job.specs, worlds, strict=True)
    }


def history_worlds(job: RunGroup[WorldNames], town: Town) -> Iterator[TrustModel]:
    """Yield the worlds of 2009 to 2019 of a job, at their start."""
    for name, spec in zip(job.label, job.specs, strict=True):
        lasting = ENTRIES["worlds"].get(name, {}).get("history", "")
        yield TrustModel(history_scenario(spec.scenario, lasting), rng=spec.seed, town=town)


def history_scenario(scenario: Scenario, lasting: str) -> Scenario:
    """Return a scenario without the national surveys of trust, in which the dated event ``lasting`` never ends."""
    bare = without_events(scenario, (MOOD_PARAMETER,))
    events = (
        dataclasses.replace(event, until=FAR_FUTURE) if event.name == lasting else event for event in bare.timeline
    )
    return dataclasses.replace(bare, timeline=tuple(events))


def monthly_columns(world: TrustModel, spec: RunSpec, cells: Sequence[np.ndarray]) -> pd.DataFrame:
    """Return the monthly columns of a world: measures, groups and complements, causes of trust, visits, shifts."""
    months = measures_table(world, spec).to_pandas()
    groups = months_table(world, world.group_months(), {"group": tuple(GROUPS)}).to_pandas()
    sums = groups.assign(trust=groups["trust"] * groups["residents"]).pivot(index="month", columns="group")
    group_columns = {}
    for name in COMPARED_GROUPS:
        group_sums, everybody = (sums.xs(group, axis="columns", level="group") for group in (name, "all"))
        group_columns[f"trust.{name}"] = group_sums["trust"] / group_sums["residents"]
        group_columns[f"trust.not_{name}"] = (everybody["trust"] - group_sums["trust"]) / (
            everybody["residents"] - group_sums["residents"]
        )
    codes = {"settlement": world.town.settlement_names, "cause": CAUSES}
    ledger = months_table(world, world.ledger_months(), codes).to_pandas()
    causes = ledger.pivot_table(index="month", columns="cause", values="change", aggfunc="sum").add_prefix("ledger.")
    days = pd.to_datetime(months["month"]).dt.days_in_month
    other_columns = {
        "months_without.homicides": (months["homicides"] == 0.0).astype(float),
        "shifts": SHIFTS * days.astype(float),
        "visits.outside_the_centre": DAYS_PER_WEEK
        / days
        * visits_outside_the_centre(world.town, cells[-len(months) :]),
    }
    return months.assign(**other_columns).join(pd.DataFrame(group_columns), on="month").join(causes, on="month")


def visits_outside_the_centre(town: Town, cells: Sequence[np.ndarray]) -> np.ndarray:
    """Return, by month, the median number of visits to a settlement without cells in the centre."""
    settlement = town.cells["settlement"]
    is_inhabited = settlement >= 0
    core = np.bincount(settlement[is_inhabited], weights=town.cells["core"][is_inhabited], minlength=town.n_settlements)
    populated = np.bincount(settlement[is_inhabited], minlength=town.n_settlements) > 0
    outside = populated & (core == 0)
    medians = []
    for month in cells:
        visits = np.zeros(len(settlement))
        visits[month["cell"]] = month["visits"]
        by_settlement = np.bincount(
            settlement[is_inhabited], weights=visits[is_inhabited], minlength=town.n_settlements
        )
        medians.append(float(np.median(by_settlement[outside])))
    return np.array(medians)
