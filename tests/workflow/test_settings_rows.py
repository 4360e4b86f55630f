"""What an office tunes about the steps: over the defaults of the table, with a reason and a history."""

import pytest

from tests.workflow.factories import House
from tests.workflow.sample import HALL
from waiban.core.errors import BadInput, Refused
from waiban.workflow.enums import Mode
from waiban.workflow.models import StepSettingChange
from waiban.workflow.settings_rows import change_setting, holders_of, limits_of, rows_of


def change(
    house: House, by: str = "chief", step: str = "study", reason: str = "试行", **values: int | None
) -> None:
    """Tune a step."""
    change_setting(flow=HALL, step_key=step, actor=house.actor(by), values=values, reason=reason)


def test_the_table_holds_where_nothing_is_tuned(house: House) -> None:
    assert limits_of(house.office.pk, HALL, Mode.STANDARD) == {step.key: step.limit for step in HALL.steps}
    assert limits_of(house.office.pk, HALL, Mode.FAST)["fire"] == 3
    assert holders_of(house.office.pk, HALL) == {}


def test_a_tuned_limit_holds_for_this_office_and_an_empty_one_gives_it_back(house: House) -> None:
    change(house, limit=7, fast=0)
    assert limits_of(house.office.pk, HALL, Mode.STANDARD)["study"] == 7
    assert limits_of(house.office.pk, HALL, Mode.FAST)["study"] == 0
    assert limits_of(house.office.pk + 1, HALL, Mode.STANDARD)["study"] == 2
    change(house, limit=None, reason="恢复")
    assert limits_of(house.office.pk, HALL, Mode.STANDARD)["study"] == 2
    assert rows_of(house.office.pk, HALL)["study"].fast == 0


def test_each_changed_value_leaves_a_row_of_history(house: House) -> None:
    change(house, limit=7, remind_before=4)
    change(house, limit=7, reason="不变")
    change(house, limit=8, reason="再议")
    found = StepSettingChange.objects.values_list("field", "old", "new", "reason", "by__name").order_by("pk")
    assert list(found) == [
        ("limit", "", "limit=7", "试行", "chief"),
        ("remind", "", "remind_before=4", "试行", "chief"),
        ("limit", "limit=7", "limit=8", "再议", "chief"),
    ]


def test_the_default_department_of_a_step_is_where_it_is_offered(house: House) -> None:
    change(house, step="study", holder_id=house.departments["finance"].pk)
    walk = house.start([])
    walk.until("study")
    assert walk.item("study").department == house.departments["finance"]
    with pytest.raises(Refused, match="无权办理"):
        walk.do("study")
    house.hire("outpost", "finance", "outbound_clerk")
    walk.do("study", by="outpost")


def test_only_chiefs_tune_and_only_with_reason_and_sense(house: House) -> None:
    with pytest.raises(Refused, match="科长以上"):
        change(house, by="officer", limit=4)
    with pytest.raises(BadInput, match="请写明修改的理由"):
        change(house, reason=" ", limit=4)
    with pytest.raises(BadInput, match="没有这个环节"):
        change(house, step="nowhere", limit=4)
    for bad in (-1, 401):
        with pytest.raises(BadInput, match="时限须在 0 至 200 个工作日之间"):
            change(house, limit=bad)
    assert not StepSettingChange.objects.exists()
