"""Efficiency of paired runs: variance of an effect with independent seeds over that with pairs.

`python -m experiments.dev.examinations.variance` prints it.

Three small changes (two more points of fair treatment, .05 log-odds of telling the state, two more couples at the
station) and two large policies, on crimes told, trust and homicides. The interval of a ratio is a bootstrap over seeds.
If the effect is equal in all pairs, it has no random variation and the ratio is infinite.
"""

import argparse
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from itertools import chain

import numpy as np
import pandas as pd

from experiments.comparison.effects import by_seed
from experiments.comparison.headline_measures import BY_NAME
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table, simulate_until
from experiments.execution.runs import twin_worlds
from experiments.narrative.comparison_text import ALL_ALIKE, ratio_text
from experiments.statistics.paired_effects import Effect, paired, variance_ratio
from experiments.storage.progress import Progress
from experiments.storage.result_tables import STATUS_QUO
from experiments.storage.run_spec import RunSpec, parameter_value
from model.engine.calendar import tick_of
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.town.town import build_town

MEASURES = ("crimes_told", "trust_mean", "homicides")
LARGE_POLICIES = ("mopsic_full", "everything")
COURTESY, TELLING = 0.125, 0.05
"""Log-odds: .125 is two points at four fair contacts in five."""
ADDED_COUPLES, OFFICERS_PER_COUPLE, SHIFT_GROUPS = 2, 2, 3
MORE_COUPLES = "two more couples"
RATIO_GOAL, RESAMPLES = 10.0, 2000


def more_couples(scenario: Scenario) -> Scenario:
    """Return a scenario with the officers of two more couples per group at its first station."""
    station = next(facility for facility in scenario.facilities if facility.station)
    added = ADDED_COUPLES * OFFICERS_PER_COUPLE * SHIFT_GROUPS
    larger = dataclasses.replace(station, officers=station.officers + added)
    facilities = tuple(larger if facility is station else facility for facility in scenario.facilities)
    return dataclasses.replace(scenario, facilities=facilities)


def with_increase(spec: RunSpec, name: str, by: float) -> RunSpec:
    """Return a run with one parameter increased by ``by``."""
    return spec.with_values({name: parameter_value(spec.scenario, name) + by})


def arms_of(base: RunSpec, large: Sequence[RunSpec]) -> dict[str, RunSpec]:
    """Return the runs with effects to measure, by name; the first is the base."""
    return {
        STATUS_QUO: base,
        "courtesy + 2 points": with_increase(base, "contacts.fair", COURTESY),
        "telling + .05 log-odds": with_increase(base, "reporting.intercept", TELLING),
        **{spec.policy: spec for spec in large},
    }


def ignore_progress(shifts: int) -> None:
    """Ignore progress reports."""


def months_by_arm(arms: dict[str, RunSpec], seeds: Sequence[int]) -> dict[str, pd.DataFrame]:
    """Run all arms of all seeds side by side; return their measures by name."""
    scenario = more_couples(arms[STATUS_QUO].scenario)
    town, larger = build_town(arms[STATUS_QUO].scenario), build_town(scenario)
    tables: dict[str, list[pd.DataFrame]] = {}
    progress = Progress("variance", len(seeds))
    for number, seed in enumerate(seeds):
        specs = {name: spec.with_seed(seed) for name, spec in arms.items()}
        larger_town = (MORE_COUPLES, specs[STATUS_QUO]), TrustModel(scenario, rng=seed, town=larger)
        twins = zip(specs.items(), twin_worlds(list(specs.values()), town, ignore_progress, TrustModel), strict=True)
        for (name, spec), world in chain(twins, [larger_town]):
            simulate_until(world, tick_of(spec.until), ignore_progress)
            tables.setdefault(name, []).append(measures_table(world, spec).to_pandas())
        progress.update(number + 1)
    progress.close()
    return {name: pd.concat(parts) for name, parts in tables.items()}


def lines(site: str, sets: Sequence[str], years: float, seeds: int) -> Iterator[str]:
    """Yield the table of variance ratios."""
    runs = plan_runs(site, sets=sets, years=years, replicates=seeds)
    large = [plan_runs(site, policies=[name], sets=sets, years=years)[0] for name in LARGE_POLICIES]
    tables = months_by_arm(arms_of(runs[0], large), [run.seed for run in runs])
    status_quo = tables.pop(STATUS_QUO)
    yield f"{site}, {years:g} years ({runs[0].shifts} shifts with warm-up), {seeds} seeds {' '.join(sets)}"
    yield "variance of the effect with independent seeds over that with twins, and its 95 % interval"
    yield f"{'':<24}{'effect':>18}{'twins that differ':>20}{'ratio':>11}{'interval':>22}"
    for measure in MEASURES:
        yield BY_NAME[measure].en
        for name, table in tables.items():
            sides = [np.array(list(by_seed(side, BY_NAME[measure].of).values())) for side in (status_quo, table)]
            yield f"  {name:<22}{row_of(sides[0], sides[1], BY_NAME[measure].digits)}"


def row_of(base: np.ndarray, arm: np.ndarray, digits: int) -> str:
    """Return an effect, the number of pairs that differ, and the variance ratio with its interval."""
    effect = paired(list(base), list(arm))
    stated = f"{effect.effect:+.{digits + 1}f}±{effect.error:.{digits + 1}f}"
    differing = f"{effect.n - effect.same} of {effect.n}"
    return f"{stated:>18}{differing:>20}{format_ratio(effect):>11}{ratio_interval(base, arm):>22}"


def format_ratio(effect: Effect) -> str:
    """Return a variance ratio, marked if it misses the goal; in words if nothing varies at random."""
    if effect.same == effect.n:
        return "no effect "
    return f"{ratio_text(effect.variance_ratio)}{' ' if effect.variance_ratio >= RATIO_GOAL else '!'}"


def ratio_interval(base: np.ndarray, arm: np.ndarray) -> str:
    """Return the bootstrap interval of the variance ratio; empty if no pairs differ."""
    if (base == arm).all():
        return ""
    draws = np.random.default_rng(1).integers(0, len(base), (RESAMPLES, len(base)))
    left, right = base[draws], arm[draws]
    parts = zip(left.var(axis=1) + right.var(axis=1), (right - left).var(axis=1), strict=True)
    ratios = [variance_ratio(float(apart), float(beside)) for apart, beside in parts]
    low, high = np.nanquantile(ratios, (0.025, 0.975), method="lower")
    return f"{ratio_text(low)} to {ratio_text(high)}"


def print_lines(
    lines: Callable[..., Iterator[str]], module: str, about: str | None, seeds: int, years: float = 1.0
) -> None:
    """Print a table for the site (if it takes one), settings, years and seeds of the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m experiments.validation.{module}", description=about)
    if "site" in signature(lines).parameters:
        parser.add_argument("--site", default="villa_canales")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="sets")
    parser.add_argument("--years", type=float, default=years)
    parser.add_argument("--seeds", type=int, default=seeds)
    for line in lines(**vars(parser.parse_args())):
        print(line, flush=True)


if __name__ == "__main__":
    print_lines(lines, "variance", "What twins save", 30)
    print(
        f"! below {RATIO_GOAL:g}; no effect: no twins differ; {ALL_ALIKE}: the same effect in all twins, none at random"
    )
