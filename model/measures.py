"""Monthly measures: one pass over all residents into a class table, and everything that is a sum over it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, ClassVar

import numpy as np
from numba import njit

from model.books import COMPLAINTS, OCCURRED, RECORDED, TOLD
from model.chance import age_of
from model.criteria import TRACES, ratio, scores
from model.daybook import HOMICIDE, KINDS
from model.kernels import AHEAD, fetch, kernel
from model.ledger import BRIBE, FADING, GREETING, HEARSAY, PUBLIC_EVENT, STOP, TALK, book, fade_by, kept
from model.luck import decision, luck
from model.mechanisms import adoption, officers, resources
from model.mechanisms.fear import feel
from model.mechanisms.political_calendar import violence
from model.mechanisms.safe_schools import supervised_hours
from model.parameters import Group, number
from model.standing import correlation, mean_ranks, standing
from model.state import COUNTS

FLAGS = ("women", "indigenous", "young", "council", "victims", "contact", "free_contact", "far", "adults")
WOMAN, INDIGENOUS, YOUNG, COUNCIL, VICTIM, CONTACT, FREE, FAR, ADULT = (1 << bit for bit in range(9))
GROUPS: dict[str, tuple[int, int]] = {
    "all": (0, 0),
    "women": (WOMAN, WOMAN),
    "men": (WOMAN, 0),
    "indigenous": (INDIGENOUS, INDIGENOUS),
    "not_indigenous": (INDIGENOUS, 0),
    "young": (YOUNG, YOUNG),
    "council": (COUNCIL, COUNCIL),
    "victims": (VICTIM, VICTIM),
    "contact": (CONTACT, CONTACT),
    "no_contact": (CONTACT, 0),
    "free_contact": (FREE, FREE),
    "near": (FAR, 0),
    "far": (FAR, FAR),
    "adults": (ADULT, ADULT),
    "adult_victims": (ADULT | VICTIM, ADULT | VICTIM),
    "adults_with_contact": (ADULT | CONTACT, ADULT | CONTACT),
}
"""Groups of residents: which flags are looked at, and how they must stand (in the last 12 months)."""
N_CLASSES = 1 << len(FLAGS)
CLASSES = {group: np.flatnonzero((np.arange(N_CLASSES) & look) == stand) for group, (look, stand) in GROUPS.items()}
SUMS = ("residents", "trust", "fairness", "effectiveness", "fear", "precaution", "victims_anywhere")
YEAR, QUARTER, MONTH = 1095, 273, 93
FAR_MINUTES = 20.0
SAMPLE = 1500
SURVEY, ANSWER = decision("survey"), decision("answer")
INSTRUMENTS = {"lapop": (7, 5), "latinobarometro": (4, 3)}
"""Answers, and the first answer that counts as trusting (T01, T06)."""


@dataclass(frozen=True, kw_only=True)
class Survey(Group):
    """How latent trust becomes an answer."""

    name: ClassVar[str] = "survey"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("T01", "T06")

    lapop: float = number(0.45, "log-odds", 0.05, 2.0, "assumed", "distance of the thresholds of LAPOP's seven answers")
    latinobarometro: float = number(0.7, "log-odds", 0.05, 2.0, "assumed", "the same of Latinobarómetro's four")
    noise: float = number(0.7, "log-odds", 0.0, 3.0, "assumed", "spread of answers around the same trust")


@kernel
def flags_of(person: Any, mind: Any, minutes: Any, tick: Any) -> Any:
    """Flags of one resident, as one number."""
    age = age_of(person, tick)
    flags = 0
    if person["female"] == 1:
        flags += WOMAN
    if person["indigenous"] == 1:
        flags += INDIGENOUS
    if person["council"] == 1:
        flags += COUNCIL
    if age < 30.0:
        flags += YOUNG
    if mind["harmed"] >= 0 and tick - mind["harmed"] < YEAR:
        flags += VICTIM
    if mind["met"] >= 0 and tick - mind["met"] < YEAR:
        flags += CONTACT
    if mind["met_free"] >= 0 and tick - mind["met_free"] < YEAR:
        flags += FREE
    if minutes > FAR_MINUTES:
        flags += FAR
    if age >= 18.0:
        flags += ADULT
    return flags


@kernel
def harmed_lately(mind: Any, tick: Any) -> Any:
    """Whether somebody was harmed in the last year, here or outside the municipality."""
    return (mind["harmed"] >= 0 and tick - mind["harmed"] < YEAR) or (
        mind["harmed_outside"] >= 0 and tick - mind["harmed_outside"] < YEAR
    )


@njit(cache=True)
def settle(
    minds: Any,
    ground: Any,
    trust: Any,
    fear: Any,
    local: Any,
    mood: Any,
    ledger: Any,
    table: Any,
    by_cell: Any,
    total: Any,
    tick: Any,
) -> None:
    """Bring every living resident up to date, book fading and the month's public events, and fill the class table.

    ``table[settlement, flags]`` holds the sums of residents, trust, beliefs, fear and precaution;
    ``by_cell`` residents and their summed trust by home cell; ``total[settlement]`` the compensated sum of trust.
    """
    table[:] = 0.0
    by_cell[:] = 0.0
    sums, left = np.zeros((2, 1, len(total))), np.zeros(MONTH + 1)
    memory, before_mood, calm_before, calm = -1.0, 0.0, 1.0, math.exp(-mood)
    people, cells = ground.people, ground.cells
    for i in range(ground.come[0]):
        mind, person = minds[i], people[i]
        if mind["gone"] >= 0:
            continue
        z = person["settlement"]
        if trust[z]["memory_years"] != memory:
            memory = trust[z]["memory_years"]
            for shifts in range(MONTH + 1):
                left[shifts] = kept(float(shifts), memory)
        if mind["mood"] != before_mood:
            before_mood, calm_before = mind["mood"], math.exp(-mind["mood"])
        fade_by(mind, left[tick - mind["touched"]])  # everybody here was up to date at the last end of a month
        mind["touched"] = tick
        # half of either belief's odds against the police: with the mood's they make those of trust
        unfair, useless = math.exp(-0.5 * mind["fairness"]), math.exp(-0.5 * mind["effectiveness"])
        now = 1.0 / (1.0 + unfair * useless * calm_before)
        book(ledger, FADING, z, now - mind["trust"])
        if mind["mood"] != mood:
            before, now = now, 1.0 / (1.0 + unfair * useless * calm)
            book(ledger, PUBLIC_EVENT, z, now - before)
        mind["mood"], mind["trust"] = mood, now
        book(sums, 0, z, now)
        by_cell[0, person["home"]] += 1.0
        by_cell[1, person["home"]] += now
        feel(mind, local[z], fear[z])
        row = table[z, flags_of(person, mind, cells[person["home"]]["minutes"], tick)]
        row[0] += 1.0
        row[1] += now
        row[2] += 1.0 / (1.0 + unfair * unfair)
        row[3] += 1.0 / (1.0 + useless * useless)
        row[4] += mind["fear"]
        row[5] += mind["careful"]
        row[6] += 1.0 if harmed_lately(mind, tick) else 0.0
    for z in range(len(total)):
        total[z] = sums[0, 0, z] + sums[1, 0, z]


@kernel
def count_payers(minds: Any, targets: Any) -> Any:
    """Living targets of cliques who pay."""
    count = 0
    for i in targets:
        if minds[i]["pays"] >= 0 and minds[i]["gone"] < 0:
            count += 1
    return count


@kernel
def count_hurt(homes: Any, minds: Any, come: Any, tick: Any) -> Any:
    """Living women who were hurt at home in the last year."""
    count = 0
    for i in range(come[0]):
        hurt = homes[i]["hurt"]
        if hurt >= 0 and tick - hurt < YEAR and minds[i]["gone"] < 0:
            count += 1
    return count


@kernel
def ask(heard: Any, ground: Any, minds: Any, noise: Any, wave: Any, tick: Any, seed: Any) -> None:
    """Ask a sample of adults "how much do you trust the police?"; ``heard`` is what they feel, in log-odds."""
    for s in range(len(heard)):
        fetch(minds, int(luck(seed, SURVEY, wave, s + AHEAD, 0) * len(minds)))
        for a in range(16):
            i = int(luck(seed, SURVEY, wave, s, a) * len(minds))
            if i < ground.come[0] and minds[i]["gone"] < 0 and age_of(ground.people[i], tick) >= 18.0:
                break
        u = luck(seed, ANSWER, wave, s, 0)
        heard[s] = (minds[i]["fairness"] + minds[i]["effectiveness"]) / 2.0 + minds[i]["mood"]
        heard[s] += noise * 0.5513 * math.log((u + 1e-12) / (1.0 - u + 1e-12))


def survey(world: Any, instrument: str) -> dict[str, float]:
    """Ask a sample of 1,500 adults as LAPOP (seven answers) or Latinobarómetro (four) would.

    Returns the mean on 0-100 and the per cent who trust.  Surveys are compared with this only, never with latent trust.
    """
    return surveys(world)[instrument]


def surveys(world: Any) -> dict[str, dict[str, float]]:
    """Ask one sample, whose answers are taken by every instrument."""
    numbers, heard = world.numbers["survey"][0], np.empty(SAMPLE)
    noise = float(numbers["noise"])
    ask(heard, world.ground, world.state.minds, noise, world.month, world.tick, world.seed)
    found = {}
    for instrument, (n_answers, trusting) in INSTRUMENTS.items():
        thresholds = float(numbers[instrument]) * (np.arange(1, n_answers) - n_answers / 2.0)
        answers = 1 + np.searchsorted(thresholds, heard)
        found[instrument] = {
            "mean": float((answers.mean() - 1.0) / (n_answers - 1.0) * 100.0),
            "trusting": float((answers >= trusting).mean() * 100.0),
        }
    return found


class Month:
    """What one month left behind, as the measures and the criteria read it.

    ``groups`` and ``local`` hold the `SUMS` of every group and settlement.
    """

    def __init__(self, world: Any) -> None:
        state = world.state
        self.world = world
        self.tick = world.tick
        self.tally = state.tally[0]
        self.books = state.books
        self.boards = state.boards
        table = world.class_table.sum(axis=0)
        self.groups = {group: table[classes].sum(axis=0) for group, classes in CLASSES.items()}
        self.local = world.class_table.sum(axis=1)

    def mean(self, group: str, what: str) -> float:
        """Mean of trust, fairness, effectiveness or fear in a group; nan where nobody is in it."""
        sums = self.groups[group]
        return share_or_null(sums[SUMS.index(what)], sums[0])

    def count(self, group: str) -> float:
        """Residents in a group."""
        return float(self.groups[group][0])

    @cached_property
    def share_far(self) -> float:
        """Share of residents who live far from the police."""
        return ratio(self.count("far"), self.count("all"))

    @cached_property
    def share_met_this_quarter(self) -> float:
        """Share of residents whose community met the police in the last quarter and was answered."""
        met = (self.boards["heard"] >= 0) & (self.tick - self.boards["heard"] < QUARTER)
        here = np.zeros(len(self.local), bool)
        here[self.world.town.authorities["settlement"][met]] = True
        return ratio(self.local[here, 0].sum(), self.local[:, 0].sum())

    @cached_property
    def levels_informed(self) -> int:
        """Levels informed this month: municipal council, table of communities, and communities themselves."""
        return sum(int(self.tally[name] > 0) for name in ("council_meetings", "table_meetings", "meetings"))

    @cached_property
    def plans(self) -> dict[str, float]:
        """What the plans of the stations amount to."""
        return standing(self.world)

    def change_by(self, *causes: Any) -> float:
        """Change of mean trust in this month by some causes, in points per 100."""
        booked = self.world.state.ledger.sum(axis=(0, 2))
        return share_or_null(100.0 * booked[list(causes)].sum(), self.count("all"))

    def median_wait(self) -> float:
        """Median minutes from call to arrival."""
        waits = self.world.state.waits
        if not waits.sum():
            return float("nan")
        return float(np.searchsorted(np.cumsum(waits), waits.sum() / 2.0))


@dataclass(frozen=True)
class Measure:
    """Unit of one column."""

    unit: str


def share_or_null(part: float, whole: float) -> float:
    """Return part over whole; 0/0 is null."""
    return float(part) / float(whole) if whole else float("nan")


_BOOKS = {
    "crimes_occurred": OCCURRED,
    "crimes_told": TOLD,
    "complaints_filed": COMPLAINTS,
    "crimes_recorded": RECORDED,
}
_MAIN = {
    "trust_mean": Measure("0-1"),
    "trust_contact": Measure("0-1"),
    "trust_no_contact": Measure("0-1"),
    "trust_women": Measure("0-1"),
    "trust_men": Measure("0-1"),
    "trust_indigenous": Measure("0-1"),
    "trust_young": Measure("0-1"),
    "trust_council": Measure("0-1"),
    "trust_victims": Measure("0-1"),
    "trust_far": Measure("0-1"),
    "fairness_mean": Measure("0-1"),
    "effectiveness_mean": Measure("0-1"),
    "survey_lapop": Measure("0-100"),
    "survey_lapop_trusting": Measure("%"),
    "survey_latinobarometro": Measure("%"),
    "fear_mean": Measure("0-1"),
    "precaution_share": Measure("share"),
    "residents": Measure("people"),
    "victims_share": Measure("share"),
    "victims_anywhere_share": Measure("share"),
    "contact_share": Measure("share"),
    "homicides": Measure("deaths"),
    "homicides_per_100k": Measure("per 100,000 a year"),
    "told_share": Measure("share"),
    "clearance": Measure("share"),
    "response_minutes_median": Measure("minutes"),
    "calls_unserved": Measure("calls"),
    "coverage": Measure("share"),
    "officers": Measure("officers"),
    "trained_share": Measure("share"),
    "trained_operations": Measure("share"),
    "trained_prevention": Measure("share"),
    "aware_share": Measure("share"),
    "trained_plateau": Measure("share"),
    "tenure_months": Measure("months"),
    "old_guard_share": Measure("share"),
    "officers_trained": Measure("officers"),
    "training_days": Measure("days"),
    "officers_moved": Measure("officers"),
    "officers_retired": Measure("officers"),
    "officers_made_aware": Measure("officers"),
    "explained": Measure("calls"),
    "vehicles_working": Measure("vehicles"),
    "couple_hours": Measure("hours"),
    "couple_hours_used": Measure("hours"),
    "fixed_hours": Measure("hours"),
    "km_available": Measure("km"),
    "breakdowns": Measure("vehicles"),
    "repairs": Measure("vehicles"),
    "joint_patrols": Measure("couple-shifts"),
    "benefit_km": Measure("km"),
    "mayor_willing": Measure("0 or 1"),
    "internet_share": Measure("share"),
    "core_crowd": Measure("people"),
    "trust_by_contacts": Measure("points per 100"),
    "trust_by_hearsay": Measure("points per 100"),
    "officers_faith": Measure("0-1"),
    "officers_safety": Measure("0-1"),
    "officers_stress": Measure("0-1"),
    "public_cases": Measure("cases"),
    "complaints_police": Measure("complaints"),
    "complaints_answered": Measure("complaints"),
    "suspended": Measure("officers"),
    "investigators": Measure("people"),
    "national_trend": Measure("ratio"),
    "supervised_youth_hours": Measure("hours"),
    "payers": Measure("people"),
    "gang_members": Measure("people"),
    "legitimacy": Measure("0-1"),
    "survival": Measure("share"),
    "record_days_mean": Measure("days"),
    "known": Measure("crimes"),
    "forms": Measure("forms"),
    "forms_with_content": Measure("forms"),
    "products_returned": Measure("products"),
    "formats": Measure("formats"),
    "diagnoses": Measure("diagnoses"),
    "visits_by_plan": Measure("visits"),
    "visits_on_post": Measure("visits"),
    "visits_on_paper": Measure("visits"),
    "posts_follow_crime": Measure("-1 to 1"),
    "posts_follow_reports": Measure("-1 to 1"),
    "recorded_share": Measure("share"),
    "calls_closed": Measure("calls"),
    "refused": Measure("crimes"),
    "downgraded": Measure("crimes"),
    "arrests_easy": Measure("arrests"),
    "complaints_outside": Measure("complaints"),
    "unserved_paper": Measure("calls"),
    "army_visits": Measure("visits"),
    "stops_army": Measure("stops"),
    "stops_army_harsh": Measure("stops"),
    "detentions": Measure("people"),
    "wrongful_detentions": Measure("people"),
    "detention_complaints": Measure("complaints"),
    "prison_recruits": Measure("people"),
    "members_held": Measure("people"),
    "others_held": Measure("people"),
    "queue": Measure("cases"),
    "authority_load": Measure("cases"),
    "calls_other": Measure("calls"),
    "calls_own_phone": Measure("calls"),
    "imitators_prison": Measure("crimes"),
    "cliques": Measure("cliques"),
    "seen_share": Measure("share"),
    "wounded_registered": Measure("people"),
    "suspects_named": Measure("people"),
    "crowds": Measure("events"),
    "crowds_averted": Measure("events"),
    "crowds_killed": Measure("events"),
    "cases": Measure("cases"),
    "closed": Measure("cases"),
    "domestic_conciliated": Measure("cases"),
    "rulings_kept": Measure("rulings"),
    "rulings_broken": Measure("rulings"),
    "to_higher_board": Measure("cases"),
    "deference_respect": Measure("hearings"),
    "deference_weakness": Measure("hearings"),
    "watched": Measure("crimes"),
    "meetings": Measure("meetings"),
    "requests_due": Measure("requests"),
    "requests_met": Measure("requests"),
    "requests_answered": Measure("requests"),
    "land_conflicts": Measure("conflicts"),
    "police_attacked": Measure("events"),
    "domestic_to_nobody": Measure("acts"),
    "domestic_to_kin": Measure("acts"),
    "domestic_to_communal": Measure("acts"),
    "domestic_to_police": Measure("acts"),
    "domestic_to_prosecutor": Measure("acts"),
    "domestic_to_demi": Measure("acts"),
    "domestic_to_refuge": Measure("acts"),
    "women_hurt": Measure("women"),
    "domestic_repeat_share": Measure("share"),
    "domestic_without_remedy": Measure("acts"),
    "c1": Measure("0-1"),
    "c2": Measure("0-1"),
    "c3": Measure("0-1"),
    "c4": Measure("0-1"),
    "accountability": Measure("0-1"),
}


def _all_measures() -> dict[str, Measure]:
    names = [name for book in _BOOKS for name in (book, *(f"{book}_{kind}" for kind in KINDS))]
    books = {name: Measure("crimes") for name in names}
    counts = {name: Measure("count") for name in COUNTS if name not in _MAIN}
    parts = {part: Measure("0-1") for part in TRACES} | {f"{part}.trace": Measure("value") for part in TRACES}
    return _MAIN | books | counts | parts


MEASURES: Mapping[str, Measure] = _all_measures()
"""Every monthly column, in order, with its unit; its words lie in the TOML files beside the code."""


@cache
def counts_named(prefix: str) -> tuple[str, ...]:
    """Return the counts whose names begin so."""
    return tuple(name for name in COUNTS if name.startswith(prefix))


def sum_of(tally: Any, prefix: str) -> float:
    """Return the sum of the counts whose names begin so."""
    return sum(float(tally[name]) for name in counts_named(prefix))


def row_of(month: Month) -> dict[str, float]:
    """Return all measures of the month that has just ended."""
    world, state, town = month.world, month.world.state, month.world.town
    books = state.books
    occurred, told = books[OCCURRED].sum(), books[TOLD].sum()
    asked = surveys(world)
    homicides = float(books[OCCURRED, HOMICIDE])
    populated = town.cells["population"] > 0
    planned_ranks = mean_ranks(state.planned_here[populated])
    row = {f"trust_{group}": month.mean(group, "trust") for group in GROUPS}
    row |= {
        "trust_mean": month.mean("all", "trust"),
        "fairness_mean": month.mean("all", "fairness"),
        "effectiveness_mean": month.mean("all", "effectiveness"),
        "fear_mean": month.mean("all", "fear"),
        "precaution_share": month.mean("adults", "precaution"),
        "survey_lapop": asked["lapop"]["mean"],
        "survey_lapop_trusting": asked["lapop"]["trusting"],
        "survey_latinobarometro": asked["latinobarometro"]["trusting"],
        "residents": month.count("all"),
        "victims_share": share_or_null(month.count("adult_victims"), month.count("adults")),
        "victims_anywhere_share": month.mean("adults", "victims_anywhere"),
        "contact_share": share_or_null(month.count("adults_with_contact"), month.count("adults")),
        "homicides": homicides,
        "homicides_per_100k": share_or_null(homicides * 1e5 * 365.25 / world.days_of_month, month.count("all")),
        "told_share": share_or_null(told, occurred),
        "clearance": share_or_null(month.tally["charged"], books[COMPLAINTS].sum()),
        "response_minutes_median": month.median_wait(),
        "calls_unserved": sum_of(month.tally, "unserved_"),
        "coverage": share_or_null(float((state.seen_here[populated] > 0).sum()), float(populated.sum())),
        "officers": float(len(state.officers)),
        "core_crowd": float(state.crowd[0][town.cells["core"] == 1].sum()),
        "trust_by_contacts": month.change_by(GREETING, TALK, STOP, BRIBE),
        "trust_by_hearsay": month.change_by(HEARSAY),
        "investigators": float(world.numbers["justice"]["investigators"][0]),
        "national_trend": float(violence(world.numbers["political_calendar"][0])),
        "supervised_youth_hours": supervised_hours(world),
        "payers": float(count_payers(state.minds, state.targets)),
        "gang_members": float(state.cliques["members"].sum()),
        "legitimacy": float(np.mean(1.0 / (1.0 + np.exp(-state.boards["legitimacy"]))))
        if len(state.boards)
        else float("nan"),
        "survival": share_or_null(books[RECORDED].sum(), month.tally["known"]),
        "record_days_mean": share_or_null(month.tally["record_days"], month.tally["records_arrived"]),
        "posts_follow_crime": correlation(planned_ranks, mean_ranks(state.happened[populated].sum(axis=1))),
        "posts_follow_reports": correlation(planned_ranks, mean_ranks(state.told[populated])),
        "recorded_share": share_or_null(books[RECORDED].sum(), occurred),
        "calls_closed": float(month.tally["served"] + month.tally["unserved_paper"]),
        "members_held": float(np.count_nonzero(state.prison.filled()["clique"] >= 0)),
        "others_held": float(np.count_nonzero(state.prison.filled()["clique"] < 0)),
        "queue": float(np.count_nonzero(state.complaints.filled()["charged"] < 0)),
    }
    hurt = sum_of(month.tally, "domestic_to_")
    row |= {
        "cliques": float(np.count_nonzero(state.cliques["members"] > 0)),
        "seen_share": share_or_null(month.tally["minutes_seen"], 1440.0 * world.days_of_month * float(populated.sum())),
        "authority_load": share_or_null(float(state.cases.count[0]), float(len(state.boards))),
        "women_hurt": float(count_hurt(state.homes, state.minds, state.come, month.tick)),
        "domestic_repeat_share": share_or_null(sum_of(month.tally, "domestic_again_after_"), hurt),
        "domestic_without_remedy": sum_of(month.tally, "domestic_alone_after_"),
    }
    row |= adoption.portrait(world) | resources.portrait(world) | officers.portrait(world)
    for name, book_number in _BOOKS.items():
        row[name] = float(books[book_number].sum())
        row |= {f"{name}_{kind}": float(books[book_number, k]) for k, kind in enumerate(KINDS)}
    row |= {name: float(month.tally[name]) for name in COUNTS}
    traces = {part: trace(month) for part, trace in TRACES.items()}
    row |= scores(traces, world.settings.anchors) | {f"{part}.trace": value for part, value in traces.items()}
    return {name: row[name] for name in MEASURES}
