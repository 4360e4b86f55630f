"""Acts on the record, its members and its documents."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from delegations.enums import Custody, MemberRole, Movement, PaperKind, PassportKind
from delegations.models import Delegation, IssuedPaper, Passport, PassportMovement
from delegations.services import (
    add_member,
    change_role,
    create_delegation,
    may_edit,
    move_passport,
    number_for,
    record_paper,
    register_passport,
    remove_member,
    require_editor,
    update_delegation,
)
from tests.delegations.desk import give_passport, make_traveller, start, team
from tests.delegations.test_walk import apply, prepare
from waiban.accounts.actors import actor_for
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.time import today
from waiban.workflow.enums import ItemState
from waiban.workflow.models import Action, Participant, WorkItem


class TestCreating:
    def test_the_case_has_number_members_and_all_steps(self, walker):
        case = walker.group.case
        assert case.reference.startswith("滨外出〔")
        assert case.title == "赴美国经贸招商团组"
        assert [p.name for p in case.participants.order_by("pk")] == ["徐海峰", "刘思齐"]
        assert case.items.count() == 35 + 2 * 18
        assert set(case.facts["members"]) == {str(m.pk) for m in walker.members}

    def test_who_has_no_seat_in_a_unit_is_refused(self, people):
        with pytest.raises(Refused, match="只有组团单位"):
            create_delegation(actor=actor_for(people["finance"]), fields={"name": "团组"})

    def test_the_office_may_start_one_for_a_unit(self, people, walker):
        unit = walker.group.case.department_id
        group = create_delegation(
            actor=actor_for(people["outbound_clerk"]), fields={"name": "代建团组"}, department_id=unit
        )
        assert group.case.department_id == unit

    def test_a_group_needs_a_name(self, people):
        with pytest.raises(BadInput, match="团组名称"):
            create_delegation(actor=actor_for(people["unit_clerk"]), fields={"name": " "})

    def test_a_refused_group_takes_no_number(self, people):
        crowd = [(make_traveller(people, f"团员{n}", n), "member") for n in range(1, 8)]
        with pytest.raises(BadInput):
            start(people, members=crowd)
        assert start(people).group.case.reference.endswith("〕1号")


class TestEditing:
    def test_the_unit_edits_until_it_has_applied(self, walker, people):
        clerk, office = walker.actor("unit_clerk"), walker.actor("outbound_clerk")
        assert may_edit(walker.group, clerk) and may_edit(walker.group, office)
        assert not may_edit(walker.group, walker.actor("finance"))
        with pytest.raises(Refused, match="只有组团单位"):
            require_editor(walker.group, walker.actor("finance"))
        prepare(walker)
        apply(walker)
        assert not may_edit(walker.group, clerk) and may_edit(walker.group, office)
        with pytest.raises(Refused, match="已呈报"):
            require_editor(walker.group, clerk)

    def test_a_change_reaches_the_engine_in_the_same_act(self, walker):
        update_delegation(
            delegation=walker.group,
            actor=walker.actor("unit_clerk"),
            changes={
                "name": "赴美国农业团组",
                "exit_date": today() + timedelta(days=30),
                "entry_date": today() + timedelta(days=34),
            },
            note="行程推迟",
        )
        case = walker.group.case
        case.refresh_from_db()
        assert case.title == "赴美国农业团组"
        assert case.target_date == today() + timedelta(days=30)
        assert case.facts["case"]["needs_province"] is False
        assert Action.objects.filter(case=case).order_by("-seq").first().opinion == "行程推迟"

    def test_return_before_exit_is_refused_and_nothing_changes(self, walker):
        with pytest.raises(BadInput, match="不得早于"):
            update_delegation(
                delegation=walker.group,
                actor=walker.actor("unit_clerk"),
                changes={"exit_date": today(), "entry_date": today() - timedelta(days=1)},
            )
        walker.group.refresh_from_db()
        assert walker.group.exit_date is None

    def test_the_database_refuses_it_too(self, walker):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.filter(pk=walker.group.pk).update(
                exit_date=today(), entry_date=today() - timedelta(days=1)
            )

    def test_authority_set_by_hand_stays(self, walker):
        update_delegation(
            delegation=walker.group,
            actor=walker.actor("outbound_clerk"),
            changes={"authority": "provincial", "authority_reason": "省里统一组织"},
        )
        group = update_delegation(
            delegation=walker.group, actor=walker.actor("outbound_clerk"), changes={"name": "另名"}
        )
        assert group.authority == "provincial"


class TestMembers:
    def test_who_joins_gets_his_steps(self, walker, people):
        person = make_traveller(people, "何新", 21)
        member = add_member(
            delegation=walker.group, traveller=person, role="interpreter", actor=walker.actor("unit_clerk")
        )
        assert member.order == 3
        assert WorkItem.objects.filter(participant=member.pk).count() == 18
        walker.group.case.refresh_from_db()
        assert str(member.pk) in walker.group.case.facts["members"]

    def test_who_leaves_loses_what_he_has_not_done(self, walker):
        second = walker.members[1]
        remove_member(member=second, reason="工作调整", actor=walker.actor("unit_clerk"))
        states = set(WorkItem.objects.filter(participant=second.pk).values_list("state", flat=True))
        assert states <= {"voided", "skipped"}
        assert Participant.objects.get(pk=second.pk).left_reason == "工作调整"
        walker.group.case.refresh_from_db()
        assert str(second.pk) not in walker.group.case.facts["members"]
        with pytest.raises(Conflict, match="已不在团组中"):
            remove_member(member=second, reason="再次", actor=walker.actor("unit_clerk"))

    def test_leaving_has_a_reason(self, walker):
        with pytest.raises(BadInput, match="退出的原因"):
            remove_member(member=walker.members[1], reason=" ", actor=walker.actor("unit_clerk"))

    def test_a_new_leader_takes_the_place_of_the_old_one(self, walker):
        second = walker.members[1]
        change_role(member=second, role=MemberRole.LEADER, actor=walker.actor("unit_clerk"))
        assert {m.traveller.name: m.role for m in walker.members} == {"徐海峰": "member", "刘思齐": "leader"}
        assert list(Participant.objects.filter(is_lead=True).values_list("name", flat=True)) == ["刘思齐"]
        walker.group.refresh_from_db()
        assert walker.group.level == second.level

    def test_a_second_leader_cannot_come_in(self, walker, people):
        with pytest.raises(BadInput, match="一名团长"):
            add_member(
                delegation=walker.group,
                traveller=make_traveller(people, "何新", 21),
                role="leader",
                actor=walker.actor("unit_clerk"),
            )

    def test_the_group_goes_on_when_a_member_leaves_half_way(self, walker):
        prepare(walker)
        walker.do("unit_project_approval")
        first, second = walker.members
        values = {"politics": "群众", "family": "无"}
        walker.do("personnel_filing", values, member=first)
        walker.do("personnel_review", member=first)
        assert walker.state("application_submit") == ItemState.WAITING
        remove_member(member=second, reason="身体原因", actor=walker.actor("unit_clerk"))
        walker.do("budget_preaudit", {"in_plan": "yes"})
        line = {
            "starts_on": today() - timedelta(days=14),
            "ends_on": today() - timedelta(days=1),
            "address": "栏",
        }
        walker.do("publicity_pre", rows={"notices": [line]})
        assert walker.state("application_submit") == ItemState.READY


class TestLibrary:
    def test_a_new_passport_cancels_the_old_one(self, people):
        clerk = actor_for(people["passport_clerk"])
        person = make_traveller(people, "徐海峰", 1)
        old = give_passport(person, clerk, "PE1234567")
        fresh = register_passport(
            traveller=person,
            kind=PassportKind.SERVICE,
            number="SE7654321",
            issued_on=today(),
            expires_on=today() + timedelta(days=1800),
            authority="外交部",
            actor=clerk,
        )
        old.refresh_from_db()
        assert old.custody == Custody.CANCELLED
        assert fresh.authority == "外交部"
        assert person.passports.in_use().count() == 1

    def test_a_permit_stands_beside_the_passport(self, people):
        clerk = actor_for(people["passport_clerk"])
        person = make_traveller(people, "徐海峰", 1)
        give_passport(person, clerk, "PE1234567")
        register_passport(
            traveller=person,
            kind=PassportKind.HK_MACAO,
            number="C01234567",
            issued_on=today(),
            expires_on=today() + timedelta(days=1800),
            actor=clerk,
        )
        assert person.passports.in_use().count() == 2

    def test_a_number_belongs_to_one_document(self, people):
        clerk = actor_for(people["passport_clerk"])
        give_passport(make_traveller(people, "甲", 1), clerk, "PE1234567")
        with pytest.raises(IntegrityError), transaction.atomic():
            give_passport(make_traveller(people, "乙", 3), clerk, "PE1234567")

    def test_a_document_that_is_not_there_cannot_be_handed_over(self, people):
        clerk = actor_for(people["passport_clerk"])
        passport = give_passport(make_traveller(people, "甲", 1), clerk, "PE1234567")
        move_passport(passport=passport, movement=Movement.LOAN_OUT, actor=clerk, to_whom="送签员")
        with pytest.raises(Conflict, match="不能出库送签"):
            move_passport(passport=passport, movement=Movement.LOAN_OUT, actor=clerk)
        assert PassportMovement.objects.filter(passport=passport).count() == 2

    def test_hand_overs_stay_as_they_were_written(self, people):
        clerk = actor_for(people["passport_clerk"])
        give_passport(make_traveller(people, "甲", 1), clerk, "PE1234567")
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            PassportMovement.objects.update(note="改")

    def test_numbers_are_sealed_and_masked(self, people):
        person = make_traveller(people, "甲", 1)
        passport = give_passport(person, actor_for(people["passport_clerk"]), "PE1234567")
        fresh = Passport.objects.get(pk=passport.pk)
        assert fresh.number.reveal() == "PE1234567"
        assert "1234567" not in str(fresh)
        assert person.__class__.objects.values_list("id_number", flat=True).get() != person.id_number.reveal()


class TestPapers:
    def test_numbers_follow_one_another(self, walker):
        actor = walker.actor("outbound_clerk")
        numbers = [number_for(PaperKind.APPROVAL, walker.group, actor) for _ in range(2)]
        assert [number[-2:] for number in numbers] == ["1号", "2号"]
        assert number_for(PaperKind.NOTE_VERBALE, walker.group, actor).startswith("滨外照〔")

    def test_a_later_round_voids_the_earlier_paper_but_its_number_is_used(self, walker, people):
        for number in ("滨外出任〔2026〕1号", "滨外出任〔2026〕2号"):
            record_paper(group=walker.group, kind=PaperKind.APPROVAL, issued_on=today(), number=number)
        live = IssuedPaper.objects.filter(delegation=walker.group, void=False)
        assert [paper.number for paper in live] == ["滨外出任〔2026〕2号"]
        other = start(people)
        with pytest.raises(BadInput, match="已被使用"):
            record_paper(
                group=other.group, kind=PaperKind.APPROVAL, issued_on=today(), number="滨外出任〔2026〕1号"
            )

    def test_the_same_number_again_corrects_the_paper(self, walker):
        for summary in ("一", "二"):
            record_paper(
                group=walker.group, kind=PaperKind.APPROVAL, issued_on=today(), number="A", summary=summary
            )
        assert IssuedPaper.objects.get(delegation=walker.group).summary == "二"


class TestVisibility:
    def test_a_unit_sees_its_own_persons_and_the_office_all(self, people, walker):
        from_unit = people["unit_clerk"]
        assert walker.members[0].traveller.__class__.objects.visible_to(from_unit).count() == 2
        assert Passport.objects.visible_to(people["passport_clerk"]).count() == 1
        assert Passport.objects.visible_to(people["finance"]).count() == 0
        assert Passport.objects.visible_to(people["city_leader"]).count() == 0

    def test_a_member_sees_himself_only(self, people, walker):
        names = [p.name for p in walker.members[0].traveller.__class__.objects.visible_to(people["member1"])]
        assert names == ["刘思齐"]

    def test_strangers_see_no_delegation(self, people, walker):
        assert Delegation.objects.visible_to(people["unit_clerk"]).count() == 1
        assert Delegation.objects.visible_to(people["enterprise_owner"]).count() == 0
        assert walker.group.members.visible_to(people["member1"]).count() == 2
        assert walker.group.stops.visible_to(people["enterprise_owner"]).count() == 0


def test_team_is_made_of_invented_persons(people):
    assert [person.name for person, _role in team(people)] == ["徐海峰", "刘思齐"]


def test_hand_overs_are_seen_by_who_sees_the_document(people, walker):
    assert PassportMovement.objects.visible_to(people["passport_clerk"]).count() == 1
    assert PassportMovement.objects.visible_to(people["finance"]).count() == 0
