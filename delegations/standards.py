"""The short table of published allowance rates, and where visas are handed in: first rows of two tables.

Rates are per person and day: lodging as adjusted, meals and incidentals of 财行〔2013〕516号附 2. The office
imports the full table; a rate is used by the day of exit.
"""

from datetime import date
from typing import Any

VALID_FROM = date(2018, 1, 1)
SOURCE = "财行〔2013〕516号附 2，住宿费按财行〔2017〕434号口径（须对照原件核实）"

RATES = (
    # place, cities, currency, lodging, meals, incidentals
    ("US", "华盛顿、芝加哥", "USD", 260, 55, 45),
    ("US", "纽约", "USD", 270, 55, 45),
    ("US", "洛杉矶", "USD", 250, 55, 45),
    ("US", "", "USD", 200, 55, 45),
    ("JP", "东京", "JPY", 20000, 10000, 5000),
    ("JP", "大阪、京都", "JPY", 18000, 10000, 5000),
    ("JP", "", "JPY", 9000, 10000, 5000),
    ("KR", "首尔、釜山、济州", "USD", 180, 70, 35),
    ("KR", "", "USD", 150, 70, 35),
    ("SG", "", "USD", 220, 55, 40),
    ("TH", "曼谷", "USD", 140, 50, 35),
    ("TH", "", "USD", 80, 50, 35),
    ("KE", "", "USD", 195, 50, 35),
    ("TZ", "达累斯萨拉姆", "USD", 180, 50, 35),
    ("DE", "法兰克福", "EUR", 180, 60, 38),
    ("DE", "", "EUR", 120, 60, 38),
    ("FR", "巴黎", "EUR", 180, 60, 40),
    ("FR", "", "EUR", 150, 60, 40),
    ("GB", "伦敦", "GBP", 200, 45, 35),
    ("GB", "", "GBP", 125, 45, 35),
)

VISAS = (
    # place, where handed in, usual type
    ("JP", "qingdao", "公务"),
    ("KR", "qingdao", "公务"),
    ("TH", "qingdao", "公务"),
    ("US", "beijing", "B-1"),
    ("GB", "beijing", "标准访问"),
    ("DE", "beijing", "申根 C"),
    ("FR", "beijing", "申根 C"),
)
VISA_SOURCE = "山东口径：日本、韩国、泰国在青岛送签，其余国家在北京送签"


def seed(place_model: Any, rate_model: Any, visa_model: Any) -> None:
    """Write the first rows that are missing; what an office changed stays. Safe to run again."""
    places = dict(place_model.objects.values_list("code", "pk"))
    rate_model.objects.bulk_create(
        (
            rate_model(
                place_id=places[code],
                city=cities,
                currency=currency,
                lodging=lodging,
                meals=meals,
                misc=misc,
                valid_from=VALID_FROM,
                source=SOURCE,
            )
            for code, cities, currency, lodging, meals, misc in RATES
            if code in places
        ),
        ignore_conflicts=True,
    )
    visa_model.objects.bulk_create(
        (
            visa_model(place_id=places[code], submit_place=where, visa_kind=kind, source=VISA_SOURCE)
            for code, where, kind in VISAS
            if code in places
        ),
        ignore_conflicts=True,
    )
