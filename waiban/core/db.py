"""Small helpers for database constraints that speak Chinese when they are broken."""

from collections.abc import Sequence

import pgtrigger
from django.db import models
from django.db.models import Q


def choices_check(
    field: str, choices: type[models.Choices], *, blank: bool = False, name: str = ""
) -> models.CheckConstraint:
    """Return the CHECK that keeps `field` within `choices`; `blank=True` also lets the empty string in.

    name: of the constraint; by default made of app, model and field.
    """
    allowed = [str(value) if isinstance(value, str) else value for value in choices.values]
    if blank and "" not in allowed:
        allowed = ["", *allowed]
    return models.CheckConstraint(
        name=name or f"%(app_label)s_%(class)s_{field}_known",
        condition=Q(**{f"{field}__in": allowed}),
        violation_error_message="所选的值不在允许范围内，请重新选择。",
    )


def period_check(start: str, end: str, message: str) -> models.CheckConstraint:
    """Return the CHECK that `end` is not before `start`; an empty end is allowed (open period)."""
    return models.CheckConstraint(
        name=f"%(app_label)s_%(class)s_{end}_not_before_{start}",
        condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": models.F(start)}),
        violation_error_message=message,
    )


def unique_index(fields: Sequence[str], index: str, message: str) -> models.UniqueConstraint:
    """Return the uniqueness of an encrypted value through its blind index; empty values are free.

    fields: further columns within which the value is unique (may be empty); index: the BlindIndexField.
    """
    return models.UniqueConstraint(
        fields=[*fields, index],
        condition=~Q(**{index: ""}),
        name=f"%(app_label)s_%(class)s_{index}_once",
        violation_error_message=message,
    )


def append_only() -> list[pgtrigger.Trigger]:
    """Return the triggers by which PostgreSQL itself refuses UPDATE, DELETE and TRUNCATE on a log table."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        no_truncate(),
    ]


def no_truncate() -> pgtrigger.Trigger:
    """Return the trigger that refuses TRUNCATE; `pgtrigger.Protect` cannot."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'append-only: cannot truncate %', TG_TABLE_NAME;",
    )
