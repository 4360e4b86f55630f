"""Flows for which a stand-in may be named alone; each business registers its own in its module `hooks`."""

_SCOPES: dict[str, str] = {}

EVERYTHING = ("", "全部业务")


def register(flow_key: str, label: str) -> None:
    """Offer a flow as scope of a stand-in ("delegation", "因公出访")."""
    _SCOPES[flow_key] = label


def choices() -> list[tuple[str, str]]:
    """Return what the form offers: everything, then each flow."""
    return [EVERYTHING, *sorted(_SCOPES.items(), key=lambda pair: pair[1])]


def label_of(flow_key: str) -> str:
    """Return the words of a scope."""
    return dict(choices()).get(flow_key, flow_key)
