"""Declared parameters: every number has a unit, a range, a source and a role.

A mechanism declares its parameters as fields of a frozen dataclass, a subclass of `ParameterGroup`.  The names of group
and field form the dotted name by which scenarios, policies and studies set a parameter, such as ``fear.harm``.
Every value is checked against the declared type and range, wherever it comes from.

In a world, parameters are tables with one row per settlement (`ParametersInForce`), since a policy may hold in some
settlements only.

>>> @dataclass(frozen=True, kw_only=True)
... class Lamps(ParameterGroup):
...     name = "lamps"
...     glow: float = share_parameter(0.5, "assumed", "lamps that work", off=0.0)
>>> Lamps().glow, Lamps(glow=0.9).disabled().glow
(0.5, 0.0)
>>> del ParameterGroup.known["lamps"]
"""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, Self, cast

import numpy as np

from model.engine.errors import InputError, suggest_nearest
from model.engine.rows import Rows, row_type

Role = Literal["site", "behaviour", "lever"]
"""Site facts may differ between municipalities; behaviour is shared; levers may be set by policies."""


@dataclass(frozen=True)
class ParameterSpec:
    """Metadata of a parameter: description, unit, inclusive range, source, role and neutral value.

    ``off`` is the value while the mechanism is switched off; None keeps the value in force.
    """

    about: str
    unit: str
    low: float
    high: float
    source: str
    role: Role
    off: float | None


def parameter[N: float](  # noqa: PLR0913 - each argument is a column of the list of parameters
    default: N,
    unit: str,
    low: float,
    high: float,
    source: str,
    about: str,
    *,
    role: Role = "behaviour",
    off: float | None = None,
) -> N:
    """Declare a parameter as a field of a `ParameterGroup`.

    Parameters
    ----------
    default
        Value in force unless a scenario states another; its type, int or float, is that of the parameter.
    unit
        Unit in words, such as ``"per 1,000 a year"``.
    low, high
        Inclusive range.
    source
        Row of the evidence, or how the value was chosen ("assumed", "calibrated: T01").
    about
        Description in English, which lists and the ODD print.
    role
        Who may change it: see `Role`.
    off
        Neutral value while the mechanism is switched off, if this parameter needs one.
    """
    spec = ParameterSpec(about, unit, low, high, source, role, off)
    return dataclasses.field(default=default, metadata={"number": spec})


def share_parameter(  # noqa: PLR0913 - each argument is a column of the list of parameters
    default: float,
    source: str,
    about: str,
    *,
    low: float = 0.0,
    high: float = 1.0,
    role: Role = "behaviour",
    off: float | None = None,
) -> float:
    """Declare a parameter that is a share or a probability; see `parameter`."""
    return parameter(default, "share", low, high, source, about, role=role, off=off)


@dataclass(frozen=True, kw_only=True)
class ParameterGroup:
    """Named set of parameters: those of one mechanism, or of one part of the setting.

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

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        ParameterGroup.known[cls.name] = cls

    def __post_init__(self) -> None:
        for key, spec in self.parameter_specs().items():
            value = getattr(self, key)
            object.__setattr__(self, key, checked_value(f"{self.name}.{key}", value, self.kind(key), spec))

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
        fields = dataclasses.fields(cls)
        return {field.name: field.metadata["number"] for field in fields if "number" in field.metadata}

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
