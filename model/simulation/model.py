"""The model: a Mesa model whose step simulates one eight-hour shift of a municipality.

`TrustModel` owns the tables of a run (`state`), binds them for kernels, runs the schedule of
`model.simulation.registry`, closes each month with its measures, and saves and restores states.
"""

from __future__ import annotations

import copy
import datetime
import gc
import math
import warnings
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from model.crime.certainty import patrol_seen_by_zone
from model.engine.calendar import (
    LAST_SHIFTS,
    MORNING,
    SHIFTS,
    Calendar,
    date_of_day,
    date_of_tick,
    first_of_month,
    is_last_shift_of_month,
    month_of,
    shifts_into_month,
    shifts_of_month,
    tick_of,
)
from model.engine.causes import CAUSES
from model.engine.domains import COUNT, MONTH_NUMBER, code_of, row_of
from model.engine.elementary import exp
from model.engine.errors import InputError, suggest_nearest
from model.engine.fingerprint import fingerprint
from model.engine.parameters import ParametersInForce
from model.engine.policies import changed_rows, parameter_rows, turning_dates
from model.engine.rows import domains_of
from model.engine.scenario import Scenario
from model.gangs.gangs import n_cliques
from model.measures.measures import update_residents
from model.simulation import checkpoint as saved
from model.simulation.agents import create_agents
from model.simulation.checkpoint import HistoryTable
from model.simulation.columns import MINDS, TALLY
from model.simulation.grid import create_grid, read_grid
from model.simulation.mesa_import import mesa
from model.simulation.registry import MEASURES, MECHANISMS, MONTH_SCHEDULE, SHIFT_SCHEDULE, WORLD, measure_row
from model.simulation.registry import TABLES as DECLARED
from model.simulation.start import extrapolate_warm_up
from model.town.town import build_town
from model.trust.belief_updating import retained_share, retained_share_fast
from model.trust.couple_impressions import CoupleImpressionSum
from model.trust.couple_impressions import accumulate_impressions as keep_impressions
from model.trust.events import event_effects
from model.trust.ledger import (
    FIRST_EFFECT,
    LEDGER,
    N_EVENTS,
    N_LASTING,
    ORIGINS,
    REMEMBERED,
    STILL_FELT,
    Trust,
    current_trust_of_all,
    learn,
    sum_trust_by_settlement,
)
from model.world.discrete_choice import CHOICES, ChoiceRecord, are_declared
from model.world.hazard import HazardFactors
from model.world.month import GROUPS, N_CLASSES, SUMMED_COLUMNS, MonthSnapshot
from model.world.shift_events import EVENT_TABLES, INCIDENTS, Incident, ShiftEvents
from model.world.shift_program import ShiftProgram
from model.world.state import ARRIVED, HARMED_HERE, MOOD, OCCURRED_HERE, SEEN_HERE, TRUST_TOTAL, State

SETTLEMENT_MONTH = np.dtype(
    [("month", "i8"), ("settlement", "i8"), ("occurred", "i8")] + [(name, "f8") for name in SUMMED_COLUMNS]
)
"""Monthly results by settlement.

Settlements have real names, so reporting, victimisation by gangs and calls are never published by settlement.
"""
GROUP_MONTH = np.dtype([("month", "i8"), ("group", "i8")] + [(name, "f8") for name in SUMMED_COLUMNS])
LEDGER_MONTH = np.dtype([("month", "i8"), ("settlement", "i8"), ("cause", "i8"), ("change", "f8"), ("forgotten", "f8")])
ORIGIN_MONTH = np.dtype(
    [("month", "i8"), ("origin", "i8")]
    + [(name, "f8") for name in ("events", "lasting", "trust", "fairness", "effectiveness")]
)
CELL_MONTH = np.dtype(
    [(name, "i8") for name in ("month", "cell", "x", "y", "residents", "incidents", "visits")]
    + [(name, "f8") for name in ("trust", "risk")]
)


CAUSE = code_of(max(CAUSES) + 1)
HISTORY_TABLES = {
    "settlement": HistoryTable(
        SETTLEMENT_MONTH, {"month": MONTH_NUMBER, "settlement": row_of("settlement"), "occurred": COUNT}
    ),
    "group": HistoryTable(GROUP_MONTH, {"month": MONTH_NUMBER, "group": code_of(len(GROUPS))}),
    "ledger": HistoryTable(LEDGER_MONTH, {"month": MONTH_NUMBER, "settlement": row_of("settlement"), "cause": CAUSE}),
    "origin": HistoryTable(ORIGIN_MONTH, {"month": MONTH_NUMBER, "origin": CAUSE}),
    "cell": HistoryTable(
        CELL_MONTH,
        {"month": MONTH_NUMBER, "cell": row_of("cell"), "residents": COUNT, "incidents": COUNT, "visits": COUNT},
    ),
    "choice": HistoryTable(ChoiceRecord.dtype, domains_of(ChoiceRecord), are_declared),
}
"""Row types of the monthly results that every run keeps; means may be nan."""
KEPT_TABLES = {
    "incidents": HistoryTable(Incident.dtype, domains_of(Incident)),
    "impressions": HistoryTable(CoupleImpressionSum.dtype, domains_of(CoupleImpressionSum) | {"cause": CAUSE}),
}
"""Row types of what ``keep`` can store: incidents by shift, impressions left by couples by month."""
SHIFT_PROGRAM = ShiftProgram(SHIFT_SCHEDULE.values())
LARGE_TOWN_RESIDENTS = 20_000
"""Rows of residents from which garbage is collected before a new world is created."""
READ_AT_MONTH_END = {"trust.mood"}
"""Parameters that change every month and that no rule reads: `TrustModel.close_month` does."""
WORLDS: weakref.WeakSet[TrustModel] = weakref.WeakSet()
"""Worlds of this process that are alive or not yet collected."""
SHIFT_METHODS = ("step", "open_shift", "record_shift")
"""Methods of a shift that a subclass may replace."""

type MonthTable = NDArray[np.void]


if TYPE_CHECKING:
    from model.engine.calendar import (
        ShiftNumbers,
    )
    from model.engine.rows import FloatArray, Rows
    from model.engine.tables import TableSizes
    from model.simulation.checkpoint import Checkpoint
    from model.simulation.columns import MonthlyCounts, ResidentState
    from model.simulation.world import World
    from model.town.town import Town

    class MesaModel:
        """The part of `mesa.Model` in use, for the type checker."""

        time: float
        agents: Any
        random: Any

        def __init__(self, *, rng: int) -> None: ...

        def run_for(self, duration: float) -> None:
            """Run a number of steps."""

else:
    MesaModel = mesa.Model


def checked_shifts(method: str, shifts: float, least: int) -> int:
    """Return a number of shifts; raise `InputError` unless it is a whole number of at least ``least``."""
    finite = isinstance(shifts, int | float | np.integer | np.floating) and abs(shifts) < math.inf
    if finite and shifts >= least and shifts == int(shifts):
        return int(shifts)
    nearest = max(least, round(shifts)) if finite else SHIFTS
    raise InputError(
        f"{method} needs a whole number of shifts, {least} or more ({SHIFTS} a day), got {shifts!r:.80}; for example"
        f" {method}({nearest})"
    )


class TrustModel(MesaModel):
    """A municipality with its police, simulated shift by shift.

    The constructor simulates the warm-up, which is not reported; ``step()`` then simulates one shift.

    Parameters
    ----------
    scenario
        Municipality, parameters, policies and events, from `confianza.load`.
    rng
        Seed, 0 to 2**63 - 1; worlds with the same seed share all random numbers.
    town
        Town of the scenario (attribute ``town`` of another world), to share it; built if not given.
    trace
        Keep a copy of each shift's event tables in ``trace``, by name.
    keep
        Tables to store while reporting: ``"incidents"``, ``"impressions"``.

    Attributes
    ----------
    settings
        The scenario; Mesa uses the name ``scenario`` itself.
    town
        Map, residents, ties and police facilities; no run changes them.
    state
        All tables that a run changes; ``minds`` (a row per resident) and ``tally`` (counts of the month) are two.
    parameters
        Parameters in force, by group and settlement.
    tick
        Number of the present shift: three times the days since 2000-01-01, plus 0 to 2.
    date
        Date on which the present shift begins.
    measured
        Names of the measures computed at the end of a month; all by default.
    datacollector
        Mesa's data collector, with a row per reported month: ``get_model_vars_dataframe()``.
    grid
        Mesa's grid of the map, with agents in their cells; created when it is first read.

    Raises
    ------
    InputError
        If ``rng`` or ``keep`` is invalid, or no town can be built from the scenario.

    Examples
    --------
    >>> from confianza import TrustModel, load
    >>> scenario = load("baseline", set={"population.scale": 0.05, "calendar.warm_up": 0})
    >>> world = TrustModel(scenario, rng=1)
    >>> world.run_for(3 * 31)
    >>> len(world.datacollector.get_model_vars_dataframe()), str(world.date)
    (1, '2017-02-01')
    """

    schedule = SHIFT_PROGRAM
    state: State
    minds: Rows[ResidentState]
    tally: Rows[MonthlyCounts]

    def __init__(
        self,
        scenario: Scenario,
        *,
        rng: int,
        town: Town | None = None,
        trace: bool = False,
        keep: Iterable[str] = (),
    ) -> None:
        if not isinstance(scenario, Scenario):
            raise InputError(f"TrustModel takes a scenario, got {scenario!r}: read one with load('villa_canales')")
        town = town or build_town(scenario)
        collect_before_large_world(town)
        self._prepare(scenario, rng, town, trace, keep)
        self._initialise_state()
        self.advance(tick_of(scenario.start) - self.tick)
        extrapolate_warm_up(self)
        self.open_ledger()

    def _prepare(self, scenario: Scenario, rng: int, town: Town, trace: bool, keep: Iterable[str]) -> None:
        """Set the attributes that are not part of the state."""
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or not 0 <= rng < 2**63:
            raise InputError(f"rng must be a whole number from 0 to 2**63 - 1, got {rng!r}")
        super().__init__(rng=int(rng))
        WORLDS.add(self)
        self.settings = scenario
        self.seed = int(rng)
        self.calendar = Calendar.of(scenario)
        self.town = town
        self.cell_km = self.town.cell_m / 1000.0
        self.shift_events = ShiftEvents()
        self.keep = checked_keep(keep)
        self.kept: dict[str, list[MonthTable]] = {name: [] for name in KEPT_TABLES if name in self.keep}
        self.trace: dict[str, MonthTable] | None = {} if trace else None
        self.class_table = np.zeros((self.town.n_settlements, N_CLASSES, len(SUMMED_COLUMNS)))
        self.cell_sums = np.zeros((2, self.town.n_cells))
        self.tick = tick_of(self.calendar.first_date)
        self.tick_array = np.array([self.tick], np.int64)
        self._shifts = shifts_of_month(self.month, self.calendar.market_days)
        self.month_row: dict[str, float] = {}
        self.measured: Collection[str] = MEASURES
        self.datacollector = MonthCollector()
        self._grid: Any = None
        self._grid_tick = -1
        self._cache: dict[Callable[[TrustModel], object], Any] = {}
        self.learned = np.zeros(1, np.int64)
        self.arrivals = np.zeros(2, np.int64)
        self.month_steps = tuple(MONTH_SCHEDULE.values())
        self._history: dict[str, list[MonthTable]] = {name: [] for name in HISTORY_TABLES}

    def _initialise_state(self) -> None:
        """Create the state and let every mechanism write its initial values."""
        self.state = State(DECLARED, self.town, table_sizes(self.town, self.settings))
        self._bind_tables()
        self._read_parameters(self.date - datetime.timedelta(days=1))
        self.state[MOOD][0] = self.parameters[Trust][0].mood
        self.state[ARRIVED][0] = self.town.n_residents  # read when the initial intercept is calibrated
        for mechanism in MECHANISMS:
            mechanism.initialise(self)
        self.open_ledger()
        self.invalidate_views()
        self.hazard_factors.write_all(self)
        create_agents(self)

    def open_ledger(self) -> None:
        """Set the ledger's opening balance to the present trust, and its accounts to 0."""
        state = self.state
        state[TRUST_TOTAL][:] = sum_trust_by_settlement(self.minds, self.town.people, self.town.n_settlements)
        state[LEDGER][:] = state[REMEMBERED][:] = state[STILL_FELT][:] = 0.0
        state[ORIGINS][:] = 0.0

    def _bind_tables(self) -> None:
        """Bind the tables of the state for kernels."""
        self.minds = self.state[MINDS]
        self.tally = self.state[TALLY]
        self._version = self.shift_events.version = self.state.version
        self.hazard_factors = HazardFactors(MECHANISMS, self.town)
        self._views: dict[object, Any] = {}
        self._views_version = self._version.number
        self._w: World | None = None
        self._parameters_changed = False
        self._tables_version = self._version.number

    def _read_parameters(self, date: datetime.date) -> None:
        """Read the parameters in force on a date; a new world takes the day before its first."""
        names = self.town.settlement_names
        self.parameters = ParametersInForce(
            {group: parameter_rows(self.settings, group, date, names) for group in self.settings.groups}
        )
        self.p = WORLD.create_parameters(self)
        self.event_effects = event_effects(self.parameters)
        self._turning_dates = frozenset(turning_dates(self.settings))
        self.invalidate_views()

    # The schedule

    def run_for(self, duration: float) -> None:
        """Simulate a number of shifts with Mesa's scheduler.

        Parameters
        ----------
        duration
            Number of shifts of eight hours, three a day; a whole number, at least 1.
        """
        super().run_for(checked_shifts("run_for", duration, 1))

    def advance(self, shifts: int) -> None:
        """Simulate a number of shifts without Mesa's scheduler, all but the last of a month in compiled code.

        Parameters
        ----------
        shifts
            Number of shifts of eight hours, three a day; a whole number, at least 0.
        """
        end = self.tick + checked_shifts("advance", shifts, 0)
        while self.tick < end:
            last = min(end, self.next_break()) - 1
            if last > self.tick and not self.runs_shift_by_shift:
                self.open_shift()
                self.schedule.run_until(self, last)
            type(self).step(self)

    def live(self, shifts: int) -> None:
        """Simulate a number of shifts: the name of `advance` until version 0.4."""
        old = "TrustModel.live is now TrustModel.advance; the old name goes with version 0.4"
        warnings.warn(old, DeprecationWarning, stacklevel=2)
        self.advance(shifts)

    @property
    def runs_shift_by_shift(self) -> bool:
        """Return whether Python acts in every shift: for a trace, for tables of events, or in a step of a subclass."""
        own = any(getattr(type(self), name) is not getattr(TrustModel, name) for name in SHIFT_METHODS)
        return own or self.trace is not None or bool(self.kept) or not self.schedule.is_compiled

    def next_break(self) -> int:
        """Return the tick with which the next month begins or, if it comes first, parameters change again."""
        days = range(self.tick // SHIFTS + 1, tick_of(first_of_month(self.month + 1)) // SHIFTS)
        turning = (day for day in days if date_of_day(day) in self._turning_dates)
        return SHIFTS * next(turning, days.stop)

    def step(self) -> None:
        """Simulate one shift by `registry.SHIFT_SCHEDULE`; at a month's end, close the month."""
        self.open_shift()
        self.schedule.run(self)
        self.record_shift()
        if self.shift_numbers().flags & LAST_SHIFTS:
            for step in self.month_steps:
                step(self)
            self.close_month()
        self.tick += 1

    def open_shift(self) -> None:
        """Clear the shift's event tables; apply policies and events that begin or end at 06:00."""
        self.shift_events.clear()
        self.tick_array[0] = self.tick
        self.learned[0] = 0
        if self.policies_change_today():
            before, changed = self.parameters, changed_rows(self.settings, self.date, self.town.settlement_names)
            self.parameters = before.with_changes(changed)
            WORLD.put_parameters(self)
            if changed_columns(before.by_name(), changed) - READ_AT_MONTH_END:
                self.event_effects = event_effects(self.parameters)
                self.invalidate_views()
                self.hazard_factors.write_all(self)
        _ = self.w

    def record_shift(self) -> None:
        """Store what ``trace`` and ``keep`` ask for of the shift that ends."""
        if self.trace is not None:
            self.trace = {name: self.shift_events.rows_of(table).copy() for table, name in enumerate(EVENT_TABLES)}
        if "incidents" in self.keep and self.calendar.is_reported(self.tick):
            self.kept["incidents"].append(self.shift_events.rows_of(INCIDENTS).copy())
        if "impressions" in self.keep and self.calendar.is_reported(self.tick):
            keep_impressions(self, self.kept["impressions"])

    def close_month(self) -> None:
        """Update all residents, compute the measures, and clear the monthly counts."""
        state = self.state
        self.forgotten = self.decay_cause_totals()
        state[MOOD][0] = self.parameters[Trust][0].mood
        update_residents(self.w, self.mood_odds)
        if first_of_month(self.month) >= self.settings.start:
            self._report()
        state.open_month(DECLARED)
        state[ORIGINS][:, :, N_EVENTS] = 0.0
        state[CHOICES].count[0] = 0

    def decay_cause_totals(self) -> FloatArray:
        """Decay what is left of causes and origins over the month; return the loss by cause and settlement."""
        felt, remembered, shifts = self.state[STILL_FELT], self.state[REMEMBERED], float(self.shifts_since_close)
        origins = self.state[ORIGINS]
        for z, p in enumerate(self.parameters[Trust]):
            fast, slow = retained_share_fast(shifts, p.fast_days), retained_share(shifts, p.memory_years)
            felt[0, :, z] *= fast
            felt[1, :, z] *= slow
            origins[:, z, N_LASTING] *= slow
            origins[:, z, FIRST_EFFECT::2] *= fast
            origins[:, z, FIRST_EFFECT + 1 :: 2] *= slow
        forgotten: FloatArray = remembered - felt.sum(axis=0)
        remembered -= forgotten
        return forgotten

    def apply_impressions(self) -> None:
        """Update beliefs by the impressions written since the last call, through the ledger."""
        self.cached_view(learn.bind)()

    def policies_change_today(self) -> bool:
        """Return whether a policy or an event of the timeline begins or ends with this shift."""
        return self.tick % SHIFTS == MORNING and self.date in self._turning_dates

    def policies_change_on(self, date: datetime.date) -> bool:
        """Return whether a policy or an event of the timeline begins or ends on a date."""
        return date in self._turning_dates

    def cached_view[T](self, compute: Callable[[TrustModel], T]) -> T:
        """Return the result of ``compute`` on this world's tables and parameters.

        It is recomputed when a table moves or parameters change, so it must depend on nothing else that changes.
        """
        if self._views_version != self._version.number:
            self._views_version = self._version.number
            self._views.clear()
        found: T | None = self._views.get(compute)
        if found is None:
            found = self._views[compute] = compute(self)
        return found

    def invalidate_views(self) -> None:
        """Discard all bound tables and cached views, after a table moved or parameters changed."""
        self._views.clear()
        self._parameters_changed = True

    def cached[T](self, work: Callable[[TrustModel], T]) -> T:
        """Return the result of ``work``, computed once; it must depend on the town and scenario alone."""
        found: T | None = self._cache.get(work)
        if found is None:
            found = self._cache[work] = work(self)
        return found

    @property
    def w(self) -> World:
        """The world as rules see it, up to date: tables in their place, parameters in force, numbers of the shift."""
        if self._w is None:
            self._parameters_changed = False
            self._w = WORLD.create(self)
        w = self._w
        if self._tables_version != self._version.number:
            self._tables_version = self._version.number
            WORLD.put_tables(w, self)
        if self._parameters_changed:
            self._parameters_changed = False
            WORLD.put_derived(w, self)
        if w.tick != self.tick:
            tick, where, month, weekday, since, _ = self.shift_numbers()
            w.set_fields({"tick": tick, "where": where, "month": month, "weekday": weekday, "since": since})
        return w

    def shift_numbers(self) -> ShiftNumbers:
        """Return the numbers of the present shift by the calendar."""
        place = self.tick - self._shifts[0].tick
        if not 0 <= place < len(self._shifts):
            self._shifts = shifts_of_month(self.month, self.calendar.market_days)
            place = self.tick - self._shifts[0].tick
        return self._shifts[place]

    # Results

    @property
    def day_type(self) -> int:
        """Kind of the present day: working day, market day or rest day."""
        return self.calendar.day_type(self.tick)

    @property
    def date(self) -> datetime.date:
        """Date on which the present shift begins."""
        return date_of_tick(self.tick)

    @property
    def month(self) -> int:
        """Number of the present month: twelve times the year, plus 0 to 11."""
        return month_of(self.tick)

    @property
    def mood_odds(self) -> float:
        """Odds against trust in the nation's mood."""
        return exp(-float(self.state[MOOD][0]))

    @property
    def shifts_since_close(self) -> int:
        """Shifts since the month began, the present one included."""
        return shifts_into_month(self.tick)

    @property
    def days_of_month(self) -> int:
        """Days of the present month."""
        return (first_of_month(self.month + 1) - first_of_month(self.month)).days

    def trust(self) -> FloatArray:
        """Return every resident's trust after the last shift.

        Returns
        -------
        ndarray of float, shape (rows of ``minds``,)
            Trust from 0 to 1 in the order of ``minds``; residents who died or left keep their last value.
        """
        found = np.empty(len(self.minds))
        current_trust_of_all(self.minds, self.town.people, self.parameters[Trust], self.tick - 1, found)
        return found

    @property
    def grid(self) -> Any:
        """Mesa's grid of the map after the last shift.

        Couples on duty, stations, boards and cliques are in their cells; ``residents``, ``trust`` (0-1) and ``crimes``
        (of the month of the last shift) are property layers.  A world that is never asked has no grid.

        Returns
        -------
        mesa.discrete_space.OrthogonalMooreGrid
            The same object at every call, read anew in each shift.
        """
        if self._grid is None:
            self._grid = create_grid(self)
        if self._grid_tick != self.tick:
            self._grid_tick = self.tick
            read_grid(self._grid, self, self.trust(), self.crimes_of_month())
        return self._grid

    def crimes_of_month(self) -> FloatArray:
        """Return the crimes by cell in the month of the last shift.

        Returns
        -------
        ndarray of float, shape (cells,)
            Counts so far; just after a reported month its total, in populated cells only.
        """
        past = self._history["cell"]
        if not past or not is_last_shift_of_month(self.tick - 1):
            return self.state[HARMED_HERE].astype(float)
        found = np.zeros(self.town.n_cells)
        found[past[-1]["cell"]] = past[-1]["incidents"]
        return found

    def settlement_months(self) -> MonthTable:
        """Return by month and settlement: residents, means of trust and beliefs, crimes that occurred.

        Returns
        -------
        structured ndarray, shape (reported months × settlements,)
            ``month`` (12 × year + 0 to 11), ``settlement`` (row of ``town.settlement_names``), ``occurred`` (crimes),
            ``residents``, and means from 0 to 1; nan where there are no residents.
        """
        return concatenate_months(self._history["settlement"], SETTLEMENT_MONTH)

    def group_months(self) -> MonthTable:
        """Return by month and group of residents: residents, means of trust and beliefs.

        Returns
        -------
        structured ndarray, shape (reported months × groups,)
            ``month``, ``group`` (number in `model.world.month.GROUPS`), ``residents``, and means from 0 to 1.
        """
        return concatenate_months(self._history["group"], GROUP_MONTH)

    def ledger_months(self) -> MonthTable:
        """Return by month, settlement and cause: the change of summed trust.

        Returns
        -------
        structured ndarray, shape (reported months × causes × settlements,)
            ``month``, ``settlement``, ``cause`` (key of `model.engine.causes.CAUSES`), ``change`` (residents × trust)
            and ``forgotten``: the part of earlier changes by this cause that decayed in the month.
        """
        return concatenate_months(self._history["ledger"], LEDGER_MONTH)

    def origin_months(self) -> MonthTable:
        """Return by month and origin: events, those still remembered, and their remaining effects on beliefs.

        Returns
        -------
        structured ndarray, shape (reported months × origins,)
            ``month``, ``origin`` (a cause), ``events`` and ``lasting`` (counts), and the remaining changes of
            ``trust``, ``fairness`` and ``effectiveness`` (residents × 0-1).
        """
        return concatenate_months(self._history["origin"], ORIGIN_MONTH)

    def cell_months(self) -> MonthTable:
        """Return the populated cells in the first and in the last full month.

        Returns
        -------
        structured ndarray, shape (2 × populated cells,)
            ``month``, ``cell``, ``x`` and ``y`` (column and row of the map), counts of ``residents``, ``incidents`` and
            ``visits``, mean ``trust`` (0-1) and ``risk`` (patrol seen, 0-1).
        """
        past = self._history["cell"]
        return concatenate_months([past[0], past[-1]] if len(past) > 1 else past, CELL_MONTH)

    def choices(self) -> MonthTable:
        """Return the choices of agents in the reported months.

        Returns
        -------
        structured ndarray, shape (choices,)
            Rows of `model.world.discrete_choice.ChoiceRecord`: who chose what, its probability and the reason.
        """
        return concatenate_months(self._history["choice"], ChoiceRecord.dtype)

    def impressions(self) -> MonthTable:
        """Return the impressions left by couples in full months.

        Returns
        -------
        structured ndarray, shape (rows,)
            Rows of `model.trust.couple_impressions.CoupleImpressionSum`; empty without ``keep=["impressions"]``.
        """
        months = self.kept.get("impressions", [])
        return concatenate_months(
            months if is_last_shift_of_month(self.tick - 1) else months[:-1], CoupleImpressionSum.dtype
        )

    def _report(self) -> None:
        """Append the results of the month that ends to the history."""
        snapshot = MonthSnapshot(self)
        self.month_row = measure_row(snapshot, self.measured)
        self.datacollector.collect(self)
        month, state, town = self.month, self.state, self.town
        local = np.zeros(town.n_settlements, SETTLEMENT_MONTH)
        local["month"], local["settlement"] = month, np.arange(town.n_settlements)
        write_means(local, snapshot.settlement_sums)
        local["occurred"] = state[OCCURRED_HERE]
        self._history["settlement"].append(local)
        groups = np.zeros(len(GROUPS), GROUP_MONTH)
        groups["month"], groups["group"] = month, np.arange(len(GROUPS))
        write_means(groups, np.array(list(snapshot.group_sums.values())))
        self._history["group"].append(groups)
        causes = np.array(sorted(CAUSES))
        change = (state[LEDGER][0] + state[LEDGER][1])[causes]
        accounts = np.zeros(change.size, LEDGER_MONTH)
        accounts["month"], accounts["cause"] = month, np.repeat(causes, town.n_settlements)
        accounts["settlement"] = np.tile(np.arange(town.n_settlements), len(causes))
        accounts["change"], accounts["forgotten"] = change.ravel(), self.forgotten[causes].ravel()
        self._history["ledger"].append(accounts)
        self._history["origin"].append(self._origins())
        self._history["choice"].append(state[CHOICES].used_rows().copy())
        self._history["cell"] = [*self._history["cell"][:1], self._cells()]

    def _origins(self) -> MonthTable:
        """Return events and what is left of their effects by origin, at the end of a month, for the whole town."""
        numbers = np.array(sorted(CAUSES))
        sums = self.state[ORIGINS][numbers].sum(axis=1)
        rows = np.zeros(len(numbers), ORIGIN_MONTH)
        rows["month"], rows["origin"] = self.month, numbers
        rows["events"], rows["lasting"] = sums[:, N_EVENTS], sums[:, N_LASTING]
        for k, belief in enumerate(("trust", "fairness", "effectiveness")):
            rows[belief] = sums[:, FIRST_EFFECT + 2 * k] + sums[:, FIRST_EFFECT + 2 * k + 1]
        return rows

    def _cells(self) -> MonthTable:
        """Return the state of the populated cells at the end of a month."""
        town, state = self.town, self.state
        populated = np.flatnonzero(town.cells["population"] > 0)
        rows = np.zeros(len(populated), CELL_MONTH)
        rows["month"], rows["cell"] = self.month, populated
        for name in ("x", "y"):
            rows[name] = town.cells[name][populated]
        residents, trust = self.cell_sums[:, populated]
        rows["residents"], rows["trust"] = residents, trust / np.maximum(residents, 1.0)
        rows["incidents"], rows["visits"] = state[HARMED_HERE][populated], state[SEEN_HERE][populated]
        rows["risk"] = patrol_seen_by_zone(self)[np.maximum(town.cells["settlement"][populated], 0)]
        return rows

    def release(self) -> None:
        """Free the memory of a world that is not needed any more; nothing of it can be read afterwards.

        A world is a reference cycle, which would wait for the garbage collector.
        """
        WORLDS.discard(self)
        vars(self).clear()

    # Saving and copying, between steps

    def checkpoint(self) -> Checkpoint:
        """Return everything that a run changes; the town is not included."""
        return {
            "fingerprint": fingerprint(),
            "tick": self.tick,
            "seed": self.seed,
            "state": self.state,
            "past": self._history,
            "kept": self.kept,
            "collected": self.datacollector.model_vars,
        }

    @classmethod
    def resumed(
        cls,
        scenario: Scenario,
        checkpoint: Checkpoint,
        town: Town | None = None,
        trace: bool = False,
        keep: Iterable[str] = (),
        *,
        own: bool = False,
    ) -> Self:
        """Return a world that continues from a checkpoint, with results equal to the bit.

        It changes a copy of the checkpoint, or with ``own`` the checkpoint itself, which then serves no other world.
        """
        town = town or build_town(scenario)
        if not own:
            collect_before_large_world(town)
            checkpoint = copy.deepcopy(checkpoint)
        return cls._resume_own(scenario, checkpoint, town, trace, keep)

    @classmethod
    def _resume_own(cls, scenario: Scenario, past: Checkpoint, town: Town, trace: bool, keep: Iterable[str]) -> Self:
        """Return a world that continues from a checkpoint and owns its tables."""
        sim = cls.__new__(cls)
        sim._prepare(scenario, past["seed"], town, trace, keep)
        sim.tick = past["tick"]
        sim.state, sim._history = past["state"], past["past"]
        sim._bind_tables()
        sim.kept |= {name: rows for name, rows in past["kept"].items() if name in sim.keep}
        sim.datacollector.model_vars = past["collected"]
        if len(sim.minds) != sim.town.n_people:
            raise InputError(
                f"the saved state has {len(sim.minds)} residents, the scenario {sim.town.n_people}:"
                " restore it with the scenario of its run"
            )
        sim._read_parameters(sim.date)
        sim.hazard_factors.write_all(sim)
        create_agents(sim)
        return sim

    def save(self, folder: str | Path) -> None:
        """Write the state into a folder, to continue later with `restore`; call it between steps.

        Parameters
        ----------
        folder
            Folder to write to; it is created if missing.
        """
        saved.write_checkpoint(Path(folder), self.checkpoint())

    @classmethod
    def restore(
        cls,
        folder: str | Path,
        scenario: Scenario,
        town: Town | None = None,
        trace: bool = False,
        keep: Iterable[str] = (),
        whole: bool = False,
    ) -> Self:
        """Return a world that continues from a saved state, with results equal to the bit.

        Parameters
        ----------
        folder
            Folder written by `save`.
        scenario
            Scenario of the run.
        town, trace, keep
            As for a new world.
        whole
            Skip the check of the file's digest, which takes as long as the rest, for a file known to be intact.

        Raises
        ------
        InputError
            If the file is damaged, or belongs to other code or another scenario.
        """
        town = town or build_town(scenario)
        return cls.resumed(scenario, read_checkpoint(Path(folder), whole, scenario, town), town, trace, keep, own=True)

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[object, ...]]:
        return restore_pickled, (
            type(self),
            self.settings,
            self.checkpoint(),
            self.town,
            self.trace is not None,
            self.keep,
        )

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self.resumed(self.settings, self.checkpoint(), self.town, self.trace is not None, self.keep)


def changed_columns(before: Mapping[str, Rows[Any]], changed: Mapping[str, Rows[Any]]) -> set[str]:
    """Return the dotted names of the parameters that differ in some settlement from those in force before."""
    columns = ((group, name) for group, rows in changed.items() for name in rows.dtype.names or ())
    return {f"{group}.{name}" for group, name in columns if (changed[group][name] != before[group][name]).any()}


def read_checkpoint(folder: Path, whole: bool, scenario: Scenario, town: Town) -> Checkpoint:
    """Return the checkpoint in a folder; ``whole`` skips the check of its digest."""
    collect_before_large_world(town)
    return saved.read_checkpoint(folder, town, table_sizes(town, scenario), HISTORY_TABLES, KEPT_TABLES, whole)


def restore_pickled[W: TrustModel](
    kind: type[W], scenario: Scenario, checkpoint: Checkpoint, town: Town, trace: bool, keep: frozenset[str]
) -> W:
    """Return a world from the parts that pickle stores."""
    return kind.resumed(scenario, checkpoint, town, trace, keep)


def collect_before_large_world(town: Town) -> None:
    """Collect garbage before a large world is created, so that it reuses the memory of worlds that ended.

    A world is a reference cycle of few objects with much memory, which Python's collector rarely visits; fresh memory
    from the system takes longer to get than to fill.  The first world of a process has nothing to wait for.
    """
    if WORLDS and town.n_people >= LARGE_TOWN_RESIDENTS:
        gc.collect()


def table_sizes(town: Town, scenario: Scenario) -> TableSizes:
    """Return the number of entities by `TableUnit`."""
    return {
        "resident": town.n_people,
        "officer": len(town.officers),
        "post": len(town.posts),
        "facility": len(town.facilities),
        "settlement": town.n_settlements,
        "cell": town.n_cells,
        "authority": len(town.authorities),
        "clique": sum(n_cliques(scenario["gangs"], scenario["population"].scale)),
        "list": len(town.places),
        "one": 1,
    }


def checked_keep(keep: Iterable[str]) -> frozenset[str]:
    """Return the names of what to keep; raise `InputError` with the nearest name for an unknown one."""
    names = (keep,) if isinstance(keep, str) else tuple(keep)
    for name in names:
        if name not in KEPT_TABLES:
            raise InputError(
                f"keep must name one of {', '.join(KEPT_TABLES)}, got {name!r}{suggest_nearest(str(name), KEPT_TABLES)}"
            )
    return frozenset(names)


class MonthCollector(mesa.DataCollector):
    """Mesa's data collector for monthly measures, without Mesa's deep copy of every value."""

    def __init__(self) -> None:
        super().__init__({"month": month_reporter} | {name: measure_reporter(name) for name in MEASURES})

    def collect(self, model: TrustModel) -> None:
        """Append the row of the month that has just ended."""
        self._collection_steps.append(model.time)  # mesa.batch_run finds rows by it
        self.model_vars["month"].append(month_reporter(model))
        for name in MEASURES:
            self.model_vars[name].append(model.month_row.get(name, math.nan))


def measure_reporter(name: str) -> Callable[[TrustModel], float]:
    """Return a reader of one measure of the month that has just ended; nan if it is not measured."""

    def read(sim: TrustModel) -> float:
        return sim.month_row.get(name, math.nan)

    return read


def month_reporter(sim: TrustModel) -> datetime.date:
    """Return the first day of the month that has just ended."""
    return first_of_month(sim.month)


def concatenate_months(rows: list[MonthTable], row: np.dtype[np.void]) -> MonthTable:
    """Return the tables of several months as one table; empty with row type ``row`` if there are none."""
    return np.concatenate(rows) if rows else np.zeros(0, row)


def write_means(rows: MonthTable, sums: FloatArray) -> None:
    """Write residents and means of `SUMMED_COLUMNS` into rows; nan where there are none."""
    rows["residents"] = sums[:, 0]
    for column, name in enumerate(SUMMED_COLUMNS[1:], start=1):
        rows[name] = np.divide(sums[:, column], sums[:, 0], out=np.full(len(sums), np.nan), where=sums[:, 0] > 0)
