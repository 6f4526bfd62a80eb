"""Record what the page shows of a world besides its measures, while the world runs.

A recorder follows some residents of each settlement, counts crimes by zone, and reads settlements, auxiliary mayors,
station chiefs and cliques at the end of each month. It draws no random number and changes nothing. Life stories that
must stay private never leave the recorder.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.comparison.report_weighing import ReportingChoice, StateAtChoice, channel_name, circumstances
from model.engine.calendar import SHIFTS, is_last_shift_of_month, tick_of
from model.engine.choices import CHOICES_DECLARED
from model.engine.elementary import exp_of_each
from model.engine.random_streams import keyed_uniform
from model.gangs.narcos import PROTECTED
from model.police.chief import CHIEFS, HOURS_CHOICE, HourTerm, fill_hour_terms
from model.reporting.reporting import TELL_STREAM, Reporting
from model.simulation.registry import CAUSES
from model.town.crime_kinds import NAMES as KINDS
from model.town.territory import FAR_MINUTES
from model.town.town import Town
from model.trust.belief_updating import EVIDENCE_COLUMNS
from model.trust.ledger import Trust, current_trust_of_all, trust_now
from model.trust.service import LOCAL_SERVICE
from model.world.shift_events import CHANNELS, IMPRESSIONS, INCIDENTS, MOTIVES, RESPONSES
from model.world.state import HOUR_USES

OUTLINE_TOLERANCE_M = 60.0
"""Tolerance of simplified outlines in metres."""


def inhabited(town: Town) -> np.ndarray:
    """Return the indices of inhabited cells."""
    return np.flatnonzero(town.cells["population"] > 0)


def largest_settlements(town: Town, number: int) -> np.ndarray:
    """Return the settlements with most residents, largest first."""
    residents = np.bincount(town.people["settlement"], minlength=town.n_settlements)
    return np.argsort(-residents, kind="stable")[:number]


def rings(town: Town, shape: Any, corner: tuple[int, int] = (0, 0)) -> list[list[list[float]]]:
    """Return the outer rings of a shape in cells from ``corner``, itself in cells from the south-west of the grid."""
    plain = shape.simplify(OUTLINE_TOLERANCE_M)
    parts = [part for part in getattr(plain, "geoms", [plain]) if part.geom_type == "Polygon" and not part.is_empty]
    lines = [np.asarray(part.exterior.coords)[:, :2] for part in parts]
    return [((line - town.origin) / town.cell_m - corner).round(2).tolist() for line in lines]


TELLABLE_KINDS = ("robbery", "theft", "vehicle_theft", "theft_from_vehicle", "burglary", "assault")
TELLABLE_MOTIVES = ("none", "robbery")
"""Life stories with any other crime (gangs, partners, killings) stay private; so do those with new kinds."""
IS_TELLABLE_KIND, IS_TELLABLE_MOTIVE = np.isin(KINDS, TELLABLE_KINDS), np.isin(MOTIVES, TELLABLE_MOTIVES)
"""By number of the kind, and of the motive."""
IS_OF_STATE = ~np.isin((*CHANNELS, "nobody"), ("nobody", "communal", "kin", "refuge"))
"""Whether a channel is one of the state, by its number; -1, nobody, is the last."""
PRIVATE_CAUSES = ("protection", "collective_violence", "payment")
"""Life stories with violence at home, collective violence or payments to gangs stay private."""
SMALL_CAUSES = ("greeting", "talk", "hearsay", "at_home", "stop", "scandal", "informed", "meeting")
MAX_EVENTS = 30
FOLLOWED_PER_SETTLEMENT = 16
"""Residents followed in each settlement, so that one can be shown whatever happened to the others."""
MIN_AGE_YEARS, DAYS_A_YEAR = 12.0, 365.25
ZONES = ("core", "between", "far")
"""Zones by which reports of crime are counted: the core, the cells between, and those far from the police."""
BY_SETTLEMENT, BY_ZONE = ("fear", "occurred", "visits"), ("occurred", "told", "complaints")
AGENTS = {"authority": "legitimacy", "chief": "work", "clique": "members"}
"""Agents whose choices are shown one by one, with the value that is recorded every month."""


@dataclass
class LifeEvent:
    """An event in the life of a resident: its tick, name, details and change of trust."""

    tick: int
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    change: float = 0.0
    small: bool = False
    times: int = 1


@dataclass
class LifeStory:
    """A followed resident with trust (0-1) at the start and after each month, events, and reporting choices."""

    who: int
    settlement: int
    woman: bool
    age: int
    work: int
    trust: list[float]
    events: list[LifeEvent] = field(default_factory=list)
    tellings: list[ReportingChoice] = field(default_factory=list)
    left_out: int = 0
    small: float = 0.0


@dataclass(frozen=True)
class WorldRecord:
    """Record of a world for the views, besides its measures.

    ``settlements`` has mean fear (0-1), crimes and visits of the month, shape (months, 3, settlements); ``zones`` the
    crimes, those reported to the state and the complaints, shape (months, 3, zones); ``territory`` whether a clique
    claims each inhabited cell, shape (months, cells); ``last_days`` the cells of couples on duty at the end of each
    month, and of incidents of its last day; ``agents`` the value of each agent at the start and after each month, shape
    (1 + months, agents), by kind; ``choices`` the choices of these agents and of the mayor (`ChoiceRecord`); ``lives``
    the life stories that may be shown. ``hours`` are the terms (log-odds) by which chiefs chose the hours of a month,
    by tick and chief, shape (options, terms).
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
    """Recorder of a world, called after each shift (`record_shift`), also at the end of months (`close_month`)."""

    def __init__(self, world: Any) -> None:
        cells, people = world.town.cells, world.town.people
        self.populated = inhabited(world.town)
        self.zone = np.where(cells["core"] == 1, 0, np.where(cells["minutes"] > FAR_MINUTES, 2, 1))
        self.followed = select_residents(world)
        self.mask = np.zeros(len(people), bool)
        self.mask[self.followed] = True
        trust = trust_of(world, self.followed)
        self.lives = {int(who): begin_story(world, int(who), trust[n]) for n, who in enumerate(self.followed)}
        self.private: set[int] = {int(who) for who in self.followed if world.state[PROTECTED][people["home"][who]] >= 0}
        self.reported: dict[tuple[int, int], int] = {}
        self.zones = np.zeros((len(BY_ZONE), len(ZONES)))
        self.months: dict[str, list[np.ndarray]] = {"settlements": [], "zones": [], "territory": []}
        self.day = deque[np.ndarray](maxlen=SHIFTS)
        self.last_days: list[tuple[np.ndarray, np.ndarray]] = []
        self.hours: dict[tuple[int, int], np.ndarray] = {}
        self.agents = {agent: [agent_values(world, agent)] for agent in AGENTS}
        self.save_state(world)

    def save_state(self, world: Any) -> None:
        """Copy the state that choices of the next shift depend on."""
        self.minds = world.state.minds[self.followed]
        self.boards = world.state.boards.copy()
        self.local_service = world.state[LOCAL_SERVICE].copy()

    def record_shift(self, world: Any) -> None:
        """Record a finished shift."""
        incidents = world.shift_events.rows_of(INCIDENTS)
        self.day.append(incidents["cell"][are_tellable(incidents)])
        if len(incidents):
            self.count_crimes(incidents)
            self.record_incidents(world, incidents)
        if self.reported:
            self.record_responses(world)
        self.record_impressions(world)
        self.save_state(world)

    def count_crimes(self, incidents: np.ndarray) -> None:
        """Count the crimes of a shift by zone: all, those reported to the state, those with a complaint."""
        zone = self.zone[incidents["cell"]]
        state = (incidents["handed"] == 1) | IS_OF_STATE[incidents["reported_to"]]
        for row, weights in enumerate((np.ones(len(zone)), state, incidents["complaint"])):
            self.zones[row] += np.bincount(zone, weights, len(ZONES))

    def record_incidents(self, world: Any, incidents: np.ndarray) -> None:
        """Record crimes suffered or reported by followed residents; private ones make the life story private."""
        near = [(column, incidents[column] >= 0) for column in ("victim", "teller")]
        touched = np.logical_or(*(there & self.mask[np.where(there, incidents[name], 0)] for name, there in near))
        for row in incidents[touched]:
            victim, teller = int(row["victim"]), int(row["teller"])
            kind = KINDS[row["kind"]]
            if kind not in TELLABLE_KINDS or MOTIVES[row["motive"]] not in TELLABLE_MOTIVES:
                self.private |= {victim, teller} & set(self.lives)
                continue
            who = victim if victim in self.lives else teller
            life, tick = self.lives[who], world.tick - 1
            values = {"kind": kind, "told": f"told_{channel_name(int(row['reported_to']))}" if who == teller else ""}
            life.events.append(LifeEvent(tick, "suffered" if who == victim else "saw", values))
            self.reported[int(row["tick"]), int(row["number"])] = who
            if who == teller and (telling := self.reproduced_choice(world, row)):
                life.tellings.append(telling)
            prosecuted = channel_name(int(row["reported_to"])) == "prosecutor"
            for happened, name in ((row["complaint"] and not prosecuted, "ratified"), (row["arrested"], "arrest")):
                if happened:
                    life.events.append(LifeEvent(tick, name))

    def record_responses(self, world: Any) -> None:
        """Record couples that answered calls of followed residents."""
        for row in world.shift_events.rows_of(RESPONSES):
            caller = self.reported.get((int(row["born"]), int(row["number"])))
            if caller is not None:
                minutes = {"minutes": round(float(row["wait"]))}
                self.lives[caller].events.append(LifeEvent(world.tick - 1, "came", minutes))

    def record_impressions(self, world: Any) -> None:
        """Record changes in the trust of followed residents."""
        rows = world.shift_events.rows_of(IMPRESSIONS)
        for k in np.flatnonzero(self.mask[rows["who"]]):
            row = rows[k]
            cause, change = CAUSES[row["cause"]], float(row["change"])
            if cause in PRIVATE_CAUSES:
                self.private.add(int(row["who"]))
            name = f"{cause}_{'good' if change >= 0.0 else 'bad'}"
            event = LifeEvent(world.tick - 1, name, {"cause": cause}, change, cause in SMALL_CAUSES)
            self.lives[int(row["who"])].events.append(event)

    def reproduced_choice(self, world: Any, row: Any) -> ReportingChoice | None:
        """Return a reporting choice term by term; None if the terms do not reproduce the choice made.

        Only the state before and after the shift is known, so a choice that depended on changes in between is not
        reproduced.
        """
        who, tick = int(row["teller"]), world.tick - 1
        z = int(world.town.people[who]["settlement"])
        mind = self.minds[np.flatnonzero(self.followed == who)[0]]
        lift = world.parameters[Reporting][z]["lift"]
        at_choice = StateAtChoice(self.boards[z], mind, self.local_service[z])
        telling = ReportingChoice(
            **circumstances(world, who, int(row["kind"]), tick, at_choice),
            taken=channel_name(int(row["reported_to"])),
            uniform=keyed_uniform(world.seed, TELL_STREAM, tick, int(row["number"]), 0),
            severity=float(row["severity"]),
            loss=float(row["loss"]),
            trust=float(trust_now(mind, max(tick, int(mind["touched"])), world.parameters[Trust][z]) + lift),
            at_hand=bool(row["covered"] == 1),
        )
        return telling if telling.chosen() == telling.taken else None

    def close_month(self, world: Any) -> None:
        """Record a finished month; do nothing before its last shift has ended."""
        if not is_last_shift_of_month(world.tick - 1):
            return
        cells = world.cell_months()[-len(self.populated) :]
        for life, trust in zip(self.lives.values(), trust_of(world, self.followed), strict=True):
            life.trust.append(trust)
        rows = world.settlement_months()[-world.town.n_settlements :]
        places = np.maximum(world.town.cells["settlement"][cells["cell"]], 0)
        visits = np.bincount(places, cells["visits"], world.town.n_settlements)
        self.months["settlements"].append(np.array([rows["fear"], rows["occurred"], visits], np.float32))
        self.months["zones"].append(self.zones.astype(np.float32))
        self.months["territory"].append(world.state.held_by[self.populated] >= 0)
        couples = world.state.couples
        on_duty = couples["cell"][(couples["on"] == 1) & (couples["cell"] >= 0)]
        self.last_days.append((on_duty, np.concatenate(self.day)))
        self.hours |= hour_terms_by_choice(world)
        self.zones = np.zeros_like(self.zones)
        for agent, months in self.agents.items():
            months.append(agent_values(world, agent))

    def recorded(self, world: Any) -> WorldRecord:
        """Return the record, without private life stories."""
        minds, homes = world.state.minds, world.state.homes
        public = [who for who in self.lives if who not in self.private and is_tellable(minds[who], homes[who])]
        return WorldRecord(
            **{name: np.array(months) for name, months in self.months.items()},
            last_days=tuple(self.last_days),
            agents={name: np.array(months) for name, months in self.agents.items()},
            choices=choices_of_agents(world),
            lives=tuple(shorten_life(self.lives[who]) for who in public),
            hours=self.hours,
        )


def are_tellable(incidents: np.ndarray) -> np.ndarray:
    """Return for each incident whether it may be shown: without gangs, homes or deaths."""
    return IS_TELLABLE_KIND[incidents["kind"]] & IS_TELLABLE_MOTIVE[incidents["motive"]]


def is_tellable(mind: Any, home: Any) -> bool:
    """Return whether a resident, at the end, is in no gang, pays none and is not hurt at home."""
    return not (mind["member"] >= 0 or mind["pays"] >= 0 or home["hurt"] >= 0)


def select_residents(world: Any) -> np.ndarray:
    """Return residents of twelve years or more with the most experience, `FOLLOWED_PER_SETTLEMENT` for each settlement.

    The page may show any of them, so that the absence of a private life story reveals nothing.
    """
    minds, people = world.state.minds, world.town.people
    old = world.tick // 3 - people["born"] > MIN_AGE_YEARS * DAYS_A_YEAR
    residents = np.flatnonzero((minds["gone"] < 0) & old[: len(minds)])
    experience = sum(minds[name][residents] for name in EVIDENCE_COLUMNS)
    residents = residents[np.lexsort((-experience, people["settlement"][residents]))]
    first = np.searchsorted(people["settlement"][residents], people["settlement"][residents])
    return residents[np.arange(len(residents)) - first < FOLLOWED_PER_SETTLEMENT]


def trust_of(world: Any, who: np.ndarray) -> list[float]:
    """Return the trust (0-1) of some residents after the last shift."""
    found = np.empty(len(who))
    minds, people = world.state.minds[who], world.town.people[who]
    current_trust_of_all(minds, people, world.parameters[Trust], world.tick - 1, found)
    return [float(one) for one in found]


def begin_story(world: Any, who: int, trust: float) -> LifeStory:
    """Return the life story of a resident whose trust (0-1) at the start is ``trust``."""
    person = world.town.people[who]
    age = int((world.tick // 3 - person["born"]) / DAYS_A_YEAR)
    return LifeStory(who, int(person["settlement"]), bool(person["female"]), age, int(person["occupation"]), [trust])


def agent_values(world: Any, agent: str) -> np.ndarray:
    """Return the recorded value of each agent of a kind: legitimacy (0-1), share of planned hours, or members."""
    if agent == "authority":
        return np.asarray(1.0 / (1.0 + exp_of_each(-world.state.boards["legitimacy"])))
    return np.array(world.state[CHIEFS]["work"] if agent == "chief" else world.state.cliques["members"], float)


def hour_terms_by_choice(world: Any) -> dict[tuple[int, int], np.ndarray]:
    """Return the terms (log-odds) by which chiefs have just chosen the hours of a month, by tick and chief.

    The record of a choice has only the utilities of its options. The model's function recomputes the terms from the
    state after the step; if a later part of the step changed its inputs, their sums differ from the recorded utilities
    and the terms are left out. Each choice of the model clears the work space before using it.
    """
    rows = world.choices()
    terms_by_choice: dict[tuple[int, int], np.ndarray] = {}
    for row in rows[(rows["matter"] == HOURS_CHOICE) & (rows["tick"] == world.tick - 1)]:
        key = int(row["tick"]), int(row["who"])
        if key not in terms_by_choice:
            fill_hour_terms(world, key[1])
            terms = world.w.choice_terms[: len(HOUR_USES), : len(HourTerm)].copy()
            utilities = [row[f"v{option}"] for option in range(len(HOUR_USES))]
            if (np.cumsum(terms, axis=1)[:, -1] == utilities).all():
                terms_by_choice[key] = terms
    return terms_by_choice


def choices_of_agents(world: Any) -> np.ndarray:
    """Return the choices since the start, except those of residents: reporting is the victim's own matter."""
    rows = world.choices()
    numbers = [number for number, matter in CHOICES_DECLARED.items() if matter.agent != "resident"]
    return np.asarray(rows[np.isin(rows["matter"], numbers) & (rows["tick"] >= tick_of(world.settings.start))])


def merge_events(events: list[LifeEvent]) -> list[LifeEvent]:
    """Merge repeated events of one shift.

    >>> events = [LifeEvent(3, "talk", {}, change) for change in (0.25, 0.5)]
    >>> [(one.times, one.change) for one in merge_events(events)]
    [(2, 0.75)]
    """
    merged: dict[tuple[Any, ...], LifeEvent] = {}
    for event in events:
        key = event.tick, event.name, *event.values.items()
        if event.change and key in merged:
            merged[key].change += event.change
            merged[key].times += 1
        else:
            merged[key if event.change else (*key, len(merged))] = event
    return list(merged.values())


def shorten_life(life: LifeStory) -> LifeStory:
    """Keep all large events, and the small ones with the largest changes up to `MAX_EVENTS` events."""
    life.events = merge_events(life.events)
    small = sorted((event for event in life.events if event.small), key=lambda event: -abs(event.change))
    n_small_kept = max(0, MAX_EVENTS - sum(not event.small for event in life.events))
    dropped = {id(event) for event in small[n_small_kept:]}
    life.left_out, life.small = len(dropped), sum(event.change for event in small[n_small_kept:])
    life.events = [event for event in life.events if id(event) not in dropped]
    return life
