"""Declarations of extortion: parameters, threats, columns of residents, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.calendar import DAYS_OF_YEAR
from model.engine.domains import PAST, TICK, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import GrowingTableSpec
from model.trust.events.schema import declare_event

DEMAND_COUNT, DEMAND_WHO, DEMAND_MARK = (
    stream_id("demand count"),
    stream_id("demand who"),
    stream_id("demand mark"),
)
DEMAND_PAY, THREAT_DUE, PUNISH_STREAM, STOPS_PAYING = (
    stream_id("demand pay"),
    stream_id("threat"),
    stream_id("punish"),
    stream_id("stops paying"),
)
CLASH_STREAM, CLASH_VICTIM, ATTACK_AGAIN_STREAM = (
    stream_id("clash"),
    stream_id("clash victim"),
    stream_id("clique attack again"),
)
HALF_OWED = 0.5
"""Deaths owed from which a clique that has attacked attacks again in the same month."""
RECRUIT_COUNT, RECRUIT_WHO, RECRUIT_MARK = (
    stream_id("recruit count"),
    stream_id("recruit who"),
    stream_id("recruit mark"),
)
IMITATOR_COUNT, IMITATOR_WHO = stream_id("imitator count"), stream_id("imitator who")
PAYS_AT_START, FROM_PRISON, TELEPHONE_BLOCKED_STREAM = (
    stream_id("pays at start"),
    stream_id("from prison"),
    stream_id("telephone blocked"),
)
IMITATOR_MARK, IMITATOR_PAY, LEAVES_STREAM = stream_id("imitator mark"), stream_id("imitator pay"), stream_id("leaves")
MAX_DEMAND_RATE = 0.5
"""Ceiling of demands by a clique in a shift, for thinning."""
DEMANDS_BOUND = 16
"""Upper bound of demands, payments and clashes by a clique in a shift."""
DEMAND_SHIFTS = 2.0
"""Shifts of a day in which cliques make demands."""
MAX_RECRUIT_RATE = 0.02
"""Ceiling of a young resident's hazard of being recruited, a year, for thinning."""
RECRUIT_CANDIDATES = 0.02 / DAYS_OF_YEAR
"""Candidates for recruitment by resident and day."""
MAX_IMITATOR_RATE = 0.02
"""Ceiling of telephone extortion by resident and year, for thinning."""
DEMAND_ID_OFFSET, IMITATOR_ID_OFFSET, CLASH_ID_OFFSET, PUNISHMENT_ID_OFFSET = 2**29, 2**29 + 2**28, 2**30, 2**30 + 2**29
"""First numbers of incidents, by origin: numbers of incidents in a shift differ."""
MAX_DEMANDS_A_CLIQUE = 4096
"""Numbers that a clique's demands of a shift may take."""
PAYMENT = declare_event("payment", 35, "payment of rent", effective=0.05, effective_weight=1.0)


@dataclass(frozen=True, kw_only=True)
class Extortion(ParameterGroup):
    """Demands of cliques and imitators, payment and refusal, punishment, rivalry and recruitment."""

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

    demands: float = parameter(
        1.75,
        "a year and member",
        0.0,
        12.0,
        "calibrated: V07; orders of magnitude",
        "demands that a member makes",
        off=0.0,
    )
    rent: float = parameter(200.0, "quetzals a week", 10.0, 5000.0, "assumed", "rent at the start")
    rent_step: float = share_parameter(0.03, "assumed", "monthly change of the rent", high=0.3)
    dread: float = share_parameter(0.15, "assumed", "believed chance of punishment for refusing at the start")
    punishment_cost: float = parameter(
        2500.0, "quetzals a week", 100.0, 100000.0, "assumed", "feared cost of punishment, as rent"
    )
    noise: float = parameter(
        150.0, "quetzals a week", 1.0, 5000.0, "assumed", "standard deviation of the rent that people would bear"
    )
    churn: float = share_parameter(0.012, "assumed: a year and a half", "payers who stop in a week", high=0.5)
    threat_days: float = parameter(14.0, "days", 0.0, 180.0, "assumed", "longest time until a threat is carried out")
    punish: float = share_parameter(0.10, "J04; assumed", "persons who refuse and are punished")
    punish_told: float = share_parameter(
        0.20, "J04; assumed", "persons who refuse, tell the police openly and are punished"
    )
    lethal: float = share_parameter(0.12, "J04; calibrated: V18", "punishments that kill")
    learning: float = share_parameter(0.03, "assumed", "weight of one case in the believed chance of punishment")
    clash: float = parameter(
        5.0, "a year", 0.0, 30.0, "calibrated: homicides, V18", "clashes of a clique with each rival nearby", off=0.0
    )
    most_rivals: int = parameter(3, "cliques", 0, 50, "assumed", "rivals beyond which more have no effect")
    tension: float = parameter(
        1.0, "ratio", 0.0, 10.0, "design", "rivalry, relative to the baseline; less under a pact", role="lever"
    )
    clash_lethal: float = share_parameter(0.35, "V18; assumed", "clashes that kill")
    recruit: float = parameter(
        0.005,
        "a year",
        0.0,
        0.02,
        "orders of magnitude: 20-120 recruits",
        "hazard of recruitment of young people in a territory",
        off=0.0,
    )
    recruit_tie: float = parameter(1.2, "log ratio", 0.0, 5.0, "assumed", "effect on recruitment of a tie to a member")
    recruit_out: float = parameter(
        0.8, "log ratio", 0.0, 5.0, "E15; assumed", "effect on recruitment of being out of school"
    )
    leave: float = share_parameter(0.012, "assumed", "members who leave in a month", high=0.5)
    leave_idle: float = parameter(
        0.7,
        "log ratio",
        0.0,
        5.0,
        "assumed; swept",
        "effect on leaving of a clique without income, relative to the usual",
        off=0.0,
    )
    imitators: float = parameter(
        0.006,
        "a year",
        0.0,
        0.02,
        "calibrated: V15; orders of magnitude",
        "telephone extortion of an adult by imitators where phone lists are 1",
        off=0.0,
    )
    imitator_business: float = parameter(
        3.0, "ratio", 1.0, 20.0, "assumed", "telephone extortion of businesses, relative"
    )
    paying: float = share_parameter(
        0.12, "orders of magnitude: 10-25 % of shops and vehicles", "targets that pay at the start", off=0.0
    )
    imitator_again: float = parameter(
        4.0, "ratio", 1.0, 20.0, "V10; assumed", "telephone extortion of those who paid within a year, relative"
    )
    imitator_prison: float = share_parameter(
        0.6, "V15: many from prisons; size assumed, swept", "calls of imitators that come from prisons"
    )
    imitator_blocked: float = share_parameter(0.0, "policy", "calls from prisons that are blocked", role="lever")
    severity: float = share_parameter(0.6, "assumed", "severity of a demand by a clique")
    wound_severity: float = share_parameter(0.8, "assumed", "severity of an attack that does not kill")
    attacked_from: float = parameter(14.0, "years", 10.0, 18.0, "assumed", "age from which young men are attacked")
    recruit_from: float = parameter(12.0, "years", 8.0, 18.0, "assumed", "age from which cliques recruit")
    recruit_to: float = parameter(21.0, "years", 15.0, 35.0, "assumed", "age from which cliques recruit no longer")
    imitator_loss: float = parameter(500.0, "quetzals", 0.0, 10000.0, "assumed", "mean loss by an imitator")
    imitator_severity: float = share_parameter(0.4, "assumed", "severity of a demand by an imitator")
    weight_payment: float = parameter(
        0.0155, "evidence", 0.0, 0.2, "assumed: -.2 points; swept 0 to -.6", "weight of each payment", off=0.0
    )
    imitator_pay: float = share_parameter(
        0.3, "V10: 48 % pay; fewer to imitators, assumed", "victims of imitators who pay"
    )


class Threat(Row):
    """A pending threat against a victim who refused a demand; ``born`` and ``due`` are ticks."""

    due: Annotated[int, TICK]
    born: Annotated[int, PAST]
    victim: Annotated[int, row_of("resident")]
    clique: Annotated[int, row_of("clique", none=True)]


class ExtortionHistory(Row):
    """Payments of a resident to cliques and imitators."""

    pays: Annotated[int, Column("clique to which rent is paid, or -1", "clique", -1, "i4"), row_of("clique", none=True)]
    gave_in: Annotated[int, Column("last paid an imitator", "tick", -1, "i4")]


THREATS = GrowingTableSpec(name="threats", row=Threat, about="Threats that are due later: this alone.")


class ExtortionCounts(Row):
    """Monthly counts of extortion, punishments, clashes and members."""

    extortion_territorial: float
    extortion_imitators: float
    payments: float
    paid_imitators: float
    imitators_prison: float
    punishments: float
    clashes: float
    recruits: float
    left_gang: float


WRITTEN_COLUMNS = (
    "minds.harmed", "minds.gone", "minds.member", "tally.grave_assaults", "cliques.members", "cliques.asked",
    "cliques.refused", "cliques.rent", "cliques.dread", "cliques.paid", "cliques.unpaid", "cliques.takings",
    "cliques.owed", "cliques.killed_now", "cliques.attack_at", "choices", "roll", "incidents", "impressions",
)  # fmt: skip
