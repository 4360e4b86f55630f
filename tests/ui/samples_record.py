"""The record of the picture: the group to the United States, seen by the section chief."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

HEAD = SimpleNamespace(
    reference="滨外出〔2026〕26号",
    tags=["招商经贸", "快办", "市级审批"],
    title="赴美国经贸招商团组",
    facts=[
        ("组团单位", "市商务局"),
        ("团长", "徐海峰"),
        ("", "4 人 · 5 天 · 1 国"),
        ("", "12-20 周日 至 12-24 周四"),
        ("在办", "科长复核 · 郑立群"),
    ],
    days_to_exit=16,
    exit_label="12月20日 周日",
    target_label="计划出境",
    goal_label="成行",
    forecast_day_no=22,
    forecast_date="12月16日",
    forecast_note="周三 · 今天是第 10 天",
    slack_half=4,
    light="amber",
    light_word="临近",
    clocks=[("自然日", "10 天"), ("外办净用时", "1.5 个工作日"), ("外部用时", "5.5 个工作日")],
    status="在办",
    tabs=[
        ("map", "环节图", None, "?tab=map", True),
        ("gantt", "倒排工期", None, "?tab=gantt", False),
        ("about", "概况", None, "?tab=about", False),
        ("members", "成员", 4, "?tab=members", False),
        ("itinerary", "日程", None, "?tab=itinerary", False),
        ("money", "经费", None, "?tab=money", False),
        ("papers", "材料", 12, "?tab=papers", False),
        ("outcomes", "成果", None, "?tab=outcomes", False),
        ("log", "日志", None, "?tab=log", False),
    ],
    print_url="/print/",
)

ACT = SimpleNamespace(
    item_id=18,
    version=3,
    no=18,
    name="科长复核",
    person="",
    step_key="section_chief_review",
    due_label="今天 17:30 前",
    late=False,
    from_label="林晓岚 12-03 16:52 送来 · 08:46 已签收",
    opinion_label="复核意见",
    opinion="任务明确，邀请方资质已核验，人数、天数、国数合规，公示期满无异议。拟同意，请文博副主任审核。",
    phrases=("拟同意，请审核", "请补充后再报", "请核实邀请方"),
    verb="同意",
    can_return=True,
    can_reassign=True,
    can_refuse=False,
    can_add_signer=False,
    can_claim=False,
    can_release=False,
    next_sentence="同意后送 19 分管副主任审核（高文博）；退回须一次性列明缺项",
    checks_title="复核要点 · 8 项均符合",
    checks=[
        (True, "4 人，上限 6 人", ""),
        (True, "5 天，上限 5 天", ""),
        (True, "1 国，上限 3 国", ""),
        (True, "公务占 7/10", ""),
        (True, "公示满 5 日", ""),
        (True, "经费已审", ""),
        (True, "频次未超限", ""),
        (True, "护照均有效", ""),
    ],
    facts=[
        ("预算", "18.64 万元"),
        ("拟访企业", "9 家"),
        ("推介场次", "3 场"),
        ("年度计划", "第 26 项，计划内"),
    ],
    sheet_url="/sheet/",
    form=None,
    papers=[],
    upload_url="",
    reason="",
)

TRACK = SimpleNamespace(
    title="关键路径 · 预检通过至出境",
    used="7 / 16 个工作日",
    nodes=[
        ("立项", "11-25", "done"),
        ("公示", "12-02", "done"),
        ("呈报", "12-02", "done"),
        ("受理", "12-03", "done"),
        ("经办", "12-03", "done"),
        ("科长", "今天", "now"),
        ("副主任", "12-04", "todo"),
        ("主任", "12-07", "todo"),
        ("市领导", "12-08", "todo"),
        ("批件", "12-08", "todo"),
        ("照会", "12-09", "todo"),
        ("送签", "12-10", "todo"),
        ("面谈", "12-14", "todo"),
        ("审理", "12-15", "todo"),
        ("取签", "12-16", "todo"),
        ("发照", "12-16", "todo"),
        ("出境", "12-20", "todo"),
    ],
)

STEPS = Path(__file__).with_name("samples_record_steps.txt")


def chip(text: str) -> SimpleNamespace:
    """Read one step of the table."""
    no, short, state, holder, day, *marks = text.split(" ")
    people = holder.split("/") if "/" in holder else None
    return SimpleNamespace(
        no=int(no),
        short=short,
        name=f"{short}（全称）",
        state=state,
        holder="" if people or state == "skipped" else holder,
        date="" if day == "-" or people else day,
        people_done=int(people[0]) if people else None,
        people_all=int(people[1]) if people else None,
        awaited=day if people and day != "-" else "",
        critical="c" in marks,
        outside="o" in marks,
        reason=holder if state == "skipped" else "",
        url=f"/cases/items/{no}/",
    )


def lanes() -> tuple[list[SimpleNamespace], dict[str, int]]:
    """Return the lanes and the counts of the legend."""
    found: dict[str, SimpleNamespace] = {}
    legend = dict.fromkeys(("done", "doing", "ready", "outside", "skipped", "waiting"), 0)
    for line in STEPS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        key, phase, *steps = line.split("|")
        chips = [chip(step) for step in steps]
        lane = found.setdefault(key, SimpleNamespace(key=key, name=key, done=0, applicable=0, groups=[]))
        lane.groups.append((phase, chips))
        for made in chips:
            legend[made.state] += 1
            lane.done += made.state == "done"
            lane.applicable += made.state != "skipped"
    return list(found.values()), legend


PAPERS = [
    ("done", "邀请函原件及译件", "2 份", "/documents/1/"),
    ("done", "日程安排表", "1 份", ""),
    ("done", "经费预算明细表", "1 份", ""),
    ("done", "任务和预算审批意见表", "已盖章", ""),
    ("done", "人员备案表", "4/4", ""),
    ("done", "事前公示情况证明", "1 份", ""),
    ("done", "出访请示", "1 份", ""),
    ("done", "身份证复印件", "4/4", ""),
    ("doing", "签证申请表确认页", "3/4", ""),
    ("doing", "单人签证材料册", "3/4", ""),
    ("waiting", "任务批件", "未到", ""),
    ("waiting", "行前教育签到表", "未到", ""),
]

LOG = [
    ("郑立群", "签收", "18 科长复核 · 12-04 08:46", "", "now"),
    ("林晓岚", "办结", "16 经办审核 · 12-03 16:52", "邀请方资质已核验，天数、人数、频次合规，拟同意。", ""),
    ("林晓岚", "受理", "15 外办受理与材料初审 · 12-03 10:20", "材料齐全，受理号 2026-1203-02。", ""),
    ("陈国梁", "呈报", "14 正式呈报请示 · 12-02 15:08", "", ""),
    ("公示", "期满", "12 出访事前公示 · 12-02 09:00", "满 5 个工作日，无异议。", ""),
    ("市委组织部", "办结", "10 人员审查备案 4/4 · 11-30 11:37", "", ""),
    ("市财政局", "办结", "8 经费先行审核 · 11-27 17:05", "住宿费按标准核减 0.42 万元。", ""),
    ("陈国梁", "同意", "7 单位研究立项 · 11-25 11:20", "", ""),
]

RISKS = [("hourglass", "使馆面谈已约 12-11 周五 08:30", "面谈与审理合计超过 3.5 个工作日时，余量开始减少")]


def context(**more: Any) -> dict[str, Any]:
    """Everything the record page asks for."""
    found, legend = lanes()
    return {
        "head": HEAD,
        "crumbs": [
            ("因公出访", "/delegations/"),
            ("2026 年团组", "/delegations/?year=2026"),
            ("滨外出〔2026〕26号", ""),
        ],
        "acts": [ACT],
        "track": TRACK,
        "lanes": found,
        "legend": legend,
        "total": sum(legend.values()),
        "papers": PAPERS,
        "papers_ready": 8,
        "papers_total": 12,
        "upload_url": "/documents/upload/",
        "log": LOG,
        "log_total": 34,
        "log_url": "?tab=log",
        "risks": RISKS,
        "tab": "map",
        "wide": False,
        **more,
    }
