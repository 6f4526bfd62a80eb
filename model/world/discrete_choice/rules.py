"""Discrete choices of agents: utilities of options, the draw, and a record with the reason.

The model is a multinomial logit.  The utility of each option, in log-odds, is a sum of terms; a term reads only what
the agent has met, been told or remembers.  A caller clears the terms (`clear_terms`), fills
``choice.terms[option, term]``, and calls `decide_and_record`.

The recorded reason is the term without which the agent would have chosen another option at the same random number.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from model.engine.choices import MOST_OPTIONS, MOST_TERMS
from model.engine.elementary import exp, log
from model.engine.kernels import TableBundle, kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import FloatArray, IntArray, Rows
from model.world.binding import computed, count_of
from model.world.discrete_choice.schema import CHOICES, NO_DECISIVE_TERM, SMALLEST_GUMBEL_UNIFORM, ChoiceRecord
from model.world.mechanism import Mechanism


class ChoiceDraw(NamedTuple):
    """Key of the random numbers of a choice, and whether its options are ordered."""

    matter: int
    ordered: bool
    tick: int
    who: int


class ChoiceTables(TableBundle):
    """Work space of one choice and the table of records.

    ``terms[option, term]`` and ``pull[option]`` (the utilities) are in log-odds and overwritten by each choice.
    """

    terms: FloatArray = computed(lambda world: np.zeros((MOST_OPTIONS, MOST_TERMS)))
    pull: FloatArray = computed(lambda world: np.zeros(MOST_OPTIONS))
    choices: Rows[ChoiceRecord]
    choices_count: IntArray = count_of(CHOICES)
    now: IntArray = computed(lambda world: world.tick_array)
    seed: int = computed(lambda world: world.seed)


@kernel
def share_with_prior(good: float, bad: float, weight: float, disposition: float) -> float:
    """Return the favourable share, with a prior ``disposition`` (0-1) of weight ``weight``.

    This is the mean of a Beta distribution with ``good`` and ``bad`` as evidence.
    """
    return (good + weight * disposition) / (good + bad + weight)


@kernel
def clear_terms(choice: ChoiceTables) -> None:
    """Set all terms and utilities to 0, before a choice."""
    choice.terms[:, :] = 0.0
    choice.pull[:] = 0.0


@kernel
def sum_utilities(choice: ChoiceTables, options: int, terms: int, without: int) -> None:
    """Write the utilities, sums of terms; ``without`` leaves one term out (-1: none)."""
    for o in range(options):
        choice.pull[o] = 0.0
        for k in range(terms):
            if k != without:
                choice.pull[o] += choice.terms[o, k]


@kernel
def choose_ordered(choice: ChoiceTables, options: int, u: float) -> int:
    """Return the option at quantile ``u``; probabilities are the softmax of utilities.

    With one number for all options, a term that favours later options never moves a choice back.
    """
    # Subtracting the largest utility keeps exp() from overflowing.
    most, total, reached = choice.pull[0], 0.0, 0.0
    for o in range(1, options):
        most = max(most, choice.pull[o])
    for o in range(options):
        total += exp(choice.pull[o] - most)
    for o in range(options - 1):
        reached += exp(choice.pull[o] - most)
        if u * total < reached:
            return o
    return options - 1


@kernel
def choose_gumbel(choice: ChoiceTables, options: int, matter: int, tick: int, who: int) -> int:
    """Return the option with the largest utility plus Gumbel noise of its own (the Gumbel-max trick).

    Probabilities are the softmax of utilities.  A term of one option moves choices only to or from that option.
    """
    best, most = 0, -math.inf
    for o in range(options):
        u = keyed_uniform(choice.seed, matter, tick, who, o)
        pull = choice.pull[o] - log(-log(u + SMALLEST_GUMBEL_UNIFORM))
        if pull > most:
            best, most = o, pull
    return best


@kernel
def choose_option(choice: ChoiceTables, options: int, matter: int, ordered: bool, tick: int, who: int) -> int:
    """Return the option chosen by the utilities; ``matter``, ``tick`` and ``who`` key the draw."""
    if ordered:
        return choose_ordered(choice, options, keyed_uniform(choice.seed, matter, tick, who, 0))
    return choose_gumbel(choice, options, matter, tick, who)


@kernel
def option_probability(choice: ChoiceTables, options: int, option: int) -> float:
    """Return the probability of an option by the present utilities."""
    total = 0.0
    for o in range(options):
        total += exp(choice.pull[o] - choice.pull[option])
    return 1.0 / total


@kernel
def relative_utility(choice: ChoiceTables, options: int, option: int, term: int) -> float:
    """Return the term's utility for an option less its mean over the other options."""
    own: float = choice.terms[option, term]
    others = -own
    for o in range(options):
        others += choice.terms[o, term]
    return own - others / (options - 1)


@kernel
def decisive_term(choice: ChoiceTables, options: int, terms: int, option: int, drawn: ChoiceDraw) -> int:
    """Return the strongest term without which the draw gives another option, or -1."""
    reason, most = NO_DECISIVE_TERM, -math.inf
    for k in range(1, terms):
        sum_utilities(choice, options, terms, k)
        if choose_option(choice, options, drawn.matter, drawn.ordered, drawn.tick, drawn.who) != option:
            force = relative_utility(choice, options, option, k)
            if force > most:
                reason, most = k, force
    return reason


@kernel
def decide_and_record(  # noqa: PLR0913 - size of the choice and key of its draw, as plain numbers
    choice: ChoiceTables, options: int, terms: int, matter: int, ordered: bool, tick: int, who: int
) -> int:
    """Draw a choice from the terms written before, append its record, and return the option.

    Parameters
    ----------
    choice
        Work space with the terms of all options.
    options, terms
        Numbers of options and of terms (habit included) in use.
    matter
        Number of the declared choice.
    ordered
        Whether the options are ordered.
    tick, who
        Time and agent that key the random numbers; the record bears the present shift.
    """
    sum_utilities(choice, options, terms, -1)
    option = choose_option(choice, options, matter, ordered, tick, who)
    row = choice.choices[choice.choices_count[0]]
    row.v0, row.v1, row.v2, row.v3, row.v4 = (
        choice.pull[0], choice.pull[1], choice.pull[2], choice.pull[3], choice.pull[4],
    )  # fmt: skip
    row.tick, row.matter, row.who, row.option = choice.now[0], matter, who, option
    row.chance = option_probability(choice, options, option)
    row.term = decisive_term(choice, options, terms, option, ChoiceDraw(matter, ordered, tick, who))
    choice.choices_count[0] += 1
    return option


MECHANISM = Mechanism(named="deciding", tables=(CHOICES,))
