"""Names of uploaded files."""

import re
import unicodedata

from waiban.core.text import has_invisible
from waiban.documents.screening.errors import BadFile

MAX_NAME = 150
ALLOWED = frozenset({"pdf", "docx", "xlsx", "jpg", "jpeg", "png"})
MACRO_TYPES = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb"})
OLD_TYPES = {"doc": "docx", "wps": "docx", "rtf": "docx", "xls": "xlsx", "et": "xlsx"}
RUNNABLE = frozenset(
    [
        *("exe", "com", "scr", "pif", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "msi"),
        *("msp", "jar", "lnk", "reg", "sh", "py", "php", "jsp", "asp", "aspx", "html", "htm", "xhtml"),
        *("svg", "xml", "mht", "dll", "apk", "app"),
    ]
)
_SECRET = re.compile("绝密|机密|秘密")
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\r\n\t]')


def check_name(name: str) -> str:
    """Return the name in normal form (NFKC, single blanks); raise BadFile for one that deceives."""
    if has_invisible(name):
        raise BadFile("NAME", "文件名含有非法字符（不可见字符或改变文字方向的字符），请重新命名后再上传。")
    clean = " ".join(unicodedata.normalize("NFKC", name).split())
    if _FORBIDDEN.search(clean):
        raise BadFile("NAME", '文件名含有非法字符（\\ / : * ? " < > | 等），请重新命名后再上传。')
    stem, _dot, extension = clean.rpartition(".")
    if not stem.strip(". ") or len(clean) > MAX_NAME:
        raise BadFile("NAME", f"文件名不能为空，也不能超过 {MAX_NAME} 个字，请重新命名后再上传。")
    _check_secret(stem)
    _check_extension(stem, extension.lower())
    return clean


def extension_of(clean: str) -> str:
    """Lower-case extension of a checked name."""
    return clean.rpartition(".")[2].lower()


def _check_secret(stem: str) -> None:
    """Refuse names marked as state secrets, also when the characters are set apart: 机 密, 绝-密."""
    mark = _SECRET.search(re.sub(r"[\W_]+", "", stem))
    if mark:
        raise BadFile(
            "SECRET",
            f"文件名含有“{mark.group()}”字样。本系统为非涉密系统，严禁存储、处理、传输国家秘密和工作秘密；"
            "涉密材料请通过机要渠道办理。",
        )


def _check_extension(stem: str, extension: str) -> None:
    """Refuse what is not one of the five kinds, and names with a second, runnable ending inside."""
    if extension in OLD_TYPES:
        wanted = OLD_TYPES[extension]
        raise BadFile("OLD_OFFICE", f".{extension} 是旧版格式，请打开后“另存为”{wanted} 再上传。")
    if extension in MACRO_TYPES:
        raise BadFile("MACRO", f".{extension} 可以携带宏，请另存为不含宏的 docx 或 xlsx 再上传。")
    if extension not in ALLOWED:
        raise BadFile(
            "TYPE",
            f"不能上传 .{extension[:12]} 文件，请转成 PDF、docx、xlsx、JPG 或 PNG 后再上传。",
        )
    inner = {part.strip().lower() for part in stem.split(".")[1:]}
    if inner & RUNNABLE:
        word = sorted(inner & RUNNABLE)[0]
        raise BadFile("NAME", f"文件名里藏有第二个扩展名（.{word}），请重新命名后再上传。")
