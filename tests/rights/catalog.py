"""Every address of the portal with the arguments to ask it with, taken from the resolver.

An address whose arguments nobody names here raises `LookupError`: whoever adds a page says what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from delegations.flow import FLOW
from delegations.forms.pages import EDITS
from delegations.models import AllowanceRate
from tests.rights.world import STATES, World
from waiban.workflow.views.cases import WORDS
from waiban.workflow.views.items import ASKING, DIRECT

ALONE = "-"
"""The state of an address that is about no delegation."""


@dataclass(frozen=True, order=True)
class Address:
    """One address as the resolver knows it."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One address with its arguments filled in; `key` is its line in the matrix."""

    key: str
    path: str
    body: Mapping[str, Any]


NAMED_BY_NUMBER: tuple[tuple[str, str], ...] = (
    ("core:saved-view", "view"),
    ("accounts:standin", "standin"),
    ("notices:", "notice"),
    ("outcomes:", "outcome"),
    ("delegations:plan", "plan_item"),
    ("delegations:passport_new", "traveller"),
    ("delegations:passport", "passport"),
    ("delegations:person", "traveller"),
)
"""Beginning of a name → which row its `pk` is."""

SORTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "workflow:case_act": {"kind": tuple(WORDS)},
    "workflow:act": {"kind": (*sorted(DIRECT), *sorted(ASKING))},
    "delegations:edit": {"kind": tuple(EDITS)},
    "audit:reveal": {"label": ("delegations.traveller", "delegations.passport", "delegations.delegation")},
}
"""Name → the values of an argument that each make a page of their own."""

FIXED: Mapping[str, str] = {
    "flow_key": FLOW.key,
    "step_key": "fao_accept",
    "form_key": "delegation-new",
    "object_key": "new",
    "key": "nobody-has-this",
    "uidb36": "zzz",
    "app_label": "accounts",
    "url": "nowhere",
    "content_type_id": "1",
    "place_code": "US",
    "year": "2027",
}
"""Arguments that mean the same everywhere."""

REVEALED = {
    "delegations.traveller": ("traveller", "id_number"),
    "delegations.passport": ("passport", "number"),
    "delegations.delegation": ("case_id", "contact_phone"),
}

BODIES: Mapping[str, Callable[[World, str], Mapping[str, Any]]] = {
    "workflow:act": lambda world, state: {"opinion": "同意。", "defects": "缺邀请函", "reason": "试一试"},
    "workflow:case_act": lambda world, state: {"reason": "试一试", "mode": "fast"},
    "workflow:sign": lambda world, state: {"opinion": "同意。"},
    "audit:reveal": lambda world, state: {"reason": "核对签证表"},
    "outcomes:follow_up": lambda world, state: {"on": "2026-01-05", "note": "在谈"},
    "notices:settle": lambda world, state: {"act": "again"},
}
"""Name → what is posted, so that a refusal is one of rights and not of an empty field."""

PASSED_OVER = {
    "admin:(?P<url>.*)$": "Django's own net for unknown addresses under /admin/",
    "admin:<path:object_id>/": "leads from the address of old releases to the change page",
}
"""Address without a name → why it is not asked."""


def addresses() -> list[Address]:
    """Return every address of the portal once."""
    return sorted(set(_walk(get_resolver(), "", ())))


def _walk(resolver: URLResolver, space: str, before: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        found = (*before, *_arguments(entry))
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space, found)
        elif f"{space}{entry.name or entry.pattern}" not in PASSED_OVER:
            yield Address(f"{space}{entry.name or entry.pattern}", found)


def _arguments(entry: URLPattern | URLResolver) -> tuple[str, ...]:
    if isinstance(entry.pattern, RegexPattern):
        return tuple(entry.pattern.regex.groupindex)
    return tuple(entry.pattern.converters)


def questions(world: World, *, admin: bool) -> Iterator[Question]:
    """Yield every address in every state that makes a difference; those of the admin if asked for."""
    for address in addresses():
        if address.name.startswith("admin:") and not admin:
            continue
        about = set(address.arguments) - set(FIXED) - {"rate_id"}
        states = STATES if about and not address.name.startswith("admin:") else (ALONE,)
        for state in states:
            yield from _ask(world, address, state)


def _ask(world: World, address: Address, state: str) -> Iterator[Question]:
    sorts = SORTS.get(address.name, {})
    choices = [(name, value) for name, values in sorts.items() for value in values] or [("", "")]
    for name, value in choices:
        given = {name: value} if name else {}
        given |= {
            argument: _value(world, address.name, argument, state, given)
            for argument in address.arguments
            if argument not in given
        }
        body = BODIES.get(address.name, lambda world, state: {})(world, state)
        key = " ".join(part for part in (address.name, value, state) if part)
        yield Question(key, _path(address.name, given), body)


def _path(name: str, given: Mapping[str, Any]) -> str:
    """Return the path of an address; one without a name is its own pattern, of choices the first."""
    if name.startswith("^"):
        return "/" + re.sub(r"\(\?:([^|)]+)[^)]*\)", r"\1", name).strip("^$")
    return reverse(name, kwargs=given)


def _value(world: World, name: str, argument: str, state: str, given: Mapping[str, Any]) -> Any:
    if name == "audit:reveal":
        row, field = REVEALED[given["label"]]
        return field if argument == "field" else world.sides[state].ids[row]
    if name.startswith("admin:") and argument in ("object_id", "id"):
        return _first_row_of_admin(name)
    if argument in FIXED:
        return FIXED[argument]
    if argument == "rate_id":
        return AllowanceRate.objects.order_by("pk").values_list("pk", flat=True)[0]
    ids = world.sides[state].ids
    if argument == "item_id" and name == "delegations:me_task":
        return ids["member_item_id"]
    if argument in ids:
        return ids[argument]
    if argument == "signature_id":
        return ids["signature"]
    if argument == "pk":
        for beginning, row in NAMED_BY_NUMBER:
            if name.startswith(beginning):
                return ids[row]
    raise LookupError(f"{name}: 权限矩阵不知道参数 {argument} 指什么，请在 tests/rights/catalog.py 中说明。")


def _first_row_of_admin(name: str) -> Any:
    """Return the key of some row of the model that an address of the admin is about."""
    label, _, model_name = name.removeprefix("admin:").rsplit("_", 1)[0].rpartition("_")
    try:
        model = apps.get_model(label, model_name)
    except LookupError:
        model = get_user_model()  # the page that gives an account a new password
    return model._default_manager.values_list("pk", flat=True).order_by("pk").first() or 1
