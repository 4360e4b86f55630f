"""The registers beside the flow: persons, passports, the annual plan; and what delegations tell the desk."""

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from delegations.enums import PlanItemState
from delegations.models import Passport, PassportMovement, PlanItem, Publicity, Traveller, Visa
from delegations.services import update_delegation
from tests.delegations.desk import Walker, give_passport, identity_number, make_traveller
from waiban.accounts.actors import actor_for
from waiban.accounts.models import Department, User
from waiban.core.time import at, today
from waiban.places.models import Place

People = Mapping[str, User]


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


# Persons


def person(**changes: Any) -> dict[str, Any]:
    """What a browser sends for a new person."""
    data = {
        "name": "王洪亮",
        "surname_pinyin": "WANG",
        "given_pinyin": "HONGLIANG",
        "gender": "male",
        "id_number": identity_number(11),
        "department": Department.objects.get(name="市商务局").pk,
        "level": "below_division",
        "identity": "civil_servant",
        "cadre_authority": "unit",
        "clearance": "none",
        "phone": "13900001234",
    }
    return data | changes


def test_a_person_is_registered_once_with_sealed_numbers(people: People) -> None:
    client = sign_in(people, "unit_clerk")
    page = client.post("/delegations/people/new/", person(), follow=True).content.decode()
    assert "王洪亮已登记" in page
    assert identity_number(11) not in page
    saved = Traveller.objects.get()
    assert saved.born.isoformat() == "1985-03-07"
    answer = client.post("/delegations/people/new/", person(name="另一人"))
    assert answer.status_code == 422
    assert "已登记" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"id_number": identity_number(11)[:-1] + ("1" if identity_number(11)[-1] != "1" else "2")},
            "校验位不对",
        ),
        ({"id_number": "123"}, "应为 18 位"),
        ({"birth_date": "1990-01-01"}, "与所填出生日期不一致"),
        ({"gender": "female"}, "与所填性别不一致"),
        ({"phone": "12345"}, "手机号应为"),
        ({"surname_pinyin": "王"}, "拼音请用大写字母"),
    ],
)
def test_a_wrong_number_is_refused_at_its_field(
    people: People, changes: dict[str, str], sentence: str
) -> None:
    answer = sign_in(people, "unit_clerk").post("/delegations/people/new/", person(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Traveller.objects.exists()


def test_a_unit_keeps_only_its_own_people(people: People) -> None:
    own = make_traveller(people, "王洪亮", 1)
    other = make_traveller(
        people, "赵明轩", 3, department=Department.objects.filter(kind="unit").exclude(name="市商务局")[0]
    )
    client = sign_in(people, "unit_clerk")
    page = read(client, "/delegations/people/")
    assert "王洪亮" in page and "赵明轩" not in page
    assert client.get(f"/delegations/people/{own.pk}/").status_code == 200
    assert client.get(f"/delegations/people/{other.pk}/").status_code == 404
    assert "赵明轩" in read(sign_in(people, "passport_clerk"), "/delegations/people/")
    assert sign_in(people, "finance").get("/delegations/people/").status_code == 403


def test_a_changed_person_keeps_what_was_not_typed(people: People) -> None:
    known = make_traveller(people, "王洪亮", 1)
    data = person(id_number="", phone="", title="局长", birth_date="1985-03-07")
    sign_in(people, "unit_clerk").post(f"/delegations/people/{known.pk}/edit/", data)
    fresh = Traveller.objects.get(pk=known.pk)
    assert fresh.title == "局长"
    assert fresh.id_number.reveal() == identity_number(1)
    assert fresh.phone.reveal() == "13900002618"


def test_the_registers_cost_the_same_with_one_row_and_with_three(people: People) -> None:
    clerk = actor_for(people["passport_clerk"])
    client = sign_in(people, "passport_clerk")
    give_passport(make_traveller(people, "甲", 1), clerk, "PE1234561")
    addresses = ("/delegations/people/", "/delegations/passports/")
    for address in addresses:
        client.get(address)
    counts = []
    for serials in ((), (3, 5)):
        for serial in serials:
            give_passport(make_traveller(people, f"人{serial}", serial), clerk, f"PE123456{serial}")
        for address in addresses:
            with CaptureQueriesContext(connection) as seen:
                read(client, address)
            counts.append(len(seen))
    assert counts == [9, 8, 9, 8]


# Passports


@pytest.fixture
def passport(people: People) -> Passport:
    """A passport in the library."""
    return give_passport(
        make_traveller(people, "王洪亮", 1), actor_for(people["passport_clerk"]), "PE1234567"
    )


def test_the_library_shows_masks_and_where_each_document_is(people: People, passport: Passport) -> None:
    page = read(sign_in(people, "passport_clerk"), "/delegations/passports/")
    assert "PE*****67" in page
    assert "PE1234567" not in page
    assert "在库" in page


def test_documents_that_end_soon_can_be_asked_for(people: People, passport: Passport) -> None:
    client = sign_in(people, "passport_clerk")
    assert "王洪亮" not in read(client, "/delegations/passports/", expiry="6")
    Passport.objects.update(expires_on=today() + timedelta(days=60))
    page = read(client, "/delegations/passports/", expiry="6")
    assert "王洪亮" in page
    assert "6 个月内" in page
    assert "王洪亮" not in read(client, "/delegations/passports/", expiry="expired")
    assert "王洪亮" in read(client, "/delegations/passports/", custody="nonsense", kind="x")


def test_every_hand_over_is_on_record(people: People, passport: Passport) -> None:
    client = sign_in(people, "passport_clerk")
    address = f"/delegations/passports/{passport.pk}/move/"
    refused = client.post(address, {"movement": "loan_out"})
    assert refused.status_code == 422
    assert "须写明交给谁" in refused.content.decode()
    page = client.post(
        address, {"movement": "loan_out", "to_whom": "驻京送签员"}, follow=True
    ).content.decode()
    assert "已登记：出库送签" in page
    assert "驻京送签员" in page
    assert PassportMovement.objects.filter(passport=passport).count() == 2
    impossible = client.post(address, {"movement": "loan_out", "to_whom": "驻京送签员"})
    assert impossible.status_code == 422


def test_only_the_clerk_hands_documents_over(people: People, passport: Passport) -> None:
    address = f"/delegations/passports/{passport.pk}/move/"
    assert sign_in(people, "outbound_clerk").get(address).status_code == 403
    assert sign_in(people, "unit_clerk").get("/delegations/passports/").status_code == 403
    assert "登记收发" not in read(sign_in(people, "outbound_clerk"), f"/delegations/passports/{passport.pk}/")


def test_a_new_document_replaces_the_old_one(people: People, passport: Passport) -> None:
    client = sign_in(people, "passport_clerk")
    address = f"/delegations/people/{passport.traveller_id}/passport/"
    data = {
        "kind": "PE",
        "number": "PE7654321",
        "issued_on": today().isoformat(),
        "expires_on": (today() + timedelta(days=1800)).isoformat(),
        "pages_left": "20",
    }
    assert client.post(address, data | {"number": "E12345678"}).status_code == 422
    client.post(address, data)
    passport.refresh_from_db()
    assert passport.custody == "cancelled"
    assert Passport.objects.in_use().get().number.reveal() == "PE7654321"


def test_the_library_leaves_as_excel_with_masked_numbers(people: People, passport: Passport) -> None:
    answer = sign_in(people, "passport_clerk").get("/delegations/passports/", {"export": "1"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet["D2"].value == "PE*****67"


# The annual plan


def plan(**changes: Any) -> dict[str, Any]:
    """What a browser sends for a plan item."""
    data = {
        "year": today().year,
        "department": Department.objects.get(name="市商务局").pk,
        "plan_type": "controlled",
        "name": "赴美国经贸招商团组",
        "category": "trade",
        "places": [Place.objects.get(code="US").pk],
        "people": 4,
        "days": 5,
        "purpose": "招商",
    }
    return data | changes


def test_a_unit_declares_and_the_province_replies(people: People) -> None:
    sign_in(people, "unit_clerk").post("/delegations/plans/new/", plan())
    item = PlanItem.objects.get()
    assert item.state == PlanItemState.DECLARED
    province = sign_in(people, "province")
    assert "登记批复" in read(province, "/delegations/plans/")
    address = f"/delegations/plans/{item.pk}/reply/"
    refused = province.post(address, {"verdict": "approve", "quota_groups": 1})
    assert refused.status_code == 422
    assert "请填写计划编号" in refused.content.decode()
    province.post(
        address,
        {
            "verdict": "approve",
            "number": 26,
            "quota_groups": 1,
            "quota_people": 4,
            "reply_no": "鲁外〔2026〕1号",
            "replied_on": today().isoformat(),
        },
    )
    item.refresh_from_db()
    assert (item.state, item.number, item.quota_people) == ("approved", 26, 4)
    again = province.post(
        address, {"verdict": "reject", "quota_groups": 1, "replied_on": today().isoformat()}
    )
    assert again.status_code == 422
    assert "不能重复批复" in again.content.decode()


def test_an_approved_item_is_not_changed_any_more(people: People) -> None:
    client = sign_in(people, "unit_clerk")
    client.post("/delegations/plans/new/", plan())
    PlanItem.objects.update(state="approved", number=1, quota_people=4)
    answer = client.post(f"/delegations/plans/{PlanItem.objects.get().pk}/edit/", plan(people=6))
    assert answer.status_code == 422
    assert "已批复，不能再修改" in answer.content.decode()
    assert PlanItem.objects.get().people == 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"month": 5, "quarter": 1}, "5 月不在一季度"),
        ({"people": 0}, "大于"),
        ({"places": []}, "请选择"),
        ({"name": ""}, "请填写"),
    ],
)
def test_a_faulty_item_is_refused(people: People, changes: dict[str, Any], sentence: str) -> None:
    answer = sign_in(people, "unit_clerk").post("/delegations/plans/new/", plan(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not PlanItem.objects.exists()


def test_a_fourth_country_is_refused(people: People) -> None:
    places = [place.pk for place in Place.objects.abroad()[:4]]
    answer = sign_in(people, "unit_clerk").post("/delegations/plans/new/", plan(places=places))
    assert "最多 3 个国家（地区）" in answer.content.decode()


def test_the_plan_costs_the_same_with_one_row_and_with_three(people: People) -> None:
    client = sign_in(people, "unit_clerk")
    client.post("/delegations/plans/new/", plan())
    client.get("/delegations/plans/")
    with CaptureQueriesContext(connection) as one:
        read(client, "/delegations/plans/")
    client.post("/delegations/plans/new/", plan(name="乙"))
    client.post("/delegations/plans/new/", plan(name="丙"))
    with CaptureQueriesContext(connection) as three:
        assert "共 3 项" in read(client, "/delegations/plans/")
    assert len(one) == len(three) == 12


def test_others_do_not_reply_to_plans(people: People) -> None:
    sign_in(people, "unit_clerk").post("/delegations/plans/new/", plan())
    pk = PlanItem.objects.get().pk
    assert sign_in(people, "unit_clerk").get(f"/delegations/plans/{pk}/reply/").status_code == 403
    assert sign_in(people, "finance").get("/delegations/plans/").status_code == 403
    assert "现在没有" not in read(sign_in(people, "unit_clerk"), f"/delegations/plans/{pk}/")


# The desk, search and the menu


def test_the_desk_names_what_takes_place_today(people: People, walker: Walker) -> None:
    group = update_delegation(
        delegation=walker.group,
        actor=walker.actor("unit_clerk"),
        changes={"exit_date": today(), "entry_date": today() + timedelta(days=4)},
    )
    Publicity.objects.create(
        delegation=group, kind="pre", unit="市商务局", starts_on=today(), ends_on=today(), address="公告栏"
    )
    for member in group.members.all():
        Visa.objects.create(
            member=member,
            place=Place.objects.get(code="US"),
            presence=True,
            appointment_at=at(today(), "08:30"),
            appointment_place="使馆签证处",
        )
    page = read(sign_in(people, "outbound_clerk"), "/desk/")
    assert "美国使馆面谈" in page and "应到 2 人" in page
    assert "事前公示期满" in page
    assert "出境 · 赴美国经贸招商团组" in page
    assert "应到 2 人" not in read(sign_in(people, "finance"), "/desk/")


def test_people_are_found_only_by_those_who_may(people: People, passport: Passport) -> None:
    assert "王洪亮" in read(sign_in(people, "passport_clerk"), "/search/", q="王洪")
    assert "PE*****67" in read(sign_in(people, "passport_clerk"), "/search/", q="王洪")
    assert "王洪亮" in read(sign_in(people, "unit_clerk"), "/search/", q="王洪")
    for username in ("finance", "director", "sysadmin"):
        assert "王洪亮" not in read(sign_in(people, username), "/search/", q="王洪")


@pytest.mark.parametrize(
    ("username", "there", "absent"),
    [
        ("unit_clerk", ["因公出访", "年度计划", "人员库"], ["证照库"]),
        ("passport_clerk", ["因公出访", "证照库", "人员库"], ["年度计划"]),
        ("director", ["因公出访", "年度计划"], ["证照库", "人员库"]),
        ("sysadmin", [], ["因公出访", "证照库", "人员库", "年度计划"]),
    ],
)
def test_the_menu_offers_what_one_may_use(
    people: People, username: str, there: list[str], absent: list[str]
) -> None:
    menu = read(sign_in(people, username), "/desk/").split('class="menu"')[1].split("</nav>")[0]
    for word in there:
        assert word in menu
    for word in absent:
        assert word not in menu


def test_a_sealed_number_is_opened_with_a_reason_by_those_who_may(people: People, passport: Passport) -> None:
    address = f"/audit/reveal/delegations.passport/{passport.pk}/number/"
    opened = sign_in(people, "passport_clerk").post(
        address, {"reason": "送签核对"}, headers={"HX-Request": "true"}
    )
    assert "PE1234567" in opened.content.decode()
    for username in ("director", "finance", "sysadmin"):
        refused = sign_in(people, username).post(address, {"reason": "看看"}, headers={"HX-Request": "true"})
        assert refused.status_code in (403, 404)
        assert "PE1234567" not in refused.content.decode()
