"""Choices of the register of outcomes (domain: delegations 4.6)."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What was reached."""

    PROMOTION = "promotion", "推介场次"
    VISIT = "visit", "拜会企业（机构）"
    PROJECT = "project", "签约项目"
    LEAD = "lead", "意向线索"
    FRIENDSHIP = "friendship", "友好关系"


class ProjectType(TextChoices):
    """What a signed project is about; only the first two carry an amount, and never both."""

    INVESTMENT = "investment", "投资"
    TRADE = "trade", "贸易"
    MEMORANDUM = "memorandum", "合作备忘"
    TALENT = "talent", "人才"
    FRIENDSHIP = "friendship", "友城"


class Status(TextChoices):
    """How far a project has come."""

    INTENDED = "intended", "意向"
    SIGNED = "signed", "签约"
    REGISTERED = "registered", "注册"
    FUNDED = "funded", "到资"
    STARTED = "started", "开工"
    OPERATING = "operating", "投产"


class Currency(TextChoices):
    """Currencies in which agreements are written."""

    CNY = "CNY", "人民币"
    USD = "USD", "美元"
    EUR = "EUR", "欧元"
    JPY = "JPY", "日元"
    KRW = "KRW", "韩元"
    GBP = "GBP", "英镑"
    HKD = "HKD", "港元"
    SGD = "SGD", "新加坡元"
    AUD = "AUD", "澳大利亚元"
    RUB = "RUB", "卢布"


EVENTS = (Kind.PROMOTION, Kind.VISIT)
"""Kinds that are over when they have taken place: no status, nothing to follow up."""

WITH_AMOUNT = (ProjectType.INVESTMENT, ProjectType.TRADE)
