"""Questions about accounts that are more than one filter."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from waiban.accounts.enums import KEEPER_ROLES, DepartmentKind
from waiban.accounts.models import Office, Position, User

_NO_OFFICE = Office(name="外办一点通", short_name="外办")


def office_of(request: HttpRequest) -> Office:
    """Return the office of the signed-in person; for a visitor the first office, or a nameless one before
    setup.
    """
    known: Office | None = getattr(request, "_office", None)
    if known is None:
        found = (
            request.user.office if request.user.is_authenticated else Office.objects.order_by("pk").first()
        )
        known = request._office = found or _NO_OFFICE
    return known


def possible_substitutes(user: User) -> QuerySet[User]:
    """Return the people whom `user` may name as stand-in, by name.

    They sit in one of his departments or, for people of the office, in any section of it: a leader's
    stand-in is usually another section's chief. Members of delegations and keepers of the system are never
    stand-ins.
    """
    mine = Position.objects.current().filter(user=user).values_list("department_id", "department__kind")
    near = Q(department_id__in=[pk for pk, _ in mine])
    if any(kind == DepartmentKind.OFFICE_SECTION for _, kind in mine):
        near |= Q(department__kind=DepartmentKind.OFFICE_SECTION, department__office_id=user.office_id)
    seats = (
        Position.objects.current()
        .filter(near, user=OuterRef("pk"))
        .exclude(role__in=["member", *KEEPER_ROLES])
    )
    return User.objects.active().filter(Exists(seats)).exclude(pk=user.pk).order_by("name")
