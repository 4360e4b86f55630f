"""The one way in which the launcher fails: a plain sentence."""

import errno
from pathlib import Path


class LaunchError(Exception):
    """Why the launcher stopped, for a reader who is not a programmer: Chinese, then a short English half."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}（{en}）。")


class Stopped(BaseException):
    """Ctrl+C or SIGTERM came in; whatever runs is to be ended and nothing reported as a failure."""


def disk_full(where: Path) -> LaunchError:
    """The sentence for a disk that is full at `where`."""
    return LaunchError(f"磁盘空间不足：{where}，请清理后重试", "no space left on disk")


def in_plain_words(error: OSError) -> LaunchError:
    """Turn an error of the operating system into a sentence."""
    where = Path(error.filename) if error.filename else Path.cwd()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(where)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return LaunchError(f"没有权限读写 {where}，请用创建该目录的用户运行", "permission denied")
    return LaunchError(f"系统错误：{error.strerror or error}，涉及 {where}", "operating system error")
