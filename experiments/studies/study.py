"""A study: the runs of a sweep, read from a TOML file and checked before any of them starts."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.execution.run_requests import MAX_YEARS
from experiments.storage.result_tables import OPTIONAL_TABLES
from experiments.storage.run_spec import forget_scenarios, measure_names
from experiments.studies.factors import StudyFactors, flat_items, read_factors
from experiments.studies.study_table import StudyTable
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import parse_date
from scenarios.files import read_toml
from scenarios.policy_files import checked_finite
from scenarios.reading import built_in_files

STUDIES = Path(__file__).parent
KEYS = (
    *("title", "about", "scenarios", "policies", "seeds", "years", "start", "warm_up"),
    *("keep", "measures", "set", "vary", "delta", "design", "sensitivity"),
)
DESIGNS = {"lhs": "a Latin hypercube", "sobol": "a Sobol' sequence"}
DEFAULT_SEEDS = 12
"""Default number of seeds."""
MAX_SEEDS, MAX_POINTS = 10_000, 1_000_000


@dataclass(frozen=True, kw_only=True)
class Design:
    """Design of the points within the ranges."""

    kind: str = "lhs"
    points: int = 16
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Measures of a sensitivity analysis, and whether parameters of one mechanism move together."""

    measures: tuple[str, ...] = ("trust_mean", "told_share", "crimes_occurred", "homicides")
    by: str = "parameter"


@dataclass(frozen=True, kw_only=True)
class Study:
    """Scenarios × policies × grids × points of a design × seeds, and the tables and measures to store."""

    name: str
    title: str
    scenarios: tuple[str, ...]
    policies: tuple[tuple[str, ...], ...]
    seeds: tuple[int, ...]
    years: float
    start: datetime.date | None
    sets: Mapping[str, Any]
    factors: StudyFactors
    keep: tuple[str, ...]
    measures: tuple[str, ...]
    design: Design
    sensitivity: Sensitivity
    delta: Mapping[str, float]
    """Smallest effects that matter, by measure and in its unit, if the study sets them."""

    @property
    def arms(self) -> int:
        """Number of combinations of scenario and policy; each runs all points."""
        return len(self.scenarios) * len(self.policies)


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
    file = str(path)
    table = StudyTable(file, read_toml(path, file))
    table.check_keys(KEYS)
    sets = dict(flat_items(table.table("set").values))
    if "warm_up" in table.values:
        sets["calendar.warm_up"] = table.values["warm_up"]
    factors = read_factors(table.table("vary"), sets)
    for key in sets:
        if key in factors.names:
            raise table.error(f"'{key}' is both fixed and varied; leave it in [vary]")
    title = table.values.get("title", path.stem)
    kept_measures = known_words(table, "measures", (), measure_names())
    return Study(
        name=path.stem,
        title=str(title.get("en", path.stem) if isinstance(title, Mapping) else title),
        scenarios=scenarios_of(table, path.parent),
        policies=policies_of(table, path.parent),
        seeds=seeds_of(table),
        years=years_of(table),
        start=parse_date(f"{file}: start", table.values["start"]) if "start" in table.values else None,
        sets=sets,
        factors=factors,
        keep=tuple(sorted(known_words(table, "keep", (), OPTIONAL_TABLES))),
        measures=kept_measures,
        design=design_of(table.table("design")),
        sensitivity=sensitivity_of(table.table("sensitivity"), kept_measures),
        delta=deltas_of(table.table("delta")),
    )


def scenarios_of(table: StudyTable, folder: Path) -> tuple[str, ...]:
    """Return the scenarios; paths are relative to the folder of the study."""
    names = table.words("scenarios", ())
    if not names:
        raise table.error('scenarios must name at least one, like ["villa_canales"]')
    return tuple(relative_path(folder, name) for name in names)


def relative_path(folder: Path, word: str) -> str:
    """Return a path relative to a folder with its date, or a name as it is."""
    name, at, date = word.partition("@")
    return str(folder / name) + at + date if name.endswith(".toml") else word


def policies_of(table: StudyTable, folder: Path) -> tuple[tuple[str, ...], ...]:
    """Return the combinations of policies."""
    value = table.values.get("policies", [["status_quo"]])
    combined = isinstance(value, list) and all(isinstance(one, list) for one in value) and value
    if not combined or not all(isinstance(word, str) for one in value for word in one):
        raise table.error(f'policies must be a list of combinations like [["status_quo"], ["a", "b"]], got {value!r}')
    return tuple(tuple(relative_path(folder, word) for word in one) for one in value)


def seeds_of(table: StudyTable) -> tuple[int, ...]:
    """Return the seeds: a list, or from 1 up to a number of seeds."""
    value = table.values.get("seeds", DEFAULT_SEEDS)
    if isinstance(value, list):
        are_seeds = all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one < 2**32 for one in value)
        if not are_seeds or not value or len(set(value)) < len(value):
            raise table.error(f"seeds must be different whole numbers from 0 to {2**32 - 1}, got {value!r}")
        return tuple(value)
    return tuple(range(1, 1 + table.whole("seeds", DEFAULT_SEEDS, 1, MAX_SEEDS)))


def years_of(table: StudyTable) -> float:
    """Return the length of every run in years."""
    years = checked_finite(f"{table.file}: years", table.values.get("years", 3.0))
    if not 0.0 < years <= MAX_YEARS:
        raise table.error(f"years must be more than 0 and at most {MAX_YEARS:g}, got {years:g}")
    return float(years)


def known_words(table: StudyTable, key: str, default: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """Return a list of words; raise InputError if one is unknown."""
    words = table.words(key, default)
    for word in words:
        if word not in known:
            kinds = f"knows {', '.join(known)}, got" if len(known) < 5 else "knows no"
            raise table.error(f"{key} {kinds} '{word}'{suggest_nearest(word, known)}")
    return tuple(dict.fromkeys(words))


def deltas_of(table: StudyTable) -> Mapping[str, float]:
    """Return the smallest effects that matter, by measure."""
    table.check_keys(measure_names() if table.values else ())
    deltas = {name: checked_finite(f"{table.file}: delta.{name}", value) for name, value in table.values.items()}
    for name, value in deltas.items():
        if not value > 0.0:
            raise table.error(f"{name} must be more than 0, got {value:g}")
    return deltas


def design_of(table: StudyTable) -> Design:
    """Return the design of the ranges."""
    table.check_keys(("kind", "points", "seed"))
    default = Design()
    design = Design(
        kind=table.word("kind", default.kind, tuple(DESIGNS)),
        points=table.whole("points", default.points, 1, MAX_POINTS),
        seed=table.whole("seed", default.seed, 0, 2**32 - 1),
    )
    if design.kind == "sobol" and design.points & (design.points - 1):
        raise table.error(f"points must be a power of 2 for {DESIGNS['sobol']}, got {design.points}")
    return design


def sensitivity_of(table: StudyTable, kept_measures: tuple[str, ...]) -> Sensitivity:
    """Return the settings of a sensitivity analysis; it can analyse only the measures that the study keeps."""
    table.check_keys(("measures", "by"))
    default = Sensitivity()
    measures = known_words(table, "measures", kept_measures or default.measures, measure_names())
    if not measures:
        raise table.error("measures must name at least one measure, got []: leave the line out for those of the study")
    for name in measures:
        if kept_measures and name not in kept_measures:
            raise table.error(
                f"measures names '{name}', which this study does not keep ({', '.join(kept_measures)}): add it to"
                " measures of the study, or leave it out here"
            )
    return Sensitivity(measures=measures, by=table.word("by", default.by, ("parameter", "mechanism")))
