"""The slow reference model: one shift at a time, in the order of ODD section 3."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import mesa

from oracle.absence import note_presence
from oracle.adoption import note_care
from oracle.army import Prisoner, clamp_down, list_suspects
from oracle.certainty import Certainty, begin_certainty, deter
from oracle.chief import Chief, close_books, set_hours, take_command, take_word
from oracle.cliques import begin_cliques, end_month_of_cliques, raid
from oracle.community import Authority, Case, Hearing, hear_cases, spread_news
from oracle.consent import ask_consent
from oracle.consultation import Meeting, Request, consult
from oracle.contacts import meet
from oracle.crime import Incident, Repeat, offend
from oracle.crowds import gather, withdraw
from oracle.deciding import ChoiceRecord
from oracle.deliberation import deliberate
from oracle.events import KINDS, evidence_of
from oracle.fear import Local, end_month, update_fear
from oracle.gangs import Clique, Threat, extort, found_cliques
from oracle.home import REASONS, begin_at_home, hurt_at_home, seek_help
from oracle.information import report_up
from oracle.investigation import File, judge
from oracle.land import dispute
from oracle.mayor import Hall, govern, open_hall
from oracle.means import maintain, open_garage
from oracle.minutes import book_minutes
from oracle.misconduct import Bribe, answer_for_bribes
from oracle.narcos import found_narcos
from oracle.offenders import GROUPS, Slot, make_list, renew_offenders
from oracle.officers import brief_officers, count_experiences, renew_officers
from oracle.people import Impression, Ledger, Resident
from oracle.places import Cell, Places, read_cells, read_places
from oracle.plans import Mail, Memory, Plan, first_plans, plan
from oracle.police import Couple, Facility, Officer, Sector, Visit, patrol, relieve_couples
from oracle.politics import break_out, numbers_today
from oracle.population import Suffered, change_population
from oracle.practices import begin_practices, take_up
from oracle.pressure import Figure, answer_for_figures
from oracle.problems import Problems, begin_problems, note_problems, show_problems, solve_problems
from oracle.random_draws import keyed_uniform
from oracle.remedies import Hurt, wait_in_vain
from oracle.reporting import Call, Unserved, tell
from oracle.response import Arrest, Response, respond
from oracle.service import CALLS, CASES, Around, hear_of_service
from oracle.spent import Spent
from oracle.start import calibrate_intercept, find_intercept

DAY_ZERO, SATURDAY = datetime.date(2000, 1, 1), 5
HEARD_OUT_OF = ("heard_respect", "heard_weakness")
HELP_BY = tuple(f"help_by_{reason}" for reason in ("luck", *REASONS))
"""What is counted in a month: what was decisive for hearing a case, and for where a woman looked for help."""
WORKING_DAY, MARKET_DAY, SUNDAY = range(3)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def choose_hours(town: "PlainTown") -> None:
    """Let chiefs set the hours of the month that begins; stations close their books of the one that ends."""
    set_hours(town, town.month + 1)
    close_books(town)


SHIFT: tuple[Callable[["PlainTown"], None], ...] = (
    change_population,
    brief_officers,
    maintain,
    relieve_couples,
    plan,
    patrol,
    withdraw,
    ask_consent,
    renew_offenders,
    clamp_down,
    raid,
    offend,
    extort,
    hurt_at_home,
    dispute,
    tell,
    seek_help,
    respond,
    wait_in_vain,
    gather,
    meet,
    note_presence,
    answer_for_bribes,
    deter,
    deliberate,
    hear_cases,
    consult,
    report_up,
    note_problems,
    answer_for_figures,
    judge,
    take_word,
    govern,
    break_out,
    spread_news,
    update_fear,
    count_experiences,
    book_minutes,
)
MONTH_END: tuple[Callable[["PlainTown"], None], ...] = (
    renew_officers,
    take_up,
    solve_problems,
    show_problems,
    choose_hours,
    end_month,
    hear_of_service,
    end_month_of_cliques,
)
"""What happens in every shift and, besides, in the last one of a month, in the order of ODD section 3."""


def years_before(date: datetime.date, years: int) -> datetime.date:
    """Return the same date of an earlier year (28 February for a 29th)."""
    try:
        return date.replace(year=date.year - years)
    except ValueError:
        return date.replace(year=date.year - years, day=28)


class PlainTown(mesa.Model):
    """The town as ordinary agents; the map and the residents' fixed columns are read from its tables."""

    def __init__(self, scenario: Any, town: Any, seed: int) -> None:
        super().__init__(rng=seed)
        self.settings = scenario
        self.seed = seed
        self.n_settlements = len(town.settlements)
        self.cell_m = float(town.cell_m)
        self.intercept = self.fear_shift = 0.0
        self.killings = [0.0, 0.0, 0.0]
        self.set_clock()
        self.read_map(town)
        self.read_police(town)
        self.read_residents(town)
        find_intercept(self)
        self.form_boards(town)
        self.plan_first()
        self.found_gangs()
        self.await_nothing()
        self.begin_to_decide()
        begin_at_home(self)
        self.residents_at_start = [
            sum(one.alive and one.settlement == z for one in self.residents) for z in range(self.n_settlements)
        ]
        self.problems: Problems
        begin_problems(self)
        self.find_offenders()
        self.local = [Local() for _ in range(self.n_settlements)]
        self.service = [Around() for _ in range(self.n_settlements)]
        self.usual_service: dict[str, float | None] = {CALLS: None, CASES: None}
        self.hidden = self.cases_expected = 0.0
        self.n_cases = 0
        self.count_nothing()
        self.ledger = Ledger(self)
        self.ledger.begin()
        self.n_applied = self.n_traced = 0
        self.begin_shift()

    def set_clock(self) -> None:
        """Find the first shift, that of the warm-up, and share the mood of the day before it."""
        scenario = self.settings
        self._groups: dict[str, Any] = {}
        first_day = years_before(scenario.start, scenario["calendar"].warm_up)
        self.tick = self.first_tick = 3 * (first_day - DAY_ZERO).days
        self.first_month = self.month
        self.start_tick = 3 * (scenario.start - DAY_ZERO).days
        self.tick -= 3
        self.mood = self.numbers("trust").mood
        self.tick += 3
        self._groups.clear()
        self.now = self.tick

    def form_boards(self, town: Any) -> None:
        """Let settlements have the authorities that the tables name."""
        self.authorities = [
            Authority(self, number, row, town.settlements[int(row["settlement"])])
            for number, row in enumerate(town.authorities)
        ]

    def plan_first(self) -> None:
        """Make the first plans, open the garage, and begin to count figures."""
        self.memories: list[Memory]
        self.mail: list[Mail]
        self.plans: list[Plan]
        first_plans(self)
        self.garage = open_garage(self)
        note_care(self)
        self.figures = [Figure() for _ in self.facilities]

    def found_gangs(self) -> None:
        """Found cliques and groups of protectors."""
        self.cliques: list[Clique] = []
        found_cliques(self)
        self.suspects: list[Resident]
        self.share_of_members = 0.0
        self.members_counted = (0, 0)
        list_suspects(self)
        begin_cliques(self)
        self.prison: list[Prisoner] = []
        found_narcos(self)

    def begin_to_decide(self) -> None:
        """Let the mayor take office, and chiefs set the hours of the first month."""
        self.choices: list[ChoiceRecord] = []
        self.seen_here: set[Cell] = set()
        self.n_joint = 0
        self.hall: Hall = open_hall(self)
        self.chiefs: list[Chief] = take_command(self)

    def find_offenders(self) -> None:
        """Make the list of offenders, and let them believe what they believe at the start."""
        self.offenders: list[list[Slot]]
        self.slots_in_force: float
        self.pace = [dict.fromkeys(("in_act", "by_warrant", "further", "gravity", "free"), 0.0) for _ in GROUPS]
        self.drawn_by: dict[tuple[int, int], list[float]]
        make_list(self)
        self.certainty: Certainty = begin_certainty(self)

    def await_nothing(self) -> None:
        """Begin with nothing that waits for a later shift."""
        self.repeats: list[Repeat] = []
        self.victim_sums: dict[tuple[int, float, float], list[float]] = {}
        self.kept_away: list[tuple[Cell, int]] = []
        self.threats: list[Threat] = []
        self.carried: list[Call] = []
        self.taken_up: list[Call] = []
        self.cases: list[Case] = []
        self.requests: list[Request] = []
        self.files: list[File] = []
        self.past_choices: dict[int, list[ChoiceRecord]] = {}
        self.waiting_women: list[tuple[int, Resident]] = []
        self.women: list[Hurt] = []
        self.last_out = -1

    def count_nothing(self) -> None:
        """Begin all counts."""
        self.n_public = self.n_complaints = self.n_answered = 0
        self.off_map = self.n_kept_away = self.n_payments = self.n_imitators_paid = self.n_sentences = 0
        self.spent = Spent()
        self.counted = dict.fromkeys((*HEARD_OUT_OF, *HELP_BY), 0)
        self.n_prevented = self.n_detained_offenders = self.n_tips = self.n_cleared = self.n_by_warrant = 0

    # Reading the tables

    def read_map(self, town: Any) -> None:
        """Read the cells and the list of populated cells."""
        self.cells: list[Cell] = read_cells(town.cells, town.near)
        for cell in self.cells:
            cell.last_seen = self.tick
        self.everywhere: Places = read_places(town.everywhere, self.cells)

    def read_police(self, town: Any) -> None:
        """Read facilities, sectors, posts and officers."""
        self.facilities = [
            Facility(
                number,
                self.cells[int(row["cell"])],
                int(row["vehicles"]),
                int(row["motorcycles"]),
                bool(row["station"]),
            )
            for number, row in enumerate(town.facilities)
        ]
        routes = read_places(town.routes, self.cells)
        self.sectors = [
            Sector(
                number,
                self.facilities[int(row["facility"])],
                bool(row["foot"]),
                routes[row["route_start"] : row["route_end"]],
                routes[row["plan_start"] : row["plan_end"]],
            )
            for number, row in enumerate(town.sectors)
        ]
        self.couples = [Couple(self, number, row) for number, row in enumerate(town.posts)]
        self.officers = [Officer(self, number, row) for number, row in enumerate(town.officers)]
        begin_practices(self)

    def read_residents(self, town: Any) -> None:
        """Read the residents, their ties, and who is where under each list."""
        self.residents: list[Resident] = []
        for number, person in enumerate(town.people):
            places = [self.cells[cell] if cell >= 0 else None for cell in town.places[:, number].tolist()]
            self.residents.append(Resident(self, number, person, places))
        for resident, ties in zip(self.residents, town.ties.tolist(), strict=True):
            resident.ties = [self.residents[tie] for tie in ties if tie >= 0]
            if resident.alive:
                resident.enlist()
        self.to_come = [resident for resident in self.residents if not resident.alive]

    # What time it is

    @property
    def day(self) -> int:
        """Days since 2000-01-01."""
        return self.tick // 3

    @property
    def shift(self) -> int:
        """Number of the shift: 0 morning, 1 evening, 2 night."""
        return self.tick % 3

    @property
    def date(self) -> datetime.date:
        """Date on which this shift begins."""
        return DAY_ZERO + datetime.timedelta(days=self.day)

    @property
    def weekday(self) -> int:
        """Weekday, Monday 0."""
        return self.weekday_of(self.tick)

    def weekday_of(self, tick: int) -> int:
        """Weekday of a shift, Monday 0."""
        return (SATURDAY + tick // 3) % 7

    @property
    def month(self) -> int:
        """Number of the month."""
        return 12 * self.date.year + self.date.month - 1

    @property
    def month_ends(self) -> bool:
        """Whether this is the last shift of its month."""
        return self.shift == 2 and (self.date + datetime.timedelta(days=1)).month != self.date.month

    @property
    def month_began(self) -> int:
        """First tick of the present month, whether it was lived or not."""
        return 3 * (self.date.replace(day=1) - DAY_ZERO).days

    @property
    def n_market_days(self) -> int:
        """Days of the week with a market."""
        return sum(getattr(self.numbers("calendar"), f"market_{weekday}") for weekday in WEEKDAYS)

    @property
    def is_market_day(self) -> bool:
        """Whether there is a market today."""
        return self.has_market(self.tick)

    def has_market(self, tick: int) -> bool:
        """Whether there is a market on the day of a shift."""
        return bool(getattr(self.numbers("calendar"), f"market_{WEEKDAYS[self.weekday_of(tick)]}"))

    @property
    def place_list(self) -> int:
        """Number of the list of places of this shift (ODD: daily_rhythm)."""
        return self.list_of(self.tick)

    def list_of(self, tick: int) -> int:
        """Number of the list of places of a shift."""
        sunday = self.weekday_of(tick) == 6
        day_type = MARKET_DAY if self.has_market(tick) else SUNDAY if sunday else WORKING_DAY
        return 3 * day_type + tick % 3

    # What the rules ask for

    def numbers(self, group: str) -> Any:
        """Return the parameters of a group in force."""
        if group not in self._groups:
            self._groups[group] = numbers_today(self, group)
        return self._groups[group]

    def uniform(self, name: str, who: int, nth: int, *, tick: int | None = None) -> float:
        """Return u⟨name; tick, who, nth⟩, of this shift unless a tick is given."""
        return keyed_uniform(self.seed, name, self.tick if tick is None else tick, who, nth)

    def straight_km(self, one: Cell, other: Cell) -> float:
        """Straight distance between the centres of two cells."""
        return one.away(other) * self.cell_m / 1000.0

    def couples_on_duty(self) -> list[Couple]:
        """Return the couples on duty, by row: reinforcements behind the posts."""
        return [couple for couple in self.couples if couple.on_duty]

    def authority_of(self, settlement: int) -> Authority | None:
        """Return the authority of a settlement, if it has one."""
        return next((one for one in self.authorities if one.settlement == settlement), None)

    def trust(self, number: int) -> float:
        """Trust of a resident now."""
        return self.residents[number].trust

    def record_impression(
        self,
        who: Resident | None,
        cause: int,
        *,
        fairness: tuple[float, float] = (0.5, 0.0),
        effectiveness: tuple[float, float] = (0.5, 0.0),
        fast: float | None = None,
        origin: int | None = None,
        heard_from: Impression | None = None,
    ) -> None:
        """Write an impression, given as quality and weight of each belief and its fast part (ODD 5.1, 5.4)."""
        if who is not None and who.alive and (fairness[1] != 0.0 or effectiveness[1] != 0.0):
            fast = self.numbers("trust").fast if fast is None else fast
            origin = cause if origin is None else origin
            if heard_from is not None:
                origin = heard_from.origin
            said = (*fairness, *effectiveness, fast)
            self.impressions.append(Impression(who, cause, *said, origin, heard=heard_from is not None))

    def live(
        self,
        who: Resident | None,
        kind: str,
        weight: float,
        *,
        how: str = "",
        weight_how: float = 0.0,
        origin: int | None = None,
    ) -> None:
        """Let somebody live through an event of a kind; ``how`` is the kind that says how fair it was (ODD 5.5)."""
        said, (group, key) = vars(self.numbers("events")), KINDS[kind].fast
        self.record_impression(
            who,
            KINDS[kind].cause,
            fairness=evidence_of(how or kind, "fair", weight_how if how else weight, said),
            effectiveness=evidence_of(kind, "effective", weight, said),
            fast=getattr(self.numbers(group), key),
            origin=origin,
        )

    def apply_impressions(self) -> None:
        """Learn what was written since the last time, in order (ODD 3); who has died since learns nothing."""
        for impression in self.impressions[self.n_applied :]:
            change = impression.who.apply_impression(impression) if impression.who.alive else 0.0
            said = (impression.quality_f, impression.quality_e, impression.weight_f, impression.weight_e)
            traced = (impression.cause, impression.origin, float(impression.heard))
            self.learned.append((impression.who.number, *traced, *said, impression.fast, change))
        self.n_applied = len(self.impressions)

    # One shift

    def begin_shift(self) -> None:
        """Turn the page: what happened in the last shift is forgotten; in the morning events begin and end."""
        if self.shift == 0:
            self._groups.clear()
        self.visits: list[Visit] = []
        self.incidents: list[Incident] = []
        self.calls: list[Call] = []
        self.responses: list[Response] = []
        self.unserved: list[Unserved] = []
        self.arrests: list[Arrest] = []
        self.hearings: list[Hearing] = []
        self.meetings: list[Meeting] = []
        self.bribes: list[Bribe] = []
        self.outside: list[Suffered] = []
        self.impressions: list[Impression] = []
        self.learned: list[tuple[float, ...]] = []
        self.n_applied = 0

    def step(self) -> None:
        """Live one shift, in the order of ODD section 3."""
        self.begin_shift()
        self.now = self.tick
        for act in SHIFT:
            act(self)
        self.spent.close(self)
        self.seen_here |= {visit.cell for visit in self.visits if visit.couple is not None and visit.alive}
        for visit in self.visits:
            visit.cell.n_visits += visit.couple is not None and visit.alive
        self.n_traced = len(self.learned)
        if self.month_ends:
            self.close_month()
        self.tick += 1
        if self.tick == self.start_tick:
            self.now = self.tick
            calibrate_intercept(self)

    def close_month(self) -> None:
        """End a month after its last shift, and begin the counts of the next."""
        for act in MONTH_END:
            act(self)
        self.take_in_mood()
        self.ledger.close(self.month)
        self.past_choices[self.month] = self.choices
        self.choices = []
        self.spent = Spent()
        self.counted = dict.fromkeys((*HEARD_OUT_OF, *HELP_BY), 0)
        for cell in self.cells:
            cell.n_visits = 0

    def take_in_mood(self) -> None:
        """Bring everybody up to date, and let them share the nation's mood (ODD 5.1)."""
        self.mood = self.numbers("trust").mood
        for resident in self.residents:
            if resident.alive:
                resident.forget()
                resident.share_mood(self.mood)

    def trace(self) -> Mapping[str, list[tuple[Any, ...]]]:
        """Return what happened in the last shift, without what a month's end lets out, as rows of numbers by table."""
        return {
            "visits": [
                (
                    v.couple.number if v.couple else -1,
                    v.cell.number,
                    v.minute,
                    v.kind,
                    v.routed,
                    int(v.alive),
                    v.stay,
                    v.km,
                )
                for v in self.visits
            ],
            "incidents": [incident_row(incident) for incident in self.incidents],
            "responses": [(r.born, r.number, r.couple.number, r.wait, number_of(r.board)) for r in self.responses],
            "unserved": [(one.born, one.number, one.reason, number_of(one.board)) for one in self.unserved],
            "arrests": [
                (-1 if a.incident is None else a.incident.number, a.couple.number if a.couple else -1, int(a.held))
                for a in self.arrests
            ],
            "bribes": [(b.cell, b.nth, b.couple.number, b.resident.number) for b in self.bribes],
            "impressions": self.learned[: self.n_traced],
            "hearings": [(h.born, h.number, h.outcome) for h in self.hearings],
            "meetings": [(m.authority, m.problem, int(m.called), m.came, int(m.at_table)) for m in self.meetings],
            "outside": [(one.who.number, one.kind, one.severity) for one in self.outside],
        }


def number_of(board: Authority | None) -> int:
    """Number of a board; -1 is none."""
    return -1 if board is None else board.number


def incident_row(incident: Incident) -> tuple[Any, ...]:
    """Return an incident as a row of numbers."""
    return (
        incident.tick,
        incident.number,
        incident.kind,
        incident.motive,
        incident.cell.number,
        incident.victim.number,
        incident.minute,
        incident.severity,
        incident.loss,
        incident.reported_to,
        int(incident.handed),
        int(incident.found),
        int(incident.complaint),
        int(incident.in_time),
        int(incident.recorded),
        int(incident.arrested),
        int(incident.displaced),
        int(incident.refused),
        int(incident.downgraded),
        -1 if incident.offender is None else incident.offender.row,
    )
