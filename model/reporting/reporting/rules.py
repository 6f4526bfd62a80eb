"""M11, reporting: victims choose whom to tell, and whether to file a formal complaint.

Both choices are discrete choices: a multinomial logit among channels and nobody, then a logit for the complaint.
Switched off, a constant share of each type is told.
"""

from __future__ import annotations

import numpy as np

from model.community.board_memory.rules import board_informed_of_call
from model.community.communal_authority.schema import CommunalAuthority
from model.community.deliberation.rules import DeliberationTables, decide_case
from model.crime.deterrence.schema import Deterrence
from model.engine.calendar import EVENING, LAST_MINUTE, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.elementary import exp, log1p
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.rows import FloatArray, IntArray, Rows
from model.gangs.capture.rules import learns_of_report
from model.gangs.capture.schema import Capture
from model.gangs.narcos.schema import PROTECTED, Narcos
from model.police.chief.schema import ChiefRow
from model.police.patrol.rules import first_covering_plan_visit
from model.police.pressure.rules import turn_victim_away
from model.police.pressure.schema import FigureRow, Pressure
from model.reporting.reporting.schema import (
    ALL_TELL,
    CALL_DELAY,
    CAPTURED_STREAM,
    FIRST_RATIFIED,
    FOUND_STREAM,
    HAS_NUMBER,
    HOURS_IN_TIME,
    LEAK_STREAM,
    LINE_STREAM,
    LOSS_UNIT,
    N_CHANNELS,
    NONE_TELL,
    RATIFY_STREAM,
    RELUCTANT_STREAM,
    SUMMONS_STREAM,
    TELL_STREAM,
    UNANSWERED_CALL,
    WRITTEN_COLUMNS,
    Reporting,
    ReportingHistory,
)
from model.reporting.response.schema import Response
from model.town.crime_kinds import DOMESTIC, EXTORTION, HOMICIDE, rates_by_kind
from model.town.territory import Cell
from model.trust.events.rules import record_event
from model.trust.ledger.rules import trust_now
from model.world.binding import computed, count_of, of
from model.world.columns import ResidentState
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import (
    ANONYMOUS,
    AT_STATION,
    BY_EXTORTION,
    BY_GANG,
    BY_PHONE,
    CALLS,
    COMMUNAL,
    IMPRESSIONS,
    INCIDENTS,
    NO_LINE,
    NOBODY,
    OWN_PHONE,
    PROSECUTOR,
    PUNISHMENT,
    TO_PATROL,
    UNSERVEDS,
    Incident,
)
from model.world.state import CASES, Board, CommunalCase, FacilityResources
from model.world.steps import KernelArguments, Room, kernel_step, rows_of


@kernel
def fear_of_offender(row: Incident, fear: float, p: Reporting) -> float:
    """Return the disutility (log-odds) of telling for fear of an offender with power over the victim, else 0."""
    threatens = row.kind == EXTORTION or row.motive == BY_GANG
    threatens = threatens or row.motive == BY_EXTORTION or row.motive == PUNISHMENT
    return p.fear * fear if threatens else 0.0


def readiness_by_kind(world: World) -> FloatArray:
    """Return the readiness to tell over that of robbery (log-odds), by settlement and kind of crime."""
    p = world.parameters[Reporting]
    readiness: FloatArray = p["by_kind"][:, None] * rates_by_kind(p, "told")
    return readiness


class CaseTables(TableBundle):
    """Cases of communal authorities, and the parameters of their hearings."""

    cases: Rows[CommunalCase]
    cases_count: IntArray = count_of(CASES)
    authority: Rows[CommunalAuthority]
    reporting: Rows[Reporting]


class ReportingTables(TableBundle):
    """Tables of those whom victims can tell, and parameters of the choice.

    ``readiness`` is the readiness to tell by settlement and kind, over that of robbery (log-odds); ``pull`` is room for
    exp(utility) of each channel.
    """

    boards: Rows[Board]
    means: Rows[FacilityResources]
    cases: CaseTables
    reporting: Rows[Reporting]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]
    pressure: Rows[Pressure]
    figures: Rows[FigureRow]
    deterrence: Rows[Deterrence]
    narcos: Rows[Narcos]
    protected: IntArray = of(PROTECTED)
    readiness: FloatArray = computed(readiness_by_kind)
    pull: FloatArray = computed(lambda world: np.zeros(N_CHANNELS))
    deliberation: DeliberationTables
    chiefs: Rows[ChiefRow]
    capture: Rows[Capture]


@kernel
def channel_utilities(shift: ShiftContext, row: Incident, tables: ReportingTables, trust: float, at_hand: bool) -> None:
    """Write exp(utility) of every channel for the victim of an incident to `tables.pull`, 0 where it is closed.

    ``trust`` is that of the victim (0-1); ``at_hand`` says whether a couple is at the place.
    """
    i = row.teller
    person = shift.ground.people[i]
    z, home = person.settlement, shift.ground.cells[person.home]
    p, authority, board, pull = tables.reporting[z], tables.authority[z], tables.boards[z], tables.pull
    silence = tables.narcos[z].silence if tables.protected[person.home] >= 0 else 0.0
    common = p.intercept - silence + tables.readiness[z, row.kind] + p.severity * row.severity
    common += p.loss * log1p(row.loss / LOSS_UNIT)
    faith = p.trust * (trust - 0.5)
    # Fear counts half by telephone: nobody is seen with the police.
    dread = fear_of_offender(row, shift.minds[i].fear, p)
    extortion = row.kind == EXTORTION
    has_number = person.council == 1 and keyed_uniform(shift.seed, HAS_NUMBER, 0, i, 0) < board.phones
    pull[TO_PATROL] = exp(common + p.patrol + faith - dread) if at_hand else 0.0
    pull[BY_PHONE] = exp(common + faith - dread / 2.0)
    pull[AT_STATION] = exp(common + p.station + faith - p.minutes * home.minutes / MINUTES_AN_HOUR - dread)
    pull[OWN_PHONE] = exp(common + p.own_phone + faith - dread / 2.0) if has_number else 0.0
    pull[COMMUNAL] = 0.0
    if authority.reach > 0.0 and not extortion:
        deference = authority.deference * board.legitimacy
        pull[COMMUNAL] = authority.reach * exp(common + authority.near + deference)
    pull[PROSECUTOR] = exp(common + p.prosecutor - p.minutes * home.seat_minutes / MINUTES_AN_HOUR - dread)
    pull[ANONYMOUS] = exp(common + p.anonymous + faith) if extortion else 0.0


@kernel
def choose_channel(pull: FloatArray, u: float) -> int:
    """Return the channel that a uniform number selects in a multinomial logit; telling nobody has utility 0.

    ``pull`` is exp(utility) of each channel, 0 where it is closed.
    """
    # Inverse of the cumulated probabilities, nobody first: a channel that closes moves few choices of a twin world.
    total = 1.0
    for channel in range(len(pull)):
        total += pull[channel]
    reached = 1.0 / total
    if u < reached:
        return NOBODY
    last = NOBODY
    for channel in range(len(pull)):
        if pull[channel] > 0.0:
            reached += pull[channel] / total
            last = channel
            if u < reached:
                return channel
    return last  # rounding can leave the sum below u


@kernel
def append_call(shift: ShiftContext, k: int, board: int, p: Reporting) -> None:
    """Append the call for help about incident k to `day.calls`; ``board`` hears what becomes of it, -1 for none."""
    day, tick = shift.day, shift.tick
    row = day.incidents[k]
    line = day.calls[day.counts[CALLS]]
    line.board = board
    line.born, line.number, line.cell = tick, row.number, row.cell
    line.teller, line.incident = row.teller, k
    delay = p.call_delay * keyed_uniform(shift.seed, CALL_DELAY, tick, row.number, 0)
    line.minute = min(LAST_MINUTE, row.minute + delay)
    line.since, line.severity = line.minute, row.severity
    day.counts[CALLS] += 1


@kernel
def append_unserved_call(shift: ShiftContext, teller: int, born: int, number: int, reason: int, board: int) -> None:
    """Record a call that nobody will answer; appends to `day.unserved` and `day.impressions`."""
    day = shift.day
    lost = day.unserved[day.counts[UNSERVEDS]]
    lost.born, lost.number, lost.reason, lost.board, lost.cell = born, number, reason, board, NOBODY
    day.counts[UNSERVEDS] += 1
    record_event(shift, teller, UNANSWERED_CALL, shift.trust[shift.ground.people[teller].settlement].unanswered)


@kernel
def open_communal_case(shift: ShiftContext, tables: CaseTables, row: Incident, settlement: int, put_off: int) -> None:
    """Bring an incident before the communal authority of a settlement; appends to `cases`.

    The hearing is in the afternoon, after the shortest time of the authority, the days by which its board has put it
    off, and the wait for a summons.
    """
    case = tables.cases[tables.cases_count[0]]
    summons = tables.reporting[settlement].summons_days
    summons *= keyed_uniform(shift.seed, SUMMONS_STREAM, shift.tick, row.number, 0)
    wait = tables.authority[settlement].days + put_off + int(summons)
    case.born, case.number = shift.tick, row.number
    case.due = SHIFTS * (shift.tick // SHIFTS + wait) + EVENING
    case.victim, case.settlement, case.cell = row.teller, settlement, row.cell
    case.kind, case.step, case.late, case.just = row.kind, 0, 0, 0
    tables.cases_count[0] += 1


@kernel
def file_complaint(shift: ShiftContext, row: Incident, p: Reporting) -> None:
    """File a formal complaint, in time for the judge if it is ratified within `HOURS_IN_TIME`.

    Updates `incidents.complaint`, `incidents.in_time`.
    """
    row.complaint = 1
    u = keyed_uniform(shift.seed, RATIFY_STREAM, shift.tick, row.number, 1)
    hours = FIRST_RATIFIED + (p.ratify_within - FIRST_RATIFIED) * u
    row.in_time = 1 if hours < HOURS_IN_TIME else 0


@kernel
def apply_telling_experiment(row: Incident, p: Reporting, tick: int, seed: int) -> bool:
    """Silence some who would tell, or make some who would not telephone; return whether the latter happened.

    Updates `incidents.told`.
    """
    if row.told == NOBODY:
        if keyed_uniform(seed, ALL_TELL, tick, row.number, 0) < p.all_tell:
            row.told = BY_PHONE
            return True
    elif row.told != COMMUNAL and keyed_uniform(seed, NONE_TELL, tick, row.number, 0) < p.none_tell:
        row.told = NOBODY
    return False


@kernel
def leaks_to_clique(row: Incident, tables: ReportingTables, station: int, p: Reporting, tick: int, seed: int) -> bool:
    """Return whether a clique learns who reported extortion: openly, from somebody at a station, or from its chief."""
    if row.told != ANONYMOUS:
        return True
    u = keyed_uniform(seed, LEAK_STREAM, tick, row.number, 1)
    if learns_of_report(tables.chiefs, station, row.clique, tables.capture[0], u):
        return True
    # Stations are drawn at tick 0: the same ones leak throughout a run.
    captured = station >= 0 and keyed_uniform(seed, CAPTURED_STREAM, 0, station, 0) < p.captured
    return captured and keyed_uniform(seed, LEAK_STREAM, tick, row.number, 0) < p.leak


@kernel
def report_crime(shift: ShiftContext, tables: ReportingTables, k: int, at_hand: bool) -> None:
    """Choose the channel of the victim of incident k; the hearing, the call and the complaint follow.

    Updates the incident and `minds.spoke`; appends to `cases`, `day.calls`, `day.unserved`, `day.impressions`.
    """
    row, tick, seed = shift.day.incidents[k], shift.tick, shift.seed
    person, here = shift.ground.people[row.teller], shift.ground.cells[row.cell]
    z, station = person.settlement, here.facility
    p = tables.reporting[z]
    trust = trust_now(shift.minds[row.teller], tick, shift.trust[z]) + p.lift
    channel_utilities(shift, row, tables, trust, at_hand)
    row.told = choose_channel(tables.pull, keyed_uniform(seed, TELL_STREAM, tick, row.number, 0))
    if row.kind == HOMICIDE:
        row.told = BY_PHONE
    reluctant = apply_telling_experiment(row, p, tick, seed)
    turn_victim_away(shift, k, tables.figures, station, tables.pressure[max(here.settlement, 0)])
    if row.told == COMMUNAL:
        put_off = decide_case(shift, tables.deliberation, row, row.victim, z)
        if put_off >= 0:
            open_communal_case(shift, tables.cases, row, z, put_off)
    elif row.kind == EXTORTION and row.told != NOBODY and leaks_to_clique(row, tables, station, p, tick, seed):
        shift.minds[row.teller].spoke = tick
    board = board_informed_of_call(person, here, tables.boards[z], tick % SHIFTS == NIGHT, row.handed == 1)
    follow_up_report(shift, tables, k, board, trust, p.newcomers if reluctant else 1.0)


@kernel
def report_crimes(shift: ShiftContext, tables: ReportingTables) -> None:
    """Report the crimes of the shift, or not; untold ones before the eyes of a couple may be found.

    Victims of domestic violence choose in `seeking_help`.
    """
    day = shift.day
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row.kind == DOMESTIC:
            continue
        z = max(shift.ground.cells[row.cell].settlement, 0)
        visit = first_covering_plan_visit(day, row.cell, row.minute, tables.deterrence[z].residual)
        if row.teller >= 0:
            z = shift.ground.people[row.teller].settlement
            report_crime(shift, tables, k, visit >= 0)
        known_to_state = row.handed == 1 or (row.told != NOBODY and row.told != COMMUNAL)
        if known_to_state or visit < 0:
            continue
        if keyed_uniform(shift.seed, FOUND_STREAM, shift.tick, row.number, 0) < tables.reporting[z].found:
            row.found = 1


@kernel
def follow_up_report(
    shift: ShiftContext, tables: ReportingTables, k: int, board: int, trust: float, zeal: float
) -> None:
    """Make the call and the formal complaint that follow from the channel of incident k.

    ``board`` hears what becomes of the call, -1 for none; ``trust`` is that of the victim (0-1); ``zeal`` is the chance
    that the victim goes through with either, below 1 for the reluctant.  A case that a board took to the prosecutor is
    a complaint already.  Updates `incidents.complaint`, `incidents.in_time`; appends to `day.calls`, `day.unserved`
    and `day.impressions`.
    """
    row, tick, seed = shift.day.incidents[k], shift.tick, shift.seed
    told, number = row.told, row.number
    if row.kind == HOMICIDE or told == PROSECUTOR:
        row.complaint, row.in_time = 1, 1
    if told == NOBODY or (told == COMMUNAL and row.handed == 0):
        return
    person = shift.ground.people[row.teller]
    home, p = shift.ground.cells[person.home], tables.reporting[person.settlement]
    if told == TO_PATROL or (row.handed == 1 and row.complaint == 0):
        append_call(shift, k, board, p)
    elif told in (BY_PHONE, OWN_PHONE) and (
        zeal == 1.0 or keyed_uniform(seed, RELUCTANT_STREAM, tick, number, 0) < zeal
    ):
        answered = home.facility < 0 or tables.means[home.facility].phone == 1
        if told == BY_PHONE:
            response = tables.response[max(shift.ground.cells[row.cell].settlement, 0)]
            answered = keyed_uniform(seed, LINE_STREAM, tick, number, 0) < response.line_answered
        if answered:
            append_call(shift, k, board, p)
        else:
            append_unserved_call(shift, row.teller, tick, number, NO_LINE, board)
    chance = zeal * complaint_probability(row, shift.minds[row.teller], home, p, trust)
    if row.complaint == 0 and keyed_uniform(seed, RATIFY_STREAM, tick, number, 0) < chance:
        file_complaint(shift, row, p)


@kernel
def complaint_probability(row: Incident, mind: ResidentState, home: Cell, p: Reporting, trust: float) -> float:
    """Return the probability that somebody who told a state body files a formal complaint; ``trust`` is 0-1."""
    utility = p.follow + p.follow_severity * row.severity + p.useful * mind.useful
    utility += p.follow_trust * (trust - 0.5) + p.accompaniment - p.trip * home.seat_minutes / MINUTES_AN_HOUR
    return logistic(utility - fear_of_offender(row, mind.fear, p))


def room_for_reports(world: World) -> Room:
    """Return the rows that reports may need: one of each table for every incident."""
    return dict.fromkeys((CALLS, UNSERVEDS, IMPRESSIONS, CASES, CHOICES), rows_of(INCIDENTS))


@kernel_step(report_crimes, room_for_reports)
def step(world: World) -> KernelArguments:
    """Report the crimes of the shift, or not, as their victims choose."""
    return world.shift_context(), world.view(ReportingTables)


MECHANISM = Mechanism(
    group=Reporting,
    mind=ReportingHistory,
    causes=(UNANSWERED_CALL,),
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("crimes_told", "complaints_filed")),
)
