"""Worlds of the page of a town: effects of packages are those of the runs, others those of the emulators."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from known_pairs import KEY, LEVEL, TRUST, known_surfaces

from experiments.comparison.decision_measures import measures
from experiments.reproduce.account_weights import account_weights
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.effects import effects_table, main_pairs
from experiments.reproduce.lever_steps import shares_of
from experiments.reproduce.surfaces import Surface, SurfaceKey, account_columns
from experiments.statistics.over_assumed import weighted_mean
from experiments.statistics.thresholds import Scale
from experiments.town_page.town_data import as_base64, measure_data, town_data
from experiments.town_page.town_page import town_page
from experiments.town_page.worlds import TownWorlds, package_steps, town_worlds

pytest.importorskip("sklearn")
SITE, YEARS, MEASURE = KEY


@pytest.fixture(scope="module")
def surfaces(design: ReproduceDesign, pairs: pd.DataFrame) -> Mapping[SurfaceKey, Surface]:
    return known_surfaces(design, pairs)


@pytest.fixture(scope="module")
def town(design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface]) -> TownWorlds:
    return town_worlds(design, pairs, surfaces, SITE)


@pytest.fixture(scope="module")
def data(design: ReproduceDesign, pairs: pd.DataFrame, surfaces: Mapping[SurfaceKey, Surface]) -> dict[str, Any]:
    return town_data(design, pairs, surfaces, [SITE], "confianza answer")


def test_means_in_worlds_are_those_of_the_emulator(town: TownWorlds, surfaces: Mapping[SurfaceKey, Surface]) -> None:
    steps = {"visits": 2, "reporting": 1}
    own = np.hstack([town.unknowns, account_columns(town.account_numbers)])
    setting = np.tile(list(shares_of(steps).values()), (len(own), 1))
    emulator = surfaces[KEY].emulator
    inputs = dict(zip(emulator.names, np.hstack([setting, own]).T, strict=True))
    found = town.means(town.years[YEARS].surfaces[MEASURE], steps)
    assert found == pytest.approx(emulator.predict(inputs).mean, abs=1e-9)


def test_effects_hold_what_was_planted_and_today_has_none(town: TownWorlds) -> None:
    effects, places = town.effects(YEARS, MEASURE, {"visits": 3})
    assert len(effects) == len(town.run_worlds)
    assert weighted_mean(effects, town.weights[places]) == pytest.approx(TRUST, abs=0.1)
    assert not town.effects(YEARS, MEASURE, {})[0].any()
    assert len(town.effects(YEARS, "crimes_occurred", {"visits": 3})[0]) == 0


@pytest.mark.parametrize(("package", "measure"), [("heavy_hand", MEASURE), ("reporting", "crimes_occurred")])
def test_a_package_on_record_has_the_numbers_of_its_table(
    town: TownWorlds, pairs: pd.DataFrame, package: str, measure: str
) -> None:
    effects, places = town.effects(YEARS, measure, package_steps()[package])
    table = effects_table(main_pairs(pairs), [measure], account_weights())
    row = table[(table["site"] == SITE) & (table["arm"] == package)].iloc[0]
    assert len(effects) == row["n"]
    assert weighted_mean(effects, town.weights[places]) == pytest.approx(row["effect"])


def test_arrays_come_back_from_the_page_as_they_went(town: TownWorlds, data: dict[str, Any]) -> None:
    own = data["towns"][0]
    unknowns = np.frombuffer(base64.b64decode(own["unknown"]), "<f8").reshape(town.unknowns.shape)
    assert (unknowns == town.unknowns).all()
    sent, had = own["years"][str(YEARS)]["surfaces"][MEASURE], town.years[YEARS].surfaces[MEASURE]
    assert (np.frombuffer(base64.b64decode(sent["weights"]), "<f8") == had.weights).all()
    errors = np.frombuffer(base64.b64decode(sent["errors"]), "<f4")
    assert errors == pytest.approx(had.errors, rel=1e-6, nan_ok=True)
    assert np.frombuffer(base64.b64decode(as_base64(np.array([1.5]), "<f4")), "<f4") == 1.5


@pytest.mark.parametrize(("name", "base"), [(MEASURE, 50.0), ("crimes_occurred", LEVEL), ("wrongful_detentions", 9.0)])
def test_the_rule_of_what_matters_is_that_of_the_tables(name: str, base: float) -> None:
    usual, share, least, rare, rare_share = measure_data(name)["delta"]
    found = max(rare, rare_share * base) if base < least else max(usual, share * base)
    kind: Any = "points" if name == MEASURE else "counts"
    assert found == pytest.approx(Scale(kind).threshold(base, base).delta)


def test_the_page_asks_for_nothing_and_ends_no_script(data: dict[str, Any]) -> None:
    page = town_page(data)
    assert "default-src 'none'" in page
    assert not [word for word in ("https://", "url(", "@import", " src=") if word in page]
    assert page.count("</script>") == 3
    assert page.index('role="alert"') < page.index("<script")


def test_levers_of_the_page_have_a_text_for_every_step(data: dict[str, Any]) -> None:
    for words in data["words"].values():
        for lever in measures():
            texts = words["town"][SITE]["lever"][lever.name]
            assert len(texts["steps"]) == len(texts["said"]) == len(lever.steps)
            assert not [text for text in (*texts["steps"], *texts["said"]) if "{" in text]
