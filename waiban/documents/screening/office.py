"""Word and Excel files: an honest zip, no macro, no embedded program, nothing fetched from elsewhere."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from waiban.documents.enums import ContentType
from waiban.documents.screening.errors import BadFile

MAX_PARTS = 5000
MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 20 * 1024 * 1024
MAX_XML = 80 * 1024 * 1024
MAX_LINKS_XML = 5 * 1024 * 1024
MAX_DEPTH = 2

DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),  # torn
    *(NotImplementedError, RuntimeError),  # odd compression, password
    *(ParseError, DefusedXmlException, ValueError, KeyError),  # no XML
)
"""What the zip and XML readers raise for a damaged file."""

_MAIN = {
    ContentType.DOCX: b"wordprocessingml.document.main+xml",
    ContentType.XLSX: b"spreadsheetml.sheet.main+xml",
}
_WORDS = {ContentType.DOCX: "Word 文档", ContentType.XLSX: "Excel 表格"}
_MACRO_PART = re.compile(r"vbaproject|vbadata|macrosheets|activex|customui", re.IGNORECASE)
_FIELD_CODE = re.compile(rb"<(?:\w+:)?instrText[^>]*>([^<]*)|\binstr=\"([^\"]*)\"")
_DDE = re.compile(rb"\bDDE(?:AUTO)?\b", re.IGNORECASE)
_SECRET = re.compile("(?:绝密|机密|秘密)(?=★)")
_TAG = re.compile(r"<[^>]+>")


def check_office(file: BinaryIO, kind: ContentType, depth: int = 1) -> None:
    """Raise BadFile when the document is damaged, a zip bomb, of another kind, or carries active parts."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive)
            _check_kind(archive, kind)
            _check_parts(archive, depth)
            _check_links(archive)
            _check_text(archive)
    except DAMAGE as error:
        raise _damaged(kind) from error


def _damaged(kind: ContentType) -> BadFile:
    return BadFile("OFFICE", f"{_WORDS[kind]}已损坏或加了密码，请在 Office 或 WPS 中重新另存后再上传。")


def _check_size(archive: zipfile.ZipFile) -> None:
    """Believe the declared sizes before anything is unpacked; the zip module never reads beyond them."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    bomb = unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or bomb:
        raise BadFile(
            "BOMB", "文件解压后过大，疑似压缩炸弹，请在 Office 或 WPS 中重新另存，或删减内容后再上传。"
        )
    names = [part.filename for part in parts]
    if len(set(names)) != len(names) or any(".." in name or name.startswith(("/", "\\")) for name in names):
        raise BadFile("OFFICE", "文件内部结构不正常，请在 Office 或 WPS 中重新另存后再上传。")


def _check_kind(archive: zipfile.ZipFile, kind: ContentType) -> None:
    """The table of contents must name a main part of the kind that the extension promises."""
    if "[Content_Types].xml" not in archive.namelist():
        raise BadFile("MISMATCH", f"文件内容与类型不符：内容不是 {_WORDS[kind]}，请用原来的程序重新另存。")
    contents = _read(archive, "[Content_Types].xml", MAX_LINKS_XML)
    if b"macroEnabled" in contents:
        raise BadFile("MACRO", "文件含有宏，请另存为不含宏的 docx 或 xlsx 后再上传。")
    if _MAIN[kind] not in contents:
        raise BadFile("MISMATCH", f"文件内容与类型不符：内容不是 {_WORDS[kind]}，请用原来的程序重新另存。")


def _check_parts(archive: zipfile.ZipFile, depth: int) -> None:
    """Refuse parts that run or that hide another program; a chart's own table is opened and checked too."""
    for name in archive.namelist():
        if _MACRO_PART.search(name):
            raise BadFile("MACRO", f"文件含有宏或控件（{name}），请删除后另存为 docx 或 xlsx 再上传。")
        if "externallinks/" in name.lower():
            raise BadFile("LINK", f"表格引用了外部文件（{name}），请断开链接、只保留数值后再上传。")
        if "embeddings/" in name.lower() and not name.endswith("/"):
            kind = _embedded_kind(name)
            if kind is None or depth >= MAX_DEPTH:
                raise BadFile("OLE", f"文件嵌入了其他文件（{name}），请改成图片或另行上传。")
            check_office(io.BytesIO(_read(archive, name, MAX_XML)), kind, depth + 1)


def _embedded_kind(name: str) -> ContentType | None:
    """Kind of an embedded table or text; None for anything else (oleObject.bin, xlsm, exe)."""
    endings = {".xlsx": ContentType.XLSX, ".docx": ContentType.DOCX}
    return next((kind for ending, kind in endings.items() if name.lower().endswith(ending)), None)


def _check_links(archive: zipfile.ZipFile) -> None:
    """Refuse relations that fetch from elsewhere (template, picture, object); hyperlinks are harmless."""
    for name in archive.namelist():
        if not name.lower().endswith(".rels"):
            continue
        for relation in fromstring(_read(archive, name, MAX_LINKS_XML)):
            outside = relation.get("TargetMode", "").lower() == "external"
            what = relation.get("Type", "").rpartition("/")[2]
            if outside and what != "hyperlink":
                raise BadFile(
                    "LINK", f"文件引用了外部内容（{name}：{what[:40]}），请断开链接或改用本地内容后再上传。"
                )
            if what == "oleObject":
                raise BadFile("OLE", f"文件嵌入了其他程序的对象（{name}），请改成图片后再上传。")


def _check_text(archive: zipfile.ZipFile) -> None:
    """Refuse DDE fields, and texts that carry a secrecy mark (秘密★ and so on)."""
    for name, content in _texts(archive):
        codes = b"".join(first or second for first, second in _FIELD_CODE.findall(content))
        if _DDE.search(codes):
            raise BadFile("DDE", f"文件含有会调用其他程序的域（{name}），请删除后再上传。")
        mark = _SECRET.search(_TAG.sub("", content.decode("utf-8", "replace")))
        if mark:
            raise BadFile(
                "SECRET",
                f"文件内有“{mark.group()}★”密级标志。本系统为非涉密系统，严禁存储、处理、传输国家秘密和工作秘密；"
                "涉密材料请通过机要渠道办理。",
            )


def _texts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Yield the parts that hold the words of a document."""
    for name in archive.namelist():
        if re.fullmatch(r"word/[^/]+\.xml|xl/sharedStrings\.xml", name):
            yield name, _read(archive, name, MAX_XML)


def _read(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Unpack one part, never more than `limit` bytes."""
    with archive.open(name) as part:
        content = part.read(limit + 1)
    if len(content) > limit:
        raise BadFile("BOMB", f"文件的一个部分过大（{name}），请删减内容后再上传。")
    return content
