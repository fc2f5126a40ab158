"""A conversation with script: one log, the focus where it was, keys, buttons, and what a screen reader finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.open_chat import WORDS, opened, picture, say
from tests.conftest import Assistant


@pytest.fixture
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    with opened(browser, assistant.url, viewport={"width": 375, "height": 740}) as page:
        yield page


def test_a_reply_comes_into_the_log_and_the_focus_stays_in_the_box(page: Page) -> None:
    say(page, "what is grooming")
    expect(page.locator(".mine")).to_have_text(f"{WORDS.words['you']} what is grooming")
    expect(page.locator("#message")).to_be_focused()
    expect(page.locator("#message")).to_have_value("")
    expect(page.locator(".mine")).to_be_in_viewport()
    picture(page, "conversation")
    say(page, "i want to die")
    expect(page.locator(".reply").last.locator(".service").first).to_have_attribute("data-service", "emergency-999")
    expect(page.locator("#log .steps")).to_have_count(1)  # of the newest reply only
    assert page.url.endswith("/chat")
    picture(page, "emergency")


def test_the_log_grows_by_one_message_and_one_reply_and_says_each_once(page: Page) -> None:
    page.evaluate(
        """() => { window.added = []; new MutationObserver(all => all.forEach(one => one.addedNodes.forEach(node =>
        window.added.push(node.className)))).observe(document.getElementById('log'), {childList: true, subtree: true}) }"""
    )
    say(page, "what is grooming")
    assert page.evaluate("window.added") == ["mine", "reply information"]
    assert page.locator(".mine").get_attribute("aria-live") == "off"  # whoever typed it knows it


def test_a_screen_reader_finds_a_log_with_answer_people_and_named_links(page: Page) -> None:
    say(page, "what is grooming")
    expect(page.locator("body")).to_match_aria_snapshot(
        """
        - banner:
          - link "Skip to the message box"
          - link "Exit this page"
          - group: People who can help
        - main:
          - heading "Wiltshire Council Chat" [level=1]
          - paragraph:
            - button "Smaller text"
            - button "Bigger text"
          - log "Conversation":
            - paragraph: /Answer:/
            - heading "People who can help:" [level=2]
            - paragraph: "You wrote: what is grooming"
            - paragraph: /Answer:.*Grooming means/
            - heading "People who can help:" [level=2]
            - list:
              - listitem:
                - heading "Childline" [level=3]
                - paragraph: /Open day and night.*bill/
                - paragraph:
                  - link "Ring 0800 1111"
                  - link "Chat Childline (opens a new tab)"
            - paragraph: In danger now? Call 999.
            - button "Talk to a person"
          - status
          - textbox /Your message/
          - button "Send"
        - contentinfo
        """
    )


def test_a_quick_reply_is_a_button_whose_focus_goes_on_to_the_box(page: Page) -> None:
    button = page.locator("#log").get_by_role("button", name="I am a parent or carer")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_contain_text("I am a parent or carer")
    expect(page.locator("#message")).to_be_focused()
    expect(page.locator(".reply").last.locator(".service").first).not_to_have_attribute("data-service", "childline")


def test_who_is_asking_can_be_said_at_any_time(page: Page) -> None:
    say(page, "what is grooming")
    page.get_by_text(WORDS.words["who"]).click()
    page.locator("footer").get_by_role("button", name="I am a parent or carer").click()
    expect(page.locator(".mine").last).to_contain_text("parent")


def test_shift_and_enter_begins_a_line_and_enter_alone_sends(page: Page) -> None:
    page.locator("#message").press_sequentially("one")
    page.keyboard.press("Shift+Enter")
    page.locator("#message").press_sequentially("two")
    expect(page.locator("#message")).to_have_value("one\ntwo")
    expect(page.locator(".mine")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_have_count(1)


def test_an_empty_message_is_not_sent(page: Page) -> None:
    page.locator("#message").fill("  \n ")
    page.keyboard.press("Enter")
    say(page, "hello")
    expect(page.locator(".mine")).to_have_count(1)


def test_everything_is_reached_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".exit")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('.sheet a[href="tel:999"]')).to_be_in_viewport()
    picture(page, "people")
    page.keyboard.press("Tab")
    expect(page.locator('.sheet a[href="tel:999"]')).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".people > summary")).to_be_focused()
    expect(page.locator(".sheet")).to_be_hidden()
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == "message":
            break
        page.keyboard.press("Tab")
    expect(page.locator("#message")).to_be_focused()
    page.keyboard.type("what is cse")
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_have_count(1)


def test_text_gets_bigger_and_nothing_is_remembered(page: Page) -> None:
    size = "getComputedStyle(document.querySelector('.answer')).fontSize"
    before = float(page.evaluate(size)[:-2])
    page.get_by_role("button", name="Bigger text").click()
    page.get_by_role("button", name="Bigger text").click()
    assert float(page.evaluate(size)[:-2]) == before * 1.5
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.reload()
    assert float(page.evaluate(size)[:-2]) == before


def test_typed_markup_stays_words(page: Page) -> None:
    say(page, "<img src=x onerror=alert(1)><b>bold</b>")
    assert page.locator(".mine b, .mine img, .reply img").count() == 0
    expect(page.locator(".mine")).to_contain_text("<b>bold</b>")


def test_who_turned_to_a_service_is_counted_without_saying_who(page: Page) -> None:
    with page.expect_request("**/counts/used") as sent:
        page.locator('.card [data-service="childline"] a', has_text="Website").click(modifiers=["Alt"])
    assert sent.value.post_data == "service=childline"
