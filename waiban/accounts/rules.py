"""Rules on accounts and firms as pure functions."""

from django.core.exceptions import ValidationError
from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError as NumberError

from waiban.core.text import clean_text


def validate_uscc(value: str) -> None:
    """Refuse a 统一社会信用代码 whose form or check character is wrong (GB 32100-2015)."""
    try:
        uscc_number.validate(clean_text(value, identifier=True))
    except NumberError as error:
        raise ValidationError("统一社会信用代码有误，请对照营业执照核对。", code="uscc") from error
