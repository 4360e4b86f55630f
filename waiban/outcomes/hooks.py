"""The line of the register in the menu: for all who see cases as part of their work."""

from waiban.accounts.enums import ENTERPRISE_ROLES, KEEPER_ROLES, Role
from waiban.core import menu

READERS = frozenset(Role) - ENTERPRISE_ROLES - KEEPER_ROLES - {Role.MEMBER, Role.TRANSLATOR, Role.MISSION}

menu.register(menu.Item("支撑", "成果台账", "outcomes:list", "flag", 30, roles=READERS))
