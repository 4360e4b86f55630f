"""Writes the pages of the flows, or says which of them have fallen behind."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...docs import path_of, to_markdown
from ...registry import current_bindings


class Command(BaseCommand):
    help = "Write docs/flow-<key>.md for the newest version of every flow."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a page differs from its table"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare the pages; with --check a stale page is an error."""
        stale = []
        for binding in current_bindings():
            path, text = path_of(binding.flow), to_markdown(binding.flow)
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            stale.append(path.name)
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"wrote {path.name}")
        if check and stale:
            raise CommandError(f"{', '.join(stale)} differ from the tables: run manage.py flow_docs")
