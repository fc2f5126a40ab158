"""Leaving: by every way the page is blank at once, nothing comes back, and the server has forgotten."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.open_chat import EXIT, WORDS, choose, opened, say
from tests.conftest import Assistant

# Says of each key and click whether the page is empty and hidden: asked last of all who hear of it, before anything else can happen.
WATCH = """() => {
  for (const kind of ['keydown', 'click']) addEventListener(kind, () => {
    const hidden = getComputedStyle(document.documentElement).display === 'none';
    console.log('blank', hidden && !document.body.childNodes.length);
  });
}"""


@pytest.fixture
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    with opened(browser, assistant.url) as page:
        yield page


def by_button(page: Page) -> None:
    page.get_by_role("link", name="Exit this page").click()


def by_shift_while_typing(page: Page) -> None:
    page.locator("#message").press_sequentially("he is co")
    for _ in range(3):
        page.keyboard.press("Shift")


def by_shift_anywhere(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    for _ in range(3):
        page.keyboard.press("Shift")


def by_safe_word(page: Page) -> None:
    page.locator("#message").fill(f"{WORDS.safe_word.title()} ")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("leave", [by_button, by_shift_while_typing, by_shift_anywhere, by_safe_word])
def test_leaving_blanks_the_page_and_forgets_everywhere(page: Page, assistant: Assistant, leave: Callable[[Page], None]) -> None:
    choose(page, "I am a parent or carer")
    say(page, "what is grooming")
    conversation = str(page.locator("input[name=conversation]").first.get_attribute("value"))
    assert audience(assistant, conversation) == "parent"
    blank: list[str] = []
    page.on("console", lambda message: blank.append(message.text) if message.text.startswith("blank") else None)
    page.evaluate(WATCH)
    leave(page)
    page.wait_for_url(EXIT)
    assert blank[-1:] == ["blank true"], "at once: before the key or click that leaves has been heard by everybody"
    assert forgotten(assistant, conversation)
    assert page.evaluate("history.length") <= 2  # the exit stands where the chat stood
    page.go_back()
    assert "/chat" not in page.url
    assert "grooming" not in page.content()


def test_nothing_is_kept_in_the_browser(page: Page) -> None:
    say(page, "what is grooming")
    kept = page.evaluate(
        """async () => [localStorage.length, sessionStorage.length, (await caches.keys()).length, (await indexedDB.databases()).length,
        (await navigator.serviceWorker.getRegistrations()).length, document.cookie, location.search, location.hash, history.state]"""
    )
    assert kept == [0, 0, 0, 0, 0, "", "", "", None]
    assert page.title() == "Wiltshire Council"
    by_button(page)
    page.wait_for_url(EXIT)


def test_a_link_away_and_back_shows_nothing_of_the_conversation(page: Page, assistant: Assistant) -> None:
    choose(page, "I am a parent or carer")
    say(page, "what is grooming")
    conversation = str(page.locator("input[name=conversation]").first.get_attribute("value"))
    page.goto(EXIT)
    page.go_back()
    expect(page.locator(".reply")).to_have_count(1)
    assert page.locator(".mine").count() == 0
    assert forgotten(assistant, conversation)  # whichever way somebody goes; asked last, so that the page's word has arrived


def test_capital_letters_and_two_presses_do_not_leave(page: Page) -> None:
    page.locator("#message").press_sequentially("HELP ME NOW")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    say(page, f"the {WORDS.safe_word} is mine")
    assert "/chat" in page.url


def test_presses_more_than_five_seconds_apart_do_not_leave(page: Page) -> None:
    press = """at => { const event = new KeyboardEvent('keydown', {key: 'Shift'});
    Object.defineProperty(event, 'timeStamp', {value: at}); dispatchEvent(event) }"""
    for at in (1000, 3000, 6100):
        page.evaluate(press, at)
    expect(page.locator(".reply")).to_have_count(1)
    page.evaluate(press, 7900)  # with the presses at 3000 and 6100 the third within five seconds
    page.wait_for_url(EXIT)


def test_in_a_frame_the_page_around_it_is_told_and_told_to_close(browser: Browser, assistant: Assistant) -> None:
    host = """<!doctype html><title>Council</title><script>heard = []; onmessage = event => heard.push(event.data.signpost)</script>
    <iframe src="/chat"></iframe>"""
    context = browser.new_context()
    context.route(f"{assistant.url}/host", lambda route: route.fulfill(body=host, content_type="text/html"))
    page = context.new_page()
    page.goto(f"{assistant.url}/host")
    chat = page.frame_locator("iframe")
    expect(chat.locator("#message")).to_be_visible()
    page.evaluate("frames[0].postMessage({signpost: 'opened'}, '*')")
    expect(chat.locator("#message")).to_be_focused()
    expect(chat.locator(".exit")).to_be_hidden()  # the launcher's bar has it
    page.keyboard.press("Escape")
    page.wait_for_function("heard.includes('close')")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_function("heard.includes('leave')")
    assert page.evaluate("heard") == ["here", "close", "leave"]
    expect(chat.locator(".reply")).to_have_count(0)
    context.close()


def forgotten(assistant: Assistant, conversation: str) -> bool:
    """Whether the server answers `conversation` as one that it does not know. Asked twice, as the page's word may be on its way, and no
    more often: who asks is forgotten anyway a few messages after it was said.
    """
    return audience(assistant, conversation) != "parent" or audience(assistant, conversation) != "parent"


def audience(assistant: Assistant, conversation: str) -> str:
    """For whom the next message of `conversation` is answered."""
    fields = urllib.parse.urlencode({"conversation": conversation, "message": "what is cse"}).encode()
    with urllib.request.urlopen(f"{assistant.url}/chat/turn", fields, timeout=20) as answer:
        messages = json.load(answer)["messages"]
    return str(next(message["custom"]["handoff"]["audience"] for message in messages if message.get("custom")))
