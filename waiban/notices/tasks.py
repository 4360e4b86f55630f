"""The one Celery task of the reminders: a wake-up call for a sweep."""

from celery import shared_task

from waiban.notices import sweeps


@shared_task(name="notices.run_sweep", soft_time_limit=270, time_limit=300)
def run_sweep(name: str) -> int | None:
    """Run a sweep. Calls that come too late expire in the queue (see `beat`), none is ever needed twice."""
    return sweeps.run_sweep(name)
