"""What a board remembers and believes (ODD: deliberation)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oracle.deciding import belief

if TYPE_CHECKING:
    from oracle.community import Authority
    from oracle.town import PlainTown

OWN, CLIMBED, AT_TABLE = 4, 5, 6
"""Numbers of requests that are brought between meetings, further up, and at the table."""
HIGHEST_RUNG = 2


@dataclass
class Events:
    """Good and bad events of a kind."""

    good: float = 0.0
    bad: float = 0.0


@dataclass(eq=False)
class Remembered:
    """What a board remembers of calls, hearings, requests, cases handed over and climbing; and of a protocol."""

    disposition: float
    calls: Events = field(default_factory=Events)
    conduct: Events = field(default_factory=Events)
    requests: Events = field(default_factory=Events)
    cases: Events = field(default_factory=Events)
    climbs: Events = field(default_factory=Events)
    promises: Events = field(default_factory=Events)
    unmet: int = 0
    rung: int = 0
    climbing: bool = False

    def decay(self, left: float) -> None:
        """Keep a part of what is remembered; promises count in full while a protocol is in force."""
        for events in (self.calls, self.conduct, self.requests, self.cases, self.climbs):
            events.good *= left
            events.bad *= left

    def promise(self, *, kept: bool) -> None:
        """Count a promise of the protocol in force."""
        self.promises.good += kept
        self.promises.bad += not kept

    def hear_of_call(self, *, answered: bool) -> None:
        """Remember what became of a call."""
        self.calls.good += answered
        self.calls.bad += not answered

    def watch_police(self, *, waited: bool, worse: float) -> None:
        """Remember how the police behaved at a hearing; to step in weighs so much."""
        self.conduct.good += waited
        self.conduct.bad += worse * (not waited)

    def hear_of_case(self, *, taken_up: bool) -> None:
        """Remember what the state made of a case."""
        self.cases.good += taken_up
        self.cases.bad += not taken_up

    def hear_answer(self, rung: int, *, met: bool, left: bool) -> None:
        """Remember what became of a request; it is left if it was neither met nor answered nor explained."""
        if rung > 0:
            self.climbing = False
            self.climbs.good += met
            self.climbs.bad += not met
        else:
            self.requests.good += met
            self.requests.bad += left
            self.unmet += left
        if met or rung == HIGHEST_RUNG:
            self.unmet = self.rung = 0


@dataclass(frozen=True)
class Beliefs:
    """What a board believes of police and state, 0 to 1."""

    answered: float
    conduct: float
    kept: float
    returned: float
    climbs: float


def beliefs(town: "PlainTown", board: "Authority") -> Beliefs:
    """Return what a board believes."""
    p, own = town.numbers("deliberation"), board.remembers
    shows = p.disposed_answers

    def share(events: Events, disposition: float) -> float:
        return belief(events.good, events.bad, p.prior, disposition)

    return Beliefs(
        share(own.calls, (1.0 - shows) / 2.0 + shows * own.disposition),
        share(own.conduct, own.disposition),
        share(own.requests, 0.5),
        share(own.cases, 0.5),
        share(own.climbs, 0.5),
    )


def either_way(share: float) -> float:
    """Spread a share over -1 to 1."""
    return 2.0 * share - 1.0
