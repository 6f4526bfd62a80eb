"""The explorer in a real browser: it computes what the emulator does, refuses what was not run, and fits a phone."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from chromium import ARGUMENTS, CHROMIUM, needs_chromium
from known_pairs import KEY, known_surfaces

from experiments.explorer.explorer_page import explorer_page
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.lever_steps import shares_of
from experiments.reproduce.surfaces import Surface, SurfaceKey, averaged_surface, input_names

pytest.importorskip("sklearn")
pytestmark = [pytest.mark.thorough, needs_chromium]
MOST_BYTES, MOST_MS = 2_000_000, 50.0


@pytest.fixture(scope="module")
def surfaces(design: ReproduceDesign, pairs: pd.DataFrame) -> dict[SurfaceKey, Surface]:
    return known_surfaces(design, pairs)


@pytest.fixture(scope="module")
def page(
    design: ReproduceDesign,
    pairs: pd.DataFrame,
    surfaces: dict[SurfaceKey, Surface],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    file = tmp_path_factory.mktemp("explorer") / "explorer.html"
    file.write_text(explorer_page(design, pairs, surfaces, "confianza reproduce --quick"), encoding="utf-8")
    assert file.stat().st_size < MOST_BYTES
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 390, "height": 844}, locale="es-GT")
        errors: list[str] = []
        requests: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri())
        yield page
        browser.close()
    assert errors == []
    assert requests == [file.as_uri()]


def effect_shown(page: Any) -> float:
    return float(page.get_attribute(f'[data-measure="{KEY[2]}"]', "data-effect"))


def set_share(page: Any, name: str, value: float) -> None:
    page.evaluate(
        "([id, value]) => { const box = document.getElementById(id).parentNode.querySelector('[type=number]');"
        " box.value = value; box.onchange(); }",
        [name, value],
    )


def test_it_computes_what_the_emulator_does(
    page: Any, design: ReproduceDesign, surfaces: dict[SurfaceKey, Surface]
) -> None:
    rng, emulator = np.random.default_rng(3), surfaces[KEY].emulator
    page.locator("#average").uncheck()
    for _ in range(10):
        shares = dict.fromkeys(input_names(design), 0.0)
        for name in (*shares_of({}), *design.unknowns):
            shares[name] = round(float(rng.random()), 2)
            set_share(page, name, 100.0 * shares[name])
        assert effect_shown(page) == pytest.approx(float(emulator.predict(shares).mean[0]), abs=1e-9)
    page.select_option("#account", "performance_only")
    shares["performance_only"] = 1.0
    assert effect_shown(page) == pytest.approx(float(emulator.predict(shares).mean[0]), abs=1e-9)
    page.select_option("#account", "present_law")
    page.locator("#average").check()
    steps = shares_of({"visits": 2, "reporting": 1})
    for name, share in steps.items():
        set_share(page, name, 100.0 * share)
    mean = averaged_surface(design, surfaces[KEY]).mean(np.array([list(steps.values())]))
    assert effect_shown(page) == pytest.approx(float(mean[0]), abs=1e-9)
    assert float(page.evaluate("document.body.dataset.ms")) < MOST_MS


def test_it_refuses_what_was_not_run_and_names_the_nearest_run(page: Any, design: ReproduceDesign) -> None:
    set_share(page, "visits", 140)
    assert "140" in page.inner_text("#why")
    command = page.inner_text("#command")
    assert command.startswith("confianza reproduce --quick --repeat villa_canales-")
    names = {f"{block.name}:{arm}" for block in design.blocks for arm in block.arms}
    assert command.rpartition(" ")[2] in names
    set_share(page, "visits", 100)
    assert page.locator("#refused").is_hidden()
    page.select_option("#years", "10")
    assert "10" in page.inner_text("#why")
    page.select_option("#years", "1")


def test_it_speaks_both_languages_and_fits_a_phone(page: Any) -> None:
    assert page.inner_text("h1").startswith("¿Qué cambia con cada palanca")
    page.click("#language")
    assert page.inner_text("h1").startswith("What does each lever change")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#language")


def test_its_data_are_json_that_no_text_can_end(page: Any) -> None:
    data = json.loads(page.inner_text("#data") or page.evaluate("document.getElementById('data').textContent"))
    assert set(data["words"]) == {"es", "en"}
    assert "</script" not in page.evaluate("document.getElementById('data').textContent")
