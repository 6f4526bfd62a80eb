"""Decompose a victim's reporting choice into the terms of the formula in `model.reporting.reporting`.

The model computes the utility of each channel as one sum. Here the same sum has named terms, so that the page and the
classroom can show them and change one input at a time. A test compares the sums with those of the model's kernel.
Crimes of gangs are left out, since life stories with them stay private.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.community.communal_authority import CommunalAuthority
from model.engine.calendar import MINUTES_AN_HOUR
from model.engine.random_streams import keyed_uniform
from model.reporting.reporting import HAS_NUMBER, LOSS_UNIT, Reporting, readiness_by_kind
from model.town.crime_kinds import NAMES as KINDS
from model.world.shift_events import CHANNELS

OPEN_CHANNELS = ("patrol", "phone", "station", "own_phone", "communal", "prosecutor")
"""Channels of a victim of a crime without gangs, in the order of the draw, which begins with telling nobody."""
CHANNEL_CONSTANTS = tuple(name for name in OPEN_CHANNELS if name not in ("phone", "communal"))
"""Channels with a constant of their own; the telephone is the reference."""
CALIBRATED_TERM = "intercept"
"""Name of the only calibrated term."""


@dataclass(frozen=True)
class ReportingChoice:
    """A reporting choice with all its inputs.

    ``tick`` is the shift; ``taken`` the chosen channel, or "nobody"; ``uniform`` (0-1) the random number of the draw.
    ``numbers`` are the parameters of reporting in force, ``kind`` the readiness by kind of crime relative to robbery
    (log-odds); ``severity`` and ``trust`` are from 0 to 1, ``loss`` in quetzales, ``station_minutes`` and
    ``prosecutor_minutes`` the way to the next station and to the prosecutor. ``reach`` is the reach of the communal
    authority (0 closes the channel), ``near`` and ``deference`` are its two terms (log-odds).
    """

    tick: int
    crime: str
    taken: str
    uniform: float
    numbers: Mapping[str, float]
    kind: float
    severity: float
    loss: float
    trust: float
    station_minutes: float
    prosecutor_minutes: float
    at_hand: bool
    has_number: bool
    reach: float
    near: float
    deference: float

    def is_open(self, channel: str) -> bool:
        """Return whether a channel can be chosen."""
        closed = {"patrol": not self.at_hand, "own_phone": not self.has_number, "communal": self.reach <= 0.0}
        return not closed.get(channel, False)

    def terms(self, channel: str) -> dict[str, float]:
        """Return the terms of the utility of a channel, in log-odds relative to telling nobody."""
        p = self.numbers
        found = {
            CALIBRATED_TERM: p["intercept"],
            "kind": self.kind,
            "severity": p["severity"] * self.severity,
            "loss": p["loss"] * math.log1p(self.loss / LOSS_UNIT),
        }
        if channel in ("patrol", "phone", "station", "own_phone"):
            found["trust"] = p["trust"] * (self.trust - 0.5)
        if channel in ("patrol", "station", "own_phone", "prosecutor"):
            found[channel] = p[channel]
        if channel == "station":
            found["way"] = -p["minutes"] * self.station_minutes / MINUTES_AN_HOUR
        elif channel == "prosecutor":
            found["way"] = -p["minutes"] * self.prosecutor_minutes / MINUTES_AN_HOUR
        elif channel == "communal":
            found |= {"near": self.near, "deference": self.deference, "reach": math.log(self.reach)}
        return found

    def odds(self) -> np.ndarray:
        """Return exp(utility) of each channel, 0 if it is closed, shape (channels,)."""
        return np.array([
            math.exp(sum(self.terms(channel).values())) if self.is_open(channel) else 0.0 for channel in OPEN_CHANNELS
        ])  # fmt: skip

    def chances(self) -> dict[str, float]:
        """Return the probability of telling nobody and of each channel."""
        odds = self.odds()
        shares = np.array([1.0, *odds]) / (1.0 + odds.sum())
        return dict(zip(("nobody", *OPEN_CHANNELS), map(float, shares), strict=True))

    def chosen(self) -> str:
        """Return the channel that the random number selects, nobody first."""
        reached = 0.0
        for name, chance in self.chances().items():
            reached += chance
            if self.uniform < reached:
                return name
        return next(name for name in reversed(OPEN_CHANNELS) if self.is_open(name))

    def told_share(self, **changes: float) -> float:
        """Return the probability of telling anybody, with some inputs replaced."""
        return 1.0 - replace(self, **changes).chances()["nobody"]  # type: ignore[arg-type]


def circumstances(world: Any, who: int, kind: int, board: Any) -> dict[str, Any]:
    """Return the fields of `ReportingChoice` that depend on a resident, a kind of crime and the municipality.

    Parameters
    ----------
    world
        A world between two shifts; nothing in it is changed.
    who
        Row of the resident.
    kind
        Number of the kind of crime.
    board
        Row of the communal board of the resident's settlement as it was when the choice was made.
    """
    person = world.town.people[who]
    settlement, home = int(person["settlement"]), world.town.cells[person["home"]]
    p, authority = world.parameters[Reporting][settlement], world.parameters[CommunalAuthority][settlement]
    phone_drawn = keyed_uniform(world.seed, HAS_NUMBER, 0, who, 0) < board["phones"]
    return {
        "crime": KINDS[kind],
        "numbers": {
            name: float(p[name]) for name in ("intercept", "severity", "loss", "trust", "minutes", *CHANNEL_CONSTANTS)
        },
        "kind": float(world.cached_view(readiness_by_kind)[settlement, kind]),
        "station_minutes": float(home["minutes"]),
        "prosecutor_minutes": float(home["seat_minutes"]),
        "has_number": bool(person["council"] == 1 and phone_drawn),
        "reach": float(authority["reach"]),
        "near": float(authority["near"]),
        "deference": float(authority["deference"] * board["legitimacy"]),
    }


def channel_name(number: int) -> str:
    """Return the name of a channel by its number; -1 is nobody.

    >>> channel_name(-1), channel_name(1)
    ('nobody', 'phone')
    """
    return CHANNELS[number] if number >= 0 else "nobody"
