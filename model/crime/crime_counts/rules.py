"""The four books of crime: what happened, what the state was told, complaints, headquarters' record."""

from __future__ import annotations

from model.crime.crime_counts.schema import (
    BOOK_NAMES,
    GRAVE,
    HOMICIDES,
    KILLED_BY,
    RECORDED,
    TOLD_BY,
    TOLD_TO,
    UNSERVED_BY,
    WOUNDS,
    WRITES,
    Counts,
)
from model.engine.kernels import kernel
from model.engine.rows import Ints, Rows
from model.town.crime_kinds import ASSAULT, HOMICIDE, KINDS, LESSER
from model.town.police import BICYCLE, FOOT
from model.world.mechanism import Given, Measure, Mechanism, carries_out
from model.world.month import Month
from model.world.protocol import World
from model.world.shift_context import Stage
from model.world.shift_events import (
    COMMUNAL,
    INCIDENTS,
    INSTITUTION,
    MOTIVES,
    NOBODY,
    REASONS,
    REFUGE,
    TO_KIN,
    UNSERVEDS,
    VISITS,
    Incident,
)
from model.world.state import BOOKS, HARMED_HERE, OCCURRED_HERE, SEEN_HERE, Couple


@kernel
def told_to_state(row: Incident) -> bool:
    """Whether a state body was told of this incident."""
    told = row.told
    return row.handed == 1 or (told != NOBODY and told != COMMUNAL and told != TO_KIN and told != REFUGE)


@kernel
def enter(stage: Stage, books: Ints, occurred_here: Ints, harmed_here: Ints, told_by: Ints, killed_by: Ints) -> None:
    """Enter the incidents of a shift into the four books, by kind, by settlement and by cell."""
    day, cells, people, tally = stage.day, stage.ground.cells, stage.ground.people, stage.tally
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        z = max(cells[row.cell].settlement, 0)
        known = told_to_state(row)
        entries = (1, 1 if known else 0, row.complaint)
        for book in range(3):
            books[book, row.kind] += entries[book]
        books[RECORDED, LESSER[row.kind] if row.downgraded == 1 else row.kind] += row.recorded
        tally[0].refused += row.refused
        tally[0].downgraded += row.downgraded
        occurred_here[z] += 1
        harmed_here[row.cell] += 1
        if row.kind == ASSAULT and row.severity >= WOUNDS and (known or row.found == 1):
            tally[0].wounded_registered += 1.0
        if row.severity >= GRAVE:
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
def close_shift(stage: Stage, couples: Rows[Couple], seen_here: Ints, unserved_by: Ints) -> None:
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
def enter_shift(
    stage: Stage,
    books: Ints,
    occurred_here: Ints,
    harmed_here: Ints,
    told_by: Ints,
    killed_by: Ints,
    couples: Rows[Couple],
    seen_here: Ints,
    unserved_by: Ints,
) -> None:
    """Enter the incidents of a shift, and what is only known when it is over."""
    enter(stage, books, occurred_here, harmed_here, told_by, killed_by)
    close_shift(stage, couples, seen_here, unserved_by)


@carries_out(enter_shift)
def act(world: World) -> Given:
    """Enter the shift into the books of crime and police work."""
    state = world.state
    here = state[OCCURRED_HERE], state[HARMED_HERE], state[TOLD_BY], state[KILLED_BY]
    return world.stage(), state[BOOKS], *here, state.couples, state[SEEN_HERE], state[UNSERVED_BY]


def counted(table: str, *places: int) -> Measure:
    """Return the measure that sums places of a table of counts."""

    def read(month: Month) -> float:
        return float(getattr(month.world.state, table)[list(places)].sum())

    return Measure("count", read)


def booked(book: int, *kinds: int) -> Measure:
    """Return the measure of one book: of some kinds, or of all."""

    def read(month: Month) -> float:
        rows = month.books[book]
        return float(rows[list(kinds)].sum() if kinds else rows.sum())

    return Measure("crimes", read)


MEASURES = (
    {f"told_{name}": counted("told_by", k) for k, name in enumerate(TOLD_TO)}
    | {f"unserved_{name}": counted("unserved_by", k) for k, name in enumerate(REASONS)}
    | {f"homicides_{name}": counted("killed_by", *map(MOTIVES.index, of)) for name, of in HOMICIDES.items()}
)
for _name, _book in BOOK_NAMES.items():
    MEASURES |= {_name: booked(_book)} | {f"{_name}_{kind.name}": booked(_book, k) for k, kind in enumerate(KINDS)}
IT = Mechanism(named="books", tables=(TOLD_BY, KILLED_BY, UNSERVED_BY), counts=Counts, writes=WRITES, measures=MEASURES)
