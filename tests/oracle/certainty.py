"""What offenders believe about being caught (ODD: certainty)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oracle.offenders import GROUP_OF_KIND, GROUPS
from oracle.police import how_visible

if TYPE_CHECKING:
    from oracle.crime import Incident
    from oracle.town import PlainTown

QUARRELS = 4
NAMES = (*GROUPS, "quarrel")
ASSAULT, KILLING = 5, 6
QUARREL_MOTIVE = 2


@dataclass
class Certainty:
    """Visible patrol by zone; arrests and offences remembered and the factor of hazard, by group and zone."""

    seen: list[float]
    arrests: list[list[float]]
    offences: list[list[float]]
    factor: list[list[float]]


def begin_certainty(town: "PlainTown") -> Certainty:
    """Return what offenders believe at the start."""
    p, zones = town.numbers("certainty"), range(town.n_settlements)
    seen = p.seen_half * p.usual_seen / (1.0 - p.usual_seen)

    def everywhere(value: float) -> list[list[float]]:
        return [[value for _ in zones] for _ in NAMES]

    return Certainty([seen for _ in zones], everywhere(0.0), everywhere(0.0), everywhere(1.0))


def factor_of(town: "PlainTown", kind: int, zone: int) -> float:
    """Factor D of the hazard of a kind of crime in a zone."""
    group = QUARRELS if kind == ASSAULT else GROUP_OF_KIND[kind]
    return town.certainty.factor[group][zone]


def is_quarrel(one: "Incident") -> bool:
    """Tell whether an act is an assault or a killing in a quarrel."""
    return one.kind == ASSAULT or (one.kind == KILLING and one.motive == QUARREL_MOTIVE)


def group_of(incident: "Incident") -> int | None:
    """Group to which an incident counts, if any."""
    if incident.offender is not None:
        return incident.offender.group
    return QUARRELS if is_quarrel(incident) else None


def learn_of_arrest(town: "PlainTown", group: int | None, zone: int, much: float) -> None:
    """Let offenders of a group learn that one of them was caught."""
    if group is not None:
        town.certainty.arrests[group][zone] += much


def deter(town: "PlainTown") -> None:
    """Let offenders see, forget, learn and believe."""
    see_patrols(town)
    count_offences(town)
    for group in range(len(NAMES)):
        believe(town, group)


def see_patrols(town: "PlainTown") -> None:
    """Move what is seen of police in every zone."""
    p, seen = town.numbers("certainty"), town.certainty.seen
    keep = 2.0 ** (-1.0 / (3.0 * p.days))
    places = [(visit.cell, how_visible(town, visit)) for visit in town.visits if visit.alive]
    places += [(response.cell, 1.0) for response in town.responses]
    for zone in range(town.n_settlements):
        n = sum(much for cell, much in places if cell.zone == zone)
        populated = sum(cell.zone == zone and cell.population > 0 for cell in town.cells)
        seen[zone] = keep * seen[zone] + (1.0 - keep) * 3.0 * p.visible * n / max(populated, 1)


def count_offences(town: "PlainTown") -> None:
    """Let arrests and offences fade, and add those of this shift."""
    known = town.certainty
    keep = 2.0 ** (-1.0 / (91.0 * town.numbers("certainty").months))
    known.arrests = [[x * keep for x in row] for row in known.arrests]
    known.offences = [[x * keep for x in row] for row in known.offences]
    for incident in town.incidents:
        group = group_of(incident)
        if group is not None:
            known.offences[group][incident.cell.zone] += 1.0


def share(caught: float, done: float, weight: float, prior: float) -> float:
    """Share caught of what was done, with a prior share that weighs like so many acts."""
    return (caught + weight * prior) / (done + weight) if done + weight > 0.0 else prior


def believe(town: "PlainTown", group: int) -> None:
    """Renew the factor of a group in every zone."""
    p, scale, known = town.numbers("certainty"), town.numbers("population").scale, town.certainty
    arrests, offences = known.arrests[group], known.offences[group]
    usual = getattr(p, f"usual_{NAMES[group]}")
    of_town = share(sum(arrests), sum(offences), scale * p.news, usual)
    for zone in range(town.n_settlements):
        learned = share(arrests[zone], offences[zone], scale * p.peers, of_town)
        known.factor[group][zone] = felt(p, group, known.seen[zone], learned)


def felt(p: Any, group: int, seen: float, learned: float) -> float:
    """Return the factor of hazard that follows from what is seen and learned."""
    usual = getattr(p, f"usual_{NAMES[group]}")
    present = over_usual(p, seen / (seen + p.seen_half), p.usual_seen)
    certain = over_usual(p, p.learned * learned + (1.0 - p.learned) * usual, usual)
    by_both = present ** -getattr(p, f"seen_{NAMES[group]}") * certain ** -getattr(p, NAMES[group])
    return float(min(p.highest, by_both))


def over_usual(p: Any, now: float, usual: float) -> float:
    """Return what keeps offenders away, over the usual, with the neighbours who stay."""
    return float((now + p.informal * usual) / ((1.0 + p.informal) * usual))
