"""PDF files: whole, open to read, and nothing in them that acts by itself."""

from collections.abc import Iterator
from typing import BinaryIO

import pikepdf

from waiban.documents.screening.errors import BadFile

MAX_PAGES = 2000
MAX_OBJECTS = 300_000

_ACTIONS = {"/JavaScript": "脚本", "/Launch": "启动程序的动作", "/ImportData": "导入数据的动作"}
_KEYS = {
    "/JS": "脚本",
    "/JavaScript": "脚本",
    "/EmbeddedFiles": "附件",
    "/EF": "附件",
    "/RichMedia": "多媒体",
    "/XFA": "动态表单",
}
_ANNOTATIONS = {"/FileAttachment": "附件", "/RichMedia": "多媒体", "/Movie": "多媒体", "/Screen": "多媒体"}


def check_pdf(file: BinaryIO) -> None:
    """Raise BadFile when the PDF is damaged, encrypted, too long, or carries script, attachment, action."""
    try:
        with pikepdf.open(file, attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise _encrypted()
            if len(pdf.pages) > MAX_PAGES:
                raise BadFile("PAGES", f"PDF 页数超限（超过 {MAX_PAGES} 页），请拆分后再上传。")
            if len(pdf.pages) == 0:
                raise BadFile("PDF", "PDF 里没有页面，请重新导出后再上传。")
            if len(pdf.objects) > MAX_OBJECTS:
                raise BadFile("PDF", "PDF 结构过于复杂，请用“打印为 PDF”重新生成后再上传。")
            for part in _dictionaries(pdf):
                _check_dictionary(part)
    except pikepdf.PasswordError:
        raise _encrypted() from None
    except (pikepdf.PdfError, RuntimeError, ValueError, RecursionError) as error:
        raise BadFile("PDF", "PDF 已损坏，无法打开，请重新导出或扫描后再上传。") from error


def _encrypted() -> BadFile:
    return BadFile("ENCRYPTED", "PDF 已加密，请取消打开密码和权限限制后再上传。")


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary of the file, also those that lie directly inside others."""
    for top in pdf.objects:
        waiting = [top]
        while waiting:
            part = waiting.pop()
            if isinstance(part, pikepdf.Array):
                inner = list(part)
            elif isinstance(part, (pikepdf.Dictionary, pikepdf.Stream)):
                yield part
                inner = [part.get(key) for key in part]
            else:
                continue
            waiting += [
                child for child in inner if isinstance(child, pikepdf.Object) and not child.is_indirect
            ]


def _check_dictionary(part: pikepdf.Object) -> None:
    """Refuse a dictionary that holds or is something active."""
    keys = set(part)
    found = next((_KEYS[key] for key in _KEYS if key in keys), None)
    if found is None and "/S" in keys:
        found = _ACTIONS.get(_name(part, "/S"))
    if found is None and "/Subtype" in keys:
        found = _ANNOTATIONS.get(_name(part, "/Subtype"))
    if found:
        raise BadFile("ACTIVE", f"PDF 含有{found}，请用“打印为 PDF”重新生成后再上传。")


def _name(part: pikepdf.Object, key: str) -> str:
    """Value of a key as text."""
    value = part.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""
