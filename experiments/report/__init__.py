"""The report of a comparison: one HTML file for people who decide, always the same bytes from the same results."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from experiments.compare.effects import GROUPS
from experiments.compare.headlines import BY_NAME, WORDS, Headline
from experiments.compare.request import Request
from experiments.figures.slim import Styles, slim
from experiments.figures.svg import Tongue, svg_of
from experiments.report import disagreeing, sentences, words
from experiments.report.both import LANGUAGES, Both, both, listed
from experiments.report.days import day
from experiments.report.figures import FIGURES, available, drawn, few_deaths
from experiments.report.numbers import Numbers
from experiments.report.reading import Arm, Site, read_sites
from experiments.words import cause, group, in_both, verdict
from model.criteria import CRITERIA

FIGURE_STYLES = "/* styles of figures */"
BRIEFLY = {
    "last": ("último mes", "last month"),
    "year": ("por año", "a year"),
    "mean": ("promedio", "mean"),
    "share": ("proporción", "share"),
}
WHY = {
    "sites": both("Otro municipio es otro pueblo, con otra gente.", "Another site is another town, with other people."),
    "code": both(
        "Las corridas son de versiones distintas del modelo.", "The runs are of different versions of the model."
    ),
    "town": both("Las corridas no comparten un mismo pueblo.", "The runs do not share one town."),
    "seeds": both("Las semillas no forman parejas.", "The seeds do not pair."),
}


def languages_of(lang: str) -> tuple[str, ...]:
    """Return the languages that an option names."""
    return LANGUAGES if lang == "both" else (lang,)


def build(folder: Path, lang: str = "es") -> bytes:
    """Return the report of the comparison in a folder."""
    sites, languages = read_sites(folder), languages_of(lang)
    numbers = sites[0].numbers
    manifest = numbers.manifest
    question, styles = sentences.question(sites), Styles()
    environment = Environment(
        loader=PackageLoader("experiments.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def say(text: Both) -> Markup:
        return text.shown(languages)

    def t(es: str, en: str, **parts: object) -> Markup:
        return say(both(es, en, **parts))

    page = environment.get_template("template.html.j2").render(
        languages=languages,
        lang=lang,
        title=getattr(question, languages[0]).striptags(),
        question=question,
        sites=sites,
        numbers=numbers,
        manifest=manifest,
        interrupted=manifest["interrupted"],
        words=words,
        headlines=BY_NAME,
        criteria=CRITERIA,
        groups=groups_of,
        group_words=partial(in_both, group),
        causes=causes_of,
        cause_words=partial(in_both, cause),
        costs=costs_of,
        grid=grid_of,
        settled=settled,
        happened=sentences.happened,
        cautions=sentences.cautions,
        drawn=sentences.drawn,
        gains=lambda site, arm: sentences.gains(site, arm, groups_of(site)),
        paper=lambda site: words.PAPER.get(site.name),
        named=partial(named, sites),
        day=day,
        all_figures=[f"{site.name}-{name}" for site, name in figures_in(sites)],
        moving=moving,
        few_deaths=few_deaths,
        resting=resting,
        shrunk=any(arm.stated["scale"] < 1.0 for site in sites for arm in site.arms),
        smallest=sentences.smallest,
        decides=sentences.decides,
        books=disagreeing.books,
        why=WHY,
        apart=apart_of(numbers),
        figures=partial(figures_of, languages=languages, styles=styles),
        available=available,
        figure_styles=FIGURE_STYLES,
        criterion=lambda *where: say(criterion(*where)),
        how=lambda row: say(both(*(WORDS[row["how"]][one] for one in LANGUAGES))),
        brief=sentences.brief,
        brief_how=lambda one: t(*BRIEFLY[one.how]),
        say=say,
        t=t,
        command=Request.read(manifest["request"]).command,
        versions=", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
        seeds=f"{manifest['seeds'][0]}–{manifest['seeds'][-1]}",
        embedded=Markup(json.dumps(manifest | {"lang": lang}, ensure_ascii=False).replace("<", "\\u003c")),
    )
    return page.replace(FIGURE_STYLES, styles.css).encode()


def costs_of(site: Site) -> list[Headline]:
    """Return the measures of what policies cost, without those that are nothing in every arm."""
    return [BY_NAME[name] for name in words.COSTS if any_of(rows_of(site, BY_NAME[name]))]


def moving(site: Site) -> list[Headline]:
    """Return the measures that are something in any arm."""
    return [one for one in BY_NAME.values() if any_of(rows_of(site, one))]


def resting(site: Site) -> Both | None:
    """Return the names of the measures that are nothing in every arm."""
    still = [one for one in BY_NAME.values() if (rows := rows_of(site, one)) and not any_of(rows)]
    return listed([both(one.es, one.en) for one in still]) if still else None


def rows_of(site: Site, one: Headline) -> list[pd.Series]:
    """Return the effects of all arms on one measure."""
    return [row for arm in site.others if (row := site.effect(arm, one.name)) is not None]


def any_of(rows: list[pd.Series]) -> bool:
    """Tell whether a measure is something in any arm."""
    return any(row["base"] or row["arm"] for row in rows)


def named(sites: list[Site], site: str, arm: str) -> Both:
    """Return an arm with its site by their titles."""
    place = next(one for one in sites if one.name == site)
    title = next(one.title for one in place.arms if one.name == arm)
    return both("{place}: {title}", "{place}: {title}", place=place.title, title=title)


def groups_of(site: Site) -> list[str]:
    """Return the groups of residents of whom anything is known."""
    known = set(site.effects("group")["measure"])
    return [name for name in GROUPS if f"trust_{name}" in known]


def causes_of(site: Site) -> list[str]:
    """Return the causes that moved trust otherwise under any policy, the greatest first."""
    table = site.effects("cause")
    sizes = table.assign(size=table["effect"].abs()).groupby("measure", sort=False)["size"].max()
    moved = sizes[sizes >= 0.0005].sort_values(ascending=False, kind="stable")
    return list(moved.index)


def grid_of(site: Site, arm: Arm | None = None) -> list[list[int]]:
    """Return the row numbers of the effects on trust by asymmetry and memory; empty where the grid was not run."""
    arm = arm or site.others[0]
    rows = site.numbers.rows("memory", site=site.name, against=arm.name, measure="trust_mean")
    if rows.empty:
        return []
    return [list(own.sort_values("memory_years").index) for _, own in rows.groupby("asymmetry")]


def settled(site: Site, cell: int) -> Markup:
    """Return an effect of the grid, in bold where the interval leaves one sign."""
    row = site.numbers.tables["memory"].loc[cell]
    number = site.numbers.show("memory", cell, "effect", 2, "+")
    return Markup("<strong>{}</strong>").format(number) if row["low"] > 0.0 or row["high"] < 0.0 else number


def criterion(site: Site, arm: Arm, name: str) -> Both:
    """Return the word for a criterion with the share of draws that give it, and the score."""
    rows = site.numbers.rows("criteria", site=site.name, arm=arm.name, criterion=name)
    if rows.empty:
        return both("–", "–")
    row = rows.iloc[0]
    return both(
        "{word} {share} % ({score})",
        "{word} {share} % ({score})",
        word=both(*in_both(verdict, row["word"])),
        share=site.numbers.show("criteria", row.name, row["word"], 0, scale=100.0),
        score=site.numbers.show("criteria", row.name, "score", 2),
    )


def apart_of(numbers: Numbers) -> list[list[pd.Series]]:
    """Return the headline effects of pairs that are no twins, pair by pair."""
    rows = numbers.tables["effects"]
    rows = rows[(rows["why_unpaired"] != "") & (rows["section"] == "headline")]
    pairs: Any = rows.groupby(["base_site", "base_arm", "site", "against"], sort=False)
    return [[row for _, row in own.iterrows()] for _, own in pairs]


def figures_of(site: Site, names: list[str], languages: tuple[str, ...], styles: Styles) -> Markup:
    """Return some figures of a site as they stand in the page."""
    there = available(site)
    shown = [figure_of(site, name, languages, styles) for name in names if name in there]
    return Markup('<div class="pair">{}</div>').format(Markup("").join(shown)) if shown else Markup("")


def figure_of(site: Site, name: str, languages: tuple[str, ...], styles: Styles) -> Markup:
    """Return one figure with its caption; both languages share one drawing."""
    tongue = Tongue(languages[0])
    svg = svg_of(drawn(name, site, tongue), f"{site.name}-{name}", {})
    picture = Markup(slim(svg, styles, tongue.pairs if len(languages) > 1 else {}))
    caption = FIGURES[name][1].shown(languages)
    known = f"{site.name}-{name}"
    return Markup('<figure id="{0}">{1}<figcaption>{2} <code>{0}</code></figcaption></figure>').format(
        known, picture, caption
    )


def figures_in(sites: list[Site]) -> Iterator[tuple[Site, str]]:
    """Yield all figures of some sites."""
    return ((site, name) for site in sites for name in available(site))
