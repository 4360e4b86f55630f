"""A new key takes over row by row, and a broken-off run is simply started again."""

import base64
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from waiban.accounts.models import User
from waiban.core import rotation
from waiban.core.crypto import key_id_of

DEMO = "demo:ZGVtby1vbmx5LWZpZWxkLWtleS0wMDAwMDAwMDAwMDA="
NEW = "new:" + base64.b64encode(b"n" * 32).decode()


@pytest.fixture
def phones(people: dict[str, User]) -> dict[str, str]:
    given = {f"member{n}": f"1380000000{n}" for n in range(1, 9)}
    for username, phone in given.items():
        people[username].phone = phone
        people[username].save()
    return given


def opened() -> dict[str, str]:
    return {user.username: user.phone.reveal() for user in User.objects.filter(username__startswith="member")}


def key_ids() -> set[str]:
    return {key_id_of(user.phone.token) for user in User.objects.filter(username__startswith="member")}


def test_every_row_is_sealed_with_the_new_key_and_reads_as_before(
    phones: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "CHUNK", 3)
    out = StringIO()
    with override_settings(FIELD_KEYS=f"{NEW},{DEMO}"):
        call_command("rotate_keys", stdout=out)
        call_command("rotate_keys", stdout=out)
    assert "accounts.User.phone：8 条" in out.getvalue()
    assert "accounts.User.phone：0 条" in out.getvalue()
    with override_settings(FIELD_KEYS=NEW):
        assert opened() == phones
        assert key_ids() == {"new"}


def test_a_run_that_was_killed_leaves_every_row_readable(
    phones: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "CHUNK", 3)
    with override_settings(FIELD_KEYS=f"{NEW},{DEMO}"):
        seen = iter(range(100))

        def dies(row: User, field: object) -> bool:
            if next(seen) > 24:
                raise KeyboardInterrupt
            return key_id_of(row.phone.token) == "demo"

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(rotation, "_is_old", dies)
            list(rotation.rotate_all())
        assert opened() == phones
        list(rotation.rotate_all())
        assert key_ids() == {"new"}


def test_without_the_old_key_it_stops_with_a_sentence(phones: dict[str, str]) -> None:
    with override_settings(FIELD_KEYS=NEW), pytest.raises(CommandError, match="旧密钥须保留"):
        call_command("rotate_keys")
