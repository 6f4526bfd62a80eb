"""Pairs made by hand, for tables, surfaces and regions."""

from dataclasses import replace

import pandas as pd
import pytest
from known_pairs import SIZE, known_design, known_pairs

from experiments.reproduce.design import ReproduceDesign
from experiments.reproduce.plan import plan


@pytest.fixture(scope="session")
def design() -> ReproduceDesign:
    return known_design()


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
