"""The chat page at `/chat`: a form that works without script, made quicker by script. Nothing is kept in the browser."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.conversation.buttons import BUTTON, button_id
from signpost.conversation.ids import is_ours, new_id
from signpost.handoff.answer_writer import AnswerWriter, Situation
from signpost.handoff.guard import Messages
from signpost.register.content import read_content
from signpost.web_chat.answered import Answered
from signpost.web_chat.chat_page import ChatPage
from signpost.web_chat.compressed import compressed
from signpost.web_chat.page_headers import council_sites, page_headers
from signpost.web_chat.turn import OnNewMessage, Turns

_OPENING = "first_message"
_FIRST = Situation("unknown")
_LEAVES = "op_exit"  # the intent of somebody who leaves
_LONGEST_NAME = 200  # characters of a conversation's id or a message's token; a longer one is none of ours
_SHUT = page_headers("form-action 'none'")
_NO_MODEL = Domain.empty()  # always the same one, so that what is compiled for it is compiled once


class ChatChannel(InputChannel):
    """The page that a young person opens."""

    def __init__(self, content: str = "data") -> None:
        """Read register and templates. Raises ContentFault when a content file is wrong, which stops the start."""
        self._content = read_content(Path(content))
        self._turns = Turns(self._content, self.name())
        self._page = ChatPage(self._content, Path(content))
        self._answered: Answered[tuple[str, Messages]] = Answered()
        self._domain, self._writer = _NO_MODEL, AnswerWriter.for_domain(_NO_MODEL, content)
        links = self._content.council.links
        self._exit = str(links["exit_to"])
        allowed = f"script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self' {self._exit}"
        self._headers = page_headers(allowed, council_sites(links))

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
        """Return the routes: the page, a turn as a form and by script, leaving, and the page's files."""
        routes = Blueprint("chat")

        @routes.listener("before_server_start")
        async def close(app: Sanic, _: AbstractEventLoop) -> None:
            app.register_middleware(_shut, "response")

        @routes.get("/")
        async def first_page(request: Request) -> HTTPResponse:
            return self._whole(request, new_id(), self._first_message(_domain(request)))

        @routes.post("/")
        async def form_turn(request: Request) -> HTTPResponse:
            if _field(request, "message").strip().lower() == self._page.safe_word:
                return await self._leave(request)
            return self._whole(request, *await self._turn(on_new_message, request))

        @routes.post("/turn")
        async def script_turn(request: Request) -> HTTPResponse:
            conversation, messages = await self._turn(on_new_message, request)
            reply = {"conversation": conversation, "html": self._page.reply(conversation, messages), "messages": messages}
            return response.json(reply, headers=dict(self._headers))

        @routes.post("/leave")
        async def leave(request: Request) -> HTTPResponse:
            return await self._leave(request)

        @routes.get("/<name:[a-z_]+\\.(?:css|js)>")
        async def file(request: Request, name: str) -> HTTPResponse:
            if name not in self._page.files:
                return response.text("", status=404, headers=dict(self._headers))
            text, content_type = self._page.files[name]
            return compressed(request, text, self._headers, content_type)

        return routes

    async def _turn(self, on_new_message: OnNewMessage, request: Request) -> tuple[str, Messages]:
        """Take one turn, whatever the form holds; return the conversation's id, a new one where the old is not ours (any more)."""
        claimed, token = _field(request, "conversation")[:_LONGEST_NAME], _field(request, "token")[:_LONGEST_NAME]
        domain = _domain(request)

        async def answer() -> tuple[str, Messages]:
            conversation = claimed if is_ours(claimed) else new_id()
            return conversation, await self._turns.take(on_new_message, domain, conversation, _words(request, domain))

        return await self._answered.once(claimed, token, answer)

    async def _leave(self, request: Request) -> HTTPResponse:
        """Forget the conversation; send a form's reader elsewhere, and a script nothing."""
        conversation = _field(request, "conversation")
        await self._answered.forget(conversation)
        agent = getattr(request.app.ctx, "agent", None)
        if is_ours(conversation) and agent is not None and agent.tracker_store is not None:
            # Rasa wraps the store and lets nobody delete through the wrapping: an empty conversation that leaves takes its place.
            left = DialogueStateTracker.from_events(conversation, [UserUttered("", {"name": _LEAVES})], agent.domain.slots)
            async with agent.lock_store.lock(conversation):  # a reply still being made would bring back what is forgotten before it
                await agent.tracker_store.save(left)
        if _field(request, "by") == "script":
            return response.empty(headers=dict(self._headers))
        return response.redirect(self._exit, headers=dict(self._headers), status=303)

    def _first_message(self, domain: Domain) -> Messages:
        """The opening words as they are true now; the card of people alone while no model is there."""
        if self._domain is not domain:  # once for each model that is loaded; the files of the register are not read again
            self._domain, self._writer.responses = domain, domain.responses
        written = self._writer.write(_OPENING, _FIRST)
        messages: Messages = [{"text": written["text"], "buttons": written["buttons"]}, {"custom": written["custom"]}] if written else []
        return self._turns.let_out(messages, self._turns.guard_for(domain).fault(messages))

    def _whole(self, request: Request, conversation: str, messages: Messages) -> HTTPResponse:
        choices = [button for message in self._first_message(_domain(request)) for button in message.get("buttons") or []]
        page = self._page.page(conversation, messages, choices[:-1])
        return compressed(request, page, self._headers, "text/html; charset=utf-8", for_everybody=False)


def _words(request: Request, domain: Domain) -> str:
    """The message, or the pressed button's id. After a restart an old id means nothing, so its title is understood in its place."""
    pressed, _, title = _field(request, "button").partition(" ")
    if not pressed:
        return _field(request, "message")
    known = BUTTON.fullmatch(pressed) and any(button_id(intent) == pressed for intent in domain.intents)
    return pressed if known else title


def _field(request: Request, name: str) -> str:
    """One field of the posted form; empty when the body is no form or lacks it."""
    form = request.form
    return str(form.get(name) or "") if form else ""


def _domain(request: Request) -> Domain:
    agent = getattr(request.app.ctx, "agent", None)
    return agent.domain if agent is not None and agent.domain is not None else _NO_MODEL


def _shut(_: Request, answer: HTTPResponse) -> None:
    """Give every response of the server, errors included, the headers that it lacks."""
    for name, value in _SHUT.items():
        answer.headers.setdefault(name, value)
