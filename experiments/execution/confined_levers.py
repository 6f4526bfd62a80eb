"""Notes on levers that a policy confines to settlements although they act at stations, or in the seat."""

from collections.abc import Iterable, Iterator

from experiments.storage.progress import print_note
from experiments.words.console import console_text
from model.engine.scenario import Scenario
from scenarios.lever_places import SEAT, STATION, confined_levers, station_settlements


def confined_lever_lines(scenario: Scenario) -> Iterator[str]:
    """Yield a line for each policy and place whose levers act elsewhere than the policy says."""
    places = {
        STATION: ("confined.station", station_settlements(scenario)),
        SEAT: ("confined.seat", (scenario.settlements[0].name,)),
    }
    for policy in scenario.policies:
        found = list(confined_levers(scenario, policy))
        for place, (key, acting) in places.items():
            for acts in (False, True):
                levers = [lever for lever, where, does in found if (where, does) == (place, acts)]
                if levers:
                    yield console_text(
                        key, site=scenario.name, policy=policy.name, levers=", ".join(levers),
                        stations=", ".join(acting), nothing="" if acts else console_text("confined.nothing"),
                    )  # fmt: skip


def note_confined_levers(scenarios: Iterable[Scenario]) -> None:
    """Write these lines to standard error, each once."""
    for line in dict.fromkeys(line for scenario in scenarios for line in confined_lever_lines(scenario)):
        print_note(line)
