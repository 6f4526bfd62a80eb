"""The prosecutor's files, detectives and warrants (ODD: investigation)."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.army import hold_member
from oracle.capture import is_warned
from oracle.certainty import learn_of_arrest
from oracle.consent import agrees_to_arrest
from oracle.crime import DOMESTIC, KILLING, Incident
from oracle.gangs import members, named_member
from oracle.justice import MONTH_SHIFTS, charge_or_drop, drop, judge_arrest, remand, sentence
from oracle.offenders import Slot, Suspect, arrest_slot, slot_of
from oracle.people import Resident
from oracle.plans import INVESTIGATIVE
from oracle.population import somebody_here
from oracle.random_draws import logistic

if TYPE_CHECKING:
    from oracle.community import Authority
    from oracle.town import PlainTown

KINDS = (
    "robbery",
    "theft",
    "vehicle_theft",
    "theft_from_vehicle",
    "burglary",
    "assault",
    "homicide",
    "extortion",
    "domestic",
)
HOURS = (5.0, 3.0, 6.0, 3.0, 5.0, 4.0, 60.0, 20.0, 4.0)
"""Hours that detectives need for a file, by kind."""
MOST_LINKS, MOST_PASSES = 6, 2


@dataclass(eq=False)
class File:
    """A file at the prosecutor."""

    filed: int
    number: int
    kind: int
    gravity: float
    zone: int
    teller: Resident | None
    suspect: Suspect | None
    member: Resident | None
    served: int
    other: bool
    doubt: float
    board: "Authority | None"
    warrant: int = -1
    charged: int = -1
    passes: int = 0
    tries: int = 0

    @property
    def is_cold(self) -> bool:
        """Whether there is no warrant and nobody was held."""
        return self.warrant < 0 and self.served < 0 and self.charged < 0


def judge(town: "PlainTown") -> None:
    """Judge the arrests of this shift and open files; at the end of a month work on all of them."""
    for arrest in town.arrests:
        judge_arrest(town, arrest)
    for incident in town.incidents:
        consider(town, incident)
    for arrest in town.arrests:
        if arrest.incident is not None and arrest.incident.tick < town.tick and arrest.held:
            file_late_arrest(town, arrest.incident)
    if town.month_ends:
        for file in list(town.files):
            go_on(town, file)
        investigate(town)
    town.apply_impressions()


# Files


def consider(town: "PlainTown", incident: Incident) -> None:
    """Open a file of an incident, if there is reason to."""
    tipped = incident.kind != DOMESTIC and speaks(town, incident, "tip")
    town.n_tips += tipped
    if incident.complaint or tipped or incident.held:
        open_file(town, incident, tipped)


def file_late_arrest(town: "PlainTown", incident: Incident) -> None:
    """Enter an arrest for an incident of the shift before in its file; open one if there is none."""
    file = next((file for file in town.files if (file.filed, file.number) == (incident.tick, incident.number)), None)
    if file is None:
        open_file(town, incident, False)
        return
    file.served, file.other = town.tick, incident.other
    if not incident.other:
        file.member = named_member(town, incident)
    if file.warrant < 0:
        clear(town, file)


def open_file(town: "PlainTown", incident: Incident, tipped: bool) -> None:
    """Open a file."""
    suspect = incident.offender.suspect if incident.offender is not None else None
    file = File(
        incident.tick,
        incident.number,
        incident.kind,
        incident.severity,
        incident.cell.zone,
        incident.teller if incident.complaint else None,
        suspect,
        named_member(town, incident),
        town.tick if incident.held else -1,
        incident.held and incident.other,
        doubt(town, incident, suspect, tipped),
        town.authorities[incident.teller.settlement] if incident.handed and incident.teller is not None else None,
    )
    town.files.append(file)
    if file.served >= 0:
        clear(town, file)


def clear(town: "PlainTown", file: File) -> None:
    """Count a complaint as cleared."""
    town.n_cleared += file.teller is not None


def speaks(town: "PlainTown", incident: Incident, name: str) -> bool:
    """Tell whether somebody who was there gives a tip, or speaks as a witness."""
    p, m = town.numbers("investigation"), incident.number
    one = somebody_here(town, incident.cell, name, m, 0)
    if one is None or one is incident.victim or not one.alive or one.age < 18:
        return False
    trust = one.trust + town.numbers("reporting").lift
    dread = one.fear if incident.clique is not None else 0.0
    wish = getattr(p, name) + getattr(p, f"{name}_trust") * (trust - 0.5) - getattr(p, f"{name}_dread") * dread
    return town.uniform(name, m, 1) < logistic(wish)


def doubt(town: "PlainTown", incident: Incident, suspect: Suspect | None, tipped: bool) -> float:
    """Return what the evidence leaves open."""
    p = town.numbers("investigation")
    left = 1.0 - p.base
    if incident.complaint:
        left *= 1.0 - p.ratified
    if speaks(town, incident, "witness"):
        left *= 1.0 - p.seen
    if town.uniform("camera", incident.number, 0) < p.camera:
        left *= 1.0 - p.film
    if tipped:
        left *= 1.0 - p.hint
    if finds_series(town, incident):
        n = sum(file.is_cold and file.suspect == suspect for file in town.files) if suspect is not None else 0
        left *= (1.0 - p.link) ** min(n, MOST_LINKS)
    return float(left)


def finds_series(town: "PlainTown", incident: Incident) -> bool:
    """Tell whether a series is found of which this incident is part."""
    facility = incident.cell.facility
    inquires = facility >= 0 and town.plans[facility].mode == INVESTIGATIVE
    chance = town.numbers("plans").inquiry if inquires else town.numbers("investigation").analyst
    return town.uniform("series", incident.number, 0) < chance


# The end of a month


def go_on(town: "PlainTown", file: File) -> None:
    """Take a file as far as it goes this month."""
    p = town.numbers("investigation")
    if file.charged >= 0:
        sentence(town, file)
    elif 0 <= file.served < town.tick:
        charge_or_drop(town, file)
    elif file.served == town.tick:
        return
    elif file.warrant >= 0:
        pursue(town, file)
    elif town.tick - file.filed > MONTH_SHIFTS * p.months or file.passes == MOST_PASSES:
        drop(town, file)


def pursue(town: "PlainTown", file: File) -> None:
    """Try to serve a warrant."""
    p = town.numbers("investigation")
    file.tries += 1
    if file.tries > p.warrant_months:
        drop(town, file)
        return
    slot = slot_of(town, file.suspect)
    if file.suspect is not None and slot is None:
        return
    if slot is not None and not slot.is_free(town.tick):
        file.served = town.tick
        town.pace[slot.group]["further"] += 1.0
        town.n_by_warrant += 1
        return
    if file.member is not None and not (file.member.alive and file.member.clique is not None):
        return
    serves = town.uniform("serve", file.number, file.tries, tick=file.filed) < p.arrest
    if serves and not is_withheld(town, file) and not (file.member is not None and is_warned(town, file.member, file)):
        serve(town, file, slot)


def is_withheld(town: "PlainTown", file: File) -> bool:
    """Tell whether the authority of the canton withholds its consent to serve a warrant."""
    excused = file.board is not None or file.gravity >= town.numbers("communal_authority").grave
    return not excused and not agrees_to_arrest(town, file.zone, file.number, file.gravity)


def serve(town: "PlainTown", file: File, slot: Slot | None) -> None:
    """Serve a warrant on whoever is taken for the offender."""
    town.n_by_warrant += 1
    file.served = town.tick
    file.other = town.uniform("wrong", file.number, 1, tick=file.filed) < town.numbers("justice").wrong
    if not file.other:
        take(town, file, slot)


def take(town: "PlainTown", file: File, slot: Slot | None) -> None:
    """Hold in remand whom a warrant names; certainty learns of it."""
    until = remand(town, town.uniform("remand", file.number, 1, tick=file.filed))
    if slot is not None:
        learn_of_arrest(town, slot.group, file.zone, 1.0)
        arrest_slot(town, slot, until, file.gravity, "by_warrant")
        return
    if file.member is not None:
        take_structure(town, file, file.member, until)


def take_structure(town: "PlainTown", file: File, member: Resident, until: int) -> None:
    """Hold a member, and others of the same clique with him."""
    chance = town.numbers("investigation").structure
    assert member.clique is not None
    others = [one for one in members(town, member.clique) if one.alive and one is not member]
    hold_member(town, member, until)
    for one in others:
        if town.uniform("structure", one.number, file.number, tick=file.filed) < chance:
            hold_member(town, one, until)


def held_slot(town: "PlainTown", file: File) -> Slot | None:
    """Return the slot that a file names if who filled it then is held now."""
    slot = slot_of(town, file.suspect)
    return slot if slot is not None and not slot.is_free(town.tick) else None


def promise(town: "PlainTown", file: File) -> float:
    """Return the chance that detectives solve a file when they take it up."""
    p, age = town.numbers("investigation"), town.tick - file.filed
    known = min(p.hope_most, getattr(p, KINDS[file.kind]) * (1.0 - file.doubt)) * math.exp(-age / 273.0)
    if held_slot(town, file) is not None:
        known = p.linked
    return float(known * (p.second if file.passes == 1 else 1.0))


def urgency(town: "PlainTown", file: File) -> float:
    """Return what decides which file is taken up first."""
    p, age = town.numbers("investigation"), town.tick - file.filed
    grave = p.homicide_first if file.kind == KILLING else 1.0
    return (promise(town, file) + p.by_gravity * file.gravity) * grave * math.exp(-age / 182.0)


def investigate(town: "PlainTown") -> None:
    """Let detectives take up files until their hours are spent."""
    p = town.numbers("investigation")
    hours = p.investigators * p.hours * (1.0 - p.other) * town.numbers("population").scale / (1.0 + p.false_cases)
    waiting = [file for file in town.files if file.is_cold and file.passes < MOST_PASSES]
    for file in sorted(waiting, key=lambda one: -urgency(town, one)):
        if HOURS[file.kind] > hours:
            continue
        hours -= HOURS[file.kind]
        chance = promise(town, file)
        file.passes += 1
        if town.uniform("solve", file.number, file.passes, tick=file.filed) < chance:
            file.warrant = town.tick
            slot = held_slot(town, file)
            if slot is not None:
                file.served = town.tick
                town.pace[slot.group]["further"] += 1.0
            clear(town, file)
