"""M17, information: circumstance reports three times a day, and what survives on the way to headquarters (ODD 6.19).

Switched off, everything arrives, at once, and comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from model.books import RECORDED, told_to_state
from model.calendar import is_last_shift_of_month, month_of
from model.daybook import ANONYMOUS, DEMI, INCIDENTS, PROSECUTOR
from model.kernels import kernel
from model.kinds import CERTAIN, PROBLEM_OF
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism, over
from model.mechanisms import plans
from model.mechanisms.adoption import care_at
from model.mechanisms.plans import wall_of
from model.parameters import Group, number, share
from model.rows import Row
from model.tables import Growing

if TYPE_CHECKING:
    from model.measures import Month
    from model.mechanisms.plans import Wall
    from model.model import TrustModel as World
    from model.police import FacilityRow
    from model.register import Tally
    from model.rows import Ints, Reals, Rows
    from model.stage import Stage
    from model.state import Means, Plan

RECORD, HOARDS, FEEDBACK = decision("record"), decision("hoards"), decision("feedback")


@dataclass(frozen=True, kw_only=True)
class Information(Group):
    """Chance that a report survives each stage, how long it takes, and what comes back."""

    name: ClassVar[str] = "information"
    evidence: ClassVar[tuple[str, ...]] = (
        "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D13", "V17", "I02",
    )  # fmt: skip

    written: float = share(0.75, "D11; calibrated: V17", "known crimes with a form filled in", role="lever", off=1.0)
    conviction: float = share(
        0.80, "D10, D11: without conviction; assumed", "forms filled in with content", role="lever", off=1.0
    )
    typed: float = share(0.70, "D04; calibrated: V17", "forms with content that are typed", role="site", off=1.0)
    offline: float = share(
        0.6, "D04, I02; assumed", "what a facility without internet this month still types, relative", off=1.0
    )
    hoarding: float = share(0.10, "D09; assumed", "stations that keep a month's reports", role="lever", off=0.0)
    consolidated: float = share(0.82, "D05; calibrated: V17", "typed crimes in the daily report", off=1.0)
    georeferenced: float = share(0.60, "D06; calibrated: V17", "consolidated crimes with a place", role="site", off=1.0)
    entered: float = share(0.80, "D07; calibrated: V17", "placed crimes entered at headquarters", off=1.0)
    delay: float = number(20.0, "days", 0.0, 180.0, "D04; assumed", "mean time until a record counts", off=0.0)
    feedback: float = share(
        0.02, "D08, D13: little comes back", "stations to which a product returns in a month", role="lever", off=1.0
    )


class Mail(Row):
    """A record on its way to headquarters."""

    due: int
    born: int
    cell: int
    problem: int
    severity: float


MAIL = Growing(name="mail", row=Mail, about="Records on their way: this alone.")


class Counts(Row):
    """What is counted in a month."""

    known: float
    forms: float
    forms_with_content: float
    records_arrived: float
    record_days: float
    products_returned: float


@kernel
def stages(kind: int, linked: float, care: float, p: Information) -> tuple[float, float, float]:
    """Shares of known crimes of this kind with a form, with content in it, and with a record in the end."""
    sure = CERTAIN[kind] == 1
    form = 1.0 if sure else p.written
    content = 1.0 if sure else p.written * p.conviction
    form, content = form + (1.0 - form) * care, content + (1.0 - content) * care
    typed = 1.0 if sure else content * p.typed * linked
    return form, content, typed * p.consolidated * p.georeferenced * p.entered


@kernel
def report_up(
    stage: Stage,
    means: Rows[Means],
    wall: Wall,
    mail: Rows[Mail],
    mail_count: Ints,
    numbers: Rows[Information],
    month: int,
) -> None:
    """Let stations write down what they know, and send the circumstance report of the shift on its way."""
    day, cells, tally, tick, seed = stage.day, stage.ground.cells, stage.tally, stage.tick, stage.seed
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        cell, number, problem, severity = row.cell, row.number, PROBLEM_OF[row.kind], row.severity
        wall.happened[cell, problem] += severity
        told = told_to_state(row)
        if told:
            wall.told[cell] += severity
        if row.found == 0 and (not told or row.told in (PROSECUTOR, DEMI)):
            continue
        f = cells[cell].facility
        p = numbers[max(cells[cell].settlement, 0)]
        linked = 1.0 if means[f].internet == 1 else p.offline
        form, content, record = stages(row.kind, linked, care_at(means, f), p)
        u = luck(seed, RECORD, tick, number, 0)
        tally[0].known += 1.0
        if u < form:
            tally[0].forms += 1.0
            row.written = 1
        if u < content and (row.found == 1 or row.told != ANONYMOUS):
            tally[0].forms_with_content += 1.0
            wall.known[cell, problem, tick % 3] += severity
        if u < record and luck(seed, HOARDS, month, f, 0) >= p.hoarding:
            row.recorded = 1
            sent = mail[mail_count[0]]
            sent.due = tick + int(3.0 * p.delay * (0.5 + luck(seed, RECORD, tick, number, 1)) / linked)
            sent.born, sent.cell, sent.problem, sent.severity = tick, cell, problem, severity
            mail_count[0] += 1


@kernel
def deliver(mail: Rows[Mail], count: Ints, atlas: Reals, tally: Rows[Tally], tick: int) -> None:
    """Let headquarters enter what has come by the end of a month."""
    left = 0
    for k in range(count[0]):
        sent = mail[k]
        if sent.due > tick:
            mail[left] = sent
            left += 1
            continue
        atlas[sent.cell, sent.problem] += sent.severity
        tally[0].records_arrived += 1.0
        tally[0].record_days += (sent.due - sent.born) / 3.0
    count[0] = left


@kernel
def send_back(
    plan_rows: Rows[Plan],
    facilities: Rows[FacilityRow],
    numbers: Rows[Information],
    tally: Rows[Tally],
    month: int,
    tick: int,
    seed: int,
) -> None:
    """Let a product of headquarters' analysts come back to some stations."""
    for f in range(len(facilities)):
        if luck(seed, FEEDBACK, month, f, 0) < numbers[facilities[f].settlement].feedback:
            plan_rows[f].product = tick
            tally[0].products_returned += 1.0


def act(world: World) -> None:
    """Report the shift upwards; at a month's end let headquarters answer and stations take stock of their plans."""
    state, tick, month = world.state, world.tick, month_of(world.tick)
    facilities, numbers, tally = world.plant.facilities, world.numbers["information"], state.tally
    wall = world.laid(wall_of)
    state.mail.reserve(world.book.counts.item(INCIDENTS))
    mail, count = state.mail.rows, state.mail.count
    world.carry_out(report_up, lambda: (world.stage(), state.means, wall, mail, count, numbers), month)
    world.carry_out(plans.note, lambda: (world.stage(), world.plant, state.plans, state.plan_cells, state.planned_here))
    if is_last_shift_of_month(tick):
        deliver(mail, count, wall.atlas, tally, tick)
        send_back(state.plans, facilities, numbers, tally, month, tick, world.seed)
        plans.close_month(world)


def survival(month: Month) -> float:
    """Share of the crimes known to the police that headquarters records."""
    return over(month.books[RECORDED].sum(), month.tally.known)


WRITES = (
    "tally.visits_by_plan", "tally.visits_on_post", "tally.visits_where_diagnosed", "tally.preventive_visits",
    "plans.product", "plans.months", "plans.visits", "planned_here", "known", "happened", "told",
    "atlas", "incidents.recorded", "incidents.written",
)  # fmt: skip
IT = Mechanism(
    group=Information,
    tables=(MAIL,),
    counts=Counts,
    writes=WRITES,
    knockout=Knockout(("survival", "record_days_mean")),
    measures={
        "survival": Measure("share", survival),
        "record_days_mean": Measure("days", lambda month: over(month.tally.record_days, month.tally.records_arrived)),
        "known": Measure("crimes"),
        "forms": Measure("forms"),
        "forms_with_content": Measure("forms"),
        "record_days": Measure("days"),
        "products_returned": Measure("products"),
    },
)
