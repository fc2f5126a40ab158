"""A council page at `/demo` that holds nothing but the one script line, to see and try the launcher on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.register.content import read_content
from signpost.web_chat.page_headers import page_headers
from signpost.web_chat.turn import OnNewMessage

_FILES = Path(__file__).parent / "launcher"
# As strict as a council's own policy may be: no inline script or style, nothing from elsewhere but the chat.
_HEADERS = page_headers("script-src 'self'; style-src 'self'; frame-src 'self'; img-src data:; form-action 'none'")


class DemoChannel(InputChannel):
    """Serves the demo page. Take its line out of credentials.yml where nobody needs it."""

    def __init__(self, content: str = "data") -> None:
        """Read the register and the page. Raises ContentFault when a content file is wrong, which stops the start."""
        jinja = Environment(loader=FileSystemLoader(_FILES), autoescape=True, undefined=StrictUndefined)
        council = read_content(Path(content)).council
        self._page = jinja.get_template("demo.html").render(council=council)
        self._style = jinja.get_template("demo.css").render(colours=council.colours)

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "demo"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> DemoChannel:
        """Build from `credentials.yml`; `content` is the folder of the register."""
        return cls(**(credentials or {}))

    def url_prefix(self) -> str:
        """Where the page lives; a leading slash takes it out of Rasa's `/webhooks/`."""
        return "/demo"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes: the page and its style sheet."""
        routes = Blueprint("demo")

        @routes.get("/")
        async def page(_: Request) -> HTTPResponse:
            return response.html(self._page, headers=_HEADERS)

        @routes.get("/style.css")
        async def style(_: Request) -> HTTPResponse:
            return response.text(self._style, headers=_HEADERS, content_type="text/css; charset=utf-8")

        return routes
