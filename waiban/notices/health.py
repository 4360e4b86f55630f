"""What /readyz asks about the reminders."""

from waiban.core import health
from waiban.notices.queries import silence
from waiban.notices.rules import STALE_AFTER


def check_sweep() -> health.Report:
    """Has every sweep that runs each minute come to its end within the last 15 minutes?"""
    quiet = silence()
    if quiet is None:
        return health.Report(False, "后台任务尚未运行")
    minutes = int(quiet.total_seconds() // 60)
    return health.Report(quiet <= STALE_AFTER, f"{minutes} 分钟前")


health.register("sweep", check_sweep)
