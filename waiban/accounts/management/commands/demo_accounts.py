"""Print the demo accounts: user name, name, role, and the one password."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from waiban.accounts.demo import DEMO_PASSWORD, demo_accounts, load_demo_accounts

GAP = 2


def width(text: str) -> int:
    """Columns a text takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


class Command(BaseCommand):
    help = "列出演示账户（仅演示模式）；--create 先建立缺少的账户。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--create", action="store_true", help="先建立缺少的演示账户")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("只有演示模式（WAIBAN_DEMO=1）才有演示账户。")
        if options["create"]:
            load_demo_accounts()
        rows = demo_accounts()
        if not rows:
            raise CommandError("还没有演示账户，请先运行 manage.py demo_accounts --create。")
        table = [("用户名", "姓名", "岗位"), *rows]
        widths = [max(width(row[column]) for row in table) + GAP for column in range(3)]
        for row in table:
            cells = (cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True))
            self.stdout.write("".join(cells).rstrip())
        self.stdout.write(f"密码（全部账户相同）：{DEMO_PASSWORD}")
