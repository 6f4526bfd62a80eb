"""M14, communal authorities: a jurisdiction with its own law in Totonicapán, boards by agreement elsewhere.

A communal authority is an institution in its own right, with its own law: complaint, summons, public hearing, agreement
or ruling, compliance, the higher board, and the state where the authority decides to hand a case over.  Its legitimacy
is earned in its own cases, and trust in the police neither feeds on it nor feeds it.  The police take part in a hearing
only where the authority invites them.  Switched off, nobody brings cases before an authority and no community keeps
watch.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.board_memory.rules import protocol_strength, record_hearing_conduct, record_promise
from model.community.board_memory.schema import LAST_OUT
from model.community.communal_authority.schema import (
    ACCEPT_STREAM,
    APOLOGY,
    AT_HEARING,
    AT_HIGHER,
    CASE_CLOSED,
    CASE_NO_REMEDY,
    CASE_POSTPONED,
    CASE_RULED,
    CASE_TO_HIGHER,
    CASE_TO_STATE,
    CLOSE_LINKS,
    COMMUNITY_WORK,
    COMPLY_STREAM,
    CONSENTS_STREAM,
    FINE,
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
    N_RULINGS,
    PER_1000,
    POLICE_PRESENT,
    POLICE_WAIT_STREAM,
    REPARATION,
    RULING_STREAM,
    SUMMONED_STREAM,
    WRITTEN_COLUMNS,
    CommunalAuthority,
    CommunalAuthorityCounts,
)
from model.community.consultation.schema import Consultation
from model.community.deliberation.schema import Deliberation
from model.crime.domestic_violence.schema import HomeHistory
from model.engine.calendar import (
    FIRST_DAYS,
    MONTH,
    MONTHS_A_YEAR,
    MORNINGS,
    SHIFTS,
    WEEK,
    YEAR,
)
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.ratios import ratio_or_nan
from model.engine.rows import BoolArray, FloatArray, IntArray, Rows
from model.town.authorities import AuthorityRow, BoardParameters
from model.town.crime_kinds import DOMESTIC, IS_PROPERTY
from model.town.police import Officer
from model.town.residents import Person
from model.trust.events.rules import record_event
from model.trust.ledger.rules import learn
from model.world.binding import constant, count_of, of
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.places import chief_positions_by_authority
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import HEARINGS, IMPRESSIONS, SPARED
from model.world.state import BOARDS, CASES, Board, CommunalCase
from model.world.steps import KernelArguments, Room, in_order, kernel_step, python_step, rows_of


class HearingTables(TableBundle):
    """Tables of communal justice: boards, cases before them, and the parameters of their hearings.

    ``chiefs`` holds the first officer of the facility that serves each board, or -1.
    """

    authorities: Rows[AuthorityRow]
    boards: Rows[Board]
    chiefs: IntArray = constant(chief_positions_by_authority)
    officers: Rows[Officer]
    cases: Rows[CommunalCase]
    cases_count: IntArray = count_of(CASES)
    homes: Rows[HomeHistory]
    parameters: Rows[CommunalAuthority]
    deliberation: Rows[Deliberation]
    last_out: IntArray = of(LAST_OUT)


@kernel
def couples_on_duty_recently(shift: ShiftContext, last_out: IntArray, deliberation: Rows[Deliberation]) -> bool:
    """Return whether any couple was on duty within a month, or presence and requests require none."""
    return shift.tick - last_out[0] <= MONTH or deliberation[0].couples != 1


@kernel
def move_legitimacy(board: Board, seen: float, p: CommunalAuthority) -> None:
    """Move the legitimacy of a board towards the justice that people have seen in one case.

    Updates `board.shown`, `board.showings` and `board.legitimacy`, in log-odds.  ``seen`` is 0 (unjust) to 1 (just).
    A case weighs more where fewer residents live.  ``board.standing`` is what the community values in its authority
    besides its hearings.
    """
    board.shown += seen
    board.showings += 1.0
    # Towards the experience: at a logit that matches it (plus the standing) legitimacy stands still.
    board.legitimacy += p.learning * PER_1000 / board.residents * (seen + board.standing - logistic(board.legitimacy))


@kernel
def apply_police_presence(shift: ShiftContext, tables: HearingTables, case: CommunalCase, p: CommunalAuthority) -> None:
    """Apply the presence of the police at a hearing, where the authority invites them.

    Police who come wait for the decision of the community or step in.  Waiting is counted as respect under a protocol,
    by a trained officer or with close links, else as weakness.  The complainant has an event of trust.  Updates
    `boards.waited`, `boards.stepped_in`, promises, `minds.met`, `minds.met_free` and the monthly counts.
    """
    z, i, born, number = case.settlement, case.victim, case.born, case.number
    board, chief = tables.boards[z], tables.chiefs[z]
    agreed, keeps = protocol_strength(board, p.protocol, tables.deliberation[z]), tables.deliberation[z].keeps
    presence = p.presence + (1.0 - p.presence) * keeps * agreed
    if board.invites == 0:
        return
    goes_out = couples_on_duty_recently(shift, tables.last_out, tables.deliberation)
    if not goes_out or keyed_uniform(shift.seed, POLICE_PRESENT, born, number, 0) >= presence:
        if board.protocol == 1:
            record_promise(shift, board, False)
        return
    shift.tally[0].police_present += 1.0
    waits = True
    if keyed_uniform(shift.seed, POLICE_WAIT_STREAM, born, number, 0) >= p.waits + (1.0 - p.waits) * agreed:
        waits = False
        shift.tally[0].police_stepped_in += 1.0
    elif agreed > 0.0 or (chief >= 0 and tables.officers[chief].trained == 1) or board.links > CLOSE_LINKS:
        shift.tally[0].deference_respect += 1.0
    else:
        shift.tally[0].deference_weakness += 1.0
    record_hearing_conduct(board, waits, tables.deliberation[z])
    if board.protocol == 1:
        record_promise(shift, board, waits)
    trust = shift.trust[shift.ground.people[i].settlement]
    if waits:
        record_event(shift, i, HEARING_WAITED, trust.hearing)
    else:
        record_event(shift, i, HEARING_STEPPED_IN, trust.stepped_in)
    if shift.minds[i].gone < 0:
        shift.minds[i].met = shift.minds[i].met_free = shift.tick


@kernel
def hold_hearing(shift: ShiftContext, tables: HearingTables, case: CommunalCase, p: CommunalAuthority) -> int:
    """Hold a public hearing and return its outcome, one of the ``CASE_`` numbers.

    If the summoned party stays away, the hearing is put off by a week; after `MAX_SUMMONS` summonses the case fails.
    """
    board, born, number = tables.boards[case.settlement], case.born, case.number
    respect = p.deference * board.legitimacy
    if keyed_uniform(shift.seed, SUMMONED_STREAM, born, number, case.late) >= logistic(p.comes + respect):
        case.late += 1
        move_legitimacy(board, p.delayed, p)
        if case.late == MAX_SUMMONS:
            return refer_failed_case(shift, tables, case, p)
        case.due += WEEK
        return CASE_POSTPONED
    apply_police_presence(shift, tables, case, p)
    # Communal boards serve for a year from 1 January, so their experience begins anew; auxiliary mayors stay.
    communal = tables.authorities[case.settlement].communal == 1
    served = float(shift.month % MONTHS_A_YEAR if communal else MONTHS_A_YEAR)
    fairness = logistic(p.just + p.experience * served / MONTHS_A_YEAR)
    just = keyed_uniform(shift.seed, JUST_STREAM, born, number, 0) < fairness
    case.just = 1 if just else 0
    if keyed_uniform(shift.seed, ACCEPT_STREAM, born, number, 0) >= logistic(
        p.accept + respect + p.public * board.organised
    ):
        return refer_failed_case(shift, tables, case, p)
    record_ruling(shift, case, p)
    case.step = IN_COMPLIANCE
    case.due += SHIFTS * p.comply_days
    return CASE_RULED


@kernel
def record_ruling(shift: ShiftContext, case: CommunalCase, p: CommunalAuthority) -> None:
    """Record in the monthly counts the end of an accepted case: an agreement or a ruling."""
    u, row = keyed_uniform(shift.seed, RULING_STREAM, case.born, case.number, 0), shift.tally[0]
    # One uniform decides both: above `agree` its remainder, rescaled to [0, 1), chooses the ruling.
    kind = int((u - p.agree) / (1.0 - p.agree) * N_RULINGS) if u >= p.agree else -1
    if kind < 0:
        row.agreements += 1.0
    elif kind == APOLOGY:
        row.apologies += 1.0
    elif kind == REPARATION:
        row.reparations += 1.0
    elif kind == COMMUNITY_WORK:
        row.community_work += 1.0
    elif kind == FINE:
        row.fines += 1.0
    else:
        row.losses_of_services += 1.0


@kernel
def refer_failed_case(shift: ShiftContext, tables: HearingTables, case: CommunalCase, p: CommunalAuthority) -> int:
    """Refer a failed case to the higher board, to the state or to nobody; return the outcome.

    Legitimacy moves to 0.5 if the ruling was just, else to 0.
    """
    z, born, number = case.settlement, case.born, case.number
    move_legitimacy(tables.boards[z], 0.5 if case.just == 1 else 0.0, p)
    communal = tables.authorities[z].communal == 1 and case.step != AT_HIGHER
    if communal and keyed_uniform(shift.seed, HIGHER_BOARD_STREAM, born, number, 0) < p.higher:
        case.step = AT_HIGHER
        case.due += 2 * WEEK
        shift.tally[0].to_higher_board += 1.0
        return CASE_TO_HIGHER
    return CASE_TO_STATE if keyed_uniform(shift.seed, HAND_OVER, born, number, 0) < p.hand_over else CASE_NO_REMEDY


@kernel
def advance_case(shift: ShiftContext, tables: HearingTables, case: CommunalCase, p: CommunalAuthority) -> int:
    """Advance a case by one step, from hearing to compliance to higher board; return the outcome."""
    board, born, number = tables.boards[case.settlement], case.born, case.number
    if case.step == AT_HEARING:
        return hold_hearing(shift, tables, case, p)
    if case.step == IN_COMPLIANCE:
        if keyed_uniform(shift.seed, COMPLY_STREAM, born, number, 0) >= p.comply:
            shift.tally[0].rulings_broken += 1.0
            return refer_failed_case(shift, tables, case, p)
        shift.tally[0].rulings_kept += 1.0
        move_legitimacy(board, 1.0 if case.just == 1 else 0.0, p)
        return CASE_CLOSED
    if keyed_uniform(shift.seed, HIGHER_BOARD_SETTLES_STREAM, born, number, 0) < p.higher_settles:
        return CASE_CLOSED
    return refer_failed_case(shift, tables, case, p)


@kernel
def count_watched(shift: ShiftContext, guard: int) -> None:
    """Count the crimes of the shift that communities prevented by their own watch, guard number ``guard``."""
    for k in range(shift.day.counts[SPARED]):
        if shift.day.spared[k].guard == guard:
            shift.tally[0].watched += 1.0


@kernel
def advance_due_cases(shift: ShiftContext, tables: HearingTables) -> None:
    """Advance by one step every case that is due; append to `day.hearings` and drop concluded cases."""
    # Open cases are moved up to the front of the table as it is read.
    left = 0
    for k in range(tables.cases_count[0]):
        case = tables.cases[k]
        if case.due <= shift.tick:
            outcome = advance_case(shift, tables, case, tables.parameters[case.settlement])
            row = shift.day.hearings[shift.day.counts[HEARINGS]]
            row.born, row.number, row.outcome = case.born, case.number, outcome
            shift.day.counts[HEARINGS] += 1
            if outcome in (CASE_CLOSED, CASE_TO_STATE, CASE_NO_REMEDY):
                record_case_outcome(shift, tables, case, outcome)
                continue
        tables.cases[left] = case
        left += 1
    tables.cases_count[0] = left


@kernel
def record_case_outcome(shift: ShiftContext, tables: HearingTables, case: CommunalCase, outcome: int) -> None:
    """Record a concluded case in the monthly counts by its outcome.

    A conciliation is counted neither as closed nor as a remedy where a woman was hurt at home; updates `homes.ruled`.
    """
    row, i = shift.tally[0], case.victim
    row.cases += 1.0
    if outcome == CASE_CLOSED and case.kind == DOMESTIC:
        tables.homes[i].ruled = shift.tick + YEAR
        row.domestic_conciliated += 1.0
    elif outcome == CASE_CLOSED:
        row.closed += 1.0
    elif outcome == CASE_TO_STATE:
        row.handed_over += 1.0
    elif shift.ground.people[i].female == 1:
        row.women_without_remedy += 1.0
    else:
        row.men_without_remedy += 1.0


@kernel
def update_board_month(shift: ShiftContext, tables: HearingTables, new_year: bool) -> None:
    """Decide consent to joint patrols and the strength of each community's watch for the month.

    Updates `boards.links`, `boards.consents`, `boards.watch`.  On 1 January the members of a communal board change,
    so its links with the police begin anew, unless a protocol carries them over.
    """
    for a in range(len(tables.boards)):
        authority, board = tables.authorities[a], tables.boards[a]
        p, d = tables.parameters[authority.settlement], tables.deliberation[authority.settlement]
        if new_year and authority.communal == 1:
            board.links *= 0.5 * protocol_strength(board, p.protocol, d)
        consent = logistic(p.consent + p.consent_links * board.links)
        agreed = keyed_uniform(shift.seed, CONSENTS_STREAM, shift.month, a, 0) < consent * board.invites
        board.consents = 1 if agreed else 0
        joint = p.watch_joint * board.consents
        kept_away = p.watch if d.watches == 0 else d.watch_effect * board.watching
        board.watch = kept_away * board.organised * (1.0 + joint)


def initialise(world: World) -> None:
    """Initialise the boards: residents, organisation, legitimacy, phone numbers and invitations.

    Boards that never invite the police are drawn anew for every seed.
    """
    town, parameters, people = world.town, world.parameters, world.town.people
    legitimacy, phones = parameters[CommunalAuthority]["legitimacy"], parameters[Consultation]["phones"]
    closed = parameters[BoardParameters]["share_not_inviting"]
    for a, (board, settlement) in enumerate(zip(world.state[BOARDS], town.settlements, strict=True)):
        board.met = board.asked = board.heard = board.problem = -1
        board.organised = settlement.organised
        board.residents = int(np.count_nonzero((people["settlement"] == a) & (people["arrives"] < 0)))
        board.legitimacy, board.phones = legitimacy[a], phones[a]
        # Drawn by seed and settlement number, so that refusing the police is never tied to a named place.
        stays_away = settlement.kind != "town" and keyed_uniform(world.seed, INVITES_STREAM, 0, a, 0) < closed[a]
        board.invites = 0 if stays_away else 1


def calibrate_board_standing(world: World) -> None:
    """Set the legitimacy of the site, and the standing at which each board's usual cases leave it there.

    Called once, after the warm-up, so that legitimacy has no trend of its own (F14).
    """
    boards, legitimacy = world.state[BOARDS], world.parameters[CommunalAuthority]["legitimacy"]
    showings = float(boards["showings"].sum())
    if showings > 0.0:
        boards["legitimacy"] = legitimacy
        boards["standing"] = 1.0 / (1.0 + np.exp(-legitimacy)) - float(boards["shown"].sum()) / showings


def council_members_by_settlement(world: World) -> tuple[IntArray, IntArray]:
    """Return the index of the first council member of each settlement, and the members by settlement."""
    people = world.town.people
    return group_by_settlement(people, people["council"] == 1, world.town.n_settlements)


def residents_by_settlement(world: World) -> tuple[IntArray, IntArray]:
    """Return the index of the first resident of each settlement, and the residents by settlement."""
    return group_by_settlement(world.town.people, np.ones(world.town.n_people, bool), world.town.n_settlements)


def group_by_settlement(people: Rows[Person], chosen: BoolArray, n_settlements: int) -> tuple[IntArray, IntArray]:
    """Return the index of the first chosen resident of each settlement, and these by settlement."""
    members = np.flatnonzero(chosen)
    order = np.argsort(people["settlement"][members], kind="stable")
    counts = np.bincount(people["settlement"][members], minlength=n_settlements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members[order].astype(np.int64)


@python_step(flags=MORNINGS | FIRST_DAYS)
def open_month(world: World) -> None:
    """Decide consent and watch for the month."""
    before = world.state[BOARDS]["watch"].copy()
    update_board_month(world.shift_context(), world.view(HearingTables), world.date.month == 1)
    if (before != world.state[BOARDS]["watch"]).any():
        world.hazard_factors.write_guard(world, MECHANISM.name)


@kernel_step(count_watched)
def count_prevented(world: World) -> KernelArguments:
    """Return the arguments of `count_watched`."""
    return world.shift_context(), world.hazard_factors.guard_numbers[MECHANISM.name]


def room_for_hearings(world: World) -> Room:
    """Return the rows that a hearing of every case needs."""
    return {HEARINGS: rows_of(CASES), IMPRESSIONS: rows_of(CASES)}


@kernel_step(advance_due_cases, room_for_hearings)
def hear(world: World) -> KernelArguments:
    """Return the arguments of `advance_due_cases`."""
    return world.shift_context(), world.view(HearingTables)


step = in_order(open_month, count_prevented, hear, learn)
"""Advance the cases that are due; on the first morning of a month, decide consent and watch."""


def apply_watch(world: World, place: FloatArray) -> None:
    """Lower the hazard of property crime by night where communities keep watch."""
    watch = world.state[BOARDS]["watch"]
    settlement = world.town.cells["settlement"]
    kept = np.where(settlement >= 0, watch[np.maximum(settlement, 0)], 0.0)
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, IS_PROPERTY == 1] *= 1.0 - kept


def mean_legitimacy(month: MonthSnapshot) -> float:
    """Return the mean legitimacy of the boards, 0 to 1; nan without boards."""
    boards = month.boards
    return float(np.mean(1.0 / (1.0 + np.exp(-boards["legitimacy"])))) if len(boards) else math.nan


def cases_per_authority(month: MonthSnapshot) -> float:
    """Return the open cases per communal authority."""
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
