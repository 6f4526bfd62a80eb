"""Comparisons over draws: which runs there are, what they share, and what their tables say."""

import numpy as np
import pandas as pd
import pytest

from experiments.cli import app as cli
from experiments.comparison.comparison import Request, arms_of
from experiments.comparison.effect_verdicts import agreement_over_draws, verdict_of, with_verdict_columns
from experiments.comparison.over_draws import DRAWS_UNDER_ACCOUNTS, accounts_table, groups_over_draws, uncertainty_table
from experiments.execution.parameter_draws import Draw, draws_bytes
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from model.engine.errors import InputError
from scenarios import accounts

DRAWS = [Draw(k, {"trust.harm": 0.3 + 0.01 * k, "fear.heed": 0.2}) for k in range(1, 11)]
RIVALS = len(accounts.names()) - 1


@pytest.fixture(scope="module")
def groups():
    arms, _ = arms_of(Request(arms=("status_quo", "mopsic_full"), sets=("fear.heed=0.4",), years=1.0, seed=5))
    return list(groups_over_draws(0, [arm.specs[0] for arm in arms], DRAWS, ("fear.heed=0.4",)))


def test_each_draw_runs_twice_and_the_first_ones_under_every_account(groups):
    labels = [group.label.draw for group in groups]
    assert len(set(labels)) == len(labels) == 2 * len(DRAWS) + DRAWS_UNDER_ACCOUNTS * RIVALS
    assert len({group.key for group in groups}) == len(groups)


def test_arms_of_a_group_differ_by_their_policy_alone(groups):
    for group in groups:
        first, second = (spec.settings for spec in group.specs)
        assert first["policies"] != second["policies"]
        assert first["parameters"] == second["parameters"]
        assert len({spec.seed for spec in group.specs}) == 1


def test_values_are_those_of_the_draw_the_account_above_it_and_the_user_above_all(groups):
    for group in groups:
        scenario = group.specs[0].scenario
        label = group.label.draw
        expected = accounts.read(label.account).get("trust.harm", DRAWS[label.number - 1].values["trust.harm"])
        assert scenario["trust"].harm == pytest.approx(expected)
        assert scenario["fear"].heed == 0.4


def is_present(group) -> bool:
    return group.label.draw.account == accounts.PRESENT


def test_the_second_run_has_another_seed_and_in_every_other_draw_another_town(groups):
    by_run = {(one.label.draw.number, one.label.draw.run): one.specs[0] for one in groups if is_present(one)}
    seeds = [spec.seed for spec in by_run.values()]
    assert len(set(seeds)) == len(seeds)
    for number in range(1, len(DRAWS) + 1):
        towns = [by_run[number, run].scenario["population"].seed for run in (0, 1)]
        assert (towns[0] == towns[1]) == (number % 2 == 1)


def effects(n=24, mean=1.0):
    rng = np.random.default_rng(1)
    place = {"site": "a", "against": "b", "measure": "trust_mean", "base": 40.0}
    rows = []
    for draw in range(1, n + 1):
        for account, run, shift in (("present_law", 0, 0.0), ("present_law", 1, 0.0), ("fixed_attitudes", 0, -3.0)):
            if account == "present_law" or draw <= DRAWS_UNDER_ACCOUNTS:
                effect = mean + shift + 0.1 * rng.normal()
                rows.append(place | {"draw": draw, "account": account, "run": run, "effect": effect})
    return pd.DataFrame(rows)


def test_tables_say_what_the_uncertainty_comes_from_and_which_account_turns_the_sign():
    (row,) = uncertainty_table(effects()).to_dict("records")
    assert (row["draws"], row["sign"], row["against_accounts"]) == (24, "turns", "fixed_attitudes")
    assert row["mean"] == pytest.approx(1.0, abs=0.1)
    under = accounts_table(effects()).set_index("account")
    assert under.loc["fixed_attitudes", "shift"] == pytest.approx(-3.0, abs=0.15)
    assert under.loc["present_law", "shift"] == 0.0
    assert (under["draws"] == DRAWS_UNDER_ACCOUNTS).all()


def test_no_draws_no_tables():
    assert uncertainty_table(pd.DataFrame()).empty
    assert accounts_table(pd.DataFrame()).empty


def test_a_file_that_is_wrong_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(InputError, match="no file"):
        Request(arms=("status_quo", "mopsic_full"), draws=str(tmp_path / "gone.csv"))


def test_the_command_names_the_file(tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes(draws_bytes(DRAWS))
    assert f"--draws {path}" in Request(arms=("a", "b"), draws=str(path)).command


@pytest.mark.parametrize(
    ("sign", "mean", "effect", "said"),
    [
        ("known", 1.0, 0.5, "known"),
        ("known", 1.0, -0.5, "assumed"),
        ("open", 1.0, 0.5, "assumed"),
        ("turns", 1.0, 0.5, "assumed"),
        ("few", 1.0, 0.5, None),
    ],
)
def test_an_effect_is_known_only_if_draws_confirm_its_sign(sign, mean, effect, said):
    assert agreement_over_draws({"sign": sign, "mean": mean}, {"effect": effect}) == said
    assert agreement_over_draws(None, {"effect": effect}) is None


@pytest.mark.parametrize(
    ("gap", "sign", "laws", "said"),
    [
        (1.0, "known", None, "rises"),
        (1.0, "known", "turns", "turns"),
        (1.0, "open", "turns", "assumed"),
        (-1.0, "known", None, "assumed"),
        (-1.0, None, None, "falls"),
        (0.0, "open", None, "nothing"),
    ],
)
def test_draws_take_back_a_direction_and_nothing_else(gap, sign, laws, said):
    base = list(np.linspace(40.0, 50.0, 12))
    arm = [one + gap + 0.01 * (-1) ** k for k, one in enumerate(base)]
    effect = paired(base, arm, scale=Scale("points"))
    over_draws = None if sign is None else {"sign": sign, "mean": 1.0}
    assert verdict_of(effect, laws, over_draws) == said


def test_tables_of_draws_are_read_by_a_report_as_they_are():
    assert with_verdict_columns(accounts_table(effects()), 1.0).equals(accounts_table(effects()))
    assert with_verdict_columns(uncertainty_table(effects()), 1.0).equals(uncertainty_table(effects()))


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["compare", "status_quo", "mopsic_ful"], "mopsic_full"),
        (["compare", "status_quo", "mopsic_full", "--years", "0"], "--years"),
        (["compare", "status_quo", "mopsic_full", "--figures", "no/fig.svg"], "--figures"),
        (["run", "villa_canales", "--policy", "mopsic_ful"], "mopsic_full"),
        (["sweep", "questio", "--contrasts"], "questio"),
    ],
)
def test_what_is_wrong_is_told_before_draws_are_made(words, wrong, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.validation.plausible_draws.weight_solver", lambda: pytest.fail("made draws"))
    assert cli.run_program([*words, "--draws", "plausible:2"]) == 2
    assert wrong in capsys.readouterr().err
