"""Names as the office must write them, in the table, in the package beside it, and in the administration."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation
from django_countries import countries

from waiban.accounts.demo import load_demo_accounts
from waiban.places.models import Place
from waiban.places.names import APEC, NAMES
from waiban.places.seed import seed

pytestmark = pytest.mark.django_db

CHINESE = {"HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"}


@pytest.mark.parametrize(("code", "name"), CHINESE.items())
def test_the_three_regions_bear_their_full_names_as_regions(code: str, name: str) -> None:
    place = Place.objects.get(code=code)
    assert (str(place), place.name, place.get_kind_display()) == (name, name, "地区")
    assert place.name_en.endswith(", China")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("code", "name"), CHINESE.items())
def test_the_package_of_countries_says_nothing_else(code: str, name: str, language: str) -> None:
    with translation.override(language):
        assert countries.name(code) == name
        assert dict(countries)[code] == name


@pytest.mark.parametrize("wrong", ["台湾", "香港", "中华民国"])
def test_a_region_cannot_be_renamed_even_behind_the_forms(wrong: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(code="TW").update(name_zh=wrong)
    place = Place.objects.get(code="TW")
    place.name_zh = wrong
    with pytest.raises(ValidationError, match="须写作中国香港、中国澳门、中国台湾"):
        place.full_clean()


def test_a_region_cannot_be_made_a_country() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(code="HK").update(kind="country")


def test_apec_pages_use_the_names_of_apec() -> None:
    assert Place.objects.exclude(apec_name="").count() == len(APEC) == 21
    taipei = Place.objects.get(code="TW")
    assert (taipei.apec_name, taipei.apec_name_en) == ("中国台北", "Chinese Taipei")
    assert taipei.is_apec
    assert not Place.objects.get(code="DE").is_apec


def test_every_place_has_both_names_a_continent_and_a_sort_key() -> None:
    assert Place.objects.count() == sum(len(names) for names in NAMES.values()) == 200
    assert not Place.objects.filter(name_en="").exists()
    assert not Place.objects.filter(pinyin="").exists()
    assert Place.objects.first().name == "阿尔巴尼亚"


def test_names_are_the_present_ones() -> None:
    names = dict(Place.objects.values_list("code", "name_zh"))
    assert (names["MK"], names["SZ"], names["NP"], names["KR"], names["CD"]) == (
        "北马其顿",
        "斯威士兰",
        "尼泊尔",
        "韩国",
        "刚果（金）",
    )


def test_no_visa_fact_is_invented() -> None:
    assert not Place.objects.filter(visa_free_official=True).exists()
    assert not Place.objects.filter(sensitive=True).exists()
    assert list(Place.objects.filter(needs_presence=True).values_list("code", flat=True)) == ["US"]


@pytest.mark.parametrize(
    ("code", "far"),
    [("BR", True), ("KE", True), ("MX", True), ("CU", True), ("US", False), ("CA", False), ("JP", False)],
)
def test_africa_and_latin_america_are_far(code: str, far: bool) -> None:
    assert Place.objects.get(code=code).long_haul is far


def test_seeding_again_keeps_what_the_office_changed() -> None:
    Place.objects.filter(code="TH").update(visa_free_official=True)
    seed(Place)
    assert Place.objects.get(code="TH").visa_free_official
    assert Place.objects.count() == 200


def test_one_travels_to_every_place_in_use_but_home() -> None:
    Place.objects.filter(code="AQ").delete()
    Place.objects.filter(code="US").update(in_use=False)
    codes = set(Place.objects.abroad().values_list("code", flat=True))
    assert not codes & {"CN", "US"}
    assert len(codes) == 198


def test_the_administrator_keeps_visa_facts_and_deletes_nothing(client: Client, db: Any) -> None:
    client.force_login(load_demo_accounts()["sysadmin"])
    place = Place.objects.get(code="TH")
    data = {
        "code": "TH",
        "name_zh": "泰王国",
        "name_en": "Thailand",
        "kind": "country",
        "continent": "asia",
        "visa_free_official": "on",
        "in_use": "on",
        "apec_name": "泰国",
        "apec_name_en": "Thailand",
    }
    assert client.post(f"/admin/places/place/{place.pk}/change/", data).status_code == 302
    place.refresh_from_db()
    assert place.visa_free_official
    assert place.pinyin == "tai wang guo"
    assert client.post(f"/admin/places/place/{place.pk}/delete/", {"post": "yes"}).status_code == 403
