"""The book of trust: the law of change, memory, and the only writer of trust (ODD 5).

Every change is booked under its cause and the resident's settlement, so that "why did trust fall here?" is a query.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import float64, njit

from model.daybook import IMPRESSIONS
from model.kernels import AHEAD, fetch, kernel
from model.luck import decision, logistic, luck
from model.rows import row_type
from model.parameters import Group, number, share

CAUSES = (
    "fading",
    "greeting",
    "talk",
    "stop",
    "bribe",
    "answered_call",
    "unanswered_call",
    "harm",
    "release",
    "held",
    "charged",
    "dropped",
    "hearing",
    "meeting",
    "hearsay",
    "death",
    "public_event",
    "arrival",
    "departure",
    "turned_away",
    "request_met",
    "request_unmet",
    "door_to_door",
    "detention",
    "army",
    "crisis",
    "collective_violence",
    "protection",
)
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
) = (np.int64(cause) for cause in range(len(CAUSES)))

MIND = row_type([
        ("fairness", "f8"),
        ("effectiveness", "f8"),
        ("base_fairness", "f8"),
        ("base_effectiveness", "f8"),
        ("mood", "f8"),
        ("trust", "f8"),
        ("evidence", "f8"),
        ("fear", "f8"),
        ("useful", "f8"),
        ("base_fear", "f8"),
        ("alarm", "f8"),
        ("caution", "f8"),
        ("touched", "i4"),
        ("met", "i4"),
        ("met_free", "i4"),
        ("harmed", "i4"),
        ("harmed_outside", "i4"),
        ("spoke", "i4"),
        ("gone", "i4"),
        ("pays", "i4"),
        ("member", "i4"),
        ("careful", "i4"),
        ("gave_in", "i4"),
    ])
"""What changes in a resident; ``trust`` is what the beliefs in this row amount to.

Ticks are -1 for never; ``pays`` and ``member`` name a clique or are -1.  ``mood`` is the offset of the whole
municipality at the last end of a month.  ``alarm`` is how far fear is above its disposition ``base_fear`` (log-odds),
``careful`` says whether precautions are taken, ``gave_in`` when an imitator was last paid.
``gone`` is -1 while the resident is here, else a tick since when not.
"""

SHIFTS_A_YEAR = 1095
DISPOSITION, FEAR = decision("disposition"), decision("fear")


@dataclass(frozen=True, kw_only=True)
class Trust(Group):
    """How beliefs about the police move, fade and start; what each kind of event weighs."""

    name: ClassVar[str] = "trust"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("G01", "G05", "G07", "T01", "T03", "T04", "Z01", "Z03")

    memory_years: float = number(
        1.0,
        "years",
        0.05,
        20.0,
        "not identified; swept 0.15-10 (Z03: weeks to months)",
        "half-life of an event",
    )
    negativity_fairness: float = number(
        1.5,
        "ratio",
        1.0,
        8.0,
        "Z01: studies disagree; swept, never calibrated",
        "weight of bad over good news",
    )
    negativity_effectiveness: float = number(
        4.0,
        "ratio",
        1.0,
        14.0,
        "Z01: studies disagree; swept, never calibrated",
        "the same for effectiveness",
    )
    lasting: float = share(0.1, "not identified; swept 0-0.5", "share of an event that moves the disposition", high=0.5)
    prior_weight: float = share(0.2, "not identified; swept 0-1", "weight of prior belief in the judged tone")
    inertia: float = number(8.0, "events", 0.5, 100.0, "assumed; swept", "own events that halve the next one")
    fairness: float = number(
        -0.1, "log-odds", -4.0, 4.0, "assumed", "mean belief in fairness at the start", role="site"
    )
    effectiveness: float = number(
        -0.6, "log-odds", -4.0, 4.0, "assumed", "mean belief in effectiveness at the start", role="site"
    )
    spread: float = number(0.9, "log-odds", 0.0, 3.0, "T01: spread of answers", "spread of beliefs between persons")
    women: float = number(0.25, "log-odds", -1.0, 1.0, "T04: +6 points", "women's belief above men's at the start")
    fear: float = number(0.0, "log-odds", -4.0, 4.0, "V20; assumed", "mean insecurity at the start", role="site")
    harm: float = number(0.4, "log-odds", 0.0, 2.0, "T14: negative; size assumed", "weight of being a victim")
    call: float = number(0.35, "log-odds", 0.0, 2.0, "H05, E18; assumed", "weight of how fast a call is answered")
    call_treatment: float = number(0.20, "log-odds", 0.0, 2.0, "Z04; assumed", "weight of treatment at a call")
    release: float = number(0.30, "log-odds", 0.0, 2.0, "H04; assumed", "weight of what justice does with the case")
    hearing: float = number(0.10, "log-odds", 0.0, 2.0, "F06, F10; assumed", "weight of police deference at a hearing")


@njit(float64(float64, float64, float64, float64, float64, float64), cache=True)
def step_of(tone: Any, weight: Any, negativity: Any, trust: Any, prior_weight: Any, slowness: Any) -> Any:
    """Change of one belief (log-odds) by an event of this tone, as judged with this trust.

    >>> round(float(step_of(-0.5, 0.2, 4.0, 0.5, 0.0, 1.0)), 3)
    -0.4
    """
    judged = (1.0 - prior_weight) * tone + prior_weight * (2.0 * trust - 1.0)
    slant = judged if judged > 0.0 else negativity * judged
    return weight * slant / slowness


@njit(float64(float64, float64), cache=True)
def kept(shifts: Any, memory_years: Any) -> Any:
    """Share of a past event that is still felt after so many shifts.

    >>> float(kept(1095.0, 1.0))
    0.5
    """
    return math.exp(-0.6931471805599453 * shifts / (1095.0 * memory_years))


@kernel
def book(ledger: Any, cause: Any, settlement: Any, change: Any) -> None:
    """Add a change of trust to its account, with a compensated sum (Neumaier)."""
    total = ledger[0, cause, settlement]
    reached = total + change
    if abs(total) >= abs(change):
        ledger[1, cause, settlement] += (total - reached) + change
    else:
        ledger[1, cause, settlement] += (change - reached) + total
    ledger[0, cause, settlement] = reached


@kernel
def trust_of(fairness: Any, effectiveness: Any, mood: Any) -> Any:
    """Trust that belongs to two beliefs and the mood of the municipality.

    >>> float(trust_of(0.3, -0.3, 0.0))
    0.5
    """
    return logistic((fairness + effectiveness) / 2.0 + mood)


@kernel
def faded(belief: Any, disposition: Any, left: Any) -> Any:
    """Belief of which a share ``left`` of its distance from the disposition is left."""
    return disposition + (belief - disposition) * left


@kernel
def trust_now(mind: Any, tick: Any, memory_years: Any) -> Any:
    """Trust of a resident at this tick, without writing anything."""
    left = kept(float(tick - mind.touched), memory_years)
    fairness = faded(mind.fairness, mind.base_fairness, left)
    return trust_of(fairness, faded(mind.effectiveness, mind.base_effectiveness, left), mind.mood)


@kernel
def fade_by(mind: Any, left: Any) -> None:
    """Let both beliefs fade so that this share is left."""
    mind.fairness = faded(mind.fairness, mind.base_fairness, left)
    mind.effectiveness = faded(mind.effectiveness, mind.base_effectiveness, left)


@kernel
def recall(mind: Any, left: Any) -> Any:
    """Let both beliefs fade so that this share is left; return trust now."""
    fade_by(mind, left)
    mind.trust = trust_of(mind.fairness, mind.effectiveness, mind.mood)
    return mind.trust


@kernel
def fade(mind: Any, tick: Any, memory_years: Any, ledger: Any, settlement: Any) -> Any:
    """Bring one resident up to date, book the fading, return trust now."""
    before = mind.trust
    if mind.touched == tick:
        return before
    now = recall(mind, kept(float(tick - mind.touched), memory_years))
    mind.touched = tick
    book(ledger, FADING, settlement, now - before)
    return now


@kernel
def learn_all(stage: Any, first: Any) -> None:
    """Let the impressions from row ``first`` on change the beliefs of those who had them."""
    n = stage.day.counts[IMPRESSIONS]
    for k in range(first, n):
        if k + AHEAD < n:
            fetch(stage.minds, stage.day.impressions[k + AHEAD].who)
            fetch(stage.ground.people, stage.day.impressions[k + AHEAD].who)
        impression = stage.day.impressions[k]
        mind = stage.minds[impression.who]
        if mind.gone >= 0:  # who was harmed earlier in the shift may have died since
            continue
        settlement = stage.ground.people[impression.who].settlement
        p = stage.trust[settlement]
        now = fade(mind, stage.tick, p.memory_years, stage.ledger, settlement)
        slowness = 1.0 + mind.evidence / p.inertia
        by_f = step_of(
            impression.tone_f,
            impression.weight_f,
            p.negativity_fairness,
            now,
            p.prior_weight,
            slowness,
        )
        by_e = step_of(
            impression.tone_e,
            impression.weight_e,
            p.negativity_effectiveness,
            now,
            p.prior_weight,
            slowness,
        )
        mind.fairness += by_f
        mind.effectiveness += by_e
        mind.base_fairness += p.lasting * by_f
        mind.base_effectiveness += p.lasting * by_e
        mind.evidence += impression.own
        mind.trust = trust_of(mind.fairness, mind.effectiveness, mind.mood)
        change = mind.trust - now
        impression.change = change
        book(stage.ledger, impression.cause, settlement, change)


@kernel
def impress(
    day: Any,
    minds: Any,
    who: Any,
    cause: Any,
    tone_f: Any,
    weight_f: Any,
    tone_e: Any,
    weight_e: Any,
    own: Any,
) -> None:
    """Write down that a resident had an impression; the dead have none, and weightless ones are not written."""
    if minds[who].gone >= 0 or (weight_f == 0.0 and weight_e == 0.0):
        return
    k = day.counts[IMPRESSIONS]
    impression = day.impressions[k]
    impression.who, impression.cause, impression.own = who, cause, own
    impression.tone_f, impression.weight_f = tone_f, weight_f
    impression.tone_e, impression.weight_e = tone_e, weight_e
    impression.change = 0.0
    day.counts[IMPRESSIONS] = k + 1


@kernel
def leave(mind: Any, tick: Any, memory_years: Any, ledger: Any, settlement: Any, cause: Any) -> None:
    """Take a resident out of the world, who dies or moves away: the trust that goes is booked."""
    now = fade(mind, tick, memory_years, ledger, settlement)
    book(ledger, cause, settlement, -now)
    mind.gone = tick


@kernel
def die(mind: Any, tick: Any, memory_years: Any, ledger: Any, settlement: Any) -> None:
    """Take a resident who dies out of the world."""
    leave(mind, tick, memory_years, ledger, settlement, DEATH)


@kernel
def noise(u: Any) -> Any:
    """Log-odds noise of unit variance from luck u."""
    return 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))


@kernel
def first_mind(mind: Any, person: Any, p: Any, i: Any, mood: Any, tick: Any, seed: Any) -> None:
    """Give resident i the beliefs, dispositions and fear with which everybody begins."""
    common = noise(luck(seed, DISPOSITION, 0, i, 0))
    women = p.women * (person.female - 0.5)
    own_f, own_e = noise(luck(seed, DISPOSITION, 0, i, 1)), noise(luck(seed, DISPOSITION, 0, i, 2))
    mind.base_fairness = p.fairness + p.spread * (0.8 * common + 0.6 * own_f) + women
    mind.base_effectiveness = p.effectiveness + p.spread * (0.8 * common + 0.6 * own_e) + women
    mind.fairness, mind.effectiveness = mind.base_fairness, mind.base_effectiveness
    mind.mood = mood
    mind.trust = trust_of(mind.fairness, mind.effectiveness, mood)
    mind.base_fear = p.fear + noise(luck(seed, FEAR, 0, i, 0))
    mind.fear = logistic(mind.base_fear)
    mind.evidence, mind.useful = 0.0, 0.0
    mind.touched = tick
    mind.met = mind.met_free = mind.harmed = mind.harmed_outside = mind.spoke = mind.gone = -1
    mind.gave_in = mind.pays = mind.member = -1


@kernel
def first_minds(minds: Any, people: Any, trust: Any, tick: Any, seed: Any) -> None:
    """Give every resident the mind with which the world begins."""
    for i in range(len(minds)):
        first_mind(minds[i], people[i], trust[people[i].settlement], i, 0.0, tick, seed)


@njit(cache=True)
def total_trust(minds: Any, people: Any, n_settlements: Any) -> Any:
    """Sum of trust of the living by settlement, as stored, with compensated sums."""
    sums = np.zeros((2, 1, n_settlements))
    for i in range(len(minds)):
        if minds[i].gone < 0:
            book(sums, 0, people[i].settlement, minds[i].trust)
    return sums[0, 0] + sums[1, 0]
