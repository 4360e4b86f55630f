"""`manage.py set_next_number 滨外出 2026 27`: continue a count of papers that was begun elsewhere."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waiban.accounts.models import Office
from waiban.core.errors import BadInput
from waiban.documents.services import set_next_number


class Command(BaseCommand):
    help = "设定文号序列的下一号，用于年中启用系统、此前已用纸质编号的机构。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="机关代字，例如 滨外出")
        parser.add_argument("year", type=int, help="年份，例如 2026")
        parser.add_argument("following", type=int, help="下一个要使用的序号，例如 27")
        parser.add_argument("--office", default="", help="机构代码；只有一个机构时可以省略。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the count of one office; every refusal is one sentence."""
        offices = Office.objects.all()
        if options["office"]:
            offices = offices.filter(code=options["office"])
        try:
            office = offices.get()
        except (Office.DoesNotExist, Office.MultipleObjectsReturned):
            codes = "、".join(Office.objects.values_list("code", flat=True))
            raise CommandError(f"请用 --office 指明机构代码：{codes}。") from None
        try:
            series = set_next_number(
                office_id=office.pk,
                prefix=options["prefix"],
                year=options["year"],
                following=options["following"],
            )
        except BadInput as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{series}的下一号是 {series.next} 号。")
