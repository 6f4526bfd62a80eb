"""The panel of problems: what is there, what police know and try, by numbers of sectors, never by names of places."""

import html
from typing import Any

import numpy as np
import solara

from experiments.page.bars import numbers
from experiments.page.page_parts import choice, choose_world, markup, text
from experiments.page.page_texts import say
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


def current_problems(session: WorldSession) -> Any:
    """Return the problems that a world has now."""
    rows = session.world.state[PROBLEMS].used_rows()
    return rows[rows["cell"] >= 0]


def count_problems(rows: Any) -> dict[str, int]:
    """Return how many problems there are, are known, have a cause on record and a response, right or wrong."""
    right, begun = rows["named"] == rows["cause"], rows["response"] >= 0
    fits = begun & (rows["response"] == rows["cause"])
    parts = {
        "open": np.ones(len(rows), bool),
        "known": rows["noted"] >= 0,
        "right": right,
        "wrong": (rows["named"] >= 0) & ~right,
        "fits": fits,
        "fits_not": begun & ~fits,
    }
    return {name: int(part.sum()) for name, part in parts.items()}


def by_sector(language: str, session: WorldSession) -> str:
    """Return a row for each sector, and one for all."""
    rows, record = current_problems(session), session.world.state[SECTOR_RECORD]
    shown = []
    for s in range(len(record)):
        counts = count_problems(rows[rows["sector"] == s]) | {name: int(record[name][s]) for name in SINCE}
        shown.append((say(language, "problems.sector", n=s + 1), [f"{counts[name]:,}" for name in (*NOW, *SINCE)]))
    whole = count_problems(rows) | {name: int(record[name].sum()) for name in SINCE}
    shown.append((say(language, "problems.all"), [f"{whole[name]:,}" for name in (*NOW, *SINCE)]))
    over = [(say(language, "problems.now"), len(NOW)), (say(language, "problems.since"), len(SINCE))]
    return numbers([say(language, f"problems.{name}") for name in (*NOW, *SINCE)], shown, "cf-sum cf-many", over)


def cause(language: str, number: int) -> str:
    """Return a cause in words."""
    return say(language, f"problems.cause_{PROBLEM_CAUSES[number]}")


def problem_item(language: str, row: Any) -> str:
    """Return one problem as an item of a list: cell by number, kind, cause, what is on record, what is done."""
    known = "unknown" if row["noted"] < 0 else "unnamed" if row["named"] < 0 else "named"
    judged = "right" if row["named"] == row["cause"] else "wrong"
    done = "nothing" if row["response"] < 0 else "fitting" if row["response"] == row["cause"] else "unfitting"
    parts = {
        "cell": int(row["cell"]),
        "kind": catalogue.kind(KINDS[row["kind"]], language),
        "cause": cause(language, int(row["cause"])),
        "known": say(language, f"problems.is_{known}"),
        "done": say(language, f"problems.is_{done}", n=int(row["kept"])),
    }
    if known == "named":
        named = {"named": cause(language, int(row["named"])), "judged": say(language, f"problems.{judged}_one")}
        parts["known"] = say(language, "problems.is_named", **named)
    return f"<li>{html.escape(say(language, 'problems.line', **parts))}</li>"


def list_problems(language: str, session: WorldSession, sector: int) -> str:
    """Return the problems of a sector, the greatest first."""
    rows = current_problems(session)
    rows = rows[rows["sector"] == sector]
    order = np.argsort(-rows["size"], kind="stable")
    left = [say(language, "problems.more", n=len(order) - GREATEST)] if len(order) > GREATEST else []
    items = [
        *(problem_item(language, rows[k]) for k in order[:GREATEST]),
        *(f"<li>{html.escape(one)}</li>" for one in left),
    ]
    return f"<ul class='cf-life'>{''.join(items)}</ul>"


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
        text(visitor.say("problems.lately", **lapsed(session)))
        text(visitor.say("problems.one"), "h3", "")
        n = len(session.world.state[SECTOR_RECORD])
        sectors = [(s, visitor.say("problems.sector", n=s + 1)) for s in range(n)]
        with solara.Div(classes=["cf-row cf-below"]):
            choice(visitor.say("problems.choose"), min(sector, n - 1), sectors, look_at, "cf-wide")
        markup(list_problems(language, session, min(sector, n - 1)))
        text(visitor.say("problems.help"))


def lapsed(session: WorldSession) -> dict[str, str]:
    """Return how many responses were begun, of these fit, and lapsed in the last twelve months."""
    names = ("responses_begun", "responses_fitting", "responses_lapsed")
    return {name: f"{sum(session.last_year(name)):,.0f}" for name in names}
