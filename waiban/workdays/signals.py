"""What the calendar tells the rest of the house."""

from django.dispatch import Signal

calendar_changed = Signal()
"""Sent after an import has been committed: `year`, `version`, `actor` (Actor), `changed` (days, int).

A receiver that recounts deadlines returns the number of records it recounted (an int); the sum is shown to
the person who imported. Recounting must be safe to run twice: a process may die between commit and signal.
"""
