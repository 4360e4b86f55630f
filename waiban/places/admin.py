"""The office keeps names and visa facts itself."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from pypinyin import lazy_pinyin

from waiban.places.models import Place


@admin.register(Place)
class PlaceAdmin(admin.ModelAdmin):
    """Facts of a place; a place that is in use is switched off, never deleted."""

    list_display = (
        "name_zh",
        "code",
        "kind",
        "continent",
        "visa_free_official",
        "needs_presence",
        "sensitive",
        "long_haul",
        "in_use",
    )
    list_editable = ("visa_free_official", "needs_presence", "sensitive", "long_haul", "in_use")
    list_filter = ("continent", "kind", "visa_free_official", "sensitive")
    search_fields = ("name_zh", "name_en", "code", "pinyin")

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Place, form: object, change: bool) -> None:
        """Keep the sort key in step with the name."""
        obj.pinyin = " ".join(lazy_pinyin(obj.name_zh))
        super().save_model(request, obj, form, change)
