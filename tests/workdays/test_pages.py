"""The pages of the calendar: who reads, who imports, what each mistake is told."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.workdays.test_services import N2027
from waiban.core.time import today
from waiban.workdays.queries import month_view, published_years, year_lines

INDEX, IMPORT, CONFIRM = "/workdays/", "/workdays/import/", "/workdays/import/confirm/"


def text_of(response) -> str:
    """Words of a page without tags and blanks."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def hidden(response, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


def preview(client, text: str = N2027, **more):
    return client.post(IMPORT, {"text": text, **more})


def test_addresses_are_named() -> None:
    assert (reverse("workdays:index"), reverse("workdays:import"), reverse("workdays:confirm")) == (
        INDEX,
        IMPORT,
        CONFIRM,
    )


@pytest.mark.parametrize("username", ["unit_clerk", "member1", "outbound_clerk", "auditor", "city_leader"])
def test_all_staff_read_the_calendar(signed_in, username: str) -> None:
    words = text_of(signed_in(username).get(INDEX))
    assert "2026年，共248个工作日" in words
    assert "2027年的放假安排尚未导入" in words
    assert "导入放假安排" not in words


def test_an_enterprise_is_told_that_the_calendar_is_for_staff(signed_in) -> None:
    response = signed_in("enterprise_owner").get(INDEX)
    assert response.status_code == 403 and "工作日历供本系统工作人员查阅" in text_of(response)


def test_a_visitor_is_sent_to_sign_in(client, db) -> None:
    assert client.get(INDEX).status_code == 302


def test_a_year_without_notice_is_shown_as_tentative(signed_in) -> None:
    words = text_of(signed_in("sysadmin").get(INDEX, {"year": "2027"}))
    assert "2027年，暂按261个工作日" in words
    assert "2027年待定暂按周一至周五推算" in words


@pytest.mark.parametrize("year", ["1999", "2041", "x", "9" * 30, "-1", "２０２６"])
def test_a_year_beyond_the_calendar_is_not_found(signed_in, year: str) -> None:
    assert signed_in("sysadmin").get(INDEX, {"year": year}).status_code == 404


def calendar_queries(client) -> int:
    """Statements of one visit that read the calendar; what the frame asks elsewhere is not ours to count."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(INDEX).status_code == 200
    return sum("workdays_" in query["sql"] for query in queries)


def test_the_calendar_page_costs_the_same_however_many_years_are_imported(signed_in) -> None:
    client, boss = signed_in("outbound_clerk"), signed_in("sysadmin")
    assert calendar_queries(client) == 3  # years, days, and the foot of the menu
    boss.post(CONFIRM, {"preview": hidden(preview(boss), "preview"), "source": ""})
    assert 2027 in published_years()
    assert calendar_queries(client) == 3


@pytest.mark.parametrize("address", [IMPORT, CONFIRM])
@pytest.mark.parametrize("username", ["unit_clerk", "outbound_clerk", "auditor", "province"])
def test_others_are_refused_with_a_reason(signed_in, username: str, address: str) -> None:
    response = signed_in(username).post(address)
    assert response.status_code == 403
    assert "只有系统管理员、科长和外办领导可以导入放假安排" in text_of(response)


def test_a_pasted_notice_is_previewed_and_changes_nothing(signed_in) -> None:
    client = signed_in("outbound_chief")
    assert client.get(IMPORT).status_code == 200
    response = preview(client)
    words = text_of(response)
    assert response.status_code == 200
    assert "预览2027年放假安排" in words and "国办发明电〔2026〕9号" in words
    assert "2月5日星期五至2月13日星期六9天2月14日星期日、2月20日星期六" in words
    assert "将新增" in words and "需要与原文核对" not in words
    assert 2027 not in published_years()


def test_a_confirmed_preview_is_imported_and_reported(signed_in) -> None:
    client = signed_in("sysadmin")
    response = client.post(
        CONFIRM,
        {"preview": hidden(preview(client), "preview"), "source": "国办发明电〔2026〕10号"},
        follow=True,
    )
    words = text_of(response)
    assert response.redirect_chain == [("/workdays/?year=2027", 302)]
    assert "2027年放假安排已导入，" in words and "件在办事项的期限已重算" in words
    assert "国办发明电〔2026〕10号" in words and "邵启明" in words
    assert 2027 in published_years()


def test_the_same_notice_a_second_time_is_refused(signed_in) -> None:
    client = signed_in("sysadmin")
    sealed = hidden(preview(client), "preview")
    client.post(CONFIRM, {"preview": sealed})
    again = client.post(CONFIRM, {"preview": sealed})
    assert again.status_code == 409
    assert "2027年放假安排已导入过" in text_of(again)
    assert "内容与已导入的完全相同" in text_of(preview(client))


def test_a_doubtful_notice_needs_a_tick(signed_in) -> None:
    client = signed_in("sysadmin")
    response = preview(client, N2027.replace("5日（周一）放假，共3天", "5日（周二）放假，共4天"))
    assert "有2处需要与原文核对" in text_of(response)
    sealed = hidden(response, "preview")
    refused = client.post(CONFIRM, {"preview": sealed})
    assert refused.status_code == 422
    assert "有需要核对的地方，请与原文核对后勾选确认" in text_of(refused)
    assert "4月5日写的是周二，实际是周一" in text_of(refused)
    assert 2027 not in published_years()
    assert client.post(CONFIRM, {"preview": hidden(refused, "preview"), "compared": "on"}).status_code == 302
    assert 2027 in published_years()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "请粘贴通知全文，或选择一个文件"),
        ({"text": "今天天气很好"}, "没有读到通知的年份"),
        ({"text": "一、元旦：13月1日放假。", "year": "2027"}, "第1行（元旦）：“2027年13月1日”不是有效日期"),
        ({"text": "一、元旦：1月1日放假。", "year": "1999"}, "年份须在2020年至2040年之间"),
        ({"text": "一、元旦：1月1日放假。", "year": "x"}, "请输入四位年份"),
        ({"text": "一" * 20_001}, "内容过长"),
    ],
)
def test_an_unreadable_notice_comes_back_with_its_text_and_a_sentence(signed_in, fields, sentence) -> None:
    response = signed_in("sysadmin").post(IMPORT, fields)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert fields["text"][:300] in response.content.decode()


def test_a_file_is_imported_like_a_text(signed_in) -> None:
    client = signed_in("director")
    content = "日期,类型,名称\n2027-01-01,放假,元旦\n".encode("gb18030")
    response = client.post(IMPORT, {"text": "", "file": SimpleUploadedFile("2027.csv", content)})
    assert response.status_code == 200 and "没有读到春节" in text_of(response)


@pytest.mark.parametrize(
    ("name", "content", "text", "sentence"),
    [
        ("a.csv", b"", "", "文件是空的"),
        ("a.exe", b"MZ", "", "只能读取.csv或.xlsx文件"),
        ("a.csv", b"2027-01-01,x,y", N2027, "粘贴了文字又选了文件，请只保留一种"),
        ("a.csv", "日期,类型,名称\n明天,放假,元旦".encode(), "", "日期“明天”无法识别"),
    ],
)
def test_a_wrong_file_is_refused_in_chinese(signed_in, name, content, text, sentence) -> None:
    file = SimpleUploadedFile(name, content)
    response = signed_in("sysadmin").post(IMPORT, {"text": text, "file": file})
    assert response.status_code == 422
    assert sentence in text_of(response)


@pytest.mark.parametrize("sealed", ["", "x", "a:b:c"])
def test_a_preview_that_was_altered_is_refused(signed_in, sealed: str) -> None:
    response = signed_in("sysadmin").post(CONFIRM, {"preview": sealed})
    assert response.status_code == 409
    assert "预览已过期，请重新粘贴通知并预览" in text_of(response)


def test_a_preview_made_before_a_colleague_imported_is_refused(signed_in) -> None:
    mine, colleague = signed_in("sysadmin"), signed_in("director")
    old = hidden(preview(mine), "preview")
    other = hidden(preview(colleague, N2027.replace("、2月20日（周六）", "")), "preview")
    colleague.post(CONFIRM, {"preview": other})
    response = mine.post(CONFIRM, {"preview": old})
    assert response.status_code == 409
    assert "预览之后已有人更新了工作日历" in text_of(response)


def test_the_menu_shows_the_line_to_importers_with_the_number_of_missing_notices(signed_in) -> None:
    assert "工作日历，1件" in text_of(signed_in("sysadmin").get(INDEX))
    assert 'href="/workdays/"' not in signed_in("unit_clerk").get("/workdays/?year=2025").content.decode()


def test_a_month_is_laid_out_in_whole_weeks(db) -> None:
    october = month_view(2026)[9]
    assert (october.number, october.workdays) == (10, 18)
    assert all(len(week) == 7 for week in october.weeks)
    cells = {cell.date.day: cell for week in october.weeks for cell in week if cell}
    assert (cells[1].mark, cells[10].mark, cells[12].mark) == ("休", "班", "")
    assert cells[1].words == "10月1日 国庆节放假" and cells[10].words == "10月10日 国庆节调休上班"
    assert cells[11].words == "10月11日 周末" and cells[12].words == "10月12日 工作日"


def test_the_list_of_years_reaches_to_next_year(db, autumn) -> None:
    assert [line.year for line in year_lines(today())] == [2027, 2026, 2025, 2024]
