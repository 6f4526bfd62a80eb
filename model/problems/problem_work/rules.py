"""M44, work on problems: who begins a response, which fits or not, who keeps it up, and what comes of it (ODD 6).

A response belongs to a person; it takes minutes of couples whether it fits or not.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.kernels import allocating_kernel, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, Rows
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
    BUS_STOP,
    FAMILY,
    FENCE,
    NO_CAUSE,
    PROBLEMS,
    USUAL_HERE,
    ProblemRow,
    Problems,
)
from model.world.binding import bind
from model.world.columns import MonthlyCounts
from model.world.mechanism import HazardModifier, Measure, Mechanism, measures_from
from model.world.month import MonthSnapshot
from model.world.protocol import World


@kernel
def is_response_kept(
    work: ProblemWorkTables, row: ProblemRow, i: int, boss: int, had: float, tick: int, seed: int
) -> bool:
    """Whether a response is kept up for another month: handed over if its owner has gone, and not let lapse."""
    if boss < 0:
        return False
    z = parameter_settlement(work, row)
    p, practices = work.parameters[z], work.practices[z]
    if row.owner != boss or row.person != work.officers[boss].person:
        passed = practices.handover + (1.0 - practices.handover) * practices.register
        if keyed_uniform(seed, PASSED_ON, tick, i, row.gen) >= passed:
            return False
        row.owner, row.person = boss, work.officers[boss].person
    adoption = work.adoption[z]
    pressing = work.pressure[z].level * adoption.busts * (1.0 - adoption.returned) - practices.usual_pressing
    chance = p.lapse * (1.0 - work.officers[boss].habit_follow) + p.lapse_pressing * max(0.0, pressing)
    return keyed_uniform(seed, RESPONSE_LAPSES_STREAM, tick, i, row.gen) >= chance + p.lapse_minutes * (1.0 - had)


@kernel
def response_probability(work: ProblemWorkTables, row: ProblemRow, boss: int, p: Problems) -> float:
    """Chance of a month that a response is begun: by follow-up and partners, or presence where no cause is known."""
    if row.named < 0:
        return p.presence if row.response < 0 else 0.0
    wish = p.begins * work.officers[boss].habit_follow
    if row.named in (BUS_STOP, FAMILY):
        return wish
    willing = row.named != FENCE and work.mayor[0].willing == 1
    return wish * (p.partner_willing if willing else p.partner)


@kernel
def begin_response(
    work: ProblemWorkTables, row: ProblemRow, i: int, boss: int, tally: Rows[MonthlyCounts], tick: int, seed: int
) -> None:
    """Begin a response to the cause on record, or presence where there is none."""
    if boss < 0 or (row.response >= 0 and row.response == row.named):
        return
    if keyed_uniform(seed, RESPONSE_BEGINS_STREAM, tick, i, row.gen) >= response_probability(
        work, row, boss, work.parameters[parameter_settlement(work, row)]
    ):
        return
    row.response = row.named if row.named >= 0 else BUS_STOP
    row.owner, row.person, row.begun, row.kept = boss, work.officers[boss].person, tick, 0
    tally[0].responses_begun += 1.0
    if row.response == row.cause:
        tally[0].responses_fitting += 1.0
        work.record[row.sector].tried += 1


@kernel
def update_response(
    work: ProblemWorkTables,
    row: ProblemRow,
    i: int,
    had: float,
    tally: Rows[MonthlyCounts],
    since: int,
    tick: int,
    seed: int,
) -> float:
    """Keep up, let lapse or begin what is done about a noted problem; return the minutes that it will take."""
    boss, p = responsible_officer(work, row), work.parameters[parameter_settlement(work, row)]
    if row.response >= 0 and not is_response_kept(work, row, i, boss, had, tick, seed):
        row.response, row.kept = NO_CAUSE, 0
        tally[0].responses_lapsed += 1.0
    inform_community(work, row, i, boss, tally, since, tick, seed)
    begin_response(work, row, i, boss, tally, tick, seed)
    if row.response < 0:
        return 0.0
    row.kept += 1
    return p.upkeep


@kernel
def update_effect(row: ProblemRow, p: Problems) -> None:
    """Let the effect of a response that fits build up, or wear off; let what is known of a problem fade."""
    if row.response >= 0 and row.response == row.cause:
        row.eff += p.rise * (1.0 - row.eff)
    else:
        row.eff *= 2.0 ** (-1.0 / p.wear)
    fading = 2.0 ** (-1.0 / p.evidence_months)
    row.filed, row.talks = row.filed * fading, row.talks * fading
    row.seen = row.told = row.talked = 0.0


@allocating_kernel
def run_problem_work(
    work: ProblemWorkTables, n: int, tally: Rows[MonthlyCounts], since: int, tick: int, seed: int
) -> None:
    """A month of work on problems: noticing, naming causes, responding; then what it all takes in the next month."""
    n_facilities = len(work.facilities)
    had, minutes = np.ones(n_facilities), np.zeros(n_facilities)
    for f in range(n_facilities):
        asked = work.owed[f, FOR_PROBLEMS, 0] - work.problem_mark[f]
        if asked > 0.0:
            had[f] = max(0.0, work.owed[f, FOR_PROBLEMS, 1] - work.problem_mark[f]) / asked
        cancel_owed_minutes(work.owed, f, FOR_PROBLEMS, work.owed[f, FOR_PROBLEMS, 0])
    detect_problems(work, n, tally, tick, seed)
    record_request_hints(work, n, tally, since, tick)
    review_wrong_causes(work, n, tick, seed)
    for i in range(n):
        work.problems[i].talks += work.problems[i].talked
    for f in range(n_facilities):
        p = work.parameters[work.facilities[f].settlement]
        minutes[f] += p.looking * diagnose_causes(work, n, f, tally, tick, seed)
    for i in range(n):
        row = work.problems[i]
        if row.cell < 0:
            continue
        if row.noted >= 0:
            minutes[row.facility] += update_response(work, row, i, had[row.facility], tally, since, tick, seed)
        update_effect(row, work.parameters[parameter_settlement(work, row)])
    for f in range(n_facilities):
        work.problem_mark[f] = work.owed[f, FOR_PROBLEMS, 0]
        add_owed_minutes(work.owed, f, FOR_PROBLEMS, minutes[f])


def step(world: World) -> None:
    """Note what happened at problems in this shift."""
    if len(world.state[PROBLEMS]):
        world.run_kernel(record_problem_events, lambda: (world.shift_context(), world.view(CauseTables)))


def close_month(world: World) -> None:
    """Let problems die and arise, and the police work on those that there are; then the hazard follows."""
    table, tick, seed = world.state[PROBLEMS], world.tick, world.seed
    n = len(table)
    if n == 0:
        return
    renewed = renew_problems(table.rows, n, world.view(ProblemSites), tick, seed)
    world.tally[0].problems_renewed += renewed
    if renewed > 0:
        world.hazard_factors.rewrite_mechanism(world, Problems.name)
    since = tick + 1 - 3 * world.days_of_month
    run_problem_work(bind(ProblemWorkTables, world), n, world.tally, since, tick, seed)
    world.hazard_factors.write_guard(world, MECHANISM.name)


def apply_problem_responses(world: World, place: FloatArray) -> None:
    """Keep away part of the crimes of problems with a response that fits."""
    if len(world.state[PROBLEMS]) == 0:
        return
    rest, rows = problem_shares(world)
    effect = world.parameters[Problems]["effect"][np.maximum(world.town.cells["settlement"][rows["cell"]], 0)]
    whole = rest[rows["kind"]] + rows["more"]
    place[:, rows["kind"], rows["cell"]] *= 1.0 - effect * rows["eff"] * rows["more"] / whole


def snapshot(month: MonthSnapshot) -> dict[str, float]:
    """Return how much of crime problems take, and of that what is noted, named right and met by what fits."""
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
    writes=("problems", "problem_at", "owed"),
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
