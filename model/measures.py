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
    if person.female == 1:
        flags += WOMAN
    if person.indigenous == 1:
        flags += INDIGENOUS
    if person.council == 1:
        flags += COUNCIL
    if age < 30.0:
        flags += YOUNG
    if mind.harmed >= 0 and tick - mind.harmed < YEAR:
        flags += VICTIM
    if mind.met >= 0 and tick - mind.met < YEAR:
        flags += CONTACT
    if mind.met_free >= 0 and tick - mind.met_free < YEAR:
        flags += FREE
    if minutes > FAR_MINUTES:
        flags += FAR
    if age >= 18.0:
        flags += ADULT
    return flags


@kernel
def harmed_lately(mind: Any, tick: Any) -> Any:
    """Whether somebody was harmed in the last year, here or outside the municipality."""
    return (mind.harmed >= 0 and tick - mind.harmed < YEAR) or (
        mind.harmed_outside >= 0 and tick - mind.harmed_outside < YEAR
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
        if mind.gone >= 0:
            continue
        z = person.settlement
        if trust[z].memory_years != memory:
            memory = trust[z].memory_years
            for shifts in range(MONTH + 1):
                left[shifts] = kept(float(shifts), memory)
        if mind.mood != before_mood:
            before_mood, calm_before = mind.mood, math.exp(-mind.mood)
        fade_by(mind, left[tick - mind.touched])  # everybody here was up to date at the last end of a month
        mind.touched = tick
        # half of either belief's odds against the police: with the mood's they make those of trust
        unfair, useless = math.exp(-0.5 * mind.fairness), math.exp(-0.5 * mind.effectiveness)
        now = 1.0 / (1.0 + unfair * useless * calm_before)
        book(ledger, FADING, z, now - mind.trust)
        if mind.mood != mood:
            before, now = now, 1.0 / (1.0 + unfair * useless * calm)
            book(ledger, PUBLIC_EVENT, z, now - before)
        mind.mood, mind.trust = mood, now
        book(sums, 0, z, now)
        by_cell[0, person.home] += 1.0
        by_cell[1, person.home] += now
        feel(mind, local[z], fear[z])
        row = table[z, flags_of(person, mind, cells[person.home].minutes, tick)]
        row[0] += 1.0
        row[1] += now
        row[2] += 1.0 / (1.0 + unfair * unfair)
        row[3] += 1.0 / (1.0 + useless * useless)
        row[4] += mind.fear
        row[5] += mind.careful
        row[6] += 1.0 if harmed_lately(mind, tick) else 0.0
    for z in range(len(total)):
        total[z] = sums[0, 0, z] + sums[1, 0, z]


@kernel
def count_payers(minds: Any, targets: Any) -> Any:
    """Living targets of cliques who pay."""
    count = 0
    for i in targets:
        if minds[i].pays >= 0 and minds[i].gone < 0:
            count += 1
    return count


@kernel
def count_hurt(homes: Any, minds: Any, come: Any, tick: Any) -> Any:
    """Living women who were hurt at home in the last year."""
    count = 0
    for i in range(come[0]):
        hurt = homes[i].hurt
        if hurt >= 0 and tick - hurt < YEAR and minds[i].gone < 0:
            count += 1
    return count


@kernel
def ask(heard: Any, ground: Any, minds: Any, noise: Any, wave: Any, tick: Any, seed: Any) -> None:
    """Ask a sample of adults "how much do you trust the police?"; ``heard`` is what they feel, in log-odds."""
    for s in range(len(heard)):
        fetch(minds, int(luck(seed, SURVEY, wave, s + AHEAD, 0) * len(minds)))
        for a in range(16):
            i = int(luck(seed, SURVEY, wave, s, a) * len(minds))
            if i < ground.come[0] and minds[i].gone < 0 and age_of(ground.people[i], tick) >= 18.0:
                break
        u = luck(seed, ANSWER, wave, s, 0)
        heard[s] = (minds[i].fairness + minds[i].effectiveness) / 2.0 + minds[i].mood
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
    """Unit and meaning of one column."""

    unit: str
    en: str
    es: str


def share_or_null(part: float, whole: float) -> float:
    """Return part over whole; 0/0 is null."""
    return float(part) / float(whole) if whole else float("nan")


_BOOKS = {
    "crimes_occurred": (OCCURRED, "crimes that happened", "delitos ocurridos"),
    "crimes_told": (TOLD, "crimes told to a state body", "delitos avisados a una institución del Estado"),
    "complaints_filed": (COMPLAINTS, "formal complaints at the prosecutor", "denuncias en el MP"),
    "crimes_recorded": (RECORDED, "crimes in headquarters' record", "delitos en el registro de la jefatura"),
}
_KINDS_ES = (
    "robo",
    "hurto",
    "robo de vehículo",
    "hurto en vehículo",
    "robo a vivienda o negocio",
    "agresión",
    "homicidio",
    "extorsión",
    "violencia intrafamiliar",
)
_MAIN = {
    "trust_mean": Measure("0-1", "trust in the police, mean of residents", "confianza en la policía, media"),
    "trust_contact": Measure("0-1", "the same, with contact in 12 months", "la misma, con contacto en 12 meses"),
    "trust_no_contact": Measure("0-1", "the same, without contact", "la misma, sin contacto"),
    "trust_women": Measure("0-1", "the same, women and girls", "la misma, mujeres"),
    "trust_men": Measure("0-1", "the same, men and boys", "la misma, hombres"),
    "trust_indigenous": Measure("0-1", "the same, indigenous residents", "la misma, personas indígenas"),
    "trust_young": Measure("0-1", "the same, younger than 30", "la misma, menores de 30 años"),
    "trust_council": Measure("0-1", "the same, council members", "la misma, integrantes de consejos"),
    "trust_victims": Measure("0-1", "the same, harmed in 12 months", "la misma, víctimas en 12 meses"),
    "trust_far": Measure("0-1", "the same, far from the police", "la misma, lejos de la policía"),
    "fairness_mean": Measure("0-1", "belief that the police treat people well", "creencia en el buen trato"),
    "effectiveness_mean": Measure("0-1", "belief that the police come and solve", "creencia en la eficacia"),
    "survey_lapop": Measure("0-100", "trust as LAPOP would measure it", "confianza como la mediría LAPOP"),
    "survey_lapop_trusting": Measure("%", "answers 5-7 to LAPOP", "respuestas 5-7 a LAPOP"),
    "survey_latinobarometro": Measure("%", "much or some confidence", "mucha o algo de confianza (Latinobarómetro)"),
    "fear_mean": Measure("0-1", "perceived insecurity", "inseguridad percibida"),
    "precaution_share": Measure("share", "adults who take precautions", "adultos que toman precauciones"),
    "residents": Measure("people", "living residents", "habitantes"),
    "victims_share": Measure("share", "adults harmed here in 12 months", "adultos víctimas aquí en 12 meses"),
    "victims_anywhere_share": Measure(
        "share", "adults harmed here or outside in 12 months", "adultos víctimas aquí o fuera en 12 meses"
    ),
    "contact_share": Measure("share", "adults with police contact in 12 months", "adultos con contacto en 12 meses"),
    "homicides": Measure("deaths", "homicides", "homicidios"),
    "homicides_per_100k": Measure("per 100,000 a year", "homicide rate, annualised", "tasa de homicidios, anualizada"),
    "told_share": Measure("share", "crimes told to a state body", "proporción de delitos avisados"),
    "clearance": Measure("share", "charges over complaints of the month", "acusaciones sobre denuncias del mes"),
    "response_minutes_median": Measure("minutes", "from call to arrival, median", "minutos de respuesta, mediana"),
    "calls_unserved": Measure("calls", "calls that nobody answered", "llamadas sin atender"),
    "coverage": Measure("share", "populated cells visited in the month", "celdas pobladas visitadas en el mes"),
    "officers": Measure("officers", "officers posted", "agentes destinados"),
    "trained_share": Measure("share", "officers trained in MOPSIC", "agentes capacitados en MOPSIC"),
    "trained_operations": Measure("share", "the same, operations branch (SDGO)", "los mismos, operaciones (SDGO)"),
    "trained_prevention": Measure("share", "the same, prevention branch (SDGPD)", "los mismos, prevención (SDGPD)"),
    "aware_share": Measure("share", "officers who know of MOPSIC", "agentes que conocen el MOPSIC"),
    "trained_plateau": Measure(
        "share", "trained share at which courses and turnover balance", "proporción a la que tiende la capacitación"
    ),
    "tenure_months": Measure("months", "officers at their post, mean", "meses de los agentes en su puesto, media"),
    "old_guard_share": Measure("share", "officers from before the PNC", "agentes anteriores a la PNC"),
    "officers_trained": Measure("officers", "officers trained", "agentes capacitados en el mes"),
    "training_days": Measure("days", "working days of officers on courses", "días de capacitación de los agentes"),
    "officers_moved": Measure("officers", "officers moved away", "agentes trasladados"),
    "officers_retired": Measure("officers", "officers retired", "agentes jubilados"),
    "officers_made_aware": Measure("officers", "officers who heard of MOPSIC", "agentes que oyeron del MOPSIC"),
    "explained": Measure("calls", "late answers explained to the caller", "tardanzas explicadas a quien llamó"),
    "vehicles_working": Measure("vehicles", "vehicles and motorcycles that work", "vehículos y motos que funcionan"),
    "couple_hours": Measure("hours", "hours of couples on duty", "horas de parejas en servicio"),
    "couple_hours_used": Measure("hours", "of these, used", "de estas, ocupadas"),
    "fixed_hours": Measure("hours", "of these, on fixed duties", "de estas, en servicios fijos"),
    "km_available": Measure("km", "kilometres that the fuel allows", "kilómetros que permite el combustible"),
    "breakdowns": Measure("vehicles", "vehicles that broke down", "vehículos que se arruinaron"),
    "repairs": Measure("vehicles", "vehicles that came back from repair", "vehículos reparados"),
    "joint_patrols": Measure(
        "couple-shifts", "joint patrols with municipal police", "patrullajes combinados con la Policía Municipal"
    ),
    "benefit_km": Measure("km", "fuel paid for by benefit events", "combustible de actividades benéficas, en km"),
    "mayor_willing": Measure("0 or 1", "the mayor takes on security", "el alcalde asume la seguridad"),
    "internet_share": Measure("share", "facilities with internet", "sedes con internet"),
    "core_crowd": Measure(
        "people", "people in the core in the morning of a working day", "personas en el centro, por la mañana"
    ),
    "trust_by_contacts": Measure(
        "points per 100", "change of mean trust by contacts of patrols", "cambio de la confianza por contactos"
    ),
    "trust_by_hearsay": Measure(
        "points per 100", "change of mean trust by what others tell", "cambio de la confianza por lo que otros cuentan"
    ),
    "officers_faith": Measure("0-1", "officers' trust in the community", "confianza de los agentes en la comunidad"),
    "officers_safety": Measure("0-1", "officers' felt safety", "seguridad que sienten los agentes"),
    "officers_stress": Measure("0-1", "officers' stress", "estrés de los agentes"),
    "public_cases": Measure("cases", "misconduct that became public", "abusos policiales conocidos por todos"),
    "complaints_police": Measure("complaints", "complaints against officers", "quejas contra agentes"),
    "complaints_answered": Measure("complaints", "of these, answered", "de estas, respondidas"),
    "suspended": Measure("officers", "officers suspended", "agentes suspendidos"),
    "investigators": Measure("people", "investigators of the prosecutor for this place", "fiscales e investigadores"),
    "national_trend": Measure(
        "ratio",
        "violence as the country's trend has it, over 2017",
        "violencia según la tendencia nacional, sobre 2017",
    ),
    "supervised_youth_hours": Measure(
        "hours", "supervised hours of young people in the month", "horas de jóvenes bajo supervisión en el mes"
    ),
    "payers": Measure("people", "standing payers of extortion", "personas que pagan renta"),
    "gang_members": Measure("people", "members of cliques", "integrantes de clicas"),
    "legitimacy": Measure("0-1", "legitimacy of communal boards, mean", "legitimidad de las autoridades comunales"),
    "survival": Measure("share", "crimes known to the police that headquarters records", "de lo sabido, lo registrado"),
    "record_days_mean": Measure("days", "from crime to headquarters' map", "días hasta el mapa de la jefatura"),
    "known": Measure("crimes", "crimes that the police know of", "delitos que la policía conoce"),
    "forms": Measure("forms", "forms filled in", "boletas llenadas"),
    "forms_with_content": Measure("forms", "forms with content", "boletas con contenido"),
    "products_returned": Measure("products", "products that came back from above", "productos de análisis devueltos"),
    "formats": Measure("formats", "planning formats filled in", "formatos FIAPOL y FAES llenados"),
    "diagnoses": Measure("diagnoses", "diagnoses made by stations", "diagnósticos hechos por las estaciones"),
    "visits_by_plan": Measure("visits", "visits by plan or on post", "visitas según el plan o en puesto fijo"),
    "visits_on_post": Measure("visits", "stretches on a fixed post", "tramos en puesto fijo"),
    "visits_on_paper": Measure("visits", "visits written and not made", "visitas anotadas y no hechas"),
    "posts_follow_crime": Measure(
        "-1 to 1",
        "rank correlation of visits by plan with crime",
        "visitas según el plan y delitos ocurridos, correlación",
    ),
    "posts_follow_reports": Measure(
        "-1 to 1", "the same with crime told to the state", "la misma, con delitos avisados al Estado"
    ),
    "recorded_share": Measure("share", "headquarters' record over what happened", "lo registrado sobre lo ocurrido"),
    "calls_closed": Measure("calls", "calls that the police count as served", "llamadas dadas por atendidas"),
    "refused": Measure("crimes", "victims sent away by the police", "víctimas a quienes no se les recibió la denuncia"),
    "downgraded": Measure("crimes", "crimes written down as something lesser", "delitos anotados como algo menor"),
    "arrests_easy": Measure("arrests", "easy arrests, sought for the figures", "capturas fáciles, para la estadística"),
    "complaints_outside": Measure("complaints", "complaints outside the police", "quejas fuera de la policía"),
    "unserved_paper": Measure("calls", "calls closed though nobody came", "llamadas cerradas sin que llegara nadie"),
    "army_visits": Measure("visits", "visits of army patrols", "visitas de patrullas del Ejército"),
    "stops_army": Measure("stops", "young men stopped by soldiers", "jóvenes registrados por soldados"),
    "stops_army_harsh": Measure("stops", "the same, harshly", "los mismos, con malos tratos"),
    "detentions": Measure("people", "people detained on suspicion", "personas detenidas por sospecha"),
    "wrongful_detentions": Measure("people", "of them, no members of a clique", "de ellas, ajenas a las clicas"),
    "detention_complaints": Measure("complaints", "complaints of detention", "denuncias por detención arbitraria"),
    "prison_recruits": Measure(
        "people", "wrongly detained who joined a clique", "detenidos sin causa que entraron a una clica"
    ),
    "members_held": Measure("people", "members of cliques in prison", "integrantes de clicas en prisión"),
    "others_held": Measure("people", "others in prison on suspicion", "otras personas presas por sospecha"),
    "queue": Measure("cases", "complaints waiting at the prosecutor", "denuncias en espera en el MP"),
    "authority_load": Measure("cases", "open cases by communal authority", "casos abiertos por autoridad comunal"),
    "calls_other": Measure("calls", "calls about other things than crimes", "llamadas por asuntos que no son delito"),
    "calls_own_phone": Measure(
        "calls", "of them by leaders to an officer's own phone", "de ellas, de líderes al teléfono propio de un agente"
    ),
    "imitators_prison": Measure(
        "crimes", "extortion by imitators from prisons", "extorsión de imitadores desde las cárceles"
    ),
    "cliques": Measure("cliques", "cliques with members", "clicas con integrantes"),
    "seen_share": Measure(
        "share",
        "of the time, how much a populated cell is seen by a couple",
        "del tiempo, cuánto ve una pareja una celda poblada",
    ),
    "wounded_registered": Measure(
        "people",
        "wounded in grave assaults that the police know of",
        "heridos en agresiones graves que la policía conoce",
    ),
    "suspects_named": Measure(
        "people", "suspects held or named before a crowd", "sospechosos retenidos o señalados ante la gente"
    ),
    "crowds": Measure("events", "attempts of collective violence", "intentos de linchamiento"),
    "crowds_averted": Measure("events", "of them averted by police or authority", "linchamientos evitados"),
    "crowds_killed": Measure("events", "of them that killed", "linchamientos con muerte"),
    "cases": Measure("cases", "cases ended before communal authority", "casos terminados ante la autoridad comunal"),
    "closed": Measure("cases", "of them settled and kept", "casos resueltos y cumplidos"),
    "domestic_conciliated": Measure(
        "cases",
        "violence at home conciliated: no remedy",
        "violencia intrafamiliar conciliada ante la autoridad: no es remedio",
    ),
    "rulings_kept": Measure("rulings", "rulings kept", "resoluciones cumplidas"),
    "rulings_broken": Measure("rulings", "rulings not kept", "resoluciones incumplidas"),
    "to_higher_board": Measure("cases", "cases taken to the higher board", "casos llevados a la junta directiva"),
    "deference_respect": Measure("hearings", "police waited out of respect", "la policía esperó por respeto"),
    "deference_weakness": Measure("hearings", "police waited out of weakness", "la policía esperó por debilidad"),
    "watched": Measure(
        "crimes", "kept away by the watch of communities", "delitos que evitó la vigilancia comunitaria"
    ),
    "meetings": Measure("meetings", "meetings of communities with police", "reuniones de comunidades con la policía"),
    "requests_due": Measure("requests", "requests whose 30 days are over", "peticiones con plazo vencido"),
    "requests_met": Measure("requests", "of them met", "peticiones cumplidas"),
    "requests_answered": Measure("requests", "of them met or answered", "peticiones con respuesta"),
    "land_conflicts": Measure("conflicts", "over land, water, boundaries", "conflictos por tierra, agua o linderos"),
    "police_attacked": Measure("events", "crowds that attacked the police", "ataques de la multitud a la policía"),
    "domestic_to_nobody": Measure("acts", "violence at home, told nobody", "violencia intrafamiliar, avisó a nadie"),
    "domestic_to_kin": Measure(
        "acts", "violence at home, told kin or neighbours", "violencia intrafamiliar, avisó a familiares o vecinos"
    ),
    "domestic_to_communal": Measure(
        "acts", "violence at home, told the communal authority", "violencia intrafamiliar, avisó a la autoridad comunal"
    ),
    "domestic_to_police": Measure(
        "acts", "violence at home, told the police", "violencia intrafamiliar, avisó a la policía"
    ),
    "domestic_to_prosecutor": Measure(
        "acts", "violence at home, told the prosecutor", "violencia intrafamiliar, avisó al MP"
    ),
    "domestic_to_demi": Measure("acts", "violence at home, told the DEMI", "violencia intrafamiliar, avisó a la DEMI"),
    "domestic_to_refuge": Measure(
        "acts",
        "violence at home, told the network for victims",
        "violencia intrafamiliar, avisó a la Red de Derivación",
    ),
    "women_hurt": Measure(
        "women",
        "women hurt at home in 12 months",
        "mujeres que sufrieron violencia en casa en 12 meses",
    ),
    "domestic_repeat_share": Measure(
        "share",
        "acts of violence at home within 12 months of another",
        "actos de violencia intrafamiliar que repiten uno de los 12 meses anteriores",
    ),
    "domestic_without_remedy": Measure(
        "acts",
        "acts of violence at home after which the woman was left without remedy, in any channel",
        "actos de violencia intrafamiliar tras los que la mujer quedó sin remedio, en cualquier vía",
    ),
    "c1": Measure("0-1", "criterion 1: small area", "criterio 1: área pequeña"),
    "c2": Measure("0-1", "criterion 2: consultation", "criterio 2: consulta"),
    "c3": Measure("0-1", "criterion 3: solving problems", "criterio 3: solución de problemas"),
    "c4": Measure("0-1", "criterion 4: causes and conditions", "criterio 4: causas y condiciones"),
    "accountability": Measure("0-1", "accountability", "rendición de cuentas"),
}


def _all_measures() -> dict[str, Measure]:
    books = {}
    for name, (_, en, es) in _BOOKS.items():
        books[name] = Measure("crimes", en, es)
        for kind, kind_es in zip(KINDS, _KINDS_ES, strict=True):
            books[f"{name}_{kind}"] = Measure("crimes", f"{en}: {kind.replace('_', ' ')}", f"{es}: {kind_es}")
    parts = {part: Measure("0-1", f"part of a criterion: {part}", f"parte de un criterio: {part}") for part in TRACES}
    counts = {
        name: Measure("count", name.replace("_", " "), name.replace("_", " ")) for name in COUNTS if name not in _MAIN
    }
    parts |= {
        f"{part}.trace": Measure("value", f"what {part} is judged by, without anchors", f"traza de {part}, sin anclas")
        for part in TRACES
    }
    return _MAIN | books | counts | parts


MEASURES: Mapping[str, Measure] = _all_measures()
"""Every monthly column, in order, with unit and meaning in English and Spanish."""


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
    for name, (book_number, _, _) in _BOOKS.items():
        row[name] = float(books[book_number].sum())
        row |= {f"{name}_{kind}": float(books[book_number, k]) for k, kind in enumerate(KINDS)}
    row |= {name: float(month.tally[name]) for name in COUNTS}
    traces = {part: trace(month) for part, trace in TRACES.items()}
    row |= scores(traces, world.settings.anchors) | {f"{part}.trace": value for part, value in traces.items()}
    return {name: row[name] for name in MEASURES}
