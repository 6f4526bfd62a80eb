"""The law of trust: what people have been through counts as evidence, which ages; belief is the share that is good.

Another law takes the place of this one by filling the same names: the columns of `Evidence`, `disposed`, `odds_unfair`,
`odds_useless`, `trust_of`, `trust_after`, `take_over`, `fade_good`, `fade_bad`, `fade_both`, `take_in`.  Decision 0014
compares three.
"""

from __future__ import annotations

import math

from model.engine.calendar import SHIFTS, YEAR
from model.engine.kernels import kernel, scalar_kernel
from model.engine.random_streams import logistic
from model.trust.belief_updating.schema import REFERENCE_ASYMMETRY
from model.trust.ledger.schema import Trust
from model.world.columns import ResidentState
from model.world.shift_events import Impression


@scalar_kernel("float64(float64,float64)")
def retained_share(shifts: float, memory_years: float) -> float:
    """Share of a past event that is still felt after so many shifts, of a memory in years.

    >>> float(kept(1095.0, 1.0))
    0.5
    """
    return math.exp(-0.6931471805599453 * shifts / (YEAR * memory_years))


@scalar_kernel("float64(float64,float64)")
def retained_share_fast(shifts: float, days: float) -> float:
    """Share that is left after so many shifts of what fades within days.

    >>> float(kept_fast(63.0, 21.0))
    0.5
    """
    return math.exp(-0.6931471805599453 * shifts / (SHIFTS * days))


@kernel
def set_disposition(mind: ResidentState, fairness: float, effectiveness: float) -> None:
    """Give somebody two dispositions (log-odds)."""
    mind.disposed_fairness, mind.disposed_effectiveness = logistic(fairness), logistic(effectiveness)


@kernel
def odds_of_unfairness(mind: ResidentState) -> float:
    """Odds that the police treat people badly, as somebody believes."""
    good = mind.disposed_fairness + mind.fair_fast + mind.fair_slow
    return (1.0 - mind.disposed_fairness + mind.unfair_fast + mind.unfair_slow) / good


@kernel
def odds_of_ineffectiveness(mind: ResidentState) -> float:
    """Odds that the police do not come or solve nothing, as somebody believes."""
    good = mind.disposed_effectiveness + mind.solved_fast + mind.solved_slow
    return (1.0 - mind.disposed_effectiveness + mind.failed_fast + mind.failed_slow) / good


@kernel
def trust_after_decay(mind: ResidentState, fast: float, slow: float, calm: float) -> float:
    """Trust where these shares of both memories are left; ``calm`` are the odds of the nation's mood against police."""
    good_f = mind.disposed_fairness + fast * mind.fair_fast + slow * mind.fair_slow
    bad_f = 1.0 - mind.disposed_fairness + fast * mind.unfair_fast + slow * mind.unfair_slow
    good_e = mind.disposed_effectiveness + fast * mind.solved_fast + slow * mind.solved_slow
    bad_e = 1.0 - mind.disposed_effectiveness + fast * mind.failed_fast + slow * mind.failed_slow
    return 1.0 / (1.0 + calm * math.sqrt(bad_f * bad_e / (good_f * good_e)))


@kernel
def trust_of(mind: ResidentState, calm: float) -> float:
    """Trust that the evidence amounts to as it stands."""
    return trust_after_decay(mind, 1.0, 1.0, calm)


@kernel
def copy_evidence(mind: ResidentState, other: ResidentState) -> None:
    """Take over the evidence that somebody else has."""
    mind.fair_fast, mind.fair_slow = other.fair_fast, other.fair_slow
    mind.unfair_fast, mind.unfair_slow = other.unfair_fast, other.unfair_slow
    mind.solved_fast, mind.solved_slow = other.solved_fast, other.solved_slow
    mind.failed_fast, mind.failed_slow = other.failed_fast, other.failed_slow


@kernel
def decay_good(mind: ResidentState, fast: float, slow: float) -> None:
    """Let good evidence fade so that these shares of both memories are left."""
    mind.fair_fast *= fast
    mind.fair_slow *= slow
    mind.solved_fast *= fast
    mind.solved_slow *= slow


@kernel
def decay_bad(mind: ResidentState, fast: float, slow: float) -> None:
    """Let bad evidence fade so that these shares of both memories are left."""
    mind.unfair_fast *= fast
    mind.unfair_slow *= slow
    mind.failed_fast *= fast
    mind.failed_slow *= slow


@kernel
def decay_both(mind: ResidentState, fast: float, slow: float) -> tuple[float, float]:
    """Let all evidence fade, the good first; return trust after either, from what was summed once."""
    bad_f = 1.0 - mind.disposed_fairness + mind.unfair_fast + mind.unfair_slow
    bad_e = 1.0 - mind.disposed_effectiveness + mind.failed_fast + mind.failed_slow
    decay_good(mind, fast, slow)
    good_f = mind.disposed_fairness + mind.fair_fast + mind.fair_slow
    good_e = mind.disposed_effectiveness + mind.solved_fast + mind.solved_slow
    good = good_f * good_e
    between = 1.0 / (1.0 + mind.calm * math.sqrt(bad_f * bad_e / good))
    decay_bad(mind, fast, slow)
    bad_f = 1.0 - mind.disposed_fairness + mind.unfair_fast + mind.unfair_slow
    bad_e = 1.0 - mind.disposed_effectiveness + mind.failed_fast + mind.failed_slow
    return between, 1.0 / (1.0 + mind.calm * math.sqrt(bad_f * bad_e / good))


@kernel
def add_evidence(mind: ResidentState, seen: Impression, p: Trust) -> None:
    """Count an impression as evidence; what speaks against the police weighs more by the asymmetry."""
    f = seen.weight_f * (p.asymmetry / REFERENCE_ASYMMETRY if seen.quality_f < 0.5 else 1.0)
    e = seen.weight_e * (p.asymmetry / REFERENCE_ASYMMETRY if seen.quality_e < 0.5 else 1.0)
    good_f, bad_f = f * seen.quality_f, f * (1.0 - seen.quality_f)
    good_e, bad_e = e * seen.quality_e, e * (1.0 - seen.quality_e)
    fast, slow = seen.fast, 1.0 - seen.fast
    mind.fair_fast += fast * good_f
    mind.fair_slow += slow * good_f
    mind.unfair_fast += fast * bad_f
    mind.unfair_slow += slow * bad_f
    mind.solved_fast += fast * good_e
    mind.solved_slow += slow * good_e
    mind.failed_fast += fast * bad_e
    mind.failed_slow += slow * bad_e
