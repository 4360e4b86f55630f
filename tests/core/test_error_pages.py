"""Whatever goes wrong ends in a Chinese sentence with a code, says what was kept, and leaks nothing."""

from typing import Any

import pytest
from django.test import Client

from waiban.accounts.models import User
from waiban.audit.models import AuditEvent

pytestmark = pytest.mark.urls("tests.core.urls_for_errors")


@pytest.fixture
def clerk(client: Client, people: dict[str, User]) -> Client:
    client.force_login(people["outbound_clerk"])
    client.raise_request_exception = False
    return client


CASES = [
    ("refused", 403, "您不是该环节的办理人。", "NOT_HOLDER"),
    ("conflict", 409, "该环节已由郑立群于 09:12 办理。", "CONFLICT"),
    ("stale", 409, "记录已被他人修改。", "STALE"),
    ("bad", 422, "返回日期早于出境日期。", "INPUT"),
    ("denied", 403, "您的岗位不能查看或办理这项内容。", "FORBIDDEN"),
    ("denied-why", 403, "只有科长可以转办。", "FORBIDDEN"),
    ("suspicious", 400, "浏览器发来的内容不完整或格式有误。", "BAD_REQUEST"),
    ("broken", 500, "系统处理时发生意外", "ERROR"),
]


@pytest.mark.parametrize(("name", "status", "sentence", "code"), CASES)
def test_each_error_has_its_page(clerk: Client, name: str, status: int, sentence: str, code: str) -> None:
    answer = clerk.get(f"/fail/{name}/")
    text = answer.content.decode()
    assert answer.status_code == status
    assert sentence in text
    assert code in text
    assert "secret detail" not in text
    assert "Traceback" not in text


@pytest.mark.parametrize(("name", "status", "sentence", "code"), CASES[:-1])
def test_htmx_gets_a_partial_with_the_same_status_for_the_top_of_the_page(
    clerk: Client, name: str, status: int, sentence: str, code: str
) -> None:
    answer = clerk.get(f"/fail/{name}/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == status
    assert answer["HX-Retarget"] == "#page-messages"
    assert f'data-code="{code}"' in text
    assert "<html" not in text


def test_a_refused_post_says_that_what_was_typed_was_kept(clerk: Client) -> None:
    assert "返回后可继续填写" in clerk.post("/fail/conflict/").content.decode()
    assert "数据没有任何改变" in clerk.get("/fail/conflict/").content.decode()


def test_an_unknown_address_is_not_found_for_staff(clerk: Client) -> None:
    answer = clerk.get("/no/such/page/")
    assert answer.status_code == 404
    assert "不在您的可见范围内" in answer.content.decode()


def test_an_old_csrf_token_says_that_the_page_expired(people: dict[str, User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["outbound_clerk"])
    answer = client.post("/fail/fine/")
    assert answer.status_code == 403
    assert "页面已过期，请刷新后重试（已填内容已保留）" in answer.content.decode()


@pytest.mark.parametrize("name", ["refused", "denied", "denied-why"])
def test_a_refusal_is_written_to_audit_with_its_object(clerk: Client, name: str) -> None:
    clerk.get(f"/fail/{name}/")
    event = AuditEvent.objects.get(kind="refused")
    assert event.actor_name == "林晓岚"
    assert event.object_text == f"/fail/{name}/"
    assert event.result == "refused"


def test_a_conflict_is_no_refusal(clerk: Client) -> None:
    clerk.get("/fail/conflict/")
    assert not AuditEvent.objects.filter(kind="refused").exists()


def test_a_nul_in_the_address_is_not_found_and_not_an_error(clerk: Client) -> None:
    assert clerk.get("/fail/%00/").status_code == 200
    assert clerk.get("/saved-views/%00/delete/").status_code == 404


def test_the_page_for_500_needs_no_database(clerk: Client, django_assert_num_queries: Any) -> None:
    clerk.get("/healthz")
    with django_assert_num_queries(2):  # session and user of the request itself
        assert clerk.get("/fail/broken/").status_code == 500


def test_a_foreign_host_is_refused(client: Client) -> None:
    assert client.get("/healthz", headers={"Host": "evil.test"}).status_code == 400
