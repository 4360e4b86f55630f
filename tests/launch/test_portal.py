"""`make run` refuses what it cannot do before it does anything long."""

import os
import socket
from pathlib import Path

import pytest

from deploy.launch import portal, servers
from deploy.launch.errors import LaunchError, in_plain_words
from deploy.launch.keys import office_secrets


def test_a_taken_port_is_named_with_another_to_try() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(LaunchError) as refused:
            portal.require_free(port)
    assert str(refused.value).startswith(f"端口 {port} 已被占用")
    assert f"PORT={port + 1}" in str(refused.value)
    portal.require_free(port)


@pytest.mark.parametrize("text", ["eighty", "-1", "0", "65536", "8000.5"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(LaunchError, match="不是端口号"):
        portal.chosen_port()


def test_the_port_is_8000_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.launch.places.dotenv", dict)
    monkeypatch.delenv("PORT", raising=False)
    assert portal.chosen_port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert portal.chosen_port() == 8123


@pytest.mark.parametrize(
    ("demo", "waiban_demo", "wanted"), [("", "", 1), ("0", "1", 0), ("1", "0", 1), ("", "0", 0)]
)
def test_the_demo_is_the_default(
    demo: str, waiban_demo: str, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.launch.places.dotenv", dict)
    monkeypatch.setenv("DEMO", demo)
    monkeypatch.setenv("WAIBAN_DEMO", waiban_demo)
    assert portal.wants_demo() == bool(wanted)


def test_a_second_start_in_the_same_folder_is_refused_with_the_first_ones_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "VAR", tmp_path)
    with servers.only_one("demo") as lock:
        servers.note_holder(lock, "pid 7 http://127.0.0.1:8000/")
        with (
            pytest.raises(LaunchError, match=r"已有一个在运行（pid 7 http://127\.0\.0\.1:8000/）"),
            servers.only_one("demo"),
        ):
            pass
    with servers.only_one("demo"):
        pass


def test_own_addresses_start_nothing_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres:///office")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1/0")
    assert not servers.Servers("demo", own=True).embedded
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setattr("deploy.launch.places.dotenv", dict)
    assert servers.Servers("demo", own=True).embedded


def test_the_machines_own_postgresql_variables_do_not_reach_an_embedded_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPORT", "5999")
    monkeypatch.setenv("DATABASE_URL", "postgres:///office")
    assert "PGPORT" not in portal.surroundings("demo", {"DATABASE_URL": "postgres:///demo"})
    assert "PGPORT" in portal.surroundings("demo", {"DATABASE_URL": "postgres:///office"})


def test_secrets_are_made_once_and_kept_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.launch.places.dotenv", lambda path=tmp_path / "absent": {})
    for name in ("WAIBAN_SECRET_KEY", "WAIBAN_FIELD_KEYS", "WAIBAN_BLIND_INDEX_KEY"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "secrets.env"
    first = office_secrets(file)
    assert set(first) == {"WAIBAN_SECRET_KEY", "WAIBAN_FIELD_KEYS", "WAIBAN_BLIND_INDEX_KEY"}
    assert file.stat().st_mode & 0o077 == 0
    assert office_secrets(file) == first


@pytest.mark.parametrize(
    ("number", "words"), [(28, "磁盘空间不足"), (13, "没有权限读写 /x"), (5, "系统错误")]
)
def test_an_error_of_the_system_becomes_a_sentence(number: int, words: str) -> None:
    sentence = str(in_plain_words(OSError(number, os.strerror(number), "/x")))
    assert words in sentence
    assert "\n" not in sentence
