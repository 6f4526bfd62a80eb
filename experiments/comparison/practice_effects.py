"""Headline measures of police practice: measured doses, minutes of couples by use, monthly costs, problems."""

from collections.abc import Mapping

from experiments.comparison.headline_measures import Headline, last, mean, percent, yearly_count
from experiments.statistics.annual_aggregation import Expression
from experiments.statistics.thresholds import Kind
from model.police.minutes import MINUTE_USES

USE_WORDS = {
    "brief": ("briefing and meal", "instrucciones y comida"),
    "fixed": ("fixed duties", "servicios fijos"),
    "calls": ("calls and arrests", "llamadas y capturas"),
    "orders": ("orders: arrests, cases", "órdenes: capturas, casos"),
    "meetings": ("meetings", "reuniones"),
    "requests": ("requests of communities", "peticiones de las comunidades"),
    "problems": ("work on problems", "trabajo sobre problemas"),
    "visits": ("planned long visits", "visitas largas planificadas"),
    "talks": ("planned talks", "pláticas planificadas"),
    "patrol": ("patrol", "patrullaje"),
}
TOTAL_WORDS = ("together", "en total")
ALL_MINUTE_COLUMNS = tuple(f"minutes_{use}" for use in MINUTE_USES)
YEARLY_TO_MONTHLY = 1.0 / 12.0
OFFICERS_PER_COUPLE = 2.0
"""Officers of a couple."""


def minutes_per_shift(name: str, words: tuple[str, str], *uses: str) -> Headline:
    """Return a headline measure in minutes of a couple-shift."""
    return Headline(name, "shift", Expression(sum=uses, per=("couple_shifts",)), *words, 1, "minutes", "minutes")


def officer_hours_per_month(name: str, words: tuple[str, str], *uses: str) -> Headline:
    """Return a headline measure in officers' hours a month."""
    en, es = words
    scale = OFFICERS_PER_COUPLE / 60.0 * YEARLY_TO_MONTHLY
    return Headline(
        name, "month", Expression(sum=uses, scale=scale), f"officers' hours: {en}", f"horas de agentes: {es}", 0
    )


def monthly(name: str, en: str, es: str, digits: int = 0, kind: Kind = "counts") -> Headline:
    """Return a headline measure that is a sum a month."""
    return Headline(name, "month", Expression(sum=(name,), scale=YEARLY_TO_MONTHLY), en, es, digits, kind=kind)


DOSES = (
    Headline(
        "long_visits_year", "year", Expression(sum=("long_visits",), per_mean="residents"),
        "long visits, a resident and year", "visitas largas por habitante y año", 2,
    ),
    mean("months_in_sector", "months of officers in their sector", "meses de los agentes en su sector", 1),
    percent("followed_up", "requests followed up, %", "peticiones con seguimiento, %",
          "requests_followed", "requests_due"),
    percent(
        "fitting", "responses begun that fit the cause, %", "respuestas iniciadas que son adecuadas, %",
        "responses_fitting", "responses_begun",
    ),
    percent("known_share", "contacts with a known officer, %", "contactos con un agente conocido, %",
          "contacts_known", "contacts"),
)  # fmt: skip
"""Measures of its practice that a police station could count."""
HABITS = (
    last("habit_team", "habit of the team", "costumbre de equipo", 0),
    last("habit_area", "habit of the area", "costumbre de área", 0),
    last("habit_analysis", "habit of analysis", "costumbre de análisis", 0),
    last("habit_follow", "habit of follow-up", "costumbre de seguimiento", 0),
)
MINUTES = (
    *(minutes_per_shift(f"minutes_{use}", USE_WORDS[use], f"minutes_{use}") for use in MINUTE_USES),
    minutes_per_shift("minutes_all", TOTAL_WORDS, *ALL_MINUTE_COLUMNS),
)
COSTS = (
    *(officer_hours_per_month(f"hours_{use}", USE_WORDS[use], f"minutes_{use}") for use in MINUTE_USES),
    officer_hours_per_month("hours_all", TOTAL_WORDS, *ALL_MINUTE_COLUMNS),
    monthly("litres", "litres of fuel", "litros de combustible", kind="amounts"),
    mean("vehicles_working", "vehicles and motorcycles that work", "vehículos y motos que funcionan", 1),
    monthly("training_days", "training days", "días de capacitación", 1),
    monthly("visits_foot", "visits on foot", "visitas a pie"),
    monthly("calls_unserved", "calls unanswered", "llamadas sin atender", 1),
    monthly("meetings", "meetings of communities with police", "reuniones de comunidades con la policía", 1),
)
PROBLEMS = (
    yearly_count("problems_noted", "problems newly noted", "problemas notados por primera vez", digits=1),
    yearly_count("causes_right", "found: causes named right", "hallados: causas bien identificadas", digits=1),
    yearly_count("causes_wrong", "causes named wrong", "causas mal identificadas", digits=1),
    yearly_count("responses_begun", "responses begun", "respuestas iniciadas", digits=1),
    yearly_count("responses_fitting", "tried: responses that fit", "intentados: respuestas adecuadas", digits=1),
    yearly_count("responses_lapsed", "responses that lapsed", "respuestas que se abandonaron", digits=1),
    yearly_count("crimes_refused", "better: crimes that did not happen", "mejor: delitos evitados", digits=1),
)
PRACTICE: Mapping[str, tuple[Headline, ...]] = {
    "dose": DOSES,
    "habit": HABITS,
    "minutes": MINUTES,
    "cost": COSTS,
    "problems": PROBLEMS,
}
"""Measures of the practice, by section of the table of effects."""
