"""One line on a council page: a launcher that everybody can work, that leaves at once and without a trace."""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.council_page import CHAT, EXIT, FRAME, HOST, LINE, REST, Council, Visit, settled, visits
from tests.conftest import ROOT, Assistant

SHIFTS = """new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => (moved += list.getEntries().length)).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(moved)));
})"""


@pytest.fixture
def visit(browser: Browser, assistant: Assistant) -> Iterator[Visit]:
    """Open the council's page."""
    yield from visits(browser, assistant)


def test_a_council_page_stays_as_light_and_still_as_it_was(visit: Visit, assistant: Assistant) -> None:
    plain, council = visit(line=""), visit()
    assert council.asked == ["/embed/loader.js"], "nothing else before somebody presses the button"
    assert council.page.locator("#signpost-chat iframe").count() == 0
    names = "Object.getOwnPropertyNames(window).sort()"
    assert council.page.evaluate(names) == plain.page.evaluate(names), "no name in the page's own scope"
    assert council.page.evaluate(SHIFTS) == 0
    request = urllib.request.Request(f"{assistant.url}/embed/loader.js", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as loader:
        sent = loader.read()
    assert len(sent) <= 5 * 1024, "as it goes over the wire"
    assert gzip.decompress(sent).startswith(b"//")
    assert not council.refused


def test_the_launcher_is_worked_by_keyboard_alone(visit: Visit) -> None:
    council = visit()
    page = council.page
    launcher = page.get_by_role("button", name="Open the chat")
    box = launcher.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    expect(launcher).to_have_attribute("aria-expanded", "false")
    page.focus("#note")
    page.keyboard.press("Tab")
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    settled(council)
    expect(page.get_by_role("dialog", name="Chat: who can help")).to_be_visible()
    expect(launcher).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")  # in the frame, which tells the launcher
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    settled(council)
    assert council.in_frame("heard") == ["opened", "opened"], "the conversation is still there"
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Close the chat")).to_be_focused()
    page.keyboard.press("Escape")  # in the panel itself
    expect(launcher).to_be_focused()


NONCE = "script-src 'nonce-only-this-one'"


@pytest.mark.parametrize("scripts", [f"script-src {CHAT}", NONCE, f"{NONCE} 'strict-dynamic'"])
def test_it_works_under_a_strict_policy_and_keeps_its_looks(visit: Visit, scripts: str) -> None:
    council = visit(line=LINE.replace("defer", "nonce='only-this-one' defer"), policy=f"default-src 'none'; {scripts}; {REST}")
    council.open()
    settled(council)
    assert council.refused == []
    styles = council.page.evaluate(
        "(() => { const root = document.getElementById('signpost-chat').shadowRoot;"
        " return ['.launcher', 'dialog'].map(part => getComputedStyle(root.querySelector(part)).position) })()"
    )
    assert styles == ["fixed", "fixed"]


def test_nothing_is_stored_in_the_browser(visit: Visit) -> None:
    council = visit()
    council.open()
    settled(council)
    assert council.context.cookies() == []
    assert council.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert council.page.url == HOST


def shift_three_times(council: Council) -> None:
    for _ in range(3):
        council.page.keyboard.press("Shift")


def typed_in_the_page(council: Council) -> None:
    council.page.focus("#note")
    council.page.keyboard.type("hello")
    shift_three_times(council)


def asked_by_the_frame(council: Council) -> None:
    council.open()
    settled(council)
    council.page.frame_locator("#signpost-chat iframe").locator("#leave").click()


def exit_in_the_panel(council: Council) -> None:
    council.open()
    settled(council)
    council.page.get_by_role("link", name="Exit this page").click()


@pytest.mark.parametrize("leave", [shift_three_times, typed_in_the_page, asked_by_the_frame, exit_in_the_panel])
def test_every_way_of_leaving_takes_the_council_page_away_and_back_does_not_bring_it_again(
    visit: Visit, leave: Callable[[Council], None]
) -> None:
    council = visit()
    leave(council)
    council.page.wait_for_url(EXIT)
    council.page.go_back()
    assert HOST not in council.page.url


def test_the_page_is_blank_before_the_other_one_has_come(visit: Visit) -> None:
    council = visit()
    council.open()
    settled(council)
    waiting: list[Route] = []
    council.context.unroute(f"{EXIT}*")
    council.context.route(f"{EXIT}*", lambda route: waiting.append(route))
    seen = council.page.evaluate(
        "(() => { for (let press = 0; press < 3; press++) dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' }));"
        " return [getComputedStyle(document.documentElement).display, document.body.innerText, document.title] })()"
    )
    assert seen == ["none", "", ""], "in the same moment, without waiting for anything"
    expect_eventually(council, lambda: council.in_frame("heard") == ["opened", "leave"])
    expect_eventually(council, lambda: bool(waiting))
    waiting[0].fulfill(body="weather", content_type="text/html")
    council.page.wait_for_url(EXIT)


def expect_eventually(council: Council, condition: Callable[[], bool]) -> None:
    """Poll until `condition` holds: the messages between frames raise no event that a test can await."""
    for _ in range(50):
        if condition():
            return
        council.page.wait_for_timeout(100)
    raise AssertionError("it never came true")


def test_writing_capital_letters_is_no_wish_to_leave(visit: Visit) -> None:
    council = visit()
    council.page.focus("#note")
    for letter in "ABCD":
        council.page.keyboard.press(f"Shift+{letter}")
    council.page.keyboard.press("Shift")
    council.page.keyboard.press("Shift")
    council.page.keyboard.press("x")
    council.page.keyboard.press("Shift")
    assert council.page.input_value("#note") == "ABCDx"
    assert council.page.url == HOST


def test_a_message_from_anywhere_else_is_not_obeyed(visit: Visit) -> None:
    council = visit()
    council.open()
    settled(council)
    council.page.evaluate("postMessage({ signpost: 'leave' }, '*')")
    council.context.route(
        f"{CHAT}/other", lambda route: route.fulfill(body=FRAME.replace('say("here")', 'say("leave")'), content_type="text/html")
    )
    council.page.evaluate(
        "src => new Promise(onload => document.body.append(Object.assign(document.createElement('iframe'), { src, onload })))",
        f"{CHAT}/other",
    )
    council.page.evaluate("postMessage({ signpost: 'close' }, '*')")
    expect(council.page.get_by_role("dialog")).to_be_visible()
    assert council.page.evaluate("getComputedStyle(document.documentElement).display") == "block"
    assert council.page.url == HOST


def test_without_the_server_the_panel_shows_the_people_who_can_help(visit: Visit) -> None:
    council = visit()
    page = council.page
    council.context.route(f"{CHAT}/embed/alive.js", lambda route: route.fulfill(status=503))
    council.open()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("status")).to_contain_text("can't be reached")
    expect(panel.get_by_role("link", name="999")).to_have_attribute("href", "tel:999")
    expect(panel.get_by_role("link", name="0800 1111")).to_have_attribute("href", "tel:08001111")
    expect(panel.get_by_role("link", name="Read the answers as plain pages")).to_have_attribute("href", f"{CHAT}/answers/")
    assert page.locator("#signpost-chat iframe").count() == 0, "no frame with an error of the browser's"
    council.context.unroute(f"{CHAT}/embed/alive.js")
    panel.get_by_role("button", name="Try the chat again").click()
    settled(council)
    expect(panel.get_by_role("link", name="0800 1111")).to_have_count(0)


def test_a_frame_that_shows_an_error_does_not_hide_the_people_who_can_help(visit: Visit) -> None:
    council = visit(frame="<h1>Bad gateway</h1>")
    council.open()
    expect(council.page.locator("#signpost-chat iframe")).to_be_visible()
    expect(council.page.get_by_role("link", name="0800 1111")).to_be_visible(timeout=6000)


def test_the_loader_holds_no_words_of_its_own() -> None:
    script = (ROOT / "signpost" / "web_chat" / "launcher" / "loader.js").read_text(encoding="utf-8")
    shown = re.findall(r'(?:textContent|"aria-label"|title|status\.textContent)\s*[:=]\s*(?:"([^"]*)"|(\w+))', script)
    assert len(shown) > 8
    assert {text for text, _ in shown if text} == {"\\u00d7"}
