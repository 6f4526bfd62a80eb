"""Levers on crime: cameras, hours of alcohol, a pact between cliques; and imitators who come again."""

from collections.abc import Callable

import numpy as np

from model.simulation.model import TrustModel

Live = Callable[..., TrustModel]
BUSY = {"crime.armed": 50, "crime.thieves": 50, "crime.assault": 0.1}
MONTHS = 3 * 93


def yearly(world: TrustModel, name: str) -> float:
    """Sum of a measure over the months lived."""
    return float(world.datacollector.get_model_vars_dataframe()[name].sum())


def test_cameras_prevent_thefts_of_and_from_vehicles_and_nothing_else(live: Live) -> None:
    plain, watched = live(MONTHS, **BUSY), live(MONTHS, **BUSY, **{"crime.cctv": 1.0, "crime.cctv_effect": 0.6})
    for kind in ("vehicle_theft", "theft_from_vehicle"):
        assert yearly(watched, f"crimes_occurred_{kind}") < 0.8 * yearly(plain, f"crimes_occurred_{kind}")
    assert abs(yearly(watched, "crimes_occurred_burglary") / yearly(plain, "crimes_occurred_burglary") - 1.0) < 0.05


def test_enforced_hours_and_breath_tests_prevent_assaults_at_night(live: Live) -> None:
    def assaults(**levers: float) -> tuple[int, int]:
        world = live(0, trace=True, **BUSY, **levers)
        by_shift = [0, 0, 0]
        for _ in range(MONTHS):
            world.step()
            assert world.trace is not None
            by_shift[(world.tick - 1) % 3] += int((world.trace["incidents"]["kind"] == 5).sum())
        return by_shift[2], by_shift[0] + by_shift[1]

    full = {"crime.alcohol_hours": 1.0, "crime.hours_effect": 0.6, "crime.breath_tests": 1.0, "crime.tests_effect": 0.5}
    (night, day), (sober_night, sober_day) = assaults(), assaults(**full)
    assert sober_night < 0.6 * night
    assert abs(sober_day - day) < 0.1 * day


def test_a_pact_between_cliques_stops_clashes_and_leaves_demands(live: Live) -> None:
    gangs = {"gangs.ms13": 40, "gangs.barrio18": 40, "gangs.dense": 5, "gangs.border": 100, "extortion.clash": 30}
    war, pact = live(MONTHS, **gangs), live(MONTHS, **gangs, policies=["clique_pact"])
    assert yearly(pact, "clashes") < 0.6 * yearly(war, "clashes")
    assert yearly(pact, "extortion_territorial") > 0.7 * yearly(war, "extortion_territorial")


def test_who_gave_in_to_an_imitator_is_called_again_more_often(live: Live) -> None:
    eager = {"gangs.phone_lists": 1.0, "extortion.imitator_pay": 1.0, "extortion.imitators": 0.006}
    world = live(6 * 93, trace=False, **eager, **{"extortion.imitator_again": 20.0})
    once = live(6 * 93, trace=False, **eager, **{"extortion.imitator_again": 1.0})
    assert (world.state.minds["gave_in"] >= 0).any()
    assert yearly(world, "extortion_imitators") >= yearly(once, "extortion_imitators")
    later = np.unique(world.state.minds["gave_in"])
    assert len(later) > 3
