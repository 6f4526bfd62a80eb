"""M13, justice with clocks: held or released, charged or dropped, sentenced (ODD 6.11).

An arrest for an act takes the slot or the member who did it, or somebody else.  Switched off, nobody is blamed.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.board_memory.rules import record_state_response
from model.crime.certainty.rules import CertaintyTables, offender_group_of
from model.crime.certainty.schema import UNCOUNTED_KIND
from model.crime.offenders.rules import hold_slot_until
from model.crime.offenders.schema import OffenderRow
from model.engine.calendar import MONTH, YEAR
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import IntArray, Rows
from model.engine.tables import ArraySpec
from model.gangs.custody.rules import hold_member
from model.gangs.custody.schema import PRISON, Prisoner
from model.gangs.gangs.rules import GangTables
from model.justice.justice.schema import (
    BLAME_STREAM,
    CHARGE_STREAM,
    CHARGED_BY,
    CHARGED_CAUSE,
    CLEARED_BY,
    DROPPED_CAUSE,
    FILE_CLOSED,
    FILES,
    HELD_CAUSE,
    MEMBER_STREAM,
    RELEASE_CAUSE,
    REMAND_STREAM,
    SENTENCE_STREAM,
    TERM_STREAM,
    WRONG_STREAM,
    CaseFile,
    ComplaintExperience,
    Justice,
    JusticeCounts,
)
from model.town.crime_kinds import KINDS, N_KINDS
from model.trust.events.rules import record_event
from model.world.binding import count_of, of
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_context import ShiftContext
from model.world.shift_events import ARRESTS, NOBODY, Incident
from model.world.state import Board


class JusticeTables(TableBundle):
    """Who can be held, what offenders believe, and the numbers of judges."""

    slots: Rows[OffenderRow]
    gangs: GangTables
    prison: Rows[Prisoner]
    prison_count: IntArray = count_of(PRISON)
    beliefs: CertaintyTables
    cleared_by: IntArray = of(CLEARED_BY)
    charged_by: IntArray = of(CHARGED_BY)
    parameters: Rows[Justice]
    boards: Rows[Board]


@kernel
def clear_complaint(court: JusticeTables, file: CaseFile) -> None:
    """Count a complaint as cleared."""
    if file.teller >= 0:
        court.cleared_by[file.kind] += 1


@kernel
def judge_arrests(stage: ShiftContext, court: JusticeTables) -> None:
    """Hold those caught with goods or accused in time; release the others for lack of merit."""
    for k in range(stage.day.counts[ARRESTS]):
        arrest = stage.day.arrests[k]
        stage.tally[0].arrests += 1.0
        held = arrest.goods == 1
        if arrest.incident < 0:
            stage.tally[0].arrests_without_incident += 1.0
        else:
            row = stage.day.incidents[arrest.incident]
            held = held or (row.complaint == 1 and row.in_time == 1)
            stage.tally[0].arrests_act += 1.0
            inform_reporter(stage, court, row, held)
            wrong = keyed_uniform(stage.seed, WRONG_STREAM, stage.tick, row.number, 0) < court.parameters[0].wrong
            arrest.other = 1 if wrong else 0
            arrest.member = NOBODY if wrong else arrest_offender(stage, court, row, held)
        arrest.held = 1 if held else 0
        if held:
            stage.tally[0].held += 1.0
        else:
            stage.tally[0].released += 1.0


@kernel
def inform_reporter(stage: ShiftContext, court: JusticeTables, row: Incident, held: bool) -> None:
    """Let the one who told, or was found, hear what became of the arrest."""
    i = row.teller
    if i < 0 or (row.told == NOBODY and row.found == 0):
        return
    z = stage.ground.people[i].settlement
    p = stage.trust[z]
    if keyed_uniform(stage.seed, BLAME_STREAM, stage.tick, row.number, 0) < court.parameters[z].blame:
        kind, weight = (HELD_CAUSE, p.held) if held else (RELEASE_CAUSE, p.released)
        record_event(stage, i, kind, weight)


@kernel
def arrest_offender(stage: ShiftContext, court: JusticeTables, row: Incident, held: bool) -> int:
    """Let an arrest for an act count, and remove who did it if the judge holds him; return the member, or -1."""
    group = offender_group_of(row, court.slots)
    if row.offender >= 0 and court.slots[row.offender].until > stage.tick:
        group = UNCOUNTED_KIND
    if group != UNCOUNTED_KIND:
        zone = max(stage.ground.cells[row.cell].settlement, 0)
        court.beliefs.arrested_lately[group, zone] += 1.0 if held else court.beliefs.parameters[0].released
    if not held:
        if row.clique >= 0:
            court.gangs.cliques[row.clique].freed_now += 1
        return NOBODY
    until = remand_until(stage, court, stage.tick, row.number, 0)
    if row.offender >= 0:
        hold_slot_until(court.slots[row.offender], until)
    if row.clique < 0:
        return NOBODY
    i = draw_member_of_act(stage, court.gangs, row.clique, row.number)
    imprison_member(stage, court, i, until)
    return i


@kernel
def remand_until(stage: ShiftContext, court: JusticeTables, filed: int, number: int, nth: int) -> int:
    """Tick until which somebody arrested now is held if no charge comes."""
    u = keyed_uniform(stage.seed, REMAND_STREAM, filed, number, nth)
    return stage.tick + 1 + int(-MONTH * court.parameters[0].remand * math.log(1.0 - u))


@kernel
def draw_member_of_act(stage: ShiftContext, gangs: GangTables, clique: int, number: int) -> int:
    """Living member of a clique whom this act of this shift names, or -1."""
    found, least = NOBODY, 1.0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if stage.minds[i].member == clique and stage.minds[i].gone < 0:
            u = keyed_uniform(stage.seed, MEMBER_STREAM, stage.tick, i, number)
            if u < least:
                found, least = i, u
    return found


@kernel
def imprison_member(stage: ShiftContext, court: JusticeTables, i: int, until: int) -> None:
    """Hold a member of a clique, if somebody is named, until a tick."""
    if i >= 0:
        hold_member(stage, court.gangs, court.prison, court.prison_count, i, until)


@kernel
def extend_custody(court: JusticeTables, file: CaseFile, until: int) -> None:
    """Hold whom a file names at least until a tick, if he is still there to be held."""
    if file.other == 1:
        return
    if file.offender >= 0 and court.slots[file.offender].generation == file.generation:
        hold_slot_until(court.slots[file.offender], until)
    for k in range(court.prison_count[0]):
        if file.member >= 0 and court.prison[k].who == file.member:
            court.prison[k].until = max(court.prison[k].until, until)


@kernel
def decide_charge(stage: ShiftContext, court: JusticeTables, file: CaseFile) -> None:
    """Charge a file that somebody is held for, or drop it."""
    p = court.parameters[0]
    chance = p.charge_act if file.warrant < 0 else p.charge_warrant
    if keyed_uniform(stage.seed, CHARGE_STREAM, file.filed, file.number, 0) >= chance:
        drop_file(stage, court, file)
        return
    file.charged = stage.tick
    record_state_response(court.boards, file.board, True)
    stage.tally[0].charged += 1.0
    court.charged_by[file.kind] += 1
    extend_custody(court, file, stage.tick + int(MONTH * p.trial))
    i = file.teller
    if i >= 0:
        stage.minds[i].useful += 1.0
        z = stage.ground.people[i].settlement
        if keyed_uniform(stage.seed, BLAME_STREAM, file.filed, file.number, 1) < court.parameters[z].blame:
            record_event(stage, i, CHARGED_CAUSE, stage.trust[z].charged)


@kernel
def close_trial(stage: ShiftContext, court: JusticeTables, file: CaseFile) -> None:
    """Close a charged file when its trial is over, perhaps with a sentence."""
    p = court.parameters[0]
    if stage.tick - file.charged < MONTH * p.trial:
        return
    file.passes = FILE_CLOSED
    if keyed_uniform(stage.seed, SENTENCE_STREAM, file.filed, file.number, 0) < p.sentence:
        stage.tally[0].sentenced += 1.0
        length = (
            p.years * p.term * file.gravity * (0.5 + keyed_uniform(stage.seed, TERM_STREAM, file.filed, file.number, 0))
        )
        extend_custody(court, file, stage.tick + int(YEAR * length))


@kernel
def drop_file(stage: ShiftContext, court: JusticeTables, file: CaseFile) -> None:
    """Close a file without result; of those who complained some blame the police."""
    file.passes = FILE_CLOSED
    record_state_response(court.boards, file.board, False)
    i = file.teller
    if i < 0:
        return
    stage.minds[i].useful -= 0.2
    stage.tally[0].dropped += 1.0
    z = stage.ground.people[i].settlement
    if keyed_uniform(stage.seed, BLAME_STREAM, file.filed, file.number, 1) < court.parameters[z].blame:
        record_event(stage, i, DROPPED_CAUSE, stage.trust[z].dropped)


def kind_count_measure(table: ArraySpec[np.int64], *kinds: int) -> Measure:
    """Return the measure of what a table counts of some kinds of crime."""
    return Measure("crimes", lambda month: float(month.world.state[table][list(kinds)].sum()))


MECHANISM = Mechanism(
    group=Justice,
    tables=(FILES, CLEARED_BY, CHARGED_BY),
    mind=ComplaintExperience,
    counts=JusticeCounts,
    causes=(
        RELEASE_CAUSE,
        HELD_CAUSE,
        CHARGED_CAUSE,
        DROPPED_CAUSE,
    ),
    knockout=Knockout(("held", "charged")),
    measures={"arrests_act": Measure("arrests"), "cleared": kind_count_measure(CLEARED_BY, *range(N_KINDS))}
    | {f"cleared_{kind.name}": kind_count_measure(CLEARED_BY, n) for n, kind in enumerate(KINDS)}
    | {f"charged_{kind.name}": kind_count_measure(CHARGED_BY, n) for n, kind in enumerate(KINDS)},
)  # fmt: skip
