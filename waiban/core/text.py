"""Cleaning of typed text before anything else looks at it."""

import unicodedata

from django.core.exceptions import ValidationError

# Format characters that change how a text looks without being seen: zero width, direction overrides, BOM.
_ALLOWED_CONTROLS = frozenset("\n\r\t")


def has_invisible(value: str) -> bool:
    """Tell whether a text holds control, format, surrogate or private-use characters (line breaks are
    fine).
    """
    return any(
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"} and char not in _ALLOWED_CONTROLS
        for char in value
    )


def clean_text(value: str, *, identifier: bool = False) -> str:
    """Return the text with outer blanks removed; `identifier` also folds full width to half width and upper
    case.

    Raises ValidationError (Chinese, code "invisible") when invisible or direction-changing characters are
    inside: they make two different names look alike.
    """
    if has_invisible(value):
        raise ValidationError("含有不可见或控制字符，请删除后重新输入。", code="invisible")
    if identifier:
        folded = unicodedata.normalize("NFKC", value)
        return "".join(folded.split()).upper()
    return value.strip().strip("\u3000").strip()


def validate_visible(value: str) -> None:
    """Validator for model and form fields: refuses invisible characters and texts made of blanks only."""
    if value and not clean_text(value):
        raise ValidationError("不能只填空格。", code="blank")
