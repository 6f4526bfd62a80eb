"""Dose-response of trust: points gained after years from more of each input, at both sites and readings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import numpy as np

from experiments.dev.examinations.readings import CENTRAL_READING, readings
from experiments.execution.job_cache import JobCache, run_unfinished
from experiments.execution.local_workers import ReportProgress
from experiments.execution.run_requests import plan_runs
from experiments.execution.run_tables import simulate_until
from experiments.execution.runs import RunGroup, twin_worlds
from experiments.execution.shared_towns import TOWNS
from experiments.validation.experiment import SITES, estimate
from experiments.validation.experiment_runs import RUNS, ExperimentSize, write_policy_file
from experiments.validation.impression_replay import adults_present
from experiments.validation.study_tables import Row, head_of, rows_by_columns, write_table
from experiments.words.toml_files import toml_beside
from model.community.consultation import MEETING_CAUSE
from model.engine.calendar import YEAR, tick_of
from model.engine.errors import InputError
from model.engine.fingerprint import fingerprint
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, poisson_quantile, stream_id
from model.police.contacts import LONG_VISIT
from model.reporting.reporting import UNANSWERED_CALL
from model.reporting.response import CALL_LATE, CALL_SERVED
from model.simulation.model import SHIFT_PROGRAM, TrustModel
from model.trust.events import record_event
from model.trust.ledger import learn
from model.world.month import GROUPS
from model.world.sampling import age_years
from model.world.shift_events import IMPRESSIONS
from model.world.steps import PythonStep

if TYPE_CHECKING:
    from model.simulation.world import World

COUNT_STREAM, ADULT_STREAM = stream_id("extra contacts"), stream_id("extra contact with")
SERVED_STREAM, IN_TIME_STREAM = stream_id("served too"), stream_id("served too in time")
MAX_TRIES, MAX_CONTACTS = 16, 1000
IN_TIME_SHARE = 0.85
"""Share of additionally served calls that are served in time: about the present share."""


@dataclass(frozen=True)
class AddedContacts:
    """Additions to a world: visits and meetings per adult and year, and the share of unserved calls served.

    In a ``silent`` world no impression changes any belief.
    """

    visits: float = 0.0
    meetings: float = 0.0
    served: float = 0.0
    silent: bool = False


@kernel
def add_contacts(w: World, nth: int, mean: float) -> None:
    """Record long, friendly visits (``nth`` 0) or meetings (1) for random adults; ``mean`` is the number per shift.

    Updates `impressions`, `minds.met` and `minds.met_free`.
    """
    n = poisson_quantile(keyed_uniform(w.seed, COUNT_STREAM, w.tick, nth, 0), mean)
    for k in range(min(MAX_CONTACTS, n)):
        for a in range(MAX_TRIES):
            u = keyed_uniform(w.seed, ADULT_STREAM, w.tick, nth * MAX_CONTACTS + k, a)
            i = int(u * w.arrived[0])
            if w.minds[i].gone >= 0 or age_years(w.people[i], w.tick) < 18.0:
                continue
            z = w.people[i].settlement
            if nth == 0:
                record_event(w, i, LONG_VISIT, w.p.contacts[z].weight_long)
            else:
                record_event(w, i, MEETING_CAUSE, w.p.contacts[z].weight_meeting)
            w.minds[i].met = w.minds[i].met_free = w.tick
            break


@kernel
def serve_calls(w: World, first: int, share: float) -> None:
    """Turn a share of unanswered calls in `impressions` into served ones, most in time and well treated."""
    for k in range(first, w.counts[IMPRESSIONS]):
        row = w.impressions[k]
        if row.cause == UNANSWERED_CALL and keyed_uniform(w.seed, SERVED_STREAM, w.tick, row.who, 0) < share:
            home = w.people[row.who].settlement
            trust = w.p.trust[home]
            in_time = keyed_uniform(w.seed, IN_TIME_STREAM, w.tick, row.who, 0) < IN_TIME_SHARE
            kind, weight = (CALL_SERVED, trust.served) if in_time else (CALL_LATE, trust.late)
            effect = w.events[home, kind]
            row.cause = effect.cause
            row.quality_e, row.weight_e = effect.effective, effect.effective_weight * weight
            row.quality_f, row.weight_f = effect.fair, effect.fair_weight * weight


class DosedModel(TrustModel):
    """A world with additional contacts from now on."""

    given = AddedContacts()
    schedule = SHIFT_PROGRAM.with_part(learn, PythonStep(lambda world: world.apply_impressions()))
    counted: tuple[int, float] = (-1, 0.0)

    @property
    def adults(self) -> float:
        """Number of adults present, counted once a month."""
        if self.counted[0] != self.month:
            self.counted = self.month, float(adults_present(self).sum())
        return self.counted[1]

    def open_shift(self) -> None:
        """Begin a shift and record the additional contacts."""
        super().open_shift()
        for nth, rate in enumerate((self.given.visits, self.given.meetings)):
            if rate > 0.0:
                self.shift_events.reserve(IMPRESSIONS, MAX_CONTACTS)
                add_contacts(self.w, nth, rate * self.adults / YEAR)

    def apply_impressions(self) -> None:
        """Update beliefs after serving some unanswered calls; update none in a silent world."""
        if self.given.silent:
            self.learned[0] = self.shift_events.counts[IMPRESSIONS]
            return
        if self.given.served > 0.0:
            serve_calls(self.w, self.learned.item(), self.given.served)
        super().apply_impressions()


YEARS = (1, 3, 10)
MAX_MONTHS = 120
"""Longest run (months)."""
DoseResults = dict[tuple[str, str], list[dict[str, Any]]]
"""Results of worlds by dose, seed by seed, for each site and reading."""
MEASURES = ("couple_shifts", "contacts", "unfair", "served", "calls_unserved")


@dataclass(frozen=True)
class Dose:
    """A world and its changes from now on: a policy, changed parameters, or additional contacts."""

    name: str
    en: str
    es: str
    given: AddedContacts = field(default_factory=AddedContacts)
    add: Mapping[str, float] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    policy: str = ""
    corners: bool = False

    @property
    def text(self) -> str:
        """Policy file of its world; empty if it needs none."""
        parts = [
            f"[{how}]\n" + "".join(f'"{key}" = {value}\n' for key, value in values.items())
            for how, values in (("add", self.add), ("scale", self.scale))
            if values
        ]
        head = f'title = {{ en = "{self.en}", es = "{self.es}" }}'
        head += '\nabout = { en = "A dose, not a proposal.", es = "Una dosis, no una propuesta." }\n'
        return head + "\n".join(parts) if parts else ""


ENTRIES = toml_beside(__file__)
DOSES = tuple(Dose(**{**one, "given": AddedContacts(**one.get("given", {}))}) for one in ENTRIES["dose"])
BASE_DOSE = DOSES[0]
CORNER_DOSES = tuple(one for one in DOSES if one.corners)
CONTACT_RATES = (0.05, 0.1, 0.2, 0.4)
"""Simulated numbers of visits, or meetings, per adult and year."""
FAIRNESS_STEPS = (0.0, 1.5, 3.0)
"""Log-odds added to fair treatment and taken from the log chance of a bribe, with which more contacts are tried."""
READINGS = (CENTRAL_READING, "single")
"""Readings of the panels under which all doses are simulated."""
CORNERS: dict[str, dict[str, Any]] = ENTRIES["corner"]
"""One change at a time around the centre; weights are recalibrated for memory and self-selection only."""
COLUMNS = ("site", "reading", "dose", "en", "es", "years", "value", "low", "high", "n", "band_low", "band_high", "code")
LABEL_WIDTH, COLUMN_WIDTH = 86, 42
SITE_NAMES = {"villa_canales": "Villa Canales", "totonicapan": "Totonicapán"}
CORNER_LABELS = ("fair +.3", "visits", "meetings", "all", "report", "served", "both")


class DoseLabel(NamedTuple):
    """Site, reading and doses of a group of runs."""

    site: str
    reading: str
    doses: tuple[Dose, ...]


class DosePart(TypedDict):
    """Results of the worlds of a group, in the order of its doses (`world_results`)."""

    worlds: list[dict[str, Any]]


def settings_of_reading(reading: str, size: ExperimentSize) -> tuple[str, ...]:
    """Return the settings of a reading or corner; raise InputError if the reading is not solved."""
    solved, corner = readings(), CORNERS.get(reading, {"reading": reading})
    base_reading = corner.get("reading", CENTRAL_READING)
    if base_reading not in solved:
        raise InputError(f"no reading '{base_reading}': it could not be solved")
    values = {**solved[CENTRAL_READING], **solved[base_reading], **corner.get("set", {})}
    values |= {key: factor * values[key] for key, factor in corner.get("times", {}).items()}
    return (*size.sets, *(f"{key}={value!r}" for key, value in values.items()))


def dose_groups(size: ExperimentSize, runs: Path) -> list[RunGroup[DoseLabel]]:
    """Return the runs of all doses under both readings, and of some doses in the corners with the first seed."""
    solved = readings()
    corners = [name for name, corner in CORNERS.items() if corner.get("reading", CENTRAL_READING) in solved]
    planned = [(site, name, 1 + seed, DOSES) for site in SITES for name in READINGS for seed in range(size.seeds)]
    planned += [(site, name, 1, CORNER_DOSES) for site in SITES for name in corners]
    years = min(MAX_MONTHS, round(12 * size.max_years)) / 12
    groups = []
    for site, reading, seed, doses in planned:
        sets = settings_of_reading(reading, size)
        policies = (policies_of_dose(dose, runs) for dose in doses)
        specs = (plan_runs(site, policies=words, sets=sets, years=years, seed=seed)[0] for words in policies)
        groups.append(RunGroup(tuple(specs), DoseLabel(site, reading, doses)))
    return groups


def run_dosed(group: RunGroup[DoseLabel], tell: ReportProgress) -> list[dict[str, Any]]:
    """Run the worlds of a group; return the results of each."""
    results = []
    worlds = twin_worlds(group.specs, TOWNS.of(group.specs[0].scenario), tell, DosedModel)
    for dose, spec, world in zip(group.label.doses, group.specs, worlds, strict=True):
        world.given = dose.given
        simulate_until(world, tick_of(spec.until), tell)
        results.append(world_results(world))
        world.release()
    return results


def policies_of_dose(dose: Dose, runs: Path) -> list[str]:
    """Return the policies of a dose; write the policy file of a world that only it needs."""
    files = [str(write_policy_file(f"dose_{dose.name}", dose.text, runs))] if dose.text else []
    return [*([dose.policy] if dose.policy else []), *files]


def world_results(world: DosedModel) -> dict[str, Any]:
    """Return mean trust of adults at the end of each month, their number, and sums of the last year."""
    rows = world.group_months()
    adults = rows[rows["group"] == list(GROUPS).index("adults")]
    months = world.datacollector.model_vars
    sums = {name: float(np.sum(months[name][-12:])) for name in MEASURES if name in months}
    return {"trust": adults["trust"].tolist(), "adults": float(adults["residents"][-1]), **sums}


def run_doses(size: ExperimentSize, runs: Path) -> DoseResults:
    """Run all doses that no earlier call has finished; return the results of each site and reading, seed by seed."""
    cache = JobCache[RunGroup[DoseLabel], list[dict[str, Any]]](
        runs / "doses",
        split=lambda worlds: ({"worlds": worlds}, {}),
        restore=lambda _, facts, __: facts["worlds"],
        facts_schema=DosePart,
    )
    results: DoseResults = {}
    finished = run_unfinished(dose_groups(size, runs), run_dosed, size.workers, "doses", cache)
    for (site, reading, doses), worlds in ((group.label, worlds) for group, worlds in finished.all_pairs):
        by_dose = {dose.name: world for dose, world in zip(doses, worlds, strict=True)}
        results.setdefault((site, reading), []).append(by_dose)
    return results


def points_of_dose(worlds: Mapping[str, Any], dose: str, years: int, base: str = BASE_DOSE.name) -> float:
    """Return the points of 100 by which a dose moves mean trust of adults after ``years``, or at the end if sooner."""
    month = min(12 * years, len(worlds[base]["trust"])) - 1
    return 100.0 * float(worlds[dose]["trust"][month] - worlds[base]["trust"][month])


def rows_of(results: DoseResults) -> Iterator[Row]:
    """Yield the row of each dose by site, reading and years, with the range over the corners."""
    for (site, reading), twins in results.items():
        corners = [worlds[0] for (place, name), worlds in results.items() if place == site and name in CORNERS]
        for dose, years in product(DOSES[1:], YEARS):
            if dose.name in twins[0]:
                points = estimate([points_of_dose(worlds, dose.name, years) for worlds in twins])
                has_band = dose.corners and reading == CENTRAL_READING
                band = [points_of_dose(worlds, dose.name, years) for worlds in corners] if has_band else []
                row: Row = {"site": site, "reading": reading, "dose": dose.name, "en": dose.en, "es": dose.es}
                row |= {"years": years, **asdict(points)}
                row["band_low"] = min(*band, points.value) if band else math.nan
                row["band_high"] = max(*band, points.value) if band else math.nan
                yield row | {"code": fingerprint()}


def fair_share(world: Mapping[str, float]) -> float:
    """Return the share of contacts that were fair."""
    return 1.0 - world["unfair"] / world["contacts"]


def dose_for(aim: float, doses: Sequence[tuple[float, float]]) -> float:
    """Return the dose that yields ``aim`` points, by linear interpolation or along the last two doses.

    >>> dose_for(3.0, [(0.1, 1.0), (0.2, 2.0)])
    0.3
    """
    points = [(0.0, 0.0), *doses]
    pairs = list(pairwise(points))
    (x0, y0), (x1, y1) = next((pair for pair in pairs if pair[1][1] >= aim), pairs[-1])
    return round(x0 + (aim - y0) * (x1 - x0) / (y1 - y0), 4) if y1 > y0 else math.inf


def break_even(worlds: Mapping[str, Any]) -> float:
    """Return the share of fair contacts at which 50 % more contacts leave trust unchanged after ten years."""
    tried = []
    for x in FAIRNESS_STEPS:
        base_world = BASE_DOSE.name if x == 0.0 else f"fair_at_{x:g}"
        tried.append((fair_share(worlds[base_world]), points_of_dose(worlds, f"more_at_{x:g}", 10, base_world)))
    for (s0, y0), (s1, y1) in pairwise(tried):
        if y0 < 0.0 <= y1:
            return s0 + (s1 - s0) * (0.0 - y0) / (y1 - y0)
    return math.nan


def show_doses(out: Path, size: ExperimentSize) -> list[Row]:
    """Run all doses at both sites; write, print and return the rows."""
    results = run_doses(size, RUNS)
    rows = list(rows_of(results))
    print(write_table(out, "doses", rows, COLUMNS, format_doses(rows, results, size.seeds)))
    return rows


def format_doses(rows: Sequence[Row], results: DoseResults, seeds: int) -> Iterator[str]:
    """Yield the table by site: doses, doses that yield three points, and ten-year points of some doses by corner."""
    yield from head_of("doses", seeds=seeds)
    shown = [dose.name for dose in DOSES[1:] if dose.corners]
    for (site,), site_rows in rows_by_columns(rows, "site").items():
        heads = "panel, 1 / 3 / 10 years".ljust(COLUMN_WIDTH) + "single, 1 / 3 / 10 years"
        yield f"\n{SITE_NAMES[site].ljust(LABEL_WIDTH)}{heads}"
        for dose_rows in rows_by_columns(site_rows, "dose").values():
            label = f"  {dose_rows[0]['en']} / {dose_rows[0]['es']}".ljust(LABEL_WIDTH)
            panel, single = (
                format_reading([row for row in dose_rows if row["reading"] == reading]) for reading in READINGS
            )
            yield label + panel.ljust(COLUMN_WIDTH) + single
        first = {reading: twins[0] for (place, reading), twins in results.items() if place == site}
        yield from (three_point_line(reading, first[reading]) for reading in READINGS)
        heads = "".join(f"{name:>10}" for name in CORNER_LABELS)
        yield f"\n  {'ten years, one seed / diez años, una semilla':44}{heads}"
        for reading, worlds in first.items():
            yield f"  {reading:44}" + "".join(f"{points_of_dose(worlds, name, 10):+10.2f}" for name in shown)


def format_reading(rows: Sequence[Row]) -> str:
    """Return the points after 1, 3 and 10 years under one reading, with the range over corners of the last."""
    last = next((row for row in rows if row["years"] == 10 and not math.isnan(row["band_low"])), None)
    ends = f" [{last['band_low']:+.2f}, {last['band_high']:+.2f}]" if last else ""
    return " / ".join(f"{row['value']:+.2f}" for row in rows) + ends


def three_point_line(reading: str, worlds: Mapping[str, Any]) -> str:
    """Return a line with the doses that yield three points, and the share of fair contacts from which more pay."""
    base = worlds[BASE_DOSE.name]
    adults, shifts = base["adults"], base.get("couple_shifts", math.nan)
    visits, meetings = (
        dose_for(3.0, [(x, points_of_dose(worlds, f"{kind}_{x}", 10)) for x in CONTACT_RATES])
        for kind in ("visits", "meetings")
    )
    pays = break_even(worlds)
    return (
        f"  {reading}: +3 points in ten years take {visits:.2f} visits per adult and year"
        f" ({visits * adults / shifts:.1f} a couple-shift; one a couple-shift is {shifts / adults:.2f})"
        f" or {meetings:.2f} meetings; contacts are {fair_share(base):.3f} fair and pay from"
        f" {'no share tried' if math.isnan(pays) else format(pays, '.3f')}"
    )
