"""The member's phone: his few things, in his words, and nobody else's."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from delegations.models import AllowanceRate, Delegation, ItineraryEntry, Visa
from delegations.services import remove_member, update_delegation
from tests.delegations.desk import Walker, posted
from waiban.accounts.models import User
from waiban.core.time import at, now, today
from waiban.places.models import Place
from waiban.workflow.models import WorkItem

People = Mapping[str, User]


@pytest.fixture
def group(walker: Walker) -> Delegation:
    """A delegation with dates, in which member1 travels (刘思齐, without a passport)."""
    return update_delegation(
        delegation=walker.group,
        actor=walker.actor("unit_clerk"),
        changes={
            "exit_date": today() + timedelta(days=100),
            "entry_date": today() + timedelta(days=104),
            "contact_name": "孟凡成",
            "contact_phone": "13900002618",
        },
    )


@pytest.fixture
def phone(people: People, group: Delegation) -> Client:
    """The member, signed in."""
    client = Client()
    client.force_login(people["member1"])
    return client


def url(group: Delegation, name: str = "me", *more: int) -> str:
    """Address of a page of the member."""
    return reverse(f"delegations:{name}", args=[group.pk, *more])


def open_step(group: Delegation, key: str) -> WorkItem:
    """Let a step of the member be open."""
    item = WorkItem.objects.get(case=group.pk, step_key=key, participant__name="刘思齐")
    WorkItem.objects.filter(pk=item.pk).update(state="ready", ready_at=now(), due_at=now())
    return item


def read(client: Client, address: str) -> str:
    """Fetch a page that must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return answer.content.decode()


def test_the_only_running_trip_opens_by_itself(group: Delegation, phone: Client) -> None:
    assert phone.get("/delegations/my/").url == url(group)
    assert group.name in read(phone, "/delegations/my/?all=1")


def test_without_a_trip_it_says_what_will_come(people: People) -> None:
    client = Client()
    client.force_login(people["member1"])
    assert "现在没有您参加的团组" in read(client, "/delegations/my/")


def test_the_page_shows_only_his_things_and_no_numbers(group: Delegation, phone: Client) -> None:
    page = read(phone, url(group))
    tasks = page.split('class="tasks"')[1].split("</ol>")[0]
    assert "填写备案表" in tasks
    assert "回国交照" in tasks
    for others in ("经费审核", "科长复核", "任务批件", "登记出境"):
        assert others not in tasks
    assert "徐海峰" not in page
    assert "100" in page and "天后出境" in page


def test_the_leader_registers_the_exit(people: People, walker: Walker, group: Delegation) -> None:
    lead = group.members.get(role="leader")
    lead.participant.user = people["member1"]
    second = group.members.exclude(pk=lead.pk).get()
    second.participant.user = None
    second.participant.save()
    lead.participant.save()
    client = Client()
    client.force_login(people["member1"])
    assert "境外请示报告" in read(client, url(group))


def test_what_can_be_done_now_comes_first_with_its_button(group: Delegation, phone: Client) -> None:
    item = open_step(group, "personnel_filing")
    page = read(phone, url(group))
    tasks = page.split('class="tasks"')[1].split("</ol>")[0]
    assert tasks.index("填写备案表") < tasks.index("参加行前教育")
    assert url(group, "me_task", item.pk) in tasks
    assert "现在办 1" in page


def test_his_form_works_on_the_phone(group: Delegation, phone: Client) -> None:
    item = open_step(group, "personnel_filing")
    address = url(group, "me_task", item.pk)
    form = phone.get(address).context["form"]
    data = posted(form) | {"politics": "中共党员", "health": "健康", "family": "妻子 李某 教师"}
    data["version"] = WorkItem.objects.get(pk=item.pk).version
    answer = phone.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == url(group)
    assert WorkItem.objects.get(pk=item.pk).state == "done"


def test_a_fault_stays_at_its_field(group: Delegation, phone: Client) -> None:
    item = open_step(group, "personnel_filing")
    answer = phone.post(url(group, "me_task", item.pk), {"health": "健康"})
    assert answer.status_code == 422
    assert "政治面貌" in answer.content.decode()
    assert WorkItem.objects.get(pk=item.pk).state == "ready"


def test_an_old_page_is_told_so(group: Delegation, phone: Client) -> None:
    item = open_step(group, "personnel_filing")
    form = phone.get(url(group, "me_task", item.pk)).context["form"]
    data = posted(form) | {"politics": "群众", "health": "健康", "family": "妻子 李某", "version": 99}
    answer = phone.post(url(group, "me_task", item.pk), data)
    assert answer.status_code == 409
    assert "页面打开后该环节有了变化" in answer.content.decode()


def test_the_things_of_others_do_not_exist_for_him(group: Delegation, phone: Client) -> None:
    for key, name in (("personnel_filing", "徐海峰"), ("passport_check", "刘思齐")):
        item = WorkItem.objects.get(case=group.pk, step_key=key, participant__name=name)
        assert phone.get(url(group, "me_task", item.pk)).status_code == 404


def test_a_thing_that_is_not_open_leads_back(group: Delegation, phone: Client) -> None:
    item = WorkItem.objects.get(case=group.pk, step_key="personnel_filing", participant__name="刘思齐")
    assert phone.get(url(group, "me_task", item.pk)).url == url(group)


@pytest.mark.parametrize("name", ["me", "me_trip", "me_allowance", "me_help"])
@pytest.mark.parametrize("username", ["unit_clerk", "outbound_chief", "finance", "sysadmin"])
def test_nobody_opens_the_phone_page_of_another(
    people: People, group: Delegation, username: str, name: str
) -> None:
    client = Client()
    client.force_login(people[username])
    assert client.get(url(group, name)).status_code == 404


def test_who_has_left_is_told_so(walker: Walker, group: Delegation, phone: Client) -> None:
    member = group.members.get(traveller__name="刘思齐")
    remove_member(member=member, reason="工作冲突", actor=walker.actor("unit_clerk"))
    answer = phone.get(url(group))
    assert answer.status_code == 403
    assert "您已退出该团组" in answer.content.decode()


def test_the_appointment_has_its_card(group: Delegation, phone: Client) -> None:
    Visa.objects.create(
        member=group.members.get(traveller__name="刘思齐"),
        place=Place.objects.get(code="US"),
        kind="B-1",
        submit_place="beijing",
        presence=True,
        appointment_at=at(today() + timedelta(days=7), "08:30"),
        appointment_place="北京市朝阳区安家楼路 55 号",
    )
    page = read(phone, url(group))
    assert "面谈那一天" in page
    assert "还有 7 天" in page
    assert "安家楼路 55 号" in page
    assert "要带的 4 样" in page


def test_contacts_come_from_the_record_and_the_hotline(group: Delegation, phone: Client) -> None:
    page = read(phone, url(group, "me_help"))
    assert "孟凡成" in page
    assert "139 0000 2618" in page
    assert "tel:13900002618" in page
    assert "+86-10-12308" in page


def test_the_programme_and_the_allowance_have_their_places(group: Delegation, phone: Client) -> None:
    ItineraryEntry.objects.create(delegation=group, day=group.exit_date, half=0, activity="拜会铝业协会")
    AllowanceRate.objects.filter(place__code="US").delete()
    AllowanceRate.objects.create(
        place=Place.objects.get(code="US"),
        currency="USD",
        lodging=200,
        meals=55,
        misc=45,
        valid_from=today() - timedelta(days=10),
        source="财行〔2013〕516号",
    )
    assert "拜会铝业协会" in read(phone, url(group, "me_trip"))
    page = read(phone, url(group, "me_allowance"))
    assert "55 USD" in page
    assert "5 天合计" in page and "500 USD" in page


def test_passport_numbers_are_masked_on_the_phone(people: People, walker: Walker, group: Delegation) -> None:
    lead = group.members.get(role="leader")
    second = group.members.exclude(pk=lead.pk).get()
    second.participant.user = None
    second.participant.save()
    lead.participant.user = people["member1"]
    lead.participant.save()
    client = Client()
    client.force_login(people["member1"])
    page = read(client, url(group))
    assert "PE*****67" in page
    assert "PE1234567" not in page
    assert "在外办证照库" in page
