"""What a run is asked to be: scenario, policies, values, horizon, seeds; all checked before it starts."""

import dataclasses
import datetime
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.runs.identity import identity, settings_of
from model.calendar import SHIFTS, tick_of
from model.errors import InputError, nearest
from model.parameters import date_of
from model.scenario import Scenario
from scenarios import load
from scenarios.reading import parsed

KEEPS = ("cells", "incidents")
STATUS_QUO = "status_quo"
SAVED = "saved.json"
LONGEST_YEARS = 100.0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Runs of one scenario that differ in their seeds; ``words`` are its policies with their dates."""

    source: str
    scenario: Scenario
    words: tuple[str, ...]
    varied: dict[str, Any]
    begins: datetime.date
    until: datetime.date
    seeds: tuple[int, ...]
    keep: frozenset[str] = frozenset()
    branch: Path | None = None
    branch_runs: dict[int, str] = dataclasses.field(default_factory=dict)

    @property
    def policy(self) -> str:
        """Names of the policies, joined by +."""
        return "+".join(policy.name for policy in self.scenario.policies) or STATUS_QUO

    def run(self, seed: int) -> str:
        """Return the identity of the run with this seed."""
        settings = settings_of(self.scenario)
        return identity(settings, seed, self.until, self.keep, self.branch_runs.get(seed))


def shifts_of(plan: Plan) -> int:
    """Return how many shifts one run of a plan simulates, warm-up included."""
    warm_up = 0 if plan.branch else round(365.25 * SHIFTS * plan.scenario["calendar"].warm_up)
    return warm_up + tick_of(plan.until) - tick_of(plan.begins)


def make_plan(
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
    branch: Path | None = None,
) -> Plan:
    """Return the plan that options of the command line describe, or raise with what is wrong in them."""
    varied = values_of(sets)
    seeds = seeds_of(seed, replicates)
    saved = read_saved(branch, seeds) if branch else None
    if saved and start is not None:
        raise InputError("--start has no meaning with --from: the saved run goes on where it ended")
    scenario, words = scenario_of(source, policies, varied, start, saved)
    begins = saved["until"] if saved else scenario.start
    return Plan(
        source=source,
        scenario=scenario,
        words=words,
        varied={key: value_in_force(scenario, key, value) for key, value in varied.items()},
        begins=begins,
        until=end_of(begins, years, until),
        seeds=seeds,
        keep=kept(keep),
        branch=branch,
        branch_runs=saved["runs"] if saved else {},
    )


def values_of(sets: Iterable[str]) -> dict[str, Any]:
    """Return the values given as KEY=VALUE by dotted name."""
    found: dict[str, Any] = {}
    for text in sets:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set wants KEY=VALUE, got '{text}'")
        found[key.strip()] = parsed(value)
    return found


def value_in_force(scenario: Scenario, key: str, value: Any) -> Any:
    """Return a changed value in the type in which the scenario holds it."""
    group, _, name = key.partition(".")
    held = getattr(scenario.groups.get(group), name, value)
    return held if isinstance(held, bool | int | float | str) else str(held)


def seeds_of(seed: int, replicates: int) -> tuple[int, ...]:
    """Return the seeds of the replicates: seed, seed + 1 and so on."""
    if not 0 <= seed < 2**32:
        raise InputError(f"--seed must be a whole number from 0 to {2**32 - 1}, got {seed}")
    if not 1 <= replicates <= 10_000:
        raise InputError(f"--replicates must lie between 1 and 10000, got {replicates}")
    return tuple(range(seed, seed + replicates))


def kept(words: str) -> frozenset[str]:
    """Return what shall be kept beyond the tables of every run."""
    chosen = [word.strip() for word in words.split(",") if word.strip()]
    for word in chosen:
        if word not in KEEPS:
            raise InputError(f"--keep knows {', '.join(KEEPS)}, got '{word}'{nearest(word, KEEPS)}")
    return frozenset(chosen)


def end_of(begins: datetime.date, years: float | None, until: str | None) -> datetime.date:
    """Return the first day that is no longer simulated."""
    if until is not None and years is not None:
        raise InputError("--years and --until say the same thing: give one of them")
    if until is None:
        return after(begins, 3.0 if years is None else years)
    end = date_of("--until", until)
    if end <= begins:
        raise InputError(f"--until must be later than {begins}, where the run begins, got {end}")
    return end


def after(begins: datetime.date, years: float) -> datetime.date:
    """Return the date some years later; a part of a year counts in days.

    >>> after(datetime.date(2017, 1, 1), 1.5)
    datetime.date(2018, 7, 3)
    """
    if not 0.0 < years <= LONGEST_YEARS:
        raise InputError(f"--years must be more than 0 and at most {LONGEST_YEARS:g}, got {years:g}")
    whole = math.floor(years)
    day = min(begins.day, 28) if begins.month == 2 else begins.day
    date = begins.replace(year=begins.year + whole, day=day)
    return date + datetime.timedelta(days=math.floor(365.25 * (years - whole) + 0.5))


def scenario_of(
    source: str,
    policies: Sequence[str],
    varied: dict[str, Any],
    start: str | None,
    saved: dict[str, Any] | None,
) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario with its policies, and these as dated words."""
    first = date_of("--start", start) if start is not None else None
    if saved is None:
        scenario = load(source, policies=policies, set=varied, start=first)
        return scenario, dated(policies, scenario, scenario.start)
    first = date_of("--from", saved["settings"]["start"])
    base = load(source, set=varied, start=first)
    if settings_of(base) != saved["settings"]:
        raise InputError(f"--from {saved['folder']} was saved from other settings than {source} with these")
    new = load(source, policies=policies, set=varied, start=first)
    words = (*saved["policies"], *dated(policies, new, saved["until"]))
    return load(source, policies=words, set=varied, start=first), words


def dated(words: Sequence[str], scenario: Scenario, earliest: datetime.date) -> tuple[str, ...]:
    """Return every policy of a scenario as NAME@DATE, none before the earliest date."""
    names = [part.strip().partition("@")[0] for word in words for part in word.split("+")]
    starts = [max(policy.start or earliest, earliest) for policy in scenario.policies]
    return tuple(f"{name}@{start}" for name, start in zip(names, starts, strict=True))


def seed_folder(folder: Path, seed: int) -> Path:
    """Return where the State of one seed lies in a folder of saved states."""
    return folder / f"seed_{seed}"


def read_saved(folder: Path, seeds: Sequence[int]) -> dict[str, Any]:
    """Return what a folder of saved states holds."""
    try:
        stated = json.loads((folder / SAVED).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"--from {folder}: no saved run there ({SAVED} is missing)") from None
    except ValueError:
        raise InputError(f"--from {folder}: {SAVED} is not readable as JSON") from None
    runs = {int(seed): run for seed, run in stated["runs"].items()}
    for seed in seeds:
        if seed not in runs:
            there = ", ".join(map(str, sorted(runs)))
            raise InputError(f"--from {folder}: no state with seed {seed} there; there are {there}")
    until = datetime.date.fromisoformat(stated["until"])
    return stated | {"runs": runs, "until": until, "folder": str(folder)}
