"""Residents and their trust (ODD section 5): evidence, good and bad, in a fast and a slow memory."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import mesa

from oracle.random_draws import logistic, logit
from oracle.service import Remembered

if TYPE_CHECKING:
    from oracle.gangs import Clique
    from oracle.places import Cell
    from oracle.remedies import Hurt
    from oracle.town import PlainTown

(
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
    FORGETTING_GOOD,
    FORGETTING_BAD,
    NATION,
    LONG_VISIT,
    RUDE,
    ABUSE,
    SCANDAL,
    PAYMENT,
    AT_HOME,
    INFORMED,
    ABSENCE,
    REQUEST_EXPLAINED,
    TOLD_OF_REQUEST,
    PROBLEM_SOLVED,
    PROBLEM_IN_VAIN,
) = range(1, 43)
"""Causes of a change of trust, in the order of ODD 5.4."""

STUDENT, FARM = 1, 5
"""The occupation that extortion asks about in the ODD."""


@dataclass
class Evidence:
    """What speaks for and against the police in one belief."""

    good_fast: float = 0.0
    good_slow: float = 0.0
    bad_fast: float = 0.0
    bad_slow: float = 0.0

    def odds_against(self, disposition: float) -> float:
        """Odds against the belief, at a disposition in log-odds."""
        m = logistic(disposition)
        return (1.0 - m + self.bad_fast + self.bad_slow) / (m + self.good_fast + self.good_slow)

    def add(self, quality: float, weight: float, fast: float) -> None:
        """Take in one piece of evidence."""
        self.good_fast += fast * weight * quality
        self.good_slow += (1.0 - fast) * weight * quality
        self.bad_fast += fast * weight * (1.0 - quality)
        self.bad_slow += (1.0 - fast) * weight * (1.0 - quality)

    def forgotten(self, fast: float, slow: float, *, good: bool = True, bad: bool = True) -> "Evidence":
        """Return what is left, of the good and of the bad, given what each memory keeps."""
        return Evidence(
            self.good_fast * (fast if good else 1.0),
            self.good_slow * (slow if good else 1.0),
            self.bad_fast * (fast if bad else 1.0),
            self.bad_slow * (slow if bad else 1.0),
        )

    def columns(self) -> tuple[float, float, float, float]:
        """Return good and bad, fast before slow."""
        return self.good_fast, self.good_slow, self.bad_fast, self.bad_slow


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
        self.left = not self.alive
        self.last_harm_outside = -1
        self.mood = town.mood
        self.on_fairness, self.on_effectiveness = Evidence(), Evidence()
        self.touched = town.tick
        self.own_calls, self.own_cases = Remembered(), Remembered()
        self.service_at = 0
        self.pays: Clique | None = None
        self.clique: Clique | None = None
        self.reported_openly = -1
        self.gave_in = -1
        self.last_contact = -1
        self.knows = -1
        self.last_harm = -1
        self.last_hurt = -1
        self.looked_for_help = 0
        self.safe_until = -1
        self.ruled_until = -1
        self.remembers: Hurt | None = None
        self.start()

    def start(self) -> None:
        """Draw dispositions, fear and caution (ODD 5.3, fear)."""
        town, numbers = self.model, self.model.numbers("trust")

        def g(k: int) -> float:
            return 0.5513 * logit(town.uniform("disposition", self.number, k, tick=0))

        place = 0.5513 * logit(town.uniform("disposition of a settlement", self.settlement, 0, tick=0))
        women = numbers.women * (self.female - 0.5) + numbers.place * place
        self.inclined_f = women + numbers.fairer / 2.0 + numbers.spread * (0.8 * g(0) + 0.6 * g(1))
        self.inclined_e = women - numbers.fairer / 2.0 + numbers.spread * (0.8 * g(0) + 0.6 * g(2))
        self.drawn_fear = numbers.fear + 0.5513 * logit(town.uniform("fear", self.number, 0, tick=0))
        self.fear = logistic(self.home_fear)
        self.alarm = 0.0
        self.caution = logit(town.uniform("caution", self.number, 0, tick=0))
        self.careful = self.is_careful(self.home_fear, 0.0)

    @property
    def home_fear(self) -> float:
        """Disposition of fear, in log-odds."""
        return self.drawn_fear + self.model.fear_shift

    @property
    def dispositions(self) -> tuple[float, float]:
        """Dispositions of both beliefs, in log-odds."""
        return self.model.intercept + self.inclined_f, self.model.intercept + self.inclined_e

    def trust_with(self, fairness: "Evidence", effectiveness: "Evidence", mood: float) -> float:
        """Trust that some evidence amounts to (ODD 5.1)."""
        m_f, m_e = self.dispositions
        against = math.sqrt(fairness.odds_against(m_f) * effectiveness.odds_against(m_e))
        return 1.0 / (1.0 + math.exp(-mood) * against)

    def left_of(self, shifts: float) -> tuple[float, float]:
        """Return what the fast and the slow memory keep over some shifts (ODD 5.2)."""
        p = self.model.numbers("trust")
        return 2.0 ** (-shifts / (3.0 * p.fast_days)), 2.0 ** (-shifts / (1095.0 * p.memory_years))

    @property
    def as_stored(self) -> float:
        """Trust when last brought up to date."""
        return self.trust_with(self.on_fairness, self.on_effectiveness, self.mood)

    @property
    def beliefs(self) -> list[float]:
        """Trust, fairness and effectiveness when last brought up to date."""
        m_f, m_e = self.dispositions
        against = self.on_fairness.odds_against(m_f), self.on_effectiveness.odds_against(m_e)
        return [self.as_stored, *(1.0 / (1.0 + odds) for odds in against)]

    @property
    def trust(self) -> float:
        """Trust, in (0, 1), with what is forgotten by now (ODD 5.1, 5.2)."""
        left = self.left_of(self.model.now - self.touched)
        return self.trust_with(self.on_fairness.forgotten(*left), self.on_effectiveness.forgotten(*left), self.mood)

    def forget(self, *, record: bool = True) -> None:
        """Forget to the present: first the good of both beliefs, then the bad (ODD 5.2)."""
        left = self.left_of(self.model.now - self.touched)
        self.touched = self.model.now
        for cause, good in ((FORGETTING_GOOD, True), (FORGETTING_BAD, False)):
            before = self.as_stored
            self.on_fairness = self.on_fairness.forgotten(*left, good=good, bad=not good)
            self.on_effectiveness = self.on_effectiveness.forgotten(*left, good=good, bad=not good)
            if record:
                self.model.ledger.add_change(cause, self.settlement, self.as_stored - before)

    @property
    def age(self) -> float:
        """Age in years on the date of this shift (ODD 2)."""
        return self.age_at(self.model.tick)

    def age_at(self, tick: int) -> float:
        """Age in years on the date of a shift."""
        return (tick // 3 - self.born) / 365.25

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
        """Take on the mood of the nation (ODD 5.1)."""
        before = self.as_stored
        self.mood = mood
        self.model.ledger.add_change(NATION, self.settlement, self.as_stored - before)

    def apply_impression(self, impression: "Impression") -> float:
        """Learn one impression and return the change of trust (ODD 5.1)."""
        self.forget()
        before, beliefs, asymmetry = self.as_stored, self.beliefs, self.model.numbers("trust").asymmetry / 3.0
        for on, quality, weight in (
            (self.on_fairness, impression.quality_f, impression.weight_f),
            (self.on_effectiveness, impression.quality_e, impression.weight_e),
        ):
            on.add(quality, weight * (asymmetry if quality < 0.5 else 1.0), impression.fast)
        change = self.as_stored - before
        self.model.ledger.add_change(impression.cause, self.settlement, change)
        self.model.ledger.feel(self, impression, change)
        self.model.ledger.trace(self, impression, [b - a for a, b in zip(beliefs, self.beliefs, strict=True)])
        return change

    def enlist(self) -> None:
        """Come onto the lists of who is where."""
        for list_number, place in enumerate(self.places):
            if place is not None:
                place.present[list_number].append(self)

    def leave(self, cause: int) -> None:
        """Leave the town; trust leaves the total (ODD 5.4)."""
        self.forget()
        self.alive = False
        self.model.ledger.add_change(cause, self.settlement, -self.trust)

    def die(self) -> None:
        """Leave the living."""
        self.leave(DEATH)


@dataclass(frozen=True)
class Impression:
    """What one event tells one resident."""

    who: Resident
    cause: int
    quality_f: float
    weight_f: float
    quality_e: float
    weight_e: float
    fast: float
    origin: int
    heard: bool


@dataclass
class Traced:
    """Events that began as one cause in a settlement, and what they left of each belief (ODD 5.4)."""

    events: float = 0.0
    lasting: float = 0.0
    fast: list[float] = field(default_factory=lambda: [0.0] * 3)
    slow: list[float] = field(default_factory=lambda: [0.0] * 3)

    def columns(self) -> list[float]:
        """Return all sums: events, lasting events, then fast and slow of trust, fairness and effectiveness."""
        return [self.events, self.lasting, *(x for both in zip(self.fast, self.slow, strict=True) for x in both)]

    def decay(self, fast: float, slow: float) -> None:
        """Begin a month: what is left of events and of their effects."""
        self.events = 0.0
        self.lasting *= slow
        self.fast = [x * fast for x in self.fast]
        self.slow = [x * slow for x in self.slow]


@dataclass
class Felt:
    """What is still felt of a cause in a settlement, in units of the last end of a month, and what is remembered."""

    fast: float = 0.0
    slow: float = 0.0
    remembered: float = 0.0


@dataclass(frozen=True)
class Month:
    """A closed page of the ledger: total trust by settlement, and changes by (cause, settlement)."""

    month: int
    before: list[float]
    after: list[float]
    changes: dict[tuple[int, int], float]
    forgotten: dict[tuple[int, int], float]


class Ledger:
    """The ledger of trust (ODD 5.4)."""

    def __init__(self, town: "PlainTown") -> None:
        self.town = town
        self.entries: dict[tuple[int, int], list[float]] = {}
        self.months: list[Month] = []
        self.before: list[float] = []
        self.felt: dict[tuple[int, int], Felt] = {}
        self.traced: dict[tuple[int, int], Traced] = {}
        self.past_traces: dict[int, dict[int, list[float]]] = {}

    def begin(self) -> None:
        """Open the books: what was booked and felt before counts no more."""
        self.before, self.entries, self.felt, self.traced = self.totals(), {}, {}, {}

    def trace(self, one: Resident, impression: Impression, changes: list[float]) -> None:
        """Note an impression under its origin, as if it had come at the last end of a month (ODD 5.4)."""
        sums = self.traced.setdefault((impression.origin, one.settlement), Traced())
        fast, slow = one.left_of(self.town.tick + 1 - self.town.month_began)
        if not impression.heard:
            sums.events += 1.0
            sums.lasting += 1.0 / slow
        for k, change in enumerate(changes):
            sums.fast[k] += impression.fast * change / fast
            sums.slow[k] += (1.0 - impression.fast) * change / slow

    def feel(self, one: Resident, impression: Impression, change: float) -> None:
        """Note what an impression changed, as if it had come at the last end of a month (ODD 5.4)."""
        sums = self.felt.setdefault((impression.cause, one.settlement), Felt())
        fast, slow = one.left_of(self.town.tick + 1 - self.town.month_began)
        sums.fast += impression.fast * change / fast
        sums.slow += (1.0 - impression.fast) * change / slow
        sums.remembered += change

    def forget(self) -> dict[tuple[int, int], float]:
        """Let what is felt fade by the month; return what was forgotten of it."""
        forgotten = {}
        p, shifts = self.town.numbers("trust"), self.town.tick + 1 - self.town.month_began
        for key, sums in self.felt.items():
            sums.fast *= 2.0 ** (-shifts / (3.0 * p.fast_days))
            sums.slow *= 2.0 ** (-shifts / (1095.0 * p.memory_years))
            forgotten[key] = sums.remembered - sums.fast - sums.slow
            sums.remembered -= forgotten[key]
        return forgotten

    def leave_traces(self) -> dict[int, list[float]]:
        """Return, by origin, events of the month and what is left of all; then begin a month."""
        p, shifts = self.town.numbers("trust"), self.town.tick + 1 - self.town.month_began
        left = 2.0 ** (-shifts / (3.0 * p.fast_days)), 2.0 ** (-shifts / (1095.0 * p.memory_years))
        found: dict[int, list[float]] = {}
        for (origin, _), sums in self.traced.items():
            events = sums.events
            sums.decay(*left)
            row = [events, sums.lasting, *(a + b for a, b in zip(sums.fast, sums.slow, strict=True))]
            found[origin] = [a + b for a, b in zip(found.get(origin, [0.0] * 5), row, strict=True)]
        return found

    def add_change(self, cause: int, settlement: int, change: float) -> None:
        """Write one change of trust."""
        self.entries.setdefault((cause, settlement), []).append(change)

    def totals(self) -> list[float]:
        """Total trust of the living by settlement, as last brought up to date."""
        living = [resident for resident in self.town.residents if resident.alive]
        return [
            math.fsum(resident.as_stored for resident in living if resident.settlement == settlement)
            for settlement in range(self.town.n_settlements)
        ]

    def changes(self) -> dict[tuple[int, int], float]:
        """Sums of the page that is open, by (cause, settlement)."""
        return {key: math.fsum(changes) for key, changes in self.entries.items()}

    def close(self, month: int) -> None:
        """Close the month (ODD: settle)."""
        forgotten = self.forget()
        self.past_traces[month] = self.leave_traces()
        after = self.totals()
        self.months.append(Month(month, self.before, after, self.changes(), forgotten))
        self.before, self.entries = after, {}
