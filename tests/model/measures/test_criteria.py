"""Criteria: each part moves by what it is about and by no form, and is null where too little is known."""

import ast
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.dev.documents.table_access import written_places
from model.community.requests import ITEM_ANSWERED, ITEM_DUE, ITEM_FEASIBLE, ITEM_MET, ITEMS_WORKED_MET, record_item
from model.engine.rows import zero_rows
from model.measures.criteria import (
    CRITERIA,
    INFORMATION_PARTS,
    MINIMUM_EVENTS,
    PART_READERS,
    WHOLE_TOWN_CRITERIA,
    combine_parts,
    criterion_parts,
    criterion_scores,
    weighted_mean_known,
)
from model.problems.problems import N_CAUSES, ProblemRow
from model.problems.traces import (
    BLOCK_RESIDENTS,
    GUESS_PROBABILITY,
    N_MONTHS,
    TraceMonth,
    block_table,
    resident_share_of_sector,
    sum_of_year,
    worst_problems,
)
from model.problems.traces import TRACES as ROWS
from model.simulation.model import TrustModel
from model.simulation.registry import MECHANISMS
from model.town.crime_kinds import SEVERITY
from scenarios.anchors import read_anchors

Live = Callable[..., TrustModel]
ROOT = Path(__file__).parents[3]
YEAR = 1095
ASKED = {"consultation.meetings": 20.0}
LEADERS_CALL = {"calls.leaders": 20.0}
LARGER = {"population.scale": 0.25}
"""A town with several sectors: in one alone nobody can be kept to a part of it."""
DILIGENT = {
    "practices.usual_follow": 0.95,
    "practices.usual_analysis": 0.95,
    "practices.usual_area": 0.9,
    "problems.per_chief": 10.0,
    "problems.partner": 1.0,
    "problems.partner_willing": 1.0,
    "problems.begins": 1.0,
    "problems.again": 0.0,
    "problems.by_report": 5.0,
}
"""A station that notes every problem, looks into it, begins something and keeps it up."""


def last(world: TrustModel) -> pd.Series:
    return world.datacollector.get_model_vars_dataframe().iloc[-1]


@pytest.fixture(scope="module")
def year(live: Live) -> Callable[..., pd.Series]:
    """Return a function that tells how a small Villa Canales ends a year; the same year is simulated once."""
    lived: dict[Any, pd.Series] = {}

    def ended(policies: tuple[str, ...] = (), **changes: Any) -> pd.Series:
        key = (policies, *sorted(changes.items()))
        if key not in lived:
            lived[key] = last(live(YEAR + 3, policies=policies, **changes))
        return lived[key]

    return ended


# Each part moves by what it is about


MOVES: list[tuple[str, dict[str, float], dict[str, float]]] = [
    ("c1.kept", LARGER | {"practices.sent": 0.0, "practices.sent_team": 0.0}, LARGER | {"practices.sent": 1.0}),
    ("c1.seen", {"roster.couples": 0.5}, {"roster.couples": 2.0, "resources.vehicles": 2.0}),
    (
        "c1.team",
        {"practices.reshuffle": 0.95, "adoption.rotation": 0.9},
        {"practices.reshuffle": 0.0, "adoption.rotation": 0.0},
    ),
    ("c1.planned", {"patrol.route_share": 0.2}, {"patrol.route_share": 1.0}),
    ("c2.two_way", ASKED | {"practices.follow_most": 0.0}, ASKED | DILIGENT),
    ("c2.consent", {"boards.communal": 1}, {"boards.communal": 1, "consent.asked": 1, "consent.patrol": 3.0}),
    ("c2.answered", ASKED | {"practices.follow_most": 0.0}, ASKED | DILIGENT),
    ("c2.line", LEADERS_CALL | {"consultation.phones": 0.1}, LEADERS_CALL | {"consultation.phones": 1.0}),
    ("c2.voices", ASKED | {"consultation.attend_women": -3.0}, ASKED | {"consultation.attend_women": 1.0}),
    ("c3.tried", {}, DILIGENT | {"problems.blind": 0.0}),
    ("c3.done", ASKED | {"practices.follow_most": 0.0}, ASKED | DILIGENT),
    ("c3.hours", {}, DILIGENT | {"problems.blind": 0.0}),
    ("c4.true_cause", DILIGENT | {"problems.blind": 1.0}, DILIGENT | {"problems.blind": 0.0}),
    ("c4.course", DILIGENT | {"problems.blind": 1.0}, DILIGENT | {"problems.blind": 0.0}),
    ("c4.shared", {}, DILIGENT | ASKED | {"problems.blind": 0.0}),
    ("accountability.grave_known", {"reporting.intercept": -8.0}, {"reporting.intercept": 2.0}),
    (
        "accountability.in_hour",
        {"resources.vehicles": 0.5, "roster.couples": 0.5},
        {"resources.vehicles": 2.0, "roster.couples": 2.0},
    ),
    (
        "accountability.complaints",
        {"misconduct.files": 1.0, "misconduct.answered": 0.0},
        {"misconduct.files": 1.0, "misconduct.answered": 1.0},
    ),
]  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize(("part", "less", "more"), MOVES, ids=[part for part, *_ in MOVES])
def test_a_part_moves_by_what_it_is_about(part: str, less: Any, more: Any, year: Callable[..., pd.Series]) -> None:
    assert year(**more)[f"{part}.trace"] > year(**less)[f"{part}.trace"] + 0.03


def test_every_part_of_its_own_is_tried() -> None:
    doubled = {"accountability.two_way", "accountability.items_done"}
    assert {part for part, *_ in MOVES} == set(PART_READERS) - doubled


# No form moves a part


def test_routes_on_paper_lower_the_first_criterion(year: Callable[..., pd.Series]) -> None:
    usual, gamed = year(**LARGER), year(("gaming_routes",), **LARGER)
    for part in criterion_parts("c1"):
        assert gamed[f"{part}.trace"] < usual[f"{part}.trace"] + 0.02, part
    assert gamed["c1"] < usual["c1"]


def test_driving_past_is_no_stop(year: Callable[..., pd.Series]) -> None:
    passed = year(**LARGER, **{"patrol.stay": 5.0, "practices.planned": 0.0})
    assert passed["c1.kept.trace"] < 0.0
    assert passed[["c1.kept", "c1.seen", "c1.team"]].tolist() == [0.0, 0.0, 0.0]


def test_forms_full_of_zeros_find_no_cause(year: Callable[..., pd.Series]) -> None:
    usual, gamed = year(), year(("gaming_forms",))
    assert all(gamed[part] <= usual[part] + 0.02 for part in criterion_parts("c4"))


def test_meetings_that_nobody_follows_up_lower_consultation_and_accountability(year: Callable[..., pd.Series]) -> None:
    usual, gamed = year(**ASKED), year(("gaming_meetings",), **ASKED)
    assert gamed["c2.two_way.trace"] < usual["c2.two_way.trace"]
    assert gamed["accountability.items_done.trace"] < usual["accountability.items_done.trace"]


def test_what_a_smaller_town_does_not_keep_is_null_there(year: Callable[..., pd.Series]) -> None:
    found = year()
    assert found[[*WHOLE_TOWN_CRITERIA]].isna().all()
    assert found[["c1", "c2", "c3"]].notna().all()


def test_calls_closed_on_paper_are_not_served(year: Callable[..., pd.Series]) -> None:
    usual, gamed = year(), year(("gaming_responses",))
    assert gamed["accountability.in_hour.trace"] < usual["accountability.in_hour.trace"]


def test_no_to_everything_is_no_answer(year: Callable[..., pd.Series]) -> None:
    refused = year(
        **ASKED, **{"consultation.answer": 1.0, "consultation.request_met": 0.0, "practices.follow_most": 0.0}
    )
    assert refused["c2.answered"] < 0.1
    assert refused["c2.two_way"] < 0.1


def test_pressure_for_arrests_raises_no_part_of_the_third_criterion(year: Callable[..., pd.Series]) -> None:
    pressed = {"pressure.level": 0.9, "adoption.busts": 1.0, "adoption.returned": 0.0, "plans.bust": 3.0}
    found, usual = year(**pressed), year()
    for part in criterion_parts("c3"):
        assert found[part] <= usual[part] + 0.05, part


# What a request, a guess and an area are worth


@pytest.mark.parametrize(
    ("met", "feasible", "worked", "reason", "worth"),
    [
        (True, True, False, True, 1.0),
        (False, False, True, True, 1.0),
        (False, False, False, True, 1.0),
        (False, True, False, True, -1.0),
        (False, True, False, False, 0.0),
        (False, False, False, False, 0.0),
    ],
)
def test_a_true_reason_counts_and_a_false_one_is_subtracted(
    met: bool, feasible: bool, worked: bool, reason: bool, worth: float
) -> None:
    own = np.zeros(8)
    record_item(own, 0, met, feasible, worked, reason)
    harm = SEVERITY[0, 0]
    assert own[ITEM_DUE] == harm
    assert own[ITEM_ANSWERED] == worth * harm
    assert own[ITEM_FEASIBLE] == (harm if feasible else 0.0)
    assert own[ITEM_MET] == (harm if met else 0.0)
    assert own[ITEMS_WORKED_MET] == (1.0 if worked and met else 0.0)


def test_who_guesses_among_the_causes_gains_nothing() -> None:
    assert 1.0 - (N_CAUSES - 1) * GUESS_PROBABILITY == pytest.approx(0.0)


def test_an_area_as_large_as_the_town_earns_nothing() -> None:
    y = zero_rows(TraceMonth, 1)[0]
    y["street"], y["kept"], y["kept_room"] = 100.0, 0.0, 0.0
    done, whole, events = PART_READERS["c1.kept"](y, None)  # type: ignore[arg-type]
    assert (done, whole, events) == (0.0, 0.0, 100.0)


def test_the_three_worst_problems_of_a_sector_are_those_of_most_harm() -> None:
    rows = zero_rows(ProblemRow, 6)
    rows["cell"] = [1, 2, 3, 4, 5, -1]
    rows["sector"] = [0, 0, 0, 0, 1, 1]
    rows["size"] = [4.0, 1.0, 3.0, 2.0, 1.0, 99.0]
    worst, harm = worst_problems(rows)
    assert sorted(worst["cell"].tolist()) == [1, 3, 4, 5]
    assert harm == pytest.approx(worst["size"] * SEVERITY[0, 0])


def test_blocks_hold_their_residents_and_lie_in_one_sector(live: Live) -> None:
    world = live(0)
    of, people = block_table(world)
    cells = world.town.cells
    assert people.sum() == cells["population"].sum()
    assert (people < BLOCK_RESIDENTS + cells["population"].max()).all()
    assert resident_share_of_sector(world).sum() <= 1.0 + 1e-9
    assert np.bincount(of, cells["population"], len(people)) == pytest.approx(people)


# Twelve closed months, twelve events


def test_nothing_is_told_before_twelve_months_have_closed(live: Live) -> None:
    world = live(0)
    assert sum_of_year(world.state[ROWS]) is None
    world.run_for(YEAR + 3)
    months = world.datacollector.get_model_vars_dataframe()
    assert months[list(CRITERIA)].iloc[:11].isna().all().all()
    assert months[["c1", "c2", "c3"]].iloc[11:].notna().all().all()
    year = sum_of_year(world.state[ROWS])
    assert year is not None
    assert year["closed"] == N_MONTHS


def test_a_part_with_too_few_events_is_null(live: Live, year: Callable[..., pd.Series]) -> None:
    assert MINIMUM_EVENTS == 12.0
    silent = year(**{"consultation.meetings": 0.0, "deliberation.asks": 0, "deliberation.climbs": 0})
    assert math.isnan(silent["c2.answered.trace"])
    assert math.isnan(silent["c2.answered"])
    assert math.isnan(silent["c3.done"])
    lawful = year(**{"problems.gathered": 0.0})
    assert lawful[["c3.tried", "c4", "c4.course"]].isna().all()


def test_a_criterion_needs_half_of_its_parts() -> None:
    nan, ones = math.nan, np.ones((4, 1))
    assert weighted_mean_known(np.array([[0.2], [0.4], [nan], [nan]]), ones)[0] == pytest.approx(0.3)
    assert math.isnan(weighted_mean_known(np.array([[0.2], [nan], [nan], [nan]]), ones)[0])


def test_information_and_response_cannot_stand_for_each_other() -> None:
    parts = {part: np.zeros(1) for part in criterion_parts("accountability")}
    weights = dict.fromkeys(parts, np.ones(1))
    deaf = {part: np.full(1, float(part not in INFORMATION_PARTS)) for part in parts}
    assert combine_parts("accountability", deaf, weights)[0] == 0.0
    assert combine_parts("accountability", {part: np.full(1, 0.25) for part in parts}, weights)[0] == pytest.approx(
        0.25
    )


def test_all_that_is_asked_is_one_and_nothing_is_zero() -> None:
    anchors = read_anchors()
    full = criterion_scores({anchor.part: anchor.full for anchor in anchors}, anchors)
    none = criterion_scores({anchor.part: anchor.absent - 1.0 for anchor in anchors}, anchors)
    assert {anchor.part for anchor in anchors} == set(PART_READERS)
    assert set(full.values()) == {1.0}
    assert set(none.values()) == {0.0}


# No echo, and no number from what the paper says of the sites


def test_criteria_read_no_number_of_any_group() -> None:
    for name in ("model/measures/criteria.py", "model/problems/traces.py"):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not read & {"numbers", "settings", "groups"}, name


def test_what_the_paper_says_of_the_sites_is_the_source_of_no_number() -> None:
    words = re.compile(r"\bL0[1-6]\b")
    for mechanism in MECHANISMS:
        if mechanism.group is not None:
            assert not [one for one in mechanism.group.evidence if words.search(one)], mechanism.name
    assert not [anchor.part for anchor in read_anchors() if words.search(anchor.reason)]
    for path in (*(ROOT / "model").rglob("*.py"), *(ROOT / "scenarios").rglob("*.toml")):
        for node in strings(path):
            assert not words.search(node), f"{path}: {node}"


def strings(path: Path) -> list[str]:
    """Return what a file says, but for the docstrings of code and the comments of tables."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        return [line.partition("#")[0] for line in text.splitlines()]
    tree = ast.parse(text)
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def test_traces_move_nothing(live: Live) -> None:
    world = live(0)
    assert world.state[ROWS]["closed"].sum() == 0
    (own,) = (one for one in MECHANISMS if one.name == "traces")
    written = {place.partition(".")[0] for place in written_places(own)}
    assert written == {table.name for table in own.tables}
