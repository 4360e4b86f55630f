"""Pages of long lists by key, not by number: the thousandth page costs what the first one costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

PAGE_SIZE = 50
LARGEST_PAGE = 200
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class CappedCount:
    """Number of rows, counted only up to a cap: "327", or "多于 1,000"."""

    value: int
    capped: bool

    def __str__(self) -> str:
        return f"多于 {self.value:,}" if self.capped else f"{self.value:,}"


def capped_count(queryset: QuerySet, cap: int = COUNT_CAP) -> CappedCount:
    """Count rows without reading more than `cap` + 1 of them; one query."""
    found = queryset.order_by()[: cap + 1].count()
    return CappedCount(min(found, cap), found > cap)


class KeysetPage:
    """One page of a queryset in a stable order.

    order: names of columns that are never null, "-" for descending, the last one unique ("slack", "pk");
    the queryset may be of objects, `values()` or named tuples. cursor: what an earlier page gave; a
    malformed or foreign one shows the first page. Reads one row more than the page; counting is a second,
    capped query that runs only when `total` is asked for.
    """

    def __init__(
        self, queryset: QuerySet, *, order: Sequence[str], cursor: str = "", page_size: int = PAGE_SIZE
    ) -> None:
        self._queryset = queryset
        self._order = tuple(order)
        self.page_size = max(1, min(page_size, LARGEST_PAGE))
        self._backward, key = self._read_cursor(cursor)
        self._first = key is None
        self.rows, more = self._fetch(key)
        self.has_previous = more if self._backward else not self._first
        self.has_next = True if self._backward else more

    @classmethod
    def of(
        cls, request: HttpRequest, queryset: QuerySet, *, order: Sequence[str], page_size: int = PAGE_SIZE
    ) -> "KeysetPage":
        """Make the page that the address asks for (`?cursor=`), and keep the address for the links."""
        page = cls(queryset, order=order, cursor=request.GET.get("cursor", ""), page_size=page_size)
        page._query = request.GET
        return page

    _query: QueryDict = QueryDict()

    def _fetch(self, key: list[Any] | None) -> tuple[list[Any], bool]:
        order = [_turn(name) for name in self._order] if self._backward else list(self._order)
        queryset = self._queryset.order_by(*order)
        if key is not None:
            queryset = queryset.filter(after(order, key))
        rows = list(queryset[: self.page_size + 1])
        more = len(rows) > self.page_size
        rows = rows[: self.page_size]
        return (rows[::-1] if self._backward else rows), more

    def _read_cursor(self, cursor: str) -> tuple[bool, list[Any] | None]:
        try:
            direction, *values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
            names = [name.removeprefix("-") for name in self._order]
            key = [self._to_python(name, value) for name, value in zip(names, values, strict=True)]
        except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error, ValidationError):
            return False, None
        return direction == "back", key

    def _to_python(self, name: str, value: Any) -> Any:
        """Give the value the type of its column; raises ValidationError on nonsense."""
        if value is None or isinstance(value, dict | list) or (isinstance(value, str) and "\0" in value):
            raise ValidationError("cursor")
        annotation = self._queryset.query.annotations.get(name)
        if annotation is not None:
            return annotation.output_field.to_python(value)
        model = self._queryset.model
        try:
            field = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return value
        field = getattr(field, "target_field", field)
        return field.run_validators(cleaned := field.to_python(value)) or cleaned

    def _cursor(self, direction: str, row: Any) -> str:
        values = [_value(row, name.removeprefix("-")) for name in self._order]
        text = json.dumps([direction, *values], cls=DjangoJSONEncoder)
        return base64.urlsafe_b64encode(text.encode()).decode()

    @property
    def next_cursor(self) -> str:
        """Cursor of the page after this one, "" at the end."""
        return self._cursor("on", self.rows[-1]) if self.has_next and self.rows else ""

    @property
    def previous_cursor(self) -> str:
        """Cursor of the page before this one, "" at the start."""
        return self._cursor("back", self.rows[0]) if self.has_previous and self.rows else ""

    @property
    def next_url(self) -> str:
        """Address of the next page with the filters of this one, "" at the end."""
        return self._url(self.next_cursor)

    @property
    def previous_url(self) -> str:
        """Address of the previous page with the filters of this one, "" at the start."""
        return self._url(self.previous_cursor)

    def _url(self, cursor: str) -> str:
        if not cursor:
            return ""
        query = self._query.copy()
        query["cursor"] = cursor
        return f"?{query.urlencode()}"

    @property
    def total(self) -> CappedCount:
        """Rows of all pages, counted up to COUNT_CAP."""
        if not hasattr(self, "_total"):
            alone = not (self.has_next or self.has_previous)
            self._total = CappedCount(len(self.rows), False) if alone else capped_count(self._queryset)
        return self._total

    @property
    def text(self) -> str:
        """What stands beside the page links."""
        return f"本页 {len(self.rows)} 行，共 {self.total} 行"


def after(order: Sequence[str], key: Sequence[Any]) -> Q:
    """Return the condition "comes after `key` in this order".

    Besides the exact comparison it carries a bound on the first column alone, which lets an index start
    there.
    """
    exact, equal = Q(), Q()
    for name, value in zip(order, key, strict=True):
        column = name.removeprefix("-")
        step = "lt" if name.startswith("-") else "gt"
        exact |= equal & Q(**{f"{column}__{step}": value})
        equal &= Q(**{column: value})
    first = order[0].removeprefix("-")
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{bound}": key[0]}) & exact


def _turn(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _value(row: Any, name: str) -> Any:
    if isinstance(row, dict):
        return row[name] if name in row else row["id"]
    if hasattr(row, name):
        return getattr(row, name)
    return row.id
