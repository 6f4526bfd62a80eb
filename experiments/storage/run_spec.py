"""Specification of a run, common to the command line and to the plan of a sweep, with its identity."""

import dataclasses
import datetime
import math
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

from experiments.storage.result_tables import OPTIONAL_TABLES, STATUS_QUO
from experiments.storage.run_identity import identity, settings_of
from experiments.storage.saved_states import FilesChanged, check_state, read_saved_states
from model.engine.calendar import SHIFTS, tick_of
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import ParameterGroup, parse_date
from model.engine.policies import check_policies
from model.engine.scenario import Scenario
from scenarios import load, with_policies
from scenarios.files import forget_files, have_files_changed
from scenarios.groups import declared_groups
from scenarios.national_shocks import national_shocks, with_national_shocks
from scenarios.reading import checked_given_value, checked_once, parse_typed_value, text_of

OPTIONS = (
    *("--policy", "--set", "--start", "--until", "--seed", "--keep", "--measures", "--from", "--town", "--replicates"),
)
MOST_REPLICATES = 10_000
TOWN_SEED, OWN_TOWN = "population.seed", "own"
"""Seed parameter of the town's population, and the option value for a town drawn by the seed of the run."""

Overrides = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class RunSpec:
    """One run; plain values only, so that thousands can be held in memory, sent to another machine and stored.

    ``policies`` have a date if they begin after the first day; ``overrides`` are values by dotted name, as typed on the
    command line; those in ``varied`` become columns of the tables; ``branch`` is a folder of saved states.
    """

    source: str
    policies: tuple[str, ...] = ()
    overrides: Overrides = ()
    varied: tuple[str, ...] = ()
    start: datetime.date | None = None
    until: datetime.date
    seed: int = 1
    keep: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    branch: str | None = None
    town: str = ""
    """`own` for a town drawn by the seed of the run; empty for that of the scenario."""
    shares_warm_up: bool = dataclasses.field(default=False, compare=False)
    """True if another run of the same study has the same warm-up; does not affect results."""

    @property
    def saved(self) -> dict[str, Any] | None:
        """Description of the saved states from which the run continues, if any."""
        return read_saved_states(Path(self.branch), [self.seed]) if self.branch is not None else None

    @property
    def files(self) -> tuple[str, tuple[str, ...], Overrides, datetime.date | None]:
        """Arguments by which the scenario is read; runs that differ in seed or length share them."""
        if (saved := self.saved) is None:
            return self.source, self.policies, self.overrides, self.start
        first = parse_date("--from", saved["settings"]["start"])
        return self.source, (*saved["policies"], *self.policies), self.overrides, first

    @property
    def scenario(self) -> Scenario:
        """Settings and policies of the world, with the national shocks of the seed."""
        scenario_of_seed = with_national_shocks(self.shared, self.seed, self.until)
        if self.town != OWN_TOWN:
            return scenario_of_seed
        people = scenario_of_seed.groups["population"].replace({"seed": self.seed})
        return dataclasses.replace(scenario_of_seed, groups=dict(scenario_of_seed.groups) | {"population": people})

    @property
    def shared(self) -> Scenario:
        """Scenario without the town and national shocks of the seed; read once for all seeds."""
        return scenario_with(*self.files)

    @property
    def settings(self) -> dict[str, Any]:
        """Complete settings of the scenario, in a form for JSON."""
        if national_shocks(self.shared, self.seed, self.until):
            return settings_of(self.scenario)
        shared_settings = settings_at(*self.files)
        if self.town != OWN_TOWN:
            return shared_settings
        parameters = shared_settings["parameters"]
        people = parameters["population"] | {"seed": self.seed}
        return shared_settings | {"parameters": parameters | {"population": people}}

    @cached_property
    def run(self) -> str:
        """Identity: digest of everything that affects the results, and of which of them are stored."""
        return self.identity_with(self.settings)

    def identity_with(self, settings: dict[str, Any]) -> str:
        """Return the identity that the run has under the given settings."""
        saved = self.saved
        parent = saved["runs"][self.seed] if saved else None
        return identity(settings, self.seed, self.until, (*self.keep, *self.measures), parent)

    def check_files(self) -> None:
        """Raise if the files of the run have changed since it was requested."""
        forget_scenarios()
        try:
            unchanged = self.identity_with(settings_of(self.scenario)) == self.run
        except InputError:  # they were readable when the run was requested
            unchanged = False
        if not unchanged:
            raise FilesChanged(
                f"a file of {self.source} or of its policies has changed since the start: let files be and start again"
            )
        if saved := self.saved:
            check_state(saved, self.seed)

    def __getstate__(self) -> dict[str, Any]:
        """Include the identity, so that every process uses the one computed when the run was requested."""
        return self.__dict__ | {"run": self.run}

    @property
    def key(self) -> str:
        """Unique key of the run."""
        return self.run

    @property
    def begins(self) -> datetime.date:
        """First reported day."""
        saved = self.saved
        return saved["until"] if saved else self.shared.start

    @property
    def policy(self) -> str:
        """Names of the policies, joined by +; `STATUS_QUO` if there are none."""
        return "+".join(policy.name for policy in self.shared.policies) or STATUS_QUO

    @property
    def dated_policies(self) -> tuple[str, ...]:
        """Policies as NAME@DATE; those of the saved state come first."""
        scenario = self.shared
        return dated_policies(self.files[1], scenario, scenario.start)

    @property
    def columns(self) -> dict[str, Any]:
        """Values of the varied parameters, in the types of the scenario."""
        scenario, values = self.shared, dict(self.overrides)
        return {key: value_in_force(scenario, key, parse_typed_value(values[key])) for key in self.varied}

    @property
    def labels(self) -> dict[str, Any]:
        """Values of the columns that identify the run: keys and varied parameters."""
        keys = {"run": self.run, "scenario": self.shared.name, "policy": self.policy, "seed": self.seed}
        return keys | self.columns

    @property
    def reported_shifts(self) -> int:
        """Number of reported shifts."""
        return tick_of(self.until) - tick_of(self.begins)

    @property
    def shifts(self) -> int:
        """Number of simulated shifts, warm-up included."""
        warm_up = 0 if self.branch else round(365.25 * SHIFTS * self.shared["calendar"].warm_up)
        return warm_up + self.reported_shifts

    def with_seed(self, seed: int) -> "RunSpec":
        """Return this run with another seed."""
        return dataclasses.replace(self, seed=seed)

    def with_values(self, values: Mapping[str, Any]) -> "RunSpec":
        """Return this run with further values, which replace its own."""
        all_values = dict(self.overrides) | dict(overrides_of(values))
        return dataclasses.replace(self, overrides=tuple(all_values.items()))

    @property
    def command(self) -> str:
        """Canonical command line of this run.

        >>> RunSpec(source="baseline", overrides=(("trust.fast_days", "9"),), until=datetime.date(2018, 1, 1)).command
        'confianza run baseline --set trust.fast_days=9 --until 2018-01-01 --seed 1'
        """
        options: list[tuple[str, Any]] = [("--policy", policy) for policy in self.policies]
        options += [("--set", f"{key}={text}") for key, text in self.overrides]
        options += [("--start", self.start), ("--until", self.until), ("--seed", self.seed)]
        options += [("--keep", ",".join(self.keep)), ("--measures", ",".join(self.measures)), ("--from", self.branch)]
        options += [("--town", self.town)]
        given = [str(word) for option in options if option[1] not in (None, "") for word in option]
        return shlex.join(["confianza", "run", self.source, *given])

    @classmethod
    def read(cls, text: str) -> "RunSpec":
        """Parse the command line of one run; every value that it sets becomes a column."""
        specs = read_specs(text)
        if len(specs) > 1:
            raise InputError(f"'{text}' means {len(specs)} runs: name one by --seed, without --replicates")
        return specs[0]


# Scenarios, cached for all runs that share them


def read_once[**P, T](most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that caches the last ``most`` results until `forget_scenarios` finds changed files."""

    def decorate(read: Callable[P, T]) -> Callable[P, T]:
        cached = lru_cache(maxsize=most)(read)
        _cached_functions.append(cached)
        return cast(Callable[P, T], cached)

    return decorate


_cached_functions: list[Any] = []
"""All functions decorated by `read_once`."""
MAX_SCENARIOS, MAX_SCENARIOS_OF_PAGE = 256, 24
"""Cached scenarios of a study, and of the page, which runs for hours; each takes a third of a megabyte."""


def forget_scenarios(most: int = MAX_SCENARIOS) -> None:
    """Clear the cached scenarios if one of their files has changed, or if there are more than ``most``.

    To be called before runs are requested: in a notebook or on the page, files may be edited between two requests.
    """
    if have_files_changed() or any(read.cache_info().currsize > most for read in _cached_functions):
        forget_files()
        for read in _cached_functions:
            read.cache_clear()


@read_once(16)
def base_scenario(source: str, overrides: Overrides, start: datetime.date | None) -> Scenario:
    """Load a scenario from its files, with overrides."""
    return load(source, set=dict(overrides), start=start)


@read_once(16)
def parsed_values(overrides: Overrides) -> dict[str, Any]:
    """Return the parsed values of overrides by dotted name."""
    return {key: parse_typed_value(text) for key, text in overrides}


@read_once(MAX_SCENARIOS)
def scenario_with(
    source: str, policies: tuple[str, ...], overrides: Overrides, start: datetime.date | None
) -> Scenario:
    """Return a scenario with overrides and policies.

    Reading one takes 0.01 s.  Therefore files are read once, numbers are then replaced, and policies are added last, so
    that runs that differ only in policies share the rest.
    """
    if policies:
        return with_policies(scenario_with(source, (), overrides, start), policies)
    declared_groups()
    numbers = {key: value for key, value in parsed_values(overrides).items() if is_replaceable(key, value)}
    scenario = base_scenario(source, tuple(one for one in overrides if one[0] not in numbers), start)
    if not numbers:
        return scenario
    changes: dict[str, dict[str, Any]] = {}
    for dotted, value in numbers.items():
        name, _, key = dotted.partition(".")
        changes.setdefault(name, {})[key] = value
    groups = dict(scenario.groups) | {name: scenario.groups[name].replace(new) for name, new in changes.items()}
    changed = dataclasses.replace(scenario, groups=groups)
    check_policies(changed)
    return changed


@read_once(MAX_SCENARIOS)
def settings_at(*files: Any) -> dict[str, Any]:
    """Return the complete settings of a scenario, in a form for JSON."""
    return settings_of(scenario_with(*files))


def is_replaceable(key: str, value: Any) -> bool:
    """Return whether a value is a finite number of a known parameter, which can be replaced after files are read."""
    group, _, name = key.partition(".")
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return number and group in ParameterGroup.known and name in ParameterGroup.known[group].parameter_specs()


def value_in_force(scenario: Scenario, key: str, value: Any) -> Any:
    """Return the value of a changed parameter in the scenario's type; other types become text."""
    group, _, name = key.partition(".")
    current = getattr(scenario.groups.get(group), name, value)
    return current if isinstance(current, bool | int | float | str) else str(current)


def dated_policies(words: Sequence[str], scenario: Scenario, earliest: datetime.date) -> tuple[str, ...]:
    """Return the policies of a scenario as NAME@DATE, with ``earliest`` as the first possible date."""
    names = [part.strip().partition("@")[0] for word in words for part in word.split("+")]
    starts = [max(policy.start or earliest, earliest) for policy in scenario.policies]
    return tuple(f"{name}@{start}" for name, start in zip(names, starts, strict=True))


def with_start_dates(words: Sequence[str], scenario: Scenario, earliest: datetime.date) -> tuple[str, ...]:
    """Return single policies, dated if they begin after the first day; ``earliest`` is the first possible date."""
    return tuple(word.removesuffix(f"@{scenario.start}") for word in dated_policies(words, scenario, earliest))


# From text


def overrides_of(values: Mapping[str, Any]) -> Overrides:
    """Return values by dotted name as texts on the command line."""
    return tuple((key, text_of(value)) for key, value in values.items())


def parameter_value(scenario: Scenario, dotted: str) -> float:
    """Return the value of a parameter in a scenario, by its dotted name."""
    group, _, key = dotted.partition(".")
    value: float = getattr(scenario[group], key)
    return value


def values_of(sets: Iterable[str]) -> dict[str, Any]:
    """Parse texts of the form KEY=VALUE; return the values by dotted name."""
    values: dict[str, Any] = {}
    for text in sets:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set wants KEY=VALUE, got '{text}'")
        values[key.strip()] = checked_given_value(key.strip(), value)
    return values


def kept_tables(words: str) -> tuple[str, ...]:
    """Parse `--keep`: names of optional tables to store."""
    return tuple(sorted(parse_names(words, OPTIONAL_TABLES, f"--keep knows {', '.join(OPTIONAL_TABLES)}, got")))


def checked_measures(words: str) -> tuple[str, ...]:
    """Parse `--measures`: names of measures to store; empty for all."""
    return parse_names(words, measure_names(), "--measures knows no") if words.strip(" ,") else ()


def parse_names(words: str, known: Sequence[str], message: str) -> tuple[str, ...]:
    """Return the distinct words between commas; raise with ``message`` if one is not known."""
    chosen = tuple(dict.fromkeys(word.strip() for word in words.split(",") if word.strip()))
    for word in chosen:
        if word not in known:
            raise InputError(f"{message} '{word}'{suggest_nearest(word, known)}")
    return chosen


def measure_names() -> tuple[str, ...]:
    """Return the names of all measures."""
    from model.simulation.registry import MEASURES  # imports Numba, which help texts do not need

    return tuple(MEASURES)


def read_specs(text: str) -> tuple[RunSpec, ...]:
    """Parse a complete command line `confianza run …` into its runs."""
    source, given = split_command(text)
    last = {name: values[-1] for name, values in given.items()}
    if "--until" not in last:
        raise InputError(f"'{text}' does not say when the run ends: add --until DATE")
    values = values_of(checked_once("--set", given.get("--set", ())))
    spec = RunSpec(
        source=source,
        policies=tuple(given.get("--policy", ())),
        overrides=overrides_of(values),
        varied=tuple(values),
        start=parse_date("--start", last["--start"]) if "--start" in last else None,
        until=parse_date("--until", last["--until"]),
        seed=parse_whole_number("--seed", last.get("--seed", "1")),
        keep=kept_tables(last.get("--keep", "")),
        measures=checked_measures(last.get("--measures", "")),
        branch=last.get("--from"),
        town=town_option(last.get("--town", ""), values, last.get("--from")),
    )
    return replicated(spec, parse_whole_number("--replicates", last.get("--replicates", "1")))


def town_option(value: str, values: Mapping[str, Any], branch: object = None) -> str:
    """Return the value of `--town`; raise if it is unknown or other options already determine the town."""
    if value not in ("", OWN_TOWN):
        raise InputError(f"--town knows {OWN_TOWN}, got '{value}'{suggest_nearest(value, (OWN_TOWN,))}")
    if value and (TOWN_SEED in values or branch):
        raise InputError(
            f"--town {OWN_TOWN} has no meaning with {'--from' if branch else f'--set {TOWN_SEED}'}: leave one out"
        )
    return value


def split_command(text: str) -> tuple[str, dict[str, list[str]]]:
    """Return the scenario of a command line, and the values of its options."""
    try:
        words = shlex.split(text)
    except ValueError as reason:
        raise InputError(f"'{text}' is no command: {str(reason).lower()}") from None
    if words[:2] != ["confianza", "run"] or len(words) < 3 or words[2].startswith("-"):
        raise InputError(f"the text of a run begins with 'confianza run SCENARIO', got '{text}'")
    given: dict[str, list[str]] = {}
    for name, value in zip(words[3::2], [*words[4::2], None], strict=False):
        if name not in OPTIONS:
            raise InputError(
                f"the text of a run knows {', '.join(OPTIONS)}; got '{name}'{suggest_nearest(name, OPTIONS)}"
            )
        if value is None:
            raise InputError(f"{name} has no value in '{text}'")
        given.setdefault(name, []).append(value)
    return words[2], given


def parse_whole_number(name: str, text: str) -> int:
    """Parse a whole number."""
    try:
        return int(text)
    except ValueError:
        raise InputError(f"{name} must be a whole number, got '{text}'") from None


def replicated(spec: RunSpec, n: int) -> tuple[RunSpec, ...]:
    """Return ``n`` runs with consecutive seeds, beginning with that of ``spec``."""
    return tuple(spec.with_seed(seed) for seed in seeds_of(spec.seed, n))


def seeds_of(seed: int, replicates: int) -> tuple[int, ...]:
    """Return the seeds of the replicates: seed, seed + 1 and so on."""
    if not 0 <= seed < 2**32:
        raise InputError(f"--seed must be a whole number from 0 to {2**32 - 1}, got {seed}")
    if not 1 <= replicates <= MOST_REPLICATES:
        raise InputError(f"--replicates must lie between 1 and {MOST_REPLICATES}, got {replicates}")
    return tuple(range(seed, seed + replicates))


def command_of(specs: Sequence[RunSpec]) -> str:
    """Return the command line of runs with consecutive seeds."""
    return specs[0].command + (f" --replicates {len(specs)}" if len(specs) > 1 else "")
