"""What the businesses are called: this floor does not know the flows, so it is told how to ask."""

from collections.abc import Callable

_namers: list[Callable[[str], str]] = []


def name_flows_with(namer: Callable[[str], str]) -> None:
    """Let `namer(flow key)` give the Chinese name of a flow; it answers "" for one it does not know."""
    _namers.append(namer)


def flow_name(key: str) -> str:
    """Return the name of a flow, or its key when nobody knows it."""
    return next((name for namer in _namers if (name := namer(key))), key)
