"""The view "A life": a resident, auxiliary mayor, station chief or clique in one pair of worlds, with one choice.

Sensitive lives are never shown: the recorder drops lives touched by gangs, by violence at home or by death, and a life
is shown only if both worlds of the pair may show it. Agents are identified by a random number, without a place. A life
is not exported.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.comparison.life_recorder import AGENTS, LifeEvent, LifeStory, WorldRecord
from experiments.comparison.report_weighing import CALIBRATED_TERM, ReportingChoice
from experiments.execution.run_tables import anonymous_label
from experiments.page.address import AddressRequest
from experiments.page.events import mood_months
from experiments.page.page_state import PageState, Span, number, signed
from experiments.page.page_texts import capitalized, page_text
from experiments.page.why_view import part_name
from experiments.words import catalogue
from experiments.words.bilingual import MONTHS
from model.engine.calendar import date_of_tick, month_of, tick_of
from model.engine.choices import CHOICES_DECLARED, ChoiceSpec
from model.engine.random_streams import keyed_uniform
from model.police.chief import HOURS_CHOICE
from model.world.discrete_choice import SMALLEST_GUMBEL_UNIFORM


def introduction(language: str, life: LifeStory) -> str:
    """Describe a resident in one sentence, without name and place."""
    child = life.age < 15
    noun = ("girl" if child else "woman") if life.woman else ("boy" if child else "man")
    return page_text(language, f"life.{noun}", age=life.age, work=page_text(language, f"work.{life.work}"))


def event_sentence(language: str, event: LifeEvent) -> str:
    """Describe an event in a sentence."""
    if event.name in ("suffered", "saw"):
        reported = page_text(language, f"event.{event.values['told']}") if event.values["told"] else ""
        kind = page_text(language, f"kind.{event.values['kind']}")
        return page_text(language, f"event.{event.name}", kind=kind, reported=reported)
    if "cause" not in event.values:
        return page_text(language, f"event.{event.name}", **event.values)
    cause = str(event.values["cause"])
    for name in (event.name, cause):
        if text := catalogue.event(name, language):
            return text
    key = "other_good" if event.change >= 0.0 else "other_bad"
    return page_text(language, f"event.{key}", cause=capitalized(part_name(language, cause)))


LIFE_KINDS = ("resident", *AGENTS)
"""Kinds of lives; first part of ``show`` in the address: KIND-NUMBER-CHOICE."""
MAX_EVENTS, MAX_CHOICES = 7, 5
"""Most events of a resident, and most choices of an agent, that are listed."""
SMALLEST_CHANGE = 5e-4
"""Smallest change of trust (0-1) that is visible in points with one decimal."""
HIGH_TRUST, LOSS_FACTOR = 0.6, 10.0
"""Trust (0-1) and factor of the loss in two of the counterfactual cases."""
MONTHLY_DRAWS = (
    *("watch of a board", "police and a board", "request of a board", "unmet requests of a board"),
    "patrol in a canton",
)
"""Choices with a random number keyed by month; the others are keyed by shift."""
UNKNOWN_DRAWS = (
    *("case before a board", "arrest in a canton", "protocol with a board", "clique punishment", "hours of the month"),
)
"""Choices with a random number keyed by something unrecorded (a case, a year, a victim, a block of hours)."""
CURVE_SCALES = {"authority": 100.0, "chief": 100.0, "clique": 1.0}
TEXT_KEYS = (
    *("one_pair", "events", "other", "choice", "weights", "sum", "calibrated", "of_100"),
    *("parts", "ring", "if_head", "safeguard", "kinds", "no_choice", "next_choice"),
)


@dataclass(frozen=True)
class LifeSelection:
    """Life selected in the address: kind, index among the lives of this kind, index of its choice (both from 0)."""

    kind: str
    index: int
    choice: int


def parse_selection(word: str) -> LifeSelection:
    """Parse the selection of a life in an address; a missing part means the first.

    >>> parse_selection("chief-3-2"), parse_selection("resident-00")
    (LifeSelection(kind='chief', index=2, choice=1), LifeSelection(kind='resident', index=0, choice=0))
    """
    kind, *numbers = word.split("-")
    indices = [max(int(number) - 1, 0) if number.isdecimal() else 0 for number in numbers]
    index, choice = [*indices, 0, 0][:2]
    return LifeSelection(kind if kind in LIFE_KINDS else LIFE_KINDS[0], index, choice)


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view."""
    selection = parse_selection(request.show)
    words = {name: state.text(f"life.{name}") for name in TEXT_KEYS}
    kinds = kind_rows(state, selection, state.pairs[0][0].recorded if state.pairs else None)
    frame = {"title": state.text("life.question"), "words": words, "kinds": kinds}
    if not state.pairs:
        return frame | {"answer": [(state.text("map.waiting", **state.progress), "")]}
    worlds: tuple[WorldRecord, WorldRecord] = tuple(world.recorded for world in state.pairs[0])
    seed = state.pairs[0][0].seed
    panel = (
        resident_panel(state, worlds, selection, request.place)
        if selection.kind == "resident"
        else agent_panel(state, worlds, selection, seed)
    )
    if panel is None:
        return frame | {"answer": [(state.text("life.nobody"), "bold")], "nobody": True}
    return frame | panel | {"moods": mood_months(state) if selection.kind == "resident" else []}


def kind_rows(state: PageState, selection: LifeSelection, world: WorldRecord | None) -> list[dict[str, Any]]:
    """Return the kinds of lives to choose from: of agents those in the world; all before it is available."""
    kinds = [
        kind
        for kind in LIFE_KINDS
        if kind in (LIFE_KINDS[0], selection.kind) or world is None or agent_count(world, kind)
    ]
    return [{"name": kind, "title": kind_title(state, kind), "on": kind == selection.kind} for kind in kinds]


def kind_title(state: PageState, kind: str) -> str:
    """Return the title of a kind of lives; mayors are communal where boards are a jurisdiction."""
    return state.text("life.kind_communal" if kind == "authority" and state.communal else f"life.kind_{kind}")


def date_text(state: PageState, tick: int) -> str:
    """Return the date of a tick for a table."""
    date = date_of_tick(tick)
    return f"{date.day} {MONTHS[state.language][date.month - 1][:3]} {date.year}"


def month_number(state: PageState, tick: int) -> int:
    """Return the month of a tick, numbered from 1."""
    return month_of(tick) - month_of(tick_of(state.scenario.start)) + 1


# A resident


def showable_lives(
    worlds: tuple[WorldRecord, WorldRecord], settlement: int | None
) -> list[tuple[LifeStory, LifeStory]]:
    """Return the lives that both worlds may show, of a settlement or of all, those with a choice first."""
    lives_b = {life.who: life for life in worlds[1].lives}
    lives_a = [life for life in worlds[0].lives if settlement is None or life.settlement == settlement]
    pairs = [(life, lives_b[life.who]) for life in lives_a if life.who in lives_b]
    return sorted(pairs, key=lambda pair: not pair[0].tellings)


def resident_panel(
    state: PageState, worlds: tuple[WorldRecord, WorldRecord], selection: LifeSelection, place: int
) -> dict[str, Any] | None:
    """Return the life of a resident in both worlds; None if no life of the place may be shown."""
    lives = showable_lives(worlds, place - 1 if place else None)
    if not lives:
        return None
    a, b = lives[selection.index % len(lives)]
    shown_lives = (a, b) if state.has_measures else (a,)
    tellings = a.tellings
    telling = tellings[selection.choice % len(tellings)] if tellings else None
    rows, rest = event_rows(state, shown_lives)
    return {
        "who": introduction(state.language, a).rstrip("."),
        "answer": life_answer(state, a, b, telling),
        "life_number": selection.index % len(lives) + 1,
        "lines": [[100.0 * value for value in life.trust] for life in shown_lives],
        "events": rows,
        "rest": rest,
        "curve": state.text("life.trust_curve"),
        "choices": len(tellings),
        "chosen_at": selection.choice % len(tellings) + 1 if tellings else 0,
        "at": month_number(state, telling.tick) if telling else None,
        "weighing": choice_panel(state, telling, b) if telling else {},
    }


def life_answer(state: PageState, a: LifeStory, b: LifeStory, telling: ReportingChoice | None) -> list[Span]:
    """Return the chance of silence in the choice, and trust at start and end, in a sentence."""
    spans: list[Span] = []
    if telling:
        silent = telling.chances()["nobody"]
        spans += [(state.text("life.silent", n=number(100.0 * silent)), "bold"), (" ", "")]
    spans.append(
        (state.text("life.trust", before=number(100.0 * a.trust[0], 1), after=number(100.0 * a.trust[-1], 1)), "")
    )
    if state.has_measures:
        spans += [(" ", ""), (state.text("life.trust_b", after=number(100.0 * b.trust[-1], 1)), "b")]
    return spans


def event_rows(state: PageState, lives: tuple[LifeStory, ...]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the largest events of the lives in order of time, and the rest; all rows sum to the change of trust."""
    merged: dict[tuple[Any, ...], dict[int, LifeEvent]] = {}
    for side, life in enumerate(lives):
        for event in life.events:
            merged.setdefault((event.tick, event.name, *event.values.items()), {})[side] = event

    def importance(event: LifeEvent) -> float:
        # crimes suffered and their consequences come first
        return abs(event.change) if "cause" in event.values else 1.0

    order = sorted(merged.values(), key=lambda sides: -max(map(importance, sides.values())))
    listed = sorted(order[:MAX_EVENTS], key=lambda sides: next(iter(sides.values())).tick)
    rows = [event_row(state, number, sides) for number, sides in enumerate(listed, start=1)]
    sums = []
    for side, life in enumerate(lives):
        shown = sum(sides[side].change for sides in listed if side in sides)
        unlisted = sum(event.change for event in life.events) + life.small - shown
        sums.append((unlisted, life.trust[-1] - life.trust[0] - shown - unlisted))
    rest = [
        {"title": state.text(f"life.{name}"), "sizes": [trust_points(change) for change in changes]}
        for name, changes in zip(("small_events", "forgotten"), zip(*sums, strict=True), strict=True)
    ]
    return rows, [row for row in rest if any(row["sizes"])]


def trust_points(change: float) -> str:
    """Return a change of trust in points; empty if it would be rounded to 0."""
    return signed(100.0 * change, 1) if abs(change) >= SMALLEST_CHANGE else ""


def event_row(state: PageState, number: int, sides: dict[int, LifeEvent]) -> dict[str, Any]:
    """Return an event with its size in each world in which it happened."""
    event = next(iter(sides.values()))
    times = f" (×{event.times})" if event.times > 1 else ""
    only = f" ({state.text(f'life.only_{"ab"[next(iter(sides))]}')})" if state.has_measures and len(sides) == 1 else ""
    return {
        "number": number,
        "date": date_text(state, event.tick),
        "text": event_sentence(state.language, event).rstrip(".") + times + only,
        "sizes": [trust_points(sides[k].change) if k in sides else "–" for k in state.sides],
        "month": month_number(state, event.tick),
        "side": 1 if 0 not in sides else 0,
    }


# One choice of a resident


def choice_panel(state: PageState, telling: ReportingChoice, life_b: LifeStory) -> dict[str, Any]:
    """Return a choice of whom to tell: terms, outcomes of a hundred with the draw, and counterfactuals."""
    chances = telling.chances()
    channel = telling.taken
    if channel == "nobody":
        channel = max((name for name in chances if name != "nobody"), key=lambda name: chances[name])
    terms = telling.terms(channel)
    values = {"loss": number(telling.loss), "trust": number(100.0 * telling.trust)}
    date = date_text(state, telling.tick)
    taken = state.text(f"telling.{telling.taken}")
    return {
        "title": state.text(
            "life.telling",
            date=date,
            crime=state.text(f"kind.{telling.crime}"),
            channel=state.text(f"telling.{channel}"),
        ),
        "taken": state.text("life.taken", what=taken),
        "terms": [
            {
                "title": state.text(f"telling.term_{name}", **values),
                "size": value,
                "input": name == CALIBRATED_TERM,
                "shown": signed(value, 2),
            }
            for name, value in terms.items()
        ],
        "total": signed(sum(terms.values()), 2),
        "dots": dots_by_option(chances, [state.text(f"telling.{name}") for name in chances]),
        "ring": int(100.0 * telling.uniform),
        "ifs": counterfactuals(state, telling, life_b),
    }


def dots_by_option(chances: dict[str, float], titles: list[str]) -> list[dict[str, Any]]:
    """Return how many of a hundred dots belong to each option, in the order of the draw."""
    ends = np.round(100.0 * np.cumsum(list(chances.values()))).astype(int)
    counts = np.diff(ends, prepend=0)
    return [{"title": title, "n": int(n)} for title, n in zip(titles, counts, strict=True) if n]


def counterfactuals(state: PageState, telling: ReportingChoice, life_b: LifeStory) -> list[dict[str, Any]]:
    """Return the percentage who tell somebody if one input is changed, by the same formula."""
    loss, trust_b = LOSS_FACTOR * max(telling.loss, 100.0), life_b.trust[max(0, month_number(state, telling.tick) - 1)]
    cases: dict[str, dict[str, Any]] = {
        "as_was": {},
        "trust_b": {"trust": trust_b},
        "trust_high": {"trust": HIGH_TRUST},
        "station": {"station_minutes": 0.0},
        "prosecutor": {"prosecutor_minutes": 0.0},
        "loss": {"loss": loss},
        "couple": {"at_hand": True},
    }
    values = {"n": number(100.0 * HIGH_TRUST), "q": number(loss), "b": number(100.0 * trust_b)}
    return [
        {"title": state.text(f"life.if_{name}", **values), "n": round(100.0 * telling.told_share(**inputs), 1)}
        for name, inputs in cases.items()
        if state.has_measures or name != "trust_b"
    ]


# An auxiliary mayor, a station chief, a clique


def agent_count(world: WorldRecord, kind: str) -> int:
    """Return the number of agents of a kind in a world."""
    return int(world.agents[kind].shape[1])


def random_order(seed: int, agent: str, n: int) -> list[int]:
    """Return the rows of n agents in a random order, the same in both worlds of a pair."""
    return sorted(range(n), key=lambda row: anonymous_label(seed, agent, row))


def agent_panel(
    state: PageState, worlds: tuple[WorldRecord, WorldRecord], selection: LifeSelection, seed: int
) -> dict[str, Any] | None:
    """Return the choices of an agent in both worlds, one of them with its weights; None without agents."""
    agents = random_order(seed, selection.kind, agent_count(worlds[0], selection.kind))
    if not agents:
        return None
    row = agents[selection.index % len(agents)]
    sides = worlds if state.has_measures else worlds[:1]
    lines = [(CURVE_SCALES[selection.kind] * world.agents[selection.kind][:, row]).tolist() for world in sides]
    choices = [choices_of_agent(world, selection.kind, row) for world in sides]
    listed = notable_choices(choices)
    selected = selection.choice % len(listed) if listed else 0
    events = [choice_row(state, k, rows) | {"on": k == selected} for k, rows in enumerate(listed)]
    weighing = {}
    if events:
        side = events[selected]["side"]
        weighing = option_weights(state, listed[selected][side], seed, sides[side])
    return {
        "who": f"{kind_title(state, selection.kind)} {selection.index % len(agents) + 1}",
        "answer": [(state.text("life.decided", n=len(choices[0])), ""), (" " + state.text("decided.numbers"), "")],
        "life_number": selection.index % len(agents) + 1,
        "lines": lines,
        "events": events,
        "rest": [],
        "curve": state.text(f"life.curve_{selection.kind}"),
        "choices": len(events),
        "chosen_at": selected + 1,
        "at": events[selected]["month"] if events else None,
        "weighing": weighing,
    }


def choices_of_agent(world: WorldRecord, kind: str, row: int) -> np.ndarray:
    """Return the choices of one agent."""
    numbers = [number for number, spec in CHOICES_DECLARED.items() if spec.agent == kind]
    rows = world.choices
    return np.asarray(rows[np.isin(rows["matter"], numbers) & (rows["who"] == row)])


def notable_choices(sides: list[np.ndarray]) -> list[list[Any]]:
    """Return up to `MAX_CHOICES` choices in order of time, each as its rows in both worlds (None if missing in one).

    The first of each matter is preferred, and choices that differ between the worlds are preferred to all others.
    """
    by_key = [{(int(row["tick"]), int(row["matter"])): row for row in side} for side in sides]
    all_choices = {key: [side.get(key) for side in by_key] for key in sorted({key for side in by_key for key in side})}

    def rank(key: tuple[int, int]) -> tuple[bool, bool, int]:
        options = {None if row is None else int(row["option"]) for row in all_choices[key]}
        return len(options) < 2, all(row is None or row["term"] < 1 for row in all_choices[key]), -key[0]

    ranked = sorted(all_choices, key=rank)
    first_of_matter = {key[1]: key for key in reversed(ranked)}
    return [
        all_choices[key] for key in sorted(sorted(ranked, key=lambda key: key != first_of_matter[key[1]])[:MAX_CHOICES])
    ]


def choice_row(state: PageState, index: int, rows: list[Any]) -> dict[str, Any]:
    """Return one choice with the option taken in each world."""
    side = 0 if rows[0] is not None else 1
    tick, spec = int(rows[side]["tick"]), CHOICES_DECLARED[int(rows[side]["matter"])]
    return {
        "number": index + 1,
        "date": date_text(state, tick),
        "text": capitalized(catalogue.find_words("matters", spec.name, state.language)),
        "sizes": ["–" if row is None else option_name(state, spec, int(row["option"])) for row in rows],
        "month": month_number(state, tick),
        "side": side,
    }


def option_name(state: PageState, spec: ChoiceSpec, option: int) -> str:
    """Return the name of an option."""
    return catalogue.find_words("options", f"{spec.name}.{spec.options[option]}", state.language)


def option_weights(state: PageState, row: Any, seed: int, world: WorldRecord) -> dict[str, Any]:
    """Return a recorded choice: weight of each option, outcomes of a hundred with the draw, decisive reason."""
    spec = CHOICES_DECLARED[int(row["matter"])]
    terms = recorded_terms(world, row)
    utilities = option_utilities(spec, row)
    odds = np.exp(utilities - utilities.max())
    chances = odds / odds.sum()
    names = [option_name(state, spec, option) for option in range(len(utilities))]
    term = int(row["term"])
    reason = state.text("life.no_decisive")
    if term > 0:
        name = catalogue.find_words("reasons", f"{spec.name}.{spec.terms[term - 1]}", state.language)
        reason = state.text("life.decisive", reason=name)
    return {
        "title": state.text(
            "life.deciding",
            date=date_text(state, int(row["tick"])),
            matter=catalogue.find_words("matters", spec.name, state.language),
        ),
        "taken": state.text("life.taken", what=names[int(row["option"])]),
        "terms": [
            {"title": title, "size": float(utility), "input": False, "shown": signed(float(utility), 2)}
            for title, utility in zip(names, utilities, strict=True)
        ],
        "apart": True,
        "parts": [] if terms is None else term_rows(state, spec, terms),
        "reason": reason,
        "drawn": random_terms(state, row, seed),
        "dots": dots_by_option(dict(zip(names, map(float, chances), strict=True)), names),
        "ring": dot_of_draw(spec, row, seed, chances),
        "ifs": [],
    }


def recorded_terms(world: WorldRecord, row: Any) -> np.ndarray | None:
    """Return the terms of each option of a choice (log-odds, options by terms); None if only sums are recorded."""
    return world.hours.get((int(row["tick"]), int(row["who"]))) if row["matter"] == HOURS_CHOICE else None


def term_rows(state: PageState, spec: ChoiceSpec, terms: np.ndarray) -> list[dict[str, Any]]:
    """Return a row for each term of the weights that is not 0 for all options, habit first."""
    reasons = [catalogue.find_words("reasons", f"{spec.name}.{term}", state.language) for term in spec.terms]
    return [
        {"title": capitalized(name), "sizes": [signed(float(size), 2) for size in sizes]}
        for name, sizes in zip([state.text("life.habit"), *reasons], terms.T, strict=True)
        if sizes.any()
    ]


def option_utilities(spec: ChoiceSpec, row: Any) -> np.ndarray:
    """Return the utilities (log-odds) of the options of a choice: as many as give the recorded probability."""
    utilities, option = np.array([float(row[f"v{k}"]) for k in range(len(spec.options))]), int(row["option"])
    chances = 1.0 / np.cumsum(np.exp(utilities - utilities[option]))
    matches = np.flatnonzero(np.isclose(chances, float(row["chance"]), rtol=1e-9, atol=0.0))
    return utilities[: matches[0] + 1] if len(matches) else utilities


def dot_of_draw(spec: ChoiceSpec, row: Any, seed: int, chances: np.ndarray) -> int | None:
    """Return the dot (of a hundred) of the random draw; None if it is unknown or each option has its own draw."""
    if not spec.ordered or spec.name in UNKNOWN_DRAWS:
        return None
    uniform = option_uniform(spec, row, seed, 0)
    option = int(np.searchsorted(np.cumsum(chances), uniform, side="right"))
    return int(100.0 * uniform) if option == int(row["option"]) else None


def random_terms(state: PageState, row: Any, seed: int) -> str:
    """Return the random terms added to the weights of the options (log-odds); empty if they are unknown.

    It is also empty if one draw decides among all options, or if the sums do not give the recorded option.
    """
    spec = CHOICES_DECLARED[int(row["matter"])]
    if spec.ordered or spec.name in UNKNOWN_DRAWS:
        return ""
    weights = option_utilities(spec, row)
    uniforms = np.array([option_uniform(spec, row, seed, option) for option in range(len(weights))])
    terms = -np.log(-np.log(uniforms + SMALLEST_GUMBEL_UNIFORM))
    if int(np.argmax(weights + terms)) != int(row["option"]):
        return ""
    names = [option_name(state, spec, option) for option in range(len(weights))]
    parts = ", ".join(f"{name} {signed(float(term), 2)}" for name, term in zip(names, terms, strict=True))
    return state.text("life.drawn", draws=parts)


def option_uniform(spec: ChoiceSpec, row: Any, seed: int, option: int) -> float:
    """Return the random number (0-1) of an option of a choice; ordered options share that of option 0."""
    key = month_of(int(row["tick"])) if spec.name in MONTHLY_DRAWS else int(row["tick"])
    return keyed_uniform(seed, int(row["matter"]), key, int(row["who"]), option)
