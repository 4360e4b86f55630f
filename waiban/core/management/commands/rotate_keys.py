"""Seal all personal values with the first key of WAIBAN_FIELD_KEYS. Safe to interrupt and to repeat."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from waiban.core.crypto import CannotOpen, key_ring
from waiban.core.rotation import rotate_all


class Command(BaseCommand):
    help = "用 WAIBAN_FIELD_KEYS 的第一把密钥重新加密全部个人信息字段；可随时中断、重复运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for rotated in rotate_all():
                self.stdout.write(f"{rotated.label}：{rotated.rows} 条")
        except CannotOpen as error:
            raise CommandError(f"{error}旧密钥须保留在 WAIBAN_FIELD_KEYS 中，直到全部重新加密。") from error
        self.stdout.write(f"全部字段均已使用密钥 {key_ring().active}，旧密钥可以移除。")
