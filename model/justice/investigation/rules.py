"""M32, investigation: files with evidence, detectives with hours, warrants, tips and witnesses who trust (ODD 6.12).

Detectives and prosecutors are no station's lever.  Switched off, only those caught in the act come before a judge.
"""

from __future__ import annotations

import math

import numpy as np

from model.crime.certainty.rules import beliefs_of
from model.crime.crime_counts.schema import COMPLAINTS
from model.crime.offenders.rules import hold
from model.engine.calendar import MONTH, is_last_shift_of_month
from model.engine.kernels import Tables, kernel, making_arrays
from model.engine.random_streams import logistic, luck
from model.engine.ratios import over
from model.engine.rows import Ints, Reals, Rows
from model.gangs.capture.rules import is_warned
from model.gangs.capture.schema import WARNED, Capture
from model.gangs.gangs.rules import gangland_of, next_member
from model.justice.investigation.schema import (
    ADULT,
    AGES,
    CAMERA,
    FADES,
    LEAST,
    LINKED,
    MOST_LINKS,
    SERIES,
    SERVE,
    SOLVE,
    STRUCTURE,
    TIP,
    TWICE,
    WITNESS,
    WRITES,
    Counts,
    Investigation,
)
from model.justice.justice.rules import (
    Court,
    charge,
    clear,
    drop,
    judge_arrests,
    lock_up,
    member_of,
    remanded,
    sentence,
)
from model.justice.justice.schema import CHARGED_BY, CLEARED, CLOSED, FILES, NEVER, WRONG, File
from model.police.chief.schema import Chief
from model.police.plans.schema import INVESTIGATIVE, Plans
from model.reporting.reporting.schema import Reporting
from model.town.crime_kinds import DOMESTIC, HOMICIDE, HOURS, by_kind
from model.trust.ledger.rules import trust_now
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import Month
from model.world.protocol import World
from model.world.sampling import age_of, somebody_here
from model.world.shift_context import Stage
from model.world.shift_events import ARRESTS, IMPRESSIONS, INCIDENTS, NOBODY, Arrest, Incident
from model.world.state import BOARDS, Plan


class Bureau(Tables):
    """Files, judges, stations' plans, and the numbers of detectives and of those who come forward.

    ``solvable`` is by kind, ``lift`` what an experiment adds to trust where it decides what people tell.
    """

    court: Court
    files: Rows[File]
    count: Ints
    plans: Rows[Plan]
    orders: Rows[Plans]
    numbers: Rows[Investigation]
    reporting: Rows[Reporting]
    solvable: Reals
    scale: float
    chiefs: Rows[Chief]
    capture: Rows[Capture]


@kernel
def speaks(
    stage: Stage, bureau: Bureau, row: Incident, decision: int, ready: float, by_trust: float, by_dread: float
) -> bool:
    """Whether somebody who is at the place of an act comes forward, by trust and by dread of a clique."""
    i = somebody_here(stage, stage.where, row.cell, decision, row.number, 0)
    if i < 0 or i == row.victim or stage.minds[i].gone >= 0:
        return False
    person = stage.ground.people[i]
    if age_of(person, stage.tick) < ADULT:
        return False
    trust = trust_now(stage.minds[i], stage.tick, stage.trust[person.settlement])
    wish = ready + by_trust * (trust + bureau.reporting[0].lift - 0.5)
    if row.clique >= 0:
        wish -= by_dread * stage.minds[i].fear
    return luck(stage.seed, decision, stage.tick, row.number, 1) < logistic(wish)


@kernel
def doubt_about(stage: Stage, bureau: Bureau, row: Incident, generation: int, tip: bool) -> float:
    """Chance that nothing of what is known about an act proves anything."""
    p, number, tick, seed = bureau.numbers[0], row.number, stage.tick, stage.seed
    doubt: float = 1.0 - p.base
    if row.complaint == 1:
        doubt *= 1.0 - p.ratified
    if speaks(stage, bureau, row, WITNESS, p.witness, p.witness_trust, p.witness_dread):
        doubt *= 1.0 - p.seen
        stage.tally[0].witnesses += 1.0
    if luck(seed, CAMERA, tick, number, 0) < p.camera:
        doubt *= 1.0 - p.film
    if tip:
        doubt *= 1.0 - p.hint
    cell = stage.ground.cells[row.cell]
    found = p.analyst
    if cell.facility >= 0 and bureau.plans[cell.facility].mode == INVESTIGATIVE:
        found = bureau.orders[max(cell.settlement, 0)].inquiry
    if row.offender >= 0 and luck(seed, SERIES, tick, number, 0) < found:
        n = 0
        for k in range(bureau.count[0]):
            n += int(is_open(bureau.files[k], row.offender, generation))
        doubt *= (1.0 - p.link) ** min(n, MOST_LINKS)
    return doubt


@kernel
def is_open(file: File, offender: int, generation: int) -> bool:
    """Whether a file names this person in this slot, and no warrant or arrest has come of it."""
    same = file.offender == offender and file.generation == generation
    return bool(same and file.warrant < 0 and file.served < 0 and file.passes != CLOSED)


@kernel
def open_file(stage: Stage, bureau: Bureau, row: Incident, tip: bool, arrest: Arrest, held: bool) -> None:
    """Open the file of an act; ``arrest`` is what it is ``held`` by, if it is."""
    slots, file = bureau.court.slots, bureau.files[bureau.count[0]]
    generation = slots[row.offender].generation if row.offender >= 0 else NOBODY
    file.doubt = doubt_about(stage, bureau, row, generation, tip)
    file.filed, file.number, file.kind, file.gravity = stage.tick, row.number, row.kind, row.severity
    file.zone = max(stage.ground.cells[row.cell].settlement, 0)
    file.teller = row.teller if row.complaint == 1 else NOBODY
    file.board = stage.ground.people[row.teller].settlement if row.handed > 0 else NOBODY
    file.offender, file.generation = row.offender, generation
    file.member = NOBODY
    if held and arrest.other == 0:
        file.member = arrest.member
    elif row.clique >= 0:
        file.member = member_of(stage, bureau.court.gangs, row.clique, row.number)
    file.served = stage.tick if held else NEVER
    file.warrant = file.charged = NEVER
    file.passes = file.tries = 0
    file.other = arrest.other if held else 0
    bureau.count[0] += 1
    if held:
        clear(bureau.court, file)


@making_arrays
def take_down(stage: Stage, bureau: Bureau) -> None:
    """Open the files of the shift: of complaints, of acts for which somebody is held, of tips."""
    day, p = stage.day, bureau.numbers[0]
    by = np.full(day.counts[INCIDENTS], -1)
    for a in range(day.counts[ARRESTS]):
        if day.arrests[a].incident >= 0 and day.arrests[a].held == 1:
            by[day.arrests[a].incident] = a
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        tip = row.kind != DOMESTIC and speaks(stage, bureau, row, TIP, p.tip, p.tip_trust, p.tip_dread)
        if tip:
            stage.tally[0].tips += 1.0
        if tip or row.complaint == 1 or by[k] >= 0:
            open_file(stage, bureau, row, tip, day.arrests[max(0, by[k])], by[k] >= 0)


@kernel
def close_month(stage: Stage, bureau: Bureau) -> None:
    """Work through the files in order: sentences, charges, warrants; put away what is closed."""
    for k in range(bureau.count[0]):
        go_on(stage, bureau, bureau.files[k])
    left = 0
    for k in range(bureau.count[0]):
        if bureau.files[k].passes != CLOSED:
            bureau.files[left] = bureau.files[k]
            left += 1
    bureau.count[0] = left


@kernel
def go_on(stage: Stage, bureau: Bureau, file: File) -> None:
    """Take the step that a file waits for; what has come to nothing is dropped."""
    p, court, tick = bureau.numbers[0], bureau.court, stage.tick
    if file.charged >= 0:
        sentence(stage, court, file)
    elif file.served >= 0:
        if file.served < tick:
            charge(stage, court, file)
    elif file.warrant >= 0:
        file.tries += 1
        if file.tries > p.warrant_months:
            drop(stage, court, file)
        else:
            serve(stage, bureau, file)
    elif tick - file.filed > MONTH * p.months or file.passes >= TWICE:
        drop(stage, court, file)


@kernel
def serve(stage: Stage, bureau: Bureau, file: File) -> None:
    """Try to serve a warrant: on a slot, a member of a clique, or a person outside the model."""
    court, tick, slot, i = bureau.court, stage.tick, file.offender, file.member
    if slot >= 0 and court.slots[slot].generation != file.generation:
        return
    if slot >= 0 and court.slots[slot].until > tick:
        succeed(stage, file)
        return
    if i >= 0 and (stage.minds[i].gone >= 0 or stage.minds[i].member < 0):
        return
    if luck(stage.seed, SERVE, file.filed, file.number, file.tries) >= bureau.numbers[0].arrest:
        return
    if i >= 0 and slot < 0 and finds_out(stage, bureau, file):
        return
    if luck(stage.seed, WRONG, file.filed, file.number, 1) < court.numbers[0].wrong:
        file.other = 1
    elif slot >= 0:
        court.beliefs.arrested[court.slots[slot].group, file.zone] += 1.0
        hold(court.slots[slot], remanded(stage, court, file.filed, file.number, 1))
    elif i >= 0:
        arrest_members(stage, bureau, file, remanded(stage, court, file.filed, file.number, 1))
    succeed(stage, file)
    link(stage, bureau, file)


@kernel
def finds_out(stage: Stage, bureau: Bureau, file: File) -> bool:
    """Whether the clique of a member whom a file names is warned of the warrant."""
    u = luck(stage.seed, WARNED, file.filed, file.number, file.tries)
    clique, cliques = stage.minds[file.member].member, bureau.court.gangs.cliques
    return is_warned(bureau.chiefs, cliques, stage.ground.cells, clique, bureau.capture[0], u)


@kernel
def arrest_members(stage: Stage, bureau: Bureau, file: File, until: int) -> None:
    """Hold the member whom a file names, and with him some of his clique."""
    clique = stage.minds[file.member].member
    lock_up(stage, bureau.court, file.member, until)
    i = next_member(stage, bureau.court.gangs, clique, NOBODY)
    while i >= 0:
        if luck(stage.seed, STRUCTURE, file.filed, i, file.number) < bureau.numbers[0].structure:
            lock_up(stage, bureau.court, i, until)
            stage.tally[0].arrests += 1.0
        i = next_member(stage, bureau.court.gangs, clique, i)


@kernel
def succeed(stage: Stage, file: File) -> None:
    """Note an arrest by warrant."""
    file.served = stage.tick
    stage.tally[0].arrests += 1.0
    stage.tally[0].arrests_warrant += 1.0


@kernel
def link(stage: Stage, bureau: Bureau, file: File) -> None:
    """Let other files of the person in a slot be cleared with one, perhaps."""
    for k in range(bureau.count[0] if file.offender >= 0 else 0):
        other = bureau.files[k]
        if not is_open(other, file.offender, file.generation):
            continue
        if luck(stage.seed, LINKED, other.filed, other.number, 0) < bureau.numbers[0].linked:
            other.warrant = other.served = stage.tick
            clear(bureau.court, other)


@kernel
def most_urgent(urgency: Reals) -> int:
    """First of the most urgent, or -1 if nothing is: few files are taken up, and a sort takes long to compile."""
    found, most = -1, 0.0
    for k in range(len(urgency)):
        if urgency[k] > most:
            found, most = k, urgency[k]
    return found


@making_arrays
def investigate(stage: Stage, bureau: Bureau) -> None:
    """Let detectives take up files, the most promising and gravest first, as long as there are hours."""
    p, tick, n = bureau.numbers[0], stage.tick, bureau.count[0]
    hours = p.investigators * p.hours * (1.0 - p.other) * bureau.scale / (1.0 + p.false_cases)
    hopes, urgency = np.zeros(n), np.zeros(n)
    for k in range(n):
        file = bureau.files[k]
        if file.warrant >= 0 or file.served >= 0 or file.passes >= TWICE:
            continue
        age = float(tick - file.filed)
        hopes[k] = min(0.9, bureau.solvable[file.kind] * (1.0 - file.doubt)) * math.exp(-age / FADES)
        hopes[k] *= p.second if file.passes == 1 else 1.0
        weight = 4.0 if file.kind == HOMICIDE else 1.0
        urgency[k] = (hopes[k] + 0.05 * file.gravity) * weight * math.exp(-age / AGES)
    while hours >= LEAST:
        k = most_urgent(urgency)
        if k < 0:
            break
        file, urgency[k] = bureau.files[k], 0.0
        if HOURS[file.kind] > hours:
            continue
        hours -= HOURS[file.kind]
        file.passes += 1
        stage.tally[0].files_worked += 1.0
        if luck(stage.seed, SOLVE, file.filed, file.number, file.passes) < hopes[k]:
            file.warrant = tick
            stage.tally[0].cases_solved += 1.0
            clear(bureau.court, file)


def court_of(world: World) -> Court:
    """Lay out who can be held, and by what numbers."""
    state = world.state
    return Court(
        state.offenders.rows, world.laid(gangland_of), state.prison.rows, state.prison.count,
        world.laid(beliefs_of), state[CLEARED], state[CHARGED_BY], world.numbers["justice"], state[BOARDS],
    )  # fmt: skip


def bureau_of(world: World) -> Bureau:
    """Lay out files, judges and detectives."""
    state, numbers = world.state, world.numbers
    solvable = by_kind(numbers["investigation"], "solved")[0]
    return Bureau(
        world.laid(court_of), state[FILES].rows, state[FILES].count, state.plans, numbers["plans"],
        numbers["investigation"], numbers["reporting"], solvable, float(world.settings["population"].scale),
        state.chiefs, numbers["capture"],
    )  # fmt: skip


def act(world: World) -> None:
    """Judge the arrests of the shift and open its files; at a month's end work through all."""
    state, book = world.state, world.book
    incidents, last = book.counts.item(INCIDENTS), is_last_shift_of_month(world.tick)
    book.reserve(IMPRESSIONS, book.counts.item(ARRESTS) + (len(state[FILES]) + incidents if last else 0))
    state[FILES].reserve(incidents)
    state.prison.reserve(len(state.roll) + incidents)
    world.carry_out(judge_arrests, lambda: (world.stage(), world.laid(court_of)))
    world.carry_out(take_down, lambda: (world.stage(), world.laid(bureau_of)))
    if last:
        close_month(world.stage(), world.laid(bureau_of))
        investigate(world.stage(), world.laid(bureau_of))
    world.learn()


def clearance(month: Month) -> float:
    """Complaints cleared in the month, over complaints of the month."""
    return over(float(month.world.state[CLEARED].sum()), month.books[COMPLAINTS].sum())


def waiting(month: Month) -> float:
    """Files at the prosecutor without warrant or arrest."""
    files = month.world.state[FILES].filled()
    return float(np.count_nonzero((files["warrant"] < 0) & (files["served"] < 0)))


def staff(month: Month) -> float:
    """Investigators of the prosecutor."""
    return float(month.world.numbers["investigation"]["investigators"][0])


IT = Mechanism(
    group=Investigation,
    counts=Counts,
    writes=WRITES,
    knockout=Knockout(("cases_solved", "arrests_warrant")),
    measures={
        "clearance": Measure("share", clearance),
        "queue": Measure("cases", waiting),
        "investigators": Measure("people", staff),
        "tips": Measure("tips"),
        "witnesses": Measure("people"),
        "files_worked": Measure("cases"),
        "cases_solved": Measure("cases"),
        "arrests_warrant": Measure("arrests"),
    },
)
