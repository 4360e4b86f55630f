"""Create the first system administrator of an empty office. There is no default account and no default
password.
"""

import secrets
import string
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from waiban.accounts.services import create_first_admin

ALPHABET = string.ascii_letters + string.digits
WORDS, LETTERS = 4, 4


def make_password() -> str:
    """Return a random password that a person can type: four groups of four, about 95 bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(WORDS))
    # The fixed tail gives every kind of character that the policy may ask for.
    return "-".join(groups) + "-a7Q"


class Command(BaseCommand):
    help = "在空的系统中建立外办和第一位系统管理员，打印一次性密码（首次登录必须修改）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default="admin", help="用户名，默认 admin")
        parser.add_argument("--name", default="系统管理员", help="姓名")
        parser.add_argument("--office-name", default="外事办公室", help="外办全称")
        parser.add_argument("--office-short", default="外办", help="外办简称")

    def handle(self, *args: Any, **options: Any) -> None:
        password = make_password()
        try:
            user = create_first_admin(
                username=options["username"],
                name=options["name"],
                password=password,
                office_name=options["office_name"],
                office_short=options["office_short"],
            )
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        if user is None:
            self.stdout.write("系统管理员已存在，未作任何改动。")
            return
        self.stdout.write(f"已建立系统管理员：{user.username}")
        self.stdout.write(f"一次性密码（首次登录必须修改）：{password}")
