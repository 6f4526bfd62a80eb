"""Headline measures of a comparison, and the rules that compute them from the months of a run."""

import difflib
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from experiments.statistics.annual_aggregation import MONTHS, Expression
from experiments.statistics.paired_effects import Value
from experiments.statistics.thresholds import Kind, Scale
from experiments.words.bilingual import BilingualText, bilingual
from model.engine.errors import suggest_nearest

RuleName = Literal["recent", "last", "year", "mean", "share", "month", "shift"]
RULE_WORDS = {
    "recent": {"en": "mean of the last 12 months", "es": "promedio de los últimos 12 meses"},
    "last": {"en": "last month", "es": "último mes"},
    "year": {"en": "a year, over the whole time", "es": "por año, en todo el período"},
    "mean": {"en": "mean of all months", "es": "promedio de los meses"},
    "share": {"en": "share over the whole time", "es": "proporción en todo el período"},
    "month": {"en": "a month, over the whole time", "es": "por mes, en todo el período"},
    "shift": {"en": "in a couple-shift", "es": "por turno de pareja"},
}


@dataclass(frozen=True)
class Headline:
    """One number of a run: its name, rule, labels in both languages, and kind of threshold."""

    name: str
    how: RuleName
    read: Expression
    en: str
    es: str
    digits: int = 1
    unit: str = ""
    kind: Kind = "amounts"

    @property
    def label(self) -> BilingualText:
        """Name within a sentence."""
        return bilingual(self.es, self.en)

    def of(self, months: pd.DataFrame) -> float:
        """Return the number for one run; nan if a column is missing or there are no months."""
        return self.read.of(months) if self.is_in(months) else math.nan

    def value(self, months: pd.DataFrame) -> Value:
        """Return the number for one run as input of statistics: a share as numerator and denominator."""
        return self.read.ratio(months) if self.read.per and self.is_in(months) else self.of(months)

    def is_in(self, months: pd.DataFrame) -> bool:
        """Return whether there are months and all columns."""
        return not months.empty and all(column in months for column in self.read.columns)

    def scale(self, years: float, delta: float | None = None) -> Scale:
        """Return the scale that effects after ``years`` are judged on, with ``delta`` if it was set before the run."""
        return Scale(self.kind, MONTHS if self.how == "month" else 1.0, years, delta=delta)


def recent(name: str, en: str, es: str) -> Headline:
    """Return a headline measure that is the mean of the last twelve months, 0-100."""
    return Headline(name, "recent", Expression(recent=name, scale=100.0), en, es, 2, "0-100", "points")


def last(name: str, en: str, es: str, digits: int = 1, kind: Kind = "points_at_end") -> Headline:
    """Return a headline measure that is read at the end of the last month, 0-100."""
    return Headline(name, "last", Expression(last=name, scale=100.0), en, es, digits, "0-100", kind)


def yearly_count(name: str, en: str, es: str, *columns: str, digits: int = 0) -> Headline:
    """Return a headline measure that is a count a year."""
    return Headline(name, "year", Expression(sum=columns or (name,)), en, es, digits, "a year", "counts")


def mean(name: str, en: str, es: str, digits: int = 1, unit: str = "", kind: Kind = "amounts") -> Headline:
    """Return a headline measure that is the mean of the months."""
    return Headline(name, "mean", Expression(mean=name), en, es, digits, unit, kind)


def percent(name: str, en: str, es: str, part: str, whole: str) -> Headline:
    """Return a headline measure that is a share of counts, in per cent."""
    return Headline(name, "share", Expression(sum=(part,), per=(whole,), scale=100.0), en, es, 1, "%", "shares")


VIOLENT_CRIMES = tuple(f"crimes_occurred_{kind}" for kind in ("robbery", "assault", "homicide"))
"""Violent crimes in the street; violence at home is measured by victims without remedy instead."""
HEADLINES = (
    recent("trust_mean", "trust in the police", "confianza en la policía"),
    recent("fairness_mean", "belief: fair treatment", "confianza en el buen trato"),
    recent("effectiveness_mean", "belief: come and solve", "confianza en que llegan y resuelven"),
    recent("fear_mean", "fear", "temor"),
    recent("precaution_share", "take precautions", "toman precauciones"),
    yearly_count("crimes_occurred", "crimes that happened", "delitos ocurridos"),
    yearly_count("crimes_told", "crimes told to the state", "delitos reportados"),
    yearly_count("complaints_filed", "complaints (prosecutor)", "denuncias en el MP"),
    yearly_count("crimes_recorded", "in the police record", "delitos en el registro policial"),
    yearly_count("violent_crimes", "violent crimes", "delitos violentos", *VIOLENT_CRIMES),
    yearly_count("extortions", "extortions", "extorsiones", "crimes_occurred_extortion"),
    yearly_count("homicides", "homicides", "homicidios", digits=1),
    percent("told_share", "told of all crimes, %", "reportados de lo ocurrido, %", "crimes_told", "crimes_occurred"),
    percent("filed_share", "complaints of told, %", "denuncias de lo reportado, %", "complaints_filed", "crimes_told"),
    yearly_count("charged", "charged", "casos con acusación", digits=1),
    yearly_count("sentenced", "sentenced", "sentencias", digits=1),
    yearly_count("women_without_remedy", "women without remedy", "mujeres que quedan sin remedio", digits=1),
    yearly_count("domestic_without_remedy", "unremedied home violence", "violencia en casa sin remedio"),
    yearly_count("men_without_remedy", "men without remedy", "hombres que quedan sin remedio", digits=1),
    mean("response_minutes_median", "minutes to respond", "minutos de respuesta", 1, "minutes", "minutes"),
    yearly_count("calls_unserved", "calls unanswered", "llamadas sin atender"),
    mean("officers", "officers posted", "agentes destinados", 0),
    yearly_count("couple_shifts", "couple-shifts", "turnos de pareja"),
    yearly_count("visits_foot", "visits on foot", "visitas a pie"),
    yearly_count("km", "vehicle-kilometres", "kilómetros de vehículo"),
    yearly_count("officers_trained", "officers trained", "agentes capacitados"),
    yearly_count("training_days", "training days", "días de capacitación"),
    yearly_count("army_visits", "visits of army patrols", "visitas de patrullas del Ejército"),
    yearly_count("joint_patrols", "joint patrols", "patrullajes combinados"),
    yearly_count("contacts", "contacts", "contactos con habitantes"),
    yearly_count("unfair", "unfair contacts", "contactos con mal trato"),
    yearly_count("wrongful_detentions", "wrongful detentions", "detenciones sin causa", digits=1),
    yearly_count("detentions", "detentions (exception)", "detenciones (régimen de excepción)"),
    yearly_count("refused", "complaints refused", "denuncias rechazadas", digits=1),
    yearly_count("recruits", "recruits of cliques", "reclutados por clicas", digits=1),
    yearly_count("payments", "rents paid to cliques", "pagos de renta a las clicas"),
    yearly_count("crowds", "crowds (lynching)", "turbas (linchamientos)", digits=1),
    last("c1", "C1 small area", "C1 área pequeña", 1, "criteria"),
    last("c2", "C2 consultation", "C2 consulta", 1, "criteria"),
    last("c3", "C3 solving problems", "C3 solución de problemas", 1, "criteria"),
    last("c4", "C4 conditions", "C4 causas y condiciones", 1, "criteria"),
    last("accountability", "A accountability", "A rendición de cuentas", 1, "criteria"),
)
"""In display order; measures whose columns the model does not have are left out."""
PRIMARY_MEASURES = (
    *("trust_mean", "violent_crimes", "extortions", "complaints_filed"),
    *("domestic_without_remedy", "women_without_remedy", "refused", "wrongful_detentions"),
)
"""Measures on page one of a report; by Holm's method at most 5 % of reports state a false effect on any."""
BY_NAME = {headline.name: headline for headline in HEADLINES}
MORE_IS_WORSE = frozenset(
    {
        *("fear_mean", "violent_crimes", "extortions", "homicides", "crowds", "recruits", "payments"),
        *("women_without_remedy", "domestic_without_remedy", "men_without_remedy", "refused", "calls_unserved"),
        *("wrongful_detentions", "unfair", "response_minutes_median"),
    }
)
LESS_IS_WORSE = frozenset(
    {"trust_mean", "fairness_mean", "effectiveness_mean", "c1", "c2", "c3", "c4", "accountability"}
)
"""All other measures, such as reports, have no good direction."""


def worse_direction(measure: str) -> int:
    """Return 1 if more of a measure is worse, -1 if less is, and 0 if neither.

    >>> [worse_direction(name) for name in ("crimes_occurred_robbery", "trust_mean", "crimes_told")]
    [1, -1, 0]
    """
    if measure in MORE_IS_WORSE or measure.startswith("crimes_occurred"):
        return 1
    return -1 if measure in LESS_IS_WORSE else 0


def nearest_names(name: str, known: Collection[str]) -> str:
    """Return the end of a message on an unknown name: the nearest known one, or if none is near the three nearest.

    >>> nearest_names("trust_men", BY_NAME), nearest_names("TYPO", ("km", "litres", "couples"))
    ("; did you mean 'trust_mean'?", '; the nearest are litres, couples, km')
    """
    three = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.0)
    return suggest_nearest(name, known) or f"; the nearest are {', '.join(three)}"


def available_headlines(columns: object, some: tuple[Headline, ...] = HEADLINES) -> tuple[Headline, ...]:
    """Return the headline measures whose columns all exist."""
    there = set(columns)  # type: ignore[call-overload]
    return tuple(one for one in some if set(one.read.columns) <= there)
