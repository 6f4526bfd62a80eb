"""The classroom: lessons, addresses of tasks, runs, one resident, and the page in a browser."""

import contextlib
import copy
import csv
import io
import json
import time
import types
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from actions import Person
from bits import digests
from chromium import COMPILE_SECONDS, SECONDS, chromium, free_port, needs_chromium, program, served, with_strict_data

from experiments.classroom import lesson, lesson_run, one_resident, page, pairs
from experiments.classroom.assignment import Assignment, parse_assignment
from experiments.classroom.checking import check, claim_result, exercise_of, prediction_sentences, switch_note
from experiments.classroom.lesson_run import LessonRun
from experiments.classroom.page import Classroom
from experiments.classroom.pair_table import case_name, cases, rows_of
from experiments.comparison.decision_outcomes import OUTCOMES
from experiments.comparison.policy_choice import MAX_PAIRS
from experiments.comparison.report_weighing import OPEN_CHANNELS
from experiments.page.background_worker import in_background
from experiments.statistics.paired_effects import paired
from experiments.workshop import materials
from model import TrustModel
from model.engine.errors import InputError
from model.engine.rows import zero_rows
from model.reporting.reporting import Reporting, channel_utilities
from model.town.crime_kinds import ROBBERY
from model.town.town import build_town
from model.trust.service import LOCAL_SERVICE, USUAL_SERVICE
from model.world.shift_events import CHANNELS, Incident
from scenarios import load

SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load("villa_canales", set=SMALL)
    town = build_town(scenario)
    lesson_run.base_map.cache_clear()
    lesson_run.inhabited_cells.cache_clear()
    monkeypatch.setattr(lesson_run, "scenario", lambda *_: scenario)
    monkeypatch.setattr(lesson_run, "town", lambda *_: town)
    monkeypatch.setattr(lesson_run, "_checkpoints", {})


def test_both_languages_say_the_same_things() -> None:
    for name in ("texts", "lesson", "exercises"):
        for text in said(lesson.lesson_file(name)):
            assert set(text) == {"en", "es"}
            assert all(text.values())
            if isinstance(text["en"], list):
                assert len(text["en"]) == len(text["es"])


def said(one: Any) -> list[dict[str, Any]]:
    if isinstance(one, list):
        return [text for part in one for text in said(part)]
    if not isinstance(one, dict):
        return []
    return [one] if "en" in one or "es" in one else said(list(one.values()))


def test_ten_exercises_of_four_steps_free_what_exists_and_have_a_teachers_note() -> None:
    known = {*lesson.lever_names(), *lesson.switch_names(), "policy", "account", "seed", "levers", "switches"}
    assert len(lesson.exercises()) == 10
    for one in lesson.exercises():
        assert {"predict", "run", "compare", "why", "teacher"} <= set(one)
        assert set(one["free"]) <= known
        assert one["level"] in ("observe", "explain", "change")


@pytest.mark.parametrize("town", ["villa_canales", "totonicapan"])
def test_every_exercise_has_its_pairs_and_every_claim_is_about_a_row_of_them(town: str) -> None:
    for case in cases(town):
        rows = rows_of(town, case)
        assert rows or case.partition(",")[0] in lesson.switch_names(), case
        assert not rows or rows["trust_mean"].pairs == MAX_PAIRS
    for exercise in lesson.exercises():
        for claim in exercise.get("claim", ()):
            account = claim.get("account", exercise.get("accounts", [""])[0])
            rows = rows_of(town, case_name(exercise["name"], account))
            assert claim.get("measure") in {None, *rows}, claim


def test_a_switch_says_from_when_it_is_off_and_the_effect_of_that() -> None:
    """Two questions: without hearsay from today on trust rises; in a town that never had it, it is lower."""
    for town in ("villa_canales", "totonicapan"):
        since = {begin: rows_of(town, f"hearsay, {begin}")["trust_mean"] for begin in ("today", "start")}
        assert since["today"].direction == 1
        assert since["start"].direction == -1
        for begin, row in since.items():
            sign, size = "+" if row.effect > 0 else "−", f"{abs(row.effect):.2f}"
            assert f"trust {sign}{size} (8 of 8)" in switch_note("hearsay", begin, town, "en")
            assert f"confianza {sign}{size} (8 de 8)" in switch_note("hearsay", begin, town, "es")
    assert (
        switch_note("hearsay", "today", "elsewhere", "es")
        == "Nadie ha corrido pares para este municipio: pregunte a 8 pares."
    )


@pytest.mark.parametrize(
    ("answers", "said", "missing"),
    [
        ({}, "", ["predict", "compare", "why"]),
        ({"guess": "falls", "size": "0.4"}, "", ["compare", "why"]),
    ],
)
def test_the_page_keeps_its_answer_until_there_is_a_prediction_and_a_pair(
    answers: dict[str, str], said: str, missing: list[str]
) -> None:
    exercise = 1 + [one["name"] for one in lesson.exercises()].index("hearsay")
    found = check(Assignment(exercise=exercise, **answers), 24, None, False, None)  # type: ignore[arg-type]
    assert found == {"missing": missing, "said": [], "claims": []}


@pytest.mark.parametrize(
    ("guess", "size", "said"),
    [
        ("falls", "9", ["rises", "You predicted another direction.", "Your size is too large."]),
        ("rises", "", ["rises", "You predicted the direction."]),
        ("rises", "0.001", ["rises", "You predicted the direction.", "Your size is too small."]),
    ],
)
def test_a_prediction_is_compared_with_the_pairs_in_direction_and_size(guess: str, size: str, said: list[str]) -> None:
    exercise = 1 + [one["name"] for one in lesson.exercises()].index("hearsay")
    row = rows_of("villa_canales", "exercise hearsay")["trust_mean"]
    task = Assignment(exercise=exercise, off=frozenset({"hearsay"}), guess=guess, size=size)
    sentences = prediction_sentences(task, exercise_of(task) or {}, rows_of(task.town, "exercise hearsay"))
    assert len(sentences) == len(said)
    assert all(part in sentence for part, sentence in zip(said, sentences, strict=True))
    assert f"+{row.effect:.2f}" in sentences[0]


def test_every_exercise_has_a_claim_that_the_pairs_support_and_one_that_they_do_not() -> None:
    for town in ("villa_canales", "totonicapan"):
        for number, exercise in enumerate(lesson.exercises(), start=1):
            if "claim" not in exercise:
                continue
            task = Assignment(exercise=number, town=town, claims=frozenset(range(1, 1 + len(exercise["claim"]))))
            kinds = {claim_result(task, exercise_of(task) or {}, claim, None)["kind"] for claim in task.claims}
            assert "supports" in kinds, (town, exercise["name"], kinds)
            assert kinds - {"supports"}, (town, exercise["name"])


def test_an_address_restores_its_task() -> None:
    task = Assignment(
        exercise=3, lock=True, lang="es", town="totonicapan", account="performance_only", seed=12,
        policy="mopsic_full", levers={"contacts.fair": 2.5}, off=frozenset({"hearsay"}), since="start", step="day",
        guess="falls", size="1.5", claims=frozenset({1, 3}), predict="baja", why="sí & no", student="Ana",
    )  # fmt: skip
    assert parse_assignment(dict(parse_qsl(task.address))) == task
    assert parse_assignment({}) == Assignment()


def test_an_assignment_that_is_handed_out_carries_nobodys_answers() -> None:
    task = Assignment(
        exercise=4, lang="es", seed=3, off=frozenset({"hearsay"}), predict="sube", why="hay menos", student="7"
    )
    handed = parse_assignment(dict(parse_qsl(task.link_address)))
    assert handed == Assignment(exercise=4, lang="es", seed=3, off=frozenset({"hearsay"}))
    room = Classroom("es")
    room.task = task
    room.send_state()
    assert room.widget.state["address"] == task.link_address


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Still missing: a run."), ("es", "Falta una corrida. Pulse Correr.")]
)
def test_work_is_saved_when_all_four_steps_are_done_and_the_page_says_what_is_missing(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Classroom(language)
    run = types.SimpleNamespace(
        months=0, student_work=lambda _: "", table=lambda: "", series=lambda: {"trust_mean": []}
    )
    room.run = run  # type: ignore[assignment]
    sent: list[Any] = []
    monkeypatch.setattr(room.widget, "send", sent.append)
    monkeypatch.setattr(room, "send_state", lambda: None)
    with pytest.raises(InputError, match=said):
        room.send_file({"what": "work"})
    room.task = Assignment(exercise=3, guess="falls", size="1", lang=language)
    run.months, room.previous_run = 1, (Assignment(), {"trust_mean": []})
    with pytest.raises(InputError, match=r"why|porqué"):
        room.send_file({"what": "work"})
    room.send_file({"what": "csv"})
    room.task = Assignment(exercise=3, guess="falls", size="1", claims=frozenset({1}), lang=language)
    room.send_file({"what": "work"})
    assert [one["name"] for one in sent] == ["confianza-7.csv", "confianza-3-student.json"]
    assert room.done == {3}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ({"exercize": "1"}, "did you mean 'exercise'"),
        ({"exercise": "11"}, "exercise must be a whole number from 0 to 10, got '11'"),
        ({"town": "totonicapam"}, "did you mean 'totonicapan'"),
        ({"since": "now"}, "since must be one of today, start"),
        ({"size": "much"}, "size must be a number from 0"),
        ({"exercise": "3", "claims": "99"}, "claims must be a whole number from 0 to"),
        ({"seed": "-1"}, "seed must be"),
        ({"policy": "mopsic_ful"}, "did you mean 'mopsic_full'"),
        ({"off": "hearsey"}, "did you mean 'hearsay'"),
        ({"levers": "contacts.fair:99"}, "contacts.fair must be a number from -2 to 6, got '99'"),
        ({"levers": "contacts.fair:nan"}, "got 'nan'"),
        ({"lang": "fr"}, "lang must be one of en, es"),
    ],
)
def test_a_wrong_address_is_one_line(address: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=".*".join(said.split("'")[:1])) as raised:
        parse_assignment(address)
    assert said in str(raised.value)


def test_a_lock_frees_only_what_belongs_to_the_exercise() -> None:
    locked = Assignment(exercise=3, lock=True)
    assert locked.may_change("hearsay")
    assert not any(locked.may_change(one) for one in ("contacts.fair", "deterrence", "policy", "seed"))
    own = Assignment(exercise=8, lock=True)
    assert all(own.may_change(one) for one in ("contacts.fair", "deterrence", "policy", "seed"))


@pytest.mark.usefixtures("small")
def test_a_run_without_changes_is_the_model_as_it_is_and_a_switch_changes_it() -> None:
    plain = TrustModel(lesson_run.scenario("villa_canales"), rng=7, town=lesson_run.town("villa_canales"))
    runs = LessonRun(Assignment()), LessonRun(Assignment(off=frozenset({"reporting"})))
    for _ in range(2):
        for run in runs:
            run.step("month")
    plain.run_for(runs[0].world.tick - runs[0].start)
    assert runs[0].series()["trust_mean"] == plain.datacollector.model_vars["trust_mean"]
    assert runs[1].series()["crimes_told"] != runs[0].series()["crimes_told"]


@pytest.mark.usefixtures("small")
def test_the_script_and_the_table_give_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = Assignment(seed=3, off=frozenset({"hearsay"}), levers={"contacts.fair": 2.0})
    run = LessonRun(task)
    run.step("month")
    (row,) = csv.DictReader(io.StringIO(run.table()))
    monkeypatch.chdir(tmp_path)
    script = lesson_run.python_program(run.parts, 1).replace(
        'load("villa_canales",', f'load("villa_canales", set={SMALL!r},'
    )
    names: dict[str, Any] = {}
    exec(script, names)
    assert float(row["trust_mean"]) == names["world"].datacollector.model_vars["trust_mean"][0]
    assert row["settings"] == "Fair treatment, Hearsay: people tell each other (off)"
    work = json.loads(run.student_work(Assignment(exercise=3, student="Ana", why="por los relatos")))
    assert work["task"]["why"] == "por los relatos"
    assert work["months"] == run.table()


@pytest.mark.usefixtures("small")
def test_a_lever_acts_on_the_running_world_from_the_present_month_and_the_script_repeats_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, unchanged = LessonRun(Assignment()), LessonRun(Assignment())
    moved = Assignment(policy="resources_only", levers={"heavy_hand.army": 100.0}, off=frozenset({"reporting"}))
    for one in (run, unchanged):
        one.step("month")
    run.change(moved)
    run.step("month")
    unchanged.step("month")
    told, told_unchanged = run.series()["crimes_told"], unchanged.series()["crimes_told"]
    assert told[0] == told_unchanged[0]
    assert told[1] != told_unchanged[1]
    run.change(Assignment())
    run.step("month")
    assert [(at, task) for at, task in run.changes] == [(1.0, moved), (2.0, Assignment())]
    rows = list(csv.DictReader(io.StringIO(run.table())))
    assert [row["settings"] == "as today" for row in rows] == [True, False, True]
    monkeypatch.chdir(tmp_path)
    script = lesson_run.python_program(run.parts, 3).replace(
        'load("villa_canales",', f'load("villa_canales", set={SMALL!r},'
    )
    names: dict[str, Any] = {}
    exec(script, names)
    assert names["world"].datacollector.model_vars["trust_mean"] == run.series()["trust_mean"]


def test_what_was_moved_before_anything_ran_holds_from_the_start(small: None) -> None:
    run = LessonRun(Assignment())
    run.change(Assignment(off=frozenset({"reporting"})))
    assert run.changes == []
    run.step("month")
    run.change(Assignment())
    run.change(Assignment(seed=7, policy="mopsic_full"))
    assert [task.policy for _, task in run.changes] == ["mopsic_full"]


@pytest.mark.usefixtures("small")
def test_the_map_shows_couples_on_duty_invented_territory_and_trust_in_shades() -> None:
    run = LessonRun(Assignment())
    run.step("day")
    frame, ground = run.frame(), lesson_run.base_map(run.town)
    assert len(frame["trust"]) == len(ground["cells"])
    assert set(frame["trust"]) <= set("012349")
    assert len(frame["couples"]) == int(run.world.state.couples["on"].sum())
    assert len(frame["gangs"]) == int((run.world.state.held_by >= 0).sum())


class StubWorkers:
    """Workers that note what is asked of them and simulate nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.started, self.given_up = folder, 0, 0
        self.asked: list[Any] = []

    def start(self) -> None:
        self.started += 1

    def register_client(self) -> int:
        return 4

    def request_worlds(self, seat: int, specs: Any, on_world: Any) -> None:
        assert seat == 4
        self.asked.append((specs, on_world))

    def cancel_request(self, seat: int) -> None:
        assert seat == 4
        self.given_up += 1


def do_all(room: Classroom) -> None:
    while not room.actions.empty():
        room.actions.get()()


def test_pairs_stop_and_what_comes_afterwards_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = StubWorkers(tmp_path)
    monkeypatch.setattr(page, "background_workers", [workers])
    room = Classroom("en")
    room.task = Assignment(policy="mopsic_full", off=frozenset({"hearsay"}))
    room.ask_pairs({"size": "whole"})
    ((specs, on_world),) = workers.asked
    assert [spec.seed for spec in specs] == [seed for seed in range(1, MAX_PAIRS + 1) for _ in range(2)]
    assert [len(spec.policies) for spec in specs[:2]] == [1, 2]
    on_world("an error", specs[0].run)
    do_all(room)
    shown = room.widget.state["pairs"]
    assert (shown["done"], shown["all"], shown["running"], shown["rows"]) == (1, 2 * MAX_PAIRS, True, [])
    assert shown["fault"] == "1 worlds failed (an error). Fewer than eight pairs give no verdict."
    room.stop_pairs()
    on_world("an error", specs[1].run)
    do_all(room)
    shown = room.widget.state["pairs"]
    assert (shown["done"], shown["running"], shown["stopped"]) == (1, False, True)
    room.close()
    assert (workers.started, workers.given_up) == (1, 2)


@pytest.mark.parametrize(
    ("task", "size", "said"),
    [
        (Assignment(lang="es"), "small", "Primero cambie una política"),
        (Assignment(seed=3), "whole", "Change a policy, a lever or a mechanism first"),
        (Assignment(policy="heavy_hand"), "huge", "size must be one of small, whole; got 'huge'"),
    ],
)
def test_pairs_that_cannot_be_asked_are_one_line(tmp_path: Path, task: Assignment, size: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        pairs.RequestedPairs(task, size, tmp_path)


@pytest.mark.thorough
def test_eight_pairs_give_the_effects_that_the_command_and_the_program_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "YEARS", 1.0)
    task = Assignment(exercise=7, policy="heavy_hand", levers={"contacts.fair": 2.0})
    with in_background(workers=2, at_once=False):
        room = Classroom("en")
        room.task = task
        room.ask_pairs({"size": "small"})
        while room.pairs and room.pairs.running:
            room.actions.get(timeout=COMPILE_SECONDS)()
    assert room.pairs is not None
    shown, trust = room.widget.state["pairs"], OUTCOMES[0].headline
    assert [row["name"] for row in shown["rows"]] == [one.name for one in OUTCOMES]
    levels = [[trust.of(side[seed].months) for seed in sorted(side)] for side in room.pairs.results]
    effect = paired(*levels, scale=trust.scale(1.0))
    assert shown["rows"][0]["at"] == [effect.effect, effect.low, effect.high, effect.delta]
    assert shown["rows"][0]["said"].startswith("Eight pairs · trust in the police: ")

    command, _, rest = room.widget.state["repeated"].partition("\n\n")
    words = "--scenario villa_canales --set population.seed=1 --set population.scale=0.05 --years 1 --replicates 8"
    assert command == f"confianza compare status_quo heavy_hand+./student.toml {words}"
    file, _, program = rest.partition("\n\n# Python\n")
    (tmp_path / "student.toml").write_text(file.partition("\n")[2], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    sink = io.StringIO()
    with contextlib.redirect_stdout(sink):
        exec(program.replace("range(1, 8 + 1)", "range(1, 1 + 1)"), {})
    assert [float(word) for word in sink.getvalue().split()[1:3]] == pytest.approx([side[0] for side in levels])


def kernel_odds(world: Any, who: int) -> Any:
    """Return exp(utility) of each channel of a victim of robbery, as the model's own kernel writes them."""
    rows = zero_rows(Incident, 1)
    row, w = rows[0], world.w
    row.teller = row.victim = who
    row.kind, row.severity, row.loss, row.clique = (
        int(ROBBERY),
        one_resident.ROBBERY_SEVERITY,
        one_resident.ROBBERY_LOSS,
        -1,
    )
    z = int(world.town.people["settlement"][who])
    trust = float(world.trust()[who] + world.parameters[Reporting][z]["lift"])
    channel_utilities(w, row, trust, False)
    return [w.channel_pull[CHANNELS.index(name)] for name in OPEN_CHANNELS]


@pytest.mark.usefixtures("small")
def test_asking_a_resident_leaves_the_world_as_it_is_and_terms_sum_to_the_utility() -> None:
    world = LessonRun(Assignment()).world
    world.run_for(60)
    twin = copy.deepcopy(world)
    who = one_resident.find_resident(world, None, 1)
    assert who is not None
    told = one_resident.describe_resident(world, who, "es")
    world.run_for(30)
    twin.run_for(30)
    one, two = (digests.digest(table for _, table in digests.tables(each.checkpoint())) for each in (world, twin))
    assert one == two
    assert sum(share for _, share in told["chances"]) == pytest.approx(100.0)
    phone = dict(map(tuple, told["chances"]))["llama al 110"] / dict(map(tuple, told["chances"]))["no avisa a nadie"]
    assert sum(size for _, size, _ in told["terms"]) == pytest.approx(np.log(phone))
    assert one_resident.imagined_robbery(world, who).odds() == pytest.approx(kernel_odds(world, who))
    more = dict(map(tuple, told["ifs"]))
    assert more["hubiera una pareja cerca"] > more["tal como es"]


def test_what_came_of_telling_before_and_help_with_the_complaint_are_terms_of_the_choice() -> None:
    world = TrustModel(load("villa_canales", set=SMALL | {"reporting.trip_usual": 3.0}), rng=1)
    who = one_resident.find_resident(world, None, 1)
    assert who is not None
    world.state[USUAL_SERVICE][:] = 0.5, 0.1
    local = world.state[LOCAL_SERVICE]
    local["calls"], local["cases"] = 0.6, 0.2
    for name, value in {"calls_bad": 2.0, "cases_good": 1.0, "service_at": world.tick}.items():
        world.state.minds[name][who] = value
    told = one_resident.imagined_robbery(world, who)
    assert told.terms("phone")["service"] < 0.0 < told.terms("station")["service"]
    assert told.terms("prosecutor")["support"] > told.terms("phone")["support"] > 0.0
    assert told.odds() == pytest.approx(kernel_odds(world, who))
    assert len(one_resident.describe_resident(world, who, "en")["terms"]) == 6


@pytest.mark.usefixtures("small")
def test_who_is_shown_is_an_adult_without_gangs_rents_or_violence_at_home() -> None:
    world = LessonRun(Assignment()).world
    shown = one_resident.can_be_shown(world)
    minds = world.state.minds
    assert 0 < shown.sum() < len(minds)
    assert not (shown & ((minds["member"] >= 0) | (minds["pays"] >= 0) | (minds["gone"] >= 0))).any()
    assert one_resident.find_resident(world, int(np.flatnonzero(world.town.cells["population"] == 0)[0]), 1) is None


@pytest.mark.slow
@pytest.mark.parametrize("town", ["villa_canales", "totonicapan"])
def test_a_students_own_pairs_have_the_signs_of_the_notes_and_of_the_exercises(town: str) -> None:
    """Of the whole town, as on screen: what the table tells by its sign, a student's pairs tell too."""
    with in_background(workers=2, at_once=False) as background:
        for case, task in cases(town).items():
            row = rows_of(town, case)["trust_mean"]
            if not row.direction:
                continue
            room = Classroom("en")
            room.task = task
            room.ask_pairs({"size": "whole"})
            while room.pairs and room.pairs.running:
                room.actions.get(timeout=COMPILE_SECONDS)()
            assert room.pairs is not None
            effect = room.widget.state["pairs"]["rows"][0]["at"][0]
            assert np.sign(effect) == row.direction, (case, effect)
            background.cancel_request(room.client_number or 0)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Any:
    port, folder = free_port(), tmp_path_factory.mktemp("classroom")
    with served(program("view", "--mesa", "--lang", "es", "--port", str(port)), port, folder), chromium() as browser:
        from chromium import PRINTED

        yield browser, PRINTED[port]


def ready(opened: Any, query: str = "") -> Any:
    browser, address = opened
    context = browser.new_context(viewport={"width": 1280, "height": 720}, accept_downloads=True)
    tab = with_strict_data(context.new_page())
    tab.set_default_timeout(1000 * SECONDS)
    tab.goto(address + query)
    tab.wait_for_selector("[data-do=play]:not(:disabled)")
    return tab


def months(tab: Any) -> Any:
    return tab.evaluate("document.querySelector('[data-id=clock]').textContent")


@needs_chromium
@pytest.mark.slow
def test_the_whole_town_is_shown_at_ten_frames_a_second(opened: Any, record_property: Any) -> None:
    tab = ready(opened, "&step=shift")
    tab.evaluate(
        """() => { window.frames = 0; new MutationObserver(() => window.frames++)
        .observe(document.querySelector('[data-id=clock]'), { childList: true }) }"""
    )
    tab.click("[data-do=play]")
    time.sleep(1.0)
    first, begun = tab.evaluate("window.frames"), time.monotonic()
    time.sleep(5.0)
    rate = (tab.evaluate("window.frames") - first) / (time.monotonic() - begun)
    tab.click("[data-do=play]")
    record_property("measured", f"{rate:.1f} frames a second of all of Villa Canales, a shift each")
    assert "145,762" in tab.inner_text("[data-id=people]")
    assert rate >= 10.0, f"{rate:.1f} frames a second"


@needs_chromium
@pytest.mark.slow
def test_a_mechanism_is_switched_off_and_compared_in_four_actions(opened: Any) -> None:
    tab = Person(ready(opened, "&exercise=3&lock=1"))
    tab.wait_for_selector("[data-lever='contacts.fair']:disabled")
    with tab.task():
        tab.click("[data-do=step]")  # a month as today
        tab.wait_for_function("document.querySelector('[data-id=clock]').textContent.startsWith('1 feb 2017')")
        tab.click("[data-switch=hearsay]")
        tab.click("[data-do=reset]")
        tab.wait_for_function("document.querySelector('[data-id=pair]').textContent.includes('como hoy')")
        tab.click("[data-do=step]")
        tab.wait_for_function(
            "document.querySelectorAll('.cl-cs path[stroke=\"var(--b)\"]')[0].getAttribute('d').length > 3"
        )
    assert tab.locator(".cl-cs path[stroke='var(--a)']").count() > 0


@needs_chromium
@pytest.mark.slow
def test_eight_pairs_are_asked_in_the_page_and_answer_the_exercise(opened: Any) -> None:
    tab = ready(opened, "&exercise=3&off=hearsay&lang=en")
    tab.click("[data-do=eight]")
    tab.click("[data-size=small]")
    tab.wait_for_selector("[data-p=stop]:not([hidden])")
    tab.locator(".cl-pairs tbody tr").nth(len(OUTCOMES) - 1).wait_for(timeout=1000 * COMPILE_SECONDS)
    tab.click("[data-step='2']")
    assert tab.inner_text("[data-id=answered]").startswith("Eight pairs · trust in the police: ")
    tab.click("[data-p=repeat]")
    assert "confianza compare status_quo ./student.toml" in tab.inner_text("dialog pre")


@needs_chromium
@pytest.mark.slow
def test_an_exercise_is_sent_as_a_link_without_answers_and_not_handed_in_without_a_run(opened: Any) -> None:
    tab = Person(ready(opened, "&exercise=3"))
    with tab.task():
        tab.click("[data-guess=falls]")
        tab.fill("[data-text=size]", "1.5")
        tab.fill("[data-text=why]", "lo malo se cuenta más")
        tab.click("[data-do=link]")
    link = tab.inner_text("dialog pre")
    assert link.startswith("?exercise=")  # no address of the teacher's computer, which others cannot reach
    other = ready(opened, "&" + link.partition("?")[2])
    assert other.input_value("#cl-exercise") == "3"
    assert other.is_disabled("#cl-exercise")
    assert other.input_value("[data-text=size]") == ""
    assert other.get_attribute("[data-guess=falls]", "aria-pressed") == "false"
    tab.click("[data-do=close]")
    assert tab.get_attribute("[data-guess=falls]", "aria-pressed") == "true"
    assert tab.is_disabled("[data-do=work]"), "work without a run is not handed in"
    assert tab.inner_text("[data-id=missing]") != ""


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("panel", ["charts", "agent", "pairs", "info"])
def test_axe_finds_nothing_and_nothing_comes_from_elsewhere(opened: Any, panel: str, language: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    asked: list[str] = []
    tab = ready(opened, f"&exercise=3&lang={language}")
    tab.on("request", lambda request: asked.append(request.url))
    tab.click(f"[data-tab={panel}]")
    if panel == "agent":
        tab.click("[data-id=any]")
        tab.wait_for_selector(".cl-one dl")
    for _ in ("light", "dark"):
        found = Axe().run(tab).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
        tab.click("[data-do=theme]")
    assert all("127.0.0.1" in url or url.startswith(("blob:", "data:")) for url in asked)


@needs_chromium
@pytest.mark.slow
@pytest.mark.parametrize("language", ["es", "en"])
def test_what_the_model_is_can_be_read_without_scrolling(opened: Any, language: str) -> None:
    tab = ready(opened, f"&exercise=3&lang={language}")
    tab.click("[data-tab=info]")
    tall, room = tab.evaluate(
        "(({ scrollHeight, clientHeight }) => [scrollHeight, clientHeight])(document.querySelector('.cl-body'))"
    )
    assert tall <= room


@needs_chromium
@pytest.mark.slow
def test_what_the_teachers_sheet_adds_to_the_address_opens_the_exercise_locked(opened: Any) -> None:
    (_, second, *_) = materials.exercises("es")
    tab = ready(opened)
    tab.goto(f"{tab.url}?{second['address']}")  # as it is added to the address in the browser
    tab.wait_for_selector("#cl-exercise:disabled")
    assert tab.input_value("#cl-exercise") == "2"


@needs_chromium
@pytest.mark.slow
def test_a_wrong_address_says_what_is_wrong(opened: Any) -> None:
    tab = ready(opened, "&exercise=12")
    tab.wait_for_selector("[data-id=fault]:not([hidden])")
    assert "from 0 to 8" in tab.inner_text("[data-id=fault]")
