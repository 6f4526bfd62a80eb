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
"""Municipality, years and measure of the surface that tests read."""


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


def town_pairs(design: ReproduceDesign, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return pairs in which levers also cost something, and heavy hand does harm in the steps of its lever too."""
    settings = {arm: shares_of(steps) for block in design.blocks for arm, steps in block.settings.items()}
    settings[HEAVY_HAND] = shares_of({"heavy_hand": 2})
    by_lever = {
        "trust_mean": {"heavy_hand": -3.0},
        "wrongful_detentions": {"heavy_hand": 60.0},
        "training_days": {"training": 240.0},
        "hours_patrol": {"visits": -300.0, "follow_up": -50.0},
        "visits_foot": {"visits": -480.0},
    }

    def added(arm: str, measure: str) -> float:
        moved = settings.get(arm, {})
        planted = measure != "trust_mean" or arm != HEAVY_HAND
        return planted * sum(size * moved.get(lever, 0.0) for lever, size in by_lever.get(measure, {}).items())

    more = [added(arm, measure) for arm, measure in zip(pairs["arm"], pairs["measure"], strict=True)]
    return pairs.assign(arm_value=pairs["arm_value"] + more)


def town_surfaces(design: ReproduceDesign, pairs: pd.DataFrame) -> dict[SurfaceKey, Surface]:
    """Return the surfaces of all emulated measures of a municipality that are fitted to pairs."""
    found = {}
    for measure in design.plan.emulated:
        own = pairs[(pairs["site"] == KEY[0]) & (pairs["measure"] == measure) & (pairs["kind"] == "draws")]
        points = points_of_surface(lever_pairs(own))
        assert points is not None
        found[KEY[0], KEY[1], measure] = fitted_surface(design, points)
    return found
