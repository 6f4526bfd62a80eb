"""M44, problems with causes: part of crime gathers at places for a reason, and goes on there until that is met (ODD 6).

What a problem takes is taken from the rest of the hazard, and one that dies is replaced: a closed town keeps its crime.
Switched off, there are no problems, and crime lies as people, places and offenders alone lay it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from model.calendar import MARKET_DAY, WEEK, weekday_of
from model.chance import age_of
from model.kernels import Tables, kernel
from model.kinds import (
    AT_HOME,
    BY_HOME,
    BY_TARGET,
    BY_VEHICLE,
    CEILING,
    EXPOSURE,
    N_KINDS,
    PROPERTY,
    YOUNGEST,
)
from model.luck import decision, luck
from model.mechanism import Hazard, Knockout, Mechanism
from model.mechanisms.crime import base_of, exposure
from model.mechanisms.mayor import LIT
from model.mechanisms.practices import sector_of_cell
from model.parameters import Group, number, share
from model.rows import Ints, Reals, Row, Rows, code, wide
from model.tables import Field, Growing
from model.territory import DIRT

if TYPE_CHECKING:
    from model.mechanisms.crime import Crime
    from model.model import TrustModel as World
    from model.police import Sector
    from model.stage import Ground
    from model.territory import Cell

PROBLEM_KIND, PROBLEM_PLACE, PROBLEM_SIZE = (
    decision("problem kind"),
    decision("problem place"),
    decision("problem size"),
)
PROBLEM_CAUSE, PROBLEM_ENDS = decision("problem cause"), decision("problem ends")
CAUSES = ("lighting", "bar", "bus_stop", "fence", "family", "plot")
N_CAUSES = len(CAUSES)
LIGHTING, BAR, BUS_STOP, FENCE, FAMILY, PLOT = (code(cause) for cause in range(N_CAUSES))
NO_CAUSE, NOWHERE = code(-1), code(-1)
GATHERS: Ints = np.flatnonzero((CEILING > 0.0) & (EXPOSURE != BY_TARGET))
"""Kinds of which crimes gather at problems."""
FRIDAY = 4
PLACES, LOTS = 8, 12
"""Places of which the best is taken; lots whose sum, less six, is as good as normal."""
MARGIN = 0.5
"""Most of a ceiling that a problem may bring somebody to on a plain day: belief may double it (`certainty.highest`)."""
MOST_TAKEN = 0.6
"""Most of a kind's crime that problems take; assumed."""
MOST_PROBLEMS = 4
"""Most problems, over as many as there would be if none had to fit into its cell."""


@dataclass(frozen=True, kw_only=True)
class Problems(Group):
    """What problems there are, who finds their causes, what is done about them, and what comes of it."""

    name: ClassVar[str] = "problems"
    evidence: ClassVar[tuple[str, ...]] = ("B13", "B15", "D03", "D10", "D12", "D13", "Q19", "Q21")

    gathered: float = share(0.3, "assumed; swept .15-.5", "crimes that gather at problems", high=0.6, off=0.0)
    size: float = number(20.0, "a year", 1.0, 200.0, "assumed; swept 10-40", "offences of a problem before it must fit")
    spread: float = number(1.0, "log", 0.0, 2.0, "assumed", "spread of sizes")
    steepest: float = number(4.0, "ratio", 0.1, 20.0, "assumed", "hazard that a problem adds to its cell, at most")
    life: float = number(48.0, "months", 6.0, 600.0, "assumed; swept 18-96", "mean life of a problem")
    lighting: float = number(0.2, "weight", 0.0, 1.0, "assumed", "problems by want of light")
    bar: float = number(0.2, "weight", 0.0, 1.0, "assumed", "problems around a bar")
    bus_stop: float = number(0.15, "weight", 0.01, 1.0, "assumed", "problems at a bus stop without anybody who watches")
    fence: float = number(0.1, "weight", 0.0, 1.0, "assumed", "problems by somebody who buys what is stolen")
    family: float = number(0.15, "weight", 0.01, 1.0, "assumed", "problems of a family")
    plot: float = number(0.2, "weight", 0.0, 1.0, "assumed", "problems at an empty plot")
    by_report: float = number(0.5, "a form", 0.0, 5.0, "assumed; swept", "what a form in real use adds to noticing")
    by_talk: float = number(0.5, "a stretch", 0.0, 5.0, "assumed; swept", "what a planned stretch in homes near adds")
    talk_least: float = share(0.1, "assumed", "of that, by who has no habit of analysis")
    talk_habit: float = share(0.5, "assumed", "more by a full habit")
    analysts: float = number(
        0.0,
        "analysts a facility",
        0.0,
        10.0,
        "D12, D13: none at stations",
        "people who only analyse",
        role="lever",
        off=0.0,
    )
    per_analyst: float = number(1.5, "a month", 0.0, 10.0, "assumed", "problems that an analyst looks into")
    per_chief: float = number(0.75, "a month", 0.0, 10.0, "assumed", "the same of a chief with a full habit")
    analyst_forms: float = share(0.5, "assumed", "forms that an analyst puts to use")
    offline: float = share(0.5, "assumed", "work of an analyst in a month without internet, relative")
    blind: float = share(0.8, "assumed", "causes named wrong where nothing is known: five of six, hardly better")
    by_data: float = share(0.2, "assumed; swept 0-.4", "of these, those that data put right")
    by_net: float = share(0.1, "assumed; swept 0-.2", "of the rest, those that internet puts right")
    by_analyst: float = share(0.35, "assumed; swept 0-.7", "of the rest, those that an analyst puts right")
    by_word: float = share(0.45, "assumed; swept 0-.9", "of the rest, those that residents put right")
    item: float = number(1.0, "stretches", 0.0, 10.0, "assumed", "what an item of a meeting that somebody works tells")
    evidence_months: float = number(6.0, "months", 1.0, 60.0, "assumed", "half-life of what was told and filed")
    again: float = share(0.3, "assumed", "wrong causes looked at again a month, with forms in full use")
    begins: float = share(0.4, "assumed", "responses begun in a month by who follows up fully, once a cause is named")
    presence: float = share(0.012, "assumed; swept", "problems without a known cause where presence is begun, a month")
    partner: float = share(0.15, "assumed", "months in which prosecutors take part, or a mayor who does not care")
    partner_willing: float = share(0.45, "B15; assumed", "the same of a mayor who takes on security")
    lapse: float = share(0.12, "B13; assumed", "responses that lapse in a month where nobody follows up")
    lapse_pressing: float = share(0.1, "B20; assumed", "more under full pressure for arrests beyond the usual")
    lapse_minutes: float = share(0.3, "assumed", "more where none of the minutes are given")
    upkeep: float = number(520.0, "minutes", 0.0, 5000.0, "assumed: two hours a week", "what a month of upkeep takes")
    looking: float = number(240.0, "minutes", 0.0, 5000.0, "assumed", "what looking into a problem takes of couples")
    effect: float = share(0.34, "Q19", "offences of a problem that a response that fits keeps away", off=0.0)
    rise: float = share(0.6, "assumed: in a month or two", "of what is missing, what a month of it adds")
    wear: float = number(3.0, "months", 0.5, 24.0, "assumed; swept 1-6", "half-life of the effect after it lapsed")


class Problem(Row):
    """A problem: what it is, what the police know of it, and what is done.

    ``cell`` is -1 where a slot stands empty; ``more`` is its size over what is usual there; ``named`` is the cause on
    record and ``response`` the cause at which a response aims (-1 for none), ``kept`` the months it has been kept up.
    Of the month are ``seen`` (crimes), ``told`` (those the police know of) and ``talked`` (planned stretches near it);
    ``filed`` and ``talks`` fade; ``refused`` are crimes that did not happen because of the response.
    """

    sector: int
    facility: int
    cell: int
    kind: int
    cause: int
    gen: int
    noted: int
    named: int
    shared: int
    response: int
    owner: int
    person: int
    begun: int
    kept: int
    size: float
    more: float
    eff: float
    seen: float
    told: float
    filed: float
    talked: float
    talks: float
    refused: float


PROBLEMS = Growing(name="problems", row=Problem, room=256, about="Problems, one a slot: this and problem_work.")
USUAL = Field(
    name="usual_here",
    of=np.float64,
    shape=("cell", N_KINDS),
    about="Crimes a year that a town without problems would have had at the start, by cell and kind: this alone.",
)
ROOM = Field(
    name="room_here",
    of=np.float64,
    shape=("cell", N_KINDS),
    about="Ceiling over the greatest hazard of anybody there on a plain day, by cell and kind: this alone.",
)
PROBLEM_AT = Field(
    name="problem_at", of=np.int64, shape=("cell", N_KINDS), first=-1.0, about="Slot of the problem of a cell and kind."
)


class Site(Tables):
    """Where problems may be, and what is there."""

    cells: Rows[Cell]
    sectors: Rows[Sector]
    sector_of: Ints
    usual: Reals
    room: Reals
    at: Ints
    lit: Ints
    crimes: Reals
    inside: Reals
    numbers: Rows[Problems]


class Week(Tables):
    """The shifts of a week: the list that says who is where, whether there is a market, and whether it is weekend."""

    first: int
    lists: Ints
    market: Ints
    weekend: Ints


@kernel
def weigh(ground: Ground, crime: Rows[Crime], base: Reals, n: int, week: Week, usual: Reals, room: Reals) -> None:
    """Sum up what is usual in every cell in a week, and how near anybody comes to a ceiling on its plain days."""
    for i in range(n):
        for k in GATHERS:
            if age_of(ground.people[i], week.first) >= YOUNGEST[k]:
                for s in range(WEEK):
                    weigh_one(ground, crime, base, i, k, s, week, usual, room)
    for cell in range(len(room)):
        for k in GATHERS:
            room[cell, k] = CEILING[k] / room[cell, k] if room[cell, k] > 0.0 else 0.0


@kernel
def weigh_one(
    ground: Ground, crime: Rows[Crime], base: Reals, i: int, kind: int, s: int, week: Week, usual: Reals, room: Reals
) -> None:
    """Add the hazard of a kind for a resident in one shift of the week to that of the cell."""
    person = ground.people[i]
    cell = wide(person.home) if AT_HOME[kind] == 1 else wide(ground.places[week.lists[s], i])
    if cell < 0:
        return
    here = ground.cells[cell]
    z, market, weekend = max(here.settlement, 0), week.market[s] == 1 and here.market == 1, week.weekend[s] == 1
    tick = week.first + s
    hazard = base[z, kind] * exposure(kind, person, cell, here.lure, market, tick % 3 == 2, weekend, tick, crime[z])
    usual[cell, kind] += hazard / WEEK
    if week.market[s] == 0 and week.weekend[s] == 0:
        room[cell, kind] = max(room[cell, kind], hazard)


@kernel
def may_cause(site: Site, cell: int, kind: int, cause: int, p: Problems, tick: int) -> float:
    """Weight of a cause in a cell for a kind: 0 where the cell does not have it."""
    here, by = site.cells[cell], EXPOSURE[kind]
    if cause == LIGHTING:
        return p.lighting if by != BY_HOME and site.lit[cell] <= tick else 0.0
    if cause == BAR:
        return p.bar if here.bars > 0 else 0.0
    if cause == BUS_STOP:
        return p.bus_stop if by not in (BY_HOME, BY_VEHICLE) and here.road <= DIRT else 0.0
    if cause == FENCE:
        return p.fence if PROPERTY[kind] == 1 else 0.0
    if cause == FAMILY:
        return p.family
    return p.plot if here.core == 0 and here.market == 0 else 0.0


@kernel
def cause_by(site: Site, cell: int, kind: int, p: Problems, u: float, tick: int) -> int:
    """Return the cause of a problem by luck u, among those that the cell has."""
    whole = 0.0
    for cause in range(N_CAUSES):
        whole += may_cause(site, cell, kind, cause, p, tick)
    left, last = u * whole, FAMILY
    for cause in range(N_CAUSES):
        weight = may_cause(site, cell, kind, cause, p, tick)
        if weight > 0.0:
            last = cause
            if left < weight:
                return cause
            left -= weight
    return last


@kernel
def cell_by(site: Site, kind: int, u: float) -> int:
    """Return a cell in a sector by luck u, weighed by what is usual of a kind there."""
    left, last = u * site.inside[kind], NOWHERE
    for cell in range(len(site.sector_of)):
        if site.sector_of[cell] < 0 or site.usual[cell, kind] == 0.0:
            continue
        last = cell
        if left < site.usual[cell, kind]:
            return cell
        left -= site.usual[cell, kind]
    return last


@kernel
def kind_by(inside: Reals, u: float) -> int:
    """Return a kind by luck u, weighed by how much of it is usual."""
    left, last = u * inside.sum(), -1
    for k in GATHERS:
        if inside[k] > 0.0:
            last = k
            if left < inside[k]:
                return int(k)
            left -= inside[k]
    return last


@kernel
def fitted(site: Site, cell: int, kind: int, wished: float, taken: float, p: Problems) -> float:
    """Size of a problem of a wished size after it has been made to fit into a cell."""
    most = min(p.steepest, MARGIN * site.room[cell, kind] - (1.0 - p.gathered))
    size: float = min(min(wished, MOST_TAKEN * site.crimes[kind] - taken), most * site.usual[cell, kind])
    return size


@kernel
def wished_size(p: Problems, i: int, gen: int, seed: int) -> float:
    """Offences a year of a problem before it must fit: lognormal."""
    z = -0.5 * LOTS
    for nth in range(LOTS):
        z += luck(seed, PROBLEM_SIZE, nth, i, gen)
    return p.size * math.exp(p.spread * z - 0.5 * p.spread * p.spread)


@kernel
def clear(row: Problem) -> None:
    """Leave a slot empty."""
    row.sector = row.facility = row.cell = row.kind = row.cause = NOWHERE
    row.noted = row.named = row.response = row.owner = row.person = row.begun = NO_CAUSE
    row.shared = row.kept = 0
    row.size = row.more = row.eff = row.seen = row.told = row.filed = row.talked = row.talks = row.refused = 0.0


@kernel
def arise(rows: Rows[Problem], n: int, i: int, site: Site, tick: int, seed: int) -> None:
    """Let a problem arise in an empty slot, where of a few places it can be greatest; if none fits, it stays empty."""
    row, gen = rows[i], rows[i].gen
    clear(row)
    kind = kind_by(site.inside, luck(seed, PROBLEM_KIND, 0, i, gen))
    if kind < 0:
        return
    taken = 0.0
    for j in range(n):
        taken += rows[j].size if rows[j].kind == kind else 0.0
    for nth in range(PLACES):
        cell = cell_by(site, kind, luck(seed, PROBLEM_PLACE, nth, i, gen))
        p = site.numbers[max(site.cells[cell].settlement, 0)]
        size = fitted(site, cell, kind, wished_size(p, i, gen, seed), taken, p)
        if site.at[cell, kind] < 0 and size > row.size:
            row.cell, row.kind, row.size = cell, kind, size
    if row.cell >= 0:
        settle_in(row, i, site, tick, seed)


@kernel
def settle_in(row: Problem, i: int, site: Site, tick: int, seed: int) -> None:
    """Note what a problem that has found its place is: its cause, and how steep it makes the hazard there."""
    p = site.numbers[max(site.cells[row.cell].settlement, 0)]
    row.sector = site.sector_of[row.cell]
    row.facility = site.sectors[row.sector].facility
    row.more = row.size / site.usual[row.cell, row.kind]
    row.cause = cause_by(site, row.cell, row.kind, p, luck(seed, PROBLEM_CAUSE, 0, i, row.gen), tick)
    site.at[row.cell, row.kind] = i


@kernel
def renew(rows: Rows[Problem], n: int, site: Site, tick: int, seed: int) -> int:
    """Let problems die and others arise in their slots; return how many slots were renewed."""
    renewed = 0
    for i in range(n):
        row = rows[i]
        if row.cell >= 0:
            life = site.numbers[max(site.cells[row.cell].settlement, 0)].life
            if luck(seed, PROBLEM_ENDS, tick, i, row.gen) >= 1.0 / life:
                continue
            site.at[row.cell, row.kind] = NOWHERE
        row.gen += 1
        arise(rows, n, i, site, tick, seed)
        renewed += 1
    return renewed


def site_of(world: World) -> Site:
    """Lay out where problems may be."""
    state, sector = world.state, world.once(sector_of_cell)
    usual = state[USUAL]
    crimes, inside = usual.sum(axis=0), usual[sector >= 0].sum(axis=0)
    return Site(
        world.town.cells, world.town.sectors, sector, usual, state[ROOM], state[PROBLEM_AT], state[LIT], crimes, inside,
        world.numbers["problems"],
    )  # fmt: skip


def week_of(world: World) -> Week:
    """Lay out the week that begins with the first day of the world."""
    first, calendar = world.tick - world.tick % 3, world.calendar
    ticks = range(first, first + WEEK)
    return Week(
        first,
        np.array([calendar.place_list(tick) for tick in ticks], np.int64),
        np.array([calendar.day_type(tick) == MARKET_DAY for tick in ticks], np.int64),
        np.array([weekday_of(tick) >= FRIDAY for tick in ticks], np.int64),
    )


def begin(world: World) -> None:
    """Find what is usual, and let problems arise until they take their share of it."""
    state, crime, p = world.state, world.numbers["crime"], world.numbers["problems"][0]
    if p["gathered"] == 0.0:
        return
    weigh(world.ground, crime, base_of(crime), world.town.n_residents, week_of(world), state[USUAL], state[ROOM])
    goal, table = p["gathered"] * float(state[USUAL].sum()), state[PROBLEMS]
    most = MOST_PROBLEMS * math.ceil(goal / p["size"])
    table.reserve(most)
    site, taken = site_of(world), 0.0
    while len(table) < most and taken < goal:
        i = len(table)
        table.count[0] += 1
        table.rows[i].gen = 0
        arise(table.rows, i, i, site, world.tick, world.seed)
        taken += float(table.rows[i].size)


def parts(world: World) -> tuple[Reals, Rows[Problem]]:
    """Return what problems leave of the hazard of every kind elsewhere, and the problems that there are."""
    rows = world.state[PROBLEMS].filled()
    rows = rows[rows["cell"] >= 0]
    taken = np.bincount(rows["kind"], rows["size"], N_KINDS)
    crimes = world.laid(site_of).crimes
    return 1.0 - np.divide(taken, crimes, out=np.zeros(N_KINDS), where=crimes > 0.0), rows


def gather(world: World, place: Reals) -> None:
    """Gather part of crime at problems, and take it from the rest."""
    if len(world.state[PROBLEMS]) == 0:
        return
    rest, rows = parts(world)
    factor = np.repeat(rest[:, None], world.town.n_cells, axis=1)
    factor[rows["kind"], rows["cell"]] += rows["more"]
    place *= factor


IT = Mechanism(
    group=Problems,
    tables=(PROBLEMS, USUAL, ROOM, PROBLEM_AT),
    hazard=Hazard(place=gather, moves=True),
    begin=begin,
    knockout=Knockout(("problems_noted", "responses_begun", "minutes_problems")),
)
