"""The record page: nine tabs, acts on top, changes while the case is open, and nothing for strangers."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from delegations.enums import MemberRole
from delegations.models import BudgetLine, Delegation, Invitation, ItineraryEntry
from delegations.services import add_member, update_delegation
from tests.delegations.desk import Walker, make_traveller, posted, start
from waiban.accounts.models import User
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow import engine
from waiban.workflow.models import Action, Participant, WorkItem

People = Mapping[str, User]

TABS = ("map", "gantt", "overview", "members", "itinerary", "budget", "papers", "outcomes", "log")


def sign_in(people: People, username: str) -> Client:
    """Sign one of the demo people in."""
    client = Client()
    client.force_login(people[username])
    return client


def read(client: Client, address: str, **query: str) -> str:
    """Fetch a page that must be there."""
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return answer.content.decode()


@pytest.fixture
def group(walker: Walker, people: People) -> Delegation:
    """A delegation of two with dates, a letter, a programme and a budget."""
    group = update_delegation(
        delegation=walker.group,
        actor=walker.actor("unit_clerk"),
        changes={
            "exit_date": today() + timedelta(days=100),
            "entry_date": today() + timedelta(days=104),
            "contact_name": "孟凡成",
            "contact_phone": "13900002618",
            "task_summary": "洽谈铝产业项目",
            "task_detail": "拜会企业，推介滨州。",
        },
    )
    usa = Place.objects.get(code="US")
    Invitation.objects.create(
        delegation=group,
        place=usa,
        inviter="Council",
        inviter_zh="美中贸易促进会",
        kind="organisation",
        issued_on=today(),
        translated=True,
        no_agent=True,
    )
    for half in (0, 1):
        ItineraryEntry.objects.create(
            delegation=group, day=group.exit_date, half=half, activity=f"拜会{half}"
        )
    BudgetLine.objects.create(delegation=group, fee_type="lodging", amount=12345, yuan=12345)
    return group


def url(group: Delegation, name: str = "record", *more: Any) -> str:
    """Address of a page of the record."""
    return reverse(f"delegations:{name}", args=[group.pk, *more])


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("username", ["unit_clerk", "outbound_clerk", "director", "city_leader"])
def test_every_tab_opens_by_its_address(people: People, group: Delegation, tab: str, username: str) -> None:
    page = read(sign_in(people, username), url(group), tab=tab)
    assert group.name in page
    assert f'data-key="{tab}"' in page


def test_the_tabs_show_what_was_entered(people: People, group: Delegation) -> None:
    client = sign_in(people, "outbound_clerk")
    assert "美中贸易促进会" in read(client, url(group), tab="overview")
    assert "139****2618" in read(client, url(group), tab="overview")
    assert "13900002618" not in read(client, url(group), tab="overview")
    assert "拜会1" in read(client, url(group), tab="itinerary")
    assert "12,345.00" in read(client, url(group), tab="budget")
    members = read(client, url(group), tab="members")
    assert "徐海峰" in members
    assert "PE*****67" in members
    assert "PE1234567" not in members


def test_an_unknown_tab_shows_the_map(people: People, group: Delegation) -> None:
    assert "53 环节图" in read(sign_in(people, "outbound_clerk"), url(group), tab="nonsense")


def test_what_i_may_do_now_stands_on_top(people: People, group: Delegation) -> None:
    assert "办理：1 年度出访计划申报" in read(sign_in(people, "unit_clerk"), url(group))
    assert "办理：1" not in read(sign_in(people, "outbound_chief"), url(group))


@pytest.mark.parametrize("name", ["record", "print"])
@pytest.mark.parametrize("username", ["translator", "sysadmin", "enterprise_owner", "finance"])
def test_strangers_are_told_that_there_is_nothing(
    people: People, group: Delegation, username: str, name: str
) -> None:
    assert sign_in(people, username).get(url(group, name)).status_code == 404


def test_another_unit_does_not_see_it(people: People, group: Delegation) -> None:
    client = sign_in(people, "unit_clerk")
    Participant.objects.filter(case=group.pk).update(user=None)
    seat = people["unit_clerk"].positions.get()
    seat.department = seat.department.__class__.objects.filter(kind="unit").exclude(pk=seat.department_id)[0]
    seat.save()
    group.case.owner = people["outbound_clerk"]
    group.case.save()
    assert client.get(url(group)).status_code == 404
    assert client.post(url(group, "edit", "overview")).status_code == 404


def test_a_member_is_led_to_his_phone_page(people: People, group: Delegation) -> None:
    assert sign_in(people, "member1").get(url(group)).url == url(group, "me")


def test_the_record_costs_the_same_with_two_members_and_with_four(
    people: People, walker: Walker, group: Delegation
) -> None:
    client = sign_in(people, "outbound_clerk")
    read(client, url(group), tab="members")
    counts = []
    for more in ((), (5, 7)):
        for serial in more:
            person = make_traveller(people, f"团员{serial}", serial)
            add_member(
                delegation=group,
                traveller=person,
                role=MemberRole.MEMBER,
                actor=walker.actor("outbound_clerk"),
            )
        for tab in ("map", "members"):
            with CaptureQueriesContext(connection) as seen:
                read(client, url(group), tab=tab)
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def test_the_unit_changes_its_record_until_it_has_applied(
    people: People, walker: Walker, group: Delegation
) -> None:
    assert sign_in(people, "unit_clerk").get(url(group, "edit", "overview")).status_code == 200
    WorkItem.objects.filter(case=group.pk, step_key="application_submit").update(state="skipped")
    answer = sign_in(people, "unit_clerk").get(url(group, "edit", "overview"))
    assert answer.status_code == 403
    assert "申请已呈报，内容不能直接修改" in answer.content.decode()
    assert "修改概况" not in read(sign_in(people, "unit_clerk"), url(group), tab="overview")


@pytest.mark.parametrize("username", ["director", "city_leader", "passport_clerk"])
def test_who_only_reads_is_refused_with_a_reason(people: People, group: Delegation, username: str) -> None:
    for name, more in (("edit", ["budget"]), ("join", []), ("leave", [group.members.first().pk])):
        answer = sign_in(people, username).get(url(group, name, *more))
        assert answer.status_code == 403
        assert "可以修改团组内容" in answer.content.decode()


def edit(client: Client, group: Delegation, kind: str, changes: Mapping[str, Any]) -> Any:
    """Send the form of a part as the browser would, with some values changed."""
    form = client.get(url(group, "edit", kind)).context["form"]
    data = posted(form)
    for rows in form.rowsets.values():
        data |= {
            f"{rows.prefix}-TOTAL_FORMS": len(rows.forms),
            f"{rows.prefix}-INITIAL_FORMS": rows.initial_form_count(),
        }
        for line in rows.forms:
            data |= posted(line)
    data = {name: value for name, value in (data | dict(changes)).items() if value is not None}
    return client.post(url(group, "edit", kind), data)


def test_a_new_date_goes_to_the_engine_at_once(people: People, group: Delegation) -> None:
    later = group.exit_date + timedelta(days=30)
    answer = edit(
        sign_in(people, "unit_clerk"),
        group,
        "overview",
        {"exit_date": later.isoformat(), "entry_date": (later + timedelta(days=4)).isoformat()},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    group.case.refresh_from_db()
    assert group.case.target_date == later
    assert Action.objects.filter(case=group.pk, kind="facts", opinion="修改概况").exists()


def test_a_return_before_the_exit_is_refused_and_changes_nothing(people: People, group: Delegation) -> None:
    answer = edit(sign_in(people, "unit_clerk"), group, "overview", {"entry_date": "2020-01-01"})
    assert answer.status_code == 422
    assert "回国日期不得早于出境日期" in answer.content.decode()
    assert Delegation.objects.get(pk=group.pk).entry_date == group.entry_date


def test_lines_of_the_budget_are_changed_and_added(people: People, group: Delegation) -> None:
    client = sign_in(people, "unit_clerk")
    new = {
        "lines-TOTAL_FORMS": 2,
        "lines-0-amount": "20000",
        "lines-0-yuan": "20000",
        "lines-1-fee_type": "meals",
        "lines-1-currency": "USD",
        "lines-1-amount": "100",
        "lines-1-rate": "7.1",
        "lines-1-source": "treasury",
    }
    answer = edit(client, group, "budget", new)
    assert answer.status_code == 302, answer.context["form"].errors
    assert sorted(BudgetLine.objects.values_list("yuan", flat=True)) == [710, 20000]


def test_an_unknown_part_does_not_exist(people: People, group: Delegation) -> None:
    assert sign_in(people, "unit_clerk").get(url(group, "edit", "everything")).status_code == 404


def test_a_person_joins_and_gets_his_steps(people: People, group: Delegation) -> None:
    person = make_traveller(people, "王洪亮", 5)
    data = {"traveller": person.pk, "role": "member"}
    answer = sign_in(people, "unit_clerk").post(url(group, "join"), data, follow=True)
    assert "王洪亮已加入团组" in answer.content.decode()
    assert WorkItem.objects.filter(case=group.pk, participant__name="王洪亮").exists()


def test_a_seventh_person_is_refused(people: People, walker: Walker, group: Delegation) -> None:
    for serial in (5, 7, 9, 11):
        add_member(
            delegation=group,
            traveller=make_traveller(people, f"团员{serial}", serial),
            role=MemberRole.MEMBER,
            actor=walker.actor("unit_clerk"),
        )
    seventh = make_traveller(people, "第七人", 13)
    answer = sign_in(people, "unit_clerk").post(
        url(group, "join"), {"traveller": seventh.pk, "role": "member"}
    )
    assert answer.status_code == 422
    assert "不得超过 6 人" in answer.content.decode()


def test_a_member_leaves_with_a_reason_only(people: People, group: Delegation) -> None:
    client, member = sign_in(people, "unit_clerk"), group.members.get(traveller__name="刘思齐")
    answer = client.post(url(group, "leave", member.pk), {"reason": " "})
    assert answer.status_code == 422
    assert "请写明退出的原因" in answer.content.decode()
    page = client.post(url(group, "leave", member.pk), {"reason": "工作冲突"}, follow=True).content.decode()
    assert "刘思齐已退出团组" in page
    assert "工作冲突" in page
    again = client.post(url(group, "leave", member.pk), {"reason": "工作冲突"})
    assert again.status_code == 409
    assert "已不在团组中" in again.content.decode()


def test_a_new_leader_takes_the_place_of_the_old_one(people: People, group: Delegation) -> None:
    member = group.members.get(traveller__name="刘思齐")
    sign_in(people, "unit_clerk").post(url(group, "part", member.pk), {"role": "leader"})
    assert group.members.get(role="leader") == member


def test_the_page_of_a_member_masks_what_is_personal(people: People, group: Delegation) -> None:
    member = group.members.get(traveller__name="徐海峰")
    page = read(sign_in(people, "outbound_clerk"), url(group, "member", member.pk))
    assert member.traveller.id_number.reveal() not in page
    assert member.traveller.id_number.mask in page
    assert "查看完整" in page


def test_the_acts_on_the_case_are_offered_to_those_who_may(people: People, group: Delegation) -> None:
    chief = read(sign_in(people, "outbound_chief"), url(group))
    clerk = read(sign_in(people, "unit_clerk"), url(group))
    assert "挂起" in chief and "取消团组" in chief and "撤回申请" not in chief
    assert "撤回申请" in clerk and "取消团组" not in clerk
    assert "办件操作" not in read(sign_in(people, "passport_clerk"), url(group))


def test_a_closed_record_cannot_be_changed(people: People, walker: Walker, group: Delegation) -> None:
    engine.withdraw(case_id=group.pk, actor=walker.actor("unit_clerk"), reason="改期")
    client = sign_in(people, "unit_clerk")
    assert "办件操作" not in read(client, url(group))
    answer = client.get(url(group, "edit", "overview"))
    assert answer.status_code == 403
    assert "已结案" in answer.content.decode()


def test_the_sheet_for_the_printer_carries_the_opinions(people: People, group: Delegation) -> None:
    page = read(sign_in(people, "outbound_clerk"), url(group, "print"))
    assert "办文单" in page
    assert "徐海峰" in page
    assert "12,345.00" in page


def test_no_page_of_the_record_carries_inline_code(people: People, group: Delegation) -> None:
    client = sign_in(people, "unit_clerk")
    for tab in TABS:
        page = read(client, url(group), tab=tab)
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


def test_an_empty_record_says_what_comes_next(people: People) -> None:
    bare = start(people).group
    client = sign_in(people, "unit_clerk")
    for tab, words in (
        ("members", "还没有成员"),
        ("itinerary", "还没有日程"),
        ("budget", "还没有经费预算"),
        ("outcomes", "还没有登记成果"),
        ("overview", "还没有登记邀请函"),
    ):
        assert words in read(client, url(bare), tab=tab)


def test_members_of_a_full_group_are_offered_only_once(people: People, group: Delegation) -> None:
    form = sign_in(people, "unit_clerk").get(url(group, "join")).context["form"]
    names = {person.name for person in form.fields["traveller"].queryset}
    assert names.isdisjoint({person.name for person, _role in _team_names(group)})


def _team_names(group: Delegation) -> list[tuple[Any, str]]:
    return [(member.traveller, member.role) for member in group.members.all()]
