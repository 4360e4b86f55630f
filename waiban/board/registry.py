"""What the businesses add to the pages that belong to all of them. Filled in `AppConfig.ready()`.

Board knows no business: a business hands it functions, and board calls them for the signed-in person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time

from waiban.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Engagement:
    """One line of 今天的日程. `at` is None for what lasts the whole day."""

    at: time | None
    text: str
    second: str = ""
    url: str = ""

    @property
    def clock(self) -> str:
        """The time in words."""
        return f"{self.at:%H:%M}" if self.at else "全天"


@dataclass(frozen=True, slots=True)
class Start:
    """A button by which somebody starts a piece of work; `allowed` is courtesy, the page checks the right."""

    label: str
    url_name: str
    icon: str
    allowed: Callable[[Actor], bool]


@dataclass(frozen=True, slots=True)
class Hit:
    """One found row that is not a case: a person, a passport."""

    kind: str
    text: str
    second: str
    url: str


Agenda = Callable[[Actor, date], Sequence[Engagement]]
Search = Callable[[Actor, str], Sequence[Hit]]
Home = Callable[[Actor], str]

_agendas: dict[str, Agenda] = {}
_searches: dict[str, Search] = {}
_starts: dict[str, Start] = {}
_homes: dict[str, Home] = {}


def add_agenda(name: str, provider: Agenda) -> None:
    """Let a business name what takes place on a day; it answers only with what the person may see."""
    _agendas[name] = provider


def add_search(name: str, provider: Search) -> None:
    """Let a business find rows beside cases; it answers only with what the person may see."""
    _searches[name] = provider


def add_start(start: Start) -> None:
    """Offer a button on the desk."""
    _starts[start.url_name] = start


def add_home(name: str, provider: Home) -> None:
    """Let a business take people without a desk to their own page; "" when it has none for this person."""
    _homes[name] = provider


def agenda_for(actor: Actor, day: date) -> list[Engagement]:
    """Return what takes place on a day, in the order of the clock; whole-day matters first."""
    found = [line for provider in _agendas.values() for line in provider(actor, day)]
    return sorted(found, key=lambda line: (line.at or time.min, line.text))


def search_for(actor: Actor, words: str) -> list[Hit]:
    """Return what the businesses find beside cases."""
    return [hit for provider in _searches.values() for hit in provider(actor, words)]


def starts_for(actor: Actor) -> list[Start]:
    """Return the buttons that this person may use."""
    return [start for start in _starts.values() if start.allowed(actor)]


def home_for(actor: Actor) -> str:
    """Return the address where a person starts who has no desk; "" for everybody else."""
    return next((url for provider in _homes.values() if (url := provider(actor))), "")
