"""A new delegation from the page: each fact once, faults at their place, one number for a double click."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from delegations.models import Delegation
from waiban.accounts.models import Department, User
from waiban.core import drafts
from waiban.core.models import Draft
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.models import WorkItem

NEW = "/delegations/new/"

People = Mapping[str, User]


@pytest.fixture
def clerk(people: People) -> Client:
    """The clerk of a unit, signed in."""
    client = Client()
    client.force_login(people["unit_clerk"])
    return client


def typed(people: People, **changes: Any) -> dict[str, Any]:
    """What a browser sends for five days in the United States."""
    data = {
        "department": Department.objects.get(name="市商务局").pk,
        "name": "赴美国经贸招商团组",
        "category": "trade",
        "place_1": Place.objects.get(code="US").pk,
        "exit_date": (today() + timedelta(days=100)).isoformat(),
        "entry_date": (today() + timedelta(days=104)).isoformat(),
    }
    return data | changes


def test_a_new_delegation_lands_on_its_record_where_the_first_step_is_ready(
    people: People, clerk: Client
) -> None:
    answer = clerk.post(NEW, typed(people, fast="on", is_investment="on"), follow=True)
    group = Delegation.objects.get()
    assert answer.redirect_chain == [(f"/delegations/{group.pk}/", 302)]
    page = answer.content.decode()
    assert "团组已建立，编号" in page
    assert "办理：1 年度出访计划申报" in page
    assert WorkItem.objects.get(case=group.pk, step_key="annual_plan_declare").state == "ready"
    assert group.case.mode == "fast"
    assert group.is_investment
    assert [stop.place.code for stop in group.stops.all()] == ["US"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"entry_date": "2020-01-01"}, "回国日期不得早于出境日期"),
        ({"exit_date": "2020-01-01"}, "计划出境日期不能早于今天"),
        ({"exit_date": "下周"}, "不是有效日期"),
        ({"name": ""}, "请填写团组名称"),
        ({"name": "赴美国\u200b团组"}, "不可见或控制字符"),
        ({"name": "团" * 61}, "60"),
        ({"place_1": ""}, "请选择国家（地区）一"),
        ({"category": "taiwan"}, "选择"),
        ({"department": "99999"}, "选择"),
    ],
)
def test_a_fault_is_said_at_its_field_and_nothing_is_lost(
    people: People, clerk: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = clerk.post(NEW, typed(people, task_summary="洽谈铝产业项目", **changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "洽谈铝产业项目" in page
    assert not Delegation.objects.exists()


def test_too_long_a_stay_is_refused_with_the_rule(people: People, clerk: Client) -> None:
    later = (today() + timedelta(days=110)).isoformat()
    page = clerk.post(NEW, typed(people, entry_date=later)).content.decode()
    assert "上限 5 天" in page


def test_the_same_country_twice_is_refused(people: People, clerk: Client) -> None:
    page = clerk.post(NEW, typed(people, place_2=Place.objects.get(code="US").pk)).content.decode()
    assert "同一国家（地区）请只选一次" in page


def test_a_second_click_takes_no_second_number(people: People, clerk: Client) -> None:
    clerk.post(NEW, typed(people))
    answer = clerk.post(NEW, typed(people), follow=True)
    assert Delegation.objects.count() == 1
    assert "没有重复建立" in answer.content.decode()


def test_the_draft_is_dropped_when_the_delegation_stands(people: People, clerk: Client) -> None:
    drafts.save(people["unit_clerk"], "delegation-new", "new", {"name": ["赴美国"]})
    clerk.post(NEW, typed(people))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("username", ["finance", "member1", "passport_clerk", "auditor", "sysadmin"])
def test_others_are_told_who_may(people: People, username: str) -> None:
    client = Client()
    client.force_login(people[username])
    for answer in (client.get(NEW), client.post(NEW, typed(people))):
        assert answer.status_code == 403
        assert "可以新建团组" in answer.content.decode()
    assert not Delegation.objects.exists()


def test_a_clerk_cannot_start_one_for_another_unit(people: People, clerk: Client) -> None:
    other = Department.objects.filter(kind="unit").exclude(name="市商务局").first()
    assert clerk.post(NEW, typed(people, department=other.pk)).status_code == 422
    assert not Delegation.objects.exists()


def test_the_office_may_start_one_on_behalf_of_a_unit(people: People) -> None:
    client = Client()
    client.force_login(people["outbound_clerk"])
    client.post(NEW, typed(people))
    assert Delegation.objects.get().case.department.name == "市商务局"
