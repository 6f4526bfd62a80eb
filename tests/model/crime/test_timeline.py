"""M23: dated events are read, hold between their dates, and leave 2017 as it is."""

import datetime
import itertools
from pathlib import Path

import pytest

from model.engine.errors import InputError
from model.engine.policies import parameter_rows
from model.simulation.model import TrustModel
from scenarios import load
from scenarios.timeline import (
    BUILT_IN_SITES,
    national_mood,
    national_trend,
    percent_log_odds,
    read_timeline,
    timeline_for,
)

SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}
GOOD = """
[national_homicides]
rates = { 2017 = 30.0 }
[[events]]
name = "x"
date = 2018-01-01
title = { en = "x", es = "x" }
evidence = ["K01"]
"""


def investigators(start: str, date: str, **options: object) -> float:
    scenario = load("villa_canales", start=start, **options)  # type: ignore[arg-type]
    return float(parameter_rows(scenario, "investigation", datetime.date.fromisoformat(date))["investigators"][0])


def test_every_event_has_words_in_both_languages_evidence_and_a_site_that_exists() -> None:
    events = read_timeline()
    assert len(events) > 8
    for one in events:
        assert one.evidence
        assert set(one.title) == set(one.about) == {"en", "es"}
        assert set(one.sites) <= set(BUILT_IN_SITES)
    assert len({one.event.name for one in events}) == len(events)


def test_a_run_that_starts_in_2017_begins_at_the_level_of_the_sites() -> None:
    for site in BUILT_IN_SITES:
        scenario = load(site)
        for group in scenario.groups:
            told = scenario.groups[group].rows(1)
            for key in told.dtype.names or ():
                now = parameter_rows(scenario, group, datetime.date(2017, 7, 1), ["x"])
                assert now[key][0] == told[key][0], f"{group}.{key}"


def test_an_event_holds_from_its_date_until_another() -> None:
    assert investigators("2008-01-01", "2009-06-01") == 4.0
    assert investigators("2008-01-01", "2012-06-01") == pytest.approx(6.4)
    assert investigators("2008-01-01", "2017-06-01") == 8.0
    assert investigators("2017-01-01", "2020-06-01") == pytest.approx(7.2)


def test_policies_act_on_what_the_timeline_left() -> None:
    scenario = load("villa_canales", policies=["training_only"], start="2018-01-01")
    rows = parameter_rows(scenario, "adoption", datetime.date(2018, 6, 1))
    assert rows["places"][0] == pytest.approx(2.0 * 0.7 + 50.0)


def test_soldiers_patrol_villa_canales_until_the_end_of_march_2018() -> None:
    scenario = load("villa_canales", start="2018-03-01", set={"population.scale": 0.5, "calendar.warm_up": 0})
    world = TrustModel(scenario, rng=1)
    world.run_for(62 * 3)
    told = world.datacollector.get_model_vars_dataframe()["army_visits"].tolist()
    assert told == [31 * 3 * 8.0, 0.0]
    assert world.month_row["detentions"] == 0.0


def test_without_the_political_calendar_no_event_happens() -> None:
    assert investigators("2008-01-01", "2009-06-01", off=["political_calendar"]) == 8.0
    scenario = load("villa_canales", start="2010-01-01", set=SMALL | {"mechanisms.political_calendar": False})
    world = TrustModel(scenario, rng=1)
    world.run_for(93)
    assert world.month_row["national_trend"] == 1.0
    assert world.month_row["investigators"] == 8.0


def test_the_national_trend_is_one_in_2017_and_higher_before() -> None:
    trend = {event.start.year: event.entries[0].value for event in national_trend()}
    assert trend[2017] == 1.0
    assert trend[2009] == pytest.approx(45.57 / 32.78)
    assert trend[2014] > trend[2015] > trend[2016] > 1.0 > trend[2019]
    assert set(range(2006, 2022)) == set(trend)


def test_a_hindcast_follows_the_trend_from_year_to_year() -> None:
    world = TrustModel(load("villa_canales", start="2008-12-01", set=SMALL), rng=1)
    world.run_for(31 * 3)
    assert world.month_row["national_trend"] == pytest.approx(45.01 / 32.78)
    world.run_for(31 * 3)
    assert world.month_row["national_trend"] == pytest.approx(45.57 / 32.78)
    assert world.month_row["investigators"] == 4.0


def test_the_mood_of_the_nation_follows_the_surveys_by_year() -> None:
    found = {}
    for year in (2012, 2017, 2018, 2024):
        world = TrustModel(load("villa_canales", start=f"{year}-07-15", set=SMALL), rng=1)
        found[year] = float(world.state.mood[0])
    assert found[2017] == 0.0
    assert found[2012] == pytest.approx(percent_log_odds((23.0 + 29.8) / 2.0) - percent_log_odds(32.6))
    assert found[2018] == found[2024] == pytest.approx(percent_log_odds(34.3) - percent_log_odds(32.6))


def test_the_mood_of_the_nation_does_not_jump_at_new_year() -> None:
    mood = {event.start: event.entries[0].value for event in national_mood()}
    months = sorted(mood)
    steps = {after: mood[after] - mood[before] for before, after in itertools.pairwise(months)}
    within = [steps[datetime.date(2017, month, 1)] for month in range(8, 13)]
    assert steps[datetime.date(2018, 1, 1)] == pytest.approx(sum(within) / len(within), rel=0.02)
    assert len(months) == len(set(months)) == 12 * (2018 - 2008) + 7
    assert max(map(abs, steps.values())) < 0.02


@pytest.mark.parametrize("site", BUILT_IN_SITES)
def test_events_concern_their_sites_only_and_those_that_extend_them(site: str, tmp_path: Path) -> None:
    names = {event.name for event in timeline_for([site])}
    assert ("Cumbre de Alaska" in names) == (site == "totonicapan")
    assert ("soldiers leave the streets" in names) == (site == "villa_canales")
    own = tmp_path / "mine.toml"
    own.write_text(f'extends = "{site}"\n')
    assert {event.name for event in load(own).timeline} == names


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("colour = 3", "no key 'colour'"),
        ("shock = 2.0", "shock must lie in \\[-1, 1\\], got 2"),
        ("crisis = -0.5", "crisis must lie in \\[0, 1\\]"),
        ("until = 2017-01-01", "until must be after 2018-01-01, got 2017-01-01"),
        ('sites = ["villa"]', "no site 'villa'"),
        ('about = "x"', "about must be given as"),
        ('[events.scale]\n"trust.harm" = 0.5', "'trust.harm' is behaviour"),
        ('[events.set]\n"justice.investigator" = 0.5', "no parameter 'justice.investigator'"),
    ],
)
def test_what_is_wrong_in_a_timeline_is_told_in_one_line(line: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "timeline.toml"
    path.write_text(GOOD + line + "\n")
    with pytest.raises(InputError, match=message) as found:
        read_timeline(path)
    assert "event 'x'" in str(found.value)
    assert "\n" not in str(found.value)
