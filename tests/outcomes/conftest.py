"""An office with a case that has reached something."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.notices.house import House, found_office
from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.enums import Role
from waiban.outcomes.rules import OutcomeData
from waiban.workflow.models import Case

PROJECT = OutcomeData(
    kind="project",
    title="高端铝材深加工项目",
    signed_on=date(2026, 11, 10),
    city="斯图加特",
    partner="Example GmbH（示例公司）",
    domestic_partner="滨州示例集团",
    project_type="investment",
    currency="EUR",
    original_amount=Decimal("60000000"),
    rate=Decimal("7.75"),
    status="signed",
    county="邹平市",
    evidence="投资协议，2026-11-10",
    project_code="BZ-2026-001",
)
PROMOTION = OutcomeData(
    kind="promotion",
    title="滨州铝产业推介会",
    signed_on=date(2026, 11, 9),
    count=2,
    foreign_units=30,
    people=80,
)


def project(**more: Any) -> OutcomeData:
    return replace(PROJECT, **more)


@pytest.fixture
def house(db: None) -> House:
    return found_office()


@pytest.fixture
def case(house: House) -> Case:
    return house.case()


@pytest.fixture
def clerk(house: House, case: Case) -> Actor:
    return actor_for(house.person(Role.UNIT_CLERK, house.unit, "教育局经办"))
