"""Geometry of charts that the server draws as SVG. All results are px as text, ready for an attribute.

Sizes stand in attributes of the drawing and never in `style`, which the content security policy forbids.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()

CELL = 11.425  # half a day in the Gantt
DAY = 2 * CELL
BAR_GAP, THINNEST = 1.5, 2.0
ROW = 25
FLAG_HEIGHT = 20
FLAG_GAP = 4
WIDE, NARROW = 12.2, 6.9  # advance of a Chinese and of a Latin character at 12 px


@register.filter
def cells(half_days: float) -> str:
    """Return the px of a number of half-days in the Gantt."""
    return f"{float(half_days) * CELL:.2f}"


@register.filter
def bar_width(half_days: float) -> str:
    """Return the px of a bar of so many half-days, a gap beside it; what takes no time is a thin line."""
    return f"{max(float(half_days) * CELL - BAR_GAP, THINNEST):.2f}"


@register.filter
def add_cells(start: float, length: float) -> str:
    """Return the px at which a bar of `length` half-days ends that begins at `start`."""
    return f"{(float(start) + float(length)) * CELL:.2f}"


@register.filter
def day_x(index: int) -> str:
    """Return the px at which the day with this index begins."""
    return f"{int(index) * DAY:.2f}"


@register.filter
def row_y(index: float) -> str:
    """Return the px at which the row with this index begins."""
    return f"{float(index) * ROW:g}"


@register.filter
def shift(value: str | float, by: str | float) -> str:
    """Add px to px."""
    return f"{float(value) + float(by):.2f}"


@register.filter
def percent_of(part: float | None, whole: float | None) -> int:
    """Return a share in whole percent; 0 when there is no whole."""
    return round(100 * (part or 0) / whole) if whole else 0


@dataclass(frozen=True, slots=True)
class Flag:
    """A line of the Gantt with the place of its flag, px."""

    label: str
    css: str
    x: str
    box_x: str
    box_y: str
    width: str
    level: int


@register.filter
def flags(lines: Iterable[Any], columns: Sequence[Any]) -> list[Flag]:
    """Place the flags of the vertical lines so that none covers another or leaves the chart.

    `lines` have x (half-days), label and css; a flag that would touch its left neighbour goes one level down.
    """
    end = len(columns) * DAY
    placed: list[Flag] = []
    taken: list[float] = []  # right edge of the last flag on each level
    for line in sorted(lines, key=lambda line: line.x):
        width = text_width(line.label) + 12
        x = line.x * CELL
        left = min(max(x - width / 2, 0), end - width)
        level = next((n for n, edge in enumerate(taken) if edge + FLAG_GAP <= left), len(taken))
        taken[level : level + 1] = [left + width]
        y = level * (FLAG_HEIGHT + FLAG_GAP)
        placed.append(Flag(line.label, line.css, f"{x:.2f}", f"{left:.2f}", f"{y:g}", f"{width:.2f}", level))
    return placed


@register.filter
def band(placed: Sequence[Flag]) -> str:
    """Return the height of the band that holds the flags, px."""
    levels = 1 + max((flag.level for flag in placed), default=-1)
    return f"{levels * (FLAG_HEIGHT + FLAG_GAP) + (FLAG_GAP if levels else 0):g}"


def text_width(text: str) -> float:
    """Return the width of a text at 12 px, near enough to draw a box around it."""
    return sum(WIDE if ord(letter) > 0x2E7F else NARROW for letter in text)


@register.filter
def arrow_path(arrow: tuple[float, int, float, int]) -> str:
    """Return the path of an arrow (x, row, x, row): from the end of one bar to the start of the next."""
    x1, row1, x2, row2 = arrow
    start, end = x1 * CELL, x2 * CELL + 4
    top, arrive = row1 * ROW, row2 * ROW + 5.5
    if x2 - x1 <= 1:
        return f"M{start:.2f} {top + 12.5:g}H{end:.2f}V{arrive:g}"
    # Over a weekend the way leads below the bar, clear of the dotted line of the latest finish.
    return f"M{start - 4:.2f} {top + 18.5:g}V{top + 22:g}H{end:.2f}V{arrive:g}"


@dataclass(frozen=True, slots=True)
class Bar:
    """A column of the small bar chart, px in a drawing of `columns` × 36 by 80."""

    label: str
    sub: str
    count: int
    kind: str
    x: int
    y: float
    height: float
    middle: float


@register.filter
def bars(rows: Iterable[tuple[str, str, int, str]]) -> list[Bar]:
    """Place the bars (label, sub, count, kind) of what falls due: the highest 58 px, any at least 3."""
    rows = list(rows)
    most = max((count for _, _, count, _ in rows), default=0)
    placed = []
    for index, (label, sub, count, kind) in enumerate(rows):
        height = max(3.0, 58 * count / most) if count else 1.5
        placed.append(
            Bar(label, sub, count, kind, index * 40, round(80 - height, 2), round(height, 2), index * 40 + 20)
        )
    return placed
