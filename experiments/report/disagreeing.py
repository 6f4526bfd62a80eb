"""Books that disagree: which of the four books of crime misleads, and whom."""

from typing import Any

from experiments.comparison.effect_verdicts import judge
from experiments.narrative.report_reading import TYPICAL, Arm, Site
from experiments.narrative.sentences import capital
from experiments.words.bilingual import Both, both, joined

BOOKS = {
    "crimes_occurred": ("lo ocurrido", "what happened"),
    "crimes_told": ("lo reportado a una autoridad", "what the state was told"),
    "complaints_filed": ("lo denunciado en el MP", "what was filed with the prosecutor"),
    "crimes_recorded": ("lo registrado por la policía", "what the police recorded"),
}
WAY = {"rises": 1, "falls": -1}
WAYS = {1: ("subió", "rose"), -1: ("bajó", "fell"), 0: ("no se distingue del azar", "cannot be told from luck")}
MISLED = {
    1: ("empeoró", "had become worse"),
    -1: ("mejoró", "had become better"),
    0: ("siguió igual", "had stayed as it was"),
}


def books(site: Site, arm: Arm) -> list[Both]:
    """Return what the four books say under one policy, and what an official statistic alone would conclude."""
    rows = {name: site.effect(arm, name) for name in BOOKS}
    # 1 for what surely rose, -1 for what surely fell, else 0
    ways = {name: WAY.get(judge(row), 0) for name, row in rows.items()}
    stated = capital(joined([moved(site, rows[name], name, ways[name]) for name in BOOKS], "; "))
    if not any(ways.values()):
        return [
            both(
                "Ninguno de los cuatro registros se distingue del azar.",
                "None of the four records can be told from luck.",
            )
        ]
    if len(set(ways.values())) == 1:
        verdict = both("Los cuatro registros se mueven igual.", "The four records move alike.")
        return [stated + both(". ", ". ") + verdict]
    return [stated + both(".", "."), *misled(ways)]


def moved(site: Site, row: Any, name: str, direction: int) -> Both:
    """Return how one book moved."""
    return both(
        f"{BOOKS[name][0]} {WAYS[direction][0]} ({{typical}} por año, entre {{typical_low}} y {{typical_high}})",
        f"{BOOKS[name][1]} {WAYS[direction][1]} ({{typical}} a year, between {{typical_low}} and {{typical_high}})",
        **{column: site.number(row, column, sign="+") for column in TYPICAL},
    )


def misled(ways: dict[str, int]) -> list[Both]:
    """Return who would conclude something else than what happened, from one official statistic alone."""
    truth = ways["crimes_occurred"]
    wrong: dict[int, list[Both]] = {}
    for name in ("complaints_filed", "crimes_recorded"):
        if ways[name] != truth:
            wrong.setdefault(ways[name], []).append(both(*BOOKS[name]))
    found = [
        both(
            f"Quien solo viera {{books}} diría que la delincuencia {MISLED[seen][0]};"
            f" en el modelo lo que ocurrió {WAYS[truth][0]}.",
            f"Whoever saw {{books}} alone would say that crime {MISLED[seen][1]};"
            f" in the model what happened {WAYS[truth][1]}.",
            books=joined(books, " o ", " or "),
        )
        for seen, books in wrong.items()
    ]
    rest = both(
        "El registro policial y las denuncias siguen aquí lo que ocurrió; lo que se mueve aparte es lo reportado.",
        "Here the police record and complaints follow what happened; what moves apart is what was told.",
    )
    return found or [rest]
