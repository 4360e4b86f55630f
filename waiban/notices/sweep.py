"""The sweep of this app; every app keeps its own in a module of this name."""

from waiban.notices.dispatch import dispatch
from waiban.notices.sweeps import sweep


@sweep("notices.dispatch", every=60, label="发送站外提醒")
def send_outbox() -> int:
    """Send what waits in the outbox."""
    return dispatch()
