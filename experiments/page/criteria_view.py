"""The four criteria and accountability in the paper's words, and the funnel from crime to sentence."""

import math

import numpy as np

from experiments.page.page_texts import say
from experiments.page.tables import bars
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


def criteria_bars(language: str, sessions: list[WorldSession]) -> str:
    """Return the criteria of one world or two as bars with words."""
    worlds = [judge_criteria(language, session) for session in sessions]
    return bars((say(language, f"criteria.{name}"), [own[name] for own in worlds]) for name in worlds[0])


def judge_criteria(language: str, session: WorldSession) -> dict[str, tuple[float, str]]:
    """Return score and words of the last year: "42 passable in 83 % of the draws", at the stated anchors."""
    from experiments.comparison.criteria_effects import scores_drawn

    history, found = session.history(), dict[str, tuple[float, str]]()
    for name, scores in scores_drawn(history, session.world.settings.anchors, DRAWS).items():
        score = float(history[name][-1])
        if math.isnan(score):
            found[name] = 0.0, say(language, "criteria.none")
            continue
        grade = grade_index(score)
        share = f"{100.0 * float(np.mean([grade_index(one) == grade for one in scores])):.0f}"
        word = catalogue.verdict(GRADES[grade], language)
        found[name] = score, f"{100.0 * score:.0f} {say(language, 'criteria.certainty', word=word, share=share)}"
    return found


def funnel_bars(language: str, sessions: list[WorldSession]) -> str:
    """Return the funnel from crime to sentence of one world or two, on a scale of logarithms."""
    counts = {name: [sum(session.last_year(column)) for session in sessions] for name, column in FUNNEL.items()}
    top = math.log1p(max(1.0, *counts["occurred"]))
    return bars(
        (say(language, f"criteria.{name}"), [(math.log1p(n) / top, f"{n:,.0f}") for n in own])
        for name, own in counts.items()
    )
