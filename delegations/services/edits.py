"""Changes of a record outside a step, under the same lock and with the same word to the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from delegations.facts import dates_of, facts_of
from delegations.models import Delegation
from delegations.services.groups import create_delegation, require_editor
from waiban.accounts.actors import Actor
from waiban.accounts.models import User
from waiban.core.time import now
from waiban.workflow import acts
from waiban.workflow.engine import Door, enter
from waiban.workflow.enums import ActionKind
from waiban.workflow.rules import Doer
from waiban.workflow.state import Entry


def change_record(
    *,
    delegation: Delegation,
    actor: Actor,
    write: Callable[[Door], Mapping[str, Any] | None],
    note: str,
) -> Delegation:
    """Let `write` change the rows of a delegation, then tell the engine what the record says now.

    One transaction under the lock of the case. `write` returns lines for the log, or None; what it raises
    undoes everything. Raises `Refused` for who may not edit now, `Conflict` when the case is over or paused.
    """
    with transaction.atomic(), enter(delegation.pk) as door:
        acts.require_running(door.state)
        require_editor(Delegation.objects.select_related("case").get(pk=delegation.pk), actor)
        told = write(door)
        group = Delegation.objects.select_related("case").get(pk=delegation.pk)
        door.doer = Doer(actor.user_id, actor.name)
        acts.take_facts(door.state, facts_of(group), dates_of(group))
        door.state.title = group.name
        door.state.log.append(Entry(ActionKind.FACTS, None, note, dict(told or {})))
    return group


AGAIN = timedelta(minutes=2)
"""Within this time the same group of the same clerk is taken for a second click."""


@transaction.atomic
def start_once(*, actor: Actor, fields: Mapping[str, Any], **arguments: Any) -> tuple[Delegation, bool]:
    """Start a delegation, or return the one that the same person started a moment ago with the same facts.

    A double click must not take two numbers. Returns the delegation and whether it is new; raises what
    `create_delegation` raises.
    """
    User.objects.select_for_update().get(pk=actor.user_id)
    same = (
        Delegation.objects.filter(
            case__owner_id=actor.user_id,
            case__started_at__gte=now() - AGAIN,
            name=fields["name"],
            exit_date=fields["exit_date"],
            entry_date=fields["entry_date"],
        )
        .select_related("case")
        .first()
    )
    if same is not None:
        return same, False
    return create_delegation(actor=actor, fields=fields, **arguments), True
