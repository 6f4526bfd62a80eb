"""Judges: who is held, charged and sentenced (ODD: justice)."""

import math
from typing import TYPE_CHECKING

from oracle.army import hold_member
from oracle.certainty import group_of, learn_of_arrest
from oracle.crime import KILLING, NOBODY, Incident
from oracle.gangs import named_member
from oracle.offenders import GROUPS, HIRED, Slot, all_slots, arrest_slot, slot_of
from oracle.response import Arrest
from oracle.service import CASES, experience

if TYPE_CHECKING:
    from oracle.investigation import File
    from oracle.town import PlainTown

MONTH_SHIFTS = 91
YEAR = 1095


# Arrests in the act


def judge_arrest(town: "PlainTown", arrest: Arrest) -> None:
    """Hold or release one who was arrested; the teller may credit or blame the police."""
    incident = arrest.incident
    arrest.held = arrest.goods or (incident is not None and incident.complaint and incident.in_time)
    if incident is None:
        return
    incident.held = arrest.held
    tell_teller(town, incident)
    incident.other = town.uniform("wrong", incident.number, 0, tick=incident.tick) < town.numbers("justice").wrong
    if not incident.other:
        take(town, incident)


def tell_teller(town: "PlainTown", incident: Incident) -> None:
    """Let the teller see what became of an arrest."""
    trust = town.numbers("trust")
    if incident.teller is None or not (incident.reported_to != NOBODY or incident.found):
        return
    if town.uniform("blame", incident.number, 0, tick=incident.tick) >= town.numbers("justice").blame:
        return
    if incident.held:
        town.live(incident.teller, "held", trust.held)
    else:
        town.live(incident.teller, "release", trust.released)


def take(town: "PlainTown", incident: Incident) -> None:
    """Let certainty learn of an arrest of the right one; hold the offender or member in remand."""
    slot = incident.offender
    if slot is None or slot.is_free(town.tick):
        much = 1.0 if incident.held else town.numbers("certainty").released
        learn_of_arrest(town, group_of(incident), incident.cell.zone, much)
    if not incident.held:
        if incident.clique is not None:
            incident.clique.freed_now += 1
        return
    until = remand(town, town.uniform("remand", incident.number, 0, tick=incident.tick))
    member = named_member(town, incident)
    if slot is not None:
        arrest_slot(town, slot, until, incident.severity, "in_act")
    elif member is not None:
        hold_member(town, member, until)


def remand(town: "PlainTown", u: float) -> int:
    """Tick until which remand lasts."""
    months = town.numbers("justice").remand
    return town.tick + 1 + math.floor(-MONTH_SHIFTS * months * math.log(1.0 - u))


# Charge and sentence, at the end of a month


def charge_or_drop(town: "PlainTown", file: "File") -> None:
    """Charge a file that somebody was held for, or drop it."""
    p = town.numbers("justice")
    chance = p.charge_act if file.warrant < 0 else p.charge_warrant
    if town.uniform("charge", file.number, 0, tick=file.filed) >= chance:
        drop(town, file)
        return
    file.charged = town.tick
    if file.board is not None:
        file.board.remembers.hear_of_case(taken_up=True)
    if file.teller is not None:
        experience(file.teller, CASES, 1.0)
        if town.uniform("blame", file.number, 1, tick=file.filed) < p.blame:
            town.live(file.teller, "charged", town.numbers("trust").charged)
    hold(town, file, town.tick + trial(town, file))


def trial(town: "PlainTown", file: "File") -> int:
    """Shifts that a trial takes: three stages of exponential length."""
    p = town.numbers("justice")
    mean = p.trial_killing if file.kind == KILLING else p.trial
    left = [1.0 - town.uniform("trial", file.number, stage, tick=file.filed) for stage in range(3)]
    return math.floor(-MONTH_SHIFTS * mean / 3.0 * math.log(math.prod(left)))


def drop(town: "PlainTown", file: "File") -> None:
    """Drop a file; the teller of a complaint may blame the police."""
    town.files.remove(file)
    if file.board is not None:
        file.board.remembers.hear_of_case(taken_up=False)
    if file.teller is None:
        return
    experience(file.teller, CASES, 0.0)
    if town.uniform("blame", file.number, 1, tick=file.filed) < town.numbers("justice").blame:
        town.live(file.teller, "dropped", town.numbers("trust").dropped)


def sentence(town: "PlainTown", file: "File") -> None:
    """Decide a charged file when its trial is over."""
    p = town.numbers("justice")
    if town.tick - file.charged < trial(town, file):
        return
    town.files.remove(file)
    if town.uniform("sentence", file.number, 0, tick=file.filed) < p.sentence:
        town.n_sentences += 1
        drawn = 0.5 + town.uniform("term", file.number, 0, tick=file.filed)
        hold(town, file, town.tick + math.floor(YEAR * p.years * p.term * file.gravity * drawn))


def hold(town: "PlainTown", file: "File", until: int) -> None:
    """Hold the slot or the member in custody of a file at least until a tick."""
    if file.other:
        return
    slot = slot_of(town, file.suspect)
    if slot is not None:
        slot.hold(until)
    for prisoner in town.prison:
        if prisoner.who is file.member:
            prisoner.until = max(prisoner.until, until)


# Custody from before the warm-up


def fill_prison(town: "PlainTown") -> None:
    """Hold who would be held if the arrests of the warm-up had gone on before it."""
    for slot in all_slots(town):
        pace = town.pace[slot.group]
        n = pace["in_act"] + pace["by_warrant"]
        if n == 0.0 or pace["free"] == 0.0:
            continue
        years = getattr(town.numbers("offenders"), f"career_{GROUPS[slot.group]}")
        x = town.first_tick + YEAR * years * math.log(1.0 - town.uniform("earlier career", slot.name, 0, tick=0))
        x, k = max(x, town.first_tick - 30 * YEAR), 0
        while True:
            wait = -math.log(1.0 - town.uniform("earlier arrest", slot.name, k, tick=0))
            x += wait * pace["free"] / (n * slot.rate)
            if x >= town.first_tick:
                break
            x = end_of_earlier(town, slot, k, x)
            slot.until = int(x) if slot.since < x else max(slot.until, int(x))
            k += 1


def end_of_earlier(town: "PlainTown", slot: Slot, k: int, x: float) -> float:
    """Tick at which the custody of an earlier arrest ends."""
    p, pace = town.numbers("justice"), town.pace[slot.group]
    n, further = pace["in_act"] + pace["by_warrant"], pace["further"]

    def u(name: str) -> float:
        return town.uniform(f"earlier {name}", slot.name, k, tick=0)

    end = x + 1.0 - MONTH_SHIFTS * p.remand * math.log(1.0 - u("remand"))
    charge = (pace["in_act"] * p.charge_act + pace["by_warrant"] * p.charge_warrant) / n
    if u("charge") < (1.0 - charge) * (1.0 - p.charge_warrant) ** (further / n):
        return end
    mean = p.trial_killing if slot.group == HIRED else p.trial
    left = math.prod(1.0 - u(f"{nth} stage") for nth in ("first", "second", "third"))
    verdict = x + MONTH_SHIFTS / 2.0 - MONTH_SHIFTS * mean / 3.0 * math.log(left)
    if u("sentence") >= (1.0 - p.sentence) ** (1.0 + p.charge_warrant * further / n):
        verdict += YEAR * p.years * p.term * pace["gravity"] / n * (0.5 + u("term"))
    return max(end, verdict)
