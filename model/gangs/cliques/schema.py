"""Declarations of cliques: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Row
from model.engine.tables import Field

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


WRITES = (
    "minds.member", "minds.pays", "minds.gone", "prison", "choices", "territory", "target_start", "targets",
    *(f"cliques.{name}" for name in WRITTEN),
)  # fmt: skip
