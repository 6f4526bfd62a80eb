"""Kinds of crime: one record per kind states all attributes in which kinds differ.

Rules read the attributes, as arrays indexed by kind, and seldom ask for a kind by number.  A new kind needs a record
here, its rates in the crime mechanism and its numbers, and its names in `words.toml`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.engine.parameters import ParameterGroup
from model.engine.rows import FloatArray, IntArray, Rows, int64_constant

Exposure = Literal["street", "vehicle", "home", "quarrel", "targeted", "none"]
"""Source of exposure to a crime: being on the street, owning a vehicle, a home, company and drink, being targeted.

"none" marks kinds whose victims are drawn by another mechanism, not from all residents.
"""
OffenderPool = Literal["armed", "thieves", "alcohol", "none"]
"""Type of offender: armed street offenders, opportunist thieves, anybody who has drunk."""
ProblemGroup = Literal["street", "vehicles", "homes", "violence", "extortion", "domestic"]
OffenderGroup = Literal["", "street", "vehicles", "burglary", "hire", "quarrel"]
"""Group of offenders whose perceived certainty of arrest changes the hazard; quarrels have no fixed offenders."""
PROBLEMS: tuple[ProblemGroup, ...] = ("street", "vehicles", "homes", "violence", "extortion", "domestic")
"""Classes of crime by which stations and headquarters keep their records."""
OFFENDERS: tuple[OffenderGroup, ...] = ("street", "vehicles", "burglary", "hire", "quarrel")
QUARREL = int64_constant(OFFENDERS.index("quarrel"))
"""Number of the last group, the only one without a table of offenders."""
EXPOSURES: tuple[Exposure, ...] = ("street", "vehicle", "home", "quarrel", "targeted", "none")
BY_STREET, BY_VEHICLE, BY_HOME, BY_QUARREL, BY_TARGET, BY_NOTHING = (int64_constant(n) for n in range(len(EXPOSURES)))


@dataclass(frozen=True, kw_only=True)
class CrimeKind:
    """Attributes of one kind of crime.

    ``key`` is its permanent number in random streams, never used by another kind.  ``ceiling`` is the largest hazard of
    a resident per year; a hazard above it is cut, and the crimes lost are counted.  ``rate`` and ``loss`` name
    parameters of the crime mechanism, ``reported`` one of reporting, ``solved`` one of investigation; "" stands for
    none.
    """

    name: str
    key: int
    problem: ProblemGroup
    pool: OffenderPool = "none"
    offender: OffenderGroup = ""
    rate: str = ""
    ceiling: float = 0.0
    exposure: Exposure = "none"
    at_home: bool = False
    """Whether it happens at the victim's home, wherever the victim is; a vehicle may be elsewhere (`opportunity`)."""
    youngest: float = 0.0
    """Minimum age of victims in years; assumed."""
    severity: float = 1.0
    """Severity of the usual case, 0 to 1; a ranking, assumed.  Parameters ``severity_`` of crime start at it."""
    grave: float = 1.0
    """Severity of the grave case, 0 to 1; ``grave_share`` names the parameter with the share of grave cases."""
    grave_share: str = ""
    grave_armed: bool = False
    """Whether firearms multiply the share of grave cases."""
    lethal: str = ""
    """Parameter of crime: lethal share where `firearms` is 1."""
    motive: str = ""
    """Motive of the homicide if the victim dies."""
    loss: str = ""
    reported: str = ""
    """Parameter of reporting: log-odds of reporting relative to robbery."""
    presence: str = ""
    """End of the names of the parameters of deterrence that police presence has on it, after the form of presence."""
    moves: bool = False
    """Whether a deterred attempt may be displaced to a neighbouring cell."""
    repeats: bool = False
    """Whether crimes of this kind cause near repeats."""
    property: bool = False
    """Whether it is a property crime, which precautions and watches prevent and offenders from outside commit."""
    outside: str = ""
    """Parameter of population_change: hazard of residents while they are outside the municipality."""
    schools: bool = False
    """Whether supervision near schools protects minors from it."""
    lesser: str = ""
    """Kind as which it is recorded when chiefs are pressed to lower their figures."""
    figure: bool = False
    """Whether it counts in the figure by which a chief is judged; assumed."""
    telephone: bool = False
    """Whether it is always written down and reported to headquarters by telephone."""
    crowds: bool = True
    """Whether it may provoke collective violence against a suspect."""
    solved: str = ""
    hours: float = 4.0
    """Hours of detective work per case file; assumed."""


KINDS = (
    CrimeKind(
        name="robbery", key=0, problem="street", pool="armed", rate="robbery", ceiling=1.0, exposure="street",
        youngest=12.0, severity=0.4, grave=0.6, grave_share="violent_share", lethal="lethal_robbery",
        motive="robbery", loss="loss_robbery", presence="robbery", moves=True, repeats=True,
        property=True, outside="outside_robbery", schools=True, lesser="theft", figure=True,
        offender="street", solved="robbery", hours=5.0,
    ),
    CrimeKind(
        name="theft", key=1, problem="street", pool="thieves", rate="theft", ceiling=0.6, exposure="street",
        youngest=12.0, severity=0.2, loss="loss_theft", reported="theft", presence="theft", moves=True, repeats=True,
        property=True, outside="outside_theft", schools=True,
        offender="street", solved="theft", hours=3.0,
    ),
    CrimeKind(
        name="vehicle_theft", key=2, problem="vehicles", pool="armed", rate="vehicle_theft", ceiling=0.1,
        exposure="vehicle", at_home=True, youngest=18.0, severity=0.6, loss="loss_vehicle", reported="vehicle_theft",
        presence="vehicles", repeats=True, property=True, lesser="theft_from_vehicle", figure=True, telephone=True,
        offender="vehicles", solved="vehicle_theft", hours=6.0,
    ),
    CrimeKind(
        name="theft_from_vehicle", key=3, problem="vehicles", pool="thieves", rate="theft_from_vehicle", ceiling=0.3,
        exposure="vehicle", youngest=18.0, severity=0.25, loss="loss_from_vehicle", reported="theft_from_vehicle",
        presence="vehicles", repeats=True, property=True,
        offender="vehicles", solved="theft_from_vehicle", hours=3.0,
    ),
    CrimeKind(
        name="burglary", key=4, problem="homes", pool="thieves", rate="burglary", ceiling=0.1, exposure="home",
        at_home=True, youngest=18.0, severity=0.4, loss="loss_burglary", presence="burglary", repeats=True,
        property=True, figure=True,
        offender="burglary", solved="burglary", hours=5.0,
    ),
    CrimeKind(
        name="assault", key=5, problem="violence", pool="alcohol", rate="assault", ceiling=0.2, exposure="quarrel",
        youngest=12.0, severity=0.3, grave=0.8, grave_share="grave_share", grave_armed=True, presence="assault",
        lethal="lethal_assault", motive="quarrel", reported="assault", repeats=True, schools=True, figure=True,
        offender="quarrel", solved="assault", hours=4.0,
    ),
    CrimeKind(
        name="homicide", key=6, problem="violence", pool="armed", rate="hire", ceiling=0.003, exposure="targeted",
        youngest=18.0, motive="hire", presence="hire", figure=True, telephone=True,
        offender="hire", solved="homicide", hours=60.0,
    ),
    CrimeKind(
        name="extortion", key=7, problem="extortion", reported="extortion", figure=True, crowds=False,
        solved="extortion", hours=20.0,
    ),
    CrimeKind(name="domestic_violence", key=8, problem="domestic", crowds=False, solved="domestic", hours=4.0),
)  # fmt: skip
"""All kinds; the position of a kind is its number in tables and counts."""


def check_kinds(kinds: tuple[CrimeKind, ...]) -> None:
    """Check the records of all kinds; raise ValueError for the first one that is inconsistent."""
    names = [kind.name for kind in kinds]
    for kind in kinds:
        if names.count(kind.name) > 1 or [other.key for other in kinds].count(kind.key) > 1:
            raise ValueError(f"kind '{kind.name}': another kind has this name or key {kind.key}. Choose unused ones.")
        if not 0 <= kind.key < 16:
            raise ValueError(f"kind '{kind.name}': key must lie in 0 to 15, got {kind.key}")
        if not 0.0 <= kind.severity <= kind.grave <= 1.0:
            raise ValueError(f"kind '{kind.name}': 0 <= severity <= grave <= 1, got {kind.severity}, {kind.grave}")
        if (kind.ceiling > 0.0) != (kind.exposure != "none") or (kind.ceiling > 0.0) != bool(kind.rate):
            raise ValueError(f"kind '{kind.name}': ceiling, exposure and rate go together")
        if kind.ceiling > 0.0 and not kind.offender:
            raise ValueError(f"kind '{kind.name}': what is drawn from residents needs a group of offenders")
        if kind.lesser and kind.lesser not in names:
            raise ValueError(f"kind '{kind.name}': no lesser kind '{kind.lesser}'")
        if kind.lethal and not kind.motive:
            raise ValueError(f"kind '{kind.name}': what kills needs a motive")


check_kinds(KINDS)
NAMES = tuple(kind.name for kind in KINDS)


def kind_named(name: str) -> int:
    """Return the number of a kind."""
    return int64_constant(NAMES.index(name))


def int_column(column: str) -> IntArray:
    """Return an integer attribute of every kind; True and False become 1 and 0."""
    return np.array([getattr(kind, column) for kind in KINDS], np.int64)


def float_column(column: str) -> FloatArray:
    """Return a real attribute of every kind."""
    return np.array([getattr(kind, column) for kind in KINDS], np.float64)


ROBBERY, THEFT, VEHICLE_THEFT, THEFT_FROM_VEHICLE, BURGLARY, ASSAULT, HOMICIDE, EXTORTION, DOMESTIC = (
    kind_named(name)
    for name in (
        *("robbery", "theft", "vehicle_theft", "theft_from_vehicle", "burglary"),
        *("assault", "homicide", "extortion", "domestic_violence"),
    )
)
KIND_KEY = int_column("key")
CEILING, YOUNGEST = float_column("ceiling"), float_column("youngest")
SEVERITY = np.stack([float_column("severity"), float_column("grave")])
"""Severity by grave (0 or 1) and kind."""
EXPOSURE = np.array([EXPOSURES.index(kind.exposure) for kind in KINDS], np.int64)
PROBLEM_OF = np.array([PROBLEMS.index(kind.problem) for kind in KINDS], np.int64)
(
    DISPLACEABLE,
    REPEATABLE,
    IS_PROPERTY,
    IN_POLICE_FIGURES,
    BY_TELEPHONE,
    PROVOKES_CROWDS,
    AT_HOME,
    NEAR_SCHOOLS,
) = (
    int_column(column)
    for column in ("moves", "repeats", "property", "figure", "telephone", "crowds", "at_home", "schools")
)
OFFENDER_GROUP_OF = np.array([OFFENDERS.index(kind.offender) if kind.offender else -1 for kind in KINDS], np.int64)
"""Group of offenders by kind, -1 for none."""
INVESTIGATION_HOURS = float_column("hours")
HAS_OUTSIDE = np.array([bool(kind.outside) for kind in KINDS], np.int64)
LESSER_KIND = np.array([NAMES.index(kind.lesser) if kind.lesser else -1 for kind in KINDS], np.int64)
COMMON_KINDS: IntArray = np.flatnonzero(CEILING > 0.0)
"""Kinds whose victims are drawn from all residents."""
N_KINDS = len(KINDS)


def rates_by_kind[G: ParameterGroup](parameters: Rows[G], column: str, prefix: str = "") -> FloatArray:
    """Return parameters by settlement and kind.

    ``column`` is the attribute of a kind that names the parameter after ``prefix``, such as ``"rate"``; kinds that name
    none have 0.
    """
    rates = np.zeros((len(parameters), N_KINDS))
    for number, kind in enumerate(KINDS):
        if getattr(kind, column):
            rates[:, number] = parameters[prefix + getattr(kind, column)]
    return rates
