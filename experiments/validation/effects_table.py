"""Build the virtual experiments of `effects.toml`: fill templates, bind readers, expand uncertain values."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from experiments.validation import readers
from experiments.validation.experiment import BASE, CENTRAL, SITES, Experiment, ExperimentLine, Published, Read, Variant
from experiments.words.toml_files import toml_beside
from scenarios import load, policies

STATED = toml_beside(__file__, "effects.toml")
OUTSIDE = toml_beside(__file__, "outside.toml")
"""Reasons why lines lie outside the published interval, by name, in English and Spanish."""
RENAMED_AS = {name: f"{name}_by_another_name" for name in policies() if name != BASE}
MADE: dict[str, str] = STATED["made"] | {other: f'include = "{name}"\n' for name, other in RENAMED_AS.items()}
"""Texts of the policy files that only experiments need, by name."""
RARE = ("homicide", "crowds", "wrongful_detentions", "killed")
"""Parts of the names of events so rare that twelve pairs are too few."""
REST_OF_EXPERIMENT = ("years", "site", "weak", "keep", "trivial")
REST_OF_LINE = ("name", "en", "es", "unit", "status", "must", "note")


def with_values(entry: Any, values: Mapping[str, Any]) -> Any:
    """Return an entry of the file with the names in braces replaced by values.

    >>> with_values({"name": "year_{n}", "read": ["{n}", "{window}"]}, {"n": 1, "window": [0, 12]})
    {'name': 'year_1', 'read': [1, [0, 12]]}
    """
    if isinstance(entry, dict):
        return {with_values(key, values): with_values(value, values) for key, value in entry.items()}
    if isinstance(entry, list):
        return [with_values(one, values) for one in entry]
    if not isinstance(entry, str):
        return entry
    return values[entry[1:-1]] if entry[:1] + entry[-1:] == "{}" and entry[1:-1] in values else entry.format(**values)


def repeat_entry(
    entry: dict[str, Any], values: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Yield an entry once for each item of its ``each``, with the values of that item."""
    each = entry.get("each", [{}])
    for more in COMPUTED[each]() if isinstance(each, str) else each:
        yield {key: value for key, value in entry.items() if key != "each"}, {**values, **with_values(more, values)}


def variants(name: str) -> tuple[Variant, ...]:
    """Return the variants listed in the file under a name."""
    entries = (with_values(once, values) for once, values in repeat_entry(STATED["variants"][name], {}))
    return tuple(Variant(one["name"], tuple((*turn,) for turn in one["turns"])) for one in entries)


def experiments() -> Iterator[Experiment]:
    """Yield every experiment of the file."""
    for entry in STATED["experiment"]:
        for once, values in repeat_entry(entry, {}):
            one = with_values({key: value for key, value in once.items() if key != "lines"}, values)
            worlds = one["worlds"] if isinstance(one["worlds"], dict) else {name: (name,) for name in one["worlds"]}
            yield Experiment(
                *(one[key] for key in ("name", "en", "es", "measured")),
                worlds={name: tuple(words) for name, words in worlds.items()},
                variants=(CENTRAL, *(variants(one["variants"]) if "variants" in one else ())),
                lines=tuple(experiment_lines(once["lines"], values)),
                **{key: one[key] for key in REST_OF_EXPERIMENT if key in one},
            )


def experiment_lines(entries: list[dict[str, Any]], values: Mapping[str, Any]) -> Iterator[ExperimentLine]:
    """Yield the lines of entries: a single line, the lines of a group, or lines shared under a name."""
    for entry in entries:
        for once, now in repeat_entry(entry, values):
            if "use" in once or "lines" in once:
                yield from experiment_lines(STATED["shared"][once["use"]] if "use" in once else once["lines"], now)
            else:
                yield line_of(with_values(once, now))


def line_of(entry: Mapping[str, Any]) -> ExperimentLine:
    """Return the line of an entry."""
    return ExperimentLine(
        read=reader_of(entry["read"]),
        published=Published(*entry["published"]) if "published" in entry else None,
        trivial=reader_of(entry["trivial"]) if "trivial" in entry else None,
        rare=is_rare(entry["read"]),
        outside=OUTSIDE[entry["outside"]] if entry.get("outside") else None,
        **{key: entry[key] for key in REST_OF_LINE if key in entry},
    )


def is_rare(words: list[Any]) -> bool:
    """Return whether a reader uses a count with few events a year.

    >>> is_rare(["ratio", "no_police", ["homicides"], [0, 36]]), is_rare(["ratio", "no_police", "street", [0, 36]])
    (True, False)
    """
    return any(is_rare(one) if isinstance(one, list) else any(part in str(one) for part in RARE) for one in words)


def reader_of(words: list[Any]) -> Read:
    """Return the reader named by the first word, bound to the arguments that follow.

    A list that begins with the name of a reader is itself a reader; text may name a count.
    """
    arguments: list[Any] = []
    for one in words[1:]:
        if isinstance(one, list):
            arguments.append(reader_of(one) if hasattr(readers, str(one[0])) else tuple(one))
        else:
            arguments.append(readers.COUNTS.get(one, one) if isinstance(one, str) else one)
    read = getattr(readers, words[0])
    return lambda worlds: read(worlds, *arguments)


def facts(site: str, *groups: str) -> tuple[str, ...]:
    """Return the site parameters of some groups as settings."""
    scenario = load(site)
    return tuple(
        f"{group}.{name}={getattr(scenario[group], name)!r}"
        for group in groups
        for name, about in scenario[group].parameter_specs().items()
        if about.role == "site"
    )


def count_per_resident(site: str, name: str) -> float:
    """Return the officers or vehicles of a site per resident."""
    return sum(getattr(one, name) for one in load(site).facilities) / load(site)["population"].total


def swapped() -> Iterator[dict[str, Any]]:
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
            "gangs": facts(other, "gangs"),
            "authority": facts(other, "communal_authority", "boards"),
            "contacts": facts(other, "contacts"),
        }


def renamed() -> Iterator[dict[str, Any]]:
    """Yield the policies and their aliases."""
    names = [*RENAMED_AS, *RENAMED_AS.values()]
    yield {"worlds": names, "pairs": RENAMED_AS, "other": RENAMED_AS["reporting_support"]}


COMPUTED: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {"swapped": swapped, "renamed": renamed}
"""Values of repeated entries that are computed from scenarios and policies."""
CORNERS = variants("corners")
(WEAK,) = variants("weak")
"""Sizes of rich countries multiplied by 0.3."""
EXPERIMENTS = tuple(experiments())
PRESENCE: list[dict[str, str]] = STATED["presence"]
"""Lines of the table of police presence by kind of crime."""
