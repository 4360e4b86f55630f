"""The chart of the same group, with 需省级审批 tried out; half-days from Monday 23 November 2026."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from waiban.workflow.presenters.gantt import Column, Gantt, Line, Row

FIRST = date(2026, 11, 23)


def column(position: int) -> Column:
    """One day of the chart."""
    day = FIRST + timedelta(days=position)
    flag = "holiday" if day.year == 2027 else "weekend" if day.weekday() > 4 else ""
    week = f"{day.month}月{day.day}日 周一" if day.weekday() == 0 else ""
    return Column(day, str(day.day), flag, week, "元旦 · 待定" if day == date(2027, 1, 1) else "")


def row(
    stage: str,
    no: int,
    name: str,
    holder: str,
    critical: int,
    plan: Any,
    actual: Any = None,
    latest: Any = None,
    **more: Any,
) -> Row:
    """One step of the chart."""
    tip = "" if latest is None else "最迟可到虚线尽头，过后余量为负"
    values = {"kind": "normal", "label": "", "tip": tip} | more
    return Row(
        no=no,
        name=name,
        holder=holder,
        stage=stage,
        critical=bool(critical),
        plan=plan,
        actual=actual,
        latest=latest,
        **values,
    )


ROWS = [
    row("审", 7, "单位研究立项", "陈国梁", 1, (4, 1), (4, 1)),
    row("审", 8, "经费先行审核", "市财政局", 0, (5, 2), (5, 5)),
    row("审", 9, "备案表填报", "4 人", 0, (5, 1), (5, 1)),
    row("审", 10, "人员审查备案", "组织部", 0, (6, 4), (6, 9)),
    row("审", 12, "出访事前公示", "孟凡成", 1, (5, 14), (5, 14)),
    row("审", 14, "正式呈报请示", "陈国梁", 1, (19, 1), (19, 1)),
    row("审", 15, "外办受理与初审", "林晓岚", 1, (20, 1), (20, 1)),
    row("审", 16, "经办审核", "林晓岚", 1, (21, 1), (21, 1)),
    row("审", 18, "科长复核", "郑立群", 1, (22, 1), (22, 0.4), 31),
    row("审", 19, "分管副主任审核", "高文博", 1, (23, 1), None, 32),
    row("审", 20, "主任审签", "宋志远", 1, (28, 1), None, 33),
    row("审", 21, "市领导签批", "市领导", 1, (29, 2), None, 35),
    row("审", 22, "转报省委外办", "假如", 0, (31, 1), kind="whatif", label="+0.5 个工作日"),
    row("审", 23, "省委外办审批", "假如", 0, (32, 6), kind="whatif", label="+3 个工作日"),
    row("审", 24, "任务批件制发", "林晓岚", 1, (31, 1), None, 36),
    row("护", 25, "证照核查", "4 人", 0, (4, 1), (4, 1)),
    row("护", 31, "证照出库（送签）", "韩雪", 1, (32, 1), None, 37),
    row("护", 44, "证照发放", "韩雪", 1, (47, 1), None, 52),
    row("签", 32, "签证需求判定", "4 人", 0, (5, 1), (5, 1)),
    row("签", 33, "签证申请表填报", "3/4 人", 0, (6, 1), (6, 16.2), 34),
    row("签", 34, "签证材料合成", "3/4 人", 0, (7, 1), (7, 15.2), 35),
    row("签", 35, "材料审核与缴费", "2/4 人", 0, (8, 1), (16, 6.2), 36),
    row("签", 36, "照会制作", "林晓岚", 1, (32, 1), None, 37),
    row("签", 37, "送签", "韩雪", 1, (33, 2), None, 43),
    row("签", 38, "使馆面谈、指纹", "4 人", 1, (35, 8), None, 47),
    row("签", 39, "使馆审理与补件", "使领馆", 1, (43, 3), None, 50),
    row("签", 40, "取签核对", "韩雪", 1, (46, 1), None, 51),
    row("签", 42, "行前教育", "全体", 0, (32, 1), None, 51),
    row("签", 43, "购票与保险", "孟凡成", 0, (46, 1), None, 52),
    row("签", 45, "出境成行", "全团", 1, (48, 0), None, 54, kind="milestone"),
    row("结", 46, "境外请示报告", "徐海峰", 0, (54, 10), label="12-24"),
    row("结", 47, "证照交回", "4 人", 0, (64, 14), label="12-31"),
    row("结", 48, "出访总结报告", "孟凡成", 0, (64, 20)),
]

GANTT = Gantt(
    columns=[column(n) for n in range(42)],
    rows=ROWS,
    lines=[
        Line(22.2, "今天 12-04", "today"),
        Line(48, "预计 12-16", "forecast"),
        Line(54, "计划出境 12-20", "exit"),
        Line(59, "假如 12-22", "whatif"),
    ],
    arrows=[
        (19, 4, 19, 5),
        (20, 5, 20, 6),
        (21, 6, 21, 7),
        (22, 7, 22, 8),
        (23, 8, 23, 9),
        (24, 9, 28, 10),
        (29, 10, 29, 11),
        (31, 11, 31, 14),
        (33, 22, 33, 23),
        (35, 23, 35, 24),
        (43, 24, 43, 25),
        (46, 25, 46, 26),
    ],
    foot="第 1 天为合规预检通过后首日 11-25；11 个不适用环节已收起",
    foot_right="2027 年放假安排尚未导入，相关日期标“待定”",
    critical_url="?tab=gantt&critical=1",
    export_url="?tab=gantt&export=1",
)

WHATIF = SimpleNamespace(
    target_label="计划出境",
    goal_label="成行",
    date="2026-12-20",
    date_note="未改 · 周日",
    switches=[
        ("province", "需省级审批", True, ["增加 22、23 两个环节", "快办口径 3.5 个工作日"]),
        ("passport", "有人新办护照", False, ["增加 26 至 30 五个环节", "制证 3 个工作日"]),
    ],
    situations=[
        ("现状", 32, 22, "12-16 周三", 4, "amber", "临近", False),
        ("需省级审批", 39, 28, "12-22 周二", -3, "red", "预计误期", True),
        ("有人新办护照", 43, 30, "12-24 周四", -7, "red", "预计误期", False),
        ("两者都有", 50, 35, "12-29 周二", -14, "red", "预计误期", False),
    ],
    light="red",
    light_word="预计误期",
    sentence="预计成行 12-16 → 12-22，推迟 6 天，晚于计划出境 1.5 个工作日",
    hint="可改为 12-27 周日出境，余量 3.5 个工作日；须同步变更日程、公示与邀请函日期。",
    reset_url="?tab=gantt",
    action_url="?",
    hidden=[("tab", "gantt")],
)
