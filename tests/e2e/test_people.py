"""One short journey for each kind of user, on the screen that he has."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from delegations.models import Delegation
from tests.delegations import test_walk as steps
from tests.e2e.cases import accepted_case, case_before_deputy, new_case
from tests.e2e.office import PHONE, TABLET, WIDE, Office, fill
from waiban.accounts.enums import Role
from waiban.accounts.models import Department, Position, User
from waiban.accounts.services import name_stand_in
from waiban.core.time import today
from waiban.workflow.models import Action

BOTH = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])


def desk_row(page: Page, title: str) -> Locator:
    """Return the row of a case on the desk."""
    return page.locator("tr.q-row").filter(has_text=title)


def answer_dialog(page: Page, values: dict[str, object], button: str) -> None:
    """Fill the open dialog and press its button."""
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    fill(dialog, values)
    dialog.get_by_role("button", name=button, exact=True).click()


# The unit


@BOTH
def test_the_clerk_of_a_unit_finds_his_case_and_does_the_next_step(
    office: Office, people: dict[str, User], size: tuple[int, int]
) -> None:
    walker = new_case(people)
    person = office.person("unit_clerk", size)
    page = person.open("/desk/")
    desk_row(page, walker.group.name).locator(".q-name a").click()
    page.wait_for_url(f"**/delegations/{walker.group.pk}/**")
    person.do("annual_plan_declare", {"people": 4, "days": 5, "places": "", "purpose": "招商"} | place())
    assert walker.state("annual_plan_declare") == "done"


def place() -> dict[str, object]:
    """The country of the plan."""
    return {"places": str(Delegation.objects.get().stops.get().place_id)}


def test_the_clerk_of_a_unit_searches_by_keyboard(office: Office, people: dict[str, User]) -> None:
    walker = new_case(people)
    page = office.person("unit_clerk").open("/desk/")
    page.keyboard.press("Control+k")
    page.keyboard.type(walker.group.case.reference)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(walker.group.name)


@BOTH
def test_a_member_does_his_thing_on_the_phone_and_sees_no_step_numbers(
    office: Office, people: dict[str, User], size: tuple[int, int]
) -> None:
    walker = new_case(people, user=people["member1"])
    steps.prepare(walker)
    walker.do("unit_project_approval", {"number": "纪要〔2026〕12号", "summary": "同意立项"})
    person = office.person("member1", size)
    page = person.open("/delegations/my/")
    expect(page.locator("main")).to_contain_text("填写备案表")
    expect(page.locator("main")).not_to_contain_text(re.compile(r"第?\s*\d+\s*个?环节"))
    page.locator("main li, main article").filter(has_text="填写备案表").get_by_role("link").first.click()
    fill(page.locator("form.task-form"), {"politics": "中共党员", "family": "配偶 王某 1986 年"})
    page.locator("form.task-form button.btn-primary").click()
    person.expect_done("已办好，谢谢。")
    assert walker.state("personnel_filing", walker.members[0]) == "done"


@BOTH
def test_finance_finds_the_budget_and_audits_it(
    office: Office, people: dict[str, User], size: tuple[int, int]
) -> None:
    walker = new_case(people)
    steps.prepare(walker)
    walker.do("unit_project_approval", {"number": "纪要〔2026〕12号", "summary": "同意立项"})
    person = office.person("finance", size)
    desk_row(person.open("/desk/"), walker.group.name).locator(".q-name a").click()
    person.do("budget_preaudit", {"in_plan": "yes"})
    assert walker.state("budget_preaudit") == "done"


@BOTH
def test_the_province_replies_to_the_plan(
    office: Office, people: dict[str, User], size: tuple[int, int]
) -> None:
    walker = new_case(people)
    us = walker.group.stops.get().place_id
    walker.do("annual_plan_declare", {"people": 4, "days": 5, "places": [us], "quarter": None, "month": None})
    person = office.person("province", size)
    desk_row(person.open("/desk/"), walker.group.name).locator(".q-name a").click()
    person.do("annual_plan_reply", {"reply_no": "鲁外计〔2026〕8号", "replied_on": today()})
    assert walker.state("annual_plan_reply") == "done"


# Deciding


@BOTH
def test_the_chief_decides_from_the_desk(
    office: Office, people: dict[str, User], size: tuple[int, int]
) -> None:
    walker = accepted_case(people)
    person = office.person("outbound_chief", size)
    page = person.open("/desk/")
    desk_row(page, walker.group.name).locator(".q-name a").click()
    person.do("section_chief_review", {"opinion": "拟同意，请分管副主任审核。"})
    assert walker.state("section_chief_review") == "done"
    expect(desk_row(person.open("/desk/"), walker.group.name)).to_have_count(0)


@pytest.mark.parametrize("mode", ["redo", "direct"])
def test_the_chief_sends_back_with_one_list_and_gets_it_again(
    office: Office, people: dict[str, User], mode: str
) -> None:
    walker = accepted_case(people)
    chief = office.person("outbound_chief")
    chief.open(f"/delegations/{walker.group.pk}/")
    chief.panel("section_chief_review").get_by_role("link", name="退回", exact=True).click()
    defects = "邀请函缺少签名\n日程第 3 天空泛"
    answer_dialog(
        chief.page,
        {"target": "application_submit", "reason_code": "T01", "defects": defects, "mode": mode},
        "退回",
    )
    chief.expect_done("已退回")
    leader = office.person("unit_leader")
    page = leader.open(f"/delegations/{walker.group.pk}/")
    expect(page.locator(".act-reason")).to_contain_text("邀请函缺少签名")
    expect(page.locator(".act-reason")).to_contain_text("日程第 3 天空泛")
    leader.do("application_submit")
    expected = "section_chief_review" if mode == "direct" else "fao_accept"
    assert walker.state(expected) == "ready"
    assert walker.item(expected).round == 2


def test_the_deputy_director_decides_a_batch_on_the_tablet(office: Office, people: dict[str, User]) -> None:
    walkers = [case_before_deputy(people, number) for number in range(3)]
    person = office.person("deputy_director", TABLET)
    page = person.open("/desk/")
    boxes = page.locator("[name=items]")
    expect(boxes).to_have_count(3)
    for box in boxes.all():
        box.check()
    page.locator("[data-batch-act=complete]").click()
    fill(page.locator("main"), {"opinion": "同意，请主任审签。"})
    page.locator("main form.confirm-form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("已办成的")
    for walker in walkers:
        expect(page.locator("main")).to_contain_text(walker.group.name)
        assert walker.state("deputy_director_review") == "done"


def test_a_stand_in_decides_and_the_log_names_both(office: Office, people: dict[str, User]) -> None:
    walker = accepted_case(people)
    chief = office.person("outbound_chief")
    page = chief.open("/accounts/standins/")
    substitute = people["reception_chief"]
    fill(
        page.locator("main"),
        {
            "substitute": substitute.pk,
            "starts": today(),
            "ends": today() + timedelta(days=3),
            "reason": "参加培训",
        },
    )
    page.locator("main form [type=submit]").last.click()
    chief.expect_done(f"已委托{substitute.name}")
    person = office.person("reception_chief")
    desk_row(person.open("/desk/"), walker.group.name).locator(".q-name a").click()
    person.do("section_chief_review")
    log = person.open(f"/delegations/{walker.group.pk}/?tab=log").locator("main")
    expect(log).to_contain_text(f"{substitute.name} 代 {people['outbound_chief'].name}")


def test_of_two_who_decide_at_once_one_acts_and_the_other_reads_who_it_was(
    office: Office, people: dict[str, User]
) -> None:
    walker = accepted_case(people)
    lend(people["outbound_chief"], people["reception_chief"])
    buttons = []
    for username in ("outbound_chief", "reception_chief"):
        person = office.person(username)
        person.open(f"/delegations/{walker.group.pk}/")
        buttons.append(person.panel("section_chief_review").locator(".act-buttons .btn-primary"))
    for button in buttons:
        button.evaluate("button => button.click()")  # does not wait for the answer
    for button in buttons:
        expect(button.page.locator(".messages, .error-summary").first).to_contain_text("已")
    texts = [button.page.locator("main").inner_text() for button in buttons]
    assert sum("科长复核已办结。" in text for text in texts) == 1
    assert sum(bool(re.search(r"已由\S+于 [\d-]+ [\d:]+ 办理", text)) for text in texts) == 1
    assert Action.objects.filter(case=walker.group.pk, kind="complete", item__step_no=18).count() == 1


def test_of_two_who_claim_at_once_one_has_it(office: Office, people: dict[str, User]) -> None:
    walker = accepted_case(people)
    buttons = []
    for username in ("outbound_chief", second_chief(people).username):
        person = office.person(username)
        person.open(f"/delegations/{walker.group.pk}/")
        panel = person.panel("section_chief_review")
        buttons.append(panel.get_by_role("button", name="签收", exact=True))
    for button in buttons:
        button.evaluate("button => button.click()")
    for button in buttons:
        expect(button.page.locator("main")).to_contain_text(re.compile(r"已签收，归您办理|该环节已由"))
    texts = [button.page.locator("main").inner_text() for button in buttons]
    assert sum("已签收，归您办理" in text for text in texts) == 1
    assert sum(bool(re.search(r"该环节已由\S+于 [\d-]+ [\d:]+ 签收", text)) for text in texts) == 1
    assert Action.objects.filter(case=walker.group.pk, kind="claim").count() == 1


def lend(principal: User, substitute: User) -> None:
    """The principal is away for three days."""
    until = today() + timedelta(days=3)
    name_stand_in(principal=principal, substitute=substitute, starts=today(), ends=until, reason="公出")


def second_chief(people: dict[str, User]) -> User:
    """Another chief of the same section."""
    section = Department.objects.get(name="出国管理科")
    user = User(username="second_chief", name="袁立言", office=section.office)
    user.password = people["outbound_chief"].password
    user.save()
    Position.objects.create(user=user, department=section, role=Role.OUTBOUND_CHIEF, since=today())
    return user


# Keepers


@BOTH
def test_the_auditor_reads_the_log_and_proves_it_whole(
    office: Office, people: dict[str, User], size: tuple[int, int]
) -> None:
    walker = new_case(people)
    page = office.person("auditor", size).open("/audit/")
    expect(page.locator("main")).to_contain_text("审计日志")
    page.get_by_role("button", name=re.compile("核对|校验|验证")).first.click()
    expect(page.locator(".messages")).to_contain_text("日志完整")
    page.goto("/desk/")
    expect(page.locator("body")).not_to_contain_text(walker.group.name)
    assert page.goto(f"/delegations/{walker.group.pk}/").status == 404


@BOTH
def test_the_system_administrator_keeps_accounts_and_sees_no_case(
    office: Office, people: dict[str, User], size: tuple[int, int]
) -> None:
    walker = new_case(people)
    page = office.person("sysadmin", size).open("/desk/")
    expect(page.locator("body")).not_to_contain_text(walker.group.name)
    expect(page.get_by_role("link", name="因公出访")).to_have_count(0)
    page.goto("/notices/operations/")
    expect(page.locator("h1")).to_contain_text("提醒")
    assert page.goto(f"/delegations/{walker.group.pk}/").status == 404
    assert page.goto("/admin/accounts/user/").status == 200
