"""Decisions of cliques (M34): each month by income, risk and rivals as remembered.

Order at the end of a month: memory and succession, dissolution and founding, choices.  Utilities are in
`clique_choices`, memory in `clique_memory`.

Switched off, cliques keep their territory and their stance: rents follow refusals, and threats, clashes and recruits
come at fixed rates.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np

from model.crime.political_calendar.rules import violence_trend
from model.engine.calendar import MONTH, MORNINGS
from model.engine.elementary import log
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
from model.gangs.clique_choices.schema import SMALLEST_RATIO
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
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.month import MonthSnapshot
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.steps import python_step


@kernel
def count_payers_by_cell(shift: ShiftContext, tables: CliqueTables) -> None:
    """Write the number of living payers by cell of their place of work to `payers_here`."""
    tables.payers_here[:] = 0
    for k in range(tables.gangs.target_start[len(tables.gangs.cliques)]):
        i = tables.gangs.targets[k]
        if shift.minds[i].pays >= 0 and shift.minds[i].gone < 0:
            tables.payers_here[shift.ground.places[0, i]] += 1


@kernel
def count_payers_and_cells(tables: CliqueTables, q: int) -> tuple[int, int]:
    """Return the numbers of payers and of cells of clique ``q``."""
    payers, cells = 0, 0
    for cell in range(len(tables.gangs.territory)):
        if tables.gangs.territory[cell] == q:
            payers += tables.payers_here[cell]
            cells += 1
    return payers, cells


@kernel
def release_cell(shift: ShiftContext, tables: CliqueTables, q: int, cell: int) -> None:
    """Give up a cell of clique ``q``; payers who work there stop paying.

    Updates `territory` and `minds.pays`.
    """
    gangs = tables.gangs
    gangs.territory[cell] = NOT_YET
    for k in range(gangs.target_start[q], gangs.target_start[q + 1]):
        if shift.ground.places[0, gangs.targets[k]] == cell:
            shift.minds[gangs.targets[k]].pays = NOT_YET
    shift.tally[0].cells_given_up += 1.0


@kernel
def update_stance(tables: CliqueTables, q: int, payer_share: float, leaderless: float, peace: bool, tick: int) -> None:
    """Choose a stance; update the effort of demands and the members that prisoners replace.

    Updates `stance`, `effort` and `hands` of clique ``q``.
    """
    p, clique, blocked = tables.parameters[0], tables.gangs.cliques[q], tables.extortion[0].imitator_blocked
    if p.stance == 1:
        clique.stance = choose_stance(tables, q, payer_share, leaderless, peace, tick)
    clique.effort = 1.0
    if clique.stance != STANCE_HOLD:
        clique.effort = p.pace_press if clique.stance == STANCE_PRESS else p.pace_quiet
    by_telephone = p.remote + (p.headless - p.remote) * blocked
    if clique.leader < 0:
        clique.effort *= p.headless
    elif clique.inside == 1:
        clique.effort *= by_telephone
    clique.hands = min((1.0 - blocked) * p.telephone * count_prisoners(tables, q), float(clique.members))


@kernel
def plan_attack(shift: ShiftContext, tables: CliqueTables, q: int, leaderless: float, peace: bool) -> None:
    """Choose whether to attack in the coming month, and whether to keep a pact if one is asked for.

    Updates `attack_at` of clique ``q``, and `free_until` of it and its foe if a pact is broken.
    """
    clique, tick, cells = tables.gangs.cliques[q], shift.tick, shift.ground.cells
    tension = tables.extortion[0].tension
    trend = violence_trend(tables.political[max(cells[clique.centre].settlement, 0)])
    violence = log(max(trend * max(tension, 1.0), SMALLEST_RATIO))
    clique.attack_at = NOT_YET
    if (
        clique.foe < 0
        or tables.extortion[0].clash == 0.0
        or not choose_to_attack(tables, q, leaderless, violence, tick)
    ):
        return
    shift.tally[0].attacks += 1.0
    if peace:
        if choose_to_honour(tables, q, 1.0 - tension, tick):
            shift.tally[0].pacts_honoured += 1.0
            return
        shift.tally[0].pacts_broken += 1.0
        free_until = tick + int(MONTH * tables.parameters[0].free_months)
        clique.free_until = tables.gangs.cliques[clique.foe].free_until = free_until
    clique.attack_at = tick + 1 + int(SHORTEST_MONTH * keyed_uniform(shift.seed, ATTACK_AT_STREAM, tick, q, 0))


@kernel
def make_monthly_choices(shift: ShiftContext, tables: CliqueTables, q: int, days: float) -> bool:
    """Make the monthly choices of clique ``q``; return whether its territory changed."""
    p, clique, tick = tables.parameters[0], tables.gangs.cliques[q], shift.tick
    peace = bool(tables.extortion[0].tension < 1.0 and clique.free_until <= tick)
    payers, cells = count_payers_and_cells(tables, q)
    payer_share = payers / max(tables.gangs.target_start[q + 1] - tables.gangs.target_start[q], 1)
    need = max(payers / p.payers_each + (0.0 if peace else cells + p.guard), 1.0)
    leaderless = leadership_gap(clique, tables.extortion[0].imitator_blocked)
    update_stance(tables, q, payer_share, leaderless, peace, tick)
    if p.rent == 1:
        clique.rent *= 1.0 + p.rent_step * (choose_rent(tables, q, tick) - 1)
    if p.recruits == 1:
        wanted = choose_recruits(tables, q, need, tick)
        clique.draw = 1.0 if wanted == 1 else (p.recruits_few if wanted == 0 else p.recruits_more)
    if p.attack == 1:
        plan_attack(shift, tables, q, leaderless, peace)
    return p.cells == 1 and change_territory(shift, tables, q, payer_share, need, days)


@kernel
def change_territory(
    shift: ShiftContext, tables: CliqueTables, q: int, payer_share: float, need: float, days: float
) -> bool:
    """Choose to give up a cell, take one, or neither; return whether the territory changed."""
    cells = best_and_worst_cells(shift, tables, q, payer_share, days)
    option = choose_cells(tables, q, need, cells, shift.tick)
    if option == 0 and cells.worst >= 0:
        release_cell(shift, tables, q, cells.worst)
        return True
    if option == 2 and cells.best >= 0:
        tables.gangs.territory[cells.best] = q
        shift.tally[0].cells_taken += 1.0
        return True
    return False


@kernel
def make_all_choices(shift: ShiftContext, tables: CliqueTables, days: float) -> bool:
    """Make the choices of all living cliques, in order; return whether any territory changed."""
    changed = False
    count_payers_by_cell(shift, tables)
    for q in range(len(tables.gangs.cliques)):
        if tables.gangs.cliques[q].alive == 1:
            changed = make_monthly_choices(shift, tables, q, days) or changed
    return changed


@kernel
def apply_raid(shift: ShiftContext, gangs: GangTables, prison: Rows[Prisoner], count: IntArray, p: Cliques) -> None:
    """Arrest leaders, or members of the largest clique, as an experiment sets it."""
    until, largest = shift.tick + int(MONTH * p.raid_months), 0
    for q in range(len(gangs.cliques)):
        if gangs.cliques[q].members > gangs.cliques[largest].members:
            largest = q
    for q in range(len(gangs.cliques)):
        i = gangs.cliques[q].leader
        here = i >= 0 and shift.minds[i].member == q and shift.minds[i].gone < 0
        if here and keyed_uniform(shift.seed, RAIDED_STREAM, shift.tick, q, 0) < p.leaders:
            hold_member(shift, gangs, prison, count, i, until)
    # In order of number, as the roll has no lasting order.
    i = next_living_member(shift, gangs, largest, NOT_YET) if p.dismantled > 0.0 else NOT_YET
    while i >= 0:
        if keyed_uniform(shift.seed, RAIDED_STREAM, shift.tick, i, 1) < p.dismantled:
            hold_member(shift, gangs, prison, count, i, until)
        i = next_living_member(shift, gangs, largest, i)


def initialise(world: World) -> None:
    """Draw the leader and strategy of every clique; set the usual memory of police seen."""
    p, cliques = world.parameters[Cliques][0], world.state[CLIQUES]
    usual = p.usual_seen
    # Inverse of seen / (seen + seen_half): the visits at which the usual share is seen.
    cliques["seen"], cliques["felt"] = p.seen_half * usual / (1.0 - usual), p.usual
    for q, clique in enumerate(cliques):
        clique.leader = draw_heir(world.state[MINDS], world.view(GangTables), q, 0, world.seed)
        clique.strategy = leader_strategy(p, world.seed, q, 0)


def dissolve_and_found(world: World) -> None:
    """Dissolve cliques with too few members; found dissolved ones again from returned or sent members."""
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
    """Found a clique again on free territory, if members are back or can be sent; return whether it was."""
    state = world.state
    sender = NOT_YET if clique.members >= p.home else donor_clique(q, state[CLIQUES], world.town.cells, p.large)
    if clique.members < p.home and sender < 0:
        return False
    free = (state[TERRITORY] < 0) & (state[PROTECTED] < 0)
    if not resettle_clique(world, q, clique, free):
        return False
    if sender >= 0:
        transfer_members(world, q, sender, p.sent)
    clique.generation += 1
    clique.strategy = leader_strategy(p, world.seed, q, clique.generation)
    clique.leader = draw_heir(state[MINDS], world.view(GangTables), q, world.tick, world.seed)
    clique.founding = clique.members
    return True


def transfer_members(world: World, q: int, sender: int, n: int) -> None:
    """Move up to ``n`` members from one clique to another of the same gang."""
    minds, cliques = world.state[MINDS], world.state[CLIQUES]
    members = np.flatnonzero((minds["member"] == sender) & (minds["gone"] < 0))
    members = members[members != cliques[sender].leader]
    going = sorted(members, key=lambda i: keyed_uniform(world.seed, SENT_STREAM, world.tick, int(i), q))[:n]
    minds["member"][going] = q
    cliques[sender].members -= len(going)
    cliques[q].members += len(going)


def has_active_choices(p: Cliques) -> bool:
    """Return whether any choice of cliques is switched on."""
    return any((p.stance, p.rent, p.punish, p.recruits, p.cells, p.attack, p.refound))


def is_raid_day(world: World, date: datetime.date) -> bool:
    """Return whether an experiment arrests members under the parameters in force."""
    p = world.parameters[Cliques][0]
    return bool(p.leaders > 0.0 or p.dismantled > 0.0)


@python_step(flags=MORNINGS, on=is_raid_day)
def step(world: World) -> None:
    """Apply a raid in the morning of a day on which an experiment asks for one."""
    p = world.parameters[Cliques][0]
    world.state[PRISON].reserve(len(world.state[ROLL]) + len(world.state[CLIQUES]))
    prison = world.state[PRISON]
    apply_raid(world.shift_context(), world.view(GangTables), prison.rows, prison.count, p)


def close_month(world: World) -> None:
    """Update memories, dissolve and found cliques, and make their choices."""
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
    """Return whether any choice of cliques is switched on under the parameters in force."""
    return has_active_choices(world.parameters[Cliques][0])


def stance_count_measure(stance: int) -> Callable[[MonthSnapshot], float]:
    """Return the measure of how many living cliques have a stance."""

    def read(month: MonthSnapshot) -> float:
        """Return the number of living cliques with the stance."""
        cliques = month.world.state[CLIQUES]
        return float(np.count_nonzero((cliques["stance"] == stance) & (cliques["alive"] == 1)))

    return read


def count_held_cells(month: MonthSnapshot) -> float:
    """Return the number of cells that cliques hold."""
    return float(np.count_nonzero(month.world.state[TERRITORY] >= 0))


def count_imprisoned_leaders(month: MonthSnapshot) -> float:
    """Return the number of leaders of living cliques in prison."""
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
