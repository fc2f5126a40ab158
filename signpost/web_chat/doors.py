"""The doors of the process, shut once for every channel: limits, refusals that still show people, logs without words.

Listed in `credentials.yml` like a channel, which is how Rasa lets code reach its web server; it has no address of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
from asyncio import AbstractEventLoop
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from typing import Any

from rasa.core.channels.channel import InputChannel
from rasa.model import get_local_model
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.conversation.text_free_logs import keep_words_out
from signpost.desk.signature import verify
from signpost.register.content import read_content
from signpost.web_chat.rate_limit import PROXIES_NAME, Proxies, limit_from
from signpost.web_chat.refusals import Refusals
from signpost.web_chat.turn import OnNewMessage

_LIMITED = ("/chat", "/webhooks", "/counts/used")
_NEVER_REFUSED = "/chat/leave"  # leaving forgets the conversation at once, however often somebody presses it
_LOOK_COST = 0.2  # of a request that says nothing, in messages
_SERVER = {
    "REQUEST_MAX_SIZE": 150_000,  # bytes: 10,000 characters of the longest kind in a form are 120,000
    "REQUEST_MAX_HEADER_SIZE": 8192,
    "REQUEST_TIMEOUT": 10,  # seconds for the whole of a request to arrive
    "RESPONSE_TIMEOUT": 10,
    "KEEP_ALIVE_TIMEOUT": 75,  # seconds idle; longer than nginx keeps one, or a message could meet a connection that is just being closed
    "ACCESS_LOG": False,  # a line of it would hold an address and a time
}


class OpenDoor(RuntimeError):
    """Something stands open that nobody should reach. The message says what and how to shut it."""


class Doors(InputChannel):
    """Shuts the doors when the web server starts."""

    def __init__(self, content: str = "data") -> None:
        """Read register and settings. Raises ContentFault or LimitFault, which stops the start."""
        self._refusals = Refusals(read_content(Path(content)))
        self._limit, self._proxies = limit_from(os.environ), Proxies(os.environ.get(PROXIES_NAME, ""))

    @classmethod
    def name(cls) -> str:
        """The name of the channel."""
        return "doors"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Doors:
        """Build from `credentials.yml`; `content` is the folder of the register."""
        return cls(**(credentials or {}))

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """Return a blueprint without routes, whose listener reaches the server."""
        doors = Blueprint("doors")

        @doors.listener("before_server_start")
        async def shut(app: Sanic, _: AbstractEventLoop) -> None:
            refuse_unwanted(app)
            verify(model_in(sys.argv[1:]))  # before Rasa loads it, whoever started this process and how
            keep_words_out(lambda: getattr(app.ctx, "agent", None) is not None)
            app.config.update(_SERVER)
            app.register_middleware(self.limit, "request")
            app.error_handler.add(Exception, self.refuse)

        return doors

    async def limit(self, request: Request) -> HTTPResponse | None:
        """Refuse a request of an address that sends too many; None lets it pass."""
        if self._limit is None or not request.path.startswith(_LIMITED) or request.path.rstrip("/") == _NEVER_REFUSED:
            return None
        if request.method == "GET" and PurePosixPath(request.path).suffix:  # style and script of the page: a refusal needs them too
            return None
        sender = self._proxies.sender_of(request.ip, request.headers.get("x-forwarded-for", ""))
        if request.path.startswith("/webhooks") and _is_this_machine(sender):  # integrators; the machine is theirs
            return None
        if self._limit.allows(sender, 1.0 if request.method == "POST" else _LOOK_COST):
            return None
        return self._refusals.answer(request, 429)

    def refuse(self, request: Request, fault: Exception) -> HTTPResponse:
        """Answer any fault of the web server: the status that it has, and the people who can help."""
        return self._refusals.answer(request, getattr(fault, "status_code", None) or 500)


def refuse_unwanted(app: Sanic) -> None:
    """Raise OpenDoor when Rasa's HTTP API or a channel that is not Signpost's would be served."""
    if any(route.path.startswith("model") for route in app.router.routes):
        raise OpenDoor("Rasa's HTTP API is on, through which models can be loaded. Start without --enable-api.")
    for channel in app.ctx.input_channels:
        if not type(channel).__module__.startswith("signpost."):
            raise OpenDoor(f"credentials.yml opens the channel '{channel.name()}', which no guard watches. Take it out.")


def model_in(arguments: Sequence[str]) -> Path:
    """Return the model file that `rasa run` with these arguments loads. Raises OpenDoor for one that lies elsewhere, or for none."""
    ask = argparse.ArgumentParser(add_help=False)
    ask.add_argument("-m", "--model", default="models")
    ask.add_argument("--remote-storage")
    given, _ = ask.parse_known_args(arguments)
    if given.remote_storage:
        raise OpenDoor("A model from another place cannot be checked before it is loaded. Copy it here with its signature.")
    try:
        return Path(get_local_model(given.model))
    except RasaException as fault:
        raise OpenDoor(f"There is no model at {given.model}: run make train.") from fault


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
