"""The page of a town in a real browser: it says what Python computes, and its parts agree at every step of the levers.

Times of a move and words of the first screen are printed (`pytest -s`).
"""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from chromium import chromium, needs_chromium, with_strict_data
from known_pairs import KEY, town_pairs, town_surfaces

from experiments.comparison.decision_measures import measures
from experiments.reproduce.design import ReproduceDesign
from experiments.statistics.over_assumed import BAND_QUANTILES, chances, weighted_mean, weighted_quantile
from experiments.statistics.verdicts import verdict_over_worlds
from experiments.town_page.town_data import town_data
from experiments.town_page.town_page import town_page
from experiments.town_page.worlds import TownWorlds, town_worlds

pytest.importorskip("sklearn")
pytestmark = [pytest.mark.thorough, needs_chromium]
SITE, YEARS, _ = KEY
MOST_BYTES = 3_000_000
WORD = re.compile(r"[^\W\d_]+")
START, ANY = 120, 150
"""Most words of the first screen as opened, and with any setting."""
SIZES = [(390, 844), (1280, 720), (1440, 900), (1920, 1080)]
HARMFUL = "#town=villa_canales&years=1&measures=training.3,visits.3,follow_up.3,reporting.3,means.3,heavy_hand.2"
MARKED = '<img src=x onerror="document.body.dataset.ran=1">'


class Shown(NamedTuple):
    """A page in a browser, its file, and the worlds that it has."""

    tab: Any
    file: Path
    worlds: TownWorlds

    def open(self, address: str) -> None:
        """Open an address anew."""
        self.tab.goto("about:blank")
        self.tab.goto(self.file.as_uri() + address)

    def answer(self) -> str:
        """Return the sentence under the question."""
        return str(self.tab.inner_text("#answer")).strip()


@pytest.fixture(scope="module")
def shown(design: ReproduceDesign, pairs: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    more = town_pairs(design, pairs)
    surfaces = town_surfaces(design, more)
    file = tmp_path_factory.mktemp("town") / "town.html"
    data = town_data(design, more, surfaces, [SITE], "confianza answer --quick")
    file.write_text(town_page(data), encoding="utf-8")
    assert file.stat().st_size < MOST_BYTES
    wrong: list[str] = []
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="es-GT", offline=True)
        tab = with_strict_data(context.new_page())
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        own = (file.parent.as_uri(), "about:", "data:", "blob:")
        tab.on("request", lambda asked: None if asked.url.startswith(own) else wrong.append(asked.url))
        yield Shown(tab, file, town_worlds(design, more, surfaces, SITE))
    assert wrong == []


def steps_text(steps: dict[str, int]) -> str:
    """Return steps as they stand in an address."""
    return ",".join(f"{name}.{step}" for name, step in steps.items())


def random_settings(number: int) -> list[dict[str, int]]:
    """Return settings of all levers."""
    rng = np.random.default_rng(5)
    return [{one.name: int(rng.integers(len(one.steps))) for one in measures()} for _ in range(number)]


def test_it_computes_what_python_does(shown: Shown) -> None:
    shown.open("")
    for steps, measure in itertools.product(
        [*random_settings(4), {"heavy_hand": 2}, {"reporting": 3}],
        ("trust_mean", "hours_patrol", "wrongful_detentions"),
    ):
        effects, places = shown.worlds.effects(YEARS, measure, steps)
        weights = shown.worlds.weights[places]
        script = (
            "([y, m, s]) => { const f = summaryOf(town(), y, m, stepsFrom(s)); return { ...f, at: 0, measure: 0 }; }"
        )
        found = shown.tab.evaluate(script, [YEARS, measure, steps_text(steps)])
        band = [weighted_quantile(effects, weights, share) for share in BAND_QUANTILES]
        expected = [weighted_mean(effects, weights), *band]
        assert [found[name] for name in ("mean", "low", "high")] == pytest.approx(expected, rel=1e-5, abs=1e-5)
        shares = chances(effects, weights, found["delta"])
        assert [one / 100 for one in found["counts"]] == pytest.approx(
            [shares[name] for name in ("down", "nothing", "up")], abs=0.01
        )
        assert found["word"] == verdict_over_worlds(*(shares[name] for name in ("up", "nothing", "down")))


def test_headline_range_count_and_cost_agree_at_every_step(shown: Shown) -> None:
    shown.open("#lang=en")
    singles = [{one.name: step} for one in measures() for step in range(len(one.steps)) if step != one.today]
    for steps in [*singles, *random_settings(12)]:
        shown.tab.evaluate("(text) => act({ steps: stepsFrom(text) })", steps_text(steps))
        trust = shown.tab.evaluate("() => ({ ...answer.of('trust_mean'), at: 0, measure: 0 })")
        falls, _, rises = map(int, shown.tab.locator("#plot text.count").all_text_contents())
        assert [falls, rises] == [trust["counts"][0], trust["counts"][2]]
        zones = shown.tab.evaluate("() => dots.map((dot) => dot.getAttribute('fill'))")
        assert [zones.count(f"var(--{one})") for one in ("harm", "b")] == [falls, rises]
        near = itertools.product((falls - 1, falls, falls + 1), (rises - 1, rises, rises + 1))
        assert trust["word"] in {verdict_over_worlds(up / 100, 1 - (down + up) / 100, down / 100) for down, up in near}
        said = shown.tab.evaluate("(word) => words().verdict[word]", trust["word"])
        assert f"trust {said}: " in shown.answer()
        assert shown.tab.evaluate("() => pointsText(answer.of('trust_mean'))") in shown.answer()
        sums = shown.tab.evaluate(
            "() => costsOf(answer).map(({ name, amount }) => [Math.round(Math.abs(amount)), apportioned(addedBy("
            "town(), state.years, name, state.steps).map((one) => (amount < 0 ? -1 : 1) * givenUp(name, one.added)),"
            " Math.round(Math.abs(amount))).reduce((sum, one) => sum + one, 0)])"
        )
        assert all(total == added for total, added in sums)
        listed = [
            int(text.replace(",", ""))
            for text in shown.tab.locator("#cost-list dd").all_inner_texts()
            if text[0].isdigit()
        ]
        assert listed == [total for total, _ in sums]


def test_an_address_opens_the_same_setting_and_a_wrong_one_today(shown: Shown) -> None:
    address = "#town=villa_canales&years=1&measures=training.3,visits.2&lang=en&dark=1&door=wrong&pins=heavy_hand.2"
    shown.open(address)
    assert shown.tab.evaluate("addressOf()") == address
    assert shown.answer().startswith("With training and long visits, trust rises")
    assert shown.tab.inner_text("#notice") == ""
    for wrong in ("#years=7", "#measures=visits.9", "#measures=magic.1", f"#lang=en&town={MARKED}", "#only=trust.fast"):
        shown.open(wrong)
        assert shown.tab.evaluate("state.steps.every((step, k) => step === data.levers[k].today)")
        assert len(shown.tab.inner_text("#notice")) > 20
        assert shown.tab.evaluate("document.body.dataset.ran") is None
        assert shown.tab.locator("img").count() == 0
    shown.open("?measures=training.3&lang=en&view=map&seed=4")
    assert shown.answer().startswith("With training, ")


def test_moves_are_undone_and_done_again(shown: Shown) -> None:
    shown.open("#lang=en")
    for name, key in (("visits", "End"), ("training", "ArrowRight")):
        shown.tab.locator(f"#m-{name}").press(key)
    assert shown.answer().startswith("With training and long visits, ")
    for press, begin in (
        ("Control+z", "With long visits, "), ("Control+z", "Today trust is"), ("Control+y", "With long visits, ")
    ):  # fmt: skip
        shown.tab.keyboard.press(press)
        shown.tab.wait_for_function("(text) => document.getElementById('answer').innerText.startsWith(text)", arg=begin)
    shown.tab.locator("#undo").click()
    shown.tab.wait_for_function("document.getElementById('answer').innerText.startsWith('Today')")


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_first_screen_has_few_words(shown: Shown, language: str) -> None:
    shown.tab.set_viewport_size({"width": 1440, "height": 900})
    for address, most in (("#", START), (HARMFUL + "&", ANY)):
        shown.open(f"{address}lang={language}")
        assert shown.tab.evaluate("document.documentElement.scrollHeight") <= 900
        counted = len(WORD.findall(shown.tab.inner_text("body")))
        print(f"{language}: {counted} words of at most {most}")
        assert counted <= most


@pytest.mark.parametrize("width", [390, 1440])
def test_a_move_is_answered_at_once(shown: Shown, width: int) -> None:
    shown.tab.set_viewport_size({"width": width, "height": 844})
    shown.open("")
    script = """() => Array.from({ length: 200 }, (_, k) => {
      const range = document.querySelectorAll("#levers input")[k % 8], begun = performance.now();
      range.value = (Number(range.value) + 1) % (Number(range.max) + 1);
      range.oninput();
      document.body.getBoundingClientRect();
      return performance.now() - begun;
    })"""
    times = shown.tab.evaluate(script)
    print(f"{width} px: 95 of 100 moves in {np.quantile(times, 0.95):.0f} ms, half in {np.median(times):.0f} ms")
    assert np.median(times) < 500.0
    shown.tab.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.parametrize("door", ["why", "pays", "wrong", "better"])
@pytest.mark.parametrize(("language", "dark"), [("es", ""), ("en", "&dark=1")])
def test_axe_finds_nothing(shown: Shown, door: str, language: str, dark: str) -> None:
    shown.open(f"{HARMFUL}&lang={language}{dark}&door={door}&pins=training.3")
    found = Axe().run(shown.tab).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found] == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_wider_than_the_screen_and_no_part_is_in_another_language(
    shown: Shown, width: int, height: int
) -> None:
    shown.tab.set_viewport_size({"width": width, "height": height})
    for language, other in (("es", "trust"), ("en", "confianza ")):
        for door in ("", "&door=pays", "&door=wrong"):
            shown.open(f"{HARMFUL}&lang={language}{door}")
            assert shown.tab.evaluate("document.documentElement.scrollWidth") <= width
            assert other not in re.sub("confianza (view|voi)", "", shown.tab.inner_text("main"))
            assert "{" not in shown.tab.inner_text("main")
    shown.tab.set_viewport_size({"width": 1440, "height": 900})


def test_it_prints_on_one_sheet_and_gives_pictures(shown: Shown) -> None:
    shown.open(f"{HARMFUL}&lang=es")
    assert shown.tab.pdf(prefer_css_page_size=True).count(b"/MediaBox") == 1
    picture = shown.tab.evaluate("pictureText()")
    assert "var(" not in picture
    assert picture.count("<circle") == 100
    shown.tab.locator("#share").click()
    for name, begin in (("png", b"\x89PNG"), ("svg", b"<svg"), ("file", b"<!doctype html>")):
        with shown.tab.expect_download() as download:
            shown.tab.locator(f"[data-share={name}]").click()
        assert Path(download.value.path()).read_bytes().startswith(begin)
    saved = shown.file.with_name("saved.html")
    download.value.save_as(saved)
    shown.tab.goto(saved.as_uri())
    assert shown.answer().startswith("Con mano dura")


QR_WORDS = (19, 34, 55, 80, 108, 136, 156, 194, 232, 274)
"""Codewords of data of the versions 1 to 10 at error correction level L."""


@pytest.mark.parametrize("version", range(1, 11))
def test_codes_of_addresses_are_those_of_another_program(shown: Shown, version: int) -> None:
    shown.open("")
    text = ("https://town.example/#years=3&" * 20)[: QR_WORDS[version - 1] - (2 if version < 10 else 3)]
    script = """([text, version]) => {
      const bytes = [...new TextEncoder().encode(text)], bits = qrBits(bytes, version);
      return [versionFor(bytes.length), QR_MASKS.map((_, mask) => qrSquares(bits, version, mask))];
    }"""
    found, grids = shown.tab.evaluate(script, [text, version])
    assert found == version
    for mask, grid in enumerate(grids):
        code = segno.make_qr(
            text, error="l", mode="byte", version=version, mask=mask, boost_error=False, encoding="utf-8"
        )
        assert grid == [list(map(int, row)) for row in code.matrix]


def test_a_code_that_is_not_full_is_filled_and_one_that_is_too_long_is_none(shown: Shown) -> None:
    shown.open("")
    bits = "".join(map(str, shown.tab.evaluate("() => qrBits([65], 1).slice(0, 19 * 8)")))
    assert bits == "0100" + f"{1:08b}" + f"{65:08b}" + "0000" + 8 * f"{0xEC:08b}{0x11:08b}"
    assert shown.tab.evaluate("() => qrCode('x'.repeat(272))") is None


def test_a_code_is_shown_only_where_others_can_reach_the_address(shown: Shown) -> None:
    shown.open(f"{HARMFUL}&lang=en")
    shown.tab.click("#share")
    assert shown.tab.locator("#sharing .qr").count() == 0
    elsewhere = shown.tab.context.browser.new_context(locale="en").new_page()
    elsewhere.route("**/*", lambda route: route.fulfill(path=str(shown.file), content_type="text/html"))
    elsewhere.goto(f"https://town.example/villa.html{HARMFUL}&lang=en")
    address = elsewhere.evaluate("() => publicAddress()")
    assert address == f"https://town.example/villa.html{elsewhere.evaluate('() => addressOf(false)')}"
    assert "&lang=en" in address
    elsewhere.click("#share")
    elsewhere.locator("#sharing svg.qr").wait_for()
    elsewhere.context.close()


def shares_found(shown: Shown, effects: np.ndarray) -> dict[str, float]:
    """Return which share of planted effects each study explains, as the page computes it."""
    script = (
        "(effects) => { const worlds = effects.map((_, w) => w), weights = worlds.map((w) =>"
        " data.weights[town().account[w]]), values = Float64Array.from(effects); return Object.fromEntries("
        "data.studies.map((study) => [study.name, (study.classes.length ? shareOfClasses : shareOfUnknowns)("
        "study, values, worlds, weights)])); }"
    )
    return dict(shown.tab.evaluate(script, effects.tolist()))


def test_a_study_explains_the_differences_that_it_would_measure(shown: Shown) -> None:
    shown.open(f"{HARMFUL}&lang=en")
    rng, worlds = np.random.default_rng(9), shown.worlds
    numbers, n = worlds.account_numbers, len(worlds.account_numbers)
    by_account = rng.normal(size=9)[numbers] + 0.1 * rng.normal(size=n)
    means = {
        own: np.average(by_account[numbers == own], weights=worlds.weights[numbers == own]) for own in set(numbers)
    }
    within = by_account - np.array([means[own] for own in numbers])
    left, whole = (
        np.average((one - weighted_mean(one, worlds.weights)) ** 2, weights=worlds.weights)
        for one in (within, by_account)
    )
    adjusted = 1.0 - left / whole * (n - 1) / (n - len(means))
    assert shares_found(shown, by_account)["which_account"] == pytest.approx(adjusted, abs=1e-6)
    by_number = worlds.unknowns[:, 0] + 0.1 * rng.normal(size=n)  # trust.asymmetry, of the group of experiences
    found = shares_found(shown, by_number)
    assert max(found, key=lambda name: found[name]) == "experience"
    assert found["experience"] > 0.8
    nothing = shares_found(shown, np.zeros(n))
    assert not any(nothing.values())


def test_what_to_measure_first_stands_under_what_if_we_are_wrong(shown: Shown) -> None:
    for language, title in (("en", "What to measure first"), ("es", "Qué medir primero")):
        shown.open(f"{HARMFUL}&lang={language}")
        shown.tab.click("[data-door=wrong]")
        said = shown.tab.inner_text("#room")
        assert title in said
        rows = shown.tab.locator("#room .cause").all_inner_texts()
        assert 0 < len(rows) <= 3 or "None of the studies" in said or "Ninguno de los estudios" in said
