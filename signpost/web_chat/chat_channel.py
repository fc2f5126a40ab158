"""The chat page at `/chat`: a plain form that works without script, one turn at a time."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rasa.core.channels.channel import InputChannel
from rasa.shared.core.domain import Domain
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.conversation.ids import is_ours, new_id
from signpost.handoff.answer_writer import AnswerWriter, Situation
from signpost.handoff.guard import Messages
from signpost.register.content import read_content
from signpost.web_chat.turn import OnNewMessage, Turns

_PAGE = Path(__file__).parent / "page"
_FIRST = Situation("unknown", "", None, "", "", 0)


class ChatChannel(InputChannel):
    """The page that a young person opens."""

    def __init__(self, content: str = "data") -> None:
        self._content = read_content(Path(content))
        self._turns = Turns(self._content, self.name())
        environment = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined)
        self._template = environment.get_template("chat.html")

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "chat"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> ChatChannel:
        """Build from `credentials.yml`; `content` is the folder of the register."""
        return cls(**(credentials or {}))

    def url_prefix(self) -> str:
        """Where the page lives; a leading slash takes it out of Rasa's `/webhooks/`."""
        return "/chat"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("chat")

        @routes.get("/")
        async def first_page(request: Request) -> HTTPResponse:
            return self._page(new_id(), "", self._first_message(_domain(request)))

        @routes.post("/")
        async def take_turn(request: Request) -> HTTPResponse:
            form = request.form or {}
            conversation = (form.get("conversation") or [""])[0] if isinstance(form, dict) else ""
            conversation = conversation if is_ours(conversation) else new_id()
            button, said = (form.get("button") or [""])[0], (form.get("message") or [""])[0]
            messages = await self._turns.take(on_new_message, _domain(request), conversation, button or said)
            return self._page(conversation, said, messages)

        return routes

    def _first_message(self, domain: Domain) -> Messages:
        written = AnswerWriter(None, domain).write("first_message", _FIRST)
        return [written] if written else self._turns.guard_for(domain).safe_card(datetime.now(timezone.utc))

    def _page(self, conversation: str, said: str, messages: Messages) -> HTTPResponse:
        return response.html(self._template.render(conversation=conversation, said=said, messages=messages, council=self._content.council))


def _domain(request: Request) -> Domain:
    agent = request.app.ctx.agent
    return agent.domain if agent is not None and agent.domain is not None else Domain.empty()
