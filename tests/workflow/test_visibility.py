"""Who sees which case: the office all, a unit its own, an authority what came to it, a member his."""

import pytest

from tests.workflow.factories import House, Walk, found_house
from waiban.accounts.models import User
from waiban.workflow.models import Case, WorkItem


@pytest.fixture
def cases(house: House) -> tuple[Walk, Walk]:
    """A large event that has come to the treasurer, and a small one that has not."""
    large, small = house.start(["甲"]), house.start(["乙"])
    large.tell(large=True, 甲=False)
    large.until("fire")
    return large, small


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("officer", {0, 1}),
        ("director", {0, 1}),
        ("clerk", {0, 1}),
        ("unit_leader", {0, 1}),
        ("stranger", set()),
        ("treasurer", {0}),
        ("甲", {0}),
        ("乙", {1}),
    ],
)
def test_each_sees_what_is_his(house: House, cases: tuple[Walk, Walk], name: str, seen: set[int]) -> None:
    visible = Case.objects.visible_to(house.users[name])
    assert set(visible.values_list("pk", flat=True)) == {cases[number].case_id for number in seen}
    items = WorkItem.objects.visible_to(house.users[name])
    assert set(items.values_list("case_id", flat=True)) == {cases[number].case_id for number in seen}


def test_keepers_guests_and_other_offices_see_nothing(house: House, cases: tuple[Walk, Walk]) -> None:
    house.hire("keeper", "section", "sysadmin")
    other = found_house("qd")
    former = User(is_active=False)
    for user in (house.users["keeper"], other.users["director"], former):
        assert not Case.objects.visible_to(user).exists()


def test_an_owner_keeps_sight_of_what_he_started_when_he_changes_his_post(
    house: House, cases: tuple[Walk, Walk]
) -> None:
    clerk = house.users["clerk"]
    clerk.positions.update(until="2025-12-31")
    assert Case.objects.visible_to(clerk).count() == 2


def test_who_is_asked_to_sign_sees_the_case(house: House) -> None:
    """A further signer of a department that the case never reaches can open what he is asked about."""
    walk = house.start().until("accept")
    outsider = house.users["stranger"]
    assert not Case.objects.visible_to(outsider).exists()
    walk.act("add_signer", "accept", signer=outsider, question="请核对")
    assert Case.objects.visible_to(outsider).get().pk == walk.case_id
