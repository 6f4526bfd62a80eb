"""M13, justice: arrested people are held or released, charged or dropped, sentenced, with delays.

An arrest for an act takes its offender slot or clique member, or by mistake somebody else, into custody.  Reporters who
hear of the outcome may credit or blame the police for it.  Switched off, nobody is blamed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.community.board_memory import record_state_response
from model.crime.certainty import UNCOUNTED_KIND, offender_group_of
from model.crime.offenders import (
    BY_WARRANT,
    FREE,
    FURTHER,
    GRAVITY,
    IN_ACT,
    SLOT_GROUPS,
    arrest_slot,
    group_starts,
    hold_slot_until,
    slot_id,
)
from model.engine.calendar import MONTH, YEAR, tick_of
from model.engine.domains import COUNT, FLAG, KEY, LARGEST_COUNT, PAST, SHARE, Domain, code_of, row_of
from model.engine.elementary import log, power
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec
from model.gangs.custody import hold_member
from model.gangs.gangs import draw_living_member
from model.town.crime_kinds import HOMICIDE, KINDS, N_KINDS
from model.trust.events import declare_event, record_event
from model.trust.service import record_case_service
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import ARRESTS, NOBODY

if TYPE_CHECKING:
    from model.engine.tables import ArraySpec
    from model.simulation.world import Simulation, World
    from model.world.shift_events import Arrest, Incident

BLAME_STREAM, CHARGE_STREAM, SENTENCE_STREAM, WRONG_STREAM = (
    stream_id("blame"),
    stream_id("charge"),
    stream_id("sentence"),
    stream_id("wrong"),
)
REMAND_STREAM, TERM_STREAM, MEMBER_STREAM = stream_id("remand"), stream_id("term"), stream_id("member")
TRIAL_STREAM = stream_id("trial")
EARLIER_CAREER_STREAM, EARLIER_ARREST_STREAM = stream_id("earlier career"), stream_id("earlier arrest")
EARLIER_CUSTODY_STREAMS = tuple(
    stream_id(f"earlier {name}")
    for name in ("remand", "charge", "first stage", "second stage", "third stage", "sentence", "term")
)
EARLIER_YEARS = 30.0
"""Years before the warm-up of which arrests are drawn; longer sentences are rare."""
TRIAL_STAGES = 3
"""Stages of a trial, each of exponential length: the whole has a gamma distribution with this shape."""
RELEASE_CAUSE = declare_event("release", 8)
HELD_CAUSE = declare_event("held", 9)
CHARGED_CAUSE = declare_event("charged", 10)
DROPPED_CAUSE = declare_event("dropped", 11)
CLOCK_NOT_STARTED, FILE_CLOSED = -1, -1
"""Date of a step of a file that has not come; `passes` of a closed file."""


@dataclass(frozen=True, init=False)
class Justice(ParameterGroup):
    """Outcomes and delays of arrests and complaints, and the share of victims who blame the police."""

    name: ClassVar[str] = "justice"
    evidence: ClassVar[tuple[str, ...]] = ("H02", "H03", "H04", "V12", "V16")

    hours: float
    blame: float
    wrong: float
    charge_act: float
    charge_warrant: float
    remand: float
    trial: float
    trial_killing: float
    sentence: float
    years: float
    term: float


class CaseFile(Row):
    """Case file at the prosecutor.

    `filed`, `number` and `kind` are the tick, number and kind of the act, `gravity` is its severity.  `teller` is the
    reporter, -1 without a complaint; `board` the communal board that handed the case over, or -1.  The suspect is an
    offender slot with its generation, or a clique `member`, or -1.  `warrant`, `served` (somebody is held) and
    `charged` are ticks, -1 for never; `other` is 1 if the wrong person is held.  `passes` counts the attempts of
    detectives, `tries` those of the police to serve the warrant.  `doubt` is the probability, 0 to 1, that the evidence
    proves nothing.
    """

    filed: Annotated[int, PAST]
    number: Annotated[int, KEY]
    kind: Annotated[int, code_of(N_KINDS)]
    zone: Annotated[int, row_of("settlement")]
    teller: Annotated[int, row_of("resident", none=True)]
    offender: Annotated[int, row_of("offenders", none=True)]
    generation: Annotated[int, Domain(-1, LARGEST_COUNT)]
    member: Annotated[int, row_of("resident", none=True)]
    served: Annotated[int, PAST]
    warrant: Annotated[int, PAST]
    charged: Annotated[int, PAST]
    passes: Annotated[int, Domain(-1, LARGEST_COUNT)]
    tries: Annotated[int, COUNT]
    other: Annotated[int, FLAG]
    board: Annotated[int, row_of("authority", none=True)]
    gravity: Annotated[float, SHARE]
    doubt: Annotated[float, SHARE]


CLEARED_BY = ArraySpec(
    name="cleared_by",
    of=np.int64,
    shape=(N_KINDS,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Complaints cleared by kind: somebody is held for the act, or there is a warrant.",
    domain=COUNT,
)
CHARGED_BY = ArraySpec(
    name="charged_by",
    of=np.int64,
    shape=(N_KINDS,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Files charged, by kind.",
    domain=COUNT,
)
FILES = GrowingTableSpec(name="files", row=CaseFile, room=1024, about="Files at the prosecutor.")


class JusticeCounts(Row):
    """Monthly counts of arrests and court decisions."""

    arrests: float
    arrests_act: float
    arrests_without_incident: float
    held: float
    released: float
    charged: float
    dropped: float
    sentenced: float


@kernel
def clear_complaint(w: World, file: CaseFile) -> None:
    """Count the complaint of a file as cleared; updates `cleared_by`."""
    if file.teller >= 0:
        w.cleared_by[file.kind] += 1


@kernel
def judge_arrests(w: World) -> None:
    """Hold the people arrested with goods or accused in time; release the others for lack of merit.

    Updates `arrests`, `tally`, the offenders, the prison and `impressions`.
    """
    for k in range(w.counts[ARRESTS]):
        arrest = w.arrests[k]
        w.tally[0].arrests += 1.0
        held = arrest.goods == 1
        if arrest.incident < 0:
            w.tally[0].arrests_without_incident += 1.0
        else:
            row = incident_of_arrest(w, arrest)
            held = held or (row.complaint == 1 and row.in_time == 1)
            w.tally[0].arrests_act += 1.0
            inform_reporter(w, row, held)
            wrong = keyed_uniform(w.seed, WRONG_STREAM, row.tick, row.number, 0) < w.p.justice[0].wrong
            arrest.other = 1 if wrong else 0
            arrest.member = NOBODY if wrong else arrest_offender(w, row, held)
        arrest.held = 1 if held else 0
        if held:
            w.tally[0].held += 1.0
        else:
            w.tally[0].released += 1.0


@kernel
def incident_of_arrest(w: World, arrest: Arrest) -> Incident:
    """Return the incident for which somebody was arrested, of this shift or carried over with its call."""
    return w.carried[arrest.incident] if arrest.carried == 1 else w.incidents[arrest.incident]


@kernel
def inform_reporter(w: World, row: Incident, held: bool) -> None:
    """Inform the reporter of an incident, or its witness, of the arrest; appends to `impressions`."""
    i = row.teller
    if i < 0 or (row.reported_to == NOBODY and row.found == 0):
        return
    z = w.people[i].settlement
    p = w.p.trust[z]
    if keyed_uniform(w.seed, BLAME_STREAM, row.tick, row.number, 0) < w.p.justice[z].blame:
        kind, weight = (HELD_CAUSE, p.held) if held else (RELEASE_CAUSE, p.released)
        record_event(w, i, kind, weight)


@kernel
def arrest_offender(w: World, row: Incident, held: bool) -> int:
    """Record an arrest for an act and hold its offender; return the clique member held, or -1.

    Updates `beliefs.arrested_lately`; if held, the offender slot or the prison.
    """
    group = offender_group_of(w, row)
    if row.offender >= 0 and w.offenders[row.offender].until > w.tick:
        group = UNCOUNTED_KIND  # in custody already: certainty counts an offender once
    if group != UNCOUNTED_KIND:
        zone = max(w.cells[row.cell].settlement, 0)
        w.arrested_lately[group, zone] += 1.0 if held else w.p.certainty[0].released
    if not held:
        if row.clique >= 0:
            w.cliques[row.clique].freed_now += 1
        return NOBODY
    until = remand_until(w, row.tick, row.number, 0)
    if row.offender >= 0:
        arrest_slot(w, row.offender, until, row.severity, IN_ACT)
    if row.clique < 0:
        return NOBODY
    i = draw_member_of_act(w, row)
    imprison_member(w, i, until)
    return i


@kernel
def remand_until(w: World, filed: int, number: int, nth: int) -> int:
    """Return the tick until which a person arrested now is held without a charge, exponential in length."""
    u = keyed_uniform(w.seed, REMAND_STREAM, filed, number, nth)
    return w.tick + 1 + int(-MONTH * w.p.justice[0].remand * log(1.0 - u))


@kernel
def draw_member_of_act(w: World, row: Incident) -> int:
    """Return the living member of the clique of an incident who committed it, or -1."""
    return draw_living_member(w, row.clique, MEMBER_STREAM, row.tick, row.number)


@kernel
def imprison_member(w: World, i: int, until: int) -> None:
    """Hold clique member `i` (-1: nobody) until a tick; updates `prison`, `minds` and `cliques`."""
    if i >= 0:
        hold_member(w, i, until)


@kernel
def extend_custody(w: World, file: CaseFile, until: int) -> None:
    """Extend the custody of the suspect of a file to a tick, unless the wrong person is held."""
    if file.other == 1:
        return
    if file.offender >= 0 and w.offenders[file.offender].generation == file.generation:
        hold_slot_until(w.offenders[file.offender], until)
    for k in range(w.prison_count[0]):
        if file.member >= 0 and w.prison[k].who == file.member:
            w.prison[k].until = max(w.prison[k].until, until)


@kernel
def decide_charge(w: World, file: CaseFile) -> None:
    """Charge a file with somebody in custody, or drop it; updates `minds`, `local_service` and `impressions`."""
    p = w.p.justice[0]
    chance = p.charge_act if file.warrant < 0 else p.charge_warrant
    if keyed_uniform(w.seed, CHARGE_STREAM, file.filed, file.number, 0) >= chance:
        drop_file(w, file)
        return
    file.charged = w.tick
    record_state_response(w, file.board, True)
    w.tally[0].charged += 1.0
    w.charged_by[file.kind] += 1
    extend_custody(w, file, w.tick + trial_shifts(w, file))
    i = file.teller
    if i >= 0:
        record_case_service(w, i, 1.0)
        z = w.people[i].settlement
        if keyed_uniform(w.seed, BLAME_STREAM, file.filed, file.number, 1) < w.p.justice[z].blame:
            record_event(w, i, CHARGED_CAUSE, w.p.trust[z].charged)


@kernel
def trial_shifts(w: World, file: CaseFile) -> int:
    """Return the shifts from the charge of a file to the end of its trial."""
    p, unfinished = w.p.justice[0], 1.0
    for stage in range(TRIAL_STAGES):
        unfinished *= 1.0 - keyed_uniform(w.seed, TRIAL_STREAM, file.filed, file.number, stage)
    months = p.trial_killing if file.kind == HOMICIDE else p.trial
    return int(-MONTH * months / TRIAL_STAGES * log(unfinished))


@kernel
def close_trial(w: World, file: CaseFile) -> None:
    """Close a charged file when its trial is over, with a sentence in some cases."""
    p = w.p.justice[0]
    if w.tick - file.charged < trial_shifts(w, file):
        return
    file.passes = FILE_CLOSED
    if keyed_uniform(w.seed, SENTENCE_STREAM, file.filed, file.number, 0) < p.sentence:
        w.tally[0].sentenced += 1.0
        # Sentences are uniform between half and one and a half times their mean.
        u = keyed_uniform(w.seed, TERM_STREAM, file.filed, file.number, 0)
        length = p.years * p.term * file.gravity * (0.5 + u)
        extend_custody(w, file, w.tick + int(YEAR * length))


def hold_for_earlier_arrests(sim: Simulation) -> None:
    """Hold offenders as if the arrests of the warm-up had gone on before it, so that prisons do not start empty.

    Who fills a slot has done so for an exponential time, as careers have; of the earlier arrests of this person, those
    before the warm-up are drawn one after the other.  An arrest of the warm-up that came before the end of this custody
    did not happen.  Updates `offenders.until`.
    """
    slots, pace, begun = sim.state.offenders.used_rows(), sim.w.custody_pace, tick_of(sim.calendar.first_date)
    starts = group_starts(slots)
    for at, row in enumerate(slots):
        arrests = pace[row.group, IN_ACT] + pace[row.group, BY_WARRANT]
        if arrests == 0.0 or pace[row.group, FREE] == 0.0:
            continue
        name, rate = slot_id(row, starts, at), arrests * row.rate / pace[row.group, FREE]
        career = YEAR * getattr(sim.p.offenders[0], f"career_{SLOT_GROUPS[row.group]}")
        tick = begun + career * log(1.0 - keyed_uniform(sim.seed, EARLIER_CAREER_STREAM, 0, name, 0))
        tick = max(tick, begun - EARLIER_YEARS * YEAR)
        for nth in itertools.count():
            tick -= log(1.0 - keyed_uniform(sim.seed, EARLIER_ARREST_STREAM, 0, name, nth)) / rate
            if tick >= begun:
                break
            tick = end_of_earlier_custody(sim, row.group, name, nth, tick)
            row.until = int(tick) if row.since < tick else max(int(row.until), int(tick))


def end_of_earlier_custody(sim: Simulation, group: int, name: int, nth: int, arrested: float) -> float:
    """Return the tick at which the custody for the arrest number ``nth`` before the warm-up ends."""
    u = [keyed_uniform(sim.seed, stream, 0, name, nth) for stream in EARLIER_CUSTODY_STREAMS]
    p, pace = sim.p.justice[0], sim.w.custody_pace[group]
    arrests = pace[IN_ACT] + pace[BY_WARRANT]
    end = arrested + 1.0 - MONTH * p.remand * log(1.0 - u[0])
    further = pace[FURTHER] / arrests
    charge = (pace[IN_ACT] * p.charge_act + pace[BY_WARRANT] * p.charge_warrant) / arrests
    if u[1] < (1.0 - charge) * power(1.0 - p.charge_warrant, further):
        return end
    months = p.trial_killing if SLOT_GROUPS[group] == "hire" else p.trial
    unfinished = (1.0 - u[2]) * (1.0 - u[3]) * (1.0 - u[4])
    verdict = arrested + MONTH / 2.0 - MONTH * months / TRIAL_STAGES * log(unfinished)
    if u[5] >= power(1.0 - p.sentence, 1.0 + p.charge_warrant * further):
        verdict += YEAR * p.years * p.term * pace[GRAVITY] / arrests * (0.5 + u[6])
    return max(end, verdict)


@kernel
def drop_file(w: World, file: CaseFile) -> None:
    """Close a file without result; updates `minds`, `local_service` and `impressions` of the reporter."""
    file.passes = FILE_CLOSED
    record_state_response(w, file.board, False)
    i = file.teller
    if i < 0:
        return
    record_case_service(w, i, 0.0)
    w.tally[0].dropped += 1.0
    z = w.people[i].settlement
    if keyed_uniform(w.seed, BLAME_STREAM, file.filed, file.number, 1) < w.p.justice[z].blame:
        record_event(w, i, DROPPED_CAUSE, w.p.trust[z].dropped)


def kind_count_measure(table: ArraySpec[np.int64], *kinds: int) -> Measure:
    """Return the measure that sums a table of counts over some kinds of crime."""
    return Measure("crimes", lambda month: float(month.world.state[table][list(kinds)].sum()))


MECHANISM = Mechanism(
    group=Justice,
    tables=(FILES, CLEARED_BY, CHARGED_BY),
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
