"""Declarations of cliques: parameters, payers by cell, monthly counts and written columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import COUNT
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec

MAX_CHOICES_A_MONTH = 7
"""Choices of a clique at the end of a month, at most."""
ATTACK_AT_STREAM, SENT_STREAM, RAIDED_STREAM = (
    stream_id("clique attack at"),
    stream_id("clique sent"),
    stream_id("clique raided"),
)
SHORTEST_MONTH = 84
"""Shifts of 28 days."""
WRITTEN_CLIQUE_COLUMNS = (
    "centre", "members", "founding", "alive", "foe", "leader", "inside", "heir_at", "generation", "strategy", "stance",
    "attack_at", "free_until", "held_now", "freed_now", "leader_now", "killed_now", "takings", "rent", "effort",
    "hands", "draw", "caught", "exposed", "felt", "paid", "unpaid", "seen", "lost", "lived", "owed", "income",
)  # fmt: skip


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
    attack_member: float
    honour: float
    pact_losses: float
    pact_owed: float
    pact_press: float
    free_months: float
    heir_least: float
    heir_more: float
    alike: float
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
    exempt="counted anew at each end of a month: this alone",
    about="Payers whose place of work is in a cell: this alone.",
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


WRITTEN_COLUMNS = (
    "minds.member", "minds.pays", "minds.gone", "prison", "choices", "territory", "target_start", "targets",
    *(f"cliques.{name}" for name in WRITTEN_CLIQUE_COLUMNS),
)  # fmt: skip
