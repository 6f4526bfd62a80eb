"""The page without a browser: worlds, levers with dates, why, lives, words in both languages."""

import dataclasses
import datetime
import re
import string
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import solara

import scenarios
from experiments.comparison.decision_measures import file_of
from experiments.page import (
    biography,
    frame_encoding,
    frames,
    hover,
    lever_changes,
    pair_differences,
    sites,
    views,
    why,
)
from experiments.page.levers import FIRST, levers
from experiments.page.page_texts import known, say, texts
from experiments.page.panels import LEAST, lines_of
from experiments.page.player import AHEAD, FRAMES_A_SECOND, MOST_MISSED, SPEEDS, Player
from experiments.page.tables import sentences
from experiments.page.widgets import palettes
from experiments.page.world_session import WorldSession
from experiments.words.catalogue import LANGUAGES
from model.police.resources.schema import Resources
from model.simulation.model import TrustModel
from model.town.crime_kinds import HOMICIDE
from model.world.shift_events import INCIDENTS, TERRITORIAL

SMALL = """extends = "villa_canales"
title = { en = "Small", es = "Pequeño" }
[calendar]
warm_up = 0
[population]
scale = 0.05
"""
LEVER = "resources.repair"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the path of a small Villa Canales, with which the page opens."""
    path = tmp_path_factory.mktemp("towns") / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    before = sites.opening
    sites.open_with(str(path), "en")
    yield str(path)
    sites.opening = before


def same(a: TrustModel, b: TrustModel) -> bool:
    """Tell whether two worlds stand in the same state, bit for bit."""
    tables = [(getattr(a.state, name), getattr(b.state, name)) for name in ("minds", "couples", "felt", "ledger")]
    history = a.datacollector.get_model_vars_dataframe().equals(b.datacollector.get_model_vars_dataframe())
    return a.tick == b.tick and history and all(one.tobytes() == two.tobytes() for one, two in tables)


# Levers moved while the world runs


def test_levers_moved_on_the_page_are_policies_that_files_repeat_bit_for_bit(small: str, tmp_path: Path) -> None:
    session = WorldSession(small, 7, "resources_only")
    session.go(40)
    session.move_lever(LEVER, 0.05)
    session.move_lever("reporting.accompaniment", 1.2)
    session.go(3 * 45)
    session.move_lever("contacts.fair", 3.1)
    session.go(200)
    assert [str(policy.start) for policy in session.changes] == ["2017-01-15", "2017-03-01"]
    files = []
    for policy in session.changes:
        files.append(str(tmp_path / f"{policy.name}.toml"))
        Path(files[-1]).write_text(file_of(policy), encoding="utf-8")
    scenario = scenarios.load(small, policies=["resources_only", *files])
    repeated = TrustModel(scenario, rng=7, town=session.site.town)
    repeated.run_for(session.world.tick - repeated.tick)
    assert same(session.world, repeated)
    untouched = WorldSession(small, 7, "resources_only")
    untouched.go(375)
    assert not same(session.world, untouched.world)


def test_a_lever_moved_stands_where_it_was_put_whatever_policies_do_to_it(small: str) -> None:
    session = WorldSession(small, 7, "resources_only")
    session.go(3)
    assert session.lever_value(LEVER) == pytest.approx(2.6667 * 0.09)
    for value in (1.0, 0.0, 0.37):
        session.move_lever(LEVER, value)
        session.go(3)
        assert session.world.parameters[Resources]["repair"][0] == pytest.approx(value, abs=1e-12)
    assert session.lever_value(LEVER) == pytest.approx(0.37)


def test_a_lever_moved_within_a_day_waits_for_the_morning(small: str) -> None:
    session = WorldSession(small, 7)
    session.go(1)
    session.move_lever(LEVER, 0.9)
    session.go(2)
    assert session.pending
    assert not session.changes
    session.go(1)
    assert not session.pending
    assert session.changes[0].start == datetime.date(2017, 1, 2)


def test_two_moves_of_one_day_become_one_policy(small: str) -> None:
    session = WorldSession(small, 7)
    session.move_lever(LEVER, 0.9)
    session.apply()
    session.move_lever(LEVER, 0.8)
    session.move_lever("roster.gallons", 5.0)
    session.apply()
    assert [(entry.parameter, entry.value) for entry in session.changes[0].entries] == [
        (LEVER, 0.8),
        ("roster.gallons", 5.0),
    ]


def test_the_command_names_everything_that_was_done(small: str) -> None:
    session = WorldSession(small, 3, "resources_only")
    session.move_lever(LEVER, 0.9)
    session.go(3)
    command = lever_changes.command_of("villa_canales", session.policies, session.seed, session.world.date)
    assert command == (
        "confianza run villa_canales --policy resources_only --policy ./changes_2017_01_01.toml"
        " --until 2017-01-02 --seed 3"
    )


# Going back, branches, twins


def test_going_back_and_on_again_is_as_if_one_had_never_left(small: str) -> None:
    session, straight = WorldSession(small, 7), WorldSession(small, 7)
    session.go_to(datetime.date(2017, 4, 1))
    session.go_to(datetime.date(2017, 2, 1))
    session.go_to(datetime.date(2017, 3, 1))
    straight.go_to(datetime.date(2017, 3, 1))
    assert same(session.world, straight.world)


def test_a_branch_forgets_what_was_moved_from_its_date_on(small: str) -> None:
    session = WorldSession(small, 7)
    for date, value in ((datetime.date(2017, 1, 10), 0.9), (datetime.date(2017, 2, 10), 0.1)):
        session.go_to(date)
        session.move_lever(LEVER, value)
        session.go(3)
    session.branch(datetime.date(2017, 2, 1))
    assert [str(policy.start) for policy in session.changes] == ["2017-01-10"]
    assert session.world.date == datetime.date(2017, 2, 1)


def test_twins_of_one_policy_do_not_differ_and_the_page_says_so(small: str) -> None:
    a, b = WorldSession(small, 7), WorldSession(small, 7)
    for session in (a, b):
        session.go(150)
    found = pair_differences.differences(a, b)
    assert set(found.values()) == {0.0}
    assert pair_differences.sentence("es", found) == "Hasta ahora A y B son iguales."


def test_what_twins_differ_in_is_counted_from_the_start(small: str) -> None:
    a, b = WorldSession(small, 7), WorldSession(small, 7, "reporting_support")
    for session in (a, b):
        session.go(300)
    found = pair_differences.differences(a, b)
    filed = [sum(session.history()["complaints_filed"]) + session.this_month("complaints_filed") for session in (a, b)]
    assert found["complaints"] == filed[1] - filed[0] > 0
    assert "more complaints" in pair_differences.sentence("en", found)
    assert "denuncias más" in pair_differences.sentence("es", found)


# The map


def test_the_map_shows_the_trust_of_every_resident(small: str) -> None:
    session = WorldSession(small, 7)
    session.go(100)
    layer = frame_encoding.LAYERS["residents"]
    expected = np.clip((session.world.trust() - layer.low) / (layer.high - layer.low), 0.0, 1.0) * frame_encoding.TOP
    alive = session.world.state.minds["gone"] < 0
    dots = np.full(len(alive), frame_encoding.NOTHING)
    come = np.frombuffer(session.map_state.dots(), np.uint8)
    dots[: len(come)] = come
    assert np.abs(dots[alive] - expected[alive]).max() <= 1.0
    assert set(dots[~alive]) <= {frame_encoding.NOTHING}
    assert session.map_state.trust == pytest.approx(session.world.trust()[alive].mean(), abs=1e-12)


def test_every_layer_has_a_byte_for_each_cell(small: str, subtests: pytest.Subtests) -> None:
    session = WorldSession(small, 7)
    session.go(200)
    for layer in frame_encoding.LAYERS:
        with subtests.test(layer=layer):
            bytes_ = session.map_state.bytes(session.world, layer)
            assert len(bytes_) == session.site.town.n_cells
            assert (bytes_ == frame_encoding.NOTHING).any()
            assert len(set(bytes_.tolist())) > 1 or layer in frame_encoding.ON_REQUEST


def test_what_gangs_do_is_not_shown_as_it_happens(small: str) -> None:
    session = WorldSession(small, 7)
    session.go(60)
    book = session.world.shift_events
    while not book.counts[INCIDENTS]:
        session.step()
    shown = len(frames.incidents_of(session.world, session.site.town)) // 12
    book.tables["incidents"]["motive"][: book.counts[INCIDENTS]] = TERRITORIAL
    assert frames.incidents_of(session.world, session.site.town) == b""
    assert shown >= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_place_is_named_where_reports_or_cliques_are_shown(
    small: str, language: str, subtests: pytest.Subtests
) -> None:
    session = WorldSession(small, 7)
    session.go(50)
    names = session.site.town.settlement_names
    for layer in ("told", "complaints", "recorded", "gangs", "narcos"):
        with subtests.test(layer=layer):
            assert not frame_encoding.LAYERS[layer].named
            for cell in range(session.site.town.n_cells):
                words = hover.words(language, session, cell, layer)
                assert words
                assert not any(name in words for name in names)
    named = "".join(hover.words(language, session, cell, "trust") for cell in range(session.site.town.n_cells))
    assert names[0] in named


def test_the_difference_of_twins_is_that_of_their_residents(small: str) -> None:
    a, b = WorldSession(small, 7), WorldSession(small, 7, "heavy_hand")
    for session in (a, b):
        session.go(300)
    frame, end = frames.difference_of(a, b, "residents")
    shown = np.frombuffer(frame["people_a"], np.uint8).astype(float)
    both = np.flatnonzero((a.world.state.minds["gone"] < 0) & (b.world.state.minds["gone"] < 0))
    expected = np.clip((b.world.trust() - a.world.trust()) / end, -1.0, 1.0) * 127.0 + 127.0
    assert np.abs(shown[both] - expected[both]).max() <= 1.0
    assert len(set(shown[both])) > 10
    same_frame, least = frames.difference_of(a, a, "residents")
    assert set(np.frombuffer(same_frame["people_a"], np.uint8)[both]) == {127}
    assert least == 0.001


def test_every_layer_has_a_difference(small: str, subtests: pytest.Subtests) -> None:
    a, b = WorldSession(small, 7), WorldSession(small, 7, "resources_only")
    for session in (a, b):
        session.go(60)
    for layer in frame_encoding.LAYERS:
        with subtests.test(layer=layer):
            frame, end = frames.difference_of(a, b, layer)
            n = len(a.map_state.people) if layer == "residents" else a.site.town.n_cells
            assert n
            assert len(frame["people_a"] or frame["ground_a"]) == n
            assert (end == 0.0) == (layer in frame_encoding.ON_REQUEST)


def test_seats_and_stations_do_not_betray_a_layer_without_names() -> None:
    for name, layer in frame_encoding.LAYERS.items():
        kinds = {kind for kind, _ in views.legend("en", name, "a", False)["marks"]}
        assert layer.named == bool(kinds)


# Why


@pytest.mark.parametrize("language", LANGUAGES)
def test_layers_of_groups_are_told_by_name_and_not_by_more_and_less(language: str) -> None:
    found = {name: views.legend(language, name, "both", False)["swatches"] for name in frame_encoding.LAYERS}
    assert [name for name, swatches in found.items() if swatches] == list(frame_encoding.ON_REQUEST)
    assert [name for _, name in found["gangs"]] == ["MS-13", "Barrio 18"]
    palette = palettes()["gangs"]
    colours = [tuple(palette[3 * k : 3 * k + 3]) for k, _ in found["gangs"]]
    assert len(set(colours)) == 2
    assert views.legend(language, "gangs", "difference", False)["swatches"] == [
        (254, say(language, "page.another_in_b"))
    ]


def test_the_causes_of_a_place_and_period_sum_to_the_change_of_trust(small: str) -> None:
    session = WorldSession(small, 7)
    session.go_to(datetime.date(2017, 4, 1))
    means = session.history()["trust_mean"]
    told = why.account(session, month=12 * 2017 + 1)
    assert told.after - told.before == pytest.approx(100.0 * (means[1] - means[0]), abs=1e-9)
    assert sum(points for _, points in told.causes) == pytest.approx(told.total, abs=0.06)
    assert [abs(points) for _, points in told.causes] == sorted((abs(p) for _, p in told.causes), reverse=True)
    whole = why.account(session)
    parts = [why.account(session, month=12 * 2017 + month) for month in range(3)]
    assert whole.after - whole.before == pytest.approx(sum(one.after - one.before for one in parts), abs=1e-9)


def test_a_settlement_does_not_tell_who_called_or_complained(small: str) -> None:
    session = WorldSession(small, 7)
    session.go_to(datetime.date(2017, 4, 1))
    everywhere = {cause for cause, _ in why.account(session).causes}
    here = {cause for cause, _ in why.account(session, settlement=0).causes}
    assert everywhere & {"unanswered_call", "answered_call", "dropped"}
    assert not here & set(why.TOGETHER)


# A life


def test_a_life_is_what_befell_one_resident(small: str) -> None:
    session = WorldSession(small, 7)
    session.go(200)
    heard = biography.select_residents(session, None)
    lives = biography.replay_lives(session, heard, lambda: False)
    assert lives
    assert any(abs(life.forgotten) > LEAST for life in lives)
    for life in lives:
        mind = session.world.state.minds[life.who]
        assert life.after == pytest.approx(session.world.trust()[life.who], abs=1e-12)
        own = [event for event in life.events if event.change]
        shown = re.findall(r">([+−][\d.]+)</span>", sentences(lines_of("es", life)))
        assert sum(float(one.replace("−", "-")) for one in shown) == pytest.approx(
            100.0 * (life.after - life.before), abs=0.05 * (2 + len(life.events))
        )
        assert own or mind["evidence"] == 0
        for language in LANGUAGES:
            words = [biography.sentence(language, event) for event in life.events]
            assert all(sentence and "{" not in sentence for sentence in words)
            assert biography.introduction(language, life)


def test_lives_touched_by_gangs_are_never_told(small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    session = WorldSession(small, 7)
    session.go(30)
    heard = biography.select_residents(session, None)
    victim = int(heard[0])
    real = biography.hear_shift

    def with_a_victim(world: Any, lives: Any, secret: Any, told: Any) -> None:
        rows = world.shift_events.rows_of(INCIDENTS)
        if len(rows):
            rows[0]["victim"], rows[0]["kind"] = victim, HOMICIDE
        real(world, lives, secret, told)

    assert victim in {life.who for life in biography.replay_lives(session, heard, lambda: False)}
    monkeypatch.setattr(biography, "hear_shift", with_a_victim)
    assert victim not in {life.who for life in biography.replay_lives(session, heard, lambda: False)}


def test_the_life_of_a_woman_hurt_at_home_is_never_told(small: str) -> None:
    session = WorldSession(small, 7)
    session.go(30)
    hurt = np.flatnonzero((session.world.state.homes["hurt"] >= 0) & (session.world.state.minds["gone"] < 0))
    assert len(hurt)
    assert biography.replay_lives(session, hurt[:12], lambda: False) == []


def test_who_is_asked_for_is_heard_first(small: str) -> None:
    session = WorldSession(small, 7)
    people = session.site.town.people
    cell = int(np.bincount(people["home"]).argmax())
    last = int(biography.select_residents(session, cell)[-1])
    heard = biography.select_residents(session, cell, first=last)
    assert heard[0] == last
    assert set(people["home"][heard]) == {cell}


def test_only_kinds_and_motives_known_to_be_harmless_are_told() -> None:
    assert not {"extortion", "homicide", "domestic_violence"} & set(biography.TELLABLE_KINDS)
    assert not {"gang", "extortion", "territorial", "imitator", "punishment"} & set(biography.TELLABLE_MOTIVES)


# Words


def test_every_text_is_in_both_languages_with_the_same_blanks() -> None:
    for part, some in texts().items():
        for key, by_language in some.items():
            assert set(by_language) == set(LANGUAGES), (part, key)
            blanks = [{one[1] for one in string.Formatter().parse(by_language[name])} - {None} for name in LANGUAGES]
            assert blanks[0] == blanks[1], (part, key)
            assert all(by_language.values()), (part, key)


def test_every_text_used_in_the_code_exists() -> None:
    folder = Path(sites.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r'say\(\s*(?:[a-z.]+,\s*)?"([a-z_]+\.[a-z_0-9]+)"', code))
    assert len(used) > 60
    assert {name for name in used if not known(name)} == set()


def test_sliders_are_the_levers_of_the_model() -> None:
    every = {lever.name: lever for some in levers().values() for lever in some}
    assert set(FIRST) <= set(every)
    assert all(lever.about.role == "lever" for lever in every.values())
    assert "contacts.stop" not in every


ENGLISH = re.compile(
    r"\b(the|and|of|with|trust|police|crime|report|levers?|policy|fear|why|play|month)\b", re.IGNORECASE
)


def test_a_tip_in_spanish_holds_no_english(small: str) -> None:
    for some in levers().values():
        for lever in some:
            assert not ENGLISH.search(lever.tip("es", 0.5)), lever.name
            assert not re.search("logit|log-odds", lever.tip("es", 0.5) + lever.tip("en", 0.5)), lever.name
            assert not ENGLISH.search(lever.title("es")), lever.name


# The player


def wait_for(true: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


class Browser:
    """A player with a browser that answers, or does not."""

    def __init__(self, answers: bool = True) -> None:
        self.updated, self.frames, self.reasons = 0, 0, []  # type: ignore[var-annotated]
        self.answers = answers
        self.player = Player(self.live, self.draw, lambda: None, self.reasons.append)
        self.player.speed = 4
        self.player.start()

    def live(self, shifts: int) -> None:
        self.updated += shifts

    def draw(self, number: int) -> None:
        self.frames += 1
        if self.answers:
            self.player.seen(number)


def test_a_paused_player_is_still_at_once() -> None:
    browser = Browser()
    browser.player.play(True)
    wait_for(lambda: browser.frames > 3)
    browser.player.play(False)
    wait_for(lambda: not browser.player.playing, 1.0)
    lived = browser.updated
    time.sleep(0.1)
    assert browser.updated == lived
    browser.player.close()


def test_a_player_whose_browser_has_gone_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.page.player.PATIENCE", 0.02)
    browser = Browser(answers=False)
    browser.player.play(True)
    wait_for(lambda: browser.player.playing or browser.frames > 0)
    wait_for(lambda: not browser.player.playing)
    assert browser.frames == MOST_MISSED + AHEAD
    browser.player.close()


def test_frames_and_shifts_have_speeds_of_their_own() -> None:
    browser = Browser()
    browser.player.set_speed(len(SPEEDS) - 1)
    browser.player.play(True)
    wait_for(lambda: browser.frames > 0)
    begun, frames, lived = time.monotonic(), browser.frames, browser.updated
    wait_for(lambda: browser.frames >= frames + 15)
    assert browser.updated - lived > 15 * 2
    assert browser.frames - frames <= (time.monotonic() - begun) * FRAMES_A_SECOND + 2
    browser.player.close()


def test_a_closed_player_ends_its_thread() -> None:
    browser = Browser()
    browser.player.play(True)
    wait_for(lambda: browser.frames > 1)
    browser.player.close()
    browser.player.thread.join(5.0)
    assert not browser.player.thread.is_alive()


def test_a_deed_that_fails_is_told_and_the_player_listens_on() -> None:
    browser, done = Browser(), threading.Event()
    browser.player.do(lambda: 1 / 0)
    browser.player.do(done.set)
    assert done.wait(5.0)
    assert [type(reason) for reason in browser.reasons] == [ZeroDivisionError]
    browser.player.close()


# The page as a tree of widgets


def texts_of(widgets: Any) -> Iterator[str]:
    """Yield every word that a tree of widgets shows."""
    for widget in widgets:
        for trait in ("label", "title"):
            if isinstance(getattr(widget, trait, None), str):
                yield getattr(widget, trait)
        attributes = getattr(widget, "attributes", None) or {}
        yield from (str(attributes[key]) for key in ("aria-label", "title") if key in attributes)
        for child in getattr(widget, "children", None) or []:
            if isinstance(child, str):
                yield child
            elif not isinstance(child, dict):
                yield from texts_of([child])
        for slot in getattr(widget, "v_slots", None) or []:
            children = slot.get("children")
            yield from texts_of(children if isinstance(children, list) else [children])
        if isinstance(getattr(widget, "items", None), list):
            yield from (item["text"] for item in widget.items if isinstance(item, dict))


@pytest.fixture
def page(small: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return the page of a visitor, without a browser."""
    from experiments.page import page as module

    visitors = []

    class Kept(module.Visitor):
        def __init__(self) -> None:
            super().__init__()
            visitors.append(self)

    monkeypatch.setattr(module, "Visitor", Kept)
    box, rc = solara.render(module.Page(), handle_error=False)
    visitors[0].do(lambda: visitors[0].go_deeper("map"))
    wait_for(lambda: not visitors[0].busy.value and bool(visitors[0].sessions), 120.0)
    yield box, rc, visitors[0]
    rc.close()
    wait_for(lambda: not visitors[0].player.thread.is_alive())


def test_the_page_speaks_spanish_without_english(page: Any) -> None:
    from experiments.page.page import PANELS

    box, _, visitor = page
    visitor.language.set("es")
    visitor.one_month()
    wait_for(lambda: visitor.sessions[0].world.date == datetime.date(2017, 2, 1) and not visitor.busy.value)
    visitor.choose_twins(True)
    wait_for(lambda: len(visitor.sessions) == 2 and not visitor.busy.value)
    for tab in PANELS:
        visitor.tab.set(tab)
        shown = " | ".join(texts_of(box.children))
        assert "Iniciar" in shown
        rest = shown.replace("Switch to English", "").replace("English", "")
        assert not ENGLISH.search(rest), ENGLISH.findall(rest)
    told = str(visitor.map.view) + str(visitor.chart.data)
    assert "Confianza en la policía" in told
    assert not re.search(r"'(title|low|high|name|unit|text)': '[^']*\b(the|and|with|trust|crimes)\b", told)


def test_who_finds_no_place_is_told_and_let_in_when_there_is_one(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from experiments.page import visitor_limit
    from experiments.page.page import Page

    monkeypatch.setattr(visitor_limit, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(visitor_limit, "MOST", 1)
    box, rc = solara.render(Page(), handle_error=False)
    assert "está abierta 1 veces" in " ".join(texts_of(box.children))
    time.sleep(0.5)
    assert visitor_limit._inside == {page[2]}
    monkeypatch.setattr(visitor_limit, "MOST", 2)
    wait_for(lambda: "está abierta" not in " ".join(texts_of(box.children)))
    (late,) = visitor_limit._inside - {page[2]}
    wait_for(late.player.thread.is_alive)
    rc.close()
    wait_for(lambda: not late.player.thread.is_alive())
    assert visitor_limit._inside == {page[2]}


def test_two_visitors_do_not_meet(small: str) -> None:
    from experiments.page.visitor import Visitor

    one, two = Visitor(), Visitor()
    ends = [visitor.open() for visitor in (one, two)]
    for visitor in (one, two):
        visitor.do(partial(visitor.go_deeper, "map"))
    wait_for(lambda: all(visitor.sessions and not visitor.busy.value for visitor in (one, two)), 120.0)
    one.move_lever(LEVER, 0.9)
    one.jump("2017-01-20")
    wait_for(lambda: one.sessions[0].world.date == datetime.date(2017, 1, 20))
    assert two.sessions[0].world.date == datetime.date(2017, 1, 1)
    assert not two.sessions[0].policies[1:]
    assert one.sessions[0].site.town is two.sessions[0].site.town
    for end in ends:
        end()
    wait_for(lambda: not any(visitor.player.thread.is_alive() for visitor in (one, two)))


@pytest.mark.parametrize("word", ["", "2016-12-31", "2099-01-01", "../../etc/passwd", "2017-13-01"])
def test_a_wrong_date_is_said_and_nothing_happens(page: Any, word: str) -> None:
    _, _, visitor = page
    visitor.jump(word)
    assert "2017-01-01" in visitor.fault.value
    assert visitor.sessions[0].world.date == datetime.date(2017, 1, 1)


def test_messages_that_make_no_sense_are_left_alone(page: Any) -> None:
    _, _, visitor = page
    for message in ({}, {"kind": "key", "deed": "__init__"}, {"kind": "pick", "cell": 10**9, "lane": "z"}):
        visitor.receive_event(message)
    done = threading.Event()
    visitor.player.do(done.set)
    assert done.wait(5.0)
    assert not visitor.fault.value


def test_a_town_is_chosen_from_the_list_only(small: str) -> None:
    assert set(sites.choices()) == {small, "villa_canales", "totonicapan"}
    with pytest.raises(KeyError):
        sites.load_municipality("../secret.toml")


def test_names_of_files_are_made_from_dates_alone() -> None:
    assert lever_changes.name_of(datetime.date(2018, 3, 4)) == "changes_2018_03_04"


def test_policies_dated_on_the_page_are_plain_policies(small: str) -> None:
    scenario = sites.load_municipality(small).scenario
    made = lever_changes.move_levers((), {LEVER: 0.5}, datetime.date(2018, 1, 1), scenario)
    scenario = dataclasses.replace(scenario, policies=made)
    assert lever_changes.value_on(scenario, LEVER, datetime.date(2018, 1, 1)) == 0.5
    assert lever_changes.value_on(scenario, LEVER, datetime.date(2017, 12, 31)) != 0.5


def test_say_puts_values_in() -> None:
    assert say("es", "levers.world", lane="B") == "Palancas del mundo B"
