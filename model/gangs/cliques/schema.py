"""Declarations of cliques: parameters, payers by cell, monthly counts and written columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.domains import COUNT
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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
ASSUMED_SOURCE = "assumed; swept"
SHORTEST_MONTH = 84
"""Shifts of 28 days."""
WRITTEN_CLIQUE_COLUMNS = (
    "centre", "members", "founding", "alive", "foe", "leader", "inside", "heir_at", "generation", "strategy", "stance",
    "attack_at", "free_until", "held_now", "freed_now", "leader_now", "killed_now", "takings", "rent", "effort",
    "hands", "draw", "caught", "exposed", "felt", "paid", "unpaid", "seen", "lost", "lived", "owed", "income",
)  # fmt: skip
CALIBRATED_SOURCE = "calibrated: the status quo at Villa Canales"
FEUD_SOURCE = "Q28; Decker 1996, Papachristos 2009 for feuds; size assumed, swept"


@dataclass(frozen=True, kw_only=True)
class Cliques(ParameterGroup):
    """Switches of the choices of cliques, their memory, and the weights of their utilities.

    The parameters of the first settlement hold for the whole town.
    """

    name: ClassVar[str] = "cliques"
    evidence: ClassVar[tuple[str, ...]] = ("J04", "J05", "Y02")

    stance: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques lie low, hold or press", off=0)
    rent: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques set their rent", off=0)
    punish: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques decide whom to punish", off=0)
    recruits: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques decide how many they draw", off=0)
    cells: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques give up or take cells", off=0)
    attack: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques decide whether they attack", off=0)
    refound: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques dissolve and are founded again", off=0)
    fade: float = parameter(6.0, "months", 1.0, 24.0, ASSUMED_SOURCE, "half-life of arrests and of own dead")
    fade_paid: float = parameter(4.0, "months", 1.0, 24.0, ASSUMED_SOURCE, "half-life of demands paid or refused")
    prior_paid: float = parameter(
        4.0, "demands", 0.1, 50.0, ASSUMED_SOURCE, "weight of one half in the share that pays"
    )
    fade_seen: float = parameter(1.0, "months", 0.1, 12.0, ASSUMED_SOURCE, "half-life of police seen")
    fade_takings: float = parameter(2.0, "months", 0.5, 12.0, ASSUMED_SOURCE, "half-life of what was collected")
    inmates: float = share_parameter(
        0.5, ASSUMED_SOURCE, "what a prisoner counts as among those whom the income has to keep"
    )
    owed_left: float = share_parameter(0.9, FEUD_SOURCE, "what a month leaves of the dead that are owed")
    heard: float = share_parameter(0.3, "Y02: they talk; assumed, swept 0-1", "weight of what befalls cliques nearby")
    hears: float = parameter(12.0, "cells", 0.0, 200.0, ASSUMED_SOURCE, "distance within which cliques of a gang hear")
    leader_counts: float = parameter(
        2.0, "arrests", 0.0, 5.0, ASSUMED_SOURCE, "what the arrest of the leader counts more"
    )
    freed: float = share_parameter(0.5, "assumed", "what an arrest counts if the member is let go at once")
    prior: float = parameter(
        60.0, "member-months", 1.0, 1000.0, ASSUMED_SOURCE, "weight of what is usual in what is felt"
    )
    usual: float = parameter(0.0033, "arrests a member-month", 0.0001, 0.1, CALIBRATED_SOURCE, "arrests of members")
    usual_seen: float = share_parameter(
        0.61, CALIBRATED_SOURCE, "police seen in own cells, 0 to 1", low=0.01, high=0.99
    )
    seen_half: float = parameter(
        0.2, "visits a cell and day", 0.001, 5.0, "assumed; swept", "visits that are half seen"
    )
    informal: float = parameter(0.15, "ratio", 0.0, 1.0, "Q16; swept", "what is felt without police, over police")
    watch: float = parameter(
        0.3, "visits a cell and day", 0.0, 2.0, ASSUMED_SOURCE, "what a watch of neighbours counts as", off=0.0
    )
    lost_usual: float = parameter(0.0022, "deaths a member-month", 0.0001, 0.1, CALIBRATED_SOURCE, "own dead by rivals")
    wage: float = parameter(1300.0, "quetzals a month", 100.0, 10000.0, "assumed 600-2,000", "what a member wants")
    caught_cost: float = parameter(30.0, "wages", 0.0, 200.0, "assumed; swept 10-45", "cost of an arrest")
    dead_cost: float = parameter(60.0, "wages", 0.0, 500.0, ASSUMED_SOURCE, "cost of a death")
    quiet_costs: float = share_parameter(0.25, ASSUMED_SOURCE, "what lying low costs, over the income")
    press_gains: float = parameter(
        0.5, "ratio", 0.0, 3.0, ASSUMED_SOURCE, "what pressing brings, over the income, if all pay and none does yet"
    )
    quiet_dead: float = share_parameter(
        0.5, ASSUMED_SOURCE, "own dead that those who lie low expect, over those who hold"
    )
    press_dead: float = parameter(1.5, "ratio", 1.0, 10.0, ASSUMED_SOURCE, "the same of those who press")
    doubt: float = parameter(0.20, "wages", 0.01, 2.0, ASSUMED_SOURCE, "spread of a clique's judgement of its stance")
    leaderless_doubt: float = parameter(
        0.5, "ratio", 0.0, 5.0, ASSUMED_SOURCE, "spread that is added without a leader", off=0.0
    )
    pace_quiet: float = parameter(
        0.21, "ratio", 0.0, 1.0, ASSUMED_SOURCE, "demands of those who lie low, over those who hold"
    )
    pace_press: float = parameter(
        2.1, "ratio", 1.0, 10.0, ASSUMED_SOURCE, "demands of those who press, over those who hold"
    )
    shown_quiet: float = parameter(
        0.3, "ratio", 0.0, 1.0, ASSUMED_SOURCE, "exposure of those who lie low, and risk that they expect"
    )
    shown_press: float = parameter(1.6, "ratio", 1.0, 10.0, ASSUMED_SOURCE, "the same of those who press")
    expanding: float = share_parameter(0.25, "Y02 for autonomy; share assumed, swept", "leaders who want to expand")
    quiet: float = share_parameter(0.25, "Y02 for autonomy; share assumed, swept", "leaders who want quiet")
    lull_holding: float = parameter(-0.08, "wages", -2.0, 2.0, ASSUMED_SOURCE, "taste for quiet of those who hold")
    lull_expanding: float = parameter(-0.15, "wages", -2.0, 2.0, ASSUMED_SOURCE, "the same of those who expand")
    lull_quiet: float = parameter(0.20, "wages", -2.0, 2.0, ASSUMED_SOURCE, "the same of those who want quiet")
    push_holding: float = parameter(-0.05, "wages", -2.0, 2.0, ASSUMED_SOURCE, "taste for pressing of those who hold")
    push_expanding: float = parameter(0.20, "wages", -2.0, 2.0, ASSUMED_SOURCE, "the same of those who expand")
    push_quiet: float = parameter(-0.20, "wages", -2.0, 2.0, ASSUMED_SOURCE, "the same of those who want quiet")
    wary_expanding: float = parameter(0.6, "ratio", 0.0, 5.0, ASSUMED_SOURCE, "weight of risk for those who expand")
    wary_quiet: float = parameter(1.5, "ratio", 0.0, 5.0, ASSUMED_SOURCE, "the same for those who want quiet")
    fierce_expanding: float = parameter(
        1.0, "log-odds", -3.0, 3.0, FEUD_SOURCE, "taste for violence of those who expand"
    )
    fierce_quiet: float = parameter(-1.2, "log-odds", -3.0, 3.0, FEUD_SOURCE, "the same of those who want quiet")
    rent_slope: float = parameter(
        4.0, "log-odds", 0.0, 50.0, ASSUMED_SOURCE, "effect of the revenue that a step would bring"
    )
    rent_step: float = share_parameter(0.04, "assumed", "monthly change of the rent", high=0.3)
    punish_base: float = parameter(-2.95, "log-odds", -10.0, 5.0, "calibrated: V18", "readiness to punish who refuses")
    punish_refused: float = parameter(4.0, "log-odds", 0.0, 20.0, "J04; assumed", "effect of the share that refuses")
    punish_told: float = parameter(0.8, "log-odds", 0.0, 5.0, "J04, G13; assumed", "effect of having told the police")
    punish_paid: float = share_parameter(0.55, ASSUMED_SOURCE, "share that pays at which refusals weigh nothing")
    punish_risk: float = parameter(0.6, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "what risk takes, at twice the usual")
    punish_quiet: float = parameter(1.5, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "what lying low takes")
    punish_leaderless: float = parameter(0.6, "log-odds", 0.0, 5.0, "J05; assumed; swept", "effect of having no leader")
    recruits_change: float = parameter(0.7, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "what speaks for replacing who left")
    recruits_hands: float = parameter(
        2.0, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "effect of hands that are wanted, over members"
    )
    recruits_takings: float = parameter(
        1.0, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of income, at twice the usual"
    )
    recruits_risk: float = parameter(0.3, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "what risk takes, at twice the usual")
    recruits_few: float = share_parameter(0.15, "assumed", "pull on the young while none are wanted")
    recruits_more: float = parameter(2.2, "ratio", 1.0, 10.0, ASSUMED_SOURCE, "pull on the young while more are wanted")
    payers_each: float = parameter(4.0, "people", 0.5, 50.0, ASSUMED_SOURCE, "payers whom a member serves")
    guard: float = parameter(
        4.0, "members", 0.0, 50.0, ASSUMED_SOURCE, "members kept against rivals, and one for each cell"
    )
    take_base: float = parameter(-3.5, "log-odds", -20.0, 5.0, ASSUMED_SOURCE, "readiness to take a cell")
    give_base: float = parameter(-4.0, "log-odds", -20.0, 5.0, ASSUMED_SOURCE, "readiness to give up a cell")
    cells_hands: float = parameter(
        3.0, "log-odds", 0.0, 20.0, ASSUMED_SOURCE, "effect of members beyond those needed, over these"
    )
    cells_worth: float = parameter(1.0, "log-odds a wage", 0.0, 10.0, ASSUMED_SOURCE, "effect of what a cell brings")
    cells_press: float = parameter(1.0, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of pressing on taking a cell")
    cells_quiet_give: float = parameter(
        0.5, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of lying low on giving up a cell"
    )
    cells_quiet_take: float = parameter(
        2.0, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "what lying low takes from taking one"
    )
    attack_base: float = parameter(-0.6, "log-odds", -10.0, 5.0, "calibrated: V18", "readiness to attack in a month")
    attack_owed: float = parameter(2.0, "log-odds", 0.0, 10.0, FEUD_SOURCE, "effect of each own death that is owed")
    attack_owed_most: float = parameter(
        2.0, "deaths", 0.0, 20.0, FEUD_SOURCE, "deaths owed from which more weigh no more"
    )
    attack_again: float = parameter(
        7.0, "days", 0.0, 60.0, FEUD_SOURCE, "mean time to the next attack while a death is owed", off=0.0
    )
    attack_press: float = parameter(0.5, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of pressing")
    attack_quiet: float = parameter(1.5, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "what lying low takes")
    attack_risk: float = parameter(0.5, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "what risk takes, at twice the usual")
    attack_losses: float = parameter(0.3, "log-odds", 0.0, 5.0, FEUD_SOURCE, "what own losses take, at twice the usual")
    attack_leaderless: float = parameter(0.6, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of having no leader")
    attack_member: float = share_parameter(0.6, "assumed", "attacks that aim at a member of the rival")
    honour: float = parameter(4.5, "log-odds", 0.0, 20.0, ASSUMED_SOURCE, "effect of a pact that is asked for in full")
    pact_losses: float = parameter(
        1.0, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of own losses, at twice the usual"
    )
    pact_owed: float = parameter(1.5, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "what each own death that is owed takes")
    pact_press: float = parameter(0.7, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "what pressing takes")
    free_months: float = parameter(
        6.0, "months", 0.0, 60.0, ASSUMED_SOURCE, "time for which a broken pact binds neither"
    )
    heir_least: float = parameter(2.0, "months", 0.0, 24.0, "assumed", "least time until an heir leads")
    heir_more: float = parameter(8.0, "months", 0.0, 36.0, "assumed", "time that is drawn beyond it")
    alike: float = share_parameter(0.5, "assumed", "heirs who keep the strategy")
    headless: float = share_parameter(0.6, ASSUMED_SOURCE, "what is demanded without a leader", off=1.0)
    remote: float = share_parameter(
        0.85, "J05; assumed", "what is demanded while the leader telephones from prison", off=1.0
    )
    telephone: float = parameter(2.0, "hands", 0.0, 4.0, "J05; assumed, swept 0-4", "what a prisoner adds", off=0.0)
    least: int = parameter(5, "members", 0, 50, "assumed", "members below which a clique dissolves")
    home: int = parameter(6, "members", 1, 50, "assumed", "members back from prison who found it again")
    sent: int = parameter(8, "members", 1, 50, "assumed", "members whom a neighbour of the gang sends")
    large: int = parameter(34, "members", 10, 200, "assumed", "members of a clique that can send some")
    leaders: float = share_parameter(
        0.0, "experiment", "leaders who are arrested on a day on which this is in force", off=0.0
    )
    dismantled: float = share_parameter(
        0.0, "experiment", "members of the largest clique arrested on such a day", off=0.0
    )
    raid_months: float = parameter(24.0, "months", 1.0, 240.0, "experiment", "time that those are held")


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
