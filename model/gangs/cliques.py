"""Decisions of cliques (M34): each month by income, risk and rivals as remembered.

Order at the end of a month: memory and succession, dissolution and founding, choices.  Utilities are in
`clique_choices`, memory in `clique_memory`.

Switched off, cliques keep their territory and their stance: rents follow refusals, and threats, clashes and recruits
come at fixed rates.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.crime.political_calendar import violence_trend
from model.engine.calendar import MONTH, MORNINGS
from model.engine.domains import COUNT
from model.engine.elementary import log
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.rows import Row, int64_constant
from model.engine.tables import ArraySpec
from model.gangs.clique_choices import (
    SMALLEST_RATIO,
    best_and_worst_cells,
    choose_cells,
    choose_recruits,
    choose_rent,
    choose_stance,
    choose_to_attack,
    choose_to_honour,
    leadership_gap,
)
from model.gangs.clique_memory import count_prisoners, draw_heir, leader_strategy, update_all_clique_memories
from model.gangs.custody import hold_member
from model.gangs.gangs import (
    NOT_YET,
    STANCE_HOLD,
    STANCE_PRESS,
    STANCE_QUIET,
    dissolve_clique,
    donor_clique,
    next_living_member,
    resettle_clique,
    update_nearest_rivals,
    update_targets,
)
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.steps import python_step

if TYPE_CHECKING:
    from model.gangs.gangs import (
        CliqueRow,
    )
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot

MAX_CHOICES_A_MONTH = 8
"""Choices of a clique at the end of a month, at most."""
ATTACK_AT_STREAM, SENT_STREAM, RAIDED_STREAM = (
    stream_id("clique attack at"),
    stream_id("clique sent"),
    stream_id("clique raided"),
)
SHORTEST_MONTH = 84
"""Shifts of 28 days."""


@dataclass(frozen=True, init=False)
class Cliques(ParameterGroup):
    """Switches of the choices of cliques, their memory, and the weights of their utilities.

    The parameters of the first settlement hold for the whole town.
    """

    name: ClassVar[str] = "cliques"
    evidence: ClassVar[tuple[str, ...]] = ("J04", "J05", "Y02")

    stance: int
    rent: int
    punish: int
    recruits: int
    cells: int
    attack: int
    refound: int
    succession: int
    fade: float
    fade_paid: float
    prior_paid: float
    fade_seen: float
    fade_takings: float
    inmates: float
    owed_left: float
    heard: float
    hears: float
    leader_counts: float
    freed: float
    prior: float
    usual: float
    usual_seen: float
    seen_half: float
    informal: float
    watch: float
    lost_usual: float
    wage: float
    caught_cost: float
    dead_cost: float
    quiet_costs: float
    press_gains: float
    quiet_dead: float
    press_dead: float
    doubt: float
    leaderless_doubt: float
    pace_quiet: float
    pace_press: float
    shown_quiet: float
    shown_press: float
    expanding: float
    quiet: float
    lull_holding: float
    lull_expanding: float
    lull_quiet: float
    push_holding: float
    push_expanding: float
    push_quiet: float
    wary_expanding: float
    wary_quiet: float
    fierce_expanding: float
    fierce_quiet: float
    rent_slope: float
    rent_step: float
    punish_base: float
    punish_refused: float
    punish_told: float
    punish_paid: float
    punish_risk: float
    punish_quiet: float
    punish_leaderless: float
    recruits_change: float
    recruits_hands: float
    recruits_takings: float
    recruits_risk: float
    recruits_few: float
    recruits_more: float
    payers_each: float
    guard: float
    take_base: float
    give_base: float
    cells_hands: float
    cells_worth: float
    cells_press: float
    cells_quiet_give: float
    cells_quiet_take: float
    attack_base: float
    attack_owed: float
    attack_owed_most: float
    attack_again: float
    attack_press: float
    attack_quiet: float
    attack_risk: float
    attack_losses: float
    attack_leaderless: float
    attack_gap: float
    attack_member: float
    honour: float
    pact_losses: float
    pact_owed: float
    pact_press: float
    free_months: float
    heir_least: float
    heir_more: float
    alike: float
    dispute_base: float
    dispute_takings: float
    dispute_named: float
    dispute_attacks: float
    headless: float
    remote: float
    telephone: float
    least: int
    home: int
    sent: int
    large: int
    leaders: float
    dismantled: float
    raid_months: float


PAYERS_HERE = ArraySpec(
    name="payers_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt="counted anew at each end of a month",
    about="Payers whose place of work is in a cell.",
    domain=COUNT,
)


class CliqueCounts(Row):
    """Monthly counts of arrests, attacks, pacts, territory and succession."""

    member_arrests: float
    attacks: float
    pacts_honoured: float
    pacts_broken: float
    cells_taken: float
    cells_given_up: float
    cliques_dissolved: float
    cliques_founded: float
    heirs: float


@kernel
def count_payers_by_cell(w: World) -> None:
    """Write the number of living payers by cell of their place of work to `payers_here`."""
    w.payers_here[:] = 0
    for k in range(w.target_start[len(w.cliques)]):
        i = w.targets[k]
        if w.minds[i].pays >= 0 and w.minds[i].gone < 0:
            w.payers_here[w.places[0, i]] += 1


@kernel
def count_payers_and_cells(w: World, q: int) -> tuple[int, int]:
    """Return the numbers of payers and of cells of clique ``q``."""
    payers, cells = 0, 0
    for cell in range(len(w.held_by)):
        if w.held_by[cell] == q:
            payers += w.payers_here[cell]
            cells += 1
    return payers, cells


@kernel
def release_cell(w: World, q: int, cell: int) -> None:
    """Give up a cell of clique ``q``; payers who work there stop paying.

    Updates `territory` and `minds.pays`.
    """
    w.held_by[cell] = NOT_YET
    for k in range(w.target_start[q], w.target_start[q + 1]):
        if w.places[0, w.targets[k]] == cell:
            w.minds[w.targets[k]].pays = NOT_YET
    w.tally[0].cells_given_up += 1.0


@kernel
def update_stance(w: World, q: int, payer_share: float, leaderless: float, peace: bool) -> None:
    """Choose a stance; update the effort of demands and the members that prisoners replace.

    Updates `stance`, `effort` and `hands` of clique ``q``.
    """
    p, clique, blocked = w.p.cliques[0], w.cliques[q], w.p.extortion[0].imitator_blocked
    if p.stance == 1:
        clique.stance = choose_stance(w, q, payer_share, leaderless, peace)
    clique.demand_effort = 1.0
    if clique.stance != STANCE_HOLD:
        clique.demand_effort = p.pace_press if clique.stance == STANCE_PRESS else p.pace_quiet
    if clique.leader < 0 or clique.disputed == 1:
        clique.demand_effort *= p.headless
    elif clique.inside == 1:
        clique.demand_effort *= p.remote + (p.headless - p.remote) * blocked
    clique.members_by_phone = min((1.0 - blocked) * p.telephone * count_prisoners(w, q), float(clique.members))


@kernel
def plan_attack(w: World, q: int, leaderless: float, peace: bool) -> None:
    """Choose whether to attack in the coming month, and whether to keep a pact if one is asked for.

    Updates `attack_at` of clique ``q``, and `free_until` of it and its foe if a pact is broken.
    """
    clique, tick, cells = w.cliques[q], w.tick, w.cells
    tension = w.p.extortion[0].tension
    trend = violence_trend(w.p.political_calendar[max(cells[clique.centre].settlement, 0)])
    violence = log(max(trend * max(tension, 1.0), SMALLEST_RATIO))
    clique.attack_at = NOT_YET
    if clique.foe < 0 or w.p.extortion[0].clash == 0.0 or not choose_to_attack(w, q, leaderless, violence):
        return
    w.tally[0].attacks += 1.0
    if peace:
        if choose_to_honour(w, q, 1.0 - tension):
            w.tally[0].pacts_honoured += 1.0
            return
        w.tally[0].pacts_broken += 1.0
        free_until = tick + int(MONTH * w.p.cliques[0].free_months)
        clique.free_until = w.cliques[clique.foe].free_until = free_until
    clique.attack_at = tick + 1 + int(SHORTEST_MONTH * keyed_uniform(w.seed, ATTACK_AT_STREAM, tick, q, 0))


@kernel
def make_monthly_choices(w: World, q: int, days: float) -> bool:
    """Make the monthly choices of clique ``q``; return whether its territory changed."""
    p, clique, tick = w.p.cliques[0], w.cliques[q], w.tick
    peace = bool(w.p.extortion[0].tension < 1.0 and clique.free_until <= tick)
    payers, cells = count_payers_and_cells(w, q)
    payer_share = payers / max(w.target_start[q + 1] - w.target_start[q], 1)
    need = max(payers / p.payers_each + (0.0 if peace else cells + p.guard), 1.0)
    leaderless = leadership_gap(clique, w.p.extortion[0].imitator_blocked)
    update_stance(w, q, payer_share, leaderless, peace)
    if p.rent == 1:
        clique.rent *= 1.0 + p.rent_step * (choose_rent(w, q) - 1)
    if p.recruits == 1:
        wanted = choose_recruits(w, q, need)
        clique.pull = 1.0 if wanted == 1 else (p.recruits_few if wanted == 0 else p.recruits_more)
    if p.attack == 1:
        plan_attack(w, q, leaderless, peace)
    return p.cells == 1 and change_territory(w, q, payer_share, need, days)


@kernel
def change_territory(w: World, q: int, payer_share: float, need: float, days: float) -> bool:
    """Choose to give up a cell, take one, or neither; return whether the territory changed."""
    cells = best_and_worst_cells(w, q, payer_share, days)
    option = choose_cells(w, q, need, cells)
    if option == 0 and cells.worst >= 0:
        release_cell(w, q, cells.worst)
        return True
    if option == 2 and cells.best >= 0:
        w.held_by[cells.best] = q
        w.tally[0].cells_taken += 1.0
        return True
    return False


@kernel
def make_all_choices(w: World, days: float) -> bool:
    """Make the choices of all living cliques, in order; return whether any territory changed."""
    changed = False
    count_payers_by_cell(w)
    for q in range(len(w.cliques)):
        if w.cliques[q].alive == 1:
            changed = make_monthly_choices(w, q, days) or changed
    return changed


@kernel
def apply_raid(w: World, p: Cliques) -> None:
    """Arrest leaders, or members of the largest clique, as an experiment sets it."""
    until, largest = w.tick + int(MONTH * p.raid_months), 0
    for q in range(len(w.cliques)):
        if w.cliques[q].members > w.cliques[largest].members:
            largest = q
    for q in range(len(w.cliques)):
        i = w.cliques[q].leader
        here = i >= 0 and w.minds[i].member == q and w.minds[i].gone < 0
        if here and keyed_uniform(w.seed, RAIDED_STREAM, w.tick, q, 0) < p.leaders:
            hold_member(w, i, until)
    # In order of number, as the roll has no lasting order.
    i = next_living_member(w, largest, NOT_YET) if p.dismantled > 0.0 else NOT_YET
    while i >= 0:
        if keyed_uniform(w.seed, RAIDED_STREAM, w.tick, i, 1) < p.dismantled:
            hold_member(w, i, until)
        i = next_living_member(w, largest, i)


def initialise(sim: Simulation) -> None:
    """Draw the leader and strategy of every clique; set the usual memory of police seen."""
    p, cliques = sim.p.cliques[0], sim.w.cliques
    usual = p.usual_seen
    # Inverse of seen / (seen + seen_half): the visits at which the usual share is seen.
    cliques["seen"], cliques["risk_felt"] = p.seen_half * usual / (1.0 - usual), p.usual
    for q, clique in enumerate(cliques):
        clique.leader = draw_heir(sim.w, q, 0)
        clique.strategy = leader_strategy(sim.w, p, q, 0)


def dissolve_and_found(sim: Simulation) -> None:
    """Dissolve cliques with too few members; found dissolved ones again from returned or sent members."""
    p, changed = sim.p.cliques[0], False
    for q, clique in enumerate(sim.w.cliques):
        if clique.alive and clique.members < p.least:
            dissolve_clique(sim.w, int64_constant(q))
            sim.tally[0].cliques_dissolved += 1.0
            changed = True
        elif not clique.alive and found_clique_again(sim, q, clique, p):
            sim.tally[0].cliques_founded += 1.0
            changed = True
    if changed:
        update_nearest_rivals(sim.w.cliques, sim.town.cells, sim.p.gangs[0].border)
        update_targets(sim)


def found_clique_again(sim: Simulation, q: int, clique: CliqueRow, p: Cliques) -> bool:
    """Found a clique again on free territory, if members are back or can be sent; return whether it was."""
    sender = NOT_YET if clique.members >= p.home else donor_clique(q, sim.w.cliques, sim.town.cells, p.large)
    if clique.members < p.home and sender < 0:
        return False
    free = (sim.w.held_by < 0) & (sim.w.protected < 0)
    if not resettle_clique(sim, q, clique, free):
        return False
    if sender >= 0:
        transfer_members(sim, q, sender, p.sent)
    clique.generation += 1
    clique.strategy = leader_strategy(sim.w, p, q, clique.generation)
    clique.leader = draw_heir(sim.w, q, sim.tick)
    clique.founding = clique.members
    return True


def transfer_members(sim: Simulation, q: int, sender: int, n: int) -> None:
    """Move up to ``n`` members from one clique to another of the same gang."""
    minds, cliques = sim.w.minds, sim.w.cliques
    members = np.flatnonzero((minds["member"] == sender) & (minds["gone"] < 0))
    members = members[members != cliques[sender].leader]
    going = sorted(members, key=lambda i: keyed_uniform(sim.seed, SENT_STREAM, sim.tick, int(i), q))[:n]
    minds["member"][going] = q
    cliques[sender].members -= len(going)
    cliques[q].members += len(going)


def has_active_choices(p: Cliques) -> bool:
    """Return whether any choice of cliques is switched on."""
    return any((p.stance, p.rent, p.punish, p.recruits, p.cells, p.attack, p.refound))


def is_raid_day(sim: Simulation, date: datetime.date) -> bool:
    """Return whether an experiment arrests members under the parameters in force."""
    p = sim.p.cliques[0]
    return bool(p.leaders > 0.0 or p.dismantled > 0.0)


@python_step(flags=MORNINGS, on=is_raid_day)
def raid(sim: Simulation) -> None:
    """Apply a raid in the morning of a day on which an experiment asks for one."""
    p = sim.p.cliques[0]
    sim.state.prison.reserve(len(sim.state.roll) + len(sim.w.cliques))
    apply_raid(sim.w, p)


def take_stock(sim: Simulation) -> None:
    """Update memories, dissolve and found cliques, and make their choices."""
    p, n, days = sim.p.cliques[0], len(sim.w.cliques), float(sim.days_of_month)
    if n == 0 or not sim.cached_view(is_deciding):
        return
    sim.state.choices.reserve(MAX_CHOICES_A_MONTH * n)
    update_all_clique_memories(sim.w, days)
    if p.refound:
        dissolve_and_found(sim)
    if make_all_choices(sim.w, days):
        update_targets(sim)


def is_deciding(sim: Simulation) -> bool:
    """Return whether any choice of cliques is switched on under the parameters in force."""
    return has_active_choices(sim.p.cliques[0])


def stance_count_measure(stance: int) -> Callable[[MonthSnapshot], float]:
    """Return the measure of how many living cliques have a stance."""

    def read(month: MonthSnapshot) -> float:
        """Return the number of living cliques with the stance."""
        cliques = month.world.w.cliques
        return float(np.count_nonzero((cliques["stance"] == stance) & (cliques["alive"] == 1)))

    return read


def count_held_cells(month: MonthSnapshot) -> float:
    """Return the number of cells that cliques hold."""
    return float(np.count_nonzero(month.world.w.held_by >= 0))


def count_imprisoned_leaders(month: MonthSnapshot) -> float:
    """Return the number of leaders of living cliques in prison."""
    cliques = month.world.w.cliques
    return float(np.count_nonzero((cliques["inside"] == 1) & (cliques["alive"] == 1)))


def count_disputes(month: MonthSnapshot) -> float:
    """Return the number of living cliques whose members fight over who leads."""
    return float(np.count_nonzero(month.world.w.cliques["disputed"] == 1))


MECHANISM = Mechanism(
    group=Cliques,
    tables=(PAYERS_HERE,),
    counts=CliqueCounts,
    initialise=initialise,
    knockout=Knockout(("cliques_pressing", "attacks", "cells_taken", "clique_cells")),
    measures={
        "cliques_quiet": Measure("cliques", stance_count_measure(STANCE_QUIET)),
        "cliques_pressing": Measure("cliques", stance_count_measure(STANCE_PRESS)),
        "clique_cells": Measure("cells", count_held_cells),
        "leaders_inside": Measure("people", count_imprisoned_leaders),
        "cliques_disputed": Measure("cliques", count_disputes),
    }
    | {name: Measure("people") for name in ("member_arrests", "heirs")}
    | {name: Measure("events") for name in ("attacks", "pacts_honoured", "pacts_broken")}
    | {name: Measure("cells") for name in ("cells_taken", "cells_given_up")}
    | {name: Measure("cliques") for name in ("cliques_dissolved", "cliques_founded")},
)  # fmt: skip
