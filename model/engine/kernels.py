"""How kernels are compiled, and many tables as one argument of a kernel, by address.

To take a tuple of twenty arrays apart costs a call as much as the pass that it is for, and doubles the time to
compile.  A `Tables` object is one address: rules read `stage.minds` from there as from the object itself.
"""

import operator
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar, cast, dataclass_transform

import numpy as np
from llvmlite import ir
from numba import njit, typeof, types
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import register_pass
from numba.core.datamodel import models
from numba.core.dispatcher import Dispatcher
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


def kernel[F: Callable[..., Any]](rule: F) -> F:
    """Compile a rule or pass that makes no arrays of its own.

    Without counting references and checks of each division it takes half the time to compile.
    """
    return _compile_rule(rule, error_model="numpy", no_cfunc_wrapper=True, _nrt=False)


def allocating_kernel[F: Callable[..., Any]](rule: F) -> F:
    """Compile a rule or pass that makes arrays; for others `kernel` is cheaper, and tells if one belongs here."""
    return _compile_rule(rule)


def _compile_rule[F: Callable[..., Any]](rule: F, **options: Any) -> F:
    """Compile a rule for Python, kept on disk, and apart from that as a part of the kernels that call it."""
    whole = njit(cache=True, pipeline_class=_EntryCompiler, **options)(rule)
    if isinstance(whole, Dispatcher):  # not where the compiler is switched off
        part = njit(pipeline_class=_CalleeCompiler, **options)(rule)

        def add(made: Any) -> None:
            key = object()  # by which callers find it, as there is nothing that could be called from Python
            part.targetctx.insert_user_function(key, made.fndesc, [made.library])
            part.overloads[tuple(made.signature.args)] = made._replace(entry_point=key)

        def template(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
            return type(part).get_call_template(part, tuple(_argument_type(kind) for kind in arguments), named)

        part.add_overload = add
        vars(whole).update(get_call_template=template, get_overload=part.get_overload)
    return cast(F, whole)


def _argument_type(kind: Any) -> Any:
    """Return the type as which a rule takes an argument: one for all whole numbers, or it is compiled for each."""
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
"""Steps of the compiler for what no kernel holds: closures, literals, branches that a type decides."""


class _EntryLibrary(JITCodeLibrary):
    """A rule for Python: optimised once, after all its parts are in, not three times on the way."""

    LEVEL: ClassVar[dict[str, Any]] = {}

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        manager, builder = self._codegen._module_pass_manager(**self.LEVEL)
        manager.run(self._final_module, builder)


class _CalleeLibrary(_EntryLibrary):
    """A rule within a kernel: optimised a little, so that there is less to copy, and never put into machine code."""

    LEVEL: ClassVar[dict[str, Any]] = {"opt": 1, "loop_vectorize": False, "slp_vectorize": False}

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class _LibraryLowering(NativeLowering):
    library: ClassVar[type[_EntryLibrary]]

    def run_pass(self, state: Any) -> bool:
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@register_pass(mutates_CFG=True, analysis_only=False)
class _EntryLowering(_LibraryLowering):
    _name, library = "whole_lowering", _EntryLibrary


@register_pass(mutates_CFG=True, analysis_only=False)
class _CalleeLowering(_LibraryLowering):
    _name, library = "part_lowering", _CalleeLibrary

    def run_pass(self, state: Any) -> bool:
        state.flags = state.flags.copy()  # others go by the flags of the kernel, which must stay those of all
        state.flags.no_compile = state.flags.no_cpython_wrapper = state.flags.no_cfunc_wrapper = True
        return super().run_pass(state)


class _EntryCompiler(Compiler):
    lowering: ClassVar[type[_LibraryLowering]] = _EntryLowering

    def define_pipelines(self) -> Any:
        (pipeline,) = super().define_pipelines()
        pipeline.passes = [
            (self.lowering if step is NativeLowering else step, words)
            for step, words in pipeline.passes
            if step.__name__ not in SKIPPED_PASSES
        ]
        return [pipeline]


class _CalleeCompiler(_EntryCompiler):
    lowering = _CalleeLowering


def scalar_kernel[F: Callable[..., Any]](signature: str, inline: bool = False) -> Callable[[F], F]:
    """Compile a rule of numbers for these types once, such as ``"f8(f8,f8)"``, to be put ``inline`` wherever it stands.

    What is called most is: loops over it alone then go many at a time, and what stays the same is found out once.
    """

    def compiled(rule: F) -> F:
        return cast(F, njit(signature, cache=True, forceinline=inline)(rule))

    return compiled


def _cache_operator_types() -> None:
    """Have the compiler look up once what an operator gives for some types, not at each use: a tenth of its time."""
    ask, known = BaseFunction.get_call_type, dict[Any, Any]()
    operators = set(map(id, vars(operator).values()))

    def get_call_type(self: Any, context: Any, arguments: Any, named: Any) -> Any:
        if id(self.typing_key) not in operators:
            return ask(self, context, arguments, named)
        same = self, tuple(arguments)
        if same not in known:
            known[same] = ask(self, context, arguments, named)
        return known[same]

    cast(Any, BaseFunction).get_call_type = get_call_type


_cache_operator_types()


@dataclass_transform(eq_default=False, kw_only_default=True)
class TableBundle:
    """A fixed set of arrays, numbers and other sets, which kernels take by address.

    A subclass declares its fields by annotation.  Arrays are shared, never copied; only numbers can be put anew.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _address: int
    _numba_type_: Any

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, **values: BundleField) -> None:
        """Lay out these fields, given by name.

        Kernels read for an array what describes it, for a set its address, for a number the number.
        """
        words: list[int] = []
        numbers, fields = [], []
        if set(values) != set(self._fields):
            raise TypeError(f"{type(self).__name__} needs {', '.join(self._fields)}; got {', '.join(values)}")
        for name in self._fields:
            value = values[name]
            setattr(self, name, value)
            if isinstance(value, np.ndarray):
                kind = array_type(value)
                where = len(words)
                words += [0, 0, value.size, value.itemsize, value.ctypes.data, *value.shape, *value.strides]
            elif isinstance(value, TableBundle):
                kind, where = value._numba_type_, len(words)
                words.append(value._address)
            else:
                kind, where = (types.float64 if isinstance(value, float) else types.int64), len(words)
                numbers.append((name, where, kind))
                words.append(0)  # put in its place below, by its kind
            fields.append((name, kind, where))
        self._words = np.array(words, np.int64)
        self._address = self._words.ctypes.data
        self._numba_type_ = bundle_type(type(self).__name__, tuple(fields))
        reals = self._words.view(np.float64)
        self._numbers = {
            name: (reals if kind is types.float64 else self._words)[where : where + 1] for name, where, kind in numbers
        }
        for name, place in self._numbers.items():
            place[0] = getattr(self, name)

    def set_field(self, name: str, number: float) -> None:
        """Give a number of the set another value."""
        if number != getattr(self, name):
            self._numbers[name][0] = number
            setattr(self, name, number)

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self._fields)


_array_types: dict[Any, Any] = {}


def array_type(table: NDArray[np.generic]) -> Any:
    """Return the compiler's type of an array; to ask the compiler each time takes a millisecond a set."""
    flags = table.flags
    about = table.dtype, table.ndim, flags.c_contiguous, flags.f_contiguous, flags.aligned, flags.writeable
    if about not in _array_types:
        _array_types[about] = typeof(table)
    return _array_types[about]


class TableBundleType(types.Type):
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


def bind_kernel[T](
    rule: Callable[..., T], given: tuple[BundleField, ...], numbers: tuple[float, ...] = ()
) -> Callable[..., T]:
    """Return a rule with its tables given once, to be called with numbers like these, which come last.

    To find out at each call of which types its arguments are takes longer than most passes over a shift.
    """
    if not isinstance(rule, Dispatcher):  # where the compiler is switched off
        return partial(rule, *given)
    kinds = tuple(array_type(one) if isinstance(one, np.ndarray) else typeof(one) for one in (*given, *numbers))
    return partial(rule.compile(kinds), *given)


_bundle_types: dict[Any, TableBundleType] = {}


def bundle_type(name: str, fields: tuple[tuple[str, Any, int], ...]) -> TableBundleType:
    """Return the type of a set; to spell out anew what its fields are takes longer than all else of laying one out."""
    same = name, tuple((field, id(kind), where) for field, kind, where in fields)  # the type keeps its kinds alive
    if same not in _bundle_types:
        _bundle_types[same] = TableBundleType(name, fields)
    return _bundle_types[same]


@typeof_impl.register(TableBundle)
def _typeof_bundle(value: Any, context: Any) -> Any:
    return value._numba_type_


@register_model(TableBundleType)
class _BundleModel(models.PrimitiveModel):
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
    key = TableBundleType

    def generic_resolve(self, kind: Any, name: str) -> Any:
        return kind.places[name][0] if name in kind.places else None


@lower_getattr_generic(TableBundleType)
def _read_field(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    field, where = kind.places[name]
    start = cgutils.pointer_add(builder, value, where * 8)
    return builder.load(builder.bitcast(start, context.get_value_type(field).as_pointer()))


PREFETCH_DISTANCE = 4
"""How many rows ahead of the one at hand kernels fetch."""
CACHE_LINE = 64


def prefetch(table: Any, place: Any) -> None:
    """Ask the machine to bring a row of a table near, which a kernel will soon need; this changes nothing.

    Residents lie all over the memory: to wait for one after the other takes longer than what is done with them.
    ``place`` is the number of the row, or the indices of an element of a larger table.
    """


@overload(prefetch)
def _prefetch_overload(table: Any, place: Any) -> Any:
    def ask(table: Any, place: Any) -> None:
        _prefetch_intrinsic(table, place)

    return ask


@intrinsic
def _prefetch_intrinsic(context: Any, table: Any, place: Any) -> Any:
    kinds = tuple(place) if isinstance(place, types.BaseTuple) else (place,)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, at = make_array(table)(context, builder, arguments[0]), arguments[1]
        indices = cgutils.unpack_tuple(builder, at) if isinstance(place, types.BaseTuple) else [at]
        whole = [context.cast(builder, index, kind, types.intp) for index, kind in zip(indices, kinds, strict=True)]
        start = cgutils.get_item_pointer(context, builder, table, array, whole)
        flag, start = ir.IntType(32), builder.bitcast(start, cgutils.voidptr_t)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, flag, flag, flag])
        touch = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
        size = context.get_abi_sizeof(context.get_data_type(table.dtype))
        for offset in sorted({*range(0, size, CACHE_LINE), size - 1}):
            builder.call(touch, [cgutils.pointer_add(builder, start, offset), flag(0), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(table, place), generate
