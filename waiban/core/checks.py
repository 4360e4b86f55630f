"""System checks: what would silently go wrong later stops the start with a sentence."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from waiban.core import menu
from waiban.core.crypto import blind_index, key_ring

SAMPLE = "滨州市外事办公室"


@register(Tags.compatibility)
def no_psycopg3(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """With psycopg 3 beside psycopg2 Django silently uses the former; all was measured with the latter."""
    if find_spec("psycopg") is None:
        return []
    return [
        Error(
            "环境中装有 psycopg 3，Django 会不声不响地改用它。",
            hint="请执行 pip uninstall psycopg，只保留 psycopg2-binary。",
            id="waiban.E001",
        )
    ]


@register(Tags.security)
def keys_are_sound(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A malformed key must not be found out only when the first passport is saved."""
    try:
        key_ring()
        blind_index("x", "check")
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="参见 .env.example。", id="waiban.E002")]
    return []


@register(Tags.database)
def trigrams_read_chinese(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """In a database of locale C pg_trgm finds no letters in Chinese, and search returns nothing without a
    word.

    Runs with `migrate` and `check --database default`; before the extension is there, the letters are
    asked for.
    """
    return [
        Error(
            f"数据库 {alias} 的字符区域设置不识别中文，检索将查不到任何结果。",
            hint="请用 --locale-provider=builtin --builtin-locale=C.UTF-8（PG 17+）"
            "或 --locale=C.UTF-8 重新初始化数据库。",
            id="waiban.E003",
        )
        for alias in databases or ()
        if not _reads(alias, SAMPLE)
    ]


def _reads(alias: str, sample: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
        ready = cursor.fetchone()[0]
        question = "SELECT array_length(show_trgm(%s), 1) > 0" if ready else "SELECT %s ~ '[[:alpha:]]'"
        cursor.execute(question, [sample])
        return bool(cursor.fetchone()[0])


@register(Tags.urls)
def menu_leads_somewhere(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A line of the menu whose address does not exist is left out of every page; here it is named."""
    return [
        Warning(f"菜单“{item.title}”的地址 {item.url_name} 不存在，页面上不会显示。", id="waiban.W004")
        for item in menu.lost_items()
    ]
