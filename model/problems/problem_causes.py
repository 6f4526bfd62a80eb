"""M44, causes of problems: detection of problems, and diagnosis of their causes, right or wrong.

The police read only what was reported, filed and said about a place, never its true cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from model.crime.crime_counts import is_known_to_police
from model.engine.calendar import MINUTES_AN_HOUR
from model.engine.domains import COUNT
from model.engine.elementary import exp
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row, int64_constant, zero_rows
from model.engine.tables import RowTableSpec
from model.problems.problems import N_CAUSES, NO_CAUSE
from model.town.crime_kinds import N_KINDS, PROBLEM_OF
from model.town.crime_kinds import PROBLEMS as CRIME_CLASSES
from model.world.shift_events import HOMES, INCIDENTS, SPARED, VISITS

if TYPE_CHECKING:
    from model.problems.problems import ProblemRow, Problems
    from model.simulation.world import World

PROBLEM_NOTED_STREAM, LOOKED_INTO, NAMED_RIGHT = (
    stream_id("problem noted"),
    stream_id("problems looked into"),
    stream_id("cause right"),
)
NAMED_WRONG, LOOKED_AGAIN, CAUSE_TOLD = stream_id("wrong cause"), stream_id("looked at again"), stream_id("cause told")


class SectorRecord(Row):
    """Results of a sector on its problems.

    ``found`` counts causes found, ``tried`` responses that fit, ``better`` crimes prevented by them.
    """

    found: Annotated[int, COUNT]
    tried: Annotated[int, COUNT]
    better: Annotated[int, COUNT]


SECTOR_RECORD = RowTableSpec(
    name="sector_record",
    row=SectorRecord,
    per="one",
    start=lambda town: zero_rows(SectorRecord, len(town.sectors)),
    about="Problems found, tried and better, by sector.",
)


STREET_CRIME, VEHICLE_CRIME, HOME_CRIME = (
    int64_constant(CRIME_CLASSES.index(name)) for name in ("street", "vehicles", "homes")
)


@kernel
def record_problem_events(w: World) -> None:
    """Record the events of the shift at each problem: crimes, reports, prevented crimes, talks.

    Updates `problems.seen`, `problems.reported`, `problems.written`, `problems.refused`, `problems.talked`,
    `forms_to_verify` and `sector_record.better`.
    """
    problems, slot_at = w.problems, w.problem_at
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        w.forms_to_verify[w.cells[row.cell].facility] += row.written
        slot = slot_at[row.cell, row.kind]
        if slot >= 0:
            problems[slot].seen += 1.0
            problems[slot].reported += 1.0 if is_known_to_police(row) else 0.0
            problems[slot].written += row.written
    for k in range(w.counts[SPARED]):
        spared = w.spared[k]
        if spared.guard == w.guard.problem_work:
            slot = slot_at[spared.cell, spared.kind]
            problems[slot].refused += 1.0
            w.sector_record[problems[slot].sector].better += 1
            w.tally[0].crimes_refused += 1.0
    for k in range(w.counts[VISITS]):
        if w.visits[k].kind == HOMES and w.visits[k].alive == 1:
            record_talks_near(w, w.visits[k].cell)


@kernel
def record_talks_near(w: World, cell: int) -> None:
    """Record a planned stretch in homes at the problems of its cell and the cells around it."""
    near = w.near
    for side in range(near.shape[1] + 1):
        here = cell if side == near.shape[1] else near[cell, side]
        for kind in range(N_KINDS):
            if here >= 0 and w.problem_at[here, kind] >= 0:
                w.problems[w.problem_at[here, kind]].talked += 1.0


@kernel
def first_tick_of_month(w: World) -> int:
    """Return the first tick of the present month."""
    return w.tick + 1 - w.since


@kernel
def responsible_officer(w: World, problem: ProblemRow) -> int:
    """Return the position of the officer responsible for a problem, or -1.

    It is the team leader of its sector, else the chief of its facility.
    """
    leader = w.team_leaders[problem.sector]
    return int(leader if leader >= 0 else w.chief_positions[problem.facility])


@kernel
def parameter_settlement(w: World, problem: ProblemRow) -> int:
    """Return the settlement whose parameters apply to a problem; 0 if its cell has none."""
    return max(0, w.cells[problem.cell].settlement)


@kernel
def output_of_analysts(w: World, f: int, p: Problems) -> float:
    """Return what an analyst of a facility gets done in an hour this month, relative to one with internet."""
    return 1.0 if w.facility_resources[f].internet == 1 else p.offline


@kernel
def local_share_of_posted(w: World, f: int, p: Problems) -> float:
    """Return the share of their time that posted analysts have for problems of the town, 0 to 1.

    Circumstance reports for headquarters and the verification of forms come first.  Of the hours left, the chief asks
    for local work by the habit of analysis.
    """
    chief = w.chief_positions[f]
    upwards: float = w.since * p.report_minutes + w.forms_to_verify[f] * p.form_minutes
    hours = p.posted * p.analyst_hours * output_of_analysts(w, f, p)
    if chief < 0 or hours <= 0.0:
        return 0.0
    asked: float = w.officers[chief].habit_analysis
    return asked * max(0.0, 1.0 - upwards / MINUTES_AN_HOUR / hours)


@kernel
def analysts_at(w: World, f: int, p: Problems) -> float:
    """Return the analysts who work on problems of the town at a facility, in full-time persons.

    Those of a policy do nothing else; those posted at a station have part of their time for it.
    """
    if w.facilities[f].station == 0 or p.posted == 0.0:
        return p.analysts
    return p.analysts + p.posted * local_share_of_posted(w, f, p)


@kernel
def analyst_use(w: World, f: int, p: Problems) -> float:
    """Return the use of the analysts of a facility this month, at most 1, less without internet."""
    return min(1.0, analysts_at(w, f, p)) * output_of_analysts(w, f, p)


@kernel
def form_use_share(w: World, f: int, p: Problems) -> float:
    """Return the share of forms that a facility really uses, 0 to 1.

    It depends on the chief's habit of analysis and on analysts.
    """
    habit = w.officers[w.chief_positions[f]].habit_analysis if w.chief_positions[f] >= 0 else 0.0
    return 1.0 - (1.0 - habit) * (1.0 - p.analyst_forms * analyst_use(w, f, p))


@kernel
def detect_problems(w: World, share: float) -> None:
    """Detect problems by the forms filed and by talks with residents near them.

    ``share`` is that of a month in the sums since the last reset.  Updates `problems.noted` and the monthly count.
    """
    for i in range(w.problems_count[0]):
        row = w.problems[i]
        officer = responsible_officer(w, row) if row.cell >= 0 else -1
        if officer < 0 or row.noted >= 0:
            continue
        p = w.p.problems[parameter_settlement(w, row)]
        talk = p.by_talk * (p.talk_least + p.talk_habit * w.officers[officer].habit_analysis)
        rate = row.reported * p.by_report * form_use_share(w, row.facility, p) + row.talked * talk
        # Events at this rate a month: the probability of at least one.
        if keyed_uniform(w.seed, PROBLEM_NOTED_STREAM, w.tick, i, row.gen) < 1.0 - exp(-share * rate):
            row.noted = w.tick
            w.tally[0].problems_noted += 1.0


@kernel
def record_request_hints(w: World) -> None:
    """Record requests of this month as hints at the largest problem of their kind in the settlement.

    Only requests that somebody works on count.  Updates `problems.talks`, `problems.noted`.
    """
    for k in range(w.requests_count[0]):
        request = w.requests[k]
        if request.asked < first_tick_of_month(w) or request.owner < 0 or request.mark < 0.0:
            continue
        z, greatest = w.authorities[request.authority].settlement, -1
        for i in range(w.problems_count[0]):
            row = w.problems[i]
            if row.cell >= 0 and row.kind == request.problem and w.cells[row.cell].settlement == z:
                greatest = i if greatest < 0 or row.size > w.problems[greatest].size else greatest
        if greatest >= 0:
            row = w.problems[greatest]
            row.talks += w.p.problems[z].item
            if row.noted < 0:
                row.noted = w.tick
                w.tally[0].problems_noted += 1.0


@kernel
def review_wrong_causes(w: World) -> None:
    """Review wrong causes at random: the cause on record and the response to it are dropped.

    Updates `problems.named`, `problems.response`, `problems.shared`, `problems.kept`.
    """
    for i in range(w.problems_count[0]):
        row = w.problems[i]
        if row.cell < 0 or row.named < 0 or row.named == row.cause:
            continue
        p = w.p.problems[parameter_settlement(w, row)]
        again = p.again * form_use_share(w, row.facility, p)
        if keyed_uniform(w.seed, LOOKED_AGAIN, w.tick, i, row.gen) < again:
            row.named = row.response = NO_CAUSE
            row.shared = row.kept = 0


@kernel
def right_cause_probability(w: World, row: ProblemRow, p: Problems) -> float:
    """Return the probability that a diagnosis finds the true cause of a problem.

    Data, internet, analysts and residents each lower the share of wrong causes.
    """
    # Each source puts right a share of the causes that those before it leave wrong.
    wrong = p.blind * (1.0 - p.by_data * row.filed / (1.0 + row.filed))
    wrong *= 1.0 - p.by_net * w.facility_resources[row.facility].internet
    wrong *= 1.0 - p.by_analyst * min(1.0, analysts_at(w, row.facility, p))
    return 1.0 - wrong * (1.0 - p.by_word * row.talks / (1.0 + row.talks))


@kernel
def best_known_problem(w: World, f: int) -> int:
    """Return the slot of the undiagnosed problem about which facility ``f`` knows most, or -1."""
    best, most = -1, -1.0
    for i in range(w.problems_count[0]):
        row = w.problems[i]
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
def diagnose_causes(w: World, f: int) -> float:
    """Diagnose causes at facility ``f``, right or wrong; return the minutes that this will take.

    Updates `problems.named`, `problems.owed`, `sector_record.found` and the monthly counts.
    """
    p, chief = w.p.problems[w.facilities[f].settlement], w.chief_positions[f]
    capacity = p.per_analyst * analysts_at(w, f, p) * output_of_analysts(w, f, p)
    capacity += p.per_chief * w.officers[chief].habit_analysis if chief >= 0 else 0.0
    # Adding a uniform before the cut makes the mean number of diagnoses equal to the capacity.
    most, minutes = int(capacity + keyed_uniform(w.seed, LOOKED_INTO, w.tick, f, 0)), 0.0
    for _ in range(most):
        i = best_known_problem(w, f)
        if i < 0:
            break
        row = w.problems[i]
        row.owed += looking_minutes(p, row.kind)
        minutes += looking_minutes(p, row.kind)
        if keyed_uniform(w.seed, NAMED_RIGHT, w.tick, i, row.gen) < right_cause_probability(w, row, p):
            row.named = row.cause
            w.tally[0].causes_right += 1.0
            w.sector_record[row.sector].found += 1
        else:
            other = int((N_CAUSES - 1) * keyed_uniform(w.seed, NAMED_WRONG, w.tick, i, row.gen))
            row.named = other + 1 if other >= row.cause else other
            w.tally[0].causes_wrong += 1.0
    return minutes


@kernel
def inform_community(w: World, i: int, officer: int) -> None:
    """Inform a community of the cause on record of the problem in slot ``i``.

    The cause must have been used, that is, a response to it is under way, and the community must have met the police
    this month; ``officer`` informs it with the probability of their habit of follow-up.  Updates `problems.shared`.
    """
    row = w.problems[i]
    if row.named < 0 or row.response != row.named or row.shared == 1 or officer < 0:
        return
    z, met = w.cells[row.cell].settlement, False
    for a in range(len(w.authorities)):
        met = met or (w.authorities[a].settlement == z and w.boards[a].met >= first_tick_of_month(w))
    if met and keyed_uniform(w.seed, CAUSE_TOLD, w.tick, i, row.gen) < w.officers[officer].habit_follow:
        row.shared = 1
        w.tally[0].causes_told += 1.0
