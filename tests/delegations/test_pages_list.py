"""The list of delegations: who sees what, filters in the address, what it costs, what leaves as Excel."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.models import Delegation
from delegations.services import create_delegation
from tests.delegations.desk import team
from waiban.accounts.actors import actor_for
from waiban.accounts.models import User
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow import engine
from waiban.workflow.enums import Mode
from waiban.workflow.models import Case

LIST = "/delegations/"

People = Mapping[str, User]
Make = Callable[..., Delegation]


def sign_in(people: People, username: str) -> Client:
    """Sign one of the demo people in."""
    client = Client()
    client.force_login(people[username])
    return client


@pytest.fixture
def make(people: People) -> Make:
    """Start delegations of the unit, all to the United States unless said otherwise."""

    def start(name: str = "赴美国经贸招商团组", *, place: str = "US", **more: object) -> Delegation:
        fields = {
            "name": name,
            "exit_date": today() + timedelta(days=200),
            "entry_date": today() + timedelta(days=204),
        }
        extra = {key: more.pop(key) for key in ("members", "mode") if key in more}
        return create_delegation(
            actor=actor_for(people["unit_clerk"]),
            fields=fields | more,
            stops=[{"place": Place.objects.get(code=place)}],
            **extra,
        )

    return start


def read(client: Client, **query: str) -> str:
    """Fetch the list."""
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return answer.content.decode()


def test_the_unit_sees_its_own_and_the_office_all(people: People, make: Make) -> None:
    make()
    assert "赴美国经贸招商团组" in read(sign_in(people, "unit_clerk"))
    assert "赴美国经贸招商团组" in read(sign_in(people, "outbound_clerk"))
    assert "赴美国经贸招商团组" in read(sign_in(people, "director"))


def test_an_authority_sees_only_what_was_offered_to_it(people: People, make: Make) -> None:
    make()
    assert "赴美国经贸招商团组" not in read(sign_in(people, "finance"))


@pytest.mark.parametrize("username", ["translator", "sysadmin", "auditor", "enterprise_agent"])
def test_who_has_no_part_is_told_so(people: People, make: Make, username: str) -> None:
    make()
    answer = sign_in(people, username).get(LIST)
    assert answer.status_code == 403
    assert "赴美国经贸招商团组" not in answer.content.decode()


def test_a_member_is_led_to_his_phone_page(people: People) -> None:
    assert sign_in(people, "member1").get(LIST).url == "/delegations/my/"


def test_a_visitor_is_asked_to_sign_in(people: People) -> None:
    assert Client().get(LIST).status_code == 302


def test_an_empty_list_says_what_to_do_first(people: People) -> None:
    assert "先新建一个团组" in read(sign_in(people, "unit_clerk"))
    page = read(sign_in(people, "director"))
    assert "还没有在办的团组" in page
    assert "/delegations/new/" not in page


def test_the_list_costs_the_same_with_one_row_and_with_three(people: People, make: Make) -> None:
    client = sign_in(people, "outbound_clerk")
    make(members=team(people))
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        read(client)
    make()
    make()
    with CaptureQueriesContext(connection) as three:
        assert "共 3 个团组" in read(client)
    assert len(one) == len(three) == 14


def test_people_are_added_up(people: People, make: Make) -> None:
    make(members=team(people))
    make()
    page = read(sign_in(people, "outbound_clerk"))
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
    assert "合计" in foot
    assert ">2<" in foot


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "日本"}, "赴日本友城交流团组"),
        ({"q": "2号"}, "赴日本友城交流团组"),
        ({"category": "sister_city"}, "赴日本友城交流团组"),
        ({"mode": "fast"}, "赴日本友城交流团组"),
        ({"exit_from": "2027-05-01", "exit_to": "2027-05-31"}, "赴日本友城交流团组"),
        ({"year": "2027"}, "赴日本友城交流团组"),
    ],
)
def test_each_filter_leaves_what_was_asked_for(
    people: People, make: Make, query: dict[str, str], shown: str
) -> None:
    make(exit_date=date(2028, 3, 1), entry_date=date(2028, 3, 5))
    make(
        "赴日本友城交流团组",
        place="JP",
        category="sister_city",
        mode=Mode.FAST,
        exit_date=date(2027, 5, 10),
        entry_date=date(2027, 5, 14),
    )
    page = read(sign_in(people, "outbound_clerk"), **query)
    assert shown in page
    assert "赴美国经贸招商团组" not in page.split("<tbody>")[1]
    assert "去掉这个条件" in page


def test_a_country_a_unit_and_a_stage_can_be_asked_for(people: People, make: Make) -> None:
    make(members=team(people))
    client = sign_in(people, "outbound_clerk")
    unit = Case.objects.get().department_id
    here = {"place": str(Place.objects.get(code="US").pk), "department": str(unit), "stage": "prepare"}
    assert "赴美国经贸招商团组" in read(client, **here)
    assert "没有符合条件的团组" in read(client, place=str(Place.objects.get(code="JP").pk))
    assert "没有符合条件的团组" in read(client, stage="visa")


def test_ended_cases_are_shown_only_when_asked_for(people: People, make: Make) -> None:
    group = make()
    engine.withdraw(case_id=group.pk, actor=actor_for(people["unit_clerk"]), reason="改期")
    client = sign_in(people, "outbound_clerk")
    assert "赴美国经贸招商团组" not in read(client)
    assert "赴美国经贸招商团组" in read(client, status="withdrawn")
    assert "赴美国经贸招商团组" in read(client, status="all")


@pytest.mark.parametrize(
    "query",
    [
        {"year": "abc"},
        {"department": "99999999999999999999"},
        {"place": "x"},
        {"exit_from": "昨天"},
        {"light": "blue"},
        {"sort": "sideways"},
        {"cursor": "###"},
        {"q": "a\0b"},
    ],
)
def test_nonsense_in_the_address_is_ignored(people: People, make: Make, query: dict[str, str]) -> None:
    make()
    assert "赴美国经贸招商团组" in read(sign_in(people, "outbound_clerk"), **query)


def test_the_newest_can_stand_first(people: People, make: Make) -> None:
    make("甲团组", exit_date=today() + timedelta(days=120), entry_date=today() + timedelta(days=124))
    make("乙团组")
    client = sign_in(people, "outbound_clerk")
    by_slack, newest = read(client), read(client, sort="newest")
    assert by_slack.index("甲团组") < by_slack.index("乙团组")
    assert newest.index("乙团组") < newest.index("甲团组")


def test_pages_follow_one_another_without_gap(
    people: People, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delegations.views.lists.PAGE", 2)
    for number in range(5):
        make(f"第{number}团组")
    client, seen, query = sign_in(people, "outbound_clerk"), [], {}
    for _ in range(3):
        answer = client.get(LIST, query)
        seen += [row.case.title for row in answer.context["rows"]]
        query = {"cursor": answer.context["page"].next_cursor}
    assert sorted(seen) == [f"第{number}团组" for number in range(5)]
    assert query == {"cursor": ""}


def test_excel_holds_exactly_what_is_filtered(people: People, make: Make) -> None:
    make()
    make("赴日本友城交流团组", place="JP", members=team(people))
    answer = sign_in(people, "outbound_clerk").get(LIST, {"export": "1", "q": "日本"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    titles = [cell.value for cell in sheet[1]]
    row = dict(zip(titles, (cell.value for cell in sheet[2]), strict=True))
    assert (row["团组"], row["国家（地区）"], row["人数"]) == ("赴日本友城交流团组", "日本", 2)
    assert sheet.cell(3, 1).value is None


def test_saved_views_are_offered(people: People) -> None:
    assert "我的视图" in read(sign_in(people, "outbound_clerk"))
