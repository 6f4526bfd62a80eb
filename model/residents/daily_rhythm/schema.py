"""Declarations of daily rhythm: parameters, columns, tables and constants."""

from __future__ import annotations

from dataclasses import dataclass

from model.engine.parameters import ParameterGroup, share_parameter


@dataclass(frozen=True, kw_only=True)
class DailyRhythm(ParameterGroup):
    """Shares of residents by place and shift (06-14, 14-22, 22-06)."""

    name = "daily_rhythm"
    evidence = ("B07", "J06")

    work_morning: float = share_parameter(0.85, "assumed", "workers at work from 06 to 14 on working days", off=0.0)
    work_evening: float = share_parameter(0.35, "assumed", "workers at work from 14 to 22 on working days", off=0.0)
    work_night: float = share_parameter(0.04, "assumed", "workers at work from 22 to 06", off=0.0)
    work_rest: float = share_parameter(0.3, "assumed", "presence at work on rest days, relative", off=0.0)
    school_morning: float = share_parameter(0.85, "assumed", "students at school from 06 to 14", off=0.0)
    school_evening: float = share_parameter(0.15, "assumed", "students at school from 14 to 22", off=0.0)
    outside: float = share_parameter(
        0.3,
        "M28: 20-50 % of workers in Villa Canales; swept",
        "workers who work outside",
        off=0.0,
        role="site",
    )
    market_morning: float = share_parameter(
        0.15, "B07; size assumed", "other residents at the market from 06 to 14 on market days", off=0.0, role="site"
    )
    market_evening: float = share_parameter(
        0.06, "B07; size assumed", "other residents at the market from 14 to 22 on market days", off=0.0, role="site"
    )
    errands: float = share_parameter(
        0.06, "assumed", "other residents in the core by day on other days", off=0.0, role="site"
    )
    street_morning: float = share_parameter(
        0.05, "assumed", "other residents on the street of their settlement from 06 to 14", off=0.0
    )
    street_evening: float = share_parameter(
        0.12, "assumed", "other residents on the street of their settlement from 14 to 22", off=0.0
    )
    street_night: float = share_parameter(
        0.02, "assumed", "other residents on the street or in bars from 22 to 06", off=0.0
    )
    street_rest: float = share_parameter(
        0.2, "assumed", "other residents out in their settlement on rest days by day", off=0.0
    )
