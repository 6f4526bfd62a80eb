"""The panel of problems: what is there, what police know and try, by numbers of sectors, never by names of places."""

from typing import Any

import numpy as np
import solara

from experiments.page.page_parts import choice, choose_world, markup, text
from experiments.page.page_texts import say
from experiments.page.tables import Sentence, numbers, sentences
from experiments.page.visitor import Visitor
from experiments.page.world_session import WorldSession
from experiments.words import catalogue
from model.problems.problem_causes.schema import SECTOR_RECORD
from model.problems.problems.schema import PROBLEM_CAUSES, PROBLEMS
from model.town.crime_kinds import NAMES as KINDS

GREATEST = 15
"""Problems of a sector that are told one by one."""
NOW = ("open", "known", "right", "wrong", "fits", "fits_not")
SINCE = ("found", "tried", "better")
LATELY = ("responses_begun", "responses_fitting", "responses_lapsed")
"""Columns of the last twelve months."""


def current_problems(session: WorldSession) -> Any:
    """Return the problems that a world has now."""
    rows = session.world.state[PROBLEMS].used_rows()
    return rows[rows["cell"] >= 0]


def count_problems(rows: Any) -> dict[str, int]:
    """Return how many problems there are, are known, have a cause on record and a response, right or wrong."""
    right, begun = rows["named"] == rows["cause"], rows["response"] >= 0
    fits = begun & (rows["response"] == rows["cause"])
    parts = (np.ones(len(rows), bool), rows["noted"] >= 0, right, (rows["named"] >= 0) & ~right, fits, begun & ~fits)
    return {name: int(part.sum()) for name, part in zip(NOW, parts, strict=True)}


def by_sector(language: str, session: WorldSession) -> str:
    """Return a row for each sector, and one for all."""
    rows, record = current_problems(session), session.world.state[SECTOR_RECORD]
    counts = [
        [*count_problems(rows[rows["sector"] == s]).values(), *(int(record[name][s]) for name in SINCE)]
        for s in range(len(record))
    ]
    counts.append([*count_problems(rows).values(), *(int(record[name].sum()) for name in SINCE)])
    names = [say(language, "problems.sector", n=s + 1) for s in range(len(record))] + [say(language, "problems.all")]
    shown = [(name, [f"{n:,}" for n in some]) for name, some in zip(names, counts, strict=True)]
    over = [(say(language, "problems.now"), len(NOW)), (say(language, "problems.since"), len(SINCE))]
    return numbers([say(language, f"problems.{name}") for name in (*NOW, *SINCE)], shown, "cf-sum cf-many", over)


def cause(language: str, number: int) -> str:
    """Return a cause in words."""
    return say(language, f"problems.cause_{PROBLEM_CAUSES[number]}")


def describe_problem(language: str, row: Any) -> str:
    """Return one problem in words: cell by number, kind, cause, what is on record, what is done."""
    known = "unknown" if row["noted"] < 0 else "unnamed" if row["named"] < 0 else "named"
    judged = "right" if row["named"] == row["cause"] else "wrong"
    done = "nothing" if row["response"] < 0 else "fitting" if row["response"] == row["cause"] else "unfitting"
    named = {"named": cause(language, int(row["named"])), "judged": say(language, f"problems.{judged}_one")}
    parts = {
        "cell": int(row["cell"]),
        "kind": catalogue.kind(KINDS[row["kind"]], language),
        "cause": cause(language, int(row["cause"])),
        "known": say(language, f"problems.is_{known}", **named),
        "done": say(language, f"problems.is_{done}", n=int(row["kept"])),
    }
    return say(language, "problems.line", **parts)


def list_problems(language: str, session: WorldSession, sector: int) -> str:
    """Return the problems of a sector, the greatest first."""
    rows = current_problems(session)
    rows = rows[rows["sector"] == sector]
    order = np.argsort(-rows["size"], kind="stable")
    told = [describe_problem(language, rows[k]) for k in order[:GREATEST]]
    told += [say(language, "problems.more", n=len(order) - GREATEST)] if len(order) > GREATEST else []
    return sentences(map(Sentence, told))


@solara.component
def ProblemsPanel(visitor: Visitor) -> None:
    """Problems by sector, what lapsed lately, and the problems of one sector one by one."""
    language = visitor.language.value
    sector, look_at = solara.use_state(0)
    visitor.updated.value  # noqa: B018
    with solara.Div():
        if not visitor.sessions:
            return
        session = visitor.selected_session()
        choose_world(visitor)
        text(visitor.say("problems.title"), "h3", "")
        markup(f"<div class='cf-wide-table'>{by_sector(language, session)}</div>")
        counts = {name: f"{sum(session.last_year(name)):,.0f}" for name in LATELY}
        text(visitor.say("problems.lately", **counts))
        text(visitor.say("problems.one"), "h3", "")
        n = len(session.world.state[SECTOR_RECORD])
        sectors = [(s, visitor.say("problems.sector", n=s + 1)) for s in range(n)]
        with solara.Div(classes=["cf-row cf-below"]):
            choice(visitor.say("problems.choose"), min(sector, n - 1), sectors, look_at, "cf-wide")
        markup(list_problems(language, session, min(sector, n - 1)))
        text(visitor.say("problems.help"))
