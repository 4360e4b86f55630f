"""Official numbers: no doubles, no unexplained gaps, also when two people take one at the same second."""

import io
import threading
import time
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from tests.documents.conftest import Group, found_group
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.time import now, today
from waiban.documents.models import OfficialNumber, OfficialSeries
from waiban.documents.queries import gaps_of, register_of
from waiban.documents.rules import clean_number, format_number, split_number
from waiban.documents.services import take_number, void_number


def take(group: Group, **more) -> OfficialNumber:
    given = {"office_id": group.case.office_id, "prefix": "滨外出", "year": 2026, **more}
    return take_number(actor=group.actor("outbound_clerk"), **given)


def test_numbers_are_given_in_order_within_prefix_and_year(group: Group) -> None:
    assert [str(take(group)) for _ in range(3)] == [
        "滨外出〔2026〕1号",
        "滨外出〔2026〕2号",
        "滨外出〔2026〕3号",
    ]
    assert str(take(group, prefix="滨外礼")) == "滨外礼〔2026〕1号"
    assert str(take(group, year=2027)) == "滨外出〔2027〕1号"
    assert str(take(group, year=None)) == f"滨外出〔{today().year}〕" + (
        "4号" if today().year == 2026 else "1号"
    )
    assert str(OfficialSeries.objects.get(prefix="滨外礼")) == "滨外礼〔2026〕"


def test_an_office_that_starts_in_mid_year_continues_its_own_count(group: Group) -> None:
    OfficialSeries.objects.create(office_id=group.case.office_id, prefix="滨外出", year=2026, next=26)
    number = take(group, case_id=group.case.pk, subject="赴美国经贸招商团组" * 20)
    assert str(number) == "滨外出〔2026〕26号" and number.case_id == group.case.pk
    assert len(number.subject) == 120


def test_the_command_continues_a_count_that_was_begun_on_paper(group: Group) -> None:
    out = io.StringIO()
    call_command("set_next_number", "滨外出", "2026", "27", stdout=out)
    assert "滨外出〔2026〕的下一号是 27 号。" in out.getvalue()
    assert str(take(group)) == "滨外出〔2026〕27号"
    code = group.case.office.code
    for arguments, sentence in (
        (("滨外出", "2026", "27"), "滨外出〔2026〕已用到 27 号，下一号至少是 28"),
        (("ABC", "2026", "27"), "机关代字应为"),
        (("滨外出", "2026", "27", "--office", "nowhere"), f"请用 --office 指明机构代码：{code}"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("set_next_number", *arguments, stdout=out)
    call_command("set_next_number", "滨外出", "2026", "30", "--office", code, stdout=out)
    assert str(take(group)) == "滨外出〔2026〕30号"


def test_a_rolled_back_act_gives_its_number_back(group: Group) -> None:
    take(group)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        take(group)
        _ = 1 / 0
    assert str(take(group)) == "滨外出〔2026〕2号"


@pytest.mark.parametrize("prefix", ["", "滨", "滨外出〔", "ABC", "滨外出" * 5, "滨 外出"])
def test_a_prefix_is_two_to_twelve_characters(group: Group, prefix: str) -> None:
    with pytest.raises(BadInput, match="机关代字应为 2 至 12 个汉字"):
        take(group, prefix=prefix)


def test_a_voided_number_stays_with_its_reason_and_is_not_given_again(group: Group) -> None:
    first = take(group)
    with pytest.raises(BadInput, match="请填写作废原因"):
        void_number(number_id=first.pk, reason="  ", actor=group.actor("outbound_clerk"))
    with pytest.raises(Refused, match="只有外办工作人员"):
        void_number(number_id=first.pk, reason="错", actor=group.actor("unit_clerk"))
    void_number(number_id=first.pk, reason="团组取消", actor=group.actor("outbound_clerk"))
    with pytest.raises(Conflict, match="滨外出〔2026〕1号已经作废（团组取消）"):
        void_number(number_id=first.pk, reason="再来", actor=group.actor("outbound_clerk"))
    second = take(group)
    assert second.seq == 2
    assert [(n.seq, n.void_reason) for n in register_of(second.series)] == [(1, "团组取消"), (2, "")]
    assert gaps_of(second.series) == []


def test_a_number_that_was_removed_from_the_table_shows_as_a_gap(group: Group) -> None:
    numbers = [take(group) for _ in range(6)]
    OfficialNumber.objects.filter(seq__in=[2, 3, 6]).delete()
    assert gaps_of(OfficialSeries.objects.get(pk=numbers[0].series_id)) == [(2, 3), (6, 6)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_costs_one_query(group: Group, count: int, django_assert_num_queries) -> None:
    for _ in range(count):
        number = take(group, case_id=group.case.pk)
    with django_assert_num_queries(1):
        assert [f"{n} {n.case.reference} {n.taken_by.name}" for n in register_of(number.series)]


def test_taking_a_number_costs_few_statements(group: Group, django_assert_num_queries) -> None:
    take(group)
    actor = group.actor("outbound_clerk")
    with django_assert_num_queries(6):  # savepoint, find, lock, insert, count on, release
        take_number(office_id=group.case.office_id, prefix="滨外出", year=2026, actor=actor)


def test_the_office_reads_the_register_and_a_unit_the_numbers_of_its_cases(group: Group) -> None:
    take(group)
    take(group, case_id=group.case.pk)
    assert OfficialNumber.objects.visible_to(group.people["director"]).count() == 2
    assert OfficialNumber.objects.visible_to(group.people["unit_clerk"]).count() == 1
    assert OfficialNumber.objects.visible_to(group.people["member8"]).count() == 0
    group.people["director"].is_active = False
    assert OfficialNumber.objects.visible_to(group.people["director"]).count() == 0


@pytest.mark.parametrize(
    "change",
    [{"seq": 0}, {"void_reason": "x"}, {"voided_at": "2026-01-01T00:00+08:00"}],
)
def test_the_database_refuses_rows_that_make_no_sense(group: Group, change: dict) -> None:
    number = take(group)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialNumber.objects.filter(pk=number.pk).update(**change)


@pytest.mark.parametrize("change", [{"next": 0}, {"year": 1999}, {"prefix": ""}])
def test_the_database_refuses_a_series_that_makes_no_sense(group: Group, change: dict) -> None:
    take(group)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficialSeries.objects.update(**change)


# -- at the same second --------------------------------------------------------------------------------------


def run_together(act: Callable[[], None], workers: int = 8) -> list[object]:
    """Run an act in several threads, each with a connection of its own; return results and errors."""
    gate = threading.Barrier(workers)
    answers: list[object] = []

    def work() -> None:
        gate.wait()
        try:
            answers.append(act())
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_the_same_second_are_all_different_and_without_gap() -> None:
    group = found_group()
    actor = group.actor("outbound_clerk")

    def act() -> str:
        return str(take_number(office_id=group.case.office_id, prefix="滨外出", year=2026, actor=actor))

    answers = run_together(act)
    assert sorted(answers) == [f"滨外出〔2026〕{n}号" for n in range(1, 9)]
    assert gaps_of(OfficialSeries.objects.get()) == []


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_same_race_gives_doubles() -> None:
    group = found_group()
    user = group.people["outbound_clerk"]
    series = OfficialSeries.objects.create(office_id=group.case.office_id, prefix="滨外出", year=2026)

    def act() -> int:
        with transaction.atomic():
            seq = OfficialSeries.objects.get(pk=series.pk).next  # no lock
            time.sleep(0.02)
            OfficialNumber.objects.create(series=series, seq=seq, taken_by=user, taken_at=now())
            OfficialSeries.objects.filter(pk=series.pk).update(next=seq + 1)
            return seq

    answers = run_together(act)
    assert any(isinstance(answer, IntegrityError) for answer in answers), "only the second fence held"


# -- writing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "滨外出〔2026〕26号",
        "滨外出[2026]26号",
        "滨外出【2026】26号",
        "滨外出（2026）26 号",
        "滨外出(2026)第026号",
        "滨外出〔２０２６〕２６号",
    ],
)
def test_a_typed_number_is_brought_into_its_proper_form(typed: str) -> None:
    assert clean_number(typed) == "滨外出〔2026〕26号"
    assert split_number(typed) == ("滨外出", 2026, 26)
    assert format_number("滨外出", 2026, 26) == "滨外出〔2026〕26号"


@pytest.mark.parametrize(
    "typed", ["", "26号", "滨外出2026-26", "滨外出〔26〕1号", "滨外出〔2026〕0号", "滨外出〔2026〕123456号"]
)
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match="文号应写成“滨外出〔2026〕26号”的样子"):
        clean_number(typed)
