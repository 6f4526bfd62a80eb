"""M12: who is answered, in what order, how late, and what the wait teaches."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.simulation.model import TrustModel
from model.simulation.registry import CAUSES
from model.town.police import BICYCLE, FOOT
from model.town.town import Town, build_town
from model.world.shift_events import NO_LINE
from scenarios import load

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
ANSWERED = CAUSES.index("answered_call")
MONTH = 93
BUSY = {"calls.rate": 200.0, "crime.armed": 50, "crime.thieves": 50, "resources.phones": 1.0}


def served(world: TrustModel) -> np.ndarray:
    """Return the calls that were answered in the last shift, in the order in which couples took them."""
    rows = {(row["born"], row["number"]): k for k, row in enumerate(world.trace["calls"])}
    return world.trace["calls"][[rows[born, n] for born, n in world.trace["responses"][["born", "number"]].tolist()]]


def test_switched_off_everybody_is_answered_after_the_same_time(watch: Watch) -> None:
    lost: list[list[float]] = []
    waits: list[list[float]] = []
    for wanted in (False, True):
        waits.append([])
        for world in watch(MONTH, **BUSY, **{"mechanisms.response": wanted}):
            waits[-1] += world.trace["responses"]["wait"].tolist()
        lost.append([world.month_row[f"unserved_{reason}"] for reason in ("line", "fuel", "vehicles")])
        assert world.month_row["served"] == len(waits[-1]) > 0
    assert np.array(waits[0]) == pytest.approx(30.0)
    assert np.ptp(waits[1]) > 30.0
    assert sum(lost[0]) == 0.0 < sum(lost[1])


def test_a_call_is_served_or_lost_or_waits_and_never_for_longer_than_calls_do(watch: Watch) -> None:
    waited = n_carried = 0
    for world in watch(MONTH, **BUSY):
        calls, lost, waiting = world.trace["calls"], world.trace["unserved"], world.state.waiting.used_rows()
        assert (calls["born"] < world.tick - 1).sum() == waited
        lost = lost[lost["reason"] != NO_LINE]
        ends = [
            row for table in (world.trace["responses"], lost, waiting) for row in table[["born", "number"]].tolist()
        ]
        assert sorted(ends) == sorted(calls[["born", "number"]].tolist())
        assert (waiting["born"] == world.tick - 1).all()
        waited = len(waiting)
        n_carried += waited
    assert n_carried > 0


def test_in_a_month_calls_add_up(live: Live) -> None:
    world = live(MONTH, **BUSY)
    lost = sum(world.month_row[f"unserved_{reason}"] for reason in ("hours", "fuel", "vehicles", "paper", "declined"))
    assert world.month_row["calls"] == world.month_row["served"] + lost + len(world.state.waiting.used_rows())
    assert world.month_row["calls_unserved"] == lost + world.month_row["unserved_line"]
    assert 0 < world.month_row["served_in_hour"] <= world.month_row["served"]


def test_graver_calls_come_first(watch: Watch) -> None:
    taken = [served(world) for world in watch(MONTH, **BUSY, **{"roster.couples": 4.0})]
    assert max(len(calls) for calls in taken) > 2
    for calls in taken:
        assert (np.diff(calls["severity"]) <= 0.0).all()


@pytest.mark.parametrize(("explained", "liked"), [(0.0, 0.1), (0.5, 0.5)])
def test_a_call_answered_later_is_never_better_liked_unless_somebody_explains(
    watch: Watch, explained: float, liked: float
) -> None:
    waits, tones = [], []
    for world in watch(3 * MONTH, **BUSY, **{"adoption.explain": explained, "plant.share_trained": 1.0}):
        rows = world.trace["impressions"]
        calls, rows = served(world), rows[rows["cause"] == ANSWERED]
        if calls["teller"].tolist() == rows["who"].tolist():  # else a caller has died since
            waits += world.trace["responses"]["wait"].tolist()
            tones += (rows["quality_e"] * (rows["weight_e"] > 0.0) + 0.5 * (rows["weight_e"] == 0.0)).tolist()
    assert len(waits) > 20
    by_wait = np.array(tones)[np.argsort(waits, kind="stable")]
    assert (np.diff(by_wait) <= 0.0).all() == (explained == 0.0)
    assert by_wait[np.sort(waits) > 45.0].max() == liked


OWN_MEANS = {"resources.joint_patrols": 0.0, "resources.events": 0.0, "resources.breakdown": 0.0}
READY = {"response.decline": -40.0}
NO_FUEL = {"roster.gallons": 0.0, "roster.gallons_motorcycle": 0.0}
MUCH_FUEL = {"roster.gallons": 20.0, "roster.gallons_motorcycle": 5.0}


def lost(world: TrustModel) -> dict[str, float]:
    """Return the calls of the last month that nobody served, by reason, but for those that the line lost."""
    reasons = ("hours", "fuel", "vehicles", "paper", "declined")
    return {reason: world.month_row[f"unserved_{reason}"] for reason in reasons}


def test_without_couples_only_hours_are_scarce(live: Live) -> None:
    world = live(MONTH, **BUSY, **{"roster.couples": 0.0})
    assert world.month_row["served"] == 0.0 < lost(world)["hours"] == sum(lost(world).values())


def test_fuel_is_scarce_where_vehicles_have_no_litres_and_only_there(live: Live) -> None:
    dry, full = (live(MONTH, **BUSY, **OWN_MEANS, **READY, **fuel) for fuel in (NO_FUEL, MUCH_FUEL))
    assert lost(dry)["fuel"] > 0.0 == lost(full)["fuel"]
    assert dry.month_row["km"] == 0.0 < full.month_row["km"]


def test_vehicles_are_scarce_where_none_is_on_the_road(live: Live) -> None:
    walking = live(MONTH, **BUSY, **OWN_MEANS, **READY, **{"resources.vehicles": 0.0})
    riding = live(MONTH, **BUSY, **OWN_MEANS, **READY, **MUCH_FUEL, **{"resources.vehicles": 4.0})
    assert lost(walking)["vehicles"] > lost(riding)["vehicles"]
    assert lost(walking)["fuel"] == walking.month_row["vehicles"] == walking.month_row["km"] == 0.0


def test_hours_are_scarce_where_nobody_may_come_late(live: Live) -> None:
    late, early = (
        live(MONTH, **BUSY, **READY, **{f"response.within_{grade}": most for grade in ("slight", "middle", "grave")})
        for most in (480.0, 20.0)
    )
    assert lost(early)["hours"] > 2.0 * lost(late)["hours"]
    assert early.month_row["response_minutes_p90"] <= 20.0 < late.month_row["response_minutes_p90"]


def test_a_call_that_a_couple_could_go_to_is_lost_where_the_lead_declines(live: Live) -> None:
    willing = live(MONTH, **BUSY, **READY)
    never = live(MONTH, **BUSY, **{"response.decline": 5.0, "response.decline_gravity": 0.0, "pressure.control": 0.0})
    assert lost(willing)["declined"] == 0.0 < lost(never)["declined"]
    assert never.month_row["served"] < 0.1 * willing.month_row["served"]


def test_the_motivated_the_controlled_and_those_called_to_grave_things_decline_less(live: Live) -> None:
    unwilling = {"response.decline": -0.5, "response.decline_keen": 2.0, "mechanisms.officers": False}
    counts = []
    for motivation in (-1.0, 0.0, 1.0):
        world = live(0, **BUSY, **unwilling)
        world.state.officers["motivation"] = motivation
        world.run_for(MONTH)
        counts.append(lost(world)["declined"])
    assert counts[0] > counts[1] > counts[2]
    controlled = live(MONTH, **BUSY, **unwilling, **{"pressure.control": 1.0})
    assert lost(controlled)["declined"] < counts[1]
    alike = live(MONTH, **BUSY, **unwilling, **{"response.decline_gravity": 0.0})
    assert lost(alike)["declined"] > counts[1]


def test_danger_that_the_station_knows_of_makes_declining_likelier(live: Live) -> None:
    counts = []
    for known in (0.0, 20.0):
        world = live(0, **BUSY, **{"response.decline_danger": 2.0})
        world.state.crimes_known[:] = known
        world.run_for(MONTH)
        counts.append(lost(world)["declined"])
    assert counts[0] < counts[1]


def test_fixed_duties_are_broken_off_for_calls_that_are_not_slight(live: Live) -> None:
    busy = BUSY | READY | MUCH_FUEL | {"roster.fixed_duties": 0.6, "response.grave": 1.0}
    kept, broken = (live(MONTH, **busy, **{"response.middle": middle}) for middle in (1.0, 0.0))
    assert broken.month_row["response_minutes_median"] < kept.month_row["response_minutes_median"]
    assert broken.month_row["served"] > kept.month_row["served"]
    assert broken.month_row["couple_hours_used"] <= broken.month_row["couple_hours"]


def test_litres_are_kept_back_from_slight_calls_and_not_from_grave_ones(watch: Watch) -> None:
    motorised: dict[bool, int] = {False: 0, True: 0}
    grades = {"response.reserve_slight": 60.0, "response.middle": 0.1, "response.grave": 0.2}
    for world in watch(MONTH, **BUSY, **READY, **OWN_MEANS, **grades):
        mode = world.state.couples["mode"][served_by(world)]
        for call, how in zip(served(world), mode.tolist(), strict=True):
            if call["severity"] < 0.1 or call["severity"] >= 0.2:
                motorised[bool(call["severity"] >= 0.2)] += how not in (FOOT, BICYCLE)
    assert motorised[False] == 0 < motorised[True]


def served_by(world: TrustModel) -> np.ndarray:
    """Return the rows of the couples that served the calls of the last shift, as `served` has them."""
    return world.trace["responses"]["post"]


@pytest.fixture(scope="module")
def larger() -> Town:
    """Villa Canales at three tenths, with two facilities that have couples."""
    return build_town(load("villa_canales", set={"population.scale": 0.3}))


def test_couples_of_other_facilities_help_with_grave_calls_only(larger: Town) -> None:
    settings = {"population.scale": 0.3, "calendar.warm_up": 0} | BUSY | READY | MUCH_FUEL
    world = TrustModel(load("villa_canales", set=settings), rng=7, town=larger, trace=True)
    helped: dict[bool, int] = {False: 0, True: 0}
    for _ in range(MONTH):
        world.step()
        calls = served(world)
        own = larger.cells["facility"][calls["cell"]] == larger.posts["facility"][served_by(world)]
        for grave, at_home in zip((calls["severity"] >= 0.5).tolist(), own.tolist(), strict=True):
            helped[grave] += not at_home
    assert helped[False] == 0 < helped[True]


def test_twice_the_couples_serve_more_calls_than_half_of_them(live: Live) -> None:
    half, twice = (live(MONTH, **BUSY, **{"roster.couples": ratio}) for ratio in (0.5, 2.0))
    assert twice.month_row["served"] > 1.2 * half.month_row["served"]
    assert twice.month_row["response_minutes_median"] <= twice.month_row["response_minutes_p90"]
