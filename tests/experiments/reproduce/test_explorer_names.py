"""The data of the explorer have the names that its script knows."""

import pandas as pd
import pytest
from script_names import EXPLORER, declared, differences

from experiments.explorer.explorer_page import explorer_data
from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.surfaces import fitted_surface, lever_pairs, points_of_surface

KEY = ("villa_canales", 1, "trust_mean")


def test_the_explorer_gets_the_names_that_its_script_knows(design: ReproduceDesign, pairs: pd.DataFrame) -> None:
    pytest.importorskip("sklearn")
    own = pairs[(pairs["site"] == KEY[0]) & (pairs["measure"] == KEY[2]) & (pairs["kind"] == "draws")]
    points = points_of_surface(lever_pairs(own))
    assert points is not None
    data = explorer_data(design, pairs, {KEY: fitted_surface(design, points)}, "confianza reproduce")
    assert differences([("data", data)], declared(EXPLORER, {})) == []
