"""A page with a form that saves itself, beside all real pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from waiban.core import drafts
from waiban.urls import handler400, handler403, handler404, handler500
from waiban.urls import urlpatterns as real

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PAGE = """{% extends "base.html" %}{% load static %}{% block title %}表单{% endblock %}
{% block content %}
<span data-draft-state role="status"></span>
<form method="post" data-draft="trial" data-draft-object="7">{% csrf_token %}
<label>标题<input name="title"></label>
<label>护照<input name="passport" data-private></label>
<label>美国<input type="checkbox" name="country" value="US" checked></label>
<label>加拿大<input type="checkbox" name="country" value="CA"></label>
<label>说明<textarea name="note"></textarea></label>
<button type="submit">提交表单</button>
</form>
{% endblock %}
{% block js %}<script type="module" src="{% static 'js/draft.js' %}"></script>{% endblock %}"""


def form(request: HttpRequest) -> HttpResponse:
    """Accepts everything and drops the draft, as every view with a draft does."""
    if request.method == "POST":
        drafts.drop(request.user, "trial", "7")
        return redirect("/accepted/")
    return HttpResponse(engines["django"].from_string(PAGE).render({}, request))


def accepted(request: HttpRequest) -> HttpResponse:
    """Where an accepted form leads."""
    return HttpResponse("accepted")


urlpatterns = [path("trial/", form), path("accepted/", accepted), *real]
