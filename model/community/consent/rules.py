"""M45, consent: police ask the communal authority before they patrol, operate or arrest in its canton.

An authority with its own law decides what police do in its canton, by what it remembers of them.  It decides on patrol
for a month, on operations for a shift, on arrests one by one.  Serious violence, arrests in the act and cases that the
authority has itself handed over need no consent: there it yields to the state, or has asked for it.  A call is answered
anywhere, so that a resident in need is not cut off.  Where police ask nobody, nothing changes.  Switched off, nobody is
asked.
"""

from __future__ import annotations

import datetime

import numpy as np

from model.community.communal_authority.schema import CommunalAuthority
from model.community.consent.schema import (
    ARREST_CHOICE,
    ARREST_TERMS,
    CONSENT,
    OPERATION_CHOICE,
    OPERATION_TERMS,
    PATROL_CHOICE,
    PATROL_TERMS,
    TWO_OPTIONS,
    WRITTEN_COLUMNS,
    Consent,
    ConsentCounts,
    ConsentRow,
)
from model.community.deliberation.rules import call_reliability, hearing_conduct, request_reliability, signed_belief
from model.community.deliberation.schema import Deliberation
from model.engine.kernels import TableBundle, kernel
from model.engine.rows import IntArray, Rows
from model.world.binding import constant
from model.world.discrete_choice.rules import ChoiceTables, clear_terms, decide_and_record, share_with_prior
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import AT_MEETING, CHECKPOINT, ON_REQUEST, TO_PATROL, VISITS, Incident
from model.world.state import Board
from model.world.steps import KernelArguments, Room, kernel_step


def canton_flags(world: World) -> IntArray:
    """Return 1 for each settlement that is no town and has a communal authority with its own law, else 0."""
    communal, places = world.town.authorities["communal"], world.town.settlements
    own = [int(communal[a] == 1 and place.kind != "town") for a, place in enumerate(places)]
    return np.array(own, np.int64)


class ConsentTables(TableBundle):
    """Tables of consent: the choice at hand, boards, their decisions in force, and parameters.

    ``canton`` is 1 for settlements with an authority of their own law, else 0.
    """

    desk: ChoiceTables
    boards: Rows[Board]
    decided: Rows[ConsentRow]
    canton: IntArray = constant(canton_flags)
    parameters: Rows[Consent]
    deliberation: Rows[Deliberation]
    communal: Rows[CommunalAuthority]


@kernel
def is_asked(tables: ConsentTables, z: int) -> bool:
    """Return whether police ask the authority of settlement ``z``, -1 for none, before they act there."""
    return z >= 0 and tables.canton[z] == 1 and tables.parameters[z].asked == 1


@kernel
def needs_consent(row: Incident, grave: float) -> bool:
    """Return whether an arrest for an incident needs the consent of an authority that is asked.

    It needs none in the act, for violence from severity ``grave`` on, or where a board handed the case over.
    """
    in_the_act = row.found == 1 or row.told == TO_PATROL
    return not in_the_act and row.handed == 0 and row.severity < grave


@kernel
def decide_on_patrol(shift: ShiftContext, tables: ConsentTables, a: int, month: int) -> None:
    """Decide whether police may patrol in a canton this month; updates `consent.patrol`."""
    desk, board, p, d = tables.desk, tables.boards[a], tables.parameters[a], tables.deliberation[a]
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.patrol, p.patrol_answered * signed_belief(call_reliability(board, d))
    terms[1, 2] = p.patrol_conduct * signed_belief(hearing_conduct(board, d))
    terms[1, 3] = p.patrol_kept * signed_belief(request_reliability(board, d))
    terms[1, 4] = p.patrol_protocol * board.protocol
    given = decide_and_record(desk, TWO_OPTIONS, PATROL_TERMS, PATROL_CHOICE, True, month, a)
    tables.decided[a].patrol = given
    shift.tally[0].consent_patrol_asked += 1.0
    shift.tally[0].consent_patrol_given += given


@kernel
def consents_to_operation(shift: ShiftContext, tables: ConsentTables, a: int) -> bool:
    """Return whether an authority consents to the checkpoints of this shift; it is asked once a shift.

    Updates `consent.operation`, `consent.operation_tick`.
    """
    row = tables.decided[a]
    if row.operation_tick == shift.tick:
        return row.operation == 1
    desk, board, p, d = tables.desk, tables.boards[a], tables.parameters[a], tables.deliberation[a]
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.operation, p.operation_answered * signed_belief(call_reliability(board, d))
    terms[1, 2] = p.operation_conduct * signed_belief(hearing_conduct(board, d))
    terms[1, 3] = p.operation_protocol * board.protocol
    row.operation = decide_and_record(desk, TWO_OPTIONS, OPERATION_TERMS, OPERATION_CHOICE, True, shift.tick, a)
    row.operation_tick = shift.tick
    shift.tally[0].consent_operations_asked += 1.0
    shift.tally[0].consent_operations_given += row.operation
    return row.operation == 1


@kernel
def consents_to_arrest(shift: ShiftContext, tables: ConsentTables, z: int, number: int, severity: float) -> bool:
    """Return whether the authority of settlement ``z`` consents to an arrest there, or is not asked.

    ``number`` is that of the incident or file.  The caller says by `needs_consent` whether it must be asked.
    """
    if not is_asked(tables, z):
        return True
    desk, board, p, d = tables.desk, tables.boards[z], tables.parameters[z], tables.deliberation[z]
    clear_terms(desk)
    terms = desk.terms
    terms[1, 0], terms[1, 1] = p.arrest, p.arrest_gravity * severity
    terms[1, 2] = p.arrest_conduct * signed_belief(hearing_conduct(board, d))
    state = share_with_prior(board.cases_taken, board.cases_returned, d.prior, 0.5)
    terms[1, 3] = p.arrest_returned * signed_belief(state)
    terms[1, 4] = -p.arrest_legitimacy * board.legitimacy
    given = decide_and_record(desk, TWO_OPTIONS, ARREST_TERMS, ARREST_CHOICE, True, shift.tick, number)
    desk.choices[desk.choices_count[0] - 1].who = z
    shift.tally[0].consent_arrests_asked += 1.0
    shift.tally[0].consent_arrests_given += given
    return given == 1


@kernel
def ask_for_consent(shift: ShiftContext, tables: ConsentTables) -> None:
    """Ask for the consent of authorities; cancel the visits planned to cantons that withhold it.

    Updates `consent`, in the first shift of a month also for patrol, and `visits.alive`.
    """
    if shift.since == 1:
        for a in range(len(tables.boards)):
            tables.decided[a].asked = 1 if is_asked(tables, a) else 0
            if tables.decided[a].asked == 1:
                decide_on_patrol(shift, tables, a, shift.month)
    for k in range(shift.day.counts[VISITS]):
        visit = shift.day.visits[k]
        z = shift.ground.cells[visit.cell].settlement
        invited = visit.kind == AT_MEETING or visit.kind == ON_REQUEST
        if visit.alive == 0 or invited or not is_asked(tables, z):
            continue
        patrols = visit.kind != CHECKPOINT
        if not (tables.decided[z].patrol == 1 if patrols else consents_to_operation(shift, tables, z)):
            visit.alive = 0
            shift.tally[0].consent_visits_withheld += 1.0


def is_asked_anywhere(world: World) -> bool:
    """Return whether police ask any authority, by the parameters in force."""
    return bool(((world.parameters[Consent]["asked"] == 1) & (world.cached(canton_flags) == 1)).any())


def room_for_answers(world: World) -> Room:
    """Return the rows that the choices of authorities may need."""
    return {CHOICES: 2 * len(world.state[CONSENT])}


def may_be_asked(world: World, date: datetime.date) -> bool:
    """Return whether an authority may be asked on a date, or must be told on the 1st that it is asked no more."""
    return date.day == 1 or world.cached_view(is_asked_anywhere)


@kernel_step(ask_for_consent, room_for_answers, on=may_be_asked)
def step(world: World) -> KernelArguments:
    """Ask authorities on the first of a month about patrol, in every shift about operations."""
    return world.shift_context(), world.view(ConsentTables)


MECHANISM = Mechanism(
    group=Consent,
    tables=(CONSENT,),
    counts=ConsentCounts,
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("consent_patrol_asked", "consent_visits_withheld"), site="totonicapan"),
    measures={
        "consent_patrol_asked": Measure("cantons"),
        "consent_patrol_given": Measure("cantons"),
        "consent_visits_withheld": Measure("visits"),
        "consent_operations_asked": Measure("operations"),
        "consent_operations_given": Measure("operations"),
        "consent_arrests_asked": Measure("arrests"),
        "consent_arrests_given": Measure("arrests"),
        "consent_arrests_communal": Measure("cases"),
    },
)
