"""Fill an empty office with the invented demo year."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from waiban.core.demo import loaders


class Command(BaseCommand):
    help = "写入演示数据（仅演示模式）：人物、团组和日期均为虚构，日期随今天移动。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("只有演示模式（WAIBAN_DEMO=1）才能写入演示数据。")
        with transaction.atomic():
            for load in loaders():
                load(self.stdout.write)
