"""M44, work on problems: who notices them, finds causes, begins responses that fit or not, and keeps them up (ODD 6).

Whoever works reads what was told, filed and said about a place, never its true cause; a response belongs to a person.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.books import told_to_state
from model.daybook import DEMI, HOMES, INCIDENTS, PROSECUTOR, SPARED, VISITS
from model.kernels import Tables, kernel, making_arrays
from model.kinds import N_KINDS
from model.luck import decision, luck
from model.mechanism import Hazard, Measure, Mechanism, portrayed
from model.mechanisms.chief import commanders
from model.mechanisms.minutes import FOR_PROBLEMS, OWED, forgive, owe
from model.mechanisms.practices import leaders_of
from model.mechanisms.problems import (
    BUS_STOP,
    FAMILY,
    FENCE,
    N_CAUSES,
    NO_CAUSE,
    PROBLEM_AT,
    PROBLEMS,
    USUAL,
    parts,
    renew,
    site_of,
)
from model.mechanisms.requests import REQUESTS
from model.mechanisms.resources import MAYOR_OF
from model.rows import Row, zeros
from model.state import BOARDS, MEANS
from model.tables import Field, Table

if TYPE_CHECKING:
    from model.authorities import Authority
    from model.measures import Month
    from model.mechanisms.adoption import Adoption
    from model.mechanisms.practices import Practices
    from model.mechanisms.pressure import Pressure
    from model.mechanisms.problems import Problem, Problems
    from model.mechanisms.requests import Request
    from model.mechanisms.resources import Mayor
    from model.model import TrustModel as World
    from model.police import FacilityRow, Officer
    from model.register import Tally
    from model.rows import Ints, Reals, Rows
    from model.stage import Stage
    from model.state import Board, Means
    from model.territory import Cell

NOTICED, LOOKED_INTO, NAMED_RIGHT = decision("problem noted"), decision("problems looked into"), decision("cause right")
NAMED_WRONG, LOOKED_AGAIN, CAUSE_TOLD = decision("wrong cause"), decision("looked at again"), decision("cause told")
BEGUN, LAPSED, PASSED_ON = decision("response begins"), decision("response lapses"), decision("response handed over")


class Record(Row):
    """What a sector has done about its problems: causes found, responses that fit, crimes that these kept away."""

    found: int
    tried: int
    better: int


SECTOR_RECORD = Table(
    name="sector_record",
    row=Record,
    per="one",
    start=lambda town: zeros(Record, len(town.sectors)),
    about="Problems found, tried and better, by sector: this alone.",
)
PROBLEM_MARK = Field(
    name="problem_mark",
    of=np.float64,
    shape=("facility",),
    about="Minutes for problems that had been asked for a month ago: this alone.",
)


class Counts(Row):
    """What is counted in a month."""

    problems_renewed: float
    problems_noted: float
    causes_right: float
    causes_wrong: float
    causes_told: float
    responses_begun: float
    responses_fitting: float
    responses_lapsed: float
    crimes_refused: float


class Work(Tables):
    """What work on problems goes by; ``use`` says how far forms are really used, ``had`` what minutes were given."""

    problems: Rows[Problem]
    facilities: Rows[FacilityRow]
    officers: Rows[Officer]
    leaders: Ints
    chiefs: Ints
    means: Rows[Means]
    mayor: Rows[Mayor]
    requests: Rows[Request]
    request_count: Ints
    authorities: Rows[Authority]
    boards: Rows[Board]
    cells: Rows[Cell]
    owed: Reals
    mark: Reals
    record: Rows[Record]
    numbers: Rows[Problems]
    practices: Rows[Practices]
    adoption: Rows[Adoption]
    pressure: Rows[Pressure]


@kernel
def note(stage: Stage, problems: Rows[Problem], at: Ints, record: Rows[Record], guard: int) -> None:
    """Note at each problem its crimes of a shift, those told, those that did not happen, and who came to talk near."""
    day = stage.day
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        slot = at[row.cell, row.kind]
        if slot >= 0:
            problems[slot].seen += 1.0
            told = told_to_state(row) and row.told != PROSECUTOR and row.told != DEMI
            problems[slot].told += 1.0 if row.found == 1 or told else 0.0
            problems[slot].filed += row.written
    for k in range(day.counts[SPARED]):
        spared = day.spared[k]
        if spared.guard == guard:
            slot = at[spared.cell, spared.kind]
            problems[slot].refused += 1.0
            record[problems[slot].sector].better += 1
            stage.tally[0].crimes_refused += 1.0
    for k in range(day.counts[VISITS]):
        if day.visits[k].kind == HOMES and day.visits[k].alive == 1:
            talk_near(problems, at, stage.ground.near, day.visits[k].cell)


@kernel
def talk_near(problems: Rows[Problem], at: Ints, near: Ints, cell: int) -> None:
    """Note a planned stretch in homes at the problems of its cell and those around."""
    for side in range(near.shape[1] + 1):
        here = cell if side == near.shape[1] else near[cell, side]
        for kind in range(N_KINDS):
            if here >= 0 and at[here, kind] >= 0:
                problems[at[here, kind]].talked += 1.0


@kernel
def boss_of(work: Work, problem: Problem) -> int:
    """Position of who answers for a problem: the leader of its sector, else the chief of its facility, else -1."""
    leader = work.leaders[problem.sector]
    return int(leader if leader >= 0 else work.chiefs[problem.facility])


@kernel
def numbers_at(work: Work, problem: Problem) -> int:
    """Settlement whose numbers hold for a problem."""
    return max(0, work.cells[problem.cell].settlement)


@kernel
def analysed(work: Work, f: int, p: Problems) -> float:
    """Analysts of a facility this month, at most one, less where there is no internet."""
    linked = 1.0 if work.means[f].internet == 1 else p.offline
    return min(1.0, p.analysts) * linked


@kernel
def use_of_forms(work: Work, f: int, p: Problems) -> float:
    """How far a facility really uses its forms: by the chief's habit of analysis and by analysts."""
    habit = work.officers[work.chiefs[f]].habit_analysis if work.chiefs[f] >= 0 else 0.0
    return 1.0 - (1.0 - habit) * (1.0 - p.analyst_forms * analysed(work, f, p))


@kernel
def notice(work: Work, n: int, tally: Rows[Tally], tick: int, seed: int) -> None:
    """Let problems be noted by what is in forms and by what residents say near them."""
    for i in range(n):
        row = work.problems[i]
        boss = boss_of(work, row) if row.cell >= 0 else -1
        if boss < 0 or row.noted >= 0:
            continue
        p = work.numbers[numbers_at(work, row)]
        talk = p.by_talk * (p.talk_least + p.talk_habit * work.officers[boss].habit_analysis)
        rate = row.told * p.by_report * use_of_forms(work, row.facility, p) + row.talked * talk
        if luck(seed, NOTICED, tick, i, row.gen) < 1.0 - math.exp(-rate):
            row.noted = tick
            tally[0].problems_noted += 1.0


@kernel
def hear_items(work: Work, n: int, tally: Rows[Tally], since: int, tick: int) -> None:
    """Let what was asked of the police this month, and is worked on, tell of the greatest problem of its kind there."""
    for k in range(work.request_count[0]):
        request = work.requests[k]
        if request.asked < since or request.owner < 0 or request.mark < 0.0:
            continue
        z, greatest = work.authorities[request.authority].settlement, -1
        for i in range(n):
            row = work.problems[i]
            if row.cell >= 0 and row.kind == request.problem and work.cells[row.cell].settlement == z:
                greatest = i if greatest < 0 or row.size > work.problems[greatest].size else greatest
        if greatest >= 0:
            row = work.problems[greatest]
            row.talked += work.numbers[z].item
            if row.noted < 0:
                row.noted = tick
                tally[0].problems_noted += 1.0


@kernel
def look_again(work: Work, n: int, tick: int, seed: int) -> None:
    """Let wrong causes be looked at again, and what was done by them end."""
    for i in range(n):
        row = work.problems[i]
        if row.cell < 0 or row.named < 0 or row.named == row.cause:
            continue
        p = work.numbers[numbers_at(work, row)]
        if luck(seed, LOOKED_AGAIN, tick, i, row.gen) < p.again * use_of_forms(work, row.facility, p):
            row.named = row.response = NO_CAUSE
            row.shared = row.kept = 0


@kernel
def chance_right(work: Work, row: Problem, p: Problems) -> float:
    """Chance that a diagnosis finds the true cause, by data, internet, analysts and what residents said."""
    wrong = p.blind * (1.0 - p.by_data * row.filed / (1.0 + row.filed))
    wrong *= 1.0 - p.by_net * work.means[row.facility].internet
    wrong *= 1.0 - p.by_analyst * min(1.0, p.analysts)
    return 1.0 - wrong * (1.0 - p.by_word * row.talks / (1.0 + row.talks))


@kernel
def best_known(work: Work, n: int, f: int) -> int:
    """Slot of the problem without a cause on record of which a facility knows most, or -1."""
    best, most = -1, -1.0
    for i in range(n):
        row = work.problems[i]
        if row.cell >= 0 and row.facility == f and row.noted >= 0 and row.named < 0 and row.filed + row.talks > most:
            best, most = i, row.filed + row.talks
    return best


@kernel
def look_into(work: Work, n: int, f: int, tally: Rows[Tally], tick: int, seed: int) -> int:
    """Let chief and analysts of a facility name causes, right or wrong; return how many they looked into."""
    p, chief = work.numbers[work.facilities[f].settlement], work.chiefs[f]
    able = p.per_analyst * p.analysts * (1.0 if work.means[f].internet == 1 else p.offline)
    able += p.per_chief * work.officers[chief].habit_analysis if chief >= 0 else 0.0
    most, done = int(able + luck(seed, LOOKED_INTO, tick, f, 0)), 0
    while done < most:
        i = best_known(work, n, f)
        if i < 0:
            break
        row = work.problems[i]
        if luck(seed, NAMED_RIGHT, tick, i, row.gen) < chance_right(work, row, p):
            row.named = row.cause
            tally[0].causes_right += 1.0
            work.record[row.sector].found += 1
        else:
            other = int((N_CAUSES - 1) * luck(seed, NAMED_WRONG, tick, i, row.gen))
            row.named = other + 1 if other >= row.cause else other
            tally[0].causes_wrong += 1.0
        done += 1
    return done


@kernel
def tell_cause(
    work: Work, row: Problem, i: int, boss: int, tally: Rows[Tally], since: int, tick: int, seed: int
) -> None:
    """Tell a community that met the police this month what is behind a problem, as far as follow-up is a habit."""
    if row.named < 0 or row.shared == 1 or boss < 0:
        return
    z, met = work.cells[row.cell].settlement, False
    for a in range(len(work.authorities)):
        met = met or (work.authorities[a].settlement == z and work.boards[a].met >= since)
    if met and luck(seed, CAUSE_TOLD, tick, i, row.gen) < work.officers[boss].habit_follow:
        row.shared = 1
        tally[0].causes_told += 1.0


@kernel
def stays(work: Work, row: Problem, i: int, boss: int, had: float, tick: int, seed: int) -> bool:
    """Whether a response is kept up for another month: handed over if its owner has gone, and not let lapse."""
    if boss < 0:
        return False
    z = numbers_at(work, row)
    p, practices = work.numbers[z], work.practices[z]
    if row.owner != boss or row.person != work.officers[boss].person:
        passed = practices.handover + (1.0 - practices.handover) * practices.register
        if luck(seed, PASSED_ON, tick, i, row.gen) >= passed:
            return False
        row.owner, row.person = boss, work.officers[boss].person
    adoption = work.adoption[z]
    pressing = work.pressure[z].level * adoption.busts * (1.0 - adoption.returned) - practices.usual_pressing
    chance = p.lapse * (1.0 - work.officers[boss].habit_follow) + p.lapse_pressing * max(0.0, pressing)
    return luck(seed, LAPSED, tick, i, row.gen) >= chance + p.lapse_minutes * (1.0 - had)


@kernel
def readiness(work: Work, row: Problem, boss: int, p: Problems) -> float:
    """Chance of a month that a response is begun: by follow-up and partners, or presence where no cause is known."""
    if row.named < 0:
        return p.presence if row.response < 0 else 0.0
    wish = p.begins * work.officers[boss].habit_follow
    if row.named in (BUS_STOP, FAMILY):
        return wish
    willing = row.named != FENCE and work.mayor[0].willing == 1
    return wish * (p.partner_willing if willing else p.partner)


@kernel
def respond(work: Work, row: Problem, i: int, boss: int, tally: Rows[Tally], tick: int, seed: int) -> None:
    """Begin a response to the cause on record, or presence where there is none."""
    if boss < 0 or (row.response >= 0 and row.response == row.named):
        return
    if luck(seed, BEGUN, tick, i, row.gen) >= readiness(work, row, boss, work.numbers[numbers_at(work, row)]):
        return
    row.response = row.named if row.named >= 0 else BUS_STOP
    row.owner, row.person, row.begun, row.kept = boss, work.officers[boss].person, tick, 0
    tally[0].responses_begun += 1.0
    if row.response == row.cause:
        tally[0].responses_fitting += 1.0
        work.record[row.sector].tried += 1


@kernel
def keep_up(
    work: Work, row: Problem, i: int, had: float, tally: Rows[Tally], since: int, tick: int, seed: int
) -> float:
    """Keep up, let lapse or begin what is done about a noted problem; return the minutes that it will take."""
    boss, p = boss_of(work, row), work.numbers[numbers_at(work, row)]
    if row.response >= 0 and not stays(work, row, i, boss, had, tick, seed):
        row.response, row.kept = NO_CAUSE, 0
        tally[0].responses_lapsed += 1.0
    tell_cause(work, row, i, boss, tally, since, tick, seed)
    respond(work, row, i, boss, tally, tick, seed)
    if row.response < 0:
        return 0.0
    row.kept += 1
    return p.upkeep


@kernel
def take_effect(row: Problem, p: Problems) -> None:
    """Let the effect of a response that fits build up, or wear off; let what is known of a problem fade."""
    if row.response >= 0 and row.response == row.cause:
        row.eff += p.rise * (1.0 - row.eff)
    else:
        row.eff *= 2.0 ** (-1.0 / p.wear)
    fading = 2.0 ** (-1.0 / p.evidence_months)
    row.filed, row.talks = row.filed * fading, row.talks * fading
    row.seen = row.told = row.talked = 0.0


@making_arrays
def work_on(work: Work, n: int, tally: Rows[Tally], since: int, tick: int, seed: int) -> None:
    """A month of work on problems: noticing, naming causes, responding; then what it all takes in the next month."""
    n_facilities = len(work.facilities)
    had, minutes = np.ones(n_facilities), np.zeros(n_facilities)
    for f in range(n_facilities):
        asked = work.owed[f, FOR_PROBLEMS, 0] - work.mark[f]
        if asked > 0.0:
            had[f] = max(0.0, work.owed[f, FOR_PROBLEMS, 1] - work.mark[f]) / asked
        forgive(work.owed, f, FOR_PROBLEMS, work.owed[f, FOR_PROBLEMS, 0])
    notice(work, n, tally, tick, seed)
    hear_items(work, n, tally, since, tick)
    look_again(work, n, tick, seed)
    for i in range(n):
        work.problems[i].talks += work.problems[i].talked
    for f in range(n_facilities):
        p = work.numbers[work.facilities[f].settlement]
        minutes[f] += p.looking * look_into(work, n, f, tally, tick, seed)
    for i in range(n):
        row = work.problems[i]
        if row.cell < 0:
            continue
        if row.noted >= 0:
            minutes[row.facility] += keep_up(work, row, i, had[row.facility], tally, since, tick, seed)
        take_effect(row, work.numbers[numbers_at(work, row)])
    for f in range(n_facilities):
        work.mark[f] = work.owed[f, FOR_PROBLEMS, 0]
        owe(work.owed, f, FOR_PROBLEMS, minutes[f])


def work_of(world: World, leaders: Ints) -> Work:
    """Lay out what work on problems goes by."""
    state, numbers, town = world.state, world.numbers, world.town
    return Work(
        state[PROBLEMS].rows, world.plant.facilities, world.plant.officers, leaders, world.once(commanders),
        state[MEANS], state[MAYOR_OF], state[REQUESTS].rows, state[REQUESTS].count, town.authorities, state[BOARDS],
        town.cells, state[OWED], state[PROBLEM_MARK], state[SECTOR_RECORD], numbers["problems"], numbers["practices"],
        numbers["adoption"], numbers["pressure"],
    )  # fmt: skip


def act(world: World) -> None:
    """Note what happened at problems in this shift."""
    state = world.state
    if len(state[PROBLEMS]):
        guard = world.factors.numbers[IT.name]
        note(world.stage(), state[PROBLEMS].rows, state[PROBLEM_AT], state[SECTOR_RECORD], guard)


def month_end(world: World) -> None:
    """Let problems die and arise, and the police work on those that there are; then the hazard follows."""
    table, tick, seed = world.state[PROBLEMS], world.tick, world.seed
    n = len(table)
    if n == 0:
        return
    renewed = renew(table.rows, n, world.laid(site_of), tick, seed)
    world.tally[0].problems_renewed += renewed
    since = tick + 1 - 3 * world.days_of_month
    work_on(work_of(world, leaders_of(world)), n, world.tally, since, tick, seed)
    world.factors.lay(world)


def ease(world: World, place: Reals) -> None:
    """Keep away part of the crimes of problems with a response that fits."""
    if len(world.state[PROBLEMS]) == 0:
        return
    rest, rows = parts(world)
    effect = world.numbers["problems"]["effect"][np.maximum(world.town.cells["settlement"][rows["cell"]], 0)]
    whole = rest[rows["kind"]] + rows["more"]
    place[:, rows["kind"], rows["cell"]] *= 1.0 - effect * rows["eff"] * rows["more"] / whole


def portrait(month: Month) -> dict[str, float]:
    """Return how much of crime problems take, and of that what is noted, named right and met by what fits."""
    rows = month.world.state[PROBLEMS].filled()
    rows, usual = rows[rows["cell"] >= 0], float(month.world.state[USUAL].sum())
    whole = float(rows["size"].sum())
    fits = (rows["response"] >= 0) & (rows["response"] == rows["cause"])
    parts_of = {
        "problems_known": rows["noted"] >= 0,
        "problems_right": rows["named"] == rows["cause"],
        "problems_worked": rows["response"] >= 0,
        "problems_fitting": fits,
    }
    shares = {name: float(rows["size"][part].sum()) / whole if whole else math.nan for name, part in parts_of.items()}
    return shares | {"problem_share": whole / usual if usual else 0.0, "problems_open": float(len(rows))}


IT = Mechanism(
    named="problem_work",
    tables=(SECTOR_RECORD, PROBLEM_MARK),
    counts=Counts,
    writes=("problems", "problem_at", "owed"),
    hazard=Hazard(place=ease, spared=True),
    measures=portrayed(
        portrait,
        {
            "problem_share": "share",
            "problems_open": "problems",
            "problems_known": "share",
            "problems_right": "share",
            "problems_worked": "share",
            "problems_fitting": "share",
        },
    )
    | {
        name: Measure(unit)
        for name, unit in (
            ("problems_noted", "problems"),
            ("causes_right", "causes"),
            ("causes_wrong", "causes"),
            ("responses_begun", "responses"),
            ("responses_fitting", "responses"),
            ("responses_lapsed", "responses"),
            ("crimes_refused", "crimes"),
        )
    },
)
