"""The check of a town's page with pairs of whole towns: what is sent and kept, without a simulation."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served_town import LEVEL, VISITS, PlannedWorkers

from experiments.page import sites, town_document
from experiments.page.background_worker import background_workers
from experiments.page.message_check import TOWN_MESSAGES, MalformedMessage, parse_message
from experiments.page.town_check import KEPT_COLUMNS, KEPT_FILE, TownCheck
from experiments.page.town_document import is_of_this_version, page_on_file, served_data
from experiments.reproduce.plan import plan
from experiments.town_page.town_data import bare_town, page_data
from experiments.town_page.town_page import data_in, town_page

SITE, SETTING = "villa_canales", "visits.3"
ASKED = {"kind": "check", "number": 7, "town": SITE, "years": 1, "measures": SETTING}


class Talk:
    """A check, with what it has sent."""

    def __init__(self, workers: PlannedWorkers) -> None:
        self.workers, self.told = workers, list[tuple[str, Any]]()
        self.check = TownCheck(lambda kind, content: self.told.append((kind, content)))

    def ask(self, **more: Any) -> None:
        """Ask for a check, or send another message, and wait for all that comes of it."""
        self.check.receive(ASKED | more)
        for _ in range(3):  # what an action enqueues is carried out after it
            self.check.thread.submit(lambda: None).result(20.0)

    @property
    def last(self) -> Any:
        """What was sent last."""
        return self.told[-1][1]


@pytest.fixture
def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    """Return a check in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sites, "start_options", sites.StartOptions())
    workers = PlannedWorkers(tmp_path, VISITS)
    background_workers.append(workers)  # type: ignore[arg-type]
    found = Talk(workers)
    yield found
    found.check.close()
    background_workers.remove(workers)  # type: ignore[arg-type]


def test_effects_of_the_pairs_are_sent_as_pairs_end(talk: Talk) -> None:
    talk.ask()
    counts = [content["pairs"] for kind, content in talk.told if kind == "check"]
    assert counts == sorted(counts)
    assert (counts[-1], talk.last["failed"], talk.last["running"], talk.last["number"]) == (8, 0, False, 7)
    assert talk.told[0] == ("months", 7)
    effects = {one["measure"]: one for one in talk.last["effects"]}
    assert set(effects) == set(plan().emulated)
    for name, planted in VISITS.items():
        found = effects[name]
        assert found["effect"] == pytest.approx(planted, abs=0.05)
        assert found["low"] < found["effect"] < found["high"]
        assert len(found["each"]) == 8
        assert sum(found["each"]) / 8 == pytest.approx(found["effect"])
    assert effects["crimes_occurred"]["effect"] == 0.0
    assert LEVEL > 0.0


def test_failed_pairs_are_counted_with_the_reason(talk: Talk) -> None:
    talk.workers.failing = [2, 5]
    talk.ask()
    assert (talk.last["pairs"], talk.last["failed"], talk.last["running"]) == (6, 2, False)
    assert talk.last["reason"] == "RuntimeError: planted"


def test_a_stop_cancels_the_runs_and_nothing_more_is_told(talk: Talk) -> None:
    talk.workers.held = 4
    talk.ask()
    assert talk.last["running"]
    talk.ask(kind="stop")
    assert talk.workers.cancelled == 1
    n_told = len(talk.told)
    talk.ask(kind="keep", estimates=[{"measure": "trust_mean", "mean": 0.0, "error": 0.1}])
    assert len(talk.told) == n_told
    assert not KEPT_FILE.exists()


def test_a_case_of_disagreement_is_kept_once_for_each_measure(talk: Talk) -> None:
    talk.ask()
    estimates = [{"measure": name, "mean": 0.5, "error": 0.1} for name in ("trust_mean", "no_such_measure")]
    talk.ask(kind="keep", number=6, estimates=estimates)
    assert not KEPT_FILE.exists(), "it is not the last check"
    for _ in range(2):
        talk.ask(kind="keep", estimates=estimates)
    with KEPT_FILE.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["measure"] for row in rows] == ["trust_mean", "trust_mean"]
    assert list(rows[0]) == list(KEPT_COLUMNS)
    assert (rows[0]["site"], rows[0]["years"], rows[0]["measures"], rows[0]["pairs"]) == (SITE, "1", SETTING, "8")
    assert float(rows[0]["effect"]) == pytest.approx(VISITS["trust_mean"], abs=0.05)


def test_too_few_pairs_keep_no_case(talk: Talk) -> None:
    talk.workers.failing = [1, 2, 3]
    talk.ask()
    talk.ask(kind="keep", estimates=[{"measure": "trust_mean", "mean": 0.5, "error": 0.1}])
    assert not KEPT_FILE.exists()


@pytest.mark.parametrize(
    "more", [{"town": "nowhere"}, {"years": 4}, {"measures": "visits.9"}, {"measures": ""}], ids=str
)
def test_a_wrong_setting_is_refused_and_nothing_runs(talk: Talk, more: dict[str, Any]) -> None:
    talk.ask(**more)
    assert [kind for kind, _ in talk.told] == ["refused"]
    assert talk.workers.requested == []


@pytest.mark.parametrize(
    "text",
    ['{"kind": "check"}', '{"kind": "stop", "more": 1, "x"}', '{"kind": "keep", "number": 1, "estimates": [{}]}', "[]"],
)
def test_a_malformed_message_is_refused(text: str) -> None:
    with pytest.raises(MalformedMessage):
        parse_message({"text": text}, TOWN_MESSAGES)


# The document


def test_without_any_page_on_file_towns_are_shown_bare(talk: Talk) -> None:
    town_document.served_data.cache_clear()
    data = served_data()
    town_document.served_data.cache_clear()
    assert data["served"]
    assert {town["name"] for town in data["towns"]} == set(sites.site_names())
    assert all(town["years"] == {} for town in data["towns"]) or page_on_file(SITE)
    assert data_in(town_page(data)) == data_in(town_page(data, "es"))


def test_a_page_of_another_version_is_told_and_not_shown(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    whole = page_data(["trust.fast"], [bare_town(SITE)], "confianza answer --quick")
    found = data_in(town_page(whole))
    assert is_of_this_version(found, SITE)
    assert not is_of_this_version(found, "totonicapan")
    assert not is_of_this_version(found | {"unknowns": ["no.such"]}, SITE)
    assert not is_of_this_version(found | {"horizons": [1]}, SITE)
    assert not is_of_this_version({}, SITE)
    folder = Path("results", "page")
    folder.mkdir(parents=True)
    (folder / f"{SITE}.html").write_text(town_page(whole | {"horizons": [1]}), encoding="utf-8")
    page_on_file(SITE)
    assert f"{folder / SITE}.html is not a page of this version" in capsys.readouterr().err
    (folder / f"{SITE}.html").write_text(town_page(whole), encoding="utf-8")
    assert page_on_file(SITE)["unknowns"] == ["trust.fast"]
