"""Positions, stand-ins, the first administrator, the demo office."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import override_settings

from waiban.accounts import services
from waiban.accounts.actors import actor_for
from waiban.accounts.demo import DEMO_PASSWORD, PEOPLE, load_demo_accounts
from waiban.accounts.models import Department, Enterprise, Membership, Position, StandIn, User
from waiban.accounts.queries import possible_substitutes
from waiban.audit.models import AuditEvent
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.time import today

# Separation of duties


@pytest.fixture
def section(people: dict[str, User]) -> Department:
    return Department.objects.get(name="出国管理科")


def test_a_position_given_by_the_administrator_holds_at_once_and_is_audited(
    people: dict[str, User], section: Department
) -> None:
    admin = actor_for(people["sysadmin"])
    services.grant_position(user=people["translator"], department=section, role="outbound_clerk", actor=admin)
    assert actor_for(people["translator"]).has("outbound_clerk")
    event = AuditEvent.objects.get(kind="role_given")
    assert (event.actor_name, event.detail["role"]) == ("邵启明", "outbound_clerk")


def test_a_position_taken_ends_and_is_audited(people: dict[str, User]) -> None:
    position = people["outbound_clerk"].positions.get()
    services.end_position(position=position, actor=actor_for(people["sysadmin"]))
    assert not actor_for(people["outbound_clerk"]).seats
    assert AuditEvent.objects.get(kind="role_taken").detail["until"] == str(today() - timedelta(days=1))


def test_a_position_taken_on_its_first_day_keeps_that_day(
    people: dict[str, User], section: Department
) -> None:
    admin = actor_for(people["sysadmin"])
    given = services.grant_position(
        user=people["translator"], department=section, role="apec_clerk", actor=admin
    )
    assert services.end_position(position=given, actor=admin).until == today()


@pytest.mark.parametrize(
    ("who", "gets", "code"),
    [
        ("sysadmin", "outbound_clerk", "OWN_ROLE"),
        ("auditor", "outbound_clerk", "SEPARATION"),
        ("auditor", "sysadmin", "SEPARATION"),
        ("outbound_clerk", "auditor", "SEPARATION"),
        ("outbound_clerk", "sysadmin", "SEPARATION"),
    ],
)
def test_keeping_auditing_and_business_never_meet_in_one_person(
    people: dict[str, User], section: Department, who: str, gets: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        services.grant_position(
            user=people[who], department=section, role=gets, actor=actor_for(people["sysadmin"])
        )
    assert refusal.value.code == code


@pytest.mark.parametrize("who", ["director", "auditor", "outbound_clerk"])
def test_nobody_but_the_administrator_gives_roles(
    people: dict[str, User], section: Department, who: str
) -> None:
    with pytest.raises(Refused, match="只有系统管理员"):
        services.grant_position(
            user=people["member1"], department=section, role="outbound_clerk", actor=actor_for(people[who])
        )


def test_the_last_administrator_stays(people: dict[str, User], section: Department) -> None:
    second = User.objects.create_user("second", name="乙", office=people["sysadmin"].office)
    services.grant_position(
        user=second, department=section, role="sysadmin", actor=actor_for(people["sysadmin"])
    )
    services.end_position(position=people["sysadmin"].positions.get(), actor=actor_for(second))
    Position.objects.filter(user=people["sysadmin"]).update(until=None)
    services.end_position(position=second.positions.get(), actor=actor_for(people["sysadmin"]))
    with pytest.raises(Refused, match="最后一位系统管理员"):
        services.end_position(position=people["sysadmin"].positions.get(), actor=_other_admin(second))


def _other_admin(user: User) -> Any:
    """An administrator on paper, as one would be in another session that is not up to date."""
    Position.objects.filter(user=user).update(until=today())
    actor = actor_for(user)
    Position.objects.filter(user=user).update(
        until=today() - timedelta(days=1), since=today() - timedelta(days=1)
    )
    return actor


def test_the_same_position_cannot_overlap(people: dict[str, User], section: Department) -> None:
    with pytest.raises(BadInput, match="已任此岗位"):
        services.grant_position(
            user=people["outbound_clerk"],
            department=section,
            role="outbound_clerk",
            actor=actor_for(people["sysadmin"]),
        )


# The database itself


def test_the_database_refuses_what_the_forms_would(people: dict[str, User]) -> None:
    clerk, section = people["unit_clerk"], Department.objects.get(name="综合科")
    bad = [
        lambda: Position.objects.create(user=clerk, department=section, role="king"),
        lambda: Position.objects.create(
            user=clerk, department=section, role="finance", since=today(), until=today() - timedelta(days=1)
        ),
        lambda: StandIn.objects.create(
            principal=clerk, substitute=clerk, starts=today(), ends=today(), reason="x"
        ),
        lambda: Department.objects.create(office=clerk.office, name="综合科", short_name="x", kind="unit"),
        lambda: Department.objects.filter(pk=section.pk).update(parent=section),
        lambda: Membership.objects.create(enterprise=Enterprise.objects.get(), user=clerk, role="director"),
        lambda: Enterprise.objects.create(office=clerk.office, name="x", uscc="123456789012345678O"[:18]),
    ]
    for act in bad[:-1]:
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_wrong_check_character_of_a_firm_is_named(people: dict[str, User]) -> None:
    firm = Enterprise(office=people["unit_clerk"].office, name="x", uscc="91371600MA0DEM0X1A")
    with pytest.raises(ValidationError, match="对照营业执照核对"):
        firm.full_clean()


# Stand-ins


def name(people: dict[str, User], **changes: Any) -> StandIn:
    values = {
        "principal": people["outbound_clerk"],
        "substitute": people["passport_clerk"],
        "starts": today(),
        "ends": today() + timedelta(days=3),
        "reason": "参加培训",
    }
    return services.name_stand_in(**(values | changes))


def test_a_stand_in_is_named_audited_and_revoked(people: dict[str, User]) -> None:
    stand_in = name(people)
    assert actor_for(people["passport_clerk"]).has("outbound_clerk")
    services.revoke_stand_in(stand_in=stand_in, actor=actor_for(people["outbound_clerk"]))
    assert not actor_for(people["passport_clerk"]).has("outbound_clerk")
    assert set(AuditEvent.objects.values_list("kind", flat=True)) == {"standin_set", "standin_revoked"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts": today() - timedelta(days=1)}, "starts"),
        ({"ends": today() - timedelta(days=1)}, "ends"),
        ({"ends": today() + timedelta(days=180)}, "ends"),
        ({"substitute": "unit_clerk"}, "substitute"),
        ({"substitute": "outbound_clerk"}, "substitute"),
        ({"substitute": "sysadmin"}, "substitute"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_stand_in_that_cannot_be_says_why_at_its_field(
    people: dict[str, User], changes: dict[str, Any], field: str
) -> None:
    if "substitute" in changes:
        changes = {"substitute": people[changes["substitute"]]}
    with pytest.raises(BadInput) as refusal:
        name(people, **changes)
    assert set(refusal.value.fields) == {field}
    assert not StandIn.objects.exists()


def test_two_stand_ins_at_once_are_refused_but_after_revoking_one_can_be_named_again(
    people: dict[str, User],
) -> None:
    first = name(people)
    with pytest.raises(BadInput, match="这段时间已有委托"):
        name(people, substitute=people["outbound_chief"])
    services.revoke_stand_in(stand_in=first, actor=actor_for(people["outbound_clerk"]))
    name(people, substitute=people["outbound_chief"])


def test_only_the_principal_and_the_administrator_revoke(people: dict[str, User]) -> None:
    stand_in = name(people)
    with pytest.raises(Refused, match="只有委托人本人"):
        services.revoke_stand_in(stand_in=stand_in, actor=actor_for(people["passport_clerk"]))
    services.revoke_stand_in(stand_in=stand_in, actor=actor_for(people["sysadmin"]))
    with pytest.raises(Conflict, match="已撤销"):
        services.revoke_stand_in(stand_in=stand_in, actor=actor_for(people["sysadmin"]))


def test_a_stand_in_that_is_over_needs_no_revoking(people: dict[str, User]) -> None:
    stand_in = name(people)
    StandIn.objects.update(starts=today() - timedelta(days=2), ends=today() - timedelta(days=1))
    with pytest.raises(Conflict, match="已到期"):
        services.revoke_stand_in(stand_in=stand_in, actor=actor_for(people["outbound_clerk"]))


def test_colleagues_come_from_the_own_department_and_for_the_office_from_every_section(
    people: dict[str, User],
) -> None:
    assert {user.name for user in possible_substitutes(people["unit_clerk"])} == {"陈国梁"}
    office = {user.username for user in possible_substitutes(people["director"])}
    assert {"deputy_director", "outbound_chief", "translator"} <= office
    assert not office & {"sysadmin", "auditor", "unit_leader", "director"}


# The first administrator


@pytest.mark.django_db
def test_an_empty_office_gets_its_first_administrator_with_a_password_to_change() -> None:
    out = StringIO()
    call_command("create_first_admin", "--username", "admin", stdout=out)
    password = out.getvalue().strip().rpartition("：")[2]
    admin = User.objects.get(username="admin")
    assert admin.check_password(password)
    assert admin.must_change_password
    assert not admin.is_superuser
    assert actor_for(admin).has("sysadmin")
    call_command("create_first_admin", "--username", "other", stdout=out)
    assert "已存在" in out.getvalue()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_user_name_that_cannot_be_ends_in_a_sentence() -> None:
    with pytest.raises(CommandError):
        call_command("create_first_admin", "--username", "a b")
    assert not User.objects.exists()


# The demo office


def test_the_demo_office_is_the_same_after_a_second_load(people: dict[str, User]) -> None:
    people["member1"].set_password("Changed-meanwhile-1")
    people["member1"].save()
    counts = [model.objects.count() for model in (User, Department, Position, Membership, Enterprise)]
    again = load_demo_accounts()
    assert counts == [model.objects.count() for model in (User, Department, Position, Membership, Enterprise)]
    assert again["member1"].check_password("Changed-meanwhile-1")
    assert again["member2"].check_password(DEMO_PASSWORD)


def test_every_demo_person_has_the_role_of_the_account(people: dict[str, User]) -> None:
    assert all(actor_for(people[person.username]).roles == {person.role} for person in PEOPLE)
    assert len(people) == 28


@pytest.mark.django_db
def test_outside_demo_mode_there_are_no_demo_accounts() -> None:
    with override_settings(DEMO=False):
        with pytest.raises(Refused, match="演示模式"):
            load_demo_accounts()
        with pytest.raises(CommandError, match="演示模式"):
            call_command("demo_accounts")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_command_prints_the_accounts_that_exist_in_straight_columns() -> None:
    with pytest.raises(CommandError, match="还没有演示账户"):
        call_command("demo_accounts")
    out = StringIO()
    call_command("demo_accounts", "--create", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 30
    assert lines[0].split() == ["用户名", "姓名", "岗位"]
    assert DEMO_PASSWORD in lines[-1]
