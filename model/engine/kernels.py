"""Compile kernels with Numba; pass groups of arrays to them by address.

A kernel is a function of the model that Numba compiles to machine code.  This module offers

- `kernel` and `allocating_kernel`, the decorators of rules that read and write tables;
- `scalar_kernel`, the decorator of small functions of numbers;
- `TableBundle`, a named set of arrays and numbers that a kernel takes as one argument;
- `bind_kernel`, which fixes the tables of a kernel once, so that each call passes only numbers;
- `PackedCall`, a kernel with all its arguments, which other compiled code calls by two addresses;
- `prefetch`, which asks the processor to load a row before it is needed.

Notes
-----
Unpacking a tuple of twenty arrays costs as much as the loop that it is for, and doubles the compile time.  A
`TableBundle` is a single address instead; in compiled code ``shift.minds`` reads the array from memory as Python reads
the attribute.

Numba is used in three ways that its documentation does not cover; each shortens compilation and changes no result.
Every rule has two compiled forms, an entry for Python and a callee for other kernels (`_compile_rule`).  Passes for
language features that kernels do not use are skipped (`SKIPPED_PASSES`).  Types of operators are looked up once
(`_cache_operator_types`).
"""

import hashlib
import operator
import zlib
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, ClassVar, cast, dataclass_transform

import numpy as np
from llvmlite import binding, ir
from numba import njit, typeof, types
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import register_pass
from numba.core.datamodel import models
from numba.core.dispatcher import Dispatcher
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering
from numba.core.types.functions import BaseFunction
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    overload,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

type BundleField = NDArray[np.generic] | "TableBundle" | float
"""Value of a field of a `TableBundle`: an array, another bundle or a number."""


def kernel[F: Callable[..., Any]](rule: F) -> F:
    """Compile a rule that allocates no arrays.

    Division by zero follows IEEE 754 and raises nothing.  Without reference counts and division checks a rule compiles
    in half the time.

    See Also
    --------
    allocating_kernel : for rules that allocate arrays; Numba raises an error if such a rule is a `kernel`.
    """
    return _compile_rule(rule, error_model="numpy", _nrt=False)


def allocating_kernel[F: Callable[..., Any]](rule: F) -> F:
    """Compile a rule that allocates arrays; use `kernel`, which compiles faster, for all others."""
    return _compile_rule(rule)


def _compile_rule[F: Callable[..., Any]](rule: F, **options: Any) -> F:
    """Compile a rule twice: an entry that Python calls, cached on disk, and a callee for other kernels.

    The entry carries full optimisation, a wrapper for Python and one for calls by address (`_EntryLower`).  The callee
    has none of them: it is only inlined or linked into the kernels that call it.
    """
    entry = njit(cache=True, pipeline_class=_EntryCompiler, **options)(rule)
    if isinstance(entry, Dispatcher):  # a plain function under NUMBA_DISABLE_JIT
        callee = cache(lambda: _callee_of(rule, options))  # made when a kernel is compiled, hence seldom

        def get_call_template(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
            own = callee()
            return type(own).get_call_template(own, tuple(_argument_type(kind) for kind in arguments), named)

        # Other kernels resolve calls through the entry: send them to the callee.
        vars(entry).update(
            get_call_template=get_call_template, get_overload=lambda signature: callee().get_overload(signature)
        )
    return cast(F, entry)


def _callee_of(rule: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Return the callee of a rule."""
    callee = njit(pipeline_class=_CalleeCompiler, **options)(rule)

    def add_overload(compiled: Any) -> None:
        key = object()  # stands for the entry point, which a callee does not have
        callee.targetctx.insert_user_function(key, compiled.fndesc, [compiled.library])
        callee.overloads[tuple(compiled.signature.args)] = compiled._replace(entry_point=key)

    callee.add_overload = add_overload
    return callee


def _argument_type(kind: Any) -> Any:
    """Return the type under which a rule is compiled: int64 for all signed integers."""
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) and kind.signed else kind


SKIPPED_PASSES = {
    "DeadBranchPrune",
    "DumpParforDiagnostics",
    "FindLiterallyCalls",
    "InlineClosureLikes",
    "InlineInlinables",
    "InlineOverloads",
    "LiteralPropagationSubPipelinePass",
    "LiteralUnroll",
    "MakeFunctionToJitFunction",
    "NoPythonSupportedFeatureValidation",
    "NopythonRewrites",
    "RewriteDynamicRaises",
    "WithLifting",
}
"""Compiler passes for features that no kernel uses: closures, literal types, branches decided by a type."""


class _EntryLibrary(JITCodeLibrary):
    """Machine code of an entry, optimised once, after linking; Numba would also optimise before."""

    LEVEL: ClassVar[dict[str, Any]] = {}

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        manager, builder = self._codegen._module_pass_manager(**self.LEVEL)
        manager.run(self._final_module, builder)

    def serialize_using_object_code(self) -> tuple[str, str, tuple[bytes, bytes]]:
        """Return what the cache keeps: machine code, and in place of all intermediate code the names that it defines.

        Numba keeps the intermediate code to link it into other kernels, which is done with callees alone here.
        """
        name, kind, (machine_code, _) = super().serialize_using_object_code()
        module = self._get_module_for_linking()
        names = [f'define void @"{one.name}"() {{ ret void }}' for one in module.functions if not one.is_declaration]
        names += [f'@"{one.name}" = global i8 0' for one in module.global_variables if not one.is_declaration]
        return name, kind, (machine_code, binding.parse_assembly("\n".join(names)).as_bitcode())


class _CalleeLibrary(_EntryLibrary):
    """Intermediate code of a callee: lightly optimised to keep it small, never turned into machine code."""

    LEVEL: ClassVar[dict[str, Any]] = {"opt": 1, "loop_vectorize": False, "slp_vectorize": False}

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _EntryLower(Lower):
    """Lowering of an entry, which gets a wrapper for `PackedCall` in place of that for C."""

    def create_cfunc_wrapper(self) -> None:
        """Add a function of the address of the packed arguments; it returns whether an error occurred."""
        context, described = self.context, self.fndesc
        if described.restype != types.none or not all(isinstance(one, PACKED_TYPES) for one in described.argtypes):
            return  # no kernel of a step
        module = context.create_module("packed_call")
        kind = context.call_conv.get_function_type(described.restype, described.argtypes)
        rule = ir.Function(module, kind, described.llvm_func_name)
        wrapper = ir.Function(
            module, ir.FunctionType(ir.IntType(64), [cgutils.voidptr_t]), described.llvm_cfunc_wrapper_name
        )
        builder = ir.IRBuilder(wrapper.append_basic_block("entry"))
        values, where = [], 0
        for one in described.argtypes:
            values.append(_load_packed(context, builder, one, wrapper.args[0], where))
            where += _n_words(one)
        status, _ = context.call_conv.call_function(
            builder, rule, described.restype, described.argtypes, values, attrs=("noinline",)
        )
        builder.ret(builder.zext(status.is_error, ir.IntType(64)))
        self.library.add_ir_module(module)


def _n_words(kind: Any) -> int:
    """Return the number of eight-byte words that a value takes in a `TableBundle`."""
    return 5 + 2 * kind.ndim if isinstance(kind, types.Array) else 1


def _load_packed(context: Any, builder: Any, kind: Any, start: Any, where: int) -> Any:
    """Return the value that stands in word `where` of a `TableBundle` at an address."""
    place = cgutils.pointer_add(builder, start, where * 8)
    return builder.load(builder.bitcast(place, context.get_value_type(kind).as_pointer()))


class _LibraryLowering(NativeLowering):
    """Lowering pass that puts the code into a library of the class `library`."""

    library: ClassVar[type[_EntryLibrary]]

    def run_pass(self, state: Any) -> bool:
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@register_pass(mutates_CFG=True, analysis_only=False)
class _EntryLowering(_LibraryLowering):
    _name, library, lowering_class = "whole_lowering", _EntryLibrary, _EntryLower


@register_pass(mutates_CFG=True, analysis_only=False)
class _CalleeLowering(_LibraryLowering):
    _name, library = "part_lowering", _CalleeLibrary

    def run_pass(self, state: Any) -> bool:
        state.flags = state.flags.copy()  # the flags are shared with the kernel that is being compiled
        state.flags.no_compile = state.flags.no_cpython_wrapper = state.flags.no_cfunc_wrapper = True
        return super().run_pass(state)


class _EntryCompiler(Compiler):
    """Numba's compiler without `SKIPPED_PASSES`, with the lowering pass of an entry."""

    lowering: ClassVar[type[_LibraryLowering]] = _EntryLowering

    def define_pipelines(self) -> Any:
        (pipeline,) = super().define_pipelines()
        pipeline.passes = [
            (self.lowering if step is NativeLowering else step, description)
            for step, description in pipeline.passes
            if step.__name__ not in SKIPPED_PASSES
        ]
        return [pipeline]


class _CalleeCompiler(_EntryCompiler):
    """Numba's compiler without `SKIPPED_PASSES`, with the lowering pass of a callee."""

    lowering = _CalleeLowering


def scalar_kernel[F: Callable[..., Any]](signature: str, inline: bool = False) -> Callable[[F], F]:
    """Return a decorator that compiles a function of numbers for one signature.

    Parameters
    ----------
    signature
        Numba signature of result and arguments, such as ``"float64(float64,float64)"``.
    inline
        Insert the code at every call.  Worth it for the functions called most: loops then vectorise, and terms that do
        not change leave the loop.
    """

    def compile_rule(rule: F) -> F:
        return cast(F, njit(signature, cache=True, forceinline=inline)(rule))

    return compile_rule


def _cache_operator_types() -> None:
    """Make Numba resolve each operator once per argument types; saves a tenth of its time."""
    resolve, resolved = BaseFunction.get_call_type, dict[Any, Any]()
    operators = set(map(id, vars(operator).values()))

    def get_call_type(self: Any, context: Any, arguments: Any, named: Any) -> Any:
        if id(self.typing_key) not in operators:
            return resolve(self, context, arguments, named)
        call = self, tuple(arguments)
        if call not in resolved:
            resolved[call] = resolve(self, context, arguments, named)
        return resolved[call]

    cast(Any, BaseFunction).get_call_type = get_call_type


_cache_operator_types()


@dataclass_transform(eq_default=False, kw_only_default=True)
class TableBundle:
    """Named set of arrays, numbers and other bundles that kernels take as one argument, by address.

    A subclass declares its fields by annotation; `model.simulation.world` fills them from a simulation.  Arrays are
    shared, never copied.  Numbers may be changed with `set_field`, arrays with `set_array`; inner bundles are fixed.

    Notes
    -----
    The bundle is one int64 array of eight-byte words.  An array takes Numba's array structure (two unused words, size,
    item size, address, shape, strides), an inner bundle its address, a number its own bits.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _address: int
    _numba_type_: Any

    def __init_subclass__(cls) -> None:
        cls._fields = (*cls._fields, *cls.__annotations__)

    def __init__(self, **values: BundleField) -> None:
        """Write the fields, given by name, into memory.

        Raises
        ------
        TypeError
            If a field is missing or unknown.
        """
        words: list[int] = []
        numbers, fields = [], []
        if set(values) != set(self._fields):
            raise TypeError(
                f"{type(self).__name__}: fields are {', '.join(values)}. They must be {', '.join(self._fields)}."
                " Give every field once, by name."
            )
        for name in self._fields:
            value, where = values[name], len(words)
            setattr(self, name, value)
            kind, packed = pack_value(value)
            if not isinstance(value, np.ndarray | TableBundle):
                numbers.append((name, where, kind))
            fields.append((name, kind, where))
            words += packed
        self._words = np.array(words, np.int64)
        self._address = self._words.ctypes.data
        self._numba_type_ = bundle_type(type(self).__name__, tuple(fields))
        reals = self._words.view(np.float64)
        self._places = {name: where for name, _, where in fields}
        self._numbers = {
            name: (reals if kind is types.float64 else self._words)[where : where + 1] for name, where, kind in numbers
        }

    def set_field(self, name: str, number: float) -> None:
        """Set a scalar field of the bundle."""
        if number != getattr(self, name):
            self._numbers[name][0] = number
            setattr(self, name, number)

    def set_fields(self, numbers: dict[str, int]) -> None:
        """Set several scalar fields of the bundle."""
        for name, number in numbers.items():
            self._numbers[name][0] = number
        vars(self).update(numbers)

    def set_array(self, name: str, array: NDArray[Any]) -> None:
        """Replace an array of the bundle by another of the same type, such as a table that was reallocated."""
        words = pack_value(array)[1]
        self._words[self._places[name] : self._places[name] + len(words)] = words
        setattr(self, name, array)

    def words_of(self, first: str, last: str) -> NDArray[np.int64]:
        """Return a view of the memory of neighbouring scalar fields, which compiled code may write.

        The attributes in Python keep their values until `set_fields` is called.
        """
        begin, end = (self._places[name] for name in (first, last))
        return self._words[begin : end + 1]

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self._fields)


def pack_value(value: BundleField) -> tuple[Any, list[int]]:
    """Return the Numba type of a value and the words that it takes in memory."""
    if isinstance(value, np.ndarray):
        return array_type(value), [0, 0, value.size, value.itemsize, value.ctypes.data, *value.shape, *value.strides]
    if isinstance(value, TableBundle):
        return value._numba_type_, [value._address]
    if isinstance(value, float):
        return types.float64, [int(np.float64(value).view(np.int64))]
    return types.int64, [int(value)]


_array_types: dict[Any, Any] = {}


def array_type(table: NDArray[np.generic]) -> Any:
    """Return Numba's type of an array, cached: `numba.typeof` takes about a millisecond per bundle."""
    flags = table.flags
    layout = table.dtype, table.ndim, flags.c_contiguous, flags.f_contiguous, flags.aligned, flags.writeable
    if layout not in _array_types:
        _array_types[layout] = typeof(table)
    return _array_types[layout]


class TableBundleType(types.Type):
    """Numba type of a bundle: name, type and word offset of every field."""

    def __init__(self, name: str, fields: tuple[tuple[str, Any, int], ...]) -> None:
        self.fields = fields
        self.places = {field: (kind, where) for field, kind, where in fields}
        super().__init__(f"{name}#{hashlib.sha256(str(fields).encode()).hexdigest()}")

    @property
    def key(self) -> Any:
        """Identity of the type: bundles with equal keys share compiled code."""
        return self.name

    @property
    def mangling_args(self) -> Any:
        """Short name in compiled symbols; the full one is longer than most rules."""
        return f"Tables{zlib.crc32(self.name.encode()):08x}", ()

    def __reduce__(self) -> tuple[Callable[[str], types.Type], tuple[str]]:
        # The index of every cached kernel holds this type; spelled out it takes more time to read than machine code.
        return bundle_type_named, (self.name,)


PACKED_TYPES = (types.Array, TableBundleType, types.Integer, types.Float)
"""Types of the arguments of a `PackedCall`."""


def bind_kernel[T](
    rule: Callable[..., T], tables: tuple[BundleField, ...], numbers: tuple[float, ...] = ()
) -> Callable[..., T]:
    """Return a kernel with its tables fixed, to be called with the numbers that follow them.

    Parameters
    ----------
    rule
        The kernel.
    tables
        Its first arguments: arrays and bundles, fixed from now on.
    numbers
        Examples of its remaining arguments; only their types matter.

    Notes
    -----
    Numba finds out the types of all arguments at each call, which takes longer than most loops over a shift.  Here it
    is done once.
    """
    if not isinstance(rule, Dispatcher):  # a plain function under NUMBA_DISABLE_JIT
        return partial(rule, *tables)
    kinds = tuple(array_type(one) if isinstance(one, np.ndarray) else typeof(one) for one in (*tables, *numbers))
    return partial(rule.compile(kinds), *tables)


_addresses: dict[tuple[Any, ...], int] = {}


def machine_code(rule: Callable[..., None], kinds: tuple[Any, ...]) -> int:
    """Return the address of a kernel's machine code for arguments of some types; kept, as Numba is slow to find it.

    Raises
    ------
    TypeError
        If the kernel returns a result.
    """
    if (rule, kinds) not in _addresses:
        entry = cast(Any, rule)
        entry.compile(kinds)
        compiled = entry.overloads[kinds]
        address = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_cfunc_wrapper_name)
        if address == 0:
            raise TypeError(f"{rule.__name__} returns a result: a kernel that is called by address returns None")
        _addresses[rule, kinds] = address
    return _addresses[rule, kinds]


class PackedCall:
    """A kernel with all its arguments, to be called from compiled code.

    Attributes
    ----------
    function
        Address of the machine code; it takes the address of the arguments.
    arguments
        Address of the arguments.

    Raises
    ------
    TypeError
        If the kernel returns a result.
    """

    def __init__(self, rule: Callable[..., None], arguments: tuple[BundleField, ...]) -> None:
        kinds, words = [], list[int]()
        for one in arguments:
            kind, packed = pack_value(one)
            kinds.append(kind)
            words += packed
        self.function = machine_code(rule, tuple(kinds))
        self._held = arguments, np.array(words, np.int64)  # the machine code reads their memory
        self.arguments: int = self._held[1].ctypes.data


_bundle_types: dict[Any, TableBundleType] = {}
_bundle_types_by_name: dict[str, TableBundleType] = {}


def bundle_type(name: str, fields: tuple[tuple[str, Any, int], ...]) -> TableBundleType:
    """Return the Numba type of a bundle; cached, as spelling out its name is slow."""
    layout = name, tuple((field, id(kind), where) for field, kind, where in fields)  # ids last: the type holds kinds
    if layout not in _bundle_types:
        kind = _bundle_types[layout] = TableBundleType(name, fields)
        _bundle_types_by_name[kind.name] = kind
    return _bundle_types[layout]


def bundle_type_named(name: str) -> types.Type:
    """Return the type of a bundle that this process has made, else one that no argument has: nothing matches it."""
    return _bundle_types_by_name.get(name) or types.Opaque(f"unknown {name}")


@typeof_impl.register(TableBundle)
def _typeof_bundle(value: Any, context: Any) -> Any:
    return value._numba_type_


@register_model(TableBundleType)
class _BundleModel(models.PrimitiveModel):
    """A bundle in compiled code: an untyped pointer."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, cgutils.voidptr_t)


@unbox(TableBundleType)
def _unbox_bundle(kind: Any, value: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(value, "_address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@infer_getattr
class _BundleAttribute(AttributeTemplate):
    """Types ``bundle.field`` in compiled code."""

    key = TableBundleType

    def generic_resolve(self, kind: Any, name: str) -> Any:
        return kind.places[name][0] if name in kind.places else None


@lower_getattr_generic(TableBundleType)
def _read_field(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    field, where = kind.places[name]
    return _load_packed(context, builder, field, value, where)


@intrinsic
def call_packed(context: Any, function: Any, arguments: Any) -> Any:
    """Call the machine code of a `PackedCall`, given its two addresses; return whether an error occurred (0 or 1)."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(64), [cgutils.voidptr_t])
        code = builder.inttoptr(values[0], kind.as_pointer())
        return builder.call(code, [builder.inttoptr(values[1], cgutils.voidptr_t)])

    return types.int64(types.int64, types.int64), generate


@intrinsic
def number_at(context: Any, address: Any) -> Any:
    """Return the integer at an address."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(builder.inttoptr(values[0], ir.IntType(64).as_pointer()))

    return types.int64(types.int64), generate


PREFETCH_DISTANCE = 4
"""Rows ahead of the current one that loops prefetch; found by timing."""
CACHE_LINE = 64
"""Bytes that a processor loads at once."""


def prefetch(table: Any, place: Any) -> None:
    """Ask the processor to load a row that a kernel will need soon; results do not depend on it.

    Residents are drawn from all over memory, and waiting for one after the other takes longer than the work on them.

    Parameters
    ----------
    table
        Any array.
    place
        Index of the row, or a tuple of indices for an element of an array with several dimensions.
    """


@overload(prefetch)
def _prefetch_overload(table: Any, place: Any) -> Any:
    def load_early(table: Any, place: Any) -> None:
        _prefetch_intrinsic(table, place)

    return load_early


@intrinsic
def _prefetch_intrinsic(context: Any, table: Any, place: Any) -> Any:
    kinds = tuple(place) if isinstance(place, types.BaseTuple) else (place,)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, at = make_array(table)(context, builder, arguments[0]), arguments[1]
        given = cgutils.unpack_tuple(builder, at) if isinstance(place, types.BaseTuple) else [at]
        indices = [context.cast(builder, index, kind, types.intp) for index, kind in zip(given, kinds, strict=True)]
        start = cgutils.get_item_pointer(context, builder, table, array, indices)
        flag, start = ir.IntType(32), builder.bitcast(start, cgutils.voidptr_t)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, flag, flag, flag])
        touch = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
        size = context.get_abi_sizeof(context.get_data_type(table.dtype))
        # One request per cache line that the row touches: read (0), keep in all cache levels (3), data (1).
        for offset in sorted({*range(0, size, CACHE_LINE), size - 1}):
            builder.call(touch, [cgutils.pointer_add(builder, start, offset), flag(0), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(table, place), generate
