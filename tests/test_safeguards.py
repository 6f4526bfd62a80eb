"""What must not be in the model: behaviour by site, rules that read ethnicity, names where they do not belong."""

import re
from pathlib import Path

import pytest

from model.model import GROUP_MONTH, SETTLEMENT_MONTH
from scenarios import load
from scenarios.groups import parameter_named

ROOT = Path(__file__).parent.parent
PLACES = ("territory.outline", "territory.lake", "settlements", "facilities")


@pytest.mark.parametrize("site", ["villa_canales", "totonicapan"])
def test_a_site_states_site_facts_only_and_leaves_behaviour_alone(site: str) -> None:
    stated = [key for key in load(site).sources if not key.startswith(PLACES)]
    roles = {}
    for key in stated:
        group, name = parameter_named(key)
        roles[key] = group.numbers()[name].role
    assert len(stated) > 20
    assert {key: role for key, role in roles.items() if role != "site"} == {}


def test_no_rule_reads_who_is_indigenous() -> None:
    """Ethnicity is measured (residents, measures) and never acts."""
    readers = {
        path.name
        for path in (ROOT / "model").rglob("*.py")
        if re.search(r"""["']indigenous["']|INDIGENOUS""", path.read_text(encoding="utf-8"))
    }
    assert readers == {"residents.py", "measures.py"}


def test_what_happens_to_reporters_is_not_told_under_the_names_of_settlements() -> None:
    assert not {"told", "complaints", "extortion", "homicides"} & {*SETTLEMENT_MONTH.names, *GROUP_MONTH.names}


def test_territories_of_cliques_are_drawn_anew_for_every_seed() -> None:
    from model.model import TrustModel
    from model.town import build_town

    scenario = load("villa_canales", set={"population.scale": 0.25, "calendar.warm_up": 0})
    town = build_town(scenario)
    centres = [TrustModel(scenario, rng=seed, town=town).state.cliques["centre"].tolist() for seed in (1, 2)]
    assert len(centres[0]) == 4
    assert centres[0] != centres[1]
