"""The small words and signs of the interface, and the geometry of the charts."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template

from waiban.core.templatetags import charts, icons, ui


def test_an_icon_without_words_is_hidden_from_screen_readers_and_one_with_words_speaks() -> None:
    assert 'aria-hidden="true"' in icons.icon("check")
    assert 'role="img" aria-label="已办"' in icons.icon("circle-check", filled=True, label="已办")


def test_words_given_to_an_icon_are_escaped() -> None:
    assert "<b>" not in icons.icon("check", label='"><b>')


def test_an_icon_that_the_set_does_not_have_is_refused() -> None:
    with pytest.raises(LookupError, match="no-such-icon"):
        icons.icon("no-such-icon")


@pytest.mark.parametrize(
    ("colour", "word"), [("red", "逾期"), ("amber", "临近"), ("green", "正常"), ("grey", "未开始")]
)
def test_a_light_has_colour_icon_and_word(colour: str, word: str) -> None:
    light = ui.light(colour)
    assert f"light-{colour}" in light
    assert "<svg" in light
    assert word in light


def test_a_light_takes_another_word() -> None:
    assert "预计误期" in ui.light("red", "预计误期")


@pytest.mark.parametrize(("half_days", "text"), [(5, "2.5"), (-1, "−0.5"), (0, "0"), (None, "—"), (-4, "−2")])
def test_half_days_print_as_days_with_a_true_minus(half_days: int | None, text: str) -> None:
    assert ui.days(half_days) == text


def test_days_print_in_three_lengths_and_say_so_when_there_is_none() -> None:
    day = date(2026, 12, 4)
    assert (ui.long_day(day), ui.short_day(day), ui.month_day(day)) == (
        "12月4日 星期五",
        "12-04 周五",
        "12-04",
    )
    assert ui.short_day(None) == "待定"


def test_a_moment_prints_as_the_day_in_shanghai() -> None:
    assert ui.month_day(datetime(2026, 12, 3, 17, 0, tzinfo=UTC)) == "12-04"


def test_check_icons_say_passed_failed_and_not_known_yet() -> None:
    shown = Template("{% load ui %}{% check_icon a %}{% check_icon b %}{% check_icon c %}").render(
        Context({"a": True, "b": False, "c": None})
    )
    assert [word in shown for word in ("符合", "不符", "待核")] == [True, True, True]


class Line:
    """A vertical line of a chart."""

    def __init__(self, x: float, label: str) -> None:
        self.x, self.label, self.css = x, label, "today"


def test_flags_that_would_touch_stand_one_below_the_other() -> None:
    placed = charts.flags(
        [Line(20, "今天 12-04"), Line(22, "预计 12-05"), Line(70, "计划出境 12-30")], [None] * 60
    )
    assert [flag.level for flag in placed] == [0, 1, 0]
    assert charts.band(placed) == "52"


def test_a_flag_never_leaves_the_chart() -> None:
    placed = charts.flags([Line(0, "今天 12-04"), Line(40, "计划出境 12-30")], [None] * 20)
    for flag in placed:
        assert float(flag.box_x) >= 0
        assert float(flag.box_x) + float(flag.width) <= 20 * charts.DAY + 0.01


def test_a_chart_without_lines_needs_no_band() -> None:
    assert charts.band([]) == "0"


def test_an_arrow_joins_the_end_of_a_bar_with_the_start_of_the_next() -> None:
    assert charts.arrow_path((10, 0, 10, 1)) == "M114.25 12.5H118.25V30.5"


def test_an_arrow_over_a_weekend_passes_below_the_bar() -> None:
    path = charts.arrow_path((10, 0, 14, 1))
    assert path.startswith("M110.25 18.5V22H")
    assert path.endswith("V30.5")


def test_the_highest_bar_is_58_px_and_a_small_one_can_still_be_seen() -> None:
    placed = charts.bars(
        [("周五", "今天", 58, "today"), ("周一", "12-07", 1, "later"), ("周二", "12-08", 0, "later")]
    )
    assert [bar.height for bar in placed] == [58, 3.0, 1.5]


def test_shares_of_nothing_are_nothing() -> None:
    assert charts.percent_of(3, 0) == 0
    assert charts.percent_of(1, 3) == 33
