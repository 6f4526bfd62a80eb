"""A study: the runs of a sweep, read from a TOML file and checked before any of them starts."""

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictInt, StrictStr, ValidationError
from pydantic.dataclasses import dataclass

from experiments.execution.run_requests import MAX_YEARS
from experiments.storage.manifest_schema import broken_rule
from experiments.storage.result_tables import OPTIONAL_TABLES
from experiments.storage.run_spec import forget_scenarios, measure_names
from experiments.studies.factors import StudyFactors, flat_items, read_factors
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import parse_date
from scenarios.files import read_toml
from scenarios.reading import built_in_files

STUDIES = Path(__file__).parent
DESIGNS = {"lhs": "a Latin hypercube", "sobol": "a Sobol' sequence"}
MAX_SEEDS, MAX_POINTS = 10_000, 1_000_000
CHECKED = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def one_of(names: Callable[[], Collection[str]]) -> AfterValidator:
    """Return a validator of a word of which only some are known."""

    def check(word: str) -> str:
        if word not in (known := names()):
            kinds = f"knows {', '.join(known)}, got" if len(known) < 5 else "knows no"
            raise ValueError(f"{kinds} '{word}'{suggest_nearest(word, known)}")
        return word

    return AfterValidator(check)


def all_different[T](items: tuple[T, ...]) -> tuple[T, ...]:
    """Validate that no item stands twice."""
    if len(set(items)) < len(items):
        raise ValueError(f"must be different, got {list(items)}")
    return items


def not_empty[T](items: tuple[T, ...]) -> tuple[T, ...]:
    """Validate that there is an item."""
    if not items:
        raise ValueError("must name at least one measure, got []: leave the line out for those of the study")
    return items


Measure = Annotated[StrictStr, one_of(measure_names)]
Table = Annotated[StrictStr, one_of(lambda: OPTIONAL_TABLES)]
Seed = Annotated[StrictInt, Field(ge=0, lt=2**32)]
Number = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Design:
    """Design of the points within the ranges."""

    kind: Annotated[StrictStr, one_of(lambda: DESIGNS)] = "lhs"
    points: Annotated[StrictInt, Field(ge=1, le=MAX_POINTS)] = 16
    seed: Seed = 1

    def __post_init__(self) -> None:
        if self.kind == "sobol" and self.points & (self.points - 1):
            raise ValueError(f"points must be a power of 2 for {DESIGNS['sobol']}, got {self.points}")


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Sensitivity:
    """Measures of a sensitivity analysis, and whether parameters of one mechanism move together.

    Where the study keeps measures of its own, these are analysed (`read_study`), and no others can be.
    """

    measures: Annotated[tuple[Measure, ...], AfterValidator(not_empty)] = (
        "trust_mean",
        "told_share",
        "crimes_occurred",
        "homicides",
    )
    by: Annotated[StrictStr, one_of(lambda: ("parameter", "mechanism"))] = "parameter"


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class Study:
    """Scenarios × policies × grids × points of a design × seeds, and the tables and measures to store.

    A scenario that ends in / is a folder, which stands for all of its .toml files.
    """

    name: str
    title: str
    scenarios: Annotated[tuple[StrictStr, ...], Field(min_length=1)]
    policies: Annotated[tuple[tuple[StrictStr, ...], ...], Field(min_length=1)] = (("status_quo",),)
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1), AfterValidator(all_different)] = tuple(range(1, 13))
    years: Annotated[Number, Field(le=MAX_YEARS)] = 3.0
    start: Annotated[datetime.date | None, BeforeValidator(lambda day: day and parse_date("start", day))] = None
    sets: Mapping[str, Any]
    factors: StudyFactors
    keep: Annotated[tuple[Table, ...], AfterValidator(lambda names: tuple(sorted(set(names))))] = ()
    measures: Annotated[tuple[Measure, ...], AfterValidator(lambda names: tuple(dict.fromkeys(names)))] = ()
    design: Design = Design()
    sensitivity: Sensitivity = Sensitivity()
    delta: Mapping[Measure, Number] = Field(default_factory=dict)
    """Smallest effects that matter, by measure and in its unit, if the study sets them."""

    def __post_init__(self) -> None:
        for name in self.sensitivity.measures if self.measures else ():
            if name not in self.measures:
                raise ValueError(
                    f"[sensitivity] measures names '{name}', which this study does not keep"
                    f" ({', '.join(self.measures)}): add it to measures of the study, or leave it out here"
                )

    @property
    def arms(self) -> int:
        """Number of combinations of scenario and policy; each runs all points."""
        return len(self.scenarios) * len(self.policies)


KEYS = (
    *(name for name in Study.__dataclass_fields__ if name not in ("name", "sets", "factors")),
    *("about", "warm_up", "set", "vary"),
)


def find_study(name: str) -> Path:
    """Return the file of a study: a path that ends in .toml, or the name of a built-in one."""
    if name.endswith(".toml"):
        return Path(name)
    known = built_in_files(STUDIES)
    if name not in known:
        raise InputError(f"no study '{name}'{suggest_nearest(name, known)}; a file of your own ends in .toml")
    return known[name]


def read_study(path: Path) -> Study:
    """Return the study of a TOML file; raise InputError if it is invalid."""
    forget_scenarios()
    file, entries = str(path), dict(read_toml(path, str(path)))
    for key in entries.keys() - set(KEYS):
        raise InputError(f"{file}: no key '{key}' in a study{suggest_nearest(key, KEYS)}")
    for key in ("set", "vary"):
        if not isinstance(entries.setdefault(key, {}), dict):
            raise InputError(f"{file}: {key} must be a table, got {entries[key]!r}")
    sets = dict(flat_items(entries.pop("set")))
    if "warm_up" in entries:
        sets["calendar.warm_up"] = entries.pop("warm_up")
    factors = read_factors(file, entries.pop("vary"), sets)
    if both := [key for key in sets if key in factors.names]:
        raise InputError(f"{file}: '{both[0]}' is both fixed and varied; leave it in [vary]")
    title = entries.pop("title", path.stem)
    title = title.get("en", path.stem) if isinstance(title, dict) else title
    entries.pop("about", None)
    if type(count := entries.get("seeds")) is int and 1 <= count <= MAX_SEEDS:
        entries["seeds"] = range(1, 1 + count)
    if entries.get("measures"):
        entries["sensitivity"] = {"measures": entries["measures"]} | entries.get("sensitivity", {})
    try:
        study = with_paths(Study(name=path.stem, title=str(title), sets=sets, factors=factors, **entries), path.parent)
    except (ValidationError, InputError) as reason:
        raise InputError(f"{file}: {first_problem(reason)}") from None
    return study


def with_paths(study: Study, folder: Path) -> Study:
    """Return a study in which paths, which are relative to its folder, can be opened from anywhere.

    A folder of scenarios becomes its scenarios.
    """

    def opened(word: str) -> str:
        name, at, date = word.partition("@")
        return str(folder / name) + at + date if name.endswith(".toml") else word

    policies = tuple(tuple(map(opened, names)) for names in study.policies)
    words = [one for word in study.scenarios for one in (scenarios_in(folder, word) if word.endswith("/") else [word])]
    return replace(study, scenarios=tuple(map(opened, words)), policies=policies)


def scenarios_in(folder: Path, word: str) -> list[str]:
    """Return the scenario files of a folder that a study names, in order of their names, relative to ``folder``."""
    if not (found := sorted((folder / word).glob("*.toml"))):
        raise InputError(f"scenarios names the folder '{word}', but {folder / word} holds no .toml file")
    return [f"{word}{path.name}" for path in found]


def first_problem(reason: ValidationError | InputError) -> str:
    """Return the first thing that is wrong, in one line: key, rule and value."""
    if isinstance(reason, InputError):
        return str(reason)
    error = reason.errors(include_url=False)[0]
    names = [str(name) for name in error["loc"] if name != "[key]" and not isinstance(name, int)]
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        keys = Design.__dataclass_fields__ if names[0] == "design" else Sensitivity.__dataclass_fields__
        return f"no key '{names[-1]}' in [{names[0]}]{suggest_nearest(names[-1], keys)}"
    place = ".".join(names)
    if error["type"] == "missing":
        return f"{place} must be given"
    value = "" if error["type"] == "value_error" else f", got {error['input']!r}"  # our own rules name the value
    return f"{place} {broken_rule(error)}{value}".strip()
