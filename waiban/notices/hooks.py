"""What this app tells the rest of the house: its lines in the menu, and its answer to /readyz."""

from waiban.accounts.enums import Role
from waiban.core import health, menu
from waiban.notices.queries import silence
from waiban.notices.rules import STALE_AFTER


def check_sweep() -> health.Report:
    """Has every frequent sweep come to its end within the last 15 minutes?"""
    quiet = silence()
    if quiet is None:
        return health.Report(False, "后台任务尚未运行")
    return health.Report(quiet <= STALE_AFTER, f"{int(quiet.total_seconds() // 60)} 分钟前")


health.register("sweep", check_sweep)
menu.register(menu.Item("支撑", "消息", "notices:list", "bell", 90, phone=True))
menu.register(
    menu.Item("系统", "提醒运行情况", "notices:operations", "activity", 30, roles=frozenset({Role.SYSADMIN}))
)
