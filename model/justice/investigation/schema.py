"""Declarations of investigation: parameters, counts, records of kernels and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from model.engine.calendar import MONTH
from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.town.crime_kinds import INVESTIGATION_HOURS

TIP_STREAM, WITNESS_STREAM, CAMERA_STREAM, SERIES_STREAM = (
    stream_id("tip"),
    stream_id("witness"),
    stream_id("camera"),
    stream_id("series"),
)
INQUIRY_STREAM = stream_id("inquiry")
SERVE_STREAM, STRUCTURE_STREAM, LINKED_STREAM, SOLVE_STREAM = (
    stream_id("serve"),
    stream_id("structure"),
    stream_id("linked"),
    stream_id("solve"),
)
ADULT_AGE_YEARS = 18.0
"""Age of majority, years."""
MIN_CASE_HOURS = float(INVESTIGATION_HOURS.min())
"""Hours of the shortest investigation: with fewer left, no file can be taken up."""
MAX_TRIES = 2
"""Times that detectives take up a file at most."""
CASE_AGE_SCALE, EVIDENCE_AGE_SCALE = 2.0 * MONTH, 3.0 * MONTH
"""Shifts in which the urgency of a file, and the worth of its evidence, fall by a factor e."""
MAX_LINKED_FILES = 6
"""Further files of a series that add to the evidence at most."""
CALIBRATED_SOURCE = "calibrated: W02, V16"


@dataclass(frozen=True, kw_only=True)
class Investigation(ParameterGroup):
    """Evidence, readiness of witnesses, and capacity and success of detectives."""

    name: ClassVar[str] = "investigation"
    evidence: ClassVar[tuple[str, ...]] = ("W01", "W02", "K13", "V12", "V16")

    investigators: float = parameter(
        4.0, "persons", 0.0, 1e6, "assumed", "investigators for the municipality", role="site", off=0.0
    )
    hours: float = parameter(110.0, "hours a month", 0.0, 1000.0, "assumed", "hours of an investigator for cases")
    other: float = share_parameter(0.45, "assumed", "hours for cases of kinds of crime that are not in the model")
    false_cases: float = parameter(
        0.0, "ratio", 0.0, 10.0, "experiment", "hours on false complaints, over those on true ones"
    )
    months: int = parameter(4, "months", 1, 60, "V12; assumed", "age at which a case without a warrant is shelved")
    base: float = share_parameter(0.004, "assumed", "strength of evidence from the scene")
    ratified: float = share_parameter(0.012, "assumed", "strength of evidence of a ratified complaint")
    seen: float = share_parameter(0.10, "assumed", "strength of evidence of a witness who speaks")
    film: float = share_parameter(0.10, "assumed", "strength of evidence of a recording")
    hint: float = share_parameter(0.35, "assumed", "strength of evidence of a tip")
    link: float = share_parameter(0.012, "assumed", "strength of evidence of each further case of a series")
    camera: float = share_parameter(0.05, "B08; assumed", "acts that a camera records")
    analyst: float = share_parameter(0.3, "assumed; swept", "series that an analyst finds")
    witness: float = parameter(-2.2, "log-odds", -10.0, 5.0, "assumed; swept", "readiness of those present to speak")
    witness_trust: float = parameter(
        2.5, "log-odds", 0.0, 10.0, "Q10; swept to 0", "effect of trust, 0 to 1, on speaking as a witness", off=0.0
    )
    witness_dread: float = parameter(
        2.0, "log-odds", 0.0, 10.0, "G13; assumed", "effect of fear of a clique on speaking as a witness", off=0.0
    )
    tip: float = parameter(-5.1, "log-odds", -10.0, 5.0, "assumed; swept", "readiness of those present to give a tip")
    tip_trust: float = parameter(
        3.0, "log-odds", 0.0, 10.0, "G09; swept to 0", "effect of trust, 0 to 1, on giving a tip", off=0.0
    )
    tip_dread: float = parameter(
        2.0, "log-odds", 0.0, 10.0, "G13; assumed", "effect of fear of a clique on giving a tip", off=0.0
    )
    robbery: float = parameter(0.8, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of robberies")
    theft: float = parameter(1.3, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of thefts from the person")
    vehicle_theft: float = parameter(1.4, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of vehicle thefts")
    theft_from_vehicle: float = parameter(
        1.0, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of thefts from vehicles"
    )
    burglary: float = parameter(1.0, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of burglaries")
    assault: float = parameter(1.0, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of assaults")
    homicide: float = parameter(0.6, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of killings")
    extortion: float = parameter(3.2, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of extortion")
    domestic: float = parameter(
        2.0, "ratio", 0.0, 50.0, CALIBRATED_SOURCE, "solvability of violence at home, where the suspect is known"
    )
    second: float = share_parameter(0.4, "assumed", "strength of evidence of a second review of a case")
    arrest: float = share_parameter(0.25, "assumed", "warrants served in a month")
    warrant_months: int = parameter(12, "months", 1, 60, "assumed", "time for which a warrant is tried")
    linked: float = share_parameter(0.25, "assumed", "other cases of the same offender that are cleared with one")
    structure: float = share_parameter(
        0.05, "K13; assumed, swept", "other members of a clique arrested with one of them"
    )
    hope_most: float = share_parameter(0.9, "assumed", "greatest chance to solve a case")
    by_gravity: float = share_parameter(0.05, "assumed", "priority of a case without evidence, for the gravest act")
    homicide_first: float = parameter(4.0, "ratio", 1.0, 20.0, "assumed", "priority of killings over other acts")


class Readiness(NamedTuple):
    """Log-odds that a person present comes forward: intercept, effect of trust (0 to 1), effect of fear of a clique."""

    intercept: float
    trust: float
    dread: float


class InvestigationCounts(Row):
    """Monthly counts of investigation."""

    tips: float
    witnesses: float
    files_worked: float
    cases_solved: float
    arrests_warrant: float


WRITTEN_COLUMNS = (
    "files", "boards.cases_taken", "boards.cases_returned", "cleared_by", "charged_by", "arrests.held", "arrests.other",
    "arrests.member", "tally.arrests", "tally.charged", "tally.dropped", "tally.sentenced", "tally.held",
    "tally.released", "tally.arrests_act", "tally.arrests_without_incident", "offenders",
    "arrested_lately", "minds.useful", "minds.member", "minds.gone", "cliques.members", "cliques.held_now",
    "cliques.freed_now", "cliques.leader_now", "tally.member_arrests", "prison", "impressions",
    "choices", "tally.consent_arrests_asked", "tally.consent_arrests_given",
)  # fmt: skip
