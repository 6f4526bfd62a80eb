"""M44, causes of problems: who notices a problem, and what is put on record as its cause, right or wrong (ODD 6).

Police read what was told, filed and said about a place, never its true cause.
"""

from __future__ import annotations

import math

from model.community.requests.schema import REQUESTS, RequestRow
from model.crime.crime_counts.rules import is_reported_to_state
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows
from model.police.adoption.schema import Adoption
from model.police.chief.rules import chief_positions
from model.police.minutes.schema import OWED
from model.police.practices.rules import team_leaders
from model.police.practices.schema import Practices
from model.police.pressure.schema import Pressure
from model.police.resources.schema import MayorTerm
from model.problems.problem_causes.schema import (
    CAUSE_TOLD,
    LOOKED_AGAIN,
    LOOKED_INTO,
    NAMED_RIGHT,
    NAMED_WRONG,
    PROBLEM_NOTED_STREAM,
    SectorRecord,
)
from model.problems.problem_work.schema import PROBLEM_MARK
from model.problems.problems.schema import N_CAUSES, NO_CAUSE, PROBLEM_AT, ProblemRow, Problems
from model.town.authorities import AuthorityRow
from model.town.crime_kinds import N_KINDS
from model.town.police import FacilityRow, Officer
from model.town.territory import Cell
from model.world.binding import computed, constant, count_of, of
from model.world.columns import MonthlyCounts
from model.world.shift_context import ShiftContext
from model.world.shift_events import DEMI, HOMES, INCIDENTS, PROSECUTOR, SPARED, VISITS
from model.world.state import Board, FacilityResources


class CauseTables(TableBundle):
    """Where what happens at problems is noted; ``guard`` is the number of those who work on them."""

    problems: Rows[ProblemRow]
    problem_at: IntArray = of(PROBLEM_AT)
    record: Rows[SectorRecord]
    guard: int = computed(lambda world: world.hazard_factors.guard_numbers["problem_work"])


class ProblemWorkTables(TableBundle):
    """What work on problems goes by; ``use`` says how far forms are really used, ``had`` what minutes were given."""

    problems: Rows[ProblemRow]
    facilities: Rows[FacilityRow]
    officers: Rows[Officer]
    leaders: IntArray = computed(team_leaders)
    chiefs: IntArray = constant(chief_positions)
    means: Rows[FacilityResources]
    mayor: Rows[MayorTerm]
    requests: Rows[RequestRow]
    requests_count: IntArray = count_of(REQUESTS)
    authorities: Rows[AuthorityRow]
    boards: Rows[Board]
    cells: Rows[Cell]
    owed: FloatArray = of(OWED)
    problem_mark: FloatArray = of(PROBLEM_MARK)
    record: Rows[SectorRecord]
    parameters: Rows[Problems]
    practices: Rows[Practices]
    adoption: Rows[Adoption]
    pressure: Rows[Pressure]


@kernel
def record_problem_events(stage: ShiftContext, notes: CauseTables) -> None:
    """Note at each problem its crimes of a shift, those told, those that did not happen, and who came to talk near."""
    day, problems, at = stage.day, notes.problems, notes.problem_at
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        slot = at[row.cell, row.kind]
        if slot >= 0:
            problems[slot].seen += 1.0
            told = is_reported_to_state(row) and row.told != PROSECUTOR and row.told != DEMI
            problems[slot].told += 1.0 if row.found == 1 or told else 0.0
            problems[slot].filed += row.written
    for k in range(day.counts[SPARED]):
        spared = day.spared[k]
        if spared.guard == notes.guard:
            slot = at[spared.cell, spared.kind]
            problems[slot].refused += 1.0
            notes.record[problems[slot].sector].better += 1
            stage.tally[0].crimes_refused += 1.0
    for k in range(day.counts[VISITS]):
        if day.visits[k].kind == HOMES and day.visits[k].alive == 1:
            record_talks_near(problems, at, stage.ground.near, day.visits[k].cell)


@kernel
def record_talks_near(problems: Rows[ProblemRow], at: IntArray, near: IntArray, cell: int) -> None:
    """Note a planned stretch in homes at the problems of its cell and those around."""
    for side in range(near.shape[1] + 1):
        here = cell if side == near.shape[1] else near[cell, side]
        for kind in range(N_KINDS):
            if here >= 0 and at[here, kind] >= 0:
                problems[at[here, kind]].talked += 1.0


@kernel
def responsible_officer(work: ProblemWorkTables, problem: ProblemRow) -> int:
    """Position of who answers for a problem: the leader of its sector, else the chief of its facility, else -1."""
    leader = work.leaders[problem.sector]
    return int(leader if leader >= 0 else work.chiefs[problem.facility])


@kernel
def parameter_settlement(work: ProblemWorkTables, problem: ProblemRow) -> int:
    """Settlement whose numbers hold for a problem."""
    return max(0, work.cells[problem.cell].settlement)


@kernel
def analysts_at(work: ProblemWorkTables, f: int, p: Problems) -> float:
    """Analysts of a facility this month, at most one, less where there is no internet."""
    linked = 1.0 if work.means[f].internet == 1 else p.offline
    return min(1.0, p.analysts) * linked


@kernel
def form_use_share(work: ProblemWorkTables, f: int, p: Problems) -> float:
    """How far a facility really uses its forms: by the chief's habit of analysis and by analysts."""
    habit = work.officers[work.chiefs[f]].habit_analysis if work.chiefs[f] >= 0 else 0.0
    return 1.0 - (1.0 - habit) * (1.0 - p.analyst_forms * analysts_at(work, f, p))


@kernel
def detect_problems(work: ProblemWorkTables, n: int, tally: Rows[MonthlyCounts], tick: int, seed: int) -> None:
    """Let problems be noted by what is in forms and by what residents say near them."""
    for i in range(n):
        row = work.problems[i]
        boss = responsible_officer(work, row) if row.cell >= 0 else -1
        if boss < 0 or row.noted >= 0:
            continue
        p = work.parameters[parameter_settlement(work, row)]
        talk = p.by_talk * (p.talk_least + p.talk_habit * work.officers[boss].habit_analysis)
        rate = row.told * p.by_report * form_use_share(work, row.facility, p) + row.talked * talk
        if keyed_uniform(seed, PROBLEM_NOTED_STREAM, tick, i, row.gen) < 1.0 - math.exp(-rate):
            row.noted = tick
            tally[0].problems_noted += 1.0


@kernel
def record_request_hints(work: ProblemWorkTables, n: int, tally: Rows[MonthlyCounts], since: int, tick: int) -> None:
    """Let what was asked of the police this month, and is worked on, tell of the greatest problem of its kind there."""
    for k in range(work.requests_count[0]):
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
            row.talked += work.parameters[z].item
            if row.noted < 0:
                row.noted = tick
                tally[0].problems_noted += 1.0


@kernel
def review_wrong_causes(work: ProblemWorkTables, n: int, tick: int, seed: int) -> None:
    """Let wrong causes be looked at again, and what was done by them end."""
    for i in range(n):
        row = work.problems[i]
        if row.cell < 0 or row.named < 0 or row.named == row.cause:
            continue
        p = work.parameters[parameter_settlement(work, row)]
        if keyed_uniform(seed, LOOKED_AGAIN, tick, i, row.gen) < p.again * form_use_share(work, row.facility, p):
            row.named = row.response = NO_CAUSE
            row.shared = row.kept = 0


@kernel
def right_cause_probability(work: ProblemWorkTables, row: ProblemRow, p: Problems) -> float:
    """Chance that a diagnosis finds the true cause, by data, internet, analysts and what residents said."""
    wrong = p.blind * (1.0 - p.by_data * row.filed / (1.0 + row.filed))
    wrong *= 1.0 - p.by_net * work.means[row.facility].internet
    wrong *= 1.0 - p.by_analyst * min(1.0, p.analysts)
    return 1.0 - wrong * (1.0 - p.by_word * row.talks / (1.0 + row.talks))


@kernel
def best_known_problem(work: ProblemWorkTables, n: int, f: int) -> int:
    """Slot of the problem without a cause on record of which a facility knows most, or -1."""
    best, most = -1, -1.0
    for i in range(n):
        row = work.problems[i]
        if row.cell >= 0 and row.facility == f and row.noted >= 0 and row.named < 0 and row.filed + row.talks > most:
            best, most = i, row.filed + row.talks
    return best


@kernel
def diagnose_causes(work: ProblemWorkTables, n: int, f: int, tally: Rows[MonthlyCounts], tick: int, seed: int) -> int:
    """Let chief and analysts of a facility name causes, right or wrong; return how many they looked into."""
    p, chief = work.parameters[work.facilities[f].settlement], work.chiefs[f]
    able = p.per_analyst * p.analysts * (1.0 if work.means[f].internet == 1 else p.offline)
    able += p.per_chief * work.officers[chief].habit_analysis if chief >= 0 else 0.0
    most, done = int(able + keyed_uniform(seed, LOOKED_INTO, tick, f, 0)), 0
    while done < most:
        i = best_known_problem(work, n, f)
        if i < 0:
            break
        row = work.problems[i]
        if keyed_uniform(seed, NAMED_RIGHT, tick, i, row.gen) < right_cause_probability(work, row, p):
            row.named = row.cause
            tally[0].causes_right += 1.0
            work.record[row.sector].found += 1
        else:
            other = int((N_CAUSES - 1) * keyed_uniform(seed, NAMED_WRONG, tick, i, row.gen))
            row.named = other + 1 if other >= row.cause else other
            tally[0].causes_wrong += 1.0
        done += 1
    return done


@kernel
def inform_community(
    work: ProblemWorkTables,
    row: ProblemRow,
    i: int,
    boss: int,
    tally: Rows[MonthlyCounts],
    since: int,
    tick: int,
    seed: int,
) -> None:
    """Tell a community that met the police this month what is behind a problem, as far as follow-up is a habit."""
    if row.named < 0 or row.shared == 1 or boss < 0:
        return
    z, met = work.cells[row.cell].settlement, False
    for a in range(len(work.authorities)):
        met = met or (work.authorities[a].settlement == z and work.boards[a].met >= since)
    if met and keyed_uniform(seed, CAUSE_TOLD, tick, i, row.gen) < work.officers[boss].habit_follow:
        row.shared = 1
        tally[0].causes_told += 1.0
