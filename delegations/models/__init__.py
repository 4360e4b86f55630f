"""Rows of outbound delegations."""

from delegations.models.delegation import (
    Delegation,
    Invitation,
    ItineraryEntry,
    SendingUnit,
    Stop,
    days_between,
)
from delegations.models.documents import IN_USE, Passport, PassportMovement, Visa
from delegations.models.money import AllowanceRate, BudgetLine
from delegations.models.office import OfficeSetting, VisaRule
from delegations.models.papers import (
    AbroadNote,
    IssuedPaper,
    Publicity,
    Ticketing,
    TrainingAttendance,
    TripReport,
)
from delegations.models.people import Application, Filing, Member, Traveller
from delegations.models.plan import AnnualPlan, PlanItem
from delegations.models.settings import SettingChange

__all__ = [
    "IN_USE",
    "AbroadNote",
    "AllowanceRate",
    "AnnualPlan",
    "Application",
    "BudgetLine",
    "Delegation",
    "Filing",
    "Invitation",
    "IssuedPaper",
    "ItineraryEntry",
    "Member",
    "OfficeSetting",
    "Passport",
    "PassportMovement",
    "PlanItem",
    "Publicity",
    "SendingUnit",
    "SettingChange",
    "Stop",
    "Ticketing",
    "TrainingAttendance",
    "Traveller",
    "TripReport",
    "Visa",
    "VisaRule",
    "days_between",
]
