"""Declarations of fear: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.domains import COUNT, DOMAIN_OF_UNIT, POSITIVE, SHARE
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec, RowTableSpec

CAUTION_STREAM, FEAR_STREAM = stream_id("caution"), stream_id("fear")
RATIO_PRIOR = 1.0
"""Added to severity and to visits (a month and 1,000 residents) before their ratio is taken; assumed."""


@dataclass(frozen=True, kw_only=True)
class Fear(ParameterGroup):
    """Parameters of fear: alarm and its decay, crime nearby, precautions and their effect."""

    name: ClassVar[str] = "fear"
    evidence: ClassVar[tuple[str, ...]] = ("B11", "B12", "K08", "V20")

    harm: float = parameter(0.8, "log-odds", 0.0, 4.0, "assumed; swept", "fear after own harm of severity 1", off=0.0)
    heard: float = parameter(0.25, "log-odds", 0.0, 2.0, "assumed; swept", "the same when told by a tie", off=0.0)
    memory: float = parameter(0.75, "years", 0.1, 10.0, "assumed; swept", "half-life of what one went through or heard")
    local: float = parameter(
        0.5,
        "log-odds",
        0.0,
        3.0,
        "V20; assumed, swept",
        "effect of the log of crime nearby over what is usual",
        off=0.0,
    )
    lag: float = parameter(
        4.0, "months", 0.25, 24.0, "K08; assumed", "half-life with which news of crime nearby sinks in"
    )
    habit: float = parameter(5.0, "years", 0.5, 50.0, "assumed", "half-life with which crime nearby becomes usual")
    foot: float = parameter(
        -0.05, "log-odds", -0.5, 0.5, "assumed; both signs swept", "effect of the log of visits on foot", off=0.0
    )
    campaign: float = share_parameter(
        0.0, "B11", "residents whom a campaign for precautions reaches", role="lever", off=0.0
    )
    alarm: float = parameter(
        0.1, "log-odds", -0.5, 0.5, "assumed; both signs swept", "effect of a campaign on fear", off=0.0
    )
    heed: float = parameter(1.2, "log-odds", 0.0, 4.0, "B12; assumed", "effect of a campaign on precaution", off=0.0)
    careful: float = parameter(-0.6, "log-odds", -5.0, 5.0, "assumed", "readiness to take precautions at middling fear")
    by_fear: float = parameter(0.5, "ratio", 0.0, 3.0, "B12; assumed", "effect of fear on precaution")
    precaution: float = share_parameter(
        0.25, "B11, B12: size assumed, swept", "property crimes that the careful are spared", high=0.8
    )
    usual: float = share_parameter(
        0.35, "derived from the start", "careful residents for whom crime rates were calibrated"
    )


class FearState(Row):
    """Fear of a resident; ``alarm`` is added to the disposition to fear, ``caution`` is a lasting inclination."""

    fear: Annotated[float, Column("perceived insecurity", "0-1")]
    base_fear: Annotated[float, Column("disposition to fear", "log-odds")]
    alarm: Annotated[float, Column("what own and heard harm adds", "log-odds")]
    caution: Annotated[float, Column("inclination to take precautions", "log-odds")]
    careful: Annotated[int, Column("whether precautions are taken", "0 or 1", kind="i4")]


class LocalConditions(Row):
    """Crime and visits on foot in a settlement: this month, recently, usually, and their effect on fear.

    ``insecurity`` is in log-odds; ``kept`` is the share of alarm that is left after the month.
    """

    begun: Annotated[int, COUNT]
    crime: Annotated[float, POSITIVE]
    seen: Annotated[float, POSITIVE]
    crime_recent: Annotated[float, POSITIVE]
    crime_usual: Annotated[float, POSITIVE]
    seen_recent: Annotated[float, POSITIVE]
    seen_usual: Annotated[float, POSITIVE]
    insecurity: Annotated[float, DOMAIN_OF_UNIT["log-odds"]]
    kept: Annotated[float, SHARE]


LOCAL = RowTableSpec(
    name="local",
    row=LocalConditions,
    per="settlement",
    about="Crime and police on foot that settlements notice: this alone.",
)
FEAR_SHIFT = ArraySpec(
    name="fear_shift",
    of=np.float64,
    shape=(1,),
    about="Log-odds added to all dispositions of fear: this alone.",
    domain=DOMAIN_OF_UNIT["log-odds"],
)
MAX_FEAR_SHIFT = 60.0
"""Bound (log-odds) of the search for that shift: alarm is never as strong."""
TOLERANCE = 1e-6
"""Tolerance (log-odds) of that search."""
