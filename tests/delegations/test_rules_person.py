"""Names, numbers and papers of one person."""

from datetime import date

import pytest
from stdnum.cn import ric

from delegations.enums import Gender, PassportKind
from delegations.rules import person


def number(area="371602", born="19850307", serial="001"):
    """Return an invented identity number with a right check digit."""
    return f"{area}{born}{serial}{ric.calc_check_digit(f'{area}{born}{serial}0')}"


def test_a_right_identity_number_agrees_with_birth_and_gender():
    assert person.identity_error(number(), birth=date(1985, 3, 7), gender=Gender.MALE) == ""
    assert person.identity_error(number(serial="002"), gender=Gender.FEMALE) == ""


def test_a_number_given_after_the_county_changed_its_code_is_right():
    assert person.identity_error(number("371602", "19600101")) == ""


def wrong_digit():
    right = number()
    return right[:17] + ("1" if right[17] != "1" else "2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("37160219850307", "18 位"),
        ("37160219850307A013", "全部是数字"),
        (wrong_digit(), "校验位"),
        (number(area="991602"), "行政区划"),
        (number(born="19850231"), "出生日期不存在"),
    ],
)
def test_each_fault_of_an_identity_number_is_named(text, words):
    assert words in person.identity_error(text)


def test_an_identity_number_that_contradicts_the_form_is_refused():
    assert "出生日期与所填" in person.identity_error(number(), birth=date(1985, 3, 8))
    assert "性别与所填" in person.identity_error(number(), gender=Gender.FEMALE)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DE1234567", PassportKind.DIPLOMATIC),
        ("SE1234567", PassportKind.SERVICE),
        ("PE1234567", PassportKind.PUBLIC_AFFAIRS),
        ("P.1234567", PassportKind.PUBLIC_AFFAIRS),
        ("C01234567", PassportKind.HK_MACAO),
    ],
)
def test_official_documents_have_their_form(text, kind):
    assert person.passport_error(text, kind) == ""


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("E12345678", PassportKind.PUBLIC_AFFAIRS, "因私普通护照"),
        ("EA1234567", PassportKind.PUBLIC_AFFAIRS, "因私普通护照"),
        ("G12345678", PassportKind.SERVICE, "因私普通护照"),
        ("PE123456", PassportKind.PUBLIC_AFFAIRS, "PE 加 7 位数字"),
        ("PE1234567", PassportKind.SERVICE, "公务护照号码应为 SE"),
        ("12345678", PassportKind.HK_MACAO, "C 或 W 开头"),
    ],
)
def test_wrong_document_numbers_are_explained(text, kind, words):
    assert words in person.passport_error(text, kind)


@pytest.mark.parametrize(
    ("text", "right"),
    [("ZHANG", True), ("XIAO MING", True), ("LYU", True), ("Zhang", False), ("LÜ", False), ("A  B", False)],
)
def test_pinyin_as_in_the_passport(text, right):
    assert (person.pinyin_error(text) == "") is right


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (person.mobile_error, "13900002618", "12900002618"),
        (person.official_number_error, "滨外出〔2026〕26号", "滨外出(2026)26号"),
        (person.photo_code_error, "12345678901234567890", "1234567890"),
    ],
)
def test_forms_of_numbers(check, right, wrong):
    assert check(right) == "" and check(wrong)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 12, 24), 6, date(2027, 6, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 3, 31), -24, date(2024, 3, 31)),
    ],
)
def test_months_are_added_to_the_calendar_day(day, months, expected):
    assert person.add_months(day, months) == expected


def test_expiry_is_explained_with_the_day_that_is_needed():
    assert person.expiry_error(date(2027, 6, 24), date(2026, 12, 24)) == ""
    assert "2027-06-24" in person.expiry_error(date(2027, 6, 23), date(2026, 12, 24))


def test_age_counts_completed_years():
    assert person.age_on(date(1956, 12, 20), date(2026, 12, 19)) == 69
    assert person.age_on(date(1956, 12, 20), date(2026, 12, 20)) == 70
