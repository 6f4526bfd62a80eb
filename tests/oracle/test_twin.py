"""The slow twin in tests/oracle and the fast model must live through the same events, one by one."""

import datetime
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from model.engine.parameters import ParameterGroup
from model.engine.scenario import DatedEvent, Facility, PolicyEntry, Scenario, Settlement
from model.simulation.model import TrustModel
from model.simulation.registry import TABLES
from model.town.town import build_town
from model.world.shift_events import UNSERVED_REASONS
from oracle.deciding import book
from oracle.fear import feel
from oracle.minutes import FOR_MEETINGS, FOR_PROBLEMS, FOR_REQUESTS, HOMES
from oracle.offenders import all_slots
from oracle.people import FORGETTING_BAD, FORGETTING_GOOD, LONG_VISIT
from oracle.state import FIELDS, GROWING, PER, Rows
from oracle.town import HEARD_OUT_OF, HELP_BY, PlainTown
from scenarios.groups import declared_groups

COLUMNS = {
    "visits": ("post", "cell", "minute", "kind", "routed", "alive", "km"),
    "incidents": (
        "tick",
        "number",
        "kind",
        "motive",
        "cell",
        "victim",
        "minute",
        "severity",
        "loss",
        "told",
        "handed",
        "found",
        "complaint",
        "in_time",
        "recorded",
        "arrested",
        "displaced",
        "refused",
        "downgraded",
        "offender",
    ),
    "responses": ("born", "number", "post", "wait", "board"),
    "unserved": ("born", "number", "reason", "board"),
    "arrests": ("number", "post", "held"),
    "bribes": ("cell", "nth", "post", "who"),
    "impressions": ("who", "cause", "quality_f", "quality_e", "weight_f", "weight_e", "fast", "change"),
    "hearings": ("born", "number", "outcome"),
    "meetings": ("authority", "problem", "by_police", "came"),
    "outside": ("who", "kind", "severity"),
}
"""Tables of a shift, in the order in which a difference is looked for."""

BUSY = {
    "crime": {
        "armed": 40.0,
        "cctv": 0.5,
        "alcohol_hours": 0.5,
        "breath_tests": 0.5,
        "thieves": 40.0,
        "robbery": 40.0,
        "theft": 30.0,
        "vehicle_theft": 8.0,
        "theft_from_vehicle": 15.0,
        "burglary": 10.0,
        "hire": 0.5,
        "assault": 0.1,
        "lethal_robbery": 0.05,
        "lethal_assault": 0.05,
    },
    "problems": {
        "gathered": 0.5,
        "size": 8.0,
        "steepest": 10.0,
        "life": 12.0,
        "by_report": 3.0,
        "by_talk": 2.0,
        "analysts": 1.0,
        "by_data": 0.4,
        "again": 0.8,
        "begins": 1.0,
        "presence": 0.3,
        "partner": 0.6,
        "partner_willing": 0.8,
        "lapse": 0.5,
        "upkeep": 300.0,
        "looking": 120.0,
        "effect": 0.8,
        "rise": 0.9,
    },
    "near_repeat": {"kappa": 0.5, "days": 3.0},
    "deterrence": {"street": 0.8, "displacement": 0.6},
    "offenders": {
        "slots": 1.0,
        "street": 0.25,
        "vehicles": 0.15,
        "burglary": 0.1,
        "hire": 0.05,
        "spread": 1.0,
        "reach_km": 1.0,
        "own_km": 0.3,
        "replaced_street": 0.5,
        "replaced_vehicles": 0.5,
        "replaced_burglary": 0.5,
        "replaced_hire": 0.5,
        "career_street": 0.1,
        "career_vehicles": 0.1,
        "career_burglary": 0.1,
        "career_hire": 0.1,
    },
    "certainty": {
        "days": 1.0,
        "months": 0.2,
        "seen_half": 0.5,
        "usual_seen": 0.4,
        "learned": 0.8,
        "informal": 0.1,
        "street": 0.5,
        "vehicles": 0.5,
        "burglary": 0.5,
        "hire": 0.5,
        "quarrel": 0.3,
        "highest": 2.0,
        "news": 3.0,
        "peers": 2.0,
        "released": 0.5,
    },
    "investigation": {
        "investigators": 3.0,
        "hours": 60.0,
        "months": 1,
        "warrant_months": 4,
        "base": 0.3,
        "ratified": 0.3,
        "seen": 0.3,
        "film": 0.3,
        "camera": 0.5,
        "hint": 0.5,
        "link": 0.2,
        "analyst": 0.7,
        "arrest": 0.6,
        "linked": 0.6,
        "structure": 0.5,
        "second": 0.5,
        "tip": -2.0,
        "witness": 0.0,
        "tip_trust": 2.0,
        "witness_trust": 2.0,
        "tip_dread": 1.0,
        "witness_dread": 1.0,
        "robbery": 2.0,
        "theft": 2.0,
        "vehicle_theft": 2.0,
        "theft_from_vehicle": 2.0,
        "burglary": 2.0,
        "assault": 2.0,
        "homicide": 2.0,
        "extortion": 2.0,
        "domestic": 2.0,
    },
    "gangs": {"dense": 5, "members": 60, "reach": 4.0, "border": 40.0, "phone_lists": 3.0},
    "extortion": {
        "demands": 12.0,
        "punish": 0.5,
        "punish_told": 0.9,
        "clash": 30.0,
        "recruit": 0.02,
        "imitator_blocked": 0.5,
    },
    "cliques": {
        "attack_base": 3.0,
        "punish_base": 0.0,
        "heir_least": 0.0,
        "heir_more": 1.0,
        "least": 2,
        "home": 2,
        "large": 10,
        "sent": 4,
    },
    "reporting": {
        "intercept": -1.5,
        "lift": 0.1,
        "follow_trust": 1.0,
        "none_tell": 0.1,
        "all_tell": 0.2,
        "newcomers": 0.5,
        "captured": 0.7,
        "leak": 0.5,
    },
    "calls": {"rate": 200.0, "leaders": 24.0, "gravity": 0.3},
    "roster": {"bicycles": 0.5},
    "response": {"decline": -2.0, "catch": 0.5, "trail": 120.0},
    "communal_authority": {"days": 0, "reach": 1.0, "near": 1.0, "comes": 0.0, "comply_days": 1, "watch": 0.3}
    | {"protocol": 0.6, "presence": 0.6, "waits": 0.7},
    "deliberation": {"half_life": 2.0, "ask": 0.0, "climb": 1.0, "wait": -0.5, "put_off": 5, "abuse": 0.3}
    | {"watch": -0.5, "protocol": 0.0},
    "consultation": {
        "meetings": 30.0,
        "table": 8.0,
        "comupre": 12.0,
        "network": 12.0,
        "follow_up": 0.5,
        "door_to_door": 20.0,
        "inform": 0.3,
        "announced": 0.5,
        "come": 0.5,
    },
    "contacts": {"foot": 4.0, "motor": 3.0, "finds": 0.05},
    "justice": {
        "wrong": 0.2,
        "charge_act": 0.7,
        "charge_warrant": 0.7,
        "sentence": 0.7,
        "remand": 0.2,
        "trial": 0.5,
        "years": 0.1,
        "term": 1.0,
    },
    "population": {"council": 0.2, "business": 0.15, "births": 250.0, "in_migration": 250.0, "room": 0.1},
    "population_change": {
        "departures": 40.0,
        "mortality": 0.005,
        "ageing": 0.05,
        "outside_robbery": 0.5,
        "outside_theft": 0.25,
    },
    "daily_rhythm": {"outside": 0.9},
    "narcos": {"groups": 1, "dense": 1, "deaths": 0.2},
    "safe_schools": {"coverage": 0.5, "talks": 0.5},
    "crises": {"rate": 12.0, "crowd": 0.1, "silence": 0.1},
    "resources": {"breakdown": 0.3, "late": 0.5, "willing": 0.7, "joint_patrols": 0.5, "events": 1.0, "phones": 0.5},
    "misconduct": {"base": 2.0, "public": 0.1, "files": 0.5, "answered": 0.5, "sanction": 0.5, "caught": 0.5},
    "officers": {
        "months": 1.0,
        "warmth": 0.05,
        "meeting": 0.5,
        "friendly": 0.02,
        "attack": 0.5,
        "night": 0.05,
        "kept": 1.0,
    },
    "patrol": {"plan_share": 0.1, "market": 0.5},
    "practices": {
        "renew": 0.5,
        "usual_area": 0.5,
        "usual_follow": 0.5,
        "order_area": 0.7,
        "order_follow": 0.4,
        "support_least": 0.5,
        "support_most": 2.0,
        "reshuffle": 0.9,
        "keeping": 0.3,
        "planned": 0.9,
        "brief": 45.0,
        "meeting": 40.0,
        "request": 40.0,
        "visit": 20.0,
    },
    "adoption": {"peers": 0.5, "places": 150.0, "rotation": 0.9, "retire": 0.9, "academy": 0.5, "explain": 0.5},
    "fear": {"memory": 0.1, "lag": 0.5, "habit": 0.5, "campaign": 0.5},
    "boards": {"share_not_inviting": 0.3},
    "collective_violence": {"named": 0.5, "held": 0.5, "calm": 0.6, "lethal": 0.5},
    "land_conflicts": {"rate": 20.0, "weeks": 0.2, "fight": 0.5},
    "plans": {"diagnosis": 0.8, "analysis": 0.5, "follow": 0.4, "posts": 1, "takes_request": 0.6},
    "information": {"feedback": 0.3, "delay": 5.0},
    "pressure": {"level": 1.0, "goal": 0.5, "refuse": 0.9, "downgrade": 0.9, "arrests": 0.2},
    "heavy_hand": {"army": 2.0, "stops": 4.0, "detention": 20.0, "months": 0.5, "weeks": 0.5, "prison_recruit": 0.5}
    | {"offenders": 0.5},
    "domestic_violence": {"first": 0.15, "further": 8.0, "before": 0.3, "lethal": 0.01},
    "mayor": {"habit": 0.0, "light": 0.5, "cameras": 0.5},
    "chief": {"order_arrests": 0.4, "order_prevent": 0.4},
    "capture": {"base": 1.0, "found": 0.3},
    "seeking_help": {
        "intercept": -1.0,
        "over": 0.3,
        "other_language": 0.4,
        "demi": 0.7,
        "refuge": 0.5,
        "women_on_relay": 0.2,
        "language_on_relay": 0.2,
        "months": 1.0,
        "learning": 2.0,
        "heard": 0.5,
        "memory": 0.5,
    },
}
"""Numbers with which much happens in a small town."""

POOR = {
    "roster": {"gallons": 0.1, "gallons_motorcycle": 0.1},
    "response": {"foot_km": 0.3},
    "extortion": {"clash": 0.0, "demands": 1.0},
}
"""Little fuel and short ways on foot, so that calls go unserved for every reason; and few cliques' deeds."""

WATCHED = {
    "crime": {"at_home": 1.0, "night": 5.0},
    "daily_rhythm": {"outside": 0.2},
    "deterrence": {"street": 0.8, "residual": 60.0},
    "patrol": {"visits_foot": 48, "visits_motor": 40},
    "roster": {"absence": 0.0, "fixed_duties": 0.1},
    "resources": {"breakdown": 0.0},
    "contacts": {"foot": 0.1, "motor": 0.1},
    "extortion": {"clash": 0.0, "demands": 0.0},
}
"""Patrols everywhere, few words with residents, and no cliques' deeds: crime meets deterrence."""

SCARCE = {
    "roster": {"gallons": 1.0, "gallons_motorcycle": 0.3},
    "patrol": {"fuel_share": 0.9, "cruise": 0.3},
    "response": {
        "on_paper": 0.05,
        "foot_km": 1.0,
        "middle": 0.2,
        "grave": 0.45,
        "within_grave": 240.0,
        "reserve_slight": 3.0,
        "reserve_middle": 2.0,
        "decline": -1.5,
        "decline_low": 3.0,
        "low_km": 9.0,
        "decline_load": 1.0,
        "decline_danger": 1.0,
    },
    "officers": {"friendly": 0.05},
    "pressure": {"control": 0.5},
    "extortion": {"clash": 2.0, "demands": 2.0},
}
"""More calls than couples, litres and vehicles, some couples that would rather not, and classes of calls apart."""

HUNTED = {
    "crime": {"at_home": 1.0, "night": 5.0},
    "daily_rhythm": {"outside": 0.1},
    "offenders": {"street": 0.05, "vehicles": 0.05, "burglary": 0.03, "hire": 0.02},
    "response": {"decline": -40.0, "catch": 0.3, "goods": 1.0, "trail": 600.0},
    "investigation": {"investigators": 20.0, "base": 0.3, "tip": 0.0, "analyst": 1.0, "false_cases": 0.0}
    | {"months": 12, "linked": 1.0, "arrest": 0.8},
    "extortion": {"clash": 0.0, "demands": 4.0},
}
"""Few thieves who do much and are caught: who is held, replaced, linked, charged and sentenced."""

SWEPT = {
    "heavy_hand": {"detention": 30.0, "wrongful": 0.5, "offenders": 0.5, "weeks": 2.0, "months": 0.5},
    "crime": {"armed": 10.0, "thieves": 10.0},
    "gangs": {"reach": 20.0, "members": 20},
    "extortion": {"clash": 2.0, "demands": 2.0},
}
"""Many detained on suspicion, with whom slots are held, and few slots, so that some are held already."""

DEADLY = {
    "extortion": {"punish": 1.0, "punish_told": 1.0, "lethal": 1.0, "punishment_cost": 100.0},
    "cliques": {"punish": 0},
}
"""Every refusal is punished by death, so that some are harmed and die in the same shift."""

ASKED = {
    "consultation": {"feasible": 0.7, "request_met": 0.15, "answer": 0.1, "explain": 0.1},
    "communal_authority": {"protocol": 0.9, "near": 2.0},
    "seeking_help": {"intercept": 1.0, "near": 2.0},
}
"""Boards are told much, and few requests are met."""

SOLVED = {
    "problems": {
        "gathered": 0.6,
        "size": 30.0,
        "life": 100.0,
        "by_report": 5.0,
        "analysts": 5.0,
        "per_analyst": 5.0,
        "blind": 1.0,
        "by_analyst": 0.0,
        "by_word": 0.0,
        "again": 1.0,
        "partner_willing": 1.0,
        "lapse": 0.1,
        "upkeep": 1500.0,
        "effect": 1.0,
    },
    "crime": {"theft": 4.0, "robbery": 6.0, "assault": 0.02, "at_home": 1.0},
    "practices": {"reshuffle": 0.1},
    "adoption": {"rotation": 0.2, "retire": 0.1},
    "misconduct": {"caught": 0.0, "sanction": 0.0},
    "certainty": {"street": 0.0},
    "deterrence": {"street": 0.1},
    "offenders": {"street": 2.0},
    "extortion": {"clash": 0.0, "demands": 0.5},
}
"""Steep problems, which are noticed, looked into and met."""

BOARD_MATTERS = {
    "case before a board",
    "watch of a board",
    "police and a board",
    "request of a board",
    "unmet requests of a board",
    "protocol with a board",
}
"""What boards decide."""

GIVEN = {
    "mayor": {"habit": 3.0, "reach": 4.0, "light": 0.6, "cameras": 0.6},
    "capture": {"base": 2.0, "penury": 3.0, "integrity": 0.0, "found": 0.9},
    "consultation": {"meetings": 4.0, "table": 12.0, "council": 12.0, "answer": 0.0, "feasible": 0.2, "announced": 0.0},
    "extortion": {"clash": 2.0, "demands": 8.0},
    "reporting": {"anonymous": 2.0},
}
"""A mayor who gives, communities that are not answered, chiefs and mayors who are bought and found out."""

TORN = {
    "gangs": {"reach": 1.5, "dense": 1, "border": 100.0},
    "extortion": {"tension": 0.5, "clash_lethal": 0.7, "leave": 0.02, "imitator_blocked": 0.4, "demands": 12.0},
    "cliques": {
        "attack_base": 5.0,
        "honour": 1.5,
        "least": 10,
        "home": 3,
        "large": 10,
        "sent": 6,
        "heir_least": 0.0,
        "heir_more": 1.0,
        "alike": 0.2,
        "leaders": 0.05,
        "dismantled": 0.02,
        "raid_months": 1.0,
    },
    "justice": {"wrong": 0.3, "remand": 1.0},
}
"""Cliques that attack each other, break pacts, lose leaders and members, dissolve and are founded again."""

DECIDERS = ("cliques", "deliberation", "mayor", "chief", "seeking_help")
CLIQUES_DECIDE = ("stance", "rent", "punishment", "recruits", "cells", "attack", "pact")

ON_CALLS = ("served by a reinforcement", "served a shift later", "sent from elsewhere")
"""What may become of a call, apart from the reasons why it is not served."""

WORK = (
    "visits to homes",
    "for meetings",
    "for requests",
    "for problems",
    "other sectors",
    "responses that fit",
    "refused",
)
"""What officers do by habit, and what comes of it."""

LOOK = 5
"""Shifts from one look at whole tables to the next: no multiple of a day's three, so that every shift has its turn."""

ELSEWHERE = {"ledger"}
"""Tables that are compared by a function of their own."""

SETTING = ("territory", "population", "calendar", "plant", "boards", "gangs", "daily_rhythm")
"""Groups whose numbers are chosen one by one, not at random."""

NAMES = ("Cabecera", "Aldea", "Lejana", "Alta")


CALM = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
"""The same towns in every run; the message of a difference says enough without a search for the smallest."""


def own_groups() -> dict[str, type[ParameterGroup]]:
    """Groups of the model, without those that other tests declare: one town must not depend on what ran before."""
    return {name: group for name, group in declared_groups().items() if group.__module__.startswith("model.")}


def mechanisms() -> list[str]:
    """Names of what can be switched off."""
    return sorted(name for name, group in own_groups().items() if group.mechanism)


def wild(seed: int, share: float) -> dict[str, dict[str, float]]:
    """Replace a share of all numbers of behaviour by any value of their range."""
    chance = random.Random(seed)
    changes: dict[str, dict[str, float]] = {}
    for name, group in sorted(own_groups().items()):
        for key, about in group.parameter_specs().items():
            whole = group.kind(key) is int
            drawn, value = chance.random(), chance.uniform(about.low, about.high + whole)
            if name not in SETTING and drawn < share:
                changes.setdefault(name, {})[key] = int(value) if whole else value
    return changes


def merged(*all_changes: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Lay changes of groups over each other; the last one counts."""
    result: dict[str, dict[str, float]] = {}
    for changes in all_changes:
        for name, values in changes.items():
            result.setdefault(name, {}).update(values)
    return result


@dataclass(frozen=True, kw_only=True)
class Small:
    """What a small town is made of."""

    width: float = 2500.0
    height: float = 2000.0
    start: datetime.date = datetime.date(2017, 1, 27)
    residents: int = 400
    scale: float = 1.0
    town_seed: int = 1
    roads: tuple[int, ...] = (0, 1)
    organised: float = 0.6
    officers: tuple[int, ...] = (22,)
    vehicles: int = 1
    cliques: tuple[int, int] = (2, 2)
    communal: int = 1
    market_days: tuple[str, ...] = ("saturday",)
    poor: bool = False
    couples: float = 1.0
    fleet: float = 1.0
    changes: Mapping[str, Mapping[str, float]] = MappingProxyType({})
    wildness: tuple[int, float] = (0, 0.0)
    timeline: bool = True
    warm_up: int = 0
    off: frozenset[str] = frozenset()

    def numbers(self) -> dict[str, dict[str, float]]:
        """Return the numbers of the groups that are not their defaults."""
        markets = {f"market_{day}": int(day in self.market_days) for day in ("thursday", "saturday", "sunday")}
        chosen = {
            "population": {"total": self.residents, "scale": self.scale, "seed": self.town_seed},
            "calendar": {"warm_up": self.warm_up} | markets,
            "gangs": {"ms13": self.cliques[0], "barrio18": self.cliques[1]},
            "boards": {"communal": self.communal},
        }
        plant = {"roster": {"couples": self.couples}, "resources": {"vehicles": self.fleet}}
        return merged(BUSY, POOR if self.poor else {}, plant, self.changes, wild(*self.wildness), chosen)

    def outline(self) -> Polygon:
        """Return the border, which is no rectangle."""
        x, y = self.width, self.height
        return Polygon([(0, 0), (x, 0.1 * y), (0.9 * x, y), (0.1 * x, 0.9 * y)])


def small_scenario(**of: Any) -> Scenario:
    """Build a small town in which much happens."""
    small = Small(**of)
    values = small.numbers()
    return Scenario(
        name="small",
        title={"en": "A small town"},
        start=small.start,
        groups={name: group().replace(values.get(name, {})) for name, group in declared_groups().items()},
        outline=small.outline(),
        lake=None,
        settlements=tuple(settlement(row, road, small.organised) for row, road in enumerate(small.roads)),
        facilities=tuple(facility(row, n_officers, small.vehicles) for row, n_officers in enumerate(small.officers)),
        timeline=events(small.start) if small.timeline else (),
        off=small.off,
    )


def settlement(row: int, road: int, organised: float) -> Settlement:
    """Return a settlement; the first is the town, and every further one is smaller."""
    kind = "town" if row == 0 else "aldea"
    return Settlement(
        name=NAMES[row], kind=kind, x=None, y=None, weight=1.0 / (1 + row), road=road, organised=organised
    )


def facility(row: int, officers: int, vehicles: int) -> Facility:
    """Return a post of the police; the first is the station."""
    first = row == 0
    return Facility(
        name=f"Post {row}",
        settlement=NAMES[row],
        station=first,
        officers=officers,
        desks=int(first),
        vehicles=vehicles,
        motorcycles=1,
    )


def events(start: datetime.date) -> tuple[DatedEvent, ...]:
    """Return events of the third and eighth day that change numbers for a while, move the mood and break out."""
    third, eighth = start + datetime.timedelta(days=2), start + datetime.timedelta(days=7)
    return (
        DatedEvent(
            name="unrest",
            start=third,
            until=eighth,
            entries=(
                PolicyEntry(parameter="political_calendar.trend", how="set", value=3.0),
                PolicyEntry(parameter="contacts.stop", how="scale", value=0.5),
                PolicyEntry(parameter="investigation.investigators", how="add", value=0.5),
                PolicyEntry(parameter="roster.couples", how="set", value=2.4),
                PolicyEntry(parameter="response.all_caught", how="set", value=0.1),
                PolicyEntry(parameter="guards.shops", how="set", value=0.8),
                PolicyEntry(parameter="resources.vehicles", how="set", value=1.6),
                PolicyEntry(parameter="offenders.slots", how="set", value=1.5),
                PolicyEntry(parameter="offenders.amnesty", how="set", value=0.1),
                PolicyEntry(parameter="offenders.roundup", how="set", value=0.2),
                PolicyEntry(parameter="consultation.inform", how="set", value=0.5),
            ),
            shock=-0.5,
            crisis=0.7,
        ),
        DatedEvent(
            name="calm",
            start=eighth,
            entries=(PolicyEntry(parameter="trust.mood", how="set", value=0.3),),
            shock=1.0,
        ),
    )


dates = st.dates(datetime.date(2012, 1, 1), datetime.date(2020, 12, 28)) | st.sampled_from(
    [
        datetime.date(2016, 12, 29),
        datetime.date(2017, 12, 31),
        datetime.date(2016, 2, 27),
        datetime.date(2018, 1, 30),
        datetime.date(2019, 4, 29),
    ]
)


towns = st.fixed_dictionaries(
    {
        "width": st.floats(1500.0, 4000.0),
        "height": st.floats(1500.0, 4000.0),
        "start": dates,
        "residents": st.integers(200, 1200),
        "town_seed": st.integers(0, 1000),
        "roads": st.lists(st.integers(0, 2), min_size=2, max_size=4).map(tuple),
        "organised": st.floats(0.0, 1.0),
        "officers": st.sampled_from([(12,), (24,), (33,), (21, 9), (30, 16), (24, 2)]),
        "vehicles": st.integers(0, 3),
        "cliques": st.sampled_from([(0, 0), (1, 0), (1, 1), (2, 2)]),
        "communal": st.integers(0, 1),
        "market_days": st.sampled_from([(), ("saturday",), ("thursday", "sunday")]),
        "poor": st.booleans(),
        "couples": st.just(1.0) | st.floats(0.0, 4.0),
        "fleet": st.just(1.0) | st.floats(0.0, 4.0),
        "timeline": st.booleans(),
        "wildness": st.tuples(st.integers(0, 2**32), st.sampled_from([0.0, 0.1, 0.5])),
        "off": st.just(frozenset())
        | st.frozensets(st.sampled_from(mechanisms()), max_size=3)
        | st.just(frozenset(mechanisms())),
    }
)
"""Small towns of all kinds, as arguments of `small_scenario`."""

seeds = st.integers(0, 2**63 - 1)


def when(tick: int) -> str:
    """Say which shift a tick is."""
    date = datetime.date(2000, 1, 1) + datetime.timedelta(days=tick // 3)
    return f"tick {tick} ({date:%A} {date}, shift {tick % 3})"


def same(one: float, other: float) -> bool:
    """Whether two numbers are equal to nine digits."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


def described(table: str, row: tuple[Any, ...] | None) -> str:
    """Write a row with the names of its columns."""
    if row is None:
        return "no such row"
    return ", ".join(f"{name}={value:.12g}" for name, value in zip(COLUMNS[table], row, strict=True))


def assert_same_shift(tick: int, fast: Mapping[str, np.ndarray], plain: Mapping[str, list[Any]]) -> None:
    """Raise with the first difference of a shift in one message."""
    for table, columns in COLUMNS.items():
        rows = [tuple(row[name].item() for name in columns) for row in fast[table]]
        for number in range(max(len(rows), len(plain[table]))):
            one = rows[number] if number < len(rows) else None
            other = plain[table][number] if number < len(plain[table]) else None
            if one is None or other is None:
                different = ["row"]
            else:
                different = [name for name, a, b in zip(columns, one, other, strict=True) if not same(float(a), b)]
            if different:
                raise AssertionError(
                    f"{when(tick)}: table {table!r}, row {number} differs in {', '.join(different)}\n"
                    f"  fast:  {described(table, one)}\n  plain: {described(table, other)}"
                )


def assert_same_trust(tick: int, fast: np.ndarray, plain: PlainTown) -> None:
    """Raise if a living resident trusts differently."""
    for resident in plain.residents:
        if resident.alive and not same(float(fast[resident.number]), resident.trust):
            raise AssertionError(
                f"{when(tick)}: resident {resident.number} trusts {fast[resident.number]:.15f} "
                f"in the fast model, {resident.trust:.15f} in the plain one"
            )


def assert_same_rows(tick: int, table: str, found: Any, rows: Rows) -> None:
    """Raise with the first row of a table that stands differently after a shift."""
    names = {name for row in rows for name in row or ()}
    columns = {name: found[name].tolist() for name in names}
    for number, row in enumerate(rows):
        for name, value in (row or {}).items():
            other = columns[name][number]
            if other != value and not same(other, value):
                raise AssertionError(f"{when(tick)}: {table} row {number}, {name}: fast {other!r}, plain {value!r}")


def assert_same_state(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise with the first row of a table, or number of a field, that stands differently after a shift."""
    for table, tell in PER.items():
        assert_same_rows(tick, table, getattr(fast.state, table), tell(plain))
    for table, tell in GROWING.items():
        found, rows = getattr(fast.state, table).used_rows(), tell(plain)
        assert_same_rows(tick, table, found, rows[: len(found)])
        assert len(found) == len(rows), (
            f"{when(tick)}: {table} has {len(found)} rows in the fast model, {len(rows)} here"
        )
    for name, value in FIELDS.items():
        one, other = getattr(fast.state, name), np.array(value(plain), np.float64).reshape(-1)
        assert one.size == other.size, (
            f"{when(tick)}: {name} has {one.size} numbers in the fast model, {other.size} here"
        )
        different = np.flatnonzero(~np.isclose(one.reshape(-1), other, rtol=1e-9, atol=1e-9))
        if different.size:
            nth = different[0]
            where = tuple(int(i) for i in np.unravel_index(nth, one.shape))
            raise AssertionError(f"{when(tick)}: {name} {where}: fast {one[where]!r}, plain {other[nth]!r}")


def assert_same_spent(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise if couples had or used other hours or kilometres since the month began."""
    for name, value in vars(plain.spent).items():
        one = float(fast.state.tally[name].sum())
        assert same(one, value), f"{when(tick)}: {name}: fast {one!r}, plain {value!r}"


def assert_same_reasons(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise if another number of choices was decided by a reason since the month began."""
    found = {name: float(fast.state.tally[name].sum()) for name in HEARD_OUT_OF}
    found |= dict(zip(HELP_BY, fast.state.chosen_by.tolist(), strict=True))
    assert found == plain.counted, f"{when(tick)}: fast {found}, plain {plain.counted}"


def assert_same_ledger(fast: Any, plain: PlainTown) -> None:
    """Raise if a month's sum of a cause in a settlement differs."""
    pages = {page.month: page for page in plain.ledger.months}
    rows = fast.ledger_months()
    start = plain.settings.start
    full = {month for month in pages if datetime.date(month // 12, month % 12 + 1, 1) >= start}
    assert full == set(rows["month"].tolist())
    for month, settlement, cause, change, forgotten in rows.tolist():
        page, key = pages[month], (cause, settlement)
        booked, faded = page.changes.get(key, 0.0), page.forgotten.get(key, 0.0)
        assert max(abs(booked - change), abs(faded - forgotten)) < 1e-9, (
            f"month {month}, settlement {settlement}, cause {cause}: "
            f"fast {change!r}, forgotten {forgotten!r}; plain {booked!r}, forgotten {faded!r}"
        )


def assert_same_choices(fast: Any, plain: PlainTown) -> None:
    """Raise if something else was decided in a month that is closed, or for another reason."""
    start = plain.settings.start
    full = [month for month in plain.past_choices if datetime.date(month // 12, month % 12 + 1, 1) >= start]
    rows: Rows = [row for month in full for row in book(plain.past_choices[month])]
    found = fast.choices()
    assert_same_rows(plain.tick, "past choices", found, rows[: len(found)])
    assert len(found) == len(rows), f"{len(found)} choices in the fast model, {len(rows)} here"


# The twin by itself


def assert_ledger_balances(town: PlainTown) -> None:
    """Raise unless, in every settlement and month, the causes sum to the change of total trust."""
    pages = [(page.before, page.after, page.changes) for page in town.ledger.months]
    pages.append((town.ledger.before, town.ledger.totals(), town.ledger.changes()))
    for before, after, changes in pages:
        for settlement in range(town.n_settlements):
            booked = math.fsum(change for (_, place), change in changes.items() if place == settlement)
            assert abs(after[settlement] - before[settlement] - booked) < 1e-9


@settings(CALM, max_examples=10)
@given(town=towns, seed=seeds)
def test_the_twin_keeps_its_books_and_trust_stays_between_0_and_1(town: dict[str, Any], seed: int) -> None:
    scenario = small_scenario(**town)
    plain = PlainTown(scenario, build_town(scenario), seed)
    for _ in range(15):
        plain.step()
        # a disposition of 40 or more, which numbers from all over their ranges bring about, is trust of 1 in a float
        assert all(0.0 <= resident.trust <= 1.0 for resident in plain.residents)
        for resident in plain.residents:
            for evidence in (resident.on_fairness, resident.on_effectiveness):
                assert all(0.0 <= count < math.inf for count in evidence.columns())
    assert_ledger_balances(plain)


def test_the_twin_without_officers_arrests_nobody() -> None:
    scenario = small_scenario(officers=(0,))
    town = PlainTown(scenario, build_town(scenario), 3)
    for _ in range(15):
        town.step()
        assert sum(visit.couple is not None for visit in town.visits) == 0
        assert len(town.arrests) == 0


def test_the_twin_repeats_itself() -> None:
    scenario = small_scenario()
    tables = build_town(scenario)
    one, other = PlainTown(scenario, tables, 5), PlainTown(scenario, tables, 5)
    for _ in range(9):
        one.step()
        other.step()
        assert one.trace() == other.trace()


def test_every_table_has_a_twin_or_a_reason() -> None:
    compared = {*PER, *GROWING, *FIELDS, *ELSEWHERE}
    tables = {table.name: table.exempt.strip() for table in TABLES}
    assert sorted(compared - set(tables)) == []
    assert sorted(name for name, reason in tables.items() if name not in compared and not reason) == []
    assert sorted(name for name, reason in tables.items() if name in compared and reason) == []


# The twin and the fast model


def take_over_roots(fast: Any, plain: PlainTown) -> None:
    """Compare both intercepts, roots to 1e-6; take over those of the fast model, to compare all else exactly."""
    for name in ("intercept", "fear_shift"):
        one, other = getattr(fast.state, name).item(), getattr(plain, name)
        assert abs(one - other) < 2e-6, f"{name}: fast {one!r}, plain {other!r}"
        setattr(plain, name, one)
    if plain.tick > plain.first_tick:
        feel(plain)
    plain.ledger.begin()


def assert_same_now(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise with the first thing that stands differently after a shift."""
    assert_same_spent(tick, fast, plain)
    assert_same_reasons(tick, fast, plain)
    if plain.tick % LOOK == 0:
        assert_same_tables(tick, fast, plain)


def assert_same_tables(tick: int, fast: Any, plain: PlainTown) -> None:
    """Raise with the first resident or row that stands differently after a shift."""
    assert_same_trust(tick, fast.trust(), plain)
    assert_same_state(tick, fast, plain)


def work_of(plain: PlainTown) -> dict[str, int]:
    """Return how much couples did in the last shift by plan, and how many were sent to another sector."""
    couples = plain.couples_on_duty()
    return {
        "visits to homes": sum(visit.alive and visit.kind == HOMES for visit in plain.visits),
        "for meetings": sum(one.stretches[FOR_MEETINGS] for one in couples),
        "for requests": sum(one.stretches[FOR_REQUESTS] for one in couples),
        "for problems": sum(one.stretches[FOR_PROBLEMS] for one in couples),
        "other sectors": sum(one.lead is not None and one.sector is not one.lead.sector for one in couples),
    }


def happened(plain: PlainTown, tick: int) -> Counter[str]:
    """Return how much of what happened in a shift."""
    counts = Counter({table: len(rows) for table, rows in plain.trace().items()})
    counts.update(choice.matter for choice in plain.choices if choice.tick == tick)
    counts.update(UNSERVED_REASONS[one.reason] for one in plain.unserved)
    counts["displaced"] = sum(incident.displaced for incident in plain.incidents)
    counts["served by a reinforcement"] = sum(one.couple.reinforces for one in plain.responses)
    counts["served a shift later"] = sum(one.born < tick for one in plain.responses)
    counts["sent from elsewhere"] = sum(one.cell.facility != one.couple.facility.number for one in plain.responses)
    counts.update(work_of(plain))
    return counts


def side_by_side(scenario: Scenario, seed: int) -> tuple[TrustModel, PlainTown]:
    """Return both models of a town: a shift of the fast one is a shift of both, after which they are compared."""
    plain = PlainTown(scenario, build_town(scenario), seed)

    class Beside(TrustModel):
        """The fast model, which does its warm-up while it is made, with the plain one at its side."""

        def step(self) -> None:
            """Live one shift in both models, and compare."""
            tick = plain.tick
            if tick == plain.first_tick:
                take_over_roots(self, plain)
            super().step()
            plain.step()
            assert_same_shift(tick, self.trace or {}, plain.trace())
            if plain.tick != plain.start_tick:
                assert_same_now(tick, self, plain)

    fast = Beside(scenario, rng=seed, trace=True)
    take_over_roots(fast, plain)
    assert_same_tables(plain.tick - 1, fast, plain)
    return fast, plain


def live_together(
    scenario: Scenario, seed: int, shifts: int, look: Callable[[PlainTown], None] = lambda town: None
) -> Counter[str]:
    """Let both models live through the same shifts, those of the warm-up too; return how much happened after it."""
    fast, plain = side_by_side(scenario, seed)
    counts: Counter[str] = Counter()
    for _ in range(shifts):
        tick = plain.tick
        fast.step()
        counts.update(happened(plain, tick))
        look(plain)
    assert_same_tables(plain.tick - 1, fast, plain)
    assert_same_ledger(fast, plain)
    assert_same_choices(fast, plain)
    assert_ledger_balances(plain)
    counts["responses that fit"] = sum(record.tried for record in plain.problems.records)
    counts["refused"] = sum(record.better for record in plain.problems.records)
    counts["slots held on suspicion"] = plain.n_detained_offenders
    counts.update(one.matter for one in itertools.chain(*plain.past_choices.values()))
    return counts


@settings(CALM, max_examples=24)
@given(town=towns, seed=seeds, shifts=st.integers(12, 60))
def test_small_towns_live_the_same_events_in_both_models(town: dict[str, Any], seed: int, shifts: int) -> None:
    live_together(small_scenario(**town), seed, shifts)


@pytest.mark.slow
@settings(CALM, max_examples=200)
@given(town=towns, seed=seeds, shifts=st.integers(12, 60))
def test_two_hundred_other_towns_live_the_same_events_in_both_models(
    town: dict[str, Any], seed: int, shifts: int
) -> None:
    live_together(small_scenario(**town), seed, shifts)


def test_a_busy_town_lives_the_same_month_in_both_models() -> None:
    causes: set[int] = set()

    def look(town: PlainTown) -> None:
        causes.update(cause for page in town.ledger.months for cause, _ in page.changes)

    counts = live_together(small_scenario(residents=600), 3, 90, look)
    assert all(counts[table] for table in COLUMNS), counts
    assert {FORGETTING_GOOD, FORGETTING_BAD, LONG_VISIT} <= causes


def test_a_watched_town_full_of_thieves_lives_the_same_weeks_in_both_models() -> None:
    scenario = small_scenario(residents=2000, vehicles=2, officers=(33,), changes=WATCHED)
    counts = live_together(scenario, 11, 120)
    assert counts["incidents"] > 150
    assert counts["displaced"] > 10


def test_a_town_short_of_couples_and_litres_lives_the_same_months_in_both_models() -> None:
    scenario = small_scenario(
        width=5000.0,
        height=5000.0,
        residents=2000,
        roads=(0, 1, 2, 2),
        officers=(24, 9, 2),
        vehicles=2,
        couples=1.3,
        fleet=0.8,
        changes=SCARCE,
    )
    counts = live_together(scenario, 3, 120)
    assert all(counts[name] for name in (*UNSERVED_REASONS, *ON_CALLS)), counts


def test_a_town_whose_thieves_are_hunted_lives_the_same_months_in_both_models() -> None:
    seen: Counter[str] = Counter()

    def look(town: PlainTown) -> None:
        seen["charged"] += sum(file.charged == town.tick - 1 for file in town.files)
        seen["linked"] += sum(file.served == file.warrant == town.tick - 1 for file in town.files)
        seen["held"] += sum(not slot.is_free(town.tick) for slot in all_slots(town))
        seen["replaced"] += sum(slot.generation for slot in all_slots(town))
        seen["prisoners"] += sum(one.since == town.tick - 1 and one.clique is not None for one in town.prison)
        seen["prevented, by warrant, sentences"] = town.n_prevented * town.n_by_warrant * town.n_sentences

    scenario = small_scenario(residents=1200, start=datetime.date(2017, 2, 20), changes=HUNTED)
    assert live_together(scenario, 3, 220, look)["arrests"] >= 20
    assert all(seen.values()), seen


def given_town() -> Scenario:
    """Build a town in which the mayor gives and groups buy, over two ends of a quarter."""
    start = datetime.date(2015, 9, 20)
    return small_scenario(
        residents=250, roads=(0, 1, 2), organised=0.95, officers=(24,), start=start, timeline=False, changes=GIVEN
    )


def test_a_town_whose_mayor_gives_lives_the_same_months_in_both_models() -> None:
    seen: Counter[str] = Counter()

    def look(town: PlainTown) -> None:
        seen["petitions"] += sum(one.asked == town.tick - 1 for one in town.hall.petitions)
        seen["granted"] += sum(one.granted == town.tick - 1 for one in town.hall.petitions)
        seen["given"] += sum(gift.until > town.tick for gift in town.hall.gifts)
        seen["lit"] += sum(cell.is_lit for cell in town.cells)
        seen["chiefs bought"] += sum(chief.captor >= 0 for chief in town.chiefs)
        seen["mayors bought"] += town.hall.captor >= 0
        seen["mayors"] = town.hall.nth

    live_together(given_town(), 3, 310, look)
    assert all(seen.values()), seen


def test_a_town_at_half_its_size_lives_the_same_weeks_in_both_models() -> None:
    counts = live_together(
        small_scenario(residents=1600, scale=0.5, officers=(44, 18, 9), roads=(0, 1, 2), cliques=(0, 0)), 3, 30
    )
    assert counts["visits"] > 500


def test_a_town_swept_on_suspicion_lives_the_same_weeks_in_both_models() -> None:
    counts = live_together(small_scenario(residents=2000, changes=SWEPT), 3, 54)
    assert counts["slots held on suspicion"] >= 3


def test_a_town_torn_between_cliques_lives_the_same_months_in_both_models() -> None:
    counts = live_together(small_scenario(start=datetime.date(2017, 1, 28), changes=TORN), 3, 110)
    assert all(counts.get(f"clique {matter}", 0) for matter in CLIQUES_DECIDE), counts


def test_who_was_harmed_and_dies_in_the_same_shift_learns_nothing_any_more() -> None:
    live_together(small_scenario(residents=500, changes=DEADLY), 7, 40)


def test_a_town_whose_boards_ask_and_climb_lives_the_same_months_in_both_models() -> None:
    start = datetime.date(2016, 12, 3)
    counts = live_together(small_scenario(residents=220, roads=(0, 1, 2), start=start, changes=ASKED), 3, 330)
    assert all(counts.get(matter, 0) for matter in BOARD_MATTERS), counts


def test_a_town_whose_problems_are_met_lives_the_same_months_in_both_models() -> None:
    scenario = small_scenario(
        width=1500.0,
        height=1500.0,
        residents=1600,
        start=datetime.date(2017, 1, 28),
        officers=(24, 9),
        changes=SOLVED,
    )
    counts = live_together(scenario, 5, 190)
    assert all(counts[name] for name in WORK), counts


def end_of(group: str, end: str) -> dict[str, float]:
    """Return the lowest or the highest values that a group may have."""
    about = own_groups()[group].parameter_specs()
    return {name: getattr(one, end) for name, one in about.items()}


def leaning(end: str) -> dict[str, dict[str, float]]:
    """Move every strength of those who decide a tenth of the way to the lowest or the highest that it may have."""
    moved: dict[str, dict[str, float]] = {}
    for name in DECIDERS:
        group, goal = own_groups()[name], end_of(name, end)
        strengths = [
            key for key, about in group.parameter_specs().items() if about.role == "behaviour" and about.off is None
        ]
        for key in strengths:
            value = getattr(group(), key)
            moved.setdefault(name, {})[key] = type(value)(value + 0.1 * (goal[key] - value))
    return moved


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("changes", [TORN, ASKED, GIVEN], ids=["torn", "asked", "given"])
def test_other_strengths_of_who_decides_are_the_same_in_both_models(
    changes: Mapping[str, Mapping[str, float]], end: str
) -> None:
    start = datetime.date(2015, 11, 28) if changes is GIVEN else datetime.date(2016, 12, 28)
    live_together(small_scenario(residents=250, start=start, changes=merged(leaning(end), changes)), 3, 110)


@pytest.mark.parametrize("weights", ["low", "high"])
@pytest.mark.parametrize("memory", ["low", "high"])
def test_the_ends_of_the_law_of_trust_are_the_same_in_both_models(weights: str, memory: str) -> None:
    lasts = {name: value for name, value in end_of("trust", memory).items() if name in ("memory_years", "fast_days")}
    changes = {
        "trust": end_of("trust", weights) | lasts,
        "hearsay": end_of("hearsay", weights),
        "fear": end_of("fear", weights) | {"memory": end_of("fear", memory)["memory"]},
        "contacts": {name: value for name, value in end_of("contacts", weights).items() if name.startswith("weight")},
    }
    live_together(small_scenario(residents=300, changes=changes), 5, 24)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_town_begins_alike_after_a_year_of_warm_up(share: float) -> None:
    live_together(
        small_scenario(residents=250, start=datetime.date(2018, 1, 30), wildness=(5, share), warm_up=1), 3, 60
    )


@pytest.mark.slow
@settings(CALM, max_examples=150)
@given(town=towns, seed=seeds)
def test_many_towns_live_the_same_events_over_two_month_ends(town: dict[str, Any], seed: int) -> None:
    start = town["start"].replace(day=28)
    live_together(small_scenario(**town | {"start": start}), seed, 105)
