"""What core may know of the person who acts; the class itself lives in `accounts`, to the right of core."""

from typing import Protocol


class ActorLike(Protocol):
    """The part of `accounts.actors.Actor` that menus, exports and logs need."""

    @property
    def user_id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def roles(self) -> frozenset[str]: ...

    def has(self, *roles: str, flow_key: str = "") -> bool: ...
