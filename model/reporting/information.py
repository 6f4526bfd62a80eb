"""M17, information: circumstance reports of each shift, and losses on the way to headquarters.

A crime known to the police becomes a form, a form with content and a record at headquarters, each with a probability.
Switched off, everything arrives, at once, and comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from model.crime.crime_counts import RECORDED, is_known_to_police, is_reported_to_state
from model.engine.calendar import LAST_SHIFTS, SHIFTS
from model.engine.domains import PAST, SHARE, TICK, code_of, row_of
from model.engine.kernels import kernel
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import keyed_uniform, stream_id
from model.engine.ratios import ratio_or_nan
from model.engine.rows import Row
from model.engine.tables import GrowingTableSpec
from model.police import plans
from model.police.adoption import form_care_at
from model.town.crime_kinds import BY_TELEPHONE, PROBLEM_OF
from model.world.mechanism import Knockout, Measure, Mechanism
from model.world.shift_events import ANONYMOUS, INCIDENTS, N_PROBLEMS
from model.world.steps import KernelStep, in_order, python_step, rows_of, step

if TYPE_CHECKING:
    from model.simulation.world import Simulation, World
    from model.world.month import MonthSnapshot
    from model.world.shift_events import Incident
    from model.world.steps import Room

RECORD_STREAM, HOARDS_STREAM, FEEDBACK_STREAM = stream_id("record"), stream_id("hoards"), stream_id("feedback")


@dataclass(frozen=True, init=False)
class Information(ParameterGroup):
    """Parameters of information: probability of each stage of a report, delay, and feedback."""

    name: ClassVar[str] = "information"
    evidence: ClassVar[tuple[str, ...]] = (
        "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D13", "V17", "I02",
    )  # fmt: skip

    written: float
    conviction: float
    typed: float
    offline: float
    hoarding: float
    consolidated: float
    georeferenced: float
    entered: float
    delay: float
    telephone: float
    feedback: float


class RecordInTransit(Row):
    """Record on its way to headquarters; ``born`` and ``due`` are ticks."""

    due: Annotated[int, TICK]
    born: Annotated[int, PAST]
    cell: Annotated[int, row_of("cell")]
    problem: Annotated[int, code_of(N_PROBLEMS)]
    severity: Annotated[float, SHARE]


MAIL = GrowingTableSpec(name="mail", row=RecordInTransit, about="Records on their way.")


class InformationCounts(Row):
    """Counts of a month."""

    known: float
    forms: float
    forms_with_content: float
    records_arrived: float
    record_days: float
    products_returned: float


@kernel
def reporting_stages(kind: int, linked: float, care: float, p: Information) -> tuple[float, float, float]:
    """Return the shares of known crimes of a kind with a form, with content in it, and with a record.

    ``linked`` is the share typed for want of internet, ``care`` the care for forms by adoption (0-1).
    """
    by_telephone = BY_TELEPHONE[kind] == 1
    form = 1.0 if by_telephone else p.written
    content = 1.0 if by_telephone else p.written * p.conviction
    form, content = form + (1.0 - form) * care, content + (1.0 - content) * care
    record = p.telephone if by_telephone else content * p.typed * linked * p.consolidated * p.georeferenced * p.entered
    return form, content, record


@kernel
def send_record(w: World, row: Incident, linked: float) -> None:
    """Send the record of an incident to headquarters, after half to one and a half times the mean delay.

    What goes by telephone arrives at once.  Appends to `mail`.
    """
    tick, p = w.tick, w.p.information[max(w.cells[row.cell].settlement, 0)]
    spread = 0.5 + keyed_uniform(w.seed, RECORD_STREAM, tick, row.number, 1)
    sent = w.mail[w.mail_count[0]]
    sent.due = tick + (0 if BY_TELEPHONE[row.kind] == 1 else int(SHIFTS * p.delay * spread / linked))
    sent.born, sent.cell, sent.problem, sent.severity = tick, row.cell, PROBLEM_OF[row.kind], row.severity
    w.mail_count[0] += 1


@kernel
def enter_records(w: World) -> None:
    """Enter the records that are due by the end of a month on headquarters' map.

    Updates `atlas` and the counts; removes the records from `mail`.
    """
    left = 0
    for k in range(w.mail_count[0]):
        sent = w.mail[k]
        if sent.due > w.tick:
            w.mail[left] = sent
            left += 1
            continue
        w.crimes_mapped[sent.cell, sent.problem] += sent.severity
        w.tally[0].records_arrived += 1.0
        w.tally[0].record_days += (sent.due - sent.born) / SHIFTS
    w.mail_count[0] = left


@kernel
def return_products(w: World) -> None:
    """Return a product of headquarters' analysts to some stations; updates `plans.product` and the counts."""
    for f in range(len(w.facilities)):
        p = w.p.information[w.facilities[f].settlement]
        if keyed_uniform(w.seed, FEEDBACK_STREAM, w.month, f, 0) < p.feedback:
            w.plans[f].product = w.tick
            w.tally[0].products_returned += 1.0


def room_for_records(sim: Simulation) -> Room:
    """Return the rows that the records of all incidents need."""
    return {"mail": rows_of(INCIDENTS)}


@step(room=room_for_records)
def report_shift(w: World) -> None:
    """Write the forms of the shift's crimes, and send records to headquarters.

    Updates `crimes_known`, `crimes_happened`, `crimes_reported`, `incidents.written`, `incidents.recorded` and the
    counts; appends to `mail`.
    """
    cells, tick = w.cells, w.tick
    tally = w.tally
    for k in range(w.counts[INCIDENTS]):
        row = w.incidents[k]
        cell, number, problem, severity = row.cell, row.number, PROBLEM_OF[row.kind], row.severity
        w.crimes_happened[cell, problem] += severity
        if is_reported_to_state(row):
            w.crimes_reported[cell] += severity
        if not is_known_to_police(row):
            continue
        f = cells[cell].facility
        p = w.p.information[max(cells[cell].settlement, 0)]
        linked = 1.0 if w.facility_resources[f].internet == 1 else p.offline
        form, content, record = reporting_stages(row.kind, linked, form_care_at(w, f), p)
        # One uniform number for all three stages: a crime with a record has a form, too.
        u = keyed_uniform(w.seed, RECORD_STREAM, tick, number, 0)
        tally[0].known += 1.0
        if u < form:
            tally[0].forms += 1.0
            row.written = 1
        if u < content and (row.found == 1 or row.reported_to != ANONYMOUS):
            tally[0].forms_with_content += 1.0
            w.crimes_known[cell, problem, tick % SHIFTS] += severity
        kept_back = keyed_uniform(w.seed, HOARDS_STREAM, w.month, f, 0) < p.hoarding
        if u < record and (BY_TELEPHONE[row.kind] == 1 or not kept_back):
            row.recorded = 1
            send_record(w, row, linked)


@python_step(flags=LAST_SHIFTS)
def close_month(sim: Simulation) -> None:
    """Enter records, return products and count months of plans."""
    enter_records(sim.w)
    return_products(sim.w)
    plans.count_plan_months(sim)


report_up = in_order(report_shift, KernelStep(plans.count_planned_visits), close_month)
"""Report the shift upwards; at the end of a month enter records, return products and count months of plans."""


def recorded_by_headquarters_share(month: MonthSnapshot) -> float:
    """Return the share of crimes known to the police that headquarters records."""
    return ratio_or_nan(month.crime_counts[RECORDED].sum(), month.tally.known)


MECHANISM = Mechanism(
    group=Information,
    tables=(MAIL,),
    counts=InformationCounts,
    knockout=Knockout(("survival", "record_days_mean")),
    measures={
        "survival": Measure("share", recorded_by_headquarters_share),
        "record_days_mean": Measure(
            "days", lambda month: ratio_or_nan(month.tally.record_days, month.tally.records_arrived)
        ),
        "known": Measure("crimes"),
        "forms": Measure("forms"),
        "forms_with_content": Measure("forms"),
        "record_days": Measure("days"),
        "products_returned": Measure("products"),
    },
)
