"""The papers of the demo groups: each says on its only sheet that it is invented."""

from __future__ import annotations

import io

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from waiban.accounts.actors import Actor
from waiban.documents.services import store_upload
from waiban.workflow.definition import Step

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST_STEP = 24
"""Papers are made for the steps of preparation and approval."""


def hand_in(case_id: int, item_id: int, step: Step, title: str, actor: Actor) -> None:
    """Hand in what a step brings forth, as a small workbook each."""
    if step.per_member or step.no > LAST_STEP:
        return
    for paper in step.outputs:
        name = f"{paper[:30].replace('/', '、')}.xlsx"
        upload = SimpleUploadedFile(name, _workbook(paper, title), content_type=TYPE)
        store_upload(case_id=case_id, paper=paper, upload=upload, actor=actor, item_id=item_id)


def _workbook(paper: str, title: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("演示")
        sheet.set_column(0, 0, 60)
        for row, text in enumerate((paper, title, "演示材料，内容纯属虚构，不作任何用途。")):
            sheet.write_string(row, 0, text)
    return buffer.getvalue()
