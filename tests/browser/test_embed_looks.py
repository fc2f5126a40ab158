"""How the launcher looks: no fault that axe can find, on every screen, in both themes and in forced colours; and the demo page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.council_page import CHAT, Visit, settled, visits
from tests.conftest import Assistant

AXE_TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.fixture
def visit(browser: Browser, assistant: Assistant) -> Iterator[Visit]:
    """Open the council's page."""
    yield from visits(browser, assistant)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (320, 640)])
def test_no_fault_that_axe_can_find(visit: Visit, width: int, height: int, dark: bool) -> None:
    council = visit(width=width, height=height, dark=dark)
    assert violations(council.page) == []
    council.context.route(f"{CHAT}/embed/alive.js", lambda route: route.abort())
    council.open()
    expect(council.page.get_by_role("button", name="Try the chat again")).to_be_visible()
    assert violations(council.page) == []
    sizes = (
        council.page.get_by_role("dialog")
        .locator("a, button")
        .evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(box => Math.min(box.height, box.right <= innerWidth ? 99 : 0))"
        )
    )
    assert min(sizes) >= 44
    box = council.page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert (box["width"] == width and box["height"] == height) == (width == 320), "the panel fills a small screen"


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page, options=AXE_TAGS).response["violations"]]


def test_on_a_small_screen_nothing_behind_the_panel_can_be_reached(visit: Visit) -> None:
    council = visit(width=320, height=640)
    council.open()
    settled(council)
    assert council.page.evaluate("document.querySelector('#note').focus(), document.activeElement.id") != "note"
    council.page.keyboard.press("Escape")
    expect(council.page.get_by_role("button", name="Open the chat")).to_be_focused()


def test_in_forced_colours_the_launcher_keeps_an_edge(visit: Visit) -> None:
    council = visit()
    council.page.emulate_media(forced_colors="active")
    edge = "getComputedStyle(document.getElementById('signpost-chat').shadowRoot.querySelector('.launcher')).borderTopColor"
    assert council.page.evaluate(edge) not in ("rgba(0, 0, 0, 0)", "transparent")


def test_the_demo_page_holds_the_one_line_under_a_strict_policy(browser: Browser, assistant: Assistant) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    answer = page.goto(f"{assistant.url}/demo")
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    expect(page.get_by_role("button", name="Open the chat")).to_be_visible()
    assert page.locator("script").count() == 1
    assert violations(page) == []
    assert faults == []
    page.close()
