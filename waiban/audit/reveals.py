"""Which personal values may be opened, and by whom: each app registers its models in its module `hooks`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from waiban.accounts.actors import Actor

May = Callable[[Actor, Any, str], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """may(actor, obj, field) tells whether this person may open this value of this record."""

    fields: frozenset[str]
    may: May


_RULES: dict[str, Rule] = {}


def register(model: type[models.Model], fields: list[str], may: May) -> None:
    """Let `fields` of `model` be opened by those for whom `may` is true; the model needs `visible_to`."""
    _RULES[model._meta.label_lower] = Rule(frozenset(fields), may)


def model_of(label: str, field: str) -> type[models.Model] | None:
    """Return the model "app.model" when this field of it can be opened at all."""
    rule = _RULES.get(label)
    return apps.get_model(label) if rule and field in rule.fields else None


def may_reveal(actor: Actor, obj: models.Model, field: str) -> bool:
    """Tell whether the person may open the value. What nobody registered is open to nobody."""
    rule = _RULES.get(obj._meta.label_lower)
    return bool(rule and field in rule.fields and rule.may(actor, obj, field))
