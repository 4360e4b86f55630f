"""What the engine is told: yes, no, or not known yet."""

from datetime import timedelta

import pytest

from delegations.enums import Category, Level, PassportKind, VisaResult
from delegations.facts import authority_for, dates_of, facts_of, open_dossier
from delegations.models import Delegation, OfficeSetting, Passport, SendingUnit, Stop, Visa
from tests.delegations.desk import Walker, give_passport, make_traveller, start
from tests.delegations.test_walk import prepare
from waiban.core.time import today
from waiban.places.models import Place
from waiban.workflow.enums import ItemState


def case_facts(walker: Walker) -> dict:
    """Return the facts of the group."""
    return facts_of(Delegation.objects.get(pk=walker.group.pk))["case"]


def member_facts(walker: Walker, position: int = 0) -> dict:
    """Return the facts of a member."""
    found = facts_of(Delegation.objects.get(pk=walker.group.pk))["members"]
    return found[str(walker.members[position].pk)]


def change(walker: Walker, **columns) -> None:
    """Change the record behind the engine's back."""
    Delegation.objects.filter(pk=walker.group.pk).update(**columns)


def dated(walker: Walker) -> None:
    """Give the trip its days."""
    change(walker, exit_date=today() + timedelta(days=20), entry_date=today() + timedelta(days=24))


def test_what_depends_on_the_composition_is_unknown_until_the_group_is_formed(walker):
    facts = case_facts(walker)
    assert [facts[name] for name in ("is_cross_unit", "needs_opinion", "needs_province")] == [None] * 3
    dated(walker)
    facts = case_facts(walker)
    assert [facts[name] for name in ("is_cross_unit", "needs_opinion", "needs_province")] == [False] * 3


@pytest.mark.parametrize("column", ["high_level_meeting", "dept_consult_required"])
def test_meetings_with_politicians_and_departments_ask_for_an_opinion(walker, column):
    dated(walker)
    change(walker, **{column: True})
    assert case_facts(walker)["needs_opinion"] is True


def test_a_sensitive_country_asks_for_an_opinion(walker):
    dated(walker)
    Place.objects.filter(code="US").update(sensitive=True)
    assert case_facts(walker)["needs_opinion"] is True


def test_a_leader_of_bureau_level_asks_for_opinion_and_province(people):
    boss = make_traveller(people, "局长", 1, level=Level.DEPUTY_BUREAU)
    walker = start(people, members=[(boss, "leader")])
    dated(walker)
    facts = case_facts(walker)
    assert facts["needs_opinion"] is True and facts["needs_province"] is True


def test_sending_units_make_the_group_a_cross_unit_one(walker):
    dated(walker)
    SendingUnit.objects.create(delegation=walker.group, name="市工信局")
    assert case_facts(walker)["is_cross_unit"] is True


def test_a_passport_that_lasts_settles_that_no_new_one_is_needed(walker):
    assert member_facts(walker)["needs_new_document"] is None
    dated(walker)
    assert member_facts(walker)["needs_new_document"] is False
    assert member_facts(walker, 1)["needs_new_document"] is None


def test_declaring_that_there_is_none_is_known_at_once(walker):
    second = walker.members[1]
    second.has_document = False
    second.save()
    assert member_facts(walker, 1)["needs_new_document"] is True


@pytest.mark.parametrize(
    "columns", [{"expires_on": today() + timedelta(days=100)}, {"pages_left": 1}], ids=["expiry", "pages"]
)
def test_a_passport_that_does_not_last_must_be_renewed(walker, columns):
    dated(walker)
    Passport.objects.update(**columns)
    assert member_facts(walker)["needs_new_document"] is True


def test_the_passport_check_has_the_last_word(walker):
    dated(walker)
    first = walker.members[0]
    first.verdict, first.verdict_reason = "renew", "污损"
    first.save()
    assert member_facts(walker)["needs_new_document"] is True


def test_visa_is_unknown_until_it_is_decided_or_free(walker):
    dated(walker)
    assert member_facts(walker)["needs_visa"] is None
    assert member_facts(walker)["presence_required"] is None
    Place.objects.filter(code="US").update(visa_free_official=True, needs_presence=False)
    facts = member_facts(walker)
    assert facts["needs_visa"] is False
    assert facts["presence_required"] is False
    assert facts["enters_without_sticker"] is True


def test_the_visa_check_has_the_last_word(walker):
    first = walker.members[0]
    first.visa_needed, first.presence_needed = True, False
    first.save()
    facts = member_facts(walker)
    assert facts["needs_visa"] is True and facts["presence_required"] is False


def test_a_visa_from_an_earlier_trip_is_enough(walker, people):
    dated(walker)
    earlier = start(people, members=[(walker.members[0].traveller, "leader")])
    visa = Visa.objects.create(
        member=earlier.members[0],
        place=Place.objects.get(code="US"),
        result=VisaResult.ISSUED,
        issued_on=today(),
        expires_on=today() + timedelta(days=900),
        entries="多次",
    )
    assert member_facts(walker)["needs_visa"] is False
    visa.entries = "一次"
    visa.save()
    assert member_facts(walker)["needs_visa"] is None


def test_to_hong_kong_nobody_needs_a_visa_but_a_permit(people):
    person = make_traveller(people, "徐海峰", 1)
    give_passport(person, start(people).actor("passport_clerk"), "PE1234567")
    walker = start(people, members=[(person, "leader")], category=Category.HK_MACAO)
    Stop.objects.filter(delegation=walker.group).update(place=Place.objects.get(code="HK"))
    dated(walker)
    facts = member_facts(walker)
    assert facts["needs_visa"] is False
    assert facts["needs_new_document"] is None
    person.passports.update(kind=PassportKind.HK_MACAO)
    assert member_facts(walker)["needs_new_document"] is False


def test_a_route_that_is_not_known_tells_nothing(walker):
    walker.group.stops.all().delete()
    facts = member_facts(walker)
    assert [facts[n] for n in ("needs_visa", "presence_required", "enters_without_sticker")] == [None] * 3


def test_secrets_and_the_time_after_them_ask_for_a_review(walker):
    person = walker.members[0].traveller
    person.declassify_until = today() + timedelta(days=30)
    person.save()
    assert member_facts(walker)["is_classified"] is True
    person.declassify_until, person.clearance = None, "core"
    person.save()
    assert member_facts(walker)["is_classified"] is True


def test_actual_days_speak_before_planned_ones(walker):
    dated(walker)
    change(walker, actual_exit=today())
    group = Delegation.objects.get(pk=walker.group.pk)
    assert dates_of(group) == {
        "exit_date": today().isoformat(),
        "entry_date": (today() + timedelta(days=24)).isoformat(),
    }


def test_the_office_may_stop_issuing_exit_certificates(walker):
    OfficeSetting.objects.create(office=walker.group.case.office, exit_proof=False)
    assert case_facts(walker)["exit_proof_in_use"] is False


@pytest.mark.parametrize(
    ("category", "level", "expected"),
    [
        ("trade", Level.DIVISION, "municipal"),
        ("trade", Level.BUREAU, "provincial"),
        ("hk_macao", Level.BELOW_DIVISION, "provincial"),
    ],
)
def test_who_approves_follows_from_level_and_category(category, level, expected):
    assert authority_for(category=category, level=level) == expected


def test_facts_cost_the_same_for_one_member_and_for_six(people, django_assert_num_queries):
    crowd = [(make_traveller(people, f"团员{n}", n), "member") for n in range(1, 7)]
    for members in (crowd[:1], crowd):
        walker = start(people, members=members)
        group = Delegation.objects.select_related("case").get(pk=walker.group.pk)
        with django_assert_num_queries(7):
            open_dossier(group)


def test_a_member_with_a_valid_passport_fills_the_visa_form_on_day_one(walker):
    from_day_one(walker)
    first, second = walker.members
    assert walker.state("visa_form_fill", first) == ItemState.READY
    assert walker.state("visa_form_fill", second) == ItemState.WAITING
    assert walker.state("publicity_pre") == ItemState.WAITING


def from_day_one(walker: Walker) -> None:
    """Pre-check done, and both members looked at by the passport clerk."""
    prepare(walker)
    first, second = walker.members
    walker.do("passport_check", member=first)
    walker.do("visa_requirement_check", member=first)
    walker.do("passport_check", {"verdict": "new", "reason": "首次办理"}, member=second)
    walker.do("visa_requirement_check", member=second)
