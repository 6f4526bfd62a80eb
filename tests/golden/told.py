"""Generate the sentences of reports, figures, comparisons and the views of pairs from stored results.

Results are those in ``tests/support/compared_towns``.  A part of them is also changed by hand, so that every verdict
occurs: effects of the other sign, due to chance, alike in all twins, of too few twins, unpaired, and without other
laws of trust.
"""

import contextlib
import html
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from matplotlib.figure import Figure
from matplotlib.text import Text

from experiments.comparison.comparison import EffectSize
from experiments.figures import answers as study
from experiments.figures.drawing import FIGURES
from experiments.figures.forest import draw_contrasts
from experiments.figures.report_figures import available_figures, draw_site_figure
from experiments.narrative import answers, labels, sentences
from experiments.narrative.comparison_text import comparison_lines
from experiments.narrative.report_reading import read_sites
from experiments.report import build, disagreeing, tables
from experiments.words.bilingual import FigureTexts
from model.simulation.registry import MEASURES
from scenarios import policies

STORED = Path(__file__).parents[1] / "support" / "compared_towns"
LANGUAGES = ("es", "en")
PART = "villa_canales", ("status_quo", "mopsic_full", "heavy_hand")
"""The site and the policies of which the effects are changed."""
RESIDENTS = 150_000.0
NEEDS_MONTHS = ("trust", "outcomes")
"""Figures that are drawn from the months of all worlds, which are not stored."""
SIZES = {"up": 7, "down": 3, "draws": 10, "low": -0.2, "high": 0.4, "by_parameters": 0.21, "by_luck": 0.05}
CAN_BE_HEARD = re.compile(r"[^\W\d_]{2,}")

type Effects = pd.DataFrame


def turned(rows: Effects) -> Effects:
    """Return effects of the other sign, with homicides enough for a statement."""
    found = rows.assign(effect=-rows["effect"], rose=rows["fell"], fell=rows["rose"])
    found.loc[rows["measure"] == "homicides", "base"] = 60.0
    return found.assign(arm=found["base"] + found["effect"])


def doubtful(rows: Effects) -> Effects:
    """Return effects that chance may explain."""
    half = rows["n"] // 2
    return rows.assign(error=rows["effect"].abs() + 1.0, rose=half, fell=rows["n"] - half, same=0)


def alike(rows: Effects) -> Effects:
    """Return effects of nothing."""
    return rows.assign(effect=0.0, error=0.0, arm=rows["base"], rose=0, fell=0, same=rows["n"])


def few(rows: Effects) -> Effects:
    """Return effects of five twins."""
    return rows.assign(n=5, rose=np.minimum(rows["rose"], 5), fell=np.minimum(rows["fell"], 5))


def unpaired(rows: Effects) -> Effects:
    """Return effects between worlds that are no twins."""
    return rows.assign(paired=False, why_unpaired="seeds")


def as_stored(rows: Effects) -> Effects:
    """Return effects as they are."""
    return rows


def without_laws(rows: Effects) -> Effects:
    """Return effects as they are; their folder holds no other laws of trust."""
    return rows


CHANGES: tuple[Callable[[Effects], Effects], ...] = (as_stored, turned, doubtful, alike, few, unpaired, without_laws)
DRAWN = (turned, doubtful)
"""Results of which page and figures are made as well, which takes longest."""


@contextlib.contextmanager
def results(change: Callable[[Effects], Effects]) -> Iterator[Path]:
    """Make a folder of the stored comparison, or of a part of it with changed effects."""
    manifest = json.loads((STORED / "manifest.json").read_text(encoding="utf-8"))
    effects = pd.read_parquet(STORED / "effects.parquet")
    if change is not as_stored:
        manifest["arms"] = [arm for arm in manifest["arms"] if arm["scenario"] == PART[0] and arm["name"] in PART[1]]
        effects = change(effects[(effects["site"] == PART[0]) & effects["against"].isin(PART[1])])
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for path in STORED.glob("*.parquet"):
            if change is not without_laws or path.stem not in ("memory", "verdicts"):
                shutil.copy(path, folder)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        effects.to_parquet(folder / "effects.parquet")
        main = effects[(effects["section"] == "headline") & (effects["base_site"] == effects["site"])]
        main[main["measure"] == "trust_mean"].to_parquet(folder / "alone.parquet")
        if change is without_laws:
            draws = main[["site", "against", "measure"]].assign(**SIZES, parameter="trust.harm")
            draws.to_parquet(folder / "drawn.parquet")
        for arm in manifest["arms"]:
            write_months(folder / arm["folder"], arm["scenario"], arm["name"])
        yield folder


def write_months(folder: Path, site: str, policy: str) -> None:
    """Write the months of one world of an arm, which hold its residents alone."""
    folder.mkdir(parents=True)
    keys: dict[str, Any] = {"run": ["a"], "scenario": [site], "policy": [policy], "seed": [1]}
    month = pa.array([0], pa.timestamp("ns"))
    pq.write_table(pa.table(keys | {"month": month, "residents": [RESIDENTS]}), folder / "measures.parquet")


def plain(text: Any) -> str:
    """Return a text without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", str(text))).split())


def heard(texts: Iterable[str]) -> list[str]:
    """Return each text of three words or more once."""
    return list(dict.fromkeys(one for one in map(plain, texts) if len(CAN_BE_HEARD.findall(one)) > 2))


def of_page(folder: Path, language: str) -> list[str]:
    """Return the sentences of a report without its figures."""
    with mock.patch("experiments.report.figure_html", return_value=""):
        page = build(folder, language).decode()
    seen = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return heard(re.split(r"</?(?:p|li|t[dhr]|h\d|div|section|summary|caption|details|title)\b[^>]*>", seen))


def of_policies(folder: Path, language: str) -> list[str]:
    """Return the sentences on every policy, and on all of them at a site."""
    sites = read_sites(folder)
    found = [sentences.report_question(sites)]
    for site in sites:
        found += [answers.page_one_question(site), answers.page_one_answer(site), *answers.warnings(site)]
        for arm in site.others:
            found += [answers.two_sentences(site, arm), *sentences.effect_sentences(site, arm)]
            found += [
                *sentences.cautions(site, arm),
                sentences.smallest_seen_effects(site, arm),
                *sentences.signs_over_draws(site, arm),
            ]
            found += [sentences.deciding_measurement(site, arm), *disagreeing.records(site, arm)]
            found.append(sentences.trust_by_group(site, arm, tables.groups(site)))
    return heard(getattr(one, language) for one in found)


def of_figures(folder: Path, language: str) -> list[str]:
    """Return the texts in the figures of a report, and their captions."""
    found: list[str] = []
    for site in read_sites(folder):
        for name in available_figures(site):
            if name not in NEEDS_MONTHS:
                found += texts_in(draw_site_figure(name, site, FigureTexts(language)))
                found.append(getattr(FIGURES[name][1], language))
    return heard(found)


def texts_in(figure: Figure) -> list[str]:
    """Return all texts in a figure."""
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]


def of_comparison(folder: Path) -> list[str]:
    """Return a comparison in lines, as the terminal shows it."""
    return [*comparison_lines(folder, EffectSize(size=0.5))]


def of_words(language: str) -> list[str]:
    """Return the words in figures for measures, policies and changes."""
    wording, changes = (
        FigureTexts(language),
        (*policies(), *labels.FACTOR_LABELS, "mopsic_full × trust.harm=0.5", "trust.harm"),
    )
    found = [labels.meaning_with_unit(one, wording) for one in MEASURES]
    found += [say(one, wording) for one in changes for say in (labels.factor_label, labels.change_label)]
    return [*dict.fromkeys([*found, labels.title_label("mopsic_full+heavy_hand", wording)])]


def of_studies(language: str) -> list[str]:
    """Return the sentences in the table and the figure of a study."""
    about = {"measure": "trust_mean", "scenario": "villa_canales", "years": 3.0, "n": 8, "read": study.WINDOW}
    about |= {"status_quo": 0.4, "delta": 0.005}
    changes = {
        "mopsic_full": (0.02, True, "rises"),
        "heavy_hand": (-0.03, True, "falls"),
        "mopsic_full × heavy_hand": (0.001, False, "nothing"),
    }
    rows = [
        about
        | {
            "change": change,
            "estimate": size,
            "low": size - 0.01,
            "high": size + 0.01,
            "settled": settled,
            "verdict": verdict,
        }
        for change, (size, settled, verdict) in changes.items()
    ]
    table, wording = pd.DataFrame(rows), FigureTexts(language)
    found = study.latex_of(table, ["trust_mean"], wording).splitlines()
    for told in (table, table.assign(settled=False)):
        found += texts_in(draw_contrasts(told, ["trust_mean"], wording))
    return heard(found)


def told() -> dict[str, list[str]]:
    """Return all sentences by their generator, the change of the results and the language."""
    found: dict[str, list[str]] = {}
    for change in CHANGES:
        name = change.__name__
        with results(change) as folder:
            found[f"comparison, {name}"] = of_comparison(folder)
            for language in LANGUAGES:
                found[f"policies, {name}, {language}"] = of_policies(folder, language)
                if change in DRAWN:
                    found[f"page, {name}, {language}"] = of_page(folder, language)
                    found[f"figures, {name}, {language}"] = of_figures(folder, language)
    for language in LANGUAGES:
        for by_hand in (of_words, of_studies):
            found[f"{by_hand.__name__[3:]}, {language}"] = by_hand(language)
    return found
