"""Celery, or the sweep by hand, in a process that knows the flow of the tests; Django is set up already."""

from django.core.management import call_command

from tests.notices.house import register_flow
from waiban.celery import app


def main(words: list[str]) -> None:
    """`sweep <name> …` runs sweeps by hand; anything else is for Celery: worker …, beat …."""
    register_flow()
    if words[0] == "sweep":
        call_command(*words)
    else:
        app.start(words)
