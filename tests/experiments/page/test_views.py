"""Map, a life and criteria without a browser: what they say of paired runs, and whom they never show."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from chromium import small_town_file
from over_draws import ROW

from experiments.comparison.cause_effects import PlaceAndMonth, total_effect
from experiments.comparison.decision_measures import changed_measures
from experiments.comparison.decision_outcomes import (
    COLUMNS_NEEDED,
    SMALLEST_MAP_DIFFERENCE,
    TRUST,
    trust_difference_by_cell,
)
from experiments.comparison.policy_choice import Choice, runs_of
from experiments.comparison.twin_results import simulate_world
from experiments.page import criteria_view, events, life_view, map_view, sites, why_view
from experiments.page.address import AddressRequest
from experiments.page.files import downloaded_file
from experiments.page.page_state import PageState, number
from experiments.page.page_texts import page_text
from experiments.page.sheet import sheet_of
from experiments.statistics.paired_effects import paired
from experiments.statistics.thresholds import Scale, threshold_rules
from experiments.workshop.room import MINUTES, Room
from experiments.workshop.room_results import ChoiceState, PairedRuns, harm_line, life_data
from experiments.workshop.room_view import phone_view, screen_data, with_links
from model.engine.choices import CHOICES_DECLARED
from model.measures.criteria import CRITERIA, criterion_parts
from scenarios import load

ENGLISH = re.compile(
    r"\b(the|and|of|with|trust|police|crimes?|report|policy|fear|why|month|nobody|which)\b", re.IGNORECASE
)
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\{|\bnan\b")
NO_WORDS = {
    "name",
    "shades",
    "hatch",
    "gap",
    "tones",
    "kind",
    "layer",
    "view",
    "address",
    "town",
    "command",
    "python",
    "towns",
    "lost",
}
"""Keys of a sheet whose values nobody reads."""


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageState]:
    """Return eight pairs of a small town, one year, in Spanish."""
    folder = tmp_path_factory.mktemp("views")
    path = small_town_file(folder)
    before = sites.start_options
    sites.set_start_options(str(path), "es")
    choice = Choice(str(path), changed_measures({"training": 3, "heavy_hand": 2}), years=1)
    sides = runs_of(choice, folder)
    lives = [tuple(simulate_world(spec, COLUMNS_NEEDED, lambda _: None) for spec in side) for side in sides]
    yield PageState(choice, load(str(path)), "es", lives[0], lives[1])
    sites.start_options = before


def asked(one: PageState, view: str = "map", **more: Any) -> AddressRequest:
    return AddressRequest(one.choice, one.language, view=view, **more)


def read(sheet: Any, key: str = "") -> Iterator[str]:
    """Yield every text that is read of a sheet."""
    if isinstance(sheet, dict):
        for name, value in sheet.items():
            yield from read(value, name) if name not in NO_WORDS or isinstance(value, dict) else ()
    elif isinstance(sheet, list | tuple):
        for value in sheet:
            yield from read(value, key)
    elif isinstance(sheet, str):
        yield sheet


SHOWS = [
    *(("map", name) for name in map_view.LAYERS),
    *(("life", f"{kind}-1-1") for kind in life_view.LIFE_KINDS),
    *(("criteria", name) for name in CRITERIA),
]


@pytest.mark.thorough
@pytest.mark.parametrize(("view", "show"), SHOWS)
def test_a_view_in_spanish_holds_no_english_and_no_name_of_the_code(one: PageState, view: str, show: str) -> None:
    sheet = sheet_of(one, asked(one, view, show=show))
    json.dumps(sheet, allow_nan=False)
    words = [text for text in read(sheet) if "/" not in text]
    assert len(words) > 20
    assert [text for text in words if ENGLISH.search(text) or CODE.search(text)] == []


@pytest.mark.parametrize("view", ["map", "life", "criteria"])
@pytest.mark.thorough
def test_a_view_waits_for_all_worlds_and_shows_the_world_as_today(one: PageState, view: str) -> None:
    shown = {"map": map_view.view_data, "life": life_view.view_data, "criteria": criteria_view.view_data}[view]
    begun = replace(one, base=one.base[:3], arm=one.arm[:3])
    waits = shown(begun, asked(one, view))
    assert view == "life" or "3 de 8" in waits["answer"][0][0]
    today = replace(one, choice=replace(one.choice, chosen=()), arm=())
    sheet = sheet_of(today, asked(today, view))
    json.dumps(sheet, allow_nan=False)
    assert sheet["chosen"] == 0
    few = replace(one, base=one.base[:7], arm=one.arm[:7], faults=("falla",))
    assert view == "life" or "sin veredicto" in shown(few, asked(one, view))["answer"][0][0]


# Every state


def sheets(one: PageState) -> Iterator[dict[str, Any]]:
    """Yield what the page sends in every state: all worlds there, as today, few of them, none, withheld results."""
    drawn, (trust, *others) = replace(one), one.paired_outcomes
    rises = paired(np.full(8, 40.0), 41.0 + np.arange(8.0) / 100.0, scale=Scale("points"))
    turns = pd.Series({**ROW, "sign": "turns", "against_accounts": ""})
    vars(drawn)["paired_outcomes"] = replace(trust, effect=rises, draws=turns), *others
    states = [
        one,
        drawn,
        replace(one, choice=replace(one.choice, chosen=()), arm=()),
        replace(one, base=one.base[:3], arm=one.arm[:3]),
        replace(one, base=(), arm=()),
    ]
    for state in states:
        lives = [("life", f"{kind}-{row}-{nth}") for kind in ("clique", "chief") for row in (1, 2) for nth in (2, 9)]
        for view, show in [("why", ""), ("room", ""), ("life", "clique-9"), *lives, *SHOWS]:
            yield sheet_of(state, asked(state, view, show=show))


def test_a_view_sends_no_number_that_a_script_cannot_read_in_any_state(
    one: PageState, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = replace(threshold_rules()["points"], delta=0.0)
    for module in (events, why_view):  # so that every month has a mood
        monkeypatch.setattr(module, "threshold_rules", lambda: threshold_rules() | {"points": rules})
    for sheet in sheets(one):
        json.dumps(sheet, allow_nan=False)
        assert sheet["answer"]
    assert downloaded_file(one, "policy")["name"].endswith(".toml")


def test_the_room_and_its_phones_send_no_number_that_a_script_cannot_read_in_any_phase(
    one: PageState, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, found = PairedRuns(one.choice.site), list[dict[str, Any]]()
    monkeypatch.setattr(runs, "request_pairs", lambda _: None)
    doors = [{"open": False, "command": ""}, {"open": True, "link": "", "qr": ""}]
    sides = [(one.base[:3], one.arm[:3]), (one.base, one.arm)]
    for state in (ChoiceState(one.choice, "es", *both) for both in sides):
        monkeypatch.setattr(runs, "state_of", lambda *_, state=state: state)
        runs.composed_cache.clear()
        room = Room()
        keys = [room.join(room.word, room.number, k % 2, str(k)) for k in range(12)]
        for phase in MINUTES:
            room.set_phase(phase, 0)
            for k, key in enumerate(keys):
                if phase == "predict":
                    room.vote(key, k % 3)
                elif phase == "packages":
                    room.send_package(key, {"training": 2})
                elif phase == "close":
                    room.vote(key, 0)
            if phase == "packages":
                room.set_price("training", (80.0, 120.0))
            screens = [screen_data(room, runs, "es", door) for door in doors]
            found += [with_links(screen, "http://127.0.0.1/?", one.choice.site) for screen in screens]
            found.append(phone_view(room, keys[0], one.choice.site, "es"))
    found.append(harm_line(state, state.outcomes[1]))  # no harm of a small town is large enough to be told
    for data in found:
        json.dumps(data, allow_nan=False)
    assert {data["phase"] for data in found[:-1]} == set(MINUTES)


def test_the_life_in_the_room_may_be_shown_and_differs_most_nearly_by_the_mean_effect(one: PageState) -> None:
    state = ChoiceState(one.choice, "es", one.base, one.arm)
    life, effect = life_data(state), state.outcomes[0].effect.effect
    a, b = (world.recorded for world in state.twins[0])
    lives = life_view.showable_lives((a, b), None)
    gaps = {f"{100 * y.trust[-1]:.1f} con ella.": abs(100 * (y.trust[-1] - x.trust[-1]) - effect) for x, y in lives}
    assert [gap for text, gap in gaps.items() if life["trust"].endswith(f" {text}")] == [min(gaps.values())]
    assert 1 <= len(life["events"]) <= 3
    assert [text for text in read(life) if ENGLISH.search(text)] == []
    hidden = [replace(world, recorded=replace(world.recorded, lives=())) for world in one.base]
    assert life_data(replace(state, base=tuple(hidden))) == {}


# Why?


@pytest.mark.parametrize("more", [{}, {"place": 2}, {"month": 7}, {"show": "lived"}], ids=str)
def test_where_nothing_is_moved_the_causes_since_the_start_are_told(one: PageState, more: dict[str, Any]) -> None:
    today = replace(one, choice=replace(one.choice, chosen=()), arm=())
    sheet = why_view.view_data(today, asked(today, "why", **more))
    assert sheet["today"] + sum(row["size"] for row in sheet["rows"]) == pytest.approx(sheet["arm"], abs=1e-5)
    assert len(sheet["rows"]) > 5
    assert [row["title"] for row in sheet["rows"] if row["kind"] == "input"] == ["Ánimo del país"]
    assert "B" not in " ".join(read(sheet)).split()
    assert [words for words in read(sheet) if ENGLISH.search(words)] == []


def test_without_measures_the_bars_land_on_the_trust_of_today(one: PageState) -> None:
    today = replace(one, choice=replace(one.choice, chosen=()), arm=())
    sheet = why_view.view_data(today, asked(today, "why"))
    assert sheet["arm"] == pytest.approx(np.mean([TRUST.headline.of(life.months) for life in one.base]))
    assert sheet["ends"] == ("A al inicio, enero de 2017", "A, últimos 12 meses")


# Map


def test_the_map_shows_the_levels_of_both_worlds_and_their_difference(one: PageState) -> None:
    found = map_view.view_data(one, asked(one))
    panes, n = found["panes"], found["count"]
    levels = 100.0 * np.mean([life.cells for life in one.base], axis=0, dtype=float)
    shade = np.frombuffer(base64.b64decode(panes["shades"][0]), np.uint8).reshape(n, -1)
    limits = [float(cut) for cut in panes["cuts"]]
    assert (shade == np.digitize(levels, limits)).mean() > 0.99
    assert set(shade.ravel()) >= {0, 2, 4}
    gaps = np.nan_to_num(trust_difference_by_cell(one.twins))
    drawn = np.frombuffer(base64.b64decode(panes["gap"]), np.int8).reshape(n, -1)
    assert ((drawn != 0) == (np.abs(gaps) >= SMALLEST_MAP_DIFFERENCE)).mean() > 0.99
    assert (np.sign(drawn) * np.sign(gaps) >= 0).all()


def test_where_no_difference_is_told_from_chance_an_area_is_grey(one: PageState) -> None:
    layer = map_view.LAYERS["occurred"]
    same = [(life, life) for life in one.base]
    assert (map_view.area_gaps(same, layer) == 0.0).all()
    more = [(life, replace(life, recorded=replace(life.recorded, settlements=1.5 * life.recorded.settlements)))
            for life in one.base if life.recorded]  # fmt: skip
    assert (map_view.area_gaps(more, layer)[-1] > 0.0).all()


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(("factor", "tone"), [(1.5, "worse"), (0.5, "better")])
def test_more_crime_is_worse_and_less_is_better_by_colour_and_in_words(
    one: PageState, factor: float, tone: str, language: str
) -> None:
    told = {
        "es": ("menos delito ·\u00a0mejor", "más delito ·\u00a0peor"),
        "en": ("less crime ·\u00a0better", "more crime ·\u00a0worse"),
    }
    arm = tuple(
        replace(life, recorded=replace(life.recorded, settlements=(factor * life.recorded.settlements)))
        for life in one.base
        if life.recorded
    )
    panes = map_view.maps_of_worlds(replace(one, language=language, arm=arm), "occurred")
    drawn = np.frombuffer(base64.b64decode(panes["gap"]), np.int8)
    assert (np.sign(drawn[-2:]) == np.sign(factor - 1.0)).all()
    assert panes["tones"][int(drawn[-1] > 0)] == tone
    assert [label.partition(" ")[2] for label in panes["ends"]] == list(told[language])


@pytest.mark.parametrize(
    ("name", "tones"),
    [
        *(("trust", ["worse", "better"]), ("fear", ["better", "worse"])),
        *((name, ["less", "more"]) for name in ("visits", "told", "complaints")),
    ],
)
def test_where_neither_more_nor_less_is_better_no_colour_says_so(one: PageState, name: str, tones: list[str]) -> None:
    panes = map_view.maps_of_worlds(one, name)
    assert panes["tones"] == tones
    assert ("ninguno es mejor" in panes["told"]) == (tones == ["less", "more"])
    assert all(("mejor" in label or "peor" in label) == (tones != ["less", "more"]) for label in panes["ends"])


@pytest.mark.parametrize("name", ["told", "complaints", "gangs"])
def test_no_place_is_named_where_reports_or_cliques_are_shown(one: PageState, name: str) -> None:
    assert not map_view.LAYERS[name].named
    found = map_view.view_data(one, asked(one, show=name, place=1))
    assert found["place"] is None
    assert found["ground"]["names"] == found["ground"]["stations"] == found["ground"]["seats"] == []
    town = sites.load_municipality(one.choice.site).town
    told = " ".join(read({key: value for key, value in found.items() if key != "title"}))
    assert [place for place in (*town.settlement_names, *town.facility_names) if place in told] == []
    assert name == "gangs" or set(found["area"]) <= {0, 1, 2}


def test_gangs_are_shown_only_on_request_and_as_invented(one: PageState) -> None:
    first = map_view.view_data(one, asked(one))
    assert first["layer"] == "trust"
    assert "hatch" not in first["panes"]
    assert map_view.view_data(one, asked(one, show="nonsense"))["layer"] == "trust"
    gangs = map_view.view_data(one, asked(one, show="gangs"))
    assert gangs["note"] == page_text("es", "map.gangs_note")
    assert "Las clicas no están ahí" in gangs["note"]
    assert gangs["panes"]["shades"] == []
    assert gangs["course"] == {}


def test_a_settlement_says_what_the_decision_and_why_say(one: PageState) -> None:
    place = map_view.view_data(one, asked(one, place=2, month=7))["place"]
    effect = total_effect(one.twins, PlaceAndMonth(1, 7))
    assert place["number"] == 2
    assert (place["rows"][0]["a"], place["rows"][0]["b"]) == (number(effect.base, 1), number(effect.arm, 1))
    assert place["lines"][0][6] == pytest.approx(effect.base, abs=1e-3)


@pytest.mark.parametrize(("month", "title"), [(0, "Confianza de 100, media de 12 meses"), (7, "Confianza, de 100")])
def test_a_settlement_says_whether_its_trust_is_of_a_month_or_of_a_year(one: PageState, month: int, title: str) -> None:
    assert map_view.view_data(one, asked(one, place=2, month=month))["place"]["rows"][0]["title"] == title


def test_couples_and_incidents_stand_where_one_pair_of_worlds_had_them(one: PageState) -> None:
    town = sites.load_municipality(one.choice.site).town
    found = map_view.view_data(one, asked(one, month=3))["last_day"]
    assert found["month"] == 3
    for drawn, life in zip(found["worlds"], (one.base[0], one.arm[0]), strict=True):
        assert life.recorded is not None
        couples, incidents = life.recorded.last_days[2]
        assert len(couples) > 0
        assert drawn == [map_view.places_on_map(town, couples), map_view.places_on_map(town, incidents)]
    happened = sum(len(incidents) for life in one.base if life.recorded for _, incidents in life.recorded.last_days)
    assert happened > 0
    assert map_view.view_data(one, asked(one, show="told"))["last_day"] is None


# A life


def test_the_sizes_of_a_life_sum_to_its_change(one: PageState) -> None:
    told = 0
    for nth in range(1, 12):
        found = life_view.view_data(one, asked(one, "life", show=f"resident-{nth}-1"))
        for side, line in enumerate(found["lines"]):
            sizes = [row["sizes"][side] for row in (*found["events"], *found["rest"])]
            total = sum(float(size.replace("−", "-")) for size in sizes if size not in ("", "–"))
            assert total == pytest.approx(line[-1] - line[0], abs=0.05 * (1 + len(sizes)))
            told += len(sizes)
    assert told > 20


def test_a_life_is_told_only_if_both_worlds_may_tell_it(one: PageState) -> None:
    worlds = one.base[0].recorded, one.arm[0].recorded
    assert worlds[0] is not None
    assert worlds[1] is not None
    both = {a.who for a, _ in life_view.showable_lives((worlds[0], worlds[1]), None)}
    assert both == {life.who for life in worlds[0].lives} & {life.who for life in worlds[1].lives}
    less = replace(worlds[1], lives=worlds[1].lives[1:])
    left = {a.who for a, _ in life_view.showable_lives((worlds[0], less), None)}
    assert left == both - {worlds[1].lives[0].who}


def test_nobody_is_told_with_the_same_words_whatever_the_reason(one: PageState) -> None:
    empty = [replace(life, recorded=replace(life.recorded, lives=())) for life in one.base if life.recorded]
    none = life_view.view_data(replace(one, base=tuple(empty)), asked(one, "life", place=1))
    assert none["answer"] == [(page_text("es", "life.nobody"), "bold")]
    assert "lines" not in none


@pytest.mark.parametrize("kind", life_view.LIFE_KINDS)
def test_no_place_and_no_name_stands_in_a_life(one: PageState, kind: str) -> None:
    town = sites.load_municipality(one.choice.site).town
    told = " ".join(read(life_view.view_data(one, asked(one, "life", show=f"{kind}-1-1"))))
    assert [place for place in (*town.settlement_names, *town.facility_names) if place in told] == []


def test_a_choice_is_weighed_by_terms_that_sum_and_a_hundred_dots(one: PageState) -> None:
    number_of = next(
        k for k in range(1, 40) if life_view.view_data(one, asked(one, "life", show=f"resident-{k}-1"))["weighing"]
    )
    weighing = life_view.view_data(one, asked(one, "life", show=f"resident-{number_of}-1"))["weighing"]
    total = float(weighing["total"].replace("−", "-"))
    assert sum(term["size"] for term in weighing["terms"]) == pytest.approx(total, abs=0.006)
    assert [term["input"] for term in weighing["terms"]].count(True) == 1
    assert sum(part["n"] for part in weighing["dots"]) == 100
    assert 0 <= weighing["ring"] < 100
    assert len({row["n"] for row in weighing["ifs"]}) > 2


def test_twins_number_those_who_decide_alike_and_at_random() -> None:
    assert life_view.random_order(7, "authority", 30) == life_view.random_order(7, "authority", 30)
    assert life_view.random_order(7, "authority", 30) != life_view.random_order(8, "authority", 30)
    assert sorted(life_view.random_order(7, "authority", 30)) == list(range(30))


def test_the_choices_of_an_agent_say_what_is_on_record(one: PageState) -> None:
    found = life_view.view_data(one, asked(one, "life", show="authority-1-1"))
    assert 0 < found["choices"] <= life_view.MAX_CHOICES
    weighing = found["weighing"]
    assert sum(part["n"] for part in weighing["dots"]) == 100
    assert weighing["apart"]
    assert len(found["lines"][0]) == 13


def test_the_terms_of_a_chiefs_hours_sum_to_the_weights_above_them(one: PageState) -> None:
    life = one.base[0]
    assert life.recorded is not None
    known = [(row, life_view.recorded_terms(life.recorded, row)) for row in life.recorded.choices]
    row = next(row for row, terms in known if terms is not None)
    weighing = life_view.option_weights(one, row, life.seed, life.recorded)
    for option, weight in enumerate(weighing["terms"]):
        total = sum(float(part["sizes"][option].replace("−", "-")) for part in weighing["parts"])
        assert total == pytest.approx(weight["size"], abs=0.04)


def test_a_draw_is_shown_where_its_key_is_on_record_and_gives_the_choice_that_was_made(one: PageState) -> None:
    life = one.base[0]
    assert life.recorded is not None
    shown = 0
    for row in life.recorded.choices:
        spec = CHOICES_DECLARED[int(row["matter"])]
        weights = life_view.option_utilities(spec, row)
        chances = np.exp(weights - weights.max()) / np.exp(weights - weights.max()).sum()
        assert chances[int(row["option"])] == pytest.approx(float(row["chance"]))
        ring = life_view.dot_of_draw(spec, row, life.seed, chances)
        added = life_view.random_terms(one, row, life.seed)
        if spec.name in life_view.UNKNOWN_DRAWS:
            assert ring is None
            assert added == ""
        else:
            assert (ring is not None) == spec.ordered, spec.name
            assert bool(added) != spec.ordered, spec.name
            shown += 1
    assert shown > 20


# Criteria


def test_a_criterion_opens_its_parts_practice_and_decisions(one: PageState) -> None:
    found = criteria_view.view_data(one, asked(one, "criteria", show="c2"))
    assert [row["name"] for row in found["criteria"]] == list(CRITERIA)
    assert found["opened"] == "c2"
    assert len(found["parts"]) == len(criterion_parts("c2"))
    assert len(found["practice"]) == len(criteria_view.RELATED_MEASURES["c2"].practice)
    assert found["matters"]
    for matter in found["matters"]:
        for side in "ab":
            assert sum(float(row[side]) for row in matter["rows"] if row[side] != "–") in (
                0.0,
                pytest.approx(100.0, abs=3.0),
            )


def test_the_level_of_a_criterion_is_that_of_its_last_month(one: PageState) -> None:
    row = criteria_view.view_data(one, asked(one, "criteria"))["criteria"][0]
    levels = [[100.0 * float(life.months["c1"].iloc[-1]) for life in side] for side in (one.base, one.arm)]
    assert (row["a"], row["b"]) == tuple(number(float(np.mean(side)), 1) for side in levels)
    assert row["lines"][0][-1] == pytest.approx(np.mean(levels[0]), abs=0.01)
    assert " de 100 sorteos" in row["word"]


def test_the_paper_is_quoted_for_its_own_places_alone(one: PageState) -> None:
    villa = replace(one, choice=replace(one.choice, site="villa_canales"))
    assert criteria_view.grade_in_paper(villa, "c2") == "el artículo, 2017–2018: pasable"
    assert criteria_view.grade_in_paper(villa, "c4") == "el artículo, 2017–2018: el más débil"
    assert criteria_view.grade_in_paper(one, "c2") == ""


def test_fewer_complaints_stand_beside_women_without_remedy(one: PageState) -> None:
    found = criteria_view.view_data(one, asked(one, "criteria", show="accountability"))
    assert "mujeres que quedan sin remedio" in found["remedy"]
    assert any("mujeres" in row["title"].lower() for row in found["practice"])


@pytest.mark.parametrize(
    ("a", "b", "first", "lines", "band"),
    [
        # a month in which one pair has no value counts the other; both pairs have the others
        ([[0.1, 0.2], [0.3, np.nan]], [[0.2, 0.4], [0.4, 0.5]], 0, [[20.0, 20.0], [30.0, 40.0]], [[30.0, 40.0]] * 2),
        # curves begin after the last month in which no pair has a value
        ([[0.1, np.nan, 0.2]], [[0.2, 0.3, 0.4]], 2, [[20.0], [40.0]], [[40.0], [40.0]]),
        ([[np.nan, np.nan]], [[0.2, 0.3]], 0, [], []),
    ],
)
def test_a_month_without_a_value_of_a_criterion_leaves_no_number_that_json_lacks(
    a: list[list[float]], b: list[list[float]], first: int, lines: list[Any], band: list[Any]
) -> None:
    pairs = [
        tuple(SimpleNamespace(months=pd.DataFrame({"c2": one})) for one in pair) for pair in zip(a, b, strict=True)
    ]
    found = criteria_view.criterion_by_month(cast(PageState, SimpleNamespace(pairs=pairs)), "c2")
    json.dumps(found, allow_nan=False)
    assert found == {"first": first, "lines": lines, "band": band}
