"""Pairs made by hand: effects that are known, so that tables, surfaces and pages can be checked against them."""

import numpy as np
import pandas as pd

from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.lever_steps import shares_of
from experiments.reproduce.plan import EVERYTHING, HEAVY_HAND, MEASURES, ReproduceSize, plan
from experiments.reproduce.surfaces import Surface, SurfaceKey, fitted_surface, lever_pairs, points_of_surface

SIZE = ReproduceSize(draws=16, points=3, loop=8, cuts=1, years=1, levels=False)
LEVEL, TRUST, CRIMES = 1000.0, 2.0, -100.0
"""Status quo of counts, effect of MOPSIC and of visits on trust, and of reporting support on crimes."""
UNKNOWNS = ("trust.asymmetry", "trust.memory_years", "hearsay.weight", "near_repeat.kappa")
"""Drawn parameters that are inputs of emulators; effects do not depend on them."""
KEY = ("villa_canales", 1, "trust_mean")
"""Municipality, years and measure of the surface of the explorer."""


def known_design() -> ReproduceDesign:
    """Return a small design."""
    return ReproduceDesign(plan(), SIZE, unknowns=UNKNOWNS)


def known_pairs(design: ReproduceDesign) -> pd.DataFrame:
    """Return pairs in which MOPSIC and visits raise trust, reporting support lowers crime, and heavy hand lowers trust.

    The lever of heavy hand changes nothing.
    """
    rng = np.random.default_rng(1)
    rows = []
    for block in design.blocks:
        for arm in block.arms[1:]:
            shares = shares_of(block.settings.get(arm, {}))
            reporting = shares["reporting"] + (arm in (EVERYTHING, "reporting"))
            visits = shares["visits"] + (arm in (EVERYTHING, "adoption"))
            effects = {
                "trust_mean": TRUST * visits - 3.0 * (arm == HEAVY_HAND),
                "crimes_occurred": CRIMES * reporting,
                "complaints_filed": 20.0 * reporting,
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
    points = points_of_surface(lever_pairs(own))
    assert points is not None
    return {KEY: fitted_surface(design, points)}
