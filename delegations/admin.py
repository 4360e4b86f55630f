"""Upkeep of reference rows and thresholds; cases and persons are worked on in the portal, never here."""

from django.contrib import admin

from delegations.models import AllowanceRate, AnnualPlan, OfficeSetting, VisaRule


@admin.register(OfficeSetting)
class OfficeSettingAdmin(admin.ModelAdmin):
    """Thresholds of the rules."""

    list_display = ["office", "max_members", "max_countries", "publicity_workdays", "exit_proof"]


@admin.register(AllowanceRate)
class AllowanceRateAdmin(admin.ModelAdmin):
    """Published rates by version."""

    list_display = ["place", "city", "currency", "lodging", "meals", "misc", "valid_from", "valid_to"]
    list_filter = ["currency", "valid_from"]
    search_fields = ["place__name_zh", "city"]
    list_select_related = ["place"]
    autocomplete_fields = ["place"]


@admin.register(VisaRule)
class VisaRuleAdmin(admin.ModelAdmin):
    """Where and how visas are asked for."""

    list_display = ["place", "submit_place", "visa_kind", "e_visa"]
    search_fields = ["place__name_zh"]
    list_select_related = ["place"]
    autocomplete_fields = ["place"]


@admin.register(AnnualPlan)
class AnnualPlanAdmin(admin.ModelAdmin):
    """Year, deadline and control figures."""

    list_display = ["office", "year", "deadline", "state", "quota_groups", "quota_people"]
    list_filter = ["year"]
