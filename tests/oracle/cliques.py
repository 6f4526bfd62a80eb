"""Cliques that remember, are led and decide once a month; experiments against them (ODD: cliques)."""

import math
from calendar import monthrange
from typing import TYPE_CHECKING

from oracle.army import hold_member, list_suspects
from oracle.clique_choices import (
    EXPANDING,
    HOLD,
    HOLDING,
    PRESS,
    QUIET,
    WANTING_QUIET,
    choose_cells,
    choose_recruits,
    choose_rent,
    choose_stance,
    disputes_lead,
    honours_pact,
    is_at_peace,
    lack_of_leader,
    wants_attack,
)
from oracle.gangs import Clique, businesses_at, find_foes, ground_of, list_targets, living_members, members
from oracle.people import Resident
from oracle.places import Cell

if TYPE_CHECKING:
    from oracle.town import PlainTown

SWITCHES = ("stance", "rent", "punish", "recruits", "cells", "attack", "refound")
MONTH_SHIFTS = 91
WEEKS = 4.33
ATTACK_WITHIN = 84


# The start, and experiments


def begin_cliques(town: "PlainTown") -> None:
    """Let every clique begin with a leader, his strategy, and what is usual of the police."""
    p = town.numbers("cliques")
    for clique in town.cliques:
        clique.leader = next_leader(town, clique, tick=0)
        clique.strategy = drawn_strategy(town, clique)
        clique.seen = p.seen_half * p.usual_seen / (1.0 - p.usual_seen)
        clique.risk_felt = p.usual


def next_leader(town: "PlainTown", clique: Clique, tick: int | None = None) -> Resident | None:
    """Return the living member who leads next, if there is one."""
    living = living_members(town, clique)
    return min(living, key=lambda one: town.uniform("clique heir", one.number, clique.number, tick=tick), default=None)


def drawn_strategy(town: "PlainTown", clique: Clique) -> int:
    """Draw what a leader of this generation wants."""
    p, u = town.numbers("cliques"), town.uniform("clique strategy", clique.number, clique.generation, tick=0)
    if u < p.expanding:
        return EXPANDING
    return WANTING_QUIET if u < p.expanding + p.quiet else HOLDING


def raid(town: "PlainTown") -> None:
    """Hold leaders and the members of the largest clique in the morning, in an experiment."""
    p = town.numbers("cliques")
    if town.shift != 0 or not town.cliques or (p.leaders <= 0.0 and p.dismantled <= 0.0):
        return
    until = town.tick + math.floor(MONTH_SHIFTS * p.raid_months)
    largest = max(town.cliques, key=lambda one: len(members(town, one)))
    for clique in town.cliques:
        leader = clique.leader
        here = leader is not None and leader.alive and leader.clique is clique
        if leader is not None and here and town.uniform("clique raided", clique.number, 0) < p.leaders:
            hold_member(town, leader, until)
    for one in living_members(town, largest):
        if town.uniform("clique raided", one.number, 1) < p.dismantled:
            hold_member(town, one, until)


# The month


def end_month_of_cliques(town: "PlainTown") -> None:
    """Let cliques remember, be led, dissolve or come back, and decide, unless they decide nothing."""
    p = town.numbers("cliques")
    if not any(getattr(p, name) for name in SWITCHES):
        return
    remember(town)
    for clique in town.cliques:
        clique.begin_month()
        if clique.alive:
            see_who_leads(town, clique)
    if p.refound:
        dissolve_and_found(town)
    decide_all(town)


def days_of_month(town: "PlainTown") -> int:
    """Days of the present month."""
    return monthrange(town.date.year, town.date.month)[1]


def retained_share(months: float) -> float:
    """What is left of a memory after a month, given its half-life."""
    return 2.0 ** (-1.0 / months)


def prisoners(town: "PlainTown", clique: Clique) -> int:
    """How many are held as members of a clique."""
    return sum(one.clique is clique for one in town.prison)


# Memory


def remember(town: "PlainTown") -> None:
    """Let every clique remember the month."""
    p = town.numbers("cliques")
    arrests = {one: one.held_now + p.leader_counts * one.leader_now + p.freed * one.freed_now for one in town.cliques}
    exposures = {one: len(members(town, one)) * exposure(town, one) for one in town.cliques}
    for clique in town.cliques:
        heard = [one for one in town.cliques if hears_of(town, clique, one)]
        n = len(members(town, clique))
        caught = arrests[clique] + math.fsum(p.heard * arrests[one] for one in heard)
        exposed = exposures[clique] + math.fsum(p.heard * exposures[one] for one in heard)
        clique.caught = retained_share(p.fade) * clique.caught + caught
        clique.exposed = retained_share(p.fade) * clique.exposed + exposed
        clique.lost = retained_share(p.fade) * clique.lost + clique.killed_now
        clique.member_months = retained_share(p.fade) * clique.member_months + n
        clique.paid *= retained_share(p.fade_paid)
        clique.unpaid *= retained_share(p.fade_paid)
        clique.seen = moved(clique.seen, p.fade_seen, seen_on_ground(town, clique))
        earned = clique.takings / (max(n + p.inmates * prisoners(town, clique), 1.0) * p.wage)
        clique.income = moved(clique.income, p.fade_takings, earned)
        clique.deaths_owed = p.owed_left * clique.deaths_owed + clique.killed_now
        clique.risk_felt = felt_at(town, clique, clique.seen)


def exposure(town: "PlainTown", clique: Clique) -> float:
    """How far a stance exposes members to arrest."""
    p = town.numbers("cliques")
    return float({QUIET: p.shown_quiet, HOLD: 1.0, PRESS: p.shown_press}[clique.stance])


def hears_of(town: "PlainTown", clique: Clique, other: Clique) -> bool:
    """Tell whether a clique hears what befalls another."""
    if other is clique or not other.alive:
        return False
    near = clique.centre.away(other.centre) <= town.numbers("cliques").hears
    return other is clique.foe or (other.gang == clique.gang and near)


def moved(before: float, half_life: float, now: float) -> float:
    """Return a mean that moves with the months."""
    return retained_share(half_life) * before + (1.0 - retained_share(half_life)) * now


def seen_on_ground(town: "PlainTown", clique: Clique) -> float:
    """Visits a cell and day on the ground of a clique this month; a watch of neighbours counts too."""
    ground, watch = ground_of(town, clique), town.numbers("cliques").watch
    seen = [cell.n_visits / days_of_month(town) + watch * (town.authorities[cell.zone].watch > 0.0) for cell in ground]
    return math.fsum(seen) / len(seen) if seen else 0.0


def felt_at(town: "PlainTown", clique: Clique, seen: float) -> float:
    """Return what a clique feels of the police where it sees that much of them."""
    p = town.numbers("cliques")
    caught = (clique.caught + p.prior * p.usual) / (clique.exposed + p.prior)
    present = seen / (seen + p.seen_half) / p.usual_seen
    return float((caught * present + p.informal * p.usual) / (1.0 + p.informal))


# Who leads


def see_who_leads(town: "PlainTown", clique: Clique) -> None:
    """Let a clique be led by its leader, from prison too, until an heir takes over."""
    p, leader = town.numbers("cliques"), clique.leader
    clique.inside = False
    if leader is not None and leader.alive and leader.clique is clique:
        clique.heir_at, clique.disputed = -1, False
        return
    if any(one.who is leader and one.clique is clique for one in town.prison):
        clique.inside = True
    else:
        clique.leader = None
    if clique.heir_at < 0:
        clique.disputed = bool(p.succession and disputes_lead(town, clique))
        clique.heir_at = town.tick
        if clique.disputed or not p.succession or lack_of_leader(town, clique) < 1.0:
            months = p.heir_least + p.heir_more * town.uniform("clique heir at", clique.number, 0)
            clique.heir_at += math.floor(MONTH_SHIFTS * months)
    heir = next_leader(town, clique) if town.tick >= clique.heir_at else None
    if heir is not None:
        clique.leader, clique.inside, clique.disputed, clique.heir_at = heir, False, False, -1
        clique.generation += 1
        if town.uniform("clique strategy", clique.number, clique.generation, tick=1) >= p.alike:
            clique.strategy = drawn_strategy(town, clique)


# Dissolved and founded again


def dissolve_and_found(town: "PlainTown") -> None:
    """Let cliques that are too small dissolve, and found others again."""
    changed = False
    for clique in town.cliques:
        if not clique.alive:
            changed |= found_again(town, clique)
        elif len(members(town, clique)) < town.numbers("cliques").least:
            dissolve(town, clique)
            changed = True
    if changed:
        find_foes(town)
        list_targets(town)
        list_suspects(town)


def dissolve(town: "PlainTown", clique: Clique) -> None:
    """Let a clique come to its end: nobody is a member or pays any more, and its ground is free."""
    for one in town.residents:
        if one.clique is clique:
            one.clique = None
        if one.pays is clique:
            one.pays = None
    for cell in ground_of(town, clique):
        cell.held_by = None
    clique.alive, clique.disputed, clique.leader, clique.heir_at, clique.attack_at = False, False, None, -1, -1


def found_again(town: "PlainTown", clique: Clique) -> bool:
    """Found a clique again, by those who came home or by a neighbour of its gang; tell whether it was."""
    p = town.numbers("cliques")
    sender = None if len(members(town, clique)) >= p.home else sender_for(town, clique)
    if sender is None and len(members(town, clique)) < p.home:
        return False
    before = clique.centre
    clique.find_centre(town.tick)
    if clique.centre.held_by is not None or clique.centre.protected:
        clique.centre = before
        return False
    clique.take_ground()
    clique.begin_anew()
    if sender is not None:
        free = [one for one in living_members(town, sender) if one is not sender.leader]
        free.sort(key=lambda one: town.uniform("clique sent", one.number, clique.number))
        for one in free[: p.sent]:
            one.clique = clique
    clique.alive = True
    clique.generation += 1
    clique.strategy = drawn_strategy(town, clique)
    clique.leader = next_leader(town, clique)
    clique.founding = len(members(town, clique))
    return True


def sender_for(town: "PlainTown", clique: Clique) -> Clique | None:
    """Return the nearest clique of the gang that is large enough to send members."""
    large = town.numbers("cliques").large
    able = [one for one in town.cliques if one.alive and one.gang == clique.gang and len(members(town, one)) >= large]
    return min(able, key=lambda one: clique.centre.away(one.centre), default=None)


# Decisions


def decide_all(town: "PlainTown") -> None:
    """Let every clique decide; who lives and works on other ground now is listed again in the end."""
    payers: dict[Cell, int] = {}
    for clique in town.cliques:
        for target in clique.targets:
            work = target.places[0]
            if target.alive and target.pays is not None and work is not None:
                payers[work] = payers.get(work, 0) + 1
    moved_borders = [decide_month(town, clique, payers) for clique in town.cliques if clique.alive]
    if any(moved_borders):
        list_targets(town)
        list_suspects(town)


def decide_month(town: "PlainTown", clique: Clique, payers: dict[Cell, int]) -> bool:
    """Let one clique decide about its month; tell whether it took or gave up a cell."""
    p, ground, n = town.numbers("cliques"), ground_of(town, clique), len(members(town, clique))
    n_payers = sum(payers.get(cell, 0) for cell in ground)
    fill = n_payers / max(len(clique.targets), 1)
    peace = is_at_peace(town, clique)
    need = max(n_payers / p.payers_each + (0.0 if peace else len(ground) + p.guard), 1.0)
    if p.stance:
        choose_stance(town, clique, fill, peace=peace)
    set_pace(town, clique, n)
    if p.rent:
        choose_rent(town, clique)
    if p.recruits:
        choose_recruits(town, clique, need, n)
    if p.attack:
        plan_attack(town, clique, n, peace=peace)
    return bool(p.cells and move_border(town, clique, payers, fill, n / need - 1.0))


def set_pace(town: "PlainTown", clique: Clique, n_members: int) -> None:
    """Set how much a clique demands: by its stance, its leader, and prisoners who telephone."""
    p, blocked = town.numbers("cliques"), town.numbers("extortion").imitator_blocked
    clique.demand_effort = {QUIET: p.pace_quiet, HOLD: 1.0, PRESS: p.pace_press}[clique.stance]
    if clique.leader is None or clique.disputed:
        clique.demand_effort *= p.headless
    elif clique.inside:
        clique.demand_effort *= p.remote + (p.headless - p.remote) * lack_of_leader(town, clique)
    clique.members_by_phone = min((1.0 - blocked) * p.telephone * prisoners(town, clique), float(n_members))


def plan_attack(town: "PlainTown", clique: Clique, n_members: int, *, peace: bool) -> None:
    """Decide whether to attack the foe, and if a pact holds whether to break it."""
    clique.attack_at = -1
    if clique.foe is None or town.numbers("extortion").clash <= 0.0:
        return
    if not wants_attack(town, clique, n_members):
        return
    if peace:
        if honours_pact(town, clique):
            return
        bound = math.floor(MONTH_SHIFTS * town.numbers("cliques").free_months)
        clique.free_until = clique.foe.free_until = town.tick + bound
    clique.attack_at = town.tick + 1 + math.floor(ATTACK_WITHIN * town.uniform("clique attack at", clique.number, 0))


def move_border(town: "PlainTown", clique: Clique, payers: dict[Cell, int], fill: float, spare: float) -> bool:
    """Give up the poorest cell, take the best one around, or neither; tell whether a border moved."""
    own = [cell for cell in ground_of(town, clique) if cell is not clique.centre]
    around = {near: fill * len(businesses_at(town, near)) for near in free_cells_around(town, clique)}
    worth_own = {cell: worth(town, clique, cell, payers.get(cell, 0)) for cell in own}
    worth_around = {cell: worth(town, clique, cell, expected) for cell, expected in around.items()}
    poorest = min(worth_own, key=lambda cell: worth_own[cell], default=None)
    best = max(worth_around, key=lambda cell: worth_around[cell], default=None)
    choice = choose_cells(
        town,
        clique,
        spare,
        None if poorest is None else worth_own[poorest],
        None if best is None else worth_around[best],
    )
    if choice == "give" and poorest is not None:
        give_up(clique, poorest)
        return True
    if choice == "take" and best is not None:
        best.held_by = clique
        return True
    return False


def free_cells_around(town: "PlainTown", clique: Clique) -> list[Cell]:
    """Return the populated cells next to the ground of a clique that nobody holds or protects."""
    near = [other for cell in ground_of(town, clique) for other in cell.neighbours if other is not None]
    return [cell for cell in near if cell.population > 0 and cell.held_by is None and not cell.protected]


def worth(town: "PlainTown", clique: Clique, cell: Cell, n_payers: float) -> float:
    """Rents of a cell, less a member and the risk of arrest there, in wages."""
    p = town.numbers("cliques")
    felt = felt_at(town, clique, cell.n_visits / days_of_month(town))
    return float(n_payers * clique.rent * WEEKS / p.wage - 1.0 - p.caught_cost * felt)


def give_up(clique: Clique, cell: Cell) -> None:
    """Give up a cell: who works there pays no more."""
    cell.held_by = None
    for target in clique.targets:
        if target.places[0] is cell:
            target.pays = None
