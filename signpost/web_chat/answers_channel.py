"""The twin at `/answers/`: the plain pages, read when the assistant starts and filled in anew on every day, without the model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.twin.pages import fill_twin, read_twin_source
from signpost.web_chat.compressed import compressed
from signpost.web_chat.page_headers import answer_headers
from signpost.web_chat.turn import OnNewMessage

logger = logging.getLogger(__name__)

_TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json"}


class AnswersChannel(InputChannel):
    """Serves pages only: nobody can say anything here."""

    def __init__(self, content: str = "data", clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc)) -> None:
        """Read `content` once, as the chat does. Raises ContentFault when a content file is wrong, which stops the start."""
        self._source, self._clock = read_twin_source(Path(content)), clock
        council = self._source.content.council
        self._calendar = council.calendar
        self._headers = answer_headers(council.links)
        self._filling = asyncio.Lock()
        self._day, self._files = self._today(), self._filled()

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "answers"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> AnswersChannel:
        """Build from `credentials.yml`; `content` is the folder of the register and the answers."""
        return cls(**(credentials or {}))

    def url_prefix(self) -> str:
        """Where the pages live; a leading slash takes them out of Rasa's `/webhooks/`."""
        return "/answers"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes: the start page and every page by its name."""
        routes = Blueprint("answers")

        @routes.get("/")
        async def start(request: Request) -> HTTPResponse:
            if request.path.endswith("/"):
                return self._answer(request, await self.files(), "index.html")
            # Links are relative, so that any web server can hold the pages in any folder: the folder's own address ends in a slash.
            return response.redirect("/answers/", headers=dict(self._headers), status=308)

        @routes.get("/<name:str>")
        async def page(request: Request, name: str) -> HTTPResponse:
            return self._answer(request, await self.files(), name or "index.html")  # the router takes "/answers/" for a page without a name

        return routes

    def _answer(self, request: Request, files: Mapping[str, str], name: str) -> HTTPResponse:
        status = 200
        if name not in files:
            name, status = "index.html", 404  # whoever follows an old link still finds the people who can help
        return compressed(request, files[name], self._headers, _TYPES[Path(name).suffix], status)

    async def files(self) -> Mapping[str, str]:
        """Every page by its name, as it is true on the council's date; as before where they cannot be filled in for it."""
        async with self._filling:
            today = self._today()
            if self._day != today:
                try:
                    # In a thread: that second must not hold up anybody's answer.
                    self._files = await asyncio.get_running_loop().run_in_executor(None, self._filled)
                except Exception as fault:  # whatever it is, the people on the pages of the day before can still be reached
                    reason = f"{type(fault).__name__}: {fault}"
                    logger.error("The pages of %s could not be filled in (%s). Those before stay.", today, reason, exc_info=True)
                self._day = today  # after a fault too: each try takes a second, for which every reader would wait
        return self._files

    def _filled(self) -> Mapping[str, str]:
        return fill_twin(self._source, self._clock()).files

    def _today(self) -> date:
        """The council's date: a fact that changes at midnight changes here too."""
        return self._calendar.local(self._clock()).date()
