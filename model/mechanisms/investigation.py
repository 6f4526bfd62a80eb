"""M32, investigation: files with evidence, detectives with hours, warrants, tips and witnesses who trust (ODD 6.12).

Detectives and prosecutors are no station's lever.  Switched off, only those caught in the act come before a judge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.books import COMPLAINTS
from model.calendar import MONTH, is_last_shift_of_month
from model.chance import age_of, somebody_here
from model.daybook import ARRESTS, IMPRESSIONS, INCIDENTS, NOBODY
from model.gangs import Gangland, gangland_of
from model.kernels import Tables, kernel, making_arrays
from model.kinds import DOMESTIC, HOMICIDE, HOURS, by_kind
from model.ledger import trust_now
from model.luck import decision, logistic, luck
from model.mechanism import Knockout, Measure, Mechanism, over
from model.mechanisms.capture import WARNED, is_warned
from model.mechanisms.certainty import beliefs_of
from model.mechanisms.justice import (
    CHARGED_BY,
    CLEARED,
    CLOSED,
    FILES,
    NEVER,
    WRONG,
    Court,
    File,
    charge,
    clear,
    drop,
    judge_arrests,
    lock_up,
    member_of,
    remanded,
    sentence,
)
from model.mechanisms.offenders import hold
from model.mechanisms.plans import INVESTIGATIVE
from model.parameters import Group, number, share
from model.rows import Row
from model.state import BOARDS

if TYPE_CHECKING:
    from model.daybook import Arrest, Incident
    from model.measures import Month
    from model.mechanisms.capture import Capture
    from model.mechanisms.chief import Chief
    from model.mechanisms.plans import Plans
    from model.mechanisms.reporting import Reporting
    from model.model import TrustModel as World
    from model.rows import Ints, Reals, Rows
    from model.stage import Stage
    from model.state import Plan

TIP, WITNESS, CAMERA, SERIES = decision("tip"), decision("witness"), decision("camera"), decision("series")
INQUIRY = decision("inquiry")
SERVE, STRUCTURE, LINKED, SOLVE = decision("serve"), decision("structure"), decision("linked"), decision("solve")
ADULT = 18.0
LEAST = float(HOURS.min())
"""Hours without which no file can be taken up."""
TWICE = 2
"""How often detectives take up a file at most."""
AGES, FADES = 2.0 * MONTH, 3.0 * MONTH
"""Shifts in which a file loses its urgency, and evidence its worth, by a factor e."""
MOST_LINKS = 6
FREE_FIT = "calibrated: W02, V16"


@dataclass(frozen=True, kw_only=True)
class Investigation(Group):
    """What is known of an act, who comes forward, and how far detectives get with it."""

    name: ClassVar[str] = "investigation"
    evidence: ClassVar[tuple[str, ...]] = ("W01", "W02", "K13", "V12", "V16")

    investigators: float = number(
        4.0, "persons", 0.0, 1e6, "assumed", "investigators for the municipality", role="site", off=0.0
    )
    hours: float = number(110.0, "hours a month", 0.0, 1000.0, "assumed", "hours of an investigator for files")
    other: float = share(0.45, "assumed", "of these, hours for kinds of crime that are not in the model")
    false_cases: float = number(0.0, "ratio", 0.0, 10.0, "experiment", "false complaints over true ones, in hours")
    months: int = number(4, "months", 1, 60, "V12; assumed", "age at which a file without warrant is shelved")
    base: float = share(0.004, "assumed", "worth of what a scene shows")
    ratified: float = share(0.012, "assumed", "worth of a complaint that is ratified")
    seen: float = share(0.10, "assumed", "worth of a witness who speaks")
    film: float = share(0.10, "assumed", "worth of a recording")
    hint: float = share(0.35, "assumed", "worth of a tip")
    link: float = share(0.012, "assumed", "worth of each further file of a series that is found")
    camera: float = share(0.05, "B08; assumed", "acts that a camera records")
    analyst: float = share(0.3, "assumed; swept", "series that an analyst finds")
    witness: float = number(-2.2, "log-odds", -10.0, 5.0, "assumed; swept", "readiness of those present to speak")
    witness_trust: float = number(2.5, "log-odds", 0.0, 10.0, "Q10; swept to 0", "effect of trust, 0 to 1", off=0.0)
    witness_dread: float = number(2.0, "log-odds", 0.0, 10.0, "G13; assumed", "effect of fear of a clique", off=0.0)
    tip: float = number(-5.1, "log-odds", -10.0, 5.0, "assumed; swept", "readiness of those present to give a tip")
    tip_trust: float = number(3.0, "log-odds", 0.0, 10.0, "G09; swept to 0", "effect of trust, 0 to 1", off=0.0)
    tip_dread: float = number(2.0, "log-odds", 0.0, 10.0, "G13; assumed", "effect of fear of a clique", off=0.0)
    robbery: float = number(0.8, "ratio", 0.0, 50.0, FREE_FIT, "how solvable robberies are")
    theft: float = number(1.3, "ratio", 0.0, 50.0, FREE_FIT, "the same of thefts from the person")
    vehicle_theft: float = number(1.4, "ratio", 0.0, 50.0, FREE_FIT, "the same of vehicle thefts")
    theft_from_vehicle: float = number(1.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of thefts from vehicles")
    burglary: float = number(1.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of burglaries")
    assault: float = number(1.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of assaults")
    homicide: float = number(0.6, "ratio", 0.0, 50.0, FREE_FIT, "the same of killings")
    extortion: float = number(3.2, "ratio", 0.0, 50.0, FREE_FIT, "the same of extortion")
    domestic: float = number(2.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of violence at home: the suspect is known")
    second: float = share(0.4, "assumed", "worth of a second look at a file")
    arrest: float = share(0.25, "assumed", "warrants served in a month")
    warrant_months: int = number(12, "months", 1, 60, "assumed", "time for which a warrant is tried")
    linked: float = share(0.25, "assumed", "other files of the same slot that are cleared with it")
    structure: float = share(0.05, "K13; assumed, swept", "other members of a clique arrested with one of them")


class Counts(Row):
    """What is counted in a month."""

    tips: float
    witnesses: float
    files_worked: float
    cases_solved: float
    arrests_warrant: float


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
def next_member(stage: Stage, gangs: Gangland, clique: int, after: int) -> int:
    """Living member of a clique with the next higher number, or -1: the roll stands in no lasting order."""
    found = NOBODY
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if i > after and (found < 0 or i < found) and stage.minds[i].member == clique and stage.minds[i].gone < 0:
            found = i
    return found


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


WRITES = (
    "files", "boards.cases_taken", "boards.cases_returned", "cleared_by", "charged_by", "arrests.held", "arrests.other",
    "arrests.member", "tally.arrests", "tally.charged", "tally.dropped", "tally.sentenced", "tally.held",
    "tally.released", "tally.arrests_act", "tally.arrests_without_incident", "offenders",
    "arrested_lately", "minds.useful", "minds.member", "minds.gone", "cliques.members", "cliques.held_now",
    "cliques.freed_now", "cliques.leader_now", "tally.member_arrests", "prison", "impressions",
)  # fmt: skip
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
