"""Steps 1 to 6: yearly plan, composition of the group, invitation, programme, pre-check."""

from waiban.accounts.enums import Role
from waiban.workflow.definition import Scope, Step

# fmt: off
STEPS = (
    Step(
        1, "annual_plan_declare", "年度出访计划申报", "年度计划申报", "申报年度计划",
        "prepare", "计划管理", Role.UNIT_CLERK, 10, 10,
        scope=Scope.UNIT, tiny="报计划", verb="申报", basis="财行〔2013〕516号第五条",
        inputs=("年度因公临时出国(境)计划申报表", "上年度计划执行情况", "本年度出国经费预算"),
        outputs=("年度计划申报件",),
        name_en="Declare annual visit plan",
    ),
    Step(
        2, "annual_plan_reply", "年度计划审核批复", "计划审核批复", "年度计划审批",
        "prepare", "计划管理", Role.PROVINCE, 40, 40,
        after=("annual_plan_declare",), returns=("annual_plan_declare",), outside=True,
        recorders=(Role.OUTBOUND_CLERK,), tiny="批计划", verb="登记批复", basis="财行〔2013〕516号第五条",
        inputs=("年度计划申报件", "全市计划汇总表", "市委外事工作委员会意见"),
        outputs=("年度计划批复", "计划编号", "人次/批次控制数"),
        name_en="Review and approve annual plan",
    ),
    Step(
        3, "delegation_formation", "组团方案拟定", "组团方案拟定", "拟定组团方案",
        "prepare", "组团筹备", Role.UNIT_CLERK, 6, 6,
        after=("annual_plan_reply",), scope=Scope.UNIT, tiny="组团", verb="提交方案",
        basis="因公临时出国限量管理规定；时限为建议值",
        inputs=("计划批复", "出访任务书", "拟出访人员名单"),
        outputs=("组团方案（团长/成员/国别/天数/任务/招商目标清单）",),
        name_en="Form the delegation",
    ),
    Step(
        4, "invitation_obtain", "外方邀请函获取", "外方邀请函获取", "取得外方邀请函",
        "prepare", "组团筹备", Role.UNIT_CLERK, 20, 20,
        after=("delegation_formation",), outside=True, scope=Scope.UNIT, tiny="邀请", verb="登记邀请函",
        basis="邀请函管理规定；时限为建议值",
        inputs=("组团方案", "对外联络函"),
        outputs=("邀请函原件（签名/抬头/日期/任务/费用）", "中文译件", "邀请单位情况说明"),
        name_en="Obtain foreign invitation letter",
    ),
    Step(
        5, "itinerary_budget_draft", "日程路线与经费预算编制", "日程与预算编制", "编制日程和预算",
        "prepare", "组团筹备", Role.UNIT_CLERK, 6, 6,
        after=("delegation_formation",), scope=Scope.UNIT, tiny="日程", verb="提交",
        basis="财行〔2013〕516号第七、九、十条；时限为建议值",
        inputs=("组团方案", "财行〔2013〕516号及住宿费调整标准", "航班与汇率"),
        outputs=("日程安排表（上/下午）", "往返航线", "经费预算明细表"),
        name_en="Draft itinerary and budget",
    ),
    Step(
        6, "policy_precheck", "合规预检", "合规预检", "合规预检",
        "prepare", "组团筹备", Role.OUTBOUND_CLERK, 1, 1,
        after=("invitation_obtain", "itinerary_budget_draft"),
        returns=("delegation_formation", "invitation_obtain", "itinerary_budget_draft"), tiny="预检",
        verb="预检通过", basis="本系统规则库；时限为建议值",
        inputs=("组团方案", "邀请函", "日程", "预算", "成员近两年出访记录"),
        outputs=("预检结果单（人数/天数/国数/频次/计划/证照/签证提示）",),
        opinion="预检通过，请单位研究立项。",
        name_en="Automatic compliance pre-check",
    ),
)
# fmt: on
