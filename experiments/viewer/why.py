"""Why trust moved: the ledger as a ranked list of causes for a place and a period."""

from dataclasses import dataclass

import numpy as np

from experiments.viewer.lane import Lane
from experiments.viewer.texts import known, say
from model.ledger import CAUSES

TOGETHER = {
    **dict.fromkeys(("answered_call", "unanswered_call", "turned_away"), "calls_and_cases"),
    **dict.fromkeys(("release", "held", "charged", "dropped", "protection"), "calls_and_cases"),
    **dict.fromkeys(("detention", "army", "collective_violence"), "force"),
}
"""For a settlement, which bears a real name, these causes are shown as sums: who reports is not told by place."""


@dataclass(frozen=True)
class Account:
    """Causes with the points of mean trust that each moved, and trust before and after (0-100)."""

    causes: list[tuple[str, float]]
    before: float
    after: float

    @property
    def total(self) -> float:
        """All points together."""
        return sum(points for _, points in self.causes)


def account(lane: Lane, settlement: int | None = None, month: int | None = None) -> Account:
    """Return the account of a settlement or of all, in one month (12 x year + 0 to 11) or since the start."""
    town = lane.site.town
    changes = np.zeros((len(CAUSES), town.n_settlements))
    rows = lane.world.ledger_months()
    chosen = rows if month is None else rows[rows["month"] == month]
    np.add.at(changes, (chosen["cause"], chosen["settlement"]), chosen["change"])
    later = rows[rows["month"] > month]["change"] if month is not None else np.zeros(0)
    beyond = (later.sum() if settlement is None else rows_of(rows, settlement, month)) if month is not None else 0.0
    present = lane.world.state.ledger[0] + lane.world.state.ledger[1]
    if month is None or month == lane.world.month:
        changes += present
    else:
        beyond += present.sum() if settlement is None else present[:, settlement].sum()
    residents, now = standing(lane, settlement)
    mine = changes.sum(axis=1) if settlement is None else changes[:, settlement]
    points = 100.0 * mine / residents
    after = 100.0 * (now - beyond) / residents
    return Account(ranked(points, settlement is not None), after - float(points.sum()), after)


def rows_of(rows: np.ndarray, settlement: int, month: int | None) -> float:
    """Return what moved in a settlement after a month."""
    assert month is not None
    return float(rows[(rows["month"] > month) & (rows["settlement"] == settlement)]["change"].sum())


def standing(lane: Lane, settlement: int | None) -> tuple[float, float]:
    """Return living residents and the sum of their trust as the ledger has it (before fading to the present)."""
    minds, people = lane.world.state.minds, lane.site.town.people
    here = minds["gone"] < 0
    if settlement is not None:
        here &= people["settlement"] == settlement
    return max(1.0, float(here.sum())), float(minds["trust"][here].sum())


def ranked(points: np.ndarray, named: bool) -> list[tuple[str, float]]:
    """Return the causes by weight; for a place with a name some of them are put together."""
    sums: dict[str, float] = {}
    for cause, moved in zip(CAUSES, points, strict=True):
        name = TOGETHER.get(cause, cause) if named else cause
        sums[name] = sums.get(name, 0.0) + float(moved)
    kept = [(name, moved) for name, moved in sums.items() if abs(moved) >= 0.005]
    return sorted(kept, key=lambda one: -abs(one[1]))


def cause_name(language: str, cause: str) -> str:
    """Return the name of a cause; one without a name yet keeps that of the model."""
    return say(language, f"cause.{cause}") if known(f"cause.{cause}") else cause.replace("_", " ")
