"""M32, investigation: case files with evidence, detectives with limited hours, warrants, tips and witnesses.

Complaints, arrests and tips open files.  At the end of a month detectives take up the most urgent ones while hours
last; a solved file gets a warrant, which police try to serve.  Witnesses and tips depend on trust and on fear of
cliques.  Stations have no influence on detectives and prosecutors.
Switched off, only those caught in the act come before a judge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from model.community.consent import consents_to_arrest
from model.crime.crime_counts import COMPLAINTS
from model.crime.offenders import BY_WARRANT, FURTHER, arrest_slot
from model.engine.calendar import LAST_SHIFTS, MONTH
from model.engine.elementary import exp, power
from model.engine.kernels import allocating_kernel, kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, logistic, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Row
from model.gangs.capture import WARNED_STREAM, is_warned_of_operation
from model.gangs.gangs import next_living_member
from model.justice.justice import (
    CLOCK_NOT_STARTED,
    FILE_CLOSED,
    WRONG_STREAM,
    clear_complaint,
    close_trial,
    decide_charge,
    draw_member_of_act,
    drop_file,
    imprison_member,
    incident_of_arrest,
    judge_arrests,
    remand_until,
)
from model.police.plans import MODE_INVESTIGATIVE
from model.town.crime_kinds import DOMESTIC, HOMICIDE, INVESTIGATION_HOURS, rates_by_kind
from model.trust.ledger import learn, trust_now
from model.world.derived import derived
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years, draw_present_resident
from model.world.shift_events import ARRESTS, IMPRESSIONS, INCIDENTS, NOBODY
from model.world.steps import KernelStep, in_order, python_step, rows_of, step

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.justice.justice import (
        CaseFile,
    )
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.shift_events import Arrest, Incident
    from model.world.steps import Room

TIP_STREAM, WITNESS_STREAM, CAMERA_STREAM, SERIES_STREAM = (
    stream_id("tip"),
    stream_id("witness"),
    stream_id("camera"),
    stream_id("series"),
)
INQUIRY_STREAM = stream_id("inquiry")
SERVE_STREAM, STRUCTURE_STREAM, SOLVE_STREAM = (
    stream_id("serve"),
    stream_id("structure"),
    stream_id("solve"),
)
ADULT_AGE_YEARS = 18.0
"""Age of majority, years."""
MIN_CASE_HOURS = float(INVESTIGATION_HOURS.min())
"""Hours of the shortest investigation: with fewer left, no file can be taken up."""
MAX_TRIES = 2
"""Times that detectives take up a file at most."""
CASE_AGE_SCALE, EVIDENCE_AGE_SCALE = 2.0 * MONTH, 3.0 * MONTH
"""Shifts in which the urgency of a file, and the worth of its evidence, fall by a factor e."""
MAX_LINKED_FILES = 6
"""Further files of a series that add to the evidence at most."""


@dataclass(frozen=True, init=False)
class Investigation(ParameterGroup):
    """Evidence, readiness of witnesses, and capacity and success of detectives."""

    name: ClassVar[str] = "investigation"
    evidence: ClassVar[tuple[str, ...]] = ("W01", "W02", "K13", "V12", "V16")

    investigators: float
    hours: float
    other: float
    false_cases: float
    months: int
    base: float
    ratified: float
    seen: float
    film: float
    hint: float
    link: float
    camera: float
    analyst: float
    witness: float
    witness_trust: float
    witness_dread: float
    tip: float
    tip_trust: float
    tip_dread: float
    robbery: float
    theft: float
    vehicle_theft: float
    theft_from_vehicle: float
    burglary: float
    assault: float
    homicide: float
    extortion: float
    domestic: float
    second: float
    arrest: float
    warrant_months: int
    linked: float
    structure: float
    hope_most: float
    by_gravity: float
    homicide_first: float


class Readiness(NamedTuple):
    """Log-odds that a person present comes forward: intercept, effect of trust (0 to 1), effect of fear of a clique."""

    intercept: float
    trust: float
    dread: float


class InvestigationCounts(Row):
    """Monthly counts of investigation."""

    tips: float
    witnesses: float
    files_worked: float
    cases_solved: float
    arrests_warrant: float


@derived
def solvable_shares(sim: Simulation) -> FloatArray:
    """Return the solvability of cases relative to their evidence, by kind, of the first settlement."""
    shares: FloatArray = rates_by_kind(sim.p.investigation, "solved")[0]
    return shares


@kernel
def comes_forward(w: World, row: Incident, stream: int, readiness: Readiness) -> bool:
    """Return whether a resident present at an incident comes forward, by trust and fear of a clique."""
    i = draw_present_resident(w, row.cell, stream, row.number, 0)
    if i < 0 or i == row.victim or w.minds[i].gone >= 0:
        return False
    person = w.people[i]
    if age_years(person, w.tick) < ADULT_AGE_YEARS:
        return False
    trust = trust_now(w.minds[i], w.tick, w.p.trust[person.settlement])
    # Trust is centred on 1/2; lift is what an experiment adds to trust where people decide what to tell.
    utility = readiness.intercept + readiness.trust * (trust + w.p.reporting[0].lift - 0.5)
    if row.clique >= 0:
        utility -= readiness.dread * w.minds[i].fear
    return keyed_uniform(w.seed, stream, w.tick, row.number, 1) < logistic(utility)


@kernel
def evidence_doubt(w: World, row: Incident, generation: int, tip: bool) -> float:
    """Return the probability that the evidence of an act proves nothing; counts in `tally.witnesses`."""
    # Pieces of evidence are independent: their chances to prove nothing multiply.
    p, number, tick, seed = w.p.investigation[0], row.number, w.tick, w.seed
    doubt: float = 1.0 - p.base
    if row.complaint == 1:
        doubt *= 1.0 - p.ratified
    readiness = Readiness(intercept=p.witness, trust=p.witness_trust, dread=p.witness_dread)
    if comes_forward(w, row, WITNESS_STREAM, readiness):
        doubt *= 1.0 - p.seen
        w.tally[0].witnesses += 1.0
    if keyed_uniform(seed, CAMERA_STREAM, tick, number, 0) < p.camera:
        doubt *= 1.0 - p.film
    if tip:
        doubt *= 1.0 - p.hint
    cell = w.cells[row.cell]
    found = p.analyst
    if cell.facility >= 0 and w.plans[cell.facility].mode == MODE_INVESTIGATIVE:
        found = w.p.plans[max(cell.settlement, 0)].inquiry
    if row.offender >= 0 and keyed_uniform(seed, SERIES_STREAM, tick, number, 0) < found:
        n = 0
        for k in range(w.files_count[0]):
            n += int(is_open_file(w.files[k], row.offender, generation))
        doubt *= power(1.0 - p.link, min(n, MAX_LINKED_FILES))
    return doubt


@kernel
def is_open_file(file: CaseFile, offender: int, generation: int) -> bool:
    """Return whether a file names an offender slot and generation and has no warrant or arrest yet."""
    same = file.offender == offender and file.generation == generation
    return bool(same and file.warrant < 0 and file.served < 0 and file.passes != FILE_CLOSED)


@kernel
def open_file(w: World, row: Incident, tip: bool, arrest: Arrest, held: bool) -> None:
    """Open the file of an incident: appends to `files`; counts a cleared complaint.

    `arrest` is the arrest for the incident and matters if `held`.
    """
    slots, file = w.offenders, w.files[w.files_count[0]]
    generation = slots[row.offender].generation if row.offender >= 0 else NOBODY
    file.doubt = evidence_doubt(w, row, generation, tip)
    file.filed, file.number, file.kind, file.gravity = row.tick, row.number, row.kind, row.severity
    file.zone = max(w.cells[row.cell].settlement, 0)
    file.teller = row.teller if row.complaint == 1 else NOBODY
    file.board = w.people[row.teller].settlement if row.handed > 0 else NOBODY
    file.offender, file.generation = row.offender, generation
    file.member = NOBODY
    if held and arrest.other == 0:
        file.member = arrest.member
    elif row.clique >= 0:
        file.member = draw_member_of_act(w, row)
    file.served = w.tick if held else CLOCK_NOT_STARTED
    file.warrant = file.charged = CLOCK_NOT_STARTED
    file.passes = file.tries = 0
    file.other = arrest.other if held else 0
    w.files_count[0] += 1
    if held:
        clear_complaint(w, file)


@kernel
def process_files(w: World) -> None:
    """Advance all files in order of filing, then drop the closed ones from `files`."""
    for k in range(w.files_count[0]):
        advance_file(w, w.files[k])
    left = 0
    for k in range(w.files_count[0]):
        if w.files[k].passes != FILE_CLOSED:
            w.files[left] = w.files[k]
            left += 1
    w.files_count[0] = left


@kernel
def advance_file(w: World, file: CaseFile) -> None:
    """Take the next step of a file: trial, charge, service of the warrant, or its end after some months."""
    p, tick = w.p.investigation[0], w.tick
    if file.charged >= 0:
        close_trial(w, file)
    elif file.served >= 0:
        if file.served < tick:
            decide_charge(w, file)
    elif file.warrant >= 0:
        file.tries += 1
        if file.tries > p.warrant_months:
            drop_file(w, file)
        else:
            serve_warrant(w, file)
    elif tick - file.filed > MONTH * p.months or file.passes >= MAX_TRIES:
        drop_file(w, file)


@kernel
def serve_warrant(w: World, file: CaseFile) -> None:
    """Try to serve a warrant on an offender slot, a clique member or a person outside the model.

    Updates the file, the offender or the prison, and `beliefs.arrested_lately`.
    """
    slot, i = file.offender, file.member
    if slot >= 0 and w.offenders[slot].generation != file.generation:
        return
    if is_suspect_held(w, file):
        w.custody_pace[w.offenders[slot].group, FURTHER] += 1.0
        record_warrant_arrest(w, file)
        return
    if i >= 0 and (w.minds[i].gone >= 0 or w.minds[i].member < 0):
        return
    if keyed_uniform(w.seed, SERVE_STREAM, file.filed, file.number, file.tries) >= w.p.investigation[0].arrest:
        return
    if is_consent_withheld(w, file):
        return
    if i >= 0 and slot < 0 and is_warned_of_warrant(w, file):
        return
    if keyed_uniform(w.seed, WRONG_STREAM, file.filed, file.number, 1) < w.p.justice[0].wrong:
        file.other = 1
    elif slot >= 0:
        w.arrested_lately[w.offenders[slot].group, file.zone] += 1.0
        arrest_slot(w, slot, remand_until(w, file.filed, file.number, 1), file.gravity, BY_WARRANT)
    elif i >= 0:
        arrest_members(w, file, remand_until(w, file.filed, file.number, 1))
    record_warrant_arrest(w, file)


@kernel
def is_consent_withheld(w: World, file: CaseFile) -> bool:
    """Return whether the authority of the canton withholds its consent to serve a warrant there.

    It is not asked about serious violence, nor about a case that it handed over itself.
    """
    if file.board >= 0 or file.gravity >= w.p.communal_authority[file.zone].grave:
        return False
    return not consents_to_arrest(w, file.zone, file.number, file.gravity)


@kernel
def is_warned_of_warrant(w: World, file: CaseFile) -> bool:
    """Return whether the clique of the member whom a file names is warned of the warrant."""
    u = keyed_uniform(w.seed, WARNED_STREAM, file.filed, file.number, file.tries)
    clique = w.minds[file.member].member
    return is_warned_of_operation(w, clique, w.p.capture[0], u)


@kernel
def arrest_members(w: World, file: CaseFile, until: int) -> None:
    """Hold the member whom a file names and some others of the clique until a tick."""
    clique = w.minds[file.member].member
    imprison_member(w, file.member, until)
    i = next_living_member(w, clique, NOBODY)
    while i >= 0:
        if keyed_uniform(w.seed, STRUCTURE_STREAM, file.filed, i, file.number) < w.p.investigation[0].structure:
            imprison_member(w, i, until)
            w.tally[0].arrests += 1.0
        i = next_living_member(w, clique, i)


@kernel
def record_warrant_arrest(w: World, file: CaseFile) -> None:
    """Record an arrest by warrant; updates `file.served` and `tally`."""
    file.served = w.tick
    w.tally[0].arrests += 1.0
    w.tally[0].arrests_warrant += 1.0


@kernel
def is_suspect_held(w: World, file: CaseFile) -> bool:
    """Return whether the offender whom a file names is in custody for something else."""
    if file.offender < 0:
        return False
    slot = w.offenders[file.offender]
    return bool(slot.generation == file.generation and slot.until > w.tick)


@kernel
def chance_to_solve(w: World, file: CaseFile) -> float:
    """Return the chance that detectives solve a file: by its evidence, or by showing who is held to its victim."""
    p, age = w.p.investigation[0], float(w.tick - file.filed)
    chance = p.linked
    if not is_suspect_held(w, file):
        evidence = w.solvable_shares[file.kind] * (1.0 - file.doubt)
        chance = min(p.hope_most, evidence) * exp(-age / EVIDENCE_AGE_SCALE)
    return float(chance * (p.second if file.passes == 1 else 1.0))


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
def work_on_files(w: World) -> None:
    """Investigate files by urgency while the hours of detectives last; updates `files` and `tally`."""
    p, tick, n = w.p.investigation[0], w.tick, w.files_count[0]
    hours = p.investigators * p.hours * (1.0 - p.other) * w.population_scale / (1.0 + p.false_cases)
    chances, urgency = np.zeros(n), np.zeros(n)
    for k in range(n):
        file = w.files[k]
        if file.warrant >= 0 or file.served >= 0 or file.passes >= MAX_TRIES:
            continue
        age = float(tick - file.filed)
        chances[k] = chance_to_solve(w, file)
        weight = p.homicide_first if file.kind == HOMICIDE else 1.0
        urgency[k] = (chances[k] + p.by_gravity * file.gravity) * weight * exp(-age / CASE_AGE_SCALE)
    while hours >= MIN_CASE_HOURS:
        k = most_urgent(urgency)
        if k < 0:
            break
        file, urgency[k] = w.files[k], 0.0
        if INVESTIGATION_HOURS[file.kind] > hours:
            continue
        hours -= INVESTIGATION_HOURS[file.kind]
        file.passes += 1
        w.tally[0].files_worked += 1.0
        if keyed_uniform(w.seed, SOLVE_STREAM, file.filed, file.number, file.passes) < chances[k]:
            file.warrant = tick
            if is_suspect_held(w, file):
                file.served = tick
                w.custody_pace[w.offenders[file.offender].group, FURTHER] += 1.0
            w.tally[0].cases_solved += 1.0
            clear_complaint(w, file)


def room_for_verdicts(sim: Simulation) -> Room:
    """Return the rows that the judgement of all arrests may need."""
    return {IMPRESSIONS: rows_of(ARRESTS), "prison": rows_of("roll") + rows_of(INCIDENTS) + rows_of("carried")}


def room_for_files(sim: Simulation) -> Room:
    """Return the rows that the files of all incidents and arrests need."""
    return {"files": rows_of(INCIDENTS) + rows_of(ARRESTS)}


@step(room=room_for_files, allocates=True)
def open_files(w: World) -> None:
    """Open files for the complaints, tips and arrests of the shift; updates `files` and `tally.tips`."""
    p = w.p.investigation[0]
    readiness = Readiness(intercept=p.tip, trust=p.tip_trust, dread=p.tip_dread)
    by = np.full(w.counts[INCIDENTS], -1)  # arrest by which somebody is held for each incident
    for a in range(w.counts[ARRESTS]):
        arrest = w.arrests[a]
        if arrest.incident >= 0 and arrest.carried == 0 and arrest.held == 1:
            by[arrest.incident] = a
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        tip = row.kind != DOMESTIC and comes_forward(w, row, TIP_STREAM, readiness)
        if tip:
            w.tally[0].tips += 1.0
        if tip or row.complaint == 1 or by[k] >= 0:
            open_file(w, row, tip, w.arrests[max(0, by[k])], by[k] >= 0)
    for a in range(w.counts[ARRESTS]):
        if w.arrests[a].carried == 1 and w.arrests[a].held == 1:
            file_late_arrest(w, w.arrests[a])


@kernel
def file_late_arrest(w: World, arrest: Arrest) -> None:
    """Enter an arrest for an incident of the shift before in its file; open a file if there is none."""
    row = incident_of_arrest(w, arrest)
    for k in range(w.files_count[0]):
        file = w.files[k]
        if file.filed == row.tick and file.number == row.number:
            file.served, file.other = w.tick, arrest.other
            if arrest.other == 0:
                file.member = arrest.member
            if file.warrant < 0:
                clear_complaint(w, file)
            return
    open_file(w, row, False, arrest, True)


@python_step(flags=LAST_SHIFTS)
def close_month(sim: Simulation) -> None:
    """Advance and investigate all files."""
    state = sim.state
    sim.shift_events.reserve(IMPRESSIONS, len(state.files))
    state.choices.reserve(len(state.files))
    state.prison.reserve(len(state.roll))
    process_files(sim.w)
    work_on_files(sim.w)


judge = in_order(KernelStep(judge_arrests, room_for_verdicts), open_files, close_month, learn)
"""Judge the arrests of the shift and open files; at the end of a month advance and investigate all."""


def clearance_share(month: MonthSnapshot) -> float:
    """Return complaints cleared in the month over complaints of the month."""
    return ratio_or_nan(float(month.world.w.cleared_by.sum()), month.crime_counts[COMPLAINTS].sum())


def count_waiting_files(month: MonthSnapshot) -> float:
    """Return the number of files without warrant or arrest."""
    files = month.world.state.files.used_rows()
    return float(np.count_nonzero((files["warrant"] < 0) & (files["served"] < 0)))


def count_investigators(month: MonthSnapshot) -> float:
    """Return the number of investigators of the prosecutor."""
    return float(month.world.p.investigation["investigators"][0])


MECHANISM = Mechanism(
    group=Investigation,
    counts=InvestigationCounts,
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
