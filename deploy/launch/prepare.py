"""`python -m deploy.launch.prepare`: bring database, messages and static files up to date, in one process.

Runs inside `.venv`: in `make run` before the portal starts, on an office's own servers after each new
version. The last line of standard error is the reason of a failure.
"""

import argparse
import hashlib
import io
import os
import sys
import traceback
from pathlib import Path

import django
import polib
import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

# Parts of the theme's package that no page uses; some of them name files that the package does not contain.
UNUSED_STATIC = ["libs", "types", "*.d.ts"]


class Unprepared(Exception):
    """Why the portal cannot start, as a sentence."""


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


def compile_messages(folders: list[Path]) -> int:
    """Write the .mo beside each newer .po, without gettext's own tools. Returns how many were written."""
    written = 0
    for po in (path for folder in folders for path in Path(folder).rglob("*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns:
            polib.pofile(str(po)).save_as_mofile(str(mo))
            written += 1
    return written


def require_servers() -> None:
    """Raise the sentence for a database or a broker that does not answer."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise Unprepared(f"连不上 DATABASE_URL 所指的数据库：{str(error).splitlines()[0]}") from error
    try:
        with redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as broker:
            broker.ping()
    except redis.RedisError as error:
        raise Unprepared(f"连不上 REDIS_URL 所指的消息服务：{error}") from error


def migrate() -> None:
    """Apply the migrations that are missing, if any; then write the beat schedule as the code has it."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"数据库迁移，共 {len(plan)} 项 …… migrating the database")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("sync_beat", stdout=io.StringIO())


def collect_static() -> None:
    """Collect the static files when one of them is newer, gone or new."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list(UNUSED_STATIC):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    say("收集静态文件 …… collecting static files")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=UNUSED_STATIC)
    stamp.write_text(digest.hexdigest())


def fill(demo: bool) -> None:
    """Fill an office without users: with the demo year, or with the first administrator."""
    if get_user_model().objects.exists():
        return
    if demo:
        say("写入演示数据 …… loading the demo office")
        call_command("load_demo")
    else:
        call_command("create_first_admin")


def write_accounts(path: Path, demo: bool) -> None:
    """Keep the table of the demo accounts for the last lines of the start; an office of its own has none."""
    path.unlink(missing_ok=True)
    if demo:
        words = io.StringIO()
        call_command("demo_accounts", stdout=words)
        path.write_text(words.getvalue(), encoding="utf-8")


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.launch.prepare", description=__doc__)
    parser.add_argument("--release", action="store_true", help="servers, messages, migrations, static files")
    parser.add_argument("--messages", action="store_true", help="only compile the message catalogues")
    parser.add_argument("--demo", action="store_true", help="fill an empty office with the demo year")
    parser.add_argument(
        "--first-admin", action="store_true", help="give an empty office its first administrator"
    )
    parser.add_argument("--accounts", type=Path, help="write the table of the demo accounts here")
    return parser


def work(wish: argparse.Namespace) -> None:
    """Do what was asked for, in the only order that works."""
    django.setup()
    if wish.release or wish.messages:
        compile_messages(settings.LOCALE_PATHS)
    if wish.release:
        require_servers()
        migrate()
        call_command("check", databases=["default"], stdout=io.StringIO())
        collect_static()
    if wish.demo or wish.first_admin:
        fill(wish.demo)
    if wish.accounts:
        write_accounts(wish.accounts, wish.demo)


def main() -> int:
    """Return 0, or 1 after the reason was written as the last line of standard error."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waiban.settings")
    try:
        work(arguments().parse_args())
    except Unprepared as reason:
        print(reason, file=sys.stderr)
        return 1
    except Exception as error:
        traceback.print_exc()
        print(" ".join(str(error).split()) or type(error).__name__, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
