"""Places at which levers act are those of the table on record, and policies confined elsewhere are told so."""

import dataclasses
from collections.abc import Sequence

import pytest

from experiments.dev.examinations.lever_places import ENDS, SITES, LeverTrial, all_levers
from experiments.execution.confined_levers import confined_lever_lines, note_confined_levers
from experiments.words.console import set_console_language
from model.engine.scenario import Policy, PolicyEntry, Scenario
from scenarios import load
from scenarios.lever_places import PLACES, SEAT, SETTLEMENT, STATION, TOWN, UNSEEN, lever_places, station_settlements


@pytest.fixture(scope="module")
def trials() -> list[LeverTrial]:
    return [LeverTrial(site) for site in SITES]


def of_place(*places: str) -> list[str]:
    return [lever for lever, place in lever_places().items() if place in places]


def confined_policy(scenario: Scenario, settlements: Sequence[str] | None, *levers: str) -> Scenario:
    names = None if settlements is None else tuple(settlements)
    entries = tuple(PolicyEntry(parameter=lever, how="set", value=1.0, settlements=names) for lever in levers)
    return dataclasses.replace(scenario, policies=(Policy(name="mine", entries=entries),))


def test_the_table_has_every_lever() -> None:
    assert set(lever_places()) == set(all_levers())
    assert set(lever_places().values()) <= set(PLACES)
    assert lever_places()["practices.order_area"] == STATION
    assert lever_places()["reporting.trip"] == SETTLEMENT


def test_a_policy_confined_to_places_without_a_station_is_told_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    town = load("totonicapan")
    stations = station_settlements(town)
    without = [one.name for one in town.settlements if one.name not in stations][:2]
    confined = confined_policy(town, without, "practices.order_area", "reporting.trip", "resources.internet")
    note_confined_levers([confined, confined])
    (line,) = capsys.readouterr().err.splitlines()
    assert "practices.order_area, resources.internet act where a police facility stands" in line
    assert all(station in line for station in stations)
    assert line.endswith("in the settlements named they do nothing")
    set_console_language("es")
    (line,) = confined_lever_lines(confined)
    set_console_language()
    assert "actúan donde hay sede policial" in line
    (line,) = confined_lever_lines(confined_policy(town, [*without, stations[-1]], "practices.order_area"))
    assert "for all that it serves" in line
    assert "nothing" not in line


def test_policies_that_are_not_confined_or_can_be_are_told_nothing() -> None:
    town = load("totonicapan")
    every = [one.name for one in town.settlements]
    assert list(confined_lever_lines(confined_policy(town, None, "practices.order_area"))) == []
    assert list(confined_lever_lines(confined_policy(town, every, "practices.order_area"))) == []
    assert (
        list(confined_lever_lines(confined_policy(town, every[-2:], "reporting.trip", "response.line_answered"))) == []
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(SITES)), ids=SITES)
@pytest.mark.parametrize("world", ["", *ENDS])
def test_levers_together_move_nobody_below_their_place(trials: list[LeverTrial], number: int, world: str) -> None:
    trial = trials[number]
    for places, where in (((STATION, SEAT, TOWN), SETTLEMENT), ((SEAT, TOWN), STATION)):
        for end in ENDS:
            if end == world:
                continue
            moved = {lever: (trial.ends[end][lever], trial.settlements[where]) for lever in of_place(*places)}
            assert list(trial.residents(trial.entries(world, moved))) == trial.twins[world], (where, end)


@pytest.mark.slow
def test_each_lever_moves_somebody_at_its_place(trials: list[LeverTrial]) -> None:
    worlds = ("", *ENDS)
    idle = {
        lever
        for lever, place in lever_places().items()
        if place != UNSEEN and not any(trial.acts(lever, trial.settlements[place], worlds) for trial in trials)
    }
    assert idle == set()


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(SITES)), ids=SITES)
def test_unseen_levers_move_nobody_in_any_settlement(trials: list[LeverTrial], number: int) -> None:
    trial = trials[number]
    assert [one for one in of_place(UNSEEN) if trial.acts(one, trial.settlements[TOWN], ("", *ENDS))] == []
