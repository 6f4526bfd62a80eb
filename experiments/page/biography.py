"""One life in sentences: simulate the world again and record a few residents of a place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.page.page_texts import say
from experiments.page.why_view import name_of
from experiments.words import catalogue
from model.simulation.registry import CAUSES
from model.town.crime_kinds import NAMES as KINDS
from model.trust.belief_updating.schema import EVIDENCE_COLUMNS
from model.trust.ledger.schema import Trust
from model.world.shift_events import CHANNELS, IMPRESSIONS, INCIDENTS, MOTIVES, RESPONSES

Stop = Callable[[], bool]
"""Tells whether nobody waits any more."""
CHUNK = 91
"""Shifts between two questions whether to stop."""
TELLABLE_KINDS = ("robbery", "theft", "vehicle_theft", "theft_from_vehicle", "burglary", "assault")
TELLABLE_MOTIVES = ("none", "robbery")
"""Lives touched by anything else (gangs, partners, death by violence) are never told; what is new stays untold."""
UNTOLD_CAUSES = ("protection", "collective_violence", "payment")
"""A life with violence at home, by a crowd or for rents is not told."""
SMALL = ("greeting", "talk", "hearsay", "at_home", "stop", "scandal", "informed", "meeting")
MOST = 30
HEARD = 12
"""Residents of a place to whom one repetition listens, so that one can be told whatever befell the others."""


@dataclass
class LifeEvent:
    """Something that touched a life: when, what, with what change of trust."""

    tick: int
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    change: float = 0.0
    small: bool = False
    times: int = 1


@dataclass
class LifeStory:
    """A resident with the events of their life since the start; what is left out and forgotten makes up the rest."""

    who: int
    woman: bool
    age: int
    work: int
    before: float
    after: float
    events: list[LifeEvent]
    left_out: int = 0
    small: float = 0.0

    @property
    def forgotten(self) -> float:
        """Change of trust without an event: forgetting, and the mood of the country."""
        return self.after - self.before - self.small - sum(event.change for event in self.events)


def select_residents(world: Any, people: np.ndarray, skip: int = 0) -> np.ndarray:
    """Return some residents of twelve years or more, those with most own experience first.

    ``people`` is true for those who may be chosen. Which of them is told stays open, so that a life that may not be
    told is not given away by its absence.
    """
    minds = world.state.minds
    here = people & (minds["gone"] < 0) & (world.tick // 3 - world.town.people["born"] > 12 * 365.25)
    found = np.flatnonzero(here)
    seen = sum(minds[name][found] for name in EVIDENCE_COLUMNS)
    return found[np.argsort(-seen, kind="stable")][skip : skip + HEARD]


def replay_lives(world: Any, heard: np.ndarray, until: int, stop: Stop) -> list[LifeStory]:
    """Simulate a world to a tick and return the lives of those heard that may be told, in their order."""
    from model.trust.ledger.rules import trust_now

    lives = {}
    for who in map(int, heard):
        person, trust = world.town.people[who], float(world.state.minds[who]["trust"])
        age = int((world.tick // 3 - person["born"]) / 365.25)
        lives[who] = LifeStory(who, bool(person["female"]), age, int(person["occupation"]), trust, 0.0, [])
    secret: set[int] = set()
    reported: dict[tuple[int, int], int] = {}
    for shift in range(until - world.tick):
        if shift % CHUNK == 0 and stop():
            return []
        world.step()
        hear_shift(world, lives, secret, reported)
    minds = world.state.minds
    for who, life in lives.items():
        p = world.parameters[Trust][world.town.people[who]["settlement"]]
        life.after = float(trust_now(minds[who], max(world.tick - 1, minds[who]["touched"]), p))
        if minds[who]["member"] >= 0 or minds[who]["pays"] >= 0 or world.state.homes[who]["hurt"] >= 0:
            secret.add(who)
    return [shorten_life(life) for who, life in lives.items() if who not in secret]


def hear_shift(world: Any, lives: dict[int, LifeStory], secret: set[int], reported: dict[tuple[int, int], int]) -> None:
    """Note crimes suffered and reported, couples that came to calls, and what moved trust."""
    rows = world.shift_events.rows_of(INCIDENTS)
    near = np.isin(rows["victim"], list(lives)) | np.isin(rows["teller"], list(lives))
    for row in rows[near]:
        victim, teller = int(row["victim"]), int(row["teller"])
        kind = KINDS[row["kind"]]
        if kind not in TELLABLE_KINDS or MOTIVES[row["motive"]] not in TELLABLE_MOTIVES:
            secret |= {victim, teller} & set(lives)
            continue
        who = victim if victim in lives else teller
        channel = "nobody" if row["told"] < 0 else CHANNELS[row["told"]]
        values = {"kind": kind, "told": f"told_{channel}" if who == teller else ""}
        lives[who].events.append(LifeEvent(world.tick - 1, "suffered" if who == victim else "saw", values))
        reported[int(row["tick"]), int(row["number"])] = who
        for happened, name in ((row["complaint"] and channel != "prosecutor", "ratified"), (row["arrested"], "arrest")):
            if happened:
                lives[who].events.append(LifeEvent(world.tick - 1, name))

    for row in world.shift_events.rows_of(RESPONSES) if reported else ():
        caller = reported.get((int(row["born"]), int(row["number"])))
        if caller is not None:
            lives[caller].events.append(LifeEvent(world.tick - 1, "came", {"minutes": round(float(row["wait"]))}))

    rows = world.shift_events.rows_of(IMPRESSIONS)
    for row in rows[np.isin(rows["who"], list(lives))]:
        cause, change = CAUSES[row["cause"]], float(row["change"])
        if cause in UNTOLD_CAUSES:
            secret.add(int(row["who"]))
        name = f"{cause}_{'good' if change >= 0.0 else 'bad'}"
        event = LifeEvent(world.tick - 1, name, {"cause": cause}, change, cause in SMALL)
        lives[int(row["who"])].events.append(event)


def merge_events(events: list[LifeEvent]) -> list[LifeEvent]:
    """Put together what happened to somebody several times in one shift.

    >>> events = [LifeEvent(3, "talk", {}, change) for change in (0.25, 0.5)]
    >>> [(one.times, one.change) for one in merge_events(events)]
    [(2, 0.75)]
    """
    found: dict[tuple[Any, ...], LifeEvent] = {}
    for event in events:
        key = event.tick, event.name, *event.values.items()
        if event.change and key in found:
            found[key].change += event.change
            found[key].times += 1
        else:
            found[key if event.change else (*key, len(found))] = event
    return list(found.values())


def shorten_life(life: LifeStory) -> LifeStory:
    """Keep all large events and the weightiest of the small ones."""
    life.events = merge_events(life.events)
    small = sorted((event for event in life.events if event.small), key=lambda event: -abs(event.change))
    room = max(0, MOST - sum(not event.small for event in life.events))
    dropped = {id(event) for event in small[room:]}
    life.left_out, life.small = len(dropped), sum(event.change for event in small[room:])
    life.events = [event for event in life.events if id(event) not in dropped]
    return life


def introduction(language: str, life: LifeStory) -> str:
    """Return who this is, in one sentence, without name and place."""
    child = life.age < 15
    who = ("girl" if child else "woman") if life.woman else ("boy" if child else "man")
    return say(language, f"life.{who}", age=life.age, work=say(language, f"work.{life.work}"))


def sentence(language: str, event: LifeEvent) -> str:
    """Return an event in words."""
    if event.name in ("suffered", "saw"):
        reported = say(language, f"event.{event.values['told']}") if event.values["told"] else ""
        kind = say(language, f"kind.{event.values['kind']}")
        return say(language, f"event.{event.name}", kind=kind, reported=reported)
    if "cause" not in event.values:
        return say(language, f"event.{event.name}", **event.values)
    cause = str(event.values["cause"])
    for name in (event.name, cause):
        if moved := catalogue.event(name, language):
            return moved
    how = "other_good" if event.change >= 0.0 else "other_bad"
    return say(language, f"event.{how}", cause=name_of(language, cause))
