"""M44, work on problems: responses, fitting or not, their upkeep and their effect.

A response belongs to the officer who began it.  It takes minutes of couples whether it fits the true cause or not;
only one that fits prevents crimes.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.elementary import LN_2, exp
from model.engine.kernels import allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray
from model.police.minutes.rules import add_owed_minutes, cancel_owed_minutes
from model.police.minutes.schema import FOR_PROBLEMS
from model.problems.problem_causes.rules import (
    CauseTables,
    ProblemWorkTables,
    detect_problems,
    diagnose_causes,
    inform_community,
    parameter_settlement,
    record_problem_events,
    record_request_hints,
    responsible_officer,
    review_wrong_causes,
)
from model.problems.problem_causes.schema import SECTOR_RECORD
from model.problems.problem_work.schema import (
    PASSED_ON,
    PROBLEM_MARK,
    RESPONSE_BEGINS_STREAM,
    RESPONSE_LAPSES_STREAM,
    ProblemWorkCounts,
)
from model.problems.problems.rules import ProblemSites, problem_shares, renew_problems
from model.problems.problems.schema import (
    BAR,
    BUS_STOP,
    FAMILY,
    FENCE,
    LIGHTING,
    NO_CAUSE,
    PROBLEMS,
    USUAL_HERE,
    ProblemRow,
    Problems,
)
from model.town.crime_kinds import PROBLEM_OF
from model.world.binding import bind
from model.world.mechanism import HazardModifier, Measure, Mechanism, measures_from
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.steps import KernelArguments, kernel_step


@kernel
def is_response_kept(shift: ShiftContext, work: ProblemWorkTables, i: int, officer: int, had: float) -> bool:
    """Return whether the response in slot ``i`` is kept up for another month.

    It must be handed over if its owner has moved, and may lapse by neglect, pressure for arrests, or missing minutes.
    ``had`` is the share of the minutes asked for that was given, 0 to 1.  Updates `problems.owner`, `problems.person`.
    """
    if officer < 0:
        return False
    row = work.problems[i]
    z = parameter_settlement(work, row)
    p, practices = work.parameters[z], work.practices[z]
    if row.owner != officer or row.person != work.officers[officer].person:
        passed = practices.handover + (1.0 - practices.handover) * practices.register
        if keyed_uniform(shift.seed, PASSED_ON, shift.tick, i, row.gen) >= passed:
            return False
        row.owner, row.person = officer, work.officers[officer].person
    adoption = work.adoption[z]
    pressing = work.pressure[z].level * adoption.busts * (1.0 - adoption.returned) - practices.usual_pressing
    chance = p.lapse * (1.0 - work.officers[officer].habit_follow) + p.lapse_pressing * max(0.0, pressing)
    chance += p.lapse_minutes * (1.0 - had)
    return keyed_uniform(shift.seed, RESPONSE_LAPSES_STREAM, shift.tick, i, row.gen) >= chance


@kernel
def response_probability(work: ProblemWorkTables, row: ProblemRow, officer: int, p: Problems) -> float:
    """Return the probability that a response begins in a month.

    With a cause on record it depends on follow-up and on partners; without one, it is that of mere presence.
    """
    if row.named < 0:
        return p.presence if row.response < 0 else 0.0
    wish = p.begins * work.officers[officer].habit_follow
    # Watching a bus stop and visiting a family need no partner; against a fence a willing mayor cannot help.
    if row.named in (BUS_STOP, FAMILY):
        return wish
    willing = row.named != FENCE and work.mayor[0].willing == 1
    return wish * (p.partner_willing if willing else p.partner)


@kernel
def begin_response(shift: ShiftContext, work: ProblemWorkTables, i: int, officer: int) -> None:
    """Begin a response to the cause on record of the problem in slot ``i``, or presence without one.

    Updates `problems.response` and its owner, `sector_record.tried` and the monthly counts.
    """
    row = work.problems[i]
    if officer < 0 or (row.response >= 0 and row.response == row.named):
        return
    chance = response_probability(work, row, officer, work.parameters[parameter_settlement(work, row)])
    if keyed_uniform(shift.seed, RESPONSE_BEGINS_STREAM, shift.tick, i, row.gen) >= chance:
        return
    row.response = row.named if row.named >= 0 else BUS_STOP
    row.owner, row.person, row.begun, row.kept = officer, work.officers[officer].person, shift.tick, 0
    shift.tally[0].responses_begun += 1.0
    if row.response == row.cause:
        shift.tally[0].responses_fitting += 1.0
        work.record[row.sector].tried += 1


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
def record_outcome(work: ProblemWorkTables, row: ProblemRow) -> None:
    """Record whether less is known of the crime at a problem than when the month began, in its chief's experience.

    Only problems with a response count.  Updates `chiefs.eased`, `chiefs.worse` and `problems.load`.
    """
    load = work.known[row.cell, PROBLEM_OF[row.kind]].sum()
    if row.response >= 0:
        chief = work.commands[row.facility]
        chief.eased += 1.0 if load < row.load else 0.0
        chief.worse += 1.0 if load > row.load else 0.0
    row.load = load


@kernel
def update_response(shift: ShiftContext, work: ProblemWorkTables, i: int, had: float) -> float:
    """Update the response in slot ``i``: lapse, information, beginning; return the minutes it will take.

    ``had`` is the share of the minutes asked for that was given, 0 to 1.
    """
    row = work.problems[i]
    officer, p = responsible_officer(work, row), work.parameters[parameter_settlement(work, row)]
    if row.response >= 0 and not is_response_kept(shift, work, i, officer, had):
        row.response, row.kept = NO_CAUSE, 0
        shift.tally[0].responses_lapsed += 1.0
    inform_community(shift, work, i, officer)
    begin_response(shift, work, i, officer)
    if row.response < 0:
        return 0.0
    row.kept += 1
    row.owed += upkeep_minutes(p, row.response)
    return upkeep_minutes(p, row.response)


@kernel
def update_effect(row: ProblemRow, p: Problems) -> None:
    """Update the effect of a response and the knowledge of a problem at the end of a month.

    The effect builds up while the response fits and decays otherwise.  Updates `problems.eff`, `problems.filed`,
    `problems.talks` and the sums of the month.
    """
    if row.response >= 0 and row.response == row.cause:
        row.eff += p.rise * (1.0 - row.eff)
    else:
        row.eff *= exp(-LN_2 / p.wear)
    retained = exp(-LN_2 / p.evidence_months)
    row.filed, row.talks = row.filed * retained, row.talks * retained
    row.seen = row.told = row.talked = 0.0


@allocating_kernel
def run_problem_work(shift: ShiftContext, work: ProblemWorkTables) -> None:
    """Run a month of work on problems: detection, diagnosis, responses, minutes of the next month.

    Updates `problems`, `owed`, `problem_mark`, `sector_record`, the chiefs' experience and the monthly counts.
    """
    n, n_facilities = work.problems_count[0], len(work.facilities)
    for i in range(n):
        work.problems[i].owed = 0.0
    had, minutes = np.ones(n_facilities), np.zeros(n_facilities)
    for f in range(n_facilities):
        asked = work.owed[f, FOR_PROBLEMS, 0] - work.problem_mark[f]
        if asked > 0.0:
            had[f] = max(0.0, work.owed[f, FOR_PROBLEMS, 1] - work.problem_mark[f]) / asked
        cancel_owed_minutes(work.owed, f, FOR_PROBLEMS, work.owed[f, FOR_PROBLEMS, 0])
    detect_problems(shift, work)
    record_request_hints(shift, work)
    review_wrong_causes(shift, work)
    for i in range(n):
        work.problems[i].talks += work.problems[i].talked
    for f in range(n_facilities):
        minutes[f] += diagnose_causes(shift, work, f)
    for i in range(n):
        row = work.problems[i]
        if row.cell < 0:
            continue
        record_outcome(work, row)
        if row.noted >= 0:
            minutes[row.facility] += update_response(shift, work, i, had[row.facility])
        update_effect(row, work.parameters[parameter_settlement(work, row)])
    for f in range(n_facilities):
        work.problem_mark[f] = work.owed[f, FOR_PROBLEMS, 0]
        add_owed_minutes(work.owed, f, FOR_PROBLEMS, minutes[f])


@kernel_step(record_problem_events, given=lambda world: world.state[PROBLEMS].count)
def step(world: World) -> KernelArguments:
    """Record the events at problems in this shift."""
    return world.shift_context(), world.view(CauseTables)


def close_month(world: World) -> None:
    """Renew problems, run the work on them, and update the hazard."""
    table = world.state[PROBLEMS]
    if len(table) == 0:
        return
    renewed = renew_problems(table.rows, len(table), world.view(ProblemSites), world.tick, world.seed)
    world.tally[0].problems_renewed += renewed
    if renewed > 0:
        world.hazard_factors.rewrite_mechanism(world, Problems.name)
    run_problem_work(world.shift_context(), bind(ProblemWorkTables, world))
    world.hazard_factors.write_guard(world, MECHANISM.name)


def apply_problem_responses(world: World, place: FloatArray) -> None:
    """Lower the hazard at problems with a response that fits."""
    if len(world.state[PROBLEMS]) == 0:
        return
    rest, rows = problem_shares(world)
    effect = world.parameters[Problems]["effect"][np.maximum(world.town.cells["settlement"][rows["cell"]], 0)]
    whole = rest[rows["kind"]] + rows["more"]
    place[:, rows["kind"], rows["cell"]] *= 1.0 - effect * rows["eff"] * rows["more"] / whole


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return the share of crime at problems, and the shares noted, diagnosed, and met by a response."""
    rows = month.world.state[PROBLEMS].used_rows()
    rows, usual = rows[rows["cell"] >= 0], float(month.world.state[USUAL_HERE].sum())
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
    tables=(SECTOR_RECORD, PROBLEM_MARK),
    counts=ProblemWorkCounts,
    writes=("problems", "problem_at", "owed", "chiefs.eased", "chiefs.worse"),
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
