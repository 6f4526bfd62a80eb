"""Columns of residents and of the monthly counts, put together from all mechanisms."""

from __future__ import annotations

from model.community.collective_violence import schema as collective_violence_schema
from model.community.communal_authority import schema as communal_authority_schema
from model.community.consultation import schema as consultation_schema
from model.community.deliberation import schema as deliberation_schema
from model.community.land_conflicts import schema as land_conflicts_schema
from model.crime.crime import schema as crime_schema
from model.crime.crime_counts import schema as crime_counts_schema
from model.crime.deterrence import schema as deterrence_schema
from model.crime.domestic_violence import schema as domestic_violence_schema
from model.crime.guards import schema as guards_schema
from model.crime.near_repeat import schema as near_repeat_schema
from model.crime.offenders import schema as offenders_schema
from model.engine.tables import COUNTED, Table
from model.gangs.capture import schema as capture_schema
from model.gangs.cliques import schema as cliques_schema
from model.gangs.extortion import schema as extortion_schema
from model.gangs.gangs import schema as gangs_schema
from model.gangs.narcos import schema as narcos_schema
from model.justice.investigation import schema as investigation_schema
from model.justice.justice import schema as justice_schema
from model.police.adoption import schema as adoption_schema
from model.police.chief import schema as chief_schema
from model.police.contacts import schema as contacts_schema
from model.police.minutes import schema as minutes_schema
from model.police.misconduct import schema as misconduct_schema
from model.police.patrol import schema as patrol_schema
from model.police.plans import schema as plans_schema
from model.police.practices import schema as practices_schema
from model.police.pressure import schema as pressure_schema
from model.police.resources import schema as resources_schema
from model.police.roster import schema as roster_schema
from model.politics.crises import schema as crises_schema
from model.politics.heavy_hand import schema as heavy_hand_schema
from model.politics.mayor import schema as mayor_schema
from model.problems.problem_work import schema as problem_work_schema
from model.reporting.calls import schema as calls_schema
from model.reporting.information import schema as information_schema
from model.reporting.reporting import schema as reporting_schema
from model.reporting.response import schema as response_schema
from model.reporting.seeking_help import schema as seeking_help_schema
from model.residents.population_change import schema as population_change_schema
from model.trust.fear import schema as fear_schema
from model.trust.ledger import schema as ledger_schema


class Mind(
    ledger_schema.Belief,
    ledger_schema.Memory,
    fear_schema.Caution,
    population_change_schema.Outside,
    justice_schema.Lesson,
    gangs_schema.Belonging,
    extortion_schema.Purse,
    reporting_schema.Word,
    contacts_schema.Acquaintance,
):
    """What changes in a resident: the columns of every mechanism, those of trust first."""


class Tally(
    crime_counts_schema.Counts,
    population_change_schema.Counts,
    practices_schema.Counts,
    adoption_schema.Counts,
    resources_schema.Counts,
    roster_schema.Counts,
    minutes_schema.Counts,
    communal_authority_schema.Counts,
    deliberation_schema.Counts,
    plans_schema.Counts,
    patrol_schema.Counts,
    narcos_schema.Counts,
    mayor_schema.Counts,
    chief_schema.Counts,
    capture_schema.Counts,
    offenders_schema.Counts,
    near_repeat_schema.Counts,
    guards_schema.Counts,
    deterrence_schema.Counts,
    problem_work_schema.Counts,
    crime_schema.Counts,
    extortion_schema.Counts,
    heavy_hand_schema.Counts,
    cliques_schema.Counts,
    domestic_violence_schema.Counts,
    seeking_help_schema.Counts,
    land_conflicts_schema.Counts,
    calls_schema.Counts,
    response_schema.Counts,
    collective_violence_schema.Counts,
    contacts_schema.Counts,
    misconduct_schema.Counts,
    consultation_schema.Counts,
    information_schema.Counts,
    pressure_schema.Counts,
    justice_schema.Counts,
    investigation_schema.Counts,
    crises_schema.Counts,
):
    """Counts since the month began; kilometres, hours and days are sums."""


MINDS = Table(name="minds", row=Mind, per="resident", about="What changes in residents: each mechanism its columns.")
TALLY = Table(
    name="tally",
    row=Tally,
    per="one",
    monthly=True,
    exempt=COUNTED,
    about="Counts of the month: each mechanism its own.",
)
