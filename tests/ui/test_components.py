"""The components as they come out: nothing that the policy forbids, words beside signs, right sums."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles import finders

from tests.ui.pages import PAGES
from tests.ui.rendering import render
from tests.ui.samples_frame import FRAME

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """Reads a page into its elements: (tag, attributes, text so far)."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.unclosed: list[str] = []
        self.inline_scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID and not (
            self.open and "svg" in self.open and tag != "svg" and self.rawdata_closed(tag)
        ):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def rawdata_closed(self, tag: str) -> bool:
        """Shapes of a drawing that close themselves arrive through `handle_startendtag`."""
        return False

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in {"script", "style"} and data.strip():
            self.inline_scripts.append(data.strip())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """Return the attributes of every such element."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [a for t, a in self.elements if t == tag and all(a.get(n) == v for n, v in wanted.items())]


def words_of(text: str) -> str:
    """Return the visible words of a piece of HTML."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture(params=PAGES, scope="module")
def sample(request: pytest.FixtureRequest) -> Page:
    return Page(render(request.param))


def test_no_inline_style_or_handler_reaches_the_page(sample: Page) -> None:
    for tag, attributes in sample.elements:
        bad = [name for name in attributes if name == "style" or name.startswith("on")]
        assert not bad, f"<{tag}> has {bad}"
    assert sample.inline_scripts == []
    assert not sample.all("style")


def test_every_element_is_closed(sample: Page) -> None:
    assert sample.unclosed == []
    assert sample.open == []


def test_ids_are_unique_and_what_labels_point_at_exists(sample: Page) -> None:
    ids = [attributes["id"] for _, attributes in sample.elements if attributes.get("id")]
    assert len(ids) == len(set(ids)), sorted({name for name in ids if ids.count(name) > 1})
    for tag, attributes in sample.elements:
        for name in ("aria-labelledby", "aria-controls", "for"):
            target = attributes.get(name)
            if target and tag != "output":
                assert target in ids, f"<{tag} {name}={target}>"


def test_every_control_and_drawing_has_a_name_or_is_decoration(sample: Page) -> None:
    labelled = {attributes.get("for") for attributes in sample.all("label")}
    for tag, attributes in sample.elements:
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes.get("aria-label"), attributes
        if tag in {"input", "select", "textarea"} and attributes.get("type") != "hidden":
            named = (
                attributes.get("aria-label")
                or attributes.get("id") in labelled
                or attributes.get("data-keep")
            )
            assert named, attributes


def test_every_static_file_that_a_page_names_exists(sample: Page) -> None:
    for _, attributes in sample.elements:
        address = attributes.get("href") or attributes.get("src") or ""
        if address.startswith("/static/"):
            name = address.removeprefix("/static/").replace("%40", "@")
            assert finders.find(name), name
        assert not address.startswith(("http:", "https:", "//")), address


def test_a_page_has_one_first_heading_a_language_and_a_way_past_the_menu(sample: Page) -> None:
    assert len(sample.all("h1")) == 1
    assert sample.all("html")[0]["lang"] == "zh-hans"
    assert sample.all("main", id="content")


def test_the_legend_counts_every_step_and_the_counts_add_up_to_53() -> None:
    text = render("record")
    legend = re.search(r'<ul class="map-legend">(.*?)</ul>', text, re.S)
    counts = [int(number) for number in re.findall(r"<b>(\d+)</b>", legend[1])]
    assert counts == [16, 3, 1, 0, 11, 22]
    assert sum(counts) == 53 == len(re.findall(r'class="chip chip-', text))


def test_a_chip_says_its_state_in_words_and_a_skipped_one_its_reason() -> None:
    text = render("record")
    assert len(re.findall(r'class="icon state-skipped"[^>]*aria-label="不适用"', text)) == 11
    chip = re.search(r'<a class="chip chip-skipped"(.*?)</a>', text, re.S)
    assert "无涉密人员" in chip[1]


def test_the_critical_path_is_named_for_those_who_do_not_see_the_foot() -> None:
    text = render("record")
    assert text.count("，关键路径</span>") == len(re.findall(r"chip-critical", text)) == 18


def test_only_rows_with_a_red_light_have_a_filled_button() -> None:
    text = render("desk")
    rows = re.findall(r'<tr class="q-row is-(\w+)">(.*?)</tr>', text, re.S)
    assert len(rows) == 12
    for light, row in rows:
        assert ("btn-primary" in row) == (light == "red")


def test_a_light_is_never_colour_alone() -> None:
    for light in re.findall(r'<span class="light light-\w+">(.*?)</span>', render("desk"), re.S):
        assert "<svg" in light
        assert words_of(light).strip()


def test_an_empty_queue_says_what_to_do_first() -> None:
    text = render("desk-empty")
    assert "今天没有待办" in text
    assert "新建团组" in text


def test_the_act_posts_to_the_engine_with_the_version_that_was_seen() -> None:
    page = Page(render("record"))
    assert page.all("form", action="/cases/items/18/complete/")
    assert page.all("input", name="version")[0]["value"] == "3"
    assert any(link.get("href") == "/cases/items/18/return/" for link in page.all("a"))


def test_a_step_that_nobody_has_taken_offers_to_sign_for_it_first() -> None:
    text = render("pieces")
    assert 'formaction="/cases/items/19/claim/"' in text


def test_what_was_sent_back_says_why_on_top() -> None:
    assert "缺汇率依据<br>" in render("pieces")


def test_the_error_summary_takes_the_focus_and_leads_to_each_field() -> None:
    text = render("form")
    summary = re.search(r'<div class="error-summary".*?</div>', text, re.S)[0]
    assert "data-focus" in summary
    assert 'href="#div_id_entry_date"' in summary
    assert 'id="div_id_entry_date"' in text
    assert words_of(text).count("回国日期早于出境日期") == 2


def test_an_answer_typed_before_an_error_is_still_there() -> None:
    assert 'value="赴美国经贸招商团组"' in render("form")


def test_a_member_never_reads_step_numbers() -> None:
    tasks = re.search(r'<ol class="tasks">.*?</ol>', render("member"), re.S)[0]
    assert not re.search(r">\s*(33|38|42|47)\b", tasks)


def test_the_page_for_a_broken_system_needs_neither_context_nor_scripts() -> None:
    page = Page(render("error-500"))
    assert not page.all("script")
    assert "管理员会看到" in render("error-500")


@pytest.mark.parametrize("name", ["error-404", "error-409", "error-500"])
def test_an_error_page_says_what_happened_what_was_kept_whom_to_ask_and_how_to_go_on(name: str) -> None:
    text = words_of(render(name))
    for heading in ("发生了什么", "保留了什么", "接着怎么办", "问谁", "代码"):
        assert heading in text


def test_demo_accounts_show_only_in_demo_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "outbound_chief" in render("sign-in")
    monkeypatch.setattr(FRAME, "demo", False)
    assert "outbound_chief" not in render("sign-in")


def test_active_filters_can_be_taken_away_one_by_one() -> None:
    page = Page(render("list"))
    assert {"?q=26", "?year=2026"} <= {link.get("href") for link in page.all("a", class_="round")}
