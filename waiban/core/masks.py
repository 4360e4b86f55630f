"""How personal numbers look to those who need not read them whole."""

from collections.abc import Callable


def _mask(value: str, head: int, tail: int) -> str:
    """Keep `head` and `tail` characters; a value too short for that is hidden whole."""
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]


def mask_id(value: str) -> str:
    """`371602199001010010` → `3716**********0010`."""
    return _mask(value, 4, 4)


def mask_passport(value: str) -> str:
    """`PE1234536` → `PE*****36`."""
    return _mask(value, 2, 2)


def mask_phone(value: str) -> str:
    """`13812345678` → `138****5678`."""
    return _mask(value, 3, 4)


def mask_text(value: str) -> str:
    """Any other secret text, names and birthdays included: first character kept, the rest hidden."""
    return value[:1] + "*" * min(len(value) - 1, 8) if value else ""


MASKS: dict[str, Callable[[str], str]] = {
    "id": mask_id,
    "passport": mask_passport,
    "phone": mask_phone,
    "text": mask_text,
}
