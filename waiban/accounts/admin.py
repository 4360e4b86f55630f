"""What a system administrator keeps: offices, departments, accounts, positions, stand-ins, enterprises.

No business data is registered here (三员分立). Nothing is deleted: accounts are switched off, positions end.
"""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from waiban.accounts.models import Department, Enterprise, Membership, Office, Position, StandIn, User
from waiban.accounts.services import check_change, end_position, grant_position, revoke_stand_in
from waiban.core.errors import ActError
from waiban.core.forms import KeepsSealed

admin.site.site_header = "外办一点通 · 系统管理"
admin.site.site_title = "系统管理"
admin.site.index_title = "账户、部门、岗位与参数"
# One door for all: the sign-in of the portal, with its lock and its second factor.
admin.site.login = secure_admin_login(admin.site.login)


class Kept(admin.ModelAdmin):
    """Rows that are switched off or ended, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Office)
class OfficeAdmin(Kept):
    list_display = ("name", "short_name", "code")


@admin.register(Department)
class DepartmentAdmin(Kept):
    list_display = ("name", "short_name", "kind", "parent", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "short_name")
    list_select_related = ("parent",)


class AccountForm(KeepsSealed, UserChangeForm):
    """An account; its phone shows as mask."""

    class Meta:
        model = User
        fields = [
            "username",
            "name",
            "office",
            "email",
            "phone",
            "is_active",
            "is_staff",
            "must_change_password",
        ]


class NewAccountForm(AdminUserCreationForm):
    """A new account gets a password that must be changed at the first sign-in."""

    class Meta:
        model = User
        fields = ["username", "name", "office"]

    def save(self, commit: bool = True) -> User:
        self.instance.must_change_password = True
        return super().save(commit)


@admin.register(User)
class AccountAdmin(Kept, UserAdmin):
    form = AccountForm
    add_form = NewAccountForm
    list_display = ("username", "name", "office", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "name")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password", "name", "office"]}),
        ("联系方式", {"fields": ["email", "phone"]}),
        ("状态", {"fields": ["is_active", "is_staff", "must_change_password"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "name", "office", "usable_password", "password1", "password2"]})
    ]

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """A password that somebody else set must be changed by its owner."""
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302 and str(request.user.pk) != id:
            User.objects.filter(pk=id).update(must_change_password=True)
        return answer


class PositionForm(forms.ModelForm):
    """A position to give, or the last day of one that is held."""

    class Meta:
        model = Position
        fields = ["user", "department", "role", "since", "until"]

    def clean(self) -> dict[str, Any]:
        """Ask the same rules that the act asks, so that a refusal stands in the form."""
        data = super().clean()
        user = data.get("user") or getattr(self.instance, "user", None)
        role = data.get("role") or self.instance.role
        if user and role:
            try:
                check_change(actor=self.actor, user=user, role=role, held=self.instance)
            except ActError as error:
                raise ValidationError(error.message, code=error.code) from error
        return data


@admin.register(Position)
class PositionAdmin(Kept):
    form = PositionForm
    list_display = ("user", "department", "role", "since", "until")
    list_filter = ("role", "department__kind")
    search_fields = ("user__name", "user__username", "department__name")
    list_select_related = ("user", "department")
    autocomplete_fields = ("user", "department")

    def get_readonly_fields(self, request: HttpRequest, obj: Position | None = None) -> list[str]:
        """Of a position that was given only the end can be set: the log would otherwise lie."""
        return ["user", "department", "role", "since"] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Position | None = None, **kwargs: Any
    ) -> type[forms.ModelForm]:
        return type(
            "BoundPositionForm", (super().get_form(request, obj, **kwargs),), {"actor": request.actor}
        )

    def save_model(self, request: HttpRequest, obj: Position, form: forms.ModelForm, change: bool) -> None:
        """Through the services, which write audit."""
        if change:
            end_position(position=obj, actor=request.actor, last_day=obj.until)
            return
        given = grant_position(
            user=obj.user,
            department=obj.department,
            role=obj.role,
            actor=request.actor,
            since=obj.since,
            until=obj.until,
        )
        obj.pk = given.pk


@admin.register(StandIn)
class StandInAdmin(Kept):
    list_display = ("principal", "substitute", "starts", "ends", "flow_key", "reason", "revoked_at")
    list_filter = ("starts",)
    search_fields = ("principal__name", "substitute__name")
    list_select_related = ("principal", "substitute")
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: StandIn | None = None) -> bool:
        return False

    @admin.action(description="撤销所选委托")
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[StandIn]) -> None:
        """End each one; those that cannot be ended say why."""
        for stand_in in queryset:
            try:
                revoke_stand_in(stand_in=stand_in, actor=request.actor)
            except ActError as error:
                self.message_user(request, f"{stand_in}：{error.message}", "WARNING")
            else:
                self.message_user(request, f"{stand_in}：已撤销。")


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Enterprise)
class EnterpriseAdmin(Kept):
    list_display = ("name", "uscc", "status")
    list_filter = ("status",)
    search_fields = ("name", "uscc")
    inlines = [MembershipInline]
