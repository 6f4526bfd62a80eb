"""The four criteria and accountability in the paper's words, and the funnel from crime to sentence."""

import math

import numpy as np

from experiments.page.bars import share_bars
from experiments.page.page_texts import say
from experiments.page.world_session import WorldSession
from experiments.words import catalogue
from model.measures.criteria import GRADES, grade_index

DRAWS = 200
FUNNEL = {
    "occurred": "crimes_occurred",
    "told": "crimes_told",
    "complaints": "complaints_filed",
    "charged": "charged",
    "sentenced": "sentenced",
}


def judge_criteria(session: WorldSession) -> dict[str, tuple[float, str, float] | None]:
    """Return score and word of the last year at the stated anchors, and the share of draws with the same word.

    None stands for what has no score yet.
    """
    from experiments.comparison.criteria_effects import scores_drawn

    history, found = session.history(), dict[str, tuple[float, str, float] | None]()
    for name, scores in scores_drawn(history, session.world.settings.anchors, DRAWS).items():
        score = float(history[name][-1])
        if math.isnan(score):
            found[name] = None
            continue
        word = grade_index(score)
        found[name] = score, GRADES[word], float(np.mean([grade_index(one) == word for one in scores]))
    return found


def criteria_bars(language: str, sessions: list[WorldSession]) -> str:
    """Return the criteria of one world or two as bars with words."""
    none = 0.0, say(language, "criteria.none")
    worlds = [judge_criteria(session) for session in sessions]
    shown = [
        {name: (one[0], describe_certainty(language, *one)) if one else none for name, one in own.items()}
        for own in worlds
    ]
    return world_bars(language, shown)


def world_bars(language: str, worlds: list[dict[str, tuple[float, str]]]) -> str:
    """Return lengths and words of one world or two, by name, as bars."""
    return share_bars([(say(language, f"criteria.{name}"), [own[name] for own in worlds]) for name in worlds[0]])


def describe_certainty(language: str, score: float, word: str, share: float) -> str:
    """Return "42 passable in 83 % of the draws"."""
    named = catalogue.verdict(word, language)
    return f"{100.0 * score:.0f} " + say(language, "criteria.certainty", word=named, share=f"{100.0 * share:.0f}")


def funnel_bars(language: str, sessions: list[WorldSession]) -> str:
    """Return the funnel from crime to sentence of one world or two, on a scale of logarithms."""
    counts = [{name: sum(session.last_year(column)) for name, column in FUNNEL.items()} for session in sessions]
    top = math.log1p(max(1.0, *(count["occurred"] for count in counts)))
    return world_bars(
        language, [{name: (math.log1p(n) / top, f"{n:,.0f}") for name, n in own.items()} for own in counts]
    )
