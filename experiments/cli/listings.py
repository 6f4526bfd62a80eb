"""List scenarios, policies, worlds, parameters and measures, as plain text of at most 80 columns."""

import json
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import scenarios
from experiments.narrative.built_in_effects import built_in_sentence, levers_of_policies
from experiments.narrative.labels import range_label
from experiments.storage.quoting import rich_stream
from experiments.storage.run_spec import parameter_value
from experiments.storage.writing import csv_bytes
from experiments.words.bilingual import FigureTexts
from experiments.words.catalogue import LANGUAGES, meaning, mechanism, parameter, unit
from model.engine.errors import InputError, suggest_nearest
from model.engine.parameters import ParameterGroup, ParameterSpec, all_parameters
from model.engine.plausible import plausible_range
from model.engine.scenario import PolicyEntry, Scenario
from scenarios import accounts
from scenarios.groups import checked_mechanism, declared_groups, switchable_mechanisms
from scenarios.lever_places import SEAT, SETTLEMENT, STATION, TOWN, UNSEEN, lever_places
from scenarios.policy_files import PolicyText

WIDTH = 80


ROLES = {
    "site": ("dato del municipio", "site fact"),
    "behaviour": ("conducta", "behaviour"),
    "lever": ("palanca", "lever"),
}
"""Words for the roles of parameters, in Spanish and English."""
PLACES_OF_LEVERS = {
    SETTLEMENT: (
        "actúa en cada poblado: una política puede limitarla a algunos",
        "acts in each settlement: a policy may confine it to some",
    ),
    STATION: (
        "actúa donde hay sede policial, para todo lo que esa sede atiende",
        "acts where a police facility stands, for all that the facility serves",
    ),
    SEAT: ("actúa por medio de la cabecera del municipio", "acts through the seat of the municipality"),
    TOWN: ("actúa en todo el municipio a la vez", "acts in the whole town at once"),
    UNSEEN: (
        "no cambió a nadie en ocho meses de prueba, ni junto a las demás palancas",
        "changed nobody in eight months of trial, nor together with the other levers",
    ),
}
"""Words for the places at which levers act, in Spanish and English."""


def wrapped(text: str, indent: int) -> str:
    """Return a text in lines of at most 80 columns, all indented."""
    margin = " " * indent
    return textwrap.fill(text, WIDTH, initial_indent=margin, subsequent_indent=margin)


def scenario_lines(language: str = "en") -> Iterator[str]:
    """Yield every built-in scenario with its size, in a language."""
    say = FigureTexts(language)
    size = say(
        "{residents:,} habitantes en {settlements} poblados, {officers} agentes en {facilities} {posts}; desde {start}",
        "{residents:,} residents in {settlements} settlements, {officers} officers posted at {facilities} {posts}; from"
        " {start}",
    )
    for name, title in scenarios.names().items():
        scenario = scenarios.load(name)
        yield f"{name}"
        yield wrapped(say(title["es"], f"{title['en']}; in Spanish: {title['es']}"), 4)
        n = len(scenario.facilities)
        posts = say("sede", "facility") if n == 1 else say("sedes", "facilities")
        counts = {"settlements": len(scenario.settlements), "facilities": n, "posts": posts}
        officers, residents = sum(one.officers for one in scenario.facilities), scenario["population"].total
        yield wrapped(size.format(residents=residents, officers=officers, start=scenario.start, **counts), 4)


def policy_lines(language: str = "en") -> Iterator[str]:
    """Yield every built-in policy with its changes in a language; English lists built-in effects in both languages."""
    say = FigureTexts(language)
    for name, policy_text in scenarios.policies().items():
        yield f"{name}"
        yield from description_lines(policy_text, say)
        if policy_text.policy.start:
            yield wrapped(f"{say('desde', 'from')} {policy_text.policy.start}", 4)
        yield from (wrapped(change_line(entry, say), 6) for entry in policy_text.policy.entries)
        off = say("apaga {}", "switches {} off")
        yield from (wrapped(off.format(mechanism), 6) for mechanism in sorted(policy_text.policy.off))
        sentences = [built_in_sentence(lever) for lever in levers_of_policies(policy_text.policy.entries)]
        languages = LANGUAGES if language == "en" else (language,)
        yield from (wrapped(sentence.text(one), 6) for one in languages for sentence in sentences)


def description_lines(text: PolicyText, say: FigureTexts) -> Iterator[str]:
    """Yield the title of a policy or world in both languages, and its description."""
    other = say("en", "es")
    yield wrapped(f"{text.title[say.language]} ({text.title[other]})", 4)
    if text.about[say.language]:
        yield wrapped(text.about[say.language], 4)


def world_lines(language: str = "en") -> Iterator[str]:
    """Yield every built-in world with its description, in a language."""
    say = FigureTexts(language)
    yield say(
        "\nMundos: para experimentos, no son propuestas; también corren con --policy NOMBRE",
        "\nWorlds: for experiments, no proposals; they run with --policy NAME, too",
    )
    for name, world in scenarios.worlds().items():
        yield f"{name}"
        yield from description_lines(world, say)


def account_lines(language: str = "en") -> Iterator[str]:
    """Yield every built-in account: title, claim, limits, prediction and number of parameters it sets."""
    say = FigureTexts(language)
    explained = {"trust": say("de la confianza", "of trust"), "crime": say("del delito", "of crime")}
    for name in accounts.names():
        account = accounts.account(name)
        yield f"{name}"
        yield wrapped(f"{account.title[language]} ({account.title[say('en', 'es')]}), {explained[account.explains]}", 4)
        yield wrapped(account.claim[language], 4)
        yield wrapped(f"{say('queda fuera', 'left out')}: {account.limits[language]}", 4)
        yield wrapped(f"{say('se podría medir', 'to be measured')}: {account.prediction[language]}", 4)
        yield wrapped(say("fija {} parámetros", "sets {} parameters").format(len(account.settings)), 6)


def change_line(entry: PolicyEntry, say: FigureTexts) -> str:
    """Return one change of a policy in words."""
    operation = {"set": "= ", "scale": say("por ", "times "), "add": say("más ", "plus ")}[entry.how]
    where = f" {say('en', 'in')} {', '.join(entry.settlements)}" if entry.settlements else ""
    return f"{entry.parameter} {operation}{entry.value:g}{where}"


def parameter_lines(part: str | None, scenario: Scenario | None, language: str = "en") -> Iterator[str]:
    """Yield the parameters whose name matches, group by group, with value, range, role and source, in a language."""
    declared_groups()
    say = FigureTexts(language)
    if part == "mechanisms":
        yield from switch_lines(say)
        return
    if part and part.startswith("mechanisms."):
        yield from group_lines(switchable_mechanisms()[checked_mechanism(part.partition(".")[2])], scenario, say)
        return
    group = ""
    for dotted, default, about in matching_parameters(part):
        if group != (group := dotted.partition(".")[0]):
            yield from group_lines(ParameterGroup.known[group], scenario, say)
        yield from number_lines(dotted, default, about, scenario, say)


def switch_lines(say: FigureTexts) -> Iterator[str]:
    """Yield every mechanism that can be switched off, with its title."""
    each = say("cada uno true, o false para apagarlo", "each true, or false to switch it off")
    yield f"\n[mechanisms] {each}: --set mechanisms.NAME=false"
    for name, group in switchable_mechanisms().items():
        yield wrapped(f"mechanisms.{name} = true", 2)
        yield wrapped(group_title(group, say), 6)


def group_title(group: type[ParameterGroup], say: FigureTexts) -> str:
    """Return the title of a parameter group; in Spanish only mechanisms have one."""
    if say.language == "es":
        return mechanism(group.name, "es") if group.mechanism else ""
    return " ".join((group.__doc__ or "").split("\n\n")[0].split())


def matching_parameters(part: str | None) -> list[tuple[str, float, ParameterSpec]]:
    """Return parameters by full name, else by group, else by part of the name; all if ``part`` is None."""
    every = list(all_parameters())
    if part is None:
        return every
    for matches in (
        lambda dotted: dotted == part,
        lambda dotted: dotted.partition(".")[0] == part,
        lambda dotted: part.lower() in dotted,
    ):
        if found := [one for one in every if matches(one[0])]:
            return found
    names = [dotted for dotted, _, _ in every]
    close = suggest_nearest(part, [*names, *ParameterGroup.known])
    raise InputError(f"no parameter, group or part of a name '{part}'{close}")


def group_lines(group: type[ParameterGroup], scenario: Scenario | None, say: FigureTexts) -> Iterator[str]:
    """Yield the heading of a parameter group."""
    off = f", {say('apagado', 'switched off')}" if scenario and group.name in scenario.off else ""
    kind = f" {say('mecanismo', 'mechanism')}" if group.mechanism else ""
    yield f"\n[{group.name}]{kind}{off}"
    if title := group_title(group, say):
        yield wrapped(title, 2)
    if group.evidence:
        yield wrapped(f"{say('evidencia', 'evidence')}: {', '.join(group.evidence)}", 2)


def number_lines(
    dotted: str, default: float, about: ParameterSpec, scenario: Scenario | None, say: FigureTexts
) -> Iterator[str]:
    """Yield the lines of one parameter."""
    value, source = value_and_source(dotted, default, about, scenario)
    meaning_text, unit_text = about.about, about.unit
    if say.language == "es":
        meaning_text, unit_text = parameter(dotted, "es"), unit(about.unit, "es")
    neutral = f", {say('apagado', 'off')} = {about.off:g}" if about.off is not None else ""
    changed = f" ({say('por omisión', 'default')} {default:g})" if value != default else ""
    yield wrapped(f"{dotted} = {value:g} {unit_text}{changed}", 2)
    span = say("de ", "") + range_label(about.low, about.high, say("a", "to"))
    yield wrapped(f"{meaning_text}; {span}, {say(*ROLES[about.role])}{neutral}", 6)
    if place := lever_places().get(dotted):
        yield wrapped(say(*PLACES_OF_LEVERS[place]), 6)
    yield wrapped(f"{say('fuente, en inglés', 'source')}: {source}", 6)
    if plausible := plausible_range(default, about):
        ends = say("plausible de {:.3g} a {:.3g}", "plausible from {:.3g} to {:.3g}").format(
            plausible.low, plausible.high
        )
        why = (
            say("lo dice la fuente", "as the source says")
            if plausible.stated
            else say("un factor de dos: nadie lo ha medido", "a factor of two: nobody has measured it")
        )
        yield wrapped(f"{ends}; {why}", 6)


def measure_lines(language: str = "en") -> Iterator[str]:
    """Yield every monthly column with its unit and meaning in a language."""
    from model.simulation.registry import MEASURES  # imports the model, which takes long

    for name, measure in MEASURES.items():
        yield f"{name}  [{unit(measure.unit, language)}]"
        yield wrapped(meaning(name, language), 4)


def measure_table() -> str:
    """Return every monthly column as CSV, with unit and meaning in both languages."""
    from model.simulation.registry import MEASURES

    rows = ([name, one.unit, *(meaning(name, lang) for lang in LANGUAGES)] for name, one in MEASURES.items())
    return csv_bytes(("name", "unit", "meaning_en", "meaning_es"), rows).decode().rstrip("\n")


def parameter_json(part: str | None, scenario: Scenario | None) -> str:
    """Return the matching parameters as JSON, with all their metadata."""
    declared_groups()
    return json.dumps(
        [parameter_entry(*one, scenario) for one in matching_parameters(part)], indent=1, ensure_ascii=False
    )


def parameter_entry(dotted: str, default: float, about: ParameterSpec, scenario: Scenario | None) -> dict[str, Any]:
    """Return value and metadata of one parameter."""
    value, source = value_and_source(dotted, default, about, scenario)
    stated = {key: field for key, field in asdict(about).items() if key not in ("words", "plausible")}
    named = {"name": dotted, "value": value, "default": default}
    acts_at = {"acts_at": lever_places()[dotted]} if dotted in lever_places() else {}
    return named | stated | acts_at | {"about_es": parameter(dotted, "es"), "source": source}


def value_and_source(dotted: str, default: float, about: ParameterSpec, scenario: Scenario | None) -> tuple[float, str]:
    """Return value and source of a parameter, those of the scenario if one is given."""
    value = parameter_value(scenario, dotted) if scenario else default
    return value, (scenario and scenario.sources.get(dotted)) or about.source


def print_lines(lines: Iterable[str]) -> None:
    """Print lines to standard output; on a terminal rich highlights numbers, values and names."""
    text = "\n".join(lines).lstrip("\n")
    if sys.stdout.isatty():
        from rich.console import Console  # for terminals only

        Console(file=rich_stream(sys.stdout)).print(text, markup=False, emoji=False, soft_wrap=True)
    else:
        print(text)
