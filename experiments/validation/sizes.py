"""Sizes of all events that teach: points of 100 at day 3 in the reference town, ranges and sources (ODD 5.5)."""

from collections.abc import Mapping
from dataclasses import dataclass

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
    source: str = "assumed"

    def number(self, numbers: Mapping[str, float], part: str) -> float:
        """Return a quality (0-1) of this event, or a factor on its weight, from parameters by dotted name.

        ``part`` is a key of `model.trust.events.schema.BELIEF_PARTS`; what is no parameter is as declared.

        >>> event = BY_NAME["call late"]
        >>> event.number({"events.call_late_fair": 0.2}, "fair"), event.number({}, "effective_weight")
        (0.2, 1.0)
        """
        return numbers.get(f"events.{self.kind}_{part}", EVENT_KIND_NAMED[self.kind].values[part])


EVENTS = (
    EventSize("abuse", "contacts.weight_abuse", "abuse", -14.5, -16.2, -13.6, "Q01"),
    EventSize("bribe", "contacts.weight_bribe", "bribe", -9.5, -10.6, -8.4, "Q02"),
    EventSize("meeting", "contacts.weight_meeting", "meeting", 5.0, 0.0, 6.0, "Q03"),
    EventSize("long visit", "contacts.weight_long", "long_visit", 7.0, 2.1, 7.0, "Q04"),
    EventSize("fair stop", "contacts.weight_stop", "stop", 0.7, 0.0, 1.4, "Q08"),
    EventSize("scandal", "misconduct.weight", "scandal", -4.0, -8.0, 0.0, "Q09"),
    EventSize("greeting", "contacts.weight_greeting", "greeting", 0.5, 0.0, 1.0),
    EventSize("talk", "contacts.weight_talk", "talk", 2.0, 0.5, 4.0),
    EventSize("rude", "contacts.weight_rude", "rude", -4.0, -8.0, -1.0),
    EventSize("call served", "trust.served", "call_served", 3.0, 1.0, 6.0),
    EventSize("call late", "trust.late", "call_late", -2.0, -4.0, 0.0),
    EventSize("call unanswered", "trust.unanswered", "unanswered_call", -5.0, -10.0, -2.0),
    EventSize("turned away", "pressure.weight", "turned_away", -7.0, -14.0, -3.0),
    EventSize("harm, severity 1", "trust.harm", "harm", -5.0, -12.0, 0.0),
    EventSize("suspect held", "trust.held", "held", 2.0, 0.0, 4.0),
    EventSize("suspect released", "trust.released", "release", -3.0, -6.0, 0.0),
    EventSize("charged", "trust.charged", "charged", 3.0, 0.0, 6.0),
    EventSize("dropped", "trust.dropped", "dropped", -1.0, -4.0, 0.0),
    EventSize("protection", "seeking_help.relief", "protected", 4.0, 0.0, 8.0),
    EventSize("hurt again after telling", "domestic_violence.disappointed", "hurt_again", -6.0, -12.0, -2.0),
    EventSize("hearing, police wait", "trust.hearing", "hearing_waited", 2.0, 0.0, 4.0),
    EventSize("hearing, police step in", "trust.stepped_in", "hearing_stepped_in", -2.0, -4.0, 0.0),
    EventSize("request met", "consultation.weight_met", "request_met", 1.0, 0.0, 3.0),
    EventSize("request unmet", "consultation.weight_unmet", "request_unmet", -1.0, -3.0, 0.0),
    EventSize("army, harsh", "heavy_hand.weight_harsh", "army_harsh", -4.0, -12.0, -1.0),
    EventSize("detained and let out", "heavy_hand.weight_detained", "detained", -20.0, -30.0, -10.0),
    EventSize("detained, a tie", "heavy_hand.weight_tie", "detained_tie", -6.0, -12.0, -2.0),
    EventSize("crisis, force met", "crises.weight", "crisis", -10.0, -20.0, -4.0),
    EventSize("crisis, who hears", "crises.news", "crisis_heard", -4.0, -8.0, 0.0),
    EventSize("crowd nobody stopped", "collective_violence.weight", "crowd_unstopped", -3.0, -8.0, 0.0),
    EventSize("crowd averted", "collective_violence.averted", "crowd_averted", 2.0, 0.0, 4.0),
    EventSize("payment of rent", "extortion.weight_payment", "payment", -0.2, -0.6, 0.0),
    EventSize("public event, size 1", "political_calendar.shock", "bad_news", -8.0, -16.0, 0.0),
    EventSize("informed", "consultation.news", "informed", 0.4, 0.0, 0.7, "E17, assumed"),
)
"""Those of the panel first: their points here are the single-event reading."""
BY_NAME = {one.name: one for one in EVENTS}
DOOR = 4.0
"""Points of a visit from door to door; it is a share of a long visit."""
