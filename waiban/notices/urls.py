"""Addresses under /notices/."""

from django.urls import path

from waiban.notices import views

app_name = "notices"

urlpatterns = [
    path("", views.list_notices, name="list"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read_all, name="read_all"),
    path("operations/", views.operations, name="operations"),
    path("<int:pk>/", views.open_notice, name="open"),
    path("<int:pk>/read/", views.read, name="read"),
    path("<int:pk>/settle/", views.settle, name="settle"),
]
