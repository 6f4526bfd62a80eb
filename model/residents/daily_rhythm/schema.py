"""Declarations of daily rhythm: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass

from model.engine.parameters import ParameterGroup


@dataclass(frozen=True, init=False)
class DailyRhythm(ParameterGroup):
    """Shares of residents by place and shift (06-14, 14-22, 22-06)."""

    name = "daily_rhythm"
    evidence = ("B07", "J06")

    work_morning: float
    work_evening: float
    work_night: float
    work_rest: float
    school_morning: float
    school_evening: float
    outside: float
    market_morning: float
    market_evening: float
    errands: float
    street_morning: float
    street_evening: float
    street_night: float
    street_rest: float
