"""What a rule says: one sentence for the reader, what to do about it, and where the rule stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """Whether a failing rule stops the act or only asks for a second look."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one rule.

    `ok` is None while the rule cannot be judged because a fact is missing. `text` is the short statement
    shown in lists, `detail` says what to do when it is not fulfilled, `source` where the rule stands.
    """

    code: str
    ok: bool | None
    level: Weight
    text: str
    detail: str = ""
    source: str = ""

    @property
    def blocks(self) -> bool:
        """A failing rule that must be put right before the act."""
        return self.ok is False and self.level is Weight.BLOCK

    @property
    def sentence(self) -> str:
        """Statement and remedy as one Chinese sentence."""
        return f"{self.text}。{self.detail}" if self.detail else f"{self.text}。"


def blockers(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stop the act."""
    return [finding for finding in findings if finding.blocks]
