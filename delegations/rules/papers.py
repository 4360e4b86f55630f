"""The rules on plan, papers and money (R10, R11, R15 and the papers): pure functions of a snapshot."""

from datetime import timedelta

from delegations.enums import Category, InviterKind, OrganizeMode, PlanType, Secrecy
from delegations.rules.findings import Finding, Weight
from delegations.rules.limits import Limits
from delegations.rules.snapshot import InvitationView, Snapshot

BUDGET_RULES = "《因公临时出国经费管理办法》（财行〔2013〕516号）"
PUBLICITY_RULES = "因公临时出国信息公示规定"
FORBIDDEN_INVITERS = frozenset(
    {InviterKind.CHINESE_FIRM, InviterKind.OVERSEAS_CHINESE, InviterKind.MISSION, InviterKind.AGENT}
)


def task_notice(view: Snapshot, limits: Limits) -> Finding:
    """R10: who joins another region's group needs its task notice."""
    if view.organize_mode != OrganizeMode.JOIN:
        return Finding("R10", True, Weight.WARN, "非双跨参团")
    return Finding(
        "R10",
        bool(view.task_notice_no),
        Weight.WARN,
        f"任务通知书 {view.task_notice_no}" if view.task_notice_no else "尚无任务通知书文号",
        "参加外地或部委团组须有任务通知书，请取得后补填，凭其办理任务确认件。",
        "双跨团组管理规定",
    )


def publicity(view: Snapshot, limits: Limits) -> Finding:
    """R11: at least five working days of publicity, over and without objection before the submission."""
    notice, needed = view.publicity, limits.publicity_workdays
    if notice is None:
        return Finding(
            "R11", None, Weight.BLOCK, "尚未公示", f"请先公示满 {needed} 个工作日。", PUBLICITY_RULES
        )
    detail = ""
    if notice.workdays < needed:
        detail = f"公示不得少于 {needed} 个工作日，请补足后再呈报。"
    elif not notice.clear:
        detail = "公示有异议或结果未填，请核实处理并填写结果后再呈报。"
    elif view.submitted_on and view.submitted_on < notice.ends_on:
        detail = f"公示至 {notice.ends_on:%m-%d} 才期满，请期满后再呈报。"
    text = f"公示满 {notice.workdays} 日" if not detail else f"公示 {notice.workdays} 个工作日"
    return Finding("R11", not detail, Weight.BLOCK, text, detail, PUBLICITY_RULES)


def plan(view: Snapshot, limits: Limits) -> Finding:
    """Groups outside the plan explain themselves; a plan item is approved and its quota not used up."""
    if view.plan_type == PlanType.UNPLANNED:
        text, ok = "计划外团组", bool(view.plan_note)
        detail = "计划外团组须附调整说明和专项同意意见，请补填说明。"
    elif not view.plan_item:
        text, ok, detail = "未关联年度计划", False, "请选择年度计划项，或改为“计划外”并附说明。"
    elif not view.plan_item_approved:
        text, ok, detail = "计划项尚未批复", False, "该计划项未获批复，请先办理计划批复。"
    elif view.quota_left is not None and view.quota_left < len(view.members):
        text, ok = f"本年人次控制数剩余 {view.quota_left}", False
        detail = "人次控制数不足，请减少成员或申请调整计划。"
    else:
        text, ok, detail = "年度计划内", True, ""
    return Finding("PLAN", ok, Weight.BLOCK, text, detail, f"{BUDGET_RULES}第五条")


def plan_deviation(view: Snapshot, limits: Limits) -> Finding:
    """People, days and countries as planned."""
    off = []
    if view.plan_people is not None and len(view.members) > view.plan_people:
        off.append(f"人数 {len(view.members)}（计划 {view.plan_people}）")
    if view.plan_days is not None and (view.days or 0) > view.plan_days:
        off.append(f"天数 {view.days}（计划 {view.plan_days}）")
    extra = [
        stop.name
        for stop in view.stops
        if stop.counts and view.plan_places and stop.code not in view.plan_places
    ]
    if extra:
        off.append(f"增加{'、'.join(extra)}")
    return Finding(
        "PLAN2",
        not off,
        Weight.WARN,
        "与计划一致" if not off else f"与计划不符：{'；'.join(off)}",
        "请在任务说明中写明调整原因。",
        f"{BUDGET_RULES}第五条",
    )


def secrecy(view: Snapshot, limits: Limits) -> Finding:
    """Work secrets never enter this system."""
    return Finding(
        "SECRET",
        view.secrecy == Secrecy.ORDINARY,
        Weight.BLOCK,
        "普通件" if view.secrecy == Secrecy.ORDINARY else "标为工作秘密",
        "本系统为非涉密系统，涉及工作秘密的团组请改走线下渠道。",
        "保密规定",
    )


def taiwan(view: Snapshot, limits: Limits) -> Finding:
    """Trips to Taiwan are handled by the Taiwan affairs office."""
    return Finding(
        "TAIWAN",
        view.category != Category.TAIWAN,
        Weight.BLOCK,
        "赴台任务" if view.category == Category.TAIWAN else "非赴台任务",
        "赴台任务由台办受理，请转台办办理。",
        "赴台审批分工",
    )


def invitations(view: Snapshot, limits: Limits) -> Finding:
    """There is a letter, from an allowed inviter, translated, without agent, covering the days."""
    faults = [fault for letter in view.invitations for fault in invitation_faults(letter, view)]
    text = f"邀请函 {len(view.invitations)} 份" if not faults else faults[0].rstrip("。")
    if not view.invitations:
        return Finding(
            "INVITE", False, Weight.BLOCK, "尚无邀请函", "请登记外方邀请函及中文译件。", "邀请函管理规定"
        )
    return Finding("INVITE", not faults, Weight.BLOCK, text, "请外方重新出具或补正邀请函。", "邀请函管理规定")


def invitation_faults(letter: InvitationView, view: Snapshot) -> list[str]:
    """Return what is wrong with one letter, each a Chinese sentence."""
    faults = []
    if letter.kind in FORBIDDEN_INVITERS:
        label = InviterKind(letter.kind).label
        faults.append(f"{letter.inviter}属于{label}，不得作为邀请单位，请改由外方对口单位邀请。")
    if not letter.no_agent:
        faults.append(f"{letter.inviter}的邀请函经中介取得，不得使用。")
    if letter.issued_on and view.exit_date and letter.issued_on > view.exit_date:
        faults.append(f"{letter.inviter}的邀请函签发日期晚于出境日期，请核对。")
    if letter.valid_from and view.exit_date and letter.valid_from > view.exit_date and view.countries == 1:
        faults.append(f"{letter.inviter}邀请的起始日期晚于出境日期，未覆盖行程。")
    if letter.valid_to and view.entry_date and letter.valid_to < view.entry_date and view.countries == 1:
        faults.append(f"{letter.inviter}邀请的截止日期早于回国日期，未覆盖行程。")
    if not letter.translated:
        faults.append(f"{letter.inviter}的邀请函缺中文译件，请补充。")
    return faults


def programme(view: Snapshot, limits: Limits) -> Finding:
    """Every half day of the trip has an entry, none lies outside it."""
    days = view.days
    if not days or days < 1:
        return Finding(
            "PROGRAMME", None, Weight.BLOCK, "日程待定", "请先填写出境、回国日期。", "请示格式要求"
        )
    assert view.exit_date is not None
    wanted = {(view.exit_date + timedelta(days=n), half) for n in range(days) for half in (0, 1)}
    have = {(entry.day, entry.half) for entry in view.entries}
    missing, outside = len(wanted - have), len(have - wanted)
    text, detail = f"日程 {days} 天逐半日填满", ""
    if outside:
        text, detail = f"{outside} 条日程在出访日期之外", "请删除或改到出境日与回国日之间。"
    elif missing:
        text, detail = f"日程还缺 {missing} 个半天", "请按上午、下午逐日填写，不得空泛。"
    return Finding("PROGRAMME", not detail, Weight.BLOCK, text, detail, "请示格式要求")


def budget(view: Snapshot, limits: Limits) -> Finding:
    """There is a budget, and each line over the standard gives its reason."""
    if not view.budget.lines:
        return Finding(
            "BUDGET", False, Weight.BLOCK, "尚无经费预算", "请编制经费预算明细。", f"{BUDGET_RULES}第七条"
        )
    short = view.budget.unexplained
    return Finding(
        "BUDGET",
        not short,
        Weight.BLOCK,
        f"预算 {view.budget.total:,.2f} 元" if not short else f"{short} 项超标准未说明",
        "超标准的支出须列入“须事先报批的支出事项”并写明理由。",
        f"{BUDGET_RULES}附 1",
    )


def budget_audited(view: Snapshot, limits: Limits) -> Finding:
    """R15: without the finance audit no trip may be arranged."""
    return Finding(
        "R15",
        view.budget_audited,
        Weight.BLOCK,
        "经费已审" if view.budget_audited else "经费未审",
        "经费先行审核未通过的，不得安排出访团组。",
        f"{BUDGET_RULES}第七条",
    )
