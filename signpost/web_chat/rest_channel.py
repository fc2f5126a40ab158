"""The REST channel of the contract: `POST /webhooks/rest/webhook` with `{"sender", "message"}`, for integrators on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.register.content import read_content
from signpost.web_chat.turn import OnNewMessage, Turns

_LONGEST_SENDER = 200  # characters
_FIELDS = {"sender", "message", "metadata", "input_channel"}  # the last two are Rasa's; they are accepted and not read


class RestChannel(InputChannel):
    """Rasa's REST contract, guarded. A typed '/' is words; broken protocol gets a 4xx in JSON that says what is wrong."""

    def __init__(self, content: str = "data") -> None:
        self._turns = Turns(read_content(Path(content)), self.name())

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> RestChannel:
        """Build from `credentials.yml`; `content` is the folder of the register."""
        return cls(**(credentials or {}))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("rest")

        @routes.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            message, fault = read_message(request.body)
            if fault:
                return response.json({"error": fault}, status=400)
            agent = request.app.ctx.agent
            return response.json(await self._turns.take(on_new_message, agent.domain, message["sender"], message["message"]))

        return routes


def read_message(body: bytes) -> tuple[dict[str, str], str | None]:
    """Return the message of a request body and None, or an empty one and what is wrong with it (never quoting it)."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}, "The body must be JSON."
    if not isinstance(content, dict):
        return {}, 'The body must be a JSON object with "sender" and "message".'
    if set(content) - _FIELDS:
        return {}, 'Only "sender" and "message" are known fields.'
    sender, message = content.get("sender"), content.get("message")
    if not isinstance(sender, str) or not 0 < len(sender) <= _LONGEST_SENDER:
        return {}, f'"sender" must be text of 1 to {_LONGEST_SENDER} characters.'
    if not isinstance(message, str):
        return {}, '"message" must be text.'
    return {"sender": sender, "message": message}, None
