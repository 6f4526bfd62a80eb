"""Sizes of all events that change beliefs: points of 100 at day 3 in the reference town, ranges, sources."""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.words.toml_files import toml_beside
from model.simulation.registry import EVENT_KIND_NAMED


@dataclass(frozen=True)
class EventSize:
    """Size of an event: the parameter of its weight, its kind, and its points of 100 at day 3 with their range."""

    name: str
    parameter: str
    kind: str
    points: float
    low: float
    high: float
    source: str

    def number(self, numbers: Mapping[str, float], part: str) -> float:
        """Return a quality (0-1) of this event, or a factor on its weight, from parameters by dotted name.

        ``part`` is a key of `model.trust.events.BELIEF_PARTS`; a part without a parameter has its declared
        value.

        >>> event = EVENT_BY_NAME["call late"]
        >>> event.number({"events.call_late_fair": 0.2}, "fair"), event.number({}, "effective_weight")
        (0.2, 1.0)
        """
        return numbers.get(f"events.{self.kind}_{part}", EVENT_KIND_NAMED[self.kind].values[part])


ENTRIES = toml_beside(__file__, "event_sizes.toml")
EVENTS = tuple(EventSize(*one) for one in ENTRIES["event"])
EVENT_BY_NAME = {one.name: one for one in EVENTS}
DOOR_POINTS = 4.0
"""Effect of a door-to-door visit in points of 100; it is stored as a share of a long visit."""
