"""How a clique chooses: the matters that it decides, and what weighs with it; `cliques` says when (ODD 6)."""

from __future__ import annotations

import math

import numpy as np

from model.crime.political_calendar.schema import PoliticalCalendar
from model.engine.kernels import TableBundle, kernel
from model.engine.rows import IntArray, Rows, to_int64
from model.gangs.clique_choices.schema import (
    ATTACK_CHOICE,
    CELLS_CHOICE,
    EXCLUDED_UTILITY,
    PACT_CHOICE,
    PUNISH_CHOICE,
    RECRUITS_CHOICE,
    RENT_CHOICE,
    STANCE_CHOICE,
    WEEKS_A_MONTH,
)
from model.gangs.cliques.schema import PAYERS_HERE, Cliques
from model.gangs.custody.schema import PRISON, Prisoner
from model.gangs.extortion.schema import Extortion
from model.gangs.gangs.rules import GangTables
from model.gangs.gangs.schema import NOT_YET, STANCE_HOLD, STANCE_PRESS, STANCE_QUIET, CliqueRow
from model.gangs.narcos.schema import PROTECTED
from model.world.binding import constant, count_of, of
from model.world.discrete_choice.rules import ChoiceTables, clear_terms, decide_and_record, share_with_prior
from model.world.protocol import World
from model.world.shift_context import ShiftContext
from model.world.state import SEEN_HERE, Board


def count_shops_by_cell(world: World) -> IntArray:
    """Return how many possible payers work in each cell."""
    work = world.town.places[0]
    return np.bincount(work[(world.town.people["business"] == 1) & (work >= 0)], minlength=world.town.n_cells)


class CliqueTables(TableBundle):
    """What cliques decide by; ``shops`` are targets at work and ``payers`` those who pay, by cell."""

    desk: ChoiceTables
    gangs: GangTables
    held: Rows[Prisoner]
    prison_count: IntArray = count_of(PRISON)
    shops: IntArray = constant(count_shops_by_cell)
    payers_here: IntArray = of(PAYERS_HERE)
    seen_here: IntArray = of(SEEN_HERE)
    protected: IntArray = of(PROTECTED)
    boards: Rows[Board]
    parameters: Rows[Cliques]
    extortion: Rows[Extortion]
    political: Rows[PoliticalCalendar]


@kernel
def risk_weight(p: Cliques, strategy: int) -> float:
    """Weight of risk by strategy."""
    if strategy == 1:
        return p.wary_expanding
    return p.wary_quiet if strategy == 2 else 1.0


@kernel
def violence_taste(p: Cliques, strategy: int) -> float:
    """Taste for violence by strategy."""
    if strategy == 1:
        return p.fierce_expanding
    return p.fierce_quiet if strategy == 2 else 0.0


@kernel
def stance_tastes(p: Cliques, strategy: int) -> tuple[float, float]:
    """Taste for quiet and for pressing by strategy."""
    if strategy == 1:
        return p.lull_expanding, p.push_expanding
    if strategy == 2:
        return p.lull_quiet, p.push_quiet
    return p.lull_holding, p.push_holding


@kernel
def leadership_gap(clique: CliqueRow, blocked: float) -> float:
    """How far a clique is without a leader: not with one, wholly without, in prison as far as telephones are cut."""
    if clique.leader < 0:
        return 1.0
    return blocked if clique.inside == 1 else 0.0


@kernel
def perceived_arrest_risk(p: Cliques, caught: float, exposed: float, seen: float) -> float:
    """Chance of arrest that a clique feels: what befell members, as far as police are seen, and what needs none."""
    chance = (caught + p.prior * p.usual) / (exposed + p.prior)
    around = seen / (seen + p.seen_half) / p.usual_seen
    return float((chance * around + p.informal * p.usual) / (1.0 + p.informal))


@kernel
def relative_risk(p: Cliques, clique: CliqueRow) -> float:
    """By how much a clique feels more risk than is usual, as its strategy weighs it."""
    return risk_weight(p, clique.strategy) * (clique.felt / p.usual - 1.0)


@kernel
def remembered_losses(p: Cliques, clique: CliqueRow) -> float:
    """Own dead a member-month, as remembered."""
    return float((clique.lost + p.prior * p.lost_usual) / (clique.lived + p.prior))


@kernel
def remembered_paid_share(p: Cliques, clique: CliqueRow) -> float:
    """Share of demands that are paid, as remembered."""
    return share_with_prior(clique.paid, clique.unpaid, p.prior_paid, 0.5)


@kernel
def choose_stance(life: CliqueTables, q: int, fill: float, lack: float, peace: bool, tick: int) -> int:
    """Lie low, hold or press, by income, risk of acting, rivals and strategy."""
    p, clique, desk = life.parameters[0], life.gangs.cliques[q], life.desk
    spread = p.doubt * (1.0 + p.leaderless_doubt * lack)
    risk = risk_weight(p, clique.strategy) * p.caught_cost * clique.felt / spread
    loss = 0.0 if peace else p.dead_cost * remembered_losses(p, clique) / spread
    lull, push = stance_tastes(p, clique.strategy)
    clear_terms(desk)
    desk.terms[STANCE_QUIET, 1] = -p.quiet_costs * clique.income / spread
    desk.terms[STANCE_PRESS, 1] = (
        p.press_gains * clique.income * remembered_paid_share(p, clique) * (1.0 - fill) / spread
    )
    desk.terms[STANCE_QUIET, 2], desk.terms[STANCE_HOLD, 2], desk.terms[STANCE_PRESS, 2] = (
        -p.shown_quiet * risk,
        -risk,
        -p.shown_press * risk,
    )
    desk.terms[STANCE_QUIET, 3], desk.terms[STANCE_HOLD, 3], desk.terms[STANCE_PRESS, 3] = (
        -p.quiet_dead * loss,
        -loss,
        -p.press_dead * loss,
    )
    desk.terms[STANCE_QUIET, 4], desk.terms[STANCE_PRESS, 4] = lull / spread, push / spread
    return decide_and_record(desk, to_int64(3), to_int64(5), STANCE_CHOICE, True, tick, q)


@kernel
def choose_rent(life: CliqueTables, q: int, tick: int) -> int:
    """Lower, keep or raise the rent, by what a step up would bring in if all are like those asked."""
    p, clique, desk = life.parameters[0], life.gangs.cliques[q], life.desk
    gain = 1.0 - clique.rent * (1.0 - remembered_paid_share(p, clique)) / life.extortion[0].noise
    clear_terms(desk)
    desk.terms[0, 1], desk.terms[2, 1] = -p.rent_slope * gain, p.rent_slope * gain
    return decide_and_record(desk, to_int64(3), to_int64(2), RENT_CHOICE, True, tick, q)


@kernel
def choose_to_punish(
    desk: ChoiceTables, p: Cliques, clique: CliqueRow, q: int, victim: int, told: bool, lack: float, tick: int
) -> bool:
    """Punish or spare somebody who refused; the luck is that of the one threatened."""
    clear_terms(desk)
    desk.terms[1, 0] = p.punish_base
    desk.terms[1, 1] = p.punish_refused * (p.punish_paid - remembered_paid_share(p, clique))
    desk.terms[1, 2] = -p.punish_risk * relative_risk(p, clique)
    desk.terms[1, 3] = p.punish_told if told else 0.0
    desk.terms[1, 4] = -p.punish_quiet if clique.stance == STANCE_QUIET else 0.0
    desk.terms[1, 5] = p.punish_leaderless * lack
    desk.terms[1, 6] = violence_taste(p, clique.strategy)
    option = decide_and_record(desk, to_int64(2), to_int64(7), PUNISH_CHOICE, True, tick, victim)
    desk.choices[desk.choices_count[0] - 1].who = q
    return option == 1


@kernel
def choose_recruits(life: CliqueTables, q: int, need: float, tick: int) -> int:
    """Draw none of the young, replace who left, or grow, by hands that are wanted, income and risk."""
    p, clique, desk = life.parameters[0], life.gangs.cliques[q], life.desk
    clear_terms(desk)
    desk.terms[0, 0] = desk.terms[2, 0] = -p.recruits_change
    pulls = (
        p.recruits_hands * (need / max(clique.members, 1) - 1.0),
        p.recruits_takings * (clique.income - 1.0),
        -p.recruits_risk * (clique.felt / p.usual - 1.0),
    )
    for k in range(3):
        desk.terms[0, k + 1], desk.terms[2, k + 1] = -pulls[k], pulls[k]
    return decide_and_record(desk, to_int64(3), to_int64(4), RECRUITS_CHOICE, True, tick, q)


@kernel
def monthly_cell_value(life: CliqueTables, clique: CliqueRow, cell: int, payers: float, days: float) -> float:
    """What a cell brings a month in wages: rents, less a hand and the risk that is felt there."""
    p = life.parameters[0]
    seen = life.seen_here[cell] / days
    felt = perceived_arrest_risk(p, clique.caught, clique.exposed, seen)
    return payers * clique.rent * WEEKS_A_MONTH / p.wage - 1.0 - p.caught_cost * felt


@kernel
def best_and_worst_cells(
    stage: ShiftContext, life: CliqueTables, q: int, fill: float, days: float
) -> tuple[int, float, int, float]:
    """Free cell next to its own that promises most, and own cell apart from the centre that brings least."""
    clique, ground, territory = life.gangs.cliques[q], stage.ground, life.gangs.territory
    free, most, poor, least = NOT_YET, 0.0, NOT_YET, 0.0
    for cell in range(len(territory)):
        if territory[cell] != q:
            continue
        value = monthly_cell_value(life, clique, cell, float(life.payers_here[cell]), days)
        if cell != clique.centre and (poor < 0 or value < least):
            poor, least = cell, value
        for k in range(8):
            other = ground.near[cell, k]
            if other < 0 or territory[other] >= 0 or life.protected[other] >= 0 or ground.cells[other].population == 0:
                continue
            value = monthly_cell_value(life, clique, other, fill * life.shops[other], days)
            if free < 0 or value > most:
                free, most = other, value
    return free, most, poor, least


@kernel
def choose_cells(
    life: CliqueTables, q: int, need: float, free: int, most: float, poor: int, least: float, tick: int
) -> int:
    """Give up the poorest cell, keep all, or take the best free one next to them."""
    p, clique, desk = life.parameters[0], life.gangs.cliques[q], life.desk
    slack = clique.members / need - 1.0
    clear_terms(desk)
    desk.terms[0, 0] = p.give_base if poor >= 0 else EXCLUDED_UTILITY
    desk.terms[2, 0] = p.take_base if free >= 0 else EXCLUDED_UTILITY
    desk.terms[0, 1], desk.terms[2, 1] = -p.cells_hands * slack, p.cells_hands * slack
    desk.terms[0, 2], desk.terms[2, 2] = -p.cells_worth * least, p.cells_worth * most
    if clique.stance == STANCE_PRESS:
        desk.terms[2, 3] = p.cells_press
    elif clique.stance == STANCE_QUIET:
        desk.terms[0, 3], desk.terms[2, 3] = p.cells_quiet_give, -p.cells_quiet_take
    return decide_and_record(desk, to_int64(3), to_int64(4), CELLS_CHOICE, True, tick, q)


@kernel
def choose_to_attack(life: CliqueTables, q: int, lack: float, mood: float, tick: int) -> bool:
    """Attack the nearest rival, or leave it, by the dead that are owed, risk, losses, who leads and who is left."""
    p, clique, desk = life.parameters[0], life.gangs.cliques[q], life.desk
    clear_terms(desk)
    desk.terms[1, 0] = p.attack_base + mood
    desk.terms[1, 1] = p.attack_owed * min(clique.owed, p.attack_owed_most)
    if clique.stance != STANCE_HOLD:
        desk.terms[1, 2] = p.attack_press if clique.stance == STANCE_PRESS else -p.attack_quiet
    desk.terms[1, 3] = -p.attack_risk * relative_risk(p, clique)
    desk.terms[1, 4] = -p.attack_losses * (remembered_losses(p, clique) / p.lost_usual - 1.0)
    desk.terms[1, 5] = p.attack_leaderless * lack
    desk.terms[1, 6] = violence_taste(p, clique.strategy)
    desk.terms[1, 7] = math.log(min(clique.members / max(clique.founding, 1), 1.0) + 1e-9)
    return decide_and_record(desk, to_int64(2), to_int64(8), ATTACK_CHOICE, True, tick, q) == 1


@kernel
def choose_to_honour(life: CliqueTables, q: int, asked: float, tick: int) -> bool:
    """Hold back an attack for a pact that is asked for, by own losses, the dead that are owed and stance."""
    p, clique, desk = life.parameters[0], life.gangs.cliques[q], life.desk
    clear_terms(desk)
    desk.terms[1, 0] = p.honour * asked
    desk.terms[1, 1] = p.pact_losses * (remembered_losses(p, clique) / p.lost_usual - 1.0)
    desk.terms[1, 2] = -p.pact_owed * clique.owed
    desk.terms[1, 3] = -p.pact_press if clique.stance == STANCE_PRESS else 0.0
    return decide_and_record(desk, to_int64(2), to_int64(4), PACT_CHOICE, True, tick, q) == 1
