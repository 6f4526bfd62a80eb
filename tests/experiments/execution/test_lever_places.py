"""Places at which levers act are those of the table on record, and policies confined elsewhere are told so.

A lever acts at settlements if it changes a bit of any resident although it is confined to settlements without a police
facility. If it needs a settlement with a facility, it acts at stations; if it needs the first settlement, at the seat;
and otherwise in the whole town. It is moved to both of its ends, alone and beside all other levers at either end, since
some act only together with others.
"""

import dataclasses
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pytest

from experiments.execution.confined_levers import confined_lever_lines, note_confined_levers
from experiments.execution.run_requests import date_after
from experiments.execution.warm_starts import simulated_start
from experiments.storage.run_spec import RunSpec
from experiments.words.console import set_console_language
from model.engine.calendar import SHIFTS
from model.engine.parameters import all_parameters
from model.engine.scenario import Policy, PolicyEntry, Scenario
from model.simulation.checkpoint import Checkpoint
from model.simulation.model import TrustModel
from model.town.town import Town, build_town
from scenarios import load
from scenarios.lever_places import PLACES, SEAT, SETTLEMENT, STATION, TOWN, UNSEEN, lever_places, station_settlements
from scenarios.policy_files import read_policy

SITES = ("totonicapan", "villa_canales")
ENDS = ("all_best", "all_worst")
"""Worlds with every lever at one end."""
MONTHS, DAYS_OF_MONTH = 8, 30
"""Length of a run: a lever that moves no resident within it does not act there."""


def all_levers() -> tuple[str, ...]:
    """Return the dotted names of all levers."""
    load(SITES[0])
    return tuple(name for name, _, about in all_parameters() if about.role == "lever")


@dataclass(frozen=True)
class LeverTrial:
    """Runs of one municipality after a warm-up that all share, each stopped as soon as a resident differs."""

    site: str
    months: int = MONTHS

    @cached_property
    def scenario(self) -> Scenario:
        """Municipality without policies."""
        return load(self.site)

    @cached_property
    def town(self) -> Town:
        """Town of the scenario."""
        return build_town(self.scenario)

    @cached_property
    def start(self) -> Checkpoint:
        """World at the end of its warm-up."""
        return simulated_start(RunSpec(source=self.site, seed=1, until=date_after(self.scenario.start, 1.0)), self.town)

    @cached_property
    def ends(self) -> Mapping[str, Mapping[str, float]]:
        """Values of all levers at both ends."""
        return {end: {one.parameter: one.value for one in read_policy(end).policy.entries} for end in ENDS}

    @cached_property
    def twins(self) -> dict[str, list[bytes]]:
        """Digests of residents after each month without a lever moved, by world beside which it is moved."""
        return {world: list(self.residents(self.entries(world, {}))) for world in ("", *ENDS)}

    @cached_property
    def settlements(self) -> Mapping[str, Collection[str]]:
        """Settlements to which levers are confined, by the place that they show."""
        names = [one.name for one in self.scenario.settlements]
        seat, posts = names[0], {one.settlement for one in self.scenario.facilities}
        return {
            SETTLEMENT: [name for name in names if name not in posts and name != seat],
            STATION: [name for name in names if name in posts and name != seat],
            SEAT: [seat],
            TOWN: names,
        }

    def entries(self, world: str, moved: Mapping[str, tuple[float, Collection[str]]]) -> tuple[PolicyEntry, ...]:
        """Return the entries of a world, in which levers have other values in some settlements."""
        names = [one.name for one in self.scenario.settlements]
        entries = []
        for lever, value in self.ends.get(world, {}).items():
            rest = [name for name in names if name not in moved.get(lever, (0.0, ()))[1]]
            if rest:
                entries.append(PolicyEntry(parameter=lever, how="set", value=value, settlements=tuple(rest)))
        entries += [
            PolicyEntry(parameter=lever, how="set", value=value, settlements=tuple(places))
            for lever, (value, places) in moved.items()
        ]
        return tuple(entries)

    def residents(self, entries: Sequence[PolicyEntry]) -> Iterator[bytes]:
        """Yield a digest of all residents after each month of a run with some entries."""
        policies = (Policy(name="moved", entries=tuple(entries)),) if entries else ()
        world = TrustModel.resumed(dataclasses.replace(self.scenario, policies=policies), self.start, town=self.town)
        try:
            for _ in range(self.months):
                world.run_for(SHIFTS * DAYS_OF_MONTH)
                yield hashlib.blake2b(world.minds.tobytes()).digest()
        finally:
            world.release()

    def acts(self, lever: str, settlements: Collection[str], worlds: Sequence[str]) -> bool:
        """Return whether a lever changes any resident if it is confined to some settlements."""
        for world in worlds:
            today = self.ends[world][lever] if world else None
            for value in {self.ends[end][lever] for end in ENDS} - {today}:
                moved = self.residents(self.entries(world, {lever: (value, settlements)}))
                if any(one != twin for one, twin in zip(moved, self.twins[world], strict=True)):
                    return True
        return False


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
