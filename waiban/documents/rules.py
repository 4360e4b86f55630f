"""Rules on papers and official numbers, without queries."""

import re
import unicodedata

from django.core.exceptions import ValidationError

MAX_BYTES = 50 * 1024 * 1024
MAX_FILES_PER_PAPER = 20
MAX_FILES_PER_CASE = 400

_NUMBER = re.compile(r"(?P<prefix>[\u4e00-\u9fff]{2,12})〔(?P<year>20\d\d)〕(?P<seq>[1-9]\d{0,4})号")
_PREFIX = re.compile(r"[\u4e00-\u9fff]{2,12}")


def format_number(prefix: str, year: int, seq: int) -> str:
    """Write an official number as GB/T 9704-2012 wants it: brackets 〔〕, no leading 第 and no zeros."""
    return f"{prefix}〔{year}〕{seq}号"


def split_number(text: str) -> tuple[str, int, int]:
    """Return (prefix, year, sequence) of a typed official number; other brackets, 第 and zeros are forgiven.

    Raises ValidationError (Chinese, code "number") when it is none.
    """
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    folded = re.sub(r"[\[(【{]", "〔", re.sub(r"[\])】}]", "〕", folded))
    match = _NUMBER.fullmatch(re.sub(r"〕第?0*", "〕", folded))
    if not match:
        raise ValidationError("文号应写成“滨外出〔2026〕26号”的样子。", code="number")
    return match["prefix"], int(match["year"]), int(match["seq"])


def clean_number(text: str) -> str:
    """Return a typed official number in its proper form; ValidationError when it is none."""
    return format_number(*split_number(text))


def valid_prefix(prefix: str) -> bool:
    """Tell whether a text may stand before the brackets (机关代字)."""
    return bool(_PREFIX.fullmatch(prefix))
