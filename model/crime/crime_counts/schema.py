"""Declarations of crime counts: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.rows import Row
from model.engine.tables import COUNTED, Field
from model.world.shift_events import CHANNELS, MOTIVES, REASONS

OCCURRED, TOLD, COMPLAINTS, RECORDED = range(4)
TOLD_BY = Field(
    name="told_by", of=np.int64, shape=(len(CHANNELS),), monthly=True, exempt=COUNTED, about="Crimes told, by channel."
)
KILLED_BY = Field(
    name="killed_by", of=np.int64, shape=(len(MOTIVES),), monthly=True, exempt=COUNTED, about="Homicides by motive."
)
UNSERVED_BY = Field(
    name="unserved_by",
    of=np.int64,
    shape=(len(REASONS),),
    monthly=True,
    exempt=COUNTED,
    about="Calls lost, by what was missing.",
)
GRAVE = 0.6
"""Severity from which a crime counts as serious (violent robbery and above)."""
WOUNDS = 0.8
"""Severity from which an assault leaves somebody wounded."""


class Counts(Row):
    """What is counted in a month."""

    visits: float
    visits_routed: float
    visits_to_institutions: float
    foot_visits: float
    core_visits: float
    minutes_seen: float
    wounded_registered: float
    women_killed: float
    handed: float
    found: float
    grave: float
    grave_known: float


HOMICIDES = {
    "robbery": ("robbery",),
    "quarrel": ("quarrel",),
    "hire": ("hire",),
    "gang": ("gang",),
    "extortion": ("extortion",),
    "home": ("partner", "kin"),
    "narco": ("narco",),
    "crowd": ("crowd",),
}
"""Homicides as they are counted, by their motives."""
TOLD_TO = CHANNELS[:7]
"""Channels that are counted here; those of women who were hurt at home are counted apart."""
BOOK_NAMES = {
    "crimes_occurred": OCCURRED,
    "crimes_told": TOLD,
    "complaints_filed": COMPLAINTS,
    "crimes_recorded": RECORDED,
}
WRITES = (
    "tally.couple_hours_used", "tally.km", "tally.refused", "tally.downgraded", "books", "occurred_here", "harmed_here",
    "seen_here",
)  # fmt: skip
