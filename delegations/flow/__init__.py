"""The 53 steps of an outbound delegation (审护签), as a table.

Where the table departs from the published list: step 51 cannot be sent back to itself, because nobody
reviews it at that point; step 53, which does review it, sends back to it instead.
"""

from delegations.flow import approval, closing, passport, preparation, visa
from delegations.flow.conditions import CONDITIONS
from waiban.accounts.enums import Role
from waiban.workflow.definition import Flow, Stage

RETURN_REASONS = {
    "T01": "邀请函要素缺失或来源不合规",
    "T02": "未列入计划",
    "T03": "人数超限",
    "T04": "天数或国数超限",
    "T05": "频次超限",
    "T06": "日程空泛或公务不足三分之二",
    "T07": "公示不足 5 日或内容不全",
    "T08": "经费未审或超标未报批",
    "T09": "备案表缺章或信息不实",
    "T10": "证照不足 6 个月",
    "T11": "采集或照片不合格",
    "T12": "签证表错漏",
    "T13": "拼音或证号不一致",
    "T14": "双跨手续不全",
    "T15": "疑似拆分团组",
    "T99": "其他",
}

FLOW = Flow(
    key="delegation",
    version=1,
    name="因公临时出国（境）审护签",
    stages=(
        Stage("prepare", "备"),
        Stage("approve", "审"),
        Stage("passport", "护"),
        Stage("visa", "签"),
        Stage("close", "结"),
    ),
    steps=tuple(
        sorted(
            preparation.STEPS + approval.STEPS + passport.STEPS + visa.STEPS + closing.STEPS,
            key=lambda step: step.no,
        )
    ),
    conditions=CONDITIONS,
    anchor="policy_precheck",
    goal="departure",
    target="exit_date",
    target_label="计划出境",
    goal_label="成行",
    return_reasons=RETURN_REASONS,
    member_role=Role.MEMBER,
    withdrawers=(Role.UNIT_CLERK, Role.UNIT_LEADER),
    managers=(Role.OUTBOUND_CHIEF, Role.DEPUTY_DIRECTOR, Role.DIRECTOR),
)
