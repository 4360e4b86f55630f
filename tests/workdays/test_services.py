"""Importing a notice: one transaction, a new version, deadlines recounted, nothing twice."""

import threading
from datetime import date

import chinese_calendar
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.enums import Role
from waiban.core.errors import BadInput, Conflict, Refused, Stale
from waiban.workdays import services
from waiban.workdays.models import CalendarVersion, CalendarYear, Day
from waiban.workdays.parse import NoticeDay, parse_notice
from waiban.workdays.queries import current_version, days_of_notice, published_until, published_years
from waiban.workdays.rules import IMPORTERS, changes, festivals_of, missing_years
from waiban.workdays.services import current_axis, import_year
from waiban.workdays.signals import calendar_changed

N2027 = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至13日（周六）放假调休，共9天。2月14日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月20日"""


def import_2027(actor: Actor, text: str = N2027, based_on: int | None = None) -> services.Imported:
    notice = parse_notice(text)
    return import_year(
        year=2027,
        source=notice.source,
        published_on=notice.published_on,
        days=notice.days,
        based_on=current_version() if based_on is None else based_on,
        actor=actor,
    )


@pytest.mark.django_db
def test_the_seeded_years_work_as_chinesecalendar_says() -> None:
    axis = current_axis()
    day = date(2024, 1, 1)
    while day.year < 2027:
        assert axis.is_workday(day) == chinese_calendar.is_workday(day), day
        day = date.fromordinal(day.toordinal() + 1)
    assert published_years() == {2024, 2025, 2026} and published_until() == 2026
    assert axis.tentative(axis.index(date(2027, 1, 5)))


def test_an_import_makes_the_year_firm_and_moves_deadlines(sysadmin: Actor) -> None:
    before = current_axis()
    assert before.due_date_after_receipt(date(2027, 2, 4), 2) == date(2027, 2, 8)
    result = import_2027(sysadmin)
    axis = current_axis()
    assert axis.version == result.version > before.version
    assert axis.due_date_after_receipt(date(2027, 2, 4), 2) == date(2027, 2, 15)
    assert not axis.tentative(axis.index(date(2027, 2, 15)))
    notice = CalendarYear.objects.get(year=2027)
    assert (notice.source, notice.published_on) == ("国办发明电〔2026〕9号", date(2026, 11, 20))
    assert notice.imported_by_id == sysadmin.user_id and notice.version == result.version


def test_a_notice_without_number_gets_its_usual_title_as_source(sysadmin: Actor) -> None:
    import_2027(sysadmin, N2027.replace("国办发明电〔2026〕9号", ""))
    assert CalendarYear.objects.get(year=2027).source == "国务院办公厅关于2027年部分节假日安排的通知"


def test_the_axis_costs_one_query_once_it_is_built(people, django_assert_num_queries) -> None:
    current_axis()
    with django_assert_num_queries(1):
        current_axis()
    version = current_version()
    with django_assert_num_queries(0):
        services.axis_for(version)


def test_the_same_notice_is_refused_the_second_time(sysadmin: Actor) -> None:
    import_2027(sysadmin)
    with pytest.raises(Conflict, match="2027 年放假安排已导入过"):
        import_2027(sysadmin)


def test_a_corrected_notice_replaces_the_days_of_its_year_only(sysadmin: Actor) -> None:
    import_2027(sysadmin)
    days_2026 = days_of_notice(2026)
    result = import_2027(sysadmin, N2027.replace("、2月20日（周六）", ""))
    assert result.changed == 1
    assert not Day.objects.filter(date=date(2027, 2, 20)).exists()
    assert days_of_notice(2026) == days_2026


def test_a_day_of_the_old_year_in_the_new_notice_follows_the_new_notice(sysadmin: Actor) -> None:
    text = N2027.replace(
        "1月1日（周五）至3日（周日）放假", "2026年12月31日（周四）至2027年1月3日（周日）放假调休"
    )
    import_2027(sysadmin, text.replace("3天。\n二", "4天。\n二"))
    assert not current_axis().is_workday(date(2026, 12, 31))


def test_who_recounts_is_told_after_the_commit_and_the_sum_is_reported(sysadmin: Actor) -> None:
    seen = []

    def recount(sender, **kwargs):
        seen.append((kwargs["year"], kwargs["version"], kwargs["actor"], kwargs["changed"]))
        assert current_axis().version == kwargs["version"]
        return 7

    calendar_changed.connect(recount)
    try:
        result = import_2027(sysadmin)
    finally:
        calendar_changed.disconnect(recount)
    assert seen == [(2027, result.version, sysadmin, result.changed)]
    assert result.recounted >= 7 and not result.failed
    assert str(result).startswith("2027 年放假安排已导入，")


def test_a_failed_recount_leaves_the_import_and_is_told(sysadmin: Actor, caplog) -> None:
    def broken(sender, **kwargs):
        raise RuntimeError("no")

    calendar_changed.connect(broken)
    try:
        result = import_2027(sysadmin)
    finally:
        calendar_changed.disconnect(broken)
    assert result.failed and "后台将自动补算" in str(result)
    assert 2027 in published_years()
    assert "recount after a calendar import failed" in caplog.text


@pytest.mark.parametrize(
    "username", ["sysadmin", "outbound_chief", "reception_chief", "deputy_director", "director"]
)
def test_heads_and_the_keeper_may_import(people, username: str) -> None:
    assert import_2027(actor_for(people[username])).year == 2027


@pytest.mark.parametrize(
    "username", ["unit_clerk", "outbound_clerk", "auditor", "member1", "city_leader", "enterprise_owner"]
)
def test_others_may_not_import(people, username: str) -> None:
    with pytest.raises(Refused, match="只有系统管理员"):
        import_2027(actor_for(people[username]))
    assert 2027 not in published_years()


def test_an_import_on_an_old_preview_is_refused(sysadmin: Actor) -> None:
    seen = current_version()
    import_2027(sysadmin)
    with pytest.raises(Stale, match="重新预览"):
        import_2027(sysadmin, N2027.replace("、2月20日（周六）", ""), based_on=seen)


@pytest.mark.parametrize(
    ("year", "days"), [(2027, ()), (2050, (NoticeDay(date(2050, 1, 1), False, "元旦"),))]
)
def test_nothing_to_import_is_refused(sysadmin: Actor, year: int, days) -> None:
    with pytest.raises(BadInput, match="没有可导入"):
        import_year(
            year=year, source="", published_on=None, days=days, based_on=current_version(), actor=sysadmin
        )


def test_a_version_of_a_rolled_back_import_is_never_used_again(sysadmin: Actor) -> None:
    version = current_version()

    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            lost = import_2027(sysadmin).version
            current_axis()
            raise Undo
    except Undo:
        pass
    assert current_version() == version and not current_axis().year_published(2027)
    kept = import_2027(sysadmin, N2027.replace("、2月20日（周六）", "")).version
    assert kept > lost
    assert not current_axis().is_workday(date(2027, 2, 20))


def test_only_a_few_versions_are_kept_in_the_process(sysadmin: Actor, monkeypatch) -> None:
    monkeypatch.setattr(services, "_cache", {})
    monkeypatch.setattr(services, "CACHED_VERSIONS", 1)
    first = current_axis()
    import_2027(sysadmin)
    assert current_axis() is current_axis() is not first
    assert len(services._cache) == 1


def test_while_an_import_comes_between_the_axis_is_read_again(people, monkeypatch) -> None:
    answers = iter([1, 2, 3, 3])
    monkeypatch.setattr(services, "current_version", lambda: next(answers))
    assert services._build().version == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_the_same_second_one_wins_and_the_other_is_told() -> None:
    actor = actor_for(load_demo_accounts()["sysadmin"])
    seen = current_version()
    gate = threading.Barrier(2)
    answers: list[object] = []

    def race(text: str) -> None:
        gate.wait()
        try:
            answers.append(import_2027(actor, text, based_on=seen))
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    texts = (N2027, N2027.replace("、2月20日（周六）", ""))
    threads = [threading.Thread(target=race, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer) for answer in answers if isinstance(answer, Stale)) == [Stale]
    assert sum(isinstance(answer, services.Imported) for answer in answers) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        lambda: CalendarYear.objects.create(year=2050, source="x", version=1),
        lambda: CalendarYear.objects.create(year=2030, source="", version=1),
        lambda: Day.objects.create(date=date(2026, 7, 1), is_workday=True, name="", calendar_id=2026),
        lambda: CalendarVersion.objects.create(singleton=False, value=1),
        lambda: CalendarVersion.objects.create(singleton=True, value=1),
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(row) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row()


@pytest.mark.django_db
def test_rows_say_what_they_are() -> None:
    assert str(CalendarYear.objects.get(year=2026)) == "2026 年放假安排"
    assert str(Day.objects.get(date=date(2026, 1, 4))) == "2026-01-04 元旦上班"
    assert str(Day.objects.get(date=date(2026, 1, 1))) == "2026-01-01 元旦放假"
    assert str(CalendarVersion.objects.get()) == str(current_version())


def test_everybody_signed_in_sees_the_calendar_and_nobody_else(people) -> None:
    assert Day.objects.visible_to(people["member1"]).exists()
    assert not Day.objects.visible_to(AnonymousUser()).exists()


# -- rules ---------------------------------------------------------------------------------------------------

NEW_YEAR = NoticeDay(date(2027, 1, 1), False, "元旦")
MAKEUP = NoticeDay(date(2027, 1, 3), True, "元旦")


@pytest.mark.parametrize(
    ("current", "wanted", "kinds"),
    [
        ([], [NEW_YEAR], ["新增"]),
        ([NEW_YEAR], [], ["取消"]),
        ([NEW_YEAR], [NoticeDay(NEW_YEAR.date, True, "元旦")], ["更改"]),
        ([NEW_YEAR], [NEW_YEAR], []),
        ([NEW_YEAR, MAKEUP], [MAKEUP], ["取消"]),
    ],
)
def test_a_preview_names_each_change(current, wanted, kinds) -> None:
    assert [change.kind for change in changes(current, wanted)] == kinds


def test_days_are_grouped_by_festival_in_the_order_of_the_year() -> None:
    only_makeup = NoticeDay(date(2027, 9, 26), True, "国庆节")
    grouped = festivals_of([only_makeup, MAKEUP, NEW_YEAR])
    assert [(f.name, len(f.off), len(f.makeup)) for f in grouped] == [("元旦", 1, 1), ("国庆节", 0, 1)]


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), []),
        (date(2026, 11, 1), [2027]),
        (date(2027, 3, 1), [2027]),
        (date(2027, 12, 1), [2027, 2028]),
    ],
)
def test_next_years_notice_is_missed_from_november_on(today, missing) -> None:
    assert missing_years(frozenset({2024, 2025, 2026}), today) == missing


def test_importers_are_known_roles() -> None:
    assert set(IMPORTERS) <= set(Role)
