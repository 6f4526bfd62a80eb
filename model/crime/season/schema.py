"""Declarations of the season: parameters and the monthly pattern of homicides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.parameters import ParameterGroup
from model.engine.rows import FloatArray

HOMICIDES_BY_MONTH: FloatArray = np.array([444, 380, 407, 358, 429, 431, 438, 427, 434, 437, 476, 494], np.float64)
"""Homicides in Guatemala, January to December 2012 (Procurador de los Derechos Humanos, from records of the police)."""
COUNTED_YEAR = 2012
"""Year of these counts."""
MIDDLE_PAYDAY = 15
"""Day of the month of the first payday; the second is the last day of the month."""


@dataclass(frozen=True, init=False)
class Season(ParameterGroup):
    """Strength of the month of the year and of paydays in the hazard of crime; means over a year are 1."""

    name: ClassVar[str] = "season"
    evidence: ClassVar[tuple[str, ...]] = ()

    violence: float
    property: float
    payday: float
    days: int
