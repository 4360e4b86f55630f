"""Encrypted fields: what is stored, what is shown, and what happens to a ciphertext that somebody moves."""

import base64
import uuid

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models
from django.test import override_settings
from django.test.utils import isolate_apps

from waiban.accounts.forms import ContactForm
from waiban.accounts.models import User
from waiban.core.crypto import CannotOpen, blind_index, key_id_of, key_ring, seal, unseal
from waiban.core.fields import UNREADABLE, BlindIndexField, EncryptedTextField, Sealed, index_of

PHONE = "13812345678"
OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.b64encode(b"n" * 32).decode()


@pytest.fixture
def clerk(people: dict[str, User]) -> User:
    people["unit_clerk"].phone = PHONE
    people["unit_clerk"].save()
    return User.objects.get(username="unit_clerk")


def stored(user: User) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_user WHERE id = %s", [user.pk])
        return cursor.fetchone()[0]


def test_the_database_never_holds_the_plain_value(clerk: User) -> None:
    assert PHONE not in stored(clerk)
    assert stored(clerk).startswith("v1.demo.")


def test_printing_a_value_gives_its_mask_and_opening_it_the_value(clerk: User) -> None:
    assert f"{clerk.phone}" == "138****5678"
    assert PHONE not in repr(clerk.phone)
    assert clerk.phone.reveal() == PHONE


def test_a_ciphertext_copied_into_another_row_cannot_be_opened_there(clerk: User) -> None:
    other = User.objects.get(username="unit_leader")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET phone = %s WHERE id = %s", [stored(clerk), other.pk])
    other.refresh_from_db()
    with pytest.raises(CannotOpen):
        other.phone.reveal()
    assert other.phone.mask == UNREADABLE


def test_a_ciphertext_moved_to_another_field_of_the_same_row_cannot_be_opened(clerk: User) -> None:
    with pytest.raises(CannotOpen):
        unseal(stored(clerk), f"accounts.user.email|{clerk.binding}")


def test_a_ciphertext_with_one_changed_character_cannot_be_opened(clerk: User) -> None:
    token = stored(clerk)
    changed = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
    with pytest.raises(CannotOpen):
        unseal(changed, f"accounts.user.phone|{clerk.binding}")


@pytest.mark.parametrize("token", ["v1.demo.!!!", "v1.demo.", "v2.demo.AAAA", "nonsense"])
def test_a_token_that_is_none_is_refused_and_does_not_crash(token: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(token, "accounts.user.phone|x")


def test_a_value_assigned_from_another_row_is_sealed_anew_for_this_one(clerk: User) -> None:
    other = User.objects.get(username="unit_leader")
    other.phone = clerk.phone
    other.save()
    assert User.objects.get(pk=other.pk).phone.reveal() == PHONE
    assert stored(other) != stored(clerk)


def test_saving_an_untouched_record_keeps_its_ciphertext(clerk: User) -> None:
    before = stored(clerk)
    clerk.name = "孟凡成成"
    clerk.save()
    assert stored(clerk) == before


def test_an_empty_value_stays_empty_and_is_false(clerk: User) -> None:
    clerk.phone = ""
    clerk.save()
    assert stored(clerk) == ""
    assert not User.objects.get(pk=clerk.pk).phone
    assert User.objects.get(pk=clerk.pk).phone.mask == ""


def test_bulk_create_and_bulk_update_seal_each_row_for_itself(clerk: User) -> None:
    rows = [
        User(username=f"bulk{i}", name="批量", office=clerk.office, phone=f"1390000000{i}") for i in (1, 2)
    ]
    User.objects.bulk_create(rows)
    for row in rows:
        row.phone = row.phone.reveal().replace("139", "137")
    User.objects.bulk_update(rows, ["phone"])
    opened = {user.phone.reveal() for user in User.objects.filter(username__startswith="bulk")}
    assert opened == {"13700000001", "13700000002"}


def test_updating_many_rows_with_a_plain_value_is_refused(clerk: User) -> None:
    with pytest.raises(FieldError):
        User.objects.filter(pk=clerk.pk).update(phone=PHONE)


def test_searching_an_encrypted_field_is_refused(clerk: User) -> None:
    with pytest.raises(FieldError):
        User.objects.filter(phone=PHONE).exists()


def test_a_deferred_value_can_still_be_opened(clerk: User) -> None:
    assert User.objects.only("username").get(pk=clerk.pk).phone.reveal() == PHONE


def test_a_form_shows_the_mask_as_hint_only_and_keeps_the_value_when_nothing_is_typed(clerk: User) -> None:
    html = str(ContactForm(instance=clerk)["phone"])
    assert "138****5678" in html
    assert PHONE not in html
    assert "value=" not in html
    form = ContactForm({"email": "a@b.cn", "phone": ""}, instance=clerk)
    assert form.is_valid()
    form.save()
    assert User.objects.get(pk=clerk.pk).phone.reveal() == PHONE


def test_a_mask_posted_back_is_not_stored(clerk: User) -> None:
    form = ContactForm({"email": "", "phone": "138****5678"}, instance=clerk)
    assert form.errors["phone"] == ["请输入完整内容，不能含有星号（*）。"]


def test_the_first_key_seals_and_every_key_opens() -> None:
    with override_settings(FIELD_KEYS=OLD):
        token = seal("旧", "c")
    with override_settings(FIELD_KEYS=f"{NEW},{OLD}"):
        assert unseal(token, "c") == "旧"
        assert key_id_of(seal("新", "c")) == "new"
    with override_settings(FIELD_KEYS=NEW), pytest.raises(CannotOpen, match="old"):
        unseal(token, "c")


@pytest.mark.parametrize("keys", ["", "a:###", "a:" + base64.b64encode(b"short").decode()])
def test_a_malformed_key_is_named_at_the_start(keys: str) -> None:
    with override_settings(FIELD_KEYS=keys), pytest.raises(ImproperlyConfigured, match="WAIBAN_FIELD_KEYS"):
        key_ring()


def test_a_blind_index_folds_what_people_type_differently_and_differs_between_fields() -> None:
    assert blind_index("pe 1234536", "a") == blind_index("ＰＥ1234536", "a")
    assert blind_index("PE1234536", "a") != blind_index("PE1234536", "b")
    assert blind_index("  ", "a") == ""


@isolate_apps("waiban.core")
def test_the_blind_index_follows_its_field() -> None:
    class Holder(models.Model):  # noqa: DJ008
        binding = models.UUIDField(default=uuid.uuid4)
        passport = EncryptedTextField(mask="passport")
        passport_index = BlindIndexField(of="passport")

        class Meta:
            app_label = "core"

    holder = Holder(passport="PE1234536")
    Holder._meta.get_field("passport_index").pre_save(holder, True)
    assert holder.passport_index == index_of(Holder, "passport", "pe1234536")
    assert str(holder.passport) == "PE*****36"
    holder.passport = ""
    Holder._meta.get_field("passport_index").pre_save(holder, False)
    assert holder.passport_index == ""


@isolate_apps("waiban.core")
def test_a_field_without_its_binding_column_stops_the_start() -> None:
    class Loose(models.Model):  # noqa: DJ008
        secret = EncryptedTextField(mask="nonsense")

        class Meta:
            app_label = "core"

    assert {error.id for error in Loose._meta.get_field("secret").check()} >= {"waiban.E101", "waiban.E102"}


def test_a_sealed_value_compares_with_nothing_but_itself() -> None:
    one, two = Sealed("c", "text", plain="x"), Sealed("c", "text", plain="x")
    assert one != two
