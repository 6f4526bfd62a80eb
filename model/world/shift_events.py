"""Events of the current shift: tables to which each mechanism appends and which later ones read.

They are cleared at the start of every shift.  Kernels append without checking the size, so a step first reserves
capacity (`ShiftEvents.reserve`).
"""

from typing import Annotated, Any

import numpy as np

from model.engine.domains import FLAG, KEY, MINUTE, PAST, SHARE, code_of, row_of
from model.engine.rows import Row, Rows, int64_constant, zero_rows
from model.engine.tables import TableVersion
from model.town.crime_kinds import N_KINDS

MOTIVES = (
    "none",
    "robbery",
    "quarrel",
    "hire",
    "gang",
    "extortion",
    "territorial",
    "imitator",
    "punishment",
    "partner",
    "kin",
    "narco",
    "crowd",
)
CHANNELS = (
    "patrol",
    "phone",
    "station",
    "own_phone",
    "communal",
    "prosecutor",
    "anonymous",
    "kin",
    "demi",
    "refuge",
)


class Visit(Row):
    """Stay of a couple or an army patrol (post -1) in a cell; ``stay`` in minutes."""

    post: int
    cell: int
    kind: int
    routed: int
    alive: int
    minute: float
    stay: float
    km: float


class Incident(Row):
    """A crime and its consequences in this shift.

    Crime and other mechanisms of victimisation append it.  Reporting writes reporter (``teller``) and channel
    (``reported_to``); information, pressure, justice and response write the consequences.  ``offender`` is a row of the
    offenders or -1; ``severity`` is 0 to 1; ``covered`` is 1 if police were at the place.
    """

    tick: Annotated[int, PAST]
    number: Annotated[int, KEY]
    kind: Annotated[int, code_of(N_KINDS)]
    motive: Annotated[int, code_of(len(MOTIVES))]
    cell: Annotated[int, row_of("cell", none=True)]
    victim: Annotated[int, row_of("resident", none=True)]
    teller: Annotated[int, row_of("resident", none=True)]
    clique: Annotated[int, row_of("clique", none=True)]
    offender: Annotated[int, row_of("offenders", none=True)]
    reported_to: Annotated[int, code_of(len(CHANNELS), none=True)]
    handed: Annotated[int, FLAG]
    covered: Annotated[int, FLAG]
    found: Annotated[int, FLAG]
    complaint: Annotated[int, FLAG]
    in_time: Annotated[int, FLAG]
    recorded: Annotated[int, FLAG]
    arrested: Annotated[int, FLAG]
    displaced: Annotated[int, FLAG]
    refused: Annotated[int, FLAG]
    written: Annotated[int, FLAG]
    downgraded: Annotated[int, FLAG]
    minute: Annotated[float, MINUTE]
    severity: Annotated[float, SHARE]
    loss: float


class Call(Row):
    """A call for help; the caller waits from minute ``since``.

    ``incident`` is a row of this shift's incidents, of those carried over if the call was, or -1; ``board`` is the
    board that learns the outcome or -1.
    """

    born: Annotated[int, PAST]
    number: Annotated[int, KEY]
    cell: Annotated[int, row_of("cell")]
    teller: Annotated[int, row_of("resident", none=True)]
    incident: Annotated[int, row_of("carried", none=True)]
    board: Annotated[int, row_of("authority", none=True)]
    minute: Annotated[float, MINUTE]
    since: Annotated[float, MINUTE]
    severity: Annotated[float, SHARE]


class CallResponse(Row):
    """A call that a couple served; ``wait`` in minutes."""

    born: int
    number: int
    board: int
    post: int
    cell: int
    wait: float


class UnservedCall(Row):
    """A call that nobody will serve, with the reason (`UNSERVED_REASONS`).

    ``cell`` is its place if it reached the police, else -1.
    """

    born: int
    number: int
    reason: int
    board: int
    cell: int


class Arrest(Row):
    """An arrest for an incident of this shift (the one before if ``carried`` is 1), or on the street (``incident`` -1).

    ``other`` is 1 for the arrest of a wrong person, ``member`` the arrested member of a clique or -1.
    """

    incident: int
    carried: int
    number: int
    post: int
    goods: int
    held: int
    other: int
    member: int


class Hearing(Row):
    """A step of a case before a communal authority, with its outcome."""

    born: int
    number: int
    outcome: int


class Meeting(Row):
    """A meeting of a community with the police; ``came`` is the number of participants.

    ``at_table`` is 1 if it took place at the municipal table, with those of other communities.
    """

    authority: int
    problem: int
    by_police: int
    came: int
    at_table: int


class Bribe(Row):
    """A request for a bribe, in contact ``nth`` of a couple."""

    cell: int
    nth: int
    post: int
    who: int


class OutsideVictimisation(Row):
    """A crime that a resident suffers outside the municipality."""

    who: int
    kind: int
    severity: float


class Impression(Row):
    """An experience of one resident, direct or heard of, as evidence about the police.

    ``quality_f`` and ``quality_e`` are its favourable shares for fairness and effectiveness (0-1), ``weight_f`` and
    ``weight_e`` its weights as evidence, ``fast`` the share that goes to the memory of weeks; ``change`` is the
    resulting change of trust.  ``origin`` is the cause that stands for the encounter in which it began: rude treatment
    at a stop has its own cause and the stop as origin, and what is heard of it has the same origin.  ``heard`` is 1 for
    what is only heard from somebody else, which is no event of its own.
    """

    who: int
    cause: int
    origin: int
    heard: int
    quality_f: float
    quality_e: float
    weight_f: float
    weight_e: float
    fast: float
    change: float


class CoupleImpression(Row):
    """Attribution of an impression (row of this shift) to a couple and a cell."""

    impression: int
    post: int
    cell: int


class Retelling(Row):
    """An impression (row of this shift) of which a tie of the resident hears."""

    impression: int
    tie: int


class PreventedCrime(Row):
    """A crime that a guard prevented (`model.world.hazard`)."""

    number: int
    kind: int
    cell: int
    guard: int


(
    NO_MOTIVE,
    IN_ROBBERY,
    IN_QUARREL,
    FOR_HIRE,
    BY_GANG,
    BY_EXTORTION,
    TERRITORIAL,
    IMITATOR,
    PUNISHMENT,
    BY_PARTNER,
    BY_KIN,
    BY_NARCOS,
    BY_CROWD,
) = (int64_constant(motive) for motive in range(len(MOTIVES)))
NOBODY = -1
TO_PATROL, BY_PHONE, AT_STATION, OWN_PHONE, COMMUNAL, PROSECUTOR, ANONYMOUS, TO_KIN, DEMI, REFUGE = range(10)
CASEWORK, ROUTE, INSTITUTION, PROBLEM, POST, CHECKPOINT, SOLDIERS, HOMES, AT_MEETING, ON_REQUEST, ON_PROBLEM = (
    int64_constant(kind) for kind in range(-1, 10)
)
"""Purposes of visits: case work (-1), route, institution, plan, post, checkpoint, army patrol, home visits, and
planned work on a meeting, a request and a problem, which is no patrol."""
N_VISIT_KINDS = 10
"""Purposes that a row of `visits` may have: all but case work, which is no visit."""
N_PROBLEMS, N_PLAN_CELLS = 6, 5
"""Classes of crime in the records of the police, and places of a plan."""
UNSERVED_REASONS = ("line", "hours", "fuel", "vehicles", "paper", "declined")
NO_LINE, NO_HOURS, NO_FUEL, NO_VEHICLES, NO_ARRIVAL, DECLINED = (int64_constant(reason) for reason in range(6))
EVENT_TABLES: dict[str, type[Row]] = {
    "visits": Visit,
    "incidents": Incident,
    "calls": Call,
    "responses": CallResponse,
    "unserved": UnservedCall,
    "arrests": Arrest,
    "hearings": Hearing,
    "meetings": Meeting,
    "bribes": Bribe,
    "outside": OutsideVictimisation,
    "impressions": Impression,
    "spared": PreventedCrime,
    "signed": CoupleImpression,
    "retellings": Retelling,
}
VISITS, INCIDENTS, CALLS, RESPONSES, UNSERVEDS, ARRESTS, HEARINGS, MEETINGS, BRIBES, OUTSIDE = range(10)
IMPRESSIONS, SPARED, SIGNED, RETELLINGS = range(10, len(EVENT_TABLES))
TABLE_NAMES = tuple(EVENT_TABLES)


class ShiftEvents:
    """Storage of the event tables of the current shift; ``version`` increases when a table is reallocated."""

    def __init__(self, version: TableVersion | None = None) -> None:
        self.version = version or TableVersion()
        self.counts = np.zeros(len(EVENT_TABLES), np.int64)
        self.capacity = [64] * len(EVENT_TABLES)
        self.tables: dict[str, Rows[Any]] = {name: zero_rows(row, 64) for name, row in EVENT_TABLES.items()}

    def clear(self) -> None:
        """Remove all events, at the start of a shift."""
        self.counts.fill(0)

    def reserve(self, table: int, extra: int) -> None:
        """Ensure capacity for ``extra`` more rows in one table."""
        need = self.counts.item(table) + extra
        if need > self.capacity[table]:
            self.capacity[table], name = 2 * need, TABLE_NAMES[table]
            rows = zero_rows(EVENT_TABLES[name], 2 * need)
            rows[: self.counts[table]] = self.rows_of(table)
            self.tables[name] = rows
            self.version.increase()

    def rows_of(self, table: int) -> Rows[Row]:
        """Return a view of the rows written to one table in this shift."""
        return self.tables[TABLE_NAMES[table]][: self.counts[table]]
