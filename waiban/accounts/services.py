"""Acts on accounts: the first administrator, positions given and taken, stand-ins."""

from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.enums import KEEPER_ROLES, DepartmentKind, Role
from waiban.accounts.models import Department, Office, Position, StandIn, User
from waiban.accounts.queries import possible_substitutes
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.signals import noted
from waiban.core.time import now, today

__all__ = [
    "actor_for",
    "check_change",
    "check_separation",
    "create_first_admin",
    "end_position",
    "grant_position",
    "name_stand_in",
    "revoke_stand_in",
]

LONGEST_STAND_IN_DAYS = 180


@transaction.atomic
def create_first_admin(
    *, username: str, name: str, password: str, office_name: str, office_short: str
) -> User | None:
    """Write office, section and the first system administrator; None when there is one already.

    The password must be changed at the first sign-in. Raises ValidationError when it breaks the policy.
    """
    if Position.objects.current().filter(role=Role.SYSADMIN).exists():
        return None
    office = Office.objects.first() or Office.objects.create(
        name=office_name, short_name=office_short, code="office"
    )
    section, _ = Department.objects.get_or_create(
        office=office, name="综合科", defaults={"short_name": "综合科", "kind": DepartmentKind.OFFICE_SECTION}
    )
    user = User(username=username, name=name, office=office, is_staff=True, must_change_password=True)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    Position.objects.create(user=user, department=section, role=Role.SYSADMIN)
    return user


def check_separation(user: User, role: str) -> None:
    """Refuse a role that would mix keeping the system with business, or two keepers in one person (三员分立).

    Raises Refused; rule: GB/T 22239-2019 8.1.5.
    """
    held = set(Position.objects.current().filter(user=user).values_list("role", flat=True)) - {role}
    if role in KEEPER_ROLES and held:
        raise Refused("系统管理员、审计员不得兼任其他岗位（三员分立）。", "SEPARATION")
    if role not in KEEPER_ROLES and held & KEEPER_ROLES:
        raise Refused("该人员是系统管理员或审计员，不得兼任业务岗位（三员分立）。", "SEPARATION")


def _check_keeper(actor: Actor, user: User) -> None:
    if not actor.has(Role.SYSADMIN):
        raise Refused("只有系统管理员可以调整岗位。", "NOT_SYSADMIN")
    if actor.user_id == user.pk:
        raise Refused("不能调整自己的岗位，请由另一位系统管理员办理。", "OWN_ROLE")


def check_change(*, actor: Actor, user: User, role: str, held: Position) -> None:
    """Ask every rule for giving (`held` not saved yet) or ending a position; raises Refused."""
    _check_keeper(actor, user)
    if held.pk is None:
        check_separation(user, role)
    else:
        _check_not_last(held)


def _check_not_last(position: Position) -> None:
    others = Position.objects.current().filter(role=Role.SYSADMIN).exclude(pk=position.pk)
    if position.role == Role.SYSADMIN and not others.exists():
        raise Refused("这是最后一位系统管理员，不能撤销。", "LAST_SYSADMIN")


@transaction.atomic
def grant_position(
    *,
    user: User,
    department: Department,
    role: str,
    actor: Actor,
    since: date | None = None,
    until: date | None = None,
) -> Position:
    """Give a role in a department from `since` (default today) to `until` (None: open end); writes audit.

    Raises Refused for one's own account, without the seat 系统管理员, or against 三员分立; BadInput when
    the same position overlaps.
    """
    _check_keeper(actor, user)
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    check_separation(user, role)
    position = Position(user=user, department=department, role=role, since=since or today(), until=until)
    position.is_primary = not user.positions.current().filter(is_primary=True).exists()
    try:
        position.full_clean()
    except ValidationError as error:
        raise BadInput("；".join(error.messages), "POSITION") from error
    position.save()
    _note(actor, position, "role_given")
    return position


@transaction.atomic
def end_position(*, position: Position, actor: Actor, last_day: date | None = None) -> Position:
    """Let a position end with `last_day` (default yesterday, so that it ends at once); writes audit.

    Raises Refused for one's own account and for the last system administrator of the office.
    """
    _check_keeper(actor, position.user)
    _check_not_last(position)
    # A position given today ends today: the row tells that it was held.
    position.until = max(last_day or today() - timedelta(days=1), position.since)
    position.save(update_fields=["until"])
    _note(actor, position, "role_taken")
    return position


def _note(actor: Actor, position: Position, kind: str) -> None:
    noted.send(
        Position,
        request=None,
        actor_id=actor.user_id,
        kind=kind,
        object_label="accounts.user",
        object_id=str(position.user_id),
        detail={
            "department": position.department.short_name,
            "role": position.role,
            "until": str(position.until or ""),
        },
    )


@transaction.atomic
def name_stand_in(
    *, principal: User, substitute: User, starts: date, ends: date, reason: str, flow_key: str = ""
) -> StandIn:
    """Lend all seats of `principal` to `substitute` for some days, both days included; writes audit.

    flow_key "" = all flows. Raises BadInput with a sentence per field: dates in the past or out of order,
    too long, a person who may not be chosen, days that overlap with another stand-in.
    """
    problems = _stand_in_problems(principal, substitute, starts, ends)
    if problems:
        raise BadInput(problems, "STAND_IN")
    stand_in = StandIn(
        principal=principal, substitute=substitute, starts=starts, ends=ends, reason=reason, flow_key=flow_key
    )
    try:
        stand_in.full_clean()
    except ValidationError as error:
        named = error.message_dict
        raise BadInput(
            {name.replace("__all__", ""): "；".join(said) for name, said in named.items()}
        ) from error
    stand_in.save()
    _note_stand_in(stand_in, "standin_set", principal.pk)
    return stand_in


def _stand_in_problems(principal: User, substitute: User, starts: date, ends: date) -> dict[str, str]:
    problems = {}
    if starts < today():
        problems["starts"] = "开始日期不能早于今天。"
    if ends < starts:
        problems["ends"] = "结束日期不能早于开始日期。"
    elif (ends - starts).days >= LONGEST_STAND_IN_DAYS:
        problems["ends"] = f"一次委托最长 {LONGEST_STAND_IN_DAYS} 天，更长的请由系统管理员调整岗位。"
    if not possible_substitutes(principal).filter(pk=substitute.pk).exists():
        problems["substitute"] = "只能委托给本部门（外办人员可选各科室）在岗的同事。"
    return problems


@transaction.atomic
def revoke_stand_in(*, stand_in: StandIn, actor: Actor) -> StandIn:
    """End a stand-in at once; by the principal himself or a system administrator. Writes audit.

    Raises Refused for anybody else, Conflict when it was revoked or is over already.
    """
    stand_in = StandIn.objects.select_for_update(of=("self",)).get(pk=stand_in.pk)
    if actor.user_id != stand_in.principal_id and not actor.has(Role.SYSADMIN):
        raise Refused("只有委托人本人或系统管理员可以撤销委托。", "NOT_PRINCIPAL")
    if stand_in.revoked_at:
        raise Conflict("该委托已撤销。", "REVOKED")
    if stand_in.ends < today():
        raise Conflict("该委托已到期，无需撤销。", "OVER")
    stand_in.revoked_at = now()
    stand_in.save(update_fields=["revoked_at"])
    _note_stand_in(stand_in, "standin_revoked", actor.user_id)
    return stand_in


def _note_stand_in(stand_in: StandIn, kind: str, actor_id: int) -> None:
    noted.send(
        StandIn,
        request=None,
        actor_id=actor_id,
        kind=kind,
        object_label="accounts.standin",
        object_id=str(stand_in.pk),
        detail={
            "substitute": stand_in.substitute.name,
            "starts": str(stand_in.starts),
            "ends": str(stand_in.ends),
            "flow_key": stand_in.flow_key,
        },
    )
