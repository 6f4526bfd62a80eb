"""Columns of residents and of the monthly counts, collected from all mechanisms."""

from __future__ import annotations

from model.community import collective_violence, communal_authority, consent, consultation, deliberation, land_conflicts
from model.crime import crime, crime_counts, deterrence, domestic_violence, guards, lasting_risk, near_repeat, offenders
from model.engine.tables import COUNTED_MONTHLY, RowTableSpec
from model.gangs import capture, cliques, extortion, gangs, narcos
from model.justice import investigation, justice
from model.police import (
    adoption,
    chief,
    contacts,
    minutes,
    misconduct,
    patrol,
    plans,
    practices,
    pressure,
    resources,
    roster,
)
from model.politics import crises, heavy_hand, mayor
from model.problems import problem_work, solved_problems
from model.reporting import calls, information, reporting, response, seeking_help
from model.residents import population_change
from model.trust import fear, ledger, service


class ResidentState(
    ledger.TrustBelief,
    ledger.ContactTimes,
    fear.FearState,
    population_change.OutsideHarm,
    service.ServiceExperience,
    gangs.GangMembership,
    extortion.ExtortionHistory,
    reporting.ReportingHistory,
    contacts.Acquaintance,
):
    """State of a resident: the columns of all mechanisms, those of trust first."""


class MonthlyCounts(
    crime_counts.CrimeFunnelCounts,
    population_change.PopulationChangeCounts,
    practices.PracticeCounts,
    adoption.AdoptionCounts,
    resources.ResourceCounts,
    roster.RosterCounts,
    minutes.MinuteCounts,
    communal_authority.CommunalAuthorityCounts,
    deliberation.DeliberationCounts,
    consent.ConsentCounts,
    plans.PlanCounts,
    patrol.PatrolCounts,
    narcos.NarcoCounts,
    mayor.MayorCounts,
    chief.ChiefCounts,
    capture.CaptureCounts,
    offenders.OffenderCounts,
    lasting_risk.LastingRiskCounts,
    near_repeat.NearRepeatCounts,
    guards.GuardCounts,
    deterrence.DeterrenceCounts,
    problem_work.ProblemWorkCounts,
    solved_problems.SolvedProblemCounts,
    crime.CrimeCounts,
    extortion.ExtortionCounts,
    heavy_hand.HeavyHandCounts,
    cliques.CliqueCounts,
    domestic_violence.DomesticViolenceCounts,
    seeking_help.SeekingHelpCounts,
    land_conflicts.LandConflictCounts,
    calls.CallCounts,
    response.ResponseCounts,
    collective_violence.CollectiveViolenceCounts,
    contacts.ContactCounts,
    misconduct.MisconductCounts,
    consultation.ConsultationCounts,
    information.InformationCounts,
    pressure.PressureCounts,
    justice.JusticeCounts,
    investigation.InvestigationCounts,
    crises.CrisisCounts,
):
    """Counts since the beginning of the month; kilometres, hours and days are sums."""


MINDS = RowTableSpec(
    name="minds",
    row=ResidentState,
    per="resident",
    about="What changes in residents; each mechanism has its own columns.",
)
TALLY = RowTableSpec(
    name="tally",
    row=MonthlyCounts,
    per="one",
    monthly=True,
    exempt=COUNTED_MONTHLY,
    about="Counts of the month; each mechanism has its own.",
)
