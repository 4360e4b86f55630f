"""Reading a table of allowance rates (csv or xlsx) as finance publishes it. Pure: no queries.

A file that is no table raises `ValueError` with a Chinese sentence; a line that cannot be used carries its
own sentences, so that all of them are shown at once.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from python_calamine import CalamineError, CalamineWorkbook

from waiban.core.text import has_invisible

MAX_BYTES = 1024 * 1024
MAX_UNPACKED_BYTES = 20 * 1024 * 1024
MAX_LINES = 600
MAX_CITY = 80
MOST = Decimal("99999999.99")

HEADS: Mapping[str, frozenset[str]] = {
    "country": frozenset({"country", "国家", "国家(地区)", "国家/地区", "国家和地区", "国别"}),
    "city": frozenset({"city", "城市"}),
    "currency": frozenset({"currency", "币种"}),
    "lodging": frozenset({"lodging_adjusted", "lodging", "住宿", "住宿费", "住宿费标准"}),
    "meals": frozenset({"meals", "伙食", "伙食费", "伙食费标准"}),
    "misc": frozenset({"misc", "公杂", "公杂费", "公杂费标准"}),
}
"""Column → the headings under which it is found; other columns are passed over."""

HEAD_WORDS = {
    "country": "国家（地区）",
    "city": "城市",
    "currency": "币种",
    "lodging": "住宿费",
    "meals": "伙食费",
    "misc": "公杂费",
}

CURRENCIES = {
    "美元": "USD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
    "港币": "HKD",
    "港元": "HKD",
    "人民币": "CNY",
    "瑞士法郎": "CHF",
    "加拿大元": "CAD",
    "加元": "CAD",
    "澳大利亚元": "AUD",
    "澳元": "AUD",
    "新加坡元": "SGD",
    "韩元": "KRW",
}

FORMER_NAMES = {
    "蒙古": "蒙古国",
    "孟加拉": "孟加拉国",
    "阿拉伯联合酋长国": "阿联酋",
    "几内亚共和国": "几内亚",
    "塞拉立昂": "塞拉利昂",
    "马其顿": "北马其顿",
}
"""How older tables write a place → its official name."""

ELSEWHERE = frozenset({"", "其他", "其他城市", "其它", "其它城市", "其他地区", "全境", "全国", "-", "—"})
_CITY_MARKS = re.compile(r"[、,;/\s]+")


@dataclass(frozen=True, slots=True)
class RateLine:
    """One line of a table. number: its line in the file; city "" is the whole country or all other cities."""

    number: int
    country: str
    city: str
    currency: str
    lodging: Decimal
    meals: Decimal
    misc: Decimal
    problems: tuple[str, ...] = ()

    @property
    def amounts(self) -> tuple[str, Decimal, Decimal, Decimal]:
        """What makes two rates the same."""
        return self.currency, self.lodging, self.meals, self.misc


def cities_of(text: str) -> frozenset[str]:
    """Return the cities that a rate is for; the whole country (or the rest of it) is one unnamed city."""
    return frozenset(clean_cities(text).split("、"))


def clean_cities(text: str) -> str:
    """Write cities as the table keeps them: joined by 、, "" for the whole country or all other cities."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text in ELSEWHERE:
        return ""
    return "、".join(part for part in _CITY_MARKS.split(text) if part)


def currency_code(text: str) -> str:
    """Return the three-letter code of a currency, "" when it is not understood."""
    text = unicodedata.normalize("NFKC", text).strip().upper()
    return text if re.fullmatch(r"[A-Z]{3}", text) else CURRENCIES.get(text, "")


def amount_of(text: str) -> Decimal | None:
    """Return an amount of at most two decimals that is not negative, or None."""
    text = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= MOST or number != number.quantize(Decimal("0.01")):
        return None
    return number.quantize(Decimal("0.01"))


def read_table(name: str, content: bytes) -> list[RateLine]:
    """Read a file; raises `ValueError` with a sentence when it is no table with the columns of `HEADS`."""
    rows = _rows_of(name, content)
    start, columns = _find_heads(rows)
    lines: list[RateLine] = []
    country = ""
    for number, row in enumerate(rows[start + 1 :], start=start + 2):
        cells = {key: _cell(row, index) for key, index in columns.items()}
        if not any(cells.values()):
            continue
        # Merged cells: the country stands only in the first of its lines.
        country = cells["country"] or country
        lines.append(_line(number, country, cells))
        if len(lines) > MAX_LINES:
            raise ValueError(f"超过 {MAX_LINES} 行，请只保留一份标准表。")
    if not lines:
        raise ValueError("表头下面没有内容，请检查是否选错工作表。")
    return lines


def _cell(row: Sequence[object], index: int) -> str:
    value = row[index] if 0 <= index < len(row) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()


def _line(number: int, country: str, cells: Mapping[str, str]) -> RateLine:
    problems = [] if country else ["没有写国家（地区）"]
    currency = currency_code(cells["currency"])
    if not currency:
        problems.append(f"币种“{cells['currency'][:10]}”无法识别，请写“美元”或 USD 的样子")
    amounts = {}
    for key in ("lodging", "meals", "misc"):
        amount = amount_of(cells[key])
        if amount is None:
            problems.append(f"{HEAD_WORDS[key]}“{cells[key][:12]}”不是有效金额")
        amounts[key] = amount or Decimal(0)
    city = clean_cities(cells["city"])
    if len(city) > MAX_CITY:
        problems.append(f"城市超过 {MAX_CITY} 字")
    if has_invisible(country + city):
        problems.append("国家或城市中有看不见的字符，请重新录入")
    # The official name of a place is written with full-width brackets.
    official = country.replace("(", "（").replace(")", "）")
    return RateLine(
        number, FORMER_NAMES.get(country, official)[:40], city[:MAX_CITY], currency, **amounts,
        problems=tuple(problems),
    )  # fmt: skip


def _find_heads(rows: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]]:
    """Find the line of headings among the first ten, and the place of each column."""
    best: dict[str, int] = {}
    for start, row in enumerate(rows[:10]):
        words = [_cell(row, index).lower() for index in range(len(row))]
        found = {
            key: next((i for i, word in enumerate(words) if word in names), -1)
            for key, names in HEADS.items()
        }
        found = {key: index for key, index in found.items() if index >= 0}
        if len(found) == len(HEADS):
            return start, found
        best = found if len(found) > len(best) else best
    missing = "、".join(word for key, word in HEAD_WORDS.items() if key not in best)
    raise ValueError(f"没有找到表头：缺少{missing}。请在第一行写明各列名称。")


def _rows_of(name: str, content: bytes) -> list[Sequence[object]]:
    if not content:
        raise ValueError("文件是空的，请重新选择。")
    if len(content) > MAX_BYTES:
        raise ValueError("文件超过 1 MB，标准表不会这么大，请检查是否选错文件。")
    if name.lower().endswith(".csv"):
        return _csv_rows(content)
    if name.lower().endswith(".xlsx"):
        return _xlsx_rows(content)
    raise ValueError("只能读取 .csv 或 .xlsx 文件，请另存后再上传。")


def _csv_rows(content: bytes) -> list[Sequence[object]]:
    """Decode UTF-8 (with or without BOM) or GBK; comma, semicolon or tab."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise ValueError("文件的文字编码无法识别，请另存为 UTF-8 编码的 CSV。") from None
    if "\0" in text:
        raise ValueError("文件不是文本，请检查是否选错文件。")
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise ValueError("CSV 的格式有误，请用表格软件重新另存。") from None


def _xlsx_rows(content: bytes) -> list[Sequence[object]]:
    """First sheet of a workbook; the size it declares is checked before it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise ValueError("表格解压后过大，请检查是否选错文件。")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return list(book.get_sheet_by_index(0).to_python(skip_empty_area=False))
    except (zipfile.BadZipFile, CalamineError) as error:
        raise ValueError("表格已损坏或不是 xlsx 文件，请重新另存。") from error
