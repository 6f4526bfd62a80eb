"""M44, work on problems: responses, fitting or not, their upkeep and their effect.

A response belongs to the officer who began it.  It takes minutes of couples whether it fits the true cause or not;
only one that fits prevents crimes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model.engine.domains import COUNT, POSITIVE
from model.engine.elementary import LN_2, exp
from model.engine.kernels import allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.police.minutes import FOR_PROBLEMS, add_owed_minutes, cancel_owed_minutes
from model.police.practices import find_team_leaders
from model.problems.problem_causes import (
    SECTOR_RECORD,
    detect_problems,
    diagnose_causes,
    inform_community,
    parameter_settlement,
    record_problem_events,
    record_request_hints,
    responsible_officer,
    review_wrong_causes,
)
from model.problems.problems import (
    BAR,
    BUS_STOP,
    FAMILY,
    FENCE,
    LIGHTING,
    NO_CAUSE,
    Problems,
    problem_shares,
    renew_problems,
)
from model.town.crime_kinds import PROBLEM_OF
from model.world.mechanism import HazardModifier, Measure, Mechanism, measures_from
from model.world.steps import KernelStep

if TYPE_CHECKING:
    from model.engine.rows import FloatArray
    from model.problems.problems import (
        ProblemRow,
    )
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot

RESPONSE_BEGINS_STREAM, RESPONSE_LAPSES_STREAM, PASSED_ON = (
    stream_id("response begins"),
    stream_id("response lapses"),
    stream_id("response handed over"),
)
PROBLEM_MARK = ArraySpec(
    name="problem_mark",
    of=np.float64,
    shape=("facility",),
    about="Minutes for problems that had been asked for a month ago.",
    domain=POSITIVE,
)


FORMS_TO_VERIFY = ArraySpec(
    name="forms_to_verify",
    of=np.float64,
    shape=("facility",),
    about="Forms of the present month that analysts verify.",
    domain=POSITIVE,
)
PROBLEM_MONTHS = ArraySpec(
    name="problem_months",
    of=np.int64,
    shape=(1,),
    about="Months in the sums of what was reported, filed and said at problems.",
    domain=COUNT,
)
WARM_UP_MONTHS = 12
"""Months of work on problems in each month of the warm-up: a problem lasts longer than a warm-up; assumed."""


class ProblemWorkCounts(Row):
    """Monthly counts of work on problems."""

    problems_renewed: float
    problems_noted: float
    causes_right: float
    causes_wrong: float
    causes_told: float
    responses_begun: float
    responses_fitting: float
    responses_lapsed: float
    crimes_refused: float


@kernel
def is_response_kept(w: World, i: int, officer: int, had: float) -> bool:
    """Return whether the response in slot ``i`` is kept up for another month.

    It must be handed over if its owner has moved, and may lapse by neglect, pressure for arrests, or missing minutes.
    ``had`` is the share of the minutes asked for that was given, 0 to 1.  Updates `problems.owner`, `problems.person`.
    """
    if officer < 0:
        return False
    row = w.problems[i]
    z = parameter_settlement(w, row)
    p, practices = w.p.problems[z], w.p.practices[z]
    if row.owner != officer or row.person != w.officers[officer].person:
        passed = practices.handover + (1.0 - practices.handover) * practices.register
        if keyed_uniform(w.seed, PASSED_ON, w.tick, i, row.gen) >= passed:
            return False
        row.owner, row.person = officer, w.officers[officer].person
    adoption = w.p.adoption[z]
    pressing = w.p.pressure[z].level * adoption.busts * (1.0 - adoption.returned) - practices.usual_pressing
    chance = p.lapse * (1.0 - w.officers[officer].habit_follow) + p.lapse_pressing * max(0.0, pressing)
    chance += p.lapse_minutes * (1.0 - had)
    return keyed_uniform(w.seed, RESPONSE_LAPSES_STREAM, w.tick, i, row.gen) >= chance


@kernel
def response_probability(w: World, row: ProblemRow, officer: int, p: Problems) -> float:
    """Return the probability that a response begins in a month.

    With a cause on record it depends on follow-up and on partners; without one, it is that of mere presence.
    """
    if row.named < 0:
        return p.presence if row.response < 0 else 0.0
    wish = p.begins * w.officers[officer].habit_follow
    # Watching a bus stop and visiting a family need no partner; against a fence a willing mayor cannot help.
    if row.named in (BUS_STOP, FAMILY):
        return wish
    willing = row.named != FENCE and w.mayor_terms[0].willing == 1
    return wish * (p.partner_willing if willing else p.partner)


@kernel
def begin_response(w: World, i: int, officer: int) -> None:
    """Begin a response to the cause on record of the problem in slot ``i``, or presence without one.

    Updates `problems.response` and its owner, `sector_record.tried` and the monthly counts.
    """
    row = w.problems[i]
    if officer < 0 or (row.response >= 0 and row.response == row.named):
        return
    chance = response_probability(w, row, officer, w.p.problems[parameter_settlement(w, row)])
    if keyed_uniform(w.seed, RESPONSE_BEGINS_STREAM, w.tick, i, row.gen) >= chance:
        return
    row.response = row.named if row.named >= 0 else BUS_STOP
    row.owner, row.person, row.begun, row.kept = officer, w.officers[officer].person, w.tick, 0
    w.tally[0].responses_begun += 1.0
    if row.response == row.cause:
        w.tally[0].responses_fitting += 1.0
        w.sector_record[row.sector].tried += 1


@kernel
def upkeep_minutes(p: Problems, response: int) -> float:
    """Return the minutes that a month of a response to a cause takes of couples."""
    if response == LIGHTING:
        return p.upkeep_lighting
    if response == BAR:
        return p.upkeep_bar
    if response == BUS_STOP:
        return p.upkeep_bus_stop
    if response == FENCE:
        return p.upkeep_fence
    return p.upkeep_family if response == FAMILY else p.upkeep_plot


@kernel
def record_outcome(w: World, row: ProblemRow) -> None:
    """Record whether less is known of the crime at a problem than when the month began, in its chief's experience.

    Only problems with a response count.  Updates `chiefs.eased`, `chiefs.worse` and `problems.load`.
    """
    load = w.crimes_known[row.cell, PROBLEM_OF[row.kind]].sum()
    if row.response >= 0:
        chief = w.chiefs[row.facility]
        chief.eased += 1.0 if load < row.load else 0.0
        chief.worse += 1.0 if load > row.load else 0.0
    row.load = load


@kernel
def update_response(w: World, i: int, had: float) -> float:
    """Update the response in slot ``i``: lapse, information, beginning; return the minutes it will take.

    ``had`` is the share of the minutes asked for that was given, 0 to 1.
    """
    row = w.problems[i]
    officer, p = responsible_officer(w, row), w.p.problems[parameter_settlement(w, row)]
    if row.response >= 0 and not is_response_kept(w, i, officer, had):
        row.response, row.kept = NO_CAUSE, 0
        w.tally[0].responses_lapsed += 1.0
    inform_community(w, i, officer)
    begin_response(w, i, officer)
    if row.response < 0:
        return 0.0
    row.kept += 1
    row.owed += upkeep_minutes(p, row.response)
    return upkeep_minutes(p, row.response)


@kernel
def update_effect(row: ProblemRow, p: Problems) -> None:
    """Update the effect of a response and the knowledge of a problem at the end of a month.

    The effect builds up while the response fits and decays otherwise.  Updates `problems.eff`, `problems.filed` and
    `problems.talks`.
    """
    if row.response >= 0 and row.response == row.cause:
        row.eff += p.rise * (1.0 - row.eff)
    else:
        row.eff *= exp(-LN_2 / p.wear)
    retained = exp(-LN_2 / p.evidence_months)
    row.filed, row.talks = row.filed * retained, row.talks * retained


@allocating_kernel
def end_owed_minutes(w: World) -> FloatArray:
    """End what is owed to problems for this month; return the share of it that was given, by facility."""
    had = np.ones(len(w.facilities))
    for f in range(len(had)):
        asked = w.minutes_owed[f, FOR_PROBLEMS, 0] - w.problem_mark[f]
        if asked > 0.0:
            had[f] = max(0.0, w.minutes_owed[f, FOR_PROBLEMS, 1] - w.problem_mark[f]) / asked
        cancel_owed_minutes(w, f, FOR_PROBLEMS, w.minutes_owed[f, FOR_PROBLEMS, 0])
    return had


@allocating_kernel
def run_problem_work(w: World, had: FloatArray, share: float) -> FloatArray:
    """Run a month of work on problems: detection, diagnosis, responses; return the minutes that these will take.

    ``had`` is the share of the minutes asked for that was given, by facility, ``share`` that of a month in the sums of
    what was reported, filed and said.  Updates `problems`, `sector_record`, the chiefs' experience and the monthly
    counts.
    """
    n, minutes = w.problems_count[0], np.zeros(len(w.facilities))
    detect_problems(w, share)
    record_request_hints(w)
    review_wrong_causes(w)
    for i in range(n):
        row = w.problems[i]
        row.filed, row.talks, row.owed = row.filed + share * row.written, row.talks + share * row.talked, 0.0
    for f in range(len(minutes)):
        minutes[f] += diagnose_causes(w, f)
    for i in range(n):
        row = w.problems[i]
        if row.cell < 0:
            continue
        record_outcome(w, row)
        if row.noted >= 0:
            minutes[row.facility] += update_response(w, i, had[row.facility])
        update_effect(row, w.p.problems[parameter_settlement(w, row)])
    return minutes


@kernel
def begin_month(w: World, minutes: FloatArray, warm_up: bool) -> None:
    """Begin the next month: ask for ``minutes`` of couples, by facility, and reset sums, but for those of a warm-up."""
    for i in range(w.problems_count[0]):
        row = w.problems[i]
        row.seen = 0.0
        if not warm_up:
            row.reported = row.written = row.talked = 0.0
    if not warm_up:
        w.problem_months[0] = 0
    for f in range(len(minutes)):
        w.problem_mark[f] = w.minutes_owed[f, FOR_PROBLEMS, 0]
        add_owed_minutes(w, f, FOR_PROBLEMS, minutes[f])
        w.forms_to_verify[f] = 0.0


note_problems = KernelStep(record_problem_events, given=lambda sim: sim.state.problems.count)
"""Record the events at problems in this shift."""


def solve_problems(sim: Simulation) -> None:
    """Renew problems, run the work on them, and update the hazard.

    At each month's end of the warm-up this is done `WARM_UP_MONTHS` times with the mean of its months, so that the town
    starts with problems of all ages.
    """
    w, table = sim.w, sim.state.problems
    if len(table) == 0:
        return
    find_team_leaders(sim)
    warm_up, renewed, since = not sim.calendar.is_reported(sim.tick), 0, w.since
    had = minutes = end_owed_minutes(w)
    w.problem_months[0] += 1
    for earlier in reversed(range(WARM_UP_MONTHS if warm_up else 1)):
        # As if the month ended some shifts earlier: each of the months has its own random numbers.
        w.set_fields({"tick": sim.tick - earlier, "since": since - earlier})
        renewed += renew_problems(w, len(table), warm_up)
        minutes = run_problem_work(w, had, 1.0 / w.problem_months[0])
    begin_month(w, minutes, not sim.calendar.is_reported(sim.tick + 1))
    sim.tally[0].problems_renewed += renewed
    if renewed > 0:
        sim.hazard_factors.rewrite_mechanism(sim, Problems.name)
    sim.hazard_factors.write_guard(sim, MECHANISM.name)


def apply_problem_responses(sim: Simulation, place: FloatArray) -> None:
    """Lower the hazard at problems with a response that fits."""
    if len(sim.state.problems) == 0:
        return
    rest, rows = problem_shares(sim)
    effect = sim.p.problems["effect"][np.maximum(sim.town.cells["settlement"][rows["cell"]], 0)]
    whole = rest[rows["kind"]] + rows["more"]
    place[:, rows["kind"], rows["cell"]] *= 1.0 - effect * rows["eff"] * rows["more"] / whole


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the share of crime at problems, and the shares noted, diagnosed, and met by a response."""
    rows = month.world.state.problems.used_rows()
    rows, usual = rows[rows["cell"] >= 0], float(month.world.w.usual_here.sum())
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


MECHANISM = Mechanism(
    named="problem_work",
    tables=(SECTOR_RECORD, PROBLEM_MARK, FORMS_TO_VERIFY, PROBLEM_MONTHS),
    counts=ProblemWorkCounts,
    hazard=HazardModifier(place=apply_problem_responses, spared=True),
    measures=measures_from(
        snapshot,
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
