"""The view "Classroom": steps of a workshop or class on the page, each with a link to what it needs."""

from typing import Any

from experiments.page.address import AddressRequest
from experiments.page.page_state import PageState

LINKS = {"guess": "answer", "present": "answer", "why": "why", "group": "group"}
"""Steps, and where each leads: the answer, a view, or the page that opens room and class."""


def view_data(state: PageState, request: AddressRequest) -> dict[str, Any]:
    """Return the data of the view: steps, each with its link."""
    steps = [
        {"title": state.text(f"room.{name}"), "text": state.text(f"room.{name}_text"), "link": link}
        for name, link in LINKS.items()
    ]
    return {
        "title": state.text("room.title"),
        "answer": [(state.text("room.answer"), "")],
        "words": {"open": state.text("room.open")},
        "steps": steps,
    }
