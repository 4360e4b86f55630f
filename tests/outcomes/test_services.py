"""Entering, correcting and following up outcomes: each project once, investment and trade apart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.notices.house import House
from tests.outcomes.conftest import PROJECT, PROMOTION, project
from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.enums import DepartmentKind, Role
from waiban.accounts.models import Department
from waiban.audit.models import AuditEvent
from waiban.core.errors import BadInput, Conflict, Refused, Stale
from waiban.outcomes.enums import Status
from waiban.outcomes.models import Outcome, OutcomeFollowUp
from waiban.outcomes.queries import Sums, has_outcomes, of_case, sums
from waiban.outcomes.services import follow_up, register_outcome, update_outcome
from waiban.workflow.models import Case

Register = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def november(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which these entries are made."""
    monkeypatch.setattr("waiban.outcomes.services.today", lambda: date(2026, 11, 24))


@pytest.fixture
def enter(case: Case, clerk: Actor) -> Register:
    def enter_it(data: Any = PROJECT, **more: Any) -> Outcome:
        return register_outcome(case=more.pop("case", case), actor=clerk, data=replace(data, **more))

    return enter_it


def test_an_investment_is_converted_and_keeps_its_origin(enter: Register) -> None:
    outcome = enter()
    outcome.refresh_from_db()
    assert (outcome.investment_yuan, outcome.trade_yuan) == (Decimal("465000000.00"), None)
    assert (outcome.currency, outcome.original_amount, outcome.rate) == ("EUR", 60_000_000, Decimal("7.75"))
    assert (outcome.status, outcome.next_on) == (Status.SIGNED, date(2026, 12, 10))
    assert AuditEvent.objects.filter(object_id=str(outcome.pk), reason="登记成果").exists()


def test_trade_stands_in_its_own_column(enter: Register) -> None:
    outcome = enter(project_type="trade")
    assert (outcome.investment_yuan, outcome.trade_yuan) == (None, Decimal("465000000.00"))


def test_fractions_are_rounded_before_they_are_converted(enter: Register) -> None:
    outcome = enter(original_amount=Decimal("0.0149"), rate=Decimal("1.0000004"), currency="USD")
    outcome.refresh_from_db()
    assert (outcome.original_amount, outcome.rate, outcome.investment_yuan) == (
        Decimal("0.01"),
        Decimal("1.000000"),
        Decimal("0.01"),
    )


def test_what_is_over_at_once_has_no_progress_and_nothing_to_follow_up(enter: Register) -> None:
    outcome = enter(PROMOTION)
    assert (outcome.status, outcome.next_on, outcome.rate) == ("", None, None)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (project(title=" "), "title"),
        (project(signed_on=date(2026, 11, 25)), "signed_on"),
        (project(count=0), "count"),
        (project(next_on=date(2026, 11, 9)), "next_on"),
        (project(project_type=""), "project_type"),
        (project(partner=""), "partner"),
        (project(project_type="talent"), "original_amount"),
        (project(original_amount=Decimal(0)), "original_amount"),
        (project(original_amount=Decimal(-5)), "original_amount"),
        (project(original_amount=Decimal("999999999999.99")), "original_amount"),
        (project(original_amount=Decimal("9e60")), "original_amount"),
        (project(rate=None), "rate"),
        (project(rate=Decimal(0)), "rate"),
        (project(currency="CNY"), "rate"),
        (project(evidence=""), "evidence"),
        (replace(PROMOTION, original_amount=Decimal(5)), "original_amount"),
        (replace(PROMOTION, project_type="trade"), "project_type"),
        (replace(PROMOTION, project_code="X"), "project_code"),
    ],
)
def test_an_unsound_entry_is_refused_at_its_field_and_nothing_is_written(
    enter: Register, data: Any, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        enter(data)
    assert field in refusal.value.fields
    assert refusal.value.fields[field].endswith("。")
    assert not Outcome.objects.exists()


def test_the_same_project_is_counted_once_across_cases(house: House, enter: Register) -> None:
    enter()
    other = house.case()
    with pytest.raises(Conflict, match="同一项目只计一次"):
        enter(case=other)
    enter(case=other, project_code="")
    enter(case=other, project_code="")
    assert sums(Outcome.objects.all()).projects == 3


@pytest.mark.parametrize("status", ["withdrawn", "refused", "cancelled"])
def test_a_case_that_never_took_place_has_no_outcomes(case: Case, enter: Register, status: str) -> None:
    case.status, case.closed_at = status, case.started_at
    with pytest.raises(Conflict, match="不再登记成果"):
        enter()


def test_only_the_unit_and_the_office_enter_outcomes(house: House, case: Case) -> None:
    foreign = Department.objects.create(
        office=house.office, name="市商务局", short_name="市商务局", kind=DepartmentKind.UNIT
    )
    strangers = [house.person(Role.UNIT_CLERK, foreign), house.person(Role.FINANCE)]
    for stranger in strangers:
        with pytest.raises(Refused):
            register_outcome(case=case, actor=actor_for(stranger), data=PROJECT)
    register_outcome(case=case, actor=actor_for(house.person(Role.OUTBOUND_CLERK)), data=PROJECT)
    assert (has_outcomes(case.pk), of_case(case.pk).count(), has_outcomes(0)) == (True, 1, False)


def test_a_correction_replaces_the_entry_and_is_written_into_the_audit_log(
    enter: Register, clerk: Actor
) -> None:
    outcome = enter()
    changed = update_outcome(
        outcome_id=outcome.pk, actor=clerk, data=project(rate=Decimal("7.8")), version=outcome.version
    )
    assert (changed.investment_yuan, changed.version) == (Decimal("468000000.00"), 2)
    detail = AuditEvent.objects.get(reason="修改成果").detail
    assert detail["investment_yuan"] == ["465000000.00", "468000000.00"]
    assert set(detail) == {"investment_yuan", "rate"}


def test_a_correction_from_an_old_page_changes_nothing(enter: Register, clerk: Actor) -> None:
    outcome = enter()
    with pytest.raises(Stale):
        update_outcome(outcome_id=outcome.pk, actor=clerk, data=project(title="别名"), version=7)
    outcome.refresh_from_db()
    assert outcome.title == PROJECT.title


def test_a_project_may_keep_its_own_code_but_not_take_that_of_another(enter: Register, clerk: Actor) -> None:
    enter()
    second = enter(project_code="BZ-2026-002")
    with pytest.raises(Conflict):
        update_outcome(outcome_id=second.pk, actor=clerk, data=PROJECT, version=1)
    update_outcome(outcome_id=second.pk, actor=clerk, data=project(project_code="BZ-2026-002"), version=1)


def test_a_follow_up_moves_progress_and_next_day(enter: Register, clerk: Actor) -> None:
    outcome = enter()
    given = {"outcome_id": outcome.pk, "actor": clerk}
    later = date(2027, 2, 10)
    follow_up(**given, on=date(2026, 11, 20), note="公司已注册", status="registered", next_on=later)
    outcome.refresh_from_db()
    assert (outcome.status, outcome.next_on, outcome.version) == (Status.REGISTERED, date(2027, 2, 10), 2)
    follow_up(**given, on=date(2026, 11, 21), note="无进一步消息")
    outcome.refresh_from_db()
    assert (outcome.status, outcome.next_on) == (Status.REGISTERED, None)
    assert [row.note for row in outcome.follow_ups.all()] == ["无进一步消息", "公司已注册"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"on": date(2026, 11, 25)}, "on"),
        ({"on": date(2026, 11, 1)}, "on"),
        ({"note": "  "}, "note"),
        ({"next_on": date(2026, 11, 20)}, "next_on"),
        ({"status": "sold"}, "status"),
    ],
)
def test_an_unsound_follow_up_is_refused_at_its_field(
    enter: Register, clerk: Actor, given: dict[str, Any], field: str
) -> None:
    sound = {"on": date(2026, 11, 20), "note": "已注册"}
    with pytest.raises(BadInput) as refusal:
        follow_up(outcome_id=enter().pk, actor=clerk, **(sound | given))
    assert field in refusal.value.fields
    assert not OutcomeFollowUp.objects.exists()


def test_what_has_no_progress_cannot_be_given_one(enter: Register, clerk: Actor) -> None:
    with pytest.raises(BadInput):
        follow_up(
            outcome_id=enter(PROMOTION).pk, actor=clerk, on=date(2026, 11, 20), note="x", status="signed"
        )


def test_sums_add_sessions_and_keep_the_two_amounts_apart(enter: Register) -> None:
    enter()
    enter(project_type="trade", project_code="")
    enter(PROMOTION)
    enter(PROMOTION, kind="visit", count=3)
    enter(PROMOTION, kind="lead")
    enter(PROMOTION, kind="friendship")
    amount = Decimal("465000000.00")
    assert sums(Outcome.objects.all()) == Sums(2, 3, 2, 1, 1, amount, amount)
    assert sums(Outcome.objects.none()) == Sums(0, 0, 0, 0, 0, Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    "broken",
    [
        {"trade_yuan": Decimal(1)},
        {"investment_yuan": Decimal(1)},
        {"investment_yuan": None},
        {"original_amount": None},
        {"rate": None},
        {"kind": "lead"},
        {"kind": "gift"},
        {"currency": "BTC"},
        {"status": "lost"},
        {"project_type": "gift"},
        {"count": 0},
        {"original_amount": -60_000_000, "investment_yuan": -465_000_000},
    ],
)
def test_the_database_refuses_what_would_falsify_the_sums(enter: Register, broken: dict[str, Any]) -> None:
    outcome = enter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.objects.filter(pk=outcome.pk).update(**broken)


def test_outcomes_and_follow_ups_are_seen_by_who_sees_their_case(
    house: House, enter: Register, clerk: Actor
) -> None:
    outcome = enter()
    follow_up(outcome_id=outcome.pk, actor=clerk, on=date(2026, 11, 20), note="已注册")
    office, stranger = house.person(Role.OUTBOUND_CHIEF), house.person(Role.SYSADMIN)
    for user, count in ((office, 1), (stranger, 0)):
        assert Outcome.objects.visible_to(user).count() == count
        assert OutcomeFollowUp.objects.visible_to(user).count() == count
