"""People, the departments they sit in, the roles they hold there, and who stands in for whom."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from waiban.accounts.enums import DepartmentKind, EnterpriseStatus, Role
from waiban.accounts.rules import validate_uscc
from waiban.core.db import choices_check, period_check
from waiban.core.fields import EncryptedTextField
from waiban.core.text import validate_visible
from waiban.core.time import today


class OfficeScoped(models.QuerySet):
    """Rows that everybody of the same office may read (names of departments, offices)."""

    office_path = "office_id"

    def visible_to(self, user: User) -> OfficeScoped:
        """Rows of the reader's office; nothing for a visitor who is not signed in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(**{self.office_path: user.office_id})


class OfficeQuerySet(OfficeScoped):
    office_path = "pk"


class Office(models.Model):
    """A foreign affairs office: the root that every other root row belongs to."""

    name = models.CharField("全称", max_length=80, validators=[validate_visible])
    short_name = models.CharField("简称", max_length=20, validators=[validate_visible])
    code = models.SlugField("代码", max_length=20, unique=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "外办"

    def __str__(self) -> str:
        return self.short_name


class DepartmentQuerySet(OfficeScoped):
    def active(self) -> DepartmentQuerySet:
        """Departments that still exist."""
        return self.filter(is_active=True)


class Department(models.Model):
    """A section of the office, a sending unit, an authority that co-signs, or the leaders' desk."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="departments", verbose_name="所属外办")
    name = models.CharField("全称", max_length=80, validators=[validate_visible])
    short_name = models.CharField("简称", max_length=20, validators=[validate_visible])
    kind = models.CharField("类别", max_length=20, choices=DepartmentKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级部门"
    )
    is_active = models.BooleanField("在用", default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门"
        ordering = ("kind", "pk")
        constraints = [
            choices_check("kind", DepartmentKind),
            models.UniqueConstraint(
                fields=["office", "name"],
                name="accounts_department_name_once",
                violation_error_message="该部门已存在。",
            ),
            models.CheckConstraint(
                name="accounts_department_not_own_parent",
                condition=~Q(parent=F("pk")),
                violation_error_message="部门不能是自己的上级。",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class UserManager(BaseUserManager["User"]):
    """Creates accounts; nobody signs up by himself."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Write one account. Without a password it cannot sign in. `office` and `name` are required
        fields.
        """
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Write an account that bypasses all checks; only for installation work (see
        `create_first_admin`).
        """
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class UserQuerySet(OfficeScoped):
    def active(self) -> UserQuerySet:
        """Accounts that may sign in."""
        return self.filter(is_active=True)

    def holding(self, *roles: str, department_id: int | None = None, day: date | None = None) -> UserQuerySet:
        """Active people who hold one of the roles in their own right on `day` (default today)."""
        held = Position.objects.current(day).filter(role__in=roles, user=models.OuterRef("pk"))
        if department_id is not None:
            held = held.filter(department_id=department_id)
        return self.active().filter(models.Exists(held))


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. Rights come from positions, never from the account itself."""

    username = models.CharField(
        "用户名",
        max_length=60,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "该用户名已被使用。"},
    )
    name = models.CharField("姓名", max_length=50, validators=[validate_visible])
    office = models.ForeignKey(Office, models.PROTECT, related_name="users", verbose_name="所属外办")
    email = models.EmailField("电子邮箱", blank=True)
    binding = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    phone = EncryptedTextField("手机号", mask="phone")
    is_active = models.BooleanField("启用", default=True, help_text="停用后立即不能登录。")
    is_staff = models.BooleanField("可进入系统管理", default=False)
    elder_mode = models.BooleanField("长者模式", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, editable=False)
    date_joined = models.DateTimeField("创建时间", auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "office"]

    class Meta:
        verbose_name = verbose_name_plural = "账户"
        indexes = [models.Index(fields=["office", "name"])]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name as it stands in logs and letters."""
        return self.name

    def get_short_name(self) -> str:
        return self.name


class PasswordRecord(models.Model):
    """Hash of a password once used, so that it is not used again (等保: 最近五次). Read by nobody."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="账户")
    password = models.CharField("散列值", max_length=128)
    set_at = models.DateTimeField("设置时间")

    class Meta:
        verbose_name = verbose_name_plural = "密码历史"
        ordering = ("-set_at", "-pk")

    def __str__(self) -> str:
        return f"{self.user} {self.set_at:%Y-%m-%d}"


class PositionQuerySet(OfficeScoped):
    office_path = "department__office_id"

    def current(self, day: date | None = None) -> PositionQuerySet:
        """Positions that hold on `day` (default today) in departments that still exist."""
        day = day or today()
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=day), since__lte=day, department__is_active=True
        )


class Position(models.Model):
    """A role held in a department for a time; the last day still counts."""

    user = models.ForeignKey(User, models.PROTECT, related_name="positions", verbose_name="人员")
    department = models.ForeignKey(Department, models.PROTECT, related_name="positions", verbose_name="部门")
    role = models.CharField("岗位", max_length=20, choices=Role)
    since = models.DateField("起", default=today)
    until = models.DateField("止", null=True, blank=True, help_text="留空表示至今；止日当天仍有效。")
    is_primary = models.BooleanField("主要岗位", default=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ("-is_primary", "pk")
        indexes = [models.Index(fields=["department", "role"])]
        constraints = [
            choices_check("role", Role),
            period_check("since", "until", "止日不能早于起日。"),
            ExclusionConstraint(
                name="accounts_position_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("department", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (
                        Func(
                            F("since"),
                            F("until"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="该人员在此期间已任此岗位。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.get_role_display()}"


class StandInQuerySet(models.QuerySet):
    def active(self, day: date | None = None) -> StandInQuerySet:
        """Stand-ins that hold on `day` (default today)."""
        day = day or today()
        return self.filter(revoked_at__isnull=True, starts__lte=day, ends__gte=day)

    def visible_to(self, user: User) -> StandInQuerySet:
        """What I lent and what was lent to me; keepers of the system (审计员、系统管理员) read all of the
        office.
        """
        if not user.is_authenticated:
            return self.none()
        keeper = Position.objects.current().filter(user=user, role__in=[Role.AUDITOR, Role.SYSADMIN])
        return self.filter(
            Q(principal=user)
            | Q(substitute=user)
            | Q(models.Exists(keeper), principal__office_id=user.office_id)
        )


class StandIn(models.Model):
    """A holder on leave lends his seats to one colleague for some days (外出委托); both days included."""

    principal = models.ForeignKey(User, models.PROTECT, related_name="lendings", verbose_name="委托人")
    substitute = models.ForeignKey(User, models.PROTECT, related_name="borrowings", verbose_name="受托人")
    starts = models.DateField("起")
    ends = models.DateField("止")
    flow_key = models.CharField("业务范围", max_length=40, blank=True, help_text="留空表示全部业务。")
    reason = models.CharField("事由", max_length=100, validators=[validate_visible])
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True, editable=False)

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "外出委托"
        ordering = ("-starts", "-pk")
        indexes = [
            models.Index(fields=["substitute", "ends"], condition=Q(revoked_at=None), name="standin_open")
        ]
        constraints = [
            period_check("starts", "ends", "结束日期不能早于开始日期。"),
            models.CheckConstraint(
                name="accounts_standin_not_oneself",
                condition=~Q(principal=F("substitute")),
                violation_error_message="不能委托给自己。",
            ),
            ExclusionConstraint(
                name="accounts_standin_one_at_a_time",
                expressions=[
                    ("principal", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts"),
                            F("ends"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(revoked_at__isnull=True),
                violation_error_message="这段时间已有委托，请先撤销原委托。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.substitute}"


class EnterpriseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> EnterpriseQuerySet:
        """One's own enterprises; people in a section of the office read all of the office."""
        if not user.is_authenticated:
            return self.none()
        office = Position.objects.current().filter(user=user, department__kind=DepartmentKind.OFFICE_SECTION)
        mine = Membership.objects.current().filter(user=user, enterprise=models.OuterRef("pk"))
        return self.filter(Q(models.Exists(mine)) | Q(models.Exists(office), office_id=user.office_id))


class Enterprise(models.Model):
    """A firm that applies for its people."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="enterprises", verbose_name="所属外办")
    name = models.CharField("企业名称", max_length=100, validators=[validate_visible])
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True, validators=[validate_uscc])
    status = models.CharField(
        "状态", max_length=20, choices=EnterpriseStatus, default=EnterpriseStatus.PENDING
    )

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        constraints = [
            choices_check("status", EnterpriseStatus),
            models.CheckConstraint(
                name="accounts_enterprise_uscc_form",
                condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"),
                violation_error_message="统一社会信用代码应为 18 位。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    def current(self, day: date | None = None) -> MembershipQuerySet:
        """Memberships that hold on `day` (default today)."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day or today()))

    def visible_to(self, user: User) -> MembershipQuerySet:
        """The people of the enterprises that the reader may see."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))


class Membership(models.Model):
    """A person's place in an enterprise."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="memberships", verbose_name="企业"
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="人员")
    role = models.CharField(
        "身份",
        max_length=20,
        choices=[(r.value, r.label) for r in (Role.ENTERPRISE_OWNER, Role.ENTERPRISE_AGENT)],
    )
    until = models.DateField("止", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业人员"
        constraints = [
            models.CheckConstraint(
                name="accounts_membership_role_known",
                condition=Q(role__in=["enterprise_owner", "enterprise_agent"]),
                violation_error_message="所选的值不在允许范围内，请重新选择。",
            ),
            models.UniqueConstraint(
                fields=["enterprise", "user", "role"],
                name="accounts_membership_once",
                violation_error_message="该人员已在本企业登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.user}"
