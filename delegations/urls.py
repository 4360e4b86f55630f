"""Addresses under /delegations/."""

from django.urls import path

from delegations.views import create, edit, lists, me, members, passports, people, plans, record

app_name = "delegations"
urlpatterns = [
    path("", lists.show, name="list"),
    path("new/", create.new, name="new"),
    path("my/", me.mine, name="my"),
    path("plans/", plans.show, name="plans"),
    path("plans/new/", plans.declare, name="plan_new"),
    path("plans/<int:pk>/", plans.item, name="plan"),
    path("plans/<int:pk>/edit/", plans.declare, name="plan_edit"),
    path("plans/<int:pk>/reply/", plans.reply, name="plan_reply"),
    path("passports/", passports.show, name="passports"),
    path("passports/<int:pk>/", passports.one, name="passport"),
    path("passports/<int:pk>/move/", passports.move, name="passport_move"),
    path("people/", people.show, name="people"),
    path("people/new/", people.edit, name="person_new"),
    path("people/<int:pk>/", people.one, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="person_edit"),
    path("people/<int:pk>/passport/", passports.register, name="passport_new"),
    path("<int:case_id>/", record.show, name="record"),
    path("<int:case_id>/print/", record.print_sheet, name="print"),
    path("<int:case_id>/edit/<slug:kind>/", edit.edit, name="edit"),
    path("<int:case_id>/members/join/", members.join, name="join"),
    path("<int:case_id>/members/<int:member_id>/", members.show, name="member"),
    path("<int:case_id>/members/<int:member_id>/leave/", members.leave, name="leave"),
    path("<int:case_id>/members/<int:member_id>/part/", members.part, name="part"),
    path("<int:case_id>/me/", me.tasks, name="me"),
    path("<int:case_id>/me/trip/", me.trip, name="me_trip"),
    path("<int:case_id>/me/allowance/", me.allowance, name="me_allowance"),
    path("<int:case_id>/me/help/", me.help_page, name="me_help"),
    path("<int:case_id>/me/<int:item_id>/", me.task, name="me_task"),
]
