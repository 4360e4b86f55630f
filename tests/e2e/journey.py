"""A delegation of two to the United States, done step by step in the browsers of its people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from delegations.enums import Level
from delegations.models import Delegation, Traveller
from tests.delegations.desk import give_passport, make_traveller
from tests.e2e.office import PHONE, Office, Person, fill
from waiban.accounts.actors import actor_for
from waiban.accounts.models import User
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.models import WorkItem

LEADER, MEMBER = "刘思齐", "王洪亮"
EXIT, ENTRY = timedelta(days=20), timedelta(days=24)
REPORT = "团组按批准的日程访问芝加哥，举办推介会一场，拜会企业九家，就农产品加工和新材料合作达成意向，" * 2


def register_people(people: Mapping[str, User]) -> dict[str, Traveller]:
    """Write the two persons of the register: the first has a passport that lasts, the second has none."""
    leader = make_traveller(people, LEADER, 1, level=Level.DIVISION, user=people["member1"])
    give_passport(leader, actor_for(people["passport_clerk"]), "PE1234567")
    return {LEADER: leader, MEMBER: make_traveller(people, MEMBER, 3, user=people["member2"])}


class Journey:
    """One delegation and everybody who works on it."""

    def __init__(self, office: Office, travellers: Mapping[str, Traveller]) -> None:
        self.office, self.travellers = office, travellers
        self.case_id = 0

    # Who and where

    def at_record(self, username: str) -> Person:
        """Return somebody with the record open."""
        person = self.office.person(username)
        person.open(f"/delegations/{self.case_id}/")
        return person

    def do(self, username: str, key: str, values: Any = None, *, member: str = "") -> None:
        """Do one step on the record."""
        self.at_record(username).do(key, values, member=member)

    def each(self, username: str, key: str, values: Any = None) -> None:
        """Do a step for both members; the record stays open in between."""
        person = self.at_record(username)
        for name in (LEADER, MEMBER):
            person.do(key, values, member=name)

    def state(self, key: str, name: str = "") -> str:
        """Return the state of a step."""
        rows = WorkItem.objects.filter(case=self.case_id, step_key=key)
        return rows.filter(participant__name=name).get().state if name else rows.get().state

    def phone(self, name: str) -> Person:
        """Return a member with his phone page open."""
        person = self.office.person("member1" if name == LEADER else "member2", PHONE)
        person.open("/delegations/my/")
        return person

    def thing(self, name: str, words: str, values: Any = None) -> None:
        """A member does one of his things on the phone."""
        page = self.phone(name).page
        page.locator("main li, main article").filter(has_text=words).get_by_role("link").first.click()
        person = self.office.person("member1" if name == LEADER else "member2", PHONE)
        fill_and_send(page, values or {})
        person.expect_done("已办好，谢谢。")

    # The way

    def create(self) -> Page:
        """The clerk of the unit starts it; the record opens."""
        page = self.office.person("unit_clerk").open("/delegations/new/")
        page.fill("[name=name]", "赴美国经贸招商团组")
        page.select_option("[name=place_1]", str(us().pk))
        page.fill("[name=exit_date]", str(today() + EXIT))
        page.fill("[name=entry_date]", str(today() + ENTRY))
        page.fill("[name=task_summary]", "对接芝加哥企业")
        page.get_by_role("button", name="建立团组").click()
        self.office.person("unit_clerk").expect_done("团组已建立")
        self.case_id = Delegation.objects.get().pk
        return page

    def prepare(self) -> None:
        """Steps 1 to 6."""
        self.do(
            "unit_clerk",
            "annual_plan_declare",
            {"people": 4, "days": 5, "places": str(us().pk), "purpose": "招商推介"},
        )
        self.do("province", "annual_plan_reply", {"reply_no": "鲁外计〔2026〕8号", "replied_on": today()})
        self.do("unit_clerk", "delegation_formation", self.formation())
        clerk = self.at_record("unit_clerk")
        clerk.do("invitation_obtain", letter())
        clerk.do("itinerary_budget_draft", programme())
        self.do("outbound_clerk", "policy_precheck")

    def formation(self) -> dict[str, Any]:
        """What the clerk fills at step 3."""
        leader, member = (self.travellers[name].pk for name in (LEADER, MEMBER))
        return {
            "stops-0-days": 5,
            "members-0-traveller": leader,
            "members-0-role": "leader",
            "members-1-traveller": member,
            "task_detail": "必要性、重点任务和预期成果。",
            "contact_name": "孟凡成",
            "contact_phone": "13900002618",
        }

    def day_one(self) -> None:
        """The passports are looked at; who has one fills his visa form while the notice still hangs."""
        keeper = self.at_record("passport_clerk")
        keeper.do("passport_check", member=LEADER)
        keeper.do("passport_check", {"verdict": "new", "reason": "首次办理"}, member=MEMBER)
        for name in (LEADER, MEMBER):
            keeper.do("visa_requirement_check", member=name)

    def apply(self) -> None:
        """Steps 8 to 14, each by its own authority."""
        self.do("finance", "budget_preaudit", {"in_plan": "yes"})
        for name in (LEADER, MEMBER):
            self.thing(name, "填写备案表", {"politics": "中共党员", "family": "配偶 王某 1986 年"})
        self.each("personnel", "personnel_review")
        self.do("unit_clerk", "publicity_pre", notice(days=14, until=1))
        self.do("unit_leader", "application_submit")

    def approve(self) -> None:
        """Steps 15 to 24, on the city's authority."""
        clerk = self.at_record("outbound_clerk")
        clerk.do("fao_accept", {"complete": True})
        clerk.do("fao_case_review")
        self.do("outbound_chief", "section_chief_review")
        self.do("deputy_director", "deputy_director_review")
        self.do("director", "director_approve")
        self.do("city_leader", "city_leader_approve")
        self.do("outbound_clerk", "approval_doc_issue")

    def new_passport(self) -> None:
        """Steps 26 to 31 for the member who had none, and the hand-over of both."""
        self.thing(MEMBER, "采集照片和指纹", {"photo_code": "1" * 20})
        self.do("passport_clerk", "passport_form", {"form_no": "A001"}, member=MEMBER)
        self.do("outbound_clerk", "passport_review_submit", {"batch_no": "B001"}, member=MEMBER)
        self.do("province", "passport_make", member=MEMBER)
        keeper = self.at_record("passport_clerk")
        keeper.do(
            "passport_collect_register",
            {
                "number": "PE7654321",
                "issued_on": today(),
                "expires_on": today() + timedelta(days=1800),
                "pages_left": 30,
            },
            member=MEMBER,
        )
        for name in (LEADER, MEMBER):
            keeper.do("passport_loan_out", {"to_whom": "驻京送签员"}, member=name)

    def visa_form(self, name: str, number: str) -> None:
        """Step 33 on the phone."""
        values = {
            "visas-0-form_no": number,
            "visas-0-form_on": today(),
            "photo": True,
            "truthful": True,
        }
        self.thing(name, "填写签证申请表", values)

    def visas(self) -> None:
        """Steps 34 to 40."""
        self.each("passport_clerk", "visa_material_pack", {"complete": True})
        clerk = self.at_record("outbound_clerk")
        for name in (LEADER, MEMBER):
            fee = {"visas-0-fee": 1185, "visas-0-fee_receipt": f"R{name}"}
            clerk.do("visa_material_review", fee, member=name)
        clerk.do("visa_note_verbale")
        self.do("passport_clerk", "visa_submit")
        for name in (LEADER, MEMBER):
            self.thing(name, "使馆面谈")
        granted = {
            "visas-0-result": "issued",
            "visas-0-issued_on": today(),
            "visas-0-expires_on": today() + timedelta(days=3000),
            "visas-0-entries": "多次",
            "visas-0-stay_days": 90,
        }
        self.each("passport_clerk", "visa_adjudicate", granted)
        self.at_record("passport_clerk").do("visa_collect", {"checked": True})

    def leave(self) -> None:
        """Steps 42 to 45."""
        everybody = [str(pk) for pk in Delegation.objects.get().members.values_list("pk", flat=True)]
        self.do(
            "outbound_clerk",
            "pre_departure_training",
            {"place": "二楼会议室", "attended": everybody, "promised": everybody},
        )
        self.do("unit_clerk", "ticket_insurance", {"outbound": "CA985", "inbound": "CA986"})
        self.do("passport_clerk", "documents_release")
        self.thing(LEADER, "出境", {"actual_exit": today()})

    def come_home(self) -> None:
        """Steps 46 to 53."""
        self.thing(LEADER, "境外请示报告", {"actual_entry": today()})
        self.each("passport_clerk", "passport_return")
        clerk = self.at_record("unit_clerk")
        clerk.do("trip_report", {"text": REPORT})
        clerk.do("publicity_post", notice(days=0, until=0))
        clerk.do(
            "outcome_register",
            {
                "reached": "yes",
                "outcomes-0-kind": "promotion",
                "outcomes-0-title": "滨州推介会",
                "outcomes-0-signed_on": today(),
            },
        )
        clerk.do("outcome_follow", {"summary": "已转投促部门跟进。"})
        self.do("finance", "expense_settlement")
        self.do("outbound_clerk", "archive")


def us() -> Place:
    """Return the country."""
    return Place.objects.get(code="US")


def fill_and_send(page: Page, values: Any) -> None:
    """Fill the one form of a phone page and send it."""
    form = page.locator("form.task-form")
    expect(form).to_be_visible()
    fill(form, values)
    form.locator("button.btn-primary").click()


def letter() -> dict[str, Any]:
    """What the clerk fills at step 4."""
    return {
        "letters-0-place": us().pk,
        "letters-0-inviter_zh": "芝加哥贸易协会",
        "letters-0-inviter": "Chicago Trade Association",
        "letters-0-kind": "organisation",
        "letters-0-issued_on": today() - timedelta(days=3),
        "letters-0-valid_from": today() + EXIT,
        "letters-0-valid_to": today() + ENTRY,
        "letters-0-translated": True,
        "letters-0-no_agent": True,
    }


def programme() -> dict[str, Any]:
    """What the clerk fills at step 5: ten half days, five kinds of cost."""
    found: dict[str, Any] = {}
    for line in range(10):
        found[f"entries-{line}-kind"] = "official" if line < 7 else "transport"
        found[f"entries-{line}-activity"] = f"活动 {line}"
    return found | {f"lines-{line}-amount": 1000 for line in range(5)}


def notice(*, days: int, until: int) -> dict[str, Any]:
    """What the clerk fills about a public notice that began and ended some days ago."""
    return {
        "notices-0-starts_on": today() - timedelta(days=days),
        "notices-0-ends_on": today() - timedelta(days=until),
        "notices-0-address": "局内公开栏",
        "notices-0-result": "clear",
    }
