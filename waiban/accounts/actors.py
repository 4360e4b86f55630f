"""Who acts, and by which right: the value handed to every service, and the one query that makes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Cast

from waiban.accounts.enums import KEEPER_ROLES, LEADER_ROLES, ROLE_WORDS, DepartmentKind
from waiban.accounts.models import Membership, Position, User
from waiban.core.time import today

ENTERPRISE_KIND = "enterprise"


@dataclass(frozen=True, slots=True)
class Seat:
    """One right to act: a position that is held, or one lent by a principal on leave."""

    user_id: int  # whose position it is
    user_name: str
    department_id: int  # 0 for a place in an enterprise
    department: str  # short name
    department_kind: str
    role: str
    flow_key: str = ""  # scope of a lent seat; "" = all flows
    lent: bool = False  # True: acted as stand-in; the log keeps both names

    def covers(self, flow_key: str) -> bool:
        """Tell whether the seat may be used in this flow; a seat lent for one flow is no general right."""
        return not self.flow_key or self.flow_key == flow_key


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person with all seats that hold at one moment. Unknown roles give no right at all."""

    user_id: int
    name: str
    office_id: int
    seats: tuple[Seat, ...] = ()

    def _usable(self, flow_key: str) -> Iterator[Seat]:
        return (seat for seat in self.seats if seat.covers(flow_key))

    def has(self, *roles: str, flow_key: str = "") -> bool:
        """Tell whether any seat, own or lent for this flow, carries one of the roles."""
        return any(seat.role in roles for seat in self._usable(flow_key))

    def seat_for(self, role: str, department_id: int | None = None, flow_key: str = "") -> Seat | None:
        """Return the seat to act with: own seats before lent ones; None when there is none.

        department_id None means any department.
        """
        fitting = [
            seat
            for seat in self._usable(flow_key)
            if seat.role == role and department_id in (None, seat.department_id)
        ]
        return min(fitting, key=lambda seat: seat.lent, default=None)

    @property
    def roles(self) -> frozenset[str]:
        """All roles, own and lent, whatever the scope."""
        return frozenset(seat.role for seat in self.seats)

    @property
    def own_seats(self) -> tuple[Seat, ...]:
        """The seats that are the person's own, not lent."""
        return tuple(seat for seat in self.seats if not seat.lent)

    @property
    def department_ids(self) -> frozenset[int]:
        """Departments in which the person holds or stands in for a seat."""
        return frozenset(seat.department_id for seat in self.seats if seat.department_id)

    @property
    def line(self) -> str:
        """The main seat in words, "出国管理科 · 经办"; empty for somebody without a seat."""
        seat = next(iter(self.own_seats), None)
        return f"{seat.department} · {ROLE_WORDS.get(seat.role, seat.role)}" if seat else ""

    @property
    def is_office(self) -> bool:
        """Whether any business seat lies in a section of the office; keeping or auditing the system is
        none.
        """
        return any(
            seat.department_kind == DepartmentKind.OFFICE_SECTION and seat.role not in KEEPER_ROLES
            for seat in self.seats
        )

    @property
    def is_leader(self) -> bool:
        """Whether any seat decides for the office or the city (副主任、主任、市领导)."""
        return any(seat.role in LEADER_ROLES for seat in self.seats)


def actor_for(user: User, *, at: date | None = None) -> Actor:
    """Return who acts: the person with own and lent seats and places in enterprises on day `at` (default
    today).

    ONE query, whatever the number of seats; own seats come first, the main one before the others. A
    principal whose account is disabled lends nothing, lent seats are never lent on, and keeping the system
    is not lent at all.
    """
    day = at or today()
    rows = _positions(user, day).union(_memberships(user, day), all=True)
    seats = tuple(
        Seat(*row[:6], flow_key=row[6] or "", lent=row[0] != user.pk)
        for row in sorted(rows, key=lambda row: (row[0] != user.pk, not row[7], row[2], row[5]))
    )
    return Actor(user_id=user.pk, name=user.name, office_id=user.office_id, seats=seats)


def _positions(user: User, day: date) -> QuerySet:
    """The person's own positions on a day, and those of principals on leave who lend them."""
    return (
        Position.objects.current(day)
        .annotate(
            lending=FilteredRelation(
                "user__lendings",
                condition=Q(
                    user__lendings__substitute=user.pk,
                    user__lendings__revoked_at__isnull=True,
                    user__lendings__starts__lte=day,
                    user__lendings__ends__gte=day,
                ),
            )
        )
        .filter(
            Q(user=user.pk) | (Q(lending__isnull=False, user__is_active=True) & ~Q(role__in=KEEPER_ROLES))
        )
        .order_by()
        .values_list(
            "user_id",
            "user__name",
            "department_id",
            "department__short_name",
            "department__kind",
            "role",
            "lending__flow_key",
            "is_primary",
        )
    )


def _memberships(user: User, day: date) -> QuerySet:
    """The person's places in enterprises, in the shape of positions."""
    return (
        Membership.objects.current(day)
        .filter(user=user.pk)
        .order_by()
        .values_list(
            "user_id",
            "user__name",
            Value(0),
            "enterprise__name",
            Value(ENTERPRISE_KIND),
            "role",
            Cast(Value(None), CharField()),
            Value(False),
        )
    )
