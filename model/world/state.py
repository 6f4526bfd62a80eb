"""State of a world: everything that a run changes, as plain tables; a checkpoint holds these tables.

This module declares the tables that several mechanisms write; the writers of each column are listed in `docs/` from the
mechanisms' records.  A table of one mechanism is declared in its own file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, overload

import numpy as np
from numpy.typing import NDArray

from model.engine.calendar import SHIFTS
from model.engine.domains import COUNT, DOMAIN_OF_UNIT, FLAG, KEY, PAST, POSITIVE, SHARE, TICK, Domain, code_of, row_of
from model.engine.rows import Row
from model.engine.tables import (
    COUNTED_MONTHLY,
    ArraySpec,
    GrowingTableSpec,
    RowTableSpec,
    TableVersion,
)
from model.town.crime_kinds import N_KINDS
from model.town.police import MODES, Officer
from model.world.shift_events import N_PLAN_CELLS, N_PROBLEMS

if TYPE_CHECKING:
    from model.community.requests import MeetingAttendee, RequestRow
    from model.crime.domestic_violence import PendingAct
    from model.crime.near_repeat import PendingRepeat
    from model.crime.offenders import OffenderRow
    from model.engine.rows import Int32Array, IntArray, Rows
    from model.engine.tables import (
        GrowingTable,
        TableSizes,
        TableSpec,
    )
    from model.gangs.custody import Prisoner
    from model.gangs.extortion import Threat
    from model.gangs.gangs import RollEntry
    from model.justice.justice import CaseFile
    from model.problems.problems import ProblemRow
    from model.reporting.information import RecordInTransit
    from model.reporting.remedies import HelpOutcome, VictimRecord
    from model.town.town import Town
    from model.world.discrete_choice import ChoiceRecord
    from model.world.shift_events import Call, Incident

PLAN_MODES = ("preventive", "reactive", "investigative")

HOUR_USES = ("habit", "visits", "arrests", "places")

AT_HEARING, IN_COMPLIANCE, AT_HIGHER = range(3)
"""Stages of a case: before its hearing, while a ruling is complied with, before the higher board."""

LAND_KIND = 64
"""Kind of a case over land; crimes have lower numbers."""

HIGHEST_RUNG = 2
"""Furthest that a request is taken: 1 municipal table, 2 prefect."""


class CoupleRow(Row):
    """A couple in this shift.

    ``on`` is 1 on duty; ``lead`` and ``mate`` are its officers, ``mode`` its means of transport, ``sector`` its sector,
    ``cell`` its last place.  Times are minutes of the shift: ``free`` from when it is available, ``duty_start`` to
    ``duty_end`` fixed duty, ``busy`` minutes on calls and arrests.  ``slots`` are its patrol stretches, some of them
    for orders, meetings, requests and problems; ``block`` is the use set by the chief for this shift, or -1.  ``tank``
    is the fuel left, as kilometres; ``km`` the distance of patrols, ``calls`` the calls served.
    """

    on: Annotated[int, FLAG]
    calls: Annotated[int, COUNT]
    lead: Annotated[int, row_of("officer", none=True)]
    mate: Annotated[int, row_of("officer", none=True)]
    mode: Annotated[int, code_of(len(MODES))]
    joint: Annotated[int, FLAG]
    block: Annotated[int, code_of(len(HOUR_USES), none=True)]
    sector: Annotated[int, row_of("sector", none=True)]
    slots: Annotated[int, COUNT]
    for_orders: Annotated[int, COUNT]
    for_meetings: Annotated[int, COUNT]
    for_requests: Annotated[int, COUNT]
    for_problems: Annotated[int, COUNT]
    cell: Annotated[int, row_of("cell", none=True)]
    free: Annotated[float, POSITIVE]
    duty_start: Annotated[float, POSITIVE]
    duty_end: Annotated[float, POSITIVE]
    busy: Annotated[float, POSITIVE]
    tank: float
    km: Annotated[float, POSITIVE]


class FacilityResources(Row):
    """Resources of a facility this month: working lines, cash and maintenance."""

    late: Annotated[int, FLAG]
    internet: Annotated[int, FLAG]
    phone: Annotated[int, FLAG]
    purse: float
    custom: Annotated[float, POSITIVE]
    care: Annotated[float, POSITIVE]


class Board(Row):
    """A communal board, or the auxiliary mayor of a settlement.

    ``met``, ``asked`` and ``heard`` are ticks of the last meeting, the last request and the last meeting that was
    answered; ``mark`` is the reading of the facility's owed minutes at which the work for the last meeting is done.
    ``problem`` is the kind asked about, ``phones`` the share of leaders with an officer's number.  Legitimacy
    rests on ``shown``, the justice that people have seen, summed over ``showings``, and on ``standing``, its prior.

    ``calls_answered`` to ``climbs_broken`` are decaying evidence for and against police and state, ``disposition`` is
    the prior belief (0-1).  ``protocol``, ``watching`` and ``invites`` are its decisions.  ``unmet`` counts requests,
    ``rung`` is their level of escalation, ``climbing`` 1 while one is pending there.  ``nights`` are the known crimes
    by night of this month, ``usual`` those of a usual month, ``tired`` the months on watch.
    """

    met: Annotated[int, PAST]
    asked: Annotated[int, PAST]
    problem: Annotated[int, code_of(N_KINDS, none=True)]
    heard: Annotated[int, PAST]
    explained: Annotated[int, COUNT]
    invites: Annotated[int, FLAG]
    consents: Annotated[int, FLAG]
    residents: Annotated[int, COUNT]
    silent_until: Annotated[int, TICK]
    risen: Annotated[int, TICK]
    withdrawn: Annotated[int, TICK]
    disputes: Annotated[int, COUNT]
    protocol: Annotated[int, FLAG]
    watching: Annotated[int, FLAG]
    unmet: Annotated[int, COUNT]
    rung: Annotated[int, code_of(HIGHEST_RUNG + 1)]
    climbing: Annotated[int, FLAG]
    legitimacy: Annotated[float, DOMAIN_OF_UNIT["log-odds"]]
    organised: Annotated[float, SHARE]
    links: Annotated[float, SHARE]
    phones: Annotated[float, SHARE]
    mark: Annotated[float, POSITIVE]
    watch: Annotated[float, POSITIVE]
    shown: Annotated[float, POSITIVE]
    showings: Annotated[float, POSITIVE]
    standing: Annotated[float, DOMAIN_OF_UNIT["log-odds"]]
    disposition: Annotated[float, SHARE]
    calls_answered: Annotated[float, POSITIVE]
    calls_lost: Annotated[float, POSITIVE]
    waited: Annotated[float, POSITIVE]
    stepped_in: Annotated[float, POSITIVE]
    requests_kept: Annotated[float, POSITIVE]
    requests_broken: Annotated[float, POSITIVE]
    cases_taken: Annotated[float, POSITIVE]
    cases_returned: Annotated[float, POSITIVE]
    climbs_kept: Annotated[float, POSITIVE]
    climbs_broken: Annotated[float, POSITIVE]
    promises_kept: Annotated[float, POSITIVE]
    promises_broken: Annotated[float, POSITIVE]
    nights: Annotated[float, POSITIVE]
    usual: Annotated[float, POSITIVE]
    tired: Annotated[float, POSITIVE]
    load: Annotated[float, POSITIVE]


class CommunalCase(Row):
    """A case before a communal authority; ``step`` is its next step, ``due`` the tick of that step."""

    born: Annotated[int, PAST]
    number: Annotated[int, KEY]
    due: Annotated[int, TICK]
    kind: Annotated[int, code_of(LAND_KIND + 1)]
    victim: Annotated[int, row_of("resident")]
    settlement: Annotated[int, row_of("settlement")]
    cell: Annotated[int, row_of("cell")]
    step: Annotated[int, code_of(AT_HIGHER + 1)]
    late: Annotated[int, COUNT]
    just: Annotated[int, FLAG]


class Plan(Row):
    """A station's plan for a quarter: problem, places, hours, and its implementation."""

    mode: Annotated[int, code_of(len(PLAN_MODES))]
    kind: Annotated[int, code_of(N_PROBLEMS, none=True)]
    hour: Annotated[int, code_of(SHIFTS, none=True)]
    n: Annotated[int, Domain(0, N_PLAN_CELLS)]
    founded: Annotated[int, FLAG]
    holds: Annotated[int, FLAG]
    changed: Annotated[int, FLAG]
    made: Annotated[int, PAST]
    product: Annotated[int, PAST]
    months: Annotated[int, COUNT]
    visits: Annotated[int, COUNT]


def positions_stay(state: State, town: Town, sizes: TableSizes) -> bool:
    """A position keeps its facility, group, post and seat."""
    fixed = ["facility", "group", "post", "seat"]
    return all(np.array_equal(state[OFFICERS][name], town.officers[name]) for name in fixed)


def lists_follow_arrivals(state: State, town: Town, sizes: TableSizes) -> bool:
    """Lists of who is where end with the last of the residents who have come, `come`."""
    come = state[ARRIVED].item()
    return town.n_residents <= come <= town.n_people and all(
        np.array_equal(ends - start[:-1], residents_by_cell(places[:come], town.n_cells))
        for ends, start, places in zip(state[WHO_END], town.who_start, town.places, strict=True)
    )


def residents_by_cell(places: Int32Array, n_cells: int) -> IntArray:
    """Return the number of residents by cell, without those who are outside."""
    return np.bincount(places + 1, minlength=n_cells + 1)[1:]


FACILITY_RESOURCES = RowTableSpec(
    name="facility_resources", row=FacilityResources, per="facility", about="What a facility has."
)
COUPLES = RowTableSpec(name="couples", row=CoupleRow, per="post", about="Couples on duty.")
OFFICERS = RowTableSpec(
    name="officers",
    row=Officer,
    per="officer",
    start=lambda town: town.officers.copy(),
    about="Positions and who holds them.",
    rule=positions_stay,
)
BOARDS = RowTableSpec(name="boards", row=Board, per="authority", about="Boards of communities.")
CASES = GrowingTableSpec(name="cases", row=CommunalCase, about="Cases before communal authorities.")
PLANS = RowTableSpec(name="plans", row=Plan, per="facility", about="Plans of stations.")
ARRIVED = ArraySpec(
    name="arrived",
    of=np.int64,
    shape=(1,),
    about="Residents whose day to be born or move here has come are in the rows before this one.",
    domain=Domain(0, rows_of="arrived", about="a number of residents"),
)
WHO_END = ArraySpec(
    name="who_end",
    of=np.int64,
    shape=("list", "cell"),
    exempt="follows from who has come, which is compared",
    about="Where the list of who is in a cell ends.",
    rule=lists_follow_arrivals,
    domain=COUNT,
)


def crowds_have_come(state: State, town: Town, sizes: TableSizes) -> bool:
    """It counts no more residents than have come there."""
    return bool((state[CROWD] <= state[WHO_END] - town.who_start[:, :-1]).all())


CROWD = ArraySpec(
    name="crowd",
    of=np.int64,
    shape=("list", "cell"),
    about="How many of them are here.",
    rule=crowds_have_come,
    domain=COUNT,
)
MOOD = ArraySpec(
    name="mood",
    of=np.float64,
    shape=(1,),
    about="The nation's mood, in log-odds of trust, as of the last end of a month.",
    domain=DOMAIN_OF_UNIT["log-odds"],
)
CRIME_COUNTS = ArraySpec(
    name="crime_counts",
    of=np.int64,
    shape=(4, N_KINDS),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="The four books of crime by kind.",
    domain=COUNT,
)
OCCURRED_HERE = ArraySpec(
    name="occurred_here",
    of=np.int64,
    shape=("settlement",),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Crimes by settlement.",
    domain=COUNT,
)
HARMED_HERE = ArraySpec(
    name="harmed_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Crimes by cell.",
    domain=COUNT,
)
SEEN_HERE = ArraySpec(
    name="seen_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Visits of couples by cell.",
    domain=COUNT,
)
TRUST_TOTAL = ArraySpec(
    name="trust_total",
    of=np.float64,
    shape=("settlement",),
    about="Summed trust at the last end of a month.",
    domain=POSITIVE,
)
CENTRAL_TABLES: tuple[TableSpec, ...] = (
    *(ARRIVED, WHO_END, CROWD, MOOD, OFFICERS, COUPLES, FACILITY_RESOURCES, BOARDS, CASES, PLANS, CRIME_COUNTS),
    *(OCCURRED_HERE, HARMED_HERE, SEEN_HERE, TRUST_TOTAL),
)


class State:
    """All tables that a run changes.

    ``state[TABLE]`` is the table of a declaration; ``state.name`` is the same by name, for use outside the model.  Rows
    of residents are never reused; those who die or leave are marked.
    """

    cases: GrowingTable[CommunalCase]
    choices: GrowingTable[ChoiceRecord]
    roll: GrowingTable[RollEntry]
    offenders: GrowingTable[OffenderRow]
    repeats: GrowingTable[PendingRepeat]
    problems: GrowingTable[ProblemRow]
    threats: GrowingTable[Threat]
    prison: GrowingTable[Prisoner]
    pending: GrowingTable[PendingAct]
    women: GrowingTable[VictimRecord]
    outcomes: GrowingTable[HelpOutcome]
    waiting: GrowingTable[Call]
    carried: GrowingTable[Incident]
    requests: GrowingTable[RequestRow]
    present: GrowingTable[MeetingAttendee]
    mail: GrowingTable[RecordInTransit]
    files: GrowingTable[CaseFile]

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

    def put(self, name: str, numbers: NDArray[Any]) -> None:
        """Replace an array, possibly by one of another length."""
        if not isinstance(getattr(self, name), np.ndarray):
            raise TypeError(f"'{name}' is no array of the state. A growing table keeps its rows: use `reserve`.")
        setattr(self, name, numbers)
        self.version.increase()

    def open_month(self, declared: Iterable[TableSpec]) -> None:
        """Clear the tables that count within a month."""
        for table in declared:
            if table.monthly:
                found = getattr(self, table.name)
                found[:] = np.zeros(1, found.dtype)
