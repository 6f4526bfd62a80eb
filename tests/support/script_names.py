"""Names that cross the border between Python and the scripts of a page; each program declares them in a file.

``[to_script]`` has a line for each record: its path, then its fields; ``[]`` follows a list, ``{}`` a table whose keys
are data, and a name in brackets is read by no script. ``[from_script]`` has a line for each kind of message. Texts are
declared in the file of texts. A name that one side does not know is a problem.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from script_reader import Program, Shape, Special, Text, Thing, Value, shape_of, texts_in
from script_syntax import functions_in, parsed

from experiments.town_page.town_page import SCRIPTS

ROOT = Path(__file__).parents[2]
PAGE, CLASSROOM, WORKSHOP, TOWN_PAGE = (
    f"experiments/{name}" for name in ("page", "classroom", "workshop", "town_page")
)
type Sources = Mapping[str, str]
"""Files that are changed, by path."""


def source(path: str, changed: Sources) -> str:
    """Return a file of the project."""
    return changed.get(path) or (ROOT / path).read_text(encoding="utf-8")


@dataclass
class Names:
    """Declared names of a program."""

    shape: Shape
    unread: set[str]
    messages: dict[str, set[str]]


def declared(folder: str, changed: Sources) -> Names:
    """Return the names that a program declares."""
    file = tomllib.loads(source(f"{folder}/script_names.toml", changed))
    lines = [(path, name) for path, names in file["to_script"].items() for name in names.split()]
    unread = {f"{path}.{re.sub(r'[()\[\]{}]', '', name)}" for path, name in lines if name.startswith("(")}
    shape = shape_of([*file["to_script"], *(f"{path}.{name.strip('()')}" for path, name in lines)])
    messages = {kind: set(names.split()) for kind, names in file.get("from_script", {}).items()}
    return Names(shape, unread, messages)


def paths_in(shape: Shape) -> Iterator[str]:
    """Yield the path of every field."""
    for one in shape.fields.values():
        yield one.path
        yield from paths_in(one)
    if shape.item:
        yield from paths_in(shape.item)


# What Python sends


def differences(samples: list[tuple[str, Any]], names: Names) -> list[str]:
    """Return names that data have and nobody declares, and declared names that no sample has, for the roots given."""
    seen: set[str] = set()
    unknown = {one: None for root, data in samples for one in undeclared(data, names.shape.fields[root], seen)}
    roots = {root for root, _ in samples}
    missing = [path for root in roots for path in paths_in(names.shape.fields[root]) if path not in seen]
    return [*(f"Python sends {one}, which is not declared" for one in unknown),
            *(f"{one} is declared and not sent" for one in sorted(missing))]  # fmt: skip


def undeclared(data: Any, shape: Shape, seen: set[str]) -> Iterator[str]:
    """Yield the paths of data that a shape does not have; note those that it has."""
    if isinstance(data, list | tuple) and shape.item:
        for one in data:
            yield from undeclared(one, shape.item, seen)
    elif isinstance(data, dict) and shape.many == "{}" and shape.item:
        for one in data.values():
            yield from undeclared(one, shape.item, seen)
    elif isinstance(data, dict):
        for name, one in data.items():
            if name in shape.fields:
                seen.add(shape.fields[name].path)
                yield from undeclared(one, shape.fields[name], seen)
            elif shape.fields or not shape.path.endswith("words"):  # texts of a whole file are not declared here
                yield f"{shape.path}.{name}"


def changed_module(module: ModuleType, text: str) -> ModuleType:
    """Return a module with another source."""
    changed = ModuleType(module.__name__)
    vars(changed).update(__file__=module.__file__, __package__=module.__package__)
    exec(compile(text, str(module.__file__), "exec"), vars(changed))
    return changed


# What scripts read and send


@dataclass
class Reading:
    """Names that the scripts of a program read and send, and errors in them."""

    read: set[str] = field(default_factory=set)
    sent: dict[str, set[str]] = field(default_factory=dict)
    missing: dict[Any, str] = field(default_factory=dict)
    found: set[Any] = field(default_factory=set)
    idle: dict[int, str] = field(default_factory=dict)

    def add(self, program: Program) -> None:
        """Add an evaluation of the scripts."""
        self.read |= program.read
        self.found |= program.found
        self.missing |= program.missing
        for kind, fields in program.sent.items():
            self.sent.setdefault(kind, set()).update(fields)
        functions = {
            id(one): f"{file}:{one.line}" for file, text in program.scripts.items() for one in functions_in(text)
        }
        idle = {key: place for key, place in functions.items() if key not in program.evaluated}
        self.idle = {key: place for key, place in self.idle.items() if key in idle} if self.idle else idle

    def problems(self, names: Names, texts: "Texts | None" = None) -> list[str]:
        """Return what does not agree with the declared names."""
        wrong = sorted({text for key, text in self.missing.items() if key not in self.found})
        paths = {one for root in names.shape.fields.values() for one in paths_in(root)}
        if texts:
            paths = {one for one in paths if not one.startswith(f"{texts.path}.")}
            wrong += [f"the text {one} is used by nobody" for one in texts.unused(self.read)]
        wrong += [f"{one} is declared and no script reads it" for one in sorted(paths - self.read - names.unread)]
        wrong += [
            f"{one} is declared as read by no script, and one reads it" for one in sorted(names.unread & self.read)
        ]
        wrong += messages_apart("a script sends", self.sent, names.messages)
        return wrong + [f"{place} is never called: the check does not follow it" for place in self.idle.values()]


def messages_apart(who: str, found: Mapping[str, set[str]], names: Mapping[str, set[str]]) -> list[str]:
    """Return kinds and fields of messages that are not as declared."""
    wrong = []
    for kind in sorted({*found, *names}):
        if kind not in names or kind not in found:
            wrong.append(f"the message {kind} is {'declared, not what' if kind in names else 'not declared:'} {who}")
        else:
            wrong += [f"{kind}.{one} is not what {who}" for one in sorted(names[kind] - found[kind])]
            wrong += [f"{kind}.{one} is not declared: {who} it" for one in sorted(found[kind] - names[kind])]
    return wrong


@dataclass(frozen=True)
class Texts:
    """Texts by key, which a script gets all together; Python uses some of them alone."""

    path: str
    """Place of the texts among the names."""
    keys: tuple[str, ...]
    python: tuple[str, ...]
    """Sources of the Python side."""

    @cached_property
    def constants(self) -> list[re.Pattern[str]]:
        """Texts that the Python side holds, with unknown parts."""
        found = set()
        for one in self.python:
            for node in ast.walk(ast.parse(one)):
                if isinstance(node, ast.JoinedStr):
                    parts = (
                        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
                    )
                    found.add("".join(parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(re.escape(node.value))
        return [re.compile(one) for one in found if one != r"\w+"]

    def unused(self, read: set[str]) -> list[str]:
        """Return the texts that neither side uses."""
        keys = [key for key in self.keys if f"{self.path}.{key}" not in read]
        return [key for key in keys if not any(one.fullmatch(key) for one in self.constants)]

    def add_to(self, names: Names) -> None:
        """Add the texts to the names of a program."""
        *above, last = self.path.split(".")
        at = names.shape
        for part in above:
            at = at.fields[part]
        at.fields[last] = Shape(self.path, {key: Shape(f"{self.path}.{key}") for key in self.keys})


def python_sources(folder: str, changed: Sources) -> tuple[str, ...]:
    """Return the Python sources of a program."""
    files = sorted((ROOT / folder).glob("*.py"))
    return tuple(source(f"{folder}/{file.name}", changed) for file in files)


# Messages that Python takes


def fields_taken(function: ast.AST) -> set[str]:
    """Return the fields of its last parameter that a function reads by name."""
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    message = function.args.args[-1].arg
    loops: dict[str, set[Any]] = {}
    for one in ast.walk(function):
        if isinstance(one, ast.For) and isinstance(one.target, ast.Name) and isinstance(one.iter, ast.Tuple):
            names = {item.value for item in one.iter.elts if isinstance(item, ast.Constant)}
            loops.setdefault(one.target.id, set()).update(names)
    taken: set[Any] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and is_name(node.value, message):
            taken |= loops.get(getattr(node.slice, "id", ""), {getattr(node.slice, "value", None)})
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_name(node.func.value, message):
            taken |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    return taken - {None, "kind"}


def is_name(node: ast.AST, name: str) -> bool:
    """Tell whether a node is a variable."""
    return isinstance(node, ast.Name) and node.id == name


def messages_taken(text: str) -> dict[str, set[str]]:
    """Return the kinds of messages in the table ``ACTIONS`` of a module, each with the fields that are read of it."""
    tree = ast.parse(text)
    functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    table = assigned(tree, "ACTIONS")
    assert isinstance(table, ast.Dict)
    taken = {}
    for key, value in zip(table.keys, table.values, strict=True):
        name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
        taken[str(getattr(key, "value", ""))] = fields_taken(functions.get(name, value))
    return taken


def messages_declared(text: str, table: str) -> dict[str, set[str]]:
    """Return the kinds of messages that the classes of a table of a module declare, each with its fields."""
    found, tree = {}, ast.parse(text)
    listed = {one.id for one in ast.walk(assigned(tree, table)) if isinstance(one, ast.Name)}
    for shape in (one for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.name in listed):
        fields = {one.target.id: one.annotation for one in shape.body if isinstance(one, ast.AnnAssign)}  # type: ignore[union-attr]
        if isinstance(kind := fields.pop("kind", None), ast.Subscript):
            found[str(ast.literal_eval(kind.slice))] = set(fields)
    return found


def assigned(tree: ast.AST, name: str) -> ast.AST:
    """Return what is assigned to a name of a module."""
    for one in ast.walk(tree):
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        if any(is_name(target, name) for target in targets) and one.value is not None:
            return one.value
    raise LookupError(name)


# Programs


def page_problems(changed: Sources) -> list[str]:
    """Return what is wrong with the names of the views of the pairs."""
    names = declared(PAGE, changed)
    records = names.shape.fields
    views = [one for one in records if one not in ("packet", "sheet")]
    scripts = {
        file.name: source(f"{PAGE}/static/{file.name}", changed) for file in sorted((ROOT / PAGE).glob("static/*.js"))
    }
    reading, frame = Reading(), records["sheet"].fields
    reading.read |= {"packet.sheet", "sheet.words", *(f"{view}.words" for view in views)}
    for view in views:
        own = records[view].fields
        words = Shape("words", frame["words"].fields | own.get("words", Shape()).fields)
        sheet = Shape("sheet", frame | own | {"words": words})
        program = Program(scripts, {"parsed": Shape("packet", records["packet"].fields | {"sheet": sheet})})
        program.known["sheet.view"] = (Text(view),)
        program.text(source(f"{PAGE}/static/page.html", changed))
        reading.add(program.evaluate("page.js"))
    hidden = [f"{view}.{one}" for view in views for one in records[view].fields if one in frame and one != "words"]
    return [
        *(f"{one} is a name of the frame too" for one in hidden),
        *page_messages(names, views, changed),
        *reading.problems(names),
    ]


def page_messages(names: Names, views: list[str], changed: Sources) -> list[str]:
    """Return what is wrong with the messages of the page, in either direction, and with its addresses."""
    text = {
        name: source(f"{PAGE}/{name}.py", changed)
        for name in ("message_check", "visitor", "session", "application", "address")
    }
    taken = messages_declared(text["message_check"], "PAGE_MESSAGES")
    whole = {kind: {one.partition(".")[0] for one in fields} for kind, fields in names.messages.items()}
    asked = {one.partition(".")[2] for one in names.messages["ask"] if "." in one}
    known = set(ast.literal_eval(assigned(ast.parse(text["address"]), "KEYS")))
    shown = set(ast.literal_eval(assigned(ast.parse(text["address"]), "VIEWS")))
    sent = set(re.findall(r'\.send(?:_json)?\(\s*{?"(\w+)"', text["visitor"] + text["session"] + text["application"]))
    tree = ast.parse(text["visitor"])
    receive = next(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == "receive")
    read = fields_taken(receive) - set().union(*whole.values())
    return [
        *messages_apart("Python takes", taken, whole),
        *(f"ask.address.{one} is not what Python takes" for one in sorted(asked - known)),
        *(f"the view {one} is not the same on both sides" for one in sorted(shown ^ set(views))),
        *(
            f"the message {one} is not the same on both sides"
            for one in sent ^ set(names.shape.fields["packet"].fields)
        ),
        *(f"{one} is read of a message and not declared" for one in sorted(read)),
    ]


def classroom_problems(changed: Sources) -> list[str]:
    """Return what is wrong with the names of the classroom."""
    names = declared(CLASSROOM, changed)
    keys = tomllib.loads(source(f"{CLASSROOM}/texts.toml", changed))
    texts = Texts("lesson.words", tuple(keys), python_sources(CLASSROOM, changed))
    texts.add_to(names)
    program = Program({"classroom.js": source(f"{CLASSROOM}/classroom.js", changed)}, {})
    nowhere = parsed("nowhere")

    def model(method: str, arguments: list[Value]) -> Value:
        for name in texts_in(arguments[0]) if method in ("get", "on") else ():
            if name != "msg:custom":
                trait = name.removeprefix("change:")
                found = program.get(nowhere, (names.shape,), trait)
                if method == "get":
                    return found
        if method == "on":
            program.later.append((arguments[1], [names.shape.fields["message"].value]))
        elif method == "send":
            program.message(arguments[0])
        return ()

    def render(exports: Thing) -> None:
        widget = Thing({"model": (Special("model", model),), "el": ()})
        function = program.get(nowhere, exports.fields["default"], "render")
        program.call(program.call(function, [(widget,)]), [])

    reading = Reading()
    reading.add(program.evaluate("classroom.js", render))
    python = source(f"{CLASSROOM}/page.py", changed)
    taken = messages_taken(python) | {kind: set() for kind in re.findall(r'kind == "(\w+)"', python)}
    tree = ast.parse(python)
    widget = next(one for one in ast.walk(tree) if isinstance(one, ast.ClassDef) and one.name == "ClassroomWidget")
    traits = {
        one.targets[0].id for one in widget.body if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }
    written = set(re.findall(r"self\.widget\.(\w+) = ", python))
    declared_traits = set(names.shape.fields) - {"message"}
    return [
        *(f"the trait {one} is not the same on both sides" for one in sorted((traits - {"_esm"}) ^ declared_traits)),
        *(f"the trait {one} is not written, or another is" for one in sorted(written ^ declared_traits)),
        *messages_apart("Python takes", taken, names.messages),
        *reading.problems(names, texts),
    ]


def room_problems(changed: Sources) -> list[str]:
    """Return what is wrong with the names of the presenter's screen and of the phones."""
    names = declared(WORKSHOP, changed)
    keys = tuple(tomllib.loads(source(f"{WORKSHOP}/room.toml", changed))["words"])
    wrong, read = [], set()
    sides = {
        "screen": ("room.js", "/state", "room_server.py"),
        "phone": ("phone.js", "/u/state", "phone_gate.py"),
        "opening": ("opening.js", "/group/state", "opening.py"),
    }
    for side, (script, path, module) in sides.items():
        mine = replace(names, shape=Shape("", {side: names.shape.fields[side]}))
        mine.unread = {one for one in names.unread if one.startswith(side)}
        answer = names.shape.fields["answer"]
        texts = Texts(f"{side}.words", keys, ())
        texts.add_to(mine)
        program = Program(
            {script: source(f"{WORKSHOP}/static/{script}", changed)},
            {path: mine.shape.fields[side], "answer": answer},
        )
        reading = Reading()
        reading.add(program.evaluate(script))
        read |= {one.replace(f"{side}.words", "words") for one in reading.read}
        taken = messages_taken(source(f"{WORKSHOP}/{module}", changed))
        mine.messages = {kind: one for kind, one in names.messages.items() if side_of(kind) == side}
        wrong += [*messages_apart("Python takes", taken, mine.messages)]
        reading.read |= {f"{side}.words", *(f"{side}.words.{key}" for key in keys)}
        wrong += reading.problems(mine)
    python = (*python_sources(WORKSHOP, changed),)
    return wrong + [f"the text {one} is used by nobody" for one in Texts("words", keys, python).unused(read)]


def side_of(kind: str) -> str:
    """Return the script of the workshop that sends a kind of message."""
    return "phone" if kind.startswith("/") else "opening" if kind in ("open", "network", "close") else "screen"


def town_problems(changed: Sources) -> list[str]:
    """Return what is wrong with the names of the page of a town."""
    names = declared(TOWN_PAGE, changed)
    script = "\n".join(source(f"{TOWN_PAGE}/{name}", changed) for name in SCRIPTS)
    data, heard = names.shape.fields["data"], names.shape.fields["heard"]
    program = Program({"town.js": script}, {"parsed": Shape("parsed", data.fields | heard.fields)})
    program.text(source(f"{TOWN_PAGE}/town.html.j2", changed))
    reading = Reading()
    reading.add(program.evaluate("town.js"))
    taken = messages_declared(source(f"{PAGE}/message_check.py", changed), "TOWN_MESSAGES")
    sent = set(re.findall(r'\.send\("(\w+)"', source(f"{PAGE}/town_check.py", changed)))
    outside = {"fault", "full"}
    return [
        *messages_apart("Python takes", taken, names.messages),
        *(f"the message {one} is not the same on both sides" for one in sorted(sent ^ (set(heard.fields) - outside))),
        *reading.problems(names),
    ]


PROGRAMS: dict[str, Callable[[Sources], list[str]]] = {
    PAGE: page_problems,
    CLASSROOM: classroom_problems,
    WORKSHOP: room_problems,
    TOWN_PAGE: town_problems,
}
"""Function of each program that returns what is wrong with its names."""
