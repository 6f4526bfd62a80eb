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
from experiments.statistics.verdicts import direction
from experiments.words.toml_files import toml_beside

Phase = Literal["welcome", "predict", "reveal", "why", "packages", "compare", "close", "closed"]
MINUTES = {"welcome": 5, "predict": 12, "reveal": 6, "why": 12, "packages": 25, "compare": 15, "close": 15}
READY_PHASES = ("reveal", "why", "compare")
"""Phases in which a phone says only that it is ready to go on."""
MIN_SHOWN_VOTES = 5
MAX_PHONES = 200
MAX_WRONG_CODES, MAX_WRONG_BY_ADDRESS = 100, 5
"""Wrong codes after which nobody can join, and after which one address must wait."""
WAIT_SECONDS = 60.0
ABSENT_SECONDS = 15.0
"""Seconds without a request after which a phone does not count as present."""
BINS = ("falls", "falls_little", "nothing", "rises_little", "rises")
"""Answers to a question: the verdicts that the rule of effects can give, in the order of the axis."""
N_BINS = len(BINS)
type PriceRange = tuple[float, float]
"""Lowest and highest price or cost (quetzales a year)."""


class RefusedRequest(Exception):
    """Refusal of a request; its message is the key of the reason in the texts, ``values`` what the text names."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.values = values


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


def bin_of(verdict: str) -> int:
    """Return the answer that a verdict on eight pairs is; one without a direction is `nothing`.

    >>> [bin_of(verdict) for verdict in ("falls", "rises_little", "nothing", "open")]
    [0, 3, 2, 2]
    """
    return BINS.index(verdict if direction(verdict) else "nothing")


@dataclass
class Proposal:
    """A package that somebody proposed to the group, and the phones that agree with it."""

    chosen: ChosenSteps
    agreed: set[str]


@dataclass
class RefusedPackage:
    """The last package of a group that costs more than the cap, and by how much (quetzales a year)."""

    chosen: ChosenSteps
    excess: float


@dataclass
class Phone:
    """A phone that has joined: group, time of its last request, and votes by question."""

    group: int
    seen: float
    votes: dict[str, int] = field(default_factory=dict)


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
        self.proposals: dict[int, Proposal] = {}
        self.refusals: dict[int, RefusedPackage] = {}
        self.prices: dict[str, PriceRange] = {}
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
            self.start_clock()
            return key

    @property
    def code(self) -> str:
        """Word and number with which phones join."""
        return f"{self.word} {self.number}"

    # Votes

    @property
    def open_vote(self) -> str:
        """Key of the vote that is open now, empty if there is none."""
        ready = {phase: f"ready {phase} {self.question}" for phase in READY_PHASES}
        return ({"predict": f"question {self.question}", "close": "close"} | ready).get(self.phase, "")

    @property
    def n_answers(self) -> int:
        """Number of answers that can be given now."""
        answers = {"predict": N_BINS, "close": len(texts()["groups"])} | dict.fromkeys(READY_PHASES, 1)
        return answers.get(self.phase, 0)

    @property
    def n_answered(self) -> int:
        """Number of answers in this phase: joined phones, votes, or phones that proposed or agreed to a package."""
        with self.lock:
            if self.phase == "welcome":
                return len(self.phones)
            if self.phase == "packages":
                return sum(len(proposal.agreed) for proposal in self.proposals.values())
            return sum(self.counts(self.open_vote, self.n_answers))

    def phone(self, key: str) -> Phone:
        """Return a phone that has joined, and record the time of its request."""
        with self.lock:
            if key not in self.phones:
                raise RefusedRequest("enter")
            self.phones[key].seen = time.monotonic()
            return self.phones[key]

    def may_answer(self, answer: int) -> bool:
        """Tell whether an answer can be given now; a package above the cap is not in the vote."""
        return answer in self.votable_groups if self.phase == "close" else 0 <= answer < self.n_answers

    def vote(self, key: str, answer: int) -> None:
        """Record the vote of a phone, replacing its earlier one."""
        with self.lock:
            phone = self.phone(key)
            if not self.may_answer(answer):
                raise RefusedRequest("not_now")
            phone.votes[self.open_vote] = answer

    def add_by_hand(self, answer: int) -> None:
        """Add the vote of somebody without a phone."""
        with self.lock:
            if not self.may_answer(answer):
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

    def cost(self, chosen: ChosenSteps) -> PriceRange | None:
        """Return the range of the cost of a package (quetzales a year); None if a measure has no price."""
        if any(name not in self.prices for name, _ in chosen):
            return None
        return self.priced_part(chosen)

    def priced_part(self, chosen: ChosenSteps) -> PriceRange:
        """Return the range of the cost of those measures of a package that have a price (quetzales a year)."""
        today = {measure.name: measure.today for measure in measures()}
        steps = {name: abs(step - today[name]) for name, step in chosen if name in self.prices}
        low, high = (sum(self.prices[name][end] * n for name, n in steps.items()) for end in (0, 1))
        return low, high

    def excess(self, chosen: ChosenSteps) -> float:
        """Return by how much the least that a package costs is above the cap (quetzales a year), 0 without a cap."""
        return max(0.0, self.priced_part(chosen)[0] - self.cap) if self.cap is not None else 0.0

    def send_package(self, key: str, steps: Mapping[str, int]) -> None:
        """Propose a package to the group of a phone; whoever agreed with the earlier one is asked again."""
        with self.lock:
            phone = self.phone(key)
            if self.phase != "packages":
                raise RefusedRequest("not_now")
            chosen = changed_measures(steps)
            if excess := self.excess(chosen):
                self.refusals[phone.group] = RefusedPackage(chosen, excess)
                raise RefusedRequest("over_cap", n=f"{excess:,.0f}")
            self.refusals.pop(phone.group, None)
            self.proposals[phone.group] = Proposal(chosen, {key})

    def agree(self, key: str, steps: Mapping[str, int]) -> None:
        """Let a phone agree with the proposal of its group; refused if another one was proposed in the meantime."""
        with self.lock:
            proposal = self.proposals.get(self.phone(key).group)
            if self.phase != "packages" or proposal is None:
                raise RefusedRequest("not_now")
            if proposal.chosen != changed_measures(steps):
                raise RefusedRequest("other_proposal")
            proposal.agreed.add(key)

    def package(self, group: int) -> tuple[ChosenSteps | None, int, int]:
        """Return the proposal of a group, the number of phones that agree with it, and of all its phones."""
        with self.lock:
            phones = sum(phone.group == group for phone in self.phones.values())
            proposal = self.proposals.get(group)
            return (proposal.chosen, len(proposal.agreed), phones) if proposal else (None, 0, phones)

    @property
    def votable_groups(self) -> list[int]:
        """Groups whose package enters the vote: it changes something and its least cost is within the cap."""
        packages = {group: proposal.chosen for group, proposal in sorted(self.proposals.items())}
        return [group for group, chosen in packages.items() if chosen and not self.excess(chosen)]

    def set_price(self, measure: str, price: PriceRange | None) -> None:
        """Set the price of a step of a measure (quetzales a year), or the cap for an empty name; None removes it."""
        with self.lock:
            if not measure:
                self.cap = None if price is None else price[1]
            elif price is None:
                self.prices.pop(measure, None)
            else:
                self.prices[measure] = price

    # The agenda

    def start_clock(self) -> None:
        """Start the clock of the welcome when the first phone joins, unless a clock is running."""
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
                self.proposals.clear()
                self.refusals.clear()

    @property
    def seconds_left(self) -> int:
        """Remaining seconds of a phase, at least 0; all of them until a clock is running."""
        length = 60.0 * MINUTES.get(self.phase, 0) + self.extra_seconds
        if self.phase == "predict":
            length = 120.0 + self.extra_seconds
        passed = 0.0 if self.phase_start is None else time.monotonic() - self.phase_start
        return max(0, round(length - passed))
