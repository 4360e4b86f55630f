"""What the board tells the rest of the house: its line in the menu with the number of open matters."""

from django.http import HttpRequest

from waiban.board.queries import open_count
from waiban.core import menu


def count_open(request: HttpRequest) -> int:
    """Matters that wait for this person; the desk itself has counted them already."""
    known: int | None = getattr(request, "desk_count", None)
    return open_count(request.actor) if known is None else known


menu.register(menu.Item("", "我的工作台", "board:desk", "layout-dashboard", 1, badge=count_open, phone=True))
