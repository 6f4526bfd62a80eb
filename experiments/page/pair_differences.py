"""The sentence that says in what two worlds differ so far."""

from experiments.page.criteria_standing import signed
from experiments.page.page_texts import say
from experiments.page.world_session import WorldSession

COUNTS = {
    "robberies": "crimes_occurred_robbery",
    "homicides": "crimes_occurred_homicide",
    "wrongful": "wrongful_detentions",
    "reports": "crimes_told",
    "complaints": "complaints_filed",
}


def differences(a: WorldSession, b: WorldSession) -> dict[str, float]:
    """Return by how much B exceeds A: counts since the start, and trust now in points of 100."""
    found = {name: b.so_far(column) - a.so_far(column) for name, column in COUNTS.items()}
    return found | {"trust": 100.0 * (b.map_state.trust - a.map_state.trust)}


def sentence(language: str, found: dict[str, float]) -> str:
    """Return the differences in words.

    >>> sentence("en", {"robberies": -31.0, "trust": 1.8})
    'One pair of worlds, which is no finding: so far B has 31 fewer robberies; trust +1.8 points.'
    """
    if not any(found.values()):
        return say(language, "differ.nothing")
    words = [count(language, name, value) for name, value in found.items() if name != "trust" and value]
    words = words or [say(language, "differ.none", what=say(language, "differ.reports"))]
    joined = say(language, "differ.and").join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    trust = signed(found["trust"], 1)
    stated = say(language, "differ.level") if trust == "0.0" else say(language, "differ.trust", trust=trust)
    return say(language, "differ.start") + say(language, "differ.sentence", list=joined, trust=stated)


def count(language: str, name: str, value: float) -> str:
    """Return "31 fewer robberies".

    >>> count("es", "robberies", 1.0), count("es", "robberies", -2.0)
    ('1 robo más', '2 robos menos')
    """
    how = "differ.more" if value > 0 else "differ.fewer"
    what = say(language, f"differ.{name}_one" if abs(value) == 1.0 else f"differ.{name}")
    return say(language, how, n=f"{abs(value):,.0f}", what=what)
