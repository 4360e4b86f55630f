"""Keyset pages: complete, in order, forward and back, and deaf to nonsense in the address."""

import base64
import json
from typing import Any

import pytest
from django.db.models import Value
from django.db.models.functions import Coalesce, Length
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from waiban.core.paging import CappedCount, KeysetPage, after, capped_count
from waiban.places.models import Place

pytestmark = pytest.mark.django_db


def walk(order: tuple[str, ...], queryset: Any = None, size: int = 17) -> list[Any]:
    queryset = Place.objects.all() if queryset is None else queryset
    found, cursor = [], ""
    while True:
        page = KeysetPage(queryset, order=order, cursor=cursor, page_size=size)
        found += page.rows
        cursor = page.next_cursor
        if not cursor:
            return found


@pytest.mark.parametrize(
    "order",
    [("pk",), ("-pk",), ("continent", "code"), ("-continent", "code"), ("long_haul", "-pinyin", "pk")],
)
def test_walking_forward_gives_every_row_once_in_order(order: tuple[str, ...]) -> None:
    assert walk(order) == list(Place.objects.order_by(*order))


def test_walking_back_gives_the_same_pages() -> None:
    first = KeysetPage(Place.objects.all(), order=("continent", "-pk"), page_size=10)
    second = KeysetPage(
        Place.objects.all(), order=("continent", "-pk"), page_size=10, cursor=first.next_cursor
    )
    back = KeysetPage(
        Place.objects.all(), order=("continent", "-pk"), page_size=10, cursor=second.previous_cursor
    )
    assert back.rows == first.rows
    assert not back.has_previous
    assert back.next_cursor == first.next_cursor
    assert second.has_previous


def test_the_last_page_has_no_next_and_one_page_has_neither() -> None:
    only = KeysetPage(Place.objects.filter(kind="region"), order=("pk",))
    assert len(only.rows) == 3
    assert only.next_cursor == only.previous_cursor == only.next_url == only.previous_url == ""
    assert only.text == "本页 3 行，共 3 行"


def test_an_annotation_can_be_part_of_the_order_and_rows_may_be_values() -> None:
    queryset = Place.objects.annotate(long=Coalesce(Length("name_zh"), Value(0))).values("long", "id", "code")
    assert [row["code"] for row in walk(("-long", "pk"), queryset)] == list(
        Place.objects.annotate(long=Length("name_zh")).order_by("-long", "pk").values_list("code", flat=True)
    )


def test_named_tuples_can_be_paged() -> None:
    queryset = Place.objects.values_list("code", "id", named=True)
    assert len(walk(("code",), queryset)) == Place.objects.count()


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "////",
        base64.urlsafe_b64encode(b'["on"]').decode(),
        base64.urlsafe_b64encode(b'["on", null]').decode(),
        base64.urlsafe_b64encode(b'["on", "a", "b"]').decode(),
        base64.urlsafe_b64encode(b'["on", 1e999]').decode(),
        base64.urlsafe_b64encode(b'["on", NaN]').decode(),
        base64.urlsafe_b64encode(json.dumps(["on", 10**30]).encode()).decode(),
        base64.urlsafe_b64encode(b'["on", {"a": 1}]').decode(),
        base64.urlsafe_b64encode(("[" * 5000).encode()).decode(),
    ],
)
def test_a_nonsense_cursor_shows_the_first_page(cursor: str) -> None:
    assert KeysetPage(Place.objects.all(), order=("pk",), cursor=cursor).rows[0] == Place.objects.earliest(
        "pk"
    )


def test_a_nul_in_a_cursor_shows_the_first_page() -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(["on", "a\0"]).encode()).decode()
    page = KeysetPage(Place.objects.all(), order=("code",), cursor=cursor)
    assert page.rows[0].code == "AD"


@given(st.text(max_size=60))
def test_no_cursor_whatever_breaks_a_page(cursor: str) -> None:
    assert KeysetPage(Place.objects.none(), order=("pk",), cursor=cursor).rows == []


def test_a_page_never_exceeds_the_largest_size() -> None:
    assert KeysetPage(Place.objects.all(), order=("pk",), page_size=10**6).page_size == 200


def test_links_keep_the_filters_of_the_page(rf: RequestFactory) -> None:
    request = rf.get("/x/?continent=asia&cursor=junk")
    page = KeysetPage.of(request, Place.objects.filter(continent="asia"), order=("pk",), page_size=5)
    assert page.next_url.startswith("?continent=asia&cursor=")
    assert "junk" not in page.next_url


def test_counting_stops_at_the_cap(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert capped_count(Place.objects.all(), cap=50) == CappedCount(50, True)
    assert str(capped_count(Place.objects.all(), cap=50)) == "多于 50"
    assert str(capped_count(Place.objects.filter(kind="region"))) == "3"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_is_one_query_however_many_rows(rows: int, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert len(KeysetPage(Place.objects.all(), order=("pk",), page_size=rows).rows) == rows


def test_the_condition_bounds_the_first_column_so_that_an_index_can_start_there() -> None:
    sql = str(Place.objects.filter(after(("-continent", "code"), ("asia", "CN"))).query)
    assert '"continent" <= asia AND (' in sql
