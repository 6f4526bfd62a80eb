"""Explain why trust moved: the ledger as a ranked list of causes for a place and a period."""

from dataclasses import dataclass

import numpy as np

from experiments.page.page_texts import capital, known, say
from experiments.page.world_session import WorldSession
from experiments.words import catalogue
from model.simulation.registry import CAUSES

TOGETHER = {
    **dict.fromkeys(("answered_call", "unanswered_call", "turned_away"), "calls_and_cases"),
    **dict.fromkeys(("release", "held", "charged", "dropped", "protection"), "calls_and_cases"),
    **dict.fromkeys(("detention", "army", "collective_violence"), "force"),
    **dict.fromkeys(("payment", "at_home"), "harm"),
}
"""For a settlement, which bears a real name, these are shown as sums: who reports or pays is not told by place."""

POPULATION = ("arrival", "departure", "death")


@dataclass(frozen=True)
class TrustAccount:
    """Causes with the points of mean trust that each moved, and trust before and after (0-100)."""

    causes: list[tuple[str, float]]
    before: float
    after: float

    @property
    def total(self) -> float:
        """All points together."""
        return self.after - self.before


def account(session: WorldSession, settlement: int | None = None, month: int | None = None) -> TrustAccount:
    """Return the account of a settlement or of all, in one month (12 x year + 0 to 11) or since the start."""
    rows = session.world.ledger_months()
    present = (session.world.state.ledger[0] + session.world.state.ledger[1])[: len(CAUSES)]
    within = np.zeros_like(present)
    later = np.zeros_like(present)
    inside = np.ones(len(rows), bool) if month is None else rows["month"] == month
    beyond = np.zeros(len(rows), bool) if month is None else rows["month"] > month
    for chosen, changes in ((inside, within), (beyond, later)):
        np.add.at(changes, (rows["cause"][chosen], rows["settlement"][chosen]), rows["change"][chosen])
    (within if month is None or month == session.world.month else later)[:] += present
    here = slice(None) if settlement is None else slice(settlement, settlement + 1)
    moved, after_sum = within[:, here].sum(axis=1), float(trust_now(session)[here].sum() - later[:, here].sum())
    start = session.world.settings.start
    before = 12 * start.year + start.month - 2 if month is None else month - 1
    residents = [float(residents_after(session, end)[here].sum()) for end in (before, month)]
    first, last = (100.0 * total / n for total, n in zip((after_sum - moved.sum(), after_sum), residents, strict=True))
    return TrustAccount(ranked(100.0 * moved / residents[1], last - first, settlement is not None), first, last)


def difference(a: TrustAccount, b: TrustAccount) -> TrustAccount:
    """Return by how much more each cause moved trust in B than in A, with the trust of A and of B afterwards.

    >>> a = TrustAccount([("talk", 0.5)], 40.0, 40.5)
    >>> difference(a, TrustAccount([("talk", 0.2), ("stop", -0.6)], 40.0, 39.6)).causes
    [('stop', -0.6), ('talk', -0.3)]
    """
    sums = {name: -points for name, points in a.causes}
    for name, points in b.causes:
        sums[name] = round(sums.get(name, 0.0) + points, 9)
    causes = [(name, points) for name, points in sums.items() if abs(points) >= 0.005]
    return TrustAccount(sorted(causes, key=lambda one: -abs(one[1])), a.after, b.after)


def trust_now(session: WorldSession) -> np.ndarray:
    """Return the sum of trust by settlement as the ledger has it (before forgetting to the present)."""
    minds, people = session.world.state.minds, session.site.town.people
    here = minds["gone"] < 0
    return np.bincount(people["settlement"][here], minds["trust"][here], session.site.town.n_settlements)


def residents_after(session: WorldSession, month: int | None) -> np.ndarray:
    """Return the residents of every settlement at the end of a month; before the first at the start, by default now."""
    rows = session.world.settlement_months()
    if month is None or month >= session.world.month:
        return session.residents()
    found = rows["residents"][rows["month"] == month]
    return found if len(found) else session.first_residents


def ranked(points: np.ndarray, total: float, named: bool) -> list[tuple[str, float]]:
    """Return the causes by weight; for a place with a name some of them are put together.

    Who comes or goes takes all their trust along, but moves the mean by the difference from it alone: that is what
    the other causes leave of the change.
    """
    sums: dict[str, float] = {}
    for cause, moved in zip(CAUSES, points, strict=True):
        if not cause:  # a number that is not used any more
            continue
        name = TOGETHER.get(cause, cause) if named else cause
        sums[name] = sums.get(name, 0.0) + float(moved)
    sums = {name: moved for name, moved in sums.items() if name not in POPULATION}
    sums["population"] = total - sum(sums.values())
    kept = [(name, moved) for name, moved in sums.items() if abs(moved) >= 0.005]
    return sorted(kept, key=lambda one: -abs(one[1]))


def cause_name(language: str, cause: str) -> str:
    """Return the name of a cause, or of causes that are shown as one sum.

    >>> cause_name("es", "talk"), cause_name("en", "force")
    ('Pláticas', 'Use of force and public violence')
    """
    if known(f"sum.{cause}"):
        return say(language, f"sum.{cause}")
    return capital(catalogue.cause(cause, language))
