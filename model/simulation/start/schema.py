"""Declarations of start: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.random_streams import decision
from model.engine.tables import Field

LIKE = decision("like")
INTERCEPT = Field(name="intercept", of=np.float64, shape=(1,), about="Log-odds on which all dispositions stand.")
FARTHEST = 12.0
"""Log-odds beyond which no intercept is looked for: a level that needs more cannot be had."""
TRIES = 64
BANDS = np.array([12.0, 18.0, 35.0])
"""Ages, in years, at which a resident's days become others'."""
