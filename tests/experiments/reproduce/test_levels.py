"""Levels of draws are solved for what is measured, by steps of the numbers that were set for them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.emulation.history_matching import MAX_IMPLAUSIBILITY
from experiments.reproduce import levels as solving
from experiments.reproduce.design import PRIOR, ReproduceDesign
from experiments.reproduce.level_runs import read_levels, write_levels
from experiments.reproduce.levels import COLUMNS, Found, SolvedLevels, levels, targets_of
from experiments.reproduce.plan import plan
from experiments.reproduce.tables import levels_table
from model.engine.errors import InputError
from scenarios import load
from scenarios.groups import find_parameter

SITE = "villa_canales"
ACCOUNTS = ["present_law", "certainty_off"] * 60
FARTHEST = np.log(4.0)


def simulated(steps: np.ndarray, accounts: list[str], own: np.ndarray | float = 0.0) -> np.ndarray:
    """Return levels of an invented model: each follows its own number and a little the next, higher by account.

    ``own`` is added to the levels of each draw.
    """
    n = steps.shape[1]
    slopes = 0.8 * np.eye(n) + 0.1 * np.eye(n, k=1)
    higher = np.where(np.array(accounts) == "present_law", 0.0, 0.2)[:, None]
    moved = steps @ slopes.T + 0.3 + higher + own
    values = []
    for column, target in enumerate(targets_of(SITE)):
        at_zero = solving.on_scale(target, target.target.value)
        scaled = at_zero + moved[:, column]
        values.append(100.0 / (1.0 + np.exp(-scaled)) if "%" in target.name else np.exp(scaled))
    return np.stack(values, axis=1)


def test_steps_lead_to_the_measured_levels() -> None:
    rng = np.random.default_rng(1)
    steps = rng.uniform(-FARTHEST, FARTHEST, (120, len(levels())))
    rounds: list[Found] = []
    for _ in range(solving.ROUNDS):
        rounds.append(Found(steps, simulated(steps, ACCOUNTS)))
        steps = solving.next_steps(SITE, rounds[-1], solving.slopes_of(SITE, rounds, ACCOUNTS), FARTHEST)
    before, after = (solving.implausible(SITE, one.values).max(axis=1) for one in (rounds[0], rounds[-1]))
    assert (before < 3.0).mean() < 0.1
    fitting = after < MAX_IMPLAUSIBILITY
    assert fitting.mean() > 0.9
    assert (rounds[-1].steps[fitting] == rounds[-2].steps[fitting]).mean() > 0.9  # a draw that fits stays where it is
    assert (np.abs(rounds[-1].steps) <= FARTHEST).all()


def test_changes_within_draws_give_slopes_that_differences_between_draws_do_not_blur() -> None:
    rng = np.random.default_rng(3)
    first = rng.uniform(-1.0, 1.0, (30, len(levels())))
    own = rng.normal(0.0, 1.0, first.shape)  # what else is drawn moves the levels of each draw
    rounds = [
        Found(steps, simulated(steps, ACCOUNTS[:30], own)) for steps in (first, first + rng.uniform(-1, 1, first.shape))
    ]
    true = 0.8 * np.eye(len(levels())) + 0.1 * np.eye(len(levels()), k=1)
    far = [np.abs(solving.slopes_of(SITE, rounds[:n], ACCOUNTS[:30]) - true).max() for n in (1, 2)]
    assert far[1] < 0.25 < far[0]


def test_a_failed_run_fits_nothing_and_leaves_the_others_as_they_are() -> None:
    rng = np.random.default_rng(2)
    steps = rng.uniform(-1.0, 1.0, (120, len(levels())))
    values = simulated(steps, ACCOUNTS)
    values[5] = np.nan
    found = Found(steps, values)
    slopes = solving.slopes_of(SITE, [found, Found(steps + 0.1, values)], ACCOUNTS)
    assert np.isfinite(slopes).all()
    moved = solving.next_steps(SITE, found, slopes, FARTHEST)
    assert (moved[5] == steps[5]).all()
    assert np.isinf(solving.implausible(SITE, values)[5]).all()


def test_the_numbers_of_every_level_exist_and_stay_within_their_limits() -> None:
    scenario = load(SITE)
    for step in (-20.0, 0.0, 20.0):
        moved = solving.moved_values(scenario, {}, [step] * len(levels()))
        for name, value in moved.items():
            group, key = find_parameter(name)
            about = group.parameter_specs()[key]
            assert about.low <= value <= about.high
            if step == 0.0:
                assert value == pytest.approx(getattr(scenario[group.name], key))
    assert len(moved) == sum(len(level.parameters) for level in levels())


def table_of(design: ReproduceDesign, far: float) -> pd.DataFrame:
    """Return rounds in which the second fits at every place, but for the first place."""
    rows = []
    places = list(dict.fromkeys(block.place for block in design.blocks))
    for place in places:
        for number, implausible in ((0, far), (1, far if place == places[0] else 1.0), (2, far)):
            for column, level in enumerate(levels()):
                value = targets_of(place[0])[column].target.value
                rows.append((*place, number, level.target, 0.1 * number, value, implausible))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def test_blocks_that_do_not_fit_are_left_out_but_for_those_run_as_drawn() -> None:
    size = replace(plan().size("quick"), draws=9, loop=1, long=1, checks=1, prior=2)
    drawn = ReproduceDesign(plan(), size)
    found = SolvedLevels(table_of(drawn, 9.0))
    solved = replace(drawn, solved=found)
    first = drawn.blocks[0].place
    left_out = {block.name for block in drawn.blocks} - {block.name for block in solved.blocks}
    assert left_out == {block.name for block in drawn.blocks if block.place == first and block.kind != PRIOR}
    failed = table_of(drawn, 9.0)
    of_first = (failed["draw"] == first[1]) & (failed["site"] == first[0]) & (failed["account"] == first[2])
    failed.loc[of_first & (failed["round"] == 0), "value"] = np.nan
    names = {block.name for block in replace(drawn, solved=SolvedLevels(failed)).blocks}
    assert {block.name for block in solved.blocks} - names == {f"{first[0]}-{PRIOR}-{first[1]}-{first[2]}"}
    block = next(one for one in solved.blocks if one.kind == PRIOR and one.place == first)
    assert list(solved.levels_drawn[first]["step"]) == [0.0] * len(levels())
    assert block.place not in found.fitting
    table = levels_table(solved)
    assert set(table[table["solved"] == 0]["fit"]) == {0.0}
    assert table[table["solved"] == 1]["fit"].between(0.8, 1.0).all()


def test_solved_levels_are_read_again_as_they_were_written(tmp_path: Path) -> None:
    found = SolvedLevels(table_of(ReproduceDesign(plan(), replace(plan().size("quick"), draws=9, long=1)), 9.0))
    write_levels(found, tmp_path)
    again = read_levels(tmp_path)
    assert again is not None
    pd.testing.assert_frame_equal(again.table, found.table, check_dtype=False)
    assert read_levels(tmp_path / "elsewhere") is None


def test_an_unknown_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = (solving.Level("arrests", {"contacts.findz": "factor"}),)
    monkeypatch.setattr(solving, "levels", lambda: wrong)
    with pytest.raises(InputError, match=r"contacts\.find"):
        solving.moved_values(load(SITE), {}, [0.1])
