"""State of a world: everything that a run changes, as plain tables; a checkpoint holds these tables.

This module declares the tables that several mechanisms write; the writers of each column are listed in `docs/` from the
mechanisms' records.  A table of one mechanism is declared in its `schema.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from model.engine.rows import Row, Rows
from model.engine.tables import (
    COUNTED_MONTHLY,
    ArraySpec,
    GrowingTable,
    GrowingTableSpec,
    RowTableSpec,
    TableSizes,
    TableSpec,
    TableVersion,
)
from model.town.crime_kinds import N_KINDS
from model.town.police import Officer
from model.town.town import Town


class CoupleRow(Row):
    """A couple in this shift.

    ``on`` is 1 on duty; ``lead`` and ``mate`` are its officers, ``mode`` its means of transport, ``sector`` its sector,
    ``cell`` its last place.  Times are minutes of the shift: ``free`` from when it is available, ``duty_start`` to
    ``duty_end`` fixed duty, ``busy`` minutes on calls and arrests.  ``slots`` are its patrol stretches, some of them
    for orders, meetings, requests and problems; ``block`` is the use set by the chief for this shift, or -1.  ``tank``
    is the fuel left, as kilometres; ``km`` the distance of patrols, ``calls`` the calls served.
    """

    on: int
    calls: int
    lead: int
    mate: int
    mode: int
    joint: int
    block: int
    sector: int
    slots: int
    for_orders: int
    for_meetings: int
    for_requests: int
    for_problems: int
    cell: int
    free: float
    duty_start: float
    duty_end: float
    busy: float
    tank: float
    km: float


class FacilityResources(Row):
    """Resources of a facility this month: working lines, cash and maintenance."""

    late: int
    internet: int
    phone: int
    purse: float
    custom: float
    care: float


class Board(Row):
    """A communal board, or the auxiliary mayor of a settlement.

    ``met``, ``asked`` and ``heard`` are ticks of the last meeting, the last request and the last meeting that was
    answered; ``problem`` is the kind asked about, ``phones`` the share of leaders with an officer's number.  Legitimacy
    rests on ``shown``, the justice that people have seen, summed over ``showings``, and on ``standing``, its prior.

    ``calls_answered`` to ``climbs_broken`` are decaying evidence for and against police and state, ``disposition`` is
    the prior belief (0-1).  ``protocol``, ``watching`` and ``invites`` are its decisions.  ``unmet`` counts requests,
    ``rung`` is their level of escalation, ``climbing`` 1 while one is pending there.  ``nights`` are the known crimes
    by night of this month, ``usual`` those of a usual month, ``tired`` the months on watch.
    """

    met: int
    asked: int
    problem: int
    heard: int
    explained: int
    invites: int
    consents: int
    residents: int
    silent_until: int
    risen: int
    withdrawn: int
    disputes: int
    protocol: int
    watching: int
    unmet: int
    rung: int
    climbing: int
    legitimacy: float
    organised: float
    links: float
    phones: float
    watch: float
    shown: float
    showings: float
    standing: float
    disposition: float
    calls_answered: float
    calls_lost: float
    waited: float
    stepped_in: float
    requests_kept: float
    requests_broken: float
    cases_taken: float
    cases_returned: float
    climbs_kept: float
    climbs_broken: float
    promises_kept: float
    promises_broken: float
    nights: float
    usual: float
    tired: float
    load: float


class CommunalCase(Row):
    """A case before a communal authority; ``step`` is its next step, ``due`` the tick of that step."""

    born: int
    number: int
    due: int
    kind: int
    victim: int
    settlement: int
    cell: int
    step: int
    late: int
    just: int


class Plan(Row):
    """A station's plan for a quarter: problem, places, hours, and its implementation."""

    mode: int
    kind: int
    hour: int
    n: int
    founded: int
    holds: int
    changed: int
    made: int
    product: int
    months: int
    visits: int


MEANS = RowTableSpec(name="means", row=FacilityResources, per="facility", about="What a facility has.")
COUPLES = RowTableSpec(name="couples", row=CoupleRow, per="post", about="Couples on duty.")
OFFICERS = RowTableSpec(
    name="officers",
    row=Officer,
    per="officer",
    start=lambda town: town.officers.copy(),
    about="Positions and who holds them.",
)
BOARDS = RowTableSpec(name="boards", row=Board, per="authority", about="Boards of communities.")
CASES = GrowingTableSpec(name="cases", row=CommunalCase, about="Cases before communal authorities.")
PLANS = RowTableSpec(name="plans", row=Plan, per="facility", about="Plans of stations.")
ARRIVED = ArraySpec(
    name="come",
    of=np.int64,
    shape=(1,),
    about="Residents whose day to be born or move here has come: rows before this.",
)
WHO_END = ArraySpec(
    name="who_end",
    of=np.int64,
    shape=("list", "cell"),
    exempt="follows from who has come, which is compared",
    about="Where the list of who is in a cell ends.",
)
CROWD = ArraySpec(name="crowd", of=np.int64, shape=("list", "cell"), about="How many of them are here.")
MOOD = ArraySpec(
    name="mood",
    of=np.float64,
    shape=(1,),
    about="The nation's mood, in log-odds of trust, as of the last end of a month.",
)
CRIME_COUNTS = ArraySpec(
    name="books",
    of=np.int64,
    shape=(4, N_KINDS),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="The four books of crime by kind.",
)
OCCURRED_HERE = ArraySpec(
    name="occurred_here",
    of=np.int64,
    shape=("settlement",),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Crimes by settlement.",
)
HARMED_HERE = ArraySpec(
    name="harmed_here", of=np.int64, shape=("cell",), monthly=True, exempt=COUNTED_MONTHLY, about="Crimes by cell."
)
SEEN_HERE = ArraySpec(
    name="seen_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Visits of couples by cell.",
)
TOTAL = ArraySpec(name="total", of=np.float64, shape=("settlement",), about="Summed trust at the last end of a month.")
CENTRAL_TABLES: tuple[TableSpec, ...] = (
    *(ARRIVED, WHO_END, CROWD, MOOD, OFFICERS, COUPLES, MEANS, BOARDS, CASES, PLANS, CRIME_COUNTS),
    *(OCCURRED_HERE, HARMED_HERE, SEEN_HERE, TOTAL),
)


class State:
    """All tables that a run changes.

    ``state[TABLE]`` is the table of a declaration; ``state.name`` is the same by name, for use outside the model.  Rows
    of residents are never reused; those who die or leave are marked.
    """

    def __init__(self, declared: Iterable[TableSpec], town: Town, sizes: TableSizes) -> None:
        self.version = TableVersion()
        for table in declared:
            setattr(self, table.name, table.create(town, sizes, self.version))

    @overload
    def __getitem__[R: Row](self, table: RowTableSpec[R]) -> Rows[R]: ...
    @overload
    def __getitem__[R: Row](self, table: GrowingTableSpec[R]) -> GrowingTable[R]: ...
    @overload
    def __getitem__[N: np.generic](self, table: ArraySpec[N]) -> NDArray[N]: ...
    def __getitem__(self, table: TableSpec) -> Any:
        """Return one table."""
        return getattr(self, table.name)

    def __setitem__[N: np.generic](self, table: ArraySpec[N], numbers: NDArray[N]) -> None:
        """Replace an array, possibly by one of another length; bundles are bound anew, since its address changes."""
        setattr(self, table.name, numbers)
        self.version.increase()

    def open_month(self, declared: Iterable[TableSpec]) -> None:
        """Clear the tables that count within a month."""
        for table in declared:
            if table.monthly:
                found = getattr(self, table.name)
                found[:] = np.zeros(1, found.dtype)
