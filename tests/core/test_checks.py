"""System checks that stop a start which would go wrong later."""

import base64
from importlib.machinery import ModuleSpec
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from waiban.core import checks


def test_psycopg3_is_absent_here() -> None:
    assert checks.no_psycopg3(None) == []


def test_psycopg3_beside_psycopg2_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_spec", lambda name: ModuleSpec(name, None))
    assert [error.id for error in checks.no_psycopg3(None)] == ["waiban.E001"]


def test_sound_keys_pass_and_a_short_one_stops_the_start() -> None:
    assert checks.keys_are_sound(None) == []
    with override_settings(BLIND_INDEX_KEY=base64.b64encode(b"short").decode()):
        assert [error.id for error in checks.keys_are_sound(None)] == ["waiban.E002"]


@pytest.mark.django_db
def test_this_database_reads_chinese() -> None:
    assert checks.trigrams_read_chinese(None, databases=["default"]) == []


@pytest.mark.django_db
def test_a_database_that_is_blind_for_chinese_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a database of locale C answers: no trigram at all, as this one does for punctuation.
    monkeypatch.setattr(checks, "SAMPLE", "！？")
    assert [e.id for e in checks.trigrams_read_chinese(None, databases=["default"])] == ["waiban.E003"]


@pytest.mark.django_db
def test_before_the_extension_is_there_the_letters_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
    assert checks.trigrams_read_chinese(None, databases=["default"]) == []
    monkeypatch.setattr(checks, "SAMPLE", "！？")
    assert [e.id for e in checks.trigrams_read_chinese(None, databases=["default"])] == ["waiban.E003"]


def test_without_a_database_to_ask_nothing_is_asked(django_db_blocker: Any) -> None:
    assert checks.trigrams_read_chinese(None, databases=None) == []


@pytest.mark.django_db
def test_both_extensions_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert {"pg_trgm", "btree_gist"} <= {name for (name,) in cursor.fetchall()}
