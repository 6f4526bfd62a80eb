"""The four counts of crime: occurred, told to the state, complaints filed, recorded by headquarters.

Each counts crimes by kind and month; what separates them is reporting, and the filing of reports (`information`).
"""

from __future__ import annotations

from model.crime.crime_counts.schema import (
    COMPLAINTS,
    CRIME_COUNT_MEASURES,
    GRAVE_SEVERITY,
    HOMICIDE_MOTIVES,
    KILLED_BY,
    OCCURRED,
    RECORDED,
    REPORT_CHANNELS,
    TOLD,
    TOLD_BY,
    UNSERVED_BY,
    WOUND_SEVERITY,
    WRITTEN_COLUMNS,
    CrimeFunnelCounts,
)
from model.engine.calendar import MINUTES_AN_HOUR
from model.engine.kernels import TableBundle, kernel
from model.engine.rows import IntArray, Rows
from model.town.crime_kinds import ASSAULT, HOMICIDE, KINDS, LESSER_KIND
from model.town.police import BICYCLE, FOOT
from model.world.binding import of
from model.world.mechanism import Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import (
    AT_MEETING,
    COMMUNAL,
    INCIDENTS,
    INSTITUTION,
    MOTIVES,
    NOBODY,
    REFUGE,
    TO_KIN,
    UNSERVED_REASONS,
    UNSERVEDS,
    VISITS,
    Incident,
)
from model.world.state import CRIME_COUNTS, HARMED_HERE, OCCURRED_HERE, SEEN_HERE, CoupleRow
from model.world.steps import KernelArguments, kernel_step


class CrimeCountTables(TableBundle):
    """Counts of crime by stage, place, channel and motive, and the couples whose visits are counted."""

    books: IntArray = of(CRIME_COUNTS)
    occurred_here: IntArray = of(OCCURRED_HERE)
    harmed_here: IntArray = of(HARMED_HERE)
    told_by: IntArray = of(TOLD_BY)
    killed_by: IntArray = of(KILLED_BY)
    couples: Rows[CoupleRow]
    seen_here: IntArray = of(SEEN_HERE)
    unserved_by: IntArray = of(UNSERVED_BY)


@kernel
def is_reported_to_state(row: Incident) -> bool:
    """Return whether a state body was told of this incident."""
    channel = row.told
    return row.handed == 1 or (channel != NOBODY and channel != COMMUNAL and channel != TO_KIN and channel != REFUGE)


@kernel
def count_incidents(shift: ShiftContext, tables: CrimeCountTables) -> None:
    """Count the incidents of a shift by stage of the funnel, kind, settlement, cell, channel and motive.

    Updates `tally` and the tables of counts.
    """
    day, cells, people, tally, books = shift.day, shift.ground.cells, shift.ground.people, shift.tally, tables.books
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        z = max(cells[row.cell].settlement, 0)
        known = is_reported_to_state(row)
        books[OCCURRED, row.kind] += 1
        books[TOLD, row.kind] += 1 if known else 0
        books[COMPLAINTS, row.kind] += row.complaint
        books[RECORDED, LESSER_KIND[row.kind] if row.downgraded == 1 else row.kind] += row.recorded
        tally[0].refused += row.refused
        tally[0].downgraded += row.downgraded
        tables.occurred_here[z] += 1
        tables.harmed_here[row.cell] += 1
        if row.kind == ASSAULT and row.severity >= WOUND_SEVERITY and (known or row.found == 1):
            tally[0].wounded_registered += 1.0
        if row.severity >= GRAVE_SEVERITY:
            tally[0].grave += 1.0
            if known or row.found == 1:
                tally[0].grave_known += 1.0
        tally[0].handed += row.handed
        tally[0].found += row.found
        if row.told != NOBODY:
            tables.told_by[row.told] += 1
        if row.kind == HOMICIDE:
            tally[0].women_killed += people[row.victim].female
            tables.killed_by[row.motive] += 1


@kernel
def count_police_work(shift: ShiftContext, tables: CrimeCountTables) -> None:
    """Count the visits that took place and the calls that were lost.

    Updates `tally`, `seen_here` and `unserved_by`.
    """
    day, cells, tally = shift.day, shift.ground.cells, shift.tally
    for k in range(day.counts[UNSERVEDS]):
        tables.unserved_by[day.unserved[k].reason] += 1
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0:  # cancelled for a call, or by soldiers
            continue
        tables.seen_here[visit.cell] += 1
        if cells[visit.cell].population > 0:
            tally[0].minutes_seen += visit.stay
        tally[0].couple_hours_used += visit.stay / MINUTES_AN_HOUR
        tally[0].km += visit.km
        if visit.kind >= AT_MEETING:  # seen, but no patrol
            continue
        tally[0].visits += 1.0
        tally[0].visits_routed += visit.routed
        if visit.kind == INSTITUTION:
            tally[0].visits_to_institutions += 1.0
        if cells[visit.cell].core == 1:
            tally[0].core_visits += 1.0
            if tables.couples[visit.post].mode in (FOOT, BICYCLE):
                tally[0].foot_visits += 1.0


@kernel
def count_shift(shift: ShiftContext, tables: CrimeCountTables) -> None:
    """Count the incidents and the police work of a shift, when nothing more can change them."""
    count_incidents(shift, tables)
    count_police_work(shift, tables)


@kernel_step(count_shift)
def step(world: World) -> KernelArguments:
    """Count crime and police work of the shift."""
    return world.shift_context(), world.view(CrimeCountTables)


def table_count_measure(table: str, *places: int) -> Measure:
    """Return the measure that sums some elements of a table of counts."""

    def read(month: MonthSnapshot) -> float:
        return float(getattr(month.world.state, table)[list(places)].sum())

    return Measure("count", read)


def crime_count_measure(book: int, *kinds: int) -> Measure:
    """Return the measure of one count of crime: of some kinds, or of all."""

    def read(month: MonthSnapshot) -> float:
        rows = month.crime_counts[book]
        return float(rows[list(kinds)].sum() if kinds else rows.sum())

    return Measure("crimes", read)


MEASURES = (
    {f"told_{name}": table_count_measure("told_by", k) for k, name in enumerate(REPORT_CHANNELS)}
    | {f"unserved_{name}": table_count_measure("unserved_by", k) for k, name in enumerate(UNSERVED_REASONS)}
    | {
        f"homicides_{name}": table_count_measure("killed_by", *map(MOTIVES.index, of))
        for name, of in HOMICIDE_MOTIVES.items()
    }
)
for _name, _book in CRIME_COUNT_MEASURES.items():
    MEASURES |= {_name: crime_count_measure(_book)} | {
        f"{_name}_{kind.name}": crime_count_measure(_book, k) for k, kind in enumerate(KINDS)
    }
MECHANISM = Mechanism(
    named="books",
    tables=(TOLD_BY, KILLED_BY, UNSERVED_BY),
    counts=CrimeFunnelCounts,
    writes=WRITTEN_COLUMNS,
    measures=MEASURES,
)
