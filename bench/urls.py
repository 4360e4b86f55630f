"""The portal's addresses, with the reference changelist beside them."""

from django.urls import path

from bench.rival.admin import site
from waiban.urls import handler400, handler403, handler404, handler500, urlpatterns

urlpatterns = [path("bench-admin/", site.urls), *urlpatterns]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
