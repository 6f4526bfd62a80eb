"""Declare choices: the options of each decision and the terms by which they are weighed."""

from __future__ import annotations

from dataclasses import dataclass

from model.engine.random_streams import stream_id

MOST_OPTIONS, MOST_TERMS = 5, 10
AGENT_TYPES = ("clique", "authority", "mayor", "chief", "resident")


@dataclass(frozen=True)
class ChoiceSpec:
    """What an agent of a kind decides: its options, and the terms by which it weighs them, apart from habit.

    ``ordered`` options stand from less to more: what makes a later one better moves no choice back.
    """

    name: str
    agent: str
    options: tuple[str, ...]
    terms: tuple[str, ...]
    ordered: bool


CHOICES_DECLARED: dict[int, ChoiceSpec] = {}
"""All matters, by the number of their luck."""


def declare_choice(
    name: str, agent: str, options: tuple[str, ...], terms: tuple[str, ...] = (), *, ordered: bool = False
) -> int:
    """Declare what an agent of a kind decides; return the number of the matter.

    Column 0 of an option's terms is its habit, which is no reason; those after it are named.
    """
    if agent not in AGENT_TYPES or not 2 <= len(options) <= MOST_OPTIONS or len(terms) >= MOST_TERMS:
        raise ValueError(f"matter '{name}': no agent '{agent}', or too many options or terms")
    number = stream_id(name)
    CHOICES_DECLARED[int(number)] = ChoiceSpec(name, agent, options, terms, ordered)
    return number
