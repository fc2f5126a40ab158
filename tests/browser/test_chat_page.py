"""The chat page in a real browser, with scripts off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import Assistant

SECRET = "xylophone marmalade"


@pytest.fixture
def page(browser: Browser, assistant: Assistant) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    opened = context.new_page()
    answer = opened.goto(f"{assistant.url}/chat")
    assert answer is not None
    assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in answer.headers["content-security-policy"]
    yield opened
    assert context.cookies() == []
    context.close()


def ask(page: Page, words: str) -> None:
    page.fill("textarea", words)
    page.click(".say button")


def test_the_first_page_says_who_is_there_and_who_can_help(page: Page) -> None:
    text = page.inner_text("body")
    assert "robot" in text
    assert "999" in text
    assert page.locator('.card a[href^="tel:"]').count() >= 1
    assert page.locator(".steps button").count() == 5


def test_a_question_is_answered_and_never_echoed(page: Page) -> None:
    ask(page, f"what is grooming {SECRET}")
    text = page.content()
    assert "xylophone" not in text
    assert page.locator('.card a[href="tel:08001111"]').count() == 1
    assert "?" not in page.url


def test_a_button_is_answered_for_who_pressed_it(page: Page) -> None:
    page.click("text=I am a parent or carer")
    assert "Childline" not in page.locator(".card li").first.inner_text()
    assert page.locator(".steps button").count() >= 2


def test_nothing_is_cut_at_320_pixels_and_buttons_are_large(page: Page) -> None:
    ask(page, "i want to die")
    assert page.locator(".card").inner_text().index("999") < 80
    for box in [element.bounding_box() for element in page.locator("button, .card a").all()]:
        assert box is not None
        assert box["x"] + box["width"] <= 320
        assert box["height"] >= 44


def test_typed_markup_stays_words(page: Page) -> None:
    ask(page, "<script>document.title='x'</script><b>bold</b>")
    assert "<b>bold" not in page.content()


def test_leaving_works_as_a_link_too(page: Page) -> None:
    assert str(page.get_attribute(".leave a", "href")).startswith("https://")
    assert page.get_attribute(".leave", "action") == "/chat/leave"
