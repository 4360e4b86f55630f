"""`manage.py sweep_files`: remove files without a row, and with --verify compare every file with its row."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waiban.documents.services import damaged_documents, sweep_orphans


class Command(BaseCommand):
    help = "清理没有登记的上传文件；加 --verify 时核对每个文件是否完整。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出，不删除。")
        parser.add_argument("--verify", action="store_true", help="核对文件与登记的校验值。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was removed; exit with an error when a registered file is missing or changed."""
        swept = sweep_orphans(dry_run=options["dry_run"])
        for name in swept.removed:
            self.stdout.write(f"{'将清理' if options['dry_run'] else '已清理'} {name}")
        self.stdout.write(f"共 {len(swept.removed)} 个文件，{swept.freed / 1024 / 1024:.1f} MB。")
        if options["verify"]:
            self._verify()

    def _verify(self) -> None:
        damaged = 0
        for document, what in damaged_documents():
            damaged += 1
            self.stderr.write(f"{what}：{document.pk} {document}")
        if damaged:
            raise CommandError(f"{damaged} 个文件与登记不符，请从备份恢复。")
        self.stdout.write("所有文件与登记一致。")
