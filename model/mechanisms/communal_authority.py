"""M14, communal authorities: a jurisdiction with its own law in Totonicapán, boards by agreement elsewhere (ODD 6.12).

Switched off, nobody brings cases before an authority and no meetings are held.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import njit

from model.calendar import date_of_tick, month_of
from model.daybook import DOMESTIC, HEARINGS, IMPRESSIONS, MEETINGS
from model.ledger import HEARING, MEETING, impress
from model.luck import decision, logistic, luck
from model.mechanisms.contacts import treats_fairly
from model.parameters import Group, number, share
from model.police import NO_POST

POLICE_PRESENT, JUST, ACCEPT, COMPLY, HAND_OVER = (
    decision("police present"),
    decision("just"),
    decision("accept"),
    decision("comply"),
    decision("hand over"),
)
MEETING_HELD, MEETING_DAY, TAKES_PART = (
    decision("meeting held"),
    decision("meeting day"),
    decision("takes part"),
)
ATTENDS, MEETING_TONE = decision("attends"), decision("meeting tone")
REQUEST, CALLED, INVITES = decision("request"), decision("called by police"), decision("invites")
TABLE = 4095
CLOSED, TO_STATE, NO_REMEDY = range(3)
YEAR = 1095


@dataclass(frozen=True, kw_only=True)
class CommunalAuthority(Group):
    """How communities bring, hear and settle cases themselves, and how they meet the police."""

    name: ClassVar[str] = "communal_authority"
    evidence: ClassVar[tuple[str, ...]] = (
        "A12", "E01", "E02", "E03", "E04", "E07", "E10", "F02", "F03", "F05", "F06", "F07", "F08", "F09", "F10", "F11",
        "F12", "F13", "F14", "L07", "Y05", "Y06",
    )  # fmt: skip

    reach: float = share(0.3, "A12, F05; assumed", "places where the authority hears cases", role="site", off=0.0)
    near: float = number(
        0.2, "log-odds", -5.0, 5.0, "assumed", "going to the authority, against telephoning the police"
    )
    legitimacy: float = number(
        0.0, "log-odds", -4.0, 4.0, "F14; assumed", "legitimacy of the boards at the start", role="site"
    )
    deference: float = number(
        0.6, "log-odds", 0.0, 3.0, "F14; assumed", "effect of legitimacy on going there and on accepting"
    )
    grave: float = share(0.75, "F08: rape, injuries", "severity from which a case is handed to the state at once")
    days: int = number(2, "days", 0, 60, "F05; assumed", "shortest time from complaint to hearing")
    presence: float = share(
        0.3, "F06; assumed", "hearings at which police are present, where they are called", role="lever"
    )
    just: float = number(1.4, "log-odds", -3.0, 5.0, "F14; assumed", "rulings seen as just")
    experience: float = number(
        0.4, "log-odds a year", 0.0, 3.0, "F13, Y05; assumed", "effect of months served by the board"
    )
    accept: float = number(0.6, "log-odds", -4.0, 4.0, "F11, F14; assumed", "rulings accepted")
    public: float = number(
        0.8, "log-odds", 0.0, 3.0, "F05: the assembly decides; assumed", "effect of an organised public"
    )
    comply: float = share(0.88, "F14: over 0.8", "accepted rulings that are kept")
    hand_over: float = share(0.3, "F07, F08; assumed", "failed cases that go to the state")
    learning: float = number(
        0.1,
        "log-odds",
        0.0,
        2.0,
        "assumed",
        "weight of one case in the legitimacy of a board of 1,000 residents",
    )
    meetings: float = number(
        3.0,
        "a year and settlement",
        0.0,
        52.0,
        "E03, F02; orders of magnitude",
        "meetings of a community with the police",
        role="site",
        off=0.0,
    )
    table: float = number(4.0, "a year", 0.0, 12.0, "E02, F02", "municipal table with the police", role="site", off=0.0)
    attendance: float = share(0.4, "assumed", "council members who attend", role="lever")
    request_met: float = share(0.35, "E10: over half unmet", "requests met within 30 days", role="lever")
    police_call: float = share(
        0.1, "E04, C13: mostly called by residents", "meetings that the police call", role="lever"
    )


KNOCKOUT = ("cases", "closed")
"""Measures of its own process, which change when it is switched off."""


@njit(cache=True)
def outcome_of(case: Any, board: Any, served: Any, p: Any, seed: Any) -> Any:
    """What a hearing ends with (closed, to the state, without remedy) and whether the ruling was just."""
    born, number = case["born"], case["number"]
    just = luck(seed, JUST, born, number, 0) < logistic(p["just"] + p["experience"] * served / 12.0)
    pull = p["accept"] + p["deference"] * board["legitimacy"] + p["public"] * board["organised"]
    if luck(seed, ACCEPT, born, number, 0) < logistic(pull) and luck(seed, COMPLY, born, number, 0) < p["comply"]:
        return CLOSED, just
    return (TO_STATE if luck(seed, HAND_OVER, born, number, 0) < p["hand_over"] else NO_REMEDY), just


@njit(cache=True)
def hear(
    day: Any,
    cases: Any,
    count: Any,
    authorities: Any,
    boards: Any,
    people: Any,
    minds: Any,
    homes: Any,
    numbers: Any,
    trust: Any,
    tally: Any,
    months: Any,
    tick: Any,
    seed: Any,
) -> None:
    """Hear the cases that are due; legitimacy moves with what people see."""
    left = 0
    for k in range(count[0]):
        case = cases[k]
        if case["due"] > tick:
            cases[left] = case
            left += 1
            continue
        z, i = case["settlement"], case["victim"]
        authority, board, p = authorities[z], boards[z], numbers[z]
        served = months if authority["communal"] == 1 else 12.0
        outcome, just = outcome_of(case, board, served, p, seed)
        seen = (1.0 if outcome == CLOSED else 0.5) if just else 0.0
        board["legitimacy"] += p["learning"] * 1000.0 / board["residents"] * (seen - logistic(board["legitimacy"]))
        row = day.hearings[day.counts[HEARINGS]]
        row["born"], row["number"], row["outcome"] = case["born"], case["number"], outcome
        day.counts[HEARINGS] += 1
        if case["kind"] == DOMESTIC and outcome == CLOSED:
            homes[i]["ruled"] = tick + YEAR
            tally[0]["cases"] += 1.0
            tally[0]["domestic_conciliated"] += 1.0
        else:
            count_case(tally[0], outcome, people[i]["female"])
        present = luck(seed, POLICE_PRESENT, case["born"], case["number"], 0) < p["presence"]
        if present and board["invites"] == 1:
            tally[0]["police_present"] += 1.0
            impress(day, minds, i, HEARING, 1.0, trust[people[i]["settlement"]]["hearing"], 0.0, 0.0, 1)
            if minds[i]["gone"] < 0:
                minds[i]["met"] = minds[i]["met_free"] = tick
    count[0] = left


@njit(cache=True)
def count_case(row: Any, outcome: Any, female: Any) -> None:
    """Count a case by its outcome; who is left without remedy by sex."""
    row["cases"] += 1.0
    if outcome == CLOSED:
        row["closed"] += 1.0
    elif outcome == TO_STATE:
        row["handed_over"] += 1.0
    elif female == 1:
        row["women_without_remedy"] += 1.0
    else:
        row["men_without_remedy"] += 1.0


@njit(cache=True)
def held_today(rate: Any, who: Any, month: Any, day_of_month: Any, seed: Any) -> Any:
    """Whether the meeting that this body holds this month, if it holds one, is today."""
    if day_of_month != 1 + int(28.0 * luck(seed, MEETING_DAY, month, who, 0)):
        return False
    return luck(seed, MEETING_HELD, month, who, 0) < rate / 12.0


@njit(cache=True)
def assemble(
    day: Any,
    authorities: Any,
    boards: Any,
    council_start: Any,
    councils: Any,
    chiefs: Any,
    plant: Any,
    ground: Any,
    minds: Any,
    numbers: Any,
    contacts: Any,
    tally: Any,
    month: Any,
    day_of_month: Any,
    tick: Any,
    seed: Any,
) -> None:
    """Hold the municipal table and the meetings that fall on this day."""
    if held_today(numbers[0]["table"], TABLE, month, day_of_month, seed):
        tally[0]["table_meetings"] += 1.0
        for a in range(len(authorities)):
            if tick >= boards[a]["silent_until"] and luck(seed, TAKES_PART, tick, a, 0) < boards[a]["organised"]:
                boards[a]["met"] = tick
    for a in range(len(authorities)):
        z = authorities[a]["settlement"]
        p = numbers[z]
        chief = chiefs[a]
        rate = p["meetings"] * (0.5 + boards[a]["organised"])
        if chief < 0 or not held_today(rate, a, month, day_of_month, seed):
            continue
        if tick < boards[a]["silent_until"]:
            tally[0]["meetings_silenced"] += 1.0
            continue
        boards[a]["met"] = tick
        met = luck(seed, REQUEST, tick, a, 0) < p["request_met"]
        by_police = luck(seed, CALLED, tick, a, 0) < p["police_call"]
        row = day.meetings[day.counts[MEETINGS]]
        row["authority"], row["request_met"], row["by_police"] = a, 1 if met else 0, 1 if by_police else 0
        day.counts[MEETINGS] += 1
        tally[0]["meetings"] += 1.0
        tally[0]["requests"] += 1.0
        tally[0]["requests_met"] += row["request_met"]
        tally[0]["meetings_by_police"] += row["by_police"]
        for k in range(council_start[z], council_start[z + 1]):
            i = councils[k]
            if minds[i]["gone"] >= 0 or luck(seed, ATTENDS, tick, i, 0) >= p["attendance"]:
                continue
            fair = treats_fairly(plant.officers[chief], contacts[z], luck(seed, MEETING_TONE, tick, i, 0))
            weight = contacts[z]["weight_meeting"]
            impress(day, minds, i, MEETING, 1.0 if fair else -1.0, weight, 0.5 if met else -0.5, weight, 1)
            minds[i]["met"] = minds[i]["met_free"] = tick
            tally[0]["council_heard"] += 1.0
            tally[0]["council_heard_women"] += ground.people[i]["female"]
            tally[0]["council_heard_far"] += 1.0 if ground.cells[ground.people[i]["home"]]["minutes"] > 20.0 else 0.0


def first_boards(
    boards: Any, settlements: Any, people: Any, legitimacy: Any, share_not_inviting: Any, seed: int
) -> None:
    """Give the boards their standing at the start; which never call the police is drawn anew for every seed."""
    for a, (board, settlement) in enumerate(zip(boards, settlements, strict=True)):
        board["met"], board["organised"] = -1, settlement.organised
        board["residents"] = np.count_nonzero((people["settlement"] == a) & (people["arrives"] < 0))
        board["legitimacy"] = legitimacy[a]
        closed = settlement.kind != "town" and luck(seed, INVITES, 0, a, 0) < share_not_inviting[a]
        board["invites"] = 0 if closed else 1


def chiefs_of(authorities: Any, cells: Any, officers: Any) -> np.ndarray:
    """Return for each authority the first officer of the facility that serves it, or -1."""
    first = {int(f): int(np.flatnonzero(officers["facility"] == f)[0]) for f in np.unique(officers["facility"])}
    return np.array([first.get(int(cells[a["cell"]]["facility"]), NO_POST) for a in authorities], np.int64)


def councils_of(people: Any, n_settlements: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the council members settlement by settlement, with the row at which each settlement begins."""
    members = np.flatnonzero(people["council"] == 1)
    order = np.argsort(people["settlement"][members], kind="stable")
    counts = np.bincount(people["settlement"][members], minlength=n_settlements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members[order].astype(np.int64)


def act(world: Any) -> None:
    """Hear the cases that are due; in the afternoon shift hold the day's meetings."""
    state, numbers, book = world.state, world.numbers, world.book
    due = int(state.cases.count[0])
    date = date_of_tick(world.tick)
    book.reserve(HEARINGS, due)
    book.reserve(MEETINGS, len(state.boards))
    day = book.reserve(IMPRESSIONS, due + len(world.councils))
    if due:
        hear(
            day,
            state.cases.rows,
            state.cases.count,
            world.town.authorities,
            state.boards,
            world.ground.people,
            state.minds,
            state.homes,
            numbers["communal_authority"],
            numbers["trust"],
            state.tally,
            float(date.month - 1),
            world.tick,
            world.seed,
        )
    if world.tick % 3 == 1:
        assemble(
            day,
            world.town.authorities,
            state.boards,
            world.council_start,
            world.councils,
            world.chiefs,
            world.plant,
            world.ground,
            state.minds,
            numbers["communal_authority"],
            numbers["contacts"],
            state.tally,
            month_of(world.tick),
            date.day,
            world.tick,
            world.seed,
        )
    world.learn()
