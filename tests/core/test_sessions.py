"""Sign-in by default, limits of the session, and no typed word lost on the way."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from waiban.accounts.demo import DEMO_PASSWORD
from waiban.accounts.models import User
from waiban.audit.models import AuditEvent

pytestmark = pytest.mark.urls("tests.core.urls_for_errors")
START = datetime(2026, 12, 4, 1, 0, tzinfo=UTC)


def sign_in(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "outbound_clerk", "password": DEMO_PASSWORD})
    assert answer.status_code == 302, answer.content.decode()


def is_in(client: Client, address: str = "/fail/fine/") -> bool:
    return client.get(address).status_code == 200


def test_every_page_leads_a_visitor_to_sign_in_and_back(client: Client, db: None) -> None:
    answer = client.get("/fail/fine/?tab=log")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/fail/fine/%3Ftab%3Dlog"


def test_an_unknown_address_tells_a_visitor_no_more_than_a_known_one(client: Client, db: None) -> None:
    assert client.get("/no/such/page/").status_code == 404


def test_signing_in_changes_the_session_id(client: Client, people: dict[str, User]) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    client.cookies["waiban"] = before
    sign_in(client)
    assert client.cookies["waiban"].value != before


def test_half_an_hour_without_a_click_ends_the_session(client: Client, people: dict[str, User]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(minutes=29))
        assert is_in(client)
        clock.shift(timedelta(minutes=31))
        assert not is_in(client)
    ended = AuditEvent.objects.get(kind="session_ended")
    assert (ended.actor_name, ended.detail) == ("林晓岚", {"why": "idle"})


def test_work_keeps_a_session_but_not_beyond_twelve_hours(client: Client, people: dict[str, User]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client)
        hours = 0.0
        while is_in(client):
            clock.shift(timedelta(minutes=25))
            hours += 25 / 60
        assert 12 < hours < 12.5


def test_a_page_that_polls_by_itself_keeps_no_session_alive(client: Client, people: dict[str, User]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client)
        for _ in range(8):
            clock.shift(timedelta(minutes=5))
            alive = is_in(client, "/fail/fine/?poll=1")
        assert not alive


def test_clicks_within_a_minute_do_not_write_the_session_again(
    client: Client, people: dict[str, User], django_assert_num_queries: object
) -> None:
    sign_in(client)
    is_in(client)
    with django_assert_num_queries(2):  # session and user
        is_in(client)


def test_a_disabled_account_is_out_at_once(client: Client, people: dict[str, User]) -> None:
    sign_in(client)
    assert is_in(client)
    User.objects.filter(username="outbound_clerk").update(is_active=False)
    assert not is_in(client)


def test_a_post_after_the_session_ended_leads_back_to_the_form_and_says_so(
    client: Client, people: dict[str, User]
) -> None:
    answer = client.post(
        "/fail/fine/", {"a": "1"}, headers={"Referer": "http://testserver/delegations/new/?copy=3"}
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/delegations/new/%3Fcopy%3D3"
    assert "登录已超时，请重新登录；已填写的内容已保留" in client.get(answer["Location"]).content.decode()


def test_the_way_back_never_leads_to_another_host(client: Client, db: None) -> None:
    answer = client.post("/fail/fine/", headers={"Referer": "http://evil.test/x/"})
    assert answer["Location"] == "/accounts/login/?next=/desk/"


def test_htmx_without_session_is_sent_to_sign_in_as_a_whole_page(client: Client, db: None) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/delegations/7/"}
    answer = client.get("/fail/fine/", headers=headers)
    assert answer["HX-Redirect"] == "/accounts/login/?next=/delegations/7/"


def test_the_autosave_without_session_is_told_where_to_sign_in(client: Client, db: None) -> None:
    answer = client.get("/drafts/a/new/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["login"].startswith("/accounts/login/")
