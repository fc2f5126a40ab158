"""The launcher at `/embed/loader.js`: one script line gives a council page a button, and behind it the chat in a frame."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.register.content import read_content
from signpost.web_chat.compressed import compressed
from signpost.web_chat.launcher import Launcher
from signpost.web_chat.turn import OnNewMessage

# A page of the council asks for the loader whether or not anybody opens the chat: keeping it for five minutes tells nobody anything.
_HEADERS = {
    "Cache-Control": "max-age=300",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_SCRIPT = "text/javascript; charset=utf-8"


class EmbedChannel(InputChannel):
    """Serves the loader, and the answer to its question whether the chat can be reached."""

    def __init__(self, content: str = "data") -> None:
        """Read the register and the launcher's words. Raises ContentFault when a file is wrong, which stops the start."""
        folder = Path(content)
        self._launcher = Launcher(read_content(folder), folder)

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "embed"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> EmbedChannel:
        """Build from `credentials.yml`; `content` is the folder of the register."""
        return cls(**(credentials or {}))

    def url_prefix(self) -> str:
        """Where the loader lives; a leading slash takes it out of Rasa's `/webhooks/`."""
        return "/embed"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("embed")

        @routes.get("/loader.js")
        async def loader(request: Request) -> HTTPResponse:
            return compressed(request, self._launcher.script(datetime.now(timezone.utc)), _HEADERS, _SCRIPT)

        @routes.get("/alive.js")
        async def alive(_: Request) -> HTTPResponse:
            return response.text("", headers={**_HEADERS, "Cache-Control": "no-store"}, content_type=_SCRIPT)

        return routes
