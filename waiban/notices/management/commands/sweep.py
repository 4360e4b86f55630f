"""`manage.py sweep [name …]`: run sweeps by hand or by a system timer, beside or instead of the beat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from waiban.notices.sweeps import all_sweeps, run_sweep


class Command(BaseCommand):
    """Run the named sweeps, or all."""

    help = "运行定时任务：不带名称则全部运行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="*", help="任务名称")

    def handle(self, *args: Any, **options: Any) -> None:
        known = {sweep.name: sweep for sweep in all_sweeps()}
        names = options["name"] or list(known)
        if unknown := [name for name in names if name not in known]:
            raise CommandError(f"没有这项任务：{'、'.join(unknown)}。可用：{'、'.join(known)}。")
        for name in names:
            rows = run_sweep(name)
            said = "已有另一进程在运行，跳过" if rows is None else f"处理 {rows} 条"
            self.stdout.write(f"{known[name].label}（{name}）：{said}")
