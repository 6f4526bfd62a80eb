"""Declarations of domestic violence: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.causes import cause
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Row, Small
from model.engine.tables import COUNTED, Field, Growing, Table

HURT_COUNT, HURT_WHO, HURT_MARK = decision("hurt count"), decision("hurt who"), decision("hurt mark")
AGAIN_MARK, AGAIN_WAIT = decision("again mark"), decision("again wait")
DRINKS, HURT_BEFORE, ENDS = decision("drinks"), decision("hurt before start"), decision("violence ends")
FIRST_ACTS, FURTHER_ACTS = 0.15, 12.0
"""Ceilings of the hazards: first acts a year and resident, further acts a year and woman."""
YOUNGEST, OLDEST, MAN, SAME_AGE = 13.0, 60.0, 18.0, 15.0
"""Ages in years; a man at most so many years older or younger is taken for her partner; assumed."""
N_TIES = 6.0
NO_MAN, KINSMAN, PARTNER = range(3)
FIRST_STATE, LAST_STATE = 3, 5
"""Places in `PLACES` of those that are the state: police, prosecutor, DEMI."""
NAME = 1073741824 + 268435456
"""Act on resident i is incident NAME + i of its shift."""
PROTECTION = cause("protection", 27)


@dataclass(frozen=True, kw_only=True)
class DomesticViolence(Group):
    """How often women are hurt by men they live with, and how it goes on."""

    name: ClassVar[str] = "domestic_violence"
    evidence: ClassVar[tuple[str, ...]] = ("F05", "F20", "J07", "V11", "V12", "V13")

    first: float = number(
        0.013,
        "a year",
        0.0,
        0.15,
        "calibrated: orders of magnitude",
        "first acts, by woman who lives with a man",
        off=0.0,
    )
    further: float = number(
        2.0,
        "a year",
        0.0,
        12.0,
        "3-4 acts a year, orders of magnitude; assumed",
        "acts in the 12 months after one",
        off=0.0,
    )
    ends: float = share(0.12, "assumed, swept", "acts after which it ends: he or she leaves, or he stops")
    before: float = share(
        0.05, "8-9 % of women in union a year; assumed", "such women hurt in the year before the start", off=0.0
    )
    drinking: float = share(0.2, "assumed", "households where a man drinks, where alcohol is 1")
    drink: float = number(2.0, "ratio", 1.0, 10.0, "assumed", "acts where a man drinks, relative")
    weekend_night: float = number(1.5, "ratio", 1.0, 10.0, "B19; assumed", "there, on weekend nights, relative")
    isolation: float = share(0.4, "assumed", "more acts for a woman none of whose ties lives in her settlement")
    distance: float = share(0.2, "assumed", "more acts an hour away from the police")
    grave: float = share(0.12, "assumed", "acts that leave injuries")
    lethal: float = share(
        0.0003, "orders of magnitude: women killed; assumed", "acts that kill where firearms is 1", high=0.05
    )
    protection: float = share(0.6, "V12; assumed", "acts that a protection measure or a refuge prevents")
    ruling: float = share(0.25, "F05, F14; assumed", "acts that an accepted and kept ruling of the authority prevents")
    disappointed: float = number(
        0.775,
        "evidence",
        0.0,
        5.0,
        "assumed: -6 points; swept -2 to -12",
        "weight of being hurt again after telling the state",
        off=0.0,
    )


class Home(Row):
    """What has happened to a woman at home.

    Tick of the last act, where she then looked for help (a place in `HELPED`), ticks until which a measure and a ruling
    protect her; -1 is never.
    """

    hurt: Small
    channel: Small
    safe: Small
    ruled: Small


class Pending(Row):
    """A woman whose next act may come."""

    due: int
    woman: int


HOMES = Table(name="homes", row=Home, per="resident", about="Homes: this, seeking_help, communal_authority (rulings).")
PENDING = Growing(name="pending", row=Pending, about="Women whose next act may come: this alone.")
PLACES = ("nobody", "kin", "communal", "police", "prosecutor", "demi", "refuge")
"""Where a woman may look for help."""
TO, AGAIN_AFTER, ALONE_AFTER = range(3)
HELPED = Field(
    name="helped",
    of=np.float64,
    shape=(3, len(PLACES)),
    monthly=True,
    exempt=COUNTED,
    about="Acts by where she looked for help, acts within a year of it, women left alone: this, seeking_help.",
)


class Counts(Row):
    """What is counted in a month."""

    domestic_by_partner: float
