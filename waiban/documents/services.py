"""Acts on files and official numbers."""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction

from waiban.accounts.enums import Role
from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.text import clean_text
from waiban.core.time import local, now, today
from waiban.documents import access, signals
from waiban.documents.enums import ContentType
from waiban.documents.models import Document, OfficialNumber, OfficialSeries
from waiban.documents.rules import MAX_FILES_PER_CASE, MAX_FILES_PER_PAPER, valid_prefix
from waiban.documents.screening import BadFile, check_file
from waiban.documents.storage import private_storage, stored_name

if TYPE_CHECKING:
    from waiban.accounts.actors import Actor

logger = logging.getLogger(__name__)

ORPHAN_AGE = timedelta(days=1)
SWEEP_CHUNK = 500
KEEPERS_OF_PAPERS = (Role.UNIT_CLERK, Role.OUTBOUND_CLERK, Role.PASSPORT_CLERK)
"""Roles that may take back what others have handed in."""


def store_upload(
    *,
    case_id: int,
    paper: str,
    upload: File,
    actor: Actor,
    item_id: int | None = None,
    participant_id: int | None = None,
) -> Document:
    """Check a file, keep it, and file it under a paper of a case that the caller knows to be visible.

    Writes the file (temporary name, fsync, rename), then the row under the lock of the case; a row never
    points at a cut file. Sends `uploaded` inside the transaction. Raises BadInput ("file" or "paper"),
    Refused (no right), Conflict (case closed, member left).
    """
    access.require_upload(actor, *_target(case_id, item_id, participant_id)[:2])
    name, kind = _checked(upload)
    digest = _digest(upload)
    document = Document(
        id=uuid.uuid4(),
        case_id=case_id,
        item_id=item_id,
        participant_id=participant_id,
        paper=_clean_paper(paper),
        original_name=name,
        content_type=kind,
        size=upload.size,
        sha256=digest,
        uploaded_by_id=actor.user_id,
    )
    _refuse_repeated(document)
    stored = _keep(document.id, upload)
    document.file.name = stored
    try:
        with transaction.atomic():
            _file_row(document, actor)
    except IntegrityError:
        private_storage().delete(stored)
        _refuse_repeated(document)
        raise
    except BaseException:
        private_storage().delete(stored)
        raise
    return document


def withdraw_document(*, document_id: uuid.UUID, actor: Actor) -> Document:
    """Take a document back; the file stays in the archive, the checklist forgets it.

    Sends `withdrawn` inside the transaction. Raises Refused (no right), Conflict (case closed, step finished,
    withdrawn already).
    """
    with transaction.atomic():
        document = Document.objects.select_related("item", "withdrawn_by").get(pk=document_id)
        case = _case_model().objects.select_for_update(no_key=True).get(pk=document.case_id)
        document.refresh_from_db(fields=["withdrawn_at", "withdrawn_by"])
        if document.withdrawn_at is not None:
            raise Conflict(
                f"这份材料已由{document.withdrawn_by.name}于 {local(document.withdrawn_at):%H:%M} 撤回。",
                "WITHDRAWN",
            )
        if document.uploaded_by_id != actor.user_id or case.closed_at is not None:
            access.require_upload(actor, case, document.item)
            if not actor.has(*KEEPERS_OF_PAPERS):
                raise Refused("只有上传人和经办人可以撤回这份材料。", "NOT_UPLOADER")
        if document.item is not None and document.item.done_at is not None:
            raise Conflict("该材料所属环节已经办结，不能撤回；如需更正，请上传新的版本。", "STEP_DONE")
        document.withdrawn_at, document.withdrawn_by_id = now(), actor.user_id
        document.save(update_fields=["withdrawn_at", "withdrawn_by"])
        signals.withdrawn.send(Document, document=document, actor=actor)
    return document


def open_document(document: Document) -> File:
    """Open the file of a document for reading; Conflict when it is lost or was changed on disk."""
    try:
        file = private_storage().open(document.file.name)
    except OSError:
        logger.error("file of document %s cannot be opened", document.pk)
        raise Conflict("文件在存储中丢失，请联系系统管理员从备份恢复。", "FILE_LOST") from None
    if file.size != document.size:
        file.close()
        logger.error("file of document %s has another size than when it came in", document.pk)
        raise Conflict("文件在存储中已损坏，请联系系统管理员从备份恢复。", "FILE_CHANGED")
    return file


def _case_model() -> Any:
    return Document._meta.get_field("case").related_model


def _target(case_id: int, item_id: int | None, participant_id: int | None) -> tuple[Any, Any, Any]:
    """Return case, item, participant; BadInput when they do not belong together, Conflict when one left."""
    case = _case_model().objects.get(pk=case_id)
    item = case.items.filter(pk=item_id).first() if item_id else None
    participant = case.participants.filter(pk=participant_id).first() if participant_id else None
    if (item_id and item is None) or (participant_id and participant is None):
        raise BadInput("所选环节或成员不属于该办件，请刷新页面后重试。", "TARGET")
    if participant is not None and participant.left_at is not None:
        raise Conflict(f"{participant.name}已退出，不能再为其上传材料。", "MEMBER_LEFT")
    return case, item, participant


def _checked(upload: File) -> tuple[str, ContentType]:
    """Name and kind of a harmless file; BadInput with the sentence otherwise."""
    try:
        return check_file(upload.file, upload.name or "", upload.size)
    except BadFile as error:
        raise BadInput({"file": error.sentence}, error.code) from error


def _digest(upload: File) -> str:
    """SHA-256 of a file in hex; the file is left at its start."""
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _clean_paper(paper: str) -> str:
    """Name of the paper; BadInput when it is empty or too long."""
    try:
        clean = clean_text(paper)
    except ValidationError:
        clean = ""
    if not clean or len(clean) > 80:
        raise BadInput({"paper": "请写明材料名称（不超过 80 字）。"}, "PAPER")
    return clean


def _refuse_repeated(document: Document) -> None:
    """Refuse the same content for the same paper: it is a double click or a mistake."""
    twin = (
        Document.objects.current()
        .filter(
            case_id=document.case_id,
            paper=document.paper,
            participant_id=document.participant_id,
            sha256=document.sha256,
        )
        .select_related("uploaded_by")
        .first()
    )
    if twin:
        raise BadInput(
            {
                "file": f"内容相同的文件已由{twin.uploaded_by.name}于 {local(twin.uploaded_at):%m-%d %H:%M} "
                f"上传（{twin.original_name}），无需重复上传。"
            },
            "SAME",
        )


def _keep(document_id: uuid.UUID, upload: File) -> str:
    """Write the file durably; BadInput when the disk is full."""
    try:
        return private_storage().save(stored_name(document_id), upload)
    except OSError as error:
        logger.exception("an upload could not be written")
        raise BadInput({"file": "服务器存储空间不足，文件没有保存，请联系系统管理员。"}, "SPACE") from error


def _file_row(document: Document, actor: Actor) -> None:
    """Insert the row under the lock of its case, so that closing the case and uploading cannot cross."""
    case = _case_model().objects.select_for_update(no_key=True).get(pk=document.case_id)
    access.require_upload(actor, case, document.item)
    papers = list(Document.objects.current().filter(case_id=case.pk).values_list("paper", "participant_id"))
    same = papers.count((document.paper, document.participant_id))
    if same >= MAX_FILES_PER_PAPER or len(papers) >= MAX_FILES_PER_CASE:
        raise BadInput(
            {
                "file": f"文件数量已达上限（每项 {MAX_FILES_PER_PAPER} 个、每件 {MAX_FILES_PER_CASE} 个），"
                "请合并或撤回旧文件后再上传。"
            },
            "COUNT",
        )
    document.save(force_insert=True)
    signals.uploaded.send(Document, document=document, actor=actor)


# -- official numbers ----------------------------------------------------------------------------------------


def take_number(
    *,
    office_id: int,
    prefix: str,
    actor: Actor,
    year: int | None = None,
    case_id: int | None = None,
    subject: str = "",
) -> OfficialNumber:
    """Take the next number of a series, e.g. 滨外出〔2026〕26号; `str()` of the result is the number.

    prefix: 2–12 Chinese characters; year: default this year. Waits for the row lock of the series, so numbers
    have no gaps and no doubles; a rolled-back transaction gives its number back. BadInput on a bad prefix.
    """
    year = year or today().year
    if not valid_prefix(prefix):
        raise BadInput("机关代字应为 2 至 12 个汉字，例如“滨外出”。", "PREFIX")
    with transaction.atomic():
        OfficialSeries.objects.get_or_create(office_id=office_id, prefix=prefix, year=year)
        series = OfficialSeries.objects.select_for_update().get(office_id=office_id, prefix=prefix, year=year)
        number = OfficialNumber.objects.create(
            series=series,
            seq=series.next,
            case_id=case_id,
            subject=subject[:120],
            taken_by_id=actor.user_id,
        )
        series.next += 1
        series.save(update_fields=["next"])
    return number


def set_next_number(*, office_id: int, prefix: str, year: int, following: int) -> OfficialSeries:
    """Let a series go on at `following`, for an office that numbered on paper before it had the portal.

    Raises BadInput on a bad prefix, and when a number from `following` on has been given out already.
    """
    if not valid_prefix(prefix):
        raise BadInput("机关代字应为 2 至 12 个汉字，例如“滨外出”。", "PREFIX")
    with transaction.atomic():
        OfficialSeries.objects.get_or_create(office_id=office_id, prefix=prefix, year=year)
        series = OfficialSeries.objects.select_for_update().get(office_id=office_id, prefix=prefix, year=year)
        last = series.numbers.order_by("-seq").values_list("seq", flat=True).first() or 0
        if following <= last:
            raise BadInput(f"{series}已用到 {last} 号，下一号至少是 {last + 1}。", "NUMBER_USED")
        series.next = following
        series.save(update_fields=["next"])
    return series


def void_number(*, number_id: int, reason: str, actor: Actor) -> OfficialNumber:
    """Void a number that will not be used; it stays in the register with its reason and is never given again.

    Only the office's sections may. Raises Refused, BadInput (no reason), Conflict (voided already).
    """
    if not actor.is_office:
        raise Refused("只有外办工作人员可以作废文号。", "NUMBER_RIGHT")
    reason = reason.strip()
    if not reason:
        raise BadInput({"reason": "请填写作废原因。"}, "REASON")
    with transaction.atomic():
        number = (
            OfficialNumber.objects.select_for_update(of=("self",)).select_related("series").get(pk=number_id)
        )
        if number.voided_at is not None:
            raise Conflict(f"{number}已经作废（{number.void_reason}）。", "VOIDED")
        number.voided_at, number.voided_by_id, number.void_reason = now(), actor.user_id, reason[:200]
        number.save(update_fields=["voided_at", "voided_by", "void_reason"])
    return number


# -- keeping the store clean ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep of the store found. Names are below MEDIA_ROOT; `freed` in bytes."""

    removed: tuple[str, ...]
    freed: int


def sweep_orphans(*, dry_run: bool = False) -> Swept:
    """Remove files without a row, and unfinished `.part` files, when they are older than a day.

    The age protects an upload that is under way: its file is there before its row. Safe to run twice.
    """
    root = Path(private_storage().location)
    removed: list[str] = []
    freed = 0
    for chunk in _chunks(_old_files(root)):
        names = {path.relative_to(root).as_posix(): path for path in chunk}
        kept = set(Document.objects.filter(file__in=list(names)).values_list("file", flat=True))
        for name in sorted(names.keys() - kept):
            freed += names[name].stat().st_size
            removed.append(name)
            if not dry_run:
                names[name].unlink(missing_ok=True)
    return Swept(tuple(removed), freed)


def damaged_documents() -> Iterator[tuple[Document, str]]:
    """Yield every document whose file is missing or differs from what came in, and the word for it."""
    for document in Document.objects.iterator(chunk_size=SWEEP_CHUNK):
        try:
            with private_storage().open(document.file.name) as file:
                if _digest(file) != document.sha256:
                    yield document, "内容已改变"
        except OSError:
            yield document, "文件缺失"


def _old_files(root: Path) -> Iterator[Path]:
    """Yield the files of the store that have rested long enough."""
    limit = (now() - ORPHAN_AGE).timestamp()
    for path in (root / "documents").rglob("*"):
        if path.is_file() and path.stat().st_mtime < limit:
            yield path


def _chunks(paths: Iterator[Path]) -> Iterator[list[Path]]:
    """Group paths so that each group costs one query; unfinished files belong to no row anyway."""
    group: list[Path] = []
    for path in paths:
        group.append(path)
        if len(group) == SWEEP_CHUNK:
            yield group
            group = []
    if group:
        yield group
