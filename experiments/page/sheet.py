"""Compose the data of the page for the browser: texts and numbers of the frame and of one view."""

from collections.abc import Callable
from typing import Any

from experiments.page import criteria_view, decision_view, life_view, map_view, room_view, sites, why_view
from experiments.page.address import VIEWS, Asked
from experiments.page.files import python_of, source_of
from experiments.page.standing import Standing, spans

SHOWN: dict[str, Callable[[Standing, Asked], dict[str, Any]]] = {
    "decision": decision_view.shown,
    "why": why_view.shown,
    "map": map_view.shown,
    "life": life_view.shown,
    "criteria": criteria_view.shown,
    "room": room_view.shown,
}
"""Function of each view that returns ``title``, ``answer``, ``words`` and the data of its module in `static`."""
FRAME = (
    *("municipality", "light", "other_language", "other_code", "share", "copy_link", "copy_command", "copy_python"),
    *("copied", "save_policy", "save_picture", "save_data", "command_note", "foot_twins", "foot_same", "qr"),
    *("views", "present", "stop_presenting", "lost", "simulating", "line_a", "line_b"),
)
"""Texts of the frame without values to insert."""


def sheet_of(one: Standing, asked: Asked) -> dict[str, Any]:
    """Return the complete data of the page in its present state."""
    own = SHOWN[asked.view](one, asked)
    words = {name: one.say(f"decision.{name}") for name in FRAME} | own.pop("words", {})
    foot = ("foot", "foot_communal") if one.communal else ("foot",)
    words["foot"] = " ".join(one.say(f"decision.{name}") for name in foot)
    return own | {
        "words": words,
        "answer": spans(own["answer"]),
        "title": own["title"],
        "view": asked.view,
        "views": [{"name": name, "title": one.say(f"decision.view_{name}")} for name in VIEWS if name in SHOWN],
        "address": asked.query,
        "lang": one.language,
        "dark": asked.dark,
        "present": asked.present,
        "state": "running" if one.running else "done",
        "towns": [
            {"name": name, "title": sites.load_scenario(name).title[one.language], "on": name == one.choice.site}
            for name in sites.site_names()
        ],
        "chosen": len(one.choice.chosen),
        "years": one.choice.years,
        "month": one.scenario.start.isoformat()[:7],
        "asked": one.twins_asked,
        "twins": one.done,
        "done_of": one.say("decision.done_of", n=one.done, all=one.twins_asked),
        "command": one.choice.command,
        "python": python_of(one),
        "source": source_of(one),
    }
