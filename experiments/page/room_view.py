"""The view "Classroom": how a workshop or a class uses the page, and the commands that start what belongs to it."""

from typing import Any

from experiments.page.address import Asked
from experiments.page.standing import Standing

STEPS = ("guess", "present", "why", "room", "mesa")
COMMANDS = {
    "room": "confianza view {site} --room --lang {language}",
    "mesa": "confianza view --mesa --lang {language}",
}


def shown(one: Standing, asked: Asked) -> dict[str, Any]:
    """Return what the view shows: steps with a link to a view or a command each."""
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
