"""M50: beliefs that something comes of telling follow own and others' experience, and fade to what is usual."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from small_world import small_parameters, small_world

from model.engine.rows import zero_rows
from model.simulation.columns import ResidentState
from model.simulation.model import TrustModel
from model.simulation.world import World
from model.town.residents import Person
from model.trust.service import (
    CALLING,
    COMPLAINING,
    UNKNOWN,
    USUAL_SERVICE,
    LocalService,
    record_call_service,
    record_case_service,
    service_utility,
    update_local_service,
)
from model.world.shift_events import BY_PHONE

Live, Watch = Callable[..., TrustModel], Callable[..., Iterator[TrustModel]]
YEAR = 1095
USUAL = np.array([0.5, 0.1])


def place(**changes: float) -> World:
    """Return a world of one settlement with three residents, in which service is usual."""
    w = small_world(
        small_parameters(service={"value": 2.0, **changes}, trust={"memory_years": 1.0}),
        minds=zero_rows(ResidentState, 3),
        people=zero_rows(Person, 3),
        local_service=zero_rows(LocalService, 1),
        usual_service=USUAL.copy(),
        tick=0,
    )
    update_local_service(w, 0.0)
    return w


def test_usual_service_moves_nobody_and_unknown_service_neither() -> None:
    w = place()
    assert service_utility(w, 0, CALLING) == service_utility(w, 0, COMPLAINING) == 0.0
    w.usual_service[:] = UNKNOWN
    record_call_service(w, 0, 1.0)
    assert service_utility(w, 0, CALLING) == 0.0


def test_the_mean_of_experiences_at_the_usual_rate_is_usual_service() -> None:
    served, lost = place(heard=0.0), place(heard=0.0)
    record_case_service(served, 0, 1.0)
    record_case_service(lost, 0, 0.0)
    mean = USUAL[1] * service_utility(served, 0, COMPLAINING) + (1 - USUAL[1]) * service_utility(lost, 0, COMPLAINING)
    assert mean == pytest.approx(0.0, abs=1e-12)
    assert service_utility(served, 0, COMPLAINING) == pytest.approx(2.0 * ((4 * 0.1 + 1) / 5 - 0.1))
    assert service_utility(served, 0, CALLING) == 0.0


def test_half_of_an_experience_is_left_after_the_half_life() -> None:
    w = place(heard=0.0, prior=1.0)
    record_call_service(w, 0, 0.0)
    w.minds["service_at"] = -YEAR
    assert service_utility(w, 0, CALLING) == pytest.approx(2.0 * (0.5 / 1.5 - 0.5))


def test_neighbours_hear_of_an_experience_at_the_end_of_the_month() -> None:
    w = place()
    record_call_service(w, 0, 0.0)
    assert service_utility(w, 1, CALLING) == 0.0
    update_local_service(w, 91.0)
    kept = 0.5 ** (91.0 / YEAR)
    assert service_utility(w, 1, CALLING) == pytest.approx(2.0 * (20 * 0.5 / (20 + 0.3 * kept) - 0.5))
    assert service_utility(w, 0, CALLING) < service_utility(w, 1, CALLING) < 0.0


def reported_by_phone(world: TrustModel, shifts: int) -> int:
    """Return the crimes reported by telephone in some shifts."""
    n = 0
    for _ in range(shifts):
        world.step()
        assert world.trace is not None
        n += int((world.trace["incidents"]["reported_to"] == BY_PHONE).sum())
    return n


def test_where_the_line_is_never_answered_fewer_telephone_and_with_the_channel_cut_as_many(live: Live) -> None:
    busy = {"crime.armed": 50, "crime.thieves": 50, "crime.robbery": 40, "crime.theft": 40}
    found = {}
    for value in (0.0, 10.0):
        for answered in (0.0, 1.0):
            world = live(0, trace=True, **busy, **{"service.value": value, "response.line_answered": answered})
            world.state[USUAL_SERVICE][:] = USUAL
            update_local_service(world.w, 0.0)
            found[value, answered] = reported_by_phone(world, 5 * 91)
    assert found[10.0, 0.0] < 0.9 * found[10.0, 1.0]
    assert abs(found[0.0, 0.0] - found[0.0, 1.0]) < 0.05 * found[0.0, 1.0]
