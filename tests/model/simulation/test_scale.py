"""A town at a quarter of its size does a resident what the whole one does, as far as it can."""

from collections.abc import Mapping

import numpy as np
import pytest

from model.simulation.model import TrustModel
from model.town.town import build_town
from scenarios import load

SEEDS, YEARS = range(1, 21), 3
NAMES = ("crimes_occurred", "crimes_told", "contacts", "arrests", "complaints_filed")


def rates(policy: str, scale: float) -> Mapping[str, np.ndarray]:
    """Events a resident, seed by seed."""
    scenario = load("villa_canales", set={"population.scale": scale}, policies=[policy])
    town, found = build_town(scenario), []
    for seed in SEEDS:
        world = TrustModel(scenario, rng=seed, town=town)
        world.run_for(1095 * YEARS)
        months = world.datacollector.get_model_vars_dataframe()
        found.append([months[name].sum() / months["residents"].mean() for name in NAMES])
    return dict(zip(NAMES, np.array(found).T, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["status_quo", "mopsic_full", "resources_only"])
def test_a_quarter_agrees_with_the_whole_town_within_a_tenth_or_two_standard_errors(policy: str) -> None:
    part, whole = rates(policy, 0.25), rates(policy, 1.0)
    for name in NAMES:
        gap = part[name].mean() - whole[name].mean()
        error = np.hypot(*(some[name].std(ddof=1) / np.sqrt(len(SEEDS)) for some in (part, whole)))
        assert abs(gap) <= max(0.1 * whole[name].mean(), 2.0 * error), (name, gap / whole[name].mean(), error)
