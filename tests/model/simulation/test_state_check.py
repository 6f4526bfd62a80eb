"""A state of the right form with numbers that no run writes is refused before a kernel reads it."""

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from states import reread

from experiments.cli import app as cli
from model.engine.domains import COUNT, UNDECLARED, row_of
from model.engine.errors import InputError
from model.engine.rows import Column, Int8Column, Row, domains_of, zero_rows
from model.engine.tables import TABLE_OF, ArraySpec, GrowingTableSpec
from model.reporting.response import WAITING
from model.simulation import registry, state_file
from model.simulation.model import TrustModel
from model.simulation.state_check import check_rows
from model.simulation.state_file import STATE_FILE, end_mark
from model.world.shift_events import Call

Live = Callable[..., TrustModel]
type Tables = dict[str, np.ndarray]
SHORT = ("run", "baseline", "--set", "population.scale=0.05", "--set", "calendar.warm_up=0")
FUZZ = Path(__file__).parents[2] / "support" / "state_fuzz.py"


class Declared(Row):
    """Columns with and without domains."""

    cell: Annotated[int, row_of("cell", none=True)]
    small: Annotated[Int8Column, COUNT]
    share: Annotated[float, Column("", "0-1")]
    plain: float
    bare: int


@pytest.fixture(scope="module")
def world(live: Live) -> TrustModel:
    return live(200, **{"population.scale": 0.15})


@pytest.fixture(scope="module")
def stored(world: TrustModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    world.save(folder)
    return folder


def tampered(folder: Path, target: Path, change: Callable[[Tables], None]) -> Path:
    """Write the state of a folder into another one, with other numbers and a digest that is right."""
    content = (folder / STATE_FILE).read_bytes()[: -state_file.END_MARK_LENGTH]
    tables = {name: table.copy() for name, table in np.load(io.BytesIO(content)).items()}
    change(tables)
    sink = io.BytesIO()
    np.savez(sink, **tables)  # type: ignore[arg-type]
    target.mkdir(exist_ok=True)
    (target / STATE_FILE).write_bytes(sink.getvalue() + end_mark(hashlib.sha256(sink.getvalue()).hexdigest()))
    return target


def fill(name: str, value: float, column: str = "", row: Any = slice(None)) -> Callable[[Tables], None]:
    """Return a change that writes one value into a table or a column."""

    def change(tables: Tables) -> None:
        (tables[name][column] if column else tables[name])[row] = value

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (fill("state/arrived", 1_000_000), r"'arrived', row 0: 1000000 is not a number of residents; 0 to \d+ are"),
        (fill("state/arrived", 8000), "'who_end' does not fit other tables: Lists of who is where end with the last"),
        (fill("state/of_woman", 10**6), r"'of_woman', row 0: 1000000 is not a row of 'women' or -1; -1 to \d+ are"),
        (fill("state/of_woman", -1), "'of_woman' does not fit other tables: It names each of `women` once"),
        (fill("state/plan_cells", 10**9, row=(0, 2)), "'plan_cells', row 0, 2: 1000000000 is not a row of 'cell' or"),
        (fill("state/mood", 1e308), r"'mood', row 0: 1e\+308 is not log-odds; -300 to 300 are allowed"),
        (fill("state/mood", np.nan), "'mood', row 0: nan is not log-odds"),
        (fill("state/target_start", 10**6, row=-1), "'target_start' does not fit other tables: It begins at 0"),
        (fill("state/targets", -5), "'targets', row 0: -5 is not a row of 'resident'"),
        (fill("state/minds", -2, "member", 9), "'minds', column 'member', row 9: -2 is not a row of 'clique' or -1"),
        (fill("state/minds", 2, "careful", 9), "'minds', column 'careful', row 9: 2 is not 0 or 1; 0 to 1 are allowed"),
        (fill("state/minds", 1.5, "trust", 9), "'minds', column 'trust', row 9: 1.5 is not a share; 0 to 1 are"),
        (fill("state/minds", 10**6, "met", 9), "column 'met', row 9: 1000000 is not a shift up to the present"),
        (fill("state/officers", 3, "seat", 0), "'officers' does not fit other tables: A position keeps its facility"),
        (
            fill("state/offenders", 4, "group", 0),
            "'offenders', column 'group', row 0: 4 is not a number of a list; 0 to 3",
        ),
        (fill("state/crowd", 10**6), "'crowd' does not fit other tables"),
        (fill("state/problem_at", 0), "'problem_at' does not fit other tables"),
        (fill("past/ledger", 63, "cause"), "'past/ledger', column 'cause', row 0: 63 is not a number of a list"),
        (fill("past/choice", 5, "matter"), "'past/choice' breaks a rule: Each choice is in a declared matter"),
        (fill("past/settlement", 9, "month"), "'past/settlement', column 'month', row 0: 9 is not a month up to"),
        (fill("months", 1), "its months are not one after the other"),
    ],
)
def test_wrong_content_is_refused_with_place_value_and_rule(change, told, stored, world, tmp_path) -> None:
    folder = tampered(stored, tmp_path / "state", change)
    with pytest.raises(InputError, match=told) as found:
        TrustModel.restore(folder, world.settings, town=world.town)
    assert str(found.value).count("\n") == 0


@pytest.mark.parametrize("name", ["plan_cells", "of_woman", "crimes_known", "held_by"])
def test_an_array_of_fixed_size_keeps_it(name: str, stored: Path, world: TrustModel, tmp_path: Path) -> None:
    def shorten(tables: Tables) -> None:
        tables[f"state/{name}"] = tables[f"state/{name}"][:-1]

    folder = tampered(stored, tmp_path / "state", shorten)
    with pytest.raises(InputError, match=f"'{name}' has .* rows, not"):
        TrustModel.restore(folder, world.settings, town=world.town)


def test_the_program_refuses_a_state_with_one_line_and_no_crash(tmp_path: Path) -> None:
    state, out = tmp_path / "state", ("--fresh", "--out", str(tmp_path / "out"))
    assert cli.run_program([*SHORT, "--until", "2017-02-05", "--save", str(state), *out]) == 0
    tampered(state / "seed_1", state / "seed_1", fill("state/plan_cells", 10**9))
    saved = state / "saved.json"
    saved.write_text(saved.read_text().replace('"states"', '"unsaid"'))
    command = [
        sys.executable,
        "-m",
        "confianza",
        *SHORT,
        "--until",
        "2017-03-05",
        "--from",
        str(state),
        *out,
        "--fresh",
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 2, told.stderr
    assert re.search(r"^confianza: .*'plan_cells', row 0, 0: 1000000000 is not a row of 'cell' or -1", told.stderr)
    assert told.stderr.count("\n") == 1


def test_a_domain_is_declared_with_the_column_or_follows_from_its_unit() -> None:
    found = domains_of(Declared)
    assert found["cell"].limits({"cell": 20}) == (-1, 19)
    assert found["small"] == COUNT
    assert found["share"].limits({}) == (0.0, 1.0)
    assert found["plain"].high < np.inf
    assert found["bare"] is UNDECLARED


def test_a_call_that_waits_is_about_an_incident_that_was_carried_over() -> None:
    rows = zero_rows(Call, 1)
    rows["incident"] = 2
    sizes = dict.fromkeys(("tick", "cell", "resident", "authority"), 9)
    check_rows("waiting", rows, WAITING.domains, sizes | {"carried": 3})
    with pytest.raises(ValueError, match="'waiting', column 'incident', row 0: 2 is not a row of 'carried' or -1"):
        check_rows("waiting", rows, WAITING.domains, sizes | {"carried": 2})


def test_integers_without_a_domain_are_refused_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    for table, told in (
        (GrowingTableSpec(name="made_up", row=Declared, about=""), "'made_up' have no domain: bare"),
        (ArraySpec(name="made_up", of=np.int64, about=""), "'made_up' have no domain: its elements"),
    ):
        monkeypatch.setattr(registry, "TABLES", (*registry.TABLES, table))
        with pytest.raises(ValueError, match=told):
            registry.check_registry()
        monkeypatch.undo()
    del TABLE_OF[Declared]


def test_every_column_of_the_state_declares_the_values_that_it_may_have() -> None:
    bare = [
        f"{table.name}.{name}"
        for table in registry.TABLES
        for name, domain in table.domains.items()
        if domain is UNDECLARED
    ]
    assert not bare


def test_a_state_that_was_lived_in_passes(world: TrustModel) -> None:
    assert reread(world)["tick"] == world.tick


@pytest.mark.parametrize(
    "examples",
    [40, pytest.param(500, marks=pytest.mark.thorough), pytest.param(20_000, marks=pytest.mark.slow)],
)
def test_no_state_crashes_the_program(examples: int, record_property: Callable[[str, object], None]) -> None:
    command = [sys.executable, "-X", "faulthandler", str(FUZZ), str(examples)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=FUZZ.parents[2])
    assert told.returncode == 0, told.stderr[-3000:]
    found = re.fullmatch(r"(\d+) refused, (\d+) lived in; longest ([\d.]+) s; (\d+) MB more\n", told.stdout)
    assert found is not None, told.stdout
    refused, lived, longest, memory = map(float, found.groups())
    record_property("cases", examples)
    told_of = f"{refused:,.0f} refused, {lived:,.0f} lived in, the longest {longest:.2f} s, {memory:.0f} MB more"
    record_property("measured", f"{examples:,} states: {told_of}")
    assert refused + lived >= examples
    assert min(refused, lived) > examples / 10
    assert memory < 1000.0, told.stdout
