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

    stance: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques choose a stance: lie low, hold or press", off=0)
    rent: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques set their rent", off=0)
    punish: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques decide whom to punish", off=0)
    recruits: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques decide how many they recruit", off=0)
    cells: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques give up or take cells", off=0)
    attack: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques decide whether they attack", off=0)
    refound: int = parameter(1, "0 or 1", 0, 1, "switch", "cliques may dissolve and be founded again", off=0)
    fade: float = parameter(6.0, "months", 1.0, 24.0, ASSUMED_SOURCE, "half-life of remembered arrests and of own dead")
    fade_paid: float = parameter(
        4.0, "months", 1.0, 24.0, ASSUMED_SOURCE, "half-life of remembered demands, paid or refused"
    )
    prior_paid: float = parameter(
        4.0, "demands", 0.1, 50.0, ASSUMED_SOURCE, "weight of the prior in the share that pays"
    )
    fade_seen: float = parameter(1.0, "months", 0.1, 12.0, ASSUMED_SOURCE, "half-life of remembered police seen")
    fade_takings: float = parameter(2.0, "months", 0.5, 12.0, ASSUMED_SOURCE, "half-life of remembered income")
    inmates: float = share_parameter(
        0.5, ASSUMED_SOURCE, "weight of a prisoner among those whom the income has to support"
    )
    owed_left: float = share_parameter(0.9, FEUD_SOURCE, "part of the deaths to be avenged that is left after a month")
    heard: float = share_parameter(
        0.3, "Y02: they talk; assumed, swept 0-1", "weight of what happens to cliques nearby"
    )
    hears: float = parameter(
        12.0, "cells", 0.0, 200.0, ASSUMED_SOURCE, "distance within which cliques of a gang hear of each other"
    )
    leader_counts: float = parameter(
        2.0, "arrests", 0.0, 5.0, ASSUMED_SOURCE, "additional weight of the arrest of a leader"
    )
    freed: float = share_parameter(0.5, "assumed", "weight of an arrest if the member is released at once")
    prior: float = parameter(
        60.0,
        "member-months",
        1.0,
        1000.0,
        ASSUMED_SOURCE,
        "weight of the usual level in the risk that a clique perceives",
    )
    usual: float = parameter(
        0.0033, "arrests a member-month", 0.0001, 0.1, CALIBRATED_SOURCE, "arrests of members in the status quo"
    )
    usual_seen: float = share_parameter(
        0.61, CALIBRATED_SOURCE, "police seen in own cells in the status quo, 0 to 1", low=0.01, high=0.99
    )
    seen_half: float = parameter(
        0.2, "visits a cell and day", 0.001, 5.0, "assumed; swept", "visits at which half of the patrol is seen"
    )
    informal: float = parameter(
        0.15, "ratio", 0.0, 1.0, "Q16; swept", "risk perceived without police, relative to that with police"
    )
    watch: float = parameter(
        0.3,
        "visits a cell and day",
        0.0,
        2.0,
        ASSUMED_SOURCE,
        "visits to which a watch of neighbours corresponds",
        off=0.0,
    )
    lost_usual: float = parameter(
        0.0022, "deaths a member-month", 0.0001, 0.1, CALIBRATED_SOURCE, "own dead by rivals in the status quo"
    )
    wage: float = parameter(
        1300.0, "quetzals a month", 100.0, 10000.0, "assumed 600-2,000", "income that a member expects"
    )
    caught_cost: float = parameter(30.0, "wages", 0.0, 200.0, "assumed; swept 10-45", "cost of an arrest")
    dead_cost: float = parameter(60.0, "wages", 0.0, 500.0, ASSUMED_SOURCE, "cost of a death")
    quiet_costs: float = share_parameter(0.25, ASSUMED_SOURCE, "income that lying low costs")
    press_gains: float = parameter(
        0.5, "ratio", 0.0, 3.0, ASSUMED_SOURCE, "additional income from pressing, if all pay and nobody is pressed yet"
    )
    quiet_dead: float = share_parameter(0.5, ASSUMED_SOURCE, "own dead expected while lying low, relative to holding")
    press_dead: float = parameter(
        1.5, "ratio", 1.0, 10.0, ASSUMED_SOURCE, "own dead expected while pressing, relative to holding"
    )
    doubt: float = parameter(
        0.20, "wages", 0.01, 2.0, ASSUMED_SOURCE, "standard deviation of a clique's error about its stance"
    )
    leaderless_doubt: float = parameter(
        0.5, "ratio", 0.0, 5.0, ASSUMED_SOURCE, "additional error without a leader, relative", off=0.0
    )
    pace_quiet: float = parameter(
        0.21, "ratio", 0.0, 1.0, ASSUMED_SOURCE, "demands while lying low, relative to holding"
    )
    pace_press: float = parameter(
        2.1, "ratio", 1.0, 10.0, ASSUMED_SOURCE, "demands while pressing, relative to holding"
    )
    shown_quiet: float = parameter(
        0.3,
        "ratio",
        0.0,
        1.0,
        ASSUMED_SOURCE,
        "exposure to the police while lying low, and expected risk, relative to holding",
    )
    shown_press: float = parameter(
        1.6,
        "ratio",
        1.0,
        10.0,
        ASSUMED_SOURCE,
        "exposure to the police while pressing, and expected risk, relative to holding",
    )
    expanding: float = share_parameter(
        0.25, "Y02 for autonomy; share assumed, swept", "leaders with the strategy to expand"
    )
    quiet: float = share_parameter(
        0.25, "Y02 for autonomy; share assumed, swept", "leaders with the strategy to stay quiet"
    )
    lull_holding: float = parameter(-0.08, "wages", -2.0, 2.0, ASSUMED_SOURCE, "value of lying low to leaders who hold")
    lull_expanding: float = parameter(
        -0.15, "wages", -2.0, 2.0, ASSUMED_SOURCE, "value of lying low to leaders who expand"
    )
    lull_quiet: float = parameter(
        0.20, "wages", -2.0, 2.0, ASSUMED_SOURCE, "value of lying low to leaders who stay quiet"
    )
    push_holding: float = parameter(-0.05, "wages", -2.0, 2.0, ASSUMED_SOURCE, "value of pressing to leaders who hold")
    push_expanding: float = parameter(
        0.20, "wages", -2.0, 2.0, ASSUMED_SOURCE, "value of pressing to leaders who expand"
    )
    push_quiet: float = parameter(
        -0.20, "wages", -2.0, 2.0, ASSUMED_SOURCE, "value of pressing to leaders who stay quiet"
    )
    wary_expanding: float = parameter(
        0.6, "ratio", 0.0, 5.0, ASSUMED_SOURCE, "weight of risk for leaders who expand, relative to those who hold"
    )
    wary_quiet: float = parameter(
        1.5, "ratio", 0.0, 5.0, ASSUMED_SOURCE, "weight of risk for leaders who stay quiet, relative to those who hold"
    )
    fierce_expanding: float = parameter(
        1.0, "log-odds", -3.0, 3.0, FEUD_SOURCE, "effect on violence of leaders who expand"
    )
    fierce_quiet: float = parameter(
        -1.2, "log-odds", -3.0, 3.0, FEUD_SOURCE, "effect on violence of leaders who stay quiet"
    )
    rent_slope: float = parameter(
        4.0, "log-odds", 0.0, 50.0, ASSUMED_SOURCE, "effect of the expected gain from one step of the rent"
    )
    rent_step: float = share_parameter(0.04, "assumed", "monthly change of the rent", high=0.3)
    punish_base: float = parameter(
        -2.95, "log-odds", -10.0, 5.0, "calibrated: V18", "readiness to punish a person who refuses"
    )
    punish_refused: float = parameter(
        4.0, "log-odds", 0.0, 20.0, "J04; assumed", "effect on punishment of the share that refuses"
    )
    punish_told: float = parameter(
        0.8, "log-odds", 0.0, 5.0, "J04, G13; assumed", "effect on punishment of the person's having told the police"
    )
    punish_paid: float = share_parameter(0.55, ASSUMED_SOURCE, "share that pays at which refusals have no effect")
    punish_risk: float = parameter(
        0.6, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of risk against punishment, at twice the usual"
    )
    punish_quiet: float = parameter(
        1.5, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "effect of lying low against punishment"
    )
    punish_leaderless: float = parameter(
        0.6, "log-odds", 0.0, 5.0, "J05; assumed; swept", "effect on punishment of having no leader"
    )
    recruits_change: float = parameter(
        0.7, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "readiness to replace members who left"
    )
    recruits_hands: float = parameter(
        2.0,
        "log-odds",
        0.0,
        10.0,
        ASSUMED_SOURCE,
        "effect on recruiting of members that are missing, over those there are",
    )
    recruits_takings: float = parameter(
        1.0, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of income on recruiting, at twice the usual"
    )
    recruits_risk: float = parameter(
        0.3, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of risk against recruiting, at twice the usual"
    )
    recruits_few: float = share_parameter(0.15, "assumed", "recruitment while no members are wanted, relative")
    recruits_more: float = parameter(
        2.2, "ratio", 1.0, 10.0, ASSUMED_SOURCE, "recruitment while more members are wanted, relative"
    )
    payers_each: float = parameter(4.0, "people", 0.5, 50.0, ASSUMED_SOURCE, "payers from whom one member collects")
    guard: float = parameter(
        4.0, "members", 0.0, 50.0, ASSUMED_SOURCE, "members kept against rivals, and one for each cell"
    )
    take_base: float = parameter(-3.5, "log-odds", -20.0, 5.0, ASSUMED_SOURCE, "readiness to take a cell")
    give_base: float = parameter(-4.0, "log-odds", -20.0, 5.0, ASSUMED_SOURCE, "readiness to give up a cell")
    cells_hands: float = parameter(
        3.0, "log-odds", 0.0, 20.0, ASSUMED_SOURCE, "effect of members beyond those needed, over those needed"
    )
    cells_worth: float = parameter(
        1.0, "log-odds a wage", 0.0, 10.0, ASSUMED_SOURCE, "effect of the income from a cell"
    )
    cells_press: float = parameter(1.0, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of pressing on taking a cell")
    cells_quiet_give: float = parameter(
        0.5, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of lying low on giving up a cell"
    )
    cells_quiet_take: float = parameter(
        2.0, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "effect of lying low against taking a cell"
    )
    attack_base: float = parameter(-0.6, "log-odds", -10.0, 5.0, "calibrated: V18", "readiness to attack in a month")
    attack_owed: float = parameter(
        2.0, "log-odds", 0.0, 10.0, FEUD_SOURCE, "effect on attacks of each own death to be avenged"
    )
    attack_owed_most: float = parameter(
        2.0, "deaths", 0.0, 20.0, FEUD_SOURCE, "deaths to be avenged beyond which more have no effect"
    )
    attack_again: float = parameter(
        7.0, "days", 0.0, 60.0, FEUD_SOURCE, "mean time to the next attack while a death is to be avenged", off=0.0
    )
    attack_press: float = parameter(0.5, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of pressing on attacks")
    attack_quiet: float = parameter(1.5, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "effect of lying low against attacks")
    attack_risk: float = parameter(
        0.5, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of risk against attacks, at twice the usual"
    )
    attack_losses: float = parameter(
        0.3, "log-odds", 0.0, 5.0, FEUD_SOURCE, "effect of own losses against attacks, at twice the usual"
    )
    attack_leaderless: float = parameter(
        0.6, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect on attacks of having no leader"
    )
    attack_member: float = share_parameter(0.6, "assumed", "attacks that aim at a member of the rival")
    honour: float = parameter(
        4.5, "log-odds", 0.0, 20.0, ASSUMED_SOURCE, "effect of a pact that is asked for in full on keeping it"
    )
    pact_losses: float = parameter(
        1.0, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of own losses on keeping a pact, at twice the usual"
    )
    pact_owed: float = parameter(
        1.5, "log-odds", 0.0, 10.0, ASSUMED_SOURCE, "effect of each own death to be avenged against keeping a pact"
    )
    pact_press: float = parameter(
        0.7, "log-odds", 0.0, 5.0, ASSUMED_SOURCE, "effect of pressing against keeping a pact"
    )
    free_months: float = parameter(
        6.0, "months", 0.0, 60.0, ASSUMED_SOURCE, "months after a broken pact in which neither clique is bound"
    )
    heir_least: float = parameter(2.0, "months", 0.0, 24.0, "assumed", "shortest time until an heir leads")
    heir_more: float = parameter(
        8.0, "months", 0.0, 36.0, "assumed", "longest additional time until an heir leads, drawn"
    )
    alike: float = share_parameter(0.5, "assumed", "heirs who keep the strategy of the leader before")
    headless: float = share_parameter(0.6, ASSUMED_SOURCE, "demands without a leader, relative", off=1.0)
    remote: float = share_parameter(
        0.85, "J05; assumed", "demands while the leader telephones from prison, relative", off=1.0
    )
    telephone: float = parameter(
        2.0,
        "hands",
        0.0,
        4.0,
        "J05; assumed, swept 0-4",
        "members to which a prisoner with a telephone corresponds",
        off=0.0,
    )
    least: int = parameter(5, "members", 0, 50, "assumed", "members below which a clique dissolves")
    home: int = parameter(
        6, "members", 1, 50, "assumed", "returned prisoners from which a dissolved clique is founded again"
    )
    sent: int = parameter(8, "members", 1, 50, "assumed", "members whom a neighbouring clique of the gang sends")
    large: int = parameter(34, "members", 10, 200, "assumed", "members of a clique that can send some")
    leaders: float = share_parameter(
        0.0, "experiment", "leaders who are arrested on a day on which this policy is in force", off=0.0
    )
    dismantled: float = share_parameter(
        0.0, "experiment", "members of the largest clique arrested on a day on which this policy is in force", off=0.0
    )
    raid_months: float = parameter(
        24.0, "months", 1.0, 240.0, "experiment", "months for which those arrested on such a day are held"
    )


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
