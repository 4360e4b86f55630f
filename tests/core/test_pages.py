"""Health, drafts, saved views, elder mode, headers, menu."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings

from waiban.accounts.actors import Actor, Seat
from waiban.accounts.models import User
from waiban.core import context, drafts, health, menu
from waiban.core.checks import menu_leads_somewhere
from waiban.core.models import Draft, SavedView
from waiban.core.tasks import purge_drafts
from waiban.core.time import now

JSON = "application/json"


@pytest.fixture
def clerk(client: Client, people: dict[str, User]) -> Client:
    client.force_login(people["outbound_clerk"])
    client.get("/healthz")
    return client


# Health


def test_healthz_asks_nothing(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_names_each_part(client: Client) -> None:
    checks = client.get("/readyz").json()["checks"]
    assert checks["database"] == {"ok": True, "detail": "可用"}
    assert checks["migrations"]["ok"]
    assert checks["broker"]["ok"]
    assert checks["audit"]["ok"]


@pytest.mark.django_db
@override_settings(CELERY_BROKER_URL="redis://127.0.0.1:1/0")
def test_readyz_is_red_without_broker_and_hides_the_address(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"]["ok"] is False
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.django_db
def test_an_app_can_add_a_question_of_its_own(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_CHECKS", {})
    health.register("sweep", lambda: health.Report(False, "上次巡检 12 分钟前"))
    answer = client.get("/readyz")
    assert answer.json() == {
        "status": "unready",
        "checks": {"sweep": {"ok": False, "detail": "上次巡检 12 分钟前"}},
    }


# Drafts


def test_a_draft_is_kept_replaced_read_and_dropped(clerk: Client) -> None:
    address = "/drafts/delegation-basics/new/"
    assert clerk.get(address).json() == {"saved_at": None, "data": {}}
    for title in ("赴美", "赴美国经贸招商团组"):
        answer = clerk.post(address, {"title": [title], "countries": ["US", "CA"]}, JSON)
        assert answer.status_code == 200
        assert len(answer.json()["clock"]) == 5
    assert clerk.get(address).json()["data"] == {"title": ["赴美国经贸招商团组"], "countries": ["US", "CA"]}
    assert Draft.objects.count() == 1
    clerk.delete(address)
    assert clerk.get(address).json()["data"] == {}


def test_a_draft_is_encrypted_because_forms_ask_for_personal_data(clerk: Client) -> None:
    clerk.post("/drafts/member/7/", {"passport": ["PE1234536"]}, JSON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM core_draft")
        assert "PE1234536" not in cursor.fetchone()[0]


def test_a_draft_belongs_to_one_person(clerk: Client, people: dict[str, User]) -> None:
    clerk.post("/drafts/a/1/", {"x": ["1"]}, JSON)
    other = Client()
    other.force_login(people["outbound_chief"])
    assert other.get("/drafts/a/1/").json()["data"] == {}
    other.delete("/drafts/a/1/")
    assert clerk.get("/drafts/a/1/").json()["data"] == {"x": ["1"]}


@pytest.mark.parametrize("body", ["[]", "no", '"x"', "[" * 100_000, "", "\xff"])
def test_a_draft_that_is_no_object_is_refused_with_a_sentence(clerk: Client, body: str) -> None:
    answer = clerk.post("/drafts/a/1/", body, JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "DRAFT_FORMAT")


def test_a_draft_that_is_too_large_or_misnamed_is_refused(clerk: Client) -> None:
    assert clerk.post("/drafts/a/1/", {"x": "字" * 200_001}, JSON).json()["code"] == "DRAFT_SIZE"
    assert clerk.post("/drafts/a b/1/", {}, JSON).json()["code"] == "DRAFT_KEY"
    assert clerk.post(f"/drafts/{'k' * 81}/1/", {}, JSON).json()["code"] == "DRAFT_KEY"


def test_drafts_that_nobody_touched_for_ninety_days_are_thrown_away(people: dict[str, User]) -> None:
    user = people["unit_clerk"]
    old, young = drafts.save(user, "a", "old", {}), drafts.save(user, "a", "young", {})
    Draft.objects.filter(object_key="old").update(saved_at=now() - timedelta(days=91))
    assert purge_drafts() == 1
    assert list(Draft.objects.values_list("object_key", flat=True)) == [young.object_key]
    assert old.object_key == "old"


# Saved views


def test_a_view_is_saved_without_its_place_in_the_pages_and_shown_again(clerk: Client) -> None:
    answer = clerk.post(
        "/saved-views/",
        {
            "page": "audit:list",
            "name": "本周",
            "query": "?kind=login&cursor=abc",
            "next": "/accounts/profile/",
        },
    )
    assert answer["Location"] == "/accounts/profile/"
    assert SavedView.objects.get().query == "kind=login"
    page = clerk.get("/saved-views/?page=audit:list").content.decode()
    assert 'href="/audit/?kind=login"' in page


def test_a_view_without_name_or_with_a_name_twice_says_why(clerk: Client) -> None:
    data = {"page": "p", "name": "本周", "query": ""}
    clerk.post("/saved-views/", data)
    headers = {"HX-Request": "true"}
    twice = clerk.post("/saved-views/", data, headers=headers)
    assert twice.status_code == 422
    assert "您已有同名的视图" in twice.content.decode()
    nameless = clerk.post("/saved-views/", data | {"name": ""}, headers=headers)
    assert "请给这个视图起一个名称" in nameless.content.decode()


def test_a_shared_view_is_seen_by_colleagues_and_deleted_by_its_owner_only(
    clerk: Client, people: dict[str, User]
) -> None:
    clerk.post("/saved-views/", {"page": "p", "name": "共享的", "query": "a=1", "shared": "on"})
    clerk.post("/saved-views/", {"page": "p", "name": "自己的", "query": "a=2"})
    shared = SavedView.objects.get(name="共享的")
    other = Client()
    other.force_login(people["outbound_chief"])
    page = other.get("/saved-views/?page=p").content.decode()
    assert "共享的" in page
    assert "自己的" not in page
    assert other.post(f"/saved-views/{shared.pk}/delete/").status_code == 404
    assert clerk.post(f"/saved-views/{shared.pk}/delete/").status_code == 302


@pytest.mark.parametrize("views", [1, 3])
def test_the_list_of_views_takes_the_same_queries_whatever_its_length(
    clerk: Client, people: dict[str, User], views: int, django_assert_num_queries: Any
) -> None:
    for number in range(views):
        SavedView.objects.create(user=people["outbound_chief"], page="p", name=f"v{number}", shared=True)
    with django_assert_num_queries(3):  # session, user, views
        clerk.get("/saved-views/?page=p", headers={"HX-Request": "true"})


# Elder mode


def test_elder_mode_is_a_cookie_that_a_second_click_takes_away(client: Client) -> None:
    answer = client.post("/elder/", {"next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert answer.cookies["elder"].value == "1"
    assert client.post("/elder/").cookies["elder"].value == ""


def test_elder_mode_does_not_lead_to_another_host(client: Client) -> None:
    assert client.post("/elder/", {"next": "https://evil.test/"})["Location"] == "/"


# Headers


def test_signed_in_pages_are_never_cached_and_carry_every_header(clerk: Client) -> None:
    answer = clerk.get("/accounts/profile/")
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_cookies_are_out_of_reach_of_scripts(clerk: Client, people: dict[str, User]) -> None:
    assert clerk.cookies["waiban"]["httponly"]
    assert clerk.cookies["waiban"]["samesite"] == "Lax"


# Menu and frame


def seat(role: str) -> Seat:
    return Seat(1, "甲", 1, "综合科", "office_section", role)


def request_of(rf: RequestFactory, path: str, *roles: str) -> Any:
    request = rf.get(path)
    request.user = SimpleNamespace(is_authenticated=True)
    request.actor = Actor(1, "甲", 1, tuple(seat(role) for role in roles))
    return request


@pytest.fixture
def own_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "_ITEMS", {})
    menu.register(menu.Item("系统", "审计", "audit:list", "x", 2, roles=frozenset({"auditor"})))
    menu.register(menu.Item("", "我的", "audit:mine", "x", 1, badge=lambda request: 3, phone=True))
    menu.register(menu.Item("", "零", "core:saved-views", "x", 0, badge=lambda request: 0))
    menu.register(menu.Item("业务", "不给人看", "core:readyz", "x", 0, when=lambda actor: False))


def test_the_menu_shows_what_the_role_may_use_in_the_order_of_the_house(
    own_menu: None, rf: RequestFactory
) -> None:
    groups = menu.groups_for(request_of(rf, "/", "auditor"))
    assert [(title, [entry.title for entry in entries]) for title, entries in groups] == [
        ("", ["零", "我的"]),
        ("系统", ["审计"]),
    ]
    assert [entry.badge for entry in groups[0][1]] == [None, 3]
    assert [title for title, _ in menu.groups_for(request_of(rf, "/", "member"))] == [""]


def test_the_line_with_the_longest_matching_address_is_active(own_menu: None, rf: RequestFactory) -> None:
    groups = menu.groups_for(request_of(rf, "/audit/mine/", "auditor"))
    assert [entry.title for _, entries in groups for entry in entries if entry.active] == ["我的"]


def test_a_line_that_leads_nowhere_is_left_out_and_named_by_a_check(
    own_menu: None, rf: RequestFactory
) -> None:
    menu.register(menu.Item("", "断头路", "no:where", "x", 5))
    titles = [e.title for _, entries in menu.groups_for(request_of(rf, "/", "auditor")) for e in entries]
    assert "断头路" not in titles
    assert [warning.id for warning in menu_leads_somewhere(None)] == ["waiban.W004"]


def test_a_group_that_the_house_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown menu group"):
        menu.register(menu.Item("别的", "x", "core:readyz", "x", 1))


def test_a_visitor_has_no_menu(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = SimpleNamespace(is_authenticated=False)
    text = Template("{% load waiban %}{% menu_groups as groups %}{{ groups|length }}")
    assert text.render(Context({"request": request})) == "0"


def test_the_frame_asks_a_provider_only_once_and_only_when_asked(rf: RequestFactory) -> None:
    asked = []
    context.provide("test_value", lambda: asked.append(1) or 2026)
    frame = context.frame(rf.get("/"))["frame"]
    assert not asked
    assert (frame.test_value, frame.test_value, frame.unknown) == (2026, 2026, "")
    assert len(asked) == 1


def test_money_mask_and_links_in_templates(rf: RequestFactory) -> None:
    text = Template(
        "{% load waiban %}{{ sum|money }} {{ id|mask:'id' }} {{ ''|mask }} "
        "{% query_with kind='a&b' state='' %}"
    )
    page = text.render(
        Context({"sum": 82000, "id": "37160219900101001X", "request": rf.get("/?state=1&cursor=z&q=x")})
    )
    assert page == "8.2 万 3716**********001X  ?q=x&amp;kind=a%26b"
