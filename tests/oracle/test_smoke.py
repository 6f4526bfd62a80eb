"""The smoke run of the slow reference model: in nine small towns most mechanisms act, in both models alike.

It runs with the tests of any mechanism (`tests/conftest.py`), and four of the towns in the default run.  Larger towns
and longer times are marked slow.
"""

import datetime
from collections import Counter

import pytest

from model.world.shift_events import UNSERVED_REASONS
from oracle.comparison import COLUMNS, live_together
from oracle.offenders import all_slots
from oracle.people import FORGETTING_BAD, FORGETTING_GOOD, LONG_VISIT
from oracle.small_towns import ASKED, HUNTED, SCARCE, SOLVED, SWEPT, TORN, WATCHED, given_town, small_scenario
from oracle.town import PlainTown

BOARD_MATTERS = {
    "case before a board",
    "watch of a board",
    "police and a board",
    "request of a board",
    "unmet requests of a board",
    "protocol with a board",
    "patrol in a canton",
    "operation in a canton",
}
"""What boards decide."""

CLIQUES_DECIDE = ("stance", "rent", "punishment", "recruits", "cells", "attack", "pact")

ON_CALLS = ("served by a reinforcement", "served a shift later", "sent from elsewhere")
"""What may become of a call, apart from the reasons why it is not served."""

WORK = (
    "visits to homes",
    "for meetings",
    "for requests",
    "for problems",
    "other sectors",
    "responses that fit",
    "refused",
)
"""What officers do by habit, and what comes of it."""


def tiers(smoke: tuple[int, int], slow: tuple[int, int]) -> pytest.MarkDecorator:
    """Run a test with the residents and shifts of the smoke run, and with those of the slow tier."""
    return pytest.mark.parametrize(
        ("residents", "shifts"),
        [pytest.param(*smoke, marks=pytest.mark.thorough), pytest.param(*slow, marks=pytest.mark.slow)],
    )


def test_a_busy_town_lives_the_same_month_in_both_models() -> None:
    causes: set[int] = set()

    def look(town: PlainTown) -> None:
        causes.update(cause for page in town.ledger.months for cause, _ in page.changes)

    counts = live_together(small_scenario(residents=600), 3, 90, look)
    assert all(counts[table] for table in COLUMNS), counts
    assert {FORGETTING_GOOD, FORGETTING_BAD, LONG_VISIT} <= causes


@tiers(smoke=(1000, 60), slow=(2000, 120))
def test_a_watched_town_full_of_thieves_lives_the_same_weeks_in_both_models(residents: int, shifts: int) -> None:
    scenario = small_scenario(residents=residents, vehicles=2, officers=(33,), changes=WATCHED)
    counts = live_together(scenario, 11, shifts)
    assert counts["incidents"] > 1.25 * shifts
    assert counts["displaced"] > shifts / 12


@tiers(smoke=(2000, 60), slow=(2000, 120))
def test_a_town_short_of_couples_and_litres_lives_the_same_months_in_both_models(residents: int, shifts: int) -> None:
    scenario = small_scenario(
        width=5000.0,
        height=5000.0,
        residents=residents,
        roads=(0, 1, 2, 2),
        officers=(24, 9, 2),
        vehicles=2,
        couples=1.3,
        fleet=0.8,
        changes=SCARCE,
    )
    counts = live_together(scenario, 5, shifts)
    assert all(counts[name] for name in (*UNSERVED_REASONS, *ON_CALLS)), counts


@tiers(smoke=(400, 220), slow=(1200, 220))
def test_a_town_whose_thieves_are_hunted_lives_the_same_months_in_both_models(residents: int, shifts: int) -> None:
    seen: Counter[str] = Counter()

    def look(town: PlainTown) -> None:
        seen["charged"] += sum(file.charged == town.tick - 1 for file in town.files)
        seen["linked"] += sum(file.served == file.warrant == town.tick - 1 for file in town.files)
        seen["held"] += sum(not slot.is_free(town.tick) for slot in all_slots(town))
        seen["replaced"] += sum(slot.generation for slot in all_slots(town))
        seen["prisoners"] += sum(one.since == town.tick - 1 and one.clique is not None for one in town.prison)
        seen["prevented, by warrant, sentences"] = town.n_prevented * town.n_by_warrant * town.n_sentences

    scenario = small_scenario(residents=residents, start=datetime.date(2017, 2, 20), changes=HUNTED)
    counts = live_together(scenario, 3, shifts, look)
    assert counts["arrests"] >= 20
    assert counts["arrest in a canton"] > 0
    assert all(seen.values()), seen


@pytest.mark.thorough
def test_a_town_whose_mayor_gives_lives_the_same_months_in_both_models() -> None:
    seen: Counter[str] = Counter()
    second = [-1]

    def look(town: PlainTown) -> None:
        seen["petitions"] += sum(one.asked == town.tick - 1 for one in town.hall.petitions)
        seen["granted"] += sum(one.granted == town.tick - 1 for one in town.hall.petitions)
        seen["given"] += sum(gift.until > town.tick for gift in town.hall.gifts)
        seen["lit"] += sum(cell.is_lit for cell in town.cells)
        seen["chiefs bought"] += sum(chief.captor >= 0 for chief in town.chiefs)
        seen["mayors bought"] += town.hall.captor >= 0
        seen["mayors"] = town.hall.nth
        seen["second chiefs found out"] += second[-1] >= 0 > town.chiefs[1].captor
        second.append(town.chiefs[1].captor)

    for seed in (3, 9):  # what is rare in one of the towns happens in the other
        second[:] = [-1]
        live_together(given_town(), seed, 310, look)
    assert all(seen.values()), seen


def test_a_town_swept_on_suspicion_lives_the_same_weeks_in_both_models() -> None:
    counts = live_together(small_scenario(residents=2000, changes=SWEPT), 3, 54)
    assert counts["slots held on suspicion"] >= 3


def test_a_town_torn_between_cliques_lives_the_same_months_in_both_models() -> None:
    counts = live_together(small_scenario(start=datetime.date(2017, 1, 28), changes=TORN), 3, 110)
    assert all(counts.get(f"clique {matter}", 0) for matter in CLIQUES_DECIDE), counts


def test_a_town_whose_boards_ask_and_climb_lives_the_same_months_in_both_models() -> None:
    start = datetime.date(2016, 12, 3)
    counts = live_together(small_scenario(residents=220, roads=(0, 1, 2), start=start, changes=ASKED), 3, 330)
    assert all(counts.get(matter, 0) for matter in BOARD_MATTERS), counts


@pytest.mark.thorough
def test_a_town_whose_problems_are_met_lives_the_same_months_in_both_models() -> None:
    scenario = small_scenario(
        width=1500.0,
        height=1500.0,
        residents=1600,
        start=datetime.date(2017, 1, 28),
        officers=(24, 9),
        changes=SOLVED,
    )
    counts = live_together(scenario, 5, 190)
    assert all(counts[name] for name in WORK), counts
