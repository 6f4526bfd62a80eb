"""M14, communal authorities: a jurisdiction with its own law in Totonicapán, boards by agreement elsewhere.

A communal authority is an institution in its own right, with its own law: complaint, summons, public hearing, agreement
or ruling, compliance, the higher board, and the state where the authority decides to hand a case over.  Its legitimacy
is earned in its own cases, and trust in the police neither feeds on it nor feeds it.  The police take part in a hearing
only where the authority invites them.  Switched off, nobody brings cases before an authority and no community keeps
watch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.community.board_memory import protocol_strength, record_hearing_conduct, record_promise
from model.engine.calendar import (
    FIRST_DAYS,
    MONTH,
    MONTHS_A_YEAR,
    MORNINGS,
    SHIFTS,
    WEEK,
    YEAR,
)
from model.engine.causes import declare_cause
from model.engine.elementary import exp_of_each
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Row
from model.town.crime_kinds import DOMESTIC, IS_PROPERTY
from model.trust.events import declare_event, record_event
from model.trust.ledger import learn
from model.world.derived import constant
from model.world.hazard import HAZARD_MARKET_NIGHT, HAZARD_NIGHT
from model.world.mechanism import HazardModifier, Knockout, Measure, Mechanism
from model.world.shift_events import HEARINGS, IMPRESSIONS, SPARED
from model.world.state import AT_HEARING, AT_HIGHER, IN_COMPLIANCE
from model.world.steps import in_order, python_step, rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import BoolArray, FloatArray, IntArray, Rows
    from model.simulation.world import Simulation, World
    from model.town.residents import Person
    from model.world.month import MonthSnapshot
    from model.world.state import Board, CommunalCase
    from model.world.steps import Room

SUMMONED_STREAM, POLICE_PRESENT, POLICE_WAIT_STREAM, JUST_STREAM, ACCEPT_STREAM = (
    stream_id("summoned"),
    stream_id("police present"),
    stream_id("police wait"),
    stream_id("just"),
    stream_id("accept"),
)
RULING_STREAM, COMPLY_STREAM, HIGHER_BOARD_STREAM, HIGHER_BOARD_SETTLES_STREAM, HAND_OVER = (
    stream_id("ruling"),
    stream_id("comply"),
    stream_id("higher board"),
    stream_id("higher board settles"),
    stream_id("hand over"),
)
INVITES_STREAM, CONSENTS_STREAM = stream_id("invites"), stream_id("consents")
CASE_CLOSED, CASE_TO_STATE, CASE_NO_REMEDY, CASE_POSTPONED, CASE_RULED, CASE_TO_HIGHER = range(6)
"""Outcomes of a step of a case."""
APOLOGY, REPARATION, COMMUNITY_WORK, FINE, LOSS_OF_SERVICES = range(5)
"""Kinds of rulings, drawn with equal probability; an agreement between the parties is none."""
N_RULINGS = 5.0
"""Number of kinds of rulings, as a real number."""
MAX_SUMMONS = 3
"""Summonses after which a case fails; custom (F05)."""
CLOSE_LINKS = 0.5
"""Links between board and police, 0 to 1, above which waiting counts as respect; assumed."""
PER_1000 = 1000.0
"""Rates and weights are stated per 1,000 residents."""
HEARING_CAUSE = declare_cause("hearing", 12)
HEARING_WAITED = declare_event("hearing_waited", 64, cause=HEARING_CAUSE)
HEARING_STEPPED_IN = declare_event("hearing_stepped_in", 65, cause=HEARING_CAUSE)


@dataclass(frozen=True, init=False)
class CommunalAuthority(ParameterGroup):
    """Parameters of how communities bring, hear and settle cases themselves, and keep watch."""

    name: ClassVar[str] = "communal_authority"
    evidence: ClassVar[tuple[str, ...]] = (
        "A12", "F01", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F19", "F27",
        "L07", "Y05", "Y06",
    )  # fmt: skip

    reach: float
    near: float
    legitimacy: float
    deference: float
    grave: float
    days: int
    comes: float
    presence: float
    waits: float
    protocol: float
    just: float
    experience: float
    agree: float
    accept: float
    public: float
    comply: float
    comply_days: int
    higher: float
    higher_settles: float
    hand_over: float
    learning: float
    delayed: float
    consent: float
    consent_links: float
    watch: float
    watch_joint: float


class CommunalAuthorityCounts(Row):
    """Monthly counts of communal authority."""

    cases: float
    closed: float
    handed_over: float
    women_without_remedy: float
    men_without_remedy: float
    police_present: float
    police_stepped_in: float
    deference_respect: float
    deference_weakness: float
    agreements: float
    apologies: float
    reparations: float
    community_work: float
    fines: float
    losses_of_services: float
    rulings_kept: float
    rulings_broken: float
    to_higher_board: float
    watched: float
    domestic_conciliated: float


@constant
def canton_flags(sim: Simulation) -> IntArray:
    """Return 1 for each settlement that is no town and has a communal authority with its own law, else 0."""
    communal, places = sim.town.authorities["communal"], sim.town.settlements
    own = [int(communal[a] == 1 and place.kind != "town") for a, place in enumerate(places)]
    return np.array(own, np.int64)


@kernel
def is_asked(w: World, z: int) -> bool:
    """Return whether police ask the authority of settlement ``z``, -1 for none, before they act there."""
    return z >= 0 and w.canton_flags[z] == 1 and w.p.consent[z].asked == 1


@kernel
def couples_on_duty_recently(w: World) -> bool:
    """Return whether any couple was on duty within a month, or presence and requests require none."""
    return w.tick - w.last_out[0] <= MONTH or w.p.deliberation[0].couples != 1


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
def apply_police_presence(w: World, case: CommunalCase, p: CommunalAuthority) -> None:
    """Apply the presence of the police at a hearing, where the authority invites them.

    Police who come wait for the decision of the community or step in.  Waiting is counted as respect under a protocol,
    by a trained officer or with close links, else as weakness.  The complainant has an event of trust.  Updates
    `boards.waited`, `boards.stepped_in`, promises, `minds.met`, `minds.met_free` and the monthly counts.
    """
    z, i, born, number = case.settlement, case.victim, case.born, case.number
    board, chief = w.boards[z], w.chief_of_board[z]
    agreed, keeps = protocol_strength(board, p.protocol, w.p.deliberation[z]), w.p.deliberation[z].keeps
    presence = p.presence + (1.0 - p.presence) * keeps * agreed
    if board.invites == 0:
        return
    goes_out = couples_on_duty_recently(w)
    if not goes_out or keyed_uniform(w.seed, POLICE_PRESENT, born, number, 0) >= presence:
        if board.protocol == 1:
            record_promise(w, board, False)
        return
    w.tally[0].police_present += 1.0
    waits = True
    if keyed_uniform(w.seed, POLICE_WAIT_STREAM, born, number, 0) >= p.waits + (1.0 - p.waits) * agreed:
        waits = False
        w.tally[0].police_stepped_in += 1.0
    elif agreed > 0.0 or (chief >= 0 and w.officers[chief].trained == 1) or board.links > CLOSE_LINKS:
        w.tally[0].deference_respect += 1.0
    else:
        w.tally[0].deference_weakness += 1.0
    record_hearing_conduct(board, waits, w.p.deliberation[z])
    if board.protocol == 1:
        record_promise(w, board, waits)
    trust = w.p.trust[w.people[i].settlement]
    if waits:
        record_event(w, i, HEARING_WAITED, trust.hearing)
    else:
        record_event(w, i, HEARING_STEPPED_IN, trust.stepped_in)
    if w.minds[i].gone < 0:
        w.minds[i].met = w.minds[i].met_free = w.tick


@kernel
def hold_hearing(w: World, case: CommunalCase, p: CommunalAuthority) -> int:
    """Hold a public hearing and return its outcome, one of the ``CASE_`` numbers.

    If the summoned party stays away, the hearing is put off by a week; after `MAX_SUMMONS` summonses the case fails.
    """
    board, born, number = w.boards[case.settlement], case.born, case.number
    respect = p.deference * board.legitimacy
    if keyed_uniform(w.seed, SUMMONED_STREAM, born, number, case.late) >= logistic(p.comes + respect):
        case.late += 1
        move_legitimacy(board, p.delayed, p)
        if case.late == MAX_SUMMONS:
            return refer_failed_case(w, case, p)
        case.due += WEEK
        return CASE_POSTPONED
    apply_police_presence(w, case, p)
    # Communal boards serve for a year from 1 January, so their experience begins anew; auxiliary mayors stay.
    communal = w.authorities[case.settlement].communal == 1
    served = float(w.month % MONTHS_A_YEAR if communal else MONTHS_A_YEAR)
    fairness = logistic(p.just + p.experience * served / MONTHS_A_YEAR)
    just = keyed_uniform(w.seed, JUST_STREAM, born, number, 0) < fairness
    case.just = 1 if just else 0
    if keyed_uniform(w.seed, ACCEPT_STREAM, born, number, 0) >= logistic(
        p.accept + respect + p.public * board.organised
    ):
        return refer_failed_case(w, case, p)
    record_ruling(w, case, p)
    case.step = IN_COMPLIANCE
    case.due += SHIFTS * p.comply_days
    return CASE_RULED


@kernel
def record_ruling(w: World, case: CommunalCase, p: CommunalAuthority) -> None:
    """Record in the monthly counts the end of an accepted case: an agreement or a ruling."""
    u, row = keyed_uniform(w.seed, RULING_STREAM, case.born, case.number, 0), w.tally[0]
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
def refer_failed_case(w: World, case: CommunalCase, p: CommunalAuthority) -> int:
    """Refer a failed case to the higher board, to the state or to nobody; return the outcome.

    Legitimacy moves to 0.5 if the ruling was just, else to 0.
    """
    z, born, number = case.settlement, case.born, case.number
    move_legitimacy(w.boards[z], 0.5 if case.just == 1 else 0.0, p)
    communal = w.authorities[z].communal == 1 and case.step != AT_HIGHER
    if communal and keyed_uniform(w.seed, HIGHER_BOARD_STREAM, born, number, 0) < p.higher:
        case.step = AT_HIGHER
        case.due += 2 * WEEK
        w.tally[0].to_higher_board += 1.0
        return CASE_TO_HIGHER
    return CASE_TO_STATE if keyed_uniform(w.seed, HAND_OVER, born, number, 0) < p.hand_over else CASE_NO_REMEDY


@kernel
def advance_case(w: World, case: CommunalCase, p: CommunalAuthority) -> int:
    """Advance a case by one step, from hearing to compliance to higher board; return the outcome."""
    board, born, number = w.boards[case.settlement], case.born, case.number
    if case.step == AT_HEARING:
        return hold_hearing(w, case, p)
    if case.step == IN_COMPLIANCE:
        if keyed_uniform(w.seed, COMPLY_STREAM, born, number, 0) >= p.comply:
            w.tally[0].rulings_broken += 1.0
            return refer_failed_case(w, case, p)
        w.tally[0].rulings_kept += 1.0
        move_legitimacy(board, 1.0 if case.just == 1 else 0.0, p)
        return CASE_CLOSED
    if keyed_uniform(w.seed, HIGHER_BOARD_SETTLES_STREAM, born, number, 0) < p.higher_settles:
        return CASE_CLOSED
    return refer_failed_case(w, case, p)


@kernel
def record_case_outcome(w: World, case: CommunalCase, outcome: int) -> None:
    """Record a concluded case in the monthly counts by its outcome.

    A conciliation is counted neither as closed nor as a remedy where a woman was hurt at home; updates `homes.ruled`.
    """
    row, i = w.tally[0], case.victim
    row.cases += 1.0
    if outcome == CASE_CLOSED and case.kind == DOMESTIC:
        w.homes[i].ruled = w.tick + YEAR
        row.domestic_conciliated += 1.0
    elif outcome == CASE_CLOSED:
        row.closed += 1.0
    elif outcome == CASE_TO_STATE:
        row.handed_over += 1.0
    elif w.people[i].female == 1:
        row.women_without_remedy += 1.0
    else:
        row.men_without_remedy += 1.0


@kernel
def update_board_month(w: World, new_year: bool) -> None:
    """Decide consent to joint patrols and the strength of each community's watch for the month.

    Updates `boards.links`, `boards.consents`, `boards.watch`.  On 1 January the members of a communal board change,
    so its links with the police begin anew, unless a protocol carries them over.
    """
    for a in range(len(w.boards)):
        authority, board = w.authorities[a], w.boards[a]
        p, d = w.p.communal_authority[authority.settlement], w.p.deliberation[authority.settlement]
        if new_year and authority.communal == 1:
            board.links *= 0.5 * protocol_strength(board, p.protocol, d)
        consent = logistic(p.consent + p.consent_links * board.links)
        agreed = keyed_uniform(w.seed, CONSENTS_STREAM, w.month, a, 0) < consent * board.invites
        board.consents = 1 if agreed else 0
        joint = p.watch_joint * board.consents
        kept_away = p.watch if d.watches == 0 else d.watch_effect * board.watching
        board.watch = kept_away * board.organised * (1.0 + joint)


def initialise(sim: Simulation) -> None:
    """Initialise the boards: residents, organisation, legitimacy, phone numbers and invitations.

    Boards that never invite the police are drawn anew for every seed.
    """
    town, people = sim.town, sim.town.people
    legitimacy, phones = sim.p.communal_authority["legitimacy"], sim.p.consultation["phones"]
    closed = sim.p.boards["share_not_inviting"]
    for a, (board, settlement) in enumerate(zip(sim.w.boards, town.settlements, strict=True)):
        board.met = board.asked = board.heard = board.problem = -1
        board.organised = settlement.organised
        board.residents = int(np.count_nonzero((people["settlement"] == a) & (people["arrives"] < 0)))
        board.legitimacy, board.phones = legitimacy[a], phones[a]
        # Drawn by seed and settlement number, so that refusing the police is never tied to a named place.
        stays_away = settlement.kind != "town" and keyed_uniform(sim.seed, INVITES_STREAM, 0, a, 0) < closed[a]
        board.invites = 0 if stays_away else 1


def calibrate_board_standing(sim: Simulation) -> None:
    """Set the legitimacy of the site, and the standing at which each board's usual cases leave it there.

    Called once, after the warm-up, so that legitimacy has no trend of its own (F14).
    """
    boards, legitimacy = sim.w.boards, sim.p.communal_authority["legitimacy"]
    showings = float(boards["showings"].sum())
    if showings > 0.0:
        boards["legitimacy"] = legitimacy
        boards["standing"] = 1.0 / (1.0 + exp_of_each(-legitimacy)) - float(boards["shown"].sum()) / showings


def council_members_by_settlement(sim: Simulation) -> tuple[IntArray, IntArray]:
    """Return the index of the first council member of each settlement, and the members by settlement."""
    people = sim.town.people
    return group_by_settlement(people, people["council"] == 1, sim.town.n_settlements)


def residents_by_settlement(sim: Simulation) -> tuple[IntArray, IntArray]:
    """Return the index of the first resident of each settlement, and the residents by settlement."""
    return group_by_settlement(sim.town.people, np.ones(sim.town.n_people, bool), sim.town.n_settlements)


@constant
def home_start(sim: Simulation) -> IntArray:
    """Return the index in `at_home` of the first resident of each settlement."""
    return sim.cached(residents_by_settlement)[0]


@constant
def at_home(sim: Simulation) -> IntArray:
    """Return the residents by settlement."""
    return sim.cached(residents_by_settlement)[1]


@constant
def council_start(sim: Simulation) -> IntArray:
    """Return the index in `councils` of the first council member of each settlement."""
    return sim.cached(council_members_by_settlement)[0]


@constant
def councils(sim: Simulation) -> IntArray:
    """Return the members of councils by settlement."""
    return sim.cached(council_members_by_settlement)[1]


def group_by_settlement(people: Rows[Person], chosen: BoolArray, n_settlements: int) -> tuple[IntArray, IntArray]:
    """Return the index of the first chosen resident of each settlement, and these by settlement."""
    members = np.flatnonzero(chosen)
    order = np.argsort(people["settlement"][members], kind="stable")
    counts = np.bincount(people["settlement"][members], minlength=n_settlements)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members[order].astype(np.int64)


@python_step(flags=MORNINGS | FIRST_DAYS)
def open_month(sim: Simulation) -> None:
    """Decide consent and watch for the month."""
    before = sim.w.boards["watch"].copy()
    update_board_month(sim.w, sim.date.month == 1)
    if (before != sim.w.boards["watch"]).any():
        sim.hazard_factors.write_guard(sim, MECHANISM.name)


@step
def count_watched(w: World) -> None:
    """Count the crimes of the shift that communities prevented by their own watch."""
    for k in range(w.counts[SPARED]):
        if w.spared[k].guard == w.guard.communal_authority:
            w.tally[0].watched += 1.0


def room_for_hearings(sim: Simulation) -> Room:
    """Return the rows that a hearing of every case needs."""
    return {HEARINGS: rows_of("cases"), IMPRESSIONS: rows_of("cases")}


@step(room=room_for_hearings)
def advance_due_cases(w: World) -> None:
    """Advance by one step every case that is due; append to `hearings` and drop concluded cases."""
    # Open cases are moved up to the front of the table as it is read.
    left = 0
    for k in range(w.cases_count[0]):
        case = w.cases[k]
        if case.due <= w.tick:
            outcome = advance_case(w, case, w.p.communal_authority[case.settlement])
            row = w.hearings[w.counts[HEARINGS]]
            row.born, row.number, row.outcome = case.born, case.number, outcome
            w.counts[HEARINGS] += 1
            if outcome in (CASE_CLOSED, CASE_TO_STATE, CASE_NO_REMEDY):
                record_case_outcome(w, case, outcome)
                continue
        w.cases[left] = case
        left += 1
    w.cases_count[0] = left


hear_cases = in_order(open_month, count_watched, advance_due_cases, learn)
"""Advance the cases that are due; on the first morning of a month, decide consent and watch."""


def apply_watch(sim: Simulation, place: FloatArray) -> None:
    """Lower the hazard of property crime by night where communities keep watch."""
    watch = sim.w.boards["watch"]
    settlement = sim.town.cells["settlement"]
    kept = np.where(settlement >= 0, watch[np.maximum(settlement, 0)], 0.0)
    for when in (HAZARD_NIGHT, HAZARD_MARKET_NIGHT):
        place[when, IS_PROPERTY == 1] *= 1.0 - kept


def mean_legitimacy(month: MonthSnapshot) -> float:
    """Return the mean legitimacy of the boards, 0 to 1; nan without boards."""
    boards = month.boards
    return float(np.mean(1.0 / (1.0 + exp_of_each(-boards["legitimacy"])))) if len(boards) else math.nan


def cases_per_authority(month: MonthSnapshot) -> float:
    """Return the open cases per communal authority."""
    return ratio_or_nan(float(len(month.world.state.cases)), float(len(month.boards)))


MECHANISM = Mechanism(
    group=CommunalAuthority,
    counts=CommunalAuthorityCounts,
    causes=(HEARING_CAUSE,),
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
