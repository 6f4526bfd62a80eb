"""Kinds of numbers: each has a value, a unit, a range, a source, a role and, if need be, a neutral value."""

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
"""Site facts may differ between municipalities; behaviour is shared; levers are what a policy may set."""


@dataclass(frozen=True)
class ParameterSpec:
    """What is known of one parameter besides its value."""

    about: str
    unit: str
    low: float
    high: float
    source: str
    role: Role
    off: float | None


def parameter[N: float](
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
    """Declare a parameter; ``off`` is its neutral value when its mechanism is switched off."""
    about_it = ParameterSpec(about, unit, low, high, source, role, off)
    return dataclasses.field(default=default, metadata={"number": about_it})


def share_parameter(
    default: float,
    source: str,
    about: str,
    *,
    low: float = 0.0,
    high: float = 1.0,
    role: Role = "behaviour",
    off: float | None = None,
) -> float:
    """Declare a parameter that is a share or a probability."""
    return parameter(default, "share", low, high, source, about, role=role, off=off)


@dataclass(frozen=True, kw_only=True)
class ParameterGroup:
    """A named set of parameters; one mechanism, or one part of the setting.

    ``name`` is the first half of the dotted names.  ``mechanism`` groups can be switched off by
    ``mechanisms.NAME = false``, which replaces every field that has a neutral value by it.
    """

    name: ClassVar[str]
    mechanism: ClassVar[bool] = True
    evidence: ClassVar[tuple[str, ...]] = ()
    known: ClassVar[dict[str, type["ParameterGroup"]]] = {}

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        ParameterGroup.known[cls.name] = cls

    def __post_init__(self) -> None:
        for key, about in self.parameter_specs().items():
            value = getattr(self, key)
            object.__setattr__(self, key, checked_value(f"{self.name}.{key}", value, self.kind(key), about))

    @classmethod
    def kind(cls, key: str) -> type:
        """Type of one field: float or int."""
        kind = {field.name: field.type for field in dataclasses.fields(cls)}[key]
        return int if kind in (int, "int") else float

    @classmethod
    def parameter_specs(cls) -> dict[str, ParameterSpec]:
        """Return the numbers of this group by name."""
        fields = dataclasses.fields(cls)
        return {field.name: field.metadata["number"] for field in fields if "number" in field.metadata}

    @classmethod
    def own(cls, key: str) -> str:
        """Return the key if this group has it; otherwise raise with the nearest name."""
        keys = [field.name for field in dataclasses.fields(cls)]
        if key not in keys:
            near = suggest_nearest(f"{cls.name}.{key}", [f"{cls.name}.{k}" for k in keys])
            raise InputError(f"no parameter '{cls.name}.{key}'{near}")
        return key

    def replace(self, changes: Mapping[str, float]) -> Self:
        """Return a copy with some values changed, after checking names, types and ranges."""
        return dataclasses.replace(self, **{self.own(key): value for key, value in changes.items()})

    def disabled(self) -> Self:
        """Return the copy that stands for 'switched off'."""
        off = {key: about.off for key, about in self.parameter_specs().items() if about.off is not None}
        return dataclasses.replace(self, **off)

    @classmethod
    @cache
    def row(cls) -> np.dtype[np.void]:
        """Type of a row of these numbers: one for all worlds, since two alike are compared at each call of a kernel."""
        return row_type([(key, "i8" if cls.kind(key) is int else "f8") for key in cls.parameter_specs()])

    def rows(self, n_settlements: int) -> Rows[Self]:
        """Return the numbers as a table with one equal row per settlement, as kernels read them."""
        row = tuple(getattr(self, key) for key in self.parameter_specs())
        return cast(Rows[Self], np.array([row] * n_settlements, self.row()))


class ParametersInForce:
    """Parameters in force, by the class of their group: one row per settlement."""

    def __init__(self, rows: Mapping[str, Rows[Any]]) -> None:
        self._rows = dict(rows)

    def __getitem__[G: ParameterGroup](self, group: type[G]) -> Rows[G]:
        """Return the rows of a group."""
        return self._rows[group.name]

    def by_name(self) -> dict[str, Rows[Any]]:
        """Return the rows of all groups by the name of the group."""
        return dict(self._rows)

    def with_changes(self, rows: Mapping[str, Rows[Any]]) -> "ParametersInForce":
        """Return the same parameters with the rows of some groups replaced."""
        return ParametersInForce(self._rows | dict(rows))


def checked_value(name: str, value: object, kind: type, about: ParameterSpec) -> float:
    """Return the value in its declared type, or raise an `InputError` that names what is wrong."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(f"{name} must be a number, got {value!r}")
    if kind is int and float(value) != int(value):
        raise InputError(f"{name} must be a whole number, got {value!r}")
    if not about.low <= value <= about.high:
        raise InputError(f"{name} must lie in [{about.low:g}, {about.high:g}] ({about.unit}), got {value!r}")
    return int(value) if kind is int else float(value)


def group_named(name: str) -> type[ParameterGroup]:
    """Return the group class of this name, or raise with the nearest name."""
    if name not in ParameterGroup.known:
        raise InputError(f"no group of parameters '{name}'{suggest_nearest(name, ParameterGroup.known)}")
    return ParameterGroup.known[name]


def all_parameters() -> Iterator[tuple[str, float, ParameterSpec]]:
    """Yield dotted name, default value and description of every parameter, group by group."""
    for name, group in sorted(ParameterGroup.known.items()):
        defaults: dict[str, Any] = {field.name: field.default for field in dataclasses.fields(group)}
        for key, about in group.parameter_specs().items():
            yield f"{name}.{key}", defaults[key], about


def parse_date(name: str, value: object) -> datetime.date:
    """Return a date given as a date or as YYYY-MM-DD, or raise an `InputError`."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise InputError(f"{name} must be a date like 2017-01-01, got {value!r}") from None
