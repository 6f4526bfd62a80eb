"""Record, while a world runs, what the views of the page show of it beside its measures.

A recorder listens to some residents of each settlement, counts what is told by parts of the town and by settlement, and
reads the auxiliary mayors, station chiefs and cliques at the end of each month. It draws no random number and changes
nothing. Lives that must not be told leave the recorder no trace: they are dropped before the world ends.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.comparison.report_weighing import Telling, channel_name, circumstances
from experiments.comparison.town_ground import inhabited
from model.crime.deterrence.schema import Deterrence
from model.engine.calendar import SHIFTS, is_last_shift_of_month, tick_of
from model.engine.choices import CHOICES_DECLARED
from model.engine.random_streams import keyed_uniform
from model.gangs.narcos.schema import PROTECTED
from model.police.chief.rules import fill_hour_terms
from model.police.chief.schema import CHIEFS, HOUR_TERMS, HOUR_USES, HOURS_CHOICE
from model.police.patrol.rules import first_covering_plan_visit
from model.reporting.reporting.schema import TELL_STREAM, Reporting
from model.simulation.registry import CAUSES
from model.town.crime_kinds import NAMES as KINDS
from model.town.territory import FAR_MINUTES
from model.trust.belief_updating.schema import EVIDENCE_COLUMNS
from model.trust.ledger.rules import trust_now
from model.trust.ledger.schema import Trust
from model.world.discrete_choice.rules import ChoiceTables
from model.world.shift_events import IMPRESSIONS, INCIDENTS, MOTIVES, RESPONSES

TELLABLE_KINDS = ("robbery", "theft", "vehicle_theft", "theft_from_vehicle", "burglary", "assault")
TELLABLE_MOTIVES = ("none", "robbery")
"""Lives touched by anything else (gangs, partners, death by violence) are never told; what is new stays untold."""
UNTOLD_CAUSES = ("protection", "collective_violence", "payment")
"""A life with violence at home, by a crowd or for rents is not told."""
SMALL = ("greeting", "talk", "hearsay", "at_home", "stop", "scandal", "informed", "meeting")
MOST = 30
HEARD = 16
"""Residents of a settlement who are listened to, so that one can be told whatever befell the others."""
LEAST_AGE_YEARS, DAYS_A_YEAR = 12.0, 365.25
ZONES = ("core", "between", "far")
"""Parts of a town by which reports are told: its core, the cells between, and those far from the police."""
BY_SETTLEMENT, BY_ZONE = ("fear", "occurred", "visits"), ("occurred", "told", "complaints")
AGENTS = {"authority": "legitimacy", "chief": "work", "clique": "members"}
"""Agents whose choices are told one by one, with the number that is followed by month."""


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
    """A resident, the trust (0-1) at the start and after each month, the events, and the choices whom to tell."""

    who: int
    settlement: int
    woman: bool
    age: int
    work: int
    trust: list[float]
    events: list[LifeEvent] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    left_out: int = 0
    small: float = 0.0


@dataclass(frozen=True)
class Recorded:
    """Record of a world for the views, beside its measures.

    ``settlements`` has mean fear (0-1), crimes and visits of the month, shape (months, 3, settlements); ``zones`` the
    crimes, those told to the state and the complaints, shape (months, 3, zones); ``territory`` where cliques claim
    inhabited cells, shape (months, cells); ``last_days`` the cells of couples on duty at the end of each month, and of
    incidents of its last day; ``agents`` the number of each agent at the start and after each month, shape
    (1 + months, agents), by kind; ``choices`` the choices of these and of the mayor (`ChoiceRecord`); ``lives`` the
    lives that may be told. ``hours`` are the terms (log-odds) by which chiefs chose the hours of a month, by tick and
    chief, shape (options, terms).
    """

    settlements: np.ndarray
    zones: np.ndarray
    territory: np.ndarray
    last_days: tuple[tuple[np.ndarray, np.ndarray], ...]
    agents: dict[str, np.ndarray]
    choices: np.ndarray
    lives: tuple[LifeStory, ...]
    hours: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)


class LifeRecorder:
    """Listens to a world shift by shift (`hear`) and month by month (`close_month`)."""

    def __init__(self, world: Any) -> None:
        cells, people = world.town.cells, world.town.people
        self.populated = inhabited(world.town)
        self.zone = np.where(cells["core"] == 1, 0, np.where(cells["minutes"] > FAR_MINUTES, 2, 1))
        self.heard = select_residents(world)
        self.mask = np.zeros(len(people), bool)
        self.mask[self.heard] = True
        self.lives = {who: begin_story(world, who) for who in map(int, self.heard)}
        self.secret: set[int] = {int(who) for who in self.heard if world.state[PROTECTED][people["home"][who]] >= 0}
        self.reported: dict[tuple[int, int], int] = {}
        self.zones = np.zeros((len(BY_ZONE), len(ZONES)))
        self.months: dict[str, list[np.ndarray]] = {"settlements": [], "zones": [], "territory": []}
        self.day = deque[np.ndarray](maxlen=SHIFTS)
        self.last_days: list[tuple[np.ndarray, np.ndarray]] = []
        self.hours: dict[tuple[int, int], np.ndarray] = {}
        self.agents = {agent: [numbers_of_agents(world, agent)] for agent in AGENTS}
        self.remember(world)

    def remember(self, world: Any) -> None:
        """Copy what choices of the next shift depend on, before it begins."""
        self.minds = world.state.minds[self.heard]
        self.boards = world.state.boards.copy()

    def hear(self, world: Any) -> None:
        """Take note of a shift that has ended."""
        incidents = world.shift_events.rows_of(INCIDENTS)
        self.day.append(incidents["cell"][are_tellable(incidents)])
        if len(incidents):
            self.count(incidents)
            self.hear_incidents(world, incidents)
        if self.reported:
            self.hear_responses(world)
        self.hear_impressions(world)
        self.remember(world)

    def count(self, incidents: np.ndarray) -> None:
        """Count the crimes of a shift by part of the town: happened, told to the state, with a complaint."""
        zone, told = self.zone[incidents["cell"]], [channel_name(int(one)) for one in incidents["told"]]
        state = (incidents["handed"] == 1) | ~np.isin(told, ("nobody", "communal", "kin", "refuge"))
        for row, weights in enumerate((np.ones(len(zone)), state, incidents["complaint"])):
            self.zones[row] += np.bincount(zone, weights, len(ZONES))

    def hear_incidents(self, world: Any, incidents: np.ndarray) -> None:
        """Note crimes suffered and reported by those heard; crimes that are not told make a life secret."""
        near = [(column, incidents[column] >= 0) for column in ("victim", "teller")]
        touched = np.logical_or(*(there & self.mask[np.where(there, incidents[name], 0)] for name, there in near))
        for row in incidents[touched]:
            victim, teller = int(row["victim"]), int(row["teller"])
            kind = KINDS[row["kind"]]
            if kind not in TELLABLE_KINDS or MOTIVES[row["motive"]] not in TELLABLE_MOTIVES:
                self.secret |= {victim, teller} & set(self.lives)
                continue
            who = victim if victim in self.lives else teller
            life, tick = self.lives[who], world.tick - 1
            values = {"kind": kind, "told": f"told_{channel_name(int(row['told']))}" if who == teller else ""}
            life.events.append(LifeEvent(tick, "suffered" if who == victim else "saw", values))
            self.reported[int(row["tick"]), int(row["number"])] = who
            if who == teller and (telling := self.weighed(world, row)):
                life.tellings.append(telling)
            prosecuted = channel_name(int(row["told"])) == "prosecutor"
            for happened, name in ((row["complaint"] and not prosecuted, "ratified"), (row["arrested"], "arrest")):
                if happened:
                    life.events.append(LifeEvent(tick, name))

    def hear_responses(self, world: Any) -> None:
        """Note couples that came to calls of those heard."""
        for row in world.shift_events.rows_of(RESPONSES):
            caller = self.reported.get((int(row["born"]), int(row["number"])))
            if caller is not None:
                minutes = {"minutes": round(float(row["wait"]))}
                self.lives[caller].events.append(LifeEvent(world.tick - 1, "came", minutes))

    def hear_impressions(self, world: Any) -> None:
        """Note what moved the trust of those heard."""
        rows = world.shift_events.rows_of(IMPRESSIONS)
        for k in np.flatnonzero(self.mask[rows["who"]]):
            row = rows[k]
            cause, change = CAUSES[row["cause"]], float(row["change"])
            if cause in UNTOLD_CAUSES:
                self.secret.add(int(row["who"]))
            name = f"{cause}_{'good' if change >= 0.0 else 'bad'}"
            event = LifeEvent(world.tick - 1, name, {"cause": cause}, change, cause in SMALL)
            self.lives[int(row["who"])].events.append(event)

    def weighed(self, world: Any, row: Any) -> Telling | None:
        """Return a choice whom to tell, term by term; None if these terms do not give the choice that was made.

        What is known of the shift is its beginning and its end: a choice that depended on something between them
        cannot be told.
        """
        who, tick = int(row["teller"]), world.tick - 1
        z = int(world.town.people[who]["settlement"])
        mind = self.minds[np.flatnonzero(self.heard == who)[0]]
        lift = world.parameters[Reporting][z]["lift"]
        telling = Telling(
            **circumstances(world, who, int(row["kind"]), self.boards[z]),
            tick=tick,
            taken=channel_name(int(row["told"])),
            uniform=keyed_uniform(world.seed, TELL_STREAM, tick, int(row["number"]), 0),
            severity=float(row["severity"]),
            loss=float(row["loss"]),
            trust=float(trust_now(mind, max(tick, int(mind["touched"])), world.parameters[Trust][z]) + lift),
            at_hand=couple_was_at_hand(world, row),
        )
        return telling if telling.chosen() == telling.taken else None

    def close_month(self, world: Any) -> None:
        """Take note of a month that has ended; one that has not ended is left out."""
        if not is_last_shift_of_month(world.tick - 1):
            return
        trust, cells = world.trust(), world.cell_months()[-len(self.populated) :]
        for who, life in self.lives.items():
            life.trust.append(float(trust[who]))
        rows = world.settlement_months()[-world.town.n_settlements :]
        places = np.maximum(world.town.cells["settlement"][cells["cell"]], 0)
        visits = np.bincount(places, cells["visits"], world.town.n_settlements)
        self.months["settlements"].append(np.array([rows["fear"], rows["occurred"], visits], np.float32))
        self.months["zones"].append(self.zones.astype(np.float32))
        self.months["territory"].append(world.state.territory[self.populated] >= 0)
        couples = world.state.couples
        on_duty = couples["cell"][(couples["on"] == 1) & (couples["cell"] >= 0)]
        self.last_days.append((on_duty, np.concatenate(self.day)))
        self.hours |= terms_of_hours(world)
        self.zones = np.zeros_like(self.zones)
        for agent, months in self.agents.items():
            months.append(numbers_of_agents(world, agent))

    def recorded(self, world: Any) -> Recorded:
        """Return all that was recorded, without the lives that must not be told."""
        minds, homes = world.state.minds, world.state.homes
        told = [who for who in self.lives if who not in self.secret and is_tellable(minds[who], homes[who])]
        return Recorded(
            **{name: np.array(months) for name, months in self.months.items()},
            last_days=tuple(self.last_days),
            agents={name: np.array(months) for name, months in self.agents.items()},
            choices=choices_of_agents(world),
            lives=tuple(shorten_life(self.lives[who]) for who in told),
            hours=self.hours,
        )


def are_tellable(incidents: np.ndarray) -> np.ndarray:
    """Tell of each incident whether neither gangs nor homes nor death are touched by it."""
    kinds = [KINDS.index(name) for name in TELLABLE_KINDS]
    motives = [MOTIVES.index(name) for name in TELLABLE_MOTIVES]
    return np.isin(incidents["kind"], kinds) & np.isin(incidents["motive"], motives)


def couple_was_at_hand(world: Any, row: Any) -> bool:
    """Tell whether a couple was at the place of an incident of the shift that has ended."""
    z = max(int(world.town.cells[row["cell"]]["settlement"]), 0)
    residual = float(world.parameters[Deterrence][z]["residual"])
    day = world.shift_events.day
    return bool(first_covering_plan_visit(day, int(row["cell"]), float(row["minute"]), residual) >= 0)


def is_tellable(mind: Any, home: Any) -> bool:
    """Tell whether somebody is, at the end, of no gang, pays none and is not hurt at home."""
    return not (mind["member"] >= 0 or mind["pays"] >= 0 or home["hurt"] >= 0)


def select_residents(world: Any) -> np.ndarray:
    """Return residents of twelve years or more, in each settlement those with most own experience.

    Which of them is told stays open, so that a life that may not be told is not given away by its absence.
    """
    minds, people = world.state.minds, world.town.people
    old = world.tick // 3 - people["born"] > LEAST_AGE_YEARS * DAYS_A_YEAR
    found = np.flatnonzero((minds["gone"] < 0) & old[: len(minds)])
    seen = sum(minds[name][found] for name in EVIDENCE_COLUMNS)
    found = found[np.lexsort((-seen, people["settlement"][found]))]
    first = np.searchsorted(people["settlement"][found], people["settlement"][found])
    return found[np.arange(len(found)) - first < HEARD]


def begin_story(world: Any, who: int) -> LifeStory:
    """Return a life at its beginning."""
    person = world.town.people[who]
    age = int((world.tick // 3 - person["born"]) / DAYS_A_YEAR)
    trust = [float(world.trust()[who])]
    return LifeStory(who, int(person["settlement"]), bool(person["female"]), age, int(person["occupation"]), trust)


def numbers_of_agents(world: Any, agent: str) -> np.ndarray:
    """Return the number that is followed of each agent of a kind: legitimacy (0-1), share of planned hours, members."""
    if agent == "authority":
        return np.asarray(1.0 / (1.0 + np.exp(-world.state.boards["legitimacy"])))
    return np.array(world.state[CHIEFS]["work"] if agent == "chief" else world.state.cliques["members"], float)


def terms_of_hours(world: Any) -> dict[tuple[int, int], np.ndarray]:
    """Return the terms (log-odds) by which chiefs have just chosen the hours of a month, by tick and chief.

    A choice keeps the utilities of its options alone. The model's own function writes the terms again from the state
    after the step; where any later part of the step has changed what they depend on, their sums are not exactly the
    utilities on record, and they are left out. Each choice of the model clears the work space before it uses it.
    """
    rows, tables = world.choices(), world.view(ChoiceTables)
    found: dict[tuple[int, int], np.ndarray] = {}
    for row in rows[(rows["matter"] == HOURS_CHOICE) & (rows["tick"] == world.tick - 1)]:
        key = int(row["tick"]), int(row["who"])
        if key not in found:
            fill_hour_terms(world, tables, key[1])
            terms = tables.terms[: len(HOUR_USES), : 1 + len(HOUR_TERMS)].copy()
            utilities = [row[f"v{option}"] for option in range(len(HOUR_USES))]
            if (np.cumsum(terms, axis=1)[:, -1] == utilities).all():
                found[key] = terms
    return found


def choices_of_agents(world: Any) -> np.ndarray:
    """Return the choices since the start, without those of residents: whom a victim tells is hers to say."""
    rows = world.choices()
    numbers = [number for number, matter in CHOICES_DECLARED.items() if matter.agent != "resident"]
    return np.asarray(rows[np.isin(rows["matter"], numbers) & (rows["tick"] >= tick_of(world.settings.start))])


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
