"""Change of the key that seals personal values: rows sealed with an older key are sealed anew."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models, transaction

from waiban.core.crypto import key_id_of, key_ring
from waiban.core.fields import EncryptedTextField

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one field of one model needed."""

    label: str
    rows: int


def rotate_all() -> Iterator[Rotated]:
    """Seal every value anew that an older key sealed; yield field by field.

    Chunks of CHUNK rows are transactions of their own, so that it may be killed and started again at any
    time: every key of the ring goes on opening. Raises CannotOpen for a value whose key is not in the
    ring.
    """
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield Rotated(f"{model._meta.label}.{field.name}", _rotate(model, field))


def _rotate(model: type[models.Model], field: EncryptedTextField) -> int:
    done, last = 0, None
    while True:
        with transaction.atomic():
            rows = model._base_manager.select_for_update(of=("self",)).order_by("pk")
            if last is not None:
                rows = rows.filter(pk__gt=last)
            chunk = list(rows[:CHUNK])
            if not chunk:
                return done
            old = [row for row in chunk if _is_old(row, field)]
            for row in old:
                setattr(row, field.name, getattr(row, field.name).reveal())
            model._base_manager.bulk_update(old, [field.name])
        done += len(old)
        last = chunk[-1].pk


def _is_old(row: models.Model, field: EncryptedTextField) -> bool:
    token = getattr(row, field.name).token
    return bool(token) and key_id_of(token) != key_ring().active
