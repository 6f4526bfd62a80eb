"""The room: votes, packages under a cap, the door for phones and what it refuses, and the whole round in a browser."""

import contextlib
import http.client
import json
import math
import re
import socket
import time
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from actions import Person
from chromium import (
    COMPILE_SECONDS,
    SECONDS,
    chromium,
    free_pair,
    needs_chromium,
    program,
    served,
    small_town_file,
    told,
    with_strict_data,
)
from page_client import ask
from rooms import STARTS, asked, page_with_groups, port_of, started, tell_page
from starlette.requests import Request

from experiments.cli import app as cli
from experiments.comparison.cause_effects import CauseEffect
from experiments.comparison.decision_outcomes import TRUST, PairedOutcome
from experiments.comparison.policy_choice import Choice
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.workshop import phone_gate, room_results, room_view
from experiments.workshop import room as rooms
from experiments.workshop.phone_gate import PAGE_FILES
from experiments.workshop.room import Phase, RefusedRequest, Room
from experiments.workshop.room_results import ChoiceState, PairedRuns
from experiments.workshop.room_server import PAGE_REQUESTS, Presenter, ServedRoom, listener_at, serve_screen
from model.engine.errors import InputError

OTHER_PATHS = (
    *("/", "/state", "/do", "/static/room.js", "/static/tokens.css", "/u/", "/u/../do", "/u/%2e%2e/do", "//u", "/U"),
    *("/socket", "/print", "/u/state/x", "/room.html", "/.git/config", "/etc/passwd", "/u.js.map", "/favicon.ico"),
    *("http://127.0.0.1/do", "/u;x", "/u%00", "/%2e%2e/%2e%2e/etc/passwd"),
)


def filled(room: Room, votes: list[int], group: int = 0) -> list[str]:
    keys = [room.join(room.word, room.number, group, "a") for _ in votes]
    for key, vote in zip(keys, votes, strict=True):
        room.vote(key, vote)
    return keys


def test_votes_are_counted_changed_and_hidden_while_few_or_open() -> None:
    room = Room()
    room.set_phase("predict", 0)
    keys = filled(room, [0, 1, 1, 4])
    room.vote(keys[0], 1)
    assert room.counts("question 0", 5) == [0, 3, 0, 0, 1]
    room.add_by_hand(2)
    assert room.visible_counts("question 0", 5) is None  # still open
    room.set_phase("reveal", 0)
    assert room.visible_counts("question 0", 5) == [0, 3, 1, 0, 1]
    room.set_phase("predict", 1)
    filled(room, [2, 2, 2, 2])
    room.set_phase("reveal", 1)
    assert room.visible_counts("question 1", 5) is None  # four votes


@pytest.mark.parametrize("phase", ["welcome", "packages"])
def test_nobody_votes_when_nothing_is_asked(phase: Phase) -> None:
    room = Room()
    (key,) = [room.join(room.word, room.number, 0, "a")]
    room.set_phase(phase, 0)
    with pytest.raises(RefusedRequest, match="not_now"):
        room.vote(key, 0)


def test_every_phase_counts_who_has_answered() -> None:
    room = Room()
    keys = [room.join(room.word, room.number, k % 2, "a") for k in range(5)]
    assert room.n_answered == 5
    phases: list[Phase] = ["predict", "reveal", "why", "packages", "compare", "close"]
    for phase in phases:
        room.set_phase(phase, 0)
        assert room.n_answered == 0, phase
        if phase == "packages":
            room.send_package(keys[0], {"training": 1})
            room.agree(keys[2], {"training": 1})
        else:
            for key in keys[:2]:
                room.vote(key, 0)
        assert room.n_answered == 2, phase


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [(-0.9, "falls"), (-0.3, "falls_little"), (0.0, "nothing"), (0.3, "rises_little"), (0.9, "rises")],
)
def test_the_answers_are_the_verdicts_and_the_reveal_says_the_answer_that_is_right(
    effect: float, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headline, box and count are one: all come from the verdict of the same pairs."""
    noise = np.array([0.01, -0.01, 0.02, -0.02, 0.0, 0.01, -0.01, 0.0])
    found = paired(list(40.0 + noise), list(40.0 + noise + effect + 0.1 * noise[::-1]), scale=Scale("points"))
    trust = PairedOutcome(TRUST, found)
    assert trust.verdict == verdict
    state = ChoiceState(Choice("villa_canales"), "es")
    monkeypatch.setattr(ChoiceState, "ready", True)
    monkeypatch.setattr(ChoiceState, "outcomes", (trust,))
    monkeypatch.setattr(room_results, "cause_effects", lambda *_: [])
    shown = room_results.reveal_data(state)
    assert rooms.BINS[shown["bin"]] == verdict
    assert shown["verdict"] == room_view.answer_bins("es")[shown["bin"]][0]
    assert shown["rose"] + shown["fell"] == (8 if effect else shown["rose"] + shown["fell"])
    said = room_view.agreement_lines(state)[0]  # on the printed page: verdict, size, range, and pairs that agree
    assert f"La confianza {shown['verdict']}: {shown['mean']} puntos" in said
    assert f"intervalo {shown['low']} a {shown['high']}; " in said
    assert re.search(rf"{max(shown['rose'], shown['fell'])} de 8 pares", said)
    assert rooms.bin_of("open") == rooms.bin_of("nothing") == 2


def test_only_causes_that_go_one_way_in_seven_of_eight_pairs_are_named_and_at_most_three(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def part(name: str, size: float, rose: int) -> CauseEffect:
        found = paired([0.0] * 8, [size] * rose + [-size] * (8 - rose), scale=Scale("points"))
        return CauseEffect(name, found, (1,) * 8, 0.0)

    parts = [part("abuse", 0.9, 4), part("memory", 0.8, 8), part("talk", 0.5, 8), part("stop", 0.4, 7)]
    parts += [part("bribe", -0.3, 8), part("hearsay", 0.2, 8), part("rude", 0.001, 8)]
    monkeypatch.setattr(room_results, "cause_effects", lambda *_: parts)
    monkeypatch.setattr(ChoiceState, "outcomes", (SimpleNamespace(effect=parts[2].effect),))
    named = room_results.why_data(ChoiceState(Choice("villa_canales"), "en"))["causes"]
    assert [one["effect"] for one in named] == ["+0.50", "+0.30", "−0.30"]
    assert [one["up"] for one in named] == [True, True, False]


def test_a_package_over_the_cap_is_refused_by_how_much_and_is_not_in_the_vote() -> None:
    room = Room()
    keys = [room.join(room.word, room.number, group, "a") for group in (1, 1, 2)]
    room.set_phase("packages", 0)
    room.set_price("", (1000.0, 1000.0))
    room.set_price("training", (400.0, 600.0))
    room.send_package(keys[0], {"training": 2})
    assert room.cost((("training", 2),)) == (800.0, 1200.0)
    with pytest.raises(RefusedRequest, match="over_cap") as refused:
        room.send_package(keys[1], {"training": 3})
    assert refused.value.values == {"n": "200"}
    assert room.package(1) == ((("training", 2),), 1, 2)
    with pytest.raises(RefusedRequest, match="over_cap"):
        room.send_package(keys[2], {"training": 3})
    (one, two) = room_view.packages_view(room, "villa_canales", "en")
    assert (one["in_vote"], two["in_vote"]) == (True, False)
    assert two["refusal"].startswith("Not taken, Q 200 a year over the cap: ")
    room.set_phase("close", 0)
    room.vote(keys[2], 1)
    for group in (2, 3):
        with pytest.raises(RefusedRequest, match="not_now"):
            room.vote(keys[2], group)
        with pytest.raises(RefusedRequest, match="not_now"):
            room.add_by_hand(group)
    room.set_price("training", (600.0, 600.0))  # dearer than when it was proposed
    assert room.votable_groups == []


def test_what_has_no_price_is_named_and_prices_are_ranges_that_this_room_assumes() -> None:
    room = Room()
    key = room.join(room.word, room.number, 0, "a")
    room.set_phase("packages", 0)
    room.send_package(key, {"training": 1, "visits": 2})
    assert room.cost((("training", 1), ("visits", 2))) is None
    room.set_price("training", (400.0, 600.0))
    assert room_view.price_text(room, (("training", 1), ("visits", 2)), "en") == (
        "Q 400 – 600 a year, assumed by this room · without a price: Long visits in their sector"
    )
    with pytest.raises(InputError, match="trainin"):
        room.send_package(key, {"trainin": 1})
    assert room.package(1) == (None, 0, 0)


def test_means_cost_by_steps_away_from_today_in_either_direction() -> None:
    room = Room()
    room.set_price("means", (10.0, 15.0))
    assert room.cost((("means", 0),)) == (10.0, 15.0)  # half of today is one step
    assert room.cost((("means", 3),)) == (20.0, 30.0)


def test_all_phones_of_a_group_see_its_proposal_and_agree_with_the_one_that_they_saw() -> None:
    room = Room()
    keys = [room.join(room.word, room.number, 2, "a") for _ in range(3)]
    other = room.join(room.word, room.number, 0, "a")
    room.set_phase("packages", 0)
    room.send_package(keys[0], {"training": 1})
    for key, agreed in zip(keys, (True, False, False), strict=True):
        seen = room_view.phone_view(room, key, "villa_canales", "es")
        assert (seen["package"], seen["agreed"], seen["agree"]) == ({"training": 1}, agreed, "1 de 3 de acuerdo")
        assert seen["proposed"][0].startswith("Capacitación de agentes: ")
    assert room_view.phone_view(room, other, "villa_canales", "es")["package"] is None
    room.agree(keys[1], {"training": 1})
    assert room.package(2) == ((("training", 1),), 2, 3)
    room.send_package(keys[2], {"training": 2})  # a change: the others are asked again
    assert room.package(2) == ((("training", 2),), 1, 3)
    with pytest.raises(RefusedRequest, match="other_proposal"):
        room.agree(keys[1], {"training": 1})
    with pytest.raises(RefusedRequest, match="not_now"):
        room.agree(other, {"training": 2})


def test_the_printed_agreement_has_package_votes_dissent_link_and_command() -> None:
    room = Room()
    keys = [room.join(room.word, room.number, k % 2, "a") for k in range(6)]
    room.set_phase("packages", 0)
    for key in keys[:2]:
        room.send_package(key, {"training": 2} if key == keys[0] else {"visits": 3})
    room.set_phase("close", 0)
    runs = PairedRuns("villa_canales")
    assert room_view.agreement_view(room, runs, "en") is None
    for key, group in zip(keys, (0, 0, 0, 0, 1, 1), strict=True):
        room.vote(key, group)
    agreement = room_view.agreement_view(room, runs, "en")
    assert agreement is not None
    assert agreement["package"]["measures"].startswith("Training of officers: ")
    assert agreement["votes"] == "4 of 6 votes."
    assert agreement["dissent"].startswith("2 voted for another package; 2 of 3 ")
    assert agreement["link"] == "confianza-villa_canales.html#town=villa_canales&years=3&measures=training.2&lang=en"
    assert agreement["command"].startswith("confianza compare status_quo ./measures.toml ")
    assert '"adoption.places" = 25.0' in agreement["file"]
    place = room_view.place_and_time("villa_canales", "es")
    assert re.fullmatch(
        r"Villa Canales · taller del \d\d/\d\d/\d{4} · medidas desde el 01/01/2017, tras 2 años", place["when"]
    )
    for key in keys[:2]:
        room.vote(key, 1)
    for key in keys[2:4]:
        room.vote(key, 0)
    room.vote(keys[4], 0)
    assert room_view.agreement_view(room, runs, "en") is None  # three to three


def test_a_thousand_wrong_codes_shut_the_door_after_a_hundred() -> None:
    room = Room()
    refused = []
    for k in range(1000):
        with pytest.raises(RefusedRequest) as reason:
            room.join("WRONG", str(100 + k % 900), 0, f"10.0.0.{k % 250}")
        refused.append(str(reason.value))
    assert refused.count("wrong_code") == rooms.MAX_WRONG_CODES
    with pytest.raises(RefusedRequest, match="wait"):
        room.join(room.word, room.number, 0, "10.0.1.1")
    room.new_code()
    assert room.join(room.word, room.number, 0, "10.0.1.1") in room.phones


def test_one_address_waits_after_five_wrong_codes_and_others_come_in() -> None:
    room = Room()
    for k in range(8):
        with pytest.raises(RefusedRequest, match="wrong_code" if k < 5 else "wait"):
            room.join("WRONG", "123", 0, "10.0.0.1")
    assert room.join(room.word.lower(), f" {room.number}", 0, "10.0.0.2")


def test_a_room_takes_two_hundred_phones_and_closing_erases_them() -> None:
    room = Room()
    room.set_phase("predict", 0)
    keys = filled(room, [0] * rooms.MAX_PHONES)
    with pytest.raises(RefusedRequest, match="full"):
        room.join(room.word, room.number, 0, "a")
    room.set_phase("closed", 0)
    assert not room.phones
    assert room.counts("question 0", 5) == [0] * 5
    with pytest.raises(RefusedRequest):
        room.vote(keys[0], 0)
    with pytest.raises(RefusedRequest, match="gone"):
        room.join(room.word, room.number, 0, "a")


def test_every_word_is_said_in_both_languages_and_codes_are_many() -> None:
    for text in rooms.texts()["words"].values():
        assert set(text) == {"en", "es"}
    codes = rooms.texts()["code_words"]
    assert len(codes) == len(set(codes)) >= 40
    assert 0 < rooms.MAX_WRONG_CODES / (900 * len(codes)) < 0.003


def test_a_package_on_the_screen_leads_to_the_decision_view_and_phones_see_no_link() -> None:
    room = Room()
    key = room.join(room.word, room.number, 1, "a")
    room.set_phase("packages", 0)
    room.send_package(key, {"training": 2, "visits": 1})
    shown = {"lang": "en", "packages": room_view.packages_view(room, "villa_canales", "en")}
    (package,) = room_view.with_links(shown, "http://127.0.0.1:1/?token=x&", "villa_canales")["packages"]
    assert package["link"].startswith("http://127.0.0.1:1/?token=x&town=villa_canales&measures=training.2,visits.1&")
    (package,) = room_view.with_links(shown, "", "villa_canales")["packages"]
    assert package["link"] == ""
    seen = room_view.phone_view(room, key, "villa_canales", "en")
    assert "token" not in json.dumps(seen)
    assert "link" not in json.dumps(seen)


def test_what_a_choice_did_is_composed_once_when_all_pairs_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, one, made = PairedRuns("villa_canales"), SimpleNamespace(running=True), []

    def compose(_: Any) -> dict[str, Any]:
        made.append(1)
        return {"n": len(made)}

    monkeypatch.setattr(runs, "state_of", lambda *_: one)
    assert [runs.composed_data((), "en", compose)["n"] for _ in range(2)] == [1, 2]
    one.running = False
    assert [runs.composed_data((), "en", compose)["n"] for _ in range(3)] == [3, 3, 3]
    assert runs.composed_data((), "es", compose)["n"] == 4


def test_the_clock_of_the_welcome_starts_when_the_first_phone_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(rooms, "time", SimpleNamespace(monotonic=lambda: now[0]))
    room = Room()
    presenter, asked_for = Presenter(room, PairedRuns("villa_canales"), {"open": False}), Request({"type": "http"})
    presenter.document(asked_for)
    now[0] += 600.0  # the screen is open, and nobody has entered
    assert room.seconds_left == 300
    room.join(room.word, room.number, 0, "a")
    now[0] += 60.0
    room.join(room.word, room.number, 0, "a")
    assert room.seconds_left == 240
    room.set_phase("predict", 0)
    now[0] += 20.0
    assert room.seconds_left == 100


# The door


@pytest.fixture(autouse=True)
def without_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no room prepare its pairs: nothing here runs worlds in this process."""
    monkeypatch.setattr(ServedRoom, "prepare", lambda _: None)


@pytest.fixture(params=STARTS)
def door(request: pytest.FixtureRequest) -> Iterator[tuple[Room, int]]:
    with started(request.param) as served_room:
        yield served_room.room, port_of(served_room.presenter.joining["link"])


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_gate, "MAX_BURST", 1e6)


def join(room: Room, port: int) -> dict[str, str]:
    code, _, headers = asked(port, "POST", "/u/join", {"word": room.word, "number": room.number, "group": 0})
    assert code == 200
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    return {"Cookie": cookie.partition(";")[0]}


@pytest.mark.usefixtures("unhurried")
def test_a_phone_joins_votes_and_sees_only_what_is_its_own(door: tuple[Room, int]) -> None:
    room, port = door
    assert json.loads(asked(port, "GET", "/u/state")[1])["phase"] == "join"
    mine = join(room, port)
    room.set_phase("predict", 0)
    shown = json.loads(asked(port, "GET", "/u/state?lang=en", **mine)[1])
    assert shown["question"]["text"].startswith("With a heavy hand")
    assert not {"counts", "votes", "door", "code"} & set(shown)
    assert asked(port, "POST", "/u/vote", {"asked": shown["asked"], "answer": 3}, **mine)[0] == 200
    assert room.counts("question 0", 5) == [0, 0, 0, 1, 0]
    assert asked(port, "POST", "/u/vote", {"asked": "question 1", "answer": 3}, **mine)[0] == 403
    assert asked(port, "POST", "/u/vote", {"asked": shown["asked"], "answer": 3})[0] == 403  # never joined


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_any_other_path_is_refused(door: tuple[Room, int], method: str) -> None:
    room, port = door
    mine = join(room, port)
    phase = room.phase
    for path in OTHER_PATHS:
        code, content, headers = asked(port, method, path, {"kind": "go", "phase": "closed", "question": 0}, **mine)
        assert code in (400, 403, 404), (method, path)
        assert content in (phone_gate.REFUSED_TEXT.encode(), b"", b"Invalid HTTP request received.")
        assert code == 400 or "content-security-policy" in headers
    if method != "POST":
        assert asked(port, method, "/u/join", None)[0] == 404
    assert room.phase == phase


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "[::1]", ""])
def test_another_host_or_origin_is_refused(door: tuple[Room, int], host: str) -> None:
    room, port = door
    assert asked(port, "GET", "/u", None, Host=host)[0] in (400, 403)
    body = {"word": room.word, "number": room.number, "group": 0}
    assert asked(port, "POST", "/u/join", body, Origin=f"http://{host}")[0] == 403
    assert not room.phones


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"word": 1}', b"\xff\xfe", b"[" * 5000, b'{"word":"' + b"A" * 5000 + b'"}', b'{"a":' * 900],
)
def test_a_broken_or_long_body_is_refused_and_the_room_goes_on(door: tuple[Room, int], body: bytes) -> None:
    room, port = door
    mine = join(room, port)
    room.set_phase("predict", 0)
    for path in ("/u/join", "/u/vote", "/u/package", "/u/agree"):
        assert asked(port, "POST", path, body, **mine)[0] == 400
    for answer in (math.inf, 99, -1, 1.5, "1", True, None):
        assert asked(port, "POST", "/u/vote", {"asked": room.open_vote, "answer": answer}, **mine)[0] == 400
    for steps in (None, [1], {"trainin": 1}, {"training": -1}, {"training": 1e30}, {"training": "1"}):
        code, content, _ = asked(port, "POST", "/u/package", {"steps": steps}, **mine)
        assert (code, json.loads(content)) == (400, {"refused": rooms.words("es")["malformed"]})
    assert asked(port, "POST", "/u/vote", {"asked": room.open_vote, "answer": 1}, **mine)[0] == 200


class Screen(NamedTuple):
    """A presenter's screen that is served: its room, port, and the cookie of who has opened it."""

    room: Room
    port: int
    cookie: dict[str, str]


@pytest.fixture(scope="module", params=STARTS)
def presenter(request: pytest.FixtureRequest) -> Iterator[Screen]:
    """Serve the presenter's screen behind the guard of its token."""
    with contextlib.ExitStack() as ended, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServedRoom, "prepare", lambda _: None)
        if request.param == "terminal":
            served_room = ServedRoom("villa_canales", "en")
            link, server = serve_screen(served_room.presenter.application(), PAGE_REQUESTS, "test")
            ended.callback(setattr, server, "should_exit", True)
        else:
            screens, port, cookie = ended.enter_context(page_with_groups())
            assert tell_page(port, cookie, kind="open", what="room", town="villa_canales") == 200
            assert screens.room is not None
            served_room, link = screens.room, screens.screens["room"][0]
        cookie = {"Cookie": "; ".join(ask(port_of(link), link[link.index("/?") :]).cookies())}
        yield Screen(served_room.room, port_of(link), cookie)


GO = {"kind": "go", "phase": "predict", "question": 0}


@pytest.mark.parametrize(
    "headers", [{"Cookie": ""}, {"Cookie": "confianza=wrong"}, {"Origin": "http://attacker.example"}, {"Host": "evil"}]
)
def test_the_presenters_screen_is_for_its_own_page_with_the_token(presenter: Screen, headers: dict[str, str]) -> None:
    room, port, cookie = presenter
    room.set_phase("welcome", 0)
    for path in ("/", "/state", "/static/room.js"):
        assert asked(port, "GET", path, **cookie)[0] == 200
        assert asked(port, "GET", path, **(cookie | headers))[0] == 403
    assert asked(port, "POST", "/do", GO, **(cookie | headers))[0] == 403
    assert room.phase == "welcome"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        *((text, "malformed") for text in (b"", b"null", b"[]", b"7", b"{", b"\xff", b"[" * 19_999, b'{"kind":' * 999)),
        *(({"kind": kind}, "malformed") for kind in ("nothing", "go", "hand", "price", None, ["hand"], {})),
        *(({"kind": "hand", "answer": one}, "malformed") for one in (1e30, 10**30, -1, 99, 1.5, "1", None, True, [0])),
        *(({"kind": "hand", "answer": one}, "malformed") for one in (math.inf, math.nan)),
        *((GO | {"phase": one}, "malformed") for one in ("nowhere", 1, None)),
        *((GO | {"question": one}, "malformed") for one in (-1, 99, 1e30, None, "0")),
        *(({"kind": "price", "measure": "means", "value": one}, "malformed") for one in (1, None, [])),
        *(({"kind": "price", "measure": one, "value": "1"}, "malformed") for one in ("nothing", 1, None)),
        *(
            ({"kind": "price", "measure": "means", "value": one}, "wrong_price")
            for one in ("-1", "1e30", "nan", "many", "3-2", "1-2-3")
        ),
    ],
)
def test_a_message_that_the_presenters_screen_never_sends_is_refused_with_a_sentence(
    presenter: Screen, body: Any, said: str
) -> None:
    room, port, cookie = presenter
    room.set_phase("predict", 1)
    code, content, _ = asked(port, "POST", "/do?lang=en", body, **cookie)
    assert (code, json.loads(content)) == (400, {"refused": rooms.words("en")[said]})
    assert (room.phase, room.question, sum(room.hand_votes.values()), room.prices) == ("predict", 1, 0, {})


def test_what_the_presenters_screen_sends_is_done_and_a_hand_without_a_vote_is_refused(
    presenter: Screen,
) -> None:
    room, port, cookie = presenter
    priced = {"kind": "price", "measure": "means", "value": "1,500"}
    for body in (GO, {"kind": "hand", "answer": 4}, priced, {"kind": "time"}, {"kind": "code"}):
        assert asked(port, "POST", "/do", body, **cookie)[:2] == (200, b"{}")
    assert room.counts("question 0", 5) == [0, 0, 0, 0, 1]
    assert room.prices == {"means": (1500.0, 1500.0)}
    assert room.extra_seconds == 60.0
    assert asked(port, "POST", "/do", priced | {"value": ""}, **cookie)[0] == 200
    room.set_phase("welcome", 0)
    code, content, _ = asked(port, "POST", "/do?lang=es", {"kind": "hand", "answer": 4}, **cookie)
    assert (code, json.loads(content)) == (400, {"refused": "Ahora no hay votación."})
    room.hand_votes.clear()
    room.prices.clear()


@pytest.mark.usefixtures("unhurried")
def test_a_websocket_is_refused(door: tuple[Room, int]) -> None:
    _, port = door
    key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    head = f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{key}"
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
        line.sendall(f"GET /socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{head}\r\n\r\n".encode())
        assert line.recv(1000).split(b"\r\n")[0].split()[1] in (b"403", b"404")


def test_answers_do_not_wait_for_full_packets() -> None:
    with listener_at("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname(), SECONDS):
        line, _ = listener.accept()
        with line:
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.thorough
def test_ten_thousand_votes_of_one_phone_are_one_vote_and_mostly_refused(door: tuple[Room, int]) -> None:
    room, port = door
    mine = join(room, port)
    room.set_phase("predict", 0)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    begun, codes = time.monotonic(), []
    body = json.dumps({"asked": room.open_vote, "answer": 2})
    for _ in range(10_000):
        line.request("POST", "/u/vote", body, mine)
        answer = line.getresponse()
        answer.read()
        codes.append(answer.status)
    line.close()
    allowed = phone_gate.MAX_BURST + phone_gate.REQUESTS_A_SECOND * (time.monotonic() - begun) + 1
    assert set(codes) == {200, 429}
    assert codes.count(200) <= allowed
    assert room.counts("question 0", 5) == [0, 0, 1, 0, 0]


def test_twenty_phones_that_share_one_address_open_the_page_and_join(door: tuple[Room, int]) -> None:
    room, port = door
    codes = Counter[int]()
    for _ in range(20):
        codes.update(asked(port, "GET", path)[0] for path in (*PAGE_FILES, "/u/state"))
        codes[asked(port, "POST", "/u/join", {"word": room.word, "number": room.number, "group": 0})[0]] += 1
    assert codes == {200: 20 * (len(PAGE_FILES) + 2)}


@pytest.mark.usefixtures("unhurried")
def test_a_thousand_wrong_codes_at_the_door(door: tuple[Room, int], capsys: pytest.CaptureFixture[str]) -> None:
    room, port = door
    refusals = [asked(port, "POST", "/u/join", {"word": "CEIBA!", "number": str(k), "group": 0}) for k in range(1000)]
    assert {code for code, _, _ in refusals} == {403}
    assert sum(b"Ese no es" in content for _, content, _ in refusals) <= rooms.MAX_WRONG_CODES
    assert not room.phones
    assert "127.0.0.1:" not in capsys.readouterr().err.replace(f"127.0.0.1:{port}", "")  # no address of a phone


def test_the_log_counts_and_names_nobody(door: tuple[Room, int], capsys: pytest.CaptureFixture[str]) -> None:
    _, port = door
    asked(port, "GET", "/secret-path")
    said = capsys.readouterr().err
    assert "room: refused: another path (1)" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--phones", "auto"], "--phones belongs to --room"),
        (["--room", "--mesa"], "exclude each other"),
        (["--room", "--phones", "8.8.8.8"], "got '8.8.8.8'"),
        (["--room", "--phones", "0.0.0.0"], "got '0.0.0.0'"),
        (["--room", "--port", "70000"], "out of range: 70000"),
    ],
)
def test_wrong_options_are_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run_program(["view", "villa_canales", *words]) == 2
    told_of = capsys.readouterr().err
    assert said in told_of
    assert told_of.count("\n") == 1


# In a browser


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("room")
    port = free_pair()
    options = ["--room", "--phones", "127.0.0.1", "--lang", "es", "--port", str(port)]
    words = program("view", str(small_town_file(folder)), *options)
    with served(words, port, folder), chromium() as browser:
        assert "ATENCIÓN" in told(folder)
        page = next(line for line in told(folder).splitlines() if "token=" in line)
        yield browser, page[page.index("http") :].split()[0], f"http://127.0.0.1:{port + 1}/u", folder


def tab_of(browser: Any, address: str, width: int = 1280, height: int = 720) -> Any:
    tab = with_strict_data(browser.new_context(viewport={"width": width, "height": height}).new_page())
    tab.set_default_timeout(1000 * SECONDS)
    tab.goto(address)
    return tab


def entered(browser: Any, address: str, code: str, group: int) -> Any:
    phone = Person(tab_of(browser, address, 390, 780))
    word, number = code.split()
    with phone.task():
        phone.fill("#word", word)
        phone.fill("#number", number)
        phone.click(f".options button:nth-child({group + 1})")
        phone.click("footer .main")
    phone.wait_for_selector("#word", state="detached")
    return phone


def without_findings(tab: Any) -> bool:
    """Tell that axe finds nothing, in light and dark and in both languages; the tab is then as it was."""
    from axe_playwright_python.sync_playwright import Axe

    for _ in ("one language", "the other"):
        for dark in ("true", "false"):
            tab.evaluate("(dark) => { document.documentElement.dataset.dark = dark; }", dark)
            found = Axe().run(tab).response["violations"]
            assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
        before = tab.inner_text("#language")
        tab.evaluate("document.querySelector('#language').click()")
        tab.wait_for_function("(old) => document.querySelector('#language').innerText !== old", arg=before)
    return True


def send(phone: Any, answer: int) -> None:
    phone.wait_for_selector(f".options button:nth-child({answer})")
    with phone.task():
        phone.click(f".options button:nth-child({answer})")
        phone.click("footer .main")
        phone.locator("#note", has_text="Recibida").wait_for()


def guess(screen: Any, phones: list[Any]) -> None:
    """Answer with eleven of twelve phones; one is lost, one reloads, and so does the screen."""
    with screen.task():
        screen.click("#next")
    for k, phone in enumerate(phones[:11]):
        send(phone, 1 + k % 5)
    phones[11].close()
    phones[0].reload()
    phones[0].wait_for_selector(".options [aria-pressed=true]")  # its vote is still there
    assert without_findings(phones[1])
    assert without_findings(screen)
    screen.reload()
    screen.locator("#clock", has_text="11 de 1").wait_for()
    assert "baja un poco" in screen.inner_text("main")


def reveal(screen: Any) -> None:
    with screen.task():
        screen.click("#next")
    screen.wait_for_selector(".plot .twin", state="attached")
    assert screen.locator(".plot .twin").count() <= 8
    verdict = screen.inner_text("#title").rpartition(": ")[2].rstrip(".")
    assert verdict in ("baja", "baja poco", "casi no cambia", "sube poco", "sube")
    assert f"; {verdict}, " in (screen.get_attribute(".plot svg", "aria-label") or "")
    assert re.search(r"\d+ de 11 dijeron", screen.inner_text("#sub"))
    assert without_findings(screen)


def see_why(screen: Any) -> None:
    """Look at the causes, and at who is harmed."""
    with screen.task():
        screen.click("#next")
    screen.locator(".explains").wait_for()
    assert screen.locator(".cause").count() <= 3
    assert "Una vida inventada" in screen.inner_text("aside")
    assert without_findings(screen)


def go_on(screen: Any) -> None:
    """Go on to the next screen, and wait until it is there: a click before that would ask for the same once more."""
    before = screen.inner_text("#next")
    screen.click("#next")
    screen.wait_for_function("(old) => document.querySelector('#next').innerText !== old", arg=before)


def put_together(screen: Any, phones: list[Any]) -> None:
    """Set a cap and prices, and send the packages of three groups."""
    screen.wait_for_selector("[data-measure='']")
    with screen.task():
        for name, price in (("", "1000000"), ("training", "400000"), ("visits", "400000"), ("means", "400000")):
            screen.fill(f"[data-measure='{name}']", price)
    assert without_findings(screen)
    for phone, row in ((phones[0], 1), (phones[1], 4), (phones[2], 2)):
        phone.wait_for_selector("#rows")
        with phone.task():
            phone.click(f"#rows .row:nth-child({row}) button:last-child")
            phone.click("footer .main")
            phone.wait_for_selector(".proposal")
    assert without_findings(phones[0])
    with phones[3].task():  # of the first group: it sees the proposal and agrees
        phones[3].wait_for_selector(".proposal")
        phones[3].click("footer .main")
    phones[3].locator("#note", has_text="Usted está de acuerdo").wait_for()
    with phones[6].task():  # changes it to one over the cap, which is refused by how much
        phones[6].wait_for_selector(".proposal")
        phones[6].click("footer .second")
        phones[6].click("#rows .row:nth-child(1) button:last-child")
        phones[6].click("#rows .row:nth-child(1) button:last-child")
        phones[6].click("footer .main")
    phones[6].locator("#refusal", has_text="Q 200,000").wait_for()
    screen.locator("main", has_text="pasa el tope por Q 200,000").wait_for()
    screen.locator("main", has_text="2 de 4 de acuerdo").wait_for()


CUT_OFF = "[...document.querySelectorAll('#agenda li')].filter((one) => one.scrollWidth > one.clientWidth).length"


def agenda_is_whole(screen: Any) -> bool:
    """Tell whether every entry of the agenda can be read at 1280 pixels, in both languages."""
    for _ in ("en", "es"):
        before = screen.inner_text("#agenda")
        screen.click("#language")
        screen.wait_for_function("(old) => document.querySelector('#agenda').innerText !== old", arg=before)
        assert screen.evaluate(CUT_OFF) == 0
    return True


def asks_eight_pairs(browser: Any, screen: Any) -> None:
    """Open the page of the town on the first package by its link."""
    address = screen.locator("thead a").first.get_attribute("href")
    view = tab_of(browser, address)
    view.wait_for_selector("body.ready")
    assert "measures=" in view.evaluate("location.search")
    assert "token" not in view.evaluate("location.search")
    view.close()


PARTS_OF_AGREEMENT = (
    *("Lo que esta sala llevaría", "taller del", "tras 2 años", "6 de 6 votos"),
    *("#town=", "confianza compare"),
)


@needs_chromium
@pytest.mark.slow
def test_a_whole_round_with_twelve_phones_a_lost_one_and_a_reload(opened: Any) -> None:
    browser, address, door, _ = opened
    screen = Person(tab_of(browser, address))
    assert without_findings(screen)
    assert without_findings(tab_of(browser, door, 390, 780))
    assert agenda_is_whole(screen)
    code = screen.inner_text(".code")
    phones = [entered(browser, door, code, k % 3) for k in range(12)]
    guess(screen, phones)
    reveal(screen)
    see_why(screen)
    for _ in range(7):  # two more questions, then packages
        go_on(screen)
    put_together(screen, phones)
    screen.click("#next")
    screen.locator("h1", has_text="Los paquetes").wait_for()
    screen.locator("main", has_not_text="Calculando").wait_for(timeout=1000.0 * COMPILE_SECONDS)
    assert screen.locator("thead th").count() == 3
    assert "Q 400,000" in screen.inner_text("main")
    assert without_findings(screen)
    asks_eight_pairs(browser, screen)
    screen.click("#next")
    for phone in phones[:6]:
        phone.locator("h1", has_text="comunidad").wait_for()
        send(phone, 1)
    screen.locator("#clock", has_text="6 de").wait_for()
    screen.wait_for_selector("meter[value='6']")  # shown while the vote is open, from five votes on
    assert without_findings(screen)
    assert screen.pdf(format="A4").startswith(b"%PDF")
    screen.emulate_media(media="print")
    printed = screen.inner_text("body")
    assert [part for part in PARTS_OF_AGREEMENT if part not in printed] == []
    screen.emulate_media(media="screen")
    screen.click("[data-do=erase]")
    screen.locator("h1", has_text="borrados").wait_for()
    phones[3].locator("h1", has_text="cerrada").wait_for()


@needs_chromium
@pytest.mark.slow
def test_the_presenters_screen_needs_its_token_and_the_door_has_no_screen(opened: Any) -> None:
    _, address, _, _ = opened
    port = int(address.split(":")[2].split("/")[0])
    assert asked(port, "GET", "/state")[0] == 403
    assert asked(port, "POST", "/do", {"kind": "code"})[0] == 403
    for path in ("/state", "/do", "/static/room.js"):
        assert asked(port + 1, "GET", path)[0] in (403, 404)
