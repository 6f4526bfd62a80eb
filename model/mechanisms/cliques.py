"""M34, cliques decide: each month every clique weighs income, risk and rivals by what it remembers itself (ODD 6).

Switched off, cliques keep their ground and their stance: rents follow refusals, and threats, clashes and recruits come
at fixed rates.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import MONTH
from model.deciding import CHOICES, desk_of
from model.gangs import (
    CLIQUES,
    HOLD,
    NOT_YET,
    PRESS,
    QUIET,
    ROLL,
    TERRITORY,
    Gangland,
    dissolve,
    gangland_of,
    list_targets,
    sender_for,
    settle,
    settle_foes,
)
from model.kernels import kernel
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism, in_the_morning
from model.mechanisms.clique_choices import (
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
from model.mechanisms.clique_memory import live_through, prisoners_of, strategy_of, who_leads
from model.mechanisms.custody import PRISON, Prisoner, take_member
from model.mechanisms.investigation import next_member
from model.mechanisms.narcos import PROTECTED
from model.mechanisms.political_calendar import violence
from model.parameters import Group, number, share
from model.rows import Row, code
from model.state import BOARDS, SEEN_HERE
from model.tables import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.gangs import Clique
    from model.measures import Month
    from model.model import TrustModel as World
    from model.rows import Ints, Rows
    from model.stage import Stage

MATTERS_A_MONTH = 7
ATTACK_AT, SENT, RAIDED = decision("clique attack at"), decision("clique sent"), decision("clique raided")
DRAWN = "assumed; swept"
SHORTEST_MONTH = 84
WRITTEN = (
    "centre", "members", "founding", "alive", "foe", "leader", "inside", "heir_at", "generation", "strategy", "stance",
    "attack_at", "free_until", "held_now", "freed_now", "leader_now", "killed_now", "takings", "rent", "effort",
    "hands", "draw", "caught", "exposed", "felt", "paid", "unpaid", "seen", "lost", "lived", "owed", "income",
)  # fmt: skip
USUAL = "calibrated: the status quo at Villa Canales"


@dataclass(frozen=True, kw_only=True)
class Cliques(Group):
    """Which decisions cliques make, what they remember, and what weighs with them.

    The numbers of the first settlement hold for the town.
    """

    name: ClassVar[str] = "cliques"
    evidence: ClassVar[tuple[str, ...]] = ("J04", "J05", "Y02")

    stance: int = number(1, "0 or 1", 0, 1, "switch", "cliques lie low, hold or press", off=0)
    rent: int = number(1, "0 or 1", 0, 1, "switch", "cliques set their rent", off=0)
    punish: int = number(1, "0 or 1", 0, 1, "switch", "cliques decide whom to punish", off=0)
    recruits: int = number(1, "0 or 1", 0, 1, "switch", "cliques decide how many they draw", off=0)
    cells: int = number(1, "0 or 1", 0, 1, "switch", "cliques give up or take cells", off=0)
    attack: int = number(1, "0 or 1", 0, 1, "switch", "cliques decide whether they attack", off=0)
    refound: int = number(1, "0 or 1", 0, 1, "switch", "cliques dissolve and are founded again", off=0)
    fade: float = number(6.0, "months", 1.0, 24.0, DRAWN, "half-life of arrests and of own dead")
    fade_paid: float = number(4.0, "months", 1.0, 24.0, DRAWN, "half-life of demands paid or refused")
    prior_paid: float = number(4.0, "demands", 0.1, 50.0, DRAWN, "weight of one half in the share that pays")
    fade_seen: float = number(1.0, "months", 0.1, 12.0, DRAWN, "half-life of police seen")
    fade_takings: float = number(2.0, "months", 0.5, 12.0, DRAWN, "half-life of what was collected")
    inmates: float = share(0.5, DRAWN, "what a prisoner counts as among those whom the income has to keep")
    owed_left: float = share(0.8, DRAWN, "what a month leaves of the dead that are owed")
    heard: float = share(0.3, "Y02: they talk; assumed, swept 0-1", "weight of what befalls cliques nearby")
    hears: float = number(12.0, "cells", 0.0, 200.0, DRAWN, "distance within which cliques of a gang hear")
    leader_counts: float = number(2.0, "arrests", 0.0, 5.0, DRAWN, "what the arrest of the leader counts more")
    freed: float = share(0.5, "assumed", "what an arrest counts if the member is let go at once")
    prior: float = number(60.0, "member-months", 1.0, 1000.0, DRAWN, "weight of what is usual in what is felt")
    usual: float = number(0.0042, "arrests a member-month", 0.0001, 0.1, USUAL, "arrests of members")
    usual_seen: float = share(0.53, USUAL, "police seen in own cells, 0 to 1", low=0.01, high=0.99)
    seen_half: float = number(0.2, "visits a cell and day", 0.001, 5.0, "assumed; swept", "visits that are half seen")
    informal: float = number(0.15, "ratio", 0.0, 1.0, "Q16; swept", "what is felt without police, over police")
    watch: float = number(
        0.3, "visits a cell and day", 0.0, 2.0, DRAWN, "what a watch of neighbours counts as", off=0.0
    )
    lost_usual: float = number(0.0016, "deaths a member-month", 0.0001, 0.1, USUAL, "own dead by rivals")
    wage: float = number(1300.0, "quetzals a month", 100.0, 10000.0, "assumed 600-2,000", "what a member wants")
    caught_cost: float = number(30.0, "wages", 0.0, 200.0, "assumed; swept 10-45", "cost of an arrest")
    dead_cost: float = number(60.0, "wages", 0.0, 500.0, DRAWN, "cost of a death")
    quiet_costs: float = share(0.25, DRAWN, "what lying low costs, over the income")
    press_gains: float = number(
        0.5, "ratio", 0.0, 3.0, DRAWN, "what pressing brings, over the income, if all pay and none does yet"
    )
    quiet_dead: float = share(0.5, DRAWN, "own dead that those who lie low expect, over those who hold")
    press_dead: float = number(1.5, "ratio", 1.0, 10.0, DRAWN, "the same of those who press")
    doubt: float = number(0.20, "wages", 0.01, 2.0, DRAWN, "spread of a clique's judgement of its stance")
    leaderless_doubt: float = number(0.5, "ratio", 0.0, 5.0, DRAWN, "spread that is added without a leader", off=0.0)
    pace_quiet: float = number(0.21, "ratio", 0.0, 1.0, DRAWN, "demands of those who lie low, over those who hold")
    pace_press: float = number(2.1, "ratio", 1.0, 10.0, DRAWN, "demands of those who press, over those who hold")
    shown_quiet: float = number(
        0.3, "ratio", 0.0, 1.0, DRAWN, "exposure of those who lie low, and risk that they expect"
    )
    shown_press: float = number(1.6, "ratio", 1.0, 10.0, DRAWN, "the same of those who press")
    expanding: float = share(0.25, "Y02 for autonomy; share assumed, swept", "leaders who want to expand")
    quiet: float = share(0.25, "Y02 for autonomy; share assumed, swept", "leaders who want quiet")
    lull_holding: float = number(-0.08, "wages", -2.0, 2.0, DRAWN, "taste for quiet of those who hold")
    lull_expanding: float = number(-0.15, "wages", -2.0, 2.0, DRAWN, "the same of those who expand")
    lull_quiet: float = number(0.20, "wages", -2.0, 2.0, DRAWN, "the same of those who want quiet")
    push_holding: float = number(-0.05, "wages", -2.0, 2.0, DRAWN, "taste for pressing of those who hold")
    push_expanding: float = number(0.20, "wages", -2.0, 2.0, DRAWN, "the same of those who expand")
    push_quiet: float = number(-0.20, "wages", -2.0, 2.0, DRAWN, "the same of those who want quiet")
    wary_expanding: float = number(0.6, "ratio", 0.0, 5.0, DRAWN, "weight of risk for those who expand")
    wary_quiet: float = number(1.5, "ratio", 0.0, 5.0, DRAWN, "the same for those who want quiet")
    fierce_expanding: float = number(0.4, "log-odds", -3.0, 3.0, DRAWN, "taste for violence of those who expand")
    fierce_quiet: float = number(-0.6, "log-odds", -3.0, 3.0, DRAWN, "the same of those who want quiet")
    rent_slope: float = number(4.0, "log-odds", 0.0, 50.0, DRAWN, "effect of the revenue that a step would bring")
    rent_step: float = share(0.04, "assumed", "monthly change of the rent", high=0.3)
    punish_base: float = number(-2.75, "log-odds", -10.0, 5.0, "calibrated: V18", "readiness to punish who refuses")
    punish_refused: float = number(4.0, "log-odds", 0.0, 20.0, "J04; assumed", "effect of the share that refuses")
    punish_told: float = number(0.8, "log-odds", 0.0, 5.0, "J04, G13; assumed", "effect of having told the police")
    punish_paid: float = share(0.55, DRAWN, "share that pays at which refusals weigh nothing")
    punish_risk: float = number(0.6, "log-odds", 0.0, 5.0, DRAWN, "what risk takes, at twice the usual")
    punish_quiet: float = number(1.5, "log-odds", 0.0, 10.0, DRAWN, "what lying low takes")
    punish_leaderless: float = number(0.6, "log-odds", 0.0, 5.0, "J05; assumed; swept", "effect of having no leader")
    recruits_change: float = number(0.7, "log-odds", 0.0, 5.0, DRAWN, "what speaks for replacing who left")
    recruits_hands: float = number(2.0, "log-odds", 0.0, 10.0, DRAWN, "effect of hands that are wanted, over members")
    recruits_takings: float = number(1.0, "log-odds", 0.0, 5.0, DRAWN, "effect of income, at twice the usual")
    recruits_risk: float = number(0.3, "log-odds", 0.0, 5.0, DRAWN, "what risk takes, at twice the usual")
    recruits_few: float = share(0.15, "assumed", "pull on the young while none are wanted")
    recruits_more: float = number(2.2, "ratio", 1.0, 10.0, DRAWN, "pull on the young while more are wanted")
    payers_each: float = number(4.0, "people", 0.5, 50.0, DRAWN, "payers whom a member serves")
    guard: float = number(4.0, "members", 0.0, 50.0, DRAWN, "members kept against rivals, and one for each cell")
    take_base: float = number(-3.5, "log-odds", -20.0, 5.0, DRAWN, "readiness to take a cell")
    give_base: float = number(-4.0, "log-odds", -20.0, 5.0, DRAWN, "readiness to give up a cell")
    cells_hands: float = number(3.0, "log-odds", 0.0, 20.0, DRAWN, "effect of members beyond those needed, over these")
    cells_worth: float = number(1.0, "log-odds a wage", 0.0, 10.0, DRAWN, "effect of what a cell brings")
    cells_press: float = number(1.0, "log-odds", 0.0, 5.0, DRAWN, "effect of pressing on taking a cell")
    cells_quiet_give: float = number(0.5, "log-odds", 0.0, 5.0, DRAWN, "effect of lying low on giving up a cell")
    cells_quiet_take: float = number(2.0, "log-odds", 0.0, 10.0, DRAWN, "what lying low takes from taking one")
    attack_base: float = number(0.5, "log-odds", -10.0, 5.0, "calibrated: V18", "readiness to attack in a month")
    attack_owed: float = number(1.6, "log-odds", 0.0, 10.0, DRAWN, "effect of each own death that is owed")
    attack_owed_most: float = number(1.5, "deaths", 0.0, 20.0, DRAWN, "deaths owed from which more weigh no more")
    attack_press: float = number(0.5, "log-odds", 0.0, 5.0, DRAWN, "effect of pressing")
    attack_quiet: float = number(1.5, "log-odds", 0.0, 10.0, DRAWN, "what lying low takes")
    attack_risk: float = number(0.5, "log-odds", 0.0, 5.0, DRAWN, "what risk takes, at twice the usual")
    attack_losses: float = number(0.6, "log-odds", 0.0, 5.0, DRAWN, "what own losses take, at twice the usual")
    attack_leaderless: float = number(0.6, "log-odds", 0.0, 5.0, DRAWN, "effect of having no leader")
    attack_member: float = share(0.6, "assumed", "attacks that aim at a member of the rival")
    honour: float = number(4.5, "log-odds", 0.0, 20.0, DRAWN, "effect of a pact that is asked for in full")
    pact_losses: float = number(1.0, "log-odds", 0.0, 5.0, DRAWN, "effect of own losses, at twice the usual")
    pact_owed: float = number(1.5, "log-odds", 0.0, 10.0, DRAWN, "what each own death that is owed takes")
    pact_press: float = number(0.7, "log-odds", 0.0, 5.0, DRAWN, "what pressing takes")
    free_months: float = number(6.0, "months", 0.0, 60.0, DRAWN, "time for which a broken pact binds neither")
    heir_least: float = number(2.0, "months", 0.0, 24.0, "assumed", "least time until an heir leads")
    heir_more: float = number(8.0, "months", 0.0, 36.0, "assumed", "time that is drawn beyond it")
    alike: float = share(0.5, "assumed", "heirs who keep the strategy")
    headless: float = share(0.6, DRAWN, "what is demanded without a leader", off=1.0)
    remote: float = share(0.85, "J05; assumed", "what is demanded while the leader telephones from prison", off=1.0)
    telephone: float = number(2.0, "hands", 0.0, 4.0, "J05; assumed, swept 0-4", "what a prisoner adds", off=0.0)
    least: int = number(5, "members", 0, 50, "assumed", "members below which a clique dissolves")
    home: int = number(6, "members", 1, 50, "assumed", "members back from prison who found it again")
    sent: int = number(8, "members", 1, 50, "assumed", "members whom a neighbour of the gang sends")
    large: int = number(34, "members", 10, 200, "assumed", "members of a clique that can send some")
    leaders: float = share(0.0, "experiment", "leaders who are arrested on a day on which this is in force", off=0.0)
    dismantled: float = share(0.0, "experiment", "members of the largest clique arrested on such a day", off=0.0)
    raid_months: float = number(24.0, "months", 1.0, 240.0, "experiment", "time that those are held")


PAYERS_HERE = Field(
    name="payers_here",
    of=np.int64,
    shape=("cell",),
    monthly=True,
    exempt="counted anew at each end of a month: this alone",
    about="Payers whose place of work is in a cell: this alone.",
)


class Counts(Row):
    """What is counted in a month."""

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


WRITES = (
    "minds.member", "minds.pays", "minds.gone", "prison", "choices", "territory", "target_start", "targets",
    *(f"cliques.{name}" for name in WRITTEN),
)  # fmt: skip
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
