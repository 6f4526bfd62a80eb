"""States of worlds as a file holds them."""

from model.simulation import checkpoint as saved
from model.simulation.model import HISTORY_TABLES, KEPT_TABLES, TrustModel, table_sizes


def reread(world: TrustModel) -> saved.Checkpoint:
    """Return the state of a world as if it had been saved and read, every check included."""
    tables, about = saved.split_checkpoint(world.checkpoint())
    return saved.assemble_checkpoint(
        tables, about, world.town, table_sizes(world.town, world.settings), HISTORY_TABLES, KEPT_TABLES
    )
