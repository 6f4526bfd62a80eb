"""Declarations of domestic violence: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from model.engine.causes import declare_cause
from model.engine.domains import PAST, POSITIVE, TICK, code_of, row_of
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Int32Column, Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec, GrowingTableSpec, RowTableSpec
from model.trust.events.schema import declare_event

HURT_COUNT, HURT_WHO, HURT_MARK = stream_id("hurt count"), stream_id("hurt who"), stream_id("hurt mark")
AGAIN_MARK, AGAIN_WAIT = stream_id("again mark"), stream_id("again wait")
DRINKS_STREAM, HURT_BEFORE, VIOLENCE_ENDS_STREAM = (
    stream_id("drinks"),
    stream_id("hurt before start"),
    stream_id("violence ends"),
)
MAX_FIRST_ACTS, MAX_FURTHER_ACTS = 0.15, 12.0
"""Ceilings of the hazards a year: first acts by resident, further acts by woman."""
MINIMUM_WOMAN_AGE, MAXIMUM_WOMAN_AGE, MINIMUM_MAN_AGE, PARTNER_AGE_GAP = 13.0, 60.0, 18.0, 15.0
"""Ages in years; a man of the household at most `PARTNER_AGE_GAP` older or younger counts as partner; assumed."""
NO_MAN, KINSMAN, PARTNER = range(3)
"""Likely aggressor of a woman."""
FIRST_STATE_PLACE, LAST_STATE_PLACE = 3, 5
"""First and last of the places in `HELP_PLACES` that belong to the state: police, prosecutor, DEMI."""
ACT_ID_OFFSET = 1073741824 + 268435456
"""The act against resident i is incident ACT_ID_OFFSET + i of its shift; 2**30 + 2**28."""
PROTECTION = declare_cause("protection", 27)
HURT_AGAIN = declare_event("hurt_again", 76, cause=PROTECTION)


@dataclass(frozen=True, init=False)
class DomesticViolence(ParameterGroup):
    """Frequency, severity and course of violence against women by men of their household."""

    name: ClassVar[str] = "domestic_violence"
    evidence: ClassVar[tuple[str, ...]] = ("F05", "F20", "J07", "V11", "V12", "V13")

    first: float
    further: float
    ends: float
    before: float
    drinking: float
    drink: float
    weekend_night: float
    isolation: float
    distance: float
    grave: float
    lethal: float
    protection: float
    ruling: float
    disappointed: float
    severity: float
    severity_grave: float


HELP_PLACES = ("nobody", "kin", "communal", "police", "prosecutor", "demi", "refuge")


class HomeHistory(Row):
    """Violence against a woman at home.

    `hurt` is the tick of the last act, `channel` the place in `HELP_PLACES` where she then sought help, `safe` and
    `ruled` are the ticks until which a protection measure and a ruling protect her; -1 is never.
    """

    hurt: Annotated[Int32Column, PAST]
    channel: Annotated[Int32Column, code_of(len(HELP_PLACES))]
    safe: Annotated[Int32Column, TICK]
    ruled: Annotated[Int32Column, TICK]


class PendingAct(Row):
    """Pending candidate for a further act against a woman."""

    due: Annotated[int, TICK]
    woman: Annotated[int, row_of("resident")]


HOMES = RowTableSpec(
    name="homes", row=HomeHistory, per="resident", about="Homes: this, seeking_help, communal_authority (rulings)."
)
PENDING = GrowingTableSpec(name="pending", row=PendingAct, about="Women whose next act may come: this alone.")
"""Places where a woman may seek help."""
TOLD_ROW, REPEATED_ROW, LEFT_ALONE_ROW = range(3)
HELPED = ArraySpec(
    name="helped",
    of=np.float64,
    shape=(3, len(HELP_PLACES)),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Acts by where she looked for help, acts within a year of it, women left alone: this, seeking_help.",
    domain=POSITIVE,
)


class DomesticViolenceCounts(Row):
    """Monthly counts of domestic violence."""

    domestic_by_partner: float
