"""Profile and stand-ins in the browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from waiban.accounts import scopes
from waiban.accounts.models import StandIn, User
from waiban.core import context, menu
from waiban.core.time import today


@pytest.fixture
def clerk(client: Client, people: dict[str, User]) -> Client:
    client.force_login(people["outbound_clerk"])
    return client


def data(people: dict[str, User], **changes: Any) -> dict[str, Any]:
    return {
        "substitute": people["passport_clerk"].pk,
        "starts": today().isoformat(),
        "ends": (today() + timedelta(days=2)).isoformat(),
        "flow_key": "",
        "reason": "参加培训",
    } | changes


def test_the_profile_shows_seats_and_saves_contact(clerk: Client, people: dict[str, User]) -> None:
    page = clerk.get("/accounts/profile/").content.decode()
    assert "外办出国管理科经办" in page
    answer = clerk.post("/accounts/profile/", {"email": "lin@example.cn", "phone": "138 1234-5678"})
    assert answer.status_code == 302
    user = User.objects.get(username="outbound_clerk")
    assert (user.email, user.phone.reveal()) == ("lin@example.cn", "13812345678")
    assert "13812345678" not in clerk.get("/accounts/profile/").content.decode()


@pytest.mark.parametrize("phone", ["abc", "12", "1" * 16, "138\u200b12345678"])
def test_a_phone_that_is_none_is_refused_at_its_field(clerk: Client, phone: str) -> None:
    answer = clerk.post("/accounts/profile/", {"email": "", "phone": phone})
    assert answer.status_code == 422
    assert answer.context["form"].errors["phone"]


def test_a_stand_in_is_named_shown_to_both_and_revoked(clerk: Client, people: dict[str, User]) -> None:
    assert clerk.post("/accounts/standins/", data(people)).status_code == 302
    page = clerk.get("/accounts/standins/").content.decode()
    assert "韩雪" in page
    assert "生效中" in page
    other = Client()
    other.force_login(people["passport_clerk"])
    assert "林晓岚" in other.get("/accounts/standins/").content.decode()
    stand_in = StandIn.objects.get()
    assert other.post(f"/accounts/standins/{stand_in.pk}/revoke/").status_code == 403
    assert clerk.post(f"/accounts/standins/{stand_in.pk}/revoke/").status_code == 302
    assert "已撤销" in clerk.get("/accounts/standins/").content.decode()


def test_a_stranger_does_not_learn_that_a_stand_in_exists(clerk: Client, people: dict[str, User]) -> None:
    clerk.post("/accounts/standins/", data(people))
    stranger = Client()
    stranger.force_login(people["unit_clerk"])
    assert stranger.post(f"/accounts/standins/{StandIn.objects.get().pk}/revoke/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"ends": "2020-01-01"}, "ends", "结束日期不能早于开始日期。"),
        ({"starts": "nonsense"}, "starts", "请输入有效日期。"),
        ({"substitute": ""}, "substitute", "请选择受托人。"),
        ({"substitute": "999999999999999999999"}, "substitute", "只能委托给名单中的同事。"),
        ({"reason": ""}, "reason", "请填写事由。"),
        ({"reason": "a\u202eb"}, "reason", "含有不可见或控制字符，请删除后重新输入。"),
        ({"flow_key": "invented"}, "flow_key", None),
    ],
)
def test_bad_input_is_named_at_its_field_and_keeps_the_rest(
    clerk: Client, people: dict[str, User], changes: dict[str, Any], field: str, sentence: str | None
) -> None:
    answer = clerk.post("/accounts/standins/", data(people, **changes))
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert set(errors) == {field}
    assert sentence is None or errors[field] == [sentence]
    assert not StandIn.objects.exists()
    if field != "reason":
        assert "参加培训" in answer.content.decode()


def test_days_that_overlap_are_named_above_the_form(clerk: Client, people: dict[str, User]) -> None:
    clerk.post("/accounts/standins/", data(people))
    answer = clerk.post("/accounts/standins/", data(people, substitute=people["outbound_chief"].pk))
    assert answer.context["form"].non_field_errors() == ["这段时间已有委托，请先撤销原委托。"]


def test_a_scope_that_a_business_registered_can_be_chosen(
    clerk: Client, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scopes, "_SCOPES", {})
    scopes.register("delegation", "因公出访")
    assert clerk.post("/accounts/standins/", data(people, flow_key="delegation")).status_code == 302
    assert "因公出访" in clerk.get("/accounts/standins/").content.decode()
    assert scopes.label_of("gone") == "gone"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_stand_ins_takes_the_same_queries_whatever_its_length(
    clerk: Client,
    people: dict[str, User],
    rows: int,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The frame of other apps (badges, year of the calendar) is counted by their own tests.
    monkeypatch.setattr(menu, "_ITEMS", {})
    monkeypatch.setattr(context, "_PROVIDERS", {})
    for number in range(rows):
        day = today() + timedelta(days=number)
        values = {"starts": day, "ends": day, "reason": "x"}
        clerk_, colleague = people["outbound_clerk"], people["passport_clerk"]
        StandIn.objects.create(principal=clerk_, substitute=colleague, **values)
    clerk.get("/healthz")
    # session, user, my departments, lent by me, lent to me, actor, people to choose from, office
    with django_assert_num_queries(8):
        clerk.get("/accounts/standins/")
