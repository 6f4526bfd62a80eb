"""Knock-outs and draws of anchors: nothing is claimed that no test would miss."""

import numpy as np
import pandas as pd
import pytest

from experiments.comparison import criteria_effects as draws
from experiments.dev.examinations import knockouts
from model.engine.errors import InputError
from model.measures.criteria import CRITERIA, PART_READERS, criterion_parts
from model.simulation.registry import MEASURES
from scenarios.anchors import read_anchors
from scenarios.groups import switchable_mechanisms

MORE = dict.fromkeys(("absence", "capture", "certainty", "contacts", "fear", "mayor", "narcos", "opportunity"), 24)
"""Twins for processes that are rare or vary much; all others are told from chance by six."""
OWN = [name for name, group in switchable_mechanisms().items() if group.__module__.startswith("model.")]


def table(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame(columns, index=pd.Index(range(1, 1 + len(next(iter(columns.values())))), name="seed"))


def test_every_mechanism_names_measures_of_its_own_process(subtests: pytest.Subtests) -> None:
    for name in OWN:
        with subtests.test(name=name):
            one = knockouts.knockout_of(name)
            assert one.process
            assert set(one.process) <= set(MEASURES)


@pytest.mark.slow
@pytest.mark.parametrize("name", OWN)
def test_the_process_of_a_mechanism_changes_when_it_is_switched_off(name: str) -> None:
    one = knockouts.knockout_of(name)
    found = knockouts.effects(one, scale=0.25, years=2.0, replicates=MORE.get(name, 6), workers=1)
    assert knockouts.changes_process(one, found), "\n".join(knockouts.knockout_lines(one, found))


def test_an_effect_is_paired_and_nothing_is_no_effect() -> None:
    having, missing = table(x=[1.0, 5.0, 9.0]), table(x=[0.0, 4.1, 7.9])
    effect = knockouts.effect_of("x", having, missing)
    assert effect.effect == pytest.approx(1.0)
    assert effect.arm_error == pytest.approx(4.0 / 3.0**0.5)
    assert effect.settled
    assert not knockouts.effect_of("x", having, having).settled


def test_rare_events_are_told_from_none_by_their_signs() -> None:
    none, rare = [0.0] * 9, [0.0, 90.0, 1.0, 2.0, 1.0, 1.0, 3.0, 1.0, 1.0]
    effect = knockouts.effect_of("x", table(x=rare), table(x=none))
    assert not effect.settled
    assert knockouts.is_significant(effect)
    assert not knockouts.is_significant(knockouts.effect_of("x", table(x=rare[:7]), table(x=none[:7])))
    assert not knockouts.is_significant(knockouts.effect_of("x", table(x=none), table(x=none)))


def test_a_mechanism_nobody_knows_is_named() -> None:
    with pytest.raises(InputError, match=r"no mechanism 'rooster'.*roster"):
        knockouts.knockouts(["rooster"])


def test_a_knockout_changes_its_process_in_twins() -> None:
    found = knockouts.effects(knockouts.knockout_of("hearsay"), scale=0.05, years=0.25, replicates=2)
    measure, effect = next(iter(found.items()))
    assert measure == "trust_by_hearsay"
    assert effect.base == 0.0 != effect.arm
    assert found[knockouts.OWN_CAUSES].base == 0.0 != found[knockouts.OWN_CAUSES].arm


def test_own_causes_are_summed_and_one_that_never_occurred_counts_as_nothing() -> None:
    accounts = pd.DataFrame({"ledger.held": [1.0, np.nan], "ledger.release": [-3.0, -2.0], "ledger.talk": [9.0, 9.0]})
    summed = knockouts.with_own_causes(accounts, ["held", "release", "charged"])
    assert summed[knockouts.OWN_CAUSES].tolist() == [-2.0, -2.0]


def test_draws_are_fixed_lie_within_their_limits_and_weigh_alike() -> None:
    anchors = draws.draw_anchors(read_anchors())
    for anchor in read_anchors():
        ratio = anchors[anchor.part] / anchor.full
        assert 0.5 <= ratio.min() < 0.55
        assert 1.8 < ratio.max() <= 2.0
        assert np.median(ratio) == pytest.approx(1.0, abs=0.06)
    weights = draws.draw_weights(criterion_parts("c1"))
    assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)))
    assert weights.mean(axis=0) == pytest.approx(np.full(4, 0.25), abs=0.02)
    assert np.array_equal(weights, draws.draw_weights(criterion_parts("c1")))


def measured(level: float) -> pd.DataFrame:
    """A year in which every trace but those of C4 stands at one level."""
    columns = {f"{part}.trace": [0.0 if part.startswith("c4") else level] * 12 for part in PART_READERS}
    return pd.DataFrame({"seed": 1, "month": range(12)} | columns)


def test_orderings_are_told_with_the_share_of_draws() -> None:
    sites = {
        "villa_canales": draws.mean_scores(measured(0.1), read_anchors()),
        "totonicapan": draws.mean_scores(measured(0.2), read_anchors()),
    }
    held = dict(draws.ordering_shares(sites))
    assert held["C2(totonicapan) > C2(villa_canales)"] == 1.0
    assert held["C4 lowest in totonicapan"] == 1.0
    text = "\n".join(draws.criteria_lines(sites))
    assert all(criterion in text for criterion in CRITERIA)
    assert max(map(len, text.splitlines())) <= 80
