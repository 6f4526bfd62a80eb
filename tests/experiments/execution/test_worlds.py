"""Worlds for experiments: what they may do that policies may not, when they end; policies stay as they were."""

import datetime
import gc
import re
import weakref
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import scenarios
from experiments.storage.run_crate import inputs_of
from experiments.storage.run_identity import canonical_json, identity, settings_of
from experiments.storage.run_spec import RunSpec
from model.crime.political_calendar import PoliticalCalendar
from model.engine.errors import InputError
from model.engine.parameters import all_parameters
from model.engine.policies import changed_rows, parameter_rows, turning_dates
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from scenarios import load
from scenarios.groups import declared_groups
from scenarios.policy_files import POLICIES, WORLDS, parse_policy_words, read_policy
from scenarios.reading import built_in_files

Live = Callable[..., TrustModel]
SITES = ("villa_canales", "totonicapan")
SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}
TWO_MONTHS = 3 * 59
DAY = datetime.timedelta(days=1)
START = datetime.date(2017, 1, 1)
CORNERS = ("all_best", "all_worst")
READY = list(built_in_files(WORLDS))


def written(folder: Path, text: str, name: str = "trial", inside: str = "worlds") -> str:
    """Write a world (or, elsewhere than in a folder of that name, a policy) and return its path."""
    place = folder / inside
    place.mkdir(exist_ok=True)
    path = place / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def town(*words: str) -> Scenario:
    return load("villa_canales", policies=words)


def wrong(*words: str) -> str:
    with pytest.raises(InputError) as caught:
        town(*words)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def numbers(scenario: Scenario, date: datetime.date) -> dict[str, np.ndarray]:
    return {
        group: parameter_rows(scenario, group, date) for group in sorted(declared_groups()) if group in scenario.groups
    }


def in_force(world: TrustModel) -> dict[str, np.ndarray]:
    return {group: world.parameters.named(group) for group in world.settings.groups}


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return all((one[group] == other[group]).all() for group in one)


# Ready worlds


def test_names_are_unique_among_policies_and_worlds() -> None:
    assert not set(built_in_files(POLICIES)) & set(built_in_files(WORLDS))
    assert set(scenarios.worlds()) == set(built_in_files(WORLDS))
    assert not set(scenarios.policies()) & set(scenarios.worlds())


def test_a_world_says_in_both_languages_what_it_is_for_and_that_it_proposes_nothing(subtests: pytest.Subtests) -> None:
    for name in READY:
        with subtests.test(name=name):
            world = scenarios.worlds()[name]
            assert set(world.title) == set(world.about) == {"en", "es"}
            assert all(world.title.values())
            assert world.about["en"].endswith("A thought experiment, not a proposal.")
            assert world.about["es"].endswith("Es un experimento mental, no una propuesta.")


@pytest.mark.thorough
def test_a_world_fits_every_site(subtests: pytest.Subtests) -> None:
    for site in SITES:
        for name in READY:
            with subtests.test(site=site, name=name):
                assert load(site, policies=name).policies[0].name == name


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in READY if name not in CORNERS])
def test_a_world_can_be_lived_in(name: str, live: Live) -> None:
    assert live(TWO_MONTHS, policies=[name]).date == START + 59 * DAY


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in READY if name not in CORNERS])
def test_a_world_can_be_lived_in_at_the_other_site_too(name: str, other: TrustModel) -> None:
    world = TrustModel(load("totonicapan", set=SMALL, policies=name), rng=7, town=other.town)
    world.run_for(TWO_MONTHS)
    assert world.date == START + 59 * DAY


@pytest.fixture(scope="module")
def other() -> TrustModel:
    return TrustModel(load("totonicapan", set=SMALL), rng=7)


@pytest.mark.parametrize("site", SITES)
def test_the_best_and_the_worst_world_set_every_lever_to_ends_on_both_sides(site: str) -> None:
    usual = load(site)
    of_the_model = {name for name, group in declared_groups().items() if group.__module__.startswith("model.")}
    levers = {name for name, _, about in all_parameters() if about.role == "lever"}
    levers = {name for name in levers if name.partition(".")[0] in of_the_model}
    best, worst = ({one.parameter: one.value for one in read_policy(name).policy.entries} for name in CORNERS)
    assert (levers - set(best), levers - set(worst)) == (set(), set())
    for name in levers:
        group, _, key = name.partition(".")
        now = getattr(usual.groups[group], key)
        assert min(best[name], worst[name]) <= now <= max(best[name], worst[name]), name
        assert best[name] != worst[name], name


def test_three_years_then_off_is_mopsic_in_full_for_three_years() -> None:
    whole, off = town("mopsic_full"), town("three_years_then_off")
    last = datetime.date(2019, 12, 31)
    assert same(numbers(whole, last), numbers(off, last))
    assert same(numbers(town(), last + DAY), numbers(off, last + DAY))


def test_a_closed_town_has_no_calendar_no_crises_and_nobody_who_comes_or_goes(live: Live) -> None:
    world = live(TWO_MONTHS, policies=["closed_town"])
    months = world.datacollector.get_model_vars_dataframe()
    none = ("births", "natural_deaths", "departures", "crises", "officers_moved", "officers_retired")
    assert {name: months[name].sum() for name in none} == dict.fromkeys(none, 0)
    assert (months["national_trend"] == 1.0).all()
    assert (world.parameters[PoliticalCalendar]["shock"] == 0.0).all()


def test_police_that_talk_to_nobody_answer_calls(live: Live) -> None:
    months = live(TWO_MONTHS, policies=["no_contact"]).datacollector.get_model_vars_dataframe()
    assert months["talks"].sum() == months["stops"].sum() == months["greetings"].sum() == 0
    assert months["calls"].sum() > 0 < months["served"].sum()


# The end


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("2018-01-01", datetime.date(2018, 1, 1)),
        ('"2018-01-01"', datetime.date(2018, 1, 1)),
        ('"1 day"', datetime.date(2017, 3, 2)),
        ('"14 days"', datetime.date(2017, 3, 15)),
        ('"2 weeks"', datetime.date(2017, 3, 15)),
        ('"6 months"', datetime.date(2017, 9, 1)),
        ('"3 years"', datetime.date(2020, 3, 1)),
    ],
)
def test_a_world_ends_on_a_date_or_so_long_after_it_began(tmp_path: Path, until: str, end: datetime.date) -> None:
    text = f'until = {until}\n[set]\n"contacts.foot" = 0\n[scale]\n"roster.gallons" = 2\n'
    limited, usual = town(written(tmp_path, text) + "@2017-03-01"), town()
    assert end in turning_dates(limited)
    assert {"contacts", "roster"} <= set(changed_rows(limited, end))
    for date, equal in ((START, True), (datetime.date(2017, 3, 1), False), (end - DAY, False), (end, True)):
        assert same(numbers(limited, date), numbers(usual, date)) == equal, date


def test_a_month_too_short_ends_a_world_on_its_last_day(tmp_path: Path) -> None:
    path = written(tmp_path, 'until = "1 month"\n[set]\n"contacts.foot" = 0\n')
    assert datetime.date(2017, 2, 28) in turning_dates(town(path + "@2017-01-31"))


def test_a_world_that_begins_in_the_warm_up_lasts_from_the_first_day_on(tmp_path: Path) -> None:
    path = written(tmp_path, 'until = "14 days"\n[set]\n"contacts.foot" = 0\n')
    assert {START, START + 14 * DAY} <= set(turning_dates(town(path + "@2016-06-01")))


@pytest.mark.parametrize(("words", "day"), [("", START), ("@2018-03-01", datetime.date(2018, 3, 1))])
def test_a_world_that_acts_once_is_in_force_for_one_day(tmp_path: Path, words: str, day: datetime.date) -> None:
    once, usual = town(written(tmp_path, 'once = true\n[set]\n"contacts.foot" = 0\n') + words), town()
    foot = parameter_rows(usual, "contacts", day)["foot"][0]
    wanted = {day - DAY: foot, day: 0.0, day + DAY: foot}
    assert {date: parameter_rows(once, "contacts", date)["foot"][0] for date in wanted} == wanted
    assert same(numbers(once, day + DAY), numbers(usual, day + DAY))


def test_after_its_end_life_goes_on_with_the_numbers_of_the_status_quo(tmp_path: Path, live: Live) -> None:
    text = 'until = "14 days"\n[set]\n"contacts.foot" = 0\n"contacts.motor" = 0\n"patrol.plan_share" = 0\n'
    words = [written(tmp_path, text + "[mechanisms]\ncrises = false\npolitical_calendar = false\nhearsay = false\n")]
    world, usual = live(3 * 14, policies=words), live(3 * 15)
    assert world.state.tally[0]["greetings"] == 0
    before = world.checkpoint()["tick"], len(world.minds)
    world.run_for(3)
    assert (world.tick, len(world.minds)) == (before[0] + 3, before[1])
    assert same(world.parameters.by_name(), usual.parameters.by_name())
    assert world.state.tally[0]["greetings"] > 0
    assert (world.minds["fair_fast"] != usual.minds["fair_fast"]).any()


def test_the_calendar_comes_back_with_its_events_when_a_world_ends(tmp_path: Path) -> None:
    path = written(tmp_path, "until = 2019-01-01\n[mechanisms]\npolitical_calendar = false\n")
    closed, usual = town(path), town()
    assert not same(numbers(closed, datetime.date(2018, 12, 31)), numbers(usual, datetime.date(2018, 12, 31)))
    assert same(numbers(closed, datetime.date(2019, 1, 1)), numbers(usual, datetime.date(2019, 1, 1)))
    assert set(changed_rows(closed, datetime.date(2019, 1, 1))) >= {"political_calendar", "consultation", "adoption"}


def test_a_world_lives_on_from_a_saved_state_bit_for_bit(tmp_path: Path, live: Live) -> None:
    words = [written(tmp_path, 'until = "5 days"\n[set]\n"contacts.foot" = 0\n')]
    whole, half = live(30, policies=words), live(14, policies=words)
    resumed = TrustModel.resumed(half.settings, half.checkpoint(), town=half.town)
    resumed.run_for(16)
    assert same(resumed.parameters.by_name(), whole.parameters.by_name())
    assert resumed.trust().tobytes() == whole.trust().tobytes()


# Mistakes

FOOT = '[set]\n"contacts.foot" = 0\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('until = "soon"\n', 'until must be a date like 2018-01-01 or a time after the start like "14 days"'),
        ('until = "0 days"\n', "got '0 days'"),
        ('until = "-3 days"\n', "got '-3 days'"),
        ('until = "101 years"\n', "at most 100 years"),
        ('until = "1.5 years"\n', "got '1.5 years'"),
        ("until = 14\n", "got 14"),
        ("until = 2018-01-01T06:00:00\n", "until must be a date"),
        ("until = 2016-01-01\n", "must end after 2017-01-01, when it begins, got until = 2016-01-01"),
        ("until = 2017-01-01\n", "must end after 2017-01-01"),
        ("once = 1\n", "once must be true or false, got 1"),
        ('once = true\nuntil = "3 days"\n', "leave out until"),
        ('include = "mopsic_ful"\n', "did you mean 'mopsic_full'?"),
        ('include = "three_years_then_off"\n', "includes another file itself"),
        ("include = 3\n", "include must be the name"),
        ('untill = "3 days"\n', "no table or key 'untill' in a world; did you mean 'until'?"),
        ('[set]\n"population.total" = 5\n', "shapes the town, which stands before any world begins"),
        ("[mechanisms]\ndaily_rhythm = false\n", "shapes the town"),
        ('[set]\n"contacts.foot" = 11\n', "must lie in [0, 10]"),
        ('[set]\n"contacts.fot" = 1\n', "did you mean 'contacts.foot'?"),
    ],
)
def test_a_mistake_in_a_world_is_told_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in wrong(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (FOOT, "a policy may set levers only; 'contacts.foot' is behaviour"),
        ('[set]\n"contacts.stop" = 0\n', "a policy may set levers only; 'contacts.stop' is a site fact: vary it from"),
        (
            '[set]\n"resources.vehicles" = 9\n',
            "with --set or under [vary] in a study, or from a date on by a file like",
        ),
        (
            '[scale]\n"resources.vehicles" = 2\n',
            "'worlds' (ready ones: couples_double, couples_fourfold, couples_half, means_double, means_half)",
        ),
        (
            '[set]\n"population.total" = 5\n',
            "which stands before any policy begins: give it with --set, or vary it under",
        ),
        ('until = "14 days"\n', "'until' is for worlds only, which lie in a folder named 'worlds'"),
        ("once = true\n", "'once' is for worlds only"),
        ('include = "mopsic_full"\n', "'include' is for worlds only"),
    ],
)
def test_a_policy_may_not_do_what_worlds_do(tmp_path: Path, text: str, message: str) -> None:
    assert message in wrong(written(tmp_path, f'title.en = "A plan"\n{text}', inside="plans"))


def test_an_unknown_name_brings_the_nearest_policy_or_world() -> None:
    assert "no policy or world 'closed_twon'; did you mean 'closed_town'?" in wrong("closed_twon")
    assert "did you mean 'mopsic_full'?" in wrong("mopsic_ful")


def test_a_name_that_is_a_policy_and_a_world_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    written(tmp_path, FOOT, name="status_quo")
    monkeypatch.setattr("scenarios.policy_files.WORLDS", tmp_path / "worlds")
    assert "is the name of a policy and of a world" in wrong("status_quo")


# Identity and placebo


def settings(*words: str) -> str:
    return canonical_json(settings_of(town(*words)))


def test_equal_content_has_one_identity_however_the_end_is_written(tmp_path: Path) -> None:
    ends = ('until = "14 days"\n', 'until = "2 weeks"\n', "until = 2018-03-15\n")
    texts = {settings(written(tmp_path, end + FOOT) + "@2018-03-01") for end in ends}
    assert len(texts) == 1
    once = settings(written(tmp_path, "once = true\n" + FOOT))
    assert once == settings(written(tmp_path, 'until = "1 day"\n' + FOOT))


def test_a_world_that_changes_has_another_identity(tmp_path: Path) -> None:
    texts = ("", 'until = "14 days"\n', 'until = "15 days"\n', "once = true\n", 'include = "training_only"\n')
    found = [settings_of(town(written(tmp_path, text + FOOT))) for text in texts]
    assert len({identity(one, 1, datetime.date(2018, 1, 1)) for one in found}) == len(texts)


def test_the_text_of_a_run_repeats_a_world_with_its_date() -> None:
    spec = RunSpec(source="villa_canales", policies=("closed_town@2018-03-01",), until=datetime.date(2019, 1, 1))
    assert RunSpec.read(spec.command).run == spec.run
    assert spec.dated_policies == ("closed_town@2018-03-01",)
    assert spec.policy == "closed_town"


def test_a_date_holds_for_worlds_as_for_policies(tmp_path: Path) -> None:
    path = written(tmp_path, 'until = "14 days"\n' + FOOT)
    found = parse_policy_words(f"{path}+mopsic_full@2018-03-01")
    assert [one.start for one in found] == [datetime.date(2018, 3, 1)] * 2
    assert datetime.date(2018, 3, 15) in turning_dates(town(f"{path}+mopsic_full@2018-03-01"))


def test_a_policy_under_another_name_does_the_same(tmp_path: Path, live: Live) -> None:
    text = (POLICIES / "mopsic_full.toml").read_text(encoding="utf-8")
    renamed = written(tmp_path, text, name="anything", inside="plans")
    one, other = (live(TWO_MONTHS, policies=[word]) for word in ("mopsic_full", renamed))
    assert one.trust().tobytes() == other.trust().tobytes()
    assert one.datacollector.get_model_vars_dataframe().equals(other.datacollector.get_model_vars_dataframe())


# Where they are shown


def test_worlds_are_listed_apart_from_policies(capsys: pytest.CaptureFixture[str]) -> None:
    from experiments.cli.listings import listed, print_items

    print_items(listed("policies", None, None, "en"), as_json=False)
    policies, worlds = capsys.readouterr().out.split("\nWorlds: for experiments, no proposals")
    assert re.findall(r"^(\w+)$", worlds, re.M) == sorted(built_in_files(WORLDS))
    assert not {*re.findall(r"^(\w+)$", policies, re.M)} & {*built_in_files(WORLDS)}


def test_a_comparison_keeps_the_files_of_worlds_and_what_they_include() -> None:
    arms = [{"scenario": "villa_canales", "policies": [{"name": "three_years_then_off"}, {"name": "gone"}]}]
    names = {name for name in inputs_of({"arms": arms}) if "policies" in name}
    assert names == {"inputs/policies/worlds/three_years_then_off.toml", "inputs/policies/mopsic_full.toml"}


def test_large_worlds_that_ended_are_let_go_before_the_next_begins(
    live: Live, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("model.simulation.model.LARGE_TOWN_RESIDENTS", 0)
    settled = live(0)
    settled.save(tmp_path)
    scenario, town, checkpoint = settled.settings, settled.town, settled.checkpoint()
    lived = [weakref.ref(settled)]
    del settled
    gc.disable()
    try:
        for begin in (
            lambda: TrustModel(scenario, rng=1, town=town),
            lambda: TrustModel.resumed(scenario, checkpoint, town),
            lambda: TrustModel.restore(tmp_path, scenario, town),
        ):
            lived.append(weakref.ref(begin()))
            assert [one() is not None for one in lived] == [False] * (len(lived) - 1) + [True]
    finally:
        gc.enable()
