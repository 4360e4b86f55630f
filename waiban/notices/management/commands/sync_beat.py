"""`manage.py sync_beat`: write the beat schedule from the registered sweeps."""

from typing import Any

from django.core.management.base import BaseCommand

from waiban.notices import beat


class Command(BaseCommand):
    """Run after each migrate; safe to repeat."""

    help = "把定时任务表与代码中登记的任务对齐（每次迁移后运行，可重复）"

    def handle(self, *args: Any, **options: Any) -> None:
        kept, removed = beat.sync()
        self.stdout.write(f"定时任务 {kept} 项，移除 {removed} 项。")
