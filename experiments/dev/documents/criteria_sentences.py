"""Say in two sentences a municipality what the practices behind the criteria change, for whom, and by which way.

The numbers are those of the recorded table of mediation: all four practices together, in its last year.
"""

from collections.abc import Mapping

from experiments.dev.documents.answer import SITES, typographic
from experiments.dev.documents.facts_page import FACTS_TABLE, Row, recorded_table
from experiments.dev.examinations.mediation import ALL, CRITERIA
from experiments.words.toml_files import toml_beside

TEXTS = toml_beside(__file__)
MEDIATION_TABLE = FACTS_TABLE.with_name("mediation.csv")
OUTCOMES = {"trust": 2, "crime": 1}
"""Outcomes with a sentence, and the decimals of their numbers."""
SMALLEST_SHARE = 0.1
"""Part of an effect from which a channel is named."""


def criteria_sentences(language: str) -> str:
    """Return the sentences of both municipalities as a Markdown list."""
    rows = [row for row in recorded_table(MEDIATION_TABLE) if row["practice"] == ALL]
    year = str(max(int(row["year"]) for row in rows))
    lines: list[str] = []
    for site, name in SITES.items():
        own = {(row["outcome"], row["channel"]): row for row in rows if (row["site"], row["year"]) == (site, year)}
        lines += [f"* **{name}.** {' '.join(sentence(own, outcome, year, language) for outcome in OUTCOMES)}"]
    return "\n".join(lines) + "\n"


def sentence(rows: Mapping[tuple[str, str], Row], outcome: str, year: str, language: str) -> str:
    """Return the sentence on one outcome; ``rows`` are those of a municipality by outcome and channel."""
    say, criteria = TEXTS[outcome], {name: criterion_change(rows[name, ""], language) for name in CRITERIA}
    whole, parts = rows[outcome, ""], parts_told(rows, outcome, language)
    low, effect, high = (float(whole[column]) for column in ("effect_low", "effect", "effect_high"))
    which = "open" if low <= 0.0 <= high else "up" if effect > 0.0 else "down"
    if which == "open":
        numbers = [signed(one, OUTCOMES[outcome]) for one in (effect, low, high)]
    else:  # without signs, which the verb has
        numbers = [f"{one:.{OUTCOMES[outcome]}f}" for one in (abs(effect), *sorted((abs(low), abs(high))))]
    words = dict(zip(("n", "low", "high"), numbers, strict=True), unit=say[f"unit_{language}"])
    change = TEXTS["change"][which][language].format(**words)
    return str(say[language]).format(effect=change, year=year, parts=parts, **criteria)


def criterion_change(row: Row, language: str) -> str:
    """Return by how many whole points a criterion rises or falls."""
    effect = float(row["effect"])
    return str(TEXTS["criterion"]["up" if effect >= 0.0 else "down"][language]).format(n=f"{abs(effect):.0f}")


def parts_told(rows: Mapping[tuple[str, str], Row], outcome: str, language: str) -> str:
    """Return the channels that bring a tenth of an effect or more and whose interval excludes 0, largest first."""
    least = SMALLEST_SHARE * abs(float(rows[outcome, ""]["effect"]))
    effects = {
        channel: float(row["effect"])
        for (of, channel), row in rows.items()
        if of == outcome and channel in TEXTS["channel"] and float(row["effect_low"]) * float(row["effect_high"]) > 0.0
    }
    named = sorted((name for name in effects if abs(effects[name]) >= least), key=lambda name: -abs(effects[name]))
    told = [TEXTS["channel"][name][language].format(n=signed(effects[name], OUTCOMES[outcome])) for name in named]
    return str(TEXTS["parts"]["some" if told else "none"][language]).format(list="; ".join(told))


def signed(number: float, digits: int) -> str:
    """Return a number with its sign."""
    return typographic(f"{number:+.{digits}f}")
