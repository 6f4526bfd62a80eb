"""What couples had and used in a month: hours, kilometres, minutes by use (ODD: resources, practices)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.police import SHIFT_MINUTES, Couple

if TYPE_CHECKING:
    from oracle.response import Way
    from oracle.town import PlainTown


@dataclass
class Spent:
    """Hours on duty and used, kilometres that the fuel allowed and those driven, minutes by use, litres burnt."""

    couple_hours: float = 0.0
    couple_hours_used: float = 0.0
    km_available: float = 0.0
    km: float = 0.0
    minutes_brief: float = 0.0
    minutes_fixed: float = 0.0
    minutes_calls: float = 0.0
    minutes_orders: float = 0.0
    minutes_meetings: float = 0.0
    minutes_requests: float = 0.0
    minutes_problems: float = 0.0
    minutes_visits: float = 0.0
    minutes_talks: float = 0.0
    minutes_patrol: float = 0.0
    minutes_own: float = 0.0
    shifts_own: float = 0.0
    shifts_led: float = 0.0
    litres: float = 0.0

    def begin(self, couple: Couple) -> None:
        """Book a couple that goes on duty."""
        self.couple_hours += SHIFT_MINUTES / 60.0
        self.couple_hours_used += (couple.duty_end - couple.duty_start) / 60.0
        self.km_available += couple.kilometres if couple.has_motor else 0.0

    def answer(self, way: "Way", end: float) -> None:
        """Book a call; what it takes of the fixed duty is booked already."""
        couple = way.couple
        both = max(0.0, min(end, couple.duty_end) - max(way.start, couple.duty_start))
        self.couple_hours_used += (end - way.start - both) / 60.0
        self.km += way.km if couple.has_motor else 0.0

    def close(self, town: "PlainTown") -> None:
        """Book the visits of a shift that took place."""
        for visit in town.visits:
            if visit.couple is not None and visit.alive:
                self.couple_hours_used += visit.stay / 60.0
                self.km += visit.km
