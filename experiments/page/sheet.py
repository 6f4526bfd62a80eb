"""Compose the data of the views for the browser: texts and numbers of the frame and of one view."""

import datetime
from collections.abc import Callable
from typing import Any

from experiments.comparison.policy_choice import MAX_PAIRS
from experiments.page import criteria_view, life_view, map_view, room_view, sites, why_view
from experiments.page.address import VIEWS, AddressRequest
from experiments.page.files import python_program
from experiments.page.page_state import PageState, spans

VIEW_DATA: dict[str, Callable[[PageState, AddressRequest], dict[str, Any]]] = {
    "why": why_view.view_data,
    "map": map_view.view_data,
    "life": life_view.view_data,
    "criteria": criteria_view.view_data,
    "room": room_view.view_data,
}
"""Function of each view that returns ``title``, ``answer``, ``words`` and the data of its module in `static`."""
FRAME_TEXT_KEYS = (
    *("municipality", "light", "other_language", "other_code", "share", "copy_link", "copy_command", "copy_python"),
    *("copied", "save_policy", "save_data", "command_note", "foot_twins", "foot_same", "qr", "to_answer", "from_label"),
    *("views", "lost", "simulating", "line_a", "line_b"),
)
"""Texts of the frame without values to insert."""


def end_of(state: PageState) -> datetime.date:
    """Return the day after the last day of the runs."""
    start = state.scenario.start
    return start.replace(year=start.year + state.choice.years)


def sheet_of(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the complete data of the page in its present state."""
    view = VIEW_DATA[request.view](state, request)
    words = {name: state.text(f"decision.{name}") for name in FRAME_TEXT_KEYS} | view.pop("words", {})
    foot_keys = ("foot", "foot_communal") if state.communal else ("foot",)
    words["foot"] = " ".join(state.text(f"decision.{name}") for name in foot_keys)
    return view | {
        "words": words,
        "answer": spans(view["answer"]),
        "view": request.view,
        "views": [{"name": name, "title": state.text(f"decision.view_{name}")} for name in VIEWS],
        "address": request.query,
        "lang": state.language,
        "dark": request.dark,
        "state": "running" if state.running else "done",
        "towns": [
            {"name": name, "title": sites.load_scenario(name).title[state.language], "on": name == state.choice.site}
            for name in sites.site_names()
        ],
        "chosen": len(state.choice.chosen),
        "begins": state.begins.isoformat(),
        "first": state.scenario.start.isoformat(),
        "last": (end_of(state) - datetime.timedelta(days=1)).isoformat(),
        "month": state.scenario.start.isoformat()[:7],
        "asked": MAX_PAIRS,
        "twins": state.n_finished,
        "done_of": state.text("decision.done_of", **state.progress),
        "command": state.choice.command,
        "python": python_program(state),
    }
