"""Decisions by kind of agent: options of the last year with their chief reasons, and the latest choices.

Who decided is a number by luck of the seed, since boards stand in places that bear names; what residents decided is
told as sums alone, since whom a victim tells is hers to say.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, partial

import numpy as np
import solara

from experiments.execution.run_tables import anonymous
from experiments.page.page_parts import button, markup, text
from experiments.page.page_texts import capital, say
from experiments.page.tables import Sentence, bars, letters_of, sentences
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


def choices_of_last_year(session: WorldSession) -> np.ndarray:
    """Return the choices of the last twelve months of a world, since its start at most."""
    rows = np.concatenate([session.world.choices(), session.world.state[CHOICES].used_rows()])
    return rows[rows["tick"] >= session.world.tick - YEAR]


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


def name_agent(language: str, session: WorldSession, agent: str, who: int) -> str:
    """Return the label of an agent: its kind, and a number that gives away neither name nor place.

    Numbered are all of a kind that the town has, whether they decided or not.
    """
    state, town = session.world.state, session.site.town
    there = {"clique": state.cliques, "authority": state.boards, "chief": town.facilities}
    number = order_of(session.seed, agent, len(there.get(agent, ()))).get(who)
    name = capital(find("agents", agent, language))
    return name if number is None else f"{name} {number}"


# In words


def option_bars(language: str, matter: ChoiceSpec, books: Sequence[np.ndarray]) -> str:
    """Return every option of a matter as bars, one a world: of a hundred choices how many, and for which reasons."""
    return bars(
        (
            capital(find("options", f"{matter.name}.{name}", language)),
            [count_option(language, matter, book, option) for book in books],
        )
        for option, name in enumerate(matter.options)
    )


def count_option(language: str, matter: ChoiceSpec, rows: np.ndarray, option: int) -> tuple[float, str]:
    """Return the share of an option among some choices, and in words how often and for which reasons it was taken."""
    terms = rows["term"][rows["option"] == option]
    n, of = len(terms), max(len(rows), 1)
    share = f"{100.0 * n / of:.0f} %"
    words = say(language, "decided.times_one" if n == 1 else "decided.times", n=f"{n:,}", share=share)
    reasons = [
        f"{find('reasons', f'{matter.name}.{matter.terms[term - 1]}', language)} ({100.0 * k / n:.0f})"
        for term, k in Counter(terms[terms != BY_LUCK].tolist()).most_common(REASONS)
    ]
    return n / of, words + (f": {', '.join(reasons)}" if reasons else "")


def latest_choices(
    language: str, session: WorldSession, matter: ChoiceSpec, rows: np.ndarray, letter: str
) -> Iterator[Sentence]:
    """Yield the latest choices in a matter in words; of one shift, those that had a reason come first.

    Those who decided stand in an order of luck, so that no order of places shows.
    """
    last = rows[np.argsort(-rows["tick"], kind="stable")][:LATEST]
    tied = rows[rows["tick"] >= last["tick"].min(initial=session.world.tick)]
    labels = [anonymous(session.seed, matter.agent, int(who)) for who in tied["who"]]
    for k in np.lexsort((labels, tied["term"] == BY_LUCK, -tied["tick"]))[:LATEST]:
        row = tied[k]
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
        yield Sentence(words, date_of_tick(int(row["tick"])), letter)


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
        markup(sentences(one for own in lists for one in latest_choices(language, own[0], matter, *own[1:])))
