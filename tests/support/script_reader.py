"""Follow data through the scripts of a page: names that a script reads of its data, and messages that it sends.

The scripts are evaluated without a browser. A value is a tuple of what it may be: data of the server, texts known from
the source, objects, lists and functions of the script. Everything else (numbers, unknown texts, elements, and all that
the browser offers) is the empty tuple; whatever is read of it is allowed, and functions given to it are called.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from script_syntax import Node, declared_names, descendants, exported, parsed, text_of

UNKNOWN = "\0"
"""Mark of an unknown part of a text."""
ATTRIBUTE = re.compile(r'data-(\w+)="([^"]*)"')
MOST_TEXTS = 64
"""Texts that a template may be before it is unknown."""
PASSES = 3
"""Evaluations of a program, so that variables of a module are known to functions that are evaluated before them."""
SAME = {"filter", "slice", "sort", "reverse", "concat", "toSorted"}
ELEMENT = {"find", "at", "pop", "shift"}
EACH = {
    *("forEach", "some", "every", "findIndex", "indexOf", "includes"),
    *("join", "entries", "keys", "flat", "push", "values"),
}
LIST_METHODS = {"map", "flatMap", "reduce", "length", *SAME, *ELEMENT, *EACH}
INNER = {"parenthesized_expression", "await_expression", "sequence_expression"}
"""Expressions with the value of their last part."""
PLAIN = {*INNER, "unary_expression", "update_expression", "true", "false", "null", "undefined", "this"}
BROWSER = {"structuredClone", "Object", "Array", "JSON", "fetch"}
"""Names of the browser that hand data through, or take a message."""

type Value = tuple[Any, ...]


@dataclass(eq=False)
class Shape:
    """Data of the server by path: a record with fields, or a list or a table of items."""

    path: str = ""
    fields: dict[str, "Shape"] = field(default_factory=dict)
    item: "Shape | None" = None
    many: str = ""

    @property
    def value(self) -> Value:
        """Data as a value; a number or a text is harmless."""
        return (self,) if self.fields or self.item else ()


def shape_of(lines: Iterable[str]) -> Shape:
    """Return the shape of paths such as ``sheet.rows[].title``; ``[]`` is an item of a list, ``{}`` one of a table."""
    root = Shape()
    for line in lines:
        at = root
        for part in re.findall(r"\[\]|\{\}|[^.\[\]{}]+", line):
            if part in ("[]", "{}"):
                at.item, at.many = at.item or Shape(at.path + part), part
                at = at.item
            else:
                at = at.fields.setdefault(part, Shape(f"{at.path}.{part}".lstrip(".")))
    return root


@dataclass(frozen=True)
class Text:
    """A text known from the source."""

    text: str


class FieldName(Text):
    """The name of a field of data."""


@dataclass(eq=False)
class Things:
    """A list of the script: known items in order, or one that stands for all."""

    items: list[Value]
    exact: bool = True

    def __post_init__(self) -> None:
        if not self.exact:
            self.items = [joined(*self.items)]

    @property
    def any(self) -> Value:
        """All values of an item."""
        return joined(*self.items)


@dataclass(eq=False)
class Thing:
    """An object of the script: its fields, and data that were spread into it."""

    fields: dict[str, Value] = field(default_factory=dict)
    bases: Value = ()


@dataclass(eq=False)
class Scope:
    """Variables of a block."""

    names: dict[str, Value]
    outer: "Scope | None" = None

    def holder(self, name: str) -> "Scope | None":
        """Return the scope that declares a variable."""
        scope: Scope | None = self
        while scope and name not in scope.names:
            scope = scope.outer
        return scope


@dataclass(eq=False)
class Function:
    """A function of the script."""

    node: Node
    scope: Scope
    file: str


@dataclass(frozen=True)
class Special:
    """A value that the browser or the program gives to the script, with its own calls."""

    name: str
    call: Callable[[str, list[Value]], Value]


def joined(*values: Value) -> Value:
    """Return all that any of the values may be."""
    return tuple(dict.fromkeys(itertools.chain(*values)))


def kept(before: Value, value: Value) -> Value:
    """Return what a variable may be that is given another value; of equal objects only the first."""
    return tuple({key_of((atom,)): atom for atom in (*value, *before)[::-1]}.values())


def key_of(value: Value, depth: int = 2) -> Any:
    """Return a key under which equal values are the same."""
    if not depth:
        return len(value)
    keys: list[Any] = []
    for atom in value:
        if isinstance(atom, Thing):
            keys.append(
                (tuple((name, key_of(one, depth - 1)) for name, one in atom.fields.items()), key_of(atom.bases))
            )
        elif isinstance(atom, Things):
            keys.append(tuple(key_of(one, depth - 1) for one in atom.items))
        elif isinstance(atom, Function):
            keys.append((id(atom.node), id(atom.scope)))
        else:
            keys.append(atom)
    return tuple(keys)


class Program:
    """The scripts of a page, evaluated with the shapes of its data."""

    def __init__(self, scripts: Mapping[str, str], roots: Mapping[str, Shape]) -> None:
        self.scripts, self.roots = scripts, roots
        self.known: dict[str, Value] = {}
        """Texts of the data by path, where the script loads other scripts by them."""
        self.read: set[str] = set()
        """Paths that a script reads."""
        self.sent: dict[str, set[str]] = {}
        """Fields of each kind of message that a script sends."""
        self.missing: dict[tuple[int, str], str] = {}
        """Names that data do not have, by the place where they are read."""
        self.found: set[tuple[int, str]] = set()
        """Names that other data have which come to the same place."""
        self.evaluated: set[int] = set()
        """Functions that were called."""
        self.modules: dict[str, Thing] = {}
        self.attributes: dict[str, set[str]] = {}
        """Values of ``data-`` attributes in the texts of the script, which it reads as ``dataset``."""
        self.later: list[tuple[Value, list[Value]]] = []
        """Functions that the browser calls once the script has been run."""
        self.written: dict[tuple[int, str], Value] = {}
        self.done: dict[Any, Value] = {}
        self.active: list[int] = []
        self.returned: list[Value] = []
        self.file = ""

    def evaluate(self, main: str, enter: Callable[[Thing], object] = lambda _: None) -> "Program":
        """Evaluate the program; ``enter`` calls what the main script exports."""
        scopes: dict[str, Scope] = {}
        for _ in range(PASSES):
            self.done.clear()
            self.missing.clear()
            self.modules.clear()
            self.scopes = scopes
            enter(self.module(main))
            while self.later:
                self.call(*self.later.pop())
        return self

    def module(self, name: str) -> Thing:
        """Return what a script exports, after evaluating it."""
        if name not in self.modules:
            exports = self.modules[name] = Thing()
            scope = self.scopes.setdefault(name, Scope({}))
            before, self.file = self.file, name
            tree = parsed(self.scripts[name])
            self.hoist(tree, scope)
            for statement in tree.parts:
                self.run(statement, scope)
            for one in tree.parts:
                if one.type == "export_statement":
                    for export in exported(one):
                        exports.fields[export] = scope.names.get(export, ())
                    if value := one.fields.get("value"):
                        exports.fields["default"] = self.value(value, scope)
            self.file = before
        return self.modules[name]

    def note(self, node: Node, name: str, where: str) -> None:
        """Note a name that is read of data which do not have it."""
        self.missing[id(node), name] = (
            f"{self.file}:{node.line}: {name.replace(UNKNOWN, '…')} is not in {where or 'the data'}"
        )

    # Statements

    def hoist(self, block: Node, scope: Scope) -> None:
        """Declare the functions and variables of a block before it is run."""
        for one in block.parts:
            inner = one.fields.get("declaration") if one.type == "export_statement" else one
            if inner is not None and inner.type == "function_declaration":
                scope.names[text_of(inner.fields.get("name"))] = (Function(inner, scope, self.file),)
            elif inner is not None and inner.type == "lexical_declaration":
                for name in declared_names(inner):
                    scope.names.setdefault(name, ())

    def run(self, node: Node, scope: Scope) -> None:
        """Run a statement."""
        kind = node.type
        if kind == "statement_block":
            inner = Scope({}, scope)
            self.hoist(node, inner)
            for one in node.parts:
                self.run(one, inner)
        elif kind == "import_statement":
            self.bring(node, scope)
        elif kind == "for_in_statement":
            self.loop(node, scope)
        elif kind == "for_statement":
            inner = Scope({}, scope)
            for one in node.parts:
                self.hoist(node, inner)
                self.run(one, inner)
        elif kind == "return_statement":
            for one in node.parts:
                self.returned[-1] = joined(self.returned[-1], self.value(one, scope))
        elif kind == "variable_declarator":
            value = node.fields.get("value")
            self.bind(node.fields.get("name"), self.value(value, scope) if value else (), scope, True)
        elif kind in ("function_declaration", "export_clause"):
            return
        elif kind.endswith(("_statement", "_declaration", "_clause")):
            for one in node.parts:
                self.run(one, scope)
        else:
            self.value(node, scope)

    def bring(self, node: Node, scope: Scope) -> None:
        """Import names of another script."""
        source = text_of(node.fields.get("source")).strip("\"'").removeprefix("./")
        exports = self.module(source)
        for one in descendants(node, "import_specifier"):
            name = text_of(one.fields.get("name"))
            scope.names[name] = exports.fields.get(name, ())
        for one in descendants(node, "namespace_import"):
            scope.names[text_of(one.parts[0])] = (exports,)

    def loop(self, node: Node, scope: Scope) -> None:
        """Run a loop over items, or over the names of fields, once for each that is known."""
        over = self.value(node.fields.get("right"), scope)
        is_of = any(one.type == "of" for one in node.children)
        for item in self.items(over) if is_of else self.names(over):
            inner = Scope({}, scope)
            self.bind(node.fields.get("left"), item, inner, True)
            self.run(node.fields.get("body"), inner)

    def items(self, value: Value) -> list[Value]:
        """Return the items over which a loop runs; an unknown list has one of which nothing is known."""
        items: list[Value] = []
        for atom in value:
            if isinstance(atom, Shape) and atom.item:
                items.append(atom.item.value)
            elif isinstance(atom, Things):
                items += atom.items
        return items or [()]

    def names(self, value: Value) -> list[Value]:
        """Return the names of the fields of objects and records."""
        names = [(FieldName(name),) for atom in value if isinstance(atom, Shape | Thing) for name in atom.fields]
        return names or [()]

    def bind(self, pattern: Node | None, value: Value, scope: Scope, declares: bool) -> None:
        """Give the variables of a pattern their values."""
        if pattern is None:
            return
        kind = pattern.type
        if kind == "identifier":
            name = text_of(pattern)
            holder = scope if declares else scope.holder(name)
            if holder is not None:
                holder.names[name] = kept(holder.names.get(name, ()), value)
        elif kind in ("object_pattern", "array_pattern"):
            self.unpack(pattern, value, scope, declares)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            default = self.value(pattern.fields.get("right"), scope)
            self.bind(pattern.fields.get("left"), joined(value, default), scope, declares)
        elif kind == "array":
            self.unpack(pattern, value, scope, declares)
        elif kind in ("member_expression", "subscript_expression"):
            self.assign(pattern, value, scope)

    def unpack(self, pattern: Node, value: Value, scope: Scope, declares: bool) -> None:
        """Give the variables of an object or array pattern their values."""
        if pattern.type == "object_pattern":
            for one in pattern.parts:
                if one.type == "pair_pattern":
                    read = self.get(one, value, text_of(one.fields.get("key")))
                    self.bind(one.fields.get("value"), read, scope, declares)
                elif one.type == "object_assignment_pattern":
                    name = text_of(one.fields.get("left"))
                    default = self.value(one.fields.get("right"), scope)
                    scope.names[name] = joined(self.get(one, value, name), default)
                else:
                    scope.names[text_of(one)] = self.get(one, value, text_of(one))
            return
        place = 0
        for one in pattern.children:
            if one.type == ",":
                place += 1
            elif one in pattern.parts:
                rest = one.type == "rest_pattern"
                self.bind(one.parts[0] if rest else one, value if rest else self.at(value, place), scope, declares)

    def at(self, value: Value, place: int) -> Value:
        """Return the item at a place."""
        found: Value = ()
        for atom in value:
            if isinstance(atom, Shape) and atom.item:
                found = joined(found, atom.item.value)
            elif isinstance(atom, Things):
                known = atom.exact and place < len(atom.items)
                found = joined(found, atom.items[place] if known else () if atom.exact else atom.any)
        return found

    def assign(self, target: Node, value: Value, scope: Scope) -> None:
        """Write a field. A function that is given to an element is called, as the browser does."""
        receiver = self.value(target.fields.get("object"), scope)
        if target.type == "member_expression":
            names = [text_of(target.fields.get("property"))]
        else:
            names = texts_in(self.value(target.fields.get("index"), scope)) or [UNKNOWN]
        for name in names:
            for atom in receiver:
                if isinstance(atom, Thing):
                    atom.fields[name] = kept(atom.fields.get(name, ()), value)
                elif isinstance(atom, Shape) and name not in atom.fields:
                    self.written[id(atom), name] = value
        if not receiver:
            self.later.append((value, [(), (), ()]))

    # Reading

    def get(self, node: Node, value: Value, name: str) -> Value:
        """Read a field of a value; report data that do not have it."""
        found: Value = ()
        for atom in value:
            if isinstance(atom, Shape):
                found = joined(found, self.get_of_data(node, atom, name))
            elif isinstance(atom, Thing):
                if name in atom.fields:
                    self.found.add((id(node), name))
                    found = joined(found, atom.fields[name])
                else:
                    found = joined(
                        found, self.get(node, atom.bases, name) if atom.bases else atom.fields.get(UNKNOWN, ())
                    )
        return found

    def get_of_data(self, node: Node, data: Shape, name: str) -> Value:
        """Read a field of data."""
        if (id(data), name) in self.written:
            return self.written[id(data), name]
        if data.many == "[]" and name in LIST_METHODS:
            return ()
        names = [one for one in data.fields if re.fullmatch(re.escape(name).replace(UNKNOWN, ".*"), one)]
        if not names and data.many == "{}" and data.item:
            return data.item.value
        if not names:
            self.note(node, name, data.path)
            return ()
        self.found.add((id(node), name))
        self.read |= {data.fields[one].path for one in names}
        return joined(*(self.known.get(data.fields[one].path, data.fields[one].value) for one in names))

    def element(self, node: Node, value: Value, index: Value, place: str) -> Value:
        """Read an item of a list, or a field by name."""
        found: Value = ()
        for atom in value:
            if isinstance(atom, Shape) and atom.item:
                found = joined(found, atom.item.value)
            elif isinstance(atom, Things):
                found = joined(found, self.at((atom,), int(place)) if place.isdigit() else atom.any)
            elif isinstance(atom, Shape | Thing):
                if names := texts_in(index):
                    found = joined(found, *(self.get(node, (atom,), name) for name in names))
                elif isinstance(atom, Thing):
                    found = joined(found, *atom.fields.values())
                else:
                    found = joined(found, *(one.value for one in atom.fields.values()))
        return found

    # Expressions

    def value(self, node: Node | None, scope: Scope) -> Value:
        """Return what an expression may be."""
        if node is None:
            return ()
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier"):
            holder = scope.holder(text_of(node))
            return holder.names[text_of(node)] if holder else self.global_named(text_of(node))
        if kind in ("string", "number"):
            return (self.text(text_of(node).strip("\"'")),)
        if kind == "template_string":
            return self.template(node, scope)
        if kind in ("arrow_function", "function_expression", "method_definition"):
            return (Function(node, scope, self.file),)
        if handler := getattr(self, f"value_of_{kind}", None):
            return tuple(handler(node, scope))
        if kind == "regex":
            return ()
        if kind not in PLAIN:
            self.note(node, kind, "what this check can follow")
        values = [self.value(one, scope) for one in node.parts]
        return values[-1] if values and kind in INNER else ()

    def global_named(self, name: str) -> Value:
        """Return what the browser offers under a name, if it hands data through or takes a message."""
        return (
            (Special(name, lambda method, arguments: self.browser(name, method, arguments)),) if name in BROWSER else ()
        )

    def template(self, node: Node, scope: Scope) -> Value:
        """Return the texts that a template may be; unknown parts are marked."""
        parts: list[list[str]] = []
        for one in node.parts:
            if one.type == "template_substitution":
                parts.append(texts_in(self.value(one.parts[0], scope)) or [UNKNOWN])
            else:
                parts.append([text_of(one)])
        many = 1
        for one in parts:
            many *= len(one)
        return tuple(self.text("".join(one)) for one in itertools.product(*parts)) if many <= MOST_TEXTS else ()

    def text(self, text: str) -> Text:
        """Return a text of the source; note its ``data-`` attributes."""
        for name, value in ATTRIBUTE.findall(text):
            if UNKNOWN not in value:
                self.attributes.setdefault(name, set()).add(value)
        return Text(text)

    def value_of_object(self, node: Node, scope: Scope) -> Value:
        """Return an object of the script."""
        thing = Thing()
        for one in node.parts:
            if one.type == "spread_element":
                spread = self.value(one.parts[0], scope)
                thing.bases = joined(thing.bases, tuple(atom for atom in spread if isinstance(atom, Shape)))
                for atom in spread:
                    if isinstance(atom, Thing):
                        thing.fields |= atom.fields
                        thing.bases = joined(thing.bases, atom.bases)
            elif one.type == "pair":
                for name in self.key(one.fields.get("key"), scope):
                    thing.fields[name] = self.value(one.fields.get("value"), scope)
            elif one.type == "method_definition":
                thing.fields[text_of(one.fields.get("name"))] = (Function(one, scope, self.file),)
            elif one.type == "shorthand_property_identifier":
                thing.fields[text_of(one)] = self.value(one, scope)
        return (thing,)

    def key(self, node: Node | None, scope: Scope) -> list[str]:
        """Return the names that the key of a field may be."""
        if node is not None and node.type == "computed_property_name":
            return texts_in(self.value(node.parts[0], scope)) or [UNKNOWN]
        return [text_of(node).strip("\"'")]

    def value_of_array(self, node: Node, scope: Scope) -> Value:
        """Return a list of the script."""
        items: list[Value] = []
        for one in node.parts:
            spread = one.type == "spread_element"
            items += self.items(self.value(one.parts[0], scope)) if spread else [self.value(one, scope)]
        return (Things(items, all(one.type != "spread_element" for one in node.parts)),)

    def value_of_member_expression(self, node: Node, scope: Scope) -> Value:
        """Read a field, or the values of an attribute."""
        holder = node.fields.get("object")
        if holder is not None and text_of(holder.fields.get("property")) == "dataset":
            self.value(holder, scope)
            return tuple(map(Text, sorted(self.attributes.get(text_of(node.fields.get("property")), ()))))
        return self.get(node, self.value(node.fields.get("object"), scope), text_of(node.fields.get("property")))

    def value_of_subscript_expression(self, node: Node, scope: Scope) -> Value:
        """Read an item, or a field by a name that is computed."""
        index = node.fields.get("index")
        receiver = self.value(node.fields.get("object"), scope)
        return self.element(node, receiver, self.value(index, scope), text_of(index))

    def value_of_ternary_expression(self, node: Node, scope: Scope) -> Value:
        """Return either branch; an empty text is known to be false."""
        condition = self.value(node.parts[0], scope)
        if condition == (Text(""),):
            return self.value(node.parts[-1], scope)
        yes, no = (self.value(one, scope) for one in node.parts[1:])
        return joined(yes, no)

    def value_of_binary_expression(self, node: Node, scope: Scope) -> Value:
        """Return either side of ``||`` and ``??``, and the right side of ``&&``."""
        left, right = (self.value(node.fields.get(side), scope) for side in ("left", "right"))
        operator = text_of(node.fields.get("operator"))
        return joined(left, right) if operator in ("||", "??") else right if operator == "&&" else ()

    def value_of_assignment_expression(self, node: Node, scope: Scope) -> Value:
        """Write a variable or a field."""
        value = self.value(node.fields.get("right"), scope)
        self.bind(node.fields.get("left"), value, scope, False)
        return value

    def value_of_augmented_assignment_expression(self, node: Node, scope: Scope) -> Value:
        """Write a variable or a field if it has no value, or change it."""
        left = node.fields.get("left")
        value = self.value(node.fields.get("right"), scope)
        if text_of(node.fields.get("operator")) in ("??=", "||="):
            self.bind(left, value, scope, False)
        return joined(self.value(left, scope), value)

    def value_of_new_expression(self, node: Node, scope: Scope) -> Value:
        """Create an object of the browser; functions given to it are called."""
        arguments = node.fields.get("arguments")
        for one in arguments.parts if arguments else []:
            self.later.append((self.value(one, scope), [(), (), ()]))
        return ()

    # Calls

    def value_of_call_expression(self, node: Node, scope: Scope) -> Value:
        """Call a function of the script, a method of a list, or something of the browser."""
        callee, inside = node.fields["function"], node.fields["arguments"]
        found: Value = ()
        for arguments in self.arguments(inside, scope):
            found = joined(found, self.call_with(callee, arguments, scope))
        return found

    def arguments(self, inside: Node, scope: Scope) -> list[list[Value]]:
        """Return the arguments of a call; if one of several lists is spread, those with each of them."""
        lists: list[list[Value]] = [[]]
        for one in inside.parts if inside.type == "arguments" else [inside]:
            if one.type == "spread_element":
                value = self.value(one.parts[0], scope)
                options = [atom.items for atom in value if isinstance(atom, Things)] or [self.items(value)]
            else:
                options = [[self.value(one, scope)]]
            lists = [before + more for before in lists for more in options]
        return lists

    def call_with(self, callee: Node, arguments: list[Value], scope: Scope) -> Value:
        """Call an expression."""
        if callee.text == "await":  # the parser reads `await (one)` as a call
            return arguments[0]
        if callee.type == "import":
            return joined(*((self.module(name.removeprefix("./")),) for name in texts_in(arguments[0])))
        if callee.type == "member_expression":
            receiver = self.value(callee.fields["object"], scope)
            return self.call_method(callee, receiver, callee.fields["property"].text, arguments)
        if callee.type == "subscript_expression":
            index = self.value(callee.fields["index"], scope)
            for atom in self.value(callee.fields["object"], scope):
                for name in index if isinstance(atom, Thing) else ():
                    if isinstance(name, FieldName) and name.text not in atom.fields:
                        self.note(callee, name.text, "the functions for it")
        return self.call(self.value(callee, scope), arguments)

    def call(self, function: Value, arguments: list[Value]) -> Value:
        """Call what a value may be; functions given to something of the browser are called by it."""
        found: Value = ()
        for atom in function:
            if isinstance(atom, Function):
                found = joined(found, self.call_function(atom, arguments))
            elif isinstance(atom, Special):
                found = joined(found, atom.call("", arguments))
        if not any(isinstance(atom, Function | Special) for atom in function):
            for value in arguments:
                if given := tuple(atom for atom in value if isinstance(atom, Function)):
                    self.later.append((given, [(), (), ()]))
        return found

    def call_function(self, function: Function, arguments: list[Value]) -> Value:
        """Call a function of the script, unless it is being called already."""
        key = (id(function.node), id(function.scope), *map(key_of, arguments))
        if key in self.done or self.active.count(id(function.node)) > 1:
            return self.done.get(key, ())
        node, inner = function.node, Scope({}, function.scope)
        self.evaluated.add(id(node))
        before, self.file = self.file, function.file
        self.active.append(id(node))
        self.returned.append(())
        self.done[key] = ()
        parameters = node.fields.get("parameters") or node.fields.get("parameter")
        patterns = (
            [parameters]
            if parameters is not None and parameters.type == "identifier"
            else parameters.parts
            if parameters
            else []
        )
        for place, pattern in enumerate(patterns):
            self.bind(pattern, arguments[place] if place < len(arguments) else (), inner, True)
        body = node.fields.get("body")
        assert body is not None
        if body.type == "statement_block":
            self.run(body, inner)
        else:
            self.returned[-1] = self.value(body, inner)
        self.active.pop()
        self.file = before
        self.done[key] = self.returned.pop()
        return self.done[key]

    def call_method(self, node: Node, receiver: Value, method: str, arguments: list[Value]) -> Value:
        """Call a method."""
        found: Value = ()
        for atom in receiver:
            if isinstance(atom, Special):
                found = joined(found, atom.call(method, arguments))
            elif isinstance(atom, Things) or (isinstance(atom, Shape) and atom.many == "[]" and method in LIST_METHODS):
                found = joined(found, self.call_list(atom, method, arguments))
            elif isinstance(atom, Shape | Thing):
                found = joined(found, self.call(self.get(node, (atom,), method), arguments))
        if not any(isinstance(atom, Shape | Things | Thing | Special) for atom in receiver):
            if method == "then" and arguments:
                self.call((), arguments[1:])
                return self.call(arguments[0], [receiver])
            if method == "send" and arguments:
                self.message(arguments[0])
            self.call((), arguments)
        return found

    def call_list(self, data: Things | Shape, method: str, arguments: list[Value]) -> Value:
        """Call a method of a list, with each of its items that is known."""
        items = self.items((data,))
        if method == "reduce":
            start = arguments[1] if len(arguments) > 1 else joined(*items)
            return joined(start, *(self.call(arguments[0], [start, item, ()]) for item in items))
        results = [self.call(arguments[0], [item, (), (data,)]) if arguments else () for item in items]
        if method in ("map", "flatMap"):
            flat = method == "flatMap"
            exact = not isinstance(data, Shape) and data.exact and not flat
            return (Things([part for one in results for part in self.items(one)] if flat else results, exact),)
        if method == "slice" and isinstance(data, Things) and data.exact and len(arguments) == 1:
            first = texts_in(arguments[0])
            if first and first[0].isdigit():
                return (Things(data.items[int(first[0]) :]),)
        if method in SAME:
            return (data, *itertools.chain(*arguments)) if method == "concat" else (data,)
        if method in ELEMENT:
            return joined(*items)
        if method == "push" and isinstance(data, Things):
            data.items, data.exact = [joined(*data.items, *arguments)], False
        if method in ("entries", "values"):
            return (Things([(Things([(), item]),) if method == "entries" else item for item in items], False),)
        return ()

    def browser(self, name: str, method: str, arguments: list[Value]) -> Value:
        """Return what a function of the browser returns that hands data through, or takes a message."""
        first = arguments[0] if arguments else ()
        if (name, method) == ("structuredClone", ""):
            return first
        if name == "Object" and method in ("entries", "values"):
            pairs = [((FieldName(key),), value) for atom in first for key, value in self.fields_of(atom)]
            items = [(Things(list(pair)),) if method == "entries" else pair[1] for pair in pairs]
            return (Things(items or [()], bool(items)),)
        if (name, method) == ("Object", "fromEntries"):
            return ()
        if (name, method) == ("Array", "from"):
            results = (
                [self.call(arguments[1], [item, ()]) for item in self.items(first)]
                if len(arguments) > 1
                else self.items(first)
            )
            return (Things(results, False),)
        if (name, method) == ("JSON", "parse"):
            return self.roots["parsed"].value if "parsed" in self.roots else ()
        if (name, method) == ("JSON", "stringify"):
            return tuple(atom for atom in first if isinstance(atom, Thing))
        if name == "fetch":
            return self.fetched(texts_in(first), arguments[1] if len(arguments) > 1 else ())
        self.call((), arguments)
        return ()

    def fields_of(self, atom: Any) -> Iterator[tuple[str, Value]]:
        """Yield the fields of an object or a record; of a table its item."""
        if isinstance(atom, Shape):
            self.read |= {one.path for one in atom.fields.values()}
            yield from ((name, one.value) for name, one in atom.fields.items())
            if atom.item:
                yield UNKNOWN, atom.item.value
        elif isinstance(atom, Thing):
            yield from atom.fields.items()
            for base in atom.bases:
                yield from self.fields_of(base)

    def fetched(self, addresses: list[str], options: Value) -> Value:
        """Return the answer to a request; note the message that it sends."""
        content: Value = ()
        for address in addresses:
            path = address.partition("?")[0]
            body = joined(*(atom.fields.get("body", ()) for atom in options if isinstance(atom, Thing)))
            if body:
                self.message(body, path)
            content = joined(content, self.roots.get(path, self.roots.get("answer", Shape())).value)

        def read(method: str, arguments: list[Value]) -> Value:
            if method == "then":
                return self.call(arguments[0], [()])
            return content if method == "json" else ()

        return (Special("answer", read),)

    def message(self, value: Value, path: str = "") -> None:
        """Note a message that a script sends: its kind, or the path to which it goes, and its fields."""
        for atom in value:
            if isinstance(atom, Thing):
                for kind in texts_in(atom.fields.get("kind", ())) or [path]:
                    fields = self.sent.setdefault(kind, set())
                    for name, inner in atom.fields.items():
                        nested = {key for one in inner if isinstance(one, Thing) for key in one.fields} - {UNKNOWN}
                        fields |= ({f"{name}.{key}" for key in nested} or {name}) - {"kind"}


def texts_in(value: Value) -> list[str]:
    """Return the texts that a value may be."""
    return [atom.text for atom in value if isinstance(atom, Text)]
