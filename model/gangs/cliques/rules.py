"""M34, cliques decide: each month every clique weighs income, risk and rivals by what it remembers itself (ODD 6).

Switched off, cliques keep their ground and their stance: rents follow refusals, and threats, clashes and recruits come
at fixed rates.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.crime.political_calendar.rules import violence
from model.engine.calendar import MONTH
from model.engine.kernels import kernel
from model.engine.random_streams import luck
from model.engine.rows import Ints, Rows, code
from model.gangs.clique_choices.rules import (
    Life,
    best_and_worst,
    choose_cells,
    choose_recruits,
    choose_rent,
    choose_stance,
    choose_to_attack,
    choose_to_honour,
    lack_of,
)
from model.gangs.clique_memory.rules import live_through, prisoners_of, strategy_of, who_leads
from model.gangs.cliques.schema import (
    ATTACK_AT,
    MATTERS_A_MONTH,
    PAYERS_HERE,
    RAIDED,
    SENT,
    SHORTEST_MONTH,
    WRITES,
    Cliques,
    Counts,
)
from model.gangs.custody.rules import take_member
from model.gangs.custody.schema import PRISON, Prisoner
from model.gangs.gangs.rules import (
    Gangland,
    dissolve,
    gangland_of,
    list_targets,
    next_member,
    sender_for,
    settle,
    settle_foes,
)
from model.gangs.gangs.schema import CLIQUES, HOLD, NOT_YET, PRESS, QUIET, ROLL, TERRITORY, Clique
from model.gangs.narcos.schema import PROTECTED
from model.world.deciding.rules import desk_of
from model.world.deciding.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism, in_the_morning
from model.world.month import Month
from model.world.protocol import World
from model.world.shift_context import Stage
from model.world.state import BOARDS, SEEN_HERE


@kernel
def payers_by_cell(stage: Stage, life: Life) -> None:
    """Count who pays by the cell of their place of work."""
    life.payers[:] = 0
    for k in range(life.gangs.target_start[len(life.gangs.cliques)]):
        i = life.gangs.targets[k]
        if stage.minds[i].pays >= 0 and stage.minds[i].gone < 0:
            life.payers[stage.ground.places[0, i]] += 1


@kernel
def payers_and_cells(life: Life, q: int) -> tuple[int, int]:
    """Who pays a clique, and its cells."""
    payers, cells = 0, 0
    for cell in range(len(life.gangs.territory)):
        if life.gangs.territory[cell] == q:
            payers += life.payers[cell]
            cells += 1
    return payers, cells


@kernel
def give_up(stage: Stage, life: Life, q: int, cell: int) -> None:
    """Leave a cell: who paid there pays no more."""
    gangs = life.gangs
    gangs.territory[cell] = NOT_YET
    for k in range(gangs.target_start[q], gangs.target_start[q + 1]):
        if stage.ground.places[0, gangs.targets[k]] == cell:
            stage.minds[gangs.targets[k]].pays = NOT_YET
    stage.tally[0].cells_given_up += 1.0


@kernel
def set_stance(life: Life, q: int, fill: float, lack: float, peace: bool, tick: int) -> None:
    """Choose a stance and, by it, by who leads and by the telephones of prisoners, how much to demand."""
    p, clique, blocked = life.numbers[0], life.gangs.cliques[q], life.extortion[0].imitator_blocked
    if p.stance == 1:
        clique.stance = choose_stance(life, q, fill, lack, peace, tick)
    clique.effort = 1.0
    if clique.stance != HOLD:
        clique.effort = p.pace_press if clique.stance == PRESS else p.pace_quiet
    by_telephone = p.remote + (p.headless - p.remote) * blocked
    if clique.leader < 0:
        clique.effort *= p.headless
    elif clique.inside == 1:
        clique.effort *= by_telephone
    clique.hands = min((1.0 - blocked) * p.telephone * prisoners_of(life, q), float(clique.members))


@kernel
def set_out(stage: Stage, life: Life, q: int, lack: float, peace: bool) -> None:
    """Decide on an attack in the month to come, and hold it back if a pact is asked for and kept."""
    clique, tick, cells = life.gangs.cliques[q], stage.tick, stage.ground.cells
    tension = life.extortion[0].tension
    mood = math.log(max(violence(life.political[max(cells[clique.centre].settlement, 0)]) * max(tension, 1.0), 1e-9))
    clique.attack_at, free = NOT_YET, int(MONTH * life.numbers[0].free_months)
    if clique.foe < 0 or life.extortion[0].clash == 0.0 or not choose_to_attack(life, q, lack, mood, tick):
        return
    stage.tally[0].attacks += 1.0
    if peace:
        if choose_to_honour(life, q, 1.0 - tension, tick):
            stage.tally[0].pacts_honoured += 1.0
            return
        stage.tally[0].pacts_broken += 1.0
        clique.free_until = life.gangs.cliques[clique.foe].free_until = tick + free
    clique.attack_at = tick + 1 + int(SHORTEST_MONTH * luck(stage.seed, ATTACK_AT, tick, q, 0))


@kernel
def deliberate(stage: Stage, life: Life, q: int, days: float) -> bool:
    """Let a clique decide what it decides each month; return whether its ground changed."""
    p, clique, tick = life.numbers[0], life.gangs.cliques[q], stage.tick
    peace = bool(life.extortion[0].tension < 1.0 and clique.free_until <= tick)
    payers, cells = payers_and_cells(life, q)
    fill = payers / max(life.gangs.target_start[q + 1] - life.gangs.target_start[q], 1)
    need = max(payers / p.payers_each + (0.0 if peace else cells + p.guard), 1.0)
    lack = lack_of(clique, life.extortion[0].imitator_blocked)
    set_stance(life, q, fill, lack, peace, tick)
    if p.rent == 1:
        clique.rent *= 1.0 + p.rent_step * (choose_rent(life, q, tick) - 1)
    if p.recruits == 1:
        wanted = choose_recruits(life, q, need, tick)
        clique.draw = 1.0 if wanted == 1 else (p.recruits_few if wanted == 0 else p.recruits_more)
    if p.attack == 1:
        set_out(stage, life, q, lack, peace)
    return p.cells == 1 and move(stage, life, q, fill, need, days)


@kernel
def move(stage: Stage, life: Life, q: int, fill: float, need: float, days: float) -> bool:
    """Give up a cell, or take one, or neither; return whether ground changed."""
    free, most, poor, least = best_and_worst(stage, life, q, fill, days)
    option = choose_cells(life, q, need, free, most, poor, least, stage.tick)
    if option == 0 and poor >= 0:
        give_up(stage, life, q, poor)
        return True
    if option == 2 and free >= 0:
        life.gangs.territory[free] = q
        stage.tally[0].cells_taken += 1.0
        return True
    return False


@kernel
def deliberate_all(stage: Stage, life: Life, days: float) -> bool:
    """Let all cliques that are alive decide, in order; return whether any ground changed."""
    changed = False
    payers_by_cell(stage, life)
    for q in range(len(life.gangs.cliques)):
        if life.gangs.cliques[q].alive == 1:
            changed = deliberate(stage, life, q, days) or changed
    return changed


@kernel
def raid(stage: Stage, gangs: Gangland, prison: Rows[Prisoner], count: Ints, p: Cliques) -> None:
    """Arrest leaders, or members of the largest clique, on a day on which an experiment says so."""
    until, largest = stage.tick + int(MONTH * p.raid_months), 0
    for q in range(len(gangs.cliques)):
        if gangs.cliques[q].members > gangs.cliques[largest].members:
            largest = q
    for q in range(len(gangs.cliques)):
        i = gangs.cliques[q].leader
        here = i >= 0 and stage.minds[i].member == q and stage.minds[i].gone < 0
        if here and luck(stage.seed, RAIDED, stage.tick, q, 0) < p.leaders:
            take_member(stage, gangs, prison, count, i, until)
    i = next_member(stage, gangs, largest, NOT_YET) if p.dismantled > 0.0 else NOT_YET
    while i >= 0:
        if luck(stage.seed, RAIDED, stage.tick, i, 1) < p.dismantled:
            take_member(stage, gangs, prison, count, i, until)
        i = next_member(stage, gangs, largest, i)


def shops_of(world: World) -> Ints:
    """Return how many possible payers work in each cell."""
    work = world.town.places[0]
    return np.bincount(work[(world.town.people["business"] == 1) & (work >= 0)], minlength=world.town.n_cells)


def life_of(world: World) -> Life:
    """Lay out what cliques decide by."""
    state, numbers = world.state, world.numbers
    return Life(
        world.laid(desk_of),
        world.laid(gangland_of),
        state[PRISON].rows,
        state[PRISON].count,
        world.once(shops_of),
        state[PAYERS_HERE],
        state[SEEN_HERE],
        state[PROTECTED],
        state[BOARDS],
        numbers["cliques"],
        numbers["extortion"],
        numbers["political_calendar"],
    )


def begin(world: World) -> None:
    """Give every clique a leader and his strategy, and let it have seen what is usual."""
    p, cliques = world.numbers["cliques"][0], world.state[CLIQUES]
    usual = p.usual_seen
    cliques["seen"], cliques["felt"] = p.seen_half * usual / (1.0 - usual), p.usual
    for q, clique in enumerate(cliques):
        clique.leader = who_leads(world.state.minds, world.laid(gangland_of), q, 0, world.seed)
        clique.strategy = strategy_of(p, world.seed, q, 0)


def end_and_begin(world: World) -> None:
    """Let cliques with too few members dissolve, and those dissolved be founded again by who came home or is sent."""
    p, state, changed = world.numbers["cliques"][0], world.state, False
    for q, clique in enumerate(state[CLIQUES]):
        if clique.alive and clique.members < p.least:
            dissolve(world.stage(), world.laid(gangland_of), code(q))
            world.tally[0].cliques_dissolved += 1.0
            changed = True
        elif not clique.alive and refound(world, q, clique, p):
            world.tally[0].cliques_founded += 1.0
            changed = True
    if changed:
        settle_foes(state[CLIQUES], world.town.cells, world.numbers["gangs"][0]["border"])
        list_targets(world)


def refound(world: World, q: int, clique: Clique, p: Cliques) -> bool:
    """Found a clique anew on free ground if it has members or a neighbour sends some; return whether it was."""
    state, gangs = world.state, world.numbers["gangs"][0]
    sender = NOT_YET if clique.members >= p.home else sender_for(q, state[CLIQUES], world.town.cells, p.large)
    if clique.members < p.home and sender < 0:
        return False
    free = (state[TERRITORY] < 0) & (state[PROTECTED] < 0)
    if not settle(q, clique, world.town, state[TERRITORY], free, gangs, world.tick, world.seed):
        return False
    if sender >= 0:
        send(world, q, sender, p.sent)
    clique.generation += 1
    clique.strategy = strategy_of(p, world.seed, q, clique.generation)
    clique.leader = who_leads(state.minds, world.laid(gangland_of), q, world.tick, world.seed)
    clique.founding = clique.members
    return True


def send(world: World, q: int, sender: int, n: int) -> None:
    """Let members of a clique go over to one of the same gang."""
    minds, cliques = world.state.minds, world.state[CLIQUES]
    members = np.flatnonzero((minds["member"] == sender) & (minds["gone"] < 0))
    members = members[members != cliques[sender].leader]
    going = sorted(members, key=lambda i: luck(world.seed, SENT, world.tick, int(i), q))[:n]
    minds["member"][going] = q
    cliques[sender].members -= len(going)
    cliques[q].members += len(going)


def decides(p: Cliques) -> bool:
    """Whether cliques decide anything."""
    return any((p.stance, p.rent, p.punish, p.recruits, p.cells, p.attack, p.refound))


def raids(world: World) -> bool:
    """Whether an experiment arrests leaders or a clique on days on which the numbers in force are."""
    p = world.numbers["cliques"][0]
    return bool(p.leaders > 0.0 or p.dismantled > 0.0)


@in_the_morning
def act(world: World) -> None:
    """In the morning of a day of an experiment, arrest leaders or a clique."""
    if not world.laid(raids):
        return
    p = world.numbers["cliques"][0]
    world.state.prison.reserve(len(world.state[ROLL]) + len(world.state[CLIQUES]))
    prison = world.state.prison
    raid(world.stage(), world.laid(gangland_of), prison.rows, prison.count, p)


def month_end(world: World) -> None:
    """Let cliques remember, dissolve, be founded, and decide."""
    p, n, days = world.numbers["cliques"][0], len(world.state[CLIQUES]), float(world.days_of_month)
    if n == 0 or not world.laid(switched_on):
        return
    world.state[CHOICES].reserve(MATTERS_A_MONTH * n)
    live_through(world.stage(), world.laid(life_of), days)
    if p.refound:
        end_and_begin(world)
    if deliberate_all(world.stage(), world.laid(life_of), days):
        list_targets(world)


def switched_on(world: World) -> bool:
    """Whether cliques decide anything by the numbers in force."""
    return decides(world.numbers["cliques"][0])


def in_stance(stance: int) -> Callable[[Month], float]:
    """Return the reader of how many cliques have a stance."""

    def read(month: Month) -> float:
        cliques = month.world.state[CLIQUES]
        return float(np.count_nonzero((cliques["stance"] == stance) & (cliques["alive"] == 1)))

    return read


def ground(month: Month) -> float:
    """Cells that cliques hold."""
    return float(np.count_nonzero(month.world.state[TERRITORY] >= 0))


def inside(month: Month) -> float:
    """Leaders in prison."""
    cliques = month.world.state[CLIQUES]
    return float(np.count_nonzero((cliques["inside"] == 1) & (cliques["alive"] == 1)))


IT = Mechanism(
    group=Cliques,
    tables=(PAYERS_HERE,),
    counts=Counts,
    writes=WRITES,
    begin=begin,
    knockout=Knockout(("cliques_pressing", "attacks", "cells_taken", "clique_cells")),
    measures={
        "cliques_quiet": Measure("cliques", in_stance(QUIET)),
        "cliques_pressing": Measure("cliques", in_stance(PRESS)),
        "clique_cells": Measure("cells", ground),
        "leaders_inside": Measure("people", inside),
    }
    | {name: Measure("people") for name in ("member_arrests", "heirs")}
    | {name: Measure("events") for name in ("attacks", "pacts_honoured", "pacts_broken")}
    | {name: Measure("cells") for name in ("cells_taken", "cells_given_up")}
    | {name: Measure("cliques") for name in ("cliques_dissolved", "cliques_founded")},
)  # fmt: skip
