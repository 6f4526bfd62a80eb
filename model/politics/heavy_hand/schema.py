"""Declarations of the heavy hand: parameters, suspects, events, monthly counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.causes import declare_cause
from model.engine.domains import POSITIVE, row_of
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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
DETAINED = declare_event(
    "detained",
    69,
    "detained and let out",
    cause=DETENTION,
    fair=0.0,
    fair_weight=1.0,
    effective=0.0,
    effective_weight=0.5,
    memory="panel",
)
DETAINED_TIE = declare_event("detained_tie", 70, "somebody close detained", cause=DETENTION, fair=0.0, fair_weight=1.0)
ARMY_HARSH = declare_event(
    "army_harsh",
    71,
    "harsh stop by the army",
    cause=ARMY,
    fair=0.1,
    fair_weight=1.0,
    effective=0.1,
    effective_weight=0.3,
)
ARMY_CIVIL = declare_event(
    "army_civil",
    72,
    "fair stop by the army",
    cause=ARMY,
    fair=0.7,
    fair_weight=1.0,
    effective=0.7,
    effective_weight=0.2,
    memory="friendly",
)


@dataclass(frozen=True, kw_only=True)
class HeavyHand(ParameterGroup):
    """Army patrols, detention on suspicion, and their effects on trust and recruitment."""

    name: ClassVar[str] = "heavy_hand"
    evidence: ClassVar[tuple[str, ...]] = ("J05", "K01", "M08", "M14")

    army: float = parameter(0.0, "patrols a shift", 0.0, 200.0, "M14", "army patrols", role="lever", off=0.0)
    visits: int = parameter(8, "visits", 1, 48, "assumed", "places that an army patrol visits in a shift")
    stay: float = parameter(20.0, "minutes", 1.0, 120.0, "assumed", "time that soldiers stay at a place")
    stops: float = parameter(
        1.5, "people a visit", 0.0, 10.0, "assumed", "people whom soldiers look at in a visit to a crowded place"
    )
    stopped_from: float = parameter(15.0, "years", 12.0, 18.0, "assumed", "age from which soldiers stop young men")
    presence: float = share_parameter(
        0.0,
        "Q27: crime does not fall while they are there; swept",
        "deterrence by soldiers, relative to a couple",
    )
    harsh: float = share_parameter(0.35, "assumed; swept", "stops of young men by soldiers that are harsh")
    weight_harsh: float = parameter(
        0.244, "evidence", 0.0, 2.0, "assumed: -4 points; swept -1 to -12", "weight of a harsh stop by soldiers"
    )
    detention: float = parameter(
        0.0,
        "per 1,000 and month",
        0.0,
        30.0,
        "policy; assumed: about 1 in Guatemala 2003-04, from .25 to 4",
        "young men in or next to gang cells detained",
        role="lever",
        off=0.0,
    )
    detained_from: float = parameter(14.0, "years", 12.0, 18.0, "assumed", "age from which young men are detained")
    wrongful: float = share_parameter(
        0.25, "concept: 0.05-0.5; swept", "detentions of persons who are not members", low=0.05, high=0.5
    )
    offenders: float = share_parameter(0.03, "assumed; swept", "detentions that remove an offender's slot", high=0.5)
    months: float = parameter(12.0, "months", 0.5, 120.0, "assumed", "time that a member is held", role="lever")
    weeks: float = parameter(
        6.0, "weeks", 0.5, 100.0, "assumed", "time for which persons who are not members are held", role="lever"
    )
    weight_detained: float = parameter(
        1.46,
        "evidence",
        0.0,
        6.0,
        "assumed: as abuse, Q01; swept -10 to -30 points",
        "weight of a detention for the detained",
    )
    weight_tie: float = parameter(
        0.411, "evidence", 0.0, 2.0, "assumed: -6 points; swept -2 to -12", "weight of a detention for each tie"
    )
    prison_recruit: float = share_parameter(
        0.1, "J05; assumed", "detained persons who were not members and come back as members"
    )
    complain: float = share_parameter(0.2, "assumed", "wrongful detentions followed by a complaint")


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
