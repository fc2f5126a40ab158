"""The assistant's own chat page in the launcher's frame, on a council page at another origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from signpost.register.content import read_content
from tests.conftest import ROOT, Assistant

LINKS = read_content(ROOT / "data").council.links
ALLOWED, STRANGER = f"https://{LINKS['allowed_hosts'][0]}/safety", "https://stranger.example/safety"
EXIT = str(LINKS["exit_to"])
CHAT = "https://chat.example"
PAGE = f'<!doctype html><html lang="en"><title>Council</title><body><script src="{CHAT}/embed/loader.js" defer></script></body></html>'


@pytest.fixture
def visit(browser: Browser, assistant: Assistant) -> Iterator[Callable[[str], Page]]:
    """Open a page at an address with the one line in it, and press the button."""
    context = browser.new_context()

    def chat(route: Route) -> None:
        route.fulfill(response=route.fetch(url=assistant.url + route.request.url.removeprefix(CHAT)))

    context.route(f"{CHAT}/**", chat)
    context.route(f"{EXIT}*", lambda route: route.fulfill(body="weather", content_type="text/html"))

    def visited(address: str) -> Page:
        page = context.new_page()
        page.route(address, lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.goto(address)
        page.get_by_role("button", name="Open the chat").click()
        return page

    yield visited
    assert context.cookies() == []
    context.unroute_all(behavior="ignoreErrors")  # the farewell of a page that leaves may still be on its way
    context.close()


def chat_in(page: Page) -> FrameLocator:
    return page.frame_locator("#signpost-chat iframe")


def test_the_chat_answers_in_the_frame_and_takes_the_whole_panel(visit: Callable[[str], Page]) -> None:
    page = visit(ALLOWED)
    box = chat_in(page).locator("textarea")
    expect(box).to_be_focused()
    box.fill("what is grooming")
    page.keyboard.press("Enter")
    expect(chat_in(page).locator("body")).to_contain_text("Grooming means")
    expect(page.locator("#signpost-chat .help")).to_be_hidden()


def test_shift_three_times_in_the_frame_takes_the_council_page_away(visit: Callable[[str], Page]) -> None:
    page = visit(ALLOWED)
    expect(chat_in(page).locator("textarea")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(EXIT)
    page.go_back()
    assert ALLOWED not in page.url


def test_escape_in_the_frame_closes_the_panel(visit: Callable[[str], Page]) -> None:
    page = visit(ALLOWED)
    expect(chat_in(page).locator("textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Open the chat")).to_be_focused()


def test_on_a_site_that_the_council_has_not_named_there_is_no_chat_but_there_are_people(visit: Callable[[str], Page]) -> None:
    page = visit(STRANGER)
    expect(page.get_by_role("link", name="0800 1111")).to_be_visible(timeout=8000)
    assert chat_in(page).locator("textarea").count() == 0
