"""Addresses of the audit log."""

from django.urls import path

from waiban.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("mine/", views.my_events, name="mine"),
    path("verify/", views.verify, name="verify"),
    path("reveal/<str:label>/<str:pk>/<slug:field>/", views.reveal_value, name="reveal"),
]
