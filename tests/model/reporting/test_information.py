"""M17: what of that which the police know reaches headquarters, how late, and what comes back."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from model.simulation.model import TrustModel
from model.town.crime_kinds import HOMICIDE, VEHICLE_THEFT
from model.world.shift_events import ANONYMOUS, AT_STATION, BY_PHONE, OWN_PHONE, PROSECUTOR, TO_PATROL

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
MONTH = 93
BUSY = {"crime.armed": 50, "crime.thieves": 50, "crime.lethal_robbery": 0.05, "reporting.intercept": 0.0} | {
    "mechanisms.plans": False
}
"""Without plans nothing depends on what is written down, so that twins live through the same crimes."""
STAGES = ("typed", "consolidated", "georeferenced", "entered")


def crimes(watch: Watch, **changes: float) -> np.ndarray:
    """Return the crimes of a month, with what was written of them."""
    return np.concatenate([world.trace["incidents"].copy() for world in watch(MONTH, **BUSY, **changes)])


def names(rows: np.ndarray) -> set[tuple[int, int]]:
    """Return shift and number of crimes."""
    return set(rows[["tick", "number"]].tolist())


@pytest.fixture(scope="module")
def usual(watch: Watch) -> np.ndarray:
    return crimes(watch)


def test_switched_off_all_that_is_known_is_written_recorded_and_answered_at_once(live: Live) -> None:
    on, off = (live(3 * 90, **BUSY, **{"mechanisms.information": wanted}).month_row for wanted in (True, False))
    assert off["known"] == off["forms"] == off["crimes_recorded"] == off["records_arrived"] > 0
    assert off["survival"] == 1.0 > on["survival"] > 0.0
    assert off["record_days_mean"] == 0.0 < on["record_days_mean"]
    assert off["products_returned"] > on["products_returned"]


def test_nothing_is_recorded_that_was_not_written_and_what_must_be_written_is(usual: np.ndarray) -> None:
    assert names(usual[usual["recorded"] == 1]) < names(usual[usual["written"] == 1])
    known = np.isin(usual["reported_to"], (TO_PATROL, BY_PHONE, AT_STATION, OWN_PHONE)) | (usual["found"] == 1)
    passed_on = np.isin(usual["kind"], (HOMICIDE, VEHICLE_THEFT))
    sure = passed_on & (known | (usual["reported_to"] == PROSECUTOR))
    assert not usual["written"][~passed_on & ~known & (usual["reported_to"] == PROSECUTOR)].any()
    assert usual["written"][sure].all()
    assert not usual["written"][known].all()
    assert sure.sum() > 0


def test_where_nothing_is_lost_on_the_way_all_forms_with_content_arrive_and_no_others(live: Live) -> None:
    lossless = {f"information.{stage}": 1.0 for stage in STAGES} | {
        "information.hoarding": 0.0,
        "information.telephone": 1.0,
    }
    found = live(MONTH, **BUSY, **lossless, **{"resources.internet": 1.0, "mechanisms.extortion": False}).month_row
    assert found["forms"] > found["forms_with_content"] == found["crimes_recorded"] > 0


@pytest.mark.parametrize("stage", STAGES)
def test_what_survives_a_worse_stage_survives_a_better_one(watch: Watch, usual: np.ndarray, stage: str) -> None:
    worse = crimes(watch, **{f"information.{stage}": 0.3})
    assert names(worse) == names(usual)
    assert names(worse[worse["recorded"] == 1]) < names(usual[usual["recorded"] == 1])
    assert (worse["written"] == usual["written"]).all()


def test_a_station_that_keeps_its_reports_writes_as_many_and_sends_none(watch: Watch, usual: np.ndarray) -> None:
    kept = crimes(watch, **{"information.hoarding": 1.0})
    assert (kept["written"] == usual["written"]).all()
    assert set(kept["kind"][kept["recorded"] == 1]) <= {HOMICIDE, VEHICLE_THEFT}


def test_killings_and_stolen_vehicles_reach_headquarters_by_telephone_at_once(watch: Watch, usual: np.ndarray) -> None:
    known = np.isin(usual["reported_to"], (TO_PATROL, BY_PHONE, AT_STATION, OWN_PHONE, ANONYMOUS)) | (
        usual["found"] + usual["handed"] > 0
    )
    sure = known & np.isin(usual["kind"], (HOMICIDE, VEHICLE_THEFT))
    assert usual["recorded"][sure].mean() > 0.85
    blocked = {f"information.{stage}": 0.0 for stage in STAGES} | {"information.hoarding": 1.0}
    rows = []
    for world in watch(MONTH, **BUSY, **blocked, **{"information.telephone": 1.0}):
        rows.append(world.trace["incidents"].copy())
    called = np.concatenate(rows)
    assert names(called[called["recorded"] == 1]) == names(usual[sure])
    assert world.month_row["records_arrived"] == world.month_row["crimes_recorded"] > 0
    assert world.month_row["record_days_mean"] == 0.0
    silent = crimes(watch, **blocked, **{"information.telephone": 0.0})
    assert not silent["recorded"].any()


def test_every_record_arrives_or_is_on_its_way(live: Live) -> None:
    world = live(3 * 90, **BUSY)
    months = world.datacollector.get_model_vars_dataframe()
    waiting = world.state.mail.used_rows()
    assert months["crimes_recorded"].sum() == months["records_arrived"].sum() + len(waiting)
    assert (waiting["due"] > world.tick - 1).all()
    assert len(waiting) > 0 < months["records_arrived"].sum()


def test_twice_the_delay_is_twice_the_way(watch: Watch) -> None:
    days = []
    for delay in (30.0, 60.0):
        *_, world = watch(90, **BUSY, **{"information.delay": delay})
        sent = world.state.mail.used_rows()
        days.append((sent["due"] - sent["born"]) / 3.0)
    assert days[1] == pytest.approx(2.0 * days[0], abs=0.7)
    assert len(days[0]) > 5
