"""Words and pictures that an office of the state must get right."""

import re

import pytest
from django.db import connection

from tests.architecture.house import PRODUCT, ROOT, modules, place, source, templates

REGIONS = re.compile(r"(?<!中国)(台湾|香港|澳门)")
QUOTED = {
    "waiban/places/models.py": "the sentence that refuses them",
    "waiban/places/names.py": "its docstring quotes what a package would say instead",
}
"""File → why one of the names stands there without its prefix."""
MAP_FILES = {".geojson", ".topojson", ".shp", ".kml", ".kmz", ".mbtiles", ".pbf", ".gpx"}
MAP_NAMES = re.compile(
    r"(?:^|[/_.-])(?:world|china|countries|admin\d?)[\w-]*\.(?:json|js|svg)$", re.IGNORECASE
)
OURS = (*PRODUCT, "static", "templates", "docs", "locale")


@pytest.mark.django_db
def test_seeded_names_call_the_regions_of_china_by_their_full_names() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')"
        )
        wrong = [pair for pair in cursor.fetchall() if names_in(cursor, *pair)]
    assert wrong == []


def names_in(cursor: object, table: str, column: str) -> list[str]:
    """Return the values of a column that name a region of China without saying so."""
    cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" ~ \'台湾|香港|澳门\'')
    return [text for (text,) in cursor.fetchall() if REGIONS.search(text)]


def test_no_page_or_module_names_them_otherwise() -> None:
    found = {place(p) for p in (*modules(*PRODUCT), *templates()) if REGIONS.search(source(p))}
    assert found == set(QUOTED)


def test_places_are_countries_and_regions_never_countries_alone() -> None:
    """A column of places is headed 国家（地区）; a law or a paper may be named as it is named."""
    heads = re.compile(r"<th[^>]*>\s*国家\s*</th>|verbose_name\s*=\s*\"国家\"")
    assert [place(p) for p in (*modules(*PRODUCT), *templates()) if heads.search(source(p))] == []


def test_the_portal_ships_no_map_and_no_flag() -> None:
    files = [path for folder in OURS for path in (ROOT / folder).rglob("*") if path.is_file()]
    names = [place(path) for path in files]
    assert [n for n in names if n[n.rfind(".") :].lower() in MAP_FILES or MAP_NAMES.search(n)] == []
    used = "\n".join(source(path) for path in templates())
    assert not re.search(r"/flags?/|flag-icon|echarts[\w/-]*map|registerMap", used)
