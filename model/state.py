"""The State: everything that a run changes, as plain tables; a checkpoint is this and nothing else."""

from typing import Any

import numpy as np

from model.daybook import KINDS, N_CELLS, N_PROBLEMS, Table, record
from model.kernels import Tables
from model.rows import row_type
from model.ledger import CAUSES, MIND
from model.town import Town

COUPLE = record("on lead mate mode joint cell", "free duty_start duty_end km")
VEHICLE_ROW = record("facility motorcycle number works since")
MEANS = record("late internet phone", "purse custom care")
DUTY = record("nights calls friendly attacks meetings", "warmth")
MAYOR = record("term willing")
RISK = record("touched seen", "level")
REPEAT = record("tick number kind cell victim")
WAITING = record("born number cell teller incident", "minute since severity")
THREAT = record("due born victim clique")
CLIQUE = record("gang centre members founding rivals asked refused", "rent dread")
BOARD = record(
    "met asked problem heard explained invites consents residents silent_until risen withdrawn disputes",
    "legitimacy organised links phones watch",
)
"""Ticks of the last meeting, the last request and the last meeting that got an answer (``heard``).

``problem`` is the kind asked about, ``phones`` the share of leaders with an officer's number."""
CASE = record("born number due kind victim settlement cell step late just")
REQUEST = record("asked due authority nth problem by_police followed")
"""What a community asked for; plans may read the kind of problem and where from."""
PRESENT = record("due authority who")
PENDING = record("due woman")
HOME = row_type([(name, "i4") for name in ("hurt", "channel", "safe", "ruled")])
"""What has happened to a woman at home: tick of the last act, where she then looked for help (a place in the counts
``domestic_to_nobody``…), ticks until which a measure and a ruling protect her; -1 is never."""
LOCAL = record("begun", "crime seen crime_recent crime_usual seen_recent seen_usual insecurity kept")
COMPLAINT = record("filed number teller evidence charged")
FIGURE = record("", "month base refuse downgrade easy")
PRISONER = record("until who clique")
MAIL = record("due born cell problem", "severity")
PLAN = record("mode kind hour n founded named shared holds changed made product months visits")

COUNTS = (
    # police
    "couple_shifts",
    "thin_relays",
    "couples_routed",
    "planned",
    "visits",
    "visits_routed",
    "visits_to_institutions",
    "foot_visits",
    "core_visits",
    "minutes_seen",
    "km",
    "vehicles",
    "motorcycles",
    # crime
    "candidates",
    "ceiling_hits",
    "deterred",
    "displaced",
    "off_map",
    "repeats",
    "grave_assaults",
    "wounded_registered",
    "women_killed",
    "homicides_robbery",
    "homicides_quarrel",
    "homicides_hire",
    "homicides_gang",
    "homicides_extortion",
    # extortion
    "extortion_territorial",
    "extortion_imitators",
    "payments",
    "paid_imitators",
    "imitators_prison",
    "punishments",
    "clashes",
    "recruits",
    "left_gang",
    # reports
    "told_patrol",
    "told_phone",
    "told_station",
    "told_own_phone",
    "told_communal",
    "told_prosecutor",
    "told_anonymous",
    "handed",
    "found",
    "grave",
    "grave_known",
    # calls
    "calls",
    "unserved_line",
    "unserved_triage",
    "unserved_hours",
    "unserved_fuel",
    "unserved_vehicles",
    "calls_other",
    "calls_own_phone",
    "served",
    "served_in_hour",
    # contacts
    "contacts",
    "greetings",
    "talks",
    "stops",
    "bribes",
    "unfair",
    # justice
    "arrests",
    "arrests_without_incident",
    "held",
    "released",
    "charged",
    "dropped",
    "sentenced",
    # communal authority
    "cases",
    "closed",
    "handed_over",
    "women_without_remedy",
    "men_without_remedy",
    "police_present",
    "police_stepped_in",
    "deference_respect",
    "deference_weakness",
    "agreements",
    "apologies",
    "reparations",
    "community_work",
    "fines",
    "losses_of_services",
    "rulings_kept",
    "rulings_broken",
    "to_higher_board",
    "watched",
    # adoption
    "officers_made_aware",
    "officers_trained",
    "training_days",
    "officers_moved",
    "officers_retired",
    "explained",
    # resources
    "couple_hours",
    "fixed_hours",
    "couple_hours_used",
    "km_available",
    "breakdowns",
    "repairs",
    "joint_patrols",
    "benefit_km",
    # misconduct
    "public_cases",
    "complaints_police",
    "complaints_answered",
    "suspended",
    # officers
    # plans
    "known",
    "forms",
    "forms_with_content",
    "records_arrived",
    "record_days",
    "products_returned",
    "formats",
    "diagnoses",
    "visits_by_plan",
    "visits_on_post",
    "visits_where_diagnosed",
    "preventive_visits",
    "plans_with_request",
    "visits_on_paper",
    # heavy hand
    "army_visits",
    "stops_army",
    "stops_army_harsh",
    "detentions",
    "wrongful_detentions",
    "detention_complaints",
    "prison_recruits",
    # pressure for figures
    "refused",
    "downgraded",
    "arrests_easy",
    "complaints_outside",
    "unserved_paper",
    # domestic violence
    "homicides_home",
    "domestic_by_partner",
    "domestic_to_nobody",
    "domestic_to_kin",
    "domestic_to_communal",
    "domestic_to_police",
    "domestic_to_prosecutor",
    "domestic_to_demi",
    "domestic_to_refuge",
    "domestic_again_after_nobody",
    "domestic_again_after_kin",
    "domestic_again_after_communal",
    "domestic_again_after_police",
    "domestic_again_after_prosecutor",
    "domestic_again_after_demi",
    "domestic_again_after_refuge",
    "domestic_alone_after_nobody",
    "domestic_alone_after_kin",
    "domestic_alone_after_communal",
    "domestic_alone_after_police",
    "domestic_alone_after_prosecutor",
    "domestic_alone_after_demi",
    "domestic_alone_after_refuge",
    "domestic_complaints_police",
    "domestic_complaints_prosecutor",
    "domestic_protected",
    "domestic_conciliated",
    # land conflicts
    "land_conflicts",
    "land_brought",
    "land_fights",
    # collective violence
    "suspects_named",
    "crowds",
    "crowds_averted",
    "crowds_injured",
    "crowds_killed",
    "homicides_crowd",
    "police_attacked",
    # consultation
    "meetings",
    "table_meetings",
    "council_meetings",
    "comupre_meetings",
    "network_meetings",
    "council_heard",
    "council_heard_women",
    "council_heard_far",
    "requests",
    "requests_due",
    "requests_met",
    "requests_answered",
    "answered_by_police",
    "limits_explained",
    "doors",
    # narcos
    "kept_away",
    "homicides_narco",
    # fear and precaution
    # youth
    # population
    "births",
    "newcomers",
    "natural_deaths",
    "departures",
    "arrivals_refused",
    "outside_robberies",
    "outside_thefts",
    # political calendar and crises
    "crises",
    "crisis_crowd",
    "meetings_silenced",
)
TALLY = row_type([(name, "f8") for name in COUNTS])
"""Counts since the month began; kilometres are a sum."""

FOOT, MOTORCYCLE, VEHICLE, BICYCLE = range(4)
LONGEST_WAIT = 1440
BOOKS = ("occurred", "told", "complaints", "recorded")


class Ground(Tables):
    """The tables of the town that kernels read about places and residents."""

    cells: Any
    near: Any
    people: Any
    ties: Any
    places: Any
    who_start: Any
    who: Any
    who_end: Any
    crowd: Any
    come: Any


class Plant(Tables):
    """The tables of the town that kernels read about the police; ``seats[post]`` are its two officers."""

    facilities: Any
    officers: Any
    posts: Any
    seats: Any
    sectors: Any
    routes: Any
    everywhere: Any


class Stage(Tables):
    """Where an event of this shift happens: its page, the town, the residents, the books, and whose luck it is.

    ``where`` is the number of the list that says who is where in this shift.
    """

    day: Any
    ground: Any
    minds: Any
    trust: Any
    ledger: Any
    tally: Any
    tick: Any
    where: Any
    seed: Any


class Wall(Tables):
    """What is remembered of past months by cell and problem: known to the station (by shift), true, told, recorded."""

    known: Any
    happened: Any
    told: Any
    atlas: Any


class Gangland(Tables):
    """The tables of the State that cliques live on."""

    cliques: Any
    territory: Any
    target_start: Any
    targets: Any
    threats: Any
    threat_count: Any
    roll: Any
    roll_count: Any


def ground_of(town: Town, state: "State") -> Ground:
    """Return the tables of places and residents of a town, with who is here by now."""
    return Ground(
        town.cells,
        town.near,
        town.people,
        town.ties,
        town.places,
        town.who_start,
        town.who,
        state.who_end,
        state.crowd,
        state.come,
    )


def plant_of(town: Town, officers: np.ndarray) -> Plant:
    """Return the tables of the police of a town with its present officers, and the seats of every post."""
    seats = np.full((len(town.posts), 2), -1, np.int64)
    for number, officer in enumerate(officers):
        if officer["post"] >= 0:
            seats[officer["post"], officer["seat"]] = number
    return Plant(town.facilities, officers, town.posts, seats, town.sectors, town.routes, town.everywhere)


def vehicles_of(facilities: np.ndarray) -> np.ndarray:
    """Return a row for every vehicle and motorcycle that the facilities own."""
    owned = [
        (f, motorcycle, number, 1, 0)
        for f, facility in enumerate(facilities)
        for motorcycle, name in enumerate(("vehicles", "motorcycles"))
        for number in range(facility[name])
    ]
    return np.array(owned, dtype=VEHICLE_ROW)


class State:
    """What changes in a run.  Rows are never reused; the dead stay, marked."""

    def __init__(self, town: Town, n_cliques: int) -> None:
        self.minds = np.zeros(town.n_people, MIND)
        self.come = np.zeros(1, np.int64)
        """Rows of residents whose day to be born or move here has come, and all before them."""
        self.who_end = np.zeros((len(town.places), town.n_cells), np.int64)
        """Where the list of who is in a cell ends: those whose day has come."""
        self.crowd = np.zeros((len(town.places), town.n_cells), np.int64)
        """How many of them are here: they came, and have not moved away or died of age."""
        self.mood = np.zeros(2)
        """Offset of trust of the whole municipality; what public events of this month will add to it."""
        self.hidden = np.zeros(1)
        """Cases of misconduct that are not known yet and will come out, in expectation."""
        self.officers = town.officers.copy()
        self.couples = np.zeros(len(town.posts), COUPLE)
        self.vehicles = vehicles_of(town.facilities)
        self.means = np.zeros(len(town.facilities), MEANS)
        self.duty = np.zeros(len(town.officers), DUTY)
        self.mayor = np.full(1, -1, MAYOR)
        self.risk = np.zeros(town.n_cells, RISK)
        self.repeats = Table(REPEAT, 1024)
        self.waiting = Table(WAITING)
        self.threats = Table(THREAT)
        self.cases = Table(CASE)
        self.requests = Table(REQUEST)
        self.present = Table(PRESENT)
        self.suffered = np.zeros((town.n_settlements, len(KINDS)))
        self.homes = np.zeros(town.n_people, HOME)
        self.pending = Table(PENDING)
        self.complaints = Table(COMPLAINT, 1024)
        self.cliques = np.zeros(n_cliques, CLIQUE)
        self.roll = Table(np.dtype("i8"))
        """Everybody who is a member of a clique; who has left since the last end of a month is still on it."""
        self.territory = np.full(town.n_cells, -1, np.int64)
        self.protected = np.full(town.n_cells, -1, np.int64)
        """The group of protectors of each cell, or -1."""
        self.target_start = np.zeros(n_cliques + 1, np.int64)
        self.targets = np.zeros(0, np.int64)
        self.boards = np.zeros(len(town.authorities), BOARD)
        self.plans = np.zeros(len(town.facilities), PLAN)
        self.plan_cells = np.full((len(town.facilities), N_CELLS), -1, np.int64)
        self.planned_here = np.zeros(town.n_cells, np.int64)
        self.known = np.zeros((town.n_cells, N_PROBLEMS, 3))
        self.happened = np.zeros((town.n_cells, N_PROBLEMS))
        self.told = np.zeros(town.n_cells)
        self.atlas = np.zeros((town.n_cells, N_PROBLEMS))
        self.mail = Table(MAIL)
        self.figures = np.zeros(len(town.facilities), FIGURE)
        self.around = np.zeros(0, np.int64)
        """Men who live in or next to a territory."""
        self.suspected = np.zeros(2)
        """Share of members among the young of them, and the month of the count."""
        self.prison = Table(PRISONER)
        self.local = np.zeros(town.n_settlements, LOCAL)
        self.ledger = np.zeros((2, len(CAUSES), town.n_settlements))
        self.tally = np.zeros(1, TALLY)
        self.books = np.zeros((len(BOOKS), len(KINDS)), np.int64)
        self.occurred_here = np.zeros(town.n_settlements, np.int64)
        self.harmed_here = np.zeros(town.n_cells, np.int64)
        self.seen_here = np.zeros(town.n_cells, np.int64)
        self.waits = np.zeros(LONGEST_WAIT + 1, np.int64)
        self.total = np.zeros(town.n_settlements)

    def open_month(self) -> None:
        """Set the counts and the ledger of the month to zero."""
        for table in (
            self.ledger,
            self.books,
            self.waits,
            self.occurred_here,
            self.harmed_here,
            self.seen_here,
            self.planned_here,
        ):
            table[:] = 0
        self.tally[:] = np.zeros(1, TALLY)


def gangland_of(world: Any) -> Gangland:
    """Lay out what cliques live on."""
    state = world.state
    return Gangland(
        state.cliques,
        state.territory,
        state.target_start,
        state.targets,
        state.threats.rows,
        state.threats.count,
        state.roll.rows,
        state.roll.count,
    )


def wall_of(world: Any) -> Wall:
    """Lay out what is remembered of the crime of past months, as plans read it."""
    return Wall(world.state.known, world.state.happened, world.state.told, world.state.atlas)
