"""The 26 groups of the demo year. Everything is invented; days are counted from today."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spec:
    """One group.

    `began` days ago the plan item was declared; `exit` is the day of exit counted from today (negative: gone);
    `pace` stretches the limits of the office's and unit's steps, `prep` those before the pre-check.
    `fresh` members have no passport yet. `stay` is the length of the trip in days.
    """

    unit: str
    name: str
    places: tuple[str, ...]
    people: int
    began: int
    exit: int
    stay: int
    category: str = "trade"
    fast: bool = False
    fresh: int = 0
    pace: float = 1.0
    prep: float = 0.4
    promotions: int = 0
    investment: int = 0
    trade: int = 0
    leader: str = ""
    days_22: bool = False


SPECS = (
    Spec("市商务局", "赴美国经贸招商团组", ("US",), 4, 96, -40, 5, fast=True, promotions=16, investment=620_000_000,
         trade=1_950_000_000, days_22=True),
    Spec("市商务局", "赴美国现代农业招商团组", ("US",), 4, 34, 26, 5, fast=True, prep=0.3),
    Spec("市工业和信息化局", "赴德国、匈牙利高端装备招商团组", ("DE", "HU"), 4, 66, 12, 8, fresh=2, prep=0.3),
    Spec("市教育局", "赴日本友城交流团组", ("JP",), 5, 64, 9, 5, category="sister_city", pace=0.9, prep=0.3),
    Spec("市贸促会", "赴印度尼西亚、马来西亚纺织推介团组", ("ID", "MY"), 4, 44, 40, 8, prep=0.35),
    Spec("市农业农村局", "赴阿联酋国际食品展团组", ("AE",), 4, 52, 24, 5, prep=0.35),
    Spec("市海洋发展局", "赴韩国海洋产业交流团组", ("KR",), 4, 68, 6, 5, pace=0.8, prep=0.3),
    Spec("市农业农村局", "赴巴西、智利农产品贸易团组", ("BR", "CL"), 5, 46, 48, 9, prep=0.35),
    Spec("市交通运输局", "赴塞尔维亚基础设施合作团组", ("RS",), 5, 74, 7, 5, fast=True, prep=0.4),
    Spec("市教育局", "赴法国友城青年交流团组", ("FR",), 3, 30, 70, 5, category="sister_city", prep=0.45),
    Spec("市工商联", "赴越南轻工产业对接团组", ("VN",), 4, 28, 66, 5, prep=0.4),
    Spec("市委人才工作局", "赴英国高校引才团组", ("GB",), 3, 150, -45, 5, category="academic", pace=0.7, promotions=9,
         investment=0, trade=0),
    Spec("市卫生健康委", "赴泰国中医药合作团组", ("TH",), 4, 160, -52, 5, pace=0.7, promotions=14,
         investment=120_000_000, trade=480_000_000),
    Spec("市商务局", "赴新加坡、马来西亚高端铝业推介团组", ("SG", "MY"), 5, 230, -120, 8, pace=0.7, promotions=26,
         investment=980_000_000, trade=2_860_000_000),
    Spec("市贸促会", "赴肯尼亚、坦桑尼亚经贸推介团组", ("KE", "TZ"), 4, 240, -128, 9, pace=0.7, promotions=24,
         investment=310_000_000, trade=1_240_000_000),
    Spec("市工业和信息化局", "赴意大利、西班牙家纺产业团组", ("IT", "ES"), 4, 226, -112, 8, pace=0.7, promotions=22,
         investment=540_000_000, trade=1_730_000_000),
    Spec("市海洋发展局", "赴挪威海洋牧场合作团组", ("NO",), 3, 218, -105, 5, pace=0.7, promotions=11,
         investment=260_000_000, trade=390_000_000),
    Spec("市商务局", "赴土耳其、阿联酋经贸对接团组", ("TR", "AE"), 4, 210, -98, 8, pace=0.7, promotions=25,
         investment=690_000_000, trade=2_210_000_000),
    Spec("市农业农村局", "赴荷兰设施农业招商团组", ("NL",), 4, 204, -92, 5, pace=0.7, promotions=15,
         investment=350_000_000, trade=860_000_000),
    Spec("市交通运输局", "赴哈萨克斯坦物流通道合作团组", ("KZ",), 4, 196, -84, 5, pace=0.7, promotions=13,
         investment=180_000_000, trade=920_000_000),
    Spec("市工商联", "赴柬埔寨产业园区考察洽谈团组", ("KH",), 4, 186, -76, 5, pace=0.7, promotions=17,
         investment=240_000_000, trade=640_000_000),
    Spec("市教育局", "赴白俄罗斯职业教育合作团组", ("BY",), 4, 178, -68, 5, category="academic", pace=0.7,
         promotions=8),
    Spec("市委人才工作局", "赴加拿大引才引智团组", ("CA",), 4, 110, -12, 5, fast=True, pace=0.9, promotions=10,
         investment=160_000_000, trade=410_000_000),
    Spec("市卫生健康委", "赴古巴医疗卫生合作团组", ("CU",), 4, 98, -20, 6, category="academic", fast=True, pace=0.9, promotions=9,
         investment=200_000_000, trade=770_000_000),
    Spec("市贸促会", "赴乌兹别克斯坦纺织机械团组", ("UZ",), 4, 88, -2, 5, fast=True, pace=0.9),
    Spec("市海洋发展局", "赴智利渔业合作团组", ("CL",), 4, 12, 92, 6, prep=0.6),
)  # fmt: skip
