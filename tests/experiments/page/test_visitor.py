"""One visitor without a browser: sheets in both languages, files that repeat the page, orderly ends."""

import contextlib
import io
import re
import string
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import small_town_file

from experiments.comparison.cause_effects import PlaceAndMonth, total_effect
from experiments.page import sites
from experiments.page.background_worker import BackgroundWorker, in_background
from experiments.page.files import python_program, results_csv
from experiments.page.page_texts import texts
from experiments.page.sheet import VIEW_DATA
from experiments.page.visitor import Visitor
from experiments.words.catalogue import LANGUAGES

pytestmark = pytest.mark.thorough

ENGLISH = re.compile(r"\b(the|and|with|crimes|trust|world|measures|of|from)\b")
MOVED = {"years": "1", "measures": "training.3,heavy_hand.2"}


@pytest.fixture(scope="module")
def background() -> Iterator[BackgroundWorker]:
    with in_background(workers=2) as one:
        yield one


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the path of a small Villa Canales, with which the page opens."""
    path = small_town_file(tmp_path_factory.mktemp("towns"))
    before = sites.start_options
    sites.set_start_options(str(path), "es")
    yield str(path)
    sites.start_options = before


class Reader:
    """A visitor and what was sent to the browser."""

    def __init__(self) -> None:
        self.sheets: list[dict[str, Any]] = []
        self.other: list[tuple[str, Any]] = []
        self.visitor = Visitor(self.send)
        self.numbers = iter(range(1, 1000))

    def send(self, kind: str, content: Any) -> None:
        (self.sheets if kind == "sheet" else self.other).append(content if kind == "sheet" else (kind, content))

    def shown(self, address: dict[str, str]) -> dict[str, Any]:
        """Return the sheet of an address once all worlds have been simulated."""
        number = next(self.numbers)
        self.visitor.receive({"kind": "ask", "address": address, "number": number})
        wait_for(lambda: any(one["number"] == number and one["state"] == "done" for one in self.sheets))
        return self.sheets[-1]


def wait_for(true: Callable[[], bool], seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def reader(background: BackgroundWorker, small: str) -> Iterator[Reader]:
    one = Reader()
    yield one
    one.visitor.close()


def words_of(content: Any) -> Iterator[str]:
    """Yield every text of a sheet that is read."""
    for key, value in content.items() if isinstance(content, dict) else enumerate(content):
        if isinstance(value, dict | list | tuple):
            yield from words_of(value)
        elif isinstance(value, str) and " " in value and key not in ("command", "python"):
            yield value


@pytest.mark.parametrize("view", VIEW_DATA)
def test_every_view_speaks_spanish_without_english(reader: Reader, view: str) -> None:
    sheet = reader.shown(MOVED | {"lang": "es", "view": view})
    assert sheet["view"] == view
    foreign = [text for text in words_of(sheet) if ENGLISH.search(text) and "Switch to English" not in text]
    assert foreign == []


@pytest.mark.parametrize("view", VIEW_DATA)
def test_every_view_says_something_where_nothing_is_moved(reader: Reader, view: str) -> None:
    sheet = reader.shown({"years": "1", "view": view})
    assert sheet["title"]
    assert sheet["answer"]


def test_a_text_has_the_same_values_in_both_languages() -> None:
    names = {
        f"{part}.{key}": [sorted({name for _, name, _, _ in string.Formatter().parse(text[one]) if name})
                          for one in LANGUAGES]
        for part, some in texts().items() for key, text in some.items()
    }  # fmt: skip
    assert {name: found for name, found in names.items() if found[0] != found[1]} == {}


def test_the_program_handed_out_repeats_the_effect(
    reader: Reader, small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.shown(MOVED)
    one = reader.visitor.state
    monkeypatch.chdir(tmp_path)
    (tmp_path / "measures.toml").write_text(one.choice.policy_text, encoding="utf-8")
    code, told = python_program(one).replace("range(1, 8 + 1)", "range(1, 2 + 1)"), io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(code, {})
    for line, pair in zip(told.getvalue().splitlines(), one.twins, strict=False):
        assert float(line.split()[-1]) == pytest.approx(total_effect([pair], PlaceAndMonth()).effect, abs=1e-9)


def test_the_table_says_of_every_world_and_month_what_was_and_its_unit(reader: Reader) -> None:
    reader.shown(MOVED)
    months, _, effects = results_csv(reader.visitor.state).partition("\n\n")
    rows = [line.split(",") for line in months.splitlines()]
    outcomes = {row[1] for row in rows[1:]}
    assert len(rows) == 1 + 8 * 12 * len(outcomes)
    assert {row[2] for row in rows[1:]} == {"points of 100", "cases a month"}
    for row in rows[1:]:
        assert float(row[7]) == pytest.approx(float(row[6]) - float(row[5]), abs=1e-3 * max(1.0, abs(float(row[5]))))
    assert len(effects.splitlines()) == 1 + len(outcomes)


def test_a_mistake_of_our_own_is_said_in_one_line_and_the_visitor_goes_on(
    reader: Reader, capfd: pytest.CaptureFixture[str]
) -> None:
    reader.visitor.enqueue(lambda: 1 / 0)  # type: ignore[arg-type]
    done = threading.Event()
    reader.visitor.enqueue(done.set)
    assert done.wait(10.0)
    assert reader.other[-1][0] == "fault"
    assert "ZeroDivisionError" in reader.other[-1][1]
    assert capfd.readouterr().err.count("\n") == 1


def test_who_leaves_gives_up_what_was_asked_for(background: BackgroundWorker, small: str) -> None:
    one = Reader()
    one.visitor.receive({"kind": "ask", "address": {"years": "10", "measures": "means.3", "seed": "77"}, "number": 1})
    wait_for(lambda: bool(background.requests))
    one.visitor.close()
    assert not background.requests
    assert one.visitor.worlds.sides == ((), ())


def test_a_town_is_chosen_from_the_list_only(small: str) -> None:
    assert set(sites.site_names()) == {small, "villa_canales", "totonicapan"}
    with pytest.raises(KeyError):
        sites.load_municipality("../secret.toml")
