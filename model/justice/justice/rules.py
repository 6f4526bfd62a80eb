"""M13, justice with clocks: held or released, charged or dropped, sentenced (ODD 6.11).

An arrest for an act takes the slot or the member who did it, or somebody else.  Switched off, nobody is blamed.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.board_memory.rules import remember_state
from model.crime.certainty.rules import Beliefs, group_of
from model.crime.certainty.schema import UNCOUNTED
from model.crime.offenders.rules import hold
from model.crime.offenders.schema import Offender
from model.engine.calendar import MONTH, YEAR
from model.engine.kernels import Tables, kernel
from model.engine.random_streams import luck
from model.engine.rows import Ints, Rows
from model.engine.tables import Field
from model.gangs.custody.rules import take_member
from model.gangs.custody.schema import Prisoner
from model.gangs.gangs.rules import Gangland
from model.justice.justice.schema import (
    BLAME,
    CHARGE,
    CHARGED,
    CHARGED_BY,
    CLEARED,
    CLOSED,
    DROPPED,
    FILES,
    HELD,
    MEMBER,
    RELEASE,
    REMAND,
    SENTENCE,
    TERM,
    WRONG,
    Counts,
    File,
    Justice,
    Lesson,
)
from model.town.crime_kinds import KINDS, N_KINDS
from model.trust.ledger.rules import impress
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_context import Stage
from model.world.shift_events import ARRESTS, NOBODY, Incident
from model.world.state import Board


class Court(Tables):
    """Who can be held, what offenders believe, and the numbers of judges."""

    slots: Rows[Offender]
    gangs: Gangland
    prison: Rows[Prisoner]
    prison_count: Ints
    beliefs: Beliefs
    cleared: Ints
    charged: Ints
    numbers: Rows[Justice]
    boards: Rows[Board]


@kernel
def clear(court: Court, file: File) -> None:
    """Count a complaint as cleared."""
    if file.teller >= 0:
        court.cleared[file.kind] += 1


@kernel
def judge_arrests(stage: Stage, court: Court) -> None:
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
            tell_teller(stage, court, row, held)
            wrong = luck(stage.seed, WRONG, stage.tick, row.number, 0) < court.numbers[0].wrong
            arrest.other = 1 if wrong else 0
            arrest.member = NOBODY if wrong else take(stage, court, row, held)
        arrest.held = 1 if held else 0
        if held:
            stage.tally[0].held += 1.0
        else:
            stage.tally[0].released += 1.0


@kernel
def tell_teller(stage: Stage, court: Court, row: Incident, held: bool) -> None:
    """Let the one who told, or was found, hear what became of the arrest."""
    i = row.teller
    if i < 0 or (row.told == NOBODY and row.found == 0):
        return
    z = stage.ground.people[i].settlement
    p = stage.trust[z]
    if luck(stage.seed, BLAME, stage.tick, row.number, 0) < court.numbers[z].blame:
        cause, seen, weight = (HELD, 0.95, p.held) if held else (RELEASE, 0.05, p.released)
        impress(stage.day, stage.minds, i, cause, 0.5, 0.0, seen, weight, p.fast)


@kernel
def take(stage: Stage, court: Court, row: Incident, held: bool) -> int:
    """Let an arrest for an act count, and remove who did it if the judge holds him; return the member, or -1."""
    group = group_of(row, court.slots)
    if row.offender >= 0 and court.slots[row.offender].until > stage.tick:
        group = UNCOUNTED
    if group != UNCOUNTED:
        zone = max(stage.ground.cells[row.cell].settlement, 0)
        court.beliefs.arrested[group, zone] += 1.0 if held else court.beliefs.numbers[0].released
    if not held:
        if row.clique >= 0:
            court.gangs.cliques[row.clique].freed_now += 1
        return NOBODY
    until = remanded(stage, court, stage.tick, row.number, 0)
    if row.offender >= 0:
        hold(court.slots[row.offender], until)
    if row.clique < 0:
        return NOBODY
    i = member_of(stage, court.gangs, row.clique, row.number)
    lock_up(stage, court, i, until)
    return i


@kernel
def remanded(stage: Stage, court: Court, filed: int, number: int, nth: int) -> int:
    """Tick until which somebody arrested now is held if no charge comes."""
    u = luck(stage.seed, REMAND, filed, number, nth)
    return stage.tick + 1 + int(-MONTH * court.numbers[0].remand * math.log(1.0 - u))


@kernel
def member_of(stage: Stage, gangs: Gangland, clique: int, number: int) -> int:
    """Living member of a clique whom this act of this shift names, or -1."""
    found, least = NOBODY, 1.0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if stage.minds[i].member == clique and stage.minds[i].gone < 0:
            u = luck(stage.seed, MEMBER, stage.tick, i, number)
            if u < least:
                found, least = i, u
    return found


@kernel
def lock_up(stage: Stage, court: Court, i: int, until: int) -> None:
    """Hold a member of a clique, if somebody is named, until a tick."""
    if i >= 0:
        take_member(stage, court.gangs, court.prison, court.prison_count, i, until)


@kernel
def keep(court: Court, file: File, until: int) -> None:
    """Hold whom a file names at least until a tick, if he is still there to be held."""
    if file.other == 1:
        return
    if file.offender >= 0 and court.slots[file.offender].generation == file.generation:
        hold(court.slots[file.offender], until)
    for k in range(court.prison_count[0]):
        if file.member >= 0 and court.prison[k].who == file.member:
            court.prison[k].until = max(court.prison[k].until, until)


@kernel
def charge(stage: Stage, court: Court, file: File) -> None:
    """Charge a file that somebody is held for, or drop it."""
    p = court.numbers[0]
    chance = p.charge_act if file.warrant < 0 else p.charge_warrant
    if luck(stage.seed, CHARGE, file.filed, file.number, 0) >= chance:
        drop(stage, court, file)
        return
    file.charged = stage.tick
    remember_state(court.boards, file.board, True)
    stage.tally[0].charged += 1.0
    court.charged[file.kind] += 1
    keep(court, file, stage.tick + int(MONTH * p.trial))
    i = file.teller
    if i >= 0:
        stage.minds[i].useful += 1.0
        z = stage.ground.people[i].settlement
        if luck(stage.seed, BLAME, file.filed, file.number, 1) < court.numbers[z].blame:
            impress(stage.day, stage.minds, i, CHARGED, 0.5, 0.0, 0.95, stage.trust[z].charged, stage.trust[z].fast)


@kernel
def sentence(stage: Stage, court: Court, file: File) -> None:
    """Close a charged file when its trial is over, perhaps with a sentence."""
    p = court.numbers[0]
    if stage.tick - file.charged < MONTH * p.trial:
        return
    file.passes = CLOSED
    if luck(stage.seed, SENTENCE, file.filed, file.number, 0) < p.sentence:
        stage.tally[0].sentenced += 1.0
        length = p.years * p.term * file.gravity * (0.5 + luck(stage.seed, TERM, file.filed, file.number, 0))
        keep(court, file, stage.tick + int(YEAR * length))


@kernel
def drop(stage: Stage, court: Court, file: File) -> None:
    """Close a file without result; of those who complained some blame the police."""
    file.passes = CLOSED
    remember_state(court.boards, file.board, False)
    i = file.teller
    if i < 0:
        return
    stage.minds[i].useful -= 0.2
    stage.tally[0].dropped += 1.0
    z = stage.ground.people[i].settlement
    if luck(stage.seed, BLAME, file.filed, file.number, 1) < court.numbers[z].blame:
        impress(stage.day, stage.minds, i, DROPPED, 0.5, 0.0, 0.05, stage.trust[z].dropped, stage.trust[z].fast)


def counted_in(table: Field[np.int64], *kinds: int) -> Measure:
    """Return the measure of what a table counts of some kinds of crime."""
    return Measure("crimes", lambda month: float(month.world.state[table][list(kinds)].sum()))


IT = Mechanism(
    group=Justice,
    tables=(FILES, CLEARED, CHARGED_BY),
    mind=Lesson,
    counts=Counts,
    causes=(
        RELEASE,
        HELD,
        CHARGED,
        DROPPED,
    ),
    knockout=Knockout(("held", "charged")),
    measures={"arrests_act": Measure("arrests"), "cleared": counted_in(CLEARED, *range(N_KINDS))}
    | {f"cleared_{kind.name}": counted_in(CLEARED, n) for n, kind in enumerate(KINDS)}
    | {f"charged_{kind.name}": counted_in(CHARGED_BY, n) for n, kind in enumerate(KINDS)},
)  # fmt: skip
