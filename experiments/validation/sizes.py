"""Sizes of all events that teach: points of 100 at day 3 in the reference town, ranges and sources (ODD 5.5)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One kind of event: qualities, the part of the weight on each belief, and its points at day 3 with their range."""

    name: str
    parameter: str
    quality_f: float
    part_f: float
    quality_e: float
    part_e: float
    points: float
    low: float
    high: float
    source: str = "assumed"


EVENTS = (
    Event("abuse", "contacts.weight_abuse", 0.0, 1.0, 0.0, 0.5, -14.5, -16.2, -13.6, "Q01"),
    Event("bribe", "contacts.weight_bribe", 0.0, 1.0, 0.0, 0.5, -9.5, -10.6, -8.4, "Q02"),
    Event("meeting", "contacts.weight_meeting", 1.0, 1.0, 1.0, 0.6, 5.0, 0.0, 6.0, "Q03"),
    Event("long visit", "contacts.weight_long", 1.0, 1.0, 1.0, 0.6, 7.0, 2.1, 7.0, "Q04"),
    Event("fair stop", "contacts.weight_stop", 0.7, 1.0, 0.7, 0.2, 0.7, 0.0, 1.4, "Q08"),
    Event("scandal", "misconduct.weight", 0.0, 1.0, 0.0, 0.6, -4.0, -8.0, 0.0, "Q09"),
    Event("greeting", "contacts.weight_greeting", 0.85, 1.0, 0.85, 0.3, 0.5, 0.0, 1.0),
    Event("talk", "contacts.weight_talk", 0.9, 1.0, 0.9, 0.5, 2.0, 0.5, 4.0),
    Event("rude", "contacts.weight_rude", 0.1, 1.0, 0.1, 0.3, -4.0, -8.0, -1.0),
    Event("call served", "trust.served", 0.9, 0.5, 0.95, 1.0, 3.0, 1.0, 6.0),
    Event("call late", "trust.late", 0.3, 0.3, 0.1, 1.0, -2.0, -4.0, 0.0),
    Event("call unanswered", "trust.unanswered", 0.1, 0.3, 0.0, 1.0, -5.0, -10.0, -2.0),
    Event("turned away", "pressure.weight", 0.1, 0.3, 0.0, 1.0, -7.0, -14.0, -3.0),
    Event("harm, severity 1", "trust.harm", 0.5, 0.0, 0.0, 1.0, -5.0, -12.0, 0.0),
    Event("suspect held", "trust.held", 0.5, 0.0, 0.95, 1.0, 2.0, 0.0, 4.0),
    Event("suspect released", "trust.released", 0.5, 0.0, 0.05, 1.0, -3.0, -6.0, 0.0),
    Event("charged", "trust.charged", 0.5, 0.0, 0.95, 1.0, 3.0, 0.0, 6.0),
    Event("dropped", "trust.dropped", 0.5, 0.0, 0.05, 1.0, -1.0, -4.0, 0.0),
    Event("protection", "seeking_help.relief", 0.5, 0.0, 0.95, 1.0, 4.0, 0.0, 8.0),
    Event("hurt again after telling", "domestic_violence.disappointed", 0.5, 0.0, 0.05, 1.0, -6.0, -12.0, -2.0),
    Event("hearing, police wait", "trust.hearing", 0.9, 0.5, 0.95, 1.0, 2.0, 0.0, 4.0),
    Event("hearing, police step in", "trust.stepped_in", 0.1, 1.0, 0.5, 0.0, -2.0, -4.0, 0.0),
    Event("request met", "consultation.weight_met", 0.8, 0.5, 0.9, 1.0, 1.0, 0.0, 3.0),
    Event("request unmet", "consultation.weight_unmet", 0.3, 0.3, 0.1, 1.0, -1.0, -3.0, 0.0),
    Event("army, harsh", "heavy_hand.weight_harsh", 0.1, 1.0, 0.1, 0.3, -4.0, -12.0, -1.0),
    Event("detained and let out", "heavy_hand.weight_detained", 0.0, 1.0, 0.0, 0.5, -20.0, -30.0, -10.0),
    Event("detained, a tie", "heavy_hand.weight_tie", 0.0, 1.0, 0.5, 0.0, -6.0, -12.0, -2.0),
    Event("crisis, force met", "crises.weight", 0.0, 1.0, 0.0, 0.5, -10.0, -20.0, -4.0),
    Event("crisis, who hears", "crises.news", 0.0, 1.0, 0.0, 0.6, -4.0, -8.0, 0.0),
    Event("crowd nobody stopped", "collective_violence.weight", 0.5, 0.0, 0.05, 1.0, -3.0, -8.0, 0.0),
    Event("crowd averted", "collective_violence.averted", 0.5, 0.0, 0.95, 1.0, 2.0, 0.0, 4.0),
    Event("payment of rent", "extortion.weight_payment", 0.5, 0.0, 0.05, 1.0, -0.2, -0.6, 0.0),
    Event("public event, size 1", "political_calendar.shock", 0.0, 1.0, 0.0, 0.6, -8.0, -16.0, 0.0),
    Event("informed", "consultation.news", 0.9, 1.0, 0.9, 1.0, 0.4, 0.0, 0.7, "E17, assumed"),
)
"""Those of the panel first: their points here are the single-event reading."""
BY_NAME = {one.name: one for one in EVENTS}
DOOR = 4.0
"""Points of a visit from door to door; it is a share of a long visit."""
