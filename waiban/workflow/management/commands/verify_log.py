"""Recompute the hash chains of the case logs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from waiban.workflow.models import Case
from waiban.workflow.store import broken_link


class Command(BaseCommand):
    help = "核对办理日志的摘要链：任何一行被改动、删除或缺失，都会指出办件和序号。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", type=int, help="只核对一个办件（编号为办件的数字标识）")

    def handle(self, *args: Any, **options: Any) -> None:
        cases = Case.objects.order_by("pk")
        if options["case"]:
            cases = cases.filter(pk=options["case"])
        checked, broken = 0, []
        for pk, reference in cases.values_list("pk", "reference").iterator():
            checked += 1
            if (seq := broken_link(pk)) is not None:
                broken.append(f"{reference} 第 {seq} 条")
        if broken:
            raise CommandError(f"办理日志已被改动：{'；'.join(broken)}。请立即报告安全管理员并保全数据库。")
        self.stdout.write(f"已核对 {checked} 个办件的办理日志，未发现改动。")
