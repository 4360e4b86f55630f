"""Acts on the working calendar, and the one door to the axis on which all deadlines are counted."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import BigIntegerField, Func, Value

from waiban.accounts.actors import Actor
from waiban.core.errors import BadInput, Conflict, Refused, Stale
from waiban.core.time import local, now
from waiban.workdays.axis import FIRST_YEAR, LAST_YEAR, Axis
from waiban.workdays.models import CalendarVersion, CalendarYear, Day
from waiban.workdays.parse import NoticeDay
from waiban.workdays.queries import current_version, days_of_notice, exceptions, published_years
from waiban.workdays.rules import IMPORTERS, changes
from waiban.workdays.signals import calendar_changed

VERSION_SEQUENCE = "workdays_calendar_version"
CACHED_VERSIONS = 8

logger = logging.getLogger(__name__)
_cache: dict[int, Axis] = {}  # a few versions, so that a rolled-back import costs no second build


def current_axis() -> Axis:
    """Return the axis of the calendar now in force. One cheap query; the table is built once per process."""
    return axis_for(current_version())


def axis_for(version: int) -> Axis:
    """Return the axis when the caller has just read the version; no query when this process holds it.

    Only the calendar in force is kept in the database: asked for an older version, it returns the axis in
    force, whose `version` tells so.
    """
    axis = _cache.get(version)
    if axis is None:
        axis = _build()
        while len(_cache) >= CACHED_VERSIONS:
            _cache.pop(next(iter(_cache)), None)
        _cache[axis.version] = axis
    return axis


def _build() -> Axis:
    """Read the rows until no import came between: a version never names a mixture of two calendars."""
    while True:
        version = current_version()
        axis = Axis(version, exceptions(), published_years())
        if current_version() == version:
            return axis


@dataclass(frozen=True, slots=True)
class Imported:
    """Result of an import: days that changed, records recounted, whether some recount failed."""

    year: int
    version: int
    changed: int
    recounted: int
    failed: bool

    def __str__(self) -> str:
        text = f"{self.year} 年放假安排已导入，{self.recounted} 件在办事项的期限已重算。"
        return text + "部分事项尚未重算，后台将自动补算。" if self.failed else text


def import_year(
    *,
    year: int,
    source: str,
    published_on: date | None,
    days: Sequence[NoticeDay],
    based_on: int,
    actor: Actor,
) -> Imported:
    """Replace the notice of a year by these days, in one transaction, then have the deadlines recounted.

    based_on: calendar version that the person saw in the preview. Writes CalendarYear, Day and a new version;
    sends `calendar_changed` after the commit. Raises Refused (no right), BadInput (no days or year out of
    range), Stale (somebody imported since the preview), Conflict (the same notice is there already).
    """
    if not actor.has(*IMPORTERS):
        raise Refused("只有系统管理员、科长和外办领导可以导入放假安排。", "CALENDAR_RIGHT")
    if not days or not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput("没有可导入的放假或上班日期，请重新粘贴通知全文。", "CALENDAR_EMPTY")
    with transaction.atomic():
        held = CalendarVersion.objects.select_for_update().get()
        changed = _refuse_repeated(year, days)
        if held.value != based_on:
            raise Stale("预览之后已有人更新了工作日历，请重新预览后再导入。", "CALENDAR_STALE")
        version = _next_version()
        _write(year, source, published_on, days, version, actor)
    answers = calendar_changed.send_robust(
        CalendarYear, year=year, version=version, actor=actor, changed=changed
    )
    errors = [answer for _receiver, answer in answers if isinstance(answer, Exception)]
    for error in errors:
        logger.error("recount after a calendar import failed", exc_info=error)
    recounted = sum(answer for _receiver, answer in answers if isinstance(answer, int))
    return Imported(year, version, changed, recounted, bool(errors))


def _refuse_repeated(year: int, days: Sequence[NoticeDay]) -> int:
    """Return how many days would change; Conflict when the notice is there already and none would."""
    changed = len(changes(days_of_notice(year), days))
    notice = CalendarYear.objects.filter(year=year).first()
    if notice and not changed:
        when = local(notice.imported_at)
        raise Conflict(
            f"{year} 年放假安排已导入过（{when:%Y-%m-%d %H:%M}），内容相同，无需重复导入。", "CALENDAR_SAME"
        )
    return changed


def _next_version() -> int:
    """Take the next number of the sequence; the caller holds the row lock, so versions rise with commits."""
    number = Func(Value(VERSION_SEQUENCE), function="nextval", output_field=BigIntegerField())
    CalendarVersion.objects.update(value=number)
    return current_version()


def _write(
    year: int,
    source: str,
    published_on: date | None,
    days: Sequence[NoticeDay],
    version: int,
    actor: Actor,
) -> None:
    """Write the notice and its days; a day that stood in a neighbouring year's notice follows the newest."""
    CalendarYear.objects.update_or_create(
        year=year,
        defaults={
            "source": source or f"国务院办公厅关于{year}年部分节假日安排的通知",
            "published_on": published_on,
            "imported_by_id": actor.user_id,
            "imported_at": now(),
            "version": version,
        },
    )
    Day.objects.filter(calendar_id=year).delete()
    Day.objects.bulk_create(
        [Day(date=d.date, is_workday=d.is_workday, name=d.name, calendar_id=year) for d in days],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["is_workday", "name", "calendar"],
    )
