"""No function is longer than a person reads at once."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 40
DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def files() -> list[Path]:
    return [
        path
        for package in ("model", "scenarios", "experiments", "confianza", "tests")
        for path in sorted((ROOT / package).rglob("*.py"))
    ]


def code_lines(node: ast.AST, text: list[str]) -> int:
    """Count the lines of a function without docstrings, comments and empty lines."""
    said: set[int] = set()
    for one in ast.walk(node):
        if isinstance(one, DOCUMENTED) and ast.get_docstring(one) is not None:
            said |= set(range(one.body[0].lineno, (one.body[0].end_lineno or 0) + 1))
    lines = range(node.lineno, (node.end_lineno or 0) + 1)  # type: ignore[attr-defined]
    return sum(line not in said and text[line - 1].strip()[:1] not in ("", "#") for line in lines)


def long_functions(source: str) -> list[str]:
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, DOCUMENTED[:2])]
    sizes = {node.name: code_lines(node, source.splitlines()) for node in found}
    return [f"{name} has {size} lines" for name, size in sizes.items() if size > LONGEST]


@pytest.mark.thorough
def test_no_function_is_longer_than_forty_lines() -> None:
    told = {path.relative_to(ROOT).as_posix(): long_functions(path.read_text(encoding="utf-8")) for path in files()}
    assert {path: names for path, names in told.items() if names} == {}


@pytest.mark.parametrize(("lines", "long"), [(38, []), (40, ["rise has 42 lines"])])
def test_docstrings_comments_and_empty_lines_do_not_count(lines: int, long: list[str]) -> None:
    body = "".join(f"    trust += {number}\n" for number in range(lines))
    source = f'def rise(trust):\n    """Say it.\n\n    Twice.\n    """\n    # a comment\n\n{body}    return trust\n'
    assert long_functions(source) == long
