"""List scenarios, policies, accounts, parameters and measures, as plain text of at most 80 columns or as JSON."""

import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import scenarios
from experiments.narrative.built_in_effects import built_in_sentence, levers_of_policies
from experiments.narrative.labels import range_label
from experiments.storage.quoting import rich_stream
from experiments.storage.run_spec import parameter_value
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
TEXT_INDENT, DETAIL_INDENT = 4, 6

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


@dataclass(frozen=True)
class ListedItem:
    """An entry of a list: its name, what stands beside the name, texts and details below it, and data for JSON.

    ``section`` is a heading with its own texts, printed where it changes.
    """

    name: str
    beside: str = ""
    texts: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    section: tuple[str, ...] = ()


def print_items(items: Iterable[ListedItem], as_json: bool) -> None:
    """Print a list to standard output, as text or as JSON."""
    if as_json:
        print(json.dumps([{"name": one.name} | dict(one.data) for one in items], indent=1, ensure_ascii=False))
        return
    text = "\n".join(lines_of(items)).lstrip("\n")
    if sys.stdout.isatty():
        from rich.console import Console  # for terminals only

        Console(file=rich_stream(sys.stdout)).print(text, markup=False, emoji=False, soft_wrap=True)
    else:
        print(text)


def lines_of(items: Iterable[ListedItem]) -> Iterator[str]:
    """Yield the lines of a list: sections, names, and their texts below them."""
    section: tuple[str, ...] = ()
    for one in items:
        if one.section and one.section != section:
            section = one.section
            yield f"\n{section[0]}"
            yield from (wrapped(text, 2) for text in section[1:])
        yield wrapped(f"{one.name}{one.beside}", 0)
        yield from (wrapped(text, TEXT_INDENT) for text in one.texts)
        yield from (wrapped(text, DETAIL_INDENT) for text in one.details)


def wrapped(text: str, indent: int) -> str:
    """Return a text in lines of at most 80 columns, all indented."""
    margin = " " * indent
    return textwrap.fill(text, WIDTH, initial_indent=margin, subsequent_indent=margin)


def listed(what: str, name: str | None, scenario: Scenario | None, language: str) -> list[ListedItem]:
    """Return the entries of a list; with a name only this one, or those whose name has this part."""
    say = FigureTexts(language)
    if what == "parameters":
        return list(parameter_items(name, scenario, say))
    makers: dict[str, Callable[[FigureTexts], Iterable[ListedItem]]] = {
        "scenarios": scenario_items,
        "policies": policy_items,
        "accounts": account_items,
        "measures": measure_items,
    }
    every = list(makers[what](say))
    found = [one for one in every if one.name == name] or [one for one in every if (name or "").lower() in one.name]
    if not found:
        close = suggest_nearest(str(name), [one.name for one in every])
        raise InputError(f"no name or part of a name '{name}' among {what}{close}")
    return found


def scenario_items(say: FigureTexts) -> Iterator[ListedItem]:
    """Yield every built-in scenario with its size."""
    size = say(
        "{residents:,} habitantes en {settlements} poblados, {officers} agentes en {facilities} {posts}; desde {start}",
        "{residents:,} residents in {settlements} settlements, {officers} officers posted at {facilities} {posts}; from"
        " {start}",
    )
    for name, title in scenarios.names().items():
        scenario = scenarios.load(name)
        n = len(scenario.facilities)
        posts = say("sede", "facility") if n == 1 else say("sedes", "facilities")
        counts = {
            "residents": scenario["population"].total,
            "settlements": len(scenario.settlements),
            "officers": sum(one.officers for one in scenario.facilities),
            "facilities": n,
        }
        start = str(scenario.start)
        title_text = say(title["es"], f"{title['en']}; in Spanish: {title['es']}")
        texts = (title_text, size.format(posts=posts, start=start, **counts))
        yield ListedItem(name, texts=texts, data={"title": dict(title)} | counts | {"start": start})


def policy_items(say: FigureTexts) -> Iterator[ListedItem]:
    """Yield every built-in policy with its changes, then worlds for experiments."""
    for name, policy_text in scenarios.policies().items():
        policy = policy_text.policy
        off = say("apaga {}", "switches {} off")
        sentences = [built_in_sentence(lever) for lever in levers_of_policies(policy.entries)]
        languages = LANGUAGES if say.language == "en" else (say.language,)
        details = (
            *(change_line(entry, say) for entry in policy.entries),
            *(off.format(mechanism) for mechanism in sorted(policy.off)),
            *(sentence.text(one) for one in languages for sentence in sentences),
        )
        begins = [f"{say('desde', 'from')} {policy.start}"] if policy.start else []
        changes = [{"parameter": one.parameter, "how": one.how, "value": one.value} for one in policy.entries]
        data = described(policy_text) | {"kind": "policy", "changes": changes, "switches_off": sorted(policy.off)}
        yield ListedItem(name, texts=(*description_texts(policy_text, say), *begins), details=details, data=data)
    heading = say(
        "Mundos: para experimentos, no son propuestas; también corren con --policy NOMBRE",
        "Worlds: for experiments, no proposals; they run with --policy NAME, too",
    )
    for name, world in scenarios.worlds().items():
        data = described(world) | {"kind": "world"}
        yield ListedItem(name, texts=description_texts(world, say), data=data, section=(heading,))


def described(text: PolicyText) -> dict[str, Any]:
    """Return title and description of a policy or world in both languages."""
    return {"title": dict(text.title), "about": dict(text.about)}


def description_texts(text: PolicyText, say: FigureTexts) -> tuple[str, ...]:
    """Return the title of a policy or world in both languages, and its description."""
    title = f"{text.title[say.language]} ({text.title[say('en', 'es')]})"
    return (title, text.about[say.language]) if text.about[say.language] else (title,)


def change_line(entry: PolicyEntry, say: FigureTexts) -> str:
    """Return one change of a policy in words."""
    operation = {"set": "= ", "scale": say("por ", "times "), "add": say("más ", "plus ")}[entry.how]
    where = f" {say('en', 'in')} {', '.join(entry.settlements)}" if entry.settlements else ""
    return f"{entry.parameter} {operation}{entry.value:g}{where}"


def account_items(say: FigureTexts) -> Iterator[ListedItem]:
    """Yield every built-in account: title, claim, limits, prediction and number of parameters it sets."""
    explained = {"trust": say("de la confianza", "of trust"), "crime": say("del delito", "of crime")}
    language, other = say.language, say("en", "es")
    for name in accounts.names():
        one = accounts.account(name)
        texts = (
            f"{one.title[language]} ({one.title[other]}), {explained[one.explains]}",
            one.claim[language],
            f"{say('queda fuera', 'left out')}: {one.limits[language]}",
            f"{say('se podría medir', 'to be measured')}: {one.prediction[language]}",
        )
        details = (say("fija {} parámetros", "sets {} parameters").format(len(one.settings)),)
        stated = {key: dict(getattr(one, key)) for key in ("title", "claim", "limits", "prediction")}
        data = stated | {"explains": one.explains, "settings": dict(one.settings)}
        yield ListedItem(name, texts=texts, details=details, data=data)


def measure_items(say: FigureTexts) -> Iterator[ListedItem]:
    """Yield every monthly measure with its unit and meaning."""
    from model.simulation.registry import MEASURES  # imports the model, which takes long

    for name, measure in MEASURES.items():
        data = {"unit": measure.unit, **{f"meaning_{language}": meaning(name, language) for language in LANGUAGES}}
        beside = f"  [{unit(measure.unit, say.language)}]"
        yield ListedItem(name, beside, texts=(meaning(name, say.language),), data=data)


def parameter_items(part: str | None, scenario: Scenario | None, say: FigureTexts) -> Iterator[ListedItem]:
    """Yield the parameters whose name matches, group by group, with value, range, role and source."""
    declared_groups()
    if part == "mechanisms":
        yield from switch_items(say)
        return
    if part and part.startswith("mechanisms."):
        group = switchable_mechanisms()[checked_mechanism(part.partition(".")[2])]
        yield ListedItem(part, " = true", texts=group_texts(group, scenario, say)[1:], data={"value": True})
        return
    for dotted, default, about in matching_parameters(part):
        yield parameter_item(dotted, default, about, scenario, say)


def switch_items(say: FigureTexts) -> Iterator[ListedItem]:
    """Yield every mechanism that can be switched off, with its title."""
    each = say("cada uno true, o false para apagarlo", "each true, or false to switch it off")
    section = (f"[mechanisms] {each}: --set mechanisms.NAME=false",)
    for name, group in switchable_mechanisms().items():
        title = group_title(group, say)
        data = {"value": True, "title": title}
        yield ListedItem(f"mechanisms.{name}", " = true", texts=(title,), data=data, section=section)


def group_title(group: type[ParameterGroup], say: FigureTexts) -> str:
    """Return the title of a parameter group; in Spanish only mechanisms have one."""
    if say.language == "es":
        return mechanism(group.name, "es") if group.mechanism else ""
    return " ".join((group.__doc__ or "").split("\n\n")[0].split())


def group_texts(group: type[ParameterGroup], scenario: Scenario | None, say: FigureTexts) -> tuple[str, ...]:
    """Return the heading of a parameter group, its title and its evidence."""
    off = f", {say('apagado', 'switched off')}" if scenario and group.name in scenario.off else ""
    kind = f" {say('mecanismo', 'mechanism')}" if group.mechanism else ""
    title = [found] if (found := group_title(group, say)) else []
    evidence = [f"{say('evidencia', 'evidence')}: {', '.join(group.evidence)}"] if group.evidence else []
    return (f"[{group.name}]{kind}{off}", *title, *evidence)


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


def parameter_item(
    dotted: str, default: float, about: ParameterSpec, scenario: Scenario | None, say: FigureTexts
) -> ListedItem:
    """Return the entry of one parameter."""
    value, source = value_and_source(dotted, default, about, scenario)
    meaning_text, unit_text = about.about, about.unit
    if say.language == "es":
        meaning_text, unit_text = parameter(dotted, "es"), unit(about.unit, "es")
    neutral = f", {say('apagado', 'off')} = {about.off:g}" if about.off is not None else ""
    changed = f" ({say('por omisión', 'default')} {default:g})" if value != default else ""
    span = say("de ", "") + range_label(about.low, about.high, say("a", "to"))
    place = lever_places().get(dotted)
    texts = [f"{meaning_text}; {span}, {say(*ROLES[about.role])}{neutral}"]
    texts += [say(*PLACES_OF_LEVERS[place])] if place else []
    texts.append(f"{say('fuente, en inglés', 'source')}: {source}")
    if plausible := plausible_range(default, about):
        ends = say("plausible de {:.3g} a {:.3g}", "plausible from {:.3g} to {:.3g}")
        stated = say("lo dice la fuente", "as the source says")
        factor = say("un factor de dos: nadie lo ha medido", "a factor of two: nobody has measured it")
        texts.append(f"{ends.format(plausible.low, plausible.high)}; {stated if plausible.stated else factor}")
    known = {key: one for key, one in asdict(about).items() if key not in ("words", "plausible")}
    data = {"value": value, "default": default} | known | ({"acts_at": place} if place else {})
    data |= {"about_es": parameter(dotted, "es"), "source": source}
    section = group_texts(ParameterGroup.known[dotted.partition(".")[0]], scenario, say)
    return ListedItem(dotted, f" = {value:g} {unit_text}{changed}", tuple(texts), data=data, section=section)


def value_and_source(dotted: str, default: float, about: ParameterSpec, scenario: Scenario | None) -> tuple[float, str]:
    """Return value and source of a parameter, those of the scenario if one is given."""
    value = parameter_value(scenario, dotted) if scenario else default
    return value, (scenario and scenario.sources.get(dotted)) or about.source
