"""Criteria over the ranges of what is assumed: which numbers, and what is told of them."""

import numpy as np

from experiments.comparison.criteria_effects import SITES
from experiments.validation.criteria import RANGES, range_lines, world_with
from model.measures.criteria import CRITERIA
from scenarios import load


def test_every_range_lies_around_what_is_assumed_and_can_be_set() -> None:
    for site in SITES:
        scenario = load(site)
        for name, (low, high) in RANGES.items():
            group, key = name.split(".")
            assert low <= getattr(scenario[group], key) <= high, name
            about = scenario[group].parameter_specs()[key]
            assert about.role == "behaviour" or "policy" not in about.source, name
            for value in (low, high):
                turned = load(site, set=dict([world_with(name, value).sets[0].split("=")]))
                assert float(getattr(turned[group], key)) == value


def test_the_ends_are_told_with_what_leads_there_and_what_has_no_number_as_null() -> None:
    base = {name: np.array([0.5, 0.5]) for name in CRITERIA} | {"c4": np.array([np.nan, np.nan])}
    ends = {
        ("practices.planned", 0.3): base | {"c1": np.array([0.1, 0.3])},
        ("practices.planned", 0.9): base | {"c1": np.array([0.8, 0.8])},
    }
    lines = list(range_lines("villa_canales", base, ends, 3.0, 2))
    c1 = next(line for line in lines if line.strip().startswith("c1"))
    assert "0.50" in c1
    assert "0.20" in c1
    assert "(practices.planned 0.3) to 0.80" in c1
    assert "c4" in "".join(line for line in lines if "null" in line)
    assert any("-0.300" in line and line.strip().startswith("practices.planned 0.3") for line in lines)
