"""Record types of tables: one class per row type serves numpy, Numba and the type checker.

A subclass of `Row` declares the columns of a table by annotation; numpy's structured data type follows from it.  A
table is a numpy array of such rows, typed ``Rows[Visit]``.  A row's column is an attribute, ``visits[3].cell``, in
kernels as in Python; a whole column is ``visits["cell"]``.

>>> class Stop(Row):
...     cell: int
...     minutes: float
>>> stops = zero_rows(Stop, 2)
>>> stops[0].cell = 7
>>> stops["cell"].tolist()
[7, 0]
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast, get_args, overload

import numpy as np
from numpy.typing import NDArray

from model.engine.domains import DOMAIN_OF_UNIT, REAL, UNDECLARED, Domain

type IntArray = NDArray[np.int64]
type FloatArray = NDArray[np.float64]
type BoolArray = NDArray[np.bool_]
type Int32Array = NDArray[np.int32]
"""Integers of four bytes, for tables with several numbers per resident."""


class RowView(np.void):  # type: ignore[misc]
    """A row in Python code; columns are attributes, even those with the name of a method of numpy."""

    def __getattribute__(self, name: str) -> Any:
        try:
            return self[name]
        except ValueError:  # no column
            return np.void.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


@dataclass(frozen=True)
class Column:
    """Metadata of a table column: description, unit, initial value, memory type, allowed values.

    ``kind`` is a numpy type code such as ``"i4"``; None stands for eight bytes.  ``domain`` is what an annotation adds,
    or follows from the unit; real numbers need none.
    """

    about: str
    unit: str = ""
    first: float = 0.0
    kind: str | None = None
    domain: Domain = UNDECLARED


type Int32Column = Annotated[int, Column("", kind="i4")]
"""Integer column of four bytes; the next two have two bytes and one."""
type Int16Column = Annotated[int, Column("", kind="i2")]
type Int8Column = Annotated[int, Column("", kind="i1")]


class Row:
    """Base class of record types: each annotation of a subclass declares a column, in order.

    ``int`` and ``float`` take eight bytes; a `Column` in an ``Annotated`` hint may choose fewer.  A subclass of several
    row classes has the columns of all of them.

    Attributes
    ----------
    dtype
        Structured data type of the rows.
    columns
        Metadata of every column by name.
    kinds
        numpy type code of every column by name.
    """

    dtype: ClassVar[np.dtype[np.void]]
    columns: ClassVar[dict[str, Column]] = {}
    kinds: ClassVar[dict[str, str]] = {}

    if TYPE_CHECKING:

        def __getitem__(self, name: str) -> float: ...
        def __setitem__(self, name: str, value: float) -> None: ...

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        cls.columns, cls.kinds = {}, {}
        for base in cls.__bases__:
            if issubclass(base, Row):
                cls.columns |= base.columns
                cls.kinds |= base.kinds
        for name, kind in inspect.get_annotations(cls, eval_str=True).items():
            plain, about = describe_annotation(kind)
            cls.columns[name] = about
            cls.kinds[name] = about.kind or ("f8" if plain is float else "i8")
        cls.dtype = row_type(list(cls.kinds.items()))


def describe_annotation(kind: Any) -> tuple[type, Column]:
    """Return the plain type and the column metadata of an annotation."""
    kind = getattr(kind, "__value__", kind)
    if not get_args(kind):
        return kind, Column("", domain=REAL if kind is float else UNDECLARED)
    inner, *extra = get_args(kind)
    plain, column = describe_annotation(inner)
    default = column.domain
    column = next((one for one in extra if isinstance(one, Column)), column)
    default = DOMAIN_OF_UNIT.get(column.unit, default)
    return plain, replace(column, domain=next((one for one in extra if isinstance(one, Domain)), default))


def domains_of(row: type[Row]) -> dict[str, Domain]:
    """Return the domain of every column by name."""
    return {name: column.domain for name, column in row.columns.items()}


def row_type(columns: list[tuple[str, str]]) -> "np.dtype[np.void]":
    """Return the aligned data type of rows with these columns (name, type code)."""
    return np.dtype((RowView, np.dtype(columns, align=True)))


if TYPE_CHECKING:

    class Rows[R](np.ndarray[tuple[Any, ...], np.dtype[np.void]]):
        """A table as the type checker sees it: indexed by row number, column name or slice."""

        @overload  # type: ignore[override]
        def __getitem__(self, at: int | np.integer[Any] | tuple[int, int]) -> R: ...
        @overload
        def __getitem__(self, at: str) -> NDArray[Any]: ...
        @overload
        def __getitem__(self, at: slice | NDArray[np.integer[Any] | np.bool_]) -> "Rows[R]": ...
        def __getitem__(self, at: Any) -> Any: ...
        def __iter__(self) -> Iterator[R]: ...  # type: ignore[override]
        def copy(self, order: Literal["K", "A", "C", "F"] | None = ...) -> "Rows[R]":
            """Return a copy of the rows."""

else:

    class Rows:
        """A table of rows; in memory a numpy array."""

        def __class_getitem__(cls, row: type[Row]) -> GenericAlias:
            return GenericAlias(cls, row)


def zero_rows[R: Row](row: type[R], n: int) -> Rows[R]:
    """Return a table of ``n`` rows, all zero."""
    return cast(Rows[R], np.zeros(n, row.dtype))


if TYPE_CHECKING:

    def to_int64(number: int) -> int:
        """Widen to int64, the only integer type kernels are compiled for."""

else:
    to_int64 = np.int64


def concatenate_rows[R](parts: Sequence[Rows[R]]) -> Rows[R]:
    """Return several tables of one row type as one table."""
    return cast(Rows[R], np.concatenate(parts))


def int64_constant(number: int) -> int:
    """Return a constant for kernel arguments; Numba would specialise on a plain integer."""
    return cast(int, np.int64(number))
