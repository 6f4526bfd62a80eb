"""M2: who is on duty, with whom, for how long."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from model.simulation.model import TrustModel
from model.town.police import POST_COPIES
from model.town.town import Town, build_town
from scenarios import load

MONTH = 93
LARGER = {"population.scale": 0.2, "calendar.warm_up": 0}
STAY = {"adoption.rotation": 0.0, "adoption.retire": 0.0, "mechanisms.misconduct": False}
ALL = {"roster.absence": 0.0, "roster.single_strength": 1.0}
Serve = Callable[..., Iterator[TrustModel]]


@pytest.fixture(scope="module")
def town() -> Town:
    """Villa Canales at a fifth, where every group can form couples."""
    return build_town(load("villa_canales", set=LARGER))


@pytest.fixture(scope="module")
def serve(town: Town) -> Serve:
    """Return a function that shows the larger town after each of some shifts."""

    def shift_by_shift(shifts: int, **changes: float) -> Iterator[TrustModel]:
        world = TrustModel(load("villa_canales", set=LARGER | STAY | changes), rng=7, town=town, trace=True)
        for _ in range(shifts):
            world.step()
            yield world

    return shift_by_shift


def crews(world: TrustModel) -> np.ndarray:
    """Return lead and mate of every couple on duty."""
    couples = world.state.couples
    return np.array([couples["lead"], couples["mate"]]).T[couples["on"] == 1]


def groups(world: TrustModel) -> set[int]:
    """Return the groups on duty in the last shift."""
    return set(world.state.officers["group"][crews(world)].ravel().tolist())


def test_switched_off_each_relay_is_always_the_same_third(serve: Serve) -> None:
    relays: list[set[int]] = [set(), set(), set()]
    for world in serve(MONTH, **ALL, **{"mechanisms.roster": False}):
        relays[(world.tick - 1) % 3] |= groups(world)
    assert sorted(map(sorted, relays)) == [[0], [1], [2]]
    assert world.month_row["thin_relays"] == 0 < world.month_row["couple_shifts"]
    *_, world = serve(MONTH)
    assert world.month_row["thin_relays"] > 0


def test_every_group_serves_seven_days_and_rests_four(serve: Serve) -> None:
    days = np.zeros((3, 33), int)
    for shift, world in enumerate(serve(99, **ALL)):
        (on_duty,) = groups(world)
        days[on_duty, shift // 3] = 1
    for group in days:
        assert (group[11:] == group[:-11]).all()
        start = int(np.flatnonzero(np.diff(group, prepend=1) == 1)[0])
        assert group[start : start + 11].tolist() == [1] * 7 + [0] * 4


def test_nobody_is_in_two_couples_or_rides_with_another_station(serve: Serve) -> None:
    for world in serve(MONTH):
        pairs, officers = crews(world), world.state.officers
        assert len(np.unique(pairs)) == pairs.size
        assert (officers["facility"][pairs[:, 0]] == officers["facility"][pairs[:, 1]]).all()
        on = world.state.couples["on"] == 1
        assert (world.town.posts["facility"][on] == officers["facility"][pairs[:, 0]]).all()
        assert len(groups(world)) <= 1


def test_where_fewer_are_absent_nobody_less_is_on_duty(serve: Serve) -> None:
    for many, few in zip(serve(MONTH, **{"roster.absence": 0.4}), serve(MONTH, **{"roster.absence": 0.1}), strict=True):
        assert many.state.couples["on"].sum() <= few.state.couples["on"].sum()
    assert 0 < many.month_row["couple_shifts"] < 0.8 * few.month_row["couple_shifts"]
    *_, nobody = serve(MONTH, **{"roster.absence": 1.0})
    assert nobody.month_row["couple_shifts"] == nobody.month_row["km_available"] == nobody.month_row["served"] == 0


def test_a_couple_serves_eight_hours_and_fixed_duties_take_their_share(serve: Serve) -> None:
    hours = []
    for share in (0.2, 0.4):
        *_, world = serve(MONTH, **{"roster.fixed_duties": share})
        assert world.month_row["couple_hours"] == 8.0 * world.month_row["couple_shifts"] > 0
        hours.append(world.month_row["fixed_hours"])
    assert hours[0] == pytest.approx(0.2 * world.month_row["couple_hours"], rel=0.1)
    assert hours[1] == pytest.approx(2.0 * hours[0])


def test_as_many_couples_are_fielded_for_each_manned_post_as_the_ratio_says(serve: Serve) -> None:
    n = len(next(serve(1)).town.posts) // POST_COPIES
    for usual, twice, more in zip(
        serve(MONTH), serve(MONTH, **{"roster.couples": 2.0}), serve(MONTH, **{"roster.couples": 3.5}), strict=True
    ):
        on = usual.state.couples["on"]
        assert on[n:].sum() == 0
        for world, copies in ((twice, 2), (more, 3)):
            fielded = world.state.couples["on"].reshape(POST_COPIES, n)
            assert (fielded[:copies] == on[:n]).all()
            for seat in ("lead", "mate"):
                who = world.state.couples[seat].reshape(POST_COPIES, n)
                assert (who[1, on[:n] == 1] == who[0, on[:n] == 1]).all()
        assert (twice.state.duty["nights"] == usual.state.duty["nights"]).all()
    assert twice.month_row["couple_shifts"] == 2.0 * usual.month_row["couple_shifts"] > 0
    assert more.month_row["couple_shifts"] == pytest.approx(3.5 * usual.month_row["couple_shifts"], rel=0.05)


def test_without_couples_there_is_no_visit_and_half_of_them_are_half(serve: Serve) -> None:
    *_, usual = serve(MONTH)
    *_, half = serve(MONTH, **{"roster.couples": 0.5})
    *_, nobody = serve(MONTH, **{"roster.couples": 0.0})
    assert half.month_row["couple_shifts"] == pytest.approx(0.5 * usual.month_row["couple_shifts"], rel=0.15)
    for name in ("couple_shifts", "visits", "served", "arrests", "km", "contacts"):
        assert nobody.month_row[name] == 0 < usual.month_row[name]


def test_a_policy_puts_more_couples_on_duty_from_a_date_on_where_it_says(town: Town, tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text('title.en = "More"\n[scale]\n"roster.couples" = 2.0\n', encoding="utf-8")
    (tmp_path / "same.toml").write_text('title.en = "Same"\n[set]\n"roster.couples" = 1.0\n', encoding="utf-8")
    begun = "@2017-01-16"
    plain, more, same = (
        TrustModel(load("villa_canales", policies=policies, set=LARGER | STAY), rng=7, town=town)
        for policies in ((), f"{tmp_path}/more.toml{begun}", f"{tmp_path}/same.toml{begun}")
    )
    n = len(town.posts) // POST_COPIES
    for shift in range(MONTH):
        for world in (plain, more, same):
            world.step()
        on = more.state.couples["on"]
        assert (on[n : 2 * n] == (on[:n] if shift >= 45 else 0)).all()
        if shift < 45:
            assert (on == plain.state.couples["on"]).all()
    assert np.array_equal(same.state.minds, plain.state.minds)
    assert not np.array_equal(more.state.minds, plain.state.minds)


def test_a_ratio_of_one_changes_nothing(serve: Serve) -> None:
    for usual, stated in zip(serve(MONTH), serve(MONTH, **{"roster.couples": 1, "resources.vehicles": 1}), strict=True):
        for name in ("couples", "officers", "minds", "vehicles"):
            assert np.array_equal(getattr(usual.state, name), getattr(stated.state, name))
