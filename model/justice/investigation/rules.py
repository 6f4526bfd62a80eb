"""M32, investigation: case files with evidence, detectives with limited hours, warrants, tips and witnesses.

Complaints, arrests and tips open files.  At the end of a month detectives take up the most urgent ones while hours
last; a solved file gets a warrant, which police try to serve.  Witnesses and tips depend on trust and on fear of
cliques.  Stations have no influence on detectives and prosecutors.
Switched off, only those caught in the act come before a judge.
"""

from __future__ import annotations

import numpy as np

from model.community.consent.rules import ConsentTables, consents_to_arrest
from model.crime.crime_counts.schema import COMPLAINTS
from model.crime.offenders.rules import hold_slot_until
from model.engine.calendar import LAST_SHIFTS, MONTH
from model.engine.elementary import exp, power
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
    Readiness,
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
from model.trust.ledger.rules import learn, trust_now
from model.world.binding import computed, count_of, population_scale
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.sampling import age_years, draw_present_resident
from model.world.shift_context import ShiftContext
from model.world.shift_events import ARRESTS, IMPRESSIONS, INCIDENTS, NOBODY, Arrest, Incident
from model.world.state import Plan
from model.world.steps import KernelArguments, Room, in_order, kernel_step, python_step, rows_of


def solvable_shares(world: World) -> FloatArray:
    """Return the solvability of cases relative to their evidence, by kind, of the first settlement."""
    shares: FloatArray = rates_by_kind(world.parameters[Investigation], "solved")[0]
    return shares


class InvestigationTables(TableBundle):
    """Case files, courts, plans of stations, and the parameters of detectives and witnesses.

    ``solvable`` is by kind of crime.
    """

    justice: JusticeTables
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
    consent: ConsentTables


@kernel
def comes_forward(
    shift: ShiftContext, tables: InvestigationTables, row: Incident, stream: int, readiness: Readiness
) -> bool:
    """Return whether a resident present at an incident comes forward, by trust and fear of a clique."""
    i = draw_present_resident(shift, shift.where, row.cell, stream, row.number, 0)
    if i < 0 or i == row.victim or shift.minds[i].gone >= 0:
        return False
    person = shift.ground.people[i]
    if age_years(person, shift.tick) < ADULT_AGE_YEARS:
        return False
    trust = trust_now(shift.minds[i], shift.tick, shift.trust[person.settlement])
    # Trust is centred on 1/2; lift is what an experiment adds to trust where people decide what to tell.
    utility = readiness.intercept + readiness.trust * (trust + tables.reporting[0].lift - 0.5)
    if row.clique >= 0:
        utility -= readiness.dread * shift.minds[i].fear
    return keyed_uniform(shift.seed, stream, shift.tick, row.number, 1) < logistic(utility)


@kernel
def evidence_doubt(
    shift: ShiftContext, tables: InvestigationTables, row: Incident, generation: int, tip: bool
) -> float:
    """Return the probability that the evidence of an act proves nothing; counts in `tally.witnesses`."""
    # Pieces of evidence are independent: their chances to prove nothing multiply.
    p, number, tick, seed = tables.parameters[0], row.number, shift.tick, shift.seed
    doubt: float = 1.0 - p.base
    if row.complaint == 1:
        doubt *= 1.0 - p.ratified
    readiness = Readiness(intercept=p.witness, trust=p.witness_trust, dread=p.witness_dread)
    if comes_forward(shift, tables, row, WITNESS_STREAM, readiness):
        doubt *= 1.0 - p.seen
        shift.tally[0].witnesses += 1.0
    if keyed_uniform(seed, CAMERA_STREAM, tick, number, 0) < p.camera:
        doubt *= 1.0 - p.film
    if tip:
        doubt *= 1.0 - p.hint
    cell = shift.ground.cells[row.cell]
    found = p.analyst
    if cell.facility >= 0 and tables.plans[cell.facility].mode == MODE_INVESTIGATIVE:
        found = tables.orders[max(cell.settlement, 0)].inquiry
    if row.offender >= 0 and keyed_uniform(seed, SERIES_STREAM, tick, number, 0) < found:
        n = 0
        for k in range(tables.files_count[0]):
            n += int(is_open_file(tables.files[k], row.offender, generation))
        doubt *= power(1.0 - p.link, min(n, MAX_LINKED_FILES))
    return doubt


@kernel
def is_open_file(file: CaseFile, offender: int, generation: int) -> bool:
    """Return whether a file names an offender slot and generation and has no warrant or arrest yet."""
    same = file.offender == offender and file.generation == generation
    return bool(same and file.warrant < 0 and file.served < 0 and file.passes != FILE_CLOSED)


@kernel
def open_file(
    shift: ShiftContext, tables: InvestigationTables, row: Incident, tip: bool, arrest: Arrest, held: bool
) -> None:
    """Open the file of an incident: appends to `files`; counts a cleared complaint.

    `arrest` is the arrest for the incident and matters if `held`.
    """
    slots, file = tables.justice.slots, tables.files[tables.files_count[0]]
    generation = slots[row.offender].generation if row.offender >= 0 else NOBODY
    file.doubt = evidence_doubt(shift, tables, row, generation, tip)
    file.filed, file.number, file.kind, file.gravity = shift.tick, row.number, row.kind, row.severity
    file.zone = max(shift.ground.cells[row.cell].settlement, 0)
    file.teller = row.teller if row.complaint == 1 else NOBODY
    file.board = shift.ground.people[row.teller].settlement if row.handed > 0 else NOBODY
    file.offender, file.generation = row.offender, generation
    file.member = NOBODY
    if held and arrest.other == 0:
        file.member = arrest.member
    elif row.clique >= 0:
        file.member = draw_member_of_act(shift, tables.justice.gangs, row.clique, row.number)
    file.served = shift.tick if held else CLOCK_NOT_STARTED
    file.warrant = file.charged = CLOCK_NOT_STARTED
    file.passes = file.tries = 0
    file.other = arrest.other if held else 0
    tables.files_count[0] += 1
    if held:
        clear_complaint(tables.justice, file)


@allocating_kernel
def open_files(shift: ShiftContext, tables: InvestigationTables) -> None:
    """Open files for the complaints, tips and arrests of the shift; updates `files` and `tally.tips`."""
    day, p = shift.day, tables.parameters[0]
    readiness = Readiness(intercept=p.tip, trust=p.tip_trust, dread=p.tip_dread)
    by = np.full(day.counts[INCIDENTS], -1)  # arrest by which somebody is held for each incident
    for a in range(day.counts[ARRESTS]):
        if day.arrests[a].incident >= 0 and day.arrests[a].held == 1:
            by[day.arrests[a].incident] = a
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        tip = row.kind != DOMESTIC and comes_forward(shift, tables, row, TIP_STREAM, readiness)
        if tip:
            shift.tally[0].tips += 1.0
        if tip or row.complaint == 1 or by[k] >= 0:
            open_file(shift, tables, row, tip, day.arrests[max(0, by[k])], by[k] >= 0)


@kernel
def process_files(shift: ShiftContext, tables: InvestigationTables) -> None:
    """Advance all files in order of filing, then drop the closed ones from `files`."""
    for k in range(tables.files_count[0]):
        advance_file(shift, tables, tables.files[k])
    left = 0
    for k in range(tables.files_count[0]):
        if tables.files[k].passes != FILE_CLOSED:
            tables.files[left] = tables.files[k]
            left += 1
    tables.files_count[0] = left


@kernel
def advance_file(shift: ShiftContext, tables: InvestigationTables, file: CaseFile) -> None:
    """Take the next step of a file: trial, charge, service of the warrant, or its end after some months."""
    p, justice, tick = tables.parameters[0], tables.justice, shift.tick
    if file.charged >= 0:
        close_trial(shift, justice, file)
    elif file.served >= 0:
        if file.served < tick:
            decide_charge(shift, justice, file)
    elif file.warrant >= 0:
        file.tries += 1
        if file.tries > p.warrant_months:
            drop_file(shift, justice, file)
        else:
            serve_warrant(shift, tables, file)
    elif tick - file.filed > MONTH * p.months or file.passes >= MAX_TRIES:
        drop_file(shift, justice, file)


@kernel
def serve_warrant(shift: ShiftContext, tables: InvestigationTables, file: CaseFile) -> None:
    """Try to serve a warrant on an offender slot, a clique member or a person outside the model.

    Updates the file, the offender or the prison, and `beliefs.arrested_lately`.
    """
    justice, tick, slot, i = tables.justice, shift.tick, file.offender, file.member
    if slot >= 0 and justice.slots[slot].generation != file.generation:
        return
    if slot >= 0 and justice.slots[slot].until > tick:
        record_warrant_arrest(shift, file)
        return
    if i >= 0 and (shift.minds[i].gone >= 0 or shift.minds[i].member < 0):
        return
    if keyed_uniform(shift.seed, SERVE_STREAM, file.filed, file.number, file.tries) >= tables.parameters[0].arrest:
        return
    if is_consent_withheld(shift, tables, file):
        return
    if i >= 0 and slot < 0 and is_warned_of_warrant(shift, tables, file):
        return
    if keyed_uniform(shift.seed, WRONG_STREAM, file.filed, file.number, 1) < justice.parameters[0].wrong:
        file.other = 1
    elif slot >= 0:
        justice.beliefs.arrested_lately[justice.slots[slot].group, file.zone] += 1.0
        hold_slot_until(justice.slots[slot], remand_until(shift, justice, file.filed, file.number, 1))
    elif i >= 0:
        arrest_members(shift, tables, file, remand_until(shift, justice, file.filed, file.number, 1))
    record_warrant_arrest(shift, file)
    link_files(shift, tables, file)


@kernel
def is_consent_withheld(shift: ShiftContext, tables: InvestigationTables, file: CaseFile) -> bool:
    """Return whether the authority of the canton withholds its consent to serve a warrant there.

    It is not asked about serious violence, nor about a case that it handed over itself.
    """
    if file.board >= 0 or file.gravity >= tables.consent.communal[file.zone].grave:
        return False
    return not consents_to_arrest(shift, tables.consent, file.zone, file.number, file.gravity)


@kernel
def is_warned_of_warrant(shift: ShiftContext, tables: InvestigationTables, file: CaseFile) -> bool:
    """Return whether the clique of the member whom a file names is warned of the warrant."""
    u = keyed_uniform(shift.seed, WARNED_STREAM, file.filed, file.number, file.tries)
    clique, cliques = shift.minds[file.member].member, tables.justice.gangs.cliques
    return is_warned_of_operation(tables.chiefs, cliques, shift.ground.cells, clique, tables.capture[0], u)


@kernel
def arrest_members(shift: ShiftContext, tables: InvestigationTables, file: CaseFile, until: int) -> None:
    """Hold the member whom a file names and some others of the clique until a tick."""
    clique = shift.minds[file.member].member
    imprison_member(shift, tables.justice, file.member, until)
    i = next_living_member(shift, tables.justice.gangs, clique, NOBODY)
    while i >= 0:
        if keyed_uniform(shift.seed, STRUCTURE_STREAM, file.filed, i, file.number) < tables.parameters[0].structure:
            imprison_member(shift, tables.justice, i, until)
            shift.tally[0].arrests += 1.0
        i = next_living_member(shift, tables.justice.gangs, clique, i)


@kernel
def record_warrant_arrest(shift: ShiftContext, file: CaseFile) -> None:
    """Record an arrest by warrant; updates `file.served` and `tally`."""
    file.served = shift.tick
    shift.tally[0].arrests += 1.0
    shift.tally[0].arrests_warrant += 1.0


@kernel
def link_files(shift: ShiftContext, tables: InvestigationTables, file: CaseFile) -> None:
    """Clear some of the other files of the same offender; updates `files`."""
    for k in range(tables.files_count[0] if file.offender >= 0 else 0):
        other = tables.files[k]
        if not is_open_file(other, file.offender, file.generation):
            continue
        if keyed_uniform(shift.seed, LINKED_STREAM, other.filed, other.number, 0) < tables.parameters[0].linked:
            other.warrant = other.served = shift.tick
            clear_complaint(tables.justice, other)


@kernel
def most_urgent(urgency: FloatArray) -> int:
    """Return the index of the greatest urgency, the first of equals, or -1 if none is positive."""
    # Few files are taken up in a month; a sort would take long to compile.
    found, most = -1, 0.0
    for k in range(len(urgency)):
        if urgency[k] > most:
            found, most = k, urgency[k]
    return found


@allocating_kernel
def work_on_files(shift: ShiftContext, tables: InvestigationTables) -> None:
    """Investigate files by urgency while the hours of detectives last; updates `files` and `tally`."""
    p, tick, n = tables.parameters[0], shift.tick, tables.files_count[0]
    hours = p.investigators * p.hours * (1.0 - p.other) * tables.scale / (1.0 + p.false_cases)
    chances, urgency = np.zeros(n), np.zeros(n)
    for k in range(n):
        file = tables.files[k]
        if file.warrant >= 0 or file.served >= 0 or file.passes >= MAX_TRIES:
            continue
        age = float(tick - file.filed)
        chances[k] = min(p.hope_most, tables.solvable[file.kind] * (1.0 - file.doubt)) * exp(-age / EVIDENCE_AGE_SCALE)
        chances[k] *= p.second if file.passes == 1 else 1.0
        weight = p.homicide_first if file.kind == HOMICIDE else 1.0
        urgency[k] = (chances[k] + p.by_gravity * file.gravity) * weight * exp(-age / CASE_AGE_SCALE)
    while hours >= MIN_CASE_HOURS:
        k = most_urgent(urgency)
        if k < 0:
            break
        file, urgency[k] = tables.files[k], 0.0
        if INVESTIGATION_HOURS[file.kind] > hours:
            continue
        hours -= INVESTIGATION_HOURS[file.kind]
        file.passes += 1
        shift.tally[0].files_worked += 1.0
        if keyed_uniform(shift.seed, SOLVE_STREAM, file.filed, file.number, file.passes) < chances[k]:
            file.warrant = tick
            shift.tally[0].cases_solved += 1.0
            clear_complaint(tables.justice, file)


def room_for_verdicts(world: World) -> Room:
    """Return the rows that the judgement of all arrests may need."""
    return {IMPRESSIONS: rows_of(ARRESTS), PRISON: rows_of(ROLL) + rows_of(INCIDENTS)}


@kernel_step(judge_arrests, room_for_verdicts)
def judge_arrested(world: World) -> KernelArguments:
    """Return the arguments of `judge_arrests`."""
    return world.shift_context(), world.view(JusticeTables)


def room_for_files(world: World) -> Room:
    """Return the rows that the files of all incidents need."""
    return {FILES: rows_of(INCIDENTS)}


@kernel_step(open_files, room_for_files)
def open_all_files(world: World) -> KernelArguments:
    """Return the arguments of `open_files`."""
    return world.shift_context(), world.view(InvestigationTables)


@python_step(flags=LAST_SHIFTS)
def close_month(world: World) -> None:
    """Advance and investigate all files."""
    state = world.state
    world.shift_events.reserve(IMPRESSIONS, len(state[FILES]))
    state[CHOICES].reserve(len(state[FILES]))
    state[PRISON].reserve(len(state[ROLL]))
    process_files(world.shift_context(), world.view(InvestigationTables))
    work_on_files(world.shift_context(), world.view(InvestigationTables))


step = in_order(judge_arrested, open_all_files, close_month, learn)
"""Judge the arrests of the shift and open files; at the end of a month advance and investigate all."""


def clearance_share(month: MonthSnapshot) -> float:
    """Return complaints cleared in the month over complaints of the month."""
    return ratio_or_nan(float(month.world.state[CLEARED_BY].sum()), month.crime_counts[COMPLAINTS].sum())


def count_waiting_files(month: MonthSnapshot) -> float:
    """Return the number of files without warrant or arrest."""
    files = month.world.state[FILES].used_rows()
    return float(np.count_nonzero((files["warrant"] < 0) & (files["served"] < 0)))


def count_investigators(month: MonthSnapshot) -> float:
    """Return the number of investigators of the prosecutor."""
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
