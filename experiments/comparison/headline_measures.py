"""The headline measures of a comparison: how each number of a run follows from its months."""

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from experiments.statistics.annual_aggregation import Expression

How = Literal["last", "year", "mean", "share", "month", "shift"]
WORDS = {
    "last": {"en": "last month", "es": "último mes"},
    "year": {"en": "a year, over the whole time", "es": "por año, en todo el período"},
    "mean": {"en": "mean of all months", "es": "promedio de los meses"},
    "share": {"en": "share over the whole time", "es": "proporción en todo el período"},
    "month": {"en": "a month, over the whole time", "es": "por mes, en todo el período"},
    "shift": {"en": "in a couple-shift", "es": "por turno de pareja"},
}


@dataclass(frozen=True)
class Headline:
    """One number of a run: its name, how it follows from monthly columns, and how it is said.

    ``good`` is 1 where more is better, -1 where less is, 0 where it depends; ``rare`` marks counts so small that chance
    decides them.
    """

    name: str
    how: How
    read: Expression
    en: str
    es: str
    digits: int = 1
    good: int = 0
    unit: str = ""

    def of(self, months: pd.DataFrame) -> float:
        """Return the number for one run; nan where its columns are missing or hold nothing."""
        if months.empty or any(column not in months for column in self.read.columns):
            return math.nan
        return self.read.of(months)


def last(name: str, en: str, es: str, digits: int = 1, good: int = 1, scale: float = 100.0) -> Headline:
    """Return a headline that is read at the end of the last month."""
    return Headline(name, "last", Expression(last=name, scale=scale), en, es, digits, good, "0-100")


def yearly(name: str, en: str, es: str, *columns: str, good: int = 0, digits: int = 0) -> Headline:
    """Return a headline that is a count a year."""
    expression = Expression(sum=columns or (name,))
    return Headline(name, "year", expression, en, es, digits, good, "a year")


def mean(name: str, en: str, es: str, digits: int = 1, good: int = 1, scale: float = 100.0) -> Headline:
    """Return a headline that is the mean of the months."""
    return Headline(name, "mean", Expression(mean=name, scale=scale), en, es, digits, good, "0-100")


def share(name: str, en: str, es: str, part: str, whole: str, good: int = 1) -> Headline:
    """Return a headline that is a share of counts, in per cent."""
    return Headline(name, "share", Expression(sum=(part,), per=(whole,), scale=100.0), en, es, 1, good, "%")


VIOLENT = tuple(f"crimes_occurred_{kind}" for kind in ("robbery", "assault", "homicide"))
"""Of which people are afraid in the street; violence at home is told of by who is left without remedy."""
HEADLINES = (
    last("trust_mean", "trust in the police", "confianza en la policía", 2),
    last("fairness_mean", "belief: fair treatment", "confianza en el buen trato", 2),
    last("effectiveness_mean", "belief: come and solve", "confianza en que llegan y resuelven", 2),
    last("fear_mean", "fear", "temor", 2, good=-1),
    last("precaution_share", "take precautions", "toman precauciones", 2, good=0),
    yearly("crimes_occurred", "crimes that happened", "delitos ocurridos", good=-1),
    yearly("crimes_told", "crimes told to the state", "delitos reportados"),
    yearly("complaints_filed", "complaints (prosecutor)", "denuncias en el MP"),
    yearly("crimes_recorded", "in the police record", "delitos en el registro policial"),
    yearly("violent_crimes", "violent crimes", "delitos violentos", *VIOLENT, good=-1),
    yearly("extortions", "extortions", "extorsiones", "crimes_occurred_extortion", good=-1),
    yearly("homicides", "homicides", "homicidios", good=-1, digits=1),
    share("told_share", "told of all crimes, %", "reportados de lo ocurrido, %", "crimes_told", "crimes_occurred"),
    share("filed_share", "complaints of told, %", "denuncias de lo reportado, %", "complaints_filed", "crimes_told"),
    yearly("charged", "charged", "casos con acusación", digits=1, good=1),
    yearly("sentenced", "sentenced", "sentencias", digits=1, good=1),
    yearly("women_without_remedy", "women without remedy", "mujeres que quedan sin remedio", good=-1, digits=1),
    yearly("domestic_without_remedy", "hurt at home, no remedy", "violencia en casa, sin remedio", good=-1),
    yearly("men_without_remedy", "men without remedy", "hombres que quedan sin remedio", good=-1, digits=1),
    mean("response_minutes_median", "minutes to respond", "minutos de respuesta", 1, -1, 1.0),
    yearly("calls_unserved", "calls unanswered", "llamadas sin atender", good=-1),
    mean("officers", "officers posted", "agentes destinados", 0, 0, 1.0),
    yearly("couple_shifts", "couple-shifts", "turnos de pareja"),
    yearly("km", "vehicle-kilometres", "kilómetros de vehículo"),
    yearly("officers_trained", "officers trained", "agentes capacitados"),
    yearly("training_days", "training days", "días de capacitación"),
    yearly("army_visits", "visits of army patrols", "visitas de patrullas del Ejército"),
    yearly("joint_patrols", "joint patrols", "patrullajes combinados"),
    yearly("contacts", "contacts", "contactos con habitantes"),
    yearly("unfair", "unfair contacts", "contactos con mal trato", good=-1),
    yearly("wrongful_detentions", "wrongful detentions", "detenciones sin causa", good=-1, digits=1),
    yearly("detentions", "detentions (exception)", "detenciones (régimen de excepción)"),
    yearly("refused", "complaints refused", "denuncias rechazadas", good=-1, digits=1),
    yearly("recruits", "recruits of cliques", "reclutados por clicas", good=-1, digits=1),
    yearly("payments", "rents paid to cliques", "pagos de renta a las clicas", good=-1),
    yearly("crowds", "crowds (lynching)", "turbas (linchamientos)", good=-1, digits=1),
    last("c1", "C1 small area", "C1 área pequeña", 1),
    last("c2", "C2 consultation", "C2 consulta", 1),
    last("c3", "C3 solving problems", "C3 solución de problemas", 1),
    last("c4", "C4 conditions", "C4 causas y condiciones", 1),
    last("accountability", "A accountability", "A rendición de cuentas", 1),
)
"""In the order in which they are shown; one whose column the model does not have is left out."""
BY_NAME = {headline.name: headline for headline in HEADLINES}


def present(columns: object, some: tuple[Headline, ...] = HEADLINES) -> tuple[Headline, ...]:
    """Return the headlines whose columns all exist."""
    there = set(columns)  # type: ignore[call-overload]
    return tuple(one for one in some if set(one.read.columns) <= there)
