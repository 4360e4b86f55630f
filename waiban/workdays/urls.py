"""Addresses of the working calendar."""

from django.urls import path

from waiban.workdays import views

app_name = "workdays"
urlpatterns = [
    path("", views.index, name="index"),
    path("import/", views.import_notice, name="import"),
    path("import/confirm/", views.confirm, name="confirm"),
]
