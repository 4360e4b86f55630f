"""Prints a flow as BPMN 2.0."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...bpmn import to_bpmn
from ...registry import flow_of


class Command(BaseCommand):
    help = "Print a flow as BPMN 2.0 XML, which bpmn.io opens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("flow", help="key of the flow")
        parser.add_argument("--flow-version", type=int, default=None, help="version; the newest when omitted")

    def handle(self, *args: Any, flow: str, flow_version: int | None, **options: Any) -> None:
        """Print the document; an unknown flow is an error."""
        try:
            found = flow_of(flow, flow_version)
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(to_bpmn(found), ending="")
