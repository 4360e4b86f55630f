"""Words of the accounts app."""

from django.db import models


class Role(models.TextChoices):
    """What a person is in a department. A step of a flow names the role that may act on it."""

    UNIT_CLERK = "unit_clerk", "组团单位经办人"
    UNIT_LEADER = "unit_leader", "组团单位领导"
    FINANCE = "finance", "财政"
    PERSONNEL = "personnel", "组织人事"
    MEMBER = "member", "出访团员"
    PASSPORT_CLERK = "passport_clerk", "护照签证专办员"
    OUTBOUND_CLERK = "outbound_clerk", "外办出国管理科经办"
    OUTBOUND_CHIEF = "outbound_chief", "外办出国管理科科长"
    DEPUTY_DIRECTOR = "deputy_director", "外办分管副主任"
    DIRECTOR = "director", "外办主任"
    CITY_LEADER = "city_leader", "市领导"
    PROVINCE = "province", "省委外办"
    MISSION = "mission", "驻外使领馆"
    RECEPTION_CLERK = "reception_clerk", "外办交流接待科经办"
    RECEPTION_CHIEF = "reception_chief", "外办交流接待科科长"
    EVENTS_CLERK = "events_clerk", "涉外活动经办"
    APEC_CLERK = "apec_clerk", "APEC 商旅卡经办"
    TRANSLATOR = "translator", "译员"
    ENTERPRISE_OWNER = "enterprise_owner", "企业法人"
    ENTERPRISE_AGENT = "enterprise_agent", "企业经办人"
    AUDITOR = "auditor", "审计员"
    SYSADMIN = "sysadmin", "系统管理员"


# How a role reads beside the name of its department: "出国管理科 · 经办".
ROLE_WORDS = {
    Role.UNIT_CLERK: "经办人",
    Role.UNIT_LEADER: "领导",
    Role.FINANCE: "经费审核",
    Role.PERSONNEL: "组织人事审核",
    Role.MEMBER: "团员",
    Role.PASSPORT_CLERK: "专办员",
    Role.OUTBOUND_CLERK: "经办",
    Role.OUTBOUND_CHIEF: "科长",
    Role.DEPUTY_DIRECTOR: "分管副主任",
    Role.DIRECTOR: "主任",
    Role.CITY_LEADER: "市领导",
    Role.PROVINCE: "省级审核",
    Role.MISSION: "使领馆",
    Role.RECEPTION_CLERK: "经办",
    Role.RECEPTION_CHIEF: "科长",
    Role.EVENTS_CLERK: "活动经办",
    Role.APEC_CLERK: "商旅卡经办",
    Role.TRANSLATOR: "译员",
    Role.ENTERPRISE_OWNER: "法人",
    Role.ENTERPRISE_AGENT: "经办人",
    Role.AUDITOR: "审计员",
    Role.SYSADMIN: "系统管理员",
}

# Those who decide for the whole office or the city; they read every figure.
LEADER_ROLES = frozenset({Role.DEPUTY_DIRECTOR, Role.DIRECTOR, Role.CITY_LEADER})
# 三员分立 (GB/T 22239-2019 8.1.5): who keeps the system holds no business role, and each only one of these.
KEEPER_ROLES = frozenset({Role.AUDITOR, Role.SYSADMIN})
ENTERPRISE_ROLES = frozenset({Role.ENTERPRISE_OWNER, Role.ENTERPRISE_AGENT})


class DepartmentKind(models.TextChoices):
    """Where a department stands towards the office."""

    OFFICE_SECTION = "office_section", "外办科室"
    UNIT = "unit", "组团单位"
    AUTHORITY = "authority", "会签部门"
    LEADERS = "leaders", "市领导"
    PROVINCE = "province", "省委外办"


class EnterpriseStatus(models.TextChoices):
    """Whether an enterprise may use the portal."""

    PENDING = "pending", "待核验"
    ACTIVE = "active", "正常"
    SUSPENDED = "suspended", "暂停"
