"""Declarations of seeking help: parameters, an event, counts and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.crime.domestic_violence.schema import PROTECTION
from model.engine.domains import POSITIVE
from model.engine.parameters import ParameterGroup, parameter, share_parameter
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
PROTECTED = declare_event("protected", 75, "protection", cause=PROTECTION, effective=0.95, effective_weight=1.0)
CHOSEN_BY = ArraySpec(
    name="chosen_by",
    of=np.float64,
    shape=(N_REASONS,),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Acts by the reason that decided where she sought help: this.",
    domain=POSITIVE,
)


@dataclass(frozen=True, kw_only=True)
class SeekingHelp(ParameterGroup):
    """Parameters of seeking help: utilities by place, protection, and learning from outcomes."""

    name: ClassVar[str] = "seeking_help"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("C12", "F05", "F08", "F24", "F26", "F27", "H02", "V11", "V12", "V13", "S10")

    intercept: float = parameter(
        -2.8, "log-odds", -10.0, 4.0, "calibrated: orders of magnitude", "readiness to look for help"
    )
    severity: float = parameter(1.6, "log-odds", 0.0, 6.0, "assumed", "effect of severity on looking for help")
    fear: float = parameter(0.8, "log-odds", 0.0, 5.0, "assumed", "effect of fear where he can learn of it")
    shame: float = parameter(0.5, "log-odds", 0.0, 5.0, "assumed", "effect of shame where neighbours see it")
    kin: float = parameter(
        1.2, "log-odds", -5.0, 5.0, "assumed", "readiness to tell kin and neighbours, for each half of the ties nearby"
    )
    near: float = parameter(0.6, "log-odds", -5.0, 5.0, "assumed", "readiness to go to the communal authority")
    over: float = parameter(
        1.2, "log-odds", 0.0, 5.0, "F05, F07; assumed", "cost of passing over a legitimate authority with jurisdiction"
    )
    over_prosecutor: float = share_parameter(0.5, "assumed", "part of that cost in going to the prosecutor")
    trust: float = parameter(0.75, "log-odds", 0.0, 3.0, "V05; assumed; swept", "effect of trust in the police, 0 to 1")
    minutes: float = parameter(0.6, "log-odds an hour", 0.0, 4.0, "V12; assumed", "effect of the way to a desk")
    no_woman: float = parameter(
        0.5, "log-odds", 0.0, 4.0, "A14; assumed", "effect of having no woman on duty at her police"
    )
    language: float = parameter(1.2, "log-odds", 0.0, 5.0, "assumed", "effect of having nobody who speaks her language")
    other_language: float = share_parameter(
        0.02,
        "INE 2018, from memory, to verify",
        "women who would rather speak another language than Spanish",
        role="site",
    )
    women_on_relay: float = share_parameter(
        0.0, "policy", "facilities and relays with a woman who attends women", role="lever", off=0.0
    )
    language_on_relay: float = share_parameter(
        0.0, "policy", "facilities and relays with a speaker of her language", role="lever", off=0.0
    )
    prosecutor: float = parameter(1.2, "log-odds", -5.0, 5.0, "V11, V13; assumed", "readiness to go to the prosecutor")
    demi: float = share_parameter(
        0.0, "F02; assumed", "women whom the defence office for indigenous women can attend", role="site"
    )
    demi_pull: float = parameter(
        0.6, "log-odds", -5.0, 5.0, "assumed", "readiness to go to the defence office for indigenous women"
    )
    refuge: float = share_parameter(
        0.0, "E12; assumed", "women whom a network for victims with a refuge can reach", role="site"
    )
    refuge_pull: float = parameter(0.2, "log-odds", -5.0, 5.0, "assumed", "readiness to go to a refuge")
    follow: float = parameter(
        0.1, "log-odds", -10.0, 5.0, "F26, H02; calibrated: orders of magnitude", "readiness to ratify a complaint"
    )
    company: float = parameter(
        0.8, "log-odds", 0.0, 5.0, "assumed", "effect on ratifying of accompaniment by the defence office"
    )
    measures: float = share_parameter(
        0.5, "V11: about half", "complaints that bring a protection measure", role="lever"
    )
    months: float = parameter(6.0, "months", 0.0, 36.0, "V12: 3-6; assumed", "length of a measure or a stay in refuge")
    shelter: float = share_parameter(0.5, "assumed", "women who look for refuge and are taken in", role="lever")
    relief: float = parameter(
        0.173, "evidence", 0.0, 1.0, "assumed: +4 points; swept 0-8", "weight of a measure of protection"
    )
    learning: float = parameter(
        1.6,
        "log-odds",
        0.0,
        3.0,
        "assumed, swept",
        "effect of experience with telling, if all of it was good; the reverse, if all was bad",
        off=0.0,
    )
    prior: float = parameter(
        1.0, "events", 0.1, 10.0, "assumed, swept", "weight of the prior in experience with telling"
    )
    heard: float = parameter(
        0.35, "ratio", 0.0, 0.6, "assumed, swept", "weight of the experience of ties, relative to own"
    )
    memory: float = parameter(3.0, "years", 0.25, 20.0, "assumed, swept", "half-life of experience with telling")


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
