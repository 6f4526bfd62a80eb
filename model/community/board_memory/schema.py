"""Declarations of board memory: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.tables import ArraySpec

LAST_OUT = ArraySpec(
    name="last_out", of=np.int64, shape=(1,), first=-1.0, about="Last shift with a couple on duty: deliberation."
)
NIGHT_SHIFT = 2
"""Shift in which watches go round."""
