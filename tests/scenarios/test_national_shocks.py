"""National shocks: drawn from the seed, the same in both municipalities, none by default, and felt while they last."""

import datetime
import itertools
from collections.abc import Callable

import numpy as np
import pytest

from experiments.execution.run_requests import plan_runs
from model.engine.policies import parameter_rows
from model.engine.scenario import Scenario
from model.simulation.model import TrustModel
from model.town.town import Town, build_town
from scenarios import accounts, load
from scenarios.national_shocks import NationalShocks, national_shocks, shocks_of_year, with_national_shocks

UNTIL = datetime.date(2027, 1, 1)
SMALL = {"population.scale": 0.05, "calendar.warm_up": 0}
SEED, FIRST, MONTHS = 2, datetime.date(2017, 4, 22), 7
"""Under this seed and a rate of 0.5, the first shock lowers trust from 22 April 2017 on."""


def shocked(**values: float) -> Scenario:
    return load("baseline", set=SMALL | {f"national_shocks.{key}": value for key, value in values.items()})


def dates(scenario: Scenario, seed: int = SEED) -> list[datetime.date]:
    return [event.start for event in national_shocks(scenario, seed, UNTIL)]


@pytest.fixture(scope="module")
def town() -> Town:
    return build_town(shocked())


@pytest.fixture(scope="module")
def trust_by_month(town: Town) -> Callable[..., np.ndarray]:
    def live(**values: float) -> np.ndarray:
        world = TrustModel(with_national_shocks(shocked(**values), SEED), rng=SEED, town=town)
        world.run_for(3 * (datetime.date(2017, MONTHS + 1, 1) - datetime.date(2017, 1, 1)).days)
        return np.array(world.datacollector.model_vars["trust_mean"])

    return live


def test_by_default_there_are_none_and_the_scenario_stays_what_it_was() -> None:
    plain = load("villa_canales")
    assert plain["national_shocks"].rate == 0.0
    assert with_national_shocks(plain, SEED) is plain


def test_the_same_seed_gives_the_same_dates_in_both_municipalities_and_other_seeds_others() -> None:
    settings = {"national_shocks.rate": 0.5}
    villa, totonicapan = (load(name, set=settings) for name in ("villa_canales", "totonicapan"))
    assert dates(villa) == dates(villa) == dates(totonicapan) != []
    assert len({tuple(dates(villa, seed)) for seed in range(20)}) == 20


def test_a_longer_run_has_the_shocks_of_a_shorter_one_and_no_run_has_any_before_its_start() -> None:
    often = shocked(rate=3.0)
    shorter = [event.start for event in national_shocks(often, SEED, datetime.date(2020, 7, 1))]
    assert shorter == [date for date in dates(often) if date < datetime.date(2020, 7, 1)]
    before_the_first = datetime.date(2017, 1, 2)
    assert with_national_shocks(often, SEED, before_the_first) is often
    later = load("baseline", start="2019-05-01", set={"national_shocks.rate": 3.0})
    assert dates(later) == [date for date in dates(often) if date >= later.start]


def test_numbers_and_signs_of_shocks_have_the_stated_rate_and_share() -> None:
    p, seeds = NationalShocks(rate=0.8, bad=0.3), 5000
    drawn = [list(shocks_of_year(p, seed, 2020)) for seed in range(seeds)]
    counts, signs = [len(one) for one in drawn], [sign for one in drawn for _, sign in one]
    assert np.mean(counts) == pytest.approx(0.8, abs=4 * np.sqrt(0.8 / seeds))
    assert np.var(counts) == pytest.approx(0.8, rel=0.1)
    assert np.mean(np.array(signs) < 0) == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / len(signs)))
    assert {date.year for one in drawn for date, _ in one} == {2020}


def test_a_shock_ends_after_its_duration_or_when_the_next_one_begins() -> None:
    events = national_shocks(shocked(rate=0.5, years=2.0), SEED, UNTIL)
    lasting = datetime.timedelta(days=730)
    assert [event.until for event in events[:-1]] == [
        min(one.start + lasting, after.start) for one, after in itertools.pairwise(events)
    ]
    scenario = with_national_shocks(shocked(rate=0.5, size=0.2), SEED)
    mood = {
        days: parameter_rows(scenario, "trust", FIRST + datetime.timedelta(days=days))["mood"][0]
        for days in (-1, 0, 364, 365)
    }
    before_2018, after_2018 = mood[-1], mood[365]
    assert mood[0] == pytest.approx(before_2018 - 0.2)
    assert mood[364] == pytest.approx(after_2018 - 0.2)


def test_a_shock_moves_trust_while_the_absence_of_shocks_does_not(trust_by_month: Callable[..., np.ndarray]) -> None:
    none, shock = trust_by_month(rate=0.0), trust_by_month(rate=0.5, years=0.25)
    assert np.array_equal(shock[:3], none[:3])
    lost = none[3:6] - shock[3:6]
    assert (0.02 < lost).all()
    assert (lost < 0.15 / 4.0).all()  # log-odds move a trust of a half by a quarter of them, all others by less
    assert abs(shock[6] - none[6]) < 0.005


def test_shocks_of_no_size_leave_every_other_draw_as_it_is(trust_by_month: Callable[..., np.ndarray]) -> None:
    assert national_shocks(shocked(rate=0.5, size=1e-300), SEED, UNTIL)
    assert np.array_equal(trust_by_month(rate=0.5, size=1e-300), trust_by_month(rate=0.0))


def test_the_dates_of_a_run_are_part_of_its_identity_and_the_rate_alone_is_not() -> None:
    def run(*sets: str, seed: int = SEED) -> str:
        return plan_runs("baseline", sets=sets, until="2019-01-01", seed=seed)[0].run

    assert run() == run("national_shocks.rate=0") == run("national_shocks.rate=0.5", "national_shocks.size=0")
    assert run() != run("national_shocks.rate=0.5") != run("national_shocks.rate=0.5", "national_shocks.size=0.2")
    spec = plan_runs("baseline", sets=["national_shocks.rate=0.5"], until="2019-01-01", seed=SEED)[0]
    assert [event.start for event in spec.scenario.timeline if event.name.startswith("national shock")] == [FIRST]
    spec.check_files()


def test_the_account_of_institutional_shock_has_its_own_process_and_no_other_has() -> None:
    rates = {name: accounts.read(name).get("national_shocks.rate", 0.0) for name in accounts.names()}
    assert {name for name, rate in rates.items() if rate > 0.0} == {"institutional_shock"}
