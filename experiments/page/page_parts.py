"""Small parts of the page: buttons, lists to choose from, text, all with labels that can be read aloud."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import reacton.ipyvuetify as rv
import solara

from experiments.page.visitor import Visitor

BARE: dict[str, Any] = {"dense": True, "hide_details": True}
COMPACT = BARE | {"outlined": True}


def button(
    label: str, act: Callable[[], None], *, name: str = "", hint: str = "", on: bool = False, **more: Any
) -> Any:
    """Return a button; ``name`` is read aloud where the label is a mere sign, ``hint`` shown on hover."""
    classes = ["cf-tab-on"] if on else []
    attributes = {"aria-label": name or label, "title": hint or name or label, "aria-pressed": str(on).lower()}
    return solara.Button(
        label, on_click=act, classes=classes, small=True, outlined=not on, attributes=attributes, **more
    )


def choice(
    label: str, value: Any, items: Sequence[tuple[Any, str]], act: Callable[[Any], None], classes: str, hint: str = ""
) -> Any:
    """Return a list of which one is chosen."""
    return rv.Select(
        label=label,
        v_model=value,
        on_v_model=lambda chosen: act(chosen) if chosen != value else None,
        items=[{"value": key, "text": text} for key, text in items],
        **COMPACT,
        class_=classes,
        attributes={"aria-label": label, "title": hint or label},
    )


def field(label: str, value: str, classes: str, attributes: dict[str, str] | None = None, **more: Any) -> Any:
    """Return a field to type in."""
    return rv.TextField(
        label=label,
        v_model=value,
        **COMPACT,
        class_=classes,
        attributes={"aria-label": label} | (attributes or {}),
        **more,
    )


def text(words: str, tag: str = "p", classes: str = "cf-note") -> Any:
    """Return plain words in a tag."""
    return rv.Html(tag=tag, class_=classes, children=[words])


def markup(inner: str) -> Any:
    """Return HTML made by this package, in which every word from elsewhere is escaped."""
    return solara.HTML(tag="div", unsafe_innerHTML=inner)


def choose_world(visitor: Visitor, label: str = "") -> None:
    """Show a button for each of two worlds; one world alone needs none."""
    if visitor.twins.value:
        with solara.Div(classes=["cf-row"]):
            for letter in "ab":
                words = visitor.say(label, lane=letter.upper()) if label else letter.upper()
                button(words, partial(visitor.hand.set, letter), on=visitor.hand.value == letter)


def check_months(visitor: Visitor) -> bool:
    """Tell whether a month is over; say so on the page if none is."""
    if visitor.sessions and visitor.sessions[0].history().get("month"):
        return True
    text(visitor.say("page.no_months"), classes="cf-busy").key("none")
    return False
