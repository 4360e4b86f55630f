"""Small words and signs of the interface: lights, states, dates, slack.

A light is never colour alone: icon, word and colour always come together, which is why templates ask for
a light here and do not write one.
"""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from waiban.core.templatetags.icons import icon

register = template.Library()

LIGHTS = {
    "red": ("alert-octagon", True, "逾期"),
    "amber": ("alert-triangle", True, "临近"),
    "green": ("circle-check", True, "正常"),
    "grey": ("clock", False, "未开始"),
}

STATES = {
    "done": ("circle-check", True, "已办"),
    "doing": ("progress", False, "办理中"),
    "ready": ("circle-dot", True, "待办"),
    "outside": ("hourglass", False, "等待外部"),
    "skipped": ("circle-minus", False, "不适用"),
    "waiting": ("circle-dashed", False, "未到"),
}

CHECKS = {
    True: ("circle-check", True, "符合"),
    False: ("alert-circle", True, "不符"),
    None: ("clock", False, "待核"),
}

WEEKDAYS = "一二三四五六日"


@register.simple_tag
def light(colour: str, word: str = "") -> SafeString:
    """Return the badge of a light; `word` replaces the usual word (逾期, 临近, 正常, 未开始)."""
    name, filled, usual = LIGHTS.get(colour, LIGHTS["grey"])
    return format_html(
        '<span class="light light-{}">{}{}</span>', colour or "grey", icon(name, filled), word or usual
    )


@register.simple_tag
def state_icon(state: str, label: bool = False) -> SafeString:
    """Return the icon of a step's state in its colour; with `label` it also speaks."""
    name, filled, word = STATES[state]
    return icon(name, filled, f"state-{state}", word if label else "")


@register.filter
def state_word(state: str) -> str:
    """Return the word of a step's state."""
    return STATES[state][2]


@register.simple_tag
def check_icon(ok: bool | None) -> SafeString:
    """Return the icon of a rule check: passed, failed, or not known yet; it also speaks."""
    name, filled, word = CHECKS[ok]
    return icon(name, filled, {True: "state-done", False: "text-red", None: "state-waiting"}[ok], word)


@register.filter
def days(half_days: float | None) -> str:
    """Print working half-days as days with a true minus sign: 5 → "2.5", -1 → "−0.5", None → "—"."""
    if half_days is None:
        return "—"
    text = f"{abs(half_days) / 2:g}"
    return f"−{text}" if half_days < 0 else text


@register.filter
def long_day(day: date | datetime | None) -> str:
    """Print a day as "12月4日 星期五"; "待定" when there is none."""
    day = _as_day(day)
    return f"{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}" if day else "待定"


@register.filter
def short_day(day: date | datetime | None) -> str:
    """Print a day as "12-04 周五"; "待定" when there is none."""
    day = _as_day(day)
    return f"{day:%m-%d} 周{WEEKDAYS[day.weekday()]}" if day else "待定"


@register.filter
def month_day(day: date | datetime | None) -> str:
    """Print a day as "12-04"; "待定" when there is none."""
    day = _as_day(day)
    return f"{day:%m-%d}" if day else "待定"


def _as_day(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value
