"""Declarations of start: parameters, columns, tables and constants."""

from __future__ import annotations

import numpy as np

from model.engine.random_streams import stream_id
from model.engine.tables import ArraySpec

TEMPLATE_STREAM = stream_id("like")
INTERCEPT = ArraySpec(name="intercept", of=np.float64, shape=(1,), about="Log-odds on which all dispositions stand.")
MAX_INTERCEPT = 12.0
"""Log-odds beyond which no intercept is looked for: a level that needs more cannot be had."""
TEMPLATE_ATTEMPTS = 64
AGE_BANDS = np.array([12.0, 18.0, 35.0])
"""Ages, in years, at which a resident's days become others'."""
