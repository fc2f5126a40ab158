"""One line on a council page: a launcher that everybody can work, under the strictest policy, that leaves at once and without a trace.

The council's page stands at the first of the hosts that council.yml allows, the chat at another origin (chat.example); both are served
to the browser by the test, the second one from the running assistant.
"""

from __future__ import annotations

import gzip
import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from signpost.register.content import read_content
from tests.conftest import ROOT, Assistant

COUNCIL = read_content(ROOT / "data").council
HOST = f"https://{COUNCIL.links['allowed_hosts'][0]}/safety"
EXIT = str(COUNCIL.links["exit_to"])
CHAT = "https://chat.example"
REST = f"frame-src {CHAT}; style-src 'self'"
POLICY = f"default-src 'none'; script-src {CHAT}; {REST}"
PAGE = """<!doctype html><html lang="en"><head><title>Council</title><meta name="viewport" content="width=device-width">{line}</head>
<body><main><h1>Council page</h1><p>Some words.</p><label>Your note <input id="note"></label></main></body></html>"""
LINE = f'<script src="{CHAT}/embed/loader.js" defer></script>'
# What the chat page has agreed to: it says that it is here, asks to leave or to close, and takes the focus when it was opened.
FRAME = """<!doctype html><html lang="en"><title>Chat</title><input id="box" aria-label="Message"><button id="leave">Leave</button><script>
const say = (signpost) => parent.postMessage({ signpost }, "*");
const heard = (window.heard = []);
addEventListener("message", ({ data }) => { heard.push(data.signpost); if (data.signpost === "opened") box.focus(); });
addEventListener("keydown", ({ key }) => { if (key === "Escape") say("close"); });
leave.onclick = () => say("leave");
say("here");
</script>"""
SHIFTS = """new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => (moved += list.getEntries().length)).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(moved)));
})"""
AXE_TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@dataclass
class Council:
    """A council page in a browser, what it asked the chat's server for, and what its policy refused."""

    page: Page
    context: BrowserContext
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def open(self) -> None:
        self.page.get_by_role("button", name="Open the chat").click()

    def in_frame(self, script: str) -> object:
        return next(frame for frame in self.page.frames if frame.url == f"{CHAT}/chat").evaluate(script)


Visit = Callable[..., Council]


@pytest.fixture
def visit(browser: Browser, assistant: Assistant) -> Iterator[Visit]:
    """Open the council's page; `frame` is what stands at /chat, `line` what the council put in."""
    contexts = []

    def visited(
        frame: str = FRAME, line: str = LINE, policy: str = POLICY, width: int = 1280, height: int = 800, dark: bool = False
    ) -> Council:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
        contexts.append(context)
        council = Council(context.new_page(), context)

        def chat(route: Route) -> None:
            path = route.request.url.removeprefix(CHAT)
            council.asked.append(path)
            if path == "/chat":
                route.fulfill(body=frame, content_type="text/html")
            else:
                route.fulfill(response=route.fetch(url=f"{assistant.url}{path}"))

        context.route(f"{CHAT}/**", chat)
        headers = {"Content-Security-Policy": policy, "Content-Type": "text/html"}
        context.route(f"{HOST}*", lambda route: route.fulfill(body=PAGE.format(line=line), headers=headers))
        context.route(f"{EXIT}*", lambda route: route.fulfill(body="weather", content_type="text/html"))
        council.page.on("console", lambda message: council.refused.append(message.text) if message.type == "error" else None)
        council.page.goto(HOST)
        return council

    yield visited
    for context in contexts:
        context.close()


def settled(council: Council) -> None:
    """Wait until the page in the frame has the focus."""
    frame = council.page.frame_locator("#signpost-chat iframe")
    expect(frame.locator("#box")).to_be_focused()


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


def test_the_loader_holds_no_words_of_its_own() -> None:
    script = (ROOT / "signpost" / "web_chat" / "launcher" / "loader.js").read_text(encoding="utf-8")
    shown = re.findall(r'(?:textContent|"aria-label"|title|status\.textContent)\s*[:=]\s*(?:"([^"]*)"|(\w+))', script)
    assert len(shown) > 8
    assert {text for text, _ in shown if text} == {"\\u00d7"}
