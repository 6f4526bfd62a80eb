"""Pairs made by hand: effects that are known, so that tables, surfaces and regions can be checked against them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.comparison.headline_measures import BY_NAME
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.plan import HEAVY_HAND, ReproduceSize, plan

SIZE = ReproduceSize(draws=16, points=1, loop=8, cuts=1, long=0, long_points=0, years=1, long_years=1)
LEVEL, TRUST, CRIMES = 1000.0, 2.0, -100.0
"""Status quo of counts, effect of full adoption on trust, and of full reporting support on crimes."""


@pytest.fixture(scope="session")
def design() -> ReproduceDesign:
    return ReproduceDesign(plan(), SIZE)


@pytest.fixture(scope="session")
def pairs(design: ReproduceDesign) -> pd.DataFrame:
    return known_pairs(design)


@pytest.fixture(scope="session")
def checked_design() -> ReproduceDesign:
    """The design with draws that check the surfaces."""
    return ReproduceDesign(plan(), replace(SIZE, checks=4))


@pytest.fixture(scope="session")
def checked_pairs(checked_design: ReproduceDesign) -> pd.DataFrame:
    return known_pairs(checked_design)


def known_pairs(design: ReproduceDesign) -> pd.DataFrame:
    """Return pairs in which adoption raises trust, reporting support lowers crime, and heavy hand lowers trust."""
    rng = np.random.default_rng(1)
    rows = []
    for block in design.blocks:
        for arm in block.arms[1:]:
            doses = block.packages.get(arm, {})
            effects = {
                "trust_mean": TRUST * doses.get("adoption", 0.0) - 3.0 * (arm == HEAVY_HAND),
                "crimes_occurred": CRIMES * doses.get("reporting", 0.0),
                "complaints_filed": 20.0 * doses.get("reporting", 0.0),
            }
            if block.account == "attitudes_without_effect":
                effects["crimes_occurred"] *= 0.5
            for measure in design.plan.reported:
                level = 50.0 if BY_NAME[measure].unit == "0-100" else LEVEL
                value = level + effects.get(measure, 0.0) + rng.normal(0.0, 0.05)
                rows.append(
                    {
                        "site": block.site, "kind": block.kind, "draw": block.draw, "seed": block.seed,
                        "account": block.account, "arm": arm, "years": 1, "measure": measure,
                        "base": level, "base_per": 1.0, "arm_value": value, "arm_per": 1.0,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)
