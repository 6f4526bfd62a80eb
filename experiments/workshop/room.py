"""The state of a room: phones, current question, and counts of each answer.

No names are recorded and no vote leaves this process: votes are stored by a random number of each phone, so that it
can change its answer, and erased when the room closes. Only counts are shown, none of fewer than `MIN_SHOWN_VOTES`
votes.
"""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from experiments.comparison.decision_measures import ChosenSteps, changed_measures, measures
from experiments.statistics.thresholds import Scale
from experiments.words.toml_files import toml_beside

Phase = Literal["welcome", "predict", "reveal", "packages", "compare", "close", "closed"]
MINUTES = {"welcome": 5, "predict": 12, "reveal": 18, "packages": 25, "compare": 15, "close": 15}
MIN_SHOWN_VOTES = 5
MAX_PHONES = 200
MAX_WRONG_CODES, MAX_WRONG_BY_ADDRESS = 100, 5
"""Wrong codes after which nobody can join, and after which one address must wait."""
WAIT_SECONDS = 60.0
ABSENT_SECONDS = 15.0
"""Seconds without a request after which a phone does not count as present."""
N_BINS = 5


class RefusedRequest(Exception):
    """Refusal of a request; its message is the key of the reason in the texts."""


@cache
def texts() -> dict[str, Any]:
    """Return the texts of the room."""
    return toml_beside(__file__)


def words(language: str) -> dict[str, str]:
    """Return the words of the room in a language."""
    return {name: text[language] for name, text in texts()["words"].items()}


def relevant_change() -> float:
    """Return the smallest relevant change of trust (points of 100), by the common rule of effects."""
    return Scale("points").threshold(0.0, 0.0).delta


def bin_of(points: float) -> int:
    """Return the answer that includes a change of trust: the edges are one and two times `relevant_change`.

    >>> [bin_of(points) for points in (-1.5, -0.7, 0.0, 0.7, 1.5)]
    [0, 1, 2, 3, 4]
    """
    size = (abs(points) > relevant_change()) + (abs(points) > 2.0 * relevant_change())
    return 2 + (size if points > 0.0 else -size)


@dataclass
class Phone:
    """A phone that has joined: group, time of its last request, votes by question, and package."""

    group: int
    seen: float
    votes: dict[str, int] = field(default_factory=dict)
    package: ChosenSteps | None = None


class Room:
    """A workshop's room; every method may be called from several threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.new_code()
        self.phase: Phase = "welcome"
        self.question = 0
        self.phase_start: float | None = None
        self.extra_seconds = 0.0
        self.phones: dict[str, Phone] = {}
        self.hand_votes: Counter[tuple[str, int]] = Counter()
        self.prices: dict[str, float] = {}
        self.cap: float | None = None

    # Joining

    def new_code(self) -> None:
        """Choose another word and number; phones can join again."""
        with self.lock:
            self.word = secrets.choice(texts()["code_words"])
            self.number = str(100 + secrets.randbelow(900))
            self.n_wrong_codes = 0
            self.wrong_by_address: dict[str, tuple[int, float]] = {}

    @property
    def blocked(self) -> bool:
        """Tell whether joining is blocked after too many wrong codes."""
        return self.n_wrong_codes >= MAX_WRONG_CODES

    def join(self, word: str, number: str, group: int, address: str) -> str:
        """Let a phone join; return its random number.

        Raises
        ------
        Refused
            If the code is wrong, the address has tried too often, or the room is full, blocked or closed.
        """
        with self.lock:
            if self.phase == "closed":
                raise RefusedRequest("gone")
            tries, until = self.wrong_by_address.get(address, (0, 0.0))
            if self.blocked or (tries >= MAX_WRONG_BY_ADDRESS and time.monotonic() < until):
                raise RefusedRequest("wait")
            right = secrets.compare_digest(f"{word.strip().upper()} {number.strip()}".encode(), self.code.encode())
            if not right:
                self.n_wrong_codes += 1
                tries = 1 if tries >= MAX_WRONG_BY_ADDRESS else tries + 1
                self.wrong_by_address[address] = tries, time.monotonic() + WAIT_SECONDS
                raise RefusedRequest("wrong_code")
            if len(self.phones) >= MAX_PHONES:
                raise RefusedRequest("full")
            key = secrets.token_urlsafe(16)
            self.phones[key] = Phone(group, time.monotonic())
            return key

    @property
    def code(self) -> str:
        """Word and number with which phones join."""
        return f"{self.word} {self.number}"

    # Votes

    @property
    def open_vote(self) -> str:
        """Key of the vote that is open now, empty if there is none."""
        return {"predict": f"question {self.question}", "close": "close"}.get(self.phase, "")

    @property
    def n_answers(self) -> int:
        """Number of answers that can be given now."""
        return N_BINS if self.phase == "predict" else len(texts()["groups"]) if self.phase == "close" else 0

    def phone(self, key: str) -> Phone:
        """Return a phone that has joined, and record the time of its request."""
        with self.lock:
            if key not in self.phones:
                raise RefusedRequest("enter")
            self.phones[key].seen = time.monotonic()
            return self.phones[key]

    def vote(self, key: str, answer: int) -> None:
        """Record the vote of a phone, replacing its earlier one."""
        with self.lock:
            phone = self.phone(key)
            if not 0 <= answer < self.n_answers:
                raise RefusedRequest("not_now")
            phone.votes[self.open_vote] = answer

    def add_by_hand(self, answer: int) -> None:
        """Add the vote of somebody without a phone."""
        with self.lock:
            if not 0 <= answer < self.n_answers:
                raise RefusedRequest("not_now")
            self.hand_votes[self.open_vote, answer] += 1

    def counts(self, vote_key: str, n: int) -> list[int]:
        """Return the counts of each answer of a vote."""
        with self.lock:
            votes = Counter(phone.votes[vote_key] for phone in self.phones.values() if vote_key in phone.votes)
            return [votes[k] + self.hand_votes[vote_key, k] for k in range(n)]

    def visible_counts(self, vote_key: str, n: int) -> list[int] | None:
        """Return the counts of a vote; None if the vote is open or has fewer than `MIN_SHOWN_VOTES` votes."""
        counts = self.counts(vote_key, n)
        return counts if sum(counts) >= MIN_SHOWN_VOTES and vote_key != self.open_vote else None

    @property
    def n_present(self) -> int:
        """Number of phones with a recent request or a vote on the current question."""
        with self.lock:
            earliest = time.monotonic() - ABSENT_SECONDS
            return sum(phone.seen >= earliest or self.open_vote in phone.votes for phone in self.phones.values())

    # Packages

    def cost(self, chosen: ChosenSteps) -> float | None:
        """Return the cost of a package (quetzales per year); None if a measure has no price."""
        today = {measure.name: measure.today for measure in measures()}
        if any(name not in self.prices for name, _ in chosen):
            return None
        return sum(self.prices[name] * abs(step - today[name]) for name, step in chosen)

    def send_package(self, key: str, steps: Mapping[str, int]) -> None:
        """Record the package sent by a phone for its group."""
        with self.lock:
            phone = self.phone(key)
            if self.phase != "packages":
                raise RefusedRequest("not_now")
            chosen = changed_measures(steps)
            cost = self.cost(chosen)
            if cost is not None and self.cap is not None and cost > self.cap:
                raise RefusedRequest("over_cap")
            phone.package = chosen

    def package(self, group: int) -> tuple[ChosenSteps | None, int, int]:
        """Return the most frequent package of a group, the number of phones that sent it, and of all its phones."""
        with self.lock:
            phones = [phone for phone in self.phones.values() if phone.group == group]
            sent = Counter(phone.package for phone in phones if phone.package is not None)
            chosen, agree = sent.most_common(1)[0] if sent else (None, 0)
            return chosen, agree, len(phones)

    def set_price(self, measure: str, price: float | None) -> None:
        """Set the price of a step of a measure (quetzales per year), or the cap for an empty name; None removes it."""
        with self.lock:
            if not measure:
                self.cap = price
            elif price is None:
                self.prices.pop(measure, None)
            else:
                self.prices[measure] = price

    # The agenda

    def start_clock(self) -> None:
        """Start the clock of the welcome, unless a clock is running."""
        with self.lock:
            if self.phase_start is None:
                self.phase_start = time.monotonic()

    def set_phase(self, phase: Phase, question: int) -> None:
        """Go to a phase of the agenda; closing erases all votes."""
        with self.lock:
            self.phase, self.question = phase, question
            self.phase_start, self.extra_seconds = time.monotonic(), 0.0
            if phase == "closed":
                self.phones.clear()
                self.hand_votes.clear()

    @property
    def seconds_left(self) -> int:
        """Remaining seconds of a phase, at least 0; all of them until a clock is running."""
        length = 60.0 * MINUTES.get(self.phase, 0) + self.extra_seconds
        if self.phase == "predict":
            length = 120.0 + self.extra_seconds
        passed = 0.0 if self.phase_start is None else time.monotonic() - self.phase_start
        return max(0, round(length - passed))
