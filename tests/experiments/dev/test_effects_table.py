"""Virtual experiments and the ceiling: readers, verdicts, what is missing, resuming, texts and figures."""

import csv
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.cli import plot
from experiments.cli.app import run_program
from experiments.dev.examinations import effects
from experiments.dev.examinations import worlds as tables_of_worlds
from experiments.dev.examinations.command import ValidationRequest, run_examinations
from experiments.dev.examinations.effects import format_effects_table, total_lines
from experiments.dev.examinations.tables import TABLES, worlds_of
from experiments.figures import effects as forest
from experiments.figures.effects import draw_experiments
from experiments.figures.record_figures import draw_ceiling
from experiments.figures.svg import render_figure
from experiments.narrative.messages import messages
from experiments.validation import experiment_runs, readers
from experiments.validation.effects_table import CORNERS, EXPERIMENTS, OUTSIDE_REASONS, POLICY_TEXTS, WEAK
from experiments.validation.experiment import (
    BASE,
    CENTRAL,
    NEXT_STATUS_QUO,
    Estimate,
    Experiment,
    ExperimentLine,
    NotAvailable,
    Published,
    RunTables,
    Worlds,
)
from experiments.validation.experiment_runs import QUICK
from experiments.words.bilingual import FigureTexts
from model.engine.errors import InputError
from model.simulation.registry import MEASURES
from scenarios import load

ROOT = Path(__file__).parents[3]


class Told(RunTables):
    """A world of made-up numbers: every count is so many times that of the status quo."""

    def __init__(self, factor: float = 1.0, seed: int = 1, months: int = 84) -> None:
        super().__init__(Path(), "")
        rng = np.random.default_rng(seed)
        rows = {name: rng.uniform(20.0, 40.0, months) * factor for name in MEASURES}
        dates = pd.date_range("2017-01-01", periods=months, freq="MS")
        self.held = {"measures": pd.DataFrame({"month": dates, **rows})}
        self.held["days"] = pd.DataFrame({"day": range(60), "kind": "theft", "crimes": round(100 * factor)})
        cells = pd.DataFrame({"month": dates[0], "cell": range(9), "x": [0, 1, 2] * 3, "y": np.arange(9) // 3})
        visits, crimes = (20 if factor != 1.0 else 0), round(100 * factor)
        self.held["cells"] = cells.assign(visits=np.where(cells["cell"] == 0, visits, 0), incidents=crimes)
        kinds = pd.DataFrame({"kind": ["robbery", "vehicle_theft"], "crimes": [2 * crimes, crimes]})
        self.held["kinds"] = self.held["cells"][["month", "cell"]].merge(kinds, how="cross")
        self.held["offenders"] = pd.DataFrame({"crimes": [41, *[59 / 9] * 9]})
        self.held["differences"] = pd.DataFrame({"settlements": [4.0], "victims": [-9.0], "victims_controlled": [-5.0]})
        targets = {"kind": ["robbery", "assault", "domestic_violence"], "target": [1, 2, 2], "crimes": [4, 1, 2]}
        self.held["targets"] = pd.DataFrame(targets)

    def table(self, name: str) -> pd.DataFrame:
        return self.held[name]


@cache
def told(factor: float, seed: int) -> Told:
    return Told(factor, seed)


def worlds(one: Experiment, factor: float = 0.9, seed: int = 1) -> Worlds:
    return Worlds(
        {BASE: told(1.0, seed), NEXT_STATUS_QUO: told(1.0, seed + 9)}
        | {name: told(factor, seed) for name in one.worlds},
        {},
    )


@pytest.fixture(scope="module")
def rows() -> list[effects.Row]:
    """What all experiments would find in made-up worlds, of which three are enough for a verdict."""
    with pytest.MonkeyPatch.context() as few:
        for name in ("MIN_TWINS", "MIN_TWINS_RARE"):
            few.setattr(f"experiments.validation.experiment.{name}", 3)
        return [
            effects.row_of(one, line, variant, [worlds(one, factor, seed) for seed in (1, 2, 3)])
            for one in EXPERIMENTS
            for variant, factor in zip(effects.variants_of(one, QUICK), (0.9, 0.8, 0.95, 0.7), strict=False)
            for line in one.lines
        ]


@pytest.mark.thorough
def test_every_experiment_reads_a_number_and_its_trivial_world_fails(rows: list[effects.Row]) -> None:
    bad = [(row["experiment"], row["line"], row["note"]) for row in rows if row["verdict"] == "not available"]
    assert bad == []
    assert [(row["experiment"], row["line"]) for row in rows if not effects.row_passes(row) and not row["must"]] == []
    assert [row["line"] for row in rows if row["trivial_fails"] is False] == []


def test_names_are_once_and_texts_in_both_languages() -> None:
    assert len({one.name for one in EXPERIMENTS}) == len(EXPERIMENTS)
    for one in EXPERIMENTS:
        assert len({line.name for line in one.lines}) == len(one.lines), one.name
        for text in (one, *one.lines):
            assert text.en
            assert text.es
            assert text.en != text.es
    assert len({one.name for one in (CENTRAL, WEAK, *CORNERS)}) == len(CORNERS) + 2


def test_what_is_set_says_from_what() -> None:
    for one in EXPERIMENTS:
        for line in one.lines:
            assert line.status != "set" or line.published is not None, (one.name, line.name)


def test_an_elasticity_is_that_of_the_logarithms() -> None:
    some = Worlds({BASE: Told(1.0), "more": Told(0.5)}, {})
    assert readers.elasticity(some, "more", ("crimes_occurred",), (0, 12), 2.0) == pytest.approx(-1.0)
    assert readers.elasticity(some, "more", ("crimes_occurred",), (0, 12), "arrests") == pytest.approx(1.0)
    assert readers.beyond_sum(some, "more", ("more", "more"), readers.STREET, (0, 12)) == pytest.approx(69.3, abs=0.1)


def test_a_window_beyond_the_end_is_the_last_month_and_a_minus_takes_away() -> None:
    one = Told(months=4)
    assert one.total(("arrests",), (24, 36)) == one.months["arrests"].iloc[-1]
    assert one.total(("homicides", "-homicides"), (0, 36)) == 0.0


def test_what_lasts_between_persons_and_places_is_read_from_the_end_of_a_run() -> None:
    one = Told()
    some = Worlds({BASE: one}, {})
    assert readers.repeated(some, BASE, ("robbery",)) == pytest.approx(75.0)
    assert readers.repeated(some, BASE, ("assault", "domestic_violence")) == pytest.approx(100.0 * 2 / 3)
    assert math.isnan(readers.repeated(some, BASE, ("theft",)))
    counts = [one.total(("homicides",), (12 * year, 12 * year + 12)) for year in range(5)]
    assert readers.dispersion(some, BASE, ("homicides",), 5) == pytest.approx(np.var(counts, ddof=1) / np.mean(counts))


def test_what_is_regained_of_a_fall_is_a_share_of_it() -> None:
    fall, later = Told(), Told()
    fall.months.loc[35, "trust_mean"] = later.months.loc[35, "trust_mean"] - 0.1
    fall.months.loc[71, "trust_mean"] = later.months.loc[71, "trust_mean"] - 0.02
    some = Worlds({BASE: later, "cases": fall}, {})
    assert readers.regained(some, "cases", "trust_mean", (35, 36), (71, 72)) == pytest.approx(80.0)


def test_treated_cells_are_those_that_are_visited_more_and_neighbours_touch_them() -> None:
    some = Worlds({BASE: Told(1.0), "posts": Told(0.9)}, {})
    where = readers.cell_masks(*(readers.cells_of(some[name]) for name in (BASE, "posts")))
    assert {name: int(cells.sum()) for name, cells in where.items()} == {"treated": 1, "beside": 3, "elsewhere": 5}
    assert readers.in_cells(some, "posts", "treated") == pytest.approx(-10.0)


def test_kinds_of_crime_are_read_in_treated_cells_and_on_the_block_of_a_post() -> None:
    base, arm = Told(1.0), Told(0.9)
    arm.held["cells"]["visits"] = np.where(arm.held["cells"]["cell"] == 0, 500, 0)
    base.held["cells"]["visits"] = 100
    some, vehicles = Worlds({BASE: base, "posts": arm}, {}), readers.COUNTS["vehicles"]
    rows = arm.held["kinds"]
    rows.loc[(rows["cell"] == 0) & (rows["kind"] == "vehicle_theft"), "crimes"] = 80
    assert readers.kind_in_cells(some, "posts", vehicles) == pytest.approx(-20.0)
    assert readers.kind_in_cells(some, "posts", readers.COUNTS["robbery"]) == pytest.approx(-10.0)
    assert readers.to_visits(some, "posts", vehicles) == pytest.approx(math.log(0.8) / math.log(5.0))
    assert math.isnan(readers.on_block(some, "posts", vehicles, 0.16))  # 400 more visits are no manned post
    arm.held["cells"].loc[0, "visits"] = 700  # manned for two thirds of 900 stretches
    assert readers.on_block(some, "posts", vehicles, 0.16) == pytest.approx(100.0 * (0.8 / 0.9 - 1.0) / 0.16 / (2 / 3))


def test_what_is_left_when_patrol_has_ended_is_read_in_the_cells_that_it_visited() -> None:
    base, arm = Told(1.0), Told(0.9)
    for one in (base, arm):
        for name in ("cells", "kinds"):
            later = one.held[name].assign(month=one.held[name]["month"] + pd.DateOffset(months=1))
            one.held[name] = pd.concat([one.held[name], later], ignore_index=True)
    arm.held["cells"].loc[9:, "visits"] = 0
    rows = arm.held["kinds"]
    rows.loc[(rows["month"] > rows["month"].min()) & (rows["cell"] == 0), "crimes"] = 210
    some = Worlds({BASE: base, "ended": arm}, {})
    assert readers.kind_afterwards(some, "ended", readers.COUNTS["robbery"], 1) == pytest.approx(5.0)


def line_of(**more: Any) -> ExperimentLine:
    return ExperimentLine(name="x", en="x", es="x", read=lambda _: 0.0, unit="%", **more)


def over_twins(low: float, high: float, n: int = 12) -> Estimate:
    return Estimate((low + high) / 2.0, low, high, n)


def test_verdicts_go_by_the_interval() -> None:
    some = line_of(published=Published(1.0, 2.0, "Q"))
    assert some.verdict(over_twins(1.2, 1.8)) == "inside"
    assert some.verdict(over_twins(2.2, 2.8)) == "outside"
    assert some.verdict(over_twins(-13.6, 27.7)) == some.verdict(over_twins(1.5, 2.3)) == "open"
    assert (
        line_of(published=Published(1.0, 2.0, "Q", prior=True)).verdict(over_twins(2.2, 2.8)) == "prior only (outside)"
    )
    assert line_of().verdict(over_twins(2.0, 3.0)) == "no published value"
    assert line_of().verdict(over_twins(math.nan, math.nan)) == "not known"


def test_few_twins_give_no_verdict_and_rare_harms_need_twice_as_many() -> None:
    some, rare = (line_of(published=Published(1.0, 2.0, "Q"), rare=rare) for rare in (False, True))
    assert some.verdict(over_twins(1.2, 1.8, 11)) == rare.verdict(over_twins(1.2, 1.8, 23)) == "too few twins"
    assert some.verdict(over_twins(1.2, 1.8, 12)) == rare.verdict(over_twins(1.2, 1.8, 24)) == "inside"
    identity = line_of(published=Published(0.0, 0.0, "by construction"), must=True, status="given")
    assert identity.verdict(over_twins(0.0, 0.0, 2)) == "inside"
    assert {line.name for one in EXPERIMENTS for line in one.lines if line.rare} >= {"killed", "homicide"}


def test_what_is_set_and_what_is_the_same_by_construction_is_no_finding() -> None:
    row = dict.fromkeys(effects.COLUMNS, "") | {"variant": CENTRAL.name, "must": False, "trivial_fails": ""}
    rows = [row | {"status": status, "verdict": "inside"} for status in ("set", "set", "found")]
    rows += [row | {"status": "given", "verdict": "inside", "must": True}]
    rows += [row | {"status": "found", "verdict": "outside", "must": True}]
    assert list(total_lines(rows))[:4] == [
        "found: 1 of 1 inside, 0 open; of priors 0 of 0 inside, 0 open; 0 with too few twins for a verdict",
        "set from the row, so no finding: 2 of 2 inside, 0 open; of priors 0 of 0 inside, 0 open;"
        " 0 with too few twins for a verdict",
        "must hold: 0 of 1 inside, 0 open; of priors 0 of 0 inside, 0 open; 0 with too few twins for a verdict",
        "identities, which hold by construction and are no finding: 1 of 1 hold",
    ]


def test_a_published_value_is_compared_once() -> None:
    compared = [
        (one.worlds[world], line.published.source, line.en)
        for one in EXPERIMENTS
        for line in one.lines
        if line.published is not None and line.published.source == "Q16"
        for world in one.worlds
    ]
    assert len(compared) == len(set(compared)) == 3


def test_a_line_fails_where_nothing_happens() -> None:
    assert line_of().fails(0.0)
    assert not line_of().fails(0.1)


@pytest.mark.thorough
def test_text_and_figures_are_made_of_rows(rows: list[effects.Row]) -> None:
    text = "\n".join(format_effects_table(EXPERIMENTS, rows, 3, whole=True))
    assert "set from the row, so no finding: " in text
    assert all(one.es in text for one in EXPERIMENTS)
    titles = {one.name: (one.es, one.en) for one in EXPERIMENTS}
    one, other = (render_figure(draw_experiments(rows, FigureTexts("es"), titles), ".svg", "x") for _ in (0, 1))
    assert one == other
    assert "referencia amplia" in one.decode()
    assert "prior only" not in one.decode()
    assert WEAK.name == forest.WEAK_VARIANT
    assert CENTRAL.name == forest.CENTRAL_VARIANT


def test_every_source_that_says_something_has_spanish_words() -> None:
    sources = {line.published.source for one in EXPERIMENTS for line in one.lines if line.published}
    worded = {source for source in sources if re.search("[a-z]{2}", source)}
    assert worded
    assert {source for source in worded if f"{forest.WORDS_KEY}.{source}" not in messages()} == set()


def test_what_the_model_does_not_have_is_told_and_the_rest_goes_on() -> None:
    one = next(one for one in EXPERIMENTS if one.name == "couples")
    some = Worlds({BASE: Told(), "couples_half": Told(1.1)}, {"couples_double": "no policy 'couples_double'"})
    found = [effects.row_of(one, line, CENTRAL, [some]) for line in one.lines]
    assert [row["verdict"] != "not available" for row in found] == ["_half" in line.name for line in one.lines]
    assert "not available: no policy 'couples_double'" in "\n".join(format_effects_table([one], found, 1, whole=False))
    with pytest.raises(NotAvailable, match="no measure 'unheard'"):
        Told().total(("unheard",), (0, 1))


def test_a_variant_of_unknown_numbers_is_refused() -> None:
    one = Experiment("none", worlds={}, years=1.0)
    unknown = experiment_runs.Variant("unheard", (("crime.unheard*", "times", 1.0),))
    with pytest.raises(InputError, match=r"no parameter 'crime\.unheard\*'"):
        experiment_runs.world_specs(one, (), unknown, QUICK)
    known = experiment_runs.Variant("half", (("deterrence.visit_theft", "times", 0.5),))
    spec = experiment_runs.world_specs(one, (), known, QUICK)[0]
    plain = experiment_runs.world_specs(one, (), CENTRAL, QUICK)[0]
    assert spec.scenario["deterrence"].visit_theft == plain.scenario["deterrence"].visit_theft / 2  # type: ignore[attr-defined]


def test_every_line_outside_says_why_in_both_languages() -> None:
    lines = {(one.name, line.name): line for one in EXPERIMENTS for line in one.lines}
    with (ROOT / "results" / "reference" / "effects.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if "outside" in row["verdict"] and row["variant"] != WEAK.name]
    outside = [row for row in rows if (line := lines.get((row["experiment"], row["line"]))) and line.published]
    assert len(outside) > 5
    for row in outside:
        told = lines[row["experiment"], row["line"]].outside
        assert told is not None, (row["experiment"], row["line"])
        assert set(told) == {"en", "es"}


def test_rare_harms_have_as_many_twins_as_a_verdict_on_them_needs_and_variants_few() -> None:
    size = experiment_runs.ExperimentSize(seeds=12)
    seeds = {one.name: effects.size_of(one, CENTRAL, size).seeds for one in EXPERIMENTS}
    rare = {one.name for one in EXPERIMENTS for line in one.lines if line.rare and line.published}
    assert {name for name, n in seeds.items() if n == 24} == rare >= {"soldiers", "patrol_ends"}
    assert set(seeds.values()) == {3, 12, 24}
    assert all(effects.size_of(one, WEAK, size).seeds == 3 for one in EXPERIMENTS)
    assert all(effects.size_of(one, CENTRAL, QUICK).seeds == 2 for one in EXPERIMENTS)


@pytest.mark.thorough
def test_why_a_line_is_outside_is_told_below_it_once(rows: list[effects.Row]) -> None:
    text = "\n".join(format_effects_table(EXPERIMENTS, rows, 3, whole=True))
    for row in rows:
        if row["outside_en"] and "outside" in row["verdict"]:
            assert text.count(f"    outside: {row['outside_en']}\n    fuera: {row['outside_es']}\n") >= 1
    assert text.count(OUTSIDE_REASONS["weeks"]["en"]) == 1


def test_a_site_takes_over_one_fact_of_the_other_at_a_time() -> None:
    one = next(one for one in EXPERIMENTS if one.name == "swapped_totonicapan")
    other, own = load("villa_canales"), load("totonicapan")
    for world, group in (("gangs", "gangs"), ("authority", "boards"), ("contacts", "contacts")):
        found = experiment_runs.world_specs(one, one.worlds[world], CENTRAL, QUICK)[0].scenario
        assert found[group] == other[group]
        assert {name for name in own.groups if found[name] != own[name]} <= {
            *("calendar", "population", group),
            *(["communal_authority"] if world == "authority" else []),
        }
    assert "roster.couples=0.987" in one.worlds["police"]


def test_every_result_is_repeated_with_the_sizes_of_rich_countries_at_three_tenths() -> None:
    without = {
        one.name for one in EXPERIMENTS if WEAK not in effects.variants_of(one, experiment_runs.ExperimentSize())
    }
    published = {one.name for one in EXPERIMENTS for line in one.lines if line.published is not None and not line.must}
    assert without & published == set()
    assert without == {"no_police_years", "swapped_villa_canales", "swapped_totonicapan", "luck", "placebo", "renamed"}


def test_the_status_quo_of_another_twin_is_that_of_the_next_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiment_runs, "run_missing_worlds", lambda *_: None)
    one = next(one for one in EXPERIMENTS if one.name == "luck")
    some = experiment_runs.run_worlds(one, experiment_runs.ExperimentSize(seeds=3), tmp_path)
    own, exchanged = ([worlds[name].run for worlds in some] for name in (BASE, NEXT_STATUS_QUO))
    assert exchanged == own[1:] + own[:1]


@pytest.mark.thorough
def test_a_placebo_is_nothing_and_a_rerun_simulates_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    request = ValidationRequest(names=("effects",), only=("placebo", "hot_spots"), quick=True, out=Path("there"))
    assert run_examinations(request)
    first = (tmp_path / "there" / "effects.csv").read_bytes()
    read = csv.DictReader(first.decode().splitlines())
    found = {row["line"]: row for row in read if row["variant"] == CENTRAL.name}
    assert found["placebo"]["value"] == "0"
    assert found["placebo"]["trivial_fails"] == "True"
    assert found["town_1"]["n"] == "2"
    assert (tmp_path / "there" / "effects.png").stat().st_size > 10_000
    monkeypatch.setattr(experiment_runs, "run_and_store", None)
    capsys.readouterr()
    assert run_examinations(request)
    assert (tmp_path / "there" / "effects.csv").read_bytes() == first
    assert "A policy that changes nothing" in capsys.readouterr().out


def test_the_ceiling_has_all_worlds_of_both_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_halved(one: Experiment, *_: object) -> list[Worlds]:
        return [worlds(one, 0.5, seed) for seed in (1, 2)]

    monkeypatch.setattr(tables_of_worlds, "run_worlds", all_halved)
    rows = tables_of_worlds.show_worlds("ceiling", tmp_path, QUICK, 10.0)
    names = list(worlds_of("ceiling"))
    assert len(rows) == 2 * len(names) * 4
    assert list(dict.fromkeys(row["years"] for row in rows)) == [1.0, 2.0, 3.0, 5.0]
    assert all(row["crimes"] == pytest.approx(-50.0) for row in rows)
    assert all(row[name] < 0.0 for row in rows for name in TABLES["ceiling"]["measures"] if name != "trust")
    written = list(csv.DictReader((tmp_path / "ceiling.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["world"] for row in written[: len(names)]] == names
    assert "trust can move from" in draw_ceiling(rows, FigureTexts("en")).get_label()
    assert plot.draw_record(tmp_path / "ceiling.csv", lang="es") == [tmp_path / "ceiling-es.png"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("mine.csv", "a,b", "of tables only ceiling.csv, effects.csv can be drawn"),
        ("ceiling.csv", "site,world", "holds no row"),
        ("ceiling.csv", "site,world\nhere,no_police", "is not as the examination wrote it"),
    ],
)
def test_a_table_that_cannot_be_drawn_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, told: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run_program(["export", str(tmp_path / name), "--figures", str(tmp_path / name)]) == 2
    assert told in capsys.readouterr().err


def test_the_table_of_practices_has_all_worlds_of_both_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_of_worlds, "run_worlds", lambda one, *_: [worlds(one, 0.5, seed) for seed in (1, 2)])
    rows = tables_of_worlds.show_worlds("practice", tmp_path, QUICK, 10.0)
    assert list(dict.fromkeys(row["year"] for row in rows)) == [1, 3]
    assert [row["world"] for row in rows] == 2 * 2 * list(worlds_of("practice"))
    assert all(row["crimes"] == ("" if row["world"] == BASE else pytest.approx(-50.0)) for row in rows)
    assert all(row["known"] > 0.0 for row in rows)
    written = list(csv.DictReader((tmp_path / "practice.csv").read_text(encoding="utf-8").splitlines()))
    assert [float(row["visits"]) for row in written] == pytest.approx([row["visits"] for row in rows], rel=1e-5)
    text = (tmp_path / "practice.txt").read_text(encoding="utf-8")
    assert all(f"{world.en} / {world.es}" in text for world in worlds_of("practice").values())


@pytest.mark.slow
def test_all_experiments_run_and_all_that_must_hold_does(tmp_path: Path) -> None:
    rows = effects.show_effects((), tmp_path, experiment_runs.ExperimentSize(seeds=2), tmp_path / "runs")
    assert [row for row in rows if not effects.row_passes(row)] == []


def test_worlds_made_for_experiments_are_used() -> None:
    used = {word for one in EXPERIMENTS for words in one.worlds.values() for word in words}
    assert set(POLICY_TEXTS) <= used
