"""M51, solved problems: people who are at a problem notice that police have solved it, or work on it in vain.

Who was harmed of late notices it more than others.  It says something about effectiveness and nothing about fairness.
Switched off, nobody notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.engine.calendar import EVENING, SHIFTS, WORKING_DAY, YEAR
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row, int64_constant
from model.police.contacts import MINIMUM_AGE
from model.problems.problem_causes import parameter_settlement
from model.problems.problem_work import WARM_UP_MONTHS
from model.trust.events import PROBLEM_IN_VAIN, PROBLEM_SOLVED, declare_event, record_event
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS

if TYPE_CHECKING:
    from model.problems.problems import ProblemRow
    from model.simulation.world import Simulation, World

NOTICES_PROBLEM = stream_id("notices problem")
NOT_SHOWN, SHOWN_SOLVED, SHOWN_IN_VAIN = (int64_constant(k) for k in range(3))
"""What those at a problem have seen of the work on it: each is seen once."""
EVENING_LIST = SHIFTS * WORKING_DAY + EVENING
"""Presence list of those who are usually at a place: in the evening of a working day."""
LAPSED = 0.5
"""Part of the visible effect below which a problem that was solved is one again; assumed."""
declare_event("problem_solved", PROBLEM_SOLVED)
declare_event("problem_in_vain", PROBLEM_IN_VAIN)


@dataclass(frozen=True, init=False)
class SolvedProblems(ParameterGroup):
    """Parameters of what people notice of work on problems, and the weights of it."""

    name: ClassVar[str] = "solved_problems"
    evidence: ClassVar[tuple[str, ...]] = ("B13", "D10", "Q19")

    noticed: float
    bystanders: float
    visible: float
    vain: float
    weight_solved: float
    weight_in_vain: float


class SolvedProblemCounts(Row):
    """Monthly counts of problems seen solved or worked on in vain, and of those who noticed."""

    problems_seen_solved: float
    problems_seen_in_vain: float
    noticed_problems: float


@kernel
def new_appearance(row: ProblemRow, p: SolvedProblems) -> int:
    """Return what has become visible of the work on a problem, or `NOT_SHOWN` if nothing has."""
    if row.shown == NOT_SHOWN and row.eff >= p.visible:
        return SHOWN_SOLVED
    wrong = row.response >= 0 and row.response != row.cause and row.kept >= p.vain
    if (row.shown == NOT_SHOWN and wrong) or (row.shown == SHOWN_SOLVED and row.eff < LAPSED * p.visible):
        return SHOWN_IN_VAIN
    return NOT_SHOWN


@kernel
def show_problem(w: World, i: int, factor: float) -> None:
    """Let people who are usually at the problem in slot ``i`` notice what it looks like; appends to `impressions`.

    ``factor`` multiplies the weight of what they notice.
    """
    row = w.problems[i]
    p, shown = w.p.solved_problems[parameter_settlement(w, row)], row.shown == SHOWN_SOLVED
    for k in range(w.who_start[EVENING_LIST, row.cell], w.who_end[EVENING_LIST, row.cell]):
        who = w.who[EVENING_LIST, k]
        mind = w.minds[who]
        if mind.gone >= 0 or age_years(w.people[who], w.tick) < MINIMUM_AGE:
            continue
        harmed = mind.harmed >= 0 and w.tick - mind.harmed < YEAR
        chance = p.noticed if harmed else p.noticed * p.bystanders
        if keyed_uniform(w.seed, NOTICES_PROBLEM, w.tick, who, i) < chance:
            w.tally[0].noticed_problems += 1.0
            if shown:
                record_event(w, who, PROBLEM_SOLVED, factor * p.weight_solved)
            else:
                record_event(w, who, PROBLEM_IN_VAIN, factor * p.weight_in_vain)


@kernel
def show_problems(w: World, factor: float) -> None:
    """Let people notice the problems that have become better, or not; updates `problems.shown` and the counts."""
    for i in range(w.problems_count[0]):
        row = w.problems[i]
        appearance = new_appearance(row, w.p.solved_problems[parameter_settlement(w, row)]) if row.cell >= 0 else 0
        if appearance != NOT_SHOWN:
            row.shown = appearance
            w.tally[0].problems_seen_solved += 1.0 if appearance == SHOWN_SOLVED else 0.0
            w.tally[0].problems_seen_in_vain += 1.0 if appearance == SHOWN_IN_VAIN else 0.0
            show_problem(w, i, factor)


def notice_solved_problems(sim: Simulation) -> None:
    """Let people notice at the end of a month what has become of problems."""
    if not sim.p.solved_problems["noticed"].any():
        return
    cells = sim.state.problems.used_rows()["cell"]
    cells = cells[cells >= 0]
    at_problems = sim.w.who_end[EVENING_LIST, cells] - sim.w.who_start[EVENING_LIST, cells]
    sim.shift_events.reserve(IMPRESSIONS, int(np.sum(at_problems)))
    # A month of the warm-up stands for several months of work on problems.
    show_problems(sim.w, 1.0 if sim.calendar.is_reported(sim.tick) else 1.0 / WARM_UP_MONTHS)
    sim.apply_impressions()


MECHANISM = Mechanism(
    group=SolvedProblems,
    counts=SolvedProblemCounts,
    causes=(PROBLEM_SOLVED, PROBLEM_IN_VAIN),
    knockout=Knockout(("noticed_problems",), policy="mopsic_full"),
    measures={
        "problems_seen_solved": Measure("problems"),
        "problems_seen_in_vain": Measure("problems"),
        "noticed_problems": Measure("times"),
    },
)
