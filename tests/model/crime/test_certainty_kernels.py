"""Certainty: known answers of its kernels and measures, with tables made by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hand_made import hand_made_world
from small_world import small_parameters, small_world

from model.crime.certainty import (
    ARRESTED_LATELY,
    MECHANISM,
    OFFENDED_LATELY,
    UNCOUNTED_KIND,
    ZONE_HAZARD,
    Certainty,
    arrest_elasticities,
    arrest_share_measure,
    certainty_factor_measure,
    deter,
    initialise,
    mean_patrol_seen,
    offender_group_of,
    patrol_elasticities,
    patrol_seen_by_zone,
    populated_cells_by_zone,
    update_arrest_memory,
    update_certainty_factors,
    update_visible_patrol,
    usual_certainty,
)
from model.crime.offenders import OffenderRow
from model.engine.rows import zero_rows
from model.simulation.world import World
from model.town.crime_kinds import ASSAULT, HOMICIDE, OFFENDERS, QUARREL, ROBBERY
from model.town.territory import Cell
from model.world.shift_events import HOMES, IN_QUARREL, INCIDENTS, N_VISIT_KINDS, POST, RESPONSES, ROUTE, VISITS

SETTLEMENTS, N_GROUPS = 2, len(OFFENDERS)
LEARNING = {"days": 1.0, "months": 2.0, "visible": 0.8, "inside": 0.25, "seen_half": 0.5, "usual_seen": 0.4}
LEARNING |= {"news": 6.0, "peers": 4.0, "learned": 0.7, "informal": 0.2, "highest": 1.6}


def remembering(changes: dict[str, float] | None = None, **fields: Any) -> World:
    """Return a world of two zones, of 4 and 1 populated cells, in which nothing is remembered."""
    p = small_parameters(SETTLEMENTS, certainty=LEARNING | (changes or {}))
    for name in p.certainty.dtype.names or ():
        p.certainty[name][1:] = 0.77  # those of the first settlement hold everywhere
    own = {
        "p": p,
        "seen_lately": np.zeros(SETTLEMENTS),
        "arrested_lately": np.zeros((N_GROUPS, SETTLEMENTS)),
        "offended_lately": np.zeros((N_GROUPS, SETTLEMENTS)),
        "zone_hazard": np.zeros((N_GROUPS, SETTLEMENTS)),
        "populated_cells_by_zone": np.array([4.0, 1.0]),
        "usual_certainty": np.full(N_GROUPS, 0.1),
        "arrest_elasticities": np.full(N_GROUPS, 0.5),
        "patrol_elasticities": np.full(N_GROUPS, 0.5),
        "visit_visibility": np.where(np.arange(N_VISIT_KINDS) == HOMES, 0.25, 1.0),
        "population_scale": 0.5,
    }
    return hand_made_world(n_cells=3, **(own | fields))


def test_patrol_seen_is_a_moving_average_of_visits_a_cell_and_day() -> None:
    w = remembering()
    w.cells["settlement"] = (0, 1, -1)
    w.seen_lately[:] = 0.3, 0.7
    w.counts[VISITS], w.counts[RESPONSES] = 5, 2
    w.visits["cell"][:6], w.visits["alive"][:6] = (0, 0, 1, 2, 1, 1), (1, 0, 1, 1, 1, 1)
    w.visits["kind"][:6] = (ROUTE, ROUTE, HOMES, POST, ROUTE, ROUTE)
    w.responses["cell"][:3] = (2, 1, 1)
    update_visible_patrol(w)
    kept = 0.5 ** (1.0 / 3.0)
    each = (1.0 - kept) * 3.0 * 0.8
    in_first = 1.0 + 1.0 + 1.0  # a visit, and a visit and a response where nobody lives
    in_second = 0.25 + 1.0 + 1.0
    assert w.seen_lately.tolist() == pytest.approx(
        [0.3 * kept + each * in_first / 4.0, 0.7 * kept + each * in_second], rel=1e-12
    )


def test_offences_are_counted_in_the_group_of_their_offender() -> None:
    w = remembering(offenders=zero_rows(OffenderRow, 3))
    w.cells["settlement"] = (0, 1, -1)
    w.offenders["group"] = (0, 3, 1)
    w.arrested_lately[:], w.offended_lately[:] = 2.0, 8.0
    rows = w.incidents
    w.counts[INCIDENTS] = 6
    rows["offender"][:7] = (1, 0, -1, -1, -1, 2, 0)
    rows["kind"][:7] = (HOMICIDE, ASSAULT, ASSAULT, HOMICIDE, ROBBERY, ROBBERY, ROBBERY)
    rows["motive"][3], rows["cell"][:7] = IN_QUARREL, (0, 1, 1, 0, 0, 2, 0)
    groups = [offender_group_of(w, rows[k]) for k in range(6)]
    assert groups == [3, 0, QUARREL, QUARREL, UNCOUNTED_KIND, 1]
    update_arrest_memory(w)
    kept = 0.5 ** (1.0 / (91.0 * 2.0))
    expected = np.full((N_GROUPS, SETTLEMENTS), 8.0 * kept)
    for group, zone in ((3, 0), (0, 1), (QUARREL, 1), (QUARREL, 0), (1, 0)):
        expected[group, zone] += 1.0
    np.testing.assert_allclose(w.offended_lately, expected, rtol=1e-12)
    np.testing.assert_allclose(w.arrested_lately, 2.0 * kept, rtol=1e-12)


def test_the_factor_falls_with_patrol_seen_and_arrests_known() -> None:
    w = remembering()
    w.seen_lately[:] = 0.25, 1.5
    w.arrested_lately[0], w.offended_lately[0] = (1.0, 3.0), (10.0, 7.0)
    w.usual_certainty[:2], w.arrest_elasticities[:2], w.patrol_elasticities[:2] = (0.1, 0.2), (0.5, 0.3), (0.6, 0.0)
    update_certainty_factors(w)

    def by_arrests(zone: int, usual: float, elasticity: float, arrests: list[float], crimes: list[float]) -> float:
        heard = (sum(arrests) + 3.0 * usual) / (sum(crimes) + 3.0)
        chance = (arrests[zone] + 2.0 * heard) / (crimes[zone] + 2.0)
        return float(((0.7 * chance + 0.3 * usual + 0.2 * usual) / (1.2 * usual)) ** -elasticity)

    for zone, seen in ((0, 0.25 / 0.75), (1, 1.5 / 2.0)):
        by_patrol = ((seen + 0.2 * 0.4) / (1.2 * 0.4)) ** -0.6
        first = by_patrol * by_arrests(zone, 0.1, 0.5, [1.0, 3.0], [10.0, 7.0])
        second = by_arrests(zone, 0.2, 0.3, [0.0, 0.0], [0.0, 0.0])  # whose offenders mind no patrol
        assert w.zone_hazard[:2, zone].tolist() == pytest.approx([first, second], rel=1e-12)


def test_patrol_seen_and_arrests_act_by_elasticities_of_their_own() -> None:
    w = remembering()
    w.patrol_elasticities[0] = w.arrest_elasticities[1] = 0.0

    def felt() -> list[float]:
        update_certainty_factors(w)
        return list(w.zone_hazard[:2, 0].tolist())

    w.seen_lately[:] = 0.5 * 0.4 / 0.6
    assert felt() == pytest.approx([1.0, 1.0])
    w.seen_lately[:] = 0.0  # no patrol, which the first group does not mind
    by_arrests, by_patrol = felt()
    assert by_arrests == pytest.approx(1.0)
    assert by_patrol == pytest.approx(1.6)  # as high as it goes
    w.seen_lately[:] = 0.5 * 0.4 / 0.6
    w.arrested_lately[:] = w.offended_lately[:] = 40.0  # everybody is caught, which the second does not mind
    by_arrests, by_patrol = felt()
    assert by_arrests < 0.6
    assert by_patrol == pytest.approx(1.0)


def test_without_any_news_the_usual_chance_is_believed_and_the_factor_has_a_ceiling() -> None:
    w = remembering({"news": 0.0, "peers": 0.0})
    w.seen_lately[:] = 0.0, 0.5 * 0.4 / 0.6
    update_certainty_factors(w)
    assert w.zone_hazard[:, 0].tolist() == [1.6] * N_GROUPS
    assert w.zone_hazard[:, 1].tolist() == pytest.approx([1.0] * N_GROUPS)
    w.offended_lately[:, 1] = 5.0  # crimes without arrest, and no peers in the other zone
    update_certainty_factors(w)
    assert (w.zone_hazard[:, 1] > 1.05).all()
    w.arrested_lately[:, 1] = w.offended_lately[:, 1] = 0.5  # one crime with arrest, half forgotten
    w.offended_lately[:, 0] = 5.0
    update_certainty_factors(w)
    assert (w.zone_hazard[:, 1] < 0.9).all()


def test_a_step_updates_patrol_arrests_and_factors() -> None:
    w = remembering(offenders=zero_rows(OffenderRow, 1))
    w.seen_lately[:] = w.offended_lately[:] = 1.0
    deter.kernel(w)
    assert (w.seen_lately < 1.0).all()
    assert (w.offended_lately < 1.0).all()
    assert (w.zone_hazard > 0.0).all()


class Land:
    """The part of a world that the readers of certainty use: a town of three zones, parameters and state."""

    def __init__(self) -> None:
        cells = zero_rows(Cell, 6)
        cells["settlement"], cells["population"] = (0, 0, 1, -1, 1, 1), (3, 1, 1, 2, 0, 5)
        self.town = SimpleNamespace(cells=cells, n_settlements=3)
        own = LEARNING | {"usual_vehicles": 0.3, "hire": 0.9, "seen_hire": 0.4}
        self.p = small_parameters(3, certainty=own)
        rows = self.p.certainty
        for name in rows.dtype.names or ():
            rows[name][1:] = 0.77  # those of the first settlement hold everywhere
        by_group = {table.name: np.zeros((N_GROUPS, 3)) for table in (ARRESTED_LATELY, OFFENDED_LATELY, ZONE_HAZARD)}
        self.w = small_world(self.p, seen_lately=np.zeros(3), **by_group)


def test_cells_where_people_live_are_counted_by_zone() -> None:
    assert populated_cells_by_zone(Land()).tolist() == [3.0, 2.0, 1.0]  # type: ignore[arg-type]


def test_usual_certainty_and_elasticity_are_those_of_each_group() -> None:
    land: Any = Land()
    p = Certainty()
    assert usual_certainty(land).tolist() == [p.usual_street, 0.3, p.usual_burglary, p.usual_hire, p.usual_quarrel]
    assert arrest_elasticities(land).tolist() == pytest.approx([0.3, 0.3, 0.25, 0.9, 0.12])
    patrol = [p.seen_street, p.seen_vehicles, p.seen_burglary, 0.4, p.seen_quarrel]
    assert patrol_elasticities(land).tolist() == pytest.approx(patrol)


def test_measures_are_means_of_zones_and_remembered_arrests_over_offences() -> None:
    land: Any = Land()
    month: Any = SimpleNamespace(world=land)
    initialise(land)
    assert patrol_seen_by_zone(land).tolist() == pytest.approx([0.4] * 3)
    land.w.seen_lately[:] = 0.5, 1.5, 0.0
    assert patrol_seen_by_zone(land).tolist() == pytest.approx([0.5, 0.75, 0.0])
    seen, factor, share = mean_patrol_seen, certainty_factor_measure(2), arrest_share_measure(2)
    assert factor.read is not None
    assert share.read is not None
    assert seen(month) == pytest.approx(1.25 / 3.0)
    assert np.isnan(share.read(month))
    land.w.zone_hazard[2], land.w.arrested_lately[2] = (1.0, 2.0, 4.0), (1.0, 0.0, 1.0)
    land.w.offended_lately[2] = 0.25, 0.0, 0.25
    assert factor.read(month) == pytest.approx(7.0 / 3.0)
    assert share.read(month) == pytest.approx(4.0)
    assert (factor.unit, share.unit) == ("ratio", "share")


def test_each_group_has_its_measures() -> None:
    land: Any = Land()
    land.w.zone_hazard[:] = land.w.arrested_lately[:] = np.arange(N_GROUPS)[:, None]
    land.w.offended_lately[:] = 8.0
    month: Any = SimpleNamespace(world=land)
    for number, group in enumerate(OFFENDERS):
        for name, expected in ((f"certainty_{group}", number), (f"caught_{group}", number / 8.0)):
            read = MECHANISM.measures[name].read
            assert read is not None
            assert read(month) == expected
