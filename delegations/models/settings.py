"""History of what an office has tuned about its trips abroad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from delegations.enums import SettingTopic
from waiban.accounts.actors import actor_for
from waiban.accounts.models import Office
from waiban.core.db import append_only, choices_check

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor
    from waiban.accounts.models import User


class SettingChangeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SettingChangeQuerySet:
        """Return the history of the office for its staff and leaders; nothing for units and keepers."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.visible_to_actor(actor_for(user))

    def visible_to_actor(self, actor: Actor) -> SettingChangeQuerySet:
        """The same for an actor that is known already."""
        if not (actor.is_office or actor.is_leader):
            return self.none()
        return self.filter(office_id=actor.office_id)


class SettingChange(models.Model):
    """Who changed which value of thresholds, visa rules, rates or plans, when and why. Append-only.

    The words are kept as people read them, so that the history stays true when a table changes its columns.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="机构")
    topic = models.CharField("类别", max_length=10, choices=SettingTopic)
    subject = models.CharField("对象", max_length=140, blank=True)
    field = models.CharField("参数", max_length=40)
    old = models.CharField("原值", max_length=240, blank=True)
    new = models.CharField("新值", max_length=240, blank=True)
    reason = models.CharField("理由", max_length=200)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修改人")

    objects = SettingChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "出访参数修改记录"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["office", "topic", "subject", "-id"], name="setting_change_of")]
        constraints = [choices_check("topic", SettingTopic, name="setting_change_topic")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.subject} {self.field}".strip()
