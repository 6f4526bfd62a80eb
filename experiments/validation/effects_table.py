"""Build the virtual experiments of `effects.toml`: fill templates, bind readers, expand uncertain values."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from experiments.validation import readers
from experiments.validation.experiment import (
    BASE,
    CENTRAL,
    SITES,
    Experiment,
    ExperimentLine,
    Published,
    Reader,
    Variant,
)
from experiments.words.toml_files import toml_beside
from scenarios import load, policies

ENTRIES = toml_beside(__file__, "effects.toml")
OUTSIDE_REASONS = toml_beside(__file__, "outside.toml")
"""Reasons why lines lie outside the published interval, by name, in English and Spanish."""
ALIASES = {name: f"{name}_by_another_name" for name in policies() if name != BASE}
POLICY_TEXTS: dict[str, str] = ENTRIES["made"] | {other: f'include = "{name}"\n' for name, other in ALIASES.items()}
"""Texts of the policy files that only experiments need, by name."""
RARE_EVENTS = ("homicide", "crowds", "wrongful_detentions", "killed")
"""Parts of the names of events so rare that twelve pairs are too few."""
EXPERIMENT_FIELDS = ("years", "site", "weak", "keep", "trivial")
LINE_FIELDS = ("name", "en", "es", "unit", "status", "must", "note")


def fill_in(entry: Any, values: Mapping[str, Any]) -> Any:
    """Return an entry of the file with the names in braces replaced by values.

    >>> fill_in({"name": "year_{n}", "read": ["{n}", "{window}"]}, {"n": 1, "window": [0, 12]})
    {'name': 'year_1', 'read': [1, [0, 12]]}
    """
    if isinstance(entry, dict):
        return {fill_in(key, values): fill_in(value, values) for key, value in entry.items()}
    if isinstance(entry, list):
        return [fill_in(item, values) for item in entry]
    if not isinstance(entry, str):
        return entry
    return values[entry[1:-1]] if entry[:1] + entry[-1:] == "{}" and entry[1:-1] in values else entry.format(**values)


def repeat_entry(
    entry: dict[str, Any], values: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Yield an entry once for each item of its ``each``, with the values of that item."""
    each = entry.get("each", [{}])
    for item in COMPUTED_VALUES[each]() if isinstance(each, str) else each:
        yield {key: value for key, value in entry.items() if key != "each"}, {**values, **fill_in(item, values)}


def variants(name: str) -> tuple[Variant, ...]:
    """Return the variants listed in the file under a name."""
    entries = (fill_in(repeated, values) for repeated, values in repeat_entry(ENTRIES["variants"][name], {}))
    return tuple(Variant(filled["name"], tuple((*turn,) for turn in filled["turns"])) for filled in entries)


def read_experiments() -> Iterator[Experiment]:
    """Yield every experiment of the file."""
    for entry in ENTRIES["experiment"]:
        for repeated, values in repeat_entry(entry, {}):
            filled = fill_in({key: value for key, value in repeated.items() if key != "lines"}, values)
            worlds = (
                filled["worlds"] if isinstance(filled["worlds"], dict) else {name: (name,) for name in filled["worlds"]}
            )
            yield Experiment(
                *(filled[key] for key in ("name", "en", "es", "measured")),
                worlds={name: tuple(words) for name, words in worlds.items()},
                variants=(CENTRAL, *(variants(filled["variants"]) if "variants" in filled else ())),
                lines=tuple(experiment_lines(repeated["lines"], values)),
                **{key: filled[key] for key in EXPERIMENT_FIELDS if key in filled},
            )


def experiment_lines(entries: list[dict[str, Any]], values: Mapping[str, Any]) -> Iterator[ExperimentLine]:
    """Yield the lines of entries: a single line, the lines of a group, or lines shared under a name."""
    for entry in entries:
        for repeated, repeated_values in repeat_entry(entry, values):
            if "use" in repeated or "lines" in repeated:
                yield from experiment_lines(
                    ENTRIES["shared"][repeated["use"]] if "use" in repeated else repeated["lines"], repeated_values
                )
            else:
                yield line_of(fill_in(repeated, repeated_values))


def line_of(entry: Mapping[str, Any]) -> ExperimentLine:
    """Return the line of an entry."""
    return ExperimentLine(
        read=reader_of(entry["read"]),
        published=Published(*entry["published"]) if "published" in entry else None,
        trivial=reader_of(entry["trivial"]) if "trivial" in entry else None,
        rare=is_rare(entry["read"]),
        outside=OUTSIDE_REASONS[entry["outside"]] if entry.get("outside") else None,
        **{key: entry[key] for key in LINE_FIELDS if key in entry},
    )


def is_rare(words: list[Any]) -> bool:
    """Return whether a reader uses a count with few events a year.

    >>> is_rare(["ratio", "no_police", ["homicides"], [0, 36]]), is_rare(["ratio", "no_police", "street", [0, 36]])
    (True, False)
    """
    return any(
        is_rare(word) if isinstance(word, list) else any(part in str(word) for part in RARE_EVENTS) for word in words
    )


def reader_of(words: list[Any]) -> Reader:
    """Return the reader named by the first word, bound to the arguments that follow.

    A list that begins with the name of a reader is itself a reader; text may name a count.
    """
    arguments: list[Any] = []
    for word in words[1:]:
        if isinstance(word, list):
            arguments.append(reader_of(word) if hasattr(readers, str(word[0])) else tuple(word))
        else:
            arguments.append(readers.COUNTS.get(word, word) if isinstance(word, str) else word)
    read = getattr(readers, words[0])
    return lambda worlds: read(worlds, *arguments)


def site_settings(site: str, *groups: str) -> tuple[str, ...]:
    """Return the site parameters of some groups as settings."""
    scenario = load(site)
    return tuple(
        f"{group}.{name}={getattr(scenario[group], name)!r}"
        for group in groups
        for name, spec in scenario[group].parameter_specs().items()
        if spec.role == "site"
    )


def count_per_resident(site: str, name: str) -> float:
    """Return the officers or vehicles of a site per resident."""
    return sum(getattr(facility, name) for facility in load(site).facilities) / load(site)["population"].total


def site_swaps() -> Iterator[dict[str, Any]]:
    """Yield, for each site, the facts that it takes over from the other site, one at a time."""
    for site, other in (SITES, SITES[::-1]):
        couples, vehicles = (
            count_per_resident(other, name) / count_per_resident(site, name) for name in ("officers", "vehicles")
        )
        yield {
            "site": site,
            "here": load(site).title["en"],
            "there": load(other).title["en"],
            "police": (f"roster.couples={couples:.3f}", f"resources.vehicles={vehicles:.3f}"),
            "gangs": site_settings(other, "gangs"),
            "authority": site_settings(other, "communal_authority", "boards"),
            "contacts": site_settings(other, "contacts"),
        }


def built_in_sites() -> Iterator[dict[str, Any]]:
    """Yield the built-in sites with their titles."""
    for site in SITES:
        yield {"site": site, "here": load(site).title["en"]}


def policy_aliases() -> Iterator[dict[str, Any]]:
    """Yield the policies and their aliases."""
    names = [*ALIASES, *ALIASES.values()]
    yield {"worlds": names, "pairs": ALIASES, "other": ALIASES["reporting_support"]}


COMPUTED_VALUES: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "sites": built_in_sites,
    "swapped": site_swaps,
    "renamed": policy_aliases,
}
"""Values of repeated entries that are computed from scenarios and policies."""
CORNERS = variants("corners")
(WEAK,) = variants("weak")
"""Sizes of rich countries multiplied by 0.3."""
EXPERIMENTS = tuple(read_experiments())
PRESENCE_LINES: list[dict[str, str]] = ENTRIES["presence"]
"""Lines of the table of police presence by kind of crime."""
