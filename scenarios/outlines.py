"""Read outlines of municipalities from files of polygons and project them to metres."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from model.engine.errors import InputError
from scenarios.extras import require_extra
from scenarios.files import read_json

LON_LAT = CRS.from_epsg(4326)
LARGEST_KM2 = 20_000.0
"""Maximum area; a country given by mistake would fill the memory."""
MOST_CORNERS = 200_000
MICROMETRE = 6
"""Decimals of coordinates in metres; further ones differ between processors, whose sines PROJ uses."""
REFUSED_GEOMETRY_ERRORS = ("Self-intersection", "Invalid Coordinate")
"""Errors that are refused, not repaired: the intended border is unknown, and repairs can take minutes."""


@dataclass(frozen=True)
class Plane:
    """A local transverse Mercator plane in metres, true to scale at its centre."""

    lon: float
    lat: float

    def transformer(self) -> Transformer:
        """Return the transformation from longitude and latitude."""
        centre = {"proj": "tmerc", "lon_0": self.lon, "lat_0": self.lat, "datum": "WGS84", "units": "m"}
        return Transformer.from_crs(LON_LAT, CRS.from_dict(centre), always_xy=True)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Return x and y in metres of a point."""
        x, y = self.transformer().transform(lon, lat)
        return round(float(x), MICROMETRE), round(float(y), MICROMETRE)

    def area(self, lon_lat: BaseGeometry) -> BaseGeometry:
        """Return a polygon in metres."""
        return shapely.transform(transform_shape(lon_lat, self.transformer()), lambda xy: np.round(xy, MICROMETRE))

    def degrees(self, shapes: NDArray[np.object_], digits: int) -> NDArray[np.object_]:
        """Return shapes in metres in longitude and latitude, rounded to some decimals."""

        def back(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            lon_lat = self.transformer().transform(xy[:, 0], xy[:, 1], direction=TransformDirection.INVERSE)
            return np.round(np.column_stack(lon_lat), digits)

        found: NDArray[np.object_] = shapely.transform(shapes, back)
        return found


def plane_around(lon_lat: BaseGeometry) -> Plane:
    """Return the plane around the middle of an outline, rounded so that a redrawn border does not move it."""
    middle = lon_lat.centroid
    return Plane(round(middle.x, 1), round(middle.y, 1))


def read_outline(path: Path, file: str) -> BaseGeometry:
    """Return the polygons of a GeoJSON, GeoPackage or shape file as one area in longitude and latitude."""
    if not path.is_file():
        raise InputError(f"no file '{file}'")
    shapes, crs = read_geojson(path, file) if path.suffix in (".geojson", ".json") else read_first_layer(path, file)
    if not shapes:
        raise InputError(f"{file}: has no polygon")
    if (corners := int(shapely.get_num_coordinates(shapes).sum())) > MOST_CORNERS:
        raise InputError(f"{file}: an outline has at most {MOST_CORNERS:,} corners, got {corners:,}")
    try:
        area = shapely.union_all([valid_polygon(shapely.force_2d(one), file) for one in shapes])
        area = transform_shape(area, Transformer.from_crs(crs, LON_LAT, always_xy=True))
    except (ShapelyError, ProjError) as reason:
        raise InputError(f"{file}: cannot be used as an area: {single_line_message(reason)}") from None
    return check_on_earth(polygon_parts(area), file)


def read_geojson(path: Path, file: str) -> tuple[list[BaseGeometry], CRS]:
    """Return the shapes of a GeoJSON file; without GDAL, so that the common case needs none."""
    content = read_json(path, file, "GeoJSON")
    try:
        return [shape(one) for one in iterate_geometries(content) if is_area(one)], declared_crs(content)
    except CRSError as reason:
        raise InputError(f"{file}: cannot be read: {single_line_message(reason)}") from None
    except (ShapelyError, AttributeError, KeyError, IndexError, TypeError, ValueError):
        raise InputError(f"{file}: is not GeoJSON: its coordinates or features are malformed") from None


def valid_polygon(area: BaseGeometry, file: str) -> BaseGeometry:
    """Return a valid polygon; raise `InputError` with the place if its border crosses itself."""
    reason = str(shapely.is_valid_reason(area))
    if reason.startswith(REFUSED_GEOMETRY_ERRORS) and shapely.convex_hull(area).area > 0.0:
        what, _, place = reason.rstrip("]").partition("[")
        raise InputError(f"{file}: an outline must not cross itself, got {what.lower()} at {place}")
    return area if reason == "Valid Geometry" else shapely.make_valid(area, method="structure", keep_collapsed=False)


def iterate_geometries(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the geometries of a GeoJSON object of any kind."""
    if content["type"] == "FeatureCollection":
        return [one for feature in content["features"] for one in iterate_geometries(feature)]
    if content["type"] == "Feature":
        return iterate_geometries(content["geometry"]) if content["geometry"] else []
    if content["type"] == "GeometryCollection":
        return [one for part in content["geometries"] for one in iterate_geometries(part)]
    return [content]


def is_area(geometry: dict[str, Any]) -> bool:
    """Return whether a GeoJSON geometry is a polygon with corners."""
    return geometry["type"] in ("Polygon", "MultiPolygon") and bool(geometry["coordinates"])


def declared_crs(content: dict[str, Any]) -> CRS:
    """Return the coordinate reference system that a GeoJSON file names, or longitude and latitude."""
    stated = content.get("crs")
    return CRS.from_user_input(stated["properties"]["name"]) if stated else LON_LAT


def read_first_layer(path: Path, file: str) -> tuple[list[BaseGeometry], CRS]:
    """Return the shapes of the first layer of a GeoPackage, shape file or the like."""
    require_extra("maps", f"{file}: a file that is no GeoJSON")
    from pyogrio import raw  # GDAL is large: loaded only for files that need it
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        meta, _, wkb, _ = raw.read(path, columns=[])
        crs = CRS.from_user_input(meta["crs"]) if meta["crs"] else LON_LAT
        shapes = shapely.from_wkb(wkb) if wkb is not None else ()
    except (DataSourceError, DataLayerError):  # their messages are about options of GDAL
        raise InputError(f"{file}: is no map. Give polygons as GeoJSON, GeoPackage or shape file") from None
    except (CRSError, ShapelyError) as reason:
        raise InputError(f"{file}: cannot be read: {single_line_message(reason)}") from None
    return [one for one in shapes if one is not None and one.geom_type.endswith("Polygon")], crs


def transform_shape(area: BaseGeometry, transformer: Transformer) -> BaseGeometry:
    """Return a shape in the target coordinates of a transformer."""
    return shapely.transform(area, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))


def polygon_parts(area: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a shape; repairing a border can leave stray lines and points."""
    parts = [one for one in shapely.get_parts(area) if one.geom_type.endswith("Polygon")]
    return shapely.union_all(parts)


def check_on_earth(area: BaseGeometry, file: str) -> BaseGeometry:
    """Return the area; raise `InputError` if it is empty or outside valid longitudes and latitudes."""
    if area.is_empty or area.area == 0.0:
        raise InputError(f"{file}: the area is empty")
    west, south, east, north = area.bounds
    if not (-180.0 <= west <= east <= 180.0 and -90.0 <= south <= north <= 90.0):
        raise InputError(
            f"{file}: longitudes must lie in [-180, 180] and latitudes in [-90, 90],"
            f" got [{west:g}, {east:g}] and [{south:g}, {north:g}]"
        )
    return area


def check_area(area: BaseGeometry, file: str) -> BaseGeometry:
    """Return an area in metres; raise `InputError` if it is larger than `LARGEST_KM2`."""
    km2 = area.area / 1e6
    if km2 > LARGEST_KM2:
        raise InputError(f"{file}: a municipality has at most {LARGEST_KM2:,.0f} km², got {km2:,.0f} km²")
    return area


def single_line_message(reason: object) -> str:
    """Return a message of another library on one line."""
    return " ".join(str(reason).split())
