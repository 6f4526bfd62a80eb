"""What the practice was, in the report: minutes, doses and costs."""

import html
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from report_reading import strange, traced

from experiments.cli import app as cli
from experiments.comparison.practice_effects import COSTS, DOSES, HABITS, MINUTES, PRACTICE, PROBLEMS
from experiments.report import build
from model.police.minutes import MINUTE_USES
from scenarios import policies

QUICK = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.25", "--replicates", "2")
HEADING = {"es": "Cómo fue la práctica: dosis y costo", "en": "What the practice was: dose and cost"}
SHIFT = 480.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a comparison of the status quo with two ways of practice."""
    out = tmp_path_factory.mktemp("practice") / "compared"
    words = ["compare", "status_quo", "mopsic_full", "practice_follow_up", *QUICK, "--out", str(out)]
    assert cli.run_program(words) == 0
    return out


def read(folder: Path, name: str) -> Any:
    return pq.read_table(folder / f"{name}.parquet").to_pandas()


@pytest.mark.thorough
def test_the_table_of_effects_holds_what_the_months_say_of_the_practice(folder: Path) -> None:
    rows = read(folder, "effects").set_index(["section", "against", "measure"]).sort_index()
    months = read(folder, "arms/villa_canales-mopsic_full/measures").groupby("seed")
    sums = months.sum(numeric_only=True)
    shift = sums[[f"minutes_{use}" for use in MINUTE_USES]].sum() / sums["couple_shifts"].sum()
    for use in MINUTE_USES:
        own = rows.loc[("minutes", "mopsic_full", f"minutes_{use}")]
        assert own["arm"] == pytest.approx(shift[f"minutes_{use}"], rel=1e-12)
        hours = 2.0 / 60.0 * months[f"minutes_{use}"].mean().mean()
        assert rows.loc[("cost", "mopsic_full", f"hours_{use}"), "arm"] == pytest.approx(hours, rel=1e-12)
    assert rows.loc[("minutes", "mopsic_full", "minutes_all"), "arm"] == pytest.approx(SHIFT, abs=1e-9)
    assert rows.loc[("cost", "mopsic_full", "litres"), "arm"] == pytest.approx(months["litres"].mean().mean())
    visits = 4.0 * sums["long_visits"] / months["residents"].mean()
    assert rows.loc[("dose", "mopsic_full", "long_visits_year"), "arm"] == pytest.approx(visits.mean())
    used = rows.loc[("minutes", "mopsic_full")]
    assert used.loc["minutes_all", "effect"] == pytest.approx(0.0, abs=1e-9)
    assert (used["effect"].abs() > 0.1).any()


@pytest.mark.thorough
@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_report_tells_the_practice_with_numbers_of_the_results(folder: Path, lang: str) -> None:
    page = build(folder, lang).decode()
    traced(folder, page)
    assert strange(page) == []
    part = page[page.index(HEADING[lang]) :].partition("<h3>")[0]
    told = html.unescape(re.sub(r"<[^>]+>", "", part))
    for some in (DOSES, HABITS, MINUTES, COSTS, PROBLEMS):
        for one in some:
            assert getattr(one, lang) in told, one.name
    assert part.count("<td>") == (1 + 3) * sum(map(len, PRACTICE.values()))
    rows = read(folder, "effects")
    rows = rows[rows["section"].isin(PRACTICE)]
    assert part.count("<td>–</td>") == int(rows["arm"].isna().sum() + rows["base"].isna().sum() / 2)
    rows = rows[rows["arm"].notna()]
    assert [row for row in rows.index if f'value="effects:{row}:arm:' not in part] == []
    assert {"es": "Lo que una estación debe medir", "en": "What a station must measure"}[lang] in told
    assert 'id="villa_canales-minutes"' in page


@pytest.mark.thorough
def test_results_without_minutes_have_no_section_on_the_practice(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "old")
    rows = read(folder, "effects")
    rows[~rows["section"].isin(PRACTICE)].to_parquet(tmp_path / "old" / "effects.parquet")
    page = build(tmp_path / "old", "both").decode()
    assert not any(words in page for words in HEADING.values())


def test_policies_of_practice_are_named_in_words_that_people_know() -> None:
    for name in ("practice_team", "practice_area", "practice_analysis", "practice_follow_up", "mopsic_realistic"):
        title = policies()[name].title
        assert not {"Practice: ", "Práctica: "} & {words[:10] for words in title.values()}
        assert title["es"] != title["en"]
