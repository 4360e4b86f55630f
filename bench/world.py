"""People and cases for the measurements. All names are invented."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import connection

from waiban.accounts.actors import Actor, actor_for
from waiban.accounts.demo import load_demo_accounts
from waiban.accounts.models import User
from waiban.core.time import today
from waiban.workflow import registry, start
from waiban.workflow.models import Case, WorkItem

from .shape import shape_flow

OPEN = ("ready", "doing", "outside")


class World:
    """The demo office with the flow of the measurements registered."""

    def __init__(self) -> None:
        self.users: dict[str, User] = load_demo_accounts()
        registry.register(registry.Binding(shape_flow(), "基准", "board:desk", lambda case: "/"))
        self.actor: Actor = actor_for(self.users["outbound_clerk"])
        self.owner: Actor = actor_for(self.users["unit_clerk"])
        self.unit = next(seat.department_id for seat in self.owner.seats)

    def case(self, flow_key: str = "bench") -> Case:
        """Start a case without participants."""
        return start.start_case(
            flow_key=flow_key,
            office_id=self.owner.office_id,
            department_id=self.unit,
            actor=self.owner,
            reference=uuid.uuid4().hex[:12],
            title="基准办件",
            dates={"day": (today() + timedelta(days=120)).isoformat()},
        )

    @staticmethod
    def next_item(case_id: int) -> int | None:
        """Return the first open item of a case."""
        rows = WorkItem.objects.filter(case_id=case_id, state__in=OPEN).order_by("step_no")
        return rows.values_list("pk", flat=True).first()


def analyze() -> None:
    """Refresh the planner's statistics, as a running server would have."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
