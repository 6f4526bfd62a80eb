"""Layers for maps: what QGIS opens lies where the town does, says what the tables say, and says what it is not."""

import json

import numpy as np
import pyogrio
import pytest
import shapely

from experiments.cli import app as cli
from experiments.execution.execution_layers import CRS, DISCLAIMER
from experiments.storage.reading import read, specs_of
from scenarios import load, scenario_plane

SMALL = ("--set", "population.scale=0.05", "--set", "calendar.warm_up=0", "--years", "0.2", "--replicates", "2")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder with a run of two seeds, written as layers in both forms."""
    place = tmp_path_factory.mktemp("layers")
    assert cli.run_program(["run", "villa_canales", *SMALL, "--out", str(place / "run")]) == 0
    files = ("--gpkg", str(place / "run.gpkg"), "--geojson", str(place / "run.geojson"))
    assert cli.run_program(["export", str(place / "run"), *files]) == 0
    return place


def layer(place, name):
    """Return what another program finds in a layer: what is said of it, its shapes, its columns."""
    meta, _, shapes, fields = pyogrio.raw.read(place / "run.gpkg", layer=name)
    return meta, shapely.from_wkb(shapes), dict(zip(meta["fields"], fields, strict=True))


@pytest.mark.parametrize("name", ["cells", "settlements"])
def test_a_geopackage_holds_the_rows_of_the_table_with_their_reference_system(place, name):
    table, (meta, shapes, fields) = read(place / "run", table=name), layer(place, name)
    assert meta["crs"] == CRS
    assert pyogrio.read_info(place / "run.gpkg", layer=name)["layer_metadata"]["DESCRIPTION"] == DISCLAIMER
    assert len(shapes) == len(table)
    for column in table:
        assert (fields[column] == table[column].to_numpy()).all(), column
    assert fields["month"].dtype.kind == "M"


def test_cells_are_squares_of_the_grid_in_which_settlements_lie(place):
    _, cells, fields = layer(place, "cells")
    _, points, _ = layer(place, "settlements")
    ground = shapely.union_all(cells)
    assert shapely.contains(ground, points).all()
    plane = scenario_plane("villa_canales").transformer()
    corners = np.column_stack(plane.transform(*shapely.get_coordinates(cells[0]).T))
    assert np.ptp(corners, axis=0) == pytest.approx([250.0, 250.0], abs=0.5)
    assert len(np.unique(shapely.to_wkb(cells))) == len(set(fields["cell"]))


def test_the_seat_lies_where_it_is_known_to_lie(place):
    _, points, fields = layer(place, "settlements")
    town = next(one for one in load("villa_canales").settlements if one.kind == "town")
    at = points[list(fields["settlement"]).index(town.name)]
    x, y = scenario_plane("villa_canales").point(at.x, at.y)
    assert np.hypot(x - town.x, y - town.y) < 250.0
    assert not fields["schematic"][list(fields["settlement"]).index(town.name)]


def test_geojson_holds_the_same_features_and_says_what_it_is_not(place):
    told = json.loads((place / "run.geojson").read_text(encoding="utf-8"))
    assert told["description"] == DISCLAIMER
    assert pyogrio.read_info(place / "run.geojson")["crs"] == CRS
    cells = [one for one in told["features"] if one["properties"]["layer"] == "cells"]
    assert [one["properties"]["trust"] for one in cells] == pytest.approx(
        list(read(place / "run", table="cells")["trust"])
    )
    assert {one["properties"]["run"] for one in told["features"]} == set(specs_of(place / "run"))
    assert {one["geometry"]["type"] for one in told["features"]} == {"Polygon", "Point"}


def test_an_export_without_a_file_and_one_without_cells_are_told_in_a_line(place, tmp_path, capsys):
    for words, told in {
        (): "export needs --csv FILE, --gpkg FILE, --geojson FILE or --figures DIR",
        ("--gpkg", str(tmp_path)): "is a folder, not a file",
        ("--geojson", str(tmp_path / "none" / "x.json")): "no folder",
    }.items():
        assert cli.run_program(["export", str(place / "run"), *words]) == 2
        assert told in capsys.readouterr().err
    (place / "run" / "cells.parquet").rename(tmp_path / "cells.parquet")
    assert cli.run_program(["export", str(place / "run"), "--gpkg", str(tmp_path / "x.gpkg")]) == 2
    assert "holds no cells.parquet" in capsys.readouterr().err
