"""The chat page at `/chat`: a plain form that works without script, one turn at a time, and keeps nothing in the browser."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rasa.core.channels.channel import InputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.conversation.ids import is_ours, new_id
from signpost.handoff.answer_writer import AnswerWriter, Situation
from signpost.handoff.guard import Messages
from signpost.register.content import read_content
from signpost.web_chat.turn import OnNewMessage, Turns

_PAGE = Path(__file__).parent / "page"
_FIRST = Situation("unknown", "", None, "")
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self' {exit}; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class ChatChannel(InputChannel):
    """The page that a young person opens."""

    def __init__(self, content: str = "data") -> None:
        """Read the register and the template. Raises ContentFault when a content file is wrong, which stops the start."""
        self._folder = content
        self._content = read_content(Path(content))
        self._turns = Turns(self._content, self.name())
        self._template = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined).get_template("chat.html")
        self._exit = str(self._content.council.links["exit_to"])
        self._headers = {name: value.replace("{exit}", self._exit) for name, value in _HEADERS.items()}

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
        """Return the routes: the page, a turn, leaving, and the style sheet."""
        routes = Blueprint("chat")

        @routes.get("/")
        async def first_page(request: Request) -> HTTPResponse:
            return self._page(new_id(), self._first_message(_domain(request)))

        @routes.post("/")
        async def take_turn(request: Request) -> HTTPResponse:
            conversation = _field(request, "conversation")
            conversation = conversation if is_ours(conversation) else new_id()
            words = _field(request, "button") or _field(request, "message")
            return self._page(conversation, await self._turns.take(on_new_message, _domain(request), conversation, words))

        @routes.post("/leave")
        async def leave(request: Request) -> HTTPResponse:
            conversation = _field(request, "conversation")
            if is_ours(conversation):
                agent = request.app.ctx.agent
                await agent.tracker_store.save(DialogueStateTracker.from_events(conversation, [], agent.domain.slots))
            return response.redirect(self._exit, headers=self._headers, status=303)

        @routes.get("/style.css")
        async def style(_: Request) -> HTTPResponse:
            return response.text((_PAGE / "chat.css").read_text(encoding="utf-8"), headers=self._headers, content_type="text/css")

        return routes

    def _first_message(self, domain: Domain) -> Messages:
        written = AnswerWriter.for_domain(domain, self._folder).write("first_message", _FIRST)
        if written is None:
            return self._turns.guard_for(domain).safe_card(datetime.now(timezone.utc))
        return [{"text": written["text"], "buttons": written["buttons"]}, {"custom": written["custom"]}]

    def _page(self, conversation: str, messages: Messages) -> HTTPResponse:
        card = next(message["custom"]["handoff"] for message in messages if message.get("custom"))
        answer = "\n".join(message["text"] for message in messages if message.get("text")).partition("\n")[0]
        buttons = [button for message in messages for button in message.get("buttons") or []]
        page = self._template.render(
            conversation=conversation,
            answer=answer,
            card=card,
            buttons=buttons,
            words=self._content.card.words,
            council=self._content.council,
            exit_to=self._exit,
        )
        return response.html(page, headers=self._headers)


def _field(request: Request, name: str) -> str:
    """One field of the posted form; empty when the body is no form or lacks it."""
    form = request.form
    return str(form.get(name) or "") if form else ""


def _domain(request: Request) -> Domain:
    agent = request.app.ctx.agent
    return agent.domain if agent is not None and agent.domain is not None else Domain.empty()
