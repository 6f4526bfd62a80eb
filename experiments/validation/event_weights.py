"""Solve event weights anew when other parameters of trust change, so that events keep their sizes.

The effect of an event on trust depends jointly on its weight, memory, asymmetry, qualities and hearsay. Draws of these
parameters, and rival accounts, therefore state sizes of events in points; weights follow from them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from experiments.validation.calibration import EVENT_POINTS, calibrate, reference_town
from experiments.validation.impression_replay import PANEL_EVENTS, Numbers, Tape
from experiments.validation.panel import panels_of
from experiments.validation.sizes import EVENT_BY_NAME, EVENTS
from experiments.validation.slopes import clip_to_limits

ADULT_STEP = 10
"""Use one adult in ``ADULT_STEP`` of the reference town: 10,000 adults, solved within two seconds."""
SOLVED_PARAMETERS = (*(one.parameter for one in EVENTS), "trust.fast_friendly", "misconduct.fades")
"""Parameters that follow from sizes and their fading. `consultation.door`, a share of a visit, is drawn."""
UNSOLVABLE_ERRORS = (ArithmeticError, ValueError)
"""Errors raised if no weights give the sizes."""


@dataclass(frozen=True)
class WeightSolver:
    """Recorded impressions of part of the reference town, its parameters, and its panel coefficients."""

    tape: Tape
    numbers: Numbers
    panel: Mapping[str, float]

    def weights(self, changes: Mapping[str, float], sizes: Mapping[str, float]) -> dict[str, float]:
        """Return the weights at which events keep their sizes under changed parameters.

        If no weights give the coefficients of the panels, as with a memory of eight years, the panels are read as
        single events.

        Parameters
        ----------
        changes
            Values of other parameters by dotted name.
        sizes
            Points of 100 at day 3 by name of the event, if they differ from ``event_sizes.toml``; 0 for an event
            without effect.

        Raises
        ------
        ArithmeticError, ValueError
            If no weights within their limits give these sizes.
        """
        panel = {kind: 0.0 if sizes.get(kind) == 0.0 else aim for kind, aim in self.panel.items()}
        aims = {kind: aim for kind, aim in panel.items() if aim}, {**EVENT_POINTS, **sizes}
        without_effect = {EVENT_BY_NAME[kind].parameter: 0.0 for kind, aim in panel.items() if not aim}
        start = {**self.numbers, **changes, **without_effect}
        try:
            found = calibrate(self.tape, start, *aims).numbers
        except UNSOLVABLE_ERRORS:
            found = calibrate(self.tape, start, *aims, single=True).numbers
        return {name: clip_to_limits(name, found[name]) for name in SOLVED_PARAMETERS}


@cache
def weight_solver(scale: float = 1.0, every: int = ADULT_STEP) -> WeightSolver:
    """Return the solver for part of the reference town; its warm-up takes half a minute at full scale."""
    full_tape, numbers = reference_town(scale)
    tape = one_adult_in(full_tape, every)
    coefficients = panels_of(tape, numbers).coefficients
    return WeightSolver(tape, numbers, {kind: coefficients[kind] for kind in PANEL_EVENTS})


def one_adult_in(tape: Tape, every: int) -> Tape:
    """Return a tape of one adult in ``every``, with their impressions."""
    kept = np.arange(tape.adults) % every == 0
    new_index = np.cumsum(kept) - 1
    kept_rows = kept[tape.who]
    rows = {
        field.name: getattr(tape, field.name)[kept_rows]
        for field in dataclasses.fields(Tape)
        if field.name not in ("group", "female", "who")
    }
    group = np.unique(tape.group[kept], return_inverse=True)[1]
    return Tape(group=group, female=tape.female[kept], who=new_index[tape.who[kept_rows]], **rows)
