"""M11, reporting as two choices: tell whom, and follow through with the formal complaint (ODD 6.8).

Switched off, a constant share of each type is told.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.board_memory.rules import board_informed_of_call
from model.community.board_memory.schema import NIGHT_SHIFT
from model.community.communal_authority.schema import CommunalAuthority
from model.community.deliberation.rules import DeliberationTables, decide_case
from model.crime.deterrence.schema import Deterrence
from model.engine.kernels import TableBundle, allocating_kernel, kernel
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
    FOUND_STREAM,
    HAS_NUMBER,
    LEAK_STREAM,
    LINE_STREAM,
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
    ShiftEventTables,
)
from model.world.state import CASES, Board, CommunalCase, FacilityResources


@kernel
def fear_of_offender(row: Incident, fear: float, p: Reporting) -> float:
    """What fear of the offender takes away (log-odds), where the offender has a hold."""
    holds = row.kind == EXTORTION or row.motive == BY_GANG
    holds = holds or row.motive == BY_EXTORTION or row.motive == PUNISHMENT
    return p.fear * fear if holds else 0.0


@kernel
def channel_utilities(
    row: Incident,
    home: Cell,
    mind: ResidentState,
    board: Board,
    reach: float,
    authority: CommunalAuthority,
    at_hand: bool,
    has_number: bool,
    p: Reporting,
    trust: float,
    silence: float,
    ready: float,
    out: FloatArray,
) -> None:
    """Write the pull (exp of utility) of every channel for this victim into ``out``; 0 where it is not open."""
    common = p.intercept - silence + ready + p.severity * row.severity
    common += p.loss * math.log1p(row.loss / 100.0)
    faith = p.trust * (trust - 0.5)
    dread = fear_of_offender(row, mind.fear, p)
    extortion = row.kind == EXTORTION
    out[TO_PATROL] = math.exp(common + p.patrol + faith - dread) if at_hand else 0.0
    out[BY_PHONE] = math.exp(common + faith - dread / 2.0)
    out[AT_STATION] = math.exp(common + p.station + faith - p.minutes * home.minutes / 60.0 - dread)
    out[OWN_PHONE] = math.exp(common + p.own_phone + faith - dread / 2.0) if has_number else 0.0
    out[COMMUNAL] = 0.0
    if reach > 0.0 and not extortion:
        out[COMMUNAL] = reach * math.exp(common + authority.near + authority.deference * board.legitimacy)
    out[PROSECUTOR] = math.exp(common + p.prosecutor - p.minutes * home.seat_minutes / 60.0 - dread)
    out[ANONYMOUS] = math.exp(common + p.anonymous + faith) if extortion else 0.0


@kernel
def choose_channel(pull: FloatArray, u: float) -> int:
    """Channel that belongs to luck u: nobody first, then the channels in order."""
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
    return last


@kernel
def append_call(day: ShiftEventTables, k: int, board: int, tick: int, seed: int) -> None:
    """Write the call for help that belongs to an incident, and the board that will know what became of it."""
    row = day.incidents[k]
    line = day.calls[day.counts[CALLS]]
    line.board = board
    line.born, line.number, line.cell = tick, row.number, row.cell
    line.teller, line.incident = row.teller, k
    line.minute = min(479.0, row.minute + 20.0 * keyed_uniform(seed, CALL_DELAY, tick, row.number, 0))
    line.since, line.severity = line.minute, row.severity
    day.counts[CALLS] += 1


@kernel
def append_unserved_call(stage: ShiftContext, teller: int, born: int, number: int, reason: int, board: int) -> None:
    """Record a call that nobody will answer; appends to `day.unserved` and `day.impressions`."""
    day = stage.day
    lost = day.unserved[day.counts[UNSERVEDS]]
    lost.born, lost.number, lost.reason, lost.board = born, number, reason, board
    day.counts[UNSERVEDS] += 1
    record_event(stage, teller, UNANSWERED_CALL, stage.trust[stage.ground.people[teller].settlement].unanswered)


@kernel
def open_communal_case(
    cases: Rows[CommunalCase], count: IntArray, row: Incident, settlement: int, days: int, tick: int, seed: int
) -> None:
    """Bring an incident before the communal authority; the hearing is some days later, in the afternoon."""
    case = cases[count[0]]
    wait = days + int(7.0 * keyed_uniform(seed, SUMMONS_STREAM, tick, row.number, 0))
    case.born, case.number, case.due = tick, row.number, 3 * (tick // 3 + wait) + 1
    case.victim, case.settlement, case.cell = row.teller, settlement, row.cell
    case.kind, case.step, case.late, case.just = row.kind, 0, 0, 0
    count[0] += 1


def reporting_readiness(world: World) -> FloatArray:
    """Return how ready victims are to report, by settlement and kind."""
    p = world.parameters[Reporting]
    readiness: FloatArray = p["by_kind"][:, None] * rates_by_kind(p, "told")
    return readiness


class ReportingTables(TableBundle):
    """Whom victims can tell, how they are received, and the numbers by which they choose.

    ``ready`` is the readiness to tell by settlement and kind, over that of robbery (log-odds).
    """

    boards: Rows[Board]
    means: Rows[FacilityResources]
    cases: Rows[CommunalCase]
    cases_count: IntArray = count_of(CASES)
    reporting: Rows[Reporting]
    authority: Rows[CommunalAuthority]
    response: Rows[Response]
    pressure: Rows[Pressure]
    figures: Rows[FigureRow]
    deterrence: Rows[Deterrence]
    narcos: Rows[Narcos]
    protected: IntArray = of(PROTECTED)
    ready: FloatArray = computed(reporting_readiness)
    bench: DeliberationTables
    chiefs: Rows[ChiefRow]
    capture: Rows[Capture]


@kernel
def file_complaint(row: Incident, tick: int, seed: int) -> None:
    """File a formal complaint, in time for the judge if it is ratified within a day of the crime."""
    row.complaint = 1
    row.in_time = 1 if 2.0 + 46.0 * keyed_uniform(seed, RATIFY_STREAM, tick, row.number, 1) < 24.0 else 0


@kernel
def apply_telling_experiment(row: Incident, p: Reporting, tick: int, seed: int) -> bool:
    """Let an experiment silence who would tell, or make who would not telephone; whether the latter did."""
    if row.told == NOBODY:
        if keyed_uniform(seed, ALL_TELL, tick, row.number, 0) < p.all_tell:
            row.told = BY_PHONE
            return True
    elif row.told != COMMUNAL and keyed_uniform(seed, NONE_TELL, tick, row.number, 0) < p.none_tell:
        row.told = NOBODY
    return False


@kernel
def leaks_to_clique(row: Incident, desk: ReportingTables, station: int, p: Reporting, tick: int, seed: int) -> bool:
    """Whether a clique learns who told of extortion: openly, from somebody at a station, or from its chief."""
    if row.told != ANONYMOUS:
        return True
    if learns_of_report(
        desk.chiefs, station, row.clique, desk.capture[0], keyed_uniform(seed, LEAK_STREAM, tick, row.number, 1)
    ):
        return True
    captured = station >= 0 and keyed_uniform(seed, CAPTURED_STREAM, 0, station, 0) < p.captured
    return captured and keyed_uniform(seed, LEAK_STREAM, tick, row.number, 0) < p.leak


@allocating_kernel
def report_crimes(stage: ShiftContext, desk: ReportingTables) -> None:
    """Let every victim choose; then calls, complaints and findings follow."""
    day, ground, minds, trust, tick, seed = stage.day, stage.ground, stage.minds, stage.trust, stage.tick, stage.seed
    pull = np.zeros(N_CHANNELS)
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row.kind == DOMESTIC:  # women choose otherwise: seeking_help
            continue
        i, number, here = row.teller, row.number, ground.cells[row.cell]
        at = max(here.settlement, 0)
        visit = first_covering_plan_visit(day, row.cell, row.minute, desk.deterrence[at].residual)
        z = at
        if i >= 0:
            z = ground.people[i].settlement
            home = ground.cells[ground.people[i].home]
            p, a = desk.reporting[z], desk.authority[z]
            silence = desk.narcos[z].silence if desk.protected[ground.people[i].home] >= 0 else 0.0
            now = trust_now(minds[i], tick, trust[z]) + p.lift
            has_number = (
                ground.people[i].council == 1 and keyed_uniform(seed, HAS_NUMBER, 0, i, 0) < desk.boards[z].phones
            )
            ready = desk.ready[z, row.kind]
            channel_utilities(
                row, home, minds[i], desk.boards[z], a.reach, a, visit >= 0, has_number, p, now, silence, ready, pull
            )
            row.told = choose_channel(pull, keyed_uniform(seed, TELL_STREAM, tick, number, 0))
            if row.kind == HOMICIDE:
                row.told = BY_PHONE
            reluctant = apply_telling_experiment(row, p, tick, seed)
            station = here.facility
            turn_victim_away(stage, k, desk.figures, station, desk.pressure[at])
            if row.told == COMMUNAL:
                days = decide_case(stage, desk.bench, row, row.victim, z)
                if days >= 0:
                    open_communal_case(desk.cases, desk.cases_count, row, z, a.days + days, tick, seed)
            elif row.kind == EXTORTION and row.told != NOBODY and leaks_to_clique(row, desk, station, p, tick, seed):
                minds[i].spoke = tick
            zeal = p.newcomers if reluctant else 1.0
            part = board_informed_of_call(
                ground.people[i], here, desk.boards[z], tick % 3 == NIGHT_SHIFT, row.handed == 1
            )
            follow_up_report(stage, k, home, part, desk.means, p, desk.response[at], now, zeal)
        state_knows = row.handed == 1 or (row.told != NOBODY and row.told != COMMUNAL)
        if (
            not state_knows
            and visit >= 0
            and keyed_uniform(seed, FOUND_STREAM, tick, number, 0) < desk.reporting[z].found
        ):
            row.found = 1


@kernel
def follow_up_report(
    stage: ShiftContext,
    k: int,
    home: Cell,
    board: int,
    means: Rows[FacilityResources],
    p: Reporting,
    response: Response,
    now: float,
    zeal: float,
) -> None:
    """Make the call and the formal complaint that follow from what was told; ``zeal`` is below 1 for the reluctant.

    What a board takes to the prosecutor is a complaint already; ``board`` is the board that hears of the call.
    """
    day, minds, tick, seed = stage.day, stage.minds, stage.tick, stage.seed
    row = day.incidents[k]
    told, number = row.told, row.number
    if row.kind == HOMICIDE or told == PROSECUTOR:
        row.complaint, row.in_time = 1, 1
    if told == NOBODY or (told == COMMUNAL and row.handed == 0):
        return
    if told == TO_PATROL or (row.handed == 1 and row.complaint == 0):
        append_call(day, k, board, tick, seed)
    elif told in (BY_PHONE, OWN_PHONE) and (
        zeal == 1.0 or keyed_uniform(seed, RELUCTANT_STREAM, tick, number, 0) < zeal
    ):
        heard = home.facility < 0 or means[home.facility].phone == 1
        if told == BY_PHONE:
            heard = keyed_uniform(seed, LINE_STREAM, tick, number, 0) < response.line_answered
        if heard:
            append_call(day, k, board, tick, seed)
        else:
            append_unserved_call(stage, row.teller, tick, number, NO_LINE, board)
    chance = zeal * complaint_probability(row, minds[row.teller], home, p, now)
    if row.complaint == 0 and keyed_uniform(seed, RATIFY_STREAM, tick, number, 0) < chance:
        file_complaint(row, tick, seed)


@kernel
def complaint_probability(row: Incident, mind: ResidentState, home: Cell, p: Reporting, now: float) -> float:
    """Chance that somebody who told a state body follows through with a formal complaint."""
    wish = p.follow + p.follow_severity * row.severity + p.useful * mind.useful
    wish += p.follow_trust * (now - 0.5) + p.accompaniment - p.trip * home.seat_minutes / 60.0
    return logistic(wish - fear_of_offender(row, mind.fear, p))


def step(world: World) -> None:
    """Let victims tell, or not."""
    most = world.shift_events.counts.item(INCIDENTS)
    for table in (CALLS, UNSERVEDS, IMPRESSIONS):
        world.shift_events.reserve(table, most)
    world.state[CASES].reserve(most)
    world.state[CHOICES].reserve(most)
    world.run_kernel(report_crimes, lambda: (world.shift_context(), world.view(ReportingTables)))


MECHANISM = Mechanism(
    group=Reporting,
    mind=ReportingHistory,
    causes=(UNANSWERED_CALL,),
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("crimes_told", "complaints_filed")),
)
