"""Build the report of a comparison: one HTML file for decision makers, byte-identical for the same results."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from experiments.comparison.comparison import Request
from experiments.comparison.headline_measures import BY_NAME, RULE_WORDS
from experiments.figures import dot_strip, page_one
from experiments.figures.drawing import FIGURE_MISSING, FIGURES, MissingNumbers, as_missing_numbers
from experiments.figures.report_figures import available_figures, draw_site_figure, figures_in
from experiments.figures.svg import render_figure
from experiments.figures.svg_minify import Styles, minify_svg
from experiments.figures.theme import REPORT
from experiments.narrative import answers, sentences
from experiments.narrative.effect_sentences import CEILING_MEASURES, ceiling_rows, displayed_bound
from experiments.narrative.labels import verdict_cell, verdict_label
from experiments.narrative.messages import message
from experiments.narrative.report_reading import Site, read_sites, too_few_homicides
from experiments.report import decided, disagreeing, practice, tables
from experiments.report.prices import NO_PRICES, Prices
from experiments.statistics.verdicts import judge
from experiments.storage.progress import print_note
from experiments.words import catalogue
from experiments.words.bilingual import FigureTexts, bilingual, day, languages_of
from experiments.words.console import console_text
from experiments.words.toml_files import toml_beside
from model.measures.criteria import CRITERIA

FIGURE_STYLES = "/* styles of figures */"
TEMPLATE_NAMES = {
    "answers": answers,
    "page_one": page_one,
    "dot_strip": dot_strip,
    "chapters": toml_beside(__file__, "chapters.toml"),
    "displayed_bound": displayed_bound,
    "sentences": sentences,
    "decided": decided,
    "disagreeing": disagreeing,
    "practice": practice,
    "tables": tables,
    "message": message,
    "headlines": BY_NAME,
    "rule_words": RULE_WORDS,
    "catalogue": catalogue,
    "bilingual_words": catalogue.bilingual_words,
    "verdict_label": verdict_label,
    "verdict_cell": verdict_cell,
    "verdict_words": lambda row: verdict_label(judge(row)),
    "criteria": CRITERIA,
    "day": day,
    "too_few_homicides": too_few_homicides,
    "ceiling_rows": ceiling_rows,
    "ceiling_measures": CEILING_MEASURES,
    "figure_styles": FIGURE_STYLES,
    "colours": REPORT,
}
"""Names that the templates may use."""


def build(folder: Path, lang: str = "es", prices: Prices = NO_PRICES) -> bytes:
    """Return the report of the comparison in a folder, with costs in quetzales for units that have a price."""
    sites, languages, styles = read_sites(folder), languages_of(lang), Styles()
    template = environment(languages).get_template("template.html.j2")
    figures = partial(figures_html, languages=languages, styles=styles)
    page = template.render(template_variables(sites, lang, prices), figures=figures)
    return page.replace(FIGURE_STYLES, styles.css).encode()


def environment(languages: tuple[str, ...]) -> Environment:
    """Return the template environment for a report in some languages."""
    templates = Environment(
        loader=PackageLoader("experiments.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def t(es: str, en: str, **parts: object) -> Markup:
        return bilingual(es, en, **parts).shown(languages)

    templates.globals |= TEMPLATE_NAMES | {"languages": languages, "say": lambda text: text.shown(languages), "t": t}
    return templates


def template_variables(sites: list[Site], lang: str, prices: Prices) -> dict[str, Any]:
    """Return the template variables of a report: results, question, sources, and the command that reproduces it."""
    numbers, question = sites[0].numbers, sentences.report_question(sites)
    manifest = numbers.manifest
    command = Request.read(manifest["request"]).command
    options = {"lang": lang, "prices": prices.by_cost}
    embedded = {key: value for key, value in manifest.items() if key != "files"} | options
    return {
        "lang": lang,
        "prices": prices,
        "sites": sites,
        "numbers": numbers,
        "manifest": manifest,
        "question": question,
        "title": question.text(languages_of(lang)[0]),
        "shrunk": any(arm.entry["scale"] < 1.0 for site in sites for arm in site.arms),
        "all_figures": [f"{site.name}-{name}" for site, name in figures_in(sites)],
        "command": command,
        "qr": qr_of(command),
        "sites_with": sites_with,
        "versions": ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
        "seeds": "–".join(str(seed) for seed in dict.fromkeys((manifest["seeds"][0], manifest["seeds"][-1]))),
        "embedded": Markup(json.dumps(embedded, ensure_ascii=False).replace("<", "\\u003c")),
    }


def qr_of(command: str) -> Markup:
    """Return the command of a comparison as a QR code (SVG)."""
    code = segno.make_qr(command, error="l")
    return Markup(code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None, dark=REPORT["ink"]))


def sites_with(sites: list[Site], figure: str) -> list[Site]:
    """Return the sites that have the results for a figure."""
    return [site for site in sites if figure in available_figures(site)]


def figures_html(site: Site, names: list[str], languages: tuple[str, ...], styles: Styles) -> Markup:
    """Return the HTML of some figures of a site."""
    available = available_figures(site)
    return Markup("").join(figure_html(site, name, languages, styles) for name in names if name in available)


def figure_html(site: Site, name: str, languages: tuple[str, ...], styles: Styles) -> Markup:
    """Return the HTML of one figure with its caption; both languages share one drawing."""
    wording, figure_id = FigureTexts(languages[0]), f"{site.name}-{name}"
    try:
        with as_missing_numbers():
            svg = render_figure(draw_site_figure(name, site, wording), ".svg", figure_id, {}, None).decode()
    except MissingNumbers as reason:
        print_note(console_text("note.left_out_of_report", name=figure_id))
        return Markup('<p class="note" data-reason="{}">{}</p>').format(reason, FIGURE_MISSING.shown(languages))
    drawing = Markup(minify_svg(svg, styles, wording.pairs if len(languages) > 1 else {}))
    label = Markup('<svg role="img" aria-labelledby="{}-alt" ').format(figure_id)
    caption = FIGURES[name][1].shown(languages)
    html = Markup('<figure id="{0}" tabindex="0">{1}<figcaption id="{0}-alt">{2}</figcaption></figure>')
    return html.format(figure_id, drawing.replace("<svg ", label, 1), caption)
