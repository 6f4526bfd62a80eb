"""M13, justice with clocks: held or released, charged or dropped, sentenced (ODD 6.11).

Switched off, all complaints are taken at once and nobody is blamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np

from model.books import COMPLAINTS
from model.calendar import MONTH, is_last_shift_of_month
from model.daybook import ARRESTS, IMPRESSIONS, INCIDENTS, NOBODY
from model.kernels import kernel
from model.ledger import cause, impress
from model.luck import decision, luck
from model.mechanism import Knockout, Measure, Mechanism, over
from model.mechanisms.plans import INVESTIGATIVE
from model.parameters import Group, number, share
from model.rows import Column, Row
from model.tables import Growing

if TYPE_CHECKING:
    from model.measures import Month
    from model.mechanisms.plans import Plans
    from model.model import TrustModel as World
    from model.rows import Ints, Rows
    from model.stage import Stage
    from model.state import Plan

BLAME, CHARGE, SENTENCE, INQUIRY = decision("blame"), decision("charge"), decision("sentence"), decision("inquiry")
TRIAL_MONTHS = 12
RELEASE, HELD, CHARGED, DROPPED = cause("release", 8), cause("held", 9), cause("charged", 10), cause("dropped", 11)


@dataclass(frozen=True, kw_only=True)
class Justice(Group):
    """What becomes of arrests and complaints, and whom victims blame."""

    name: ClassVar[str] = "justice"
    evidence: ClassVar[tuple[str, ...]] = ("H02", "H03", "H04", "V12", "V16", "W01", "W02")

    hours: float = number(
        3.0, "hours", 0.0, 12.0, "concept: judge within 6 h; assumed", "time an arrest costs the couple"
    )
    blame: float = share(
        0.5, "H04; assumed", "victims who blame the police for what judges and prosecutors do", off=0.0
    )
    investigators: float = number(
        4.0, "persons", 0.0, 1e6, "assumed", "investigators for the municipality", role="site", off=1e6
    )
    cases: float = number(12.0, "cases a month", 0.0, 200.0, "assumed", "cases an investigator takes")
    charge: float = share(0.045, "V16: 4.6 % of all; assumed for those taken", "taken cases that are charged")
    charge_held: float = share(0.25, "assumed", "more, where somebody is held")
    months: int = number(12, "months", 1, 60, "V12; assumed", "age at which untaken complaints are dropped")
    sentence: float = share(0.44, "V16: 2.0 of 4.6 %", "charged cases that end in a sentence")


class Lesson(Row):
    """What a resident has learned of complaining."""

    useful: Annotated[float, Column("belief that a complaint is useful", "log-odds")]


class Complaint(Row):
    """A complaint before the prosecutor; ``charged`` is a tick or -1."""

    filed: int
    number: int
    teller: int
    evidence: int
    charged: int


COMPLAINTS_OPEN = Growing(name="complaints", row=Complaint, room=1024, about="The prosecutor's queue: this alone.")


class Counts(Row):
    """What is counted in a month."""

    arrests: float
    arrests_without_incident: float
    held: float
    released: float
    charged: float
    dropped: float
    sentenced: float


@kernel
def judge_arrests(stage: Stage, justice: Rows[Justice]) -> None:
    """Hold those caught with goods or accused in time; release the others for lack of merit."""
    day, minds, trust, tally, seed = stage.day, stage.minds, stage.trust, stage.tally, stage.seed
    for k in range(day.counts[ARRESTS]):
        arrest = day.arrests[k]
        tally[0].arrests += 1.0
        held = arrest.goods == 1
        if arrest.incident < 0:
            tally[0].arrests_without_incident += 1.0
        else:
            row = day.incidents[arrest.incident]
            held = held or (row.complaint == 1 and row.in_time == 1)
            i = row.teller
            knows = i >= 0 and (row.told != NOBODY or row.found == 1)
            z = stage.ground.people[i].settlement if knows else 0
            if knows and held:
                impress(day, minds, i, HELD, 0.0, 0.0, 1.0, trust[z].release, 1)
            elif knows and luck(seed, BLAME, stage.tick, row.number, 0) < justice[z].blame:
                impress(day, minds, i, RELEASE, 0.0, 0.0, -1.0, trust[z].release, 1)
        arrest.held = 1 if held else 0
        if held:
            tally[0].held += 1.0
        else:
            tally[0].released += 1.0


@kernel
def queue(stage: Stage, plans: Rows[Plan], numbers: Rows[Plans], complaints: Rows[Complaint], count: Ints) -> None:
    """Put the complaints of the shift into the prosecutor's queue, with what evidence there is."""
    day, cells = stage.day, stage.ground.cells
    for k in range(day.counts[INCIDENTS]):
        row = day.incidents[k]
        if row.complaint == 0:
            continue
        complaint = complaints[count[0]]
        complaint.filed, complaint.number, complaint.teller = (
            row.tick,
            row.number,
            row.teller,
        )
        complaint.evidence, complaint.charged = 0, -1
        for a in range(day.counts[ARRESTS]):
            if day.arrests[a].incident == k and day.arrests[a].held == 1:
                complaint.evidence = 1
        plan, p = plans[cells[row.cell].facility], numbers[max(cells[row.cell].settlement, 0)]
        if plan.mode == INVESTIGATIVE and luck(stage.seed, INQUIRY, row.tick, row.number, 0) < p.inquiry:
            complaint.evidence = 1
        count[0] += 1


@kernel
def close_month(stage: Stage, complaints: Rows[Complaint], count: Ints, capacity: int, justice: Rows[Justice]) -> None:
    """Take as many complaints as the investigators can, oldest first; charge, drop, sentence."""
    minds, tally, tick, seed = stage.minds, stage.tally, stage.tick, stage.seed
    left = 0
    for k in range(count[0]):
        complaint = complaints[k]
        filed, number, i = complaint.filed, complaint.number, complaint.teller
        z = stage.ground.people[i].settlement
        p = justice[z]
        keep = True
        if complaint.charged >= 0:
            if tick - complaint.charged >= TRIAL_MONTHS * MONTH:
                keep = False
                if luck(seed, SENTENCE, filed, number, 0) < p.sentence:
                    tally[0].sentenced += 1.0
        elif capacity > 0:
            capacity -= 1
            if luck(seed, CHARGE, filed, number, 0) < p.charge + p.charge_held * complaint.evidence:
                complaint.charged = tick
                minds[i].useful += 1.0
                tally[0].charged += 1.0
                impress(stage.day, minds, i, CHARGED, 0.0, 0.0, 1.0, stage.trust[z].release, 1)
            else:
                keep = False
                drop(stage, i, filed, number, p)
        elif tick - filed > p.months * MONTH:
            keep = False
            drop(stage, i, filed, number, p)
        if keep:
            complaints[left] = complaint
            left += 1
    count[0] = left


@kernel
def drop(stage: Stage, i: int, filed: int, number: int, p: Justice) -> None:
    """Close a complaint without result; some blame the police."""
    stage.minds[i].useful -= 0.2
    stage.tally[0].dropped += 1.0
    if luck(stage.seed, BLAME, filed, number, 1) < p.blame:
        weight = stage.trust[stage.ground.people[i].settlement].release
        impress(stage.day, stage.minds, i, DROPPED, 0.0, 0.0, -0.5, weight, 1)


def act(world: World) -> None:
    """Judge the arrests of the shift; at a month's end work through the complaints."""
    state, book, justice = world.state, world.book, world.numbers["justice"]
    book.reserve(IMPRESSIONS, int(book.counts[ARRESTS]))
    judge_arrests(world.stage(), justice)
    state.complaints.reserve(int(book.counts[INCIDENTS]))
    rows, count = state.complaints.rows, state.complaints.count
    queue(world.stage(), state.plans, world.numbers["plans"], rows, count)
    if is_last_shift_of_month(world.tick):
        book.reserve(IMPRESSIONS, int(state.complaints.count[0]))
        scale = world.settings["population"].scale
        capacity = int(justice[0]["investigators"] * justice[0]["cases"] * scale)
        close_month(world.stage(), rows, count, capacity, justice)
    world.learn()


def clearance(month: Month) -> float:
    """Charges over complaints of the month."""
    return over(month.tally.charged, month.books[COMPLAINTS].sum())


def waiting(month: Month) -> float:
    """Complaints that wait at the prosecutor."""
    return float(np.count_nonzero(month.world.state[COMPLAINTS_OPEN].filled()["charged"] < 0))


IT = Mechanism(
    group=Justice,
    tables=(COMPLAINTS_OPEN,),
    mind=Lesson,
    counts=Counts,
    causes=(
        RELEASE,
        HELD,
        CHARGED,
        DROPPED,
    ),
    writes=("arrests.held", "impressions"),
    knockout=Knockout(("queue", "charged")),
    measures={
        "clearance": Measure("share", clearance),
        "queue": Measure("cases", waiting),
        "investigators": Measure("people", lambda month: float(month.world.numbers["justice"]["investigators"][0])),
    },
)
