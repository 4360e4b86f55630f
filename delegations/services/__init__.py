"""The acts on delegations, their members and their documents."""

from delegations.services.groups import (
    create_delegation,
    effect_of,
    may_edit,
    require_editor,
    update_delegation,
)
from delegations.services.members import add_member, change_role, remove_member, seat_member, unseat_member
from delegations.services.papers import number_for, record_paper
from delegations.services.passports import current_document, move_passport, register_passport

__all__ = [
    "add_member",
    "change_role",
    "create_delegation",
    "current_document",
    "effect_of",
    "may_edit",
    "move_passport",
    "number_for",
    "record_paper",
    "register_passport",
    "remove_member",
    "require_editor",
    "seat_member",
    "unseat_member",
    "update_delegation",
]
