"""Write the page of the site on the ways by which practices of MOPSIC work, from the recorded table of mediation."""

from collections.abc import Iterator, Mapping, Sequence

from experiments.comparison.origins import NATION, REST
from experiments.dev.documents.answer import NO_BREAK, SITES
from experiments.dev.documents.criteria_sentences import MEDIATION_TABLE, OUTCOMES, signed
from experiments.dev.documents.facts_page import Row, recorded_table
from experiments.dev.documents.markdown import WIDE, table
from experiments.dev.examinations.mediation import ALL, CHANNELS_OF_TRUST, CRITERIA, CUTS, PRACTICES
from experiments.words.toml_files import toml_beside

ENTRIES = toml_beside(__file__)
DECIMALS = {**OUTCOMES, "told": 2, **dict.fromkeys(CRITERIA, 0)}
"""Decimals of the numbers of an outcome."""
EFFECT_COLUMNS = ("effect", "effect_low", "effect_high")
type Effects = Mapping[tuple[str, str, str, str, str], Row]
"""Rows of the table by municipality, year, practice, outcome and channel."""


def mediation_page(language: str) -> str:
    """Return the page: its sentence, practices alone, ways of trust, and cut ways."""
    say, rows = ENTRIES[language], recorded_table(MEDIATION_TABLE)
    effects = {(row["site"], row["year"], row["practice"], row["outcome"], row["channel"]): row for row in rows}
    years = sorted({row["year"] for row in rows}, key=int)
    sections = [
        f"# {say['title']}",
        first_sentence(effects, years[-1], language),
        WIDE,
        say["about"].format(pairs=rows[0]["twins"]),
        f"## {say['practices'].format(year=years[-1])}",
        say["of_practices"],
    ]
    for site, name in SITES.items():
        sections += [f"### {name}", practice_table(effects, site, years[-1], language)]
    sections += [f"## {say['trust'].format(year=years[-1])}", say["of_trust"]]
    sections += [channel_table(effects, years[-1], language), f"## {say['cut'].format(year=years[-1])}", say["of_cut"]]
    sections += [cut_table(effects, years[-1], language), f"## {say['years']}", year_table(effects, years, language)]
    return "\n\n".join(sections) + "\n"


def first_sentence(effects: Effects, year: str, language: str) -> str:
    """Return the sentence of the page: the effect of all practices on trust, and its largest way, in each town."""
    say, parts = ENTRIES[language], []
    for site, name in SITES.items():
        part = say["part"].format(site=name, effect=effect_text(effects[site, year, ALL, "trust", ""], language))
        channel = largest_channel(effects, site, year)
        if channel:
            number = number_text(effects[site, year, ALL, "trust", channel])
            part += say["largest"].format(part=number, way=ENTRIES["channel"][channel][language])
        parts.append(part)
    return str(say["first"]).format(year=year, parts=say["joined"].join(parts))


def largest_channel(effects: Effects, site: str, year: str) -> str:
    """Return the way of trust with the largest part whose sign is known; "" if there is none."""
    rows = {channel: effects[site, year, ALL, "trust", channel] for channel in CHANNELS_OF_TRUST}
    known = {channel: abs(float(row["effect"])) for channel, row in rows.items() if not holds_zero(row)}
    return max(known, key=lambda channel: known[channel], default="")


def practice_table(effects: Effects, site: str, year: str, language: str) -> str:
    """Return a table of what each practice alone, and all together, change in a municipality."""
    names = ENTRIES["practice"]
    rows = []
    for practice in (*PRACTICES, ALL):
        criteria = [number_text(effects[site, year, practice, name, ""]) for name in CRITERIA]
        outcomes = [
            effect_text(effects[site, year, practice, name, ""], language) for name in ("trust", "told", "crime")
        ]
        rows.append([names[practice][language], *outcomes, *criteria])
    return table(ENTRIES[language]["practice_head"].split(" | "), rows)


def channel_table(effects: Effects, year: str, language: str) -> str:
    """Return a table of the parts of the effect of all practices on trust; they sum to the last row."""
    names = ENTRIES["channel"]
    rows = [
        [names[channel][language], *at_sites(effects, year, "trust", channel, language)]
        for channel in (*CHANNELS_OF_TRUST, NATION, REST)
    ]
    rows.append([f"**{ENTRIES[language]['sum']}**", *at_sites(effects, year, "trust", "", language)])
    return table([ENTRIES[language]["way"], *SITES.values()], rows)


def cut_table(effects: Effects, year: str, language: str) -> str:
    """Return a table of what each way does to the share told and to crime, as the effect less that without it."""
    names, outcomes = ENTRIES["channel"], ENTRIES[language]["outcomes"]
    head = [f"{outcomes[outcome]}: {site}" for outcome in ("told", "crime") for site in SITES.values()]
    rows = []
    for channel in CUTS:
        cells = (at_sites(effects, year, outcome, channel, language) for outcome in ("told", "crime"))
        rows.append([names[channel][language], *(cell for pair in cells for cell in pair)])
    return table([ENTRIES[language]["way"], *head], rows)


def year_table(effects: Effects, years: Sequence[str], language: str) -> str:
    """Return a table of the effect of all practices on trust by year."""
    rows = ([year, *at_sites(effects, year, "trust", "", language)] for year in years)
    return table([ENTRIES[language]["year"], *SITES.values()], rows)


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
    text = f"{number} ({NO_BREAK.join((low, ENTRIES[language]['to'], high))})"
    return f"*{text}*" if holds_zero(row) else text
