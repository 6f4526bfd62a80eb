"""Declarations of clique memory: parameters, columns, tables and constants."""

from __future__ import annotations

from model.engine.random_streams import decision

STRATEGY, HEIR, HEIR_AT = decision("clique strategy"), decision("clique heir"), decision("clique heir at")
