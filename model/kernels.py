"""How kernels are compiled, and many tables as one argument of a kernel, by address.

To take a tuple of twenty arrays apart costs a call as much as the pass that it is for, and doubles the time to
compile.  A `Tables` object is one address: rules read `stage.minds` from there as from the object itself.
"""

import zlib
from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
from numba import njit, typeof, types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, register_model, typeof_impl, unbox

kernel = njit(cache=True, error_model="numpy", no_cfunc_wrapper=True, _nrt=False)
"""Compiles a rule or pass that makes no arrays of its own: without counting references and checks of each division it
takes half the time to compile.  What makes arrays says `njit(cache=True)`; the compiler tells if that is forgotten."""
REMEMBERED = 4
"""Objects of one class that are kept, so that twins in one process do not lay theirs out anew every shift."""


class Tables:
    """A fixed set of arrays, numbers and other sets, which kernels take by address.

    A subclass declares its fields by annotation.  Arrays are shared, never copied; asking again with the same arrays
    gives the same object with the new numbers, so an object is valid until the next one is asked for.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _at: ClassVar[tuple[int, ...]] = ()
    _latest: ClassVar[dict[tuple[int, ...], Any]] = {}
    _address: int
    _numba_type_: Any

    def __init_subclass__(cls) -> None:
        cls._fields, cls._at, cls._latest = tuple(cls.__annotations__), (), {}

    def __new__(cls, *values: Any, **named: Any) -> Self:
        """Return the object with these fields, in their order or by name."""
        if len(values) < len(cls._fields):
            values += tuple(named[name] for name in cls._fields[len(values) :])
        # an object keeps its tables alive, so nothing else can have their ids
        known = cls._latest.get(tuple([id(values[k]) for k in cls._at]))
        if known is None:
            known = super().__new__(cls)
            known._lay_out(values)
            cls._at = tuple(k for k, value in enumerate(values) if isinstance(value, np.ndarray | Tables))
            if len(cls._latest) == REMEMBERED:
                del cls._latest[next(iter(cls._latest))]
            cls._latest[tuple(id(values[k]) for k in cls._at)] = known
        for position, word, name in known._numbers:
            word[0] = values[position]
            setattr(known, name, values[position])
        return known

    def _lay_out(self, values: tuple[Any, ...]) -> None:
        """Write what kernels read: for an array what describes it, for a set its address, for a number the number."""
        words: list[int] = []
        numbers, fields = [], []
        for k, (name, value) in enumerate(zip(self._fields, values, strict=True)):
            setattr(self, name, value)
            if isinstance(value, np.ndarray):
                kind = typeof(value)
                where = len(words)
                words += [0, 0, value.size, value.itemsize, value.ctypes.data, *value.shape, *value.strides]
            elif isinstance(value, Tables):
                kind, where = value._numba_type_, len(words)
                words.append(value._address)
            else:
                kind, where = (types.float64 if isinstance(value, float) else types.int64), len(words)
                numbers.append((k, where, name, kind))
                words.append(0)
            fields.append((name, kind, where))
        self._words = np.array(words, np.int64)
        self._address = self._words.ctypes.data
        self._numba_type_ = TablesType(type(self).__name__, tuple(fields))
        reals = self._words.view(np.float64)
        self._numbers = [
            (k, (reals if kind is types.float64 else self._words)[where : where + 1], name)
            for k, where, name, kind in numbers
        ]

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self._fields)


class TablesType(types.Type):
    """What the compiler knows of a set: the name, type and place of every field."""

    def __init__(self, name: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.fields = fields
        self.places = {field: (kind, where) for field, kind, where in fields}
        super().__init__(f"{name}({fields})")

    @property
    def key(self) -> Any:
        """What makes two sets the same to the compiler."""
        return self.name

    @property
    def mangling_args(self) -> Any:
        """A short name in compiled symbols: the full one is longer than most rules."""
        return f"Tables{zlib.crc32(self.name.encode()):08x}", ()


@typeof_impl.register(Tables)
def _typeof_tables(value: Any, context: Any) -> Any:
    return value._numba_type_


@register_model(TablesType)
class _TablesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, cgutils.voidptr_t)


@unbox(TablesType)
def _unbox_tables(kind: Any, value: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(value, "_address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@infer_getattr
class _TablesAttribute(AttributeTemplate):
    key = TablesType

    def generic_resolve(self, kind: Any, name: str) -> Any:
        return kind.places[name][0] if name in kind.places else None


@lower_getattr_generic(TablesType)
def _read_field(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    field, where = kind.places[name]
    start = cgutils.pointer_add(builder, value, where * 8)
    return builder.load(builder.bitcast(start, context.get_value_type(field).as_pointer()))
