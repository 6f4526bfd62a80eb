"""Declarations of the heavy hand: parameters, suspects, events, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.causes import declare_cause
from model.engine.domains import POSITIVE, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.trust.events.schema import declare_event

ARMY_PATROLS, ARMY_PLACE, ARMY_MINUTE, ARMY_MEETS, ARMY_WHO, ARMY_TONE = (
    stream_id("army patrols"),
    stream_id("army place"),
    stream_id("army minute"),
    stream_id("army meets"),
    stream_id("army who"),
    stream_id("army tone"),
)
DETAIN_COUNT, DETAIN_WHO, DETAIN_MARK = (
    stream_id("detention count"),
    stream_id("detention who"),
    stream_id("detention mark"),
)
DETAIN_COMPLAINT, PRISON_RECRUIT = stream_id("detention complaint"), stream_id("prison recruit")
DETAIN_SLOT = stream_id("detention slot")
MAX_DETAINED = 200.0
"""Ceiling of detentions by 1,000 young men and month, for thinning."""
PER_1000 = 1000.0
"""Residents to whom rates of detention refer."""
SMALLEST_SHARE = 1e-9
"""Keeps divisions by shares of members finite."""
DETENTION, ARMY = declare_cause("detention", 23), declare_cause("army", 24)
DETAINED = declare_event("detained", 69, cause=DETENTION, memory="panel")
DETAINED_TIE = declare_event("detained_tie", 70, cause=DETENTION)
ARMY_HARSH = declare_event("army_harsh", 71, cause=ARMY)
ARMY_CIVIL = declare_event("army_civil", 72, cause=ARMY, memory="friendly")


@dataclass(frozen=True, init=False)
class HeavyHand(ParameterGroup):
    """Army patrols, detention on suspicion, and their effects on trust and recruitment."""

    name: ClassVar[str] = "heavy_hand"
    evidence: ClassVar[tuple[str, ...]] = ("J05", "K01", "M08", "M14")

    army: float
    visits: int
    stay: float
    stops: float
    stopped_from: float
    presence: float
    harsh: float
    weight_harsh: float
    detention: float
    detained_from: float
    wrongful: float
    offenders: float
    months: float
    weeks: float
    weight_detained: float
    weight_tie: float
    prison_recruit: float
    complain: float


AROUND = ArraySpec(
    name="around",
    of=np.int64,
    exempt="listed only while somebody may be detained, which is compared",
    about="Men who live in or next to a territory: this alone.",
    domain=row_of("resident"),
)
SUSPECTED = ArraySpec(
    name="suspected",
    of=np.float64,
    shape=(2,),
    about="Share of members among the young of them, and the month of the count: this.",
    domain=POSITIVE,
)


class HeavyHandCounts(Row):
    """Monthly counts of army visits and stops, detentions and recruitment in prison."""

    army_visits: float
    stops_army: float
    stops_army_harsh: float
    detentions: float
    wrongful_detentions: float
    detained_offenders: float
    detention_complaints: float
    prison_recruits: float
