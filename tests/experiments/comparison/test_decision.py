"""Pairs of whole towns without a browser: measures, twins in the background, verdicts, words."""

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from experiments.comparison.decision_measures import POLICY, changed_measures, measures, policy_of
from experiments.comparison.decision_outcomes import (
    OUTCOMES,
    PairedOutcome,
    all_outcome_effects,
    effect_on,
)
from experiments.comparison.headline_measures import BY_NAME
from experiments.comparison.policy_choice import POLICY_FILE, Choice, runs_of
from experiments.comparison.twin_results import SharedOutcomes, WorldResult, paired_results
from experiments.page.background_worker import BackgroundWorker, in_background
from experiments.page.page_state import PageState
from experiments.page.pair_rows import waiting_sentence
from experiments.page.qr_codes import qr_svg
from experiments.page.visitor import Visitor
from experiments.report.compare_command import compare
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.statistics.verdicts import MIN_RUNS, corrected_together, judge
from experiments.words.catalogue import LANGUAGES
from model.engine.errors import InputError
from model.engine.policies import check_policies
from scenarios import load
from scenarios.policy_files import read_policy

SMALL = ("population.scale=0.05", "calendar.warm_up=0")
HARD = Choice("villa_canales", changed_measures({"heavy_hand": 2, "training": 3}), years=1, sets=SMALL)


@pytest.fixture(scope="module")
def background() -> Iterator[BackgroundWorker]:
    with in_background(workers=2) as one:
        yield one


@pytest.fixture(scope="module")
def lived(background: BackgroundWorker) -> list[list[WorldResult]]:
    """Return the worlds as today and those of a heavy hand, as the background simulates them."""
    arms = runs_of(HARD, background.folder)
    return [awaited(background, side) for side in arms]


def awaited(background: BackgroundWorker, specs: Any) -> list[WorldResult]:
    """Let runs be lived, and wait for all of them."""
    got: list[WorldResult] = []
    whole = threading.Event()

    def heard(result: WorldResult | str, _: str) -> None:
        assert isinstance(result, WorldResult), result
        got.append(result)
        if len(got) == len(specs):
            whole.set()

    background.request_worlds(background.register_client(), specs, heard)
    assert whole.wait(400.0)
    return sorted(got, key=lambda result: result.seed)


def standing(lived: list[list[WorldResult]], language: str, choice: Choice = HARD) -> PageState:
    return PageState(choice, load("villa_canales"), language, tuple(lived[0]), tuple(lived[1]))


def silent(*_: object) -> None:
    """Send nothing."""


def test_a_policy_file_that_another_visitor_may_be_reading_is_not_written_again(tmp_path: Path) -> None:
    runs_of(HARD, tmp_path)
    (file,) = tmp_path.glob("*/*")
    before = file.stat()
    runs_of(HARD, tmp_path)
    after = file.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert list(tmp_path.glob("*/*")) == [file]


@pytest.mark.parametrize("measure", measures(), ids=lambda one: one.name)
def test_every_step_of_a_measure_is_a_policy_and_one_of_them_is_today(measure: Any) -> None:
    assert [not step.entries for step in measure.steps].count(True) == 1
    for number in range(len(measure.steps)):
        policy = policy_of(changed_measures({measure.name: number}))
        scenario = load("villa_canales")
        check_policies(type(scenario)(**(vars(scenario) | {"policies": (policy,)})))


def test_measures_do_not_move_the_same_lever() -> None:
    levers = [sorted({entry.parameter for step in one.steps for entry in step.entries}) for one in measures()]
    assert sum(map(len, levers)) == len(set().union(*levers))


def test_no_measure_moves_an_outcome() -> None:
    moved_levers = {entry.parameter for one in measures() for step in one.steps for entry in step.entries}
    assert not moved_levers & {"contacts.fair", "consultation.request_met", "seeking_help.shelter"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_measures_are_said_without_codes_and_with_their_number(language: str) -> None:
    scenario = load("totonicapan")
    for one in measures():
        for step in one.steps:
            said = [one.text_with_value(text, step, scenario, language) for text in (step.short, step.say)]
            assert not any("_" in text or "{" in text or "log" in text for text in said)
    assert "26" not in one.title[language]


def test_the_file_of_measures_is_a_policy_that_says_the_same(tmp_path: Path) -> None:
    choice = Choice("villa_canales", changed_measures({"reporting": 3, "rotation": 2}))
    (tmp_path / POLICY_FILE).write_text(choice.policy_text, encoding="utf-8")
    assert set(read_policy(str(tmp_path / POLICY_FILE)).policy.entries) == set(policy_of(choice.chosen).entries)


def test_a_step_that_a_measure_does_not_have_is_refused() -> None:
    with pytest.raises(InputError, match="'training' has steps 0 to 3, got 9"):
        changed_measures({"training": 9})


@pytest.mark.parametrize(
    ("address", "en", "es"),
    [
        ("measures=trainig.2", "no measure 'trainig'; there are training, means,", "; ¿quiso decir 'training'?"),
        ("measures=training.9", "training must be a whole number from 0 to 3, got '9'", "de 0 a 3; dice '9'"),
        ("measures=training", "training must be a whole number from 0 to 3, got ''", "de 0 a 3; dice ''"),
        ("town=totonicapn", "; did you mean 'totonicapan'?", "; ¿quiso decir 'totonicapan'?"),
        ("years=4", "years must be one of 1, 2, 3, 5, 10, got '4'", "de estos: 1, 2, 3, 5, 10; dice '4'"),
        ("seed=-1", "seed must be a whole number from 0 to 4294967288", "seed debe ser un número entero de 0 a"),
        ("from=2017-13-01", "from must be a date from 2017-01-01 to 2018-12-31", "de 2017-01-01 a 2018-12-31; dice"),
        ("from=2019-01-01&years=2", "got '2019-01-01'", "dice '2019-01-01'"),
        ("mesures=training.2", "; did you mean 'measures'?", "; ¿quiso decir 'measures'?"),
        ("view=mpa", "; did you mean 'map'?", "; ¿quiso decir 'map'?"),
        ("dark=yes", "dark must be one of 0, 1, got 'yes'", "dark debe ser uno de estos: 0, 1; dice 'yes'"),
        ("lang=ess", "lang must be one of en, es", "; ¿quiso decir 'es'?"),
        (f"town={'x' * 500}", f"got '{'x' * 40}…'", f"dice '{'x' * 40}…'"),
    ],
)
def test_an_address_that_is_wrong_says_so_in_one_line_and_what_is_near(address: str, en: str, es: str) -> None:
    for language, words in (("en", en), ("es", es)):
        visitor = Visitor(silent)
        visitor.request = before = dataclasses.replace(visitor.request, language=language)
        visitor.parse_request(dict(parse_qsl(address)))
        assert words in visitor.address_error
        assert "\n" not in visitor.address_error
        assert visitor.request == before
        visitor.parse_request({"years": "5"})
        assert (visitor.address_error, visitor.request.choice.years) == ("", 5)


def test_an_address_in_spanish_is_answered_in_spanish() -> None:
    visitor = Visitor(silent)
    visitor.parse_request({"lang": "es", "years": "4"})
    assert visitor.address_error.startswith("years debe ser")


def test_an_address_restores_all_that_is_asked_for() -> None:
    for address in ("view=why&place=3&month=7&show=lived", "dark=1&measures=training.2,means.0&seed=9"):
        visitor, again = Visitor(silent), Visitor(silent)
        visitor.parse_request(dict(parse_qsl(address)))
        assert not visitor.address_error
        again.parse_request(dict(parse_qsl(visitor.request.query)))
        assert again.request == visitor.request


@pytest.mark.thorough
def test_the_background_lives_the_same_bits_as_the_command(
    lived: list[list[WorldResult]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(POLICY_FILE).write_text(HARD.policy_text, encoding="utf-8")
    folder, _ = compare(HARD.request(f"./{POLICY_FILE}"), 1, None)
    effects = pd.read_parquet(folder / "effects.parquet").set_index("measure")
    for outcome in OUTCOMES:
        own = effect_on(outcome.headline, paired_results(*lived))
        row = effects.loc[outcome.name]
        assert (own.base, own.arm, own.effect) == (row["base"], row["arm"], row["effect"])
        # the page and the command correct for the outcomes that each of them states
        assert judge(dataclasses.replace(own, adjusted=row["adjusted"])) == judge(row)
    for side, results in zip(("status_quo", POLICY), lived, strict=True):
        months = next(pd.read_parquet(arm / "measures.parquet") for arm in folder.glob("arms/*") if side in arm.name)
        for result in results:
            kept = months[months["seed"] == result.seed]
            assert kept["trust_mean"].tolist() == result.months["trust_mean"].tolist()


@pytest.mark.thorough
def test_twins_that_end_together_are_drawn_together(
    background: BackgroundWorker, lived: list[list[WorldResult]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("experiments.page.visitor.BATCH_SECONDS", 0.02)
    told: list[tuple[int, bool]] = []
    visitor = Visitor(silent)
    monkeypatch.setattr(visitor, "enqueue", lambda action: action())
    monkeypatch.setattr(visitor, "show", lambda: told.append(state_of(visitor)))
    visitor.request = dataclasses.replace(visitor.request, choice=HARD)
    visitor.request_worlds()  # all are kept: they come one after the other
    twins = len(lived[1])
    assert told[-1] == (twins, False)
    assert (2, True) not in told
    for side in visitor.worlds.results:
        side.clear()
    for result in (*lived[0], *lived[1][:3]):
        visitor.add_result(result, result.run)
    assert told[-1] == (1, True)
    visitor.timer.join()
    assert told[-1] == (3, True)


def state_of(visitor: Visitor) -> tuple[int, bool]:
    visitor.timer.cancel()
    visitor.show_is_pending = False
    return visitor.state.n_finished, visitor.state.running


@pytest.mark.thorough
def test_what_was_lived_is_there_at_once(background: BackgroundWorker, lived: list[list[WorldResult]]) -> None:
    specs, got = runs_of(HARD, background.folder)[1], []
    background.request_worlds(background.register_client(), specs, lambda result, _: got.append(result))
    assert [result.run for result in got] == [result.run for result in lived[1]]


@pytest.mark.thorough
def test_a_new_move_gives_up_what_is_superseded(background: BackgroundWorker, lived: list[list[WorldResult]]) -> None:
    long = runs_of(Choice("villa_canales", changed_measures({"means": 3}), years=10, sets=SMALL), background.folder)[1]
    short = runs_of(Choice("villa_canales", changed_measures({"means": 2}), years=1, sets=SMALL), background.folder)[1]
    seat, first = background.register_client(), []
    background.request_worlds(seat, long, lambda result, _: first.append(result))
    second, whole = [], threading.Event()

    def heard(result: WorldResult | str, _: str) -> None:
        second.append(result)
        if len(second) == len(short):
            whole.set()

    background.request_worlds(seat, short, heard)
    assert whole.wait(200.0)
    assert len(first) < len(long)
    assert sorted(result.seed for result in second) == [spec.seed for spec in short]


def test_the_first_world_is_told_month_by_month_while_it_is_lived(background: BackgroundWorker) -> None:
    choice = Choice("villa_canales", changed_measures({"means": 3}), years=10, sets=SMALL)
    specs, told, whole = runs_of(choice, background.folder)[1][:1], [], threading.Event()
    results: list[Any] = []

    def heard(result: WorldResult | str, _: str) -> None:
        results.append(result)
        whole.set()

    background.request_worlds(
        background.register_client(), specs, heard, lambda months, run: told.append((run, months))
    )
    assert whole.wait(200.0)
    assert {run for run, _ in told} == {specs[0].run}
    lengths = [len(months) for _, months in told]
    assert lengths == sorted(set(lengths))
    assert 0 < lengths[0] < 120
    for _, months in told:
        whole = results[0].months[months.columns].iloc[: len(months)].astype(float).reset_index(drop=True)
        pd.testing.assert_frame_equal(months, whole)


def test_a_line_holds_no_month_of_a_world_that_was_given_up() -> None:
    lines = SharedOutcomes(2, ("trust",))
    for month in range(3):
        lines.write(1, 7, month, {"trust": month / 4})
    lines.write(1, 8, 0, {"trust": 0.9})
    assert lines.read(1, 8)["trust"].tolist() == [0.9]
    assert lines.read(1, 7).empty
    assert lines.read(0, 8).empty


def changed(results: list[WorldResult], **by: float) -> list[WorldResult]:
    """Return worlds in which some counts are higher or lower in every month."""
    return [
        dataclasses.replace(
            result, months=result.months.assign(**{name: result.months[name] + n for name, n in by.items()})
        )
        for result in results
    ]


@pytest.mark.parametrize(("a_year", "verdict"), [(2.5, "rare"), (59.0, "falls")])
def test_of_few_homicides_no_verdict_is_given(a_year: float, verdict: str) -> None:
    homicides = next(one for one in OUTCOMES if one.name == "homicides")
    effect = paired(np.full(8, a_year), 0.5 * a_year - np.arange(8.0) / 100.0, scale=Scale("counts"))
    found = PairedOutcome(homicides, *corrected_together([effect]))
    assert (found.verdict, found.withheld) == (verdict, False)
    assert found.colour == ("null" if verdict == "rare" else "b")


@pytest.mark.thorough
def test_under_six_twins_there_is_no_verdict_and_no_size(lived: list[list[WorldResult]]) -> None:
    few = [side[:5] for side in lived]
    outcomes = all_outcome_effects(paired_results(*few), {})
    assert {one.verdict for one in outcomes} <= {"few", "rare"}
    assert outcomes[0].verdict == "few"
    one = PageState(HARD, load("villa_canales"), "es", tuple(few[0]), tuple(few[1]), ("gone",) * 3)
    assert waiting_sentence(one) == [(f"Menos de {MIN_RUNS} mundos gemelos: sin veredicto.", "")]


@pytest.mark.thorough
def test_a_measure_that_changes_nothing_is_alike_in_all_twins(lived: list[list[WorldResult]]) -> None:
    same = paired_results(lived[0], lived[0])
    verdicts = {one.outcome.name: one.verdict for one in all_outcome_effects(same, {})}
    assert verdicts == dict.fromkeys(verdicts, "nothing") | {"homicides": "rare"}


def test_every_outcome_is_a_headline_of_compare() -> None:
    assert all(BY_NAME[one.name] is one.headline for one in OUTCOMES)


def test_a_link_is_a_code_unless_it_is_too_long() -> None:
    assert qr_svg("http://127.0.0.1:8000/?measures=training.2").startswith("<svg")
    assert qr_svg("x" * 2001) == ""
