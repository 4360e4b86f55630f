"""Each kind of bad file is refused with its own Chinese sentence; honest files pass."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import bad_files as bad
from waiban.documents.enums import ContentType
from waiban.documents.rules import MAX_BYTES
from waiban.documents.screening import BadFile, check_file, image, office, pdf
from waiban.documents.screening.name import check_name

EMBEDDED = "word/embeddings/Microsoft_Excel_Sheet1.xlsx"


def check(name: str, content: bytes, size: int | None = None):
    return check_file(io.BytesIO(content), name, len(content) if size is None else size)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("邀请函.pdf", bad.pdf(), ContentType.PDF),
        ("邀请函.PDF", bad.pdf(pages=3), ContentType.PDF),
        ("邀请函.pdf", bad.pdf(bad.odd_but_harmless), ContentType.PDF),
        ("照片.png", bad.png(), ContentType.PNG),
        ("照片.jpg", bad.jpeg(), ContentType.JPEG),
        ("照片.jpeg", bad.jpeg((3000, 2000)), ContentType.JPEG),
        ("请示.docx", bad.docx(), ContentType.DOCX),
        ("请示 v1.2（定稿）.docx", bad.docx("机密不在这里"), ContentType.DOCX),
        ("预算.xlsx", bad.xlsx(), ContentType.XLSX),
        (
            "链接.docx",
            bad.repacked(bad.docx(), {"word/_rels/x.rels": bad.relation("hyperlink", "https://x")}),
            ContentType.DOCX,
        ),
        ("图表.docx", bad.repacked(bad.docx(), {EMBEDDED: bad.xlsx()}), ContentType.DOCX),
    ],
)
def test_an_honest_file_passes(name: str, content: bytes, kind: ContentType) -> None:
    assert check(name, content)[1] == kind


def test_the_name_comes_back_in_normal_form() -> None:
    assert check("  请示　Ａ１.pdf ", bad.pdf())[0] == "请示 A1.pdf"


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("a.pdf.exe", "TYPE", "不能上传 .exe 文件，请转成 PDF"),
        ("a.exe.pdf", "NAME", "文件名里藏有第二个扩展名（.exe）"),
        ("a\u202egnp.exe", "NAME", "文件名含有非法字符（不可见字符或改变文字方向的字符）"),
        ("a\u202efdp.pdf", "NAME", "文件名含有非法字符"),
        ("a\u200b.pdf", "NAME", "文件名含有非法字符"),
        ("a\x00.pdf", "NAME", "文件名含有非法字符"),
        ("../../etc/passwd.pdf", "NAME", "文件名含有非法字符"),
        ("..\\a.pdf", "NAME", "文件名含有非法字符"),
        ("／etc／a.pdf", "NAME", "文件名含有非法字符"),  # full width becomes a slash in NFKC
        (".pdf", "NAME", "文件名不能为空"),
        (" . .pdf", "NAME", "文件名不能为空"),
        ("pdf", "NAME", "文件名不能为空"),
        ("", "NAME", "文件名不能为空"),
        ("长" * 150 + ".pdf", "NAME", "也不能超过 150 个字"),
        ("a.doc", "OLD_OFFICE", "“另存为”docx 再上传"),
        ("a.xls", "OLD_OFFICE", "“另存为”xlsx 再上传"),
        ("a.wps", "OLD_OFFICE", "“另存为”docx 再上传"),
        ("a.docm", "MACRO", "请另存为不含宏的 docx 或 xlsx"),
        ("a.xlsm", "MACRO", "请另存为不含宏的 docx 或 xlsx"),
        ("a.svg", "TYPE", "不能上传 .svg 文件"),
        ("a.html", "TYPE", "不能上传 .html 文件"),
        ("a.zip", "TYPE", "不能上传 .zip 文件"),
        ("a." + "x" * 40, "TYPE", "不能上传 .xxxxxxxxxxxx 文件"),
        ("关于出访的请示（秘密）.pdf", "SECRET", "文件名含有“秘密”字样。本系统为非涉密系统"),
        ("机 密—出访.pdf", "SECRET", "文件名含有“机密”字样"),
        ("绝_密.docx", "SECRET", "文件名含有“绝密”字样"),
    ],
)
def test_a_deceiving_name_is_refused(name: str, code: str, sentence: str) -> None:
    with pytest.raises(BadFile) as caught:
        check(name, bad.pdf())
    assert caught.value.code == code and sentence in caught.value.sentence


@pytest.mark.parametrize(
    ("name", "content", "code", "sentence"),
    [
        ("a.pdf", b"", "EMPTY", "这是一个空文件（0 字节）"),
        ("a.pdf", b"MZ\x90\x00 program", "MISMATCH", "扩展名是 .pdf，内容却不是 PDF"),
        ("a.png", b"<html><script>alert(1)</script>", "MISMATCH", "扩展名是 .png，内容却不是 PNG 图片"),
        ("a.jpg", bad.png(), "MISMATCH", "内容却不是 JPG 图片"),
        ("a.png", b"GIF89a<script>alert(1)</script>", "MISMATCH", "内容却不是 PNG 图片"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "OLD_OFFICE",
            "旧版 Office 文件或加了密码的文件",
        ),
        ("a.docx", b"%PDF-1.7", "MISMATCH", "内容却不是 Word 文档"),
        # pictures
        ("a.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "IMAGE", "图片已损坏或格式不支持"),
        ("a.png", bad.png((64, 64))[:60], "IMAGE", "图片已损坏或格式不支持"),
        ("a.jpg", bad.jpeg()[:400], "IMAGE", "图片已损坏或格式不支持"),
        ("a.jpg", b"\xff\xd8\xff<script>", "IMAGE", "图片已损坏或格式不支持"),
        ("a.png", bad.png((8000, 7000), "1"), "PIXELS", "图片尺寸过大（超过 5000 万像素）"),
        ("a.png", bad.png((10000, 10000), "1"), "PIXELS", "图片尺寸过大"),
        ("a.png", bad.png((20000, 20000), "1"), "PIXELS", "图片尺寸过大"),
        # pdf
        ("a.pdf", bad.pdf(bad.script), "ACTIVE", "PDF 含有脚本"),
        ("a.pdf", bad.pdf(bad.named_script), "ACTIVE", "PDF 含有脚本"),
        ("a.pdf", bad.pdf(bad.launch), "ACTIVE", "PDF 含有启动程序的动作"),
        ("a.pdf", bad.pdf(bad.attachment), "ACTIVE", "PDF 含有附件"),
        ("a.pdf", bad.pdf(bad.attachment_note), "ACTIVE", "PDF 含有附件"),
        ("a.pdf", bad.pdf(bad.movie), "ACTIVE", "PDF 含有多媒体"),
        ("a.pdf", bad.pdf(bad.form), "ACTIVE", "PDF 含有动态表单"),
        ("a.pdf", bad.encrypted_pdf(user="a", owner="b"), "ENCRYPTED", "PDF 已加密"),
        ("a.pdf", bad.encrypted_pdf(owner="b"), "ENCRYPTED", "PDF 已加密"),
        ("a.pdf", bad.pdf(pages=2001), "PAGES", "PDF 页数超限（超过 2000 页）"),
        ("a.pdf", bad.pdf(bad.no_pages), "PDF", "PDF 里没有页面"),
        ("a.pdf", bad.broken_table_pdf(), "PDF", "PDF 已损坏"),
        ("a.pdf", bad.pdf()[:300], "PDF", "PDF 已损坏"),
        ("a.pdf", b"%PDF-1.7\n", "PDF", "PDF 已损坏"),
        # office
        ("a.docx", b"PK\x03\x04" + b"\0" * 40, "OFFICE", "Word 文档已损坏或加了密码"),
        ("a.docx", bad.docx()[:-200], "OFFICE", "Word 文档已损坏"),
        ("a.docx", bad.with_password(), "OFFICE", "已损坏或加了密码"),
        ("a.docx", bad.doubled_part(), "OFFICE", "文件内部结构不正常"),
        ("a.docx", bad.repacked(bad.docx(), {"../evil.xml": b"x"}), "OFFICE", "文件内部结构不正常"),
        ("a.docx", bad.repacked(bad.docx(), {"/evil.xml": b"x"}), "OFFICE", "文件内部结构不正常"),
        ("a.docx", bad.xlsx(), "MISMATCH", "内容不是 Word 文档"),
        ("a.xlsx", bad.docx(), "MISMATCH", "内容不是 Excel 表格"),
        (
            "a.docx",
            bad.repacked(bad.docx(), {}, drop="[Content_Types].xml"),
            "MISMATCH",
            "内容不是 Word 文档",
        ),
        ("a.docx", bad.macro_types(bad.docx()), "MACRO", "文件含有宏"),
        ("a.docx", bad.repacked(bad.docx(), {"word/vbaProject.bin": b"x"}), "MACRO", "word/vbaProject.bin"),
        ("a.xlsx", bad.repacked(bad.xlsx(), {"xl/macrosheets/sheet1.xml": b"x"}), "MACRO", "xl/macrosheets"),
        ("a.docx", bad.repacked(bad.docx(), {"word/activeX/activeX1.xml": b"x"}), "MACRO", "word/activeX"),
        (
            "a.docx",
            bad.repacked(bad.docx(), {"word/embeddings/oleObject1.bin": b"x"}),
            "OLE",
            "oleObject1.bin",
        ),
        (
            "a.docx",
            bad.repacked(bad.docx(), {EMBEDDED: bad.docx()}),
            "MISMATCH",
            "Excel 表格",
        ),
        (
            "a.docx",
            bad.repacked(bad.docx(), {EMBEDDED: bad.repacked(bad.xlsx(), {"xl/vbaProject.bin": b"x"})}),
            "MACRO",
            "vbaProject",
        ),
        (
            "a.docx",
            bad.repacked(
                bad.docx(), {EMBEDDED: bad.repacked(bad.xlsx(), {"xl/embeddings/a.docx": bad.docx()})}
            ),
            "OLE",
            "xl/embeddings/a.docx",
        ),
        (
            "a.docx",
            bad.repacked(bad.docx(), {"word/_rels/a.rels": bad.relation("oleObject", "x.bin", "")}),
            "OLE",
            "word/_rels/a.rels",
        ),
        (
            "a.docx",
            bad.repacked(
                bad.docx(),
                {"word/_rels/settings.xml.rels": bad.relation("attachedTemplate", "http://x/t.dotm")},
            ),
            "LINK",
            "attachedTemplate",
        ),
        (
            "a.docx",
            bad.repacked(bad.docx(), {"word/_rels/a.rels": bad.relation("image", "http://x/pixel.png")}),
            "LINK",
            "image",
        ),
        (
            "a.xlsx",
            bad.repacked(bad.xlsx(), {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
            "LINK",
            "externalLink1.xml",
        ),
        ("a.docx", bad.repacked(bad.docx(), {"word/_rels/a.rels": b"<broken"}), "OFFICE", "Word 文档已损坏"),
        (
            "a.docx",
            bad.repacked(bad.docx(), {"word/_rels/a.rels": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
            "OFFICE",
            "Word 文档已损坏",
        ),
        (
            "a.docx",
            bad.with_text(
                "<w:p><w:r><w:instrText>DDE</w:instrText></w:r>"
                "<w:r><w:instrText>AUTO cmd</w:instrText></w:r></w:p>"
            ),
            "DDE",
            "调用其他程序的域",
        ),
        ("a.docx", bad.with_text('<w:p><w:fldSimple w:instr="DDE c a"/></w:p>'), "DDE", "调用其他程序的域"),
        ("a.docx", bad.docx("秘密★5年"), "SECRET", "文件内有“秘密★”密级标志"),
        ("a.xlsx", bad.xlsx("绝密★长期"), "SECRET", "文件内有“绝密★”密级标志"),
        (
            "a.docx",
            bad.repacked(bad.docx(), {"word/media/a.bin": b"\0" * 40_000_000}),
            "BOMB",
            "疑似压缩炸弹",
        ),
        ("a.xlsx", bad.repacked(bad.xlsx(), {f"x/{n}": b"" for n in range(5001)}), "BOMB", "疑似压缩炸弹"),
    ],
)
def test_a_bad_file_is_refused_with_its_own_sentence(
    name: str, content: bytes, code: str, sentence: str
) -> None:
    with pytest.raises(BadFile) as caught:
        check(name, content)
    assert (caught.value.code, True) == (code, sentence in caught.value.sentence), caught.value.sentence


def test_a_file_over_the_limit_is_refused_with_its_size() -> None:
    with pytest.raises(BadFile, match=r"实际 51\.0 MB"):
        check("a.pdf", bad.pdf(), 51 * 1024 * 1024)
    assert check("a.pdf", bad.pdf(), MAX_BYTES)


def test_a_part_that_is_larger_than_any_text_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(office, "MAX_XML", 100)
    with pytest.raises(BadFile, match="文件的一个部分过大"):
        check("a.docx", bad.docx())


def test_a_pdf_of_too_many_objects_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(pdf, "MAX_OBJECTS", 1)
    with pytest.raises(BadFile, match="结构过于复杂"):
        check("a.pdf", bad.pdf())


def test_a_file_is_left_at_its_start() -> None:
    file = io.BytesIO(bad.pdf())
    check_file(file, "a.pdf", len(file.getvalue()))
    assert file.tell() == 0


@given(st.text(max_size=60))
def test_no_name_breaks_the_check(name: str) -> None:
    try:
        clean = check_name(name)
    except BadFile:
        return
    assert clean and "/" not in clean


WHOLE = {
    "a.pdf": bad.pdf(pages=2),
    "a.png": bad.png((40, 40)),
    "a.jpg": bad.jpeg(),
    "a.docx": bad.docx(),
    "a.xlsx": bad.xlsx(),
}


@given(st.sampled_from(sorted(WHOLE)), st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_check(name: str, data) -> None:
    content = bytearray(WHOLE[name])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(content) // 2, len(content)))
    try:
        check(name, bytes(content[:cut]))
    except BadFile as refusal:
        assert refusal.sentence.endswith("。") and refusal.code


def test_pictures_are_not_decoded_before_their_size_is_known() -> None:
    assert image.MAX_PIXELS < 89_478_485  # beyond it Pillow itself begins to warn
