"""What stands around a sample page: a person, a menu, a frame. Names and dates are invented."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import QueryDict

from waiban.core.menu import Entry

FRAME = SimpleNamespace(
    office_name="滨州市人民政府外办",
    office_short="市外办",
    demo=True,
    demo_accounts=[
        ("unit_clerk", "组团单位经办人 孟凡成"),
        ("unit_leader", "组团单位领导 陈国梁"),
        ("finance", "财政 赵明远"),
        ("personnel", "组织人事 魏亚楠"),
        ("member1", "出访团员 刘思齐"),
        ("passport_clerk", "护照签证专办员 韩雪"),
        ("outbound_clerk", "出国管理科经办 林晓岚"),
        ("outbound_chief", "出国管理科科长 郑立群"),
        ("deputy_director", "分管副主任 高文博"),
        ("director", "外办主任 宋志远"),
    ],
    calendar_until=2026,
    today=date(2026, 12, 4),
    helpdesk="",
    icp="",
    police="",
    site_code="",
)


def menu(active: str = "我的工作台", badge: int | None = 12) -> list[tuple[str, list[Entry]]]:
    """The menu of the pictures."""

    def entry(title: str, icon: str, count: int | None = None, phone: bool = False) -> Entry:
        return Entry(title, f"/{icon}/", icon, count, phone, title == active)

    return [
        (
            "",
            [
                entry("我的工作台", "layout-dashboard", badge, True),
                entry("日历", "calendar", None, True),
                entry("督办", "eye-check", 3, True),
            ],
        ),
        (
            "业务",
            [
                entry("因公出访", "plane-departure"),
                entry("来访接待", "users-group"),
                entry("APEC 商务旅行卡", "id-badge-2"),
                entry("涉外活动", "ticket"),
            ],
        ),
        (
            "支撑",
            [
                entry("证照库", "e-passport"),
                entry("翻译与译审", "language"),
                entry("成果台账", "flag"),
                entry("公文与模板", "files"),
            ],
        ),
        ("领导", [entry("数据看板", "chart-bar")]),
    ]


def request(name: str, line: str, path: str = "/desk/", **cookies: str) -> SimpleNamespace:
    """What the templates of the frame ask of a request."""
    user = SimpleNamespace(name=name, is_authenticated=True, pk=1)
    return SimpleNamespace(
        user=user,
        actor=SimpleNamespace(line=line, name=name),
        path=path,
        COOKIES=cookies,
        GET=QueryDict(""),
        get_full_path=lambda: path,
    )


def around(name: str, line: str, **more: Any) -> dict[str, Any]:
    """Return the context that every page of the staff frame has."""
    made = request(name, line)
    return {"frame": FRAME, "request": made, "user": made.user, "csrf_token": "sample", **more}
