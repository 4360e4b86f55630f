"""The desk as a page: its tabs, its figures, its batches and what it costs."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.workflow.factories import House, Walk
from waiban.board import registry
from waiban.core.time import at
from waiban.workflow import engine

DESK = "/desk/"
BATCH = "/desk/batch/"

As = Callable[[str], Client]


@pytest.fixture
def at_review(house: House) -> Callable[[], Walk]:
    """Make cases that wait for the review."""

    def make() -> Walk:
        walk = house.start([])
        walk.tell(large=False)
        return walk.until("review")

    return make


def value(walk: Walk, key: str = "review") -> str:
    """What the checkbox of a row sends."""
    item = walk.item(key)
    return f"{item.pk}:{item.version}"


def read(client: Client, address: str = DESK, **query: str) -> str:
    """Fetch a page that must be there."""
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def queue(page: str) -> str:
    """The queue alone, without the column at its right."""
    return page.split('id="queue"')[1].split("<aside")[0]


def test_a_visitor_is_asked_to_sign_in(house: House) -> None:
    assert Client().get(DESK).status_code == 302


def test_the_desk_shows_my_open_steps_with_their_number(house: House, as_person: As) -> None:
    house.start([]).do("ask")
    page = read(as_person("officer"))
    assert "受理" in page
    assert "堂〔2026〕1号" in page
    assert "共 1 件" in page


def test_somebody_without_work_is_told_what_will_come(house: House, as_person: As) -> None:
    assert "没有待办事项" in read(as_person("treasurer"))


def test_the_desk_costs_the_same_with_one_row_and_with_three(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    client = as_person("chief")
    at_review()
    client.get(DESK)
    with CaptureQueriesContext(connection) as one:
        read(client)
    at_review()
    at_review()
    with CaptureQueriesContext(connection) as three:
        assert "共 3 件" in read(client)
    assert len(one) == len(three) == 17


@pytest.mark.parametrize("tab", ["outside", "done", "mine"])
def test_the_other_tabs_cost_the_same_with_one_row_and_with_three(
    house: House, as_person: As, tab: str
) -> None:
    client = as_person("clerk")

    def add() -> None:
        walk = house.start([])
        walk.tell(large=True)
        walk.until("fire")

    add()
    client.get(DESK)
    with CaptureQueriesContext(connection) as one:
        read(client, DESK, tab=tab)
    add()
    add()
    with CaptureQueriesContext(connection) as three:
        read(client, DESK, tab=tab)
    assert len(one) == len(three)


def test_what_i_did_stands_in_its_tab(house: House, as_person: As) -> None:
    house.start([]).do("ask")
    assert "1 提出申请" in read(as_person("clerk"), DESK, tab="done")


def test_what_i_started_stands_in_its_tab(house: House, as_person: As) -> None:
    house.start([])
    assert "堂〔2026〕1号" in read(as_person("clerk"), DESK, tab="mine")
    assert "还没有发起过办件" in read(as_person("stranger"), DESK, tab="mine")


def test_an_unknown_tab_or_filter_shows_the_queue(house: House, as_person: As) -> None:
    house.start([]).do("ask")
    page = read(as_person("officer"), DESK, tab="nonsense", flow="nonsense", light="\0", step="x")
    assert "共 1 件" in page


def test_filters_stand_in_the_address_and_can_be_taken_off(house: House, as_person: As) -> None:
    house.start([], title="开运动会").do("ask")
    house.start([], title="开读书会").do("ask")
    page = queue(read(as_person("officer"), DESK, q="运动"))
    assert "开运动会" in page
    assert "开读书会" not in page
    assert "去掉这个条件" in page
    assert "没有符合条件的事项" in read(as_person("officer"), DESK, q="没有这个")


def test_overdue_rows_stand_in_the_first_group_and_in_the_red_bar(
    house: House, as_person: As, clock: Callable[[datetime], None]
) -> None:
    house.start([]).do("ask")
    clock(at(date(2026, 3, 9), "09:00"))
    page = read(as_person("officer"))
    assert "今天不办就误期" in page
    assert "逾期" in page
    assert "week-late" in page


def test_a_step_of_several_members_is_one_row(house: House, as_person: As) -> None:
    walk = house.start(["甲", "乙"])
    walk.tell(large=False, 甲=True, 乙=True)
    walk.until("photo:甲", "photo:乙")
    walk.do("photo", "甲")
    walk.do("photo", "乙")
    page = read(as_person("passports"))
    assert "2 人" in page
    assert page.count("验照片</span>") == 1


def test_the_excel_file_holds_the_shown_rows(house: House, as_person: As) -> None:
    house.start([], title="开运动会").do("ask")
    house.start([], title="=开读书会").do("ask")
    answer = as_person("officer").get(DESK, {"export": "1", "q": "读书"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert [cell.value for cell in sheet["C"]][:2] == ["名称", "=开读书会"]
    assert sheet["C2"].data_type == "s"
    assert "开运动会" not in str([cell.value for cell in sheet["C"]])


def test_a_batch_asks_once_and_reports_every_row(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    good, gone = at_review(), at_review()
    chosen = {"act": "complete", "items": [value(good), value(gone)]}
    client = as_person("chief")
    asked = client.post(BATCH, chosen)
    assert asked.status_code == 200
    assert good.states()["review"] == "ready"
    gone.do("review")
    report = client.post(BATCH, chosen | {"confirmed": "1", "opinion": "同意"}).content.decode()
    assert "办成 1 项，1 项没有办成" in report
    assert "已由chief于" in report
    assert good.states()["review"] == "done"


def test_a_decision_without_opinion_is_asked_for_it(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    walk = at_review()
    chosen = {"act": "complete", "items": value(walk), "confirmed": "1", "opinion": ""}
    answer = as_person("chief").post(BATCH, chosen)
    assert answer.status_code == 422
    assert "请填写意见" in answer.content.decode()
    assert walk.states()["review"] == "ready"


def test_a_row_that_changed_since_the_page_was_made_is_left_alone(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    walk = at_review()
    old = value(walk)
    walk.act("claim", "review")
    chosen = {"act": "complete", "items": old, "confirmed": "1", "opinion": "同意"}
    assert "页面打开后该环节有了变化" in as_person("chief").post(BATCH, chosen).content.decode()
    assert walk.states()["review"] == "doing"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"act": "complete"}, "请先勾选要办理的事项"),
        ({"act": "complete", "items": "abc"}, "所选事项无法识别"),
        ({"act": "complete", "items": "１:1"}, "所选事项无法识别"),
        ({"act": "burn", "items": "1:1"}, "请选择要做什么"),
        ({"act": "complete", "items": "999999:1"}, "不在您的可见范围内"),
        ({"act": "complete", "items": ",".join(f"{n}:1" for n in range(1, 250))}, "一次最多办理 200 件"),
    ],
)
def test_a_batch_of_nonsense_comes_back_with_a_sentence(
    house: House, as_person: As, data: dict[str, str], sentence: str
) -> None:
    answer = as_person("chief").post(BATCH, data, follow=True)
    assert sentence in answer.content.decode()


def test_rows_of_different_steps_are_not_decided_together(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    first, second = at_review(), house.start([])
    data = {"act": "complete", "items": [value(first), value(second, "ask")]}
    assert "批量办理须为同一环节" in as_person("chief").post(BATCH, data, follow=True).content.decode()


def test_others_rows_are_refused_one_by_one(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    walk = at_review()
    data = {"act": "complete", "items": value(walk), "confirmed": "1", "opinion": "同意"}
    report = as_person("stranger").post(BATCH, data).content.decode()
    assert "无权办理该环节" in report
    assert walk.states()["review"] == "ready"


def test_a_batch_can_be_claimed(house: House, as_person: As) -> None:
    first, second = house.start([]), house.start([])
    first.do("ask")
    second.do("ask")
    data = {"act": "claim", "items": [value(first, "accept"), value(second, "accept")]}
    assert "办成 2 项" in as_person("officer").post(BATCH, data).content.decode()
    assert first.item("accept").assignee == house.users["officer"]


def test_a_batch_can_be_handed_to_a_colleague(house: House, as_person: As) -> None:
    walk = house.start([])
    walk.do("ask")
    data = {
        "act": "reassign",
        "items": value(walk, "accept"),
        "confirmed": "1",
        "to_user": house.users["colleague"].pk,
        "reason": "外出",
    }
    assert "办成 1 项" in as_person("officer").post(BATCH, data).content.decode()
    assert walk.item("accept").assignee == house.users["colleague"]


def test_a_batch_can_be_sent_back_with_one_list(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    walk = at_review()
    data = {
        "act": "return",
        "items": value(walk),
        "confirmed": "1",
        "target": "accept",
        "reason_code": "R1",
        "defects": "缺盖章\n缺名单",
        "mode": "redo",
    }
    assert "办成 1 项" in as_person("chief").post(BATCH, data).content.decode()
    assert walk.item("accept").round == 2
    assert "缺盖章；缺名单" in walk.item("accept").reason


def test_a_missing_opinion_of_a_signer_waits_on_the_desk(
    house: House, as_person: As, at_review: Callable[[], Walk]
) -> None:
    walk = at_review()
    walk.act("add_signer", "review", signer=house.users["deputy"], question="请核对场次")
    assert "请核对场次" in read(as_person("deputy"))


def test_the_agenda_shows_what_the_businesses_tell(house: House, as_person: As) -> None:
    asked = []

    def provider(actor: object, day: date) -> list[registry.Engagement]:
        asked.append(day)
        return [registry.Engagement(None, "礼堂开放日", "一楼", "/x/")]

    registry.add_agenda("test", provider)
    try:
        assert "礼堂开放日" in read(as_person("officer"))
    finally:
        registry._agendas.pop("test")
    assert asked == [date(2026, 3, 2)]


def test_the_front_door_leads_who_is_signed_in_to_the_desk(house: House, as_person: As) -> None:
    assert Client().get("/").status_code == 200
    assert as_person("officer").get("/").url == DESK


def test_search_finds_by_number_and_title_only_what_may_be_seen(house: House, as_person: As) -> None:
    house.start([], title="开运动会")
    search = reverse("board:search")
    assert "开运动会" in read(as_person("officer"), search, q="运动")
    assert "没有找到" in read(as_person("stranger"), search, q="运动")
    assert as_person("officer").get(search, {"q": "堂〔2026〕1号"}).url.startswith("/halls/")


@pytest.mark.parametrize("words", ["", " ", "\0", "a\u200bb", "😀" * 200, "%_'\""])
def test_search_bears_any_words(house: House, as_person: As, words: str) -> None:
    read(as_person("officer"), reverse("board:search"), q=words)


def test_a_closed_case_leaves_the_desk(house: House, as_person: As) -> None:
    walk = house.start([])
    walk.do("ask")
    engine.cancel(case_id=walk.case_id, actor=house.actor("director"), reason="不借了")
    assert "没有待办事项" in read(as_person("officer"))
