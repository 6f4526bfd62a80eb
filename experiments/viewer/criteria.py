"""The four criteria and accountability in the paper's words, and the funnel from crime to sentence."""

import math

from experiments import words
from experiments.viewer.bars import share_bars
from experiments.viewer.lane import Lane
from experiments.viewer.texts import say
from model.criteria import CRITERIA, WORDS, word_of

YEAR = 12
DRAWS = 200
FUNNEL = {
    "occurred": "crimes_occurred",
    "told": "crimes_told",
    "complaints": "complaints_filed",
    "charged": "charged",
    "sentenced": "sentenced",
}


def judged(lane: Lane) -> dict[str, tuple[float, str, float]]:
    """Return score and word of the last year at the stated anchors, and the share of draws with the same word."""
    import numpy as np

    from experiments.compare.criteria import scores_drawn

    history, found = lane.history(), {}
    for name, scores in scores_drawn(history, lane.world.settings.anchors, DRAWS).items():
        score = float(np.mean(history[name][-YEAR:]))
        word = word_of(score)
        found[name] = score, WORDS[word], float(np.mean([word_of(one) == word for one in scores]))
    return found


def criteria_bars(language: str, lanes: list[Lane]) -> str:
    """Return the criteria of one world or two as bars with words."""
    letters = "AB" if len(lanes) > 1 else " "
    verdicts = [judged(lane) for lane in lanes]
    return share_bars(
        [
            (
                say(language, f"criteria.{name}"),
                [
                    (letter.strip(), verdict[name][0], certainty(language, *verdict[name]))
                    for letter, verdict in zip(letters, verdicts, strict=False)
                ],
            )
            for name in CRITERIA
        ]
    )


def certainty(language: str, score: float, word: str, share: float) -> str:
    """Return "0.42 passable in 83 % of the draws"."""
    named = words.verdict(word, language)
    return f"{score:.2f} " + say(language, "criteria.certainty", word=named, share=f"{100.0 * share:.0f}")


def funnel_bars(language: str, lanes: list[Lane]) -> str:
    """Return the funnel from crime to sentence of one world or two, on a scale of logarithms."""
    letters = "AB" if len(lanes) > 1 else " "
    counts = [{name: sum(lane.history()[column][-YEAR:]) for name, column in FUNNEL.items()} for lane in lanes]
    top = math.log1p(max(1.0, *(count["occurred"] for count in counts)))
    return share_bars(
        [
            (
                say(language, f"criteria.{name}"),
                [
                    (letter.strip(), math.log1p(count[name]) / top, f"{count[name]:,.0f}")
                    for letter, count in zip(letters, counts, strict=False)
                ],
            )
            for name in FUNNEL
        ]
    )
