"""M45, consent: police ask the communal authority before they patrol, operate or arrest in its canton.

An authority with its own law decides what police do in its canton, by what it remembers of them.  It decides on patrol
for a month, on operations for a shift, on arrests one by one.  Serious violence, arrests in the act and cases that the
authority has itself handed over need no consent: there it yields to the state, or has asked for it.  A call is answered
anywhere, so that a resident in need is not cut off.  Where police ask nobody, nothing changes.  Switched off, nobody is
asked.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Annotated, ClassVar

from model.community.communal_authority import canton_flags, is_asked
from model.community.deliberation import call_reliability, hearing_conduct, request_reliability, signed_belief
from model.engine.choices import declare_choice
from model.engine.domains import FLAG, PAST
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Column, Row, int64_constant
from model.engine.tables import RowTableSpec
from model.police.minutes import FOR_MEETINGS, add_owed_minutes
from model.world.discrete_choice import choose_option, clear_terms, decide_and_record, share_with_prior, sum_utilities
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import AT_MEETING, CHECKPOINT, ON_REQUEST, TO_PATROL, VISITS
from model.world.steps import step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World
    from model.world.shift_events import Incident
    from model.world.steps import Room

PatrolTerm = IntEnum("PatrolTerm", "HABIT ANSWERED CONDUCT KEPT PROTOCOL COORDINATED", start=0)
OperationTerm = IntEnum("OperationTerm", "HABIT ANSWERED CONDUCT PROTOCOL", start=0)
ArrestTerm = IntEnum("ArrestTerm", "HABIT GRAVITY CONDUCT RETURNED LEGITIMACY", start=0)
PATROL_CHOICE = declare_choice("patrol in a canton", "authority", ("withhold", "give"), PatrolTerm, ordered=True)
OPERATION_CHOICE = declare_choice(
    "operation in a canton", "authority", ("withhold", "give"), OperationTerm, ordered=True
)
ARREST_CHOICE = declare_choice("arrest in a canton", "authority", ("withhold", "give"), ArrestTerm, ordered=True)
COORDINATES_STREAM = stream_id("coordinates")
TWO_OPTIONS, PATROL_TERMS, OPERATION_TERMS, ARREST_TERMS = (
    int64_constant(k) for k in (2, len(PatrolTerm), len(OperationTerm), len(ArrestTerm))
)
"""Options of each choice, and number of its terms."""


@dataclass(frozen=True, init=False)
class Consent(ParameterGroup):
    """Parameters of the consent of communal authorities to patrol, operations and arrests."""

    name: ClassVar[str] = "consent"
    evidence: ClassVar[tuple[str, ...]] = ("F01", "F07", "F08", "F09", "F10", "F18", "F27", "L07")

    asked: int
    patrol: float
    patrol_answered: float
    patrol_conduct: float
    patrol_kept: float
    patrol_protocol: float
    coordinates: float
    persuades: float
    leverage: float
    operation: float
    operation_answered: float
    operation_conduct: float
    operation_protocol: float
    arrest: float
    arrest_gravity: float
    arrest_conduct: float
    arrest_returned: float
    arrest_legitimacy: float


class ConsentRow(Row):
    """Decisions of an authority in force: on patrol this month, on the operation of a shift.

    ``asked`` is 1 if police asked it about patrol this month; ``operation_tick`` is the shift for which they last asked
    to operate, -1 if never.
    """

    asked: Annotated[int, Column("asked about patrol this month", "0 or 1", 0), FLAG]
    patrol: Annotated[int, Column("consents to patrol", "0 or 1", 1), FLAG]
    operation: Annotated[int, Column("consented to the last operation", "0 or 1", 0), FLAG]
    operation_tick: Annotated[int, Column("shift of the last operation asked for", "tick", -1), PAST]


CONSENT = RowTableSpec(name="consent", row=ConsentRow, per="authority", about="Decisions on police acts.")


class ConsentCounts(Row):
    """Monthly counts of consent: asked for, given, and what did not take place for want of it."""

    consent_patrol_asked: float
    consent_patrol_given: float
    consent_coordinated: float
    consent_visits_withheld: float
    consent_operations_asked: float
    consent_operations_given: float
    consent_arrests_asked: float
    consent_arrests_given: float
    consent_arrests_communal: float


@kernel
def needs_consent(row: Incident, grave: float) -> bool:
    """Return whether an arrest for an incident needs the consent of an authority that is asked.

    It needs none in the act, for violence from severity ``grave`` on, or where a board handed the case over.
    """
    in_the_act = row.found == 1 or row.reported_to == TO_PATROL
    return not in_the_act and row.handed == 0 and row.severity < grave


@kernel
def decide_on_patrol(w: World, a: int) -> None:
    """Decide whether police may patrol in a canton this month; a threatened refusal may bring the chief to a visit.

    Updates `consent.patrol`, `boards.mark` and `minutes_owed`.
    """
    board, p, d = w.boards[a], w.p.consent[a], w.p.deliberation[a]
    clear_terms(w)
    terms = w.choice_terms
    terms[1, PatrolTerm.HABIT] = p.patrol
    terms[1, PatrolTerm.ANSWERED] = p.patrol_answered * signed_belief(call_reliability(board, d))
    terms[1, PatrolTerm.CONDUCT] = p.patrol_conduct * signed_belief(hearing_conduct(board, d))
    terms[1, PatrolTerm.KEPT] = p.patrol_kept * signed_belief(request_reliability(board, d))
    terms[1, PatrolTerm.PROTOCOL] = p.patrol_protocol * board.protocol
    sum_utilities(w, TWO_OPTIONS, PATROL_TERMS, -1)
    refuses = choose_option(w, TWO_OPTIONS, PATROL_CHOICE, True, w.month, a) == 0
    f = w.cells[w.authorities[a].cell].facility
    if refuses and f >= 0 and keyed_uniform(w.seed, COORDINATES_STREAM, w.month, a, 0) < p.coordinates:
        # The chief comes before the refusal is final; the same draw then decides with the term of the visit.
        board.mark = add_owed_minutes(w, f, FOR_MEETINGS, w.p.practices[a].meeting)
        terms[1, PatrolTerm.COORDINATED] = p.persuades
        w.tally[0].consent_coordinated += 1.0
    given = decide_and_record(w, TWO_OPTIONS, PATROL_TERMS, PATROL_CHOICE, True, w.month, a)
    w.consent[a].patrol = given
    w.tally[0].consent_patrol_asked += 1.0
    w.tally[0].consent_patrol_given += given


@kernel
def consents_to_operation(w: World, a: int) -> bool:
    """Return whether an authority consents to the checkpoints of this shift; it is asked once a shift.

    Updates `consent.operation`, `consent.operation_tick`.
    """
    row = w.consent[a]
    if row.operation_tick == w.tick:
        return row.operation == 1
    board, p, d = w.boards[a], w.p.consent[a], w.p.deliberation[a]
    clear_terms(w)
    terms = w.choice_terms
    terms[1, OperationTerm.HABIT] = p.operation
    terms[1, OperationTerm.ANSWERED] = p.operation_answered * signed_belief(call_reliability(board, d))
    terms[1, OperationTerm.CONDUCT] = p.operation_conduct * signed_belief(hearing_conduct(board, d))
    terms[1, OperationTerm.PROTOCOL] = p.operation_protocol * board.protocol
    row.operation = decide_and_record(w, TWO_OPTIONS, OPERATION_TERMS, OPERATION_CHOICE, True, w.tick, a)
    row.operation_tick = w.tick
    w.tally[0].consent_operations_asked += 1.0
    w.tally[0].consent_operations_given += row.operation
    return row.operation == 1


@kernel
def consents_to_arrest(w: World, z: int, number: int, severity: float) -> bool:
    """Return whether the authority of settlement ``z`` consents to an arrest there, or is not asked.

    ``number`` is that of the incident or file.  The caller says by `needs_consent` whether it must be asked.
    """
    if not is_asked(w, z):
        return True
    board, p, d = w.boards[z], w.p.consent[z], w.p.deliberation[z]
    clear_terms(w)
    terms = w.choice_terms
    terms[1, ArrestTerm.HABIT] = p.arrest
    terms[1, ArrestTerm.GRAVITY] = p.arrest_gravity * severity
    terms[1, ArrestTerm.CONDUCT] = p.arrest_conduct * signed_belief(hearing_conduct(board, d))
    state = share_with_prior(board.cases_taken, board.cases_returned, d.prior, 0.5)
    terms[1, ArrestTerm.RETURNED] = p.arrest_returned * signed_belief(state)
    terms[1, ArrestTerm.LEGITIMACY] = -p.arrest_legitimacy * board.legitimacy
    given = decide_and_record(w, TWO_OPTIONS, ARREST_TERMS, ARREST_CHOICE, True, w.tick, number)
    w.choices[w.choices_count[0] - 1].who = z
    w.tally[0].consent_arrests_asked += 1.0
    w.tally[0].consent_arrests_given += given
    return given == 1


def is_asked_anywhere(sim: Simulation) -> bool:
    """Return whether police ask any authority, by the parameters in force."""
    return bool(((sim.p.consent["asked"] == 1) & (sim.cached(canton_flags) == 1)).any())


def room_for_answers(sim: Simulation) -> Room:
    """Return the rows that the choices of authorities may need."""
    return {"choices": 2 * len(sim.w.consent)}


def may_be_asked(sim: Simulation, date: datetime.date) -> bool:
    """Return whether an authority may be asked on a date, or must be told on the 1st that it is asked no more."""
    return date.day == 1 or sim.cached_view(is_asked_anywhere)


@step(room=room_for_answers, on=may_be_asked)
def ask_consent(w: World) -> None:
    """Ask for the consent of authorities; cancel the visits planned to cantons that withhold it.

    Updates `consent`, in the first shift of a month also for patrol, and `visits.alive`.
    """
    if w.since == 1:
        for a in range(len(w.boards)):
            w.consent[a].asked = 1 if is_asked(w, a) else 0
            if w.consent[a].asked == 1:
                decide_on_patrol(w, a)
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        z = w.cells[visit.cell].settlement
        invited = visit.kind == AT_MEETING or visit.kind == ON_REQUEST
        if visit.alive == 0 or invited or not is_asked(w, z):
            continue
        patrols = visit.kind != CHECKPOINT
        if not (w.consent[z].patrol == 1 if patrols else consents_to_operation(w, z)):
            visit.alive = 0
            w.tally[0].consent_visits_withheld += 1.0


MECHANISM = Mechanism(
    group=Consent,
    tables=(CONSENT,),
    counts=ConsentCounts,
    knockout=Knockout(("consent_patrol_asked", "consent_visits_withheld"), site="totonicapan"),
    measures={
        "consent_patrol_asked": Measure("cantons"),
        "consent_patrol_given": Measure("cantons"),
        "consent_coordinated": Measure("cantons"),
        "consent_visits_withheld": Measure("visits"),
        "consent_operations_asked": Measure("operations"),
        "consent_operations_given": Measure("operations"),
        "consent_arrests_asked": Measure("arrests"),
        "consent_arrests_given": Measure("arrests"),
        "consent_arrests_communal": Measure("cases"),
    },
)
