"""Decisions by kind of agent: options of the last year with their chief reasons, and the latest choices.

Who decided is a number by luck of the seed, since boards stand in places that bear names; what residents decided is
told as sums alone, since whom a victim tells is hers to say.
"""

import html
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import solara

from experiments.execution.run_tables import anonymous
from experiments.page.bars import letters_of, share_bars
from experiments.page.page_parts import button, markup, text
from experiments.page.page_texts import capital, say
from experiments.page.visitor import Visitor
from experiments.page.world_session import WorldSession
from experiments.words.catalogue import find
from model.engine.calendar import YEAR, date_of_tick
from model.engine.choices import AGENT_TYPES, CHOICES_DECLARED, ChoiceSpec
from model.world.discrete_choice.schema import BY_LUCK, CHOICES

LATEST = 3
"""Choices told one by one in every matter."""
REASONS = 2
"""Reasons told of every option."""
RESIDENT = "resident"
"""Agents who are not told one by one."""


@dataclass(frozen=True)
class OptionCount:
    """One option in one world: how often it was chosen of how many choices, and for which reasons how often."""

    n: int
    of: int
    reasons: tuple[tuple[str, int], ...]


def choices_of_last_year(session: WorldSession) -> np.ndarray:
    """Return the choices of the last twelve months of a world, since its start at most."""
    rows = np.concatenate([session.world.choices(), session.world.state[CHOICES].used_rows()])
    return rows[rows["tick"] >= session.world.tick - YEAR]


def count_option(matter: ChoiceSpec, rows: np.ndarray, option: int) -> OptionCount:
    """Return how often an option of a matter was taken, with the reasons that were decisive most often."""
    own = rows[rows["option"] == option]
    reasons = Counter(own["term"][own["term"] != BY_LUCK].tolist()).most_common(REASONS)
    return OptionCount(len(own), len(rows), tuple((matter.terms[term - 1], n) for term, n in reasons))


def decided_by(agent: str, books: Sequence[np.ndarray]) -> list[tuple[int, ChoiceSpec]]:
    """Return the matters, with their numbers, that agents of a kind decided in any of some worlds."""
    there = {int(number) for book in books for number in np.unique(book["matter"])}
    return [
        (number, matter) for number, matter in CHOICES_DECLARED.items() if number in there and matter.agent == agent
    ]


# Who, without saying who


@cache
def order_of(seed: int, agent: str, n: int) -> dict[int, int]:
    """Return a number from 1 on for each of n agents, in a random order, the same in twin worlds."""
    shuffled = sorted(range(n), key=lambda who: anonymous(seed, agent, who))
    return {who: place for place, who in enumerate(shuffled, start=1)}


def number_of_agents(session: WorldSession, agent: str) -> int:
    """Return among how many of its kind somebody is numbered: all that the town has, whether they decided or not."""
    state, town = session.world.state, session.site.town
    there = {"clique": len(state.cliques), "authority": len(state.boards), "chief": len(town.facilities)}
    return there.get(agent, 0)


def name_agent(language: str, session: WorldSession, agent: str, who: int) -> str:
    """Return the label of an agent: its kind, and a number that gives away neither name nor place."""
    name, number = (
        capital(find("agents", agent, language)),
        order_of(session.seed, agent, number_of_agents(session, agent)).get(who),
    )
    return name if number is None else f"{name} {number}"


# In words


def option_bars(language: str, matter: ChoiceSpec, books: Sequence[np.ndarray]) -> str:
    """Return every option of a matter as bars, one a world: of a hundred choices how many, and for which reasons."""
    rows = []
    for option, name in enumerate(matter.options):
        found = [count_option(matter, book, option) for book in books]
        row = [(one.n / max(one.of, 1), describe_count(language, matter, one)) for one in found]
        rows.append((capital(find("options", f"{matter.name}.{name}", language)), row))
    return share_bars(rows)


def describe_count(language: str, matter: ChoiceSpec, one: OptionCount) -> str:
    """Return how often an option was taken, and why, in words."""
    share = f"{100.0 * one.n / max(one.of, 1):.0f} %"
    number = say(language, "decided.times_one" if one.n == 1 else "decided.times", n=f"{one.n:,}", share=share)
    reasons = [
        f"{find('reasons', f'{matter.name}.{reason}', language)} ({100.0 * n / one.n:.0f})" for reason, n in one.reasons
    ]
    return number + (f": {', '.join(reasons)}" if reasons else "")


def latest_choices(language: str, session: WorldSession, matter: ChoiceSpec, rows: np.ndarray, letter: str) -> str:
    """Return the latest choices in a matter as items of a list; of one shift, those that had a reason come first.

    Those who decided stand in an order of luck, so that no order of places shows.
    """
    last = rows[np.argsort(-rows["tick"], kind="stable")][:LATEST]
    tied = rows[rows["tick"] >= last["tick"].min(initial=session.world.tick)]
    labels = [anonymous(session.seed, matter.agent, int(who)) for who in tied["who"]]
    order = np.lexsort((labels, tied["term"] == BY_LUCK, -tied["tick"]))[:LATEST]
    return "".join(choice_item(language, session, matter, tied[k], letter) for k in order)


def choice_item(language: str, session: WorldSession, matter: ChoiceSpec, row: np.void, letter: str) -> str:
    """Return one choice as an item of a list: when, who, which option, for which reason, with what chance."""
    term = int(row["term"])
    reason = "luck" if term == BY_LUCK else f"{matter.name}.{matter.terms[term - 1]}"
    words = say(
        language,
        "decided.line",
        who=name_agent(language, session, matter.agent, int(row["who"])),
        option=find("options", f"{matter.name}.{matter.options[int(row['option'])]}", language),
        reason=find("reasons", reason, language),
        chance=f"{100.0 * float(row['chance']):.0f}",
    )
    world = f"<span class='cf-letter'>{letter}</span> " if letter else ""
    return f"<li><time>{date_of_tick(int(row['tick']))}</time>{world}{html.escape(words)}</li>"


# The panel


@solara.component
def DecidedPanel(visitor: Visitor) -> None:
    """Decisions by kind of agent and matter: counts and reasons of each option, and the latest choices."""
    language = visitor.language.value
    chosen, choose = solara.use_state("")
    visitor.updated.value, visitor.moved.value  # noqa: B018
    books = [choices_of_last_year(session) for session in visitor.sessions]
    agents = [agent for agent in AGENT_TYPES if decided_by(agent, books)]
    with solara.Div(classes=["cf-decided"]):
        if not agents:
            text(visitor.say("decided.nobody"), classes="cf-busy")
            return
        shown = chosen if chosen in agents else agents[0]
        text(visitor.say("decided.help"))
        with solara.Div(classes=["cf-row"]):
            for agent in agents:
                button(capital(find("agents", agent, language)), partial(choose, agent), on=agent == shown)
        for number, matter in decided_by(shown, books):
            state_matter(visitor, matter, [book[book["matter"] == number] for book in books])
        text(visitor.say("decided.sums" if shown == RESIDENT else "decided.numbers"))


def state_matter(visitor: Visitor, matter: ChoiceSpec, books: Sequence[np.ndarray]) -> None:
    """State what was decided in a matter, in one world or two."""
    language = visitor.language.value
    text(capital(find("matters", matter.name, language)), "h3", "")
    markup(option_bars(language, matter, books))
    if matter.agent != RESIDENT:
        lists = zip(visitor.sessions, books, letters_of(books), strict=False)
        items = "".join(latest_choices(language, session, matter, book, letter) for session, book, letter in lists)
        markup(f"<ul class='cf-life'>{items}</ul>")
