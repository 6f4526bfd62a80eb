"""Declarations of hearsay: parameters, causes and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.community.consultation.schema import INFORMED
from model.engine.causes import declare_cause
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.gangs.extortion.schema import PAYMENT
from model.police.misconduct.schema import SCANDAL
from model.trust.ledger.schema import PUBLIC_EVENT

HEARSAY_STREAM = stream_id("hearsay")
HEARSAY_CAUSE, AT_HOME_CAUSE = declare_cause("hearsay", 14), declare_cause("at_home", 36)
UNTOLD_CAUSES = (PAYMENT, PUBLIC_EVENT, SCANDAL, INFORMED)
"""Causes that nobody passes on: the weekly payment of rent, and events that the whole town hears of anyway."""
MAX_HOUSEHOLD = 12
"""Rows of a household that are told, at most."""
TIE_STEP = 8
"""Draws reserved per cause and teller in the stream of hearsay: tie k of cause c has index TIE_STEP * c + k."""
NEUTRAL_QUALITY = 0.5
"""Share of favourable evidence that makes news neither good nor bad."""


@dataclass(frozen=True, init=False)
class Hearsay(ParameterGroup):
    """Parameters of hearsay: chance that news is told, and its weight for those who hear it."""

    name: ClassVar[str] = "hearsay"
    evidence: ClassVar[tuple[str, ...]] = ("G05", "G06", "Z01")

    tell_good: float
    tell_bad: float
    weight: float
    at_home: float
