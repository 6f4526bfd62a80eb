"""Decisions: options weighed, one chosen, the choice booked with its reason (ODD 4.1)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.random_draws import number_of

if TYPE_CHECKING:
    from oracle.town import PlainTown

type Terms = Mapping[str, Sequence[float]]
"""Terms of each option by its name: habit first, then the reasons in their order."""


@dataclass(frozen=True)
class ChoiceRecord:
    """A choice as the ledger of decisions has it; ``term`` is the number of the reason, or -1."""

    tick: int
    matter: str
    who: int
    option: int
    term: int
    chance: float
    utilities: tuple[float, ...]


def belief(good: float, bad: float, weight: float, disposition: float) -> float:
    """Share of good in what is remembered."""
    return (good + weight * disposition) / (good + bad + weight)


def decide(
    town: "PlainTown",
    matter: str,
    who: int,
    terms: Terms,
    *,
    ordered: bool,
    tick: int | None = None,
    by: int | None = None,
) -> str:
    """Choose the option of ``who`` at a tick (now unless given), record it, by another if given; return it."""
    names, rows = list(terms), [list(row) for row in terms.values()]
    tick = town.tick if tick is None else tick

    def sums(without: int) -> list[float]:
        return [math.fsum(x for k, x in enumerate(row) if k != without) for row in rows]

    def pick(utilities: list[float]) -> int:
        return option_of(town, matter, who, utilities, ordered=ordered, tick=tick)

    utilities = sums(-1)
    option = pick(utilities)
    decisive = [k for k in range(1, len(rows[0])) if pick(sums(k)) != option]
    term = max(decisive, key=lambda k: force(rows, option, k), default=-1)
    chance = 1.0 / math.fsum(math.exp(v - utilities[option]) for v in utilities)
    booked = who if by is None else by
    town.choices.append(ChoiceRecord(town.tick, matter, booked, option, term, chance, tuple(utilities)))
    return names[option]


def option_of(town: "PlainTown", matter: str, who: int, utilities: Sequence[float], *, ordered: bool, tick: int) -> int:
    """Draw an option by these utilities."""
    if ordered:
        u = town.uniform(matter, who, 0, tick=tick)
        weights = [math.exp(v - max(utilities)) for v in utilities]
        reached = [math.fsum(weights[: o + 1]) for o in range(len(weights))]
        return next((o for o in range(len(weights) - 1) if u * math.fsum(weights) < reached[o]), len(weights) - 1)
    drawn = [v - math.log(-math.log(town.uniform(matter, who, o, tick=tick) + 1e-300)) for o, v in enumerate(utilities)]
    return drawn.index(max(drawn))


def force(rows: list[list[float]], option: int, term: int) -> float:
    """How far a term speaks for an option, against the mean of the others."""
    others = [row[term] for o, row in enumerate(rows) if o != option]
    return rows[option][term] - math.fsum(others) / len(others)


def rows_of_choices(choices: Sequence[ChoiceRecord]) -> list[dict[str, float]]:
    """Return choices as rows."""
    return [
        {"tick": one.tick, "matter": number_of(one.matter), "who": one.who, "option": one.option, "term": one.term}
        | {"chance": one.chance}
        | {f"v{o}": one.utilities[o] if o < len(one.utilities) else 0.0 for o in range(5)}
        for one in choices
    ]
