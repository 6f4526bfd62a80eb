"""Declared parameters: every number has a unit, a range, a source and a role.

A mechanism declares its parameters as fields of a frozen dataclass, a subclass of `ParameterGroup`: the class gives
name and type, the table of the same name in `numbers.toml` all else (`model.engine.numbers`).  The names of group and
field form the dotted name by which scenarios, policies and studies set a parameter, such as ``fear.harm``.
Every value is checked against the declared type and range, wherever it comes from.

In a world, parameters are tables with one row per settlement (`ParametersInForce`), since a policy may hold in some
settlements only.

>>> line = {"value": 0.5, "unit": "share", "range": [0, 1], "off": 0.0, "source": "assumed", "en": "lamps", "es": "luz"}
>>> @dataclass(frozen=True, init=False)
... class Lamps(ParameterGroup, lines={"glow": line}):
...     name = "lamps"
...     glow: float
>>> Lamps().glow, Lamps(glow=0.9).disabled().glow
(0.5, 0.0)
>>> del ParameterGroup.known["lamps"]
"""

import dataclasses
import datetime
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, cast, get_args

import numpy as np

from model.engine.errors import InputError, suggest_nearest
from model.engine.numbers import (
    EVENT_KINDS_TABLE,
    Line,
    all_tables,
    check_keys,
    check_line,
    numbers_file,
    read_numbers,
)
from model.engine.rows import Rows, row_type

Role = Literal["site", "behaviour", "lever"]
"""Site facts may differ between municipalities; behaviour is shared; levers may be set by policies."""


@dataclass(frozen=True)
class ParameterSpec:
    """Metadata of a parameter: description, unit, inclusive range, source, role and neutral value.

    ``off`` is the value while the mechanism is switched off; None keeps the value in force.  ``plausible`` is the range
    that the source states, if it does.  ``words`` are what people read by language: the description, of a lever its
    title.
    """

    about: str
    unit: str
    low: float
    high: float
    source: str
    role: Role
    off: float | None
    plausible: tuple[float, float] | None = None
    words: Mapping[str, str] = dataclasses.field(default_factory=dict, compare=False)


def spec_of_line(where: str, line: Line, kind: type) -> ParameterSpec:
    """Return the metadata that a line of `numbers.toml` states; raise `InputError` if the line is wrong."""
    check_line(where, line, kind)
    low, high = map(kind, line["range"])
    off, plausible = line.get("off"), line.get("plausible")
    role = line.get("role", "behaviour")
    if role not in get_args(Role):
        raise InputError(f"{where}: role must be {', '.join(get_args(Role))}, got {role!r}")
    spec = ParameterSpec(
        line["en"],
        line["unit"],
        low,
        high,
        line["source"],
        role,
        None if off is None else kind(off),
        plausible and (float(plausible[0]), float(plausible[1])),
        line.get("title") or {"en": line["en"], "es": line["es"]},
    )
    for value in (line["value"], line["value"] if off is None else off):
        checked_value(where, value, kind, spec)
    return spec


@dataclass(frozen=True, init=False)
class ParameterGroup:
    """Named set of parameters: those of one mechanism, or of one part of the setting.

    A subclass is a dataclass without ``__init__``: this class has one by which every parameter may be left out.

    Attributes
    ----------
    name
        First half of the dotted names.
    mechanism
        Whether ``mechanisms.NAME = false`` may switch the group off: every parameter with a neutral value takes it.
    evidence
        Rows of the evidence that the mechanism carries.
    known
        All groups by name.

    Raises
    ------
    InputError
        If a value has the wrong type or lies outside its range.
    """

    name: ClassVar[str]
    mechanism: ClassVar[bool] = True
    evidence: ClassVar[tuple[str, ...]] = ()
    known: ClassVar[dict[str, type["ParameterGroup"]]] = {}

    def __init_subclass__(cls, lines: Mapping[str, Line] | None = None, **options: object) -> None:
        super().__init_subclass__(**options)
        where = f"[{cls.name}]"
        if lines is None:
            path = numbers_file(cls.__module__)
            where = f"{path} {where}"
            lines = {
                key: line for key, line in read_numbers(path).get(cls.name, {}).items() if key != EVENT_KINDS_TABLE
            }
        kinds = declared_kinds(cls)
        check_keys(where, lines, kinds)
        for key, kind in kinds.items():
            spec = spec_of_line(f"{where} {key}", lines[key], kind)
            setattr(cls, key, dataclasses.field(default=lines[key]["value"], metadata={"number": spec}))
        ParameterGroup.known[cls.name] = cls

    def __init__(self, **values: float) -> None:
        for key in values.keys() - self.kinds().keys():
            self.own(key)
        for field in dataclasses.fields(self):
            name, spec = f"{self.name}.{field.name}", field.metadata["number"]
            value = checked_value(name, values.get(field.name, field.default), self.kind(field.name), spec)
            object.__setattr__(self, field.name, value)

    @classmethod
    def kind(cls, key: str) -> type:
        """Return the type of a parameter, float or int."""
        return cls.kinds()[key]

    @classmethod
    @cache
    def kinds(cls) -> dict[str, type]:
        """Return the type of every parameter, float or int; cached, since every scenario that is read asks for them."""
        return {field.name: int if field.type in (int, "int") else float for field in dataclasses.fields(cls)}

    @classmethod
    @cache
    def parameter_specs(cls) -> dict[str, ParameterSpec]:
        """Return the metadata of every parameter of the group, in order of declaration."""
        return {field.name: field.metadata["number"] for field in dataclasses.fields(cls)}

    @classmethod
    def own(cls, key: str) -> str:
        """Return ``key``; raise `InputError` with the nearest name if there is no such parameter."""
        keys = [field.name for field in dataclasses.fields(cls)]
        if key not in keys:
            near = suggest_nearest(f"{cls.name}.{key}", [f"{cls.name}.{k}" for k in keys])
            raise InputError(f"no parameter '{cls.name}.{key}'{near}")
        return key

    def replace(self, changes: Mapping[str, float]) -> Self:
        """Return a copy with some values changed; names, types and ranges are checked."""
        return dataclasses.replace(self, **{self.own(key): value for key, value in changes.items()})

    def disabled(self) -> Self:
        """Return a copy with the neutral values, for a mechanism that is switched off."""
        off = {key: spec.off for key, spec in self.parameter_specs().items() if spec.off is not None}
        return dataclasses.replace(self, **off)

    @classmethod
    @cache
    def row(cls) -> np.dtype[np.void]:
        """Return the data type of a row of these parameters, cached so that Numba compares types by identity."""
        return row_type([(key, "i8" if cls.kind(key) is int else "f8") for key in cls.parameter_specs()])

    def rows(self, n_settlements: int) -> Rows[Self]:
        """Return the parameters as a table with one equal row per settlement, as kernels read them."""
        row = tuple(getattr(self, key) for key in self.parameter_specs())
        return cast(Rows[Self], np.array([row] * n_settlements, self.row()))


class ParametersInForce:
    """Parameters of a world at present: one table per group, with one row per settlement.

    ``parameters[Fear]`` is the table of a group.
    """

    def __init__(self, rows: Mapping[str, Rows[Any]]) -> None:
        self._rows = dict(rows)

    def __getitem__[G: ParameterGroup](self, group: type[G]) -> Rows[G]:
        """Return the table of a group."""
        return self._rows[group.name]

    def by_name(self) -> dict[str, Rows[Any]]:
        """Return the tables of all groups by the name of the group."""
        return dict(self._rows)

    def with_changes(self, rows: Mapping[str, Rows[Any]]) -> "ParametersInForce":
        """Return a copy with the tables of some groups replaced."""
        return ParametersInForce(self._rows | dict(rows))


def checked_value(name: str, value: object, kind: type, spec: ParameterSpec) -> float:
    """Return a value in its declared type.

    Parameters
    ----------
    name
        Dotted name, for messages.
    value
        The value as given.
    kind
        Declared type, int or float.
    spec
        Metadata with the range.

    Raises
    ------
    InputError
        If it is no number, no whole number where one is declared, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(f"{name} must be a number, got {value!r}")
    if kind is int and float(value) != int(value):
        raise InputError(f"{name} must be a whole number, got {value!r}")
    if not spec.low <= value <= spec.high:
        raise InputError(f"{name} must lie in [{spec.low:g}, {spec.high:g}] ({spec.unit}), got {value!r}")
    return int(value) if kind is int else float(value)


def declared_kinds(group: type) -> dict[str, type]:
    """Return the types, int or float, of the parameters that a class annotates; class variables are none."""
    annotations = {key: getattr(kind, "__name__", str(kind)) for key, kind in inspect.get_annotations(group).items()}
    declared = {key: kind for key, kind in annotations.items() if "ClassVar" not in kind}
    for key, kind in declared.items():
        if kind not in ("int", "float"):
            raise InputError(f"{group.__qualname__}.{key} must be annotated int or float, got {kind}")
    return {key: int if kind == "int" else float for key, kind in declared.items()}


def check_tables(package: Path) -> None:
    """Raise `InputError` unless every table of numbers in the folders of a package belongs to a group known by now."""
    for name, (path, lines) in all_tables(package).items():
        if name not in ParameterGroup.known and lines.keys() != {EVENT_KINDS_TABLE}:
            near = suggest_nearest(name, ParameterGroup.known)
            raise InputError(
                f"{path} [{name}] belongs to no group of parameters{near}: declare one, or remove the table"
            )


def group_named(name: str) -> type[ParameterGroup]:
    """Return the group of a name; raise `InputError` with the nearest name if there is none."""
    if name not in ParameterGroup.known:
        raise InputError(f"no group of parameters '{name}'{suggest_nearest(name, ParameterGroup.known)}")
    return ParameterGroup.known[name]


def all_parameters() -> Iterator[tuple[str, float, ParameterSpec]]:
    """Yield dotted name, default value and metadata of every parameter, by name of the group."""
    for name, group in sorted(ParameterGroup.known.items()):
        defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(group)}
        for key, spec in group.parameter_specs().items():
            yield f"{name}.{key}", defaults[key], spec


def parse_date(name: str, value: object) -> datetime.date:
    """Return a date given as a date or as YYYY-MM-DD; raise `InputError` otherwise."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"{name} must be a date like 2017-01-01, got {value!r}") from None
