"""Doses: what points of trust more of this or that brings after years, at both sites, by both readings."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from experiments.execution.executor import run_jobs
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import asked
from experiments.execution.run_tables import go_on
from experiments.execution.shared_towns import TOWNS
from experiments.storage.run_folder import write_whole
from experiments.storage.run_identity import canonical, digest_of
from experiments.validation.dosed import Dosed, Given
from experiments.validation.doses_text import lines_of
from experiments.validation.experiment import SITES, estimate
from experiments.validation.experiment_runs import RUNS, SEVERAL, ExperimentSize, written
from experiments.validation.readings import CENTRE, readings
from experiments.validation.study_tables import Row, write_table
from model.engine.calendar import tick_of
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from model.simulation.model import TrustModel
from model.world.month import GROUPS

YEARS = (1, 3, 10)
AFTER = 120
"""Months until the last number."""
MEASURES = ("couple_shifts", "contacts", "unfair", "served", "calls_unserved")


@dataclass(frozen=True)
class Dose:
    """A world, by what it changes from now on: a policy by name, a world made for it, what it is given."""

    name: str
    en: str
    es: str
    given: Given = field(default_factory=Given)
    add: Mapping[str, float] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    policy: str = ""
    corners: bool = False

    @property
    def text(self) -> str:
        """The file of its world, if it needs one."""
        parts = [f"[{how}]\n" + "".join(f'"{key}" = {value}\n' for key, value in values.items())
                 for how, values in (("add", self.add), ("scale", self.scale)) if values]  # fmt: skip
        head = f'title = {{ en = "{self.en}", es = "{self.es}" }}'
        head += '\nabout = { en = "A dose, not a proposal.", es = "Una dosis, no una propuesta." }\n'
        return head + "\n".join(parts) if parts else ""


FAIR = "contacts.fair"
MORE = {"contacts.foot": 1.5, "contacts.motor": 1.5}
BASE = Dose("status_quo", "as it is", "como está", corners=True)
BRIBES = "misconduct.base"
FAIRER = (0.0, 1.5, 3.0)
"""Log-odds of fair treatment, and log of the chance less that a bribe is asked, at which more contacts are tried."""
DOSES = (
    BASE,
    Dose("fair_3", "fair treatment +.3 log-odds", "trato justo +.3", add={FAIR: 0.3}, corners=True),
    Dose("fair_6", "fair treatment +.6 log-odds", "trato justo +.6", add={FAIR: 0.6}),
    *(Dose(f"visits_{x}", f"+{x} long visits per adult and year", f"+{x} visitas largas por adulto y año",
           Given(visits=x), corners=x == 0.1) for x in (0.05, 0.1, 0.2, 0.4)),
    *(Dose(f"meetings_{x}", f"+{x} meetings attended per adult and year", f"+{x} reuniones por adulto y año",
           Given(meetings=x), corners=x == 0.1) for x in (0.05, 0.1, 0.2, 0.4)),
    Dose("all", "fair +.3, .1 visits and .1 meetings", "trato +.3, .1 visitas y .1 reuniones",
         Given(visits=0.1, meetings=0.1), add={FAIR: 0.3}, corners=True),
    Dose("report", "everybody reports", "todos denuncian", policy="everybody_reports", corners=True),
    Dose("served", "half of the unserved calls served", "la mitad de las llamadas sin atender, atendida",
         Given(served=0.5), corners=True),
    Dose("report_served", "both", "ambas cosas", Given(served=0.5), policy="everybody_reports", corners=True),
    *(Dose(f"fair_at_{x:g}", f"fair +{x:g}, fewer bribes", f"trato +{x:g}, menos mordidas",
           add={FAIR: x, BRIBES: -x}) for x in FAIRER[1:]),
    *(Dose(f"more_at_{x:g}", f"contacts x 1.5, fair +{x:g}, so", f"contactos x 1.5, trato +{x:g}, así",
           add={FAIR: x, BRIBES: -x} if x else {}, scale=MORE) for x in FAIRER),
    Dose("all_fair", "nearly all contacts fair, no bribes", "casi todo contacto con buen trato, sin mordidas",
         add={FAIR: 3.6, BRIBES: -30.0}),
    Dose("all_unfair", "nearly all contacts unfair", "casi todo contacto con mal trato", add={FAIR: -4.3}),
    Dose("all_served", "every unserved call served", "toda llamada sin atender, atendida", Given(served=1.0)),
    Dose("none_served", "no telephone call answered", "ninguna llamada por teléfono atendida",
         scale={"response.line_answered": 0.0}),
    Dose("no_contact", "no contact with patrols", "ningún contacto con las parejas", policy="no_contact"),
    Dose("no_police", "no police", "sin policía", policy="no_police"),
    Dose("silence", "silence: nothing teaches anybody", "silencio: nada enseña a nadie", Given(silent=True)),
)  # fmt: skip
BY_NAME = {one.name: one for one in DOSES}
SINGLE = "single"
CORNERS: dict[str, tuple[str, dict[str, float]]] = {
    "memory .5 y": (f"{CENTRE}, memory 0.5", {}),
    "memory 4 y": (f"{CENTRE}, memory 4", {}),
    "memory 8 y, single event": (f"{SINGLE}, memory 8", {}),
    "asymmetry 1": (CENTRE, {"trust.asymmetry": 1.0}),
    "asymmetry 5": (CENTRE, {"trust.asymmetry": 5.0}),
    "hearsay 0": (CENTRE, {"hearsay.weight": 0.0}),
    "hearsay .6": (CENTRE, {"hearsay.weight": 0.6}),
    "unanswered x .4": (CENTRE, {"trust.unanswered": 0.4}),
    "unanswered x 2": (CENTRE, {"trust.unanswered": 2.0}),
    "self-selection 0": (f"{CENTRE}, s 0", {}),
    "self-selection .6": (f"{CENTRE}, s .6", {}),
}
"""One at a time around the centre; weights are calibrated anew for memory and self-selection, and kept elsewhere."""
TIMES = ("trust.unanswered",)
"""Numbers of which a corner says the multiple."""
COLUMNS = ("site", "reading", "dose", "en", "es", "years", "value", "low", "high", "n", "band_low", "band_high", "code")


@dataclass(frozen=True)
class DoseCase:
    """Worlds of one seed and site under one reading, which share a warm-up."""

    site: str
    reading: str
    sets: tuple[str, ...]
    seed: int
    months: int
    doses: tuple[str, ...]

    @property
    def key(self) -> str:
        """Identity among all others."""
        return digest_of(canonical([self.mark(one) for one in self.doses]).encode())

    @property
    def shifts(self) -> int:
        """Shifts that it simulates."""
        return 1095 + self.months * 91 * len(self.doses)

    def mark(self, name: str) -> str:
        """Return what stands for all that one of its worlds is made of."""
        one = BY_NAME[name]
        what = [
            self.site,
            list(self.sets),
            self.seed,
            self.months,
            one.text,
            vars(one.given),
            one.policy,
            fingerprint(),
        ]
        return digest_of(canonical(what).encode())

    def kept(self, name: str, runs: Path) -> Path:
        """Return where it is kept what one of its worlds left."""
        return runs.resolve() / f"dose-{self.mark(name)}.json"


def sets_of(reading: str, size: ExperimentSize) -> tuple[str, ...]:
    """Return the numbers of a reading or corner as they are set."""
    solved = readings()
    name, more = CORNERS.get(reading, (reading, {}))
    if name not in solved:
        raise InputError(f"no reading '{name}': it could not be solved")
    now = {**solved[CENTRE], **solved[name]}
    now |= {key: value * now[key] if key in TIMES else value for key, value in more.items()}
    return (*size.sets, *(f"{key}={value!r}" for key, value in now.items()))


def cases(size: ExperimentSize, corners: Sequence[str], sites: Sequence[str] = SITES) -> list[DoseCase]:
    """Return all that is to be carried out: all doses by both readings, some in the corners of the first seed."""
    months = min(AFTER, round(12 * size.longest))
    some = tuple(one.name for one in DOSES if one.corners)
    known = readings()
    whole = [DoseCase(site, reading, sets_of(reading, size), 1 + seed, months, tuple(one.name for one in DOSES))
             for site in sites for reading in (CENTRE, SINGLE) for seed in range(size.seeds)]  # fmt: skip
    return whole + [DoseCase(site, corner, sets_of(corner, size), 1, months, some)
                    for site in sites for corner in corners if CORNERS[corner][0] in known]  # fmt: skip


def run_case(case: DoseCase, tell: ReportProgress, runs: Path) -> str:
    """Carry out those worlds of a case that are not kept, and keep what each leaves."""
    doses = [one for one in DOSES if one.name in case.doses and not case.kept(one.name, runs).is_file()]
    tell(case.months * 91 * (len(case.doses) - len(doses)))
    if not doses:
        return case.key
    specs = [asked(case.site, policies=words_of(one, runs), sets=list(case.sets), years=case.months / 12,
                   seed=case.seed)[0] for one in doses]  # fmt: skip
    town = TOWNS.of(specs[0].scenario)
    scenario = replace(specs[0].scenario, policies=())
    common = TrustModel(scenario, rng=case.seed, town=town).checkpoint()
    tell(1095)
    for one, spec in zip(doses, specs, strict=True):
        world = Dosed.resumed(spec.scenario, common, town=town)
        world.given = one.given
        go_on(world, tick_of(spec.until), tell)
        write_whole(case.kept(one.name, runs), json.dumps(left_by(world)).encode())
    return case.key


def words_of(one: Dose, runs: Path) -> list[str]:
    """Return the policies of a dose; a world that only it needs is written as a file."""
    made = [str(written(f"dose_{one.name}", one.text, runs))] if one.text else []
    return [*([one.policy] if one.policy else []), *made]


def left_by(world: Dosed) -> dict[str, Any]:
    """Return mean trust of adults at the end of each month, and sums of the last year."""
    rows = world.group_months()
    adults = rows[rows["group"] == list(GROUPS).index("adults")]
    sums = {name: float(np.sum(world.datacollector.model_vars[name][-12:])) for name in MEASURES if name in
            world.datacollector.model_vars}  # fmt: skip
    return {"trust": adults["trust"].tolist(), "adults": float(adults["residents"][-1]), **sums}


def carry(some: Sequence[DoseCase], size: ExperimentSize, runs: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Carry out cases; return what each left, seed by seed, by site and reading."""
    runs.mkdir(parents=True, exist_ok=True)
    (runs / SEVERAL).mkdir(exist_ok=True)
    if run_jobs(some, partial(run_case, runs=runs), size.workers, "doses").interrupted:
        raise KeyboardInterrupt
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for case in some:
        kept = {name: json.loads(case.kept(name, runs).read_text(encoding="utf-8")) for name in case.doses}
        found.setdefault((case.site, case.reading), []).append(kept)
    return found


def points(worlds: Mapping[str, Any], dose: str, years: int, base: str = BASE.name) -> float:
    """Return the points by which a dose moves the mean trust of adults after so many years, or at the end."""
    month = min(12 * years, len(worlds[base]["trust"])) - 1
    return 100.0 * float(worlds[dose]["trust"][month] - worlds[base]["trust"][month])


def rows_of(found: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]) -> Iterator[Row]:
    """Yield the row of each dose by site, reading and years, with the band over the corners."""
    for (site, reading), lives in found.items():
        for dose in DOSES[1:]:
            if dose.name not in lives[0]:
                continue
            for years in YEARS:
                one = estimate([points(worlds, dose.name, years) for worlds in lives])
                band = [points(worlds, dose.name, years) for (where, name), others in found.items()
                        for worlds in others[:1] if where == site and name in CORNERS and dose.corners]  # fmt: skip
                whole = [*band, one.value] if reading == CENTRE and band else []
                ends = (min(whole), max(whole)) if whole else (math.nan, math.nan)
                values = (site, reading, dose.name, dose.en, dose.es, years, one.value, one.low, one.high, one.n, *ends)
                yield dict(zip(COLUMNS, (*values, fingerprint()), strict=True))


def extras(found: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]) -> Iterator[Row]:
    """Yield what else is told of each site and reading: the dose for three points, and the break-even share."""
    for (site, reading), lives in found.items():
        if reading not in (CENTRE, SINGLE):
            continue
        worlds = lives[0]
        base = worlds[BASE.name]
        shifts = base.get("couple_shifts", math.nan)
        visits = dose_for(3.0, [(x, points(worlds, f"visits_{x}", 10)) for x in (0.05, 0.1, 0.2, 0.4)])
        yield {
            "site": site,
            "reading": reading,
            "visits": visits,
            "per_couple_shift": visits * base["adults"] / shifts,
            "meetings": dose_for(3.0, [(x, points(worlds, f"meetings_{x}", 10)) for x in (0.05, 0.1, 0.2, 0.4)]),
            "fair_now": fair_share(base),
            "break_even": break_even(worlds),
            "one_a_couple_shift": shifts / base["adults"],
        }


def fair_share(world: Mapping[str, float]) -> float:
    """Return the share of contacts that were fair."""
    return 1.0 - world["unfair"] / world["contacts"]


def dose_for(aim: float, doses: Sequence[tuple[float, float]]) -> float:
    """Return the dose that brings so many points, between those tried or along the last two.

    >>> dose_for(3.0, [(0.1, 1.0), (0.2, 2.0)])
    0.3
    """
    known = [(0.0, 0.0), *doses]
    pairs = list(pairwise(known))
    (x0, y0), (x1, y1) = next((pair for pair in pairs if pair[1][1] >= aim), pairs[-1])
    return round(x0 + (aim - y0) * (x1 - x0) / (y1 - y0), 4) if y1 > y0 else math.inf


def break_even(worlds: Mapping[str, Any]) -> float:
    """Return the share of fair contacts at which half as many contacts more change trust by nothing in ten years."""
    tried = []
    for x in FAIRER:
        fair = BASE.name if x == 0.0 else f"fair_at_{x:g}"
        tried.append((fair_share(worlds[fair]), points(worlds, f"more_at_{x:g}", 10, fair)))
    for (s0, y0), (s1, y1) in pairwise(tried):
        if y0 < 0.0 <= y1:
            return s0 + (s1 - s0) * (0.0 - y0) / (y1 - y0)
    return math.nan


def show_doses(
    out: Path, size: ExperimentSize, runs: Path = RUNS, corners: Sequence[str] = tuple(CORNERS)
) -> list[Row]:
    """Carry out all doses at both sites, write, print and return them."""
    found = carry(cases(size, corners), size, runs)
    rows = list(rows_of(found))
    lines = lines_of(rows, list(extras(found)), corner_lines(found), size.seeds)
    print(write_table(out, "doses", rows, COLUMNS, lines))
    return rows


def corner_lines(found: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]) -> list[tuple[str, str, list[float]]]:
    """Return points after ten years in every corner by site: of each dose that is tried there."""
    names = [one.name for one in DOSES[1:] if one.corners]
    order = [(site, reading) for site in SITES for reading in (CENTRE, SINGLE, *CORNERS) if (site, reading) in found]
    return [(*key, [points(found[key][0], name, 10) for name in names]) for key in order]
