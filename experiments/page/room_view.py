"""The view "Classroom": steps of a workshop or class on the page, and the commands of its other programs."""

from typing import Any

from experiments.page.address import AddressRequest
from experiments.page.page_state import PageState

STEPS = ("guess", "present", "why", "room", "mesa")
COMMANDS = {
    "room": "confianza view {site} --room --lang {language}",
    "mesa": "confianza view --mesa --lang {language}",
}


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view: steps, each with a link to the answer or a view, or a command."""
    links = {"guess": "answer", "present": "answer", "why": "why"}
    steps = [
        {
            "title": state.text(f"room.{name}"),
            "text": state.text(f"room.{name}_text"),
            "link": links.get(name, ""),
            "command": COMMANDS.get(name, "").format(site=state.choice.site, language=state.language),
        }
        for name in STEPS
    ]
    return {
        "title": state.text("room.title"),
        "answer": [(state.text("room.answer"), "")],
        "words": {"open": state.text("room.open")},
        "steps": steps,
    }
