"""M24: Safe Schools supervise the young, who are recruited and harmed less."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from model.crime.safe_schools import MECHANISM, recruitment_pull
from model.simulation.model import TrustModel
from scenarios.groups import declared_groups

Live = Callable[..., TrustModel]
MONTH = 93
ROBBERY, BURGLARY = np.int64(0), np.int64(4)


def numbers(**changes: float) -> np.void:
    """Numbers of Safe Schools in one settlement."""
    return dataclasses.replace(declared_groups()["safe_schools"](), **changes).rows(1)[0]


def test_supervision_weakens_the_pull_of_cliques_most_for_students() -> None:
    p = numbers(coverage=1.0, talks=1.0)
    assert recruitment_pull(True, numbers()) == recruitment_pull(False, numbers()) == 1.0
    assert recruitment_pull(True, p) < recruitment_pull(False, p) < 1.0
    assert recruitment_pull(True, p) == pytest.approx(np.exp(-1.3))


def test_near_schools_the_supervised_are_safer_on_the_street_only(live: Live) -> None:
    plain, safe = live(1), live(1, **{"safe_schools.coverage": 1.0})
    less = safe.hazard_factors.person / plain.hazard_factors.person
    assert less[ROBBERY, 0, 2:] == pytest.approx([0.85, 0.85])
    assert (less[ROBBERY, 0, :2] == 1.0).all(), "only the young near schools are supervised"
    assert (less[BURGLARY] == 1.0).all()


def test_recruits_become_fewer_under_the_policy(live: Live) -> None:
    busy = {"gangs.ms13": 40, "gangs.barrio18": 40, "gangs.dense": 5, "extortion.recruit": 0.012}
    plain = live(12 * MONTH, **busy).datacollector.get_model_vars_dataframe()["recruits"].sum()
    full = {"safe_schools.coverage": 1.0, "safe_schools.effect": 5.0}
    safe = live(12 * MONTH, **busy, **full).datacollector.get_model_vars_dataframe()["recruits"].sum()
    assert plain > 5
    assert safe < plain


def test_hours_are_counted_under_the_policy_only_and_switched_off_it_changes_nothing(live: Live) -> None:
    quiet, safe = live(MONTH), live(MONTH, policies=[MECHANISM.knockout.policy])
    off = live(MONTH, policies=[MECHANISM.knockout.policy], **{"mechanisms.safe_schools": False})
    for name in MECHANISM.knockout.measures:
        assert quiet.month_row[name] == off.month_row[name] == 0.0
        assert safe.month_row[name] > 1000.0
    assert quiet.month_row == pytest.approx(off.month_row, nan_ok=True)
