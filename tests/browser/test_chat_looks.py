"""How the page looks and weighs: axe at every size and in both themes, zoom, forced colours, paper, headers."""

from __future__ import annotations

import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.open_chat import opened, picture, say
from tests.conftest import Assistant

AXE_TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]}
SIZES = {"phone": (320, 640), "desktop": (1280, 800), "zoomed to 400 %": (320, 200)}
MOST = 25_000  # bytes of page, style and scripts together, compressed


def faults(page: Page) -> list[str]:
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in Axe().run(page, options=AXE_TAGS).response["violations"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_fault_that_axe_can_find_in_any_state(browser: Browser, assistant: Assistant, size: str, theme: Any) -> None:
    width, height = SIZES[size]
    with opened(browser, assistant.url, viewport={"width": width, "height": height}, color_scheme=theme) as page:
        assert faults(page) == []
        say(page, "i want to die")
        picture(page, f"chat-{size.split()[0]}-{theme}")
        for summary in page.locator("summary").all():
            if summary.is_visible():
                summary.evaluate("one => (one.parentElement.open = true)")
        page.route("**/chat/turn", lambda route: route.abort())
        page.locator("#message").fill("hello")
        page.keyboard.press("Enter")
        expect(page.locator("#trouble")).not_to_be_empty()
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_zoomed_in_the_box_that_has_the_focus_is_not_covered(browser: Browser, assistant: Assistant) -> None:
    with opened(browser, assistant.url, viewport={"width": 320, "height": 200}) as page:
        for _ in range(40):
            page.keyboard.press("Tab")
            covered = page.evaluate(
                """() => { const one = document.activeElement, box = one.getBoundingClientRect();
                const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return one === document.body || one.contains(seen) || seen?.contains(one) ? '' : one.outerHTML }"""
            )
            assert covered == ""


def test_with_forced_colours_buttons_and_links_keep_an_edge(browser: Browser, assistant: Assistant) -> None:
    with opened(browser, assistant.url, forced_colors="active") as page:
        for way in (".exit", ".ways a", ".steps button", ".say button", "textarea"):
            assert page.locator(way).first.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 1
        picture(page, "forced-colours")


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_there_are_the_people_and_nothing_of_the_conversation(browser: Browser, assistant: Assistant, script: bool) -> None:
    with opened(browser, assistant.url, java_script_enabled=script, viewport={"width": 720, "height": 720}) as page:
        page.emulate_media(media="print")
        assert page.locator('.sheet a[href="tel:08001111"]').is_visible()
        assert not page.locator("#log").is_visible()
        for council in ("wiltshire-mash", "wiltshire-eds"):  # by day and by night, whenever it is printed
            assert page.locator(f'.sheet [data-service="{council}"]').is_visible()
        assert page.locator('.sheet [data-service="wiltshire-mash"]').inner_text().count("Monday") == 1  # hours of the week, not of now
        assert not page.locator(".sheet .when").first.is_visible()
        assert not page.locator(".say").is_visible()
        picture(page, "paper")


def test_still_for_whoever_wants_no_motion(browser: Browser, assistant: Assistant) -> None:
    with opened(browser, assistant.url) as page:
        page.locator("#trouble").evaluate("one => (one.className = 'slow')")
        assert page.evaluate("getComputedStyle(document.getElementById('trouble'), '::after').animationName") == "none"
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_the_whole_page_weighs_little_and_asks_nobody_else(browser: Browser, assistant: Assistant) -> None:
    with opened(browser, assistant.url) as page:
        asked: list[str] = []
        page.on("response", lambda answer: asked.append(answer.url))
        page.goto(f"{assistant.url}/chat", wait_until="networkidle")
    assert len(asked) == 5  # page, style, three scripts
    assert all(address.startswith(f"{assistant.url}/chat") for address in asked)
    asking = (urllib.request.Request(address, headers={"Accept-Encoding": "gzip"}) for address in asked)
    sent = [urllib.request.urlopen(request) for request in asking]
    assert all(answer.headers["content-encoding"] == "gzip" for answer in sent)
    assert sum(len(answer.read()) for answer in sent) < MOST


@pytest.mark.parametrize("path", ["/chat", "/chat/style.css", "/chat/chat.js", "/chat/none.js", "/nothing", "/webhooks/rest/"])
def test_every_response_is_shut(assistant: Assistant, path: str) -> None:
    try:
        headers = urllib.request.urlopen(assistant.url + path).headers
    except HTTPError as refusal:
        headers = refusal.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers


def test_the_councils_own_sites_may_frame_the_chat(assistant: Assistant) -> None:
    policy = urllib.request.urlopen(f"{assistant.url}/chat").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://www.wiltshire.gov.uk https://wiltshire.gov.uk" in policy
