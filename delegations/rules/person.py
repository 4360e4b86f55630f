"""Rules on one person's names, numbers and papers. Each returns a Chinese sentence, or "" when fine."""

import re
from calendar import monthrange
from datetime import date

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from delegations.enums import Gender, PassportKind

PASSPORT_NUMBER = {
    PassportKind.DIPLOMATIC: re.compile(r"^DE\d{7}$|^D\.?\d{7,8}$"),
    PassportKind.SERVICE: re.compile(r"^SE\d{7}$|^S\.?\d{7,8}$"),
    PassportKind.PUBLIC_AFFAIRS: re.compile(r"^PE\d{7}$|^P\.?\d{7,8}$"),
    PassportKind.HK_MACAO: re.compile(r"^[CW][A-Z0-9]\d{7}$"),
}
PRIVATE_PASSPORT = re.compile(r"^(E\d{8}|E[A-Z]\d{7}|G\d{8})$")
PINYIN = re.compile(r"^[A-Z]+(?: [A-Z]+)*$")
MOBILE = re.compile(r"^1[3-9]\d{9}$")
OFFICIAL_NUMBER = re.compile(r"^[\u4e00-\u9fa5A-Za-z]{2,12}〔20\d{2}〕\d{1,4}号$")
PHOTO_CODE = re.compile(r"^\d{20}$")
# The county list of the library knows when a code was in use, but late registrations carry newer codes than
# the year of birth, so only the province is checked.
PROVINCES = frozenset(
    [
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    ]
)


def identity_error(number: str, *, birth: date | None = None, gender: str = "") -> str:
    """Check a resident identity number (GB 11643) and that it agrees with birth date and gender."""
    number = ric.compact(number)
    if len(number) != 18:
        return "身份证号应为 18 位，请逐位核对。"
    if not (number[:17].isascii() and number[:17].isdigit()):
        return "身份证号前 17 位应全部是数字，请核对。"
    if number[17] != ric.calc_check_digit(number):
        return "身份证号校验位不对，请逐位核对，末位可能是 X。"
    if int(number[:2]) not in PROVINCES:
        return "身份证号开头的行政区划不存在，请核对。"
    try:
        born = ric.get_birth_date(number)
    except InvalidComponent:
        return "身份证号中的出生日期不存在，请核对。"
    if birth and born != birth:
        return "身份证号中的出生日期与所填出生日期不一致，请核对。"
    if gender and gender != gender_of(number):
        return "身份证号第 17 位表示的性别与所填性别不一致，请核对。"
    return ""


def gender_of(number: str) -> Gender:
    """Return the gender in an identity number: an odd 17th digit is male."""
    return Gender.MALE if int(number[16]) % 2 else Gender.FEMALE


def passport_error(number: str, kind: str) -> str:
    """Check the number of an official passport or permit against its kind; private ones are refused (R19)."""
    if PRIVATE_PASSPORT.match(number):
        return "这是因私普通护照号码，执行公务须使用因公证照，请改填。"
    if PASSPORT_NUMBER[PassportKind(kind)].match(number):
        return ""
    if kind == PassportKind.HK_MACAO:
        return "因公往来港澳通行证号码应以 C 或 W 开头，共 9 位，请核对。"
    label = PassportKind(kind).label
    return f"{label}号码应为 {kind} 加 7 位数字（旧版为 {kind[0]} 加 7 至 8 位数字），请核对。"


def pinyin_error(text: str) -> str:
    """Check the romanised name as printed in the passport: capitals, single spaces, Ü written YU."""
    if PINYIN.match(text):
        return ""
    return "拼音请用大写字母，词间空一格，Ü 写作 YU，例如 ZHANG、XIAO MING。"


def mobile_error(number: str) -> str:
    """Check a mobile number of mainland China."""
    return "" if MOBILE.match(number) else "手机号应为 1 开头的 11 位数字，请核对。"


def official_number_error(number: str) -> str:
    """Check the form of an official number: prefix, year in 〔〕, running number, 号."""
    return "" if OFFICIAL_NUMBER.match(number) else "文号格式应如“滨外出〔2026〕26号”，年份用六角括号〔〕。"


def photo_code_error(code: str) -> str:
    """Check the receipt code of a digital photo: 20 digits."""
    return "" if PHOTO_CODE.match(code) else "照片回执编码应为 20 位数字，请对照回执核对。"


def add_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def expires_too_early(expires_on: date, entry_date: date, months: int) -> bool:
    """A passport must outlive the day of return by the given months (R13)."""
    return expires_on < add_months(entry_date, months)


def expiry_error(expires_on: date, entry_date: date, months: int = 6) -> str:
    """Say until when a passport would have to be valid, or "" when it is (R13)."""
    if not expires_too_early(expires_on, entry_date, months):
        return ""
    needed = add_months(entry_date, months)
    return (
        f"护照有效期至 {expires_on:%Y-%m-%d}，须不早于回国后 {months} 个月（{needed:%Y-%m-%d}），"
        "请选择换发，并完成采集、申请和制证。"
    )


def age_on(birth: date, day: date) -> int:
    """Return the completed years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
