"""The portal's settings, with the reference systems installed beside it."""

from waiban.settings import *  # noqa: F403
from waiban.settings import INSTALLED_APPS as PORTAL_APPS

INSTALLED_APPS = [*PORTAL_APPS, "viewflow", "viewflow.workflow", "bench.rival"]
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
ROOT_URLCONF = "bench.urls"
