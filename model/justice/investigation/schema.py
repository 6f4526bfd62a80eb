"""Declarations of investigation: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from model.engine.calendar import MONTH
from model.engine.parameters import Group, number, share
from model.engine.random_streams import decision
from model.engine.rows import Row
from model.town.crime_kinds import HOURS

TIP, WITNESS, CAMERA, SERIES = decision("tip"), decision("witness"), decision("camera"), decision("series")
INQUIRY = decision("inquiry")
SERVE, STRUCTURE, LINKED, SOLVE = decision("serve"), decision("structure"), decision("linked"), decision("solve")
ADULT = 18.0
LEAST = float(HOURS.min())
"""Hours without which no file can be taken up."""
TWICE = 2
"""How often detectives take up a file at most."""
AGES, FADES = 2.0 * MONTH, 3.0 * MONTH
"""Shifts in which a file loses its urgency, and evidence its worth, by a factor e."""
MOST_LINKS = 6
FREE_FIT = "calibrated: W02, V16"


@dataclass(frozen=True, kw_only=True)
class Investigation(Group):
    """What is known of an act, who comes forward, and how far detectives get with it."""

    name: ClassVar[str] = "investigation"
    evidence: ClassVar[tuple[str, ...]] = ("W01", "W02", "K13", "V12", "V16")

    investigators: float = number(
        4.0, "persons", 0.0, 1e6, "assumed", "investigators for the municipality", role="site", off=0.0
    )
    hours: float = number(110.0, "hours a month", 0.0, 1000.0, "assumed", "hours of an investigator for files")
    other: float = share(0.45, "assumed", "of these, hours for kinds of crime that are not in the model")
    false_cases: float = number(0.0, "ratio", 0.0, 10.0, "experiment", "false complaints over true ones, in hours")
    months: int = number(4, "months", 1, 60, "V12; assumed", "age at which a file without warrant is shelved")
    base: float = share(0.004, "assumed", "worth of what a scene shows")
    ratified: float = share(0.012, "assumed", "worth of a complaint that is ratified")
    seen: float = share(0.10, "assumed", "worth of a witness who speaks")
    film: float = share(0.10, "assumed", "worth of a recording")
    hint: float = share(0.35, "assumed", "worth of a tip")
    link: float = share(0.012, "assumed", "worth of each further file of a series that is found")
    camera: float = share(0.05, "B08; assumed", "acts that a camera records")
    analyst: float = share(0.3, "assumed; swept", "series that an analyst finds")
    witness: float = number(-2.2, "log-odds", -10.0, 5.0, "assumed; swept", "readiness of those present to speak")
    witness_trust: float = number(2.5, "log-odds", 0.0, 10.0, "Q10; swept to 0", "effect of trust, 0 to 1", off=0.0)
    witness_dread: float = number(2.0, "log-odds", 0.0, 10.0, "G13; assumed", "effect of fear of a clique", off=0.0)
    tip: float = number(-5.1, "log-odds", -10.0, 5.0, "assumed; swept", "readiness of those present to give a tip")
    tip_trust: float = number(3.0, "log-odds", 0.0, 10.0, "G09; swept to 0", "effect of trust, 0 to 1", off=0.0)
    tip_dread: float = number(2.0, "log-odds", 0.0, 10.0, "G13; assumed", "effect of fear of a clique", off=0.0)
    robbery: float = number(0.8, "ratio", 0.0, 50.0, FREE_FIT, "how solvable robberies are")
    theft: float = number(1.3, "ratio", 0.0, 50.0, FREE_FIT, "the same of thefts from the person")
    vehicle_theft: float = number(1.4, "ratio", 0.0, 50.0, FREE_FIT, "the same of vehicle thefts")
    theft_from_vehicle: float = number(1.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of thefts from vehicles")
    burglary: float = number(1.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of burglaries")
    assault: float = number(1.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of assaults")
    homicide: float = number(0.6, "ratio", 0.0, 50.0, FREE_FIT, "the same of killings")
    extortion: float = number(3.2, "ratio", 0.0, 50.0, FREE_FIT, "the same of extortion")
    domestic: float = number(2.0, "ratio", 0.0, 50.0, FREE_FIT, "the same of violence at home: the suspect is known")
    second: float = share(0.4, "assumed", "worth of a second look at a file")
    arrest: float = share(0.25, "assumed", "warrants served in a month")
    warrant_months: int = number(12, "months", 1, 60, "assumed", "time for which a warrant is tried")
    linked: float = share(0.25, "assumed", "other files of the same slot that are cleared with it")
    structure: float = share(0.05, "K13; assumed, swept", "other members of a clique arrested with one of them")


class Counts(Row):
    """What is counted in a month."""

    tips: float
    witnesses: float
    files_worked: float
    cases_solved: float
    arrests_warrant: float


WRITES = (
    "files", "boards.cases_taken", "boards.cases_returned", "cleared_by", "charged_by", "arrests.held", "arrests.other",
    "arrests.member", "tally.arrests", "tally.charged", "tally.dropped", "tally.sentenced", "tally.held",
    "tally.released", "tally.arrests_act", "tally.arrests_without_incident", "offenders",
    "arrested_lately", "minds.useful", "minds.member", "minds.gone", "cliques.members", "cliques.held_now",
    "cliques.freed_now", "cliques.leader_now", "tally.member_arrests", "prison", "impressions",
)  # fmt: skip
