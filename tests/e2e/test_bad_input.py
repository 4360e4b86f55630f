"""Bad input in the browser: a Chinese sentence where it happened, nothing changed, nothing typed lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import Locator, Page, expect

from delegations.enums import Level, MemberRole
from delegations.models import Traveller
from tests.delegations import test_walk as steps
from tests.delegations.desk import Walker, give_passport, identity_number, make_traveller, start, team
from tests.e2e.journey import us
from tests.e2e.office import Office, fill
from waiban.accounts.actors import actor_for
from waiban.accounts.enums import Role
from waiban.accounts.models import Position, User
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.models import Action

BESIDES = {"audit_auditevent", "core_draft", "notices_notice", "accounts_user"}
"""Tables that change although nothing was done: log of refusals, drafts, what was read, last sign-in."""


def picture() -> dict[str, Any]:
    """Return the state of everything that a refused act must leave alone."""
    ours = ("waiban", "delegations", "visits", "apec_cards", "events")
    tables = {
        model._meta.db_table for model in apps.get_models() if model.__module__.split(".")[0] in ours
    } - BESIDES
    with connection.cursor() as cursor:
        found = {}
        for table in sorted(tables):
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()
    return found


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Compare all rows before and after."""
    before = picture()
    yield
    after = picture()
    assert {table for table in before if before[table] != after[table]} == set()


def says(place: Page | Locator, sentence: str) -> None:
    """Read a sentence in the summary of errors, which has the focus."""
    summary = place.locator(".error-summary")
    expect(summary).to_contain_text(sentence)
    expect(summary).to_be_focused()


def at_field(place: Page | Locator, name: str, sentence: str) -> None:
    """Read a sentence beside its field."""
    box = place.locator(f"[id^=div_]:has([name='{name}'])").last
    expect(box.locator(".invalid-feedback, .field-error").filter(has_text=sentence).first).to_be_visible()


@pytest.fixture
def walker(people: dict[str, User]) -> Walker:
    """A delegation of two that has just been started."""
    return start(people, members=team(people))


def record(office: Office, walker: Walker, username: str) -> Page:
    """Open the record at somebody's browser."""
    return office.person(username).open(f"/delegations/{walker.group.pk}/")


# What is typed


def test_a_return_before_the_exit_is_refused_at_its_field(office: Office) -> None:
    page = office.person("unit_clerk").open("/delegations/new/")
    with nothing_changes():
        page.fill("[name=name]", "赴美国经贸招商团组")
        page.select_option("[name=place_1]", str(us().pk))
        page.fill("[name=exit_date]", str(today() + timedelta(days=40)))
        page.fill("[name=entry_date]", str(today() + timedelta(days=30)))
        page.get_by_role("button", name="建立团组").click()
        says(page, "回国日期不得早于出境日期")
    at_field(page, "entry_date", "回国日期不得早于出境日期")
    expect(page.locator("[name=name]")).to_have_value("赴美国经贸招商团组")
    expect(page.locator("[name=exit_date]")).to_have_value(str(today() + timedelta(days=40)))


@pytest.fixture
def formation(walker: Walker) -> Walker:
    """The plan is approved; the clerk composes the group."""
    place = us().pk
    plan = {"people": 4, "days": 5, "places": [place], "quarter": None, "month": None}
    walker.do("annual_plan_declare", plan)
    walker.do("annual_plan_reply", {"reply_no": "鲁外计〔2026〕8号", "replied_on": today()})
    return walker


COMPOSED = {
    "exit_date": today() + timedelta(days=40),
    "entry_date": today() + timedelta(days=44),
    "task_summary": "对接芝加哥企业",
    "task_detail": "必要性、重点任务和预期成果。",
    "contact_name": "孟凡成",
}


def compose(office: Office, walker: Walker) -> Locator:
    """Fill the form of step 3 at the clerk's browser and return its panel."""
    clerk = office.person("unit_clerk")
    clerk.open(f"/delegations/{walker.group.pk}/")
    panel = clerk.panel("delegation_formation")
    fill(panel, COMPOSED)
    return panel


def test_a_fourth_country_is_refused_and_what_was_typed_stays(office: Office, formation: Walker) -> None:
    panel = compose(office, formation)
    page = office.person("unit_clerk").page
    with nothing_changes():
        rows = panel.locator("[data-rows=stops]")
        for line, code in enumerate(("US", "CA", "MX", "CU")):
            if line:
                rows.locator("[data-add-line]").click()
            fill(rows, {f"stops-{line}-place": Place.objects.get(code=code).pk, f"stops-{line}-days": 2})
        panel.locator(".act-buttons .btn-primary").click()
        says(page, "国家")
    expect(page.locator("[name=stops-3-place]")).to_have_value(str(Place.objects.get(code="CU").pk))
    expect(page.locator("[name=task_detail]")).to_have_value(COMPOSED["task_detail"])


def test_a_seventh_member_is_refused_and_what_was_typed_stays(
    office: Office, formation: Walker, people: dict[str, User]
) -> None:
    more = [make_traveller(people, f"周团员{n}", 11 + 2 * n) for n in range(5)]
    panel = compose(office, formation)
    page = office.person("unit_clerk").page
    with nothing_changes():
        fill(panel, {"stops-0-days": 5})
        rows = panel.locator("[data-rows=members]")
        for line, person in enumerate(more, 2):
            while not rows.locator(f"[name=members-{line}-traveller]").count():
                rows.locator("[data-add-line]").click()
            fill(rows, {f"members-{line}-traveller": person.pk})
        panel.locator(".act-buttons .btn-primary").click()
        says(page, "6 人")
    expect(page.locator("[name=members-6-traveller]")).to_have_value(str(more[4].pk))


def test_a_passport_that_expires_too_early_is_refused_at_its_field(
    office: Office, people: dict[str, User]
) -> None:
    leader = make_traveller(people, "徐海峰", 1, level=Level.DIVISION)
    early = today() + steps.ENTRY + timedelta(days=90)
    give_passport(leader, actor_for(people["passport_clerk"]), "PE1234567", early)
    walker = start(people, members=[(leader, MemberRole.LEADER)])
    steps.prepare(walker)
    keeper = office.person("passport_clerk")
    keeper.open(f"/delegations/{walker.group.pk}/")
    panel = keeper.panel("passport_check", "徐海峰")
    with nothing_changes():
        fill(panel, {"verdict": "valid", "passport": leader.passports.get().pk})
        panel.locator(".act-buttons .btn-primary").click()
        says(keeper.page, "6 个月")
    at_field(keeper.page, "passport", "6 个月")


def test_an_identity_number_with_a_wrong_check_digit_is_refused_at_its_field(office: Office) -> None:
    right = identity_number(45)
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    page = office.person("unit_clerk").open("/delegations/people/new/")
    with nothing_changes():
        page.fill("[name=name]", "于清扬")
        page.fill("[name=id_number]", wrong)
        page.locator("main form [type=submit]").last.click()
        says(page, "校验位")
    at_field(page, "id_number", "校验位")
    expect(page.locator("[name=name]")).to_have_value("于清扬")
    expect(page.locator("[name=id_number]")).to_have_value(wrong)
    assert not Traveller.objects.exists()


# Whose turn it is


def open_step(office: Office, walker: Walker, username: str, key: str) -> Page:
    """Open the page of a step by its address, as from an old mail."""
    return office.person(username).open(f"/cases/items/{walker.item(key).pk}/complete/")


def test_a_step_out_of_order_is_refused(office: Office, walker: Walker) -> None:
    with nothing_changes():
        page = open_step(office, walker, "unit_leader", "unit_project_approval")
        press_if_offered(page)
        expect(page.locator("main")).to_contain_text("尚未开始")


def test_somebody_elses_step_is_refused(office: Office, walker: Walker) -> None:
    steps.prepare(walker)
    with nothing_changes():
        page = open_step(office, walker, "unit_clerk", "unit_project_approval")
        press_if_offered(page)
        expect(page.locator("main")).to_contain_text("无权办理")
        expect(page.locator("main")).to_contain_text("组团单位领导")


def test_nobody_decides_on_what_he_submitted_himself(
    office: Office, walker: Walker, people: dict[str, User]
) -> None:
    chief = people["outbound_chief"]
    unit = walker.group.case.department
    Position.objects.create(user=chief, department=unit, role=Role.UNIT_LEADER, since=today())
    steps.prepare(walker)
    walker.omit = frozenset({"application_submit"})
    steps.apply(walker)
    walker.omit = frozenset()
    walker.do("application_submit", by="outbound_chief")
    walker.do("fao_accept", {"complete": True})
    walker.do("fao_case_review")
    person = office.person("outbound_chief")
    person.open(f"/delegations/{walker.group.pk}/")
    panel = person.panel("section_chief_review")
    with nothing_changes():
        fill(panel, {"opinion": "我看可以。"})
        panel.locator(".act-buttons .btn-primary").click()
        says(person.page, "本人提交的事项不能由本人审批")
    expect(person.page.locator("[name=opinion]")).to_have_value("我看可以。")


def press_if_offered(page: Page) -> None:
    """Press the button of a step if the page offers one."""
    button = page.locator(".act-buttons .btn-primary")
    if button.count():
        button.first.click()


# At the same time


def reviewed(walker: Walker) -> None:
    """Bring it before the chief of the section."""
    steps.prepare(walker)
    steps.apply(walker)
    walker.do("fao_accept", {"complete": True})
    walker.do("fao_case_review")


def test_a_stale_page_is_told_who_was_quicker_and_keeps_the_opinion(office: Office, walker: Walker) -> None:
    reviewed(walker)
    late = office.person("outbound_chief")
    late.open(f"/delegations/{walker.group.pk}/")
    panel = late.panel("section_chief_review")
    fill(panel, {"opinion": "同意，请注意行程安全。"})
    walker.do("section_chief_review")
    with nothing_changes():
        panel.locator(".act-buttons .btn-primary").click()
        says(late.page, "已由郑立群于")
    expect(late.page.locator("[name=opinion]")).to_have_value("同意，请注意行程安全。")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_double_click_acts_once(office: Office, walker: Walker, scripts: bool) -> None:
    reviewed(walker)
    chief = office.visitor("outbound_chief", scripts=scripts)
    chief.sign_in(f"/delegations/{walker.group.pk}/")
    panel = chief.panel("section_chief_review")
    panel.locator(".act-buttons .btn-primary").dblclick()
    expect(chief.page.locator(".messages, .error-summary").first).to_contain_text("已")
    acts = Action.objects.filter(
        case=walker.group.pk, item=walker.item("section_chief_review"), kind="complete"
    )
    assert acts.count() == 1
    assert walker.state("section_chief_review") == "done"


# Files and sessions


def test_a_file_that_is_not_what_its_name_says_is_refused_beside_its_paper(
    office: Office, walker: Walker
) -> None:
    page = office.person("unit_clerk").open(f"/documents/case/{walker.group.pk}/")
    paper = page.locator("ul.papers > li").filter(has_text="中文译件").first
    with nothing_changes():
        paper.locator("summary").click()
        paper.locator("[name=file]").set_input_files(
            {"name": "邀请函译件.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00 not a paper"}
        )
        paper.locator("[name=not_secret]").check()
        paper.get_by_role("button", name="上传").click()
        expect(paper.locator(".field-error").first).to_contain_text("文件内容与类型不符")


def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(office: Office, walker: Walker) -> None:
    reviewed(walker)
    chief = office.person("outbound_chief")
    page = chief.open(f"/delegations/{walker.group.pk}/")
    panel = chief.panel("section_chief_review")
    Session.objects.all().delete()
    with nothing_changes():
        fill(panel, {"opinion": "同意，已核对邀请函原件。"})
        panel.locator(".act-buttons .btn-primary").click()
        page.wait_for_url("**/accounts/login/**")
        expect(page.locator("body")).to_contain_text("已填写的内容已保留")
    chief.give_password()
    page.get_by_text("恢复内容").first.click()
    expect(page.locator("[name=opinion]")).to_have_value("同意，已核对邀请函原件。")
    chief.panel("section_chief_review").locator(".act-buttons .btn-primary").click()
    chief.expect_done("科长复核已办结。")
