"""Declarations of seeking help: parameters, an event, counts and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.crime.domestic_violence.schema import PROTECTION
from model.engine.domains import POSITIVE
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec
from model.trust.events.schema import declare_event

SPEAKS_ONLY, WOMAN_ON_RELAY, LANGUAGE_ON_RELAY, MEASURES_STREAM = (
    stream_id("speaks another language"),
    stream_id("woman on relay"),
    stream_id("language on relay"),
    stream_id("measures"),
)
PLACE_OF_CHANNEL = np.array([3, 3, 3, 3, 2, 4, 3, 1, 5, 6])
"""Place of each channel in `HELP_PLACES`: nobody, kin, authority, police, prosecutor, DEMI, refuge."""
N_HELP_CHANNELS = 10
HELP_REASONS = ("luck", "own", "ties", "trust", "attention", "fear", "way", "authority")
"""Reasons that decide where a woman seeks help: no single one, own outcomes, those of ties, terms of utility."""
REASON_NONE, REASON_OWN, REASON_TIES, REASON_TRUST, REASON_ATTENTION, REASON_FEAR, REASON_WAY, REASON_AUTHORITY = range(
    8
)
N_REASONS = len(HELP_REASONS)
HALF_OF_TIES = 3.0
"""Ties near a woman for which `seeking_help.kin` is stated: half of `N_TIES`."""
PROTECTED = declare_event("protected", 75, cause=PROTECTION)
CHOSEN_BY = ArraySpec(
    name="chosen_by",
    of=np.float64,
    shape=(N_REASONS,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Acts by the reason that decided where she sought help: this.",
    domain=POSITIVE,
)


@dataclass(frozen=True, init=False)
class SeekingHelp(ParameterGroup):
    """Parameters of seeking help: utilities by place, protection, and learning from outcomes."""

    name: ClassVar[str] = "seeking_help"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("C12", "F05", "F08", "F24", "F26", "F27", "H02", "V11", "V12", "V13", "S10")

    intercept: float
    severity: float
    fear: float
    shame: float
    kin: float
    near: float
    over: float
    over_prosecutor: float
    trust: float
    minutes: float
    no_woman: float
    language: float
    other_language: float
    women_on_relay: float
    language_on_relay: float
    prosecutor: float
    demi: float
    demi_pull: float
    refuge: float
    refuge_pull: float
    follow: float
    company: float
    measures: float
    months: float
    shelter: float
    relief: float
    learning: float
    prior: float
    heard: float
    memory: float


class SeekingHelpCounts(Row):
    """Counts of a month."""

    domestic_complaints_police: float
    domestic_complaints_prosecutor: float
    domestic_protected: float


WRITTEN_COLUMNS = (
    "cases", "choices", "tally.cases_heard", "tally.cases_called", "tally.cases_prosecuted", "tally.cases_put_off",
    "tally.heard_respect", "tally.heard_weakness", "boards.legitimacy", "boards.shown", "boards.showings",
    "homes.channel", "homes.safe", "helped", "incidents.told", "incidents.handed", "incidents.complaint",
    "incidents.in_time", "calls", "unserved", "impressions",
)  # fmt: skip
