"""Levels at which a belief or a behaviour is at its usual value, as runs have them."""

import math

import pandas as pd
import pytest

from experiments.dev.examinations.usual_levels import KINDS, crimes_of, levels_of_measures, measured_levels
from model.town.crime_kinds import OFFENDERS


def test_measures_of_months_give_means_and_shares_of_hours() -> None:
    months = pd.DataFrame(
        {
            "presence_seen": [0.2, 0.4],
            **{f"caught_{group}": [0.01, 0.03] for group in OFFENDERS},
            "blocks_habit": [20.0, 20.0],
            "blocks_visits": [6.0, 2.0],
            "blocks_arrests": [0.0, 4.0],
            "blocks_places": [6.0, 6.0],
        }
    )
    found = levels_of_measures(months)
    assert found["certainty.usual_seen"] == pytest.approx(0.3)
    assert found["certainty.usual_street"] == pytest.approx(0.02)
    assert [found[f"chief.usual_{use}"] for use in ("visits", "arrests", "places")] == [0.125, 0.0625, 0.1875]


def test_crimes_of_all_months_and_kinds_are_counted() -> None:
    assert crimes_of(pd.DataFrame({f"crimes_occurred_{kind}": [1.0, 2.0] for kind in KINDS})) == 3.0 * len(KINDS)


def test_what_cover_absence_and_certainty_take_away_is_undone_by_a_level_above_one() -> None:
    rows = measured_levels(["population.scale=0.1"], years=0.25, seeds=1)
    assert len(rows) == 1
    assert rows["certainty.level"].min() > 1.0
    assert rows["certainty.usual_seen"].between(0.05, 0.95).all()
    assert all(math.isfinite(value) for value in rows[["cliques.usual_seen", "cliques.usual"]].to_numpy().ravel())
