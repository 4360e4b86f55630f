"""Countries and regions as the office names them, with the facts that a flow asks about."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from waiban.core.db import choices_check
from waiban.core.text import validate_visible
from waiban.places.enums import Continent, PlaceKind


class PlaceQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> "PlaceQuerySet":
        """Everybody may read the list, visitors of public pages too."""
        return self.all()

    def abroad(self) -> "PlaceQuerySet":
        """Places to which one travels: all in use but the country itself."""
        return self.filter(in_use=True).exclude(code="CN")


class Place(models.Model):
    """A country or region. The heading over such a list is always 国家（地区）."""

    code = models.CharField(
        "代码",
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", "请输入 ISO 3166 两位大写字母代码。")],
    )
    name_zh = models.CharField("中文名称", max_length=40, unique=True, validators=[validate_visible])
    name_en = models.CharField("英文名称", max_length=80, validators=[validate_visible])
    pinyin = models.CharField("拼音", max_length=120, editable=False)
    kind = models.CharField("类别", max_length=10, choices=PlaceKind)
    continent = models.CharField("所在洲", max_length=20, choices=Continent)
    apec_name = models.CharField("APEC 中文名称", max_length=40, blank=True)
    apec_name_en = models.CharField("APEC 英文名称", max_length=80, blank=True)
    visa_free_official = models.BooleanField(
        "公务普通护照免签", default=False, help_text="以外交部公布的互免签证协定一览表为准，由本办维护。"
    )
    needs_presence = models.BooleanField("须本人到场", default=False, help_text="面谈或采集指纹。")
    sensitive = models.BooleanField("须事先征求意见", default=False, help_text="由本办按现行规定维护。")
    long_haul = models.BooleanField("航班衔接不便", default=False, help_text="在外天数可按规定增加。")
    in_use = models.BooleanField("可选用", default=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "国家（地区）"
        ordering = ("pinyin", "code")
        constraints = [
            choices_check("kind", PlaceKind),
            choices_check("continent", Continent),
            models.CheckConstraint(
                name="places_place_region_names",
                condition=~Q(code__in=["HK", "MO", "TW"]) | Q(kind="region", name_zh__startswith="中国"),
                violation_error_message="香港、澳门、台湾须写作中国香港、中国澳门、中国台湾，类别为地区。",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        """The official Chinese short name."""
        return self.name_zh

    @property
    def is_apec(self) -> bool:
        """Whether it is an economy of APEC."""
        return bool(self.apec_name)
