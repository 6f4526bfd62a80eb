"""The world: a Mesa model whose step is the schedule of the ODD."""

import copy
import datetime
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import mesa
import numpy as np

from model import fingerprint
from model.agents import enrol
from model.books import close_shift, enter
from model.calendar import Calendar, date_of_tick, first_of_month, is_last_shift_of_month, month_of, tick_of
from model.daybook import IMPRESSIONS, TABLES, Daybook, Growth, Table
from model.errors import InputError
from model.gangs import n_cliques, settle_cliques
from model.ledger import first_minds, kept, learn_all, total_trust, trust_now
from model.measures import GROUPS, MEASURES, N_CLASSES, SUMS, Month, row_of, settle
from model.mechanisms import (
    adoption,
    collective_violence,
    communal_authority,
    consultation,
    contacts,
    crime,
    crises,
    deterrence,
    domestic_violence,
    extortion,
    fear,
    hearsay,
    heavy_hand,
    information,
    justice,
    land_conflicts,
    misconduct,
    narcos,
    officers,
    patrol,
    plans,
    political_calendar,
    population_change,
    pressure,
    reporting,
    resources,
    response,
    roster,
    safe_schools,
    seeking_help,
)
from model.policies import changes, dates, rows_at
from model.scenario import Scenario
from model.state import Stage, State, ground_of, plant_of
from model.town import Town, build_town

KEEP = ("incidents",)
SETTLEMENT_MONTH = np.dtype(
    [("month", "i8"), ("settlement", "i8"), ("occurred", "i8")] + [(name, "f8") for name in SUMS]
)
"""Settlements bear real names: who reports, who is hurt by gangs and who calls the police is not told by settlement."""
GROUP_MONTH = np.dtype([("month", "i8"), ("group", "i8")] + [(name, "f8") for name in SUMS])
LEDGER_MONTH = np.dtype([("month", "i8"), ("settlement", "i8"), ("cause", "i8"), ("change", "f8")])
CELL_MONTH = np.dtype(
    [(name, "i8") for name in ("month", "cell", "x", "y", "residents", "incidents", "visits")]
    + [(name, "f8") for name in ("trust", "risk")]
)


class TrustModel(mesa.Model):
    """A municipality, shift by shift.

    ``rng`` is the seed, an int; worlds with the same seed share all luck.  ``town`` may be given to share it between
    worlds of one scenario.  The warm-up is simulated here and not reported.  The scenario is kept in ``settings``,
    since Mesa keeps ``scenario`` for a class of its own.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        rng: int,
        town: Town | None = None,
        trace: bool = False,
        keep: Iterable[str] = (),
    ) -> None:
        self._prepare(scenario, rng, town, trace, keep)
        self._begin()
        for _ in range(tick_of(scenario.start) - self.tick):
            type(self).step(self)

    def _prepare(self, scenario: Scenario, rng: int, town: Town | None, trace: bool, keep: Iterable[str]) -> None:
        """Set up everything that does not change in a run."""
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or not 0 <= rng < 2**63:
            raise InputError(f"rng must be a whole number from 0 to 2**63 - 1, got {rng!r}")
        super().__init__(rng=int(rng))
        self.settings = scenario
        self.seed = int(rng)
        self.calendar = Calendar.of(scenario)
        self.town = town or build_town(scenario)
        self.cell_km = self.town.cell_m / 1000.0
        self.council_start, self.councils = communal_authority.by_settlement(
            self.town.people, self.town.people["council"] == 1, self.town.n_settlements
        )
        self.settled_start, self.settled = communal_authority.by_settlement(
            self.town.people, np.ones(self.town.n_people, bool), self.town.n_settlements
        )
        here = self.town.people["arrives"] < 0
        self.residents_at_start = np.bincount(
            self.town.people["settlement"][here], minlength=self.town.n_settlements
        ).astype(np.float64)
        self.youth = safe_schools.youth_of(self.town.people, tick_of(self.calendar.first_date), self.town.n_settlements)
        self.chiefs = communal_authority.chiefs_of(self.town.authorities, self.town.cells, self.town.officers)
        self.beats = plans.beats_of(self.town.cells, len(self.town.facilities))
        self.boards_near = plans.boards_of(self.town.cells, self.town.authorities, len(self.town.facilities))
        self.households = domestic_violence.households_of(self.town.people)
        self.market = np.flatnonzero(self.town.cells["market"])
        self.attending = np.zeros((len(self.town.facilities), 2), np.int64)
        """By facility: whether a woman, and whether a speaker of the other language, is on duty in this shift."""
        self.book = Daybook()
        self.keep = frozenset(keep)
        self.kept: dict[str, list[np.ndarray]] = {name: [] for name in KEEP if name in self.keep}
        self.trace: dict[str, np.ndarray] | None = {} if trace else None
        self.class_table = np.zeros((self.town.n_settlements, N_CLASSES, len(SUMS)))
        self.by_cell = np.zeros((2, self.town.n_cells))
        self.tick = tick_of(self.calendar.first_date)
        self.rows: dict[str, float] = {}
        self.datacollector = Collector()
        self._past: dict[str, list[np.ndarray]] = {name: [] for name in ("settlement", "group", "ledger", "cell")}

    def _begin(self) -> None:
        """Give the State its first values, by luck of the seed."""
        scenario, town = self.settings, self.town
        counts = n_cliques(scenario["gangs"], scenario["population"].scale)
        self.state = State(town, sum(counts))
        self._look_out()
        self._read_numbers()
        numbers = self.numbers
        first_minds(self.state.minds, town.people, numbers["trust"], self.tick, self.seed)
        fear.first_cautions(self.state.minds, town.people, numbers["fear"], self.seed)
        population_change.begin(self.state, self.ground)
        self.state.risk["seen"] = -1
        adoption.begin(self.state.officers, self.tick, self.seed)
        adoption.note_care(self.state.officers, self.plant.facilities, numbers["adoption"], self.state.means)
        resources.begin(self)
        communal_authority.first_boards(
            self.state.boards,
            town.settlements,
            town.people,
            numbers["communal_authority"]["legitimacy"],
            numbers["consultation"]["phones"],
            numbers["boards"]["share_not_inviting"],
            self.seed,
        )
        plans.first_plans(self.state, self.beats, town.cells)
        settle_cliques(
            self.state,
            self.ground,
            town.everywhere,
            counts,
            numbers["gangs"][0],
            town.places[0],
            self.tick,
            self.seed,
        )
        narcos.settle_narcos(
            self.state.protected,
            self.ground,
            town.everywhere,
            self.state.territory,
            numbers["narcos"][0],
            round_half_up(numbers["narcos"][0]["groups"] * scenario["population"].scale),
            self.seed,
        )
        extortion.begin(self)
        heavy_hand.list_suspects(self.state, self.ground)
        domestic_violence.begin(self)
        self.state.total[:] = total_trust(self.state.minds, town.people, town.n_settlements)
        enrol(self)

    def _look_out(self) -> None:
        """Take the views through which kernels see the State."""
        self.plant, self.ground = plant_of(self.town, self.state.officers), ground_of(self.town, self.state)
        self.counts = self.state.tally.view(np.float64)
        self._laid: dict[Callable[[Any], Any], Any] = {}
        self._growth = Growth.latest
        self.drawn = Table(crime.DRAWN)

    def _read_numbers(self) -> None:
        """Take the numbers in force on the present date, policies included."""
        names = self.town.settlement_names
        self.numbers = {group: rows_at(self.settings, group, self.date, names) for group in self.settings.groups}
        self._dates = frozenset(dates(self.settings))
        self._laid.clear()

    # The schedule

    def step(self) -> None:
        """One shift.  The order below is the schedule of the ODD."""
        self.open_shift()
        self.change_population()
        self.brief_officers()
        self.maintain()
        self.relieve_couples()
        self.plan()
        self.patrol()
        self.withdraw()
        self.clamp_down()
        self.offend()
        self.extort()
        self.hurt_at_home()
        self.dispute()
        self.tell()
        self.seek_help()
        self.respond()
        self.gather()
        self.meet()
        self.answer_for_bribes()
        self.deter()
        self.hear_cases()
        self.consult()
        self.report_up()
        self.answer_for_figures()
        self.judge()
        self.break_out()
        self.spread_news()
        self.take_fright()
        self.live_through()
        self.close_shift()
        if is_last_shift_of_month(self.tick):
            self.renew_officers()
            self.settle()
        self.tick += 1

    def open_shift(self) -> None:
        """Begin an empty page of the daybook; policies begin at 06:00."""
        self.book.clear()
        self.learned = 0
        self.day_type = self.calendar.day_type(self.tick)
        if self.turns_today():
            self.numbers |= changes(self.settings, self.date, self.town.settlement_names)
            self._laid.clear()

    def change_population(self) -> None:
        """M28: births, newcomers, deaths of age, departures."""
        population_change.act(self)

    def brief_officers(self) -> None:
        """M29: what training, language and their states add to how officers treat people."""
        officers.prepare(self)

    def maintain(self) -> None:
        """M19: vehicles, fuel, lines, funds and the mayor."""
        resources.act(self)

    def relieve_couples(self) -> None:
        """M2: who is on duty, with what means."""
        roster.act(self)

    def plan(self) -> None:
        """M17: on the first of a month, stations whose quarter is over make a plan."""
        plans.act(self)

    def patrol(self) -> None:
        """M3: couples plan their visits."""
        patrol.act(self)

    def withdraw(self) -> None:
        """M15: the police stay away where a crowd attacked them."""
        collective_violence.withdraw(self)

    def clamp_down(self) -> None:
        """M25: soldiers patrol, young men are detained and released."""
        heavy_hand.act(self)

    def offend(self) -> None:
        """M5, M6: crimes happen, are given up, or move."""
        crime.act(self)

    def extort(self) -> None:
        """M7: payments, demands, threats, clashes, recruits, imitators."""
        extortion.act(self)

    def hurt_at_home(self) -> None:
        """M9: women are hurt at home."""
        domestic_violence.act(self)

    def dispute(self) -> None:
        """M10: households quarrel over land, water and boundaries."""
        land_conflicts.act(self)

    def tell(self) -> None:
        """M11: victims tell, or not; what is told leaves its traces."""
        reporting.act(self)

    def seek_help(self) -> None:
        """M9: who was hurt at home looks for help, or not."""
        seeking_help.act(self)

    def respond(self) -> None:
        """M12: couples answer calls and arrest."""
        response.act(self)

    def gather(self) -> None:
        """M15: crowds gather against suspects, or are stopped."""
        collective_violence.act(self)

    def meet(self) -> None:
        """M4: couples meet residents."""
        contacts.act(self)

    def answer_for_bribes(self) -> None:
        """M20: what becomes of what officers asked for."""
        misconduct.act(self)

    def deter(self) -> None:
        """M5: offenders learn where police have been."""
        deterrence.act(self)

    def hear_cases(self) -> None:
        """M14: communal authorities hear cases and keep watch."""
        communal_authority.act(self)

    def consult(self) -> None:
        """M18: police and communities meet; requests are answered, or not."""
        consultation.act(self)

    def report_up(self) -> None:
        """M17: stations note what they know and send it on its way up."""
        information.act(self)

    def answer_for_figures(self) -> None:
        """M27: what is written down makes the figure for which chiefs answer."""
        pressure.act(self)

    def judge(self) -> None:
        """M13: arrests and complaints take their way."""
        justice.act(self)

    def break_out(self) -> None:
        """M23, M26: public events and crises."""
        political_calendar.act(self)
        crises.act(self)

    def spread_news(self) -> None:
        """M21: people tell each other."""
        hearsay.act(self)

    def take_fright(self) -> None:
        """M22: harm, own and heard, frightens."""
        fear.act(self)

    def live_through(self) -> None:
        """M29: what officers on duty live through."""
        officers.act(self)

    def close_shift(self) -> None:
        """Enter the shift into the books of crime and police work."""
        state, stage = self.state, self.stage()
        enter(stage, state.books, state.occurred_here, state.harmed_here)
        close_shift(stage, state.couples, state.seen_here)
        if self.trace is not None:
            self.trace = {name: self.book.filled(table).copy() for table, name in enumerate(TABLES)}
        if "incidents" in self.keep and self.calendar.is_reported(self.tick):
            self.kept["incidents"].append(self.book.filled(list(TABLES).index("incidents")).copy())

    def renew_officers(self) -> None:
        """M29, M20, M16: officers' states, customs, what they learn, who leaves and who comes."""
        officers.month_end(self)
        misconduct.month_end(self)
        adoption.month_end(self)

    def settle(self) -> None:
        """Bring everybody up to date, take the measures, close the month's books."""
        state, trust = self.state, self.numbers["trust"]
        self.remember_public_events()
        fear.month_end(self)
        settle(
            state.minds,
            self.ground,
            trust,
            self.numbers["fear"],
            state.local,
            state.mood[0],
            state.ledger,
            self.class_table,
            self.by_cell,
            state.total,
            self.tick,
        )
        if first_of_month(self.month) >= self.settings.start:
            self._report()
        state.open_month()

    def remember_public_events(self) -> None:
        """Let the mood of the municipality fade by a month, and take in the month's public events."""
        mood = self.state.mood
        shifts = 3.0 * self.days_of_month
        mood[0] = mood[0] * kept(shifts, self.numbers["trust"][0]["memory_years"]) + mood[1]
        mood[1] = 0.0

    def learn(self) -> None:
        """Let the impressions written since the last call change beliefs, through the ledger."""
        written = self.book.counts.item(IMPRESSIONS)
        if self.learned < written:
            learn_all(self.stage(), self.learned)
            self.learned = written

    def turns_today(self) -> bool:
        """Whether a policy begins, or an event of the timeline begins or ends, with this shift."""
        return self.tick % 3 == 0 and self.date in self._dates

    def laid[T](self, lay: Callable[["TrustModel"], T]) -> T:
        """Return what ``lay`` makes of this world's tables and the numbers in force.

        It is kept until a table has moved or the numbers change, so it may hold nothing else that does.
        """
        if self._growth is not Growth.latest:
            self._laid.clear()
            self._growth = Growth.latest
        if lay not in self._laid:
            self._laid[lay] = lay(self)
        found: T = self._laid[lay]
        return found

    def stage(self) -> Stage:
        """Return where the events of the present shift happen, as kernels take it."""
        stage = self.laid(stage_of)
        if stage.tick != self.tick:
            stage.put("tick", self.tick)
            stage.put("where", self.calendar.place_list(self.tick))
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
    def days_of_month(self) -> int:
        """Days of the present month."""
        return (first_of_month(self.month + 1) - first_of_month(self.month)).days

    def trust(self) -> np.ndarray:
        """Trust of every resident at the end of the last shift (0-1; of the dead, as they left)."""
        memory = self.numbers["trust"]["memory_years"][self.town.people["settlement"]]
        minds = self.state.minds
        return np.array(
            [trust_now(minds[i], max(self.tick - 1, minds[i]["touched"]), memory[i]) for i in range(len(minds))]
        )

    def settlement_months(self) -> np.ndarray:
        """Rows of month and settlement: residents, means of trust and beliefs, crimes that happened."""
        return joined(self._past["settlement"], SETTLEMENT_MONTH)

    def group_months(self) -> np.ndarray:
        """Rows of month and group (see `model.measures.GROUPS`): residents, means of trust and beliefs."""
        return joined(self._past["group"], GROUP_MONTH)

    def ledger_months(self) -> np.ndarray:
        """Rows of month, settlement and cause: the change of total trust."""
        return joined(self._past["ledger"], LEDGER_MONTH)

    def cell_months(self) -> np.ndarray:
        """Rows of cells in the first and the last full month."""
        past = self._past["cell"]
        return joined([past[0], past[-1]] if len(past) > 1 else past, CELL_MONTH)

    def _report(self) -> None:
        """Take the rows of the month that ends."""
        told = Month(self)
        self.rows = row_of(told)
        self.datacollector.collect(self)
        month, state, town = self.month, self.state, self.town
        local = np.zeros(town.n_settlements, SETTLEMENT_MONTH)
        local["month"], local["settlement"] = month, np.arange(town.n_settlements)
        write_means(local, told.local)
        local["occurred"] = state.occurred_here
        self._past["settlement"].append(local)
        groups = np.zeros(len(GROUPS), GROUP_MONTH)
        groups["month"], groups["group"] = month, np.arange(len(GROUPS))
        write_means(groups, np.array(list(told.groups.values())))
        self._past["group"].append(groups)
        change = state.ledger[0] + state.ledger[1]
        accounts = np.zeros(change.size, LEDGER_MONTH)
        accounts["month"] = month
        accounts["cause"], accounts["settlement"] = (axis.ravel() for axis in np.indices(change.shape))
        accounts["change"] = change.ravel()
        self._past["ledger"].append(accounts)
        self._past["cell"] = [*self._past["cell"][:1], self._cells()]

    def _cells(self) -> np.ndarray:
        """Return the populated cells as they stand at the end of a month."""
        town, state = self.town, self.state
        populated = np.flatnonzero(town.cells["population"] > 0)
        rows = np.zeros(len(populated), CELL_MONTH)
        rows["month"], rows["cell"] = self.month, populated
        for name in ("x", "y"):
            rows[name] = town.cells[name][populated]
        residents, trust = self.by_cell[:, populated]
        rows["residents"], rows["trust"] = residents, trust / np.maximum(residents, 1.0)
        rows["incidents"], rows["visits"] = state.harmed_here[populated], state.seen_here[populated]
        weeks = self.numbers["deterrence"]["weeks"][town.cells["settlement"][populated]]
        idle = self.tick + 1 - state.risk["touched"][populated]
        rows["risk"] = state.risk["level"][populated] * np.exp2(-idle / (21.0 * weeks))
        return rows

    # Saving and copying, between steps

    def checkpoint(self) -> dict[str, Any]:
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
        checkpoint: dict[str, Any],
        town: Town | None = None,
        trace: bool = False,
        keep: Iterable[str] = (),
    ) -> Self:
        """Return the world of a checkpoint, which goes on bit for bit."""
        world = cls.__new__(cls)
        world._prepare(scenario, checkpoint["seed"], town, trace, keep)
        world.tick = checkpoint["tick"]
        past = copy.deepcopy({key: checkpoint[key] for key in ("state", "past", "kept", "collected")})
        world.state, world._past = past["state"], past["past"]
        world._look_out()
        world.kept |= past["kept"]
        world.datacollector.model_vars = past["collected"]
        if len(world.state.minds) != world.town.n_people:
            raise InputError(
                f"the saved state has {len(world.state.minds)} residents, the scenario {world.town.n_people}"
            )
        world._read_numbers()
        enrol(world)
        return world

    def save(self, folder: str | Path) -> None:
        """Write the State into a folder, between steps."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / "state.pickle").write_bytes(pickle.dumps(self.checkpoint()))

    @classmethod
    def restore(cls, folder: str | Path, scenario: Scenario, town: Town | None = None, **options: Any) -> Self:
        """Return the world that was saved in a folder; it goes on bit for bit."""
        path = Path(folder) / "state.pickle"
        if not path.is_file():
            raise InputError(f"no saved state in {folder}: {path.name} is missing")
        checkpoint = pickle.loads(path.read_bytes())
        if checkpoint["fingerprint"] != fingerprint():
            raise InputError(
                f"{folder} was saved by code {checkpoint['fingerprint']}, this is {fingerprint()}: run it anew"
            )
        return cls.resumed(scenario, checkpoint, town, **options)

    def __reduce__(self) -> Any:
        return remade, (
            type(self),
            self.settings,
            self.checkpoint(),
            self.town,
            self.trace is not None,
            self.keep,
        )

    def __deepcopy__(self, memo: Any) -> Self:
        return self.resumed(self.settings, self.checkpoint(), self.town, self.trace is not None, self.keep)


def stage_of(world: TrustModel) -> Stage:
    """Lay out where the events of a shift happen."""
    state = world.state
    return Stage(
        world.book.day,
        world.ground,
        state.minds,
        world.numbers["trust"],
        state.ledger,
        state.tally,
        world.tick,
        world.calendar.place_list(world.tick),
        world.seed,
    )


def remade(kind: type[TrustModel], *parts: Any) -> TrustModel:
    """Return a pickled world."""
    return kind.resumed(*parts)


def round_half_up(number: float) -> int:
    """Return the nearest whole number, halves upwards."""
    return int(number + 0.5)


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
    """Return a reader of one measure of the month that has just ended."""

    def read(world: TrustModel) -> float:
        return world.rows[name]

    return read


def month_reporter(world: TrustModel) -> datetime.date:
    """First day of the month that has just ended."""
    return first_of_month(world.month)


def joined(rows: list[np.ndarray], row: np.dtype) -> np.ndarray:
    """Return tables of several months as one."""
    return np.concatenate(rows) if rows else np.zeros(0, row)


def write_means(rows: np.ndarray, sums: np.ndarray) -> None:
    """Write residents, and the means of what was summed over them, into rows."""
    rows["residents"] = sums[:, 0]
    for column, name in enumerate(SUMS[1:], start=1):
        rows[name] = np.divide(sums[:, column], sums[:, 0], out=np.full(len(sums), np.nan), where=sums[:, 0] > 0)
