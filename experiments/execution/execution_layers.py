"""Export cells and settlements of runs as georeferenced map layers."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from experiments.execution.shared_towns import town_for
from experiments.storage.reading import read, specs_of
from experiments.storage.run_spec import RunSpec
from model.engine.errors import InputError, suggest_nearest
from scenarios import scenario_plane
from scenarios.extras import require_extra

if TYPE_CHECKING:
    from model.town.town import Town

GEOMETRY_TYPES = {"cells": "Polygon", "settlements": "Point"}
"""Tables whose rows have a location, with the geometry type."""
CRS = "EPSG:4326"
DEGREE_DECIMALS = 7
"""Decimals of a degree, about a centimetre."""
DISCLAIMER = (
    "Simulated: says nothing of the persons and places that really are there, and is no ground for operations. ·"
    " Simulado: nada dice de las personas y los lugares que en verdad hay ahí, ni justifica operativos."
)


@dataclass(frozen=True)
class Layer:
    """Rows with a location: their shapes in longitude and latitude (degrees), and their attributes."""

    name: str
    shapes: np.ndarray
    rows: pd.DataFrame


def layers_of(folder: Path) -> list[Layer]:
    """Return the layers of all runs in a folder."""
    specs, layers = specs_of(folder), []
    for name in GEOMETRY_TYPES:
        rows = read(folder, table=name)
        if not len(rows) or not set(rows["run"]) <= set(specs):
            raise InputError(f"{folder}: {name}.parquet must hold the runs of its manifest, got others or none")
        parts = [shapes_with_rows(name, specs[str(run)], run_rows) for run, run_rows in rows.groupby("run", sort=False)]
        shapes, tables = zip(*parts, strict=True)
        layers.append(Layer(name, np.concatenate(shapes), pd.concat(tables)))
    return layers


def shapes_with_rows(name: str, spec: RunSpec, rows: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Return shapes and rows of one run; the column ``schematic`` marks settlements placed at random."""
    town, plane = town_for(spec), scenario_plane(spec.source, set=dict(spec.overrides))
    if name == "cells":
        cells = rows["cell"].to_numpy()
        if not ((cells >= 0) & (cells < len(town.cells))).all():
            raise InputError(f"cells.parquet: column 'cell' must lie between 0 and {len(town.cells) - 1}")
        return plane.degrees(cell_squares(town, cells), DEGREE_DECIMALS), rows
    centres = {settlement.name: (settlement.x, settlement.y) for settlement in town.settlements}
    for unknown in set(rows["settlement"]) - set(centres):
        raise InputError(f"settlements.parquet: no settlement '{unknown}'{suggest_nearest(unknown, centres)}")
    points = np.array([centres[place] for place in rows["settlement"]], np.float64)
    unknown = {settlement.name for settlement in spec.scenario.settlements if settlement.x is None}
    return plane.degrees(np.asarray(shapely.points(points)), DEGREE_DECIMALS), rows.assign(
        schematic=rows["settlement"].isin(unknown)
    )


def cell_squares(town: "Town", cells: np.ndarray) -> np.ndarray:
    """Return the squares of some cells, in metres."""
    west, south = (town.origin[k] + town.cells[axis][cells] * town.cell_m for k, axis in enumerate("xy"))
    squares: np.ndarray = shapely.box(west, south, west + town.cell_m, south + town.cell_m)
    return squares


def geopackage_of(layers: list[Layer]) -> bytes:
    """Return layers as a GeoPackage."""
    from pyogrio import raw  # GDAL is large: loaded only for files that need it

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layers.gpkg"
        for layer in layers:
            columns = {name: gdal_values(layer.rows[name]) for name in layer.rows}
            raw.write(
                path,
                geometry=shapely.to_wkb(layer.shapes),
                field_data=list(columns.values()),
                field_mask=[layer.rows[name].isna().to_numpy() for name in columns],
                fields=list(columns),
                layer=layer.name,
                driver="GPKG",
                geometry_type=GEOMETRY_TYPES[layer.name],
                crs=CRS,
                append=path.exists(),
                DESCRIPTION=DISCLAIMER,
            )
        return path.read_bytes()


def gdal_values(column: pd.Series) -> np.ndarray:
    """Return the values of a column in a type that GDAL accepts."""
    return column.astype(object).to_numpy() if column.dtype.kind not in "biufM" else column.to_numpy()


def geojson_of(layers: list[Layer]) -> bytes:
    """Return layers as one GeoJSON file, with the layer as a property of each feature."""
    features = [feature for layer in layers for feature in features_of(layer)]
    collection = {"type": "FeatureCollection", "description": DISCLAIMER, "features": features}
    return (json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def features_of(layer: Layer) -> Iterator[dict[str, Any]]:
    """Yield a GeoJSON feature per row of a layer; missing values are null, months are ISO dates."""
    days = {str(name): layer.rows[name].dt.strftime("%Y-%m-%d") for name in layer.rows.select_dtypes("datetime")}
    rows = json.loads(layer.rows.assign(**days).to_json(orient="records", double_precision=15))
    for shape, row in zip(layer.shapes, rows, strict=True):
        yield {
            "type": "Feature",
            "properties": {"layer": layer.name} | row,
            "geometry": json.loads(shapely.to_geojson(shape)),
        }


def layers_file(folder: Path, option: str) -> bytes:
    """Return the layers of a folder as a file; ``option`` selects the format."""
    if option == "--gpkg":
        require_extra("maps", option)
    return (geopackage_of if option == "--gpkg" else geojson_of)(layers_of(folder))
