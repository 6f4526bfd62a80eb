"""Declarations of investigation: parameters, counts, records of kernels and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from model.engine.calendar import MONTH
from model.engine.parameters import ParameterGroup
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


@dataclass(frozen=True, init=False)
class Investigation(ParameterGroup):
    """Evidence, readiness of witnesses, and capacity and success of detectives."""

    name: ClassVar[str] = "investigation"
    evidence: ClassVar[tuple[str, ...]] = ("W01", "W02", "K13", "V12", "V16")

    investigators: float
    hours: float
    other: float
    false_cases: float
    months: int
    base: float
    ratified: float
    seen: float
    film: float
    hint: float
    link: float
    camera: float
    analyst: float
    witness: float
    witness_trust: float
    witness_dread: float
    tip: float
    tip_trust: float
    tip_dread: float
    robbery: float
    theft: float
    vehicle_theft: float
    theft_from_vehicle: float
    burglary: float
    assault: float
    homicide: float
    extortion: float
    domestic: float
    second: float
    arrest: float
    warrant_months: int
    linked: float
    structure: float
    hope_most: float
    by_gravity: float
    homicide_first: float


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
