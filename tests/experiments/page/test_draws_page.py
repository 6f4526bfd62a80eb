"""Results over draws on the page: found by what was compared, they decide what is called known, in both languages."""

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from chromium import COMPILE_SECONDS, Tab, complaints, free_port, needs_chromium, program, served, small_town_file
from over_draws import ROW, written

from experiments.comparison.decision_measures import changed_measures
from experiments.comparison.decision_outcomes import OUTCOMES, TRUST, DecisionOutcome, PairedOutcome
from experiments.comparison.over_draws import comparison_key, read_draw_results
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.page import sites
from experiments.page.files import effect_rows, reason_withheld
from experiments.page.page_state import PageState
from experiments.page.town_check import trust_over_draws
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.storage.run_folder import json_of
from model.engine.errors import InputError
from scenarios import load

STEPS = {"training": 3, "heavy_hand": 2}
RISES = np.arange(8.0) / 100.0 + 1.0
"""Effect of each pair: trust surely rises by a point."""
ENGLISH = re.compile(r"\b(the|and|with|over|draws|known|values|town|under)\b")
TURNS = {"sign": "turns", "against_accounts": "attitudes_without_effect"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(small_town_file(tmp_path_factory.mktemp("towns")))


def choice_of(site: str, **more: Any) -> Choice:
    return Choice(site, changed_measures(STEPS), years=1, **more)


def outcome(one: DecisionOutcome, rise: np.ndarray, draws: Any = None) -> PairedOutcome:
    """Return an outcome in eight pairs, with a row over draws."""
    return PairedOutcome(one, paired(np.full(8, 40.0), 40.0 + rise, scale=Scale("points")), draws)


def trust(draws: Any) -> PairedOutcome:
    return outcome(TRUST, RISES, draws)


def standing_with(site: str, language: str, found: PairedOutcome) -> PageState:
    """Return a choice whose pairs are all there, though nothing was simulated: nothing moves but what is given."""
    life: Any = SimpleNamespace(months=pd.DataFrame({"residents": [1000.0]}))
    one = PageState(choice_of(site), load(site), language, base=(life,))
    still = (outcome(other, np.zeros(8)) for other in OUTCOMES[1:])
    rows = {} if found.draws is None else {TRUST.name: found.draws}
    vars(one).update(paired_outcomes=(found, *still), twins=[(life, life)] * 8, over_draws=rows)
    return one


def row_with(**more: Any) -> pd.Series:
    return pd.Series({**ROW, **more})


# Which results belong to a choice


def test_a_choice_finds_its_comparison_whatever_seed_and_town(small: str, tmp_path: Path) -> None:
    scenario, choice = load(small), choice_of(small)
    key = choice.draws_key(scenario)
    for seed in (1, 7):
        base, arm = (specs[0] for specs in runs_of(choice_of(small, seed=seed), tmp_path))
        stated = json.loads(json_of(arm.settings))
        assert (
            comparison_key(stated, arm.until.isoformat())
            == key
            != comparison_key(base.settings, base.until.isoformat())
        )
    other = [
        dataclasses.replace(choice, years=2),
        dataclasses.replace(choice, chosen=changed_measures({**STEPS, "training": 2})),
        dataclasses.replace(choice, begins=scenario.start.replace(month=7)),
    ]
    assert len({key, *(one.draws_key(scenario) for one in other)}) == 4


def test_results_are_read_by_measure_and_belong_to_one_choice_alone(small: str, tmp_path: Path) -> None:
    choice = choice_of(small)
    found = read_draw_results((written(tmp_path, choice, {"trust_mean": {"mean": 1.5}, "refused": {"sign": "open"}}),))
    (rows,) = (found[choice.draws_key(load(small))],)
    assert {name: (row["mean"], row["sign"]) for name, row in rows.items()} == {
        "trust_mean": (1.5, "known"),
        "refused": (1.4, "open"),
    }
    assert len(found) == 1


def test_a_folder_that_cannot_be_used_is_refused_in_one_line(small: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be a folder of `confianza compare"):
        read_draw_results((tmp_path,))
    older = written(tmp_path / "older", choice_of(small), {"trust_mean": {}}, fingerprint="0" * 16)
    with pytest.raises(InputError, match="made by another version of the model"):
        read_draw_results((older,))
    bare = written(tmp_path / "bare", choice_of(small), {"trust_mean": {}})
    (bare / "uncertainty.parquet").unlink()
    with pytest.raises(InputError, match="holds no draws: make it by confianza compare status_quo x --draws"):
        read_draw_results((bare,))
    turned = written(tmp_path / "turned", choice_of(small), {"trust_mean": {}})
    stated = json.loads((turned / "manifest.json").read_text(encoding="utf-8"))
    stated["arms"].reverse()
    (turned / "manifest.json").write_bytes(json_of(stated))
    with pytest.raises(InputError, match="must compare policies with status_quo, named first"):
        read_draw_results((turned,))


# What is known


@pytest.mark.parametrize(
    ("draws", "verdict", "withheld"),
    [
        (None, "rises", False),
        (row_with(), "rises", False),
        (row_with(sign="open"), "assumed", True),
        (row_with(**TURNS), "assumed", True),
        (row_with(mean=-1.4), "assumed", True),
        (row_with(sign="few"), "rises", False),
    ],
)
def test_an_outcome_is_known_only_if_draws_confirm_its_direction(draws: Any, verdict: str, withheld: bool) -> None:
    found = trust(draws)
    assert (found.verdict, found.withheld) == (verdict, withheld)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "what is assumed: up in 70 % and down in 30 %"),
        ("es", "lo que se supone: sube en 70 % y baja en 30 %"),
    ],
)
def test_the_saved_table_says_what_draws_do_not_confirm(small: str, language: str, words: str) -> None:
    unsure = standing_with(small, language, trust(row_with(sign="open", share_up=0.7, share_down=0.3)))
    why = reason_withheld(unsure, unsure.paired_outcomes[0])
    assert words in why
    assert next(effect_rows(unsure))[-2:] == ["assumed", why]
    known = standing_with(small, language, trust(row_with()))
    assert next(effect_rows(known))[-2:] == ["rises", ""]


def test_the_check_has_the_range_of_trust_over_draws(small: str, tmp_path: Path) -> None:
    choice, before = choice_of(small), sites.start_options
    sites.set_start_options(small, "en", (written(tmp_path, choice, {"trust_mean": {"low": -0.2, "high": 3.0}}),))
    try:
        assert trust_over_draws(choice) == {"n": 50, "low": -0.2, "high": 3.0}
        assert trust_over_draws(dataclasses.replace(choice, years=2)) is None
    finally:
        sites.start_options = before


# In a browser


@pytest.fixture(scope="module")
def page(small: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a small town with a folder over draws, in which trust is known and everything else is open."""
    folder, port = tmp_path_factory.mktemp("draws"), free_port()
    rows = {one.name: {} if one is TRUST else {"sign": "open", "share_up": 0.6, "share_down": 0.4} for one in OUTCOMES}
    draws = written(folder, choice_of(small), rows)
    words = program("view", small, "--port", str(port), "--lang", "es", "--draws", str(draws))
    with served(words, port, folder):
        yield f"http://127.0.0.1:{port}/?years=1&measures=training.3,heavy_hand.2"
    assert complaints(folder) == []


@pytest.mark.thorough
@needs_chromium
def test_the_stamp_tells_the_range_over_draws_offline(browser: Any, page: str) -> None:
    tab = Tab(browser, page, 1440, 900)
    tab.page.click("#check")
    tab.page.wait_for_selector("#source[data-stamp=alone]", timeout=1000.0 * COMPILE_SECONDS)
    assert "En 50 sorteos: " in tab.page.inner_text("#source-note")
    tab.page.locator("#m-training").press("ArrowLeft")
    assert "sorteos" not in tab.page.inner_text("#source-note")
    tab.close()
    assert tab.wrong == []
