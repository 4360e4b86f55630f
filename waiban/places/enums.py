"""Words of the places app."""

from django.db import models


class PlaceKind(models.TextChoices):
    """中国香港, 中国澳门 and 中国台湾 are regions; the column of a list is always 国家（地区）."""

    COUNTRY = "country", "国家"
    REGION = "region", "地区"


class Continent(models.TextChoices):
    """How places are grouped where others would draw a map: the portal ships no borders."""

    ASIA = "asia", "亚洲"
    EUROPE = "europe", "欧洲"
    AFRICA = "africa", "非洲"
    NORTH_AMERICA = "north_america", "北美洲"
    SOUTH_AMERICA = "south_america", "南美洲"
    OCEANIA = "oceania", "大洋洲"
