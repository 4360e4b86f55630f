"""Addresses under /outcomes/."""

from django.urls import path

from waiban.outcomes import views

app_name = "outcomes"

urlpatterns = [
    path("", views.list_outcomes, name="list"),
    path("new/<int:case_id>/", views.create, name="create"),
    path("<int:pk>/", views.record, name="record"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/follow-up/", views.follow_up, name="follow_up"),
]
