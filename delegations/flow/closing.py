"""Steps 46 and 48 to 53: abroad, report, settlement, outcomes, archive."""

from waiban.accounts.enums import Role
from waiban.workflow.definition import Scope, Step

# fmt: off
STEPS = (
    Step(
        46, "abroad_reporting", "境外执行与请示报告", "境外请示报告", "境外请示报告",
        "close", "境外执行", Role.MEMBER, 10, 10,
        after=("departure",), outside=True, recorders=(Role.UNIT_CLERK,), fixed="entry_date", tiny="境外",
        verb="登记回国", basis="团长负责制；因公临时出国团组须知",
        inputs=("日程", "领事登记信息", "紧急联络表"),
        outputs=("抵达报备", "日报/变更请示", "回国日期"),
        name_en="Execution abroad and reporting",
    ),
    Step(
        48, "trip_report", "出访总结报告", "出访总结报告", "提交出访报告",
        "close", "总结公开", Role.UNIT_CLERK, 20, 20,
        after=("abroad_reporting",), scope=Scope.UNIT, tiny="报告", verb="提交报告",
        basis="回国后 15 日提醒、30 日为限",
        inputs=("日程执行记录", "会谈纪要", "照片"),
        outputs=("出访报告", "出访情况反馈表"),
        name_en="Trip report",
    ),
    Step(
        49, "publicity_post", "出访事后公示", "出访事后公示", "回国后公示",
        "close", "总结公开", Role.UNIT_CLERK, 10, 10,
        after=("trip_report",), returns=("trip_report",), outside=True, scope=Scope.UNIT, tiny="后公示",
        verb="登记公示", basis="因公临时出国信息公示规定：回国后 1 个月内",
        inputs=("实际执行情况", "出访报告"),
        outputs=("事后公示证明",),
        name_en="Post-trip publicity (within 1 month)",
    ),
    Step(
        50, "expense_settlement", "经费决算报销", "经费决算报销", "决算报销",
        "close", "总结公开", Role.FINANCE, 20, 20,
        after=("abroad_reporting", "passport_return"), returns=("itinerary_budget_draft",), outside=True,
        tiny="决算", verb="核定决算", basis="财行〔2013〕516号第十六条；时限为建议值",
        inputs=("任务批件", "护照复印件（签证、出入境记录）", "票据", "国外费用报销单"),
        outputs=("决算表", "预决算差异说明"),
        opinion="票据齐全，按批准的人员、天数、路线和预算核销。",
        name_en="Expense settlement",
    ),
    Step(
        51, "outcome_register", "成果登记", "成果登记", "登记出访成果",
        "close", "成果转化", Role.UNIT_CLERK, 10, 10,
        after=("abroad_reporting",), scope=Scope.UNIT, tiny="成果", verb="登记成果",
        basis="招商信息报送口径：回国 15 日内；无成果填 0 并说明",
        inputs=("签约文本", "推介场次佐证", "客商名录"),
        outputs=("成果清单（推介场次/签约项目/投资额/贸易额，亿元）",),
        name_en="Register outcomes",
    ),
    Step(
        52, "outcome_follow", "成果跟踪转化", "成果跟踪转化", "跟踪成果",
        "close", "成果转化", Role.UNIT_CLERK, 40, 40,
        after=("outcome_register",), when="outcomes_exist", returns=("outcome_register",), outside=True,
        scope=Scope.UNIT, tiny="跟踪", verb="登记跟踪", basis="建议值",
        condition_text="已登记成果（首次跟踪后转长期台账）", na_text="无成果",
        inputs=("成果清单", "投促/商务部门进度"),
        outputs=("跟踪记录（在谈/签约/注册/到资/开工）",),
        name_en="Follow up outcomes",
    ),
    Step(
        53, "archive", "归档结案", "归档结案", "归档",
        "close", "成果转化", Role.OUTBOUND_CLERK, 4, 4,
        after=(
            "passport_return", "trip_report", "publicity_post", "expense_settlement", "outcome_register",
            "outcome_follow",
        ),
        returns=("trip_report", "expense_settlement", "outcome_register"), tiny="归档", verb="归档结案",
        basis="DA/T 95—2022；时限为建议值",
        inputs=("全流程文件",),
        outputs=("电子卷宗", "结案单", "时效分析"),
        opinion="材料齐全，归档结案。",
        name_en="Archive and close",
    ),
)
# fmt: on
