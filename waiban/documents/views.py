"""The guarded file, the checklist of papers, upload and withdrawal."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST, require_safe

from waiban.core.errors import BadInput, Conflict, Refused
from waiban.core.time import local
from waiban.documents.forms import UploadForm
from waiban.documents.models import Document
from waiban.documents.queries import paper_list
from waiban.documents.services import open_document, store_upload, withdraw_document
from waiban.documents.signals import downloaded


@require_safe
def file(request: HttpRequest, document_id: uuid.UUID) -> FileResponse:
    """Hand out a file to those who may see its case; always as an attachment that cannot act."""
    document = _visible_document(request, document_id)
    if document.withdrawn_at is not None:
        raise Conflict(f"这份材料已于 {local(document.withdrawn_at):%Y-%m-%d %H:%M} 撤回。", "WITHDRAWN")
    content = open_document(document)
    downloaded.send(Document, document=document, actor=request.actor)
    response = FileResponse(
        content, as_attachment=True, filename=document.original_name, content_type=document.content_type
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store, private"
    return response


@require_GET
def papers(request: HttpRequest, case_id: int) -> HttpResponse:
    """The checklist of a case, with ?item= and ?participant= of one step: a page, or a partial for htmx."""
    case, item, participant = _target(
        request, case_id, _number(request.GET.get("item")), _number(request.GET.get("participant"))
    )
    return _show(request, case, item, participant)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in. A refused one redisplays the checklist (422) with the sentence beside its paper."""
    form = UploadForm(request.POST, request.FILES)
    form.is_valid()
    case_id = form.cleaned_data.get("case")
    if case_id is None:
        raise Http404
    item_id, participant_id = form.cleaned_data.get("item"), form.cleaned_data.get("participant")
    case, item, participant = _target(request, case_id, item_id, participant_id)
    paper = form.cleaned_data.get("paper", "")
    if form.errors:
        return _show(request, case, item, participant, {paper: form.sentence()})
    try:
        document = store_upload(
            case_id=case.pk,
            paper=paper,
            upload=form.cleaned_data["file"],
            actor=request.actor,
            item_id=item_id,
            participant_id=participant_id,
        )
    except BadInput as error:
        return _show(request, case, item, participant, {paper: error.message})
    return _done(request, case, item, participant, f"已上传“{document.paper}”：{document.original_name}。")


@require_POST
def withdraw(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """Take a document back, then show the checklist from which it was withdrawn."""
    found = _visible_document(request, document_id)
    item_id, participant_id = _number(request.POST.get("item")), _number(request.POST.get("participant"))
    case, item, participant = _target(request, found.case_id, item_id, participant_id)
    document = withdraw_document(document_id=found.pk, actor=request.actor)
    return _done(request, case, item, participant, f"已撤回“{document.paper}”：{document.original_name}。")


def _visible_document(request: HttpRequest, document_id: uuid.UUID) -> Document:
    """The document; 404 for strangers, a reason for those who see the case but not members' own papers."""
    documents = Document.objects.select_related("case")
    document = documents.visible_to_actor(request.actor).filter(pk=document_id).first()
    if document is not None:
        return document
    hidden = get_object_or_404(documents, pk=document_id)
    if _cases(request).filter(pk=hidden.case_id).exists():
        raise Refused("这是成员的个人材料，只有本人、组团单位经办人和外办经办人可以打开。", "PERSONAL")
    raise Http404


def _cases(request: HttpRequest) -> Any:
    """Cases that the person may see."""
    case_model = Document._meta.get_field("case").related_model
    return case_model.objects.visible_to_actor(request.actor)


def _target(request: HttpRequest, case_id: int, item_id: int | None, participant_id: int | None) -> Any:
    """Return (case, item or None, participant or None); 404 unless visible and belonging together."""
    case = get_object_or_404(_cases(request), pk=case_id)
    item = get_object_or_404(case.items, pk=item_id) if item_id else None
    participant = get_object_or_404(case.participants, pk=participant_id) if participant_id else None
    return case, item, participant


def _number(text: str | None) -> int | None:
    """A positive number of the address or None; anything else is 404."""
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)


def _show(
    request: HttpRequest, case: Any, item: Any, participant: Any, errors: dict[str, str] | None = None
) -> HttpResponse:
    """Render the checklist; with errors the answer is 422."""
    found = paper_list(case, request.actor, item=item, participant=participant, errors=errors)
    context = {"papers": found, "case": case, "item": item, "participant": participant}
    if request.method == "POST" and not request.htmx:
        context["papers_next"] = _back(request, case)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    template = "documents/partials/_papers.html" if request.htmx else "documents/papers.html"
    return render(request, template, context, status=status)


def _done(request: HttpRequest, case: Any, item: Any, participant: Any, message: str) -> HttpResponse:
    """After an act: the fresh partial for htmx, else back to the page on which the form stood."""
    if request.htmx:
        response = _show(request, case, item, participant)
        response.headers["HX-Trigger"] = "papers-changed"
        return response
    messages.success(request, message)
    return HttpResponseRedirect(_back(request, case))


def _back(request: HttpRequest, case: Any) -> str:
    """The page on which the form stood, when it is ours; else the checklist of the case."""
    page = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure()):
        return page
    return reverse("documents:papers", args=[case.pk])
