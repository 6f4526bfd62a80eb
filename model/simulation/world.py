"""The world as rules see it: `World`, and the simulation around it as Python sees it: `Simulation`.

A rule takes ``w: World`` and the entities that it is about.  It names what it reads and writes: ``w.minds[i].alarm``,
``w.p.fear[z].harm``, ``w.couples[post].mode``.  `World` is one bundle of addresses, made once for each simulation; a
table that is reallocated and parameters that change are put in their place.

Mechanisms import this module for the type checker only: it stands above them.
"""

from __future__ import annotations

import datetime
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.community.collective_violence import CollectiveViolence
from model.community.communal_authority import CommunalAuthority
from model.community.consent import Consent, ConsentRow
from model.community.consultation import Consultation
from model.community.deliberation import Deliberation
from model.community.land_conflicts import LandConflicts
from model.community.requests import MeetingAttendee, RequestRow
from model.crime.certainty import Certainty
from model.crime.crime import Crime, CrimeCandidate, candidate_table
from model.crime.deterrence import Deterrence
from model.crime.domestic_violence import DomesticViolence, HomeHistory, PendingAct
from model.crime.guards import Guards
from model.crime.lasting_risk import LastingRisk, VictimChance
from model.crime.near_repeat import NearRepeat, PendingRepeat
from model.crime.offenders import OffenderRow, Offenders
from model.crime.opportunity import Opportunity
from model.crime.political_calendar import PoliticalCalendar
from model.crime.safe_schools import SafeSchools
from model.crime.season import Season
from model.engine.calendar import Calendar, CalendarParameters, ShiftNumbers, weekday_of
from model.engine.errors import suggest_nearest
from model.engine.kernels import TableBundle
from model.engine.parameters import ParameterGroup, ParametersInForce
from model.engine.rows import FloatArray, Int32Array, IntArray, Rows
from model.engine.scenario import Scenario
from model.engine.tables import ArraySpec, GrowingTableSpec, RowTableSpec, TableSpec
from model.gangs.capture import Capture
from model.gangs.cliques import Cliques
from model.gangs.custody import Prisoner
from model.gangs.extortion import Extortion, Threat
from model.gangs.gangs import CliqueRow, Gangs, RollEntry
from model.gangs.narcos import Narcos
from model.justice.investigation import Investigation
from model.justice.justice import CaseFile, Justice
from model.measures.measures import Survey
from model.police.absence import Absence
from model.police.adoption import Adoption
from model.police.chief import ChiefRow, Chiefs
from model.police.contacts import Contacts
from model.police.misconduct import Misconduct
from model.police.officers import DutyMonth, Officers
from model.police.patrol import Patrol
from model.police.plans import Plans
from model.police.practices import Practices, StationOrders
from model.police.pressure import FigureRow, Pressure
from model.police.resources import MayorTerm, Resources, VehicleRow
from model.police.roster import Roster
from model.politics.crises import Crises
from model.politics.heavy_hand import HeavyHand
from model.politics.mayor import GiftRecord, Government, MayorState, PetitionRow, VehicleLoan
from model.problems.problem_causes import SectorRecord
from model.problems.problems import ProblemRow, Problems
from model.problems.solved_problems import SolvedProblems
from model.problems.traces import TraceMonth
from model.reporting.calls import OtherCalls
from model.reporting.information import Information, RecordInTransit
from model.reporting.remedies import HelpOutcome, VictimRecord
from model.reporting.reporting import Reporting
from model.reporting.response import Response
from model.reporting.seeking_help import SeekingHelp
from model.residents.daily_rhythm import DailyRhythm
from model.residents.population_change import PopulationChange
from model.simulation.columns import MonthlyCounts, ResidentState
from model.town.authorities import AuthorityRow, BoardParameters
from model.town.police import FacilityRow, Officer, PlantParameters, Post, RouteStop, Sector
from model.town.residents import Person, Population
from model.town.territory import Cell, Territory
from model.town.town import Town
from model.trust.events import EventEffect
from model.trust.fear import Fear, LocalConditions
from model.trust.hearsay import Hearsay
from model.trust.ledger import Trust
from model.trust.service import LocalService, Service
from model.world.derived import CONSTANT, DERIVED
from model.world.discrete_choice import ChoiceRecord
from model.world.shift_events import (
    EVENT_TABLES,
    Arrest,
    Bribe,
    Call,
    CallResponse,
    CoupleImpression,
    Hearing,
    Impression,
    Incident,
    Meeting,
    OutsideVictimisation,
    PreventedCrime,
    Retelling,
    ShiftEvents,
    UnservedCall,
    Visit,
)
from model.world.state import Board, CommunalCase, CoupleRow, FacilityResources, Plan, State


class Parameters(TableBundle):
    """Parameters in force, one table for each group with a row for each settlement."""

    absence: Rows[Absence]
    adoption: Rows[Adoption]
    boards: Rows[BoardParameters]
    calendar: Rows[CalendarParameters]
    calls: Rows[OtherCalls]
    capture: Rows[Capture]
    certainty: Rows[Certainty]
    chief: Rows[Chiefs]
    cliques: Rows[Cliques]
    collective_violence: Rows[CollectiveViolence]
    communal_authority: Rows[CommunalAuthority]
    consent: Rows[Consent]
    consultation: Rows[Consultation]
    contacts: Rows[Contacts]
    crime: Rows[Crime]
    crises: Rows[Crises]
    daily_rhythm: Rows[DailyRhythm]
    deliberation: Rows[Deliberation]
    deterrence: Rows[Deterrence]
    domestic_violence: Rows[DomesticViolence]
    extortion: Rows[Extortion]
    fear: Rows[Fear]
    service: Rows[Service]
    gangs: Rows[Gangs]
    guards: Rows[Guards]
    hearsay: Rows[Hearsay]
    heavy_hand: Rows[HeavyHand]
    information: Rows[Information]
    investigation: Rows[Investigation]
    justice: Rows[Justice]
    land_conflicts: Rows[LandConflicts]
    mayor: Rows[Government]
    misconduct: Rows[Misconduct]
    narcos: Rows[Narcos]
    near_repeat: Rows[NearRepeat]
    lasting_risk: Rows[LastingRisk]
    opportunity: Rows[Opportunity]
    offenders: Rows[Offenders]
    officers: Rows[Officers]
    patrol: Rows[Patrol]
    plans: Rows[Plans]
    plant: Rows[PlantParameters]
    political_calendar: Rows[PoliticalCalendar]
    population: Rows[Population]
    population_change: Rows[PopulationChange]
    practices: Rows[Practices]
    pressure: Rows[Pressure]
    problems: Rows[Problems]
    solved_problems: Rows[SolvedProblems]
    reporting: Rows[Reporting]
    resources: Rows[Resources]
    response: Rows[Response]
    roster: Rows[Roster]
    safe_schools: Rows[SafeSchools]
    season: Rows[Season]
    seeking_help: Rows[SeekingHelp]
    survey: Rows[Survey]
    territory: Rows[Territory]
    trust: Rows[Trust]


class GuardNumbers(TableBundle):
    """Numbers of the mechanisms that prevent crimes (`model.world.hazard`)."""

    communal_authority: int
    narcos: int
    mayor: int
    problem_work: int


class World(TableBundle):
    """Every table that rules read and write, the parameters in force and the numbers of the shift.

    ``where`` is the number of the list that says who is where in this shift, ``month`` twelve times the year plus 0 to
    11, ``weekday`` 0 for Monday, ``since`` the shifts since the month began, the present one included.  ``counts`` are
    the events written to each table of events, ``learned`` the impressions that beliefs have taken up.  Of a table that
    grows, the first ``NAME_count[0]`` rows are in use.
    """

    # numbers of the present shift, written by the clock

    tick: int
    where: int
    month: int
    weekday: int
    since: int
    seed: int

    # parameters in force and numbers of guards

    p: Parameters
    guard: GuardNumbers

    # events of the shift

    visits: Rows[Visit]
    incidents: Rows[Incident]
    calls: Rows[Call]
    responses: Rows[CallResponse]
    unserved: Rows[UnservedCall]
    arrests: Rows[Arrest]
    hearings: Rows[Hearing]
    meetings: Rows[Meeting]
    bribes: Rows[Bribe]
    outside: Rows[OutsideVictimisation]
    impressions: Rows[Impression]
    spared: Rows[PreventedCrime]
    signed: Rows[CoupleImpression]
    retellings: Rows[Retelling]
    counts: IntArray
    learned: IntArray
    events: Rows[EventEffect]
    candidates: Rows[CrimeCandidate]
    arrivals: IntArray

    # town

    cells: Rows[Cell]
    near: IntArray
    people: Rows[Person]
    ties: Int32Array
    places: Int32Array
    who_start: IntArray
    who: Int32Array
    facilities: Rows[FacilityRow]
    posts: Rows[Post]
    sectors: Rows[Sector]
    routes: Rows[RouteStop]
    everywhere: Rows[RouteStop]
    authorities: Rows[AuthorityRow]

    # state: what a run changes

    minds: Rows[ResidentState]
    tally: Rows[MonthlyCounts]
    arrived: IntArray
    who_end: IntArray
    crowd: IntArray
    mood: FloatArray
    officers: Rows[Officer]
    couples: Rows[CoupleRow]
    facility_resources: Rows[FacilityResources]
    boards: Rows[Board]
    cases: Rows[CommunalCase]
    cases_count: IntArray
    plans: Rows[Plan]
    crime_counts: IntArray
    occurred_here: IntArray
    harmed_here: IntArray
    seen_here: IntArray
    trust_total: FloatArray
    ledger: FloatArray
    still_felt: FloatArray
    remembered: FloatArray
    origins: FloatArray
    reported_by: IntArray
    killed_by: IntArray
    unserved_by: IntArray
    choices: Rows[ChoiceRecord]
    choices_count: IntArray
    local: Rows[LocalConditions]
    local_service: Rows[LocalService]
    usual_service: FloatArray
    killings: FloatArray
    fear_shift: FloatArray
    intercept: FloatArray
    duty: Rows[DutyMonth]
    stations: Rows[StationOrders]
    bosses: IntArray
    leaving: IntArray
    vehicles: Rows[VehicleRow]
    mayor_terms: Rows[MayorTerm]
    minutes_owed: FloatArray
    last_out: IntArray
    consent: Rows[ConsentRow]
    plan_cells: IntArray
    planned_here: IntArray
    crimes_known: FloatArray
    crimes_happened: FloatArray
    crimes_reported: FloatArray
    crimes_mapped: FloatArray
    cliques: Rows[CliqueRow]
    roll: Rows[RollEntry]
    roll_count: IntArray
    held_by: IntArray
    target_start: IntArray
    targets: IntArray
    protected: IntArray
    mayor: Rows[MayorState]
    gifts: Rows[GiftRecord]
    petitions: Rows[PetitionRow]
    loans: Rows[VehicleLoan]
    lit: IntArray
    filmed: IntArray
    chiefs: Rows[ChiefRow]
    blocks: IntArray
    mode_outcomes: FloatArray
    offenders: Rows[OffenderRow]
    offenders_count: IntArray
    slots_made_for: FloatArray
    custody_pace: FloatArray
    seen_lately: FloatArray
    arrested_lately: FloatArray
    offended_lately: FloatArray
    zone_hazard: FloatArray
    repeats: Rows[PendingRepeat]
    repeats_count: IntArray
    problems: Rows[ProblemRow]
    problems_count: IntArray
    usual_here: FloatArray
    room_here: FloatArray
    problem_at: IntArray
    sector_record: Rows[SectorRecord]
    problem_mark: FloatArray
    forms_to_verify: FloatArray
    problem_months: IntArray
    threats: Rows[Threat]
    threats_count: IntArray
    men_near_territory: IntArray
    suspected: FloatArray
    prison: Rows[Prisoner]
    prison_count: IntArray
    payers_here: IntArray
    homes: Rows[HomeHistory]
    pending: Rows[PendingAct]
    pending_count: IntArray
    helped: FloatArray
    women: Rows[VictimRecord]
    women_count: IntArray
    outcomes: Rows[HelpOutcome]
    outcomes_count: IntArray
    of_woman: Int32Array
    chosen_by: FloatArray
    waiting: Rows[Call]
    waiting_count: IntArray
    carried: Rows[Incident]
    carried_count: IntArray
    calls_by_wait: IntArray
    cases_hidden: FloatArray
    cases_due: FloatArray
    requests: Rows[RequestRow]
    requests_count: IntArray
    present: Rows[MeetingAttendee]
    present_count: IntArray
    settlement_harm: FloatArray
    requests_due: FloatArray
    results_to_tell: FloatArray
    meeting_mark: FloatArray
    mail: Rows[RecordInTransit]
    mail_count: IntArray
    figures: Rows[FigureRow]
    files: Rows[CaseFile]
    files_count: IntArray
    cleared_by: IntArray
    charged_by: IntArray
    traces: Rows[TraceMonth]
    block_seen: IntArray
    last_seen: IntArray
    met_police: IntArray
    harm_due_lately: FloatArray

    # what follows from town and settings, computed once
    cell_km: float
    population_scale: float
    chief_of_board: IntArray
    chief_positions: IntArray
    serving_facilities: IntArray
    staffed_facilities: IntArray
    seats: IntArray
    market_cells: IntArray
    home_start: IntArray
    at_home: IntArray
    council_start: IntArray
    councils: IntArray
    canton_flags: IntArray
    household_start: IntArray
    household_members: IntArray
    shops_by_cell: IntArray
    sectors_by_cell: IntArray
    resident_share_of_sector: FloatArray
    block_of_cell: IntArray
    residents_of_block: FloatArray
    residents_at_start: FloatArray
    arrivals_a_day: float
    lasting_flags: NDArray[np.int16]
    populated_cells_by_zone: FloatArray
    attending: IntArray
    team_leaders: IntArray

    # room for one choice, overwritten by each
    choice_terms: FloatArray
    choice_pull: FloatArray
    channel_pull: FloatArray
    help_reason_terms: FloatArray
    help_pull: FloatArray
    help_without: FloatArray

    # hazard of crime, and sums over residents at the end of a month
    hazard_rates: FloatArray
    highest_rates: FloatArray
    guard_factors: FloatArray
    guards_repeats: IntArray
    person_factors: FloatArray
    class_table: FloatArray
    cell_sums: FloatArray

    # what follows from parameters, computed when they change
    army_patrols: float
    victim_chances: Rows[VictimChance]
    repeats_by_kind: FloatArray
    usual_opportunity: FloatArray
    presence_effects: FloatArray
    strongest_presence_effects: FloatArray
    slot_starts: IntArray
    cumulative_reach: FloatArray
    replacement_shares: FloatArray
    base_hazard_in_force: FloatArray
    grave_shares: FloatArray
    lethal_shares: FloatArray
    severities_in_force: FloatArray
    losses_by_kind: FloatArray
    outside_rates: FloatArray
    usual_certainty: FloatArray
    arrest_elasticities: FloatArray
    patrol_elasticities: FloatArray
    visit_visibility: FloatArray
    solvable_shares: FloatArray
    retained_shares: FloatArray
    readiness_by_kind: FloatArray
    usual_crimes: FloatArray
    usual_crimes_in_sectors: FloatArray


class HazardTables(Protocol):
    """Hazard factors of one world; `model.world.hazard.HazardFactors` implements and documents them."""

    guard_numbers: dict[str, int]
    repeats: IntArray
    rates: FloatArray
    highest: FloatArray
    guards: FloatArray
    person: FloatArray

    def rewrite_mechanism(self, sim: Simulation, name: str) -> None:
        """Recompute the factors of one mechanism and of those after it."""

    def write_by_person(self, sim: Simulation) -> None:
        """Recompute the factors of motivation by person."""

    def write_guard(self, sim: Simulation, name: str) -> None:
        """Recompute the factors of one guard."""


class Simulation(Protocol):
    """A municipality during a run, as mechanisms see it.

    `model.simulation.model.TrustModel` implements it and documents the members.
    """

    state: State
    town: Town
    settings: Scenario
    calendar: Calendar
    parameters: ParametersInForce
    p: Parameters
    event_effects: Rows[EventEffect]
    minds: Rows[ResidentState]
    tally: Rows[MonthlyCounts]
    shift_events: ShiftEvents
    class_table: FloatArray
    cell_km: float
    seed: int
    tick: int
    tick_array: IntArray
    learned: IntArray
    arrivals: IntArray

    @property
    def hazard_factors(self) -> HazardTables:
        """Hazard factors of this world."""

    @property
    def date(self) -> datetime.date:
        """Date on which the present shift begins."""

    @property
    def month(self) -> int:
        """Number of the present month: twelve times the year, plus 0 to 11."""

    @property
    def shifts_since_close(self) -> int:
        """Shifts since the month began, the present one included."""

    @property
    def mood_odds(self) -> float:
        """Odds against trust in the nation's mood."""

    @property
    def days_of_month(self) -> int:
        """Days of the present month."""

    def shift_numbers(self) -> ShiftNumbers:
        """Return the numbers of the present shift by the calendar."""

    @property
    def w(self) -> World:
        """The world as rules see it, up to date."""

    def cached_view[T](self, compute: Callable[[Simulation], T]) -> T:
        """Return the result of `compute` on tables and parameters; recomputed when either changes."""

    def cached[T](self, work: Callable[[Simulation], T]) -> T:
        """Return the result of `work` on the town, computed once."""

    def invalidate_views(self) -> None:
        """Discard all bound tables and cached views."""

    def apply_impressions(self) -> None:
        """Apply the impressions written since the last call to beliefs."""

    def policies_change_today(self) -> bool:
        """Return whether a policy or an event of the timeline begins or ends with this shift."""

    def policies_change_on(self, date: datetime.date) -> bool:
        """Return whether a policy or an event of the timeline begins or ends on a date."""


type Source = Callable[[Any], Any]
"""Function that reads the value of a field from a `Simulation`."""

CLOCK: Mapping[str, Source] = {
    "tick": lambda sim: sim.tick,
    "where": lambda sim: sim.calendar.place_list(sim.tick),
    "month": lambda sim: sim.month,
    "weekday": lambda sim: weekday_of(sim.tick),
    "since": lambda sim: sim.shifts_since_close,
}
OWN: Mapping[str, Source] = {
    "seed": lambda sim: sim.seed,
    "counts": lambda sim: sim.shift_events.counts,
    "learned": lambda sim: sim.learned,
    "arrivals": lambda sim: sim.arrivals,
    "hazard_rates": lambda sim: sim.hazard_factors.rates,
    "highest_rates": lambda sim: sim.hazard_factors.highest,
    "guard_factors": lambda sim: sim.hazard_factors.guards,
    "guards_repeats": lambda sim: sim.hazard_factors.repeats,
    "person_factors": lambda sim: sim.hazard_factors.person,
    "class_table": lambda sim: sim.class_table,
    "cell_sums": lambda sim: sim.cell_sums,
}
"""Fields that a simulation keeps itself."""


ARRAYS: Mapping[type, Any] = {np.int64: IntArray, np.int32: Int32Array, np.float64: FloatArray}
"""Type of an array of the state by that of its elements."""


def kind_of(table: TableSpec) -> Any:
    """Return the type of the field of a table."""
    if isinstance(table, ArraySpec):
        return ARRAYS[table.of]
    assert isinstance(table, RowTableSpec | GrowingTableSpec)
    return Rows[table.row]  # type: ignore[name-defined]


MADE_OF_DATA = {"events", "national_shocks"}
"""Groups of parameters that no rule reads by name."""


class WorldBinder:
    """Make the `World` of a simulation and keep it up to date.

    Parameters
    ----------
    tables
        Tables of the state.

    Raises
    ------
    ValueError
        If a field of `World` has no source, or a table, group of parameters or guard has no field.
    """

    def __init__(self, tables: Iterable[TableSpec], guards: Iterable[str]) -> None:
        hints = typing.get_type_hints(World)
        self.lasting: dict[str, Source] = dict(CLOCK) | dict(OWN)
        self.moving: dict[str, Source] = {}
        """Sources of tables that may be reallocated."""
        self.lasting |= {name: self.constant_source(name) for name in CONSTANT}
        self.derived: dict[str, Source] = {"events": lambda sim: sim.event_effects} | DERIVED
        self.moving |= {name: self.event_source(name) for name in EVENT_TABLES}
        self.moving["candidates"] = lambda sim: sim.cached(candidate_table).rows
        wrong: dict[str, str] = {}
        for table in tables:
            grows = isinstance(table, GrowingTableSpec)
            self.moving[table.name] = self.rows_source(table.name) if grows else self.state_source(table.name)
            if grows:
                self.lasting[f"{table.name}_count"] = self.count_source(table.name)
            if hints.get(table.name) != (kind := kind_of(table)):
                wrong[table.name] = f"{table.name}: {re.sub(r'[a-z_0-9]+[.]', '', str(kind))}"
        self.lasting |= {
            name: self.town_source(name)
            for name in typing.get_type_hints(Town)
            if name in hints and name not in self.moving
        }
        self.groups = {name: ParameterGroup.known[name] for name in Parameters._fields if name in ParameterGroup.known}
        self.check(World, {*self.lasting, *self.moving, *self.derived, "p", "guard"}, wrong)
        self.check(Parameters, {*ParameterGroup.known} - MADE_OF_DATA, {})
        self.check(GuardNumbers, set(guards), {})

    @staticmethod
    def check(bundle: type[TableBundle], known: set[str], wrong: Mapping[str, str]) -> None:
        """Raise ValueError if a bundle lacks a field or has one without a source; ``wrong`` has their types."""
        own = set(bundle._fields)
        if lacking := [wrong.get(name, name) for name in sorted({*wrong, *(known - own)})]:
            raise ValueError(
                f"{bundle.__name__} lacks the fields {', '.join(lacking)}. Add them to {bundle.__module__}."
            )
        if extra := sorted(own - known):
            raise ValueError(f"{bundle.__name__}.{extra[0]} has no source{suggest_nearest(extra[0], sorted(known))}")

    @staticmethod
    def constant_source(name: str) -> Source:
        """Return the source of a field that follows from the town."""
        return lambda sim: sim.cached(CONSTANT[name])

    @staticmethod
    def event_source(name: str) -> Source:
        """Return the source of a table of events."""
        return lambda sim: sim.shift_events.tables[name]

    @staticmethod
    def state_source(name: str) -> Source:
        """Return the source of a table of the state."""
        return lambda sim: getattr(sim.state, name)

    @staticmethod
    def rows_source(name: str) -> Source:
        """Return the source of the rows of a growing table."""
        return lambda sim: getattr(sim.state, name).rows

    @staticmethod
    def count_source(name: str) -> Source:
        """Return the source of the number of rows of a growing table."""
        return lambda sim: getattr(sim.state, name).count

    @staticmethod
    def town_source(name: str) -> Source:
        """Return the source of an array of the town."""
        return lambda sim: getattr(sim.town, name)

    def create_parameters(self, sim: Any) -> Parameters:
        """Return the parameters in force."""
        return Parameters(**{name: sim.parameters[group] for name, group in self.groups.items()})

    def put_parameters(self, sim: Any) -> None:
        """Put parameters that have changed in their place."""
        for name, group in self.groups.items():
            sim.p.set_array(name, sim.parameters[group])

    def create(self, sim: Any) -> World:
        """Return the world of a simulation."""
        guard = GuardNumbers(**{name: sim.hazard_factors.guard_numbers[name] for name in GuardNumbers._fields})
        sources = self.lasting | self.moving | self.derived
        return World(**({name: read(sim) for name, read in sources.items()} | {"p": sim.p, "guard": guard}))

    def put_tables(self, w: World, sim: Any) -> None:
        """Put tables that were reallocated in their place."""
        for name, read in self.moving.items():
            table = read(sim)
            if table is not getattr(w, name):
                w.set_array(name, table)

    def put_derived(self, w: World, sim: Any) -> None:
        """Compute what follows from parameters and put it in its place."""
        for name, read in self.derived.items():
            value = read(sim)
            (w.set_array if isinstance(value, np.ndarray) else w.set_field)(name, value)
