"""Factorial contrasts: tables computed by hand, and scipy's test of the contrast of each seed."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.statistics.contrasts import INTERACTION, MOST_LEVELS, contrasts, grid_effects, grid_of, parts_of
from experiments.statistics.interactions import EFFECT_FIELDS, MAX_ORDER, interactions
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale
from experiments.statistics.verdicts import benjamini_hochberg

POLICIES = ("nothing", "a", "b", "a+b")
BY_HAND = {"nothing": (10.0, 12.0), "a": (13.0, 14.0), "b": (11.0, 15.0), "a+b": (20.0, 21.0)}
POINTS = Scale("points")
LEVELS = ("low", "middle", "high")
WHERE = ("there", "here")
NOISE = np.random.default_rng(12).normal(50.0, 3.0, (2, 4, 3, 9))  # scenario, policy, level, seed


def by_hand(**more):
    """Return the runs of the table by hand: four policies, two seeds."""
    rows = [
        {"scenario": "here", "policy": name, "policy.a": "a" in name.split("+"), "policy.b": "b" in name.split("+")}
        | {"seed": seed, "y": y}
        | more
        for name, values in BY_HAND.items()
        for seed, y in enumerate(values)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def noisy():
    """Return the runs of random numbers: two scenarios, four policies, three levels, nine seeds."""
    places = itertools.product(range(2), range(4), range(3), range(9))
    rows = [
        (WHERE[where], POLICIES[policy], policy in (1, 3), policy in (2, 3), LEVELS[level], seed,
         NOISE[where, policy, level, seed])
        for where, policy, level, seed in places
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["scenario", "policy", "policy.a", "policy.b", "trust.level", "seed", "y"])


def told(runs, factors, scale=POINTS):
    return {(one.scenario, one.factor, one.level): one for one in contrasts(runs, factors, "y", scale)}


def is_test_of(effect, by_seed):
    """Assert that an effect is scipy's test of the contrast of each seed."""
    known = stats.ttest_1samp(by_seed, 0.0)
    ends = known.confidence_interval(0.95)
    assert effect.effect == pytest.approx(np.mean(by_seed))
    assert (effect.low, effect.high) == pytest.approx((ends.low, ends.high))
    assert effect.p == pytest.approx(known.pvalue)
    assert (effect.n, effect.rose) == (len(by_seed), (by_seed > 0).sum())
    assert effect.delta == 0.5


def test_contrasts_of_a_table_by_hand() -> None:
    found = list(contrasts(by_hand(), ["policy"], "y", POINTS))
    assert [(one.scenario, one.factor, one.level, one.against) for one in found] == [
        ("here", "policy", "a", "nothing"),
        ("here", "policy", "b", "nothing"),
        ("here", "policy", "a+b", "nothing"),
        ("here", INTERACTION, "a+b", "nothing"),
    ]
    # by seed: 3 and 2; 1 and 3; 10 and 9; (20 + 10) - (13 + 11) = 6 and (21 + 12) - (14 + 15) = 4
    assert [one.effect.effect for one in found] == [2.5, 2.0, 9.5, 5.0]
    assert [one.effect.error for one in found] == pytest.approx([0.5, 1.0, 0.5, 1.0])
    assert (found[3].effect.base, found[3].effect.arm) == (26.5, 31.5)
    assert all(one.effect.n == 2 for one in found)


def test_contrasts_are_tests_over_the_means_of_seeds(noisy) -> None:
    found = told(noisy, ["scenario", "policy", "trust.level"])
    assert len(found) == 2 * (3 + 2 + 1)
    assert list(dict.fromkeys(where for where, _, _ in found)) == list(WHERE)
    for where, name in enumerate(WHERE):
        own = NOISE[where]
        for policy in (1, 2, 3):
            one = found[name, "policy", POLICIES[policy]]
            assert one.against == "nothing"
            is_test_of(one.effect, (own[policy] - own[0]).mean(axis=0))
        for level in (1, 2):
            one = found[name, "trust.level", LEVELS[level]]
            assert one.against == "low"
            is_test_of(one.effect, (own[:, level] - own[:, 0]).mean(axis=0))
        one = found[name, INTERACTION, "a+b"]
        assert one.against == "nothing"
        is_test_of(one.effect, (own[3] + own[0] - own[1] - own[2]).mean(axis=0))


def test_contrasts_keep_to_worlds_that_are_alike_in_everything_else(noisy) -> None:
    lost = (noisy["scenario"] == "there") & (noisy["policy"] == "a")
    lost &= (noisy["trust.level"] == "high") & (noisy["seed"] == 4)
    kept = NOISE[0].copy()
    kept[:, 2, 4] = math.nan
    known = np.nanmean(kept[1] - kept[0], axis=0)
    for fewer in (noisy[~lost], noisy.assign(y=noisy["y"].mask(lost))):
        found = told(fewer, ["policy", "trust.level"])
        is_test_of(found["there", "policy", "a"].effect, known)
        is_test_of(found["there", "policy", "b"].effect, (NOISE[0, 2] - NOISE[0, 0]).mean(axis=0))
        is_test_of(found["here", "policy", "a"].effect, (NOISE[1, 1] - NOISE[1, 0]).mean(axis=0))
        both = np.nanmean(kept[3] + kept[0] - kept[1] - kept[2], axis=0)
        is_test_of(found["there", INTERACTION, "a+b"].effect, both)


def test_what_never_meets_has_no_contrast() -> None:
    runs = by_hand()
    gone = {
        "a": {("policy", "b"), ("policy", "a+b")},
        "nothing": set(),  # the first of those left is then where nothing is done
        "a+b": {("policy", "a"), ("policy", "b")},
    }
    for name, left in gone.items():
        found = told(runs.assign(y=runs["y"].mask(runs["policy"] == name)), ["policy"])
        assert {key[1:] for key in found} == left, name
    assert {key[1:] for key in told(runs[runs["policy"] != "b"], ["policy"])} == {("policy", "a"), ("policy", "a+b")}
    elsewhen = runs.assign(seed=runs["seed"] + 10 * (runs["policy"] == "a+b"))
    assert {key[1:] for key in told(elsewhen, ["policy"])} == {("policy", "a"), ("policy", "b")}


def test_a_factor_of_many_levels_is_not_set_against_its_first() -> None:
    for levels, told_of in ((MOST_LEVELS, MOST_LEVELS - 1), (MOST_LEVELS + 1, 0)):
        runs = pd.DataFrame(
            [{"scenario": "x", "k": k, "j": j, "seed": seed, "y": 1.0 * k}
             for k in range(levels) for j in range(2) for seed in range(2)]
        )  # fmt: skip
        found = told(runs, ["k", "j"])
        assert sum(key[1] == "k" for key in found) == told_of
        assert found["x", "j", 1].effect.effect == 0.0
        for key, one in found.items():
            if key[1] == "k":
                assert (one.against, one.effect.effect) == (0, key[2])
        table = interactions(runs, ["k", "j"], {"y": POINTS})
        assert (table["order"] == 1).sum() == told_of + 1


def test_only_pairs_of_policies_do_something_beyond_their_sum() -> None:
    runs = by_hand()
    three = runs[runs["policy"] == "a+b"].assign(policy="a+b+c", y=100.0)
    assert [key for key in told(pd.concat([runs, three]), ["policy"]) if key[1] == INTERACTION] == [
        ("here", INTERACTION, "a+b")
    ]
    assert parts_of("a+b+c", "x") == {"a", "b", "c"}
    assert parts_of("a+b", "a+b") == frozenset()


def test_the_first_run_says_where_nothing_is_done() -> None:
    mixed = by_hand().sort_values("seed", kind="stable")  # nothing, a, b, a+b of one seed, then of the other
    assert list(mixed["policy"].iloc[:2]) == ["nothing", "a"]
    assert [one.effect.effect for one in contrasts(mixed, ["policy"], "y", POINTS)] == [2.5, 2.0, 9.5, 5.0]
    assert (
        grid_effects(mixed, ["scenario"], ("scenario", "policy.b"), "a", "y", POINTS).effect.loc["here", False] == 2.5
    )
    assert set(interactions(mixed, [], {"y": POINTS})["status_quo"]) == {11.0}
    turned = mixed.iloc[::-1]
    assert {one.factor: one.against for one in contrasts(turned, ["policy"], "y", POINTS)} == {"policy": "a+b"}
    assert list(contrasts(mixed.iloc[:1], ["policy"], "y", POINTS)) == []


def test_a_grid_has_an_effect_for_every_pair_of_levels(noisy) -> None:
    runs = noisy[(noisy["scenario"] != "there") | (noisy["trust.level"] != "high") | (noisy["policy"] != "a")]
    grid = grid_effects(runs, ["scenario", "trust.level"], ("scenario", "trust.level"), "a", "y", POINTS)
    for table in (grid.effect, grid.error, grid.settled):
        assert list(table.index) == ["here", "there"]
        assert list(table.columns) == ["high", "low", "middle"]
        assert math.isnan(table.loc["there", "high"])
        assert table.isna().to_numpy().sum() == 1
    for where, level in itertools.product(range(2), range(3)):
        if (where, level) != (0, 2):
            known = NOISE[where, 1, level] - NOISE[where, 0, level]
            place = (WHERE[where], LEVELS[level])
            assert grid.effect.loc[place] == pytest.approx(known.mean())
            assert grid.error.loc[place] == pytest.approx(stats.sem(known))
            assert grid.settled.loc[place] == float(stats.ttest_1samp(known, 0.0).pvalue < 0.05)


def test_a_grid_averages_over_what_is_not_on_its_axes(noisy) -> None:
    grid = grid_effects(noisy, ["scenario", "trust.level"], ("scenario", "policy.b"), "a", "y", POINTS)
    assert grid.effect.loc["there", False] == pytest.approx((NOISE[0, 1] - NOISE[0, 0]).mean())
    far = noisy.assign(y=noisy["y"] + 20.0 * noisy["policy.a"])
    for delta, settled in ((40.0, True), (400.0, False)):  # floors of 10 and 100, over nine seeds
        scale = Scale("points", delta=delta)
        grid = grid_effects(far, ["scenario", "trust.level"], ("scenario", "trust.level"), "a", "y", scale)
        assert (grid.settled == float(settled)).to_numpy().all()
    one, other = paired([1.0, 2.0], [2.0, 3.0]), paired([1.0, 2.0], [1.0, 4.0])
    grid = grid_of({("y", "x"): one, ("z", "w"): other})
    assert grid.effect.loc["y", "x"] == grid.effect.loc["z", "w"] == 1.0
    assert (grid.settled.loc["y", "x"], grid.settled.loc["z", "w"]) == (1.0, 0.0)
    assert math.isnan(grid.error.loc["y", "w"])


def test_interactions_of_a_table_by_hand() -> None:
    table = interactions(by_hand(), [], {"y": POINTS}).set_index("change")
    # a: 3 and 2 without b, 9 and 6 with it; b: 1 and 3 without a, 7 and 7 with it
    assert table["estimate"].to_dict() == {"a": 5.0, "b": 4.5, "a × b": 5.0}
    assert table["error"].to_list() == pytest.approx([1.0, 0.5, 1.0])
    assert table["order"].to_list() == [1, 1, 2]
    assert table["combinations"].to_list() == [2, 2, 1]
    assert set(table["status_quo"]) == {11.0}
    assert set(table["measure"]) == {"y"}
    assert set(table["verdict"]) == {"few"}
    assert not table["settled"].any()


def test_an_interval_follows_from_the_columns_of_its_row_alone() -> None:
    table = interactions(by_hand().assign(y=lambda runs: runs["y"] / 1e4), [], {"y": POINTS})
    assert (table["error"] < table["floor"] / table["n"] ** 0.5).all()  # the floor decides
    for row in table.to_dict("records"):
        used, freedom = max(row["error"], row["floor"] / math.sqrt(row["n"])), row["n"] - 1
        reach = stats.t.ppf(0.975, freedom) * used
        assert (row["low"], row["high"]) == pytest.approx((row["estimate"] - reach, row["estimate"] + reach))
        assert row["p"] == pytest.approx(2.0 * stats.t.sf(abs(row["estimate"]) / used, freedom))


def test_interactions_are_tests_of_the_contrasts_of_seeds(noisy) -> None:
    scales = {"y": POINTS, "z": Scale("shares")}
    table = interactions(noisy.assign(z=-2.0 * noisy["y"]), ["scenario", "policy", "trust.level"], scales)
    rows = {(row["scenario"], row["change"], row["measure"]): row for row in table.to_dict("records")}
    assert len(rows) == len(table) == 2 * 2 * (4 + 5 + 2)
    for where, name in enumerate(WHERE):
        cells = NOISE[where].reshape(2, 2, 3, 9)  # policy b, policy a, level, seed
        apart = {"b": cells[1] - cells[0], "a": cells[:, 1] - cells[:, 0]}
        together = apart["b"][1] - apart["b"][0]
        known = {
            "a": apart["a"].mean(axis=(0, 1)),
            "b": apart["b"].mean(axis=(0, 1)),
            "trust.level=high": (cells[:, :, 2] - cells[:, :, 0]).mean(axis=(0, 1)),
            "a × b": together.mean(axis=0),
            "a × trust.level=middle": (apart["a"][:, 1] - apart["a"][:, 0]).mean(axis=0),
            "a × b × trust.level=high": together[2] - together[0],
        }
        for change, by_seed in known.items():
            row = rows[name, change, "y"]
            effect = paired([0.0] * 9, list(by_seed), scale=POINTS)
            assert row["estimate"] == pytest.approx(by_seed.mean())
            for field in set(EFFECT_FIELDS) - {"adjusted"}:
                assert row[field] == pytest.approx(getattr(effect, field)), (change, field)
            twice = rows[name, change, "z"]
            assert (twice["estimate"], twice["delta"]) == pytest.approx((-2.0 * by_seed.mean(), 1.0))
            assert twice["rose"] == row["fell"]
        assert rows[name, "a", "y"]["status_quo"] == pytest.approx(NOISE[where, 0, 0].mean())
        worlds = {"a": 6, "trust.level=high": 4, "a × b": 3, "a × trust.level=high": 2, "a × b × trust.level=high": 1}
        assert {change: rows[name, change, "y"]["combinations"] for change in worlds} == worlds
    for _, own in table.groupby("order"):
        assert list(own["adjusted"]) == pytest.approx(list(benjamini_hochberg(own["p"])))
    assert list(table["scenario"].unique()) == list(WHERE)


def test_an_interaction_has_the_verdict_of_its_effect() -> None:
    sizes = {(False, False): 0.0, (True, False): 5.0, (False, True): 0.0, (True, True): -5.0}
    noise = np.random.default_rng(1).normal(0.0, 0.2, (2, 2, 10))
    rows = [
        {
            "scenario": "x",
            "seed": seed,
            "policy.a": a,
            "policy.b": b,
            "k": 1.0,
            "y": 40.0 + sizes[a, b] + noise[int(a), int(b), seed],
        }
        for (a, b), seed in itertools.product(sizes, range(10))
    ]
    table = interactions(pd.DataFrame(rows), ["k"], {"y": Scale("points", delta=1.0)}).set_index("change")
    assert table["verdict"].to_dict() == {"a": "nothing", "b": "falls", "a × b": "falls"}
    assert table["settled"].to_dict() == {"a": False, "b": True, "a × b": True}


def test_changes_are_told_by_policy_or_by_parameter_and_level() -> None:
    rows = [
        {"scenario": "x", "seed": seed, "trust.harm": harm, "roster.posts": posts, "policy.mopsic": made, "y": 1.0}
        for harm, posts, made, seed in itertools.product((0.1, 0.25), (3, 4), (False, True), range(2))
    ]
    table = interactions(pd.DataFrame(rows), ["trust.harm", "roster.posts"], {"y": POINTS})
    assert table["change"].to_list() == [
        "mopsic",
        "trust.harm=0.25",
        "roster.posts=4",
        "mopsic × trust.harm=0.25",
        "mopsic × roster.posts=4",
        "trust.harm=0.25 × roster.posts=4",
        "mopsic × trust.harm=0.25 × roster.posts=4",
    ]


def test_worlds_that_never_meet_alike_have_no_rows() -> None:
    runs = by_hand()
    apart = runs.assign(seed=runs["seed"] + 10 * runs["policy.b"])
    assert interactions(apart, [], {"y": POINTS})["change"].to_list() == ["a"]
    assert interactions(runs.assign(y=math.nan), [], {"y": POINTS}).empty
    unknown = runs.assign(y=runs["y"].mask(runs["policy"] == "a+b"))
    assert interactions(unknown, [], {"y": POINTS}).set_index("change")["estimate"].to_dict() == {"a": 2.5, "b": 2.0}


def test_two_levels_of_one_factor_have_no_interaction() -> None:
    runs = pd.DataFrame([{"scenario": "x", "k": k, "seed": seed, "y": k * k} for k in (0, 1, 3) for seed in range(2)])
    table = interactions(runs, ["k"], {"y": POINTS})
    assert table.set_index("change")["estimate"].to_dict() == {"k=1": 1.0, "k=3": 9.0}
    assert set(table["combinations"]) == {1}


def test_no_more_than_three_changes_are_told_together() -> None:
    made = itertools.product((False, True), repeat=4)
    rows = [
        {"scenario": "x", "seed": seed, "policy.a": a, "policy.b": b, "policy.c": c, "policy.d": d}
        | {"y": 16.0 * a * b * c * d}
        for (a, b, c, d), seed in itertools.product(made, range(2))
    ]
    table = interactions(pd.DataFrame(rows), [], {"y": POINTS})
    assert table["order"].value_counts().to_dict() == {1: 4, 2: 6, MAX_ORDER: 4}
    # what all four do together is shared by those who are told of: an eighth, a quarter, a half
    assert table.groupby("order")["estimate"].unique().map(list).to_dict() == {1: [2.0], 2: [4.0], 3: [8.0]}
