"""The front door and the pages that belong to all businesses."""

from django.urls import path

from waiban.board.views import batch, desk, door

app_name = "board"
urlpatterns = [
    path("", door.home, name="home"),
    path("desk/", desk.show, name="desk"),
    path("desk/batch/", batch.run, name="batch"),
    path("search/", door.search, name="search"),
]
