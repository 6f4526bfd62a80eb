"""Runs with the same town, seed and warm-up share one warm start, and no number changes by it."""

import dataclasses
import datetime

import pyarrow as pa
import pytest

from experiments.execution import warm_starts
from experiments.execution.run_job import run_one
from experiments.execution.warm_starts import warm_up_key, with_shared_warm_ups
from experiments.storage.run_spec import RunSpec

BASE = RunSpec(
    source="villa_canales",
    overrides=(("population.scale", "0.05"), ("calendar.warm_up", "1")),
    until=datetime.date(2017, 4, 1),
    keep=("incidents", "ledger"),
)
OTHERS = (
    dataclasses.replace(BASE, policies=("mopsic_full",)),
    dataclasses.replace(BASE, policies=("no_police",)),
    dataclasses.replace(BASE, policies=("mopsic_full@2017-02-15", "heavy_hand")),
)


def tables_of(spec: RunSpec) -> dict[str, pa.Table]:
    return run_one(spec, lambda _: None).tables


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> warm_starts.WarmStarts:
    own = warm_starts.WarmStarts()
    monkeypatch.setattr("experiments.execution.run_tables.WARM_STARTS", own)
    return own


@pytest.mark.thorough
def test_runs_that_share_a_warm_up_have_the_numbers_of_runs_alone(warm: warm_starts.WarmStarts) -> None:
    shared = with_shared_warm_ups([BASE, *OTHERS])
    assert all(spec.shares_warm_up for spec in shared)
    for alone, spec in zip([BASE, *OTHERS], shared, strict=True):
        assert spec.run == alone.run
        same = tables_of(alone)
        assert all(table.equals(same[name]) for name, table in tables_of(spec).items())
        assert {"measures", "incidents", "ledger"} <= {*same}
    assert warm.n_simulated == 1


@pytest.mark.parametrize(
    "other",
    [
        BASE.with_seed(2),
        BASE.with_values({"trust.fast_days": 9}),
        BASE.with_values({"calendar.warm_up": 2}),
        dataclasses.replace(BASE, source="totonicapan"),
        dataclasses.replace(BASE, start=datetime.date(2017, 2, 1)),
        BASE.with_values({"mechanisms.fear": False}),
    ],
    ids=["seed", "behaviour", "length", "town", "start", "mechanism off"],
)
def test_whatever_acts_in_a_warm_up_tells_warm_ups_apart(other: RunSpec) -> None:
    assert warm_up_key(other) != warm_up_key(BASE)
    assert not any(spec.shares_warm_up for spec in with_shared_warm_ups([BASE, other]))


def test_without_a_warm_up_nothing_is_shared() -> None:
    cold = BASE.with_values({"calendar.warm_up": 0})
    assert not any(spec.shares_warm_up for spec in with_shared_warm_ups([cold, cold]))


@pytest.mark.thorough
def test_the_memory_of_warm_starts_is_bounded(monkeypatch: pytest.MonkeyPatch, warm: warm_starts.WarmStarts) -> None:
    monkeypatch.setattr(warm_starts, "MAX_BYTES", 1)
    for seed in (1, 2, 3):
        pair = [BASE.with_seed(seed), OTHERS[0].with_seed(seed)]
        for spec in with_shared_warm_ups(pair):
            tables_of(spec)
        assert len(warm.checkpoints) == 1
    assert warm.n_simulated == 3
