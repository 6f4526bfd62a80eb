"""Memory of cliques (M34): arrests, losses, payments and police seen; succession of leaders.

`cliques` updates it at the end of a month.  A memory with half-life h keeps the share 2**(-1/h) from month to month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.engine.calendar import MONTH
from model.engine.elementary import LN_2, exp
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform, stream_id
from model.gangs.clique_choices import choose_to_dispute, leadership_gap, perceived_arrest_risk
from model.gangs.gangs import NOT_YET, STANCE_PRESS, STANCE_QUIET

if TYPE_CHECKING:
    from model.gangs.cliques import Cliques
    from model.gangs.gangs import CliqueRow
    from model.simulation.world import World

STRATEGY_STREAM, HEIR_STREAM, HEIR_AT_STREAM = (
    stream_id("clique strategy"),
    stream_id("clique heir"),
    stream_id("clique heir at"),
)


@kernel
def weighted_arrests(p: Cliques, clique: CliqueRow) -> float:
    """Return the arrests of a clique's members in this month, with weights for leaders and releases."""
    return float(clique.held_now + p.leader_counts * clique.leader_now + p.freed * clique.freed_now)


@kernel
def exposed_member_months(p: Cliques, clique: CliqueRow) -> float:
    """Return the member-months of this month, weighted by exposure under the stance."""
    if clique.stance == STANCE_QUIET:
        return clique.members * p.shown_quiet
    return clique.members * (p.shown_press if clique.stance == STANCE_PRESS else 1.0)


@kernel
def hears_of_clique(w: World, q: int, r: int) -> bool:
    """Return whether clique ``q`` hears of events at clique ``r``: its foe, or one of its gang nearby."""
    mine, theirs = w.cliques[q], w.cliques[r]
    if theirs.alive == 0 or q == r:
        return False
    here, there = w.cells[mine.centre], w.cells[theirs.centre]
    dx, dy, hears = here.x - there.x, here.y - there.y, w.p.cliques[0].hears
    return bool(mine.foe == r or (mine.gang == theirs.gang and dx * dx + dy * dy <= hears * hears))


@kernel
def police_seen_by_clique(w: World, q: int, days: float) -> float:
    """Return the police seen in the territory in a month of ``days``, in visits a cell and day.

    Where neighbours keep watch, each cell counts `cliques.watch` more.
    """
    n, seen = 0, 0.0
    for cell in range(len(w.held_by)):
        if w.held_by[cell] == q:
            n += 1
            zone = max(w.cells[cell].settlement, 0)
            seen += w.seen_here[cell] / days + (w.p.cliques[0].watch if w.boards[zone].watch > 0.0 else 0.0)
    return seen / max(n, 1)


@kernel
def count_prisoners(w: World, q: int) -> int:
    """Return the number of members of a clique in prison."""
    n = 0
    for k in range(w.prison_count[0]):
        if w.prison[k].clique == q:
            n += 1
    return n


@kernel
def monthly_retained_share(months: float) -> float:
    """Return the share of a memory that is retained for a month, given its half-life in months."""
    return float(exp(-LN_2 / months))


@kernel
def update_clique_memory(w: World, q: int, days: float) -> None:
    """Decay the memory of a clique and add the events of this month, own and heard of.

    Updates `caught`, `exposed`, `lost`, `lived`, `paid`, `unpaid`, `seen`, `income`, `owed` and `felt` of the clique.
    """
    p, clique = w.p.cliques[0], w.cliques[q]
    caught, exposed = weighted_arrests(p, clique), exposed_member_months(p, clique)
    for r in range(len(w.cliques)):
        if hears_of_clique(w, q, r):
            caught += p.heard * weighted_arrests(p, w.cliques[r])
            exposed += p.heard * exposed_member_months(p, w.cliques[r])
    # Counts and exposures decay alike, so that their ratio is an exponentially weighted rate.
    kept = monthly_retained_share(p.fade)
    clique.caught, clique.exposed = kept * clique.caught + caught, kept * clique.exposed + exposed
    clique.lost, clique.member_months = (
        kept * clique.lost + clique.killed_now,
        kept * clique.member_months + clique.members,
    )
    kept = monthly_retained_share(p.fade_paid)
    clique.paid, clique.unpaid = kept * clique.paid, kept * clique.unpaid
    kept = monthly_retained_share(p.fade_seen)
    clique.seen = kept * clique.seen + (1.0 - kept) * police_seen_by_clique(w, q, days)
    kept, heads = monthly_retained_share(p.fade_takings), clique.members + p.inmates * count_prisoners(w, q)
    clique.income = kept * clique.income + (1.0 - kept) * clique.takings / (max(heads, 1.0) * p.wage)
    clique.deaths_owed = p.owed_left * clique.deaths_owed + clique.killed_now
    clique.risk_felt = perceived_arrest_risk(p, clique.caught, clique.exposed, clique.seen)


@kernel
def reset_month_counts(clique: CliqueRow) -> None:
    """Set the counts of the month of a clique to zero."""
    clique.held_now = clique.freed_now = clique.leader_now = clique.killed_now = 0
    clique.takings = 0.0


@kernel
def draw_heir(w: World, q: int, tick: int) -> int:
    """Return a living member drawn to lead the clique, or -1."""
    found, least = NOT_YET, 1.0
    for k in range(w.roll_count[0]):
        i = w.roll[k].who
        if w.minds[i].member == q and w.minds[i].gone < 0:
            # The least of keyed uniforms: a uniform draw that changes little when membership does.
            u = keyed_uniform(w.seed, HEIR_STREAM, tick, i, q)
            if u < least:
                found, least = i, u
    return found


@kernel
def leader_strategy(w: World, p: Cliques, q: int, generation: int) -> int:
    """Draw the strategy of a leader: 0 holding, 1 expanding, 2 quiet."""
    u = keyed_uniform(w.seed, STRATEGY_STREAM, 0, q, generation)
    return int(u < p.expanding) + 2 * int(p.expanding <= u < p.expanding + p.quiet)


@kernel
def is_imprisoned_member(w: World, i: int, q: int) -> bool:
    """Return whether a resident is in prison as a member of a clique."""
    found = False
    for k in range(w.prison_count[0]):
        found = found or (w.prison[k].who == i and w.prison[k].clique == q)
    return found


@kernel
def update_succession(w: World, q: int) -> None:
    """Update the leadership of a clique: an heir follows a lost leader, at once or some months later.

    Updates `leader`, `inside`, `disputed`, `heir_at`, and `generation` and `strategy` with a new leader.
    """
    p, clique, i = w.p.cliques[0], w.cliques[q], w.cliques[q].leader
    clique.inside = 0
    if i >= 0 and w.minds[i].member == q and w.minds[i].gone < 0:
        clique.heir_at, clique.disputed = NOT_YET, 0
        return
    if i >= 0 and is_imprisoned_member(w, i, q):
        clique.inside = 1
    else:
        clique.leader = NOT_YET
    if clique.heir_at < 0:
        clique.disputed = int(p.succession == 1 and choose_to_dispute(w, q))
        clique.heir_at = w.tick
        # A leader in prison goes on leading by telephone.
        if p.succession == 0 or clique.disputed == 1 or leadership_gap(clique, w.p.extortion[0].imitator_blocked) < 1.0:
            u = keyed_uniform(w.seed, HEIR_AT_STREAM, w.tick, q, 0)
            clique.heir_at += int(MONTH * (p.heir_least + p.heir_more * u))
    if w.tick >= clique.heir_at:
        i = draw_heir(w, q, w.tick)
        if i >= 0:
            appoint_leader(w, p, clique, q, i)
            w.tally[0].heirs += 1.0


@kernel
def appoint_leader(w: World, p: Cliques, clique: CliqueRow, q: int, i: int) -> None:
    """Make a resident the leader of a clique; draw whether the strategy changes."""
    clique.leader, clique.inside, clique.disputed, clique.heir_at = i, 0, 0, NOT_YET
    clique.generation += 1
    if keyed_uniform(w.seed, STRATEGY_STREAM, 1, q, clique.generation) >= p.alike:
        clique.strategy = leader_strategy(w, p, q, clique.generation)


@kernel
def update_all_clique_memories(w: World, days: float) -> None:
    """Update memory, counts of the month and leadership of all cliques."""
    # Two passes: memories read the month's counts of other cliques, which the second pass resets.
    for q in range(len(w.cliques)):
        update_clique_memory(w, q, days)
    for q in range(len(w.cliques)):
        reset_month_counts(w.cliques[q])
        if w.cliques[q].alive == 1:
            update_succession(w, q)
