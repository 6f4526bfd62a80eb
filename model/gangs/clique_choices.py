"""Choices of cliques (M34): utilities of stance, rent, punishment, recruits, cells and attacks.

Utilities are in log-odds; each function fills the terms of one discrete choice and records the option chosen.
`cliques` calls them at the end of a month, `extortion` that of punishments.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from model.engine.choices import declare_choice
from model.engine.elementary import log
from model.engine.kernels import kernel
from model.engine.rows import int64_constant, to_int64
from model.gangs.gangs import NOT_YET, STANCE_HOLD, STANCE_PRESS, STANCE_QUIET
from model.world.derived import constant
from model.world.discrete_choice import clear_terms, decide_and_record, share_with_prior

if TYPE_CHECKING:
    from model.engine.rows import IntArray
    from model.gangs.cliques import Cliques
    from model.gangs.gangs import CliqueRow
    from model.simulation.world import Simulation, World

StanceTerm = IntEnum("StanceTerm", "HABIT INCOME RISK RIVALS STRATEGY", start=0)
RentTerm = IntEnum("RentTerm", "HABIT REVENUE", start=0)
PunishTerm = IntEnum("PunishTerm", "HABIT REFUSED RISK TOLD STANCE LEADER STRATEGY", start=0)
RecruitsTerm = IntEnum("RecruitsTerm", "HABIT HANDS INCOME RISK", start=0)
CellsTerm = IntEnum("CellsTerm", "HABIT HANDS WORTH STANCE", start=0)
AttackTerm = IntEnum("AttackTerm", "HABIT OWED STANCE RISK LOSSES LEADER STRATEGY HANDS GAP", start=0)
PactTerm = IntEnum("PactTerm", "HABIT LOSSES OWED STANCE", start=0)
SuccessionTerm = IntEnum("SuccessionTerm", "HABIT INCOME NAMED STRATEGY", start=0)
STANCE_CHOICE = declare_choice("clique stance", "clique", ("quiet", "hold", "press"), StanceTerm, ordered=True)
RENT_CHOICE = declare_choice("clique rent", "clique", ("down", "keep", "up"), RentTerm, ordered=True)
PUNISH_CHOICE = declare_choice("clique punishment", "clique", ("spare", "punish"), PunishTerm, ordered=True)
RECRUITS_CHOICE = declare_choice("clique recruits", "clique", ("none", "replace", "grow"), RecruitsTerm, ordered=True)
CELLS_CHOICE = declare_choice("clique cells", "clique", ("give", "keep", "take"), CellsTerm, ordered=True)
ATTACK_CHOICE = declare_choice("clique attack", "clique", ("leave", "attack"), AttackTerm, ordered=True)
PACT_CHOICE = declare_choice("clique pact", "clique", ("break", "honour"), PactTerm, ordered=True)
SUCCESSION_CHOICE = declare_choice("clique succession", "clique", ("heir", "dispute"), SuccessionTerm, ordered=True)
(STANCE_TERMS, RENT_TERMS, PUNISH_TERMS, RECRUITS_TERMS, CELLS_TERMS, ATTACK_TERMS, PACT_TERMS, SUCCESSION_TERMS) = (
    int64_constant(len(terms))
    for terms in (
        StanceTerm,
        RentTerm,
        PunishTerm,
        RecruitsTerm,
        CellsTerm,
        AttackTerm,
        PactTerm,
        SuccessionTerm,
    )
)
"""Number of terms of each choice."""
EXCLUDED_UTILITY = -60.0
"""Utility, in log-odds, of an option that is not available."""
WEEKS_A_MONTH = 4.33
"""Weeks of rent in a month: 52 / 12, rounded."""
SMALLEST_RATIO = 1e-9
"""Keeps logarithms of ratios finite."""


@constant
def shops_by_cell(sim: Simulation) -> IntArray:
    """Return the number of business residents who work in each cell."""
    work = sim.town.places[0]
    return np.bincount(work[(sim.town.people["business"] == 1) & (work >= 0)], minlength=sim.town.n_cells)


class Refusal(NamedTuple):
    """A refused demand: the clique, the victim, whether the police know, and the lack of leadership (0 to 1)."""

    clique: int
    victim: int
    reported: bool
    leaderless: float


class CellOptions(NamedTuple):
    """Cells that a clique may take or give up, -1 if there is none, and their monthly values in wages."""

    best: int
    best_value: float
    worst: int
    worst_value: float


@kernel
def risk_weight(p: Cliques, strategy: int) -> float:
    """Return the weight of the risk of arrest under a leader's strategy, 1 for holding."""
    if strategy == 1:
        return p.wary_expanding
    return p.wary_quiet if strategy == 2 else 1.0


@kernel
def violence_taste(p: Cliques, strategy: int) -> float:
    """Return the taste for violence under a leader's strategy, in log-odds."""
    if strategy == 1:
        return p.fierce_expanding
    return p.fierce_quiet if strategy == 2 else 0.0


@kernel
def stance_tastes(p: Cliques, strategy: int) -> tuple[float, float]:
    """Return the tastes for lying low and for pressing under a leader's strategy, in wages."""
    if strategy == 1:
        return p.lull_expanding, p.push_expanding
    if strategy == 2:
        return p.lull_quiet, p.push_quiet
    return p.lull_holding, p.push_holding


@kernel
def leadership_gap(clique: CliqueRow, blocked: float) -> float:
    """Return the lack of leadership, 0 to 1: 1 without a leader or while members dispute who leads, 0 with one.

    A leader in prison counts as lacking in the share ``blocked`` of telephone calls that prisons block.
    """
    if clique.leader < 0 or clique.disputed == 1:
        return 1.0
    return blocked if clique.inside == 1 else 0.0


@kernel
def perceived_arrest_risk(p: Cliques, caught: float, exposed: float, seen: float) -> float:
    """Return the perceived risk of arrest in a member-month.

    The remembered rate (``caught`` arrests over ``exposed`` member-months, with the usual rate as prior) is scaled by
    the police ``seen`` (visits a cell and day); informal control adds a part that needs no police.
    """
    chance = (caught + p.prior * p.usual) / (exposed + p.prior)
    around = seen / (seen + p.seen_half) / p.usual_seen
    return float((chance * around + p.informal * p.usual) / (1.0 + p.informal))


@kernel
def relative_risk(p: Cliques, clique: CliqueRow) -> float:
    """Return the perceived risk of arrest over the usual, less 1, weighted by strategy."""
    return risk_weight(p, clique.strategy) * (clique.risk_felt / p.usual - 1.0)


@kernel
def remembered_losses(p: Cliques, clique: CliqueRow) -> float:
    """Return the remembered rate of own dead per member-month, with the usual rate as prior."""
    return float((clique.lost + p.prior * p.lost_usual) / (clique.member_months + p.prior))


@kernel
def remembered_paid_share(p: Cliques, clique: CliqueRow) -> float:
    """Return the remembered share of demands that were paid, with one half as prior."""
    return share_with_prior(clique.paid, clique.unpaid, p.prior_paid, 0.5)


@kernel
def choose_stance(w: World, q: int, payer_share: float, leaderless: float, peace: bool) -> int:
    """Choose to lie low, hold or press, by income, risk of arrest, rivals and strategy.

    ``payer_share`` is the share of targets that pay, ``leaderless`` the lack of leadership, both 0 to 1.
    """
    p, clique = w.p.cliques[0], w.cliques[q]
    # The scale of the logit: utilities in wages over this spread are log-odds.
    spread = p.doubt * (1.0 + p.leaderless_doubt * leaderless)
    risk = risk_weight(p, clique.strategy) * p.caught_cost * clique.risk_felt / spread
    loss = 0.0 if peace else p.dead_cost * remembered_losses(p, clique) / spread
    lull, push = stance_tastes(p, clique.strategy)
    clear_terms(w)
    w.choice_terms[STANCE_QUIET, StanceTerm.INCOME] = -p.quiet_costs * clique.income / spread
    w.choice_terms[STANCE_PRESS, StanceTerm.INCOME] = (
        p.press_gains * clique.income * remembered_paid_share(p, clique) * (1.0 - payer_share) / spread
    )
    w.choice_terms[STANCE_QUIET, StanceTerm.RISK] = -p.shown_quiet * risk
    w.choice_terms[STANCE_HOLD, StanceTerm.RISK] = -risk
    w.choice_terms[STANCE_PRESS, StanceTerm.RISK] = -p.shown_press * risk
    w.choice_terms[STANCE_QUIET, StanceTerm.RIVALS] = -p.quiet_dead * loss
    w.choice_terms[STANCE_HOLD, StanceTerm.RIVALS] = -loss
    w.choice_terms[STANCE_PRESS, StanceTerm.RIVALS] = -p.press_dead * loss
    w.choice_terms[STANCE_QUIET, StanceTerm.STRATEGY] = lull / spread
    w.choice_terms[STANCE_PRESS, StanceTerm.STRATEGY] = push / spread
    return decide_and_record(w, to_int64(3), STANCE_TERMS, STANCE_CHOICE, True, w.tick, q)


@kernel
def choose_rent(w: World, q: int) -> int:
    """Choose to lower, keep or raise the rent, by the revenue that a step up would bring."""
    p, clique = w.p.cliques[0], w.cliques[q]
    # Derivative of the log of the revenue by the log of the rent, as willingness to pay is logistic.
    gain = 1.0 - clique.rent * (1.0 - remembered_paid_share(p, clique)) / w.p.extortion[0].noise
    clear_terms(w)
    w.choice_terms[0, RentTerm.REVENUE] = -p.rent_slope * gain
    w.choice_terms[2, RentTerm.REVENUE] = p.rent_slope * gain
    return decide_and_record(w, to_int64(3), RENT_TERMS, RENT_CHOICE, True, w.tick, q)


@kernel
def choose_to_punish(w: World, p: Cliques, clique: CliqueRow, refusal: Refusal) -> bool:
    """Choose whether to punish a refusal.

    The draw is keyed by the victim; the record of the choice names the clique.
    """
    clear_terms(w)
    w.choice_terms[1, PunishTerm.HABIT] = p.punish_base
    w.choice_terms[1, PunishTerm.REFUSED] = p.punish_refused * (p.punish_paid - remembered_paid_share(p, clique))
    w.choice_terms[1, PunishTerm.RISK] = -p.punish_risk * relative_risk(p, clique)
    w.choice_terms[1, PunishTerm.TOLD] = p.punish_told if refusal.reported else 0.0
    w.choice_terms[1, PunishTerm.STANCE] = -p.punish_quiet if clique.stance == STANCE_QUIET else 0.0
    w.choice_terms[1, PunishTerm.LEADER] = p.punish_leaderless * refusal.leaderless
    w.choice_terms[1, PunishTerm.STRATEGY] = violence_taste(p, clique.strategy)
    option = decide_and_record(w, to_int64(2), PUNISH_TERMS, PUNISH_CHOICE, True, w.tick, refusal.victim)
    w.choices[w.choices_count[0] - 1].who = refusal.clique
    return option == 1


@kernel
def choose_recruits(w: World, q: int, need: float) -> int:
    """Choose to recruit nobody, replace those who left, or grow, by hands wanted, income and risk.

    ``need`` is the number of members that the territory requires.
    """
    p, clique = w.p.cliques[0], w.cliques[q]
    clear_terms(w)
    w.choice_terms[0, RecruitsTerm.HABIT] = w.choice_terms[2, RecruitsTerm.HABIT] = -p.recruits_change
    w.choice_terms[2, RecruitsTerm.HANDS] = p.recruits_hands * (need / max(clique.members, 1) - 1.0)
    w.choice_terms[2, RecruitsTerm.INCOME] = p.recruits_takings * (clique.income - 1.0)
    w.choice_terms[2, RecruitsTerm.RISK] = -p.recruits_risk * (clique.risk_felt / p.usual - 1.0)
    for term in range(1, RECRUITS_TERMS):
        w.choice_terms[0, term] = -w.choice_terms[2, term]
    return decide_and_record(w, to_int64(3), RECRUITS_TERMS, RECRUITS_CHOICE, True, w.tick, q)


@kernel
def monthly_cell_value(w: World, clique: CliqueRow, cell: int, payers: float, days: float) -> float:
    """Return the monthly value of a cell in wages: rents less one member and the perceived risk there."""
    p = w.p.cliques[0]
    seen = w.seen_here[cell] / days
    felt = perceived_arrest_risk(p, clique.caught, clique.exposed, seen)
    return payers * clique.rent * WEEKS_A_MONTH / p.wage - 1.0 - p.caught_cost * felt


@kernel
def best_and_worst_cells(w: World, q: int, payer_share: float, days: float) -> CellOptions:
    """Return the most valuable free cell next to the territory, and the least valuable own cell.

    The centre is never the least valuable.  ``days`` is the length of the month.
    """
    clique, territory = w.cliques[q], w.held_by
    best, best_value, worst, worst_value = NOT_YET, 0.0, NOT_YET, 0.0
    for cell in range(len(territory)):
        if territory[cell] != q:
            continue
        value = monthly_cell_value(w, clique, cell, float(w.payers_here[cell]), days)
        if cell != clique.centre and (worst < 0 or value < worst_value):
            worst, worst_value = cell, value
        for k in range(w.near.shape[1]):
            other = w.near[cell, k]
            if other < 0 or territory[other] >= 0 or w.protected[other] >= 0 or w.cells[other].population == 0:
                continue
            value = monthly_cell_value(w, clique, other, payer_share * w.shops_by_cell[other], days)
            if best < 0 or value > best_value:
                best, best_value = other, value
    return CellOptions(best=best, best_value=best_value, worst=worst, worst_value=worst_value)


@kernel
def choose_cells(w: World, q: int, need: float, cells: CellOptions) -> int:
    """Choose to give up the worst own cell, keep the territory, or take the best free cell."""
    p, clique = w.p.cliques[0], w.cliques[q]
    slack = clique.members / need - 1.0
    clear_terms(w)
    w.choice_terms[0, CellsTerm.HABIT] = p.give_base if cells.worst >= 0 else EXCLUDED_UTILITY
    w.choice_terms[2, CellsTerm.HABIT] = p.take_base if cells.best >= 0 else EXCLUDED_UTILITY
    w.choice_terms[0, CellsTerm.HANDS] = -p.cells_hands * slack
    w.choice_terms[2, CellsTerm.HANDS] = p.cells_hands * slack
    w.choice_terms[0, CellsTerm.WORTH] = -p.cells_worth * cells.worst_value
    w.choice_terms[2, CellsTerm.WORTH] = p.cells_worth * cells.best_value
    if clique.stance == STANCE_PRESS:
        w.choice_terms[2, CellsTerm.STANCE] = p.cells_press
    elif clique.stance == STANCE_QUIET:
        w.choice_terms[0, CellsTerm.STANCE] = p.cells_quiet_give
        w.choice_terms[2, CellsTerm.STANCE] = -p.cells_quiet_take
    return decide_and_record(w, to_int64(3), CELLS_TERMS, CELLS_CHOICE, True, w.tick, q)


@kernel
def choose_to_attack(w: World, q: int, leaderless: float, violence: float) -> bool:
    """Choose whether to attack the nearest rival, by own deaths owed, stance, risk, losses, and who leads either.

    ``violence`` is the logarithm of the trend of violence and of the rivalry in force.
    """
    p, clique = w.p.cliques[0], w.cliques[q]
    clear_terms(w)
    w.choice_terms[1, AttackTerm.HABIT] = p.attack_base + violence
    w.choice_terms[1, AttackTerm.OWED] = p.attack_owed * min(clique.deaths_owed, p.attack_owed_most)
    if clique.stance != STANCE_HOLD:
        w.choice_terms[1, AttackTerm.STANCE] = p.attack_press if clique.stance == STANCE_PRESS else -p.attack_quiet
    w.choice_terms[1, AttackTerm.RISK] = -p.attack_risk * relative_risk(p, clique)
    w.choice_terms[1, AttackTerm.LOSSES] = -p.attack_losses * (remembered_losses(p, clique) / p.lost_usual - 1.0)
    w.choice_terms[1, AttackTerm.LEADER] = p.attack_leaderless * leaderless
    w.choice_terms[1, AttackTerm.STRATEGY] = violence_taste(p, clique.strategy)
    w.choice_terms[1, AttackTerm.HANDS] = log(min(clique.members / max(clique.founding, 1), 1.0) + SMALLEST_RATIO)
    blocked = w.p.extortion[0].imitator_blocked
    w.choice_terms[1, AttackTerm.GAP] = p.attack_gap * leadership_gap(w.cliques[clique.foe], blocked)
    return decide_and_record(w, to_int64(2), ATTACK_TERMS, ATTACK_CHOICE, True, w.tick, q) == 1


@kernel
def choose_to_dispute(w: World, q: int) -> bool:
    """Choose whether members fight over who leads, by what there is to win and by whom the last leader can name."""
    p, clique = w.p.cliques[0], w.cliques[q]
    clear_terms(w)
    w.choice_terms[1, SuccessionTerm.HABIT] = p.dispute_base
    w.choice_terms[1, SuccessionTerm.INCOME] = p.dispute_takings * (clique.income - 1.0)
    # Who is in prison names an heir by telephone; who died or left cannot.
    w.choice_terms[1, SuccessionTerm.NAMED] = -p.dispute_named * (
        1.0 - leadership_gap(clique, w.p.extortion[0].imitator_blocked)
    )
    w.choice_terms[1, SuccessionTerm.STRATEGY] = violence_taste(p, clique.strategy)
    return decide_and_record(w, to_int64(2), SUCCESSION_TERMS, SUCCESSION_CHOICE, True, w.tick, q) == 1


@kernel
def choose_to_honour(w: World, q: int, asked: float) -> bool:
    """Choose whether to honour a pact, of strength ``asked`` (0 to 1), and hold back an attack."""
    p, clique = w.p.cliques[0], w.cliques[q]
    clear_terms(w)
    w.choice_terms[1, PactTerm.HABIT] = p.honour * asked
    w.choice_terms[1, PactTerm.LOSSES] = p.pact_losses * (remembered_losses(p, clique) / p.lost_usual - 1.0)
    w.choice_terms[1, PactTerm.OWED] = -p.pact_owed * clique.deaths_owed
    w.choice_terms[1, PactTerm.STANCE] = -p.pact_press if clique.stance == STANCE_PRESS else 0.0
    return decide_and_record(w, to_int64(2), PACT_TERMS, PACT_CHOICE, True, w.tick, q) == 1
