"""Effects: known answers for arms made by hand, row by row of the table."""

import dataclasses
import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.comparison.arms import SEED_LIMIT
from experiments.comparison.effects import (
    Pair,
    by_draw_and_seed,
    causes_of,
    effects_table,
    horizons_table,
    last_months,
    monthly_effects_table,
    months_until,
    pair_of_arms,
    pairs_of,
    resident_rows,
    scale_of,
    town_of,
)
from experiments.comparison.headline_measures import HEADLINES
from experiments.comparison.origins import BELIEFS
from experiments.statistics.paired_effects import crossed
from experiments.statistics.thresholds import Scale
from experiments.words.dictionary import column, measure_column
from model.simulation.registry import MEASURES as KNOWN_MEASURES


def base_of(**changes: Any) -> dict[str, Any]:
    """Return what an arm states of its town."""
    parameters = {"population": {"total": 10}, "daily_rhythm": {"outside": 0.1}, "trust": {"level": 0.4}}
    return {"outline": [1, 2], "settlements": ["A"], "parameters": parameters | changes, "town": ""}


@dataclass
class HandMade:
    """What the table of effects uses of an arm."""

    name: str = "base"
    scenario: str = "here"
    seeds: tuple[int, ...] = (1, 2, 3)
    fingerprint: str = "same"
    begins: str = "2017-01-01"
    until: str = "2018-01-01"
    years: float = 1.0
    base: dict[str, Any] = field(default_factory=base_of)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def has_table(self, name: str) -> bool:
        return name in self.tables

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name]


def arm(**fields: Any) -> Any:
    return HandMade(**fields)


def months(**columns: dict[int, tuple[float, float]]) -> pd.DataFrame:
    """Return two months of every seed, the later one first."""
    seeds = next(iter(columns.values()))
    rows = [
        {"seed": seed, "month": m, **{name: by[seed][m] for name, by in columns.items()}}
        for seed in seeds
        for m in (1, 0)
    ]
    return pd.DataFrame(rows)


def rows_of(table: pd.DataFrame, section: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a section by the name of their measure."""
    return {row["measure"]: row for row in table[table["section"] == section].to_dict("records")}


def test_arms_are_set_against_the_first_of_their_site_and_sites_against_the_first() -> None:
    arms = [arm(), arm(scenario="there"), arm(name="more"), arm(name="less"), arm(name="more", scenario="there")]
    found = [
        (one.base.scenario, one.base.name, one.arm.scenario, one.arm.name, one.why_unpaired) for one in pairs_of(arms)
    ]
    assert found == [
        ("here", "base", "here", "more", ""),
        ("here", "base", "here", "less", ""),
        ("there", "base", "there", "more", ""),
        ("here", "base", "there", "base", "sites"),
    ]
    assert [one.seeds for one in pairs_of(arms)] == [(1, 2, 3)] * 3 + [()]


def test_twins_share_code_town_and_seeds() -> None:
    one, other = arm(seeds=(3, 1, 2)), arm(name="more", seeds=(2, 3, 9))
    assert pair_of_arms(one, other) == Pair(one, other, (3, 2))
    for reason, changes in (
        ("code", {"fingerprint": "other", "seeds": (9,)}),
        ("town", {"base": base_of(population={"total": 11}), "seeds": (9,)}),
        ("town", {"base": base_of(daily_rhythm={"outside": 0.2})}),
        ("town", {"base": base_of() | {"town": "own"}}),
        ("town", {"base": base_of() | {"outline": [1, 3]}}),
        ("town", {"base": base_of() | {"settlements": ["B"]}}),
        ("seeds", {"seeds": (9,)}),
    ):
        apart = arm(name="more", **changes)
        assert pair_of_arms(one, apart) == Pair(one, apart, (), reason)
    assert pair_of_arms(one, arm(base=base_of(trust={"level": 0.9}))).why_unpaired == ""
    bare = base_of()
    del bare["parameters"]["daily_rhythm"]
    assert town_of(arm(base=bare)) == ([1, 2], ["A"], ({"total": 10}, None))


def test_an_effect_is_of_twins_that_both_sides_have() -> None:
    base, other = {1: 1.0, 2: 2.0, 3: 4.0, 7: 50.0}, {1: 2.0, 2: 5.0, 4: 9.0, 7: 60.0}
    found = Pair(arm(), arm(), (1, 2, 3, 4)).effect(base, other, scale=None)
    assert (found.n, found.paired, found.effect, found.base, found.arm) == (2, True, 2.0, 1.5, 3.5)
    assert found.error == pytest.approx(stats.sem([1.0, 3.0]))
    apart = Pair(arm(), arm(), (), "seeds").effect(base, other, scale=None)
    assert (apart.n, apart.paired, apart.effect) == (4, False, np.mean([2, 5, 9, 60]) - np.mean([1, 2, 4, 50]))
    drawn = {SEED_LIMIT * draw + seed: draw + seed for draw in (1, 2) for seed in (1, 2)}
    gains = {world: value * 1.5 for world, value in drawn.items()}
    one_draw = {world: value for world, value in gains.items() if world < 2 * SEED_LIMIT}
    worlds = tuple(drawn)
    assert Pair(arm(), arm(), worlds).effect(drawn, gains, scale=None).effect == pytest.approx(3.0 / 2.0)
    assert Pair(arm(), arm(), worlds).effect(drawn, one_draw, scale=None).n == 2


def test_where_parameters_were_drawn_draws_and_seeds_are_crossed() -> None:
    draws, seeds = 4, 3
    effects = np.random.default_rng(1).normal(size=(draws, seeds)) + np.arange(draws)[:, None]
    base = {SEED_LIMIT * draw + seed: 10.0 + seed + draw for draw in range(draws) for seed in range(seeds)}
    gained = {world: value + effects[world // SEED_LIMIT, world % SEED_LIMIT] for world, value in base.items()}
    points = Scale("points")
    found = Pair(arm(), arm(), tuple(base)).effect(base, gained, scale=points)
    tables = (np.array([*values.values()]).reshape(draws, seeds) for values in (base, gained))
    assert found == crossed(*tables, scale=points)
    assert (found.n, found.effect) == (draws * seeds, pytest.approx(effects.mean()))
    shares = {world: (value, 2.0) for world, value in base.items()}
    doubled = {world: (value, 1.0) for world, value in base.items()}
    assert Pair(arm(), arm(), tuple(base)).effect(shares, doubled, scale=None).effect == pytest.approx(
        np.mean([*base.values()]) / 2.0
    )


def test_a_draw_without_every_seed_is_left_out() -> None:
    base = {SEED_LIMIT * draw + seed: (1.0, 1.0) for draw in range(3) for seed in range(2)}
    one, other = base | {SEED_LIMIT + 1: (0.0, 0.0)}, base | {2 * SEED_LIMIT: (0.0, 0.0)}
    assert [side.shape for side in by_draw_and_seed(base, base, [*base])] == [(3, 2)] * 2
    assert [side.shape for side in by_draw_and_seed(one, other, [*base])] == [(1, 2)] * 2, "only one draw has all four"


def sides(name: str, base: pd.DataFrame, other: pd.DataFrame, **more: tuple[pd.DataFrame, pd.DataFrame]) -> Pair:
    """Return twins of seeds 1 and 2 with some tables."""
    tables = {name: (base, other)} | more
    one, two = ({key: both[k] for key, both in tables.items()} for k in (0, 1))
    return Pair(arm(tables=one), arm(name="more", scenario="there", tables=two), (1, 2))


MEASURES = (
    months(trust_mean={1: (0.1, 0.40), 2: (0.1, 0.50)}, residents={1: (100, 300), 2: (100, 100)}),
    months(trust_mean={1: (0.1, 0.45), 2: (0.1, 0.57)}, residents={1: (400, 400), 2: (100, 300)}),
)


def test_a_headline_is_read_from_the_months_of_each_run_in_order() -> None:
    table = effects_table([sides("measures", *MEASURES)])
    row = rows_of(table, "headline")["trust_mean"]
    names = ("site", "base_site", "base_arm", "against", "why_unpaired", "how", "n")
    assert [row[name] for name in names] == ["there", "here", "base", "more", "", "recent", 2]
    assert [row["base"], row["arm"], row["effect"]] == pytest.approx([27.5, 30.5, 3.0])
    assert row["delta"] == Scale("points").threshold(27.5, 30.5).delta > 0.0
    assert {*table["section"]} == {"headline"}
    assert set(table["measure"]) <= {one.name for one in HEADLINES}
    lacking = sides("measures", MEASURES[0].drop(columns="trust_mean"), MEASURES[1])
    assert len(effects_table([sides("measures", *MEASURES), lacking])) == len(table)


def in_groups(groups: tuple[str, ...], **columns: dict[int, tuple[float, float]]) -> pd.DataFrame:
    """Return the months of some groups, each with the numbers of the one before plus a tenth."""
    parts = []
    for number, group in enumerate(groups):
        raised = {
            name: {seed: tuple(x + number / 10 for x in two) for seed, two in by.items()}
            for name, by in columns.items()
        }
        parts.append(months(**raised).assign(group=group))  # type: ignore[arg-type]
    return pd.concat(parts)


def test_trust_and_fear_of_groups_are_means_of_the_last_months() -> None:
    known, unknown = {1: (0.2, 0.2), 2: (0.3, 0.3)}, {1: (0.9, 0.2), 2: (math.nan, math.nan)}
    base = in_groups(("far", "women", "nobody"), trust=known, fear=known)
    other = in_groups(("far", "women", "nobody"), trust={1: (0.25, 0.25), 2: (0.37, 0.37)}, fear=unknown)
    rows = rows_of(effects_table([sides("measures", *MEASURES, groups=(base, other))]), "group")
    assert [*rows] == ["trust_women", "trust_far"]
    assert {row["how"] for row in rows.values()} == {"recent"}
    assert [rows["trust_far"][name] for name in ("base", "arm", "effect")] == pytest.approx([25.0, 31.0, 6.0])
    assert rows["trust_women"]["base"] == pytest.approx(35.0)
    one = sides("measures", *MEASURES, groups=(base, base))
    assert [*rows_of(effects_table([one]), "group")] == ["trust_women", "fear_women", "trust_far", "fear_far"]
    del one.arm.tables["groups"]  # type: ignore[attr-defined]
    assert rows_of(effects_table([one]), "group") == {}


def booked(*rows: tuple[str, int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["cause", "seed", "month", "change"])


LEDGER = (
    booked(("talk", 1, 0, 1.0), ("talk", 1, 1, 3.0), ("talk", 2, 0, 2.0), ("death", 1, 1, 3.0), ("talk", 2, 1, 0.0)),
    booked(("talk", 1, 0, 8.0), ("talk", 2, 1, 6.0), ("bribe", 1, 1, -4.0), ("bribe", 2, 0, -2.0)),
)


def test_causes_are_points_of_mean_trust_until_the_last_months() -> None:
    one = sides("measures", *MEASURES, ledger=LEDGER)
    known = causes_of(one.base)
    assert known["talk"] == pytest.approx({1: 100 * (1 / 100 + 4 / 300) / 2, 2: 2.0})
    assert known["death"] == pytest.approx({1: 0.5, 2: 0.0})
    rows = rows_of(effects_table([one]), "cause")
    assert sorted(rows) == ["bribe", "death", "talk"]
    assert {row["how"] for row in rows.values()} == {"sum"}
    assert rows["talk"]["arm"] == pytest.approx((100 * 8 / 400 + 100 * (0 + 6 / 300) / 2) / 2)
    assert (rows["bribe"]["n"], rows["bribe"]["base"]) == (2, 0.0), "a cause that is not booked changed nothing"
    for side in (one.base, one.arm):
        table = side.tables.pop("ledger")  # type: ignore[attr-defined]
        assert rows_of(effects_table([one]), "cause") == {}
        side.tables["ledger"] = table  # type: ignore[attr-defined]


def test_where_nothing_is_booked_no_cause_is_told() -> None:
    assert rows_of(effects_table([sides("measures", *MEASURES, ledger=(booked(), booked()))]), "cause") == {}


def traced(greetings: dict[int, float], points: float) -> pd.DataFrame:
    """Return greetings of the last month by seed, each of which leaves as many points in every belief."""
    rows = [
        {"seed": seed, "month": 1, "origin": "greeting", "lasting": n} | dict.fromkeys(BELIEFS, n * points)
        for seed, n in greetings.items()
    ]
    return pd.DataFrame(rows)


def test_an_effect_on_trust_is_told_by_origin_where_both_worlds_were_traced() -> None:
    beliefs = dict.fromkeys(BELIEFS.values(), (0.4, 0.4))
    people = months(
        residents=dict.fromkeys((1, 2, 3), (100, 100)),
        **{name: dict.fromkeys((1, 2, 3), two) for name, two in beliefs.items()},
    )
    base, other = traced({1: 20.0, 2: 40.0, 3: 0.0}, 0.1), traced({1: 40.0, 2: 40.0}, 0.2)
    ledger = booked(("nation", 1, 0, -1.0), ("nation", 2, 0, -1.0), ("nation", 3, 0, -1.0))
    one = sides("measures", people, people[people["seed"] < 3], origins=(base, other), ledger=(ledger, ledger[:2]))
    rows = rows_of(effects_table([dataclasses.replace(one, seeds=(1, 2, 3))]), "origin")
    assert {row["n"] for row in rows.values()} == {2}, "the third world has no twin"
    parts = [rows[f"trust.contact.{part}"]["effect"] for part in ("number", "quality")]
    assert parts == pytest.approx([0.75, 1.75]), "the first twin 1.5 and 1.5, the second 0 and 2"
    assert sum(row["effect"] for name, row in rows.items() if name.startswith("trust.")) == pytest.approx(0.0, abs=1e-9)
    for name in ("origins", "ledger"):
        for side in (one.base, one.arm):
            table = side.tables.pop(name)  # type: ignore[attr-defined]
            assert rows_of(effects_table([one]), "origin") == {}
            side.tables[name] = table  # type: ignore[attr-defined]
    assert rows_of(effects_table([dataclasses.replace(one, why_unpaired="seeds")]), "origin") == {}


def chosen(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["matter", "seed", "option"])


def test_options_are_shares_of_the_choices_where_both_sides_chose() -> None:
    base = chosen(
        ("lunch", 1, "rice"), ("lunch", 1, "beans"), ("lunch", 2, "rice"), ("walk", 1, "far"), ("talk", 1, "long")
    )
    other = chosen(("lunch", 1, "rice"), ("lunch", 2, "beans"), ("walk", 2, "far"))
    one = sides("measures", *MEASURES, decisions=(base, other))
    rows = rows_of(effects_table([one]), "decision")
    assert [*rows] == ["lunch.rice"], "only one twin took it in both worlds"
    assert [rows["lunch.rice"][name] for name in ("how", "n", "base", "arm")] == ["share", 1, 50.0, 100.0]
    apart = Pair(one.base, one.arm, (), "seeds")
    assert sorted(rows_of(effects_table([apart]), "decision")) == ["lunch.beans", "lunch.rice", "walk.far"]
    for side in (one.base, one.arm):
        table = side.tables.pop("decisions")  # type: ignore[attr-defined]
        assert rows_of(effects_table([one]), "decision") == {}
        side.tables["decisions"] = table  # type: ignore[attr-defined]


def test_residents_who_differ_are_counted_by_world() -> None:
    columns = ["site", "against", "what", "seed", "only_arm", "only_base"]
    residents = pd.DataFrame(
        [
            ("there", "more", "harmed", 1, 4, 1),
            ("there", "more", "harmed", 2, 6, 2),
            ("there", "more", "called", 1, 1, 0),
            ("there", "less", "harmed", 1, 99, 99),
            ("here", "more", "harmed", 1, 99, 99),
        ],
        columns=columns,
    )
    one = sides("measures", *MEASURES)
    found = [
        (row["measure"], row["section"], row["how"], row["n"], row["base"], row["effect"])
        for row in resident_rows(one, residents)
    ]
    assert found == [
        ("harmed", "only_arm", "count", 2, 0.0, 5.0),
        ("harmed", "only_base", "count", 2, 0.0, 1.5),
        ("called", "only_arm", "count", 1, 0.0, 1.0),
        ("called", "only_base", "count", 1, 0.0, 0.0),
    ]
    assert len(rows_of(effects_table([one], residents), "only_arm")) == 2
    assert rows_of(effects_table([Pair(one.base, one.arm, (), "seeds")], residents), "only_arm") == {}
    assert rows_of(effects_table([one]), "only_arm") == {}


def test_every_way_to_compare_keeps_the_threshold_of_the_measure() -> None:
    values = {seed: float(seed) for seed in (1, 2, 3)}
    for one in (Pair(arm(), arm(), (1, 2, 3)), Pair(arm(), arm(), (), "seeds")):
        assert one.effect(values, values, scale=Scale("points")).delta == 0.5
    arms = [arm(), arm(name="more"), arm(scenario="there")]
    assert [one.deltas for one in pairs_of(arms, {"fear_mean": 2.0})] == [{"fear_mean": 2.0}] * 2


def test_towns_of_their_own_are_shared_whatever_their_seed() -> None:
    towns = [base_of(population={"total": 10, "seed": seed}) for seed in (1, 2)]
    assert town_of(arm(base=towns[0])) != town_of(arm(base=towns[1]))
    one, other = (town_of(arm(base=town | {"town": "own"})) for town in towns)
    assert one == other


def test_every_section_has_the_scale_of_its_unit() -> None:
    for section, scale in (
        ("group", Scale("points")),
        ("cause", Scale("points")),
        ("decision", Scale("shares")),
        ("only_arm", Scale("counts", per_year=0.5, years=2.0)),
        ("only_base", Scale("counts", per_year=0.5, years=2.0)),
    ):
        assert scale_of(section, "", 2.0) == scale
    assert scale_of("headline", "crimes_occurred", 2.0) == Scale("counts", years=2.0)
    assert scale_of("headline", "of another version", 2.0) is None
    assert scale_of("of another version", "crimes_occurred", 2.0) is None


def test_rows_have_the_threshold_of_their_section() -> None:
    choices = chosen(("lunch", 1, "rice"), ("lunch", 2, "rice"))
    groups = [in_groups(("women",), trust={1: (0.1, 0.2), 2: (0.2, 0.3)}, fear={1: (0.1, 0.2), 2: (0.2, 0.3)})] * 2
    table = effects_table([sides("measures", *MEASURES, decisions=(choices, choices), groups=(groups[0], groups[1]))])
    assert rows_of(table, "decision")["lunch.rice"]["delta"] == 1.0
    assert rows_of(table, "group")["trust_women"]["delta"] == 0.5


def test_rare_counts_of_a_year_are_told_as_events() -> None:
    one = sides(
        "measures", months(crimes_occurred={1: (1, 1), 2: (0, 1)}), months(crimes_occurred={1: (1, 1), 2: (2, 1)})
    )
    row = rows_of(effects_table([one]), "headline")["crimes_occurred"]
    assert (row["base"], row["arm"]) == (9.0, 15.0)  # two months, as a year
    known = stats.binomtest(1, 2).proportion_ci(0.95, "exact")
    events = [row[name] for name in ("events_base", "events_arm", "differ", "differ_low", "differ_high")]
    assert events == pytest.approx([18, 30, 1, 100.0 * known.low, 100.0 * known.high])
    many = sides("measures", *[months(crimes_occurred={1: (50, 50), 2: (50, 51)})] * 2)
    assert math.isnan(rows_of(effects_table([many]), "headline")["crimes_occurred"]["differ"])
    trust = rows_of(effects_table([sides("measures", *MEASURES)]), "headline")["trust_mean"]
    assert math.isnan(trust["differ"])


def test_where_nothing_is_compared_the_table_is_empty() -> None:
    assert effects_table([]).empty


def side(name: str, years: int, more: float) -> Any:
    """Return an arm of two seeds in which trust and homicides grow by the year."""
    rows = []
    for seed in (1, 2):
        for month in range(12 * years):
            level = 0.4 + more * (1 + month // 12)
            date = pd.Timestamp(2017 + month // 12, 1 + month % 12, 1)
            row = {"seed": seed, "month": date, "homicides": 2.0 + 10.0 * (level - 0.4), "residents": 100.0}
            rows.append(row | dict.fromkeys(BELIEFS.values(), level))
    table = pd.DataFrame(rows)
    return SimpleNamespace(scenario="here", name=name, years=365.0 * years / 365.25, table=lambda _: table)


def pair(years: int) -> Pair:
    """Return twins of so many years, of which the second trust more year by year."""
    return Pair(side("status_quo", years, 0.0), side("better", years, 0.01), (1, 2))


def test_averages_are_of_the_last_year_and_counts_of_all_years_until_a_horizon() -> None:
    found = horizons_table([pair(4)]).set_index(["years", "measure"])
    assert sorted(set(found.index.get_level_values("years"))) == [1, 3]
    assert found.loc[(1, "trust_mean"), "effect"] == pytest.approx(1.0)
    assert found.loc[(3, "trust_mean"), "effect"] == pytest.approx(3.0)
    assert found.loc[(3, "homicides"), "effect"] == pytest.approx(12.0 * 0.2)
    assert found.loc[(3, "homicides"), "base"] == pytest.approx(24.0)


def test_every_column_of_the_table_has_its_words() -> None:
    columns = {name: column("horizons", name) for name in horizons_table([pair(4)])}
    assert columns["years"].role == "key"
    assert [name for name, one in columns.items() if not (one.en and one.es)] == []


@pytest.mark.parametrize(("years", "told"), [(2, []), (3, [1, 3]), (9, [1, 3]), (10, [1, 3, 10])])
def test_a_comparison_reaches_its_own_last_year(years: int, told: list[int]) -> None:
    found = horizons_table([pair(years)])
    assert sorted(set(found["years"]) if len(found) else []) == told


def test_a_comparison_of_a_year_or_of_no_twins_has_no_horizons() -> None:
    assert horizons_table([pair(1)]).empty
    assert horizons_table([Pair(side("a", 4, 0.0), side("b", 4, 0.01), (), "sites")]).empty


def test_months_until_a_horizon_are_those_of_every_run() -> None:
    months = pair(4).base.table("measures")
    assert len(months_until(months, 1)) == 24
    assert months_until(months, 3)["month"].max() == pd.Timestamp(2019, 12, 1)


def test_every_monthly_measure_has_the_effect_on_its_last_twelve_months_in_its_own_unit() -> None:
    found = monthly_effects_table([pair(4)])
    assert set(found["section"]) == {"all"}
    made = set(pair(4).base.table("measures"))
    assert list(found["measure"]) == [name for name in KNOWN_MEASURES if name in made]
    row = found.set_index("measure").loc["trust_mean"]
    assert (row["site"], row["against"], row["n"]) == ("here", "better", 2)
    assert row["effect"] == pytest.approx(0.04)
    last = last_months(pair(4).base.table("measures"))
    assert row["base"] == pytest.approx(last["trust_mean"].mean())
    entry = measure_column("trust_mean")
    assert (row["unit"], row["meaning_en"], row["meaning_es"]) == (entry.unit, entry.en, entry.es)
    assert list(last.index) == [1, 2]
    rising = last_months(pair(4).arm.table("measures"))
    assert rising.loc[1, "homicides"] == pytest.approx(2.4)  # of the fourth year alone
    assert row["effect"] > row["adjusted"] > row["p"] > 0.0
    assert row["how"] == "mean of the last 12 months"
