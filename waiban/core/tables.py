"""Excel export of exactly what a list shows: text cells, no formulas, told to audit, signed with name and
time.
"""

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.conf import settings
from django.http import HttpResponse

from waiban.core.actorlike import ActorLike
from waiban.core.errors import BadInput
from waiban.core.fields import Sealed
from waiban.core.signals import exported
from waiban.core.time import local, now

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
_BAD_IN_NAME = str.maketrans(dict.fromkeys('\\/:*?"<>|[]\r\n\t', " "))


@dataclass(frozen=True, slots=True)
class Column:
    """One column. get: attribute path ("case.title"), key of a dict, index of a tuple, or a function of the
    row.

    kind: "text" (everything that is not reckoned with: numbers of papers, phones), "number", "money" (元)
    or "date".
    """

    title: str
    get: str | int | Callable[[Any], Any]
    width: int = 16
    kind: str = "text"

    def value(self, row: Any) -> Any:
        """Read the value of this column from a row."""
        if callable(self.get):
            return self.get(row)
        if isinstance(self.get, int):
            return row[self.get]
        for part in self.get.split("."):
            row = row[part] if isinstance(row, dict) else getattr(row, part)
            row = row() if callable(row) else row
        return row


def export_xlsx(
    title: str, columns: Sequence[Column], rows: Iterable[Any], *, actor: ActorLike
) -> HttpResponse:
    """Answer with a workbook of one sheet and tell audit who took what; personal values leave masked.

    rows are read once; give an iterator for long lists. Raises BadInput beyond settings.EXPORT_MAX_ROWS.
    """
    buffer = io.BytesIO()
    moment = local(now())
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        count = _Sheet(book, title, columns).write(rows, f"{actor.name} {moment:%Y-%m-%d %H:%M} 导出")
    content = buffer.getvalue()
    exported.send(
        export_xlsx,
        actor=actor,
        title=title,
        rows=count,
        columns=[column.title for column in columns],
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return _download(content, f"{title} {moment:%Y%m%d-%H%M}.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    safe = " ".join(name.translate(_BAD_IN_NAME).split())
    answer["Content-Disposition"] = f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(safe)}"
    return answer


class _Sheet:
    """Writes one sheet row by row, so that memory does not grow with the list."""

    def __init__(self, book: xlsxwriter.Workbook, title: str, columns: Sequence[Column]) -> None:
        name = " ".join(title.translate(_BAD_IN_NAME).split()).strip("'")[:31] or "列表"
        self.sheet = book.add_worksheet(name)
        self.columns = columns
        self.head = book.add_format({"bold": True, "bg_color": "#E9F0F9", "bottom": 1, "valign": "vcenter"})
        self.note = book.add_format({"font_color": "#56657A", "italic": True})
        self.formats = {
            "text": book.add_format({"num_format": "@", "valign": "top"}),
            "number": book.add_format({"num_format": "#,##0.##", "valign": "top"}),
            "money": book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        }

    def write(self, rows: Iterable[Any], signature: str) -> int:
        """Write head, rows and signature; return the number of rows."""
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, column.width)
            self.sheet.write_string(0, index, column.title, self.head)
        self.sheet.freeze_panes(1, 0)
        self.sheet.set_footer(f"&L{signature.replace('&', '&&')}&R第 &P 页，共 &N 页")
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > settings.EXPORT_MAX_ROWS:
                limit = f"{settings.EXPORT_MAX_ROWS:,}"
                raise BadInput(f"导出超过 {limit} 行，请先缩小筛选范围。", "EXPORT_ROWS")
            for index, column in enumerate(self.columns):
                self._cell(count, index, column.kind, column.value(row))
        if count:
            self.sheet.autofilter(0, 0, count, len(self.columns) - 1)
        self.sheet.write_string(count + 2, 0, signature, self.note)
        return count

    def _cell(self, row: int, index: int, kind: str, value: Any) -> None:
        style = self.formats[kind]
        if value is None or value == "":
            self.sheet.write_blank(row, index, None, style)
        elif kind in {"number", "money"} and isinstance(value, int | float | Decimal):
            self.sheet.write_number(row, index, float(value), style)
        elif kind == "date" and isinstance(value, date):
            moment = local(value).replace(tzinfo=None) if isinstance(value, datetime) else value
            self.sheet.write_datetime(row, index, moment, style)
        else:
            self.sheet.write_string(row, index, _as_text(value)[:LONGEST_CELL], self.formats["text"])


def _as_text(value: Any) -> str:
    if isinstance(value, Sealed):
        return value.mask
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    return str(value)
