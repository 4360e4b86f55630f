"""The desk of the picture: Lin Xiaolan's twelve items on Friday 4 December 2026, 09:12."""

from types import SimpleNamespace
from typing import Any


def row(
    ref: str, title: str, step_no: int, step: str, unit: str, people: str, due: tuple[str, str], slack: int, verb: str, **more: Any
) -> SimpleNamespace:
    """One row of the queue; slack in half-days."""
    light = more.pop("light", "red" if slack < 0 else "amber" if slack <= 4 else "green")
    words = {"red": "逾期", "amber": "临近", "green": "正常"}
    values: dict[str, Any] = {
        "ref": f"滨外出〔{ref}号",
        "title": title,
        "url": f"/delegations/{step_no}/",
        "step_no": step_no,
        "step": step,
        "unit": unit,
        "people": people,
        "due_label": due[0],
        "due_date": due[1],
        "late": False,
        "slack": slack,
        "light": light,
        "light_word": words[light],
        "reason": "",
        "verb": verb,
        "can_batch": True,
        "claimed_by": "",
        "value": f"{step_no}{ref[-2:]}:1",
    }
    return SimpleNamespace(**(values | more))


TODAY, MONDAY = ("今天 17:30", "12-04 周五"), ("1 个工作日", "12-07 周一")

GROUPS = [
    (
        "今天不办就误期",
        "余量不足 1 个工作日",
        [
            row("2026〕23", "赴德国、匈牙利高端装备招商团组", 28, "护照材料初审与报送", "市工业和信息化局", "2 人",
                ("逾期 1 个工作日", "应于 12-03 周四"), -2, "报送省办", late=True, reason="每晚 1 天，出境顺延 1 个工作日"),
            row("2026〕24", "赴日本友城交流团组", 36, "照会与签证事项表制作", "市教育局", "全团 5 人", TODAY, -1, "制作照会",
                light_word="预计误期", reason="按现有进度晚于计划出境半天"),
            row("2027〕1", "赴印度尼西亚、马来西亚纺织推介团组", 15, "外办受理与材料初审", "市贸促会", "", TODAY, 1, "受理",
                reason="已核 11 项材料，缺 1 项：邀请函译件"),
        ],
    ),
    (
        "余量 2 个工作日以内",
        "",
        [
            row("2026〕25", "赴阿联酋国际食品展团组", 24, "任务批件制发", "市农业农村局", "", TODAY, 2, "制发批件"),
            row("2026〕22", "赴韩国海洋产业交流团组", 42, "行前教育", "市海洋发展局", "4 人", MONDAY, 3, "登记签到"),
            row("2027〕2", "赴巴西、智利农产品贸易团组", 16, "经办审核（任务与邀请核验）", "市农业农村局", "", MONDAY, 4, "审核"),
        ],
    ),
    (
        "较宽裕",
        "",
        [
            row("2026〕21", "赴塞尔维亚基础设施合作团组", 41, "出境证明办理", "市交通运输局", "5 人", ("2 个工作日", "12-08 周二"), 6, "开具证明"),
            row("2026〕26", "赴美国经贸招商团组", 35, "签证材料审核与缴费", "市商务局", "王洪亮 1 人", MONDAY, 9, "审核", claimed_by="郑立群"),
            row("2027〕3", "赴法国友城青年交流团组", 6, "合规预检", "市教育局", "", MONDAY, 12, "预检"),
            row("2027〕4", "赴越南轻工产业对接团组", 6, "合规预检", "市工商联", "", MONDAY, 16, "预检"),
            row("2026〕17", "赴英国高校引才团组", 53, "归档结案", "市委人才工作局", "", ("3 个工作日", "12-09 周三"), 22, "归档"),
            row("2026〕18", "赴泰国中医药合作团组", 53, "归档结案", "市卫生健康委", "", ("4 个工作日", "12-10 周四"), 26, "归档"),
        ],
    ),
]  # fmt: skip

DESK = SimpleNamespace(
    tab="todo",
    due_today=3,
    overdue=1,
    outside=5,
    urgeable=2,
    tabs=[
        ("todo", "待办", 12, "?tab=todo", True),
        ("outside", "等待外部", 5, "?tab=outside", False),
        ("done", "已办", None, "?tab=done", False),
        ("mine", "我发起的", None, "?tab=mine", False),
    ],
    businesses=[("全部业务", None, "?", True), ("因公出访", 12, "?flow=delegation", False)],
    filter_form=None,
    filter_hidden=[],
    active_filters=[],
    reset_url="?",
    export_url="?export=1",
    groups=GROUPS,
    first_is_urgent=True,
    total="12",
    foot="余量 = 不影响出境的机动工作日；负数表示按现有进度将晚于计划出境",
    batch_url="/desk/batch/",
    batch_acts=[("complete", "批量办理", "check"), ("return", "退回", "arrow-back-up"), ("reassign", "转办", "user-share")],
    starts=[("新建团组", "/delegations/new/", "plus")],
    signatures=[],
    past=[],
    page=None,
    previous_url="",
    next_url="",
    page_text="",
    empty_title="今天没有待办",
    empty_text="新的事项到您这里时会出现在此处，也会在铃铛里提醒。",
    empty_url="/delegations/new/",
    empty_label="新建团组",
    schedule=[
        ("08:30", "科室晨会", "三楼小会议室", True),
        ("10:30", "领取新制护照 2 本", "省委外办制证中心 · 与韩雪", False),
        ("14:00", "行前教育 · 赴韩国团组", "二楼会议室 · 应到 4 人", False),
        ("16:00", "与驻京送签员核对下周预约", "电话 · 2 个团组 9 人", False),
    ],
    bars=[
        ("逾期", "12-03", 1, "late"),
        ("周五", "今天", 3, "today"),
        ("周一", "12-07", 5, "later"),
        ("周二", "12-08", 1, "later"),
        ("周三", "12-09", 1, "later"),
        ("周四", "12-10", 1, "later"),
    ],
    bars_note="至下周四 · 共 12 件",
    news=[
        ("市商务局", "补交刘思齐在职证明", "〔2026〕26号 · 09:05", "/notices/1/"),
        ("郑立群", "签收“科长复核”", "〔2026〕26号 · 08:46", "/notices/2/"),
        ("省委外办", "收件，承诺 12-10 前办结制证", "〔2026〕20号 · 昨天 17:12", "/notices/3/"),
        ("市领导", "已签批", "〔2026〕25号 · 昨天 16:40", "/notices/4/"),
    ],
    news_total="7",
)
