"""What a person gets when a request is refused: still the people who can help, as a page or as messages."""

from __future__ import annotations

from datetime import datetime, timezone
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from signpost.handoff.card import Card, card_text, make_card
from signpost.register.content import Content
from signpost.web_chat.page_headers import council_sites, page_headers

_PAGE = Path(__file__).parent / "page"
_WORDS = {
    HTTPStatus.TOO_MANY_REQUESTS: "refused_fast",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "refused_long",
    HTTPStatus.REQUEST_TIMEOUT: "safe_text_slow",
    HTTPStatus.NOT_FOUND: "refused_no_page",
    HTTPStatus.METHOD_NOT_ALLOWED: "refused_no_page",
}
_PROTOCOL = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}  # an integrator's mistake, not a person's turn
_RETRY_SECONDS = 30


class Refusals:
    """Writes refusals from the register and the reviewed words of `data/card.yml`."""

    def __init__(self, content: Content) -> None:
        self._content = content
        # Framed by whoever may frame the chat: a refusal may be all that somebody sees in the launcher's frame.
        self._headers = page_headers("style-src 'self'; form-action 'none'", council_sites(content.council.links))
        self._template = Environment(loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined).get_template(
            "refused.html"
        )

    def answer(self, request: Request, status: int) -> HTTPResponse:
        """Return the refusal of `request` with `status`, in the form that the caller reads. Nothing of the request is in it."""
        headers = {**self._headers, **({"Retry-After": str(_RETRY_SECONDS)} if status == HTTPStatus.TOO_MANY_REQUESTS else {})}
        card = self._card()
        words = self._content.card.words
        text = words[_WORDS.get(HTTPStatus(status), "safe_text")]
        if not _reads_json(request):
            page = self._template.render(text=text, card=card, words=words, council=self._content.council)
            return response.html(page, status=status, headers=headers)
        if status in _PROTOCOL:
            return response.json({"error": HTTPStatus(status).phrase}, status=status, headers=headers)
        messages: list[dict[str, Any]] = [{"text": f"{text}\n{card_text(self._content, card)}"}, {"custom": card.as_custom()}]
        return response.json(messages, status=status, headers=headers)

    def _card(self) -> Card:
        routes = self._content.card.default_routes["unknown"]
        return make_card(self._content, routes, "worried", "unknown", "fallback", "", datetime.now(timezone.utc))


def _reads_json(request: Request) -> bool:
    asked = f"{request.headers.get('content-type', '')} {request.headers.get('accept', '')}"
    return "application/json" in asked or request.path.startswith("/webhooks/")
