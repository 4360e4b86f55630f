"""The log is a chain that only grows: the database refuses every change, and a forged row is found."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.conftest import triggers_off
from tests.workflow.factories import House, Walk
from waiban.workflow import engine, store
from waiban.workflow.models import Action, StepSettingChange

FORGERIES = [
    "UPDATE workflow_action SET opinion = '不同意' WHERE seq = 3",
    "UPDATE workflow_action SET actor_name = '他人' WHERE seq = 3",
    "UPDATE workflow_action SET at = at + interval '1 second' WHERE seq = 3",
    "UPDATE workflow_action SET data = '{\"x\": 1}' WHERE seq = 3",
    "UPDATE workflow_action SET hash = md5(hash) WHERE seq = 3",
    "UPDATE workflow_action SET prev_hash = '' WHERE seq = 3",
    "DELETE FROM workflow_action WHERE seq = 3",
]


@pytest.fixture
def logged(walk: Walk) -> Walk:
    """A case with five log rows."""
    walk.tell(large=False, 甲=False)
    walk.until("study")
    walk.act("claim", "study")
    return walk


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow_action SET opinion = ''",
        "DELETE FROM workflow_action",
        "TRUNCATE workflow_action",
        "TRUNCATE workflow_action CASCADE",
        "UPDATE workflow_stepsettingchange SET reason = ''",
        "DELETE FROM workflow_stepsettingchange",
    ],
)
def test_the_database_refuses_every_change(logged: Walk, statement: str) -> None:
    StepSettingChange.objects.create(
        office=logged.house.office,
        flow_key="hall",
        step_key="ask",
        field="limit",
        reason="试行",
        at=logged.case.started_at,
        by=logged.house.users["chief"],
    )
    before = Action.objects.count()
    with (
        pytest.raises(DatabaseError, match=r"annot|append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Action.objects.count() == before
    assert StepSettingChange.objects.get().reason == "试行"


def test_an_untouched_chain_holds(logged: Walk) -> None:
    assert store.broken_link(logged.case_id) is None
    assert [row.seq for row in Action.objects.filter(case_id=logged.case_id)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_row_changed_behind_the_back_of_the_triggers_is_found(logged: Walk, forgery: str) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(forgery)
    assert store.broken_link(logged.case_id) == 3


def test_rows_cut_off_at_the_end_are_missed(logged: Walk) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflow_action WHERE seq = 5")
    assert store.broken_link(logged.case_id) == 5


def test_numbers_texts_and_dates_survive_the_way_through_the_database(house: House) -> None:
    walk = house.start()
    data = {"元": 12.5, "人": 80, "嵌": {"b": [1, None, True], "a": "引号\"'\\"}, "日": house.office}

    def effect(door: engine.Door, item: engine.Item) -> engine.Effect:
        return engine.Effect(data)

    walk.do("ask", effect=effect)
    assert store.broken_link(walk.case_id) is None


def test_each_case_has_a_chain_of_its_own(house: House) -> None:
    first, second = house.start(), house.start()
    first.do("ask")
    second.do("ask")
    assert store.broken_link(first.case_id) is store.broken_link(second.case_id) is None
    heads = set(Action.objects.filter(seq=1).values_list("prev_hash", flat=True))
    assert heads == {""}
