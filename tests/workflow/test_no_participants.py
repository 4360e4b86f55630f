"""A case that has nobody yet: per-member steps have no items, and nothing overtakes them."""

from tests.workflow.factories import House


def test_a_step_behind_a_per_member_step_waits_for_what_lies_before_it(house: House) -> None:
    """Without participants the joins look through the empty steps instead of opening at once."""
    walk = house.start(people=())
    assert walk.open() == {"ask"}


def test_a_case_without_participants_still_has_no_dead_end(house: House) -> None:
    walk = house.start(people=())
    walk.do("ask")
    walk.do("accept")
    assert "key" not in walk.open()
    assert walk.open()
