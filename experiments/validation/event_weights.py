"""Weights of events solved anew where other parameters of trust change, so that events keep their sizes.

What an event does to trust depends on its weight and on memory, asymmetry, qualities and hearsay at once. Draws of
these, and rival accounts, therefore state sizes of events in points, and weights follow from them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from experiments.validation.calibration import SIZES, calibrate, reference_town
from experiments.validation.impression_replay import OWN, Numbers, Tape
from experiments.validation.panel import panels_of
from experiments.validation.sizes import BY_NAME, EVENTS
from experiments.validation.slopes import clip_to_limits

EVERY = 10
"""One adult in so many of the reference town: 10,000 adults, solved within two seconds."""
SOLVED = (*(one.parameter for one in EVENTS), "trust.fast_friendly", "misconduct.fades")
"""Parameters that follow from sizes and from how they fade. The share of a visit from door to door is drawn."""
UNSOLVED = (ArithmeticError, ValueError)
"""Errors where no weights give the sizes."""


@dataclass(frozen=True)
class WeightSolver:
    """The tape of a part of the reference town, its parameters, and the coefficients of its panel at these."""

    tape: Tape
    numbers: Numbers
    panel: Mapping[str, float]

    def weights(self, changes: Mapping[str, float], sizes: Mapping[str, float]) -> dict[str, float]:
        """Return the weights at which events have their sizes under changed parameters.

        Where no weights give the coefficients of the panels, as under a memory of eight years, the panels are read as
        single events (`experiments.validation.readings`).

        Parameters
        ----------
        changes
            Values of other parameters by dotted name.
        sizes
            Points of 100 at day 3 by name of the event, where they are not those of ``event_sizes.toml``; 0 for one
            that does nothing.

        Raises
        ------
        ArithmeticError, ValueError
            If no weights within their limits give these sizes.
        """
        panel = {kind: 0.0 if sizes.get(kind) == 0.0 else aim for kind, aim in self.panel.items()}
        aims = {kind: aim for kind, aim in panel.items() if aim}, {**SIZES, **sizes}
        start = {**self.numbers, **changes, **{BY_NAME[kind].parameter: 0.0 for kind, aim in panel.items() if not aim}}
        try:
            found = calibrate(self.tape, start, *aims, survey=False).numbers
        except UNSOLVED:
            found = calibrate(self.tape, start, *aims, single=True, survey=False).numbers
        return {name: clip_to_limits(name, found[name]) for name in SOLVED}


@cache
def weight_solver(scale: float = 1.0, every: int = EVERY) -> WeightSolver:
    """Return the solver for a part of the reference town; simulating its warm-up takes half a minute at full scale."""
    whole, numbers = reference_town(population__scale=scale)
    tape = thin_out(whole, every)
    coefficients = panels_of(tape, numbers).coefficients
    return WeightSolver(tape, numbers, {kind: coefficients[kind] for kind in OWN})


def thin_out(tape: Tape, every: int) -> Tape:
    """Return one adult in so many of a tape, with what they lived through."""
    kept = np.arange(tape.adults) % every == 0
    place = np.cumsum(kept) - 1
    own = kept[tape.who]
    rows = {
        one.name: getattr(tape, one.name)[own]
        for one in dataclasses.fields(Tape)
        if one.name not in ("group", "female", "who")
    }
    group = np.unique(tape.group[kept], return_inverse=True)[1]
    return Tape(group=group, female=tape.female[kept], who=place[tape.who[own]], **rows)
