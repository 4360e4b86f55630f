"""Addresses of the house itself."""

from django.urls import path

from waiban.core import views

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("elder/", views.elder, name="elder"),
    path("drafts/<str:form_key>/<str:object_key>/", views.draft, name="draft"),
    path("saved-views/", views.saved_views, name="saved-views"),
    path("saved-views/<int:pk>/delete/", views.delete_saved_view, name="saved-view-delete"),
]
