"""M32, investigation: files with evidence, detectives with hours, warrants, tips and witnesses who trust (ODD 6.12).

Detectives and prosecutors are no station's lever.  Switched off, only those caught in the act come before a judge.
"""

from __future__ import annotations

import math

import numpy as np

from model.crime.crime_counts.schema import COMPLAINTS
from model.crime.offenders.rules import hold_slot_until
from model.engine.calendar import MONTH, is_last_shift_of_month
from model.engine.kernels import TableBundle, allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, logistic
from model.engine.ratios import ratio_or_nan
from model.engine.rows import FloatArray, IntArray, Rows
from model.gangs.capture.rules import is_warned_of_operation
from model.gangs.capture.schema import WARNED_STREAM, Capture
from model.gangs.custody.schema import PRISON
from model.gangs.gangs.rules import next_living_member
from model.gangs.gangs.schema import ROLL
from model.justice.investigation.schema import (
    ADULT_AGE_YEARS,
    CAMERA_STREAM,
    CASE_AGE_SCALE,
    EVIDENCE_AGE_SCALE,
    LINKED_STREAM,
    MAX_LINKED_FILES,
    MAX_TRIES,
    MIN_CASE_HOURS,
    SERIES_STREAM,
    SERVE_STREAM,
    SOLVE_STREAM,
    STRUCTURE_STREAM,
    TIP_STREAM,
    WITNESS_STREAM,
    WRITTEN_COLUMNS,
    Investigation,
    InvestigationCounts,
)
from model.justice.justice.rules import (
    JusticeTables,
    clear_complaint,
    close_trial,
    decide_charge,
    draw_member_of_act,
    drop_file,
    imprison_member,
    judge_arrests,
    remand_until,
)
from model.justice.justice.schema import (
    CLEARED_BY,
    CLOCK_NOT_STARTED,
    FILE_CLOSED,
    FILES,
    WRONG_STREAM,
    CaseFile,
)
from model.police.chief.schema import ChiefRow
from model.police.plans.schema import MODE_INVESTIGATIVE, Plans
from model.reporting.reporting.schema import Reporting
from model.town.crime_kinds import DOMESTIC, HOMICIDE, INVESTIGATION_HOURS, rates_by_kind
from model.trust.ledger.rules import trust_now
from model.world.binding import computed, count_of, population_scale
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import age_years, draw_present_resident
from model.world.shift_context import ShiftContext
from model.world.shift_events import ARRESTS, IMPRESSIONS, INCIDENTS, NOBODY, Arrest, Incident
from model.world.state import Plan


def solvable_shares(world: World) -> FloatArray:
    """Return the share of cases that can be solved, by kind, of the first settlement."""
    shares: FloatArray = rates_by_kind(world.parameters[Investigation], "solved")[0]
    return shares


class InvestigationTables(TableBundle):
    """Files, judges, stations' plans, and the numbers of detectives and of those who come forward.

    ``solvable`` is by kind, ``lift`` what an experiment adds to trust where it decides what people tell.
    """

    court: JusticeTables
    files: Rows[CaseFile]
    files_count: IntArray = count_of(FILES)
    plans: Rows[Plan]
    orders: Rows[Plans]
    parameters: Rows[Investigation]
    reporting: Rows[Reporting]
    solvable: FloatArray = computed(solvable_shares)
    scale: float = computed(population_scale)
    chiefs: Rows[ChiefRow]
    capture: Rows[Capture]


@kernel
def comes_forward(
    stage: ShiftContext,
    bureau: InvestigationTables,
    row: Incident,
    decision: int,
    ready: float,
    by_trust: float,
    by_dread: float,
) -> bool:
    """Whether somebody who is at the place of an act comes forward, by trust and by dread of a clique."""
    i = draw_present_resident(stage, stage.where, row.cell, decision, row.number, 0)
    if i < 0 or i == row.victim or stage.minds[i].gone >= 0:
        return False
    person = stage.ground.people[i]
    if age_years(person, stage.tick) < ADULT_AGE_YEARS:
        return False
    trust = trust_now(stage.minds[i], stage.tick, stage.trust[person.settlement])
    wish = ready + by_trust * (trust + bureau.reporting[0].lift - 0.5)
    if row.clique >= 0:
        wish -= by_dread * stage.minds[i].fear
    return keyed_uniform(stage.seed, decision, stage.tick, row.number, 1) < logistic(wish)


@kernel
def evidence_doubt(
    stage: ShiftContext, bureau: InvestigationTables, row: Incident, generation: int, tip: bool
) -> float:
    """Chance that nothing of what is known about an act proves anything."""
    p, number, tick, seed = bureau.parameters[0], row.number, stage.tick, stage.seed
    doubt: float = 1.0 - p.base
    if row.complaint == 1:
        doubt *= 1.0 - p.ratified
    if comes_forward(stage, bureau, row, WITNESS_STREAM, p.witness, p.witness_trust, p.witness_dread):
        doubt *= 1.0 - p.seen
        stage.tally[0].witnesses += 1.0
    if keyed_uniform(seed, CAMERA_STREAM, tick, number, 0) < p.camera:
        doubt *= 1.0 - p.film
    if tip:
        doubt *= 1.0 - p.hint
    cell = stage.ground.cells[row.cell]
    found = p.analyst
    if cell.facility >= 0 and bureau.plans[cell.facility].mode == MODE_INVESTIGATIVE:
        found = bureau.orders[max(cell.settlement, 0)].inquiry
    if row.offender >= 0 and keyed_uniform(seed, SERIES_STREAM, tick, number, 0) < found:
        n = 0
        for k in range(bureau.files_count[0]):
            n += int(is_open_file(bureau.files[k], row.offender, generation))
        doubt *= (1.0 - p.link) ** min(n, MAX_LINKED_FILES)
    return doubt


@kernel
def is_open_file(file: CaseFile, offender: int, generation: int) -> bool:
    """Whether a file names this person in this slot, and no warrant or arrest has come of it."""
    same = file.offender == offender and file.generation == generation
    return bool(same and file.warrant < 0 and file.served < 0 and file.passes != FILE_CLOSED)


@kernel
def open_file(
    stage: ShiftContext, bureau: InvestigationTables, row: Incident, tip: bool, arrest: Arrest, held: bool
) -> None:
    """Open the file of an act; ``arrest`` is what it is ``held`` by, if it is."""
    slots, file = bureau.court.slots, bureau.files[bureau.files_count[0]]
    generation = slots[row.offender].generation if row.offender >= 0 else NOBODY
    file.doubt = evidence_doubt(stage, bureau, row, generation, tip)
    file.filed, file.number, file.kind, file.gravity = stage.tick, row.number, row.kind, row.severity
    file.zone = max(stage.ground.cells[row.cell].settlement, 0)
    file.teller = row.teller if row.complaint == 1 else NOBODY
    file.board = stage.ground.people[row.teller].settlement if row.handed > 0 else NOBODY
    file.offender, file.generation = row.offender, generation
    file.member = NOBODY
    if held and arrest.other == 0:
        file.member = arrest.member
    elif row.clique >= 0:
        file.member = draw_member_of_act(stage, bureau.court.gangs, row.clique, row.number)
    file.served = stage.tick if held else CLOCK_NOT_STARTED
    file.warrant = file.charged = CLOCK_NOT_STARTED
    file.passes = file.tries = 0
    file.other = arrest.other if held else 0
    bureau.files_count[0] += 1
    if held:
        clear_complaint(bureau.court, file)


@allocating_kernel
def open_files(stage: ShiftContext, bureau: InvestigationTables) -> None:
    """Open the files of the shift: of complaints, of acts for which somebody is held, of tips."""
    day, p = stage.day, bureau.parameters[0]
    by = np.full(day.counts[INCIDENTS], -1)
    for a in range(day.counts[ARRESTS]):
        if day.arrests[a].incident >= 0 and day.arrests[a].held == 1:
            by[day.arrests[a].incident] = a
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        tip = row.kind != DOMESTIC and comes_forward(stage, bureau, row, TIP_STREAM, p.tip, p.tip_trust, p.tip_dread)
        if tip:
            stage.tally[0].tips += 1.0
        if tip or row.complaint == 1 or by[k] >= 0:
            open_file(stage, bureau, row, tip, day.arrests[max(0, by[k])], by[k] >= 0)


@kernel
def process_files(stage: ShiftContext, bureau: InvestigationTables) -> None:
    """Work through the files in order: sentences, charges, warrants; put away what is closed."""
    for k in range(bureau.files_count[0]):
        advance_file(stage, bureau, bureau.files[k])
    left = 0
    for k in range(bureau.files_count[0]):
        if bureau.files[k].passes != FILE_CLOSED:
            bureau.files[left] = bureau.files[k]
            left += 1
    bureau.files_count[0] = left


@kernel
def advance_file(stage: ShiftContext, bureau: InvestigationTables, file: CaseFile) -> None:
    """Take the step that a file waits for; what has come to nothing is dropped."""
    p, court, tick = bureau.parameters[0], bureau.court, stage.tick
    if file.charged >= 0:
        close_trial(stage, court, file)
    elif file.served >= 0:
        if file.served < tick:
            decide_charge(stage, court, file)
    elif file.warrant >= 0:
        file.tries += 1
        if file.tries > p.warrant_months:
            drop_file(stage, court, file)
        else:
            serve_warrant(stage, bureau, file)
    elif tick - file.filed > MONTH * p.months or file.passes >= MAX_TRIES:
        drop_file(stage, court, file)


@kernel
def serve_warrant(stage: ShiftContext, bureau: InvestigationTables, file: CaseFile) -> None:
    """Try to serve a warrant: on a slot, a member of a clique, or a person outside the model."""
    court, tick, slot, i = bureau.court, stage.tick, file.offender, file.member
    if slot >= 0 and court.slots[slot].generation != file.generation:
        return
    if slot >= 0 and court.slots[slot].until > tick:
        record_warrant_arrest(stage, file)
        return
    if i >= 0 and (stage.minds[i].gone >= 0 or stage.minds[i].member < 0):
        return
    if keyed_uniform(stage.seed, SERVE_STREAM, file.filed, file.number, file.tries) >= bureau.parameters[0].arrest:
        return
    if i >= 0 and slot < 0 and is_warned_of_warrant(stage, bureau, file):
        return
    if keyed_uniform(stage.seed, WRONG_STREAM, file.filed, file.number, 1) < court.parameters[0].wrong:
        file.other = 1
    elif slot >= 0:
        court.beliefs.arrested_lately[court.slots[slot].group, file.zone] += 1.0
        hold_slot_until(court.slots[slot], remand_until(stage, court, file.filed, file.number, 1))
    elif i >= 0:
        arrest_members(stage, bureau, file, remand_until(stage, court, file.filed, file.number, 1))
    record_warrant_arrest(stage, file)
    link_files(stage, bureau, file)


@kernel
def is_warned_of_warrant(stage: ShiftContext, bureau: InvestigationTables, file: CaseFile) -> bool:
    """Whether the clique of a member whom a file names is warned of the warrant."""
    u = keyed_uniform(stage.seed, WARNED_STREAM, file.filed, file.number, file.tries)
    clique, cliques = stage.minds[file.member].member, bureau.court.gangs.cliques
    return is_warned_of_operation(bureau.chiefs, cliques, stage.ground.cells, clique, bureau.capture[0], u)


@kernel
def arrest_members(stage: ShiftContext, bureau: InvestigationTables, file: CaseFile, until: int) -> None:
    """Hold the member whom a file names, and with him some of his clique."""
    clique = stage.minds[file.member].member
    imprison_member(stage, bureau.court, file.member, until)
    i = next_living_member(stage, bureau.court.gangs, clique, NOBODY)
    while i >= 0:
        if keyed_uniform(stage.seed, STRUCTURE_STREAM, file.filed, i, file.number) < bureau.parameters[0].structure:
            imprison_member(stage, bureau.court, i, until)
            stage.tally[0].arrests += 1.0
        i = next_living_member(stage, bureau.court.gangs, clique, i)


@kernel
def record_warrant_arrest(stage: ShiftContext, file: CaseFile) -> None:
    """Note an arrest by warrant."""
    file.served = stage.tick
    stage.tally[0].arrests += 1.0
    stage.tally[0].arrests_warrant += 1.0


@kernel
def link_files(stage: ShiftContext, bureau: InvestigationTables, file: CaseFile) -> None:
    """Let other files of the person in a slot be cleared with one, perhaps."""
    for k in range(bureau.files_count[0] if file.offender >= 0 else 0):
        other = bureau.files[k]
        if not is_open_file(other, file.offender, file.generation):
            continue
        if keyed_uniform(stage.seed, LINKED_STREAM, other.filed, other.number, 0) < bureau.parameters[0].linked:
            other.warrant = other.served = stage.tick
            clear_complaint(bureau.court, other)


@kernel
def most_urgent(urgency: FloatArray) -> int:
    """First of the most urgent, or -1 if nothing is: few files are taken up, and a sort takes long to compile."""
    found, most = -1, 0.0
    for k in range(len(urgency)):
        if urgency[k] > most:
            found, most = k, urgency[k]
    return found


@allocating_kernel
def work_on_files(stage: ShiftContext, bureau: InvestigationTables) -> None:
    """Let detectives take up files, the most promising and gravest first, as long as there are hours."""
    p, tick, n = bureau.parameters[0], stage.tick, bureau.files_count[0]
    hours = p.investigators * p.hours * (1.0 - p.other) * bureau.scale / (1.0 + p.false_cases)
    hopes, urgency = np.zeros(n), np.zeros(n)
    for k in range(n):
        file = bureau.files[k]
        if file.warrant >= 0 or file.served >= 0 or file.passes >= MAX_TRIES:
            continue
        age = float(tick - file.filed)
        hopes[k] = min(0.9, bureau.solvable[file.kind] * (1.0 - file.doubt)) * math.exp(-age / EVIDENCE_AGE_SCALE)
        hopes[k] *= p.second if file.passes == 1 else 1.0
        weight = 4.0 if file.kind == HOMICIDE else 1.0
        urgency[k] = (hopes[k] + 0.05 * file.gravity) * weight * math.exp(-age / CASE_AGE_SCALE)
    while hours >= MIN_CASE_HOURS:
        k = most_urgent(urgency)
        if k < 0:
            break
        file, urgency[k] = bureau.files[k], 0.0
        if INVESTIGATION_HOURS[file.kind] > hours:
            continue
        hours -= INVESTIGATION_HOURS[file.kind]
        file.passes += 1
        stage.tally[0].files_worked += 1.0
        if keyed_uniform(stage.seed, SOLVE_STREAM, file.filed, file.number, file.passes) < hopes[k]:
            file.warrant = tick
            stage.tally[0].cases_solved += 1.0
            clear_complaint(bureau.court, file)


def step(world: World) -> None:
    """Judge the arrests of the shift and open its files; at a month's end work through all."""
    state, book = world.state, world.shift_events
    incidents, last = book.counts.item(INCIDENTS), is_last_shift_of_month(world.tick)
    book.reserve(IMPRESSIONS, book.counts.item(ARRESTS) + (len(state[FILES]) + incidents if last else 0))
    state[FILES].reserve(incidents)
    state[PRISON].reserve(len(state[ROLL]) + incidents)
    world.run_kernel(judge_arrests, lambda: (world.shift_context(), world.view(JusticeTables)))
    world.run_kernel(open_files, lambda: (world.shift_context(), world.view(InvestigationTables)))
    if last:
        process_files(world.shift_context(), world.view(InvestigationTables))
        work_on_files(world.shift_context(), world.view(InvestigationTables))
    world.apply_impressions()


def clearance_share(month: MonthSnapshot) -> float:
    """Complaints cleared in the month, over complaints of the month."""
    return ratio_or_nan(float(month.world.state[CLEARED_BY].sum()), month.crime_counts[COMPLAINTS].sum())


def count_waiting_files(month: MonthSnapshot) -> float:
    """Files at the prosecutor without warrant or arrest."""
    files = month.world.state[FILES].used_rows()
    return float(np.count_nonzero((files["warrant"] < 0) & (files["served"] < 0)))


def count_investigators(month: MonthSnapshot) -> float:
    """Investigators of the prosecutor."""
    return float(month.world.parameters[Investigation]["investigators"][0])


MECHANISM = Mechanism(
    group=Investigation,
    counts=InvestigationCounts,
    writes=WRITTEN_COLUMNS,
    knockout=Knockout(("cases_solved", "arrests_warrant")),
    measures={
        "clearance": Measure("share", clearance_share),
        "queue": Measure("cases", count_waiting_files),
        "investigators": Measure("people", count_investigators),
        "tips": Measure("tips"),
        "witnesses": Measure("people"),
        "files_worked": Measure("cases"),
        "cases_solved": Measure("cases"),
        "arrests_warrant": Measure("arrests"),
    },
)
