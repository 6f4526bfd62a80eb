"""Columns of residents and of the monthly counts, collected from the schemas of all mechanisms."""

from __future__ import annotations

from model.community.collective_violence import schema as collective_violence_schema
from model.community.communal_authority import schema as communal_authority_schema
from model.community.consent import schema as consent_schema
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
from model.engine.tables import COUNTED_MONTHLY, RowTableSpec
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


class ResidentState(
    ledger_schema.TrustBelief,
    ledger_schema.ContactTimes,
    fear_schema.FearState,
    population_change_schema.OutsideHarm,
    justice_schema.ComplaintExperience,
    gangs_schema.GangMembership,
    extortion_schema.ExtortionHistory,
    reporting_schema.ReportingHistory,
    contacts_schema.Acquaintance,
):
    """State of a resident: the columns of all mechanisms, those of trust first."""


class MonthlyCounts(
    crime_counts_schema.CrimeFunnelCounts,
    population_change_schema.PopulationChangeCounts,
    practices_schema.PracticeCounts,
    adoption_schema.AdoptionCounts,
    resources_schema.ResourceCounts,
    roster_schema.RosterCounts,
    minutes_schema.MinuteCounts,
    communal_authority_schema.CommunalAuthorityCounts,
    deliberation_schema.DeliberationCounts,
    consent_schema.ConsentCounts,
    plans_schema.PlanCounts,
    patrol_schema.PatrolCounts,
    narcos_schema.NarcoCounts,
    mayor_schema.MayorCounts,
    chief_schema.ChiefCounts,
    capture_schema.CaptureCounts,
    offenders_schema.OffenderCounts,
    near_repeat_schema.NearRepeatCounts,
    guards_schema.GuardCounts,
    deterrence_schema.DeterrenceCounts,
    problem_work_schema.ProblemWorkCounts,
    crime_schema.CrimeCounts,
    extortion_schema.ExtortionCounts,
    heavy_hand_schema.HeavyHandCounts,
    cliques_schema.CliqueCounts,
    domestic_violence_schema.DomesticViolenceCounts,
    seeking_help_schema.SeekingHelpCounts,
    land_conflicts_schema.LandConflictCounts,
    calls_schema.CallCounts,
    response_schema.ResponseCounts,
    collective_violence_schema.CollectiveViolenceCounts,
    contacts_schema.ContactCounts,
    misconduct_schema.MisconductCounts,
    consultation_schema.ConsultationCounts,
    information_schema.InformationCounts,
    pressure_schema.PressureCounts,
    justice_schema.JusticeCounts,
    investigation_schema.InvestigationCounts,
    crises_schema.CrisisCounts,
):
    """Counts since the beginning of the month; kilometres, hours and days are sums."""


MINDS = RowTableSpec(
    name="minds", row=ResidentState, per="resident", about="What changes in residents: each mechanism its columns."
)
TALLY = RowTableSpec(
    name="tally",
    row=MonthlyCounts,
    per="one",
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Counts of the month: each mechanism its own.",
)
