"""Belief updating: experiences add evidence that decays; belief is the favourable share.

Trust is the belief that combines fairness and effectiveness: its odds are the geometric mean of theirs, times the odds
of the nation's mood.  Evidence decays with two half-lives, of days and of years.

Another rule of updating replaces this one by defining the same names: the columns of `Evidence`, `set_disposition`,
`odds_of_unfairness`, `odds_of_ineffectiveness`, `trust_of`, `trust_after_decay`, `copy_evidence`, `decay_good`,
`decay_bad`, `decay_both`, `add_evidence`.  Decision 0014 compares three rules.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from model.engine.calendar import SHIFTS, YEAR
from model.engine.elementary import LN_2, exp
from model.engine.kernels import kernel, scalar_kernel
from model.engine.random_streams import logistic
from model.engine.rows import Column, Row

if TYPE_CHECKING:
    from model.simulation.columns import ResidentState
    from model.trust.ledger import Trust
    from model.world.shift_events import Impression

REFERENCE_ASYMMETRY = 3.0
"""Value of `trust.asymmetry` for which the weights of unfavourable events are stated."""


class Evidence(Row):
    """Evidence of a resident about the police: favourable and unfavourable, in a fast and a slow memory.

    A disposition is worth one unit of evidence, of which that share is favourable.
    """

    disposed_fairness: Annotated[float, Column("share of a disposition that speaks for fair police", "0-1", 0.5)]
    disposed_effectiveness: Annotated[float, Column("share that speaks for police who come and solve", "0-1", 0.5)]
    fair_fast: Annotated[float, Column("evidence of fair treatment, of which days are left", "evidence")]
    fair_slow: Annotated[float, Column("evidence of fair treatment, of which years are left", "evidence")]
    unfair_fast: Annotated[float, Column("evidence of unfair treatment, of which days are left", "evidence")]
    unfair_slow: Annotated[float, Column("evidence of unfair treatment, of which years are left", "evidence")]
    solved_fast: Annotated[float, Column("evidence that they come and solve, of which days are left", "evidence")]
    solved_slow: Annotated[float, Column("evidence that they come and solve, of which years are left", "evidence")]
    failed_fast: Annotated[float, Column("evidence that they do not, of which days are left", "evidence")]
    failed_slow: Annotated[float, Column("evidence that they do not, of which years are left", "evidence")]


EVIDENCE_COLUMNS = tuple(name for name in Evidence.columns if not name.startswith("disposed"))
"""Columns that are sums over past impressions and decay."""


@scalar_kernel("float64(float64,float64)")
def retained_share(shifts: float, memory_years: float) -> float:
    """Return the share of evidence that is left after some shifts, for a half-life in years.

    >>> float(retained_share(1095.0, 1.0))
    0.5
    """
    return exp(-LN_2 * shifts / (YEAR * memory_years))


@scalar_kernel("float64(float64,float64)")
def retained_share_fast(shifts: float, days: float) -> float:
    """Return the share of evidence that is left after some shifts, for a half-life in days.

    >>> float(retained_share_fast(63.0, 21.0))
    0.5
    """
    return exp(-LN_2 * shifts / (SHIFTS * days))


@kernel
def set_disposition(mind: ResidentState, fairness: float, effectiveness: float) -> None:
    """Set the dispositions of a resident from log-odds.

    Updates `minds.disposed_fairness`, `minds.disposed_effectiveness`.
    """
    mind.disposed_fairness, mind.disposed_effectiveness = logistic(fairness), logistic(effectiveness)


@kernel
def odds_of_unfairness(mind: ResidentState) -> float:
    """Return the believed odds that the police treat people unfairly."""
    good = mind.disposed_fairness + mind.fair_fast + mind.fair_slow
    return (1.0 - mind.disposed_fairness + mind.unfair_fast + mind.unfair_slow) / good


@kernel
def odds_of_ineffectiveness(mind: ResidentState) -> float:
    """Return the believed odds that the police are ineffective: do not come, or solve nothing."""
    good = mind.disposed_effectiveness + mind.solved_fast + mind.solved_slow
    return (1.0 - mind.disposed_effectiveness + mind.failed_fast + mind.failed_slow) / good


@kernel
def trust_after_decay(mind: ResidentState, fast: float, slow: float, calm: float) -> float:
    """Return trust (0-1) with these shares of the fast and the slow evidence left.

    ``calm`` are the odds of the nation's mood against the police.
    """
    good_f = mind.disposed_fairness + fast * mind.fair_fast + slow * mind.fair_slow
    bad_f = 1.0 - mind.disposed_fairness + fast * mind.unfair_fast + slow * mind.unfair_slow
    good_e = mind.disposed_effectiveness + fast * mind.solved_fast + slow * mind.solved_slow
    bad_e = 1.0 - mind.disposed_effectiveness + fast * mind.failed_fast + slow * mind.failed_slow
    return 1.0 / (1.0 + calm * math.sqrt(bad_f * bad_e / (good_f * good_e)))


@kernel
def trust_of(mind: ResidentState, calm: float) -> float:
    """Return the trust (0-1) that follows from the evidence as it stands; ``calm`` as in `trust_after_decay`."""
    return trust_after_decay(mind, 1.0, 1.0, calm)


@kernel
def copy_evidence(mind: ResidentState, other: ResidentState) -> None:
    """Copy the evidence of another resident, dispositions excepted; updates `EVIDENCE_COLUMNS` of `minds`."""
    mind.fair_fast, mind.fair_slow = other.fair_fast, other.fair_slow
    mind.unfair_fast, mind.unfair_slow = other.unfair_fast, other.unfair_slow
    mind.solved_fast, mind.solved_slow = other.solved_fast, other.solved_slow
    mind.failed_fast, mind.failed_slow = other.failed_fast, other.failed_slow


@kernel
def decay_good(mind: ResidentState, fast: float, slow: float) -> None:
    """Reduce favourable evidence to these shares of the fast and the slow memory."""
    mind.fair_fast *= fast
    mind.fair_slow *= slow
    mind.solved_fast *= fast
    mind.solved_slow *= slow


@kernel
def decay_bad(mind: ResidentState, fast: float, slow: float) -> None:
    """Reduce unfavourable evidence to these shares of the fast and the slow memory."""
    mind.unfair_fast *= fast
    mind.unfair_slow *= slow
    mind.failed_fast *= fast
    mind.failed_slow *= slow


@kernel
def decay_both(mind: ResidentState, fast: float, slow: float, calm: float) -> tuple[float, float, float]:
    """Reduce all evidence, the favourable first; return trust after the first and after the second reduction.

    The third number is trust after both at the odds ``calm`` of another mood of the nation.
    """
    # As `trust_after_decay`, but sums that both values share are computed once: this runs for everybody, every month.
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
    root = math.sqrt(bad_f * bad_e / good)
    return between, 1.0 / (1.0 + mind.calm * root), 1.0 / (1.0 + calm * root)


@kernel
def add_evidence(mind: ResidentState, impression: Impression, p: Trust) -> None:
    """Add the evidence of an impression; updates `EVIDENCE_COLUMNS` of `minds`.

    Unfavourable impressions weigh more, by `trust.asymmetry` relative to `REFERENCE_ASYMMETRY`.
    """
    f = impression.weight_f * (p.asymmetry / REFERENCE_ASYMMETRY if impression.quality_f < 0.5 else 1.0)
    e = impression.weight_e * (p.asymmetry / REFERENCE_ASYMMETRY if impression.quality_e < 0.5 else 1.0)
    good_f, bad_f = f * impression.quality_f, f * (1.0 - impression.quality_f)
    good_e, bad_e = e * impression.quality_e, e * (1.0 - impression.quality_e)
    fast, slow = impression.fast, 1.0 - impression.fast
    mind.fair_fast += fast * good_f
    mind.fair_slow += slow * good_f
    mind.unfair_fast += fast * bad_f
    mind.unfair_slow += slow * bad_f
    mind.solved_fast += fast * good_e
    mind.solved_slow += slow * good_e
    mind.failed_fast += fast * bad_e
    mind.failed_slow += slow * bad_e
