"""Shocks of trust in institutions in the whole country, drawn as dated events before a run starts.

A shock moves the national mood (`trust.mood`) of every resident in one direction from one date to another. It stands
for scandals, purges and reforms that nobody lives through and everybody hears of. Both municipalities have the same
shocks under the same seed. Nothing in the model causes them, and no policy prevents them. By default there are none;
the account of institutional shock (`scenarios/accounts/institutional_shock.toml`) sets their rate.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from model.engine.parameters import ParameterGroup
from model.engine.scenario import DatedEvent, PolicyEntry, Scenario
from scenarios.timeline import MOOD_PARAMETER

STREAM = "national shock"
"""Stream of random numbers; its keys are the year, the number of the shock in the year, and one of the draws below."""
HOW_MANY, WHEN, WHICH_SIGN = 0, 1, 2
DAYS_OF_YEAR = 365.25
LONGEST_YEARS = 100
"""Years from the start after which there are no shocks, however long a run is."""


@dataclass(frozen=True, init=False)
class NationalShocks(ParameterGroup):
    """Rate, size and duration of shocks of trust in institutions in the whole country; none at a rate of 0."""

    name: ClassVar[str] = "national_shocks"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("T06",)

    rate: float
    size: float
    years: float
    bad: float


def with_national_shocks(scenario: Scenario, seed: int, until: datetime.date = datetime.date.max) -> Scenario:
    """Return a scenario whose timeline also has the national shocks of a seed.

    Parameters
    ----------
    scenario
        The scenario, with its parameters ``national_shocks``.
    seed
        Seed of the run.
    until
        Date on which the run ends; there are shocks for 100 years if it is not given.

    Returns
    -------
    Scenario
        The same object if there are no shocks.

    Examples
    --------
    >>> from scenarios import load
    >>> often = load("baseline", set={"national_shocks.rate": 1.0})
    >>> found = with_national_shocks(often, seed=2, until=datetime.date(2022, 1, 1))
    >>> len(found.timeline) - len(often.timeline) == len(national_shocks(often, 2, datetime.date(2022, 1, 1)))
    True
    """
    events = national_shocks(scenario, seed, until)
    if not events:
        return scenario
    timeline = sorted([*scenario.timeline, *events], key=lambda event: (event.start, event.name))
    return dataclasses.replace(scenario, timeline=tuple(timeline))


def national_shocks(scenario: Scenario, seed: int, until: datetime.date) -> list[DatedEvent]:
    """Return the shocks of a seed from the start of a scenario to a date, in order.

    Notes
    -----
    The number of shocks in a calendar year is a Poisson number, each date is uniform within the year. A shock ends
    after its duration or when the next one begins, so that the mood never moves by more than one size.
    """
    p: NationalShocks = scenario[NationalShocks.name]
    if p.rate == 0.0 or p.size == 0.0:
        return []
    years = range(scenario.start.year, min(until.year, scenario.start.year + LONGEST_YEARS) + 1)
    drawn = {date: sign for year in years for date, sign in shocks_of_year(p, seed, year)}
    dates = sorted(date for date in drawn if scenario.start <= date < until)
    lasting = datetime.timedelta(days=round(DAYS_OF_YEAR * p.years))
    ends = [min(date + lasting, after) for date, after in itertools.pairwise([*dates, datetime.date.max])]
    return [
        DatedEvent(
            name=f"national shock {date}",
            start=date,
            until=end,
            entries=(PolicyEntry(parameter=MOOD_PARAMETER, how="add", value=drawn[date] * p.size),),
        )
        for date, end in zip(dates, ends, strict=True)
    ]


def shocks_of_year(p: NationalShocks, seed: int, year: int) -> Iterator[tuple[datetime.date, float]]:
    """Yield date and sign (1 or -1) of the shocks of a calendar year."""
    from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id  # brings the compiler

    stream, first = stream_id(STREAM), datetime.date(year, 1, 1)
    days = (datetime.date(year + 1, 1, 1) - first).days
    for k in range(poisson_quantile(keyed_uniform(seed, stream, year, 0, HOW_MANY), p.rate)):
        day = int(days * keyed_uniform(seed, stream, year, k, WHEN))
        sign = -1.0 if keyed_uniform(seed, stream, year, k, WHICH_SIGN) < p.bad else 1.0
        yield first + datetime.timedelta(days=day), sign
