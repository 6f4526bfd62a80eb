"""M31: what offenders see and hear moves the hazard, and what they do not see does not."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.crime.certainty import ARRESTED_LATELY, OFFENDED_LATELY, SEEN_LATELY, ZONE_HAZARD, update_certainty_factors
from model.simulation.model import TrustModel

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH = 93
BUSY = {"crime.armed": 30.0, "crime.thieves": 30.0, "response.catch": 1.0, "response.trail": 600.0}


def test_switched_off_belief_moves_nothing(live: Live) -> None:
    assert (live(MONTH, **BUSY, **{"mechanisms.certainty": False}).state[ZONE_HAZARD] == 1.0).all()


def test_at_the_usual_patrol_and_without_news_the_hazard_is_the_usual_one(live: Live) -> None:
    world = live(0)
    update_certainty_factors(world.w)
    assert world.state[ZONE_HAZARD] == pytest.approx(1.0)


def test_without_patrol_the_hazard_rises_within_days_and_not_beyond_the_highest(live: Live) -> None:
    nobody = {"roster.absence": 1.0, "political_calendar.army": 0.0}
    days = [live(3 * n, **BUSY, **nobody).state[ZONE_HAZARD][0].mean() for n in (1, 5, 30)]
    assert 1.0 < days[0] < days[1] < days[2] <= 2.05
    assert (live(3 * 30, **BUSY, **nobody, **{"certainty.highest": 1.2}).state[ZONE_HAZARD] <= 1.2).all()


def test_neighbours_keep_what_police_leave(live: Live) -> None:
    nobody = {"roster.absence": 1.0, "political_calendar.army": 0.0}
    felt = [
        live(MONTH, **BUSY, **nobody, **{"certainty.informal": i}).state[ZONE_HAZARD][0].mean()
        for i in (0.03, 0.1, 0.5)
    ]
    assert felt[0] >= felt[1] > felt[2] > 1.0


def test_patrol_that_nobody_sees_is_as_none(live: Live) -> None:
    unseen = live(MONTH, **BUSY, **{"certainty.visible": 0.0}).state[SEEN_LATELY]
    assert unseen.max() < 0.02 < live(MONTH, **BUSY).state[SEEN_LATELY].max()


def test_more_arrests_lower_the_hazard_and_the_length_of_sentences_does_not(live: Live) -> None:
    caught, never = (live(2 * MONTH, **BUSY | {"response.catch": x, "investigation.arrest": 0.0}) for x in (1.0, 0.0))
    assert caught.state[ARRESTED_LATELY].sum() > 0.0 == never.state[ARRESTED_LATELY].sum()
    assert caught.state[ZONE_HAZARD][0].mean() < never.state[ZONE_HAZARD][0].mean()
    flat = {"justice.term": 0.0}, {"justice.term": 10.0}
    felt = [live(0, **BUSY, **term).state[ZONE_HAZARD] for term in flat]
    assert np.array_equal(*felt)


def test_offences_are_remembered_for_months_and_counted_by_zone(watch: Watch) -> None:
    kept, before = 2.0 ** (-1.0 / (91.0 * 5.0)), 0.0
    for world in watch(30, **BUSY):
        crimes = world.trace["incidents"]
        counted = (crimes["offender"] >= 0) | (crimes["kind"] == 5) | (crimes["motive"] == 2)
        before = before * kept + counted.sum()
        assert world.state[OFFENDED_LATELY].sum() == pytest.approx(before)
