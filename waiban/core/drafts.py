"""Drafts of forms: kept by the page every few seconds, offered again when the form is opened, dropped when
sent.
"""

import json
import re
from datetime import timedelta
from typing import Any

from django.conf import settings

from waiban.core.errors import BadInput
from waiban.core.models import Draft
from waiban.core.time import now

KEY = re.compile(r"[\w.:-]{1,80}")
MAX_CHARACTERS = 200_000


def save(user: Any, form_key: str, object_key: str, data: dict[str, Any]) -> Draft:
    """Write the draft of this person for this form and object, replacing the earlier one.

    data: field name → text or list of texts. Raises BadInput when a key is malformed or the draft is too
    large.
    """
    _check_keys(form_key, object_key)
    text = json.dumps(data, ensure_ascii=False)
    if len(text) > MAX_CHARACTERS:
        raise BadInput("草稿内容过多，未能自动保存，请先提交或删减。", "DRAFT_SIZE")
    draft = Draft.objects.visible_to(user).filter(form_key=form_key, object_key=object_key).first()
    draft = draft or Draft(user=user, form_key=form_key, object_key=object_key)
    draft.content = text
    draft.saved_at = now()
    return _write(draft)


def _write(draft: Draft) -> Draft:
    """Insert or update by the unique key: two windows of one person may save in the same second."""
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["user", "form_key", "object_key"],
        # The binding goes with the ciphertext: without it the row could not be opened.
        update_fields=["content", "binding", "saved_at"],
    )
    return draft


def load(user: Any, form_key: str, object_key: str) -> Draft | None:
    """Return this person's draft, or None."""
    return Draft.objects.visible_to(user).filter(form_key=form_key, object_key=object_key).first()


def drop(user: Any, form_key: str, object_key: str) -> None:
    """Delete the draft; called by a view in the same transaction in which the form was accepted."""
    Draft.objects.visible_to(user).filter(form_key=form_key, object_key=object_key).delete()


def purge() -> int:
    """Delete drafts that nobody touched for settings.DRAFT_DAYS days; return how many."""
    return Draft.objects.filter(saved_at__lt=now() - timedelta(days=settings.DRAFT_DAYS)).delete()[0]


def _check_keys(form_key: str, object_key: str) -> None:
    if not (KEY.fullmatch(form_key) and KEY.fullmatch(object_key)):
        raise BadInput("草稿的名称不合法。", "DRAFT_KEY")
