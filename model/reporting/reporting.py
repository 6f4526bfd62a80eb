"""M11, reporting: victims choose to whom to report, and whether to file a formal complaint.

Both choices are discrete choices: a multinomial logit among channels and nobody, then a logit for the complaint.  Who
chooses a channel looks ahead to the complaint (nested logit).  Switched off, a constant share of each type is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.community.board_memory import board_informed_of_call
from model.community.deliberation import decide_case
from model.engine.calendar import EVENING, LAST_MINUTE, MINUTES_AN_HOUR, NIGHT, SHIFTS
from model.engine.elementary import exp, log1p
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, stream_id
from model.engine.rows import Column, Row
from model.gangs.capture import learns_of_report
from model.police.contacts import knows_officer_of
from model.police.patrol import first_covering_visit
from model.police.pressure import turn_victim_away
from model.town.crime_kinds import DOMESTIC, EXTORTION, HOMICIDE, rates_by_kind
from model.trust.events import declare_event, record_event
from model.trust.ledger import trust_now
from model.trust.service import (
    CALLING,
    COMPLAINING,
    record_call_service,
    record_case_service,
    service_utility,
)
from model.world.derived import constant, derived
from model.world.mechanism import Knockout, Mechanism
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
)
from model.world.steps import rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.simulation.columns import ResidentState
    from model.simulation.world import Simulation, World
    from model.town.territory import Cell
    from model.world.shift_events import (
        Incident,
    )
    from model.world.steps import Room

TELL_STREAM, CALL_DELAY, LINE_STREAM, RATIFY_STREAM, FOUND_STREAM = (
    stream_id("tell"),
    stream_id("call delay"),
    stream_id("line"),
    stream_id("ratify"),
    stream_id("found"),
)
NONE_TELL, ALL_TELL, RELUCTANT_STREAM = stream_id("none tell"), stream_id("all tell"), stream_id("reluctant")
CAPTURED_STREAM, LEAK_STREAM = stream_id("captured"), stream_id("leak")
N_CHANNELS = 7
"""Channels open to victims of other crimes than domestic violence: `TO_PATROL` to `ANONYMOUS`."""
LOSS_UNIT = 100.0
"""Quetzales in which `reporting.loss` is stated."""
FIRST_RATIFIED, HOURS_IN_TIME = 2.0, 24.0
"""Hours from a crime to the earliest ratification (assumed), and those within which it is in time for the judge."""
SUMMONS_STREAM, HAS_NUMBER, KNOWN_NUMBER = stream_id("summons"), stream_id("has a number"), stream_id("known number")
UNANSWERED_CALL = declare_event("unanswered_call", 6)


@dataclass(frozen=True, init=False)
class Reporting(ParameterGroup):
    """Parameters of reporting: utilities of reports by channel, of ratifying, and delays."""

    name: ClassVar[str] = "reporting"
    evidence: ClassVar[tuple[str, ...]] = (
        "E05",
        "E06",
        "G09",
        "H01",
        "H02",
        "V01",
        "V05",
        "V06",
        "V12",
        "V14",
        "F26",
    )

    intercept: float
    by_kind: float
    theft: float
    vehicle_theft: float
    theft_from_vehicle: float
    assault: float
    extortion: float
    severity: float
    loss: float
    trust: float
    minutes: float
    fear: float
    patrol: float
    station: float
    known_number: float
    own_phone: float
    prosecutor: float
    anonymous: float
    follow: float
    follow_severity: float
    accompaniment: float
    trip: float
    trip_usual: float
    foresight: float
    found: float
    follow_trust: float
    lift: float
    none_tell: float
    all_tell: float
    newcomers: float
    captured: float
    leak: float
    call_delay: float
    ratify_within: float
    summons_days: float


class ReportingHistory(Row):
    """History of a resident's reports."""

    spoke: Annotated[int, Column("last reported extortion openly to the police", "tick", -1, "i4")]


@constant
def channel_pull(sim: Simulation) -> FloatArray:
    """Return room for exp(utility) of each channel."""
    return np.zeros(N_CHANNELS)


@kernel
def fear_of_offender(row: Incident, fear: float, p: Reporting) -> float:
    """Return the disutility (log-odds) of reporting for fear of an offender with power over the victim, else 0."""
    threatens = row.kind == EXTORTION or row.motive == BY_GANG
    threatens = threatens or row.motive == BY_EXTORTION or row.motive == PUNISHMENT
    return p.fear * fear if threatens else 0.0


@derived
def readiness_by_kind(sim: Simulation) -> FloatArray:
    """Return the readiness to report over that of robbery (log-odds), by settlement and kind of crime."""
    p = sim.p.reporting
    readiness: FloatArray = p["by_kind"][:, None] * rates_by_kind(p, "reported")
    return readiness


@kernel
def channel_utilities(w: World, row: Incident, trust: float, at_hand: bool) -> None:
    """Write exp(utility) of every channel for the victim of an incident to `channel_pull`, 0 where it is closed.

    ``trust`` is that of the victim (0-1); ``at_hand`` says whether a couple is at the place.
    """
    i = row.teller
    person = w.people[i]
    z, home = person.settlement, w.cells[person.home]
    p, authority, board, pull = w.p.reporting[z], w.p.communal_authority[z], w.boards[z], w.channel_pull
    silence = w.p.narcos[z].silence if w.protected[person.home] >= 0 else 0.0
    common = p.intercept - silence + w.readiness_by_kind[z, row.kind] + p.severity * row.severity
    common += p.loss * log1p(row.loss / LOSS_UNIT)
    faith = p.trust * (trust - 0.5)
    # Fear counts half by telephone: nobody is seen with the police.
    dread = fear_of_offender(row, w.minds[i].fear, p)
    gain = support_for_complaint(home, p)
    calls, cases = service_utility(w, i, CALLING), service_utility(w, i, COMPLAINING)
    ahead = value_of_support(complaint_utility(row, w.minds[i], home, p, trust, cases), gain, p.foresight)
    extortion = row.kind == EXTORTION
    has_number = person.council == 1 and keyed_uniform(w.seed, HAS_NUMBER, 0, i, 0) < board.phones
    if knows_officer_of(w, i, home.facility) and keyed_uniform(w.seed, KNOWN_NUMBER, 0, i, 0) < p.known_number:
        has_number = True
    pull[TO_PATROL] = exp(common + p.patrol + faith - dread + ahead) if at_hand else 0.0
    pull[BY_PHONE] = exp(common + faith - dread / 2.0 + calls + ahead)
    at_station = common + p.station + faith - p.minutes * home.minutes / MINUTES_AN_HOUR - dread
    pull[AT_STATION] = exp(at_station + cases + ahead)
    pull[OWN_PHONE] = exp(common + p.own_phone + faith - dread / 2.0 + calls + ahead) if has_number else 0.0
    pull[COMMUNAL] = 0.0
    if authority.reach > 0.0 and not extortion:
        deference = authority.deference * board.legitimacy
        pull[COMMUNAL] = authority.reach * exp(common + authority.near + deference)
    at_prosecutor = common + p.prosecutor - p.minutes * home.seat_minutes / MINUTES_AN_HOUR - dread
    pull[PROSECUTOR] = exp(at_prosecutor + cases + p.foresight * gain)
    pull[ANONYMOUS] = exp(common + p.anonymous + faith) if extortion else 0.0


@kernel
def choose_channel(pull: FloatArray, u: float) -> int:
    """Return the channel that a uniform number selects in a multinomial logit; reporting to nobody has utility 0.

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
def append_call(w: World, k: int, board: int, p: Reporting) -> None:
    """Append the call for help about incident k to `calls`; ``board`` hears what becomes of it, -1 for none."""
    tick = w.tick
    row = w.incidents[k]
    line = w.calls[w.counts[CALLS]]
    line.board = board
    line.born, line.number, line.cell = tick, row.number, row.cell
    line.teller, line.incident = row.teller, k
    delay = p.call_delay * keyed_uniform(w.seed, CALL_DELAY, tick, row.number, 0)
    line.minute = min(LAST_MINUTE, row.minute + delay)
    line.since, line.severity = line.minute, row.severity
    w.counts[CALLS] += 1


@kernel
def append_unserved_call(w: World, teller: int, born: int, number: int, reason: int, board: int) -> None:
    """Record a call that nobody will answer; appends to `unserved` and `impressions`, updates `minds`."""
    lost = w.unserved[w.counts[UNSERVEDS]]
    lost.born, lost.number, lost.reason, lost.board, lost.cell = born, number, reason, board, NOBODY
    w.counts[UNSERVEDS] += 1
    record_event(w, teller, UNANSWERED_CALL, w.p.trust[w.people[teller].settlement].unanswered)
    record_call_service(w, teller, 0.0)


@kernel
def open_communal_case(w: World, row: Incident, settlement: int, put_off: int) -> None:
    """Bring an incident before the communal authority of a settlement; appends to `cases`.

    The hearing is in the afternoon, after the shortest time of the authority, the days by which its board has put it
    off, and the wait for a summons.
    """
    case = w.cases[w.cases_count[0]]
    summons = w.p.reporting[settlement].summons_days
    summons *= keyed_uniform(w.seed, SUMMONS_STREAM, w.tick, row.number, 0)
    wait = w.p.communal_authority[settlement].days + put_off + int(summons)
    case.born, case.number = w.tick, row.number
    case.due = SHIFTS * (w.tick // SHIFTS + wait) + EVENING
    case.victim, case.settlement, case.cell = row.teller, settlement, row.cell
    case.kind, case.step, case.late, case.just = row.kind, 0, 0, 0
    w.cases_count[0] += 1


@kernel
def file_complaint(w: World, row: Incident, p: Reporting) -> None:
    """File a formal complaint, in time for the judge if it is ratified within `HOURS_IN_TIME`.

    Updates `incidents.complaint`, `incidents.in_time`.
    """
    row.complaint = 1
    u = keyed_uniform(w.seed, RATIFY_STREAM, w.tick, row.number, 1)
    hours = FIRST_RATIFIED + (p.ratify_within - FIRST_RATIFIED) * u
    row.in_time = 1 if hours < HOURS_IN_TIME else 0


@kernel
def apply_reporting_experiment(w: World, row: Incident, p: Reporting) -> bool:
    """Silence some who would report, or make some who would not telephone; return whether the latter happened.

    Updates `incidents.reported_to`.
    """
    if row.reported_to == NOBODY:
        if keyed_uniform(w.seed, ALL_TELL, w.tick, row.number, 0) < p.all_tell:
            row.reported_to = BY_PHONE
            return True
    elif row.reported_to != COMMUNAL and keyed_uniform(w.seed, NONE_TELL, w.tick, row.number, 0) < p.none_tell:
        row.reported_to = NOBODY
    return False


@kernel
def leaks_to_clique(w: World, row: Incident, station: int, p: Reporting) -> bool:
    """Return whether a clique learns who reported extortion: openly, from somebody at a station, or from its chief."""
    seed = w.seed
    if row.reported_to != ANONYMOUS:
        return True
    u = keyed_uniform(seed, LEAK_STREAM, w.tick, row.number, 1)
    if learns_of_report(w, station, row.clique, w.p.capture[0], u):
        return True
    # Stations are drawn at tick 0: the same ones leak throughout a run.
    captured = station >= 0 and keyed_uniform(seed, CAPTURED_STREAM, 0, station, 0) < p.captured
    return captured and keyed_uniform(seed, LEAK_STREAM, w.tick, row.number, 0) < p.leak


@kernel
def report_crime(w: World, k: int, at_hand: bool) -> None:
    """Choose the channel of the victim of incident k; the hearing, the call and the complaint follow.

    Updates the incident and `minds.spoke`; appends to `cases`, `calls`, `unserved`, `impressions`.
    """
    row, tick, seed = w.incidents[k], w.tick, w.seed
    person, here = w.people[row.teller], w.cells[row.cell]
    z, station = person.settlement, here.facility
    p = w.p.reporting[z]
    trust = trust_now(w.minds[row.teller], tick, w.p.trust[z]) + p.lift
    channel_utilities(w, row, trust, at_hand)
    row.reported_to = choose_channel(w.channel_pull, keyed_uniform(seed, TELL_STREAM, tick, row.number, 0))
    if row.kind == HOMICIDE:
        row.reported_to = BY_PHONE
    reluctant = apply_reporting_experiment(w, row, p)
    turn_victim_away(w, k, station, w.p.pressure[max(here.settlement, 0)])
    if row.refused == 1:
        record_case_service(w, row.teller, 0.0)
    if row.reported_to == COMMUNAL:
        put_off = decide_case(w, row, row.victim, z)
        if put_off >= 0:
            open_communal_case(w, row, z, put_off)
    elif row.kind == EXTORTION and row.reported_to != NOBODY and leaks_to_clique(w, row, station, p):
        w.minds[row.teller].spoke = tick
    board = board_informed_of_call(person, here, w.boards[z], tick % SHIFTS == NIGHT, row.handed == 1)
    follow_up_report(w, k, board, trust, p.newcomers if reluctant else 1.0)


@kernel
def follow_up_report(w: World, k: int, board: int, trust: float, zeal: float) -> None:
    """Make the call and the formal complaint that follow from the channel of incident k.

    ``board`` hears what becomes of the call, -1 for none; ``trust`` is that of the victim (0-1); ``zeal`` is the chance
    that the victim goes through with either, below 1 for the reluctant.  A case that a board took to the prosecutor is
    a complaint already.  Updates `incidents.complaint`, `incidents.in_time`; appends to `calls`, `unserved`
    and `impressions`.
    """
    row, tick, seed = w.incidents[k], w.tick, w.seed
    channel, number = row.reported_to, row.number
    if row.kind == HOMICIDE or channel == PROSECUTOR:
        row.complaint, row.in_time = 1, 1
    if channel == NOBODY or (channel == COMMUNAL and row.handed == 0):
        return
    person = w.people[row.teller]
    home, p = w.cells[person.home], w.p.reporting[person.settlement]
    if channel == TO_PATROL or (row.handed == 1 and row.complaint == 0):
        append_call(w, k, board, p)
    elif channel in (BY_PHONE, OWN_PHONE) and (
        zeal == 1.0 or keyed_uniform(seed, RELUCTANT_STREAM, tick, number, 0) < zeal
    ):
        answered = home.facility < 0 or w.facility_resources[home.facility].phone == 1
        if channel == BY_PHONE:
            response = w.p.response[max(w.cells[row.cell].settlement, 0)]
            answered = keyed_uniform(seed, LINE_STREAM, tick, number, 0) < response.line_answered
        if answered:
            append_call(w, k, board, p)
        else:
            append_unserved_call(w, row.teller, tick, number, NO_LINE, board)
    cases = service_utility(w, row.teller, COMPLAINING)
    chance = zeal * logistic(complaint_utility(row, w.minds[row.teller], home, p, trust, cases))
    if row.complaint == 0 and keyed_uniform(seed, RATIFY_STREAM, tick, number, 0) < chance:
        file_complaint(w, row, p)


@kernel
def complaint_utility(
    row: Incident, mind: ResidentState, home: Cell, p: Reporting, trust: float, service: float
) -> float:
    """Return the utility (log-odds) of a formal complaint for somebody who reports to a state body.

    ``trust`` is 0-1, ``service`` is the utility of what came of complaints (log-odds).
    """
    utility = p.follow + p.follow_severity * row.severity + service
    utility += p.follow_trust * (trust - 0.5) + p.accompaniment - p.trip * home.seat_minutes / MINUTES_AN_HOUR
    return utility - fear_of_offender(row, mind.fear, p)


@kernel
def support_for_complaint(home: Cell, p: Reporting) -> float:
    """Return what accompaniment and a shorter trip than usual add to the utility of a complaint (log-odds)."""
    return p.accompaniment + (p.trip_usual - p.trip) * home.seat_minutes / MINUTES_AN_HOUR


@kernel
def value_of_support(utility: float, gain: float, foresight: float) -> float:
    """Return what support adds to the utility of reporting, to somebody who looks ahead to the complaint (log-odds).

    A part ``foresight`` of the rise of the expected maximum utility of complaining or not, from that without support:
    ``utility`` is that of the complaint, ``gain`` the support in it.
    """
    if foresight * gain == 0.0:
        return 0.0
    return foresight * (log1p(exp(utility)) - log1p(exp(utility - gain)))


def room_for_reports(sim: Simulation) -> Room:
    """Return the rows that reports may need: one of each table for every incident."""
    return dict.fromkeys((CALLS, UNSERVEDS, IMPRESSIONS, "cases", "choices"), rows_of(INCIDENTS))


@step(room=room_for_reports)
def report(w: World) -> None:
    """Report the crimes of the shift, or not; untold ones before the eyes of a couple may be found.

    Victims of domestic violence choose in `seeking_help`.
    """
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        if row.kind == DOMESTIC:
            continue
        z = max(w.cells[row.cell].settlement, 0)
        covered = first_covering_visit(w, row.cell, row.minute, w.p.deterrence[z].residual, False) >= 0
        row.covered = 1 if covered else 0
        if row.teller >= 0:
            z = w.people[row.teller].settlement
            report_crime(w, k, covered)
        known_to_state = row.handed == 1 or (row.reported_to != NOBODY and row.reported_to != COMMUNAL)
        if known_to_state or not covered:
            continue
        if keyed_uniform(w.seed, FOUND_STREAM, w.tick, row.number, 0) < w.p.reporting[z].found:
            row.found = 1


MECHANISM = Mechanism(
    group=Reporting,
    mind=ReportingHistory,
    causes=(UNANSWERED_CALL,),
    knockout=Knockout(("crimes_told", "complaints_filed")),
)
