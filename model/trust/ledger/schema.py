"""Declarations of the ledger of trust: parameters of trust, columns of beliefs, tables of changes by cause."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple

import numpy as np

from model.engine.causes import MOST_CAUSES, declare_cause
from model.engine.parameters import ParameterGroup
from model.engine.random_streams import stream_id
from model.engine.rows import Column, Row
from model.engine.tables import ArraySpec
from model.trust.belief_updating.schema import Evidence

DEATH, PUBLIC_EVENT = declare_cause("death", 15), declare_cause("public_event", 16)
ARRIVAL, DEPARTURE = declare_cause("arrival", 17), declare_cause("departure", 18)
FORGETTING_GOOD, FORGETTING_BAD = declare_cause("forgetting_good", 28), declare_cause("forgetting_bad", 29)
NATION = declare_cause("nation", 30)
"""Cause 0 was the decay of an earlier rule of updating; its number is not given again."""
LEDGER = ArraySpec(
    name="ledger",
    of=np.float64,
    shape=(2, MOST_CAUSES, "settlement"),
    monthly=True,
    about="Change of summed trust by cause, as compensated sums: only the ledger writes it.",
)
STILL_FELT = ArraySpec(
    name="still_felt",
    of=np.float64,
    shape=(2, MOST_CAUSES, "settlement"),
    about="Changes by cause that are left in the fast and the slow memory, as if at the last end of a month.",
)
REMEMBERED = ArraySpec(
    name="remembered",
    of=np.float64,
    shape=(MOST_CAUSES, "settlement"),
    about="Sum of both memories of still_felt, with this month's changes as they were when they came.",
)
ORIGIN_SUMS = (
    *("events", "lasting"),
    *("trust_fast", "trust_slow", "fairness_fast", "fairness_slow", "effectiveness_fast", "effectiveness_slow"),
)
"""Sums by origin of impressions: events of the month, events still remembered, changes left in both memories."""
N_EVENTS, N_LASTING, FIRST_EFFECT = 0, 1, 2
N_BELIEFS = 3
"""Trust, fairness and effectiveness."""
ORIGINS = ArraySpec(
    name="origins",
    of=np.float64,
    shape=(MOST_CAUSES, "settlement", len(ORIGIN_SUMS)),
    about="Events and changes of beliefs by origin of the impressions, as if at the last end of a month (ORIGIN_SUMS).",
)


class TrustBelief(Evidence):
    """Beliefs of a resident about the police; ``trust`` follows from the evidence in the row.

    ``calm`` are the odds of the nation's mood against the police at the last end of a month.
    """

    calm: Annotated[
        float, Column("odds of the nation's mood against the police that are in this row's trust", "odds", 1.0)
    ]
    trust: Annotated[float, Column("trust in the police as of the tick touched", "0-1")]
    touched: Annotated[int, Column("when decay was last applied", "tick", kind="i4")]


class ContactTimes(Row):
    """Times of last contact, harm and departure of a resident, which several mechanisms write; -1 for never.

    ``gone`` is -1 while the resident is here, else a tick since when not: killed (crime), dead or moved away
    (population_change), held (custody).
    """

    met: Annotated[int, Column("met the police: contacts, response, consultation, hearings, army", "tick", -1, "i4")]
    met_free: Annotated[int, Column("met the police of one's own will or in a talk", "tick", -1, "i4")]
    harmed: Annotated[int, Column("was harmed here", "tick", -1, "i4")]
    gone: Annotated[int, Column("is not here any more since", "tick", -1, "i4")]


DISPOSITION_STREAM = stream_id("disposition")
SHARED_VARIANCE = 0.64
"""Part of the variance of a disposition that fairness and effectiveness share; assumed."""
SHARED_LOADING, OWN_LOADING = math.sqrt(SHARED_VARIANCE), math.sqrt(1.0 - SHARED_VARIANCE)
"""Loadings on the common and the own term, 0.8 and 0.6: the variance of their sum is 1."""


class BeliefEvidence(NamedTuple):
    """Evidence of an event for one resident.

    ``fair`` and ``effective`` are the shares (0-1) that favour the police, the weights are evidence, ``fast`` is the
    share (0-1) in the fast memory.
    """

    cause: int
    fair: float
    fair_weight: float
    effective: float
    effective_weight: float
    fast: float


@dataclass(frozen=True, init=False)
class Trust(ParameterGroup):
    """Parameters of beliefs about the police: start, decay, asymmetry, and the weights of events."""

    name: ClassVar[str] = "trust"
    mechanism: ClassVar[bool] = False
    evidence: ClassVar[tuple[str, ...]] = ("G01", "G05", "G07", "T01", "T03", "T04", "Z01", "Z03")

    level: float
    fairer: float
    spread: float
    women: float
    fear: float
    memory_years: float
    fast_days: float
    asymmetry: float
    fast: float
    fast_friendly: float
    fast_panel: float
    mood: float
    harm: float
    served: float
    late: float
    unanswered: float
    held: float
    released: float
    charged: float
    dropped: float
    hearing: float
    stepped_in: float
