"""M22, fear and precaution: perceived insecurity lags crime, and the fearful take care (ODD 6.26).

Switched off, fear and precaution stay as they were at the start.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from model.daybook import BURGLARY, INCIDENTS, OUTSIDE, VISITS
from model.kernels import kernel
from model.ledger import HARM, kept
from model.luck import decision, logistic, luck
from model.mechanisms.hearsay import HEARD
from model.mechanisms.patrol import without_motor
from model.parameters import Group, number, share

CAUTION = decision("caution")
KNOCKOUT = ("fear_mean", "precaution_share")
COMMON = 1.0
"""Severity and visits, each a month and 1,000 residents, that are added before ratios are taken; assumed."""


@dataclass(frozen=True, kw_only=True)
class Fear(Group):
    """What frightens residents and calms them, who takes precautions, and how far these help."""

    name: ClassVar[str] = "fear"
    evidence: ClassVar[tuple[str, ...]] = ("B11", "B12", "K08", "V20")

    harm: float = number(0.8, "log-odds", 0.0, 4.0, "assumed; swept", "fear after own harm of severity 1", off=0.0)
    heard: float = number(0.25, "log-odds", 0.0, 2.0, "assumed; swept", "the same when told by a tie", off=0.0)
    memory: float = number(0.75, "years", 0.1, 10.0, "assumed; swept", "half-life of what one went through or heard")
    local: float = number(
        0.5,
        "log-odds",
        0.0,
        3.0,
        "V20; assumed, swept",
        "effect of the log of crime nearby over what is usual",
        off=0.0,
    )
    lag: float = number(4.0, "months", 0.25, 24.0, "K08; assumed", "half-life with which news of crime nearby sinks in")
    habit: float = number(5.0, "years", 0.5, 50.0, "assumed", "half-life with which crime nearby becomes usual")
    foot: float = number(
        -0.05, "log-odds", -0.5, 0.5, "assumed; both signs swept", "effect of the log of visits on foot", off=0.0
    )
    campaign: float = share(0.0, "B11", "residents whom a campaign for precautions reaches", role="lever")
    alarm: float = number(
        0.1, "log-odds", -0.5, 0.5, "assumed; both signs swept", "effect of a campaign on fear", off=0.0
    )
    heed: float = number(1.2, "log-odds", 0.0, 4.0, "B12; assumed", "effect of a campaign on precaution", off=0.0)
    careful: float = number(-0.6, "log-odds", -5.0, 5.0, "assumed", "readiness to take precautions at middling fear")
    by_fear: float = number(0.5, "ratio", 0.0, 3.0, "B12; assumed", "effect of fear on precaution")
    precaution: float = share(
        0.25, "B11, B12: size assumed, swept", "property crimes that the careful are spared", high=0.8
    )
    usual: float = share(0.35, "derived from the start", "careful residents for whom crime rates were calibrated")


@kernel
def sheltered(kind: Any, mind: Any, p: Any) -> Any:
    """Hazard of a resident for crimes of this kind, relative to the mean resident for whom rates were calibrated."""
    if kind > BURGLARY:
        return 1.0
    return (1.0 - p.precaution * mind.careful) / (1.0 - p.precaution * p.usual)


@kernel
def feel(mind: Any, local: Any, p: Any) -> None:
    """Bring fear and precaution of one resident up to date at a month's end."""
    mind.alarm *= local.kept
    felt = mind.base_fear + mind.alarm + local.insecurity
    mind.fear = logistic(felt)
    readiness = p.careful + p.by_fear * felt + p.heed * p.campaign + mind.caution
    mind.careful = 1 if readiness > 0.0 else 0


@kernel
def first_caution(mind: Any, p: Any, i: Any, seed: Any) -> None:
    """Draw how cautious resident i is, and whether precautions are taken at first."""
    u = luck(seed, CAUTION, 0, i, 0)
    mind.caution = math.log((u + 1e-12) / (1.0 - u + 1e-12))
    mind.alarm = 0.0
    mind.careful = 1 if p.careful + p.by_fear * mind.base_fear + mind.caution > 0.0 else 0


@kernel
def first_cautions(minds: Any, people: Any, numbers: Any, seed: Any) -> None:
    """Draw how cautious everybody is when the world begins."""
    for i in range(len(minds)):
        first_caution(minds[i], numbers[people[i].settlement], i, seed)


@kernel
def frighten(stage: Any, i: Any, severity: Any, fear: Any, hearsay: Any) -> None:
    """Let somebody who was harmed, and the ties who are told of it, be afraid."""
    home = stage.ground.people[i].settlement
    stage.minds[i].alarm += fear[home].harm * severity
    for k in range(stage.ground.ties.shape[1]):
        if luck(stage.seed, HEARD, stage.tick, i, 8 * HARM + k) < hearsay[home].tell_bad:
            tie = stage.ground.ties[i, k]
            if tie < 0:
                break
            stage.minds[tie].alarm += fear[stage.ground.people[tie].settlement].heard * severity


@kernel
def notice(stage: Any, fear: Any, hearsay: Any, local: Any, couples: Any) -> None:
    """Note the harm and the couples on foot of this shift, settlement by settlement."""
    for k in range(stage.day.counts[INCIDENTS]):
        row = stage.day.incidents[k]
        local[max(stage.ground.cells[row.cell].settlement, 0)].crime += row.severity
        if row.teller >= 0:
            frighten(stage, row.teller, row.severity, fear, hearsay)
    for k in range(stage.day.counts[OUTSIDE]):
        row = stage.day.outside[k]
        frighten(stage, row.who, row.severity, fear, hearsay)
    for k in range(stage.day.counts[VISITS]):
        visit = stage.day.visits[k]
        if visit.alive == 1 and visit.post >= 0 and without_motor(couples[visit.post].mode):
            local[max(stage.ground.cells[visit.cell].settlement, 0)].seen += 1.0


@kernel
def close_month(local: Any, numbers: Any, residents: Any, shifts: Any) -> None:
    """Let what was noticed in a month sink in, and slowly become usual."""
    for z in range(len(local)):
        here, p = local[z], numbers[z]
        crime = 1000.0 * here.crime / max(residents[z], 1.0)
        seen = 1000.0 * here.seen / max(residents[z], 1.0)
        if here.begun == 0:
            here.begun = 1
            here.crime_recent = here.crime_usual = crime
            here.seen_recent = here.seen_usual = seen
        news = 1.0 - math.exp(-0.6931471805599453 / p.lag)
        habit = 1.0 - math.exp(-0.6931471805599453 / (12.0 * p.habit))
        here.crime_recent += (crime - here.crime_recent) * news
        here.crime_usual += (crime - here.crime_usual) * habit
        here.seen_recent += (seen - here.seen_recent) * news
        here.seen_usual += (seen - here.seen_usual) * habit
        here.insecurity = (
            p.local * math.log((here.crime_recent + COMMON) / (here.crime_usual + COMMON))
            + p.foot * math.log((here.seen_recent + COMMON) / (here.seen_usual + COMMON))
            + p.alarm * p.campaign
        )
        here.kept = kept(shifts, p.memory)
        here.crime = here.seen = 0.0


def act(world: Any) -> None:
    """Let the harm of this shift frighten those who went through it and those who are told."""
    state, numbers = world.state, world.numbers
    notice(world.stage(), numbers["fear"], numbers["hearsay"], state.local, state.couples)


def month_end(world: Any) -> None:
    """Let the month's crime and police on foot sink in, before everybody is brought up to date."""
    residents = world.residents_at_start
    close_month(world.state.local, world.numbers["fear"], residents, 3.0 * world.days_of_month)
