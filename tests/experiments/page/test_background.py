"""Visitors share the workers: each in turn, one world at a time, and a world that several wait for runs once."""

from pathlib import Path

import pytest

from experiments.comparison.decision_measures import changed_measures
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.page.background_worker import BackgroundWorker
from experiments.storage.run_spec import RunSpec

SMALL = ("population.scale=0.05", "calendar.warm_up=0")


@pytest.fixture
def background(tmp_path: Path) -> BackgroundWorker:
    """Return the background without its thread: jobs are taken and delivered by hand."""
    return BackgroundWorker(tmp_path, 2)


def worlds(background: BackgroundWorker, step: int, seed: int = 1) -> list[RunSpec]:
    """Return twins in the order in which a visitor who moved a measure waits for them."""
    choice = Choice("villa_canales", changed_measures({"training": step}), years=1, seed=seed, sets=SMALL)
    arms = runs_of(choice, background.folder)
    return [spec for pair in zip(*arms, strict=True) for spec in pair]


def unheard(*_: object) -> None:
    """Take a world and do nothing with it."""


def taken(background: BackgroundWorker, number: int) -> list[str]:
    """Take some jobs; return their runs."""
    jobs = [background.next_job() for _ in range(number)]
    return [job.spec.run for job in jobs if job]


def test_visitors_take_turns_world_by_world(background: BackgroundWorker) -> None:
    wanted = [worlds(background, 2, seed) for seed in (100, 200, 300)]
    for specs in wanted:
        background.request_worlds(background.register_client(), specs, unheard)
    expected = [specs[k].run for k in range(4) for specs in wanted]
    assert taken(background, 12) == expected


def test_who_comes_later_need_not_wait_for_all_worlds_of_another(background: BackgroundWorker) -> None:
    first, second = worlds(background, 2, 100), worlds(background, 2, 200)
    background.request_worlds(background.register_client(), first, unheard)
    taken(background, 3)
    background.request_worlds(background.register_client(), second, unheard)
    assert set(taken(background, 4)) == {first[3].run, first[4].run, second[0].run, second[1].run}


def test_three_visitors_of_one_town_need_four_worlds_for_their_first_twins(background: BackgroundWorker) -> None:
    wanted = [worlds(background, step) for step in (1, 2, 3)]
    for specs in wanted:
        background.request_worlds(background.register_client(), specs, unheard)
    runs = taken(background, 4)
    assert set(runs) == {run.run for specs in wanted for run in specs[:2]}


def test_first_twins_of_those_who_come_later_run_before_second_twins(background: BackgroundWorker) -> None:
    """Both workers are busy with the first visitor's first twin when two more visitors of the town arrive."""
    wanted = [worlds(background, step) for step in (1, 2, 3)]
    background.request_worlds(background.register_client(), wanted[0], unheard)
    assert taken(background, 2) == [spec.run for spec in wanted[0][:2]]
    for specs in wanted[1:]:
        background.request_worlds(background.register_client(), specs, unheard)
    assert taken(background, 2) == [specs[1].run for specs in wanted[1:]]
    assert taken(background, 1) == [wanted[0][2].run]


def test_who_comes_later_makes_up_for_no_worlds_of_the_time_before(background: BackgroundWorker) -> None:
    first, second = worlds(background, 2, 100), worlds(background, 2, 200)
    background.request_worlds(background.register_client(), first, unheard)
    taken(background, 9)
    background.request_worlds(background.register_client(), second, unheard)
    assert sum(run in {spec.run for spec in first} for run in taken(background, 6)) == 3


def test_a_shared_world_is_given_to_all_who_wait_and_runs_while_one_of_them_is_left(
    background: BackgroundWorker,
) -> None:
    specs, heard = worlds(background, 2)[:2], []
    seats = [background.register_client() for _ in range(3)]
    for seat in seats:
        background.request_worlds(seat, specs, lambda _, run, seat=seat: heard.append((seat, run)))
    job = background.next_job()
    assert job
    background.cancel_request(seats[0])
    assert background.turns[job.place] == job.turn
    background.deliver(job, "an error")
    assert heard == [(seat, job.spec.run) for seat in seats[1:]]


def test_a_world_that_nobody_waits_for_any_more_is_given_up(background: BackgroundWorker) -> None:
    heard: list[str] = []
    seat = background.register_client()
    background.request_worlds(seat, worlds(background, 2), lambda _, run: heard.append(run))
    job = background.next_job()
    assert job
    background.request_worlds(seat, worlds(background, 2, 100), unheard)
    assert background.turns[job.place] > job.turn
    background.deliver(job, "an error")
    assert heard == []


def test_a_move_keeps_the_turn_of_its_visitor(background: BackgroundWorker) -> None:
    one, two = background.register_client(), background.register_client()
    background.request_worlds(one, worlds(background, 1, 100), unheard)
    background.request_worlds(two, worlds(background, 1, 200), unheard)
    moved_on = worlds(background, 2, 100)
    background.request_worlds(one, moved_on, unheard)
    assert taken(background, 1) == [moved_on[0].run]
    for step in (1, 3, 1):
        background.request_worlds(one, worlds(background, step, 300), unheard)
    assert taken(background, 1) == [worlds(background, 1, 200)[0].run]
