"""Official papers of a delegation and their numbers."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from delegations.enums import PaperKind
from delegations.models import Delegation, IssuedPaper, Member, OfficeSetting
from waiban.accounts.actors import Actor
from waiban.core.errors import BadInput
from waiban.documents.services import take_number

PREFIXES = {
    PaperKind.ACCEPTANCE: "滨外出受",
    PaperKind.NOTE_VERBALE: "滨外照",
    PaperKind.EXIT_PROOF: "滨外证",
    PaperKind.ARCHIVE: "滨外档",
    PaperKind.TASK_NOTICE: "滨外通",
}
"""Default prefixes of the office's own series; that of the task approval is a setting."""


def number_for(kind: PaperKind, group: Delegation, actor: Actor) -> str:
    """Take the next number of the series for a kind of paper; gaps and doubles are impossible."""
    office_id = group.case.office_id
    if kind in (PaperKind.APPROVAL, PaperKind.CONFIRMATION):
        setting = OfficeSetting.objects.filter(office_id=office_id).first() or OfficeSetting()
        prefix = setting.paper_prefix
    else:
        prefix = PREFIXES[kind]
    return str(
        take_number(office_id=office_id, prefix=prefix, actor=actor, case_id=group.pk, subject=group.name)
    )


def record_paper(
    *,
    group: Delegation,
    kind: PaperKind,
    issued_on: date,
    number: str = "",
    issuer: str = "",
    summary: str = "",
    member: Member | None = None,
) -> IssuedPaper:
    """File a paper of the group, in place of the one of an earlier round, which is voided.

    Raises `BadInput` on "number" when the number is used by another paper, also a voided one.
    """
    before = IssuedPaper.objects.filter(delegation=group, kind=kind, member=member, void=False)
    same = before.filter(number=number).first()
    try:
        with transaction.atomic():
            if same is not None:
                same.issued_on, same.issuer, same.summary = issued_on, issuer, summary
                same.save(update_fields=["issued_on", "issuer", "summary"])
                return same
            before.update(void=True)
            return IssuedPaper.objects.create(
                office_id=group.case.office_id,
                delegation=group,
                member=member,
                kind=kind,
                number=number,
                issued_on=issued_on,
                issuer=issuer,
                summary=summary,
            )
    except IntegrityError:
        raise BadInput({"number": "该文号已被使用，作废的文号也不得再用，请核对。"}) from None
