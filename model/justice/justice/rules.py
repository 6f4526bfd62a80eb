"""M13, justice: arrested people are held or released, charged or dropped, sentenced, with delays.

An arrest for an act takes its offender slot or clique member, or by mistake somebody else, into custody.  Reporters who
hear of the outcome may credit or blame the police for it.  Switched off, nobody is blamed.
"""

from __future__ import annotations

import numpy as np

from model.community.board_memory.rules import record_state_response
from model.crime.certainty.rules import CertaintyTables, offender_group_of
from model.crime.certainty.schema import UNCOUNTED_KIND
from model.crime.offenders.rules import hold_slot_until
from model.crime.offenders.schema import OffenderRow
from model.engine.calendar import MONTH, YEAR
from model.engine.elementary import log
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
    """Offenders and members who can be held, beliefs about arrest, counts and parameters of courts."""

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
def clear_complaint(tables: JusticeTables, file: CaseFile) -> None:
    """Count the complaint of a file as cleared; updates `cleared_by`."""
    if file.teller >= 0:
        tables.cleared_by[file.kind] += 1


@kernel
def judge_arrests(shift: ShiftContext, tables: JusticeTables) -> None:
    """Hold the people arrested with goods or accused in time; release the others for lack of merit.

    Updates `day.arrests`, `tally`, the offenders, the prison and `day.impressions`.
    """
    for k in range(shift.day.counts[ARRESTS]):
        arrest = shift.day.arrests[k]
        shift.tally[0].arrests += 1.0
        held = arrest.goods == 1
        if arrest.incident < 0:
            shift.tally[0].arrests_without_incident += 1.0
        else:
            row = shift.day.incidents[arrest.incident]
            held = held or (row.complaint == 1 and row.in_time == 1)
            shift.tally[0].arrests_act += 1.0
            inform_reporter(shift, tables, row, held)
            wrong = keyed_uniform(shift.seed, WRONG_STREAM, shift.tick, row.number, 0) < tables.parameters[0].wrong
            arrest.other = 1 if wrong else 0
            arrest.member = NOBODY if wrong else arrest_offender(shift, tables, row, held)
        arrest.held = 1 if held else 0
        if held:
            shift.tally[0].held += 1.0
        else:
            shift.tally[0].released += 1.0


@kernel
def inform_reporter(shift: ShiftContext, tables: JusticeTables, row: Incident, held: bool) -> None:
    """Inform the reporter of an incident, or its witness, of the arrest; appends to `day.impressions`."""
    i = row.teller
    if i < 0 or (row.told == NOBODY and row.found == 0):
        return
    z = shift.ground.people[i].settlement
    p = shift.trust[z]
    if keyed_uniform(shift.seed, BLAME_STREAM, shift.tick, row.number, 0) < tables.parameters[z].blame:
        kind, weight = (HELD_CAUSE, p.held) if held else (RELEASE_CAUSE, p.released)
        record_event(shift, i, kind, weight)


@kernel
def arrest_offender(shift: ShiftContext, tables: JusticeTables, row: Incident, held: bool) -> int:
    """Record an arrest for an act and hold its offender; return the clique member held, or -1.

    Updates `beliefs.arrested_lately`; if held, the offender slot or the prison.
    """
    group = offender_group_of(row, tables.slots)
    if row.offender >= 0 and tables.slots[row.offender].until > shift.tick:
        group = UNCOUNTED_KIND  # in custody already: certainty counts an offender once
    if group != UNCOUNTED_KIND:
        zone = max(shift.ground.cells[row.cell].settlement, 0)
        tables.beliefs.arrested_lately[group, zone] += 1.0 if held else tables.beliefs.parameters[0].released
    if not held:
        if row.clique >= 0:
            tables.gangs.cliques[row.clique].freed_now += 1
        return NOBODY
    until = remand_until(shift, tables, shift.tick, row.number, 0)
    if row.offender >= 0:
        hold_slot_until(tables.slots[row.offender], until)
    if row.clique < 0:
        return NOBODY
    i = draw_member_of_act(shift, tables.gangs, row.clique, row.number)
    imprison_member(shift, tables, i, until)
    return i


@kernel
def remand_until(shift: ShiftContext, tables: JusticeTables, filed: int, number: int, nth: int) -> int:
    """Return the tick until which a person arrested now is held without a charge, exponential in length."""
    u = keyed_uniform(shift.seed, REMAND_STREAM, filed, number, nth)
    return shift.tick + 1 + int(-MONTH * tables.parameters[0].remand * log(1.0 - u))


@kernel
def draw_member_of_act(shift: ShiftContext, gangs: GangTables, clique: int, number: int) -> int:
    """Return the living member of a clique who committed an act of this shift, or -1."""
    # The least of keyed uniforms: each member is as likely, and others who join or leave rarely change the choice.
    found, least = NOBODY, 1.0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if shift.minds[i].member == clique and shift.minds[i].gone < 0:
            u = keyed_uniform(shift.seed, MEMBER_STREAM, shift.tick, i, number)
            if u < least:
                found, least = i, u
    return found


@kernel
def imprison_member(shift: ShiftContext, tables: JusticeTables, i: int, until: int) -> None:
    """Hold clique member `i` (-1: nobody) until a tick; updates `prison`, `minds` and `cliques`."""
    if i >= 0:
        hold_member(shift, tables.gangs, tables.prison, tables.prison_count, i, until)


@kernel
def extend_custody(tables: JusticeTables, file: CaseFile, until: int) -> None:
    """Extend the custody of the suspect of a file to a tick, unless the wrong person is held."""
    if file.other == 1:
        return
    if file.offender >= 0 and tables.slots[file.offender].generation == file.generation:
        hold_slot_until(tables.slots[file.offender], until)
    for k in range(tables.prison_count[0]):
        if file.member >= 0 and tables.prison[k].who == file.member:
            tables.prison[k].until = max(tables.prison[k].until, until)


@kernel
def decide_charge(shift: ShiftContext, tables: JusticeTables, file: CaseFile) -> None:
    """Charge a file with somebody in custody, or drop it; updates `minds.useful` and `day.impressions`."""
    p = tables.parameters[0]
    chance = p.charge_act if file.warrant < 0 else p.charge_warrant
    if keyed_uniform(shift.seed, CHARGE_STREAM, file.filed, file.number, 0) >= chance:
        drop_file(shift, tables, file)
        return
    file.charged = shift.tick
    record_state_response(tables.boards, file.board, True)
    shift.tally[0].charged += 1.0
    tables.charged_by[file.kind] += 1
    extend_custody(tables, file, shift.tick + int(MONTH * p.trial))
    i = file.teller
    if i >= 0:
        shift.minds[i].useful += p.lesson_charged
        z = shift.ground.people[i].settlement
        if keyed_uniform(shift.seed, BLAME_STREAM, file.filed, file.number, 1) < tables.parameters[z].blame:
            record_event(shift, i, CHARGED_CAUSE, shift.trust[z].charged)


@kernel
def close_trial(shift: ShiftContext, tables: JusticeTables, file: CaseFile) -> None:
    """Close a charged file when its trial is over, with a sentence in some cases."""
    p = tables.parameters[0]
    if shift.tick - file.charged < MONTH * p.trial:
        return
    file.passes = FILE_CLOSED
    if keyed_uniform(shift.seed, SENTENCE_STREAM, file.filed, file.number, 0) < p.sentence:
        shift.tally[0].sentenced += 1.0
        # Sentences are uniform between half and one and a half times their mean.
        u = keyed_uniform(shift.seed, TERM_STREAM, file.filed, file.number, 0)
        length = p.years * p.term * file.gravity * (0.5 + u)
        extend_custody(tables, file, shift.tick + int(YEAR * length))


@kernel
def drop_file(shift: ShiftContext, tables: JusticeTables, file: CaseFile) -> None:
    """Close a file without result; updates `minds.useful` and `day.impressions` of the reporter."""
    file.passes = FILE_CLOSED
    record_state_response(tables.boards, file.board, False)
    i = file.teller
    if i < 0:
        return
    shift.minds[i].useful -= tables.parameters[0].lesson_dropped
    shift.tally[0].dropped += 1.0
    z = shift.ground.people[i].settlement
    if keyed_uniform(shift.seed, BLAME_STREAM, file.filed, file.number, 1) < tables.parameters[z].blame:
        record_event(shift, i, DROPPED_CAUSE, shift.trust[z].dropped)


def kind_count_measure(table: ArraySpec[np.int64], *kinds: int) -> Measure:
    """Return the measure that sums a table of counts over some kinds of crime."""
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
