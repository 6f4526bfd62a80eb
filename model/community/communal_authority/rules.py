"""M14, communal authorities: a jurisdiction with its own law in Totonicapán, boards by agreement elsewhere (ODD 6.12).

Complaint, summons, public hearing, agreement or ruling, compliance, the higher board, the state: an institution in its
own right, not a modifier of the police.  Switched off, nobody brings cases before an authority and no community keeps
watch.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.board_memory.rules import protocol_strength, record_hearing_conduct, record_promise
from model.community.board_memory.schema import LAST_OUT
from model.community.communal_authority.schema import (
    ACCEPT_STREAM,
    AT_HEARING,
    AT_HIGHER,
    CASE_CLOSED,
    CASE_NO_REMEDY,
    CASE_POSTPONED,
    CASE_RULED,
    CASE_TO_HIGHER,
    CASE_TO_STATE,
    COMPLY_STREAM,
    CONSENTS_STREAM,
    HAND_OVER,
    HEARING_CAUSE,
    HEARING_STEPPED_IN,
    HEARING_WAITED,
    HIGHER_BOARD_SETTLES_STREAM,
    HIGHER_BOARD_STREAM,
    IN_COMPLIANCE,
    INVITES_STREAM,
    JUST_STREAM,
    MAX_SUMMONS,
    POLICE_PRESENT,
    POLICE_WAIT_STREAM,
    RULING_STREAM,
    SUMMONED_STREAM,
    WRITTEN_COLUMNS,
    CommunalAuthority,
    CommunalAuthorityCounts,
)
from model.community.consultation.schema import Consultation
from model.community.deliberation.schema import Deliberation
from model.crime.domestic_violence.schema import HomeHistory
from model.engine.calendar import MONTH, WEEK, YEAR, date_of_tick
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.ratios import ratio_or_nan
from model.engine.rows import BoolArray, FloatArray, IntArray, Rows
from model.town.authorities import AuthorityRow, BoardParameters
from model.town.crime_kinds import DOMESTIC, IS_PROPERTY
from model.town.police import Officer
from model.town.residents import Person
from model.trust.events.rules import record_event
from model.world.binding import computed, constant, count_of
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.places import chief_positions_by_authority
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import HEARINGS, IMPRESSIONS, SPARED
from model.world.state import BOARDS, CASES, Board, CommunalCase


class HearingTables(TableBundle):
    """The boards, the cases before them, and the numbers by which they decide."""

    authorities: Rows[AuthorityRow]
    boards: Rows[Board]
    chiefs: IntArray = constant(chief_positions_by_authority)
    officers: Rows[Officer]
    cases: Rows[CommunalCase]
    cases_count: IntArray = count_of(CASES)
    homes: Rows[HomeHistory]
    parameters: Rows[CommunalAuthority]
    deliberation: Rows[Deliberation]
    go_out: float = computed(lambda world: 0.0)


@kernel
def move_legitimacy(board: Board, seen: float, p: CommunalAuthority) -> None:
    """Move legitimacy towards what people have seen of a case, 0 to 1, and what the board is worth besides."""
    board.shown += seen
    board.showings += 1.0
    board.legitimacy += p.learning * 1000.0 / board.residents * (seen + board.standing - logistic(board.legitimacy))


@kernel
def apply_police_presence(stage: ShiftContext, court: HearingTables, case: CommunalCase, p: CommunalAuthority) -> None:
    """Let police come to a hearing where they are called: they wait, out of respect or weakness, or step in."""
    z, i, born, number = case.settlement, case.victim, case.born, case.number
    board, chief = court.boards[z], court.chiefs[z]
    agreed, keeps = protocol_strength(board, p.protocol, court.deliberation[z]), court.deliberation[z].keeps
    presence = p.presence + (1.0 - p.presence) * keeps * agreed
    if board.invites == 0:
        return
    if court.go_out == 0.0 or keyed_uniform(stage.seed, POLICE_PRESENT, born, number, 0) >= presence:
        if board.protocol == 1:
            record_promise(stage, board, False)
        return
    stage.tally[0].police_present += 1.0
    waits = True
    if keyed_uniform(stage.seed, POLICE_WAIT_STREAM, born, number, 0) >= p.waits + (1.0 - p.waits) * agreed:
        waits = False
        stage.tally[0].police_stepped_in += 1.0
    elif agreed > 0.0 or (chief >= 0 and court.officers[chief].trained == 1) or board.links > 0.5:
        stage.tally[0].deference_respect += 1.0
    else:
        stage.tally[0].deference_weakness += 1.0
    record_hearing_conduct(board, waits, court.deliberation[z])
    if board.protocol == 1:
        record_promise(stage, board, waits)
    p_trust = stage.trust[stage.ground.people[i].settlement]
    if waits:
        record_event(stage, i, HEARING_WAITED, p_trust.hearing)
    else:
        record_event(stage, i, HEARING_STEPPED_IN, p_trust.stepped_in)
    if stage.minds[i].gone < 0:
        stage.minds[i].met = stage.minds[i].met_free = stage.tick


@kernel
def hold_hearing(stage: ShiftContext, court: HearingTables, case: CommunalCase, p: CommunalAuthority) -> int:
    """Hold a public hearing, or put it off because the summoned stayed away; return what it ends with."""
    board, born, number = court.boards[case.settlement], case.born, case.number
    respect = p.deference * board.legitimacy
    if keyed_uniform(stage.seed, SUMMONED_STREAM, born, number, case.late) >= logistic(p.comes + respect):
        case.late += 1
        move_legitimacy(board, p.delayed, p)
        if case.late == MAX_SUMMONS:
            return refer_failed_case(stage, court, case, p)
        case.due += WEEK
        return CASE_POSTPONED
    apply_police_presence(stage, court, case, p)
    served = float(stage.month % 12) if court.authorities[case.settlement].communal == 1 else 12.0
    just = keyed_uniform(stage.seed, JUST_STREAM, born, number, 0) < logistic(p.just + p.experience * served / 12.0)
    case.just = 1 if just else 0
    if keyed_uniform(stage.seed, ACCEPT_STREAM, born, number, 0) >= logistic(
        p.accept + respect + p.public * board.organised
    ):
        return refer_failed_case(stage, court, case, p)
    record_ruling(stage, case, p)
    case.step = IN_COMPLIANCE
    case.due += 3 * p.comply_days
    return CASE_RULED


@kernel
def record_ruling(stage: ShiftContext, case: CommunalCase, p: CommunalAuthority) -> None:
    """Count what the case ends in: an agreement, or a ruling of one of five kinds."""
    v, row = keyed_uniform(stage.seed, RULING_STREAM, case.born, case.number, 0), stage.tally[0]
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
def refer_failed_case(stage: ShiftContext, court: HearingTables, case: CommunalCase, p: CommunalAuthority) -> int:
    """Take a case that failed to the higher board, to the state, or nowhere."""
    z, born, number = case.settlement, case.born, case.number
    move_legitimacy(court.boards[z], 0.5 if case.just == 1 else 0.0, p)
    communal = court.authorities[z].communal == 1 and case.step != AT_HIGHER
    if communal and keyed_uniform(stage.seed, HIGHER_BOARD_STREAM, born, number, 0) < p.higher:
        case.step = AT_HIGHER
        case.due += 2 * WEEK
        stage.tally[0].to_higher_board += 1.0
        return CASE_TO_HIGHER
    return CASE_TO_STATE if keyed_uniform(stage.seed, HAND_OVER, born, number, 0) < p.hand_over else CASE_NO_REMEDY


@kernel
def advance_case(stage: ShiftContext, court: HearingTables, case: CommunalCase, p: CommunalAuthority) -> int:
    """Take a case one step further; return what the step ends with."""
    board, born, number = court.boards[case.settlement], case.born, case.number
    if case.step == AT_HEARING:
        return hold_hearing(stage, court, case, p)
    if case.step == IN_COMPLIANCE:
        if keyed_uniform(stage.seed, COMPLY_STREAM, born, number, 0) >= p.comply:
            stage.tally[0].rulings_broken += 1.0
            return refer_failed_case(stage, court, case, p)
        stage.tally[0].rulings_kept += 1.0
        move_legitimacy(board, 1.0 if case.just == 1 else 0.0, p)
        return CASE_CLOSED
    if keyed_uniform(stage.seed, HIGHER_BOARD_SETTLES_STREAM, born, number, 0) < p.higher_settles:
        return CASE_CLOSED
    return refer_failed_case(stage, court, case, p)


@kernel
def count_watched(stage: ShiftContext, guard: int) -> None:
    """Count the crimes of the shift that communities' own watch kept away."""
    for k in range(stage.day.counts[SPARED]):
        if stage.day.spared[k].guard == guard:
            stage.tally[0].watched += 1.0


@kernel
def advance_due_cases(stage: ShiftContext, court: HearingTables) -> None:
    """Take the cases that are due one step further."""
    left = 0
    for k in range(court.cases_count[0]):
        case = court.cases[k]
        if case.due <= stage.tick:
            outcome = advance_case(stage, court, case, court.parameters[case.settlement])
            row = stage.day.hearings[stage.day.counts[HEARINGS]]
            row.born, row.number, row.outcome = case.born, case.number, outcome
            stage.day.counts[HEARINGS] += 1
            if outcome in (CASE_CLOSED, CASE_TO_STATE, CASE_NO_REMEDY):
                record_case_outcome(stage, court, case, outcome)
                continue
        court.cases[left] = case
        left += 1
    court.cases_count[0] = left


@kernel
def record_case_outcome(stage: ShiftContext, court: HearingTables, case: CommunalCase, outcome: int) -> None:
    """Count a case by its outcome; a conciliation is no remedy where a woman was hurt at home."""
    row, i = stage.tally[0], case.victim
    row.cases += 1.0
    if outcome == CASE_CLOSED and case.kind == DOMESTIC:
        court.homes[i].ruled = stage.tick + YEAR
        row.domestic_conciliated += 1.0
    elif outcome == CASE_CLOSED:
        row.closed += 1.0
    elif outcome == CASE_TO_STATE:
        row.handed_over += 1.0
    elif stage.ground.people[i].female == 1:
        row.women_without_remedy += 1.0
    else:
        row.men_without_remedy += 1.0


@kernel
def update_board_month(
    boards: Rows[Board],
    authorities: Rows[AuthorityRow],
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
            board.links *= 0.5 * protocol_strength(board, p.protocol, d)
        wish = p.consent + p.consent_links * board.links
        agreed = keyed_uniform(seed, CONSENTS_STREAM, month, a, 0) < logistic(wish) * board.invites
        board.consents = 1 if agreed else 0
        joint = p.watch_joint * board.consents
        kept_away = p.watch if d.watches == 0 else d.watch_effect * board.watching
        board.watch = kept_away * board.organised * (1.0 + joint)


def initialise(world: World) -> None:
    """Give the boards their standing at the start; which never call the police is drawn anew for every seed."""
    town, numbers, people = world.town, world.parameters, world.town.people
    legitimacy, phones = numbers[CommunalAuthority]["legitimacy"], numbers[Consultation]["phones"]
    closed = numbers[BoardParameters]["share_not_inviting"]
    for a, (board, settlement) in enumerate(zip(world.state[BOARDS], town.settlements, strict=True)):
        board.met = board.asked = board.heard = board.problem = -1
        board.organised = settlement.organised
        board.residents = int(np.count_nonzero((people["settlement"] == a) & (people["arrives"] < 0)))
        board.legitimacy, board.phones = legitimacy[a], phones[a]
        stays_away = settlement.kind != "town" and keyed_uniform(world.seed, INVITES_STREAM, 0, a, 0) < closed[a]
        board.invites = 0 if stays_away else 1


def calibrate_board_standing(world: World) -> None:
    """Begin with the legitimacy of the site, and give boards the standing with which their own cases hold it."""
    boards, legitimacy = world.state[BOARDS], world.parameters[CommunalAuthority]["legitimacy"]
    showings = float(boards["showings"].sum())
    if showings > 0.0:
        boards["legitimacy"] = legitimacy
        boards["standing"] = 1.0 / (1.0 + np.exp(-legitimacy)) - float(boards["shown"].sum()) / showings


def council_members_by_settlement(world: World) -> tuple[IntArray, IntArray]:
    """Return the row at which the council members of each settlement begin, and the members."""
    people = world.town.people
    return group_by_settlement(people, people["council"] == 1, world.town.n_settlements)


def residents_by_settlement(world: World) -> tuple[IntArray, IntArray]:
    """Return the row at which the residents of each settlement begin, and the residents."""
    return group_by_settlement(world.town.people, np.ones(world.town.n_people, bool), world.town.n_settlements)


def group_by_settlement(people: Rows[Person], chosen: BoolArray, n_settlements: int) -> tuple[IntArray, IntArray]:
    """Return the chosen residents settlement by settlement, with the row at which each settlement begins."""
    members = np.flatnonzero(chosen)
    order = np.argsort(people["settlement"][members], kind="stable")
    counts = np.bincount(people["settlement"][members], minlength=n_settlements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members[order].astype(np.int64)


def requires_couples(world: World) -> bool:
    """Whether police come and do what was asked only where couples go out, by the numbers in force."""
    return bool(world.parameters[Deliberation]["couples"][0] == 1)


def couples_on_duty_recently(world: World) -> float:
    """Return 1 if any couple was on duty within a month, without which nobody comes or does what was asked; else 0."""
    return 0.0 if world.tick - world.state[LAST_OUT].item(0) > MONTH and world.cached_view(requires_couples) else 1.0


def step(world: World) -> None:
    """Take the cases that are due a step further; on the first morning of a month boards decide for the month."""
    state, numbers, book = world.state, world.parameters, world.shift_events
    if world.tick % 3 == 0 and (date := date_of_tick(world.tick)).day == 1:
        new_year = date.month == 1
        rows = numbers[CommunalAuthority]
        month = 12 * date.year + date.month - 1
        watch = state[BOARDS]["watch"].copy()
        update_board_month(
            state[BOARDS], world.town.authorities, rows, numbers[Deliberation], month, new_year, world.seed
        )
        if (watch != state[BOARDS]["watch"]).any():
            world.hazard_factors.write_guard(world, MECHANISM.name)
    if book.counts.item(SPARED):
        count_watched(world.shift_context(), world.hazard_factors.guard_numbers[MECHANISM.name])
    due = len(state[CASES])
    book.reserve(HEARINGS, due)
    book.reserve(IMPRESSIONS, due)
    court = world.view(HearingTables)
    court.set_field("go_out", couples_on_duty_recently(world))
    world.run_kernel(advance_due_cases, lambda: (world.shift_context(), court))
    world.apply_impressions()


def apply_watch(world: World, place: FloatArray) -> None:
    """Keep property crimes away by night where communities watch."""
    watch = world.state[BOARDS]["watch"]
    settlement = world.town.cells["settlement"]
    kept = np.where(settlement >= 0, watch[np.maximum(settlement, 0)], 0.0)
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, IS_PROPERTY == 1] *= 1.0 - kept


def mean_legitimacy(month: MonthSnapshot) -> float:
    """Mean legitimacy of the boards, 0 to 1; nan where there are none."""
    boards = month.boards
    return float(np.mean(1.0 / (1.0 + np.exp(-boards["legitimacy"])))) if len(boards) else math.nan


def cases_per_authority(month: MonthSnapshot) -> float:
    """Open cases by communal authority."""
    return ratio_or_nan(float(len(month.world.state[CASES])), float(len(month.boards)))


MECHANISM = Mechanism(
    group=CommunalAuthority,
    counts=CommunalAuthorityCounts,
    causes=(HEARING_CAUSE,),
    writes=WRITTEN_COLUMNS,
    hazard=HazardModifier(place=apply_watch, spared=True),
    initialise=initialise,
    knockout=Knockout(("cases", "closed")),
    measures={
        "legitimacy": Measure("0-1", mean_legitimacy),
        "authority_load": Measure("cases", cases_per_authority),
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
