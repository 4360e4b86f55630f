"""Reading a notice: the texts as the State Council wrote them, and what people paste by mistake."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from waiban.workdays.parse import NoticeDay, parse_file, parse_notice

N2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　鼓励单位和个人结合落实带薪年休假等制度，实际形成较长假期，推动错峰出行。节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2025年11月4日"""

N2025 = """国务院办公厅关于2025年部分节假日安排的通知
国办发明电〔2024〕12号
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
国务院办公厅
2024年11月12日"""

N2024 = """国务院办公厅关于2024年
部分节假日安排的通知
国办发明电〔2023〕7号
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。"""

N2023 = """国务院办公厅关于2023年部分节假日安排的通知
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。"""


def marks(notice) -> tuple[set[str], set[str]]:
    """Days off and make-up days as text."""
    off = {f"{d.date:%m-%d}" for d in notice.days if not d.is_workday}
    on = {f"{d.date:%m-%d}" for d in notice.days if d.is_workday}
    return off, on


def span(month: int, first: int, last: int) -> set[str]:
    return {f"{month:02}-{day:02}" for day in range(first, last + 1)}


@pytest.mark.parametrize(
    ("text", "year", "source", "signed", "off", "on"),
    [
        (
            N2026,
            2026,
            "国办发明电〔2025〕7号",
            date(2025, 11, 4),
            span(1, 1, 3)
            | span(2, 15, 23)
            | span(4, 4, 6)
            | span(5, 1, 5)
            | span(6, 19, 21)
            | span(9, 25, 27)
            | span(10, 1, 7),
            {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"},
        ),
        (
            N2025,
            2025,
            "国办发明电〔2024〕12号",
            date(2024, 11, 12),
            {"01-01", "05-31", "06-01", "06-02"}
            | span(1, 28, 31)
            | span(2, 1, 4)
            | span(4, 4, 6)
            | span(5, 1, 5)
            | span(10, 1, 8),
            {"01-26", "02-08", "04-27", "09-28", "10-11"},
        ),
        (
            N2024,
            2024,
            "国办发明电〔2023〕7号",
            None,
            {"01-01", "06-10"}
            | span(2, 10, 17)
            | span(4, 4, 6)
            | span(5, 1, 5)
            | span(9, 15, 17)
            | span(10, 1, 7),
            {"02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"},
        ),
        (
            N2023,
            2023,
            "",
            None,
            {"12-31", "01-01", "01-02", "04-05", "09-29", "09-30", "04-29", "04-30"}
            | span(1, 21, 27)
            | span(5, 1, 3)
            | span(6, 22, 24)
            | span(10, 1, 6),
            {"01-28", "01-29", "04-23", "05-06", "06-25", "10-07", "10-08"},
        ),
    ],
)
def test_a_published_notice_is_read_whole(text, year, source, signed, off, on) -> None:
    notice = parse_notice(text, year if year == 2024 else None)
    assert (notice.year, notice.source, notice.published_on) == (year, source, signed)
    assert marks(notice) == (off, on)
    assert notice.issues == () and not notice.blocked


def test_days_before_the_year_keep_their_own_year() -> None:
    first = parse_notice(N2023).days[0]
    assert first == NoticeDay(date(2022, 12, 31), False, "元旦")


def test_a_span_over_new_year_needs_the_year_only_once() -> None:
    notice = parse_notice("一、元旦：2026年12月31日至1月2日放假，共3天。", 2027)
    assert [day.date for day in notice.days] == [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\n", ""),
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.replace("（农历", "（农\n历"),
    ],
)
def test_lost_or_foreign_line_breaks_do_not_matter(change) -> None:
    assert parse_notice(change(N2026)).days == parse_notice(N2026).days


def test_half_width_punctuation_of_news_sites_is_understood() -> None:
    text = N2026.translate(str.maketrans("，：（）；", ",:();"))
    assert parse_notice(text) == parse_notice(N2026)


def test_items_without_numbers_are_understood() -> None:
    text = (
        "2027年节假日\n元旦：1月1日（周五）至3日（周日）放假，共3天。\n"
        "春节：2月5日至11日放假;2月14日周日、20日周六上班。"
    )
    notice = parse_notice(text)
    assert marks(notice) == (span(1, 1, 3) | span(2, 5, 11), {"02-14", "02-20"})


def test_dates_may_follow_the_verb() -> None:
    notice = parse_notice("一、元旦：放假时间为1月1日至3日。上班日期：1月4日。", 2026)
    assert marks(notice) == (span(1, 1, 3), {"01-04"})


@pytest.mark.parametrize(
    ("text", "sentence", "blocking"),
    [
        ("一、元旦：1月1日（周五）放假1天。", "第 1 行（元旦）：1月1日写的是周五，实际是周四。", False),
        ("一、元旦：1月1日至3日放假，共4天。", "第 1 行（元旦）：通知写明共 4 天，按日期数为 3 天。", False),
        ("一、元旦：13月1日放假。", "第 1 行（元旦）：“2026年13月1日”不是有效日期。", True),
        ("一、元旦：2月30日至3月1日放假。", "第 1 行（元旦）：“2026年2月30日”不是有效日期。", True),
        ("一、元旦：3日放假。", "第 1 行（元旦）：“3日”没有写明月份。", True),
        ("一、元旦：放假安排另行通知。", "第 1 行（元旦）：没有读到日期，请核对原文。", True),
        (
            "一、元旦：1月3日至1月1日放假。",
            "第 1 行（元旦）：“2026年1月3日至2026年1月1日”不是合理的放假区间。",
            True,
        ),
        (
            "一、元旦：1月1日至1月31日放假。",
            "第 1 行（元旦）：“2026年1月1日至2026年1月31日”不是合理的放假区间。",
            True,
        ),
        (
            "一、元旦：12月31日至1月2日放假。",
            "第 1 行（元旦）：“2026年12月31日至2026年1月2日”不是合理的放假区间。",
            True,
        ),
        (
            "一、元旦：1月1日至3日放假。1月3日上班。",
            "第 1 行（元旦）：2026年1月3日既写了放假又写了上班。",
            True,
        ),
        ("一、元旦：1月1日放假。1月1日放假。", "第 1 行（元旦）：2026年1月1日写了两次。", False),
        (
            "一、元旦：1月1日放假。1月5日上班。",
            "元旦：2026年1月5日是周一，本来就上班，不应列为调休上班日。",
            False,
        ),
        ("一、元旦：2030年1月1日放假。", "元旦：2030年1月1日不属于 2026 年的放假安排。", True),
        (
            "一、元旦：1月1日放假。",
            "内容：没有读到春节、清明、劳动、端午、中秋、国庆的安排，请核对内容是否完整。",
            False,
        ),
        ("今天天气很好。", "内容：没有读到任何放假或上班日期，请粘贴通知全文。", True),
        ("", "内容：没有读到任何放假或上班日期，请粘贴通知全文。", True),
        (
            "国务院办公厅关于2027年部分节假日安排的通知",
            "年份：所填年份 2026 与通知中的年份 2027 不一致。",
            True,
        ),
    ],
)
def test_each_doubt_is_a_sentence_at_its_place(text: str, sentence: str, blocking: bool) -> None:
    notice = parse_notice(text, 2026)
    assert (sentence, blocking) in [(str(issue), issue.blocking) for issue in notice.issues]
    assert notice.blocked == any(issue.blocking for issue in notice.issues)


def test_the_line_of_an_issue_is_that_of_the_pasted_text() -> None:
    issues = parse_notice(N2026.replace("6日（周一）", "6日（周二）")).issues
    assert [str(issue) for issue in issues] == ["第 7 行（清明节）：4月6日写的是周二，实际是周一。"]


@pytest.mark.parametrize(
    ("text", "year", "sentence"),
    [
        ("一、元旦：1月1日放假。", None, "年份：没有读到通知的年份，请在“年份”栏填写。"),
        (
            "一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。",
            None,
            "年份：没有读到通知的年份，请在“年份”栏填写。",
        ),
        ("一、元旦：1月1日放假。", 2050, "年份：年份须在 2020 年至 2040 年之间。"),
    ],
)
def test_a_year_that_is_missing_or_beyond_the_calendar_is_asked_for(text, year, sentence) -> None:
    notice = parse_notice(text, year)
    assert notice.blocked and sentence in [str(issue) for issue in notice.issues]


def test_an_impossible_date_of_signature_is_left_open() -> None:
    assert parse_notice(N2026.replace("2025年11月4日", "2025年13月4日")).published_on is None


@given(st.text(max_size=300))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    assert parse_notice(text).blocked


@given(
    st.lists(
        st.sampled_from(
            [
                "一、元旦：",
                "1月1日",
                "3日",
                "至",
                "放假",
                "上班",
                "共3天",
                "。",
                "（周四）",
                "2027年",
                "、",
                "\n",
            ]
        )
    )
)
def test_no_order_of_words_breaks_the_reader(words: list[str]) -> None:
    parse_notice("".join(words), 2027)


# -- files ---------------------------------------------------------------------------------------------------

CSV = (
    "日期,类型,名称\n2027-01-01,放假,元旦\n2027/1/2,休,元旦\n"
    "2027年1月3日,holiday,元旦\n20270104,上班,元旦\n\n"
)


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("gb18030"),
        CSV.encode("utf-16"),
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode(),
        CSV.replace("\n", "\r\n").encode(),
        CSV.partition("\n")[2].encode(),  # without heading
    ],
)
def test_a_csv_of_any_usual_encoding_is_read(content: bytes) -> None:
    notice = parse_file("2027.csv", content)
    assert notice.year == 2027
    assert marks(notice) == ({"01-01", "01-02", "01-03"}, {"01-04"})
    assert not [issue for issue in notice.issues if issue.where.startswith("第")]


def workbook(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def test_an_excel_list_is_read_with_real_dates_and_with_text() -> None:
    rows = [["日期", "类型", "名称"], [date(2027, 1, 1), "放假", "元旦"], ["2027-01-03", "上班", "元旦"]]
    notice = parse_file("放假.XLSX", workbook(rows))
    assert notice.days == (
        NoticeDay(date(2027, 1, 1), False, "元旦"),
        NoticeDay(date(2027, 1, 3), True, "元旦"),
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("明天,放假,元旦", "第 2 行：日期“明天”无法识别，请写成 2027-01-01 的样子。"),
        ("2027-02-30,放假,元旦", "第 2 行：日期“2027-02-30”无法识别，请写成 2027-01-01 的样子。"),
        ("2027-01-01,也许,元旦", "第 2 行：类型“也许”无法识别，请填写“放假”或“上班”。"),
        ("2027-01-01,放假", "第 2 行：没有填写名称，例如“春节”。"),
        ("2027-01-01", "第 2 行：类型“”无法识别，请填写“放假”或“上班”。"),
    ],
)
def test_a_wrong_line_of_a_list_is_named(line: str, sentence: str) -> None:
    notice = parse_file("a.csv", f"日期,类型,名称\n{line}\n".encode())
    assert sentence in [str(issue) for issue in notice.issues] and notice.blocked


def test_a_given_year_wins_over_the_dates_of_a_list() -> None:
    notice = parse_file("a.csv", CSV.encode(), 2029)
    assert notice.year == 2029 and notice.blocked


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 25_000_000)
    return out.getvalue()


def plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "文件：文件是空的，请重新选择。"),
        ("a.csv", b"x" * (1024 * 1024 + 1), "文件：文件超过 1 MB，放假安排不会这么大，请检查是否选错文件。"),
        ("a.doc", b"x", "文件：只能读取 .csv 或 .xlsx 文件，请另存后再上传。"),
        ("a.csv", b"\x81\xff\xff", "文件：文件的文字编码无法识别，请另存为 UTF-8 编码的 CSV。"),
        ("a.csv", b"a,b\0c\n", "文件：文件不是文本，请检查是否选错文件。"),
        ("a.xlsx", b"PK\x03\x04 broken", "文件：表格已损坏或不是 xlsx 文件，请重新另存。"),
        ("a.xlsx", plain_zip(), "文件：表格已损坏或不是 xlsx 文件，请重新另存。"),
        ("a.xlsx", bomb(), "文件：表格解压后过大，请检查是否选错文件。"),
        (
            "a.csv",
            "".join(f"x{n}\n" for n in range(500)).encode(),
            "文件：超过 400 行，请只保留一年的放假和上班日期。",
        ),
        ("a.csv", "日期,类型,名称\n".encode(), "年份：没有读到通知的年份，请在“年份”栏填写。"),
    ],
)
def test_a_file_that_cannot_be_a_list_is_refused_in_chinese(name, content, sentence) -> None:
    notice = parse_file(name, content)
    assert sentence in [str(issue) for issue in notice.issues] and notice.blocked
