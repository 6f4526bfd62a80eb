"""Set every event weight of belief updating from a published row or an assumed size: ODD 5.5, decision 0014."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from experiments.validation.impression_replay import (
    PANEL_EVENTS,
    Numbers,
    Reals,
    Tape,
    evidence_of_year,
    fast_share_parameter,
    steady_state_evidence,
    tape_of,
)
from experiments.validation.panel import (
    Panel,
    People,
    dispositions_at_level,
    odds_of,
    panels_of,
    people_of,
    trust_of,
)
from experiments.validation.sizes import DOOR_POINTS, EVENT_BY_NAME, EVENTS, EventSize
from model.engine.scenario import Scenario
from model.trust.belief_updating import REFERENCE_ASYMMETRY
from scenarios import load

SITE = "villa_canales"
"""The reference town."""
RETEST_CORRELATION = 0.42
"""Q07: correlation of a person's answers in both waves; published .38-.46."""
PANEL_AIMS = {"abuse": -14.5, "bribe": -9.5, "meeting": 5.0}
"""Q01-Q03: coefficients of the panel, in points of 100."""
EVENT_POINTS = {one.name: one.points for one in EVENTS}
"""Size of every event at day 3, in points of 100."""
VISIT_POINTS = {3: 7.0, 21: 4.5}
"""Q04: effect of a long, friendly visit (points of 100) by day."""
SCANDAL_DAY, SCANDAL_SHARE_LEFT = 135, 0.1
"""Q09: day after a scandal, and the share of its effect that is left then."""
ABUSE_SHARE_LEFT = 0.45
"""Q06, read as the effect of a single event: share of the effect of abuse left at day 365."""
MAX_ROUNDS, CONVERGED, ADULT_STEP, MIN_WEIGHT = 30, 1e-3, 4, 1e-3


@dataclass(frozen=True)
class ReferenceState:
    """State of the reference town under given parameters: evidence and dispositions of its adults."""

    people: People
    counts: dict[str, Reals]
    disposition: Reals

    @property
    def trust(self) -> Reals:
        """Trust (0-1) of each adult."""
        return trust_of(self.disposition, self.counts)


@dataclass
class Calibrated:
    """Calibrated parameters, the panel simulated with them, and the number of rounds."""

    numbers: Numbers
    panel: Panel
    rounds: int


def numbers_of(scenario: Scenario) -> Numbers:
    """Return all parameters of a scenario by dotted name."""
    groups = {name: scenario[name] for name in scenario.groups}
    return {
        f"{name}.{key}": float(getattr(group, key)) for name, group in groups.items() for key in group.parameter_specs()
    }


def reference_town(scale: float = 1.0) -> tuple[Tape, Numbers]:
    """Return the impressions recorded in the warm-up of the reference town, and its parameters."""
    scenario = load(SITE, set={"population.scale": scale})
    numbers = numbers_of(scenario)
    return tape_of(scenario, 1, numbers), numbers


def state_of(tape: Tape, numbers: Numbers, every: int = ADULT_STEP) -> ReferenceState:
    """Return the reference town at its mean trust, in the steady state of its events, with one adult in ``every``."""
    sample, everyone = slice(0, tape.adults, every), people_of(tape)
    people = People(everyone.common[sample], everyone.by_belief[:, sample], everyone.female[sample])
    evidence = steady_state_evidence(tape, evidence_of_year(tape, numbers), numbers)
    counts = {name: column[sample] for name, column in evidence.items()}
    return ReferenceState(people, counts, dispositions_at_level(people, counts, numbers))


def log_odds_after(state: ReferenceState, event: EventSize, numbers: Numbers, days: float) -> Reals:
    """Return each adult's log-odds of trust, ``days`` after an event that all experience."""
    weight, fast = numbers[event.parameter], numbers[fast_share_parameter(event.parameter)]
    retained = {"fast": fast * 0.5 ** (days / numbers["trust.fast_days"]),
            "slow": (1.0 - fast) * 0.5 ** (days / 365.0 / numbers["trust.memory_years"])}  # fmt: skip
    counts = dict(state.counts)
    for good, bad, belief in (("fair", "unfair", "fair"), ("solved", "failed", "effective")):
        quality, part = event.number(numbers, belief), event.number(numbers, f"{belief}_weight")
        evidence = weight * part * (numbers["trust.asymmetry"] / REFERENCE_ASYMMETRY if quality < 0.5 else 1.0)
        for memory, share in retained.items():
            counts[f"{good}_{memory}"] = counts[f"{good}_{memory}"] + evidence * quality * share
            counts[f"{bad}_{memory}"] = counts[f"{bad}_{memory}"] + evidence * (1.0 - quality) * share
    return odds_of(state.disposition, counts)


def points_of_event(state: ReferenceState, event: EventSize, numbers: Numbers, days: float) -> float:
    """Return the change of mean trust (points of 100), ``days`` after an event."""
    return 100.0 * float((1.0 / (1.0 + np.exp(-log_odds_after(state, event, numbers, days))) - state.trust).mean())


def weight_of_size(state: ReferenceState, event: EventSize, numbers: Numbers, aim: float) -> float:
    """Return the weight at which an event moves mean trust by ``aim`` points at day 3; 0 if the aim is 0."""

    def residual(logarithm: float) -> float:
        weight = {event.parameter: float(np.exp(logarithm))}
        return points_of_event(state, event, {**numbers, **weight}, 3.0) - aim

    return float(np.exp(brentq(residual, -12.0, 5.0, xtol=1e-6))) if aim else 0.0


def set_assumed_sizes(state: ReferenceState, numbers: Numbers, sizes: Mapping[str, float]) -> Numbers:
    """Return parameters with the weights of events outside `PANEL_EVENTS`, and two rates of fading, set.

    Visit and scandal have a fading of their own. Each is solved by comparing the town with and without the event.
    """
    result = dict(numbers)
    visit, scandal = EVENT_BY_NAME["long visit"], EVENT_BY_NAME["scandal"]
    result["trust.fast_friendly"] = fast_share_of_fading(
        state, visit, result, VISIT_POINTS[3], 21, VISIT_POINTS[21] / VISIT_POINTS[3]
    )
    result["misconduct.fades"] = fast_share_of_fading(
        state, scandal, result, sizes[scandal.name], SCANDAL_DAY, SCANDAL_SHARE_LEFT
    )
    for event in EVENTS:
        if event.name not in PANEL_EVENTS:
            result[event.parameter] = weight_of_size(state, event, result, sizes[event.name])
    if visit_weight := result[visit.parameter]:
        result["consultation.door"] = weight_of_size(state, visit, result, DOOR_POINTS) / visit_weight
    return result


def fast_share_of_fading(
    state: ReferenceState, event: EventSize, numbers: Numbers, aim: float, days: float, share_left: float
) -> float:
    """Return the fast share at which ``share_left`` of an effect remains after ``days``; the nearest limit if none.

    An event of size 0 keeps its fast share.
    """
    if not aim:
        return numbers[fast_share_parameter(event.parameter)]

    def residual(fast: float) -> float:
        trial = {**numbers, fast_share_parameter(event.parameter): fast}
        trial[event.parameter] = weight_of_size(state, event, trial, aim)
        return points_of_event(state, event, trial, days) / aim - share_left

    if residual(0.0) <= 0.0:
        return 0.0
    return float(brentq(residual, 0.0, 0.99, xtol=1e-5)) if residual(0.99) < 0.0 else 0.99


def calibrate(
    tape: Tape,
    numbers: Numbers,
    coefficients: Mapping[str, float] = PANEL_AIMS,
    sizes: Mapping[str, float] = EVENT_POINTS,
    *,
    single: bool = False,
) -> Calibrated:
    """Calibrate the weights of events in rounds until they converge, since each depends on the others.

    Aims are coefficients of the panel and sizes of events by name, both in points of 100.
    """
    current, slopes = numbers, dict.fromkeys(PANEL_EVENTS, 0.0)
    last: tuple[Numbers, dict[str, float]] | None = None
    for rounds in range(1, MAX_ROUNDS + 1):
        before, state = current, state_of(tape, current)
        current = set_assumed_sizes(state, current, sizes)
        panel = panels_of(tape, current)
        if single:
            current = set_single_event_weights(state, current, sizes)
        else:
            current, last = secant_step(current, panel, last, slopes, coefficients)
        change = max(abs(current[name] - before[name]) / max(abs(before[name]), 1e-3) for name in current)
        if change < CONVERGED and rounds > 2:
            break
    return Calibrated(current, panels_of(tape, current), rounds)


def set_single_event_weights(state: ReferenceState, numbers: Numbers, sizes: Mapping[str, float]) -> Numbers:
    """Set the weights of abuse, bribe and meeting as if coefficients were the effect of one event by day 3."""
    result = dict(numbers)
    abuse = EVENT_BY_NAME["abuse"]
    result["trust.fast_panel"] = fast_share_of_fading(state, abuse, result, sizes[abuse.name], 365, ABUSE_SHARE_LEFT)
    for kind in PANEL_EVENTS:
        result[EVENT_BY_NAME[kind].parameter] = weight_of_size(state, EVENT_BY_NAME[kind], result, sizes[kind])
    return result


def secant_step(
    numbers: Numbers,
    panel: Panel,
    previous: tuple[Numbers, dict[str, float]] | None,
    slopes: dict[str, float],
    aims: Mapping[str, float],
) -> tuple[Numbers, tuple[Numbers, dict[str, float]]]:
    """Return weights that bring the panel's coefficients closer to their aims by one secant step."""
    result = dict(numbers)
    for kind, aim in aims.items():
        name, coefficient = EVENT_BY_NAME[kind].parameter, panel.coefficients[kind]
        if previous is not None and abs(numbers[name] - previous[0][name]) > 1e-4 * numbers[name]:
            slopes[kind] = (coefficient - previous[1][kind]) / (numbers[name] - previous[0][name])
        sign = 1.0 if aim > 0.0 else -1.0
        least = 0.2 * abs(coefficient) / numbers[name]
        slope = sign * max(sign * slopes[kind], least) if slopes[kind] else coefficient / numbers[name]
        step = (aim - coefficient) / slope
        most = 2.0 * numbers[name]
        result[name] = float(np.clip(numbers[name] + step, max(MIN_WEIGHT, 0.5 * numbers[name]), most))
    return result, (numbers, panel.coefficients)
