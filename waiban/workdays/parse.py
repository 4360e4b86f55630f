"""Reading a holiday notice: the State Council's text as pasted, or a csv/xlsx list of days. Pure.

The result is a `Notice`; nothing is refused here. Each doubt is an `Issue` with a Chinese sentence: a
blocking one must be put right, the others must be confirmed by the person who imports.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from waiban.workdays.axis import FIRST_YEAR, LAST_YEAR

WEEKDAYS = "一二三四五六日"
FESTIVALS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
MAX_RANGE = 15
MAX_SHEET_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 20 * 1024 * 1024
MAX_ROWS = 400

_NUMERAL = r"[一二三四五六七八九十]{1,3}[、.]"
_SECTION = re.compile(
    rf"(?:^|(?<=[。;]))[ \t]*(?:{_NUMERAL}[ \t]*(?P<any>[^:。\n]{{2,20}})|(?P<known>[\u4e00-\u9fff、]{{0,8}}"
    rf"(?:{'|'.join(FESTIVALS)}|节|纪念日)[\u4e00-\u9fff、]{{0,8}}))[ \t]*:",
    re.MULTILINE,
)
_TOKEN = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日"
    r"(?:\((?P<note>[^)]*)\)|(?P<bare>(?:周|星期)[一二三四五六日天]))?"
    r"|(?P<to>至|到|-|—|–|~)|(?P<off>放假)|(?P<on>上班|补班)|(?P<total>\d{1,2})天"
)
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_YEAR = re.compile(r"(20\d\d)年(?!\d{1,2}月)[^。\n]{0,20}?(?:节假日|放假|元旦)")
_SOURCE = re.compile(r"国办发[^\s,。]{0,4}[〔\[(]\d{4}[〕\])]\s*\d+号")
_SIGNED = re.compile(r"国务院办公厅\s*(20\d\d)年(\d{1,2})月(\d{1,2})日")
_DATE_TEXT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_OFF_WORDS = frozenset({"放假", "休", "休息", "假", "节假日", "holiday", "off", "0"})
_ON_WORDS = frozenset({"上班", "班", "补班", "调休上班", "workday", "makeup", "work", "1"})


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One exceptional day: `is_workday` True for a make-up working day, False for a day off."""

    date: date
    is_workday: bool
    name: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A doubt about the notice. `where` names the line or festival; `blocking` forbids the import."""

    where: str
    text: str
    blocking: bool

    def __str__(self) -> str:
        return f"{self.where}：{self.text}"


@dataclass(frozen=True, slots=True)
class Notice:
    """What was read: sorted days without repetition, and every doubt."""

    year: int | None
    source: str
    published_on: date | None
    days: tuple[NoticeDay, ...]
    issues: tuple[Issue, ...]

    @property
    def blocked(self) -> bool:
        """True when the notice may not be imported as it is."""
        return any(issue.blocking for issue in self.issues)


@dataclass(slots=True)
class _Collector:
    """Gathers days and doubts while a notice is read."""

    days: dict[date, NoticeDay] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def doubt(self, where: str, text: str, *, blocking: bool = True) -> None:
        self.issues.append(Issue(where, text, blocking))

    def add(self, where: str, day: NoticeDay) -> None:
        """Take a day; the same day both off and at work is an error, the same day twice only a doubt."""
        known = self.days.setdefault(day.date, day)
        if known.is_workday != day.is_workday:
            self.doubt(where, f"{_say(day.date)}既写了放假又写了上班。")
        elif known is not day:
            self.doubt(where, f"{_say(day.date)}写了两次。", blocking=False)

    def finish(self, year: int | None, source: str, published_on: date | None) -> Notice:
        """Check the whole and freeze it."""
        _check_year(self, year)
        _check_days(self, year)
        days = tuple(self.days[key] for key in sorted(self.days))
        return Notice(year, source, published_on, days, tuple(self.issues))


def parse_notice(text: str, year: int | None = None) -> Notice:
    """Read a pasted notice; `year` is only needed when the text does not name it, and may not contradict."""
    text = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").replace("\r", "\n")
    found = _YEAR.search(text)
    stated = int(found.group(1)) if found else None
    into = _Collector()
    if year and stated and year != stated:
        into.doubt("年份", f"所填年份 {year} 与通知中的年份 {stated} 不一致。")
    year = year or stated
    if year:
        for where, name, body in _sections(text):
            _read_section(into, where, name, body, year)
    source = _SOURCE.search(text)
    return into.finish(year, re.sub(r"\s", "", source.group()) if source else "", _signed_on(text))


def _sections(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (where, festival, body without blanks) of each item of the notice."""
    marks = list(_SECTION.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=False):  # a text without any item has one end and no mark
        body = re.sub(r"\s", "", text[mark.end() : end])
        name = re.sub(r"\s", "", mark.group("any") or mark.group("known"))
        line = text.count("\n", 0, mark.end()) + 1
        if "放假" in body or "上班" in body:
            yield f"第 {line} 行（{name}）", name[:40], body


def _read_section(into: _Collector, where: str, name: str, body: str, year: int) -> None:
    """Read one festival: its days off, its make-up days, and the total that the notice states."""
    off_days, stated, seen = 0, None, False
    for sentence in re.split("[。;]", body):
        for is_workday, days in _statements(into, where, sentence, year):
            seen = True
            off_days += 0 if is_workday else len(days)
            for day in days:
                into.add(where, NoticeDay(day, is_workday, name))
        if "放假" in sentence:
            totals = (token.group("total") for token in _TOKEN.finditer(sentence))
            stated = next((int(total) for total in totals if total), stated)
    if not seen:
        into.doubt(where, "没有读到日期，请核对原文。")
    elif stated is not None and stated != off_days:
        into.doubt(where, f"通知写明共 {stated} 天，按日期数为 {off_days} 天。", blocking=False)


def _statements(into: _Collector, where: str, sentence: str, year: int) -> Iterator[tuple[bool, list[date]]]:
    """Yield (is make-up day, days) for each 放假 and 上班 of a sentence; dates may stand before or after."""
    pending: list[date] = []
    open_verb: bool | None = None
    last: date | None = None
    joined = False
    for token in _TOKEN.finditer(sentence):
        if token.group("day"):
            day = _date_of(into, where, token, year, last)
            if day is not None:
                pending.extend(_until(into, where, last, day) if joined and last else [day])
                last = day
            joined = False
        elif token.group("to"):
            joined = True
        elif token.group("off") or token.group("on"):
            verb = bool(token.group("on"))
            open_verb = None if pending else verb
            if pending:
                yield verb, pending
                pending = []
    if pending and open_verb is not None:
        yield open_verb, pending


def _date_of(into: _Collector, where: str, token: re.Match[str], year: int, last: date | None) -> date | None:
    """Resolve one date of the text; month and year may be those of the date before."""
    if not token.group("month") and last is None:
        into.doubt(where, f"“{token.group('day')}日”没有写明月份。")
        return None
    month = int(token.group("month")) if token.group("month") else last.month
    if token.group("year"):
        year = int(token.group("year"))
    elif last is not None and last.year != year:
        year = last.year + (month < last.month)
    try:
        day = date(year, month, int(token.group("day")))
    except ValueError:
        into.doubt(where, f"“{year}年{month}月{token.group('day')}日”不是有效日期。")
        return None
    written = _WEEKDAY.search(token.group("note") or token.group("bare") or "")
    if written and WEEKDAYS.index(written.group(1).replace("天", "日")) != day.weekday():
        text = f"{day.month}月{day.day}日写的是周{written.group(1)}，实际是周{WEEKDAYS[day.weekday()]}。"
        into.doubt(where, text, blocking=False)
    return day


def _until(into: _Collector, where: str, first: date, last: date) -> list[date]:
    """Days after `first` up to `last`; `first` itself has been taken already."""
    length = (last - first).days
    if not 0 < length < MAX_RANGE:
        into.doubt(where, f"“{_say(first)}至{_say(last)}”不是合理的放假区间。")
        return [last]
    return [first + timedelta(days=n) for n in range(1, length + 1)]


def _signed_on(text: str) -> date | None:
    """Date under the signature of the notice, when it can be read."""
    signed = _SIGNED.findall(text)
    try:
        return date(*map(int, signed[-1])) if signed else None
    except ValueError:
        return None


def _check_year(into: _Collector, year: int | None) -> None:
    """A notice needs a year that the axis covers."""
    if year is None:
        into.doubt("年份", "没有读到通知的年份，请在“年份”栏填写。")
    elif not FIRST_YEAR <= year <= LAST_YEAR:
        into.doubt("年份", f"年份须在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间。")


def _check_days(into: _Collector, year: int | None) -> None:
    """Rules over all days: there are some, none strays, make-up days are weekends, no festival is missing."""
    if not into.days:
        if not into.issues:
            into.doubt("内容", "没有读到任何放假或上班日期，请粘贴通知全文。")
        return
    for day in sorted(into.days.values(), key=lambda d: d.date):
        if year and not date(year - 1, 12, 1) <= day.date <= date(year + 1, 1, 31):
            into.doubt(day.name, f"{_say(day.date)}不属于 {year} 年的放假安排。")
        if day.is_workday and day.date.weekday() < 5:
            text = f"{_say(day.date)}是周{WEEKDAYS[day.date.weekday()]}，本来就上班，不应列为调休上班日。"
            into.doubt(day.name, text, blocking=False)
    names = "、".join(day.name for day in into.days.values())
    missing = [festival for festival in FESTIVALS if festival not in names]
    if missing:
        text = f"没有读到{'、'.join(missing)}的安排，请核对内容是否完整。"
        into.doubt("内容", text, blocking=False)


def _say(day: date) -> str:
    """The date as people say it."""
    return f"{day.year}年{day.month}月{day.day}日"


# -- lists of days: csv and xlsx ---------------------------------------------------------------------------


def parse_file(name: str, content: bytes, year: int | None = None) -> Notice:
    """Read a csv or xlsx with the columns 日期, 类型 (放假/上班), 名称. Errors name the line."""
    into = _Collector()
    try:
        rows = _rows_of(name, content)
    except ValueError as error:
        into.doubt("文件", str(error))
        return Notice(year, "", None, (), tuple(into.issues))
    for number, row in enumerate(rows[:MAX_ROWS], start=1):
        _read_row(into, number, row)
    if len(rows) > MAX_ROWS:
        into.doubt("文件", f"超过 {MAX_ROWS} 行，请只保留一年的放假和上班日期。")
    return into.finish(year or _usual_year(into.days), "", None)


def _rows_of(name: str, content: bytes) -> list[Sequence[object]]:
    """Cells of a file; raise ValueError with a Chinese sentence when it cannot be read."""
    if not content:
        raise ValueError("文件是空的，请重新选择。")
    if len(content) > MAX_SHEET_BYTES:
        raise ValueError("文件超过 1 MB，放假安排不会这么大，请检查是否选错文件。")
    if name.lower().endswith(".csv"):
        return _csv_rows(content)
    if name.lower().endswith(".xlsx"):
        return _xlsx_rows(content)
    raise ValueError("只能读取 .csv 或 .xlsx 文件，请另存后再上传。")


def _csv_rows(content: bytes) -> list[Sequence[object]]:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM or GBK; comma, semicolon or tab."""
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError("文件的文字编码无法识别，请另存为 UTF-8 编码的 CSV。")
    if "\0" in text:
        raise ValueError("文件不是文本，请检查是否选错文件。")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _xlsx_rows(content: bytes) -> list[Sequence[object]]:
    """First sheet of a workbook; the size it declares is checked before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise ValueError("表格解压后过大，请检查是否选错文件。")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return list(book.get_sheet_by_index(0).to_python())
    except (zipfile.BadZipFile, CalamineError) as error:
        raise ValueError("表格已损坏或不是 xlsx 文件，请重新另存。") from error


def _read_row(into: _Collector, number: int, row: Sequence[object]) -> None:
    """Read one line; a heading in line 1 and empty lines are passed over."""
    cells = [unicodedata.normalize("NFKC", str(cell)).strip() for cell in row]
    if not any(cells) or (number == 1 and not any(char.isdigit() for char in "".join(cells))):
        return
    where = f"第 {number} 行"
    cells += [""] * (3 - len(cells))
    day = row[0] if isinstance(row[0], date) else _date_in(cells[0])
    kind = cells[1].lower()
    if day is None:
        into.doubt(where, f"日期“{cells[0][:20]}”无法识别，请写成 2027-01-01 的样子。")
    elif kind not in _OFF_WORDS | _ON_WORDS:
        into.doubt(where, f"类型“{cells[1][:20]}”无法识别，请填写“放假”或“上班”。")
    elif not cells[2]:
        into.doubt(where, "没有填写名称，例如“春节”。")
    else:
        day = day.date() if isinstance(day, datetime) else day
        into.add(where, NoticeDay(day, kind in _ON_WORDS, cells[2][:40]))


def _date_in(text: str) -> date | None:
    """Date in one cell of text, None when there is none."""
    match = _DATE_TEXT.fullmatch(text)
    if not match:
        return None
    try:
        return date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None


def _usual_year(days: Iterable[date]) -> int | None:
    """The year in which most of the days lie."""
    years = [day.year for day in days]
    return max(years, key=years.count) if years else None
