"""M14, communal authorities: a jurisdiction with its own law in Totonicapán, boards by agreement elsewhere (ODD 6.12).

Complaint, summons, public hearing, agreement or ruling, compliance, the higher board, the state: an institution in its
own right, not a modifier of the police.  Switched off, nobody brings cases before an authority and no community keeps
watch.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.board_memory.rules import agreement, remember_police, remember_promise
from model.community.board_memory.schema import LAST_OUT
from model.community.communal_authority.schema import (
    ACCEPT,
    AT_HEARING,
    AT_HIGHER,
    CLOSED,
    COMPLY,
    CONSENTS,
    HAND_OVER,
    HEARING,
    HIGHER,
    IN_COMPLIANCE,
    INVITES,
    JUST,
    MOST_SUMMONS,
    NO_REMEDY,
    POLICE_PRESENT,
    POSTPONED,
    RULED,
    RULING,
    SETTLES,
    SUMMONED,
    TO_HIGHER,
    TO_STATE,
    WAITS,
    WRITES,
    CommunalAuthority,
    Counts,
)
from model.community.deliberation.schema import Deliberation
from model.crime.domestic_violence.schema import Home
from model.engine.calendar import MONTH, WEEK, YEAR, date_of_tick
from model.engine.kernels import Tables, kernel
from model.engine.random_streams import logistic, luck
from model.engine.ratios import over
from model.engine.rows import Flags, Ints, Reals, Rows
from model.town.authorities import Authority
from model.town.crime_kinds import DOMESTIC, PROPERTY
from model.town.police import Officer
from model.town.residents import Person
from model.trust.ledger.rules import impress
from model.world.hazard import MARKET_NIGHT, NIGHT
from model.world.mechanism import Hazard, Knockout, Measure, Mechanism
from model.world.month import Month
from model.world.places import chiefs_of
from model.world.protocol import World
from model.world.shift_context import Stage
from model.world.shift_events import HEARINGS, IMPRESSIONS, SPARED
from model.world.state import BOARDS, CASES, Board, Case


class Court(Tables):
    """The boards, the cases before them, and the numbers by which they decide."""

    authorities: Rows[Authority]
    boards: Rows[Board]
    chiefs: Ints
    officers: Rows[Officer]
    cases: Rows[Case]
    count: Ints
    homes: Rows[Home]
    numbers: Rows[CommunalAuthority]
    deliberation: Rows[Deliberation]
    go_out: float


@kernel
def move_legitimacy(board: Board, seen: float, p: CommunalAuthority) -> None:
    """Move legitimacy towards what people have seen of a case, 0 to 1, and what the board is worth besides."""
    board.shown += seen
    board.showings += 1.0
    board.legitimacy += p.learning * 1000.0 / board.residents * (seen + board.standing - logistic(board.legitimacy))


@kernel
def receive_police(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> None:
    """Let police come to a hearing where they are called: they wait, out of respect or weakness, or step in."""
    z, i, born, number = case.settlement, case.victim, case.born, case.number
    board, chief = court.boards[z], court.chiefs[z]
    agreed, keeps = agreement(board, p.protocol, court.deliberation[z]), court.deliberation[z].keeps
    presence = p.presence + (1.0 - p.presence) * keeps * agreed
    if board.invites == 0:
        return
    if court.go_out == 0.0 or luck(stage.seed, POLICE_PRESENT, born, number, 0) >= presence:
        if board.protocol == 1:
            remember_promise(stage, board, False)
        return
    stage.tally[0].police_present += 1.0
    waits = True
    if luck(stage.seed, WAITS, born, number, 0) >= p.waits + (1.0 - p.waits) * agreed:
        waits = False
        stage.tally[0].police_stepped_in += 1.0
    elif agreed > 0.0 or (chief >= 0 and court.officers[chief].trained == 1) or board.links > 0.5:
        stage.tally[0].deference_respect += 1.0
    else:
        stage.tally[0].deference_weakness += 1.0
    remember_police(board, waits, court.deliberation[z])
    if board.protocol == 1:
        remember_promise(stage, board, waits)
    p_trust = stage.trust[stage.ground.people[i].settlement]
    if waits:
        impress(stage.day, stage.minds, i, HEARING, 0.9, 0.5 * p_trust.hearing, 0.95, p_trust.hearing, p_trust.fast)
    else:
        impress(stage.day, stage.minds, i, HEARING, 0.1, p_trust.stepped_in, 0.5, 0.0, p_trust.fast)
    if stage.minds[i].gone < 0:
        stage.minds[i].met = stage.minds[i].met_free = stage.tick


@kernel
def hearing(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> int:
    """Hold a public hearing, or put it off because the summoned stayed away; return what it ends with."""
    board, born, number = court.boards[case.settlement], case.born, case.number
    respect = p.deference * board.legitimacy
    if luck(stage.seed, SUMMONED, born, number, case.late) >= logistic(p.comes + respect):
        case.late += 1
        move_legitimacy(board, p.delayed, p)
        if case.late == MOST_SUMMONS:
            return fail(stage, court, case, p)
        case.due += WEEK
        return POSTPONED
    receive_police(stage, court, case, p)
    served = float(stage.month % 12) if court.authorities[case.settlement].communal == 1 else 12.0
    just = luck(stage.seed, JUST, born, number, 0) < logistic(p.just + p.experience * served / 12.0)
    case.just = 1 if just else 0
    if luck(stage.seed, ACCEPT, born, number, 0) >= logistic(p.accept + respect + p.public * board.organised):
        return fail(stage, court, case, p)
    rule(stage, case, p)
    case.step = IN_COMPLIANCE
    case.due += 3 * p.comply_days
    return RULED


@kernel
def rule(stage: Stage, case: Case, p: CommunalAuthority) -> None:
    """Count what the case ends in: an agreement, or a ruling of one of five kinds."""
    v, row = luck(stage.seed, RULING, case.born, case.number, 0), stage.tally[0]
    kind = int((v - p.agree) / (1.0 - p.agree) * 5.0) if v >= p.agree else -1
    if kind < 0:
        row.agreements += 1.0
    elif kind == 0:
        row.apologies += 1.0
    elif kind == 1:
        row.reparations += 1.0
    elif kind == 2:
        row.community_work += 1.0
    elif kind == 3:
        row.fines += 1.0
    else:
        row.losses_of_services += 1.0


@kernel
def fail(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> int:
    """Take a case that failed to the higher board, to the state, or nowhere."""
    z, born, number = case.settlement, case.born, case.number
    move_legitimacy(court.boards[z], 0.5 if case.just == 1 else 0.0, p)
    communal = court.authorities[z].communal == 1 and case.step != AT_HIGHER
    if communal and luck(stage.seed, HIGHER, born, number, 0) < p.higher:
        case.step = AT_HIGHER
        case.due += 2 * WEEK
        stage.tally[0].to_higher_board += 1.0
        return TO_HIGHER
    return TO_STATE if luck(stage.seed, HAND_OVER, born, number, 0) < p.hand_over else NO_REMEDY


@kernel
def next_step(stage: Stage, court: Court, case: Case, p: CommunalAuthority) -> int:
    """Take a case one step further; return what the step ends with."""
    board, born, number = court.boards[case.settlement], case.born, case.number
    if case.step == AT_HEARING:
        return hearing(stage, court, case, p)
    if case.step == IN_COMPLIANCE:
        if luck(stage.seed, COMPLY, born, number, 0) >= p.comply:
            stage.tally[0].rulings_broken += 1.0
            return fail(stage, court, case, p)
        stage.tally[0].rulings_kept += 1.0
        move_legitimacy(board, 1.0 if case.just == 1 else 0.0, p)
        return CLOSED
    if luck(stage.seed, SETTLES, born, number, 0) < p.higher_settles:
        return CLOSED
    return fail(stage, court, case, p)


@kernel
def count_watched(stage: Stage, guard: int) -> None:
    """Count the crimes of the shift that communities' own watch kept away."""
    for k in range(stage.day.counts[SPARED]):
        if stage.day.spared[k].guard == guard:
            stage.tally[0].watched += 1.0


@kernel
def hear(stage: Stage, court: Court) -> None:
    """Take the cases that are due one step further."""
    left = 0
    for k in range(court.count[0]):
        case = court.cases[k]
        if case.due <= stage.tick:
            outcome = next_step(stage, court, case, court.numbers[case.settlement])
            row = stage.day.hearings[stage.day.counts[HEARINGS]]
            row.born, row.number, row.outcome = case.born, case.number, outcome
            stage.day.counts[HEARINGS] += 1
            if outcome in (CLOSED, TO_STATE, NO_REMEDY):
                finish(stage, court, case, outcome)
                continue
        court.cases[left] = case
        left += 1
    court.count[0] = left


@kernel
def finish(stage: Stage, court: Court, case: Case, outcome: int) -> None:
    """Count a case by its outcome; a conciliation is no remedy where a woman was hurt at home."""
    row, i = stage.tally[0], case.victim
    row.cases += 1.0
    if outcome == CLOSED and case.kind == DOMESTIC:
        court.homes[i].ruled = stage.tick + YEAR
        row.domestic_conciliated += 1.0
    elif outcome == CLOSED:
        row.closed += 1.0
    elif outcome == TO_STATE:
        row.handed_over += 1.0
    elif stage.ground.people[i].female == 1:
        row.women_without_remedy += 1.0
    else:
        row.men_without_remedy += 1.0


@kernel
def begin_month(
    boards: Rows[Board],
    authorities: Rows[Authority],
    numbers: Rows[CommunalAuthority],
    deliberation: Rows[Deliberation],
    month: int,
    new_year: bool,
    seed: int,
) -> None:
    """Let boards consent to joint patrols or not, and watch as they decided; communal boards are new on 1 January."""
    for a in range(len(boards)):
        board, p, d = boards[a], numbers[authorities[a].settlement], deliberation[authorities[a].settlement]
        if new_year and authorities[a].communal == 1:
            board.links *= 0.5 * agreement(board, p.protocol, d)
        wish = p.consent + p.consent_links * board.links
        agreed = luck(seed, CONSENTS, month, a, 0) < logistic(wish) * board.invites
        board.consents = 1 if agreed else 0
        joint = p.watch_joint * board.consents
        kept_away = p.watch if d.watches == 0 else d.watch_effect * board.watching
        board.watch = kept_away * board.organised * (1.0 + joint)


def begin(world: World) -> None:
    """Give the boards their standing at the start; which never call the police is drawn anew for every seed."""
    town, numbers, people = world.town, world.numbers, world.town.people
    legitimacy, phones = numbers["communal_authority"]["legitimacy"], numbers["consultation"]["phones"]
    closed = numbers["boards"]["share_not_inviting"]
    for a, (board, settlement) in enumerate(zip(world.state[BOARDS], town.settlements, strict=True)):
        board.met = board.asked = board.heard = board.problem = -1
        board.organised = settlement.organised
        board.residents = int(np.count_nonzero((people["settlement"] == a) & (people["arrives"] < 0)))
        board.legitimacy, board.phones = legitimacy[a], phones[a]
        stays_away = settlement.kind != "town" and luck(world.seed, INVITES, 0, a, 0) < closed[a]
        board.invites = 0 if stays_away else 1


def settle_boards(world: World) -> None:
    """Begin with the legitimacy of the site, and give boards the standing with which their own cases hold it."""
    boards, legitimacy = world.state[BOARDS], world.numbers["communal_authority"]["legitimacy"]
    showings = float(boards["showings"].sum())
    if showings > 0.0:
        boards["legitimacy"] = legitimacy
        boards["standing"] = 1.0 / (1.0 + np.exp(-legitimacy)) - float(boards["shown"].sum()) / showings


def councils_of(world: World) -> tuple[Ints, Ints]:
    """Return the row at which the council members of each settlement begin, and the members."""
    people = world.town.people
    return by_settlement(people, people["council"] == 1, world.town.n_settlements)


def settled_of(world: World) -> tuple[Ints, Ints]:
    """Return the row at which the residents of each settlement begin, and the residents."""
    return by_settlement(world.town.people, np.ones(world.town.n_people, bool), world.town.n_settlements)


def by_settlement(people: Rows[Person], chosen: Flags, n_settlements: int) -> tuple[Ints, Ints]:
    """Return the chosen residents settlement by settlement, with the row at which each settlement begins."""
    members = np.flatnonzero(chosen)
    order = np.argsort(people["settlement"][members], kind="stable")
    counts = np.bincount(people["settlement"][members], minlength=n_settlements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members[order].astype(np.int64)


def couples_needed(world: World) -> bool:
    """Whether police come and do what was asked only where couples go out, by the numbers in force."""
    return bool(world.numbers["deliberation"]["couples"][0] == 1)


def go_out(world: World) -> float:
    """Return 1 if any couple was on duty within a month, without which nobody comes or does what was asked; else 0."""
    return 0.0 if world.tick - world.state[LAST_OUT].item(0) > MONTH and world.laid(couples_needed) else 1.0


def court_of(world: World) -> Court:
    """Lay out what hearings go by."""
    state = world.state
    return Court(
        world.town.authorities,
        state.boards,
        world.once(chiefs_of),
        world.plant.officers,
        state.cases.rows,
        state.cases.count,
        state.homes,
        world.numbers["communal_authority"],
        world.numbers["deliberation"],
        0.0,
    )


def act(world: World) -> None:
    """Take the cases that are due a step further; on the first morning of a month boards decide for the month."""
    state, numbers, book = world.state, world.numbers, world.book
    if world.tick % 3 == 0 and (date := date_of_tick(world.tick)).day == 1:
        new_year = date.month == 1
        rows = numbers["communal_authority"]
        month = 12 * date.year + date.month - 1
        watch = state.boards["watch"].copy()
        begin_month(state.boards, world.town.authorities, rows, numbers["deliberation"], month, new_year, world.seed)
        if (watch != state.boards["watch"]).any():
            world.factors.lay_guard(world, IT.name)
    if book.counts.item(SPARED):
        count_watched(world.stage(), world.factors.numbers[IT.name])
    due = len(state.cases)
    book.reserve(HEARINGS, due)
    book.reserve(IMPRESSIONS, due)
    court = world.laid(court_of)
    court.put("go_out", go_out(world))
    world.carry_out(hear, lambda: (world.stage(), court))
    world.learn()


def keep_watch(world: World, place: Reals) -> None:
    """Keep property crimes away by night where communities watch."""
    watch = world.state[BOARDS]["watch"]
    settlement = world.town.cells["settlement"]
    kept = np.where(settlement >= 0, watch[np.maximum(settlement, 0)], 0.0)
    for when in (NIGHT, MARKET_NIGHT):
        place[when, PROPERTY == 1] *= 1.0 - kept


def mean_legitimacy(month: Month) -> float:
    """Mean legitimacy of the boards, 0 to 1; nan where there are none."""
    boards = month.boards
    return float(np.mean(1.0 / (1.0 + np.exp(-boards["legitimacy"])))) if len(boards) else math.nan


def load(month: Month) -> float:
    """Open cases by communal authority."""
    return over(float(len(month.world.state[CASES])), float(len(month.boards)))


IT = Mechanism(
    group=CommunalAuthority,
    counts=Counts,
    causes=(HEARING,),
    writes=WRITES,
    hazard=Hazard(place=keep_watch, spared=True),
    begin=begin,
    knockout=Knockout(("cases", "closed")),
    measures={
        "legitimacy": Measure("0-1", mean_legitimacy),
        "authority_load": Measure("cases", load),
        "cases": Measure("cases"),
        "closed": Measure("cases"),
        "deference_respect": Measure("hearings"),
        "deference_weakness": Measure("hearings"),
        "rulings_kept": Measure("rulings"),
        "rulings_broken": Measure("rulings"),
        "to_higher_board": Measure("cases"),
        "watched": Measure("crimes"),
        "domestic_conciliated": Measure("cases"),
    },
)
