"""Declarations of crime counts: columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.domains import COUNT
from model.engine.rows import Row
from model.engine.tables import COUNTED_MONTHLY, ArraySpec
from model.world.shift_events import CHANNELS, MOTIVES, UNSERVED_REASONS

OCCURRED, TOLD, COMPLAINTS, RECORDED = range(4)
"""The four counts of crime, stages of the funnel."""
TOLD_BY = ArraySpec(
    name="told_by",
    of=np.int64,
    shape=(len(CHANNELS),),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Crimes told, by channel.",
    domain=COUNT,
)
KILLED_BY = ArraySpec(
    name="killed_by",
    of=np.int64,
    shape=(len(MOTIVES),),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Homicides by motive.",
    domain=COUNT,
)
UNSERVED_BY = ArraySpec(
    name="unserved_by",
    of=np.int64,
    shape=(len(UNSERVED_REASONS),),
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Calls lost, by what was missing.",
    domain=COUNT,
)
GRAVE_SEVERITY = 0.6
"""Severity from which a crime counts as serious (violent robbery and above)."""
WOUND_SEVERITY = 0.8
"""Severity from which an assault leaves somebody wounded."""


class CrimeFunnelCounts(Row):
    """Monthly counts of visits and of the stages of the crime funnel."""

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


HOMICIDE_MOTIVES = {
    "robbery": ("robbery",),
    "quarrel": ("quarrel",),
    "hire": ("hire",),
    "gang": ("gang",),
    "extortion": ("extortion",),
    "home": ("partner", "kin"),
    "narco": ("narco",),
    "crowd": ("crowd",),
}
"""Motives of incidents by the kind of homicide that is reported."""
REPORT_CHANNELS = CHANNELS[:7]
"""Channels with a measure; those of domestic violence have their own (`seeking_help`)."""
CRIME_COUNT_MEASURES = {
    "crimes_occurred": OCCURRED,
    "crimes_told": TOLD,
    "complaints_filed": COMPLAINTS,
    "crimes_recorded": RECORDED,
}
WRITTEN_COLUMNS = (
    "tally.couple_hours_used", "tally.km", "tally.refused", "tally.downgraded", "books", "occurred_here", "harmed_here",
    "seen_here",
)  # fmt: skip
