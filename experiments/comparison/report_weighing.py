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
from model.police.contacts import knows_officer_of
from model.reporting.reporting import HAS_NUMBER, KNOWN_NUMBER, LOSS_UNIT, Reporting, readiness_by_kind
from model.town.crime_kinds import NAMES as KINDS
from model.trust.belief_updating import retained_share
from model.trust.ledger import Trust
from model.trust.service import UNKNOWN, USUAL_SERVICE, Service
from model.world.shift_events import CHANNELS

OPEN_CHANNELS = ("patrol", "phone", "station", "own_phone", "communal", "prosecutor")
"""Channels of a victim of a crime without gangs, in the order of the draw, which begins with telling nobody."""
CHANNEL_CONSTANTS = tuple(name for name in OPEN_CHANNELS if name not in ("phone", "communal"))
"""Channels with a constant of their own; the telephone is the reference."""
NUMBERS = (
    *("intercept", "severity", "loss", "trust", "minutes", *CHANNEL_CONSTANTS),
    *("follow", "follow_severity", "follow_trust", "accompaniment", "trip", "trip_usual", "foresight"),
)
"""Parameters of reporting in the utilities of channels and of a complaint."""
SERVICE_CHANNELS = ("calls", "cases")
"""What residents believe of service: calls to the police, and complaints, in the order of `usual_service`."""
CALIBRATED_TERM = "intercept"
"""Name of the only calibrated term."""


@dataclass(frozen=True)
class ReportingChoice:
    """A reporting choice with all its inputs.

    ``tick`` is the shift; ``taken`` the chosen channel, or "nobody"; ``uniform`` (0-1) the random number of the draw.
    ``numbers`` are the parameters of reporting in force, ``kind`` the readiness by kind of crime relative to robbery
    (log-odds); ``severity`` and ``trust`` are from 0 to 1, ``loss`` in quetzales, ``station_minutes`` and
    ``prosecutor_minutes`` the way to the next station and to the prosecutor. ``reach`` is the reach of the communal
    authority (0 closes the channel), ``near`` and ``deference`` are its two terms (log-odds). ``calls`` and ``cases``
    are what earlier calls and complaints add (log-odds).
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
    calls: float
    cases: float

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
        if channel in ("phone", "own_phone"):
            found["service"] = self.calls
        elif channel in ("station", "prosecutor"):
            found["service"] = self.cases
        if channel != "communal":
            found["support"] = self.value_of_support(channel)
        return {name: term for name, term in found.items() if term != 0.0 or name not in ("service", "support")}

    def value_of_support(self, channel: str) -> float:
        """Return what support for a complaint adds to a channel of the state, for who looks ahead (log-odds)."""
        p, hours = self.numbers, self.prosecutor_minutes / MINUTES_AN_HOUR
        gain = p["accompaniment"] + (p["trip_usual"] - p["trip"]) * hours
        if channel == "prosecutor":
            return p["foresight"] * gain
        utility = p["follow"] + p["follow_severity"] * self.severity + p["follow_trust"] * (self.trust - 0.5)
        utility += p["accompaniment"] - p["trip"] * hours + self.cases
        return p["foresight"] * (math.log1p(math.exp(utility)) - math.log1p(math.exp(utility - gain)))

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


@dataclass(frozen=True)
class StateAtChoice:
    """State when a choice was made: rows of the settlement's communal board, of the resident, and of local service."""

    board: Any
    mind: Any
    service: Any


def circumstances(world: Any, who: int, kind: int, tick: int, at_choice: StateAtChoice) -> dict[str, Any]:
    """Return the fields of `ReportingChoice` that depend on a resident, a kind of crime and the municipality.

    Parameters
    ----------
    world
        A world between two shifts; nothing in it is changed.
    who
        Row of the resident.
    kind
        Number of the kind of crime.
    tick
        Shift of the choice.
    at_choice
        State when the choice was made.
    """
    person = world.town.people[who]
    settlement, home = int(person["settlement"]), world.town.cells[person["home"]]
    p, authority = world.parameters[Reporting][settlement], world.parameters[CommunalAuthority][settlement]
    phone_drawn = keyed_uniform(world.seed, HAS_NUMBER, 0, who, 0) < at_choice.board["phones"]
    knows_number = keyed_uniform(world.seed, KNOWN_NUMBER, 0, who, 0) < p["known_number"]
    knows_number = knows_number and bool(knows_officer_of(world.w, who, int(home["facility"])))
    return {
        "tick": tick,
        "crime": KINDS[kind],
        "numbers": {name: float(p[name]) for name in NUMBERS},
        "kind": float(world.cached_view(readiness_by_kind)[settlement, kind]),
        "station_minutes": float(home["minutes"]),
        "prosecutor_minutes": float(home["seat_minutes"]),
        "has_number": bool(person["council"] == 1 and phone_drawn) or knows_number,
        "reach": float(authority["reach"]),
        "near": float(authority["near"]),
        "deference": float(authority["deference"] * at_choice.board["legitimacy"]),
        **{name: value_of_service(world, settlement, tick, at_choice, name) for name in SERVICE_CHANNELS},
    }


def value_of_service(world: Any, settlement: int, tick: int, at_choice: StateAtChoice, channel: str) -> float:
    """Return what earlier calls, or complaints, add to the utility of telling again (log-odds), 0 if all is usual."""
    p, usual = world.parameters[Service][settlement], float(world.state[USUAL_SERVICE][SERVICE_CHANNELS.index(channel)])
    if usual == UNKNOWN:
        return 0.0
    years = float(world.parameters[Trust][settlement]["memory_years"])
    kept = retained_share(float(tick - int(at_choice.mind["service_at"])), years)
    good, bad = (kept * float(at_choice.mind[f"{channel}_{which}"]) for which in ("good", "bad"))
    belief = (float(p["prior"]) * float(at_choice.service[channel]) + good) / (float(p["prior"]) + good + bad)
    return float(p["value"]) * (belief - usual)


def channel_name(number: int) -> str:
    """Return the name of a channel by its number; -1 is nobody.

    >>> channel_name(-1), channel_name(1)
    ('nobody', 'phone')
    """
    return CHANNELS[number] if number >= 0 else "nobody"
