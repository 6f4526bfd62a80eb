"""Write by which ways the practices of MOPSIC work: a page, and sentences on the criteria, from the recorded table.

All numbers are of the recorded table of mediation; the sentences are on all four practices together in its last year.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from experiments.comparison.origins import NATION, REST
from experiments.dev.documents.render import NO_BREAK, RECORD, SITES, Row, recorded_table, rendered, signed
from experiments.dev.examinations.mediation import ALL, CHANNELS_OF_TRUST, CRITERIA, CUTS, PRACTICES
from experiments.words.toml_files import toml_beside

MEDIATION_TABLE = RECORD / "mediation.csv"
WORDS: dict[str, Any] = toml_beside(__file__)
OUTCOMES = {"trust": 2, "crime": 1}
"""Outcomes with a sentence, and the decimals of their numbers."""
UNITS = {"trust": {"en": " points of 100", "es": " puntos de 100"}, "crime": {"en": " %", "es": " %"}}
DECIMALS = {**OUTCOMES, "told": 2, **dict.fromkeys(CRITERIA, 0)}
"""Decimals of the numbers of an outcome."""
SMALLEST_SHARE = 0.1
"""Part of an effect from which a channel is named in a sentence."""
EFFECT_COLUMNS = ("effect", "effect_low", "effect_high")
TO = {"en": "to", "es": "a"}
type Effects = Mapping[tuple[str, str, str, str, str], Row]
"""Rows of the table by municipality, year, practice, outcome and channel."""


def recorded_effects() -> tuple[Effects, list[str], str]:
    """Return the rows on record, their years in order, and the number of pairs."""
    rows = recorded_table(MEDIATION_TABLE)
    effects = {(row["site"], row["year"], row["practice"], row["outcome"], row["channel"]): row for row in rows}
    return effects, sorted({row["year"] for row in rows}, key=int), rows[0]["twins"]


def mediation_page(language: str) -> str:
    """Return the page: its sentence, practices alone, ways of trust, and cut ways."""
    effects, years, pairs = recorded_effects()
    last, names = years[-1], {name: words[language] for name, words in WORDS["channel"].items()}
    channels = [
        [names[one], *at_sites(effects, last, "trust", one, language)] for one in (*CHANNELS_OF_TRUST, NATION, REST)
    ]
    total = {"en": "all", "es": "todas"}[language]
    cuts = [
        [names[one], *(cell for of in ("told", "crime") for cell in at_sites(effects, last, of, one, language))]
        for one in CUTS
    ]
    return rendered(
        f"mediation.{language}",
        year=last,
        pairs=pairs,
        towns=[town_data(effects, site, last, language) for site in SITES],
        channels=[*channels, [f"**{total}**", *at_sites(effects, last, "trust", "", language)]],
        cuts=cuts,
        years=[[year, *at_sites(effects, year, "trust", "", language)] for year in years],
    )


def town_data(effects: Effects, site: str, year: str, language: str) -> dict[str, Any]:
    """Return what the page shows of a town: the effect on trust with its largest way, and each practice alone."""
    way = largest_channel(effects, site, year)
    practices = []
    for practice in (*PRACTICES, ALL):
        rows = {name: effects[site, year, practice, name, ""] for name in DECIMALS}
        outcomes = [effect_text(rows[name], language) for name in ("trust", "told", "crime")]
        practices.append(
            [WORDS["practice"][practice][language], *outcomes, *(number_text(rows[one]) for one in CRITERIA)]
        )
    return {
        "name": SITES[site],
        "effect": effect_text(effects[site, year, ALL, "trust", ""], language),
        "largest": number_text(effects[site, year, ALL, "trust", way]) if way else "",
        "way": WORDS["channel"][way][language] if way else "",
        "practices": practices,
    }


def largest_channel(effects: Effects, site: str, year: str) -> str:
    """Return the way of trust with the largest part whose sign is known; "" if there is none."""
    rows = {channel: effects[site, year, ALL, "trust", channel] for channel in CHANNELS_OF_TRUST}
    known = {channel: abs(float(row["effect"])) for channel, row in rows.items() if not holds_zero(row)}
    return max(known, key=lambda channel: known[channel], default="")


def at_sites(effects: Effects, year: str, outcome: str, channel: str, language: str) -> Iterator[str]:
    """Yield the part of the effect of all practices in each municipality."""
    for site in SITES:
        yield effect_text(effects[site, year, ALL, outcome, channel], language)


def holds_zero(row: Row) -> bool:
    """Return whether an interval holds zero, so that the sign of the effect is not known."""
    return float(row["effect_low"]) <= 0.0 <= float(row["effect_high"])


def number_text(row: Row) -> str:
    """Return an effect alone, in italics if its sign is not known."""
    text = signed(float(row["effect"]), DECIMALS[row["outcome"]])
    return f"*{text}*" if holds_zero(row) else text


def effect_text(row: Row, language: str) -> str:
    """Return an effect with its interval, in italics if its sign is not known."""
    number, low, high = (signed(float(row[key]), DECIMALS[row["outcome"]]) for key in EFFECT_COLUMNS)
    text = f"{number} ({NO_BREAK.join((low, TO[language], high))})"
    return f"*{text}*" if holds_zero(row) else text


# Sentences on the criteria


def criteria_sentences(language: str) -> str:
    """Return the sentences of both municipalities as a Markdown list."""
    effects, years, _ = recorded_effects()
    towns = []
    for site, name in SITES.items():
        rows = {key[3:]: row for key, row in effects.items() if key[:3] == (site, years[-1], ALL)}
        criteria = {one: criterion_change(rows[one, ""], language) for one in CRITERIA}
        towns.append({"name": name, **criteria, **{one: outcome_data(rows, one, language) for one in OUTCOMES}})
    return rendered(f"criteria.{language}", towns=towns, year=years[-1])


def outcome_data(rows: Mapping[tuple[str, str], Row], outcome: str, language: str) -> dict[str, str]:
    """Return the effect on one outcome and its parts in words; ``rows`` are those of a town by outcome and channel."""
    effect, low, high = (float(rows[outcome, ""][column]) for column in EFFECT_COLUMNS)
    which = "open" if low <= 0.0 <= high else "up" if effect > 0.0 else "down"
    digits = OUTCOMES[outcome]
    if which == "open":
        numbers = [signed(one, digits) for one in (effect, low, high)]
    else:  # without signs, which the verb has
        numbers = [f"{one:.{digits}f}" for one in (abs(effect), *sorted((abs(low), abs(high))))]
    words = dict(zip(("n", "low", "high"), numbers, strict=True), unit=UNITS[outcome][language])
    told = WORDS["change"][which][language].format(**words)
    return {"effect": told, "parts": parts_told(rows, outcome, language)}


def criterion_change(row: Row, language: str) -> str:
    """Return by how many whole points a criterion rises or falls."""
    effect = float(row["effect"])
    return str(WORDS["criterion"]["up" if effect >= 0.0 else "down"][language]).format(n=f"{abs(effect):.0f}")


def parts_told(rows: Mapping[tuple[str, str], Row], outcome: str, language: str) -> str:
    """Return the channels that bring a tenth of an effect or more and whose interval excludes 0, largest first."""
    least = SMALLEST_SHARE * abs(float(rows[outcome, ""]["effect"]))
    effects = {
        channel: float(row["effect"])
        for (of, channel), row in rows.items()
        if of == outcome and channel in WORDS["reaches"] and not holds_zero(row)
    }
    named = sorted((name for name in effects if abs(effects[name]) >= least), key=lambda name: -abs(effects[name]))
    told = [WORDS["reaches"][name][language].format(n=signed(effects[name], OUTCOMES[outcome])) for name in named]
    return str(WORDS["parts"]["some" if told else "none"][language]).format(list="; ".join(told))
