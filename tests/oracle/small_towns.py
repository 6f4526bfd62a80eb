"""Small towns in which much happens, for the slow reference model."""

import datetime
import random
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st
from shapely.geometry import Polygon

from model.engine.parameters import ParameterGroup
from model.engine.scenario import DatedEvent, Facility, PolicyEntry, Scenario, Settlement
from scenarios.groups import declared_groups

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
        "posted": 0.5,
        "by_data": 0.4,
        "again": 0.8,
        "begins": 1.0,
        "presence": 0.3,
        "partner": 0.6,
        "partner_willing": 0.8,
        "lapse": 0.5,
        "upkeep_lighting": 100.0,
        "upkeep_bar": 200.0,
        "upkeep_bus_stop": 400.0,
        "upkeep_fence": 300.0,
        "upkeep_family": 250.0,
        "upkeep_plot": 150.0,
        "looking_street": 120.0,
        "looking_vehicles": 80.0,
        "looking_homes": 100.0,
        "looking_violence": 140.0,
        "effect": 0.8,
        "rise": 0.9,
    },
    "trust": {"place": 0.5},
    "near_repeat": {"kappa": 0.5, "days": 3.0, "robbery": 0.8, "theft": 0.6, "vehicles": 0.7, "burglary": 1.5}
    | {"assault": 1.2, "same_victim": 0.6, "others": 0.4},
    "lasting_risk": {"street": 1.5, "vehicles": 0.7, "homes": 1.0, "quarrels": 2.0, "traders": 2.0, "tied": 3.0},
    "opportunity": {"occupied": 0.3, "driven": 0.6, "vehicles_at_home": 0.4, "quarrels_at_home": 0.2}
    | {"usual_vehicle_theft": 0.7, "usual_theft_from_vehicle": 0.6, "usual_burglary": 0.4, "usual_assault": 0.5},
    "deterrence": {"visit_robbery": 0.8, "visit_theft": 0.7, "visit_vehicles": 0.6, "visit_burglary": 0.4}
    | {"visit_assault": 0.3, "visit_hire": 0.2, "concentration": 4.0, "displacement": 0.6},
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
        "seen_street": 0.4,
        "seen_vehicles": 0.6,
        "seen_burglary": 0.2,
        "seen_hire": 0.1,
        "seen_quarrel": 0.5,
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
    "resources": {
        "breakdown": 0.3,
        "late": 0.5,
        "willing": 0.7,
        "joint_patrols": 0.5,
        "joint_market": 0.7,
        "events": 1.0,
        "phones": 0.5,
    },
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
    "heavy_hand": {
        "army": 2.5,
        "presence": 0.7,
        "stops": 4.0,
        "detention": 20.0,
        "months": 0.5,
        "weeks": 0.5,
        "prison_recruit": 0.5,
    }
    | {"offenders": 0.5},
    "domestic_violence": {"first": 0.15, "further": 8.0, "before": 0.3, "lethal": 0.01},
    "mayor": {"habit": 0.0, "light": 0.5, "cameras": 0.5},
    "chief": {"order_arrests": 0.4, "order_prevent": 0.4, "work": 1.5},
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
    "deterrence": {"visit_robbery": 0.8, "visit_theft": 0.7, "visit_vehicles": 0.6, "visit_assault": 0.4}
    | {"visit_burglary": 0.5, "visit_hire": 0.3, "concentration": 6.0, "residual": 60.0},
    "certainty": {"seen_hire": 0.3},
    "heavy_hand": {"presence": 0.6},
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
    "consent": {"asked": 1, "patrol": 5.0, "operation": 5.0, "arrest": 2.0},
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
    "consultation": {"feasible": 0.7, "request_met": 0.15, "answer": 0.1, "explain": 0.1, "assembly": 0.5},
    "communal_authority": {"protocol": 0.9, "near": 2.0},
    "seeking_help": {"intercept": 1.0, "near": 2.0},
    "consent": {"asked": 1},
    "practices": {"paid_by": 3},
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
        "upkeep_lighting": 1500.0,
        "upkeep_bar": 1200.0,
        "upkeep_bus_stop": 2500.0,
        "effect": 1.0,
    },
    "crime": {"theft": 4.0, "robbery": 6.0, "assault": 0.02, "at_home": 1.0},
    "practices": {"reshuffle": 0.1, "paid_by": 2},
    "adoption": {"rotation": 0.2, "retire": 0.1},
    "misconduct": {"caught": 0.0, "sanction": 0.0},
    "certainty": {"street": 0.0, "seen_street": 0.0},
    "deterrence": {"visit_robbery": 0.1, "visit_theft": 0.1, "visit_vehicles": 0.1, "visit_burglary": 0.05},
    "offenders": {"street": 2.0},
    "extortion": {"clash": 0.0, "demands": 0.5},
}
"""Steep problems, which are noticed, looked into and met."""

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

SETTING = ("territory", "population", "calendar", "plant", "boards", "gangs", "daily_rhythm")
"""Groups whose numbers are chosen one by one, not at random."""

NAMES = ("Cabecera", "Aldea", "Lejana", "Alta")


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


def given_town() -> Scenario:
    """Build a town in which the mayor gives and groups buy, over two ends of a quarter."""
    start = datetime.date(2015, 9, 20)
    return small_scenario(
        residents=250, roads=(0, 1, 2), organised=0.95, officers=(24, 10), start=start, timeline=False, changes=GIVEN
    )
