"""What residents believe will come of calls and complaints (ODD: service)."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oracle.people import Resident
    from oracle.town import PlainTown

CALLS, CASES = "calls", "cases"


@dataclass
class Remembered:
    """What came of calls or of complaints, as remembered."""

    good: float = 0.0
    bad: float = 0.0

    def fade(self, left: float) -> None:
        """Keep a part."""
        self.good, self.bad = self.good * left, self.bad * left

    def add(self, good: float) -> None:
        """Add an experience, from 0 for nothing to 1."""
        self.good, self.bad = self.good + good, self.bad + 1.0 - good


@dataclass
class Around:
    """What came of calls and complaints in a settlement, and what is believed there."""

    calls: Remembered = field(default_factory=Remembered)
    cases: Remembered = field(default_factory=Remembered)
    belief: dict[str, float] = field(default_factory=lambda: {CALLS: 0.0, CASES: 0.0})


def fade_own(one: "Resident") -> None:
    """Let a resident forget up to now."""
    shifts = one.model.tick - one.service_at
    left = 2.0 ** (-shifts / (1095.0 * one.model.numbers("trust").memory_years))
    one.own_calls.fade(left)
    one.own_cases.fade(left)
    one.service_at = one.model.tick


def experience(one: "Resident", kind: str, good: float) -> None:
    """Let something come of a resident's call or complaint, or nothing."""
    fade_own(one)
    around = one.model.service[one.settlement]
    for remembered in (getattr(one, f"own_{kind}"), getattr(around, kind)):
        remembered.add(good)


def worth(one: "Resident", kind: str) -> float:
    """Return what the belief of a resident adds to the utility of a channel."""
    town = one.model
    p, usual = town.numbers("service"), town.usual_service[kind]
    if usual is None:
        return 0.0
    left = 2.0 ** ((one.service_at - town.tick) / (1095.0 * town.numbers("trust").memory_years))
    own = getattr(one, f"own_{kind}")
    good, bad = left * own.good, left * own.bad
    believed = (p.prior * town.service[one.settlement].belief[kind] + good) / (p.prior + good + bad)
    return float(p.value * (believed - usual))


def hear_of_service(town: "PlainTown", shifts: int | None = None) -> None:
    """Let settlements forget what came of calls and complaints since the month began, and form their beliefs."""
    p, shifts = town.numbers("service"), town.tick + 1 - town.month_began if shifts is None else shifts
    for around in town.service:
        for kind, usual in town.usual_service.items():
            remembered = getattr(around, kind)
            remembered.fade(2.0 ** (-shifts / (1095.0 * town.numbers("trust").memory_years)))
            if usual is not None:
                heard = p.heard * remembered.good, p.heard * (remembered.good + remembered.bad)
                around.belief[kind] = (p.usual * usual + heard[0]) / (p.usual + heard[1])


def take_as_usual(town: "PlainTown") -> None:
    """Take what residents remember at the start as usual."""
    for kind in town.usual_service:
        for z, around in enumerate(town.service):
            here = [getattr(one, f"own_{kind}") for one in town.residents if one.alive and one.settlement == z]
            setattr(around, kind, Remembered(math.fsum(own.good for own in here), math.fsum(own.bad for own in here)))
        good, bad = (math.fsum(getattr(getattr(a, kind), side) for a in town.service) for side in ("good", "bad"))
        if good + bad > 0.0:
            town.usual_service[kind] = good / (good + bad)
    hear_of_service(town, 0)
