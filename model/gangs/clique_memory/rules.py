"""What a clique remembers, what of it fades, and who leads it; `cliques` says when (ODD 6)."""

from __future__ import annotations

from model.engine.calendar import MONTH
from model.engine.kernels import kernel
from model.engine.random_streams import keyed_uniform
from model.engine.rows import Rows
from model.gangs.clique_choices.rules import CliqueTables, perceived_arrest_risk
from model.gangs.clique_memory.schema import HEIR_AT_STREAM, HEIR_STREAM, STRATEGY_STREAM
from model.gangs.cliques.schema import Cliques
from model.gangs.gangs.rules import GangTables
from model.gangs.gangs.schema import NOT_YET, STANCE_PRESS, STANCE_QUIET, CliqueRow
from model.world.columns import ResidentState
from model.world.shift_context import ShiftContext


@kernel
def weighted_arrests(p: Cliques, clique: CliqueRow) -> float:
    """Arrests of a clique's members in this month, weighed."""
    return float(clique.held_now + p.leader_counts * clique.leader_now + p.freed * clique.freed_now)


@kernel
def exposed_member_months(p: Cliques, clique: CliqueRow) -> float:
    """Member-months of this month that were exposed, by stance."""
    if clique.stance == STANCE_QUIET:
        return clique.members * p.shown_quiet
    return clique.members * (p.shown_press if clique.stance == STANCE_PRESS else 1.0)


@kernel
def hears_of_clique(stage: ShiftContext, life: CliqueTables, q: int, r: int) -> bool:
    """Whether a clique hears what befalls another: its foe, or one of its gang nearby."""
    mine, theirs = life.gangs.cliques[q], life.gangs.cliques[r]
    if theirs.alive == 0 or q == r:
        return False
    here, there = stage.ground.cells[mine.centre], stage.ground.cells[theirs.centre]
    far = (here.x - there.x) ** 2 + (here.y - there.y) ** 2
    return bool(mine.foe == r or (mine.gang == theirs.gang and far <= life.parameters[0].hears ** 2))


@kernel
def police_seen_by_clique(stage: ShiftContext, life: CliqueTables, q: int, days: float) -> float:
    """Police seen in a month in the cells of a clique, visits a cell and day; neighbours who watch count a little."""
    n, seen = 0, 0.0
    for cell in range(len(life.gangs.territory)):
        if life.gangs.territory[cell] == q:
            n += 1
            zone = max(stage.ground.cells[cell].settlement, 0)
            seen += life.seen_here[cell] / days + (life.parameters[0].watch if life.boards[zone].watch > 0.0 else 0.0)
    return seen / max(n, 1)


@kernel
def count_prisoners(life: CliqueTables, q: int) -> int:
    """Members of a clique in prison."""
    n = 0
    for k in range(life.prison_count[0]):
        if life.held[k].clique == q:
            n += 1
    return n


@kernel
def monthly_retained_share(months: float) -> float:
    """What a month leaves of a memory with this half-life."""
    return float(2.0 ** (-1.0 / months))


@kernel
def update_clique_memory(stage: ShiftContext, life: CliqueTables, q: int, days: float) -> None:
    """Let what a clique remembers fade, and add what befell it in this month and what it heard."""
    p, clique = life.parameters[0], life.gangs.cliques[q]
    caught, exposed = weighted_arrests(p, clique), exposed_member_months(p, clique)
    for r in range(len(life.gangs.cliques)):
        if hears_of_clique(stage, life, q, r):
            caught += p.heard * weighted_arrests(p, life.gangs.cliques[r])
            exposed += p.heard * exposed_member_months(p, life.gangs.cliques[r])
    kept = monthly_retained_share(p.fade)
    clique.caught, clique.exposed = kept * clique.caught + caught, kept * clique.exposed + exposed
    clique.lost, clique.lived = kept * clique.lost + clique.killed_now, kept * clique.lived + clique.members
    kept = monthly_retained_share(p.fade_paid)
    clique.paid, clique.unpaid = kept * clique.paid, kept * clique.unpaid
    kept = monthly_retained_share(p.fade_seen)
    clique.seen = kept * clique.seen + (1.0 - kept) * police_seen_by_clique(stage, life, q, days)
    kept, heads = monthly_retained_share(p.fade_takings), clique.members + p.inmates * count_prisoners(life, q)
    clique.income = kept * clique.income + (1.0 - kept) * clique.takings / (max(heads, 1.0) * p.wage)
    clique.owed = p.owed_left * clique.owed + clique.killed_now
    clique.felt = perceived_arrest_risk(p, clique.caught, clique.exposed, clique.seen)


@kernel
def reset_month_counts(clique: CliqueRow) -> None:
    """Begin to count what befalls a clique anew."""
    clique.held_now = clique.freed_now = clique.leader_now = clique.killed_now = 0
    clique.takings = 0.0


@kernel
def draw_heir(minds: Rows[ResidentState], gangs: GangTables, q: int, tick: int, seed: int) -> int:
    """Member of a clique who takes over, or -1."""
    found, least = NOT_YET, 1.0
    for k in range(gangs.roll_count[0]):
        i = gangs.roll[k].who
        if minds[i].member == q and minds[i].gone < 0:
            u = keyed_uniform(seed, HEIR_STREAM, tick, i, q)
            if u < least:
                found, least = i, u
    return found


@kernel
def leader_strategy(p: Cliques, seed: int, q: int, generation: int) -> int:
    """Strategy of a leader of this generation."""
    u = keyed_uniform(seed, STRATEGY_STREAM, 0, q, generation)
    return int(u < p.expanding) + 2 * int(p.expanding <= u < p.expanding + p.quiet)


@kernel
def is_imprisoned_member(life: CliqueTables, i: int, q: int) -> bool:
    """Whether somebody is held as a member of a clique."""
    found = False
    for k in range(life.prison_count[0]):
        found = found or (life.held[k].who == i and life.held[k].clique == q)
    return found


@kernel
def update_succession(stage: ShiftContext, life: CliqueTables, q: int) -> None:
    """Let an heir take over some months after a leader died, left or was imprisoned, unless he is back."""
    p, clique, i = life.parameters[0], life.gangs.cliques[q], life.gangs.cliques[q].leader
    clique.inside = 0
    if i >= 0 and stage.minds[i].member == q and stage.minds[i].gone < 0:
        clique.heir_at = NOT_YET
        return
    if i >= 0 and is_imprisoned_member(life, i, q):
        clique.inside = 1
    else:
        clique.leader = NOT_YET
    if clique.heir_at < 0:
        u = keyed_uniform(stage.seed, HEIR_AT_STREAM, stage.tick, q, 0)
        clique.heir_at = stage.tick + int(MONTH * (p.heir_least + p.heir_more * u))
    if stage.tick >= clique.heir_at:
        i = draw_heir(stage.minds, life.gangs, q, stage.tick, stage.seed)
        if i >= 0:
            appoint_leader(p, clique, q, i, stage.seed)
            stage.tally[0].heirs += 1.0


@kernel
def appoint_leader(p: Cliques, clique: CliqueRow, q: int, i: int, seed: int) -> None:
    """Let somebody lead from now on, perhaps by another strategy."""
    clique.leader, clique.inside, clique.heir_at = i, 0, NOT_YET
    clique.generation += 1
    if keyed_uniform(seed, STRATEGY_STREAM, 1, q, clique.generation) >= p.alike:
        clique.strategy = leader_strategy(p, seed, q, clique.generation)


@kernel
def update_all_clique_memories(stage: ShiftContext, life: CliqueTables, days: float) -> None:
    """Let all cliques remember their month, and heirs take over."""
    for q in range(len(life.gangs.cliques)):
        update_clique_memory(stage, life, q, days)
    for q in range(len(life.gangs.cliques)):
        reset_month_counts(life.gangs.cliques[q])
        if life.gangs.cliques[q].alive == 1:
            update_succession(stage, life, q)
