"""Whether an uploaded file is what it says and harmless. Pure: reads the file, writes nothing.

`check_file` is the one door. Every refusal is a `BadFile` with a Chinese sentence that says what is wrong and
what to do, and a stable code.
"""

from typing import BinaryIO

from waiban.documents.enums import ContentType
from waiban.documents.rules import MAX_BYTES
from waiban.documents.screening.errors import BadFile
from waiban.documents.screening.image import check_image
from waiban.documents.screening.name import check_name, extension_of
from waiban.documents.screening.office import check_office
from waiban.documents.screening.pdf import check_pdf

__all__ = ["BadFile", "check_file"]

_KINDS = {
    "pdf": ContentType.PDF,
    "docx": ContentType.DOCX,
    "xlsx": ContentType.XLSX,
    "jpg": ContentType.JPEG,
    "jpeg": ContentType.JPEG,
    "png": ContentType.PNG,
}
_WORDS = {
    ContentType.PDF: "PDF",
    ContentType.DOCX: "Word 文档",
    ContentType.XLSX: "Excel 表格",
    ContentType.JPEG: "JPG 图片",
    ContentType.PNG: "PNG 图片",
}
_HEADS = {
    ContentType.PDF: b"%PDF-",
    ContentType.DOCX: b"PK\x03\x04",
    ContentType.XLSX: b"PK\x03\x04",
    ContentType.JPEG: b"\xff\xd8\xff",
    ContentType.PNG: b"\x89PNG\r\n\x1a\n",
}
_OLD_OFFICE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_file(file: BinaryIO, name: str, size: int) -> tuple[str, ContentType]:
    """Return the clean name and the kind of a harmless file; raise BadFile otherwise.

    file: seekable, left at its start; size: bytes, as counted by the receiver.
    """
    clean = check_name(name)
    if size == 0:
        raise BadFile("EMPTY", "这是一个空文件（0 字节），请检查后重新选择。")
    if size > MAX_BYTES:
        raise BadFile(
            "TOO_BIG", f"文件超过 50 MB（实际 {size / 1024 / 1024:.1f} MB），请压缩或拆分后再上传。"
        )
    kind = _KINDS[extension_of(clean)]
    file.seek(0)
    head = file.read(16)
    if head.startswith(_OLD_OFFICE_HEAD):
        raise BadFile(
            "OLD_OFFICE", "这是旧版 Office 文件或加了密码的文件，请取消密码并另存为 docx 或 xlsx 后再上传。"
        )
    if not head.startswith(_HEADS[kind]):
        raise BadFile(
            "MISMATCH",
            f"文件内容与类型不符：扩展名是 .{extension_of(clean)}，内容却不是 {_WORDS[kind]}，"
            "请用原来的程序重新导出。",
        )
    file.seek(0)
    if kind == ContentType.PDF:
        check_pdf(file)
    elif kind in (ContentType.DOCX, ContentType.XLSX):
        check_office(file, kind)
    else:
        check_image(file, kind)
    file.seek(0)
    return clean, kind
