"""Inputs that follow from what readers declare: options of commands, parameters, columns, schemas and domains.

A new option, parameter, column or key is tried without a change here; a metavar without values ends in a `KeyError`.
Each function draws an input, hands it to its reader and returns nothing: `InputError` is raised where it is refused.
"""

import csv
import dataclasses
import datetime
import inspect
import io
import json
import random
import typing
import zipfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import fuzz
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st
from pydantic import AfterValidator
from pydantic.fields import FieldInfo
from state_fuzz import places, values
from typer.models import ArgumentInfo

import scenarios
from experiments.cli import app as cli
from experiments.cli.options import LISTS
from experiments.comparison.practice_effects import COSTS
from experiments.execution.job_cache import FACTS_FILE, JobCache, file_label
from experiments.execution.run_requests import plan_runs
from experiments.execution.runs import run_of_part
from experiments.setup.new_municipality import TRIALS
from experiments.storage import manifest_schema as schema
from experiments.storage.result_tables import OPTIONAL_TABLES, parquet_bytes
from experiments.storage.run_store import RUNS_KEY, TABLE_FILES_KEY, batch_file_name, named_by_digest
from experiments.storage.saved_states import DESCRIPTION_FILE
from experiments.studies.study import DESIGNS, KEYS, STUDIES, Design, Sensitivity, read_study
from experiments.studies.study_jobs import confirm_size, count_of, points_of
from experiments.validation.against import against_lines, read_series
from experiments.voi.choice import CHOSEN, GAINS
from model.engine.parameters import ParameterGroup, ParameterSpec, all_parameters
from model.simulation import state_file
from model.simulation.checkpoint import read_checkpoint
from model.simulation.model import HISTORY_TABLES, KEPT_TABLES, table_sizes
from model.simulation.registry import MEASURES
from model.simulation.state_check import sizes_with_tables
from model.town.town import build_town
from scenarios.places import FACILITY_COLUMNS, SETTLEMENT_COLUMNS, PlaceColumn
from scenarios.policy_files import ENTRY_KINDS, LANGUAGES, POLICY_TABLES, WORLD_ONLY_KEYS

type Strategy = st.SearchStrategy[Any]
type Draw = Callable[[Strategy], Any]
SETS = {"population.scale": 0.05, "calendar.warm_up": 0.0}
"""Size of the runs that are read back."""


def often(usual: Strategy, other: Strategy) -> Strategy:
    """Return a strategy of the usual values three times of four."""
    return st.one_of(usual, usual, usual, other)


ODD = st.sampled_from(fuzz.WORDS)
DATES = often(
    st.dates().map(str),
    st.dates(datetime.date(2016, 1, 1), datetime.date(2020, 1, 1)).map(str) | ODD | st.just("2018-02-29"),
)


@cache
def parameters() -> dict[str, ParameterSpec]:
    """Return every parameter by its dotted name."""
    return {dotted: spec for dotted, _, spec in all_parameters()}


def numbers(spec: ParameterSpec | PlaceColumn) -> Strategy:
    """Return numbers within a range, at its ends and beyond."""
    edges = st.sampled_from([spec.low, spec.high, spec.low - 1.0, spec.high * 2.0 + 1.0, 0.0, 0.5, 1.0])
    low, high = max(spec.low, -1e12), min(spec.high, 1e12)
    inside = st.floats(low, high) | st.integers(int(low), max(int(high), int(low)))
    return often(
        inside | edges.filter(np.isfinite), st.sampled_from([True, "", "x", [], {}, 2**63, float("nan"), float("inf")])
    )


def changes() -> Strategy:
    """Return a parameter with a value."""
    return st.sampled_from(sorted(parameters())).flatmap(
        lambda name: st.tuples(st.just(name), numbers(parameters()[name]))
    )


# Words of commands


def sites() -> Strategy:
    return often(st.sampled_from([*scenarios.reading.built_in_files()]), ODD | st.just("draft.toml"))


@cache
def policy_names() -> list[str]:
    """Return the name of every policy and world."""
    return [path.stem for path in sorted((scenarios.reading.FOLDER / "policies").rglob("*.toml"))]


def policies() -> Strategy:
    """Return words like `a+b@2018-01-01`."""
    one = st.sampled_from(policy_names())
    some = st.lists(one, min_size=1, max_size=3).map("+".join)
    return often(some, st.builds(lambda names, day: f"{names}@{day}", some, DATES) | ODD)


def listed(names: Any) -> Strategy:
    return often(st.lists(st.sampled_from([*names]), max_size=3).map(",".join), ODD)


def files(place: Any) -> Strategy:
    """Return files and folders: of ours, of nobody, not there, and none that could be."""
    there = [
        "",
        "run",
        "compare",
        "sweep",
        "saved",
        "run/measures.parquet",
        "study.toml",
        "run/summary.png",
        "nowhere/x",
    ]
    others = [
        "mine",
        "mine.csv",
        "mine.html",
        "mine.svg",
        "mine.geojson",
        "-",
        "/dev/null",
        "/proc/self/mem",
        "n" * 300,
    ]
    known = [str(place.written / one) for one in there] + [str(place.corner / one) for one in others]
    return often(st.sampled_from([*known, *others]), ODD)


def counts(kind: Any) -> Strategy:
    """Return numbers as words."""
    whole = st.integers(0, 40) | st.sampled_from([-1, 2**31, 2**63, 10**30])
    real = st.floats(-1.0, 200.0) | st.sampled_from([float("nan"), float("inf"), 1e-300, 1e300])
    return often((whole if kind is int else real | whole).map(str), ODD)


def values_by_metavar(place: Any) -> dict[str, Callable[[Any], Strategy]]:
    """Return what stands for each metavar of the options, given the type of the option."""
    arms = st.builds(lambda site, policy: f"{site}:{policy}", sites(), policies()) | policies() | files(place)
    runs = json.loads(place.original("run/manifest.json"))
    named = st.sampled_from([*MEASURES, *ParameterGroup.known])
    costs = st.sampled_from([one.name for one in COSTS])
    table: dict[str, Strategy] = {
        **dict.fromkeys(("SCENARIO", "[SCENARIO]", "S"), sites()),
        **dict.fromkeys(("DIR", "FILE", "FILE|DIR", "DIR|FILE", "FOLDER"), files(place)),
        **{"NAME[@DATE]": policies(), "DATE": DATES, "own": st.just("own") | ODD, "ARM ARM…": arms},
        "KEY=VALUE": often(changes().map(lambda one: f"{one[0]}={toml(one[1])}"), ODD),
        "NAME,NAME": listed([*MEASURES, *OPTIONAL_TABLES]),
        "MEASURE=X": often(st.builds(lambda name, x: f"{name}={x}", named, counts(float)), ODD),
        "NUMBERS|DIR": often(st.just("units=50,persons=100"), files(place)),
        "GAIN=X,…": listed([f"{one}=0.5" for one in GAINS]),
        "PACKAGE=X,…": listed([f"{one}=1" for one in CHOSEN]),
        "PACKAGE,…": listed(CHOSEN),
        "COST=Q": often(st.builds(lambda name, x: f"{name}={x}", costs, counts(float)), ODD),
        **{
            "NAME": often(named | st.just("mine"), ODD),
            "[NAME]": often(st.sampled_from(sorted(parameters())) | named, ODD),
        },
        "WHAT": often(st.sampled_from(LISTS), ODD),
        "STUDY": often(st.sampled_from([path.stem for path in STUDIES.glob("*.toml")]), files(place)),
        "TRIAL": often(st.sampled_from([path.stem for path in TRIALS.glob("*.toml")]), files(place)),
        "FILE|DIR|RUN": often(st.sampled_from([runs["runs"]["1"], runs["command"], "0" * 16]), files(place)),
        **{"30m": often(st.from_regex(r"\A[0-9]{1,3}[smhd]\Z"), ODD), "ADDRESS": st.just("127.0.0.1:1") | ODD},
        "REASON": ODD,
        "BLOCK:ARM": st.builds(lambda block, arm: f"{block}:{arm}", st.integers(-1, 9), st.integers(-1, 9)) | ODD,
    }
    return {name: lambda _, one=one: one for name, one in table.items()} | dict.fromkeys(
        ("N", "SIZE", "P", "SHARE", "X"), counts
    )


COMMANDS = {str(one.name or one.callback.__name__): one.callback for one in cli.app.registered_commands if one.callback}


def words_of(draw: Draw, name: str, place: Any) -> list[str]:
    """Return the words of one command: its arguments, and some of its options."""
    by_metavar, words = values_by_metavar(place), [name]
    for key, parameter in inspect.signature(COMMANDS[name]).parameters.items():
        kind, info = typing.get_args(parameter.annotation)
        plain = next((one for one in typing.get_args(kind) if one is not type(None)), kind)
        many = typing.get_origin(kind) is list
        option = info.default if isinstance(info.default, str) else f"--{key.strip('_').replace('_', '-')}"
        if kind is bool:
            words += [option] * draw(st.booleans())
            continue
        choices = str(info.metavar).split("|")
        known = by_metavar.get(info.metavar) if len(choices) == 1 or info.metavar in by_metavar else None
        value = (
            known(plain)
            if known
            else often(st.sampled_from(choices), ODD)
            if len(choices) > 1
            else by_metavar[info.metavar]
        )
        for _ in range(draw(st.integers(0, 3) if many else st.sampled_from([0, 1]))):
            words += [draw(value)] if isinstance(info, ArgumentInfo) else [option, draw(value)]
    return words


def commands(draw: Draw, place: Any) -> None:
    """Give any command with words of the kinds that it takes."""
    place.command(*words_of(draw, draw(st.sampled_from(sorted(COMMANDS))), place))


# Files of users


def toml(value: object) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(key))} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value) if isinstance(value, bool | str) else str(value)


def toml_file(stated: Mapping[str, Any]) -> bytes:
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in stated.items()).encode(
        errors="surrogatepass"
    )


def rows_of(columns: Mapping[str, PlaceColumn]) -> Strategy:
    """Return some rows of settlements or facilities."""
    pool = st.sampled_from(["Centro", "Aldea Norte", "", "x" * 300, "á\u202e", "mopsic"])
    each = {
        name: st.sampled_from(column.words)
        if column.words
        else st.booleans()
        if column.kind is bool
        else pool
        if column.kind is str
        else numbers(column)
        for name, column in columns.items()
    }
    wrong = st.sampled_from([0, "x", [], True])
    needed = {name for name, column in columns.items() if column.default is None and not column.optional}
    others = {name: often(one, wrong) for name, one in each.items() if name not in needed}
    row = st.fixed_dictionaries({name: each[name] for name in sorted(needed)}, optional=others)
    return st.lists(row, max_size=3)


def town_file(draw: Draw, place: Any) -> None:
    """Read a municipality with parameters, settlements and facilities as they are declared."""
    stated: dict[str, Any] = {"extends": draw(st.sampled_from(sorted(scenarios.reading.built_in_files())))}
    if draw(st.booleans()):
        stated["settlements"] = draw(rows_of(SETTLEMENT_COLUMNS))
    if draw(st.booleans()):
        stated["facilities"] = draw(rows_of(FACILITY_COLUMNS))
    for name, value in draw(st.lists(changes(), max_size=4)):
        group, _, key = name.partition(".")
        stated.setdefault(group, {})[key] = draw(st.sampled_from([value, {"value": value, "source": "x"}]))
    path = place.corner / "draft.toml"
    path.write_bytes(toml_file(stated))
    scenarios.load(str(path))


def policy_file(draw: Draw, place: Any) -> None:
    """Read a policy or world of the tables that there are."""
    stated: dict[str, Any] = {}
    for table in draw(st.lists(st.sampled_from([*POLICY_TABLES, *WORLD_ONLY_KEYS]), max_size=5, unique=True)):
        if table in ENTRY_KINDS:
            stated[table] = dict(draw(st.lists(changes(), max_size=3)))
        elif table in ("title", "about"):
            stated[table] = draw(st.dictionaries(st.sampled_from([*LANGUAGES, "fr"]), st.text(max_size=20)))
        else:
            names = st.lists(st.sampled_from(["Centro", "", "x"]), max_size=2)
            switches = st.dictionaries(st.sampled_from([*ParameterGroup.known]), st.booleans(), max_size=2)
            stated[table] = draw(switches if table == "mechanisms" else DATES | names | st.booleans() | policies())
    path = place.corner / draw(st.sampled_from(["one.toml", "worlds/one.toml"]))
    path.write_bytes(toml_file(stated))
    scenarios.load("baseline", policies=[str(path)])


def study_file(draw: Draw, place: Any) -> None:
    """Read a study of the keys that there are."""
    varied = changes().map(lambda one: (one[0], [one[1]])) | changes().map(
        lambda one: (one[0], {"low": one[1], "high": 2.0})
    )
    sections = {
        "design": {
            "kind": st.sampled_from([*DESIGNS]),
            "points": st.integers(-1, 2**21),
            "seed": st.integers(-1, 2**33),
        },
        "sensitivity": {
            "measures": st.lists(st.sampled_from([*MEASURES, "x"]), max_size=2),
            "by": st.just("mechanism") | ODD,
        },
    }
    assert [set(keys) for keys in sections.values()] == [set(one.__annotations__) for one in (Design, Sensitivity)]
    known: dict[str, Strategy] = {
        **{"title": st.text(max_size=20), "about": st.text(max_size=20), "scenarios": st.lists(sites(), max_size=2)},
        "policies": st.lists(st.lists(policies(), max_size=2), max_size=2),
        **{"seeds": st.integers(-1, 20_000) | st.lists(st.integers(-1, 2**33), max_size=3), "start": DATES},
        **{
            "years": st.floats(-1, 200),
            "warm_up": st.floats(-1, 20),
            "keep": st.lists(st.sampled_from([*OPTIONAL_TABLES, "x"])),
        },
        "measures": st.lists(st.sampled_from([*MEASURES, "x"]), max_size=3),
        **{"set": st.lists(changes(), max_size=3).map(dict), "vary": st.lists(varied, max_size=3).map(dict)},
        "delta": st.dictionaries(st.sampled_from([*MEASURES]), st.floats(-1, 1), max_size=2),
        **{name: st.fixed_dictionaries({}, optional=keys) for name, keys in sections.items()},
    }
    stated = {key: draw(known[key]) for key in draw(st.lists(st.sampled_from(KEYS), max_size=6, unique=True))}
    path = place.corner / "study.toml"
    path.write_bytes(toml_file({"scenarios": ["baseline"]} | stated))
    read = read_study(path)
    confirm_size(read, count_of(read), 1, agreed=False)
    next(iter(points_of(read)))


def series_file(draw: Draw, place: Any) -> None:
    """Set a series of one's own beside the months of a run."""
    names = draw(st.lists(st.sampled_from([*MEASURES]), min_size=1, max_size=3, unique=draw(st.booleans())))
    cells = often(
        st.floats(-1e6, 1e6).map(str), st.sampled_from(["", "nan", "1,5", "1e999", '"', "-0", "٣", "1_0", "x;y"]) | ODD
    )
    months = often(st.dates(datetime.date(2016, 12, 1), datetime.date(2017, 6, 1)).map(lambda day: str(day)[:7]), DATES)
    rows = draw(st.lists(st.tuples(months, *[cells] * len(names)), max_size=6))
    text = io.StringIO()
    form = csv.writer(
        text, delimiter=draw(st.sampled_from(",;\t")), lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"]))
    )
    form.writerows([["month", *names], *rows])
    path = place.corner / "series.csv"
    content = text.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])), "surrogatepass")
    path.write_bytes(content)
    list(against_lines(read_series(path), "x", pq.read_table(place.written / "run/measures.parquet").to_pandas()))


# Files of the program

POOL = [
    "",
    "x",
    "run",
    "arms/x",
    "../run",
    ".",
    "status_quo",
    "baseline",
    "0" * 16,
    "2017-01-01",
    "1",
    "a\u202e",
    "{",
    "\n",
]
POOL += [
    "confianza run baseline --until 2018-01-01",
    "confianza compare status_quo resources_only",
    "confianza sweep x --out y",
]


def stated_by(kind: Any) -> Strategy:
    """Return values of the type of a key in a schema, nested as deep as it is."""
    kind, origin = getattr(kind, "__value__", kind), typing.get_origin(kind)
    if typing.is_typeddict(kind) or dataclasses.is_dataclass(kind):
        hints, required = keys_of(kind)
        each = {key: stated_by(one) for key, one in hints.items()}
        needed = {key: each[key] for key in sorted(required)}
        return st.fixed_dictionaries(needed, optional={key: one for key, one in each.items() if key not in needed})
    if origin is typing.Annotated:
        return within(stated_by(typing.get_args(kind)[0]), kind.__metadata__)
    if origin in (typing.Required, typing.NotRequired):
        return stated_by(typing.get_args(kind)[0])
    if origin in (list, tuple):
        return st.lists(stated_by(typing.get_args(kind)[0]), max_size=3)
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return st.dictionaries(*map(stated_by, typing.get_args(kind)), max_size=3)
    if options := typing.get_args(kind):
        return st.one_of(*map(stated_by, options))
    plain: dict[Any, Strategy] = {
        **{
            str: st.sampled_from(POOL) | st.text(max_size=8),
            int: st.integers(-1, 100) | st.sampled_from([2**31, 2**63 - 1]),
        },
        **{
            float: st.floats(allow_nan=True),
            bool: st.booleans(),
            type(None): st.none(),
            Any: st.sampled_from(fuzz.JSON_VALUES),
        },
    }
    return plain[kind]


def keys_of(kind: Any) -> tuple[dict[str, Any], set[str]]:
    """Return the types of the keys of a table by name, and which of them must be stated."""
    if dataclasses.is_dataclass(kind):
        declared = dataclasses.fields(kind)
        required = {one.name for one in declared if one.default is dataclasses.MISSING}
        return {one.name: one.type for one in declared}, required
    return typing.get_type_hints(kind, include_extras=True), set(kind.__required_keys__)


def within(values: Strategy, rules: tuple[Any, ...]) -> Strategy:
    """Return values that keep most of the rules beside a type."""
    for rule in rules:
        if isinstance(rule, AfterValidator):
            values = {"day": st.dates().map(str), "line": st.sampled_from([one for one in POOL if one != "\n"])}[
                rule.func.__name__
            ]
        elif isinstance(rule, FieldInfo) and (
            pattern := next((one.pattern for one in rule.metadata if hasattr(one, "pattern")), None)
        ):
            values = st.from_regex(pattern) | st.just("1")
    return values


def manifests(draw: Draw, place: Any) -> None:
    """Let a manifest say other things of the right types."""
    folder, kind = draw(
        st.sampled_from(
            [("run", schema.RunManifest), ("compare", schema.ComparisonManifest), ("sweep", schema.SweepManifest)]
        )
    )
    name = f"{folder}/manifest.json"
    stated = json.loads(place.original(name))
    hints = typing.get_type_hints(kind, include_extras=True)
    for key in draw(st.lists(st.sampled_from(sorted(hints)), min_size=1, max_size=3)):
        stated[key] = mixed(draw, stated.get(key), draw(stated_by(hints[key])))
    with place.instead(name, json.dumps(stated).encode()):
        place.use(folder, random.Random(draw(st.integers(0, 99))))


def mixed(draw: Draw, old: Any, new: Any) -> Any:
    """Return an old value with some keys, or one entry, of a new one; or the new one."""
    if isinstance(old, dict) and isinstance(new, dict) and draw(st.booleans()):
        return old | new
    if isinstance(old, list) and isinstance(new, list) and old and new and draw(st.booleans()):
        return [mixed(draw, old[0], new[0]), *old[1:]]
    return new


def quarantines(draw: Draw, place: Any) -> None:
    """Repeat a run in quarantine that is stated in the right types."""
    with place.instead("quarantine.json", json.dumps(draw(stated_by(schema.Quarantined))).encode()) as path:
        place.command("verify", path)


def saved_descriptions(draw: Draw, place: Any) -> None:
    """Go on from states of which the description says other things of the right types."""
    stated = json.loads(place.original(f"saved/{DESCRIPTION_FILE}"))
    hints = typing.get_type_hints(schema.SavedStates, include_extras=True)
    key = draw(st.sampled_from(sorted(hints)))
    stated[key] = mixed(draw, stated[key], draw(stated_by(hints[key])))
    with place.instead(f"saved/{DESCRIPTION_FILE}", json.dumps(stated).encode()):
        sets = [f"{name}={value:g}" for name, value in SETS.items()]
        plan_runs("baseline", branch=place.written / "saved", years=1.0, sets=sets)


def cells_of(kind: pa.DataType) -> list[Any]:
    """Return values of a column of a table, and those at the ends of its type."""
    if pa.types.is_boolean(kind):
        return [True, False, None]
    if pa.types.is_floating(kind):
        return [0.0, -1.0, 1e308, 5e-324, float("nan"), float("inf"), None]
    if pa.types.is_integer(kind):
        bits = np.iinfo(kind.to_pandas_dtype())
        return [0, 1, int(bits.min), int(bits.max), None]
    if pa.types.is_timestamp(kind):
        return [0, 2**62, -(2**62), 10**12, -(10**15), 253_402_300_800_000, None]
    return [*POOL, "\x1b]0;x\x07", "y" * 5000, None]


def changed_table(draw: Draw, content: bytes) -> bytes:
    """Return a table in which some columns, or one of their rows, hold other values of the same type."""
    table = pq.read_table(pa.BufferReader(content))
    for place in draw(st.lists(st.integers(0, table.num_columns - 1), min_size=1, max_size=3)):
        field, value = table.schema.field(place), draw(st.sampled_from(cells_of(table.schema.field(place).type)))
        raw = pa.int64() if pa.types.is_timestamp(field.type) else field.type
        held = table.column(place).cast(raw).to_pylist()
        held = [value] * len(held) if draw(st.booleans()) else [value, *held[1:]]
        table = table.set_column(place, field.with_nullable(True), pa.array(held, raw).cast(field.type))
    how = draw(st.sampled_from(["same", "same", "none", "twice", "reversed", "extra"]))
    if how == "none":
        table = table.slice(0, 0)
    elif how == "twice":
        table = pa.concat_tables([table, table])
    elif how == "reversed":
        table = table.take(pa.array(range(len(table) - 1, -1, -1), pa.int64()))
    elif how == "extra":
        table = table.append_column("x", pa.array([0.0] * len(table)))
    return parquet_bytes(table)


def result_tables(draw: Draw, place: Any) -> None:
    """Read tables of runs, comparisons and sweeps with other values of the right types."""
    names = [path.relative_to(place.backup).as_posix() for path in sorted(place.backup.glob("*/*.parquet"))]
    name = draw(st.sampled_from(names))
    with place.instead(name, changed_table(draw, place.original(name))):
        place.use(name.partition("/")[0], random.Random(draw(st.integers(0, 99))))


def sweep_parts(draw: Draw, place: Any) -> None:
    """Read a batch of a sweep with other values, and another list of its runs."""
    (path,) = sorted((place.written / "sweep/measures").glob("*.parquet"))
    before = path.read_bytes()
    table = pq.read_table(pa.BufferReader(changed_table(draw, before)))
    if draw(st.booleans()):
        runs = draw(stated_by(list[str]) | st.sampled_from(fuzz.JSON_VALUES))
        beside = draw(
            st.dictionaries(st.sampled_from([*OPTIONAL_TABLES, "..", "x"]), st.sampled_from(["../x", "", path.name]))
        )
        more = {RUNS_KEY: json.dumps(runs).encode(), TABLE_FILES_KEY: json.dumps(beside).encode()}
        table = table.replace_schema_metadata((table.schema.metadata or {}) | more)
    content = parquet_bytes(table)
    other = path.with_name(batch_file_name(draw(st.integers(0, 2)), content))
    path.unlink()
    other.write_bytes(content)
    try:
        place.use("sweep", random.Random(draw(st.integers(0, 99))))
    finally:
        place.restore()


def run_parts(draw: Draw, place: Any) -> None:
    """Look for the finished part of a run among parts with other tables and other descriptions."""
    spec = plan_runs("baseline", years=0.1, sets=[f"{name}={value:g}" for name, value in SETS.items()])[0]
    names = [path.stem for path in sorted((place.backup / "run").glob("*.parquet"))]
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as file:
        about = draw(stated_by(schema.RunPart) | st.sampled_from(fuzz.JSON_VALUES))
        file.writestr(draw(st.sampled_from([FACTS_FILE, FACTS_FILE, FACTS_FILE, "about"])), json.dumps(about))
        for name in draw(st.just(names) | st.lists(st.sampled_from(names), max_size=3, unique=True)):
            content = place.original(f"run/{name}.parquet")
            file.writestr(name, changed_table(draw, content) if draw(st.booleans()) else content)
    parts = JobCache(place.corner, lambda _: ({}, {}), run_of_part, schema.RunPart)
    parts.parts_folder.mkdir(exist_ok=True)
    path = parts.parts_folder / named_by_digest(file_label(spec.key), sink.getvalue(), ".zip")
    path.write_bytes(sink.getvalue())
    try:
        parts.load_results([spec])
    finally:
        path.unlink()


@cache
def saved_world(folder: Path) -> tuple[dict[str, Any], dict[str, Any], Any, Any]:
    """Return the tables and description of a saved state, its town and numbers of rows."""
    scenario = scenarios.load("baseline", set=SETS)
    town = build_town(scenario)
    return *state_file.read_state(folder), town, table_sizes(town, scenario)


def states(draw: Draw, place: Any) -> None:
    """Read a saved state of which a table has other values, form or type, under a digest that is right."""
    tables, about, town, sizes = saved_world(place.written / "saved/seed_1")
    read = partial(read_checkpoint, past=HISTORY_TABLES, kept=KEPT_TABLES)
    known = read(place.written / "saved/seed_1", town, sizes)
    numbers = sizes_with_tables(known["state"], known["tick"], town, sizes)
    name, column, domain, used = draw(st.sampled_from(list(places(tables))))
    changed = tables[name].copy()
    part = changed[column] if column else changed
    part[(slice(used) if draw(st.booleans()) else draw(st.integers(0, used - 1)))] = draw(
        values(domain, part.dtype, numbers)
    )
    other = draw(st.sampled_from(["values", "values", "values", "rows", "shape", "type", "gone", "about"]))
    forms = {
        "rows": lambda: tables | {name: changed[: used // 2]},
        "shape": lambda: tables | {name: changed[np.newaxis]},
        "type": lambda: (
            tables | {name: np.zeros(changed.shape, draw(st.sampled_from(["f4", "i8", "U3", "M8[D]", "?"])))}
        ),
        "gone": lambda: {key: one for key, one in tables.items() if key != name},
    }
    stated = dict(about)
    if other == "about":
        stated[draw(st.sampled_from(sorted(stated)))] = draw(st.sampled_from(fuzz.JSON_VALUES))
    folder = place.corner / "state"
    state_file.write_state(folder, forms.get(other, lambda: tables | {name: changed})(), stated)
    read(folder, town, sizes)


DECLARED: dict[str, Callable[[Draw, Any], None]] = {
    one.__name__: one
    for one in (
        *(commands, town_file, policy_file, study_file, series_file, manifests, quarantines, saved_descriptions),
        *(result_tables, sweep_parts, run_parts, states),
    )
}
