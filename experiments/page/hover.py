"""A cell of the map in words."""

from experiments.page.frame_encoding import LAYERS
from experiments.page.page_texts import say
from experiments.page.world_session import WorldSession
from model.gangs.gangs.schema import GANGS

BOOKS = ("occurred", "told", "complaints", "recorded")


def words(language: str, session: WorldSession, cell: int, layer: str) -> str:
    """Return a cell in words; beside the name of a place stands nothing about who reports or where cliques are."""
    town, watch = session.site.town, session.map_state
    if layer == "gangs":
        clique = int(session.world.state.territory[cell])
        if clique < 0:
            return say(language, "hover.free")
        return say(language, "hover.holder", n=clique + 1, gang=GANGS[session.world.state.cliques[clique]["gang"]])
    if layer == "narcos":
        return say(
            language, "hover.protected" if watch.values(session.world, layer)[cell] >= 0 else "hover.unprotected"
        )
    place = ""
    if LAYERS[layer].named and town.cells["settlement"][cell] >= 0:
        place = f", {town.settlement_names[town.cells['settlement'][cell]]}"
    crimes = ""
    if layer in BOOKS:
        n = f"{watch.values(session.world, layer)[cell]:.0f}"
        crimes = say(language, "hover.crimes", n=n)
    residents, trust, fear = watch.sums[cell]
    stated = {"place": place, "visits": f"{watch.values(session.world, 'police')[cell]:.0f}", "crimes": crimes}
    if not residents:
        return say(language, "hover.empty", **stated)
    means = {"trust": f"{100 * trust / residents:.0f}", "fear": f"{100 * fear / residents:.0f}"}
    text = say(language, "hover.cell", residents=f"{residents:.0f}", **means, **stated)
    if layer == "authority":
        text += " " + say(language, "hover.authority", value=f"{watch.values(session.world, layer)[cell]:.2f}")
    return text
