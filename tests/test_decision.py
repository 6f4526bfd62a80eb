"""The decision view without a browser: measures, twins in the background, verdicts, words."""

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.compare.command import compare
from experiments.compare.headlines import BY_NAME
from experiments.compare.judged import judge
from experiments.decision.background import Background, in_background
from experiments.decision.choice import FILE, Choice, runs_of
from experiments.decision.ends import ends_of
from experiments.decision.lines import Lines
from experiments.decision.lives import Life, paired_lives
from experiments.decision.measures import POLICY, measures, moved, policy_of
from experiments.decision.outcomes import OUTCOMES, TRUST, effect_on, found, moved_people
from experiments.runs.words import LANGUAGES
from experiments.viewer.answer import answer
from experiments.viewer.desk import steps_of
from experiments.viewer.standing import Standing
from model.errors import InputError
from model.policies import check_policies
from scenarios import load
from scenarios.policy_files import read_policy

SMALL = ("population.scale=0.05", "calendar.warm_up=0")
HARD = Choice("villa_canales", moved({"heavy_hand": 2, "training": 3}), years=1, sets=SMALL)


@pytest.fixture(scope="module")
def background() -> Iterator[Background]:
    with in_background(workers=2) as one:
        yield one


@pytest.fixture(scope="module")
def lived(background: Background) -> list[list[Life]]:
    """Return the worlds as today and those of a heavy hand, as the background lives them."""
    arms = runs_of(HARD, background.folder)
    return [awaited(background, side) for side in arms]


def awaited(background: Background, specs: Any) -> list[Life]:
    """Let runs be lived, and wait for all of them."""
    got: list[Life] = []
    whole = threading.Event()

    def heard(life: Life | str, _: str) -> None:
        assert isinstance(life, Life), life
        got.append(life)
        if len(got) == len(specs):
            whole.set()

    background.ask(background.take_seat(), specs, heard)
    assert whole.wait(400.0)
    return sorted(got, key=lambda life: life.seed)


def standing(lived: list[list[Life]], language: str, choice: Choice = HARD) -> Standing:
    return Standing(choice, load("villa_canales"), language, tuple(lived[0]), tuple(lived[1]))


@pytest.mark.parametrize("measure", measures(), ids=lambda one: one.name)
def test_every_step_of_a_measure_is_a_policy_and_one_of_them_is_today(measure: Any) -> None:
    assert [not step.entries for step in measure.steps].count(True) == 1
    for number in range(len(measure.steps)):
        policy = policy_of(moved({measure.name: number}))
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
            said = [one.worded(text, step, scenario, language) for text in (step.short, step.say)]
            assert not any("_" in text or "{" in text or "log" in text for text in said)
    assert "26" not in one.title[language]


def test_the_file_of_measures_is_a_policy_that_says_the_same(tmp_path: Path) -> None:
    choice = Choice("villa_canales", moved({"reporting": 3, "rotation": 2}))
    (tmp_path / FILE).write_text(choice.file, encoding="utf-8")
    assert set(read_policy(str(tmp_path / FILE)).policy.entries) == set(policy_of(choice.chosen).entries)


def test_an_address_that_is_wrong_says_what_is_near() -> None:
    with pytest.raises(InputError, match=r"no measure 'trainig'.*training"):
        moved(steps_of("trainig.2"))
    with pytest.raises(InputError, match="'training' has steps 0 to 3, got 9"):
        moved({"training": 9})


def test_the_background_lives_the_same_bits_as_the_command(
    lived: list[list[Life]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(FILE).write_text(HARD.file, encoding="utf-8")
    folder, _ = compare(HARD.request(f"./{FILE}"), 2, None)
    effects = pd.read_parquet(folder / "effects.parquet").set_index("measure")
    for outcome in OUTCOMES:
        own = effect_on(outcome.headline, paired_lives(*lived))
        row = effects.loc[outcome.name]
        assert (own.base, own.arm, own.typical) == (row["base"], row["arm"], row["typical"])
        assert judge(own) == judge(row)
    for side, lives in zip(("status_quo", POLICY), lived, strict=True):
        months = next(pd.read_parquet(arm / "measures.parquet") for arm in folder.glob("arms/*") if side in arm.name)
        for life in lives:
            kept = months[months["seed"] == life.seed]
            assert kept["trust_mean"].tolist() == life.months["trust_mean"].tolist()


def test_what_was_lived_is_there_at_once(background: Background, lived: list[list[Life]]) -> None:
    specs, got = runs_of(HARD, background.folder)[1], []
    background.ask(background.take_seat(), specs, lambda life, _: got.append(life))
    assert [life.run for life in got] == [life.run for life in lived[1]]


def test_a_new_move_gives_up_what_is_superseded(background: Background, lived: list[list[Life]]) -> None:
    long = runs_of(Choice("villa_canales", moved({"means": 3}), years=10, sets=SMALL), background.folder)[1]
    short = runs_of(Choice("villa_canales", moved({"means": 2}), years=1, sets=SMALL), background.folder)[1]
    seat, first = background.take_seat(), []
    background.ask(seat, long, lambda life, _: first.append(life))
    second, whole = [], threading.Event()

    def heard(life: Life | str, _: str) -> None:
        second.append(life)
        if len(second) == len(short):
            whole.set()

    background.ask(seat, short, heard)
    assert whole.wait(200.0)
    assert len(first) < len(long)
    assert sorted(life.seed for life in second) == [spec.seed for spec in short]


def test_the_first_world_is_told_month_by_month_while_it_is_lived(background: Background) -> None:
    choice = Choice("villa_canales", moved({"means": 3}), years=10, sets=SMALL)
    specs, told, whole = runs_of(choice, background.folder)[1][:1], [], threading.Event()
    lives: list[Any] = []

    def heard(life: Life | str, _: str) -> None:
        lives.append(life)
        whole.set()

    background.ask(background.take_seat(), specs, heard, lambda months, run: told.append((run, months)))
    assert whole.wait(200.0)
    assert {run for run, _ in told} == {specs[0].run}
    lengths = [len(months) for _, months in told]
    assert lengths == sorted(set(lengths))
    assert 0 < lengths[0] < 120
    for _, months in told:
        whole_life = lives[0].months[months.columns].iloc[: len(months)].astype(float).reset_index(drop=True)
        pd.testing.assert_frame_equal(months, whole_life)


def test_a_line_holds_no_month_of_a_world_that_was_given_up() -> None:
    lines = Lines(2, ("trust",))
    for month in range(3):
        lines.write(1, 7, month, {"trust": month / 4})
    lines.write(1, 8, 0, {"trust": 0.9})
    assert lines.read(1, 8)["trust"].tolist() == [0.9]
    assert lines.read(1, 7).empty
    assert lines.read(0, 8).empty


def changed(lives: list[Life], **by: float) -> list[Life]:
    """Return worlds in which some counts are higher or lower in every month."""
    return [
        dataclasses.replace(life, months=life.months.assign(**{name: life.months[name] + n for name, n in by.items()}))
        for life in lives
    ]


@pytest.mark.parametrize(
    ("language", "more", "alike"),
    [("en", "120 more wrongful detentions a year", "wrongful detentions, alike"),
     ("es", "120 detenciones sin causa más al año", "detenciones sin causa, igual")],
)  # fmt: skip
def test_fewer_homicides_are_never_told_without_wrongful_detentions(
    lived: list[list[Life]], language: str, more: str, alike: str
) -> None:
    base = changed(lived[0], homicides=5.0)
    hard = changed(lived[0], homicides=1.0, wrongful_detentions=10.0)
    soft = changed(lived[0], homicides=1.0)
    for arm, told in ((hard, more), (soft, alike)):
        assert told in "".join(text for text, _ in answer(standing([base, arm], language)))
    assert "in exchange" in "".join(text for text, _ in answer(standing([base, hard], "en")))


def test_under_six_twins_there_is_no_verdict_and_no_size(lived: list[list[Life]]) -> None:
    few = [side[:5] for side in lived]
    assert found(TRUST, paired_lives(*few)).verdict == "few"
    one = Standing(HARD, load("villa_canales"), "es", tuple(few[0]), tuple(few[1]), ("gone",) * 3)
    words = "".join(text for text, _ in answer(one))
    assert "sin veredicto" in words
    assert "sube" not in words and "baja" not in words  # noqa: PT018


def test_a_measure_that_changes_nothing_is_alike_in_all_twins(lived: list[list[Life]]) -> None:
    same = paired_lives(lived[0], lived[0])
    assert {found(one, same).verdict for one in OUTCOMES} == {"alike"}
    assert moved_people(same) == (0.0, 0.0)


def test_the_band_holds_every_twin_about_the_mean_of_today(lived: list[list[Life]]) -> None:
    pairs = paired_lives(*lived)
    one = found(TRUST, pairs)
    gaps = np.array([TRUST.months(b) - TRUST.months(a) for a, b in pairs])
    assert (one.a + gaps >= one.low - 1e-9).all()
    assert (one.a + gaps <= one.high + 1e-9).all()


def test_the_ends_of_a_ruler_hold_today_and_come_from_the_ceiling() -> None:
    crimes = next(one for one in OUTCOMES if one.name == "crimes_occurred")
    ends = ends_of(crimes, "villa_canales", 1000.0, 100_000.0)
    assert ends is not None
    assert ends[0].value < 0.0 < ends[1].value
    assert ends_of(crimes, "nowhere", 1000.0, 100_000.0) is None


def test_every_outcome_is_a_headline_of_compare() -> None:
    assert all(BY_NAME[one.name] is one.headline for one in OUTCOMES)
