"""Typed schemas of files that this program writes: manifests, saved states, parts and quarantined runs."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError

from experiments.storage.comparison_options import ComparisonOptions
from model.engine.errors import InputError, suggest_nearest
from scenarios.files import parse_json, read_text

RULES = {
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "dict_type": "must be a table",
    "dataclass_type": "must be a table",
    "too_short": "must have at least one entry",
}
"""Rules by the type of pydantic's error, where its own words are those of Python."""


def broken_rule(error: Any) -> str:
    """Return the rule that an error of pydantic states, without place and value."""
    stated: str = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return RULES.get(error["type"], stated.replace("String", "it"))


MAX_VALUE_CHARACTERS = 80


def day(text: str) -> str:
    """Validate an ISO date and return it unchanged."""
    datetime.date.fromisoformat(text)
    return text


def line(text: str) -> str:
    """Validate a text of one line and return it unchanged."""
    if text.splitlines() not in ([], [text]):
        raise ValueError("must be one line")
    return text


Day = Annotated[str, AfterValidator(day)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
World = Annotated[int, Field(ge=0, lt=2**61)]
"""Seed plus 2**32 times the number of the draw of a sweep."""
Line = Annotated[str, AfterValidator(line)]
TextByKey = Mapping[str, str]
Title = Mapping[str, Line]
SeedKey = Annotated[str, Field(pattern=r"^\d{1,10}$")]
"""Seed as a key in JSON."""


class Settings(TypedDict, total=False):
    """Complete settings of a scenario."""

    start: Day | None
    parameters: Mapping[str, Mapping[str, float | str | None]]


class Origin(TypedDict):
    """Saved states from which runs were continued."""

    folder: str | None
    states: Mapping[SeedKey, str]


class CommonManifest(TypedDict, total=False):
    """Keys of every manifest; older manifests have fewer."""

    format: str
    schema: int
    fingerprint: str
    command: str
    versions: TextByKey
    commit: str | None
    written: str
    seconds: float
    interrupted: bool
    unfinished: bool
    begins: Day
    until: Day


class RunManifest(CommonManifest, total=False):
    """Manifest of runs that differ only in their seeds."""

    scenario: Line
    source: str
    policy: Line
    policies: list[Line]
    varied: Mapping[Line, Any]
    keep: list[str]
    measures: list[str]
    seeds: list[Seed]
    runs: Mapping[SeedKey, str]
    branched_from: Mapping[SeedKey, str]
    went_on_from: Origin | None
    settings: Settings
    town: Line
    arm: Line
    title: Title


class ManifestPolicy(TypedDict):
    """A policy of an arm."""

    name: Line
    start: Line
    title: Title
    about: TextByKey


class ManifestArm(TypedDict):
    """One arm of a comparison."""

    folder: Line
    name: Line
    scenario: Line
    title: Title
    policies: list[ManifestPolicy]
    seeds: list[World]
    fingerprint: NotRequired[str]
    label: NotRequired[Line]
    swept: NotRequired[Line]
    drawn: NotRequired[list[str]]
    differs: NotRequired[Mapping[str, Any]]
    scale: NotRequired[float]


def checked_options(content: object) -> object:
    """Validate the options of a comparison; as JSON, in which lists stand for tuples."""
    return validator_of(ComparisonOptions).validate_json(json.dumps(content))


class ComparisonManifest(CommonManifest, total=False):
    """Manifest of a comparison of arms, in paired worlds."""

    request: Annotated[ComparisonOptions, BeforeValidator(checked_options)]
    arms: Annotated[list[ManifestArm], Field(min_length=1)]
    seeds: Annotated[list[World], Field(min_length=1)]
    lang: str
    prices: Mapping[str, float]


class SensitivityDesign(TypedDict):
    """Design of a sensitivity analysis."""

    method: str
    budget: str | None
    blocks: Annotated[int, Field(ge=1, le=2**20)]
    seeds: Annotated[list[Seed], Field(min_length=1)]


class SweepManifest(CommonManifest, total=False):
    """Manifest of a sweep: its study and the number of runs."""

    study: Mapping[str, Any]
    varied: list[str]
    measures: list[str]
    keep: list[str]
    runs: int
    sensitivity: SensitivityDesign


class SavedSettings(TypedDict):
    """Complete settings of a scenario, with a required first day."""

    start: Day


class SavedStates(TypedDict):
    """Description of saved states: their settings, policies, end and runs."""

    settings: SavedSettings
    policies: list[str]
    until: Day
    runs: Mapping[SeedKey, str]
    states: NotRequired[Mapping[SeedKey, str]]


class RunPart(TypedDict):
    """Facts stored with the tables of a finished run."""

    ceiling_hits: float
    state: str


class ResidentsRow(TypedDict):
    """Number of residents who differ between an arm and the first one."""

    seed: Seed
    arm: Annotated[int, Field(ge=1)]
    what: str
    only_arm: int
    only_base: int


class TwinsPart(TypedDict):
    """Facts stored with the tables of finished paired runs."""

    ceiling_hits: list[float]
    residents: list[ResidentsRow]


class Quarantined(TypedDict):
    """A run that failed."""

    run: str
    command: str


SCHEMAS: dict[str, Any] = {
    "confianza run 1": RunManifest,
    "confianza compare 1": ComparisonManifest,
    "confianza sweep 1": SweepManifest,
}
"""Schemas of manifests by their format."""


class OtherVersion(InputError):
    """A folder or report was written in another version of its format."""


class ManifestEntry(dict[str, Any]):
    """Content of a file; a missing key raises an `InputError` that names the file."""

    def __init__(self, content: Mapping[str, Any], file: str) -> None:
        super().__init__(content)
        self.file = file

    def __missing__(self, key: str) -> Any:
        raise InputError(f"{self.file} does not say '{key}'{suggest_nearest(key, self)}: make the folder anew")


def read_validated_json(path: Path, kind: Any = None) -> ManifestEntry:
    """Return the validated content of a file; without ``kind``, its ``format`` selects the schema."""
    text = read_text(path, str(path))
    check_text(text, str(path), kind)
    return ManifestEntry(json.loads(text), str(path))


@lru_cache(maxsize=16)
def check_text(text: str, file: str, kind: Any) -> None:
    """Raise unless a text is JSON that fits its schema; cached, since a command reads a manifest many times."""
    check_types(parse_json(text, file), file, kind)


def check_types(content: Any, file: str, kind: Any = None) -> ManifestEntry:
    """Return parsed JSON if every key has its type; raise with the first that has not."""
    if not isinstance(content, dict):
        raise InputError(f"{file} is no manifest: it holds no table")
    written_format = content.get("format")
    check_format(written_format, file, [name for name, schema in SCHEMAS.items() if kind in (None, schema)])
    schema = kind or SCHEMAS.get(written_format if isinstance(written_format, str) else "", CommonManifest)
    try:
        validator_of(schema).validate_python(content, strict=True)
    except ValidationError as reason:
        raise InputError(f"{file}: {first_error(reason, schema)}") from None
    return ManifestEntry(content, file)


def check_format(written: object, file: str, known: Sequence[str]) -> None:
    """Raise unless the format of a manifest is known; one of this program in another version is `OtherVersion`."""
    if not known or not isinstance(written, str) or written in known:
        return
    same_kind = [name for name in known if name.rpartition(" ")[0] == written.rpartition(" ")[0]]
    if not same_kind:
        raise InputError(f"{file}: format must be {', '.join(known)}, got {shortened(written)}")
    raise OtherVersion(
        f"{file}: format is {shortened(written)}, this program reads '{same_kind[0]}': read it with the version of the"
        " program that wrote it, or choose another folder"
    )


@cache
def validator_of(kind: Any) -> TypeAdapter[Any]:
    """Return the validator of one kind of file."""
    return TypeAdapter(kind)


def first_error(reason: ValidationError, kind: Any) -> str:
    """Describe the first validation error: key, rule and value."""
    error = reason.errors(include_url=False)[0]
    place = ".".join(map(str, error["loc"])) or "it"
    if error["type"] == "missing":
        return f"does not say '{place}': make the folder anew"
    if error["type"] == "unexpected_keyword_argument":
        known = [field.name for field in fields(ComparisonOptions)]
        return f"has no '{place}'{suggest_nearest(str(error['loc'][-1]), known)}"
    return f"{place}: {broken_rule(error)}, got {shortened(error['input'])}"


def shortened(value: Any) -> str:
    """Return the representation of a value, cut to `MAX_VALUE_CHARACTERS` characters."""
    text = repr(value)
    return text if len(text) <= MAX_VALUE_CHARACTERS else text[:MAX_VALUE_CHARACTERS] + "…"
