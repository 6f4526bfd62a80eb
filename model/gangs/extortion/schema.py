"""Declarations of extortion: parameters, threats, columns of residents, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from model.engine.calendar import DAYS_OF_YEAR
from model.engine.domains import PAST, TICK, row_of
from model.engine.parameters import ParameterGroup
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
PAYMENT = declare_event("payment", 35)


@dataclass(frozen=True, init=False)
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

    demands: float
    rent: float
    rent_step: float
    dread: float
    punishment_cost: float
    noise: float
    churn: float
    threat_days: float
    punish: float
    punish_told: float
    lethal: float
    learning: float
    clash: float
    most_rivals: int
    tension: float
    clash_lethal: float
    recruit: float
    recruit_tie: float
    recruit_out: float
    leave: float
    leave_idle: float
    imitators: float
    imitator_business: float
    paying: float
    imitator_again: float
    imitator_prison: float
    imitator_blocked: float
    severity: float
    wound_severity: float
    attacked_from: float
    recruit_from: float
    recruit_to: float
    imitator_loss: float
    imitator_severity: float
    weight_payment: float
    imitator_pay: float


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
