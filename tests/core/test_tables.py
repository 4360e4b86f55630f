"""Excel out: text stays text, secrets stay masked, audit is told."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from django.test import override_settings

from waiban.accounts.actors import Actor
from waiban.audit.models import AuditEvent
from waiban.core.errors import BadInput
from waiban.core.fields import Sealed
from waiban.core.tables import Column, export_xlsx

pytestmark = pytest.mark.django_db
ACTOR = Actor(user_id=0, name="林晓岚", office_id=0)


def read(rows: list[Any], *columns: Column, title: str = "团组") -> Any:
    answer = export_xlsx(title, columns, rows, actor=ACTOR)
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


@pytest.mark.parametrize(
    "nasty", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "http://x", "37160219900101001X"]
)
def test_a_text_that_looks_like_a_formula_number_or_link_stays_text(nasty: str) -> None:
    cell = read([(nasty,)], Column("名称", 0))["A2"]
    assert cell.value == nasty
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.hyperlink is None


def test_numbers_money_and_dates_are_values_that_can_be_reckoned_with() -> None:
    row = {
        "n": 3,
        "m": Decimal("1234.50"),
        "d": date(2026, 12, 4),
        "t": datetime(2026, 12, 4, 1, 0, tzinfo=UTC),
    }
    sheet = read(
        [row],
        Column("数", "n", kind="number"),
        Column("元", "m", kind="money"),
        Column("日", "d", kind="date"),
        Column("时", "t"),
    )
    assert [cell.value for cell in sheet[2]] == [3, 1234.5, datetime(2026, 12, 4), "2026-12-04 09:00"]  # noqa: DTZ001


def test_a_personal_value_leaves_masked() -> None:
    assert read([(Sealed("c", "passport", plain="PE1234536"),)], Column("护照", 0))["A2"].value == "PE*****36"


def test_nothing_is_an_empty_cell_and_functions_and_paths_are_followed() -> None:
    class Row:
        inner = {"name": "甲"}

        def shout(self) -> str:
            return "乙"

    sheet = read([Row()], Column("a", "inner.name"), Column("b", "shout"), Column("c", lambda row: None))
    assert [cell.value for cell in sheet[2]] == ["甲", "乙", None]


def test_the_file_says_who_took_it_and_when() -> None:
    sheet = read([("x",)], Column("a", 0))
    assert sheet["A4"].value.startswith("林晓岚 ")
    assert sheet["A4"].value.endswith(" 导出")
    assert sheet.oddFooter.left.text.startswith("林晓岚")


def test_the_name_of_the_file_is_chinese_and_harmless() -> None:
    answer = export_xlsx('团组/台账\r\nX: "a"', [Column("a", 0)], [], actor=ACTOR)
    assert quote("团组 台账 X") in answer["Content-Disposition"]
    assert "\n" not in answer["Content-Disposition"]


def test_audit_learns_what_left_the_house() -> None:
    read([("x",), ("y",)], Column("姓名", 0))
    event = AuditEvent.objects.get(kind="exported")
    assert event.object_text == "团组"
    assert event.detail["rows"] == 2
    assert event.detail["columns"] == ["姓名"]
    assert len(event.detail["sha256"]) == 64


@override_settings(EXPORT_MAX_ROWS=2)
def test_a_list_that_is_too_long_is_refused_and_not_recorded() -> None:
    with pytest.raises(BadInput, match="超过 2 行"):
        read([("x",)] * 3, Column("a", 0))
    assert not AuditEvent.objects.exists()
