"""M44, work on problems: who begins a response, which fits or not, who keeps it up, and what comes of it (ODD 6).

A response belongs to a person; it takes minutes of couples whether it fits or not.
"""

from __future__ import annotations

import math

import numpy as np

from model.community.requests.schema import REQUESTS
from model.engine.kernels import kernel, making_arrays
from model.engine.random_streams import luck
from model.engine.rows import Ints, Reals, Rows
from model.police.chief.rules import commanders
from model.police.minutes.rules import forgive, owe
from model.police.minutes.schema import FOR_PROBLEMS, OWED
from model.police.practices.rules import leaders_of
from model.police.resources.schema import MAYOR_OF
from model.problems.problem_causes.rules import (
    Notes,
    Work,
    boss_of,
    hear_items,
    look_again,
    look_into,
    note,
    notice,
    numbers_at,
    tell_cause,
)
from model.problems.problem_causes.schema import SECTOR_RECORD
from model.problems.problem_work.schema import BEGUN, LAPSED, PASSED_ON, PROBLEM_MARK, Counts
from model.problems.problems.rules import parts, renew, site_of
from model.problems.problems.schema import (
    BUS_STOP,
    FAMILY,
    FENCE,
    NO_CAUSE,
    PROBLEM_AT,
    PROBLEMS,
    USUAL,
    Problem,
    Problems,
)
from model.world.columns import Tally
from model.world.mechanism import Hazard, Measure, Mechanism, portrayed
from model.world.month import Month
from model.world.protocol import World
from model.world.state import BOARDS, MEANS


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


def notes_of(world: World) -> Notes:
    """Lay out where what happens at problems is noted."""
    state = world.state
    return Notes(state[PROBLEMS].rows, state[PROBLEM_AT], state[SECTOR_RECORD], world.factors.numbers[IT.name])


def act(world: World) -> None:
    """Note what happened at problems in this shift."""
    if len(world.state[PROBLEMS]):
        world.carry_out(note, lambda: (world.stage(), world.laid(notes_of)))


def month_end(world: World) -> None:
    """Let problems die and arise, and the police work on those that there are; then the hazard follows."""
    table, tick, seed = world.state[PROBLEMS], world.tick, world.seed
    n = len(table)
    if n == 0:
        return
    renewed = renew(table.rows, n, world.laid(site_of), tick, seed)
    world.tally[0].problems_renewed += renewed
    if renewed > 0:
        world.factors.lay_wish(world, Problems.name)
    since = tick + 1 - 3 * world.days_of_month
    work_on(work_of(world, leaders_of(world)), n, world.tally, since, tick, seed)
    world.factors.lay_guard(world, IT.name)


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
