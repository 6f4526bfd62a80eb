"""Other systems and processors: our files ask for nothing that only Linux has, and say in which letters they read.

The model computes nothing whose last bit depends on the processor.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

ROOT = Path(__file__).parents[2]
STUDY = """scenarios = ["baseline"]
policies = [["status_quo"]]
seeds = 4
years = 0.1
warm_up = 0
[set]
"population.scale" = 0.05
"""
SMALL = ["--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.25"]


PROGRAMS = ("run", "Popen", "call", "check_call", "check_output")
"""Calls that start a program."""


def sources() -> list[Path]:
    return [
        path
        for name in ("model", "scenarios", "experiments", "confianza")
        for path in sorted((ROOT / name).rglob("*.py"))
    ]


def unsaid(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of calls that read or write text, or speak with a program, in letters that they do not say."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        stated = {word.arg for word in node.keywords}
        speaks = name in PROGRAMS and stated & {"text", "universal_newlines"}
        if "encoding" not in stated and (asks_for_text(name, node) or speaks):
            yield node.lineno


def asks_for_text(name: str, call: ast.Call) -> bool:
    """Tell whether a call opens a file as text."""
    if ast.unparse(call.func) == "formatter.write_text":  # of help texts
        return False
    if name in ("read_text", "write_text"):
        named = bool(call.args) and "." in str(getattr(call.args[0], "value", ""))  # a file of an installed program
        return isinstance(call.func, ast.Attribute) and not named  # of a path, and not a reader of our own
    modes = [*call.args, *(word.value for word in call.keywords if word.arg == "mode")]
    modes = [one.value for one in modes if isinstance(one, ast.Constant) and str(one.value).strip("rwax+t") == ""]
    return name == "open" and bool(modes)


def test_every_file_says_its_letters() -> None:
    """Modules of one system are banned in `pyproject.toml`."""
    lines = {path: list(unsaid(ast.parse(path.read_text(encoding="utf-8")))) for path in (*sources(), ROOT / "run.py")}
    assert {str(path.relative_to(ROOT)): found for path, found in lines.items() if found} == {}


@pytest.mark.parametrize(
    "code",
    ["p.read_text()", "p.write_text('a')", "p.open('w')", "open(p, 'r')", "run(a, text=True)", "open(p, mode='a')"],
)
def test_letters_that_are_not_said_are_noticed(code: str) -> None:
    assert list(unsaid(ast.parse(code))) == [1]


@pytest.mark.parametrize("code", ["p.open('rb')", "store.open()", "open(p, 'w', encoding='utf-8')", "run(a)"])
def test_letters_that_need_not_be_said_are_left_alone(code: str) -> None:
    assert list(unsaid(ast.parse(code))) == []


EXACT_OF_MATH = {"ceil", "copysign", "floor", "fsum", "inf", "isfinite", "isinf", "isnan", "nan", "pi", "prod", "sqrt"}
"""Names of `math` that IEEE 754 or whole numbers fix to the last bit."""
EXACT_OF_NUMPY = {
    "abs", "add", "bitwise_or", "divide", "equal", "floor", "isfinite", "isnan", "less", "logical_and", "logical_not",
    "logical_or", "maximum", "minimum", "multiply", "sign", "sqrt", "square", "subtract",
}  # fmt: skip
"""Functions of every element that are exact; numpy has the same bits on every processor for these, and for sums."""
LINEAR_ALGEBRA = {
    "argpartition", "convolve", "corrcoef", "correlate", "cov", "dot", "einsum", "fft", "geomspace", "inner", "linalg",
    "logspace", "outer", "polyfit", "random", "tensordot", "vdot",
}  # fmt: skip
"""Names of numpy that call BLAS or libm, and whose order of sums depends on the processor."""
EXACT_OF_SCIPY = {"optimize", "sparse", "spatial"}
ELSEWHERE_OF_LIBM = {"cmath", "statistics", "numpy.linalg", "scipy.linalg", "scipy.special", "scipy.stats"}
"""Modules that call BLAS or libm."""


def of_one_processor(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of all whose last bit, or order of equal values, depends on the processor."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
                yield line, "@"
            case ast.AugAssign(op=ast.Pow()):
                yield line, "**"
            case ast.BinOp(left=left, op=ast.Pow(), right=right) if not (is_number(left) and is_number(right)):
                yield line, "**"
            case ast.Call(func=ast.Name("pow")) | ast.Call(func=ast.Attribute(attr="dot" | "argpartition")):
                yield line, ast.unparse(node.func)
            case ast.Call(func=ast.Attribute(attr="argsort"), keywords=words):
                if not any(word.arg == "kind" and ast.unparse(word.value) == "'stable'" for word in words):
                    yield line, "argsort"
            case ast.Attribute(value=ast.Name("math" | "np" | "numpy" | "scipy" as module), attr=name):
                if depends_on_processor(module, name):
                    yield line, f"{module}.{name}"
            case ast.ImportFrom(module=str(module), names=names):
                yield from ((line, f"{module}.{one.name}") for one in names if depends_on_processor(module, one.name))
            case ast.Import(names=names):
                yield from ((line, one.name) for one in names if one.name in ELSEWHERE_OF_LIBM)


def is_number(node: ast.expr) -> bool:
    """Return whether a node is a number that is written out."""
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def depends_on_processor(module: str, name: str) -> bool:
    """Return whether a name of a module gives other last bits on other processors."""
    match module:
        case "math":
            return name not in EXACT_OF_MATH
        case "np" | "numpy":
            of_elements = isinstance(getattr(np, name, None), np.ufunc)
            return name in LINEAR_ALGEBRA or (of_elements and name not in EXACT_OF_NUMPY)
        case "scipy":
            return name not in EXACT_OF_SCIPY
    return module in ELSEWHERE_OF_LIBM


def test_the_model_computes_the_same_bits_on_every_processor() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}:{line}: {what}"
        for path in sources()
        if path.relative_to(ROOT).parts[0] in ("model", "scenarios", "confianza")
        for line, what in of_one_processor(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not found, "take it from model.engine.elementary, write sums and products out, or sort with kind='stable'"


def test_equal_values_are_ordered_alike_on_every_processor() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for path in sources()
        for line, what in of_one_processor(ast.parse(path.read_text(encoding="utf-8")))
        if what == "argsort"
    ]
    assert found == [], "sort with kind='stable'"


OF_ONE_PROCESSOR = [
    "a @ b", "a @= b", "np.dot(a, b)", "a.dot(b)", "np.linalg.solve(a, b)", "np.einsum('i,i', a, b)", "np.cov(a)",
    "np.matmul(a, b)", "np.exp(a)", "np.log1p(a)", "np.power(a, 2)", "np.tanh(a)", "np.arctan2(a, b)", "np.hypot(a, b)",
    "math.exp(a)", "math.log(a)", "math.hypot(a, b)", "a ** 0.5", "a ** 2", "2.0 ** -a", "a **= 2", "pow(a, 2)",
    "from math import exp", "from numpy import exp", "from statistics import NormalDist", "import scipy.special",
    "scipy.special.expit(a)", "np.argsort(a)", "a.argsort()", "np.argsort(a, kind='quicksort')",
]  # fmt: skip
OF_ALL_PROCESSORS = [
    "math.sqrt(a)", "math.fsum(a)", "np.sqrt(a)", "np.square(a)", "a.sum()", "np.argsort(a, kind='stable')", "2**53",
    "exp(a)", "2.0 ** -1022", "np.maximum(a, b)", "scipy.sparse.csr_array(a)", "f(**a)",
]  # fmt: skip


@pytest.mark.parametrize("code", OF_ONE_PROCESSOR)
def test_what_depends_on_the_processor_is_noticed(code: str) -> None:
    assert {line for line, _ in of_one_processor(ast.parse(code))} == {1}


@pytest.mark.parametrize("code", OF_ALL_PROCESSORS)
def test_what_is_exact_is_left_alone(code: str) -> None:
    assert list(of_one_processor(ast.parse(code))) == []


def elsewhere(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command as if Unix's own modules and calls were not there."""
    program = "from experiments.cli import main\nif __name__ == '__main__': main()"
    paths = os.pathsep.join([str(ROOT / "tests" / "support" / "elsewhere"), str(ROOT)])
    env = os.environ | {"PYTHONPATH": paths, "PYTHONWARNDEFAULTENCODING": "1", "COLUMNS": "80"}
    told = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in told.stderr, told.stderr
    return told


def test_what_is_hidden_is_not_there(tmp_path: Path) -> None:
    """The commands below prove nothing if it were."""
    (tmp_path / "experiments").mkdir()
    code = """
import os, signal, sys, multiprocessing
for name in ("fork", "killpg", "sched_getaffinity"): assert not hasattr(os, name), name
assert not hasattr(signal, "pthread_sigmask")
assert multiprocessing.get_start_method() == "spawn"
module = type(sys)("experiments.tried")
module.__file__ = FILE
for line in ("import fcntl", "import resource"):
    try: exec(line, module.__dict__)
    except ModuleNotFoundError: continue
    raise SystemExit(line)
try: exec(compile("open(FILE)", FILE, "exec"), {"FILE": FILE, "__name__": "experiments.tried"})
except EncodingWarning: raise SystemExit(0)
raise SystemExit("opened")
""".replace("FILE", repr(str(ROOT / "experiments" / "__init__.py")))
    env = os.environ | {"PYTHONPATH": str(ROOT / "tests" / "support" / "elsewhere"), "PYTHONWARNDEFAULTENCODING": "1"}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.slow
def test_a_run_with_spawned_workers(tmp_path: Path) -> None:
    there = elsewhere(tmp_path, "run", "villa_canales", *SMALL, "--replicates", "2", "--workers", "2", "--out", "out")
    assert there.returncode == 0, there.stderr
    alone = elsewhere(tmp_path, "run", "villa_canales", *SMALL, "--replicates", "2", "--out", "alone")
    assert alone.returncode == 0, alone.stderr
    tables = [sorted((tmp_path / name).rglob("*.parquet")) for name in ("out", "alone")]
    assert len(tables[0]) > 3
    assert [path.read_bytes() for path in tables[0]] == [path.read_bytes() for path in tables[1]]


@pytest.mark.slow
def test_a_sweep_with_spawned_workers_and_its_table(tmp_path: Path) -> None:
    study = tmp_path / "pequeño.toml"
    study.write_text(STUDY, encoding="utf-8")
    swept = elsewhere(tmp_path, "sweep", str(study), "--workers", "2", "--out", "año")
    assert swept.returncode == 0, swept.stderr
    assert elsewhere(tmp_path, "export", "año", "--csv", "año.csv").returncode == 0
    assert (tmp_path / "año.csv").read_bytes().count(b"\r") == 0


@pytest.mark.slow
def test_twins_their_report_and_what_else_there_is(tmp_path: Path) -> None:
    asked = ("compare", "status_quo", "resources_only", "--scenario", "villa_canales", *SMALL, "--replicates", "2")
    for words in (
        (*asked, "--workers", "2", "--out", "twins", "--report", "informe.html", "--lang", "both"),
        ("compare", "twins", "--figures", "figures"),
        ("verify", "informe.html"),
        ("doctor",),
        ("list", "scenarios"),
        ("list", "policies"),
        ("list", "parameters"),
        ("list", "measures", "--lang", "es"),
    ):
        told = elsewhere(tmp_path, *words)
        assert told.returncode == 0, (words, told.stderr)


def test_the_public_checks_run_on_three_systems() -> None:
    stated = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    job = stated["jobs"]["test"]
    assert {name.partition("-")[0] for name in job["strategy"]["matrix"]["os"]} == {"ubuntu", "macos", "windows"}
    assert job["runs-on"] == "${{ matrix.os }}"


def test_the_bytes_of_the_code_are_the_same_on_every_system() -> None:
    """Or manifests would name another code on Windows, and sweeps could not go on there."""
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert not [path for path in sources() if b"\r" in path.read_bytes()]
