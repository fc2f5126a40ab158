"""The twin at `/answers/`: the plain pages, compiled when the assistant starts and anew on every day, without the model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.register.content import read_content
from signpost.twin.pages import compile_twin
from signpost.web_chat.compressed import compressed
from signpost.web_chat.page_headers import answer_headers
from signpost.web_chat.turn import OnNewMessage

_TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json"}


class AnswersChannel(InputChannel):
    """Serves pages only: nobody can say anything here."""

    def __init__(self, content: str = "data", clock: Callable[[], datetime] = lambda: datetime.now(timezone.utc)) -> None:
        """Compile the pages of `content`. Raises ContentFault when a content file is wrong, which stops the start."""
        self._folder, self._clock = Path(content), clock
        council = read_content(self._folder).council
        self._calendar = council.calendar
        self._headers = answer_headers(council.links)
        self._compiling = asyncio.Lock()
        self._compiled = self._compile(self._today())

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
        """Every page by its name, as it is true on the council's date."""
        async with self._compiling:
            if self._compiled[0] != self._today():
                # In a thread: the second that it takes must not hold up anybody's answer.
                self._compiled = await asyncio.get_running_loop().run_in_executor(None, self._compile, self._today())
        return self._compiled[1]

    def _compile(self, today: date) -> tuple[date, Mapping[str, str]]:
        return today, compile_twin(self._folder, self._clock()).files

    def _today(self) -> date:
        """The council's date: a fact that changes at midnight changes here too."""
        return self._calendar.local(self._clock()).date()
