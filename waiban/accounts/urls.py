"""Addresses of the pages about oneself; sign-in, password and second factor are allauth's."""

from django.urls import path

from waiban.accounts import views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("standins/", views.standins, name="standins"),
    path("standins/<int:pk>/revoke/", views.revoke, name="standin-revoke"),
]
