import datetime
import itertools
import json
import math
import random
import re
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import only_here

import scenarios
from model.engine.errors import InputError
from model.engine.parameters import ParameterGroup
from model.engine.policies import parameter_rows
from scenarios.files import read_toml
from scenarios.outlines import Plane
from scenarios.reading import FOLDER, parse_typed_value, read_settings

TITLE = {"en": "Lamps", "es": "Lámparas"}
COUNT = {"value": 10, "unit": "lamps", "range": [0, 1000], "off": 0, "role": "lever", "title": TITLE}
GLOW = {"value": 0.5, "unit": "share", "range": [0, 1], "es": "Luz de una lámpara."}
SLOPE = {"value": 1.0, "unit": "degree", "range": [0, 45], "role": "site", "es": "Pendiente media."}
ASSUMED = {"source": "assumed", "en": "What a test makes up."}


@dataclass(frozen=True, init=False)
class Lamps(ParameterGroup, lines={"count": COUNT | ASSUMED, "glow": GLOW | ASSUMED}):
    """Stands in for any mechanism, so that these tests depend on none."""

    name = "lamps"
    count: int
    glow: float


@dataclass(frozen=True, init=False)
class Ground(ParameterGroup, lines={"slope": SLOPE | ASSUMED}):
    """Stands in for a part of the setting that cannot be switched off."""

    name = "ground"
    mechanism = False
    slope: float


MADE_UP = only_here(
    Lamps,
    Ground,
)


SQUARE = [[-90.5, 14.4], [-90.4, 14.4], [-90.4, 14.5], [-90.5, 14.5], [-90.5, 14.4]]
SITE = """
title = { en = "A site", es = "Un sitio" }
[territory]
outline = "square.geojson"
[lamps]
count = { value = 12, source = "B19" }
[[settlements]]
name = "Centro"
kind = "town"
lat = 14.45
lon = -90.45
weight = 1
[[facilities]]
name = "Estación"
settlement = "Centro"
station = true
officers = 20
"""


def outline(folder: Path, corners: object = SQUARE, name: str = "square.geojson", **more: object) -> None:
    content = {"type": "Polygon", "coordinates": [corners], **more}
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    outline(tmp_path)
    path = tmp_path / "site.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


def wrong(path: Path | str, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        scenarios.load(str(path), **options)  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    return message


def changed(site: Path, before: str, after: str) -> Path:
    text = site.read_text(encoding="utf-8")
    assert before in text
    site.write_text(text.replace(before, after), encoding="utf-8")
    return site


def test_every_built_in_scenario_loads_and_has_a_title_in_both_languages():
    assert "baseline" in scenarios.names()
    for name, title in scenarios.names().items():
        assert scenarios.load(name).title == title
        assert set(title) == {"en", "es"}


def test_every_built_in_policy_has_texts_in_both_languages_and_fits_every_scenario():
    for name, ready in scenarios.policies().items():
        assert set(ready.title) == set(ready.about) == {"en", "es"}
        assert all(ready.title.values())
        assert all(ready.about.values())
        for site in scenarios.names():
            assert scenarios.load(site, policies=name).policies[0].name == name


def test_status_quo_changes_nothing():
    status_quo = scenarios.policies()["status_quo"].policy
    assert status_quo.entries == ()
    assert not status_quo.off


def test_a_scenario_holds_its_values_sources_and_all_defaults(site):
    scenario = scenarios.load(str(site))
    assert scenario.name == "site"
    assert scenario["lamps"].count == 12
    assert scenario["lamps"].glow == 0.5
    assert scenario.sources["lamps.count"] == "B19"
    assert set(scenario.groups) == set(ParameterGroup.known)
    assert scenario.facilities[0].station


def test_an_outline_becomes_metres_true_to_scale(site):
    area = scenarios.load(str(site)).outline.area
    degree = 6_371_000 * math.pi / 180
    assert area == pytest.approx((0.1 * degree) ** 2 * math.cos(math.radians(14.45)), rel=0.01)


def test_settlements_lie_where_the_outline_says(site):
    scenario = scenarios.load(str(site))
    town = scenario.settlements[0]
    assert scenario.outline.centroid.x == pytest.approx(town.x, abs=50)
    assert scenario.outline.centroid.y == pytest.approx(town.y, abs=50)


def test_a_settlement_without_coordinates_has_no_place(site):
    changed(site, "lat = 14.45\nlon = -90.45\n", "")
    assert scenarios.load(str(site)).settlements[0].x is None


@given(lon=st.floats(-0.2, 0.2), lat=st.floats(-0.2, 0.2))
def test_the_plane_keeps_distances_from_its_centre(lon, lat):
    x, y = Plane(-90.5, 14.5).point(-90.5 + lon, 14.5 + lat)
    degree = 6_371_000 * math.pi / 180
    sphere = math.hypot(lat * degree, lon * degree * math.cos(math.radians(14.5 + lat / 2)))
    assert math.hypot(x, y) == pytest.approx(sphere, rel=0.01, abs=1.0)


def test_an_outline_in_another_reference_system_is_the_same_place(site):
    here = scenarios.load(str(site)).outline
    from pyproj import Transformer

    to_utm = Transformer.from_crs(4326, 32615, always_xy=True)
    corners = [list(to_utm.transform(lon, lat)) for lon, lat in SQUARE]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32615"}}
    outline(site.parent, corners, crs=crs)
    assert here.symmetric_difference(scenarios.load(str(site)).outline).area < 1.0


def test_an_outline_may_be_a_geopackage(site):
    import shapely
    from pyogrio import raw

    square = shapely.to_wkb([shapely.Polygon(SQUARE)])
    where = site.parent / "square.gpkg"
    raw.write(where, square, [], [], geometry_type="Polygon", crs="EPSG:4326")
    here = scenarios.load(str(site)).outline
    changed(site, "square.geojson", "square.gpkg")
    assert here.symmetric_difference(scenarios.load(str(site)).outline).area < 1.0


def test_a_file_that_extends_another_changes_only_what_it_states(site):
    child = site.parent / "child.toml"
    child.write_text('extends = "site.toml"\n[lamps]\nglow = 0.9\n', encoding="utf-8")
    scenario = scenarios.load(str(child))
    assert (scenario["lamps"].count, scenario["lamps"].glow) == (12, 0.9)
    assert scenario.sources["lamps.count"] == "B19"
    assert scenario.settlements == scenarios.load(str(site)).settlements


def test_a_value_stated_anew_does_not_keep_the_old_source(site):
    child = site.parent / "child.toml"
    child.write_text('extends = "site.toml"\n[lamps]\ncount = 3\n', encoding="utf-8")
    assert "lamps.count" not in scenarios.load(str(child)).sources


def test_an_outline_is_sought_beside_the_file_that_states_it(site):
    folder = site.parent / "variants"
    folder.mkdir()
    (folder / "child.toml").write_text('extends = "../site.toml"\n', encoding="utf-8")
    assert scenarios.load(str(folder / "child.toml")).outline == scenarios.load(str(site)).outline


def test_files_that_extend_each_other_are_refused(site):
    changed(site, "[territory]", 'extends = "other.toml"\n[territory]')
    (site.parent / "other.toml").write_text('extends = "site.toml"\n', encoding="utf-8")
    assert "extends" in wrong(site)


def test_values_from_the_shell_are_read_as_numbers_dates_and_truth_values(site):
    changes = {"lamps.glow": "0.25", "mechanisms.lamps": "false", "calendar.start": "2018-02-03"}
    scenario = scenarios.load(str(site), set=changes)
    assert scenario.groups["lamps"].glow == 0.25
    assert scenario.off == {"lamps"}
    assert scenario["lamps"].count == 0
    assert scenario.start == datetime.date(2018, 2, 3)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_the_shell(value):
    assert float(parse_typed_value(repr(value))) == value


@given(st.text())
def test_any_text_from_the_shell_is_read_as_something(text):
    parse_typed_value(text)


def test_a_mechanism_can_be_switched_off_in_three_ways(site):
    for options in ({"off": ["lamps"]}, {"set": {"mechanisms.lamps": False}}):
        assert scenarios.load(str(site), **options)["lamps"].count == 0
    changed(site, "[lamps]", "[mechanisms]\nlamps = false\n[lamps]")
    scenario = scenarios.load(str(site))
    assert scenario["lamps"].count == 0
    assert scenario.groups["lamps"].count == 12
    assert scenarios.load(str(site), set={"mechanisms.lamps": True})["lamps"].count == 12


def test_the_start_can_be_given_in_three_ways(site):
    day = datetime.date(2015, 6, 1)
    assert scenarios.load(str(site)).start == datetime.date(2017, 1, 1)
    assert scenarios.load(str(site), start="2015-06-01").start == day
    assert scenarios.load(str(site), set={"calendar.start": day}).start == day
    changed(site, "[territory]", "start = 2015-06-01\n[territory]")
    assert scenarios.load(str(site)).start == day


def test_the_nearest_name_is_offered(site):
    assert "did you mean 'baseline'?" in wrong("basline")
    assert "did you mean 'lamps.glow'?" in wrong(site, set={"lamps.glwo": 0.1})
    assert "did you mean 'lamps'?" in wrong(site, off=["lmaps"])
    assert "did you mean 'status_quo'?" in wrong(site, policies="status_qou")


MISTAKES = {
    "[lamps]": {
        "[lmaps]": "did you mean 'lamps'?",
        "[lmaps]\n[lamps]": "did you mean 'lamps'?",
        "[lamps]\ngloww = 1": "did you mean 'lamps.glow'?",
        "[lamps]\nglow = 1.5": "lamps.glow must lie in [0, 1]",
        "[lamps]\nglow = 'much'": "lamps.glow must be a finite number, got 'much'",
        "[lamps]\nglow = true": "lamps.glow must be a finite number",
        "[lamps]\nglow = nan": "lamps.glow must be a finite number",
        "[lamps]\nglow = { value = 0.5, sauce = 'B19' }": "did you mean 'source'?",
        "[lamps]\nglow = ": "is not TOML",
        "[ground]\nslope = 50\n[lamps]": "ground.slope must lie in [0, 45]",
        "[mechanisms]\nlamsp = false\n[lamps]": "did you mean 'lamps'?",
        "[mechanisms]\nground = false\n[lamps]": "'ground' is no mechanism that can be switched off: the",
        "[mechanisms]\nlamps = 0\n[lamps]": "mechanisms.lamps must be true or false, got 0",
    },
    "count = { value = 12": {
        "count = { value = 12.5": "lamps.count must be a whole number",
        "count = { value = inf": "lamps.count must be a finite number",
    },
    "title = { en": {"title = { fr": "title", "titel = { en": "did you mean 'title'?"},
    "[territory]": {
        "start = 2017\n[territory]": "start must be a date like 2017-01-01",
        "lamps = 3\n[territory]": "",
        "extends = 'baselin'\n[territory]": "did you mean 'baseline'?",
        "extends = 'nowhere.toml'\n[territory]": "no file",
        "[territory]\nlake = 'none.geojson'": "territory.lake: no file 'none.geojson'",
    },
    '"square.geojson"': {
        '"squaer.geojson"': "territory.outline: no file 'squaer.geojson'",
        "3": "territory.outline must be the path of a file",
        '"site.toml"': "territory.outline: site.toml: is no map. Give polygons as GeoJSON, GeoPackage or shape",
    },
    'outline = "square.geojson"': {"": "territory.outline must name"},
    'kind = "town"': {
        'kind = "city"': "kind must be one of town",
        'kind = "aldea"': "at least one of kind 'town'",
        "": "kind is missing",
    },
    "weight = 1": {
        "weight = 0": "nobody lives anywhere",
        "weight = -1": "weight must lie in [0, inf]",
        "weight = inf": "weight must lie in",
        "weihgt = 1": "did you mean 'weight'?",
        "weight = 1\nroad = 'rail'": "road must be one of paved, dirt, path",
        "weight = 1\norganised = 2": "organised must lie in [0, 1]",
        "weight = 1\n[[settlements]]\nname = 'Centro'\nkind = 'aldea'\nweight = 1": "two of this name",
    },
    "lat = 14.45\n": {
        "": "lat and lon must be given both or neither",
        "lat = 140\n": "lat must lie in [-90, 90]",
        "lat = 15.45\n": "must lie in the outline or within 5 km of it",
    },
    'settlement = "Centro"': {'settlement = "Cento"': "no settlement 'Cento'; did you mean 'Centro'?"},
    "officers = 20": {
        "officers = 2.5": "officers must be a whole number",
        "officers = -1": "must lie in [0, inf]",
    },
    "station = true": {"station = 1": "station must be true or false"},
}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [(before, after, message) for before, found in MISTAKES.items() for after, message in found.items()],
)
def test_a_mistake_is_told_in_one_line_that_names_the_file(site, before, after, message):
    told = wrong(changed(site, before, after))
    assert "site.toml" in told
    assert message in told


def test_settlements_of_an_own_file_without_their_facilities_are_told_of_that_file(tmp_path):
    outline(tmp_path, SQUARE)
    settlement = '[[settlements]]\nname = "Centro"\nkind = "town"\nlat = 14.45\nlon = -90.45\nweight = 1\n'
    head = 'extends = "baseline"\n[territory]\noutline = "square.geojson"\n'
    (tmp_path / "own.toml").write_text(head + settlement, encoding="utf-8")
    told = wrong(tmp_path / "own.toml")
    assert told.startswith(f"{tmp_path}/own.toml: [[settlements]] replaces that of scenarios/baseline.toml, whose")
    assert told.endswith("stands in 'Cabecera': give [[facilities]] here, too")


def test_trust_cannot_be_switched_off_and_no_other_name_is_offered():
    told = wrong("baseline", set={"mechanisms.trust": False})
    assert told.startswith("'trust' is no mechanism that can be switched off")
    assert "did you mean" not in told


def test_a_municipality_has_residents_and_is_not_shrunk_away(site):
    assert "population.total must lie in [1," in wrong(site, set={"population.total": "0"})
    assert "population.scale must lie in [0.05, 1]" in wrong(site, set={"population.scale": "0.01"})


def test_what_is_not_toml_is_told_with_its_line(site):
    assert "line 6" in wrong(changed(site, "count = { value", "count = = { value"))


def test_unreadable_files_are_told_in_one_line(site, tmp_path):
    assert "no file" in wrong(tmp_path / "nowhere.toml")
    (tmp_path / "folder.toml").mkdir()
    assert "cannot be read" in wrong(tmp_path / "folder.toml")
    (tmp_path / "latin.toml").write_bytes('title = "Totonicapán"'.encode("latin-1"))
    assert "UTF-8" in wrong(tmp_path / "latin.toml")


BAD_OUTLINES = {
    "not JSON": ("{", "is not GeoJSON"),
    "a list": ("[]", "is not GeoJSON"),
    "no features": ('{"type": "FeatureCollection", "features": []}', "has no polygon"),
    "a point": ('{"type": "Point", "coordinates": [-90, 14]}', "has no polygon"),
    "no corners": ('{"type": "Polygon", "coordinates": []}', "has no polygon"),
    "words": ('{"type": "Polygon", "coordinates": [["a", "b"]]}', "malformed"),
    "a line": ('{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0], [0, 0]]]}', "empty"),
    "nothing": ("null", "is not GeoJSON"),
    "a feature without shape": ('{"type": "Feature", "geometry": null}', "has no polygon"),
    "crossing itself": (
        '{"type": "Polygon", "coordinates": [[[-90, 14], [-89.9, 14.1], [-89.9, 14], [-90, 14.2], [-90, 14]]]}',
        "must not cross itself, got self-intersection at -89.9",
    ),
    "nested": ("[" * 100_000, "must be nested at most 32 deep"),
    "long digits": ('{"type": ' + "9" * 5000 + "}", "must fit into 64 bits"),
    "unknown system": (
        '{"type": "Polygon", "coordinates": [], "crs": {"properties": {"name": "EPSG:0"}}}',
        "cannot be read",
    ),
}


@pytest.mark.parametrize("kind", BAD_OUTLINES)
def test_an_outline_that_cannot_be_used_is_told_in_one_line(site, kind):
    content, message = BAD_OUTLINES[kind]
    (site.parent / "square.geojson").write_text(content, encoding="utf-8")
    told = wrong(site)
    assert "site.toml: territory.outline: square.geojson" in told
    assert message in told


def test_an_outline_that_crosses_itself_at_random_is_refused_within_a_second(site):
    rng = random.Random(1)
    corners = [[-90.0 + 0.1 * rng.random(), 15.4 + 0.1 * rng.random()] for _ in range(2000)]
    outline(site.parent, [*corners, corners[0]])
    begun = time.process_time()
    assert "must not cross itself" in wrong(site)
    assert time.process_time() - begun < 1.0


TOO_MUCH = {
    "deep": ("x = " + "[" * 5000, "must be nested at most 32 deep"),
    "deep name": ("a." * 4000 + "b = 1", "at most 32 parts"),
    "deep table": ("[" + "a." * 40 + "b]", "at most 32 parts"),
    "long name": ("a" * 201 + " = 1", "at most 200 characters"),
    "long number": ("[lamps]\ncount = " + "9" * 400, "must fit into 64 bits"),
    "longer number": ("[lamps]\ncount = " + "9" * 5000, "must fit into 64 bits"),
    "null": ('title.en = "\\u0000"', "control characters"),
    "long line": ("x = '" + "a" * 10_001 + "'", "at most 10,000 characters"),
    "long file": ("x = 1\n" * 50_000, "at most 0.25 MB"),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_a_file_beyond_the_limits_is_told_in_one_line(site, kind):
    content, message = TOO_MUCH[kind]
    site.write_text(content, encoding="utf-8")
    assert message in wrong(site)


LIST = ",".join(f"{k / 10:.1f}" for k in range(10, 50))


@pytest.mark.parametrize("text", [f"x=[{LIST}]", f"x={{low=[{LIST}]}}", f'x=["{LIST}","{LIST}"]'])
def test_numbers_of_a_list_are_no_parts_of_a_name(tmp_path, text):
    (tmp_path / "list.toml").write_text(text, encoding="utf-8")
    assert read_toml(tmp_path / "list.toml", "list.toml") == tomllib.loads(text)


@pytest.mark.parametrize("part", ["a", "a-b", '"a b"', "'é'", r'"\""', "1"])
@pytest.mark.parametrize("form", ["{} = 1", "[{}]", "[[{}]]", "x = {{y=1,{}=2}}", "x = {{{}=2}}"])
def test_a_name_of_too_many_parts_is_found_wherever_it_stands(tmp_path, part, form):
    for dot in (".", " . "):
        (tmp_path / "deep.toml").write_text(form.format(dot.join([part] * 40)), encoding="utf-8")
        with pytest.raises(InputError, match="at most 32 parts"):
            read_toml(tmp_path / "deep.toml", "deep.toml")


@pytest.mark.parametrize(
    "line", ['"' * 9_999, '\\"' * 4_999, "'" * 9_999, "a." * 31 + " " * 9_000, "a" * 9_999, "'\"" * 4_999]
)
def test_parts_of_names_are_counted_within_a_second(tmp_path, line):
    (tmp_path / "long.toml").write_text(f"{line}\n" * 26, encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(InputError):
        read_toml(tmp_path / "long.toml", "long.toml")
    assert time.process_time() - begun < 1.0


def test_a_number_from_the_shell_is_read_as_people_type_it(site):
    assert scenarios.load(str(site), set={"lamps.count": "007."})["lamps"].count == 7
    with pytest.raises(InputError, match=r"lamps\.count: a whole number must fit into 64 bits"):
        scenarios.load(str(site), set={"lamps.count": "9" * 400})


def test_an_outline_outside_the_earth_is_refused(site):
    outline(site.parent, [[lat, lon] for lon, lat in SQUARE])
    assert "latitudes in [-90, 90]" in wrong(site)
    outline(site.parent, [[lon * 10000, lat * 10000] for lon, lat in SQUARE])
    assert "longitudes must lie in [-180, 180]" in wrong(site)


def test_a_whole_country_is_no_municipality(site):
    outline(site.parent, [[-92, 13], [-88, 13], [-88, 18], [-92, 18], [-92, 13]])
    assert "at most 20,000 km²" in wrong(site)


def write_policy(folder: Path, text: str, name: str = "plan.toml", head: str = 'title.en = "A plan"\n') -> str:
    (folder / name).write_text(head + text, encoding="utf-8")
    return str(folder / name)


def test_a_policy_file_becomes_entries_that_begin_on_a_date(site):
    levers = '[set]\n"lamps.count" = 5\n[scale]\nlamps.count = 2\n'
    text = f'settlements = ["Centro"]\n{levers}[mechanisms]\nlamps = false\n'
    plan = write_policy(site.parent, text)
    policy = scenarios.load(str(site), policies=[plan + "@2018-01-01"]).policies[0]
    assert [(one.how, one.value) for one in policy.entries] == [("set", 5.0), ("scale", 2.0)]
    assert {one.settlements for one in policy.entries} == {("Centro",)}
    assert policy.start == datetime.date(2018, 1, 1)
    assert policy.off == {"lamps"}


def test_a_date_holds_for_the_policies_before_it(site):
    plan = write_policy(site.parent, "[set]\nlamps.count = 5\n")
    chosen = scenarios.load(str(site), policies=f"status_quo+{plan}@2018-01-01").policies
    assert [one.start for one in chosen] == [datetime.date(2018, 1, 1)] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[set]\nlamps.glow = 1\n", "a policy may set levers only; 'lamps.glow' is behaviour"),
        ("[add]\nground.slope = 1\n", "'ground.slope' is a site fact"),
        ("[set]\nlamps.cuont = 1\n", "did you mean 'lamps.count'?"),
        ("[set]\nlamps.count = 2000\n", "must lie in [0, 1000]"),
        ("[scale]\nlamps.count = 200\n", "after all policies, got 2400"),
        ("[scael]\nlamps.count = 2\n", "did you mean 'scale'?"),
        ("[set]\nlamps.count = 'many'\n", "must be a finite number"),
        ("[set]\nlamps = 2\n", "'lamps' is a group"),
        ("[mechanisms]\nlamps = true\n", "can only switch off"),
        ("settlements = ['Cento']\n[set]\nlamps.count = 2\n", "did you mean 'Centro'?"),
        ("settlements = 'Centro'\n[set]\nlamps.count = 2\n", "must be a list of names"),
        ("start = 'soon'\n", "must be a date"),
        ("paid_by = 'nobody'\n", "paid_by must be one of foot patrol, motorised patrol, fixed duties, added hours"),
        ("title.fr = 'Plan'\n", "title must be given as"),
        ("about = 'Plan'\n", "about must be given as"),
    ],
)
def test_a_mistake_in_a_policy_is_told_in_one_line(site, text, message):
    assert message in wrong(site, policies=[write_policy(site.parent, text)])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("# a comment\n\n", "is empty"),
        ("[set]\nlamps.count = 5\n", "has no title"),
        ('about = { en = "A plan" }\n', "has no title"),
    ],
)
def test_an_empty_policy_and_one_without_a_title_are_refused(site, text, fault):
    told = wrong(site, policies=[write_policy(site.parent, text, head="")])
    assert f'plan.toml: {fault}. Begin a policy with title = {{ en = "…", es = "…" }};' in told


TOWARDS = {"set": 5, "scale": 3, "add": 7}
PAGES = {"docs/do/policy.md": "If one lever stands", "docs/es/politica.md": "Si una misma palanca está"}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("order", list(itertools.permutations(TOWARDS)))
@pytest.mark.parametrize("apart", [False, True])
def test_entries_of_one_lever_apply_in_the_order_that_the_page_says(site, page, order, apart):
    sentence = " ".join((FOLDER.parent / page).read_text(encoding="utf-8").split())
    sentence = sentence[sentence.index(PAGES[page]) :].partition(".")[0]
    stated = re.findall(r"`\[(set|scale|add)\]`", sentence)
    assert sorted(stated) == sorted(TOWARDS)
    expected = 12.0  # of the site
    for how in stated:
        expected = {"set": TOWARDS["set"], "scale": expected * TOWARDS["scale"], "add": expected + TOWARDS["add"]}[how]
    tables = [f"[{how}]\nlamps.count = {TOWARDS[how]}\n" for how in order]
    files = [write_policy(site.parent, text, f"plan_{k}.toml") for k, text in enumerate(tables)]
    one = write_policy(site.parent, "".join(tables))
    scenario = scenarios.load(str(site), policies=files if apart else one)
    assert parameter_rows(scenario, "lamps", scenario.start)["count"].tolist() == [expected]


def test_of_two_policies_that_set_one_lever_the_later_one_holds(site):
    late = write_policy(site.parent, "[set]\nlamps.count = 6\n", "a.toml")
    early = write_policy(site.parent, "[set]\nlamps.count = 5\n", "z.toml")
    scenario = scenarios.load(str(site), policies=[f"{late}@2019-01-01", f"{early}@2018-01-01"])
    days = (datetime.date(year, 6, 1) for year in (2017, 2018, 2019))
    assert [parameter_rows(scenario, "lamps", day)["count"].tolist() for day in days] == [[12], [5], [6]]
    with pytest.raises(InputError, match=r"both set lamps\.count in the same place from the same date, to 6 and 5"):
        scenarios.load(str(site), policies=[late, early])


@pytest.mark.skipif(not (FOLDER.parent / "model/simulation/model.py").exists(), reason="there is no model yet")
def test_build_makes_a_world_with_dotted_overrides():
    world = scenarios.build("baseline", rng=3, policies="status_quo", **{"population.scale": 0.25})
    assert world.settings["population"].scale == 0.25
    assert [policy.name for policy in world.settings.policies] == ["status_quo"]


@pytest.mark.thorough
def test_reading_a_scenario_does_not_import_mesa_or_gdal():
    code = "import sys, scenarios; scenarios.load('baseline'); print({'mesa', 'pyogrio'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


@pytest.mark.parametrize("name", scenarios.names())
def test_every_value_of_a_built_in_site_has_a_source(name):
    stated = read_settings(FOLDER / f"{name}.toml")
    values = {key for key in stated if "." in key and key.split(".")[0] not in ("title", "mechanisms")}
    assert {key for key in values if not stated[key].source} == set()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"policies": 5}, 'policies must be a name or a list of names, got 5; for example policies=["mopsic_full"]'),
        ({"policies": [None]}, "policies must be a name or a list of names, got [None]; for example"),
        ({"set": [1]}, 'set must give values by dotted name, got [1]; for example set={"trust.memory_years": 3.0}'),
        ({"set": {1: 2}}, "set must give values by dotted name, got {1: 2}; for example"),
        ({"off": 5}, 'off must be a name or a list of names, got 5; for example off=["hearsay"]'),
        ({"off": "hearsy"}, "no mechanism 'hearsy'; did you mean 'hearsay'?"),
    ],
)
def test_what_python_gives_in_another_form_is_refused_with_an_example(arguments, told):
    with pytest.raises(InputError) as refused:
        scenarios.load("villa_canales", **arguments)
    assert str(refused.value).startswith(told)
    assert len(str(refused.value).splitlines()) == 1


def test_one_name_may_be_given_alone_and_a_path_as_a_path():
    policy = FOLDER / "policies" / "resources_only.toml"
    one, many = (scenarios.load("villa_canales", off=off, policies=policy) for off in ("hearsay", ["hearsay"]))
    assert one.off == many.off == {"hearsay"}
    assert [each.name for each in one.policies] == ["resources_only"]
