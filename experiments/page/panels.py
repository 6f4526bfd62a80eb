"""The panels beside the map: over time, levers, why, a life, criteria.

A part of the page is drawn again when a value that it has read changes: hence the bare ``visitor.updated.value``.
"""

from collections.abc import Iterator
from functools import partial

import reacton.ipyvuetify as rv
import solara

from experiments.comparison.decision_measures import file_of
from experiments.page import biography, lever_changes, why
from experiments.page.charts import marks_of
from experiments.page.criteria_standing import number, signed
from experiments.page.criteria_view import criteria_bars, funnel_bars
from experiments.page.levers import FIRST, Lever, levers
from experiments.page.page_parts import button, check_months, choice, choose_world, markup, text
from experiments.page.page_texts import say
from experiments.page.tables import Sentence, sentences, signed_bars
from experiments.page.visitor import Visitor
from model.engine.calendar import date_of_tick, first_of_month

WHOLE = -1
"""The whole municipality in the list of its settlements."""

LEAST = 5e-4
"""Change of trust that can be seen with one decimal."""


@solara.component
def TimePanel(visitor: Visitor) -> None:
    """Charts over the months; a month chosen can be gone back to, and branched from."""
    language = visitor.language.value
    visitor.updated.value  # noqa: B018
    month = visitor.chosen_month()
    with solara.Div():
        if month is not None:
            date = first_of_month(month)
            named = {"month": f"{date:%Y-%m}"}
            with solara.Div(classes=["cf-row"]):
                button(visitor.say("chart.rewind", **named), lambda: visitor.jump(date.isoformat()))
                hint = visitor.say("chart.branch_hint")
                button(visitor.say("chart.branch", **named), lambda: visitor.branch(date), hint=hint)
                button(visitor.say("page.tab_why"), lambda: visitor.tab.set("why"))
        text(visitor.say("chart.help") + (" " + visitor.say("chart.dashes") if visitor.twins.value else ""))
        solara.Div(children=[visitor.chart])
        if visitor.sessions and not visitor.sessions[0].history().get("month"):
            text(visitor.say("page.no_months"), classes="cf-busy")
        if visitor.sessions:
            marks = "; ".join(f"{when:%Y-%m} {title}" for when, title in marks_of(language, visitor.sessions[0]))
            text(f"{visitor.say('chart.marks')}: {marks}")


@solara.component
def LeverSlider(visitor: Visitor, lever: Lever) -> None:
    """One lever with its value; unit, range and source on hover."""
    language = visitor.language.value
    visitor.moved.value  # noqa: B018
    session = visitor.selected_session()
    value = session.lever_value(lever.name)
    shown, show = solara.use_state(value)
    solara.use_effect(lambda: show(value), [value])

    def move(moved: float) -> None:
        if session is not visitor.selected_session():  # a slider of a world that is gone still reports
            return
        if abs(moved - shown) <= 0.51 * lever.step:  # the slider rounds a value between two steps by itself
            return
        show(round(float(moved), 6))
        visitor.move_lever(lever.name, round(float(moved), 6))

    title = lever.title(language)
    with solara.Div(classes=["cf-lever"]), solara.Tooltip(lever.tip(language, value)), solara.Div():
        with solara.Div(classes=["cf-lever-name"]):
            text(title, "span", "")
            waits = lever.name in session.pending
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
def LeverPanel(visitor: Visitor) -> None:
    """Levers by heading, the important ones open; what was moved, as files and as a command."""
    more, show_more = solara.use_state(False)
    visitor.moved.value  # noqa: B018
    if not visitor.sessions:
        return
    with solara.Div():
        choose_world(visitor, "levers.world")
        with solara.Div(classes=["cf-levers"]):
            for heading, some in levers().items():
                shown = [one for one in some if more or one.name in FIRST]
                if shown:
                    text(visitor.say(f"group.{heading}"), "h3", "")
                for lever in shown:
                    # another world has sliders of its own: what the old ones still report must not move its levers
                    LeverSlider(visitor, lever).key(f"{lever.name} {visitor.selected_session().serial}")
        with solara.Div(classes=["cf-row"]):
            button(visitor.say("levers.more"), lambda: show_more(not more), on=more)
        MovedLevers(visitor)


@solara.component
def MovedLevers(visitor: Visitor) -> None:
    """Levers moved by hand: dates, files to save, the command that repeats the run."""
    visitor.moved.value  # noqa: B018
    session = visitor.selected_session()
    text(visitor.say("levers.moved"), "h3", "")
    if not session.changes and not session.pending:
        text(visitor.say("levers.none"))
        return
    with solara.Div(classes=["cf-row"]):
        for policy in session.changes:
            solara.FileDownload(
                file_of(policy),
                filename=f"{policy.name}.toml",
                label=visitor.say("levers.save", file=f"{policy.name}.toml"),
                icon_name=None,
                mime_type="application/toml",
            )
        button(visitor.say("levers.drop"), visitor.drop_changes)
    for policy in session.changes:
        moves = ", ".join(f"{entry.parameter} {entry.how} {entry.value:g}" for entry in policy.entries)
        text(f"{policy.start}: {moves}")
    text(visitor.say("levers.repeat"))
    text(lever_changes.command_of(session.name, session.policies, session.seed, session.world.date), "code", "cf-code")


@solara.component
def WhyPanel(visitor: Visitor) -> None:
    """The causes that moved trust in a place and a period, by weight."""
    wanted, want = solara.use_state(False)
    visitor.updated.value  # noqa: B018
    if not visitor.sessions:
        return
    twins, hint = len(visitor.sessions) > 1, visitor.say("why.worlds")

    def world(letter: str) -> None:
        want(False)
        visitor.hand.set(letter)

    with solara.Div():
        if twins:
            with solara.Div(classes=["cf-row"]):
                for letter in "ab":
                    on = not wanted and letter == visitor.hand.value
                    button(letter.upper(), partial(world, letter), on=on, hint=hint)
                button("B − A", partial(want, True), on=wanted, hint=hint)
        ask_of_place(visitor)
        state_causes(visitor, apart=wanted and twins)
        text(f"{visitor.say('why.unit')}. {visitor.say('why.help')}")
        if visitor.settlement.value is not None:
            text(visitor.say("why.hidden"))


def ask_of_place(visitor: Visitor) -> None:
    """Let the visitor choose a place, leave a month, or hear a life."""
    items = [(WHOLE, visitor.say("why.whole")), *enumerate(visitor.selected_session().site.town.settlement_names)]
    chosen = WHOLE if visitor.settlement.value is None else visitor.settlement.value

    def move(place: int) -> None:
        visitor.settlement.set(None if place == WHOLE else place)

    with solara.Div(classes=["cf-row"]):
        choice(visitor.say("why.place"), chosen, items, move, "cf-wide")
        if visitor.chosen_month() is not None:
            button(visitor.say("why.start"), lambda: visitor.month.set(None))
        button(visitor.say("page.tab_life"), lambda: visitor.tab.set("life"))


def state_causes(visitor: Visitor, apart: bool) -> None:
    """State how trust moved, and what moved it; or what set two worlds apart."""
    language, place, month = visitor.language.value, visitor.settlement.value, visitor.chosen_month()
    worlds = visitor.sessions if apart else [visitor.selected_session()]
    accounts = [why.account(session, place, month) for session in worlds]
    stated = why.difference(*accounts) if apart else accounts[0]
    name = visitor.say("why.all") if place is None else worlds[0].site.town.settlement_names[place]
    if month is None:
        period = visitor.say("why.since", date=visitor.selected_session().world.settings.start)
    else:
        period = visitor.say("why.in", month=f"{first_of_month(month):%Y-%m}")
    text(visitor.say("why.title", place=name, period=period), "h3", "")
    numbers = {"total": signed(stated.total, 2), "before": f"{stated.before:.1f}", "after": f"{stated.after:.1f}"}
    text(visitor.say("why.apart" if apart else "why.total", **numbers), classes="cf-words")
    markup(signed_bars([(why.cause_name(language, cause), points) for cause, points in stated.causes]))


@solara.component
def LifePanel(visitor: Visitor) -> None:
    """The life of one resident in sentences."""
    language, life = visitor.language.value, visitor.life.value
    skip, set_skip = solara.use_state(0)

    def other() -> None:
        visitor.show_life(visitor.cell.value, skip + biography.HEARD)
        set_skip(skip + biography.HEARD)

    def anybody() -> None:
        set_skip(0)
        visitor.show_life(None)

    with solara.Div():
        text(visitor.say("life.help"))
        with solara.Div(classes=["cf-row"]):
            button(visitor.say("life.anybody"), anybody)
            if visitor.cell.value is not None:
                button(visitor.say("life.here"), lambda: visitor.show_life(visitor.cell.value))
            if life is not None:
                button(visitor.say("life.other"), other)
        if life == "nobody":
            text(visitor.say("life.nobody"), classes="cf-busy")
        elif isinstance(life, biography.LifeStory):
            with solara.Column():
                text(biography.introduction(language, life), "h3", "")
                trust = {"before": number(100 * life.before, 1), "after": number(100 * life.after, 1)}
                text(visitor.say("life.trust", **trust), classes="cf-words")
                if not life.events:
                    text(visitor.say("life.quiet"))
                markup(sentences(lines_of(language, life), "ol"))
        text(visitor.say("life.safeguard"))


def lines_of(language: str, life: biography.LifeStory) -> Iterator[Sentence]:
    """Yield a life in sentences whose changes add up to that of trust; one that cannot be seen is none."""
    for event in life.events:
        words = biography.sentence(language, event) + (f" (×{event.times})" if event.times > 1 else "")
        yield Sentence(words, date_of_tick(event.tick), change=seen(event.change))
    if life.left_out:
        yield Sentence(say(language, "life.left_out", n=life.left_out), change=seen(life.small))
    if seen(life.forgotten):
        yield Sentence(say(language, "life.forgotten"), change=seen(life.forgotten))


def seen(change: float) -> float:
    """Return the points of a change of trust, none where they cannot be seen."""
    return 100 * change if abs(change) >= LEAST else 0.0


@solara.component
def CriteriaPanel(visitor: Visitor) -> None:
    """The criteria in the paper's words, and the funnel from crime to sentence."""
    language = visitor.language.value
    visitor.updated.value  # noqa: B018
    sessions = visitor.sessions
    with solara.Div():
        if not check_months(visitor):
            return
        text(visitor.say("criteria.title"), "h3", "")
        markup(criteria_bars(language, sessions))
        text(visitor.say("criteria.note"))
        text(visitor.say("criteria.funnel"), "h3", "")
        markup(funnel_bars(language, sessions))
        left = " / ".join(f"{session.so_far('women_without_remedy'):.0f}" for session in sessions)
        text(visitor.say("criteria.remedy", n=left))
