"""Rows of tables, described once: the class of a row is what numpy, the compiler and the type checker know of it.

A kernel reads and writes a column as an attribute, ``visit.cell``; a whole column of a table is ``visits["cell"]``.
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast, get_args, overload

import numpy as np
from numpy.typing import NDArray

type IntArray = NDArray[np.int64]
type FloatArray = NDArray[np.float64]
type BoolArray = NDArray[np.bool_]
type Int32Array = NDArray[np.int32]
"""Whole numbers of four bytes, of which there are several per resident."""


class RowView(np.void):  # type: ignore[misc]
    """A row outside compiled code, whose columns are attributes there too, whatever they are called."""

    def __getattribute__(self, name: str) -> Any:
        try:
            return self[name]
        except ValueError:  # no column
            return np.void.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


@dataclass(frozen=True)
class Column:
    """What is known of one column besides its name: its type in memory, unit, meaning and first value."""

    about: str
    unit: str = ""
    first: float = 0.0
    kind: str | None = None


type TickColumn = Annotated[int, Column("a shift; -1 for never", "tick", -1.0, "i4")]
"""When something last happened, in four bytes."""
type Int32Column = Annotated[int, Column("", kind="i4")]
type Int16Column = Annotated[int, Column("", kind="i2")]
type Int8Column = Annotated[int, Column("", kind="i1")]


class Row:
    """Describes the rows of a table: each annotation is a column, in order.

    Whole numbers and reals take eight bytes; a `Column` in the annotation may say otherwise.
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
    """Return the plain type of an annotation, and what it says of the column."""
    kind = getattr(kind, "__value__", kind)
    plain, *extra = get_args(kind) or (kind,)
    return plain, next((one for one in extra if isinstance(one, Column)), Column(""))


def row_type(columns: list[tuple[str, str]]) -> "np.dtype[np.void]":
    """Return the type of rows with these columns, aligned, whose columns are attributes."""
    return np.dtype((RowView, np.dtype(columns, align=True)))


if TYPE_CHECKING:

    class Rows[R](np.ndarray[tuple[Any, ...], np.dtype[np.void]]):
        """A table as the type checker sees it: a row by number, a column by name, a part of the table otherwise."""

        @overload  # type: ignore[override]
        def __getitem__(self, at: int | np.integer[Any]) -> R: ...
        @overload
        def __getitem__(self, at: str) -> NDArray[Any]: ...
        @overload
        def __getitem__(self, at: slice | NDArray[np.integer[Any] | np.bool_]) -> "Rows[R]": ...
        def __getitem__(self, at: Any) -> Any: ...
        def __iter__(self) -> Iterator[R]: ...  # type: ignore[override]
        def copy(self, order: Literal["K", "A", "C", "F"] | None = ...) -> "Rows[R]":
            """Return the same rows in memory of their own."""

else:

    class Rows:
        """A table of rows; in memory a numpy array."""

        def __class_getitem__(cls, row: type[Row]) -> GenericAlias:
            return GenericAlias(cls, row)


def zero_rows[R: Row](row: type[R], n: int) -> Rows[R]:
    """Return a table of this many rows, all zero."""
    return cast(Rows[R], np.zeros(n, row.dtype))


if TYPE_CHECKING:

    def to_int64(number: int) -> int:
        """Return a number in eight bytes, also where a column has fewer: rules are compiled for those alone."""

else:
    to_int64 = np.int64


def concatenate_rows[R](parts: Sequence[Rows[R]]) -> Rows[R]:
    """Return tables of the same kind of rows as one."""
    return cast(Rows[R], np.concatenate(parts))


def int64_constant(number: int) -> int:
    """Return a number that rules take as an argument; the compiler would compile them once for each plain constant."""
    return cast(int, np.int64(number))
