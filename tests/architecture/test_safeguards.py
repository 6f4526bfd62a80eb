"""What must not be shown or said: behaviour by site, rules that read ethnicity, names where they do not belong."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented import decide_monthly, declare

from experiments.comparison.headline_measures import HEADLINES
from experiments.comparison.life_recorder import TELLABLE_KINDS
from experiments.execution.run_tables import INCIDENT_COLUMNS, decisions_table, impressions_table
from model.engine.choices import MOST_OPTIONS
from model.engine.parameters import all_parameters
from model.simulation.model import CELL_MONTH, GROUP_MONTH, SETTLEMENT_MONTH, TrustModel
from model.town.crime_kinds import NAMES as KINDS
from model.town.town import Town, build_town
from model.world.shift_events import CHANNELS
from scenarios import load
from scenarios.groups import declared_groups, find_parameter

ROOT = Path(__file__).parents[2]
PLACES = ("territory.outline", "territory.lake", "settlements", "facilities")
SECRETS = (
    "territory",
    "held_by",
    "protected",
    "clique",
    "gang",
    "member",
    "invites",
    "withdrawn",
    "risen",
    "told",
    "reported",
    "complaint",
)
"""What is drawn anew for every seed, or tells who reports: no table with places holds it."""

Live = Callable[..., TrustModel]


def texts(path: str) -> str:
    """Return a text of the project on one line."""
    words = (ROOT / path).read_text(encoding="utf-8").replace('"\n        "', "").replace('" "', " ")
    return re.sub(r"\s+", " ", words.replace("**", ""))


# Sites


@pytest.mark.parametrize("site", ["villa_canales", "totonicapan"])
def test_a_site_states_site_facts_only_and_leaves_behaviour_alone(site: str) -> None:
    stated = [key for key in load(site).sources if not key.startswith(PLACES)]
    roles = {}
    for key in stated:
        group, name = find_parameter(key)
        roles[key] = group.parameter_specs()[name].role
    assert len(stated) > 20
    assert {key: role for key, role in roles.items() if role != "site"} == {}


@pytest.mark.parametrize("site", ["villa_canales", "totonicapan"])
def test_named_places_carry_population_and_public_facts_only(site: str) -> None:
    facts = {"settlements": {"name", "kind", "lat", "lon", "weight", "road", "organised", "source"}}
    facts["facilities"] = {
        *("name", "settlement", "station", "officers", "desks", "vehicles", "motorcycles", "foot_posts", "source")
    }
    told = tomllib.loads((ROOT / "scenarios" / f"{site}.toml").read_text(encoding="utf-8"))
    for table, allowed in facts.items():
        assert told[table]
        assert {key for row in told[table] for key in row} <= allowed, table


# Ethnicity and poverty


def test_no_rule_reads_who_is_indigenous() -> None:
    """Ethnicity is measured (residents, measures) and never acts."""
    readers = {
        path.name
        for path in (ROOT / "model").rglob("*.py")
        if re.search(r"""["']indigenous["']|INDIGENOUS""", path.read_text(encoding="utf-8"))
    }
    assert readers == {"residents.py", "measures.py", "month.py"}


def test_nobody_has_a_column_for_poverty_and_no_number_asks_for_it(villa_town: Town) -> None:
    declared_groups()
    names = [*villa_town.people.dtype.names, *villa_town.cells.dtype.names]
    names += [name for name, _, _ in all_parameters()]
    poverty = re.compile(r"poor|povert|income|wealth|salary|marginal")
    assert [name for name in names if poverty.search(name)] == []


# Persons


def test_persons_authorities_and_cliques_are_numbers_without_names(villa_town: Town, live: Live) -> None:
    state = live(0).state
    tables = [villa_town.people, villa_town.authorities, state.minds, state.officers, state.cliques, state.boards]
    for table in tables:
        kinds = {table.dtype[name].kind for name in table.dtype.names}
        assert kinds <= {"i", "u", "f", "b"}, table.dtype


def test_what_happened_to_whom_and_where_is_not_kept_with_an_incident() -> None:
    assert not {"cell", "settlement", "victim", "teller", "clique", "number"} & set(INCIDENT_COLUMNS)


def test_a_table_of_decisions_tells_no_place_and_of_residents_not_even_a_number(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(monkeypatch)
    decide_monthly(monkeypatch)
    table = decisions_table(live(3 * 31))
    weights = [f"v{option}" for option in range(MOST_OPTIONS)]
    assert table.column_names == ["date", "agent", "who", "matter", "option", "chance", "reason", *weights]
    who = dict(zip(table["agent"].to_pylist(), table["who"].to_pylist(), strict=True))
    assert who["resident"] is None
    assert who["authority"] is not None


def test_a_table_of_impressions_numbers_couples_at_random_and_names_the_part_of_town(villa_town: Town) -> None:
    scenario = load("villa_canales", set={"population.scale": 0.05, "calendar.warm_up": 0})
    world = TrustModel(scenario, rng=7, keep=["impressions"])
    world.run_for(3 * 31)
    table = impressions_table(world)
    assert table.column_names == ["month", "couple", "part", "tone", "cause", "impressions", "change"]
    assert set(table["part"].to_pylist()) <= {"core", "between", "far"}
    assert min(table["couple"].to_pylist()) >= len(world.state.couples)


def test_lives_tell_only_kinds_and_motives_on_a_list_without_sexual_or_gang_violence() -> None:
    assert set(TELLABLE_KINDS) <= set(KINDS) - {"homicide", "extortion", "domestic_violence"}


# Places


def test_what_happens_to_reporters_is_not_told_under_the_names_of_settlements() -> None:
    assert not {"told", "complaints", "extortion", "homicides"} & {*SETTLEMENT_MONTH.names, *GROUP_MONTH.names}


@pytest.mark.parametrize("table", [CELL_MONTH, SETTLEMENT_MONTH], ids=["cells", "settlements"])
def test_no_table_with_places_holds_a_territory_a_refusal_or_a_channel(table: np.dtype[Any]) -> None:
    names = table.names or ()
    assert len(names) > 3
    assert [name for name in names if any(secret in name for secret in (*SECRETS, *CHANNELS))] == []


def test_territories_of_cliques_are_drawn_anew_for_every_seed() -> None:
    scenario = load("villa_canales", set={"population.scale": 0.25, "calendar.warm_up": 0})
    town = build_town(scenario)
    centres = [TrustModel(scenario, rng=seed, town=town).state.cliques["centre"].tolist() for seed in (1, 2)]
    assert len(centres[0]) == 4
    assert centres[0] != centres[1]


def test_communities_that_do_not_invite_the_police_are_drawn_anew_for_every_seed() -> None:
    scenario = load("totonicapan", set={"population.scale": 0.1, "calendar.warm_up": 0})
    town = build_town(scenario)
    refusals = [TrustModel(scenario, rng=seed, town=town).state.boards["invites"].tolist() for seed in range(6)]
    assert any(0 in one for one in refusals)
    assert len({tuple(one) for one in refusals}) > 1


# Words

SAYINGS = {
    "README.md": (
        "does not predict persons or places and is no ground for operations against anyone",
        "without review by the 48 Cantones, which is invited",
        "it does not say where consent may be skipped",
        "fewer complaints to the state are no success where women were left without remedy",
        "No predice personas ni lugares y no justifica operativos contra nadie",
        "sin revisión de los 48 Cantones, a quienes se invita a hacerla",
        "no dice dónde se puede prescindir del consentimiento",
        "Totonicapán's homicides (about 2.5 a year) support no statement on policies",
    ),
    "model/docs/frame.md": (
        "It does not predict persons or places. It is no ground for operations against anyone",
        "without review by the 48 Cantones, which is invited. It does not say where consent may be skipped",
    ),
    "experiments/narrative/messages.toml": (
        "It predicts neither persons nor places",
        "is no ground for operations against anyone",
        "the 48 Cantones have not reviewed this model and are invited to",
        "Fewer complaints are not less crime",
        "No agreement replaces the consent",
    ),
    "experiments/report/annex.html.j2": (
        "The model predicts neither persons nor places and is no ground for operations against anyone",
        "without review by the 48 Cantones, which is invited, and does not say where consent may be skipped",
        "Fewer complaints to the state are no success where women were left without remedy",
    ),
    "experiments/page/texts.toml": (
        "predicts neither persons nor places; it is no ground for operations against anyone",
        "Fewer complaints are no success where women were left without remedy",
    ),
}


@pytest.mark.parametrize("path", list(SAYINGS))
def test_what_the_model_is_not_for_is_said_wherever_somebody_meets_it(path: str) -> None:
    told = texts(path)
    for saying in SAYINGS[path]:
        assert saying in told, saying


def test_complaints_never_stand_in_a_comparison_without_women_left_without_remedy() -> None:
    names = [headline.name for headline in HEADLINES]
    assert "complaints_filed" in names
    assert {"women_without_remedy", "domestic_without_remedy"} <= set(names)


def test_collective_violence_is_never_called_justice_nor_law_of_a_community() -> None:
    banned = re.compile(
        r"justicia por mano propia|justicia ind[ií]gena|zona roja|red zone|indigenous justice", re.IGNORECASE
    )
    told = {
        path.relative_to(ROOT).as_posix()
        for folder in ("model", "scenarios", "experiments")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".toml", ".md", ".js", ".html"} and banned.search(path.read_text(encoding="utf-8"))
    }
    glossaries = {"model/docs/GLOSSARY.md", "experiments/words/glossary.toml"}
    assert told <= glossaries, "only the glossaries may name these words, to say that they are not used"
