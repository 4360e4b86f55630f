"""Reminders of work items, set-based."""

from collections.abc import Sequence
from datetime import datetime


def announce_ready(item_ids: Sequence[int], now: datetime) -> int:
    """Tell the holders of items that these have arrived."""
    return 0
