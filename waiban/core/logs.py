"""JSON logs with a request id, and no personal number in them whatever somebody writes into a log line."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import structlog

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{10}(\d{3}[\dXx])(?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
# Chinese passports: E, G, D, S, P and an optional second letter, then seven or eight digits.
_PASSPORT = re.compile(
    r"(?<![0-9A-Za-z])((?:[EGDSP][A-Z]|[EGDSP]\d))\d{5}(\d{2})(?![0-9A-Za-z])", re.IGNORECASE
)
_PATTERNS = ((_ID_NUMBER, "**********"), (_PHONE, "****"), (_PASSPORT, "*****"))


def hide_numbers(text: str) -> str:
    """Return the text with identity, passport and mobile numbers masked."""
    for pattern, stars in _PATTERNS:
        text = pattern.sub(rf"\g<1>{stars}\g<2>", text)
    return text


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        return hide_numbers(value)
    if isinstance(value, dict):
        return {key: _hide(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_hide(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 10**10:
        return _hide(str(value))
    return value


def mask_personal(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Processor: mask personal numbers in every value of the log line, nested ones too."""
    return {key: _hide(value) for key, value in event.items()}


def _text_of_objects(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Processor: turn objects into text first, so that the mask sees what the renderer would print."""
    plain = (str, int, float, bool, dict, list, tuple, set, type(None))
    return {key: value if isinstance(value, plain) else str(value) for key, value in event.items()}


def processors() -> list[Callable[..., Any]]:
    """The chain that every line passes, from structlog or from the standard library."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _last(form: str) -> Iterable[Callable[..., Any]]:
    yield structlog.stdlib.ProcessorFormatter.remove_processors_meta
    yield _text_of_objects
    yield mask_personal
    if form == "json":
        yield structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        yield structlog.dev.ConsoleRenderer(colors=False)


def logging_config(*, level: str, form: str) -> dict[str, Any]:
    """Set up structlog and return Django's LOGGING. form: "json" (one object a line) or "text"."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*processors(), structlog.stdlib.ExtraAdder()],
                "processors": list(_last(form)),
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Each request has its own two lines from django_structlog already.
            "django.server": {"level": "WARNING"},
            "django.request": {"level": "CRITICAL"},
            # Sign-ins are in the audit log.
            "axes": {"level": "WARNING"},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "pikepdf": {"level": "WARNING"},
        },
    }
