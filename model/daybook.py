"""What happens in one shift: the tables that each submodel reads and the next appends to."""

from typing import Any

import numpy as np

from model.kernels import Tables
from model.rows import row_type


def record(integers: str, reals: str = "") -> np.dtype:
    """Row type with these columns: eight-byte integers first, then eight-byte reals."""
    columns = [(name, "i8") for name in integers.split()] + [(name, "f8") for name in reals.split()]
    return row_type(columns)


VISIT = record("post cell kind routed alive", "minute stay")
INCIDENT = record(
    "tick number kind motive cell victim teller clique told handed found complaint in_time recorded arrested displaced "
    "refused written downgraded",
    "minute severity loss",
)
CALL = record("born number cell teller incident", "minute since severity")
RESPONSE = record("born number post", "wait")
UNSERVED = record("born number reason")
ARREST = record("incident number post goods held")
HEARING = record("born number outcome")
MEETING = record("authority problem by_police came")
BRIBE_ROW = record("cell nth post who")
SUFFERED = record("who kind", "severity")
IMPRESSION = record("who cause own", "tone_f tone_e weight_f weight_e change")

# Codes that rules take as arguments are numpy integers: numba would compile a rule once for each plain constant.
KINDS = (
    "robbery",
    "theft",
    "vehicle_theft",
    "theft_from_vehicle",
    "burglary",
    "assault",
    "homicide",
    "extortion",
    "domestic_violence",
)
ROBBERY, THEFT, VEHICLE_THEFT, THEFT_FROM_VEHICLE, BURGLARY, ASSAULT, HOMICIDE, EXTORTION, DOMESTIC = (
    np.int64(kind) for kind in range(9)
)

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
) = (np.int64(motive) for motive in range(len(MOTIVES)))

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

CASEWORK, ROUTE, INSTITUTION, PROBLEM, POST, CHECKPOINT, SOLDIERS = (np.int64(kind) for kind in range(-1, 6))
"""Kinds of visits: none (at work on cases), by route, to an institution, by plan, on a post, checkpoint, army."""
N_PROBLEMS, N_CELLS = 6, 5
"""Problems by which stations and headquarters remember crime, and places of a plan."""
LESSER = np.array([1, -1, 3, -1, -1, -1, -1, -1, -1])
"""What a downgraded crime is written down as: robbery as theft, theft of a vehicle as theft from it."""

REASONS = ("line", "triage", "hours", "fuel", "vehicles", "paper")
NO_LINE, TRIAGE, NO_HOURS, NO_FUEL, NO_VEHICLES, NO_ARRIVAL = (np.int64(reason) for reason in range(6))

TABLES = {
    "visits": VISIT,
    "incidents": INCIDENT,
    "calls": CALL,
    "responses": RESPONSE,
    "unserved": UNSERVED,
    "arrests": ARREST,
    "hearings": HEARING,
    "meetings": MEETING,
    "bribes": BRIBE_ROW,
    "outside": SUFFERED,
    "impressions": IMPRESSION,
}
VISITS, INCIDENTS, CALLS, RESPONSES, UNSERVEDS, ARRESTS, HEARINGS, MEETINGS, BRIBES, OUTSIDE, IMPRESSIONS = range(11)


NAMES = tuple(TABLES)


class Day(Tables):
    """The tables of one shift as kernels take them; ``counts`` tells how many rows of each are filled."""

    visits: Any
    incidents: Any
    calls: Any
    responses: Any
    unserved: Any
    arrests: Any
    hearings: Any
    meetings: Any
    bribes: Any
    outside: Any
    impressions: Any
    counts: Any


class Growth:
    """Tells those who keep the address of tables when any has moved: ``latest`` is then another object."""

    latest = object()


class Table:
    """A table that grows: ``rows`` is its storage, ``count[0]`` the number of rows in use."""

    def __init__(self, row: np.dtype, capacity: int = 64) -> None:
        self.rows = np.zeros(capacity, row)
        self.count = np.zeros(1, np.int64)

    def reserve(self, extra: int) -> None:
        """Make room for this many more rows."""
        need = self.count.item(0) + extra
        if need > len(self.rows):
            rows = np.zeros(max(need, 2 * len(self.rows)), self.rows.dtype)
            rows[: self.count[0]] = self.rows[: self.count[0]]
            self.rows, Growth.latest = rows, object()

    def filled(self) -> np.ndarray:
        """Return the rows in use (a view)."""
        return self.rows[: int(self.count[0])]


class Daybook:
    """Keeps the tables of the present shift and makes room in them before each submodel writes."""

    def __init__(self) -> None:
        self.counts = np.zeros(len(TABLES), np.int64)
        self.room = [64] * len(TABLES)
        self.tables = {name: np.zeros(64, row) for name, row in TABLES.items()}
        self.day = Day(**self.tables, counts=self.counts)

    def clear(self) -> None:
        """Begin a new shift."""
        self.counts[:] = 0

    def reserve(self, table: int, extra: int) -> Day:
        """Make room for ``extra`` more rows in one table; return the tables."""
        need = self.counts.item(table) + extra
        if need > self.room[table]:
            self.room[table], name = 2 * need, NAMES[table]
            rows = np.zeros(2 * need, TABLES[name])
            rows[: self.counts[table]] = self.filled(table)
            self.tables[name] = rows
            self.day, Growth.latest = Day(**self.tables, counts=self.counts), object()
        return self.day

    def filled(self, table: int) -> np.ndarray:
        """Return the rows of one table written so far in this shift (a view)."""
        return self.tables[NAMES[table]][: self.counts[table]]
