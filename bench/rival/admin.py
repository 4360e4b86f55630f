"""Django's own changelist over the same table, as a developer would first write it."""

from django.contrib import admin

from waiban.workflow.models import Case


class PlainSite(admin.AdminSite):
    """A site that any active member of staff may open."""

    def has_permission(self, request) -> bool:
        return request.user.is_active


class CaseAdmin(admin.ModelAdmin):
    """The columns of the portal's list."""

    list_display = (
        "reference",
        "title",
        "department",
        "owner",
        "status",
        "holder_text",
        "forecast_date",
        "slack",
    )
    list_select_related = ("department", "owner")
    list_per_page = 50
    ordering = ("slack", "-id")

    def has_view_permission(self, request, obj=None) -> bool:
        return True

    def has_module_permission(self, request) -> bool:
        return True


site = PlainSite(name="bench_admin")
site.register(Case, CaseAdmin)
