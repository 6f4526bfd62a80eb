"""Kinds of events that change trust (ODD 5.5): cause, memory and beliefs of each; the rest are parameters `events`."""

from dataclasses import dataclass

from oracle.people import (
    ABSENCE,
    ABUSE,
    ANSWERED_CALL,
    ARMY,
    BRIBE,
    CHARGED,
    COLLECTIVE_VIOLENCE,
    CRISIS,
    DETENTION,
    DOOR_TO_DOOR,
    DROPPED,
    GREETING,
    HARM,
    HEARING,
    HELD,
    INFORMED,
    LONG_VISIT,
    MEETING,
    PAYMENT,
    PROBLEM_IN_VAIN,
    PROBLEM_SOLVED,
    PROTECTION,
    PUBLIC_EVENT,
    RELEASE,
    REQUEST_EXPLAINED,
    REQUEST_MET,
    REQUEST_UNMET,
    RUDE,
    SCANDAL,
    STOP,
    TALK,
    TURNED_AWAY,
    UNANSWERED_CALL,
)

FAST, FRIENDLY, PANEL = ("trust", "fast"), ("trust", "fast_friendly"), ("trust", "fast_panel")
PUBLIC = ("misconduct", "fades")
BOTH, FAIRNESS, EFFECTIVENESS = ("fair", "effective"), ("fair",), ("effective",)


@dataclass(frozen=True)
class Kind:
    """Cause of a kind of event, the parameter of its fast part, and the beliefs that it changes."""

    cause: int
    fast: tuple[str, str]
    beliefs: tuple[str, ...]


KINDS = {
    "absence": Kind(ABSENCE, FAST, EFFECTIVENESS),
    "greeting": Kind(GREETING, FRIENDLY, BOTH),
    "talk": Kind(TALK, FRIENDLY, BOTH),
    "stop": Kind(STOP, FRIENDLY, BOTH),
    "long_visit": Kind(LONG_VISIT, FRIENDLY, BOTH),
    "door_to_door": Kind(DOOR_TO_DOOR, FRIENDLY, BOTH),
    "army_civil": Kind(ARMY, FRIENDLY, BOTH),
    "army_harsh": Kind(ARMY, FAST, BOTH),
    "rude": Kind(RUDE, FAST, BOTH),
    "abuse": Kind(ABUSE, PANEL, BOTH),
    "bribe": Kind(BRIBE, PANEL, BOTH),
    "meeting": Kind(MEETING, PANEL, BOTH),
    "crisis": Kind(CRISIS, PANEL, BOTH),
    "detained": Kind(DETENTION, PANEL, BOTH),
    "detained_tie": Kind(DETENTION, FAST, FAIRNESS),
    "call_served": Kind(ANSWERED_CALL, FAST, BOTH),
    "call_late": Kind(ANSWERED_CALL, FAST, BOTH),
    "unanswered_call": Kind(UNANSWERED_CALL, FAST, BOTH),
    "turned_away": Kind(TURNED_AWAY, FAST, BOTH),
    "request_met": Kind(REQUEST_MET, FAST, BOTH),
    "request_unmet": Kind(REQUEST_UNMET, FAST, BOTH),
    "problem_solved": Kind(PROBLEM_SOLVED, FAST, EFFECTIVENESS),
    "problem_in_vain": Kind(PROBLEM_IN_VAIN, FAST, EFFECTIVENESS),
    "request_explained": Kind(REQUEST_EXPLAINED, FAST, FAIRNESS),
    "hearing_waited": Kind(HEARING, FAST, BOTH),
    "hearing_stepped_in": Kind(HEARING, FAST, FAIRNESS),
    "informed": Kind(INFORMED, FAST, BOTH),
    "harm": Kind(HARM, ("trust", "fast_harm"), BOTH),
    "held": Kind(HELD, FAST, EFFECTIVENESS),
    "release": Kind(RELEASE, FAST, EFFECTIVENESS),
    "charged": Kind(CHARGED, FAST, EFFECTIVENESS),
    "dropped": Kind(DROPPED, FAST, EFFECTIVENESS),
    "protected": Kind(PROTECTION, FAST, EFFECTIVENESS),
    "hurt_again": Kind(PROTECTION, FAST, EFFECTIVENESS),
    "crowd_unstopped": Kind(COLLECTIVE_VIOLENCE, FAST, EFFECTIVENESS),
    "crowd_averted": Kind(COLLECTIVE_VIOLENCE, FAST, EFFECTIVENESS),
    "payment": Kind(PAYMENT, FAST, EFFECTIVENESS),
    "good_news": Kind(PUBLIC_EVENT, PUBLIC, BOTH),
    "bad_news": Kind(PUBLIC_EVENT, PUBLIC, BOTH),
    "crisis_heard": Kind(PUBLIC_EVENT, PUBLIC, BOTH),
    "scandal": Kind(SCANDAL, PUBLIC, BOTH),
}


def evidence_of(kind: str, belief: str, weight: float, said: dict[str, float]) -> tuple[float, float]:
    """Return quality and weight of what a kind of event says of a belief; a factor that is no parameter is 1."""
    if belief not in KINDS[kind].beliefs:
        return 0.5, 0.0
    return said[f"{kind}_{belief}"], said.get(f"{kind}_{belief}_weight", 1.0) * weight
