"""The command that recomputes the hash chains."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.conftest import triggers_off
from tests.workflow.factories import Walk


def test_untouched_logs_are_reported_as_whole(walk: Walk) -> None:
    walk.do("ask")
    said = io.StringIO()
    call_command("verify_log", stdout=said)
    assert "已核对 1 个办件" in said.getvalue()


def test_a_row_changed_behind_the_triggers_is_named(walk: Walk) -> None:
    walk.do("ask")
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_action SET opinion = '改' WHERE seq = 1")
    with pytest.raises(CommandError, match="第 1 条"):
        call_command("verify_log", "--case", str(walk.case_id))
