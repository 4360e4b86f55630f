"""Nothing typed is lost: reload, closed tab, ended session; seen in a real browser."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from waiban.accounts.demo import DEMO_PASSWORD, load_demo_accounts
from waiban.core.models import Draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.core.urls_for_drafts")]

SAVED = "已自动保存"


def sign_in(page: Page) -> None:
    page.fill("[name=login]", "outbound_clerk")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/trial/**")


@pytest.fixture
def form(page: Page, live_server: object) -> Page:
    """The form, opened by a clerk."""
    load_demo_accounts()
    page.goto(f"{live_server.url}/trial/")
    sign_in(page)
    return page


def type_all(page: Page) -> None:
    page.fill("[name=title]", "赴美国经贸招商团组")
    page.fill("[name=passport]", "PE1234536")
    page.uncheck("[value=US]")
    page.check("[value=CA]")


def test_what_was_typed_is_saved_by_itself_and_offered_after_a_reload(form: Page) -> None:
    type_all(form)
    expect(form.locator("[data-draft-state]")).to_contain_text(SAVED)
    form.reload()
    form.click("text=恢复内容")
    expect(form.locator("[name=title]")).to_have_value("赴美国经贸招商团组")
    expect(form.locator("[name=passport]")).to_have_value("PE1234536")
    expect(form.locator("[value=US]")).not_to_be_checked()
    expect(form.locator("[value=CA]")).to_be_checked()


def test_leaving_the_page_before_the_pause_is_over_loses_nothing(form: Page, live_server: object) -> None:
    form.fill("[name=title]", "刚打的字")
    form.goto(f"{live_server.url}/healthz")
    form.goto(f"{live_server.url}/trial/")
    form.click("text=恢复内容")
    expect(form.locator("[name=title]")).to_have_value("刚打的字")


def test_a_draft_that_was_given_up_is_gone(form: Page) -> None:
    type_all(form)
    expect(form.locator("[data-draft-state]")).to_contain_text(SAVED)
    form.reload()
    with form.expect_response("**/drafts/trial/7/"):
        form.click("text=放弃")
    form.reload()
    form.wait_for_load_state("networkidle")
    expect(form.locator(".draft-offer")).to_have_count(0)
    assert not Draft.objects.exists()


def test_an_accepted_form_offers_nothing_the_next_time(form: Page, live_server: object) -> None:
    type_all(form)
    expect(form.locator("[data-draft-state]")).to_contain_text(SAVED)
    form.click("text=提交表单")
    form.wait_for_url("**/accepted/")
    form.goto(f"{live_server.url}/trial/")
    form.wait_for_load_state("networkidle")
    expect(form.locator(".draft-offer")).to_have_count(0)
    assert not Draft.objects.exists()


def test_a_session_that_ends_while_typing_loses_nothing_after_signing_in_again(form: Page) -> None:
    form.fill("[name=passport]", "PE1234536")
    expect(form.locator("[data-draft-state]")).to_contain_text(SAVED)
    Session.objects.all().delete()
    form.fill("[name=title]", "会话结束后打的字")
    expect(form.locator("[data-draft-state]")).to_contain_text("登录已超时，已填内容暂存在本页")
    form.fill("[name=note]", "提交前最后一句")
    form.click("text=提交表单")
    form.wait_for_url("**/accounts/login/**")
    expect(form.locator("body")).to_contain_text("已填写的内容已保留")
    stash = form.evaluate("JSON.stringify(sessionStorage)")
    assert "提交前最后一句" in stash
    assert "PE1234536" not in stash
    sign_in(form)
    form.click("text=恢复内容")
    expect(form.locator("[name=title]")).to_have_value("会话结束后打的字")
    expect(form.locator("[name=note]")).to_have_value("提交前最后一句")
    expect(form.locator("[name=passport]")).to_have_value("PE1234536")


def test_a_network_that_is_gone_is_said_and_tried_again(form: Page) -> None:
    form.context.set_offline(True)
    form.fill("[name=title]", "断网")
    expect(form.locator("[data-draft-state]")).to_contain_text("网络不通")
    form.context.set_offline(False)
    form.fill("[name=title]", "断网之后")
    expect(form.locator("[data-draft-state]")).to_contain_text(SAVED)
