"""Switch each mechanism off: paired runs with and without it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from experiments.dev.documents.evidence import LEDGER
from experiments.dev.examinations.tables import Row, select_named, write_table
from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import run_all
from experiments.statistics.paired_effects import Effect, paired, t_quantile
from experiments.storage.run_folder import join_runs
from experiments.storage.run_spec import RunSpec
from model.engine.causes import CAUSES
from model.engine.errors import InputError, suggest_nearest
from model.engine.fingerprint import fingerprint
from model.simulation.registry import MECHANISMS
from scenarios.groups import switchable_mechanisms

EFFECT_MEASURES = ("trust_mean", "crimes_occurred", "crimes_told", "complaints_filed", "crimes_recorded", "homicides")
COLUMNS = (
    *("mechanism", "site", "policy", "measure", "own", "with_it", "with_error", "without", "without_error"),
    *("mean", "low", "high", "twins", "code"),
)
OWN_CAUSES = "trust_by_own_causes"
"""Change of summed trust (0-1) over a whole run by all causes that a mechanism declares."""
CONFIDENCE = 0.99
"""Confidence level of intervals and sign tests; one false alarm in a hundred is acceptable for 44 mechanisms."""


@dataclass(frozen=True)
class MechanismKnockout:
    """A mechanism, the measures and causes of its own process, and a site, policy and start where it has an effect."""

    name: str
    process: tuple[str, ...]
    causes: tuple[str, ...]
    policy: str
    site: str
    start: str | None = None

    @property
    def own_measures(self) -> tuple[str, ...]:
        """Measures of its own process, and the changes of trust that it causes, if any."""
        return (*self.process, OWN_CAUSES) if self.causes else self.process


def knockouts(only: Sequence[str] = ()) -> list[MechanismKnockout]:
    """Return the knock-out of every mechanism, or of those named."""
    names = {name: name for name in switchable_mechanisms()}
    return [knockout_of(name) for name in select_named(names, only, "no mechanism '{}'")]


def knockout_of(name: str) -> MechanismKnockout:
    """Return the knock-out that a mechanism declares; raise InputError if it declares none."""
    record = next((mechanism for mechanism in MECHANISMS if mechanism.name == name), None)
    if record is None or record.knockout is None:
        raise InputError(f"mechanism '{name}' does not say what a knock-out would change")
    declared, causes = record.knockout, tuple(CAUSES[number] for number in record.causes)
    site, start = declared.site or "villa_canales", declared.start or None
    return MechanismKnockout(name, declared.measures, causes, declared.policy, site, start)


def effects(
    knockout: MechanismKnockout, *, scale: float, years: float, replicates: int, workers: int = 1
) -> dict[str, Effect]:
    """Return the effects of a mechanism by measure: of its own process first, then those of `EFFECT_MEASURES`."""
    policies, size = [knockout.policy] if knockout.policy else [], f"population.scale={scale}"
    options: dict[str, Any] = {"policies": policies, "start": knockout.start, "years": years, "replicates": replicates}
    off = f"mechanisms.{knockout.name}=false"
    with_it, without = (
        with_own_causes(averages(plan_runs(knockout.site, sets=sets, **options), workers), knockout.causes)
        for sets in ([size], [size, off])
    )
    return {measure: effect_of(measure, with_it, without) for measure in (*knockout.own_measures, *EFFECT_MEASURES)}


@cache
def averages(specs: tuple[RunSpec, ...], workers: int, label: str = "") -> pd.DataFrame:
    """Return the mean of every measure and the sum of every account of the ledger, one row per seed.

    Results are cached, as mechanisms share the full world.
    """
    label = label or f"{specs[0].scenario.name} {specs[0].policy}"
    tables = join_runs(run_all(specs, workers=workers, label=label).all_results)
    measures = tables["measures"].to_pandas().drop(columns=["run", "scenario", "policy", "month"])
    accounts = tables["ledger"].to_pandas().pivot_table("change", "seed", "cause", "sum")
    return measures.groupby("seed").mean(numeric_only=True).join(accounts.add_prefix(LEDGER))


def with_own_causes(table: pd.DataFrame, causes: Sequence[str]) -> pd.DataFrame:
    """Add a column with the sum of the accounts of some causes; a cause that never occurred counts as 0."""
    accounts = table.reindex(columns=[f"{LEDGER}{cause}" for cause in causes])
    return table.assign(**{OWN_CAUSES: accounts.sum(axis=1)})


def effect_of(measure: str, with_it: pd.DataFrame, without: pd.DataFrame) -> Effect:
    """Return the paired effect on one measure, interval at `CONFIDENCE`; the base lacks the mechanism.

    Pairs with a missing value are left out.
    """
    if measure not in with_it:
        raise InputError(f"no measure '{measure}'{suggest_nearest(measure, map(str, with_it.columns))}")
    effect = paired(*(table[measure].tolist() for table in (without, with_it)))
    margin = t_quantile(effect.n - 1, CONFIDENCE) * effect.error
    return replace(effect, low=effect.effect - margin, high=effect.effect + margin)


def is_significant(effect: Effect) -> bool:
    """Return whether the interval or an exact sign test settles the sign; intervals are poor for rare events."""
    changed = effect.rose + effect.fell
    return effect.settled or (changed > 0 and binomtest(effect.rose, changed).pvalue < 1.0 - CONFIDENCE)


def changes_process(knockout: MechanismKnockout, found: Mapping[str, Effect]) -> bool:
    """Return whether any measure of the mechanism's own process changes significantly."""
    return any(is_significant(found[measure]) for measure in knockout.own_measures)


def knockout_lines(knockout: MechanismKnockout, found: Mapping[str, Effect]) -> Iterator[str]:
    """Yield the report of one knock-out."""
    verdict = "its process changes" if changes_process(knockout, found) else "ITS PROCESS DOES NOT CHANGE"
    yield f"{knockout.name} ({knockout.site}{', ' + knockout.policy if knockout.policy else ''}): {verdict}"
    for measure, effect in found.items():
        sign = "*" if is_significant(effect) else " "
        yield (
            f"  {measure:34}{effect_cell(effect.arm)} ±{effect_cell(effect.arm_error).strip():7}"
            f"{effect_cell(effect.base)} ±{effect_cell(effect.base_error).strip():7}{effect_cell(effect.effect)}"
            f" [{effect_cell(effect.low).strip()}, {effect_cell(effect.high).strip()}]{sign}"
        )


def effect_cell(number: float) -> str:
    """Return a number formatted to a width of eight characters.

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
        f"± Monte Carlo error; difference with its {CONFIDENCE:.0%} interval;"
        " * marks one that excludes zero, or pairs that",
        f"an exact sign test at {1.0 - CONFIDENCE:.0%} tells from chance",
        f"  {'measure':34}{'with':>8} {'':8}{'without':>8} {'':8}{'differs':>8}",
    ]
    print("\n".join(lines))
    rows: list[Row] = []
    all_change = True
    for knockout in knockouts(only):
        by_measure = effects(knockout, scale=scale, years=years, replicates=replicates, workers=workers)
        report = ["", *knockout_lines(knockout, by_measure)]
        print("\n".join(report), flush=True)
        lines += report
        rows += [row_of(knockout, measure, effect) | {"twins": replicates} for measure, effect in by_measure.items()]
        all_change = all_change and changes_process(knockout, by_measure)
    write_table(out, "knockouts", rows, COLUMNS, lines)
    return all_change


def row_of(knockout: MechanismKnockout, measure: str, effect: Effect) -> Row:
    """Return the columns of the effect of a mechanism on one measure."""
    row: Row = {"mechanism": knockout.name, "site": knockout.site, "policy": knockout.policy, "code": fingerprint()}
    row |= {"measure": measure, "own": measure in knockout.own_measures}
    row |= {"with_it": effect.arm, "with_error": effect.arm_error, "without": effect.base}
    return row | {"without_error": effect.base_error, "mean": effect.effect, "low": effect.low, "high": effect.high}
