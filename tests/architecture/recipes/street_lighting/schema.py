"""Declarations of street lighting: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.engine.parameters import ParameterGroup, parameter, share_parameter
from model.engine.random_streams import stream_id
from model.engine.rows import Row
from model.engine.tables import ArraySpec
from model.trust.events.schema import declare_event

LIT_STREAM, LIGHT_WITNESS_STREAM = stream_id("lit"), stream_id("spared by light")
LIGHT = declare_event("light", 50, "light that the police asked for", effective=0.9, effective_weight=1.0)


@dataclass(frozen=True, kw_only=True)
class StreetLighting(ParameterGroup):
    """How many streets are lit, what light prevents, and what those it spares think of it."""

    name: ClassVar[str] = "street_lighting"

    lit: float = share_parameter(0.0, "assumed", "populated cells whose streets are lit", role="lever", off=0.0)
    effect: float = share_parameter(0.3, "assumed, swept", "robberies at night that light prevents", off=0.0)
    thanks: float = parameter(
        0.1, "log-odds", 0.0, 2.0, "assumed", "weight of light that the police asked for", off=0.0
    )


LIT_FROM = ArraySpec(
    name="lit_from", of=np.float64, shape=("cell",), about="Share of lit cells from which each is lit: street_lighting."
)


class LightCounts(Row):
    """What is counted in a month."""

    spared_by_light: float
