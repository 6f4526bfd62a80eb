"""Events that change trust: record an event of a declared kind as evidence, by the parameters in force (ODD 5.5)."""

from __future__ import annotations

import numpy as np

from model.engine.kernels import kernel
from model.engine.parameters import ParametersInForce
from model.engine.rows import Rows
from model.trust.events.schema import EVENT_KINDS, MAX_EVENT_KINDS, MEMORY_PARAMETERS, EventEffect
from model.trust.ledger.rules import record_impression
from model.trust.ledger.schema import BeliefEvidence
from model.world.shift_context import ShiftContext


def event_effects(parameters: ParametersInForce) -> Rows[EventEffect]:
    """Return the effect of each kind of event by settlement and number of the kind.

    Public news decay everywhere as in the first settlement, from which their reach and weight are taken, too.
    """
    rows = parameters.by_name()
    events = rows["events"]
    declared = events.dtype.names or ()
    effects = np.zeros((len(events), MAX_EVENT_KINDS), EventEffect.dtype)
    for number, kind in EVENT_KINDS.items():
        group, key = MEMORY_PARAMETERS[kind.memory]
        fast = rows[group][key]
        effects["cause"][:, number] = kind.cause
        effects["fast"][:, number] = fast[0] if kind.memory == "public" else fast
        for part, value in kind.values.items():
            parameter = f"{kind.name}_{part}"
            effects[part][:, number] = events[parameter] if parameter in declared else value
    return effects  # type: ignore[return-value]


@kernel
def record_event(shift: ShiftContext, who: int, kind: int, weight: float) -> None:
    """Record an event of some weight that a resident lives through; appends to `day.impressions`."""
    record_event_with_treatment(shift, who, kind, weight, kind, weight)


@kernel
def record_event_with_treatment(
    shift: ShiftContext, who: int, kind: int, weight: float, treatment: int, treatment_weight: float
) -> None:
    """Record an event whose evidence on fairness is that of another kind, the treatment by the officers.

    Appends to `day.impressions`.  The parameters are those of the settlement where the resident lives.
    """
    home = shift.ground.people[who].settlement
    effect, treated = shift.events[home, kind], shift.events[home, treatment]
    evidence = BeliefEvidence(
        cause=effect.cause,
        fair=treated.fair,
        fair_weight=treated.fair_weight * treatment_weight,
        effective=effect.effective,
        effective_weight=effect.effective_weight * weight,
        fast=effect.fast,
    )
    record_impression(shift, who, evidence)
