"""Declarations of start: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.domains import DOMAIN_OF_UNIT
from model.engine.random_streams import stream_id
from model.engine.tables import ArraySpec

TEMPLATE_STREAM = stream_id("like")
INTERCEPT = ArraySpec(
    name="intercept",
    of=np.float64,
    shape=(1,),
    about="Log-odds on which all dispositions stand.",
    domain=DOMAIN_OF_UNIT["log-odds"],
)
MAX_INTERCEPT = 12.0
"""Limit of the intercept in log-odds, either way; levels that need more cannot be reached."""
TEMPLATE_ATTEMPTS = 64
"""Residents examined to find one similar to a newcomer."""
AGE_LIMITS = (12.0, 18.0, 35.0)
"""Ages in years between which residents have similar experiences."""
AGE_BANDS = np.array(AGE_LIMITS)
STEADY_STATE_HALF_LIVES = 3.0
"""Half-lives of memory over which past warm-ups are drawn one by one; older ones count with their mean."""
