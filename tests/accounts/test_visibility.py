"""Who sees which accounts, stand-ins and firms."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from waiban.accounts.models import Department, Enterprise, Membership, Office, Position, StandIn, User
from waiban.core.models import Draft, SavedView
from waiban.core.time import today

MODELS = [Office, Department, User, Position, StandIn, Enterprise, Membership, Draft, SavedView]


@pytest.mark.parametrize("model", MODELS)
def test_a_visitor_sees_nothing(people: dict[str, User], model: type) -> None:
    assert not model.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize("model", [Office, Department, User, Position])
def test_the_directory_ends_at_the_own_office(people: dict[str, User], model: type) -> None:
    other = Office.objects.create(name="别市外办", short_name="别市", code="other")
    stranger = User.objects.create_user("stranger", name="丁", office=other)
    department = Department.objects.create(office=other, name="别科", short_name="别科", kind="unit")
    Position.objects.create(user=stranger, department=department, role="unit_clerk")
    seen: QuerySet = model.objects.visible_to(people["outbound_clerk"])
    assert seen.count() == model.objects.count() - 1
    assert model.objects.visible_to(stranger).count() == 1


def test_a_stand_in_is_seen_by_its_two_people_and_the_keepers(people: dict[str, User]) -> None:
    StandIn.objects.create(
        principal=people["outbound_clerk"],
        substitute=people["passport_clerk"],
        starts=today(),
        ends=today(),
        reason="x",
    )
    seers = {name for name, user in people.items() if StandIn.objects.visible_to(user).exists()}
    assert seers == {"outbound_clerk", "passport_clerk", "auditor", "sysadmin"}


def test_a_firm_is_seen_by_its_people_and_the_office(people: dict[str, User]) -> None:
    seers = {name for name, user in people.items() if Enterprise.objects.visible_to(user).exists()}
    assert {"enterprise_owner", "enterprise_agent", "apec_clerk", "director"} <= seers
    assert not seers & {"unit_clerk", "member1", "finance", "city_leader"}
    assert Membership.objects.visible_to(people["enterprise_owner"]).count() == 2
    assert not Membership.objects.visible_to(people["unit_clerk"]).exists()
