"""The addresses of the portal; each app owns its own list."""

from importlib.util import find_spec

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

# (address, app): an app that is not installed, or has no pages of its own, is passed over.
MOUNTS = (
    ("", "waiban.core"),
    ("", "waiban.board"),
    ("accounts/", "waiban.accounts"),
    ("audit/", "waiban.audit"),
    ("places/", "waiban.places"),
    ("workdays/", "waiban.workdays"),
    ("documents/", "waiban.documents"),
    ("notices/", "waiban.notices"),
    ("cases/", "waiban.workflow"),
    ("outcomes/", "waiban.outcomes"),
    ("delegations/", "delegations"),
    ("visits/", "visits"),
    ("apec/", "apec_cards"),
    ("events/", "events"),
)

to_sign_in = login_not_required(RedirectView.as_view(pattern_name="account_login"))

urlpatterns: list[URLPattern | URLResolver] = [
    path(address, include(f"{app}.urls"))
    for address, app in MOUNTS
    if apps.is_installed(app) and find_spec(f"{app}.urls")
]
urlpatterns += [
    # Passwords are given anew by the administrator alone, so no mail with a link is sent or answered.
    re_path(
        r"^accounts/(?:password/reset|confirm-email)/",
        login_not_required(RedirectView.as_view(pattern_name="account_login")),
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "waiban.core.views.bad_request"
handler403 = "waiban.core.views.no_right"
handler404 = "waiban.core.views.not_found"
handler500 = "waiban.core.views.broken"
