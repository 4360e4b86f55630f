"""The one name `frame` that every page's frame reads: office, day, helpdesk, and what other apps provide."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from waiban.core.time import today

_PROVIDERS: dict[str, Callable[..., Any]] = {}
_OF_REQUEST: dict[str, Callable[[HttpRequest], Any]] = {}


def provide(name: str, func: Callable[[], Any]) -> None:
    """Let an app give `frame.<name>`; `func()` runs only when a template asks, at most once a page."""
    _PROVIDERS[name] = func


def provide_for_request(name: str, func: Callable[[HttpRequest], Any]) -> None:
    """Like `provide`, for values that differ from person to person."""
    _OF_REQUEST[name] = func


class Frame:
    """Values of the page frame, each computed when first asked for. An unknown name is an empty string."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.demo: bool = settings.DEMO
        self.helpdesk: str = settings.HELPDESK
        self.icp: str = settings.ICP_NUMBER
        self.police: str = settings.POLICE_NUMBER
        self.site_code: str = settings.SITE_CODE

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return today()

    def __getattr__(self, name: str) -> Any:
        # Only called for names that are not there yet; the answer is kept for the rest of the page.
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _OF_REQUEST:
            value = _OF_REQUEST[name](self._request)
        else:
            value = _PROVIDERS[name]() if name in _PROVIDERS else ""
        setattr(self, name, value)
        return value


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `frame` with office_name, office_short, demo, demo_accounts, calendar_until,
    helpdesk, icp, police, site_code, today.
    """
    return {"frame": Frame(request)}
