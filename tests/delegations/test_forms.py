"""Bad input ends in a Chinese sentence at its field, and nothing changes."""

from datetime import timedelta

import pytest
from django.template import Context, Template

from delegations.enums import Custody, Level
from delegations.models import Passport, Stop, Traveller
from delegations.services import add_member
from tests.delegations.desk import Walker, identity_number, make_traveller, start
from tests.delegations.test_walk import ENTRY, EXIT, apply, approve, passports, prepare, visas
from waiban.core.errors import BadInput, Conflict, Refused, Stale
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow import engine
from waiban.workflow.enums import ItemState
from waiban.workflow.models import Action

FORMATION = {
    "exit_date": today() + EXIT,
    "entry_date": today() + ENTRY,
    "task_summary": "对接芝加哥企业",
    "task_detail": "必要性、重点任务和预期成果。",
    "contact_name": "孟凡成",
}


def errors(form) -> str:
    """Return all sentences of a form that is not valid."""
    assert not form.is_valid()
    return " ".join(sentence for found in form.errors.values() for sentence in found)


def plan(walker: Walker) -> None:
    """Steps 1 and 2."""
    us = Place.objects.get(code="US")
    walker.do("annual_plan_declare", {"people": 4, "days": 5, "places": [us.pk]})
    walker.do("annual_plan_reply", {"reply_no": "鲁外计〔2026〕8号", "replied_on": today()})


def formation(walker: Walker, changes=None, rows=None):
    """Return the bound form of the formation."""
    us = Place.objects.get(code="US")
    lines = {"stops": [{"place": us, "days": 5}], **(rows or {})}
    return walker.fill("delegation_formation", {**FORMATION, **(changes or {})}, lines)


class TestPlan:
    def test_outside_the_plan_needs_an_explanation(self, walker):
        us = Place.objects.get(code="US")
        values = {"people": 4, "days": 5, "places": [us.pk], "plan_type": "unplanned"}
        form = walker.fill("annual_plan_declare", values)
        assert "调整说明" in form.errors["plan_note"][0]

    def test_month_and_quarter_agree(self, walker):
        values = {"people": 4, "days": 5, "quarter": 1, "month": 5}
        assert "不在一季度" in walker.fill("annual_plan_declare", values).errors["month"][0]

    def test_nobody_counts_zero_people(self, walker):
        form = walker.fill("annual_plan_declare", {"people": 0, "days": 5})
        assert "人数和天数须大于 0" in errors(form)

    def test_a_reply_is_not_of_tomorrow(self, walker):
        us = Place.objects.get(code="US")
        walker.do("annual_plan_declare", {"people": 4, "days": 5, "places": [us.pk]})
        values = {"reply_no": "X", "replied_on": today() + timedelta(days=1)}
        assert "不能晚于今天" in walker.fill("annual_plan_reply", values).errors["replied_on"][0]


class TestFormation:
    def test_return_before_exit(self, walker):
        plan(walker)
        form = formation(walker, {"entry_date": today() + timedelta(days=19)})
        assert form.errors["entry_date"] == ["回国日期不得早于出境日期，请改正。"]

    def test_a_stay_that_is_too_long_is_refused_at_the_return(self, walker):
        plan(walker)
        form = formation(walker, {"entry_date": today() + timedelta(days=25)})
        assert "6 天，上限 5 天" in form.errors["entry_date"][0]

    def test_a_seventh_member(self, walker):
        plan(walker)
        more = [make_traveller(walker.people, f"团员{n}", n) for n in (11, 13, 15, 17, 19)]
        rows = [{}, {}, *({"traveller": person, "role": "member"} for person in more)]
        assert "不得超过 6 人" in errors(formation(walker, rows={"members": rows}))

    def test_a_fourth_country(self, walker):
        plan(walker)
        stops = [{"place": Place.objects.get(code=code)} for code in ("US", "CA", "MX", "CU")]
        assert "4 国，上限 3 国" in errors(formation(walker, rows={"stops": stops}))

    def test_a_retired_member(self, walker):
        plan(walker)
        Traveller.objects.filter(name="刘思齐").update(retired=True)
        assert "刘思齐已离退休" in errors(formation(walker))

    def test_a_group_without_leader(self, walker):
        plan(walker)
        form = formation(walker, rows={"members": [{"role": "member"}, {"role": "member"}]})
        assert "有且只有一名团长" in errors(form)

    def test_two_leaders(self, walker):
        plan(walker)
        form = formation(walker, rows={"members": [{"role": "leader"}, {"role": "leader"}]})
        assert "只能有一名团长" in errors(form)

    def test_the_same_person_twice(self, walker):
        plan(walker)
        again = walker.members[0].traveller
        form = formation(walker, rows={"members": [{}, {}, {"traveller": again, "role": "member"}]})
        assert "不能在团组中出现两次" in errors(form)

    def test_a_phone_that_is_none(self, walker):
        plan(walker)
        assert "11 位数字" in formation(walker, {"contact_phone": "12345"}).errors["contact_phone"][0]

    def test_a_work_secret_is_refused(self, walker):
        plan(walker)
        assert "非涉密系统" in errors(formation(walker, {"secrecy": "work_secret"}))

    def test_members_may_be_exchanged_in_the_form(self, walker):
        plan(walker)
        newcomer = make_traveller(walker.people, "何新", 21)
        rows = [{}, {"traveller": newcomer, "role": "interpreter"}]
        form = formation(walker, rows={"members": rows})
        assert form.is_valid(), form.errors
        item = walker.item("delegation_formation")
        engine.complete(
            case_id=walker.group.pk, item_id=item.pk, actor=walker.actor("unit_clerk"), effect=form.apply
        )
        assert [m.traveller.name for m in walker.members] == ["徐海峰", "何新"]
        gone = walker.group.members.get(left=True)
        assert walker.state("personnel_filing", gone) == ItemState.VOIDED


class TestLetters:
    LETTER = {
        "inviter": "Chicago Trade Association",
        "inviter_zh": "芝加哥贸易协会",
        "kind": "organisation",
        "issued_on": today(),
        "translated": True,
        "no_agent": True,
    }

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"kind": "chinese_firm"}, "境外中资企业不得作为邀请单位"),
            ({"kind": "agent"}, "中介机构不得作为邀请单位"),
            ({"translated": False}, "须附中文译件"),
            ({"no_agent": False}, "未通过中介机构"),
            ({"valid_from": today() + EXIT, "valid_to": today() + EXIT}, "未覆盖行程"),
            ({"issued_on": today() + ENTRY}, "签发日期晚于出境日期"),
        ],
    )
    def test_each_fault_is_named(self, walker, changes, words):
        plan(walker)
        formation_form = formation(walker)
        assert formation_form.is_valid()
        walker.do("delegation_formation", FORMATION, {"stops": [{"place": Place.objects.get(code="US")}]})
        line = {"place": Place.objects.get(code="US"), **self.LETTER, **changes}
        assert words in errors(walker.fill("invitation_obtain", rows={"letters": [line]}))

    def test_no_letter_at_all(self, walker):
        plan(walker)
        walker.do("delegation_formation", FORMATION, {"stops": [{"place": Place.objects.get(code="US")}]})
        assert "至少登记一份邀请函" in errors(walker.fill("invitation_obtain"))

    def test_a_programme_with_holes(self, walker):
        plan(walker)
        walker.do("delegation_formation", FORMATION, {"stops": [{"place": Place.objects.get(code="US")}]})
        form = walker.fill(
            "itinerary_budget_draft", rows={"entries": [{"activity": "会谈"}], "lines": [{"amount": 5}]}
        )
        assert "日程还缺 9 个半天" in errors(form)

    def test_money_over_the_standard_is_explained(self, walker):
        plan(walker)
        walker.do("delegation_formation", FORMATION, {"stops": [{"place": Place.objects.get(code="US")}]})
        lines = [{"amount": -5, "over_standard": True, "currency": "元", "rate": 0}]
        words = errors(walker.fill("itinerary_budget_draft", rows={"lines": lines}))
        for part in ("金额不得为负", "汇率须大于 0", "三位字母代码", "事先报批依据"):
            assert part in words

    def test_the_precheck_stops_what_the_rules_forbid(self, walker):
        prepare_without_letters(walker)
        assert "尚无邀请函" in errors(walker.fill("policy_precheck", by="outbound_clerk"))


def prepare_without_letters(walker: Walker) -> None:
    """Steps 1 to 5, and then the letter is lost."""
    walker.omit = frozenset({"policy_precheck"})
    prepare(walker)
    walker.group.invitations.all().delete()


class TestApplication:
    def test_a_wrong_check_digit(self, walker):
        prepare(walker)
        walker.do("unit_project_approval")
        right = identity_number(1)
        wrong = right[:17] + ("1" if right[17] != "1" else "2")
        values = {"politics": "群众", "family": "无", "id_number": wrong}
        form = walker.fill("personnel_filing", values, member=walker.members[0])
        assert form.errors["id_number"] == ["身份证号校验位不对，请逐位核对，末位可能是 X。"]

    def test_a_number_that_belongs_to_somebody_else(self, walker):
        prepare(walker)
        walker.do("unit_project_approval")
        values = {"politics": "群众", "family": "无", "id_number": identity_number(3)}
        form = walker.fill("personnel_filing", values, member=walker.members[0])
        assert "另一人员名下" in form.errors["id_number"][0]

    def test_birth_date_gender_and_pinyin_agree_with_the_passport(self, walker):
        prepare(walker)
        walker.do("unit_project_approval")
        values = {
            "birth_date": "1986-03-07",
            "surname_pinyin": "徐",
            "phone": "123",
            "family": "无",
            "politics": "群众",
        }
        form = walker.fill("personnel_filing", values, member=walker.members[0])
        assert {"id_number", "surname_pinyin", "phone"} <= set(form.errors)

    def test_a_cut_budget_is_explained(self, walker):
        prepare(walker)
        walker.do("unit_project_approval")
        form = walker.fill("budget_preaudit", {"in_plan": "no", "approved": 1})
        assert "reason" in form.errors

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            (
                {"starts_on": today() - timedelta(days=1), "ends_on": today() - timedelta(days=1)},
                "不得少于 5 个工作日",
            ),
            ({"starts_on": today(), "ends_on": today() + timedelta(days=10)}, "才期满"),
            ({"result": "running"}, "结果未填"),
            ({"result": "objected"}, "异议内容"),
            ({"ends_on": today() - timedelta(days=30)}, "不得早于起始日期"),
        ],
    )
    def test_publicity_is_whole_over_and_clear(self, walker, changes, words):
        prepare(walker)
        walker.do("unit_project_approval")
        line = {
            "starts_on": today() - timedelta(days=14),
            "ends_on": today() - timedelta(days=1),
            "address": "公开栏",
            "result": "clear",
            **changes,
        }
        assert words in errors(walker.fill("publicity_pre", rows={"notices": [line]}))

    def test_the_application_asks_the_rules_again(self, walker):
        prepare(walker)
        apply_until_submit(walker)
        Stop.objects.filter(delegation=walker.group).update(inside_airport=False)
        for code in ("CA", "MX", "CU"):
            Stop.objects.create(delegation=walker.group, place=Place.objects.get(code=code), order=9)
        assert "上限 3 国" in errors(walker.fill("application_submit"))


def apply_until_submit(walker: Walker) -> None:
    """Steps 7 to 13."""
    walker.omit = frozenset({"application_submit"})
    apply(walker)


class TestActs:
    def test_a_step_out_of_order(self, walker):
        item = walker.item("delegation_formation")
        with pytest.raises(Conflict, match="尚未开始"):
            engine.complete(case_id=walker.group.pk, item_id=item.pk, actor=walker.actor("unit_clerk"))

    def test_somebody_elses_step(self, walker):
        item = walker.item("annual_plan_declare")
        with pytest.raises(Refused):
            engine.complete(case_id=walker.group.pk, item_id=item.pk, actor=walker.actor("finance"))

    def test_a_double_click_has_one_effect(self, walker):
        plan(walker)
        item = walker.item("annual_plan_reply")
        with pytest.raises(Conflict, match="已由"):
            engine.complete(case_id=walker.group.pk, item_id=item.pk, actor=walker.actor("province"))

    def test_a_stale_page_changes_nothing(self, walker):
        item = walker.item("annual_plan_declare")
        before = Action.objects.filter(case=walker.group.pk).count()
        with pytest.raises(Stale):
            engine.complete(
                case_id=walker.group.pk,
                item_id=item.pk,
                actor=walker.actor("unit_clerk"),
                version=item.version + 1,
            )
        assert Action.objects.filter(case=walker.group.pk).count() == before

    def test_a_refused_form_leaves_nothing_behind(self, walker):
        plan(walker)
        form = formation(walker)
        assert form.is_valid()
        item = walker.item("delegation_formation")
        with pytest.raises(Refused):
            engine.complete(
                case_id=walker.group.pk, item_id=item.pk, actor=walker.actor("finance"), effect=form.apply
            )
        walker.group.refresh_from_db()
        assert walker.group.exit_date is None


class TestDocuments:
    def test_a_passport_that_expires_too_early_cannot_be_chosen(self, walker):
        prepare(walker)
        Passport.objects.update(expires_on=today() + timedelta(days=100))
        first = walker.members[0]
        passport = first.traveller.passports.get()
        form = walker.fill("passport_check", {"verdict": "valid", "passport": passport}, member=first)
        assert "须不早于回国后 6 个月" in form.errors["passport"][0]
        assert walker.form("passport_check", "passport_clerk", first).initial["verdict"] == "renew"

    @pytest.mark.parametrize(
        ("changes", "name", "words"),
        [
            ({"number": "E12345678"}, "number", "因私普通护照"),
            ({"number": "PE1234567"}, "number", "已登记"),
            ({"number": "PE12"}, "number", "7 位数字"),
            ({"kind": "HM"}, "kind", "须用因公护照"),
            ({"issued_on": today() + timedelta(days=1)}, "issued_on", "不能晚于今天"),
            ({"expires_on": today() - timedelta(days=900)}, "expires_on", "须晚于签发日期"),
            ({"expires_on": today() + timedelta(days=60)}, "expires_on", "6 个月"),
            ({"number": None}, "number", "请填写证照号码"),
        ],
    )
    def test_a_document_is_checked_before_it_enters_the_library(self, walker, changes, name, words):
        prepare(walker)
        values = {
            "verdict": "valid",
            "passport": None,
            "kind": "PE",
            "number": "PE7654321",
            "issued_on": today() - timedelta(days=30),
            "expires_on": today() + timedelta(days=1800),
            **changes,
        }
        if changes == {"number": None}:
            values["passport"] = None
            form = walker.fill("passport_check", values, member=walker.members[1])
            assert "请选择所用证照" in form.errors["passport"][0]
            return
        form = walker.fill("passport_check", values, member=walker.members[1])
        assert words in form.errors[name][0]

    def test_a_document_held_outside_the_library_is_registered_with_the_check(self, walker):
        prepare(walker)
        second = walker.members[1]
        values = {
            "verdict": "valid",
            "kind": "PE",
            "number": "PE7654321",
            "issued_on": today() - timedelta(days=30),
            "expires_on": today() + timedelta(days=1800),
        }
        walker.do("passport_check", values, member=second)
        second.refresh_from_db()
        assert second.passport.custody == Custody.STORED
        assert walker.state("passport_make", second) == ItemState.SKIPPED

    def test_a_new_document_needs_its_reason(self, walker):
        prepare(walker)
        form = walker.fill("passport_check", {"verdict": "new"}, member=walker.members[0])
        assert "写明原因" in form.errors["reason"][0]

    def test_a_photo_code_has_twenty_digits(self, walker):
        prepare(walker)
        second = walker.members[1]
        walker.do("passport_check", {"verdict": "new", "reason": "首次办理"}, member=second)
        form = walker.fill("bio_collect", {"photo_code": "123"}, by="unit_clerk", member=second)
        assert "20 位数字" in form.errors["photo_code"][0]

    def test_a_document_that_is_out_cannot_be_lent_again(self, walker):
        prepare(walker)
        apply(walker)
        approve(walker)
        first = walker.members[0]
        walker.do("passport_check", member=first)
        Passport.objects.update(custody=Custody.OUT)
        form = walker.fill("passport_loan_out", {"to_whom": "送签员"}, member=first)
        assert "不在库中" in errors(form)


class TestVisas:
    def test_a_need_has_type_and_place_and_an_exemption_its_reason(self, walker):
        prepare(walker)
        first = walker.members[0]
        walker.do("passport_check", member=first)
        form = walker.fill(
            "visa_requirement_check", rows={"needs": [{"kind": "", "submit_place": ""}]}, member=first
        )
        assert "请填写签证类型" in errors(form) and "请填写送签地" in errors(form)
        form = walker.fill("visa_requirement_check", rows={"needs": [{"needed": False}]}, member=first)
        assert "请写明原因" in errors(form)

    def test_a_refused_visa_does_not_let_the_step_end(self, walker):
        to_embassy(walker)
        line = {"result": "refused", "refusal_reason": "未说明"}
        form = walker.fill(
            "visa_adjudicate", rows={"visas": [line]}, by="passport_clerk", member=walker.members[0]
        )
        assert "退出团组" in errors(form)

    def test_a_visa_covers_the_trip(self, walker):
        to_embassy(walker)
        line = {
            "result": "issued",
            "issued_on": today(),
            "expires_on": today() + timedelta(days=3),
            "stay_days": 2,
        }
        form = walker.fill(
            "visa_adjudicate", rows={"visas": [line]}, by="passport_clerk", member=walker.members[0]
        )
        assert "未覆盖回国日期" in errors(form) and "少于在外天数" in errors(form)

    def test_a_pending_visa_keeps_the_step_open(self, walker):
        to_embassy(walker)
        form = walker.fill("visa_adjudicate", by="passport_clerk", member=walker.members[0])
        assert "尚未签发" in errors(form)

    def test_a_granted_visa_has_its_dates(self, walker):
        to_embassy(walker)
        form = walker.fill(
            "visa_adjudicate",
            rows={"visas": [{"result": "issued"}]},
            by="passport_clerk",
            member=walker.members[0],
        )
        assert "请填写签发日期" in errors(form)


def to_embassy(walker: Walker) -> None:
    """Everything until the interviews are over."""
    prepare(walker)
    apply(walker)
    approve(walker)
    passports(walker)
    walker.omit = frozenset({"visa_adjudicate", "visa_collect"})
    visas(walker)


class TestLeaving:
    def ready(self, walker: Walker) -> None:
        """Until the visas are collected."""
        prepare(walker)
        apply(walker)
        approve(walker)
        passports(walker)
        visas(walker)

    def test_everybody_is_briefed(self, walker):
        self.ready(walker)
        one = [str(walker.members[0].pk)]
        form = walker.fill("pre_departure_training", {"place": "会议室", "attended": one, "promised": one})
        assert "刘思齐未签到" in errors(form)

    def test_a_foreign_carrier_is_approved_before(self, walker):
        self.ready(walker)
        form = walker.fill(
            "ticket_insurance", {"outbound": "UA851", "inbound": "UA850", "foreign_carrier": True}
        )
        assert "须事先批准" in form.errors["approval"][0]

    def test_nobody_leaves_before_the_approval(self, walker):
        self.ready(walker)
        everybody = [str(member.pk) for member in walker.members]
        walker.do("pre_departure_training", {"place": "会议室", "attended": everybody, "promised": everybody})
        walker.do("ticket_insurance", {"outbound": "CA985", "inbound": "CA986"})
        walker.do("documents_release")
        form = walker.fill("departure", {"actual_exit": today() - timedelta(days=1)})
        assert "早于任务批件日期" in form.errors["actual_exit"][0]
        walker.do("departure", {"actual_exit": today()})
        form = walker.fill("abroad_reporting", {"actual_entry": today() - timedelta(days=1)})
        assert "早于出境日期" in form.errors["actual_entry"][0]
        walker.do("abroad_reporting", {"actual_entry": today()})
        assert "不少于 50 字" in walker.fill("trip_report", {"text": "很好"}).errors["text"][0]
        form = walker.fill("outcome_register", {"reached": "yes"})
        assert "至少登记一项成果" in form.errors["reached"][0]
        assert "写明情况" in walker.fill("outcome_register", {"reached": "no"}).errors["none_note"][0]
        project = {"kind": "project", "title": "项目", "signed_on": today()}
        words = errors(walker.fill("outcome_register", {"reached": "yes"}, {"outcomes": [project]}))
        assert "第 1 行：请选择项目类型" in words
        walker.do("outcome_register", {"reached": "no", "none_note": "以对接为主，暂无签约。"})
        assert walker.state("outcome_follow") == ItemState.SKIPPED

    def test_a_late_passport_is_explained(self, walker):
        self.ready(walker)
        everybody = [str(member.pk) for member in walker.members]
        walker.do("pre_departure_training", {"place": "会议室", "attended": everybody, "promised": everybody})
        walker.do("ticket_insurance", {"outbound": "CA985", "inbound": "CA986"})
        walker.do("documents_release")
        walker.do("departure", {"actual_exit": today()})
        walker.do("abroad_reporting", {"actual_entry": today()})
        walker.group.__class__.objects.filter(pk=walker.group.pk).update(
            actual_exit=today() - timedelta(days=14), actual_entry=today() - timedelta(days=10)
        )
        form = walker.fill("passport_return", member=walker.members[0])
        assert "已超过回国后 7 日" in form.errors["late_reason"][0]


def test_a_seventh_member_is_refused_by_the_service_too(people):
    crowd = [(make_traveller(people, f"团员{n}", n), "member") for n in range(1, 7)]
    walker = start(people, members=crowd)
    with pytest.raises(BadInput, match="不得超过 6 人"):
        add_member(
            delegation=walker.group,
            traveller=make_traveller(people, "第七人", 9),
            role="member",
            actor=walker.actor("unit_clerk"),
        )
    assert len(walker.members) == 6


def test_forms_print_themselves_with_all_their_lines(walker):
    plan(walker)
    form = walker.form("delegation_formation", "unit_clerk")
    page = Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))
    for part in ("stops-TOTAL_FORMS", "members-0-traveller", 'name="opinion"', "离境、抵境当日"):
        assert part in page
    assert "style=" not in page and "onclick" not in page


def test_the_level_of_the_leader_decides_who_approves(people):
    boss = make_traveller(people, "市级领导", 1, level=Level.DEPUTY_BUREAU)
    walker = start(people, members=[(boss, "leader")])
    walker.group.refresh_from_db()
    assert walker.group.authority == "provincial"
