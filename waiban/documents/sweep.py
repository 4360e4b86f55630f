"""The sweep of this app: files that no row points at."""

from waiban.documents.services import sweep_orphans
from waiban.notices.sweeps import sweep


@sweep("documents.orphans", every=86400, label="清理未归档的上传文件")
def remove_orphans() -> int:
    """Remove what broken uploads left behind."""
    return len(sweep_orphans().removed)
