"""M44, causes of problems: detection of problems, and diagnosis of their causes, right or wrong.

The police read only what was reported, filed and said about a place, never its true cause.
"""

from __future__ import annotations

from model.community.requests.schema import REQUESTS, RequestRow
from model.crime.crime_counts.rules import is_reported_to_state
from model.engine.calendar import SHIFTS
from model.engine.elementary import exp
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows, int64_constant
from model.police.adoption.schema import Adoption
from model.police.chief.rules import chief_positions
from model.police.chief.schema import ChiefRow
from model.police.minutes.schema import OWED
from model.police.plans.schema import KNOWN
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
from model.problems.problems.schema import N_CAUSES, NO_CAUSE, PROBLEM_AT, PROBLEMS, ProblemRow, Problems
from model.town.authorities import AuthorityRow
from model.town.crime_kinds import N_KINDS, PROBLEM_OF
from model.town.crime_kinds import PROBLEMS as CRIME_CLASSES
from model.town.police import FacilityRow, Officer
from model.town.territory import Cell
from model.world.binding import computed, constant, count_of, of
from model.world.shift_context import ShiftContext
from model.world.shift_events import DEMI, HOMES, INCIDENTS, PROSECUTOR, SPARED, VISITS
from model.world.state import Board, FacilityResources

STREET_CRIME, VEHICLE_CRIME, HOME_CRIME = (
    int64_constant(CRIME_CLASSES.index(name)) for name in ("street", "vehicles", "homes")
)


class CauseTables(TableBundle):
    """Tables of events at problems; ``guard`` is the number under which responses prevent crimes."""

    problems: Rows[ProblemRow]
    problem_at: IntArray = of(PROBLEM_AT)
    record: Rows[SectorRecord]
    guard: int = computed(lambda world: world.hazard_factors.guard_numbers["problem_work"])


class ProblemWorkTables(TableBundle):
    """Tables of the monthly work on problems: officers, requests, boards, minutes and parameters.

    ``leaders`` are the team leaders by sector and ``chiefs`` the chiefs by facility, -1 for none; ``commands`` are the
    chiefs' experience.  ``problem_mark`` is the reading of the minutes owed for problems a month ago, ``month_start``
    the first tick of the month.
    """

    problems: Rows[ProblemRow]
    problems_count: IntArray = count_of(PROBLEMS)
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
    known: FloatArray = of(KNOWN)
    commands: Rows[ChiefRow]
    month_start: int = computed(lambda world: world.tick + 1 - SHIFTS * world.days_of_month)


@kernel
def record_problem_events(shift: ShiftContext, tables: CauseTables) -> None:
    """Record the events of the shift at each problem: crimes, reports, prevented crimes, talks.

    Updates `problems.seen`, `problems.told`, `problems.filed`, `problems.refused`, `problems.talked`, and
    `sector_record.better`.
    """
    day, problems, slot_at = shift.day, tables.problems, tables.problem_at
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        slot = slot_at[row.cell, row.kind]
        if slot >= 0:
            problems[slot].seen += 1.0
            reported = is_reported_to_state(row) and row.told != PROSECUTOR and row.told != DEMI
            problems[slot].told += 1.0 if row.found == 1 or reported else 0.0
            problems[slot].filed += row.written
    for k in range(day.counts[SPARED]):
        spared = day.spared[k]
        if spared.guard == tables.guard:
            slot = slot_at[spared.cell, spared.kind]
            problems[slot].refused += 1.0
            tables.record[problems[slot].sector].better += 1
            shift.tally[0].crimes_refused += 1.0
    for k in range(day.counts[VISITS]):
        if day.visits[k].kind == HOMES and day.visits[k].alive == 1:
            record_talks_near(problems, slot_at, shift.ground.near, day.visits[k].cell)


@kernel
def record_talks_near(problems: Rows[ProblemRow], slot_at: IntArray, near: IntArray, cell: int) -> None:
    """Record a planned stretch in homes at the problems of its cell and the cells around it."""
    for side in range(near.shape[1] + 1):
        here = cell if side == near.shape[1] else near[cell, side]
        for kind in range(N_KINDS):
            if here >= 0 and slot_at[here, kind] >= 0:
                problems[slot_at[here, kind]].talked += 1.0


@kernel
def responsible_officer(work: ProblemWorkTables, problem: ProblemRow) -> int:
    """Return the position of the officer responsible for a problem, or -1.

    It is the team leader of its sector, else the chief of its facility.
    """
    leader = work.leaders[problem.sector]
    return int(leader if leader >= 0 else work.chiefs[problem.facility])


@kernel
def parameter_settlement(work: ProblemWorkTables, problem: ProblemRow) -> int:
    """Return the settlement whose parameters apply to a problem; 0 if its cell has none."""
    return max(0, work.cells[problem.cell].settlement)


@kernel
def analysts_at(work: ProblemWorkTables, f: int, p: Problems) -> float:
    """Return the number of analysts of a facility: those of a policy, and those posted at a station."""
    return p.analysts + p.posted * work.facilities[f].station


@kernel
def analyst_use(work: ProblemWorkTables, f: int, p: Problems) -> float:
    """Return the use of the analysts of a facility this month, at most 1, less without internet."""
    linked = 1.0 if work.means[f].internet == 1 else p.offline
    return min(1.0, analysts_at(work, f, p)) * linked


@kernel
def form_use_share(work: ProblemWorkTables, f: int, p: Problems) -> float:
    """Return the share of forms that a facility really uses, 0 to 1.

    It depends on the chief's habit of analysis and on analysts.
    """
    habit = work.officers[work.chiefs[f]].habit_analysis if work.chiefs[f] >= 0 else 0.0
    return 1.0 - (1.0 - habit) * (1.0 - p.analyst_forms * analyst_use(work, f, p))


@kernel
def detect_problems(shift: ShiftContext, work: ProblemWorkTables) -> None:
    """Detect problems by the forms filed and by talks with residents near them.

    Updates `problems.noted` and the monthly count.
    """
    for i in range(work.problems_count[0]):
        row = work.problems[i]
        officer = responsible_officer(work, row) if row.cell >= 0 else -1
        if officer < 0 or row.noted >= 0:
            continue
        p = work.parameters[parameter_settlement(work, row)]
        talk = p.by_talk * (p.talk_least + p.talk_habit * work.officers[officer].habit_analysis)
        rate = row.told * p.by_report * form_use_share(work, row.facility, p) + row.talked * talk
        # Events at this rate a month: the probability of at least one.
        if keyed_uniform(shift.seed, PROBLEM_NOTED_STREAM, shift.tick, i, row.gen) < 1.0 - exp(-rate):
            row.noted = shift.tick
            shift.tally[0].problems_noted += 1.0


@kernel
def record_request_hints(shift: ShiftContext, work: ProblemWorkTables) -> None:
    """Record requests of this month as hints at the largest problem of their kind in the settlement.

    Only requests that somebody works on count.  Updates `problems.talked`, `problems.noted`.
    """
    for k in range(work.requests_count[0]):
        request = work.requests[k]
        if request.asked < work.month_start or request.owner < 0 or request.mark < 0.0:
            continue
        z, greatest = work.authorities[request.authority].settlement, -1
        for i in range(work.problems_count[0]):
            row = work.problems[i]
            if row.cell >= 0 and row.kind == request.problem and work.cells[row.cell].settlement == z:
                greatest = i if greatest < 0 or row.size > work.problems[greatest].size else greatest
        if greatest >= 0:
            row = work.problems[greatest]
            row.talked += work.parameters[z].item
            if row.noted < 0:
                row.noted = shift.tick
                shift.tally[0].problems_noted += 1.0


@kernel
def review_wrong_causes(shift: ShiftContext, work: ProblemWorkTables) -> None:
    """Review wrong causes at random: the cause on record and the response to it are dropped.

    Updates `problems.named`, `problems.response`, `problems.shared`, `problems.kept`.
    """
    for i in range(work.problems_count[0]):
        row = work.problems[i]
        if row.cell < 0 or row.named < 0 or row.named == row.cause:
            continue
        p = work.parameters[parameter_settlement(work, row)]
        again = p.again * form_use_share(work, row.facility, p)
        if keyed_uniform(shift.seed, LOOKED_AGAIN, shift.tick, i, row.gen) < again:
            row.named = row.response = NO_CAUSE
            row.shared = row.kept = 0


@kernel
def right_cause_probability(work: ProblemWorkTables, row: ProblemRow, p: Problems) -> float:
    """Return the probability that a diagnosis finds the true cause of a problem.

    Data, internet, analysts and residents each lower the share of wrong causes.
    """
    # Each source puts right a share of the causes that those before it leave wrong.
    wrong = p.blind * (1.0 - p.by_data * row.filed / (1.0 + row.filed))
    wrong *= 1.0 - p.by_net * work.means[row.facility].internet
    wrong *= 1.0 - p.by_analyst * min(1.0, analysts_at(work, row.facility, p))
    return 1.0 - wrong * (1.0 - p.by_word * row.talks / (1.0 + row.talks))


@kernel
def best_known_problem(work: ProblemWorkTables, f: int) -> int:
    """Return the slot of the undiagnosed problem about which facility ``f`` knows most, or -1."""
    best, most = -1, -1.0
    for i in range(work.problems_count[0]):
        row = work.problems[i]
        if row.cell >= 0 and row.facility == f and row.noted >= 0 and row.named < 0 and row.filed + row.talks > most:
            best, most = i, row.filed + row.talks
    return best


@kernel
def looking_minutes(p: Problems, kind: int) -> float:
    """Return the minutes that looking into a problem of a kind of crime takes of couples."""
    group = PROBLEM_OF[kind]
    if group == STREET_CRIME:
        return p.looking_street
    if group == VEHICLE_CRIME:
        return p.looking_vehicles
    return p.looking_homes if group == HOME_CRIME else p.looking_violence


@kernel
def diagnose_causes(shift: ShiftContext, work: ProblemWorkTables, f: int) -> float:
    """Diagnose causes at facility ``f``, right or wrong; return the minutes that this will take.

    Updates `problems.named`, `problems.owed`, `sector_record.found` and the monthly counts.
    """
    p, chief = work.parameters[work.facilities[f].settlement], work.chiefs[f]
    capacity = p.per_analyst * analysts_at(work, f, p) * (1.0 if work.means[f].internet == 1 else p.offline)
    capacity += p.per_chief * work.officers[chief].habit_analysis if chief >= 0 else 0.0
    # Adding a uniform before the cut makes the mean number of diagnoses equal to the capacity.
    most, minutes = int(capacity + keyed_uniform(shift.seed, LOOKED_INTO, shift.tick, f, 0)), 0.0
    for _ in range(most):
        i = best_known_problem(work, f)
        if i < 0:
            break
        row = work.problems[i]
        row.owed += looking_minutes(p, row.kind)
        minutes += looking_minutes(p, row.kind)
        if keyed_uniform(shift.seed, NAMED_RIGHT, shift.tick, i, row.gen) < right_cause_probability(work, row, p):
            row.named = row.cause
            shift.tally[0].causes_right += 1.0
            work.record[row.sector].found += 1
        else:
            other = int((N_CAUSES - 1) * keyed_uniform(shift.seed, NAMED_WRONG, shift.tick, i, row.gen))
            row.named = other + 1 if other >= row.cause else other
            shift.tally[0].causes_wrong += 1.0
    return minutes


@kernel
def inform_community(shift: ShiftContext, work: ProblemWorkTables, i: int, officer: int) -> None:
    """Inform a community of the cause on record of the problem in slot ``i``.

    It must have met the police this month; ``officer`` informs it with the probability of their habit of follow-up.
    Updates `problems.shared`.
    """
    row = work.problems[i]
    if row.named < 0 or row.shared == 1 or officer < 0:
        return
    z, met = work.cells[row.cell].settlement, False
    for a in range(len(work.authorities)):
        met = met or (work.authorities[a].settlement == z and work.boards[a].met >= work.month_start)
    if met and keyed_uniform(shift.seed, CAUSE_TOLD, shift.tick, i, row.gen) < work.officers[officer].habit_follow:
        row.shared = 1
        shift.tally[0].causes_told += 1.0
