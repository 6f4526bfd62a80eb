"""Decisions: how those who decide weigh their options, and the book that says what each chose and why (ODD 4.1).

A matter is what somebody has to decide.  Each of its options has a utility, in log-odds, that is a sum of terms; a
term reads only what the one who decides has met, been told or remembers.  The reason booked is the term without which
the choice would have been another at the same luck.
"""

from __future__ import annotations

import math

import numpy as np

from model.engine.choices import MOST_OPTIONS, MOST_TERMS
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows
from model.world.binding import computed, count_of
from model.world.discrete_choice.schema import BY_LUCK, CHOICES, ChoiceRecord
from model.world.mechanism import Mechanism


class ChoiceTables(TableBundle):
    """Where a choice is weighed and booked: ``terms[option, term]`` in log-odds, filled anew for each choice."""

    terms: FloatArray = computed(lambda world: np.zeros((MOST_OPTIONS, MOST_TERMS)))
    pull: FloatArray = computed(lambda world: np.zeros(MOST_OPTIONS))
    choices: Rows[ChoiceRecord]
    choices_count: IntArray = count_of(CHOICES)
    now: IntArray = computed(lambda world: world.tick_array)
    seed: int = computed(lambda world: world.seed)


@kernel
def share_with_prior(good: float, bad: float, weight: float, disposition: float) -> float:
    """Share of good in what is remembered, where a disposition (0-1) counts as this much evidence."""
    return (good + weight * disposition) / (good + bad + weight)


@kernel
def clear_terms(desk: ChoiceTables) -> None:
    """Begin to weigh: all terms are neutral."""
    desk.terms[:, :] = 0.0
    desk.pull[:] = 0.0


@kernel
def sum_utilities(desk: ChoiceTables, options: int, terms: int, without: int) -> None:
    """Sum up the utilities of the options, one term left out (-1: none)."""
    for o in range(options):
        desk.pull[o] = 0.0
        for k in range(terms):
            if k != without:
                desk.pull[o] += desk.terms[o, k]


@kernel
def choose_ordered(desk: ChoiceTables, options: int, u: float) -> int:
    """Option that belongs to luck u where options are ordered, each as likely as exp of its utility says."""
    most, total, reached = desk.pull[0], 0.0, 0.0
    for o in range(1, options):
        most = max(most, desk.pull[o])
    for o in range(options):
        total += math.exp(desk.pull[o] - most)
    for o in range(options - 1):
        reached += math.exp(desk.pull[o] - most)
        if u * total < reached:
            return o
    return options - 1


@kernel
def choose_gumbel(desk: ChoiceTables, options: int, matter: int, tick: int, who: int) -> int:
    """Option of the highest utility with its own luck: what makes one better moves choices from or to it alone."""
    best, most = 0, -math.inf
    for o in range(options):
        u = keyed_uniform(desk.seed, matter, tick, who, o)
        pull = desk.pull[o] - math.log(-math.log(u + 1e-300))
        if pull > most:
            best, most = o, pull
    return best


@kernel
def choose_option(desk: ChoiceTables, options: int, matter: int, ordered: bool, tick: int, who: int) -> int:
    """Option chosen by the utilities summed up last."""
    if ordered:
        return choose_ordered(desk, options, keyed_uniform(desk.seed, matter, tick, who, 0))
    return choose_gumbel(desk, options, matter, tick, who)


@kernel
def option_probability(desk: ChoiceTables, options: int, option: int) -> float:
    """Chance of an option by the utilities summed up last."""
    total = 0.0
    for o in range(options):
        total += math.exp(desk.pull[o] - desk.pull[option])
    return 1.0 / total


@kernel
def relative_utility(desk: ChoiceTables, options: int, option: int, term: int) -> float:
    """How far a term speaks for an option against the mean of the others."""
    own: float = desk.terms[option, term]
    others = -own
    for o in range(options):
        others += desk.terms[o, term]
    return own - others / (options - 1)


@kernel
def decisive_term(
    desk: ChoiceTables, options: int, terms: int, option: int, matter: int, ordered: bool, tick: int, who: int
) -> int:
    """Term without which another option had been chosen at the same luck, the strongest if there are several; or -1."""
    reason, most = BY_LUCK, -math.inf
    for k in range(1, terms):
        sum_utilities(desk, options, terms, k)
        if choose_option(desk, options, matter, ordered, tick, who) != option:
            force = relative_utility(desk, options, option, k)
            if force > most:
                reason, most = k, force
    return reason


@kernel
def decide_and_record(
    desk: ChoiceTables, options: int, terms: int, matter: int, ordered: bool, tick: int, who: int
) -> int:
    """Choose between the options as they were weighed, and book the choice; return the option.

    ``tick`` and ``who`` name the luck; the choice is booked under the present shift.
    """
    sum_utilities(desk, options, terms, -1)
    option = choose_option(desk, options, matter, ordered, tick, who)
    row = desk.choices[desk.choices_count[0]]
    row.v0, row.v1, row.v2, row.v3, row.v4 = (
        desk.pull[0], desk.pull[1], desk.pull[2], desk.pull[3], desk.pull[4],
    )  # fmt: skip
    row.tick, row.matter, row.who, row.option = desk.now[0], matter, who, option
    row.chance = option_probability(desk, options, option)
    row.term = decisive_term(desk, options, terms, option, matter, ordered, tick, who)
    desk.choices_count[0] += 1
    return option


MECHANISM = Mechanism(named="deciding", tables=(CHOICES,))
