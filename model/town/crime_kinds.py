"""Kinds of crime: one record a kind says everything in which kinds differ, and no rule asks for a kind by number.

A new kind is a record here, its rates in the crime mechanism, and its words in `words.toml`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from model.engine.parameters import ParameterGroup
from model.engine.rows import FloatArray, IntArray, Rows, int64_constant

Exposure = Literal["street", "vehicle", "home", "quarrel", "targeted", "none"]
"""What exposes somebody: being about, a vehicle, a home, company and drink, being chosen; none where it is not drawn
from all residents but by a mechanism of its own."""
OffenderPool = Literal["armed", "thieves", "alcohol", "none"]
"""Who commits it: armed street offenders, opportunist thieves, anybody in drink."""
ProblemGroup = Literal["street", "vehicles", "homes", "violence", "extortion", "domestic"]
OffenderGroup = Literal["", "street", "vehicles", "burglary", "hire", "quarrel"]
"""Group whose belief in being caught moves the hazard; those of quarrels are anybody, the others fill slots."""
PROBLEMS: tuple[ProblemGroup, ...] = ("street", "vehicles", "homes", "violence", "extortion", "domestic")
"""Problems by which stations and headquarters remember crime."""
OFFENDERS: tuple[OffenderGroup, ...] = ("street", "vehicles", "burglary", "hire", "quarrel")
QUARREL = int64_constant(OFFENDERS.index("quarrel"))
"""Number of the one group without slots, the last."""
EXPOSURES: tuple[Exposure, ...] = ("street", "vehicle", "home", "quarrel", "targeted", "none")
BY_STREET, BY_VEHICLE, BY_HOME, BY_QUARREL, BY_TARGET, BY_NOTHING = (int64_constant(n) for n in range(len(EXPOSURES)))


@dataclass(frozen=True, kw_only=True)
class CrimeKind:
    """One kind of crime.

    ``key`` is its lasting number in luck, which no other kind may ever have.  ``ceiling`` is the most that the hazard
    of a resident may be in a year; above it crimes are lost and counted.  ``rate``, ``loss`` and ``told`` name
    parameters of the crime and reporting mechanisms, ``solved`` one of investigation, "" where there is none.
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
    """Whether it happens at the victim's home, wherever the victim is."""
    youngest: float = 0.0
    """Age in years from which somebody can be the victim; assumed."""
    severity: float = 1.0
    """How grave the usual case is, 0 to 1; a ranking, assumed."""
    grave: float = 1.0
    """The same of the grave case; ``grave_share`` names the share of these, ``grave_armed`` if firearms multiply it."""
    grave_share: str = ""
    grave_armed: bool = False
    lethal: str = ""
    """Parameter of crime: share that kills, where firearms is 1."""
    motive: str = ""
    """Motive of the homicide that it then is."""
    loss: str = ""
    told: str = ""
    """Parameter of reporting by which readiness to tell differs from that of robbery."""
    street_guard: float = 0.0
    targeted_guard: float = 0.0
    """Weights of `deterrence.street` and `deterrence.targeted` in what full guard prevents."""
    moves: bool = False
    """Whether an attempt that is deterred may move to a neighbouring cell."""
    repeats: bool = False
    """Whether crimes of this kind breed near repeats."""
    property: bool = False
    """Taken from people, vehicles or homes: what thieves do, precautions and watches prevent, outsiders come for."""
    outside: str = ""
    """Parameter of population_change: hazard of residents who are outside the municipality."""
    schools: bool = False
    """Whether supervision near schools keeps it from the young."""
    lesser: str = ""
    """Kind as which it is written down when chiefs are pressed for their figures."""
    figure: bool = False
    """Whether it counts in the figure for which a chief answers; assumed."""
    certain: bool = False
    """Whether a form is always filled in with content: nobody can leave it out."""
    crowds: bool = True
    """Whether it may draw a crowd against a suspect."""
    solved: str = ""
    hours: float = 4.0
    """Hours that a detective spends on a file; assumed."""


KINDS = (
    CrimeKind(
        name="robbery", key=0, problem="street", pool="armed", rate="robbery", ceiling=1.0, exposure="street",
        youngest=12.0, severity=0.4, grave=0.6, grave_share="violent_share", lethal="lethal_robbery",
        motive="robbery", loss="loss_robbery", street_guard=1.0, moves=True, repeats=True,
        property=True, outside="outside_robbery", schools=True, lesser="theft", figure=True,
        offender="street", solved="robbery", hours=5.0,
    ),
    CrimeKind(
        name="theft", key=1, problem="street", pool="thieves", rate="theft", ceiling=0.6, exposure="street",
        youngest=12.0, severity=0.2, loss="loss_theft", told="theft", street_guard=1.0, moves=True, repeats=True,
        property=True, outside="outside_theft", schools=True,
        offender="street", solved="theft", hours=3.0,
    ),
    CrimeKind(
        name="vehicle_theft", key=2, problem="vehicles", pool="armed", rate="vehicle_theft", ceiling=0.04,
        exposure="vehicle", at_home=True, youngest=18.0, severity=0.6, loss="loss_vehicle", told="vehicle_theft",
        street_guard=1.0, repeats=True, property=True, lesser="theft_from_vehicle", figure=True, certain=True,
        offender="vehicles", solved="vehicle_theft", hours=6.0,
    ),
    CrimeKind(
        name="theft_from_vehicle", key=3, problem="vehicles", pool="thieves", rate="theft_from_vehicle", ceiling=0.12,
        exposure="vehicle", youngest=18.0, severity=0.25, loss="loss_from_vehicle", told="theft_from_vehicle",
        street_guard=1.0, repeats=True, property=True,
        offender="vehicles", solved="theft_from_vehicle", hours=3.0,
    ),
    CrimeKind(
        name="burglary", key=4, problem="homes", pool="thieves", rate="burglary", ceiling=0.1, exposure="home",
        at_home=True, youngest=18.0, severity=0.4, loss="loss_burglary", street_guard=0.5, repeats=True, property=True,
        figure=True,
        offender="burglary", solved="burglary", hours=5.0,
    ),
    CrimeKind(
        name="assault", key=5, problem="violence", pool="alcohol", rate="assault", ceiling=0.2, exposure="quarrel",
        youngest=12.0, severity=0.3, grave=0.8, grave_share="grave_share", grave_armed=True, street_guard=0.5,
        lethal="lethal_assault", motive="quarrel", told="assault", repeats=True, schools=True, figure=True,
        offender="quarrel", solved="assault", hours=4.0,
    ),
    CrimeKind(
        name="homicide", key=6, problem="violence", pool="armed", rate="hire", ceiling=0.003, exposure="targeted",
        youngest=18.0, motive="hire", targeted_guard=1.0, figure=True, certain=True,
        offender="hire", solved="homicide", hours=60.0,
    ),
    CrimeKind(
        name="extortion", key=7, problem="extortion", told="extortion", figure=True, crowds=False, solved="extortion",
        hours=20.0,
    ),
    CrimeKind(name="domestic_violence", key=8, problem="domestic", crowds=False, solved="domestic", hours=4.0),
)  # fmt: skip
"""Every kind; its place here is its number in tables and books."""


def check_kinds(kinds: tuple[CrimeKind, ...]) -> None:
    """Raise a ValueError that names what is wrong with the records."""
    names = [kind.name for kind in kinds]
    for kind in kinds:
        if names.count(kind.name) > 1 or [other.key for other in kinds].count(kind.key) > 1:
            raise ValueError(f"kind '{kind.name}': name and key {kind.key} must be its own")
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
    """Return one whole number, or yes and no as 1 and 0, of every kind."""
    return np.array([getattr(kind, column) for kind in KINDS], np.int64)


def float_column(column: str) -> FloatArray:
    """Return one real number of every kind."""
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
"""By whether the case is grave, and kind."""
EXPOSURE = np.array([EXPOSURES.index(kind.exposure) for kind in KINDS], np.int64)
PROBLEM_OF = np.array([PROBLEMS.index(kind.problem) for kind in KINDS], np.int64)
STREET_GUARD, TARGETED_GUARD = float_column("street_guard"), float_column("targeted_guard")
(
    DISPLACEABLE,
    REPEATABLE,
    IS_PROPERTY,
    IN_POLICE_FIGURES,
    DETERRED_BY_CERTAINTY,
    PROVOKES_CROWDS,
    AT_HOME,
    NEAR_SCHOOLS,
) = (
    int_column(column)
    for column in ("moves", "repeats", "property", "figure", "certain", "crowds", "at_home", "schools")
)
OFFENDER_GROUP_OF = np.array([OFFENDERS.index(kind.offender) if kind.offender else -1 for kind in KINDS], np.int64)
"""Group of offenders of every kind, -1 for none."""
INVESTIGATION_HOURS = float_column("hours")
HAS_OUTSIDE = np.array([bool(kind.outside) for kind in KINDS], np.int64)
LESSER_KIND = np.array([NAMES.index(kind.lesser) if kind.lesser else -1 for kind in KINDS], np.int64)
COMMON_KINDS: IntArray = np.flatnonzero(CEILING > 0.0)
"""Kinds whose candidates are drawn from all residents."""
N_KINDS = len(KINDS)


def rates_by_kind[G: ParameterGroup](numbers: Rows[G], column: str) -> FloatArray:
    """Return by settlement and kind the parameter that ``column`` of a kind names, 0 where it names none."""
    rows = np.zeros((len(numbers), N_KINDS))
    for number, kind in enumerate(KINDS):
        if getattr(kind, column):
            rows[:, number] = numbers[getattr(kind, column)]
    return rows
