"""List and record pages at a thousand and at a million rows, beside the Django admin and raw SQL."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db import connection
from django.test import Client

from delegations.models import Delegation
from waiban.accounts.models import Department, Office, Position, User

from .driver import Result, compare
from .world import World, analyze

SMALL, LARGE, MIDDLE = 1_000, 1_000_000, 100_000


def _office(code: str, name: str) -> tuple[Office, Department, User]:
    """Make an office with a section, a unit and a clerk."""
    office = Office.objects.create(code=code, name=name, short_name=name)
    section = Department.objects.create(
        office=office, name="出国管理科", short_name="出国科", kind="office_section"
    )
    unit = Department.objects.create(office=office, name="市商务局", short_name="商务局", kind="unit")
    user = User.objects.create_user(f"clerk_{code}", None, name="基准", office=office)
    Position.objects.create(user=user, department=section, role="outbound_clerk", since="2024-01-01")
    return office, unit, user


def _fill(office: Office, unit: Department, user: User, rows: int) -> None:
    """Insert cases with delegations by SQL; everything that the list reads is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH made AS (
                INSERT INTO workflow_case (office_id, flow_key, flow_version, reference, title, department_id,
                    owner_id, status, mode, facts, dates, started_at, target_date, forecast_date,
                    forecast_tentative, slack, light, light_word, holder_text, done_count, step_count,
                    scheduled_index, calendar_version, pause_count, version, log_seq, log_hash,
                    last_activity_at, closed_reason)
                SELECT %s, 'delegation', 1, %s || n, '赴某国第' || n || '团组', %s, %s, 'running', 'standard',
                    '{}', '{}', now(), current_date + n %% 90, current_date + n %% 80, false, n %% 60 - 4,
                    'green', '正常', '18 科长复核', n %% 53, 41, 0, 1, 0, 1, 0, '', now(), ''
                FROM generate_series(1, %s) n RETURNING id, title, target_date)
            INSERT INTO delegations_delegation (case_id, binding, name, category, plan_type, plan_note,
                organize_mode, task_notice_no, level, authority, authority_reason, needs_province_confirm,
                is_investment, industries, task_summary, task_detail, exit_date, entry_date, contact_name,
                contact_phone, secrecy, high_level_meeting, dept_consult_required, settlement_note,
                no_outcome_note)
            SELECT id, gen_random_uuid(), title, 'trade', 'controlled', '', 'own', '', 'division',
                'municipal', '', false, true, '', '', '', target_date, target_date + 4, '', '',
                'ordinary', false, false,
                '', '' FROM made
            """,
            [office.pk, f"{office.code}-", unit.pk, user.pk, rows],
        )


def _get(user: User, address: str) -> Callable[[], object]:
    """Return an operation that asks for a page as a signed-in user."""
    client = Client()
    client.force_login(user)

    def ask() -> object:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    return ask


NEXT = re.compile(rb'href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"')


def _deep(user: User, pages: int = 12) -> str:
    """Follow the link to the next page and return the address of a deep one."""
    client = Client()
    client.force_login(user)
    address = "/delegations/"
    for _ in range(pages):
        found = re.search(
            rb'href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*)"',
            client.get(address).content,
        )
        if found is None:
            break
        link = (found.group(1) or found.group(2)).decode().replace("&amp;", "&")
        address = link if link.startswith("/") else f"/delegations/{link}"
    return address


def measure(world: World) -> list[Result]:
    """All rows about pages."""
    small, middle, large = _office("small", "小办"), _office("middle", "中办"), _office("large", "大办")
    results = [record_page(world)]
    _fill(*small, SMALL)
    _fill(*middle, MIDDLE)
    analyze()
    results.append(
        compare("list page", "Django admin changelist at 100 thousand rows",
                _get(middle[2], "/delegations/"), _get(middle[2], "/bench-admin/workflow/case/"),
                floor=5, goal=20, pairs=10)
    )  # fmt: skip
    _fill(*large, LARGE)
    analyze()
    results += [
        compare("list page, first, 1 million rows / 1 thousand", "itself", _get(large[2], "/delegations/"),
                _get(small[2], "/delegations/"), floor=1.2, goal=1.05, inverse=True),
        compare("list page, deep, 1 million rows / 1 thousand", "itself", _get(large[2], _deep(large[2])),
                _get(small[2], _deep(small[2])), floor=1.2, goal=1.05, inverse=True),
        compare("list page", "Django admin changelist at 1 million rows", _get(large[2], "/delegations/"),
                _get(large[2], "/bench-admin/workflow/case/"), floor=20, goal=70, pairs=4),
    ]  # fmt: skip
    return results


RAW = """
    SELECT w.step_no, w.step_key, w.state, w.due_at, w.slack, w.opinion, w.ready_at, w.done_at, u.name, p.name
    FROM workflow_workitem w LEFT JOIN accounts_user u ON u.id = w.done_by_id
    LEFT JOIN workflow_participant p ON p.id = w.participant_id WHERE w.case_id = %s ORDER BY w.step_no
"""


def record_page(world: World) -> Result:
    """The record with its 53 steps against one raw query and a string join of the same rows."""
    group = Delegation.objects.order_by("-pk").first()
    assert group is not None, "load the demo office first"
    ours = _get(world.users["outbound_clerk"], f"/delegations/{group.pk}/")

    def raw() -> str:
        with connection.cursor() as cursor:
            cursor.execute(RAW, [group.pk])
            rows = cursor.fetchall()
        return "".join("<li>" + " ".join(str(value) for value in row) + "</li>" for row in rows)

    return compare("record page with 53 steps", "raw SQL + string join of the same rows", ours, raw,
                   floor=4, goal=2, inverse=True)  # fmt: skip
