"""The four books of crime: what happened, what the state was told, complaints, headquarters' record."""

from __future__ import annotations

from model.crime.crime_counts.schema import (
    CRIME_COUNT_MEASURES,
    GRAVE_SEVERITY,
    HOMICIDE_MOTIVES,
    KILLED_BY,
    RECORDED,
    REPORT_CHANNELS,
    TOLD_BY,
    UNSERVED_BY,
    WOUND_SEVERITY,
    WRITTEN_COLUMNS,
    CrimeFunnelCounts,
)
from model.engine.kernels import kernel
from model.engine.rows import IntArray, Rows
from model.town.crime_kinds import ASSAULT, HOMICIDE, KINDS, LESSER_KIND
from model.town.police import BICYCLE, FOOT
from model.world.mechanism import KernelArguments, Measure, Mechanism, kernel_step
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.shift_events import (
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
from model.world.state import COUPLES, CRIME_COUNTS, HARMED_HERE, OCCURRED_HERE, SEEN_HERE, CoupleRow


@kernel
def is_reported_to_state(row: Incident) -> bool:
    """Whether a state body was told of this incident."""
    told = row.told
    return row.handed == 1 or (told != NOBODY and told != COMMUNAL and told != TO_KIN and told != REFUGE)


@kernel
def add_to_counts(
    stage: ShiftContext,
    books: IntArray,
    occurred_here: IntArray,
    harmed_here: IntArray,
    told_by: IntArray,
    killed_by: IntArray,
) -> None:
    """Enter the incidents of a shift into the four books, by kind, by settlement and by cell."""
    day, cells, people, tally = stage.day, stage.ground.cells, stage.ground.people, stage.tally
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        z = max(cells[row.cell].settlement, 0)
        known = is_reported_to_state(row)
        entries = (1, 1 if known else 0, row.complaint)
        for book in range(3):
            books[book, row.kind] += entries[book]
        books[RECORDED, LESSER_KIND[row.kind] if row.downgraded == 1 else row.kind] += row.recorded
        tally[0].refused += row.refused
        tally[0].downgraded += row.downgraded
        occurred_here[z] += 1
        harmed_here[row.cell] += 1
        if row.kind == ASSAULT and row.severity >= WOUND_SEVERITY and (known or row.found == 1):
            tally[0].wounded_registered += 1.0
        if row.severity >= GRAVE_SEVERITY:
            tally[0].grave += 1.0
            if known or row.found == 1:
                tally[0].grave_known += 1.0
        tally[0].handed += row.handed
        tally[0].found += row.found
        if row.told != NOBODY:
            told_by[row.told] += 1
        if row.kind == HOMICIDE:
            tally[0].women_killed += people[row.victim].female
            killed_by[row.motive] += 1


@kernel
def count_shift_end(stage: ShiftContext, couples: Rows[CoupleRow], seen_here: IntArray, unserved_by: IntArray) -> None:
    """Count what is only known when the shift is over: visits kept, calls lost."""
    day, cells, tally = stage.day, stage.ground.cells, stage.tally
    for k in range(day.counts[UNSERVEDS]):
        unserved_by[day.unserved[k].reason] += 1
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0:
            continue
        seen_here[visit.cell] += 1
        if cells[visit.cell].population > 0:
            tally[0].minutes_seen += visit.stay
        tally[0].visits += 1.0
        tally[0].couple_hours_used += visit.stay / 60.0
        tally[0].km += visit.km
        tally[0].visits_routed += visit.routed
        if visit.kind == INSTITUTION:
            tally[0].visits_to_institutions += 1.0
        if cells[visit.cell].core == 1:
            tally[0].core_visits += 1.0
            if couples[visit.post].mode in (FOOT, BICYCLE):
                tally[0].foot_visits += 1.0


@kernel
def count_shift(
    stage: ShiftContext,
    books: IntArray,
    occurred_here: IntArray,
    harmed_here: IntArray,
    told_by: IntArray,
    killed_by: IntArray,
    couples: Rows[CoupleRow],
    seen_here: IntArray,
    unserved_by: IntArray,
) -> None:
    """Enter the incidents of a shift, and what is only known when it is over."""
    add_to_counts(stage, books, occurred_here, harmed_here, told_by, killed_by)
    count_shift_end(stage, couples, seen_here, unserved_by)


@kernel_step(count_shift)
def step(world: World) -> KernelArguments:
    """Enter the shift into the books of crime and police work."""
    state = world.state
    here = state[OCCURRED_HERE], state[HARMED_HERE], state[TOLD_BY], state[KILLED_BY]
    return world.shift_context(), state[CRIME_COUNTS], *here, state[COUPLES], state[SEEN_HERE], state[UNSERVED_BY]


def table_count_measure(table: str, *places: int) -> Measure:
    """Return the measure that sums places of a table of counts."""

    def read(month: MonthSnapshot) -> float:
        return float(getattr(month.world.state, table)[list(places)].sum())

    return Measure("count", read)


def crime_count_measure(book: int, *kinds: int) -> Measure:
    """Return the measure of one book: of some kinds, or of all."""

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
