"""The beat schedule: one row of django_celery_beat for each sweep, visible to the administrator."""

from __future__ import annotations

import json

from django.db import transaction
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from waiban.core.time import now
from waiban.notices.models import Heartbeat
from waiban.notices.sweeps import Sweep, all_sweeps

PREFIX = "waiban."


@transaction.atomic
def sync() -> tuple[int, int]:
    """Make the schedule equal to the registered sweeps. Return (rows kept or made, rows removed).

    An interval or a switch that the administrator changed is kept. A sweep seen for the first time gets a
    heartbeat of this moment, so that a new office is not called late before its first minute is over.
    """
    sweeps = all_sweeps()
    for sweep in sweeps:
        _sync_one(sweep)
        Heartbeat.objects.get_or_create(name=sweep.name, defaults={"at": now()})
    names = [sweep.name for sweep in sweeps]
    gone = PeriodicTask.objects.filter(name__startswith=PREFIX).exclude(
        name__in=[PREFIX + name for name in names]
    )
    removed = gone.delete()[0]
    Heartbeat.objects.exclude(name__in=names).delete()
    return len(sweeps), removed


def _sync_one(sweep: Sweep) -> None:
    """Write the row of one sweep. A call not taken within one period expires: the next does its work."""
    interval, _made = IntervalSchedule.objects.get_or_create(
        every=sweep.every, period=IntervalSchedule.SECONDS
    )
    fixed = {
        "task": "notices.run_sweep",
        "args": json.dumps([sweep.name]),
        "description": sweep.label,
    }
    task, made = PeriodicTask.objects.get_or_create(
        name=PREFIX + sweep.name, defaults=fixed | {"interval": interval, "expire_seconds": sweep.every}
    )
    if not made and any(getattr(task, name) != value for name, value in fixed.items()):
        for name, value in fixed.items():
            setattr(task, name, value)
        task.save()
