"""What the engine is told about a delegation: facts for the conditions of the flow, and its dates.

Every fact is True, False, or None while it is not known yet.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from delegations.enums import (
    Authority,
    Category,
    Level,
    MemberRole,
    OrganizeMode,
    PassportKind,
    PassportVerdict,
    VisaResult,
)
from delegations.models import IN_USE, Delegation, Member, OfficeSetting, Passport, Visa, VisaRule
from delegations.rules.limits import Limits
from delegations.rules.person import expires_too_early
from waiban.core.time import today

SENIOR = frozenset({Level.BUREAU, Level.DEPUTY_BUREAU})


@dataclass(slots=True)
class Dossier:
    """A delegation with the rows that facts and rules are made from, read once."""

    delegation: Delegation
    limits: Limits
    stops: list[Any] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    visa_rules: dict[int, VisaRule] = field(default_factory=dict)
    documents: dict[int, list[Passport]] = field(default_factory=lambda: defaultdict(list))
    visas: dict[int, list[Visa]] = field(default_factory=lambda: defaultdict(list))
    foreign_units: bool = False

    @property
    def counted(self) -> list[Any]:
        """Stops that count as countries."""
        return [stop for stop in self.stops if not stop.inside_airport]

    @property
    def leader(self) -> Member | None:
        """The leader, once he is named."""
        return next((member for member in self.members if member.role == MemberRole.LEADER), None)

    def visa_rule(self, stop: Any) -> VisaRule:
        """How the country of a stop takes applications; without a row by sticker, at Beijing."""
        return self.visa_rules.get(stop.place_id) or VisaRule(place_id=stop.place_id)

    def document(self, member: Member) -> Passport | None:
        """The document for this trip: the chosen one, else the one of the right kind that lasts longest."""
        if member.passport_id:
            return next((p for p in self.documents[member.traveller_id] if p.pk == member.passport_id), None)
        permit = self.delegation.category == Category.HK_MACAO
        fitting = [
            passport
            for passport in self.documents[member.traveller_id]
            if passport.custody in IN_USE and (passport.kind == PassportKind.HK_MACAO) is permit
        ]
        return max(fitting, key=lambda passport: passport.expires_on, default=None)


def limits_of(office_id: int) -> Limits:
    """Return the thresholds of an office (one query)."""
    row = OfficeSetting.objects.filter(office_id=office_id).first()
    return row.limits() if row else Limits()


def open_dossier(delegation: Delegation) -> Dossier:
    """Read what facts and rules need, in seven queries whatever the size of the group."""
    found = Dossier(delegation, limits_of(delegation.case.office_id))
    found.stops = list(delegation.stops.select_related("place"))
    found.members = list(
        delegation.members.filter(left=False).select_related("traveller__department").order_by("order", "pk")
    )
    places = [stop.place_id for stop in found.stops]
    found.visa_rules = {row.place_id: row for row in VisaRule.objects.filter(place__in=places)}
    travellers = [member.traveller_id for member in found.members]
    for passport in Passport.objects.filter(traveller__in=travellers):
        found.documents[passport.traveller_id].append(passport)
    for visa in Visa.objects.filter(member__traveller__in=travellers).select_related("member"):
        found.visas[visa.member.traveller_id].append(visa)
    found.foreign_units = delegation.sending_units.exists()
    return found


def facts_of(delegation: Delegation) -> dict[str, Any]:
    """Return the facts of a delegation as the engine stores them."""
    return facts_from(open_dossier(delegation))


def facts_from(dossier: Dossier) -> dict[str, Any]:
    """Return the facts from rows that have been read."""
    return {
        "case": case_facts(dossier),
        "members": {str(member.pk): member_facts(dossier, member) for member in dossier.members},
    }


def dates_of(delegation: Delegation) -> dict[str, str | None]:
    """Return the dates of the case: the actual day where it is known, else the planned one."""
    named = {
        "exit_date": delegation.actual_exit or delegation.exit_date,
        "entry_date": delegation.actual_entry or delegation.entry_date,
    }
    return {name: day.isoformat() if day else None for name, day in named.items()}


def case_facts(dossier: Dossier) -> dict[str, bool | None]:
    """Return the facts of the whole group; what depends on its composition is unknown until it is formed."""
    group = dossier.delegation
    facts: dict[str, bool | None] = {
        "is_cross_unit": None,
        "needs_opinion": None,
        "needs_province": None,
        "exit_proof_in_use": dossier.limits.exit_proof,
        "outcomes_exist": group.has_outcomes,
    }
    leader = dossier.leader
    if leader is None or not dossier.counted or group.exit_date is None:
        return facts
    sensitive = any(stop.place.sensitive for stop in dossier.counted)
    facts["is_cross_unit"] = group.organize_mode == OrganizeMode.JOIN or dossier.foreign_units
    facts["needs_opinion"] = (
        leader.level in SENIOR or group.high_level_meeting or group.dept_consult_required or sensitive
    )
    facts["needs_province"] = group.authority == Authority.PROVINCIAL or group.needs_province_confirm
    return facts


def member_facts(dossier: Dossier, member: Member) -> dict[str, bool | None]:
    """Return the facts of one member."""
    day = dossier.delegation.exit_date or today()
    return {
        "is_classified": member.traveller.is_classified(day),
        "needs_new_document": needs_new_document(dossier, member),
        "biometrics_on_file": member.traveller.biometrics_on is not None,
        "needs_visa": needs_visa(dossier, member),
        "presence_required": presence_required(dossier, member),
        "enters_without_sticker": enters_without_sticker(dossier, member),
    }


def needs_new_document(dossier: Dossier, member: Member) -> bool | None:
    """The passport check decides; before it, a document that lasts long enough settles it (R13)."""
    if member.verdict:
        return member.verdict != PassportVerdict.VALID
    document = dossier.document(member)
    if document is None:
        return True if member.has_document is False else None
    return too_short(document, dossier.delegation.entry_date, dossier.limits)


def too_short(document: Passport, entry_date: date | None, limits: Limits) -> bool | None:
    """Whether a document cannot be used for a return on a day; None while the day is not known."""
    if document.pages_left is not None and document.pages_left < limits.blank_pages:
        return True
    return expires_too_early(document.expires_on, entry_date, limits.passport_months) if entry_date else None


def needs_visa(dossier: Dossier, member: Member) -> bool | None:
    """Step 32 decides; before it only visa-free countries or a visa still valid settle it."""
    if dossier.delegation.category == Category.HK_MACAO:
        return False
    if member.visa_needed is not None:
        return member.visa_needed
    if not dossier.counted:
        return None
    free = all(is_free(dossier, member, stop) or has_visa(dossier, member, stop) for stop in dossier.counted)
    return False if free else None


def is_free(dossier: Dossier, member: Member, stop: Any) -> bool:
    """Whether the country lets the member's document in without a visa (互免签证协定)."""
    document = dossier.document(member)
    return stop.place.visa_free_official and (document is None or document.kind != PassportKind.HK_MACAO)


def has_visa(dossier: Dossier, member: Member, stop: Any) -> bool:
    """Whether a visa from an earlier trip still covers the return from this one."""
    entry_date = dossier.delegation.entry_date
    return entry_date is not None and any(
        visa.place_id == stop.place_id
        and visa.member_id != member.pk
        and visa.result == VisaResult.ISSUED
        and visa.entries == "多次"
        and visa.expires_on is not None
        and visa.expires_on >= entry_date
        for visa in dossier.visas[member.traveller_id]
    )


def presence_required(dossier: Dossier, member: Member) -> bool | None:
    """Step 32 decides; before it, countries that never ask for presence tell that none is required."""
    if member.presence_needed is not None:
        return member.presence_needed
    if not dossier.counted:
        return None
    return None if any(stop.place.needs_presence for stop in dossier.counted) else False


def enters_without_sticker(dossier: Dossier, member: Member) -> bool | None:
    """Whether a country of the route is visa-free for the member or grants visas electronically."""
    if not dossier.counted:
        return None
    return any(dossier.visa_rule(stop).e_visa or is_free(dossier, member, stop) for stop in dossier.counted)


def authority_for(*, category: str, level: str) -> Authority:
    """Return who approves by rule: the province from deputy bureau level on and for Hong Kong and Macao.

    Source: delegations 1.2 (副厅级以上、赴港澳等按权限); the office may decide otherwise, with a reason.
    """
    if level in SENIOR or category == Category.HK_MACAO:
        return Authority.PROVINCIAL
    return Authority.MUNICIPAL
