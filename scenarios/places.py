"""The places of a municipality: outline, lake, settlements and police facilities, read and checked."""

import math
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from model.engine.errors import InputError, suggest_nearest
from model.engine.scenario import Facility, Settlement
from scenarios.outlines import Plane, check_area, plane_around, read_outline
from scenarios.reading import Settings, SourcedSetting, parse_sourced_value

ROAD_CLASSES = {"paved": 0, "dirt": 1, "path": 2}
SETTLEMENT_KINDS = typing.get_args(Settlement.__annotations__["kind"])
FAR_METRES = 5_000.0
"""Maximum distance of a settlement outside the outline; farther ones have wrong coordinates."""


@dataclass(frozen=True)
class PlaceColumn:
    """Type, range and default of one key of a [[settlements]] or [[facilities]] table.

    A key without a default must be given, unless it is optional.
    """

    kind: type
    low: float = 0.0
    high: float = math.inf
    default: Any = None
    words: Sequence[str] = ()
    optional: bool = False


SETTLEMENT_COLUMNS = {
    "name": PlaceColumn(str),
    "kind": PlaceColumn(str, words=SETTLEMENT_KINDS),
    "lat": PlaceColumn(float, -90.0, 90.0, optional=True),
    "lon": PlaceColumn(float, -180.0, 180.0, optional=True),
    "weight": PlaceColumn(float),
    "road": PlaceColumn(str, default="paved", words=tuple(ROAD_CLASSES)),
    "organised": PlaceColumn(float, 0.0, 1.0, default=0.5),
}
FACILITY_COLUMNS = {
    "name": PlaceColumn(str),
    "settlement": PlaceColumn(str),
    "station": PlaceColumn(bool, default=False),
    "officers": PlaceColumn(int),
    "desks": PlaceColumn(int, default=1),
    "vehicles": PlaceColumn(int, default=0),
    "motorcycles": PlaceColumn(int, default=0),
}


@dataclass(frozen=True)
class ScenarioPlaces:
    """Outline, lake, settlements and facilities of a scenario, and their sources by dotted key."""

    outline: BaseGeometry
    lake: BaseGeometry | None
    settlements: tuple[Settlement, ...]
    facilities: tuple[Facility, ...]
    sources: dict[str, str]


def read_places(settings: Settings, file: str) -> ScenarioPlaces:
    """Return the places that a scenario's settings describe."""
    stated = outline_setting(settings, file)
    shape = read_area("territory.outline", stated)
    plane = plane_around(shape)
    outline = check_area(plane.area(shape), stated.file)
    lake = settings.get("territory.lake")
    sources: dict[str, str] = {}
    settlements = read_settlements(settings, file, plane, outline, sources)
    return ScenarioPlaces(
        outline=outline,
        lake=plane.area(read_area("territory.lake", lake)) if lake else None,
        settlements=settlements,
        facilities=read_facilities(settings, file, settlements, sources),
        sources=sources,
    )


def outline_setting(settings: Settings, file: str) -> SourcedSetting:
    """Return the setting that names the file of the outline."""
    if "territory.outline" not in settings:
        raise InputError(f"{file}: territory.outline must name the file with the municipality's outline")
    return settings["territory.outline"]


def settings_plane(settings: Settings, file: str) -> Plane:
    """Return the plane on which the places of a scenario lie."""
    return plane_around(read_area("territory.outline", outline_setting(settings, file)))


def read_area(key: str, stated: SourcedSetting) -> BaseGeometry:
    """Return the area in the file that a setting names, in longitude and latitude."""
    if not isinstance(stated.value, str):
        raise stated.wrong(f"{key} must be the path of a file, got {stated.value!r}")
    path = stated.folder / stated.value
    try:
        return read_outline(path, stated.value)
    except InputError as reason:
        raise stated.wrong(f"{key}: {reason}") from None


def read_settlements(
    settings: Settings, file: str, plane: Plane, outline: BaseGeometry, sources: dict[str, str]
) -> tuple[Settlement, ...]:
    """Return the settlements; raise `InputError` unless one is a town and some weight is positive."""
    stated = settings.get("settlements", SourcedSetting([], file))
    found = []
    for where, row in checked_rows("settlements", stated, SETTLEMENT_COLUMNS, sources):
        row["road"] = ROAD_CLASSES[row["road"]]
        row["x"], row["y"] = settlement_position(where, stated, row.pop("lat"), row.pop("lon"), plane, outline)
        found.append(Settlement(**row))
    if not any(one.kind == "town" for one in found):
        raise stated.wrong("[[settlements]] must contain at least one of kind 'town'")
    if sum(one.weight for one in found) <= 0.0:
        raise stated.wrong("[[settlements]]: the weights of all settlements add up to 0, so nobody lives anywhere")
    return tuple(found)


def settlement_position(
    where: str, stated: SourcedSetting, lat: float | None, lon: float | None, plane: Plane, outline: BaseGeometry
) -> tuple[float, float] | tuple[None, None]:
    """Return x and y of a settlement in metres, or None for both if its place is unknown."""
    if lat is None and lon is None:
        return None, None
    if lat is None or lon is None:
        raise stated.wrong(f"{where}: lat and lon must be given both or neither")
    x, y = plane.point(lon, lat)
    metres = outline.distance(Point(x, y)) if math.isfinite(x + y) else math.inf
    if metres > FAR_METRES:
        raise stated.wrong(
            f"{where}: must lie in the outline or within {FAR_METRES / 1000:g} km of it,"
            f" got lat {lat:g}, lon {lon:g}, {metres / 1000:,.0f} km away"
        )
    return x, y


def read_facilities(
    settings: Settings, file: str, settlements: Sequence[Settlement], sources: dict[str, str]
) -> tuple[Facility, ...]:
    """Return the police facilities; each stands in a settlement of the scenario."""
    stated = settings.get("facilities", SourcedSetting([], file))
    known = [one.name for one in settlements]
    found = []
    for where, row in checked_rows("facilities", stated, FACILITY_COLUMNS, sources):
        if row["settlement"] not in known:
            if file == settings["settlements"].file != stated.file:
                raise settings["settlements"].wrong(
                    f"[[settlements]] replaces that of {stated.file}, whose {where} stands in '{row['settlement']}':"
                    " give [[facilities]] here, too"
                )
            near = suggest_nearest(row["settlement"], known)
            raise stated.wrong(f"{where}: no settlement '{row['settlement']}'{near}")
        found.append(Facility(**row))
    return tuple(found)


def checked_rows(
    table: str, stated: SourcedSetting, columns: dict[str, PlaceColumn], sources: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name for messages and checked values of each row of an array of tables."""
    if not isinstance(stated.value, list) or not all(isinstance(row, dict) for row in stated.value):
        raise stated.wrong(f"{table} must be given as [[{table}]] tables")
    seen: set[str | int] = set()
    for number, row in enumerate(stated.value, start=1):
        name = stated_name if isinstance(stated_name := row.get("name"), str) else number
        where = f"{table} {name!r}"
        if name in seen:
            raise stated.wrong(f"{where}: there are two of this name")
        seen.add(name)
        sources |= row_sources(f"{table}.{name}", row)
        yield where, checked_row(where, stated, row, columns)


def row_sources(dotted: str, row: dict[str, Any]) -> dict[str, str]:
    """Return the sources that a row states, for itself or for single values."""
    own = {dotted: str(row["source"])} if "source" in row else {}
    single = {f"{dotted}.{key}": str(value["source"]) for key, value in row.items() if states_source(value)}
    return own | single


def states_source(value: Any) -> bool:
    """Return whether a value is given together with its source."""
    return isinstance(value, dict) and "value" in value and "source" in value


def checked_row(
    where: str, stated: SourcedSetting, row: dict[str, Any], columns: dict[str, PlaceColumn]
) -> dict[str, Any]:
    """Return a row with every column of its table, in the types declared."""
    for key in row:
        if key != "source" and key not in columns:
            raise stated.wrong(f"{where}: no key '{key}'{suggest_nearest(key, columns)}")
    return {key: checked_cell(f"{where}: {key}", stated, row.get(key), column) for key, column in columns.items()}


def checked_cell(what: str, stated: SourcedSetting, value: Any, column: PlaceColumn) -> Any:
    """Return one value of a row, or its default; raise `InputError` if it is missing or not allowed."""
    if isinstance(value, dict) and "value" in value:
        value = parse_sourced_value(what, value, stated).value
    if value is None:
        if column.default is None and not column.optional:
            raise stated.wrong(f"{what} is missing")
        return column.default
    if column.kind in (str, bool):
        return checked_word(what, stated, value, column)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (column.kind is float and isinstance(value, float)):
        raise stated.wrong(f"{what} must be a {'whole ' if column.kind is int else ''}number, got {value!r}")
    if not (column.low <= value <= column.high and math.isfinite(value)):
        raise stated.wrong(f"{what} must lie in [{column.low:g}, {column.high:g}], got {value!r}")
    return column.kind(value)


def checked_word(what: str, stated: SourcedSetting, value: Any, column: PlaceColumn) -> Any:
    """Return a name, one of a column's words, or a truth value."""
    if not isinstance(value, column.kind) or value == "":
        raise stated.wrong(f"{what} must be {'true or false' if column.kind is bool else 'a name'}, got {value!r}")
    if column.words and value not in column.words:
        raise stated.wrong(f"{what} must be one of {', '.join(column.words)}, got {value!r}")
    return value
