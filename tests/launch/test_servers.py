"""The embedded servers start as this user, read Chinese, keep their data, and end without a trace."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg2
import pytest
import redis

from deploy.launch import places
from deploy.launch.errors import LaunchError
from deploy.launch.postgres import Postgres
from deploy.launch.runner import choose_runner, copy_tree
from deploy.launch.supervisor import Supervisor
from deploy.launch.valkey import Valkey


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a short path that an unprivileged user can enter."""
    path = Path(tempfile.mkdtemp(prefix="wb"))
    path.chmod(0o755)
    monkeypatch.setattr(places, "LOGS", path / "log")
    yield path
    shutil.rmtree(path)


def parameters(url: str) -> dict:
    """What psycopg2 needs, as the settings read it from DATABASE_URL."""
    read = environ.Env.db_url_config(url)
    return {"dbname": read["NAME"], "user": read["USER"], "password": read["PASSWORD"], **read["OPTIONS"]}


def ask(url: str, sql: str) -> object:
    """Run one statement and return the first value."""
    line = psycopg2.connect(**parameters(url))
    try:
        with line, line.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        line.close()


def start(server: Postgres | Valkey, keeper: Supervisor) -> None:
    server.stop_leftover()
    server.create()
    child = server.child()
    keeper.start(child)
    server.wait_ready(child)


def test_postgresql_reads_chinese_keeps_data_and_stops_cleanly(home: Path) -> None:
    server, keeper = Postgres(home, choose_runner(), durable=False), Supervisor()
    start(server, keeper)
    try:
        assert ask(server.url, "SHOW server_version_num") >= "180000"
        ask(server.url, "CREATE EXTENSION pg_trgm")
        assert ask(server.url, "SELECT show_trgm('滨州市外事办公室')")
        assert ask(server.url, "SELECT current_setting('is_superuser')") == "off"
        assert ask(server.url, "SHOW listen_addresses") == ""
        ask(server.url, "CREATE TABLE kept AS SELECT 7 AS value")
    finally:
        keeper.stop()
    assert not (server.data / "postmaster.pid").exists()
    with pytest.raises(psycopg2.OperationalError):
        ask(server.url, "SELECT 1")

    start(server, keeper)
    try:
        assert ask(server.url, "SELECT value FROM kept") == 7
    finally:
        keeper.stop()


def test_a_server_left_by_a_killed_launcher_is_replaced(home: Path) -> None:
    server, first, second = Postgres(home, choose_runner(), durable=False), Supervisor(), Supervisor()
    start(server, first)
    try:
        start(server, second)
        assert ask(server.url, "SELECT 1") == 1
    finally:
        first.stop()
        second.stop()


def test_only_its_own_user_may_open_the_socket_folder(home: Path) -> None:
    server = Postgres(home, choose_runner())
    assert server.sockets.stat().st_mode & 0o077 == 0
    assert len(str(server.sockets)) < 100


def test_a_socket_finds_a_short_path_below_a_long_folder(home: Path) -> None:
    long = home / ("x" * 90)
    long.mkdir()
    server = Postgres(long, choose_runner())
    assert len(str(server.sockets)) < 60
    assert server.sockets.stat().st_mode & 0o077 == 0
    server.sockets.rmdir()


def test_data_of_another_version_are_refused_and_left_alone(home: Path) -> None:
    server = Postgres(home, choose_runner())
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(LaunchError, match="PostgreSQL 12"):
        server.create()
    assert (server.data / "PG_VERSION").exists()


def test_valkey_answers_only_with_the_password_and_keeps_every_message(home: Path) -> None:
    server, keeper = Valkey(home, choose_runner()), Supervisor()
    start(server, keeper)
    try:
        with redis.from_url(server.url) as client:
            assert client.ping()
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("appendonly") == {"appendonly": "yes"}
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        assert server.configuration.stat().st_mode & 0o077 == 0
        left = Valkey(home, server.runner)
        left.stop_leftover()
        assert keeper.children[0].process.wait(timeout=10) == 0
    finally:
        keeper.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as somebody else")
def test_root_lends_the_programs_to_a_user_who_cannot_reach_them(home: Path) -> None:
    runner = choose_runner()
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    program = closed / "tool" / "hello"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho hello\n")
    program.chmod(0o700)
    assert not runner.can_run(program)
    assert not runner.can_enter(closed)
    copy_tree([program.parent], home / "copy")
    assert runner.can_run(home / "copy" / "tool" / "hello")
    assert closed.stat().st_mode & 0o777 == 0o700, "no folder above is ever opened"


def test_copied_programs_of_postgresql_run_from_another_folder(home: Path) -> None:
    server = Postgres(home, choose_runner())
    package = server.bin.parents[1]
    copy_tree([package, package.with_name(package.name + ".libs")], home / "copy")
    done = subprocess.run(
        [home / "copy" / package.name / "pginstall/bin/psql", "--version"], capture_output=True
    )
    assert done.returncode == 0
