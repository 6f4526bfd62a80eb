"""The view "Classroom": steps of a workshop or class on the page, and the commands of its other programs."""

from typing import Any

from experiments.page.address import Asked
from experiments.page.standing import Standing

STEPS = ("guess", "present", "why", "room", "mesa")
COMMANDS = {
    "room": "confianza view {site} --room --lang {language}",
    "mesa": "confianza view --mesa --lang {language}",
}


def shown(one: Standing, asked: Asked) -> dict[str, Any]:
    """Return the data of the view: steps, each with a link to a view or a command."""
    links = {"guess": {"view": ""}, "present": {"view": "", "present": "1"}, "why": {"view": "why"}}
    steps = [
        {
            "title": one.say(f"room.{name}"),
            "text": one.say(f"room.{name}_text"),
            "link": links.get(name),
            "command": COMMANDS.get(name, "").format(site=one.choice.site, language=one.language),
        }
        for name in STEPS
    ]
    words = {name: one.say(f"room.{name}") for name in ("open",)}
    return {"title": one.say("room.title"), "answer": [(one.say("room.answer"), "")], "words": words, "steps": steps}
