"""Hindcast of 2009 to 2019: forecasts of years to which nothing was fitted.

National series are inputs of the model: surveys of trust as the mood of the nation, homicides as a trend. A score on a
series that is an input is no evidence for the model, so every series is also forecast without it. Every forecast is
given the level of 2009 to 2013; 2015 to 2018 are scored. Trivial forecasts are that level and a linear trend through
those years. A forecast that is not better than both has failed.
"""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.dev.examinations.tables import write_table
from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import measures_table, simulate_until
from experiments.execution.runs import RunGroup
from experiments.execution.shared_towns import town_for
from experiments.statistics.forecast_scores import root_mean_square, skill_score
from experiments.validation.experiment import SITES
from experiments.validation.experiment_runs import ExperimentSize
from model.engine.calendar import tick_of
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from scenarios.files import read_toml
from scenarios.timeline import MOOD_PARAMETER, TIMELINE, TREND_PARAMETER

TABLE_NAME = "hindcast"
START, UNTIL, WARM_UP = "2009-01-01", "2020-01-01", 2
FITTED_YEARS, SCORED_YEARS = (2009, 2013), (2015, 2018)
TRUST_FILE = Path(__file__).parents[2] / "figures" / "data" / "police_trust.csv"
VARIANTS = {
    "all inputs": (),
    "without the mood of the nation": (MOOD_PARAMETER,),
    "without the trend of homicides": (TREND_PARAMETER,),
    "without any input": (MOOD_PARAMETER, TREND_PARAMETER, "*"),
}
"""Inputs that each variant leaves out; ``*`` is every dated event."""
SERIES = {
    "trust": ("survey_latinobarometro", MOOD_PARAMETER),
    "homicides": ("homicides", TREND_PARAMETER),
}
"""Measure of the model, and the input that holds the same series."""
COLUMNS = ("site", "series", "variant", "label", "rmse", "level_rmse", "line_rmse", "skill", "failed")


def show_hindcast(out: Path, size: ExperimentSize) -> list[dict[str, object]]:
    """Run all variants at both sites; write, print and return the scores."""
    jobs = [
        RunGroup((spec,), variant)
        for site in SITES
        for spec in plan_runs(
            site, sets=[*size.sets, f"calendar.warm_up={WARM_UP}"], start=START, until=UNTIL, replicates=size.seeds
        )
        for variant in VARIANTS
    ]
    results = run_jobs(jobs, years_of_run, size.workers, "hindcast").all_pairs
    observed = observations()
    rows = [row for site in SITES for row in site_rows(site, results, observed)]
    print(write_table(out, TABLE_NAME, rows, COLUMNS, score_lines(rows)))
    return rows


def years_of_run(job: RunGroup[str], tell: ReportProgress) -> pd.DataFrame:
    """Return the annual measures of a run of a variant."""
    (spec,), variant = job.specs, job.label
    world = TrustModel(without_events(spec.scenario, VARIANTS[variant]), rng=spec.seed, town=town_for(spec))
    simulate_until(world, tick_of(spec.until), tell)
    months = measures_table(world, spec).to_pandas()
    by_year = months.groupby(pd.to_datetime(months["month"]).dt.year)
    return pd.DataFrame({
        "survey_latinobarometro": by_year["survey_latinobarometro"].mean(), "homicides": by_year["homicides"].sum(),
    })  # fmt: skip


def without_events(scenario: Scenario, left_out: Sequence[str]) -> Scenario:
    """Return a scenario without the dated events that set any of some parameters; without all for ``*``."""
    events = (
        event
        for event in scenario.timeline
        if "*" not in left_out and not any(entry.parameter in left_out for entry in event.entries)
    )
    return dataclasses.replace(scenario, timeline=tuple(events))


def observations() -> dict[str, dict[int, float]]:
    """Return the national observations by series and year: trust in %, homicides per 100,000."""
    trust = pd.read_csv(TRUST_FILE).query("country == 'GTM'")
    shares = zip(trust["year"], trust["much_or_some_percent"], strict=True)
    rates = read_toml(TIMELINE, str(TIMELINE))["national_homicides"]["rates"]
    return {
        "trust": {int(year): float(share) for year, share in shares},
        "homicides": {int(year): float(rate) for year, rate in rates.items()},
    }


def site_rows(
    site: str, results: Sequence[tuple[RunGroup[str], pd.DataFrame]], observed: Mapping[str, Mapping[int, float]]
) -> Iterator[dict[str, object]]:
    """Yield the scores of every series and variant at one site."""
    for series, (measure, own_input) in SERIES.items():
        for variant, left_out in VARIANTS.items():
            runs = [table for job, table in results if (job.specs[0].scenario.name, job.label) == (site, variant)]
            forecast: Any = pd.concat(runs).groupby(level=0)[measure].mean()
            label = "held out" if own_input in left_out or "*" in left_out else "echo"
            yield {"site": site, "series": series, "variant": variant, "label": label} | scores(
                {int(year): float(value) for year, value in forecast.items()}, observed[series], series == "homicides"
            )


def scores(forecast: Mapping[int, float], observed: Mapping[int, float], relative: bool) -> dict[str, object]:
    """Return the errors of a forecast and of both trivial ones in the scored years, and whether it fails.

    The forecast is shifted to the observed level of the first years, or scaled to it if ``relative``.
    """
    years = [year for year in sorted(observed) if year in forecast]
    fitted = [year for year in years if FITTED_YEARS[0] <= year <= FITTED_YEARS[1]]
    scored = [year for year in years if SCORED_YEARS[0] <= year <= SCORED_YEARS[1]]
    level, own_level = (float(np.mean([series[year] for year in fitted])) for series in (observed, forecast))
    if relative:
        shifted = [forecast[year] * level / own_level if own_level else math.nan for year in scored]
    else:
        shifted = [forecast[year] - own_level + level for year in scored]
    trend = np.polynomial.Polynomial.fit(fitted, [observed[year] for year in fitted], 1)
    observed_values = [observed[year] for year in scored]
    errors = {
        "rmse": root_mean_square(shifted, observed_values),
        "level_rmse": root_mean_square([level] * len(observed_values), observed_values),
        "line_rmse": root_mean_square([float(trend(year)) for year in scored], observed_values),
    }
    best = min(errors["level_rmse"], errors["line_rmse"])
    return {**errors, "skill": skill_score(errors["rmse"], best), "failed": not errors["rmse"] < best}


def score_lines(rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield the scores in lines of at most 80 columns."""
    scored, fitted = (f"{first}-{last}" for first, last in (SCORED_YEARS, FITTED_YEARS))
    yield f"Errors {scored}, given the level of {fitted}: trust in % much or some,"
    yield "homicides per 100,000; both are of the whole country, the model is one municipality."
    yield f"\n{'':40}{'model':>8}{'level':>8}{'line':>8}{'skill':>8}"
    place = ""
    for row in rows:
        if place != (place := f"{row['site']}, {row['series']}"):
            yield place
        numbers = "".join(f"{row[name]:>8.2f}" for name in ("rmse", "level_rmse", "line_rmse", "skill"))
        verdict = " FAILED" if row["failed"] else ""
        yield f"  {row['variant']!s:31} {row['label']!s:6}{numbers[1:]}{verdict}"
    yield "\nAn echo is scored on a series that the model was given: it says nothing of the model."
