"""The 26 groups of the demo year. Everything is invented; their days follow from today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spec:
    """One group.

    Under way: it stands at the step `at`, has waited there for `lag` half-days, and its planned exit leaves
    `slack` working days. Gone: it left `gone` days ago, ready `margin` working days before. `pace` stretches
    the limits of unit and office, `prep` those before the pre-check. `fresh` members have no passport yet;
    `stay` is the length of the trip in days. `days_22`: exactly the published fast case.
    """

    unit: str
    name: str
    places: tuple[str, ...]
    people: int
    stay: int
    at: str = ""
    lag: int = 0
    slack: float = 6
    gone: int = 0
    margin: int = 2
    category: str = "trade"
    fast: bool = False
    fresh: int = 0
    pace: float = 1.0
    prep: float = 0.4
    promotions: int = 0
    investment: int = 0
    trade: int = 0
    days_22: bool = False


UNDER_WAY = (
    Spec("市商务局", "赴美国现代农业招商团组", ("US",), 4, 5, "section_chief_review", 1, 2, fast=True),
    Spec(
        "市工业和信息化局",
        "赴德国、匈牙利高端装备招商团组",
        ("DE", "HU"),
        4,
        8,
        "passport_review_submit",
        5,
        -1,
        fresh=2,
    ),
    Spec(
        "市教育局", "赴日本友城交流团组", ("JP",), 5, 5, "visa_note_verbale", 1, -0.5, category="sister_city"
    ),
    Spec("市贸促会", "赴印度尼西亚、马来西亚纺织推介团组", ("ID", "MY"), 4, 8, "fao_accept", 1, 0.5),
    Spec("市农业农村局", "赴阿联酋国际食品展团组", ("AE",), 4, 5, "approval_doc_issue", 1, 1, fast=True),
    Spec(
        "市海洋发展局", "赴韩国海洋产业交流团组", ("KR",), 4, 5, "pre_departure_training", 0, 1.5, fast=True
    ),
    Spec("市农业农村局", "赴巴西、智利农产品贸易团组", ("BR", "CL"), 5, 9, "fao_case_review", 2, 2),
    Spec("市交通运输局", "赴塞尔维亚基础设施合作团组", ("RS",), 5, 5, "documents_release", 0, 3, fast=True),
    Spec(
        "市教育局", "赴法国友城青年交流团组", ("FR",), 3, 5, "policy_precheck", 0, 6, category="sister_city"
    ),
    Spec("市工商联", "赴越南轻工产业对接团组", ("VN",), 4, 5, "policy_precheck", 0, 8),
    Spec("市商务局", "赴新西兰乳业合作团组", ("NZ",), 4, 5, "publicity_pre", 3, 7, fast=True),
    Spec("市卫生健康委", "赴泰国中医药合作团组", ("TH",), 4, 5, "city_leader_approve", 4, 4),
    Spec("市商务局", "赴加拿大跨境电商对接团组", ("CA",), 4, 5, "visa_adjudicate", 6, 5),
    Spec(
        "市贸促会",
        "赴乌兹别克斯坦纺织机械团组",
        ("UZ",),
        4,
        5,
        "abroad_reporting",
        0,
        gone=2,
        fast=True,
        margin=4,
    ),
    Spec("市海洋发展局", "赴智利渔业合作团组", ("CL",), 4, 6, "annual_plan_reply", 8, 12, prep=0.8),
)
"""Groups under way. One of them is abroad today."""

BACK = (
    Spec(
        "市委人才工作局",
        "赴英国高校引才团组",
        ("GB",),
        3,
        5,
        gone=20,
        category="academic",
        fast=True,
        promotions=9,
    ),
    Spec(
        "市卫生健康委",
        "赴古巴医疗卫生合作团组",
        ("CU",),
        4,
        6,
        gone=32,
        category="academic",
        fast=True,
        promotions=13,
        investment=120_000_000,
        trade=480_000_000,
    ),
    Spec(
        "市商务局",
        "赴美国经贸招商团组",
        ("US",),
        4,
        5,
        gone=18,
        margin=0,
        fast=True,
        promotions=26,
        investment=1_480_000_000,
        trade=4_260_000_000,
        days_22=True,
    ),
    Spec(
        "市商务局",
        "赴新加坡、马来西亚高端铝业推介团组",
        ("SG", "MY"),
        5,
        8,
        gone=150,
        pace=0.7,
        promotions=26,
        investment=980_000_000,
        trade=2_860_000_000,
    ),
    Spec(
        "市贸促会",
        "赴肯尼亚、坦桑尼亚经贸推介团组",
        ("KE", "TZ"),
        4,
        9,
        gone=141,
        pace=0.7,
        promotions=28,
        investment=310_000_000,
        trade=1_240_000_000,
    ),
    Spec(
        "市工业和信息化局",
        "赴意大利、西班牙家纺产业团组",
        ("IT", "ES"),
        4,
        8,
        gone=130,
        pace=0.7,
        promotions=27,
        investment=540_000_000,
        trade=1_730_000_000,
    ),
    Spec(
        "市海洋发展局",
        "赴挪威海洋牧场合作团组",
        ("NO",),
        3,
        5,
        gone=122,
        pace=0.7,
        promotions=13,
        investment=260_000_000,
        trade=390_000_000,
    ),
    Spec(
        "市商务局",
        "赴土耳其、阿联酋经贸对接团组",
        ("TR", "AE"),
        4,
        8,
        gone=112,
        pace=0.7,
        promotions=30,
        investment=690_000_000,
        trade=2_210_000_000,
    ),
    Spec(
        "市农业农村局",
        "赴荷兰设施农业招商团组",
        ("NL",),
        4,
        5,
        gone=104,
        pace=0.7,
        promotions=21,
        investment=270_000_000,
        trade=650_000_000,
    ),
    Spec(
        "市工商联",
        "赴柬埔寨产业园区洽谈团组",
        ("KH",),
        4,
        5,
        gone=95,
        pace=0.7,
        promotions=17,
        trade=640_000_000,
    ),
    Spec(
        "市教育局",
        "赴白俄罗斯职业教育合作团组",
        ("BY",),
        4,
        5,
        gone=88,
        pace=0.7,
        category="academic",
        promotions=9,
    ),
)
"""Groups that have been back for a while, most of them closed."""

SPECS = (*BACK[3:], *BACK[:3], *UNDER_WAY)
