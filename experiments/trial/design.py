"""Design of a field trial, read from a TOML file and checked before any of it is run."""

import datetime
import itertools
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, StrictStr, ValidationError
from pydantic.dataclasses import dataclass

from experiments.storage.manifest_schema import broken_rule
from experiments.storage.run_spec import forget_scenarios, overrides_of
from experiments.studies.factors import flat_items
from experiments.studies.study import CHECKED, Seed, all_different, one_of
from experiments.words.bilingual import LANGUAGES
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import parse_date
from model.engine.scenario import TimeSpan
from scenarios import accounts
from scenarios.files import read_toml
from scenarios.reading import find_file

DESIGNS = Path(__file__).with_name("designs")
"""Folder of the built-in designs."""
SETTLEMENT_UNIT, STATION_UNIT = UNITS = ("settlement", "station")
"""Units of random assignment: settlements, or police stations with all settlements that they serve."""
RECORDS = ("crimes", "told", "recorded")
"""Records of crimes: those that happened, those reported to the state, and those in police records."""
ALL_ACCOUNTS = "all"
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years in which a policy may begin."""
LONGEST_MONTHS, MOST_PERSONS, MOST_LOTTERIES, MOST_SURVEYS = 240, 100_000, 10_000, 10_000

Month = Annotated[StrictInt, Field(ge=1, le=LONGEST_MONTHS)]
Share = Annotated[float, Field(ge=0.0, le=1.0, strict=True)]


def rising(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Validate that there are numbers, each larger than the one before."""
    if not numbers or any(after <= before for before, after in itertools.pairwise(numbers)):
        raise ValueError(f"must name at least one number, each larger than the one before, got {list(numbers)}")
    return numbers


def listed(value: Any) -> Any:
    """Return a single value as a list."""
    return value if isinstance(value, list | tuple) else (value,)


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class TrialCalendar:
    """First day of the policy, months of records before it, and months after it at whose end people are asked."""

    begins: Annotated[datetime.date, BeforeValidator(lambda day: parse_date("calendar.begins", day))]
    baseline: Month = 12
    follow_up: Annotated[tuple[Month, ...], BeforeValidator(listed), AfterValidator(rising)] = (12, 24, 36)

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.begins.year <= LAST_YEAR:
            raise ValueError(f"begins must be a date from {FIRST_YEAR} to {LAST_YEAR}, got {self.begins}")
        if self.begins.day != 1:
            raise ValueError(f"begins must be the first day of a month, got {self.begins}")

    def month_after(self, months: int) -> datetime.date:
        """Return the first day so many months after the policy has begun."""
        return TimeSpan(months, "months").after(self.begins)

    @property
    def until(self) -> datetime.date:
        """First day after the last wave."""
        return self.month_after(self.follow_up[-1])


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class TrialSurvey:
    """Survey in every unit before the policy and in each wave after it.

    ``persons`` are asked in each unit, of whom the share ``response`` answers; ``response_by_trust`` is the log-odds of
    answering per standard deviation of trust. With ``panel`` the same persons are asked again. ``icc`` is the
    correlation of answers within units that the model lacks, of which the share ``place_memory`` lasts between waves.
    """

    persons: Annotated[
        tuple[Annotated[StrictInt, Field(ge=1, le=MOST_PERSONS)], ...],
        BeforeValidator(listed),
        AfterValidator(rising),
    ] = (20, 50, 100)
    response: Annotated[float, Field(gt=0.0, le=1.0, strict=True)] = 0.8
    response_by_trust: Annotated[float, Field(ge=-3.0, le=3.0, strict=True)] = 0.0
    panel: StrictBool = False
    icc: Annotated[float, Field(ge=0.0, lt=1.0, strict=True)] = 0.02
    place_memory: Share = 0.8
    price: Annotated[float, Field(ge=0.0, allow_inf_nan=False, strict=True)] = 0.0


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class TrialWorlds:
    """Worlds in which the trial is run: lotteries, each with its own random numbers, and surveys of each.

    Lotteries take the ``accounts`` and the rows of the file ``draws`` in turn.
    """

    accounts: Annotated[
        tuple[Annotated[StrictStr, one_of(lambda: (ALL_ACCOUNTS, *accounts.names()))], ...],
        BeforeValidator(listed),
        Field(min_length=1),
    ] = (ALL_ACCOUNTS,)
    draws: StrictStr = ""
    lotteries: Annotated[StrictInt, Field(ge=2, le=MOST_LOTTERIES)] = 18
    surveys: Annotated[StrictInt, Field(ge=2, le=MOST_SURVEYS)] = 60
    seed: Seed = 1

    @property
    def account_names(self) -> tuple[str, ...]:
        """Names of the accounts that lotteries take in turn."""
        return tuple(accounts.names()) if ALL_ACCOUNTS in self.accounts else self.accounts


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class TrialDesign:
    """Field trial of a policy: units of one municipality, a share of which, at random, is treated.

    With ``as_declared`` the policy is run although some of its levers cannot be confined to the units.
    """

    name: str
    site: StrictStr
    policy: StrictStr
    title: Mapping[str, StrictStr] = Field(default_factory=dict)
    unit: Annotated[StrictStr, one_of(lambda: UNITS)] = SETTLEMENT_UNIT
    share: Share = 0.5
    as_declared: StrictBool = False
    calendar: TrialCalendar
    survey: TrialSurvey = TrialSurvey()
    records: Annotated[tuple[Annotated[StrictStr, one_of(lambda: RECORDS)], ...], AfterValidator(all_different)] = (
        RECORDS
    )
    worlds: TrialWorlds = TrialWorlds()
    sets: Mapping[str, Any] = Field(default_factory=dict)

    @property
    def overrides(self) -> tuple[tuple[str, str], ...]:
        """Values set for all worlds, as texts by dotted name."""
        return overrides_of(self.sets)


TABLES: Mapping[str, type[Any]] = {"calendar": TrialCalendar, "survey": TrialSurvey, "worlds": TrialWorlds}
"""Tables of the file, and their records."""
KEYS = (*(one.name for one in fields(TrialDesign) if one.name not in ("name", "sets")), "set")


def find_design(name: str) -> Path:
    """Return the file of a design: a path that ends in .toml, or the name of a built-in one."""
    return find_file(name, "trial", DESIGNS)


def read_design(path: Path) -> TrialDesign:
    """Return the design of a TOML file; raise InputError in one line if it is invalid."""
    forget_scenarios()
    file, entries = str(path), dict(read_toml(path, str(path)))
    for key in entries:
        if key not in KEYS:
            raise InputError(f"{file}: no key '{key}' in a trial{suggest_nearest(key, KEYS)}")
    for key in ("set", *TABLES):
        if not isinstance(entries.setdefault(key, {}), dict):
            raise InputError(f"{file}: {key} must be a table, got {entries[key]!r}")
    sets = dict(flat_items(entries.pop("set")))
    title = entries.pop("title", path.stem)
    titles = title if isinstance(title, dict) and title else dict.fromkeys(LANGUAGES, str(title or path.stem))
    try:
        design = TrialDesign(name=path.stem, title=titles, sets=sets, **entries)
    except ValidationError as reason:
        raise InputError(f"{file}: {problem_of(reason)}") from None
    except InputError as reason:
        raise InputError(f"{file}: {reason}") from None
    return with_paths(design, path.parent)


def problem_of(reason: ValidationError) -> str:
    """Return the first thing that is wrong: key, rule, value and nearest valid key."""
    error = reason.errors(include_url=False)[0]
    names = [str(one) for one in error["loc"] if not isinstance(one, int)]
    if error["type"] == "unexpected_keyword_argument":
        known = [one.name for one in fields(TABLES[names[0]])]
        return f"no key '{names[-1]}' in [{names[0]}]{suggest_nearest(names[-1], known)}"
    if error["type"] == "missing":
        return f"{'.'.join(names)} must be given"
    value = "" if error["type"] == "value_error" else f", got {error['input']!r:.80}"
    return f"{'.'.join(names)} {broken_rule(error)}{value}".strip()


def with_paths(design: TrialDesign, folder: Path) -> TrialDesign:
    """Return a design in which paths, which are relative to its folder, can be opened from anywhere."""

    def opened(name: str) -> str:
        return str(folder / name) if name.endswith((".toml", ".csv")) else name

    worlds = replace(design.worlds, draws=opened(design.worlds.draws))
    return replace(design, site=opened(design.site), policy=opened(design.policy), worlds=worlds)
