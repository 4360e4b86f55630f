"""From an empty form to the archive, each step in the browser of the person whose step it is."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.journey import LEADER, MEMBER, Journey, register_people
from tests.e2e.office import PHONE, Office
from waiban.accounts.models import User
from waiban.workflow.enums import OPEN_STATES, CaseStatus
from waiban.workflow.models import Case

pytestmark = pytest.mark.timeout(600)


def test_a_delegation_is_brought_to_the_archive_in_the_browser(
    office: Office, people: dict[str, User]
) -> None:
    journey = Journey(office, register_people(people))
    page = journey.create()
    expect(page.locator(".record-head")).to_contain_text(re.compile(r"预计成行"))
    journey.prepare()
    journey.day_one()
    journey.do(
        "unit_leader",
        "unit_project_approval",
        {"number": "商务局党组纪要〔2026〕12号", "summary": "同意立项"},
    )

    # The notice hangs; who has a passport need not wait for it, who has none must.
    assert journey.state("publicity_pre") in OPEN_STATES
    journey.visa_form(LEADER, "AA001")
    assert journey.state("visa_form_fill", LEADER) == "done"
    assert journey.state("publicity_pre") in OPEN_STATES
    waiting = journey.phone(MEMBER).page
    things = waiting.locator("main li, main article").filter(has_text="填写签证申请表")
    expect(things.first).to_be_visible()
    expect(things.get_by_role("link", name="去确认")).to_have_count(0)

    journey.apply()
    journey.approve()
    journey.new_passport()
    journey.visa_form(MEMBER, "AA002")
    journey.visas()
    journey.leave()
    journey.come_home()

    case = Case.objects.get(pk=journey.case_id)
    assert case.status == CaseStatus.CLOSED
    assert set(case.items.values_list("state", flat=True)) == {"done", "skipped"}
    page = journey.at_record("unit_clerk").page
    expect(page.locator(".record-head")).to_contain_text("办结")
    assert office.people.keys() >= {("member1", PHONE), ("member2", PHONE)}
