"""Discrete choices of agents: utilities of options, the draw, and a record with the reason.

The model is a multinomial logit.  The utility of each option, in log-odds, is a sum of terms; a term reads only what
the agent has met, been told or remembers.  A caller clears the terms (`clear_terms`), fills
`choice_terms`, and calls `decide_and_record`.

The recorded reason is the term without which the agent would have chosen another option at the same random number.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np

from model.engine.choices import CHOICES_DECLARED, MOST_OPTIONS, MOST_TERMS
from model.engine.domains import KEY, PAST, SHARE, code_of
from model.engine.elementary import exp, log
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec
from model.world.derived import constant
from model.world.mechanism import Mechanism

if TYPE_CHECKING:
    from model.engine.rows import FloatArray, Rows
    from model.engine.tables import TableSizes
    from model.simulation.world import Simulation, World

NO_DECISIVE_TERM = -1
"""Reason recorded for a choice that no single term decided."""
SMALLEST_GUMBEL_UNIFORM = 1e-300
"""Added to a uniform before its double logarithm, which is infinite at 0."""


class ChoiceRecord(Row):
    """Record of a choice: ``who`` is the row of the agent, ``chance`` the probability of the option.

    ``term`` is the decisive term, or -1 if none was; ``v0`` to ``v4`` are the utilities of the options in log-odds.
    """

    tick: Annotated[int, PAST]
    matter: Annotated[int, KEY]
    who: Annotated[int, KEY]
    option: Annotated[int, code_of(MOST_OPTIONS)]
    term: Annotated[int, code_of(MOST_TERMS, none=True)]
    chance: Annotated[float, SHARE]
    v0: float
    v1: float
    v2: float
    v3: float
    v4: float


def are_declared(rows: Rows[ChoiceRecord]) -> bool:
    """Each choice is in a declared matter, with one of its options and of its terms."""
    declared = sorted((number, len(one.options), len(one.terms) + 1) for number, one in CHOICES_DECLARED.items())
    numbers, options, terms = np.array(declared, np.int64).reshape(-1, 3).T
    if not len(numbers):
        return not len(rows)
    at = np.minimum(np.searchsorted(numbers, rows["matter"]), len(numbers) - 1)
    known = (numbers[at] == rows["matter"]) & (rows["option"] < options[at]) & (rows["term"] < terms[at])
    return bool(known.all())


def choices_are_declared(state: Any, town: Any, sizes: TableSizes) -> bool:
    """Each choice is in a declared matter, with one of its options and of its terms."""
    return are_declared(state[CHOICES].used_rows())


CHOICES = GrowingTableSpec(
    name="choices",
    row=ChoiceRecord,
    about="What was decided this month.",
    rule=choices_are_declared,
)


class ChoiceDraw(NamedTuple):
    """Key of the random numbers of a choice, and whether its options are ordered."""

    matter: int
    ordered: bool
    tick: int
    who: int


@constant
def choice_terms(sim: Simulation) -> FloatArray:
    """Return room for the terms of a choice by option and term, in log-odds; each choice overwrites them."""
    return np.zeros((MOST_OPTIONS, MOST_TERMS))


@constant
def choice_pull(sim: Simulation) -> FloatArray:
    """Return room for the utilities of a choice by option, in log-odds."""
    return np.zeros(MOST_OPTIONS)


@kernel
def share_with_prior(good: float, bad: float, weight: float, disposition: float) -> float:
    """Return the favourable share, with a prior ``disposition`` (0-1) of weight ``weight``.

    This is the mean of a Beta distribution with ``good`` and ``bad`` as evidence.
    """
    return (good + weight * disposition) / (good + bad + weight)


@kernel
def clear_terms(w: World) -> None:
    """Set all terms and utilities to 0, before a choice."""
    w.choice_terms[:, :] = 0.0
    w.choice_pull[:] = 0.0


@kernel
def sum_utilities(w: World, options: int, terms: int, without: int) -> None:
    """Write the utilities, sums of terms; ``without`` leaves one term out (-1: none)."""
    for o in range(options):
        w.choice_pull[o] = 0.0
        for k in range(terms):
            if k != without:
                w.choice_pull[o] += w.choice_terms[o, k]


@kernel
def choose_ordered(w: World, options: int, u: float) -> int:
    """Return the option at quantile ``u``; probabilities are the softmax of utilities.

    With one number for all options, a term that favours later options never moves a choice back.
    """
    # Subtracting the largest utility keeps exp() from overflowing.
    most, total, reached = w.choice_pull[0], 0.0, 0.0
    for o in range(1, options):
        most = max(most, w.choice_pull[o])
    for o in range(options):
        total += exp(w.choice_pull[o] - most)
    for o in range(options - 1):
        reached += exp(w.choice_pull[o] - most)
        if u * total < reached:
            return o
    return options - 1


@kernel
def choose_gumbel(w: World, options: int, matter: int, tick: int, who: int) -> int:
    """Return the option with the largest utility plus Gumbel noise of its own (the Gumbel-max trick).

    Probabilities are the softmax of utilities.  A term of one option moves choices only to or from that option.
    """
    best, most = 0, -math.inf
    for o in range(options):
        u = keyed_uniform(w.seed, matter, tick, who, o)
        pull = w.choice_pull[o] - log(-log(u + SMALLEST_GUMBEL_UNIFORM))
        if pull > most:
            best, most = o, pull
    return best


@kernel
def choose_option(w: World, options: int, matter: int, ordered: bool, tick: int, who: int) -> int:
    """Return the option chosen by the utilities; ``matter``, ``tick`` and ``who`` key the draw."""
    if ordered:
        return choose_ordered(w, options, keyed_uniform(w.seed, matter, tick, who, 0))
    return choose_gumbel(w, options, matter, tick, who)


@kernel
def option_probability(w: World, options: int, option: int) -> float:
    """Return the probability of an option by the present utilities."""
    total = 0.0
    for o in range(options):
        total += exp(w.choice_pull[o] - w.choice_pull[option])
    return 1.0 / total


@kernel
def relative_utility(w: World, options: int, option: int, term: int) -> float:
    """Return the term's utility for an option less its mean over the other options."""
    own: float = w.choice_terms[option, term]
    others = -own
    for o in range(options):
        others += w.choice_terms[o, term]
    return own - others / (options - 1)


@kernel
def decisive_term(w: World, options: int, terms: int, option: int, drawn: ChoiceDraw) -> int:
    """Return the strongest term without which the draw gives another option, or -1."""
    reason, most = NO_DECISIVE_TERM, -math.inf
    for k in range(1, terms):
        sum_utilities(w, options, terms, k)
        if choose_option(w, options, drawn.matter, drawn.ordered, drawn.tick, drawn.who) != option:
            force = relative_utility(w, options, option, k)
            if force > most:
                reason, most = k, force
    return reason


@kernel
def decide_and_record(  # noqa: PLR0913 - size of the choice and key of its draw, as plain numbers
    w: World, options: int, terms: int, matter: int, ordered: bool, tick: int, who: int
) -> int:
    """Draw a choice from the terms written before, append its record, and return the option.

    Parameters
    ----------
    options, terms
        Numbers of options and of terms (habit included) in use.
    matter
        Number of the declared choice.
    ordered
        Whether the options are ordered.
    tick, who
        Time and agent that key the random numbers; the record bears the present shift.
    """
    sum_utilities(w, options, terms, -1)
    option = choose_option(w, options, matter, ordered, tick, who)
    row = w.choices[w.choices_count[0]]
    row.v0, row.v1, row.v2, row.v3, row.v4 = (
        w.choice_pull[0], w.choice_pull[1], w.choice_pull[2], w.choice_pull[3], w.choice_pull[4],
    )  # fmt: skip
    row.tick, row.matter, row.who, row.option = w.tick, matter, who, option
    row.chance = option_probability(w, options, option)
    row.term = decisive_term(w, options, terms, option, ChoiceDraw(matter, ordered, tick, who))
    w.choices_count[0] += 1
    return option


MECHANISM = Mechanism(named="deciding", tables=(CHOICES,))
