"""There is a browser that starts and that draws Chinese."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from deploy.launch import browser


def test_a_browser_draws_different_characters_differently(page: Page) -> None:
    page.set_content("<b id='a'>滨</b> <b id='b'>州</b>")
    first, second = page.locator("#a").screenshot(), page.locator("#b").screenshot()
    assert first != second, "both are drawn as an empty box: no font has these glyphs"


def test_a_named_browser_that_does_not_start_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nonexistent/chromium")
    assert browser.find_chromium() is None


@pytest.mark.skipif(not browser.PACKED.exists(), reason="the npm package with the browser is not installed")
def test_the_packed_browser_starts_on_a_bare_machine(tmp_path: Path) -> None:
    script = browser.unpack_chromium(folder=tmp_path)
    assert script is not None
    assert browser.starts(script)
    assert browser.unpack_chromium(folder=tmp_path) == script


def test_without_the_package_there_is_nothing_to_unpack(tmp_path: Path) -> None:
    assert browser.unpack_chromium(packed=tmp_path, folder=tmp_path / "browser") is None


def test_the_font_settings_name_the_font_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "FONTS", tmp_path)
    path = browser.font_settings(tmp_path / "browser")["FONTCONFIG_FILE"]
    assert f"<dir>{tmp_path}</dir>" in Path(path).read_text()
    monkeypatch.setattr(browser, "FONTS", tmp_path / "absent")
    assert browser.font_settings(tmp_path) == {}
