"""A council page with the launcher on it, served to a real browser under the strictest policy.

The council's page stands at the first of the hosts that council.yml allows, the chat at another origin (chat.example); both are served
to the browser by the test, the second one from the running assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

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


def visits(browser: Browser, assistant: Assistant) -> Iterator[Visit]:
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
        context.unroute_all(behavior="ignoreErrors")  # the farewell of a page that leaves may still be on its way
        context.close()


def settled(council: Council) -> None:
    """Wait until the page in the frame has the focus."""
    frame = council.page.frame_locator("#signpost-chat iframe")
    expect(frame.locator("#box")).to_be_focused()
