"""A cell of the map in words."""

from experiments.page.frame_encoding import LAYERS, STAGES
from experiments.page.page_texts import say
from experiments.page.world_session import WorldSession
from model.gangs.gangs.schema import GANGS


def words(language: str, session: WorldSession, cell: int, layer: str) -> str:
    """Return a cell in words; beside the name of a place stands nothing about who reports or where cliques are."""
    town = session.site.town

    def value(name: str) -> float:
        return float(session.map_state.values(session.world, name)[cell])

    if layer == "gangs":
        clique = int(session.world.state.territory[cell])
        if clique < 0:
            return say(language, "hover.free")
        return say(language, "hover.holder", n=clique + 1, gang=GANGS[session.world.state.cliques[clique]["gang"]])
    if layer == "narcos":
        return say(language, "hover.protected" if value(layer) >= 0 else "hover.unprotected")
    place = ""
    if LAYERS[layer].named and town.cells["settlement"][cell] >= 0:
        place = f", {town.settlement_names[town.cells['settlement'][cell]]}"
    crimes = say(language, "hover.crimes", n=f"{value(layer):.0f}") if layer in STAGES else ""
    residents, trust, fear = session.map_state.sums[cell]
    stated = {"place": place, "visits": f"{value('police'):.0f}", "crimes": crimes}
    if not residents:
        return say(language, "hover.empty", **stated)
    means = {"trust": f"{100 * trust / residents:.0f}", "fear": f"{100 * fear / residents:.0f}"}
    text = say(language, "hover.cell", residents=f"{residents:.0f}", **means, **stated)
    if layer == "authority":
        text += " " + say(language, "hover.authority", value=f"{value(layer):.2f}")
    return text
