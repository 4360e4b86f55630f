"""Where each business registers its flows and what it adds to them. Filled in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from .definition import Flow, Step

if TYPE_CHECKING:
    from .models import Case


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A question that the schedule can be asked without saving: with some steps applicable after all."""

    key: str
    label: str
    hint: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Binding:
    """What a business adds to its flow.

    `forms` gives the dotted name of the form of a step key (a subclass of `workflow.forms.StepForm`); a step
    without one takes an opinion. `record_url` turns a case into the address of its record; `head`, `checks`
    and `papers` supply the record page and are called with the case only.
    """

    flow: Flow
    label: str
    menu_url: str
    record_url: Callable[[Case], str]
    forms: Mapping[str, str] = field(default_factory=dict)
    checks: Callable[[Case, Step], list[Any]] | None = None
    summary: Callable[[Case], list[tuple[str, str]]] | None = None
    whatifs: tuple[WhatIf, ...] = ()
    reference_prefix: str = ""
    icon: str = "folder"

    def form_class(self, step_key: str) -> type | None:
        """Import and return the form of a step, or None when an opinion is enough."""
        dotted = self.forms.get(step_key)
        return import_string(dotted) if dotted else None


_bindings: dict[tuple[str, int], Binding] = {}
_latest: dict[str, Binding] = {}


def register(binding: Binding) -> None:
    """Register a flow version. The highest version is the one new cases start with."""
    flow = binding.flow
    known = _bindings.get((flow.key, flow.version))
    if known is not None and known.flow != flow:
        raise ImproperlyConfigured(f"flow {flow.key} v{flow.version} is registered twice with other steps")
    _bindings[flow.key, flow.version] = binding
    if flow.key not in _latest or _latest[flow.key].flow.version <= flow.version:
        _latest[flow.key] = binding


def unregister(key: str) -> None:
    """Forget a flow with all its versions (for tests that bring a flow of their own)."""
    for known in [pair for pair in _bindings if pair[0] == key]:
        del _bindings[known]
    _latest.pop(key, None)


def binding_of(key: str, version: int | None = None) -> Binding:
    """Return the binding of a flow version, or of the newest one; raises `LookupError`."""
    try:
        return _latest[key] if version is None else _bindings[key, version]
    except KeyError:
        raise LookupError(f"unknown flow {key} v{version}") from None


def flow_of(key: str, version: int | None = None) -> Flow:
    """Return a flow by key and version; raises `LookupError`."""
    return binding_of(key, version).flow


def all_bindings() -> list[Binding]:
    """Return every registered version."""
    return list(_bindings.values())


def current_bindings() -> list[Binding]:
    """Return the newest version of every flow."""
    return list(_latest.values())
