"""The register in the browser: list, record, forms, and the workbook."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.notices.house import House
from tests.outcomes.conftest import PROMOTION, project
from waiban.accounts.actors import Actor
from waiban.accounts.enums import Role
from waiban.accounts.models import User
from waiban.core.paging import PAGE_SIZE
from waiban.core.time import today
from waiban.outcomes.forms import OutcomeForm, initial_of
from waiban.outcomes.models import Outcome
from waiban.outcomes.services import register_outcome
from waiban.workflow.models import Case

LAST_MONTH = today() - timedelta(days=30)


def typed(**more: Any) -> dict[str, Any]:
    """What a browser sends for the project of the other tests."""
    return {
        "kind": "project",
        "title": "高端铝材深加工项目",
        "signed_on": LAST_MONTH.isoformat(),
        "partner": "Example GmbH",
        "count": "1",
        "project_type": "investment",
        "amount": "6",
        "unit": "100000000",
        "currency": "CNY",
        "status": "signed",
        "evidence": "投资协议",
        "project_code": "ｂｚ－1",
        **more,
    }


@pytest.fixture
def office(house: House, client: Client) -> User:
    user = house.person(Role.OUTBOUND_CLERK, name="林晓岚")
    client.force_login(user)
    return user


def enter(case: Case, clerk: Actor, count: int = 1, **more: Any) -> list[Outcome]:
    more = {"signed_on": LAST_MONTH, "project_code": ""} | more
    return [
        register_outcome(case=case, actor=clerk, data=project(title=f"项目{number}号", **more))
        for number in range(count)
    ]


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_sums_what_is_filtered_and_not_only_the_page(
    client: Client, case: Case, clerk: Actor, office: User
) -> None:
    enter(case, clerk, PAGE_SIZE + 1)
    html = text_of(client, reverse("outcomes:list"))
    assert f"本页 {PAGE_SIZE} 行，共 {PAGE_SIZE + 1} 行" in html
    assert "237.15 亿" in html  # 51 × 4.65 亿


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements_for_one_and_for_three(
    client: Client, case: Case, clerk: Actor, office: User, count: int
) -> None:
    enter(case, clerk, count)
    with CaptureQueriesContext(connection) as counted:
        text_of(client, reverse("outcomes:list"))
    ours = [query["sql"] for query in counted if "outcomes_outcome" in query["sql"]]
    assert len(ours) == 2  # page; sums


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"甲", "乙"}),
        ("?kind=promotion", {"乙"}),
        ("?project_type=investment", {"甲"}),
        ("?status=signed", {"甲"}),
        ("?q=Example+GmbH", {"甲"}),
        ("?q=%00", set()),
        (f"?year={LAST_MONTH.year}", {"甲", "乙"}),
        ("?year=2015", set()),
        ("?due=on", {"甲"}),
        ("?kind=nonsense", set()),
        ("?cursor=broken", {"甲", "乙"}),
    ],
)
def test_filters_live_in_the_address(
    client: Client, case: Case, clerk: Actor, office: User, query: str, shown: set[str]
) -> None:
    first = project(title="成果甲", signed_on=LAST_MONTH, next_on=today())
    second = project(title="成果乙", signed_on=LAST_MONTH)
    register_outcome(case=case, actor=clerk, data=first)
    promotion = {name: getattr(PROMOTION, name) for name in ("kind", "count", "people")}
    empty = {"project_type": "", "original_amount": None, "rate": None, "project_code": "", "partner": ""}
    register_outcome(case=case, actor=clerk, data=project(title=second.title, **promotion, **empty))
    html = text_of(client, reverse("outcomes:list") + query)
    assert {name for name in "甲乙" if f"成果{name}" in html} == shown


def test_the_list_exports_exactly_what_it_shows(
    client: Client, case: Case, clerk: Actor, office: User
) -> None:
    enter(case, clerk, 2)
    enter(case, clerk, 1, signed_on=date(2020, 1, 1))
    response = client.get(reverse("outcomes:list") + f"?year={LAST_MONTH.year}&export=xlsx")
    rows = list(load_workbook(BytesIO(response.content)).active.values)
    head = rows[0]
    assert [row[head.index("名称（主题）")] for row in rows[1:3]] == ["项目1号", "项目0号"]
    assert rows[1][head.index("投资额（元）")] == 465_000_000
    assert (rows[1][head.index("原币种")], rows[1][head.index("汇率")]) == ("EUR", "7.75")
    assert rows[3][head.index("类别")] is None


def test_an_empty_register_says_where_outcomes_come_from(client: Client, office: User) -> None:
    assert "还没有登记成果" in text_of(client, reverse("outcomes:list"))
    assert "没有符合条件的成果" in text_of(client, reverse("outcomes:list") + "?kind=lead")


def test_an_amount_may_be_typed_in_the_unit_in_which_people_speak(
    client: Client, case: Case, office: User
) -> None:
    page = text_of(client, address := reverse("outcomes:create", args=[case.pk]))
    assert 'data-draft="outcome"' in page
    response = client.post(address, typed())
    outcome = Outcome.objects.get()
    assert response["Location"] == reverse("outcomes:record", args=[outcome.pk])
    assert (outcome.investment_yuan, outcome.rate) == (Decimal("600000000.00"), Decimal(1))
    assert outcome.project_code == "BZ-1"
    assert "6 亿" in text_of(client, response["Location"])


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    client: Client, case: Case, office: User
) -> None:
    given = typed(evidence="", title="保留我", currency="USD")
    response = client.post(reverse("outcomes:create", args=[case.pk]), given)
    html = response.content.decode()
    assert response.status_code == 422
    assert html.count('class="error-summary"') == 1
    assert "登记金额须写明佐证材料" in html
    assert "请填写折算汇率" in html
    assert "保留我" in html
    assert not Outcome.objects.exists()


def test_invisible_characters_are_refused_at_their_field(client: Client, case: Case, office: User) -> None:
    response = client.post(reverse("outcomes:create", args=[case.pk]), typed(title="铝\u200b材"))
    assert "不可见或控制字符" in response.content.decode()


def test_a_project_registered_by_another_case_is_named(
    client: Client, house: House, case: Case, clerk: Actor, office: User
) -> None:
    enter(case, clerk, project_code="BZ-1")
    response = client.post(reverse("outcomes:create", args=[house.case().pk]), typed())
    assert response.status_code == 422
    assert case.reference in response.content.decode()


@pytest.mark.parametrize(
    ("amount", "unit", "shown"),
    [("465000000", "100000000", "4.65"), ("123456.78", "1", "123456.78"), ("8200000", "10000", "820")],
)
def test_the_form_shows_an_amount_in_the_largest_unit_in_which_it_is_exact(
    case: Case, clerk: Actor, amount: str, unit: str, shown: str
) -> None:
    (outcome,) = enter(case, clerk, original_amount=Decimal(amount), rate=Decimal(1), currency="CNY")
    outcome.refresh_from_db()
    initial = initial_of(outcome)
    assert (initial["unit"], f"{initial['amount']:f}") == (unit, shown)
    form = OutcomeForm({name: "" if value is None else value for name, value in initial.items()})
    assert form.is_valid(), form.errors
    assert form.data_given().original_amount == Decimal(amount)


def test_a_correction_from_an_old_page_keeps_what_was_typed(
    client: Client, case: Case, clerk: Actor, office: User
) -> None:
    (outcome,) = enter(case, clerk)
    address = reverse("outcomes:edit", args=[outcome.pk])
    assert 'name="version" value="1"' in text_of(client, address)
    for version in ("7", "", "abc", "9" * 40):
        response = client.post(address, typed(title="我的修改", version=version))
        assert response.status_code == 422
        assert "刚被他人修改" in response.content.decode()
        assert "我的修改" in response.content.decode()
    client.post(address, typed(title="我的修改", version="1"))
    outcome.refresh_from_db()
    assert (outcome.title, outcome.version) == ("我的修改", 2)


def test_a_follow_up_is_written_on_the_record(client: Client, case: Case, clerk: Actor, office: User) -> None:
    (outcome,) = enter(case, clerk)
    address = reverse("outcomes:follow_up", args=[outcome.pk])
    response = client.post(
        address, {"on": today().isoformat(), "note": "已到资", "status": "funded"}, follow=True
    )
    assert "已到资" in response.content.decode()
    response = client.post(address, {"on": "2099-01-01", "note": "太早"})
    assert response.status_code == 422
    assert "跟进日期不能晚于今天" in response.content.decode()
    assert "太早" in response.content.decode()


def test_a_reader_without_the_right_sees_no_forms_and_is_refused(
    client: Client, house: House, case: Case, clerk: Actor
) -> None:
    (outcome,) = enter(case, clerk)
    client.force_login(house.person(Role.DIRECTOR))
    html = text_of(client, reverse("outcomes:record", args=[outcome.pk]))
    assert "登记跟踪情况" not in html
    for name, pk in (("create", case.pk), ("edit", outcome.pk)):
        assert client.get(reverse(f"outcomes:{name}", args=[pk])).status_code == 403
    data = {"on": today().isoformat(), "note": "x"}
    assert client.post(reverse("outcomes:follow_up", args=[outcome.pk]), data).status_code == 403


def test_strangers_find_nothing(client: Client, house: House, case: Case, clerk: Actor) -> None:
    (outcome,) = enter(case, clerk)
    client.force_login(house.person(Role.SYSADMIN))
    assert "项目0号" not in text_of(client, reverse("outcomes:list"))
    for name, pk in (("create", case.pk), ("edit", outcome.pk), ("record", outcome.pk)):
        assert client.get(reverse(f"outcomes:{name}", args=[pk])).status_code == 404
