"""What the forms of the pages share."""

from __future__ import annotations

from typing import Any


class Sections:
    """Mixin: fields in sections with the reason beside them, for `delegations/partials/_sections.html`."""

    sections: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    wide: tuple[str, ...] = ()

    @property
    def parts(self) -> list[tuple[str, str, list[tuple[Any, bool]]]]:
        """Title, reason, and the fields with whether they take the whole width."""
        return [
            (title, why, [(self[name], name in self.wide) for name in names if name in self.fields])
            for title, why, names in self.sections
        ]
