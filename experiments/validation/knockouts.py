"""Switch each mechanism off: twin worlds with and without it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.execution.run_requests import plan_runs
from experiments.execution.run_set import run_all
from experiments.statistics.paired_effects import Effect, paired, t_quantile
from experiments.storage.run_folder import join_runs
from experiments.storage.run_spec import RunSpec
from experiments.validation.study_tables import Row, select_named, write_table
from model.engine.errors import InputError, suggest_nearest
from model.engine.fingerprint import fingerprint
from model.simulation.registry import MECHANISMS
from scenarios.groups import switchable_mechanisms

EFFECTS = ("trust_mean", "crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded", "homicides")
COLUMNS = (
    *("mechanism", "site", "policy", "measure", "own", "with_it", "with_error", "without", "without_error"),
    *("mean", "low", "high", "twins", "code"),
)
SURE = 0.99
"""Confidence of the intervals: with some thirty mechanisms, a false alarm in a hundred is enough."""


@dataclass(frozen=True)
class MechanismKnockout:
    """A mechanism with the measures of its own process, and the site, policy and time where it can be missed."""

    name: str
    process: tuple[str, ...]
    policy: str
    site: str
    start: str | None = None


def knockouts(only: Sequence[str] = ()) -> list[MechanismKnockout]:
    """Return the knock-out of every mechanism, or of those named."""
    names = {name: name for name in switchable_mechanisms()}
    return [knockout_of(name) for name in select_named(names, only, "no mechanism '{}'")]


def knockout_of(name: str) -> MechanismKnockout:
    """Return what the file of a mechanism says of its knock-out."""
    stated = next((one.knockout for one in MECHANISMS if one.name == name), None)
    if stated is None:
        raise InputError(f"mechanism '{name}' does not say what a knock-out would change")
    return MechanismKnockout(name, stated.measures, stated.policy, stated.site or "villa_canales", stated.start or None)


def effects(
    one: MechanismKnockout, *, scale: float, years: float, replicates: int, workers: int = 1
) -> dict[str, Effect]:
    """Return the effects of a mechanism by measure: of its own process first, then on trust and the books."""
    policies, size = [one.policy] if one.policy else [], f"population.scale={scale}"
    about: dict[str, Any] = {"policies": policies, "start": one.start, "years": years, "replicates": replicates}
    off = f"mechanisms.{one.name}=false"
    having, missing = (averages(plan_runs(one.site, sets=sets, **about), workers) for sets in ([size], [size, off]))
    return {measure: effect_of(measure, having, missing) for measure in (*one.process, *EFFECTS)}


@cache
def averages(specs: tuple[RunSpec, ...], workers: int) -> pd.DataFrame:
    """Return the mean of every measure of a world, a row per seed; mechanisms share those that have them all."""
    return average_by_seed(tables_of(specs, workers)["measures"])


def tables_of(specs: Sequence[RunSpec], workers: int, label: str = "") -> dict[str, pd.DataFrame]:
    """Run worlds of all seeds; return measures and ledger."""
    told = label or f"{specs[0].scenario.name} {specs[0].policy}"
    tables = join_runs(run_all(specs, workers=workers, label=told).whole)
    return {name: tables[name].to_pandas() for name in ("measures", "ledger")}


def average_by_seed(measures: pd.DataFrame) -> pd.DataFrame:
    """Return the mean of every measure over the months that have it, a row per seed."""
    return measures.drop(columns=["run", "scenario", "policy", "month"]).groupby("seed").mean(numeric_only=True)


def effect_of(measure: str, having: pd.DataFrame, missing: pd.DataFrame) -> Effect:
    """Return the paired effect on one measure, interval at `SURE`; the base is the world that lacks the mechanism.

    Pairs without a value on one side are left out.
    """
    if measure not in having:
        raise InputError(f"no measure '{measure}'{suggest_nearest(measure, map(str, having.columns))}")
    one = paired(*(table[measure].tolist() for table in (missing, having)))
    reach = t_quantile(one.n - 1, SURE) * one.error
    return replace(one, low=one.effect - reach, high=one.effect + reach)


def changes_process(one: MechanismKnockout, found: Mapping[str, Effect]) -> bool:
    """Tell whether an effect leaves no doubt that the mechanism's own process changed."""
    return any(found[measure].settled for measure in one.process)


def knockout_lines(one: MechanismKnockout, found: Mapping[str, Effect]) -> Iterator[str]:
    """Yield the report of one knock-out."""
    verdict = "its process changes" if changes_process(one, found) else "ITS PROCESS DOES NOT CHANGE"
    yield f"{one.name} ({one.site}{', ' + one.policy if one.policy else ''}): {verdict}"
    for measure, effect in found.items():
        sign = "*" if effect.settled else " "
        yield (
            f"  {measure:34}{effect_cell(effect.arm)} ±{effect_cell(effect.arm_error).strip():7}"
            f"{effect_cell(effect.base)} ±{effect_cell(effect.base_error).strip():7}{effect_cell(effect.effect)}"
            f" [{effect_cell(effect.low).strip()}, {effect_cell(effect.high).strip()}]{sign}"
        )


def effect_cell(number: float) -> str:
    """Return a number in its column.

    >>> effect_cell(1234.5), effect_cell(0.01234), effect_cell(-0.00002)
    ('   1,234', '  0.0123', '  -2e-05')
    """
    if math.isnan(number):
        return "       -"
    if 0.0 < abs(number) < 0.00005 or abs(number) >= 1e7:
        return f"{number:8.0e}"
    return f"{number:8,.0f}" if abs(number) >= 1000 else f"{number:8.4f}" if abs(number) < 1 else f"{number:8.2f}"


def show_knockouts(
    only: Sequence[str], out: Path, *, scale: float, years: float, replicates: int, workers: int
) -> bool:
    """Write and print every knock-out; return whether each mechanism's own process changes."""
    lines = [
        f"With and without each mechanism: {replicates} twins, {years:g} years, scale {scale:g}; monthly means;",
        f"± Monte Carlo error; difference with its {SURE:.0%} interval; * marks one that excludes zero",
        f"  {'measure':34}{'with':>8} {'':8}{'without':>8} {'':8}{'differs':>8}",
    ]
    print("\n".join(lines))
    rows: list[Row] = []
    good = True
    for one in knockouts(only):
        found = effects(one, scale=scale, years=years, replicates=replicates, workers=workers)
        some = ["", *knockout_lines(one, found)]
        print("\n".join(some), flush=True)
        lines += some
        rows += [row_of(one, measure, effect) | {"twins": replicates} for measure, effect in found.items()]
        good = good and changes_process(one, found)
    write_table(out, "knockouts", rows, COLUMNS, lines)
    return good


def row_of(one: MechanismKnockout, measure: str, effect: Effect) -> Row:
    """Return the columns of the effect of a mechanism on one measure."""
    row: Row = {"mechanism": one.name, "site": one.site, "policy": one.policy, "code": fingerprint()}
    row |= {"measure": measure, "own": measure in one.process}
    row |= {"with_it": effect.arm, "with_error": effect.arm_error, "without": effect.base}
    return row | {"without_error": effect.base_error, "mean": effect.effect, "low": effect.low, "high": effect.high}
