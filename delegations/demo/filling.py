"""Fills a form as a browser would post it: what is shown, changed by what is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.forms import BaseFormSet


def raw(value: Any) -> Any:
    """Return a value as a browser posts it."""
    if isinstance(value, models.Model):
        return value.pk
    return "on" if value is True else value


def posted(form: Any) -> dict[str, Any]:
    """Return what a browser would post for an untouched form."""
    found = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list | models.QuerySet):
            found[bound.html_name] = [raw(one) for one in value]
        elif value is not None and value is not False and value != "":
            found[bound.html_name] = raw(value)
    return found


def lines(formset: BaseFormSet, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a browser posts for lines: initial values changed by `rows`; others stay as shown."""
    prefix, count = formset.prefix, max(len(formset.forms), len(rows))
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": count,
        f"{prefix}-INITIAL_FORMS": formset.initial_form_count(),
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for position in range(count):
        values = posted(formset.forms[position]) if position < len(formset.forms) else {}
        if position < len(rows):
            values |= {f"{prefix}-{position}-{name}": raw(value) for name, value in rows[position].items()}
        data |= {name: value for name, value in values.items() if value is not None and value is not False}
    return data


def filled(
    shown: Any, values: Mapping[str, Any], rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    """Return the post of a whole step form."""
    data = posted(shown)
    for name, formset in getattr(shown, "rowsets", {}).items():
        data |= lines(formset, rows.get(name, ()))
    for name, value in values.items():
        if value is None:
            data.pop(name, None)
        else:
            data[name] = raw(value)
    return data
