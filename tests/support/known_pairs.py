"""Pairs made by hand: effects that are known, so that tables, surfaces and pages can be checked against them."""

import numpy as np
import pandas as pd

from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.plan import HEAVY_HAND, MEASURES, ReproduceSize, plan
from experiments.reproduce.surfaces import Surface, SurfaceKey, dosed_pairs, fitted_surface, points_of_surface

SIZE = ReproduceSize(draws=16, points=1, loop=8, cuts=1, long=0, long_points=0, years=1, long_years=1, levels=False)
LEVEL, TRUST, CRIMES = 1000.0, 2.0, -100.0
"""Status quo of counts, effect of full adoption on trust, and of full reporting support on crimes."""
KEY = ("villa_canales", 1, "trust_mean")
"""Municipality, years and measure of the surface of the explorer."""


def known_design() -> ReproduceDesign:
    """Return a small design."""
    return ReproduceDesign(plan(), SIZE)


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
            for measure in (*design.plan.reported, *design.plan.costs):
                level = 50.0 if MEASURES[measure].unit == "0-100" else LEVEL
                value = level + effects.get(measure, 0.0) + rng.normal(0.0, 0.05)
                rows.append(
                    {
                        "site": block.site, "kind": block.kind, "draw": block.draw, "seed": block.seed,
                        "account": block.account, "arm": arm, "years": 1, "measure": measure,
                        "base": level, "base_per": 1.0, "arm_value": value, "arm_per": 1.0,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


def known_surfaces(design: ReproduceDesign, pairs: pd.DataFrame) -> dict[SurfaceKey, Surface]:
    """Return the surface of trust that is fitted to pairs."""
    own = pairs[(pairs["site"] == KEY[0]) & (pairs["measure"] == KEY[2]) & (pairs["kind"] == "draws")]
    points = points_of_surface(dosed_pairs(design, own))
    assert points is not None
    return {KEY: fitted_surface(design, points)}
