"""Numbers in compiled rules are parameters or named constants; `golden/literals.txt` lists the few that stay.

`python -m tests.architecture.test_literals` writes the list anew, for a review of what has come or gone.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "tests" / "golden" / "literals.txt"
COMPILED = {"kernel", "allocating_kernel", "scalar_kernel", "step"}
PLAIN = {0, 1, -1, 2, 0.5}
"""Numbers that say how many, which sign or half: no size of anything."""
DRAWS = {"keyed_uniform"}
"""Functions whose last argument is the index of a draw."""


def name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def numbers(node: ast.AST) -> list[ast.Constant]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Constant) and type(one.value) in (int, float)]


def indices(function: ast.FunctionDef) -> set[int]:
    """Numbers that name a draw or a place in an array."""
    found: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and name_of(node) in DRAWS:
            found |= {id(one) for one in numbers(node.args[-1])}
        if isinstance(node, ast.Subscript):
            found |= {id(one) for one in numbers(node.slice) if isinstance(one.value, int)}
    return found


def literals(source: str) -> list[tuple[str, str]]:
    """Function and number of every literal of a file that is neither plain nor an index."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(name_of(one) in COMPILED for one in node.decorator_list):
            apart = indices(node)
            body = [one for statement in node.body for one in numbers(statement)]
            found += [(node.name, repr(one.value)) for one in body if one.value not in PLAIN and id(one) not in apart]
    return found


def listed() -> list[str]:
    return sorted(
        f"{path.relative_to(ROOT).as_posix()} {function} {number}"
        for path in (ROOT / "model").rglob("*.py")
        for function, number in literals(path.read_text(encoding="utf-8"))
    )


def test_every_literal_of_a_compiled_rule_is_on_the_list() -> None:
    known = RECORD.read_text(encoding="utf-8").splitlines()
    assert listed() == known, "make it a parameter or a named constant with its source"


def test_a_new_literal_is_noticed() -> None:
    source = (
        "@kernel\ndef rise(mind):\n    mind.trust += 0.3 * keyed_uniform(seed, STREAM, tick, i, 5) + mind.row[7] - 1\n"
    )
    assert literals(source) == [("rise", "0.3")]


if __name__ == "__main__":
    RECORD.write_text("".join(f"{line}\n" for line in listed()), encoding="utf-8")
