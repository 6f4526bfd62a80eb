"""How the worlds at the ends of what can happen stand in a report."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.report.numbers import Numbers


@dataclass(frozen=True)
class Shown:
    """A column of the ceiling: what it is called, and with how many decimals it is told."""

    es: str
    en: str
    digits: int


MEASURES = {
    "trust": Shown("confianza", "trust", 2),
    "crimes": Shown("delitos", "crimes", 1),
    "homicides": Shown("homicidios", "homicides", 1),
}


def worlds_at(numbers: "Numbers", site: str) -> list[Any]:
    """Return the rows of the worlds of one site."""
    return list(numbers.rows("ceiling", site=site).itertuples())
