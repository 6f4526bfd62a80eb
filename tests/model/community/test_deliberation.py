"""M35: what boards decide of cases, watches, police, requests and protocols, each from what it remembers itself."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.community.board_memory import (
    board_informed_of_call,
    decay_board_memory,
    protocol_strength,
    record_request_outcome,
    record_state_response,
)
from model.community.deliberation import (
    CALL_POLICE,
    CASE_CHOICE,
    HEAR_CASE,
    INVITE_CHOICE,
    PROTOCOL_CHOICE,
    PUT_OFF_CASE,
    REFER_TO_PROSECUTOR,
    WATCH_CHOICE,
    apply_watch_abuse,
    choose_case,
    decide_escalation,
    decide_invitation,
    decide_protocol,
    decide_request,
    decide_watch,
)
from model.community.requests import REQUESTS
from model.engine.calendar import month_of
from model.engine.choices import MOST_OPTIONS, MOST_TERMS
from model.engine.rows import zero_rows
from model.simulation.model import TrustModel
from model.town.town import build_town
from model.world.discrete_choice import CHOICES
from model.world.shift_events import BY_GANG, IN_QUARREL, Incident
from scenarios import load

Live = Callable[..., TrustModel]
MONTH = 93
TIMES = 300
GOOD = {"calls_answered": 20.0, "waited": 20.0, "requests_kept": 20.0, "climbs_kept": 20.0, "cases_taken": 20.0}
BAD = {"calls_lost": 20.0, "stepped_in": 20.0, "requests_broken": 20.0, "climbs_broken": 20.0, "cases_returned": 20.0}
REACH = {"communal_authority.reach": 1.0, "communal_authority.near": 3.0, "reporting.intercept": 0.0}


def sums(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().sum(numeric_only=True)


@pytest.fixture
def world(live: Live) -> TrustModel:
    return live(0)


def remember(world: TrustModel, **memory: float) -> None:
    """Give all boards the same memory and nothing else; make room for what they decide."""
    boards = world.state.boards
    for name in (*GOOD, *BAD, "promises_kept", "promises_broken", "tired", "load", "nights", "usual"):
        boards[name] = 0.0
    boards["organised"] = boards["disposition"] = 0.5
    boards["legitimacy"] = 0.5
    boards["unmet"], boards["rung"], boards["climbing"] = 2, 0, 0
    for name, value in memory.items():
        boards[name] = value
    world.state[CHOICES].reserve(20 * TIMES)
    world.state[REQUESTS].reserve(4 * TIMES)


def share(world: TrustModel, rule: Callable[..., None], *between: float, **memory: float) -> float:
    """Return how often a rule of the month chooses the later option over many months."""
    remember(world, **memory)
    p, chosen = world.p.deliberation[0], []
    for month in range(TIMES):
        for name, value in memory.items():
            world.state.boards[name] = value
        if rule is decide_escalation:
            world.state.boards["rung"], world.state.boards["climbing"] = 0, 0
        rule(world.w, 0, *between, month, p)
        choices = world.state[CHOICES].used_rows()
        chosen.append(int(choices["option"][-1]))
    world.state[CHOICES].count[0] = 0
    return float(np.mean(chosen))


def cases(world: TrustModel, severity: float, motive: int = IN_QUARREL, **memory: float) -> np.ndarray:
    """Return how often a case is heard, called for, prosecuted and put off."""
    remember(world, **memory)
    row, found = zero_rows(Incident, 1)[0], np.zeros(4)
    row.severity, row.motive = severity, motive
    world.state.minds["fear"][0] = 1.0
    for number in range(TIMES):
        row.number = number
        found[choose_case(world.w, row, 0, 0)] += 1.0 / TIMES
    return found


def test_who_was_answered_calls_the_police_and_who_never_was_hears_cases(world: TrustModel) -> None:
    answered, never = cases(world, 0.4, calls_answered=20.0), cases(world, 0.4, calls_lost=20.0)
    assert answered[CALL_POLICE] > 3.0 * never[CALL_POLICE]
    assert answered[HEAR_CASE] < never[HEAR_CASE]


def test_who_saw_the_state_take_up_cases_goes_to_the_prosecutor(world: TrustModel) -> None:
    taken, returned = cases(world, 0.5, cases_taken=20.0), cases(world, 0.5, cases_returned=20.0)
    assert taken[REFER_TO_PROSECUTOR] > 2.0 * returned[REFER_TO_PROSECUTOR]


def test_grave_cases_go_to_the_state_others_seldom_and_fear_of_a_gang_keeps_them_back(world: TrustModel) -> None:
    grave, slight = cases(world, 0.9), cases(world, 0.3)
    assert grave[CALL_POLICE] + grave[REFER_TO_PROSECUTOR] > 0.8
    assert slight[CALL_POLICE] + slight[REFER_TO_PROSECUTOR] < 0.3
    threatened = cases(world, 0.5, BY_GANG)
    assert (
        threatened[CALL_POLICE] + threatened[REFER_TO_PROSECUTOR]
        < cases(world, 0.5)[[CALL_POLICE, REFER_TO_PROSECUTOR]].sum()
    )


def test_a_legitimate_board_hears_more_and_a_laden_one_less(world: TrustModel) -> None:
    assert cases(world, 0.4, legitimacy=2.0)[HEAR_CASE] > cases(world, 0.4, legitimacy=-1.0)[HEAR_CASE] + 0.1
    assert cases(world, 0.4, load=4.0)[HEAR_CASE] < cases(world, 0.4, load=0.0)[HEAR_CASE] - 0.1


def test_weakness_and_respect_are_two_reasons_and_move_apart(world: TrustModel) -> None:
    def reasons(**memory: float) -> tuple[float, float]:
        world.state.tally[0] = np.zeros(1, world.state.tally.dtype)[0]
        cases(world, 0.4, **memory)
        return float(world.tally[0].heard_respect), float(world.tally[0].heard_weakness)

    never, answered = reasons(calls_lost=50.0, legitimacy=0.0), reasons(calls_answered=50.0, legitimacy=2.0)
    assert never[0] == 0.0 < never[1]
    assert answered[1] < never[1] / 4.0
    assert answered[0] > 20.0


@pytest.mark.parametrize(
    ("rule", "between"),
    [(decide_invitation, ()), (decide_request, (0.0,)), (decide_escalation, ()), (decide_protocol, ())],
    ids=["invite", "ask", "climb", "protocol"],
)
def test_reversed_experience_reverses_what_boards_choose(
    live: Live, rule: Callable[..., None], between: tuple[float, ...]
) -> None:
    offers = live(1, **{"communal_authority.protocol": 1.0})
    good, bad = share(offers, rule, *between, **GOOD), share(offers, rule, *between, **BAD)
    assert good > 2.0 * bad
    assert good > bad + 0.25


def test_who_is_not_answered_keeps_watch_the_tired_do_not_and_more_crime_brings_more(world: TrustModel) -> None:
    def watches(nights: float, **memory: float) -> float:
        return share(world, decide_watch, nights, organised=0.7, **memory)

    assert watches(0.0, calls_lost=20.0, tired=0.0) > watches(0.0, calls_answered=20.0, tired=0.0) + 0.1
    assert watches(0.0, tired=6.0) < watches(0.0, tired=0.0) - 0.1
    assert watches(2.0, tired=0.0) > watches(0.0, tired=0.0) + 0.1


def test_promises_of_the_last_year_decide_on_the_protocol(live: Live) -> None:
    offers = live(1, **{"communal_authority.protocol": 1.0})
    kept = share(offers, decide_protocol, promises_kept=20.0, promises_broken=0.0)
    broken = share(offers, decide_protocol, promises_kept=0.0, promises_broken=20.0)
    assert kept > broken + 0.4


def test_a_protocol_is_never_in_force_unless_the_board_agreed(live: Live) -> None:
    world = live(0, **{"communal_authority.protocol": 1.0}, start="2015-01-10")
    p = world.p.deliberation[0]
    assert all(protocol_strength(board, 1.0, p) == 0.0 for board in world.state.boards)
    world.run_for(3 * 8)
    agreed = world.state.boards["protocol"]
    assert sums(world)["protocols_offered"] == 0  # the month is not over
    assert world.tally[0].protocols_offered == len(agreed) > 0
    assert world.tally[0].protocols_agreed == agreed.sum()


def test_an_abuse_of_a_watch_harms_a_resident_and_the_board_and_no_trust(live: Live) -> None:
    world = live(0, **{"deliberation.abuse": 1.0})
    remember(world, watching=1.0)
    minds, before = world.minds, world.state.boards["legitimacy"].copy()
    trust, written = minds["trust"].copy(), int(world.shift_events.counts.sum())
    for month in range(20):
        apply_watch_abuse(world.w, 0, month, world.p.deliberation[0])
    assert (minds["harmed"] == world.tick).any()
    assert world.state.boards["legitimacy"][0] < before[0]
    assert (minds["trust"] == trust).all()
    assert int(world.shift_events.counts.sum()) == written


def test_legitimacy_and_trust_in_the_police_are_two_books(live: Live) -> None:
    apart = REACH | {"communal_authority.presence": 0.0, "reporting.trust": 0.0, "seeking_help.trust": 0.0}

    def lived(**changes: float) -> tuple[list[float], list[float]]:
        world = live(2 * MONTH, **apart | changes)
        return world.state.boards["legitimacy"].tolist(), world.minds["trust"].tolist()

    usual, heavy = lived(), lived(**{"trust.unanswered": 2.0})
    assert heavy[1] != usual[1]
    assert heavy[0] == usual[0] != [0.0] * len(usual[0])  # calls that nobody answers move no legitimacy
    still, partial = (
        lived(**{"communal_authority.learning": 0.0, "communal_authority.just": just}) for just in (2, -3)
    )
    assert still[1] == partial[1]  # nor do rulings move trust


def test_boards_forget_by_halves_and_silence_leaves_them_their_disposition(world: TrustModel) -> None:
    remember(world, **GOOD)
    board = world.state.boards[0]
    decay_board_memory(board, 0.5)
    assert board.calls_answered == board.waited == board.requests_kept == board.cases_taken == 10.0


def test_a_reason_given_is_no_broken_promise_and_two_unmet_requests_may_climb(world: TrustModel) -> None:
    remember(world, unmet=0.0)
    board = world.state.boards[0]
    record_request_outcome(board, False, True, 0)
    assert board.unmet == board.requests_broken == 0
    record_request_outcome(board, False, False, 0)
    record_request_outcome(board, False, False, 0)
    assert board.unmet == board.requests_broken == 2
    board.rung, board.climbing = 2, 1
    record_request_outcome(board, False, False, 2)
    assert board.unmet == board.rung == board.climbing == 0
    assert board.climbs_broken == 1.0


def test_boards_hear_of_their_own_calls_alone(world: TrustModel) -> None:
    people, cells, board = world.town.people, world.town.cells, world.state.boards[0]
    leader, other = (int(np.flatnonzero(people["council"] == is_one)[0]) for is_one in (1, 0))
    here = cells[people[other].home]
    board.watching = 0
    assert board_informed_of_call(people[leader], here, board, False, False) == people[leader].settlement
    assert board_informed_of_call(people[other], here, board, True, False) == -1
    assert board_informed_of_call(people[other], here, board, False, True) == people[other].settlement
    board.watching = 1
    assert board_informed_of_call(people[other], here, board, True, False) == people[other].settlement
    record_state_response(world.w, -1, True)
    assert world.state.boards["cases_taken"].sum() == 0.0


def test_without_police_calls_of_boards_are_lost_and_they_know_it(live: Live) -> None:
    usual, none = live(4 * MONTH, **REACH), live(4 * MONTH, policies="no_police", **REACH)
    assert sums(none)["board_calls_lost"] > 0 == sums(none)["board_calls_answered"]
    assert sums(none)["requests_met"] == sums(none)["police_present"] == 0
    believed = [world.datacollector.get_model_vars_dataframe()["boards_believe_answers"].iloc[-1]
                for world in (usual, none)]  # fmt: skip
    assert believed[0] > believed[1]


def test_each_switch_ends_its_own_decision_and_its_count(live: Live) -> None:
    usual = live(4 * MONTH, **REACH)
    counts = {"watches": "watches", "invitations": "invitations", "asks": "asks", "cases": "cases_put_off"}
    for switch, count in counts.items():
        assert sums(usual)[count] > 0
        assert sums(live(4 * MONTH, **REACH, **{f"deliberation.{switch}": 0}))[count] == 0


def test_how_organised_boards_are_differs_between_them_and_between_seeds() -> None:
    scenario = load("totonicapan", set={"population.scale": 0.25, "calendar.warm_up": 0})
    town = build_town(scenario)
    first, second = (TrustModel(scenario, rng=seed, town=town).state.boards for seed in (1, 2))
    assert first["organised"].std() > 0.05
    assert first["organised"].tolist() != second["organised"].tolist()
    assert first["disposition"].tolist() != second["disposition"].tolist()


def test_half_the_boards_answered_and_half_never_part_and_change_places_when_reversed() -> None:
    scenario = load(
        "totonicapan", set={"population.scale": 0.25, "calendar.warm_up": 0, "communal_authority.protocol": 1}
    )
    world, months = TrustModel(scenario, rng=3, town=build_town(scenario)), 15
    boards = world.state.boards
    even = np.arange(len(boards)) % 2 == 0
    boards["disposition"] = 0.5
    found = np.zeros((2, 2))
    for half in range(2):
        answered = even if half == 0 else ~even
        for month in range(months):
            while month_of(world.tick) == month_of(world.tick + 1):
                world.step()
            boards["calls_answered"], boards["calls_lost"] = 3.0 * 9.0 * answered, 3.0 * 9.0 * ~answered
            world.step()
            if month >= 5:
                found[half] += boards["invites"][even].mean(), boards["invites"][~even].mean()
    found /= months - 5
    assert found[0, 0] > found[0, 1] + 0.1
    assert found[1, 1] > found[1, 0] + 0.1


def test_every_decision_is_booked_with_its_reason(live: Live) -> None:
    world = live(MONTH - 20, **REACH)
    choices = world.state[CHOICES].used_rows()
    assert {CASE_CHOICE, WATCH_CHOICE, INVITE_CHOICE} <= set(choices["matter"].tolist())
    assert PROTOCOL_CHOICE not in choices["matter"]
    assert {HEAR_CASE, PUT_OFF_CASE} <= set(choices["option"][choices["matter"] == CASE_CHOICE].tolist())
    assert (choices["term"] >= 0).any()
    assert world.w.choice_terms.shape == (MOST_OPTIONS, MOST_TERMS)
