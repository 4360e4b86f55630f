"""The phone of the picture: Liu Siqi's six things."""

from types import SimpleNamespace
from typing import Any


def task(name: str, detail: str, state: str, day: str, time: str = "", **more: Any) -> SimpleNamespace:
    """One thing he has to do."""
    values = {"left": "", "action_label": "", "action_url": "", "url": ""} | more
    return SimpleNamespace(name=name, detail=detail, state=state, day=day, time=time, **values)


MEMBER: dict[str, Any] = {
    "trip": SimpleNamespace(
        title="赴美国经贸招商团组",
        reference="滨外出〔2026〕26号",
        person="刘思齐",
        role="团员",
        days_left=16,
        days_word="天后出境",
        out_label="12月20日 周日 出境",
        back_label="12月24日 周四 回国",
    ),
    "saved_label": "",
    "counts": [("现在办", 1), ("已办", 1), ("免办", 1)],
    "tasks": [
        task(
            "签证申请表确认签字",
            "上次填过的 86 项已带入，还有 4 项要您填",
            "ready",
            "12-07 周一",
            left="还剩 1 个工作日",
            action_label="去确认",
            action_url="/cases/items/33/complete/",
        ),
        task("参加行前教育", "二楼会议室，现场签到", "waiting", "12-09 周三", "14:30"),
        task("使馆面谈", "北京，与全团同去", "waiting", "12-11 周五", "08:30"),
        task("回国交照", "回国后 7 日内", "waiting", "12-31 周四", "17:30 前"),
        task("签证照片", "白底照片已通过检查", "done", "已办", "11-26"),
        task("生物信息采集", "2024 年已采集，这次不用再去", "skipped", "免办"),
    ],
    "passport": SimpleNamespace(
        place="在外办证照库",
        keeper="韩雪保管",
        number="PE*****36",
        valid="有效至 2029-05-17，满足回国后 6 个月",
        nodes=[
            ("在库", "", "now"),
            ("送签", "12-10", "todo"),
            ("取签", "12-16", "todo"),
            ("发给您", "12-16", "todo"),
            ("交回", "12-31", "todo"),
        ],
    ),
    "visa": SimpleNamespace(
        kind="美国 B-1 · 送签地 北京",
        nodes=[
            ("填表", "", "now"),
            ("材料审核", "", "todo"),
            ("送签", "12-10", "todo"),
            ("面谈", "12-11", "todo"),
            ("审理", "12-15", "todo"),
            ("取签", "12-16", "todo"),
        ],
    ),
    "interview": SimpleNamespace(
        countdown="还有 7 天",
        rows=[
            ("时间", "12月11日 周五 08:30"),
            ("集合", "08:00 使馆签证处门口，送签员等候"),
            ("地点", "北京市朝阳区安家楼路 55 号\n美国驻华大使馆"),
        ],
        items=[
            ("预约单", "送签员现场发"),
            ("DS-160 确认页", "签字后可打印"),
            ("护照", "送签员现场发"),
            ("任务批件复印件", "12-08 后可打印"),
        ],
        warning="手机、电脑和背包按使馆要求存放，不带入馆内。",
    ),
    "contacts": [
        ("团组联络人 孟凡成", "市商务局 · 139 0000 2618", "13900002618"),
        ("外办值班（24 小时）", "0543-000 0120", "05430000120"),
        ("驻芝加哥总领馆 领事保护", "+1-312-555-0137", "+13125550137"),
        ("外交部全球领保热线", "+86-10-12308", "+861012308"),
    ],
    "places": [
        ("我的事", "list-check", "#tasks", True),
        ("行程", "plane", "#trip", False),
        ("补助", "file-dollar", "#money", False),
        ("求助", "lifebuoy", "#help", False),
    ],
}
