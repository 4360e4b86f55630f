"""What `workflow` tells this app, which may not import it: who may hand in papers, and which are wanted.

Filled in `AppConfig.ready()` of workflow. Without a registered rule nobody may upload.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from waiban.core.errors import Conflict, Refused

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor

    Rule = Callable[[Actor, Any, Any], bool]
    Lister = Callable[[Any, Any], "Sequence[Slot]"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One paper that a case or a step wants. `hint` tells what it must look like."""

    paper: str
    required: bool = True
    hint: str = ""


_rules: list[Rule] = []
_listers: list[Lister] = []


def register(rule: Rule) -> None:
    """Set the rule `rule(actor, case, item or None) -> bool`: may the actor upload and withdraw here?"""
    _rules[:] = [rule]


def register_checklist(lister: Lister) -> None:
    """Set the list `lister(case, item or None) -> slots`: papers of one step, or of the whole case."""
    _listers[:] = [lister]


def slots_of(case: Any, item: Any = None) -> list[Slot]:
    """Return the wanted papers; empty while nothing is registered."""
    return [slot for lister in _listers for slot in lister(case, item)]


def may_upload(actor: Actor, case: Any, item: Any = None) -> bool:
    """Tell whether the actor may hand in papers: the case is open and the registered rule says yes."""
    return case.closed_at is None and any(rule(actor, case, item) for rule in _rules)


def require_upload(actor: Actor, case: Any, item: Any = None) -> None:
    """Raise Conflict on a closed case, Refused when the actor has no right to hand in papers."""
    if case.closed_at is not None:
        raise Conflict("该办件已结案，不能再上传或撤回材料。", "CASE_CLOSED")
    if not may_upload(actor, case, item):
        raise Refused("您的岗位不能为该办件上传或撤回材料，请联系该办件的经办人。", "UPLOAD_RIGHT")
