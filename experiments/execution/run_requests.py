"""Convert command line options to specifications of runs: add defaults, and check all before the start."""

import datetime
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments.storage.run_identity import settings_of
from experiments.storage.run_spec import (
    RunSpec,
    checked_measures,
    forget_scenarios,
    kept_tables,
    overrides_of,
    replicated,
    scenario_with,
    seeds_of,
    town_option,
    values_of,
    with_start_dates,
)
from experiments.storage.saved_states import check_state, read_saved_states
from model.engine.errors import InputError
from model.engine.parameters import parse_date
from model.engine.scenario import Scenario
from scenarios.national_shocks import with_national_shocks

MAX_YEARS = 100.0


def plan_runs(
    source: str,
    *,
    policies: Sequence[str] = (),
    sets: Sequence[str] = (),
    start: str | None = None,
    years: float | None = None,
    until: str | None = None,
    seed: int = 1,
    replicates: int = 1,
    keep: str = "",
    measures: str = "",
    branch: Path | None = None,
    town: str = "",
) -> tuple[RunSpec, ...]:
    """Return the runs specified by command line options; raise if an option is invalid."""
    forget_scenarios()
    values = values_of(sets)
    saved = read_saved_states(branch, seeds_of(seed, replicates)) if branch else None
    if saved and start is not None:
        raise InputError("--start has no meaning with --from: the saved run goes on where it ended")
    start_text = saved["settings"]["start"] if saved else start
    first = None if start_text is None else parse_date("--from" if saved else "--start", start_text)
    if saved:
        check_saved(saved, source, scenario_with(source, (), overrides_of(values), first), seeds_of(seed, replicates))
    scenario = scenario_with(source, tuple(policies), overrides_of(values), first)
    begin_date = saved["until"] if saved else scenario.start
    spec = RunSpec(
        source=source,
        policies=with_start_dates(policies, scenario, begin_date),
        overrides=overrides_of(values),
        varied=tuple(values),
        start=None if saved else first,
        until=end_after_policies(policies, end_date(begin_date, years, until)),
        seed=seed,
        keep=kept_tables(keep),
        measures=checked_measures(measures),
        branch=str(branch) if branch else None,
        town=town_option(town, values, branch),
    )
    return replicated(spec, replicates)


def check_saved(saved: dict[str, Any], source: str, scenario: Scenario, seeds: Sequence[int]) -> None:
    """Raise if saved states have other settings than requested, or are missing or changed."""
    first = next(iter(saved["runs"]))
    wanted = settings_of(with_national_shocks(scenario, first, saved["until"]))
    if parameter_names(wanted) != parameter_names(saved["settings"]):
        raise InputError(
            f"--from {saved['folder']} was saved by another version of the model, which has other parameters: save it"
            " again with the command of its run"
        )
    if wanted != saved["settings"]:
        raise InputError(
            f"--from {saved['folder']} was saved from other settings than {source} with these: name the same policies"
            " and --set, or save it again"
        )
    for seed in seeds:
        check_state(saved, seed)


def parameter_names(settings: dict[str, Any]) -> dict[str, list[str]]:
    """Return the names of the parameters in settings by group, which differ between versions of the model."""
    groups = settings.get("parameters", {})
    return {group: sorted(numbers) for group, numbers in groups.items()}


def end_after_policies(policies: Sequence[str], end: datetime.date) -> datetime.date:
    """Return the end of a run; raise if a policy is dated so late that the run has ended before it begins."""
    for part in (part.strip() for word in policies for part in word.split("+")):
        name, at, date = part.partition("@")
        if at and parse_date(f"date of policy '{name}'", date) >= end:
            raise InputError(f"policy '{name}' must begin before {end}, where the run ends, got {date}")
    return end


def end_date(begin_date: datetime.date, years: float | None, until: str | None) -> datetime.date:
    """Return the first day after the run."""
    if until is not None and years is not None:
        raise InputError("--years and --until say the same thing: give one of them")
    if until is None:
        return date_after(begin_date, 3.0 if years is None else years)
    end = parse_date("--until", until)
    if end <= begin_date:
        raise InputError(f"--until must be later than {begin_date}, where the run begins, got {end}")
    return end


def date_after(begin_date: datetime.date, years: float) -> datetime.date:
    """Return the date ``years`` later; a fraction of a year is rounded to days.

    >>> date_after(datetime.date(2017, 1, 1), 1.5)
    datetime.date(2018, 7, 3)
    """
    if not 0.0 < years <= MAX_YEARS:
        raise InputError(f"--years must be more than 0 and at most {MAX_YEARS:g}, got {years:g}")
    if begin_date.year + years >= datetime.MAXYEAR:
        raise InputError(f"--years: a run must end before the year {datetime.MAXYEAR}, got {years:g} from {begin_date}")
    whole_years = math.floor(years)
    day = min(begin_date.day, 28) if begin_date.month == 2 else begin_date.day
    date = begin_date.replace(year=begin_date.year + whole_years, day=day)
    return date + datetime.timedelta(days=math.floor(365.25 * (years - whole_years) + 0.5))
