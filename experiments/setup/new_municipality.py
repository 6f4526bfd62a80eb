"""`confianza new KIND NAME`: write a commented draft in English and Spanish that can be run unchanged."""

import json
import re
import tomllib
from pathlib import Path

import jinja2

from experiments.storage.run_spec import parameter_value
from experiments.storage.writing import write_all
from experiments.words.catalogue import lever
from model.engine.errors import InputError
from model.engine.parameters import ParameterSpec
from scenarios import load
from scenarios.columns import ColumnText, column_texts
from scenarios.groups import find_parameter, model_levers
from scenarios.reading import FOLDER, built_in_files, find_file, read_settings

DRAFTS = Path(__file__).with_name("drafts")
TRIALS = Path(__file__).parents[1] / "trial" / "designs"
"""Folder of the built-in designs of trials."""
TEMPLATE_SCENARIO = "baseline"
"""Scenario from which drafts take their numbers."""
SOURCE = "invented"
EXAMPLE_LEVER, EXAMPLE_VARIED = "reporting.accompaniment", "trust.memory_years"
VALID_NAME = re.compile(r"[^\W_][\w-]{0,59}")


def new(kind: str, name: str) -> list[Path]:
    """Write a draft of a municipality, policy, study or trial; return the files, of which the first can be run."""
    path = draft_path(kind, name)
    files = {path: draft(kind, path.stem)}
    if kind == "municipality":
        files[path.with_suffix(".geojson")] = draft_outline()
    for file in files:
        if file.exists():
            raise InputError(f"{file} is there already, and is not overwritten: choose another name or move it")
    write_all({file: text.encode() for file, text in files.items()})
    return list(files)


def draft_outline() -> str:
    """Return the outline of the invented town of a draft, as GeoJSON."""
    outline = read_settings(find_file(TEMPLATE_SCENARIO, "scenario"))["territory.outline"]
    return (outline.folder / outline.value).read_text(encoding="utf-8")


def draft_path(kind: str, name: str) -> Path:
    """Return the path for a name in the present folder; raise InputError if the name is invalid or built in."""
    path = Path(name.removesuffix(".toml") + ".toml")
    if not VALID_NAME.fullmatch(name.removesuffix(".toml")):
        raise InputError(
            f"new {kind}: NAME must consist of letters, digits, _ and -, without a folder, got '{name}': the file is"
            " written in the present folder"
        )
    if path.stem in taken_names(kind):
        raise InputError(f"new {kind}: '{path.stem}' is the name of a built-in {kind}; choose another name")
    return path


def taken_names(kind: str) -> set[str]:
    """Return the names of the built-in files of a kind."""
    from experiments.studies.study import STUDIES  # imports sampling methods, which drafts do not need
    from scenarios.policy_files import POLICIES, WORLDS

    folders = {"municipality": [FOLDER], "policy": [POLICIES, WORLDS], "study": [STUDIES], "trial": [TRIALS]}
    return {name for folder in folders[kind] for name in built_in_files(folder)}


def draft(kind: str, name: str) -> str:
    """Return the text of a draft."""
    scenario, settings = load(TEMPLATE_SCENARIO), read_settings(find_file(TEMPLATE_SCENARIO, "scenario"))
    page = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True).from_string(
        (DRAFTS / f"{kind}.toml.j2").read_text(encoding="utf-8")
    )
    return page.render(
        name=name,
        title=name.replace("_", " ").replace("-", " ").capitalize(),
        source=SOURCE,
        start=scenario.start,
        facts=facts(),
        levers=[dotted for dotted, _ in model_levers()],
        lever=EXAMPLE_LEVER,
        better=f"{(parameter_value(scenario, EXAMPLE_LEVER) + parameter_named(EXAMPLE_LEVER).high) / 2:g}",
        varied=EXAMPLE_VARIED,
        few=", ".join(f"{parameter_value(scenario, EXAMPLE_VARIED) * factor:g}" for factor in (1, 2)),
        columns=lambda table: list(column_texts(table)),
        stated=range_text,
        limits=parameter_range,
        value=lambda dotted: parameter_value(scenario, dotted),
        lever_in=lever,
        toml=toml_value,
        **{table: settings[table].value for table in ("settlements", "facilities")},
    )


def facts() -> list[tuple[str, str, str]]:
    """Return the site facts that a draft lists: dotted name, and description in English and Spanish."""
    content = tomllib.loads((DRAFTS / "facts.toml").read_text(encoding="utf-8"))
    return [(dotted, words["en"], words["es"]) for dotted, words in content.items()]


def range_text(column: ColumnText) -> str:
    """Return unit, range and default of a column, if it has them.

    >>> range_text(ColumnText("desks", {}, {"en": "officers", "es": "agentes"}, "≥ 0", "1", False))
    'officers / agentes; ≥ 0; =1'
    """
    default = f"={column.default}" if column.default else ""
    return "; ".join(part for part in (" / ".join(dict.fromkeys(column.unit.values())), column.range, default) if part)


def parameter_named(dotted: str) -> ParameterSpec:
    """Return the specification of a parameter."""
    group, key = find_parameter(dotted)
    return group.parameter_specs()[key]


def parameter_range(dotted: str) -> str:
    """Return the unit and range of a parameter.

    >>> parameter_range("population.total")
    'people; 1 … 3,000,000'
    """
    about = parameter_named(dotted)
    return f"{about.unit}; {about.low:,.9g} … {about.high:,.9g}"


def toml_value(value: str | bool | float) -> str:
    """Return a text, boolean or number in TOML, which writes these as JSON does."""
    return json.dumps(value, ensure_ascii=False)
