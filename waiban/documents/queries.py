"""Questions about papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Window
from django.db.models.functions import Lead

from waiban.documents.access import Slot, may_upload, slots_of
from waiban.documents.models import Document, OfficialNumber, OfficialSeries

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line of the checklist: a wanted paper with the files that were handed in for it."""

    paper: str
    required: bool
    hint: str
    files: Sequence[Document]
    error: str = ""

    @property
    def state(self) -> str:
        """State for the icon: done, ready (wanted and missing) or waiting (optional and missing)."""
        return "done" if self.files else "ready" if self.required else "waiting"


@dataclass(frozen=True, slots=True)
class PaperList:
    """A checklist as the partial `documents/partials/_papers.html` prints it."""

    case_id: int
    item_id: int | None
    participant_id: int | None
    rows: Sequence[PaperRow]
    may_upload: bool
    actor_id: int
    error: str = ""

    @property
    def key(self) -> str:
        """Part of the element ids, unique on a page."""
        return f"{self.case_id}-{self.item_id or 0}-{self.participant_id or 0}"

    @property
    def complete(self) -> int:
        """Number of papers with a file, for 齐 8 / 12."""
        return sum(bool(row.files) for row in self.rows)

    @property
    def missing(self) -> list[str]:
        """Names of required papers without any file."""
        return [row.paper for row in self.rows if row.required and not row.files]


def papers_of(case_ids: Iterable[int], actor: Actor | None = None) -> dict[int, list[Document]]:
    """Return the current documents of many cases, oldest first. One query.

    The caller has made sure that the cases are visible; with `actor`, papers of members that this actor may
    not open are left out too.
    """
    rows = Document.objects.current().filter(case_id__in=list(case_ids))
    if actor is not None:
        rows = rows.personal_for(actor)
    found: dict[int, list[Document]] = defaultdict(list)
    for document in rows.select_related("uploaded_by", "participant").order_by("uploaded_at", "id"):
        found[document.case_id].append(document)
    return dict(found)


def paper_list(
    case: Any,
    actor: Actor,
    *,
    item: Any = None,
    participant: Any = None,
    slots: Sequence[Slot] | None = None,
    errors: Mapping[str, str] | None = None,
) -> PaperList:
    """Build the checklist of a step (item), of one member (participant), or of the whole case. One query.

    slots: wanted papers; by default those that workflow registered. Papers that were handed in under a name
    that no slot has stand at the end of the list of a whole case. errors: sentence per paper, "" = the list.
    """
    wanted = slots_of(case, item) if slots is None else list(slots)
    errors = errors or {}
    files: dict[str, list[Document]] = defaultdict(list)
    for document in papers_of([case.pk], actor).get(case.pk, []):
        if participant is None or document.participant_id in (None, participant.pk):
            files[document.paper].append(document)
    named = {slot.paper for slot in wanted}
    if item is None:
        wanted += [Slot(paper, required=False) for paper in files if paper not in named]
    wanted += [Slot(paper, required=False) for paper in errors if paper and paper not in named | set(files)]
    return PaperList(
        case_id=case.pk,
        item_id=item.pk if item else None,
        participant_id=participant.pk if participant else None,
        rows=[PaperRow(s.paper, s.required, s.hint, files[s.paper], errors.get(s.paper, "")) for s in wanted],
        may_upload=may_upload(actor, case, item),
        actor_id=actor.user_id,
        error=errors.get("", ""),
    )


def register_of(series: OfficialSeries) -> list[OfficialNumber]:
    """Return the register of a series in order, voided numbers included. One query."""
    return list(series.numbers.select_related("series", "case", "taken_by", "voided_by").order_by("seq"))


def gaps_of(series: OfficialSeries) -> list[tuple[int, int]]:
    """Return ranges of numbers without a row; empty unless somebody tampered with the register."""
    following = Window(Lead("seq", default=series.next), order_by="seq")
    rows = series.numbers.annotate(following=following).filter(following__gt=F("seq") + 1).order_by("seq")
    return [(seq + 1, after - 1) for seq, after in rows.values_list("seq", "following")]
