"""出访参数: who sees and changes the office's own values, how a change is kept, and the rates by version."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.facts import limits_of
from delegations.forms.settings import SOURCES
from delegations.models import AllowanceRate, AnnualPlan, OfficeSetting, SettingChange, VisaRule
from delegations.rules.rate_table import cities_of, clean_cities, read_table
from tests.delegations.desk import Walker
from waiban.accounts.models import User
from waiban.core.time import today
from waiban.places.models import Place

People = Mapping[str, User]
HOME = "/delegations/settings/"
PAGES = (HOME, *(f"{HOME}{name}/" for name in ("limits", "visas", "rates", "history")))
EDITING = tuple(f"{HOME}{name}/" for name in ("visas/US", "plans/2027", "rates/new", "rates/import"))


def client_of(people: People, username: str) -> Client:
    """Sign one of the demo people in."""
    client = Client()
    client.force_login(people[username])
    return client


@pytest.fixture
def chief(people: People) -> Client:
    """The chief of the outbound section at his desk."""
    return client_of(people, "outbound_chief")


def text_of(answer: Any) -> str:
    """Return a page as text."""
    return answer.content.decode()


# Rights


@pytest.mark.parametrize("username", ["outbound_clerk", "passport_clerk", "director", "city_leader"])
def test_staff_and_leaders_see_every_page(people: People, username: str) -> None:
    client = client_of(people, username)
    assert [client.get(address).status_code for address in PAGES] == [200] * len(PAGES)
    assert "出访参数" in text_of(client.get("/delegations/"))


@pytest.mark.parametrize("username", ["unit_clerk", "finance", "member1", "province", "sysadmin", "auditor"])
def test_others_and_keepers_are_refused_with_a_reason(people: People, username: str) -> None:
    client = client_of(people, username)
    for address in (*PAGES, *EDITING):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "出访参数只对外办人员和领导开放。" in text_of(answer)


@pytest.mark.parametrize("username", ["outbound_clerk", "passport_clerk", "city_leader"])
def test_who_only_reads_finds_no_way_to_change(people: People, username: str) -> None:
    client = client_of(people, username)
    assert "新增一条" not in text_of(client.get(HOME))
    for address in (*EDITING, f"{HOME}rates/{AllowanceRate.objects.first().pk}/end/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "由出国管理科科长、分管副主任或主任修改" in text_of(answer)
    assert client.post(f"{HOME}limits/", limits()).status_code == 403
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize("username", ["outbound_chief", "deputy_director", "director"])
def test_chiefs_may_change(people: People, username: str) -> None:
    client = client_of(people, username)
    assert [client.get(address).status_code for address in EDITING] == [200] * len(EDITING)


# Thresholds


def limits(**changes: Any) -> dict[str, Any]:
    """What a browser sends for the thresholds: the defaults, changed."""
    row = OfficeSetting()
    data = {name: getattr(row, name) for name in SOURCES}
    data |= {"exit_proof": "on", "reason": "市外事委会议定", "seen": 0}
    return {name: value for name, value in (data | changes).items() if value is not None}


def test_a_threshold_holds_for_the_rules_at_once_and_is_kept_in_the_history(
    people: People, chief: Client
) -> None:
    page = text_of(chief.get(f"{HOME}limits/"))
    assert "每团不超过 6 人，含翻译和工作人员。（默认：6）" in page
    answer = chief.post(f"{HOME}limits/", limits(max_members=5, exit_proof=None), follow=True)
    assert "改动 2 项" in text_of(answer)
    found = limits_of(people["outbound_chief"].office_id)
    assert (found.max_members, found.exit_proof) == (5, False)
    rows = SettingChange.objects.order_by("pk").values_list("field", "old", "new", "reason", "by__username")
    assert set(rows) == {
        ("人数上限", "6", "5", "市外事委会议定", "outbound_chief"),
        ("办理出境证明", "是", "否", "市外事委会议定", "outbound_chief"),
    }
    assert "6 → 5：市外事委会议定" in text_of(chief.get(f"{HOME}history/?topic=limits"))
    assert "2 项与默认值不同" in text_of(chief.get(HOME))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "请写明修改的理由"),
        ({"reason": "\u200b改"}, "不可见"),
        ({"max_members": 0}, "人数上限应在 1 至 100 之间。"),
        ({"max_members": "六"}, "人数上限应为数字。"),
        ({"days_two": 4}, "2 国天数上限不能少于1 国天数上限。"),
        ({"paper_prefix": "滨外出"}, "两个字头相同会使编号混在一起"),
        ({"case_prefix": "滨 外"}, "字头只用汉字、字母和数字"),
        ({}, "没有改动任何内容，不需要保存。"),
    ],
)
def test_a_bad_threshold_is_refused_at_its_field(
    chief: Client, changes: dict[str, Any], sentence: str
) -> None:
    answer = chief.post(f"{HOME}limits/", limits(**changes))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not SettingChange.objects.exists()
    assert not OfficeSetting.objects.exists()


def test_a_stale_page_changes_nothing(people: People, chief: Client) -> None:
    client_of(people, "director").post(f"{HOME}limits/", limits(max_members=5))
    answer = chief.post(f"{HOME}limits/", limits(max_members=7))
    assert answer.status_code == 409
    assert "这些内容已被他人修改" in text_of(answer)
    assert OfficeSetting.objects.get().max_members == 5


@pytest.mark.parametrize(
    "act", ["UPDATE delegations_settingchange SET new = 'x'", "DELETE FROM delegations_settingchange"]
)
def test_the_database_refuses_to_change_the_history(chief: Client, act: str) -> None:
    chief.post(f"{HOME}limits/", limits(max_members=5))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)
    assert SettingChange.objects.count() == 1


# Visa rules


def rule(**changes: Any) -> dict[str, Any]:
    """What a browser sends for a visa rule."""
    data = {
        "visa_kind": "",
        "submit_place": "beijing",
        "source": "互免签证协定一览表",
        "reason": "协定生效",
        "seen": 0,
    }
    return data | changes


def test_a_country_becomes_free_of_visas(chief: Client) -> None:
    answer = chief.post(f"{HOME}visas/KE/", rule(visa_free_official="on", long_haul="on"), follow=True)
    assert "肯尼亚的口径已保存" in text_of(answer)
    assert Place.objects.get(code="KE").visa_free_official
    assert VisaRule.objects.get(place__code="KE").source == "互免签证协定一览表"
    assert "公务普通护照免签" in SettingChange.objects.values_list("field", flat=True)
    assert "肯尼亚" in text_of(chief.get(f"{HOME}visas/?kind=free"))


def test_a_visa_rule_needs_its_source_and_no_contradiction(chief: Client) -> None:
    both = chief.post(f"{HOME}visas/KE/", rule(visa_free_official="on", e_visa="on"))
    assert both.status_code == 422 and "免签与电子签证只能选一项" in text_of(both)
    bare = chief.post(f"{HOME}visas/KE/", rule(source=""))
    assert bare.status_code == 422 and "请填写依据。" in text_of(bare)
    assert not VisaRule.objects.filter(place__code="KE").exists()
    assert chief.get(f"{HOME}visas/XX/").status_code == 404


def test_visa_rules_are_filtered(chief: Client) -> None:
    page = text_of(chief.get(f"{HOME}visas/?continent=asia&submit=qingdao"))
    assert "日本" in page and "韩国" in page and "新加坡" not in page
    assert "没有符合条件的国家（地区）" in text_of(chief.get(f"{HOME}visas/?q=不存在"))


# The year's plan


def test_the_deadline_of_a_plan_is_set_and_shown_to_the_units(people: People, chief: Client) -> None:
    year = today().year + 1
    data = {
        "deadline": f"{year - 1}-12-10",
        "state": "open",
        "quota_groups": 30,
        "reason": "年度安排",
        "seen": 0,
    }
    wrong = chief.post(f"{HOME}plans/{year}/", data | {"deadline": f"{year + 1}-01-10"})
    assert wrong.status_code == 422 and "截止日期应在上一年或当年" in text_of(wrong)
    assert not AnnualPlan.objects.filter(year=year).exists()
    chief.post(f"{HOME}plans/{year}/", data)
    assert AnnualPlan.objects.get(year=year).quota_groups == 30
    page = text_of(client_of(people, "unit_clerk").get(f"/delegations/plans/?year={year}"))
    assert f"申报截止 {year - 1}年12月10日" in page
    assert chief.get(f"{HOME}plans/1999/").status_code == 404


# Rates, one by one

SOON = today() + timedelta(days=10)


def rate(code: str = "US", **changes: Any) -> dict[str, Any]:
    """What a browser sends for a rate."""
    data = {
        "place": Place.objects.get(code=code).pk,
        "city": "纽约",
        "currency": "美元",
        "lodging": "280",
        "meals": "55",
        "misc": "45",
        "valid_from": SOON.isoformat(),
        "source": "财政部新标准",
        "reason": "新标准",
    }
    return data | changes


def known(city: str = "纽约", code: str = "US") -> AllowanceRate:
    """The rate of a city that holds today."""
    return AllowanceRate.objects.on(today()).get(place__code=code, city=city)


def test_a_new_rate_takes_over_the_day_after_the_old_one_ends(chief: Client) -> None:
    answer = chief.post(f"{HOME}rates/new/", rate(), follow=True)
    assert "原标准止于前一天" in text_of(answer)
    assert known().valid_to == SOON - timedelta(days=1)
    new = AllowanceRate.objects.on(SOON).get(place__code="US", city="纽约")
    assert (new.lodging, new.currency, new.valid_to) == (Decimal(280), "USD", None)
    assert list(SettingChange.objects.values_list("field", flat=True)) == ["新增", "失效"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"valid_from": "2018-01-01"}, "该城市同日生效的标准已存在。"),
        ({"valid_from": "2017-01-01"}, "该城市已有 2018-01-01 起生效的标准，生效日期须在其后。"),
        ({"city": "芝加哥"}, "芝加哥已列在“华盛顿、芝加哥”的标准中，请先终止该标准。"),
        ({"currency": "贝壳"}, "币种无法识别"),
        ({"lodging": "-1"}, "住宿标准不得为负。"),
        ({"valid_from": "0202-01-01"}, "年份应在 2000 至 2100 之间"),
        ({"source": ""}, "请填写依据。"),
        ({"reason": ""}, "请写明修改的理由"),
    ],
)
def test_a_bad_rate_is_refused_at_its_field(chief: Client, changes: dict[str, Any], sentence: str) -> None:
    before = AllowanceRate.objects.count()
    answer = chief.post(f"{HOME}rates/new/", rate(**changes))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert AllowanceRate.objects.count() == before


def test_a_rate_is_ended_once_and_never_before_it_began(chief: Client) -> None:
    address = f"{HOME}rates/{known().pk}/end/"
    early = chief.post(address, {"valid_to": "2017-12-31", "reason": "停用"})
    assert early.status_code == 422 and "失效日期不能早于生效日期 2018-01-01。" in text_of(early)
    chief.post(address, {"valid_to": today().isoformat(), "reason": "停用"})
    assert known().valid_to == today()
    again = chief.post(address, {"valid_to": SOON.isoformat(), "reason": "停用"})
    assert again.status_code == 409 and "这条标准已经终止" in text_of(again)


def test_a_rate_that_no_trip_has_used_is_put_right(chief: Client) -> None:
    address = f"{HOME}rates/{known().pk}/correct/"
    assert "还没有团组用过这条标准" in text_of(chief.get(address))
    chief.post(address, rate(valid_from="2018-01-01", lodging="275"))
    assert known().lodging == 275
    change = SettingChange.objects.get()
    assert (change.field, change.subject) == ("更正", "美国 纽约")
    assert "270·55·45" in change.old and "275·55·45" in change.new


def test_a_rate_that_a_trip_has_used_is_not_edited(chief: Client, walker: Walker) -> None:
    group = walker.group
    group.exit_date, group.return_date = SOON, SOON + timedelta(days=4)
    group.save()
    address = f"{HOME}rates/{known().pk}/correct/"
    for answer in (chief.get(address), chief.post(address, rate(valid_from="2018-01-01", lodging="275"))):
        assert answer.status_code == 409
        assert "已有团组按这条标准核定经费" in text_of(answer)
    assert known().lodging == 270


def test_the_database_refuses_two_rates_at_once_for_a_city(db: None) -> None:
    old = known()
    with pytest.raises(IntegrityError), transaction.atomic():
        AllowanceRate.objects.create(
            place=old.place, city=old.city, currency="USD", lodging=1, meals=1, misc=1, valid_from=SOON
        )


def test_the_list_shows_what_holds_today_unless_asked_otherwise(chief: Client) -> None:
    chief.post(f"{HOME}rates/new/", rate())
    shown = text_of(chief.get(f"{HOME}rates/?q=纽约"))
    assert "270" in shown and "280" not in shown
    assert "280" in text_of(chief.get(f"{HOME}rates/?q=纽约&state=future"))
    assert "没有符合条件的标准" in text_of(chief.get(f"{HOME}rates/?state=ended"))


def test_the_pages_cost_the_same_with_one_change_and_with_three(chief: Client) -> None:
    counts = []
    seen = 0
    for values in ((5,), (6, 7)):
        for value in values:
            chief.post(f"{HOME}limits/", limits(max_members=value, seen=seen))
            seen = SettingChange.objects.first().pk
            chief.post(f"{HOME}rates/new/", rate("KE", city=f"市{value}"))
        for address in PAGES:
            chief.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert chief.get(address).status_code == 200
            counts.append(len(queries))
    assert counts[: len(PAGES)] == counts[len(PAGES) :] == [15, 11, 11, 10, 10]


# Importing a table

HEAD = "seq,continent,country,city,currency,lodging_adjusted,meals,misc,note"


def table(*lines: str) -> SimpleUploadedFile:
    """A csv file with the published headings."""
    return SimpleUploadedFile("标准.csv", "\n".join((HEAD, *lines)).encode("utf-8-sig"))


def upload(client: Client, file: Any, **changes: Any) -> Any:
    """Preview a table."""
    data = {"file": file, "valid_from": SOON.isoformat(), "source": "财政部新标准", "whole": "on"}
    return client.post(f"{HOME}rates/import/", data | changes)


def confirm(client: Client, preview: Any, **changes: Any) -> Any:
    """Confirm what a preview showed."""
    data = {"preview": preview.context["form"].initial["preview"], "reason": "按新标准导入"}
    return client.post(f"{HOME}rates/import/confirm/", data | changes, follow=True)


JAPAN = ("1,亚洲,日本,东京,日元,21000,10000,5000,", "2,亚洲,日本,其他城市,日元,9000,10000,5000,")
MONGOLIA = "3,亚洲,蒙古,,美元,90,50,35,"


def test_a_preview_says_what_each_line_would_do_and_writes_nothing(chief: Client) -> None:
    before = AllowanceRate.objects.count()
    answer = upload(chief, table(*JAPAN, MONGOLIA))
    assert answer.status_code == 200
    fates = [(row.place.code, row.line.city, row.fate) for row in answer.context["plan"].rows]
    assert fates == [("JP", "东京", "replaces"), ("JP", "", "same"), ("MN", "", "new")]
    assert "原 20,000" in text_of(answer)
    assert [rate.city for rate in answer.context["plan"].ended] == ["大阪、京都"]
    assert AllowanceRate.objects.count() == before and not SettingChange.objects.exists()


def test_a_confirmed_table_ends_the_old_rates_and_adds_the_new(chief: Client) -> None:
    answer = confirm(chief, upload(chief, table(*JAPAN, MONGOLIA)))
    assert "已导入：新增 1 条，接替 1 条，另终止 1 条。" in text_of(answer)
    japan = AllowanceRate.objects.on(SOON).filter(place__code="JP")
    assert dict(japan.values_list("city", "lodging")) == {"东京": 21000, "": 9000}
    assert known("东京", "JP").valid_to == SOON - timedelta(days=1)
    assert sorted(SettingChange.objects.values_list("field", flat=True)) == sorted(
        ["失效"] * 2 + ["新增"] * 2
    )
    twice = confirm(chief, upload(chief, table(*JAPAN, MONGOLIA)))
    assert "没有可以导入的内容。" in text_of(twice)


def test_a_partial_table_leaves_other_cities_alone(chief: Client) -> None:
    confirm(chief, upload(chief, table(JAPAN[0]), whole=""))
    assert AllowanceRate.objects.on(SOON).filter(place__code="JP").count() == 3


def test_faulty_lines_are_told_one_by_one_and_keep_their_country_out(chief: Client) -> None:
    preview = upload(
        chief,
        table(
            JAPAN[0],
            "2,亚洲,日本,大阪,日元,一万八,10000,5000,",
            "3,大洋洲,乌有国,,美元,90,50,35,",
            "4,亚洲,蒙古,,贝壳,90,50,35,",
            "5,亚洲,泰国,曼谷,美元,500,50,35,",
            "6,亚洲,老挝,,美元,90,50,35,",
            "7,亚洲,老挝,,美元,95,50,35,",
        ),
    )
    page = text_of(preview)
    for sentence in (
        "同一国家（地区）另有行有误，整国暂不导入。",
        "住宿费“一万八”不是有效金额。",
        "没有名为“乌有国”的国家（地区）。",
        "币种“贝壳”无法识别",
        "全境（其他城市）与第 7 行重复。",
        "住宿费与现行相差一倍以上。",
    ):
        assert sentence in page
    refused = confirm(chief, preview)
    assert refused.status_code == 422 and "请勾选确认" in text_of(refused)
    assert not SettingChange.objects.exists()
    done = confirm(chief, preview, skip_faulty="on")
    assert "新增 0 条，接替 1 条，另终止 1 条" in text_of(done)
    assert known("东京", "JP").valid_to is None


def test_a_preview_that_was_overtaken_or_altered_is_refused(chief: Client) -> None:
    preview = upload(chief, table(*JAPAN))
    chief.post(
        f"{HOME}rates/{known('东京', 'JP').pk}/end/", {"valid_to": today().isoformat(), "reason": "停用"}
    )
    stale = confirm(chief, preview)
    assert stale.status_code == 409 and "标准表在预览之后有改动" in text_of(stale)
    sealed = "x" + preview.context["form"].initial["preview"]
    altered = chief.post(f"{HOME}rates/import/confirm/", {"preview": sealed, "reason": "导入"})
    assert altered.status_code == 409 and "预览已过期" in text_of(altered)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("标准.csv", b"", "文件是空的"),
        ("标准.pdf", b"%PDF", "只能读取 .csv 或 .xlsx 文件"),
        ("标准.xlsx", b"not a workbook", "表格已损坏或不是 xlsx 文件"),
        ("标准.csv", "国家,城市\n日本,东京".encode(), "缺少币种、住宿费、伙食费、公杂费"),
        ("标准.csv", f"{HEAD}\n".encode(), "表头下面没有内容"),
        ("标准.csv", b"x" * (1024 * 1024 + 1), "文件超过 1 MB"),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_its_field(
    chief: Client, name: str, content: bytes, sentence: str
) -> None:
    answer = upload(chief, SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_a_workbook_with_merged_countries_and_chinese_headings_is_read() -> None:
    book = openpyxl.Workbook()
    for row in (
        ["各国家和地区住宿费、伙食费、公杂费开支标准表"],
        ["国家（地区）", "城市", "币种", "住宿费", "伙食费", "公杂费"],
        ["日本", "东京", "日元", 20000, 10000, 5000],
        [None, "大阪、京都", "日元", "18,000", 10000, 5000],
        ["刚果(金)", None, "USD", 170.5, 50, 35],
    ):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    lines = read_table("标准.xlsx", file.getvalue())
    assert [(line.number, line.country, line.city, *line.amounts, line.problems) for line in lines] == [
        (3, "日本", "东京", "JPY", 20000, 10000, 5000, ()),
        (4, "日本", "大阪、京都", "JPY", 18000, 10000, 5000, ()),
        (5, "刚果（金）", "", "USD", Decimal("170.5"), 50, 35, ()),
    ]


def test_a_table_in_the_old_encoding_is_read() -> None:
    content = f"{HEAD}\n{MONGOLIA}".encode("gb18030")
    (line,) = read_table("标准.CSV", content)
    assert (line.country, line.lodging) == ("蒙古国", 90)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("其他城市", ""),
        ("全境", ""),
        ("首尔、釜山,济州", "首尔、釜山、济州"),
        (" 东京 ", "东京"),
        ("大阪；京都", "大阪、京都"),
    ],
)
def test_cities_are_written_one_way(typed: str, kept: str) -> None:
    assert clean_cities(typed) == kept
    assert cities_of(typed) == frozenset(kept.split("、"))


def test_a_region_of_china_is_found_under_its_full_name(chief: Client) -> None:
    preview = upload(chief, table("1,亚洲,香港,,港币,1500,500,300,"))
    assert preview.context["plan"].rows[0].place.code == "HK"


def test_a_trip_is_told_the_rate_of_its_day_of_exit(chief: Client) -> None:
    chief.post(f"{HOME}rates/new/", rate())
    by_day = {
        day: AllowanceRate.objects.on(day).get(place__code="US", city="纽约").lodging
        for day in (today(), SOON)
    }
    assert by_day == {today(): 270, SOON: 280}
    assert AllowanceRate.objects.on(date(2017, 12, 31)).count() == 0
