"""What happens around every request: limits of the session, sign-in, private pages, error pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from waiban.core import pages
from waiban.core.errors import ActError
from waiban.core.signals import noted, refused
from waiban.core.time import now

GetResponse = Callable[[HttpRequest], HttpResponse]

TIMED_OUT = "登录已超时，请重新登录；已填写的内容已保留，登录后可继续。"
# A minute of grace saves one UPDATE of the session row on nearly every request.
SEEN_EVERY_SECONDS = 60


class PrivatePages:
    """Signed-in pages are never cached; the browser is told which devices the portal does not use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store, private"
        return response


class SessionLimits:
    """Ends a session after idle time and after its absolute life, both in seconds (settings).

    A request with `?poll=1` is the page asking by itself, not a person, and keeps nothing alive.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._limit(request)
        return self.get_response(request)

    def _limit(self, request: HttpRequest) -> None:
        moment = int(now().timestamp())
        session = request.session
        started = session.setdefault("started", moment)
        idle = moment - session.get("seen", moment)
        if idle > settings.SESSION_IDLE_SECONDS or moment - started > settings.SESSION_COOKIE_AGE:
            self._tell(request, idle)
            session.flush()
            request.user = AnonymousUser()
            request.session_timed_out = True
        elif "seen" not in session or (idle >= SEEN_EVERY_SECONDS and "poll" not in request.GET):
            session["seen"] = moment

    @staticmethod
    def _tell(request: HttpRequest, idle: int) -> None:
        noted.send(
            SessionLimits,
            request=request,
            actor_id=request.user.pk,
            kind="session_ended",
            object_label="",
            object_id="",
            detail={"why": "idle" if idle > settings.SESSION_IDLE_SECONDS else "absolute"},
        )


class SignInRequired(LoginRequiredMiddleware):
    """Django's rule, every page needs a sign-in unless it says otherwise, with an answer that loses no
    input.

    A POST without session leads to the sign-in page and from there back to the *form* (its GET address),
    where the draft kept by `draft.js` is offered; htmx and the autosave get answers they can act on.
    """

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponse]
    ) -> HttpResponse:
        if getattr(request, "session_timed_out", False) or request.method == "POST":
            messages.warning(request, TIMED_OUT)
        answer = redirect_to_login(self._way_back(request), self.get_login_url(view_func))
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"login": answer.url, "message": TIMED_OUT}, status=401)
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(answer.url)
        return answer

    @staticmethod
    def _way_back(request: HttpRequest) -> str:
        """The address to return to: this page, or for a POST and for htmx the page on which the form
        stood.
        """
        page = request.headers.get("HX-Current-URL", "")
        if request.method not in {"GET", "HEAD"}:
            page = page or request.headers.get("Referer", "")
        if page and url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
            parts = urlsplit(page)
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
        return request.get_full_path() if request.method in {"GET", "HEAD"} else settings.LOGIN_REDIRECT_URL


class ErrorPages:
    """Turns an ActError that no view caught into its page, and reports refusals to audit."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ActError):
            return None
        if exception.status == 403:
            refused.send(type(self), request=request, message=exception.message, code=exception.code)
        page = pages.Page(
            exception.status,
            pages.TITLES.get(exception.status, "现在不能办理"),
            exception.message,
            exception.code,
            pages.KEPT if request.method == "POST" else pages.UNCHANGED,
            exception.ask,
        )
        return pages.show(request, page)
