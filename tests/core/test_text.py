"""Cleaning, masks, money, time: pure functions."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from waiban.core import time as clock
from waiban.core.masks import mask_id, mask_passport, mask_phone, mask_text
from waiban.core.money import in_units
from waiban.core.text import clean_text, validate_visible


def test_masks_are_those_of_the_office() -> None:
    assert mask_id("37160219900101001X") == "3716**********001X"
    assert mask_passport("PE1234536") == "PE*****36"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_text("刘思齐") == "刘**"


@pytest.mark.parametrize("mask", [mask_id, mask_passport, mask_phone])
def test_a_value_too_short_for_its_mask_is_hidden_whole(mask: object) -> None:
    assert mask("123") == "***"
    assert mask("") == ""


@given(st.text(max_size=40))
def test_a_mask_never_shows_more_than_its_two_ends(value: str) -> None:
    shown = mask_id(value)
    assert len(shown) == len(value)
    assert set(shown[4:-4]) <= {"*"}


@pytest.mark.parametrize("nasty", ["刘\u200b思齐", "\u202e齐思刘", "a\x00b", "\ufeff甲", "\u00ad"])
def test_invisible_characters_are_refused(nasty: str) -> None:
    with pytest.raises(ValidationError, match="不可见"):
        clean_text(nasty)


@pytest.mark.parametrize("name", ["𠮷野", "𬎆", "阿卜杜拉·买买提", "Jean-Luc O’Neil", "第一行\n第二行"])
def test_rare_names_and_line_breaks_are_kept(name: str) -> None:
    assert clean_text(name) == name


def test_an_identifier_is_folded_to_half_width_upper_case_without_blanks() -> None:
    assert clean_text(" ３７１６０２ 19900101001ｘ ", identifier=True) == "37160219900101001X"


def test_blanks_alone_are_no_name() -> None:
    with pytest.raises(ValidationError, match="空格"):
        validate_visible("\u3000 ")


@pytest.mark.parametrize(
    ("yuan", "unit", "text"),
    [
        (None, "", "—"),
        (0, "", "0 元"),
        (950, "", "950 元"),
        (Decimal("82000"), "", "8.2 万"),
        (Decimal("4650000000"), "", "46.5 亿"),
        (Decimal("14460000000"), "", "144.6 亿"),
        (Decimal("1234567.89"), "元", "1,234,567.89 元"),
        (Decimal("4650000000"), "万", "465,000 万"),
        (Decimal("-15000"), "", "−1.5 万"),
        (Decimal("-0.001"), "", "0 元"),
        (Decimal("10050"), "", "1.01 万"),
    ],
)
def test_amounts_are_read_in_the_largest_unit_that_fits(yuan: Decimal | None, unit: str, text: str) -> None:
    assert in_units(yuan, unit) == text


@time_machine.travel(datetime(2026, 12, 3, 16, 30, tzinfo=UTC), tick=False)
def test_today_is_the_day_in_shanghai() -> None:
    assert clock.today() == date(2026, 12, 4)
    assert f"{clock.local(clock.now()):%H:%M}" == "00:30"


def test_a_wall_clock_time_is_one_in_shanghai() -> None:
    assert clock.at(date(2026, 12, 4), "17:30") == datetime(2026, 12, 4, 9, 30, tzinfo=UTC)


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        clock.local(datetime(2026, 1, 1))  # noqa: DTZ001
