"""Addresses of the files."""

from django.urls import path

from waiban.documents import views

app_name = "documents"
urlpatterns = [
    path("upload/", views.upload, name="upload"),
    path("case/<int:case_id>/", views.papers, name="papers"),
    path("<uuid:document_id>/", views.file, name="file"),
    path("<uuid:document_id>/withdraw/", views.withdraw, name="withdraw"),
]
