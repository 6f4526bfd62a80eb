"""Declarations of board memory: the last shift with a couple on duty."""

from __future__ import annotations

import numpy as np

from model.engine.domains import PAST
from model.engine.tables import ArraySpec

LAST_OUT = ArraySpec(
    name="last_out",
    of=np.int64,
    shape=(1,),
    first=-1.0,
    about="Last shift with a couple on duty: deliberation.",
    domain=PAST,
)
