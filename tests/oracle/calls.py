"""Calls about what is no crime (ODD: calls)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle.boards import hears_of_call
from oracle.random_draws import pick, poisson
from oracle.reporting import LINE, Call, give_up

if TYPE_CHECKING:
    from oracle.people import Resident
    from oracle.places import Cell
    from oracle.town import PlainTown

MOST, MOST_BY_LEADER = 0.4, 24.0
NAME, LEADERS = 2**31, 2**20
FRIDAY, NIGHT = 4, 2


@dataclass(frozen=True)
class Errand:
    """What somebody calls about; its first call names it."""

    tick: int
    number: int
    cell: "Cell"
    severity: float


def ring_all(town: "PlainTown") -> None:
    """Let residents call, then leaders who have an officer's number."""
    p, reach = town.numbers("calls"), town.numbers("communal_authority").reach
    weekend_night = town.shift == NIGHT and town.weekday >= FRIDAY
    hazard = p.rate / 1000.0 * (p.weekend_night if weekend_night else 1.0)
    for j in range(poisson(town.uniform("other call count", 0, 0), MOST * len(town.residents) / 1095.0)):
        one = pick(town.residents, town.uniform("other call who", NAME + j, 0))
        wanted = town.uniform("other call mark", NAME + j, 0) * MOST < hazard * (1.0 - reach * p.settled)
        if wanted and one.alive and one.age >= 18:
            ring(town, one, NAME + j, own_phone=False)
    councils = sorted((one for one in town.residents if one.council), key=lambda one: one.settlement)
    for j in range(poisson(town.uniform("other call count", 1, 0), MOST_BY_LEADER * len(councils) / 1095.0)):
        m = NAME + LEADERS + j
        one = pick(councils, town.uniform("other call who", m, 0))
        phones = town.authorities[one.settlement].phones
        has_number = one.alive and town.uniform("has a number", one.number, 0, tick=0) < phones
        if has_number and town.uniform("other call mark", m, 0) * MOST_BY_LEADER < p.leaders:
            ring(town, one, m, own_phone=True)


def ring(town: "PlainTown", one: "Resident", m: int, *, own_phone: bool) -> None:
    """Call for a couple; the line may fail."""
    severity = 2.0 * town.numbers("calls").gravity * town.uniform("other call gravity", m, 0)
    errand = Errand(town.tick, m, one.home, severity)
    lost = town.uniform("other call line", m, 0) >= town.numbers("response").line_answered
    if own_phone:
        lost = one.home.facility >= 0 and not town.facilities[one.home.facility].phone
    minute = 480.0 * town.uniform("other call minute", m, 0)
    made = Call(errand, one, minute, hears_of_call(town, one, one.home, handed=False))
    if lost:
        give_up(town, made, LINE)
    else:
        town.calls.append(made)
