"""Questions about delegations: what the rules are told, trips, quotas, groups nearby, review points."""

from datetime import timedelta

from delegations.binding import BINDING, checks, summary
from delegations.enums import PaperKind
from delegations.flow import FLOW
from delegations.models import AllowanceRate, Delegation, PlanItem, Publicity, VisaRule
from delegations.queries import (
    free_plan_items,
    other_groups,
    precheck_of,
    quota_left,
    snapshot_of,
    submission_findings,
    trips_of,
    workdays_inclusive,
)
from delegations.services import record_paper
from tests.delegations.desk import start
from tests.delegations.test_walk import EXIT, apply, prepare
from waiban.core.time import today
from waiban.workdays.services import current_axis


def fresh(walker) -> Delegation:
    """Return the record as it stands now."""
    return Delegation.objects.select_related("case", "plan_item").get(pk=walker.group.pk)


def test_a_snapshot_tells_everything_that_was_typed(walker):
    prepare(walker)
    view = snapshot_of(fresh(walker))
    assert (view.days, view.countries, len(view.members), len(view.entries)) == (5, 1, 2, 10)
    assert [member.has_document for member in view.members] == [True, None]
    assert view.plan_item_approved and view.quota_left == 4
    assert view.budget.lines == 5 and view.budget.total == 5000
    assert view.publicity is None
    apply(walker)
    assert snapshot_of(fresh(walker)).publicity.clear


def test_the_snapshot_costs_the_same_for_every_size(walker, django_assert_max_num_queries):
    prepare(walker)
    with django_assert_max_num_queries(22):
        precheck_of(fresh(walker))


def test_only_trips_that_were_approved_or_made_count(walker, people):
    prepare(walker)
    person = walker.members[0].traveller
    later = start(people, members=[(person, "leader")])
    assert trips_of([person.pk], without=later.group) == {}
    record_paper(group=walker.group, kind=PaperKind.APPROVAL, issued_on=today(), number="A")
    assert trips_of([person.pk], without=later.group) == {person.pk: [today() + EXIT]}
    assert trips_of([person.pk], without=walker.group) == {}


def test_quota_is_what_other_groups_have_left(walker, people):
    prepare(walker)
    item = fresh(walker).plan_item
    assert quota_left(item) == 2
    assert quota_left(item, without=walker.group) == 4
    assert quota_left(PlanItem()) is None


def test_a_plan_item_is_free_until_its_groups_have_started(walker):
    prepare(walker)
    item = fresh(walker).plan_item
    unit, year = item.department_id, item.plan.year
    assert list(free_plan_items(unit, year)) == []
    PlanItem.objects.update(quota_groups=2)
    assert list(free_plan_items(unit, year)) == [item]


def test_groups_with_the_same_inviter_are_found(walker, people):
    prepare(walker)
    other = start(people, name="另一团组")
    Delegation.objects.filter(pk=other.group.pk).update(
        exit_date=today() + EXIT, entry_date=today() + EXIT + timedelta(days=2)
    )
    letter = walker.group.invitations.get()
    letter.pk, letter.delegation = None, other.group
    letter.save()
    found = other_groups(fresh(walker), list(walker.group.invitations.select_related("place")))
    assert [group.reference for group in found] == [other.group.case.reference]
    assert other_groups(fresh(walker), []) == ()


def test_the_shortest_notice_counts(walker):
    prepare(walker)
    for unit, days in (("甲", 14), ("乙", 2)):
        Publicity.objects.create(
            delegation=walker.group,
            kind="pre",
            unit=unit,
            starts_on=today() - timedelta(days=days),
            ends_on=today(),
            address="栏",
            result="clear",
        )
    finding = next(f for f in submission_findings(fresh(walker)) if f.code == "R11")
    assert finding.blocks


def test_working_days_count_both_ends(db):
    axis = current_axis()
    monday = today() - timedelta(days=today().weekday())
    assert (
        workdays_inclusive(monday, monday + timedelta(days=6), axis)
        == axis.between(monday, monday + timedelta(days=7)) // 2
    )


def test_reviewers_read_eight_points_and_the_figures(walker):
    prepare(walker)
    apply(walker)
    case = walker.group.case
    points = checks(case, FLOW.by_key["section_chief_review"])
    assert len(points) == 8 and all(ok is not False for ok, _text, _detail in points[:6])
    assert checks(case, FLOW.by_key["budget_preaudit"]) == []
    Delegation.objects.filter(pk=case.pk).update(target_firms=9)
    assert summary(case) == [("预算", "5,000 元"), ("拟访企业", "9 家"), ("年度计划", "第 1 项，计划内")]
    assert BINDING.record_url(case) == f"/delegations/{case.pk}/"


def test_every_form_of_a_step_can_be_imported():
    for key in BINDING.forms:
        assert BINDING.form_class(key) is not None
        assert key in FLOW.by_key
    assert {step.no for step in FLOW.steps} - {FLOW.by_key[key].no for key in BINDING.forms} == {
        16,
        18,
        19,
        20,
    }


def test_published_rates_and_visa_practice_are_seeded(db):
    assert AllowanceRate.objects.on(today()).filter(place__code="US", city="纽约").get().lodging == 270
    assert VisaRule.objects.get(place__code="JP").submit_place == "qingdao"
