"""Keeps stored forecasts true: cases are scheduled anew when a half-day has passed or the calendar changes.

Acts do it by themselves; what nobody touches is found here. Each chunk is one transaction and passes over
cases that somebody is working on, so that a killed run loses nothing and two runs at once share the work.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

from waiban.core.time import now
from waiban.notices.sweeps import sweep
from waiban.workdays.axis import Axis
from waiban.workdays.services import current_axis
from waiban.workdays.signals import calendar_changed

from . import engine
from .enums import CaseStatus
from .models import Case

CHUNK = 50
SECONDS = 120


@sweep("workflow.recount", every=300, label="期限重算")
def recount_stale() -> int:
    """Schedule anew the running cases whose forecast is older than this half-day or this calendar."""
    axis = current_axis()
    return recount_where(stale(axis), seconds=SECONDS)


@receiver(calendar_changed)
def recount_all(sender: Any, **kwargs: Any) -> int:
    """Schedule anew every running case after an import. Returns their number for who imported.

    What does not fit into the time of a request is done by the sweep.
    """
    return recount_where(stale(current_axis()), seconds=20)


def stale(axis: Axis) -> Q:
    """Running cases that were scheduled on another calendar or in a half-day that has passed."""
    older = Q(scheduled_index__lt=axis.index_open(now()))
    return Q(status=CaseStatus.RUNNING) & (older | ~Q(calendar_version=axis.version))


def recount_where(condition: Q, *, chunk: int = CHUNK, seconds: float = SECONDS) -> int:
    """Recount the cases that meet a condition, in chunks, for at most about `seconds`. Returns how many."""
    stop, done, last = monotonic() + seconds, 0, 0
    while True:
        with transaction.atomic():
            free = (
                Case.objects.filter(condition, pk__gt=last)
                .order_by("pk")
                .select_for_update(no_key=True, skip_locked=True)
            )
            ids = list(free.values_list("pk", flat=True)[:chunk])
            done += engine.recount(ids) if ids else 0
        if len(ids) < chunk or monotonic() > stop:
            return done
        last = ids[-1]
