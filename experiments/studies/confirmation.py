"""Confirm the dependence of effects: vary each parameter found alone between its ends, with new seeds.

Correlations over draws of all parameters also select some by chance. So the effect of each policy is estimated again
with one parameter at a low and at a high value, all others at their defaults, and seeds that the design did not use.
The rule for effects decides whether both differ (decisions/0027).
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.execution.runs import CompareLabel, CompareResults, DrawLabel, RunGroup, run_missing_groups
from experiments.statistics.annual_aggregation import MONTHS, Expression
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import monthly_scale
from experiments.statistics.verdicts import MIN_RUNS, corrected, direction, judge
from experiments.storage.run_spec import RunSpec
from experiments.studies.assumed_effects import PARAMETERS_SHOWN, AssumedEffect, three_digits
from experiments.studies.factors import Range
from experiments.studies.sensitivity_indices import wrapped
from experiments.studies.study import Study
from experiments.studies.study_folder import CONFIRMED_FOLDER
from experiments.studies.study_jobs import points_of
from model.simulation.registry import MEASURES

CONFIRMED_FILE = "effects_confirmed.csv"
MAX_PARAMETERS = 8
"""Maximum number of parameters; of more, those with the largest correlations relative to chance."""
ENDS = (0.02, 0.98)
"""Shares of the range at which a parameter is set."""
COUNT_UNITS = ("crimes", "deaths", "calls", "count")
"""Units of measures that are summed over the last twelve months; all others are averaged."""
COLUMNS = ("scenario", "policy", "measure", "parameter", "low_value", "high_value", "at_low", "at_high", "effect",
           "low", "high", "n", "p", "adjusted", "verdict")  # fmt: skip


def candidates(effects: Sequence[AssumedEffect]) -> list[str]:
    """Return the parameters with a correlation beyond chance in any effect, the largest ones first."""
    ratios: dict[str, float] = {}
    for effect in effects:
        for name, r in effect.strongest[: min(effect.found, PARAMETERS_SHOWN)]:
            ratios[name] = max(ratios.get(name, 0.0), abs(r) / effect.null_r)
    return sorted(ratios, key=lambda name: -ratios[name])[:MAX_PARAMETERS]


def confirm(study: Study, effects: Sequence[AssumedEffect], folder: Path, workers: int) -> tuple[pd.DataFrame, bool]:
    """Run the missing confirmation runs of a folder; return the contrasts and whether it was interrupted."""
    names = candidates(effects)
    outcome = run_missing_groups(groups_of(study, names), workers, "confirming", folder / CONFIRMED_FOLDER)
    return contrasts(study, names, outcome.results), outcome.interrupted


def groups_of(study: Study, names: Sequence[str]) -> list[RunGroup[CompareLabel]]:
    """Return the runs of all policies with each parameter at each end, scenario by scenario and seed by seed.

    The label of a run has the number of its parameter (from 1) and of its end (0, 1).
    """
    bare = dataclasses.replace(study, factors=dataclasses.replace(study.factors, ranges={}))
    points = list(points_of(bare))
    blocks = {source: [one for one in points if one.source == source] for source in study.scenarios}
    return [
        RunGroup(
            at_end(specs, {name: study.factors.ranges[name].value(share)}, seed),
            CompareLabel(number, "draw", draw=DrawLabel(k, "", end)),
        )
        for number, specs in enumerate(blocks.values())
        for k, name in enumerate(names, start=1)
        for end, share in enumerate(ENDS)
        for seed in new_seeds(study)
    ]


def new_seeds(study: Study) -> range:
    """Return seeds that the design did not use."""
    return range(max(study.seeds) + 1, max(study.seeds) + 1 + MIN_RUNS)


def at_end(specs: Sequence[RunSpec], values: Mapping[str, Any], seed: int) -> tuple[RunSpec, ...]:
    """Return runs with given parameter values and a seed."""
    return tuple(spec.with_seed(seed).with_values(values) for spec in specs)


def contrasts(study: Study, names: Sequence[str], results: Sequence[CompareResults]) -> pd.DataFrame:
    """Return, by policy, measure and parameter, the effect at both ends and the difference, with its verdict."""
    effects = effects_by_end(study, results)
    rows = []
    groups: Any = effects.groupby(["scenario", "policy", "measure", "number"], sort=False)
    for (scenario, policy, measure, number), effect_rows in groups:
        ends = effect_rows.pivot_table(index="seed", columns="end", values="effect").dropna()
        if set(ends.columns) != {0, 1} or ends.empty:
            continue
        span: Range = study.factors.ranges[names[number - 1]]
        scale = monthly_scale(measure, MEASURES[measure].unit)
        key = {"scenario": scenario, "policy": policy, "measure": measure, "parameter": names[number - 1]}
        values = dict(zip(("low_value", "high_value"), map(span.value, ENDS), strict=True))
        effect = paired(list(ends[0]), list(ends[1]), scale=scale)
        rows.append(key | values | {"at_low": ends[0].mean(), "at_high": ends[1].mean()} | dataclasses.asdict(effect))
    if not rows:
        return pd.DataFrame(columns=list(COLUMNS))
    table = corrected(pd.DataFrame(rows), ["scenario"])
    return table.assign(verdict=[judge(row) for row in table.itertuples()])[list(COLUMNS)]


def effects_by_end(study: Study, results: Sequence[CompareResults]) -> pd.DataFrame:
    """Return the effect of every policy on every measure in each confirmation run."""
    rows = []
    for result in results:
        assert result.label.draw is not None
        months = [run.months for run in result.finished]
        for spec, policy_months in zip(result.group.specs[1:], months[1:], strict=True):
            key = {"scenario": spec.scenario.name, "policy": spec.policy, "seed": spec.seed}
            key |= {"number": result.label.draw.number, "end": result.label.draw.run}
            for measure in study.sensitivity.measures:
                effect = last_year(policy_months, measure) - last_year(months[0], measure)
                rows.append(key | {"measure": measure, "effect": effect})
    return pd.DataFrame(rows, columns=["scenario", "policy", "seed", "number", "end", "measure", "effect"])


def last_year(months: pd.DataFrame, measure: str) -> float:
    """Return a measure of a run over its last twelve months: summed if it is a count, else the mean."""
    counted = MEASURES[measure].unit in COUNT_UNITS
    expression = Expression(sum=(measure,)) if counted else Expression(mean=measure)
    return expression.of(months.sort_values("month").tail(MONTHS))


def confirmed_lines(table: pd.DataFrame) -> Iterator[str]:
    """Yield, by policy and measure, the parameters confirmed by new runs, in lines of at most 80 columns."""
    if table.empty:
        yield "\nNothing was found beyond chance, so there is nothing to confirm."
        return
    yield ""
    yield "One parameter at a time at both ends of its range, others at their defaults,"
    yield f"{MIN_RUNS} new seeds:"
    yield from wrapped(", ".join(dict.fromkeys(table["parameter"])))
    yield "The effect at either end, where they differ beyond chance:"
    groups: Any = table.groupby(["scenario", "policy"], sort=False)
    for (scenario, policy), rows in groups:
        yield f"{scenario}, {policy}"
        sure = rows[[direction(verdict) != 0 for verdict in rows["verdict"]]]
        for measure, own in sure.groupby("measure", sort=False):
            named = (
                f"{row.parameter} {three_digits(row.at_low, '+')} to {three_digits(row.at_high, '+')}"
                for row in own.itertuples()
            )
            yield from wrapped(f"{measure}: {', '.join(named)}", rest="    ")
        yield f"  not confirmed: {len(rows) - len(sure)} of {len(rows)} pairs of a parameter and a measure"
