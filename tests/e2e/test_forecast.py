"""What the head of a record says about time, to the day as published."""

from datetime import datetime

import pytest
import time_machine
from playwright.sync_api import expect

from delegations.demo import story
from delegations.enums import Level, MemberRole
from delegations.models import Delegation
from delegations.services import create_delegation
from tests.delegations import test_walk as steps
from tests.delegations.desk import Walker, give_passport, make_traveller
from tests.e2e.office import Office
from waiban.accounts.actors import actor_for
from waiban.accounts.models import User
from waiban.core.time import SHANGHAI
from waiban.places.models import Place
from waiban.workflow.enums import Mode

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("day", [0, 3], ids=["Monday", "Thursday"])
def test_a_fast_case_to_the_united_states_is_expected_to_leave_on_day_22(
    office: Office, people: dict[str, User], day: int
) -> None:
    with time_machine.travel(MONDAY.replace(day=MONDAY.day + day)):
        clerk = actor_for(people["passport_clerk"])
        leader = make_traveller(people, "徐海峰", 1, level=Level.DIVISION)
        second = make_traveller(people, "刘思齐", 3)
        give_passport(leader, clerk, "PE1234567")
        give_passport(second, clerk, "PE7654321")
        team = [(leader, MemberRole.LEADER), (second, MemberRole.MEMBER)]
        group = create_delegation(
            actor=actor_for(people["unit_clerk"]),
            fields={"name": "赴美国经贸招商团组", "category": "trade"},
            members=team,
            stops=[{"place": Place.objects.get(code="US")}],
            mode=Mode.FAST,
        )
        walker = Walker(people, group)
        steps.prepare(walker)
        page = office.person("outbound_clerk").open(f"/delegations/{walker.group.pk}/")
        expect(page.locator(".record-head")).to_contain_text("预计第 22 天成行")
        expect(page.locator(".record-head")).to_contain_text("快办")


def test_the_case_that_was_lived_to_the_published_durations_left_on_day_22(
    office: Office, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "SPECS", [spec for spec in story.SPECS if spec.days_22])
    story.load(lambda line: None)
    page = office.person("outbound_clerk").open(f"/delegations/{Delegation.objects.get().pk}/")
    expect(page.locator(".record-head")).to_contain_text("第 22 天成行")
    expect(page.locator(".record-head")).to_contain_text("已成行")
