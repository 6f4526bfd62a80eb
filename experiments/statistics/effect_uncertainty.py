"""Uncertainty of an effect over draws of parameters: its sources, and whether the sign of the effect is known.

Each draw is simulated twice, in half of the draws with another seed in the same town and in the other half with
another seed and another town. So the variance within draws separates random variation from towns, and the rest of the
variance between draws comes from the assumed parameters. Rival accounts are run on some of the draws, too.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.statistics.over_assumed import sign_shares
from experiments.statistics.paired_effects import LEVEL, error_of, p_value
from experiments.statistics.verdicts import ALPHA

MIN_DRAWS = 20
"""Number of draws below which no sign is called known: fewer cannot show a share of 95 %."""
MIN_DRAWS_OF_ACCOUNT = 4


@dataclass(frozen=True)
class EffectUncertainty:
    """An effect over draws.

    Attributes
    ----------
    mean, low, high
        Mean over draws under the present account, and the range of 95 % of all runs, those of rival accounts included.
    sd_random, sd_town, sd_assumed, sd_account, sd
        Standard deviations that random variation, the town, assumed parameters and the account cause in one run; and
        all four together.
    share_up, share_down
        Shares of draws in which the effect is above or below 0, under the present account.
    sign
        ``known`` if 95 % of the draws agree and no account has the opposite sign, ``turns`` if one has, else ``open``;
        ``few`` if there are too few draws.
    against
        Accounts under which the effect has the opposite sign.
    """

    draws: int
    mean: float
    low: float
    high: float
    sd_random: float
    sd_town: float
    sd_assumed: float
    sd_account: float
    share_up: float
    share_down: float
    sign: str
    against: tuple[str, ...]

    @property
    def sd(self) -> float:
        """Standard deviation of an effect in one run from all four sources."""
        return math.hypot(self.sd_random, self.sd_town, self.sd_assumed, self.sd_account)


def uncertainty_of(
    effects: np.ndarray, same_town: np.ndarray, accounts: Mapping[str, np.ndarray]
) -> EffectUncertainty | None:
    """Return the uncertainty of an effect.

    Parameters
    ----------
    effects
        Draws × 2: the effect in both runs of a draw.
    same_town
        By draw: whether both runs were in one town.
    accounts
        By rival account: effect under it less that under the present one, in the same draws, towns and seeds.

    Returns
    -------
    The uncertainty; None if fewer than four draws have numbers, two of either kind.
    """
    known = np.isfinite(effects).all(axis=1)
    effects, same = effects[known], same_town[known]
    if min(int(same.sum()), int((~same).sum())) < 2:
        return None
    means = effects.mean(axis=1)
    within = (effects[:, 0] - effects[:, 1]) ** 2 / 2.0
    random = float(within[same].mean())
    town = max(0.0, float(within[~same].mean()) - random)
    noise = random / 2.0 + town * float(np.where(same, 1.0, 0.5).mean())
    assumed = max(0.0, float(means.var(ddof=1)) - noise)
    shifts = {name: one[np.isfinite(one)] for name, one in accounts.items()}
    shifts = {name: one for name, one in shifts.items() if len(one) >= MIN_DRAWS_OF_ACCOUNT}
    pool = np.concatenate([effects[:, 0], *(effects[:, 0] + one.mean() for one in shifts.values())])
    low, high = np.quantile(pool, (ALPHA / 2.0, 1.0 - ALPHA / 2.0))
    share_up, share_down = sign_shares(means)
    against = accounts_of_other_sign(means, shifts)
    return EffectUncertainty(
        draws=len(means), mean=float(means.mean()), low=float(low), high=float(high),
        sd_random=math.sqrt(random), sd_town=math.sqrt(town), sd_assumed=math.sqrt(assumed),
        sd_account=account_spread(list(shifts.values())), share_up=share_up, share_down=share_down,
        sign=sign_over_draws(len(means), max(share_up, share_down), against), against=against,
    )  # fmt: skip


def account_spread(shifts: Sequence[np.ndarray]) -> float:
    """Return the standard deviation between equally plausible accounts, less the part due to few draws.

    The present account is one of them, with a shift of 0.
    """
    if not shifts:
        return 0.0
    means = np.array([0.0, *(one.mean() for one in shifts)])
    errors = float(np.mean([0.0, *(one.var(ddof=1) / len(one) for one in shifts)]))
    return math.sqrt(max(0.0, float(means.var(ddof=1)) - errors))


def accounts_of_other_sign(means: np.ndarray, shifts: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """Return the accounts under which the mean effect has the other sign (Student's t, Bonferroni at 5 %)."""
    names, sign = [], float(np.sign(means.mean()))
    for name, shift in shifts.items():
        shifted = means.mean() + shift
        p = p_value(float(shifted.mean()), error_of(shifted), len(shifted) - 1)
        if sign * shifted.mean() < 0.0 and p <= ALPHA / len(shifts):
            names.append(name)
    return tuple(names)


def sign_over_draws(draws: int, share: float, against: Sequence[str]) -> str:
    """Return whether the sign is known, by the share of draws that agree and the accounts that do not.

    >>> sign_over_draws(50, 0.96, ()), sign_over_draws(50, 0.96, ["fixed"]), sign_over_draws(50, 0.9, ())
    ('known', 'turns', 'open')
    """
    if draws < MIN_DRAWS:
        return "few"
    if against:
        return "turns"
    return "known" if share >= LEVEL else "open"
