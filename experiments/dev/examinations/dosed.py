"""Worlds with more friendly visits, meetings or served calls than their police provide: for experiments only.

Additions are recorded as impressions at the start of a shift, with random streams of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.validation.impression_replay import adults_present
from model.community.consultation import MEETING_CAUSE
from model.engine.calendar import YEAR
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.police.contacts import LONG_VISIT
from model.reporting.reporting import UNANSWERED_CALL
from model.reporting.response import CALL_LATE, CALL_SERVED
from model.simulation.model import SHIFT_PROGRAM, TrustModel
from model.trust.events import record_event
from model.trust.ledger import learn
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS
from model.world.steps import PythonStep

if TYPE_CHECKING:
    from model.simulation.world import World

COUNT_STREAM, ADULT_STREAM = stream_id("extra contacts"), stream_id("extra contact with")
SERVED_STREAM, IN_TIME_STREAM = stream_id("served too"), stream_id("served too in time")
MAX_TRIES, MAX_CONTACTS = 16, 1000
IN_TIME_SHARE = 0.85
"""Share of additionally served calls that are served in time: about the present share."""


@dataclass(frozen=True)
class AddedContacts:
    """Additions to a world: visits and meetings per adult and year, and the share of unserved calls served.

    In a ``silent`` world no impression changes any belief.
    """

    visits: float = 0.0
    meetings: float = 0.0
    served: float = 0.0
    silent: bool = False


@kernel
def add_contacts(w: World, nth: int, mean: float) -> None:
    """Record long, friendly visits (``nth`` 0) or meetings (1) for random adults; ``mean`` is the number per shift.

    Updates `impressions`, `minds.met` and `minds.met_free`.
    """
    n = poisson_quantile(keyed_uniform(w.seed, COUNT_STREAM, w.tick, nth, 0), mean)
    for k in range(min(MAX_CONTACTS, n)):
        for a in range(MAX_TRIES):
            u = keyed_uniform(w.seed, ADULT_STREAM, w.tick, nth * MAX_CONTACTS + k, a)
            i = int(u * w.arrived[0])
            if w.minds[i].gone >= 0 or age_years(w.people[i], w.tick) < 18.0:
                continue
            z = w.people[i].settlement
            if nth == 0:
                record_event(w, i, LONG_VISIT, w.p.contacts[z].weight_long)
            else:
                record_event(w, i, MEETING_CAUSE, w.p.contacts[z].weight_meeting)
            w.minds[i].met = w.minds[i].met_free = w.tick
            break


@kernel
def serve_calls(w: World, first: int, share: float) -> None:
    """Turn a share of unanswered calls in `impressions` into served ones, most in time and well treated."""
    for k in range(first, w.counts[IMPRESSIONS]):
        row = w.impressions[k]
        if row.cause == UNANSWERED_CALL and keyed_uniform(w.seed, SERVED_STREAM, w.tick, row.who, 0) < share:
            home = w.people[row.who].settlement
            trust = w.p.trust[home]
            in_time = keyed_uniform(w.seed, IN_TIME_STREAM, w.tick, row.who, 0) < IN_TIME_SHARE
            kind, weight = (CALL_SERVED, trust.served) if in_time else (CALL_LATE, trust.late)
            effect = w.events[home, kind]
            row.cause = effect.cause
            row.quality_e, row.weight_e = effect.effective, effect.effective_weight * weight
            row.quality_f, row.weight_f = effect.fair, effect.fair_weight * weight


class DosedModel(TrustModel):
    """A world with additional contacts from now on."""

    given = AddedContacts()
    schedule = SHIFT_PROGRAM.with_part(learn, PythonStep(lambda world: world.apply_impressions()))
    counted: tuple[int, float] = (-1, 0.0)

    @property
    def adults(self) -> float:
        """Number of adults present, counted once a month."""
        if self.counted[0] != self.month:
            self.counted = self.month, float(adults_present(self).sum())
        return self.counted[1]

    def open_shift(self) -> None:
        """Begin a shift and record the additional contacts."""
        super().open_shift()
        for nth, rate in enumerate((self.given.visits, self.given.meetings)):
            if rate > 0.0:
                self.shift_events.reserve(IMPRESSIONS, MAX_CONTACTS)
                add_contacts(self.w, nth, rate * self.adults / YEAR)

    def apply_impressions(self) -> None:
        """Update beliefs after serving some unanswered calls; update none in a silent world."""
        if self.given.silent:
            self.learned[0] = self.shift_events.counts[IMPRESSIONS]
            return
        if self.given.served > 0.0:
            serve_calls(self.w, self.learned.item(), self.given.served)
        super().apply_impressions()
