"""M34, cliques decide: each month every clique weighs income, risk and rivals by what it remembers itself (ODD 6).

Switched off, cliques keep their ground and their stance: rents follow refusals, and threats, clashes and recruits come
at fixed rates.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from model.crime.political_calendar.rules import violence_trend
from model.engine.calendar import MONTH
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import IntArray, Rows, int64_constant
from model.gangs.clique_choices.rules import (
    CliqueTables,
    best_and_worst_cells,
    choose_cells,
    choose_recruits,
    choose_rent,
    choose_stance,
    choose_to_attack,
    choose_to_honour,
    leadership_gap,
)
from model.gangs.clique_memory.rules import count_prisoners, draw_heir, leader_strategy, update_all_clique_memories
from model.gangs.cliques.schema import (
    ATTACK_AT_STREAM,
    MAX_CHOICES_A_MONTH,
    PAYERS_HERE,
    RAIDED_STREAM,
    SENT_STREAM,
    SHORTEST_MONTH,
    WRITTEN_COLUMNS,
    CliqueCounts,
    Cliques,
)
from model.gangs.custody.rules import hold_member
from model.gangs.custody.schema import PRISON, Prisoner
from model.gangs.gangs.rules import (
    GangTables,
    dissolve_clique,
    donor_clique,
    next_living_member,
    resettle_clique,
    update_nearest_rivals,
    update_targets,
)
from model.gangs.gangs.schema import (
    CLIQUES,
    NOT_YET,
    ROLL,
    STANCE_HOLD,
    STANCE_PRESS,
    STANCE_QUIET,
    TERRITORY,
    CliqueRow,
    Gangs,
)
from model.gangs.narcos.schema import PROTECTED
from model.world.columns import MINDS
from model.world.discrete_choice.schema import CHOICES
from model.world.mechanism import Knockout, Measure, Mechanism, morning_step
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext


@kernel
def count_payers_by_cell(stage: ShiftContext, life: CliqueTables) -> None:
    """Count who pays by the cell of their place of work."""
    life.payers_here[:] = 0
    for k in range(life.gangs.target_start[len(life.gangs.cliques)]):
        i = life.gangs.targets[k]
        if stage.minds[i].pays >= 0 and stage.minds[i].gone < 0:
            life.payers_here[stage.ground.places[0, i]] += 1


@kernel
def count_payers_and_cells(life: CliqueTables, q: int) -> tuple[int, int]:
    """Who pays a clique, and its cells."""
    payers, cells = 0, 0
    for cell in range(len(life.gangs.territory)):
        if life.gangs.territory[cell] == q:
            payers += life.payers_here[cell]
            cells += 1
    return payers, cells


@kernel
def release_cell(stage: ShiftContext, life: CliqueTables, q: int, cell: int) -> None:
    """Leave a cell: who paid there pays no more."""
    gangs = life.gangs
    gangs.territory[cell] = NOT_YET
    for k in range(gangs.target_start[q], gangs.target_start[q + 1]):
        if stage.ground.places[0, gangs.targets[k]] == cell:
            stage.minds[gangs.targets[k]].pays = NOT_YET
    stage.tally[0].cells_given_up += 1.0


@kernel
def update_stance(life: CliqueTables, q: int, fill: float, lack: float, peace: bool, tick: int) -> None:
    """Choose a stance and, by it, by who leads and by the telephones of prisoners, how much to demand."""
    p, clique, blocked = life.parameters[0], life.gangs.cliques[q], life.extortion[0].imitator_blocked
    if p.stance == 1:
        clique.stance = choose_stance(life, q, fill, lack, peace, tick)
    clique.effort = 1.0
    if clique.stance != STANCE_HOLD:
        clique.effort = p.pace_press if clique.stance == STANCE_PRESS else p.pace_quiet
    by_telephone = p.remote + (p.headless - p.remote) * blocked
    if clique.leader < 0:
        clique.effort *= p.headless
    elif clique.inside == 1:
        clique.effort *= by_telephone
    clique.hands = min((1.0 - blocked) * p.telephone * count_prisoners(life, q), float(clique.members))


@kernel
def plan_attack(stage: ShiftContext, life: CliqueTables, q: int, lack: float, peace: bool) -> None:
    """Decide on an attack in the month to come, and hold it back if a pact is asked for and kept."""
    clique, tick, cells = life.gangs.cliques[q], stage.tick, stage.ground.cells
    tension = life.extortion[0].tension
    mood = math.log(
        max(violence_trend(life.political[max(cells[clique.centre].settlement, 0)]) * max(tension, 1.0), 1e-9)
    )
    clique.attack_at, free = NOT_YET, int(MONTH * life.parameters[0].free_months)
    if clique.foe < 0 or life.extortion[0].clash == 0.0 or not choose_to_attack(life, q, lack, mood, tick):
        return
    stage.tally[0].attacks += 1.0
    if peace:
        if choose_to_honour(life, q, 1.0 - tension, tick):
            stage.tally[0].pacts_honoured += 1.0
            return
        stage.tally[0].pacts_broken += 1.0
        clique.free_until = life.gangs.cliques[clique.foe].free_until = tick + free
    clique.attack_at = tick + 1 + int(SHORTEST_MONTH * keyed_uniform(stage.seed, ATTACK_AT_STREAM, tick, q, 0))


@kernel
def make_monthly_choices(stage: ShiftContext, life: CliqueTables, q: int, days: float) -> bool:
    """Let a clique decide what it decides each month; return whether its ground changed."""
    p, clique, tick = life.parameters[0], life.gangs.cliques[q], stage.tick
    peace = bool(life.extortion[0].tension < 1.0 and clique.free_until <= tick)
    payers, cells = count_payers_and_cells(life, q)
    fill = payers / max(life.gangs.target_start[q + 1] - life.gangs.target_start[q], 1)
    need = max(payers / p.payers_each + (0.0 if peace else cells + p.guard), 1.0)
    lack = leadership_gap(clique, life.extortion[0].imitator_blocked)
    update_stance(life, q, fill, lack, peace, tick)
    if p.rent == 1:
        clique.rent *= 1.0 + p.rent_step * (choose_rent(life, q, tick) - 1)
    if p.recruits == 1:
        wanted = choose_recruits(life, q, need, tick)
        clique.draw = 1.0 if wanted == 1 else (p.recruits_few if wanted == 0 else p.recruits_more)
    if p.attack == 1:
        plan_attack(stage, life, q, lack, peace)
    return p.cells == 1 and change_territory(stage, life, q, fill, need, days)


@kernel
def change_territory(stage: ShiftContext, life: CliqueTables, q: int, fill: float, need: float, days: float) -> bool:
    """Give up a cell, or take one, or neither; return whether ground changed."""
    free, most, poor, least = best_and_worst_cells(stage, life, q, fill, days)
    option = choose_cells(life, q, need, free, most, poor, least, stage.tick)
    if option == 0 and poor >= 0:
        release_cell(stage, life, q, poor)
        return True
    if option == 2 and free >= 0:
        life.gangs.territory[free] = q
        stage.tally[0].cells_taken += 1.0
        return True
    return False


@kernel
def make_all_choices(stage: ShiftContext, life: CliqueTables, days: float) -> bool:
    """Let all cliques that are alive decide, in order; return whether any ground changed."""
    changed = False
    count_payers_by_cell(stage, life)
    for q in range(len(life.gangs.cliques)):
        if life.gangs.cliques[q].alive == 1:
            changed = make_monthly_choices(stage, life, q, days) or changed
    return changed


@kernel
def apply_raid(stage: ShiftContext, gangs: GangTables, prison: Rows[Prisoner], count: IntArray, p: Cliques) -> None:
    """Arrest leaders, or members of the largest clique, on a day on which an experiment says so."""
    until, largest = stage.tick + int(MONTH * p.raid_months), 0
    for q in range(len(gangs.cliques)):
        if gangs.cliques[q].members > gangs.cliques[largest].members:
            largest = q
    for q in range(len(gangs.cliques)):
        i = gangs.cliques[q].leader
        here = i >= 0 and stage.minds[i].member == q and stage.minds[i].gone < 0
        if here and keyed_uniform(stage.seed, RAIDED_STREAM, stage.tick, q, 0) < p.leaders:
            hold_member(stage, gangs, prison, count, i, until)
    i = next_living_member(stage, gangs, largest, NOT_YET) if p.dismantled > 0.0 else NOT_YET
    while i >= 0:
        if keyed_uniform(stage.seed, RAIDED_STREAM, stage.tick, i, 1) < p.dismantled:
            hold_member(stage, gangs, prison, count, i, until)
        i = next_living_member(stage, gangs, largest, i)


def initialise(world: World) -> None:
    """Give every clique a leader and his strategy, and let it have seen what is usual."""
    p, cliques = world.parameters[Cliques][0], world.state[CLIQUES]
    usual = p.usual_seen
    cliques["seen"], cliques["felt"] = p.seen_half * usual / (1.0 - usual), p.usual
    for q, clique in enumerate(cliques):
        clique.leader = draw_heir(world.state[MINDS], world.view(GangTables), q, 0, world.seed)
        clique.strategy = leader_strategy(p, world.seed, q, 0)


def dissolve_and_found(world: World) -> None:
    """Let cliques with too few members dissolve, and those dissolved be founded again by who came home or is sent."""
    p, state, changed = world.parameters[Cliques][0], world.state, False
    for q, clique in enumerate(state[CLIQUES]):
        if clique.alive and clique.members < p.least:
            dissolve_clique(world.shift_context(), world.view(GangTables), int64_constant(q))
            world.tally[0].cliques_dissolved += 1.0
            changed = True
        elif not clique.alive and found_clique_again(world, q, clique, p):
            world.tally[0].cliques_founded += 1.0
            changed = True
    if changed:
        update_nearest_rivals(state[CLIQUES], world.town.cells, world.parameters[Gangs][0].border)
        update_targets(world)


def found_clique_again(world: World, q: int, clique: CliqueRow, p: Cliques) -> bool:
    """Found a clique anew on free ground if it has members or a neighbour sends some; return whether it was."""
    state, gangs = world.state, world.parameters[Gangs][0]
    sender = NOT_YET if clique.members >= p.home else donor_clique(q, state[CLIQUES], world.town.cells, p.large)
    if clique.members < p.home and sender < 0:
        return False
    free = (state[TERRITORY] < 0) & (state[PROTECTED] < 0)
    if not resettle_clique(q, clique, world.town, state[TERRITORY], free, gangs, world.tick, world.seed):
        return False
    if sender >= 0:
        transfer_members(world, q, sender, p.sent)
    clique.generation += 1
    clique.strategy = leader_strategy(p, world.seed, q, clique.generation)
    clique.leader = draw_heir(state[MINDS], world.view(GangTables), q, world.tick, world.seed)
    clique.founding = clique.members
    return True


def transfer_members(world: World, q: int, sender: int, n: int) -> None:
    """Let members of a clique go over to one of the same gang."""
    minds, cliques = world.state[MINDS], world.state[CLIQUES]
    members = np.flatnonzero((minds["member"] == sender) & (minds["gone"] < 0))
    members = members[members != cliques[sender].leader]
    going = sorted(members, key=lambda i: keyed_uniform(world.seed, SENT_STREAM, world.tick, int(i), q))[:n]
    minds["member"][going] = q
    cliques[sender].members -= len(going)
    cliques[q].members += len(going)


def has_active_choices(p: Cliques) -> bool:
    """Whether cliques decide anything."""
    return any((p.stance, p.rent, p.punish, p.recruits, p.cells, p.attack, p.refound))


def is_raid_day(world: World) -> bool:
    """Whether an experiment arrests leaders or a clique on days on which the numbers in force are."""
    p = world.parameters[Cliques][0]
    return bool(p.leaders > 0.0 or p.dismantled > 0.0)


@morning_step
def step(world: World) -> None:
    """In the morning of a day of an experiment, arrest leaders or a clique."""
    if not world.cached_view(is_raid_day):
        return
    p = world.parameters[Cliques][0]
    world.state[PRISON].reserve(len(world.state[ROLL]) + len(world.state[CLIQUES]))
    prison = world.state[PRISON]
    apply_raid(world.shift_context(), world.view(GangTables), prison.rows, prison.count, p)


def close_month(world: World) -> None:
    """Let cliques remember, dissolve, be founded, and decide."""
    p, n, days = world.parameters[Cliques][0], len(world.state[CLIQUES]), float(world.days_of_month)
    if n == 0 or not world.cached_view(is_deciding):
        return
    world.state[CHOICES].reserve(MAX_CHOICES_A_MONTH * n)
    update_all_clique_memories(world.shift_context(), world.view(CliqueTables), days)
    if p.refound:
        dissolve_and_found(world)
    if make_all_choices(world.shift_context(), world.view(CliqueTables), days):
        update_targets(world)


def is_deciding(world: World) -> bool:
    """Whether cliques decide anything by the numbers in force."""
    return has_active_choices(world.parameters[Cliques][0])


def stance_count_measure(stance: int) -> Callable[[MonthSnapshot], float]:
    """Return the reader of how many cliques have a stance."""

    def read(month: MonthSnapshot) -> float:
        cliques = month.world.state[CLIQUES]
        return float(np.count_nonzero((cliques["stance"] == stance) & (cliques["alive"] == 1)))

    return read


def count_held_cells(month: MonthSnapshot) -> float:
    """Cells that cliques hold."""
    return float(np.count_nonzero(month.world.state[TERRITORY] >= 0))


def count_imprisoned_leaders(month: MonthSnapshot) -> float:
    """Leaders in prison."""
    cliques = month.world.state[CLIQUES]
    return float(np.count_nonzero((cliques["inside"] == 1) & (cliques["alive"] == 1)))


MECHANISM = Mechanism(
    group=Cliques,
    tables=(PAYERS_HERE,),
    counts=CliqueCounts,
    writes=WRITTEN_COLUMNS,
    initialise=initialise,
    knockout=Knockout(("cliques_pressing", "attacks", "cells_taken", "clique_cells")),
    measures={
        "cliques_quiet": Measure("cliques", stance_count_measure(STANCE_QUIET)),
        "cliques_pressing": Measure("cliques", stance_count_measure(STANCE_PRESS)),
        "clique_cells": Measure("cells", count_held_cells),
        "leaders_inside": Measure("people", count_imprisoned_leaders),
    }
    | {name: Measure("people") for name in ("member_arrests", "heirs")}
    | {name: Measure("events") for name in ("attacks", "pacts_honoured", "pacts_broken")}
    | {name: Measure("cells") for name in ("cells_taken", "cells_given_up")}
    | {name: Measure("cliques") for name in ("cliques_dissolved", "cliques_founded")},
)  # fmt: skip
