"""The panel of practice: what the 480 minutes of a couple's shift go to, the doses that were measured, the habits."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import solara

from experiments.comparison.headline_measures import Headline
from experiments.comparison.practice_effects import DOSES, MINUTES, PRACTICE
from experiments.page.criteria_standing import number
from experiments.page.page_parts import check_months, markup, text
from experiments.page.page_texts import capital
from experiments.page.tables import bars, numbers
from experiments.page.visitor import Visitor
from experiments.page.world_session import WorldSession
from model.engine.calendar import MINUTES_A_SHIFT

READ = sorted({column for some in PRACTICE.values() for one in some for column in one.read.columns})


def practice_of_last_year(session: WorldSession) -> pd.DataFrame:
    """Return what tells of the practice in the last twelve months of a world."""
    return pd.DataFrame({column: session.last_year(column) for column in READ})


def name_number(one: Headline, language: str) -> str:
    """Return the name of a number as it begins a line."""
    return capital(one.es if language == "es" else one.en)


def minutes_bars(language: str, years: Sequence[pd.DataFrame]) -> str:
    """Return the minutes of a couple's shift by use: each bar begins where the one above ends, the last is the sum."""
    begun, rows = np.zeros(len(years)), []
    for one in MINUTES:
        found = np.array([one.of(year) for year in years])
        if one is MINUTES[-1]:
            begun = np.zeros(len(years))
        worlds = zip(found / MINUTES_A_SHIFT, (f"{value:.1f}" for value in found), begun / MINUTES_A_SHIFT, strict=True)
        rows.append((name_number(one, language), list(worlds)))
        begun = begun + found
    return bars(rows, cascade=True)


def doses(language: str, years: Sequence[pd.DataFrame]) -> str:
    """Return the doses that were measured, one column a world; a dash where there was nothing to count."""
    rows = [(name_number(one, language), [number(one.of(year), one.digits) for year in years]) for one in DOSES]
    return numbers([] if len(years) < 2 else ["A", "B"], rows)


@solara.component
def PracticePanel(visitor: Visitor) -> None:
    """Minutes by use, doses, and both over the months."""
    language = visitor.language.value
    visitor.updated.value  # noqa: B018
    with solara.Div():
        if not check_months(visitor):
            return
        years = [practice_of_last_year(session) for session in visitor.sessions]
        text(visitor.say("practice.minutes"), "h3", "")
        markup(minutes_bars(language, years))
        text(visitor.say("practice.adds_up"))
        text(visitor.say("practice.doses"), "h3", "")
        markup(doses(language, years))
        text(visitor.say("practice.months"), "h3", "")
        solara.Div(children=[visitor.habits])
        text(visitor.say("practice.habits"))
