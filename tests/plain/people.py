"""Residents and their trust (ODD section 5): a resident steps every shift and fades a little each time."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import mesa

from plain.luck import logistic, logit

if TYPE_CHECKING:
    from plain.gangs import Clique
    from plain.places import Cell
    from plain.town import PlainTown

(
    FADING,
    GREETING,
    TALK,
    STOP,
    BRIBE,
    ANSWERED_CALL,
    UNANSWERED_CALL,
    HARM,
    RELEASE,
    HELD,
    CHARGED,
    DROPPED,
    HEARING,
    MEETING,
    HEARSAY,
    DEATH,
    PUBLIC_EVENT,
    ARRIVAL,
    DEPARTURE,
    TURNED_AWAY,
    REQUEST_MET,
    REQUEST_UNMET,
    DOOR_TO_DOOR,
    DETENTION,
    ARMY,
    CRISIS,
    COLLECTIVE_VIOLENCE,
    PROTECTION,
) = range(28)
"""Causes of a change of trust, in the order of ODD 5.4."""

STUDENT, FARM = 1, 5
"""The occupation that extortion asks about in the ODD."""


class Resident(mesa.Agent):
    """One resident: what is fixed by the town, and what the resident believes, remembers and pays."""

    model: "PlainTown"

    def __init__(self, town: "PlainTown", number: int, person: Any, places: list["Cell | None"]) -> None:
        super().__init__(town)
        self.number = number
        self.places = places
        self.home = town.cells[int(person["home"])]
        self.household = int(person["household"])
        self.settlement = int(person["settlement"])
        self.born = int(person["born"])
        self.female = bool(person["female"])
        self.council = bool(person["council"])
        self.vehicle = bool(person["vehicle"])
        self.business = bool(person["business"])
        self.student = int(person["occupation"]) == STUDENT
        self.farms = int(person["occupation"]) == FARM
        self.ties: list[Resident] = []
        self.arrives = int(person["arrives"])
        self.alive = self.arrives < 0
        self.mood = 0.0
        self.left = not self.alive
        self.last_harm_outside = -1
        self.evidence = 0.0
        self.mood = 0.0
        self.usefulness = 0.0
        self.pays: Clique | None = None
        self.clique: Clique | None = None
        self.told_openly = -1
        self.gave_in = -1
        self.last_contact = -1
        self.last_harm = -1
        self.last_hurt = -1
        self.looked_for_help = 0
        self.safe_until = -1
        self.ruled_until = -1
        self.start()

    def start(self) -> None:
        """Draw dispositions and fear (ODD 5.3); beliefs begin at the dispositions."""
        town, numbers = self.model, self.model.numbers("trust")

        def g(k: int) -> float:
            return 0.5513 * logit(town.luck("disposition", self.number, k, tick=0))

        women = numbers.women * (self.female - 0.5)
        self.home_f = numbers.fairness + numbers.spread * (0.8 * g(0) + 0.6 * g(1)) + women
        self.home_e = numbers.effectiveness + numbers.spread * (0.8 * g(0) + 0.6 * g(2)) + women
        self.f, self.e = self.home_f, self.home_e
        self.home_fear = numbers.fear + 0.5513 * logit(town.luck("fear", self.number, 0, tick=0))
        self.fear = logistic(self.home_fear)
        self.alarm = 0.0
        self.caution = logit(town.luck("caution", self.number, 0, tick=0))
        self.careful = self.is_careful(self.home_fear, 0.0)

    @property
    def trust(self) -> float:
        """Trust, in (0, 1) (ODD 5.1)."""
        return logistic((self.f + self.e) / 2.0 + self.mood)

    @property
    def age(self) -> float:
        """Age in years on the date of this shift (ODD 2)."""
        return (self.model.day - self.born) / 365.25

    def is_man_of(self, youngest: float, oldest: float) -> bool:
        """Tell whether this is a man of at least one age and younger than another."""
        return not self.female and youngest <= self.age < oldest

    @property
    def place(self) -> "Cell | None":
        """Where the resident is in this shift; None is outside the municipality (ODD: daily_rhythm)."""
        return self.places[self.model.place_list]

    def is_careful(self, felt: float, campaign: float) -> bool:
        """Tell whether precautions are taken at this fear, in log-odds (ODD: fear)."""
        p = self.model.numbers("fear")
        return bool(p.careful + p.by_fear * felt + p.heed * campaign + self.caution > 0.0)

    def share_mood(self, mood: float) -> None:
        """Take on the mood of the municipality (ODD 5.1)."""
        before = self.trust
        self.mood = mood
        self.model.ledger.book(PUBLIC_EVENT, self.settlement, self.trust - before)

    def step(self) -> None:
        """Fade by one shift towards the dispositions (ODD 5.2)."""
        if not self.alive:
            return
        before = self.trust
        keep = 2.0 ** (-1.0 / (1095.0 * self.model.numbers("trust").memory_years))
        self.f = self.home_f + (self.f - self.home_f) * keep
        self.e = self.home_e + (self.e - self.home_e) * keep
        self.model.ledger.book(FADING, self.settlement, self.trust - before)

    def learn(self, impression: "Impression") -> float:
        """Learn one impression and return the change of trust (ODD 5.1)."""
        numbers = self.model.numbers("trust")
        before = self.trust
        step = 1.0 / (1.0 + self.evidence / numbers.inertia)

        def change(tone: float, weight: float, negativity: float) -> float:
            judged = (1.0 - numbers.prior_weight) * tone + numbers.prior_weight * (2.0 * before - 1.0)
            slant = judged if judged > 0.0 else negativity * judged
            return weight * slant * step

        change_f = change(impression.tone_f, impression.weight_f, numbers.negativity_fairness)
        change_e = change(impression.tone_e, impression.weight_e, numbers.negativity_effectiveness)
        self.f += change_f
        self.e += change_e
        self.home_f += numbers.lasting * change_f
        self.home_e += numbers.lasting * change_e
        self.evidence += impression.own
        self.model.ledger.book(impression.cause, self.settlement, self.trust - before)
        return self.trust - before

    def enlist(self) -> None:
        """Come onto the lists of who is where."""
        for list_number, place in enumerate(self.places):
            if place is not None:
                place.present[list_number].append(self)

    def leave(self, cause: int) -> None:
        """Leave the town; trust leaves the total (ODD 5.4)."""
        self.alive = False
        self.model.ledger.book(cause, self.settlement, -self.trust)

    def die(self) -> None:
        """Leave the living."""
        self.leave(DEATH)


@dataclass(frozen=True)
class Impression:
    """What one event tells one resident."""

    who: Resident
    cause: int
    tone_f: float
    weight_f: float
    tone_e: float
    weight_e: float
    own: int


@dataclass(frozen=True)
class Month:
    """A closed page of the ledger: total trust by settlement, and changes by (cause, settlement)."""

    month: int
    before: list[float]
    after: list[float]
    changes: dict[tuple[int, int], float]


class Ledger:
    """The book of trust (ODD 5.4)."""

    def __init__(self, town: "PlainTown") -> None:
        self.town = town
        self.entries: dict[tuple[int, int], list[float]] = {}
        self.months: list[Month] = []
        self.before: list[float] = []

    def book(self, cause: int, settlement: int, change: float) -> None:
        """Write one change of trust."""
        self.entries.setdefault((cause, settlement), []).append(change)

    def totals(self) -> list[float]:
        """Total trust of the living by settlement."""
        living = [resident for resident in self.town.residents if resident.alive]
        return [
            math.fsum(resident.trust for resident in living if resident.settlement == settlement)
            for settlement in range(self.town.n_settlements)
        ]

    def changes(self) -> dict[tuple[int, int], float]:
        """Sums of the page that is open, by (cause, settlement)."""
        return {key: math.fsum(changes) for key, changes in self.entries.items()}

    def close(self, month: int) -> None:
        """Close the month (ODD: settle)."""
        after = self.totals()
        self.months.append(Month(month, self.before, after, self.changes()))
        self.before, self.entries = after, {}
