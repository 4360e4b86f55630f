"""First rows of the table of places; what an office changed meanwhile stays changed."""

from typing import Any

from django.utils import translation
from django_countries import countries
from pypinyin import lazy_pinyin

from waiban.places.enums import PlaceKind
from waiban.places.names import APEC, ENGLISH, NAMES, NEEDS_PRESENCE, REGIONS, is_long_haul


def rows() -> list[dict[str, Any]]:
    """Return the field values of every place, in the order of their codes within the continents."""
    with translation.override("en"):
        english = {code: str(name) for code, name in countries}
    return [
        {
            "code": code,
            "name_zh": name,
            "name_en": ENGLISH.get(code, english[code]),
            "pinyin": " ".join(lazy_pinyin(name)),
            "kind": PlaceKind.REGION.value if code in REGIONS else PlaceKind.COUNTRY.value,
            "continent": continent.value,
            "apec_name": APEC.get(code, ("", ""))[0],
            "apec_name_en": APEC.get(code, ("", ""))[1],
            "needs_presence": code in NEEDS_PRESENCE,
            "long_haul": is_long_haul(code, continent),
        }
        for continent, names in NAMES.items()
        for code, name in names.items()
    ]


def seed(place_model: type[Any]) -> int:
    """Write the places that are missing; return how many rows the list has. Safe to run again."""
    wanted = [place_model(**row) for row in rows()]
    place_model.objects.bulk_create(wanted, ignore_conflicts=True)
    return len(wanted)
