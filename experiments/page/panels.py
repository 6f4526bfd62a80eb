"""The panels beside the map: over time, levers, why, a life, criteria.

A part of the page is drawn again when something changes that it has looked at: hence the bare ``visit.lived.value``.
"""

import html
from collections.abc import Callable
from functools import partial
from typing import Any

import reacton.ipyvuetify as rv
import solara

from experiments.comparison.decision_measures import file_of
from experiments.page import biography, lever_changes, why
from experiments.page.bars import signed_bars
from experiments.page.charts import marks_of
from experiments.page.criteria_standing import number, signed
from experiments.page.criteria_view import criteria_bars, funnel_bars
from experiments.page.levers import FIRST, Lever, levers
from experiments.page.page_parts import button, choice, markup, text
from experiments.page.page_texts import say
from experiments.page.visitor import Visit
from model.engine.calendar import date_of_tick, first_of_month

WHOLE = -1
"""The whole municipality in the list of its settlements."""

LEAST = 5e-4
"""Change of trust that can be seen with one decimal."""


@solara.component
def TimePanel(visit: Visit) -> None:
    """Charts over the months; a month chosen can be gone back to, and branched from."""
    language = visit.language.value
    visit.lived.value  # noqa: B018
    month = visit.chosen_month()
    with solara.Div():
        if month is not None:
            date = first_of_month(month)
            named = {"month": f"{date:%Y-%m}"}
            with solara.Div(classes=["cf-row"]):
                button(visit.say("chart.rewind", **named), lambda: visit.jump(date.isoformat()))
                hint = visit.say("chart.branch_hint")
                button(visit.say("chart.branch", **named), lambda: visit.branch(date), hint=hint)
                button(visit.say("page.tab_why"), lambda: visit.tab.set("why"))
        text(visit.say("chart.help") + (" " + visit.say("chart.dashes") if visit.twins.value else ""))
        solara.Div(children=[visit.chart])
        if visit.lanes and not visit.lanes[0].history().get("month"):
            text(visit.say("page.no_months"), classes="cf-busy")
        if visit.lanes:
            marks = "; ".join(f"{when:%Y-%m} {title}" for when, title in marks_of(language, visit.lanes[0]))
            text(f"{visit.say('chart.marks')}: {marks}")


@solara.component
def LeverSlider(visit: Visit, lever: Lever) -> None:
    """One lever with its value; unit, range and source on hover."""
    language = visit.language.value
    visit.moved.value  # noqa: B018
    lane = visit.in_hand()
    value = lane.lever(lever.name)
    shown, show = solara.use_state(value)
    solara.use_effect(lambda: show(value), [value])

    def move(moved: float) -> None:
        if lane is not visit.in_hand():  # a slider of a world that is gone still reports
            return
        if abs(moved - shown) <= 0.51 * lever.step:  # the slider rounds a value between two steps by itself
            return
        show(round(float(moved), 6))
        visit.move_lever(lever.name, round(float(moved), 6))

    title = lever.title(language)
    with solara.Div(classes=["cf-lever"]), solara.Tooltip(lever.tip(language, value)), solara.Div():
        with solara.Div(classes=["cf-lever-name"]):
            text(title, "span", "")
            waits = lever.name in lane.pending
            text(lever.shown(shown, language), "span", "cf-waits" if waits else "")
        slider = rv.Slider(
            v_model=shown,
            min=lever.about.low,
            max=lever.about.high,
            step=lever.step,
            dense=True,
            hide_details=True,
            attributes={"aria-label": title},
        )
        # only a hand moves a lever: a slider echoes values that it is given, even those of a world that is gone
        rv.use_event(slider, "change", lambda _widget, _event, moved: move(float(moved)))  # type: ignore[arg-type, misc]


@solara.component
def LeverPanel(visit: Visit) -> None:
    """Levers by heading, the important ones open; what was moved, as files and as a command."""
    more, show_more = solara.use_state(False)
    visit.moved.value  # noqa: B018
    if not visit.lanes:
        return
    with solara.Div():
        if visit.twins.value:
            with solara.Div(classes=["cf-row"]):
                for letter in "ab":
                    label = visit.say("levers.world", lane=letter.upper())
                    button(label, partial(visit.hand.set, letter), on=visit.hand.value == letter)
        with solara.Div(classes=["cf-levers"]):
            for heading, some in levers().items():
                shown = [one for one in some if more or one.name in FIRST]
                if shown:
                    text(visit.say(f"group.{heading}"), "h3", "")
                for lever in shown:
                    # another world has sliders of its own: what the old ones still report must not move its levers
                    LeverSlider(visit, lever).key(f"{lever.name} {visit.in_hand().serial}")
        with solara.Div(classes=["cf-row"]):
            button(visit.say("levers.more"), lambda: show_more(not more), on=more)
        Moved(visit)


@solara.component
def Moved(visit: Visit) -> None:
    """What was moved by hand: dates, files to save, the command that repeats the run."""
    visit.moved.value  # noqa: B018
    lane = visit.in_hand()
    text(visit.say("levers.moved"), "h3", "")
    if not lane.changes and not lane.pending:
        text(visit.say("levers.none"))
        return
    with solara.Div(classes=["cf-row"]):
        for policy in lane.changes:
            solara.FileDownload(
                file_of(policy),
                filename=f"{policy.name}.toml",
                label=visit.say("levers.save", file=f"{policy.name}.toml"),
                icon_name=None,
                mime_type="application/toml",
            )
        button(visit.say("levers.drop"), visit.drop_changes)
    for policy in lane.changes:
        moves = ", ".join(f"{entry.parameter} {entry.how} {entry.value:g}" for entry in policy.entries)
        text(f"{policy.start}: {moves}")
    text(visit.say("levers.repeat"))
    text(lever_changes.command_of(lane.name, lane.policies, lane.seed, lane.world.date), "code", "cf-code")


@solara.component
def WhyPanel(visit: Visit) -> None:
    """The causes that moved trust in a place and a period, by weight."""
    wanted, want = solara.use_state(False)
    visit.lived.value  # noqa: B018
    if not visit.lanes:
        return
    twins = len(visit.lanes) > 1
    with solara.Div():
        if twins:
            ask_of_worlds(visit, wanted, want)
        ask_of_place(visit)
        state_causes(visit, apart=wanted and twins)
        text(f"{visit.say('why.unit')}. {visit.say('why.help')}")
        if visit.settlement.value is not None:
            text(visit.say("why.hidden"))


def ask_of_worlds(visit: Visit, apart: bool, want: Callable[[bool], None]) -> None:
    """Let the visitor choose one of two worlds, or what sets them apart."""

    def world(letter: str) -> None:
        want(False)
        visit.hand.set(letter)

    hint = visit.say("why.worlds")
    with solara.Div(classes=["cf-row"]):
        for letter in "ab":
            on = not apart and letter == visit.hand.value
            button(letter.upper(), partial(world, letter), on=on, hint=hint)
        button("B − A", partial(want, True), on=apart, hint=hint)


def ask_of_place(visit: Visit) -> None:
    """Let the visitor choose a place, leave a month, or hear a life."""
    items = [(WHOLE, visit.say("why.whole")), *enumerate(visit.in_hand().site.town.settlement_names)]
    chosen = WHOLE if visit.settlement.value is None else visit.settlement.value

    def move(place: int) -> None:
        visit.settlement.set(None if place == WHOLE else place)

    with solara.Div(classes=["cf-row"]):
        choice(visit.say("why.place"), chosen, items, move, "cf-wide")
        if visit.chosen_month() is not None:
            button(visit.say("why.start"), lambda: visit.month.set(None))
        button(visit.say("page.tab_life"), lambda: visit.tab.set("life"))


def state_causes(visit: Visit, apart: bool) -> None:
    """State how trust moved, and what moved it; or what set two worlds apart."""
    language, stated = visit.language.value, visit.apart() if apart else visit.account()
    place = visit.settlement.value
    name = visit.say("why.all") if place is None else visit.in_hand().site.town.settlement_names[place]
    text(visit.say("why.title", place=name, period=period_of(visit)), "h3", "")
    numbers = {"total": signed(stated.total, 2), "before": f"{stated.before:.1f}", "after": f"{stated.after:.1f}"}
    text(visit.say("why.apart" if apart else "why.total", **numbers), classes="cf-words")
    markup(signed_bars([(why.cause_name(language, cause), points) for cause, points in stated.causes]))


def period_of(visit: Visit) -> str:
    """Return the period that is asked about."""
    month = visit.chosen_month()
    if month is None:
        return visit.say("why.since", date=visit.in_hand().world.settings.start)
    return visit.say("why.in", month=f"{first_of_month(month):%Y-%m}")


@solara.component
def LifePanel(visit: Visit) -> None:
    """The life of one resident in sentences."""
    life = visit.life.value
    skip, set_skip = solara.use_state(0)

    def other() -> None:
        visit.tell_life(visit.cell.value, skip + biography.HEARD)
        set_skip(skip + biography.HEARD)

    def anybody() -> None:
        set_skip(0)
        visit.tell_life(None)

    with solara.Div():
        text(visit.say("life.help"))
        with solara.Div(classes=["cf-row"]):
            button(visit.say("life.anybody"), anybody)
            if visit.cell.value is not None:
                button(visit.say("life.here"), lambda: visit.tell_life(visit.cell.value))
            if life is not None:
                button(visit.say("life.other"), other)
        if life == "nobody":
            text(visit.say("life.nobody"), classes="cf-busy")
        elif isinstance(life, biography.Life):
            Stated(visit, life)
        text(visit.say("life.safeguard"))


@solara.component
def Stated(visit: Visit, life: biography.Life) -> None:
    """One life."""
    language = visit.language.value
    text(biography.opening(language, life), "h3", "")
    trust = {"before": number(100 * life.before, 1), "after": number(100 * life.after, 1)}
    text(visit.say("life.trust", **trust), classes="cf-words")
    if not life.events:
        text(visit.say("life.quiet"))
    markup(f"<ol class='cf-life'>{''.join(lines_of(language, life))}</ol>")


def lines_of(language: str, life: biography.Life) -> list[str]:
    """Return a life as items of a list whose changes add up to that of trust."""
    lines = [line(language, event) for event in life.events]
    if life.left_out:
        lines.append(item(say(language, "life.left_out", n=life.left_out), life.small))
    if abs(life.forgotten) >= LEAST:
        lines.append(item(say(language, "life.forgotten"), life.forgotten))
    return lines


def line(language: str, event: biography.Event) -> str:
    """Return one event as an item of a list."""
    words = biography.sentence(language, event) + (f" (×{event.times})" if event.times > 1 else "")
    return item(words, event.change, f"<time>{date_of_tick(event.tick)}</time>")


def item(words: str, change: float, before: str = "") -> str:
    """Return an item of a list with the points by which it moved trust, if they can be seen."""
    moved = f" <span class='cf-{'up' if change > 0 else 'down'}'>{signed(100 * change, 1)}</span>"
    return f"<li>{before}{html.escape(words)}{moved if abs(change) >= LEAST else ''}</li>"


@solara.component
def CriteriaPanel(visit: Visit) -> None:
    """The criteria in the paper's words, and the funnel from crime to sentence."""
    language = visit.language.value
    visit.lived.value  # noqa: B018
    lanes: list[Any] = visit.lanes
    with solara.Div():
        if not lanes or not lanes[0].history().get("month"):
            text(visit.say("page.no_months"), classes="cf-busy").key("none")
            return
        text(visit.say("criteria.title"), "h3", "")
        markup(criteria_bars(language, lanes))
        text(visit.say("criteria.note"))
        text(visit.say("criteria.funnel"), "h3", "")
        markup(funnel_bars(language, lanes))
        left = " / ".join(f"{lane.so_far('women_without_remedy'):.0f}" for lane in lanes)
        text(visit.say("criteria.remedy", n=left))
