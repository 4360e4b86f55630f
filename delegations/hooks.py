"""What delegations tell the house: their flow, their lines in the menu, on the desk and in search."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from delegations import access
from delegations.agenda import engagements, people_like
from delegations.binding import BINDING
from delegations.demo.story import load as load_demo
from delegations.models import Delegation, Filing, Passport, Traveller, Visa
from delegations.models.base import PEOPLE_READERS
from delegations.services.settings import may_read as may_read_settings
from waiban.accounts import scopes
from waiban.accounts.actors import Actor
from waiban.accounts.enums import Role
from waiban.audit import reveals
from waiban.board import registry as board
from waiban.core import demo, menu
from waiban.workflow import registry


def phone_home(actor: Actor) -> str:
    """Members have no desk: their page is the one for the phone."""
    return reverse("delegations:my") if access.is_member_only(actor) and actor.seats else ""


def may_open(actor: Actor, obj: Any, field: str) -> bool:
    """Who opens personal values: passport and outbound staff, a unit for its people, a person his own."""
    traveller = obj if isinstance(obj, Traveller) else getattr(obj, "traveller", None)
    if isinstance(obj, Visa | Filing):
        traveller = obj.member.traveller
    if traveller is not None and traveller.user_id == actor.user_id:
        return True
    department_id = obj.case.department_id if isinstance(obj, Delegation) else traveller.department_id
    if isinstance(obj, Filing) and actor.has(Role.PERSONNEL):
        return True
    clerk = actor.seat_for(Role.UNIT_CLERK, department_id) is not None
    return clerk or actor.has(*PEOPLE_READERS)


registry.register(BINDING)
scopes.register(BINDING.flow.key, BINDING.label)

reveals.register(Traveller, ["id_number", "birth_date", "phone"], may_open)
reveals.register(Passport, ["number"], may_open)
reveals.register(Visa, ["number"], may_open)
reveals.register(Filing, ["family"], may_open)
reveals.register(Delegation, ["contact_phone"], may_open)

menu.register(
    menu.Item(
        "业务",
        "因公出访",
        "delegations:list",
        "plane-departure",
        10,
        when=lambda actor: access.has_part(actor) and not access.is_member_only(actor),
        phone=True,
    )
)
menu.register(
    menu.Item("业务", "我的出访", "delegations:my", "luggage", 11, roles=frozenset({Role.MEMBER}), phone=True)
)
menu.register(
    menu.Item("支撑", "证照库", "delegations:passports", "id", 10, roles=frozenset(access.LIBRARY_READERS))
)
menu.register(
    menu.Item("支撑", "人员库", "delegations:people", "users", 12, roles=frozenset(access.PEOPLE_EDITORS))
)
menu.register(
    menu.Item(
        "支撑", "年度计划", "delegations:plans", "calendar-stats", 14, roles=frozenset(access.PLAN_READERS)
    )
)

menu.register(menu.Item("系统", "出访参数", "delegations:settings", "adjustments", 5, when=may_read_settings))

board.add_start(board.Start("新建团组", "delegations:new", "plus", access.may_create))
board.add_home("delegations", phone_home)
board.add_agenda("delegations", engagements)
board.add_search("delegations", people_like)

demo.register("delegations", 20, load_demo)
