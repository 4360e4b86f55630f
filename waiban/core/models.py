"""Drafts of forms and saved views of lists: small things every business uses."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from waiban.core.fields import EncryptedTextField
from waiban.core.text import validate_visible


class DraftQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "DraftQuerySet":
        """One's own drafts, nobody else's."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Draft(models.Model):
    """What somebody typed into a form and did not send yet. Encrypted, because forms ask for personal
    data.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="填写人"
    )
    form_key = models.CharField("表单", max_length=80)
    object_key = models.CharField("对象", max_length=80)
    binding = models.UUIDField(default=uuid.uuid4, editable=False)
    content = EncryptedTextField("内容")
    saved_at = models.DateTimeField("保存时间")

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "草稿"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form_key", "object_key"],
                name="core_draft_once",
                violation_error_message="草稿已存在。",
            )
        ]
        indexes = [models.Index(fields=["saved_at"], name="core_draft_age")]

    def __str__(self) -> str:
        return f"{self.form_key}/{self.object_key}"

    @property
    def data(self) -> dict[str, Any]:
        """The fields as the page sent them: name → text or list of texts."""
        return json.loads(self.content.reveal() or "{}")

    @data.setter
    def data(self, value: dict[str, Any]) -> None:
        self.content = json.dumps(value, ensure_ascii=False)


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "SavedViewQuerySet":
        """One's own views, and those that colleagues of the same office shared."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user_id=user.pk) | Q(shared=True, user__office_id=user.office_id))


class SavedView(models.Model):
    """Filters of a list under a name. `query` is the address part after the question mark."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="所有人"
    )
    page = models.CharField("页面", max_length=80)
    name = models.CharField("名称", max_length=30, validators=[validate_visible])
    query = models.CharField("筛选条件", max_length=1000, blank=True)
    shared = models.BooleanField("与同事共享", default=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "常用视图"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "page", "name"],
                name="core_savedview_name_once",
                violation_error_message="您已有同名的视图，请换一个名称。",
            )
        ]

    def __str__(self) -> str:
        return self.name
