"""Where each app registers how it fills the demo office. Called in order, once, in demo mode only."""

from __future__ import annotations

from collections.abc import Callable

Loader = Callable[[Callable[[str], None]], None]

_LOADERS: dict[str, tuple[int, Loader]] = {}


def register(name: str, order: int, loader: Loader) -> None:
    """Add a loader; it is given a function that prints a line of progress."""
    _LOADERS[name] = (order, loader)


def loaders() -> list[Loader]:
    """Return the loaders in their order."""
    return [loader for _order, loader in sorted(_LOADERS.values(), key=lambda pair: pair[0])]
