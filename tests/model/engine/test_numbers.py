"""Numbers are data: what is wrong in a file of numbers is refused at import, in a line that says where."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from model.engine.calendar import CalendarParameters
from model.engine.errors import InputError
from model.engine.fingerprint import PACKAGE
from model.engine.numbers import all_event_lines, all_tables, read_numbers
from model.engine.parameters import ParameterGroup, all_parameters, check_tables
from model.town.crime_kinds import KINDS
from model.trust import events
from scenarios.groups import declared_groups

GLOW = {"value": 0.5, "unit": "share", "range": [0, 1], "off": 0.0, "source": "assumed", "en": "light", "es": "luz"}
TITLE = {"en": "Light", "es": "Luz"}
LINES = "glow = { value = 0.5, unit = 'share', range = [0, 1], source = 'assumed', en = 'light', es = 'luz' }\n"


@pytest.fixture(autouse=True)
def nothing_made_up_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    declared_groups()
    monkeypatch.setattr(ParameterGroup, "known", dict(ParameterGroup.known))


def declare(annotations: Mapping[str, Any] | None = None, **more: Any) -> type[ParameterGroup]:
    """Declare a group `lamps`, with lines if they are given, else with those of its file."""
    members = {"name": "lamps", "__annotations__": annotations or {"glow": "float"}, "__module__": "made_up.lamps"}
    return dataclass(frozen=True, init=False)(type("Lamps", (ParameterGroup,), members, **more))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of numbers of a package that is made up."""
    package = ModuleType("made_up")
    package.__file__ = str(tmp_path / "__init__.py")
    monkeypatch.setitem(sys.modules, "made_up", package)
    monkeypatch.setitem(sys.modules, "made_up.lamps", package)
    return tmp_path / "numbers.toml"


def test_a_group_has_what_its_lines_say_and_may_be_made_with_or_without_values(file: Path) -> None:
    file.write_text(f"[lamps]\n{LINES}", encoding="utf-8")
    lamps = declare()
    assert (lamps().glow, lamps(glow=1).glow, lamps().replace({"glow": 0.25}).glow) == (0.5, 1.0, 0.25)
    spec = lamps.parameter_specs()["glow"]
    assert (spec.low, spec.high, spec.off, spec.role) == (0.0, 1.0, None, "behaviour")
    assert spec.words == {"en": "light", "es": "luz"}
    with pytest.raises(AttributeError):
        lamps().glow = 0.1
    with pytest.raises(InputError, match=r"no parameter 'lamps.glw'; did you mean 'lamps.glow'"):
        lamps(glw=0.1)
    with pytest.raises(InputError, match=r"lamps.glow must lie in \[0, 1\]"):
        lamps(glow=2.0)


@pytest.mark.parametrize(
    ("content", "annotations", "told"),
    [
        ("[lamps]\n", {"glow": "float"}, r"\[lamps\] has no line for 'glow': add one, or take the key from the class"),
        (f"[lamp]\n{LINES}", {"glow": "float"}, r"\[lamps\] has no line for 'glow'"),
        (f"[lamps]\n{LINES}", {"glw": "float"}, r"\[lamps\] has no line for 'glw'"),
        (
            f"[lamps]\n{LINES}{LINES.replace('glow', 'glows')}",
            {"glow": "float"},
            r"\[lamps\] has a line 'glows' that nothing declares; did you mean 'glow'\?: declare it, or remove",
        ),
        (f"[lamps]\n{LINES}", {"glow": "int"}, r"\[lamps\] glow: value must be of the declared type int, got 0.5"),
        ("[lamps]\nglow = 0.5\n", {"glow": "float"}, r"\[lamps\] glow must be \{ value, unit, range, .*got 0.5"),
        ("[lamps]\nglow = {\n", {"glow": "float"}, r"numbers.toml: .*line 2"),
        (f"[lamps]\n{LINES}", {"glow": "str"}, r"Lamps.glow must be annotated int or float, got str"),
    ],
)
def test_a_file_and_a_class_that_differ_are_refused(
    file: Path, content: str, annotations: dict[str, str], told: str
) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told) as refused:
        declare(annotations)
    assert "\n" not in str(refused.value)
    assert str(file) in str(refused.value) or "annotated" in told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"valu": 0.5}, r"\[lamps\] glow has a field 'valu'; did you mean 'value'"),
        ({"value": 1}, r"\[lamps\] glow: value must be of the declared type float, got 1"),
        ({"value": True}, "value must be of the declared type float, got True"),
        ({"value": 1.5}, r"\[lamps\] glow must lie in \[0, 1\] \(share\), got 1.5"),
        ({"off": -1.0}, r"\[lamps\] glow must lie in \[0, 1\] \(share\), got -1.0"),
        ({"range": [0]}, r"\[lamps\] glow: range must be two numbers \(float\), the lower first, got \[0\]"),
        ({"range": [1, 0]}, r"\[lamps\] glow: range must be two numbers \(float\), the lower first, got \[1, 0\]"),
        ({"plausible": ["a", 1]}, r"\[lamps\] glow: plausible must be two numbers \(float\), the lower"),
        ({"role": "levers"}, r"\[lamps\] glow: role must be site, behaviour, lever, got 'levers'"),
        ({"es": None}, r"\[lamps\] glow has no field 'es': add it"),
        ({"unit": None}, r"\[lamps\] glow has no field 'unit': add it"),
        ({"source": None}, r"\[lamps\] glow has no field 'source': add it"),
        ({"source": ""}, r"\[lamps\] glow: source must be a text, got ''"),
        ({"role": "lever"}, r"\[lamps\] glow has no field 'title': add it"),
        ({"role": "lever", "title": TITLE}, "a lever has a title in en and es, every other parameter a text es alone"),
        ({"role": "lever", "es": None, "title": {"en": "Light"}}, "glow: title must be a text in en and es, got"),
        ({"role": "lever", "es": None, "title": "Light"}, "glow: title must be a text in en and es, got 'Light'"),
        ({"off": 0}, "off must be of the declared type float, got 0"),
        ({"title": TITLE}, "a lever has a title in en and es, every other parameter a text es alone"),
    ],
)
def test_a_line_that_is_wrong_is_refused(changes: dict[str, Any], told: str) -> None:
    line = {field: content for field, content in (GLOW | changes).items() if content is not None}
    with pytest.raises(InputError, match=told) as refused:
        declare(lines={"glow": line})
    assert "\n" not in str(refused.value)


def test_whole_numbers_have_whole_ranges() -> None:
    line = GLOW | {"value": 1, "off": 0}
    assert declare({"glow": int}, lines={"glow": line})().glow == 1
    with pytest.raises(InputError, match=r"range must be two numbers \(int\), the lower first, got \[0, 1.5\]"):
        declare({"glow": int}, lines={"glow": line | {"range": [0, 1.5]}})


def test_a_package_without_numbers_is_told_which_file_it_lacks(file: Path) -> None:
    with pytest.raises(InputError, match=r"no file .*numbers.toml: it states the parameters of its package"):
        declare()


def test_a_table_without_a_group_and_one_that_stands_twice_are_refused(tmp_path: Path) -> None:
    for package in ("police", "crime"):
        (tmp_path / package).mkdir()
    (tmp_path / "police" / "numbers.toml").write_text(f"[fear]\n{LINES}[patrols]\n{LINES}", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"police.numbers.toml \[patrols\] belongs to no group .*did you mean 'patrol'"
    ):
        check_tables(tmp_path)
    (tmp_path / "crime" / "numbers.toml").write_text(f"[fear]\n{LINES}", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"police.numbers.toml \[fear\]: .*crime.numbers.toml has a table of this name"
    ):
        all_tables(tmp_path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "en = 'parade', es = 'desfile', fair = 0.5",
            r"\[misconduct.event_kinds\] parade must have en, es, and for one",
        ),
        ("en = 'parade', fair = 0.5, fair_weight = 1.0", "parade must have en, es"),
        ("en = 'parade', es = 'desfile', fair = 0.5, fair_weight = 1", "with a decimal point"),
        ("en = 'parade', es = 'desfile', fairness = 0.5, fair_weight = 1.0", "parade must have"),
    ],
)
def test_a_line_of_a_kind_of_event_that_is_wrong_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    (tmp_path / "police").mkdir()
    content = f"[misconduct.event_kinds]\nparade = {{ {line} }}\n"
    (tmp_path / "police" / "numbers.toml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(events, "PACKAGE", tmp_path)
    with pytest.raises(InputError, match=told):
        events.declare_event("parade", 63)
    with pytest.raises(InputError, match=r"no numbers.toml has a line for the kind of event 'march'"):
        events.declare_event("march", 63)
    with pytest.raises(InputError, match=r"has a line 'parade' that nothing declares"):
        events.create_event_parameters(__name__)


def test_every_line_of_the_model_is_a_parameter_or_a_kind_of_event() -> None:
    lines = {f"{name}.{key}" for name, (_, table) in all_tables(PACKAGE).items() for key in table}
    parts = {name for name in lines if name.endswith(".event_kinds")} | {
        f"events.{part}" for part in events.BELIEF_PARTS
    }
    known = {name for name, _, _ in all_parameters() if not name.startswith(("events.", "national_shocks."))}
    assert lines - parts == known
    assert len(all_event_lines(PACKAGE)) == len(events.EVENT_KINDS)


def test_a_parameter_stands_on_one_line() -> None:
    for path in PACKAGE.glob("*/numbers.toml"):
        found = path.read_text(encoding="utf-8").splitlines()
        tables = read_numbers(path).values()
        lines = sum(len(table) - ("event_kinds" in table) + len(table.get("event_kinds", ())) for table in tables)
        assert sum(" = { " in line for line in found) == lines, path


def test_the_ranking_of_crimes_starts_the_severities() -> None:
    crime = declared_groups()["crime"]()
    own = [(f"{part}_{kind.name}", getattr(kind, part)) for kind in KINDS for part in ("severity", "grave")]
    found = {key: (getattr(crime, key), value) for key, value in own if key in crime.parameter_specs()}
    assert found
    assert [key for key, (parameter, ranking) in found.items() if parameter != ranking] == []


def test_every_group_is_made_by_the_checks_of_the_base_class() -> None:
    for name, group in declared_groups().items():
        assert "__init__" not in vars(group), f"{name}: declare it with @dataclass(frozen=True, init=False)"
        assert group.parameter_specs(), name


def test_kernels_take_a_group_as_a_row_in_the_order_of_the_class() -> None:
    assert CalendarParameters.row().names == tuple(CalendarParameters.parameter_specs())
    assert CalendarParameters.row().names[:2] == ("warm_up", "market_monday")


def test_no_code_of_the_model_holds_a_declared_value() -> None:
    names = "|".join(group.__name__ for group in declared_groups().values())
    made = re.compile(rf"(?<!class )\b({names})(\(\)|\.(defaults|parameter_specs\(\)\[))")
    found = {path: made.findall(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    assert made.findall("LIMIT = Fear().harm") == [("Fear", "()", "")]
    assert {path: calls for path, calls in found.items() if calls} == {}
