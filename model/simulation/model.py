"""The world: a Mesa model whose step is the schedule of the ODD."""

from __future__ import annotations

import copy
import datetime
import gc
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import mesa
import numpy as np
from numpy.typing import NDArray

from model.crime.certainty.rules import seen_by_zone
from model.engine.calendar import (
    MORNING,
    SHIFTS,
    Calendar,
    date_of_tick,
    first_of_month,
    is_last_shift_of_month,
    month_of,
    shifts_into_month,
    tick_of,
)
from model.engine.causes import CAUSES
from model.engine.errors import InputError, nearest
from model.engine.fingerprint import fingerprint
from model.engine.kernels import Part, bound
from model.engine.policies import changes, dates, rows_at
from model.engine.rows import Reals, Rows
from model.engine.scenario import Scenario
from model.engine.tables import Growth, Sizes
from model.gangs.gangs.rules import n_cliques
from model.measures.measures import lasting_flags, settle
from model.simulation import checkpoint as saved
from model.simulation.agents import enrol
from model.simulation.checkpoint import Checkpoint
from model.simulation.layouts import ground_of, plant_of, stage_of
from model.simulation.registry import MEASURES, MONTH_END, ORDER, SHIFT, row_of
from model.simulation.registry import TABLES as DECLARED
from model.simulation.start.rules import settle_in
from model.town.town import Town, build_town
from model.trust.belief_updating.rules import kept, kept_fast
from model.trust.couple_impressions import Left
from model.trust.couple_impressions import keep as keep_impressions
from model.trust.ledger.rules import learn_all, left_of, total_trust, trust_of_each
from model.trust.ledger.schema import LEDGER, REMEMBERED, STILL_FELT
from model.world.columns import MINDS, TALLY, Mind, Tally
from model.world.deciding.schema import CHOICES, Choice
from model.world.hazard import Factors
from model.world.mechanism import Morning, Pass, Verb, nobody
from model.world.month import GROUPS, N_CLASSES, SUMS, Month
from model.world.shift_context import Stage
from model.world.shift_events import IMPRESSIONS, INCIDENTS, TABLES, Daybook, Incident
from model.world.state import COME, HARMED_HERE, MOOD, OCCURRED_HERE, SEEN_HERE, TOTAL, State

KEPT = {"incidents": Incident.dtype, "impressions": Left.dtype}
"""What a world can keep: incidents shift by shift, the impressions that couples leave month by month."""
BEARING = tuple(one for one in ORDER if one.born is not nobody)
SETTLEMENT_MONTH = np.dtype(
    [("month", "i8"), ("settlement", "i8"), ("occurred", "i8")] + [(name, "f8") for name in SUMS]
)
"""Settlements bear real names: who reports, who is hurt by gangs and who calls the police is not told by settlement."""
GROUP_MONTH = np.dtype([("month", "i8"), ("group", "i8")] + [(name, "f8") for name in SUMS])
LEDGER_MONTH = np.dtype([("month", "i8"), ("settlement", "i8"), ("cause", "i8"), ("change", "f8"), ("forgotten", "f8")])
CELL_MONTH = np.dtype(
    [(name, "i8") for name in ("month", "cell", "x", "y", "residents", "incidents", "visits")]
    + [(name, "f8") for name in ("trust", "risk")]
)


PAST = {
    "settlement": SETTLEMENT_MONTH,
    "group": GROUP_MONTH,
    "ledger": LEDGER_MONTH,
    "cell": CELL_MONTH,
    "choice": Choice.dtype,
}
"""What is kept of every month."""

LARGE = 20_000
"""Residents from which on worlds that ended are looked for before the next one begins."""

type Table = NDArray[np.void]


if TYPE_CHECKING:

    class MesaModel:
        """What is used of Mesa's model, which tells the type checker nothing."""

        time: float

        def __init__(self, *, rng: int) -> None: ...

        def run_for(self, duration: float) -> None:
            """Take so many steps."""

else:
    MesaModel = mesa.Model


class TrustModel(MesaModel):
    """A municipality, shift by shift.

    ``rng`` is the seed, an int; worlds with the same seed share all luck.  ``town`` may be given to share it between
    worlds of one scenario.  The warm-up is simulated here and not reported.  The scenario is kept in ``settings``,
    since Mesa keeps ``scenario`` for a class of its own.  ``measured`` names the measures that are taken at a month's
    end: all, unless somebody who needs few says which.
    """

    state: State
    minds: Rows[Mind]
    tally: Rows[Tally]

    def __init__(
        self,
        scenario: Scenario,
        *,
        rng: int,
        town: Town | None = None,
        trace: bool = False,
        keep: Iterable[str] = (),
    ) -> None:
        town = town or build_town(scenario)
        make_way(town)
        self._prepare(scenario, rng, town, trace, keep)
        self._begin()
        self.live(tick_of(scenario.start) - self.tick)
        settle_in(self)
        self.open_books()

    def _prepare(self, scenario: Scenario, rng: int, town: Town, trace: bool, keep: Iterable[str]) -> None:
        """Set up everything that does not change in a run."""
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or not 0 <= rng < 2**63:
            raise InputError(f"rng must be a whole number from 0 to 2**63 - 1, got {rng!r}")
        super().__init__(rng=int(rng))
        self.settings = scenario
        self.seed = int(rng)
        self.calendar = Calendar.of(scenario)
        self.town = town
        self.cell_km = self.town.cell_m / 1000.0
        self.book = Daybook()
        self.keep = chosen(keep)
        self.kept: dict[str, list[Table]] = {name: [] for name in KEPT if name in self.keep}
        self.trace: dict[str, Table] | None = {} if trace else None
        self.class_table = np.zeros((self.town.n_settlements, N_CLASSES, len(SUMS)))
        self.by_cell = np.zeros((2, self.town.n_cells))
        self.tick = tick_of(self.calendar.first_date)
        self.now = np.array([self.tick], np.int64)
        self.rows: dict[str, float] = {}
        self.measured: Collection[str] = MEASURES
        self.datacollector = Collector()
        self._once: dict[Callable[[TrustModel], object], Any] = {}
        self.shifts = tuple(verbs_of(part) for part in range(SHIFTS))
        self.month_end = tuple(MONTH_END.values())
        self._past: dict[str, list[Table]] = {name: [] for name in PAST}

    def _begin(self) -> None:
        """Give the State its first values, by luck of the seed."""
        self.state = State(DECLARED, self.town, sizes_of(self.town, self.settings))
        self._look_out()
        self._read_numbers(self.date - datetime.timedelta(days=1))
        self.state[MOOD][0] = self.numbers["trust"][0]["mood"]
        self.state[COME][0] = self.town.n_residents  # among whom the start looks for its intercept
        self.born(0, self.town.n_people)
        for mechanism in ORDER:
            mechanism.begin(self)
        self.open_books()
        self.forget_laid()
        self.factors.lay(self)
        enrol(self)

    def open_books(self) -> None:
        """Begin the book of trust from how it stands now."""
        state = self.state
        state[TOTAL][:] = total_trust(self.minds, self.town.people, self.town.n_settlements)
        state[LEDGER][:] = state[REMEMBERED][:] = state[STILL_FELT][:] = 0.0

    def _look_out(self) -> None:
        """Take the views through which kernels see the State."""
        self.minds = self.state[MINDS]
        self.tally = self.state[TALLY]
        self.plant, self.ground = plant_of(self), ground_of(self)
        self.factors = Factors(ORDER, self.town.n_cells, self.town.n_settlements)
        self._laid: dict[Callable[..., object], Any] = {}
        self._stage: Stage | None = None
        self._growth = Growth.latest

    def _read_numbers(self, date: datetime.date) -> None:
        """Take the numbers in force on a date: a world is set up with the day before, a policy begins with a shift."""
        names = self.town.settlement_names
        self.numbers: Mapping[str, Rows[Any]] = {
            group: rows_at(self.settings, group, date, names) for group in self.settings.groups
        }
        self._dates = frozenset(dates(self.settings))
        self.forget_laid()

    # The schedule

    def live(self, shifts: int) -> None:
        """Live some shifts by the world's own clock: Mesa's, which stays where it is, takes a twentieth of the time."""
        for _ in range(shifts):
            type(self).step(self)

    def step(self) -> None:
        """Simulate one shift by the schedule in `model.simulation.registry`; at a month's end, close the month."""
        self.open_shift()
        for verb in self.shifts[self.tick % SHIFTS]:
            if self._growth is not Growth.latest:
                self.forget_laid()
            laid = self._laid.get(verb)
            if laid is None:
                laid = self._laid[verb] = verb.lay(self) if isinstance(verb, Pass) else partial(verb, self)
            laid()
        self.keep_shift()
        if is_last_shift_of_month(self.tick):
            for verb in self.month_end:
                verb(self)
            self.settle()
        self.tick += 1

    def open_shift(self) -> None:
        """Begin an empty page of the daybook; policies begin at 06:00."""
        self.book.clear()
        self.now[0] = self.tick
        self.learned = 0
        self.day_type = self.calendar.day_type(self.tick)
        if self.turns_today():
            self.numbers = {**self.numbers, **changes(self.settings, self.date, self.town.settlement_names)}
            self.forget_laid()
            self.factors.lay(self)
        self.stage()

    def born(self, first: int, end: int) -> None:
        """Let every mechanism give the residents of some rows, who are born or move here, their first state."""
        for mechanism in BEARING:
            mechanism.born(self, first, end)

    def keep_shift(self) -> None:
        """Keep what was asked for of the shift that ends."""
        if self.trace is not None:
            self.trace = {name: self.book.filled(table).copy() for table, name in enumerate(TABLES)}
        if "incidents" in self.keep and self.calendar.is_reported(self.tick):
            self.kept["incidents"].append(self.book.filled(INCIDENTS).copy())
        if "impressions" in self.keep and self.calendar.is_reported(self.tick):
            keep_impressions(self, self.kept["impressions"])

    def settle(self) -> None:
        """Bring everybody up to date, take the measures, close the month's books."""
        state, numbers = self.state, self.numbers
        self.forgotten = self.share_out_forgetting()
        state[MOOD][0] = numbers["trust"][0]["mood"]
        settle(
            self.stage(),
            self.once(lasting_flags),
            numbers["fear"],
            state.local,
            self.calm,
            self.laid(left_of),
            self.class_table,
            self.by_cell,
            state[TOTAL],
        )
        if first_of_month(self.month) >= self.settings.start:
            self._report()
        state.open_month(DECLARED)
        state[CHOICES].count[0] = 0

    def share_out_forgetting(self) -> Reals:
        """Let what is felt of each cause fade by the month; return what was forgotten, by cause and settlement."""
        felt, remembered, shifts = self.state[STILL_FELT], self.state[REMEMBERED], float(self.shifts_since_close)
        for z, p in enumerate(self.numbers["trust"]):
            felt[0, :, z] *= kept_fast(shifts, p["fast_days"])
            felt[1, :, z] *= kept(shifts, p["memory_years"])
        forgotten: Reals = remembered - felt.sum(axis=0)
        remembered -= forgotten
        return forgotten

    def learn(self) -> None:
        """Let the impressions written since the last call change beliefs, through the ledger."""
        written = self.book.counts.item(IMPRESSIONS)
        if self.learned < written:
            self.carry_out(
                learn_all,
                lambda: (self.stage(), self.laid(left_of), self.state[STILL_FELT], self.state[REMEMBERED]),
                self.learned,
                self.shifts_since_close,
            )
            self.learned = written

    def turns_today(self) -> bool:
        """Whether a policy begins, or an event of the timeline begins or ends, with this shift."""
        return self.tick % 3 == 0 and self.date in self._dates

    def laid[T](self, lay: Callable[[TrustModel], T]) -> T:
        """Return what ``lay`` makes of this world's tables and the numbers in force.

        It is kept until a table has moved or the numbers change, so it may hold nothing else that does.
        """
        if self._growth is not Growth.latest:
            self.forget_laid()
        found: T | None = self._laid.get(lay)
        if found is None:
            found = self._laid[lay] = lay(self)
        return found

    def carry_out[T](self, rule: Callable[..., T], given: Callable[[], tuple[Part, ...]], *numbers: float) -> T:
        """Call a rule with tables that stay where they are, which it is ``given`` once, and the numbers of this shift.

        Like `laid`, it is given them anew when a table has moved or the numbers in force change.
        """
        if self._growth is not Growth.latest:
            self.forget_laid()
        call: Callable[..., T] | None = self._laid.get(rule)
        if call is None:
            call = self._laid[rule] = bound(rule, given(), numbers)
        return call(*numbers)

    def forget_laid(self) -> None:
        """Let everything be laid out anew, since a table has moved or the numbers have changed."""
        self._laid.clear()
        self._stage, self._growth = None, Growth.latest

    def once[T](self, work: Callable[[TrustModel], T]) -> T:
        """Return what ``work`` finds out about the town, which does not change: it is asked once."""
        found: T | None = self._once.get(work)
        if found is None:
            found = self._once[work] = work(self)
        return found

    def stage(self) -> Stage:
        """Return where the events of the present shift happen, as kernels take it."""
        if self._stage is None or self._growth is not Growth.latest:
            self._stage = self.laid(stage_of)
        stage = self._stage
        if stage.tick != self.tick:
            stage.put("tick", self.tick)
            stage.put("where", self.calendar.place_list(self.tick))
            stage.put("month", self.month)
        return stage

    # What can be read

    @property
    def date(self) -> datetime.date:
        """Date on which the present shift begins."""
        return date_of_tick(self.tick)

    @property
    def month(self) -> int:
        """Number of the present month: twelve times the year, plus 0 to 11."""
        return month_of(self.tick)

    @property
    def calm(self) -> float:
        """Odds of the nation's mood against the police."""
        return math.exp(-float(self.state[MOOD][0]))

    @property
    def shifts_since_close(self) -> int:
        """Shifts since the last end of a month, the present one included."""
        return shifts_into_month(self.tick)

    @property
    def days_of_month(self) -> int:
        """Days of the present month."""
        return (first_of_month(self.month + 1) - first_of_month(self.month)).days

    def trust(self) -> Reals:
        """Trust of every resident at the end of the last shift (0-1; of the dead, as they left)."""
        found = np.empty(len(self.minds))
        trust_of_each(self.minds, self.town.people, self.numbers["trust"], self.tick - 1, found)
        return found

    def settlement_months(self) -> Table:
        """Rows of month and settlement: residents, means of trust and beliefs, crimes that happened."""
        return joined(self._past["settlement"], SETTLEMENT_MONTH)

    def group_months(self) -> Table:
        """Rows of month and group (see `model.world.month.GROUPS`): residents, means of trust and beliefs."""
        return joined(self._past["group"], GROUP_MONTH)

    def ledger_months(self) -> Table:
        """Rows of month, settlement and cause: the change of total trust."""
        return joined(self._past["ledger"], LEDGER_MONTH)

    def cell_months(self) -> Table:
        """Rows of cells in the first and the last full month."""
        past = self._past["cell"]
        return joined([past[0], past[-1]] if len(past) > 1 else past, CELL_MONTH)

    def choices(self) -> Table:
        """Rows of what was decided in the months reported (see `model.world.deciding.schema.Choice`)."""
        return joined(self._past["choice"], Choice.dtype)

    def impressions(self) -> Table:
        """Return the impressions left by couples in whole months (`model.trust.couple_impressions.Left`)."""
        months = self.kept.get("impressions", [])
        return joined(months if is_last_shift_of_month(self.tick - 1) else months[:-1], Left.dtype)

    def _report(self) -> None:
        """Take the rows of the month that ends."""
        told = Month(self)
        self.rows = row_of(told, self.measured)
        self.datacollector.collect(self)
        month, state, town = self.month, self.state, self.town
        local = np.zeros(town.n_settlements, SETTLEMENT_MONTH)
        local["month"], local["settlement"] = month, np.arange(town.n_settlements)
        write_means(local, told.local)
        local["occurred"] = state[OCCURRED_HERE]
        self._past["settlement"].append(local)
        groups = np.zeros(len(GROUPS), GROUP_MONTH)
        groups["month"], groups["group"] = month, np.arange(len(GROUPS))
        write_means(groups, np.array(list(told.groups.values())))
        self._past["group"].append(groups)
        causes = np.array(sorted(CAUSES))
        change = (state.ledger[0] + state.ledger[1])[causes]
        accounts = np.zeros(change.size, LEDGER_MONTH)
        accounts["month"], accounts["cause"] = month, np.repeat(causes, town.n_settlements)
        accounts["settlement"] = np.tile(np.arange(town.n_settlements), len(causes))
        accounts["change"], accounts["forgotten"] = change.ravel(), self.forgotten[causes].ravel()
        self._past["ledger"].append(accounts)
        self._past["choice"].append(state[CHOICES].filled().copy())
        self._past["cell"] = [*self._past["cell"][:1], self._cells()]

    def _cells(self) -> Table:
        """Return the populated cells as they stand at the end of a month."""
        town, state = self.town, self.state
        populated = np.flatnonzero(town.cells["population"] > 0)
        rows = np.zeros(len(populated), CELL_MONTH)
        rows["month"], rows["cell"] = self.month, populated
        for name in ("x", "y"):
            rows[name] = town.cells[name][populated]
        residents, trust = self.by_cell[:, populated]
        rows["residents"], rows["trust"] = residents, trust / np.maximum(residents, 1.0)
        rows["incidents"], rows["visits"] = state[HARMED_HERE][populated], state[SEEN_HERE][populated]
        rows["risk"] = seen_by_zone(self)[np.maximum(town.cells["settlement"][populated], 0)]
        return rows

    # Saving and copying, between steps

    def checkpoint(self) -> Checkpoint:
        """Return everything that a run changes; the town is not part of it."""
        return {
            "fingerprint": fingerprint(),
            "tick": self.tick,
            "seed": self.seed,
            "state": self.state,
            "past": self._past,
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
    ) -> Self:
        """Return the world of a checkpoint, which goes on bit for bit and leaves the checkpoint as it is."""
        town = town or build_town(scenario)
        make_way(town)
        return cls._taken_up(scenario, copy.deepcopy(checkpoint), town, trace, keep)

    @classmethod
    def _taken_up(cls, scenario: Scenario, past: Checkpoint, town: Town, trace: bool, keep: Iterable[str]) -> Self:
        """Return the world of a checkpoint that is its own from now on."""
        world = cls.__new__(cls)
        world._prepare(scenario, past["seed"], town, trace, keep)
        world.tick = past["tick"]
        world.state, world._past = past["state"], past["past"]
        world._look_out()
        world.kept |= {name: rows for name, rows in past["kept"].items() if name in world.keep}
        world.datacollector.model_vars = past["collected"]
        if len(world.minds) != world.town.n_people:
            raise InputError(f"the saved state has {len(world.minds)} residents, the scenario {world.town.n_people}")
        world._read_numbers(world.date)
        world.factors.lay(world)
        enrol(world)
        return world

    def save(self, folder: str | Path) -> None:
        """Write the State into a folder, between steps."""
        saved.write(Path(folder), self.checkpoint())

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
        """Return the world that was saved in a folder; it goes on bit for bit.

        ``whole`` says that the file is known to be so: its digest, which takes as long as all else, is not taken again.
        """
        town = town or build_town(scenario)
        make_way(town)
        checkpoint = saved.read(Path(folder), town, sizes_of(town, scenario), PAST, KEPT, whole)
        return cls._taken_up(scenario, checkpoint, town, trace, keep)

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[object, ...]]:
        return remade, (
            type(self),
            self.settings,
            self.checkpoint(),
            self.town,
            self.trace is not None,
            self.keep,
        )

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self.resumed(self.settings, self.checkpoint(), self.town, self.trace is not None, self.keep)


def remade[W: TrustModel](
    kind: type[W], scenario: Scenario, checkpoint: Checkpoint, town: Town, trace: bool, keep: frozenset[str]
) -> W:
    """Return a pickled world."""
    return kind.resumed(scenario, checkpoint, town, trace, keep)


def verbs_of(part: int) -> tuple[Verb, ...]:
    """Return the verbs of mornings, evenings or nights, in the order of the schedule."""
    return tuple(verb for verb in SHIFT.values() if part == MORNING or not isinstance(verb, Morning))


def make_way(town: Town) -> None:
    """Let go of worlds that ended, before a large one begins that can take their memory.

    Each is a circle of references with few objects and much memory, which Python hardly ever looks for by itself; new
    memory takes longer to come by than all that is written into it.
    """
    if town.n_people >= LARGE:
        gc.collect()


def sizes_of(town: Town, scenario: Scenario) -> Sizes:
    """Return how many there are of whatever tables have rows for."""
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


def chosen(keep: Iterable[str]) -> frozenset[str]:
    """Return what to keep of every shift, or raise with the nearest name."""
    names = (keep,) if isinstance(keep, str) else tuple(keep)
    for name in names:
        if name not in KEPT:
            raise InputError(f"keep must name one of {', '.join(KEPT)}, got {name!r}{nearest(str(name), KEPT)}")
    return frozenset(names)


class Collector(mesa.DataCollector):
    """Mesa's collector, which takes the numbers of a month as they are: its own makes a deep copy of each."""

    def __init__(self) -> None:
        super().__init__({"month": month_reporter} | {name: reporter(name) for name in MEASURES})

    def collect(self, model: TrustModel) -> None:
        """Append the row of the month that has just ended."""
        self._collection_steps.append(model.time)  # by which Mesa's batches find a row
        for name, report in self.model_reporters.items():
            self.model_vars[name].append(report(model))


def reporter(name: str) -> Callable[[TrustModel], float]:
    """Return a reader of one measure of the month that has just ended; nan where it is not measured."""

    def read(world: TrustModel) -> float:
        return world.rows.get(name, math.nan)

    return read


def month_reporter(world: TrustModel) -> datetime.date:
    """First day of the month that has just ended."""
    return first_of_month(world.month)


def joined(rows: list[Table], row: np.dtype[np.void]) -> Table:
    """Return tables of several months as one."""
    return np.concatenate(rows) if rows else np.zeros(0, row)


def write_means(rows: Table, sums: Reals) -> None:
    """Write residents, and the means of what was summed over them, into rows."""
    rows["residents"] = sums[:, 0]
    for column, name in enumerate(SUMS[1:], start=1):
        rows[name] = np.divide(sums[:, column], sums[:, 0], out=np.full(len(sums), np.nan), where=sums[:, 0] > 0)
