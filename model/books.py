"""The four books of crime: what happened, what the state was told, complaints, headquarters' record."""

from typing import Any

from model.daybook import (
    ASSAULT,
    BY_CROWD,
    BY_EXTORTION,
    BY_GANG,
    BY_KIN,
    BY_NARCOS,
    BY_PARTNER,
    COMMUNAL,
    FOR_HIRE,
    HOMICIDE,
    IN_QUARREL,
    IN_ROBBERY,
    INCIDENTS,
    INSTITUTION,
    LESSER,
    NOBODY,
    REFUGE,
    TO_KIN,
    UNSERVEDS,
    VISITS,
)
from model.kernels import kernel
from model.state import BICYCLE, FOOT

OCCURRED, TOLD, COMPLAINTS, RECORDED = range(4)
GRAVE = 0.6
"""Severity from which a crime counts as serious (violent robbery and above)."""
WOUNDS = 0.8
"""Severity from which an assault leaves somebody wounded."""


@kernel
def told_to_state(row: Any) -> Any:
    """Whether a state body was told of this incident."""
    told = row.told
    return row.handed == 1 or (told != NOBODY and told != COMMUNAL and told != TO_KIN and told != REFUGE)


@kernel
def enter(stage: Any, books: Any, occurred_here: Any, harmed_here: Any) -> None:
    """Enter the incidents of a shift into the four books, by type, by settlement and by cell."""
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
        count_channel(tally[0], row.told)
        if row.kind == HOMICIDE:
            tally[0].women_killed += people[row.victim].female
            count_motive(tally[0], row.motive)


@kernel
def count_channel(row: Any, channel: Any) -> None:
    """Count to whom a crime was told."""
    if channel == 0:
        row.told_patrol += 1.0
    elif channel == 1:
        row.told_phone += 1.0
    elif channel == 2:
        row.told_station += 1.0
    elif channel == 3:
        row.told_own_phone += 1.0
    elif channel == 4:
        row.told_communal += 1.0
    elif channel == 5:
        row.told_prosecutor += 1.0
    elif channel == 6:
        row.told_anonymous += 1.0


@kernel
def count_motive(row: Any, motive: Any) -> None:
    """Count a homicide by its kind."""
    if motive == IN_ROBBERY:
        row.homicides_robbery += 1.0
    elif motive == IN_QUARREL:
        row.homicides_quarrel += 1.0
    elif motive == FOR_HIRE:
        row.homicides_hire += 1.0
    elif motive == BY_GANG:
        row.homicides_gang += 1.0
    elif motive == BY_EXTORTION:
        row.homicides_extortion += 1.0
    elif motive == BY_NARCOS:
        row.homicides_narco += 1.0
    elif motive in (BY_PARTNER, BY_KIN):
        row.homicides_home += 1.0
    elif motive == BY_CROWD:
        row.homicides_crowd += 1.0


@kernel
def close_shift(stage: Any, couples: Any, seen_here: Any) -> None:
    """Count what is only known when the shift is over: visits kept, calls lost."""
    day, cells, tally = stage.day, stage.ground.cells, stage.tally
    for k in range(day.counts[UNSERVEDS]):
        reason = day.unserved[k].reason
        if reason == 0:
            tally[0].unserved_line += 1.0
        elif reason == 1:
            tally[0].unserved_triage += 1.0
        elif reason == 2:
            tally[0].unserved_hours += 1.0
        elif reason == 3:
            tally[0].unserved_fuel += 1.0
        elif reason == 4:
            tally[0].unserved_vehicles += 1.0
        else:
            tally[0].unserved_paper += 1.0
    for k in range(day.counts[VISITS]):
        visit = day.visits[k]
        if visit.alive == 0 or visit.post < 0:
            continue
        seen_here[visit.cell] += 1
        if cells[visit.cell].population > 0:
            tally[0].minutes_seen += visit.stay
        tally[0].visits += 1.0
        tally[0].couple_hours_used += visit.stay / 60.0
        tally[0].visits_routed += visit.routed
        if visit.kind == INSTITUTION:
            tally[0].visits_to_institutions += 1.0
        if cells[visit.cell].core == 1:
            tally[0].core_visits += 1.0
            if couples[visit.post].mode in (FOOT, BICYCLE):
                tally[0].foot_visits += 1.0
