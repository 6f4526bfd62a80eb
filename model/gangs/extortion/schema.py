"""Declarations of extortion: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.causes import cause
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Column, Row
from model.engine.tables import Growing

DEMAND_COUNT, DEMAND_WHO, DEMAND_MARK = (
    decision("demand count"),
    decision("demand who"),
    decision("demand mark"),
)
DEMAND_PAY, THREAT_DUE, PUNISH, STOPS_PAYING = (
    decision("demand pay"),
    decision("threat"),
    decision("punish"),
    decision("stops paying"),
)
CLASH, CLASH_VICTIM = decision("clash"), decision("clash victim")
RECRUIT_COUNT, RECRUIT_WHO, RECRUIT_MARK = (
    decision("recruit count"),
    decision("recruit who"),
    decision("recruit mark"),
)
IMITATOR_COUNT, IMITATOR_WHO = decision("imitator count"), decision("imitator who")
PAYS_AT_START, FROM_PRISON, BLOCKED = decision("pays at start"), decision("from prison"), decision("telephone blocked")
IMITATOR_MARK, IMITATOR_PAY, LEAVES = decision("imitator mark"), decision("imitator pay"), decision("leaves")
MOST_DEMANDS = 0.5
"""Ceiling of demands by a clique in a shift."""
MOST_RECRUITED = 0.02
"""Ceiling of a young resident's hazard of being recruited, a year."""
RECRUIT_CANDIDATES = 0.02 / 365.0
"""Candidates for recruitment by resident and day."""
MOST_IMITATED = 0.02
"""Ceiling of telephone extortion by resident and year."""
DEMAND_NUMBER, IMITATOR_NUMBER, CLASH_NUMBER, PUNISH_NUMBER = 2**29, 2**29 + 2**28, 2**30, 2**30 + 2**29
DEMANDS_A_CLIQUE = 4096
PAYMENT = cause("payment", 35)


@dataclass(frozen=True, kw_only=True)
class Extortion(Group):
    """What cliques and imitators demand, who pays, what happens to those who do not."""

    name: ClassVar[str] = "extortion"
    evidence: ClassVar[tuple[str, ...]] = (
        "J01",
        "J04",
        "S15",
        "V07",
        "V10",
        "V14",
        "V15",
        "V18",
        "Y01",
        "Y02",
    )

    demands: float = number(
        1.75, "a year and member", 0.0, 12.0, "calibrated: V07; orders of magnitude", "demands made", off=0.0
    )
    rent: float = number(200.0, "quetzals a week", 10.0, 5000.0, "assumed", "rent at the start")
    rent_step: float = share(0.03, "assumed", "monthly change of the rent", high=0.3)
    dread: float = share(0.15, "assumed", "believed chance of punishment at the start")
    punishment_cost: float = number(
        2500.0, "quetzals a week", 100.0, 100000.0, "assumed", "what punishment is feared to cost, as rent"
    )
    noise: float = number(150.0, "quetzals a week", 1.0, 5000.0, "assumed", "spread of what people would bear")
    churn: float = share(0.012, "assumed: a year and a half", "payers who stop in a week", high=0.5)
    threat_days: float = number(14.0, "days", 0.0, 180.0, "assumed", "longest time until a threat is due")
    punish: float = share(0.10, "J04; assumed", "refusers who are punished")
    punish_told: float = share(0.20, "J04; assumed", "refusers who told the police openly and are punished")
    lethal: float = share(0.12, "J04; calibrated: V18", "punishments that kill")
    learning: float = share(0.03, "assumed", "weight of one case in the believed chance")
    clash: float = number(
        5.0, "a year", 0.0, 30.0, "calibrated: homicides, V18", "clashes of a clique by rival nearby", off=0.0
    )
    most_rivals: int = number(3, "cliques", 0, 50, "assumed", "rivals from which more weigh no more")
    tension: float = number(1.0, "ratio", 0.0, 10.0, "design", "rivalry, relative; less under a pact", role="lever")
    clash_lethal: float = share(0.35, "V18; assumed", "clashes that kill")
    recruit: float = number(
        0.005,
        "a year",
        0.0,
        0.02,
        "orders of magnitude: 20-120 recruits",
        "hazard of the young in a territory",
        off=0.0,
    )
    recruit_tie: float = number(1.2, "log ratio", 0.0, 5.0, "assumed", "effect of a tie to a member")
    recruit_out: float = number(0.8, "log ratio", 0.0, 5.0, "E15; assumed", "effect of being out of school")
    leave: float = share(0.012, "assumed", "members who leave in a month", high=0.5)
    leave_idle: float = number(
        0.7, "log ratio", 0.0, 5.0, "assumed; swept", "more who leave a clique without income, 1 being usual", off=0.0
    )
    imitators: float = number(
        0.006,
        "a year",
        0.0,
        0.02,
        "calibrated: V15; orders of magnitude",
        "telephone extortion of an adult where phone lists are 1",
        off=0.0,
    )
    imitator_business: float = number(3.0, "ratio", 1.0, 20.0, "assumed", "the same for businesses, relative")
    paying: float = share(
        0.12, "orders of magnitude: 10-25 % of shops and vehicles", "targets that pay at the start", off=0.0
    )
    imitator_again: float = number(
        4.0, "ratio", 1.0, 20.0, "V10; assumed", "telephone extortion of those who gave in within a year, relative"
    )
    imitator_prison: float = share(
        0.6, "V15: many from prisons; size assumed, swept", "calls of imitators that come from prisons"
    )
    imitator_blocked: float = share(0.0, "policy", "calls from prisons that are blocked", role="lever")
    weight_payment: float = number(
        0.0155, "evidence", 0.0, 0.2, "assumed: -.2 points; swept 0 to -.6", "weight of each payment", off=0.0
    )
    imitator_pay: float = share(0.3, "V10: 48 % pay; fewer to imitators, assumed", "victims of imitators who pay")


class Threat(Row):
    """A threat against somebody who refused to pay."""

    due: int
    born: int
    victim: int
    clique: int


class Purse(Row):
    """What extortion has done to a resident."""

    pays: Annotated[int, Column("clique to which rent is paid, or -1", "clique", -1, "i4")]
    gave_in: Annotated[int, Column("last paid an imitator", "tick", -1, "i4")]


THREATS = Growing(name="threats", row=Threat, about="Threats that are due later: this alone.")


class Counts(Row):
    """What is counted in a month."""

    extortion_territorial: float
    extortion_imitators: float
    payments: float
    paid_imitators: float
    imitators_prison: float
    punishments: float
    clashes: float
    recruits: float
    left_gang: float


WRITES = (
    "minds.harmed", "minds.gone", "minds.member", "tally.grave_assaults", "cliques.members", "cliques.asked",
    "cliques.refused", "cliques.rent", "cliques.dread", "cliques.paid", "cliques.unpaid", "cliques.takings",
    "cliques.owed", "cliques.killed_now", "choices", "roll", "incidents", "impressions",
)  # fmt: skip
