"""Draws of parameters: CSV files with the values of the assumed parameters in each draw.

A file has a column ``draw`` and one for each parameter, by its dotted name. `confianza calibrate` writes draws that
agree with data.  ``--draws plausible:N`` draws N times from the plausible ranges; with ``calibrated:N``, the parameters
that were fitted to data come from the posterior on record.
"""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import scenarios
from experiments.storage.writing import csv_bytes
from model.engine.errors import InputError
from model.engine.parameters import checked_value
from scenarios.files import MOST_JSON, read_text
from scenarios.groups import find_parameter
from scenarios.policy_files import checked_finite
from scenarios.reading import parse_typed_value

POSTERIOR_DRAWS = Path(scenarios.__file__).parent / "calibrated" / "draws.csv"
"""Draws of the posterior on record, from `confianza calibrate`."""
NUMBER_COLUMN = "draw"
SIGNIFICANT_DIGITS = 6


@dataclass(frozen=True)
class Draw:
    """Values of parameters by dotted name, and the number of the draw."""

    number: int
    values: Mapping[str, float]


def read_draws(path: Path) -> list[Draw]:
    """Return the draws of a file; raise if its content is invalid."""
    file = os.fspath(path)
    rows = list(csv.reader(io.StringIO(read_text(path, file, MOST_JSON))))
    if len(rows) < 2 or not rows[0] or rows[0][0] != NUMBER_COLUMN:
        raise InputError(f"{file}: must have a head '{NUMBER_COLUMN},PARAMETER,…' and at least one draw")
    names = rows[0][1:]
    if len(set(names)) < len(names) or not names:
        raise InputError(f"{file}: must name each parameter once, and at least one")
    draws = []
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(rows[0]):
            raise InputError(f"{file}: draw {number} must have {len(rows[0])} cells, got {len(row)}")
        draws.append(Draw(number, parse_values(names, row[1:], f"{file}: draw {number}")))
    return draws


def parse_values(names: Sequence[str], cells: Sequence[str], where: str) -> dict[str, float]:
    """Parse the values of a row; each must have the type and be within the limits of its parameter."""
    values = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            group, key = find_parameter(name)
            spec = group.parameter_specs().get(key)
            if spec is None:
                raise InputError(f"{name} is no number")
            values[name] = checked_value(name, checked_finite(name, parse_typed_value(cell)), group.kind(key), spec)
        except InputError as reason:
            raise InputError(f"{where}: {reason}") from None
    return values


def draws_bytes(draws: Sequence[Draw]) -> bytes:
    """Return draws, which must all have the same parameters, as the bytes of a file.

    >>> draws_bytes([Draw(1, {"trust.harm": 0.5})])
    b'draw,trust.harm\\n1,0.5\\n'
    """
    names = list(draws[0].values)
    rows = ([draw.number, *(f"{draw.values[name]:.{SIGNIFICANT_DIGITS}g}" for name in names)] for draw in draws)
    return csv_bytes([NUMBER_COLUMN, *names], rows)
