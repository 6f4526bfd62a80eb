"""Switch each mechanism off: twin worlds with and without it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.execution.run_requests import plan_runs
from experiments.execution.run_set import run_all
from experiments.statistics.paired_effects import paired, t_quantile
from experiments.storage.run_folder import join_runs
from experiments.storage.run_spec import RunSpec
from experiments.validation.study_tables import Row, rows_by_columns, select_named, write_table
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


@dataclass(frozen=True)
class KnockoutEffect:
    """Mean paired difference of a measure (with less without) over twins, with its interval.

    The means of either world are accompanied by their Monte Carlo (standard) errors over seeds.
    """

    measure: str
    with_it: float
    with_error: float
    without: float
    without_error: float
    mean: float
    low: float
    high: float

    @property
    def changed(self) -> bool:
        """True if the interval leaves no doubt that something changed."""
        return self.low > 0.0 or self.high < 0.0


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
) -> list[KnockoutEffect]:
    """Return the effects of switching a mechanism off: of its own process first, then on trust and the books."""
    policies, size = [one.policy] if one.policy else [], f"population.scale={scale}"
    about: dict[str, Any] = {"policies": policies, "start": one.start, "years": years, "replicates": replicates}
    off = f"mechanisms.{one.name}=false"
    having, missing = (averages(plan_runs(one.site, sets=sets, **about), workers) for sets in ([size], [size, off]))
    return [effect_of(measure, having, missing) for measure in dict.fromkeys((*one.process, *EFFECTS))]


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


def effect_of(measure: str, having: pd.DataFrame, missing: pd.DataFrame) -> KnockoutEffect:
    """Return the paired effect on one measure; pairs without a value on one side are left out."""
    if measure not in having:
        raise InputError(f"no measure '{measure}'{suggest_nearest(measure, map(str, having.columns))}")
    one = paired(*(table[measure].tolist() for table in (missing, having)))
    reach = t_quantile(one.n - 1, SURE) * one.error
    ends = one.effect - reach, one.effect + reach
    return KnockoutEffect(measure, one.arm, one.arm_error, one.base, one.base_error, one.effect, *ends)


def knockout_lines(one: MechanismKnockout, found: Sequence[KnockoutEffect]) -> Iterator[str]:
    """Yield the report of one knock-out."""
    own = found[: len(one.process)]
    verdict = "its process changes" if any(effect.changed for effect in own) else "ITS PROCESS DOES NOT CHANGE"
    yield f"{one.name} ({one.site}{', ' + one.policy if one.policy else ''}): {verdict}"
    for effect in found:
        sign = "*" if effect.changed else " "
        yield (
            f"  {effect.measure:34}{effect_cell(effect.with_it)} ±{effect_cell(effect.with_error).strip():7}"
            f"{effect_cell(effect.without)} ±{effect_cell(effect.without_error).strip():7}"
            f"{effect_cell(effect.mean)} [{effect_cell(effect.low).strip()}, {effect_cell(effect.high).strip()}]{sign}"
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
    for one in knockouts(only):
        found = effects(one, scale=scale, years=years, replicates=replicates, workers=workers)
        some = ["", *knockout_lines(one, found)]
        print("\n".join(some), flush=True)
        lines += some
        rows += [
            about_of(one) | asdict(effect) | {"twins": replicates, "own": effect.measure in one.process}
            for effect in found
        ]
    write_table(out, "knockouts", rows, COLUMNS, lines)
    return all(
        any(row["low"] > 0.0 or row["high"] < 0.0 for row in own if row["own"])
        for own in rows_by_columns(rows, "mechanism").values()
    )


def about_of(one: MechanismKnockout) -> Row:
    """Return the columns that say which knock-out a row is of."""
    return {"mechanism": one.name, "site": one.site, "policy": one.policy, "code": fingerprint()}
