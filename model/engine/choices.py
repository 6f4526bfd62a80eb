"""Declarations of discrete choices: the options of a decision and the terms of their utility.

A decision is a logit model: the utility of an option, in log-odds, is a sum of terms, and `model.world.discrete_choice`
draws the option and records the decisive term.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from model.engine.random_streams import stream_id

MOST_OPTIONS, MOST_TERMS = 5, 10
"""Sizes of the table in which a choice is computed."""
AGENT_TYPES = ("clique", "authority", "mayor", "chief", "resident")


@dataclass(frozen=True)
class ChoiceSpec:
    """Specification of a choice: the type of agent, the options, and the named terms of their utility.

    ``ordered`` options run from less to more; a term that favours later options then never moves a choice back.
    """

    name: str
    agent: str
    options: tuple[str, ...]
    terms: tuple[str, ...]
    ordered: bool


CHOICES_DECLARED: dict[int, ChoiceSpec] = {}
"""All choices by the number of their random stream."""


def declare_choice(
    name: str, agent: str, options: tuple[str, ...], terms: type[IntEnum] | None = None, *, ordered: bool = False
) -> int:
    """Declare a choice; return its number, which is also that of its random stream.

    Parameters
    ----------
    name
        Name of the choice, unique.
    agent
        Type of the agent that chooses, one of `AGENT_TYPES`.
    options
        Names of the options, two to `MOST_OPTIONS`.
    terms
        Columns of the table of terms, by name.  The first, number 0, is the habit of an option, which is never recorded
        as a reason.
    ordered
        See `ChoiceSpec`.

    Raises
    ------
    ValueError
        If the agent is unknown, or there are too many options or terms.
    """
    reasons = () if terms is None else tuple(term.name.lower() for term in terms if term > 0)
    if agent not in AGENT_TYPES or not 2 <= len(options) <= MOST_OPTIONS or len(reasons) >= MOST_TERMS:
        raise ValueError(
            f"choice '{name}': no agent '{agent}', or too many options ({len(options)}) or terms ({len(reasons)})."
            f" Agents are {', '.join(AGENT_TYPES)}; 2 to {MOST_OPTIONS} options and {MOST_TERMS - 1} terms are allowed."
            " Declare another agent, or fewer options or terms."
        )
    number = stream_id(name)
    CHOICES_DECLARED[int(number)] = ChoiceSpec(name, agent, options, reasons, ordered)
    return number
