"""Errors that a person may read: each is a Chinese sentence, a stable code and an HTTP status.

Services raise them; the middleware in `core.middleware` turns uncaught ones into the right page.
"""

from collections.abc import Mapping


class ActError(Exception):
    """An act that was not done. Nothing has changed when it is raised out of a transaction.

    message: one Chinese sentence for the person; code: stable, upper case, for support and tests;
    status: HTTP status of the page; ask: whom the person may ask (empty = the office's helpdesk).
    """

    status = 409
    code = "ACT"

    def __init__(self, message: str, code: str = "", status: int = 0, *, ask: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.status = status or type(self).status
        self.ask = ask

    def __str__(self) -> str:
        return self.message


class Refused(ActError):
    """The person has no right to this act (403). Logged by audit."""

    status = 403
    code = "REFUSED"


class Conflict(ActError):
    """The state does not allow the act: not open yet, done already, taken by another (409)."""

    code = "CONFLICT"


class Stale(Conflict):
    """The page was older than the record (409): somebody saved in between."""

    code = "STALE"


class BadInput(ActError):
    """Typed values were refused (422). `fields` maps a field name ("" = whole form) to a sentence."""

    status = 422
    code = "INPUT"

    def __init__(self, fields: Mapping[str, str] | str, code: str = "") -> None:
        self.fields: dict[str, str] = {"": fields} if isinstance(fields, str) else dict(fields)
        super().__init__("；".join(self.fields.values()), code)
