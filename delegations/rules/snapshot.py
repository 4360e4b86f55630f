"""Everything the rules need to know about a delegation, taken once, without queries."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from delegations.enums import (
    Category,
    EntryKind,
    InviterKind,
    Level,
    MemberRole,
    OrganizeMode,
    PlanType,
    Secrecy,
)


@dataclass(frozen=True, slots=True)
class StopView:
    """One country or region of the route; `counts` is False for a transit that stays inside the airport."""

    code: str
    name: str
    continent: str = ""
    long_haul: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class MemberView:
    """One member as the rules see him; `trips` are exit dates of his official trips already approved."""

    name: str
    role: str = MemberRole.MEMBER
    level: str = Level.BELOW_DIVISION
    unit: str = ""
    in_leadership: bool = False
    retired: bool = False
    birth: date | None = None
    has_document: bool | None = None
    document_expires: date | None = None
    blank_pages: int | None = None
    trips: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class InvitationView:
    """One letter of invitation: who sends it, when, and for which days."""

    inviter: str
    kind: str = InviterKind.GOVERNMENT
    stop: str = ""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    translated: bool = False
    no_agent: bool = True


@dataclass(frozen=True, slots=True)
class EntryView:
    """One half day of the programme."""

    day: date
    half: int
    kind: str = EntryKind.OFFICIAL


@dataclass(frozen=True, slots=True)
class BudgetView:
    """Sums of the budget in yuan; `unexplained` counts lines over the standard without a reason."""

    total: Decimal = Decimal(0)
    lines: int = 0
    unexplained: int = 0


@dataclass(frozen=True, slots=True)
class OtherGroup:
    """Another group with the same inviter and country, for the suspicion of splitting."""

    reference: str
    inviter: str
    stop: str
    exit_date: date
    entry_date: date
    members: int


@dataclass(frozen=True, slots=True)
class PublicityView:
    """The notice before the trip; `workdays` are whole working days between start and end, both included."""

    starts_on: date
    ends_on: date
    workdays: int
    clear: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A delegation at one moment."""

    category: str = Category.TRADE
    plan_type: str = PlanType.CONTROLLED
    organize_mode: str = OrganizeMode.OWN
    secrecy: str = Secrecy.ORDINARY
    exit_date: date | None = None
    entry_date: date | None = None
    stops: tuple[StopView, ...] = ()
    members: tuple[MemberView, ...] = ()
    invitations: tuple[InvitationView, ...] = ()
    entries: tuple[EntryView, ...] = ()
    budget: BudgetView = field(default_factory=BudgetView)
    budget_audited: bool | None = None
    publicity: PublicityView | None = None
    submitted_on: date | None = None
    plan_item: bool = False
    plan_item_approved: bool = False
    plan_people: int | None = None
    plan_days: int | None = None
    plan_places: tuple[str, ...] = ()
    plan_note: str = ""
    quota_left: int | None = None
    task_notice_no: str = ""
    others: tuple[OtherGroup, ...] = ()

    @property
    def days(self) -> int | None:
        """Days abroad, the day of exit and the day of entry included (R5); None while a date is missing."""
        if self.exit_date is None or self.entry_date is None:
            return None
        return (self.entry_date - self.exit_date).days + 1

    @property
    def countries(self) -> int:
        """Countries and regions that count, stops inside an airport left out (R2)."""
        return len({stop.code for stop in self.stops if stop.counts})

    @property
    def long_haul(self) -> bool:
        """Whether the route goes to Latin America or Africa, where connections are poor (R4)."""
        return any(stop.long_haul for stop in self.stops if stop.counts)

    @property
    def free_of_quota(self) -> bool:
        """Teaching and research staff are managed apart: no limit of people, days or frequency (R17)."""
        return self.category == Category.TEACHING
