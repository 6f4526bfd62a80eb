"""Derive what each mechanism reads and writes from the syntax of its rules.

A rule names what it reads and writes where it does so (``w.couples[post].calls += 1``). Here the steps of a mechanism
are followed through all functions that they call, and the tables, columns and parameters on the way are collected. A
test compares what is written with runs, in which all tables are compared before and after every step.
"""

import ast
import builtins
import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, get_type_hints

from model.engine.parameters import ParameterGroup
from model.engine.rows import Row
from model.engine.tables import ArraySpec, GrowingTableSpec, RowTableSpec
from model.simulation.columns import MINDS
from model.simulation.model import TrustModel
from model.simulation.registry import MECHANISMS, MONTH_SCHEDULE, SHIFT_SCHEDULE, TABLES
from model.simulation.world import Parameters, World
from model.town.town import Town
from model.trust.ledger import LEDGER, TrustBelief, learn
from model.world.derived import CONSTANT, DERIVED
from model.world.mechanism import Mechanism
from model.world.shift_events import EVENT_TABLES
from model.world.steps import ScheduleStep, StepFunction, parts_of

BY_LEDGER = {LEDGER.name, *(f"{MINDS.name}.{column}" for column in TrustBelief.columns)}
"""What functions of the ledger alone write, whoever calls them."""
TABLE_SPECS = (ArraySpec, GrowingTableSpec, RowTableSpec)
STATE = {table.name for table in TABLES} | {*EVENT_TABLES}
AS_A_WHOLE = {table.name for table in TABLES if isinstance(table, GrowingTableSpec)}
"""Tables of the state whose rows come and go: they are named without columns."""
ROWS: dict[str, type[Row]] = EVENT_TABLES | {
    table.name: table.row for table in TABLES if isinstance(table, GrowingTableSpec | RowTableSpec)
}
"""Row of each table of the state and of the events; arrays have none."""
COMPUTED = CONSTANT | DERIVED
TOWN = {*get_type_hints(Town)} & {*World._fields} - STATE
"""Tables of the town, which no rule writes: they are named without columns."""
FIELDS = {*World._fields} - {*COMPUTED}
LEDGER_NAME = next(one.name for one in MECHANISMS if LEDGER in one.tables)
RECORDS = {id(one): one.name for one in MECHANISMS}
WRITING_METHODS = ("fill", "sort", "replace_rows", "put")
WRITING_FUNCTIONS = ("numpy.copyto", "numpy.add.at", "numpy.subtract.at", "numpy.maximum.at", "numpy.put")

type Kind = tuple[str, Any]
"""What an expression may be: its sort (world, table, row, column, element, group, function, …) and which one."""
type Kinds = frozenset[Kind]
NOTHING: Kinds = frozenset()
SIM, WORLD, TABLE_HOLDER, PARAMETERS = ("sim", ""), ("world", ""), ("state", ""), ("parameters", "")
SIM_ATTRIBUTES = {"w": WORLD, "state": TABLE_HOLDER, "town": TABLE_HOLDER, "p": PARAMETERS, "parameters": PARAMETERS}
KIND_OF_ANNOTATION = {"World": WORLD, "Simulation": SIM, "TrustModel": SIM}


@dataclass
class Access:
    """Places that rules read and write, and parameters that they read; in the order in which they were met."""

    reads: dict[str, None] = field(default_factory=dict)
    writes: dict[str, None] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)

    def add(self, other: "Access") -> None:
        """Add what another has."""
        self.reads |= other.reads
        self.writes |= other.writes
        self.parameters |= other.parameters


def home_modules() -> dict[str, str]:
    """Return the mechanism of each module that declares one."""
    return {
        name: RECORDS[id(module.MECHANISM)]
        for name, module in sorted(sys.modules.items())
        if name.startswith("model.") and id(getattr(module, "MECHANISM", None)) in RECORDS
    }


def home_of(part: ScheduleStep, verb: StepFunction) -> str:
    """Return the mechanism of a part of a step of the schedule: that of its module, else of the step's module."""

    def has(module: str, step: StepFunction) -> bool:
        return any(one is step for one in vars(sys.modules[module]).values())

    homes = home_modules()
    own = homes.get(part.__module__, "")
    return own if has(part.__module__, part) else next((homes[name] for name in homes if has(name, verb)), own)


@functools.cache
def access_by_mechanism() -> Mapping[str, Access]:
    """Return what the steps of each mechanism read and write, by the mechanism's name."""
    walk, homes = Walk(), home_modules()
    found = {one.name: Access() for one in MECHANISMS}
    for verb in (*SHIFT_SCHEDULE.values(), *MONTH_SCHEDULE.values()):
        for part in parts_of(verb):  # beliefs are the ledger's, whoever lets it learn
            found[homes[learn.__module__] if part is learn else home_of(part, verb)].add(walk.follow(part))
    for one in MECHANISMS:
        hazard = () if one.hazard is None else (one.hazard.place, one.hazard.person)
        for step in (one.initialise, *one.initialise_arrivals, *hazard):
            found[one.name].add(walk.follow(step))
    return found


def written_places(one: Mechanism) -> list[str]:
    """Return what a mechanism writes of the state and the events, without what the ledger alone writes.

    A table without a column stands for new rows of events, for a table whose rows come and go, or for an array.
    """
    places = access_by_mechanism()[one.name].writes
    ours = (place for place in places if one.name == LEDGER_NAME or place not in BY_LEDGER)
    return [place for place in ours if "." not in place or place.partition(".")[0] not in places]


@functools.cache
def definitions(module: str) -> Mapping[str, ast.FunctionDef]:
    """Return the functions of a module by qualified name."""
    found: dict[str, ast.FunctionDef] = {}

    def collect(body: Iterable[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(prefix + node.name, node)
                collect(node.body, f"{prefix}{node.name}.<locals>.")
            elif isinstance(node, ast.ClassDef):
                collect(node.body, f"{prefix}{node.name}.")

    collect(ast.parse(inspect.getsource(sys.modules[module])).body, "")
    return found


def function_kinds(value: Any) -> Kinds:
    """Return the kinds of an object of a module: functions of the model, alone or in a collection, and modules."""
    if isinstance(value, type) and issubclass(value, ParameterGroup):
        return frozenset({("group_class", value.name)})
    if isinstance(value, ModuleType):
        return frozenset({("module", value.__name__)})
    if isinstance(value, Mapping):
        return frozenset().union(*map(function_kinds, value.values())) if value else NOTHING
    if isinstance(value, tuple | list):
        return frozenset().union(*map(function_kinds, value)) if value else NOTHING
    if isinstance(value, functools.partial):
        return function_kinds(value.func)
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if isinstance(module, str) and module.startswith("model.") and isinstance(name, str):
        return frozenset({("function", (module, name))}) if name in definitions(module) else NOTHING
    return frozenset({("outside", f"{module}.{name}")}) if module and name else NOTHING


class Walk:
    """Follow functions of the model and collect what they read and write.

    An expression may be one of several kinds; a function is followed once for each combination of kinds of its
    arguments. Loops and branches are all taken.
    """

    def __init__(self) -> None:
        self.access = Access()
        """Of the function that is followed at present."""
        self.known: dict[Any, tuple[Kinds, Access]] = {}

    def follow(self, step: Callable[..., Any]) -> Access:
        """Return what a step and all that it calls read and write."""
        self.access = Access()
        for kind in function_kinds(step):
            self.call(kind, [], {})
        return self.access

    def call(self, function: Kind, arguments: list[Kinds], named: Mapping[str, Kinds]) -> Kinds:
        """Follow a call of a function and return the kinds of its result."""
        module, name = function[1]
        node = definitions(module)[name]
        given = dict(zip((one.arg for one in node.args.args), arguments, strict=False)) | dict(named)
        names: dict[str, Kinds] = {}
        for one in (*node.args.args, *node.args.kwonlyargs):
            names[one.arg] = given.get(one.arg, NOTHING) or annotated(one.annotation)
        key = module, name, tuple(names.items())
        if key not in self.known:
            caller, self.access = self.access, Access()
            self.known[key] = NOTHING, self.access  # a function that calls itself
            body = Body(self, module, names)
            for statement in 2 * node.body:  # names that a loop assigns are known the second time
                body.run(statement)
            self.known[key], self.access = (body.result, self.access), caller
        result, access = self.known[key]
        self.access.add(access)
        return result


def annotated(annotation: ast.expr | None) -> Kinds:
    """Return the kind of a parameter that is the world or the simulation."""
    kind = KIND_OF_ANNOTATION.get(ast.unparse(annotation)) if annotation is not None else None
    return frozenset({kind}) if kind else NOTHING


class Body:
    """Body of one function: kinds of its names, and of what it returns."""

    def __init__(self, walk: Walk, module: str, names: dict[str, Kinds]) -> None:
        self.walk, self.module, self.names, self.result = walk, module, names, NOTHING

    # statements

    def run(self, node: ast.AST) -> None:
        """Follow a statement with all that it contains."""
        match node:
            case ast.FunctionDef():  # a function within the function: its body sees the same names
                for one in node.args.args:
                    self.names[one.arg] = annotated(one.annotation)
                for statement in node.body:
                    self.run(statement)
            case ast.Return(value=ast.expr() as value):
                self.result |= self.kinds(value)
            case ast.Assign():
                kinds = self.kinds(node.value)
                for target in node.targets:
                    self.assign(target, kinds, node.value)
            case ast.AnnAssign(value=ast.expr() as value):
                self.assign(node.target, self.kinds(value), value)
            case ast.AugAssign():
                self.kinds(node.value)
                self.augment(node.target)
            case ast.For() | ast.comprehension():
                kinds = self.kinds(node.iter)  # of a tuple of tables the tables, else of a table its rows
                self.assign(node.target, kinds if isinstance(node.iter, ast.Tuple) else elements(kinds), node.iter)
                for child in (*getattr(node, "body", ()), *getattr(node, "orelse", ()), *getattr(node, "ifs", ())):
                    self.run(child)
            case ast.expr():
                self.kinds(node)
            case _:
                for child in ast.iter_child_nodes(node):
                    self.run(child)

    def assign(self, target: ast.expr, kinds: Kinds, value: ast.expr) -> None:
        """Bind a name, or note what is written."""
        match target:
            case ast.Name():
                self.names[target.id] = self.names.get(target.id, NOTHING) | kinds
            case ast.Tuple():
                values = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
                for k, one in enumerate(target.elts):
                    self.assign(one, self.kinds(values[k]) if values else kinds, values[k] if values else value)
            case ast.Attribute() | ast.Subscript():
                self.store(target)

    def augment(self, target: ast.expr) -> None:
        """Note what ``+=`` and the like read and write; a name may stand for a whole array."""
        for sort, which in self.kinds(target):
            if isinstance(target, ast.Name) and sort in ("table", "column"):
                self.write(which)
        if not isinstance(target, ast.Name):
            self.store(target)

    def store(self, target: ast.expr) -> None:
        """Note what an assignment to an attribute or to elements writes."""
        assert isinstance(target, ast.Attribute | ast.Subscript)
        column = target.attr if isinstance(target, ast.Attribute) else constant_text(target.slice)
        if isinstance(target, ast.Subscript):
            self.kinds(target.slice)
        for sort, which in self.kinds(target.value):
            if which == "counts" and isinstance(target, ast.Subscript):
                self.write(self.event_table(target.slice))
            elif sort in ("row", "table") and column and which in ROWS:
                self.write(f"{which}.{column}")
            elif isinstance(target, ast.Subscript) and sort in ("table", "element", "column", "row"):
                self.write(which)

    def event_table(self, number: ast.expr) -> str:
        """Return the table of events whose number a constant of the module has; rows are added to it."""
        value = getattr(sys.modules[self.module], number.id, None) if isinstance(number, ast.Name) else None
        return [*EVENT_TABLES][value] if isinstance(value, int) else ""

    # expressions

    def kinds(self, node: ast.expr) -> Kinds:
        """Return the kinds of an expression, and note what it reads."""
        match node:
            case ast.Name():
                return self.names[node.id] if node.id in self.names else self.of_module(node.id)
            case ast.Attribute():
                return union(self.attribute(kind, node.attr) for kind in self.kinds(node.value))
            case ast.Subscript():
                return self.subscript(node)
            case ast.Call():
                return self.call(node)
            case ast.IfExp():
                self.kinds(node.test)
                return self.kinds(node.body) | self.kinds(node.orelse)
            case ast.BoolOp():
                return union([self.kinds(one) for one in node.values])
            case ast.Tuple() | ast.List():
                return union([self.kinds(one) for one in node.elts])
            case ast.Starred() | ast.NamedExpr():
                kinds = self.kinds(node.value)
                if isinstance(node, ast.NamedExpr):
                    self.assign(node.target, kinds, node.value)
                return kinds
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                for generator in node.generators:
                    self.run(generator)
                return self.kinds(node.elt)
            case ast.Lambda():
                for one in node.args.args:
                    self.names[one.arg] = frozenset({SIM}) if one.arg == "sim" else NOTHING
                return self.kinds(node.body)
            case _:
                for child in ast.iter_child_nodes(node):
                    self.run(child)
                return NOTHING

    def of_module(self, name: str) -> Kinds:
        """Return the kinds of a name of the module."""
        value = getattr(sys.modules[self.module], name, getattr(builtins, name, None))
        if isinstance(value, TABLE_SPECS):
            return frozenset({("declared", value.name)})
        return function_kinds(value)

    def attribute(self, kind: Kind, name: str) -> Kinds:
        """Return the kinds of an attribute of an object of some kind, and note what is read."""
        sort, which = kind
        if sort == "sim" and name in SIM_ATTRIBUTES:
            return frozenset({SIM_ATTRIBUTES[name]})
        if sort == "world" and name == "p":
            return frozenset({PARAMETERS})
        if sort in ("world", "sim") and name in COMPUTED:
            return self.computed(COMPUTED[name])
        if sort in ("world", "state", "sim") and name in FIELDS:
            if name in TOWN:
                self.walk.access.reads.setdefault(name)
            return frozenset({("table", name)})
        if sort == "state" and name == "put":
            return frozenset({("put", "")})
        if sort == "sim" and (method := f"TrustModel.{name}") in definitions(TrustModel.__module__):
            return frozenset({("method", (TrustModel.__module__, method))})
        if sort == "parameters" and name in Parameters._fields:
            return frozenset({("group", name)})
        if sort == "group":
            self.walk.access.parameters.setdefault(f"{which}.{name}")
        if sort == "module":
            value = getattr(sys.modules[which], name, None)
            return function_kinds(value) or frozenset({("outside", f"{which}.{name}")})
        if sort == "outside":
            return frozenset({("outside", f"{which}.{name}")})
        if sort in ("row", "table") and name in columns_of(which):
            self.read(f"{which}.{name}")
            return frozenset({("column", f"{which}.{name}")}) if sort == "table" else NOTHING
        if sort == "table" and name in ("rows", "used_rows", "count"):
            return frozenset({kind})
        if sort in ("table", "column"):
            self.read(which)
            return frozenset({("array_method", (which, name))})
        return NOTHING

    def computed(self, compute: Callable[..., Any]) -> Kinds:
        """Follow the function that computes a field of the world; what it returns is no table."""
        for kind in function_kinds(compute):
            if kind[0] == "function":
                self.walk.call(kind, [frozenset({SIM})], {})
        return NOTHING

    def subscript(self, node: ast.Subscript) -> Kinds:
        """Return the kinds of an element, of a row or of some rows, and note what is read."""
        column, kinds = constant_text(node.slice), self.kinds(node.value)
        keys = self.kinds(node.slice)
        found: set[Kind] = set()
        for sort, which in kinds:
            if sort == "state":
                found |= {("table", name) for kind, name in keys if kind == "declared"}
            elif sort == "parameters":
                found |= {("group", name) for kind, name in keys if kind == "group_class"}
            elif sort in ("row", "table") and column:
                self.read(f"{which}.{column}")
                found.add(("column", f"{which}.{column}"))
            elif sort == "table" and which in ROWS:
                found.add(("table" if isinstance(node.slice, ast.Slice) else "row", which))
            elif sort in ("table", "column", "element"):
                self.read(which)
                found.add(("element", which))
            elif sort in ("group", "function"):
                found.add((sort, which))
        return frozenset(found)

    def call(self, node: ast.Call) -> Kinds:
        """Follow a call."""
        functions = self.kinds(node.func)
        arguments = [self.kinds(one) for one in node.args]
        named = {one.arg: self.kinds(one.value) for one in node.keywords if one.arg}
        result: set[Kind] = set()
        for kind in functions:
            sort, which = kind
            if sort == "function":
                result |= self.walk.call(kind, arguments, named)
            elif sort == "method":
                result |= self.walk.call(("function", which), [frozenset({SIM}), *arguments], named)
            elif sort == "array_method" and which[1] in WRITING_METHODS:
                self.write(which[0])
            elif sort == "table":  # used_rows()
                result.add(kind)
            elif sort == "outside":
                result |= self.outside(which, arguments)
            elif sort == "put" and node.args:
                self.write(constant_text(node.args[0]))
        return frozenset(result)

    def outside(self, name: str, arguments: list[Kinds]) -> Kinds:
        """Note what a function outside the model reads, or writes in its first argument."""
        for k, kinds in enumerate(arguments):
            for sort, which in kinds:
                if sort in ("table", "column", "element") and which not in ROWS:
                    self.read(which)
                    if k == 0 and name in WRITING_FUNCTIONS:
                        self.write(which)
        return union(arguments) if name in ("builtins.enumerate", "builtins.zip", "builtins.reversed") else NOTHING

    # what is collected

    def read(self, place: str) -> None:
        """Note that a place is read."""
        note(self.walk.access.reads, place)

    def write(self, place: str) -> None:
        """Note that a place is written."""
        note(self.walk.access.writes, place)


def note(places: dict[str, None], place: str) -> None:
    """Add a place of the state or of the events; tables whose rows come and go are named as a whole."""
    table, dot, column = place.partition(".")
    table = table.removesuffix("_count")
    if table in AS_A_WHOLE or (table in STATE and table not in ROWS) or (table in EVENT_TABLES and not dot):
        places.setdefault(table)
    elif table in STATE:
        places.update(dict.fromkeys(f"{table}.{name}" for name in columns_of(table) if name == column or not dot))


def columns_of(table: str) -> Iterable[str]:
    """Return the columns of a table; none of an array."""
    row = ROWS.get(table)
    return () if row is None else row.columns


def elements(kinds: Kinds) -> Kinds:
    """Return the kinds of what a loop over an object yields."""
    return frozenset(
        ("row" if which in ROWS else "element", which) if sort == "table" else (sort, which) for sort, which in kinds
    )


def constant_text(node: ast.expr) -> str:
    """Return a text that stands in the code; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def union(kinds: Iterable[Kinds]) -> Kinds:
    """Return all kinds together."""
    return NOTHING.union(*kinds)
