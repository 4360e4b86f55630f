"""No personal number reaches a log line, whatever somebody logs."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.conf import settings

from waiban.core.logs import hide_numbers

ID_NUMBER, PHONE, PASSPORT = "37160219900101001X", "13812345678", "PE1234536"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What our handler writes."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    config = logging.config.DictConfigurator(settings.LOGGING)
    handler.setFormatter(config.configure_formatter(dict(settings.LOGGING["formatters"]["line"])))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_numbers_in_text_are_masked() -> None:
    assert hide_numbers(f"身份证{ID_NUMBER}，电话 {PHONE}，护照{PASSPORT}。") == (
        "身份证3716**********001X，电话 138****5678，护照PE*****36。"
    )


@pytest.mark.parametrize(
    "harmless", ["2026-12-04", "滨外出〔2026〕26号", "1234567890123456789012", "ORDER12345"]
)
def test_other_numbers_stay(harmless: str) -> None:
    assert hide_numbers(harmless) == harmless


def test_structlog_lines_are_json_and_masked_in_every_value(lines: StringIO) -> None:
    structlog.get_logger("t").warning("saved", who={"id": [ID_NUMBER]}, phone=int(PHONE), note=PASSPORT)
    line = json.loads(lines.getvalue())
    assert line["event"] == "saved"
    assert line["who"] == {"id": ["3716**********001X"]}
    assert line["phone"] == "138****5678"
    assert line["note"] == "PE*****36"


def test_lines_of_the_standard_library_are_masked_with_their_traceback(lines: StringIO) -> None:
    try:
        raise ValueError(f"bad passport {PASSPORT}")
    except ValueError:
        logging.getLogger("t").exception("failed for %s", ID_NUMBER)
    text = lines.getvalue()
    assert json.loads(text)["level"] == "error"
    assert PASSPORT not in text
    assert ID_NUMBER not in text


def test_a_value_that_is_an_object_is_masked_as_it_would_be_printed(lines: StringIO) -> None:
    class Person:
        def __str__(self) -> str:
            return f"<{ID_NUMBER}>"

    structlog.get_logger("t").warning("x", person=Person())
    assert ID_NUMBER not in lines.getvalue()
