"""What women who were hurt remember of where they reported, and what it teaches them (ODD: seeking_help)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.people import Resident

if TYPE_CHECKING:
    from oracle.town import PlainTown

YEAR = 1095
NOWHERE, TO_KIN, TO_AUTHORITY, TO_POLICE, TO_PROSECUTOR, TO_DEMI, TO_REFUGE = range(7)
"""Places to which they can report."""


@dataclass(eq=False)
class Outcome:
    """What came of telling one place, as it counted at a tick."""

    tick: int
    good: float = 0.0
    bad: float = 0.0


class Hurt:
    """A woman who was hurt: her last act, where she then reported it, and what came of reports to each place."""

    def __init__(self, town: "PlainTown", woman: Resident) -> None:
        self.town = town
        self.woman = woman
        self.last = town.tick
        self.place = NOWHERE
        self.outcomes = {place: Outcome(town.tick) for place in range(TO_KIN, TO_REFUGE + 1)}

    def left(self, shifts: int) -> float:
        """Return what is left after some shifts."""
        return float(2.0 ** (-shifts / (YEAR * self.town.numbers("seeking_help").memory)))

    def read(self, place: int) -> tuple[float, float]:
        """Return good and bad that telling a place has brought, as they count now."""
        now, one = self.town.tick, self.outcomes[place]
        good, bad = one.good * self.left(now - one.tick), one.bad * self.left(now - one.tick)
        if place == self.place and now - self.last >= YEAR:
            good += self.left(now - self.last - YEAR)
        kept = self.woman.ruled_until - YEAR
        if place == TO_AUTHORITY and kept >= self.last:
            good += self.left(now - kept)
        return good, bad

    def write(self, place: int, *, good: float = 0.0, bad: float = 0.0) -> None:
        """Remember what came of telling a place."""
        now, one = self.town.tick, self.outcomes[place]
        one.good = one.good * self.left(now - one.tick) + good
        one.bad = one.bad * self.left(now - one.tick) + bad
        one.tick = now

    def suffer(self) -> None:
        """Look back at another act, and forget where the last one was reported."""
        now = self.town.tick
        for place, (good, bad) in {place: self.read(place) for place in self.outcomes}.items():
            again = place == self.place and now - self.last < YEAR
            self.outcomes[place] = Outcome(now, good, bad + again)
        self.last, self.place = now, NOWHERE


def remember_act(town: "PlainTown", woman: Resident) -> Hurt:
    """Bring up to date what a woman remembers, now that she was hurt."""
    if woman.remembers is None:
        woman.remembers = Hurt(town, woman)
        town.women.append(woman.remembers)
    else:
        woman.remembers.suffer()
    return woman.remembers


def wait_in_vain(town: "PlainTown") -> None:
    """Let women remember that the police were called for them and did not come."""
    for one in town.unserved:
        number = one.number - 2**30 - 2**28
        if 0 <= number < len(town.residents):
            woman = town.residents[number]
            if woman.alive and woman.remembers is not None:
                woman.remembers.write(TO_POLICE, bad=1.0)


@dataclass(frozen=True)
class Lessons:
    """What it adds to telling a place that good or bad came of it: to her and her ties, to her, to her ties."""

    both: float
    alone: float
    by_ties: float


def lessons(town: "PlainTown", woman: Resident, place: int) -> Lessons:
    """Return what a woman has learned of a place."""
    p = town.numbers("seeking_help")
    known = [tie.remembers.read(place) for tie in woman.ties if tie.alive and tie.remembers is not None]
    own = (0.0, 0.0) if woman.remembers is None else woman.remembers.read(place)
    heard = (p.heard * sum(good for good, _ in known), p.heard * sum(bad for _, bad in known))

    def lesson(good: float, bad: float) -> float:
        return float(p.learning * (2.0 * (good + p.prior / 2.0) / (good + bad + p.prior) - 1.0))

    return Lessons(lesson(own[0] + heard[0], own[1] + heard[1]), lesson(*own), lesson(*heard))
