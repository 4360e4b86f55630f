"""The library of official passports: registering, handing over, cancelling. Each hand-over is on record."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from delegations.enums import Custody, Movement, PassportKind
from delegations.models import IN_USE, Delegation, Member, Passport, PassportMovement, Traveller
from waiban.accounts.actors import Actor
from waiban.core.errors import Conflict
from waiban.core.time import now

MOVES: dict[Movement, tuple[frozenset[Custody], Custody]] = {
    Movement.LOAN_OUT: (frozenset({Custody.STORED}), Custody.OUT),
    Movement.COLLECT: (frozenset({Custody.OUT}), Custody.STORED),
    Movement.RELEASE: (frozenset({Custody.STORED, Custody.OUT}), Custody.RELEASED),
    Movement.RETURN: (frozenset({Custody.RELEASED}), Custody.STORED),
    Movement.CANCEL: (frozenset({Custody.STORED, Custody.OUT, Custody.RELEASED}), Custody.CANCELLED),
    Movement.LOSE: (frozenset({Custody.STORED, Custody.OUT, Custody.RELEASED}), Custody.LOST),
}
"""For each hand-over: where the document must be before it, and where it is afterwards."""


def is_permit(kind: str) -> bool:
    """Whether a kind is the permit for Hong Kong and Macao, which is held beside a passport."""
    return kind == PassportKind.HK_MACAO


@transaction.atomic
def register_passport(
    *,
    traveller: Traveller,
    kind: str,
    number: str,
    issued_on: date,
    expires_on: date,
    actor: Actor,
    pages_left: int | None = None,
    location: str = "",
    authority: str = "",
    delegation: Delegation | None = None,
) -> Passport:
    """Take a document into the library; the one it replaces is cancelled (不得同时持有两本).

    The caller has checked number and dates. Writes document and movements. `IntegrityError` when the number
    belongs to somebody else.
    """
    Traveller.objects.select_for_update().get(pk=traveller.pk)
    for old in traveller.passports.filter(custody__in=IN_USE):
        if is_permit(old.kind) is is_permit(kind):
            move_passport(
                passport=old,
                movement=Movement.CANCEL,
                actor=actor,
                delegation=delegation,
                note="换发后注销旧照",
            )
    passport = Passport(
        office_id=traveller.office_id,
        traveller=traveller,
        kind=kind,
        issued_on=issued_on,
        expires_on=expires_on,
        pages_left=pages_left,
        location=location,
    )
    passport.number = number
    if authority:
        passport.authority = authority
    passport.save()
    _note(passport, Movement.REGISTER, actor, delegation, "", "")
    return passport


@transaction.atomic
def move_passport(
    *,
    passport: Passport,
    movement: Movement,
    actor: Actor,
    delegation: Delegation | None = None,
    to_whom: str = "",
    note: str = "",
) -> Passport:
    """Hand a document over under its row lock; raises `Conflict` when it is not where it should be."""
    fresh = Passport.objects.select_for_update().get(pk=passport.pk)
    allowed, after = MOVES[movement]
    if fresh.custody not in allowed:
        raise Conflict(
            f"{fresh}目前“{Custody(fresh.custody).label}”，不能{Movement(movement).label}，请核对证照去向。",
            "CUSTODY",
        )
    fresh.custody = after
    fresh.save(update_fields=["custody"])
    passport.custody = after
    _note(fresh, movement, actor, delegation, to_whom, note)
    return fresh


def _note(
    passport: Passport, kind: Movement, actor: Actor, delegation: Delegation | None, to_whom: str, note: str
) -> None:
    PassportMovement.objects.create(
        passport=passport,
        delegation=delegation,
        kind=kind,
        at=now(),
        by_id=actor.user_id,
        to_whom=to_whom,
        note=note,
    )


def current_document(member: Member, group: Delegation) -> Passport | None:
    """Return the document a member uses on this trip: the chosen one, else the fitting one in use."""
    if member.passport_id:
        return member.passport
    fitting = [
        passport
        for passport in member.traveller.passports.filter(custody__in=IN_USE)
        if is_permit(passport.kind) is (group.category == "hk_macao")
    ]
    return max(fitting, key=lambda passport: passport.expires_on, default=None)
