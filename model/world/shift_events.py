"""What happens in one shift: the tables that each submodel reads and the next appends to."""

from typing import Any

import numpy as np

from model.engine.kernels import TableBundle
from model.engine.rows import IntArray, Row, Rows, int64_constant, zero_rows
from model.engine.tables import TableVersion


class Visit(Row):
    """A couple, or an army patrol (post -1), at a place for some minutes; ``km`` is what it drives for it."""

    post: int
    cell: int
    kind: int
    routed: int
    alive: int
    minute: float
    stay: float
    km: float


class Incident(Row):
    """A crime: who, where, how grave, and what became of it in its shift; ``offender`` is a slot or -1.

    Crime and the other mechanisms of harm write it; reporting writes to whom it is told; information, pressure, justice
    and response write what becomes of it.
    """

    tick: int
    number: int
    kind: int
    motive: int
    cell: int
    victim: int
    teller: int
    clique: int
    offender: int
    told: int
    handed: int
    found: int
    complaint: int
    in_time: int
    recorded: int
    arrested: int
    displaced: int
    refused: int
    written: int
    downgraded: int
    minute: float
    severity: float
    loss: float


class Call(Row):
    """A call for help; ``since`` is the minute from which the caller waits, ``incident`` a row of this shift or -1.

    ``board`` is the board that will know what became of it, or -1.
    """

    born: int
    number: int
    cell: int
    teller: int
    incident: int
    board: int
    minute: float
    since: float
    severity: float


class CallResponse(Row):
    """A call that a couple served, and where."""

    born: int
    number: int
    board: int
    post: int
    cell: int
    wait: float


class UnservedCall(Row):
    """A call that nobody will answer, and what was missing."""

    born: int
    number: int
    reason: int
    board: int


class Arrest(Row):
    """An arrest, of an offender caught (a row of the incidents) or on the street (-1).

    ``other`` is 1 if it took somebody else, ``member`` the member of a clique whom it took, or -1.
    """

    incident: int
    number: int
    post: int
    goods: int
    held: int
    other: int
    member: int


class Hearing(Row):
    """A step of a case before a communal authority, and what it ended with."""

    born: int
    number: int
    outcome: int


class Meeting(Row):
    """A meeting of a community with the police."""

    authority: int
    problem: int
    by_police: int
    came: int


class Bribe(Row):
    """A request for a bribe."""

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
    """What one resident lived through or heard: shares that are good, weights as evidence, and the change it made.

    ``fast`` is the part that is forgotten within weeks.
    """

    who: int
    cause: int
    quality_f: float
    quality_e: float
    weight_f: float
    weight_e: float
    fast: float
    change: float


class CoupleImpression(Row):
    """An impression that a couple left: its row in this shift, the couple, and the cell where it was."""

    impression: int
    post: int
    cell: int


class PreventedCrime(Row):
    """A crime that a guard kept away (`model.world.hazard`)."""

    number: int
    kind: int
    cell: int
    guard: int


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
NOBODY = -1
TO_PATROL, BY_PHONE, AT_STATION, OWN_PHONE, COMMUNAL, PROSECUTOR, ANONYMOUS, TO_KIN, DEMI, REFUGE = range(10)
CASEWORK, ROUTE, INSTITUTION, PROBLEM, POST, CHECKPOINT, SOLDIERS, HOMES = (
    int64_constant(kind) for kind in range(-1, 7)
)
"""Kinds of visits: none (work on cases), by route, to an institution, by plan, on a post, checkpoint, army, homes."""
N_PROBLEMS, N_PLAN_CELLS = 6, 5
"""Problems by which stations and headquarters remember crime, and places of a plan."""
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
}
VISITS, INCIDENTS, CALLS, RESPONSES, UNSERVEDS, ARRESTS, HEARINGS, MEETINGS, BRIBES, OUTSIDE = range(10)
IMPRESSIONS, SPARED, SIGNED = range(10, len(EVENT_TABLES))
TABLE_NAMES = tuple(EVENT_TABLES)


class ShiftEventTables(TableBundle):
    """The tables of one shift as kernels take them; ``counts`` tells how many rows of each are filled."""

    visits: Rows[Visit]
    incidents: Rows[Incident]
    calls: Rows[Call]
    responses: Rows[CallResponse]
    unserved: Rows[UnservedCall]
    arrests: Rows[Arrest]
    hearings: Rows[Hearing]
    meetings: Rows[Meeting]
    bribes: Rows[Bribe]
    outside: Rows[OutsideVictimisation]
    impressions: Rows[Impression]
    spared: Rows[PreventedCrime]
    signed: Rows[CoupleImpression]
    counts: IntArray


class ShiftEvents:
    """Keeps the tables of the present shift and makes capacity in them before each submodel writes."""

    def __init__(self, version: TableVersion | None = None) -> None:
        self.version = version or TableVersion()
        self.counts = np.zeros(len(EVENT_TABLES), np.int64)
        self.capacity = [64] * len(EVENT_TABLES)
        self.tables: dict[str, Rows[Any]] = {name: zero_rows(row, 64) for name, row in EVENT_TABLES.items()}
        self.day = ShiftEventTables(**self.tables, counts=self.counts)

    def clear(self) -> None:
        """Begin a new shift."""
        self.counts.fill(0)

    def reserve(self, table: int, extra: int) -> ShiftEventTables:
        """Make capacity for ``extra`` more rows in one table; return the tables."""
        need = self.counts.item(table) + extra
        if need > self.capacity[table]:
            self.capacity[table], name = 2 * need, TABLE_NAMES[table]
            rows = zero_rows(EVENT_TABLES[name], 2 * need)
            rows[: self.counts[table]] = self.rows_of(table)
            self.tables[name] = rows
            self.day = ShiftEventTables(**self.tables, counts=self.counts)
            self.version.increase()
        return self.day

    def rows_of(self, table: int) -> Rows[Row]:
        """Return the rows of one table written so far in this shift (a view)."""
        return self.tables[TABLE_NAMES[table]][: self.counts[table]]
