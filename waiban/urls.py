"""The addresses of the portal; each app owns its own list."""

from django.urls import path

urlpatterns: list = [path]
