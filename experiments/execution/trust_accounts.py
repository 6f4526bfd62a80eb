"""Laws of trust that Guatemalan data cannot distinguish: a centre, chosen by convention, and variations around it.

Comparisons, sweeps, the page and reports use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from experiments.words.toml_files import toml_beside

MEMORY_YEARS = (0.5, 1.2, 4.0)
ASYMMETRIES = (1.0, 3.0, 5.0)
READINGS: Mapping[str, Mapping[str, float]] = toml_beside(__file__, "readings.toml")
"""Weights under each reading of the panels, calibrated for each memory."""


class Law(NamedTuple):
    """Law of trust: memory (years), weight of bad relative to good news, and one of `LAW_VARIATIONS`, if any."""

    memory_years: float = 1.2
    asymmetry: float = 3.0
    also: str = ""


class LawVariation(NamedTuple):
    """Variation besides memory and asymmetry: its names in two languages, and the parameters that change."""

    en: str
    es: str
    changes: Mapping[str, float]


UNANSWERED_CALL_WEIGHT = READINGS["panel"]["trust.unanswered"]
LAW_VARIATIONS = {
    "single": LawVariation(
        "panels read as single events", "los paneles, leídos como un solo hecho", READINGS["single"]
    ),
    "single_4": LawVariation(
        "the same, memory of 4 years", "lo mismo, con memoria de 4 años",
        READINGS["single, memory 4"],
    ),
    "chosen_0": LawVariation("contact is not chosen", "nadie elige el contacto", READINGS["panel, s 0"]),
    "chosen_6": LawVariation(
        "contact is chosen by those who trust", "busca el contacto quien confía", READINGS["panel, s .6"]
    ),
    "heard_0": LawVariation(
        "nothing is heard of others", "nada se oye de otros", {"hearsay.weight": 0.0, "hearsay.at_home": 0.0}
    ),
    "heard_6": LawVariation(
        "what is heard weighs .6", "lo oído pesa .6", {"hearsay.weight": 0.6, "hearsay.at_home": 0.6}
    ),
    "unanswered_2": LawVariation(
        "an unanswered call costs 2 points", "una llamada sin respuesta cuesta 2 puntos",
        {"trust.unanswered": 0.4 * UNANSWERED_CALL_WEIGHT},
    ),
    "unanswered_10": LawVariation(
        "an unanswered call costs 10 points", "una llamada sin respuesta cuesta 10 puntos",
        {"trust.unanswered": 2.0 * UNANSWERED_CALL_WEIGHT},
    ),
}  # fmt: skip
"""Variations of one thing at a time.  A memory of 8 years has no solution."""
KNOWN_LAW_VARIATIONS = LAW_VARIATIONS | {
    "single_8": LawVariation("the same, memory of 8 years", "lo mismo, con memoria de 8 años", {})
}
"""Variations that results may name: those above, and one of version 0.3."""
LAWS = (
    *(Law(memory, asymmetry) for memory in MEMORY_YEARS for asymmetry in ASYMMETRIES),
    *(Law(also=name) for name in LAW_VARIATIONS),
)


def parameters_of_law(law: Law) -> dict[str, float]:
    """Return the values of the parameters that a law sets."""
    parameters = {"trust.memory_years": law.memory_years, "trust.asymmetry": law.asymmetry}
    parameters |= READINGS.get(f"panel, memory {law.memory_years:g}", {})
    return parameters | (dict(LAW_VARIATIONS[law.also].changes) if law.also else {})
