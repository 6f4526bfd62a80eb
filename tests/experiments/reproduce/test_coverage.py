"""Made-up truths: the band of draws that fit holds nine in ten of them, and is narrower than that of the prior."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.reproduce.coverage import coverage_table, fitting
from experiments.reproduce.design import PRIOR, ReproduceDesign
from experiments.reproduce.levels import COLUMNS, SolvedLevels, levels, targets_of
from experiments.reproduce.plan import plan

SITE = "villa_canales"


def solved_design(far: float) -> ReproduceDesign:
    """Return a design in which all draws fit; half of them lie ``far`` deviations above the others in all levels."""
    size = replace(plan().size("quick"), draws=80, long=0, loop=0, checks=0, prior=60)
    drawn = ReproduceDesign(plan(), size)
    rows = []
    for place in dict.fromkeys(block.place for block in drawn.blocks):
        for number in (0, 1):
            for column, level in enumerate(levels()):
                target = targets_of(place[0])[column].target
                value = target.value + far * (place[1] % 2) * np.sqrt(target.variance)
                rows.append((*place, number, level.target, 0.0, value, 0.5))
    return replace(drawn, solved=SolvedLevels(pd.DataFrame(rows, columns=list(COLUMNS))))


def pairs_of(design: ReproduceDesign, group: float, wider: float) -> pd.DataFrame:
    """Return normal effects of one package, ``group`` higher in every second draw, in the prior ``wider`` as wide."""
    rng, rows = np.random.default_rng(4), []
    for block in (one for one in design.blocks if one.site == SITE):
        effect = rng.normal() * (wider if block.kind == PRIOR else 1.0) + group * (block.draw % 2)
        keys = {"site": SITE, "kind": block.kind, "draw": block.draw, "seed": block.seed, "account": block.account}
        sides = {"base": 50.0, "base_per": 1.0, "arm_value": 50.0 + effect, "arm_per": 1.0}
        rows.append(keys | {"arm": "adoption", "years": 3, "measure": "trust_mean"} | sides)
    return pd.DataFrame(rows)


def test_nine_in_ten_truths_are_covered_and_a_wide_prior_covers_more() -> None:
    design = solved_design(far=0.0)
    (row,) = coverage_table(design, pairs_of(design, group=0.0, wider=3.0)).to_dict("records")
    assert row["truths"] == 80
    assert row["covered"] == pytest.approx(0.9, abs=0.06)
    assert row["prior_covered"] > 0.98
    assert row["narrower"] == pytest.approx(1.0 / 3.0, rel=0.3)


def test_only_draws_with_like_levels_predict_a_truth() -> None:
    design = solved_design(far=9.0)
    (row,) = coverage_table(design, pairs_of(design, group=20.0, wider=1.0)).to_dict("records")
    assert row["covered"] == pytest.approx(0.9, abs=0.08)
    assert row["narrower"] < 0.3  # half of the prior lies 20 points away
    measured = [one.target.value for one in targets_of(SITE)]
    values = np.array([measured, np.array(measured) * 9.0, np.full(len(measured), np.nan)])
    assert fitting(SITE, values, measured).tolist() == [True, False, False]
