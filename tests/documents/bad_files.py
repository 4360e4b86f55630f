"""Files made for the tests: honest ones, and one for each way of being bad."""

import io
import zipfile
from collections.abc import Callable

import pikepdf
import xlsxwriter
from docx import Document as Word
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, pages: int = 1, **save) -> bytes:
    """A PDF of blank pages, changed before it is saved."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        if change:
            change(document)
        document.save(out, **save)
    return out.getvalue()


def script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def named_script(document: pikepdf.Pdf) -> None:
    action = document.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert(1)")))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))


def launch(document: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
    document.pages[0].Annots = Array([annotation])


def attachment(document: pikepdf.Pdf) -> None:
    document.attachments["x.exe"] = b"MZ"


def attachment_note(document: pikepdf.Pdf) -> None:
    annotation = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))
    document.pages[0].Annots = document.make_indirect(Array([annotation]))


def movie(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots = Array(
        [Dictionary(Type=Name.Annot, Subtype=Name.Movie, Rect=Array([0, 0, 9, 9]))]
    )


def form(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = Dictionary(XFA=Stream(document, b"<xdp/>"), Fields=Array())


def no_pages(document: pikepdf.Pdf) -> None:
    del document.pages[0]


def odd_but_harmless(document: pikepdf.Pdf) -> None:
    """Keys that look like active ones but hold no name; link to an address."""
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI=String("https://x")))
    document.pages[0].Annots = Array([link, Dictionary(Subtype=String("FileAttachment"), S=Name.GoTo, N=1)])


def encrypted_pdf(**passwords: str) -> bytes:
    return pdf(encryption=pikepdf.Encryption(**passwords))


def broken_table_pdf() -> bytes:
    """The cross-reference table points nowhere."""
    whole = pdf(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return whole[: whole.rindex(b"startxref")] + b"startxref\n99999999\n%%EOF\n"


def png(size: tuple[int, int] = (8, 8), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def jpeg(size: tuple[int, int] = (64, 64)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def docx(text: str = "你好") -> bytes:
    out = io.BytesIO()
    word = Word()
    word.add_paragraph(text)
    word.save(out)
    return out.getvalue()


def xlsx(text: str = "你好") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, text)
    return out.getvalue()


def repacked(content: bytes, parts: dict[str, bytes], drop: str = "") -> bytes:
    """The same zip with parts replaced or added; `drop` leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts and name != drop:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def relation(kind: str, target: str, mode: str = 'TargetMode="External"') -> bytes:
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{RELS}/{kind}" Target="{target}" {mode}/></Relationships>'
    ).encode()


def with_text(xml: str) -> bytes:
    """A Word file whose body holds this XML."""
    whole = docx()
    body = part_of(whole, "word/document.xml").replace(b"<w:body>", f"<w:body>{xml}".encode())
    return repacked(whole, {"word/document.xml": body})


def macro_types(content: bytes) -> bytes:
    types = part_of(content, "[Content_Types].xml").replace(
        DOCX_MAIN.encode(), b"application/vnd.ms-word.document.macroEnabled.main+xml"
    )
    return repacked(content, {"[Content_Types].xml": types})


def doubled_part() -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("word/document.xml")
        archive.NameToInfo.pop("word/document.xml")
        archive.writestr(info, b"<x/>")
    return out.getvalue()


def with_password() -> bytes:
    """A zip whose parts say that they are encrypted."""
    raw = bytearray(docx())
    at = 0
    while (at := raw.find(b"PK\x03\x04", at)) >= 0:
        raw[at + 6] |= 1
        at += 4
    at = 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        raw[at + 8] |= 1
        at += 4
    return bytes(raw)
