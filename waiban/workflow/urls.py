"""Addresses of the engine."""

from django.urls import path

from . import views

app_name = "workflow"
urlpatterns = [
    path("<int:case_id>/", views.case_redirect, name="case"),
    path("<int:case_id>/<slug:kind>/", views.case_act, name="case_act"),
    path("items/<int:item_id>/", views.item_detail, name="item"),
    path("items/<int:item_id>/<slug:kind>/", views.act, name="act"),
    path("signatures/<int:signature_id>/", views.sign, name="sign"),
    path("flows/<slug:flow_key>/", views.flow_table, name="flow"),
    path("flows/<slug:flow_key>/bpmn/", views.bpmn, name="bpmn"),
    path("flows/<slug:flow_key>/settings/", views.settings_list, name="settings"),
    path("flows/<slug:flow_key>/settings/<slug:step_key>/", views.settings_edit, name="setting"),
]
