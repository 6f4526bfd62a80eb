"""What weighs with a clique when it decides (ODD: cliques)."""

import math
from typing import TYPE_CHECKING

from oracle.deciding import decide
from oracle.politics import violence

if TYPE_CHECKING:
    from oracle.gangs import Clique
    from oracle.people import Resident
    from oracle.town import PlainTown

QUIET, HOLD, PRESS = range(3)
STANCES = ("quiet", "hold", "press")
HOLDING, EXPANDING, WANTING_QUIET = range(3)
STRATEGIES = ("holding", "expanding", "quiet")
NO_SUCH_CELL = -60.0


# What a clique knows


def lack_of_leader(town: "PlainTown", clique: "Clique") -> float:
    """How far a clique is without somebody who leads it."""
    if clique.leader is None or clique.disputed:
        return 1.0
    return float(town.numbers("extortion").imitator_blocked) if clique.inside else 0.0


def share_paid(town: "PlainTown", clique: "Clique") -> float:
    """Share of demands that are paid, as a clique remembers them."""
    half = town.numbers("cliques").prior_paid
    return float((clique.paid + half / 2.0) / (clique.paid + clique.unpaid + half))


def losses(town: "PlainTown", clique: "Clique") -> float:
    """Own dead by rivals in a month and member, as a clique remembers them."""
    p = town.numbers("cliques")
    return float((clique.lost + p.prior * p.lost_usual) / (clique.member_months + p.prior))


def by_strategy(town: "PlainTown", clique: "Clique", name: str, holding: float) -> float:
    """Return a number of the strategy of whoever leads."""
    if clique.strategy == HOLDING:
        return holding
    return float(getattr(town.numbers("cliques"), f"{name}_{STRATEGIES[clique.strategy]}"))


def risk(town: "PlainTown", clique: "Clique") -> float:
    """How much more than usual a clique feels of the police, as it weighs with its leader."""
    return by_strategy(town, clique, "wary", 1.0) * (clique.risk_felt / town.numbers("cliques").usual - 1.0)


def fierceness(town: "PlainTown", clique: "Clique") -> float:
    """Taste for violence of whoever leads."""
    return by_strategy(town, clique, "fierce", 0.0)


def is_at_peace(town: "PlainTown", clique: "Clique") -> bool:
    """Tell whether a pact is asked for and this clique keeps it."""
    return bool(town.numbers("extortion").tension < 1.0 and clique.free_until <= town.tick)


# What it decides


def choose_stance(town: "PlainTown", clique: "Clique", fill: float, *, peace: bool) -> None:
    """Lie low, hold or press."""
    p, strategy = town.numbers("cliques"), STRATEGIES[clique.strategy]
    doubt = p.doubt * (1.0 + p.leaderless_doubt * lack_of_leader(town, clique))
    caught = by_strategy(town, clique, "wary", 1.0) * p.caught_cost * clique.risk_felt / doubt
    dead = 0.0 if peace else p.dead_cost * losses(town, clique) / doubt
    more = p.press_gains * clique.income * share_paid(town, clique) * (1.0 - fill) / doubt
    lull, push = getattr(p, f"lull_{strategy}") / doubt, getattr(p, f"push_{strategy}") / doubt
    terms = {
        "quiet": (0.0, -p.quiet_costs * clique.income / doubt, -p.shown_quiet * caught, -p.quiet_dead * dead, lull),
        "hold": (0.0, 0.0, -caught, -dead, 0.0),
        "press": (0.0, more, -p.shown_press * caught, -p.press_dead * dead, push),
    }
    clique.stance = STANCES.index(decide(town, "clique stance", clique.number, terms, ordered=True))


def choose_rent(town: "PlainTown", clique: "Clique") -> None:
    """Lower the rent, keep it or raise it."""
    p = town.numbers("cliques")
    gain = p.rent_slope * (1.0 - clique.rent * (1.0 - share_paid(town, clique)) / town.numbers("extortion").noise)
    terms = {"down": (0.0, -gain), "keep": (0.0, 0.0), "up": (0.0, gain)}
    step = {"down": -p.rent_step, "keep": 0.0, "up": p.rent_step}
    clique.rent *= 1.0 + step[decide(town, "clique rent", clique.number, terms, ordered=True)]


def choose_recruits(town: "PlainTown", clique: "Clique", need: float, n_members: int) -> None:
    """Draw hardly any young people, some, or many."""
    p = town.numbers("cliques")
    hands = p.recruits_hands * (need / max(n_members, 1) - 1.0)
    income = p.recruits_takings * (clique.income - 1.0)
    caught = -p.recruits_risk * (clique.risk_felt / p.usual - 1.0)
    terms = {
        "none": (-p.recruits_change, -hands, -income, -caught),
        "replace": (0.0, 0.0, 0.0, 0.0),
        "grow": (-p.recruits_change, hands, income, caught),
    }
    pull = {"none": p.recruits_few, "replace": 1.0, "grow": p.recruits_more}
    clique.pull = pull[decide(town, "clique recruits", clique.number, terms, ordered=True)]


def wants_attack(town: "PlainTown", clique: "Clique", n_members: int) -> bool:
    """Tell whether a clique wants to attack its foe."""
    p, tension = town.numbers("cliques"), town.numbers("extortion").tension
    readiness = p.attack_base + math.log(max(violence(town) * max(tension, 1.0), 1e-9))
    stance = {QUIET: -p.attack_quiet, HOLD: 0.0, PRESS: p.attack_press}[clique.stance]
    attack = (
        readiness,
        p.attack_owed * min(clique.deaths_owed, p.attack_owed_most),
        stance,
        -p.attack_risk * risk(town, clique),
        -p.attack_losses * (losses(town, clique) / p.lost_usual - 1.0),
        p.attack_leaderless * lack_of_leader(town, clique),
        fierceness(town, clique),
        math.log(min(n_members / max(clique.founding, 1), 1.0) + 1e-9),
        p.attack_gap * lack_of_leader(town, clique.foe),
    )
    terms = {"leave": (0.0,) * 9, "attack": attack}
    return decide(town, "clique attack", clique.number, terms, ordered=True) == "attack"


def honours_pact(town: "PlainTown", clique: "Clique") -> bool:
    """Tell whether a clique that wants to attack holds back for a pact."""
    p = town.numbers("cliques")
    honour = (
        p.honour * (1.0 - town.numbers("extortion").tension),
        p.pact_losses * (losses(town, clique) / p.lost_usual - 1.0),
        -p.pact_owed * clique.deaths_owed,
        -p.pact_press * (clique.stance == PRESS),
    )
    terms = {"break": (0.0,) * 4, "honour": honour}
    return decide(town, "clique pact", clique.number, terms, ordered=True) == "honour"


def disputes_lead(town: "PlainTown", clique: "Clique") -> bool:
    """Tell whether members fight over who leads a clique that has lost its leader."""
    p = town.numbers("cliques")
    dispute = (
        p.dispute_base,
        p.dispute_takings * (clique.income - 1.0),
        -p.dispute_named * (1.0 - lack_of_leader(town, clique)),
        fierceness(town, clique),
    )
    return (
        decide(town, "clique succession", clique.number, {"heir": (0.0,) * 4, "dispute": dispute}, ordered=True)
        == "dispute"
    )


def choose_cells(town: "PlainTown", clique: "Clique", spare: float, poorest: float | None, best: float | None) -> str:
    """Give up a cell, keep what is held or take a cell; a worth that is None says that there is no such cell."""
    p, quiet = town.numbers("cliques"), clique.stance == QUIET
    give = (
        NO_SUCH_CELL if poorest is None else p.give_base,
        -p.cells_hands * spare,
        -p.cells_worth * (poorest or 0.0),
        p.cells_quiet_give * quiet,
    )
    take = (
        NO_SUCH_CELL if best is None else p.take_base,
        p.cells_hands * spare,
        p.cells_worth * (best or 0.0),
        -p.cells_quiet_take * quiet + p.cells_press * (clique.stance == PRESS),
    )
    terms = {"give": give, "keep": (0.0,) * 4, "take": take}
    return decide(town, "clique cells", clique.number, terms, ordered=True)


def punishes(town: "PlainTown", clique: "Clique", target: "Resident", *, reported: bool) -> bool:
    """Tell whether a clique punishes somebody who refused."""
    p = town.numbers("cliques")
    punish = (
        p.punish_base,
        p.punish_refused * (p.punish_paid - share_paid(town, clique)),
        -p.punish_risk * risk(town, clique),
        p.punish_told * reported,
        -p.punish_quiet * (clique.stance == QUIET),
        p.punish_leaderless * lack_of_leader(town, clique),
        fierceness(town, clique),
    )
    terms = {"spare": (0.0,) * 7, "punish": punish}
    return decide(town, "clique punishment", target.number, terms, ordered=True, by=clique.number) == "punish"
