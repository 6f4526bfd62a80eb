"""Declarations of the memory of cliques: random streams."""

from __future__ import annotations

from model.engine.random_streams import stream_id

STRATEGY_STREAM, HEIR_STREAM, HEIR_AT_STREAM = (
    stream_id("clique strategy"),
    stream_id("clique heir"),
    stream_id("clique heir at"),
)
