"""Housekeeping of core; safe to run twice."""

from celery import shared_task

from waiban.core import drafts


@shared_task
def purge_drafts() -> int:
    """Delete drafts that nobody touched for settings.DRAFT_DAYS days; return how many."""
    return drafts.purge()
