"""The four counts of crime: occurred, reported to the state, complaints filed, recorded by headquarters.

Each counts crimes by kind and month; what separates them is reporting, and the filing of reports (`information`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.engine.calendar import MINUTES_AN_HOUR
from model.engine.domains import COUNT
from model.engine.kernels import kernel
from model.engine.rows import Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec
from model.town.crime_kinds import ASSAULT, BY_TELEPHONE, HOMICIDE, KINDS, LESSER_KIND
from model.town.police import BICYCLE, FOOT
from model.world.mechanism import Measure, Mechanism
from model.world.shift_events import (
    AT_MEETING,
    CHANNELS,
    COMMUNAL,
    DEMI,
    INCIDENTS,
    INSTITUTION,
    MOTIVES,
    NOBODY,
    PROSECUTOR,
    REFUGE,
    TO_KIN,
    UNSERVED_REASONS,
    UNSERVEDS,
    VISITS,
)
from model.world.steps import step

if TYPE_CHECKING:
    from model.simulation.world import World
    from model.world.month import MonthSnapshot
    from model.world.shift_events import (
        Incident,
    )

OCCURRED, REPORTED, COMPLAINTS, RECORDED = range(4)
"""The four counts of crime, stages of the funnel."""
REPORTED_BY = ArraySpec(
    name="reported_by",
    of=np.int64,
    shape=(len(CHANNELS),),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Crimes reported, by channel.",
    domain=COUNT,
)
KILLED_BY = ArraySpec(
    name="killed_by",
    of=np.int64,
    shape=(len(MOTIVES),),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Homicides by motive.",
    domain=COUNT,
)
UNSERVED_BY = ArraySpec(
    name="unserved_by",
    of=np.int64,
    shape=(len(UNSERVED_REASONS),),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Calls lost, by what was missing.",
    domain=COUNT,
)
GRAVE_SEVERITY = 0.6
"""Severity from which a crime counts as serious (violent robbery and above)."""
WOUND_SEVERITY = 0.8
"""Severity from which an assault leaves somebody wounded."""


class CrimeFunnelCounts(Row):
    """Monthly counts of visits and of the stages of the crime funnel."""

    visits: float
    visits_routed: float
    visits_to_institutions: float
    foot_visits: float
    core_visits: float
    minutes_seen: float
    wounded_registered: float
    women_killed: float
    handed: float
    found: float
    grave: float
    grave_known: float


HOMICIDE_MOTIVES = {
    "robbery": ("robbery",),
    "quarrel": ("quarrel",),
    "hire": ("hire",),
    "gang": ("gang",),
    "extortion": ("extortion",),
    "home": ("partner", "kin"),
    "narco": ("narco",),
    "crowd": ("crowd",),
}
"""Motives of incidents by the kind of homicide that is reported."""
REPORT_CHANNELS = CHANNELS[:7]
"""Channels with a measure; those of domestic violence have their own (`seeking_help`)."""
CRIME_COUNT_MEASURES = {
    "crimes_occurred": OCCURRED,
    "crimes_told": REPORTED,
    "complaints_filed": COMPLAINTS,
    "crimes_recorded": RECORDED,
}


@kernel
def is_reported_to_state(row: Incident) -> bool:
    """Return whether this incident was reported to a state body."""
    channel = row.reported_to
    return row.handed == 1 or (channel != NOBODY and channel != COMMUNAL and channel != TO_KIN and channel != REFUGE)


@kernel
def is_known_to_police(row: Incident) -> bool:
    """Return whether the police know of an incident: they found it, or a report reached them.

    Prosecutor and DEMI keep what is reported to them, except for what goes by telephone: killings and stolen vehicles.
    """
    kept = (row.reported_to == PROSECUTOR or row.reported_to == DEMI) and BY_TELEPHONE[row.kind] == 0
    return row.found == 1 or (is_reported_to_state(row) and not kept)


@kernel
def count_incidents(w: World) -> None:
    """Count the incidents of a shift by stage of the funnel, kind, settlement, cell, channel and motive.

    Updates `tally` and the tables of counts.
    """
    cells, people, tally, books = w.cells, w.people, w.tally, w.crime_counts
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        z = max(cells[row.cell].settlement, 0)
        known = is_reported_to_state(row)
        books[OCCURRED, row.kind] += 1
        books[REPORTED, row.kind] += 1 if known else 0
        books[COMPLAINTS, row.kind] += row.complaint
        books[RECORDED, LESSER_KIND[row.kind] if row.downgraded == 1 else row.kind] += row.recorded
        tally[0].refused += row.refused
        tally[0].downgraded += row.downgraded
        w.occurred_here[z] += 1
        w.harmed_here[row.cell] += 1
        if row.kind == ASSAULT and row.severity >= WOUND_SEVERITY and (known or row.found == 1):
            tally[0].wounded_registered += 1.0
        if row.severity >= GRAVE_SEVERITY:
            tally[0].grave += 1.0
            if known or row.found == 1:
                tally[0].grave_known += 1.0
        tally[0].handed += row.handed
        tally[0].found += row.found
        if row.reported_to != NOBODY:
            w.reported_by[row.reported_to] += 1
        if row.kind == HOMICIDE:
            tally[0].women_killed += people[row.victim].female
            w.killed_by[row.motive] += 1


@kernel
def count_police_work(w: World) -> None:
    """Count the visits that took place and the calls that were lost.

    Updates `tally`, `seen_here` and `unserved_by`.
    """
    cells, tally = w.cells, w.tally
    for k in range(w.counts[UNSERVEDS]):
        w.unserved_by[w.unserved[k].reason] += 1
    for k in range(w.counts[VISITS]):
        visit = w.visits[k]
        if visit.alive == 0 or visit.post < 0:  # cancelled for a call, or by soldiers
            continue
        w.seen_here[visit.cell] += 1
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
            if w.couples[visit.post].mode in (FOOT, BICYCLE):
                tally[0].foot_visits += 1.0


@step
def enter_books(w: World) -> None:
    """Count the incidents and the police work of a shift, when nothing more can change them."""
    count_incidents(w)
    count_police_work(w)


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
    {f"told_{name}": table_count_measure("reported_by", k) for k, name in enumerate(REPORT_CHANNELS)}
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
    tables=(REPORTED_BY, KILLED_BY, UNSERVED_BY),
    counts=CrimeFunnelCounts,
    measures=MEASURES,
)
