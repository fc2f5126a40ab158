"""The chat page as the browser tests open it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

from signpost.register.content import read_content
from signpost.web_chat.chat_words import read_chat_words
from tests.conftest import ROOT

EXIT = str(read_content(ROOT / "data").council.links["exit_to"])
WORDS = read_chat_words(ROOT / "data")
_PICTURES = os.environ.get("SIGNPOST_PICTURES") == "1"  # make SIGNPOST_PICTURES=1 test: write docs/pictures anew


@contextmanager
def opened(browser: Browser, url: str, **context: Any) -> Iterator[Page]:
    """The chat at `url` in a window of its own; it must leave no cookie, and no complaint of the browser about the page."""
    window = browser.new_context(**{"reduced_motion": "reduce", **context})  # so that nothing moves while it is looked at
    window.route(f"{EXIT}*", lambda route: route.fulfill(body="<title>Weather</title>Sunny", content_type="text/html"))
    page = window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{url}/chat")
    yield page
    assert window.cookies() == []
    assert faults == []
    window.close()


def say(page: Page, words: str) -> None:
    """Type `words`, press Enter and wait for the reply."""
    replies = page.locator(".reply").count()
    page.locator("#message").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator(".reply")).to_have_count(replies + 1)


def choose(page: Page, button: str) -> None:
    """Press the quick reply called `button` and wait for the reply, so that nothing said next is counted as its answer."""
    replies = page.locator(".reply").count()
    page.locator("#log").get_by_role("button", name=button).click()
    expect(page.locator(".reply")).to_have_count(replies + 1)


def picture(page: Page, name: str) -> None:
    """Keep a picture for the documents when asked to."""
    if _PICTURES:
        page.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.jpg", type="jpeg", quality=60)
