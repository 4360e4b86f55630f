"""The way in: lock after five wrong passwords, closed sign-up, password rules, second factor, admin."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client, override_settings

from waiban.accounts.demo import DEMO_PASSWORD
from waiban.accounts.models import PasswordRecord, User
from waiban.audit.models import AuditEvent
from waiban.core.time import now

WRONG = {"login": "outbound_clerk", "password": "no"}
RIGHT = {"login": "outbound_clerk", "password": DEMO_PASSWORD}


def test_five_wrong_passwords_lock_for_fifteen_minutes(client: Client, people: dict[str, User]) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        answers = [client.post("/accounts/login/", WRONG) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
        assert "密码连续输错 5 次，该账户已锁定 15 分钟，请稍后再试。" in answers[-1].content.decode()
        assert client.post("/accounts/login/", RIGHT).status_code == 429
        clock.shift(timedelta(minutes=15, seconds=1))
        assert client.post("/accounts/login/", RIGHT).status_code == 302
    kinds = list(AuditEvent.objects.order_by("number").values_list("kind", flat=True))
    assert kinds.count("login_failed") >= 5
    assert "locked" in kinds
    assert kinds[-1] == "login"


def test_a_lock_does_not_shut_out_colleagues_at_the_same_address(
    client: Client, people: dict[str, User]
) -> None:
    for _ in range(5):
        client.post("/accounts/login/", WRONG)
    assert client.post("/accounts/login/", RIGHT | {"login": "passport_clerk"}).status_code == 302


def test_a_forged_address_header_does_not_open_the_lock(client: Client, people: dict[str, User]) -> None:
    for number in range(5):
        client.post("/accounts/login/", WRONG, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    answer = client.post("/accounts/login/", RIGHT, headers={"X-Forwarded-For": "10.9.9.9"})
    assert answer.status_code == 429


def test_an_unknown_name_and_a_wrong_password_read_the_same(client: Client, people: dict[str, User]) -> None:
    known = client.post("/accounts/login/", WRONG).context["form"].non_field_errors()
    unknown = client.post("/accounts/login/", WRONG | {"login": "ghost"}).context["form"].non_field_errors()
    assert known == unknown == ["用户名或密码不正确。连续输错 5 次将锁定 15 分钟。"]


def test_a_name_that_is_not_an_account_is_not_written_to_audit(
    client: Client, people: dict[str, User]
) -> None:
    client.post("/accounts/login/", {"login": "My-Passw0rd-in-the-wrong-box", "password": "x"})
    assert AuditEvent.objects.get(kind="login_failed").object_text == "未知用户名"


def test_nobody_signs_up(client: Client, db: None) -> None:
    data = {"username": "new", "password1": "Aa-12345678", "password2": "Aa-12345678"}
    client.post("/accounts/signup/", data)
    assert not User.objects.exists()


def test_signing_in_and_out_is_audited_with_the_seat_of_the_time(
    client: Client, people: dict[str, User]
) -> None:
    client.post("/accounts/login/", RIGHT)
    client.post("/accounts/logout/")
    login, logout = AuditEvent.objects.order_by("number")
    assert (login.kind, login.seat, login.ip) == ("login", "出国管理科 · 经办", "127.0.0.1")
    assert logout.kind == "logout"


# Passwords


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("aB3-", "password_too_short"),
        ("abcdefghijkl", "password_kinds"),
        ("abcdefgh1234", "password_kinds"),
        ("password1234", "password_too_common"),
        ("outbound_clerk-1", "password_too_similar"),
    ],
)
def test_a_weak_password_is_refused(people: dict[str, User], password: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, people["outbound_clerk"])
    assert code in {error.code for error in refusal.value.error_list}


@pytest.mark.parametrize("password", [DEMO_PASSWORD, "中文口令abc123", "Correct-Horse-9"])
def test_a_password_of_three_kinds_is_accepted(people: dict[str, User], password: str) -> None:
    validate_password(password, people["translator"])


def test_the_last_five_passwords_are_not_taken_again(people: dict[str, User]) -> None:
    user = people["translator"]
    for number in range(6):
        user.set_password(f"Old-password-{number}")
        user.save()
    with pytest.raises(ValidationError, match="最近 5 次"):
        validate_password("Old-password-1", user)
    validate_password("Old-password-0", user)
    assert "Old-password" not in PasswordRecord.objects.first().password


def change(client: Client, old: str, new: str) -> Any:
    return client.post("/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def test_an_account_with_a_given_password_reaches_only_the_page_to_change_it(
    client: Client, people: dict[str, User]
) -> None:
    User.objects.filter(username="outbound_clerk").update(must_change_password=True)
    client.post("/accounts/login/", RIGHT)
    answer = client.get("/accounts/profile/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")
    assert change(client, DEMO_PASSWORD, "Brand-new-2026").status_code == 302
    assert client.get("/accounts/profile/").status_code == 200
    assert AuditEvent.objects.filter(kind="password_changed").count() == 1


def test_changing_the_password_ends_the_other_sessions(client: Client, people: dict[str, User]) -> None:
    other = Client()
    for browser in (client, other):
        browser.post("/accounts/login/", RIGHT)
    change(client, DEMO_PASSWORD, "Brand-new-2026")
    assert client.get("/accounts/profile/").status_code == 200
    assert other.get("/accounts/profile/").status_code == 302


@override_settings(PASSWORD_DAYS=90)
def test_a_password_of_ninety_days_must_be_changed(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["outbound_clerk"])
    assert client.get("/accounts/profile/").status_code == 200
    User.objects.update(password_changed_at=now() - timedelta(days=91))
    assert client.get("/accounts/profile/")["Location"] == "/accounts/password/change/"


# Second factor


@override_settings(MFA_REQUIRED_ROLES=["sysadmin"])
def test_a_keeper_of_the_system_must_set_up_a_second_factor_first(
    client: Client, people: dict[str, User]
) -> None:
    client.force_login(people["sysadmin"])
    assert client.get("/admin/")["Location"] == "/accounts/2fa/totp/activate/"
    TOTP.activate(people["sysadmin"], generate_totp_secret())
    assert client.get("/admin/").status_code == 200
    client.force_login(people["outbound_clerk"])
    assert client.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize("address", ["/accounts/2fa/", "/accounts/sessions/"])
def test_pages_of_security_are_there(client: Client, people: dict[str, User], address: str) -> None:
    client.post("/accounts/login/", RIGHT)
    assert client.get(address).status_code == 200


# Admin


@pytest.mark.parametrize(("username", "status"), [("sysadmin", 200), ("auditor", 302), ("director", 302)])
def test_the_administration_opens_to_the_administrator_only(
    client: Client, people: dict[str, User], username: str, status: int
) -> None:
    client.force_login(people[username])
    assert client.get("/admin/accounts/user/").status_code in {status, 403 if status != 200 else status}


def test_the_administrator_sees_no_business_data(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["sysadmin"])
    index = client.get("/admin/").content.decode()
    assert "/admin/accounts/user/" in index
    assert "/admin/places/place/" in index
    for name in ("delegations", "workflow", "documents", "audit"):
        assert f"/admin/{name}/" not in index


def test_an_account_made_by_the_administrator_must_change_its_password(
    client: Client, people: dict[str, User]
) -> None:
    client.force_login(people["sysadmin"])
    data = {
        "username": "newcomer",
        "name": "新人",
        "office": people["sysadmin"].office_id,
        "usable_password": "true",
        "password1": "Given-to-him-1",
        "password2": "Given-to-him-1",
    }
    answer = client.post("/admin/accounts/user/add/", data)
    assert answer.status_code == 302, answer.context["adminform"].errors
    assert User.objects.get(username="newcomer").must_change_password
    assert AuditEvent.objects.filter(kind="account_changed").count() == 1


def test_positions_are_given_and_ended_in_the_administration_under_the_same_rules(
    client: Client, people: dict[str, User]
) -> None:
    client.force_login(people["sysadmin"])
    department = people["outbound_clerk"].positions.get().department_id
    data = {"department": department, "role": "outbound_clerk", "since": "2026-01-01", "until": ""}
    own = client.post("/admin/accounts/position/add/", data | {"user": people["sysadmin"].pk})
    assert "不能调整自己的岗位" in own.content.decode()
    given = client.post("/admin/accounts/position/add/", data | {"user": people["translator"].pk})
    assert given.status_code == 302
    position = people["translator"].positions.get(role="outbound_clerk")
    client.post(f"/admin/accounts/position/{position.pk}/change/", {"until": "2026-02-01"})
    position.refresh_from_db()
    assert str(position.until) == "2026-02-01"
    assert set(AuditEvent.objects.values_list("kind", flat=True)) >= {"role_given", "role_taken"}


def test_nothing_is_deleted_in_the_administration(client: Client, people: dict[str, User]) -> None:
    client.force_login(people["sysadmin"])
    assert (
        client.post(f"/admin/accounts/user/{people['member1'].pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
    assert User.objects.filter(username="member1").exists()


def test_the_admin_has_no_door_of_its_own(client: Client, db: None) -> None:
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/")
